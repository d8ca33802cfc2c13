// SPDX-License-Identifier: Apache-2.0
// welcome.js: the front page for whoever is not signed in: what this is, what each of three people does here and how
// that begins, and the way in. A demonstration says that it is one and where its keys are.

import { wellKnown } from '../lib/api.js';
import { html, useAsked } from '../lib/view.js';
import { t } from '../lib/words.js';
import { Notice } from '../parts/bits.js';
import { SignIn } from './signin.js';

const PEOPLE = ['core', 'bank', 'regulator'];

export const isDemo = about => /\/demo$/.test(about?.origin ?? '');

export default function Welcome() {
	const about = useAsked(() => wellKnown().catch(() => null), []);
	return html`<div><div class="welcome"><p class="claim">${t('welcome.claim')}</p>
		<ul class="three">${PEOPLE.map(p => html`<li><strong>${t(`welcome.${p}`)}</strong> ${t(`welcome.${p}More`)}<br /><small>${t(`welcome.${p}Steps`)}</small></li>`)}</ul></div>
		${isDemo(about.data) ? html`<${Notice} title=${t('welcome.demo')}><p>${t('welcome.demoMore')}</p><//>` : null}
		<${SignIn} /></div>`;
}
