/* SPDX-License-Identifier: Apache-2.0 */
/* t29: how sellers behave and what their figures say: shown when it changes, never a hold by itself. */
#include "test.h"

#include "commands.h"
#include "telling.h"

#define WAN INT64_C(1000000)

static struct uuid sells(struct told *t, struct uuid s, struct uuid a, int64_t face)
{
	struct sale x = { .creditor = s, .debtor = a, .face = face, .delivery = "WB", .order = "PO" };

	return register_sale(t, &x);
}

/* Half a year of ordinary weeks, give or take a third. */
static void half_a_year(struct told *t, struct dice *r, struct uuid s, struct uuid a)
{
	for (int i = 0; i < 30; i++) {
		(void)sells(t, s, a, 20 * WAN + (int64_t)below(r, 10 * (uint64_t)WAN));
		days_pass(t, 7);
	}
}

/*
 * B01, R19: eight weeks at five times; twenty-six at a quarter more each. HN: a good month, an idle one, growth by
 * a third.
 */
static void ramps(void **state)
{
	static const struct {
		int weeks;
		int64_t from, grows; /* percent of the usual */
		bool found;
	} row[] = { { 8, 500, 100, true }, { 26, 100, 125, true },  { 4, 140, 100, false },
		    { 4, 20, 100, false }, { 26, 130, 100, false }, { 26, 100, 102, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct told t;
		struct dice r = { 21 + i };
		int64_t percent = row[i].from;
		int first = -1;

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t);
		half_a_year(&t, &r, s, a);
		assert_int_equal(found(&t, SIGNAL_B01, NULL), 0);
		for (int w = 0; w < row[i].weeks; w++) {
			(void)sells(&t, s, a, (20 * WAN + (int64_t)below(&r, 10 * (uint64_t)WAN)) * percent / 100);
			percent = percent * row[i].grows / 100;
			days_pass(&t, 7);
			if (first < 0 && found(&t, SIGNAL_B01, NULL) > 0)
				first = w;
		}
		assert_int_equal(first >= 0, row[i].found);
		if (row[i].found)
			print_message("a ramp of %d weeks is seen in week %d\n", row[i].weeks, first + 1);
		assert_true(first < row[i].weeks);
		told_end(&t);
	}
}

/* B10: the same ramp, just after the owner changed; first profiles are no change. */
static void a_new_owner_and_then_a_ramp(void **state)
{
	(void)state;
	for (int changed = 0; changed < 2; changed++) {
		struct told t;
		struct dice r = { 5 };

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t);
		(void)profile(&t, s, &(struct profile){ .tie = { "owner:old" } });
		half_a_year(&t, &r, s, a);
		if (changed)
			(void)profile(&t, s, &(struct profile){ .tie = { "owner:new" } });
		for (int w = 0; w < 10; w++) {
			(void)sells(&t, s, a, 150 * WAN);
			days_pass(&t, 7);
		}
		assert_true(found(&t, SIGNAL_B01, NULL) > 0);
		assert_int_equal(found(&t, SIGNAL_B10, NULL) > 0, changed);
		told_end(&t);
	}
}

/* B13: usual amounts, far more often. Six parts of one order on one day, or a pair that always did, are none. */
static void a_rush(void **state)
{
	enum { ONCE_A_DAY, ALL_AT_ONCE, AS_EVER, HOWS };

	(void)state;
	for (int how = 0; how < HOWS; how++) {
		struct told t;

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t);
		for (int k = 0; k < 12; k++) {
			(void)sells(&t, s, a, 10 * WAN + k);
			days_pass(&t, how == AS_EVER ? 3 : 20);
		}
		assert_int_equal(found(&t, SIGNAL_B13, NULL), 0);
		for (int k = 0; k < 9; k++) {
			(void)sells(&t, s, a, 10 * WAN - k);
			days_pass(&t, how == ALL_AT_ONCE ? 0 : how == AS_EVER ? 3 : 2);
		}
		assert_int_equal(found(&t, SIGNAL_B13, NULL) > 0, how == ONCE_A_DAY);
		told_end(&t);
	}
}

