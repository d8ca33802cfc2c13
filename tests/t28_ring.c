/* SPDX-License-Identifier: Apache-2.0 */
/* t28: circular, mutual and pass-through trade is found when it closes; honest trade is left alone; work is bounded. */
#include "../server/domain/detect/ring.h"
#include "trade.h"

/* --- the logarithm and the store of edges --- */

static void test_log2_steps(void **state)
{
	(void)state;
	assert_int_equal(log2_steps(1), 0);
	for (int i = 0; i < 63; i++)
		assert_int_equal(log2_steps(UINT64_C(1) << i), 256 * i);
	assert_int_equal(log2_steps(3), 405); /* 256 * 1.58496 = 405.7 */
	assert_int_equal(log2_steps(1000000), 5102);
	assert_int_equal(log2_steps((uint64_t)MONEY_MAX), 12756);
	for (uint64_t n = 1; n < 200000; n++)
		assert_true(log2_steps(n) <= log2_steps(n + 1));
}

struct small {
	struct arena mem;
	struct edges e;
	struct ring *r;
};

static void small_start(struct small *s, int32_t window)
{
	assert_true(arena_map(&s->mem, (size_t)1 << 30));
	edges_start(&s->e, &s->mem, window);
	s->r = ring_start(&s->mem);
	assert_non_null(s->r);
}

static uint32_t edge(struct small *s, uint32_t seller, uint32_t debtor, int32_t day, uint64_t minor)
{
	const struct half h = { .day = (uint16_t)(10000 + day), .band = (uint16_t)(1 + log2_steps(minor)) };
	uint32_t n;

	assert_true(edges_add(&s->e, seller, debtor, &h, day, &n));
	return n;
}

static struct ring_found closes(struct small *s, uint32_t seller, uint32_t debtor, int32_t day, uint64_t minor)
{
	const struct ring_sale sale = { seller, debtor, (uint16_t)(10000 + day), (uint16_t)(1 + log2_steps(minor)) };

	return ring_search(s->r, &s->e, &sale, RING_MOST, 1 << 30, NULL, NULL);
}

static void test_edges_expire(void **state)
{
	struct small s;
	uint64_t bytes;
	(void)state;

	small_start(&s, 180);
	for (int32_t day = 0; day < 200; day++)
		for (uint32_t i = 0; i < 1000; i++)
			(void)edge(&s, i, i + 1, day, 1000);
	bytes = edges_bytes(&s.e);
	for (int32_t day = 200; day < 2000; day++)
		for (uint32_t i = 0; i < 1000; i++)
			(void)edge(&s, i, i + 1, day, 1000);
	assert_true(edges_bytes(&s.e) <= bytes + 2 * EDGE_BLOCK * 32);
	assert_true(edges_kept(&s.e) >= 180 * 1000 && edges_kept(&s.e) < 190 * 1000);
	for (uint32_t i = 0; i < 1000; i++) { /* every chain ends, in order, in the window */
		unsigned n = 0;
		uint32_t last = NOWHERE;
		const struct half *h;

		for (uint32_t k = edge_newest(&s.e, OUT, i); (h = edge_at(&s.e, OUT, k)); k = h->older, n++) {
			assert_true(last == NOWHERE || k < last);
			assert_int_equal(h->party, i + 1);
			last = k;
		}
		assert_true(n >= 180 && n < 190);
	}
	edges_take_back(&s.e, edge_newest(&s.e, OUT, 5));
	assert_int_equal(edge_at(&s.e, IN, edge_newest(&s.e, IN, 6))->band, 0);
	edges_take_back(&s.e, 0); /* long gone */
	edges_take_back(&s.e, NOWHERE);
	arena_unmap(&s.mem);
}

