// SPDX-License-Identifier: Apache-2.0
// asset.js: one asset: what it is now, what stands on it, everything that ever happened to it with its receipt, and
// what the one who looks can do about it.

import { get, getIfAny, session } from '../lib/api.js';
import { head } from '../lib/head.js';
import { to } from '../lib/route.js';
import { html, useAsked, useEffect, useState } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Card, Day, Facts, Id, Money, Notice, Page, Party, Quantity, State, Text, When, Trouble } from '../parts/bits.js';
import { actionsOn } from '../parts/actions.js';
import { Chain } from '../parts/chain.js';
import { DocumentBeside } from '../parts/document.js';
import { FindingList } from '../parts/findings.js';
import { FloorChart } from '../parts/floor.js';
import { StatementForm } from '../parts/form.js';
import { Score } from '../parts/score.js';
import { askToSign } from '../parts/sign.js';
import { Rows } from '../parts/table.js';
import { Timeline } from '../parts/timeline.js';
import { rankColumns } from './check.js';

const NOUNS = ['receivables', 'vouchers', 'bills', 'inventories', 'warehouse-receipts', 'prepayments', 'pools'];

async function find(noun, id) {
	if (NOUNS.includes(noun)) return { noun, ...(await get(`/v1/${noun}/${id}`)) };
	for (const n of [...NOUNS, 'encumbrances', 'objections', 'sites', 'prices']) {
		const found = await getIfAny(`/v1/${n}/${id}`);
		if (found) return { noun: n, ...found };
	}
	return get(`/v1/receivables/${id}`); /* its 404, in the registry's words */
}

const SKIP = new Set(['id', 'kind', 'etag', 'noun', 'encumbrances', 'seq', 'state', 'documents', 'lots', 'tape_steps', 'steps']);
const PARTIES = ['creditor', 'debtor', 'holder', 'owner', 'monitor', 'inspector', 'buyer', 'seller', 'originator', 'trustee', 'warehouse', 'grantor', 'secured_party', 'challenger', 'respondent', 'source', 'acceptor', 'operator'];

function show(name, v) {
	if (v === null || v === undefined) return null;
	if (typeof v === 'boolean') return t(v ? 'yes' : 'no');
	if (typeof v === 'object') {
		if ('amount' in v) return html`<${Money} of=${v} />`;
		if ('quantity' in v) return html`<${Quantity} of=${v} />`;
		if (Array.isArray(v)) return v.length ? html`<${Text} of=${v.map(x => (typeof x === 'object' ? JSON.stringify(x) : x)).join(', ')} />` : null;
		if ('number' in v) return html`<${Text} of=${v.number} />`;
		return html`<${Text} of=${JSON.stringify(v)} />`;
	}
	if (PARTIES.includes(name)) return html`<${Party} id=${v} />`;
	if (typeof v === 'number') return countText(v);
	if (/^\d{4}-\d\d-\d\d$/.test(v)) return html`<${Day} of=${v} />`;
	if (/^\d{4}-\d\d-\d\dT/.test(v)) return html`<${When} of=${v} />`;
	if (/^[0-9a-f]{8}-/.test(v)) return html`<a href=${to(`asset/any/${v}`)}><${Id} plain of=${v} /></a>`;
	return v.length > 40 && !/\s/.test(v) ? html`<${Id} of=${v} />` : html`<${Text} of=${v} />`;
}

const factsOf = asset =>
	Object.entries(asset)
		.filter(([k, v]) => !SKIP.has(k) && !(v === false && ['frozen', 'held'].includes(k)) && !(k === 'objections' && !v) && !(k === 'reserved' && !Number(v?.amount)) && !(k === 'creditor' && ('owner' in asset || 'buyer' in asset)) && !(k === 'debtor' && ('monitor' in asset)))
		.map(([k, v]) => [word('f', k), show(k, v)]);

/* Face, and where it went: paid, reduced, encumbered, free. */
function Balance({ asset }) {
	const total = Number(asset.face?.amount ?? asset.total?.amount ?? asset.secures?.amount ?? 0);
	if (!total) return null;
	const parts = [
		['paid', asset.paid],
		['diluted', asset.diluted],
		['encumbered', asset.encumbered],
		['reserved', asset.reserved],
		['free', asset.free],
	].filter(([, m]) => m && Number(m.amount) > 0);
	let at = 0;
	return html`<div class="balance"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${parts.map(([k, m]) => {
		const w = (100 * Number(m.amount)) / total;
		const x = at;
		at += w;
		return html`<rect class=${k} x=${x} width=${Math.max(0, w - 0.15)} height="6" />`;
	})}</svg><ul>${parts.map(([k, m]) => html`<li><span class=${`key ${k}`} aria-hidden="true"></span>${t(`balance.${k}`)} <${Money} of=${m} /></li>`)}</ul></div>`;
}

