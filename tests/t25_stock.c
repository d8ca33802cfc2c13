/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t25_stock: pledged goods and prepayments, and who tries to get more out of them than is in them.
 */
#include "test.h"

#include "actors_stock.h"
#include "check_answer.h"
#include "domain/stock.h"

static struct stage s;
static struct uuid copper;

/* Each decision is written out as the log does: whatever a row holds, its digest can be made. */
static enum fault did(struct command c)
{
	enum fault f = step(&s, &c);
	struct registry r = stage_registry(&s);

	(void)decision_digest(&r, &c, &s.d, &s.scratch);
	return f;
}

static struct uuid done(struct command c)
{
	assert_int_equal(did(c), OK);
	return c.object;
}

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	copper = done(enrols_feed(&s, "CU-CATH-1", "metal"));
	done(posts(&s, copper, 1000));
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static void sound(struct uuid id)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX * 2];
	const struct asset *a = asset_of(&s, id);
	size_t n = 0;

	for (const struct row *r = a->row.children; r; r = r->sibling)
		e[n++] = (const struct encumbrance *)(const void *)r;
	assert_null(asset_broken(a, e, n));
	if (a->kind == ASSET_INVENTORY)
		assert_null(stock_broken(stock_of(&s, id)));
	if (a->kind == ASSET_PREPAYMENT)
		assert_null(prepayment_broken(prepayment_of(&s, id), a));
}

/* 100 t at 10.00: worth 1000.00, securing at most 700.00; the floor at 900.00. */
static struct uuid pledged(const char *site)
{
	struct uuid p = done(opens(&s, copper, site, 70000, 90000));

	done(counts(&s, ST_INVENTORY_COUNT, p, 100 * T1));
	return p;
}

static struct uuid lent(struct uuid asset, enum actor bank, int64_t amount)
{
	struct uuid e = done(grants(&s, SUPPLIER, asset, bank, amount));

	done(about(&s, ST_ENCUMBRANCE_ACCEPT, bank, e));
	return e;
}

static struct uuid held(struct uuid asset, enum actor bank, int64_t amount)
{
	struct command c = say(&s, ST_HOLD_PLACE, bank, new_id(&s));

	c.body.hold_place.asset = asset;
	c.body.hold_place.amount = cny(amount);
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + 3600000000;
	return done(c);
}

static int32_t state_of(struct uuid id) { return asset_of(&s, id)->state; }
static void days(int64_t n) { s.now.us += n * DAY_US; }

/* --- arithmetic --- */

