-- 002_log: the log itself. Rows of entry and checkpoint are never changed or removed: nobody has
-- the grant, and a trigger raises for whoever gives himself one. (A superuser can drop a trigger;
-- against him stand the chain, the tree and the witnesses.)

-- One row: the compact range over all leaf hashes, and the fencing token. The writer's commit
-- updates it where epoch and size are still what it believes; else nothing of the batch stays.
CREATE TABLE log_head (
	one         boolean PRIMARY KEY DEFAULT true CHECK (one),
	size        bigint  NOT NULL CHECK (size >= 0),
	peaks       bytea   NOT NULL CHECK (octet_length(peaks) % 32 = 0),
	last_leaf   bytea   NOT NULL CHECK (octet_length(last_leaf) = 32),
	accepted_at timestamptz,
	epoch       bigint  NOT NULL CHECK (epoch >= 0)
) WITH (fillfactor = 10);
INSERT INTO log_head (size, peaks, last_leaf, epoch) VALUES (0, '', decode(repeat('00', 32), 'hex'), 0);

CREATE TABLE entry (
	seq            bigint   PRIMARY KEY,
	leaf           bytea    NOT NULL,
	statement      bytea    NOT NULL,
	issuer         uuid     NOT NULL,
	id             uuid     NOT NULL,
	object         uuid     NOT NULL,
	kind           smallint NOT NULL,
	outcome        smallint NOT NULL,
	statement_hash bytea    NOT NULL
);
-- Signed text in base64 hardly compresses: do not try for every statement above 2 kB.
ALTER TABLE entry ALTER COLUMN statement SET STORAGE EXTERNAL;
CREATE INDEX entry_object ON entry (object, seq);
-- Attempts on record: what the regulator reads.
CREATE INDEX entry_refused ON entry (seq) WHERE outcome <> 0;

-- Exactly once: an issuer's statement id. Rising ids of one issuer lie side by side.
CREATE TABLE submission (
	issuer         uuid   NOT NULL,
	id             uuid   NOT NULL,
	seq            bigint NOT NULL,
	CONSTRAINT submission_pkey PRIMARY KEY (issuer, id)
);

CREATE TABLE checkpoint (
	size bigint PRIMARY KEY CHECK (size >= 0),
	root bytea  NOT NULL CHECK (octet_length(root) = 32),
	note bytea  NOT NULL
);

-- Who looked at what and why.
CREATE TABLE access_log (
	number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at      timestamptz NOT NULL,
	who     uuid NOT NULL,
	object  uuid NOT NULL,
	subject uuid NOT NULL,
	what    text NOT NULL,
	purpose text NOT NULL
);
CREATE INDEX access_log_who ON access_log (who, number);
CREATE INDEX access_log_subject ON access_log (subject, number);

CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
	RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = '2F002';
END $$;
CREATE TRIGGER entry_never BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER submission_never BEFORE UPDATE OR DELETE OR TRUNCATE ON submission FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER checkpoint_never BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION never();
CREATE TRIGGER access_log_never BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION never();
