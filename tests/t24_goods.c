/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t24_goods: warehouse receipts, and somebody who tries to have two on the same goods.
 *
 * Short scripts of signed steps with the outcome asserted at each, and a pool of serial ranges held against an array
 * of booleans. After every accepted step the sums hold: shares to lots, lots to sites, values to faces.
 */
#include "test.h"

#include "actors.h"
#include "goods_sums.h"

static struct stage s;
static struct uuid site;

static enum fault did(struct command c) { return step(&s, &c); }

static int begin(void **state)
{
	struct command c;

	(void)state;
	stage_start(&s, 1 << 28);
	c = opens_site(&s, 1000);
	site = c.object;
	return step(&s, &c) == OK && did(counts_yard(&s, site, 800)) == OK ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

/* --- looking --- */

static const struct row *row_at(enum table_id t, struct uuid id) { return world_find(&s.world, t, key_uuid(id)); }
static const struct warehouse_receipt *receipt_of(struct uuid id)
{
	return (const struct warehouse_receipt *)(const void *)row_at(TABLE_RECEIPT, id);
}
static const struct share *share_of(struct uuid receipt, int64_t n)
{
	return (const struct share *)(const void *)row_at(TABLE_SHARE, part_number(receipt, n));
}
static const struct lot *lot_of(struct uuid receipt, int64_t n)
{
	return (const struct lot *)(const void *)row_at(TABLE_LOT, share_of(receipt, n)->lot);
}
static const struct site_goods *steel_at_site(void)
{
	return (const struct site_goods *)(const void *)row_at(TABLE_SITE_GOODS, part_of(site, S("HRC-Q235B")));
}

static void all_adds_up(void)
{
	const char *broken = goods_broken(&s.world);

	if (broken)
		fail_msg("%s", broken);
}

/* --- statements --- */

static struct uuid issued(const char *number, int64_t quantity, int64_t value, const char *bin)
{
	static struct goods_lot lot;
	struct command c;

	lot = steel(quantity, value, bin);
	c = issues(&s, site, number, &lot);
	assert_int_equal(step(&s, &c), OK);
	all_adds_up();
	return c.object;
}

static struct command weighs(struct uuid receipt, int64_t lot, struct quantity q)
{
	struct command c = about(&s, ST_RECEIPT_WEIGH, SURVEYOR, receipt);

	c.body.receipt_weigh.lot = lot;
	c.body.receipt_weigh.quantity = q;
	c.body.receipt_weigh.on = date_of(s.now);
	return c;
}

static struct uuid weighed(const char *number, int64_t quantity, int64_t value, const char *bin)
{
	struct uuid r = issued(number, quantity, value, bin);

	assert_int_equal(did(weighs(r, 1, metric_tons(quantity))), OK);
	return r;
}

static struct command orders(struct uuid receipt, int64_t lot, int64_t quantity, int64_t pieces)
{
	struct command c = about(&s, ST_RECEIPT_ORDER, SUPPLIER, receipt);

	c.body.receipt_order.lot = lot;
	if (quantity > 0)
		c.body.receipt_order.quantity = metric_tons(quantity);
	c.body.receipt_order.pieces = pieces;
	return c;
}

static struct command delivers(struct uuid receipt)
{
	struct command c = about(&s, ST_RECEIPT_DELIVER, WAREHOUSE, receipt);

	c.body.receipt_deliver.on = date_of(s.now);
	return c;
}

static struct command splits(struct uuid receipt, const char *number, int64_t quantity, int64_t pieces)
{
	static struct goods_part part;
	struct command c = about(&s, ST_RECEIPT_SPLIT, SUPPLIER, receipt);

	part = (struct goods_part){ 1, metric_tons(quantity), pieces };
	c.body.receipt_split.into = new_id(&s);
	c.body.receipt_split.number = span_z(number);
	c.body.receipt_split.parts = (struct parts){ &part, 1 };
	return c;
}

static struct command merges(struct uuid receipt, struct uuid absorbed)
{
	struct command c = about(&s, ST_RECEIPT_MERGE, SUPPLIER, receipt);

	c.body.receipt_merge.absorbed = absorbed;
	return c;
}

static struct command transfers(struct uuid receipt, enum actor to)
{
	struct command c = about(&s, ST_RECEIPT_TRANSFER, SUPPLIER, receipt);

	c.body.receipt_transfer.to = s.party[to];
	c.body.receipt_transfer.value = cny(asset_balance(asset_of(&s, receipt)).open);
	return c;
}

static struct command lets_go(struct uuid receipt, struct uuid enc, enum actor bank, int64_t quantity, int64_t repaid)
{
	struct command c = about(&s, ST_RECEIPT_RELEASE, bank, receipt);

	c.body.receipt_release.encumbrance = enc;
	c.body.receipt_release.lot = 1;
	c.body.receipt_release.quantity = metric_tons(quantity);
	if (repaid > 0)
		c.body.receipt_release.repaid = cny(repaid);
	return c;
}

static struct uuid pledged(struct uuid receipt, enum actor bank, int64_t amount)
{
	struct command c = grants(&s, SUPPLIER, receipt, bank, amount);

	c.body.encumbrance_grant.kind = ENC_PLEDGE;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, bank, c.object)), OK);
	return c.object;
}

