/* SPDX-License-Identifier: Apache-2.0 */
/* t28: who is hurt when a firm stops paying; tiers, single sources, regions without giving anybody away. */
#include "network.h"
#include "trade.h"

static const struct book *book(const struct trade *t) { return detector_book(t->d); }

static void begin(struct trade *t, uint64_t firms)
{
	trade_start(t);
	for (uint64_t i = 0; i < firms; i++)
		enrol(t, i);
}

static void profile(struct trade *t, uint64_t n, const char *region, int64_t turnover)
{
	trade_new(t, ST_PARTY_PROFILE, firm(n));
	t->c.body.party_profile.region = span_z(region);
	t->c.body.party_profile.founded = DATE_NONE;
	if (turnover > 0)
		t->c.body.party_profile.turnover = (struct money){ turnover, "CNY" };
	(void)trade_enter(t, id_of(9, 0));
}

static void sell_goods(struct trade *t, uint64_t claim, uint64_t seller, uint64_t debtor, int64_t minor,
                       const char *goods)
{
	sale(t, claim, seller, debtor, minor, 0);
	t->c.body.receivable_register.goods = span_z(goods);
	(void)trade_enter(t, firm(seller));
}

/* 0 owes 1, 1 owes 2, 2 owes 3: each passes on what it cannot bear. */
static void test_contagion(void **state)
{
	struct trade t;
	struct contagion r;
	(void)state;

	begin(&t, 10);
	for (uint64_t i = 1; i < 10; i++)
		profile(&t, i, "CN-GD", 1000000); /* buffer 150 000 */
	(void)sell(&t, 0, 1, 0, 75000, 0);
	(void)sell(&t, 1, 2, 1, 150000, 0);
	(void)sell(&t, 2, 3, 2, 300000, 0);
	(void)sell(&t, 3, 5, 6, 100000, 0);
	assert_true(network_contagion(book(&t), firm(0), 5, &t.text, &r));
	assert_int_equal(r.reached, 3);
	/* 1 loses 75 000: half its buffer. 2 loses half of 150 000: half of its. 3 loses half of 300 000: all. */
	assert_int_equal(r.overdue, 75000 + 75000 + 150000);
	assert_int_equal(r.systemic, 300000 * INT64_C(1000000) / 625000);
	assert_int_equal(r.n_worst, 3);
	assert_true(uuid_eq(r.worst[0].party, firm(3)));
	assert_int_equal(r.worst[0].stress, 1000000);
	assert_int_equal(r.worst[0].round, 3);
	assert_true(uuid_eq(r.worst[0].by, firm(2)));
	assert_int_equal(r.worst[1].stress, 500000);
	/* what is paid or cancelled hurts nobody */
	trade_new(&t, ST_RECEIVABLE_PAY, claim_id(0));
	t.c.body.receivable_pay.amount = (struct money){ 75000, "CNY" };
	t.c.body.receivable_pay.on = t.today;
	(void)trade_enter(&t, firm(0));
	assert_true(network_contagion(book(&t), firm(0), 5, &t.text, &r));
	assert_int_equal(r.reached, 0);
	assert_int_equal(r.overdue, 0);
	/* a circle of debts ends, and nobody loses more than all of its ability to pay */
	(void)sell(&t, 4, 7, 8, 900000, 0);
	(void)sell(&t, 5, 8, 7, 900000, 0);
	assert_true(network_contagion(book(&t), firm(7), 5, &t.text, &r));
	assert_true(r.rounds <= CONTAGION_ROUNDS);
	assert_int_equal(r.worst[0].stress, 1000000);
	assert_int_equal(r.reached, 1);
	/* unknown, and fewer asked for than there are */
	assert_true(network_contagion(book(&t), firm(999), 5, &t.text, &r));
	assert_int_equal(r.reached, 0);
	assert_true(network_contagion(book(&t), firm(1), 1, &t.text, &r));
	assert_int_equal(r.n_worst, 1);
	assert_int_equal(r.reached, 2);
	trade_end(&t);
}

