// SPDX-License-Identifier: Apache-2.0
// timeline.js: entries, newest first: who signed what, when, and its receipt, which can be verified on the spot.

import { plain } from '../lib/api.js';
import { payloadOf } from '../lib/entry.js';
import { to } from '../lib/route.js';
import { html, useState } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Badge, Party, Trouble, When } from './bits.js';
import { Proof } from './proof.js';
import { Value } from './sign.js';

/* The fields of a body on one line or two. */
const Inline = ({ of }) => html`<ul class="inline">${Object.entries(of ?? {}).map(([k, v]) => html`<li><span class="name">${word('f', k)}</span> <${Value} name=${k} of=${v} /></li>`)}</ul>`;

function Entry({ entry }) {
	const [receipt, set] = useState(null);
	const [error, setError] = useState(null);
	const payload = payloadOf(entry.statement);
	const verify = async () => {
		try {
			set(entry.receipt ?? (await plain(`/v1/entries/${entry.seq}/receipt`)));
		} catch (e) {
			setError(e);
		}
	};
	return html`<li class=${entry.outcome ? 'refused' : 'accepted'}>
		<p class="entry-head"><strong>${word('st', entry.type)}</strong> ${entry.outcome ? html`<${Badge} tone="bad">${t('entry.refused')}: ${word('fault', entry.fault)}<//>` : null}</p>
		<p class="small"><${Party} id=${entry.issuer} /> ${'\u00b7'} <${When} of=${entry.accepted_at} /> ${'\u00b7'} <a href=${to(`entry/${entry.seq}`)}>${t('entry.n', { n: countText(entry.seq) })}</a>
			${receipt ? null : html` ${'\u00b7'} <button type="button" class="link" onClick=${verify}>${t('entry.verify')}</button>`}</p>
		${payload ? html`<${Inline} of=${payload.body} />` : null}
		${entry.erased_by ? html`<p class="small">${t('entry.erased', { n: countText(entry.erased_by) })}</p>` : null}
		${receipt ? html`<${Proof} receipt=${receipt} compact=${entry.statement} />` : null}
		${error ? html`<${Trouble} error=${error} />` : null}
	</li>`;
}

export const Timeline = ({ entries, more }) => html`<ol class="timeline">${entries.map(e => html`<${Entry} key=${e.seq} entry=${e} />`)}</ol>${more ? html`<p class="small">${t('timeline.more')}</p>` : null}`;
