// SPDX-License-Identifier: Apache-2.0
// alarm.js: a key of mine that this browser did not know of. Whoever enrols a key in my name can sign in my name.

import { get, session } from '../lib/api.js';
import { seen } from '../lib/keys.js';
import { to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Id, Notice } from './bits.js';

export function KeyAlarm() {
	const me = session.value.party;
	const [gone, set] = useState(false);
	const { data } = useAsked(async () => {
		const { items } = await get(`/v1/parties/${me}/keys`);
		const live = items.filter(k => k.live).map(k => k.kid);
		const known = await seen.get(`keys ${me}`);
		if (!known) await seen.put(`keys ${me}`, live);
		return { live, strange: known ? live.filter(k => !known.includes(k)) : [] };
	}, [me]);
	if (gone || !data?.strange.length) return null;
	const mine = async () => {
		await seen.put(`keys ${me}`, data.live);
		set(true);
	};
	return html`<${Notice} tone="bad" role="alert" title=${t('alarm.key')}>
		<p>${t('alarm.keyMore')}</p><ul>${data.strange.map(k => html`<li><${Id} of=${k} /></li>`)}</ul>
		<div class="actions"><a role="button" href=${to('keys')}>${t('alarm.look')}</a>
		<button type="button" class="secondary outline" onClick=${mine}>${t('alarm.mine')}</button></div><//>`;
}
