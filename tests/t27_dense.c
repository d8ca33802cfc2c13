/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t27_dense: a legacy book of thousands of invoices of one seller to one debtor, as an import brings it. Among so many
 * amounts some add up to nearly anything and some are nearly equal, numbers differ by a slip from their neighbours: by
 * accident. So an honest book has next to no findings, in whatever order it comes and whatever its amounts are like; a
 * double that a paper binds to its original is found in it all the same; and an entry costs no more for the book's size.
 */
#include "test.h"

#include "nearplay.h"

#include "domain/detect/near.h"

enum { SELLER = 10, DEBTOR, BOOK = 4000, A_DAY = 500, PLANTED = 100000 };
enum amounts { TO_THE_CENT, BY_THE_PIECE, ROUND };

static struct play p;

static int begin(void **state)
{
	(void)state;
	play_start(&p, (size_t)1 << 29);
	play_company(&p, SELLER, "苏州同建机电设备有限公司");
	play_company(&p, DEBTOR, "海晟重工集团股份有限公司");
	return 0;
}

static int end(void **state)
{
	(void)state;
	play_end(&p);
	return 0;
}

/* --- the book --- */

static int64_t amount_of(int i, enum amounts kind)
{
	int64_t r = (int64_t)(mix64((uint64_t)i, 17) >> 40);

	return kind == TO_THE_CENT    ? 500000 + r * (r >> 8) % 40000003
	       : kind == BY_THE_PIECE ? 1250 * (10 + r % 4000)
	                              : 100000 * (1 + r % 500);
}

struct paper { /* what an invoice of the book is printed with */
	char number[24], order[24], goods[24], delivery[24];
};

static struct bill bill_of(int i, enum amounts kind, bool papers, struct paper *t)
{
	snprintf(t->number, sizeof t->number, "INV%08d", 100000 + i);
	snprintf(t->order, sizeof t->order, "PO%06d", i / 3);
	snprintf(t->goods, sizeof t->goods, "lines %d", i);
	snprintf(t->delivery, sizeof t->delivery, "WB%08d", 7000 + 7 * i);
	return (struct bill){ .seller = SELLER,
		              .debtor = DEBTOR,
		              .amount = amount_of(i, kind),
		              .number = t->number,
		              .order = papers ? t->order : NULL,
		              .goods = papers ? t->goods : NULL,
		              .delivery = papers ? t->delivery : NULL };
}

static uint64_t of_signal(enum signal s) { return p.all[s][SEVERITY_FLAG] + p.all[s][SEVERITY_HOLD]; }

static uint64_t doubles(void)
{
	uint64_t n = 0;

	for (int s = SIGNAL_D01; s <= SIGNAL_D18; s++)
		n += of_signal((enum signal)s);
	return n;
}

static uint64_t holds(void)
{
	uint64_t n = 0;

	for (int s = 0; s < SIGNAL_NUMBERS; s++)
		n += p.all[s][SEVERITY_HOLD] + p.all[s][SEVERITY_BLOCK];
	return n;
}

/* All on one day, in the order of its dates or in any other; or day by day. */
static void keep_book(enum amounts kind, bool papers, bool at_once, bool in_order)
{
	struct paper t;

	for (int i = 0; i < BOOK; i++) {
		int nth = in_order ? i : (int)((int64_t)i * 2477 % BOOK);
		struct bill b = bill_of(nth, kind, papers, &t);

		if (at_once)
			b.issued.day = play_today(&p).day - 30 + nth / A_DAY;
		play_bill(&p, 1 + (unsigned)nth, &b);
		if (!at_once && i % A_DAY == A_DAY - 1)
			play_days(&p, 1);
	}
	print_message("%llu findings of doubles, %llu holds in all\n", (unsigned long long)doubles(),
	              (unsigned long long)holds());
}

/* What an honest book may show: one claim in a thousand, and hardly any stopped. */
static void quiet(void)
{
	assert_true(doubles() <= BOOK / 1000);
	assert_true(holds() <= 1);
}

static void day_by_day(void **state)
{
	(void)state;
	keep_book(TO_THE_CENT, true, false, true);
	quiet();
}

static void by_the_piece_without_papers(void **state)
{
	(void)state;
	keep_book(BY_THE_PIECE, false, true, true);
	quiet();
}

static void brought_in_any_order(void **state)
{
	(void)state;
	keep_book(TO_THE_CENT, false, true, false);
	quiet();
}

/* --- what is planted in it --- */

static const struct finding_made *held(enum signal signal)
{
	const struct finding_made *f = play_found_one(&p, signal);

	if (!f)
		fail_msg("no %s", signal_info(signal)->id);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	return f;
}

/* An invoice of the book comes again in three pieces, for the order it was for. */
static void split_within_its_order(void **state)
{
	struct paper t, own;

	(void)state;
	keep_book(TO_THE_CENT, true, false, true);
	const struct bill whole = bill_of(BOOK - 7, TO_THE_CENT, true, &t);
	const int64_t part[3] = { whole.amount / 2 - 1234, whole.amount / 4 + 777,
		                  whole.amount - whole.amount / 2 - whole.amount / 4 + 1234 - 777 };
	for (int i = 0; i < 3; i++) {
		struct bill b = bill_of(BOOK + i, TO_THE_CENT, false, &own);

		b.amount = part[i];
		b.order = whole.order;
		play_bill(&p, PLANTED + (unsigned)i, &b);
		assert_true(i == 2 || !play_held(&p));
	}
	/* the two enrolments come first, then the book in order */
	assert_int_equal(held(SIGNAL_D07)->evidence[0], 2 + BOOK - 7);
}

