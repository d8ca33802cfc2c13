-- 010_paper: vouchers and bills: parts of packages, the chain of their holders, how obligors pay.
--
-- The tables are those of include/state.def, as in 001_registry.sql. A part's asset stands in asset; what it is worth
-- and who holds it is there and nowhere else.

CREATE TABLE part (
	id           uuid    PRIMARY KEY,
	alerts       integer NOT NULL CHECK (alerts >= 0),
	answered     bigint  NOT NULL CHECK (answered >= 0),
	children     bigint  NOT NULL CHECK (children >= 0),
	claimed      bigint  NOT NULL CHECK (claimed >= 0),
	deadline     timestamptz,
	disclosed    timestamptz,
	disclosure   integer NOT NULL CHECK (disclosure BETWEEN 0 AND 2),
	hi           bigint  NOT NULL,
	layer        integer NOT NULL CHECK (layer >= 0),
	lo           bigint  NOT NULL,
	offer        integer NOT NULL CHECK (offer >= 0),
	offered_to   uuid    NOT NULL,
	package      uuid    NOT NULL,
	presented    date,
	price        bigint  NOT NULL CHECK (price >= 0),
	recourse     integer NOT NULL CHECK (recourse BETWEEN 0 AND 2),
	reviewed_seq bigint  NOT NULL CHECK (reviewed_seq >= 0),
	source       uuid    NOT NULL,
	CONSTRAINT part_units CHECK ((lo = 0 AND hi = 0) OR (lo >= 1 AND hi >= lo))
) WITH (fillfactor = 80);
CREATE INDEX part_package ON part (package, lo);
CREATE INDEX part_offered ON part (offered_to) WHERE offered_to <> '00000000-0000-0000-0000-000000000000';
CREATE INDEX part_deadline ON part (deadline) WHERE deadline IS NOT NULL;

CREATE TABLE hop (
	id       bigint  PRIMARY KEY CHECK (id >= 0),
	amount   bigint  NOT NULL CHECK (amount >= 0),
	asset    uuid    NOT NULL,
	giver    uuid    NOT NULL,
	kind     integer NOT NULL CHECK (kind > 0),
	layer    integer NOT NULL CHECK (layer >= 0),
	price    bigint  NOT NULL CHECK (price >= 0),
	recourse integer NOT NULL CHECK (recourse BETWEEN 0 AND 2),
	taker    uuid    NOT NULL
);
CREATE INDEX hop_asset ON hop (asset, id);
CREATE INDEX hop_giver ON hop (giver, asset);

CREATE TABLE obligor (
	id              uuid    PRIMARY KEY,
	acts            bigint  NOT NULL CHECK (acts >= 0),
	barred_until    date,
	carried         bigint  NOT NULL CHECK (carried >= 0),
	defaulted       integer NOT NULL CHECK (defaulted BETWEEN 0 AND 1),
	head_company    uuid    NOT NULL,
	listed          bigint  NOT NULL CHECK (listed >= 0),
	month           integer NOT NULL CHECK (month >= 0),
	overdue         bigint  NOT NULL CHECK (overdue >= 0),
	reviewed        integer NOT NULL CHECK (reviewed >= 0),
	suspended_until date,
	unpaid          bigint  NOT NULL CHECK (unpaid >= 0)
) WITH (fillfactor = 80);
-- What the monthly review looks at: few among all parties.
CREATE INDEX obligor_review ON obligor (reviewed) WHERE acts <> 0 OR overdue <> 0;

-- The timers' own, as overdue_from is for receivables (001_registry.sql): held, offered.
ALTER TABLE asset ADD COLUMN paper_due date
	GENERATED ALWAYS AS (CASE WHEN kind = 2 AND state IN (2, 3) THEN due END) STORED;
CREATE INDEX asset_paper_due ON asset (paper_due) WHERE paper_due IS NOT NULL;
-- What is listed by kind.
CREATE INDEX asset_kind ON asset (kind, first_seq) WHERE kind <> 1;

-- --- who may touch what ---

