// SPDX-License-Identifier: Apache-2.0
// api.js: the registry's API as the pages use it: who is signed in, questions, statements, names.
//
// A failed request throws a Problem (RFC 9457). A token is had by a signed assertion and renewed when it runs out; it
// lives in this module and nowhere else.

import { bytesOf, random, b64url, hex, sha256, uuid7 } from './bytes.js';
import { keys, seal, seen } from './keys.js';
import { readVkey } from './log.js';
import { signal } from './signal.js';

export class Problem extends Error {
	constructor(status, body, retryAfter) {
		super(body.detail ?? body.title ?? body.code);
		Object.assign(this, { status, code: body.code ?? 'internal', title: body.title, detail: body.detail, rule: body.rule, receipt: body.receipt });
		this.pointer = body.errors?.[0]?.pointer;
		this.instance = body.instance;
		this.retryAfter = retryAfter;
	}
}

/** null, or { record, party, name, roles, identifier }: the key, and the party it signs for. */
export const session = signal(null);
/** What the party reads others' data for; recorded beside each read, and shown to those it is about. */
export const purpose = signal('');

let token = null; /* { text, until } */
let known = null; /* the promise of /.well-known/counterfoil.json */

export function wellKnown() {
	known ??= plain('/.well-known/counterfoil.json').catch(e => {
		known = null;
		throw e;
	});
	return known;
}

const wait = ms => new Promise(done => setTimeout(done, ms));

async function fetched(path, options) {
	try {
		return await fetch(path, { credentials: 'omit', redirect: 'error', ...options });
	} catch {
		throw new Problem(0, { code: 'offline' });
	}
}

async function problemOf(answer) {
	let body = {};
	try {
		body = await answer.json();
	} catch {
		/* a proxy's page */
	}
	return new Problem(answer.status, { code: 'unavailable', ...body }, Number(answer.headers.get('Retry-After')) || 0);
}

const PATIENCE_S = 5;
/* A busy registry says when to ask again; a short while is waited without a word. */
const waitsFor = (problem, tries) => (problem.status === 429 || problem.status === 503) && tries > 1 && problem.retryAfter && problem.retryAfter < PATIENCE_S;

/** A question anybody may ask. */
async function ask(path, tries = 3) {
	const answer = await fetched(path);
	if (answer.ok) return answer;
	const problem = await problemOf(answer);
	if (!waitsFor(problem, tries)) throw problem;
	await wait(problem.retryAfter * 1000);
	return ask(path, tries - 1);
}
export const plain = async path => (await ask(path)).json();
export const plainText = async path => (await ask(path)).text();
export const plainBytes = async path => new Uint8Array(await (await ask(path)).arrayBuffer());

async function askToken(record, party) {
	const now = Math.floor(Date.now() / 1000);
	const { token_audience: aud } = await wellKnown();
	const assertion = await seal(record, 'JWT', {
		iss: party,
		sub: party,
		aud: aud ?? `${location.origin}/oauth/token`,
		jti: b64url(random(16)),
		iat: now,
		exp: now + 60,
	});
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
		client_assertion: assertion,
	});
	const answer = await fetched('/oauth/token', { method: 'POST', body: form });
	if (!answer.ok) throw await problemOf(answer);
	const { access_token: text, expires_in: seconds } = await answer.json();
	return { text, until: Date.now() + (seconds - 20) * 1000 };
}

async function bearer() {
	const who = session.value;
	if (!who) throw new Problem(401, { code: 'token-required' });
	if (!token || Date.now() > token.until) token = await askToken(who.record, who.party);
	return token.text;
}

async function request(path, options = {}, tries = 3) {
	const headers = { ...options.headers, Authorization: `Bearer ${await bearer()}` };
	if (purpose.value) headers['Counterfoil-Purpose'] = purpose.value;
	const answer = await fetched(path, { ...options, headers });
	if (answer.ok) return answer;
	if (answer.status === 401 && tries > 1) {
		token = null;
		return request(path, options, tries - 1);
	}
	const problem = await problemOf(answer);
	if (waitsFor(problem, tries)) {
		await wait(problem.retryAfter * 1000);
		return request(path, options, tries - 1);
	}
	throw problem;
}

const query = params => {
	const q = new URLSearchParams(Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== ''));
	return q.size ? `?${q}` : '';
};

export const get = async (path, params = {}) => (await request(path + query(params))).json();

export const getBytes = async (path, params = {}) => new Uint8Array(await (await request(path + query(params))).arrayBuffer());

/* Parts of the API a server may lack. */
const MAYBE = {
	'/v1/findings': /^\/v1\/findings$/,
	'/v1/alerts': /^\/v1\/alerts$/,
	'/v1/parties/{id}/score': /^\/v1\/parties\/[^/]+\/score$/,
	'/v1/receivables/{id}/assessment': /^\/v1\/receivables\/[^/]+\/assessment$/,
	'/v1/parties/{id}/score/history': /^\/v1\/parties\/[^/]+\/score\/history$/,
	'/v1/network/exposure/{id}': /^\/v1\/network\/exposure\/[^/]+$/,
	'/v1/audit/network/exposure/{id}': /^\/v1\/audit\/network\/exposure\/[^/]+$/,
	'/v1/warnings': /^\/v1\/warnings$/,
	'/v1/audit/warnings': /^\/v1\/audit\/warnings$/,
};
let offered = null;
/** Whether this server has such a path: what is asked for in vain is noise in its log and in the browser's. */
export async function offers(path) {
	offered ??= plain('/openapi.json').then(d => new Set(Object.keys(d.paths)));
	offered.catch(() => (offered = null));
	return (await offered).has(path);
}

