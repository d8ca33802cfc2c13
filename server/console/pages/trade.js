// SPDX-License-Identifier: Apache-2.0
// trade.js: the network around a party, one step at a time: who owes whom, who lends on it and who stands
// behind whom, with the findings that name circles and fan-outs. Every step is a look at those it shows, on record.

import { get, getIfAny } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { to } from '../lib/route.js';
import { html, useAsked, useEffect, useState } from '../lib/view.js';
import { countText, minor, moneyText, t, word } from '../lib/words.js';
import { Asked, Badge, Busy, Card, Empty, Field, Money, Page, Party, Text, Trouble } from '../parts/bits.js';
import { Evidence, SEVERITY_TONE, Subject, lookAt, nameOf } from '../parts/findings.js';
import { AsOf } from '../parts/report.js';
import { PartyInput } from '../parts/form.js';
import { Graph } from '../parts/graph.js';
import { Rows } from '../parts/table.js';

/* Every step is one report of the registry's (GET /v1/audit/graph): what two of them say of the same pair is the same. */
const around = id => get(`/v1/audit/graph/${id}`, { steps: 1 });

function edgesOf(seen) {
	const all = new Map();
	for (const { edges } of seen.values()) for (const e of edges) all.set(`${e.kind}:${e.from}:${e.to}:${e.total.currency}`, e);
	return [...all].map(([id, e]) => ({ ...e, id }));
}

const findingsOf = seen => [...new Map([...seen.values()].flatMap(r => r.findings).map(f => [f.id, f])).values()];

/* A party that both owes and is owed along a closed way: what a carousel looks like. */
function inCircles(edges) {
	const next = new Map();
	for (const e of edges.filter(x => x.kind === 'owes')) next.set(e.from, [...(next.get(e.from) ?? []), e.to]);
	const reaches = (from, goal, left, been) => left > 0 && (next.get(from) ?? []).some(n => n === goal || (!been.has(n) && reaches(n, goal, left - 1, new Set([...been, n]))));
	return new Set([...next.keys()].filter(id => reaches(id, id, 6, new Set([id]))));
}

/* Where to begin, for whoever has no name to begin with: the patterns the registry has found itself. */
function Beginnings() {
	const asked = useAsked(async () => {
		const told = new Set();
		const { items } = (await getIfAny('/v1/findings', { open: 'yes', limit: 200 })) ?? { items: [] };
		return items.filter(f => lookAt(f)?.key === 'findings.draw' && !told.has(`${f.signal} ${f.evidence}`) && told.add(`${f.signal} ${f.evidence}`)).slice(0, 12);
	}, []);
	return html`<${Asked} of=${asked}>${list => (list.length
		? html`<${Card} title=${t('trade.found')}><p>${t('trade.foundLead')}</p><ul class="findings">${list.map(f => html`<li key=${f.id}><${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//> <strong><${Text} of=${nameOf(f)} /></strong> <a role="button" class="small-button" href=${lookAt(f).href}>${t('findings.draw')}</a><${Subject} of=${f} />${f.detail ? html`<small><${Text} of=${f.detail} /></small>` : null}</li>`)}</ul><//>`
		: html`<${Empty} title=${t('trade.empty')}>${t('trade.emptyMore')}<//>`)}<//>`;
}

const FINDING_MOST = 12;

