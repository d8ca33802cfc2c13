/* SPDX-License-Identifier: Apache-2.0 */
/* dense_group.c: see dense_group.h. Looks at most at (GROUP_MOST + 3 GROUP_NEAR) parties' 2 GROUP_SCAN trades. */
#include "dense_group.h"

struct trade_sum {
	uint64_t inside, all; /* in a unit of their own: 2^(band / 256) */
	unsigned trades;      /* sold inside */
};
struct growing {
	const struct edges *e;
	uint16_t day;
	uint32_t member[GROUP_MOST];
	unsigned n;
	uint32_t near[GROUP_NEAR]; /* who trades with a member, in the order met */
	unsigned n_near;
};

static bool listed(const uint32_t *list, unsigned n, uint32_t party)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i] == party)
			return true;
	return false;
}

/* 2^(band / 256) to 6 %, amounts of all lanes alike; the smallest ones are 0. */
static uint64_t amount_of(uint16_t band)
{
	unsigned steps = band % 16384u, whole = steps / STEPS_PER_OCTAVE, part = steps % STEPS_PER_OCTAVE;

	return whole > 50 ? 0 : ((UINT64_C(1) << whole) * (STEPS_PER_OCTAVE + part)) / STEPS_PER_OCTAVE >> 8;
}

static void sum_way(struct growing *g, enum way way, uint32_t party, bool meet, struct trade_sum *ret)
{
	const struct half *h;
	unsigned seen = 0;

	for (uint32_t i = edge_newest(g->e, way, party); seen < GROUP_SCAN && (h = edge_at(g->e, way, i));
	     i = h->older) {
		bool inside = listed(g->member, g->n, h->party);

		seen++;
		if (h->band == 0 || h->day + GROUP_WINDOW < g->day)
			continue;
		ret->all += amount_of(h->band);
		ret->inside += inside ? amount_of(h->band) : 0;
		ret->trades += inside && way == OUT;
		if (meet && !inside && g->n_near < GROUP_NEAR && !listed(g->near, g->n_near, h->party))
			g->near[g->n_near++] = h->party;
	}
}

static struct trade_sum sum_of(struct growing *g, uint32_t party, bool meet)
{
	struct trade_sum s = { 0 };

	sum_way(g, IN, party, meet, &s);
	sum_way(g, OUT, party, meet, &s);
	return s;
}

static void join(struct growing *g, uint32_t party)
{
	if (g->n < GROUP_MOST && !listed(g->member, g->n, party))
		g->member[g->n++] = party;
}

/* The neighbours that do most of their trade with the group; three rounds, as those who join bring others near. */
static void take_near(struct growing *g)
{
	for (int round = 0; round < 3; round++) {
		unsigned before = g->n;

		g->n_near = 0;
		for (unsigned i = 0; i < before; i++)
			(void)sum_of(g, g->member[i], true);
		for (unsigned i = 0; i < g->n_near; i++) {
			struct trade_sum s = sum_of(g, g->near[i], false);

			if (s.inside > s.all / 2)
				join(g, g->near[i]);
		}
		if (g->n == before)
			return;
	}
}

struct group group_around(const struct edges *e, const uint32_t *parties, unsigned n, uint32_t one, uint16_t day)
{
	struct growing g = { .e = e, .day = day };
	struct trade_sum all = { 0 };
	__extension__ typedef unsigned __int128 uwide;

	join(&g, one);
	for (unsigned i = 0; i < n; i++)
		join(&g, parties[i]);
	take_near(&g);
	for (unsigned i = 0; i < g.n; i++) {
		struct trade_sum s = sum_of(&g, g.member[i], false);

		all.inside += s.inside; /* as sold and as bought: twice */
		all.all += s.all;
		all.trades += s.trades;
	}
	all.all -= all.inside / 2;
	return (struct group){ g.n, all.trades, all.all ? (int64_t)((uwide)(all.inside / 2) * 1000000 / all.all) : 0 };
}
