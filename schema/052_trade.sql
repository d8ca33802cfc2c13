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
GRANT SELECT (bytes) ON document_content TO counterfoil_checker;
GRANT SELECT ON trade_paper TO counterfoil_publisher;

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
CREATE POLICY publisher ON trade_paper FOR SELECT TO counterfoil_publisher USING (true);

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
