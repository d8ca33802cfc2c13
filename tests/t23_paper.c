/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t23_paper: vouchers, bills and pools, and somebody who tries to break each rule.
 *
 * Each test is a short script of signed steps with the outcome asserted at each. After every test the parts of all
 * packages still add up (paper_broken), and so do the balances of every asset.
 */
#include "test.h"

#include "paperplay.h"

static struct stage s;

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	return 0;
}

static void every_package_adds_up(void)
{
	struct arena mem = big_arena(1 << 24);
	struct uuid where;
	const char *broken = paper_broken(&s.world, &mem, &where);

	if (broken)
		fail_msg("%s", broken);
	munmap(mem.base, mem.cap);
}

static void every_asset_is_sound(void)
{
	for (size_t i = 0; i < s.world.n_buckets; i++)
		for (const struct row *r = s.world.bucket[i]; r; r = r->next) {
			const struct encumbrance *e[ENCUMBRANCES_MAX * 2];
			size_t n = 0;

			if (r->table != TABLE_ASSET || !r->exists)
				continue;
			for (const struct row *c = r->children; c; c = c->sibling)
				e[n++] = (const struct encumbrance *)(const void *)c;
			assert_null(asset_broken((const struct asset *)(const void *)r, e, n));
		}
}

static int end(void **state)
{
	(void)state;
	every_package_adds_up();
	every_asset_is_sound();
	stage_end(&s);
	return 0;
}

static enum fault did(struct command c) { return step(&s, &c); }

/* Refused by this rule, by name. */
static void refused_by(struct command c, enum fault want, const char *rule)
{
	assert_int_equal(did(c), want);
	if (strncmp(s.d.diag.rule, rule, strlen(rule)) != 0)
		fail_msg("refused by '%s', should be '%s'", s.d.diag.rule, rule);
}

static void goto_day(const char *text) { s.now = date_start(day(text)); }

static void publish(enum rule_number rule, int64_t value)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, new_id(&s));
	struct body_rule_publish *b = &c.body.rule_publish;
	int64_t latest = 0;

	for (const struct row *r = s.world.rules; r; r = r->sibling) {
		int64_t id = ((const struct rule *)(const void *)r)->id;

		if (id / RULE_VERSIONS == (int64_t)rule && id % RULE_VERSIONS > latest)
			latest = id % RULE_VERSIONS;
	}
	b->rule = span_z(rule_info(rule)->id);
	b->version = latest + 1;
	b->effective = s.now;
	b->values = (struct values){ span_z(rule_info(rule)->unit), value };
	assert_int_equal(did(c), OK);
}

static struct uuid confirmed_until(int64_t face, const char *number, const char *due)
{
	struct command c = registers(&s, SUPPLIER, face, number);

	c.body.receivable_register.issue_date = date_of(s.now);
	c.body.receivable_register.due_date = day(due);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(confirms(&s, c.object)), OK);
	return c.object;
}

static struct uuid confirmed(int64_t face, const char *number) { return confirmed_until(face, number, "2027-02-01"); }

/* --- vouchers --- */

static struct uuid issued(struct uuid receivable)
{
	struct command c = issues_paper(&s, receivable);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct uuid held(int64_t face, const char *number)
{
	struct uuid v = issued(confirmed(face, number));

	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), OK);
	return v;
}

static void handed(struct uuid v, enum actor from, enum actor to)
{
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, from, v, to)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, to, v)), OK);
}

static void F35_a_voucher_stands_in_the_place_of_its_receivable(void **state)
{
	struct uuid r = confirmed(100000, "A1"), v = issued(r);

	(void)state;
	assert_int_equal(asset_of(&s, r)->state, RCV_CONFIRMED); /* nobody is forced to take paper */
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER2, v)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, ANCHOR, v)), E_NOT_AUTHORISED);
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_A, 100)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), OK);
	assert_int_equal(asset_of(&s, r)->state, RCV_LOCKED);
	assert_int_equal(asset_of(&s, v)->state, VOUCHER_HELD);
	assert_true(uuid_eq(asset_of(&s, v)->parent, r));
	assert_true(uuid_eq(asset_of(&s, v)->lineage, asset_of(&s, r)->lineage));
	assert_int_equal(paper_part(&s, v)->lo, 1);
	assert_int_equal(paper_part(&s, v)->hi, 100000);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 100)), E_BAD_STATE); /* the receivable is spoken for */
	struct command again = issues_paper(&s, r);
	assert_int_equal(did(again), E_BAD_STATE);
	struct command pay = about(&s, ST_RECEIVABLE_PAY, ANCHOR, r);
	pay.body.receivable_pay.amount = cny(1);
	assert_int_equal(did(pay), E_BAD_STATE);
}

static void a_voucher_is_issued_by_the_debtor_for_all_that_is_owed(void **state)
{
	struct uuid r = confirmed(1000, "A1"), un;
	struct command c = issues_paper(&s, r);

	(void)state;
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = issues_paper(&s, r);
	c.body.voucher_issue.face = cny(999);
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = issues_paper(&s, r);
	memcpy(c.body.voucher_issue.face.ccy, "USD", 4);
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = registers(&s, SUPPLIER, 500, "A2");
	assert_int_equal(step(&s, &c), OK);
	un = c.object;
	assert_int_equal(did(issues_paper(&s, un)), E_BAD_STATE); /* not confirmed */
	c = issues_paper(&s, r);
	c.body.voucher_issue.receivable = new_id(&s);
	assert_int_equal(did(c), E_UNKNOWN_OBJECT);
	c = grants(&s, SUPPLIER, r, BANK_A, 1);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(issues_paper(&s, r)), E_EXCEEDS_FREE); /* a cent is promised */
}

/* Between the offer of a voucher and its taking, the receivable is the supplier's still: what was done to it counts. */
static void the_first_of_two_vouchers_taken_excludes_the_other(void **state)
{
	struct uuid r = confirmed(1000, "A1"), one = issued(r), two = issued(r), e;

	(void)state;
	e = grants(&s, SUPPLIER, r, BANK_A, 1).object;
	struct command c = grants(&s, SUPPLIER, r, BANK_A, 1);
	assert_int_equal(step(&s, &c), OK);
	e = c.object;
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, one)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, one)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, two)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_VOUCHER_DECLINE, ANCHOR, two)), OK);
}

static void R1_a_long_voucher_needs_a_banks_review(void **state)
{
	struct uuid r = confirmed_until(1000, "A1", "2027-10-01"), v;
	struct command c = issues_paper(&s, r);

	(void)state;
	c.body.voucher_issue.due_date = day("2027-05-23");
	assert_int_equal(step(&s, &c), OK); /* six months to the day */
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, c.object)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, c.object)), OK);
	c = issues_paper(&s, r);
	c.body.voucher_issue.due_date = day("2027-05-24");
	assert_int_equal(step(&s, &c), OK);
	v = c.object;
	refused_by(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v), E_REVIEW_MISSING, "voucher.tenor@");
	c = about(&s, ST_VOUCHER_REVIEW, SUPPLIER, v);
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = about(&s, ST_VOUCHER_REVIEW, BANK_A, v);
	c.body.voucher_review.reason = S("plant construction");
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), OK);
}

static void R2_the_hard_cap_moves_with_the_rule(void **state)
{
	struct uuid r = confirmed_until(1000, "A1", "2027-11-22");
	struct command c = issues_paper(&s, r);

	(void)state;
	publish(RULE_VOUCHER_CAP, 6);
	refused_by(c, E_TENOR, "voucher.tenor_cap@2");
	publish(RULE_VOUCHER_CAP, 11);
	c = issues_paper(&s, r);
	refused_by(c, E_TENOR, "voucher.tenor_cap@3");
	publish(RULE_VOUCHER_CAP, 12);
	assert_int_equal(did(issues_paper(&s, r)), OK);
}

