// SPDX-License-Identifier: Apache-2.0
// all.js: every page: where it is, whose it is. A page's module is loaded when it is first opened.

const page = (load, open) => Object.assign(load, { open });

export const PAGES = {
	welcome: page(() => import('./welcome.js'), true),
	play: page(() => import('./play.js'), true),
	inbox: page(() => import('./inbox.js')),
	payables: page(() => import('./payables.js')),
	claims: page(() => import('./claims.js')),
	register: page(() => import('./register.js')),
	check: page(() => import('./check.js')),
	book: page(() => import('./book.js')),
	stock: page(() => import('./stock.js')),
	goods: page(() => import('./goods.js')),
	assets: page(() => import('./assets.js')),
	asset: page(() => import('./asset.js')),
	desk: page(() => import('./desk.js')),
	attempts: page(() => import('./attempts.js')),
	findings: page(() => import('./findings.js')),
	warnings: page(() => import('./warnings.js')),
	reports: page(() => import('./reports.js')),
	map: page(() => import('./map.js')),
	decisions: page(() => import('./decisions.js')),
	debtor: page(() => import('./debtor.js')),
	trade: page(() => import('./trade.js')),
	party: page(() => import('./party.js')),
	freezes: page(() => import('./freezes.js')),
	parties: page(() => import('./parties.js')),
	health: page(() => import('./health.js'), true),
	alerts: page(() => import('./alerts.js')),
	access: page(() => import('./access.js')),
	rules: page(() => import('./rules.js'), true),
	log: page(() => import('./log.js'), true),
	entry: page(() => import('./entry.js'), true),
	keys: page(() => import('./keys.js')),
	statements: page(() => import('./statements.js')),
	docs: page(() => import('./docs.js'), true),
	about: page(() => import('./about.js'), true),
};

export const NAV = [
	{
		key: 'work',
		items: [
			{ path: 'inbox', roles: ['core_enterprise'] },
			{ path: 'payables', roles: ['core_enterprise'] },
			{ path: 'check', roles: ['bank'] },
			{ path: 'book', roles: ['bank'] },
			{ path: 'claims', roles: ['supplier'] },
			{ path: 'register', roles: ['supplier', 'core_enterprise'] },
			{ path: 'desk', roles: ['regulator', 'court'] },
			{ path: 'attempts', roles: ['regulator', 'court'] },
			{ path: 'findings', roles: ['regulator', 'court', 'bank', 'core_enterprise'] },
			{ path: 'warnings', roles: ['regulator', 'court', 'bank', 'core_enterprise', 'supplier'] },
			{ path: 'reports', roles: ['regulator', 'court'] },
			{ path: 'trade', roles: ['regulator', 'court'] },
			{ path: 'map', roles: ['regulator', 'court'] },
			{ path: 'goods', roles: ['warehouse', 'supplier', 'regulator', 'court', 'witness'] },
			{ path: 'stock', roles: ['bank', 'supplier', 'warehouse', 'price_source'] },
			{ path: 'freezes', roles: ['regulator', 'court'] },
			{ path: 'decisions', roles: ['regulator', 'court'] },
			{ path: 'parties', roles: ['operator', 'regulator', 'court'] },
			{ path: 'alerts' },
			{ path: 'assets' },
			{ path: 'statements' },
		],
	},
	{
		key: 'mine',
		items: [{ path: 'keys' }, { path: 'access' }],
	},
	{
		key: 'proof',
		open: true,
		items: [
			{ path: 'log', open: true },
			{ path: 'rules', open: true },
			{ path: 'health', open: true },
			{ path: 'docs', open: true },
			{ path: 'about', open: true },
		],
	},
];

const HOMES = [
	['regulator', 'desk'],
	['court', 'desk'],
	['bank', 'check'],
	['core_enterprise', 'inbox'],
	['supplier', 'claims'],
	['warehouse', 'goods'],
	['operator', 'parties'],
	['price_source', 'stock'],
];
export const homeOf = roles => HOMES.find(([role]) => roles.includes(role))?.[1] ?? 'assets';
