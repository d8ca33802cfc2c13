/* SPDX-License-Identifier: Apache-2.0 */
/*
 * honest.c: the hard negatives: honest trade with the marks of a fraud, each under its class (honest.def).
 */
#include "sim.h"

static void in_order(struct sim *s, uint32_t sale, int32_t day) { sale_opens(s, sale, on_day(s, day)); }

static void classify(struct sim *s, uint32_t sale, uint8_t class) { s->truth[s->sale[sale].truth].class = class; }

/* --- classes of links --- */

/* Equal amounts each month; rent has no goods. */
static void rent(struct sim *s, uint32_t link)
{
	uint32_t i = honest_sale(s, link, s->link[link].typical);

	s->sale[i].order = s->link[link].order;
	s->sale[i].lines = 0;
	s->link[link].next = date_add_months((struct date){ s->link[link].next }, 1).day;
	in_order(s, i, s->today);
}

/* One order in equal parts, all billed today, due month by month. */
static void instalments(struct sim *s, uint32_t link)
{
	int64_t n = draw_between(&s->trade, 3, 6), part = link_amount(s, &s->link[link]);
	uint64_t order = ++s->firm[s->link[link].buyer].orders;

	for (int64_t k = 0; k < n; k++) {
		uint32_t i = honest_sale(s, link, part);

		s->sale[i].order = order;
		sale_due(s, i, s->sale[i].issued + 30 * (int32_t)(k + 1));
		s->sale[i].pay_on = s->sale[i].due;
		in_order(s, i, s->today);
	}
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 80, 140);
}

static void act_milestone(struct sim *s, uint32_t link, int64_t arg)
{
	static const int32_t share[] = { 300000, 300000, 300000, 100000 };
	uint32_t i = honest_sale(s, link, share_of(s->link[link].typical, share[arg]));

	s->sale[i].order = s->link[link].order;
	in_order(s, i, s->today);
	if (arg < 3)
		later(s, on_day(s, s->today + (int32_t)draw_between(&s->trade, 18, 30)), act_milestone, link, arg + 1);
}

static void milestones(struct sim *s, uint32_t link)
{
	s->link[link].typical = link_amount(s, &s->link[link]) * 3;
	s->link[link].order = ++s->firm[s->link[link].buyer].orders;
	act_milestone(s, link, 0);
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 110, 180);
}

/* Material goes out; the work on it comes back dearer. The link's `typical` is the amount that went out. */
static void act_work_back(struct sim *s, uint32_t link, int64_t amount)
{
	uint32_t i = honest_sale(s, link, amount);

	in_order(s, i, s->today);
}

static void tolling(struct sim *s, uint32_t link)
{
	int64_t out = link_amount(s, &s->link[link]);
	uint32_t back = (uint32_t)s->link[link].typical; /* the link the other way */

	in_order(s, honest_sale(s, link, out), s->today);
	later(s, on_day(s, s->today + (int32_t)draw_between(&s->trade, 10, 25)), act_work_back, back,
	      share_of(out, draw_between(&s->trade, 1120000, 1450000)));
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 25, 40);
}

/* Two lorries of the same load. */
static void twins(struct sim *s, uint32_t link)
{
	int64_t amount = link_amount(s, &s->link[link]);
	uint32_t a = honest_sale(s, link, amount), b = honest_sale(s, link, amount);

	s->sale[b].order = s->sale[a].order;
	s->sale[b].delivered = s->sale[a].delivered;
	sale_due(s, b, s->sale[a].due);
	if (!s->sale[a].waybill)
		s->sale[a].waybill = ++s->waybills;
	if (!s->sale[b].waybill)
		s->sale[b].waybill = ++s->waybills;
	if (draw_chance(&s->trade, 500000))
		s->sale[b].lines = s->sale[a].lines; /* the same goods again */
	in_order(s, a, s->today);
	in_order(s, b, s->today);
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 10, 35);
}

static void act_cancel_proforma(struct sim *s, uint32_t sale, int64_t link)
{
	const struct sale was = s->sale[sale];
	uint32_t i;

	act_cancel(s, sale, 0);
	i = honest_sale(s, (uint32_t)link, was.face * s->usd / 100);
	s->sale[i].order = was.order;
	in_order(s, i, s->today);
}

