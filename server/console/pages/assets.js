// SPDX-License-Identifier: Apache-2.0
// assets.js: every list of assets the reader may see, one tab each; and one box for an id.

import { isUuid } from '../lib/bytes.js';
import { assetPath, go, route, to } from '../lib/route.js';
import { html, useSignal, useState } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Badge, Day, Id, Money, Page, Party, State, Text } from '../parts/bits.js';
import { Table } from '../parts/table.js';

const NOUNS = ['receivables', 'vouchers', 'bills', 'warehouse-receipts', 'inventories', 'prepayments', 'pools', 'encumbrances', 'objections', 'obligors'];

const nameOf = a => a.invoice?.number ?? a.number ?? a.name ?? a.commodity ?? a.order;
const columnsOf = noun => [
	{ key: 'id', label: t('col.object'), of: a => html`<a href=${noun === 'obligors' ? to(`party/${a.id}`) : ['encumbrances', 'objections'].includes(noun) ? to(`asset/${noun}/${a.id}`) : assetPath(a)}>${nameOf(a) ? html`<${Text} of=${nameOf(a)} />` : html`<${Id} plain of=${a.id} />`}</a>` },
	{ key: 'first', label: t('assets.first'), of: a => html`<${Party} id=${a.creditor ?? a.holder ?? a.owner ?? a.originator ?? a.grantor ?? a.challenger ?? (noun === 'obligors' ? a.id : null)} />` },
	{ key: 'second', label: t('assets.second'), of: a => html`<${Party} id=${a.debtor ?? a.trustee ?? a.secured_party ?? a.respondent ?? a.monitor} />` },
	{ key: 'amount', label: t('col.amount'), num: true, of: a => html`<${Money} of=${a.open ?? a.value ?? a.amount ?? a.total ?? a.face} />` },
	{ key: 'free', label: t('balance.free'), num: true, of: a => html`<${Money} of=${a.free} />` },
	{ key: 'due', label: t('col.due'), of: a => html`<${Day} of=${a.due_date ?? a.until ?? a.answer_by ?? a.ship_by} />` },
	{ key: 'state', label: t('col.state'), of: a => html`${a.state ? html`<${State} of=${a.state} />` : null}${a.frozen ? html` <${Badge} tone="bad">${t('asset.frozenShort')}<//>` : null}` },
];

export default function Assets() {
	const where = useSignal(route);
	const noun = NOUNS.includes(where.path[1]) ? where.path[1] : 'receivables';
	const [id, set] = useState('');
	return html`<${Page} title=${t('assets.title')} lead=${t('assets.lead')}>
		<form class="find" onSubmit=${e => (e.preventDefault(), isUuid(id.trim()) && go(`asset/any/${id.trim()}`))}>
			<label class="hidden" for="find-id">${t('assets.find')}</label><input id="find-id" placeholder=${t('assets.find')} value=${id} onInput=${e => set(e.target.value)} /><button type="submit" class="secondary">${t('assets.open')}</button></form>
		<div class="tabs" role="group" aria-label=${t('assets.title')}>${NOUNS.map(n => html`<button type="button" class="tab" aria-pressed=${String(n === noun)} onClick=${() => go(`assets/${n}`)}>${word('nouns', n)}</button>`)}</div>
		<${Table} key=${noun} name=${noun} path=${`/v1/${noun}`} caption=${word('nouns', noun)} columns=${columnsOf(noun)} />
	<//>`;
}
