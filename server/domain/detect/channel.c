/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.c: G05, a company that goods only pass through.
 *
 * A sale passes through when the seller bought at nearly the same price within
 * three days before. A party whose sales do so, nearly all of them and again
 * and again, adds nothing but its name: soft, for traders without stock exist.
 */
#include "detecting.h"

enum {
	PASS_DAYS = 3,
	PASS_PPM = 30000,
	SALES = 5,
	STAFF = 10,      /* who employs more does more than pass on */
	LOOK = 64,       /* purchases, newest first */
	FADE_DAYS = 180, /* older sales count half */
	AGAIN_DAYS = 30,
};
struct channel_party {
	int64_t sold, passed; /* in CNY minor units */
	uint32_t n;           /* sales that passed */
	int32_t since, said;
};
struct channel {
	struct dense party;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct channel *x = state;

	(void)b;
	dense_start(&x->party, mem, sizeof(struct channel_party));
	return true;
}

/* The purchase that this sale passes on; NOWHERE for none. */
static uint32_t passed_on(const struct book *b, const struct book_claim *sale)
{
	const struct book_claim *c;
	unsigned n = 0;

	for (uint32_t i = party_at(b, sale->creditor)->as_debtor; i != NOWHERE && n < LOOK;
	     i = c->older_of_debtor, n++) {
		int32_t days;
		int64_t d;

		c = claim_at(b, i);
		days = sale->issued.day - c->issued.day;
		d = c->face > sale->face ? c->face - sale->face : sale->face - c->face;
		if (days_between(c->at, sale->at) > FADE_DAYS / 2)
			break;
		if (c->state != CLAIM_REJECTED && c->state != CLAIM_CANCELLED && days >= 0 && days <= PASS_DAYS &&
		    c->creditor != sale->debtor && memcmp(c->ccy, sale->ccy, 3) == 0 && ppm(d, c->face) <= PASS_PPM &&
		    (c->goods.len == 0 || sale->goods.len == 0 || span_eq(c->goods, sale->goods)))
			return i;
	}
	return NOWHERE;
}

static void fade(struct channel_party *x, int32_t today)
{
	if (x->since == 0)
		x->since = today;
	if (today < x->since + FADE_DAYS)
		return;
	x->sold /= 2;
	x->passed /= 2;
	x->n /= 2;
	x->since = today;
}

static void find_channel(struct sighting *g, struct channel_party *x, uint32_t purchase)
{
	int32_t today = date_of(g->s->at).day;
	int64_t share = ppm(x->passed, x->sold);
	struct finding_made *made;

	if (x->n < SALES || share < threshold(g, SIGNAL_G05) || (x->said && today < x->said + AGAIN_DAYS))
		return;
	x->said = today;
	made = find_on_claim(g, SIGNAL_G05, SEVERITY_FLAG, g->claim);
	made->value = share;
	made->bits = 50;
	finding_says(made, "%d %% of what it sold was bought within %d days before at a price within %d %%, %u times",
	             (int)(share / 10000), PASS_DAYS, PASS_PPM / 10000, x->n);
	finding_cites(made, claim_at(g->book, purchase)->seq);
}

static bool see(void *state, struct sighting *g)
{
	struct channel *ch = state;
	const struct book_claim *c;
	struct channel_party *x;
	uint32_t purchase;
	int64_t base;

	if (g->s->outcome != OK || g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	c = claim_at(g->book, g->claim);
	if (!(x = dense_reach(&ch->party, c->creditor)))
		return false;
	if (!fx_base(g->book, c->face, c->ccy, &base) || party_at(g->book, c->creditor)->staff > STAFF)
		return true;
	fade(x, date_of(g->s->at).day);
	x->sold += base;
	purchase = passed_on(g->book, c);
	if (purchase == NOWHERE)
		return true;
	x->passed += base;
	x->n++;
	find_channel(g, x, purchase);
	return true;
}

const struct module channel_module = { .name = "channel", .size = sizeof(struct channel), .start = start, .see = see };