static void test_tiers(void **state)
{
	struct trade t;
	struct tiers r;
	uint64_t claim = 0;
	(void)state;

	begin(&t, 12);
	(void)sell(&t, claim++, 1, 0, 600000, 0);
	(void)sell(&t, claim++, 2, 0, 390000, 0);
	(void)sell(&t, claim++, 3, 0, 9000, 0); /* below 1 %: pencils */
	(void)sell(&t, claim++, 4, 1, 100000, 0);
	(void)sell(&t, claim++, 2, 1, 100000, 0); /* in the first tier already */
	(void)sell(&t, claim++, 5, 4, 100000, 0);
	(void)sell(&t, claim++, 0, 5, 100000, 0); /* back to the anchor */
	(void)sell(&t, claim++, 7, 8, 100000, 0); /* elsewhere */
	assert_true(network_tiers(book(&t), firm(0), &t.text, &r));
	assert_int_equal(r.n, 4);
	assert_int_equal(r.count[1], 2);
	assert_int_equal(r.count[2], 1);
	assert_int_equal(r.count[3], 1);
	assert_int_equal(r.value[1], 990000);
	assert_int_equal(r.party[2].tier, 2);
	assert_true(uuid_eq(r.party[2].party, firm(4)) && uuid_eq(r.party[2].to, firm(1)));
	assert_int_equal(r.party[2].share, 500000);
	/* what is older than a year is history */
	t.today.day += 400;
	(void)sell(&t, claim++, 9, 0, 100000, 0);
	assert_true(network_tiers(book(&t), firm(0), &t.text, &r));
	assert_int_equal(r.n, 1);
	assert_true(network_tiers(book(&t), firm(999), &t.text, &r));
	assert_int_equal(r.n, 0);
	trade_end(&t);
}

static void test_single_sources(void **state)
{
	struct trade t;
	struct single_sources r;
	(void)state;

	begin(&t, 12);
	sell_goods(&t, 0, 1, 0, 900000, "bearings");
	sell_goods(&t, 1, 2, 0, 100000, "bearings");
	sell_goods(&t, 2, 3, 0, 500000, "steel");
	sell_goods(&t, 3, 4, 0, 500000, "steel");
	sell_goods(&t, 4, 5, 0, 40000, "chips");
	assert_true(network_single_sources(book(&t), 10, &t.text, &r));
	assert_int_equal(r.n, 2);
	assert_true(uuid_eq(r.at[0].supplier, firm(1)) && uuid_eq(r.at[0].buyer, firm(0)));
	assert_int_equal(r.at[0].share, 900000);
	assert_int_equal(r.at[0].others, 1);
	assert_true(span_is(r.at[1].goods, "chips"));
	assert_int_equal(r.at[1].others, 0);
	assert_true(network_single_sources(book(&t), 1, &t.text, &r));
	assert_int_equal(r.n, 1);
	assert_int_equal(r.at[0].value, 900000);
	trade_end(&t);
}

static void test_regions(void **state)
{
	struct trade t;
	struct regions r;
	struct date first;
	uint64_t claim = 0;
	(void)state;

	begin(&t, 40);
	for (uint64_t i = 0; i < 40; i++)
		profile(&t, i, i < 20 ? "CN-GD" : "CN-JS", 0);
	for (uint64_t i = 0; i < 8; i++) /* eight sellers, eight buyers */
		sell_goods(&t, claim++, i, 20 + i, 1000000, "steel");
	for (uint64_t i = 0; i < 4; i++) /* four */
		sell_goods(&t, claim++, i, 20 + i, 1000000, "chips");
	for (uint64_t i = 0; i < 8; i++) /* one of eight has nearly all */
		sell_goods(&t, claim++, i, 20 + i, i == 3 ? 90000000 : 1000000, "power");
	for (uint64_t i = 0; i < 8; i++) /* one buyer */
		sell_goods(&t, claim++, i, 30, 1000000, "ore");
	first = t.today;
	first.day -= 4; /* 2026-01-01 */
	assert_true(network_regions(book(&t), first, &t.text, &r));
	assert_int_equal(r.n, 4);
	assert_int_equal(r.suppressed, 3);
	for (size_t i = 0; i < r.n; i++) {
		bool steel = span_is(r.at[i].goods, "steel");

		assert_true(i == 0 || span_cmp(r.at[i - 1].goods, r.at[i].goods) < 0);
		assert_true(r.at[i].suppressed == !steel);
		assert_int_equal(r.at[i].value, steel ? 8000000 : 0);
		assert_int_equal(r.at[i].firms, steel ? 8 : 0);
	}
	first.day += 40;
	assert_true(network_regions(book(&t), first, &t.text, &r));
	assert_int_equal(r.n, 0);
	trade_end(&t);
}

/* Too little memory is said, not suffered. */
static void test_small_memory(void **state)
{
	static char few[300];
	struct trade t;
	struct arena mem;
	struct contagion c;
	struct tiers r;
	struct single_sources s;
	struct regions g;
	(void)state;

	begin(&t, 100);
	profile(&t, 0, "CN-GD", 0);
	profile(&t, 1, "CN-GD", 0);
	sell_goods(&t, 0, 0, 1, 1000, "steel");
	mem = arena_over(few, sizeof few);
	assert_false(network_contagion(book(&t), firm(0), 5, &mem, &c));
	mem = arena_over(few, sizeof few);
	assert_false(network_tiers(book(&t), firm(0), &mem, &r));
	mem = arena_over(few, sizeof few);
	assert_false(network_single_sources(book(&t), 5, &mem, &s));
	mem = arena_over(few, sizeof few);
	assert_false(network_regions(book(&t), t.today, &mem, &g));
	trade_end(&t);
}

