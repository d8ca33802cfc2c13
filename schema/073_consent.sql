-- 073_consent: what a party lets another read of it, for a purpose and a time.
--
-- The reader says its purpose in its transaction, as it says who it is; a consent for another purpose opens nothing. A
-- consent runs out by the clock, with no entry: it is held against now() at every read.

CREATE TABLE consent (
	id            uuid    PRIMARY KEY,
	head          bytea   NOT NULL CHECK (octet_length(head) = 32),
	purpose       integer NOT NULL CHECK (purpose > 0),
	reader        uuid    NOT NULL,
	scope         integer NOT NULL CHECK (scope BETWEEN 1 AND 7),
	seq           bigint  NOT NULL CHECK (seq >= 0),
	since         timestamptz,
	state         integer NOT NULL CHECK (state BETWEEN 1 AND 2),
	subject       uuid    NOT NULL,
	until         timestamptz,
	withdrawn_seq bigint  NOT NULL CHECK (withdrawn_seq >= 0),
	first_seq     bigint  NOT NULL,
	CONSTRAINT consent_sides CHECK (reader <> subject),
	CONSTRAINT consent_term CHECK (since < until),
	CONSTRAINT consent_withdrawn CHECK ((state = 2) = (withdrawn_seq > 0))
);
CREATE INDEX consent_reader ON consent (reader, subject);
CREATE INDEX consent_subject ON consent (subject, first_seq);

-- Which consent an answer was given under, when there was one.
ALTER TABLE access_log ADD COLUMN consent uuid;

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON consent TO counterfoil_writer;
GRANT SELECT ON consent TO counterfoil_checker, counterfoil_reader;

ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON consent FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON consent TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY checker ON consent TO counterfoil_checker USING (true) WITH CHECK (true);
CREATE POLICY reader ON consent FOR SELECT TO counterfoil_reader
	USING (subject = (SELECT me()) OR reader = (SELECT me()) OR (SELECT sees_all()));

-- --- what it opens ---

CREATE FUNCTION my_purpose() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
RETURN number_of('purpose', COALESCE(current_setting('counterfoil.purpose', true), ''));

-- The consent of that party under which the asker reads such of it now, for the purpose it says; NULL without.
CREATE FUNCTION consent_of(the_subject uuid, the_scope integer) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT c.id FROM consent c WHERE c.reader = me() AND c.subject = the_subject AND c.scope & the_scope <> 0
		AND c.state = 1 AND c.purpose = my_purpose() AND now() >= c.since AND now() < c.until
	ORDER BY c.until DESC LIMIT 1;
END;

-- A claim is its holder's to show. Who lends on it, a consent does not tell (ranking).
CREATE FUNCTION shown_asset(asset_id uuid, the_scope integer) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM asset a WHERE a.id = asset_id AND consent_of(a.creditor, the_scope) IS NOT NULL);
END;
CREATE FUNCTION shown_document(doc bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM asset a WHERE a.document = doc
		AND a.document <> '\x0000000000000000000000000000000000000000000000000000000000000000'
		AND consent_of(a.creditor, 4) IS NOT NULL);
END;
CREATE FUNCTION sees_consent(consent_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM consent c WHERE c.id = consent_id AND (c.subject = me() OR c.reader = me()));
END;

-- May the asker read this party's score? Whether consent is asked for at all is a rule (121).
CREATE FUNCTION score_rule() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce((SELECT r.value FROM rule r WHERE r.id >= 121000000 AND r.id < 122000000 AND r.effective <= now()
		ORDER BY r.id DESC LIMIT 1), 0) = 1;
END;

REVOKE EXECUTE ON FUNCTION my_purpose, consent_of, shown_asset, shown_document, sees_consent, score_rule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_purpose, consent_of, shown_asset, shown_document, sees_consent, score_rule
	TO counterfoil_reader;
GRANT EXECUTE ON FUNCTION number_of TO counterfoil_checker;

CREATE POLICY consent ON asset FOR SELECT TO counterfoil_reader USING (consent_of(creditor, 2) IS NOT NULL);
CREATE POLICY consent ON evidence FOR SELECT TO counterfoil_reader USING (shown_document(sha256));
CREATE POLICY consent ON document_content FOR SELECT TO counterfoil_reader USING (shown_document(sha256));
-- What was accepted about such a claim; a refused attempt names strangers. And what gave or withdrew the consent itself.
CREATE POLICY consent ON entry FOR SELECT TO counterfoil_reader
	USING (sees_consent(object) OR (outcome = 0 AND shown_asset(object, 2)));

-- --- how it is shown ---

CREATE VIEW consent_shown WITH (security_invoker = true) AS
SELECT c.id, c.first_seq, c.subject, c.reader, b64url(c.head) AS etag, json_strip_nulls(json_build_object(
	'id', c.id, 'kind', 'consent', 'subject', c.subject, 'reader', c.reader, 'purpose', word_of('purpose', c.purpose),
	'scope', (SELECT json_agg(w.word ORDER BY w.number) FROM word w WHERE w.list = 'consent_scope' AND w.number & c.scope <> 0),
	'state', CASE WHEN c.state = 2 THEN 'withdrawn' WHEN now() < c.since THEN 'given' WHEN now() < c.until THEN 'live' ELSE 'lapsed' END,
	'from', moment(c.since), 'until', moment(c.until), 'given_seq', c.first_seq,
	'withdrawn_seq', NULLIF(c.withdrawn_seq, 0), 'seq', c.seq, 'etag', b64url(c.head))) AS json
FROM consent c;
GRANT SELECT ON consent_shown TO counterfoil_reader;
