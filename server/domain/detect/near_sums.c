/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near_sums.c: one claim registered again in pieces, or several as one (D07, D08).
 *
 * The pair's claims of the same two weeks are few; whether some of them add up
 * is weighed against how many sums there were to try, and against the grain of
 * the pair's amounts: who sells by the truckload has sums that agree every day.
 * What all of them have in common - the day, the date due, the order - is no
 * evidence for some of them.
 *
 * Where they are many, some add up to nearly anything: of n amounts there are
 * n^5 / 120 sums of five, and an amount has some 2^23 values. Then only those are
 * tried that a paper binds to the claim, its order or its delivery, and nothing is
 * when there are many of these too: accident would explain whatever was found.
 *
 * So an entry costs at most SUMS_MAX amounts, sums of five of SUMS_FIVE of them,
 * of four of SUMS_FOUR, and one look for each earlier claim that might be the
 * whole, whatever is in the book.
 */
#include "logarithm.h"
#include "near.h"
#include "sums.h"

enum {
	WINDOW = 15, /* days between invoices */
	WALK = 128,
	REGISTERED = 60, /* days between registrations */
	GRAINS = 32,
	ROUND_LOOK = 64,
	EXPECTED = 8, /* claims of a pair at a time that the prior reckons with: crooks are not more for more of them */
	FEW = SUMS_MAX, /* claims of a pair at a time all of which are tried */
	BOUND = 16,     /* that one paper may bind together and still say something */
	COMMON = 16,    /* claims that the usual share of equal dates counts for */
};
#define ROUND_LEAST INT64_C(10000) /* minor units */

struct window { /* claims of the pair, the newest first */
	unsigned n, n_live;
	bool by_order; /* only those of the claim's order, or of its delivery */
	struct window_item {
		uint32_t claim;
		int64_t face;
		uint8_t live;  /* place among the live ones; SUMS_MAX: not one of them */
		uint8_t newer; /* how many live ones came after it */
	} item[SUMS_MAX];
	uint32_t live[SUMS_MAX];
	int64_t amount[SUMS_MAX];
};

static void add_item(struct window *w, const struct near *m, const struct book *b, uint32_t claim, uint32_t at)
{
	const struct book_claim *c = claim_at(b, claim), *o = claim_at(b, at);

	if (o->pair != c->pair || o->issued.day < c->issued.day - WINDOW || o->issued.day > c->issued.day + WINDOW ||
	    memcmp(o->ccy, c->ccy, 3) != 0 || o->face <= 0)
		return;
	if (o->state != CLAIM_REJECTED && !near_comparable(m, b, claim, at))
		return;
	struct window_item *x = &w->item[w->n++];
	*x = (struct window_item){ at, o->face, SUMS_MAX, (uint8_t)w->n_live };
	if (o->state == CLAIM_REJECTED || near_at(m, at)->spoken_for)
		return;
	x->live = (uint8_t)w->n_live;
	w->live[w->n_live] = at;
	w->amount[w->n_live++] = o->face;
}

/* All of the pair. */
static void look(struct window *w, const struct near *m, const struct book *b, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	uint32_t i = c->older_of_pair;

	for (unsigned seen = 0; i != NOWHERE && seen < WALK && w->n < SUMS_MAX; seen++) {
		if (days_between(claim_at(b, i)->at, c->at) > REGISTERED)
			break;
		add_item(w, m, b, claim, i);
		i = claim_at(b, i)->older_of_pair;
	}
}

/* Those under the key; false: too many to say anything. */
static bool look_under(struct window *w, const struct near *m, const struct book *b, uint32_t claim, uint64_t key)
{
	unsigned seen = 0;

	for (uint32_t p = blocks_first(&m->key, key); p != NOWHERE; p = blocks_post(&m->key, p)->older) {
		uint32_t at = blocks_post(&m->key, p)->item;

		if (days_between(claim_at(b, at)->at, claim_at(b, claim)->at) > REGISTERED)
			return true;
		if (seen++ == BOUND || w->n == SUMS_MAX)
			return false;
		add_item(w, m, b, claim, at);
	}
	return true;
}