/* A pro-forma in dollars, as a claim to come; the invoice in yuan takes its place. */
static void proforma(struct sim *s, uint32_t link)
{
	int64_t amount = link_amount(s, &s->link[link]);
	uint32_t i = honest_sale(s, link, amount);
	struct sale *x = &s->sale[i];

	memcpy(x->ccy, "USD", 4);
	x->face = x->owed = amount * 100 / s->usd;
	x->future = true;
	x->number[0] = 0;
	x->confirm_after = x->grant_after = -1;
	x->pay_on = 0;
	in_order(s, i, s->today);
	later(s, on_day(s, s->today + (int32_t)draw_between(&s->trade, 6, 20)), act_cancel_proforma, i, link);
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 30, 60);
}

static void act_other_half(struct sim *s, uint32_t sale, int64_t arg)
{
	struct sale *x = &s->sale[sale];

	(void)arg;
	if (!x->financed || x->paid || x->state != SALE_REGISTERED)
		return;
	x->released = true; /* only to be asked again: the first half stays bound */
	x->lender = LENDER_FIRM + (x->lender - LENDER_FIRM + 3) % LENDERS;
	act_grant(s, sale, 400000);
}

/* The seller's bank takes a half; the buyer's programme another part. */
static void both_sides(struct sim *s, uint32_t link)
{
	uint32_t i = honest_sale(s, link, link_amount(s, &s->link[link]));
	struct sale *x = &s->sale[i];

	x->grant_after = -1;
	in_order(s, i, s->today);
	later(s, after_minutes(on_day(s, s->today + 1), 0), act_grant, i, 500000);
	later(s, on_day(s, s->today + 6), act_other_half, i, 0);
	s->link[link].next = s->today + (int32_t)draw_between(&s->trade, 20, 60);
}

static const struct {
	uint8_t class;
	void (*trade)(struct sim *s, uint32_t link);
	int32_t ppm;      /* of all links that are covered */
	int32_t per_year; /* amounts of the usual size */
} link_class[] = {
	{ HN1, rent, 10000, 12 },      { HN2, instalments, 6000, 15 },    { HN3, milestones, 6000, 8 },
	{ HN4, tolling, 4000, 12 },    { HN8, twins, 8000, 33 },          { HN14, NULL, 20000, 0 },
	{ HN15, both_sides, 4000, 9 }, { HN18, voucher_chain, 4000, 11 }, { HN20, proforma, 3000, 8 },
};

bool honest_class(struct sim *s, uint32_t link)
{
	for (size_t k = 0; k < ARRAY_LEN(link_class); k++)
		if (link_class[k].class == s->link[link].class && link_class[k].trade) {
			link_class[k].trade(s, link);
			return true;
		}
	return false;
}

static void start_link(struct sim *s, uint32_t i)
{
	for (size_t k = 0; k < ARRAY_LEN(link_class); k++) {
		struct link *l = &s->link[i];

		if (!draw_chance(&s->fate, link_class[k].ppm))
			continue;
		l->class = link_class[k].class;
		l->typical = l->volume / 12 / 100 * 100;
		l->foreign = false;
		if (l->class == HN14)
			return;
		l->per_year = link_class[k].per_year;
		l->next = s->first_day + (int32_t)draw_below(&s->fate, 60) + 1;
		if (l->class == HN1)
			l->order = ++s->firm[l->buyer].orders;
		if (l->class == HN1)
			l->service = true;
		if (l->class == HN4) {
			uint32_t back = link_new(s, l->buyer, l->seller, l->volume, 12);

			s->link[back].class = HN4;
			s->link[back].covered = true;
			s->link[back].next = INT32_MAX; /* only in answer */
			s->link[i].typical = back;
			s->firm[s->link[i].seller].purchases += s->link[i].volume;
			s->firm[s->link[i].buyer].turnover += s->link[i].volume * 14 / 10;
		}
		return;
	}
}

/* Three or four firms that really need each other's by-products: each leg in its own rhythm and amount. */
static void start_rings(struct sim *s, uint32_t first)
{
	uint32_t n = s->set.firms / 800 + 1;

	for (uint32_t k = 0; k < n; k++) {
		uint32_t member[4], size = (uint32_t)draw_between(&s->fate, 3, 4);

		for (uint32_t i = 0; i < size; i++)
			member[i] = first + s->set.firms / 10 + (uint32_t)draw_below(&s->fate, s->set.firms / 2);
		for (uint32_t i = 0; i < size; i++) {
			uint32_t a = member[i], b = member[(i + 1) % size];
			int64_t volume = share_of(s->firm[a].turnover, 150000) + 20000000;

			if (a == b)
				continue;
			uint32_t l = link_new(s, a, b, volume, 10);
			s->link[l].class = HN5;
			s->link[l].covered = true;
			s->firm[a].turnover += volume;
			s->firm[b].purchases += volume;
		}
	}
}