static void sets_rule(enum rule_number rule, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);

	c.body.rule_publish.rule = span_z(rule_info(rule)->id);
	c.body.rule_publish.version = 2;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ span_z(rule_info(rule)->unit), value };
	assert_int_equal(step(&s, &c), OK);
}

/* --- F05, F28: in the register beside receivables, lot by lot, under one control --- */

static void f05_receipts_and_receivables_are_one_register(void **state)
{
	struct uuid r = weighed("WR-1", 100, 400000, "01");
	struct command c = registers(&s, SUPPLIER, 100000, "INV-1");

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	(void)pledged(c.object, BANK_A, 60000);
	(void)pledged(r, BANK_B, 300000);
	assert_int_equal(asset_balance(asset_of(&s, r)).free, 100000);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 100001)), E_EXCEEDS_FREE);
}

/* A second receipt on the same goods, in every way one could write it. */
static void f28_the_same_goods_are_under_one_receipt(void **state)
{
	struct goods_lot first = steel(100, 400000, "A-01"), lot = first;
	struct command c = issues(&s, site, "WR-1", &first);

	(void)state;
	first.batch = S("HEAT 4711");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(issues(&s, site, "wr 1", &lot)), E_DUPLICATE_PLACE);
	lot.bin = S("a/1"); /* another spelling of the same bin */
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), E_DUPLICATE_PLACE);
	lot.bin = S("A-02");
	lot.batch = S("heat-4711");
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), E_DUPLICATE_LOT);
	lot.batch = S("HEAT 4712");
	assert_int_equal(did(issues(&s, site, "wr 001", &lot)), E_DUPLICATE_CLAIM); /* the number alone */
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), OK);
	all_adds_up();
}

/* The warehouses of Qingdao: the same metal, another site of another warehouse. */
static void d8_the_same_lot_at_another_site_is_refused(void **state)
{
	struct goods_lot lot = steel(100, 400000, "01");
	struct command c, there;

	(void)state;
	lot.batch = S("LME 88-1234");
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), OK);
	there = opens_site(&s, 500);
	assert_int_equal(step(&s, &there), OK);
	assert_int_equal(did(counts_yard(&s, there.object, 500)), OK);
	c = issues(&s, there.object, "WR-9", &lot);
	assert_int_equal(step(&s, &c), E_DUPLICATE_LOT);
}

static struct goods_lot coils(int64_t first, int64_t last, const char *bin)
{
	struct goods_lot l = steel(last - first + 1, 1000 * (last - first + 1), bin);

	l.pieces = last - first + 1;
	l.serial_prefix = S("BG-");
	l.serial_first = first;
	l.serial_last = last;
	return l;
}

static void d8_serial_numbers_do_not_overlap(void **state)
{
	struct goods_lot a = coils(100, 199, "01"), b = coils(199, 250, "02");

	(void)state;
	assert_int_equal(did(issues(&s, site, "WR-1", &a)), OK);
	assert_int_equal(did(issues(&s, site, "WR-2", &b)), E_SERIAL_OVERLAP);
	b.serial_prefix = S("bg ");
	assert_int_equal(did(issues(&s, site, "WR-2", &b)), E_SERIAL_OVERLAP);
	b.serial_prefix = S("BG-0");
	assert_int_equal(did(issues(&s, site, "WR-2", &b)), E_BAD_MEMBER); /* digits moved into the prefix */
	b = coils(200, 250, "02");
	assert_int_equal(did(issues(&s, site, "WR-2", &b)), OK);
	a = coils(1, 300, "03");
	assert_int_equal(did(issues(&s, site, "WR-3", &a)), E_SERIAL_OVERLAP);
	all_adds_up();
}

static void two_lots_of_one_receipt_are_not_the_same_goods_either(void **state)
{
	struct goods_lot lot[2] = { coils(1, 10, "01"), coils(10, 19, "02") };
	struct command c = issues(&s, site, "WR-1", lot);

	(void)state;
	c.body.receipt_issue.lots.n = 2;
	c.body.receipt_issue.value = cny(20000);
	assert_int_equal(step(&s, &c), E_SERIAL_OVERLAP);
	lot[1] = coils(11, 20, "01");
	assert_int_equal(step(&s, &c), E_DUPLICATE_PLACE);
	lot[1].bin = S("02");
	assert_int_equal(step(&s, &c), OK);
	all_adds_up();
}