/* Every length, jitter of 30 %, spread over half a year, in any order of registration: found at the last edge. */
static void test_planted_rings(void **state)
{
	struct dice dice = { 11 };
	struct small s;
	unsigned found = 0;
	(void)state;

	for (unsigned k = 0; k < 2000; k++) {
		unsigned n = 3 + k % 4, last = (unsigned)below(&dice, n);
		uint32_t base = 10 * k;
		int32_t day[RING_MOST];
		uint64_t minor[RING_MOST];
		struct ring_found f;

		if (k == 0)
			small_start(&s, 180);
		for (unsigned i = 0; i < n; i++) {
			day[i] = i == 0 ? 0 : day[i - 1] + (int32_t)below(&dice, 180 / n);
			minor[i] = 10000000 * (850 + below(&dice, 300)) / 1000;
		}
		for (unsigned i = 0; i < n; i++)
			if (i != last)
				(void)edge(&s, base + i, base + (i + 1) % n, day[i], minor[i]);
		f = closes(&s, base + last, base + (last + 1) % n, day[last], minor[last]);
		assert_int_equal(f.n, n - 1);
		for (unsigned i = 0; i + 1 < n; i++) /* in the direction of the goods, from the debtor on */
			assert_int_equal(f.seller[i], base + (last + 1 + i) % n);
		found += f.n > 0;
	}
	assert_int_equal(found, 2000);
	arena_unmap(&s.mem);
}

static void test_no_ring(void **state)
{
	struct small s;
	(void)state;

	small_start(&s, 180);
	(void)edge(&s, 1, 2, 0, 1000000);
	(void)edge(&s, 2, 3, 10, 1000000);
	assert_int_equal(closes(&s, 3, 1, 20, 1000000).n, 2);
	assert_int_equal(closes(&s, 3, 1, 20, 3500000).n, 0);  /* the amount jumps */
	assert_int_equal(closes(&s, 3, 1, 181, 1000000).n, 0); /* too late */
	assert_int_equal(closes(&s, 1, 3, 20, 1000000).n, 0);  /* the wrong way round */
	assert_int_equal(closes(&s, 2, 1, 20, 1000000).n, 0);  /* two are no circle */
	/* time goes back twice: 1 -> 2 on day 0, 2 -> 4 on day -20, 4 -> 1 on day -10: one descent is a rotation; a
	 * fourth trade before its predecessor again is not */
	(void)edge(&s, 11, 12, 40, 1000000);
	(void)edge(&s, 12, 13, 20, 1000000);
	assert_int_equal(closes(&s, 13, 11, 30, 1000000).n, 2);
	(void)edge(&s, 21, 22, 40, 1000000);
	(void)edge(&s, 22, 23, 20, 1000000);
	(void)edge(&s, 23, 24, 50, 1000000);
	assert_int_equal(closes(&s, 24, 21, 30, 1000000).n, 0);
	/* no longer than asked for */
	for (uint32_t i = 0; i < 5; i++)
		(void)edge(&s, 30 + i, 31 + i, 0, 1000000);
	for (unsigned most = 3; most <= RING_MOST; most++) {
		const struct ring_sale sale = { 35, 30, 10001, (uint16_t)(1 + log2_steps(1000000)) };

		assert_int_equal(ring_search(s.r, &s.e, &sale, most, 1 << 30, NULL, NULL).n, most == 6 ? 5 : 0);
	}
	/* taken back */
	edges_take_back(&s.e, 0);
	assert_int_equal(closes(&s, 3, 1, 20, 1000000).n, 0);
	arena_unmap(&s.mem);
}

/* A party that registers a hundred thousand trades to be in the way costs no more than the budget. */
static void test_hub_is_bounded(void **state)
{
	struct dice dice = { 3 };
	struct small s;
	struct ring_found f;
	(void)state;

	small_start(&s, 180);
	for (uint32_t i = 0; i < 300000; i++) {
		uint32_t other = 10 + (uint32_t)below(&dice, 500), hub = (uint32_t)below(&dice, 5);

		(void)(i % 2 ? edge(&s, other, hub, 50, 990000 + below(&dice, 20000))
		             : edge(&s, hub, other, 50, 990000 + below(&dice, 20000)));
	}
	for (uint32_t i = 0; i < 200; i++) {
		f = closes(&s, i % 5, 10 + i, 60, 1000000);
		assert_true(f.looked <= RING_BUDGET + RING_HITS * RING_MOST * 256 + 2 * RING_NODES);
		f = closes(&s, 10 + i, i % 5, 60, 1000000);
		assert_true(f.looked <= RING_BUDGET + RING_HITS * RING_MOST * 256 + 2 * RING_NODES);
	}
	arena_unmap(&s.mem);
}

/* --- as findings --- */

