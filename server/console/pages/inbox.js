// SPDX-License-Identifier: Apache-2.0
// inbox.js: the core enterprise's inbox: every claim that names it as debtor, whether it knew of it or not, with the
// document beside what was claimed; confirm, dispute or reject, one or many.

import { get, session } from '../lib/api.js';
import { seen } from '../lib/keys.js';
import { assetPath, go, route } from '../lib/route.js';
import { html, useAsked, useEffect, useSignal, useState } from '../lib/view.js';
import { countText, daysUntil, fromMinor, minor, t } from '../lib/words.js';
import { Badge, Day, Empty, Facts, Money, Notice, Page, Party, State, Text } from '../parts/bits.js';
import { DocumentBeside } from '../parts/document.js';
import { KeyAlarm } from '../parts/alarm.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Table } from '../parts/table.js';

const FILTERS = ['registered', 'confirmed', 'disputed', 'overdue', ''];

const confirmDraft = (r, waived, payTo) => ({
	type: 'receivable.confirm',
	object: r.id,
	prev: r.etag,
	body: { face: r.face, due_date: r.due_date, set_off_waived: waived, ...(payTo ? { pay_to: payTo } : {}) },
	fill: { creditor: r.creditor, number: r.invoice?.number ?? t('claim.future') },
	about: html`${r.invoice ? html`<${Text} of=${r.invoice.number} /> ` : null}<${Party} id=${r.creditor} link=${false} />`,
});

const refuseDraft = (type, r, body) => ({
	type,
	object: r.id,
	prev: r.etag,
	body,
	fill: { creditor: r.creditor, face: r.face, number: r.invoice?.number ?? t('claim.future') },
	about: html`${r.invoice ? html`<${Text} of=${r.invoice.number} /> ` : null}<${Party} id=${r.creditor} link=${false} />`,
});

/* What to do with the claims ticked. */
function Act({ chosen, onDone }) {
	const [how, set] = useState(null);
	const [waived, setWaived] = useState(false);
	const rows = [...chosen.values()];
	const amounts = rows.map(r => r.face);
	const one = amounts.every(a => a.currency === amounts[0]?.currency);
	const send = async drafts => {
		const results = await askToSign(drafts);
		if (results) (set(null), onDone());
	};
	if (!rows.length) return html`<p class="hint">${t('inbox.choose')}</p>`;
	const beside = () => document.querySelector('.beside')?.scrollIntoView({ block: 'start' });
	return html`<section class="act" aria-label=${t('inbox.act')}>
		<p><strong>${t('inbox.chosen', { n: countText(rows.length) })}</strong>${one ? html` ${'\u00b7'} <${Money} strong of=${fromMinor(amounts.reduce((n, a) => n + minor(a), 0n), amounts[0])} />` : null}${rows.length === 1 ? html` <button type="button" class="link narrow-only" onClick=${beside}>${t('inbox.document')}</button>` : null}</p>
		${how === null
			? html`<div><label class="inline"><input type="checkbox" role="switch" checked=${waived} onChange=${e => setWaived(e.target.checked)} /> ${t('inbox.waive')}</label>
				<div class="actions"><button type="button" onClick=${() => send(rows.map(r => confirmDraft(r, waived)))}>${t('inbox.confirm')}</button>
				<button type="button" class="secondary" onClick=${() => set('receivable.dispute')}>${t('inbox.dispute')}</button>
				<button type="button" class="secondary outline" onClick=${() => set('receivable.reject')}>${t('inbox.reject')}</button></div></div>`
			: html`<div><h2>${t(how === 'receivable.dispute' ? 'inbox.disputeWhy' : 'inbox.rejectWhy')}</h2>
				<${StatementForm} type=${how} onCancel=${() => set(null)} onDraft=${({ body }) => send(rows.map(r => refuseDraft(how, r, body)))} /></div>`}
	</section>`;
}

/** Claims that appeared since this browser last looked: told once, loudly. */
function NewClaims() {
	const me = session.value.party;
	const { data } = useAsked(async () => {
		const { items } = await get('/v1/receivables', { state: 'registered', limit: 50 });
		const last = (await seen.get(`claims ${me}`)) ?? 0;
		const mine = items.filter(r => r.debtor === me);
		const newest = Math.max(last, ...mine.map(r => r.seq));
		await seen.put(`claims ${me}`, newest);
		return last ? mine.filter(r => r.seq > last) : [];
	}, [me]);
	if (!data?.length) return null;
	return html`<${Notice} tone="warn" role="status" title=${t('inbox.news', { n: countText(data.length) })}><p>${t('inbox.newsMore')}</p><//>`;
}

export const columnsOf = state => [
	{ key: 'invoice', label: t('col.invoice'), of: r => html`<a href=${assetPath(r)}>${r.invoice ? html`<${Text} of=${r.invoice.number} />` : t('claim.future')}</a>` },
	{ key: 'creditor', label: t('col.creditor'), of: r => html`<${Party} id=${r.creditor} />` },
	{ key: 'face', label: t('col.face'), num: true, of: r => html`<${Money} of=${r.face} />` },
	...(state === 'registered' ? [] : [{ key: 'open', label: t('col.open'), num: true, of: r => html`<${Money} of=${r.open} />` }]),
	{ key: 'due', label: t('col.due'), of: r => html`<${Day} of=${r.due_date} />${r.state === 'registered' && daysUntil(r.due_date) < 0 ? html` <${Badge} tone="warn">${t('claim.past')}<//>` : null}` },
	{ key: 'state', label: t('col.state'), of: r => html`<${State} of=${r.state} />${r.existing ? null : html` <${Badge}>${t('claim.futureShort')}<//>`}` },
];

export default function Inbox() {
	const where = useSignal(route);
	const state = where.query.get('state') ?? 'registered';
	const [chosen, choose] = useState(new Map());
	useEffect(() => choose(new Map()), [state]);
	const me = session.value.party;
	const single = chosen.size === 1 ? [...chosen.values()][0] : null;
	return html`<${Page} title=${t('inbox.title')} lead=${t('inbox.lead')}>
		<${KeyAlarm} /><${NewClaims} />
		<div class="tabs" role="group" aria-label=${t('inbox.filter')}>${FILTERS.map(
			s => html`<button type="button" class="tab" aria-pressed=${String(s === state)} onClick=${() => go('inbox', { state: s || 'all' })}>${t(`inbox.tab.${s || 'all'}`)}</button>`,
		)}</div>
		<div class="with-side">
			<div><${Table} live name="claims" caption=${t('inbox.caption')}
				path=${state === 'all' ? `/v1/parties/${me}/claims` : '/v1/receivables'} params=${state === 'all' ? {} : { state }}
				keep=${r => r.debtor === me} columns=${columnsOf(state)} chosen=${chosen} onChosen=${choose} canChoose=${r => ['registered', 'confirmed', 'disputed'].includes(r.state)}
				empty=${html`<${Empty} title=${t(state === 'registered' ? 'inbox.none' : 'table.empty')}>${state === 'registered' ? t('inbox.noneMore') : null}<//>`}>
				${(rows, again) => html`<${Act} chosen=${chosen} onDone=${() => (choose(new Map()), again())} />`}
			<//></div>
			${single ? html`<div class="beside"><${DocumentBeside} claim=${single} /></div>` : null}
		</div>
	<//>`;
}
