/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbering.c: how a seller's numbers run: out of order in time (F13), or one after the other to one customer only,
 * of a seller that says it has several (F14).
 *
 * Numbers of one series (what stands before the counted tail, and the tail's length) are compared; branches and
 * registers have series of their own. Both signs are weak: they are told of the seller, once for so many claims.
 */
#include "detecting.h"
#include "normalise.h"

enum { LOOKBACK = 16, LAST_CLAIMS = 64, LEAST = 32, SLACK = 3, GAPS = 20, CUSTOMERS = 5, AGAIN = 100 };

struct numbered {
	uint64_t series, tail;
};
struct numbering_seller {
	uint64_t out; /* of the last 64 claims, which were out of order: bits, the newest lowest */
	uint32_t judged, told_order, told_only;
	uint32_t customers;
};
struct numbering {
	struct dense claim, seller;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct numbering *x = state;

	(void)b;
	dense_start(&x->claim, mem, sizeof(struct numbered));
	dense_start(&x->seller, mem, sizeof(struct numbering_seller));
	return true;
}

static struct numbered *at(const struct numbering *x, uint32_t claim) { return dense_at(&x->claim, claim); }

/* Most of the claims of the series before it contradict it; 0: none to compare with, 1: in order, 2: out of order. */
static unsigned place(const struct numbering *x, const struct book *b, uint32_t claim)
{
	const struct book_claim *c = claim_at(b, claim);
	const struct numbered *mine = at(x, claim);
	uint32_t i = c->older_of_creditor;
	unsigned n = 0, against = 0;

	for (unsigned seen = 0; i != NOWHERE && seen < LOOKBACK; seen++) {
		const struct book_claim *o = claim_at(b, i);
		const struct numbered *other = at(x, i);

		if (other->series == mine->series) {
			n++;
			against += (o->issued.day < c->issued.day - SLACK && other->tail > mine->tail) ||
			           (o->issued.day > c->issued.day + SLACK && other->tail < mine->tail);
		}
		i = o->older_of_creditor;
	}
	return n < 4 ? 0 : 2 * against > n ? 2 : 1;
}

static void judge_order(const struct numbering *x, struct sighting *g, struct numbering_seller *s)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	unsigned where = place(x, g->book, g->claim), n, out;
	struct finding_made *f;

	if (where == 0)
		return;
	s->judged++;
	s->out = s->out << 1 | (where == 2);
	n = s->judged < LAST_CLAIMS ? s->judged : LAST_CLAIMS;
	out = (unsigned)__builtin_popcountll(s->out);
	if (where != 2 || n < LEAST || ppm(out, n) <= threshold(g, SIGNAL_F13) ||
	    (s->told_order != 0 && s->judged - s->told_order < AGAIN))
		return;
	s->told_order = s->judged;
	f = find_on_party(g, SIGNAL_F13, SEVERITY_FLAG, c->creditor);
	f->value = ppm(out, n);
	f->bits = 20;
	finding_says(f, "%u of the last %u numbers are out of order with those before", out, n);
}

static void judge_only(const struct numbering *x, struct sighting *g, struct numbering_seller *s)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	uint64_t tail = at(x, g->claim)->tail;
	uint32_t i = c->older_of_pair, newest = c->older_of_pair;
	unsigned n = 0, next = 0;
	struct finding_made *f;

	if (s->customers < CUSTOMERS || (s->told_only != 0 && s->judged - s->told_only < AGAIN))
		return;
	for (; i != NOWHERE && n < GAPS; i = claim_at(g->book, i)->older_of_pair, n++) {
		const struct numbered *o = at(x, i);

		next += o->series == at(x, g->claim)->series && (tail - o->tail == 1 || o->tail - tail == 1);
		tail = o->tail;
	}
	if (n < GAPS || ppm(next, n) <= threshold(g, SIGNAL_F14))
		return;
	s->told_only = s->judged;
	f = find_on_party(g, SIGNAL_F14, SEVERITY_FLAG, c->creditor);
	f->value = ppm(next, n);
	f->bits = 20;
	finding_cites(f, claim_at(g->book, newest)->seq);
	finding_says(f, "%u of the last %u numbers to one of %u customers follow each other", next, n, s->customers);
}

static bool see(void *state, struct sighting *g)
{
	struct numbering *x = state;
	const struct book_claim *c;
	struct numbering_seller *s;
	struct numbered *mine;
	struct number n;

	if (g->s->outcome != OK || g->s->c->kind != ST_RECEIVABLE_REGISTER || g->claim == NOWHERE)
		return true;
	c = claim_at(g->book, g->claim);
	s = dense_reach(&x->seller, c->creditor);
	mine = dense_reach(&x->claim, g->claim);
	if (!s || !mine)
		return false;
	s->customers += c->older_of_pair == NOWHERE;
	n = number_of(c->number);
	if (n.digits == 0) { /* a series of its own, that nothing is compared with */
		mine->series = mix64(g->claim, 1);
		return true;
	}
	mine->series = n.series;
	mine->tail = n.tail;
	judge_order(x, g, s);
	judge_only(x, g, s);
	return true;
}

const struct module numbering_module = {
	.name = "numbering", .size = sizeof(struct numbering), .start = start, .see = see
};
