// SPDX-License-Identifier: Apache-2.0
// floor.js: stock against its floor: what the goods are worth, what must stay, what they secure. The same in words below.

import { html } from '../lib/view.js';
import { fromMinor, minor, percentText, t } from '../lib/words.js';
import { Badge, Facts, Money, Quantity, When } from './bits.js';

/* In minor units, exactly: the floor in proportion to what is bound, and what the debt demands in goods. */
function linesOf(s) {
	const bound = minor(s.encumbered);
	const face = minor(s.secures) || 1n;
	const [whole, rest = ''] = String(s.ratio ?? '1').split('.');
	const ratio = BigInt(whole + rest.padEnd(6, '0').slice(0, 6)) || 1000000n;
	return { value: minor(s.value), bound, floor: (minor(s.floor) * bound) / face, demand: (bound * 1000000n + ratio - 1n) / ratio };
}

export function FloorChart({ of: s }) {
	const { value, bound, floor, demand } = linesOf(s);
	const most = [value, bound, floor, demand, 1n].reduce((a, b) => (a > b ? a : b));
	const x = v => Number((v * 8700n) / most) / 100;
	const like = s.value ?? s.secures;
	const tone = s.state === 'below-floor' ? 'bad' : s.state === 'below-warning' ? 'warn' : 'good';
	return html`<figure class="floor">
		<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
			<rect class="ground" x="0" y="2" width="100" height="12" rx="1" />
			<rect class=${`value ${tone}`} x="0" y="2" width=${x(value)} height="12" />
			<rect class="bound" x="0" y="6" width=${x(bound)} height="4" />
			<rect class="demand" x=${Math.max(0, x(demand) - 0.2)} y="0" width="0.4" height="16" />
			<rect class="line" x=${Math.max(0, x(floor) - 0.3)} y="0" width="0.6" height="16" />
		</svg>
		<figcaption><ul class="legend">
			<li><span class=${`key value ${tone}`} aria-hidden="true"></span>${t('floor.value')} <${Money} of=${s.value} /></li>
			<li><span class="key bound" aria-hidden="true"></span>${t('floor.bound')} <${Money} of=${s.encumbered} /></li>
			<li><span class="key line" aria-hidden="true"></span>${t('floor.floor')} <${Money} of=${fromMinor(floor, like)} /></li>
			<li><span class="key demand" aria-hidden="true"></span>${t('floor.needs')} <${Money} of=${fromMinor(demand, like)} /></li>
		</ul></figcaption>
		<${Facts} rows=${[
			[t('floor.cover'), bound ? html`${percentText(Number((value * 1000n) / bound) / 1000)} ${value < demand || value < floor ? html`<${Badge} tone=${tone === 'good' ? 'warn' : tone}>${t('floor.short')}<//>` : null}` : null],
			[t('floor.counted'), html`<${Quantity} of=${s.counted} />`],
			[t('floor.missing'), s.missing && s.missing.quantity !== '0' ? html`<${Quantity} of=${s.missing} />` : null],
			[t('floor.price'), html`<${Money} of=${s.price} />`],
			[t('floor.call'), s.call_price ? html`<${Money} of=${s.call_price} />` : null],
			[t('floor.cure'), s.cure_price ? html`<${Money} of=${s.cure_price} />` : null],
			[t('floor.topUp'), s.top_up_by ? html`<${When} of=${s.top_up_by} />` : null],
		]} /></figure>`;
}
