-- What is asked about assets and what hangs on them. Every answer is rows of (json, cursor, etag).
-- Lists name the index they walk in each branch; the policies only confirm. A branch that is not
-- the asker's costs nothing (one-time filter).

-- name: receivable
-- $1 id, with its encumbrances in order of rank, how many objections stand, and when it lapses without a document
SELECT left(v.json::text, -1) || ',"encumbrances":' || ranking_json(v.id)::text || ',"objections":' || a.objections
		|| coalesce(',"document_by":"' || a.document_by || '"', '') || '}' AS json,
	NULL::text AS cursor, v.etag
FROM receivable_shown v JOIN asset a ON a.id = v.id WHERE v.id = $1::uuid;

-- name: receivables
-- $1 limit, $2 cursor, $3 state (a word, or empty): the asker's own, owed by it, lent on by it; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM asset WHERE kind = 1 AND creditor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receivable', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = 1 AND debtor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receivable', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT a.id, a.first_seq FROM asset a
		WHERE a.kind = 1 AND a.id IN (SELECT e.asset FROM encumbrance e WHERE e.secured = (SELECT me()) AND e.state IN (1, 2, 5, 6)
			UNION SELECT h.asset FROM hold h WHERE h.bank = (SELECT me()) AND h.state = 1)
			AND a.first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR a.state = number_of('receivable', $3::text))
		ORDER BY a.first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = 1 AND (SELECT sees_all()) AND first_seq >= 0 AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receivable', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN receivable_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: encumbrance
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM encumbrance_shown v WHERE v.id = $1::uuid;

-- name: encumbrances
-- $1 limit, $2 cursor, $3 asset (or empty): in the asker's favour or granted by it; of one asset, those it may see
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM encumbrance WHERE coalesce($3::text, '') = '' AND secured = (SELECT me())
			AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM encumbrance WHERE coalesce($3::text, '') = '' AND grantor = (SELECT me())
			AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM encumbrance WHERE coalesce($3::text, '') = '' AND (SELECT sees_all())
			AND first_seq >= 0 AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM encumbrance WHERE asset = NULLIF($3::text, '')::uuid AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN encumbrance_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: holds
-- $1 limit, $2 cursor
SELECT json_strip_nulls(json_build_object('id', h.id, 'asset', not_nil(h.asset), 'bank', h.bank,
		'amount', CASE WHEN h.amount > 0 THEN cash(h.amount, h.ccy) END, 'purpose', h.purpose,
		'state', word_of('hold', h.state), 'renewals', h.renewals, 'until', moment(h.until), 'seq', h.seq,
		'etag', b64url(h.head)))::text AS json,
	h.first_seq::text AS cursor, b64url(h.head) AS etag
FROM (SELECT id FROM hold WHERE bank = (SELECT me()) AND first_seq < page_from($2::text)
	UNION SELECT id FROM hold WHERE (SELECT sees_all()) AND first_seq < page_from($2::text)) AS m
JOIN hold h ON h.id = m.id
ORDER BY h.first_seq DESC, h.id LIMIT page_rows($1::text);

-- name: document
-- $1 sha256 in hex: who brought it when, and what it is worth now if it was judged again; then, sealed, what was read from
-- it and found in it, as the POST answered; without that, the entry by which it was erased
SELECT (jsonb_build_object('id', encode(c.sha256, 'hex'), 'submitter', c.submitter,
		'received_at', moment(c.received_at), 'size', c.size)
		|| CASE WHEN s.now IS NULL THEN '{}' ELSE jsonb_build_object('now', s.now) END)::text AS json,
	NULL::text AS cursor, encode(c.sha256, 'hex') AS etag, sealed_document(c.sha256, 2) AS sealed, erased_by(c.sha256)::text
FROM document_content c CROSS JOIN LATERAL (SELECT assessed(c.sha256) AS now) AS s WHERE c.sha256 = decode($1::text, 'hex');

-- name: document_known
-- $1 sha256 in hex: whether the asker has a copy that can be read
SELECT encode(c.sha256, 'hex') FROM document_content c
WHERE c.sha256 = decode($1::text, 'hex') AND EXISTS (SELECT FROM document_sealed d WHERE d.sha256 = c.sha256);
