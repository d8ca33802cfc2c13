-- 070_people: telling people: alerts, and how far the follower has come.
--
-- An alert is for one party: an entry of the log concerns it (include/alert.def). The follower reads committed entries
-- in order and moves its position in the transaction that stores what it made of them: after a crash it goes on where
-- it was, nothing is lost and nothing told twice. The number of an alert is its entry and its place among the alerts of
-- that entry for that party: the same whenever it is made, rising in the order of the log, and silent about who else
-- was told.

CREATE TABLE teller (
	one      boolean PRIMARY KEY DEFAULT true CHECK (one),
	next_seq bigint  NOT NULL CHECK (next_seq >= 0)
) WITH (fillfactor = 10);
-- What was there before there were alerts is nobody's news.
INSERT INTO teller (next_seq) SELECT size FROM log_head;

-- The rows TELL of alert.def, written anew by every migration. `about` is the table the statement's object lies in.
CREATE TABLE telling (
	kind  integer NOT NULL,
	place integer NOT NULL,
	about text    NOT NULL,
	whom  integer NOT NULL,
	code  integer NOT NULL,
	self  boolean NOT NULL,
	state integer NOT NULL,
	PRIMARY KEY (kind, place)
);

CREATE TABLE alert (
	party    uuid        NOT NULL,
	number   bigint      NOT NULL, -- entry * 4096 + place
	kind     smallint    NOT NULL,
	code     smallint    NOT NULL,
	at       timestamptz NOT NULL, -- of the entry
	object   uuid        NOT NULL,
	asset    uuid,
	acked_at timestamptz,
	acked_by bytea CHECK (octet_length(acked_by) = 32), -- the key whose token acknowledged it
	PRIMARY KEY (party, number), -- the only index: an alert is written for nearly every entry
	CONSTRAINT alert_acked CHECK ((acked_at IS NULL) = (acked_by IS NULL))
) WITH (fillfactor = 90);

CREATE FUNCTION alert_never() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF OLD.acked_at IS NOT NULL OR (NEW.party, NEW.number, NEW.kind, NEW.code, NEW.at, NEW.object, NEW.asset)
			IS DISTINCT FROM (OLD.party, OLD.number, OLD.kind, OLD.code, OLD.at, OLD.object, OLD.asset) THEN
		RAISE EXCEPTION 'an alert is acknowledged once and changes in nothing else' USING ERRCODE = '2F002';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER alert_once BEFORE UPDATE ON alert FOR EACH ROW EXECUTE FUNCTION alert_never();
CREATE TRIGGER alert_kept BEFORE DELETE OR TRUNCATE ON alert FOR EACH STATEMENT EXECUTE FUNCTION never();

-- --- who may ---
-- counterfoil_teller: sees what a row of alert.def may need, of every party; writes alerts and nothing of the registry.

GRANT USAGE ON SCHEMA counterfoil TO counterfoil_teller;
GRANT SELECT ON schema_version, word, log_head, telling TO counterfoil_teller;
GRANT SELECT, UPDATE ON teller TO counterfoil_teller;
GRANT SELECT (seq, leaf, issuer, object, kind, outcome) ON entry TO counterfoil_teller;
GRANT SELECT (id, creditor, debtor, state) ON asset TO counterfoil_teller;
GRANT SELECT (id, asset, secured, grantor, state, deadline, seq, first_seq) ON encumbrance TO counterfoil_teller;
GRANT SELECT (id, asset, bank, state, seq, first_seq) ON hold TO counterfoil_teller;
GRANT SELECT (id, asset, party) ON "freeze" TO counterfoil_teller;
GRANT SELECT (id, asset, challenger, respondent) ON objection TO counterfoil_teller;
GRANT SELECT (id, principal, agent) ON mandate TO counterfoil_teller;
GRANT SELECT (id, offered_to) ON part TO counterfoil_teller;
GRANT SELECT (id, asset, party, severity) ON finding TO counterfoil_teller;
GRANT SELECT (id, roles) ON party TO counterfoil_teller;
CREATE INDEX party_authority ON party (id) WHERE roles & 192 <> 0;
GRANT SELECT (issuer, object, seq, state) ON pending TO counterfoil_teller;
GRANT SELECT, INSERT ON alert TO counterfoil_teller;
GRANT UPDATE (acked_at, acked_by) ON alert TO counterfoil_teller;
GRANT SELECT ON alert TO counterfoil_reader;
GRANT EXECUTE ON FUNCTION leaf_time TO counterfoil_teller;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['entry', 'asset', 'encumbrance', 'hold', 'freeze', 'objection', 'mandate', 'part', 'pending',
			'finding', 'party'] LOOP
		EXECUTE format('CREATE POLICY teller ON %I FOR SELECT TO counterfoil_teller USING (true)', t);
	END LOOP;
END $$;
ALTER TABLE alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON alert FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY teller ON alert TO counterfoil_teller USING (true) WITH CHECK (true);
-- Its own, and nobody else's: what somebody was told is part of what it knows.
CREATE POLICY reader ON alert FOR SELECT TO counterfoil_reader USING (party = (SELECT me()));

-- --- how it is shown ---

CREATE VIEW alert_shown WITH (security_invoker = true) AS
SELECT l.party, l.number, l.acked_at, json_strip_nulls(json_build_object(
	'number', l.number, 'code', word_of('alert', l.code), 'severity', word_of('alert_severity', l.code),
	'text', word_of('alert_text', l.code), 'at', moment(l.at), 'entry', l.number / 4096,
	'type', word_of('statement', l.kind), 'object', l.object, 'asset', l.asset,
	'acknowledged', CASE WHEN l.acked_at IS NOT NULL THEN
		json_build_object('at', moment(l.acked_at), 'key', b64url(l.acked_by)) END)) AS json
FROM alert l;
GRANT SELECT ON alert_shown TO counterfoil_reader;
