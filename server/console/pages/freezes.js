// SPDX-License-Identifier: Apache-2.0
// freezes.js: a regulator or court freezes an asset or a party, and lifts it again by the entry that did it.

import { get } from '../lib/api.js';
import { payloadOf } from '../lib/entry.js';
import { html, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Card, Field, Page, Trouble } from '../parts/bits.js';
import { StatementForm } from '../parts/form.js';
import { askToSign, Sentence } from '../parts/sign.js';

function Lift() {
	const [seq, set] = useState('');
	const [found, setFound] = useState(null);
	const [error, setError] = useState(null);
	const look = async e => {
		e.preventDefault();
		setError(null);
		setFound(null);
		try {
			const entry = await get(`/v1/entries/${seq}`);
			const payload = payloadOf(entry.statement);
			if (payload?.type !== 'freeze.place' || entry.outcome) throw Object.assign(new Error(), { code: 'freeze.notOne' });
			setFound({ entry, payload });
		} catch (x) {
			setError(x);
		}
	};
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, object: found.payload.object, prev: found.entry.statement_hash, body }]);
		if (results?.[0].receipt) setFound(null);
	};
	return html`<${Card} title=${t('freeze.lift')}><form class="find" onSubmit=${look} novalidate><${Field} id="freeze-seq" label=${t('freeze.entry')} need><input id="freeze-seq" inputmode="numeric" value=${seq} onInput=${e => set(e.target.value.trim())} /><//><button type="submit" class="secondary" disabled=${!/^\d+$/.test(seq)}>${t('freeze.find')}</button></form>
		${error ? html`<${Trouble} error=${error} />` : null}
		${found ? html`<div><${Sentence} draft=${found.payload} /><${StatementForm} type="freeze.lift" onDraft=${send} onCancel=${() => setFound(null)} /></div>` : null}<//>`;
}

export default function Freezes({ params }) {
	const [what, set] = useState(params[0] === 'party' ? 'party' : 'asset');
	const send = async ({ type, body }) => askToSign([{ type, prev: null, body }]);
	return html`<${Page} title=${t('freeze.title')} lead=${t('freeze.lead')}><div class="columns even">
		<${Card} title=${t('freeze.place')}>
			<div class="tabs" role="group" aria-label=${t('freeze.what')}>${['asset', 'party'].map(x => html`<button type="button" class="tab" aria-pressed=${String(x === what)} onClick=${() => set(x)}>${t(`freeze.${x}`)}</button>`)}</div>
			<${StatementForm} key=${what} type="freeze.place" prefill=${params[1] ? { [what]: params[1] } : {}} hide=${[what === 'asset' ? 'party' : 'asset']} onDraft=${send} /><//>
		<${Lift} /></div><//>`;
}
