// SPDX-License-Identifier: Apache-2.0
// keys.js: the keys of the people at this browser.
//
// A private key lives in IndexedDB as a CryptoKey that cannot be exported: the page can sign with it and nothing can
// read it, this page included. It comes here by being made here, or from a private JWK file, once.

import { b64url, bytesOf, sha256 } from './bytes.js';

const SUITES = {
	Ed25519: { alg: 'Ed25519', params: { name: 'Ed25519' }, sign: { name: 'Ed25519' } },
	'P-256': { alg: 'ES256', params: { name: 'ECDSA', namedCurve: 'P-256' }, sign: { name: 'ECDSA', hash: 'SHA-256' } },
};

const asked = request =>
	new Promise((good, bad) => {
		request.onsuccess = () => good(request.result);
		request.onerror = () => bad(request.error);
	});

let opening;
function database() {
	opening ??= (() => {
		const request = indexedDB.open('counterfoil', 1);
		request.onupgradeneeded = () => {
			request.result.createObjectStore('keys', { keyPath: 'kid' });
			request.result.createObjectStore('seen');
		};
		return asked(request);
	})();
	return opening;
}
const store = async (name, mode) => (await database()).transaction(name, mode).objectStore(name);

export const keys = {
	all: async () => asked((await store('keys', 'readonly')).getAll()),
	put: async record => asked((await store('keys', 'readwrite')).put(record)),
	remove: async kid => asked((await store('keys', 'readwrite')).delete(kid)),
};

/** Small things to remember between visits: the log's key and last checkpoint, the keys I know of, names. */
export const seen = {
	get: async name => asked((await store('seen', 'readonly')).get(name)),
	put: async (name, value) => asked((await store('seen', 'readwrite')).put(value, name)),
};

export const publicHalf = ({ kty, crv, x, y }) => (y ? { crv, kty, x, y } : { crv, kty, x });

/** RFC 7638: the SHA-256 of the required members in lexicographic order. */
export async function thumbprint(jwk) {
	return b64url(await sha256(bytesOf(JSON.stringify(publicHalf(jwk)))));
}

/** Whether this browser can make and use Ed25519 keys; false on plain http to another machine, too. */
export async function canSign() {
	if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return false;
	try {
		await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
		return true;
	} catch {
		return false;
	}
}

async function keep(key, jwk, party) {
	const record = { kid: await thumbprint(jwk), alg: SUITES[jwk.crv].alg, crv: jwk.crv, jwk: publicHalf(jwk), key, party };
	await keys.put(record);
	await navigator.storage?.persist?.().catch(() => false);
	return record;
}

export async function makeKey() {
	const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
	return keep(pair.privateKey, await crypto.subtle.exportKey('jwk', pair.publicKey));
}

/** From the text of a private JWK. Throws 'key.notJwk', 'key.notPrivate', 'key.suite' or 'key.broken'. */
export async function importKey(text, party) {
	let jwk;
	try {
		jwk = JSON.parse(text);
	} catch {
		throw new Error('key.notJwk');
	}
	if (!jwk || typeof jwk !== 'object' || !jwk.kty) throw new Error('key.notJwk');
	if (!SUITES[jwk.crv]) throw new Error('key.suite');
	if (!jwk.d) throw new Error('key.notPrivate');
	try {
		const key = await crypto.subtle.importKey('jwk', { ...publicHalf(jwk), d: jwk.d }, SUITES[jwk.crv].params, false, ['sign']);
		return await keep(key, jwk, party);
	} catch {
		throw new Error('key.broken');
	}
}

/** A JWS in compact form (RFC 7515) over the bytes of `payload`. */
export async function seal(record, typ, payload) {
	const part = value => b64url(bytesOf(JSON.stringify(value)));
	const head = `${part({ alg: record.alg, kid: record.kid, typ })}.${part(payload)}`;
	const signature = await crypto.subtle.sign(SUITES[record.crv].sign, record.key, bytesOf(head));
	return `${head}.${b64url(new Uint8Array(signature))}`;
}

/** Whether the signature of a compact JWS is this public JWK's. */
export async function sealedBy(jwk, compact) {
	const suite = SUITES[jwk.crv];
	if (!suite) return false;
	const [head, body, signature] = compact.split('.');
	const key = await crypto.subtle.importKey('jwk', publicHalf(jwk), suite.params, false, ['verify']);
	const { fromB64url } = await import('./bytes.js');
	return crypto.subtle.verify(suite.sign, key, fromB64url(signature), bytesOf(`${head}.${body}`));
}
