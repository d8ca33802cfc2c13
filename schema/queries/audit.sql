-- The regulator's reports. Each is one statement and so one place in the log, however long it takes: a row of
-- (json, place, subjects): the report, the last entry it knows (and behind a colon where the next page begins), and whose
-- data it shows, with commas between. For whoever does not see everything there is no row.

-- name: audit_debtors
-- Claims by debtor and currency, those with most that speaks against them first: findings, rejected, unconfirmed.
WITH d AS (
	SELECT a.debtor, a.ccy, count(*) AS n, sum(a.face) AS face,
		count(*) FILTER (WHERE a.confirmed_seq <> 0) AS confirmed_n,
		coalesce(sum(a.face) FILTER (WHERE a.confirmed_seq <> 0), 0) AS confirmed,
		count(*) FILTER (WHERE a.state = 1 AND a.confirmed_seq = 0) AS waiting_n,
		coalesce(sum(a.face) FILTER (WHERE a.state = 1 AND a.confirmed_seq = 0), 0) AS waiting,
		count(*) FILTER (WHERE a.state = 4) AS rejected_n, coalesce(sum(a.face) FILTER (WHERE a.state = 4), 0) AS rejected,
		count(*) FILTER (WHERE a.findings <> '') AS found_n, coalesce(sum(a.face) FILTER (WHERE a.findings <> ''), 0) AS found
	FROM asset a WHERE a.kind = 1 AND (SELECT sees_all())
	GROUP BY a.debtor, a.ccy ORDER BY found_n DESC, rejected_n DESC, waiting_n DESC, a.debtor, a.ccy LIMIT 200)
SELECT json_build_object('items', coalesce((SELECT json_agg(json_build_object('debtor', d.debtor, 'claims', d.n,
		'face', cash(d.face::bigint, d.ccy), 'confirmed', d.confirmed_n, 'confirmed_face', cash(d.confirmed::bigint, d.ccy),
		'unconfirmed', d.waiting_n, 'unconfirmed_face', cash(d.waiting::bigint, d.ccy),
		'rejected', d.rejected_n, 'rejected_face', cash(d.rejected::bigint, d.ccy),
		'suspicious', d.found_n, 'suspicious_face', cash(d.found::bigint, d.ccy))) FROM d), '[]'))::text AS json,
	(h.size - 1)::text AS cursor, (SELECT string_agg(DISTINCT d.debtor::text, ',') FROM d) AS etag
FROM log_head h WHERE (SELECT sees_all());

-- name: audit_regions
-- By province (or country) and currency: claims still open on debtors registered there and how they are spread over them,
-- what is financed, late or suspicious of them, and what suppliers there are owed. Herfindahl: the sum of the squares of
-- the debtors' parts, in millionths; 1,000,000 is a single debtor.
WITH a AS MATERIALIZED (SELECT debtor, creditor, ccy, face - diluted - paid AS open, encumbered, state, findings FROM asset
		WHERE kind = 1 AND state NOT IN (4, 9, 11) AND face > diluted + paid AND (SELECT sees_all())),
	d AS (SELECT debtor, ccy, count(*) AS n, sum(open) AS open, sum(encumbered) AS financed,
		coalesce(sum(open) FILTER (WHERE state IN (6, 7)), 0) AS late, count(*) FILTER (WHERE findings <> '') AS found,
		coalesce(sum(open) FILTER (WHERE findings <> ''), 0) AS found_open FROM a GROUP BY debtor, ccy),
	here AS (SELECT region_of(p.country, p.identifier) AS region, d.ccy, count(*) AS debtors, sum(d.n) AS n, sum(d.open) AS open,
		sum(d.financed) AS financed, sum(d.late) AS late, sum(d.found) AS found, sum(d.found_open) AS found_open,
		max(d.open) AS most, (array_agg(d.debtor ORDER BY d.open DESC, d.debtor))[1] AS largest,
		(sum(d.open * d.open) * 1000000 / (sum(d.open) * sum(d.open)))::bigint AS herfindahl
		FROM d JOIN party p ON p.id = d.debtor GROUP BY 1, 2),
	c AS (SELECT creditor, ccy, sum(open) AS open FROM a GROUP BY creditor, ccy),
	there AS (SELECT region_of(p.country, p.identifier) AS region, c.ccy, count(*) AS suppliers, sum(c.open) AS owed
		FROM c JOIN party p ON p.id = c.creditor GROUP BY 1, 2),
	r AS (SELECT region, ccy, here.open, here.debtors, here.n, here.financed, here.late, here.found, here.found_open, here.most,
		here.largest, here.herfindahl, coalesce(there.suppliers, 0) AS suppliers,
		coalesce(there.owed, 0) AS owed FROM here FULL JOIN there USING (region, ccy)
		ORDER BY here.open DESC NULLS LAST, there.owed DESC NULLS LAST, region, ccy LIMIT 500)