static void test_carousel(void **state)
{
	struct trade t;
	const struct finding_made *f;
	uint64_t seq[4], claim = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 20; i++)
		enrol(&t, i);
	/* L1: three firms, one day, one amount */
	seq[0] = sell(&t, claim++, 0, 1, 88000000, 0);
	seq[1] = sell(&t, claim++, 1, 2, 88000000, 0);
	seq[2] = sell(&t, claim++, 2, 0, 88000000, 0);
	assert_null(found_at(&t, SIGNAL_G01, seq[1]));
	f = found_at(&t, SIGNAL_G01, seq[2]);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_int_equal(f->value, 3);
	assert_true(cites(f, seq[0]) && cites(f, seq[1]) && cites(f, seq[2]));
	assert_null(strstr(f->detail, "firm"));
	f = found_at(&t, SIGNAL_G04, seq[2]);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	/* L2: five firms, ten days apart, 3 % up and down */
	for (uint64_t i = 0; i < 4; i++) {
		seq[i] = sell(&t, claim++, 5 + i, 6 + i, 50000000 + (int64_t)(i % 2) * 1500000, 0);
		t.today.day += 10;
	}
	f = found_at(&t, SIGNAL_G01, sell(&t, claim++, 9, 5, 50500000, 0));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	for (uint64_t i = 0; i < 4; i++)
		assert_true(cites(f, seq[i]));
	trade_end(&t);
}

static void test_rejected_is_no_trade(void **state)
{
	struct trade t;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 5; i++)
		enrol(&t, i);
	(void)sell(&t, 0, 0, 1, 88000000, 0);
	(void)sell(&t, 1, 1, 2, 88000000, 0);
	trade_new(&t, ST_RECEIVABLE_REJECT, claim_id(1));
	(void)trade_enter(&t, firm(2));
	assert_null(found_at(&t, SIGNAL_G01, sell(&t, 2, 2, 0, 88000000, 0)));
	trade_end(&t);
}

static void lines(struct trade *t, uint8_t mark) { t->c.body.receivable_register.goods_lines.b[0] = mark; }

static void test_same_goods(void **state)
{
	struct trade t;
	const struct finding_made *f;
	struct span bill = S("BL-4471");
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 10; i++)
		enrol(&t, i);
	/* wide apart in time and price, and still the same lines */
	sale(&t, 0, 0, 1, 88000000, 0);
	lines(&t, 7);
	(void)trade_enter(&t, firm(0));
	t.today.day += 60;
	sale(&t, 1, 1, 2, 110000000, 0);
	t.c.body.receivable_register.deliveries = (struct texts){ &bill, 1 };
	(void)trade_enter(&t, firm(1));
	t.today.day += 60;
	sale(&t, 2, 2, 0, 140000000, 0);
	lines(&t, 7);
	f = found_at(&t, SIGNAL_G03, trade_enter(&t, firm(2)));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_int_equal(f->value, 2);
	/* between two, as well */
	sale(&t, 3, 5, 6, 30000000, 0);
	lines(&t, 9);
	(void)trade_enter(&t, firm(5));
	sale(&t, 4, 6, 5, 45000000, 0);
	lines(&t, 9);
	assert_non_null(found_at(&t, SIGNAL_G03, trade_enter(&t, firm(6))));
	trade_end(&t);
}

/* R13: what goes forth comes back within days, 95 % of it. */
static void test_mutual(void **state)
{
	struct trade t;
	uint64_t claim = 0, seq = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 10; i++)
		enrol(&t, i);
	for (int i = 0; i < 5; i++) {
		int64_t minor = 40000000 + (int64_t)below(&t.dice, 90000000);

		(void)sell(&t, claim++, 0, 1, minor, 0);
		t.today.day += 5;
		seq = sell(&t, claim++, 1, 0, minor * 97 / 100, 0);
		t.today.day += 9;
	}
	assert_non_null(found_at(&t, SIGNAL_G04, seq));
	assert_int_equal(found_at(&t, SIGNAL_G04, seq)->severity, SEVERITY_HOLD);
	assert_int_equal(found_count(&t, SIGNAL_G02, SEVERITY_FLAG), 2); /* said once a month, not at each sale */
	/* and by way of a third */
	for (int i = 0; i < 3; i++) {
		int64_t minor = 40000000 + (int64_t)below(&t.dice, 90000000);

		(void)sell(&t, claim++, 4, 5, minor, 0);
		t.today.day += 4;
		(void)sell(&t, claim++, 5, 6, minor * 99 / 100, 0);
		t.today.day += 4;
		seq = sell(&t, claim++, 6, 4, minor * 97 / 100, 0);
		assert_non_null(found_at(&t, SIGNAL_G01, seq));
		assert_int_equal(found_at(&t, SIGNAL_G01, seq)->severity, SEVERITY_HOLD);
		t.today.day += 20;
	}
	trade_end(&t);
}

