// SPDX-License-Identifier: Apache-2.0
// about.js: what this page is made of, and under which licences.

import { plainText } from '../lib/api.js';
import { html, useAsked, useState } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Asked, Card, Page } from '../parts/bits.js';

const vendor = name => new URL(`../vendor/${name}`, import.meta.url).pathname;

function Licence({ of }) {
	const [text, set] = useState(null);
	return html`<li><p><strong>${of.name}</strong> ${of.version} ${'\u00b7'} ${of.licence} <button type="button" class="link" onClick=${async () => set(text ? null : await plainText(vendor(of.text)))} aria-expanded=${String(!!text)}>${t('about.licence')}</button></p>${text ? html`<pre class="raw" tabindex="0">${text}</pre>` : null}</li>`;
}

export default function About() {
	const list = useAsked(async () => JSON.parse(await plainText(vendor('licences.json'))), []);
	return html`<${Page} title=${t('about.title')} lead=${t('about.lead')}>
		<${Card} title=${t('about.how')}><ul><li>${t('about.key')}</li><li>${t('about.sign')}</li><li>${t('about.verify')}</li><li>${t('about.policy')}</li></ul><//>
		<${Card} title=${t('about.parts')}><p>${t('about.ours')}</p><${Asked} of=${list}>${all => html`<ul class="licences">${all.map(l => html`<${Licence} of=${l} />`)}</ul>`}<//><//>
		<${Card} title=${t('about.more')}><ul><li><a href="/openapi.json">/openapi.json</a></li><li><a href="/problems">/problems</a></li><li><a href="/.well-known/counterfoil.json">/.well-known/counterfoil.json</a></li></ul><//>
	<//>`;
}
