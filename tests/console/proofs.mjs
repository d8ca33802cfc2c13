// SPDX-License-Identifier: Apache-2.0
// proofs.mjs: the page's own verifier against the registry's proofs, and against every way to spoil them. No browser.

import { readFileSync } from 'node:fs';

const [root, base, demo] = process.argv.slice(2);
const log = await import(`${root}/server/console/lib/log.js`);
const { fromB64, b64, sha256, bytesOf } = await import(`${root}/server/console/lib/bytes.js`);
let n = 0;
let bad = 0;
const say = (good, what) => (console.log(`${good ? 'ok' : 'not ok'} ${++n} ${what}`), good || bad++);
const ask = async path => (await fetch(base + path)).json();

const { vkey } = await ask('/.well-known/counterfoil.json');
const key = log.readVkey(vkey);
const note = await (await fetch(`${base}/log/checkpoint`)).text();
const head = await log.openCheckpoint(note, key);
say(head.good && head.size > 100, "the log's head is signed");
say(!(await log.openCheckpoint(note.replace(/\n(\d+)\n/, (m, s) => `\n${Number(s) + 1}\n`), key)).good, 'not with another size');
const other = log.readVkey(vkey.replace(/\+([0-9a-f]{8})\+/, '+00000000+'));
say(!(await log.openCheckpoint(note, other)).good, 'not under another key id');

let all = true;
for (let seq = 0; seq < head.size; seq += 7) all &&= (await log.verifyReceipt(await ask(`/v1/entries/${seq}/receipt`), key)).good;
say(all, 'every seventh receipt verifies');
const receipt = JSON.parse(readFileSync(`${demo}/castings-1.receipt.json`));
say((await log.verifyReceipt(receipt, key)).good, "the demo's receipt, too");
let flips = 0;
let fooled = 0;
for (const member of ['leaf', 'statement_hash', 'proof'])
	for (let i = 0; i < receipt[member].length; i += 5) {
		const text = receipt[member];
		const c = text[i] === 'A' ? 'B' : 'A';
		if (text[i] === '\n' && member !== 'proof') continue;
		flips++;
		fooled += (await log.verifyReceipt({ ...receipt, [member]: text.slice(0, i) + c + text.slice(i + 1) }, key)).good;
	}
/* base64 has bits nobody reads at its end; anything else must fail */
say(flips > 100 && fooled <= 1, `one character changed at ${flips} places: not verified (${fooled} were)`);
say(!(await log.verifyReceipt({ ...receipt, seq: receipt.seq + 1 }, key)).good, 'not as another entry');
say(!(await log.verifyReceipt({ ...receipt, outcome: 400 }, key)).good, 'not with another outcome');
say(!(await log.verifyReceipt(receipt, key, 'a.b.c')).good, 'not for another statement');
say(!(await log.verifyReceipt({}, key)).good, 'not for nothing');

let grown = true;
let wrong = 0;
for (let from = 1; from <= head.size; from += 5)
	for (const to of [from, from + 1, Math.min(from * 2, head.size), head.size].filter(x => x >= from && x <= head.size)) {
		const p = await ask(`/v1/log/proof/consistency?from=${from}&to=${to}`);
		const path = p.proof.map(fromB64);
		const [a, b] = [fromB64(p.from_root), fromB64(p.to_root)];
		grown &&= await log.grew(from, a, to, b, path);
		wrong += await log.grew(from, b, to, a, path) && from !== to;
		if (path.length) wrong += await log.grew(from, a, to, b, path.slice(1));
	}
say(grown, 'consistency holds between sizes all over the log');
say(wrong === 0, 'and never with roots exchanged or a hash missing');

const bytes = async path => new Uint8Array(await (await fetch(base + path)).arrayBuffer());
const whole = await log.verifyLog(head, bytes);
say(whole.good && whole.size === head.size && whole.refused >= 20, 'the whole log, recomputed from its files');
const spoilt = at => async path => {
	const b = await bytes(path);
	b[at] ^= 1;
	return b;
};
for (const [at, what] of [[5 * 138 + 2 + 70, 'a changed hash'], [9 * 138 + 2 + 23, 'a changed number'], [3 * 138 + 2 + 130, 'a changed decision']])
	say(!(await log.verifyLog(head, spoilt(at)).catch(() => ({ good: false }))).good, `${what} in them is noticed`);
say(b64(await sha256(bytesOf('abc'))) === 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=', 'SHA-256 is SHA-256');
process.exit(bad ? 1 : 0);
