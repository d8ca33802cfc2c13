// SPDX-License-Identifier: Apache-2.0
// map.js: where claims lie and on whom they hang: regions as tiles with how concentrated each is, what is sold between
// them, the tiers of suppliers behind an anchor, and who hangs on one supplier alone.

import { get, partyOf } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { countText, minor, moneyText, percentText, t } from '../lib/words.js';
import { Asked, Badge, Card, Empty, Facts, Field, Money, Page, Party, Text } from '../parts/bits.js';
import { PartyInput } from '../parts/form.js';
import { Graph } from '../parts/graph.js';
import { AsOf, SaveReport } from '../parts/report.js';
import { Export, Rows } from '../parts/table.js';
import { Tiles, regionName } from '../parts/tiles.js';

/* What a tile may be shaded by. */
const MEASURES = ['open', 'financed', 'late', 'suspicious_open', 'owed'];
const CONCENTRATED_PPM = 250000; /* the usual line between moderately and highly concentrated */
const ppm = n => (n === undefined ? null : percentText(n / 1e6));
const value = m => Number(minor(m));

const columnsOf = () => [
	{ key: 'region', label: t('map.region'), of: r => regionName(r.region) },
	{ key: 'open', label: t('map.open'), num: true, of: r => html`<${Badge}>${countText(r.claims)}<//> <${Money} of=${r.open} />` },
	{ key: 'debtors', label: t('map.debtors'), num: true, of: r => countText(r.debtors) },
	{ key: 'largest', label: t('map.largest'), of: r => (r.largest ? html`<a href=${to(`debtor/${r.largest}`)}><${Party} id=${r.largest} link=${false} /></a> <small>${ppm(r.largest_ppm)}</small>` : '\u2013') },
	{ key: 'herfindahl', label: t('map.concentration'), num: true, of: r => (r.herfindahl_ppm === undefined ? '\u2013' : html`${countText(Math.round(r.herfindahl_ppm / 100))}${r.herfindahl_ppm > CONCENTRATED_PPM && r.debtors > 1 ? html` <${Badge} tone="warn">${t('map.high')}<//>` : null}`) },
	{ key: 'financed', label: t('map.financed'), num: true, of: r => html`<${Money} of=${r.financed} />` },
	{ key: 'late', label: t('map.late'), num: true, of: r => html`<${Money} of=${r.late} />` },
	{ key: 'suspicious', label: t('map.suspicious_open'), num: true, of: r => (r.suspicious ? html`<${Badge} tone="bad">${countText(r.suspicious)}<//> <${Money} of=${r.suspicious_open} />` : '\u2013') },
	{ key: 'owed', label: t('map.owed'), num: true, of: r => html`<${Money} of=${r.owed} />` },
];

const RegionFacts = ({ of: r }) => html`<${Card} title=${regionName(r.region)}><${Facts} rows=${[
	[t('map.open'), html`<${Money} strong of=${r.open} /> <small>${t('map.claims', { n: countText(r.claims), m: countText(r.debtors) })}</small>`],
	[t('map.largest'), r.largest ? html`<a href=${to(`debtor/${r.largest}`)}><${Party} id=${r.largest} link=${false} /></a> ${ppm(r.largest_ppm)}` : null],
	[t('map.concentration'), r.herfindahl_ppm === undefined ? null : html`${countText(Math.round(r.herfindahl_ppm / 100))} <small>${t('map.concentrationMore')}</small>`],
	[t('map.financed'), html`<${Money} of=${r.financed} />`],
	[t('map.late'), html`<${Money} of=${r.late} />`],
	[t('map.suspicious_open'), r.suspicious ? html`<${Badge} tone="bad">${countText(r.suspicious)}<//> <${Money} of=${r.suspicious_open} />` : '0'],
	[t('map.owed'), html`<${Money} of=${r.owed} /> <small>${t('map.suppliers', { n: countText(r.suppliers) })}</small>`],
]} /><//>`;

