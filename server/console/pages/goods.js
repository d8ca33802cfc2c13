// SPDX-License-Identifier: Apache-2.0
// goods.js: warehouses against what they may hold, what was counted and what receipts say; and the receipts.

import { session } from '../lib/api.js';
import { assetPath, to } from '../lib/route.js';
import { html, useState } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Badge, Card, Day, Empty, Id, Money, Page, Party, Quantity, State, Text } from '../parts/bits.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Table } from '../parts/table.js';

const num = q => Number(q?.quantity ?? 0);

/* Capacity, what was counted, what receipts stand for: beyond either there are receipts without goods. */
function Fill({ of: g }) {
	const most = Math.max(num(g.capacity), num(g.issued), num(g.counted), 1e-9);
	const short = num(g.issued) > num(g.counted);
	return html`<div class="fill"><strong><${Text} of=${g.goods} /></strong>
		<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width=${(100 * num(g.capacity)) / most} height="10" /><rect class="counted" y="1" width=${(100 * num(g.counted)) / most} height="8" /><rect class=${short ? 'issued bad' : 'issued'} y="3" width=${(100 * num(g.issued)) / most} height="4" /></svg>
		<small>${t('goods.capacity')} <${Quantity} of=${g.capacity} /> ${'\u00b7'} ${t('goods.counted')} <${Quantity} of=${g.counted} /> (<${Day} of=${g.counted_on} />) ${'\u00b7'} ${t('goods.issued')} <${Quantity} of=${g.issued} /></small>
		${short ? html` <${Badge} tone="bad">${t('goods.short')}<//>` : null}</div>`;
}

function Begin({ type, prefill, onDone }) {
	const [open, set] = useState(false);
	const send = async ({ body }) => {
		const results = await askToSign([{ type, prev: null, body }]);
		if (results?.[0].receipt) (set(false), onDone());
	};
	return open
		? html`<div class="inner-form"><${StatementForm} type=${type} prefill=${prefill} hide=${['lineage']} onDraft=${send} onCancel=${() => set(false)} /></div>`
		: html`<button type="button" class="secondary" onClick=${() => set(true)}>${word('do', type)}</button>`;
}

export default function Goods() {
	const [turn, set] = useState(0);
	const again = () => set(turn + 1);
	const keeps = session.value.roles.includes('warehouse');
	const today = new Date().toISOString().slice(0, 10);
	const sites = [
		{ key: 'name', label: t('goods.site'), of: s => html`<a href=${to(`asset/sites/${s.id}`)}><${Text} of=${s.name} /></a><br /><small><${Text} of=${s.address} /></small>` },
		{ key: 'warehouse', label: t('goods.keeper'), of: s => html`<${Party} id=${s.warehouse} />` },
		{ key: 'fill', label: t('goods.fill'), of: s => (s.goods ?? []).map(g => html`<${Fill} of=${g} />`) },
		{ key: 'licence', label: t('goods.licensed'), of: s => html`<${Day} of=${s.licensed_until} />` },
	];
	const receipts = [
		{ key: 'number', label: t('goods.receipt'), of: r => html`<a href=${assetPath({ ...r, kind: 'warehouse-receipt' })}>${r.number ? html`<${Text} of=${r.number} />` : html`<${Id} plain of=${r.id} />`}</a>` },
		{ key: 'holder', label: t('f.holder'), of: r => html`<${Party} id=${r.holder ?? r.creditor} />` },
		{ key: 'keeper', label: t('goods.keeper'), of: r => html`<${Party} id=${r.warehouse ?? r.operator ?? r.debtor} />` },
		{ key: 'value', label: t('f.value'), num: true, of: r => html`<${Money} of=${r.value ?? r.face} />` },
		{ key: 'encumbered', label: t('balance.encumbered'), num: true, of: r => html`<${Money} of=${r.encumbered} />` },
		{ key: 'state', label: t('col.state'), of: r => html`<${State} of=${r.state} />` },
	];
	return html`<${Page} title=${t('goods.title')} lead=${t('goods.lead')}>
		<${Card} title=${t('goods.sites')}><${Table} key=${`s${turn}`} live=${keeps} name="sites" path="/v1/sites" quiet caption=${t('goods.sites')} columns=${sites} empty=${html`<${Empty} title=${t('goods.noSites')} />`}>${() => (keeps ? html`<${Begin} type="site.register" onDone=${again} />` : null)}<//><//>
		<${Card} title=${t('goods.receipts')}><${Table} key=${`r${turn}`} live=${keeps} name="warehouse-receipts" path="/v1/warehouse-receipts" quiet caption=${t('goods.receipts')} columns=${receipts} empty=${html`<${Empty} title=${t('goods.noReceipts')} />`}>${() => (keeps ? html`<${Begin} type="receipt.issue" prefill=${{ issue_date: today }} onDone=${again} />` : null)}<//><//>
	<//>`;
}