/* Of a pair with many: those of the same order, or when it says none, of the same delivery. */
static void look_bound(struct window *w, const struct near *m, const struct book *b, uint32_t claim)
{
	const struct near_claim *x = near_at(m, claim);
	uint64_t key;

	if (x->order == 0 && x->n_deliveries == 0)
		return;
	key = x->order != 0 ? near_key_of(KEY_ORDER, (uint64_t)x->seller << 32 | x->debtor, x->order, 0)
	                    : near_key_of(KEY_DELIVERY, x->delivery[0], x->seller, 0);
	w->by_order = true;
	if (!look_under(w, m, b, claim, key))
		w->n = w->n_live = 0;
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

/* Of the window's other claims, those that have the fact in common with this one. */
struct common {
	unsigned of, day, due, order;
};

static struct common common_of(const struct near *m, const struct book *b, const struct window *w, uint32_t claim,
                               const uint32_t *other, unsigned n)
{
	const struct book_claim *c = claim_at(b, claim);
	struct common r = { 0 };

	for (unsigned i = 0; i < w->n; i++) {
		const struct book_claim *o = claim_at(b, w->item[i].claim);
		bool part = false;

		for (unsigned k = 0; k < n; k++)
			part = part || other[k] == w->item[i].claim;
		if (part)
			continue;
		r.of++;
		r.day += o->issued.day == c->issued.day;
		r.due += o->due.day == c->due.day;
		r.order += near_at(m, w->item[i].claim)->order == near_at(m, claim)->order;
	}
	return r;
}

/* What the level weighs where `same` of `of` others have the fact as well: the table's share is the first guess. */
static void weigh_rare(struct match *match, enum near_level level, unsigned same, unsigned of)
{
	int32_t bits = near_levels[level].bits, rare;
	uint64_t guess = 1000000;

	for (int32_t b = bits; b > 0; b -= 10)
		guess /= 2;
	rare = tenths_of_bits(UINT64_C(1000000) * (of + COMMON), UINT64_C(1000000) * same + COMMON * guess);
	match_weigh(match, level, rare < bits ? rare : bits);
}

/* The other fields, as the weakest of the parts has them. */
static void compare_others(const struct near *m, const struct book *b, const struct window *w, uint32_t claim,
                           const uint32_t *other, unsigned n, struct match *match)
{
	const struct book_claim *c = claim_at(b, claim);
	const struct common common = common_of(m, b, w, claim, other, n);
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
	if (days == 0 && !w->by_order)
		weigh_rare(match, LEVEL_ISSUE_SAME, common.day, common.of);
	else if (days > 0)
		match_add(match, days <= 3 ? LEVEL_ISSUE_3 : days <= 10 ? LEVEL_ISSUE_10 : LEVEL_ISSUE_30);
	if (due && !w->by_order)
		weigh_rare(match, LEVEL_DUE_SAME, common.due, common.of);
	if (orders && !order)
		match_add(match, LEVEL_ORDER_OTHER);
	else if (orders && !w->by_order) /* else they were chosen by it */
		weigh_rare(match, LEVEL_ORDER_SAME, common.order, common.of);
	if (delivery && (!w->by_order || near_at(m, claim)->order != 0))
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

/* `wholes`: how many claims were tried as what the parts add up to. */
static struct match weigh(const struct near *m, const struct book *b, const struct window *w,
                          const struct sums_found *f, uint32_t claim, uint32_t whole, unsigned wholes)
{
	struct match match = match_start(near_levels);
	int64_t target = claim_at(b, whole == NOWHERE ? claim : whole)->face;
	uint32_t other[SUMS_PARTS + 1];
	int32_t bits = sums_weight(f, target, grain_of(b, w, f, claim, whole));
	unsigned n = 0;

	bits += tenths_of_bits(1, wholes);
	for (; n < f->n; n++)
		other[n] = w->live[f->part[n]];
	if (whole != NOWHERE)
		other[n++] = whole;
	match_add(&match, LEVEL_SUM_PRIOR);
	if (m->crowd.n > EXPECTED && !w->by_order)
		match_weigh(&match, LEVEL_CROWD, tenths_of_bits(EXPECTED, m->crowd.n));
	match_add(&match, LEVEL_SELLER_SAME);
	match_add(&match, LEVEL_DEBTOR_SAME);
	match_weigh(&match, LEVEL_AMOUNT_SUM,
	            bits < near_levels[LEVEL_AMOUNT_SUM].bits ? bits : near_levels[LEVEL_AMOUNT_SUM].bits);
	if (whole == NOWHERE && (bits = rounded_bits(b, claim, f)) > 0)
		match_weigh(&match, LEVEL_SUM_ROUNDED, bits);
	if (equal_parts(w, f, whole == NOWHERE ? 0 : claim_at(b, claim)->face))
		match_weigh(&match, LEVEL_PARTS_EQUAL, near_repeat_bits(m, near_at(m, claim)->seller));
	compare_others(m, b, w, claim, other, n, &match);
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
	struct sums_found run =
		sums_find_run(s, w->n_live, 2, face, minor_share(face, (int32_t)threshold(g, SIGNAL_D08)));
	struct match match, of_run;

	if (f.n == 0)
		return;
	match = weigh(m, g->book, w, &f, g->claim, NOWHERE, 1);
	if (run.n > 0 && (of_run = weigh(m, g->book, w, &run, g->claim, NOWHERE, 1)).bits > match.bits) {
		match = of_run;
		f = run;
	}
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
		x = weigh(m, g->book, w, &f, g->claim, t->claim, w->n);
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
	if (m->crowd.n <= FEW)
		look(&w, m, g->book, g->claim);
	else
		look_bound(&w, m, g->book, g->claim);
	if (w.n < 2)
		return;
	sums_of(&s, w.amount, w.n_live);
	seek_merged(m, g, &w, &s);
	seek_split(m, g, &w, &s);
	m->work.sums += s.steps;
}
