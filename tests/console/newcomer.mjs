// SPDX-License-Identifier: Apache-2.0
// newcomer.mjs: somebody who was never here: opens the link the demonstration prints, reads the page, and presses what it
// says. Each of the three things people come for is a few steps from the front page, and no address is typed.

import { readFileSync } from 'node:fs';
import { base, context, end, must, picture, seen, settled, test } from './drive.mjs';

const told = readFileSync(process.env.LINKS, 'utf8');
const linkOf = who => new RegExp(`^  ${who} +(http\\S+)$`, 'm').exec(told)[1];
const requests = [];

/* Every press is counted: a way of many steps is none that is found without a manual. */
async function arrive(who, options) {
	const c = await context(options);
	const page = await c.newPage();
	page.on('request', r => requests.push(`${r.url()} ${r.postData() ?? ''}`));
	await page.goto(linkOf(who));
	await page.waitForSelector('.play button');
	must(!page.url().includes(linkOf(who).split('/').pop()), 'the address has forgotten the key');
	let steps = 0;
	const press = async selector => (steps++, page.locator(selector).first().click());
	await press('.play button');
	await page.waitForSelector('.me-name', { state: 'attached' });
	await settled(page);
	return { page, press, steps: () => steps };
}

await test('the front page says what this is, that it is a demonstration, and where its links are', async watch => {
	const page = watch(await (await context()).newPage());
	await page.goto(base);
	await page.waitForSelector('.welcome');
	const text = await page.textContent('main');
	for (const words of ['Core enterprise', 'Bank', 'Regulator', 'This is a demonstration', 'link for each']) must(text.includes(words), words);
	must((await page.locator('button:text-is("Sign in")').count()) === 1, 'and the way in');
	await page.context().close();
});

await test('a core enterprise confirms an invoice', async watch => {
	const { page, press, steps } = await arrive('core enterprise');
	watch(page);
	await press('tbody tr:has-text("JZ2026110021") input');
	await page.waitForSelector('.beside .good-line');
	await press('button:text-is("Confirm: we owe this")');
	await page.waitForSelector('dialog[open] .sentence');
	await press('button:text-is("Sign and send")');
	await page.waitForSelector('dialog[open] .proof[data-verified="true"]');
	must((await page.getAttribute('dialog[open] .outcome', 'data-accepted')) === '1', 'accepted');
	must(steps() === 4, `${steps()} steps`);
	await page.context().close();
});

await test('a bank checks one before lending, on a telephone', async watch => {
	const { page, press, steps } = await arrive('bank', { viewport: { width: 390, height: 844 } });
	watch(page);
	await page.setInputFiles('#check-file', 'tools/demo/documents/castings-1.xml');
	await page.waitForSelector('.verdict');
	must(await page.locator('.verdict').isVisible() && (await page.locator('ul.reasons li').count()) > 0, 'a verdict and why');
	must((await page.locator('h2:text-is("Possible duplicates")').count()) === 0, 'a claim is no duplicate of itself');
	await press('button:text-is("Get a certificate")');
	await page.waitForSelector('main .proof[data-verified="true"]');
	must(steps() === 2, `${steps()} steps`);
	await page.context().close();
});

await test('a regulator finds the planted carousel, and who is in it', async watch => {
	const { page, press, steps } = await arrive('regulator');
	watch(page);
	await page.waitForSelector('.family:has-text("Circles, fans and rings")');
	await settled(page);
	await picture(page, 'regulator-desk');
	await press('.family:has-text("Circles, fans and rings") a:text-is("Draw it")');
	await page.waitForSelector('.graph canvas');
	await settled(page);
	const said = await page.textContent('main .notice.bad');
	await picture(page, 'trade');
	must(/circle/.test(said) && (await page.locator('main .notice.bad .party').count()) === 3, 'the three in it are named');
	must(steps() === 2, `${steps()} steps`);
	await page.context().close();
});

await test('a link with a key is no way into anything but a demonstration, and nothing of it leaves the browser', async watch => {
	const link = linkOf('supplier');
	const key = link.split('/').pop();
	const c = await context();
	const page = watch(await c.newPage());
	await page.route('**/.well-known/counterfoil.json', async r => {
		const answer = await r.fetch();
		await r.fulfill({ response: answer, json: { ...(await answer.json()), origin: 'registry.example/live' } });
	});
	await page.goto(link);
	await page.waitForSelector('[role=alert]:has-text("A key never comes in a link")');
	must((await page.locator('.play button').count()) === 0 && !page.url().includes(key), 'nothing to press');
	const bad = await c.newPage();
	await bad.goto(`${base}/#/play/supplier/${key.slice(0, 60)}`);
	await bad.waitForSelector('text=This link is not whole');
	must(!requests.some(r => ['core enterprise', 'bank', 'regulator'].some(w => r.includes(linkOf(w).split('/').pop().slice(0, 43)))), 'no key in any request');
	await c.close();
});

seen.errors = seen.errors.filter(e => !/offline/.test(e));
await end();
