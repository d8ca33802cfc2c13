-- 062_warning: trouble to come (include/warning.def), and whom it concerns.

CREATE TABLE warning (
	id        uuid        PRIMARY KEY,
	asset     uuid        NOT NULL,
	at_seq    bigint      NOT NULL CHECK (at_seq >= 0),
	book      uuid        NOT NULL,
	closed    timestamptz,
	commodity text        NOT NULL,
	detail    text        NOT NULL,
	event     integer     NOT NULL CHECK (event > 0),
	evidence  text        NOT NULL,
	goods     text        NOT NULL,
	head      bytea       NOT NULL CHECK (octet_length(head) = 32),
	party     uuid        NOT NULL,
	raised    timestamptz,
	region    text        NOT NULL,
	seq       bigint      NOT NULL CHECK (seq >= 0),
	severity  integer     NOT NULL CHECK (severity BETWEEN 1 AND 3),
	site      uuid        NOT NULL,
	state     integer     NOT NULL CHECK (state BETWEEN 1 AND 2),
	threshold bigint      NOT NULL,
	until     timestamptz,
	value     bigint      NOT NULL,
	first_seq bigint      NOT NULL,
	CONSTRAINT warning_term CHECK (raised < until),
	CONSTRAINT warning_closed CHECK ((state = 2) = (closed IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX warning_newest ON warning (first_seq);
CREATE INDEX warning_party ON warning (party, first_seq);

-- Whom a warning concerns and what that one has in it, in CNY minor units: 0 where it is told as the one it is about. It
-- stands in no entry, for who has money in something is nobody else's business; detection makes it from the log, before
-- the warning is entered, and would make it again. Each reader sees its own row.
CREATE TABLE warning_concern (
	warning uuid   NOT NULL,
	party   uuid   NOT NULL,
	claims  bigint NOT NULL CHECK (claims >= 0),
	worth   bigint NOT NULL CHECK (worth >= 0),
	PRIMARY KEY (party, warning)
);
CREATE INDEX warning_concern_warning ON warning_concern (warning);

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON warning TO counterfoil_writer;
GRANT SELECT ON warning, warning_concern TO counterfoil_reader;
GRANT SELECT, INSERT ON warning_concern TO counterfoil_follower;
GRANT SELECT (id, severity) ON warning TO counterfoil_teller;
GRANT SELECT (warning, party) ON warning_concern TO counterfoil_teller;

ALTER TABLE warning ENABLE ROW LEVEL SECURITY;
ALTER TABLE warning FORCE ROW LEVEL SECURITY;
ALTER TABLE warning_concern ENABLE ROW LEVEL SECURITY;
ALTER TABLE warning_concern FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON warning FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY owner ON warning_concern FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON warning TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY follower ON warning_concern TO counterfoil_follower USING (true) WITH CHECK (true);
CREATE POLICY teller ON warning FOR SELECT TO counterfoil_teller USING (true);
CREATE POLICY teller ON warning_concern FOR SELECT TO counterfoil_teller USING (true);
CREATE POLICY reader ON warning_concern FOR SELECT TO counterfoil_reader
	USING (party = (SELECT me()) OR (SELECT sees_all()));

CREATE FUNCTION sees_warning(warning_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM warning_concern c WHERE c.party = me() AND c.warning = warning_id);
END;
REVOKE EXECUTE ON FUNCTION sees_warning FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sees_warning TO counterfoil_reader;
CREATE POLICY reader ON warning FOR SELECT TO counterfoil_reader USING ((SELECT sees_all()) OR sees_warning(id));
CREATE POLICY warning ON entry FOR SELECT TO counterfoil_reader USING (sees_warning(object));

-- --- how it is shown ---
-- What is affected is the reader's own; a supervisor is told the sum over all lenders.

CREATE VIEW warning_shown WITH (security_invoker = true) AS
SELECT w.id, w.first_seq, w.event, w.asset, w.party, w.site, w.commodity, w.region, w.goods, w.state, w.until, w.raised,
	b64url(w.head) AS etag, json_strip_nulls(json_build_object(
	'id', w.id, 'kind', 'warning', 'event', word_of('warning', w.event), 'name', word_of('warning_name', w.event),
	'text', word_of('warning_text', w.event), 'text_zh', word_of('warning_zh', w.event),
	'severity', word_of('warning_severity', w.severity),
	'state', CASE WHEN w.state = 1 AND now() >= w.until THEN 'lapsed' ELSE word_of('warning_state', w.state) END,
	'asset', not_nil(w.asset), 'creditor', a.creditor, 'debtor', a.debtor, 'party', not_nil(w.party),
	'site', not_nil(w.site), 'book', not_nil(w.book), 'commodity', NULLIF(w.commodity, ''), 'region', NULLIF(w.region, ''),
	'goods', NULLIF(w.goods, ''), 'value', w.value, 'threshold', w.threshold, 'unit', word_of('warning_unit', w.event),
	'detail', w.detail, 'at_seq', w.at_seq,
	'evidence', (SELECT json_agg(e::bigint) FROM unnest(string_to_array(w.evidence, ',')) AS e),
	'raised_at', moment(w.raised), 'raised_by', w.first_seq, 'until', moment(w.until), 'closed_at', moment(w.closed),
	'closed_by', CASE WHEN w.state = 2 THEN w.seq END,
	'affected', (SELECT json_build_object('claims', sum(c.claims), 'amount', cash(sum(c.worth)::bigint, 'CNY'))
		FROM warning_concern c WHERE c.warning = w.id HAVING sum(c.claims) > 0),
	'seq', w.seq, 'etag', b64url(w.head))) AS json
FROM warning w LEFT JOIN asset a ON a.id = w.asset;
GRANT SELECT ON warning_shown TO counterfoil_reader;
