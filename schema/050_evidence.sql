-- 050_evidence: trust anchors, and what a document's level rests on.

ALTER TABLE party ADD COLUMN anchors integer NOT NULL DEFAULT 0 CHECK (anchors BETWEEN 0 AND 64);
ALTER TABLE evidence ADD COLUMN anchor uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000';
CREATE INDEX evidence_anchor ON evidence (anchor) WHERE anchor <> '00000000-0000-0000-0000-000000000000';

CREATE TABLE anchor (
	id            uuid    PRIMARY KEY,
	authority     integer NOT NULL CHECK (authority BETWEEN 0 AND 1),
	certificate   text    NOT NULL CHECK (certificate <> ''),
	head          bytea   NOT NULL CHECK (octet_length(head) = 32),
	jurisdiction  text    NOT NULL CHECK (octet_length(jurisdiction) IN (0, 2)),
	name          text    NOT NULL,
	profile       integer NOT NULL CHECK (profile BETWEEN 1 AND 4),
	purpose       integer NOT NULL CHECK (purpose BETWEEN 0 AND 6),
	revocations   text    NOT NULL,
	seq           bigint  NOT NULL CHECK (seq >= 0),
	state         integer NOT NULL CHECK (state BETWEEN 1 AND 2),
	valid_from    timestamptz,
	valid_until   timestamptz,
	withdrawn_seq bigint  NOT NULL CHECK (withdrawn_seq >= 0),
	first_seq     bigint  NOT NULL,
	CONSTRAINT anchor_validity CHECK (valid_from < valid_until),
	CONSTRAINT anchor_withdrawn CHECK ((state = 2) = (withdrawn_seq > 0))
);
CREATE INDEX anchor_newest ON anchor (first_seq);

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON anchor TO counterfoil_writer;
GRANT SELECT ON anchor TO counterfoil_checker, counterfoil_reader;

ALTER TABLE anchor ENABLE ROW LEVEL SECURITY;
ALTER TABLE anchor FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON anchor FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON anchor TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY checker ON anchor TO counterfoil_checker USING (true) WITH CHECK (true);
-- Whom the registry believes is for everybody to see.
CREATE POLICY reader ON anchor FOR SELECT TO counterfoil_reader USING (true);

-- --- how it is shown ---

CREATE VIEW anchor_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'name', a.name, 'profile', word_of('auth_profile', a.profile), 'purpose', word_of('anchor_purpose', a.purpose),
	'country', NULLIF(a.jurisdiction, ''), 'authority', a.authority <> 0,
	'state', CASE a.state WHEN 1 THEN 'live' ELSE 'withdrawn' END,
	'valid_from', moment(a.valid_from), 'valid_until', moment(a.valid_until),
	'in_force', a.state = 1 AND now() BETWEEN a.valid_from AND a.valid_until,
	'certificate', a.certificate, 'revocations', NULLIF(a.revocations, ''),
	'published_seq', a.first_seq, 'withdrawn_seq', NULLIF(a.withdrawn_seq, 0), 'seq', a.seq,
	'etag', b64url(a.head))) AS json
FROM anchor a;
GRANT SELECT ON anchor_shown TO counterfoil_reader;

-- --- a document under a key of this registry ---

-- Whose live key it is, and under which identifier the party was enrolled: SECURITY DEFINER, because whoever brings a
-- document need not be the one who signed it. The answer stays in the server.
CREATE FUNCTION signer_of(the_kid bytea)
RETURNS TABLE (alg integer, pub_x bytea, pub_y bytea, identifier text) LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT k.alg, k.pub_x, k.pub_y, p.identifier FROM party_key k JOIN party p ON p.id = k.party
	WHERE k.kid = the_kid AND k.until_seq = 0 AND k.registry = 0 AND p.state = 1;
END;
REVOKE EXECUTE ON FUNCTION signer_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION signer_of TO counterfoil_reader;
