/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t27_near: doubles that are not exact. Every recipe of DETECTION 6.2 that
 * re-registers one trade (R01-R06), naive and informed, is found by the right
 * signal, with the earlier entry as evidence; every honest look-alike of 6.1 that
 * registrations can show is not held.
 */
#include "test.h"

#include "nearplay.h"

static struct play p;
enum { SELLER = 10, SELLER2, DEBTOR, DEBTOR2, FIRST_FREE = 1000 };

static int begin(void **state)
{
	(void)state;
	play_start(&p, (size_t)1 << 28);
	play_company(&p, SELLER, "苏州同建机电设备有限公司");
	play_company(&p, SELLER2, "无锡远方电气有限公司");
	play_company(&p, DEBTOR, "海晟重工集团股份有限公司");
	play_company(&p, DEBTOR2, "北京云帆汽车股份有限公司");
	return 0;
}

static int end(void **state)
{
	(void)state;
	play_end(&p);
	return 0;
}

/* Numbers of a busy seller: every third invoice is registered. */
static const char *numbered(char buf[static 24], int n)
{
	snprintf(buf, 24, "INV2026%05d", 40000 + 3 * n);
	return buf;
}

/* A month of ordinary trade, so that there is something to compare with. */
static void history(void)
{
	static const int64_t amount[] = { 12345678, 9871243, 45123311, 7812390, 33312087, 51200733, 8127733, 19283721 };
	char number[24], order[24], goods[24], delivery[24];

	for (int i = 0; i < 24; i++) {
		snprintf(order, sizeof order, "PO%04d", 100 + i / 2);
		snprintf(goods, sizeof goods, "lines %d", i);
		snprintf(delivery, sizeof delivery, "WB%06d", 7000 + 7 * i);
		struct bill b = { .seller = SELLER,
			          .debtor = i % 3 ? DEBTOR : DEBTOR2,
			          .amount = amount[i % 8] + 10007 * i,
			          .number = numbered(number, i),
			          .order = order,
			          .goods = goods,
			          .delivery = delivery };
		play_bill(&p, (unsigned)i, &b);
		assert_false(play_held(&p));
		play_days(&p, 1);
	}
}

static const struct bill original = { .seller = SELLER,
	                              .debtor = DEBTOR,
	                              .amount = 123456789,
	                              .number = "INV202640075",
	                              .order = "PO0300",
	                              .goods = "the lines",
	                              .delivery = "WB008801" };

/* The original is registered today; its seq. */
static uint64_t first(void)
{
	history();
	play_bill(&p, FIRST_FREE, &original);
	assert_int_equal(p.n, 0);
	return p.seq - 1;
}

static void found(enum signal signal, enum severity severity, uint64_t evidence)
{
	const struct finding_made *f = play_found_one(&p, signal);
	bool cited = false;

	if (!f) {
		for (unsigned i = 0; i < p.n; i++)
			print_message("%s %s: %s\n", signal_id((int32_t)p.found[i].signal),
			              severity_name((int32_t)p.found[i].severity), p.found[i].detail);
		fail_msg("%s is not found", signal_id((int32_t)signal));
	}
	for (unsigned i = 0; i < f->n_evidence; i++)
		cited = cited || f->evidence[i] == evidence;
	if (!cited)
		fail_msg("%s does not cite it: %s", signal_id((int32_t)signal), f->detail);
	assert_int_equal(f->evidence[f->n_evidence - 1], p.seq - 1);
	assert_true(strlen(f->detail) > 0);
	if (f->severity != severity)
		fail_msg("%s is %s: %s", signal_id((int32_t)signal), severity_name((int32_t)f->severity), f->detail);
}

/* Registered again two days later with something changed. */
#define AGAIN(signal, severity, ...)               \
	do {                                       \
		uint64_t seq = first();            \
		struct bill b = original;          \
                                                   \
		b.issued = play_today(&p);         \
		play_days(&p, 2);                  \
		__VA_ARGS__;                       \
		play_bill(&p, FIRST_FREE + 1, &b); \
		found(signal, severity, seq);      \
	} while (0)

/* --- R01: the document itself, by somebody else or in another role --- */
static void r01_other_filer(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D03, SEVERITY_HOLD, b.seller = SELLER2);
}
static void r01_swapped(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D03, SEVERITY_HOLD, b.seller = DEBTOR, b.debtor = SELLER);
}
static void r01_same_file(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D03, SEVERITY_HOLD, b.seller = SELLER2, b.document = FIRST_FREE, b.number = "X-1", b.goods = NULL,
	      b.order = NULL);
}

/* --- R02: renumbered --- */
static void r02_suffix(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_HOLD, b.number = "INV202640075-1", b.goods = NULL, b.delivery = NULL);
}
static void r02_slash_a(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_HOLD, b.number = "INV202640075/A", b.goods = NULL, b.order = NULL);
}
static void r02_next_in_sequence(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_HOLD, b.number = "INV202640081");
}
static void r02_next_in_sequence_same_delivery(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_HOLD, b.number = "INV202640081", b.goods = NULL);
}
/* Nothing binds the two together but the facts: shown, not held. */
static void r02_next_in_sequence_bare(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_FLAG, b.number = "INV202640081", b.goods = b.delivery = NULL);
}

