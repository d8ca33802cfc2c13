/* SPDX-License-Identifier: Apache-2.0 */
/* crooks_paper.c: frauds with the paper of a true sale: doubled, renumbered, mistyped, split, merged, exchanged,
 * inflated, early, credited. */
#include "sim.h"

enum { ANY_HABIT = 15 };

/* The original, and its double to be; NO_SALE when there is nobody to do it. */
static uint32_t original_of(struct sim *s, uint32_t scheme, uint32_t *link)
{
	*link = crook_link(s, scheme, ANY_HABIT);
	return *link == NOBODY ? NO_SALE : crook_original(s, scheme, *link, s->today);
}

static uint32_t fraud_copy(struct sim *s, uint32_t scheme, uint32_t from)
{
	uint32_t i = sale_copy(s, from);

	s->sale[i].advance = share_of(s->sale[i].face, 800000);
	crook_mark(s, scheme, i, PART_FRAUD);
	return i;
}

static int32_t days_on(struct sim *s, int64_t least, int64_t most)
{
	return s->today + (int32_t)draw_between(&s->crook, least, most);
}

void crook_double(struct sim *s, uint32_t scheme)
{
	uint32_t link, a = original_of(s, scheme, &link), b;
	int64_t n = draw_between(&s->crook, 1, 3);

	for (int64_t k = 0; a != NO_SALE && k < n; k++) {
		b = fraud_copy(s, scheme, a);
		if (scheme_level(s, scheme) == 2) { /* filed by a sister under its own name */
			uint32_t sister = some_firm(s, 2, 4, s->last_day);

			/* what a large buyer may take as term from a large seller, a small one may not give */
			if (sister != NOBODY && sister != s->sale[b].buyer &&
			    (s->firm[sister].size <= SIZE_LARGE || s->firm[s->sale[a].seller].size > SIZE_LARGE)) {
				s->firm[sister].crooked = true;
				s->sale[b].seller = s->truth[s->sale[b].truth].firm = sister;
				s->sale[b].account = s->firm[sister].account;
			}
		}
		sale_opens(s, b, on_day(s, days_on(s, 1, 30)));
	}
}

void crook_renumber(struct sim *s, uint32_t scheme)
{
	uint32_t link, a = original_of(s, scheme, &link), b;

	if (a == NO_SALE)
		return;
	b = fraud_copy(s, scheme, a);
	if (scheme_level(s, scheme) == 1)
		memcpy(s->sale[b].number + 20, draw_chance(&s->crook, 500000) ? "-1" : "/A", 3);
	else
		sale_number(s, b);
	sale_opens(s, b, on_day(s, days_on(s, 1, 25)));
}

/* One slip of the pen; letters only look like digits. */
static void slip(struct sim *s, char *number)
{
	size_t i = 5 + (size_t)draw_below(&s->crook, 9); /* not in the counter: there it might meet a true number */
	static const char twin[] = "0O1I5S8B2Z";
	const char *at = strchr(twin, number[i]);
	char was = number[i];

	switch (draw_below(&s->crook, 3)) {
	case 0: /* two digits change places */
		number[i] = number[i + 1];
		number[i + 1] = was;
		if (number[i] != was)
			return;
		break;
	case 1:
		if (at && (at - twin) % 2 == 0) {
			number[i] = at[1];
			return;
		}
		break;
	default:
		break;
	}
	number[i] = (char)('0' + (was >= '0' && was <= '9' ? (was - '0' + 1 + draw_below(&s->crook, 8)) % 10 : 3));
}

void crook_mistype(struct sim *s, uint32_t scheme)
{
	uint32_t link, a = original_of(s, scheme, &link), b;

	if (a == NO_SALE)
		return;
	b = fraud_copy(s, scheme, a);
	slip(s, s->sale[b].number);
	if (scheme_level(s, scheme) == 2) {
		char *n = s->sale[b].number;

		slip(s, n);
		memmove(n + 13, n + 12, 9);
		n[12] = ' ';
	}
	if (strcmp(s->sale[a].number, s->sale[b].number) == 0)
		s->sale[b].number[8] = s->sale[b].number[8] == '7' ? '4' : '7';
	sale_opens(s, b, on_day(s, days_on(s, 1, 25)));
}

void crook_split(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t link, a = original_of(s, scheme, &link);
	int64_t n = informed ? draw_between(&s->crook, 3, 5) : draw_between(&s->crook, 2, 3), left;
	int32_t day = days_on(s, 2, 12);

	if (a == NO_SALE)
		return;
	left = s->sale[a].face;
	for (int64_t k = 0; k < n; k++) {
		uint32_t b = fraud_copy(s, scheme, a);
		int64_t part = left / (n - k);

		if (informed && k + 1 < n)
			part = part * draw_between(&s->crook, 55, 145) / 100;
		if (k + 1 == n)
			part = left;
		left -= part;
		s->sale[b].face = part;
		s->sale[b].advance = share_of(part, 800000);
		s->sale[b].lines = 0;
		if (informed)
			s->sale[b].waybill = 0;
		sale_number(s, b);
		sale_opens(s, b, on_day(s, informed ? day + (int32_t)draw_below(&s->crook, 10) : day));
	}
}

