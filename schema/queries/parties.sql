-- What is asked about parties. Every answer is rows of (json, cursor, etag).

-- name: party
-- $1 id. Anyone enrolled finds anyone enrolled; what is not for everyone is added where the policies show the row.
SELECT json_strip_nulls(json_build_object('id', d.id, 'kind', 'party', 'name', d.name, 'country', d.country,
		'identifier', NULLIF(d.identifier, ''), 'roles', role_words(d.roles), 'state', word_of('party', d.state),
		'size', word_of('party_size', p.size), 'commits', CASE WHEN p.commits > 0 THEN true END,
		'frozen', p.freezes > 0, 'live_keys', p.live_keys, 'seq', d.seq, 'etag', b64url(d.head)))::text AS json,
	NULL::text AS cursor, b64url(d.head) AS etag
FROM party_directory d LEFT JOIN party p ON p.id = d.id WHERE d.id = $1::uuid;

-- name: party_keys
-- $1 party, newest first. Officer and limit only for the party itself, the operator and the regulator.
SELECT json_strip_nulls(json_build_object('kid', b64url(d.kid), 'alg', word_of('alg', d.alg),
		'x', b64url(d.pub_x), 'y', CASE WHEN d.alg <> 1 THEN b64url(d.pub_y) END,
		'officer', NULLIF(k.officer, ''), 'limit', cash(k.limit_minor, k.limit_ccy),
		'from_seq', d.from_seq, 'until_seq', NULLIF(d.until_seq, 0), 'live', d.until_seq = 0))::text AS json,
	d.from_seq::text AS cursor, NULL::text AS etag
FROM key_directory d LEFT JOIN party_key k ON k.kid = d.kid WHERE d.party = $1::uuid
ORDER BY d.from_seq DESC, d.kid;

-- name: party_claims
-- $1 party, $2 limit, $3 cursor: every claim that names it, newest first; of those the asker may see.
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM ((SELECT id, first_seq FROM asset WHERE kind = 1 AND debtor = $1::uuid AND first_seq < page_from($3::text)
		ORDER BY first_seq DESC LIMIT page_rows($2::text))
	UNION
	(SELECT id, first_seq FROM asset WHERE kind = 1 AND creditor = $1::uuid AND first_seq < page_from($3::text)
		ORDER BY first_seq DESC LIMIT page_rows($2::text))) AS m
JOIN receivable_shown v ON v.id = m.id
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($2::text);
