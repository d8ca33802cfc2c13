// SPDX-License-Identifier: Apache-2.0
// stock.js: pledged goods against their floors, and the price feeds they follow.

import { session } from '../lib/api.js';
import { assetPath, to } from '../lib/route.js';
import { html, useState } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Card, Day, Empty, Money, Page, Party, Quantity, State, Text, When } from '../parts/bits.js';
import { FloorChart } from '../parts/floor.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Table } from '../parts/table.js';

function Open({ onDone }) {
	const [open, set] = useState(false);
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, prev: null, body }]);
		if (results?.[0].receipt) (set(false), onDone());
	};
	return open
		? html`<div class="inner-form"><${StatementForm} type="inventory.open" hide=${['lineage']} onDraft=${send} onCancel=${() => set(false)} /></div>`
		: html`<button type="button" class="secondary" onClick=${() => set(true)}>${t('do.inventory.open')}</button>`;
}

export default function Stock() {
	const me = session.value;
	const [turn, set] = useState(0);
	const [at, look] = useState(null);
	const owns = me.roles.some(r => ['supplier', 'core_enterprise'].includes(r));
	const columns = [
		{ key: 'goods', label: t('f.commodity'), of: s => html`<a href=${assetPath(s)}><${Text} of=${s.commodity} /></a>` },
		{ key: 'site', label: t('f.site'), of: s => html`<${Text} of=${s.site} />` },
		{ key: 'owner', label: t('f.owner'), of: s => html`<${Party} id=${s.owner} />` },
		{ key: 'counted', label: t('floor.counted'), num: true, of: s => html`<${Quantity} of=${s.counted} />` },
		{ key: 'value', label: t('floor.value'), num: true, of: s => html`<${Money} of=${s.value} />` },
		{ key: 'bound', label: t('floor.bound'), num: true, of: s => html`<${Money} of=${s.encumbered} />` },
		{ key: 'state', label: t('col.state'), of: s => html`<${State} of=${s.state} />` },
		{ key: 'do', label: t('floor.title'), of: s => html`<button type="button" class="link" aria-pressed=${String(at?.id === s.id)} onClick=${() => look(at?.id === s.id ? null : s)}>${t('floor.show')}</button>` },
	];
	const prices = [
		{ key: 'commodity', label: t('f.commodity'), of: p => html`<a href=${to(`asset/prices/${p.id}`)}><${Text} of=${p.commodity} /></a>` },
		{ key: 'class', label: t('f.goods'), of: p => word('goods', p.goods) },
		{ key: 'price', label: t('f.price'), num: true, of: p => html`<${Money} of=${p.price} /> <small>/ <${Quantity} of=${p.per} /></small>` },
		{ key: 'made', label: t('f.made'), of: p => html`<${When} of=${p.made} />` },
		{ key: 'source', label: t('f.source'), of: p => html`<${Party} id=${p.source} />` },
	];
	return html`<${Page} title=${t('stock.title')} lead=${t('stock.lead')}>
		${at ? html`<${Card} title=${html`<${Text} of=${at.commodity} />`}><${FloorChart} of=${at} /><p class="small">${t('f.opened')} <${Day} of=${at.opened} /></p><//>` : null}
		<${Card} title=${t('stock.pledges')}><${Table} key=${turn} live=${owns} name="inventories" path="/v1/inventories" quiet caption=${t('stock.pledges')} columns=${columns} empty=${html`<${Empty} title=${t('stock.none')} />`}>${() => (owns ? html`<${Open} onDone=${() => set(turn + 1)} />` : null)}<//><//>
		<${Card} title=${t('stock.prices')}><${Table} live name="prices" path="/v1/prices" quiet caption=${t('stock.prices')} columns=${prices} empty=${html`<${Empty} title=${t('stock.noPrices')} />`} /><//>
	<//>`;
}
