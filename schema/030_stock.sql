-- 030_stock: price feeds, pledged stock, prepayments.
--
-- A price entry changes one row of price. What it does to the pledges that hang on it is read off two columns of
-- stock, which the rules keep: at or below call_price a pledge is worse than its state says, at or above cure_price
-- better. So the timer finds exactly those that are to be marked by walking an index, and no arithmetic stands in SQL.

CREATE TABLE price (
	id          uuid    PRIMARY KEY,
	at          timestamptz,
	ccy         text    NOT NULL CHECK (octet_length(ccy) = 3),
	class       integer NOT NULL CHECK (class BETWEEN 1 AND 6),
	commodity   text    NOT NULL,
	head        bytea   NOT NULL CHECK (octet_length(head) = 32),
	price       bigint  NOT NULL CHECK (price >= 0),
	seq         bigint  NOT NULL CHECK (seq >= 0),
	source      uuid    NOT NULL,
	state       integer NOT NULL CHECK (state BETWEEN 1 AND 2),
	unit        text    NOT NULL,
	first_seq   bigint  NOT NULL
) WITH (fillfactor = 50); -- few rows, changed often
CREATE INDEX price_newest ON price (first_seq);

CREATE TABLE stock (
	id          uuid    PRIMARY KEY,
	call_price  bigint  NOT NULL CHECK (call_price >= 0),
	counted     bigint  NOT NULL,
	cure_price  bigint  NOT NULL CHECK (cure_price >= 0),
	disposal    timestamptz,
	feed        uuid    NOT NULL,
	floating    integer NOT NULL CHECK (floating BETWEEN 0 AND 1),
	floor       bigint  NOT NULL CHECK (floor >= 0),
	inspected   date,
	inspector   uuid    NOT NULL,
	missing     bigint  NOT NULL CHECK (missing >= 0),
	ratio       integer NOT NULL CHECK (ratio BETWEEN 1 AND 1000000),
	received    bigint  NOT NULL CHECK (received BETWEEN 0 AND 9000000000000000),
	released    bigint  NOT NULL CHECK (released >= 0),
	reported    date,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	site        text    NOT NULL,
	sold        bigint  NOT NULL CHECK (sold >= 0),
	top_up_by   timestamptz,
	CONSTRAINT stock_sum CHECK (counted >= 0 AND counted = received - released - sold - missing)
) WITH (fillfactor = 80);
CREATE INDEX stock_call ON stock (feed, call_price) WHERE call_price > 0;
CREATE INDEX stock_cure ON stock (feed, cure_price) WHERE cure_price > 0;
CREATE INDEX stock_top_up ON stock (top_up_by) WHERE top_up_by IS NOT NULL;
CREATE INDEX stock_inspector ON stock (inspector);

CREATE TABLE prepayment (
	id          uuid    PRIMARY KEY,
	advanced    bigint  NOT NULL,
	monitor     uuid    NOT NULL,
	received    bigint  NOT NULL,
	refunded    bigint  NOT NULL,
	released    bigint  NOT NULL,
	seq         bigint  NOT NULL CHECK (seq >= 0),
	ship_by     date,
	shipped     bigint  NOT NULL,
	CONSTRAINT prepayment_sum CHECK (0 <= released AND released <= received AND received <= shipped
		AND shipped <= advanced AND refunded >= 0 AND received + refunded <= advanced)
) WITH (fillfactor = 80);
CREATE INDEX prepayment_ship_by ON prepayment (ship_by) WHERE ship_by IS NOT NULL;
CREATE INDEX prepayment_monitor ON prepayment (monitor);

-- --- who may ---

GRANT SELECT, INSERT, UPDATE ON price, stock, prepayment TO counterfoil_writer;
GRANT SELECT ON price, stock, prepayment TO counterfoil_checker, counterfoil_reader;
GRANT SELECT (id, price) ON price TO counterfoil_publisher;
GRANT SELECT (id, feed, call_price, cure_price, top_up_by) ON stock TO counterfoil_publisher;
GRANT SELECT (id, ship_by) ON prepayment TO counterfoil_publisher;

