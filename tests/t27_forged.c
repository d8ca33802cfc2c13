/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t27_forged: what documents, keys, amounts, names and tries say against a claim (DETECTION 2.3: F02-F23, D18), each
 * beside the honest case that looks like it and must pass.
 */
#include "test.h"

#include "nearplay.h"

static struct play p;
enum { SELLER = 10, SELLER2, DEBTOR, DEBTOR2, YOUNG, LENDER, CORE };

static int begin(void **state)
{
	(void)state;
	play_start(&p, (size_t)1 << 30);
	play_company_of(&p, SELLER, "苏州同建机电设备有限公司", "91320500MA1MCJ0T4K");
	play_company(&p, SELLER2, "无锡远方电气有限公司");
	play_company(&p, DEBTOR, "海晟重工集团股份有限公司");
	play_company(&p, DEBTOR2, "北京云帆汽车股份有限公司");
	play_company(&p, CORE, "柳州国联运输股份有限公司");
	return 0;
}

static int end(void **state)
{
	(void)state;
	play_end(&p);
	return 0;
}

static enum severity worst(enum signal signal)
{
	const struct finding_made *f = play_found_one(&p, signal);

	return f ? f->severity : SEVERITY_NONE;
}

static void bill_of(unsigned n, unsigned seller, unsigned debtor, int64_t amount, const char *number)
{
	const struct bill b = { .seller = seller, .debtor = debtor, .amount = amount, .number = number };

	play_bill(&p, n, &b);
}

/* Amounts that scatter as invoices do, none twice. */
static int64_t ordinary(int i) { return 10000000 + 7919 * i + (i % 5) * 1300000 - (i % 3) * 900000; }

static void history(unsigned first, unsigned seller, unsigned debtor, int n)
{
	char number[24];

	for (int i = 0; i < n; i++) {
		snprintf(number, sizeof number, "26322%09u%06d", first, 100 + 3 * i);
		bill_of(first + (unsigned)i, seller, debtor, ordinary(i), number);
		assert_false(play_held(&p));
		play_days(&p, 5);
	}
}

/* --- F02, F12 --- */

static void numbers_against_facts(void **state)
{
	(void)state;
	history(1000, SELLER, DEBTOR, 8);
	bill_of(2000, SELLER, DEBTOR, 8877661, "26322000001000000400");
	assert_int_equal(worst(SIGNAL_F02), SEVERITY_NONE);
	bill_of(2001, SELLER, DEBTOR, 9988771, "26442000001000000403"); /* of another region: shown */
	assert_int_equal(worst(SIGNAL_F02), SEVERITY_FLAG);
	bill_of(2002, SELLER, DEBTOR, 7766551, "23322000001000000406"); /* of another year */
	assert_int_equal(worst(SIGNAL_F02), SEVERITY_HOLD);
	bill_of(2003, SELLER2, DEBTOR, 6655441, "23442000001000000409"); /* nobody says it is a fapiao */
	assert_int_equal(worst(SIGNAL_F02), SEVERITY_NONE);
}

static void goods_that_are_still_to_come(void **state)
{
	struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = play_id(2, 3000) };
	struct body_receivable_register *b = &c.body.receivable_register;

	(void)state;
	*b = (struct body_receivable_register){ .creditor = play_id(1, SELLER),
		                                .debtor = play_id(1, DEBTOR),
		                                .face = { 1000000, "CNY" },
		                                .issue_date = play_today(&p),
		                                .due_date = { play_today(&p).day + 60 },
		                                .delivered = { play_today(&p).day + 1 },
		                                .invoice = { S("A-1"), play_today(&p) },
		                                .existing = FLAG_YES };
	play_entry(&p, &c, play_id(1, SELLER)); /* tomorrow: it is tomorrow already where it was written */
	assert_int_equal(worst(SIGNAL_F12), SEVERITY_NONE);
	c.object = play_id(2, 3001);
	b->invoice.number = S("A-2");
	b->delivered.day += 30;
	play_entry(&p, &c, play_id(1, SELLER));
	assert_int_equal(worst(SIGNAL_F12), SEVERITY_HOLD);
	c.object = play_id(2, 3002);
	b->invoice.number = S("A-3");
	b->existing = FLAG_NO; /* a claim to come says when */
	play_entry(&p, &c, play_id(1, SELLER));
	assert_int_equal(worst(SIGNAL_F12), SEVERITY_NONE);
}

/* --- F06: keys --- */

static struct pubkey a_key(uint8_t n)
{
	struct privkey k;
	uint8_t seed[SEED_LEN] = { n, 1 };

	assert_true(privkey_from_seed(ALG_ED25519, seed, &k));
	return k.pub;
}

