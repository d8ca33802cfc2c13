// SPDX-License-Identifier: Apache-2.0
// reports.js: what the registry says of everybody at once: debtors by what speaks against them, claims late, guarantees that
// go round, receipts against capacity, a quarter or a year. Looking is on record; a file carries the proof of its place.

import { get, getBytes } from '../lib/api.js';
import { download, go, route, to } from '../lib/route.js';
import { html, useAsked, useSignal, useState } from '../lib/view.js';
import { countText, fromMinor, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Day, Empty, Field, Money, Page, Party, Quantity, Text, Trouble } from '../parts/bits.js';
import { FindingList } from '../parts/findings.js';
import { AsOf, ReportTable } from '../parts/report.js';
import { Rows } from '../parts/table.js';

const some = (n, money, tone) => (n ? html`<${Badge} tone=${tone}>${countText(n)}<//> <${Money} of=${money} />` : html`<span class="none">${'\u2013'}</span>`);

const debtorColumns = () => [
	{ key: 'debtor', label: t('col.debtor'), of: r => html`<${Party} id=${r.debtor} link=${false} /><br /><a href=${to(`debtor/${r.debtor}`)}>${t('report.look')}</a>` },
	{ key: 'claims', label: t('report.claims'), num: true, of: r => html`<${Badge}>${countText(r.claims)}<//> <${Money} of=${r.face} />` },
	{ key: 'confirmed', label: t('report.confirmed'), num: true, of: r => some(r.confirmed, r.confirmed_face, 'good') },
	{ key: 'unconfirmed', label: t('report.unconfirmed'), num: true, of: r => some(r.unconfirmed, r.unconfirmed_face, 'warn') },
	{ key: 'rejected', label: t('report.rejected'), num: true, of: r => some(r.rejected, r.rejected_face, 'bad') },
	{ key: 'suspicious', label: t('report.suspicious'), num: true, of: r => some(r.suspicious, r.suspicious_face, 'bad') },
];

const lateColumns = () => [
	{ key: 'number', label: t('col.invoice'), of: r => html`<a href=${to(`asset/receivables/${r.id}`)}>${r.number ? html`<${Text} of=${r.number} />` : t('claim.future')}</a>` },
	{ key: 'debtor', label: t('col.debtor'), of: r => html`<${Party} id=${r.debtor} />` },
	{ key: 'creditor', label: t('col.creditor'), of: r => html`<${Party} id=${r.creditor} />` },
	{ key: 'open', label: t('col.open'), num: true, of: r => html`<${Money} of=${r.open} />` },
	{ key: 'due', label: t('col.due'), of: r => html`<${Day} of=${r.due_date} />` },
	{ key: 'state', label: t('col.state'), of: r => html`<${Badge} tone=${r.state === 'defaulted' ? 'bad' : 'warn'}>${word('state', r.state)}<//>` },
];

const listedColumns = () => [
	{ key: 'id', label: t('col.debtor'), of: r => html`<${Party} id=${r.id} />` },
	{ key: 'bills', label: t('report.overdueBills'), num: true, of: r => countText(r.overdue_bills ?? 0) },
	{ key: 'suspended', label: t('report.suspended'), of: r => html`<${Day} of=${r.suspended_until} />` },
	{ key: 'barred', label: t('report.barred'), of: r => html`<${Day} of=${r.barred_until} />` },
];

const Late = () => html`<${ReportTable} name="overdue" path="/v1/audit/overdue" caption=${t('report.tab.late')} columns=${lateColumns()} empty=${html`<${Empty} title=${t('report.noLate')} />`}>
	${report => (report.persistent.length ? html`<${Card} title=${t('report.listed')}><${Rows} quiet caption=${t('report.listed')} columns=${listedColumns()} rows=${report.persistent} /><//>` : null)}<//>`;

