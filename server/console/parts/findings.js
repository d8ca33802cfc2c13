// SPDX-License-Identifier: Apache-2.0
// findings.js: what the registry itself has noticed, in the order an examiner asks: what it is, how grave, about whom, how
// far beyond the limit, by which entries; the way to the picture of it; and the review.

import { session } from '../lib/api.js';
import { to } from '../lib/route.js';
import { Fragment, html } from '../lib/view.js';
import { countText, language, percentText, t, word } from '../lib/words.js';
import { Badge, Id, Party, State, Text } from './bits.js';

export const SEVERITY_TONE = { block: 'bad', hold: 'bad', flag: 'warn', info: 'calm' };

/** What a signal means, in the reader's language: the registry says it in both. */
export const nameOf = f => (language.value.startsWith('zh') ? (f.text_zh ?? f.text) : f.text) ?? f.name ?? f.signal;

/** Findings of one kind begin with one letter (signal.def). The gravest kinds of deceit come first. */
export const FAMILIES = ['D', 'G', 'F', 'W', 'P', 'C', 'B', 'X'];
export const familyOf = f => (FAMILIES.includes(f.signal[0]) ? f.signal[0] : 'X');

export const Evidence = ({ of }) => html`<span class="evidence">${(of ?? []).map(
	(seq, i) => html`<${Fragment} key=${seq}>${i ? ', ' : ''}<a href=${to(`entry/${seq}`)}>${t('entry.n', { n: countText(seq) })}</a><//>`,
)}</span>`;

/* The registry measures in whole numbers; people read parts as per cent and bits as whole bits. */
const READ = {
	ppm: n => percentText(n / 1e6),
	millionths: n => percentText(n / 1e6),
	'tenths of a bit': n => countText(n / 10),
	'hundredths of sigma': n => countText(n / 100),
	'tenths of chi2': n => countText(n / 10),
};
const SAID = { ppm: null, millionths: null, count: null, 'tenths of a bit': 'bits', 'hundredths of sigma': 'sigma', 'tenths of chi2': 'chi2' };
export const measured = (n, unit) => (READ[unit] ?? countText)(n);

function Measure({ of: f }) {
	if (f.value === undefined) return html`<span class="none">${'\u2013'}</span>`;
	const unit = f.unit in SAID ? SAID[f.unit] : f.unit;
	return html`<span>${measured(f.value, f.unit)}${unit ? html` <small>${word('unit', unit)}</small>` : null}${
		f.threshold === undefined ? null : html`<br /><small>${t('findings.limit', { n: measured(f.threshold, f.unit) })}</small>`
	}</span>`;
}

export const Subject = ({ of: f }) => html`<div class="subject">${
	f.creditor && f.debtor && !f.signal.startsWith('W')
		? html`<span><${Party} id=${f.creditor} /> ${'\u2192'} <${Party} id=${f.debtor} /></span>`
		: f.party || f.creditor ? html`<${Party} id=${f.party ?? f.creditor} />` : null}${
	f.asset ? html`<br /><small><a href=${to(`asset/any/${f.asset}`)}>${t('findings.asset')} <${Id} plain of=${f.asset} /></a></small>` : null}</div>`;

/* Where a supervisor looks next: a network for what goes round, a debtor for what is claimed of it. */
const OF_NETWORK = /^(G|P0[1245]|B0[789]|B11|F07)/;
const OF_DEBTOR = /^(F10|F24|C05|C01|F15|F09|B03)/;
export function lookAt(f) {
	if (!session.value?.roles.some(r => ['regulator', 'court'].includes(r))) return null;
	const party = f.debtor ?? f.party ?? f.creditor;
	if (party && OF_NETWORK.test(f.signal)) return { key: 'findings.draw', href: to(`trade/${party}`, { finding: f.id }) };
	if (f.debtor && OF_DEBTOR.test(f.signal)) return { key: 'findings.debtor', href: to(`debtor/${f.debtor}`) };
	return null;
}
export const LookAt = ({ of: f, button }) => {
	const at = lookAt(f);
	return at ? html`<a role=${button ? 'button' : null} class=${button ? 'small-button' : ''} href=${at.href}>${t(at.key)}</a>` : null;
};

export const findingColumns = act => [
	{ key: 'signal', label: t('findings.signal'), of: f => html`<strong><${Text} of=${nameOf(f)} /></strong> <small><code>${f.signal}</code></small>${f.detail ? html`<br /><small><${Text} of=${f.detail} /></small>` : null}` },
	{ key: 'severity', label: t('findings.severity'), of: f => html`<${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//>` },
	{ key: 'subject', label: t('findings.subject'), of: f => html`<${Subject} of=${f} />` },
	{ key: 'value', label: t('findings.value'), num: true, of: f => html`<${Measure} of=${f} />` },
	{ key: 'evidence', label: t('findings.evidence'), of: f => html`<${Evidence} of=${f.evidence} />` },
	{ key: 'state', label: t('col.state'), of: f => html`<${State} of=${f.state} />` },
	...(act
		? [
				{
					key: 'do',
					label: t('col.do'),
					of: f => html`<div class="stacked"><${LookAt} of=${f} />${
						f.reviewed_by ? html`<a href=${to(`entry/${f.reviewed_by}`)}>${t('entry.n', { n: countText(f.reviewed_by) })}</a>` : html`<button type="button" class="link" onClick=${() => act(f)}>${t('findings.review')}</button>`
					}</div>`,
				},
			]
		: []),
];

export const FindingList = ({ of }) => html`<ul class="findings">${of.map(
	f => html`<li key=${f.id}><${Badge} tone=${SEVERITY_TONE[f.severity]}>${word('finding', f.severity)}<//> <strong><${Text} of=${nameOf(f)} /></strong> <${State} of=${f.state} />
		${f.detail ? html`<br /><small><${Text} of=${f.detail} /></small>` : null} <small><${Evidence} of=${f.evidence} /></small> <${LookAt} of=${f} /></li>`,
)}</ul>`;
