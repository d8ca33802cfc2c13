-- 072_purpose: how far the log was when somebody looked: whoever is looked at can see which state of its affairs the
-- reader was shown. Records of before do not say.

ALTER TABLE access_log ADD COLUMN seq bigint;

-- --- what the table of who may read what showed (t58) ---

-- Whose asset a finding is about: whoever reads one has looked at them.
CREATE OR REPLACE VIEW finding_shown WITH (security_invoker = true) AS
SELECT f.id, f.asset, f.party, f.first_seq, f.state, f.severity, b64url(f.head) AS etag, json_strip_nulls(json_build_object(
	'id', f.id, 'kind', 'finding', 'signal', word_of('signal', f.signal), 'name', word_of('signal_name', f.signal),
	'text', word_of('signal_text', f.signal), 'text_zh', word_of('signal_zh', f.signal),
	'severity', word_of('severity', f.severity), 'state', word_of('finding', f.state),
	'asset', not_nil(f.asset), 'creditor', a.creditor, 'debtor', a.debtor, 'party', not_nil(f.party), 'at_seq', f.at_seq,
	'evidence', (SELECT json_agg(e::bigint) FROM unnest(string_to_array(f.evidence, ',')) AS e),
	'bits', CASE WHEN f.bits > 0 THEN round(f.bits / 10.0, 1)::text END, 'value', f.value, 'threshold', f.threshold,
	'unit', word_of('signal_unit', f.signal), 'detail', f.detail, 'raised_by', f.first_seq,
	'reviewed_by', CASE WHEN f.state > 1 THEN f.seq END, 'seq', f.seq, 'etag', b64url(f.head))) AS json
FROM finding f LEFT JOIN asset a ON a.id = f.asset;

-- The registry signs what falls due and what detection found, under a key of the operator's party. That makes none of it
-- the operator's own business: it sees such an entry when it sees what the entry is about.
CREATE FUNCTION registry_says(the_kind integer) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM word w WHERE w.list = 'registry_says' AND w.number = the_kind);
REVOKE EXECUTE ON FUNCTION registry_says FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_says TO counterfoil_reader;
DROP POLICY reader ON entry;
CREATE POLICY reader ON entry FOR SELECT TO counterfoil_reader
	USING ((issuer = (SELECT me()) AND NOT ((SELECT operates()) AND registry_says(kind))) OR (SELECT sees_all())
		OR sees_object(object, outcome));
