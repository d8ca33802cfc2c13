-- 001_registry: the state the rules know.
--
-- One table per TABLE of include/state.def, with its columns: uuid uuid, hash bytea (32),
-- fp16 bytea (16), i64 bigint, i32 integer, date date, moment timestamptz, ccy and text text.
-- "None" is NULL for dates and moments and zero bytes, 0 or '' for everything else, so that a
-- row and its C struct are the same thing. The server compares the two when it starts.
--
-- first_seq (asset, encumbrance, hold) is the one column more: the entry that made the row. It
-- never changes, so lists can be paged by it, newest first, and an update that moves no other
-- indexed column stays heap-only (HOT). Generated columns are the database's own and not part of the row.
--
-- CHECKs restate invariants of the rules: a bug above or a hand at the console cannot store a
-- balance that does not hold. Only those: PostgreSQL reads a table's CHECKs anew for every statement,
-- and that a hash has 32 bytes the one program that writes here knows by its types. Foreign keys would cost a look-up per row and prove nothing the
-- replay of the log does not prove better; there are none.


CREATE TABLE party (
	id          uuid    PRIMARY KEY,
	country     text    NOT NULL,
	freezes     integer NOT NULL CHECK (freezes >= 0),
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	identifier  text    NOT NULL,
	live_keys   bigint  NOT NULL CHECK (live_keys >= 0),
	name        text    NOT NULL,
	roles       integer NOT NULL CHECK (roles >= 0),
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 2)
);

CREATE TABLE party_key (
	kid         bytea   PRIMARY KEY CHECK (octet_length(kid) = 32),
	alg         integer NOT NULL CHECK (alg BETWEEN 1 AND 3),
	from_seq    bigint  NOT NULL CHECK (from_seq >= 0),
	limit_ccy   text    NOT NULL CHECK (limit_ccy ~ '^([A-Z]{3})?$'),
	limit_minor bigint  NOT NULL CHECK (limit_minor >= 0),
	officer     text    NOT NULL,
	party       uuid    NOT NULL,
	pub_x       bytea   NOT NULL CHECK (octet_length(pub_x) = 32),
	pub_y       bytea   NOT NULL CHECK (octet_length(pub_y) = 32),
	registry    integer NOT NULL CHECK (registry BETWEEN 0 AND 1),
	until_seq   bigint  NOT NULL CHECK (until_seq >= 0)
);
CREATE INDEX party_key_party ON party_key (party);

CREATE TABLE mandate (
	id          uuid    PRIMARY KEY,
	agent       uuid    NOT NULL,
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	limit_ccy   text    NOT NULL CHECK (limit_ccy ~ '^([A-Z]{3})?$'),
	limit_minor bigint  NOT NULL CHECK (limit_minor >= 0),
	principal   uuid    NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 2),
	types       text    NOT NULL,
	until       timestamptz
);
CREATE INDEX mandate_principal ON mandate (principal);
CREATE INDEX mandate_agent ON mandate (agent);

CREATE TABLE rule (
	id          bigint  PRIMARY KEY,
	effective   timestamptz,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	value       bigint  NOT NULL
);

CREATE TABLE model (
	id          bytea   PRIMARY KEY CHECK (octet_length(id) = 32),
	effective   timestamptz,
	name        text    NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	sha256      bytea   NOT NULL CHECK (octet_length(sha256) = 32),
	version     bigint  NOT NULL
);