static void value_is_exact_at_the_extremes(void **state)
{
	static const struct {
		int64_t counted, price, want;
	} row[] = {
		{ 0, 1000, 0 },
		{ 1, 999999, 0 },
		{ 1, 1000000, 1 },
		{ 1999999, 1, 1 },
		{ 333333, 3, 0 },
		{ 1000001, 999999, 999999 }, /* 999999.999999: down */
		{ QUANTITY_MAX, 1000, MONEY_MAX },
		{ QUANTITY_MAX, 999, INT64_C(999000000000000) },
		{ QUANTITY_MAX, MONEY_MAX, MONEY_MAX },
		{ 1000000, MONEY_MAX, MONEY_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_int_equal(stock_value(row[i].counted, row[i].price), row[i].want);
}

static uint64_t draw(uint64_t *r)
{
	*r += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *r;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static struct cover some_cover(uint64_t *r)
{
	struct cover c = { .counted = (int64_t)(draw(r) >> (4 + draw(r) % 56)),
		           .face = 1 + (int64_t)(draw(r) % (uint64_t)MONEY_MAX >> draw(r) % 48),
		           .ratio = 1 + (int64_t)(draw(r) % 1000000),
		           .drop_warning = (int64_t)(draw(r) % 9001),
		           .drop_disposal = (int64_t)(draw(r) % 9001) };

	if (c.counted > QUANTITY_MAX)
		c.counted = QUANTITY_MAX;
	c.bound = (int64_t)(draw(r) % (uint64_t)(2 * c.face)); /* a parent may bind more than the pledge itself */
	c.floor = (int64_t)(draw(r) % (uint64_t)MONEY_MAX >> draw(r) % 50);
	return c;
}

static void line_and_judgement_agree(void **state)
{
	uint64_t r = 25;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct cover c = some_cover(&r);
		int64_t price = 1 + (int64_t)(draw(&r) % (uint64_t)MONEY_MAX >> draw(&r) % 49);
		enum stock_level now = stock_level(&c, price);
		int64_t call = stock_call_price(&c, now), cure = stock_cure_price(&c, now);

		assert_true(call < price);
		assert_true(cure == 0 || cure > price);
		if (call > 0)
			assert_true(stock_level(&c, call) > now);
		assert_true(stock_level(&c, call + 1) <= now);
		if (cure > 0) {
			assert_true(stock_level(&c, cure) < now);
			assert_true(stock_level(&c, cure - 1) >= now);
		}
		if (price < MONEY_MAX) /* never worse for a higher price */
			assert_true(stock_level(&c, price + 1) <= now);
		if (c.counted < QUANTITY_MAX) {
			struct cover more = c;

			more.counted++;
			assert_true(stock_level(&more, price) <= now);
		}
		struct cover full = c; /* what may be bound is covered; one more is not */
		full.bound = stock_capacity(&c, price);
		assert_true(stock_covers(&full, price));
		if (full.bound < MONEY_MAX) {
			full.bound++;
			assert_false(stock_covers(&full, price));
		}
	}
}

static void working_days_skip_the_weekend(void **state)
{
	static const struct {
		const char *from, *end;
		int64_t n;
	} row[] = {
		{ "2026-11-23", "2026-11-24", 1 },                                    /* Monday */
		{ "2026-11-23", "2026-11-30", 5 }, { "2026-11-27", "2026-11-30", 1 }, /* Friday */
		{ "2026-11-28", "2026-11-30", 1 },                                    /* Saturday */
		{ "2026-11-29", "2026-12-02", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		assert_int_equal(date_add_working(day(row[i].from), row[i].n).day, day(row[i].end).day);
}

/* --- prices --- */

static void only_the_feeds_source_prices_and_never_backwards(void **state)
{
	struct command c = posts(&s, copper, 1100);

	(void)state;
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = enrols_feed(&s, "AL-1", "metal");
	c.kid = s.kid[EXCHANGE];
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = enrols_feed(&s, "AL-1", "metal");
	c.body.price_enrol.source = s.party[BANK_A]; /* no price source */
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = enrols_feed(&s, "AL-1", "jewels");
	assert_int_equal(did(c), E_BAD_MEMBER);
	c = enrols_feed(&s, "AL-1", "metal");
	c.body.price_enrol.per = tonnes(2 * T1);
	assert_int_equal(did(c), E_BAD_MEMBER);
	c = enrols_feed(&s, "AL-1", "metal");
	c.body.price_enrol.currency = S("XXX");
	assert_int_equal(did(c), E_BAD_MEMBER);
	assert_int_equal(did(posts(&s, copper, 1100)), E_DATE_ORDER); /* of the same moment */
	s.now.us += 60000000;
	c = posts(&s, copper, 1100);
	c.body.price_post.made.us += 1;
	assert_int_equal(did(c), E_DATE_ORDER); /* of the future */
	c = posts(&s, copper, 0);
	assert_int_equal(did(c), E_ZERO_AMOUNT);
	c = posts(&s, copper, 1100);
	c.body.price_post.price = (struct money){ 1100, "USD" };
	assert_int_equal(did(c), E_CURRENCY_MISMATCH);
	assert_int_equal(did(posts(&s, copper, 1100)), OK);
	assert_int_equal(s.d.n_changes, 1); /* whatever hangs on it */
	assert_int_equal(did(about(&s, ST_PRICE_RETIRE, OPERATOR, copper)), OK);
	s.now.us += 60000000;
	assert_int_equal(did(posts(&s, copper, 1200)), E_BAD_STATE);
	assert_int_equal(did(opens(&s, copper, "Hall 1", 100, 0)), E_BAD_STATE);
}

/* --- opening --- */

static void goods_are_watched_by_others(void **state)
{
	struct command c = opens(&s, copper, "Hall 1", 70000, 90000);

	(void)state;
	c.body.inventory_open.monitor = s.party[BANK_A];
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = opens(&s, copper, "Hall 1", 70000, 90000);
	c.body.inventory_open.inspector = s.party[MONITOR];
	assert_int_equal(did(c), E_SELF_DEALING);
	c = opens(&s, copper, "Hall 1", 70000, 90000);
	c.body.inventory_open.inspector = s.party[SUPPLIER];
	assert_int_equal(did(c), E_SELF_DEALING);
	c = opens(&s, copper, "Hall 1", 70000, 90000);
	c.body.inventory_open.ratio = 800001;
	assert_int_equal(did(c), E_PLEDGE_RATIO);
	assert_string_equal(s.d.diag.rule, "inventory.ratio_metal@1");
	c = opens(&s, copper, "Hall 1", 0, 0);
	assert_int_equal(did(c), E_ZERO_AMOUNT);
	c = opens(&s, copper, "Hall 1", 70000, 90000);
	c.body.inventory_open.floor = (struct money){ 1, "USD" };
	assert_int_equal(did(c), E_CURRENCY_MISMATCH);
	c = opens(&s, new_id(&s), "Hall 1", 70000, 90000);
	assert_int_equal(did(c), E_UNKNOWN_OBJECT);
	assert_int_equal(did(opens(&s, copper, "Hall 1", 70000, 90000)), OK);
}

static void the_same_goods_are_pledged_once(void **state)
{
	struct uuid p = pledged("Hall 1, bay 3");

	(void)state;
	assert_int_equal(did(opens(&s, copper, "hall 1,bay-3", 70000, 90000)), E_DUPLICATE_STOCK);
	assert_int_equal(did(opens(&s, copper, "Hall 1, bay 4", 70000, 90000)), OK);
	assert_int_equal(did(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, p)), OK);
	assert_int_equal(did(opens(&s, copper, "Hall 1, bay 3", 70000, 90000)), OK);
}

/* R36-R38: each class of goods has a ratio of its own, and it is rule data. */
static void each_class_of_goods_has_its_ratio(void **state)
{
	static const struct {
		const char *goods;
		int32_t most;
	} row[] = { { "metal", 700000 },    { "agricultural", 650000 }, { "energy", 600000 },
		    { "packaged", 550000 }, { "exchange", 800000 },     { "other", 500000 } };
	struct command c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct uuid feed = done(enrols_feed(&s, row[i].goods, row[i].goods));

		c = opens(&s, feed, "Hall 1", 70000, 0);
		c.body.inventory_open.ratio = row[i].most + 1;
		assert_int_equal(did(c), E_PLEDGE_RATIO);
		c = opens(&s, feed, "Hall 1", 70000, 0);
		c.body.inventory_open.ratio = row[i].most;
		assert_int_equal(did(c), OK);
	}
}

static struct command new_rule_value(const char *rule, const char *unit, int64_t version, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, new_id(&s));

	c.body.rule_publish.rule = span_z(rule);
	c.body.rule_publish.version = version;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ span_z(unit), value };
	return c;
}

static void a_lower_ratio_binds_pledges_that_are_open(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	done(new_rule_value("inventory.ratio_metal", "basis_points", 2, 5000));
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 50001)), E_EXCEEDS_FREE);
	assert_string_equal(s.d.diag.rule, "inventory.ratio_metal@2");
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 50000)), OK);
}

/* --- lending on goods --- */

static void nothing_is_lent_on_goods_nobody_counted(void **state)
{
	struct uuid p = done(opens(&s, copper, "Hall 1", 70000, 90000));
	struct command c;

	(void)state;
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 1)), E_STOCK_UNREPORTED);
	c = counts(&s, ST_INVENTORY_COUNT, p, 100 * T1);
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = counts(&s, ST_INVENTORY_COUNT, p, 100 * T1);
	c.kid = s.kid[INSPECTOR];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = counts(&s, ST_INVENTORY_COUNT, p, 100 * T1);
	c.body.stock_count.quantity = (struct quantity){ 100 * T1, "KGM" };
	assert_int_equal(did(c), E_UNIT_MISMATCH);
	c = counts(&s, ST_INVENTORY_COUNT, p, 100 * T1);
	c.body.stock_count.on.day++;
	assert_int_equal(did(c), E_DATE_ORDER);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 0));
	assert_int_equal(asset_of(&s, p)->confirmed_seq, 0);
	done(counts(&s, ST_INVENTORY_COUNT, p, 50 * T1)); /* worth 500.00 */
	assert_true(asset_of(&s, p)->confirmed_seq > 0);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 35001)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 35000)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 1)), E_EXCEEDS_FREE);
	sound(p);
}

