// SPDX-License-Identifier: Apache-2.0
// chart.js: columns drawn by uPlot, loaded when the first chart is seen, in the colours of the page; the same figures
// stand in a table for whoever does not see it.

import { html, useEffect, useRef } from '../lib/view.js';
import { t } from '../lib/words.js';

let loading;
const load = () => {
	loading ??= (async () => {
		const style = document.createElement('link');
		style.rel = 'stylesheet';
		style.href = new URL('../vendor/uplot.css', import.meta.url).href;
		document.head.append(style);
		return (await import('../vendor/uplot.js')).default;
	})();
	return loading;
};

const ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const short = v => new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' }).format(v);

/** rows: [{ label, value (number, for drawing only), text (what is said), tone? }] */
export function Columns({ title, rows, unit }) {
	const at = useRef();
	const id = JSON.stringify(rows.map(r => [r.label, r.value]));
	useEffect(() => {
		let plot;
		let gone = false;
		const draw = async () => {
			const UPlot = await load();
			if (gone || !at.current) return;
			plot?.destroy();
			const n = rows.length;
			const text = ink('--cf-ink-2');
			const narrow = at.current.clientWidth / n < 70;
			const axis = { stroke: text, grid: { stroke: ink('--cf-line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
			plot = new UPlot(
				{
					width: Math.max(240, at.current.clientWidth),
					height: 210,
					cursor: { show: false },
					legend: { show: false },
					scales: { x: { time: false, range: [-0.6, n - 0.4] }, y: { range: (u, min, max) => [0, max > 0 ? max * 1.1 : 1] } },
					axes: [
						{ ...axis, grid: { show: false }, splits: () => rows.map((r, i) => i), values: () => rows.map(r => r.label), ...(narrow ? { rotate: -40, size: 56 } : {}) },
						{ ...axis, size: 56, values: (u, s) => s.map(short) },
					],
					series: [{}, { fill: ink('--cf-accent'), stroke: ink('--cf-accent'), paths: UPlot.paths.bars({ size: [0.55, 64] }), points: { show: false } }],
				},
				[rows.map((r, i) => i), rows.map(r => r.value)],
				at.current,
			);
		};
		draw();
		const size = new ResizeObserver(() => at.current && plot?.setSize({ width: Math.max(240, at.current.clientWidth), height: 210 }));
		const theme = new MutationObserver(draw);
		size.observe(at.current);
		theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
		return () => {
			gone = true;
			size.disconnect();
			theme.disconnect();
			plot?.destroy();
		};
	}, [id]);
	return html`<figure class="chart"><div ref=${at} aria-hidden="true"></div>
		<details class="small"><summary>${t('chart.table')}</summary><table class="plain"><caption class="hidden">${title}</caption>
			<thead><tr><th scope="col">${title}</th><th scope="col" class="num">${unit}</th></tr></thead>
			<tbody>${rows.map(r => html`<tr><th scope="row">${r.label}</th><td class="num">${r.text}</td></tr>`)}</tbody></table></details></figure>`;
}
