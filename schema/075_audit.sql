-- 075_audit: what the regulator's reports stand on (queries/audit.sql). Nothing is stored for them: they are sums over
-- state, which is the log folded, so whoever folds the log has them again.

-- The first entry accepted at or after a moment; the size of the log when there is none. Times never fall, so it is
-- found by halving.
CREATE FUNCTION seq_at(t timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN (WITH RECURSIVE half(lo, hi) AS (
		SELECT 0::bigint, h.size FROM log_head h
		UNION ALL
		SELECT CASE WHEN leaf_time(e.leaf) < t THEN e.seq + 1 ELSE b.lo END,
			CASE WHEN leaf_time(e.leaf) < t THEN b.hi ELSE e.seq END
		FROM half b JOIN entry e ON e.seq = (b.lo + b.hi) / 2 WHERE b.lo < b.hi)
	SELECT lo FROM half WHERE lo >= hi LIMIT 1);

-- What a party signed, when the statement lies here in the clear; NULL otherwise.
CREATE FUNCTION payload_of(statement bytea) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN encode(statement, 'escape') ~ '^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$' THEN
	(SELECT convert_from(decode(rpad(p.b, (length(p.b) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::json
	FROM (SELECT translate(split_part(encode(statement, 'escape'), '.', 2), '-_', '+/') AS b) AS p) END;

-- Parties that the entries a finding names are about: both sides of every claim among them.
CREATE FUNCTION finding_parties(f finding) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(json_agg(DISTINCT s.side), '[]') FROM unnest(string_to_array(f.evidence, ',')) AS n
	JOIN entry e ON e.seq = n::bigint JOIN asset a ON a.id = e.object AND a.kind = 1
	CROSS JOIN LATERAL (VALUES (a.debtor), (a.creditor)) AS s(side));

GRANT EXECUTE ON FUNCTION seq_at, payload_of, finding_parties TO counterfoil_reader;

-- What stands in a site against what it can hold: so far for those of the site, through a function.
GRANT SELECT ON site_goods TO counterfoil_reader;
CREATE POLICY reader ON site_goods FOR SELECT TO counterfoil_reader USING ((SELECT sees_all()));
