/* SPDX-License-Identifier: Apache-2.0 */
/* t29: where a claim's money comes from: what crooks do is found, what treasuries, autopay and complaints do is not held. */
#include "test.h"

#include "commands.h"
#include "telling.h"

enum { FACE = 20000000 };

struct play {
	struct told t;
	struct uuid supplier, anchor, bank;
};

static void begin(struct play *p)
{
	told_start(&p->t);
	p->supplier = a_supplier(&p->t);
	p->anchor = an_anchor(&p->t);
	p->bank = a_bank(&p->t);
	(void)profile(&p->t, p->supplier, &(struct profile){ .sector = "steel", .tie = { "account:S1", "owner:one" } });
	(void)profile(&p->t, p->anchor, &(struct profile){ .sector = "retail", .tie = { "account:A1", "owner:two" } });
}

static struct uuid sells(struct play *p, int64_t face, int32_t days)
{
	struct sale x = { .creditor = p->supplier,
		          .debtor = p->anchor,
		          .face = face,
		          .days = days,
		          .account = "S1",
		          .order = "PO",
		          .delivery = "WB" };

	return register_sale(&p->t, &x);
}

/* Sold, confirmed, financed; the due date is reached. */
static struct uuid due_claim(struct play *p, int64_t face)
{
	struct uuid claim = sells(p, face, 30);

	(void)confirm(&p->t, claim, p->anchor);
	(void)finance(&p->t, claim, p->supplier, p->bank, face, face * 8 / 10);
	days_pass(&p->t, 30);
	return claim;
}

static size_t held(const struct told *t)
{
	static const enum signal of[] = { SIGNAL_P01, SIGNAL_P02, SIGNAL_P03, SIGNAL_P04, SIGNAL_P05,
		                          SIGNAL_P06, SIGNAL_P07, SIGNAL_P08, SIGNAL_P09, SIGNAL_B06 };

	return found_of(t, of, ARRAY_LEN(of), SEVERITY_HOLD);
}

static bool held_claim(const struct told *t, enum signal signal, struct uuid claim)
{
	for (size_t i = 0; i < t->n_found; i++)
		if (t->found[i].signal == signal && t->found[i].severity >= SEVERITY_HOLD &&
		    uuid_eq(t->found[i].subject, claim))
			return true;
	return false;
}

/* P02: the seller pays its own invoice: that one, what is open beside it, and what comes next. */
static void a_seller_that_pays_its_own_invoices(void **state)
{
	(void)state;
	for (int tied = 0; tied < 2; tied++) { /* known by its profile, or because it asks to be paid there */
		struct play p;

		begin(&p);
		if (!tied)
			p.supplier = a_supplier(&p.t);
		struct uuid paid = due_claim(&p, FACE), open = sells(&p, FACE, 60);
		(void)pay_from(&p.t, paid, p.bank, FACE, "S1");
		struct uuid next = sells(&p, FACE + 7, 60);
		assert_true(held_claim(&p.t, SIGNAL_P02, paid));
		assert_true(held_claim(&p.t, SIGNAL_P02, open));
		assert_true(held_claim(&p.t, SIGNAL_P02, next));
		days_pass(&p.t, 200); /* it is forgotten, not for ever held against them */
		struct uuid late = sells(&p, FACE + 9, 60);
		assert_false(held_claim(&p.t, SIGNAL_P02, late));
		told_end(&p.t);
	}
}

