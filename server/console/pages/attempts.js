// SPDX-License-Identifier: Apache-2.0
// attempts.js: what was tried and refused. Each line is signed by the one who tried.

import { payloadOf } from '../lib/entry.js';
import { to } from '../lib/route.js';
import { html } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Badge, Empty, Id, Money, Page, Party, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';

const amountOf = e => {
	const body = payloadOf(e.statement)?.body;
	return body?.face ?? body?.amount ?? body?.value;
};

export default function Attempts() {
	const columns = [
		{ key: 'seq', label: t('col.entry'), of: e => html`<a href=${to(`entry/${e.seq}`)}>${countText(e.seq)}</a>` },
		{ key: 'at', label: t('col.at'), of: e => html`<${When} of=${e.accepted_at} />` },
		{ key: 'issuer', label: t('col.issuer'), of: e => html`<${Party} id=${e.issuer} />` },
		{ key: 'type', label: t('col.tried'), of: e => word('st', e.type) },
		{ key: 'amount', label: t('col.amount'), num: true, of: e => html`<${Money} of=${amountOf(e)} />` },
		{ key: 'fault', label: t('col.refused'), of: e => html`<${Badge} tone="bad">${word('fault', e.fault)}<//>` },
		{ key: 'object', label: t('col.object'), of: e => html`<a href=${to(`asset/any/${e.object}`)}><${Id} plain of=${e.object} /></a>` },
	];
	return html`<${Page} title=${t('attempts.title')} lead=${t('attempts.lead')}>
		<${Table} name="attempts" path="/v1/audit/attempts" caption=${t('attempts.caption')} columns=${columns} keyOf=${e => e.seq}
			empty=${html`<${Empty} title=${t('attempts.none')}>${t('attempts.noneMore')}<//>`} />
	<//>`;
}
