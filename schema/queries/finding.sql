-- What is asked about findings. Every answer is rows of (json, cursor, etag).

-- name: finding
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM finding_shown v WHERE v.id = $1::uuid;

-- name: findings
-- $1 limit, $2 cursor, $3 asset, $4 party, $5 open ("yes": not reviewed yet, "no": reviewed): of the asset, or of the party, or on what the
-- asker may see of its own; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM finding WHERE asset = NULLIF($3::text, '')::uuid AND first_seq < page_from($2::text)
			AND (coalesce($5::text, '') = '' OR ($5::text = 'yes') = (state = 1))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM finding WHERE party = NULLIF($4::text, '')::uuid AND first_seq < page_from($2::text)
			AND (coalesce($5::text, '') = '' OR ($5::text = 'yes') = (state = 1))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM finding WHERE coalesce($3::text, '') = '' AND coalesce($4::text, '') = ''
			AND (SELECT sees_all()) AND first_seq < page_from($2::text) AND (coalesce($5::text, '') = '' OR ($5::text = 'yes') = (state = 1))
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT f.id, f.first_seq FROM finding f WHERE coalesce($3::text, '') = '' AND coalesce($4::text, '') = ''
			AND NOT (SELECT sees_all()) AND f.first_seq < page_from($2::text)
			AND (coalesce($5::text, '') = '' OR ($5::text = 'yes') = (f.state = 1))
		ORDER BY f.first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN finding_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: appeal
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM appeal_shown v WHERE v.id = $1::uuid;

-- name: appeals
-- $1 limit, $2 cursor, $3 party, $4 open ("yes": not decided yet, "no": decided): those the asker may see, newest first
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM appeal_shown v
WHERE v.first_seq < page_from($2::text) AND (coalesce($3::text, '') = '' OR v.party = NULLIF($3::text, '')::uuid)
	AND (coalesce($4::text, '') = '' OR ($4::text = 'yes') = (v.state = 1))
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);