/* --- who may, and how much --- */

static void only_the_sites_warehouse_issues_and_not_to_itself(void **state)
{
	struct goods_lot lot = steel(10, 1000, "01");
	struct command c = issues(&s, site, "WR-1", &lot);

	(void)state;
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(step(&s, &c), E_ROLE_MISSING);
	c = issues(&s, site, "WR-1", &lot);
	c.body.receipt_issue.holder = s.party[WAREHOUSE];
	assert_int_equal(step(&s, &c), E_SELF_DEALING);
	c = issues(&s, new_id(&s), "WR-1", &lot);
	assert_int_equal(step(&s, &c), E_UNKNOWN_OBJECT);
	c = issues(&s, site, "WR-1", &lot);
	c.body.receipt_issue.value = cny(999);
	assert_int_equal(step(&s, &c), E_TERMS_DIFFER);
	lot.goods = S("GOLD");
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), E_GOODS_UNKNOWN);
	lot = steel(10, 1000, "01");
	memcpy(lot.quantity.unit, "KGM", 4);
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), E_GOODS_UNIT);
}

/* F30: what a third party counted is the ceiling, and the registered capacity another. */
static void f30_receipts_stay_below_capacity_and_count(void **state)
{
	struct goods_lot lot = steel(801, 1000, "01");
	struct command c;

	(void)state;
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), E_ABOVE_COUNT);
	lot.quantity = metric_tons(800);
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), OK);
	assert_int_equal(did(counts_yard(&s, site, 5000)), OK);
	lot = steel(201, 1000, "02");
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), E_CAPACITY);
	c = about(&s, ST_SITE_AMEND, WAREHOUSE, site);
	c.body.site_amend.goods = (struct capacities){ (struct capacity[]){ { S("HRC-Q235B"), metric_tons(799) } }, 1 };
	assert_int_equal(step(&s, &c), E_CAPACITY);
	assert_int_equal(did(counts_yard(&s, site, 0)), OK); /* an empty yard: a fact, and the end of issuing */
	lot = steel(1, 1000, "02");
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), E_ABOVE_COUNT);
	all_adds_up();
}

static void f30_a_warehouse_does_not_count_or_weigh_for_itself(void **state)
{
	struct uuid r = issued("WR-1", 100, 400000, "01");
	struct command c = counts_yard(&s, site, 10);

	(void)state;
	c.kid = s.kid[WAREHOUSE];
	assert_int_equal(step(&s, &c), E_NOT_INDEPENDENT);
	c.kid = s.kid[BANK_A];
	assert_int_equal(step(&s, &c), E_NOT_INDEPENDENT);
	c = weighs(r, 1, metric_tons(100));
	c.kid = s.kid[WAREHOUSE];
	assert_int_equal(step(&s, &c), E_NOT_INDEPENDENT);
	c = weighs(r, 1, metric_tons(100));
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(step(&s, &c), E_NOT_INDEPENDENT);
	c = opens_site(&s, 100);
	c.body.site_register.inspectors = (struct uuids){ &s.party[WAREHOUSE], 1 };
	assert_int_equal(step(&s, &c), E_SELF_DEALING);
}

static void f30_no_pledge_before_the_scale_has_spoken(void **state)
{
	struct uuid r = issued("WR-1", 100, 400000, "01");
	struct command c;

	(void)state;
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 1000)), E_NOT_WEIGHED);
	assert_int_equal(did(weighs(r, 1, metric_tons(90))), E_MEASURE_DIFFERS); /* ten tonnes are missing */
	assert_int_equal(did(weighs(r, 2, metric_tons(100))), E_EXCEEDS_GOODS);
	assert_int_equal(did(weighs(r, 1, (struct quantity){ 99500000, "TNE" })), OK); /* within 0.5 % */
	sets_rule(RULE_RECEIPT_INSPECTED, 1);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 1000)), E_NOT_INSPECTED);
	c = about(&s, ST_RECEIPT_INSPECT, SURVEYOR, r);
	c.body.receipt_inspect.lot = 1;
	c.body.receipt_inspect.grade = S("Q195");
	assert_int_equal(step(&s, &c), E_MEASURE_DIFFERS);
	c = about(&s, ST_RECEIPT_INSPECT, SURVEYOR, r);
	c.body.receipt_inspect.lot = 1;
	c.body.receipt_inspect.grade = S("q-235 b");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 1000)), OK);
}

static void f30_no_receipt_without_a_licence_and_none_on_an_old_count(void **state)
{
	struct goods_lot lot = steel(10, 1000, "01");
	struct command c = opens_site(&s, 100);

	(void)state;
	sets_rule(RULE_SITE_LICENCE, 1);
	assert_int_equal(step(&s, &c), E_LICENCE);
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), E_LICENCE);
	sets_rule(RULE_SITE_COUNT_AGE, 30);
	s.now.us += 31 * DAY_US;
	c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);
	c.body.rule_publish.rule = S("site.licence");
	c.body.rule_publish.version = 3;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ S("required"), 0 };
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), E_NOT_COUNTED);
	assert_int_equal(did(counts_yard(&s, site, 100)), OK);
	assert_int_equal(did(issues(&s, site, "WR-1", &lot)), OK);
}

