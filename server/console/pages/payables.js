// SPDX-License-Identifier: Apache-2.0
// payables.js: what the core enterprise owes and has confirmed, by the month it falls due; and what it has committed to.

import { session } from '../lib/api.js';
import { html, useAsked, useState } from '../lib/view.js';
import { fromMinor, minor, moneyText, monthText, t } from '../lib/words.js';
import { Asked, Badge, Card, Empty, Money, Notice, Page, Party } from '../parts/bits.js';
import { Columns } from '../parts/chart.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Table, everyRow } from '../parts/table.js';
import { columnsOf } from './inbox.js';

const MOST = 2000;

function byMonth(rows) {
	const months = new Map();
	for (const r of rows) {
		const m = r.due_date.slice(0, 7);
		months.set(m, (months.get(m) ?? 0n) + minor(r.open));
	}
	return [...months].sort();
}

function Months({ rows }) {
	const like = rows[0]?.open;
	const months = byMonth(rows.filter(r => r.open.currency === like?.currency)).slice(0, 12);
	if (!months.length) return html`<${Empty} title=${t('payables.none')} />`;
	return html`<${Columns} title=${t('payables.byMonth')} unit=${like.currency} rows=${months.map(([m, n]) => ({ label: monthText(m), value: Number(n) / 100, text: moneyText(fromMinor(n, like)) }))} />`;
}

function Commit({ onDone }) {
	const [open, set] = useState(false);
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, object: body.supplier, prev: null, body: { ...body, month: `${body.month.slice(0, 7)}-01` } }]);
		if (results?.[0].receipt) (set(false), onDone());
	};
	return open
		? html`<${StatementForm} type="commitment.sign" onDraft=${send} onCancel=${() => set(false)} />`
		: html`<button type="button" class="secondary" onClick=${() => set(true)}>${t('payables.commit')}</button>`;
}

export default function Payables() {
	const me = session.value.party;
	const owed = useAsked(async () => (await everyRow('/v1/receivables', { state: 'confirmed' }, null, MOST)).filter(r => r.debtor === me), [me]);
	const [turn, again] = useState(0);
	const columns = [
		{ key: 'supplier', label: t('f.supplier'), of: c => html`<${Party} id=${c.supplier} />` },
		{ key: 'month', label: t('f.month'), of: c => monthText(c.month) },
		{ key: 'total', label: t('payables.committed'), num: true, of: c => html`<${Money} of=${c.total} />` },
		{ key: 'registered', label: t('payables.registered'), num: true, of: c => html`<${Money} of=${c.registered} />` },
		{ key: 'above', label: t('col.state'), of: c => (!c.total ? html`<${Badge}>${t('payables.nothing')}<//>` : c.above ? html`<${Badge} tone="bad">${t('payables.above')}<//>` : html`<${Badge} tone="good">${t('payables.within')}<//>`) },
	];
	return html`<${Page} title=${t('payables.title')} lead=${t('payables.lead')}>
		<${Card} title=${t('payables.byMonth')}><${Asked} of=${owed}>${rows => html`<div><${Months} rows=${rows} />${rows.length >= MOST ? html`<p class="small">${t('payables.first', { n: MOST })}</p>` : null}</div>`}<//><//>
		<${Card} title=${t('payables.committedTitle')}><p>${t('payables.committedLead')}</p>
			<${Table} key=${turn} live name="commitments" path="/v1/commitments" caption=${t('payables.committedTitle')} columns=${columns} quiet keep=${c => c.debtor === me} empty=${html`<${Notice} tone="calm"><p>${t('payables.uncommitted')}</p><//>`}>${() => html`<${Commit} onDone=${() => again(turn + 1)} />`}<//><//>
		<${Card} title=${t('payables.confirmed')}><${Table} live name="payables" path="/v1/receivables" params=${{ state: 'confirmed' }} caption=${t('payables.confirmed')} quiet keep=${r => r.debtor === me} columns=${columnsOf()} /><//>
	<//>`;
}

