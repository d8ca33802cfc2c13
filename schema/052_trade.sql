-- 052_trade: the papers of a trade, found by one another, and the invoices that are to be held against them again.

-- What a document says to the others of its trade (trade_wire.c), and what it is worth by itself as it was judged last.
CREATE TABLE trade_paper (
	sha256 bytea   PRIMARY KEY CHECK (octet_length(sha256) = 32),
	number bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
	role   integer NOT NULL CHECK (role BETWEEN 0 AND 9),
	level  integer NOT NULL CHECK (level BETWEEN 0 AND 2),
	anchor uuid    NOT NULL,
	signed boolean NOT NULL,
	words  bytea   NOT NULL
);
CREATE INDEX trade_paper_signed ON trade_paper (number) WHERE signed;

-- Under which names it is found: 16 bytes made with the registry's fingerprint key.
CREATE TABLE trade_key (
	key    bytea NOT NULL CHECK (octet_length(key) = 16),
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
	PRIMARY KEY (key, sha256)
);
CREATE INDEX trade_key_of ON trade_key (sha256);

-- Who brought it, and whether that is the party that issued it, or one that it names.
CREATE TABLE trade_bringer (
	sha256     bytea   NOT NULL CHECK (octet_length(sha256) = 32),
	party      uuid    NOT NULL,
	identifier text    NOT NULL,
	issuer     boolean NOT NULL,
	named      boolean NOT NULL,
	PRIMARY KEY (sha256, party)
);

-- Invoices to be judged again; asked: how often since, so that what came meanwhile is not struck out.
CREATE TABLE trade_due (
	sha256 bytea  PRIMARY KEY CHECK (octet_length(sha256) = 32),
	asked  bigint NOT NULL DEFAULT 1,
	since  timestamptz NOT NULL DEFAULT now()
);

-- Documents to be read again by themselves, since whom the registry believes has changed; up to which entry, and moment,
-- that has been looked at.
CREATE TABLE trade_judge (
	sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32)
);
CREATE TABLE trade_believed (
	one boolean     PRIMARY KEY DEFAULT true CHECK (one),
	seq bigint      NOT NULL,
	at  timestamptz NOT NULL
);
INSERT INTO trade_believed (seq, at) SELECT coalesce(max(seq), -1), now() FROM anchor;

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON trade_paper, trade_bringer TO counterfoil_checker;
GRANT SELECT, INSERT, UPDATE, DELETE ON trade_due, trade_judge TO counterfoil_checker;
GRANT SELECT, INSERT ON trade_key TO counterfoil_checker;
GRANT SELECT, UPDATE ON trade_believed TO counterfoil_checker;
GRANT SELECT ON trade_paper TO counterfoil_publisher, counterfoil_writer;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['trade_paper', 'trade_key', 'trade_bringer', 'trade_due', 'trade_judge', 'trade_believed'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
CREATE POLICY deadlines ON trade_paper FOR SELECT TO counterfoil_publisher, counterfoil_writer USING (true);

-- What a document is worth beside the others of its trade is for those whose trade it is, and for who has a stake in the
-- claim on it. Whoever else has the bytes, and so may read them, learns nothing of papers that are not his.
CREATE FUNCTION sees_trade(doc bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT sees_all()
		OR EXISTS (SELECT FROM trade_bringer b WHERE b.sha256 = doc AND b.party = me() AND (b.issuer OR b.named))
		OR EXISTS (SELECT FROM asset a WHERE a.document = doc
			AND a.document <> '\x0000000000000000000000000000000000000000000000000000000000000000'
			AND (a.creditor = me() OR a.debtor = me() OR lends_on(a.id)))
		OR (sees_document(doc) AND EXISTS (SELECT FROM trade_paper t WHERE t.sha256 = doc AND t.role <> 6));
END;
GRANT EXECUTE ON FUNCTION sees_trade TO counterfoil_reader;
DROP POLICY reader ON assessment;
CREATE POLICY reader ON assessment FOR SELECT TO counterfoil_reader USING (sees_trade(sha256));

-- --- how it is shown: as before, and what is open beside credit notes and payments (shifts bind no closer than or) ---

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
	'trade_open', CASE WHEN ((a.trade >> number_of('trade', 'XD-CREDIT')) | (a.trade >> number_of('trade', 'XD-PAY'))) & 1 = 1
		THEN cash(a.trade_open, a.ccy) END, 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a WHERE a.kind = 1;