/* HN04: material out, product back, for years: shown at most. */
static void test_tolling(void **state)
{
	struct trade t;
	uint64_t claim = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 40; i++)
		enrol(&t, i);
	for (int month = 0; month < 24; month++) {
		for (uint64_t pair = 0; pair < 20; pair++) {
			int64_t minor = 20000000 + (int64_t)below(&t.dice, 60000000);

			(void)sell(&t, claim++, 2 * pair, 2 * pair + 1, minor, 0);
			(void)sell(&t, claim++, 2 * pair + 1, 2 * pair,
			           minor * (1080 + (int64_t)below(&t.dice, 250)) / 1000, 0);
		}
		t.today.day += 30;
	}
	assert_int_equal(found_count(&t, SIGNAL_G04, SEVERITY_HOLD), 0);
	assert_int_equal(found_count(&t, SIGNAL_G01, SEVERITY_HOLD), 0);
	trade_end(&t);
}

static void test_channel(void **state)
{
	struct trade t;
	uint64_t claim = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 40; i++)
		enrol(&t, i);
	for (uint64_t i = 0; i < 8; i++) { /* bought one day, sold the next for 1.5 % more, to ever others */
		int64_t minor = 30000000 + (int64_t)below(&t.dice, 60000000);

		(void)sell(&t, claim++, 10 + i, 0, minor, 0);
		t.today.day++;
		(void)sell(&t, claim++, 0, 20 + i, minor * 1015 / 1000, 0);
		/* a trader keeps stock */
		(void)sell(&t, claim++, 10 + i, 1, minor, 0);
		t.today.day += 6;
		(void)sell(&t, claim++, 1, 20 + i, minor * 1080 / 1000, 0);
	}
	assert_int_equal(found_count(&t, SIGNAL_G05, SEVERITY_FLAG), 1); /* once a month */
	assert_int_equal(found_count(&t, SIGNAL_G05, SEVERITY_HOLD), 0);
	trade_end(&t);
}

/* Four that trade with each other and hardly with anybody else. */
static void test_dense_group(void **state)
{
	struct trade t;
	const struct finding_made *f = NULL;
	uint64_t claim = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 40; i++)
		enrol(&t, i);
	for (int i = 0; i < 60; i++) {
		uint64_t seller = below(&t.dice, 4), seq;

		if (i % 10 == 9)
			(void)sell(&t, claim++, seller, 10 + below(&t.dice, 20), 30000000, 0);
		seq = sell(&t, claim++, seller, (seller + 1 + below(&t.dice, 3)) % 4,
		           20000000 + (int64_t)below(&t.dice, 40000000), 0);
		t.today.day++;
		if (found_at(&t, SIGNAL_G08, seq))
			f = found_at(&t, SIGNAL_G08, seq);
	}
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_FLAG);
	assert_true(f->value > 800000);
	trade_end(&t);
}

/* --- honest trade --- */

static int64_t amount(struct dice *d, int64_t median)
{
	int64_t sum = 0;

	for (int i = 0; i < 12; i++) /* about normal: sigma 1 in units of 1/1000 */
		sum += (int64_t)below(d, 1001);
	sum -= 6000;
	for (; sum > 0; sum -= 100)
		median += median / 10;
	for (; sum < 0; sum += 100)
		median -= median / 11;
	return median * (9500 + (int64_t)below(d, 1000)) / 10000 + (int64_t)below(d, 10000);
}

enum { FIRMS = 2000, CUSTOMERS = 6, TRADES = 100000, BY_PRODUCT_RINGS = 20 };

