// SPDX-License-Identifier: Apache-2.0
// welcome.js: the front page for whoever is not signed in.

import { html } from '../lib/view.js';
import { t } from '../lib/words.js';
import { SignIn } from './signin.js';

export default function Welcome() {
	return html`<div><div class="welcome"><p class="claim">${t('welcome.claim')}</p>
		<ul class="three"><li><strong>${t('welcome.core')}</strong> ${t('welcome.coreMore')}</li>
		<li><strong>${t('welcome.bank')}</strong> ${t('welcome.bankMore')}</li>
		<li><strong>${t('welcome.regulator')}</strong> ${t('welcome.regulatorMore')}</li></ul></div>
		<${SignIn} /></div>`;
}
