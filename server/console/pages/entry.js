// SPDX-License-Identifier: Apache-2.0
// entry.js: one entry of the log: its content for those who may see it, and its receipt, verified here, for anybody.

import { get, plain, session } from '../lib/api.js';
import { payloadOf } from '../lib/entry.js';
import { fromB64 } from '../lib/bytes.js';
import { readLeaf } from '../lib/log.js';
import { to } from '../lib/route.js';
import { html, useAsked, useSignal } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Facts, Id, Page, Party, Save, When } from '../parts/bits.js';
import { Proof } from '../parts/proof.js';
import { Value } from '../parts/sign.js';

export default function Entry({ params }) {
	const [seq] = params;
	const who = useSignal(session);
	const entry = useAsked(() => (who ? get(`/v1/entries/${seq}`) : plain(`/v1/entries/${seq}`)), [seq, who?.party]);
	const receipt = useAsked(() => plain(`/v1/entries/${seq}/receipt`), [seq]);
	const n = Number(seq);
	return html`<${Page} title=${t('entry.title', { n: countText(n) })} actions=${html`<div class="actions">${n > 0 ? html`<a role="button" class="secondary outline" href=${to(`entry/${n - 1}`)}>${t('entry.before')}</a>` : null}<a role="button" class="secondary outline" href=${to(`entry/${n + 1}`)}>${t('entry.after')}</a></div>`}>
		<${Asked} of=${entry}>${e => {
			const payload = e.statement ? payloadOf(e.statement) : null;
			const leaf = e.leaf ? readLeaf(fromB64(e.leaf)) : null;
			return html`<div class="columns wide-left"><div>
				<${Card} title=${e.type ? word('st', e.type) : t('entry.hidden')}>
					${e.outcome ? html`<p><${Badge} tone="bad">${t('entry.refused')}<//> ${word('fault', e.fault ?? '')}</p>` : null}
					${payload ? null : html`<p>${t('entry.hiddenMore')}</p>`}
					<${Facts} rows=${[
						[t('col.issuer'), e.issuer ? html`<${Party} id=${e.issuer} />` : null],
						[t('col.at'), html`<${When} of=${e.accepted_at ?? leaf?.at.toISOString()} />`],
						[t('entry.signed'), payload ? html`<${When} of=${payload.at} />` : null],
						[t('col.object'), e.object ? html`<a href=${to(`asset/any/${e.object}`)}><${Id} plain of=${e.object} /></a>` : null],
						...(payload ? Object.entries(payload.body ?? {}).map(([k, v]) => [word('f', k), html`<${Value} name=${k} of=${v} />`]) : []),
						[t('entry.hash'), html`<${Id} of=${e.statement_hash} />`],
					]} />
					${e.statement ? html`<details><summary>${t('entry.raw')}</summary><pre class="raw" tabindex="0">${JSON.stringify(payload, null, 2)}</pre><${Save} name=${`entry-${seq}.jws`} of=${e.statement} label=${t('entry.save')} type="application/jose" /></details>` : null}
				<//></div><div>
				<${Card} title=${t('entry.receipt')}><${Asked} of=${receipt}>${r => html`<${Proof} receipt=${r} compact=${e.statement} open />`}<//><//>
			</div></div>`;
		}}<//>
	<//>`;
}