static void R4_no_voucher_runs_longer_than_its_trade(void **state)
{
	struct uuid r = confirmed(1000, "A1");
	struct command c = issues_paper(&s, r);

	(void)state;
	c.body.voucher_issue.due_date.day++;
	refused_by(c, E_TENOR, "paper.due_grace@1");
	c = issues_paper(&s, r);
	c.body.voucher_issue.due_date = date_of(s.now);
	assert_int_equal(did(c), E_DATE_ORDER);
}

static void R32_a_split_is_disjoint_and_the_whole(void **state)
{
	static const int64_t cent[] = { 1, 99999 }, over[] = { 60000, 40001 }, under[] = { 60000, 39999 },
			     zero[] = { 100000, 0 }, more[] = { 50000, 30000, 19999 };
	struct uuid v = held(100000, "A1"), a, b;
	struct command c;

	(void)state;
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, ANCHOR, v, cent, 2)), E_NOT_AUTHORISED);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, over, 2)), E_PARTS_SUM);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, under, 2)), E_PARTS_SUM);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, zero, 2)), E_ZERO_AMOUNT);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, cent, 2);
	c.body.paper_split.parts.at[1].id = c.body.paper_split.parts.at[0].id;
	assert_int_equal(did(c), E_BAD_MEMBER);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, cent, 2);
	c.body.paper_split.parts.at[1].id = v;
	assert_int_equal(did(c), E_OBJECT_EXISTS);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, cent, 2);
	memcpy(c.body.paper_split.parts.at[1].amount.ccy, "USD", 4);
	assert_int_equal(did(c), E_CURRENCY_MISMATCH);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, cent, 2);
	assert_int_equal(did(c), OK);
	a = c.body.paper_split.parts.at[0].id;
	b = c.body.paper_split.parts.at[1].id;
	assert_int_equal(asset_of(&s, v)->state, VOUCHER_SPLIT);
	assert_int_equal(paper_part(&s, a)->lo, 1);
	assert_int_equal(paper_part(&s, a)->hi, 1);
	assert_int_equal(paper_part(&s, b)->lo, 2);
	assert_int_equal(paper_part(&s, b)->hi, 100000);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, cent, 2)), E_BAD_STATE);
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_A, 1)), E_BAD_STATE);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, b, more, 3);
	assert_int_equal(did(c), OK);
	assert_int_equal(paper_part(&s, c.body.paper_split.parts.at[2].id)->lo, 80002);
	assert_int_equal(paper_part(&s, c.body.paper_split.parts.at[2].id)->hi, 100000);
	assert_int_equal(paper_part(&s, v)->children, 6); /* itself and five */
}

static void units_are_64_bits_wide(void **state)
{
	static const int64_t halves[] = { MONEY_MAX - INT64_C(5000000000), INT64_C(5000000000) };
	struct uuid v = held(MONEY_MAX, "A1");
	struct command c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, halves, 2);

	(void)state;
	assert_int_equal(did(c), OK);
	assert_true(paper_part(&s, c.body.paper_split.parts.at[1].id)->lo == MONEY_MAX - INT64_C(5000000000) + 1);
	assert_true(paper_part(&s, c.body.paper_split.parts.at[1].id)->hi == MONEY_MAX);
}

static void interval_zero_cannot_be_divided(void **state)
{
	static const int64_t half[] = { 500, 500 };
	struct command c = issues_paper(&s, confirmed(1000, "A1"));

	(void)state;
	c.body.voucher_issue.divisible = FLAG_NO;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, c.object)), OK);
	assert_int_equal(paper_part(&s, c.object)->lo, 0);
	assert_int_equal(paper_part(&s, c.object)->hi, 0);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, c.object, half, 2)), E_INDIVISIBLE);
	handed(c.object, SUPPLIER, SUPPLIER2);
}

static void R34_only_the_holder_splits_and_only_what_is_free(void **state)
{
	static const int64_t half[] = { 500, 500 };
	struct uuid v = held(1000, "A1");
	struct command c = grants(&s, SUPPLIER, v, BANK_A, 10);

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, half, 2)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, c.object)), OK);
	handed(v, SUPPLIER, SUPPLIER2);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, half, 2)), E_NOT_AUTHORISED);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, v, 1)), OK);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER2, v, half, 2)), E_NOT_WHOLE);
}

static const struct hop *hop_at(uint64_t seq)
{
	return (const struct hop *)(const void *)world_find(&s.world, TABLE_HOP, key_i64((int64_t)seq));
}

static void F36_each_holder_must_take_it_and_every_step_is_kept(void **state)
{
	struct uuid v = held(1000, "A1");
	struct command c = offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2);
	const struct hop *h;

	(void)state;
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER2, v, BANK_A)), E_NOT_AUTHORISED);
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, ANCHOR)), E_SELF_DEALING);
	assert_int_equal(did(c), OK);
	assert_true(uuid_eq(asset_of(&s, v)->creditor, s.party[SUPPLIER])); /* until it is taken */
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, BANK_A)), E_BAD_STATE);
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_A, 1)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, BANK_A, v)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_VOUCHER_DECLINE, ANCHOR, v)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_VOUCHER_DECLINE, SUPPLIER2, v)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER2, v)), E_NOT_AUTHORISED);
	handed(v, SUPPLIER, SUPPLIER2);
	h = hop_at(s.seq - 1);
	assert_true(uuid_eq(h->giver, s.party[SUPPLIER]) && uuid_eq(h->taker, s.party[SUPPLIER2]));
	assert_int_equal(h->layer, 1);
	c = offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER2, v, BANK_A); /* a sale to a bank */
	c.body.paper_transfer.price = cny(980);
	c.body.paper_transfer.recourse = FLAG_NO;
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, BANK_A, v)), OK);
	h = hop_at(s.seq - 1);
	assert_int_equal(h->price, 980);
	assert_int_equal(h->layer, 2);
	assert_int_equal(h->recourse, FLAG_NO);
	assert_true(uuid_eq(asset_of(&s, v)->creditor, s.party[BANK_A]));
}

static void an_offer_nobody_takes_lapses(void **state)
{
	struct uuid v = held(1000, "A1"), w = issued(confirmed(500, "A2"));

	(void)state;
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_LAPSE, REGISTRY, v)), E_NOT_YET);
	assert_int_equal(did(about(&s, ST_VOUCHER_LAPSE, SUPPLIER, v)), E_ROLE_MISSING);
	s.now.us += 7 * DAY_US;
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER2, v)), E_LAPSED);
	assert_int_equal(did(about(&s, ST_VOUCHER_LAPSE, REGISTRY, v)), OK);
	assert_int_equal(asset_of(&s, v)->state, VOUCHER_HELD);
	assert_int_equal(did(about(&s, ST_VOUCHER_LAPSE, REGISTRY, w)), OK);
	assert_int_equal(asset_of(&s, w)->state, VOUCHER_DECLINED);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, w)), E_NOT_AUTHORISED);
}

static void F37_many_layers_warn_and_too_many_are_refused(void **state)
{
	struct uuid v = held(1000, "A1");

	(void)state;
	publish(RULE_LAYERS_ALERT, 2);
	publish(RULE_LAYERS_MOST, 3);
	handed(v, SUPPLIER, SUPPLIER2);
	handed(v, SUPPLIER2, SUPPLIER);
	assert_int_equal(paper_part(&s, v)->alerts, 0);
	handed(v, SUPPLIER, BANK_A);
	assert_int_equal(paper_part(&s, v)->alerts, ALERT_LAYERS);
	refused_by(offers(&s, ST_VOUCHER_TRANSFER, BANK_A, v, BANK_B), E_LAYERS, "paper.layers_most@2");
}

