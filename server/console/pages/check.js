// SPDX-License-Identifier: Apache-2.0
// check.js: before lending. One box takes an invoice file, a number or an id; the answer is a verdict nobody can
// overlook, why, who ranks before, what is free; then a certificate, a hold.

import { getIfAny, postDocument, postJson, purpose, session } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { readMoney } from '../lib/shape.js';
import { assetPath, to } from '../lib/route.js';
import { html, useAsked, useEffect, useRef, useState } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { AssetLink, Badge, Busy, Card, Day, Drop, Facts, Field, Id, Money, Notice, Page, Party, Save, State, Text, Trouble } from '../parts/bits.js';
import { DocumentCard } from '../parts/document.js';
import { FindingList } from '../parts/findings.js';
import { Proof } from '../parts/proof.js';
import { Score } from '../parts/score.js';
import { Exposure, Trend } from '../parts/trend.js';
import { WarningList } from '../parts/warnings.js';
import { askToSign } from '../parts/sign.js';
import { Rows } from '../parts/table.js';

const USCC = /\b([0-9A-Z]{18}|[0-9A-Z]{20})\b/;

/** What was pasted, as the claim of a check; null while something is missing. */
export function readClaim(text, issuer) {
	const s = text.trim();
	if (isUuid(s)) return { asset: s.toLowerCase() };
	if (/^[0-9a-f]{64}$/i.test(s)) return { document: s.toLowerCase() };
	if (!s) return null;
	const inside = USCC.exec(s)?.[1];
	const who = issuer.trim() || inside;
	const number = inside && !issuer.trim() ? s.replace(inside, '').trim() : s;
	return who && number ? { facts: { kind: 'invoice', issuer: who, number } } : null;
}

const GRAVITY = { stop: 0, caution: 1, info: 2 };
const TONE = { stop: 'bad', caution: 'warn', clear: 'good', info: 'calm' };
const SIGN = { stop: '\u2715', caution: '!', clear: '\u2713' };

function Verdict({ of }) {
	const at = useRef();
	useEffect(() => {
		at.current?.focus();
	}, [of]);
	return html`<section class=${`verdict ${TONE[of.verdict]}`} ref=${at} tabindex="-1" role="status" data-verdict=${of.verdict}>
		<span class="verdict-mark" aria-hidden="true">${SIGN[of.verdict]}</span>
		<div><p class="verdict-word">${t(`verdict.${of.verdict}`)}</p><p>${t(`verdict.${of.verdict}.more`)}</p></div>
		<div class="verdict-free"><small>${t('check.free')}</small><p>${of.free ? html`<${Money} strong of=${of.free} />` : '\u2013'}</p>${of.rank ? html`<small>${t('check.rank', { n: of.rank })}</small>` : null}</div>
	</section>`;
}

const Reasons = ({ of }) => html`<ul class="reasons">${[...of]
	.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity])
	.map(r => html`<li class=${TONE[r.severity]}><${Badge} tone=${TONE[r.severity]}>${t(`severity.${r.severity}`)}<//> <span>${word('reason', r.code) === r.code ? html`<${Text} of=${r.detail} />` : word('reason', r.code)}</span></li>`)}</ul>`;

function Claim({ asset }) {
	return html`<${Facts} rows=${[
		[t('col.state'), html`<${State} of=${asset.state} />`],
		[t('asset.kind'), word('asset', asset.kind)],
		[t('col.creditor'), asset.creditor ? html`<${Party} id=${asset.creditor} />` : null],
		[t('col.debtor'), asset.debtor ? html`<${Party} id=${asset.debtor} />` : null],
		[t('col.face'), asset.face ? html`<${Money} of=${asset.face} />` : null],
		[t('col.open'), asset.open ? html`<${Money} of=${asset.open} />` : null],
		[t('col.due'), asset.due_date ? html`<${Day} of=${asset.due_date} />` : null],
		[t('check.confirmed'), asset.confirmed === undefined ? null : t(asset.confirmed ? 'yes' : 'no')],
		[t('asset.level'), asset.level === undefined ? null : word('level', `L${asset.level}`)],
		[t('f.set_off_waived'), asset.set_off_waived === undefined ? null : t(asset.set_off_waived ? 'yes' : 'no')],
		[t('check.objections'), asset.objections ? countText(asset.objections) : null],
		[t('id'), html`<${Id} of=${asset.id} />`],
	]} /><p><${AssetLink} asset=${asset}>${t('check.history')}<//></p>`;
}

export const rankColumns = () => [
	{ key: 'rank', label: t('col.rank'), of: e => (e.rank ? html`<strong>${e.rank}</strong>` : t('check.promised')) },
	{ key: 'kind', label: t('col.kind'), of: e => (e.kind ? word('kind', e.kind) : '\u2013') },
	{ key: 'amount', label: t('col.amount'), num: true, of: e => html`<${Money} of=${e.amount} />` },
	{ key: 'who', label: t('col.secured'), of: e => (e.secured_party ? html`<${Party} id=${e.secured_party} />` : html`<span class="none">${t('check.notTold')}</span>`) },
	{ key: 'since', label: t('col.since'), of: e => (e.since ? html`<a href=${to(`entry/${e.since}`)}>${t('entry.n', { n: countText(e.since) })}</a>` : '\u2013') },
];