static void the_pledge_secures_no_more_than_agreed_however_much_it_is_worth(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	s.now.us += 60000000;
	done(posts(&s, copper, 5000));
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 70001)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 70000)), OK);
}

static void an_old_price_lends_and_releases_nothing(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	lent(p, BANK_A, 35000);
	days(4);
	done(counts(&s, ST_INVENTORY_REPORT, p, 100 * T1));
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 1)), E_STALE_PRICE);
	assert_string_equal(s.d.diag.rule, "inventory.price_age@1");
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_STALE_PRICE);
	done(posts(&s, copper, 1000));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), OK);
}

/* R41 */
static void reports_are_daily_and_somebody_else_counts_each_month(void **state)
{
	struct uuid p = pledged("Hall 1");
	struct command c;

	(void)state;
	lent(p, BANK_A, 35000);
	days(2);
	done(posts(&s, copper, 1000));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_STOCK_UNREPORTED);
	assert_string_equal(s.d.diag.rule, "inventory.report_within@1");
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 1)), E_STOCK_UNREPORTED);
	done(counts(&s, ST_INVENTORY_REPORT, p, 100 * T1));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), OK);
	days(30);
	done(posts(&s, copper, 1000));
	done(counts(&s, ST_INVENTORY_REPORT, p, 99 * T1));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_STOCK_UNREPORTED);
	assert_string_equal(s.d.diag.rule, "inventory.inspect_within@1");
	c = counts(&s, ST_INVENTORY_INSPECT, p, 99 * T1);
	c.kid = s.kid[MONITOR];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 99 * T1));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), OK);
	c = counts(&s, ST_INVENTORY_REPORT, p, 98 * T1);
	c.body.stock_count.on.day -= 5;
	assert_int_equal(did(c), E_DATE_ORDER); /* no report of yesterday's yesterday */
}

static void what_an_unannounced_count_misses_is_gone_for_good(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	lent(p, BANK_A, 70000);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 80 * T1));
	assert_int_equal(stock_of(&s, p)->missing, 20 * T1);
	assert_int_equal(state_of(p), STK_BELOW_FLOOR);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 100 * T1)); /* finds them again: says nothing about the books */
	assert_int_equal(stock_of(&s, p)->counted, 80 * T1);
	done(counts(&s, ST_INVENTORY_COUNT, p, 100 * T1));
	assert_int_equal(state_of(p), STK_ACTIVE);
	assert_int_equal(stock_of(&s, p)->missing, 20 * T1); /* on record for every lender */
	assert_int_equal(stock_of(&s, p)->received, 120 * T1);
	sound(p);
}

/* --- price and floor --- */

/* F31, R37: a drop of 5 % calls for a top-up, one of 10 % gives the right to dispose. */
static void a_price_drop_calls_and_a_top_up_cures(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	lent(p, BANK_A, 70000);
	assert_int_equal(stock_of(&s, p)->call_price, 950);
	s.now.us += 60000000;
	done(posts(&s, copper, 951));
	assert_int_equal(did(about(&s, ST_INVENTORY_MARK, REGISTRY, p)), E_NOT_YET);
	s.now.us += 60000000;
	done(posts(&s, copper, 950));
	assert_int_equal(state_of(p), STK_ACTIVE); /* the price's entry changed no pledge */
	assert_int_equal(did(about(&s, ST_INVENTORY_MARK, OPERATOR, p)), E_ROLE_MISSING);
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_BELOW_WARNING);
	assert_int_equal(stock_of(&s, p)->call_price, 900);
	assert_int_equal(stock_of(&s, p)->cure_price, 951);
	assert_int_equal(stock_of(&s, p)->top_up_by.us, ((int64_t)day("2026-11-30").day + 1) * DAY_US);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 1)), E_BAD_STATE);
	s.now.us += 60000000;
	done(posts(&s, copper, 900));
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_BELOW_FLOOR);
	assert_int_equal(stock_of(&s, p)->top_up_by.us, ((int64_t)day("2026-11-30").day + 1) * DAY_US);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_TOP_UP, SUPPLIER, p, 15 * T1)), E_NOT_AUTHORISED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, 0)), E_ZERO_AMOUNT);
	done(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, 15 * T1));
	assert_int_equal(state_of(p), STK_ACTIVE); /* 115 t x 9.00 = 1035.00 */
	assert_int_equal(stock_of(&s, p)->top_up_by.us, 0);
	sound(p);
}

static void a_top_up_is_due_where_its_owner_works(void **state)
{
	struct uuid p;

	(void)state;
	s.now = date_start(day("2027-02-03"));
	done(posts(&s, copper, 1000));
	p = pledged("Hall 1");
	lent(p, BANK_A, 70000);
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	s.now.us += 60000000;
	done(posts(&s, copper, 950));
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	/* five: Thursday, four after the week off */
	assert_int_equal(stock_of(&s, p)->top_up_by.us, date_start(day("2027-02-19")).us);
}

static void a_repayment_cures_as_goods_do(void **state)
{
	struct uuid p = pledged("Hall 1"), e = lent(p, BANK_A, 70000);
	struct command c;

	(void)state;
	s.now.us += 60000000;
	done(posts(&s, copper, 940));
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_BELOW_WARNING);
	c = about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e);
	c.body.encumbrance_release.amount = cny(10000);
	done(c);
	assert_int_equal(state_of(p), STK_ACTIVE);
	assert_int_equal(stock_of(&s, p)->top_up_by.us, 0);
}

static void a_price_that_recovers_ends_the_call(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	lent(p, BANK_A, 70000);
	s.now.us += 60000000;
	done(posts(&s, copper, 800));
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_BELOW_FLOOR);
	s.now.us += 60000000;
	done(posts(&s, copper, 1000));
	/* Not marked yet: the statement itself is judged at the price there is. */
	assert_int_equal(did(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p)), E_NO_DISPOSAL);
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_ACTIVE);
}

/* R40 */
static void goods_leave_only_when_the_floor_holds_after_it(void **state)
{
	struct command c = opens(&s, copper, "Hall 1", 70000, 0);
	struct uuid p = done(c);

	(void)state;
	done(counts(&s, ST_INVENTORY_COUNT, p, 100 * T1));
	lent(p, BANK_A, 35000); /* demands 500.00: 50 t */
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 50 * T1 + 1)), E_FLOOR);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 101 * T1)), E_EXCEEDS_STOCK);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, SUPPLIER, p, T1)), E_NOT_AUTHORISED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_A, p, T1)), E_NOT_AUTHORISED);
	assert_int_equal(stock_of(&s, p)->counted, 100 * T1);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 50 * T1)), OK);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 1)), E_FLOOR);
	s.now.us += 60000000;
	done(posts(&s, copper, 1250));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 10 * T1)), OK);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 1)), E_FLOOR);
	sound(p);
}

