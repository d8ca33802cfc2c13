/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near_sums.c: one claim registered again in pieces, or several as one (D07, D08).
 *
 * The pair's claims of the same two weeks are few; whether some of them add up
 * is weighed against how many sums there were to try, and against the grain of
 * the pair's amounts: who sells by the truckload has sums that agree every day.
 */
#include "logarithm.h"
#include "near.h"
#include "sums.h"

enum { WINDOW = 15, WALK = 128, REGISTERED = 60, GRAINS = 32, ROUND_LOOK = 64 };
#define ROUND_LEAST INT64_C(10000) /* minor units */

struct window { /* claims of the pair, the newest first */
	unsigned n, n_live;
	struct window_item {
		uint32_t claim;
		int64_t face;
		uint8_t live;  /* place among the live ones; SUMS_MAX: not one of them */
		uint8_t newer; /* how many live ones came after it */
	} item[SUMS_MAX];
	uint32_t live[SUMS_MAX];
	int64_t amount[SUMS_MAX];
};

static void look(struct window *w, const struct near *m, const struct book *b, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	uint32_t i = c->older_of_pair;

	for (unsigned seen = 0; i != NOWHERE && seen < WALK && w->n < SUMS_MAX; seen++) {
		const struct book_claim *o = claim_at(b, i);
		uint32_t at = i;

		i = o->older_of_pair;
		if (days_between(o->at, c->at) > REGISTERED)
			break;
		if (o->issued.day < c->issued.day - WINDOW || o->issued.day > c->issued.day + WINDOW ||
		    memcmp(o->ccy, c->ccy, 3) != 0 || o->face <= 0)
			continue;
		if (o->state != CLAIM_REJECTED && !near_comparable(m, b, claim, at))
			continue;
		struct window_item *x = &w->item[w->n++];
		*x = (struct window_item){ at, o->face, SUMS_MAX, (uint8_t)w->n_live };
		if (o->state == CLAIM_REJECTED || near_at(m, at)->spoken_for)
			continue;
		x->live = (uint8_t)w->n_live;
		w->live[w->n_live] = at;
		w->amount[w->n_live++] = o->face;
	}
}

/* --- what they are multiples of --- */

static bool taken(const struct sums_found *f, const struct window *w, uint32_t claim, uint32_t whole)
{
	if (claim == whole)
		return true;
	for (unsigned i = 0; i < f->n; i++)
		if (w->live[f->part[i]] == claim)
			return true;
	return false;
}

/* The common divisor of the amounts that add up, as far as others of the pair share it: who sells at so much apiece has
 * sums that agree. Without others, the zeros at their end. */
static int64_t grain_of(const struct book *b, const struct window *w, const struct sums_found *f, uint32_t claim,
                        uint32_t whole)
{
	int64_t target = claim_at(b, whole == NOWHERE ? claim : whole)->face, all = claim_at(b, claim)->face, grain = 1;
	uint32_t i = claim_at(b, claim)->older_of_pair;

	if (whole != NOWHERE)
		all = common_divisor(all, claim_at(b, whole)->face);
	for (unsigned k = 0; k < f->n; k++)
		all = common_divisor(all, w->amount[f->part[k]]);
	while (all % (grain * 10) == 0)
		grain *= 10;
	for (unsigned seen = 0; i != NOWHERE && seen < GRAINS; seen++) {
		int64_t shared = common_divisor(all, claim_at(b, i)->face);

		if (taken(f, w, i, whole) || claim_at(b, i)->face % target == 0)
			shared = 1; /* the sum itself come again says nothing of its parts */
		grain = shared > grain ? shared : grain;
		i = claim_at(b, i)->older_of_pair;
	}
	return grain;
}

/* --- weighing --- */

