// SPDX-License-Identifier: Apache-2.0
// warnings.js: early warnings: what has begun to go wrong around claims one has money in, what it measured, and until when
// it stands. No verdict on anybody: it stops nothing and is no part of a score.

import { to } from '../lib/route.js';
import { html } from '../lib/view.js';
import { countText, language, t, word } from '../lib/words.js';
import { Badge, Id, Money, Party, State, Text, When } from './bits.js';
import { Evidence, measured } from './findings.js';
import { regionName } from './tiles.js';

export const WARNING_TONE = { alarm: 'bad', warning: 'warn', watch: 'calm' };
export const warningName = w => (language.value.startsWith('zh') ? (w.text_zh ?? w.text) : w.text) ?? w.name ?? w.event;

/** What it is about: a claim, a party, a place, a class of goods, a region. */
export const About = ({ of: w }) => html`<span class="about">${w.party ? html`<${Party} id=${w.party} /> ` : null}${
	w.asset ? html`<a href=${to(`asset/any/${w.asset}`)}><${Id} plain of=${w.asset} /></a> ` : null}${
	w.site ? html`<a href=${to(`asset/sites/${w.site}`)}>${t('goods.site')} <${Id} plain of=${w.site} /></a> ` : null}${
	w.commodity ? html`<${Text} of=${w.commodity} /> ` : null}${w.region ? regionName(w.region) : null}${w.goods ? html` <${Text} of=${w.goods} />` : null}</span>`;

export const Affected = ({ of: w }) => (w.affected ? html`<${Money} of=${w.affected.amount} /><br /><small>${t('warnings.claims', { n: countText(w.affected.claims) })}</small>` : html`<span class="none">${'\u2013'}</span>`);

export const warningColumns = () => [
	{ key: 'what', label: t('warnings.what'), of: w => html`<strong><${Text} of=${warningName(w)} /></strong> <small><code>${w.event}</code></small>${w.detail ? html`<br /><small><${Text} of=${w.detail} /></small>` : null}` },
	{ key: 'severity', label: t('findings.severity'), of: w => html`<${Badge} tone=${WARNING_TONE[w.severity]}>${word('warninglevel', w.severity)}<//>` },
	{ key: 'about', label: t('findings.subject'), of: w => html`<${About} of=${w} />` },
	{ key: 'value', label: t('findings.value'), num: true, of: w => (w.value === undefined ? '\u2013' : html`${measured(w.value, w.unit)}${w.threshold === undefined ? null : html`<br /><small>${t('findings.limit', { n: measured(w.threshold, w.unit) })}</small>`}`) },
	{ key: 'mine', label: t('warnings.affected'), num: true, of: w => html`<${Affected} of=${w} />` },
	{ key: 'since', label: t('col.since'), of: w => html`<${When} of=${w.raised_at} /><br /><small><${Evidence} of=${w.evidence} /></small>` },
	{ key: 'state', label: t('col.state'), of: w => html`<${State} of=${w.state} tone=${w.state === 'open' ? 'warn' : 'calm'} />` },
];

export const WarningList = ({ of }) => html`<ul class="findings">${of.map(
	w => html`<li key=${w.id}><${Badge} tone=${WARNING_TONE[w.severity]}>${word('warninglevel', w.severity)}<//> <strong><${Text} of=${warningName(w)} /></strong> <${About} of=${w} />${w.affected ? html` ${'\u00b7'} ${t('warnings.affected')} <${Money} of=${w.affected.amount} />` : null}
		${w.detail ? html`<br /><small><${Text} of=${w.detail} /></small>` : null} <small><${Evidence} of=${w.evidence} /></small></li>`,
)}</ul>`;
