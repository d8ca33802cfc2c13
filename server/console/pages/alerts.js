// SPDX-License-Identifier: Apache-2.0
// alerts.js: what the registry tells me of its own accord, as it happens; who has seen it and when is kept.

import { offers, post } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked, useState } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Empty, Id, Page, Text, Trouble, When } from '../parts/bits.js';
import { Table } from '../parts/table.js';

const TONE = { info: 'calm', warning: 'warn', alarm: 'bad' };

export default function Alerts() {
	const any = useAsked(async () => (await offers('/v1/alerts')) || null, []);
	const [open, setOpen] = useState(true);
	const [turn, again] = useState(0);
	const [error, setError] = useState(null);
	const ack = async a => {
		setError(null);
		try {
			await post(`/v1/alerts/${a.number}/ack`);
			again(turn + 1);
		} catch (e) {
			setError(e);
		}
	};
	const columns = [
		{ key: 'what', label: t('alerts.what'), of: a => html`<strong>${word('alert', a.code) === a.code ? html`<${Text} of=${a.text} />` : word('alert', a.code)}</strong>` },
		{ key: 'severity', label: t('findings.severity'), of: a => html`<${Badge} tone=${TONE[a.severity]}>${word('alertlevel', a.severity)}<//>` },
		{ key: 'about', label: t('findings.subject'), of: a => (a.asset ? html`<a href=${to(`asset/any/${a.asset}`)}><${Id} plain of=${a.asset} /></a>` : a.object ? html`<${Id} plain of=${a.object} />` : '\u2013') },
		{ key: 'entry', label: t('col.entry'), of: a => html`<a href=${to(`entry/${a.entry}`)}>${countText(a.entry)}</a> <small>${word('st', a.type)}</small>` },
		{ key: 'at', label: t('col.at'), of: a => html`<${When} of=${a.at} />` },
		{ key: 'ack', label: t('col.do'), of: a => (a.acknowledged ? html`<small>${t('alerts.seenAt')} <${When} of=${a.acknowledged.at} /></small>` : html`<button type="button" class="link" onClick=${() => ack(a)}>${t('alerts.seen')}</button>`) },
	];
	return html`<${Page} title=${t('alerts.title')} lead=${t('alerts.lead')}>
		${error ? html`<${Trouble} error=${error} />` : null}
		<${Asked} of=${any} empty=${html`<${Empty} title=${t('alerts.notHere')}>${t('alerts.notHereMore')}<//>`}>${() => html`<div>
			<div class="tabs" role="group" aria-label=${t('inbox.filter')}>${[true, false].map(x => html`<button type="button" class="tab" aria-pressed=${String(x === open)} onClick=${() => setOpen(x)}>${t(x ? 'alerts.open' : 'alerts.all')}</button>`)}</div>
			<${Table} key=${turn} live name="alerts" path="/v1/alerts" params=${open ? { open: 'yes' } : {}} caption=${t('alerts.title')} columns=${columns} keyOf=${a => a.number} empty=${html`<${Empty} title=${t('alerts.none')} />`} /></div>`}<//>
	<//>`;
}
