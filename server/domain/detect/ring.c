/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring.c: see ring.h.
 *
 * A partial path is a node in an array, with a link to the one it goes on
 * from. Forward paths begin at the sale and end in the party that bought last;
 * backward paths end at the sale and begin with the party that sold first.
 * Where both are the same party, and nothing else is, there is a circle.
 *
 * "Follows in time" may fail once around a circle, where its end meets its
 * beginning: that is a descent, and each path knows whether it had its own.
 */
#include "ring.h"

enum {
	NOBODY = UINT16_MAX,
	SLOTS = 2 * RING_NODES,
	FORWARD_LEVELS = 2,
	BACKWARD_LEVELS = 3,
	PAIR_SCAN = 256,
	LANES = 16,
	RING_MEETINGS = RING_BUDGET * 5 / 4
};

struct node {
	uint32_t party; /* where the path ends (forwards) or begins (backwards) */
	uint32_t edge;
	uint16_t day, band; /* of that edge */
	uint16_t from;      /* the node it goes on from; NOBODY: the sale itself */
	uint16_t lo, hi;    /* first and last day so far */
	uint16_t next;      /* in the slot's chain; NOBODY at the end */
	uint16_t choices;   /* how many trades there were to choose this one from */
	uint8_t level, descents;
};
struct side {
	struct node *node;
	unsigned n;
};
struct slot { /* forward nodes by party; those of another search have another mark */
	uint32_t mark, party;
	uint16_t first;
};

struct ring {
	struct side forward, backward;
	struct slot *slot;
	uint32_t mark;
	/* of the search at hand */
	const struct edges *e;
	const struct ring_sale *sale;
	uint32_t looked, circles;
	bool cut;
	int32_t enough;
	ring_judge *judge;
	void *arg;
	struct ring_found best;
};

struct ring *ring_start(struct arena *mem)
{
	struct ring *r = ARENA_NEW(mem, struct ring);

	if (!r)
		return NULL;
	r->forward.node = ARENA_ARRAY(mem, struct node, RING_NODES);
	r->backward.node = ARENA_ARRAY(mem, struct node, RING_NODES);
	r->slot = ARENA_ARRAY(mem, struct slot, SLOTS);
	return arena_ok(mem) ? r : NULL;
}

/* --- one trade after another --- */

struct trade {
	uint16_t day, band;
};

static int32_t step_of(struct trade a, struct trade b) { return (int32_t)b.band - a.band; }

/* b may follow a around the circle; *descents counts where time goes back. */
static bool follows(struct trade a, struct trade b, uint8_t *descents)
{
	int32_t step = step_of(a, b);

	if (b.day < a.day) {
		(*descents)++;
		return step >= -STEPS_ROUND && step <= STEPS_ROUND;
	}
	return step >= -STEPS_LOOSE_DOWN && step <= STEPS_LOOSE_UP;
}

static struct trade trade_of(const struct node *x) { return (struct trade){ x->day, x->band }; }
static struct trade trade_of_sale(const struct ring *r) { return (struct trade){ r->sale->day, r->sale->band }; }

/* --- growing paths --- */

static bool on_path(const struct side *s, uint16_t at, uint32_t party)
{
	for (; at != NOBODY; at = s->node[at].from)
		if (s->node[at].party == party)
			return true;
	return false;
}

static bool widen(struct node *x, uint16_t lo, uint16_t hi, uint16_t day)
{
	x->lo = day < lo ? day : lo;
	x->hi = day > hi ? day : hi;
	return x->hi - x->lo <= RING_DAYS;
}

/* The path at `from` (NOBODY: the sale) goes on over this trade, if it fits. */
static void go_on(struct ring *r, struct side *s, bool forward, uint16_t from, uint32_t number, const struct half *h)
{
	const struct node *f = from == NOBODY ? NULL : &s->node[from];
	struct trade at = f ? trade_of(f) : trade_of_sale(r), next = { h->day, h->band };
	struct node x = { .party = h->party,
		          .edge = number,
		          .day = h->day,
		          .band = h->band,
		          .from = from,
		          .next = NOBODY,
		          .level = (uint8_t)(f ? f->level + 1 : 1),
		          .descents = f ? f->descents : 0 };

	if (h->band == 0 || h->party == r->sale->seller || h->party == r->sale->debtor)
		return;
	if (!(forward ? follows(at, next, &x.descents) : follows(next, at, &x.descents)) || x.descents > 1)
		return;
	if (!widen(&x, f ? f->lo : r->sale->day, f ? f->hi : r->sale->day, h->day) || on_path(s, from, h->party))
		return;
	if (s->n == RING_NODES) {
		r->cut = true;
		return;
	}
	s->node[s->n++] = x;
}

/* One party's trades, on the way through them. */
struct lane {
	uint16_t from;
	uint32_t at;
	unsigned seen, choices;
};