-- Who has goods to count or to receive under a pledge or a prepayment, and is neither holder nor obligor of it.
CREATE FUNCTION watches_goods(asset_id uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM stock s WHERE s.id = asset_id AND s.inspector = me())
		OR EXISTS (SELECT FROM prepayment p WHERE p.id = asset_id AND p.monitor = me());
END;
GRANT EXECUTE ON FUNCTION watches_goods TO counterfoil_reader;

DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['price', 'stock', 'prepayment'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY owner ON %I FOR SELECT TO counterfoil_owner USING (true)', t);
		EXECUTE format('CREATE POLICY writer ON %I TO counterfoil_writer USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY checker ON %I TO counterfoil_checker USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY publisher ON %I FOR SELECT TO counterfoil_publisher USING (true)', t);
	END LOOP;
END $$;
-- Prices are for every party; goods for whom the asset concerns.
CREATE POLICY reader ON price FOR SELECT TO counterfoil_reader USING ((SELECT me()) IS NOT NULL);
CREATE POLICY reader ON stock FOR SELECT TO counterfoil_reader
	USING (inspector = (SELECT me()) OR (SELECT sees_all()) OR sees_asset(id));
CREATE POLICY reader ON prepayment FOR SELECT TO counterfoil_reader
	USING (monitor = (SELECT me()) OR (SELECT sees_all()) OR sees_asset(id));
-- Of several policies the last by name is asked first: the dear ones come before `reader` in the alphabet.
CREATE POLICY goods ON asset FOR SELECT TO counterfoil_reader USING (watches_goods(id));

-- --- how it is shown ---

-- Millionths of a unit as a decimal string without idle zeros.
CREATE FUNCTION quantity(micro bigint, unit text) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('quantity', CASE WHEN micro % 1000000 = 0 THEN (micro / 1000000)::text
	ELSE rtrim((micro::numeric / 1000000)::numeric(24, 6)::text, '0') END, 'unit', unit);

CREATE FUNCTION ppm(parts integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim(trailing '.' FROM trim(trailing '0' FROM (parts / 1000000.0)::numeric(7, 6)::text));

-- As stock_value() counts it: rounded down, at most the largest amount.
CREATE FUNCTION goods_value(micro bigint, price bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(trunc(micro::numeric * price / 1000000), 1000000000000000)::bigint;

CREATE VIEW price_shown WITH (security_invoker = true) AS
SELECT p.id, p.first_seq, b64url(p.head) AS etag, json_strip_nulls(json_build_object(
	'id', p.id, 'commodity', p.commodity, 'goods', word_of('goods', p.class), 'source', p.source,
	'state', CASE p.state WHEN 1 THEN 'live' ELSE 'retired' END, 'per', quantity(1000000, p.unit),
	'currency', p.ccy, 'price', CASE WHEN p.price > 0 THEN cash(p.price, p.ccy) END, 'made', moment(p.at),
	'seq', p.seq, 'etag', b64url(p.head))) AS json
FROM price p;

CREATE VIEW inventory_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.creditor, a.debtor, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'inventory', 'state', word_of('inventory', a.state), 'creditor', a.creditor, 'debtor', a.debtor,
	'owner', a.creditor, 'monitor', a.debtor, 'inspector', s.inspector, 'feed', s.feed, 'commodity', p.commodity,
	'site', s.site, 'floating', s.floating <> 0, 'ratio', ppm(s.ratio), 'floor', cash(s.floor, a.ccy),
	'counted', quantity(s.counted, p.unit), 'received', quantity(s.received, p.unit),
	'released', quantity(s.released, p.unit), 'sold', quantity(s.sold, p.unit), 'missing', quantity(s.missing, p.unit),
	'price', CASE WHEN p.price > 0 THEN cash(p.price, p.ccy) END, 'priced', moment(p.at),
	'value', cash(goods_value(s.counted, p.price), a.ccy), 'secures', cash(a.face, a.ccy),
	'encumbered', cash(a.encumbered, a.ccy), 'reserved', cash(a.reserved, a.ccy), 'sold_for', cash(a.paid, a.ccy),
	'call_price', CASE WHEN s.call_price > 0 THEN cash(s.call_price, a.ccy) END,
	'cure_price', CASE WHEN s.cure_price > 0 THEN cash(s.cure_price, a.ccy) END,
	'top_up_by', moment(s.top_up_by), 'disposal_since', moment(s.disposal),
	'reported', s.reported, 'inspected', s.inspected, 'opened', a.issued, 'until', a.due,
	'lineage', not_nil(a.lineage), 'parent', not_nil(a.parent), 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a JOIN stock s ON s.id = a.id JOIN price p ON p.id = s.feed;

CREATE VIEW prepayment_shown WITH (security_invoker = true) AS
SELECT a.id, a.first_seq, a.creditor, a.debtor, a.state, b64url(a.head) AS etag, json_strip_nulls(json_build_object(
	'id', a.id, 'kind', 'prepayment', 'state', word_of('prepayment', a.state), 'creditor', a.creditor, 'debtor', a.debtor,
	'buyer', a.creditor, 'seller', a.debtor, 'monitor', p.monitor, 'order', a.number, 'amount', cash(a.face, a.ccy),
	'advanced', cash(p.advanced, a.ccy), 'shipped', cash(p.shipped, a.ccy), 'received', cash(p.received, a.ccy),
	'released', cash(p.released, a.ccy), 'refunded', cash(p.refunded, a.ccy),
	'owed', cash(p.advanced - p.received - p.refunded, a.ccy),
	'encumbered', cash(a.encumbered, a.ccy), 'reserved', cash(a.reserved, a.ccy),
	'free', cash(a.face - a.diluted - a.paid - a.encumbered - a.reserved, a.ccy),
	'opened', a.issued, 'ship_by', a.due, 'confirmed', a.confirmed_seq <> 0,
	'documents', CASE WHEN a.document = decode(repeat('00', 32), 'hex') THEN '[]'::json
		ELSE json_build_array(encode(a.document, 'hex')) END,
	'lineage', not_nil(a.lineage), 'frozen', a.freezes > 0,
	'held', not_nil(a.hold) IS NOT NULL, 'seq', a.seq, 'etag', b64url(a.head))) AS json
FROM asset a JOIN prepayment p ON p.id = a.id;

-- The assets of a kind the asker may see, newest first: its own, owed by it, lent on by it, watched by it; all for
-- the regulator. Each branch names the index it walks; a branch that is not the asker's costs nothing.
CREATE FUNCTION goods_listed(of_kind integer, words text, page text, cursor text, in_state text)
RETURNS TABLE (id uuid, first_seq bigint) LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	(SELECT a.id, a.first_seq FROM asset a WHERE a.kind = of_kind AND a.creditor = (SELECT me())
			AND a.first_seq < page_from(cursor) AND (in_state = '' OR a.state = number_of(words, in_state))
		ORDER BY a.first_seq DESC LIMIT page_rows(page))
	UNION
	(SELECT a.id, a.first_seq FROM asset a WHERE a.kind = of_kind AND a.debtor = (SELECT me())
			AND a.first_seq < page_from(cursor) AND (in_state = '' OR a.state = number_of(words, in_state))
		ORDER BY a.first_seq DESC LIMIT page_rows(page))
	UNION
	(SELECT a.id, a.first_seq FROM asset a
		WHERE a.kind = of_kind AND a.id IN (
			SELECT e.asset FROM encumbrance e WHERE e.secured = (SELECT me()) AND e.state IN (1, 2, 5, 6)
			UNION SELECT h.asset FROM hold h WHERE h.bank = (SELECT me()) AND h.state = 1
			UNION SELECT s.id FROM stock s WHERE s.inspector = (SELECT me())
			UNION SELECT p.id FROM prepayment p WHERE p.monitor = (SELECT me()))
			AND a.first_seq < page_from(cursor) AND (in_state = '' OR a.state = number_of(words, in_state))
		ORDER BY a.first_seq DESC LIMIT page_rows(page))
	UNION
	(SELECT a.id, a.first_seq FROM asset a WHERE a.kind = of_kind AND (SELECT sees_all())
			AND a.first_seq < page_from(cursor) AND (in_state = '' OR a.state = number_of(words, in_state))
		ORDER BY a.first_seq DESC LIMIT page_rows(page));
END;

GRANT EXECUTE ON FUNCTION quantity, ppm, goods_value, goods_listed TO counterfoil_reader;
GRANT SELECT ON price_shown, inventory_shown, prepayment_shown TO counterfoil_reader;