CREATE TABLE asset (
	id             uuid    PRIMARY KEY,
	ccy            text    NOT NULL,
	claim          bytea   NOT NULL,
	confirmed_seq  bigint  NOT NULL,
	creditor       uuid    NOT NULL,
	debtor         uuid    NOT NULL,
	diluted        bigint  NOT NULL,
	document       bytea   NOT NULL,
	due            date,
	encumbered     bigint  NOT NULL,
	encumbrance_count integer NOT NULL,
	existing       integer NOT NULL,
	face           bigint  NOT NULL,
	freezes        integer NOT NULL,
	head           bytea   NOT NULL,
	hold           uuid    NOT NULL,
	issued         date,
	kind           integer NOT NULL,
	level          integer NOT NULL,
	lineage        uuid    NOT NULL,
	number         text    NOT NULL,
	paid           bigint  NOT NULL,
	parent         uuid    NOT NULL,
	pay_to         text    NOT NULL,
	reserved       bigint  NOT NULL,
	resolve_signed integer NOT NULL,
	seq            bigint  NOT NULL,
	set_off_waived integer NOT NULL,
	state          integer NOT NULL,
	first_seq      bigint  NOT NULL,
	overdue_from   date GENERATED ALWAYS AS (CASE WHEN kind = 1 AND state IN (1, 2) THEN due END) STORED,
	default_from   date GENERATED ALWAYS AS (CASE WHEN kind = 1 AND state = 6 THEN due END) STORED,
	CONSTRAINT asset_amounts CHECK (face >= 0 AND diluted >= 0 AND paid >= 0 AND encumbered >= 0 AND reserved >= 0),
	CONSTRAINT asset_balance CHECK (encumbered + reserved <= face - diluted - paid),
	CONSTRAINT asset_state CHECK (state BETWEEN 1 AND 31 AND kind BETWEEN 1 AND 7 AND level BETWEEN 0 AND 4 AND freezes >= 0
		AND encumbrance_count >= 0 AND resolve_signed BETWEEN 0 AND 3)
) WITH (fillfactor = 80);
CREATE INDEX asset_creditor ON asset (creditor, first_seq);
CREATE INDEX asset_debtor ON asset (debtor, first_seq);
-- For the regulator's list, which names its condition: a planner that thinks one party has nearly all rows would walk it
-- to the end for a party that has none.
CREATE INDEX asset_newest ON asset (first_seq) WHERE first_seq >= 0;
-- The timers' own: only what can still become overdue or fall into default is in them. They stand on columns
-- of their own, so that a confirmation, which changes the state and not these, stays heap-only.
CREATE INDEX asset_overdue ON asset (overdue_from) WHERE overdue_from IS NOT NULL;
CREATE INDEX asset_default ON asset (default_from) WHERE default_from IS NOT NULL;
-- Who may read a document is who may see the asset it proves.
CREATE INDEX asset_document ON asset USING hash (document)
	WHERE document <> '\x0000000000000000000000000000000000000000000000000000000000000000';

CREATE TABLE lineage (
	id          uuid    PRIMARY KEY,
	cap         bigint  NOT NULL,
	ccy         text    NOT NULL,
	encumbered  bigint  NOT NULL,
	founder     uuid    NOT NULL,
	partner     uuid    NOT NULL,
	seq         bigint  NOT NULL,
	CONSTRAINT lineage_budget CHECK (encumbered BETWEEN 0 AND cap)
) WITH (fillfactor = 80);

CREATE TABLE encumbrance (
	id          uuid    PRIMARY KEY,
	amount      bigint  NOT NULL,
	asset       uuid    NOT NULL,
	ccy         text    NOT NULL,
	deadline    timestamptz,
	fraction    integer NOT NULL,
	from_date   date,
	grantor     uuid    NOT NULL,
	head        bytea   NOT NULL,
	kind        integer NOT NULL,
	notified    integer NOT NULL,
	open        bigint  NOT NULL,
	rank_seq    bigint  NOT NULL,
	rank_sub    bigint  NOT NULL,
	recourse    integer NOT NULL,
	secured     uuid    NOT NULL,
	seq         bigint  NOT NULL,
	state       integer NOT NULL,
	until_date  date,
	first_seq   bigint  NOT NULL,
	CONSTRAINT encumbrance_amounts CHECK (amount >= 0 AND open >= 0 AND open <= amount
		AND fraction BETWEEN 0 AND 1000000),
	CONSTRAINT encumbrance_state CHECK (state BETWEEN 1 AND 6 AND kind BETWEEN 1 AND 5 AND notified BETWEEN 0 AND 2
		AND recourse BETWEEN 0 AND 2)
) WITH (fillfactor = 80);
-- One index for the loader (granted and binding ones: state 1, 2, 5) and for the asset's whole history.
CREATE INDEX encumbrance_asset ON encumbrance (asset, state);
CREATE INDEX encumbrance_secured ON encumbrance (secured, first_seq);
CREATE INDEX encumbrance_grantor ON encumbrance (grantor, first_seq);
CREATE INDEX encumbrance_newest ON encumbrance (first_seq) WHERE first_seq >= 0; -- as asset_newest
CREATE INDEX encumbrance_deadline ON encumbrance (deadline) WHERE state = 1;

