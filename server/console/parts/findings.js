// SPDX-License-Identifier: Apache-2.0
// findings.js: what the registry itself has noticed, with the entries that prove it; and the review of it.

import { to } from '../lib/route.js';
import { Fragment, html } from '../lib/view.js';
import { countText, language, t, word } from '../lib/words.js';
import { Badge, Id, Party, State, Text } from './bits.js';

export const SEVERITY_TONE = { block: 'bad', hold: 'bad', flag: 'warn', info: 'calm' };

/** What a signal means, in the reader's language: the registry says it in both. */
export const nameOf = f => (language.value.startsWith('zh') ? (f.text_zh ?? f.text) : f.text) ?? f.name ?? f.signal;

export const Evidence = ({ of }) => html`<span class="evidence">${(of ?? []).map(
	(seq, i) => html`<${Fragment} key=${seq}>${i ? ', ' : ''}<a href=${to(`entry/${seq}`)}>${t('entry.n', { n: countText(seq) })}</a><//>`,
)}</span>`;

export const Subject = ({ of: f }) => html`<span>${f.asset ? html`<a href=${to(`asset/any/${f.asset}`)}><${Id} plain of=${f.asset} /></a> ` : null}${f.party ? html`<${Party} id=${f.party} />` : null}</span>`;

export const findingColumns = act => [
	{ key: 'signal', label: t('findings.signal'), of: f => html`<strong><${Text} of=${nameOf(f)} /></strong> <small><code>${f.signal}</code></small>${f.detail ? html`<br /><small><${Text} of=${f.detail} /></small>` : null}` },
	{ key: 'severity', label: t('findings.severity'), of: f => html`<${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//>` },
	{ key: 'subject', label: t('findings.subject'), of: f => html`<${Subject} of=${f} />` },
	{ key: 'value', label: t('findings.value'), num: true, of: f => (f.value === undefined ? '\u2013' : html`<span>${countText(f.value)}${f.threshold === undefined ? null : html` <small>/ ${countText(f.threshold)}</small>`}<br /><small><${Text} of=${f.unit} /></small></span>`) },
	{ key: 'evidence', label: t('findings.evidence'), of: f => html`<${Evidence} of=${f.evidence} />` },
	{ key: 'state', label: t('col.state'), of: f => html`<${State} of=${f.state} />` },
	...(act ? [{ key: 'do', label: t('col.do'), of: f => (f.reviewed_by ? html`<a href=${to(`entry/${f.reviewed_by}`)}>${t('entry.n', { n: countText(f.reviewed_by) })}</a>` : html`<button type="button" class="link" onClick=${() => act(f)}>${t('findings.review')}</button>`) }] : []),
];

export const FindingList = ({ of }) => html`<ul class="findings">${of.map(
	f => html`<li key=${f.id}><${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//> <strong><${Text} of=${nameOf(f)} /></strong> <${State} of=${f.state} />
		${f.detail ? html`<br /><small><${Text} of=${f.detail} /></small>` : null} <small><${Evidence} of=${f.evidence} /></small></li>`,
)}</ul>`;
