// SPDX-License-Identifier: Apache-2.0
// findings.js: what the registry itself has noticed, with the entries that prove it.

import { to } from '../lib/route.js';
import { html } from '../lib/view.js';
import { countText, language, t, word } from '../lib/words.js';
import { Badge, Id, Party, State, Text } from './bits.js';

export const SEVERITY_TONE = { block: 'bad', hold: 'bad', flag: 'warn', info: 'calm' };

export const explainOf = f => (f.explain && typeof f.explain === 'object' ? (f.explain[language.value.slice(0, 2)] ?? f.explain.en) : f.explain);

export const Evidence = ({ of }) => html`<span class="evidence">${(of ?? []).map(
	(seq, i) => html`${i ? ', ' : ''}<a href=${to(`entry/${seq}`)}>${t('entry.n', { n: countText(seq) })}</a>`,
)}</span>`;

export const Subject = ({ of }) =>
	!of
		? null
		: of.asset
			? html`<a href=${to(`asset/any/${of.asset}`)}><${Id} plain of=${of.asset} /></a>`
			: of.party
				? html`<${Party} id=${of.party} />`
				: html`<${Text} of=${JSON.stringify(of)} />`;

export const findingColumns = () => [
	{ key: 'signal', label: t('findings.signal'), of: f => html`<strong>${word('signal', f.signal)}</strong>${explainOf(f) ? html`<br /><small><${Text} of=${explainOf(f)} /></small>` : null}` },
	{ key: 'severity', label: t('findings.severity'), of: f => html`<${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//>` },
	{ key: 'subject', label: t('findings.subject'), of: f => html`<${Subject} of=${f.subject} />` },
	{ key: 'value', label: t('findings.value'), num: true, of: f => (f.value === undefined ? '\u2013' : html`<${Text} of=${f.value} />${f.limit === undefined ? null : html` <small>/ <${Text} of=${f.limit} /></small>`}`) },
	{ key: 'evidence', label: t('findings.evidence'), of: f => html`<${Evidence} of=${f.evidence} />` },
	{ key: 'state', label: t('col.state'), of: f => html`<${State} of=${f.state} />` },
];

export const FindingList = ({ of }) => html`<ul class="findings">${of.map(
	f => html`<li><${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//> <strong>${word('signal', f.signal)}</strong>
		${explainOf(f) ? html` <${Text} of=${explainOf(f)} />` : null} <small><${Evidence} of=${f.evidence} /></small></li>`,
)}</ul>`;
