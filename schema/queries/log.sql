-- What is asked about entries, attempts, looks and rules. Every answer is rows of (json, cursor, etag); an entry's statement
-- comes sealed behind them, and is opened on its way (077_statements_sealed).

-- name: history
-- $1 asset, $2 limit, $3 cursor: entries about the asset, its encumbrances, its holds and objections, newest first; and
-- the one that made it, which is about another asset when this one was split from it
SELECT v.json::text AS json, v.seq::text AS cursor, v.etag, v.statement_sealed
FROM ((SELECT e.seq FROM entry e
	WHERE e.object = ANY (ARRAY(SELECT $1::uuid
			UNION ALL SELECT id FROM encumbrance WHERE asset = $1::uuid
			UNION ALL SELECT id FROM hold WHERE asset = $1::uuid
			UNION ALL SELECT id FROM objection WHERE asset = $1::uuid))
		AND e.seq < page_from($3::text)
	ORDER BY e.seq DESC LIMIT page_rows($2::text))
	UNION
	SELECT first_seq FROM asset WHERE id = $1::uuid AND first_seq < page_from($3::text)) AS m
JOIN entry_shown v ON v.seq = m.seq
ORDER BY v.seq DESC LIMIT page_rows($2::text);

-- name: entry
-- $1 seq
SELECT v.json::text AS json, NULL::text AS cursor, v.etag, v.statement_sealed FROM entry_shown v WHERE v.seq = $1::bigint;

-- name: attempts
-- $1 limit, $2 cursor: what was tried and refused, for the regulator
SELECT v.json::text AS json, v.seq::text AS cursor, v.etag, v.statement_sealed
FROM (SELECT seq FROM entry WHERE outcome <> 0 AND (SELECT sees_all()) AND seq < page_from($2::text)
	ORDER BY seq DESC LIMIT page_rows($1::text)) AS m
JOIN entry_shown v ON v.seq = m.seq
ORDER BY v.seq DESC;

-- name: decisions
-- $1 limit, $2 cursor: what was decided by office, by whom, accepted or refused, for the regulator
SELECT v.json::text AS json, v.seq::text AS cursor, v.etag, v.statement_sealed
FROM (SELECT seq FROM entry
	WHERE kind IN (2, 10, 11, 12, 15, 40, 41, 50, 51, 52, 145, 146, 147, 149, 251, 252, 262, 310, 311, 332)
		AND (SELECT sees_all()) AND seq < page_from($2::text)
	ORDER BY seq DESC LIMIT page_rows($1::text)) AS m
JOIN entry_shown v ON v.seq = m.seq
ORDER BY v.seq DESC;

-- name: access
-- $1 limit, $2 cursor: who looked at the asker's data, and at what the asker looked; all for the regulator
SELECT json_strip_nulls(json_build_object('number', l.number, 'at', moment(l.at), 'who', not_nil(l.who),
		'object', not_nil(l.object), 'subject', not_nil(l.subject), 'what', l.what, 'purpose', l.purpose, 'seq', l.seq, 'consent', l.consent))::text AS json,
	l.number::text AS cursor, NULL::text AS etag
FROM ((SELECT number FROM access_log WHERE subject = (SELECT me()) AND number < page_from($2::text)
		ORDER BY number DESC LIMIT page_rows($1::text))
	UNION
	(SELECT number FROM access_log WHERE who = (SELECT me()) AND number < page_from($2::text)
		ORDER BY number DESC LIMIT page_rows($1::text))
	UNION
	(SELECT number FROM access_log WHERE (SELECT sees_all()) AND number < page_from($2::text)
		ORDER BY number DESC LIMIT page_rows($1::text))) AS m
JOIN access_log l ON l.number = m.number
ORDER BY l.number DESC LIMIT page_rows($1::text);

-- name: rules
-- Every version of every rule, public: what was in force when and where, and what is now. The months of calendars (from
-- number 10000 on, rule.h) are among them: how many days are not what their weekday says, and which.
SELECT json_strip_nulls(json_build_object('rule', CASE WHEN m.first IS NULL THEN word_of('rule', (r.id / 1000000 % 1000000)::integer) ELSE 'calendar' END,
		'country', country_of(r.id / 1000000000000), 'month', to_char(m.first, 'YYYY-MM'), 'version', r.id % 1000000,
		'values', CASE WHEN m.first IS NULL
			THEN json_build_object(coalesce(word_of('rule_unit', (r.id / 1000000 % 1000000)::integer), 'value'), r.value)
			ELSE json_build_object('days', (SELECT count(*) FROM generate_series(0, 30) d WHERE r.value >> d & 1 = 1)) END,
		'off', (SELECT json_agg(m.first + d ORDER BY d) FROM generate_series(0, 30) d WHERE r.value >> d & 1 = 1 AND extract(isodow FROM m.first + d) < 6),
		'worked', (SELECT json_agg(m.first + d ORDER BY d) FROM generate_series(0, 30) d WHERE r.value >> d & 1 = 1 AND extract(isodow FROM m.first + d) > 5),
		'effective', moment(r.effective), 'until', moment(lead(r.effective) OVER one),
		'in_force', r.id = max(r.id) FILTER (WHERE r.effective <= now()) OVER (PARTITION BY r.id / 1000000),
		'seq', r.seq))::text AS json,
	NULL::text AS cursor, NULL::text AS etag
FROM rule r LEFT JOIN LATERAL (SELECT ('1990-01-01'::date + make_interval(months => (r.id / 1000000 % 1000000 - 10000)::integer))::date AS first
	WHERE r.id / 1000000 % 1000000 >= 10000) m ON true
WINDOW one AS (PARTITION BY r.id / 1000000 ORDER BY r.id)
ORDER BY r.id / 1000000 % 1000000, r.id;
