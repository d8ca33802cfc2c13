-- 004_reading: how a row is shown. Answers are written in SQL, in the words of the API: amounts as
-- decimal strings with exactly the currency's digits, hashes as base64url, states as words.

-- include/currency.def says the same; t51 compares the two.
CREATE FUNCTION digits(ccy text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ccy IN ('CLP', 'ISK', 'JPY', 'KRW', 'VND', 'XAF', 'XOF') THEN 0
	WHEN ccy IN ('BHD', 'IQD', 'JOD', 'KWD', 'OMR', 'TND') THEN 3
	ELSE 2 END;

CREATE FUNCTION amount(minor bigint, ccy text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE digits(ccy) WHEN 0 THEN minor::text
	ELSE overlay(lpad(minor::text, greatest(length(minor::text), digits(ccy) + 1), '0') PLACING '.'
		FROM greatest(length(minor::text), digits(ccy) + 1) - digits(ccy) + 1 FOR 0) END;

CREATE FUNCTION cash(minor bigint, ccy text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ccy <> '' THEN json_build_object('amount', amount(minor, ccy), 'currency', ccy) END;

CREATE FUNCTION b64url(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(encode(bytes, 'base64'), '+/=' || chr(10), '-_');

-- RFC 3339, without a fraction when there is none.
CREATE FUNCTION moment(t timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN to_char(t AT TIME ZONE 'UTC', CASE WHEN date_trunc('second', t) = t THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
	ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END);

-- The registry's time of an entry stands in its leaf only: one place.
CREATE FUNCTION leaf_time(leaf bytea) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '1970-01-01T00:00:00Z'::timestamptz
	+ ('x' || encode(substr(leaf, 25, 8), 'hex'))::bit(64)::bigint * interval '1 microsecond';

-- The none of a uuid.
CREATE FUNCTION not_nil(id uuid) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NULLIF(id, '00000000-0000-0000-0000-000000000000');

-- enum flag: 0 not said, 1 no, 2 yes.
CREATE FUNCTION flag(f integer) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE f WHEN 1 THEN false WHEN 2 THEN true END;

CREATE FUNCTION word_of(of_list text, of_number integer) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT w.word FROM word w WHERE w.list = of_list AND w.number = of_number);

CREATE FUNCTION number_of(of_list text, of_word text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT w.number FROM word w WHERE w.list = of_list AND w.word = of_word);

CREATE FUNCTION role_words(mask integer) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(json_agg(w.word ORDER BY w.number), '[]') FROM word w WHERE w.list = 'role' AND w.number & mask <> 0);

-- Pages: 50 rows unless asked, 200 at most; a cursor is the entry below which the page begins.
CREATE FUNCTION page_rows(asked text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(coalesce(NULLIF(asked, '')::bigint, 50), 1), 200);
CREATE FUNCTION page_from(cursor text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(NULLIF(cursor, '')::bigint, 9223372036854775807);

-- Every granted and binding encumbrance of an asset the asker may see, in order of rank: kind, amount
-- and since when, for all who see the asset; whose it is, only for whom it concerns.
CREATE FUNCTION ranking(of_asset uuid)
RETURNS TABLE (id uuid, rank bigint, kind integer, state integer, open bigint, ccy text, since bigint,
	from_date date, until_date date, secured uuid)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN sees_encumbrance(e.id) OR sees_all() THEN e.id END,
		CASE WHEN e.state IN (2, 5) THEN row_number() OVER (PARTITION BY e.state IN (2, 5) ORDER BY e.rank_seq, e.rank_sub) END,
		e.kind, e.state, e.open, e.ccy, e.rank_seq, e.from_date, e.until_date,
		CASE WHEN sees_encumbrance(e.id) OR sees_all() THEN e.secured END
	FROM encumbrance e WHERE e.asset = of_asset AND e.state IN (1, 2, 5) AND sees_asset(of_asset)
	ORDER BY e.state = 1, e.rank_seq, e.rank_sub, e.first_seq;
END;

CREATE FUNCTION ranking_json(of_asset uuid) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
		'id', r.id, 'rank', r.rank, 'kind', word_of('encumbrance_kind', r.kind), 'state', word_of('encumbrance', r.state),
		'amount', cash(r.open, r.ccy), 'since', NULLIF(r.since, 0), 'from', r.from_date, 'until', r.until_date,
		'secured_party', r.secured))), '[]')
	FROM ranking(of_asset) r);

