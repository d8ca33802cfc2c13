/* SPDX-License-Identifier: Apache-2.0 */
/*
 * funders.c: one seller or one pair at several lenders. Looked at when a
 * lender accepts security on a claim. How many lenders is told, never which.
 *
 *   G11  several lenders at once, each of which has at least doubled what it lends in two months
 *   G15  a claim repaid out of the advance on the next one, again and again
 *   G16  claims of one pair financed by many lenders at the same time
 */
#include "detecting.h"

enum {
	LOOK = 200,       /* claims of a pair, newest first */
	LENDERS_MAX = 32, /* counted of one seller or pair */
	RAMP_DAYS = 60,
	STEP_DAYS = 30, /* what was lent is remembered once in so many days */
	ROLL_DAYS = 3,  /* from an advance to the payment it is used for */
	ROLL_PPM = 50000,
	AGAIN_DAYS = 30,
};
static const int64_t least_lent = 100000000; /* 1 m CNY, in minor units: smaller loans double easily */

struct loan { /* of one lender to one seller */
	uint32_t seller, lender;
	uint32_t older;    /* of the seller */
	int64_t live;      /* CNY minor units */
	int64_t before[2]; /* at the last two marks, the newer first */
	int32_t mark;      /* day of the newer one */
	uint64_t seq;      /* its last growth */
};
struct funders {
	struct dense loan;
	struct index by_pair; /* seller, lender */
	struct dense seller;  /* uint32_t[2] by party: newest loan + 1, day G11 was said */
	struct dense roll;    /* uint16_t by claim: how often rolled over */
	struct dense fan;     /* int32_t by pair: day G16 was said */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct funders *f = state;

	(void)b;
	dense_start(&f->loan, mem, sizeof(struct loan));
	dense_start(&f->seller, mem, 2 * sizeof(uint32_t));
	dense_start(&f->roll, mem, sizeof(uint16_t));
	dense_start(&f->fan, mem, sizeof(int32_t));
	index_start(&f->by_pair, mem);
	return true;
}

/* --- G11 --- */

static uint32_t loan_of(const struct funders *f, uint32_t seller, uint32_t lender)
{
	for (struct index_walk w = index_walk(&f->by_pair, mix64(seller, lender)); index_next(&w);) {
		const struct loan *l = dense_at(&f->loan, w.value);

		if (l->seller == seller && l->lender == lender)
			return w.value;
	}
	return NOWHERE;
}

/* before[1] is what was lent RAMP_DAYS - STEP_DAYS to RAMP_DAYS ago, or longer when nothing happened since. */
static void mark_days(struct loan *l, int32_t today)
{
	int32_t passed = (today - l->mark) / STEP_DAYS;

	if (passed <= 0)
		return;
	l->before[1] = passed == 1 ? l->before[0] : l->live;
	l->before[0] = l->live;
	l->mark += passed * STEP_DAYS;
}

static struct loan *lend(struct funders *f, uint32_t seller, uint32_t lender, int32_t today)
{
	uint32_t i = loan_of(f, seller, lender);
	uint32_t *newest = dense_reach(&f->seller, seller);
	struct loan *l;

	if (!newest)
		return NULL;
	if (i == NOWHERE) {
		if (!(l = dense_add(&f->loan, &i)) || !index_put(&f->by_pair, mix64(seller, lender), i))
			return NULL;
		*l = (struct loan){ .seller = seller, .lender = lender, .older = newest[0] - 1, .mark = today };
		newest[0] = i + 1;
	}
	l = dense_at(&f->loan, i);
	mark_days(l, today);
	return l;
}

static bool doubled(const struct loan *l) { return l->before[1] >= least_lent && l->live >= 2 * l->before[1]; }

static void find_ramp(struct funders *f, struct sighting *g, uint32_t seller)
{
	int32_t today = date_of(g->s->at).day;
	uint32_t *of = dense_at(&f->seller, seller);
	unsigned n = 0, seen = 0;
	struct finding_made *made;

	for (uint32_t i = of[0] - 1; i != NOWHERE && seen < LENDERS_MAX; seen++) {
		struct loan *l = dense_at(&f->loan, i);

		mark_days(l, today);
		n += doubled(l);
		i = l->older;
	}
	if (n < threshold(g, SIGNAL_G11) || (of[1] && today < (int32_t)of[1] + AGAIN_DAYS))
		return;
	of[1] = (uint32_t)today;
	made = find_on_claim(g, SIGNAL_G11, SEVERITY_FLAG, g->claim);
	made->value = n;
	made->bits = 50;
	finding_says(made, "%u lenders have each at least doubled what they lend in %d days", n, RAMP_DAYS);
	seen = 0;
	for (uint32_t i = of[0] - 1; i != NOWHERE && seen < LENDERS_MAX; seen++) {
		const struct loan *l = dense_at(&f->loan, i);

		if (doubled(l))
			finding_cites(made, l->seq);
		i = l->older;
	}
}

/* --- G16 --- */

static bool lends(const struct book_encumbrance *e) { return e->accepted_seq != 0 && e->ended_seq == 0; }

struct lenders {
	uint32_t party[LENDERS_MAX];
	uint64_t seq[LENDERS_MAX];
	unsigned n;
};

static void count_lenders(const struct book *b, const struct book_claim *c, struct lenders *ret)
{
	unsigned seen = 0;

	for (uint32_t i = c->encumbrance; i != NOWHERE && seen < LENDERS_MAX; seen++) {
		const struct book_encumbrance *e = encumbrance_at(b, i);
		unsigned k = 0;

		i = e->older;
		if (!lends(e) || e->secured == NOWHERE)
			continue;
		while (k < ret->n && ret->party[k] != e->secured)
			k++;
		if (k < ret->n || ret->n == LENDERS_MAX)
			continue;
		ret->party[ret->n] = e->secured;
		ret->seq[ret->n++] = e->accepted_seq;
	}
}