CREATE TABLE hold (
	id          uuid    PRIMARY KEY,
	amount      bigint  NOT NULL CHECK (amount >= 0),
	asset       uuid    NOT NULL,
	bank        uuid    NOT NULL,
	ccy         text    NOT NULL CHECK (octet_length(ccy) IN (0, 3)),
	claim       bytea   NOT NULL CHECK (octet_length(claim) = 16),
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	purpose     text    NOT NULL,
	renewals    integer NOT NULL CHECK (renewals >= 0),
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 4),
	until       timestamptz,
	first_seq   bigint  NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX hold_asset ON hold (asset);
CREATE INDEX hold_bank ON hold (bank, first_seq);
CREATE INDEX hold_until ON hold (until) WHERE state = 1;

CREATE TABLE "freeze" ( -- a keyword: quoted everywhere
	id          uuid    PRIMARY KEY,
	asset       uuid    NOT NULL,
	authority   uuid    NOT NULL,
	ground      text    NOT NULL,
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	party       uuid    NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 2)
);
CREATE INDEX freeze_asset ON "freeze" (asset);
CREATE INDEX freeze_party ON "freeze" (party);

-- The one random unique index that the idea needs: what may exist once. Narrow: 16 bytes.
CREATE TABLE claim (
	fp          bytea   PRIMARY KEY,
	hold        uuid    NOT NULL,
	kind        integer NOT NULL,
	object      uuid    NOT NULL,
	seq         bigint  NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE pending (
	statement   bytea   PRIMARY KEY CHECK (octet_length(statement) = 32),
	deadline    timestamptz,
	issuer      uuid    NOT NULL,
	kid         bytea   NOT NULL CHECK (octet_length(kid) = 32),
	object      uuid    NOT NULL,
	officer     text    NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 3)
);
CREATE INDEX pending_deadline ON pending (deadline) WHERE state = 1;
CREATE INDEX pending_issuer ON pending (issuer, seq);

CREATE TABLE evidence (
	sha256        bytea   PRIMARY KEY CHECK (octet_length(sha256) = 32),
	ccy           text    NOT NULL CHECK (octet_length(ccy) IN (0, 3)),
	due           date,
	issued        date,
	issuer_ids    text    NOT NULL,
	kind          integer NOT NULL,
	level         integer NOT NULL CHECK (level BETWEEN 0 AND 4),
	number        text    NOT NULL,
	payable       bigint  NOT NULL,
	preceding     text    NOT NULL,
	recipient_ids text    NOT NULL
);
-- What the rules never read: the bytes, what was found in them, and who brought them.
CREATE TABLE document_content (
	sha256      bytea   PRIMARY KEY CHECK (octet_length(sha256) = 32),
	bytes       bytea   NOT NULL,
	report      jsonb   NOT NULL,
	submitter   uuid    NOT NULL,
	received_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE document_content ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- Who else brought the same bytes; the first one stands in document_content.
CREATE TABLE document_submitter (
	submitter   uuid  NOT NULL,
	sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32),
	PRIMARY KEY (submitter, sha256)
);

-- The words answers show for numbers: a copy of the .def lists, refreshed by every migration.
CREATE TABLE word (
	list        text    NOT NULL,
	number      integer NOT NULL,
	word        text    NOT NULL,
	PRIMARY KEY (list, number)
);
