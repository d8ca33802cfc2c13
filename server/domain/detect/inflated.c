/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inflated.c: amounts far above what a pair trades (F15), and what shows that a claim never was worth its face:
 * the debtor disputes the price, pays what is usual and no more, or the seller itself pays the rest.
 *
 * Amounts are compared as logarithms with the median of the pair's earlier ones. How far they usually lie from it is
 * learnt of the pair, with the seller's other pairs and everybody's as the first guess; the newest amounts are
 * judged together, for a run of moderately large ones tells more than one of them.
 */
#include "detecting.h"
#include "logarithm.h"

enum {
	ONE = 65536,            /* of log2: twice as much */
	KEPT = 24,              /* amounts of a pair */
	RUN = 5,                /* newest ones judged together, */
	RUN_DAYS = 75,          /* when they are of so many days */
	HISTORY = 3,            /* the least there must be before them */
	CLIP = ONE + ONE / 2,   /* one distance counts for at most so much */
	USUAL = ONE * 57 / 100, /* mean distance from the median, at first */
	PRIOR = 12,             /* amounts that guess counts for */
};

struct inflated_pair {
	unsigned n, next; /* ring */
	int32_t log[KEPT], day[KEPT];
};
struct spread { /* of distances from the median */
	int64_t sum, n;
};
struct short_paid {
	uint32_t claim;
	uint64_t seq; /* of the first payment that was too small */
	int64_t paid;
	struct span account;
};
struct inflated {
	struct dense pair, seller; /* struct spread */
	struct dense log;          /* of the claim: int32_t */
	struct dense shorts;
	struct index by_claim;
	struct spread all;
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct inflated *x = state;

	(void)b;
	dense_start(&x->pair, mem, sizeof(struct inflated_pair));
	dense_start(&x->seller, mem, sizeof(struct spread));
	dense_start(&x->log, mem, sizeof(int32_t));
	dense_start(&x->shorts, mem, sizeof(struct short_paid));
	index_start(&x->by_claim, mem);
	return true;
}

/* --- the pair's amounts --- */

static int32_t log_of(const struct book *b, int64_t minor, const char ccy[static 3])
{
	int64_t base;

	if (!fx_base(b, minor, ccy, &base))
		base = minor;
	return base > 0 ? (int32_t)log2_q16((uint64_t)base) : 0;
}

struct course {
	unsigned n;
	int32_t median;
	int64_t deviation; /* standard, of one amount */
};

/* Where the newest but i stands. */
static unsigned newest(const struct inflated_pair *p, unsigned i) { return (p->next + 2u * KEPT - 1u - i) % KEPT; }

static int64_t size_of(int64_t a) { return a < 0 ? -a : a; }

/* Of the pair's amounts but the newest `skip`. */
static struct course course_of(const struct inflated *x, const struct inflated_pair *p, const struct spread *seller,
                               unsigned skip)
{
	int32_t sorted[KEPT];
	struct course r = { 0 };
	int64_t sum = 0, usual = USUAL;

	for (unsigned i = skip; i < p->n; i++) {
		int32_t v = p->log[newest(p, i)];
		unsigned k = r.n++;

		for (; k > 0 && sorted[k - 1] > v; k--)
			sorted[k] = sorted[k - 1];
		sorted[k] = v;
	}
	if (r.n == 0)
		return r;
	r.median = r.n % 2 ? sorted[r.n / 2] : (sorted[r.n / 2 - 1] + sorted[r.n / 2]) / 2;
	for (unsigned i = 0; i < r.n; i++)
		sum += size_of(sorted[i] - r.median) < CLIP ? size_of(sorted[i] - r.median) : CLIP;
	usual = (x->all.sum + 64 * usual) / (x->all.n + 64);
	usual = (seller->sum + PRIOR * usual) / (seller->n + PRIOR);
	r.deviation = (sum + PRIOR * usual) / (r.n + PRIOR) * 5 / 4;
	return r;
}

