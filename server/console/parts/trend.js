// SPDX-License-Identifier: Apache-2.0
// trend.js: how a party's score came to where it is, and what hangs on the party: two pictures beside a score that are
// never part of it.

import { getIfAny, offers, session } from '../lib/api.js';
import { to } from '../lib/route.js';
import { html, useAsked } from '../lib/view.js';
import { countText, dateText, percentText, t } from '../lib/words.js';
import { Card, Facts, Money, Party, Text } from './bits.js';
import { Line } from './chart.js';

const SCALE = { least: 0, most: 1000 };
const ppm = n => percentText(n / 1e6);

/* From where to where, in words: a picture alone is read too fast. */
function Course({ of: points }) {
	const scored = points.filter(p => p.score !== undefined);
	if (scored.length < 2) return html`<p class="small">${t('trend.one')}</p>`;
	const [first, last] = [scored[0], scored.at(-1)];
	const by = last.score - first.score;
	const way = by > 15 ? 'up' : by < -15 ? 'down' : 'flat';
	return html`<p class=${`course ${way}`}><strong>${t(`trend.${way}`)}</strong> ${t('trend.course', { from: first.score, to: last.score, since: dateText(first.at) })}</p>`;
}

/** Nothing where this registry keeps no history; what to do about it where the reader may not see it. */
export function Trend({ party, title }) {
	const asked = useAsked(async () => (party && (await offers('/v1/parties/{id}/score/history')) ? { points: (await getIfAny(`/v1/parties/${party}/score/history`))?.items } : null), [party]);
	const points = asked.data?.points;
	if (asked.data && !points) return html`<${Card} title=${title ?? t('trend.title')}><p><${Party} id=${party} /></p><p class="small">${t('trend.consent')}</p><//>`;
	if (!points?.length) return null;
	const rows = points.map(p => ({ label: dateText(p.at), value: p.score ?? null, text: p.score === undefined ? t('trend.none') : `${p.score} ${p.grade}` }));
	return html`<${Card} title=${title ?? t('trend.title')}><p><${Party} id=${party} /></p><${Course} of=${points} />
		<${Line} title=${t('trend.title')} unit=${t('score.performance')} rows=${rows} ...${SCALE} />
		<p class="small">${t('trend.from')} <a href=${to(`entry/${points.at(-1).seq}`)}>${t('entry.n', { n: countText(points.at(-1).seq) })}</a> ${'\u00b7'} <${Text} of=${points.at(-1).model ?? ''} /></p><//>`;
}

/** What hangs on a party: in a lender's own book, or, for a supervisor, in all of them. */
export function Exposure({ party }) {
	const all = session.value?.roles.some(r => ['regulator', 'court'].includes(r));
	const bank = session.value?.roles.includes('bank');
	const asked = useAsked(() => (party && (all || bank) ? getIfAny(`${all ? '/v1/audit' : '/v1'}/network/exposure/${party}`) : null), [party]);
	const e = asked.data;
	if (!e) return null;
	const part = (m, share) => html`<${Money} of=${m} /> <small>${ppm(share)}</small>`;
	return html`<${Card} title=${t('exposure.title')}><p><${Party} id=${party} /></p><p class="small">${t(all ? 'exposure.leadAll' : 'exposure.lead')}</p><${Facts} rows=${[
		[t('exposure.owed'), part(e.owed, e.owed_ppm)],
		[t('exposure.sold'), part(e.sold, e.sold_ppm)],
		[t('exposure.stake'), html`<strong>${part(e.at_stake, e.at_stake_ppm)}</strong>`],
		[t('exposure.rank'), e.rank ? t('exposure.rankOf', { n: countText(e.rank), of: countText(e.of) }) : null],
		[t('exposure.book'), html`<${Money} of=${e.book} />`],
	]} /><//>`;
}
