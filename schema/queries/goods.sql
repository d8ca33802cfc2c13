-- What is asked about warehouse receipts and sites. Every answer is rows of (json, cursor, etag).

-- name: warehouse_receipt
-- $1 id, with its lots and its encumbrances in order of rank
SELECT left(v.json::text, -1) || ',"lots":' || lots_json(v.id)::text || ',"encumbrances":' || ranking_json(v.id)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM warehouse_receipt_shown v WHERE v.id = $1::uuid;

-- name: warehouse_receipts
-- $1 limit, $2 cursor, $3 state (a word, or empty): held by the asker, issued by it, lent on by it; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM asset WHERE kind = 3 AND creditor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receipt', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = 3 AND debtor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receipt', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT a.id, a.first_seq FROM asset a
		WHERE a.kind = 3 AND a.id IN (SELECT e.asset FROM encumbrance e WHERE e.secured = (SELECT me()) AND e.state IN (1, 2, 5, 6)
			UNION SELECT h.asset FROM hold h WHERE h.bank = (SELECT me()) AND h.state = 1)
			AND a.first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR a.state = number_of('receipt', $3::text))
		ORDER BY a.first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = 3 AND (SELECT sees_all()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of('receipt', $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN warehouse_receipt_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: site
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM site_shown v WHERE v.id = $1::uuid;

-- name: sites
-- $1 limit, $2 cursor: where goods lie, newest first; for everybody enrolled
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM (SELECT id FROM site WHERE first_seq < page_from($2::text) ORDER BY first_seq DESC LIMIT page_rows($1::text)) AS m
JOIN site_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id;