/* The lane's next trade; false at its end. What comes after it is fetched meanwhile. */
static bool look_on(struct ring *r, struct side *s, bool forward, struct lane *l)
{
	enum way way = forward ? OUT : IN;
	const struct half *h = edge_at(r->e, way, l->at), *next;

	if (!h)
		return false;
	if (l->seen == (l->from == NOBODY ? RING_SCAN : RING_SCAN_ON) || r->looked >= RING_BUDGET) {
		r->cut = true;
		return false;
	}
	l->seen++;
	r->looked++;
	l->choices += h->band != 0;
	if ((next = edge_at(r->e, way, h->older)))
		__builtin_prefetch(next);
	go_on(r, s, forward, l->from, l->at, h);
	l->at = h->older;
	return true;
}

static struct lane lane_of(const struct ring *r, bool forward, uint16_t from, uint32_t party)
{
	struct lane l = { .from = from, .at = edge_newest(r->e, forward ? OUT : IN, party) };
	const struct half *h = edge_at(r->e, forward ? OUT : IN, l.at);

	if (h)
		__builtin_prefetch(h);
	return l;
}

/* The paths that go on from the sale itself. */
static void begin_paths(struct ring *r, struct side *s, bool forward, uint32_t party)
{
	struct lane l = lane_of(r, forward, NOBODY, party);

	while (look_on(r, s, forward, &l))
		;
	for (unsigned i = 0; i < s->n; i++)
		s->node[i].choices = (uint16_t)l.choices;
}

/*
 * The paths that go on from nodes [begin, end). A chain is read from memory one trade after the other, each a wait; so
 * LANES chains are followed abreast.
 */
static void grow(struct ring *r, struct side *s, bool forward, unsigned begin, unsigned end)
{
	while (begin < end && r->looked < RING_BUDGET) {
		struct lane lane[LANES];
		unsigned n = end - begin < LANES ? end - begin : LANES, going = n, before = s->n;

		for (unsigned i = 0; i < n; i++)
			lane[i] = lane_of(r, forward, (uint16_t)(begin + i), s->node[begin + i].party);
		while (going > 0) {
			going = 0;
			for (unsigned i = 0; i < n; i++)
				going += look_on(r, s, forward, &lane[i]);
		}
		for (unsigned i = before; i < s->n; i++)
			s->node[i].choices = (uint16_t)lane[s->node[i].from - begin].choices;
		begin += n;
	}
}

/* --- where the two ends meet --- */

static struct slot *slot_of(const struct ring *r, uint32_t party)
{
	uint32_t at = (uint32_t)mix64(party, 0) & (SLOTS - 1);

	while (r->slot[at].mark == r->mark && r->slot[at].party != party)
		at = (at + 1) & (SLOTS - 1);
	return &r->slot[at];
}

static void list_forward(struct ring *r)
{
	r->mark++;
	for (unsigned i = 0; i < r->forward.n; i++) {
		struct node *x = &r->forward.node[i];
		struct slot *s = slot_of(r, x->party);

		if (s->mark != r->mark)
			*s = (struct slot){ r->mark, x->party, NOBODY };
		x->next = s->first;
		s->first = (uint16_t)i;
	}
}

/* Both paths have no party in common but the one where they meet. */
static bool apart(const struct ring *r, const struct node *f, const struct node *b)
{
	for (uint16_t i = b->from; i != NOBODY; i = r->backward.node[i].from)
		if (r->backward.node[i].party == f->party || on_path(&r->forward, f->from, r->backward.node[i].party))
			return false;
	return !on_path(&r->forward, f->from, b->party);
}

/* --- how surprising --- */

/* Trades of the pair among the seller's last ones. */
static uint32_t of_pair(struct ring *r, uint32_t seller, uint32_t debtor)
{
	uint32_t n = 0, seen = 0;
	const struct half *h;

	for (uint32_t i = edge_newest(r->e, OUT, seller); seen < PAIR_SCAN && (h = edge_at(r->e, OUT, i));
	     i = h->older) {
		seen++;
		n += h->party == debtor && h->band != 0;
	}
	r->looked += seen;
	return n > 0 ? n : 1;
}

/* The circle in the order of its trades, the sale first. */
struct round {
	unsigned n;
	struct trade trade[RING_MOST];
};

static void measure(struct ring_found *f, const struct round *c)
{
	unsigned first = 0;

	for (unsigned i = 0; i < c->n; i++) /* the one that comes after the descent is the first in time */
		if (c->trade[i].day < c->trade[(i + c->n - 1) % c->n].day)
			first = i;
	for (unsigned i = 1; i < c->n; i++) {
		struct trade a = c->trade[(first + i - 1) % c->n], b = c->trade[(first + i) % c->n];
		int32_t step = step_of(a, b), gap = b.day - a.day;

		step = step < 0 ? -step : step;
		f->widest = step > f->widest ? step : f->widest;
		f->gap = gap > f->gap ? gap : f->gap;
	}
	f->drift = step_of(c->trade[first], c->trade[(first + c->n - 1) % c->n]);
}

