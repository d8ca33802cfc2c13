// SPDX-License-Identifier: Apache-2.0
// signin.js: a key is who one is. Chosen from this browser, brought as a file, or made here.

import { session, signIn } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { canSign, importKey, keys, makeKey } from '../lib/keys.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Busy, Card, Drop, Facts, Field, Id, Notice, Page, Save, Text, Trouble } from '../parts/bits.js';

const LAST = 'counterfoil.last';

/** Whoever was signed in when the page was left is signed in again: the key is still here. */
export async function resume() {
	const kid = sessionStorage.getItem(LAST);
	session.watch(who => (who?.name ? sessionStorage.setItem(LAST, who.record.kid) : who === null && sessionStorage.removeItem(LAST)));
	if (!kid) return;
	try {
		const record = (await keys.all()).find(k => k.kid === kid);
		if (record?.party) await signIn(record, record.party);
	} catch {
		/* then by hand */
	}
}

function Known({ record, busy, onEnter, onGone }) {
	return html`<li class="key-row"><div><strong>${record.name ? html`<${Text} of=${record.name} />` : t('signin.unnamed')}</strong><br />
		<small>${t('key.kid')} <${Id} plain of=${record.kid} /></small></div>
		<div class="row-actions"><button type="button" disabled=${busy} onClick=${() => onEnter(record, record.party)}>${t('signin.enter')}</button>
		<button type="button" class="link" disabled=${busy} onClick=${async () => (await keys.remove(record.kid), onGone())}>${t('signin.forget')}</button></div></li>`;
}

/* A key as a file, with the party's id in a file beside it or typed. */
function Bring({ busy, onEnter }) {
	const [record, setRecord] = useState(null);
	const [party, setParty] = useState('');
	const [fault, setFault] = useState(null);
	const take = async files => {
		setFault(null);
		let id = party;
		let found = record;
		for (const f of files) {
			const text = (await f.text()).trim();
			if (isUuid(text)) {
				id = text;
			} else {
				try {
					found = await importKey(text);
				} catch (e) {
					setFault(e.message);
				}
			}
		}
		setParty(id);
		setRecord(found);
		if (found && isUuid(id)) onEnter(found, id.trim());
	};
	const enter = e => {
		e.preventDefault();
		if (!record) setFault('signin.needKey');
		else if (!isUuid(party.trim())) setFault('fault.uuid');
		else onEnter(record, party.trim());
	};
	return html`<form onSubmit=${enter} novalidate>
		<${Drop} id="key-file" label=${t('signin.drop')} multiple busy=${busy} onFiles=${take} />
		${record ? html`<p class="small">${t('key.kid')} <${Id} of=${record.kid} /></p>` : null}
		<${Field} id="party-id" label=${t('signin.party')} need help=${t('signin.partyHelp')} fault=${fault ? t(fault) : null}>
			<input id="party-id" value=${party} spellcheck=${false} autocomplete="off" aria-describedby="party-id-help" onInput=${e => setParty(e.target.value)} />
		<//>
		<button type="submit" disabled=${busy}>${t('signin.enter')}</button>
	</form>`;
}

function Make({ onMade }) {
	const [record, set] = useState(null);
	const [error, setError] = useState(null);
	const make = async () => {
		try {
			const made = await makeKey();
			set(made);
			onMade();
		} catch (e) {
			setError(e);
		}
	};
	if (error) return html`<${Trouble} error=${error} />`;
	if (!record) return html`<p>${t('signin.makeLead')}</p><button type="button" class="secondary" onClick=${make}>${t('signin.make')}</button>`;
	return html`<${Notice} tone="good" title=${t('signin.made')}><p>${t('signin.madeNext')}</p>
		<${Facts} rows=${[[t('key.kid'), html`<${Id} of=${record.kid} />`]]} />
		<pre class="raw" tabindex="0">${JSON.stringify(record.jwk)}</pre>
		<${Save} name="public.jwk" of=${JSON.stringify(record.jwk)} label=${t('key.savePublic')} /><//>`;
}

export function SignIn() {
	const can = useAsked(canSign, []);
	const list = useAsked(keys.all, []);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const enter = async (record, party) => {
		setBusy(true);
		setError(null);
		try {
			await signIn(record, party);
		} catch (e) {
			setError(e);
			setBusy(false);
		}
	};
	if (can.data === false) return html`<${Page} title=${t('signin.title')}><${Notice} tone="bad" title=${t('signin.cannot')}><p>${t('signin.cannotMore')}</p><//><//>`;
	const here = (list.data ?? []).filter(k => k.party).sort((a, b) => (b.used ?? 0) - (a.used ?? 0));
	const waiting = (list.data ?? []).filter(k => !k.party);
	return html`<${Page} title=${t('signin.title')} lead=${t('signin.lead')}>
		${error ? html`<${Trouble} error=${error} />` : null}
		${busy ? html`<${Busy} what=${t('signin.busy')} />` : null}
		<div class="columns">
			${here.length ? html`<${Card} title=${t('signin.here')}><ul class="keys">${here.map(k => html`<${Known} key=${k.kid} record=${k} busy=${busy} onEnter=${enter} onGone=${list.again} />`)}</ul><//>` : null}
			<${Card} title=${t('signin.bring')}><${Bring} busy=${busy} onEnter=${enter} /><//>
			<${Card} title=${t('signin.new')}>
				<${Make} onMade=${list.again} />
				${waiting.length ? html`<h3>${t('signin.waiting')}</h3><ul class="keys">${waiting.map(k => html`<${Enrolled} key=${k.kid} record=${k} busy=${busy} onEnter=${enter} onGone=${list.again} />`)}</ul>` : null}
			<//>
		</div>
	<//>`;
}

/* Made here, not used yet: once the operator has enrolled it, its party's id is all that is missing. */
function Enrolled({ record, busy, onEnter, onGone }) {
	const [party, set] = useState('');
	const id = `party-${record.kid}`;
	return html`<li class="key-row"><form onSubmit=${e => (e.preventDefault(), isUuid(party.trim()) && onEnter(record, party.trim()))}>
		<${Field} id=${id} label=${t('signin.party')} need help=${record.kid}><input id=${id} value=${party} onInput=${e => set(e.target.value)} /><//>
		<div class="row-actions"><button type="submit" class="secondary" disabled=${busy || !isUuid(party.trim())}>${t('signin.enter')}</button>
		<button type="button" class="link" onClick=${async () => (await keys.remove(record.kid), onGone())}>${t('signin.forget')}</button></div></form></li>`;
}
