// SPDX-License-Identifier: Apache-2.0
// table.js: a list of the API, a page at a time: the server holds the rows, this holds one page and the way back.
//
// Columns are { key, label, of(row), num? }. On a narrow screen each row becomes a card, by style alone.

import { get, logKey, plainText } from '../lib/api.js';
import { head, news } from '../lib/head.js';
import { openCheckpoint } from '../lib/log.js';
import { download } from '../lib/route.js';
import { html, useAsked, useEffect, useMemo, useRef, useState } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Busy, Empty, Trouble } from './bits.js';

const PAGE = 25;
const EXPORT_PAGE = 200;
const EXPORT_MOST = 200000;

/** One cell of a CSV file; what a spreadsheet would take for a formula is made text. */
export function csvCell(value) {
	let s = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
	if (/^[=+\-@\t\r]/.test(s)) s = `'${s}`;
	return /[",\n\r]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
}

/** Members of members become columns of their own: face.amount, face.currency. */
function flat(row, prefix = '', to = {}) {
	for (const [k, v] of Object.entries(row))
		if (v && typeof v === 'object' && !Array.isArray(v)) flat(v, `${prefix}${k}.`, to);
		else to[prefix + k] = v;
	return to;
}

export function toCsv(rows) {
	const flats = rows.map(r => flat(r));
	const columns = [...new Set(flats.flatMap(Object.keys))];
	return `\ufeff${[columns, ...flats.map(f => columns.map(c => f[c]))].map(r => r.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

export const toNdjson = rows => rows.map(r => `${JSON.stringify(r)}\n`).join('');

/** Every row of a list, page by page. */
export async function everyRow(path, params, told, most = EXPORT_MOST) {
	const rows = [];
	for (let cursor = ''; rows.length < most; ) {
		const page = await get(path, { ...params, limit: EXPORT_PAGE, cursor });
		rows.push(...page.items);
		told?.(rows.length);
		if (!page.next) break;
		cursor = page.next;
	}
	return rows;
}

/* The last entry a list knows of. */
const newestOf = rows => rows.reduce((n, r) => Math.max(n, r.seq ?? 0, r.raised_by ?? 0, r.registered_by ?? 0), 0);
const COVER_TRIES = 10;

/** The proof that goes with a file: a signed checkpoint that covers every entry the rows come from, verified here. */
export async function proofOf(list, rows) {
	for (let n = 0; ; n++) {
		const note = await plainText('/log/checkpoint');
		const checkpoint = await openCheckpoint(note, await logKey());
		if (!checkpoint.good) throw Object.assign(new Error('unsigned'), { code: 'unavailable' });
		if (checkpoint.size > newestOf(rows) || n === COVER_TRIES) return { list, rows: rows.length, newest: newestOf(rows), checkpoint: checkpoint.size, note };
		await new Promise(done => setTimeout(done, 300));
	}
}

function Export({ path, params, name, rows }) {
	const [busy, set] = useState(null);
	const [error, setError] = useState(null);
	const save = async (kind, write, type) => {
		set(0);
		setError(null);
		try {
			const all = rows ?? (await everyRow(path, params, set));
			const proof = await proofOf(path ?? name, all);
			download(`${name}.${kind}`, write(all), type);
			download(`${name}.${kind}.proof.json`, JSON.stringify(proof, null, 2));
		} catch (e) {
			setError(e);
		}
		set(null);
	};
	return html`<div class="export" role="group" aria-label=${t('export.title')}>
		<button type="button" class="link" disabled=${busy !== null} onClick=${() => save('csv', toCsv, 'text/csv')}>CSV</button>
		<button type="button" class="link" disabled=${busy !== null} onClick=${() => save('ndjson', toNdjson, 'application/x-ndjson')}>NDJSON</button>
		${busy !== null ? html`<small role="status">${t('export.busy', { n: countText(busy) })}</small>` : null}
		${error ? html`<${Trouble} error=${error} />` : null}
	</div>`;
}

/** Rows that are here already. */
export function Rows({ caption, columns, rows, keyOf = (r, i) => r.id ?? i, chosen, onChosen, canChoose = () => true, quiet }) {
	const can = rows.filter(canChoose);
	const all = can.length > 0 && can.every(r => chosen?.has(keyOf(r)));
	const flip = (r, on) => {
		const next = new Map(chosen);
		on ? next.set(keyOf(r), r) : next.delete(keyOf(r));
		onChosen(next);
	};
	const flipAll = on => {
		const next = new Map(chosen);
		for (const r of can) on ? next.set(keyOf(r), r) : next.delete(keyOf(r));
		onChosen(next);
	};
	return html`<div class="table-wrap" role="region" aria-label=${caption} tabindex="0"><table class="list">
		<caption class=${quiet ? 'hidden' : ''}>${caption}</caption>
		<thead><tr>
			${onChosen ? html`<th scope="col" class="tick"><input type="checkbox" aria-label=${t('table.all')} checked=${all} disabled=${!can.length} onChange=${e => flipAll(e.target.checked)} /></th>` : null}
			${columns.map(c => html`<th scope="col" class=${c.num ? 'num' : ''}>${c.label}</th>`)}
		</tr></thead>
		<tbody>${rows.map(
			(r, i) => html`<tr key=${keyOf(r, i)}>
				${onChosen ? html`<td class="tick">${canChoose(r) ? html`<input type="checkbox" aria-label=${t('table.one', { n: i + 1 })} checked=${chosen.has(keyOf(r))} onChange=${e => flip(r, e.target.checked)} />` : null}</td>` : null}
				${columns.map((c, n) => html`<td class=${`${c.num ? 'num' : ''} ${n === 0 ? 'first' : ''}`} data-label=${c.label}>${c.of(r)}</td>`)}
			</tr>`,
		)}</tbody></table></div>`;
}

/**
 * A list of the API. `live`: asked anew when the log has grown; otherwise the reader is told and asks (looking is on
 * record, so nothing looks by itself at what is somebody else's).
 */
export function Table({ path, params = {}, caption, columns, empty, name, live, keep, children, ...choose }) {
	const [cursors, setCursors] = useState(['']);
	const id = JSON.stringify([path, params]);
	const first = useRef(id);
	useEffect(() => {
		if (first.current !== id) setCursors(['']);
		first.current = id;
	}, [id]);
	const cursor = cursors[cursors.length - 1];
	const asked = useAsked(() => get(path, { ...params, limit: PAGE, cursor }), [id, cursor]);
	const [grown, setGrown] = useState(false);
	useEffect(() => {
		const told = () => (live ? asked.again() : setGrown(true));
		const [a, b] = [head.watch(told), news.watch(told)];
		return () => (a(), b());
	}, [id, cursor, live]);
	const rows = useMemo(() => (asked.data?.items ?? []).filter(keep ?? (() => true)), [asked.data, keep]);
	const again = () => (setGrown(false), asked.again());
	if (asked.error) return html`<${Trouble} error=${asked.error} again=${again} />`;
	if (!asked.data) return html`<${Busy} />`;
	const page = cursors.length;
	return html`<div class="listing">
		<div class="list-bar">${children?.(rows, again) ?? null}
			${grown ? html`<button type="button" class="link" onClick=${again}>${t('table.grown')}</button>` : null}
			<${Export} path=${path} params=${params} name=${name ?? path.split('/').pop()} /></div>
		${rows.length === 0 && page === 1 && !asked.data.next
			? (empty ?? html`<${Empty} title=${t('table.empty')} />`)
			: html`<${Rows} caption=${caption} columns=${columns} rows=${rows} ...${choose} />`}
		${page > 1 || asked.data.next
			? html`<nav class="pager" aria-label=${t('table.pages')}>
				<button type="button" class="secondary outline" disabled=${page === 1} onClick=${() => setCursors(cursors.slice(0, -1))}>${t('table.newer')}</button>
				<span role="status">${t('table.page', { n: page })}</span>
				<button type="button" class="secondary outline" disabled=${!asked.data.next} onClick=${() => setCursors([...cursors, asked.data.next])}>${t('table.older')}</button>
			</nav>`
			: null}
	</div>`;
}

export { Export };