function Regions() {
	const asked = useAsked(() => get('/v1/audit/regions'), []);
	const [measure, setMeasure] = useState('open');
	const [chosen, choose] = useState(null);
	const [ccy, setCcy] = useState('');
	return html`<${Card} title=${t('map.regions')} actions=${html`<${SaveReport} path="/v1/audit/regions" name="regions" />`}><${Asked} of=${asked}>${report => {
		if (!report.items.length) return html`<${Empty} title=${t('map.none')} />`;
		const currencies = [...new Set(report.items.map(r => r.open.currency))];
		const now = currencies.includes(ccy) ? ccy : currencies[0];
		const rows = report.items.filter(r => r.open.currency === now);
		const tiles = new Map(rows.map(r => [r.region, { value: value(r[measure]), text: moneyText(r[measure]), mark: r.suspicious ? t('map.marked', { n: countText(r.suspicious) }) : null }]));
		const at = rows.find(r => r.region === chosen) ?? rows[0];
		return html`<div><p>${t('map.lead')}</p>
			<div class="tabs" role="group" aria-label=${t('map.shade')}>${MEASURES.map(m => html`<button type="button" class="tab" aria-pressed=${String(m === measure)} onClick=${() => setMeasure(m)}>${t(`map.${m}`)}</button>`)}
				${currencies.length > 1 ? html`<label class="hidden" for="map-currency">${t('f.currency')}</label><select id="map-currency" class="tab-select" value=${now} onChange=${e => setCcy(e.target.value)}>${currencies.map(c => html`<option value=${c} selected=${c === now}>${c}</option>`)}</select>` : null}</div>
			<div class="columns wide-left"><${Tiles} of=${tiles} label=${t('map.regions')} chosen=${at.region} onChoose=${choose} /><${RegionFacts} of=${at} /></div>
			<details><summary>${t('map.table')}</summary><${Rows} quiet caption=${t('map.regions')} columns=${columnsOf()} rows=${rows} keyOf=${r => r.region} /></details>
			<${AsOf} of=${report.as_of} /></div>`;
	}}<//><//>`;
}

/* --- between regions --- */

function Flows() {
	const [month, set] = useState(new Date().toISOString().slice(0, 7));
	const [asked, ask] = useState(null);
	const flows = useAsked(() => (asked ? get('/v1/audit/network/regions', { month: asked }) : null), [asked]);
	const columns = [
		{ key: 'from', label: t('map.from'), of: f => regionName(f.from) },
		{ key: 'to', label: t('map.to'), of: f => regionName(f.to) },
		{ key: 'goods', label: t('f.goods'), of: f => html`<${Text} of=${f.goods || '\u2013'} />` },
		{ key: 'sold', label: t('map.sold'), num: true, of: f => html`<${Money} of=${f.sold} />` },
		{ key: 'sellers', label: t('map.sellers'), num: true, of: f => countText(f.sellers) },
	];
	return html`<${Card} title=${t('map.flows')}><p>${t('map.flowsLead')}</p>
		<form class="find" onSubmit=${e => (e.preventDefault(), ask(month))}><${Field} id="flow-month" label=${t('f.month')} need><input id="flow-month" type="month" value=${month} onInput=${e => set(e.target.value)} /><//><button type="submit" class="secondary">${t('map.showFlows')}</button></form>
		${asked ? html`<${Asked} of=${flows}>${r => html`<div>${r.items.length ? html`<div class="list-bar"><${Export} rows=${r.items} name=${`flows-${asked}`} /></div><${Rows} quiet caption=${t('map.flows')} columns=${columns} rows=${r.items} keyOf=${(f, i) => i} />` : html`<${Empty} title=${t('map.noFlows')} />`}
			${r.suppressed ? html`<p class="small">${t('map.suppressed', { n: countText(r.suppressed) })}</p>` : null}</div>`}<//>` : null}<//>`;
}

/* --- tiers --- */

const DRAWN_MOST = 60;

function TierPicture({ of: r, names, onWalk }) {
	const shown = r.items.slice(0, DRAWN_MOST);
	const nodes = [{ id: r.anchor, level: 0 }, ...shown.map(i => ({ id: i.party, level: i.tier }))].map(n => ({ ...n, label: names.get(n.id) ?? n.id.slice(0, 8), role: '', walked: n.level === 0 }));
	const there = new Set(nodes.map(n => n.id));
	const edges = shown.filter(i => there.has(i.supplies)).map(i => ({ id: `${i.party}:${i.supplies}`, from: i.party, to: i.supplies, kind: 'owes', weight: i.share_ppm, label: ppm(i.share_ppm) }));
	return html`<${Graph} nodes=${nodes} edges=${edges} layered label=${t('map.tiers')} onWalk=${onWalk} />`;
}

async function tiersOf(id) {
	const r = await get(`/v1/audit/network/tiers/${id}`);
	const ids = [r.anchor, ...r.items.slice(0, DRAWN_MOST).map(i => i.party)];
	const names = new Map(await Promise.all(ids.map(async p => [p, (await partyOf(p).catch(() => null))?.name])));
	return { ...r, names };
}

