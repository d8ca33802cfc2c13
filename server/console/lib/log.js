// SPDX-License-Identifier: Apache-2.0
// log.js: the log verified in this page: signed notes, receipts, proofs and entries.
//
// Nothing here believes the server. What is trusted is the log's public key alone, and that SHA-256 has no collisions:
// C2SP signed-note and tlog-checkpoint, tlog-proof, tlog-tiles; trees as RFC 6962 section 2.1 and RFC 9162 section 2.1.

import { b64, b64url, bytesOf, concat, fromB64, fromB64url, same, sha256 } from './bytes.js';

const LEAF = 136;
const MAGIC = bytesOf('counterfoil/1\n\0\0');

export const leafHash = leaf => sha256(concat(Uint8Array.of(0), leaf));
const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/** "name+hash+key": the log's verifier key. */
export function readVkey(text) {
	const [, name, id, key] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim()) ?? [];
	const bytes = name ? fromB64(key) : [];
	if (bytes.length !== 33 || bytes[0] !== 1) throw new Error('log.badVkey');
	return { name, id, key: bytes.slice(1), text: text.trim() };
}

/** A signed note as { text, origin, size, root, good }: good when one of its signatures is the log's. */
export async function openCheckpoint(note, vkey) {
	const cut = note.indexOf('\n\n');
	const text = note.slice(0, cut + 1);
	const lines = text.split('\n');
	const ret = { text, origin: lines[0], size: Number(lines[1]), root: fromB64(lines[2] ?? ''), good: false };
	if (cut < 0 || !/^(0|[1-9]\d*)$/.test(lines[1]) || ret.root.length !== 32) throw new Error('log.badNote');
	const key = await crypto.subtle.importKey('raw', vkey.key, { name: 'Ed25519' }, false, ['verify']);
	for (const line of note.slice(cut + 2).split('\n')) {
		const [, name, blob] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
		if (name !== vkey.name) continue;
		const bytes = fromB64(blob);
		const id = Array.from(bytes.slice(0, 4), b => b.toString(16).padStart(2, '0')).join('');
		if (id === vkey.id && bytes.length === 68 && (await crypto.subtle.verify({ name: 'Ed25519' }, key, bytes.slice(4), bytesOf(text))))
			ret.good = ret.origin === vkey.name;
	}
	return ret;
}

/** The root that a leaf hash at `index` of `size` and its audit path lead to; null when the path has another length. */
export async function rootOf(index, size, hash, path) {
	let fn = BigInt(index);
	let sn = BigInt(size) - 1n;
	if (fn > sn) return null;
	for (const p of path) {
		if (sn === 0n) return null;
		if (fn & 1n || fn === sn) {
			hash = await nodeHash(p, hash);
			while (!(fn & 1n) && fn !== 0n) {
				fn >>= 1n;
				sn >>= 1n;
			}
		} else {
			hash = await nodeHash(hash, p);
		}
		fn >>= 1n;
		sn >>= 1n;
	}
	return sn === 0n ? hash : null;
}

/** RFC 9162 2.1.4.2: whether the tree (to, second) is the tree (from, first) grown. */
export async function grew(from, first, to, second, path) {
	if (from === to) return path.length === 0 && same(first, second);
	if (from === 0 || from > to || path.length === 0) return from === 0 && path.length === 0;
	const rest = [...path];
	let fn = BigInt(from) - 1n;
	let sn = BigInt(to) - 1n;
	if ((BigInt(from) & (BigInt(from) - 1n)) === 0n) rest.unshift(first);
	while (fn & 1n) {
		fn >>= 1n;
		sn >>= 1n;
	}
	let fr = rest[0];
	let sr = rest[0];
	for (const c of rest.slice(1)) {
		if (sn === 0n) return false;
		if (fn & 1n || fn === sn) {
			fr = await nodeHash(c, fr);
			sr = await nodeHash(c, sr);
			while (!(fn & 1n) && fn !== 0n) {
				fn >>= 1n;
				sn >>= 1n;
			}
		} else {
			sr = await nodeHash(sr, c);
		}
		fn >>= 1n;
		sn >>= 1n;
	}
	return sn === 0n && same(fr, first) && same(sr, second);
}

export function readLeaf(leaf) {
	if (leaf.length !== LEAF || !same(leaf.slice(0, 16), MAGIC)) throw new Error('log.badLeaf');
	const v = new DataView(leaf.buffer, leaf.byteOffset, LEAF);
	return {
		seq: Number(v.getBigUint64(16)),
		at: new Date(Number(v.getBigUint64(24) / 1000n)),
		micros: v.getBigUint64(24),
		kind: v.getUint16(32),
		outcome: v.getUint16(34),
		statement: leaf.slice(40, 72),
		before: leaf.slice(72, 104),
		decision: leaf.slice(104, 136),
	};
}

