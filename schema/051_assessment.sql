-- 051_assessment: documents judged again after they came in, and what that makes of the claims on them.

ALTER TABLE asset
	ADD COLUMN level_high integer NOT NULL DEFAULT 0 CHECK (level_high BETWEEN 0 AND 4),
	ADD COLUMN trade      bigint  NOT NULL DEFAULT 0 CHECK (trade >= 0),
	ADD COLUMN trade_open bigint  NOT NULL DEFAULT 0 CHECK (trade_open >= 0),
	ADD COLUMN young_key  integer NOT NULL DEFAULT 0 CHECK (young_key BETWEEN 0 AND 1);
GRANT SELECT (level_high, trade, trade_open, young_key) ON asset TO counterfoil_reader;
ALTER TABLE party_key ADD COLUMN since timestamptz;

CREATE TABLE assessment (
	sha256   bytea   PRIMARY KEY CHECK (octet_length(sha256) = 32),
	alone    integer NOT NULL CHECK (alone BETWEEN 0 AND 2),
	anchor   uuid    NOT NULL,
	credited bigint  NOT NULL CHECK (credited >= 0),
	findings bigint  NOT NULL CHECK (findings >= 0),
	level    integer NOT NULL CHECK (level BETWEEN 0 AND 3),
	paid     bigint  NOT NULL CHECK (paid >= 0),
	papers   integer NOT NULL CHECK (papers BETWEEN 0 AND 64),
	seq      bigint  NOT NULL CHECK (seq >= 0),
	first_seq bigint NOT NULL,
	CONSTRAINT assessment_anchor CHECK (alone = 2 OR anchor = '00000000-0000-0000-0000-000000000000')
) WITH (fillfactor = 80);
CREATE INDEX assessment_rests ON assessment (anchor) WHERE anchor <> '00000000-0000-0000-0000-000000000000';

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON assessment TO counterfoil_writer;
GRANT SELECT ON assessment TO counterfoil_checker, counterfoil_reader, counterfoil_publisher;
GRANT SELECT (sha256, anchor) ON evidence TO counterfoil_publisher;
GRANT SELECT (id, state, withdrawn_seq) ON anchor TO counterfoil_publisher;
GRANT SELECT (document) ON asset TO counterfoil_publisher;

ALTER TABLE assessment ENABLE ROW LEVEL SECURITY;
ALTER TABLE assessment FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON assessment FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY writer ON assessment TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY checker ON assessment FOR SELECT TO counterfoil_checker USING (true);
CREATE POLICY publisher ON assessment FOR SELECT TO counterfoil_publisher USING (true);
CREATE POLICY publisher ON evidence FOR SELECT TO counterfoil_publisher USING (true);
CREATE POLICY publisher ON anchor FOR SELECT TO counterfoil_publisher USING (true);
-- Whoever may see the document: who brought it, and who has a stake in the claim on it.
CREATE POLICY reader ON assessment FOR SELECT TO counterfoil_reader USING (sees_document(sha256));

-- --- how it is shown ---

-- Bits of xd.def as their ids, in order.
CREATE FUNCTION trade_words(bits bigint) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT json_agg(w.word ORDER BY w.number) FROM word w WHERE w.list = 'trade' AND (bits >> w.number) & 1 = 1);

-- As asset_level() of the rules: 4 once the debtor has confirmed it and no paper of the trade takes it back.
CREATE FUNCTION evidence_level(level integer, confirmed_seq bigint, state integer, trade bigint) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN confirmed_seq > 0 AND level > 0
		AND state NOT IN (number_of('receivable', 'disputed'), number_of('receivable', 'rejected'))
		AND NOT EXISTS (SELECT FROM word w WHERE w.list = 'trade_stop' AND (trade >> w.number) & 1 = 1)
	THEN 4 ELSE level END;

-- What a document is worth now, when it was judged again; NULL when it was not.
CREATE FUNCTION assessed(doc bytea) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('level', 'L' || s.level, 'alone', 'L' || s.alone,
		'findings', coalesce(trade_words(s.findings), '[]'), 'anchor', not_nil(s.anchor),
		'credited', CASE WHEN s.credited > 0 THEN cash(s.credited, e.ccy) END,
		'paid', CASE WHEN s.paid > 0 THEN cash(s.paid, e.ccy) END,
		'open', CASE WHEN s.credited + s.paid > 0 THEN cash(greatest(e.payable - s.credited - s.paid, 0), e.ccy) END,
		'papers', s.papers, 'seq', s.seq))
	FROM assessment s JOIN evidence e ON e.sha256 = s.sha256 WHERE s.sha256 = doc);
GRANT EXECUTE ON FUNCTION trade_words, evidence_level, assessed TO counterfoil_reader;

CREATE OR REPLACE VIEW receivable_shown WITH (security_invoker = true) AS
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
	'pay_to', NULLIF(a.pay_to, ''), 'lineage', not_nil(a.lineage), 'level', evidence_level(a.level, a.confirmed_seq, a.state, a.trade),
	'trade', CASE WHEN a.trade > 0 THEN trade_words(a.trade) END,
	'trade_open', CASE WHEN a.trade & (1::bigint << number_of('trade', 'XD-CREDIT') | 1::bigint << number_of('trade', 'XD-PAY')) > 0
		THEN cash(a.trade_open, a.ccy) END, 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a WHERE a.kind = 1;
