-- 076_seq_at: the first entry at or after a moment, found by halving, by one look into the index a step. As a plain join the
-- planner took it for one with many rows and read the whole log at each step: seconds at 100,000 entries.
CREATE OR REPLACE FUNCTION seq_at(t timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN (WITH RECURSIVE half(lo, hi) AS (
		SELECT 0::bigint, h.size FROM log_head h
		UNION ALL
		SELECT CASE WHEN e.at < t THEN e.seq + 1 ELSE b.lo END, CASE WHEN e.at < t THEN b.hi ELSE e.seq END
		FROM half b CROSS JOIN LATERAL (SELECT x.seq, leaf_time(x.leaf) AS at FROM entry x
			WHERE x.seq = (b.lo + b.hi) / 2 LIMIT 1) AS e WHERE b.lo < b.hi)
	SELECT lo FROM half WHERE lo >= hi LIMIT 1);
