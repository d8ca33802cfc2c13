// SPDX-License-Identifier: Apache-2.0
// access.js: who looked at my data and what for; and what I looked at.

import { session } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Empty, Id, Page, Party, Text, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';

export default function Access() {
	const all = session.value.roles.some(r => ['regulator', 'court'].includes(r));
	const columns = [
		{ key: 'at', label: t('col.at'), of: a => html`<${When} of=${a.at} />` },
		{ key: 'who', label: t('access.who'), of: a => html`<${Party} id=${a.who} />` },
		{ key: 'what', label: t('access.what'), of: a => word('access', a.what) },
		{ key: 'purpose', label: t('f.purpose'), of: a => (a.purpose ? html`<${Text} of=${word('purpose', a.purpose)} />` : html`<span class="none">${t('access.unsaid')}</span>`) },
		{ key: 'subject', label: t('access.subject'), of: a => html`<${Party} id=${a.subject} />` },
		{ key: 'consent', label: t('access.consent'), of: a => (a.consent ? html`<${Id} plain of=${a.consent} />` : '\u2013') },
		{ key: 'seq', label: t('access.seq'), of: a => (a.seq === undefined ? '\u2013' : html`<a href=${to(`entry/${a.seq ? a.seq - 1 : 0}`)}>${a.seq}</a>`) },
		{ key: 'object', label: t('col.object'), of: a => (a.object ? html`<a href=${to(`asset/any/${a.object}`)}><${Id} plain of=${a.object} /></a>` : '\u2013') },
	];
	const consents = [
		{ key: 'state', label: t('col.state'), of: c => word('consent', c.state) },
		{ key: 'subject', label: t('access.subject'), of: c => html`<${Party} id=${c.subject} />` },
		{ key: 'reader', label: t('f.reader'), of: c => html`<${Party} id=${c.reader} />` },
		{ key: 'scope', label: t('f.scope'), of: c => c.scope.map(s => word('scope', s)).join(', ') },
		{ key: 'purpose', label: t('f.purpose'), of: c => word('purpose', c.purpose) },
		{ key: 'until', label: t('f.until'), of: c => html`<${When} of=${c.until} />` },
		{ key: 'id', label: t('col.do'), of: c => (c.subject === session.value.party && c.state !== 'withdrawn' ? html`<a href=${to(`statements/consent.withdraw/${c.id}`)}>${word('st', 'consent.withdraw')}</a>` : '\u2013') },
	];
	return html`<${Page} title=${t('access.title')} lead=${t(all ? 'access.leadAll' : 'access.lead')}>
		<${Table} name="access" path="/v1/audit/access" caption=${t('access.title')} columns=${columns} keyOf=${a => a.number} empty=${html`<${Empty} title=${t('access.none')} />`} />
		<h2>${t('access.consents')}</h2>
		<p>${t('access.consentsLead')} <a href=${to('statements/consent.grant')}>${word('st', 'consent.grant')}</a></p>
		<${Table} name="consents" path="/v1/consents" caption=${t('access.consents')} columns=${consents} keyOf=${c => c.id} empty=${html`<${Empty} title=${t('access.consentsNone')} />`} /><//>`;
}
