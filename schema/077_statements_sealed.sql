-- 077_statements_sealed: statements at rest under a key of the party that signed them.
--
-- What is sealed: the statement of every entry, as it was signed. Its first byte says under whose key: 1 its signer's,
-- 2 that of the party it is about (party.profile: what others say of a party goes when that party is erased). Behind it
-- stand ciphertext and tag of XChaCha20-Poly1305; the nonce is the first 24 bytes of the statement's hash, which differ
-- whenever the text does; party and hash are bound into it, so that it opens in its own row only.
-- What stays in clear, because it is asked for by its value, and what a right consists of:
--   entry            numbers, hashes, leaf; signer, id and object (uuids), kind and outcome: an index of the log
--   the rows of state (state.def): who a party is (name, identifier, officers of its keys), and of each claim, pledge,
--                    hold, receipt, lot, bill, finding ... parties (uuids), amounts, dates, numbers as printed, where it is
--                    paid, and the grounds and reasons the rules keep
--   what 074 leaves in clear of documents, while anybody has them; alerts (codes and uuids), the access log
-- What is in clear nowhere but in statements - the signatures, the salts, free texts, lists of documents and goods, payers'
-- accounts, what is known of a party's addresses, telephones and officers - is in no backup without the master key.
--
-- Erasure: with the key the statements are gone; hashes, leaves, receipts and roots stay what they were. Before it goes, the
-- registry folds the log once more and keeps of each of these entries what was decided (residue: the rows of state as they
-- stood then, and the salt, by which the leaf's decision digest proves them). So a replay goes on to the last row; it says
-- which entries it could take only as decided. And a key goes only when nobody else has a right that hangs on it
-- (erasure_waits); until then what it opens is shown to those who see it.
--
-- A statement of before this migration is sealed when the server starts next, some at a time; sealing.statements says how
-- far that is. It is the one change a row of entry can ever undergo, once.

ALTER TABLE sealing ADD COLUMN statements bigint NOT NULL DEFAULT 0 CHECK (statements >= 0); -- entries before it are sealed

CREATE TABLE residue (
	seq     bigint PRIMARY KEY,
	decided bytea  NOT NULL CHECK (octet_length(decided) >= 40) -- sealed under the key of nobody: the registry's own
);
CREATE TRIGGER residue_never BEFORE UPDATE OR DELETE OR TRUNCATE ON residue FOR EACH STATEMENT EXECUTE FUNCTION never();

-- --- the one change ---

CREATE FUNCTION is_sealed(statement bytea) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN substr(statement, 1, 1) IN ('\x01', '\x02');

CREATE FUNCTION seals_only() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	IF substr(OLD.statement, 1, 1) IN ('\x01', '\x02') OR substr(NEW.statement, 1, 1) NOT IN ('\x01', '\x02') THEN
		RAISE EXCEPTION 'a statement that is sealed is never changed' USING ERRCODE = '2F002';
	END IF;
	RETURN NEW;
END $$;
DROP TRIGGER entry_never ON entry;
CREATE TRIGGER entry_never BEFORE DELETE OR TRUNCATE OR UPDATE OF seq, leaf, issuer, id, object, kind, outcome, statement_hash
	ON entry FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER entry_seals BEFORE UPDATE OF statement ON entry FOR EACH ROW EXECUTE FUNCTION seals_only();
CREATE POLICY sealing ON entry FOR UPDATE TO counterfoil_owner USING (NOT is_sealed(statement)) WITH CHECK (is_sealed(statement));

-- Nobody has the right to change an entry. Who seals what is in clear calls these two.
CREATE FUNCTION clear_statements(many bigint)
RETURNS TABLE (seq bigint, issuer uuid, object uuid, kind smallint, outcome smallint, statement_hash bytea, statement bytea)
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT e.seq, e.issuer, e.object, e.kind, e.outcome, e.statement_hash, e.statement FROM entry e
	WHERE e.seq >= (SELECT s.statements FROM sealing s) AND NOT is_sealed(e.statement) ORDER BY e.seq LIMIT many;
END;
CREATE FUNCTION seal_statements(at bigint[], text bytea[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	UPDATE entry e SET statement = u.text FROM unnest(at, text) AS u(seq, text) WHERE e.seq = u.seq;
	SELECT max(u.seq) FROM unnest(at) AS u(seq);
END;

-- --- erasing ---

-- Somebody else has a right that hangs on what this party signed or brought: it lends on its claims or on claims against it,
-- is owed by it, or has goods with it.
CREATE FUNCTION erasure_waits(the_party uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM encumbrance e WHERE e.grantor = the_party AND e.state IN (1, 2, 5) AND e.secured <> the_party)
		OR EXISTS (SELECT FROM asset a JOIN encumbrance e ON e.asset = a.id
			WHERE (a.creditor = the_party OR a.debtor = the_party) AND e.state IN (1, 2, 5) AND e.secured <> the_party)
		OR EXISTS (SELECT FROM asset a JOIN hold h ON h.asset = a.id
			WHERE (a.creditor = the_party OR a.debtor = the_party) AND h.state = 1 AND h.bank <> the_party)
		OR EXISTS (SELECT FROM asset a WHERE a.debtor = the_party AND a.creditor <> the_party
			AND a.face - a.diluted - a.paid > 0 AND (a.kind = 1 AND a.confirmed_seq > 0 AND a.state IN (2, 3, 6, 7)
				OR a.kind = 2 AND a.state IN (2, 3, 6) OR a.kind = 6 AND a.state IN (3, 4, 6, 8, 9)))
		OR EXISTS (SELECT FROM site s JOIN warehouse_receipt r ON r.site = s.id JOIN asset a ON a.id = r.id
			WHERE s.warehouse = the_party AND a.creditor <> the_party AND a.face > a.diluted);
END;
-- Of an entry under its key it is not kept what was decided.
CREATE FUNCTION lacks_residue(the_party uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM submission s JOIN entry e ON e.seq = s.seq WHERE s.issuer = the_party
			AND substr(e.statement, 1, 1) <> '\x02' AND NOT EXISTS (SELECT FROM residue r WHERE r.seq = e.seq))
		OR EXISTS (SELECT FROM entry e WHERE e.object = the_party AND substr(e.statement, 1, 1) = '\x02'
			AND NOT EXISTS (SELECT FROM residue r WHERE r.seq = e.seq));
END;
-- Documents of which nobody keeps a copy when these parties' keys are gone.
CREATE FUNCTION going_documents(the_parties uuid[]) RETURNS TABLE (sha256 bytea) LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT DISTINCT d.sha256 FROM document_sealed d WHERE d.party = ANY (the_parties) AND NOT EXISTS (
		SELECT FROM document_sealed o JOIN sealing_key k ON k.party = o.party
		WHERE o.sha256 = d.sha256 AND k.wrapped IS NOT NULL AND o.party <> ALL (the_parties));
END;

-- --- who may ---

REVOKE EXECUTE ON FUNCTION erasure_waits, lacks_residue, going_documents FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erasure_waits, lacks_residue TO counterfoil_checker, counterfoil_publisher;
GRANT EXECUTE ON FUNCTION going_documents TO counterfoil_checker;
GRANT SELECT, DELETE ON evidence TO counterfoil_publisher; -- with the last copy of a document go its facts
CREATE POLICY erasing ON evidence TO counterfoil_publisher USING (true);
GRANT EXECUTE ON FUNCTION clear_statements, seal_statements TO counterfoil_checker;
GRANT SELECT, INSERT ON sealing_key TO counterfoil_writer; -- a new party's key is made with its first entry
GRANT SELECT ON sealing_key, residue TO counterfoil_follower;
GRANT SELECT ON residue TO counterfoil_writer;
GRANT SELECT, INSERT ON residue TO counterfoil_checker;
GRANT SELECT ON residue TO counterfoil_publisher;
CREATE POLICY writer ON sealing_key TO counterfoil_writer USING (true) WITH CHECK (true);
CREATE POLICY follower ON sealing_key FOR SELECT TO counterfoil_follower USING (true);
ALTER TABLE residue ENABLE ROW LEVEL SECURITY;
ALTER TABLE residue FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON residue FOR SELECT TO counterfoil_owner USING (true);
CREATE POLICY checker ON residue TO counterfoil_checker USING (true) WITH CHECK (true);
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['writer', 'publisher', 'follower'] LOOP
		EXECUTE format('CREATE POLICY %I ON residue FOR SELECT TO %I USING (true)', t, 'counterfoil_' || t);
	END LOOP;
END $$;

-- --- how it is read ---

-- Asked of what is seen already: the key is wrapped, and the server has what it is wrapped under.
CREATE FUNCTION wrapped_key(the_party uuid) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT k.wrapped FROM sealing_key k WHERE k.party = the_party;
END;
-- The entry that erased a party.
CREATE FUNCTION erasing_entry(the_party uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT max(e.seq) FROM entry e WHERE e.object = the_party AND e.kind = 332 AND e.outcome = 0;
END;
REVOKE EXECUTE ON FUNCTION is_sealed, clear_statements, seal_statements, wrapped_key, erasing_entry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_sealed TO counterfoil_reader, counterfoil_checker;
GRANT EXECUTE ON FUNCTION wrapped_key, erasing_entry TO counterfoil_reader;

-- What is sealed leaves the database as sealed_document() gives it out, in a column of that name: whose, of what, which part
-- (3), the key, itself. The server opens it and puts it into the object before it, as its member "statement".
CREATE OR REPLACE VIEW entry_shown WITH (security_invoker = true) AS
SELECT e.seq, e.object, e.issuer, e.outcome, b64url(e.statement_hash) AS etag, json_strip_nulls(json_build_object(
	'seq', e.seq, 'type', word_of('statement', e.kind), 'outcome', e.outcome,
	'fault', CASE WHEN e.outcome <> 0 THEN word_of('fault', e.outcome) END,
	'issuer', e.issuer, 'id', e.id, 'object', e.object, 'accepted_at', moment(leaf_time(e.leaf)),
	'statement_hash', b64url(e.statement_hash), 'leaf', translate(encode(e.leaf, 'base64'), chr(10), ''),
	'erased_by', CASE WHEN u.under IS NOT NULL AND k.wrapped IS NULL THEN erasing_entry(u.under) END,
	'statement', CASE WHEN u.under IS NULL THEN convert_from(e.statement, 'UTF8') END)) AS json,
	uuid_send(u.under) || e.statement_hash || '\x03' || k.wrapped || e.statement AS statement_sealed
FROM entry e
CROSS JOIN LATERAL (SELECT CASE substr(e.statement, 1, 1) WHEN '\x01' THEN e.issuer WHEN '\x02' THEN e.object END AS under) AS u
CROSS JOIN LATERAL (SELECT wrapped_key(u.under) AS wrapped) AS k;

DROP FUNCTION payload_of;
