/* SPDX-License-Identifier: Apache-2.0 */
/* crooks_ring.c: trade that is none: carousels, mutual trade, hidden relations, look-alikes, inventions. */
#include "sim.h"

/* Up to n firms that join in; fewer when chance finds none. */
static uint32_t conspirators(struct sim *s, uint32_t scheme, uint32_t *member, uint32_t n)
{
	uint32_t got = 0;

	while (got < n) {
		uint32_t i = some_firm(s, 2, 4, s->last_day);

		if (i == NOBODY)
			break;
		s->firm[i].crooked = true;
		member[got++] = i;
	}
	s->scheme[scheme - 1].firm = got > 0 ? member[0] : NOBODY;
	s->scheme[scheme - 1].other = got > 1 ? member[1] : NOBODY;
	return got;
}

/* What the smallest of them could just sell in a month. */
static int64_t ring_amount(const struct sim *s, const uint32_t *member, uint32_t n)
{
	int64_t least = INT64_MAX;

	for (uint32_t i = 0; i < n; i++)
		if (s->firm[member[i]].turnover < least)
			least = s->firm[member[i]].turnover;
	return least / 15 + 3000000;
}

/* They confirm to each other and pay each other, with each other's money. */
static uint32_t leg(struct sim *s, uint32_t scheme, uint32_t from, uint32_t to, int64_t amount, int32_t day)
{
	uint32_t i = crook_sale(s, scheme, from, to, amount, day);
	struct sale *x = &s->sale[i];

	x->confirm_after = 40 + (int32_t)draw_below(&s->crook, 900);
	x->grant_after = x->confirm_after + 30 + (int32_t)draw_below(&s->crook, 600);
	x->pay_on = x->due;
	crook_opens(s, i, day);
	return i;
}

void crook_carousel(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t member[6],
		n = conspirators(s, scheme, member,
	                         (uint32_t)(informed ? draw_between(&s->crook, 4, 6) : draw_between(&s->crook, 3, 4)));
	int64_t amount = n < 3 ? 0 : ring_amount(s, member, n);
	uint64_t lines = draw_bits(&s->crook) | 1;
	int32_t day = s->today;

	for (uint32_t i = 0; n >= 3 && i < n; i++) {
		int64_t step = informed ? share_of(amount, draw_between(&s->crook, 970000, 1030000)) : amount;
		uint32_t x = leg(s, scheme, member[i], member[(i + 1) % n], step, day);

		s->sale[x].goods = s->firm[member[0]].sector;
		s->sale[x].lines = informed ? 0 : lines;
		day += informed ? (int32_t)draw_between(&s->crook, 6, 10) : 0;
	}
}

void crook_mutual(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t member[3], n = conspirators(s, scheme, member, informed ? 3 : 2);
	int64_t amount = n < 2 ? 0 : ring_amount(s, member, n);

	for (int32_t month = 0; n == (informed ? 3u : 2u) && month < 4; month++) {
		int64_t there = share_of(amount, draw_between(&s->crook, 850000, 1150000));
		int64_t back = share_of(there, draw_between(&s->crook, 950000, 1050000));
		int32_t day = s->today + month * 28;

		leg(s, scheme, member[0], member[1], there, day + (int32_t)draw_below(&s->crook, 5));
		leg(s, scheme, member[1], informed ? member[2] : member[0], back,
		    day + 6 + (int32_t)draw_below(&s->crook, 5));
		if (informed)
			leg(s, scheme, member[2], member[0], back, day + 14 + (int32_t)draw_below(&s->crook, 5));
	}
}

void crook_related(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t member[2];
	char tie[64];

	if (conspirators(s, scheme, member, 2) < 2)
		return;
	if (informed) { /* a nominee; but the telephone rings at the same desk */
		snprintf(tie, sizeof tie, "%s%08u", draw_chance(&s->crook, 500000) ? "phone:138" : "address:office ",
		         (unsigned)member[0] * 31337u % 100000000u);
		firm_profile(s, member[0], tie);
		firm_profile(s, member[1], tie);
	} else {
		s->firm[member[1]].owner = s->firm[member[0]].owner;
		firm_profile(s, member[1], NULL);
	}
	for (int32_t k = 0; k < 5; k++)
		leg(s, scheme, member[0], member[1],
		    share_of(s->firm[member[0]].turnover / 14 + 2000000, draw_between(&s->crook, 700000, 1300000)),
		    s->today + 3 + k * 11);
}