static void the_agreed_floor_holds_in_proportion(void **state)
{
	struct uuid p = pledged("Hall 1"); /* floor 900.00 for 700.00 */

	(void)state;
	lent(p, BANK_A, 35000); /* so 450.00, warning up to 472.50; the debt demands 500.00 */
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 50 * T1));
	assert_int_equal(state_of(p), STK_ACTIVE);
	s.now.us += 60000000;
	done(posts(&s, copper, 899)); /* 449.50 */
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(state_of(p), STK_BELOW_FLOOR);
}

static void static_goods_leave_by_the_lenders_hand(void **state)
{
	struct command c = opens(&s, copper, "Hall 1", 70000, 0);
	struct uuid p;

	(void)state;
	c.body.inventory_open.floating = FLAG_NO;
	p = done(c);
	done(counts(&s, ST_INVENTORY_COUNT, p, 100 * T1));
	lent(p, BANK_A, 35000);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_NOT_AUTHORISED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_B, p, T1)), E_NOT_AUTHORISED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_A, p, 51 * T1)), E_FLOOR);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_A, p, 50 * T1)), OK);
}

/* While a lender makes up its mind the goods it looks at do not drive away. */
static void held_goods_stay_as_far_as_they_are_meant(void **state)
{
	struct uuid p = done(opens(&s, copper, "Hall 1", 70000, 0)), h;

	(void)state;
	done(counts(&s, ST_INVENTORY_COUNT, p, 100 * T1));
	lent(p, BANK_A, 35000);
	h = held(p, BANK_B, 14000); /* 490.00 together: 70 t */
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 30 * T1 + 1)), E_FLOOR);
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 30 * T1));
	done(about(&s, ST_HOLD_RELEASE, BANK_B, h));
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 20 * T1));
}

static void a_suspended_warehouse_raises_nothing(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	done(about(&s, ST_PARTY_SUSPEND, OPERATOR, s.party[MONITOR]));
	assert_int_equal(did(counts(&s, ST_INVENTORY_COUNT, p, 500 * T1)), E_PARTY_SUSPENDED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, T1)), E_PARTY_SUSPENDED);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 90 * T1)); /* another may still find less */
	assert_int_equal(stock_of(&s, p)->counted, 90 * T1);
}

static void nobody_prices_its_own_goods(void **state)
{
	struct command c, feed;
	struct party *p =
		(struct party *)(uintptr_t)(const void *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[SUPPLIER]));

	(void)state;
	p->roles |= ROLE_PRICE_SOURCE;
	feed = enrols_feed(&s, "CU-CATH-1", "metal");
	feed.body.price_enrol.source = s.party[SUPPLIER];
	done(feed);
	c = opens(&s, feed.object, "Hall 1", 70000, 0);
	assert_int_equal(did(c), E_SELF_DEALING);
}

static void frozen_goods_stay(void **state)
{
	struct uuid p = pledged("Hall 1");
	struct command c = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));

	(void)state;
	c.body.freeze_place.asset = p;
	c.body.freeze_place.ground = S("(2026) 1");
	done(c);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, p)), E_FROZEN);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 1)), E_FROZEN);
}

/* --- enforcement --- */

static void a_top_up_that_does_not_come_gives_the_right_of_disposal(void **state)
{
	struct uuid p = pledged("Hall 1");

	(void)state;
	lent(p, BANK_A, 70000);
	s.now.us += 60000000;
	done(posts(&s, copper, 940));
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, p));
	assert_int_equal(did(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p)), E_NO_DISPOSAL);
	assert_int_equal(did(about(&s, ST_INVENTORY_LAPSE, REGISTRY, p)), E_NOT_YET);
	s.now.us = stock_of(&s, p)->top_up_by.us;
	assert_int_equal(did(about(&s, ST_INVENTORY_LAPSE, OPERATOR, p)), E_ROLE_MISSING);
	done(about(&s, ST_INVENTORY_LAPSE, REGISTRY, p));
	assert_int_equal(did(about(&s, ST_INVENTORY_LAPSE, REGISTRY, p)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_INVENTORY_ENFORCE, BANK_B, p)), E_NOT_AUTHORISED);
	done(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p));
	assert_int_equal(state_of(p), STK_ENFORCED);
}

/* F27: it reaches for what comes while it floats, and for what is there when it is enforced. */
static void a_floating_charge_rolls_and_is_fixed_by_enforcement(void **state)
{
	struct uuid p = pledged("Hall 1"), a = lent(p, BANK_A, 40000), b = lent(p, BANK_B, 30000);

	(void)state;
	done(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, 60 * T1));
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, 60 * T1)); /* other goods, the same pledge */
	assert_int_equal(state_of(p), STK_ACTIVE);
	s.now.us += 60000000;
	done(posts(&s, copper, 850));
	assert_int_equal(did(about(&s, ST_INVENTORY_ENFORCE, SUPPLIER, p)), E_NOT_AUTHORISED);
	done(about(&s, ST_INVENTORY_ENFORCE, BANK_B, p)); /* judged at this price though nobody marked it */
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, T1)), E_BAD_STATE);
	assert_int_equal(did(counts(&s, ST_INVENTORY_COUNT, p, 101 * T1)), E_BAD_STATE);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, T1)), E_BAD_STATE);
	assert_int_equal(did(sells(&s, BANK_A, p, 101 * T1, 1)), E_EXCEEDS_STOCK);
	assert_int_equal(did(sells(&s, SUPPLIER, p, T1, 1)), E_NOT_AUTHORISED);
	done(sells(&s, BANK_B, p, 60 * T1, 50000)); /* 500.00: first rank first */
	assert_int_equal(enc_of(&s, a)->state, ENCUMBRANCE_SATISFIED);
	assert_int_equal(enc_of(&s, b)->open, 20000);
	sound(p);
	assert_int_equal(did(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, p)), E_EXCEEDS_FREE);
	done(sells(&s, BANK_B, p, 30 * T1, 25000)); /* 50.00 too much: not the registry's to say whose */
	assert_int_equal(enc_of(&s, b)->state, ENCUMBRANCE_SATISFIED);
	assert_int_equal(did(sells(&s, BANK_B, p, T1, 1)), E_NOT_AUTHORISED);
	done(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, p));
	assert_int_equal(state_of(p), STK_RELEASED);
	sound(p);
}