static void F37_many_parts_warn_and_too_many_are_refused(void **state)
{
	static const int64_t three[] = { 10, 10, 980 }, two[] = { 5, 5 };
	struct uuid v = held(1000, "A1");
	struct command c;

	(void)state;
	publish(RULE_PARTS_ALERT, 4);
	publish(RULE_PARTS_MOST, 6);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, three, 3);
	assert_int_equal(did(c), OK);
	struct uuid a = c.body.paper_split.parts.at[0].id, b = c.body.paper_split.parts.at[1].id;
	assert_int_equal(paper_part(&s, a)->alerts, 0);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, a, two, 2);
	assert_int_equal(did(c), OK);
	assert_int_equal(paper_part(&s, c.body.paper_split.parts.at[0].id)->alerts, ALERT_PARTS);
	refused_by(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, b, two, 2), E_PARTS, "paper.parts_most@2");
}

static void R33_near_its_due_date_it_changes_hands_no_more(void **state)
{
	struct uuid v = held(1000, "A1");

	(void)state;
	goto_day("2027-01-30");
	refused_by(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2), E_TRANSFER_STOPPED,
	           "paper.transfer_stop@1");
	goto_day("2027-01-29");
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), OK);
}

static void a_voucher_is_financed_like_any_asset(void **state)
{
	struct uuid v = held(1000, "A1");
	struct command c = grants(&s, SUPPLIER, v, BANK_A, 800);

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, c.object)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_B, 201)), E_EXCEEDS_FREE);
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), E_EXCEEDS_FREE);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, v)), E_EXCEEDS_FREE);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, BANK_A, v, 300)), OK); /* the collecting bank reports */
	assert_int_equal(enc_of(&s, c.object)->open, 500);
	assert_int_equal(asset_of(&s, asset_of(&s, v)->parent)->paid, 300);
}

static void a_lenders_hold_keeps_a_voucher_where_it_is(void **state)
{
	static const int64_t half[] = { 500, 500 };
	struct uuid v = held(1000, "A1");
	struct command c = say(&s, ST_HOLD_PLACE, BANK_A, new_id(&s));

	(void)state;
	c.body.hold_place.asset = v;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until.us = s.now.us + DAY_US / 2;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), E_HELD);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, half, 2)), E_HELD);
	handed(v, SUPPLIER, BANK_A); /* for the lender it is held for */
	assert_true(uuid_is_nil(asset_of(&s, v)->hold));
}

static void redeeming_all_parts_settles_the_receivable(void **state)
{
	static const int64_t parts[] = { 400, 600 };
	struct uuid v = held(1000, "A1"), r = asset_of(&s, v)->parent;
	struct command c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, parts, 2);

	(void)state;
	assert_int_equal(did(c), OK);
	struct uuid a = c.body.paper_split.parts.at[0].id, b = c.body.paper_split.parts.at[1].id;
	handed(b, SUPPLIER, SUPPLIER2);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, SUPPLIER, a, 400)), E_NOT_AUTHORISED);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, a, 401)), E_EXCEEDS_OPEN);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, a, 400)), OK);
	assert_int_equal(asset_of(&s, a)->state, VOUCHER_REDEEMED);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, a, 1)), E_BAD_STATE);
	assert_int_equal(asset_of(&s, r)->state, RCV_LOCKED);
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER2, b, BANK_A)), OK);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, b, 600)), OK); /* offered meanwhile */
	assert_int_equal(asset_of(&s, b)->state, VOUCHER_REDEEMED);
	assert_int_equal(asset_of(&s, r)->state, RCV_SETTLED);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, BANK_A, b)), E_NOT_AUTHORISED);
}

static void only_the_whole_goes_back(void **state)
{
	static const int64_t half[] = { 500, 500 };
	struct uuid v = held(1000, "A1"), r = asset_of(&s, v)->parent, w = held(1000, "A2");
	struct command c;

	(void)state;
	handed(v, SUPPLIER, SUPPLIER2);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, v)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER2, v)), E_NOT_AUTHORISED); /* not its receivable */
	handed(v, SUPPLIER2, SUPPLIER);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, v)), OK);
	assert_int_equal(asset_of(&s, r)->state, RCV_CONFIRMED);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 1000)), OK);
	c = splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, w, half, 2);
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, w)), E_BAD_STATE);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, c.body.paper_split.parts.at[0].id)), E_NOT_WHOLE);
}

static void R30_an_anchor_with_an_unpaid_voucher_issues_no_more(void **state)
{
	struct uuid v = held(1000, "A1"), r = confirmed_until(700, "A2", "2027-06-01"), w;

	(void)state;
	w = issued(r); /* before: offered and not taken */
	assert_int_equal(did(about(&s, ST_VOUCHER_OVERDUE, REGISTRY, v)), E_NOT_YET);
	goto_day("2027-02-02");
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), E_TRANSFER_STOPPED);
	assert_int_equal(did(about(&s, ST_VOUCHER_OVERDUE, REGISTRY, v)), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->unpaid, 1);
	refused_by(issues_paper(&s, r), E_OBLIGOR_STOPPED, "voucher.stop_unpaid@1");
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, w)), E_LAPSED);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, v, 999)), OK);
	refused_by(issues_paper(&s, r), E_OBLIGOR_STOPPED, "voucher.stop_unpaid@1");
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, v, 1)), OK);
	assert_int_equal(did(issues_paper(&s, r)), OK);
}

static void R30_nor_one_with_a_default_on_record(void **state)
{
	struct uuid r = confirmed(1000, "A1"), v = issued(r);
	struct command c = say(&s, ST_OBLIGOR_DEFAULT, BANK_A, s.party[ANCHOR]);

	(void)state;
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = say(&s, ST_OBLIGOR_DEFAULT, REGULATOR, s.party[ANCHOR]);
	c.body.reason.reason = S("bond 26-001 not repaid");
	assert_int_equal(did(c), OK);
	refused_by(issues_paper(&s, r), E_OBLIGOR_STOPPED, "voucher.stop_unpaid@1");
	refused_by(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v), E_OBLIGOR_STOPPED, "voucher.stop_unpaid@1");
	c = say(&s, ST_OBLIGOR_CURE, REGULATOR, s.party[ANCHOR]);
	c.body.reason.reason = S("repaid");
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), OK);
}

static void a_frozen_voucher_stays_where_it_is(void **state)
{
	static const int64_t half[] = { 500, 500 };
	struct uuid v = held(1000, "A1");
	struct command c = say(&s, ST_FREEZE_PLACE, REGULATOR, new_id(&s));

	(void)state;
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, SUPPLIER2)), OK);
	c.body.freeze_place.asset = v;
	c.body.freeze_place.ground = S("(2026) 1");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER2, v)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_VOUCHER_DECLINE, SUPPLIER2, v)), OK);
	assert_int_equal(did(splits(&s, ST_VOUCHER_SPLIT, SUPPLIER, v, half, 2)), E_FROZEN);
	assert_int_equal(did(about(&s, ST_VOUCHER_CANCEL, SUPPLIER, v)), E_FROZEN);
	assert_int_equal(did(redeems(&s, ST_VOUCHER_REDEEM, ANCHOR, v, 1)), OK); /* paying is never forbidden */
}

/* F18: the trade has one budget, in whichever of its assets it is used. */
static void F18_a_trade_financed_elsewhere_leaves_its_voucher_less(void **state)
{
	struct command other = registers(&s, SUPPLIER, 700, "A2");
	struct uuid v = held(1000, "A1"), e;

	(void)state;
	other.body.receivable_register.lineage = asset_of(&s, v)->lineage;
	assert_int_equal(step(&s, &other), OK);
	struct command c = grants(&s, SUPPLIER, other.object, BANK_A, 700);
	assert_int_equal(step(&s, &c), OK);
	e = c.object;
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_B, 301)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, v, BANK_B, 300)), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_RELEASE, BANK_A, e)), OK);
}

/* --- bills --- */

