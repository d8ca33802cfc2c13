// SPDX-License-Identifier: Apache-2.0
// proof.js: a receipt, verified before the reader's eyes.

import { logKey } from '../lib/api.js';
import { verifyReceipt } from '../lib/log.js';
import { html, useAsked } from '../lib/view.js';
import { countText, t } from '../lib/words.js';
import { Busy, Notice, Save, Trouble, When } from './bits.js';

/** Also for what was refused: a refusal on record has a receipt like anything else. */
export function Proof({ receipt, compact, title, open }) {
	const { data, error } = useAsked(async () => verifyReceipt(receipt, await logKey(), compact), [receipt, compact]);
	if (error) return html`<${Trouble} error=${error} />`;
	if (!data) return html`<${Busy} what=${t('proof.busy')} />`;
	return html`<div class=${`proof ${data.good ? 'good' : 'bad'}`} data-verified=${String(data.good)} role="status">
		<p class="proof-line"><span class="mark" aria-hidden="true">${data.good ? '\u2713' : '\u2717'}</span>
			<span><strong>${data.good ? (title ?? t('proof.good', { seq: countText(receipt.seq) })) : t('proof.bad')}</strong>
			${data.leaf ? html`<br /><small>${t('proof.at')} <${When} of=${data.leaf.at.toISOString()} /></small>` : null}</span></p>
		<details open=${open || !data.good}><summary>${t('proof.how')}</summary>
			<ul class="steps">${data.steps.map(s => html`<li class=${s.good ? 'good' : 'bad'}>${s.good ? '\u2713' : '\u2717'} ${t(`proof.step.${s.name}`)}</li>`)}</ul>
			${data.checkpoint ? html`<p><small>${t('proof.head', { size: countText(data.checkpoint.size), origin: data.checkpoint.origin })}</small></p>` : null}
			<${Save} name=${`receipt-${receipt.seq}.json`} of=${receipt} label=${t('proof.save')} />
		</details>
	</div>`;
}

export const Refused = ({ children }) => html`<${Notice} tone="bad" role="alert" title=${t('proof.refused')}>${children}<//>`;