const guaranteeColumns = () => [
	{ key: 'guarantor', label: t('report.guarantor'), of: r => html`<${Party} id=${r.guarantor} />` },
	{ key: 'acceptor', label: t('report.acceptor'), of: r => html`<${Party} id=${r.acceptor} />` },
	{ key: 'bills', label: t('report.bills'), num: true, of: r => countText(r.bills) },
	{ key: 'total', label: t('col.amount'), num: true, of: r => html`<${Money} of=${r.total} />` },
];

const Circle = ({ of }) => html`<li>${[...of, of[0]].map((id, i) => html`${i ? ' \u2192 ' : ''}<${Party} id=${id} />`)}</li>`;

const Guarantees = () => html`<${ReportTable} name="guarantees" path="/v1/audit/guarantees" caption=${t('report.tab.guarantees')} columns=${guaranteeColumns()} keyOf=${r => r.guarantor + r.acceptor + r.total.currency} empty=${html`<${Empty} title=${t('report.noGuarantees')} />`}>
	${report => html`${report.circles.length ? html`<${Card} tone="bad" title=${t('report.circles', { n: countText(report.circles.length) })}><ul>${report.circles.map(c => html`<${Circle} of=${c} />`)}</ul><//>` : null}
		${report.findings.length ? html`<${Card} title=${t('findings.title')}><${FindingList} of=${report.findings} /><//>` : null}`}<//>`;

const share = ppm => Math.min(100, (ppm ?? 0) / 10000);

/* Receipts, of what the site can hold; red where fewer goods were counted than receipts promise. */
const Hold = ({ of: g }) => html`<div class="fill"><strong><${Text} of=${g.goods} /></strong>
	<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="10" /><rect class=${g.missing ? 'issued bad' : 'issued'} y="2" width=${share(g.filled_ppm)} height="6" /></svg>
	<small>${t('goods.issued')} <${Quantity} of=${g.issued} /> / ${t('goods.capacity')} <${Quantity} of=${g.capacity} />${g.counted ? html` ${'\u00b7'} ${t('goods.counted')} <${Quantity} of=${g.counted} /> (<${Day} of=${g.counted_on} />)` : null}</small>
	${g.missing ? html` <${Badge} tone="bad">${t('goods.short')} <${Quantity} of=${g.missing} /><//>` : null}</div>`;

const yardColumns = () => [
	{ key: 'site', label: t('goods.site'), of: r => html`<a href=${to(`asset/sites/${r.site}`)}><${Text} of=${r.name} /></a>` },
	{ key: 'keeper', label: t('goods.keeper'), of: r => html`<${Party} id=${r.warehouse} />` },
	{ key: 'fill', label: t('goods.fill'), of: r => r.goods.map(g => html`<${Hold} of=${g} />`) },
	{ key: 'receipts', label: t('goods.receipts'), num: true, of: r => countText(r.receipts) },
	{ key: 'pledged', label: t('balance.encumbered'), num: true, of: r => (r.pledged.length ? r.pledged.map(m => html`<div><${Money} of=${m} /></div>`) : '\u2013') },
	{ key: 'findings', label: t('findings.title'), num: true, of: r => (r.findings ? html`<${Badge} tone="bad">${countText(r.findings)}<//>` : '0') },
];

/* --- a quarter, a year --- */

const NAMES = { entries: 'st', refused: 'fault', 'registered-now': 'state', 'late-now': 'state', financed: 'kind' };
const LAST = { entries: 1, refused: 1 };
const figureColumns = section => [
	{ key: 'what', label: t(`report.section.${section}`), of: f => (NAMES[section] ? word(NAMES[section], f.what) : section === 'found' ? html`<code>${f.what}</code>` : t(`report.what.${f.what}`)) },
	{ key: 'count', label: t('report.count'), num: true, of: f => countText(f.count) },
	{ key: 'amount', label: t('col.amount'), num: true, of: f => (f.currency ? html`<${Money} of=${{ amount: f.amount, currency: f.currency }} />` : '\u2013') },
];

