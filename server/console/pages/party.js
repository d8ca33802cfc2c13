// SPDX-License-Identifier: Apache-2.0
// party.js: one party: who it is, its keys and their history, every claim that names it, and its score where there is one.

import { get, getIfAny, session } from '../lib/api.js';
import { assetPath, to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, t, word } from '../lib/words.js';
import { Asked, Badge, Card, Day, Facts, Id, Money, Page, Party as PartyName, State, Text, Trouble } from '../parts/bits.js';
import { FindingList } from '../parts/findings.js';
import { Score } from '../parts/score.js';
import { Rows, Table } from '../parts/table.js';
import { Exposure, Trend } from '../parts/trend.js';

export const keyColumns = () => [
	{ key: 'kid', label: t('key.kid'), of: k => html`<${Id} of=${k.kid} />` },
	{ key: 'alg', label: t('key.alg'), of: k => k.alg },
	{ key: 'officer', label: t('f.officer'), of: k => (k.officer ? html`<${Text} of=${k.officer} />` : '\u2013') },
	{ key: 'limit', label: t('f.limit'), num: true, of: k => html`<${Money} of=${k.limit} />` },
	{ key: 'from', label: t('key.from'), of: k => html`<a href=${to(`entry/${k.from_seq}`)}>${t('entry.n', { n: countText(k.from_seq) })}</a>` },
	{ key: 'until', label: t('key.until'), of: k => (k.until_seq ? html`<a href=${to(`entry/${k.until_seq}`)}>${t('entry.n', { n: countText(k.until_seq) })}</a>` : '\u2013') },
	{ key: 'live', label: t('col.state'), of: k => html`<${Badge} tone=${k.live ? 'good' : 'calm'}>${t(k.live ? 'key.live' : 'key.ended')}<//>` },
];

export default function Party({ params }) {
	const [id] = params;
	const party = useAsked(() => get(`/v1/parties/${id}`), [id]);
	const keys = useAsked(() => get(`/v1/parties/${id}/keys`), [id]);
	const score = useAsked(() => getIfAny(`/v1/parties/${id}/score`), [id]);
	const findings = useAsked(async () => (await getIfAny('/v1/findings', { party: id, limit: 50 }))?.items ?? null, [id]);
	const columns = [
		{ key: 'invoice', label: t('col.invoice'), of: r => html`<a href=${assetPath(r)}>${r.invoice ? html`<${Text} of=${r.invoice.number} />` : t('claim.future')}</a>` },
		{ key: 'creditor', label: t('col.creditor'), of: r => html`<${PartyName} id=${r.creditor} />` },
		{ key: 'debtor', label: t('col.debtor'), of: r => html`<${PartyName} id=${r.debtor} />` },
		{ key: 'face', label: t('col.face'), num: true, of: r => html`<${Money} of=${r.face} />` },
		{ key: 'encumbered', label: t('balance.encumbered'), num: true, of: r => html`<${Money} of=${r.encumbered} />` },
		{ key: 'due', label: t('col.due'), of: r => html`<${Day} of=${r.due_date} />` },
		{ key: 'state', label: t('col.state'), of: r => html`<${State} of=${r.state} />` },
	];
	const walks = session.value.roles.some(r => ['regulator', 'court'].includes(r));
	if (party.error) return html`<${Page} title=${t('page.trouble')}><${Trouble} error=${party.error} again=${party.again} /><//>`;
	return html`<${Asked} of=${party}>${p => html`<${Page} title=${html`<${Text} of=${p.name} />`} lead=${html`<${State} of=${p.state} /> ${p.roles.map(r => word('role', r)).join(t('list.comma'))}`}
			actions=${walks ? html`<a role="button" class="secondary" href=${to(`trade/${id}`)}>${t('nav.trade')}</a>` : null}>
		<${Card} title=${t('party.about')}><${Facts} rows=${[
			[t('id'), html`<${Id} of=${p.id} />`],
			[t('party.identifier'), p.identifier ? html`<${Text} of=${p.identifier} />` : null],
			[t('f.country'), p.country],
			[t('f.size'), p.size ? word('size', p.size) : null],
			[t('party.frozen'), p.frozen ? t('yes') : null],
			[t('party.commits'), p.commits ? t('yes') : null],
		]} /><//>
		${score.data ? html`<${Score} of=${score.data} /><${Trend} party=${id} />` : null}
		<${Exposure} party=${id} />
		${findings.data?.length ? html`<${Card} title=${t('findings.title')}><${FindingList} of=${findings.data} /><//>` : null}
		<${Card} title=${t('party.keys')}><${Asked} of=${keys}>${k => html`<${Rows} quiet caption=${t('party.keys')} columns=${keyColumns()} rows=${k.items} keyOf=${x => x.kid} />`}<//><//>
		<${Card} title=${t('party.claims')}><${Table} name="claims" path=${`/v1/parties/${id}/claims`} quiet caption=${t('party.claims')} columns=${columns} /><//>
	<//>`}<//>`;
}
