// SPDX-License-Identifier: Apache-2.0
// register.js: from an invoice to a claim: the registry reads the document, the supplier reads what the registry read,
// names the debtor, and signs.

import { postDocument, session } from '../lib/api.js';
import { seen } from '../lib/keys.js';
import { to } from '../lib/route.js';
import { html, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Busy, Card, Drop, Field, Notice, Page, Trouble } from '../parts/bits.js';
import { DocumentCard } from '../parts/document.js';
import { PartyInput, StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { isUuid } from '../lib/bytes.js';

/* Whom the buyer's number belonged to the last time. */
const buyerKey = d => `debtor ${d.buyer?.ids?.[0]?.value ?? d.buyer?.name ?? ''}`;

function FromDocument({ document: d, onDone }) {
	const [debtor, setDebtor] = useState(null);
	const [fault, setFault] = useState(null);
	const [asked, setAsked] = useState(false);
	if (!asked) {
		setAsked(true);
		seen.get(buyerKey(d)).then(id => setDebtor(now => now ?? id ?? ''));
	}
	const sign = async e => {
		e.preventDefault();
		if (!isUuid(debtor ?? '')) return setFault('fault.uuid');
		setFault(null);
		await seen.put(buyerKey(d), debtor);
		const body = {
			creditor: session.value.party,
			debtor,
			face: d.payable,
			issue_date: d.issue_date,
			due_date: d.due_date,
			documents: [d.sha256],
			/* the trade's own papers, as the document names them: a claim without any is one nothing moved for */
			...(d.order_ref ? { order: d.order_ref } : {}),
			...(d.despatch_ref ? { deliveries: [d.despatch_ref] } : {}),
			...(d.number ? { invoice: { number: d.number, ...(d.issue_date ? { date: d.issue_date } : {}) } } : {}),
			existing: true,
			...(d.account ? { account: d.account } : {}),
		};
		const results = await askToSign([{ type: 'receivable.register', prev: null, body, fill: { number: d.number } }]);
		if (results?.[0].receipt) onDone();
	};
	const complete = d.payable && d.issue_date && d.due_date;
	return html`<div class="columns even"><${DocumentCard} of=${d} title=${t('register.read')} />
		<${Card} title=${t('register.claim')}>
			${d.level === 'L0' ? html`<${Notice} tone="warn" title=${t('register.low')}><p>${t('register.lowMore')}</p><//>` : null}
			${complete
				? html`<form onSubmit=${sign} novalidate><${Field} id="debtor" label=${t('register.debtor')} need help=${t('register.debtorHelp')} fault=${fault ? t(fault) : null}><${PartyInput} id="debtor" value=${debtor ?? ''} onInput=${setDebtor} /><//>
					<button type="submit">${t('form.review')}</button></form>`
				: html`<div><p>${t('register.incomplete')}</p><${ByHand} prefill=${{ documents: [d.sha256], face: d.payable, issue_date: d.issue_date, due_date: d.due_date, existing: 'true', invoice: { number: d.number } }} onDone=${onDone} /></div>`}
		<//></div>`;
}

function ByHand({ prefill, onDone }) {
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, prev: null, body, fill: { number: body.invoice?.number ?? t('claim.future') } }]);
		if (results?.[0].receipt) onDone();
	};
	return html`<${StatementForm} type="receivable.register" prefill=${prefill} fixed=${{ creditor: session.value.party }} hide=${['lineage']} onDraft=${send} />`;
}

export default function Register() {
	const [state, set] = useState({});
	const read = async ([file]) => {
		set({ busy: true });
		try {
			set({ document: await postDocument(file) });
		} catch (error) {
			set({ error });
		}
	};
	const done = () => set({ done: true });
	return html`<${Page} title=${t('register.title')} lead=${t('register.lead')}>
		${state.done ? html`<${Notice} tone="good" role="status" title=${t('register.done')}><p><a href=${to('claims')}>${t('nav.claims')}</a></p><//>` : null}
		<${Card} title=${t('register.document')}><${Drop} id="invoice" label=${t('register.drop')} accept=".xml,.ofd,.pdf,.json" busy=${state.busy} onFiles=${read} />
			${state.byHand || state.document ? null : html`<p><button type="button" class="link" onClick=${() => set({ byHand: true })}>${t('register.future')}</button></p>`}<//>
		${state.busy ? html`<${Busy} what=${t('document.reading')} />` : null}
		${state.error ? html`<${Trouble} error=${state.error} />` : null}
		${state.document ? html`<${FromDocument} key=${state.document.sha256} document=${state.document} onDone=${done} />` : null}
		${state.byHand ? html`<${Card} title=${t('register.futureTitle')}><${ByHand} prefill=${{ existing: 'false', issue_date: new Date().toISOString().slice(0, 10) }} onDone=${done} /><//>` : null}
	<//>`;
}
