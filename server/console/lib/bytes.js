// SPDX-License-Identifier: Apache-2.0
// bytes.js: bytes to text and back, hashes, ids. Everything here is exact or throws.

const utf8 = new TextEncoder();

export const bytesOf = text => utf8.encode(text);
export const textOf = bytes => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export function concat(...parts) {
	const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		all.set(p, at);
		at += p.length;
	}
	return all;
}

export const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

export function b64(bytes) {
	let s = '';
	for (const b of bytes) s += String.fromCharCode(b);
	return btoa(s);
}
export const fromB64 = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
export const b64url = bytes => b64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
export const fromB64url = text => fromB64(text.replaceAll('-', '+').replaceAll('_', '/'));

export const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
export const fromHex = text => Uint8Array.from(text.match(/../g) ?? [], h => parseInt(h, 16));

export const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

export const random = n => crypto.getRandomValues(new Uint8Array(n));

/** A UUID of version 7 (RFC 9562): rises with time, so that the registry's indexes stay narrow. */
export function uuid7(now = Date.now()) {
	const b = random(16);
	for (let i = 5, t = now; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256;
	b[6] = (b[6] & 0x0f) | 0x70;
	b[8] = (b[8] & 0x3f) | 0x80;
	const h = hex(b);
	return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

export const isUuid = s => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(s ?? '');