static struct uuid accepted(struct uuid receivable, enum actor acceptor)
{
	struct command c = draws(&s, receivable, acceptor);

	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_BILL_ACCEPT, acceptor, c.object)), OK);
	return c.object;
}

/* A bill the anchor owes, in the supplier's hands. */
static struct uuid drawn(int64_t face, const char *number, const char *due)
{
	struct uuid b = accepted(confirmed_until(face, number, due), ANCHOR);

	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER, b)), OK);
	return b;
}

static void endorsed(struct uuid b, enum actor from, enum actor to)
{
	assert_int_equal(did(offers(&s, ST_BILL_ENDORSE, from, b, to)), OK);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, to, b)), OK);
}

static void F38_a_receivable_becomes_a_bill_and_back_never_both(void **state)
{
	struct uuid r = confirmed(1000, "A1"), v = issued(r), b;

	(void)state;
	b = accepted(r, ANCHOR);
	assert_int_equal(asset_of(&s, r)->state, RCV_CONFIRMED);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER2, b)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER, b)), OK);
	assert_int_equal(asset_of(&s, r)->state, RCV_LOCKED);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), E_BAD_STATE); /* one or the other */
	assert_int_equal(did(draws(&s, r, ANCHOR)), E_BAD_STATE);
	assert_int_equal(did(grants(&s, SUPPLIER, r, BANK_A, 1)), E_BAD_STATE);
	endorsed(b, SUPPLIER, SUPPLIER2);
	assert_int_equal(did(about(&s, ST_BILL_CANCEL, SUPPLIER2, b)), E_NOT_AUTHORISED);
	endorsed(b, SUPPLIER2, SUPPLIER);
	assert_int_equal(did(about(&s, ST_BILL_CANCEL, SUPPLIER, b)), OK);
	assert_int_equal(asset_of(&s, r)->state, RCV_CONFIRMED);
	assert_int_equal(did(about(&s, ST_VOUCHER_ACCEPT, SUPPLIER, v)), OK); /* now the other */
	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER, b)), E_NOT_AUTHORISED);
}

static void R3_a_bill_runs_six_months_at_most(void **state)
{
	struct uuid r = confirmed_until(1000, "A1", "2027-10-01");
	struct command c = draws(&s, r, ANCHOR);

	(void)state;
	c.body.bill_issue.due_date = day("2027-05-24");
	refused_by(c, E_TENOR, "bill.tenor@1");
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date = day("2027-05-23");
	assert_int_equal(did(c), OK);
	r = confirmed(500, "A2");
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date.day++;
	refused_by(c, E_TENOR, "paper.due_grace@1"); /* R4 */
}

static void a_bill_is_drawn_accepted_and_taken_by_those_it_binds(void **state)
{
	struct uuid r = confirmed(1000, "A1");
	struct command c = draws(&s, r, BANK_A);

	(void)state;
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = draws(&s, r, SUPPLIER);
	assert_int_equal(did(c), E_SELF_DEALING);
	c = draws(&s, r, BANK_A);
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER, c.object)), E_NOT_AUTHORISED); /* not accepted yet */
	assert_int_equal(did(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_BILL_ACCEPT, BANK_A, c.object)), OK);
	assert_int_equal(did(about(&s, ST_BILL_DECLINE, SUPPLIER, c.object)), OK); /* R5: nobody must take a bill */
	assert_int_equal(asset_of(&s, c.object)->state, BILL_DECLINED);
	assert_int_equal(asset_of(&s, r)->state, RCV_CONFIRMED);
	struct uuid b = accepted(r, BANK_A);
	s.now.us += 7 * DAY_US;
	assert_int_equal(did(about(&s, ST_BILL_LAPSE, REGISTRY, b)), OK);
	assert_int_equal(asset_of(&s, b)->state, BILL_DECLINED);
}

static void R44_no_discount_and_no_pledge_without_a_fresh_agreeing_disclosure(void **state)
{
	struct uuid b = drawn(1000, "A1", "2027-05-01");
	struct command g = grants(&s, SUPPLIER, b, BANK_A, 100);

	(void)state;
	assert_int_equal(did(offers(&s, ST_BILL_DISCOUNT, SUPPLIER, b, SUPPLIER2)), E_ROLE_MISSING);
	refused_by(offers(&s, ST_BILL_DISCOUNT, SUPPLIER, b, BANK_A), E_DISCLOSURE, "bill.disclosure_age@1");
	refused_by(g, E_DISCLOSURE, "bill.disclosure_age@1");
	assert_int_equal(did(discloses(&s, SUPPLIER, b, 1000)), E_NOT_AUTHORISED);
	assert_int_equal(did(discloses(&s, ANCHOR, b, 999)), OK); /* on record, and not the same */
	refused_by(offers(&s, ST_BILL_DISCOUNT, SUPPLIER, b, BANK_A), E_DISCLOSURE, "bill.disclosure_age@1");
	assert_int_equal(did(discloses(&s, ANCHOR, b, 1000)), OK);
	s.now.us += 31 * DAY_US;
	refused_by(offers(&s, ST_BILL_DISCOUNT, SUPPLIER, b, BANK_A), E_DISCLOSURE, "bill.disclosure_age@1");
	assert_int_equal(did(discloses(&s, ANCHOR, b, 1000)), OK);
	struct command c = offers(&s, ST_BILL_DISCOUNT, SUPPLIER, b, BANK_A);
	c.body.paper_transfer.price = cny(985);
	assert_int_equal(did(c), OK);
	assert_int_equal(did(discloses(&s, ANCHOR, b, 900)), OK); /* meanwhile the acceptor thinks otherwise */
	refused_by(about(&s, ST_BILL_TAKE, BANK_A, b), E_DISCLOSURE, "bill.disclosure_age@1");
	assert_int_equal(did(discloses(&s, ANCHOR, b, 1000)), OK);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, BANK_A, b)), OK);
	assert_true(uuid_eq(asset_of(&s, b)->creditor, s.party[BANK_A]));
	assert_int_equal(hop_at(s.seq - 1)->kind, HOP_DISCOUNT);
	assert_int_equal(hop_at(s.seq - 1)->price, 985);
}

static void a_bill_is_split_endorsed_and_pledged_in_parts(void **state)
{
	static const int64_t parts[] = { 250, 750 };
	struct uuid b = drawn(1000, "A1", "2027-02-01"), p;
	struct command c;

	(void)state;
	assert_int_equal(did(discloses(&s, ANCHOR, b, 1000)), OK);
	c = splits(&s, ST_BILL_SPLIT, SUPPLIER, b, parts, 2);
	assert_int_equal(did(c), OK);
	p = c.body.paper_split.parts.at[1].id;
	assert_int_equal(paper_part(&s, p)->lo, 251);
	assert_int_equal(paper_part(&s, p)->disclosure, DISCLOSURE_AGREES); /* what was disclosed of the whole */
	endorsed(c.body.paper_split.parts.at[0].id, SUPPLIER, SUPPLIER2);
	struct command g = grants(&s, SUPPLIER, p, BANK_A, 700);
	g.body.encumbrance_grant.kind = ENC_PLEDGE;
	assert_int_equal(step(&s, &g), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, g.object)), OK);
	assert_int_equal(did(offers(&s, ST_BILL_ENDORSE, SUPPLIER, p, SUPPLIER2)), E_EXCEEDS_FREE);
	goto_day("2027-02-01");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER, p)), OK);
	assert_int_equal(did(redeems(&s, ST_BILL_PAY, ANCHOR, p, 750)), OK);
	assert_int_equal(asset_of(&s, p)->state, BILL_PAID);
	assert_int_equal(enc_of(&s, g.object)->state, ENCUMBRANCE_SATISFIED);
}

