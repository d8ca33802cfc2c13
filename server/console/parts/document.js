// SPDX-License-Identifier: Apache-2.0
// document.js: what a trade document says, and a claim held against it fact by fact.

import { getIfAny } from '../lib/api.js';
import { html, useAsked } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Asked, Badge, Card, Day, Facts, Id, Money, Notice, Party, Text } from './bits.js';

const who = p => (p ? html`<${Text} of=${p.name} />${p.ids?.length ? html`<br /><small><${Text} of=${p.ids[0].value} /></small>` : null}` : null);

export function Findings({ of }) {
	if (!of?.length) return html`<p class="good-line">${'\u2713'} ${t('document.sound')}</p>`;
	return html`<ul class="findings">${of.map(
		f => html`<li><${Badge} tone=${f.severity === 'E' ? 'bad' : 'warn'}>${f.rule}<//> <${Text} of=${f.text} />${f.detail ? html`<br /><small><${Text} of=${f.detail} /></small>` : null}</li>`,
	)}</ul>`;
}

export const documentRows = d => [
	[t('doc.kind'), word('doc.kind', d.kind)],
	[t('doc.level'), html`<${Badge} tone=${d.level === 'L0' ? 'bad' : d.level === 'L1' ? 'calm' : 'good'}>${word('level', d.level)}<//>`],
	[t('doc.number'), d.number ? html`<${Text} of=${d.number} />` : null],
	[t('doc.issued'), d.issue_date ? html`<${Day} of=${d.issue_date} />` : null],
	[t('doc.due'), d.due_date ? html`<${Day} of=${d.due_date} />` : null],
	[t('doc.seller'), who(d.seller)],
	[t('doc.buyer'), who(d.buyer)],
	[t('doc.net'), d.total_net ? html`<${Money} of=${d.total_net} />` : null],
	[t('doc.tax'), d.total_tax ? html`<${Money} of=${d.total_tax} />` : null],
	[t('doc.payable'), d.payable ? html`<${Money} strong of=${d.payable} />` : null],
	[t('doc.order'), d.order_ref ? html`<${Text} of=${d.order_ref} />` : null],
	[t('doc.contract'), d.contract_ref ? html`<${Text} of=${d.contract_ref} />` : null],
	[t('doc.despatch'), d.despatch_ref ? html`<${Text} of=${d.despatch_ref} />` : null],
];

export const DocumentCard = ({ of: d, title }) => html`<${Card} title=${title ?? t('document.title')}>
	<${Facts} rows=${documentRows(d)} /><${Findings} of=${d.findings} />
	${d.lines?.length ? html`<details><summary>${t('document.lines', { n: d.lines.length })}</summary><ul class="lines">${d.lines.map(
		l => html`<li><${Text} of=${l.name} /> <small><${Text} of=${`${l.quantity ?? ''} ${l.unit ?? ''}`} /></small> <${Money} of=${l.net} /></li>`,
	)}</ul></details>` : null}<//>`;

const Same = ({ a, b, children }) => html`<span class=${a === b ? 'same' : 'differs'}>${children}${a === b ? '' : html` <${Badge} tone="bad">${t('document.differs')}<//>`}</span>`;

/** A claim, and the invoice it names, side by side. */
export function DocumentBeside({ claim }) {
	const sha = claim.documents?.[0];
	const asked = useAsked(() => (sha ? getIfAny(`/v1/documents/${sha}`) : null), [sha]);
	return html`<${Card} title=${t('beside.title')}>
		<${Facts} rows=${[
			[t('col.creditor'), html`<${Party} id=${claim.creditor} />`],
			[t('beside.claimed'), html`<${Money} strong of=${claim.face} />`],
			[t('beside.claimedDue'), html`<${Day} of=${claim.due_date} />`],
			[t('beside.existing'), t(claim.existing ? 'beside.delivered' : 'beside.future')],
			[t('beside.level'), word('level', `L${claim.level}`)],
		]} />
		${sha
			? html`<${Asked} of=${asked} empty=${html`<${Notice} tone="warn"><p>${t('beside.hidden')}</p><//>`}>${d => html`<div>
				<h3>${t('beside.document')}</h3>
				<${Facts} rows=${[
					[t('doc.number'), html`<${Same} a=${d.number} b=${claim.invoice?.number}><${Text} of=${d.number} /><//>`],
					[t('doc.payable'), html`<${Same} a=${d.payable?.amount} b=${claim.face.amount}><${Money} strong of=${d.payable} /><//>`],
					[t('doc.due'), d.due_date ? html`<${Same} a=${d.due_date} b=${claim.due_date}><${Day} of=${d.due_date} /><//>` : null],
					...documentRows(d).filter(r => ![t('doc.number'), t('doc.payable'), t('doc.due')].includes(r[0])),
				]} />
				<${Findings} of=${d.findings} />
				<p class="small">SHA-256 <${Id} of=${sha} /></p></div>`}<//>`
			: html`<${Notice} tone="warn"><p>${t('beside.none')}</p><//>`}
	<//>`;
}