SELECT json_build_object('items', coalesce((SELECT json_agg(json_strip_nulls(json_build_object('region', r.region,
		'debtors', coalesce(r.debtors, 0), 'claims', coalesce(r.n, 0), 'open', cash(coalesce(r.open, 0)::bigint, r.ccy),
		'financed', cash(coalesce(r.financed, 0)::bigint, r.ccy), 'late', cash(coalesce(r.late, 0)::bigint, r.ccy),
		'suspicious', coalesce(r.found, 0), 'suspicious_open', cash(coalesce(r.found_open, 0)::bigint, r.ccy),
		'largest', r.largest, 'largest_ppm', (r.most * 1000000 / nullif(r.open, 0))::bigint, 'herfindahl_ppm', r.herfindahl,
		'suppliers', r.suppliers, 'owed', cash(r.owed::bigint, r.ccy)))) FROM r), '[]'))::text AS json,
	(h.size - 1)::text AS cursor, (SELECT string_agg(DISTINCT r.largest::text, ',') FROM r) AS etag
FROM log_head h WHERE (SELECT sees_all());

-- name: audit_fictitious
-- $1 debtor: what is claimed of it against what it has said and bought.
WITH c AS MATERIALIZED (SELECT a.* FROM (SELECT id, ccy, creditor, state, face, diluted, paid, encumbered, reserved,
		confirmed_seq, findings, level, first_seq, number, due FROM asset
		WHERE kind = 1 AND debtor = $1::uuid AND (SELECT sees_all())) AS a),
	told AS (SELECT c.* FROM c WHERE c.findings <> '' OR c.state = 4 OR (c.state = 1 AND c.confirmed_seq = 0)
		ORDER BY c.findings = '', c.state <> 4, c.first_seq DESC LIMIT 200),
	f AS (SELECT f AS one, v.json FROM finding f JOIN finding_shown v ON v.id = f.id
		WHERE f.party = $1::uuid OR f.asset IN (SELECT c.id FROM c WHERE c.findings <> '')
		ORDER BY f.severity DESC, f.first_seq DESC LIMIT 100)