/*
 * The number of circles as close as this one to be expected by chance, E, as -log2 E. By chance a trade lies within
 * the circle's widest step of the one before with (2w + 3) / 925, amounts spreading like a log-normal of sigma 1, and
 * within its longest gap with (g + 1) / 180. Around the circle each trade was one of `choices`, and the last must meet
 * the first party, one of 64 it might deal with as well. Or else the pairs are given, and each trade was one of its
 * pair's. What counts is the larger E.
 */
static int64_t closeness(const struct ring_found *f)
{
	int64_t near = log2_steps(925) - log2_steps((uint64_t)(2 * f->widest + 3)) + log2_steps(RING_DAYS) -
	               log2_steps((uint64_t)(f->gap + 1));

	return near > 0 ? (int64_t)f->n * near : 0;
}

static void add_trade(struct ring_found *f, struct round *c, const struct node *x, uint32_t seller, int64_t *choices)
{
	f->edge[f->n] = x->edge;
	f->seller[f->n++] = seller;
	c->trade[c->n++] = trade_of(x);
	*choices += log2_steps(x->choices ? x->choices : 1);
}

/* Forward path f and backward path b, as one circle. */
static void weigh(struct ring *r, const struct node *f, const struct node *b)
{
	const struct node *first = f->from == NOBODY ? f : &r->forward.node[f->from];
	struct ring_found x = { 0 };
	struct round c = { 1, { trade_of_sale(r) } };
	int64_t choices = 0, pairs = 0, close, bits;

	add_trade(&x, &c, first, r->sale->debtor, &choices);
	if (first != f)
		add_trade(&x, &c, f, first->party, &choices);
	for (const struct node *i = b; i; i = i->from == NOBODY ? NULL : &r->backward.node[i->from])
		add_trade(&x, &c, i, i->party, &choices);
	measure(&x, &c);
	close = closeness(&x);
	bits = close - choices + log2_steps(64);
	for (unsigned i = 0; i < x.n && bits > 0; i++)
		pairs += log2_steps(of_pair(r, x.seller[i], i + 1 < x.n ? x.seller[i + 1] : r->sale->seller));
	bits = close - pairs < bits ? close - pairs : bits;
	x.bits = (int32_t)(bits * 10 / STEPS_PER_OCTAVE);
	if (x.widest > STEPS_TIGHT && x.bits >= r->enough) /* a closer one may be found yet */
		x.bits = r->enough - 1;
	if (r->judge)
		x.bits += r->judge(r->arg, &x);
	if (r->best.n == 0 || x.bits > r->best.bits)
		r->best = x;
}

static bool done(const struct ring *r)
{
	return r->circles == RING_HITS || r->looked >= RING_MEETINGS || (r->best.n > 0 && r->best.bits >= r->enough);
}

/* Backward nodes [begin, end) against the forward ones of these levels. */
static void meet(struct ring *r, unsigned begin, unsigned end, uint8_t least, uint8_t most)
{
	for (unsigned i = begin; i < end && !done(r); i++) {
		const struct node *b = &r->backward.node[i];
		const struct slot *s = slot_of(r, b->party);

		for (uint16_t k = s->mark == r->mark ? s->first : NOBODY; k != NOBODY && !done(r);
		     k = r->forward.node[k].next) {
			const struct node *f = &r->forward.node[k];
			uint8_t descents = (uint8_t)(f->descents + b->descents);
			uint16_t lo = f->lo < b->lo ? f->lo : b->lo, hi = f->hi > b->hi ? f->hi : b->hi;

			r->looked++;
			if (f->level < least || f->level > most || hi - lo > RING_DAYS ||
			    !follows(trade_of(f), trade_of(b), &descents) || descents > 1 || !apart(r, f, b))
				continue;
			r->circles++;
			weigh(r, f, b);
		}
	}
}

struct ring_found ring_search(struct ring *r, const struct edges *e, const struct ring_sale *sale, unsigned most,
                              int32_t enough, ring_judge *judge, void *arg)
{
	unsigned begin = 0, end;

	r->e = e;
	r->sale = sale;
	r->looked = r->circles = 0;
	r->cut = false;
	r->enough = enough;
	r->judge = judge;
	r->arg = arg;
	r->best = (struct ring_found){ 0 };
	r->forward.n = r->backward.n = 0;
	begin_paths(r, &r->forward, true, sale->debtor);
	if (most > 3)
		grow(r, &r->forward, true, 0, r->forward.n);
	list_forward(r);
	if (r->forward.n > 0)
		begin_paths(r, &r->backward, false, sale->seller);
	/* Shortest circles first: 3 and 4 parties, then 5, then 6. */
	for (unsigned level = 1; r->backward.n > begin; level++) {
		end = r->backward.n;
		meet(r, begin, end, level == 1 ? 1 : FORWARD_LEVELS, most > 3 ? FORWARD_LEVELS : 1);
		if (done(r) || level == BACKWARD_LEVELS || level + 4 > most)
			break;
		grow(r, &r->backward, false, begin, end);
		begin = end;
	}
	r->best.circles = r->circles;
	r->best.looked = r->looked;
	r->best.cut = r->cut || r->looked >= RING_BUDGET;
	return r->best;
}