/* --- F29: split, merge, partial release --- */

static void f29_a_split_conserves_and_a_merge_undoes_it(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01"), child, grandchild;
	struct command c = splits(r, "WR-1/A", 33, 0);

	(void)state;
	child = c.body.receipt_split.into;
	assert_int_equal(step(&s, &c), OK);
	all_adds_up();
	assert_int_equal(asset_of(&s, r)->face, 670);
	assert_int_equal(asset_of(&s, child)->face, 330);
	assert_int_equal(share_of(child, 1)->quantity, 33000000);
	c = splits(child, "WR-1/B", 33, 0);
	assert_int_equal(step(&s, &c), E_EXCEEDS_GOODS); /* nothing would be left */
	c = splits(child, "WR 1 A", 3, 0);
	assert_int_equal(step(&s, &c), E_DUPLICATE_CLAIM);
	c = splits(child, "WR-1/B", 3, 0);
	grandchild = c.body.receipt_split.into;
	assert_int_equal(step(&s, &c), OK);
	all_adds_up();
	/* the lot is still one: nobody else can have a receipt on it, though its first receipt has less */
	struct goods_lot lot = steel(1, 100, "01");
	assert_int_equal(did(issues(&s, site, "WR-7", &lot)), E_DUPLICATE_PLACE);
	assert_int_equal(did(merges(r, r)), E_SELF_DEALING);
	assert_int_equal(did(merges(r, grandchild)), OK);
	assert_int_equal(did(merges(r, child)), OK);
	assert_int_equal(did(merges(r, child)), E_BAD_STATE);
	all_adds_up();
	assert_int_equal(asset_of(&s, r)->face, 1000);
	assert_int_equal(share_of(r, 1)->quantity, 100000000);
	assert_int_equal(asset_of(&s, child)->state, WR_MERGED);
}

static void f29_what_is_pledged_is_not_divided_nor_given_away(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01"), other = weighed("WR-2", 10, 100, "02");
	struct command c;

	(void)state;
	(void)pledged(r, BANK_A, 500);
	assert_int_equal(did(splits(r, "WR-1/A", 50, 0)), E_EXCEEDS_FREE);
	assert_int_equal(did(merges(other, r)), E_EXCEEDS_FREE);
	assert_int_equal(did(transfers(r, SUPPLIER2)), E_EXCEEDS_FREE);
	assert_int_equal(did(orders(r, 0, 0, 0)), E_EXCEEDS_FREE);
	assert_int_equal(did(orders(r, 1, 10, 0)), E_NOT_LET_GO);
	c = about(&s, ST_RECEIPT_CANCEL, SUPPLIER, r);
	assert_int_equal(step(&s, &c), E_EXCEEDS_FREE);
	assert_int_equal(did(merges(r, other)), OK); /* more cover is welcome */
	all_adds_up();
}

static void f29_goods_leave_against_repayment_and_no_further(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01"), e = pledged(r, BANK_A, 800);
	struct command c;

	(void)state;
	c = lets_go(r, e, BANK_B, 20, 200);
	assert_int_equal(step(&s, &c), E_NOT_AUTHORISED);
	assert_int_equal(did(lets_go(r, e, BANK_A, 101, 200)), E_EXCEEDS_GOODS);
	assert_int_equal(did(lets_go(r, e, BANK_A, 20, 801)), E_EXCEEDS_OPEN);
	assert_int_equal(did(lets_go(r, e, BANK_A, 20, 200)), OK);
	assert_int_equal(enc_of(&s, e)->open, 600);
	assert_int_equal(did(orders(r, 1, 21, 0)), E_NOT_LET_GO);
	assert_int_equal(did(orders(r, 1, 15, 0)), OK);
	assert_int_equal(did(delivers(r)), OK);
	all_adds_up();
	assert_int_equal(asset_of(&s, r)->state, WR_PART_RELEASED);
	assert_int_equal(asset_of(&s, r)->diluted, 150);
	assert_int_equal(did(orders(r, 1, 6, 0)), E_NOT_LET_GO); /* five are left of the twenty */
	/* the bank lets more go than its claim leaves room for: value stays before goods */
	assert_int_equal(did(lets_go(r, e, BANK_A, 75, 0)), OK);
	assert_int_equal(did(orders(r, 1, 80, 0)), OK);
	assert_int_equal(did(delivers(r)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(delivers(r)), OK);
	assert_int_equal(did(orders(r, 0, 0, 0)), OK);
	assert_int_equal(did(delivers(r)), OK);
	all_adds_up();
	assert_int_equal(asset_of(&s, r)->state, WR_DELIVERED);
	assert_int_equal(steel_at_site()->issued, 0);
	assert_int_equal(steel_at_site()->counted, 700000000);
}

static void f29_every_secured_party_has_to_let_go(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01"), a = pledged(r, BANK_A, 300), b = pledged(r, BANK_B, 300);
	struct command c;

	(void)state;
	assert_int_equal(did(lets_go(r, a, BANK_A, 50, 0)), OK);
	assert_int_equal(did(orders(r, 1, 30, 0)), E_NOT_LET_GO);
	assert_int_equal(did(lets_go(r, b, BANK_B, 30, 0)), OK);
	c = grants(&s, SUPPLIER, r, BANK_C, 100);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(orders(r, 1, 30, 0)), E_NOT_LET_GO); /* a promise is kept too */
	s.now.us += 4000 * INT64_C(60000000);
	assert_int_equal(did(counts_yard(&s, site, 700)), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_C, c.object)), OK);
	assert_int_equal(did(orders(r, 1, 30, 0)), OK);
	assert_int_equal(did(delivers(r)), OK);
	assert_int_equal(did(orders(r, 1, 1, 0)), E_NOT_LET_GO);
	all_adds_up();
}