SELECT json_strip_nulls(json_build_object('debtor', $1::uuid,
	'sums', coalesce((SELECT json_agg(json_build_object('currency', s.ccy, 'claims', s.n, 'face', amount(s.face::bigint, s.ccy),
		'confirmed', s.confirmed_n, 'confirmed_face', amount(s.confirmed::bigint, s.ccy),
		'unconfirmed', s.waiting_n, 'unconfirmed_face', amount(s.waiting::bigint, s.ccy),
		'rejected', s.rejected_n, 'rejected_face', amount(s.rejected::bigint, s.ccy),
		'disputed', s.disputed_n, 'disputed_face', amount(s.disputed::bigint, s.ccy),
		'suspicious', s.found_n, 'suspicious_face', amount(s.found::bigint, s.ccy),
		'documented_face', amount(s.documented::bigint, s.ccy),
		'paid', amount(s.paid::bigint, s.ccy), 'financed', amount(s.financed::bigint, s.ccy),
		'committed', amount(coalesce(k.committed, 0)::bigint, s.ccy),
		'counted_against_commitments', amount(coalesce(k.registered, 0)::bigint, s.ccy)) ORDER BY s.ccy)
		FROM (SELECT ccy, count(*) AS n, sum(face) AS face,
			count(*) FILTER (WHERE confirmed_seq <> 0) AS confirmed_n,
			coalesce(sum(face) FILTER (WHERE confirmed_seq <> 0), 0) AS confirmed,
			count(*) FILTER (WHERE state = 1 AND confirmed_seq = 0) AS waiting_n,
			coalesce(sum(face) FILTER (WHERE state = 1 AND confirmed_seq = 0), 0) AS waiting,
			count(*) FILTER (WHERE state = 4) AS rejected_n, coalesce(sum(face) FILTER (WHERE state = 4), 0) AS rejected,
			count(*) FILTER (WHERE state = 3) AS disputed_n, coalesce(sum(face) FILTER (WHERE state = 3), 0) AS disputed,
			count(*) FILTER (WHERE findings <> '') AS found_n,
			coalesce(sum(face) FILTER (WHERE findings <> ''), 0) AS found,
			coalesce(sum(face) FILTER (WHERE level > 0), 0) AS documented,
			sum(paid) AS paid, sum(encumbered) AS financed FROM c GROUP BY ccy) AS s
		LEFT JOIN (SELECT ccy, sum(committed) FILTER (WHERE committed_seq > 0) AS committed,
			sum(registered) FILTER (WHERE committed_seq > 0) AS registered
			FROM commitment WHERE debtor = $1::uuid GROUP BY ccy) AS k ON k.ccy = s.ccy), '[]'),
	'by_state', coalesce((SELECT json_agg(json_build_object('state', word_of('receivable', s.state), 'claims', s.n,
		'face', cash(s.face::bigint, s.ccy)) ORDER BY s.ccy, s.state)
		FROM (SELECT state, ccy, count(*) AS n, sum(face) AS face FROM c GROUP BY state, ccy) AS s), '[]'),
	'claims', coalesce((SELECT json_agg(json_build_object('id', t.id, 'creditor', t.creditor,
		'state', word_of('receivable', t.state), 'face', cash(t.face, t.ccy), 'due_date', t.due, 'number', t.number,
		'confirmed', t.confirmed_seq <> 0, 'level', t.level, 'registered_by', t.first_seq,
		'findings', t.findings <> '')) FROM told t), '[]'),
	'more', (SELECT count(*) FROM c WHERE c.findings <> '' OR c.state = 4 OR (c.state = 1 AND c.confirmed_seq = 0)) > 200,
	'findings', coalesce((SELECT json_agg(f.json) FROM f), '[]')))::text AS json,
	(h.size - 1)::text AS cursor, $1::text AS etag
FROM log_head h WHERE (SELECT sees_all()) AND EXISTS (SELECT FROM party WHERE id = $1::uuid);

-- name: audit_declared
-- $1 party, $2 entry: the last entry up to this one that says what is known of the party (party.profile).
SELECT v.json::text AS json, v.seq::text AS cursor, v.etag, v.statement_sealed
FROM (SELECT e.seq FROM entry e WHERE e.object = $1::uuid AND e.kind = number_of('statement', 'party.profile') AND e.outcome = 0
	AND e.seq <= $2::bigint AND (SELECT sees_all()) ORDER BY e.seq DESC LIMIT 1) AS m
JOIN entry_shown v ON v.seq = m.seq;

-- name: audit_purchases
-- $1 debtor: by month and currency in which they fall due, what is claimed of it, what it confirmed, what it committed to.
WITH m AS (SELECT to_char(due, 'YYYY-MM') AS month, ccy, count(*) AS n, sum(face) AS face,
		coalesce(sum(face) FILTER (WHERE confirmed_seq <> 0), 0) AS confirmed, sum(paid) AS paid
		FROM asset WHERE kind = 1 AND debtor = $1::uuid AND due IS NOT NULL AND state NOT IN (4, 9, 11) AND (SELECT sees_all())
		GROUP BY 1, 2),
	k AS (SELECT (month / 100)::text || '-' || lpad((month % 100)::text, 2, '0') AS month, ccy, sum(committed) AS committed
		FROM commitment WHERE debtor = $1::uuid AND committed_seq > 0 AND (SELECT sees_all()) GROUP BY 1, 2),
	b AS (SELECT month, ccy, coalesce(m.n, 0) AS n, coalesce(m.face, 0)::bigint AS face, coalesce(m.confirmed, 0)::bigint AS confirmed,
		coalesce(m.paid, 0)::bigint AS paid, k.committed::bigint AS committed
		FROM m FULL JOIN k USING (month, ccy) ORDER BY month DESC, ccy LIMIT 200)