function readProof(text) {
	const cut = text.indexOf('\n\n');
	const lines = text.slice(0, cut).split('\n');
	const index = /^index (0|[1-9]\d*)$/.exec(lines[lines[1]?.startsWith('extra ') ? 2 : 1] ?? '');
	if (cut < 0 || lines[0] !== 'c2sp.org/tlog-proof@v1' || !index) throw new Error('log.badProof');
	return {
		index: Number(index[1]),
		path: lines.slice(lines.indexOf(index[0]) + 1).map(fromB64),
		checkpoint: text.slice(cut + 2),
	};
}

/**
 * A receipt against the log's key, step by step: { good, steps: [{ name, good }], leaf, checkpoint }. With `compact`, the
 * statement it is for, also that it is for that one.
 */
export async function verifyReceipt(receipt, vkey, compact) {
	const steps = [];
	const step = (name, good) => {
		steps.push({ name, good: !!good });
		return !!good;
	};
	const ret = { good: false, steps, leaf: null, checkpoint: null };
	try {
		const bytes = fromB64(receipt.leaf);
		ret.leaf = readLeaf(bytes);
		const stated = fromB64url(receipt.statement_hash);
		step('leaf', ret.leaf.seq === receipt.seq && ret.leaf.outcome === receipt.outcome && same(ret.leaf.statement, stated));
		if (compact !== undefined) step('statement', same(await sha256(bytesOf(compact)), ret.leaf.statement));
		const proof = readProof(receipt.proof);
		ret.checkpoint = await openCheckpoint(proof.checkpoint, vkey);
		step('signature', ret.checkpoint.good);
		const root = await rootOf(proof.index, ret.checkpoint.size, await leafHash(bytes), proof.path);
		step('inclusion', proof.index === ret.leaf.seq && root && same(root, ret.checkpoint.root));
	} catch (e) {
		step('form', false);
	}
	ret.good = steps.length >= 3 && steps.every(s => s.good);
	return ret;
}

/* --- the whole log, from its tiles --- */

const tileName = n => {
	let s = String(n % 1000).padStart(3, '0');
	for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) s = `x${String(n % 1000).padStart(3, '0')}/${s}`;
	return s;
};

/** Perfect subtrees from the left, merged as soon as two are alike. */
async function pushLeaf(stack, hash) {
	let node = { level: 0, hash };
	while (stack.length && stack[stack.length - 1].level === node.level)
		node = { level: node.level + 1, hash: await nodeHash(stack.pop().hash, node.hash) };
	stack.push(node);
}

async function rootOfStack(stack) {
	let hash = stack[stack.length - 1].hash;
	for (let i = stack.length - 2; i >= 0; i--) hash = await nodeHash(stack[i].hash, hash);
	return hash;
}

/**
 * Reads every entry of the published log and recomputes everything: chain, order, time, root. fetchBytes(path) brings a
 * file; progress(done, of) is told. Returns { good, size, why, refused, kinds } or throws what fetchBytes throws.
 */
export async function verifyLog(checkpoint, fetchBytes, progress, stopped = () => false) {
	const { size } = checkpoint;
	const stack = [];
	const kinds = new Map();
	let before = new Uint8Array(32);
	let micros = 0n;
	let refused = 0;
	for (let tile = 0; tile * 256 < size; tile++) {
		const width = Math.min(256, size - tile * 256);
		const path = `/log/tile/entries/${tileName(tile)}${width < 256 ? `.p/${width}` : ''}`;
		const bundle = await fetchBytes(path);
		if (bundle.length !== width * (LEAF + 2)) return { good: false, size, at: tile * 256, why: 'log.badBundle' };
		for (let i = 0; i < width; i++) {
			const bytes = bundle.slice(i * (LEAF + 2) + 2, (i + 1) * (LEAF + 2));
			const leaf = readLeaf(bytes);
			const at = tile * 256 + i;
			if (leaf.seq !== at) return { good: false, size, at, why: 'log.badOrder' };
			if (leaf.micros < micros) return { good: false, size, at, why: 'log.badTime' };
			if (!same(leaf.before, before)) return { good: false, size, at, why: 'log.badChain' };
			before = await leafHash(bytes);
			micros = leaf.micros;
			refused += leaf.outcome !== 0 ? 1 : 0;
			kinds.set(leaf.kind, (kinds.get(leaf.kind) ?? 0) + 1);
			await pushLeaf(stack, before);
		}
		progress?.(tile * 256 + width, size);
		if (stopped()) return { good: false, size, why: 'log.stopped' };
	}
	const root = size ? await rootOfStack(stack) : await sha256(new Uint8Array(0));
	const good = same(root, checkpoint.root);
	return { good, size, refused, kinds, root: b64(root), why: good ? null : 'log.badRoot' };
}

export { b64url };
