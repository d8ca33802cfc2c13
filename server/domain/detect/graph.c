/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph.c: circular trade. Every accepted claim is an edge from seller to
 * debtor, every order prepaid one from its seller to its buyer; a new one is
 * searched for the circle it closes (ring.h) before it becomes an edge itself.
 *
 *   G01  a circle: held when its steps are close and it is surprising, shown when it is less so
 *   G03  and the same goods go round: the same invoice lines, or the same transport document
 *   G04  and nobody earns by it
 *   G08  the group around it trades mostly with itself (dense_group.c)
 *
 * Circles of by-products are real: where every trade is of another class of
 * goods than the one before, that weighs against a circle.
 */
#include "dense_group.h"
#include "detecting.h"
#include "ring.h"

enum {
	HOLD_BITS = 140,     /* tenths of a bit */
	HOLD_ALL_BITS = 180, /* so much, and the claims before it in the circle are held with it */
	FLAG_BITS = 100,
	SAME_GOODS_BITS = 120, /* for two trades of the same lines or transport */
	ONE_CLASS_BITS = 20,
	OTHER_CLASS_BITS = -40,
	DELIVERIES_SEEN = 8, /* of one claim */
	AGAIN_BITS = 40,     /* for each circle the pair closed before, of late */
	AGAIN_MOST = 2,
	GROUP_EVERY = 8, /* of a seller's sales that close circles */
	GROUP_DAYS = 30, /* between two findings on one seller's group */
	LANE = 16384,    /* amounts of a currency without a rate are kept apart: no ratio joins two lanes */
};
#define PREPAID UINT32_C(0x80000000) /* in half.ref: number of an order, not of a claim */

struct order {
	struct uuid id;
	uint64_t seq;
	uint32_t edge;
};
struct closed { /* circles a pair's sales have closed */
	uint32_t n;
	int32_t last; /* day */
};
struct graph {
	struct edges edges;
	struct ring *ring;
	struct dense of_claim; /* uint32_t: its edge */
	struct dense order;
	struct index by_order;
	struct dense closed;    /* struct closed by pair */
	struct dense group_day; /* int32_t by party: when its group was found last */
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct graph *x = state;

	(void)b;
	edges_start(&x->edges, mem, RING_DAYS);
	dense_start(&x->of_claim, mem, sizeof(uint32_t));
	dense_start(&x->order, mem, sizeof(struct order));
	dense_start(&x->closed, mem, sizeof(struct closed));
	dense_start(&x->group_day, mem, sizeof(int32_t));
	index_start(&x->by_order, mem);
	x->ring = ring_start(mem);
	return x->ring != NULL;
}

/* --- amounts and days as edges have them --- */

/* At least 1. Amounts of a currency nobody posts a rate for are compared among themselves. */
static uint16_t band_of(const struct book *b, int64_t minor, const char ccy[static 3])
{
	int64_t base;
	int32_t lane = 0;

	if (!fx_base(b, minor, ccy, &base)) {
		base = minor;
		lane = 1 + (ccy[0] * 31 + ccy[1] * 7 + ccy[2]) % 3;
	}
	return (uint16_t)(lane * LANE + 1 + log2_steps(base > 0 ? (uint64_t)base : 1));
}

/* 2^(steps / 256) - 1, in tenths of a percent. */
static int32_t steps_permille(int32_t steps)
{
	uint64_t x = UINT64_C(1) << 32;

	for (int32_t i = 0; i < steps && i < 2 * STEPS_PER_OCTAVE; i++)
		x += x * 2711275 / 1000000000; /* 2^(1/256) */
	return (int32_t)((x - (UINT64_C(1) << 32)) * 1000 >> 32);
}

/* --- what is known of the goods that go round --- */

struct judging {
	const struct book *book;
	const struct edges *edges;
	const struct book_claim *sale; /* NULL: a prepaid order */
};

static const struct book_claim *claim_of_edge(const struct book *b, const struct edges *e, uint32_t number)
{
	const struct half *h = edge_at(e, IN, number);

	return h && !(h->ref & PREPAID) ? claim_at(b, h->ref) : NULL;
}

static bool share_delivery(const struct book_claim *a, const struct book_claim *b)
{
	for (size_t i = 0; i < a->deliveries.n && i < DELIVERIES_SEEN; i++)
		for (size_t k = 0; k < b->deliveries.n && k < DELIVERIES_SEEN; k++)
			if (a->deliveries.at[i].len > 0 && span_eq(a->deliveries.at[i], b->deliveries.at[k]))
				return true;
	return false;
}

static bool same_goods(const struct book_claim *a, const struct book_claim *b)
{
	return (!hash_is_zero(a->goods_lines) && hash_eq(a->goods_lines, b->goods_lines)) || share_delivery(a, b);
}

