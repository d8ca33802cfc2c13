/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade.c: the honest trade of a day: along each link now and then an invoice, more in season and when demand is high.
 * Of those the link's facility covers, nearly all are registered; the others only count their number.
 */
#include "sim.h"

int64_t shifted(const struct sim *s, int64_t x) { return x * (100 + s->set.shift) / 100; }

/* What is sold along a link in a year is what its parties declare, a little more or less. */
static int64_t left_this_year(const struct sim *s, const struct link *l)
{
	int64_t years = (s->today - l->from) / 365 + 1, most = 1000000 + (l->seller * 7919 + l->buyer * 31) % 250000;

	return share_of(l->volume, most) * years - l->made;
}

int64_t link_amount(struct sim *s, const struct link *l)
{
	int64_t mean = l->volume / l->per_year, left = left_this_year(s, l);
	int64_t amount = draw_spread(&s->trade, mean * 88 / 100,
	                             shifted(s, 500)); /* the mean of a log-normal is above its median */

	if (amount > left)
		amount = left > mean / 6 ? left : mean / 6;

	return amount < 50000 ? 50000 + draw_below(&s->trade, 50000) : amount;
}

/* What classes the parties themselves bring with them. */
static uint8_t class_of(const struct sim *s, const struct link *l)
{
	const struct firm *a = &s->firm[l->seller], *b = &s->firm[l->buyer];

	if (l->class)
		return l->class;
	if (a->uscc[8] == 'M' && a->uscc[9] == '0')
		return HN16;
	if (a->former[0] || b->former[0])
		return HN17;
	if (b->key > 0)
		return HN24;
	if (a->group == b->group)
		return HN27;
	if (b->treasury != l->buyer)
		return HN9;
	if (a->sector == 11)
		return HN10;
	if (a->accountant != l->seller || b->accountant != l->buyer)
		return HN12;
	return ORDINARY;
}

uint32_t honest_sale(struct sim *s, uint32_t link, int64_t amount)
{
	const struct link l = s->link[link];
	uint32_t i = sale_new(s, l.seller, l.buyer, amount, s->today, l.terms);
	struct sale *x = &s->sale[i];

	s->link[link].made += amount;
	s->truth[x->truth].class = class_of(s, &l);
	if (l.foreign) {
		x->face = x->owed = share_of(amount, 1000000) * 100 / s->usd;
		memcpy(x->ccy, "USD", 4);
	}
	sale_number(s, i);
	sale_plan(s, i);
	x = &s->sale[i];
	x->lender = l.lender;
	if (l.order)
		x->order = l.order;
	if (l.service)
		x->service = true, x->waybill = 0;
	return i;
}

void trade_one(struct sim *s, uint32_t link)
{
	uint32_t i;

	if (!s->link[link].covered && !draw_chance(&s->trade, 20000)) {
		s->firm[s->link[link].seller].invoices++;
		return;
	}
	if (honest_class(s, link))
		return;
	i = honest_sale(s, link, link_amount(s, &s->link[link]));
	/* registered on the day or in the days after: whoever registers later wants money sooner than he has asked */
	sale_opens(s, i, on_day(s, s->today + (draw_chance(&s->trade, 600000) ? 0 : (int32_t)draw_wait(&s->trade, 3))));
	honest_fate(s, i);
}

void trade_day(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_links; i++) {
		const struct link *l = &s->link[i];
		const struct firm *a = &s->firm[l->seller], *b = &s->firm[l->buyer];
		int64_t ppm;

		if (s->today < l->from || s->today >= l->until || (a->fails && s->today >= a->fails) ||
		    (b->fails && s->today >= b->fails))
			continue;
		if (l->next) { /* a regular one */
			if (s->today >= l->next)
				trade_one(s, i);
			continue;
		}
		ppm = (int64_t)l->per_year * 4000 * season(a->sector, s->today) / 1000000 * l->tide / 1000000;
		if (draw_chance(&s->trade, ppm))
			trade_one(s, i);
	}
}

/* A firm that will fail pays later and later for half a year, and orders less. */
static void strain_firms(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_firms; i++) {
		struct firm *f = &s->firm[i];

		f->strain = f->strain * 7 / 10;
		if (f->fails && s->today > f->fails - 180 && s->today < f->fails)
			f->strain = 200000 + (180 - (f->fails - s->today)) * 4000;
	}
}

/* Whoever a failed firm owed is short of money in turn; a few of them fail too. */
static void pass_on(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_sales; i++) {
		const struct sale *x = &s->sale[i];
		const struct firm *b = &s->firm[x->buyer];
		struct firm *a = &s->firm[x->seller];

		if (x->state != SALE_REGISTERED || x->paid || !b->fails || s->today < b->fails ||
		    s->today >= b->fails + 31 || a->turnover <= 0)
			continue;
		a->strain += (int32_t)(share_of(x->face, 30000000) / (a->turnover / 100 + 1));
		if (a->strain > 900000)
			a->strain = 900000;
		if (a->strain > 500000 && !a->fails && !a->crooked && a->tier > 0 && draw_chance(&s->trade, 30000))
			a->fails = s->today + (int32_t)draw_between(&s->trade, 40, 200);
	}
}

void trade_month(struct sim *s)
{
	for (uint32_t i = 0; i < s->n_links; i++) {
		struct link *l = &s->link[i];
		int64_t tide = 1000000 + (l->tide - 1000000) * 7 / 10 + draw_normal(&s->trade) * 120;

		l->tide = (int32_t)(tide < 200000 ? 200000 : tide);
		if (!l->next && draw_chance(&s->trade, 8000)) /* links die, and the buyer finds another seller */
			l->until = s->today;
	}
	strain_firms(s);
	pass_on(s);
	honest_month(s);
}