/* --- a lender's own book --- */

static void lend(struct trade *t, uint64_t claim, uint64_t seller, uint64_t bank, int64_t minor)
{
	struct body_encumbrance_grant *g = &t->c.body.encumbrance_grant;

	trade_new(t, ST_ENCUMBRANCE_GRANT, id_of(4, claim));
	g->asset = claim_id(claim);
	g->secured_party = firm(bank);
	g->amount = (struct money){ minor, "CNY" };
	(void)trade_enter(t, firm(seller));
	trade_new(t, ST_ENCUMBRANCE_ACCEPT, id_of(4, claim));
	(void)trade_enter(t, firm(bank));
}

/* The lender has money in what 1 owes 2 and in nothing else: of 3, whom the shock hurts most, it learns nothing. */
static void test_own_contagion(void **state)
{
	struct trade t;
	struct own_book own;
	struct contagion r;
	(void)state;

	begin(&t, 12);
	for (uint64_t i = 1; i < 10; i++)
		profile(&t, i, "CN-GD", 1000000); /* buffer 150 000 */
	(void)sell(&t, 0, 1, 0, 75000, 0);
	(void)sell(&t, 1, 2, 1, 150000, 0);
	(void)sell(&t, 2, 3, 2, 300000, 0);
	lend(&t, 1, 2, 10, 120000);
	lend(&t, 2, 3, 11, 300000);
	assert_true(network_own(book(&t), firm(10), &t.text, &own));
	assert_int_equal(own.claims, 1);
	assert_int_equal(own.all, 120000);
	assert_true(network_own_has(book(&t), &own, firm(1)) && network_own_has(book(&t), &own, firm(2)));
	assert_false(network_own_has(book(&t), &own, firm(0)));
	assert_false(network_own_has(book(&t), &own, firm(3)));
	assert_int_equal(network_own_owed(book(&t), &own, firm(1)), 120000);
	assert_int_equal(network_own_owed(book(&t), &own, firm(2)), 0); /* a creditor there */
	assert_true(network_own_contagion(book(&t), &own, firm(0), 5, &t.text, &r));
	assert_int_equal(r.reached, 1);
	assert_int_equal(r.n_worst, 1);
	assert_true(uuid_eq(r.worst[0].party, firm(1)));
	assert_true(uuid_is_nil(r.worst[0].by)); /* through 0, of which it holds nothing */
	assert_int_equal(r.worst[0].stress, 500000);
	assert_int_equal(r.overdue, 60000);
	assert_int_equal(r.systemic, 500000);
	/* the one that stops paying is its own debtor */
	assert_true(network_own_contagion(book(&t), &own, firm(1), 5, &t.text, &r));
	assert_int_equal(r.overdue, 120000);
	/* released is no longer its own */
	trade_new(&t, ST_ENCUMBRANCE_RELEASE, id_of(4, 1));
	(void)trade_enter(&t, firm(10));
	assert_true(network_own(book(&t), firm(10), &t.text, &own));
	assert_int_equal(own.claims, 0);
	assert_true(network_own(book(&t), firm(99), &t.text, &own)); /* nobody holds nothing */
	assert_int_equal(own.all, 0);
	trade_end(&t);
}

static void test_own_regions(void **state)
{
	struct trade t;
	struct own_regions r;
	(void)state;

	begin(&t, 12);
	profile(&t, 1, "CN-GD", 0);
	profile(&t, 2, "CN-ZJ", 0);
	profile(&t, 3, "CN-GD", 0);
	sell_goods(&t, 0, 5, 1, 100000, "7208");
	sell_goods(&t, 1, 6, 2, 500000, "7208");
	sell_goods(&t, 2, 5, 3, 300000, "7208");
	sell_goods(&t, 3, 5, 3, 900000, "7208");
	lend(&t, 0, 5, 10, 100000);
	lend(&t, 1, 6, 10, 500000);
	lend(&t, 2, 5, 10, 400000); /* more than is owed does not count */
	lend(&t, 3, 5, 11, 900000);
	assert_true(network_own_regions(book(&t), firm(10), &t.text, &r));
	assert_int_equal(r.n, 2);
	assert_true(span_is(r.at[0].region, "CN-ZJ") && span_is(r.at[1].region, "CN-GD"));
	assert_int_equal(r.at[0].value, 500000);
	assert_int_equal(r.at[1].value, 400000);
	assert_int_equal(r.at[1].debtors, 2);
	assert_int_equal(r.all, 900000);
	assert_int_equal(r.largest, 500000);
	assert_in_range(r.herfindahl, 432000, 432200); /* (1 + 25 + 9) / 81 */
	trade_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_contagion),    T(test_tiers),         T(test_single_sources), T(test_regions),
		T(test_small_memory), T(test_own_contagion), T(test_own_regions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