static uint64_t economy(struct trade *t, unsigned trades)
{
	static uint32_t customer[FIRMS][CUSTOMERS];
	uint64_t claim = 0;

	trade_start(t);
	for (uint64_t i = 0; i < FIRMS; i++)
		enrol(t, i);
	for (uint32_t i = 0; i < FIRMS; i++)
		for (int k = 0; k < CUSTOMERS; k++) /* mostly the neighbourhood: circles of firms abound */
			customer[i][k] = (uint32_t)(below(&t->dice, 10) < 7 ? i / 50 * 50 + below(&t->dice, 50)
			                                                    : below(&t->dice, FIRMS));
	for (uint32_t r = 0; r < BY_PRODUCT_RINGS; r++)
		for (uint32_t i = 0; i < 3 + r % 3; i++) /* HN05: each sells to the next, all year round */
			for (int k = 0; k < CUSTOMERS / 2; k++)
				customer[r * 50 + i][k] = r * 50 + (i + 1) % (3 + r % 3);
	for (unsigned i = 0; i < trades; i++) {
		uint32_t seller = (uint32_t)below(&t->dice, FIRMS),
			 debtor = customer[seller][below(&t->dice, CUSTOMERS)];

		if (seller == debtor)
			continue;
		if (i % (TRADES / 730) == 0)
			t->today.day++;
		(void)sell(t, claim++, seller, debtor, amount(&t->dice, 20000000), -(int32_t)below(&t->dice, 20));
	}
	return claim;
}

static void test_honest_trade(void **state)
{
	static const enum signal of_graph[] = {
		SIGNAL_G01, SIGNAL_G02, SIGNAL_G03, SIGNAL_G04, SIGNAL_G05, SIGNAL_G08
	};
	struct trade t;
	uint64_t claims, digest;
	size_t held = 0, shown = 0;
	(void)state;

	claims = economy(&t, TRADES);
	for (size_t i = 0; i < ARRAY_LEN(of_graph); i++) {
		held += found_count(&t, of_graph[i], SEVERITY_HOLD);
		shown += found_count(&t, of_graph[i], SEVERITY_FLAG);
		print_message("%s: %zu held, %zu shown or held, of %llu\n", signal_id((int32_t)of_graph[i]),
		              found_count(&t, of_graph[i], SEVERITY_HOLD), found_count(&t, of_graph[i], SEVERITY_FLAG),
		              (unsigned long long)claims);
	}
	assert_true(held * 10000 <= claims * 5);  /* 0.05 % */
	assert_true(shown * 1000 <= claims * 10); /* 1 % */
	digest = t.digest;
	trade_end(&t);
	(void)economy(&t, TRADES); /* the same entries, the same findings */
	assert_true(t.digest == digest);
	trade_end(&t);
}

/* Carousels among firms that trade honestly beside them. */
static void test_carousels_in_the_crowd(void **state)
{
	struct trade t;
	uint64_t claim;
	unsigned held = 0, rings = 400;
	(void)state;

	claim = economy(&t, TRADES / 4);
	for (unsigned r = 0; r < rings; r++) {
		unsigned n = r % 2 ? 4 + r % 3 : 3 + r / 2 % 2, gap = r % 2 ? 10 : 0; /* L2, L1 */
		uint64_t first = below(&t.dice, FIRMS - 200), seq = 0;
		int64_t minor = amount(&t.dice, 60000000);
		const struct finding_made *f;

		for (unsigned i = 0; i < n; i++) {
			int64_t x = gap ? minor * (970 + (int64_t)below(&t.dice, 61)) / 1000 : minor;

			seq = sell(&t, claim++, first + 37 * i, first + 37 * ((i + 1) % n), x,
			           gap ? (int32_t)(10 * i) - 50 : 0);
		}
		f = found_at(&t, SIGNAL_G01, seq);
		held += f && f->severity == SEVERITY_HOLD;
	}
	print_message("%u of %u carousels held at the closing sale\n", held, rings);
	assert_true(held * 100 >= rings * 97);
	trade_end(&t);
}

/* --- guarantees and lenders --- */

static void guarantee(struct trade *t, uint64_t bill, uint64_t acceptor, uint64_t by)
{
	trade_new(t, ST_BILL_ISSUE, id_of(3, bill));
	t->c.body.bill_issue.acceptor = firm(acceptor);
	(void)trade_enter(t, firm(acceptor));
	trade_new(t, ST_BILL_GUARANTEE, id_of(3, bill));
	(void)trade_enter(t, firm(by));
}

static void test_guarantee_ring(void **state)
{
	struct trade t;
	const struct finding_made *f;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 10; i++)
		enrol(&t, i);
	guarantee(&t, 0, 0, 1); /* 1 stands behind 0 */
	guarantee(&t, 1, 1, 2);
	assert_int_equal(found_count(&t, SIGNAL_G14, SEVERITY_FLAG), 0);
	guarantee(&t, 2, 2, 0);
	f = found_at(&t, SIGNAL_G14, t.seq - 1);
	assert_non_null(f);
	assert_int_equal(f->value, 3);
	assert_int_equal(f->n_evidence, 3);
	/* a bill that is paid is guaranteed no more */
	guarantee(&t, 3, 5, 6);
	trade_new(&t, ST_BILL_PAY, id_of(3, 3));
	(void)trade_enter(&t, firm(5));
	guarantee(&t, 4, 6, 5);
	assert_null(found_at(&t, SIGNAL_G14, t.seq - 1));
	/* many promises cost a bounded search */
	for (uint64_t i = 0; i < 3000; i++)
		guarantee(&t, 10 + i, 7 + i % 3, 7 + (i + 1) % 3);
	trade_end(&t);
}

