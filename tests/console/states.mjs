// SPDX-License-Identifier: Apache-2.0
// states.mjs: what a page says when the registry does not give what it was asked for: too busy, no longer there, not for
// this reader, a token that ran out, nonsense from something in between. The answers are put in its way in the browser;
// their form is the registry's own (t82 holds it to that).

import { base, end, must, open, seen, settled, signedIn, test } from './drive.mjs';

const page = await signedIn('bank_a');
const problem = (status, code, headers = {}) => ({ status, headers, contentType: 'application/problem+json', body: JSON.stringify({ type: `/problems/${code}`, title: code, status, code, instance: 'req-1' }) });

/* [what, answer, what the reader is told] */
const STATES = [
	['the queue is full', problem(503, 'busy', { 'Retry-After': '30' }), 'busy'],
	['the database is away', problem(503, 'unavailable', { 'Retry-After': '30' }), 'unavailable'],
	['too many questions', problem(429, 'rate-limited', { 'Retry-After': '30' }), 'rate-limited'],
	['it was erased', problem(410, 'erased'), 'erased'],
	['not for this reader', problem(403, 'forbidden'), 'forbidden'],
	['a page of a proxy', { status: 504, headers: { 'Retry-After': '30' }, contentType: 'text/html', body: '<h1>Bad <script>alert(1)</script></h1>' }, 'unavailable'],
];

const LIST = /\/v1\/inventories/;
const THERE = 'section:has(h2:text-is("Pledges of stock")) tbody tr:has-text("GCr15")';
for (const [what, answer, code] of STATES)
	await test(`${what}: said in words, with a way to try again`, async watch => {
		watch(page);
		await open(page, 'about');
		await page.route(LIST, r => r.fulfill(answer));
		await page.goto(`${base}/#/stock`);
		const told = page.locator('[role=alert]', { hasText: code }).first();
		await told.waitFor();
		must((await told.locator('strong').textContent()).length > 8 && (await told.locator('button').count()) === 1, 'words and a button');
		await page.unroute(LIST);
		await told.locator('button').click();
		await page.waitForSelector(THERE);
	});

await test('a token that has run out is renewed without a word', async watch => {
	watch(page);
	await open(page, 'about');
	let refused = 0;
	let renewed = 0;
	await page.route(LIST, r => (refused++ ? r.continue() : r.fulfill(problem(401, 'token-required'))));
	page.on('request', r => r.url().endsWith('/oauth/token') && renewed++);
	await page.goto(`${base}/#/stock`);
	await page.waitForSelector(THERE);
	must(renewed === 1 && (await page.locator('[role=alert]').count()) === 0, 'once, and nobody was told');
	await page.unroute(LIST);
});

await test('a registry that is busy for a moment is asked again without a word', async watch => {
	watch(page);
	await open(page, 'about');
	let asked = 0;
	await page.route(LIST, r => (asked++ ? r.continue() : r.fulfill(problem(503, 'busy', { 'Retry-After': '1' }))));
	await page.goto(`${base}/#/stock`);
	await page.waitForSelector(THERE);
	must(asked >= 2, 'asked again');
	await page.unroute(LIST);
});

await test('an empty book, an empty list and an unknown page say so', async watch => {
	const c = watch(await signedIn('bank_b'));
	await open(c, 'warnings');
	must(await c.locator('.empty').first().isVisible(), 'no warnings');
	await open(c, 'assets/prepayments');
	must(await c.locator('.empty').first().isVisible(), 'no prepayments');
	await c.goto(`${base}/#/nonsense`);
	await c.waitForSelector('h1:has-text("There is no such page")');
	await open(c, 'asset/receivables/01930000-0000-7000-8000-000000000000');
	await c.waitForSelector('main [role=alert], main .notice');
	await settled(c);
	await c.context().close();
});

/* the proxy's page was ours */
seen.failures = seen.failures.filter(f => !/^504 .*\/v1\/inventories/.test(f));
await end();
