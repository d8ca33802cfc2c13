// SPDX-License-Identifier: Apache-2.0
// keys.js: my keys: which are live, since when, who holds them; enrol another, revoke one.

import { get, session } from '../lib/api.js';
import { makeKey, seen } from '../lib/keys.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Asked, Card, Id, Notice, Page } from '../parts/bits.js';
import { KeyAlarm } from '../parts/alarm.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Rows } from '../parts/table.js';
import { keyColumns } from './party.js';

export default function Keys() {
	const me = session.value;
	const keys = useAsked(() => get(`/v1/parties/${me.party}/keys`), [me.party]);
	const [open, set] = useState(null);
	const [made, setMade] = useState(null);
	const send = async ({ type, body }) => {
		const { etag } = await get(`/v1/parties/${me.party}`);
		const results = await askToSign([{ type, object: me.party, prev: etag, body }]);
		if (!results?.[0].receipt) return;
		const { items } = await get(`/v1/parties/${me.party}/keys`);
		await seen.put(`keys ${me.party}`, items.filter(k => k.live).map(k => k.kid)); /* signed here: known here */
		set(null);
		keys.again();
	};
	const make = async () => {
		const record = await makeKey();
		setMade(record);
		set({ type: 'key.enrol', prefill: { jwk: record.jwk } });
	};
	const columns = [
		...keyColumns(),
		{ key: 'do', label: t('col.do'), of: k => html`${k.kid === me.record.kid ? html`<strong>${t('key.this')}</strong> ` : null}${k.live ? html`<button type="button" class="link" onClick=${() => set({ type: 'key.revoke', fixed: { kid: k.kid } })}>${t('do.key.revoke')}</button>` : null}` },
	];
	return html`<${Page} title=${t('keys.title')} lead=${t('keys.lead')}>
		<${KeyAlarm} />
		<${Card} title=${t('keys.list')}><${Asked} of=${keys}>${k => html`<${Rows} quiet caption=${t('keys.list')} columns=${columns} rows=${k.items} keyOf=${x => x.kid} />`}<//><//>
		${open
			? html`<${Card} title=${t(`st.${open.type}`)}>${made && open.type === 'key.enrol' ? html`<${Notice} tone="good"><p>${t('keys.made')} <${Id} of=${made.kid} /></p><//>` : null}<${StatementForm} key=${`${open.type}${made?.kid ?? ''}`} type=${open.type} prefill=${open.prefill} fixed=${open.fixed} hide=${['ground']} onDraft=${send} onCancel=${() => set(null)} /><//>`
			: html`<div class="actions"><button type="button" onClick=${make}>${t('keys.make')}</button><button type="button" class="secondary outline" onClick=${() => set({ type: 'key.enrol' })}>${t('keys.bring')}</button></div>`}
		<p class="small">${t('keys.here')}</p>
	<//>`;
}
