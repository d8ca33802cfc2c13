-- 003_access: who may touch what. One role per duty, none can log in; the server's connections
-- take theirs with SET ROLE.
--
--   counterfoil_owner      owns the tables; DDL in migrations; reads everything for audit and replay
--   counterfoil_writer     the sequencer: state rows and the log, nothing of checkpoints
--   counterfoil_publisher  what the registry itself says: leaves out, checkpoints in, deadlines that have passed
--   counterfoil_checker    checks: reads state whole, records who looked, takes in documents
--   counterfoil_follower   reads the log behind the writer: detection (060)
--   counterfoil_reader     one party's questions, under row-level security
--
-- The reader's party and roles are settings of its transaction (store_query). The policies are the
-- second lock: what a query forgets to filter, they do. A bank never sees another lender's row.

GRANT USAGE ON SCHEMA counterfoil TO counterfoil_writer, counterfoil_publisher, counterfoil_checker, counterfoil_reader;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA counterfoil FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA counterfoil REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- --- grants ---

GRANT SELECT ON schema_version, word, log_head, rule, model
	TO counterfoil_writer, counterfoil_publisher, counterfoil_checker, counterfoil_reader;

GRANT SELECT, INSERT, UPDATE ON party, party_key, mandate, rule, model, asset, lineage, encumbrance, hold, "freeze",
	claim, pending TO counterfoil_writer;
GRANT SELECT ON evidence, checkpoint TO counterfoil_writer;
GRANT UPDATE ON log_head TO counterfoil_writer;
GRANT SELECT, INSERT ON entry, submission TO counterfoil_writer;

GRANT SELECT (seq, leaf) ON entry TO counterfoil_publisher;
GRANT SELECT, INSERT ON checkpoint TO counterfoil_publisher;
GRANT SELECT ON party TO counterfoil_publisher;
GRANT SELECT (id, head, overdue_from, default_from) ON asset TO counterfoil_publisher;
GRANT SELECT (id, head, state, deadline) ON encumbrance TO counterfoil_publisher;
GRANT SELECT (id, head, state, until) ON hold TO counterfoil_publisher;
GRANT SELECT (statement, object, state, deadline) ON pending TO counterfoil_publisher;

GRANT SELECT ON party, party_key, mandate, asset, lineage, encumbrance, hold, "freeze", claim, pending, evidence,
	checkpoint TO counterfoil_checker;
GRANT INSERT ON evidence, document_content, document_submitter, access_log TO counterfoil_checker;
GRANT SELECT (sha256, submitter) ON document_content TO counterfoil_checker;

-- The reader: whole rows, without what was made with the registry's fingerprint key.
GRANT SELECT ON party, party_key, mandate, encumbrance, "freeze", pending, entry, evidence, document_content, access_log,
	checkpoint TO counterfoil_reader;
GRANT SELECT (id, ccy, confirmed_seq, creditor, debtor, diluted, document, due, encumbered, encumbrance_count, existing,
	face, freezes, head, hold, issued, kind, level, lineage, number, paid, parent, pay_to, reserved, resolve_signed, seq,
	set_off_waived, state, first_seq) ON asset TO counterfoil_reader;
GRANT SELECT (id, amount, asset, bank, ccy, head, purpose, renewals, seq, state, until, first_seq) ON hold
	TO counterfoil_reader;

-- --- who asks ---

-- The party that asks; NULL for anyone.
CREATE FUNCTION me() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(NULLIF(current_setting('counterfoil.party', true), ''), '00000000-0000-0000-0000-000000000000')::uuid;

-- Its roles: the mask of include/command.h.
CREATE FUNCTION my_roles() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN me() IS NULL THEN 0
	ELSE COALESCE(NULLIF(current_setting('counterfoil.roles', true), ''), '0')::integer END;

-- A regulator (64) or court (128) sees everything; its own looking is logged.
CREATE FUNCTION sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN my_roles() & 192 <> 0;

-- The operator (1) runs the place: parties and keys, no business.
CREATE FUNCTION operates() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN my_roles() & 1 <> 0;

-- --- what a party has to do with a row of another table ---
-- SECURITY DEFINER: they look where the asker's own policies would ask back without end. Each is a
-- look-up or two by index; names were resolved when they were made (BEGIN ATOMIC), not when called.

CREATE FUNCTION owns_asset(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM asset a WHERE a.id = asset_id AND (a.creditor = me() OR a.debtor = me()));
END;

CREATE FUNCTION owes_asset(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM asset a WHERE a.id = asset_id AND a.debtor = me());
END;

-- A lender with something at stake: granted, live, enforced or satisfied in its favour, or a live hold of its own.
CREATE FUNCTION lends_on(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM encumbrance e WHERE e.asset = asset_id AND e.state IN (1, 2, 5, 6) AND e.secured = me())
		OR EXISTS (SELECT FROM hold h WHERE h.asset = asset_id AND h.state = 1 AND h.bank = me());