/* The other fields, as the weakest of the parts has them. */
static void compare_others(const struct near *m, const struct book *b, uint32_t claim, const uint32_t *other,
                           unsigned n, struct match *match)
{
	const struct book_claim *c = claim_at(b, claim);
	bool due = true, order = true, orders = true, delivery = false, alike = false;
	int32_t days = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct book_claim *o = claim_at(b, other[i]);
		struct likeness l;
		int32_t apart = o->issued.day - c->issued.day;

		near_compare(m, b, claim, other[i], &l);
		apart = apart < 0 ? -apart : apart;
		days = apart > days ? apart : days;
		due = due && o->due.day == c->due.day;
		order = order && l.same_order;
		orders = orders && near_at(m, claim)->order != 0 && near_at(m, other[i])->order != 0;
		delivery = delivery || l.same_delivery;
		alike = alike || l.number == LEVEL_NUMBER_EXTENDED;
	}
	match_add(match, days == 0    ? LEVEL_ISSUE_SAME
	                 : days <= 3  ? LEVEL_ISSUE_3
	                 : days <= 10 ? LEVEL_ISSUE_10
	                              : LEVEL_ISSUE_30);
	if (due)
		match_add(match, LEVEL_DUE_SAME);
	if (orders)
		match_add(match, order ? LEVEL_ORDER_SAME : LEVEL_ORDER_OTHER);
	if (delivery)
		match_add(match, LEVEL_DELIVERY_SAME);
	if (alike)
		match_add(match, LEVEL_NUMBER_EXTENDED);
}

/* To the cents that a division leaves over. */
static bool equal_parts(const struct window *w, const struct sums_found *f, int64_t one_more)
{
	int64_t first = w->amount[f->part[0]];

	for (unsigned i = 1; i < f->n; i++)
		if (w->amount[f->part[i]] > first + 9 || w->amount[f->part[i]] < first - 9)
			return false;
	return one_more == 0 || (one_more <= first + 9 && one_more >= first - 9);
}

/* Amounts that several invoices add up to are as odd as those; a round one, of a seller who has no others, was made. */
static int32_t rounded_bits(const struct book *b, uint32_t claim, const struct sums_found *f)
{
	const struct book_claim *c = claim_at(b, claim);
	uint32_t i = c->older_of_creditor;
	uint64_t round = 0, seen = 0;
	int64_t to = ROUND_LEAST;

	while (c->face % (to * 10) == 0)
		to *= 10;
	if (c->face % to != 0 || f->off == 0 || f->off > to)
		return 0;
	for (; i != NOWHERE && seen < ROUND_LOOK; i = claim_at(b, i)->older_of_creditor, seen++)
		round += claim_at(b, i)->face % ROUND_LEAST == 0;
	int32_t bits = tenths_of_bits(seen + 1, round + 1);
	return bits < near_levels[LEVEL_SUM_ROUNDED].bits ? bits : near_levels[LEVEL_SUM_ROUNDED].bits;
}

static struct match weigh(const struct near *m, const struct book *b, const struct window *w,
                          const struct sums_found *f, uint32_t claim, uint32_t whole)
{
	struct match match = match_start(near_levels);
	int64_t target = claim_at(b, whole == NOWHERE ? claim : whole)->face;
	uint32_t other[SUMS_PARTS + 1];
	int32_t bits = sums_weight(f, target, grain_of(b, w, f, claim, whole));
	unsigned n = 0;

	for (; n < f->n; n++)
		other[n] = w->live[f->part[n]];
	if (whole != NOWHERE)
		other[n++] = whole;
	match_add(&match, LEVEL_SUM_PRIOR);
	match_add(&match, LEVEL_SELLER_SAME);
	match_add(&match, LEVEL_DEBTOR_SAME);
	match_weigh(&match, LEVEL_AMOUNT_SUM,
	            bits < near_levels[LEVEL_AMOUNT_SUM].bits ? bits : near_levels[LEVEL_AMOUNT_SUM].bits);
	if (whole == NOWHERE && (bits = rounded_bits(b, claim, f)) > 0)
		match_weigh(&match, LEVEL_SUM_ROUNDED, bits);
	if (equal_parts(w, f, whole == NOWHERE ? 0 : claim_at(b, claim)->face))
		match_weigh(&match, LEVEL_PARTS_EQUAL, near_repeat_bits(m, near_at(m, claim)->seller));
	compare_others(m, b, claim, other, n, &match);
	return match;
}

