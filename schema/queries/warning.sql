-- What is asked about early warnings. Every answer is rows of (json, cursor, etag).

-- name: warning
-- $1 id
SELECT v.json::text AS json, NULL::text AS cursor, v.etag FROM warning_shown v WHERE v.id = $1::uuid;

-- name: warnings
-- $1 limit, $2 cursor, $3 event, $4 claim or other asset (what is about it, its debtor or its holder), $5 party, $6 warehouse,
-- $7 commodity, $8 region, $9 open ("yes": it stands, "no": closed or lapsed), $10 since (day): those that concern the asker
SELECT v.json::text AS json, v.first_seq::text AS cursor, v.etag
FROM warning_shown v
WHERE v.first_seq < page_from($2::text)
	AND ((SELECT sees_all()) OR v.id IN (SELECT c.warning FROM warning_concern c WHERE c.party = (SELECT me())))
	AND (coalesce($3::text, '') = '' OR v.event = number_of('warning', $3::text))
	AND (coalesce($4::text, '') = '' OR v.asset = NULLIF($4::text, '')::uuid
		OR v.party IN (SELECT unnest(ARRAY[a.creditor, a.debtor]) FROM asset a WHERE a.id = NULLIF($4::text, '')::uuid))
	AND (coalesce($5::text, '') = '' OR v.party = NULLIF($5::text, '')::uuid)
	AND (coalesce($6::text, '') = '' OR v.site = NULLIF($6::text, '')::uuid)
	AND (coalesce($7::text, '') = '' OR v.commodity = $7::text OR v.goods = $7::text)
	AND (coalesce($8::text, '') = '' OR v.region = $8::text)
	AND (coalesce($9::text, '') = '' OR ($9::text = 'yes') = (v.state = 1 AND now() < v.until))
	AND (coalesce($10::text, '') = '' OR v.raised >= NULLIF($10::text, '')::date)
ORDER BY v.first_seq DESC, v.id LIMIT page_rows($1::text);