/* --- R03: slips and look-alikes --- */
static void r03_one_edit(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D05, SEVERITY_HOLD, b.number = "INV202690075", b.goods = NULL, b.delivery = NULL);
}
static void r03_transposed(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D05, SEVERITY_HOLD, b.number = "INV206240075", b.goods = NULL, b.delivery = NULL);
}
static void r03_confusable(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D06, SEVERITY_HOLD, b.number = "INV2O264OO75", b.goods = NULL, b.delivery = NULL, b.order = NULL);
}
static void r03_full_width_and_look_alikes(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D06, SEVERITY_HOLD, b.number = "ＩNV２０２６4００7S", b.goods = NULL, b.delivery = NULL);
}
static void r03_two_edits_and_a_space(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D05, SEVERITY_HOLD, b.number = "INV 20276 40075", b.goods = NULL, b.delivery = NULL);
}
static void r03_amount_a_little_off(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D05, SEVERITY_HOLD, b.number = "INV202690075", b.amount += 200000, b.goods = NULL);
}

/* --- R04: split, R05: merged --- */
static void split(const int64_t *part, int n, int days, const char *order, enum severity severity)
{
	uint64_t seq = first();
	char number[24];

	play_days(&p, 1);
	for (int i = 0; i < n; i++) {
		struct bill b = { .seller = SELLER,
			          .debtor = DEBTOR,
			          .amount = part[i],
			          .order = order,
			          .number = numbered(number, 40 + i) };
		play_bill(&p, FIRST_FREE + 1 + (unsigned)i, &b);
		if (i < n - 1)
			assert_null(play_found_one(&p, SIGNAL_D07));
		play_days(&p, days);
	}
	found(SIGNAL_D07, severity, seq);
}
static void r04_two_equal(void **state)
{
	(void)state;
	split((int64_t[]){ 61728395, 61728394 }, 2, 0, "PO0300", SEVERITY_HOLD);
}
static void r04_three_equal(void **state)
{
	(void)state;
	split((int64_t[]){ 41152263, 41152263, 41152263 }, 3, 0, NULL, SEVERITY_HOLD);
}
static void r04_four_random_over_days(void **state)
{
	(void)state;
	split((int64_t[]){ 21150961, 48823117, 33475208, 20007503 }, 4, 2, NULL, SEVERITY_HOLD);
}
static void r04_five_random_over_days(void **state)
{
	(void)state;
	split((int64_t[]){ 21150961, 38220017, 33475208, 20007503, 10603100 }, 5, 2, "PO0300", SEVERITY_HOLD);
}

static void merged(const int64_t *part, int n, int64_t whole, enum severity severity)
{
	uint64_t seq;
	char number[24];

	history();
	for (int i = 0; i < n; i++) {
		struct bill b = {
			.seller = SELLER, .debtor = DEBTOR, .amount = part[i], .number = numbered(number, 40 + i)
		};
		play_bill(&p, FIRST_FREE + 1 + (unsigned)i, &b);
		play_days(&p, 1);
	}
	seq = p.seq - 1;
	struct bill b = { .seller = SELLER, .debtor = DEBTOR, .amount = whole, .number = numbered(number, 50) };
	play_bill(&p, FIRST_FREE + 20, &b);
	found(SIGNAL_D08, severity, seq);
}
static void r05_two(void **state)
{
	(void)state;
	merged((int64_t[]){ 31415926, 27182818 }, 2, 31415926 + 27182818, SEVERITY_HOLD);
}
static void r05_four(void **state)
{
	(void)state;
	merged((int64_t[]){ 31415926, 27182818, 14142135, 17320508 }, 4, 31415926 + 27182818 + 14142135 + 17320508,
	       SEVERITY_HOLD);
}
static void r05_rounded(void **state)
{
	(void)state;
	merged((int64_t[]){ 31415926, 27182818, 14142135 }, 3, 72741000, SEVERITY_HOLD);
}

/* --- R06: in another currency, with or without tax --- */
static void rates(void)
{
	struct command c = { .kind = ST_PRICE_ENROL, .object = play_id(4, 1) };

	c.body.price_enrol.commodity = S("fx:USD");
	c.body.price_enrol.currency = S("CNY");
	c.body.price_enrol.per = (struct quantity){ 1000000, "" };
	play_entry(&p, &c, play_id(1, 1));
	c = (struct command){ .kind = ST_PRICE_POST, .object = play_id(4, 1) };
	c.body.price_post.price = (struct money){ 710, "CNY" };
	play_entry(&p, &c, play_id(1, 1));
}
static void r06_exact_rate(void **state)
{
	(void)state;
	rates();
	AGAIN(SIGNAL_D09, SEVERITY_HOLD, b.ccy = "USD", b.amount = 123456789 / 71 * 10, b.number = "INV202640081");
}
static void r06_bank_spread(void **state)
{
	(void)state;
	rates();
	AGAIN(SIGNAL_D09, SEVERITY_HOLD, b.ccy = "USD", b.amount = 123456789 / 71 * 10 / 1000 * 1009,
	      b.number = "INV202640081", b.goods = NULL);
}
static void r06_tax(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D10, SEVERITY_FLAG, b.amount = 123456789 * INT64_C(113) / 100, b.number = "INV202640081");
}

#define U(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		U(r01_other_filer),
		U(r01_swapped),
		U(r01_same_file),
		U(r02_suffix),
		U(r02_slash_a),
		U(r02_next_in_sequence),
		U(r02_next_in_sequence_same_delivery),
		U(r02_next_in_sequence_bare),
		U(r03_one_edit),
		U(r03_transposed),
		U(r03_confusable),
		U(r03_full_width_and_look_alikes),
		U(r03_two_edits_and_a_space),
		U(r03_amount_a_little_off),
		U(r04_two_equal),
		U(r04_three_equal),
		U(r04_four_random_over_days),
		U(r04_five_random_over_days),
		U(r05_two),
		U(r05_four),
		U(r05_rounded),
		U(r06_exact_rate),
		U(r06_bank_spread),
		U(r06_tax),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
