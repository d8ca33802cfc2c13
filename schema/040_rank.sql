-- 040_rank: terms, clocks, objections, commitments, searches, rules by country.
--
-- What the timer looks for stands in partial indexes that hold only what can still fall due. On asset it stands on a
-- generated column, as in 001: the state is in no index, so that a confirmation stays heap-only.

ALTER TABLE party
	ADD COLUMN commits integer NOT NULL DEFAULT 0 CHECK (commits BETWEEN 0 AND 1),
	ADD COLUMN size    integer NOT NULL DEFAULT 0 CHECK (size BETWEEN 0 AND 4);

ALTER TABLE asset
	ADD COLUMN counted     integer NOT NULL DEFAULT 0 CHECK (counted BETWEEN 0 AND 1),
	ADD COLUMN document_by date,
	ADD COLUMN objections  integer NOT NULL DEFAULT 0 CHECK (objections >= 0),
	ADD COLUMN lapse_from  date GENERATED ALWAYS AS (CASE WHEN kind = 1 AND existing = 0 AND state IN (1, 3, 6) THEN document_by END) STORED;
CREATE INDEX asset_lapse ON asset (lapse_from) WHERE lapse_from IS NOT NULL;

ALTER TABLE encumbrance
	ADD COLUMN advance      bigint  NOT NULL DEFAULT 0 CHECK (advance >= 0),
	ADD COLUMN contested    integer NOT NULL DEFAULT 0 CHECK (contested BETWEEN 0 AND 6),
	ADD COLUMN delivered    date,
	ADD COLUMN discharge_by date,
	ADD COLUMN due          date,
	ADD COLUMN extensions   integer NOT NULL DEFAULT 0 CHECK (extensions >= 0),
	ADD COLUMN notified_seq bigint  NOT NULL DEFAULT 0 CHECK (notified_seq >= 0),
	ADD COLUMN rank_first   integer NOT NULL DEFAULT 0 CHECK (rank_first BETWEEN 0 AND 1);
CREATE INDEX encumbrance_until ON encumbrance (until_date) WHERE state IN (2, 5);
CREATE INDEX encumbrance_discharge ON encumbrance (discharge_by) WHERE state IN (2, 5) AND discharge_by IS NOT NULL;

CREATE TABLE objection (
	id          uuid    PRIMARY KEY,
	answer_by   date,
	answered    bigint  NOT NULL CHECK (answered >= 0),
	asset       uuid    NOT NULL,
	challenger  uuid    NOT NULL,
	code        integer NOT NULL CHECK (code BETWEEN 1 AND 6),
	encumbrance uuid    NOT NULL,
	file_by     date,
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	proof       bytea   NOT NULL CHECK (octet_length(proof) = 32),
	respondent  uuid    NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 7),
	first_seq   bigint  NOT NULL,
	CONSTRAINT objection_sides CHECK (challenger <> respondent)
) WITH (fillfactor = 80);
CREATE INDEX objection_asset ON objection (asset, first_seq);
CREATE INDEX objection_challenger ON objection (challenger, first_seq);
CREATE INDEX objection_respondent ON objection (respondent, first_seq);
CREATE INDEX objection_newest ON objection (first_seq);
CREATE INDEX objection_file_by ON objection (file_by) WHERE state IN (1, 2);

-- One row a debtor, supplier, currency and month: what was signed and what was registered.
CREATE TABLE commitment (
	id            bytea   PRIMARY KEY CHECK (octet_length(id) = 32),
	ccy           text    NOT NULL CHECK (octet_length(ccy) = 3),
	committed     bigint  NOT NULL CHECK (committed >= 0),
	committed_seq bigint  NOT NULL CHECK (committed_seq >= 0),
	debtor        uuid    NOT NULL,
	month         integer NOT NULL,
	registered    bigint  NOT NULL CHECK (registered >= 0),
	seq           bigint  NOT NULL CHECK (seq >= 0),
	supplier      uuid    NOT NULL,
	first_seq     bigint  NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX commitment_debtor ON commitment (debtor, first_seq);
CREATE INDEX commitment_supplier ON commitment (supplier, first_seq);
CREATE INDEX commitment_newest ON commitment (first_seq);

CREATE TABLE search (
	id          bytea   PRIMARY KEY CHECK (octet_length(id) = 32),
	answer      bytea   NOT NULL CHECK (octet_length(answer) = 32),
	as_of       bigint  NOT NULL,
	asker       uuid    NOT NULL,
	asset       uuid    NOT NULL,
	at          timestamptz,
	rank        bigint  NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0)
) WITH (fillfactor = 80);

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON objection, commitment, search TO counterfoil_writer;
GRANT SELECT ON objection, commitment, search TO counterfoil_checker;
GRANT SELECT ON objection, commitment TO counterfoil_reader;
GRANT SELECT (counted, document_by, objections) ON asset TO counterfoil_reader;
GRANT SELECT (lapse_from) ON asset TO counterfoil_publisher;
GRANT SELECT (until_date, discharge_by) ON encumbrance TO counterfoil_publisher;
GRANT SELECT (id, head, state, file_by) ON objection TO counterfoil_publisher;

-- SECURITY DEFINER, as in 003.
CREATE FUNCTION holds_asset(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM asset a WHERE a.id = asset_id AND a.creditor = me());
END;
CREATE FUNCTION sees_objection(objection_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM objection o WHERE o.id = objection_id
		AND (o.challenger = me() OR o.respondent = me() OR holds_asset(o.asset)));