SELECT json_build_object('items', coalesce((SELECT json_agg(json_strip_nulls(json_build_object('month', b.month, 'claims', b.n,
		'face', cash(b.face, b.ccy), 'confirmed_face', cash(b.confirmed, b.ccy), 'paid', cash(b.paid, b.ccy),
		'committed', CASE WHEN b.committed IS NOT NULL THEN cash(b.committed, b.ccy) END,
		'above', b.face > b.committed)) ORDER BY b.month DESC, b.ccy) FROM b), '[]'))::text AS json,
	(h.size - 1)::text AS cursor, $1::text AS etag
FROM log_head h WHERE (SELECT sees_all()) AND EXISTS (SELECT FROM party WHERE id = $1::uuid);

-- name: audit_graph
-- $1 party, $2 steps (1 to 3): who owes whom, who lends to whom and who stands behind whom around it. Bounded: the newest
-- 2,000 claims of a party on either side, 200 parties, 600 edges; what is left out is said.
WITH RECURSIVE walk(party, step) AS (
	SELECT $1::uuid, 0 WHERE (SELECT sees_all())
	UNION
	SELECT n.other, w.step + 1 FROM walk w CROSS JOIN LATERAL (
		SELECT DISTINCT r.other FROM ((SELECT creditor AS other FROM asset WHERE debtor = w.party AND kind = 1
				ORDER BY first_seq DESC LIMIT 2000)
			UNION ALL
			(SELECT debtor FROM asset WHERE creditor = w.party AND kind = 1 ORDER BY first_seq DESC LIMIT 2000)) AS r
		LIMIT 200) AS n
	WHERE w.step < least(greatest(coalesce(NULLIF($2::text, '')::integer, 1), 1), 3)),
	reached AS (SELECT party, min(step) AS step FROM walk GROUP BY party),
	core AS (SELECT party, step FROM reached ORDER BY step, party LIMIT 200),
	claim AS MATERIALIZED (SELECT a.* FROM core p CROSS JOIN LATERAL (
		SELECT id, debtor, creditor, ccy, face, face - diluted - paid AS open, findings, first_seq FROM asset
		WHERE debtor = p.party AND kind = 1 ORDER BY first_seq DESC LIMIT 2000) AS a
		WHERE a.creditor IN (SELECT party FROM core)),
	edge AS (
		(SELECT 'owes' AS kind, debtor AS from_party, creditor AS to_party, ccy, count(*) AS n, sum(face)::bigint AS total,
			sum(open)::bigint AS open, count(*) FILTER (WHERE findings <> '') AS found, min(first_seq) AS since, max(first_seq) AS last
		FROM claim GROUP BY debtor, creditor, ccy ORDER BY sum(face) DESC LIMIT 400)
		UNION ALL
		(SELECT 'secured', e.grantor, e.secured, e.ccy, count(*), sum(e.amount)::bigint, sum(e.open)::bigint, 0,
			min(e.first_seq), max(e.first_seq)
		FROM encumbrance e WHERE e.grantor IN (SELECT party FROM core) AND e.state IN (1, 2, 5)
		GROUP BY e.grantor, e.secured, e.ccy ORDER BY sum(e.amount) DESC LIMIT 100)
		UNION ALL
		(SELECT 'guarantees', g.giver, a.debtor, a.ccy, count(*), sum(g.amount)::bigint, sum(a.face - a.diluted - a.paid)::bigint, 0,
			min(g.id), max(g.id)
		FROM hop g JOIN asset a ON a.id = g.asset WHERE g.kind = 5 AND g.giver IN (SELECT party FROM core)
		GROUP BY g.giver, a.debtor, a.ccy ORDER BY sum(g.amount) DESC LIMIT 100)),
	node AS (SELECT party, step FROM core
		UNION ALL
		SELECT DISTINCT x.party, NULL::integer FROM edge CROSS JOIN LATERAL (VALUES (from_party), (to_party)) AS x(party)
		WHERE x.party NOT IN (SELECT party FROM core)),
	f AS (SELECT f AS one, v.json FROM finding f JOIN finding_shown v ON v.id = f.id
		WHERE f.asset IN (SELECT id FROM claim WHERE findings <> '') OR f.party IN (SELECT party FROM core)
		ORDER BY word_of('signal', f.signal) NOT LIKE 'G%', f.severity DESC, f.first_seq DESC LIMIT 50)
