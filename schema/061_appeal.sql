-- 061_appeal: appeals against what a score rests on, as they are shown.

-- The operator judges them; whoever owns or owes the receivable whose score it is about is concerned.
CREATE POLICY operator ON appeal FOR SELECT TO counterfoil_reader USING ((SELECT operates()));
CREATE POLICY concerned ON appeal FOR SELECT TO counterfoil_reader USING (owns_asset(asset) OR owes_asset(asset));

CREATE VIEW appeal_shown WITH (security_invoker = true) AS
SELECT a.id, a.party, a.asset, a.appellant, a.first_seq, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'appeal', 'state', word_of('appeal', a.state), 'asset', not_nil(a.asset),
	'party', not_nil(a.party), 'appellant', a.appellant, 'input', a.input, 'entered_by', a.first_seq,
	'decided_by', CASE WHEN a.state > 1 THEN a.seq END, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM appeal a;
GRANT SELECT ON appeal_shown TO counterfoil_reader;
