/* SPDX-License-Identifier: Apache-2.0 */
/* crooks_cash.c: frauds with the money of true sales, runs, and questions nobody should ask. */
#include "sim.h"

/* The buyer has paid, to another account; when the lender's claim is overdue it says so. */
void crook_divert(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t link = crook_link(s, scheme, 15);

	for (int32_t k = 0; link != NOBODY && k < 8; k++) {
		uint32_t i = crook_sale(s, scheme, s->link[link].seller, s->link[link].buyer,
		                        link_amount(s, &s->link[link]), s->today + k * (informed ? 9 : 6));
		struct sale *x = &s->sale[i];
		bool diverted = !informed || k % 2 == 0;

		if (s->firm[x->buyer].habit != HABIT_NEVER)
			x->confirm_after = 300 + (int32_t)draw_below(&s->crook, 2000);
		sale_due(s, i, x->issued + 30);
		if (!diverted) {
			s->truth[x->truth].part = PART_ORIGINAL;
			x->pay_on = x->due;
		} else if (informed) { /* lapping: the next advance pays it */
			x->payer_account = s->firm[x->seller].account;
			x->pay_on = x->due + 1;
		} else {
			x->pay_on = 0;
		}
		crook_opens(s, i, x->issued);
		if (diverted && !informed)
			later(s, on_day(s, s->sale[i].due + (int32_t)draw_between(&s->crook, 4, 12)), act_dispute, i,
			      6);
	}
}

/* More each week than the last, on buyers that are asked nothing; then it stops, and nothing is paid. */
void crook_ramp(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t link = crook_link(s, scheme, 15);
	int32_t weeks = informed ? 26 : 8;
	int64_t weekly, times = informed ? 1000000 : 5000000;

	if (link == NOBODY)
		return;
	weekly = s->link[link].volume / 52 + 500000;
	for (int32_t week = 0; week < weeks && s->today + week * 7 < s->last_day; week++) {
		int64_t amount = share_of(weekly, times);
		int64_t n = amount > 8 * weekly ? 3 : amount > 3 * weekly ? 2 : 1;

		for (int64_t k = 0; k < n; k++) {
			int32_t day = s->today + week * 7 + (int32_t)draw_below(&s->crook, 5);
			uint32_t i = crook_sale(s, scheme, s->link[link].seller, s->link[link].buyer,
			                        share_of(amount / n, draw_between(&s->crook, 850000, 1150000)), day);
			struct sale *x = &s->sale[i];

			if (x->due < s->today + weeks * 7) {
				x->payer_account = s->firm[x->seller].account;
				x->pay_on = x->due;
				s->truth[x->truth].loss = 0;
			}
			crook_opens(s, i, day);
		}
		if (informed && times < 60000000)
			times = times * 125 / 100;
	}
}

/* --- probing --- */

static void act_probe(struct sim *s, uint32_t left, int64_t scheme)
{
	const struct scheme *x = &s->scheme[scheme - 1];
	const struct firm *victim = &s->firm[x->other];
	bool informed = x->level == 2;
	struct command c = saying(ST_HOLD_PLACE, sim_id(s));
	struct body_hold_place *b = &c.body.hold_place;
	char number[64];

	/* numbers of the victim, a little past the last ones */
	snprintf(number, sizeof number, "%02u%02u2%09llu%06llu",
	         (unsigned)(date_month((struct date){ s->today }) / 100 % 100), region_number(victim->region),
	         (unsigned long long)(victim->series + 1), (unsigned long long)(100000 + left));
	b->claim = (struct facts){ .kind = S("invoice"),
		                   .issuer = span_z(victim->uscc),
		                   .number = span_z(number),
		                   .date = { s->today },
		                   .amount = { 50000000, "CNY" } };
	b->purpose = S("lending");
	b->until.us = s->now.us + HOUR_US;
	if (try_to_say(s, x->firm, 0, &c) == OK) {
		struct command end = saying(ST_HOLD_RELEASE, c.object);

		(void)try_to_say(s, x->firm, 0, &end);
	}
	if (left > 0)
		later(s, (struct moment){ s->now.us + HOUR_US / (informed ? 30 : 600) }, act_probe, left - 1, scheme);
}

void crook_probe(struct sim *s, uint32_t scheme)
{
	uint32_t victim = some_firm(s, 1, 3, s->last_day),
		 lender = LENDER_FIRM + (uint32_t)draw_below(&s->crook, LENDERS);
	uint32_t t;

	if (victim == NOBODY)
		return;
	s->scheme[scheme - 1].firm = lender;
	s->scheme[scheme - 1].other = victim;
	t = truth_new(s, s->firm[lender].id, true);
	truth_fraud(s, t, scheme, PART_FRAUD, 0);
	s->truth[t].firm = lender;
	act_probe(s, scheme_level(s, scheme) == 2 ? 90 : 300, scheme);
}