SELECT json_build_object('party', $1::uuid,
	'nodes', coalesce((SELECT json_agg(json_strip_nulls(json_build_object('id', n.party, 'name', p.name, 'roles', role_words(p.roles),
		'steps', n.step, 'findings', p.suspicions)) ORDER BY n.step NULLS LAST, n.party)
		FROM node n JOIN party p ON p.id = n.party), '[]'),
	'edges', coalesce((SELECT json_agg(json_build_object('kind', e.kind, 'from', e.from_party, 'to', e.to_party, 'count', e.n,
		'total', cash(e.total, e.ccy), 'open', cash(e.open, e.ccy), 'suspicious', e.found,
		'first_seq', e.since, 'last_seq', e.last) ORDER BY e.kind, e.total DESC, e.from_party, e.to_party) FROM edge e), '[]'),
	'findings', coalesce((SELECT json_agg((left(f.json::text, -1) || ',"parties":' || finding_parties(f.one)::text || '}')::json)
		FROM f), '[]'),
	'left_out', (SELECT count(*) FROM reached) - (SELECT count(*) FROM core))::text AS json,
	(h.size - 1)::text AS cursor, (SELECT string_agg(party::text, ',') FROM node) AS etag
FROM log_head h WHERE (SELECT sees_all()) AND EXISTS (SELECT FROM party WHERE id = $1::uuid);

-- name: audit_guarantees
-- Who stands behind whose bills that are not paid yet, and where that goes round.
WITH RECURSIVE edge AS MATERIALIZED (
	SELECT g.giver, a.debtor, a.ccy, count(*) AS n, sum(g.amount)::bigint AS total, max(g.id) AS last
	FROM hop g JOIN asset a ON a.id = g.asset
	WHERE g.kind = 5 AND (SELECT sees_all()) AND a.face - a.diluted - a.paid > 0 AND g.giver <> a.debtor
	GROUP BY g.giver, a.debtor, a.ccy ORDER BY sum(g.amount) DESC LIMIT 500),
	way(path, at) AS (
		SELECT DISTINCT ARRAY[giver], debtor FROM edge
		UNION
		SELECT w.path || w.at, e.debtor FROM way w JOIN edge e ON e.giver = w.at
		WHERE w.at <> w.path[1] AND w.at > w.path[1] AND NOT w.at = ANY (w.path) AND cardinality(w.path) < 6
			AND (e.debtor >= w.path[1])),
	f AS (SELECT v.json FROM finding f JOIN finding_shown v ON v.id = f.id
		WHERE f.signal = number_of('signal', 'G14') AND (SELECT sees_all()) ORDER BY f.first_seq DESC LIMIT 100)
SELECT json_build_object(
	'items', coalesce((SELECT json_agg(json_build_object('guarantor', e.giver, 'acceptor', e.debtor, 'bills', e.n,
		'total', cash(e.total, e.ccy), 'last_seq', e.last) ORDER BY e.total DESC, e.giver, e.debtor) FROM edge e), '[]'),
	'circles', coalesce((SELECT json_agg(DISTINCT w.path::text[]) FROM (SELECT path FROM way WHERE at = path[1] LIMIT 100) AS w), '[]'),
	'findings', coalesce((SELECT json_agg(f.json) FROM f), '[]'))::text AS json,
	(h.size - 1)::text AS cursor,
	(SELECT string_agg(DISTINCT x.party::text, ',') FROM (SELECT giver AS party FROM edge UNION SELECT debtor FROM edge LIMIT 300) AS x) AS etag
FROM log_head h WHERE (SELECT sees_all());