void crook_lookalike(struct sim *s, uint32_t scheme)
{
	uint32_t member[1], whom, i;
	struct firm *f;

	if (conspirators(s, scheme, member, 1) < 1 || (whom = some_firm(s, 0, 0, s->last_day)) == NOBODY)
		return;
	i = firm_new(s, 3, s->firm[whom].sector, s->firm[whom].region);
	f = &s->firm[i];
	name_like(&s->crook, &s->firm[whom], scheme_level(s, scheme), f);
	f->roles |= ROLE_CORE;
	f->founded = s->today - (int32_t)draw_between(&s->crook, 40, 200);
	f->crooked = f->shell = true;
	f->turnover = INT64_C(5000000000);
	f->purchases = INT64_C(4000000000);
	f->staff = 12;
	f->size = SIZE_SMALL;
	firm_enrol(s, i);
	firm_profile(s, i, NULL);
	s->scheme[scheme - 1].other = i;
	for (int32_t k = 0; k < 4; k++) {
		uint32_t x = leg(s, scheme, member[0], i,
		                 share_of(s->firm[member[0]].turnover / 20 + 3000000,
		                          draw_between(&s->crook, 700000, 1300000)),
		                 s->today + 4 + k * 6);

		s->sale[x].pay_on = 0;
	}
}

/* --- pure inventions --- */

/* Somebody at the counter says to be the debtor, with a telephone that is the seller's. */
static uint32_t steal_channel(struct sim *s, uint32_t debtor, uint32_t seller)
{
	struct command c = saying(ST_KEY_ENROL, s->firm[debtor].id);
	char tie[64];

	c.body.key_enrol.ground = S("new finance officer; letter with seal");
	if (try_to_say(s, OPERATOR_FIRM, 0, &c) != OK)
		return 0;
	snprintf(tie, sizeof tie, "phone:139%08u", (unsigned)(s->firm[seller].accountant * 7919u % 100000000u));
	firm_profile(s, debtor, tie);
	return key_number(s, debtor);
}

static void act_forge(struct sim *s, uint32_t sale, int64_t arg)
{
	(void)arg;
	act_confirm(s, sale, 1);
}

void crook_invent(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t member[1], debtor, key = 0;
	int64_t amount;

	if (conspirators(s, scheme, member, 1) < 1 || (debtor = some_debtor(s, member[0])) == NOBODY)
		return;
	s->scheme[scheme - 1].other = debtor;
	amount = s->firm[member[0]].turnover / 10 + 10000000;
	if (informed)
		key = steal_channel(s, debtor, member[0]);
	for (int32_t k = 0; k < 8; k++) {
		int32_t day = s->today + 1 + k * (informed ? 12 : 6);
		uint32_t i = crook_sale(s, scheme, member[0], debtor,
		                        share_of(amount, draw_between(&s->crook, 600000, 1400000)), day);
		struct sale *x = &s->sale[i];

		if (informed) {
			x->confirm_key = key;
			x->confirm_after = key ? 8 + (int32_t)draw_below(&s->crook, 200) : -1;
			x->payer_account = s->firm[member[0]].account;
			x->pay_on = x->due; /* out of the next ones' money, as long as there is a next one */
			if (k >= 5)
				x->pay_on = 0;
		}
		crook_opens(s, i, day);
		if (!informed)
			later(s, after_minutes(on_day(s, day), 240), act_forge, i, 0);
		if (!informed && s->firm[debtor].habit <= HABIT_AUTOMATIC && draw_chance(&s->crook, 500000))
			later(s, on_day(s, day + 4), act_dispute, i, 5);
	}
}