static void a_defaulting_owner_loses_goods_that_still_cover(void **state)
{
	struct uuid p = pledged("Hall 1"), e = lent(p, BANK_A, 70000);

	(void)state;
	assert_int_equal(did(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p)), E_NO_DISPOSAL);
	done(about(&s, ST_ENCUMBRANCE_ENFORCE, BANK_A, e));
	done(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p));
	assert_int_equal(state_of(p), STK_ENFORCED);
}

/* --- prepayments --- */

static struct uuid ordered(const char *order, int64_t amount)
{
	struct uuid p = done(prepays(&s, order, amount));

	done(confirms_order(&s, p));
	return p;
}

/* F40 */
static void a_prepayment_lives_from_order_to_release(void **state)
{
	struct uuid p = done(prepays(&s, "PO-1", 100000)), e = lent(p, BANK_A, 80000);

	(void)state;
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 1)),
	                 E_BAD_STATE); /* the seller has not confirmed */
	done(confirms_order(&s, p));
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_B, p, 80000)), E_NOT_AUTHORISED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 80001)), E_EXCEEDS_PREPAID);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 1)), E_BAD_STATE);
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 80000));
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 20000)), E_EXCEEDS_PREPAID); /* not secured */
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER, p, 1)), E_NOT_AUTHORISED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 80001)), E_EXCEEDS_PREPAID);
	done(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 80000));
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_RECEIVE, SUPPLIER2, p, 1)), E_NOT_AUTHORISED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 80001)), E_EXCEEDS_PREPAID);
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 30000));
	assert_int_equal(state_of(p), PRE_SHIPPED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_RELEASE, SUPPLIER, p, 1)), E_NOT_AUTHORISED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_RELEASE, BANK_A, p, 30001)), E_EXCEEDS_PREPAID);
	done(steps(&s, ST_PREPAYMENT_RELEASE, BANK_A, p, 30000));
	assert_int_equal(enc_of(&s, e)->open, 50000);
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 50000));
	assert_int_equal(state_of(p), PRE_RECEIVED);
	assert_int_equal(did(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p)), E_EXCEEDS_FREE);
	done(steps(&s, ST_PREPAYMENT_RELEASE, BANK_A, p, 50000));
	assert_int_equal(enc_of(&s, e)->state, ENCUMBRANCE_SATISFIED);
	assert_int_equal(did(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER2, p)), E_NOT_AUTHORISED);
	done(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p));
	assert_int_equal(state_of(p), PRE_CLOSED);
	sound(p);
}

static void an_order_is_prepaid_once(void **state)
{
	struct uuid p = ordered("PO-7/2026", 1000);

	(void)state;
	assert_int_equal(did(prepays(&s, "po 7-2026", 2000)), E_DUPLICATE_ORDER);
	done(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p)); /* nothing was paid on it */
	p = ordered("PO-7/2026", 1000);
	lent(p, BANK_A, 1000);
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 1000));
	done(steps(&s, ST_PREPAYMENT_REFUND, BANK_A, p, 1000));
	done(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p));
	assert_int_equal(did(prepays(&s, "PO-7/2026", 1000)), E_DUPLICATE_ORDER); /* it was */
}

static void a_prepayment_is_between_three(void **state)
{
	struct command c = prepays(&s, "PO-1", 1000);

	(void)state;
	c.body.prepayment_open.seller = s.party[SUPPLIER];
	assert_int_equal(did(c), E_SELF_DEALING);
	c = prepays(&s, "PO-1", 1000);
	c.body.prepayment_open.monitor = s.party[SUPPLIER2];
	assert_int_equal(did(c), E_SELF_DEALING);
	c = prepays(&s, "PO-1", 1000);
	c.body.prepayment_open.ship_by.day = date_of(s.now).day - 1;
	assert_int_equal(did(c), E_DATE_ORDER);
	c = prepays(&s, "PO-1", 1000);
	c.body.prepayment_open.ship_by.day = date_of(s.now).day + 181;
	assert_int_equal(did(c), E_TENOR);
	assert_string_equal(s.d.diag.rule, "prepayment.ship_within@1");
	struct uuid p = done(prepays(&s, "PO-1", 1000));
	c = confirms_order(&s, p);
	c.body.prepayment_confirm.amount = cny(999);
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = confirms_order(&s, p);
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
}

static void what_does_not_come_is_owed_back(void **state)
{
	struct uuid p = ordered("PO-1", 100000), e = lent(p, BANK_A, 100000);

	(void)state;
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 100000));
	done(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 70000));
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 40000));
	assert_int_equal(did(about(&s, ST_PREPAYMENT_FAIL, REGISTRY, p)), E_NOT_YET);
	days(60);
	assert_int_equal(did(about(&s, ST_PREPAYMENT_FAIL, REGISTRY, p)), E_NOT_YET); /* the day itself counts */
	days(1);
	assert_int_equal(did(about(&s, ST_PREPAYMENT_FAIL, OPERATOR, p)), E_ROLE_MISSING);
	done(about(&s, ST_PREPAYMENT_FAIL, REGISTRY, p));
	assert_int_equal(state_of(p), PRE_FAILED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 1)), E_BAD_STATE);
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 10000)); /* was under way */
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_REFUND, SUPPLIER2, p, 50000)), E_NOT_AUTHORISED);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_REFUND, BANK_A, p, 50001)), E_EXCEEDS_PREPAID);
	done(steps(&s, ST_PREPAYMENT_REFUND, BANK_A, p, 50000));
	assert_int_equal(enc_of(&s, e)->open, 50000);
	assert_int_equal(did(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 1)), E_EXCEEDS_PREPAID); /* paid back */
	done(steps(&s, ST_PREPAYMENT_RELEASE, BANK_A, p, 50000));
	done(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p));
	sound(p);
}

static void a_failed_seller_is_not_let_off(void **state)
{
	struct uuid p = ordered("PO-1", 1000), e = lent(p, BANK_A, 1000);

	(void)state;
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 1000));
	done(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)); /* the buyer has repaid the bank out of its pocket */
	assert_int_equal(did(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p)), E_BAD_STATE);
	days(61);
	done(about(&s, ST_PREPAYMENT_FAIL, REGISTRY, p));
	assert_int_equal(did(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p)), E_BAD_STATE);
	done(steps(&s, ST_PREPAYMENT_REFUND, SUPPLIER, p, 1000)); /* to the buyer: nobody else has a claim */
	done(about(&s, ST_PREPAYMENT_CLOSE, SUPPLIER, p));
}

