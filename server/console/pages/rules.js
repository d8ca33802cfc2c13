// SPDX-License-Identifier: Apache-2.0
// rules.js: every rule with a number, every version of it, and which entry made it so.

import { plain, session } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Page, When } from '../parts/bits.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Export, Rows } from '../parts/table.js';

export default function Rules() {
	const rules = useAsked(() => plain('/v1/rules'), []);
	const [now, set] = useState(true);
	const [open, setOpen] = useState(false);
	const publishes = session.value?.roles.includes('operator');
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, prev: null, body }]);
		if (results?.[0].receipt) (setOpen(false), rules.again());
	};
	const columns = [
		{ key: 'rule', label: t('f.rule'), of: r => html`<span>${word('rule', r.rule)}<br /><small><code>${r.rule}@${r.version}</code></small></span>` },
		{ key: 'value', label: t('f.value'), num: true, of: r => Object.entries(r.values).map(([unit, v]) => `${countText(v)} ${word('unit', unit)}`).join(' ') },
		{ key: 'country', label: t('f.country'), of: r => r.country ?? t('rules.everywhere') },
		{ key: 'effective', label: t('rules.from'), of: r => html`<${When} of=${r.effective} />` },
		{ key: 'state', label: t('col.state'), of: r => (r.in_force ? html`<${Badge} tone="good">${t('rules.inForce')}<//>` : html`<${Badge}>${t('rules.notNow')}<//>`) },
		{ key: 'seq', label: t('col.entry'), of: r => html`<a href=${to(`entry/${r.seq}`)}>${countText(r.seq)}</a>` },
	];
	return html`<${Page} title=${t('rules.title')} lead=${t('rules.lead')}>
		<div class="tabs" role="group" aria-label=${t('rules.title')}><button type="button" class="tab" aria-pressed=${String(now)} onClick=${() => set(true)}>${t('rules.now')}</button><button type="button" class="tab" aria-pressed=${String(!now)} onClick=${() => set(false)}>${t('rules.all')}</button></div>
		${publishes ? html`<${Card} title=${t('st.rule.publish')}>${open ? html`<${StatementForm} type="rule.publish" onDraft=${send} onCancel=${() => setOpen(false)} />` : html`<button type="button" class="secondary" onClick=${() => setOpen(true)}>${t('do.rule.publish')}</button>`}<//>` : null}
		<${Asked} of=${rules}>${r => html`<div class="listing"><div class="list-bar"><${Export} rows=${r.items} name="rules" /></div><${Rows} caption=${t('rules.caption')} columns=${columns} rows=${r.items.filter(x => !now || x.in_force)} keyOf=${x => `${x.rule}@${x.version}${x.country ?? ''}${x.month ?? ''}`} /></div>`}<//>
	<//>`;
}
