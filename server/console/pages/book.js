// SPDX-License-Identifier: Apache-2.0
// book.js: the bank's book: what waits for its acceptance, what it holds, by age and by debtor.

import { getIfAny, session } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { countText, daysUntil, fromMinor, minor, moneyText, percentText, t, word } from '../lib/words.js';
import { Asked, Card, Day, Empty, Id, Money, Notice, Page, Party, State, When } from '../parts/bits.js';
import { Columns } from '../parts/chart.js';
import { Tiles } from '../parts/tiles.js';
import { WarningList } from '../parts/warnings.js';
import { FindingList } from '../parts/findings.js';
import { askToSign } from '../parts/sign.js';
import { Rows, Table, everyRow } from '../parts/table.js';

const WAITING = ['granted', 'offered', 'pending', 'promised'];
const AGES = [
	['overdue', d => d < 0],
	['30', d => d >= 0 && d <= 30],
	['60', d => d > 30 && d <= 60],
	['90', d => d > 60 && d <= 90],
	['180', d => d > 90 && d <= 180],
	['later', d => !(d <= 180)],
];
const MOST = 2000; /* the newest of them are enough to see what a book is like; more is said to be left out */

/* My live encumbrances with the receivable behind each: what is due when, and from whom. */
async function readBook(me) {
	const all = await everyRow('/v1/encumbrances', {}, null, MOST);
	const mine = all.filter(e => e.secured_party === me && e.state === 'live');
	const lent = new Map((await everyRow('/v1/receivables', {}, null, MOST)).map(r => [r.id, r]));
	return mine.map(e => ({ ...e, receivable: lent.get(e.asset) ?? null, left: all.length >= MOST }));
}

function Ageing({ rows, like }) {
	const sums = AGES.map(([key, fits]) => [key, rows.filter(e => fits(daysUntil(e.receivable?.due_date ?? e.due ?? e.until))).reduce((n, e) => n + minor(e.open), 0n)]);
	return html`<${Columns} title=${t('book.ageing')} unit=${like.currency} rows=${sums.map(([k, n]) => ({ label: t(`book.age.${k}`), value: Number(n) / 100, text: moneyText(fromMinor(n, like)) }))} />`;
}

function Concentration({ rows, like }) {
	const by = new Map();
	/* who has to pay: the debtor of a claim; of goods and paper, who pledged them */
	for (const e of rows) by.set(e.receivable?.debtor ?? e.grantor, (by.get(e.receivable?.debtor ?? e.grantor) ?? 0n) + minor(e.open));
	const all = [...by.values()].reduce((a, b) => a + b, 0n) || 1n;
	const list = [...by].sort((a, b) => (a[1] < b[1] ? 1 : -1)).slice(0, 10).map(([id, n]) => ({ id, n, share: Number((n * 1000n) / all) / 1000 }));
	const columns = [
		{ key: 'debtor', label: t('col.debtor'), of: r => html`<${Party} id=${r.id} />` },
		{ key: 'amount', label: t('col.open'), num: true, of: r => html`<${Money} of=${fromMinor(r.n, like)} />` },
		{ key: 'share', label: t('book.share'), num: true, of: r => html`<span class="share"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="part" width=${100 * r.share} height="8" /></svg>${percentText(r.share)}</span>` },
	];
	return html`<${Rows} quiet caption=${t('book.concentration')} columns=${columns} rows=${list} />`;
}

/* Where the debtors are, when the registry knows it of any of them. */
function Where() {
	const asked = useAsked(() => getIfAny('/v1/network/regions'), []);
	const [chosen, choose] = useState(null);
	const by = new Map();
	for (const r of asked.data?.items ?? []) by.set(r.region, (by.get(r.region) ?? 0n) + minor(r.held));
	if (![...by.keys()].some(Boolean)) return null;
	const tiles = new Map([...by].map(([region, n]) => [region, { value: Number(n), text: moneyText(fromMinor(n, asked.data.held)) }]));
	return html`<${Card} title=${t('book.where')}><${Tiles} of=${tiles} label=${t('book.where')} chosen=${chosen} onChoose=${choose} />${chosen !== null && tiles.has(chosen) ? html`<p role="status">${tiles.get(chosen).text}</p>` : null}<//>`;
}

function Waiting({ turn, onDone }) {
	const me = session.value.party;
	const asked = useAsked(async () => (await everyRow('/v1/encumbrances', {}, null, MOST)).filter(e => e.secured_party === me && WAITING.includes(e.state)), [me, turn]);
	const answer = async (type, e) => {
		const results = await askToSign([{ type, object: e.id, prev: e.etag, body: {}, fill: { amount: e.amount, grantor: e.grantor, kind: e.kind } }]);
		if (results) onDone();
	};
	const columns = [
		{ key: 'id', label: t('col.object'), of: e => html`<a href=${to(`asset/encumbrances/${e.id}`)}><${Id} plain of=${e.id} /></a>` },
		{ key: 'kind', label: t('col.kind'), of: e => word('kind', e.kind) },
		{ key: 'grantor', label: t('col.grantor'), of: e => html`<${Party} id=${e.grantor} />` },
		{ key: 'amount', label: t('col.amount'), num: true, of: e => html`<${Money} of=${e.amount} />` },
		{ key: 'by', label: t('book.by'), of: e => html`<${When} of=${e.accept_by} />` },
		{ key: 'do', label: t('col.do'), of: e => html`<div class="row-actions"><a href=${to('check', { claim: e.asset })}>${t('nav.check')}</a> <button type="button" onClick=${() => answer('encumbrance.accept', e)}>${t('do.encumbrance.accept')}</button></div>` },
	];
	return html`<${Asked} of=${asked}>${rows => (rows.length ? html`<${Rows} quiet caption=${t('book.waiting')} columns=${columns} rows=${rows} />` : html`<${Empty} title=${t('book.noneWaiting')} />`)}<//>`;
}