END;

CREATE FUNCTION sees_asset(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN sees_all() OR owns_asset(asset_id) OR lends_on(asset_id);

-- Whom an encumbrance concerns. The debtor sees it whole once it has been notified (flag 2) or is
-- enforced (5); before that only that it exists (ranking, below).
CREATE FUNCTION sees_encumbrance(encumbrance_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM encumbrance e WHERE e.id = encumbrance_id
		AND (e.secured = me() OR e.grantor = me() OR ((e.notified = 2 OR e.state = 5) AND owes_asset(e.asset))));
END;

CREATE FUNCTION sees_other(object_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM hold h WHERE h.id = object_id AND h.bank = me())
		OR EXISTS (SELECT FROM mandate m WHERE m.id = object_id AND (m.principal = me() OR m.agent = me()))
		OR EXISTS (SELECT FROM "freeze" f WHERE f.id = object_id
			AND (f.authority = me() OR f.party = me() OR owns_asset(f.asset)));
END;

-- An entry about an object. A refused attempt (it names a stranger) is for those who own the object,
-- and for whoever made it; not for the lenders on it.
CREATE FUNCTION sees_object(object_id uuid, outcome smallint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN object_id = me() OR owns_asset(object_id) OR sees_encumbrance(object_id) OR sees_other(object_id)
	OR (outcome = 0 AND lends_on(object_id));

CREATE FUNCTION sees_document(doc bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT sees_all()
		OR EXISTS (SELECT FROM document_content d WHERE d.sha256 = doc AND d.submitter = me())
		OR EXISTS (SELECT FROM document_submitter d WHERE d.sha256 = doc AND d.submitter = me())
		OR EXISTS (SELECT FROM asset a WHERE a.document = doc
			AND a.document <> '\x0000000000000000000000000000000000000000000000000000000000000000'
			AND (a.creditor = me() OR a.debtor = me() OR lends_on(a.id)));
END;

GRANT EXECUTE ON FUNCTION me, my_roles, sees_all, operates, owns_asset, owes_asset, lends_on, sees_asset,
	sees_encumbrance, sees_other, sees_object, sees_document TO counterfoil_reader;

-- --- policies ---
-- FORCE: they bind the owner too. It may read (audit); it has no policy to change a row.

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['party', 'party_key', 'mandate', 'asset', 'lineage', 'encumbrance', 'hold', 'freeze',
			'claim', 'pending', 'evidence', 'document_content', 'document_submitter', 'entry', 'submission',
			'access_log'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['entry', 'party', 'asset', 'encumbrance', 'hold', 'pending'] LOOP
		EXECUTE format('CREATE POLICY publisher ON %I FOR SELECT TO counterfoil_publisher USING (true)', t);
	END LOOP;
END $$;

CREATE POLICY reader ON party FOR SELECT TO counterfoil_reader
	USING (id = (SELECT me()) OR (SELECT sees_all()) OR (SELECT operates()));
CREATE POLICY reader ON party_key FOR SELECT TO counterfoil_reader
	USING (party = (SELECT me()) OR (SELECT sees_all()) OR (SELECT operates()));
CREATE POLICY reader ON mandate FOR SELECT TO counterfoil_reader
	USING (principal = (SELECT me()) OR agent = (SELECT me()) OR (SELECT sees_all()));
CREATE POLICY reader ON asset FOR SELECT TO counterfoil_reader
	USING (creditor = (SELECT me()) OR debtor = (SELECT me()) OR (SELECT sees_all()) OR lends_on(id));
CREATE POLICY reader ON encumbrance FOR SELECT TO counterfoil_reader
	USING (secured = (SELECT me()) OR grantor = (SELECT me()) OR (SELECT sees_all())
		OR ((notified = 2 OR state = 5) AND owes_asset(asset)));
CREATE POLICY reader ON hold FOR SELECT TO counterfoil_reader
	USING (bank = (SELECT me()) OR (SELECT sees_all()));
CREATE POLICY reader ON "freeze" FOR SELECT TO counterfoil_reader
	USING (party = (SELECT me()) OR authority = (SELECT me()) OR (SELECT sees_all()) OR owns_asset(asset));
CREATE POLICY reader ON pending FOR SELECT TO counterfoil_reader
	USING (issuer = (SELECT me()) OR (SELECT sees_all()));
CREATE POLICY reader ON entry FOR SELECT TO counterfoil_reader
	USING (issuer = (SELECT me()) OR (SELECT sees_all()) OR sees_object(object, outcome));
CREATE POLICY reader ON evidence FOR SELECT TO counterfoil_reader USING (sees_document(sha256));
CREATE POLICY reader ON document_content FOR SELECT TO counterfoil_reader USING (sees_document(sha256));
CREATE POLICY reader ON access_log FOR SELECT TO counterfoil_reader
	USING (who = (SELECT me()) OR subject = (SELECT me()) OR (SELECT sees_all()));
