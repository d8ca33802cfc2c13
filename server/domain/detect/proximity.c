/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proximity.c: where trouble has been.
 *
 *   G10  close to a confirmed finding: over ties that are rare, at most two hops, half as much every half year
 *   G09  a debtor whose suppliers are suddenly new companies
 *
 * A finding that a reviewer confirmed puts weight on the parties of its claim;
 * half of it flows on over their ties, each in proportion to its rarity, and
 * half of that once more: a personalised PageRank cut off after two steps.
 */
#include "detecting.h"
#include "edges.h"
#include "kin.h"

enum {
	WHOLE = 1000000, /* ppm: on the seller of a confirmed case */
	HALF_DAYS = 180,
	FLOW_BUDGET = 1000, /* bonds looked at for one case */
	NEW_DAYS = 180,
	AGAIN_DAYS = 30,
	SUPPLIERS_CITED = 8,
};

struct near {
	int64_t weight; /* ppm, on `day` */
	int32_t day, said;
	uint64_t seq; /* the review that brought most of it */
};
struct intake {                   /* of one debtor, in periods of NEW_DAYS */
	int64_t bought, from_new; /* CNY minor units */
	uint32_t suppliers;       /* new ones */
	int32_t since, said;
	uint64_t seq[SUPPLIERS_CITED];
};
struct case_of { /* a finding raised */
	struct uuid id;
	uint32_t seller, debtor; /* or the party it is about, twice */
};
struct proximity {
	struct dense near, intake, cases;
	struct index by_case;
	struct moment began;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct proximity *x = state;

	(void)b;
	dense_start(&x->near, mem, sizeof(struct near));
	dense_start(&x->intake, mem, sizeof(struct intake));
	dense_start(&x->cases, mem, sizeof(struct case_of));
	index_start(&x->by_case, mem);
	return true;
}

/* --- G10 --- */

static int64_t faded(const struct near *n, int32_t today)
{
	int32_t days = today - n->day, halves = days / HALF_DAYS;
	int64_t w;

	if (n->weight == 0 || halves > 40)
		return 0;
	w = n->weight >> halves;
	return w - w * (days % HALF_DAYS) / (2 * HALF_DAYS); /* straight between two halvings */
}

static bool put_weight(struct proximity *x, uint32_t party, int64_t weight, int32_t today, uint64_t seq)
{
	struct near *n = dense_reach(&x->near, party);
	int64_t before;

	if (!n)
		return false;
	before = faded(n, today);
	if (weight >= before)
		n->seq = seq;
	n->weight = before + weight > WHOLE ? WHOLE : before + weight;
	n->day = today;
	return true;
}

/* Half of the weight goes on over the party's ties, to each by its rarity. */
static bool flow(struct proximity *x, const struct sighting *g, uint32_t party, int64_t weight, int hops,
                 unsigned *looked)
{
	int32_t today = date_of(g->s->at).day;
	int64_t sum = 0;

	if (!put_weight(x, party, weight, today, g->s->seq))
		return false;
	for (uint32_t i = party_at(g->book, party)->bond; i != NOWHERE; i = bond_at(g->book, i)->next_of_party) {
		const struct tie *t = tie_at(g->book, bond_at(g->book, i)->tie);

		sum += (int64_t)tie_bits(g->book, t, bond_at(g->book, i)->at) * (t->parties - 1);
	}
	for (uint32_t i = party_at(g->book, party)->bond; i != NOWHERE && sum > 0 && hops > 0;
	     i = bond_at(g->book, i)->next_of_party) {
		const struct tie *t = tie_at(g->book, bond_at(g->book, i)->tie);
		int64_t part = weight / 2 * tie_bits(g->book, t, bond_at(g->book, i)->at) / sum;

		for (uint32_t k = part > 0 ? t->newest : NOWHERE; k != NOWHERE && *looked < FLOW_BUDGET;
		     k = bond_at(g->book, k)->next_of_tie) {
			(*looked)++;
			if (bond_at(g->book, k)->party != party &&
			    !flow(x, g, bond_at(g->book, k)->party, part, hops - 1, looked))
				return false;
		}
	}
	return true;
}

static bool see_raise(struct proximity *x, struct sighting *g)
{
	const struct body_finding_raise *body = &g->s->c->body.finding_raise;
	uint32_t claim = book_claim(g->book, body->asset), party = book_party(g->book, body->party), i;
	struct case_of *c;

	if (claim == NOWHERE && party == NOWHERE)
		return true;
	if (!(c = dense_add(&x->cases, &i)) || !index_put(&x->by_case, key_of_uuid(g->s->c->object), i))
		return false;
	c->id = g->s->c->object;
	c->seller = claim == NOWHERE ? party : claim_at(g->book, claim)->creditor;
	c->debtor = claim == NOWHERE ? party : claim_at(g->book, claim)->debtor;
	return true;
}