GRANT SELECT, INSERT, UPDATE ON part, hop, obligor TO counterfoil_writer;
GRANT SELECT ON part, obligor TO counterfoil_checker;
GRANT SELECT (id, deadline) ON part TO counterfoil_publisher;
GRANT SELECT (id, acts, overdue, reviewed) ON obligor TO counterfoil_publisher;
GRANT SELECT (kind, paper_due) ON asset TO counterfoil_publisher;
GRANT SELECT ON part, hop, obligor TO counterfoil_reader;

-- Whoever is offered a paper must see it to take it; whoever answers for one it gave away sees what becomes of it.
CREATE FUNCTION paper_concerns(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM part p WHERE p.id = asset_id AND p.offered_to = me())
		OR EXISTS (SELECT FROM hop h JOIN asset a ON a.id = h.asset WHERE h.asset = asset_id AND h.giver = me()
			AND (a.kind = 6 OR h.recourse = 2));
END;

CREATE FUNCTION sees_paper(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN sees_asset(asset_id) OR paper_concerns(asset_id);

GRANT EXECUTE ON FUNCTION paper_concerns, sees_paper TO counterfoil_reader;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['part', 'hop', 'obligor'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY publisher ON %I FOR SELECT TO counterfoil_publisher USING (true)', t);
	END LOOP;
END $$;

CREATE POLICY reader ON part FOR SELECT TO counterfoil_reader USING (sees_paper(id));
CREATE POLICY reader ON hop FOR SELECT TO counterfoil_reader
	USING (giver = (SELECT me()) OR taker = (SELECT me()) OR (SELECT sees_all()));
-- Who does not pay its bills is published to all who might take one.
CREATE POLICY reader ON obligor FOR SELECT TO counterfoil_reader
	USING (id = (SELECT me()) OR (SELECT sees_all()) OR (SELECT operates())
		OR ((SELECT me()) IS NOT NULL AND (suspended_until IS NOT NULL OR barred_until IS NOT NULL)));
CREATE POLICY paper ON asset FOR SELECT TO counterfoil_reader USING (kind IN (2, 6) AND paper_concerns(id));
CREATE POLICY paper ON entry FOR SELECT TO counterfoil_reader USING (outcome = 0 AND paper_concerns(object));

-- --- what is shown ---

-- The steps from the issue to here: of the part itself and of what it was split from, oldest first. Prices are for
-- the two who agreed on them.
CREATE FUNCTION chain(of_asset uuid)
RETURNS TABLE (seq bigint, kind integer, giver uuid, taker uuid, amount bigint, ccy text, layer integer, price bigint,
	recourse integer)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE line AS (
		SELECT a.id, a.parent, a.ccy FROM asset a WHERE a.id = of_asset AND a.kind IN (2, 6) AND sees_paper(of_asset)
		UNION ALL
		SELECT a.id, a.parent, a.ccy FROM line l JOIN asset a ON a.id = l.parent AND a.kind IN (2, 6))
	SELECT h.id, h.kind, h.giver, h.taker, h.amount, l.ccy, h.layer,
		CASE WHEN h.giver = me() OR h.taker = me() OR sees_all() THEN h.price ELSE 0 END, h.recourse
	FROM line l JOIN hop h ON h.asset = l.id ORDER BY h.id;
END;

CREATE FUNCTION chain_json(of_asset uuid) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('seq', c.seq, 'step', word_of('hop', c.kind),
		'from', c.giver, 'to', c.taker, 'amount', cash(c.amount, c.ccy), 'layer', c.layer,
		'price', CASE WHEN c.price > 0 THEN cash(c.price, c.ccy) END, 'recourse', flag(c.recourse)))), '[]')
	FROM chain(of_asset) c);

