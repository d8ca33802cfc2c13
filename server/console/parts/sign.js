// SPDX-License-Identifier: Apache-2.0
// sign.js: the one way from this page into the log: what will be signed is read in plain words, signed here, sent, and
// its receipt verified here.
//
//   const results = await askToSign([{ type, object, prev, body, about }])
//
// Nothing is signed that was not shown whole: the sentence is for reading, the table under it is every field of the body.

import { partiesMet, session, signStatement, submit, submitMany } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { lookNow } from '../lib/head.js';
import { signal } from '../lib/signal.js';
import { Fragment, html, useEffect, useRef, useSignal, useState } from '../lib/view.js';
import { countText, fromMinor, known, minor, moneyText, t, tx, word } from '../lib/words.js';
import { Busy, Day, Facts, Id, Money, Party, Quantity } from './bits.js';
import { Text, Trouble, When, shown } from './bits.js';
import { Proof } from './proof.js';

export { partiesMet };

const waiting = signal(null);

/** Resolves to [{ draft, receipt | problem }], or to null when the reader thought better of it. */
export function askToSign(drafts) {
	return new Promise(resolve => waiting.set({ drafts, resolve }));
}

/* --- what is to be signed, in words --- */

export const PARTY_FIELDS = new Set(
	'creditor debtor secured_party agent supplier holder acceptor trustee to inspector monitor seller source asker party group investors inspectors debtors'.split(' '),
);

export function Value({ name, of }) {
	if (of === undefined || of === null || of === '') return html`<span class="none">${'\u2013'}</span>`;
	if (typeof of === 'boolean') return t(of ? 'yes' : 'no');
	if (Array.isArray(of))
		return of.length && typeof of[0] === 'object'
			? html`<ol class="values">${of.map(v => html`<li><${Value} name=${name} of=${v} /></li>`)}</ol>`
			: html`${of.map((v, i) => html`${i ? ', ' : ''}<${Value} name=${name} of=${v} />`)}`;
	if (typeof of === 'object') {
		if ('amount' in of && 'currency' in of && Object.keys(of).length === 2) return html`<${Money} of=${of} />`;
		if ('quantity' in of && 'unit' in of && Object.keys(of).length === 2) return html`<${Quantity} of=${of} />`;
		return html`<${Facts} rows=${Object.entries(of).map(([k, v]) => [word('f', k), html`<${Value} name=${k} of=${v} />`])} />`;
	}
	const s = String(of);
	if (isUuid(s)) return PARTY_FIELDS.has(name) ? html`<${Party} id=${s} link=${false} />` : html`<${Id} of=${s} />`;
	if (/^\d{4}-\d\d-\d\d$/.test(s)) return html`<${Day} of=${s} />`;
	if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(s)) return html`<${When} of=${s} />`;
	if (/^([A-Za-z0-9_-]{43}|[0-9a-f]{64})$/.test(s)) return html`<${Id} of=${s} />`;
	const list = { kind: 'kind', code: 'dispute', roles: 'role', types: 'st', goods: 'goods', form: 'form', status: 'state', size: 'size', verdict: 'verdictword', severity: 'finding' }[name];
	return list && known(`${list}.${s}`) ? word(list, s) : html`<${Text} of=${s} />`;
}

/** "You confirm that you owe …": the sentence of a type, with its fields filled in. */
export function Sentence({ draft }) {
	const key = `say.${draft.type}`;
	if (!known(key)) return html`<p class="sentence">${t('sign.sentence', { type: word('st', draft.type) })}</p>`;
	const fill = {};
	for (const [k, v] of Object.entries({ ...draft.fill, ...draft.body })) fill[k] = html`<strong><${Value} name=${k} of=${v} /></strong>`;
	return html`<p class="sentence">${tx(key, fill).map(p => (typeof p === 'string' ? p.replace(/\{\w+\}/g, '\u2013') : p))}</p>`;
}

const bodyRows = draft =>
	Object.entries(draft.body ?? {}).map(([k, v]) => [word('f', k), html`<${Value} name=${k} of=${v} />`]);

function One({ draft }) {
	return html`<div class="statement">
		<${Sentence} draft=${draft} />
		<${Facts} rows=${[[t('sign.type'), word('st', draft.type)], draft.object ? [t('sign.object'), draft.about ?? html`<${Id} of=${draft.object} />`] : null, ...bodyRows(draft)]} />
	</div>`;
}

function Many({ drafts }) {
	const amounts = drafts.map(d => d.body.face ?? d.body.amount).filter(Boolean);
	const one = amounts.length === drafts.length && amounts.every(a => a.currency === amounts[0].currency);
	const sum = one ? fromMinor(amounts.reduce((n, a) => n + minor(a), 0n), amounts[0]) : null;
	return html`<div>
		<p class="sentence">${t('sign.many', { n: countText(drafts.length), type: word('st', drafts[0].type) })}${sum ? html` ${t('sign.sum')} <strong><${Money} of=${sum} /></strong>` : null}</p>
		<ol class="statements" tabindex="0" aria-label=${t('sign.list')}>${drafts.map(d => html`<li><${One} draft=${d} /></li>`)}</ol>
	</div>`;
}

