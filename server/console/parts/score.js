// SPDX-License-Identifier: Apache-2.0
// score.js: how likely a claim is real, and how likely it is paid: two answers, each with its reasons.

import { html } from '../lib/view.js';
import { language, t, word } from '../lib/words.js';
import { Badge, Card, Facts, Text } from './bits.js';

const said = text => (text && typeof text === 'object' ? (text[language.value.slice(0, 2)] ?? text.en) : text);

const Scale = ({ value, most }) => html`<svg class="scale" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="8" rx="2" /><rect class="part" width=${Math.max(0, Math.min(100, (100 * value) / most))} height="8" rx="2" /></svg>`;

function Half({ title, of }) {
	if (of === undefined || of === null) return null;
	if (typeof of !== 'object') return html`<div><h3>${title}</h3><p><strong>${String(of)}</strong></p></div>`;
	const score = of.score ?? of.value;
	return html`<div class="score-half"><h3>${title}</h3>
		${score !== undefined ? html`<p class="score"><strong>${score}</strong> <small>/ 1000</small> ${of.grade ? html`<${Badge} tone="calm"><${Text} of=${of.grade} /><//>` : null}</p><${Scale} value=${score} most=${1000} />` : of.grade ? html`<p class="score"><strong><${Text} of=${of.grade} /></strong></p>` : null}
		<${Facts} rows=${[
			of.level !== undefined ? [t('asset.level'), html`<${Text} of=${of.level} />`] : null,
			of.confidence !== undefined ? [t('score.confidence'), html`<${Text} of=${of.confidence} />`] : null,
			of.model !== undefined ? [t('score.model'), html`<${Text} of=${typeof of.model === 'object' ? JSON.stringify(of.model) : of.model} />`] : null,
		]} />
		${of.reasons?.length ? html`<table class="plain"><caption class="hidden">${title}</caption><thead><tr><th scope="col">${t('score.reason')}</th><th scope="col" class="num">${t('score.points')}</th></tr></thead><tbody>${of.reasons.map(
			r => html`<tr><td><${Text} of=${said(r.text) ?? r.detail ?? r.code} /> <small><code>${r.code}</code></small></td><td class="num">${r.points ?? ''}</td></tr>`,
		)}</tbody></table>` : null}</div>`;
}

export const Score = ({ of, title }) => html`<${Card} title=${title ?? t('score.title')}><div class="columns even">
	<${Half} title=${t('score.authenticity')} of=${of.authenticity} /><${Half} title=${t('score.performance')} of=${of.performance} /></div>
	${of.signals?.length ? html`<ul class="findings">${of.signals.map(s => html`<li><${Text} of=${typeof s === 'object' ? `${word('signal', s.signal ?? s.code)} ${s.explain ?? ''}` : word('signal', s)} /></li>`)}</ul>` : null}<//>`;