CREATE VIEW paper_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.kind, a.creditor, a.debtor, a.state, b64url(a.head) AS etag,
	json_strip_nulls(json_build_object(
	'id', a.id, 'kind', word_of('asset_kind', a.kind), 'state', word_of(word_of('asset_kind', a.kind), a.state),
	'holder', a.creditor, 'debtor', a.debtor, 'face', cash(a.face, a.ccy), 'paid', cash(a.paid, a.ccy),
	'open', cash(a.face - a.diluted - a.paid, a.ccy), 'encumbered', cash(a.encumbered, a.ccy),
	'reserved', cash(a.reserved, a.ccy),
	'free', cash(a.face - a.diluted - a.paid - a.encumbered - a.reserved, a.ccy),
	'issue_date', a.issued, 'due_date', a.due, 'package', p.package,
	'units', CASE WHEN p.lo > 0 THEN json_build_object('from', p.lo, 'to', p.hi) END, 'divisible', p.lo > 0,
	'layer', p.layer, 'parts', NULLIF(p.children, 0),
	'alerts', array_remove(ARRAY[CASE WHEN p.alerts & 1 <> 0 THEN 'many-layers' END,
		CASE WHEN p.alerts & 2 <> 0 THEN 'many-parts' END], NULL),
	'offer', CASE WHEN p.offer > 0 THEN json_strip_nulls(json_build_object('step', word_of('hop', p.offer),
		'to', not_nil(p.offered_to), 'price', CASE WHEN p.price > 0 THEN cash(p.price, a.ccy) END,
		'recourse', flag(p.recourse), 'answer_by', moment(p.deadline))) END,
	'reviewed', NULLIF(p.reviewed_seq, 0), 'presented', p.presented,
	'answer_by', CASE WHEN p.offer = 0 THEN moment(p.deadline) END,
	'disclosure', CASE p.disclosure WHEN 1 THEN 'agrees' WHEN 2 THEN 'differs' END, 'disclosed', moment(p.disclosed),
	'receivable', p.source, 'parent', not_nil(a.parent), 'lineage', not_nil(a.lineage), 'level', a.level,
	'set_off_waived', a.set_off_waived <> 0, 'frozen', a.freezes > 0, 'held', not_nil(a.hold) IS NOT NULL,
	'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a JOIN part p ON p.id = a.id;

CREATE VIEW obligor_shown WITH (security_invoker = true) AS
SELECT o.id, o.barred_until, o.suspended_until, json_strip_nulls(json_build_object('id', o.id, 'suspended_until', o.suspended_until,
	'barred_until', o.barred_until, 'overdue_bills', o.overdue, 'unpaid_vouchers', o.unpaid,
	'default_on_record', o.defaulted <> 0, 'group', not_nil(o.head_company))) AS json
FROM obligor o;

GRANT EXECUTE ON FUNCTION chain, chain_json TO counterfoil_reader;
GRANT SELECT ON paper_shown, obligor_shown TO counterfoil_reader;

-- --- pools ---

CREATE TABLE pool (
	id         uuid    PRIMARY KEY,
	commitment bytea   NOT NULL CHECK (octet_length(commitment) = 32),
	form       text    NOT NULL,
	locked_seq bigint  NOT NULL CHECK (locked_seq >= 0),
	members    bigint  NOT NULL CHECK (members >= 0),
	name       text    NOT NULL,
	rated      integer NOT NULL CHECK (rated BETWEEN 0 AND 1),
	steps      bigint  NOT NULL CHECK (steps >= 0),
	tape       bytea   NOT NULL CHECK (octet_length(tape) = 32),
	trustee    uuid    NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE member (
	id           uuid    PRIMARY KEY,
	amount       bigint  NOT NULL CHECK (amount >= 0),
	asset        uuid    NOT NULL,
	cash         bigint  NOT NULL CHECK (cash >= 0),
	debtor       uuid    NOT NULL,
	due          date,
	entered_seq  bigint  NOT NULL,
	entered_step bigint  NOT NULL CHECK (entered_step >= 0),
	left_seq     bigint  NOT NULL CHECK (left_seq >= 0),
	left_step    bigint  NOT NULL CHECK (left_step >= 0),
	pool         uuid    NOT NULL,
	status       integer NOT NULL CHECK (status BETWEEN 1 AND 4)
) WITH (fillfactor = 80);
CREATE INDEX member_pool ON member (pool, entered_step);
-- Locked as it enters: whatever else goes wrong, an asset is in one pool at most.
CREATE UNIQUE INDEX member_asset ON member (asset) WHERE left_seq = 0;

CREATE TABLE exposure (
	id      uuid   PRIMARY KEY,
	amount  bigint NOT NULL CHECK (amount >= 0),
	debtor  uuid   NOT NULL,
	members bigint NOT NULL CHECK (members >= 0),
	pool    uuid   NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE admission (
	id       uuid PRIMARY KEY,
	investor uuid NOT NULL,
	pool     uuid NOT NULL
);
CREATE INDEX admission_investor ON admission (investor, pool);

GRANT SELECT, INSERT, UPDATE ON pool, member, exposure, admission TO counterfoil_writer;
GRANT SELECT ON pool, member, exposure, admission TO counterfoil_checker;
GRANT SELECT ON pool, member TO counterfoil_reader;

CREATE FUNCTION pool_concerns(pool_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM admission a WHERE a.investor = me() AND a.pool = pool_id);
END;

CREATE FUNCTION sees_pool(pool_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN sees_asset(pool_id) OR pool_concerns(pool_id);

CREATE FUNCTION my_pools() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT a.pool FROM admission a WHERE a.investor = me();
END;

GRANT EXECUTE ON FUNCTION pool_concerns, sees_pool, my_pools TO counterfoil_reader;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['pool', 'member', 'exposure', 'admission'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;

CREATE POLICY reader ON pool FOR SELECT TO counterfoil_reader USING (sees_pool(id));
CREATE POLICY reader ON member FOR SELECT TO counterfoil_reader USING (sees_pool(pool));
CREATE POLICY pool ON asset FOR SELECT TO counterfoil_reader USING (kind = 7 AND pool_concerns(id));
CREATE POLICY pool ON entry FOR SELECT TO counterfoil_reader USING (outcome = 0 AND pool_concerns(object));

CREATE FUNCTION hex_or_null(h bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN NULLIF(encode(h, 'hex'), repeat('00', 32));

CREATE VIEW pool_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.creditor, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'pool', 'state', word_of('pool', a.state), 'name', p.name, 'form', p.form,
	'originator', a.creditor, 'trustee', p.trustee, 'rated', p.rated <> 0, 'members', p.members,
	'total', cash(a.face, a.ccy), 'paid', cash(a.paid, a.ccy), 'open', cash(a.face - a.diluted - a.paid, a.ccy),
	'encumbered', cash(a.encumbered, a.ccy), 'reserved', cash(a.reserved, a.ccy),
	'free', cash(a.face - a.diluted - a.paid - a.encumbered - a.reserved, a.ccy),
	'steps', p.steps, 'commitment', encode(p.commitment, 'hex'), 'locked_seq', NULLIF(p.locked_seq, 0),
	'tape', hex_or_null(p.tape), 'frozen', a.freezes > 0, 'held', not_nil(a.hold) IS NOT NULL,
	'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a JOIN pool p ON p.id = a.id;

-- Every step of a pool's membership, in order: what its commitment was made of.
CREATE FUNCTION tape_json(of_pool uuid, of_ccy text) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(json_agg(json_strip_nulls(json_build_object('step', s.step, 'enters', s.enters, 'asset', s.asset,
		'debtor', s.debtor, 'amount', cash(s.amount, of_ccy), 'due_date', s.due, 'seq', s.seq,
		'status', CASE WHEN s.enters AND s.left_seq = 0 THEN word_of('member', s.status) END)) ORDER BY s.step), '[]')
	FROM (SELECT m.entered_step AS step, true AS enters, m.entered_seq AS seq, m.* FROM member m WHERE m.pool = of_pool
		UNION ALL
		SELECT m.left_step, false, m.left_seq, m.* FROM member m WHERE m.pool = of_pool AND m.left_seq > 0) AS s);

GRANT EXECUTE ON FUNCTION hex_or_null, tape_json TO counterfoil_reader;
GRANT SELECT ON pool_shown TO counterfoil_reader;
