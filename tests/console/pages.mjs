// SPDX-License-Identifier: Apache-2.0
// pages.mjs: every page, as a role that has it, in both themes and languages, before axe: WCAG 2.2 A and AA, and nothing
// wider than the screen, on a desk and on a phone; and what opens on a page: the dialog before something is signed, a
// form, a finding under review. A page of all.js that nobody walks here is a failure. SHOTS=DIR keeps a picture of each.

import { readFileSync } from 'node:fs';
import { axeSource, context, base, demo, end, open, say, settled, signedIn } from './drive.mjs';

const kept = Object.fromEntries(readFileSync(`${demo}/played`, 'utf8').trim().split('\n').map(l => l.split('=')));
const operator = process.env.OPERATOR;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

const ROLES = {
	anchor: ['inbox', 'inbox?state=all', 'payables', `asset/receivables/${kept['bearings-2']}`, 'keys', 'access', 'alerts', `party/${kept.castings}`, 'statements/receivable.pay'],
	bank_a: ['check', `check?claim=${kept['bearings-3']}`, 'book', 'stock', `asset/inventories/${kept.stock}`, 'assets/encumbrances', 'warnings', 'entry/41'],
	regulator: ['desk', 'map', 'decisions', 'findings', 'trade', 'attempts', 'reports', 'reports?of=late', 'reports?of=guarantees', 'reports?of=warehouses', 'reports?of=period', `debtor/${kept.anchor}`, `debtor/${kept.packaging}`, 'goods', `trade/${kept.anchor}`, 'freezes', 'parties', 'assets/pools', `asset/bills/${kept.bill}`, `asset/warehouse-receipts/${kept.receipt}`, 'rules', 'log', 'health', 'about'],
	castings: ['claims', 'register', `asset/receivables/${kept['castings-1']}`],
	warehouse: ['goods'],
	operator: ['parties', 'statements/party.enrol'],
};

/* What opens on a page, and what says that it is open. */
const OPENED = {
	anchor: [
		['the claim beside its document', 'inbox', async p => (await p.check('tbody input >> nth=0'), p.waitForSelector('.beside dl'))],
		['why a claim is disputed', 'inbox', async p => (await p.check('tbody input >> nth=0'), await p.locator('.act button.secondary >> nth=0').click(), p.waitForSelector('.act form'))],
		['before one is signed', 'inbox', async p => (await p.check('tbody input >> nth=0'), await p.locator('.act .actions button >> nth=0').click(), p.waitForSelector('dialog[open] .sentence'))],
		['before many are signed', 'inbox', async p => (await p.check('tbody input >> nth=0'), await p.check('tbody input >> nth=1'), await p.locator('.act .actions button >> nth=0').click(), p.waitForSelector('dialog[open] .statements'))],
	],
	castings: [['a form with a fault in it', 'register', async p => (await p.locator('button.link:near(#invoice)').first().click(), await p.locator('.statement-form button[type=submit]').click(), p.waitForSelector('.statement-form .fault'))]],
	regulator: [
		['a finding under review', 'findings', async p => (await p.locator('tbody button.link >> nth=0').click(), p.waitForSelector('.statement-form'))],
		['a carousel, drawn', 'trade', async p => (await p.locator('.findings a[role=button] >> nth=0').click(), p.waitForSelector('.graph canvas'))],
	],
};

async function look(page, name) {
	const found = await page.evaluate(async tags => {
		const r = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
		return r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => `${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
	}, TAGS);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1);
	if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name.replace(/[^\w.-]+/g, '_').slice(0, 60)}.png`, fullPage: true });
	return [...found, ...(wide ? [`wider than the screen`] : [])];
}

/* Each language, theme and width at least once; ALL=1: the other way about, too. */
const ways = [
	['en', 'light', 1280],
	['zh-CN', 'dark', 390],
	...(process.env.ALL
		? [
				['zh-CN', 'light', 390],
				['en', 'dark', 1280],
			]
		: []),
];

async function walk(role, page, list) {
	await page.evaluate(axeSource);
	for (const [lang, theme, width] of ways) {
		await page.setViewportSize({ width, height: width > 1000 ? 900 : 844 });
		await page.selectOption('.preferences select >> nth=0', lang);
		await page.selectOption('.preferences select >> nth=1', theme);
		const wrong = [];
		for (const path of list) {
			await open(page, path);
			await page.waitForFunction(l => document.documentElement.lang === l, lang);
			if (path.startsWith('check?')) await page.waitForSelector('.verdict');
			if (path.startsWith('trade/')) await page.waitForSelector('.graph canvas');
			await settled(page);
			wrong.push(...(await look(page, `${role}-${path}-${width}-${theme}-${lang}`)).map(w => `${path}: ${w}`));
		}
		for (const [what, path, open_] of OPENED[role] ?? []) {
			await open(page, 'about');
			await open(page, path);
			await open_(page);
			await settled(page);
			wrong.push(...(await look(page, `${role}-${what}-${width}-${theme}-${lang}`)).map(w => `${what}: ${w}`));
			if (await page.locator('dialog[open]').count()) await page.keyboard.press('Escape');
		}
		say(wrong.length === 0, `${role}: ${list.length + (OPENED[role] ?? []).length} pages, ${lang}, ${theme}, ${width} wide`, wrong.join('\n'));
	}
	await page.context().close();
}

const c = await context();
const front = await c.newPage();
await front.goto(base);
await front.waitForSelector('main h1');
const OPEN = ['welcome', 'play', 'log', 'rules', 'entry/3', 'docs', 'about'];
const walked = new Set([...OPEN, ...Object.values(ROLES).flat()].map(p => p.split(/[/?]/)[0]));
const all = [...readFileSync('server/console/pages/all.js', 'utf8').matchAll(/^\t(\w+): page\(/gm)].map(m => m[1]);
say(all.length > 20 && all.every(p => walked.has(p)), 'every page is walked', all.filter(p => !walked.has(p)).join());
await walk('nobody', front, OPEN);
await Promise.all(
	Object.entries(ROLES).map(async ([role, list]) => walk(role, await signedIn(role, {}, role === 'operator' ? [`${operator}.jwk`, `${operator}.party`] : undefined), list)),
);
await end();
