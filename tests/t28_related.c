/* SPDX-License-Identifier: Apache-2.0 */
/* t28: parties with too much in common are found; accountants, incubators and groups' own affairs are told apart. */
#include "trade.h"

/* One more profile for a party, with up to three ties (NULL ends the list). */
static uint64_t profile(struct trade *t, uint64_t n, const char *a, const char *b, const char *c)
{
	const char *const text[] = { a, b, c };
	struct span *at = ARENA_ARRAY(&t->text, struct span, 3);
	size_t k = 0;

	while (k < 3 && text[k]) {
		at[k] = span_z(text[k]);
		k++;
	}
	trade_new(t, ST_PARTY_PROFILE, firm(n));
	t->c.body.party_profile.ties = (struct texts){ at, k };
	t->c.body.party_profile.source = S("register");
	t->c.body.party_profile.founded = DATE_NONE;
	return trade_enter(t, id_of(9, 0));
}

static void begin(struct trade *t, uint64_t firms)
{
	trade_start(t);
	for (uint64_t i = 0; i < firms; i++)
		enrol(t, i);
}

static enum severity at_sale(struct trade *t, uint64_t claim, uint64_t seller, uint64_t debtor)
{
	const struct finding_made *f = found_at(t, SIGNAL_G07, sell(t, claim, seller, debtor, 40000000, 0));

	return f ? f->severity : SEVERITY_NONE;
}

/* R15: the same owner; a nominee in between; the same telephone. */
static void test_common_control(void **state)
{
	struct trade t;
	const struct finding_made *f;
	uint64_t p0, p1, seq;
	(void)state;

	begin(&t, 20);
	p0 = profile(&t, 0, "owner:zhang", NULL, NULL);
	p1 = profile(&t, 1, "owner:zhang", NULL, NULL);
	seq = sell(&t, 0, 0, 1, 40000000, 0);
	f = found_at(&t, SIGNAL_G07, seq);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_int_equal(f->value, 1);
	assert_true(cites(f, p0) && cites(f, p1) && cites(f, seq));
	assert_null(strstr(f->detail, "zhang"));
	/* 2 and 4 by way of 3 */
	(void)profile(&t, 2, "owner:li", NULL, NULL);
	(void)profile(&t, 3, "owner:li", "officer:wang", NULL);
	(void)profile(&t, 4, "officer:wang", NULL, NULL);
	f = found_at(&t, SIGNAL_G07, sell(&t, 1, 2, 4, 40000000, 0));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_int_equal(f->value, 2);
	/* a telephone that only the two have */
	(void)profile(&t, 5, "phone:0755-1", "address:1 Long Road", NULL);
	(void)profile(&t, 6, "phone:0755-1", "address:1 Long Road", NULL);
	assert_int_equal(at_sale(&t, 2, 5, 6), SEVERITY_HOLD);
	/* strangers, and strangers of one address that others have too */
	assert_int_equal(at_sale(&t, 3, 7, 8), SEVERITY_NONE);
	(void)profile(&t, 7, "address:9 Tower", NULL, NULL);
	(void)profile(&t, 8, "address:9 Tower", NULL, NULL);
	(void)profile(&t, 9, "address:9 Tower", NULL, NULL);
	assert_int_equal(at_sale(&t, 4, 7, 8), SEVERITY_NONE);
	/* what becomes known later holds what comes later */
	(void)profile(&t, 8, "officer:chen", NULL, NULL);
	(void)profile(&t, 7, "officer:chen", NULL, NULL);
	assert_int_equal(at_sale(&t, 5, 7, 8), SEVERITY_HOLD);
	/* a group that has said so trades in the open */
	for (uint64_t i = 10; i < 12; i++) {
		(void)profile(&t, i, "owner:holding", NULL, NULL);
		trade_new(&t, ST_OBLIGOR_RELATE, firm(i));
		t.c.body.obligor_relate.group = firm(10);
		(void)trade_enter(&t, id_of(9, 0));
	}
	assert_int_equal(at_sale(&t, 6, 10, 11), SEVERITY_FLAG);
	trade_end(&t);
}