static void R27_silence_for_three_days_is_refusal(void **state)
{
	struct uuid b = drawn(1000, "A1", "2027-02-01");

	(void)state;
	goto_day("2027-01-31");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER, b)), E_NOT_DUE);
	goto_day("2027-02-01");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER2, b)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER, b)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, b, BANK_A, 1)), E_BAD_STATE);
	assert_int_equal(did(offers(&s, ST_BILL_ENDORSE, SUPPLIER, b, SUPPLIER2)), E_BAD_STATE);
	s.now.us += 3 * DAY_US - 1;
	assert_int_equal(did(about(&s, ST_BILL_LAPSE, REGISTRY, b)), E_NOT_YET);
	s.now.us += 1;
	assert_int_equal(did(about(&s, ST_BILL_LAPSE, REGISTRY, b)), OK);
	assert_int_equal(asset_of(&s, b)->state, BILL_DISHONOURED);
	assert_int_equal(obligor_of(&s, ANCHOR)->overdue, 1);
	assert_int_equal(did(redeems(&s, ST_BILL_PAY, ANCHOR, b, 1000)), OK); /* late, but paid */
	assert_int_equal(obligor_of(&s, ANCHOR)->overdue, 0);
	assert_int_equal(asset_of(&s, asset_of(&s, b)->parent)->state, RCV_SETTLED);
}

static struct command goes_back_to(struct uuid b, enum actor holder, uint64_t hop)
{
	struct command c = about(&s, ST_BILL_RECOURSE, holder, b);

	c.body.bill_recourse.step = (int64_t)hop;
	c.body.bill_recourse.reason = S("not paid");
	return c;
}

static void recourse_goes_back_along_the_chain_and_never_forward(void **state)
{
	struct uuid b = accepted(confirmed_until(1000, "A1", "2027-02-01"), BANK_A), other;
	uint64_t issue, first, second, guarantee, third;

	(void)state;
	assert_int_equal(did(about(&s, ST_BILL_TAKE, SUPPLIER, b)), OK);
	issue = s.seq - 1;
	assert_int_equal(did(about(&s, ST_BILL_GUARANTEE, BANK_A, b)), E_SELF_DEALING);
	assert_int_equal(did(about(&s, ST_BILL_GUARANTEE, BANK_B, b)), OK);
	guarantee = s.seq - 1;
	endorsed(b, SUPPLIER, SUPPLIER2);
	first = s.seq - 1;
	struct command c = offers(&s, ST_BILL_ENDORSE, SUPPLIER2, b, BANK_C);
	c.body.paper_transfer.recourse = FLAG_NO;
	assert_int_equal(did(c), OK);
	assert_int_equal(did(about(&s, ST_BILL_TAKE, BANK_C, b)), OK);
	second = s.seq - 1;
	other = drawn(77, "A2", "2027-02-01");
	third = s.seq - 1;
	assert_int_equal(did(goes_back_to(b, BANK_C, first)), E_BAD_STATE); /* not dishonoured */
	goto_day("2027-02-05");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, BANK_C, b)), OK);
	assert_int_equal(did(about(&s, ST_BILL_DISHONOUR, ANCHOR, b)), E_NOT_AUTHORISED);
	assert_int_equal(did(about(&s, ST_BILL_DISHONOUR, BANK_A, b)), OK);
	assert_int_equal(did(goes_back_to(b, SUPPLIER, first)), E_NOT_AUTHORISED);
	assert_int_equal(did(goes_back_to(b, BANK_C, third)), E_NOT_LIABLE);  /* another bill's chain */
	assert_int_equal(did(goes_back_to(b, BANK_C, second)), E_NOT_LIABLE); /* given without recourse */
	assert_int_equal(did(goes_back_to(b, BANK_C, 1)), E_NOT_LIABLE);
	assert_int_equal(did(goes_back_to(b, BANK_C, first)), OK);
	c = redeems(&s, ST_BILL_SETTLE, SUPPLIER2, b, 1000);
	assert_int_equal(did(c), E_NOT_AUTHORISED);
	c = redeems(&s, ST_BILL_SETTLE, SUPPLIER, b, 999);
	assert_int_equal(did(c), E_TERMS_DIFFER);
	assert_int_equal(did(redeems(&s, ST_BILL_SETTLE, SUPPLIER, b, 1000)), OK);
	assert_true(uuid_eq(asset_of(&s, b)->creditor, s.party[SUPPLIER]));
	assert_int_equal(asset_of(&s, b)->paid, 0); /* the acceptor owes it still */
	assert_int_equal(did(goes_back_to(b, SUPPLIER, first)), E_NOT_LIABLE);
	assert_int_equal(did(goes_back_to(b, SUPPLIER, guarantee)), OK);
	assert_int_equal(did(about(&s, ST_BILL_DECLINE, BANK_B, b)), OK);
	assert_int_equal(did(goes_back_to(b, SUPPLIER, issue)), OK); /* the drawer */
	assert_int_equal(did(redeems(&s, ST_BILL_SETTLE, ANCHOR, b, 1000)), OK);
	assert_int_equal(did(redeems(&s, ST_BILL_PAY, BANK_A, b, 1000)), OK);
	assert_int_equal(asset_of(&s, b)->state, BILL_PAID);
	assert_int_equal(obligor_of(&s, BANK_A)->overdue, 0);
	assert_int_equal(asset_of(&s, other)->state, BILL_HELD);
}

static void presented_too_late_only_drawer_and_guarantors_answer(void **state)
{
	struct uuid b = drawn(1000, "A1", "2027-02-01");
	uint64_t issue = s.seq - 1, first;

	(void)state;
	endorsed(b, SUPPLIER, SUPPLIER2);
	first = s.seq - 1;
	goto_day("2027-02-12");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER2, b)), OK);
	assert_int_equal(did(about(&s, ST_BILL_DISHONOUR, ANCHOR, b)), OK);
	refused_by(goes_back_to(b, SUPPLIER2, first), E_NOT_LIABLE, "bill.present_window@1");
	assert_int_equal(did(goes_back_to(b, SUPPLIER2, issue)), E_NOT_LIABLE); /* the drawer is the acceptor here */
}

/* Three days to answer, ten to present: neither ends on a day off, where there is a calendar. */
static void a_bill_over_the_new_year_is_answered_after_it(void **state)
{
	struct uuid b = drawn(1000, "A1", "2027-01-31"), c = drawn(1000, "A2", "2027-01-31");
	uint64_t first;

	(void)state;
	endorsed(b, SUPPLIER, SUPPLIER2);
	first = s.seq - 1;
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	goto_day("2027-02-08");
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER, c)), OK);
	assert_int_equal(paper_part(&s, c)->deadline.us, date_start(day("2027-02-15")).us);
	goto_day("2027-02-15"); /* the tenth day, the 10th, is off */
	assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER2, b)), OK);
	assert_int_equal(paper_part(&s, b)->deadline.us, date_start(day("2027-02-18")).us);
	assert_int_equal(did(about(&s, ST_BILL_DISHONOUR, ANCHOR, b)), OK);
	assert_int_equal(did(goes_back_to(b, SUPPLIER2, first)), OK);
}

/* --- the overdue list: R28, R29 --- */

/* So many bills of the anchor, presented on this day and refused. */
static void dishonoured(unsigned n, const char *on, struct uuid *last)
{
	static char number[64][16];
	static unsigned turn;
	struct uuid b[8];

	for (unsigned i = 0; i < n; i++) {
		char *text = number[turn++ % 64];

		snprintf(text, sizeof number[0], "D%u", turn);
		b[i] = drawn(100, text, on);
	}
	goto_day(on);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(did(about(&s, ST_BILL_PRESENT, SUPPLIER, b[i])), OK);
		assert_int_equal(did(about(&s, ST_BILL_DISHONOUR, ANCHOR, b[i])), OK);
	}
	*last = b[0];
}

static enum fault review(void) { return did(say(&s, ST_OBLIGOR_REVIEW, REGISTRY, s.party[ANCHOR])); }