/* The buyer's account, a buy-back after a default, a payment within one group: nobody is held for those. */
static void who_may_pay_is_not_held(void **state)
{
	struct play p;

	(void)state;
	begin(&p);
	for (int i = 0; i < 12; i++) /* HN14: to the day, by itself */
		(void)pay_from(&p.t, due_claim(&p, FACE + i), i % 2 ? p.bank : p.anchor, FACE + i, "A1");
	enum severity most;
	assert_int_equal(found(&p.t, SIGNAL_P07, &most), 1);
	assert_int_equal(most, SEVERITY_INFO);
	struct uuid bad = due_claim(&p, FACE);
	(void)say_of(&p.t, ST_RECEIVABLE_OVERDUE, bad, p.bank);
	days_pass(&p.t, 100);
	(void)say_of(&p.t, ST_RECEIVABLE_DEFAULT, bad, p.bank);
	(void)pay_from(&p.t, bad, p.bank, FACE, "S1"); /* recourse */
	/* HN09: the treasury of the debtor's group pays */
	struct uuid treasury = an_anchor(&p.t);
	(void)profile(&p.t, treasury, &(struct profile){ .tie = { "account:T1", "owner:two" } });
	for (int i = 0; i < 8; i++)
		(void)pay_from(&p.t, due_claim(&p, FACE + 99 * i), p.bank, FACE + 99 * i, "T1");
	assert_int_equal(found(&p.t, SIGNAL_P01, NULL), 0);
	/* HN27: within a declared group each may pay for the other */
	struct uuid sister = an_anchor(&p.t);
	(void)profile(&p.t, sister, &(struct profile){ .tie = { "owner:one" } });
	p.anchor = sister;
	(void)pay_from(&p.t, due_claim(&p, FACE), p.bank, FACE, "S1");
	assert_int_equal(held(&p.t), 0);
	told_end(&p.t);
}

/* P01: strangers pay a large part. */
static void strangers_that_pay(void **state)
{
	struct play p;
	enum severity most;

	(void)state;
	begin(&p);
	struct uuid stranger = a_supplier(&p.t);
	(void)profile(&p.t, stranger, &(struct profile){ .tie = { "account:X1" } });
	for (int i = 0; i < 6; i++)
		(void)pay_from(&p.t, due_claim(&p, FACE + i), p.bank, FACE + i, i < 3 ? "A1" : "X1");
	assert_true(found(&p.t, SIGNAL_P01, &most) > 0);
	assert_int_equal(most, SEVERITY_FLAG);
	told_end(&p.t);
}

/* P04: each collection comes from elsewhere, a day after an advance that covers it. */
static void lapping(void **state)
{
	(void)state;
	for (int honest = 0; honest < 2; honest++) {
		struct play p;
		enum severity most;

		begin(&p);
		for (int i = 0; i < 6; i++) {
			struct uuid claim = due_claim(&p, FACE);
			struct uuid next = sells(&p, FACE * 5 / 4, 60);

			(void)finance(&p.t, next, p.supplier, p.bank, FACE * 5 / 4, FACE);
			days_pass(&p.t, 1);
			(void)pay_from(&p.t, claim, p.bank, FACE, honest ? "A1" : "S1");
		}
		assert_int_equal(found(&p.t, SIGNAL_P04, &most) > 0, !honest);
		assert_int_equal(most, honest ? SEVERITY_NONE : SEVERITY_HOLD);
		assert_int_equal(held(&p.t) > 0, !honest);
		told_end(&p.t);
	}
}

/* P05, R16: confirmed, financed, overdue - and the debtor says it has paid. */
static void diverted_collections(void **state)
{
	struct play p;

	(void)state;
	begin(&p);
	struct uuid claim = due_claim(&p, FACE), open = sells(&p, FACE + 1, 60);
	(void)dispute(&p.t, open, p.anchor, "C03"); /* a complaint about the price is one */
	assert_int_equal(held(&p.t), 0);
	days_pass(&p.t, 5);
	(void)dispute(&p.t, claim, p.anchor, "C06");
	struct uuid next = sells(&p, FACE + 2, 60);
	assert_true(held_claim(&p.t, SIGNAL_P05, claim));
	assert_true(held_claim(&p.t, SIGNAL_P05, open));
	assert_true(held_claim(&p.t, SIGNAL_P05, next));
	told_end(&p.t);
}

static void pays_the_advance(void **state)
{
	struct play p;

	(void)state;
	begin(&p);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(found(&p.t, SIGNAL_P06, NULL), 0);
		(void)pay_from(&p.t, due_claim(&p, FACE), p.bank, FACE * 8 / 10, "A1");
	}
	assert_int_equal(found(&p.t, SIGNAL_P06, NULL), 1);
	told_end(&p.t);
}

