// SPDX-License-Identifier: Apache-2.0
// tiles.js: regions as tiles that lie about where they lie: a map one can read without knowing how large a province is. No
// borders, no coordinates, nothing from anywhere else. A tile is a button; the same figures stand in a table beside it.

import { html } from '../lib/view.js';
import { known, percentText, t, word } from '../lib/words.js';

/* Column and row of each province (ISO 3166-2:CN); other countries stand below. */
const AT = {
	HL: [8, 1],
	NM: [5, 2], BJ: [6, 2], JL: [8, 2],
	XJ: [1, 3], GS: [3, 3], NX: [4, 3], SX: [5, 3], HE: [6, 3], TJ: [7, 3], LN: [8, 3],
	QH: [2, 4], SN: [4, 4], HA: [5, 4], SD: [6, 4],
	XZ: [1, 5], SC: [3, 5], CQ: [4, 5], HB: [5, 5], AH: [6, 5], JS: [7, 5],
	YN: [2, 6], GZ: [3, 6], HN: [4, 6], JX: [5, 6], ZJ: [6, 6], SH: [7, 6],
	GX: [3, 7], GD: [4, 7], FJ: [5, 7], TW: [6, 7],
	HI: [3, 8], MO: [4, 8], HK: [5, 8],
};
const STEPS = 5;

export const regionName = code => (!code ? t('region.unknown') : known(`region.${code}`) ? word('region', code) : code);
const short = code => (known(`regionshort.${code}`) ? word('regionshort', code) : code.replace(/^CN-/, ''));

/**
 * of: Map of region code -> { value (number, for shading), text (what is said), mark? }; chosen: a code; onChoose(code).
 * Regions that are nowhere on the map stand in a row below it.
 */
export function Tiles({ of, label, chosen, onChoose }) {
	const most = Math.max(...[...of.values()].map(r => r.value), 1e-9);
	const all = [...of.values()].reduce((n, r) => n + r.value, 0);
	const step = r => (r && r.value > 0 ? 1 + Math.min(STEPS - 1, Math.floor((STEPS * r.value) / most)) : 0);
	const tile = (code, place) => {
		const r = of.get(code);
		const said = r ? `${regionName(code)}: ${r.text}${r.mark ? `, ${r.mark}` : ''}` : `${regionName(code)}: ${t('map.nothing')}`;
		const style = place ? { gridColumn: place[0], gridRow: place[1] } : {};
		return r
			? html`<button type="button" key=${code} class=${`tile step-${step(r)}`} style=${style} title=${said} aria-pressed=${String(chosen === code)} onClick=${() => onChoose(chosen === code ? null : code)}>
				<span class="tile-name">${short(code)}</span><small>${all > 0 ? percentText(r.value / all) : ''}</small><span class="hidden">${said}</span>${r.mark ? html`<span class="tile-mark" aria-hidden="true">!</span>` : null}</button>`
			: html`<span key=${code} class="tile none-here" style=${style} title=${said} aria-hidden="true"><span class="tile-name">${short(code)}</span></span>`;
	};
	const others = [...of.keys()].filter(code => !(code.replace(/^CN-/, '') in AT) || !code.startsWith('CN-'));
	return html`<div class="tiles-box" role="group" aria-label=${label}>
		<div class="tiles">${Object.entries(AT).map(([p, place]) => tile(`CN-${p}`, place))}</div>
		${others.length ? html`<div class="tiles-others"><small>${t('map.elsewhere')}</small> ${others.map(code => tile(code))}</div>` : null}</div>`;
}
