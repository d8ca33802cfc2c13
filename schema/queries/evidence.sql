-- Trust anchors and the evidence behind claims. Every answer but `trust`, `signer`, `asker` and `bytes` is rows of (json, cursor, etag).

-- name: anchor
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM anchor_shown v WHERE v.id = $1::uuid;

-- name: anchors
-- All of them, newest first: whom the registry believes, and whom it believed.
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM anchor_shown v ORDER BY v.first_seq DESC;

-- name: trust
-- What a document coming in now is judged under.
SELECT a.id::text, a.name, a.profile::text, a.purpose::text, a.jurisdiction, a.authority::text, a.certificate,
	a.revocations
FROM anchor a WHERE a.state = 1 AND now() BETWEEN a.valid_from AND a.valid_until ORDER BY a.first_seq LIMIT 64;

-- name: signer
-- $1 thumbprint of a key, in hexadecimal
SELECT s.alg::text, encode(s.pub_x, 'hex'), encode(s.pub_y, 'hex'), s.identifier FROM signer_of(decode($1::text, 'hex')) s;

-- name: asker
-- Who asks, as it is enrolled: scheme and number.
SELECT p.identifier FROM party p WHERE p.id = (SELECT me());

-- name: bytes
-- $1 sha256 in hex: the document itself, as far as the asker may see it; NULL once it is erased.
SELECT sealed_document(c.sha256, 1) AS sealed FROM document_content c WHERE c.sha256 = decode($1::text, 'hex');
