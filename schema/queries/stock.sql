-- Stock, prepayments and the prices of goods. Every answer is rows of (json, cursor, etag).

-- name: inventory
-- $1 id, with its encumbrances in order of rank
SELECT left(v.json::text, -1) || ',"encumbrances":' || ranking_json(v.id)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM inventory_shown v WHERE v.id = $1::uuid;

-- name: inventories
-- $1 limit, $2 cursor, $3 state (a word, or empty)
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM goods_listed(4, 'inventory', $1::text, $2::text, coalesce($3::text, '')) AS m
JOIN inventory_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: prepayment
-- $1 id, with its encumbrances in order of rank
SELECT left(v.json::text, -1) || ',"encumbrances":' || ranking_json(v.id)::text || '}' AS json,
	NULL::text AS cursor, v.etag
FROM prepayment_shown v WHERE v.id = $1::uuid;

-- name: prepayments
-- $1 limit, $2 cursor, $3 state (a word, or empty)
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM goods_listed(5, 'prepayment', $1::text, $2::text, coalesce($3::text, '')) AS m
JOIN prepayment_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: price
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM price_shown v WHERE v.id = $1::uuid;

-- name: prices
-- $1 limit, $2 cursor
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM price_shown v WHERE v.first_seq < page_from($2::text)
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);
