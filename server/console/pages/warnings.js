// SPDX-License-Identifier: Apache-2.0
// warnings.js: early warnings in my book, or, for a supervisor, in everybody's.

import { offers, session } from '../lib/api.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Asked, Empty, Page } from '../parts/bits.js';
import { Table } from '../parts/table.js';
import { warningColumns } from '../parts/warnings.js';

export default function Warnings() {
	const all = session.value.roles.some(r => ['regulator', 'court'].includes(r));
	const path = all ? '/v1/audit/warnings' : '/v1/warnings';
	const any = useAsked(async () => (await offers(path)) || null, [path]);
	const [open, set] = useState(true);
	return html`<${Page} title=${t('warnings.title')} lead=${t(all ? 'warnings.leadAll' : 'warnings.lead')}>
		<${Asked} of=${any} empty=${html`<${Empty} title=${t('warnings.notHere')} />`}>${() => html`<div>
			<div class="tabs" role="group" aria-label=${t('inbox.filter')}>${[true, false].map(x => html`<button type="button" class="tab" aria-pressed=${String(x === open)} onClick=${() => set(x)}>${t(x ? 'warnings.open' : 'warnings.all')}</button>`)}</div>
			<${Table} name="warnings" path=${path} params=${open ? { open: 'yes' } : {}} caption=${t('warnings.caption')} columns=${warningColumns()} empty=${html`<${Empty} title=${t('warnings.none')}>${t('warnings.noneMore')}<//>`} /></div>`}<//>
	<//>`;
}
