/* SPDX-License-Identifier: Apache-2.0 */
/* t28: receipts above what a site holds, above what came in, below what was counted; carousels of receipts. */
#include "trade.h"

enum { KEEPER = 0, SURVEYOR = 1, OWNER = 2, BANK = 3, FIRMS = 12 };

static struct uuid site_id(uint64_t n) { return id_of(11, n); }
static struct uuid receipt_id(uint64_t n) { return id_of(12, n); }
static struct quantity tonnes(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

static void begin(struct trade *t)
{
	trade_start(t);
	for (uint64_t i = 0; i < FIRMS; i++)
		enrol(t, i);
}

static void site(struct trade *t, uint64_t n, uint64_t keeper, int64_t capacity)
{
	struct capacity c = { S("HRC"), tonnes(capacity) };

	trade_new(t, ST_SITE_REGISTER, site_id(n));
	t->c.body.site_register.goods = (struct capacities){ &c, 1 };
	(void)trade_enter(t, firm(keeper));
}

static uint64_t count(struct trade *t, uint64_t n, int64_t found, bool inbound)
{
	trade_new(t, ST_SITE_COUNT, site_id(n));
	t->c.body.site_count.goods_code = S("HRC");
	if (found > 0)
		t->c.body.site_count.quantity = tonnes(found);
	t->c.body.site_count.inbound = inbound ? FLAG_YES : FLAG_NO;
	t->c.body.site_count.on = t->today;
	return trade_enter(t, firm(SURVEYOR));
}

static uint64_t issue(struct trade *t, uint64_t n, uint64_t at, uint64_t holder, int64_t quantity)
{
	struct goods_lot lot = { .goods = S("HRC"), .quantity = tonnes(quantity), .value = { 100, "CNY" } };

	trade_new(t, ST_RECEIPT_ISSUE, receipt_id(n));
	t->c.body.receipt_issue.holder = firm(holder);
	t->c.body.receipt_issue.site = site_id(at);
	t->c.body.receipt_issue.lots = (struct lots){ &lot, 1 };
	return trade_enter(t, firm(KEEPER));
}

static uint64_t transfer(struct trade *t, uint64_t n, uint64_t to)
{
	trade_new(t, ST_RECEIPT_TRANSFER, receipt_id(n));
	t->c.body.receipt_transfer.to = firm(to);
	(void)trade_enter(t, firm(OWNER));
	trade_new(t, ST_RECEIPT_ATTORN, receipt_id(n));
	return trade_enter(t, firm(KEEPER));
}

static uint64_t deliver(struct trade *t, uint64_t n, int64_t part)
{
	trade_new(t, ST_RECEIPT_ORDER, receipt_id(n));
	if (part > 0) {
		t->c.body.receipt_order.lot = 1;
		t->c.body.receipt_order.quantity = tonnes(part);
	}
	(void)trade_enter(t, firm(OWNER));
	trade_new(t, ST_RECEIPT_DELIVER, receipt_id(n));
	return trade_enter(t, firm(KEEPER));
}

static enum severity found(const struct trade *t, enum signal signal, uint64_t seq)
{
	const struct finding_made *f = found_at(t, signal, seq);

	return f ? f->severity : SEVERITY_NONE;
}

static void test_capacity(void **state)
{
	struct trade t;
	uint64_t in;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	in = count(&t, 0, 2000, true);
	assert_int_equal(found(&t, SIGNAL_W03, issue(&t, 0, 0, OWNER, 600)), SEVERITY_NONE);
	assert_int_equal(found(&t, SIGNAL_W03, issue(&t, 1, 0, OWNER, 400)), SEVERITY_NONE);
	assert_int_equal(found(&t, SIGNAL_W03, issue(&t, 2, 0, OWNER, 1)), SEVERITY_BLOCK);
	assert_true(in < t.seq);
	/* what leaves makes room */
	(void)deliver(&t, 0, 0);
	assert_int_equal(found(&t, SIGNAL_W03, issue(&t, 3, 0, OWNER, 500)), SEVERITY_NONE);
	trade_end(&t);
}

/* R08 L2: within what the site can hold, a friendly count, and nothing ever came in. */
static void test_nothing_came_in(void **state)
{
	struct trade t;
	const struct finding_made *f;
	uint64_t in, seq;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	in = count(&t, 0, 100, true);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 0, 0, OWNER, 100)), SEVERITY_NONE);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 1, 0, OWNER, 1)), SEVERITY_NONE); /* within 2 % */
	seq = issue(&t, 2, 0, OWNER, 10);
	f = found_at(&t, SIGNAL_W04, seq);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_true(cites(f, in));
	/* goods that left cannot be receipted again */
	(void)deliver(&t, 0, 0);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 3, 0, OWNER, 90)), SEVERITY_HOLD);
	/* a new site, counted full, never weighed */
	site(&t, 1, KEEPER, 10000);
	(void)count(&t, 1, 9500, false);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 4, 1, OWNER, 3100)), SEVERITY_HOLD);
	/* a site that opens with some stock; and an old one */
	site(&t, 2, KEEPER, 10000);
	(void)count(&t, 2, 1000, false);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 5, 2, OWNER, 120)), SEVERITY_NONE);
	t.today.day += 60;
	(void)count(&t, 2, 9000, false);
	assert_int_equal(found(&t, SIGNAL_W04, issue(&t, 6, 2, OWNER, 5000)), SEVERITY_NONE);
	trade_end(&t);
}

