// SPDX-License-Identifier: Apache-2.0
// desk.js: where a supervisor begins: what the registry has noticed, by kind and gravity, what was refused of late, and
// where else there is to look. One click leads from a sign to the picture or the list it is about.

import { get, getIfAny } from '../lib/api.js';
import { payloadOf } from '../lib/entry.js';
import { to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Empty, Money, Page, Party, Text, When } from '../parts/bits.js';
import { WarningList } from '../parts/warnings.js';
import { FAMILIES, LookAt, SEVERITY_TONE, Subject, familyOf, nameOf } from '../parts/findings.js';

const GRAVITY = ['block', 'hold', 'flag', 'info'];
const PAGES_MOST = 5;
const grave = f => GRAVITY.indexOf(f.severity);

/* The newest findings that nobody has reviewed: enough to begin with; the list has them all. */
async function openFindings() {
	const all = [];
	for (let cursor = '', n = 0; n < PAGES_MOST; n++) {
		const page = await getIfAny('/v1/findings', { open: 'yes', limit: 200, cursor });
		if (!page) return null;
		all.push(...page.items);
		cursor = page.next;
		if (!cursor) break;
	}
	return all;
}

/* The gravest of a kind; one pattern is told once, though every claim in it has a finding of its own. */
function worstOf(list) {
	const told = new Set();
	return [...list]
		.sort((a, b) => grave(a) - grave(b) || b.seq - a.seq)
		.filter(f => {
			const id = `${f.signal} ${f.evidence}`;
			return told.has(id) ? false : told.add(id);
		});
}

function Family({ of: key, list }) {
	const worst = worstOf(list);
	const tone = SEVERITY_TONE[worst[0].severity];
	return html`<section class=${`card family ${tone}`}>
		<header><h3>${t(`family.${key}`)}</h3><${Badge} tone=${tone}>${countText(list.length)}<//></header>
		<p class="small">${t(`family.${key}.more`)}</p>
		<ul class="findings">${worst.slice(0, 2).map(f => html`<li key=${f.id}><strong><${Text} of=${nameOf(f)} /></strong> <${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//><${Subject} of=${f} /><${LookAt} button of=${f} /></li>`)}</ul>
		<p><a href=${to('findings', { of: key })}>${t('desk.all', { n: countText(list.length) })}</a></p></section>`;
}

const amountOf = e => {
	const body = payloadOf(e.statement)?.body;
	return body?.face ?? body?.amount ?? body?.value;
};

const Attempts = ({ of }) => html`<ul class="findings">${of.map(e => html`<li key=${e.seq}><a href=${to(`entry/${e.seq}`)}>${word('st', e.type)}</a> <${Money} of=${amountOf(e)} /> <${Badge} tone="bad">${word('fault', e.fault)}<//><br /><small><${Party} id=${e.issuer} /> ${'\u00b7'} <${When} of=${e.accepted_at} /></small></li>`)}</ul>
	<p><a href=${to('attempts')}>${t('desk.attempts')}</a></p>`;

const FURTHER = ['reports', 'map', 'trade', 'goods', 'decisions', 'log'];

export default function Desk() {
	const findings = useAsked(openFindings, []);
	const attempts = useAsked(async () => (await get('/v1/audit/attempts', { limit: 5 })).items, []);
	const warnings = useAsked(async () => (await getIfAny('/v1/audit/warnings', { open: 'yes', limit: 5 }))?.items ?? null, []);
	return html`<${Page} title=${t('desk.title')} lead=${t('desk.lead')}>
		<h2>${t('desk.noticed')}</h2>
		<${Asked} of=${findings} empty=${html`<${Empty} title=${t('findings.notHere')} />`}>${all => (all.length
			? html`<div class="families">${FAMILIES.map(k => [k, all.filter(f => familyOf(f) === k)]).filter(([, l]) => l.length).sort((a, b) => Math.min(...a[1].map(grave)) - Math.min(...b[1].map(grave))).map(([k, l]) => html`<${Family} key=${k} of=${k} list=${l} />`)}</div>`
			: html`<${Empty} title=${t('findings.none')} />`)}<//>
		${warnings.data?.length ? html`<${Card} tone="warn" title=${t('warnings.title')}><${WarningList} of=${warnings.data} /><p><a href=${to('warnings')}>${t('warnings.allLink')}</a></p><//>` : null}
		<div class="columns even">
			<${Card} title=${t('desk.refused')}><${Asked} of=${attempts}>${rows => (rows.length ? html`<${Attempts} of=${rows} />` : html`<${Empty} title=${t('attempts.none')} />`)}<//><//>
			<${Card} title=${t('desk.further')}><ul class="further">${FURTHER.map(p => html`<li><a href=${to(p)}>${t(`nav.${p}`)}</a><br /><small>${t(`desk.to.${p}`)}</small></li>`)}</ul><//>
		</div>
	<//>`;
}
