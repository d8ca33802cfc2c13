// SPDX-License-Identifier: Apache-2.0
// report.js: a report of the regulator's: its rows, a page at a time, what stands beside them, and as of which entry. A file
// of all rows comes with the checkpoints that cover what it knows: who folds the log up to there has the same figures.

import { get, logKey } from '../lib/api.js';
import { openCheckpoint } from '../lib/log.js';
import { download } from '../lib/route.js';
import { html, useAsked, useEffect, useState } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Asked, Badge, Trouble } from './bits.js';
import { Rows, toCsv, toNdjson } from './table.js';

/** The place a report stands at, its checkpoint verified here. */
export function AsOf({ of }) {
	const { data } = useAsked(async () => openCheckpoint(of.note, await logKey()), [of.note]);
	const good = data?.good && data.size === of.checkpoint && of.seq < of.checkpoint;
	return html`<p class="small as-of" data-verified=${String(!!good)}>${t('report.asOf', { seq: countText(of.seq) })} ${data ? html`<${Badge} tone=${good ? 'good' : 'bad'}>${t(good ? 'report.covered' : 'report.notCovered')}<//>` : null}</p>`;
}

const PAGES_MOST = 1000;

async function everyPage(path, rowsAt) {
	const rows = [];
	const places = [];
	for (let cursor = '', n = 0; n < PAGES_MOST; n++) {
		const page = await get(path, cursor ? { limit: 200, cursor } : {});
		rows.push(...page[rowsAt]);
		places.push(page.as_of);
		if (!page.next) break;
		cursor = page.next;
	}
	return { rows, places };
}

/** CSV and NDJSON of every row, and the proof beside it. */
export function SaveReport({ path, name, rowsAt = 'items' }) {
	const [error, setError] = useState(null);
	const [busy, set] = useState(false);
	const save = async (kind, write, type) => {
		set(true);
		setError(null);
		try {
			const { rows, places } = await everyPage(path, rowsAt);
			download(`${name}.${kind}`, write(rows), type);
			download(`${name}.${kind}.proof.json`, JSON.stringify({ report: path, rows: rows.length, as_of: places }, null, 2));
		} catch (e) {
			setError(e);
		}
		set(false);
	};
	return html`<div class="export" role="group" aria-label=${t('export.title')}>
		<button type="button" class="link" disabled=${busy} onClick=${() => save('csv', toCsv, 'text/csv')}>CSV</button>
		<button type="button" class="link" disabled=${busy} onClick=${() => save('ndjson', toNdjson, 'application/x-ndjson')}>NDJSON</button>
		${error ? html`<${Trouble} error=${error} />` : null}</div>`;
}

/** children(report): what stands beside the rows. */
export function ReportTable({ path, name, caption, columns, empty, keyOf, children }) {
	const [cursors, setCursors] = useState(['']);
	const cursor = cursors[cursors.length - 1];
	useEffect(() => setCursors(['']), [path]);
	const asked = useAsked(() => get(path, cursor ? { cursor } : {}), [path, cursor]);
	return html`<${Asked} of=${asked}>${report => html`<div class="listing">
		${children?.(report) ?? null}
		<div class="list-bar"><${SaveReport} path=${path} name=${name} /></div>
		${report.items.length ? html`<${Rows} quiet caption=${caption} columns=${columns} rows=${report.items} keyOf=${keyOf} />` : empty}
		${cursors.length > 1 || report.next ? html`<nav class="pager" aria-label=${t('table.pages')}>
			<button type="button" class="secondary outline" disabled=${cursors.length === 1} onClick=${() => setCursors(cursors.slice(0, -1))}>${t('table.newer')}</button>
			<span role="status">${t('table.page', { n: cursors.length })}</span>
			<button type="button" class="secondary outline" disabled=${!report.next} onClick=${() => setCursors([...cursors, report.next])}>${t('table.older')}</button></nav>` : null}
		<${AsOf} of=${report.as_of} /></div>`}<//>`;
}
