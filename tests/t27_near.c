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
/* Nothing binds the two together but the facts; but no amount of this seller ever came again. */
static void r02_next_in_sequence_out_of_habit(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D04, SEVERITY_HOLD, b.number = "INV202640081", b.goods = b.delivery = NULL);
}
/* The same of a seller of whom that is not known: shown, not held. */
static void r02_next_in_sequence_bare(void **state)
{
	struct bill b = original;

	(void)state;
	b.goods = b.delivery = b.order = NULL;
	play_bill(&p, FIRST_FREE, &b);
	b.number = "INV202640081";
	play_bill(&p, FIRST_FREE + 1, &b);
	assert_false(play_held(&p));
	assert_non_null(play_found_one(&p, SIGNAL_D04));
}

/* A young seller's invoices of six orders, and then one of them again under the next number, for the same order, day and
 * date due; `twice`: it bills two of each, as who sends two lorries does. */
static void same_order_again(bool twice)
{
	char number[24], order[24];

	for (int i = 0; i < 6; i++)
		for (int k = 0; k <= twice; k++) {
			struct bill b = { .seller = SELLER,
				          .debtor = DEBTOR,
				          .amount = 111111111 + 1777777 * i,
				          .number = numbered(number, 2 * i + k),
				          .order = order };

			snprintf(order, sizeof order, "PO%04d", 100 + i);
			play_bill(&p, FIRST_FREE + (unsigned)(2 * i + k), &b);
			if (k == 0)
				play_days(&p, 2);
		}
	struct bill b = original;

	b.goods = b.delivery = NULL;
	b.issued = play_today(&p);
	play_bill(&p, FIRST_FREE + 100, &b);
	b.number = "INV202640081";
	play_days(&p, 9);
	play_bill(&p, FIRST_FREE + 101, &b);
}
static void r02_same_order_of_a_young_seller(void **state)
{
	(void)state;
	same_order_again(false);
	found(SIGNAL_D04, SEVERITY_HOLD, p.seq - 2);
}
static void r02_same_order_of_who_bills_in_twos(void **state)
{
	(void)state;
	same_order_again(true);
	assert_false(play_held(&p));
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
/* ATK-81 */
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

/* Four together leave many sums to try; that the seller's amounts are never round tells the rest. */
static void r05_rounded_of_four(void **state)
{
	(void)state;
	merged((int64_t[]){ 31415926, 27182818, 14142135, 17319161 }, 4, 90060000, SEVERITY_HOLD);
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
/* The bank's spread and a rate some days old are more than the signal allows; the order they share makes up for it. */
static void r06_old_rate_same_order(void **state)
{
	(void)state;
	rates();
	AGAIN(SIGNAL_D09, SEVERITY_HOLD, b.ccy = "USD", b.amount = 123456789 / 71 * 10 / 1000 * 1022,
	      b.number = "INV202640081", b.goods = b.delivery = NULL);
}
static void r06_tax(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D10, SEVERITY_FLAG, b.amount = 123456789 * INT64_C(113) / 100, b.number = "INV202640081");
}

static void r06_pro_forma_is_shown(void **state)
{
	(void)state;
	rates();
	AGAIN(SIGNAL_D09, SEVERITY_FLAG, b.ccy = "USD", b.amount = 123456789 / 71 * 10, b.number = "PI202640081");
}

/* --- what else binds claims --- */

/* A voucher went out on the original: what doubles it, doubles the voucher. */
static void a_voucher_stands_for_it(void **state)
{
	struct command c = { .kind = ST_VOUCHER_ISSUE, .object = play_id(5, 1) };
	struct bill b = original;
	uint64_t seq;

	(void)state;
	seq = first();
	c.body.voucher_issue.receivable = play_id(2, FIRST_FREE);
	play_entry(&p, &c, play_id(1, DEBTOR));
	b.number = "INV202640075-1";
	play_bill(&p, FIRST_FREE + 1, &b);
	found(SIGNAL_D14, SEVERITY_HOLD, seq);
}

static void order_overdrawn(void **state)
{
	struct command c = { .kind = ST_PREPAYMENT_OPEN, .object = play_id(5, 1) };
	struct bill b = { .seller = SELLER, .debtor = DEBTOR, .order = "PO-77", .amount = 60000017, .number = "A1001" };
	uint64_t seq;

	(void)state;
	c.body.prepayment_open = (struct body_prepayment_open){ .seller = play_id(1, SELLER),
		                                                .amount = { 100000000, "CNY" },
		                                                .order = S("PO 77") };
	play_entry(&p, &c, play_id(1, DEBTOR));
	seq = p.seq - 1;
	play_bill(&p, 1, &b);
	assert_int_equal(p.n, 0);
	play_days(&p, 5);
	b.amount = 47000011;
	b.number = "A1011";
	play_bill(&p, 2, &b);
	found(SIGNAL_D13, SEVERITY_FLAG, seq);
	play_days(&p, 5);
	b.amount = 31000011;
	b.number = "A1021";
	play_bill(&p, 3, &b);
	found(SIGNAL_D13, SEVERITY_HOLD, seq);
}

/* Credited in full, then its number comes again. */
static void credited_and_used_again(void **state)
{
	struct command c = { .kind = ST_RECEIVABLE_ADJUST, .object = play_id(2, FIRST_FREE) };
	struct bill b = original;
	uint64_t seq;

	(void)state;
	seq = first();
	c.body.receivable_adjust.reduce = (struct money){ original.amount, "CNY" };
	play_entry(&p, &c, play_id(1, SELLER));
	play_days(&p, 3);
	play_bill(&p, FIRST_FREE + 1, &b);
	found(SIGNAL_D16, SEVERITY_HOLD, seq);
}

/* One waybill, two customers. */
static void delivered_to_two(void **state)
{
	(void)state;
	AGAIN(SIGNAL_D12, SEVERITY_FLAG, b.debtor = DEBTOR2, b.goods = "other lines", b.number = "INV202640081",
	      b.amount = 40031177);
}

/* --- honest look-alikes (DETECTION 6.1) --- */

static void not_held(const struct bill *b, unsigned n)
{
	play_bill(&p, n, b);
	for (unsigned i = 0; i < p.n; i++)
		if (p.found[i].severity >= SEVERITY_HOLD)
			fail_msg("held by %s: %s", signal_id((int32_t)p.found[i].signal), p.found[i].detail);
}

/* HN01, HN02, HN14: the same amount on the same day of each month, with the same lines. */
static void rent_and_instalments(void **state)
{
	char number[24];

	(void)state;
	history();
	for (unsigned i = 0; i < 24; i++) {
		struct bill b = { .seller = SELLER2, .debtor = DEBTOR, .amount = 8350000, .term = 10, .goods = "rent" };

		snprintf(number, sizeof number, "RENT-%u-%02u", 2026 + i / 12, 1 + i % 12);
		b.number = number;
		not_held(&b, FIRST_FREE + i);
		assert_int_equal(i >= 5 ? p.n : 0, 0);
		play_days(&p, i % 2 ? 30 : 31);
	}
}

/* HN03: thirty, thirty and forty per cent of a contract. */
static void milestones(void **state)
{
	static const int64_t part[] = { 36000000, 36000000, 48000000 };
	char number[24];

	(void)state;
	history();
	for (unsigned i = 0; i < 3; i++) {
		struct bill b = { .seller = SELLER2, .debtor = DEBTOR, .amount = part[i], .order = "HT-9" };

		snprintf(number, sizeof number, "HT9-%u", i + 1);
		b.number = number;
		not_held(&b, FIRST_FREE + i);
		play_days(&p, 35);
	}
}

/* HN07: cancelled, or rejected by the debtor, and billed again, whole or in two. */
static void cancelled_and_billed_again(void **state)
{
	struct bill b = original;

	(void)state;
	(void)first();
	play_end_of(&p, ST_RECEIVABLE_CANCEL, FIRST_FREE);
	b.number = "INV202640078";
	not_held(&b, FIRST_FREE + 1);
	play_end_of(&p, ST_RECEIVABLE_REJECT, FIRST_FREE + 1);
	b.number = "INV202640081";
	b.amount = 61728395;
	not_held(&b, FIRST_FREE + 2);
	b.number = "INV202640084";
	b.amount = 61728394;
	b.delivery = "WB008802";
	b.goods = "other lines";
	not_held(&b, FIRST_FREE + 3);
}

/* HN08: three truckloads of a day, consecutive numbers, one price, each with its own weight note. */
static void truckloads(void **state)
{
	char number[24], delivery[24];

	(void)state;
	history();
	for (unsigned i = 0; i < 30; i++) {
		struct bill b = { .seller = SELLER2,
			          .debtor = DEBTOR,
			          .amount = 4312700,
			          .goods = "33 t",
			          .number = number,
			          .delivery = delivery,
			          .order = "PO-1" };

		snprintf(number, sizeof number, "T%06u", 1000 + i);
		snprintf(delivery, sizeof delivery, "W%06u", 500 + 3 * i);
		not_held(&b, FIRST_FREE + i);
		if (i % 3 == 2)
			play_days(&p, 1);
	}
}

/* HN15, HN18: what declares the trade it comes from has one budget with it. */
static void declared_descent(void **state)
{
	struct bill b = original;

	(void)state;
	b.lineage = 7;
	play_bill(&p, FIRST_FREE, &b);
	b.number = "INV202640075-1";
	play_bill(&p, FIRST_FREE + 1, &b);
	assert_int_equal(p.n, 0);
}

/* A branch is not its parent; two registrations of one company are one. */
static void who_is_who(void **state)
{
	struct bill b = original;
	uint64_t seq;

	(void)state;
	play_company(&p, 50, "苏州同建机电设备有限公司北京分公司");
	play_company(&p, 51, "蘇州同建機電設備有限責任公司");
	seq = first();
	b.seller = 50;
	b.number = "INV202640081";
	not_held(&b, FIRST_FREE + 1);
	b.seller = 51;
	b.number = "INV202640084";
	play_bill(&p, FIRST_FREE + 2, &b);
	found(SIGNAL_D04, SEVERITY_HOLD, seq);
	assert_non_null(strstr(play_found_one(&p, SIGNAL_D04)->detail, "same name, other id"));
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
		U(r02_next_in_sequence_out_of_habit),
		U(r02_next_in_sequence_bare),
		U(r02_same_order_of_a_young_seller),
		U(r02_same_order_of_who_bills_in_twos),
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
		U(r05_rounded_of_four),
		U(r06_exact_rate),
		U(r06_bank_spread),
		U(r06_old_rate_same_order),
		U(r06_tax),
		U(r06_pro_forma_is_shown),
		U(a_voucher_stands_for_it),
		U(order_overdrawn),
		U(credited_and_used_again),
		U(delivered_to_two),
		U(rent_and_instalments),
		U(milestones),
		U(cancelled_and_billed_again),
		U(truckloads),
		U(declared_descent),
		U(who_is_who),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