static void asleep_and_then_large(void **state)
{
	static const struct {
		int32_t days;
		int64_t times;
		bool found;
	} row[] = { { 200, 6, true }, { 200, 2, false }, { 100, 6, false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct told t;

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t);
		for (int k = 0; k < 8; k++) {
			(void)sells(&t, s, a, 10 * WAN + k);
			days_pass(&t, 5);
		}
		days_pass(&t, row[i].days);
		(void)sells(&t, s, a, 10 * WAN * row[i].times);
		assert_int_equal(found(&t, SIGNAL_B02, NULL) > 0, row[i].found);
		told_end(&t);
	}
}

static void month_ends_credits_and_moves(void **state)
{
	struct told t;
	enum severity most;

	(void)state;
	told_start(&t);
	struct uuid s = a_supplier(&t), other = a_supplier(&t), a = an_anchor(&t), bank[2] = { a_bank(&t), a_bank(&t) };
	for (int month = 0; month < 6; month++) {
		int32_t end = month_end(month_of(today(&t))).day;

		days_pass(&t, end - today(&t).day);
		for (int k = 0; k < 10; k++)
			(void)sells(&t, s, a, 10 * WAN + k);
		days_pass(&t, 3);
		for (int k = 0; k < 10; k++) {
			(void)sells(&t, other, a, 10 * WAN + k);
			days_pass(&t, 2);
		}
	}
	assert_int_equal(found(&t, SIGNAL_B04, &most), 1);
	assert_int_equal(most, SEVERITY_FLAG);
	for (int k = 0; k < 8; k++) /* B05 */
		(void)credit(&t, sells(&t, other, a, 20 * WAN), other, 10 * WAN);
	assert_int_equal(found(&t, SIGNAL_B05, NULL), 1);
	for (int k = 0; k < 4; k++) { /* B11 */
		struct uuid claim = sells(&t, s, a, 11 * WAN + k);
		struct uuid first = finance(&t, claim, s, bank[0], 11 * WAN, 9 * WAN);

		assert_int_equal(found(&t, SIGNAL_B11, NULL), k > 2);
		days_pass(&t, 5);
		(void)say_of(&t, ST_ENCUMBRANCE_RELEASE, first, bank[0]);
		(void)finance(&t, claim, s, bank[1], 11 * WAN, 9 * WAN);
	}
	assert_int_equal(found(&t, SIGNAL_B11, NULL), 1); /* once in a while */
	told_end(&t);
}

static void a_reviewer_who_clears_all(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct uuid s = a_supplier(&t), a = an_anchor(&t), reviewer = told_id(&t);
	for (int i = 0; i < 25; i++) {
		struct uuid f = raise_finding(&t, "F15", "hold", sells(&t, s, a, WAN + i), (struct uuid){ { 0 } }, 0);
		struct command c = { .kind = ST_FINDING_REVIEW, .object = f };

		c.body.finding_review.verdict = S("cleared");
		(void)tell(&t, reviewer, c);
	}
	assert_int_equal(found(&t, SIGNAL_B12, NULL), 1);
	told_end(&t);
}

/* --- figures --- */

/* Amounts whose logarithm is spread evenly keep Benford's law; a price list or invention does not. */
static void figures_made_up(void **state)
{
	(void)state;
	for (int made_up = 0; made_up < 2; made_up++) {
		struct told t;
		struct dice r = { 77 };

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t);
		for (int i = 0; i < 900; i++) {
			int64_t face = 1000 + (int64_t)below(&r, 1000);

			if (made_up)
				face = 50000000 + 100 * (int64_t)below(&r, 400000) +
				       99; /* half a million and something */
			else
				for (uint64_t k = below(&r, 17280); k > 0;
				     k--) /* up to a thousandfold, evenly in the log */
					face += k % 2500 == 0 ? face
					                      : face / 2500 + (below(&r, 2500) < (uint64_t)face % 2500);
			(void)sells(&t, s, a, face);
			t.now.us += DAY_US / 4;
		}
		assert_int_equal(found(&t, SIGNAL_F20, NULL) > 0, made_up);
		assert_int_equal(found(&t, SIGNAL_F21, NULL) > 0, made_up);
		told_end(&t);
	}
}