END;
GRANT EXECUTE ON FUNCTION holds_asset, sees_objection TO counterfoil_reader;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['objection', 'commitment', 'search'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
CREATE POLICY publisher ON objection FOR SELECT TO counterfoil_publisher USING (true);
-- The two sides, and the holder, who knows who lends to it. The debtor does not: a lender that objects may be one it has
-- not been told of. That an objection stands, everybody is told who asks.
CREATE POLICY reader ON objection FOR SELECT TO counterfoil_reader
	USING (challenger = (SELECT me()) OR respondent = (SELECT me()) OR (SELECT sees_all()) OR holds_asset(asset));
-- A supplier sees what is committed to it, and nothing of the others.
CREATE POLICY reader ON commitment FOR SELECT TO counterfoil_reader
	USING (debtor = (SELECT me()) OR supplier = (SELECT me()) OR (SELECT sees_all()));
CREATE POLICY objection ON entry FOR SELECT TO counterfoil_reader USING (sees_objection(object));

-- --- how it is shown ---

-- Two letters of a country above the number of a rule (include/rule.h); NULL for everywhere.
CREATE FUNCTION country_of(code bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN code > 0 THEN chr(65 + ((code - 1) / 26)::integer) || chr(65 + ((code - 1) % 26)::integer) END;

-- As before, with purchase money first.
CREATE OR REPLACE FUNCTION ranking(of_asset uuid)
RETURNS TABLE (id uuid, rank bigint, kind integer, state integer, open bigint, ccy text, since bigint,
	from_date date, until_date date, secured uuid)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN sees_encumbrance(e.id) OR sees_all() THEN e.id END,
		CASE WHEN e.state IN (2, 5) THEN row_number() OVER (PARTITION BY e.state IN (2, 5)
			ORDER BY e.rank_first DESC, e.rank_seq, e.rank_sub) END,
		e.kind, e.state, e.open, e.ccy, e.rank_seq, e.from_date, e.until_date,
		CASE WHEN sees_encumbrance(e.id) OR sees_all() THEN e.secured END
	FROM encumbrance e WHERE e.asset = of_asset AND e.state IN (1, 2, 5) AND sees_asset(of_asset)
	ORDER BY e.state = 1, e.rank_first DESC, e.rank_seq, e.rank_sub, e.notified_seq = 0, e.notified_seq, e.first_seq;
END;

CREATE OR REPLACE VIEW encumbrance_shown WITH (security_invoker = true) AS
SELECT e.id, e.asset, e.first_seq, e.secured, e.grantor, b64url(e.head) AS etag, json_strip_nulls(json_build_object(
	'id', e.id, 'asset', e.asset, 'kind', word_of('encumbrance_kind', e.kind), 'state', word_of('encumbrance', e.state),
	'secured_party', e.secured, 'grantor', e.grantor, 'amount', cash(e.amount, e.ccy), 'open', cash(e.open, e.ccy),
	'fraction', CASE WHEN e.fraction > 0 THEN trim(trailing '.' FROM trim(trailing '0' FROM (e.fraction / 1000000.0)::numeric(7, 6)::text)) END,
	'advance', CASE WHEN e.advance > 0 THEN cash(e.advance, e.ccy) END, 'due', e.due,
	'from', e.from_date, 'until', e.until_date, 'extensions', NULLIF(e.extensions, 0),
	'recourse', flag(e.recourse), 'notified', flag(e.notified), 'notified_by', NULLIF(e.notified_seq, 0),
	'accept_by', CASE WHEN e.state = 1 THEN moment(e.deadline) END,
	'discharge_by', CASE WHEN e.state IN (2, 5) THEN e.discharge_by END,
	'contested', word_of('dispute_code', e.contested),
	'rank', CASE WHEN e.state IN (2, 5) THEN (SELECT r.rank FROM ranking(e.asset) r WHERE r.id = e.id) END,
	'basis', CASE WHEN e.rank_seq > 0 THEN CASE WHEN e.rank_first > 0 THEN 'purchase-money' WHEN e.rank_sub > 0
		THEN 'subordinated' ELSE 'registered' END END,
	'since', NULLIF(e.rank_seq, 0), 'seq', e.seq, 'etag', b64url(e.head))) AS json
FROM encumbrance e;

CREATE VIEW objection_shown WITH (security_invoker = true) AS
SELECT o.id, o.asset, o.first_seq, o.challenger, o.respondent, b64url(o.head) AS etag, json_strip_nulls(json_build_object(
	'id', o.id, 'kind', 'objection', 'state', word_of('objection', o.state), 'asset', o.asset,
	'encumbrance', not_nil(o.encumbrance), 'code', word_of('dispute_code', o.code), 'challenger', o.challenger,
	'respondent', o.respondent, 'answer_by', o.answer_by, 'answered_by', NULLIF(o.answered, 0), 'file_by', o.file_by,
	'proof', CASE WHEN o.proof <> decode(repeat('00', 32), 'hex') THEN encode(o.proof, 'hex') END,
	'placed_by', o.first_seq, 'seq', o.seq, 'etag', b64url(o.head))) AS json
FROM objection o;

CREATE VIEW commitment_shown WITH (security_invoker = true) AS
SELECT c.id, c.first_seq, c.debtor, c.supplier, json_strip_nulls(json_build_object(
	'id', encode(c.id, 'hex'), 'kind', 'commitment', 'debtor', c.debtor, 'supplier', c.supplier,
	'month', (c.month / 100)::text || '-' || lpad((c.month % 100)::text, 2, '0'),
	'total', CASE WHEN c.committed_seq > 0 THEN cash(c.committed, c.ccy) END, 'registered', cash(c.registered, c.ccy),
	'above', CASE WHEN c.committed_seq > 0 THEN c.registered > c.committed END,
	'signed_by', NULLIF(c.committed_seq, 0), 'seq', c.seq)) AS json
FROM commitment c;

GRANT EXECUTE ON FUNCTION country_of TO counterfoil_reader;
GRANT SELECT ON objection_shown, commitment_shown TO counterfoil_reader;