static uint64_t enrol_key(uint8_t n, unsigned party, unsigned by)
{
	struct command c = { .kind = ST_KEY_ENROL, .object = play_id(1, party) };

	c.body.key_enrol.jwk = a_key(n);
	play_entry(&p, &c, play_id(1, by));
	return p.seq - 1;
}

static void confirm(unsigned claim, unsigned by, uint8_t key, enum fault outcome)
{
	struct command c = { .kind = ST_RECEIVABLE_CONFIRM, .object = play_id(2, claim) };
	struct pubkey k = a_key(key);

	c.kid = jwk_thumbprint(&k);
	p.now.us += 3600 * INT64_C(1000000);
	play_refused(&p, &c, play_id(1, by), outcome);
}

enum { OWN = 1, NEW = 2, OPERATOR = 0 };

static void a_key_got_in_the_debtors_name(void **state)
{
	uint64_t seq;

	(void)state;
	history(1000, SELLER, DEBTOR, 4);
	for (unsigned i = 0; i < 4; i++)
		confirm(1000 + i, DEBTOR, OWN, OK);
	seq = enrol_key(NEW, DEBTOR, OPERATOR);
	bill_of(2000, SELLER2, DEBTOR, 50011777, "X1");
	confirm(2000, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_HOLD);
	assert_int_equal(play_found_one(&p, SIGNAL_F06)->evidence[0], seq);
	/* a year later too, when the debtor's own key signs on */
	play_days(&p, 300);
	confirm(1003, DEBTOR, OWN, OK);
	bill_of(2001, SELLER2, DEBTOR, 50213341, "X2");
	confirm(2001, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_HOLD);
}

/* HN24: whoever lost a key goes on confirming to those it knows, and then to new ones. */
static void a_key_renewed(void **state)
{
	(void)state;
	history(1000, SELLER, DEBTOR, 4);
	history(1100, SELLER2, DEBTOR, 4);
	for (unsigned i = 0; i < 3; i++) {
		confirm(1000 + i, DEBTOR, OWN, OK);
		confirm(1100 + i, DEBTOR, OWN, OK);
	}
	enrol_key(NEW, DEBTOR, OPERATOR);
	confirm(1003, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_NONE);
	confirm(1103, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_NONE);
	play_company(&p, 77, "常州宏业金属材料有限公司");
	bill_of(2000, 77, DEBTOR, 50011777, "X1");
	confirm(2000, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_NONE);
}

static void a_key_of_its_own_choice(void **state)
{
	(void)state;
	enrol_key(NEW, DEBTOR, DEBTOR);
	bill_of(2000, SELLER2, DEBTOR, 50011777, "X1");
	confirm(2000, DEBTOR, NEW, OK);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_NONE);
}

static void confirming_ones_own_claim(void **state)
{
	(void)state;
	bill_of(2000, SELLER2, DEBTOR, 50011777, "X1");
	confirm(2000, DEBTOR2, NEW, E_NOT_AUTHORISED); /* a stranger must not be able to stop it */
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_NONE);
	confirm(2000, SELLER2, NEW, E_NOT_AUTHORISED);
	assert_int_equal(worst(SIGNAL_F06), SEVERITY_HOLD);
}

/* --- F15 --- */

static void amounts_far_above(void **state)
{
	char number[24];

	(void)state;
	history(1000, SELLER, DEBTOR, 16);
	bill_of(2000, SELLER, DEBTOR, 19311223, "26322000001000000700"); /* twice as much happens */
	assert_false(play_held(&p));
	bill_of(2001, SELLER, DEBTOR, 119311223, "26322000001000000703");
	assert_int_equal(worst(SIGNAL_F15), SEVERITY_HOLD);
	history(3000, SELLER2, DEBTOR2, 16);
	for (unsigned i = 0; i < 4; i++) { /* a run of moderate ones */
		snprintf(number, sizeof number, "K%u", 9000 + i);
		bill_of(4000 + i, SELLER2, DEBTOR2, 30311223 + 977 * (int64_t)i, number);
		play_days(&p, 9);
	}
	assert_int_equal(worst(SIGNAL_F15), SEVERITY_HOLD);
}

static void pay(unsigned claim, int64_t amount, const char *account)
{
	struct command c = { .kind = ST_RECEIVABLE_PAY, .object = play_id(2, claim) };

	c.body.receivable_pay =
		(struct body_receivable_pay){ .amount = { amount, "CNY" }, .payer_account = span_z(account) };
	play_entry(&p, &c, play_id(1, DEBTOR));
}

static void profile(unsigned party, const char *tie, struct date founded)
{
	struct command c = { .kind = ST_PARTY_PROFILE, .object = play_id(1, party) };
	struct span text = span_z(tie);

	c.body.party_profile.founded = founded;
	c.body.party_profile.ties = (struct texts){ &text, tie != NULL };
	c.body.party_profile.turnover = (struct money){ 0, "" };
	play_entry(&p, &c, play_id(1, OPERATOR));
}

