-- 082_leaf_time: the time in a leaf, said so that PostgreSQL puts it into the query that asks.
--
-- It does so only with a body that is as unchanging as the function says it is, and timestamptz + interval is not (days
-- depend on a time zone). Of a timestamp in UTC it is. A call from outside the query cost more than reading the row.

CREATE OR REPLACE FUNCTION leaf_time(leaf bytea) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (timestamp '1970-01-01 00:00:00'
	+ ('x' || encode(substr(leaf, 25, 8), 'hex'))::bit(64)::bigint * interval '1 microsecond') AT TIME ZONE 'UTC';
