/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crooks.c: when schemes begin, and what all of them share: a seller that turns crook, claims marked in the truth.
 *
 * Starts are a Poisson process over the time, seen from its number: so many schemes of each recipe and level, each at
 * a moment of its own, after a first quarter in which everybody makes a history.
 */
#include "sim.h"

static const struct {
	recipe_fn *begin;
	int32_t claims;
} book[RECIPES] = {
#define RECIPE(id, name, begin, claims, recall1, recall2, alarms) [RECIPE_##id] = { begin, claims },
#include "recipe.def"
#undef RECIPE
};

static void act_begin(struct sim *s, uint32_t scheme, int64_t arg)
{
	(void)arg;
	s->scheme[scheme - 1].from = s->now;
	book[s->scheme[scheme - 1].recipe].begin(s, scheme);
}

static void scheme_at(struct sim *s, unsigned recipe, unsigned level)
{
	int32_t first = s->first_day + (s->last_day - s->first_day) / 4, last = s->last_day - 75;

	if (last <= first)
		last = first + 1;
	s->scheme = grown(s->scheme, s->n_schemes, &s->cap_schemes, sizeof *s->scheme);
	s->scheme[s->n_schemes] =
		(struct scheme){ .recipe = (uint8_t)recipe, .level = (uint8_t)level, .firm = NOBODY, .other = NOBODY };
	s->n_schemes++;
	later(s, on_day(s, first + (int32_t)draw_below(&s->crook, last - first)), act_begin, s->n_schemes, 0);
}

/* Registrations to be expected. */
static int64_t expected(const struct sim *s)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < s->n_links; i++)
		n += s->link[i].covered ? s->link[i].per_year : 0;
	return n * s->set.months / 12;
}

void crooks_start(struct sim *s)
{
	static const int64_t ppm[] = { [PREVALENCE_HIGH] = 2000, [PREVALENCE_LOW] = 200, [PREVALENCE_NONE] = 0 };
	int64_t each = 1 + (int64_t)s->set.firms * s->set.months / 4800, left;

	if (s->set.prevalence == PREVALENCE_DENSE) {
		for (unsigned r = 1; r < RECIPES; r++)
			for (int64_t k = 0; k < 2 * each; k++)
				scheme_at(s, r, 1 + (unsigned)(k & 1));
		return;
	}
	left = share_of(expected(s), ppm[s->set.prevalence]);
	while (left > 0) {
		unsigned r = 1 + (unsigned)draw_below(&s->crook, RECIPES - 1);

		scheme_at(s, r, (unsigned)draw_between(&s->crook, 1, 2));
		left -= book[r].claims;
	}
}

/* --- what they share --- */

void crook_mark(struct sim *s, uint32_t scheme, uint32_t sale, enum involvement part)
{
	const struct sale *x = &s->sale[sale];

	truth_fraud(s, x->truth, scheme, part, part == PART_FRAUD ? x->advance : 0);
	s->firm[x->seller].crooked = true;
	if (s->scheme[scheme - 1].firm == NOBODY)
		s->scheme[scheme - 1].firm = x->seller;
}

uint32_t crook_link(struct sim *s, uint32_t scheme, unsigned habits)
{
	for (int k = 0; k < 3000; k++) {
		uint32_t i = (uint32_t)draw_below(&s->crook, s->n_links);
		const struct link *l = &s->link[i];
		const struct firm *a = &s->firm[l->seller], *b = &s->firm[l->buyer];

		if (!l->covered || l->class || l->foreign || l->per_year < 5 || a->crooked || b->crooked ||
		    a->tier >= TIERS || a->tier == 0 || a->fails || b->fails || l->until < s->today + 120 ||
		    a->group == b->group || !(habits >> b->habit & 1) || l->volume / l->per_year < 1000000)
			continue;
		s->firm[l->seller].crooked = true;
		s->scheme[scheme - 1].firm = l->seller;
		s->scheme[scheme - 1].other = l->buyer;
		return i;
	}
	return NOBODY;
}

uint32_t crook_original(struct sim *s, uint32_t scheme, uint32_t link, int32_t day)
{
	uint32_t i = honest_sale(s, link, link_amount(s, &s->link[link]));

	if (s->sale[i].grant_after < 0) {
		s->sale[i].grant_after = 300;
		s->sale[i].accept_after = 200;
	}
	crook_mark(s, scheme, i, PART_ORIGINAL);
	sale_opens(s, i, on_day(s, day));
	return i;
}

uint32_t crook_sale(struct sim *s, uint32_t scheme, uint32_t seller, uint32_t buyer, int64_t face, int32_t issued)
{
	uint32_t i = sale_new(s, seller, buyer, face, issued, draw_chance(&s->crook, 500000) ? 60 : 90);
	struct sale *x = &s->sale[i];

	sale_due(s, i, x->due);
	x->order = ++s->firm[buyer].orders;
	x->waybill = x->service ? 0 : ++s->waybills;
	x->lines = draw_chance(&s->crook, 700000) ? draw_bits(&s->crook) | 1 : 0;
	x->lender = s->firm[seller].lender[draw_below(&s->crook, 3)];
	x->grant_after = 120 + (int32_t)draw_below(&s->crook, 1500);
	x->accept_after = 60 + (int32_t)draw_below(&s->crook, 600);
	x->advance = share_of(x->face, 800000);
	crook_mark(s, scheme, i, PART_FRAUD);
	return i;
}

void crook_opens(struct sim *s, uint32_t sale, int32_t day)
{
	if (!s->sale[sale].number[0])
		sale_number(s, sale);
	sale_opens(s, sale, on_day(s, day));
}