/* How many tenths of standard deviations the newest k amounts lie above the median of those before, together. */
static int64_t tenths_above(const struct inflated *x, const struct inflated_pair *p, const struct spread *seller,
                            unsigned k, struct course *ret)
{
	int64_t sum = 0, variance, z = 0;

	*ret = course_of(x, p, seller, k);
	for (unsigned i = 0; i < k; i++)
		sum += p->log[newest(p, i)] - ret->median;
	if (ret->n < HISTORY || sum <= 0 || ret->deviation <= 0)
		return 0;
	/* of the sum of k, and of k times a median that is known from n only */
	variance = ret->deviation * ret->deviation * (100 * k + 157 * k * k / ret->n) / 100;
	while (z < 1000 && (z + 1) * (z + 1) * variance <= 100 * sum * sum)
		z++;
	return z;
}

static void keep(struct inflated_pair *p, int32_t log, int32_t day)
{
	p->log[p->next] = log;
	p->day[p->next] = day;
	p->next = (p->next + 1) % KEPT;
	p->n += p->n < KEPT;
}

/* --- a new claim --- */

static void learn(struct inflated *x, const struct inflated_pair *p, struct spread *seller, int32_t log)
{
	struct course r = course_of(x, p, seller, 1);
	int64_t off = size_of(log - r.median);

	if (r.n < HISTORY)
		return;
	off = off < CLIP ? off : CLIP;
	seller->sum += off;
	seller->n++;
	x->all.sum += off;
	x->all.n++;
}

static int64_t times_median(int32_t above) /* ppm, of a distance in log2; up to 2^30 times */
{
	int64_t r = 1000000;

	for (; above >= ONE; above -= ONE)
		r *= 2;
	return r + r * above / ONE; /* between powers, a line: at most 6 % too little */
}

static void judge(const struct inflated *x, struct sighting *g, const struct inflated_pair *p,
                  const struct spread *seller, int32_t log)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct course r, best = { 0 };
	int64_t most = 0, times;
	unsigned run = 0;
	struct finding_made *f;
	uint32_t i = c->older_of_pair;

	for (unsigned k = 1; k <= RUN && k < p->n; k++) {
		int64_t z = 0;

		if (p->day[newest(p, k - 1)] >= c->issued.day - RUN_DAYS)
			z = tenths_above(x, p, seller, k, &r);
		if (z > most) {
			most = z;
			run = k;
			best = r;
		}
	}
	if (most < 45 || log - best.median < ONE / 2)
		return;
	times = times_median(log - best.median);
	f = find_on_claim(g, SIGNAL_F15,
	                  most >= 55 || times >= threshold(g, SIGNAL_F15) ? SEVERITY_BLOCK : SEVERITY_FLAG, g->claim);
	f->value = times;
	finding_says(f, "%lld ppm of the median of %u amounts", (long long)times, best.n);
	finding_says(f, "the newest %u lie %lld.%lld standard deviations above it", run, (long long)(most / 10),
	             (long long)(most % 10));
	for (unsigned k = 0; k < 8 && i != NOWHERE; k++, i = claim_at(g->book, i)->older_of_pair)
		finding_cites(f, claim_at(g->book, i)->seq);
}

static bool see_register(struct inflated *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct inflated_pair *p = dense_reach(&x->pair, c->pair);
	struct spread *seller = dense_reach(&x->seller, c->creditor);
	int32_t *log = dense_reach(&x->log, g->claim);

	if (!p || !seller || !log)
		return false;
	*log = log_of(g->book, c->face, c->ccy);
	keep(p, *log, c->issued.day);
	judge(x, g, p, seller, *log);
	learn(x, p, seller, *log);
	return true;
}

/* --- what comes to light later --- */

/* How far the claim lies above the median of the pair's others, in tenths of deviations; 0 when little is known. */
static int64_t stands_out(const struct inflated *x, const struct book_claim *c, int32_t log, struct course *ret)
{
	const struct inflated_pair *p = dense_at(&x->pair, c->pair);

	*ret = course_of(x, p, dense_at(&x->seller, c->creditor), 0);
	return ret->n < HISTORY || ret->deviation <= 0 ? 0 : 10 * ((int64_t)log - ret->median) / ret->deviation;
}

