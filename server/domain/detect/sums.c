/* SPDX-License-Identifier: Apache-2.0 */
/* sums.c: see sums.h. */
#include "sums.h"

#include "logarithm.h"

enum { NEIGHBOURS = 8 }; /* equal sums of other parts looked at before giving up on one */

static void sink(struct sums_two *two, size_t at, size_t n)
{
	struct sums_two x = two[at];

	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && two[child].sum < two[child + 1].sum)
			child++;
		if (x.sum >= two[child].sum)
			break;
		two[at] = two[child];
	}
	two[at] = x;
}

static void sort_twos(struct sums_two *two, size_t n)
{
	for (size_t i = n / 2; i > 0; i--)
		sink(two, i - 1, n);
	for (size_t end = n; end > 1; end--) {
		struct sums_two last = two[end - 1];

		two[end - 1] = two[0];
		two[0] = last;
		sink(two, 0, end - 1);
	}
}

void sums_of(struct sums *s, const int64_t *amount, unsigned n)
{
	assert(n <= SUMS_MAX);
	s->n = n;
	s->n_twos = 0;
	s->steps = (uint64_t)n * n;
	memcpy(s->amount, amount, n * sizeof *amount);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = i + 1; k < n; k++)
			s->two[s->n_twos++] = (struct sums_two){ amount[i] + amount[k], (uint8_t)i, (uint8_t)k };
	sort_twos(s->two, s->n_twos);
}

/* --- seeking --- */

struct seeking {
	struct sums *s;
	unsigned n, least;
	int64_t target, within;
	struct sums_found best;
};

/* Takes the parts when they are better than what there is. Parts are different and among the first n. */
static void offer(struct seeking *g, int64_t sum, const uint8_t *part, unsigned n)
{
	int64_t off = sum < g->target ? g->target - sum : sum - g->target;

	if (off > g->within || n < g->least)
		return;
	for (unsigned i = 0; i < n; i++) {
		if (part[i] >= g->n)
			return;
		for (unsigned k = 0; k < i; k++)
			if (part[k] == part[i])
				return;
	}
	if (g->best.n != 0 && (off > g->best.off || (off == g->best.off && n >= g->best.n)))
		return;
	g->best.n = n;
	g->best.off = off;
	memcpy(g->best.part, part, n);
}

/* The first of the sorted sums of two that is not below x. */
static unsigned not_below(struct sums *s, int64_t x)
{
	unsigned lo = 0, hi = s->n_twos;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		s->steps++;
		if (s->two[mid].sum < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* A sum of two near `rest`, together with a part taken already (n_taken 0 or 1). */
static void seek_two(struct seeking *g, int64_t rest, unsigned n_taken, uint8_t taken)
{
	unsigned at = not_below(g->s, rest - g->within);

	for (; at < g->s->n_twos && g->s->two[at].sum <= rest + g->within; at++) {
		const struct sums_two *t = &g->s->two[at];
		uint8_t part[3] = { t->i, t->k, taken };

		if (++g->s->steps % 64 == 0 && g->best.n != 0 && g->best.off == 0)
			return;
		offer(g, g->target - rest + t->sum, part, 2 + n_taken);
	}
}

/* Two sums of two that make `rest` together, walking from both ends. */
static void seek_four(struct seeking *g, int64_t rest, unsigned n_taken, uint8_t taken)
{
	struct sums *s = g->s;
	unsigned lo = 0, hi = s->n_twos;

	while (lo < hi) {
		int64_t sum = s->two[lo].sum + s->two[hi - 1].sum;

		s->steps++;
		for (unsigned k = hi; k > lo && hi - k < NEIGHBOURS; k--) {
			const struct sums_two *a = &s->two[lo], *b = &s->two[k - 1];
			int64_t here = a->sum + b->sum;
			uint8_t part[5] = { a->i, a->k, b->i, b->k, taken };

			if (here < rest - g->within || here > rest + g->within)
				break;
			s->steps++;
			offer(g, g->target - rest + here, part, 4 + n_taken);
		}
		if (sum < rest)
			lo++;
		else
			hi--;
	}
}

static uint64_t choices(unsigned n, unsigned least, unsigned most)
{
	uint64_t all = 0, c = 1;

	for (unsigned k = 1; k <= most && k <= n; k++) {
		c = c * (n - k + 1) / k;
		if (k >= least)
			all += c;
	}
	return all ? all : 1;
}

struct sums_found sums_find(struct sums *s, unsigned n, unsigned least, int64_t target, int64_t within)
{
	struct seeking g = { .s = s, .n = n < s->n ? n : s->n, .least = least, .target = target, .within = within };

	for (unsigned i = 0; i < g.n; i++)
		offer(&g, s->amount[i], (uint8_t[]){ (uint8_t)i }, 1);
	seek_two(&g, target, 0, 0);
	for (unsigned i = 0; i < g.n && g.n > 2; i++)
		if (s->amount[i] < target)
			seek_two(&g, target - s->amount[i], 1, (uint8_t)i);
	if (g.n > 3 && g.n <= SUMS_FOUR && (g.best.n == 0 || g.best.off > 0))
		seek_four(&g, target, 0, 0);
	if (g.n > 4 && g.n <= SUMS_FIVE && (g.best.n == 0 || g.best.off > 0))
		for (unsigned i = 0; i < g.n; i++)
			if (s->amount[i] < target)
				seek_four(&g, target - s->amount[i], 1, (uint8_t)i);
	g.best.tried = choices(g.n, least, g.best.n);
	return g.best;
}

struct sums_found sums_find_run(const struct sums *s, unsigned n, unsigned least, int64_t target, int64_t within)
{
	struct sums_found best = { 0 };

	for (unsigned from = 0; from < n && from < s->n; from++) {
		int64_t sum = 0;

		for (unsigned k = 0; k < SUMS_PARTS && from + k < n && from + k < s->n; k++) {
			sum += s->amount[from + k];
			int64_t off = sum < target ? target - sum : sum - target;

			best.tried += k + 1 >= least;
			if (k + 1 < least || off > within || (best.n != 0 && off >= best.off))
				continue;
			best.n = k + 1;
			best.off = off;
			for (unsigned i = 0; i <= k; i++)
				best.part[i] = (uint8_t)(from + i);
		}
	}
	best.tried = best.tried ? 2 * best.tried : 1; /* one of two places where it is sought */
	return best;
}

int64_t common_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

int32_t sums_weight(const struct sums_found *f, int64_t target, int64_t grain)
{
	uint64_t places = (uint64_t)(target / grain), hit = 2 * (uint64_t)(f->off / grain) + 1;

	if (places == 0)
		return 0;
	return tenths_of_bits(places, hit) - tenths_of_bits(f->tried, 1);
}
