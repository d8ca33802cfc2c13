/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rings.c: build/rings, how fast and how surely circles of trade are found in a
 * large network (DETECTION 3.5, 6.4).
 *
 *     rings FIRMS EDGES
 *
 * Half a year of trade: sellers and debtors skewed towards few large firms,
 * log-normal amounts (sigma 1). A thousand rings of 3 to 6 firms lie among it,
 * each trade up to 15 % above or below the ring's amount, spread over the half
 * year, one trade short of closing. Then 20 000 further sales are searched
 * and added, one by one on the clock, and the thousand closing sales after
 * them. The same arguments give the same network.
 */
#include "domain/detect/ring.h"
#include "run/clock.h"
#include "run/memory.h"

enum { RINGS_PLANTED = 1000, TIMED = 20000, DAY_FIRST = 10000 };

struct draw {
	uint64_t state;
};
struct planted {
	unsigned n;
	uint32_t firm[RING_MOST];
	uint16_t day[RING_MOST], band[RING_MOST];
};
struct due { /* a trade of a ring, at its place in the stream */
	uint64_t at;
	uint16_t ring, trade;
};
struct network {
	struct edges edges;
	struct ring *ring;
	struct draw draw;
	uint32_t firms;
	struct planted planted[RINGS_PLANTED];
	struct due due[RINGS_PLANTED * RING_MOST];
	size_t n_due;
};

static uint64_t draw_bits(struct draw *d)
{
	d->state += UINT64_C(0x9e3779b97f4a7c15);
	return mix64(d->state, 1);
}

static uint64_t below(struct draw *d, uint64_t n) { return (draw_bits(d) >> 32) * n >> 32; }

/* The square of a uniform number: the largest thousandth of the firms has 3 % of the trades. */
static uint32_t some_firm(struct network *w)
{
	uint64_t u = draw_bits(&w->draw) >> 32;

	return (uint32_t)(((u * u >> 32) * w->firms >> 32) + below(&w->draw, 1 + w->firms / 1000)) % w->firms;
}

/* About 100 000 CNY, sigma 1: twelve uniform numbers make a normal one. */
static uint16_t some_band(struct draw *d)
{
	int64_t sum = 0;

	for (int i = 0; i < 12; i++)
		sum += (int64_t)below(d, 370);
	return (uint16_t)(5953 - 12 * 185 + sum);
}