static void test_count_falls_short(void **state)
{
	struct trade t;
	uint64_t seq;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	(void)count(&t, 0, 600, true);
	(void)issue(&t, 0, 0, OWNER, 300);
	(void)issue(&t, 1, 0, OWNER, 300);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_FLAG), 0);
	seq = count(&t, 0, 595, false); /* within 2 % */
	assert_int_equal(found(&t, SIGNAL_W11, seq), SEVERITY_NONE);
	seq = count(&t, 0, 400, false);
	assert_int_equal(found(&t, SIGNAL_W11, seq), SEVERITY_HOLD);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_HOLD), 1); /* the newer one accounts for it */
	(void)count(&t, 0, 200, false);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_HOLD), 1 + 2);
	(void)deliver(&t, 0, 200);
	seq = count(&t, 0, 400, false);
	assert_int_equal(found(&t, SIGNAL_W11, seq), SEVERITY_NONE);
	trade_end(&t);
}

static void test_receipt_carousel(void **state)
{
	struct trade t;
	uint64_t first;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	(void)count(&t, 0, 600, true);
	first = issue(&t, 0, 0, OWNER, 300);
	assert_int_equal(found(&t, SIGNAL_W06, transfer(&t, 0, 5)), SEVERITY_NONE);
	t.today.day += 5;
	assert_int_equal(found(&t, SIGNAL_W06, transfer(&t, 0, 6)), SEVERITY_NONE);
	t.today.day += 5;
	assert_int_equal(found(&t, SIGNAL_W06, transfer(&t, 0, OWNER)), SEVERITY_HOLD);
	assert_true(cites(found_at(&t, SIGNAL_W06, t.seq - 1), first));
	/* sold and bought back; and back after a year */
	(void)issue(&t, 1, 0, OWNER, 200);
	(void)transfer(&t, 1, 7);
	assert_int_equal(found(&t, SIGNAL_W06, transfer(&t, 1, OWNER)), SEVERITY_FLAG);
	(void)issue(&t, 2, 0, OWNER, 100);
	(void)transfer(&t, 2, 7);
	(void)transfer(&t, 2, 8);
	t.today.day += 365;
	assert_int_equal(found(&t, SIGNAL_W06, transfer(&t, 2, OWNER)), SEVERITY_NONE);
	trade_end(&t);
}

static void owner_tie(struct trade *t, uint64_t n, const char *tie)
{
	struct span at = span_z(tie);

	trade_new(t, ST_PARTY_PROFILE, firm(n));
	t->c.body.party_profile.ties = (struct texts){ &at, 1 };
	t->c.body.party_profile.founded = DATE_NONE;
	(void)trade_enter(t, id_of(9, 0));
}

/* R20, and HN13: the group's own warehouse. */
static void test_related_keeper(void **state)
{
	struct trade t;
	(void)state;

	begin(&t);
	owner_tie(&t, KEEPER, "owner:zhao");
	owner_tie(&t, OWNER, "owner:zhao");
	owner_tie(&t, 7, "phone:139");
	owner_tie(&t, 8, "phone:139");
	site(&t, 0, KEEPER, 1000);
	site(&t, 1, 7, 1000);
	(void)count(&t, 0, 900, true);
	(void)count(&t, 1, 900, true);
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 0, 0, OWNER, 100)), SEVERITY_HOLD);
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 1, 1, 8, 100)), SEVERITY_HOLD);
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 2, 0, 9, 100)), SEVERITY_NONE);
	(void)count(&t, 0, 900, false); /* the surveyor has counted */
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 3, 0, OWNER, 100)), SEVERITY_FLAG);
	t.today.day += 100;
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 4, 0, OWNER, 100)), SEVERITY_HOLD);
	trade_new(&t, ST_OBLIGOR_RELATE, firm(KEEPER));
	t.c.body.obligor_relate.group = firm(OWNER);
	(void)trade_enter(&t, id_of(9, 0));
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 5, 0, OWNER, 100)), SEVERITY_INFO);
	trade_end(&t);
}

/* A telephone that five share tells little; a new keeper's, whose goods nobody has counted, is told. */
static void test_a_new_keepers_telephone(void **state)
{
	struct trade t;
	(void)state;

	begin(&t);
	for (uint64_t i = 4; i < 9; i++)
		owner_tie(&t, i, "phone:137");
	site(&t, 0, 8, 1000);
	(void)count(&t, 0, 900, true);
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 0, 0, 4, 100)), SEVERITY_HOLD);
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 1, 0, 9, 100)), SEVERITY_NONE);
	t.today.day += 40; /* an old site */
	assert_int_equal(found(&t, SIGNAL_W07, issue(&t, 2, 0, 4, 100)), SEVERITY_NONE);
	trade_end(&t);
}