/* P08: taken back when due and billed again, twice. HN07: a wrong invoice cancelled at once and billed again. */
static void re_ageing(void **state)
{
	(void)state;
	for (int honest = 0; honest < 2; honest++) {
		struct play p;
		enum severity most;

		begin(&p);
		for (int i = 0; i < 3; i++) {
			struct uuid claim = sells(&p, FACE, 30);

			days_pass(&p.t, honest ? 2 : 29);
			(void)say_of(&p.t, ST_RECEIVABLE_CANCEL, claim, p.supplier);
			days_pass(&p.t, 3);
			(void)sells(&p, FACE + FACE / 100, 30);
		}
		(void)found(&p.t, SIGNAL_P08, &most);
		assert_int_equal(most, honest ? SEVERITY_NONE : SEVERITY_HOLD);
		told_end(&p.t);
	}
}

/* B06, R18: most of it credited when the money is out. HN23: a complaint, by a part of it. */
static void credited_after_funding(void **state)
{
	static const struct {
		int64_t percent;
		int32_t wait;
		int times;
		bool hold;
	} row[] = { { 70, 4, 1, true },  { 55, 40, 1, true },  { 30, 10, 1, false },
		    { 30, 10, 2, true }, { 20, 10, 3, false }, { 90, 120, 1, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct play p;

		begin(&p);
		for (int n = 0; n < row[i].times; n++) {
			struct uuid claim = sells(&p, FACE, 150);

			(void)confirm(&p.t, claim, p.anchor);
			(void)finance(&p.t, claim, p.supplier, p.bank, FACE, FACE * 8 / 10);
			days_pass(&p.t, row[i].wait);
			(void)credit(&p.t, claim, p.anchor, FACE * row[i].percent / 100);
		}
		enum severity most;
		(void)found(&p.t, SIGNAL_B06, &most);
		assert_int_equal(most >= SEVERITY_HOLD, row[i].hold);
		told_end(&p.t);
	}
	struct play p; /* not financed: nobody's loss */
	begin(&p);
	(void)credit(&p.t, sells(&p, FACE, 60), p.supplier, FACE * 9 / 10);
	assert_int_equal(found(&p.t, SIGNAL_B06, NULL), 0);
	told_end(&p.t);
}

/* P03: HN26, a new bank account, is shown; an account of somebody else is held. */
static void another_account(void **state)
{
	(void)state;
	for (int foreign = 0; foreign < 2; foreign++) {
		struct play p;
		enum severity most;

		begin(&p);
		(void)profile(&p.t, a_supplier(&p.t), &(struct profile){ .tie = { "account:X9" } });
		for (int i = 0; i < 6; i++)
			(void)sells(&p, FACE + i, 60);
		struct sale x = {
			.creditor = p.supplier, .debtor = p.anchor, .face = FACE, .account = foreign ? "X9" : "S2"
		};
		(void)register_sale(&p.t, &x);
		(void)register_sale(&p.t, &x); /* said once */
		assert_int_equal(found(&p.t, SIGNAL_P03, &most), 1);
		assert_int_equal(most, foreign ? SEVERITY_HOLD : SEVERITY_FLAG);
		told_end(&p.t);
	}
}

static void settled_at_once_for_long_terms(void **state)
{
	struct play p;
	enum severity most;

	(void)state;
	begin(&p);
	for (int i = 0; i < 6; i++) {
		struct uuid claim = sells(&p, FACE + i, 90);

		days_pass(&p.t, 1);
		(void)pay_from(&p.t, claim, p.anchor, FACE + i, "A1");
	}
	assert_int_equal(found(&p.t, SIGNAL_P09, &most), 2);
	assert_int_equal(most, SEVERITY_FLAG);
	told_end(&p.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_seller_that_pays_its_own_invoices),
		T(who_may_pay_is_not_held),
		T(strangers_that_pay),
		T(lapping),
		T(diverted_collections),
		T(pays_the_advance),
		T(re_ageing),
		T(credited_after_funding),
		T(another_account),
		T(settled_at_once_for_long_terms),
	};

	return crypto_start() ? cmocka_run_group_tests_name("t29 cash", tests, NULL, NULL) : 1;
}
