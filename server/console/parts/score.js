// SPDX-License-Identifier: Apache-2.0
// score.js: how likely a claim is real and how likely it is paid: two answers that are never mixed, each with its reasons,
// all computed from entries of the log that anybody may compute from again.

import { Fragment, html } from '../lib/view.js';
import { language, percentText, t, word } from '../lib/words.js';
import { Badge, Card, Facts, Id, Text } from './bits.js';
import { Evidence } from './findings.js';

const chinese = () => language.value.startsWith('zh');
const said = (r, name) => (chinese() ? (r[`${name}_zh`] ?? r[name]) : r[name]);
const ppm = n => (n === undefined || n === null ? null : percentText(n / 1e6));

const Scale = ({ value, most }) => html`<svg class="scale" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="8" rx="2" /><rect class="part" width=${Math.max(0, Math.min(100, (100 * value) / most))} height="8" rx="2" /></svg>`;

const TRUST = { verified: 'good', supported: 'good', unverified: 'warn', contradicted: 'bad' };

export function Score({ of: s, title }) {
	return html`<${Card} title=${title ?? t('score.title')}>
		<div class="columns even"><div><h3>${t('score.authenticity')}</h3><p class="score"><${Badge} tone=${TRUST[s.authenticity] ?? 'calm'}>${word('authenticity', s.authenticity)}<//></p></div>
		<div><h3>${t('score.performance')}</h3>${s.score !== undefined && s.score !== null ? html`<${Fragment}><p class="score"><strong>${s.score}</strong> <small>${t('score.of')}</small> <${Badge}><${Text} of=${s.grade} /><//></p><${Scale} value=${s.score} most=${1000} /><//>` : html`<p class="score"><${Text} of=${s.grade ?? '\u2013'} /></p>`}</div></div>
		<${Facts} rows=${[
			[t('score.pd'), ppm(s.pd_30)],
			[t('score.interval'), s.interval80 ? `${ppm(s.interval80[0])} \u2013 ${ppm(s.interval80[1])}` : null],
			[t('score.dilution'), ppm(s.expected_dilution)],
			[t('score.confidence'), s.confidence === undefined ? null : html`${percentText(s.confidence / 1000)}${s.confidence < 200 ? html` <small>${t('score.little')}</small>` : null}`],
			[t('score.capped'), s.capped_by?.length ? html`<${Text} of=${s.capped_by.map(c => (typeof c === 'object' ? (said(c, 'text') ?? c.code) : c)).join(', ')} />` : null],
			[t('score.model'), s.model ? html`<${Text} of=${s.model.id ?? s.model} /> ${s.model.sha256 ? html`<${Id} of=${s.model.sha256} />` : null}` : null],
		]} />
		${s.reasons?.length ? html`<table class="plain"><caption class="hidden">${t('score.reason')}</caption><thead><tr><th scope="col">${t('score.reason')}</th><th scope="col">${t('score.improve')}</th><th scope="col" class="num">${t('score.points')}</th></tr></thead><tbody>${s.reasons.map(
			r => html`<tr><td><${Text} of=${said(r, 'text') ?? r.detail ?? r.code} /> <small><code>${r.code}</code></small></td><td><${Text} of=${said(r, 'improve') ?? ''} /></td><td class="num">${r.points > 0 ? '+' : ''}${r.points ?? ''}</td></tr>`,
		)}</tbody></table>` : null}
		${s.inputs?.length ? html`<details><summary>${t('score.inputs')}</summary><p><${Evidence} of=${s.inputs} /></p></details>` : null}<//>`;
}
