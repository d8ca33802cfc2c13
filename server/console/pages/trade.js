// SPDX-License-Identifier: Apache-2.0
// trade.js: the network around a party, one step at a time: who owes whom, and who lends on it. Every step reads that
// party's claims, which is on record.

import { get, getIfAny, partyOf } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { html, useEffect, useState } from '../lib/view.js';
import { countText, fromMinor, minor, moneyText, t } from '../lib/words.js';
import { Badge, Busy, Card, Empty, Field, Money, Page, Party, Trouble } from '../parts/bits.js';
import { PartyInput } from '../parts/form.js';
import { Graph } from '../parts/graph.js';
import { Rows } from '../parts/table.js';

async function claimsAround(id) {
	const claims = (await get(`/v1/parties/${id}/claims`, { limit: 200 })).items;
	const liens = (await getIfAny('/v1/encumbrances', { limit: 200 }))?.items.filter(e => e.grantor === id || e.secured_party === id) ?? [];
	return { claims, liens };
}

/* Claims and liens put together, an edge for each pair and kind. */
function edgesOf(seen) {
	const all = new Map();
	const add = (kind, from, to, money, key) => {
		const id = `${kind}:${from}:${to}:${money.currency}`;
		const e = all.get(id) ?? { id, kind, from, to, sum: 0n, like: money, n: 0, keys: new Set() };
		if (e.keys.has(key)) return;
		e.keys.add(key);
		e.sum += minor(money);
		e.n++;
		all.set(id, e);
	};
	for (const { claims, liens } of seen.values()) {
		for (const c of claims) add('owes', c.debtor, c.creditor, c.face, c.id);
		for (const l of liens) if (l.amount) add('secured', l.grantor, l.secured_party, l.amount, l.id);
	}
	return [...all.values()];
}

/* A party that both owes and is owed along a closed way: what a carousel looks like. */
function inCircles(edges) {
	const next = new Map();
	for (const e of edges.filter(x => x.kind === 'owes')) next.set(e.from, [...(next.get(e.from) ?? []), e.to]);
	const reaches = (from, goal, left, been) => left > 0 && (next.get(from) ?? []).some(n => n === goal || (!been.has(n) && reaches(n, goal, left - 1, new Set([...been, n]))));
	return new Set([...next.keys()].filter(id => reaches(id, id, 6, new Set([id]))));
}

export default function Trade({ params }) {
	const [seen, setSeen] = useState(new Map());
	const [names, setNames] = useState(new Map());
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const [start, setStart] = useState(params[0] ?? '');
	const [fault, setFault] = useState(null);
	const walk = async (id, fresh) => {
		setBusy(true);
		setError(null);
		try {
			const around = await claimsAround(id);
			const next = new Map(fresh ? [] : seen);
			next.set(id, around);
			const ids = [...new Set(edgesOf(next).flatMap(e => [e.from, e.to])), id];
			const parties = await Promise.all(ids.map(x => partyOf(x).catch(() => null)));
			setNames(new Map(ids.map((x, i) => [x, parties[i]])));
			setSeen(next);
		} catch (e) {
			setError(e);
		}
		setBusy(false);
	};
	useEffect(() => {
		if (isUuid(params[0])) walk(params[0], true);
	}, [params[0]]);
	const begin = e => {
		e.preventDefault();
		if (!isUuid(start.trim())) return setFault('fault.uuid');
		setFault(null);
		walk(start.trim(), true);
	};
	const edges = edgesOf(seen);
	const circles = inCircles(edges);
	const ids = [...new Set([...edges.flatMap(e => [e.from, e.to]), ...seen.keys()])];
	const nodes = ids.map(id => ({ id, label: names.get(id)?.name ?? id.slice(0, 8), role: names.get(id)?.roles?.[0] ?? '', walked: seen.has(id), flag: circles.has(id) }));
	const columns = [
		{ key: 'from', label: t('trade.from'), of: e => html`<${Party} id=${e.from} />${circles.has(e.from) ? html` <${Badge} tone="bad">${t('trade.circle')}<//>` : null}` },
		{ key: 'kind', label: t('trade.how'), of: e => t(`trade.${e.kind}`) },
		{ key: 'to', label: t('trade.to'), of: e => html`<${Party} id=${e.to} />` },
		{ key: 'n', label: t('trade.count'), num: true, of: e => countText(e.n) },
		{ key: 'sum', label: t('col.amount'), num: true, of: e => html`<${Money} of=${fromMinor(e.sum, e.like)} />` },
		{ key: 'walk', label: t('trade.walk'), of: e => [e.from, e.to].filter(id => !seen.has(id)).map(id => html`<button type="button" class="link" onClick=${() => walk(id)}>${t('trade.walkTo', { name: names.get(id)?.name ?? id.slice(0, 8) })}</button> `) },
	];
	return html`<${Page} title=${t('trade.title')} lead=${t('trade.lead')}>
		<form class="card find" onSubmit=${begin} novalidate><${Field} id="trade-start" label=${t('trade.start')} need fault=${fault ? t(fault) : null}><${PartyInput} id="trade-start" value=${start} onInput=${setStart} /><//><button type="submit">${t('trade.begin')}</button></form>
		${error ? html`<${Trouble} error=${error} />` : null}${busy ? html`<${Busy} />` : null}
		${seen.size
			? html`<div>${circles.size ? html`<div class="notice bad" role="status"><p><strong>${t('trade.circles', { n: countText(circles.size) })}</strong></p><p>${t('trade.circlesMore')}</p></div>` : null}
				<${Card} title=${t('trade.picture')}><${Graph} nodes=${nodes} edges=${edges.map(e => ({ id: e.id, from: e.from, to: e.to, kind: e.kind, weight: Number(e.sum) / 100, label: moneyText(fromMinor(e.sum, e.like)) }))} onWalk=${id => seen.has(id) || walk(id)} /><p class="small">${t('trade.hint')}</p><//>
				<${Card} title=${t('trade.table')}><${Rows} quiet caption=${t('trade.table')} columns=${columns} rows=${edges} keyOf=${e => e.id} /><//></div>`
			: busy ? null : html`<${Empty} title=${t('trade.empty')}>${t('trade.emptyMore')}<//>`}
	<//>`;
}