/* --- title: two signatures --- */

static void title_moves_with_the_holders_and_the_warehouses_signature(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01");
	struct command c = about(&s, ST_RECEIPT_ATTORN, WAREHOUSE, r);

	(void)state;
	assert_int_equal(step(&s, &c), E_NO_ORDER); /* the warehouse alone moves nothing */
	c = transfers(r, SUPPLIER2);
	c.kid = s.kid[SUPPLIER2];
	assert_int_equal(step(&s, &c), E_NOT_AUTHORISED);
	assert_int_equal(did(transfers(r, WAREHOUSE)), E_SELF_DEALING);
	c = transfers(r, SUPPLIER2);
	c.body.receipt_transfer.value = cny(999);
	assert_int_equal(step(&s, &c), E_TERMS_DIFFER);
	assert_int_equal(did(transfers(r, SUPPLIER2)), OK);
	assert_true(uuid_eq(asset_of(&s, r)->creditor, s.party[SUPPLIER]));
	/* meanwhile the holder's hands are bound */
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 10)), E_ORDER_PENDING);
	assert_int_equal(did(splits(r, "WR-1/A", 1, 0)), E_ORDER_PENDING);
	assert_int_equal(did(orders(r, 0, 0, 0)), E_ORDER_PENDING);
	assert_int_equal(did(transfers(r, BANK_A)), E_ORDER_PENDING);
	assert_int_equal(did(delivers(r)), E_NO_ORDER);
	c = about(&s, ST_RECEIPT_ATTORN, SUPPLIER2, r);
	assert_int_equal(step(&s, &c), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_RECEIPT_ATTORN, WAREHOUSE, r)), OK);
	assert_true(uuid_eq(asset_of(&s, r)->creditor, s.party[SUPPLIER2]));
	assert_int_equal(did(about(&s, ST_RECEIPT_ATTORN, WAREHOUSE, r)), E_NO_ORDER);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 10)), E_NOT_AUTHORISED); /* the old holder */
	assert_int_equal(did(grants(&s, SUPPLIER2, r, BANK_A, 10)), OK);
}

static void an_order_is_withdrawn_or_runs_out(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01");
	struct command c;

	(void)state;
	assert_int_equal(did(transfers(r, SUPPLIER2)), OK);
	c = about(&s, ST_RECEIPT_WITHDRAW, WAREHOUSE, r);
	assert_int_equal(step(&s, &c), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_RECEIPT_WITHDRAW, SUPPLIER, r)), OK);
	assert_int_equal(did(about(&s, ST_RECEIPT_WITHDRAW, SUPPLIER, r)), E_NO_ORDER);
	assert_int_equal(did(about(&s, ST_RECEIPT_ATTORN, WAREHOUSE, r)), E_NO_ORDER);
	assert_int_equal(did(transfers(r, SUPPLIER2)), OK);
	s.now.us += 4321 * INT64_C(60000000);
	assert_int_equal(did(about(&s, ST_RECEIPT_ATTORN, WAREHOUSE, r)), E_LAPSED);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 10)), OK); /* as if never ordered */
}