-- name: audit_warehouses
-- $1 limit, $2 cursor: what the receipts of a site stand for, against what it can hold and what was counted.
WITH g AS (SELECT s.id, s.first_seq, s.name, s.warehouse, json_agg(json_strip_nulls(json_build_object('goods', g.goods,
		'capacity', measure(g.capacity, g.unit), 'issued', measure(g.issued, g.unit),
		'filled_ppm', CASE WHEN g.capacity > 0 THEN (g.issued::numeric * 1000000 / g.capacity)::bigint END,
		'counted', CASE WHEN g.counted_seq > 0 THEN measure(g.counted, g.unit) END, 'counted_on', g.counted_on,
		'counted_by', not_nil(g.counted_by), 'missing', CASE WHEN g.counted_seq > 0 AND g.issued > g.counted
			THEN measure(g.issued - g.counted, g.unit) END)) ORDER BY g.goods) AS goods
	FROM (SELECT * FROM site WHERE (SELECT sees_all()) AND first_seq < page_from($2::text)
		ORDER BY first_seq DESC LIMIT page_rows($1::text)) AS s
	LEFT JOIN site_goods g ON g.site = s.id GROUP BY s.id, s.first_seq, s.name, s.warehouse)
SELECT json_build_object('items', coalesce((SELECT json_agg(json_build_object('site', g.id, 'name', g.name,
		'warehouse', g.warehouse, 'goods', g.goods,
		'receipts', (SELECT count(*) FROM warehouse_receipt r JOIN asset a ON a.id = r.id WHERE r.site = g.id AND a.face > a.diluted),
		'pledged', coalesce((SELECT json_agg(cash(p.encumbered, p.ccy)) FROM (SELECT a.ccy, sum(a.encumbered)::bigint AS encumbered
			FROM warehouse_receipt r JOIN asset a ON a.id = r.id WHERE r.site = g.id AND a.encumbered > 0 GROUP BY a.ccy) AS p), '[]'),
		'findings', (SELECT count(*) FROM finding f WHERE f.party = g.warehouse AND f.state <> 2)) ORDER BY g.first_seq DESC)
		FROM g), '[]'))::text AS json,
	(h.size - 1)::text || CASE WHEN (SELECT count(*) FROM g) = page_rows($1::text) THEN ':' || (SELECT min(first_seq) FROM g) ELSE '' END AS cursor,
	(SELECT string_agg(DISTINCT g.warehouse::text, ',') FROM g) AS etag
FROM log_head h WHERE (SELECT sees_all());

-- name: audit_overdue
-- $1 limit, $2 cursor: claims overdue or in default, newest first, with those who are on a list for paying late.
WITH c AS (SELECT a.id, a.debtor, a.creditor, a.ccy, a.face - a.diluted - a.paid AS open, a.due, a.state, a.number, a.first_seq
	FROM asset a WHERE a.kind = 1 AND a.state IN (6, 7) AND (SELECT sees_all()) AND a.first_seq < page_from($2::text)
	ORDER BY a.first_seq DESC LIMIT page_rows($1::text)),
	o AS (SELECT v.id, v.json FROM obligor_shown v WHERE (v.barred_until IS NOT NULL OR v.suspended_until IS NOT NULL)
		AND (SELECT sees_all()) ORDER BY v.barred_until DESC NULLS LAST, v.suspended_until DESC NULLS LAST, v.id LIMIT 200)
SELECT json_build_object('items', coalesce((SELECT json_agg(json_build_object('id', c.id, 'debtor', c.debtor, 'creditor', c.creditor,
		'state', word_of('receivable', c.state), 'number', c.number, 'open', cash(c.open, c.ccy), 'due_date', c.due,
		'registered_by', c.first_seq) ORDER BY c.first_seq DESC) FROM c), '[]'),
	'persistent', coalesce((SELECT json_agg(o.json) FROM o), '[]'))::text AS json,
	(h.size - 1)::text || CASE WHEN (SELECT count(*) FROM c) = page_rows($1::text) THEN ':' || (SELECT min(first_seq) FROM c) ELSE '' END AS cursor,
	(SELECT string_agg(DISTINCT c.debtor::text, ',') FROM c) AS etag
FROM log_head h WHERE (SELECT sees_all());