export default function Book() {
	const me = session.value.party;
	const [turn, set] = useState(0);
	const book = useAsked(() => readBook(me), [me, turn]);
	const found = useAsked(async () => (await getIfAny('/v1/findings', { open: 'yes', limit: 50 }))?.items ?? null, [me]);
	const warnings = useAsked(async () => (await getIfAny('/v1/warnings', { open: 'yes', limit: 20 }))?.items ?? null, [me]);
	const again = () => set(turn + 1);
	const release = async e => {
		const results = await askToSign([{ type: 'encumbrance.release', object: e.id, prev: e.etag, body: {}, fill: { amount: e.open, grantor: e.grantor } }]);
		if (results) again();
	};
	const columns = [
		{ key: 'asset', label: t('col.asset'), of: e => html`<a href=${to(`asset/any/${e.asset}`)}><${Id} plain of=${e.asset} /></a>` },
		{ key: 'kind', label: t('col.kind'), of: e => word('kind', e.kind) },
		{ key: 'grantor', label: t('col.grantor'), of: e => html`<${Party} id=${e.grantor} />` },
		{ key: 'open', label: t('col.open'), num: true, of: e => html`<${Money} of=${e.open} />` },
		{ key: 'rank', label: t('col.rank'), of: e => e.rank ?? '\u2013' },
		{ key: 'until', label: t('f.until'), of: e => html`<${Day} of=${e.until} />` },
		{ key: 'state', label: t('col.state'), of: e => html`<${State} of=${e.state} />` },
		{ key: 'do', label: t('col.do'), of: e => (e.state === 'live' ? html`<button type="button" class="link" onClick=${() => release(e)}>${t('do.encumbrance.release')}</button>` : null) },
	];
	const holds = [
		{ key: 'asset', label: t('col.asset'), of: h => (h.asset ? html`<a href=${to(`asset/any/${h.asset}`)}><${Id} plain of=${h.asset} /></a>` : t('book.byFacts')) },
		{ key: 'amount', label: t('col.amount'), num: true, of: h => html`<${Money} of=${h.amount} />` },
		{ key: 'until', label: t('f.until'), of: h => html`<${When} of=${h.until} />` },
		{ key: 'state', label: t('col.state'), of: h => html`<${State} of=${h.state} />` },
		{ key: 'do', label: t('col.do'), of: h => (h.state === 'live' || h.state === 'active' ? html`<button type="button" class="link" onClick=${async () => ((await askToSign([{ type: 'hold.release', object: h.id, prev: h.etag, body: {} }])) && again())}>${t('do.hold.release')}</button>` : null) },
	];
	return html`<${Page} title=${t('book.title')} lead=${t('book.lead')}>
		<${Card} title=${t('book.waiting')}><${Waiting} turn=${turn} onDone=${again} /><//>
		${warnings.data?.length ? html`<${Card} tone="warn" title=${t('book.warnings')}><${WarningList} of=${warnings.data} /><p><a href=${to('warnings')}>${t('warnings.allLink')}</a></p><//>` : null}
		${found.data?.length ? html`<${Card} tone="warn" title=${t('book.findings')}><${FindingList} of=${found.data} /><//>` : null}
		<${Asked} of=${book}>${rows => {
			const like = rows[0]?.open;
			const same = rows.filter(e => e.open.currency === like?.currency);
			if (!rows.length) return html`<${Card} title=${t('book.ageing')}><${Empty} title=${t('book.none')} /><//>`;
			return html`<div class="columns even"><${Card} title=${t('book.ageing')}><p><${Money} strong of=${fromMinor(same.reduce((n, e) => n + minor(e.open), 0n), like)} /> <small>${t('book.count', { n: countText(rows.length) })}</small></p><${Ageing} rows=${same} like=${like} /><//>
				<${Card} title=${t('book.concentration')}><${Concentration} rows=${same} like=${like} /><//></div>${rows.some(e => e.left) ? html`<p class="small">${t('book.first', { n: countText(MOST) })}</p>` : null}<${Where} />`;
		}}<//>
		<${Card} title=${t('book.all')}><${Table} key=${`e${turn}`} name="encumbrances" path="/v1/encumbrances" quiet caption=${t('book.all')} columns=${columns} keep=${e => e.secured_party === me && !WAITING.includes(e.state)} /><//>
		<${Card} title=${t('book.holds')}><${Table} key=${`h${turn}`} name="holds" path="/v1/holds" quiet caption=${t('book.holds')} columns=${holds} empty=${html`<${Notice}><p>${t('book.noHolds')}</p><//>`} /><//>
	<//>`;
}

