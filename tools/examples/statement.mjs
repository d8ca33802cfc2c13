// SPDX-License-Identifier: Apache-2.0
// statement.mjs SERVER KEY.jwk PARTY DEBTOR: signs a future claim, submits it, verifies the receipt offline. Node alone.
import { createHash, createPrivateKey, createPublicKey, randomBytes, randomUUID, sign, verify as verifies } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [server, file, party, debtor] = process.argv.slice(2);
const jwk = JSON.parse(readFileSync(file));
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const must = (good, what) => {
	if (!good) throw new Error(what);
};

/* a JWS in compact form (RFC 7515); kid is the key's thumbprint (RFC 7638) */
const kid = sha256(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: jwk.x })).toString('base64url');
const key = createPrivateKey({ key: jwk, format: 'jwk' });
function jws(typ, payload) {
	const head = [{ alg: 'EdDSA', kid, typ }, payload].map(p => Buffer.from(JSON.stringify(p)).toString('base64url')).join('.');
	return `${head}.${sign(null, Buffer.from(head), key).toString('base64url')}`;
}

function checkpoint(note, vkey) {
	const [, name, id, blob] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
	const log = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(blob, 'base64').subarray(1).toString('base64url') }, format: 'jwk' });
	const cut = note.indexOf('\n\n') + 1;
	const [origin, size, root] = note.split('\n');
	const good = note.slice(cut + 1).split('\n').some(line => {
		const [, who, signature] = line.split(' ');
		const bytes = Buffer.from(signature ?? '', 'base64');
		return who === name && origin === name && bytes.subarray(0, 4).toString('hex') === id && verifies(null, Buffer.from(note.slice(0, cut)), log, bytes.subarray(4));
	});
	must(good, 'the checkpoint is not signed by the log');
	return { size: Number(size), root: Buffer.from(root, 'base64') };
}

function verify(receipt, vkey, compact) {
	const leaf = Buffer.from(receipt.leaf, 'base64');
	must(leaf.length === 136 && Number(leaf.readBigUInt64BE(16)) === receipt.seq && leaf.readUInt16BE(34) === receipt.outcome, "the leaf is another entry's");
	must(leaf.subarray(40, 72).equals(sha256(compact)), 'it is for another statement');
	const cut = receipt.proof.indexOf('\n\n');
	const lines = receipt.proof.slice(0, cut).split('\n');
	const at = lines.findIndex(l => l.startsWith('index '));
	const { size, root } = checkpoint(receipt.proof.slice(cut + 2), vkey);
	let fn = Number(lines[at].slice(6));
	let sn = size - 1;
	must(fn === receipt.seq && fn <= sn, 'not in that log');
	let node = sha256(Buffer.of(0), leaf); /* RFC 9162 2.1.3.2 */
	for (const p of lines.slice(at + 1).map(l => Buffer.from(l, 'base64'))) {
		must(sn > 0, 'the path is too long');
		if (fn % 2 || fn === sn) {
			node = sha256(Buffer.of(1), p, node);
			for (; fn && fn % 2 === 0; fn /= 2) sn = Math.floor(sn / 2);
		} else node = sha256(Buffer.of(1), node, p);
		fn = Math.floor(fn / 2);
		sn = Math.floor(sn / 2);
	}
	must(sn === 0 && node.equals(root), 'the path does not lead to the signed root');
}

const day = n => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10);
const { vkey } = await (await fetch(`${server}/.well-known/counterfoil.json`)).json();
const compact = jws('counterfoil+jws', {
	type: 'receivable.register',
	id: randomUUID(),
	object: randomUUID(),
	prev: null,
	at: `${new Date().toISOString().slice(0, 19)}Z`,
	salt: randomBytes(32).toString('base64url'),
	body: { creditor: party, debtor, face: { amount: '1250.00', currency: 'CNY' }, issue_date: day(0), due_date: day(91), documents: [], existing: false },
});
const answer = await fetch(`${server}/v1/statements`, { method: 'POST', body: compact, headers: { 'Content-Type': 'application/jose' } });
const receipt = await answer.json();
must(answer.ok, `refused: ${receipt.code} ${receipt.detail}`);
verify(receipt, vkey, compact);
console.log(`entry ${receipt.seq}: accepted, receipt verified`);