struct goods_round {
	unsigned same;          /* trades whose goods another one of the circle has too */
	unsigned known, unlike; /* of known classes, and unlike the one before */
	unsigned n;
};

static struct goods_round goods_of(const struct judging *j, const struct ring_found *f)
{
	const struct book_claim *c[RING_MOST] = { j->sale };
	struct goods_round x = { .n = f->n + 1 };

	for (unsigned i = 0; i < f->n; i++)
		c[i + 1] = claim_of_edge(j->book, j->edges, f->edge[i]);
	for (unsigned i = 0; i < x.n; i++) {
		const struct book_claim *next = c[(i + 1) % x.n];
		bool same = false;

		if (!c[i])
			continue;
		for (unsigned k = 0; k < x.n && !same; k++)
			same = k != i && c[k] && same_goods(c[i], c[k]);
		x.same += same;
		x.known += c[i]->goods.len > 0;
		x.unlike += next && c[i]->goods.len > 0 && next->goods.len > 0 && !span_eq(c[i]->goods, next->goods);
	}
	return x;
}

static int32_t judge(void *arg, const struct ring_found *f)
{
	struct goods_round x = goods_of(arg, f);

	if (x.same >= 2)
		return SAME_GOODS_BITS;
	if (x.known < x.n)
		return 0;
	return x.unlike == 0 ? ONE_CLASS_BITS : x.unlike == x.n ? OTHER_CLASS_BITS : 0;
}

/* --- findings --- */

static void cite(struct sighting *g, const struct graph *x, const struct ring_found *f, struct finding_made *made)
{
	for (unsigned i = 0; i < f->n; i++) {
		const struct half *h = edge_at(&x->edges, IN, f->edge[i]);

		if (h->ref & PREPAID)
			finding_cites(made, ((struct order *)dense_at(&x->order, h->ref & ~PREPAID))->seq);
		else
			finding_cites(made, claim_at(g->book, h->ref)->seq);
	}
}

static void say_round(const struct ring_found *f, struct finding_made *made)
{
	made->bits = f->bits;
	finding_says(made, "circle of %u trades, widest step %d.%d %%, longest gap %d days", f->n + 1,
	             steps_permille(f->widest) / 10, steps_permille(f->widest) % 10, f->gap);
	finding_says(made, "by chance %d.%d bits against it", f->bits / 10, f->bits % 10);
	if (f->cut)
		finding_says(made, "not all trades of busy parties were looked at");
}

/* The other claims of a circle beyond doubt: they were registered before it could be seen. */
static void hold_round(struct sighting *g, const struct graph *x, const struct ring_found *f)
{
	for (unsigned i = 0; i < f->n; i++) {
		const struct half *h = edge_at(&x->edges, IN, f->edge[i]);
		struct finding_made *made;

		if ((h->ref & PREPAID) || claim_at(g->book, h->ref)->state != CLAIM_LIVE)
			continue;
		made = find_on_claim(g, SIGNAL_G01, SEVERITY_BLOCK, h->ref);
		made->value = f->n + 1;
		say_round(f, made);
		cite(g, x, f, made);
	}
}

static void find_round(struct sighting *g, const struct graph *x, const struct ring_found *f, const struct judging *j)
{
	struct goods_round goods = goods_of(j, f);
	bool same = (int64_t)goods.same >= threshold(g, SIGNAL_G03);
	bool hold = same || (f->bits >= HOLD_BITS && f->widest <= STEPS_TIGHT);
	enum severity most = hold ? SEVERITY_BLOCK : SEVERITY_FLAG;
	int32_t drift = steps_permille(f->drift < 0 ? -f->drift : f->drift);
	struct finding_made *made = find_on_claim(g, SIGNAL_G01, most, g->claim);

	made->value = f->n + 1;
	say_round(f, made);
	cite(g, x, f, made);
	if (hold && f->bits >= HOLD_ALL_BITS)
		hold_round(g, x, f);
	if (same) {
		made = find_on_claim(g, SIGNAL_G03, SEVERITY_BLOCK, g->claim);
		made->value = goods.same;
		say_round(f, made);
		finding_says(made, "%u of them are of the same goods lines or transport", goods.same);
		cite(g, x, f, made);
	}
	if ((int64_t)drift * 1000 <= threshold(g, SIGNAL_G04)) {
		made = find_on_claim(g, SIGNAL_G04, most, g->claim);
		made->value = (int64_t)drift * 1000;
		say_round(f, made);
		finding_says(made, "first and last amount differ by %d.%d %%", drift / 10, drift % 10);
		cite(g, x, f, made);
	}
}

/* --- the group around a circle --- */

