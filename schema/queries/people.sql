-- What is asked about alerts. Every answer is rows of (json, cursor, etag).

-- name: alerts
-- $1 limit, $2 cursor, $3 'yes': open ones, 'no': acknowledged ones, empty: all. The asker's own, newest first.
SELECT v.json::text AS json, v.number::text AS cursor, NULL::text AS etag
FROM alert_shown v
WHERE v.party = (SELECT me()) AND v.number < page_from($2::text)
	AND (coalesce($3::text, '') = '' OR (v.acked_at IS NULL) = ($3::text = 'yes'))
ORDER BY v.number DESC LIMIT page_rows($1::text);

-- name: alert
-- $1 number
SELECT v.json::text AS json, v.number::text AS cursor, NULL::text AS etag
FROM alert_shown v WHERE v.party = (SELECT me()) AND v.number = $1::bigint;

-- name: alerts_after
-- $1 number, $2 limit: what came behind it, in order
SELECT v.json::text AS json, v.number::text AS cursor, v.json->>'code' AS etag
FROM alert_shown v WHERE v.party = (SELECT me()) AND v.number > $1::bigint
ORDER BY v.number LIMIT page_rows($2::text);

-- name: webhook
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, NULL::text AS etag
FROM webhook_shown v WHERE v.id = $1::uuid AND v.state < 4;

-- name: webhooks
-- $1 limit, $2 cursor: the asker's own, newest first
SELECT v.json::text AS json, v.first_seq::text AS cursor, NULL::text AS etag
FROM webhook_shown v WHERE v.party = (SELECT me()) AND v.state < 4 AND v.first_seq < page_from($2::text)
ORDER BY v.first_seq DESC LIMIT page_rows($1::text);

-- name: deliveries
-- $1 webhook, $2 limit, $3 cursor: newest first
SELECT v.json::text AS json, (v.number + 1)::text AS cursor, NULL::text AS etag
FROM delivery_shown v WHERE v.webhook = $1::uuid AND v.number + 1 < page_from($3::text)
ORDER BY v.number DESC LIMIT page_rows($2::text);
