// SPDX-License-Identifier: Apache-2.0
// debtor.js: is what is claimed of a debtor real? Its claims against what it confirmed, rejected, committed to and buys,
// with whatever the registry has noticed. Amounts first, as bars of one scale; the claims that nothing speaks for below.

import { get } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, minor, monthText, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Day, Empty, Money, Page, Party, State, Text } from '../parts/bits.js';
import { FindingList } from '../parts/findings.js';
import { AsOf, SaveReport } from '../parts/report.js';
import { Rows } from '../parts/table.js';

const PARTS = [
	['face', 'claims', 'accent'],
	['confirmed_face', 'confirmed', 'good'],
	['unconfirmed_face', 'unconfirmed', 'warn'],
	['rejected_face', 'rejected', 'bad'],
	['suspicious_face', 'suspicious', 'bad'],
	['committed', null, 'calm'],
	['financed', null, 'calm'],
];

/* Bars of one scale, so that one look says how much of the whole is what. */
function Sums({ of: s, declared }) {
	const like = amount => ({ amount, currency: s.currency });
	const rows = [...PARTS.map(([key, count, tone]) => [t(`debtor.${key}`), like(s[key]), tone, count ? s[count] : null]), ...(declared ? [[t('debtor.purchases'), declared, 'calm', null]] : [])];
	const most = rows.map(r => minor(r[1])).reduce((a, b) => (a > b ? a : b), 1n);
	return html`<table class="plain bars"><caption class="hidden">${s.currency}</caption><tbody>${rows.map(
		([name, money, tone, n]) => html`<tr><th scope="row">${name}${n === null ? null : html` <small>${countText(n)}</small>`}</th>
			<td class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="10" /><rect class=${`part ${tone}`} y="1" width=${Number((minor(money) * 10000n) / most) / 100} height="8" /></svg></td>
			<td class="num"><${Money} of=${money} /></td></tr>`,
	)}</tbody></table>`;
}

const claimColumns = () => [
	{ key: 'number', label: t('col.invoice'), of: c => html`<a href=${to(`asset/receivables/${c.id}`)}>${c.number ? html`<${Text} of=${c.number} />` : t('claim.future')}</a>${c.findings ? html` <${Badge} tone="bad">${t('report.suspicious')}<//>` : null}` },
	{ key: 'creditor', label: t('col.creditor'), of: c => html`<${Party} id=${c.creditor} />` },
	{ key: 'face', label: t('col.face'), num: true, of: c => html`<${Money} of=${c.face} />` },
	{ key: 'due', label: t('col.due'), of: c => html`<${Day} of=${c.due_date} />` },
	{ key: 'state', label: t('col.state'), of: c => html`<${State} of=${c.state} />` },
	{ key: 'entry', label: t('col.entry'), of: c => html`<a href=${to(`entry/${c.registered_by}`)}>${countText(c.registered_by)}</a>` },
];

const monthColumns = () => [
	{ key: 'month', label: t('debtor.month'), of: m => monthText(m.month) },
	{ key: 'claims', label: t('report.claims'), num: true, of: m => html`<${Badge}>${countText(m.claims)}<//> <${Money} of=${m.face} />` },
	{ key: 'confirmed', label: t('debtor.confirmed_face'), num: true, of: m => html`<${Money} of=${m.confirmed_face} />` },
	{ key: 'committed', label: t('debtor.committed'), num: true, of: m => html`<${Money} of=${m.committed} />${m.above ? html` <${Badge} tone="bad">${t('debtor.above')}<//>` : null}` },
	{ key: 'paid', label: t('debtor.paid'), num: true, of: m => html`<${Money} of=${m.paid} />` },
];

export default function Debtor({ params: [id] }) {
	const asked = useAsked(async () => ({ ...(await get(`/v1/audit/fictitious/${id}`)), months: (await get(`/v1/audit/purchases/${id}`)).items }), [id]);
	return html`<${Page} title=${t('debtor.title')} lead=${t('debtor.lead')} actions=${html`<a role="button" class="secondary outline" href=${to(`trade/${id}`)}>${t('debtor.network')}</a>`}>
		<p><${Party} id=${id} /></p>
		<${Asked} of=${asked}>${r => html`<div>
			${r.sums.length ? r.sums.map(s => html`<${Card} title=${s.currency}><${Sums} of=${s} declared=${r.purchases?.declared?.currency === s.currency ? r.purchases.declared : null} /><//>`) : html`<${Empty} title=${t('debtor.none')} />`}
			${r.purchases ? html`<p class="small">${t('debtor.source')} <${Text} of=${r.purchases.source} /> ${'\u00b7'} <a href=${to(`entry/${r.purchases.entry}`)}>${t('entry.n', { n: countText(r.purchases.entry) })}</a></p>` : null}
			${r.months.length ? html`<${Card} title=${t('debtor.months')}><${Rows} quiet caption=${t('debtor.months')} columns=${monthColumns()} rows=${r.months} keyOf=${m => m.month + m.face.currency} /><//>` : null}
			${r.findings.length ? html`<${Card} title=${t('findings.title')}><${FindingList} of=${r.findings} /><//>` : null}
			<${Card} title=${t('debtor.doubtful')} actions=${html`<${SaveReport} path=${`/v1/audit/fictitious/${id}`} name="fictitious" rowsAt="claims" />`}>${r.claims.length ? html`<${Rows} quiet caption=${t('debtor.doubtful')} columns=${claimColumns()} rows=${r.claims} />` : html`<${Empty} title=${t('debtor.noDoubt')} />`}${r.more ? html`<p class="small">${t('debtor.more')}</p>` : null}<//>
			<${AsOf} of=${r.as_of} /></div>`}<//>
	<//>`;
}