/* Three invoices of one delivery come again as one. */
static void merged_within_its_delivery(void **state)
{
	struct paper t;
	int64_t sum = 0;

	(void)state;
	keep_book(BY_THE_PIECE, false, true, true);
	for (int i = 0; i < 4; i++) {
		struct bill b = bill_of(BOOK + i, TO_THE_CENT, false, &t);

		b.delivery = "WB-0815";
		if (i == 3)
			b.amount = sum;
		sum += b.amount;
		play_bill(&p, PLANTED + (unsigned)i, &b);
	}
	assert_int_equal(held(SIGNAL_D08)->n_evidence, 4); /* itself too */
}

/* The same invoice under the next number. */
static void renumbered(void **state)
{
	struct paper t, own;

	(void)state;
	keep_book(TO_THE_CENT, true, false, true);
	struct bill b = bill_of(BOOK - 40, TO_THE_CENT, true, &t);
	(void)bill_of(BOOK, TO_THE_CENT, true, &own);
	b.number = own.number;
	b.issued.day = play_today(&p).day - 1;
	play_bill(&p, PLANTED, &b);
	assert_non_null(held(SIGNAL_D04));
}

/* --- what it costs --- */

struct fold {
	struct book book;
	void *near;
	struct arena mem;
	uint64_t seq;
};

static void fold_start(struct fold *f)
{
	const size_t room = (size_t)1 << 28;
	void *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(at != MAP_FAILED);
	*f = (struct fold){ .mem = arena_over(at, room) };
	assert_true(book_start(&f->book, &f->mem));
	f->near = arena_take(&f->mem, near_module.size);
	assert_true(near_module.start(f->near, &f->book, &f->mem));
}

static void fold_see(struct fold *f, const struct command *c)
{
	static struct sighting g;
	struct seen s = { .seq = f->seq++, .at = p.now, .actor = play_id(1, 0), .c = c };

	assert_true(book_see(&f->book, &s));
	g.book = &f->book;
	g.s = &s;
	g.claim = book_subject(&f->book, &s);
	g.n = 0;
	assert_true(near_module.see(f->near, &g));
}

/* Keys, claims read under them, comparisons and steps of sums of the entry that took most, in a book of n. */
static struct near_work worst_of(int n)
{
	struct fold f;
	struct near_work most;

	fold_start(&f);
	for (unsigned who = SELLER; who <= DEBTOR; who++) {
		struct command c = { .kind = ST_PARTY_ENROL, .object = play_id(1, who) };

		c.body.party_enrol.name = who == SELLER ? S("seller") : S("debtor");
		fold_see(&f, &c);
	}
	for (int i = 0; i < n; i++) {
		struct paper t;
		struct bill b = bill_of(i, TO_THE_CENT, true, &t);
		struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = play_id(2, (uint64_t)i) };
		struct body_receivable_register *body = &c.body.receivable_register;
		struct span delivery = span_z(b.delivery);

		*body = (struct body_receivable_register){ .creditor = play_id(1, SELLER),
			                                   .debtor = play_id(1, DEBTOR),
			                                   .face = { b.amount, "CNY" },
			                                   .issue_date = { 20454 + i / A_DAY },
			                                   .due_date = { 20514 + i / A_DAY },
			                                   .delivered = DATE_NONE,
			                                   .existing = FLAG_YES,
			                                   .invoice = { .number = span_z(b.number) },
			                                   .order = span_z(b.order),
			                                   .deliveries = { &delivery, 1 } };
		body->goods_lines = play_hash(b.goods);
		fold_see(&f, &c);
	}
	most = near_work_most(f.near);
	munmap(f.mem.base, f.mem.cap);
	return most;
}

static void an_entry_costs_no_more_in_a_large_book(void **state)
{
	const struct near_work small = worst_of(BOOK / 6), large = worst_of(BOOK);

	(void)state;
	print_message("at most %llu keys, %llu read, %llu compared, %llu steps of sums; in a sixth of the book "
	              "%llu, %llu, %llu, %llu\n",
	              (unsigned long long)large.keys, (unsigned long long)large.posts,
	              (unsigned long long)large.compared, (unsigned long long)large.sums,
	              (unsigned long long)small.keys, (unsigned long long)small.posts,
	              (unsigned long long)small.compared, (unsigned long long)small.sums);
	assert_true(large.keys <= 128);
	assert_true(large.posts <= NEAR_READ);
	assert_true(large.compared <= NEAR_CANDIDATES);
	assert_true(large.sums <= NEAR_SUM_STEPS);
	assert_true(large.sums <= small.sums + small.sums / 4); /* it was most when few claims were there */
}

#define U(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		U(day_by_day),
		U(by_the_piece_without_papers),
		U(brought_in_any_order),
		U(split_within_its_order),
		U(merged_within_its_delivery),
		U(renumbered),
		U(an_entry_costs_no_more_in_a_large_book),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
