// SPDX-License-Identifier: Apache-2.0
// findings.js: what the registry has noticed by itself: patterns no single statement shows; and their review.

import { offers, session } from '../lib/api.js';
import { go, route } from '../lib/route.js';
import { html, useAsked, useSignal, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Asked, Card, Empty, Page } from '../parts/bits.js';
import { FAMILIES, FindingList, familyOf, findingColumns } from '../parts/findings.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Table } from '../parts/table.js';

export default function Findings() {
	const any = useAsked(async () => (await offers('/v1/findings')) || null, []);
	const where = useSignal(route);
	const family = FAMILIES.includes(where.query.get('of')) ? where.query.get('of') : '';
	const [only, setOnly] = useState(true);
	const [at, look] = useState(null);
	const [turn, again] = useState(0);
	const reviews = session.value.roles.some(r => ['regulator', 'court', 'operator'].includes(r));
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, object: at.id, prev: at.etag, body }]);
		if (results?.[0].receipt) (look(null), again(turn + 1));
	};
	return html`<${Page} title=${t('findings.title')} lead=${t('findings.lead')}>
		<${Asked} of=${any} empty=${html`<${Empty} title=${t('findings.notHere')}>${t('findings.notHereMore')}<//>`}>${() => html`<div>
			<div class="tabs" role="group" aria-label=${t('inbox.filter')}>${[true, false].map(x => html`<button type="button" class="tab" aria-pressed=${String(x === only)} onClick=${() => setOnly(x)}>${t(x ? 'findings.open' : 'findings.allTab')}</button>`)}
				<label class="hidden" for="finding-family">${t('findings.family')}</label><select id="finding-family" class="tab-select" value=${family} onChange=${e => go('findings', { of: e.target.value })}><option value="">${t('findings.everyFamily')}</option>${FAMILIES.map(f => html`<option value=${f} selected=${f === family}>${t(`family.${f}`)}</option>`)}</select></div>
			${at ? html`<${Card} title=${t('st.finding.review')}><${FindingList} of=${[at]} /><${StatementForm} key=${at.id} type="finding.review" onDraft=${send} onCancel=${() => look(null)} /><//>` : null}
			<${Table} key=${turn} name="findings" path="/v1/findings" params=${only ? { open: 'yes' } : {}} keep=${f => !family || familyOf(f) === family} caption=${t('findings.caption')} columns=${findingColumns(reviews ? look : null)} empty=${html`<${Empty} title=${t('findings.none')} />`} /></div>`}<//>
	<//>`;
}
