// SPDX-License-Identifier: Apache-2.0
// play.js: the way into a demonstration: a link, printed by `counterfoil demo`, that carries a play key behind its #, where
// no server sees it. Only a demonstration's log takes one; nobody is signed in by a link alone, and the address forgets
// the key as soon as it is read.

import { signIn, wellKnown } from '../lib/api.js';
import { concat, fromB64url, fromHex, hex } from '../lib/bytes.js';
import { importKey } from '../lib/keys.js';
import { html, useAsked, useState } from '../lib/view.js';
import { known, t } from '../lib/words.js';
import { Asked, Busy, Notice, Page, Trouble } from '../parts/bits.js';
import { isDemo } from './welcome.js';

/* play/<who>/<seed of the key><party>: 32 and 16 bytes, base64url */
const LINK = /^[A-Za-z0-9_-]{64}$/;
/* What stands before the seed in a private key of RFC 8410. */
const PKCS8 = fromHex('302e020100300506032b657004220420');

function read([who, link]) {
	if (!LINK.test(link ?? '')) return null;
	const bytes = fromB64url(link);
	const party = hex(bytes.slice(32)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
	return { who: known(`play.${who}`) ? who : 'somebody', seed: bytes.slice(0, 32), party };
}

/* The browser itself works out the public half; then the key is brought in as any other, and cannot be read out again. */
async function keyOf(seed) {
	const open = await crypto.subtle.importKey('pkcs8', concat(PKCS8, seed), { name: 'Ed25519' }, true, ['sign']);
	return importKey(JSON.stringify(await crypto.subtle.exportKey('jwk', open)));
}

export default function Play({ params }) {
	const [link] = useState(() => {
		const found = read(params);
		history.replaceState(null, '', '#/play');
		return found;
	});
	const about = useAsked(wellKnown, []);
	const [state, set] = useState({});
	const enter = async () => {
		set({ busy: true });
		try {
			const record = await keyOf(link.seed);
			history.replaceState(null, '', '#/');
			await signIn(record, link.party);
			dispatchEvent(new HashChangeEvent('hashchange'));
		} catch (error) {
			set({ error });
		}
	};
	return html`<${Page} title=${t('play.title')}><${Asked} of=${about}>${a => {
		if (!isDemo(a)) return html`<${Notice} tone="bad" role="alert" title=${t('play.never')}><p>${t('play.neverMore')}</p><//>`;
		if (!link) return html`<${Notice} tone="warn" title=${t('play.broken')}><p>${t('play.brokenMore')} <a href="#/">${t('page.home')}</a></p><//>`;
		return html`<div class="play"><p class="sentence">${t('play.lead', { who: t(`play.${link.who}`) })}</p>
			${state.error ? html`<${Trouble} error=${state.error} />` : null}
			${state.busy ? html`<${Busy} what=${t('signin.busy')} />` : html`<button type="button" class="big" onClick=${enter}>${t('play.enter', { who: t(`play.${link.who}`) })}</button>`}
			<p class="small">${t('play.weight')}</p></div>`;
	}}<//><//>`;
}