static void mostly_round_amounts(void **state)
{
	struct told t;
	struct dice r = { 3 };

	(void)state;
	told_start(&t);
	struct uuid a = an_anchor(&t), odd = a_supplier(&t);
	(void)profile(&t, odd, &(struct profile){ .sector = "steel" });
	for (int k = 0; k < 3; k++) {
		struct uuid s = a_supplier(&t);

		(void)profile(&t, s, &(struct profile){ .sector = "steel" });
		for (int i = 0; i < 40; i++)
			(void)sells(&t, s, a, (int64_t)below(&r, 1000) * WAN / 10 + 1 + (int64_t)below(&r, 99999));
	}
	for (int i = 0; i < 60; i++)
		(void)sells(&t, odd, a, (1 + (int64_t)below(&r, 200)) * WAN);
	assert_int_equal(found(&t, SIGNAL_F19, NULL), 1);
	told_end(&t);
}

/* F17, R11: billed before delivery; F18: nothing moved, where there always was a waybill. */
static void delivery(void **state)
{
	struct told t;
	enum severity most;

	(void)state;
	told_start(&t);
	struct uuid s = a_supplier(&t), a = an_anchor(&t);
	for (int i = 0; i < 6; i++)
		(void)sells(&t, s, a, WAN + i);
	struct sale x = { .creditor = s, .debtor = a, .face = WAN, .delivery = "WB", .delivered = in_days(&t, 3) };
	(void)register_sale(&t, &x); /* tolerated */
	assert_int_equal(found(&t, SIGNAL_F17, NULL), 0);
	x.delivered = in_days(&t, 10);
	(void)register_sale(&t, &x);
	assert_int_equal(found(&t, SIGNAL_F17, &most), 1);
	assert_int_equal(most, SEVERITY_FLAG);
	struct sale bare = { .creditor = s, .debtor = a, .face = 3 * WAN }, some = bare;
	some.order = "PO";
	(void)register_sale(&t, &some);
	assert_int_equal(found(&t, SIGNAL_F18, NULL), 0);
	(void)register_sale(&t, &bare);
	(void)found(&t, SIGNAL_F18, &most);
	assert_int_equal(most, SEVERITY_FLAG);
	struct sale service = { .creditor = a_supplier(&t), .debtor = a, .face = WAN };
	size_t before = found(&t, SIGNAL_F18, NULL);
	for (int i = 0; i < 9; i++)
		(void)register_sale(&t, &service); /* services never move */
	assert_int_equal(found(&t, SIGNAL_F18, NULL), before);
	told_end(&t);
}

static void goods_neither_side_deals_in(void **state)
{
	struct told t;

	(void)state;
	told_start(&t);
	struct sale x = { .creditor = a_supplier(&t), .debtor = an_anchor(&t), .face = WAN, .goods = "steel" };
	for (int i = 0; i < 12; i++)
		(void)register_sale(&t, &x);
	assert_int_equal(found(&t, SIGNAL_F22, NULL), 0);
	x.goods = "perfume";
	(void)register_sale(&t, &x);
	assert_int_equal(found(&t, SIGNAL_F22, NULL), 1);
	x.debtor = an_anchor(&t); /* a new customer may buy anything */
	x.goods = "shoes";
	(void)register_sale(&t, &x);
	assert_int_equal(found(&t, SIGNAL_F22, NULL), 1);
	told_end(&t);
}