/* --- one trade, one budget --- */

/* Prepaid goods become stock: the bank's security comes along, and the order cannot be lent on again. */
static void prepaid_goods_become_stock(void **state)
{
	struct uuid p = ordered("PO-1", 100000), e = lent(p, BANK_A, 70000), stock;
	struct command c = opens(&s, copper, "Hall 1", 70000, 0);

	(void)state;
	c.body.inventory_open.parent = p;
	c.body.inventory_open.floating = FLAG_NO;
	assert_int_equal(did(c), E_BAD_STATE); /* nothing has come */
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 70000));
	done(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 70000));
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 70000));
	c.id = new_id(&s);
	c.kid = s.kid[SUPPLIER2];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c.kid = s.kid[SUPPLIER];
	c.body.inventory_open.floating = FLAG_YES; /* and would be out of the bank's hand */
	assert_int_equal(did(c), E_BAD_MEMBER);
	assert_string_equal(s.d.diag.pointer, "/body/floating");
	c.body.inventory_open.floating = FLAG_NO;
	c.body.inventory_open.monitor = s.party[INSPECTOR]; /* who has never seen them */
	c.body.inventory_open.inspector = s.party[MONITOR];
	assert_int_equal(did(c), E_BAD_MEMBER);
	assert_string_equal(s.d.diag.pointer, "/body/monitor");
	c.body.inventory_open.monitor = s.party[MONITOR];
	c.body.inventory_open.inspector = s.party[INSPECTOR];
	struct uuid hold = held(p, BANK_B, 10000);
	assert_int_equal(did(c), E_HELD);
	done(about(&s, ST_HOLD_RELEASE, BANK_B, hold));
	c.id = new_id(&s);
	stock = done(c);
	assert_int_equal(state_of(p), PRE_LOCKED);
	assert_true(uuid_eq(asset_of(&s, stock)->lineage, asset_of(&s, p)->lineage));
	assert_int_equal(state_of(stock), STK_BELOW_FLOOR); /* not counted yet, and 700.00 are bound on it */
	done(counts(&s, ST_INVENTORY_COUNT, stock, 120 * T1));
	assert_int_equal(state_of(stock), STK_ACTIVE);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, stock, T1)), E_NOT_AUTHORISED);
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_A, stock, 21 * T1)), E_FLOOR);
	done(moves_goods(&s, ST_INVENTORY_RELEASE, BANK_A, stock, 20 * T1));
	assert_int_equal(did(grants(&s, SUPPLIER, stock, BANK_B, 1)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 1)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, stock)), E_EXCEEDS_FREE);
	done(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e));
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, stock, 100 * T1));
	done(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, stock));
	assert_int_equal(state_of(p), PRE_CLOSED);
	sound(p);
	sound(stock);
}

static void stock_that_is_undone_is_a_prepayment_again(void **state)
{
	struct uuid p = ordered("PO-1", 70000), e = lent(p, BANK_A, 70000), stock;
	struct command c = opens(&s, copper, "Hall 1", 70000, 0);

	(void)state;
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 70000));
	done(steps(&s, ST_PREPAYMENT_SHIP, SUPPLIER2, p, 70000));
	done(steps(&s, ST_PREPAYMENT_RECEIVE, MONITOR, p, 70000));
	c.body.inventory_open.parent = p;
	c.body.inventory_open.floating = FLAG_NO;
	stock = done(c);
	done(counts(&s, ST_INVENTORY_COUNT, stock, 120 * T1));
	/* The mark heals what the parent's release changed unseen. */
	done(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e));
	assert_true(stock_of(&s, stock)->call_price > 0);
	done(about(&s, ST_INVENTORY_MARK, REGISTRY, stock));
	assert_int_equal(stock_of(&s, stock)->call_price, 0);
	assert_int_equal(did(about(&s, ST_INVENTORY_MARK, REGISTRY, stock)), E_NOT_YET);
	done(about(&s, ST_INVENTORY_CLOSE, SUPPLIER, stock));
	assert_int_equal(state_of(p), PRE_RECEIVED);
}

static struct uuid as_order(struct uuid trade)
{
	struct command c = prepays(&s, "PO-1", 100000);

	c.body.prepayment_open.lineage = trade;
	return done(c);
}

static struct uuid as_stock(struct uuid trade)
{
	struct command c = opens(&s, copper, "Hall 1", 100000, 0);
	struct uuid p;

	c.body.inventory_open.lineage = trade;
	p = done(c);
	done(counts(&s, ST_INVENTORY_COUNT, p, 1000 * T1));
	return p;
}

static struct uuid as_invoice(struct uuid trade)
{
	struct command c = registers(&s, SUPPLIER, 100000, "A1");
	struct uuid a;

	c.body.receivable_register.lineage = trade;
	a = done(c);
	done(confirms(&s, a));
	return a;
}

/* F18, promise 8: the same trade as order, as stock and as invoice: whichever is lent on first, the rest is refused. */
static void one_trade_is_financed_once_at_every_position(void **state)
{
	static struct uuid (*const make[])(struct uuid) = { as_order, as_stock, as_invoice };
	struct uuid asset[3], trade;

	for (size_t first = 0; first < 3; first++) {
		if (first > 0) {
			end(state);
			begin(state);
		}
		trade = new_id(&s);
		for (size_t i = 0; i < 3; i++)
			asset[i] = make[i](trade);
		lent(asset[first], BANK_A, 80000);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(did(grants(&s, SUPPLIER, asset[i], BANK_B, 20001)), E_EXCEEDS_FREE);
			assert_int_equal(did(grants(&s, SUPPLIER, asset[i], BANK_B, 100000)), E_EXCEEDS_FREE);
		}
		lent(asset[(first + 1) % 3], BANK_B, 20000);
		for (size_t i = 0; i < 3; i++)
			assert_int_equal(did(grants(&s, SUPPLIER, asset[i], BANK_C, 1)), E_EXCEEDS_FREE);
		for (size_t i = 0; i < 3; i++)
			sound(asset[i]);
	}
}

/* --- the whole tables --- */

static const struct {
	enum asset_kind kind;
	int32_t states;
} machine[] = { { ASSET_INVENTORY, STK_STATES }, { ASSET_PREPAYMENT, PRE_STATES } };

