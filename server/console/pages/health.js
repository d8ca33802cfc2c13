// SPDX-License-Identifier: Apache-2.0
// health.js: is the registry well: what /readyz and /metrics say, in words.

import { plainText } from '../lib/api.js';
import { html, useAsked, useEffect } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Asked, Badge, Card, Page } from '../parts/bits.js';
import { Rows } from '../parts/table.js';

const EVERY_MS = 5000;

/* Prometheus text: [{ name, labels, value }]. */
const readMetrics = text =>
	text.split('\n').filter(l => l && !l.startsWith('#')).map(l => {
		const [, name, labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(l) ?? [];
		return { name, labels: labels ?? '', value: Number(value) };
	}).filter(m => m.name);

const SHOWN = [
	['log_size', /^counterfoil_(log_size|head_size|entries_total)$/],
	['queue', /queue/],
	['batch', /batch.*(_count|_sum)$/],
	['db_errors', /db_errors/],
	['documents', /document/],
	['cut', /http_cut_total/],
	['responses', /http_responses_total/],
	['outbox', /(webhook|alert|event|witness)/],
];

export default function Health() {
	const ready = useAsked(() => plainText('/readyz?verbose=1'), []);
	const metrics = useAsked(async () => readMetrics(await plainText('/metrics')), []);
	useEffect(() => {
		const timer = setInterval(() => document.visibilityState === 'visible' && (ready.again(), metrics.again()), EVERY_MS);
		return () => clearInterval(timer);
	}, []);
	const columns = [
		{ key: 'name', label: t('health.metric'), of: m => html`<code>${m.name.replace(/^counterfoil_/, '')}</code>` },
		{ key: 'labels', label: t('health.labels'), of: m => html`<small><code>${m.labels}</code></small>` },
		{ key: 'value', label: t('f.value'), num: true, of: m => countText(m.value) },
	];
	return html`<${Page} title=${t('health.title')} lead=${t('health.lead')}>
		<${Card} title=${t('health.ready')}><${Asked} of=${ready}>${text => html`<ul class="checks-list">${text.trim().split('\n').map(line => {
			const [, sign, what] = /^\[([+-])\] (\w+)/.exec(line) ?? [];
			return sign ? html`<li><${Badge} tone=${sign === '+' ? 'good' : 'bad'}>${sign === '+' ? '\u2713' : '\u2717'}<//> ${t(`health.part.${what}`)}</li>` : html`<li class="small">${line}</li>`;
		})}</ul>`}<//><//>
		<${Asked} of=${metrics}>${all => html`<div class="columns even">${SHOWN.map(([key, fits]) => {
			const rows = all.filter(m => fits.test(m.name) && !/_bucket$/.test(m.name)).slice(0, 24);
			return rows.length ? html`<${Card} title=${t(`health.group.${key}`)}><${Rows} quiet caption=${t(`health.group.${key}`)} columns=${columns} rows=${rows} keyOf=${m => m.name + m.labels} /><//>` : null;
		})}</div>`}<//>
	<//>`;
}