/** The same, or null where there is no such thing here: a part of the registry this server may not have. */
export async function getIfAny(path, params) {
	const family = Object.keys(MAYBE).find(p => MAYBE[p].test(path));
	if (family && !(await offers(family))) return null;
	try {
		return await get(path, params);
	} catch (e) {
		if (e.status === 404 || e.status === 403) return null;
		throw e;
	}
}

export const postJson = async (path, body) =>
	(await request(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })).json();

export const post = async path => (await request(path, { method: 'POST' })).json();

const TYPES = { xml: 'application/xml', pdf: 'application/pdf', json: 'application/json', txt: 'text/plain' };

/** Submits a document; answers what the registry read in it, with the SHA-256 computed here. */
export async function postDocument(file) {
	const bytes = new Uint8Array(await file.arrayBuffer());
	const type = TYPES[file.name.split('.').pop().toLowerCase()] ?? 'application/octet-stream';
	const answer = await request('/v1/documents', { method: 'POST', body: bytes, headers: { 'Content-Type': type } });
	return { ...(await answer.json()), sha256: hex(await sha256(bytes)) };
}

/** Opens the stream of events; null when this server has none. */
export async function openEvents(lastId, stop) {
	if (!(await offers('/v1/events'))) return null;
	const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${await bearer()}` };
	if (lastId) headers['Last-Event-ID'] = lastId;
	const answer = await fetched('/v1/events', { headers, signal: stop });
	return answer.ok && answer.headers.get('Content-Type')?.startsWith('text/event-stream') ? answer.body : null;
}

/* --- statements --- */

/**
 * What is to be signed: { type, object, prev, body } becomes { payload, compact, hash }. `prev` must be said, null for a
 * new object.
 */
export async function signStatement({ type, object, prev, body, on_behalf_of }) {
	const payload = {
		type,
		id: uuid7(),
		object: object ?? uuid7(),
		prev: prev ?? null,
		at: `${new Date().toISOString().slice(0, 19)}Z`,
		salt: b64url(random(32)),
		...(on_behalf_of ? { on_behalf_of } : {}),
		body,
	};
	const compact = await seal(session.value.record, 'counterfoil+jws', payload);
	return { payload, compact, hash: b64url(await sha256(bytesOf(compact))) };
}

/** One signed statement; its receipt. The same bytes are sent again while the outcome is unknown: that is safe. */
export async function submit(compact, tries = 4) {
	let answer;
	try {
		answer = await fetched('/v1/statements', { method: 'POST', body: compact, headers: { 'Content-Type': 'application/jose' } });
	} catch (e) {
		if (tries <= 1) throw e;
		await wait(700);
		return submit(compact, tries - 1);
	}
	if (answer.ok) return answer.json();
	const problem = await problemOf(answer);
	if (problem.retryAfter && tries > 1) {
		await wait(problem.retryAfter * 1000);
		return submit(compact, tries - 1);
	}
	throw problem;
}

/** Many, in order; calls done(index, { receipt } or { problem }) for each. */
export async function submitMany(list, done) {
	const answer = await fetched('/v1/statements/batch', {
		method: 'POST',
		body: list.join('\n'),
		headers: { 'Content-Type': 'application/jose' },
	});
	if (!answer.ok) throw await problemOf(answer);
	const lines = (await answer.text()).split('\n').filter(Boolean);
	for (const line of lines) {
		const { line: n, receipt, problem, status } = JSON.parse(line);
		done(n - 1, receipt ? { receipt } : { problem: new Problem(status, problem ?? {}) });
	}
}

/* --- who is who --- */

const names = new Map();
const NAME_KEPT_MS = 7 * 864e5;

/** The directory's record of a party, remembered for a week: every look into the directory is itself recorded. */
export function partyOf(id) {
	if (!names.has(id)) {
		const asked = (async () => {
			const kept = await seen.get(`party ${id}`);
			if (kept && Date.now() - kept.at < NAME_KEPT_MS) return kept.party;
			const party = await getIfAny(`/v1/parties/${id}`);
			if (party) await seen.put(`party ${id}`, { at: Date.now(), party: { id, name: party.name, roles: party.roles, identifier: party.identifier } });
			return party;
		})();
		asked.catch(() => names.delete(id));
		names.set(id, asked);
	}
	return names.get(id);
}

/** The parties whose names this page has seen, for choosing one. */
export const partiesMet = async () => (await Promise.all([...names.values()].map(p => p.catch(() => null)))).filter(Boolean);

/* --- coming and going --- */

export async function signIn(record, party) {
	token = await askToken(record, party);
	session.set({ record, party, name: '', roles: [] });
	try {
		const me = await get(`/v1/parties/${party}`);
		names.set(party, Promise.resolve(me));
		await keys.put({ ...record, party, name: me.name, used: Date.now() });
		const reads = { bank: 'lending', regulator: 'supervision', court: 'proceedings', investor: 'investment', operator: 'operations' };
		purpose.set(me.roles.map(r => reads[r]).find(Boolean) ?? 'trade');
		session.set({ record, party, name: me.name, roles: me.roles, identifier: me.identifier });
	} catch (e) {
		signOut();
		throw e;
	}
}

export function signOut() {
	token = null;
	names.clear();
	purpose.set('');
	session.set(null);
}

/** The log's key: the one this browser saw first. A server that shows another one later is caught. */
export async function logKey() {
	const { vkey, origin } = await wellKnown();
	const first = await seen.get(`vkey ${location.origin}`);
	if (!first) await seen.put(`vkey ${location.origin}`, vkey);
	return { ...readVkey(vkey), origin, changed: first !== undefined && first !== vkey };
}