static bool see_review(struct proximity *x, struct sighting *g)
{
	unsigned looked = 0;

	if (!span_is(g->s->c->body.finding_review.verdict, "confirmed"))
		return true;
	for (struct index_walk w = index_walk(&x->by_case, key_of_uuid(g->s->c->object)); index_next(&w);) {
		const struct case_of *c = dense_at(&x->cases, w.value);

		if (!uuid_eq(c->id, g->s->c->object))
			continue;
		/* The debtor may be the one deceived: it counts, but hands nothing on. */
		return flow(x, g, c->seller, WHOLE, 2, &looked) &&
		       (c->debtor == c->seller ||
		        put_weight(x, c->debtor, WHOLE / 20, date_of(g->s->at).day, g->s->seq));
	}
	return true;
}

static bool see_near(struct proximity *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	const uint32_t sides[] = { c->creditor, c->debtor };
	int32_t today = date_of(g->s->at).day;

	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		struct near *n = sides[i] < x->near.n ? dense_at(&x->near, sides[i]) : NULL;
		int64_t weight = n ? faded(n, today) : 0;
		struct finding_made *made;

		if (weight < threshold(g, SIGNAL_G10) || (n->said && today < n->said + AGAIN_DAYS))
			continue;
		n->said = today;
		made = find_on_claim(g, SIGNAL_G10, SEVERITY_FLAG, g->claim);
		made->value = weight;
		made->bits = 30;
		finding_says(made, "%d %% of the weight of a confirmed case lies on the %s", (int)(weight / 10000),
		             i == 0 ? "seller" : "debtor");
		finding_cites(made, n->seq);
	}
	return true;
}

/* --- G09 --- */

/* A company founded of late; where that is not known, one that came of late to a registry that is itself older. */
static bool is_new(const struct proximity *x, const struct book_party *p, struct moment now)
{
	if (date_given(p->founded))
		return date_of(now).day - p->founded.day < NEW_DAYS;
	return days_between(p->at, now) < NEW_DAYS && days_between(x->began, p->at) > NEW_DAYS;
}

static bool see_intake(struct proximity *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct intake *in = dense_reach(&x->intake, c->debtor);
	int32_t today = date_of(g->s->at).day;
	const struct book_party *seller = party_at(g->book, c->creditor);
	struct finding_made *made;
	int64_t base;

	if (!in)
		return false;
	if (in->since == 0 || today >= in->since + NEW_DAYS)
		*in = (struct intake){ .since = today, .said = in->said };
	if (!fx_base(g->book, c->face, c->ccy, &base))
		return true;
	in->bought += base;
	if (!is_new(x, seller, g->s->at) || seller->n_as_creditor != pair_at(g->book, c->pair)->n_claims)
		return true; /* it has sold to somebody else too */
	in->from_new += base;
	if (seller->n_as_creditor == 1)
		in->seq[in->suppliers++ % SUPPLIERS_CITED] = g->s->seq;
	if (in->suppliers < threshold(g, SIGNAL_G09) || in->from_new <= in->bought / 2 ||
	    (in->said && today < in->said + AGAIN_DAYS))
		return true;
	in->said = today;
	made = find_on_claim(g, SIGNAL_G09, SEVERITY_FLAG, g->claim);
	made->value = in->suppliers;
	made->bits = 40;
	finding_says(made, "%u new companies sell to this debtor only, %d %% of what it buys", in->suppliers,
	             (int)(ppm(in->from_new, in->bought) / 10000));
	for (unsigned i = 0; i < in->suppliers && i < SUPPLIERS_CITED; i++)
		finding_cites(made, in->seq[i]);
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct proximity *x = state;

	if (g->s->outcome != OK)
		return true;
	if (x->began.us == 0)
		x->began = g->s->at;
	if (g->s->c->kind == ST_FINDING_RAISE)
		return see_raise(x, g);
	if (g->s->c->kind == ST_FINDING_REVIEW)
		return see_review(x, g);
	if (g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	return see_near(x, g) && see_intake(x, g);
}

const struct module proximity_module = {
	.name = "proximity", .size = sizeof(struct proximity), .start = start, .see = see
};
