// SPDX-License-Identifier: Apache-2.0
// statements.js: anything a party can sign, from the registry's own description: for what no other page is made for.

import { getIfAny, session } from '../lib/api.js';
import { isUuid } from '../lib/bytes.js';
import { shapes } from '../lib/shape.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t, word } from '../lib/words.js';
import { Asked, Card, Field, Page } from '../parts/bits.js';
import { StatementForm } from '../parts/form.js';
import { askToSign } from '../parts/sign.js';

/* The registry signs these itself. */
const OWN = /\.(lapse|overdue|default|mark|expire|discharge|fail)$|^log\.|^obligor\.review$|^check\.|^document\.|^finding\.raise|^score\.certify/;
const WHERE = ['receivables', 'vouchers', 'bills', 'warehouse-receipts', 'inventories', 'prepayments', 'pools', 'encumbrances', 'objections', 'consents', 'sites', 'prices', 'parties'];

async function prevOf(id) {
	for (const noun of WHERE) {
		const found = await getIfAny(`/v1/${noun}/${id}`);
		if (found?.etag) return found.etag;
	}
	const holds = await getIfAny('/v1/holds', { limit: 200 });
	return holds?.items.find(h => h.id === id)?.etag ?? null;
}

export default function Statements({ params }) {
	const all = useAsked(shapes, []);
	const [type, setType] = useState(params[0] ?? '');
	const [object, setObject] = useState(params[1] ?? '');
	const [fault, setFault] = useState(null);
	return html`<${Page} title=${t('statements.title')} lead=${t('statements.lead')}>
		<${Asked} of=${all}>${list => {
			const types = Object.keys(list).filter(x => !OWN.test(x) || x === 'obligor.default');
			const groups = [...new Set(types.map(x => x.split('.')[0]))];
			const shape = list[type];
			const send = async ({ body }) => {
				const id = object.trim() || (type.startsWith('key.') ? session.value.party : '');
				if (shape.prev === 'must' && !isUuid(id)) return setFault('fault.uuid');
				setFault(null);
				const prev = isUuid(id) ? await prevOf(id) : null;
				await askToSign([{ type, object: isUuid(id) ? id : undefined, prev, body }]);
			};
			const needsObject = shape && shape.prev !== 'none';
			return html`<${Card} title=${t('statements.choose')}>
				<${Field} id="statement-type" label=${t('sign.type')} need><select id="statement-type" value=${type} onChange=${e => (setType(e.target.value), setFault(null))}>
					<option value="">${t('statements.none')}</option>
					${groups.map(g => html`<optgroup label=${word('group', g)}>${types.filter(x => x.split('.')[0] === g).map(x => html`<option value=${x} selected=${x === type}>${word('st', x)}</option>`)}</optgroup>`)}</select><//>
				${needsObject ? html`<${Field} id="statement-object" label=${t('sign.object')} help=${t('statements.object')} fault=${fault ? t(fault) : null}><input id="statement-object" value=${object} spellcheck=${false} onInput=${e => setObject(e.target.value)} /><//>` : null}
				${shape ? html`<${StatementForm} key=${type} type=${type} onDraft=${send} />` : null}<//>`;
		}}<//>
	<//>`;
}
