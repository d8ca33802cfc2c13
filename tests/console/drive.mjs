// SPDX-License-Identifier: Apache-2.0
// drive.mjs: a real browser before the real server. Every page of every context is watched: a violation of the policy, a
// request to another host or an error nobody caught is a failure of whatever test was running.

import { readFileSync } from 'node:fs';

const [vendor, base, demo] = process.argv.slice(2);
export { base, demo };
export const axeSource = readFileSync(`${vendor}/axe.js`, 'utf8');

const { chromium } = await import(`${vendor}/playwright-core/index.mjs`);

let bad = 0;
let n = 0;
export function say(good, what, detail) {
	console.log(`${good ? 'ok' : 'not ok'} ${++n} ${what}`);
	if (!good) {
		bad++;
		if (detail !== undefined) console.log(`# ${String(detail).replaceAll('\n', '\n# ').slice(0, 2000)}`);
	}
	return good;
}

/* Everything waits for what it needs to see, and a busy machine may take this long to show it. */
export const PATIENCE_MS = 60000;

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
export const seen = { foreign: [], errors: [], violations: [], failures: [] };

export async function context(options = {}) {
	const c = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en', reducedMotion: 'reduce', ...options });
	c.setDefaultTimeout(PATIENCE_MS);
	await c.exposeBinding('cspViolated', (source, what) => seen.violations.push(what));
	await c.addInitScript(() => {
		addEventListener('securitypolicyviolation', e => globalThis.cspViolated(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
	});
	c.on('request', r => r.url().startsWith(base) || r.url().startsWith('blob:') || r.url().startsWith('data:') || seen.foreign.push(r.url()));
	/* 503 with Retry-After is no failure: it is how a busy registry asks for patience, which the page must have. */
	c.on('response', r => r.status() >= 500 && !(r.status() === 503 && r.headers()['retry-after']) && seen.failures.push(`${r.status()} ${r.url()}`));
	c.on('weberror', e => seen.errors.push(`${e.error().message} ${e.error().stack} ${e.page()?.url()}`));
	return c;
}

/** A context of its own, signed in with a key of the demo. */
export async function signedIn(name, options, files = [`${demo}/${name}.jwk`, `${demo}/${name}.party`]) {
	const c = await context(options);
	const page = await c.newPage();
	await page.goto(base);
	await page.setInputFiles('#key-file', files);
	await page.waitForSelector('.me-name');
	return page;
}

export async function open(page, path) {
	await page.goto(`${base}/#/${path}`);
	await settled(page);
}

/** Nothing is busy any more. */
export async function settled(page) {
	await page.waitForSelector('main h1');
	await page.waitForFunction(() => !document.querySelector('main .busy'));
}

export async function end() {
	say(seen.violations.length === 0, 'the policy was never violated', seen.violations.join('\n'));
	say(seen.foreign.length === 0, 'no other host was asked for anything', seen.foreign.join('\n'));
	say(seen.errors.length === 0, 'no error went uncaught', seen.errors.join('\n'));
	say(seen.failures.length === 0, 'the server never failed', seen.failures.join('\n'));
	await browser.close();
	process.exit(bad ? 1 : 0);
}

/** Does `step` until `good()` says so, or patience ends. */
export async function until(good, step, what) {
	for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await new Promise(done => setTimeout(done, 300))) {
		await step();
		if (await good()) return;
	}
	throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
}

/** A picture for the guides (tools/guides/), when GUIDE says where they go. */
export async function picture(page, name) {
	if (process.env.GUIDE) await page.screenshot({ path: `${process.env.GUIDE}/${name}.png` });
}

/** A test as one paragraph: what it throws is its failure. */
export async function test(what, run) {
	const pages = [];
	try {
		await run(p => (pages.push(p), p));
		say(true, what);
	} catch (e) {
		say(false, what, e.stack);
		for (const p of pages) if (process.env.SHOTS) await p.screenshot({ path: `${process.env.SHOTS}/failed-${n}.png`, fullPage: true }).catch(() => {});
	}
}

export function must(good, what) {
	if (!good) throw new Error(what);
}
