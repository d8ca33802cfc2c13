-- 074_sealed: documents at rest under a key of the party that brought them.
--
-- What is sealed: a document's bytes, and the report of what was read and found in it. Each party that brings the same
-- document has a copy under its own key: what one of them has erased is not gone for the other. A copy opens for its own
-- row only: party, hash and part are bound into it.
-- What stays in clear: the hash (it is the document's name, and stands in the log), its size, who brought it when, and
-- what is decided by: evidence (numbers, identifiers, amounts) and trade_paper (what it says to the papers of its trade).
-- The keys stand here wrapped under a master key that does not: master.key in the state directory, or the file that the
-- setting master_key names. Whoever has the database, or a backup of it, and not that file, has no document. Without the
-- file the server does not start: it would take in what nobody can open together with the rest.
-- A new master key (counterfoil seal rotate): the party keys are wrapped again, no content is touched.
-- Erasure (party.erase): the wrapped key is destroyed. An old backup still has it, under the master key of its day: so
-- rotate after an erasure, and do not keep old master keys with backups. Pages of the database that held a wrapped key or
-- a text of before this migration are overwritten when PostgreSQL uses them again (VACUUM FULL does so at once).

CREATE TABLE sealing (
	one    boolean PRIMARY KEY DEFAULT true CHECK (one),
	master bytea   NOT NULL CHECK (octet_length(master) = 16) -- which master key: seal_key_id()
);

CREATE TABLE sealing_key (
	party   uuid        PRIMARY KEY,
	wrapped bytea       CHECK (octet_length(wrapped) = 72), -- NULL once it is destroyed
	made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE document_sealed (
	sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
	party       uuid        NOT NULL REFERENCES sealing_key (party),
	bytes       bytea       NOT NULL CHECK (octet_length(bytes) >= 40),
	report      bytea       NOT NULL CHECK (octet_length(report) >= 40),
	received_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (sha256, party)
);
-- What looks like noise does not compress.
ALTER TABLE document_sealed ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE document_sealed ALTER COLUMN report SET STORAGE EXTERNAL;

-- What was there before is sealed when the server starts next; then these are NULL.
ALTER TABLE document_content ALTER COLUMN bytes DROP NOT NULL;
ALTER TABLE document_content ALTER COLUMN report DROP NOT NULL;
ALTER TABLE document_content ADD COLUMN size bigint;
UPDATE document_content SET size = octet_length(bytes);

-- The party, whose content is erased.
ALTER TABLE party ADD COLUMN erased integer NOT NULL DEFAULT 0 CHECK (erased BETWEEN 0 AND 1);

CREATE INDEX party_erased ON party (id) WHERE erased <> 0;

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON sealing, sealing_key TO counterfoil_checker;
GRANT SELECT, INSERT ON document_sealed TO counterfoil_checker;
GRANT SELECT, UPDATE (bytes, report) ON document_content TO counterfoil_checker;
GRANT SELECT ON sealing_key, document_sealed TO counterfoil_reader;
GRANT SELECT (party, wrapped), UPDATE (wrapped) ON sealing_key TO counterfoil_publisher;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['sealing', 'sealing_key', 'document_sealed'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
CREATE POLICY publisher ON sealing_key TO counterfoil_publisher USING (true) WITH CHECK (true);
-- With the last copy of a document goes what it said to the papers of its trade.
GRANT SELECT (sha256, party) ON document_sealed TO counterfoil_publisher;
GRANT SELECT, DELETE ON trade_paper, trade_key, trade_bringer TO counterfoil_publisher;
CREATE POLICY publisher ON document_sealed FOR SELECT TO counterfoil_publisher USING (true);
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['trade_paper', 'trade_key', 'trade_bringer'] LOOP
		EXECUTE format('CREATE POLICY erasing ON %I TO counterfoil_publisher USING (true)', t);
	END LOOP;
END $$;

CREATE FUNCTION is_erased(the_party uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM party p WHERE p.id = the_party AND p.erased <> 0);
END;
-- The key of a copy is seen by whoever sees the copy.
CREATE POLICY reader ON document_sealed FOR SELECT TO counterfoil_reader USING (
	(sees_document(sha256) OR shown_document(sha256)) AND NOT is_erased(party));
CREATE POLICY reader ON sealing_key FOR SELECT TO counterfoil_reader
	USING (EXISTS (SELECT FROM document_sealed d WHERE d.party = sealing_key.party));

-- --- how it is read ---

-- A sealed text as it leaves the database: whose, of what, which part (1 bytes, 2 report), the key it opens with, itself.
-- The server opens it (store/vault.c); the column is to be called "sealed". The asker's own copy before another's. NULL
-- when every copy is erased.
CREATE FUNCTION sealed_document(doc bytea, part integer) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT uuid_send(d.party) || d.sha256 || substr(int4send(part), 4) || k.wrapped || CASE part WHEN 1 THEN d.bytes ELSE d.report END
	FROM document_sealed d JOIN sealing_key k ON k.party = d.party
	WHERE d.sha256 = doc AND k.wrapped IS NOT NULL ORDER BY d.party = me() DESC, d.received_at LIMIT 1;
END;
-- The entry that erased it: the latest of those who brought it.
CREATE FUNCTION erased_by(doc bytea) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT max(p.seq) FROM document_sealed d JOIN party p ON p.id = d.party WHERE d.sha256 = doc AND p.erased <> 0;
END;
REVOKE EXECUTE ON FUNCTION is_erased, sealed_document, erased_by FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_erased, sealed_document, erased_by TO counterfoil_reader;
