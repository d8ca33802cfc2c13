/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t69_outcome: the same entries give the same findings under one number of the engine. A history in which most modules
 * find something is folded, and everything found is held against a sum that belongs to DETECTION_ENGINE: whoever changes
 * what is found gives the engine the next number, or an auditor would call the findings of older logs made up.
 */
#include "test.h"

#include "trade.h"

/* Of the engine of this number; the two are changed together. */
enum { OF_ENGINE = 4 };
#define OUTCOME "d23c85720cf095c5b339344c48a4424a8915d512d711444e67471ad46619e302"

static struct hash sum;
static unsigned kinds[SIGNAL_NUMBERS];

static void add(void *arg, const struct finding_made *f)
{
	char room[2048], text[1600];
	struct arena mem = arena_over(room, sizeof room);
	const struct body_finding_raise b = finding_body(f, &mem);
	struct writer w = writer_over(text, sizeof text);

	(void)arg;
	put_uuid(&w, finding_id(f));
	put_span(&w, b.signal);
	put_span(&w, b.severity);
	put_i64(&w, b.bits);
	put_byte(&w, ' ');
	put_i64(&w, b.value);
	put_byte(&w, ' ');
	put_i64(&w, b.threshold);
	for (size_t i = 0; i < b.evidence.n; i++) {
		put_byte(&w, ' ');
		put_i64(&w, b.evidence.at[i]);
	}
	put_span(&w, b.detail);
	assert_false(w.overflow);
	sum = sha256_2((struct span){ (const char *)sum.b, sizeof sum.b }, writer_span(&w));
	kinds[f->signal]++;
}

static struct trade t;

static uint64_t enter(struct uuid issuer)
{
	struct seen s = { .seq = t.seq++, .outcome = OK, .issuer = issuer, .actor = issuer, .c = &t.c };

	s.at = date_start(t.today);
	s.at.us += (int64_t)(t.seq % 80000) * 1000000;
	assert_true(detector_see(t.d, &s, add, NULL));
	return s.seq;
}

enum { FIRMS = 60, DAYS = 420 };

static void profile(uint64_t n)
{
	struct body_party_profile *b = &t.c.body.party_profile;
	static struct span tie[2];

	trade_new(&t, ST_PARTY_PROFILE, firm(n));
	b->region = n % 3 ? S("CN-GD") : S("CN-ZJ");
	b->sector = n % 4 ? S("steel") : S("textile");
	b->founded = n % 11 ? (struct date){ t.today.day - 2000 } : (struct date){ t.today.day - 20 };
	b->turnover = (struct money){ 500000000 + (int64_t)n * 1000000, "CNY" };
	b->purchases = (struct money){ n % 13 ? 900000000 : 3000000, "CNY" };
	b->staff = 20 + (int64_t)n;
	tie[0] = text_of(&t, "phone:", n / 7);
	tie[1] = text_of(&t, "account:", n % 9 ? n : 1);
	b->ties.at = tie;
	b->ties.n = 2;
	b->source = S("a test");
	(void)enter(id_of(9, 0));
}

static void confirm(uint64_t claim, uint64_t debtor)
{
	trade_new(&t, ST_RECEIVABLE_CONFIRM, claim_id(claim));
	t.c.body.receivable_confirm.set_off_waived = FLAG_YES;
	(void)enter(firm(debtor));
}

static void pay(uint64_t claim, uint64_t debtor, int64_t minor)
{
	trade_new(&t, ST_RECEIVABLE_PAY, claim_id(claim));
	t.c.body.receivable_pay.amount = (struct money){ minor, "CNY" };
	t.c.body.receivable_pay.on = t.today;
	t.c.body.receivable_pay.payer_account = text_of(&t, "acc", debtor % 5 ? debtor : 1);
	(void)enter(firm(debtor));
}

static void credit(uint64_t claim, uint64_t seller, int64_t minor)
{
	trade_new(&t, ST_RECEIVABLE_ADJUST, claim_id(claim));
	t.c.body.receivable_adjust.reduce = (struct money){ minor, "CNY" };
	t.c.body.receivable_adjust.reason = S("returned");
	(void)enter(firm(seller));
}