/* Every state has a name, and what has ended takes nothing new. */
static void ended_assets_take_nothing(void **state)
{
	struct uuid p = pledged("Hall 1"), o = ordered("PO-9", 1000);
	struct uuid id[] = { p, o };

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(machine); k++) {
		struct asset *x = (struct asset *)(uintptr_t)(const void *)asset_of(&s, id[k]);

		for (int32_t from = 1; from < machine[k].states; from++) {
			x->state = from;
			assert_non_null(asset_state_name(machine[k].kind, from));
			if (asset_live(x))
				continue;
			assert_int_equal(did(grants(&s, SUPPLIER, id[k], BANK_A, 1)), E_BAD_STATE);
			struct command c = say(&s, ST_HOLD_PLACE, BANK_A, new_id(&s));
			c.body.hold_place.asset = id[k];
			c.body.hold_place.purpose = S("lending");
			c.body.hold_place.until.us = s.now.us + 3600000000;
			assert_int_equal(did(c), E_BAD_STATE);
		}
	}
}

/* Each statement in each state: accepted exactly where the table has an edge for it. */
static void the_tables_of_states_and_events(void **state)
{
	static const struct {
		enum statement_kind kind;
		enum actor who;
		const char *from; /* numbers of the states it is allowed in */
	} pre[] = {
		{ ST_PREPAYMENT_CONFIRM, SUPPLIER2, "1" },    { ST_PREPAYMENT_ADVANCE, BANK_A, "1234" },
		{ ST_PREPAYMENT_SHIP, SUPPLIER2, "23" },      { ST_PREPAYMENT_RECEIVE, MONITOR, "36" },
		{ ST_PREPAYMENT_RELEASE, BANK_A, "2346" },    { ST_PREPAYMENT_REFUND, BANK_A, "236" },
		{ ST_PREPAYMENT_FAIL, REGISTRY, "23" },
	}, stk[] = {
		{ ST_INVENTORY_COUNT, MONITOR, "1235" },      { ST_INVENTORY_TOP_UP, MONITOR, "123" },
		{ ST_INVENTORY_RELEASE, MONITOR, "123" },     { ST_INVENTORY_ENFORCE, BANK_A, "123" },
		{ ST_INVENTORY_SELL, BANK_A, "5" },
	};
	char name[16];

	(void)state;
	for (int32_t from = 1; from < PRE_STATES; from++) {
		for (size_t k = 0; k < ARRAY_LEN(pre); k++) {
			struct command c;
			struct asset *x;
			struct prepayment *p;
			struct uuid id;

			snprintf(name, sizeof name, "T%dX%zu", from, k);
			id = ordered(name, 1000);
			lent(id, BANK_A, 500);
			x = (struct asset *)(uintptr_t)(const void *)asset_of(&s, id);
			p = (struct prepayment *)(uintptr_t)(const void *)prepayment_of(&s, id);
			p->advanced = p->shipped = 400;
			p->received = 200;
			if (pre[k].kind == ST_PREPAYMENT_SHIP)
				p->shipped = 300;
			if (pre[k].kind == ST_PREPAYMENT_FAIL)
				x->due.day = date_of(s.now).day - 1;
			x->state = from;
			if (pre[k].kind == ST_PREPAYMENT_CONFIRM)
				c = confirms_order(&s, id);
			else
				c = pre[k].kind == ST_PREPAYMENT_FAIL ? about(&s, pre[k].kind, pre[k].who, id)
				                                      : steps(&s, pre[k].kind, pre[k].who, id, 10);
			bool listed = strchr(pre[k].from, '0' + from) != NULL;
			if ((did(c) == OK) != listed || (!listed && s.d.outcome != E_BAD_STATE))
				fail_msg("state %d, %s: %s", from, statement_info(pre[k].kind)->type,
				         s.d.outcome == OK ? "ok" : fault_info(s.d.outcome)->slug);
		}
	}
	for (int32_t from = 1; from < STK_STATES; from++) {
		for (size_t k = 0; k < ARRAY_LEN(stk); k++) {
			struct command c;
			struct asset *x;
			struct uuid id, e;

			snprintf(name, sizeof name, "H%dX%zu", from, k);
			id = pledged(name);
			e = lent(id, BANK_A, 500);
			done(about(&s, ST_ENCUMBRANCE_ENFORCE, BANK_A, e));
			x = (struct asset *)(uintptr_t)(const void *)asset_of(&s, id);
			x->state = from;
			c = stk[k].kind == ST_INVENTORY_COUNT  ? counts(&s, stk[k].kind, id, 90 * T1)
			    : stk[k].kind == ST_INVENTORY_SELL ? sells(&s, BANK_A, id, T1, 10)
			                                       : moves_goods(&s, stk[k].kind, stk[k].who, id, T1);
			bool listed = strchr(stk[k].from, '0' + from) != NULL;
			if ((did(c) == OK) != listed || (!listed && s.d.outcome != E_BAD_STATE))
				fail_msg("state %d, %s: %s", from, statement_info(stk[k].kind)->type,
				         s.d.outcome == OK ? "ok" : fault_info(s.d.outcome)->slug);
		}
	}
}

/* --- what a lender is told --- */

static struct check_answer answer;

static bool told(enum reason r)
{
	for (unsigned i = 0; i < answer.n_reasons; i++)
		if (answer.reason[i].reason == r)
			return true;
	return false;
}

static enum weight check(struct uuid asset, int64_t amount)
{
	struct check_request q = { .by = CHECK_BY_ASSET, .asset = asset, .purpose = S("lending") };
	struct registry r = stage_registry(&s);

	if (amount > 0)
		q.amount = cny(amount);
	arena_reset(&s.scratch);
	assert_int_equal(check_decide(&r, &q, s.party[BANK_C], ROLE_BANK, &s.scratch, &answer), DECIDED);
	assert_int_equal(answer.fault, OK);
	return answer.verdict;
}