function Lots({ of }) {
	const columns = [
		{ key: 'lot', label: t('f.lot'), of: l => l.lot ?? l.number ?? '' },
		{ key: 'goods', label: t('f.goods'), of: l => html`<${Text} of=${l.goods_code ?? l.goods} /> <small><${Text} of=${l.grade} /></small>` },
		{ key: 'quantity', label: t('f.quantity'), num: true, of: l => html`<${Quantity} of=${l.quantity ?? l.left} />` },
		{ key: 'place', label: t('goods.place'), of: l => html`<${Text} of=${`${l.zone ?? ''} / ${l.bin ?? ''}`} />` },
		{ key: 'value', label: t('f.value'), num: true, of: l => html`<${Money} of=${l.value} />` },
	];
	return html`<${Rows} quiet caption=${t('f.lots')} columns=${columns} rows=${of} keyOf=${(r, i) => i} />`;
}

function Actions({ asset, onDone }) {
	const [open, set] = useState(null);
	const list = actionsOn(asset, session.value);
	if (!list.length) return null;
	const begin = async a => {
		if (!a.form) {
			const results = await askToSign([a.draft()]);
			if (results) onDone();
		} else set(a);
	};
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, body, object: open.object, prev: open.prev, fill: open.fill, about: open.about }]);
		if (results?.[0].receipt) (set(null), onDone());
	};
	return html`<${Card} title=${t('asset.do')}>
		<div class="actions">${list.map(a => html`<button type="button" class=${a.main ? '' : 'secondary outline'} onClick=${() => begin(a)}>${word('do', a.type)}</button>`)}</div>
		${open ? html`<div class="inner-form"><h3>${word('st', open.type)}</h3><${StatementForm} key=${open.type} type=${open.type} prefill=${open.prefill} fixed=${open.fixed} hide=${open.hide} onDraft=${send} onCancel=${() => set(null)} /></div>` : null}<//>`;
}

function Shown({ asset, again }) {
	const isReceivable = asset.noun === 'receivables';
	const history = useAsked(() => (['encumbrances', 'objections', 'sites', 'prices'].includes(asset.noun) ? null : get(`/v1/assets/${asset.id}/history`, { limit: 100 })), [asset.id, asset.etag]);
	const findings = useAsked(async () => (await getIfAny('/v1/findings', { asset: asset.id, limit: 50 }))?.items ?? null, [asset.id, asset.etag]);
	const assessment = useAsked(() => (isReceivable ? getIfAny(`/v1/receivables/${asset.id}/assessment`) : null), [asset.id, asset.etag]);
	const name = asset.invoice?.number ?? asset.number ?? asset.name ?? asset.commodity;
	return html`<${Page} title=${html`${word('asset', asset.kind ?? asset.noun)}${name ? html` <${Text} of=${name} />` : null}`}
		lead=${html`<${State} of=${asset.state ?? 'live'} /> <${Id} of=${asset.id} />`}>
		<div class="columns wide-left"><div>
			${asset.frozen ? html`<${Notice} tone="bad" title=${t('asset.frozen')} />` : null}
			${asset.noun === 'inventories' ? html`<${Card} title=${t('floor.title')}><${FloorChart} of=${asset} /><//>` : null}
			<${Card} title=${t('asset.now')}><${Balance} asset=${asset} /><${Facts} rows=${factsOf(asset)} /><//>
			${asset.encumbrances ? html`<${Card} title=${t('check.ranks')}>${asset.encumbrances.length ? html`<${Rows} quiet caption=${t('check.ranks')} columns=${rankColumns()} rows=${asset.encumbrances} keyOf=${(r, i) => i} />` : html`<p>${t('asset.unencumbered')}</p>`}<//>` : null}
			${asset.lots ? html`<${Card} title=${t('f.lots')}><${Lots} of=${asset.lots} /><//>` : null}
			${['vouchers', 'bills'].includes(asset.noun) ? html`<${Card} title=${t('chain.title')}><${Chain} noun=${asset.noun} id=${asset.id} /><//>` : null}
			${findings.data?.length ? html`<${Card} title=${t('findings.title')}><${FindingList} of=${findings.data} /><//>` : null}
			${assessment.data ? html`<${Score} of=${assessment.data} />` : null}
			<${Asked} of=${history}>${h => html`<${Card} title=${t('timeline.title')}><${Timeline} entries=${h.items} more=${h.next} /><//>`}<//>
		</div><div>
			<${Actions} asset=${asset} onDone=${again} />
			${isReceivable ? html`<${DocumentBeside} claim=${asset} />` : null}
		</div></div>
	<//>`;
}

export default function Asset({ params }) {
	const [noun, id] = params;
	const asked = useAsked(() => find(noun, id), [noun, id]);
	useEffect(() => head.watch(() => session.value?.roles.some(r => ['supplier', 'core_enterprise', 'warehouse'].includes(r)) && asked.again()), [id]);
	if (asked.error) return html`<${Page} title=${t('page.trouble')}><${Trouble} error=${asked.error} again=${asked.again} /><//>`;
	return html`<${Asked} of=${asked}>${asset => html`<${Shown} asset=${asset} again=${asked.again} />`}<//>`;
}