static void F46_R28_three_overdue_bills_suspend_acceptance(void **state)
{
	struct uuid b, r = confirmed_until(500, "A1", "2027-08-01");
	struct command c;

	(void)state;
	dishonoured(2, "2026-12-10", &b);
	goto_day("2027-01-03");
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->listed, 0); /* two are not three */
	assert_int_equal(review(), E_NOT_YET);
	dishonoured(1, "2027-01-20", &b);
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date = day("2027-05-01");
	assert_int_equal(step(&s, &c), OK);
	goto_day("2027-02-02");
	c.kid = s.kid[SUPPLIER];
	assert_int_equal(did(say(&s, ST_OBLIGOR_REVIEW, SUPPLIER, s.party[ANCHOR])), E_ROLE_MISSING);
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->suspended_until.day, day("2027-02-28").day);
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date = day("2027-05-01");
	assert_int_equal(step(&s, &c), OK);
	refused_by(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object), E_OBLIGOR_STOPPED, "obligor.overdue_bills@1");
	goto_day("2027-02-28");
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date = day("2027-05-01");
	assert_int_equal(step(&s, &c), OK);
	refused_by(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object), E_OBLIGOR_STOPPED, "obligor.overdue_bills@1");
	goto_day("2027-03-01");
	assert_int_equal(did(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object)), OK); /* until the next review */
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->suspended_until.day, day("2027-03-31").day); /* still unpaid */
}

static void F46_R31_two_dishonours_suspend_where_the_country_says_two(void **state)
{
	struct party *anchor = (struct party *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[ANCHOR]));
	struct uuid b, r = confirmed_until(500, "A1", "2027-08-01");
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);

	(void)state;
	c.body.rule_publish.rule = S("obligor.overdue_bills");
	c.body.rule_publish.country = S("JP");
	c.body.rule_publish.version = 1;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ S("bills"), 2 };
	assert_int_equal(did(c), OK);
	dishonoured(2, "2026-12-10", &b);
	goto_day("2027-01-03");
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->listed, 0); /* in China two are not three */
	anchor->country = S("JP");
	goto_day("2027-02-02");
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->suspended_until.day, day("2027-02-28").day);
	c = draws(&s, r, ANCHOR);
	c.body.bill_issue.due_date = day("2027-05-01");
	assert_int_equal(step(&s, &c), OK);
	refused_by(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object), E_OBLIGOR_STOPPED, "obligor.overdue_bills/JP@1");
}

static void F46_R28_binds_in_a_log_older_than_its_rules(void **state)
{
	struct uuid b;

	(void)state;
	dishonoured(3, "2026-12-10", &b);
	goto_day("2027-01-03");
	s.world.rules = NULL;
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->suspended_until.day, day("2027-01-31").day);
	assert_int_equal(obligor_of(&s, ANCHOR)->barred_until.day, 0);
}

static void F46_what_was_paid_before_the_month_ended_is_not_listed_again(void **state)
{
	struct uuid b[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		dishonoured(1, i == 0 ? "2026-12-01" : i == 1 ? "2026-12-05" : "2026-12-09", &b[i]);
	goto_day("2027-01-01");
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->listed, 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(did(redeems(&s, ST_BILL_PAY, ANCHOR, b[i], 100)), OK);
	goto_day("2027-02-01");
	assert_int_equal(review(), OK);
	assert_int_equal(obligor_of(&s, ANCHOR)->listed, 2); /* January's only */
	goto_day("2027-02-10");
	assert_int_equal(obligor_of(&s, ANCHOR)->suspended_until.day, day("2027-01-31").day);
}

static void F46_R29_three_months_on_the_list_bar_everything_for_two_years(void **state)
{
	static const char *const month[] = { "2027-01-04", "2027-02-04", "2027-03-04" };
	struct uuid b, kept = drawn(900, "A1", "2027-05-20"), r;

	(void)state;
	dishonoured(3, "2026-12-10", &b);
	assert_int_equal(did(discloses(&s, ANCHOR, kept, 900)), OK);
	for (unsigned i = 0; i < 3; i++) {
		goto_day(month[i]);
		assert_int_equal(obligor_of(&s, ANCHOR)->barred_until.day, 0);
		assert_int_equal(review(), OK);
	}
	assert_int_equal(obligor_of(&s, ANCHOR)->barred_until.day, day("2029-03-04").day);
	assert_int_equal(did(discloses(&s, ANCHOR, kept, 900)), OK);
	refused_by(offers(&s, ST_BILL_DISCOUNT, SUPPLIER, kept, BANK_A), E_OBLIGOR_STOPPED, "obligor.barred@1");
	refused_by(grants(&s, SUPPLIER, kept, BANK_A, 1), E_OBLIGOR_STOPPED, "obligor.barred@1");
	refused_by(about(&s, ST_BILL_GUARANTEE, BANK_B, kept), E_OBLIGOR_STOPPED, "obligor.barred@1");
	goto_day("2027-04-01"); /* no longer merely suspended */
	r = confirmed_until(500, "A2", "2027-09-01");
	struct command c = draws(&s, r, ANCHOR);
	assert_int_equal(step(&s, &c), OK);
	refused_by(about(&s, ST_BILL_ACCEPT, ANCHOR, c.object), E_OBLIGOR_STOPPED, "obligor.barred@1");
	refused_by(issues_paper(&s, r), E_OBLIGOR_STOPPED, "voucher.stop_unpaid@1"); /* R30 */
	endorsed(kept, SUPPLIER, SUPPLIER2);                                         /* who wants it may have it */
}

/* --- pools --- */

enum { DEBTORS = 12 };
static struct {
	struct uuid party[DEBTORS];
	struct hash kid[DEBTORS];
} debtor;

static void more_debtors(void)
{
	static struct pubkey key[DEBTORS];
	static char uscc[DEBTORS][20];

	for (unsigned i = 0; i < DEBTORS; i++) {
		struct command c;

		key[i] = actor_pub(ANCHOR, 10 + i);
		debtor.kid[i] = jwk_thumbprint(&key[i]);
		debtor.party[i] = new_id(&s);
		snprintf(uscc[i], sizeof uscc[i], "9131000099%07u2", i);
		c = say(&s, ST_PARTY_ENROL, OPERATOR, debtor.party[i]);
		c.body.party_enrol.name = S("a debtor");
		c.body.party_enrol.country = S("CN");
		c.body.party_enrol.uscc = span_z(uscc[i]);
		c.body.party_enrol.roles = i == DEBTORS - 1 ? ROLE_INVESTOR : ROLE_CORE;
		c.body.party_enrol.keys = (struct jwks){ &key[i], 1 };
		assert_int_equal(did(c), OK);
	}
}

/* A confirmed receivable of the supplier's that debtor i owes. */
static struct uuid owed_by(unsigned i, int64_t face)
{
	static char number[256][16];
	static unsigned turn;
	char *text = number[turn++ % 256];
	struct command c;

	snprintf(text, sizeof number[0], "P%u", turn);
	c = registers(&s, SUPPLIER, face, text);
	c.body.receivable_register.debtor = debtor.party[i];
	assert_int_equal(step(&s, &c), OK);
	struct uuid id = c.object;
	c = confirms(&s, id);
	c.kid = debtor.kid[i];
	assert_int_equal(did(c), OK);
	return id;
}

static const struct pool *pool_of(struct uuid id)
{
	return (const struct pool *)(const void *)world_find(&s.world, TABLE_POOL, key_uuid(id));
}

static struct uuid pool_opened(void)
{
	struct command c = say(&s, ST_POOL_OPEN, SUPPLIER, new_id(&s));
	struct body_pool_open *b = &c.body.pool_open;

	b->name = S("Trade receivables 2026-1");
	b->form = S("note");
	b->currency = S("CNY");
	b->trustee = s.party[BANK_C];
	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static struct command pools(enum statement_kind kind, struct uuid pool, struct uuid *asset, size_t n)
{
	struct command c = about(&s, kind, SUPPLIER, pool);

	c.body.pool_members.assets = (struct uuids){ asset, n };
	return c;
}

static struct command locks(struct uuid pool, unsigned n)
{
	struct command c = about(&s, ST_POOL_LOCK, SUPPLIER, pool);
	struct body_pool_lock *b = &c.body.pool_lock;

	b->members = pool_of(pool)->members;
	b->total = cny(asset_of(&s, pool)->face);
	b->commitment = pool_of(pool)->commitment;
	b->debtors = (struct uuids){ debtor.party, n };
	return c;
}

/* A pool of ten, of 100 each, not locked yet. */
static struct uuid ten_in_a_pool(struct uuid member[10])
{
	struct uuid p;

	more_debtors();
	p = pool_opened();
	for (unsigned i = 0; i < 10; i++)
		member[i] = owed_by(i, 100);
	assert_int_equal(did(pools(ST_POOL_ADD, p, member, 10)), OK);
	return p;
}

static void F41_F39_members_of_a_pool_are_locked(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m), q = pool_opened(), v;

	(void)state;
	assert_int_equal(asset_of(&s, p)->face, 1000);
	assert_int_equal(pool_of(p)->members, 10);
	assert_int_equal(asset_of(&s, m[3])->state, RCV_LOCKED);
	assert_int_equal(did(grants(&s, SUPPLIER, m[3], BANK_A, 1)), E_BAD_STATE);
	assert_int_equal(did(pools(ST_POOL_ADD, q, m, 1)), E_BAD_STATE); /* in two pools: refused */
	struct command c = issues_paper(&s, m[3]);
	c.kid = debtor.kid[3];
	assert_int_equal(did(c), E_BAD_STATE);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_A, 1)), E_BAD_STATE); /* not locked yet */
	assert_int_equal(did(pools(ST_POOL_REMOVE, q, m, 1)), E_UNKNOWN_OBJECT);
	assert_int_equal(did(pools(ST_POOL_REMOVE, p, m, 1)), OK);
	assert_int_equal(asset_of(&s, m[0])->state, RCV_CONFIRMED);
	assert_int_equal(asset_of(&s, p)->face, 900);
	assert_int_equal(did(pools(ST_POOL_ADD, q, m, 1)), OK); /* now the other may */
	assert_int_equal(did(pools(ST_POOL_ADD, p, m, 1)), E_BAD_STATE);
	v = held(500, "A1");
	assert_int_equal(did(pools(ST_POOL_ADD, q, &v, 1)), OK);
	assert_int_equal(asset_of(&s, v)->state, VOUCHER_LOCKED);
	assert_int_equal(did(offers(&s, ST_VOUCHER_TRANSFER, SUPPLIER, v, BANK_A)), E_BAD_STATE);
	c = pools(ST_POOL_ADD, q, &v, 1);
	c.kid = s.kid[SUPPLIER2];
	assert_int_equal(did(c), E_NOT_AUTHORISED);
}