function Tiers({ debtors }) {
	const [anchor, set] = useState(debtors[0]?.debtor ?? '');
	const [typed, type] = useState('');
	const asked = useAsked(() => (isUuid(anchor) ? tiersOf(anchor) : null), [anchor]);
	const columns = [
		{ key: 'tier', label: t('map.tier'), num: true, of: i => countText(i.tier) },
		{ key: 'party', label: t('map.supplier'), of: i => html`<${Party} id=${i.party} />` },
		{ key: 'supplies', label: t('map.supplies'), of: i => html`<${Party} id=${i.supplies} />` },
		{ key: 'share', label: t('map.share'), num: true, of: i => ppm(i.share_ppm) },
		{ key: 'do', label: t('col.do'), of: i => html`<button type="button" class="link" onClick=${() => set(i.party)}>${t('map.fromHere')}</button>` },
	];
	const sums = [
		{ key: 'tier', label: t('map.tier'), num: true, of: s => countText(s.tier) },
		{ key: 'suppliers', label: t('map.howMany'), num: true, of: s => countText(s.suppliers) },
		{ key: 'bought', label: t('map.bought'), num: true, of: s => html`<${Money} of=${s.bought} />` },
	];
	return html`<${Card} title=${t('map.tiers')}><p>${t('map.tiersLead')}</p>
		<div class="tabs" role="group" aria-label=${t('map.anchor')}>${debtors.map(d => html`<button type="button" class="tab" aria-pressed=${String(d.debtor === anchor)} onClick=${() => set(d.debtor)}><${Party} id=${d.debtor} link=${false} /></button>`)}</div>
		<form class="find" onSubmit=${e => (e.preventDefault(), isUuid(typed.trim()) && set(typed.trim()))}><${Field} id="tier-anchor" label=${t('map.anchor')}><${PartyInput} id="tier-anchor" value=${typed} onInput=${type} /><//><button type="submit" class="secondary">${t('map.showTiers')}</button></form>
		${isUuid(anchor) ? html`<${Asked} of=${asked}>${r => (r.items.length
			? html`<div><${TierPicture} of=${r} names=${r.names} onWalk=${set} />
				<${Rows} quiet caption=${t('map.tierSums')} columns=${sums} rows=${r.tiers ?? []} keyOf=${s => s.tier} />
				<div class="list-bar"><${Export} rows=${r.items} name="tiers" /></div>
				<${Rows} quiet caption=${t('map.tiers')} columns=${columns} rows=${r.items} keyOf=${i => i.party} />${r.cut ? html`<p class="small">${t('map.cut')}</p>` : null}
				<p class="small">${t('report.asOf', { seq: countText(r.log_position) })}</p></div>`
			: html`<${Empty} title=${t('map.noTiers')} />`)}<//>` : null}<//>`;
}

function Sources() {
	const asked = useAsked(() => get('/v1/audit/network/sources'), []);
	const columns = [
		{ key: 'buyer', label: t('map.buyer'), of: s => html`<${Party} id=${s.buyer} />` },
		{ key: 'supplier', label: t('map.onlySupplier'), of: s => html`<${Party} id=${s.supplier} />` },
		{ key: 'goods', label: t('f.goods'), of: s => html`<${Text} of=${s.goods} />` },
		{ key: 'share', label: t('map.share'), num: true, of: s => ppm(s.share_ppm) },
		{ key: 'bought', label: t('map.bought'), num: true, of: s => html`<${Money} of=${s.bought} />` },
		{ key: 'others', label: t('map.others'), num: true, of: s => countText(s.other_suppliers) },
	];
	return html`<${Card} title=${t('map.sources')}><p>${t('map.sourcesLead')}</p><${Asked} of=${asked}>${r => (r.items.length ? html`<div><div class="list-bar"><${Export} rows=${r.items} name="sources" /></div><${Rows} quiet caption=${t('map.sources')} columns=${columns} rows=${r.items} keyOf=${s => s.buyer + s.supplier + s.goods} /></div>` : html`<${Empty} title=${t('map.noSources')} />`)}<//><//>`;
}

export default function Regional() {
	const debtors = useAsked(async () => {
		const { items } = await get('/v1/audit/debtors');
		return [...items].sort((a, b) => (minor(a.face) < minor(b.face) ? 1 : -1)).filter((d, i, all) => all.findIndex(x => x.debtor === d.debtor) === i).slice(0, 4);
	}, []);
	return html`<${Page} title=${t('map.title')} lead=${t('map.pageLead')}>
		<${Regions} /><${Asked} of=${debtors}>${list => html`<${Tiers} debtors=${list} />`}<//><${Sources} /><${Flows} />
	<//>`;
}