/* HN12: thirty firms with one accountant's address and telephone trade with each other. */
static void test_accountant(void **state)
{
	struct trade t;
	(void)state;

	begin(&t, 400);
	for (uint64_t i = 0; i < 30; i++)
		(void)profile(&t, i, "address:2 Office Park", "phone:021-55", NULL);
	for (uint64_t i = 0; i < 30; i++)
		(void)sell(&t, i, i, (i + 7) % 30, 40000000, 0);
	assert_int_equal(found_count(&t, SIGNAL_G07, SEVERITY_HOLD), 0);
	assert_true(found_count(&t, SIGNAL_B08, SEVERITY_FLAG) <=
	            10); /* said as their number doubles, not thirty times */
	assert_true(found_count(&t, SIGNAL_B08, SEVERITY_FLAG) >= 2);
	assert_int_equal(found_count(&t, SIGNAL_B08, SEVERITY_HOLD), 0);
	/* an incubator of three hundred says nothing at all, whatever it shares */
	for (uint64_t i = 50; i < 350; i++)
		(void)profile(&t, i, "address:Incubator", "owner:the state", NULL);
	for (uint64_t i = 50; i < 350; i++)
		(void)sell(&t, i, i, i == 349 ? 50 : i + 1, 40000000, 0);
	assert_int_equal(found_count(&t, SIGNAL_G07, SEVERITY_FLAG), 0);
	trade_end(&t);
}

/* Ties are many, searches are bounded: nobody waits for a crowd of nominees. */
static void test_crowded_ties(void **state)
{
	struct trade t;
	char tie[3][32];
	(void)state;

	begin(&t, 2000);
	for (uint64_t i = 0; i < 2000; i++)
		for (unsigned k = 0; k < 20; k++) {
			for (unsigned j = 0; j < 3; j++)
				(void)snprintf(tie[j], sizeof tie[j], "officer:%u", (unsigned)below(&t.dice, 220));
			(void)profile(&t, i, arena_z(&t.text, span_z(tie[0])), arena_z(&t.text, span_z(tie[1])),
			              arena_z(&t.text, span_z(tie[2])));
		}
	for (uint64_t i = 0; i < 2000; i++)
		(void)sell(&t, i, i, (i + 1) % 2000, 40000000, 0);
	trade_end(&t);
}

static uint64_t confirm(struct trade *t, uint64_t claim, uint64_t debtor)
{
	trade_new(t, ST_RECEIVABLE_CONFIRM, claim_id(claim));
	return trade_enter(t, firm(debtor));
}

static void test_shared_channel(void **state)
{
	struct trade t;
	const struct finding_made *f;
	(void)state;

	begin(&t, 5);
	(void)sell(&t, 0, 0, 1, 40000000, 0);
	(void)sell(&t, 1, 2, 1, 40000000, 0);
	(void)profile(&t, 0, "phone:138", "device:aa", NULL);
	(void)profile(&t, 1, "phone:138", "device:aa", NULL);
	f = found_at(&t, SIGNAL_F07, confirm(&t, 0, 1));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_int_equal(f->value, 2);
	assert_null(found_at(&t, SIGNAL_F07, confirm(&t, 1, 1)));
	trade_end(&t);
}

static uint64_t sell_to_account(struct trade *t, uint64_t claim, uint64_t seller, const char *account)
{
	sale(t, claim, seller, 90, 40000000, 0);
	t->c.body.receivable_register.account = span_z(account);
	return trade_enter(t, firm(seller));
}

static void test_shared_account(void **state)
{
	struct trade t;
	const struct finding_made *f;
	uint64_t first;
	(void)state;

	begin(&t, 100);
	first = sell_to_account(&t, 0, 0, "6222 01");
	assert_null(found_at(&t, SIGNAL_B07, sell_to_account(&t, 1, 0, "6222 01")));
	f = found_at(&t, SIGNAL_B07, sell_to_account(&t, 2, 1, "6222 01"));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HOLD);
	assert_true(cites(f, first));
	assert_null(strstr(f->detail, "6222"));
	/* a group's treasury collects for its companies */
	(void)profile(&t, 10, "owner:group", NULL, NULL);
	(void)profile(&t, 11, "owner:group", NULL, NULL);
	(void)sell_to_account(&t, 3, 10, "6222 02");
	assert_null(found_at(&t, SIGNAL_B07, sell_to_account(&t, 4, 11, "6222 02")));
	/* a bank's own account */
	trade_new(&t, ST_PARTY_ENROL, firm(200));
	t.c.body.party_enrol.name = S("bank");
	t.c.body.party_enrol.roles = ROLE_BANK;
	(void)trade_enter(&t, id_of(9, 0));
	(void)profile(&t, 200, "account:6222 03", NULL, NULL);
	(void)sell_to_account(&t, 5, 20, "6222 03");
	assert_null(found_at(&t, SIGNAL_B07, sell_to_account(&t, 6, 21, "6222 03")));
	trade_end(&t);
}