static void the_seller_pays_the_rest(void **state)
{
	(void)state;
	profile(SELLER, "account:6222-1", DATE_NONE);
	history(1000, SELLER, DEBTOR, 6);
	pay(1000, 7000000, "6222-9");
	assert_false(play_held(&p));
	pay(1000, 100000, "6222-8"); /* another one of the debtor's */
	assert_int_equal(worst(SIGNAL_F15), SEVERITY_NONE);
	pay(1000, ordinary(0) - 7100000, "6222-1");
	assert_int_equal(worst(SIGNAL_F15), SEVERITY_HOLD);
}

/* --- F23 --- */

static void look_alikes(void **state)
{
	struct date fresh = { play_today(&p).day - 90 }, old = { play_today(&p).day - 4000 };

	(void)state;
	history(1000, SELLER, CORE, 24);
	play_company(&p, 60, "柳州国朕运输股份有限公司"); /* one character */
	play_company(&p, 61, "柳州国联运输股份贸易有限公司");
	play_company(&p, 62, "柳州国旺运输股份有限公司"); /* old enough to have a name of its own */
	play_company(&p, 63, "柳州国联运输贸易有限公司"); /* of the same owner, and says so */
	play_company(&p, 64, "柳州恒达化工股份有限公司");
	for (unsigned n = 60; n <= 64; n++)
		profile(n, n == 63 ? "owner:1" : "phone:1", n == 62 ? old : fresh);
	profile(CORE, "owner:1", old);
	for (unsigned n = 60; n <= 64; n++) {
		char number[8];

		snprintf(number, sizeof number, "L%u", n);
		bill_of(5000 + n, SELLER2, n, 40011223 + 7919 * (int64_t)n, number);
		assert_int_equal(worst(SIGNAL_F23), n <= 61 ? SEVERITY_HOLD : SEVERITY_NONE);
	}
}

/* --- D18, D01 --- */

static void ask(unsigned i)
{
	struct command c = { .kind = ST_HOLD_PLACE, .object = play_id(6, i) };
	char number[24];

	snprintf(number, sizeof number, "26322%09u%06u", 9u, 500 + i);
	c.body.hold_place.claim = (struct facts){ .kind = S("invoice"),
		                                  .issuer = S("91320500MA1MCJ0T4K"),
		                                  .number = span_z(number),
		                                  .date = play_today(&p),
		                                  .amount = { 50000000, "CNY" } };
	play_entry(&p, &c, play_id(1, LENDER));
	p.now.us += 120 * INT64_C(1000000);
}

static void numbers_tried(void **state)
{
	bool shown = false, held = false;

	(void)state;
	play_company(&p, LENDER, "某某保理有限公司");
	for (unsigned i = 0; i < 80; i++) {
		ask(i);
		assert_true(i >= 20 || p.n == 0);
		shown |= worst(SIGNAL_D18) == SEVERITY_FLAG;
		held |= worst(SIGNAL_D18) == SEVERITY_HOLD;
	}
	assert_true(shown && held);
}

/* A factor asks before it buys a hundred invoices; they come. */
static void numbers_asked_about_and_registered(void **state)
{
	char number[24];

	(void)state;
	play_company(&p, LENDER, "某某保理有限公司");
	for (unsigned i = 0; i < 80; i++) {
		ask(i);
		assert_int_equal(worst(SIGNAL_D18), SEVERITY_NONE);
		snprintf(number, sizeof number, "26322%09u%06u", 9u, 500 + i);
		bill_of(6000 + i, SELLER, DEBTOR, ordinary((int)i), number);
	}
}

static void a_double_refused(void **state)
{
	struct bill b = { .seller = SELLER, .debtor = DEBTOR, .amount = 1234567, .number = "Z-77" };

	(void)state;
	play_bill(&p, 1, &b);
	play_command(&p, 2, &b, E_DUPLICATE_CLAIM);
	assert_int_equal(worst(SIGNAL_D01), SEVERITY_INFO); /* may just have missed the answer */
	assert_int_equal(play_found_one(&p, SIGNAL_D01)->about_party, true);
}

#define U(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		U(numbers_against_facts),
		U(goods_that_are_still_to_come),
		U(a_key_got_in_the_debtors_name),
		U(a_key_renewed),
		U(a_key_of_its_own_choice),
		U(confirming_ones_own_claim),
		U(amounts_far_above),
		U(the_seller_pays_the_rest),
		U(look_alikes),
		U(numbers_tried),
		U(numbers_asked_about_and_registered),
		U(a_double_refused),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