static uint64_t issue_lot(struct trade *t, uint64_t n, uint64_t at, uint64_t holder, int64_t quantity,
                          const char *batch)
{
	struct goods_lot lot = {
		.goods = S("HRC"), .quantity = tonnes(quantity), .value = { 100, "CNY" }, .batch = span_z(batch)
	};

	trade_new(t, ST_RECEIPT_ISSUE, receipt_id(n));
	t->c.body.receipt_issue.holder = firm(holder);
	t->c.body.receipt_issue.site = site_id(at);
	t->c.body.receipt_issue.lots = (struct lots){ &lot, 1 };
	return trade_enter(t, firm(KEEPER));
}

/* W02: a letter for a digit; one heat in two places, and a lot that has left, are no such thing. */
static void test_a_lot_that_looks_the_same(void **state)
{
	struct trade t;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 10000);
	site(&t, 1, KEEPER, 10000);
	(void)count(&t, 0, 9000, true);
	(void)count(&t, 1, 9000, true);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 0, 0, OWNER, 100, "H00001230")), SEVERITY_NONE);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 1, 1, OWNER, 90, "HO0001230")), SEVERITY_HOLD);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 2, 1, 9, 100, "h-0000I230")), SEVERITY_HOLD);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 3, 1, 7, 80, "H000O1230")), SEVERITY_NONE); /* another's */
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 4, 0, OWNER, 70, "H00004560")), SEVERITY_NONE);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 5, 1, OWNER, 70, "H00004560")), SEVERITY_NONE);
	(void)issue_lot(&t, 6, 0, OWNER, 60, "H00007890");
	(void)deliver(&t, 6, 0);
	assert_int_equal(found(&t, SIGNAL_W02, issue_lot(&t, 7, 1, OWNER, 60, "HO0007890")), SEVERITY_NONE);
	trade_end(&t);
}

/* HN19: a lot split, merged and moved about stands for no more than before. */
static void test_split_and_merge(void **state)
{
	struct trade t;
	struct goods_part half = { .lot = 1, .quantity = tonnes(150) };
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	(void)count(&t, 0, 300, true);
	(void)issue(&t, 0, 0, OWNER, 300);
	trade_new(&t, ST_RECEIPT_SPLIT, receipt_id(0));
	t.c.body.receipt_split.into = receipt_id(1);
	t.c.body.receipt_split.parts = (struct parts){ &half, 1 };
	(void)trade_enter(&t, firm(OWNER));
	(void)transfer(&t, 1, 5);
	(void)deliver(&t, 1, 0);
	(void)count(&t, 0, 150, false);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_FLAG), 0);
	(void)count(&t, 0, 140, false);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_HOLD), 1); /* only what is left */
	(void)count(&t, 0, 50, true);
	(void)issue(&t, 2, 0, OWNER, 50);
	trade_new(&t, ST_RECEIPT_MERGE, receipt_id(0));
	t.c.body.receipt_merge.absorbed = receipt_id(2);
	(void)trade_enter(&t, firm(OWNER));
	assert_int_equal(found_count(&t, SIGNAL_W04, SEVERITY_FLAG), 0);
	(void)deliver(&t, 0, 0);
	(void)count(&t, 0, 0, false);
	assert_int_equal(found_count(&t, SIGNAL_W11, SEVERITY_HOLD), 1);
	trade_end(&t);
}

static void test_in_and_out(void **state)
{
	struct trade t;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 100000);
	for (uint64_t i = 0; i < 6; i++) {
		(void)count(&t, 0, 800, true);
		(void)issue(&t, i, 0, OWNER, 800);
		(void)deliver(&t, i, 0);
		t.today.day += 4;
	}
	assert_int_equal(found_count(&t, SIGNAL_W05, SEVERITY_FLAG), 1);
	trade_end(&t);
}

static void test_stale(void **state)
{
	struct trade t;
	(void)state;

	begin(&t);
	site(&t, 0, KEEPER, 1000);
	(void)count(&t, 0, 300, true);
	(void)issue(&t, 0, 0, OWNER, 300);
	t.today.day += 800;
	trade_new(&t, ST_ENCUMBRANCE_GRANT, id_of(4, 0));
	t.c.body.encumbrance_grant.asset = receipt_id(0);
	t.c.body.encumbrance_grant.secured_party = firm(BANK);
	(void)trade_enter(&t, firm(OWNER));
	assert_int_equal(found_count(&t, SIGNAL_W09, SEVERITY_FLAG), 1);
	assert_int_equal(found_count(&t, SIGNAL_W09, SEVERITY_HOLD), 0);
	trade_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_capacity),
		T(test_nothing_came_in),
		T(test_count_falls_short),
		T(test_receipt_carousel),
		T(test_related_keeper),
		T(test_a_new_keepers_telephone),
		T(test_a_lot_that_looks_the_same),
		T(test_split_and_merge),
		T(test_in_and_out),
		T(test_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