static void a_pool_takes_only_what_is_free_and_its_originators(void **state)
{
	struct uuid p = (more_debtors(), pool_opened()), a = owed_by(0, 100), b, q = pool_opened();
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 1);

	(void)state;
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &a, 1)), E_EXCEEDS_FREE);
	c = registers(&s, SUPPLIER2, 100, "B1");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(confirms(&s, c.object)), OK);
	b = c.object;
	assert_int_equal(did(pools(ST_POOL_ADD, p, &b, 1)), E_NOT_AUTHORISED);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &q, 1)), E_BAD_MEMBER); /* a pool in a pool */
	b = drawn(100, "A1", "2027-02-01");
	assert_int_equal(did(pools(ST_POOL_ADD, p, &b, 1)), E_DISCLOSURE); /* R44: a pool is financing too */
	assert_int_equal(did(discloses(&s, ANCHOR, b, 100)), OK);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &b, 1)), OK);
	struct uuid both[2] = { owed_by(1, 10), b }; /* the second is in it already: neither enters */
	assert_int_equal(did(pools(ST_POOL_ADD, p, both, 2)), E_BAD_STATE);
	assert_int_equal(asset_of(&s, both[0])->state, RCV_CONFIRMED);
	assert_int_equal(asset_of(&s, p)->face, 100);
}

static void R42_too_few_debtors_or_too_much_of_one(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m), big = owed_by(9, 900);
	struct command c;

	(void)state;
	refused_by(locks(p, 9), E_CONCENTRATION, "pool.debtors@1"); /* one is not named: it counts for nobody */
	c = locks(p, 10);
	c.body.pool_lock.members = 9;
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = locks(p, 10);
	c.body.pool_lock.total.minor++;
	assert_int_equal(did(c), E_TERMS_DIFFER);
	c = locks(p, 10);
	c.body.pool_lock.commitment.b[0] ^= 1;
	assert_int_equal(did(c), E_TERMS_DIFFER);
	refused_by(locks(p, 11), E_CONCENTRATION, ""); /* names one who owes nothing */
	assert_int_equal(did(pools(ST_POOL_ADD, p, &big, 1)), OK);
	refused_by(locks(p, 10), E_CONCENTRATION, "pool.share@1"); /* 1000 of 1900 */
	refused_by(locks(p, 9), E_CONCENTRATION, "pool.share@1");  /* and hiding it does not help */
	assert_int_equal(did(pools(ST_POOL_REMOVE, p, &big, 1)), OK);
	assert_int_equal(did(locks(p, 10)), OK);
	assert_int_equal(did(locks(p, 10)), E_BAD_STATE);
	assert_int_equal(did(pools(ST_POOL_REMOVE, p, m, 1)), E_BAD_STATE);
	big = owed_by(1, 5);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &big, 1)), E_BAD_STATE);
}

static enum fault related(struct uuid party, struct uuid group)
{
	struct command c = say(&s, ST_OBLIGOR_RELATE, OPERATOR, party);

	c.body.obligor_relate.group = group;
	c.body.obligor_relate.reason = S("company register");
	return did(c);
}

static void R42_related_debtors_count_as_one_and_the_originators_own_not_at_all(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m), own;

	(void)state;
	assert_int_equal(related(debtor.party[1], debtor.party[0]), OK);
	refused_by(locks(p, 10), E_CONCENTRATION, "pool.debtors@1");
	assert_int_equal(related(debtor.party[1], debtor.party[1]), OK);
	assert_int_equal(related(debtor.party[10], s.party[SUPPLIER]), OK);
	own = owed_by(10, 50);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &own, 1)), E_RELATED);
	assert_int_equal(did(locks(p, 10)), OK);
}

static void a_pool_backed_by_a_rated_anchor_needs_no_spread(void **state)
{
	struct command c = say(&s, ST_POOL_OPEN, SUPPLIER, new_id(&s));
	struct body_pool_open *b = &c.body.pool_open;
	struct uuid a = confirmed(1000, "A1");

	(void)state;
	b->name = S("Anchor 2026-1");
	b->form = S("abn");
	b->currency = S("CNY");
	b->trustee = s.party[BANK_C];
	b->rating = S("AAA, agency report 2026-11");
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(did(pools(ST_POOL_ADD, c.object, &a, 1)), OK);
	debtor.party[0] = s.party[ANCHOR];
	assert_int_equal(did(locks(c.object, 1)), OK);
}

static struct command reports(struct uuid pool, struct uuid asset, const char *status)
{
	struct command c = about(&s, ST_POOL_REPORT, SUPPLIER, pool);

	c.body.pool_report.asset = asset;
	c.body.pool_report.status = span_z(status);
	return c;
}

static struct command collects(struct uuid pool, enum actor who, struct uuid asset, int64_t amount)
{
	struct command c = about(&s, ST_POOL_COLLECT, who, pool);

	c.body.pool_collect.asset = asset;
	c.body.pool_collect.amount = cny(amount);
	c.body.pool_collect.on = date_of(s.now);
	return c;
}