/* --- sending --- */

async function sendAll(drafts, told) {
	const signed = [];
	for (const d of drafts) signed.push(await signStatement(d));
	const results = drafts.map((draft, i) => ({ draft, ...signed[i] }));
	if (drafts.length === 1) {
		try {
			results[0].receipt = await submit(signed[0].compact);
		} catch (e) {
			results[0].problem = e;
		}
		return results;
	}
	for (let at = 0; at < signed.length; at += 50) {
		const part = signed.slice(at, at + 50);
		try {
			await submitMany(part.map(s => s.compact), (i, answer) => Object.assign(results[at + i], answer));
		} catch (e) {
			for (let i = 0; i < part.length; i++) results[at + i].problem ??= results[at + i].receipt ? undefined : e;
		}
		told(Math.min(at + 50, signed.length));
	}
	return results;
}

function Outcome({ results }) {
	const good = results.filter(r => r.receipt);
	const bad = results.filter(r => !r.receipt);
	return html`<div class="outcome" data-accepted=${good.length} data-refused=${bad.length}>
		${results.length > 1 ? html`<p class="sentence">${t('sign.outcome', { good: countText(good.length), bad: countText(bad.length) })}</p>` : null}
		${bad.map(
			r => html`<${Fragment} key=${r.hash}>
				${results.length > 1 ? html`<${Sentence} draft=${r.draft} />` : null}
				<${Trouble} error=${r.problem} />
				${r.problem.code === 'stale-prev' ? html`<p>${t('sign.stale')}</p>` : null}
				${r.problem.receipt ? html`<${Proof} receipt=${r.problem.receipt} compact=${r.compact} title=${t('proof.attempt', { seq: countText(r.problem.receipt.seq) })} />` : null}
			<//>`,
		)}
		${good.map(
			r => html`<${Fragment} key=${r.hash}>
				${r.receipt.pending ? html`<div class="notice warn"><p>${t('sign.pending')} <${Id} of=${r.hash} /></p></div>` : null}
				<${Proof} receipt=${r.receipt} compact=${r.compact} />
			<//>`,
		)}
	</div>`;
}

/* --- the dialog --- */

export function SignDialog() {
	const ask = useSignal(waiting);
	const at = useRef();
	const [step, set] = useState('read');
	const [results, setResults] = useState(null);
	const [sent, setSent] = useState(0);
	const [error, setError] = useState(null);
	useEffect(() => {
		if (!ask) return;
		set('read');
		setResults(null);
		setError(null);
		if (!at.current.open) at.current.showModal();
	}, [ask]);
	if (!ask) return html`<dialog ref=${at} class="sign" aria-label=${t('sign.title')}></dialog>`;

	const close = () => {
		at.current.close();
		waiting.set(null);
		ask.resolve(results);
	};
	const sign = async () => {
		set('busy');
		setSent(0);
		try {
			setResults(await sendAll(ask.drafts, setSent));
			set('done');
		} catch (e) {
			setError(e);
			set('read');
		}
		lookNow();
	};
	const many = ask.drafts.length > 1;
	return html`<dialog ref=${at} class="sign" aria-labelledby="sign-title" onCancel=${e => (e.preventDefault(), step !== 'busy' && close())}>
		<div class="sign-box">
			<header><h2 id="sign-title" tabindex="-1">${t(step === 'done' ? 'sign.done' : 'sign.title')}</h2>
				<p class="small">${t('sign.as')} <${Party} id=${session.value?.party} link=${false} /> ${'\u00b7'} <${Id} plain of=${session.value?.record.kid} /></p></header>
			<div class="sign-body" aria-live="polite">
				${step === 'done' ? html`<${Outcome} results=${results} />` : many ? html`<${Many} drafts=${ask.drafts} />` : html`<${One} draft=${ask.drafts[0]} />`}
				${step === 'busy' ? html`<${Busy} what=${many ? t('sign.busyMany', { n: countText(sent) }) : t('sign.busy')} />` : null}
				${error ? html`<${Trouble} error=${error} />` : null}
				${step === 'read' ? html`<p class="small">${t('sign.weight')}</p>` : null}
			</div>
			<footer>${step === 'done'
				? html`<button type="button" autofocus onClick=${close}>${t('close')}</button>`
				: html`<button type="button" class="secondary outline" disabled=${step === 'busy'} onClick=${close}>${t('cancel')}</button>
					<button type="button" disabled=${step === 'busy'} onClick=${sign}>${many ? t('sign.doMany', { n: countText(ask.drafts.length) }) : t('sign.do')}</button>`}</footer>
		</div>
	</dialog>`;
}

export const summary = draft => `${word('st', draft.type)} ${moneyText(draft.body.face ?? draft.body.amount)} ${shown(draft.object)}`;
