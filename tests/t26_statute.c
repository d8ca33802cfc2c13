/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t26_statute: what the statutes say of order and amount (R15, R18, R35), and the record and the balances every
 * receivable has (F01, F02): each with somebody who tries to have it otherwise.
 */
#include "test.h"

#include "actors.h"

static struct stage s;

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static enum fault did(struct command c) { return step(&s, &c); }

static struct uuid confirmed(int64_t face, const char *number)
{
	struct command c = registers(&s, SUPPLIER, face, number);

	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(confirms(&s, c.object)), OK);
	return c.object;
}

static enum fault accepts(enum actor bank, struct uuid e) { return did(about(&s, ST_ENCUMBRANCE_ACCEPT, bank, e)); }

/* Granted as this kind from this day on, not yet taken. */
static struct uuid promised(struct uuid asset, enum actor bank, enum encumbrance_kind kind, const char *from)
{
	struct command c = grants(&s, SUPPLIER, asset, bank, 100);

	c.body.encumbrance_grant.kind = kind;
	c.body.encumbrance_grant.from = day(from);
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static bool before(struct uuid a, struct uuid b) { return rank_cmp(enc_of(&s, a), enc_of(&s, b)) < 0; }

/* R15 (Civil Code, article 415): of a mortgage and a pledge the earlier registered or delivered goes first. No kind of
 * encumbrance outranks another by being what it is. */
static void r15_no_kind_goes_before_another_but_by_time(void **state)
{
	static const enum encumbrance_kind kind[] = { ENC_ASSIGNMENT, ENC_PLEDGE, ENC_RETENTION, ENC_DISCOUNT };
	char number[8];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(kind); i++)
		for (unsigned k = 0; k < ARRAY_LEN(kind); k++) {
			struct uuid a, first, second;

			snprintf(number, sizeof number, "A%u%u", i, k);
			a = confirmed(1000, number);
			first = promised(a, BANK_A, kind[i], "2026-11-23");
			second = promised(a, BANK_B, kind[k], "2026-11-23");
			assert_int_equal(accepts(BANK_A, first), OK);
			assert_int_equal(accepts(BANK_B, second), OK);
			assert_true(before(first, second));
		}
}

/* R18 (article 445): the pledge of a receivable exists from its registration, not from its contract. */
static void r18_a_pledge_exists_from_its_registration(void **state)
{
	struct uuid a = confirmed(1000, "A1");
	struct uuid old = promised(a, BANK_A, ENC_PLEDGE, "2026-11-02"), young;

	(void)state;
	assert_false(encumbrance_binds(enc_of(&s, old)->state)); /* whatever its contract's date */
	young = promised(a, BANK_B, ENC_PLEDGE, "2026-11-23");
	assert_int_equal(accepts(BANK_B, young), OK);
	assert_true(encumbrance_binds(enc_of(&s, young)->state));
	assert_int_equal(enc_of(&s, young)->rank_seq, s.seq - 1);
	assert_int_equal(accepts(BANK_A, old), OK);
	assert_true(before(young, old));
}

/* R35: what is assigned never exceeds the invoice: at once, in parts, or after a credit note made it less. */
static void r35_no_more_is_assigned_than_the_invoice_says(void **state)
{
	struct uuid a = confirmed(1000, "A1"), part;
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 1001);

	(void)state;
	assert_int_equal(did(c), E_EXCEEDS_FREE);
	part = promised(a, BANK_A, ENC_ASSIGNMENT, "2026-11-23");
	assert_int_equal(accepts(BANK_A, part), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 901)), E_EXCEEDS_FREE);
	c = about(&s, ST_RECEIVABLE_ADJUST, SUPPLIER, a);
	c.body.receivable_adjust.reduce = cny(500);
	c.body.receivable_adjust.reason = S("goods returned");
	assert_int_equal(did(c), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 401)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 400)), OK);
}

/* F01: one record says whose, against whom, how much, when and by which invoice; and it is what was signed. */
static void f01_a_receivable_is_one_record(void **state)
{
	struct command c = registers(&s, SUPPLIER, 123456, "INV-1");
	const struct asset *a;

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	a = asset_of(&s, c.object);
	assert_true(uuid_eq(a->creditor, s.party[SUPPLIER]));
	assert_true(uuid_eq(a->debtor, s.party[ANCHOR]));
	assert_int_equal(a->face, 123456);
	assert_string_equal(a->ccy.at, "CNY");
	assert_int_equal(a->due.day, day("2027-02-01").day);
	assert_int_equal(a->state, RCV_REGISTERED);
	assert_true(hash_eq(a->head, c.statement));
	c = registers(&s, SUPPLIER, 5, "INV-2");
	c.body.receivable_register.debtor = s.party[SUPPLIER];
	assert_int_equal(did(c), E_SELF_DEALING);
}

/* F02: what was owed, what was paid and taken back, what is committed, what is free; at every step they add up. */
static void f02_the_balances_add_up(void **state)
{
	struct uuid a = confirmed(1000, "A1"), e = promised(a, BANK_A, ENC_PLEDGE, "2026-11-23");
	struct command c;

	(void)state;
	assert_int_equal(asset_of(&s, a)->reserved, 100);
	assert_int_equal(asset_of(&s, a)->encumbered, 0);
	assert_int_equal(accepts(BANK_A, e), OK);
	assert_int_equal(asset_of(&s, a)->reserved, 0);
	assert_int_equal(asset_of(&s, a)->encumbered, 100);
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(950);
	c.body.receivable_pay.on = date_of(s.now);
	assert_int_equal(did(c), OK);
	assert_int_equal(asset_of(&s, a)->face, 1000);
	assert_int_equal(asset_of(&s, a)->paid, 950);
	assert_true(asset_of(&s, a)->encumbered <= 50); /* the first rank was served first */
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 51)), E_EXCEEDS_FREE);
	c = about(&s, ST_RECEIVABLE_PAY, ANCHOR, a);
	c.body.receivable_pay.amount = cny(51);
	c.body.receivable_pay.on = date_of(s.now);
	assert_int_not_equal(did(c), OK); /* more than is owed */
}

#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(r15_no_kind_goes_before_another_but_by_time),
		IN(r18_a_pledge_exists_from_its_registration),
		IN(r35_no_more_is_assigned_than_the_invoice_says),
		IN(f01_a_receivable_is_one_record),
		IN(f02_the_balances_add_up),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