/* A hold: the claim is mine to finance, for a few hours. */
function Hold({ answer, amount, onDone }) {
	const [hours, set] = useState(4);
	const place = async () => {
		const until = `${new Date(Date.now() + hours * 3600e3).toISOString().slice(0, 19)}Z`;
		const results = await askToSign([
			{ type: 'hold.place', prev: null, body: { asset: answer.asset.id, ...(amount ? { amount } : {}), purpose: purpose.value || 'lending', until } },
		]);
		if (results?.[0].receipt) onDone();
	};
	return html`<div class="hold"><${Field} id="hold-hours" label=${t('check.holdFor')} need>
		<select id="hold-hours" value=${hours} onChange=${e => set(Number(e.target.value))}>${[2, 4, 12, 23].map(h => html`<option value=${h} selected=${h === hours}>${t('hours', { n: h })}</option>`)}</select><//>
		<button type="button" onClick=${place}>${t('check.hold')}</button></div>`;
}

function Answer({ answer, document, amount, again, certify, certifying }) {
	const asset = answer.asset;
	const assessment = useAsked(() => (asset && asset.kind === 'receivable' ? getIfAny(`/v1/receivables/${asset.id}/assessment`) : null), [asset?.id]);
	const findings = useAsked(async () => (asset ? ((await getIfAny('/v1/findings', { asset: asset.id, limit: 50 }))?.items ?? null) : null), [asset?.id]);
	const warnings = useAsked(async () => (asset ? ((await getIfAny('/v1/warnings', { claim: asset.id, open: 'yes', limit: 20 }))?.items ?? null) : null), [asset?.id]);
	/* by its facts alone a stranger is not told whose claim it is; who holds it already may read all of it */
	const mine = answer.reasons.some(r => r.code === 'yours' || r.code === 'held-by-you');
	const whole = useAsked(() => (mine && asset?.kind === 'receivable' && !asset.debtor ? getIfAny(`/v1/receivables/${asset.id}`) : null), [asset?.id, mine]);
	const sides = asset?.debtor ? asset : whole.data;
	const score = assessment.data ?? answer.score;
	/* the claim asked about is no duplicate of itself */
	const twins = (answer.duplicates ?? []).filter(d => !asset || d.asset !== asset.id);
	const held = answer.reasons.some(r => r.code === 'held-by-you');
	return html`<div class="answer">
		<${Verdict} of=${answer} />
		<div class="columns wide-left">
			<div>
				<${Card} title=${t('check.why')}><${Reasons} of=${answer.reasons} /><//>
				${answer.encumbrances?.length ? html`<${Card} title=${t('check.ranks')}><${Rows} quiet caption=${t('check.ranks')} columns=${rankColumns()} rows=${answer.encumbrances} keyOf=${(r, i) => i} /><//>` : null}
				${twins.length ? html`<${Card} tone="bad" title=${t('check.duplicates')}><ul>${twins.map(
					d => html`<li>${d.asset ? html`<a href=${assetPath({ kind: 'receivable', id: d.asset })}><${Id} plain of=${d.asset} /></a> ` : null}<${Text} of=${word('how', d.how)} /> ${d.similarity !== undefined ? html`<small>${t('check.similar', { n: d.similarity })}</small>` : null}</li>`,
				)}</ul><//>` : null}
				${findings.data?.length ? html`<${Card} title=${t('findings.title')}><${FindingList} of=${findings.data} /><//>` : null}
				${warnings.data?.length ? html`<${Card} tone="warn" title=${t('warnings.here')}><${WarningList} of=${warnings.data} /><//>` : null}
				${score ? html`<${Score} of=${score} />` : null}
				${sides ? html`<${Trend} party=${sides.debtor} title=${t('trend.debtor')} /><${Trend} party=${sides.creditor} title=${t('trend.creditor')} />` : null}
				${document ? html`<${DocumentCard} of=${document} />` : null}
			</div>
			<div>
				${asset ? html`<${Card} title=${t('check.claim')}><${Claim} asset=${{ ...(sides ?? {}), ...asset }} /><//>` : null}
				<${Card} title=${t('check.certificate')}>
					${answer.certificate
						? html`<div><${Proof} receipt=${answer.certificate} title=${t('check.certificateNo', { seq: countText(answer.certificate.seq) })} open />
							<${Save} name=${`certificate-${answer.certificate.seq}.json`} of=${answer} label=${t('check.certificateSave')} /></div>`
						: html`<div><p>${t('check.certificateLead')}</p><button type="button" class="secondary" disabled=${certifying} onClick=${certify}>${t('check.certificateGet')}</button>${certifying ? html`<${Busy} />` : null}</div>`}
				<//>
				${asset && answer.verdict !== 'stop' && session.value.roles.includes('bank') ? html`<${Card} title=${t('check.next')}>${held ? html`<p>${t('check.heldByYou')}</p>` : html`<${Hold} answer=${answer} amount=${amount} onDone=${again} />`}<p class="small">${t('check.nextMore')}</p><//>` : null}
				${sides ? html`<${Exposure} party=${sides.debtor} /><${Exposure} party=${sides.creditor} />` : null}
				<p class="small">${t('check.asOf', { seq: countText(answer.as_of?.seq ?? 0) })}</p>
			</div>
		</div></div>`;
}

export default function Check({ query }) {
	const [text, setText] = useState(query.get('claim') ?? '');
	const [issuer, setIssuer] = useState('');
	const [amount, setAmount] = useState('');
	const [fault, setFault] = useState({});
	const [state, set] = useState(null);
	const [asked, setAsked] = useState(null);
	const isNumber = text.trim() && !isUuid(text.trim()) && !/^[0-9a-f]{64}$/i.test(text.trim()) && !USCC.test(text);

	const ask = async (claim, document, certificate) => {
		const wanted = amount.trim() ? readMoney(amount.replace(/[A-Za-z]/g, ''), /[A-Za-z]{3}/.exec(amount)?.[0]) : undefined;
		if (wanted === null) return setFault({ amount: 'fault.money' });
		setFault({});
		set(certificate ? s => ({ ...s, certifying: true }) : { busy: true });
		setAsked({ claim, document });
		try {
			const answer = await postJson('/v1/checks', { claim, ...(wanted ? { amount: wanted } : {}), purpose: purpose.value || 'lending', certificate: !!certificate });
			set({ answer, document, amount: wanted });
		} catch (error) {
			set(s => (certificate && s?.answer ? { ...s, certifying: false, error } : { error, document }));
		}
	};
	const send = e => {
		e.preventDefault();
		const claim = readClaim(text, issuer);
		if (claim) return ask(claim);
		setFault(text.trim() ? { issuer: 'check.needIssuer' } : { text: 'fault.need' });
		document.getElementById(text.trim() ? 'check-issuer' : 'check-claim')?.focus();
	};
	const file = async ([f]) => {
		set({ busy: true });
		try {
			const doc = await postDocument(f);
			setText(doc.sha256);
			await ask({ document: doc.sha256 }, doc);
		} catch (error) {
			set({ error });
		}
	};
	const given = query.get('claim') ?? '';
	useEffect(() => {
		const claim = readClaim(given, '');
		if (!claim) return;
		setText(given);
		ask(claim);
	}, [given]);
	return html`<${Page} title=${t('check.title')} lead=${t('check.lead')}>
		<form class="check-box card" onSubmit=${send} novalidate>
			<${Field} id="check-claim" label=${t('check.what')} need fault=${fault.text ? t(fault.text) : null}>
				<input id="check-claim" class="big" value=${text} autocomplete="off" spellcheck=${false} placeholder=${t('check.placeholder')} onInput=${e => setText(e.target.value)} /><//>
			<div class="check-row">
				${isNumber || fault.issuer ? html`<${Field} id="check-issuer" label=${t('check.issuer')} need fault=${fault.issuer ? t(fault.issuer) : null}>
					<input id="check-issuer" value=${issuer} autocomplete="off" spellcheck=${false} onInput=${e => setIssuer(e.target.value.toUpperCase())} /><//>` : null}
				<${Field} id="check-amount" label=${t('check.amount')} help=${t('check.amountHelp')} fault=${fault.amount ? t(fault.amount) : null}>
					<input id="check-amount" value=${amount} inputmode="decimal" autocomplete="off" onInput=${e => setAmount(e.target.value)} /><//>
				<button type="submit" class="big" disabled=${state?.busy}>${t('check.do')}</button>
			</div>
			<${Drop} id="check-file" label=${t('check.drop')} accept=".xml,.ofd,.pdf,.json" busy=${state?.busy} onFiles=${file} />
		</form>
		<div aria-live="polite">
			${state?.busy ? html`<${Busy} what=${t('check.busy')} />` : null}
			${state?.error?.code === 'not-found' && !state.answer
				? html`<${Notice} tone="warn" role="alert" title=${t('check.none')}><p>${t('check.noneMore')}</p><//>`
				: state?.error ? html`<${Trouble} error=${state.error} />` : null}
			${state?.error && state.document ? html`<${DocumentCard} of=${state.document} />` : null}
			${state?.answer ? html`<${Answer} ...${state} again=${() => ask(asked.claim, asked.document)} certify=${() => ask(asked.claim, asked.document, true)} />` : null}
		</div>
	<//>`;
}