static void finance(struct trade *t, uint64_t claim, uint64_t lender, int64_t minor)
{
	trade_new(t, ST_ENCUMBRANCE_GRANT, id_of(4, t->seq));
	t->c.body.encumbrance_grant.asset = claim_id(claim);
	t->c.body.encumbrance_grant.secured_party = firm(lender);
	t->c.body.encumbrance_grant.amount = (struct money){ minor, "CNY" };
	t->c.body.encumbrance_grant.advance = (struct money){ minor * 8 / 10, "CNY" };
	struct uuid e = t->c.object;
	(void)trade_enter(t, firm(0));
	trade_new(t, ST_ENCUMBRANCE_ACCEPT, e);
	(void)trade_enter(t, firm(lender));
}

static void test_many_lenders(void **state)
{
	struct trade t;
	const struct finding_made *f;
	uint64_t claim = 0;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 30; i++)
		enrol(&t, i);
	for (uint64_t i = 0; i < 3; i++) {
		(void)sell(&t, claim, 0, 1, 20000000, 0);
		finance(&t, claim++, 10 + i, 20000000);
	}
	assert_int_equal(found_count(&t, SIGNAL_G16, SEVERITY_FLAG), 0);
	(void)sell(&t, claim, 0, 1, 20000000, 0);
	finance(&t, claim++, 13, 20000000);
	f = found_at(&t, SIGNAL_G16, t.seq - 1);
	assert_non_null(f);
	assert_int_equal(f->value, 4);
	assert_int_equal(f->n_evidence, 4);
	/* a ramp at three of them */
	for (uint64_t i = 0; i < 3; i++) {
		(void)sell(&t, claim, 3, 4, 120000000, 0);
		finance(&t, claim++, 20 + i, 120000000);
	}
	t.today.day += 61;
	for (uint64_t i = 0; i < 3; i++) {
		(void)sell(&t, claim, 3, 5 + i, 150000000, 0);
		finance(&t, claim++, 20 + i, 150000000);
	}
	assert_non_null(found_at(&t, SIGNAL_G11, t.seq - 1));
	assert_int_equal(found_count(&t, SIGNAL_G11, SEVERITY_FLAG), 1);
	trade_end(&t);
}

static void pay(struct trade *t, uint64_t claim, int64_t minor)
{
	trade_new(t, ST_RECEIVABLE_PAY, claim_id(claim));
	t->c.body.receivable_pay.amount = (struct money){ minor, "CNY" };
	t->c.body.receivable_pay.on = t->today;
	(void)trade_enter(t, firm(1));
}

static void test_roll_over(void **state)
{
	struct trade t;
	(void)state;

	trade_start(&t);
	for (uint64_t i = 0; i < 12; i++)
		enrol(&t, i);
	(void)sell(&t, 0, 0, 1, 20000000, 0);
	finance(&t, 0, 10, 20000000);
	for (uint64_t i = 1; i < 5; i++) { /* each a little larger, so that its advance pays the last one */
		t.today.day += 30;
		(void)sell(&t, i, 0, 1, 20000000, 0);
		finance(&t, i, 10, 20000000);
		t.today.day++;
		pay(&t, i - 1, 16000000);
	}
	assert_int_equal(found_count(&t, SIGNAL_G15, SEVERITY_FLAG), 2); /* the third and the fourth time */
	trade_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_log2_steps),
		T(test_edges_expire),
		T(test_planted_rings),
		T(test_no_ring),
		T(test_hub_is_bounded),
		T(test_carousel),
		T(test_rejected_is_no_trade),
		T(test_same_goods),
		T(test_mutual),
		T(test_tolling),
		T(test_channel),
		T(test_dense_group),
		T(test_honest_trade),
		T(test_carousels_in_the_crowd),
		T(test_guarantee_ring),
		T(test_many_lenders),
		T(test_roll_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
