-- 060_finding: what detection found (include/signal.def), who reviewed it.

ALTER TABLE asset
	ADD COLUMN findings   text    NOT NULL DEFAULT '',
	ADD COLUMN suspicions integer NOT NULL DEFAULT 0 CHECK (suspicions >= 0);
ALTER TABLE party ADD COLUMN suspicions integer NOT NULL DEFAULT 0 CHECK (suspicions >= 0);

CREATE TABLE finding (
	id        uuid    PRIMARY KEY,
	asset     uuid    NOT NULL,
	at_seq    bigint  NOT NULL CHECK (at_seq >= 0),
	bits      bigint  NOT NULL,
	detail    text    NOT NULL,
	evidence  text    NOT NULL,
	head      bytea   NOT NULL CHECK (octet_length(head) = 32),
	party     uuid    NOT NULL,
	seq       bigint  NOT NULL CHECK (seq >= 0),
	severity  integer NOT NULL CHECK (severity BETWEEN 1 AND 4),
	signal    integer NOT NULL CHECK (signal > 0),
	state     integer NOT NULL CHECK (state BETWEEN 1 AND 3),
	threshold bigint  NOT NULL,
	value     bigint  NOT NULL,
	first_seq bigint  NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX finding_asset ON finding (asset, first_seq);
CREATE INDEX finding_party ON finding (party, first_seq);
CREATE INDEX finding_newest ON finding (first_seq);
CREATE INDEX finding_open ON finding (first_seq) WHERE state = 1;

GRANT SELECT, INSERT, UPDATE ON finding TO counterfoil_writer;
GRANT SELECT ON finding TO counterfoil_checker, counterfoil_reader;
GRANT SELECT (findings, suspicions) ON asset TO counterfoil_reader;

-- The follower reads the log behind the writer, for detection: entries whole, and which of them waited.
GRANT USAGE ON SCHEMA counterfoil TO counterfoil_follower;
GRANT SELECT ON schema_version, word, log_head, entry, pending TO counterfoil_follower;
CREATE POLICY follower ON entry FOR SELECT TO counterfoil_follower USING (true);
CREATE POLICY follower ON pending FOR SELECT TO counterfoil_follower USING (true);

ALTER TABLE finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE finding FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON finding FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON finding TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY checker ON finding FOR SELECT TO counterfoil_checker USING (true);
-- Whoever may see the claim sees what was found against it; what was found against a party, that party and the
-- regulator. No finding names another lender: signal.def.
CREATE POLICY reader ON finding FOR SELECT TO counterfoil_reader
	USING (party = (SELECT me()) OR (SELECT sees_all()) OR sees_asset(asset));

-- A reviewer's and a raiser's entries are seen by whoever sees the finding.
CREATE FUNCTION sees_finding(finding_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM finding f WHERE f.id = finding_id AND (f.party = me() OR sees_asset(f.asset)));
END;
GRANT EXECUTE ON FUNCTION sees_finding TO counterfoil_reader;
CREATE POLICY finding ON entry FOR SELECT TO counterfoil_reader USING (sees_finding(object));

-- What a signal is called stands in the program; its number is permanent.
CREATE VIEW finding_shown WITH (security_invoker = true) AS
SELECT f.id, f.asset, f.party, f.first_seq, f.state, f.severity, b64url(f.head) AS etag, json_strip_nulls(json_build_object(
	'id', f.id, 'kind', 'finding', 'signal', word_of('signal', f.signal), 'name', word_of('signal_name', f.signal),
	'text', word_of('signal_text', f.signal), 'text_zh', word_of('signal_zh', f.signal),
	'severity', word_of('severity', f.severity), 'state', word_of('finding', f.state),
	'asset', not_nil(f.asset), 'party', not_nil(f.party), 'at_seq', f.at_seq,
	'evidence', (SELECT json_agg(e::bigint) FROM unnest(string_to_array(f.evidence, ',')) AS e),
	'bits', CASE WHEN f.bits > 0 THEN round(f.bits / 10.0, 1)::text END, 'value', f.value, 'threshold', f.threshold,
	'unit', word_of('signal_unit', f.signal), 'detail', f.detail, 'raised_by', f.first_seq,
	'reviewed_by', CASE WHEN f.state > 1 THEN f.seq END, 'seq', f.seq, 'etag', b64url(f.head))) AS json
FROM finding f;
GRANT SELECT ON finding_shown TO counterfoil_reader;

-- --- scores: what was said to be wrong in one, and what the operator said to it ---

CREATE TABLE appeal (
	id        uuid    PRIMARY KEY,
	appellant uuid    NOT NULL,
	asset     uuid    NOT NULL,
	head      bytea   NOT NULL CHECK (octet_length(head) = 32),
	input     bigint  NOT NULL CHECK (input >= 0),
	party     uuid    NOT NULL,
	seq       bigint  NOT NULL CHECK (seq >= 0),
	state     integer NOT NULL CHECK (state BETWEEN 1 AND 3),
	first_seq bigint  NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX appeal_asset ON appeal (asset, first_seq);
CREATE INDEX appeal_party ON appeal (party, first_seq);
CREATE INDEX appeal_open ON appeal (first_seq) WHERE state = 1;
GRANT SELECT, INSERT, UPDATE ON appeal TO counterfoil_writer;
GRANT SELECT ON appeal TO counterfoil_reader;
ALTER TABLE appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeal FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON appeal FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON appeal TO counterfoil_writer USING (true) WITH CHECK (true);
-- Between the one who appeals, the subject of the score and those who judge it: no lender learns of it here.
CREATE POLICY reader ON appeal FOR SELECT TO counterfoil_reader
	USING (appellant = (SELECT me()) OR party = (SELECT me()) OR (SELECT sees_all()));
