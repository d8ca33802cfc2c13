-- What parties let each other read. Every answer but `score_consent` is rows of (json, cursor, etag).

-- name: consent
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM consent_shown v WHERE v.id = $1::uuid;

-- name: consents
-- $1 limit, $2 cursor: given by the asker, or to it; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM consent_shown v WHERE v.first_seq < page_from($2::text)
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: score_consent
-- $1 party whose score, or holder of the claim, $2 the claim or empty: whether the asker needs no consent, or has one
SELECT (NOT score_rule() OR consent_of($1::uuid, 1) IS NOT NULL
	OR (coalesce($2::text, '') <> '' AND sees_asset(NULLIF($2::text, '')::uuid)))::text;
