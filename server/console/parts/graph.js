// SPDX-License-Identifier: Apache-2.0
// graph.js: who trades with whom, drawn by Cytoscape, loaded when first needed. The same edges stand in a table beside
// it, with the same steps to take: nothing can be done here with a pointer only.

import { html, useEffect, useRef } from '../lib/view.js';
import { t } from '../lib/words.js';

let loading;
const load = () => {
	loading ??= (async () => {
		/* the library would write this rule into the page by itself, which our policy forbids; it stands in app.css */
		if (!document.getElementById('__________cytoscape_stylesheet')) {
			const there = document.createElement('link');
			there.id = '__________cytoscape_stylesheet';
			document.head.append(there);
		}
		return (await import('../vendor/cytoscape.js')).default;
	})();
	return loading;
};

const ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const styleOf = () => [
	{ selector: 'node', style: { label: 'data(label)', 'font-size': 14, color: ink('--cf-ink'), 'text-wrap': 'ellipsis', 'text-max-width': 160, 'text-valign': 'bottom', 'text-margin-y': 4, 'background-color': ink('--cf-accent'), width: 22, height: 22 } },
	{ selector: 'node[role = "bank"]', style: { shape: 'round-rectangle', 'background-color': ink('--cf-warn') } },
	{ selector: 'node[?walked]', style: { 'border-width': 3, 'border-color': ink('--cf-ink') } },
	{ selector: 'node[?flag]', style: { 'background-color': ink('--cf-bad') } },
	{ selector: 'edge', style: { width: 'data(width)', 'line-color': ink('--cf-ink-3'), 'target-arrow-color': ink('--cf-ink-3'), 'target-arrow-shape': 'triangle', 'curve-style': 'bezier', label: 'data(label)', 'font-size': 11, color: ink('--cf-ink-2'), 'text-background-color': ink('--cf-ground'), 'text-background-opacity': 1, 'text-background-padding': 2 } },
	{ selector: 'edge[?flag]', style: { 'line-color': ink('--cf-bad'), 'target-arrow-color': ink('--cf-bad') } },
	{ selector: 'edge[kind = "guarantees"]', style: { 'line-style': 'dotted', 'line-color': ink('--cf-bad'), 'target-arrow-color': ink('--cf-bad') } },
	{ selector: 'edge[kind = "secured"]', style: { 'line-style': 'dashed', 'line-color': ink('--cf-warn'), 'target-arrow-color': ink('--cf-warn') } },
];

/* From right to left by level: what is supplied flows to the right. */
function layers(nodes) {
	const n = new Map();
	return Object.fromEntries(
		nodes.map(({ id, level }) => {
			const i = n.get(level) ?? 0;
			n.set(level, i + 1);
			return [id, { level, i }];
		}).map(([id, { level, i }]) => [id, { x: -260 * level, y: 74 * (i - (n.get(level) - 1) / 2) }]),
	);
}

const layoutOf = (nodes, layered) => {
	if (layered) return { name: 'preset', positions: layers(nodes), padding: 60 };
	/* few stand in a ring, where circular trade shows as what it is; many find their own places */
	if (nodes.length <= 14) return { name: 'circle', padding: 50, avoidOverlap: true };
	return { name: 'cose', animate: false, padding: 30, nodeRepulsion: () => 12000, idealEdgeLength: () => 110 };
};

/** nodes: [{ id, label, role, walked, flag, level? }]; edges: [{ id, from, to, label, weight, kind }]; onWalk(id) */
export function Graph({ nodes, edges, onWalk, layered, label }) {
	const at = useRef();
	const cy = useRef();
	const walk = useRef(onWalk);
	walk.current = onWalk;
	const id = JSON.stringify([nodes, edges]);
	useEffect(() => {
		let gone = false;
		const draw = async () => {
			const cytoscape = await load();
			if (gone || !at.current) return;
			cy.current ??= cytoscape({ container: at.current, minZoom: 0.2, maxZoom: 1.6, style: styleOf() });
			const most = Math.max(1, ...edges.map(e => e.weight ?? 1));
			const want = new Map([
				...nodes.map(n => [n.id, { group: 'nodes', data: n }]),
				...edges.map(e => [e.id, { group: 'edges', data: { ...e, source: e.from, target: e.to, width: 1 + (5 * (e.weight ?? 1)) / most } }]),
			]);
			cy.current.elements().forEach(e => void (want.has(e.id()) || e.remove()));
			let added = false;
			for (const [key, e] of want) {
				const old = cy.current.getElementById(key);
				if (old.length) old.data(e.data);
				else (cy.current.add(e), (added = true));
			}
			cy.current.style(styleOf());
			cy.current.off('tap').on('tap', 'node', e => walk.current?.(e.target.id()));
			if (added) cy.current.layout(layoutOf(nodes, layered)).run();
		};
		draw();
		const theme = new MutationObserver(draw);
		theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
		return () => {
			gone = true;
			theme.disconnect();
		};
	}, [id]);
	useEffect(
		() => () => {
			cy.current?.destroy();
			cy.current = undefined;
		},
		[],
	);
	return html`<div ref=${at} class="graph" role="img" aria-label=${label ?? t('trade.picture')}></div>`;
}