/* F24: asked about everybody's claims but one seller's. HN22: a debtor that confirms late; one that never does. */
static void a_debtor_that_was_not_asked(void **state)
{
	static const struct {
		bool others, ours, late;
		enum severity most;
	} row[] = { { true, false, false, SEVERITY_HOLD },
		    { true, true, false, SEVERITY_NONE },
		    { true, true, true, SEVERITY_NONE },
		    { false, false, false, SEVERITY_NONE } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct told t;
		enum severity most;

		told_start(&t);
		struct uuid s = a_supplier(&t), other = a_supplier(&t), a = an_anchor(&t), before = { { 0 } };
		for (int k = 0; k < 24; k++) {
			struct uuid theirs = sells(&t, other, a, 20 * WAN + k), claim = sells(&t, s, a, 30 * WAN + k);

			if (row[i].others)
				(void)confirm(&t, theirs, a);
			if (row[i].ours && !row[i].late)
				(void)confirm(&t, claim, a);
			else if (row[i].ours && k > 0)
				(void)confirm(&t, before, a);
			before = claim;
			days_pass(&t, 5);
		}
		(void)found(&t, SIGNAL_F24, &most);
		assert_int_equal(most, row[i].most);
		told_end(&t);
	}
}

/* F09: a debtor that confirms and confirms; one that also pays. */
static void a_silent_debtor(void **state)
{
	(void)state;
	for (int pays = 0; pays < 2; pays++) {
		struct told t;

		told_start(&t);
		struct uuid s = a_supplier(&t), a = an_anchor(&t), bank = a_bank(&t);
		for (int i = 0; i < 30; i++) {
			struct uuid claim = sells(&t, s, a, 200 * WAN);

			(void)confirm(&t, claim, a);
			(void)pay(&t, claim, pays ? a : bank, 200 * WAN);
			days_pass(&t, 7);
		}
		assert_int_equal(found(&t, SIGNAL_F09, NULL), !pays);
		told_end(&t);
	}
}

/* All together, on a random log: soft signs hold nothing. */
static void soft_signs_never_hold(void **state)
{
	static const enum signal soft[] = { SIGNAL_B01, SIGNAL_B02, SIGNAL_B03, SIGNAL_B04, SIGNAL_B05, SIGNAL_B10,
		                            SIGNAL_B11, SIGNAL_B12, SIGNAL_B13, SIGNAL_C04, SIGNAL_C06, SIGNAL_F09,
		                            SIGNAL_F16, SIGNAL_F17, SIGNAL_F18, SIGNAL_F19, SIGNAL_F20, SIGNAL_F21,
		                            SIGNAL_F22, SIGNAL_P01, SIGNAL_P07, SIGNAL_P09 };
	struct told t;
	struct dice r = { 1 };

	(void)state;
	told_start(&t);
	struct uuid s[3] = { a_supplier(&t), a_supplier(&t), a_supplier(&t) }, a[2] = { an_anchor(&t), an_anchor(&t) };
	for (int i = 0; i < 3000; i++) {
		struct uuid claim = sells(&t, s[below(&r, 3)], a[below(&r, 2)], 1 + (int64_t)below(&r, 100) * WAN);

		t.now.us += (int64_t)below(&r, (uint64_t)DAY_US);
		if (below(&r, 3) == 0)
			(void)credit(&t, claim, s[0], 1);
	}
	assert_true(t.n_found > 0);
	assert_int_equal(found_of(&t, soft, ARRAY_LEN(soft), SEVERITY_HOLD), 0);
	told_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(ramps),
		T(a_new_owner_and_then_a_ramp),
		T(a_rush),
		T(asleep_and_then_large),
		T(month_ends_credits_and_moves),
		T(a_reviewer_who_clears_all),
		T(figures_made_up),
		T(mostly_round_amounts),
		T(delivery),
		T(goods_neither_side_deals_in),
		T(a_debtor_that_was_not_asked),
		T(a_silent_debtor),
		T(soft_signs_never_hold),
	};

	return crypto_start() ? cmocka_run_group_tests_name("t29 habits", tests, NULL, NULL) : 1;
}
