/* SPDX-License-Identifier: Apache-2.0 */
/* t29: what is registered is held against what the parties can owe and sell: inflation found, ordinary trade let be. */
#include "test.h"

#include "commands.h"
#include "telling.h"

#define WAN INT64_C(1000000) /* ten thousand CNY, in minor units */

static size_t any(const struct told *t)
{
	static const enum signal of[] = { SIGNAL_F10, SIGNAL_C01, SIGNAL_C04, SIGNAL_C05, SIGNAL_C08, SIGNAL_F16 };

	return found_of(t, of, ARRAY_LEN(of), SEVERITY_INFO);
}

struct pair {
	struct uuid supplier, anchor;
};

static struct pair pair_of(struct told *t, int64_t turnover, int64_t purchases)
{
	struct pair p = { a_supplier(t), an_anchor(t) };

	(void)profile(t, p.supplier, &(struct profile){ .sector = "steel", .turnover = turnover });
	(void)profile(t, p.anchor, &(struct profile){ .sector = "steel", .purchases = purchases });
	return p;
}

static struct uuid sells(struct told *t, struct pair p, int64_t face)
{
	struct sale x = { .creditor = p.supplier, .debtor = p.anchor, .face = face };

	return register_sale(t, &x);
}

/* A year of claims which add up to `percent` of what is declared, tax included. */
static size_t year_of(int64_t percent, enum signal signal, enum severity *most)
{
	struct told t;
	size_t n;

	told_start(&t);
	struct pair p = signal == SIGNAL_C01 ? pair_of(&t, 1200 * WAN, 0) : pair_of(&t, 0, 1200 * WAN);
	for (int i = 0; i < 48; i++) {
		(void)sells(&t, p, 25 * WAN * 113 / 100 * percent / 100);
		days_pass(&t, 7);
	}
	n = found(&t, signal, most);
	for (size_t i = 0; i < t.n_found; i++)
		assert_true(t.found[i].n_evidence > 1 && t.found[i].detail[0]);
	told_end(&t);
	return n;
}

