// SPDX-License-Identifier: Apache-2.0
// head.js: this browser as a witness. It asks for the log's head every few seconds, verifies its signature, and proves
// that the log it sees is the one it saw before, grown. What it saw is kept between visits.
//
// It is also how a page learns that something has happened: `head` changes with every new entry.

import { logKey, openEvents, plain, plainText, session } from './api.js';
import { b64, fromB64 } from './bytes.js';
import { seen } from './keys.js';
import { grew, openCheckpoint } from './log.js';
import { signal } from './signal.js';

/** { size, origin, state: 'good' | 'unsigned' | 'forked' | 'otherKey' | 'offline', proved } */
export const head = signal(null);
/** Counts what the server has told of by itself (server-sent events). */
export const news = signal(0);

const EVERY_MS = 4000;
const place = () => `head ${location.origin}`;

async function look() {
	const key = await logKey();
	if (key.changed) return { size: 0, origin: key.origin, state: 'otherKey' };
	const now = await openCheckpoint(await plainText('/log/checkpoint'), key);
	if (!now.good) return { size: now.size, origin: now.origin, state: 'unsigned' };
	const before = await seen.get(place());
	const ret = { size: now.size, origin: now.origin, state: 'good', proved: before?.size ?? now.size };
	if (before && before.size > now.size) return { ...ret, state: 'forked' };
	if (before && before.size === now.size && before.root !== b64(now.root)) return { ...ret, state: 'forked' };
	if (before && before.size > 0 && before.size < now.size) {
		const { proof } = await plain(`/v1/log/proof/consistency?from=${before.size}&to=${now.size}`);
		if (!(await grew(before.size, fromB64(before.root), now.size, now.root, proof.map(fromB64)))) return { ...ret, state: 'forked' };
	}
	await seen.put(place(), { size: now.size, root: b64(now.root), since: before?.since ?? new Date().toISOString() });
	return ret;
}

let turning = false;

export async function lookNow() {
	if (turning) return;
	turning = true;
	try {
		const next = await look();
		const old = head.value;
		if (!old || old.size !== next.size || old.state !== next.state) head.set(next);
	} catch {
		if (head.value?.state !== 'offline') head.set({ ...(head.value ?? { size: 0, origin: '' }), state: 'offline' });
	}
	turning = false;
}

export function watchHead() {
	lookNow();
	setInterval(() => document.visibilityState === 'visible' && lookNow(), EVERY_MS);
	document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && lookNow());
	session.watch(listen);
}

/* --- server-sent events, by fetch: an EventSource cannot carry a token --- */

let stop = null;
let lastId = '';

async function readEvents(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let text = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		text += value;
		const events = text.split(/\r?\n\r?\n/);
		text = events.pop();
		for (const event of events) {
			lastId = /^id: ?(.*)$/m.exec(event)?.[1] ?? lastId;
			if (/^data:/m.test(event)) {
				news.set(news.value + 1);
				lookNow();
			}
		}
	}
}

async function listen(who) {
	stop?.abort();
	stop = null;
	if (!who?.name) return;
	const mine = new AbortController();
	stop = mine;
	while (!mine.signal.aborted) {
		try {
			const body = await openEvents(lastId, mine.signal);
			if (!body) return; /* this server tells nothing by itself: the head is asked for anyway */
			await readEvents(body);
		} catch {
			if (mine.signal.aborted) return;
		}
		await new Promise(done => setTimeout(done, 3000));
	}
}
