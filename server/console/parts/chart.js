// SPDX-License-Identifier: Apache-2.0
// chart.js: columns and lines drawn by uPlot, loaded when the first chart is seen, in the colours of the page; the same figures
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

const axisOf = () => ({ stroke: ink('--cf-ink-2'), grid: { stroke: ink('--cf-line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' });

const bars = (UPlot, rows, width) => ({
	scales: { x: { time: false, range: [-0.6, rows.length - 0.4] }, y: { range: (u, min, max) => [0, max > 0 ? max * 1.1 : 1] } },
	axes: [
		{ ...axisOf(), grid: { show: false }, splits: () => rows.map((r, i) => i), values: () => rows.map(r => r.label), ...(width / rows.length < 70 ? { rotate: -40, size: 56 } : {}) },
		{ ...axisOf(), size: 56, values: (u, s) => s.map(short) },
	],
	series: [{}, { fill: ink('--cf-accent'), stroke: ink('--cf-accent'), paths: UPlot.paths.bars({ size: [0.55, 64] }), points: { show: false } }],
});

/* A line through points; a value that is null is a gap. Few labels, so that they do not touch. */
const line = range => (UPlot, rows, width) => {
	const every = Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor(width / 110))));
	const at = rows.map((r, i) => i).filter(i => i % every === 0);
	return {
		scales: { x: { time: false, range: [-0.4, rows.length - 0.6] }, y: { range } },
		axes: [
			{ ...axisOf(), grid: { show: false }, splits: () => at, values: () => at.map(i => rows[i].label) },
			{ ...axisOf(), size: 56, values: (u, s) => s.map(short) },
		],
		series: [{}, { stroke: ink('--cf-accent'), width: 2, spanGaps: false, points: { show: true, size: 6, fill: ink('--cf-accent') } }],
	};
};

/* rows: [{ label, value (number, for drawing only; null: none), text (what is said) }] */
function Chart({ title, rows, unit, kind }) {
	const at = useRef();
	const id = JSON.stringify(rows.map(r => [r.label, r.value]));
	useEffect(() => {
		let plot;
		let gone = false;
		const draw = async () => {
			const UPlot = await load();
			if (gone || !at.current) return;
			plot?.destroy();
			const width = Math.max(240, at.current.clientWidth);
			plot = new UPlot({ width, height: 210, cursor: { show: false }, legend: { show: false }, ...kind(UPlot, rows, width) }, [rows.map((r, i) => i), rows.map(r => r.value)], at.current);
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

export const Columns = props => html`<${Chart} ...${props} kind=${bars} />`;
/** least, most: the ends of the scale the values stand on. */
export const Line = ({ least, most, ...props }) => html`<${Chart} ...${props} kind=${line([least, most])} />`;
