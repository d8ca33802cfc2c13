// SPDX-License-Identifier: Apache-2.0
// claims.js: the supplier's receivables: what is owed to it, and what stands on it.

import { session } from '../lib/api.js';
import { assetPath, go, route, to } from '../lib/route.js';
import { html, useSignal } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Badge, Day, Empty, Money, Page, Party, State, Text } from '../parts/bits.js';
import { KeyAlarm } from '../parts/alarm.js';
import { Table } from '../parts/table.js';

const FILTERS = ['all', 'registered', 'confirmed', 'disputed', 'overdue', 'settled'];

export default function Claims() {
	const where = useSignal(route);
	const state = where.query.get('state') ?? 'all';
	const me = session.value.party;
	const columns = [
		{ key: 'invoice', label: t('col.invoice'), of: r => html`<a href=${assetPath(r)}>${r.invoice ? html`<${Text} of=${r.invoice.number} />` : t('claim.future')}</a>` },
		{ key: 'debtor', label: t('col.debtor'), of: r => html`<${Party} id=${r.debtor} />` },
		{ key: 'open', label: t('col.open'), num: true, of: r => html`<${Money} of=${r.open} />` },
		{ key: 'encumbered', label: t('balance.encumbered'), num: true, of: r => html`<${Money} of=${r.encumbered} />` },
		{ key: 'free', label: t('balance.free'), num: true, of: r => html`<${Money} of=${r.free} />` },
		{ key: 'due', label: t('col.due'), of: r => html`<${Day} of=${r.due_date} />` },
		{ key: 'state', label: t('col.state'), of: r => html`<${State} of=${r.state} />${r.existing ? null : html` <${Badge}>${t('claim.futureShort')}<//>`}` },
	];
	return html`<${Page} title=${t('claims.title')} lead=${t('claims.lead')} actions=${html`<a role="button" href=${to('register')}>${t('nav.register')}</a>`}>
		<${KeyAlarm} />
		<div class="tabs" role="group" aria-label=${t('inbox.filter')}>${FILTERS.map(
			s => html`<button type="button" class="tab" aria-pressed=${String(s === state)} onClick=${() => go('claims', { state: s })}>${t(`inbox.tab.${s}`)}</button>`,
		)}</div>
		<${Table} live name="receivables" path="/v1/receivables" params=${state === 'all' ? {} : { state }} keep=${r => r.creditor === me} caption=${t('claims.caption')} columns=${columns}
			empty=${html`<${Empty} title=${t('claims.none')}>${t('claims.noneMore')}<//>`} />
	<//>`;
}