function PeriodFigures({ year, quarter }) {
	const asked = useAsked(() => get('/v1/audit/period', { year, quarter }), [year, quarter]);
	const [error, setError] = useState(null);
	const save = async (format, type) => {
		setError(null);
		try {
			download(`report-${year}${quarter ? `-Q${quarter}` : ''}.${format}`, await getBytes('/v1/audit/period', { year, quarter, format }), type);
		} catch (e) {
			setError(e);
		}
	};
	return html`<${Asked} of=${asked}>${report => {
		/* amounts first; the long lists of types behind them */
		const sections = [...new Set(report.figures.map(f => f.section))].sort((a, b) => (a in LAST ? 1 : 0) - (b in LAST ? 1 : 0));
		return html`<div><p class="small">${t('report.entries', { from: countText(report.first_seq), to: countText(report.end_seq) })}${report.over ? null : html` <${Badge} tone="warn">${t('report.running')}<//>`}</p>
			<div class="actions">${[['csv', 'text/csv'], ['html', 'text/html'], ['json', 'application/json']].map(([f, type]) => html`<button type="button" class="secondary outline" onClick=${() => save(f, type)}>${t(`report.save.${f}`)}</button>`)}</div>
			${error ? html`<${Trouble} error=${error} />` : null}
			${sections.length ? sections.map(s => html`<${Rows} quiet caption=${t(`report.section.${s}`)} columns=${figureColumns(s)} rows=${report.figures.filter(f => f.section === s)} keyOf=${f => f.what + (f.currency ?? '')} />`) : html`<${Empty} title=${t('report.nothing')} />`}
			<${AsOf} of=${report.as_of} /></div>`;
	}}<//>`;
}

function Period() {
	const today = new Date();
	const [year, setYear] = useState(today.getUTCFullYear());
	const [quarter, setQuarter] = useState(String(1 + Math.floor(today.getUTCMonth() / 3)));
	return html`<div><div class="find"><${Field} id="report-year" label=${t('report.year')} need><select id="report-year" value=${year} onChange=${e => setYear(Number(e.target.value))}>${[0, 1, 2, 3, 4].map(n => today.getUTCFullYear() - n).map(y => html`<option value=${y} selected=${y === year}>${y}</option>`)}</select><//>
		<${Field} id="report-quarter" label=${t('report.quarter')} need><select id="report-quarter" value=${quarter} onChange=${e => setQuarter(e.target.value)}>${['', '1', '2', '3', '4'].map(q => html`<option value=${q} selected=${q === quarter}>${q ? t('report.q', { n: q }) : t('report.whole')}</option>`)}</select><//></div>
		<p class="small">${t('report.long')}</p>
		<${PeriodFigures} year=${year} quarter=${quarter} /></div>`;
}

const TABS = {
	debtors: () => html`<${ReportTable} name="debtors" path="/v1/audit/debtors" caption=${t('report.tab.debtors')} columns=${debtorColumns()} keyOf=${r => r.debtor + r.face.currency} empty=${html`<${Empty} title=${t('report.noDebtors')} />`} />`,
	late: Late,
	guarantees: Guarantees,
	warehouses: () => html`<${ReportTable} name="warehouses" path="/v1/audit/warehouses" caption=${t('report.tab.warehouses')} columns=${yardColumns()} keyOf=${r => r.site} empty=${html`<${Empty} title=${t('goods.noSites')} />`} />`,
	period: Period,
};

export default function Reports() {
	const where = useSignal(route);
	const tab = where.query.get('of') in TABS ? where.query.get('of') : 'debtors';
	return html`<${Page} title=${t('report.title')} lead=${t('report.lead')}>
		<div class="tabs" role="group" aria-label=${t('report.which')}>${Object.keys(TABS).map(s => html`<button type="button" class="tab" aria-pressed=${String(s === tab)} onClick=${() => go('reports', { of: s })}>${t(`report.tab.${s}`)}</button>`)}</div>
		<${TABS[tab]} key=${tab} />
	<//>`;
}
