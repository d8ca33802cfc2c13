-- Vouchers and bills. Every answer is rows of (json, cursor, etag), as in assets.sql.

-- name: paper
-- $1 id, $2 its kind's number; with its encumbrances in order of rank
SELECT left(v.json::text, -1) || ',"encumbrances":' || ranking_json(v.id)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM paper_shown v WHERE v.id = $1::uuid AND v.kind = $2::integer;

-- name: papers
-- $1 limit, $2 cursor, $3 state (a word, or empty), $4 the kind's number: held, owed, lent on, or offered to the asker
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM asset WHERE kind = $4::integer AND creditor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of(word_of('asset_kind', $4::integer), $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = $4::integer AND debtor = (SELECT me()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of(word_of('asset_kind', $4::integer), $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT a.id, a.first_seq FROM asset a
		WHERE a.kind = $4::integer AND a.id IN (SELECT p.id FROM part p WHERE p.offered_to = (SELECT me())
			UNION SELECT e.asset FROM encumbrance e WHERE e.secured = (SELECT me()) AND e.state IN (1, 2, 5, 6)
			UNION SELECT h.asset FROM hold h WHERE h.bank = (SELECT me()) AND h.state = 1)
			AND a.first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR a.state = number_of(word_of('asset_kind', $4::integer), $3::text))
		ORDER BY a.first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = $4::integer AND (SELECT sees_all()) AND first_seq < page_from($2::text)
			AND (coalesce($3::text, '') = '' OR state = number_of(word_of('asset_kind', $4::integer), $3::text))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN paper_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: paper_chain
-- $1 id, $2 its kind's number: every step from its issue to its holder
SELECT json_build_object('id', v.id, 'holder', v.creditor, 'debtor', v.debtor, 'steps', chain_json(v.id))::text AS json,
	NULL::text AS cursor, v.etag
FROM paper_shown v WHERE v.id = $1::uuid AND v.kind = $2::integer;

-- name: obligors
-- who is suspended or barred, those longest first, and the asker itself
SELECT v.json::text AS json, NULL::text AS cursor, NULL::text AS etag
FROM obligor_shown v ORDER BY v.barred_until DESC NULLS LAST, v.suspended_until DESC NULLS LAST, v.id LIMIT 1000;

-- name: pool
-- $1 id; with what stands on it
SELECT left(v.json::text, -1) || ',"encumbrances":' || ranking_json(v.id)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM pool_shown v WHERE v.id = $1::uuid;

-- name: pools
-- $1 limit, $2 cursor: the originator's, the trustee's, those opened to the investor
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM pool_shown v
WHERE v.first_seq < page_from($2::text) AND v.id IN (
	SELECT a.id FROM asset a WHERE a.kind = 7 AND a.creditor = (SELECT me())
	UNION SELECT a.id FROM asset a WHERE a.kind = 7 AND a.debtor = (SELECT me())
	UNION SELECT my_pools()
	UNION SELECT a.id FROM asset a WHERE a.kind = 7 AND (SELECT sees_all()))
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: pool_tape
-- $1 id: the pool and every step of its membership
SELECT left(v.json::text, -1) || ',"tape_steps":' || tape_json(v.id, a.ccy)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM pool_shown v JOIN asset a ON a.id = v.id WHERE v.id = $1::uuid;
