-- What is asked about objections and commitments. Every answer is rows of (json, cursor, etag).

-- name: objection
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM objection_shown v WHERE v.id = $1::uuid;

-- name: objections
-- $1 limit, $2 cursor, $3 asset (or empty): placed by the asker, against it, on what it holds; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM objection WHERE coalesce($3::text, '') = '' AND challenger = (SELECT me())
			AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM objection WHERE coalesce($3::text, '') = '' AND respondent = (SELECT me())
			AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM objection WHERE coalesce($3::text, '') = '' AND (SELECT sees_all())
			AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM objection WHERE asset = NULLIF($3::text, '')::uuid AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN objection_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);

-- name: commitments
-- $1 limit, $2 cursor: what the asker has signed, or was signed to it; all for the regulator
SELECT v.json::text AS json, v.first_seq::text AS cursor, NULL::text AS etag
FROM ((SELECT id, first_seq FROM commitment WHERE debtor = (SELECT me()) AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM commitment WHERE supplier = (SELECT me()) AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))
	UNION
	(SELECT id, first_seq FROM commitment WHERE (SELECT sees_all()) AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text))) AS m
JOIN commitment_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);
