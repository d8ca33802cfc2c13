// SPDX-License-Identifier: Apache-2.0
// app.js: the frame around the pages: who is here, where they can go, and the state of the log this browser sees.

import { purpose, session, signOut } from './lib/api.js';
import { head, watchHead } from './lib/head.js';
import { route, to } from './lib/route.js';
import { Fragment, html, render, useEffect, useSignal, useState } from './lib/view.js';
import { LANGUAGES, countText, firstLanguage, language, setLanguage, t, word } from './lib/words.js';
import { Busy, Notice, Page as PageFrame, Text, Trouble } from './parts/bits.js';
import { SignDialog } from './parts/sign.js';
import { SignIn, resume } from './pages/signin.js';
import { NAV, PAGES, homeOf } from './pages/all.js';

/* --- light and dark --- */

const THEMES = ['auto', 'light', 'dark'];
const themeNow = () => localStorage.getItem('counterfoil.theme') ?? 'auto';
function setTheme(theme) {
	localStorage.setItem('counterfoil.theme', theme);
	if (theme === 'auto') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}
setTheme(themeNow());

function Preferences() {
	const [theme, show] = useState(themeNow());
	const now = useSignal(language);
	return html`<div class="preferences">
		<select aria-label=${t('pref.language')} value=${now} onChange=${e => setLanguage(e.target.value).catch(() => (e.target.value = now))}>
			${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} lang=${tag} selected=${tag === now}>${name}</option>`)}</select>
		<select aria-label=${t('pref.theme')} value=${theme} onChange=${e => (setTheme(e.target.value), show(e.target.value))}>
			${THEMES.map(x => html`<option value=${x} selected=${x === theme}>${t(`pref.theme.${x}`)}</option>`)}</select>
	</div>`;
}

/* --- the log this browser watches --- */

function HeadLine() {
	const now = useSignal(head);
	if (!now) return null;
	const good = now.state === 'good';
	return html`<a class=${`head-line ${good ? 'good' : 'bad'}`} href=${to('log')} data-size=${now.size} data-state=${now.state}>
		<span class="dot" aria-hidden="true"></span>${good ? t('head.good', { size: countText(now.size) }) : t(`head.${now.state}`)}</a>`;
}

function HeadAlarm() {
	const now = useSignal(head);
	if (!now || now.state === 'good' || now.state === 'offline') return null;
	return html`<${Notice} tone="bad" role="alert" title=${t(`head.${now.state}`)}><p>${t(`head.${now.state}.more`)}</p><//>`;
}

/* --- who I am --- */

const PURPOSES = ['lending', 'monitoring', 'investment', 'trade', 'supervision', 'proceedings', 'operations', 'audit'];

function Me({ who }) {
	const why = useSignal(purpose);
	return html`<div class="me">
		<p class="me-name"><${Text} of=${who.name} /></p>
		<p class="small">${who.roles.map(r => word('role', r)).join(t('list.comma'))}</p>
		${why ? html`<label class="small">${t('purpose.label')}
			<select value=${why} onChange=${e => purpose.set(e.target.value)}>${PURPOSES.map(p => html`<option value=${p} selected=${p === why}>${word('purpose', p)}</option>`)}</select></label>` : null}
		<button type="button" class="link" onClick=${signOut}>${t('signin.out')}</button>
	</div>`;
}

function Nav({ who, at, onGo }) {
	const mine = NAV.map(group => ({ ...group, items: group.items.filter(i => !i.roles || i.roles.some(r => who?.roles.includes(r))) }))
		.filter(g => g.items.length && (who || g.open))
		.map(g => (who ? g : { ...g, items: g.items.filter(i => i.open) }));
	return html`<nav aria-label=${t('nav.main')}>${mine.map(
		g => html`<${Fragment} key=${g.key}><h2 class="nav-group">${t(`nav.${g.key}`)}</h2><ul>${g.items.map(
			i => html`<li><a href=${to(i.path)} aria-current=${at === i.path ? 'page' : null} onClick=${onGo}>${t(`nav.${i.path}`)}</a></li>`,
		)}</ul><//>`,
	)}</nav>`;
}

/* --- pages, loaded when first seen --- */

const loaded = new Map();
function PageAt({ name, params, query }) {
	const [state, set] = useState(null);
	const [turn, again] = useState(0);
	useEffect(() => {
		let stale = false;
		const load = PAGES[name];
		const known = loaded.get(name);
		if (known) return set({ name, view: known });
		set(null);
		load().then(
			m => (loaded.set(name, m.default), stale || set({ name, view: m.default })),
			error => stale || set({ name, error: Object.assign(error, { code: 'offline', detail: null }) }),
		);
		return () => {
			stale = true;
		};
	}, [name, turn]);
	if (state?.error) return html`<${Trouble} error=${state.error} again=${() => again(turn + 1)} />`;
	if (!state || state.name !== name) return html`<${Busy} />`;
	return html`<${state.view} key=${params.join('/')} params=${params} query=${query} />`;
}

function App() {
	const who = useSignal(session);
	const where = useSignal(route);
	useSignal(language);
	const [menu, setMenu] = useState(false);
	const name = where.path[0] ?? (who ? homeOf(who.roles) : 'welcome');
	const known = name in PAGES;
	const open = known && (who?.name || PAGES[name].open);
	useEffect(() => {
		setMenu(false);
		scrollTo(0, 0);
	}, [where]);
	return html`<div class=${`frame ${menu ? 'menu-open' : ''}`}>
		<a class="skip" href="#main" onClick=${e => (e.preventDefault(), document.getElementById('main').focus())}>${t('nav.skip')}</a>
		<header class="top">
			<button type="button" class="menu" aria-expanded=${String(menu)} aria-controls="side" onClick=${() => setMenu(!menu)}>${t('nav.menu')}</button>
			<a class="brand" href="#/">${t('app.name')}</a>
			<${HeadLine} />
			<${Preferences} />
		</header>
		<aside id="side" class="side">${who?.name ? html`<${Me} who=${who} />` : null}<${Nav} who=${who?.name ? who : null} at=${name} onGo=${() => setMenu(false)} /></aside>
		<main id="main" tabindex="-1">
			<${HeadAlarm} />
			${open
				? html`<${PageAt} name=${name} params=${where.path.slice(1)} query=${where.query} />`
				: known
					? html`<${SignIn} />`
					: html`<${PageFrame} title=${t('page.none')}><p><a href="#/">${t('page.home')}</a></p><//>`}
		</main>
		<${SignDialog} />
	</div>`;
}

const speaks = await setLanguage(firstLanguage())
	.catch(() => setLanguage('en'))
	.then(
		() => true,
		() => false,
	);
if (speaks) {
	await resume();
	watchHead();
	render(html`<${App} />`, document.getElementById('app'));
} else {
	/* Not even the words came: all that can be said is said in both languages. */
	document.getElementById('app').textContent = 'The registry does not answer. Reload this page. 登记系统没有应答，请重新载入。';
}