/* Members of one declared group sell to each other, at prices of the market. */
static void start_groups(struct sim *s, uint32_t first)
{
	uint32_t left = s->set.firms / 400 + 1;

	for (uint32_t i = first; i < s->n_firms && left > 0; i++) {
		struct firm *f = &s->firm[i], *head = &s->firm[f->group];
		int64_t volume = share_of(f->turnover, 100000) + 20000000;

		if (f->group == i || !draw_chance(&s->fate, 250000))
			continue;
		uint32_t l = link_new(s, i, f->group, volume, 10);
		s->link[l].class = HN27;
		s->link[l].covered = true;
		s->link[l].foreign = false;
		f->turnover += volume;
		head->purchases += volume;
		left--;
	}
}

static void start_firms(struct sim *s, uint32_t first)
{
	for (uint32_t i = first; i < s->n_firms; i++) {
		if (draw_chance(&s->fate, 5000))
			code_firm(&s->fate, &s->firm[i], i, true);
		if (draw_chance(&s->fate, 10000)) {
			snprintf(s->firm[i].former, sizeof s->firm[i].former, "%s", s->firm[i].name);
			name_firm(&s->fate, &s->firm[i], i + 977);
		}
	}
}

void honest_start(struct sim *s)
{
	uint32_t first = s->n_firms - s->set.firms, n = s->n_links;

	for (uint32_t i = 0; i < n; i++)
		if (s->link[i].covered)
			start_link(s, i);
	start_rings(s, first);
	start_groups(s, first);
	start_firms(s, first);
}

/* --- what may happen to any sale --- */

/* Released unpaid by its first lender, then taken over by another. */
static void act_move(struct sim *s, uint32_t sale, int64_t arg)
{
	(void)arg;
	act_release(s, sale, 0);
	if (s->sale[sale].released)
		later(s, after_minutes(s->now, 200 + draw_below(&s->trade, 4000)), act_refinance, sale, 0);
}

static void act_rebill(struct sim *s, uint32_t sale, int64_t link)
{
	const struct sale was = s->sale[sale];
	uint32_t i;

	act_cancel(s, sale, 0);
	if (s->sale[sale].state != SALE_ENDED)
		return;
	i = honest_sale(s, (uint32_t)link, was.face);
	s->sale[i].face = s->sale[i].owed = was.face;
	memcpy(s->sale[i].ccy, was.ccy, 4);
	s->sale[i].order = was.order;
	s->sale[i].waybill = was.waybill;
	s->sale[i].lines = was.lines;
	sale_due(s, i, s->sale[i].issued + (was.due - was.issued));
	classify(s, i, HN7);
	sale_opens(s, i, after_minutes(s->now, 30 + draw_below(&s->trade, 1500)));
}

static uint32_t link_of(const struct sim *s, uint32_t seller, uint32_t buyer)
{
	for (uint32_t i = 0; i < s->n_links; i++)
		if (s->link[i].seller == seller && s->link[i].buyer == buyer)
			return i;
	return 0;
}

void honest_fate(struct sim *s, uint32_t sale)
{
	struct sale *x = &s->sale[sale];
	int64_t what = draw_below(&s->trade, 1000000);
	int32_t term = x->due - x->issued;

	if ((what -= shifted(s, 10000)) < 0) { /* wrong, and billed again before anybody has lent on it */
		x->grant_after = -1;
		x->confirm_after = -1;
		x->pay_on = 0;
		classify(s, sale, HN7);
		later(s, on_day(s, x->issued + 4 + (int32_t)draw_below(&s->trade, 8)), act_rebill, sale,
		      link_of(s, x->seller, x->buyer));
	} else if ((what -= shifted(s, 15000)) < 0) { /* a complaint, agreed with the lender */
		later(s, on_day(s, x->issued + (int32_t)draw_between(&s->trade, 8, term)), act_owner_credit, sale,
		      share_of(x->face, draw_between(&s->trade, 30000, 250000)));
	} else if ((what -= shifted(s, 12000)) < 0) { /* a complaint, by the debtor's credit note */
		later(s, on_day(s, x->issued + (int32_t)draw_between(&s->trade, 8, term)), act_credit, sale,
		      share_of(x->face, draw_between(&s->trade, 20000, 250000)));
		classify(s, sale, HN23);
	} else if ((what -= 20000) < 0 && x->grant_after >= 0) { /* another lender is cheaper */
		later(s, on_day(s, x->issued + 10 + (int32_t)draw_below(&s->trade, term > 30 ? 12 : 4)), act_move, sale,
		      0);
		classify(s, sale, HN6);
	} else if ((what -= 6000) < 0) {
		later(s, on_day(s, x->issued + (int32_t)draw_between(&s->trade, 5, 20)), act_dispute, sale,
		      draw_between(&s->trade, 1, 4));
	}
}