static void above_the_ceiling_and_below_it(void **state)
{
	static const struct {
		enum signal signal;
		int64_t percent;
		enum severity most;
	} row[] = {
		{ SIGNAL_C01, 190, SEVERITY_NONE },  { SIGNAL_C01, 220, SEVERITY_FLAG },
		{ SIGNAL_C01, 260, SEVERITY_HOLD },  { SIGNAL_C05, 115, SEVERITY_NONE },
		{ SIGNAL_C05, 135, SEVERITY_FLAG },  { SIGNAL_C05, 160, SEVERITY_HOLD },
		{ SIGNAL_F10, 105, SEVERITY_NONE },  { SIGNAL_F10, 120, SEVERITY_FLAG },
		{ SIGNAL_F10, 160, SEVERITY_HOLD },  { SIGNAL_F10, 320, SEVERITY_BLOCK },
		{ SIGNAL_F10, 400, SEVERITY_BLOCK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum severity most;
		size_t n = year_of(row[i].percent, row[i].signal, &most);

		assert_int_equal(most, row[i].most);
		assert_int_equal(n > 0, row[i].most != SEVERITY_NONE);
	}
}

/* Steady trade at the declared size for years: the year rolls, nothing piles up. */
static void the_year_rolls(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct pair p = pair_of(&t, 1200 * WAN, 1200 * WAN);
	for (int i = 0; i < 36; i++) {
		if (i % 12 == 0)
			(void)profile(&t, p.supplier, &(struct profile){ .sector = "steel", .turnover = 1200 * WAN });
		(void)sells(&t, p, 100 * WAN);
		days_pass(&t, 30);
	}
	assert_int_equal(any(&t), 0);
	told_end(&t);
}

/* Whoever sells a little to a debtor that others have used up is not held for it. */
static void a_small_seller_beside_a_large_fraud(void **state)
{
	struct told t;
	enum severity most;

	(void)state;
	told_start(&t);
	struct pair p = pair_of(&t, 0, 1000 * WAN), small = { a_supplier(&t), p.anchor };
	for (int i = 0; i < 14; i++)
		(void)sells(&t, p, 150 * WAN);
	assert_true(found(&t, SIGNAL_C05, &most) > 0);
	assert_int_equal(most, SEVERITY_HOLD);
	t.n_found = 0;
	(void)sells(&t, small, 50 * WAN);
	assert_int_equal(found(&t, SIGNAL_C05, NULL), 0);
	told_end(&t);
}

/* HN07: what is cancelled and billed again counts once; so does what is credited. */
static void what_is_taken_back_does_not_count(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct pair p = pair_of(&t, 1000 * WAN, 1000 * WAN);
	for (int i = 0; i < 30; i++) {
		struct uuid claim = sells(&t, p, 300 * WAN);

		if (i % 3 == 0)
			(void)say_of(&t, ST_RECEIVABLE_CANCEL, claim, p.supplier);
		else if (i % 3 == 1)
			(void)say_of(&t, ST_RECEIVABLE_REJECT, claim, p.anchor);
		else
			(void)credit(&t, claim, p.supplier, 300 * WAN);
		days_pass(&t, 3);
	}
	assert_int_equal(any(&t), 0);
	told_end(&t);
}

static uint64_t commits(struct told *t, struct pair p, struct date month, int64_t total)
{
	struct command c = { .kind = ST_COMMITMENT_SIGN, .object = p.supplier };

	c.body.commitment_sign.supplier = p.supplier;
	c.body.commitment_sign.month = month;
	c.body.commitment_sign.total = (struct money){ total, "CNY" };
	return tell(t, p.anchor, c);
}

/* R10: one invoice of a month made ten times as large, or two thirds larger. */
static void inflation_against_the_debtors_commitment(void **state)
{
	static const struct {
		int64_t tenths;
		enum severity most;
	} row[] = { { 10, SEVERITY_NONE }, { 16, SEVERITY_HOLD }, { 100, SEVERITY_BLOCK } };

	(void)state;
	for (int before = 0; before < 2; before++) {
		for (size_t i = 0; i < ARRAY_LEN(row); i++) {
			struct told t;
			enum severity most;

			told_start(&t);
			struct pair p = { a_supplier(&t), an_anchor(&t) };
			struct date due = in_days(&t, 60), month = { month_end(month_of(due) - 1).day + 1 };
			if (before)
				(void)commits(&t, p, month, 100 * WAN);
			else
				(void)sells(&t, p, 1); /* counted when the commitment comes */
			if (!before)
				(void)commits(&t, p, month, 100 * WAN);
			struct uuid claim = sells(&t, p, 10 * WAN * row[i].tenths);
			size_t n = found(&t, SIGNAL_F10, &most);
			assert_int_equal(most, row[i].most);
			assert_int_equal(n, row[i].most ? 1 : 0);
			if (n > 0) {
				assert_true(uuid_eq(t.found[0].subject, claim));
				assert_int_equal(t.found[0].n_evidence, before ? 2 : 3);
			}
			told_end(&t);
		}
	}
}

/* C08: among many sellers of its branch, a company three months old with more than any of them. */
static void a_new_company_with_the_largest_paper(void **state)
{
	(void)state;
	for (int old = 0; old < 2; old++) {
		struct told t;
		enum severity most;
		struct uuid anchor;

		told_start(&t);
		anchor = an_anchor(&t);
		for (int i = 0; i < 60; i++) {
			struct pair p = { a_supplier(&t), anchor };

			(void)profile(&t, p.supplier, &(struct profile){ .sector = "steel" });
			(void)sells(&t, p, (100 + i) * WAN);
		}
		struct pair p = { a_supplier(&t), anchor };
		(void)profile(&t, p.supplier,
		              &(struct profile){ .sector = "steel", .founded = in_days(&t, old ? -2000 : -90) });
		(void)sells(&t, p, 100 * WAN); /* usual: nothing to say */
		assert_int_equal(found(&t, SIGNAL_C08, &most), 0);
		for (int i = 0; i < 6; i++)
			(void)sells(&t, p, 100 * WAN);
		assert_int_equal(found(&t, SIGNAL_C08, &most) > 0, !old);
		assert_int_equal(most, old ? SEVERITY_NONE : SEVERITY_HOLD);
		told_end(&t);
	}
}

static void turnover_per_employee(void **state)
{
	struct told t;
	enum severity most;

	(void)state;
	told_start(&t);
	for (int i = 0; i < 200; i++)
		(void)profile(&t, a_supplier(&t),
		              &(struct profile){ .sector = "steel", .turnover = (4000 + 10 * i) * WAN, .staff = 50 });
	assert_int_equal(found(&t, SIGNAL_C04, NULL), 0);
	(void)profile(&t, a_supplier(&t), &(struct profile){ .sector = "steel", .turnover = 50000 * WAN, .staff = 3 });
	assert_int_equal(found(&t, SIGNAL_C04, &most), 1);
	assert_int_equal(most, SEVERITY_INFO);
	told_end(&t);
}

/* F16: an officer whose every signature stays a little below what needs a second one. */
static void just_below_the_limit_of_a_key(void **state)
{
	(void)state;
	for (int honest = 0; honest < 2; honest++) {
		struct told t;
		struct command key = { .kind = ST_KEY_ENROL };
		struct dice r = { 9 };
		enum severity most;

		told_start(&t);
		struct pair p = { a_supplier(&t), an_anchor(&t) };
		key.object = p.anchor;
		key.body.key_enrol.jwk = roll_key(&r).pub;
		key.body.key_enrol.limits = (struct money){ 100 * WAN, "CNY" };
		(void)tell(&t, p.anchor, key);
		for (int i = 0; i < 40; i++) {
			struct command c = { .kind = ST_RECEIVABLE_CONFIRM };

			c.object =
				sells(&t, p, honest ? (int64_t)below(&r, 100 * (uint64_t)WAN) : 100 * WAN - i * 1000);
			c.kid = jwk_thumbprint(&key.body.key_enrol.jwk);
			(void)tell(&t, p.anchor, c);
		}
		assert_int_equal(found(&t, SIGNAL_F16, &most) > 0, !honest);
		assert_true(most <= SEVERITY_FLAG);
		told_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(above_the_ceiling_and_below_it),
		T(the_year_rolls),
		T(a_small_seller_beside_a_large_fraud),
		T(what_is_taken_back_does_not_count),
		T(inflation_against_the_debtors_commitment),
		T(a_new_company_with_the_largest_paper),
		T(turnover_per_employee),
		T(just_below_the_limit_of_a_key),
	};

	assert_true(crypto_start());
	return cmocka_run_group_tests_name("t29 ceilings", tests, NULL, NULL);
}
