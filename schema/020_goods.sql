-- 020_goods: sites, what warehouse receipts stand for, and how they are shown (include/goods.h).
--
-- A receipt is a row of asset (kind 3) and one of warehouse_receipt; its goods are shares of lots. Quantities are
-- millionths of their unit. What may exist once (number, bin, lot as marked) is in claim; serial numbers are a tree of
-- bits in serial_block, whose keys, like those of claim, are made with the registry's fingerprint key.

CREATE TABLE site (
	id             uuid    PRIMARY KEY,
	address        text    NOT NULL,
	head           bytea   NOT NULL CHECK (octet_length(head) = 32),
	inspectors     text    NOT NULL,
	licence        bytea   NOT NULL CHECK (octet_length(licence) = 32),
	licensed_until date,
	name           text    NOT NULL,
	seq            bigint  NOT NULL CHECK (seq >= 0),
	warehouse      uuid    NOT NULL,
	first_seq      bigint  NOT NULL
);
CREATE INDEX site_newest ON site (first_seq);

CREATE TABLE site_goods (
	id             uuid    PRIMARY KEY,
	capacity       bigint  NOT NULL,
	counted        bigint  NOT NULL CHECK (counted >= 0),
	counted_by     uuid    NOT NULL,
	counted_on     date,
	counted_seq    bigint  NOT NULL CHECK (counted_seq >= 0),
	goods          text    NOT NULL,
	issued         bigint  NOT NULL CHECK (issued >= 0),
	seq            bigint  NOT NULL CHECK (seq >= 0),
	site           uuid    NOT NULL,
	unit           text    NOT NULL,
	CONSTRAINT site_goods_capacity CHECK (issued <= capacity)
) WITH (fillfactor = 80);
CREATE INDEX site_goods_site ON site_goods (site);

CREATE TABLE warehouse_receipt (
	id             uuid    PRIMARY KEY,
	fee            text    NOT NULL,
	insured        bigint  NOT NULL CHECK (insured >= 0),
	insured_ccy    text    NOT NULL CHECK (octet_length(insured_ccy) IN (0, 3)),
	insured_until  date,
	insurer        text    NOT NULL,
	loss           integer NOT NULL CHECK (loss BETWEEN 0 AND 1000000),
	lots           integer NOT NULL CHECK (lots BETWEEN 0 AND 16),
	negotiable     integer NOT NULL CHECK (negotiable BETWEEN 0 AND 2),
	order_by       timestamptz,
	order_kind     integer NOT NULL CHECK (order_kind BETWEEN 0 AND 2),
	order_lot      integer NOT NULL CHECK (order_lot BETWEEN 0 AND 16),
	order_pieces   bigint  NOT NULL CHECK (order_pieces >= 0),
	order_quantity bigint  NOT NULL CHECK (order_quantity >= 0),
	order_to       uuid    NOT NULL,
	policy         text    NOT NULL,
	seq            bigint  NOT NULL CHECK (seq >= 0),
	site           uuid    NOT NULL,
	storage_from   date
) WITH (fillfactor = 80);