static void a_frozen_receipt_does_not_move(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01");
	struct command c = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));

	(void)state;
	assert_int_equal(did(orders(r, 1, 10, 0)), OK);
	c.body.freeze_place.asset = r;
	c.body.freeze_place.ground = S("(2026) 1");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(delivers(r)), E_FROZEN);
	assert_int_equal(did(splits(r, "WR-1/A", 1, 0)), E_FROZEN);
	assert_int_equal(did(transfers(r, SUPPLIER2)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_FREEZE_LIFT, REGULATOR, c.object)), OK);
	assert_int_equal(did(delivers(r)), OK);
	all_adds_up();
	c = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s)); /* a warehouse under inquiry issues nothing more */
	c.body.freeze_place.party = s.party[WAREHOUSE];
	c.body.freeze_place.ground = S("(2026) 2");
	assert_int_equal(step(&s, &c), OK);
	struct goods_lot lot = steel(1, 100, "02");
	assert_int_equal(did(issues(&s, site, "WR-2", &lot)), E_FROZEN);
}

/* What a lender holds stays where it is, even when it was ordered out before. */
static void held_goods_do_not_leave(void **state)
{
	struct uuid r = weighed("WR-1", 100, 1000, "01");
	struct command c = say(&s, ST_HOLD_PLACE, BANK_A, new_id(&s));

	(void)state;
	assert_int_equal(did(orders(r, 1, 10, 0)), OK);
	c.body.hold_place.asset = r;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + INT64_C(3600000000);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(delivers(r)), E_HELD);
	assert_int_equal(did(about(&s, ST_RECEIPT_WITHDRAW, SUPPLIER, r)), OK);
	assert_int_equal(did(orders(r, 1, 10, 0)), E_HELD);
	assert_int_equal(did(transfers(r, SUPPLIER2)), E_HELD);
	assert_int_equal(did(about(&s, ST_HOLD_RELEASE, BANK_A, c.object)), OK);
	assert_int_equal(did(orders(r, 1, 10, 0)), OK);
	assert_int_equal(did(delivers(r)), OK);
	all_adds_up();
}

/* --- the end of a receipt frees the goods, and only then --- */

static void delivered_or_cancelled_goods_can_come_under_a_receipt_again(void **state)
{
	struct goods_lot lot = coils(1, 100, "01");
	struct command c = issues(&s, site, "WR-1", &lot), again;

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(orders(c.object, 1, 40, 40)), OK);
	assert_int_equal(did(delivers(c.object)), OK);
	all_adds_up();
	assert_int_equal(share_of(c.object, 1)->serial_first, 41);
	again = issues(&s, site, "WR-2", (struct goods_lot[]){ coils(41, 41, "02") });
	assert_int_equal(step(&s, &again), E_SERIAL_OVERLAP);
	again = issues(&s, site, "WR-2", (struct goods_lot[]){ coils(1, 40, "02") });
	assert_int_equal(step(&s, &again), OK);
	again = issues(&s, site, "WR-3", (struct goods_lot[]){ coils(200, 201, "01") });
	assert_int_equal(step(&s, &again), E_DUPLICATE_PLACE); /* the bin is not empty yet */
	assert_int_equal(did(about(&s, ST_RECEIPT_CANCEL, WAREHOUSE, c.object)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_RECEIPT_CANCEL, SUPPLIER, c.object)), OK);
	all_adds_up();
	assert_int_equal(lot_of(c.object, 1)->quantity, 0);
	assert_int_equal(steel_at_site()->counted, 760000000); /* what was given back still lies there */
	again = issues(&s, site, "WR-1", (struct goods_lot[]){ coils(41, 100, "01") });
	assert_int_equal(step(&s, &again), OK);
	all_adds_up();
}

static void numbered_goods_are_split_by_the_piece(void **state)
{
	struct goods_lot lot = coils(1, 100, "01");
	struct command c = issues(&s, site, "WR-1", &lot), half;

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(splits(c.object, "WR-1/A", 30, 0)), E_EXCEEDS_GOODS);
	assert_int_equal(did(splits(c.object, "WR-1/A", 30, 100)), E_EXCEEDS_GOODS);
	half = splits(c.object, "WR-1/A", 30, 30);
	assert_int_equal(step(&s, &half), OK);
	assert_int_equal(share_of(half.body.receipt_split.into, 1)->serial_last, 30);
	assert_int_equal(share_of(c.object, 1)->serial_first, 31);
	all_adds_up();
	assert_int_equal(did(merges(half.body.receipt_split.into, c.object)), OK);
	assert_int_equal(share_of(half.body.receipt_split.into, 1)->serial_last, 100);
	assert_int_equal(receipt_of(half.body.receipt_split.into)->lots, 1); /* their numbers meet: one share */
	all_adds_up();
}

/* --- F18: one trade, one budget, over goods and money --- */