void crook_merge(struct sim *s, uint32_t scheme)
{
	uint32_t link, a = original_of(s, scheme, &link), b;
	int64_t n = draw_between(&s->crook, 2, 4), sum;

	if (a == NO_SALE)
		return;
	sum = s->sale[a].face;
	for (int64_t k = 1; k < n; k++) {
		b = crook_original(s, scheme, link, s->today + (int32_t)k);
		sum += s->sale[b].face;
	}
	b = fraud_copy(s, scheme, a);
	s->sale[b].face = scheme_level(s, scheme) == 2 ? (sum + 5000) / 10000 * 10000 : sum;
	s->sale[b].advance = share_of(s->sale[b].face, 800000);
	s->sale[b].lines = 0;
	s->sale[b].waybill = 0;
	s->sale[b].order = ++s->firm[s->sale[b].buyer].orders;
	sale_number(s, b);
	s->sale[b].issued = s->today + (int32_t)n;
	s->sale[b].delivered = 0;
	sale_due(s, b, s->sale[b].issued + 60);
	sale_opens(s, b, on_day(s, days_on(s, 6, 14)));
}

void crook_currency(struct sim *s, uint32_t scheme)
{
	uint32_t link, a = original_of(s, scheme, &link), b;
	int64_t spread = scheme_level(s, scheme) == 2 ? draw_between(&s->crook, 3000, 12000) : 0;

	if (a == NO_SALE)
		return;
	b = fraud_copy(s, scheme, a);
	s->sale[b].face = share_of(s->sale[a].face * 100 / s->usd, 1000000 - spread);
	s->sale[b].advance = share_of(s->sale[b].face, 800000);
	memcpy(s->sale[b].ccy, "USD", 4);
	s->sale[b].lines = 0;
	sale_number(s, b);
	sale_opens(s, b, on_day(s, days_on(s, 1, 4)));
}

/* --- inflated, early, credited --- */

/* What the buyer did not pay comes from the seller, so that the lender does not ask. */
static void act_top_up(struct sim *s, uint32_t sale, int64_t arg)
{
	struct sale *x = &s->sale[sale];

	(void)arg;
	if (x->state != SALE_REGISTERED || x->got == 0)
		return;
	x->payer_account = s->firm[x->seller].account;
	x->owed = x->face;
	act_pay(s, sale, 0);
}

void crook_inflate(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	/* the informed one takes a buyer that does not answer */
	uint32_t link = crook_link(s, scheme, informed ? 1u << HABIT_NEVER | 1u << HABIT_SLOW : ANY_HABIT);

	for (int32_t k = 0; link != NOBODY && k < 5; k++) {
		int64_t true_amount = link_amount(s, &s->link[link]);
		int64_t times = informed ? draw_between(&s->crook, 1200000, 1500000)
		                         : draw_between(&s->crook, 3000000, 10000000);
		uint32_t i = crook_sale(s, scheme, s->link[link].seller, s->link[link].buyer,
		                        share_of(true_amount, times), s->today + k * 9);
		struct sale *x = &s->sale[i];

		x->owed = true_amount;
		x->pay_on = x->due + (int32_t)draw_below(&s->crook, 4);
		s->truth[x->truth].loss = share_of(x->face - true_amount, 800000);
		crook_opens(s, i, x->issued);
		x = &s->sale[i];
		if (s->firm[x->buyer].habit != HABIT_NEVER && !(informed && draw_chance(&s->crook, 500000)))
			later(s, on_day(s, x->issued + (s->firm[x->buyer].habit == HABIT_SLOW ? 8 : 2)), act_dispute, i,
			      3);
		if (informed)
			later(s, on_day(s, x->pay_on + 2), act_top_up, i, 0);
	}
}

void crook_early(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t link = crook_link(s, scheme, ANY_HABIT);

	for (int32_t k = 0; link != NOBODY && k < 4; k++) {
		uint32_t i = crook_sale(s, scheme, s->link[link].seller, s->link[link].buyer,
		                        link_amount(s, &s->link[link]), s->today + k * 14);
		struct sale *x = &s->sale[i];
		int32_t early = informed ? 10 : (int32_t)draw_between(&s->crook, 30, 55);

		x->waybill = 0;
		if (!informed || draw_chance(&s->crook, 500000))
			x->delivered = x->issued + early;
		if (s->firm[x->buyer].habit != HABIT_NEVER)
			x->confirm_after = (early + 1) * 1440;
		x->pay_on = x->due + early;
		x->owed = x->face;
		crook_opens(s, i, x->issued);
	}
}

void crook_credit(struct sim *s, uint32_t scheme)
{
	bool informed = scheme_level(s, scheme) == 2;
	uint32_t link = crook_link(s, scheme, 1u << HABIT_PROMPT | 1u << HABIT_AUTOMATIC | 1u << HABIT_SLOW);

	for (int32_t k = 0; link != NOBODY && k < 4; k++) {
		uint32_t i = crook_sale(s, scheme, s->link[link].seller, s->link[link].buyer,
		                        link_amount(s, &s->link[link]), s->today + k * 7);
		struct sale *x = &s->sale[i];
		int32_t wait =
			3 + (int32_t)(informed ? draw_between(&s->crook, 20, 40) : draw_between(&s->crook, 1, 6));
		int64_t back = share_of(x->face, draw_between(&s->crook, 500000, 950000));

		x->confirm_after = 200 + (int32_t)draw_below(&s->crook, 1200);
		x->grant_after = x->confirm_after + 60;
		x->pay_on = x->due;
		s->truth[x->truth].loss = share_of(back, 800000);
		crook_opens(s, i, x->issued);
		later(s, on_day(s, s->sale[i].issued + wait), act_credit, i, back);
	}
}
