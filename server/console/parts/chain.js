// SPDX-License-Identifier: Apache-2.0
// chain.js: from hand to hand: every holder a voucher or bill has had, first to last.

import { get } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Money, Party } from './bits.js';

export function Chain({ noun, id }) {
	const asked = useAsked(() => get(`/v1/${noun}/${id}/chain`), [noun, id]);
	return html`<${Asked} of=${asked}>${c => html`<ol class="chain">${c.steps.map(
		(s, i) => html`<li>${i === 0 ? html`<span class="hand"><${Party} id=${s.from} /></span>` : null}
			<span class="step"><span aria-hidden="true">${'\u2192'}</span> ${word('step', s.step)} <small><a href=${to(`entry/${s.seq}`)}>${t('entry.n', { n: countText(s.seq) })}</a> <${Money} of=${s.amount} /></small></span>
			<span class="hand"><${Party} id=${s.to} /></span></li>`,
	)}</ol>`}<//>`;
}