-- --- what is shown ---
-- security_invoker: the reader's own policies and column grants apply behind the view.

CREATE VIEW receivable_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.creditor, a.debtor, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'receivable', 'state', word_of('receivable', a.state), 'creditor', a.creditor, 'debtor', a.debtor,
	'face', cash(a.face, a.ccy), 'diluted', cash(a.diluted, a.ccy), 'paid', cash(a.paid, a.ccy),
	'open', cash(a.face - a.diluted - a.paid, a.ccy), 'encumbered', cash(a.encumbered, a.ccy),
	'reserved', cash(a.reserved, a.ccy),
	'free', cash(a.face - a.diluted - a.paid - a.encumbered - a.reserved, a.ccy),
	'issue_date', a.issued, 'due_date', a.due,
	'invoice', CASE WHEN a.number <> '' THEN json_build_object('number', a.number) END,
	'documents', CASE WHEN a.document = decode(repeat('00', 32), 'hex') THEN '[]'::json
		ELSE json_build_array(encode(a.document, 'hex')) END,
	'existing', a.existing <> 0, 'confirmed', a.confirmed_seq <> 0, 'set_off_waived', a.set_off_waived <> 0,
	'pay_to', NULLIF(a.pay_to, ''), 'lineage', not_nil(a.lineage), 'level', a.level, 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a WHERE a.kind = 1;

CREATE VIEW encumbrance_shown WITH (security_invoker = true) AS
SELECT e.id, e.asset, e.first_seq, e.secured, e.grantor, b64url(e.head) AS etag, json_strip_nulls(json_build_object(
	'id', e.id, 'asset', e.asset, 'kind', word_of('encumbrance_kind', e.kind), 'state', word_of('encumbrance', e.state),
	'secured_party', e.secured, 'grantor', e.grantor, 'amount', cash(e.amount, e.ccy), 'open', cash(e.open, e.ccy),
	'fraction', CASE WHEN e.fraction > 0 THEN trim(trailing '.' FROM trim(trailing '0' FROM (e.fraction / 1000000.0)::numeric(7, 6)::text)) END,
	'from', e.from_date, 'until', e.until_date, 'recourse', flag(e.recourse), 'notified', flag(e.notified),
	'accept_by', CASE WHEN e.state = 1 THEN moment(e.deadline) END,
	'rank', CASE WHEN e.state IN (2, 5) THEN (SELECT r.rank FROM ranking(e.asset) r WHERE r.id = e.id) END,
	'since', NULLIF(e.rank_seq, 0), 'seq', e.seq, 'etag', b64url(e.head))) AS json
FROM encumbrance e;

CREATE VIEW entry_shown WITH (security_invoker = true) AS
SELECT e.seq, e.object, e.issuer, e.outcome, b64url(e.statement_hash) AS etag, json_strip_nulls(json_build_object(
	'seq', e.seq, 'type', word_of('statement', e.kind), 'outcome', e.outcome,
	'fault', CASE WHEN e.outcome <> 0 THEN word_of('fault', e.outcome) END,
	'issuer', e.issuer, 'id', e.id, 'object', e.object, 'accepted_at', moment(leaf_time(e.leaf)),
	'statement_hash', b64url(e.statement_hash), 'leaf', translate(encode(e.leaf, 'base64'), chr(10), ''),
	'statement', convert_from(e.statement, 'UTF8'))) AS json
FROM entry e;

-- The directory: who is who, for every enrolled party. Freezes and limits are not in it.
CREATE VIEW party_directory WITH (security_barrier = true) AS
SELECT id, country, identifier, name, roles, state, head, seq FROM party WHERE (SELECT me()) IS NOT NULL;
CREATE VIEW key_directory WITH (security_barrier = true) AS
SELECT kid, alg, party, pub_x, pub_y, registry, from_seq, until_seq FROM party_key WHERE (SELECT me()) IS NOT NULL;

GRANT EXECUTE ON FUNCTION digits, amount, cash, b64url, moment, leaf_time, not_nil, flag, word_of, number_of, role_words,
	page_rows, page_from, ranking, ranking_json TO counterfoil_reader;
GRANT SELECT ON receivable_shown, encumbrance_shown, entry_shown, party_directory, key_directory TO counterfoil_reader;
