// SPDX-License-Identifier: Apache-2.0
// alerts.js: what the registry tells me of its own accord, where it does.

import { getIfAny } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Empty, Id, Page, Text, When } from '../parts/bits.js';
import { SEVERITY_TONE, Subject, explainOf } from '../parts/findings.js';
import { Table } from '../parts/table.js';

export default function Alerts() {
	const any = useAsked(() => getIfAny('/v1/alerts', { limit: 1 }), []);
	const columns = [
		{ key: 'at', label: t('col.at'), of: a => html`<${When} of=${a.at ?? a.created_at ?? a.made} />` },
		{ key: 'what', label: t('alerts.what'), of: a => html`<strong>${word('signal', a.signal ?? a.kind ?? a.type ?? a.what ?? '')}</strong>${explainOf(a) ?? a.detail ?? a.text ? html`<br /><small><${Text} of=${explainOf(a) ?? a.detail ?? a.text} /></small>` : null}` },
		{ key: 'severity', label: t('findings.severity'), of: a => (a.severity ? html`<${Badge} tone=${SEVERITY_TONE[a.severity] ?? 'warn'}>${word('finding', a.severity)}<//>` : null) },
		{ key: 'about', label: t('findings.subject'), of: a => html`<${Subject} of=${a.subject && typeof a.subject === 'object' ? a.subject : { asset: a.asset, party: a.party ?? a.subject }} />` },
		{ key: 'seq', label: t('col.entry'), of: a => { const n = a.seq ?? a.at_seq; return n === undefined ? '\u2013' : html`<a href=${to(`entry/${n}`)}>${countText(n)}</a>`; } },
		{ key: 'id', label: t('col.state'), of: a => (a.state ? html`<${Badge}>${word('state', a.state)}<//>` : html`<${Id} plain of=${String(a.id ?? '')} />`) },
	];
	return html`<${Page} title=${t('alerts.title')} lead=${t('alerts.lead')}>
		<${Asked} of=${any} empty=${html`<${Empty} title=${t('alerts.notHere')}>${t('alerts.notHereMore')}<//>`}>${() => html`<${Table} live name="alerts" path="/v1/alerts" caption=${t('alerts.title')} columns=${columns} empty=${html`<${Empty} title=${t('alerts.none')} />`} />`}<//>
	<//>`;
}