static void test_one_agent(void **state)
{
	struct trade t;
	(void)state;

	begin(&t, 40);
	for (uint64_t i = 0; i < 20; i++) {
		struct seen s = { .outcome = OK, .issuer = firm(39), .actor = firm(i), .c = &t.c };

		sale(&t, i, i, 38, 1000000, 0);
		s.seq = t.seq++;
		s.at = date_start(t.today);
		assert_true(detector_see(t.d, &s, trade_found, &t));
	}
	assert_int_equal(found_count(&t, SIGNAL_B09, SEVERITY_FLAG), 3); /* four, eight, sixteen */
	trade_end(&t);
}

static void review(struct trade *t, uint64_t number, uint64_t claim, const char *verdict)
{
	trade_new(t, ST_FINDING_RAISE, id_of(6, number));
	t->c.body.finding_raise.asset = claim_id(claim);
	t->c.body.finding_raise.signal = S("D04");
	(void)trade_enter(t, id_of(9, 0));
	trade_new(t, ST_FINDING_REVIEW, id_of(6, number));
	t->c.body.finding_review.verdict = span_z(verdict);
	(void)trade_enter(t, id_of(9, 0));
}

static void test_near_a_confirmed_case(void **state)
{
	struct trade t;
	const struct finding_made *f;
	(void)state;

	begin(&t, 20);
	(void)profile(&t, 0, "owner:zhang", NULL, NULL);
	(void)profile(&t, 1, "owner:zhang", NULL, NULL);
	(void)sell(&t, 0, 0, 5, 40000000, 0);
	review(&t, 0, 0, "cleared");
	assert_null(found_at(&t, SIGNAL_G10, sell(&t, 1, 1, 6, 40000000, 0)));
	review(&t, 1, 0, "confirmed");
	f = found_at(&t, SIGNAL_G10, sell(&t, 2, 1, 6, 40000000, 0));
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_FLAG);                          /* never more: guilt by association */
	assert_null(found_at(&t, SIGNAL_G10, sell(&t, 3, 1, 6, 40000000, 0))); /* said already */
	assert_null(found_at(&t, SIGNAL_G10, sell(&t, 4, 8, 5, 40000000, 0))); /* its debtor is no accomplice by that */
	assert_null(found_at(&t, SIGNAL_G10, sell(&t, 5, 9, 10, 40000000, 0))); /* strangers */
	t.today.day += 5 * 180;
	assert_null(found_at(&t, SIGNAL_G10, sell(&t, 6, 1, 6, 40000000, 0))); /* it fades */
	trade_end(&t);
}

static void test_new_suppliers(void **state)
{
	struct trade t;
	const struct finding_made *f = NULL;
	uint64_t claim = 0;
	(void)state;

	begin(&t, 10);
	for (uint64_t i = 1; i < 8; i++) /* a registry that opens: everybody is new, and nobody suspicious */
		(void)sell(&t, claim++, i, 0, 10000000, 0);
	assert_int_equal(found_count(&t, SIGNAL_G09, SEVERITY_FLAG), 0);
	t.today.day += 400;
	(void)sell(&t, claim++, 1, 0, 10000000, 0);
	for (uint64_t i = 10; i < 16; i++) {
		uint64_t seq;

		enrol(&t, i);
		seq = sell(&t, claim++, i, 0, 30000000, 0);
		if (!f)
			f = found_at(&t, SIGNAL_G09, seq);
	}
	assert_non_null(f);
	assert_int_equal(f->value, 5);
	assert_int_equal(found_count(&t, SIGNAL_G09, SEVERITY_FLAG), 1);
	trade_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_common_control), T(test_accountant), T(test_crowded_ties),          T(test_shared_channel),
		T(test_shared_account), T(test_one_agent),  T(test_near_a_confirmed_case), T(test_new_suppliers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