static void f18_the_goods_and_the_invoice_of_one_trade_share_a_budget(void **state)
{
	struct goods_lot lot = steel(100, 100000, "01");
	struct uuid trade = new_id(&s);
	struct command inv = registers(&s, SUPPLIER, 100000, "INV-1"), c = issues(&s, site, "WR-1", &lot);

	(void)state;
	inv.body.receivable_register.lineage = trade;
	c.body.receipt_issue.lineage = trade;
	assert_int_equal(step(&s, &inv), OK);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(weighs(c.object, 1, metric_tons(100))), OK);
	(void)pledged(inv.object, BANK_A, 70000);
	assert_int_equal(did(grants(&s, SUPPLIER, c.object, BANK_B, 30001)), E_EXCEEDS_FREE);
	(void)pledged(c.object, BANK_B, 30000);
	assert_int_equal(did(grants(&s, SUPPLIER, inv.object, BANK_C, 1)), E_EXCEEDS_FREE);
}

static void receipts_of_different_trades_do_not_become_one(void **state)
{
	struct goods_lot lot = steel(100, 100000, "01");
	struct command c = issues(&s, site, "WR-1", &lot);
	struct uuid plain = weighed("WR-2", 10, 100, "02");

	(void)state;
	c.body.receipt_issue.lineage = new_id(&s);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(merges(plain, c.object)), E_NOT_ALIKE);
}

/* --- extremes --- */

static void the_largest_receipt_in_the_most_lots_moves_in_one_statement(void **state)
{
	struct goods_lot lot[LOTS_MAX + 1];
	char bin[LOTS_MAX + 1][24], batch[LOTS_MAX + 1][24];
	struct command c = issues(&s, site, "WR-1", lot);

	(void)state;
	for (int i = 0; i <= LOTS_MAX; i++) {
		snprintf(bin[i], sizeof bin[i], "bin %d", i);
		snprintf(batch[i], sizeof batch[i], "heat %d", i);
		lot[i] = steel(40, 100, bin[i]);
		lot[i].batch = span_z(batch[i]);
	}
	for (int i = 0; i < SERIAL_LOTS_MAX; i++) { /* as many nodes as there can be */
		lot[i].serial_prefix = span_z(i == 0 ? "a-" : i == 1 ? "b-" : i == 2 ? "c-" : "d-");
		lot[i].serial_first = 2;
		lot[i].serial_last = SERIAL_MAX - 1;
		lot[i].pieces = SERIAL_MAX - 2;
	}
	c.body.receipt_issue.lots.n = LOTS_MAX + 1;
	c.body.receipt_issue.value = cny(100 * (LOTS_MAX + 1));
	assert_int_equal(step(&s, &c), E_BAD_MEMBER);
	c.body.receipt_issue.lots.n = LOTS_MAX;
	c.body.receipt_issue.value = cny(100 * LOTS_MAX);
	assert_int_equal(step(&s, &c), OK);
	assert_true(s.d.n_changes > 100);
	all_adds_up();
	assert_int_equal(did(orders(c.object, 0, 0, 0)), OK);
	assert_int_equal(did(delivers(c.object)), OK);
	all_adds_up();
	assert_int_equal(steel_at_site()->issued, 0);
	c = issues(&s, site, "WR-2", lot); /* all of it is free again */
	c.body.receipt_issue.lots.n = 4;
	c.body.receipt_issue.value = cny(400);
	assert_int_equal(did(counts_yard(&s, site, 800)), OK);
	assert_int_equal(step(&s, &c), OK);
}

static void value_follows_quantity_without_a_cent_lost(void **state)
{
	(void)state;
	assert_int_equal(value_share(1000, 1, 3), 333);
	assert_int_equal(value_share(1000, 3, 3), 1000);
	assert_int_equal(value_share(MONEY_MAX, QUANTITY_MAX - 1, QUANTITY_MAX), MONEY_MAX - 1);
	assert_int_equal(value_share(MONEY_MAX, 0, QUANTITY_MAX), 0);
	struct uuid r = weighed("WR-1", 7, 100, "01");
	for (int i = 0; i < 7; i++) { /* seven deliveries of a tonne, a hundred cents in all */
		assert_int_equal(did(orders(r, 1, 1, 0)), OK);
		assert_int_equal(did(delivers(r)), OK);
		all_adds_up();
	}
	assert_int_equal(asset_of(&s, r)->diluted, 100);
	assert_int_equal(asset_of(&s, r)->state, WR_DELIVERED);
}

/* --- serial ranges against an array --- */

static uint64_t dice = 7;
static int64_t draw(int64_t n)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int64_t)((dice >> 33) % (uint64_t)n);
}

static void serials_steps_cover_the_range_and_are_few(void **state)
{
	static const int64_t edge[] = {
		1, 2, 255, 256, 257, 65535, 65536, 65537, 16777216, SERIAL_MAX - 1, SERIAL_MAX
	};
	struct serial_step step_at[SERIAL_STEPS];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edge); i++)
		for (size_t k = i; k < ARRAY_LEN(edge); k++) {
			size_t n = serial_steps(edge[i], edge[k], step_at);
			int64_t covered = 0;

			assert_true(n <= SERIAL_STEPS);
			for (size_t x = 0; x < n; x++)
				for (unsigned b = 0; b < 256; b++)
					if (step_at[x].whole.b[b / 8] >> b % 8 & 1)
						covered += INT64_C(1) << 8 * step_at[x].level;
			assert_int_equal(covered, edge[k] - edge[i] + 1);
		}
}

