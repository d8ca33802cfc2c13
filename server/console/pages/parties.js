// SPDX-License-Identifier: Apache-2.0
// parties.js: the operator enrols parties with their first keys, suspends and restores them; anybody here may look one up.

import { get, partiesMet, session } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { go, to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Card, Drop, Field, Id, Notice, Page, Text, Trouble } from '../parts/bits.js';
import { PartyInput, StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';
import { Rows } from '../parts/table.js';

function Enrol() {
	const [keys, setKeys] = useState([]);
	const [fault, setFault] = useState(null);
	const [done, setDone] = useState(null);
	const take = async files => {
		setFault(null);
		try {
			const list = [];
			for (const f of files) {
				const { kty, crv, x, y, d } = JSON.parse(await f.text());
				if (d) throw new Error('parties.private');
				if (!kty || !x) throw new Error('fault.jwk');
				list.push(y ? { kty, crv, x, y } : { kty, crv, x });
			}
			setKeys([...keys, ...list]);
		} catch (e) {
			setFault(e.message.includes('.') ? e.message : 'fault.jwk');
		}
	};
	const send = async ({ type, body }) => {
		const results = await askToSign([{ type, prev: null, body }]);
		if (results?.[0].receipt) setDone({ id: JSON.parse(atob(results[0].compact.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).object, name: body.name });
	};
	return html`<${Card} title=${t('parties.enrol')}>
		${done ? html`<${Notice} tone="good" role="status" title=${html`<${Text} of=${done.name} />`}><p>${t('parties.tell')} <${Id} of=${done.id} /></p><//>` : null}
		<${Drop} id="party-keys" label=${t('parties.keys')} accept=".jwk,.json" multiple onFiles=${take} />
		${fault ? html`<${Notice} tone="bad" role="alert"><p>${t(fault)}</p><//>` : null}
		<${StatementForm} key=${keys.length} type="party.enrol" prefill=${{ country: 'CN', keys }} onDraft=${send} /><//>`;
}

function Stand() {
	const [id, set] = useState('');
	const [type, setType] = useState('party.suspend');
	const [error, setError] = useState(null);
	const send = async ({ body }) => {
		setError(null);
		try {
			const party = await get(`/v1/parties/${id.trim()}`);
			await askToSign([{ type, object: party.id, prev: party.etag, body, fill: { name: party.name }, about: html`<${Text} of=${party.name} />` }]);
		} catch (e) {
			setError(e);
		}
	};
	return html`<${Card} title=${t('parties.stand')}>
		<div class="tabs" role="group" aria-label=${t('parties.stand')}>${['party.suspend', 'party.restore'].map(x => html`<button type="button" class="tab" aria-pressed=${String(x === type)} onClick=${() => setType(x)}>${word('do', x)}</button>`)}</div>
		<${Field} id="stand-party" label=${t('f.party')} need><${PartyInput} id="stand-party" value=${id} onInput=${set} /><//>
		${error ? html`<${Trouble} error=${error} />` : null}
		${isUuid(id.trim()) ? html`<${StatementForm} key=${type} type=${type} onDraft=${send} />` : null}<//>`;
}

export default function Parties() {
	const [id, set] = useState('');
	const met = useAsked(partiesMet, []);
	const enrols = session.value.roles.includes('operator');
	const columns = [
		{ key: 'name', label: t('f.name'), of: p => html`<a href=${to(`party/${p.id}`)}><${Text} of=${p.name} /></a>` },
		{ key: 'identifier', label: t('party.identifier'), of: p => html`<${Text} of=${p.identifier} />` },
		{ key: 'roles', label: t('f.roles'), of: p => p.roles.map(r => word('role', r)).join(t('list.comma')) },
		{ key: 'id', label: t('id'), of: p => html`<${Id} of=${p.id} />` },
	];
	return html`<${Page} title=${t('parties.title')} lead=${t('parties.lead')}>
		<form class="card find" onSubmit=${e => (e.preventDefault(), isUuid(id.trim()) && go(`party/${id.trim()}`))}><${Field} id="party-find" label=${t('parties.find')} need><${PartyInput} id="party-find" value=${id} onInput=${set} /><//><button type="submit" class="secondary">${t('assets.open')}</button></form>
		${enrols ? html`<div class="columns even"><${Enrol} /><${Stand} /></div>` : null}
		<${Card} title=${t('parties.met')}>${met.data?.length ? html`<${Rows} quiet caption=${t('parties.met')} columns=${columns} rows=${met.data} />` : html`<p>${t('parties.noneMet')}</p>`}<//>
	<//>`;
}