/* --- what happens to firms --- */

/* The operator enrols a new key for a debtor that lost its own, with a ground. */
static void renew_key(struct sim *s)
{
	uint32_t i = NOBODY;
	struct command c;

	for (int k = 0; k < 50 && i == NOBODY; k++) {
		uint32_t l = (uint32_t)draw_below(&s->trade, s->n_links);

		if (!s->firm[s->link[l].buyer].crooked)
			i = s->link[l].buyer;
	}
	if (i == NOBODY)
		return;
	c = saying(ST_KEY_ENROL, s->firm[i].id);
	c.body.key_enrol.ground = S("device lost; identity proved at the counter");
	if (say(s, OPERATOR_FIRM, &c) == OK)
		s->firm[i].key = key_number(s, i);
}

/* A firm of less than half a year with a real customer of size: a spin-off, or a new plant's supplier. */
static uint32_t young_seller(struct sim *s, uint32_t buyer, uint8_t class, uint32_t parent)
{
	uint32_t i = firm_new(s, 3, (uint8_t)draw_below(&s->trade, SECTORS), s->firm[buyer].region), l;
	struct firm *f = &s->firm[i];
	int64_t volume = share_of(s->firm[buyer].purchases, class == HN25 ? 8000 : 100000);

	f->founded = s->today - (int32_t)draw_between(&s->trade, 40, 160);
	if (volume > INT64_C(30000000000))
		volume = INT64_C(30000000000);
	f->turnover = volume * 13 / 10;
	f->purchases = share_of(f->turnover, sector_cost[f->sector]);
	f->staff = 20 + volume / 200000000;
	f->size = SIZE_SMALL;
	f->late_ppm = 50000;
	f->late_days = 4;
	if (parent != NOBODY) {
		f->owner = s->firm[parent].owner;
		f->group = s->firm[parent].group;
	}
	firm_enrol(s, i);
	firm_profile(s, i, NULL);
	l = link_new(s, i, buyer, volume, 12);
	s->link[l].class = class;
	s->link[l].covered = true;
	s->link[l].from = s->today + 3;
	return i;
}

static void new_plant(struct sim *s)
{
	uint32_t i = firm_new(s, 1, (uint8_t)draw_below(&s->trade, 9), (uint8_t)draw_below(&s->trade, REGIONS));
	struct firm *f = &s->firm[i];

	f->roles |= ROLE_CORE;
	f->founded = s->today - 300;
	f->turnover = draw_pareto(&s->trade, INT64_C(20000000000), INT64_C(200000000000));
	f->purchases = share_of(f->turnover, 800000);
	f->staff = f->turnover / 100000000;
	f->size = SIZE_MEDIUM;
	f->late_ppm = 60000;
	f->late_days = 5;
	firm_enrol(s, i);
	firm_profile(s, i, NULL);
	for (int k = 0; k < 7; k++)
		young_seller(s, i, HN11, NOBODY);
}

/* A seller moves to another bank and says so in its profile. */
static void new_account(struct sim *s)
{
	uint32_t i = s->link[draw_below(&s->trade, s->n_links)].seller;

	if (s->firm[i].crooked)
		return;
	s->firm[i].account = (uint32_t)++s->accounts;
	firm_profile(s, i, NULL);
	for (uint32_t l = 0; l < s->n_links; l++)
		if (s->link[l].seller == i && !s->link[l].class)
			s->link[l].class = HN26;
}

void honest_month(struct sim *s)
{
	uint32_t n = s->set.firms / 1000 + 1;

	for (uint32_t k = 0; k < n; k++) {
		renew_key(s);
		new_account(s);
	}
	if (s->today > s->first_day + 60 && draw_chance(&s->trade, 150000))
		new_plant(s);
	if (s->today > s->first_day + 30) {
		uint32_t l = (uint32_t)draw_below(&s->trade, s->n_links);

		if (s->firm[s->link[l].buyer].tier <= 1 && s->firm[s->link[l].buyer].late_ppm < 500000)
			young_seller(s, s->link[l].buyer, HN25, s->link[l].seller);
	}
}