export default function Trade({ params, query }) {
	const asked = query.get('finding');
	const [seen, setSeen] = useState(new Map());
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const [start, setStart] = useState(params[0] ?? '');
	const [fault, setFault] = useState(null);
	const walk = async (id, fresh) => {
		setBusy(true);
		setError(null);
		try {
			const next = new Map([...(fresh ? [] : seen), [id, await around(id)]]);
			/* come for a finding: everybody in it is walked to at once, so that the whole of it is seen */
			const about = fresh && findingsOf(next).find(f => f.id === asked);
			for (const p of (about?.parties ?? []).filter(x => !next.has(x)).slice(0, FINDING_MOST)) next.set(p, await around(p));
			setSeen(next);
		} catch (e) {
			setError(e);
		}
		setBusy(false);
	};
	useEffect(() => {
		if (isUuid(params[0])) walk(params[0], true);
	}, [params[0], asked]);
	const begin = e => {
		e.preventDefault();
		if (!isUuid(start.trim())) return setFault('fault.uuid');
		setFault(null);
		walk(start.trim(), true);
	};
	const edges = edgesOf(seen);
	const names = new Map([...seen.values()].flatMap(r => r.nodes).map(n => [n.id, n]));
	const findings = findingsOf(seen);
	const about = findings.find(f => f.id === asked);
	const inIt = new Set(about?.parties);
	const circles = inCircles(edges);
	const ids = [...new Set([...edges.flatMap(e => [e.from, e.to]), ...seen.keys()])];
	const nodes = ids.map(id => ({ id, label: names.get(id)?.name ?? id.slice(0, 8), role: names.get(id)?.roles?.[0] ?? '', walked: seen.has(id), flag: about ? inIt.has(id) : circles.has(id) }));
	const columns = [
		{ key: 'from', label: t('trade.from'), of: e => html`<${Party} id=${e.from} />${circles.has(e.from) ? html` <${Badge} tone="bad">${t('trade.circle')}<//>` : null}` },
		{ key: 'kind', label: t('trade.how'), of: e => t(`trade.${e.kind}`) },
		{ key: 'to', label: t('trade.to'), of: e => html`<${Party} id=${e.to} />` },
		{ key: 'n', label: t('trade.count'), num: true, of: e => html`${countText(e.count)}${e.suspicious ? html` <${Badge} tone="bad">${t('trade.suspicious', { n: countText(e.suspicious) })}<//>` : null}` },
		{ key: 'sum', label: t('col.amount'), num: true, of: e => html`<${Money} of=${e.total} />` },
		{ key: 'walk', label: t('trade.walk'), of: e => [e.from, e.to].filter(id => !seen.has(id)).map(id => html`<button type="button" class="link" onClick=${() => walk(id)}>${t('trade.walkTo', { name: names.get(id)?.name ?? id.slice(0, 8) })}</button> `) },
	];
	return html`<${Page} title=${t('trade.title')} lead=${t('trade.lead')}>
		<form class="card find" onSubmit=${begin} novalidate><${Field} id="trade-start" label=${t('trade.start')} need fault=${fault ? t(fault) : null}><${PartyInput} id="trade-start" value=${start} onInput=${setStart} /><//><button type="submit">${t('trade.begin')}</button></form>
		${error ? html`<${Trouble} error=${error} />` : null}${busy ? html`<${Busy} />` : null}
		${seen.size
			? html`<div>${about ? html`<div class="notice bad" role="status"><p><strong><${Text} of=${nameOf(about)} /></strong> ${about.parties.map((p, i) => html`${i ? t('list.comma') : ''}<${Party} id=${p} />`)}</p><p><${Text} of=${about.detail ?? ''} /></p><p class="small">${t('trade.proof')} <${Evidence} of=${about.evidence} /> ${'\u00b7'} <a href=${to('findings', { of: about.signal[0] })}>${t('trade.review')}</a></p></div>` : null}
				${circles.size && !about ? html`<div class="notice bad" role="status"><p><strong>${t('trade.circles', { n: countText(circles.size) })}</strong></p><p>${t('trade.circlesMore')}</p></div>` : null}
				<${Card} title=${t('trade.picture')}><${Graph} nodes=${nodes} edges=${edges.map(e => ({ id: e.id, from: e.from, to: e.to, kind: e.kind, weight: Number(minor(e.total)) / 100, label: moneyText(e.total), flag: e.kind === 'owes' && inIt.has(e.from) && inIt.has(e.to) }))} onWalk=${id => seen.has(id) || walk(id)} /><p class="small">${t('trade.hint')}</p><//>
				${findings.length ? html`<${Card} title=${t('trade.findings')}><ul class="findings">${findings.map(f => html`<li><${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//> <strong><${Text} of=${nameOf(f)} /></strong>: ${f.parties.map((p, i) => html`${i ? t('list.comma') : ''}<${Party} id=${p} />`)} <small><${Evidence} of=${f.evidence} /></small></li>`)}</ul><//>` : null}
				<${Card} title=${t('trade.table')}><${Rows} quiet caption=${t('trade.table')} columns=${columns} rows=${edges} keyOf=${e => e.id} /><//><${AsOf} of=${[...seen.values()].at(-1).as_of} /></div>`
			: busy || error ? null : html`<${Beginnings} />`}
	<//>`;
}