static bool find_fan(struct funders *f, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct lenders all = { .n = 0 };
	int32_t *said = dense_reach(&f->fan, c->pair), today = date_of(g->s->at).day;
	struct finding_made *made;
	unsigned seen = 0;

	if (!said)
		return false;
	if (*said && today < *said + AGAIN_DAYS)
		return true;
	for (uint32_t i = pair_at(g->book, c->pair)->newest; i != NOWHERE && seen < LOOK; seen++) {
		const struct book_claim *x = claim_at(g->book, i);

		if (x->state == CLAIM_LIVE)
			count_lenders(g->book, x, &all);
		i = x->older_of_pair;
	}
	if (all.n < threshold(g, SIGNAL_G16))
		return true;
	*said = today;
	made = find_on_claim(g, SIGNAL_G16, SEVERITY_FLAG, g->claim);
	made->value = all.n;
	finding_says(made, "live claims of this seller on this debtor are financed by %u lenders", all.n);
	for (unsigned i = 0; i < all.n; i++)
		finding_cites(made, all.seq[i]);
	return true;
}

/* --- G15 --- */

/* The claim's advance paid the older one: right after it, and about as much. */
static bool rolls(const struct book *b, const struct book_claim *older, const struct book_claim *newer)
{
	const struct book_encumbrance *e;
	int64_t days, d;

	if (older->paid_seq == 0 || newer->financed_seq == 0 || newer->encumbrance == NOWHERE ||
	    older->paid_seq < newer->financed_seq)
		return false;
	e = encumbrance_at(b, newer->encumbrance);
	days = older->paid_on.day - date_of(newer->financed_at).day;
	d = older->paid - e->advance;
	return e->advance > 0 && days >= 0 && days <= ROLL_DAYS && ppm(d < 0 ? -d : d, e->advance) <= ROLL_PPM;
}

/* At a payment: which claim of the pair was financed just before it. */
static bool see_payment(struct funders *f, struct sighting *g)
{
	const struct book_claim *paid = claim_at(g->book, g->claim);
	uint16_t *of_paid = dense_reach(&f->roll, g->claim), *of_new;
	unsigned seen = 0;

	for (uint32_t i = pair_at(g->book, paid->pair)->newest; i != NOWHERE && seen < LOOK; seen++) {
		const struct book_claim *c = claim_at(g->book, i);
		struct finding_made *made;

		if (!of_paid || !(of_new = dense_reach(&f->roll, i)))
			return false;
		if (i != g->claim && *of_new == 0 && rolls(g->book, paid, c)) {
			*of_new = (uint16_t)(*of_paid < UINT16_MAX ? *of_paid + 1 : UINT16_MAX);
			if (*of_new < threshold(g, SIGNAL_G15))
				return true;
			made = find_on_claim(g, SIGNAL_G15, SEVERITY_FLAG, i);
			made->value = *of_new;
			made->bits = 50;
			finding_says(made,
			             "the %uth claim in a row repaid within %d days out of the advance on the next",
			             *of_new, ROLL_DAYS);
			finding_cites(made, c->seq);
			finding_cites(made, c->financed_seq);
			finding_cites(made, paid->seq);
			return true;
		}
		if (c->seq < paid->seq)
			break;
		i = c->older_of_pair;
	}
	return true;
}

/* --- the entries --- */

static int64_t lent_base(const struct book *b, const struct book_encumbrance *e)
{
	int64_t base;

	return fx_base(b, e->amount, claim_at(b, e->claim)->ccy, &base) ? base : 0;
}

static bool see_accept(struct funders *f, struct sighting *g)
{
	const struct book_encumbrance *e = encumbrance_at(g->book, book_encumbrance(g->book, g->s->c->object));
	uint32_t seller = claim_at(g->book, e->claim)->creditor;
	struct loan *l;

	if (e->secured == NOWHERE)
		return true;
	if (!(l = lend(f, seller, e->secured, date_of(g->s->at).day)))
		return false;
	l->live += lent_base(g->book, e);
	l->seq = g->s->seq;
	find_ramp(f, g, seller);
	return find_fan(f, g);
}

static bool see_release(struct funders *f, struct sighting *g)
{
	const struct book_encumbrance *e = encumbrance_at(g->book, book_encumbrance(g->book, g->s->c->object));
	struct loan *l;

	if (e->secured == NOWHERE || e->accepted_seq == 0)
		return true;
	if (!(l = lend(f, claim_at(g->book, e->claim)->creditor, e->secured, date_of(g->s->at).day)))
		return false;
	l->live -= lent_base(g->book, e);
	return true;
}

static bool see(void *state, struct sighting *g)
{
	enum statement_kind kind = g->s->c->kind;

	if (g->s->outcome != OK || g->claim == NOWHERE)
		return true;
	if (kind == ST_ENCUMBRANCE_ACCEPT)
		return see_accept(state, g);
	if (kind == ST_ENCUMBRANCE_RELEASE || kind == ST_ENCUMBRANCE_DISCHARGE || kind == ST_ENCUMBRANCE_EXPIRE)
		return see_release(state, g);
	return kind != ST_RECEIVABLE_PAY || see_payment(state, g);
}

const struct module funders_module = { .name = "funders", .size = sizeof(struct funders), .start = start, .see = see };