static void a_check_knows_what_goods_are_worth(void **state)
{
	struct uuid p = done(opens(&s, copper, "Hall 1", 70000, 0));

	(void)state;
	assert_int_equal(check(p, 100), STOP);
	assert_true(told(REASON_NOTHING_COUNTED));
	done(counts(&s, ST_INVENTORY_COUNT, p, 50 * T1));
	assert_int_equal(check(p, 35000), INFO);
	assert_int_equal(answer.free, 35000);
	assert_true(told(REASON_FLOATING) && !told(REASON_UNCONFIRMED) && !told(REASON_EVIDENCE_LOW));
	assert_int_equal(check(p, 35001), STOP);
	assert_true(told(REASON_EXCEEDS_RATIO));
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_C, 35001)), E_EXCEEDS_FREE); /* as the grant would */
	lent(p, BANK_A, 35000);
	s.now.us += 60000000;
	done(posts(&s, copper, 940)); /* not marked: the check looks at the price itself */
	assert_int_equal(check(p, 0), STOP);
	assert_true(told(REASON_BELOW_WARNING) && told(REASON_NOTHING_FREE));
	s.now.us += 60000000;
	done(posts(&s, copper, 899));
	check(p, 0);
	assert_true(told(REASON_BELOW_FLOOR));
	days(5);
	check(p, 0);
	assert_true(told(REASON_PRICE_STALE) && told(REASON_STOCK_UNREPORTED));
	assert_int_equal(answer.free, 0);
	done(counts(&s, ST_INVENTORY_INSPECT, p, 49 * T1));
	check(p, 0);
	assert_true(told(REASON_STOCK_MISSING));
}

static void a_check_knows_what_was_prepaid(void **state)
{
	struct uuid p = done(prepays(&s, "PO-1", 1000));

	(void)state;
	check(p, 100);
	assert_true(told(REASON_UNCONFIRMED) && told(REASON_NOT_ADVANCED));
	done(confirms_order(&s, p));
	lent(p, BANK_A, 500);
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, p, 500));
	assert_int_equal(check(p, 100), CAUTION);
	assert_true(told(REASON_UNDELIVERED) && told(REASON_EARLIER_CLAIM) && !told(REASON_UNCONFIRMED));
	days(61);
	assert_int_equal(check(p, 100), STOP); /* before the timer comes round */
	assert_true(told(REASON_PREPAID_FAILED));
	done(about(&s, ST_PREPAYMENT_FAIL, REGISTRY, p));
	assert_int_equal(check(p, 100), STOP);
	assert_true(told(REASON_PREPAID_FAILED));
}

/* --- attacks --- */

static void no_history_makes_a_quantity_run_over(void **state)
{
	struct uuid p = done(opens(&s, copper, "Hall 1", MONEY_MAX, 0));

	(void)state;
	assert_int_equal(did(counts(&s, ST_INVENTORY_COUNT, p, QUANTITY_MAX)), E_BAD_MEMBER);
	done(counts(&s, ST_INVENTORY_COUNT, p, GOODS_MAX));
	assert_int_equal(did(moves_goods(&s, ST_INVENTORY_TOP_UP, MONITOR, p, 1)), E_BAD_MEMBER);
	done(moves_goods(&s, ST_INVENTORY_RELEASE, MONITOR, p, GOODS_MAX));
	assert_int_equal(did(counts(&s, ST_INVENTORY_COUNT, p, 1)), E_BAD_MEMBER);
	sound(p);
	s.now.us += 60000000;
	done(posts(&s, copper, MONEY_MAX));
	p = done(opens(&s, copper, "Hall 2", MONEY_MAX, MONEY_MAX));
	done(counts(&s, ST_INVENTORY_COUNT, p, GOODS_MAX));
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, MONEY_MAX)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, MONEY_MAX / 10 * 7)), OK);
	sound(p);
}

static void as_many_encumbrances_as_an_asset_can_carry_still_sell(void **state)
{
	struct uuid p = pledged("Hall 1"), o;

	(void)state;
	for (int i = 0; i < ENCUMBRANCES_MAX; i++)
		lent(p, BANK_A, 10);
	s.now.us += 60000000;
	done(posts(&s, copper, 1));
	done(about(&s, ST_INVENTORY_ENFORCE, BANK_A, p));
	done(sells(&s, BANK_A, p, 100 * T1, 1280));
	assert_int_equal(asset_of(&s, p)->encumbered, 0);
	sound(p);
	o = ordered("PO-1", 100000);
	for (int i = 0; i < ENCUMBRANCES_MAX; i++)
		lent(o, BANK_A, 10);
	done(steps(&s, ST_PREPAYMENT_ADVANCE, BANK_A, o, 1280));
	done(steps(&s, ST_PREPAYMENT_REFUND, BANK_A, o, 1280));
	assert_int_equal(asset_of(&s, o)->encumbered, 0);
	sound(o);
}

#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(value_is_exact_at_the_extremes),
		T(line_and_judgement_agree),
		T(working_days_skip_the_weekend),
		IN(only_the_feeds_source_prices_and_never_backwards),
		IN(goods_are_watched_by_others),
		IN(the_same_goods_are_pledged_once),
		IN(each_class_of_goods_has_its_ratio),
		IN(a_lower_ratio_binds_pledges_that_are_open),
		IN(nothing_is_lent_on_goods_nobody_counted),
		IN(the_pledge_secures_no_more_than_agreed_however_much_it_is_worth),
		IN(an_old_price_lends_and_releases_nothing),
		IN(reports_are_daily_and_somebody_else_counts_each_month),
		IN(what_an_unannounced_count_misses_is_gone_for_good),
		IN(a_price_drop_calls_and_a_top_up_cures),
		IN(a_top_up_is_due_where_its_owner_works),
		IN(a_repayment_cures_as_goods_do),
		IN(a_price_that_recovers_ends_the_call),
		IN(goods_leave_only_when_the_floor_holds_after_it),
		IN(the_agreed_floor_holds_in_proportion),
		IN(static_goods_leave_by_the_lenders_hand),
		IN(held_goods_stay_as_far_as_they_are_meant),
		IN(a_suspended_warehouse_raises_nothing),
		IN(nobody_prices_its_own_goods),
		IN(frozen_goods_stay),
		IN(a_top_up_that_does_not_come_gives_the_right_of_disposal),
		IN(a_floating_charge_rolls_and_is_fixed_by_enforcement),
		IN(a_defaulting_owner_loses_goods_that_still_cover),
		IN(a_prepayment_lives_from_order_to_release),
		IN(an_order_is_prepaid_once),
		IN(a_prepayment_is_between_three),
		IN(what_does_not_come_is_owed_back),
		IN(a_failed_seller_is_not_let_off),
		IN(prepaid_goods_become_stock),
		IN(stock_that_is_undone_is_a_prepayment_again),
		IN(one_trade_is_financed_once_at_every_position),
		IN(ended_assets_take_nothing),
		IN(the_tables_of_states_and_events),
		IN(a_check_knows_what_goods_are_worth),
		IN(a_check_knows_what_was_prepaid),
		IN(no_history_makes_a_quantity_run_over),
		IN(as_many_encumbrances_as_an_asset_can_carry_still_sell),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