static bool find_group(struct sighting *g, struct graph *x, const struct ring_found *f)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	int32_t today = date_of(g->s->at).day, *last = dense_reach(&x->group_day, c->creditor);
	struct group group;
	struct finding_made *made;

	if (!last)
		return false;
	if (party_at(g->book, c->creditor)->n_as_creditor % GROUP_EVERY != 0 || (*last && today < *last + GROUP_DAYS))
		return true;
	group = group_around(&x->edges, f->seller, f->n, c->creditor, edge_day(c->issued));
	if (group.n < 3 || group.share < threshold(g, SIGNAL_G08))
		return true;
	*last = today;
	made = find_on_claim(g, SIGNAL_G08, SEVERITY_FLAG, g->claim);
	made->value = group.share;
	made->bits = 50;
	finding_says(made, "%u parties, %u trades among them in 90 days; %d %% of their trade stays inside", group.n,
	             group.trades, (int)(group.share / 10000));
	cite(g, x, f, made);
	return true;
}

/* --- edges come and go --- */

static bool add_edge(struct graph *x, struct sighting *g, const struct ring_sale *sale, uint32_t ref, uint32_t *number)
{
	const struct half what = { .ref = ref, .day = sale->day, .band = sale->band };

	return edges_add(&x->edges, sale->seller, sale->debtor, &what, date_of(g->s->at).day, number);
}

/* A circle that comes again is less likely chance each time. */
static bool weigh_again(struct graph *x, const struct sighting *g, struct ring_found *f)
{
	struct closed *c = dense_reach(&x->closed, claim_at(g->book, g->claim)->pair);
	int32_t today = date_of(g->s->at).day;

	if (!c)
		return false;
	if (c->n > 0 && today - c->last > RING_DAYS)
		c->n = 0;
	if (f->bits < FLAG_BITS)
		return true;
	f->bits += AGAIN_BITS * (int32_t)(c->n < AGAIN_MOST ? c->n : AGAIN_MOST);
	c->n++;
	c->last = today;
	return true;
}

static bool see_sale(struct graph *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct ring_sale sale = { c->creditor, c->debtor, edge_day(c->issued), band_of(g->book, c->face, c->ccy) };
	struct judging j = { g->book, &x->edges, c };
	struct ring_found f;
	uint32_t *edge = dense_reach(&x->of_claim, g->claim);

	if (!edge)
		return false;
	f = ring_search(x->ring, &x->edges, &sale, (unsigned)threshold(g, SIGNAL_G01), HOLD_BITS, judge, &j);
	if (f.n > 0 && !weigh_again(x, g, &f))
		return false;
	if (f.n > 0 && f.bits >= FLAG_BITS)
		find_round(g, x, &f, &j);
	if (f.n > 0 && !find_group(g, x, &f))
		return false;
	return add_edge(x, g, &sale, g->claim, edge);
}

/* The buyer opens the order; the goods go the other way. */
static bool see_order(struct graph *x, struct sighting *g)
{
	const struct body_prepayment_open *body = &g->s->c->body.prepayment_open;
	uint32_t seller = book_party(g->book, body->seller), buyer = book_party(g->book, g->s->actor), i;
	struct ring_sale sale = { seller, buyer, edge_day(date_of(g->s->at)),
		                  band_of(g->book, body->amount.minor, body->amount.ccy) };
	struct order *o;

	if (seller == NOWHERE || buyer == NOWHERE)
		return true;
	if (!(o = dense_add(&x->order, &i)) || !index_put(&x->by_order, key_of_uuid(g->s->c->object), i))
		return false;
	o->id = g->s->c->object;
	o->seq = g->s->seq;
	return add_edge(x, g, &sale, i | PREPAID, &o->edge);
}

static void order_off(struct graph *x, struct uuid id)
{
	for (struct index_walk w = index_walk(&x->by_order, key_of_uuid(id)); index_next(&w);) {
		const struct order *o = dense_at(&x->order, w.value);

		if (uuid_eq(o->id, id))
			edges_take_back(&x->edges, o->edge);
	}
}

static void claim_off(struct graph *x, uint32_t claim)
{
	if (claim < x->of_claim.n)
		edges_take_back(&x->edges, *(const uint32_t *)dense_at(&x->of_claim, claim));
}

static bool see(void *state, struct sighting *g)
{
	struct graph *x = state;
	enum statement_kind kind = g->s->c->kind;

	if (g->s->outcome != OK)
		return true;
	if (kind == ST_RECEIVABLE_REGISTER && g->claim != NOWHERE)
		return see_sale(x, g);
	if (kind == ST_PREPAYMENT_OPEN)
		return see_order(x, g);
	if (kind == ST_PREPAYMENT_FAIL)
		order_off(x, g->s->c->object);
	if ((kind == ST_RECEIVABLE_REJECT || kind == ST_RECEIVABLE_CANCEL || kind == ST_RECEIVABLE_LAPSE) &&
	    g->claim != NOWHERE)
		claim_off(x, g->claim);
	return true;
}

const struct module graph_module = { .name = "graph", .size = sizeof(struct graph), .start = start, .see = see };