static void F42_a_members_status_gets_better_by_cash_alone(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m);

	(void)state;
	assert_int_equal(did(reports(p, m[0], "overdue")), E_BAD_STATE); /* not locked */
	assert_int_equal(did(locks(p, 10)), OK);
	assert_int_equal(did(reports(p, m[0], "late")), E_BAD_MEMBER);
	assert_int_equal(did(reports(p, m[0], "paid")), E_BAD_MEMBER);
	assert_int_equal(did(reports(p, m[0], "defaulted")), OK);
	assert_int_equal(did(reports(p, m[0], "overdue")), E_STATUS_BACKWARDS);
	assert_int_equal(did(collects(p, SUPPLIER, m[0], 10)), E_NOT_AUTHORISED); /* its word is not cash */
	assert_int_equal(did(collects(p, BANK_C, m[0], 101)), E_EXCEEDS_OPEN);
	assert_int_equal(did(collects(p, BANK_C, m[0], 10)), OK);
	assert_int_equal(did(reports(p, m[0], "overdue")), OK);
	assert_int_equal(did(reports(p, m[0], "current")), E_STATUS_BACKWARDS); /* that cash is used up */
	goto_day("2027-03-01");
	assert_int_equal(did(collects(p, BANK_C, m[0], 10)), OK);
	assert_int_equal(did(reports(p, m[0], "current")), E_STATUS_BACKWARDS); /* due, and not paid */
	assert_int_equal(did(collects(p, BANK_C, m[0], 80)), OK);
	assert_int_equal(asset_of(&s, m[0])->state, RCV_SETTLED);
	assert_int_equal(asset_of(&s, p)->paid, 100);
	assert_int_equal(did(reports(p, m[0], "current")), E_BAD_STATE);
}

static void cash_serves_who_is_secured_on_the_pool_and_then_it_closes(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m);
	struct command g, c = about(&s, ST_POOL_PUBLISH, SUPPLIER, p);

	(void)state;
	c.body.pool_publish.tape = sha256(S("a tape"));
	assert_int_equal(did(c), E_BAD_STATE);
	assert_int_equal(did(locks(p, 10)), OK);
	c = about(&s, ST_POOL_PUBLISH, SUPPLIER, p);
	c.body.pool_publish.tape = sha256(S("a tape"));
	assert_int_equal(did(c), OK);
	g = grants(&s, SUPPLIER, p, BANK_A, 950);
	assert_int_equal(step(&s, &g), OK);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, g.object)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, p, BANK_B, 51)), E_EXCEEDS_FREE);
	c = about(&s, ST_POOL_CLOSE, SUPPLIER, p);
	assert_int_equal(did(c), E_BAD_STATE);
	for (unsigned i = 0; i < 10; i++)
		assert_int_equal(did(collects(p, BANK_C, m[i], 100)), OK);
	assert_int_equal(enc_of(&s, g.object)->state, ENCUMBRANCE_SATISFIED);
	assert_int_equal(did(about(&s, ST_POOL_CLOSE, SUPPLIER, p)), OK);
}

/* F18: a trade whose receivable is in a pool is used up by as much, in all its other assets. */
static void F18_what_is_in_a_pool_counts_against_its_trade(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m), v = held(1000, "A1");
	struct command other = registers(&s, SUPPLIER, 400, "A2");

	(void)state;
	other.body.receivable_register.lineage = asset_of(&s, v)->lineage;
	assert_int_equal(step(&s, &other), OK);
	assert_int_equal(did(pools(ST_POOL_ADD, p, &v, 1)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, other.object, BANK_A, 1)), E_EXCEEDS_FREE);
	debtor.party[10] = s.party[ANCHOR];
	assert_int_equal(did(locks(p, 11)), OK);
	assert_int_equal(did(collects(p, ANCHOR, v, 300)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, other.object, BANK_A, 301)), E_EXCEEDS_FREE);
	assert_int_equal(did(grants(&s, SUPPLIER, other.object, BANK_A, 300)), OK);
	assert_int_equal(asset_of(&s, asset_of(&s, v)->parent)->paid, 300);
}

static void a_pool_is_opened_to_investors_alone(void **state)
{
	struct uuid m[10], p = ten_in_a_pool(m), who[2] = { debtor.party[DEBTORS - 1], s.party[BANK_A] };
	struct command c = about(&s, ST_POOL_ADMIT, SUPPLIER, p);

	(void)state;
	c.body.pool_admit.investors = (struct uuids){ who, 2 };
	assert_int_equal(did(c), E_ROLE_MISSING);
	c = about(&s, ST_POOL_ADMIT, SUPPLIER, p);
	c.body.pool_admit.investors = (struct uuids){ who, 1 };
	assert_int_equal(did(c), OK);
}

#define R(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		R(F35_a_voucher_stands_in_the_place_of_its_receivable),
		R(a_voucher_is_issued_by_the_debtor_for_all_that_is_owed),
		R(the_first_of_two_vouchers_taken_excludes_the_other),
		R(R1_a_long_voucher_needs_a_banks_review),
		R(R2_the_hard_cap_moves_with_the_rule),
		R(R4_no_voucher_runs_longer_than_its_trade),
		R(R32_a_split_is_disjoint_and_the_whole),
		R(units_are_64_bits_wide),
		R(interval_zero_cannot_be_divided),
		R(R34_only_the_holder_splits_and_only_what_is_free),
		R(F36_each_holder_must_take_it_and_every_step_is_kept),
		R(an_offer_nobody_takes_lapses),
		R(F37_many_layers_warn_and_too_many_are_refused),
		R(F37_many_parts_warn_and_too_many_are_refused),
		R(R33_near_its_due_date_it_changes_hands_no_more),
		R(a_voucher_is_financed_like_any_asset),
		R(a_lenders_hold_keeps_a_voucher_where_it_is),
		R(redeeming_all_parts_settles_the_receivable),
		R(only_the_whole_goes_back),
		R(R30_an_anchor_with_an_unpaid_voucher_issues_no_more),
		R(R30_nor_one_with_a_default_on_record),
		R(a_frozen_voucher_stays_where_it_is),
		R(F18_a_trade_financed_elsewhere_leaves_its_voucher_less),
		R(F38_a_receivable_becomes_a_bill_and_back_never_both),
		R(R3_a_bill_runs_six_months_at_most),
		R(a_bill_is_drawn_accepted_and_taken_by_those_it_binds),
		R(R44_no_discount_and_no_pledge_without_a_fresh_agreeing_disclosure),
		R(a_bill_is_split_endorsed_and_pledged_in_parts),
		R(R27_silence_for_three_days_is_refusal),
		R(recourse_goes_back_along_the_chain_and_never_forward),
		R(presented_too_late_only_drawer_and_guarantors_answer),
		R(a_bill_over_the_new_year_is_answered_after_it),
		R(F46_R28_three_overdue_bills_suspend_acceptance),
		R(F46_R31_two_dishonours_suspend_where_the_country_says_two),
		R(F46_R28_binds_in_a_log_older_than_its_rules),
		R(F46_what_was_paid_before_the_month_ended_is_not_listed_again),
		R(F46_R29_three_months_on_the_list_bar_everything_for_two_years),
		R(F41_F39_members_of_a_pool_are_locked),
		R(a_pool_takes_only_what_is_free_and_its_originators),
		R(R42_too_few_debtors_or_too_much_of_one),
		R(R42_related_debtors_count_as_one_and_the_originators_own_not_at_all),
		R(a_pool_backed_by_a_rated_anchor_needs_no_spread),
		R(F42_a_members_status_gets_better_by_cash_alone),
		R(cash_serves_who_is_secured_on_the_pool_and_then_it_closes),
		R(F18_what_is_in_a_pool_counts_against_its_trade),
		R(a_pool_is_opened_to_investors_alone),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
