// SPDX-License-Identifier: Apache-2.0
// log.js: nobody has to be believed: the head, a receipt from a file, and the whole log, all verified in this page.

import { logKey, plainBytes, plainText, session } from '../lib/api.js';
import { head } from '../lib/head.js';
import { seen } from '../lib/keys.js';
import { openCheckpoint, verifyLog } from '../lib/log.js';
import { go } from '../lib/route.js';
import { html, useAsked, useRef, useSignal, useState } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Asked, Card, Drop, Facts, Field, Id, Notice, Page, Save, Trouble, When } from '../parts/bits.js';
import { Proof } from '../parts/proof.js';

const MOST = 200000;

function Head() {
	const now = useSignal(head);
	const kept = useAsked(() => seen.get(`head ${location.origin}`), [now?.size]);
	const key = useAsked(logKey, []);
	const note = useAsked(() => plainText('/log/checkpoint'), [now?.size]);
	return html`<${Card} title=${t('log.head')}>
		<${Facts} rows=${[
			[t('log.origin'), key.data?.origin],
			[t('log.size'), now ? countText(now.size) : null],
			[t('log.state'), now ? html`<span data-head-state=${now.state}>${t(now.state === 'good' ? 'log.stateGood' : `head.${now.state}`)}</span>` : null],
			[t('log.since'), kept.data?.since ? html`<${When} of=${kept.data.since} />` : null],
			[t('log.key'), key.data ? html`<${Id} of=${key.data.text} />` : null],
		]} />
		<${Asked} of=${note}>${text => html`<details><summary>${t('log.note')}</summary><pre class="raw" tabindex="0">${text}</pre><${Save} name="checkpoint.txt" of=${text} label=${t('log.saveNote')} type="text/plain" /></details>`}<//>
		<p class="small">${t('log.witness')}</p><//>`;
}

function Whole() {
	const [state, set] = useState({});
	const stop = useRef(false);
	const run = async () => {
		stop.current = false;
		set({ busy: true, done: 0, of: 0 });
		try {
			const checkpoint = await openCheckpoint(await plainText('/log/checkpoint'), await logKey());
			if (!checkpoint.good) return set({ result: { good: false, why: 'head.unsigned', size: checkpoint.size } });
			if (checkpoint.size > MOST) return set({ tooBig: checkpoint.size });
			const result = await verifyLog(checkpoint, plainBytes, (done, of) => set({ busy: true, done, of }), () => stop.current);
			set({ result, checkpoint });
		} catch (error) {
			set({ error });
		}
	};
	return html`<${Card} title=${t('log.whole')}><p>${t('log.wholeLead')}</p>
		${state.busy
			? html`<div><label>${t('log.progress', { done: countText(state.done), of: countText(state.of) })}<progress value=${state.done} max=${state.of || 1}></progress></label><button type="button" class="secondary" onClick=${() => (stop.current = true)}>${t('log.stop')}</button></div>`
			: html`<button type="button" onClick=${run}>${t('log.verify')}</button>`}
		${state.error ? html`<${Trouble} error=${state.error} />` : null}
		${state.tooBig ? html`<${Notice} tone="warn"><p>${t('log.tooBig', { n: countText(state.tooBig) })}</p><pre class="raw" tabindex="0">counterfoil log verify</pre><//>` : null}
		${state.result
			? html`<div data-log-verified=${String(state.result.good)}><${Notice} tone=${state.result.good ? 'good' : 'bad'} role="status" title=${t(state.result.good ? 'log.good' : 'log.bad')}>
				<p>${state.result.good ? t('log.goodMore', { n: countText(state.result.size), refused: countText(state.result.refused) }) : t(state.result.why ?? 'log.bad', { at: countText(state.result.at ?? 0) })}</p>
				${state.result.root ? html`<p class="small">${t('log.root')} <${Id} of=${state.result.root} /></p>` : null}<//></div>`
			: null}
	<//>`;
}

function File() {
	const [state, set] = useState({});
	const read = async ([f]) => {
		try {
			const json = JSON.parse(await f.text());
			const receipt = json.receipt ?? (json.certificate && typeof json.certificate === 'object' ? json.certificate : json);
			set(receipt.leaf && receipt.proof ? { receipt } : { fault: 'log.noReceipt' });
		} catch {
			set({ fault: 'log.noReceipt' });
		}
	};
	return html`<${Card} title=${t('log.receipt')}><p>${t('log.receiptLead')}</p><${Drop} id="receipt-file" label=${t('log.drop')} accept=".json" onFiles=${read} />
		${state.fault ? html`<${Notice} tone="bad" role="alert"><p>${t(state.fault)}</p><//>` : null}
		${state.receipt ? html`<${Proof} key=${state.receipt.leaf} receipt=${state.receipt} open />` : null}<//>`;
}

function FindEntry() {
	const [n, set] = useState('');
	return html`<${Card} title=${t('log.entry')}><form class="find" onSubmit=${e => (e.preventDefault(), /^\d+$/.test(n) && go(`entry/${n}`))}>
		<${Field} id="entry-n" label=${t('log.entryNumber')} need><input id="entry-n" inputmode="numeric" value=${n} onInput=${e => set(e.target.value.trim())} /><//><button type="submit" class="secondary">${t('assets.open')}</button></form><//>`;
}

export default function Log() {
	useSignal(session);
	return html`<${Page} title=${t('log.title')} lead=${t('log.lead')}><div class="columns even"><div><${Head} /><${FindEntry} /></div><div><${Whole} /><${File} /></div></div><//>`;
}

