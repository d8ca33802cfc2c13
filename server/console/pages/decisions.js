// SPDX-License-Identifier: Apache-2.0
// decisions.js: who decided what by office: rules and models published, findings reviewed, parties enrolled and suspended,
// freezes placed and lifted. The registry's own acts are among them; each is an entry with its receipt.

import { payloadOf } from '../lib/entry.js';
import { to } from '../lib/route.js';
import { html } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Badge, Empty, Page, Party, Text, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';

/* What an act comes to, in a line: the words of its reason come from who signed it. */
function Gist({ of: e }) {
	const b = payloadOf(e.statement)?.body ?? {};
	const what = b.verdict ? word('verdictword', b.verdict) : b.rule ? `${word('rule', b.rule)}${b.version ? ` (${b.version})` : ''}` : (b.name ?? b.model ?? null);
	const why = b.reason ?? b.ground ?? b.source;
	return html`${what ? html`<${Text} of=${what} />` : null}${what && why ? ': ' : ''}${why ? html`<${Text} of=${why} />` : null}${!what && !why ? '\u2013' : ''}`;
}

export default function Decisions() {
	const columns = [
		{ key: 'seq', label: t('col.entry'), of: e => html`<a href=${to(`entry/${e.seq}`)}>${countText(e.seq)}</a>` },
		{ key: 'at', label: t('col.at'), of: e => html`<${When} of=${e.accepted_at} />` },
		{ key: 'who', label: t('decisions.who'), of: e => html`<${Party} id=${e.issuer} />` },
		{ key: 'type', label: t('decisions.what'), of: e => html`${word('st', e.type)}${e.outcome ? html` <${Badge} tone="bad">${word('fault', e.fault)}<//>` : null}` },
		{ key: 'gist', label: t('decisions.gist'), of: e => html`<${Gist} of=${e} />` },
	];
	return html`<${Page} title=${t('decisions.title')} lead=${t('decisions.lead')}>
		<p class="small"><a href=${to('rules')}>${t('decisions.rules')}</a></p>
		<${Table} name="decisions" path="/v1/audit/decisions" caption=${t('decisions.caption')} columns=${columns} keyOf=${e => e.seq} empty=${html`<${Empty} title=${t('decisions.none')} />`} /><//>`;
}