/* Random receipts over few serial numbers: refused exactly when one of them is taken. */
static void serials_are_refused_exactly_when_taken(void **state)
{
	enum { SPACE = 3000, AT_ONCE = 64 };
	static bool taken[SPACE + 1];
	struct uuid live[AT_ONCE];
	char number[24], bin[24];
	size_t n = 0, refused = 0;

	(void)state;
	memset(taken, 0, sizeof taken);
	sets_rule(RULE_SITE_COUNTED, 0);
	struct command more = about(&s, ST_SITE_AMEND, WAREHOUSE, site);
	more.body.site_amend.goods =
		(struct capacities){ (struct capacity[]){ { S("HRC-Q235B"), metric_tons(900000) } }, 1 };
	assert_int_equal(step(&s, &more), OK);
	for (int i = 0; i < 4000; i++) {
		if (n == AT_ONCE || (n > 0 && draw(2))) { /* some of one goes, or all */
			size_t k = (size_t)draw((int64_t)n);
			const struct share *x = share_of(live[k], 1);
			int64_t pieces = draw(3) ? 1 + draw(x->pieces) : x->pieces, first = x->serial_first;

			assert_int_equal(did(orders(live[k], 1, pieces, pieces)), OK);
			assert_int_equal(did(delivers(live[k])), OK);
			for (int64_t q = first; q < first + pieces; q++) {
				assert_true(taken[q]);
				taken[q] = false;
			}
			if (!asset_live(asset_of(&s, live[k])))
				live[k] = live[--n];
			continue;
		}
		int64_t first = 1 + draw(SPACE), last = first + draw(draw(4) ? 300 : 2000);
		bool hit = false;

		last = last > SPACE ? SPACE : last;
		for (int64_t q = first; q <= last; q++)
			hit |= taken[q];
		snprintf(number, sizeof number, "WR.%dX", i);
		snprintf(bin, sizeof bin, "B%dX", i);
		struct goods_lot lot = coils(first, last, bin);
		struct command c = issues(&s, site, number, &lot);
		lot.value = cny(1000000);
		c.body.receipt_issue.value = cny(1000000);
		lot.bin = arena_copy(&s.mem, lot.bin);
		c.body.receipt_issue.number = arena_copy(&s.mem, c.body.receipt_issue.number);
		assert_int_equal(step(&s, &c), hit ? E_SERIAL_OVERLAP : OK);
		refused += hit;
		if (hit)
			continue;
		live[n++] = c.object;
		for (int64_t q = first; q <= last; q++)
			taken[q] = true;
	}
	assert_true(refused > 200);
	all_adds_up();
	print_message("%zu ranges refused, %zu live at the end\n", refused, n);
}

#define G(f) cmocka_unit_test_setup_teardown(f, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		G(f05_receipts_and_receivables_are_one_register),
		G(f28_the_same_goods_are_under_one_receipt),
		G(d8_the_same_lot_at_another_site_is_refused),
		G(d8_serial_numbers_do_not_overlap),
		G(two_lots_of_one_receipt_are_not_the_same_goods_either),
		G(only_the_sites_warehouse_issues_and_not_to_itself),
		G(f30_receipts_stay_below_capacity_and_count),
		G(f30_a_warehouse_does_not_count_or_weigh_for_itself),
		G(f30_no_pledge_before_the_scale_has_spoken),
		G(f30_no_receipt_without_a_licence_and_none_on_an_old_count),
		G(f29_a_split_conserves_and_a_merge_undoes_it),
		G(f29_what_is_pledged_is_not_divided_nor_given_away),
		G(f29_goods_leave_against_repayment_and_no_further),
		G(f29_every_secured_party_has_to_let_go),
		G(title_moves_with_the_holders_and_the_warehouses_signature),
		G(an_order_is_withdrawn_or_runs_out),
		G(a_frozen_receipt_does_not_move),
		G(held_goods_do_not_leave),
		G(delivered_or_cancelled_goods_can_come_under_a_receipt_again),
		G(numbered_goods_are_split_by_the_piece),
		G(f18_the_goods_and_the_invoice_of_one_trade_share_a_budget),
		G(receipts_of_different_trades_do_not_become_one),
		G(the_largest_receipt_in_the_most_lots_moves_in_one_statement),
		G(value_follows_quantity_without_a_cent_lost),
		cmocka_unit_test(serials_steps_cover_the_range_and_are_few),
		G(serials_are_refused_exactly_when_taken),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
