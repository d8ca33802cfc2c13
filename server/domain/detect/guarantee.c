/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guarantee.c: G14, guarantees that go round: each of a few companies stands behind the next one's bills, so that all
 * of them fall together.
 *
 * A guarantor stands behind the bill's acceptor. Every such promise is an edge;
 * a new one is followed from the acceptor on, in bounded width, to see whether
 * it comes back to the guarantor.
 */
#include "detecting.h"

enum { BUDGET = 1000, PATH_MOST = 8 };

struct promise {
	uint32_t by, on; /* guarantor, acceptor */
	uint32_t older;  /* of the same guarantor */
	uint32_t bill;
	uint64_t seq;
};
struct bill {
	struct uuid id;
	uint32_t acceptor;
	bool ended; /* paid, or given back: what was promised for it is over */
};
struct guarantee {
	struct dense promise, bill;
	struct dense newest; /* uint32_t by party: promise + 1 */
	struct index by_bill;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct guarantee *x = state;

	(void)b;
	dense_start(&x->promise, mem, sizeof(struct promise));
	dense_start(&x->bill, mem, sizeof(struct bill));
	dense_start(&x->newest, mem, sizeof(uint32_t));
	index_start(&x->by_bill, mem);
	return true;
}

static uint32_t newest_of(const struct guarantee *x, uint32_t party)
{
	return party < x->newest.n ? *(const uint32_t *)dense_at(&x->newest, party) - 1 : NOWHERE;
}

struct way_back {
	uint32_t promise[PATH_MOST];
	unsigned n, looked;
};

/* From `at` back to `home` in at most `most` promises, depth first; each is looked at within the budget. */
static bool leads_to(const struct guarantee *x, uint32_t at, uint32_t home, unsigned most, struct way_back *w)
{
	for (uint32_t i = newest_of(x, at); i != NOWHERE && w->looked < BUDGET;) {
		const struct promise *p = dense_at(&x->promise, i);

		w->looked++;
		w->promise[w->n] = i;
		i = p->older;
		if (((struct bill *)dense_at(&x->bill, p->bill))->ended)
			continue;
		w->n++;
		if (p->on == home || (w->n < most && leads_to(x, p->on, home, most, w)))
			return true;
		w->n--;
	}
	return false;
}

static bool add_promise(struct guarantee *x, uint32_t by, uint32_t bill, uint64_t seq)
{
	uint32_t i, *newest = dense_reach(&x->newest, by);
	struct promise *p = dense_add(&x->promise, &i);

	if (!p || !newest)
		return false;
	*p = (struct promise){ by, ((struct bill *)dense_at(&x->bill, bill))->acceptor, *newest - 1, bill, seq };
	*newest = i + 1;
	return true;
}

static uint32_t bill_of(const struct guarantee *x, struct uuid id)
{
	for (struct index_walk k = index_walk(&x->by_bill, key_of_uuid(id)); index_next(&k);)
		if (uuid_eq(((struct bill *)dense_at(&x->bill, k.value))->id, id))
			return k.value;
	return NOWHERE;
}

static bool see_promise(struct guarantee *x, struct sighting *g)
{
	uint32_t by = book_party(g->book, g->s->actor), bill = bill_of(x, g->s->c->object);
	int64_t most = threshold(g, SIGNAL_G14);
	struct way_back w = { .n = 0 };

	if (by == NOWHERE || bill == NOWHERE)
		return true;
	if (most > PATH_MOST)
		most = PATH_MOST;
	if (leads_to(x, ((struct bill *)dense_at(&x->bill, bill))->acceptor, by, (unsigned)most - 1, &w)) {
		struct finding_made *made = find_on_party(g, SIGNAL_G14, SEVERITY_FLAG, by);

		made->value = w.n + 1;
		finding_says(made, "%u companies guarantee each other's bills in a circle", w.n + 1);
		for (unsigned i = 0; i < w.n; i++)
			finding_cites(made, ((struct promise *)dense_at(&x->promise, w.promise[i]))->seq);
	}
	return add_promise(x, by, bill, g->s->seq);
}

static bool add_bill(struct guarantee *x, struct uuid id, uint32_t acceptor)
{
	uint32_t i;
	struct bill *bill = dense_add(&x->bill, &i);

	if (!bill)
		return false;
	bill->id = id;
	bill->acceptor = acceptor;
	return index_put(&x->by_bill, key_of_uuid(id), i);
}

static bool see_split(struct guarantee *x, const struct seen *s)
{
	const struct cuts *parts = &s->c->body.paper_split.parts;
	uint32_t whole = bill_of(x, s->c->object);

	for (size_t i = 0; whole != NOWHERE && i < parts->n; i++)
		if (!add_bill(x, parts->at[i].id, ((struct bill *)dense_at(&x->bill, whole))->acceptor))
			return false;
	return true;
}

static bool ends_bill(enum statement_kind kind)
{
	return kind == ST_BILL_PAY || kind == ST_BILL_SETTLE || kind == ST_BILL_CANCEL || kind == ST_BILL_LAPSE;
}

static bool see(void *state, struct sighting *g)
{
	struct guarantee *x = state;
	enum statement_kind kind = g->s->c->kind;
	uint32_t acceptor, bill;

	if (g->s->outcome != OK)
		return true;
	if (kind == ST_BILL_GUARANTEE)
		return see_promise(x, g);
	if (kind == ST_BILL_SPLIT)
		return see_split(x, g->s);
	if (ends_bill(kind) && (bill = bill_of(x, g->s->c->object)) != NOWHERE)
		((struct bill *)dense_at(&x->bill, bill))->ended = true;
	if (kind != ST_BILL_ISSUE)
		return true;
	acceptor = book_party(g->book, g->s->c->body.bill_issue.acceptor);
	return acceptor == NOWHERE || add_bill(x, g->s->c->object, acceptor);
}

const struct module guarantee_module = {
	.name = "guarantee", .size = sizeof(struct guarantee), .start = start, .see = see
};
