/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutual.c: two parties that sell to each other.
 *
 *   G02  what they sold each other in 90 days is about as much either way (soft: tolling looks the same)
 *   G04  sale after sale comes back within days at the same price: nobody earns by it
 *   G03  the same goods come back: the same invoice lines, or the same transport document
 *
 * A sale matches an earlier one the other way when both are of nearly the same
 * amount, a few days apart; each matches once. What they call the goods does
 * not matter: work done on somebody's goods costs more than they did. One
 * match is chance; G04 needs two and nearly all of the trade, or three and
 * most of it.
 */
#include "detecting.h"

enum {
	SUM_DAYS = 90,
	MATCH_DAYS = 10,
	MATCH_PPM = 55000,
	MATCHES = 3,
	MATCHED_PPM = 600000, /* of both sides' trades */
	MATCHED_ALL_PPM = 800000,
	LOOK = 128,       /* claims of a pair, newest first */
	AGAIN_DAYS = 30,  /* between two findings on a pair */
	STATS_DAYS = 180, /* older matches count half */
};
static const int64_t least_sum = 100000000; /* 1 m CNY, in minor units */

struct mutual_pair {
	uint32_t trades, matched; /* matched: counts both of a match */
	int32_t since, said;      /* days; 0: never */
};
struct mutual {
	struct dense pair;    /* by the lower of the two pairs' numbers */
	struct dense matched; /* uint8_t by claim */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct mutual *m = state;

	(void)b;
	dense_start(&m->pair, mem, sizeof(struct mutual_pair));
	dense_start(&m->matched, mem, 1);
	return true;
}

static bool stands(const struct book_claim *c)
{
	return c->state != CLAIM_REJECTED && c->state != CLAIM_CANCELLED && c->state != CLAIM_LAPSED;
}

/* --- as much either way --- */

static int64_t sum_of_pair(const struct sighting *g, uint32_t pair, struct finding_made *cited)
{
	const struct book_claim *c;
	int64_t sum = 0, base;
	unsigned n = 0;

	for (uint32_t i = pair_at(g->book, pair)->newest; i != NOWHERE && n < LOOK; i = c->older_of_pair, n++) {
		c = claim_at(g->book, i);
		if (days_between(c->at, g->s->at) > SUM_DAYS)
			break;
		if (!stands(c) || !fx_base(g->book, c->face, c->ccy, &base))
			continue;
		sum += base;
		if (cited && n < EVIDENCE_MAX / 2 - 1)
			finding_cites(cited, c->seq);
	}
	return sum;
}

static void find_sums(struct sighting *g, struct mutual_pair *m, uint32_t forth, uint32_t back)
{
	int64_t f = sum_of_pair(g, forth, NULL), b = sum_of_pair(g, back, NULL), least = f < b ? f : b;
	int32_t today = date_of(g->s->at).day;
	int64_t share = ppm(2 * least, f + b);
	struct finding_made *made;

	if (least < least_sum || share < threshold(g, SIGNAL_G02) || (m->said && today < m->said + AGAIN_DAYS))
		return;
	m->said = today;
	made = find_on_claim(g, SIGNAL_G02, SEVERITY_FLAG, g->claim);
	made->value = share;
	made->bits = 40;
	finding_says(made, "both sold to each other in 90 days; the smaller side is %d %% of half of it",
	             (int)(share / 10000));
	(void)sum_of_pair(g, forth, made);
	(void)sum_of_pair(g, back, made);
}

/* --- sale by sale --- */

static bool near_amount(const struct book_claim *a, const struct book_claim *b)
{
	int64_t d = a->face > b->face ? a->face - b->face : b->face - a->face;

	return memcmp(a->ccy, b->ccy, 3) == 0 && ppm(d, a->face) <= MATCH_PPM;
}

static bool may_match(const struct book_claim *a, const struct book_claim *b)
{
	int32_t days = a->issued.day - b->issued.day;

	return days <= MATCH_DAYS && days >= -MATCH_DAYS && near_amount(a, b);
}