/* The debtor's word on the price, and the claim is large for the two. */
static void see_dispute(const struct inflated *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	int32_t log = *(const int32_t *)dense_at(&x->log, g->claim);
	struct course r;
	struct finding_made *f;

	if (!span_is(g->s->c->body.dispute.code, "C03") || stands_out(x, c, log, &r) < 15)
		return;
	f = find_on_claim(g, SIGNAL_F15, SEVERITY_BLOCK, g->claim);
	f->value = times_median(log - r.median);
	finding_cites(f, c->seq);
	finding_says(f, "the debtor disputes the price; %lld ppm of the median of %u amounts", (long long)f->value,
	             r.n);
}

static struct short_paid *short_of(const struct inflated *x, uint32_t claim)
{
	for (struct index_walk w = index_walk(&x->by_claim, claim); index_next(&w);) {
		struct short_paid *s = dense_at(&x->shorts, w.value);

		if (s->claim == claim)
			return s;
	}
	return NULL;
}

/* The account is the creditor's, as it said itself. */
static bool of_creditor(const struct book *b, const struct book_claim *c, struct span account)
{
	char text[128];
	struct writer w = writer_over(text, sizeof text);
	uint32_t tie;

	if (account.len == 0)
		return false;
	if (span_eq(account, c->account))
		return true;
	put_z(&w, "account:");
	put_span(&w, account);
	if (w.overflow || (tie = book_tie(b, writer_span(&w))) == NOWHERE)
		return false;
	for (uint32_t i = party_at(b, c->creditor)->bond; i != NOWHERE; i = bond_at(b, i)->next_of_party)
		if (bond_at(b, i)->tie == tie)
			return true;
	return false;
}

/* Far less than its face, and just what the two usually trade. */
static void judge_short(const struct inflated *x, struct sighting *g, int64_t paid)
{
	const struct book_claim *c = claim_at(g->book, g->claim);
	int32_t log = *(const int32_t *)dense_at(&x->log, g->claim);
	struct course r;
	struct finding_made *f;
	int64_t out = stands_out(x, c, log, &r), usual;

	if (out < 15 || ppm(paid, c->face) > 500000)
		return;
	usual = 10 * ((int64_t)log_of(g->book, paid, c->ccy) - r.median) / r.deviation;
	if (usual < -15 || usual > 15)
		return;
	f = find_on_claim(g, SIGNAL_F15, SEVERITY_BLOCK, g->claim);
	f->value = times_median(log - r.median);
	finding_cites(f, c->seq);
	finding_says(f, "paid %lld ppm of its face, which is usual between the two", (long long)ppm(paid, c->face));
	finding_says(f, "the face is %lld ppm of the median of %u amounts", (long long)f->value, r.n);
}

static bool see_pay(struct inflated *x, struct sighting *g)
{
	const struct body_receivable_pay *body = &g->s->c->body.receivable_pay;
	const struct book_claim *c = claim_at(g->book, g->claim);
	struct short_paid *s = short_of(x, g->claim);
	struct finding_made *f;
	uint32_t i;

	if (s && of_creditor(g->book, c, body->payer_account) && !span_eq(s->account, body->payer_account)) {
		f = find_on_claim(g, SIGNAL_F15, SEVERITY_BLOCK, g->claim);
		f->value = ppm(c->face, s->paid);
		finding_cites(f, c->seq);
		finding_cites(f, s->seq);
		finding_says(f, "the debtor paid %lld ppm of it, the rest came from the creditor's own account",
		             (long long)ppm(s->paid, c->face));
	}
	if (s || claim_open(c) <= 0 || of_creditor(g->book, c, body->payer_account))
		return true;
	judge_short(x, g, body->amount.minor);
	if (!(s = dense_add(&x->shorts, &i)))
		return false;
	*s = (struct short_paid){ g->claim, g->s->seq, c->paid, c->payer_account };
	return index_put(&x->by_claim, g->claim, i);
}

static bool see(void *state, struct sighting *g)
{
	struct inflated *x = state;

	if (g->s->outcome != OK || g->claim == NOWHERE)
		return true;
	if (g->s->c->kind == ST_RECEIVABLE_REGISTER)
		return see_register(x, g);
	if (g->s->c->kind == ST_RECEIVABLE_PAY)
		return see_pay(x, g);
	if (g->s->c->kind == ST_RECEIVABLE_DISPUTE)
		see_dispute(x, g);
	return true;
}

const struct module inflated_module = {
	.name = "inflated", .size = sizeof(struct inflated), .start = start, .see = see
};