/* --- finding --- */

static void report(struct near *m, struct sighting *g, enum signal signal, const struct window *w,
                   const struct sums_found *f, uint32_t whole, const struct match *match)
{
	int64_t target = claim_at(g->book, whole == NOWHERE ? g->claim : whole)->face;
	enum severity most = match->bits >= threshold(g, SIGNAL_D04) ? SEVERITY_BLOCK : SEVERITY_FLAG;
	struct finding_made *x;

	if (whole != NOWHERE && claim_at(g->book, whole)->state == CLAIM_REJECTED)
		most = SEVERITY_FLAG;
	x = find_on_claim(g, signal, most, g->claim);
	x->bits = match->bits;
	x->value = ppm(f->off, target);
	for (unsigned i = 0; i < f->n; i++)
		finding_cites(x, claim_at(g->book, w->live[f->part[i]])->seq);
	if (whole != NOWHERE)
		finding_cites(x, claim_at(g->book, whole)->seq);
	finding_says(x, "%u claims of the pair make one", f->n + (whole != NOWHERE));
	near_explain(x, match);
	if (x->severity < SEVERITY_HOLD)
		return;
	if (whole != NOWHERE)
		near_at(m, whole)->spoken_for = true;
	for (unsigned i = 0; i < f->n && whole == NOWHERE; i++)
		near_at(m, w->live[f->part[i]])->spoken_for = true;
}

static void seek_merged(struct near *m, struct sighting *g, const struct window *w, struct sums *s)
{
	int64_t face = claim_at(g->book, g->claim)->face;
	struct sums_found f = sums_find(s, w->n_live, 2, face, minor_share(face, (int32_t)threshold(g, SIGNAL_D08)));
	struct match match;

	if (f.n == 0)
		return;
	match = weigh(m, g->book, w, &f, g->claim, NOWHERE);
	if (match.bits >= NEAR_FLAG)
		report(m, g, SIGNAL_D08, w, &f, NOWHERE, &match);
}

/* Of an earlier claim the new one and others that came after it are the pieces. */
static void seek_split(struct near *m, struct sighting *g, const struct window *w, struct sums *s)
{
	int64_t face = claim_at(g->book, g->claim)->face;
	struct sums_found best = { 0 };
	struct match match = { .bits = INT32_MIN };
	uint32_t whole = NOWHERE;

	for (unsigned i = 0; i < w->n; i++) {
		const struct window_item *t = &w->item[i];
		int64_t within = minor_share(t->face, (int32_t)threshold(g, SIGNAL_D07));
		struct sums_found f;
		struct match x;

		if (t->face <= face + within || t->newer == 0 || near_at(m, t->claim)->spoken_for)
			continue;
		f = sums_find(s, t->newer, 1, t->face - face, within);
		if (f.n == 0 || f.n == SUMS_PARTS)
			continue;
		x = weigh(m, g->book, w, &f, g->claim, t->claim);
		if (x.bits > match.bits) {
			match = x;
			best = f;
			whole = t->claim;
		}
	}
	if (whole != NOWHERE && match.bits >= NEAR_FLAG)
		report(m, g, SIGNAL_D07, w, &best, whole, &match);
}

void near_sums(struct near *m, struct sighting *g)
{
	struct window w = { 0 };
	struct sums s;

	if (claim_at(g->book, g->claim)->face <= 0)
		return;
	look(&w, m, g->book, g->claim);
	if (w.n < 2)
		return;
	sums_of(&s, w.amount, w.n_live);
	seek_merged(m, g, &w, &s);
	seek_split(m, g, &w, &s);
	m->work.sums += s.steps;
}