static bool same_lot(const struct book_claim *a, const struct book_claim *b)
{
	return !hash_is_zero(a->goods_lines) && hash_eq(a->goods_lines, b->goods_lines);
}

/* What came back of it already, newest first; the best match is taken. */
static bool match_sale(struct sighting *g, struct mutual *m, struct mutual_pair *x, uint32_t back, uint32_t *match,
                       uint32_t *lot)
{
	const struct book_claim *sale = claim_at(g->book, g->claim), *c;
	uint8_t *mark = dense_reach(&m->matched, g->claim);
	unsigned n = 0;

	*match = *lot = NOWHERE;
	if (!mark)
		return false;
	for (uint32_t i = pair_at(g->book, back)->newest; i != NOWHERE && n < LOOK; i = c->older_of_pair, n++) {
		uint8_t *other = dense_reach(&m->matched, i);

		c = claim_at(g->book, i);
		if (!other)
			return false;
		if (days_between(c->at, g->s->at) > SUM_DAYS)
			break;
		if (!stands(c))
			continue;
		if (*lot == NOWHERE && same_lot(sale, c))
			*lot = i;
		if (*match == NOWHERE && !*other && may_match(sale, c)) {
			*match = i;
			*mark = *other = 1;
			x->matched += 2;
		}
	}
	return true;
}

static void find_return(struct sighting *g, const struct mutual_pair *x, uint32_t match)
{
	int64_t share = ppm(x->matched, x->trades);
	const struct book_claim *c = claim_at(g->book, match), *sale = claim_at(g->book, g->claim);
	int64_t d = c->face > sale->face ? c->face - sale->face : sale->face - c->face;
	struct finding_made *made;

	if (x->matched < 2 * (share < MATCHED_ALL_PPM ? MATCHES : MATCHES - 1) || share < MATCHED_PPM)
		return;
	made = find_on_claim(g, SIGNAL_G04, SEVERITY_BLOCK, g->claim);
	made->value = ppm(d, sale->face);
	made->bits = 100;
	finding_says(made, "%u of %u sales between the two came back within %d days at a price within %d %%",
	             x->matched, x->trades, MATCH_DAYS, MATCH_PPM / 10000);
	finding_cites(made, c->seq);
}

static void find_lot(struct sighting *g, uint32_t lot)
{
	struct finding_made *made = find_on_claim(g, SIGNAL_G03, SEVERITY_BLOCK, g->claim);

	made->value = 2;
	made->bits = 120;
	finding_says(made, "the same invoice lines were sold the other way");
	finding_cites(made, claim_at(g->book, lot)->seq);
}

/* Old trades count half, so that the share is of late. */
static void fade(struct mutual_pair *x, int32_t today)
{
	if (x->since == 0)
		x->since = today;
	if (today < x->since + STATS_DAYS)
		return;
	x->trades /= 2;
	x->matched /= 2;
	x->since = today;
}

static bool see(void *state, struct sighting *g)
{
	struct mutual *m = state;
	const struct book_claim *c;
	struct mutual_pair *x;
	uint32_t back, match, lot;

	if (g->s->outcome != OK || g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	c = claim_at(g->book, g->claim);
	back = book_pair(g->book, c->debtor, c->creditor);
	if (back == NOWHERE || c->debtor == c->creditor)
		return true;
	if (!(x = dense_reach(&m->pair, back < c->pair ? back : c->pair)))
		return false;
	fade(x, date_of(g->s->at).day);
	if (x->trades == 0)
		x->trades = pair_at(g->book, back)->n_claims;
	x->trades++;
	if (!match_sale(g, m, x, back, &match, &lot))
		return false;
	if (match != NOWHERE)
		find_return(g, x, match);
	if (lot != NOWHERE)
		find_lot(g, lot);
	find_sums(g, x, c->pair, back);
	return true;
}

const struct module mutual_module = { .name = "mutual", .size = sizeof(struct mutual), .start = start, .see = see };