-- name: audit_period
-- $1 year, $2 quarter (1 to 4; empty: the whole year). The first row says which entries; then a figure each. Rows are summed
-- where they are read, once: a large registry's year is millions of them.
WITH p AS (SELECT make_date($1::integer, 1 + 3 * (coalesce(NULLIF($2::text, '')::integer, 1) - 1), 1) AS since,
		CASE WHEN coalesce($2::text, '') = '' THEN interval '1 year' ELSE interval '3 months' END AS long
		WHERE (SELECT sees_all())),
	t AS (SELECT p.since::timestamp AT TIME ZONE 'UTC' AS since, (p.since + p.long)::timestamp AT TIME ZONE 'UTC' AS until FROM p),
	r AS MATERIALIZED (SELECT t.since, t.until, seq_at(t.since) AS lo, seq_at(t.until) AS hi, h.size FROM t CROSS JOIN log_head h),
	e AS (SELECT e.kind, e.outcome, count(*) AS n FROM r JOIN entry e ON e.seq >= r.lo AND e.seq < r.hi GROUP BY e.kind, e.outcome),
	a AS MATERIALIZED (SELECT a.ccy, a.state, a.level > 0 AS documented, a.findings <> '' AS found, count(*) AS n, sum(a.face) AS face FROM r
		JOIN asset a ON a.first_seq >= r.lo AND a.first_seq < r.hi WHERE a.kind = 1 GROUP BY 1, 2, 3, 4),
	k AS (SELECT a.ccy, count(*) AS n, sum(a.face) AS face FROM r JOIN asset a ON a.confirmed_seq >= r.lo AND a.confirmed_seq < r.hi
		WHERE a.kind = 1 AND a.confirmed_seq > 0 GROUP BY a.ccy),
	l AS (SELECT l.kind, l.ccy, count(*) AS n, sum(l.amount) AS amount FROM r
		JOIN encumbrance l ON l.rank_seq >= r.lo AND l.rank_seq < r.hi WHERE l.rank_seq > 0 GROUP BY l.kind, l.ccy),
	f AS (SELECT f.signal, f.severity, count(*) AS n FROM r JOIN finding f ON f.first_seq >= r.lo AND f.first_seq < r.hi
		GROUP BY f.signal, f.severity),
	late AS (SELECT a.ccy, a.state, count(*) AS n, sum(a.face - a.diluted - a.paid) AS open FROM asset a
		WHERE a.kind = 1 AND a.state IN (6, 7) AND (SELECT sees_all()) GROUP BY a.ccy, a.state),
	figure(place, section, what, ccy, n, amount) AS (
		SELECT 1, 'entries', word_of('statement', kind), '', sum(n), NULL::numeric FROM e WHERE outcome = 0 GROUP BY kind
		UNION ALL SELECT 2, 'refused', word_of('fault', outcome), '', sum(n), NULL FROM e WHERE outcome <> 0 GROUP BY outcome
		UNION ALL SELECT 3, 'registered', 'face', ccy, sum(n), sum(face) FROM a GROUP BY ccy
		UNION ALL SELECT 3, 'registered', 'documented', ccy, sum(n), sum(face) FROM a WHERE documented GROUP BY ccy
		UNION ALL SELECT 3, 'registered', 'suspicious', ccy, sum(n), sum(face) FROM a WHERE found GROUP BY ccy
		UNION ALL SELECT 4, 'registered-now', word_of('receivable', state), ccy, sum(n), sum(face) FROM a GROUP BY state, ccy
		UNION ALL SELECT 5, 'confirmed', 'face', ccy, n, face FROM k
		UNION ALL SELECT 6, 'financed', word_of('encumbrance_kind', kind), ccy, n, amount FROM l
		UNION ALL SELECT 7, 'found', word_of('signal', signal) || ' ' || word_of('severity', severity), '', n, NULL FROM f
		UNION ALL SELECT 8, 'late-now', word_of('receivable', state), ccy, n, open FROM late)
SELECT x.json, (r.size - 1)::text AS cursor, NULL::text AS etag FROM r CROSS JOIN LATERAL (
	SELECT 0 AS place, '' AS section, '' AS what, '' AS ccy, json_build_object('year', $1::integer,
		'quarter', NULLIF($2::text, '')::integer, 'since', moment(r.since), 'until', moment(r.until), 'first_seq', r.lo,
		'end_seq', r.hi, 'over', now() >= r.until)::text AS json
	UNION ALL
	SELECT place, section, what, ccy, json_strip_nulls(json_build_object('section', section, 'what', what,
		'currency', NULLIF(ccy, ''), 'count', n, 'amount', CASE WHEN ccy <> '' THEN amount(figure.amount::bigint, ccy) END))::text
	FROM figure) AS x
ORDER BY x.place, x.section, x.what, x.ccy;