static void finance(uint64_t claim, uint64_t seller, uint64_t bank, int64_t minor)
{
	struct body_encumbrance_grant *g = &t.c.body.encumbrance_grant;

	trade_new(&t, ST_ENCUMBRANCE_GRANT, id_of(4, claim));
	g->asset = claim_id(claim);
	g->secured_party = firm(100 + bank);
	g->amount = (struct money){ minor, "CNY" };
	(void)enter(firm(seller));
	trade_new(&t, ST_ENCUMBRANCE_ACCEPT, id_of(4, claim));
	(void)enter(firm(100 + bank));
}

static void register_it(uint64_t claim, uint64_t seller, uint64_t debtor, int64_t minor, const char *number, uint64_t n)
{
	sale(&t, claim, seller, debtor, minor, 0);
	t.c.body.receivable_register.invoice.number = text_of(&t, number, n);
	t.c.body.receivable_register.goods = seller % 3 ? S("7208") : S("5208");
	t.c.body.receivable_register.account = text_of(&t, "acc", seller % 9 ? seller : 1);
	(void)enter(firm(seller));
}

/* One day of dice: sales, some of them odd, and what becomes of those of two months ago. */
static uint64_t day_of_trade(uint64_t claim, int64_t faces[], uint32_t sellers[], uint32_t debtors[])
{
	unsigned sales = 2 + (unsigned)below(&t.dice, 4);

	for (unsigned i = 0; i < sales; i++, claim++) {
		uint64_t seller = below(&t.dice, FIRMS), debtor = (seller + 1 + below(&t.dice, 5)) % FIRMS;
		int64_t minor = 1000000 + (int64_t)below(&t.dice, 90) * 100000;

		if (claim % 41 == 0) /* large */
			minor *= 40;
		if (claim % 17 == 0 && claim > 0) { /* again, under another number */
			seller = sellers[claim - 1];
			debtor = debtors[claim - 1];
			minor = faces[claim - 1];
		}
		if (claim % 29 < 3) { /* in a circle */
			seller = claim % 29;
			debtor = (seller + 1) % 3;
			minor = 7000000;
		}
		faces[claim] = minor;
		sellers[claim] = (uint32_t)seller;
		debtors[claim] = (uint32_t)debtor;
		register_it(claim, seller, debtor, minor, claim % 17 ? "A-" : "B-0", claim);
		if (claim % 3)
			confirm(claim, debtor);
		if (claim % 4 == 0)
			finance(claim, seller, claim % 3, minor * 8 / 10);
		if (claim % 31 == 0)
			credit(claim, seller, minor / 5);
		if (claim > 200 && claim % 5)
			pay(claim - 200, debtors[claim - 200], claim % 7 ? faces[claim - 200] : faces[claim - 200] / 2);
	}
	return claim;
}

static void what_is_found_belongs_to_the_engine(void **state)
{
	static int64_t faces[DAYS * 8];
	static uint32_t sellers[DAYS * 8], debtors[DAYS * 8];
	uint64_t claim = 0;
	unsigned found = 0;
	char text[65];

	(void)state;
	trade_start(&t);
	for (uint64_t n = 0; n < FIRMS; n++) {
		enrol(&t, n);
		profile(n);
	}
	for (unsigned day = 0; day < DAYS; day++, t.today.day++)
		claim = day_of_trade(claim, faces, sellers, debtors);
	for (unsigned i = 0; i < SIGNAL_NUMBERS; i++)
		found += kinds[i] > 0;
	print_message("%u kinds of finding in %llu entries\n", found, (unsigned long long)t.seq);
	assert_true(found >= 15);
	for (unsigned i = 0; i < 32; i++)
		snprintf(text + 2 * i, 3, "%02x", sum.b[i]);
	if (strcmp(text, OUTCOME) != 0)
		fail_msg(
			"the outcome is %s: give DETECTION_ENGINE (include/detect.h) the next number and write both here",
			text);
	assert_int_equal(OF_ENGINE, DETECTION_ENGINE);
	trade_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_belongs_to_the_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
