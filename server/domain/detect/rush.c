/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rush.c: a pair's claims come far more often than they ever did (B13).
 *
 * Amounts may all be usual: who wants much money soon invents many invoices. The days on which the pair registered in
 * the last four weeks are held against how often it did before that, as a Poisson process whose rate is known only
 * from those days: what the tail's bound (Chernoff) leaves of the probability is the weight, in tenths of a bit.
 * Days, not claims: an order billed in six parts at once is one day.
 */
#include "detecting.h"
#include "logarithm.h"

enum {
	WINDOW = 28,
	LOOK = 64,      /* claims of the pair, newest first */
	HISTORY = 60,   /* days the pair must have traded before the window, */
	BEFORE = 2,     /* on so many */
	MINE_DAYS = 30, /* added to them, with one day of trade: a rate nobody has measured is not small */
	CITED = 8
};
#define INV_LN2_Q16 INT64_C(94548) /* 65536 / ln 2 */

struct rhythm {
	int64_t now, before; /* days with a claim, in the window and before it */
	int64_t span;        /* days from the first claim seen to the window */
};

static struct rhythm rhythm_of(const struct book *b, uint32_t claim)
{
	const int64_t today = b->now.us / DAY_US;
	struct rhythm r = { 0 };
	int64_t last = -1;
	unsigned looked = 0;

	for (uint32_t i = claim; i != NOWHERE && looked < LOOK; i = claim_at(b, i)->older_of_pair, looked++) {
		int64_t day = claim_at(b, i)->at.us / DAY_US;

		if (day == last)
			continue;
		last = day;
		if (day > today - WINDOW)
			r.now++;
		else
			r.before++;
		r.span = today - WINDOW - day;
	}
	return r;
}

/* n log2(n / expected) - (n - expected) / ln 2, in tenths; expected in thousandths. */
static int32_t surprise(int64_t n, int64_t expected)
{
	int64_t bits;

	if (n * 1000 <= expected || expected <= 0)
		return 0;
	bits = n * ((int64_t)log2_q16((uint64_t)n * 1000) - (int64_t)log2_q16((uint64_t)expected)) -
	       (n * 1000 - expected) * INV_LN2_Q16 / 1000;
	return (int32_t)(bits * 10 / 65536);
}

static bool see(void *state, struct sighting *g)
{
	struct rhythm r;
	struct finding_made *f;
	int32_t bits;
	unsigned n = 0;

	(void)state;
	if (g->s->outcome != OK || g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	r = rhythm_of(g->book, g->claim);
	if (r.before < BEFORE || r.span < HISTORY)
		return true;
	bits = surprise(r.now, (r.before + 1) * WINDOW * 1000 / (r.span + MINE_DAYS));
	if (bits < threshold(g, SIGNAL_B13))
		return true;
	f = find_on_claim(g, SIGNAL_B13, SEVERITY_FLAG, g->claim);
	f->bits = 40;
	f->value = bits;
	finding_says(f, "claims of the pair on %lld of the last %d days", (long long)r.now, WINDOW);
	finding_says(f, "before, on %lld of %lld", (long long)r.before, (long long)r.span);
	for (uint32_t i = claim_at(g->book, g->claim)->older_of_pair; i != NOWHERE && n < CITED;
	     i = claim_at(g->book, i)->older_of_pair, n++)
		finding_cites(f, claim_at(g->book, i)->seq);
	return true;
}

const struct module rush_module = { .name = "rush", .size = 0, .see = see };