CREATE TABLE lot (
	id             uuid    PRIMARY KEY,
	batch          text    NOT NULL,
	bin            text    NOT NULL,
	goods          text    NOT NULL,
	grade          text    NOT NULL,
	inspected_by   uuid    NOT NULL,
	inspected_seq  bigint  NOT NULL CHECK (inspected_seq >= 0),
	marks          text    NOT NULL,
	packaging      text    NOT NULL,
	pieces         bigint  NOT NULL CHECK (pieces >= 0),
	quantity       bigint  NOT NULL CHECK (quantity >= 0),
	receipt        uuid    NOT NULL,
	seq            bigint  NOT NULL CHECK (seq >= 0),
	serial_prefix  text    NOT NULL,
	site           uuid    NOT NULL,
	unit           text    NOT NULL,
	weighed        bigint  NOT NULL CHECK (weighed >= 0),
	weighed_by     uuid    NOT NULL,
	weighed_seq    bigint  NOT NULL CHECK (weighed_seq >= 0),
	zone           text    NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE share (
	id             uuid    PRIMARY KEY,
	lot            uuid    NOT NULL,
	number         integer NOT NULL CHECK (number BETWEEN 1 AND 16),
	pieces         bigint  NOT NULL CHECK (pieces >= 0),
	quantity       bigint  NOT NULL CHECK (quantity >= 0),
	receipt        uuid    NOT NULL,
	seq            bigint  NOT NULL CHECK (seq >= 0),
	serial_first   bigint  NOT NULL CHECK (serial_first >= 0),
	serial_last    bigint  NOT NULL CHECK (serial_last >= serial_first),
	value          bigint  NOT NULL CHECK (value >= 0)
) WITH (fillfactor = 80);
CREATE INDEX share_receipt ON share (receipt);

CREATE TABLE let_go (
	id             uuid    PRIMARY KEY,
	encumbrance    uuid    NOT NULL,
	quantity       bigint  NOT NULL CHECK (quantity >= 0),
	seq            bigint  NOT NULL CHECK (seq >= 0),
	share          uuid    NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX let_go_share ON let_go (share);

CREATE TABLE serial_block (
	fp             bytea   PRIMARY KEY CHECK (octet_length(fp) = 16),
	part           bytea   NOT NULL CHECK (octet_length(part) = 32),
	seq            bigint  NOT NULL CHECK (seq >= 0),
	whole          bytea   NOT NULL CHECK (octet_length(whole) = 32)
) WITH (fillfactor = 80);

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON site, site_goods, warehouse_receipt, lot, share, let_go, serial_block TO counterfoil_writer;
GRANT SELECT ON site, site_goods, warehouse_receipt, lot, share, let_go, serial_block TO counterfoil_checker;
GRANT SELECT ON site, warehouse_receipt TO counterfoil_reader; -- goods through the functions below only

-- An inspector reads the receipts of the sites it inspects: to weigh, it has to know what there should be.
CREATE FUNCTION inspects(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT me() IS NOT NULL AND EXISTS (SELECT FROM warehouse_receipt r JOIN site s ON s.id = r.site
		WHERE r.id = asset_id AND me()::text = ANY (string_to_array(s.inspectors, chr(10))));
END;
GRANT EXECUTE ON FUNCTION inspects TO counterfoil_reader;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['site', 'site_goods', 'warehouse_receipt', 'lot', 'share', 'let_go', 'serial_block'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
CREATE POLICY reader ON site FOR SELECT TO counterfoil_reader USING ((SELECT me()) IS NOT NULL);
CREATE POLICY reader ON warehouse_receipt FOR SELECT TO counterfoil_reader
	USING ((SELECT sees_all()) OR owns_asset(id) OR lends_on(id) OR inspects(id));
CREATE POLICY inspector ON asset FOR SELECT TO counterfoil_reader USING (kind = 3 AND inspects(id));

-- --- how it is shown ---

CREATE FUNCTION measure(micro bigint, unit text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('quantity', trim_scale(micro / 1000000.0)::text, 'unit', unit);

-- The lots of a receipt, for all who see it, with what its secured parties have let go in sum of the least.
CREATE FUNCTION lots_json(of_receipt uuid) RETURNS json LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
		'lot', s.number, 'goods', l.goods, 'grade', l.grade, 'quantity', measure(s.quantity, l.unit),
		'pieces', NULLIF(s.pieces, 0), 'zone', l.zone, 'bin', l.bin, 'batch', NULLIF(l.batch, ''),
		'marks', NULLIF(l.marks, ''), 'packaging', NULLIF(l.packaging, ''),
		'serials', CASE WHEN s.serial_first > 0 THEN json_build_object('prefix', l.serial_prefix,
			'first', s.serial_first, 'last', s.serial_last) END,
		'of_lot', measure(l.quantity, l.unit),
		'weighed', CASE WHEN l.weighed_seq > 0 THEN json_build_object('quantity', measure(l.weighed, l.unit),
			'by', l.weighed_by, 'seq', l.weighed_seq) END,
		'inspected', CASE WHEN l.inspected_seq > 0 THEN json_build_object('by', l.inspected_by,
			'seq', l.inspected_seq) END)) ORDER BY s.number), '[]')
	FROM share s JOIN lot l ON l.id = s.lot
	WHERE s.receipt = of_receipt AND s.quantity > 0 AND (sees_asset(of_receipt) OR inspects(of_receipt));
END;

-- What a site may hold and what was counted, for everybody; what receipts stand for, for who runs or inspects it.
CREATE FUNCTION site_goods_json(of_site uuid) RETURNS json LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
		'goods', g.goods, 'capacity', measure(g.capacity, g.unit),
		'counted', CASE WHEN g.counted_seq > 0 THEN measure(g.counted, g.unit) END, 'counted_on', g.counted_on,
		'counted_by', not_nil(g.counted_by), 'counted_seq', NULLIF(g.counted_seq, 0),
		'issued', CASE WHEN sees_all() OR s.warehouse = me() OR me()::text = ANY (string_to_array(s.inspectors, chr(10)))
			THEN measure(g.issued, g.unit) END)) ORDER BY g.goods), '[]')
	FROM site_goods g JOIN site s ON s.id = g.site WHERE g.site = of_site AND me() IS NOT NULL;