static int by_place(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static void plant(struct network *w, uint64_t edges)
{
	for (uint16_t r = 0; r < RINGS_PLANTED; r++) {
		struct planted *p = &w->planted[r];
		uint16_t typical = some_band(&w->draw);

		p->n = 3 + (unsigned)below(&w->draw, 4);
		for (unsigned i = 0; i < p->n; i++) {
			p->firm[i] = (uint32_t)below(&w->draw, w->firms);
			/* in order over the half year; 15 % are 52 steps */
			p->day[i] = (uint16_t)(DAY_FIRST + 179 * (i + 1) / p->n - below(&w->draw, 179 / p->n));
			p->band[i] = (uint16_t)(typical + below(&w->draw, 105) - 52);
			if (i + 1 < p->n)
				w->due[w->n_due++] =
					(struct due){ edges / 180 * (uint64_t)(p->day[i] - DAY_FIRST), r, (uint16_t)i };
		}
		p->day[p->n - 1] = DAY_FIRST + 179;
	}
	qsort(w->due, w->n_due, sizeof *w->due, by_place);
}

static void add(struct network *w, const struct ring_sale *s)
{
	const struct half what = { .day = s->day, .band = s->band };
	uint32_t number;

	if (!edges_add(&w->edges, s->seller, s->debtor, &what, s->day, &number)) {
		fputs("rings: memory is full\n", stderr);
		exit(1);
	}
}

static struct ring_sale trade_of(const struct planted *p, unsigned i)
{
	return (struct ring_sale){ p->firm[i], p->firm[(i + 1) % p->n], p->day[i], p->band[i] };
}

static struct ring_sale some_sale(struct network *w, uint16_t day)
{
	struct ring_sale s = { some_firm(w), some_firm(w), day, some_band(&w->draw) };

	if (s.seller == s.debtor)
		s.debtor = (s.debtor + 1) % w->firms;
	return s;
}

static void fill(struct network *w, uint64_t edges)
{
	size_t due = 0;

	for (uint64_t i = 0; i < edges; i++) {
		struct ring_sale s = some_sale(w, (uint16_t)(DAY_FIRST + i * 180 / edges));

		for (; due < w->n_due && w->due[due].at <= i; due++) {
			struct ring_sale x = trade_of(&w->planted[w->due[due].ring], w->due[due].trade);

			x.day = s.day < x.day ? s.day : x.day; /* days come in order */
			add(w, &x);
		}
		add(w, &s);
		if (i % (edges / 20 + 1) == 0)
			fprintf(stderr, "rings: %llu of %llu trades\n", (unsigned long long)i,
			        (unsigned long long)edges);
	}
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print_shares(const char *what, int64_t *v, double unit)
{
	qsort(v, TIMED, sizeof *v, by_size);
	printf("%-28s p50 %.1f, p99 %.1f, p99.9 %.1f, max %.1f\n", what, (double)v[TIMED / 2] / unit,
	       (double)v[TIMED / 100 * 99] / unit, (double)v[TIMED / 1000 * 999] / unit, (double)v[TIMED - 1] / unit);
}

/* What the processor gave us: on a busy machine the wall clock tells of the others. */
static int64_t cpu_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void search_sales(struct network *w)
{
	static int64_t ns[TIMED], cpu[TIMED], looked[TIMED];
	unsigned closed = 0, cut = 0, held = 0;

	for (unsigned i = 0; i < TIMED; i++) {
		struct ring_sale s = some_sale(w, DAY_FIRST + 179);
		int64_t began = clock_ns(), cpu_began = cpu_ns();
		struct ring_found f = ring_search(w->ring, &w->edges, &s, RING_MOST, 140, NULL, NULL);

		add(w, &s);
		cpu[i] = cpu_ns() - cpu_began;
		ns[i] = clock_ns() - began;
		looked[i] = f.looked;
		closed += f.n > 0;
		held += f.n > 0 && f.bits >= 140;
		cut += f.cut;
	}
	print_shares("search and add, us:", ns, 1000);
	print_shares("of it on the processor, us:", cpu, 1000);
	print_shares("trades looked at:", looked, 1);
	printf("of %d sales %u close some circle by chance, %u a surprising one; %u ran out of budget\n", TIMED, closed,
	       held, cut);
}

static void search_planted(struct network *w)
{
	unsigned found = 0, held = 0;

	for (unsigned r = 0; r < RINGS_PLANTED; r++) {
		const struct planted *p = &w->planted[r];
		struct ring_sale s = trade_of(p, p->n - 1);
		struct ring_found f = ring_search(w->ring, &w->edges, &s, RING_MOST, 1 << 30, NULL, NULL);

		found += f.n + 1 == p->n;
		held += f.n > 0 && f.bits >= 140;
		add(w, &s);
	}
	printf("planted rings: %u of %d found at the closing sale, %u of them surprising enough to hold\n", found,
	       RINGS_PLANTED, held);
}

int main(int argc, char **argv)
{
	static struct network w;
	struct arena mem;
	uint64_t firms = argc == 3 ? strtoull(argv[1], NULL, 10) : 0,
		 edges = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

	if (firms < 1000 || firms > UINT32_MAX / 2 || edges < 1000 || edges > UINT32_MAX / 2) {
		fputs("usage: rings FIRMS EDGES\n", stderr);
		return 2;
	}
	if (!arena_map(&mem, (size_t)64 << 30) || !(w.ring = ring_start(&mem))) {
		fputs("rings: no address space\n", stderr);
		return 1;
	}
	w.firms = (uint32_t)firms;
	w.draw.state = 7;
	edges_start(&w.edges, &mem, 2 * RING_DAYS);
	plant(&w, edges);
	int64_t began = clock_ns();
	fill(&w, edges);
	printf("%llu firms, %llu trades in 180 days; filled in %lld s\n", (unsigned long long)firms,
	       (unsigned long long)edges_kept(&w.edges), (long long)((clock_ns() - began) / 1000000000));
	printf("memory: %llu MB, %llu bytes a trade\n", (unsigned long long)(edges_bytes(&w.edges) >> 20),
	       (unsigned long long)(edges_bytes(&w.edges) / edges_kept(&w.edges)));
	search_sales(&w);
	search_planted(&w);
	arena_unmap(&mem);
	return 0;
}