END;

CREATE VIEW warehouse_receipt_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'warehouse-receipt', 'state', word_of('receipt', a.state), 'number', a.number,
	'holder', a.creditor, 'warehouse', a.debtor, 'site', r.site,
	'value', cash(a.face, a.ccy), 'delivered', cash(a.diluted, a.ccy), 'open', cash(a.face - a.diluted - a.paid, a.ccy),
	'encumbered', cash(a.encumbered, a.ccy), 'reserved', cash(a.reserved, a.ccy),
	'free', cash(a.face - a.diluted - a.paid - a.encumbered - a.reserved, a.ccy),
	'issue_date', a.issued, 'storage_from', r.storage_from, 'storage_until', a.due, 'negotiable', flag(r.negotiable),
	'loss', CASE WHEN r.loss > 0 THEN trim_scale(r.loss / 1000000.0)::text END, 'fee', NULLIF(r.fee, ''),
	'insurance', CASE WHEN r.insurer <> '' OR r.insured > 0 THEN json_build_object('insurer', NULLIF(r.insurer, ''),
		'policy', NULLIF(r.policy, ''), 'amount', cash(r.insured, r.insured_ccy), 'until', r.insured_until) END,
	'documents', CASE WHEN a.document = decode(repeat('00', 32), 'hex') THEN '[]'::json
		ELSE json_build_array(encode(a.document, 'hex')) END,
	'order', CASE WHEN r.order_kind > 0 THEN json_build_object(
		'kind', CASE r.order_kind WHEN 1 THEN 'transfer' ELSE 'delivery' END, 'until', moment(r.order_by),
		'to', not_nil(r.order_to), 'lot', NULLIF(r.order_lot, 0),
		'quantity', CASE WHEN r.order_quantity > 0 THEN trim_scale(r.order_quantity / 1000000.0)::text END,
		'pieces', NULLIF(r.order_pieces, 0)) END,
	'lineage', not_nil(a.lineage), 'split_from', not_nil(a.parent), 'level', a.level, 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a JOIN warehouse_receipt r ON r.id = a.id WHERE a.kind = 3;

CREATE VIEW site_shown WITH (security_invoker = true) AS
SELECT s.id, s.first_seq, b64url(s.head) AS etag, json_strip_nulls(json_build_object(
	'id', s.id, 'kind', 'site', 'name', s.name, 'address', s.address, 'warehouse', s.warehouse,
	'inspectors', to_json(string_to_array(s.inspectors, chr(10))),
	'licence', CASE WHEN s.licence <> decode(repeat('00', 32), 'hex') THEN encode(s.licence, 'hex') END,
	'licensed_until', s.licensed_until, 'goods', site_goods_json(s.id), 'seq', s.seq, 'etag', b64url(s.head))) AS json
FROM site s;

GRANT EXECUTE ON FUNCTION measure, lots_json, site_goods_json TO counterfoil_reader;
GRANT SELECT ON warehouse_receipt_shown, site_shown TO counterfoil_reader;
