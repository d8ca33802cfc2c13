/* SPDX-License-Identifier: Apache-2.0 */
/* edges.c: see edges.h. */
#include "edges.h"

#include "logarithm.h"

int32_t log2_steps(uint64_t n) { return (int32_t)(log2_q16(n) >> 8); }

uint16_t edge_day(struct date d)
{
	const int32_t first = 7305; /* 1990-01-01 */

	if (d.day <= first)
		return 0;
	return d.day - first > UINT16_MAX ? UINT16_MAX : (uint16_t)(d.day - first);
}

void edges_start(struct edges *e, struct arena *mem, int32_t window)
{
	*e = (struct edges){ .mem = mem, .window = window };
	dense_start(&e->head, mem, 2 * sizeof(uint32_t));
}

static bool more_blocks(struct edges *e)
{
	size_t cap = e->blocks_cap ? 2 * (size_t)e->blocks_cap : 256;
	struct edge_block *block = ARENA_ARRAY(e->mem, struct edge_block, cap);

	if (!block)
		return false;
	if (e->blocks)
		memcpy(block, e->block, e->blocks * sizeof *block);
	e->block = block;
	e->blocks_cap = (uint32_t)cap;
	return true;
}

/* Blocks are full in order, so the oldest goes first. */
static void forget(struct edges *e, int32_t today)
{
	while (e->oldest + 1 < e->blocks && e->block[e->oldest].last < today - e->window) {
		struct edge_block *b = &e->block[e->oldest];

		memcpy(b->at, &e->spare, sizeof e->spare);
		e->spare = b->at;
		b->at = NULL;
		e->oldest++;
		e->first = e->oldest * EDGE_BLOCK;
	}
}

static bool new_block(struct edges *e)
{
	struct half(*at)[2] = e->spare;

	if (e->blocks == e->blocks_cap && !more_blocks(e))
		return false;
	if (at)
		memcpy(&e->spare, at, sizeof e->spare);
	else if (!(at = arena_take(e->mem, EDGE_BLOCK * sizeof *at)))
		return false;
	e->block[e->blocks++] = (struct edge_block){ .at = at };
	return true;
}

static void put(struct edges *e, uint32_t number, enum way way, uint32_t *head, uint32_t other, const struct half *what)
{
	struct half *h = &e->block[number / EDGE_BLOCK].at[number % EDGE_BLOCK][way];

	*h = *what;
	h->party = other;
	h->older = head[way] - 1;
	head[way] = number + 1;
}

bool edges_add(struct edges *e, uint32_t seller, uint32_t debtor, const struct half *what, int32_t today,
               uint32_t *number)
{
	uint32_t *sold = dense_reach(&e->head, seller), *bought = dense_reach(&e->head, debtor);

	if (!sold || !bought || e->next == NOWHERE - 1)
		return false;
	forget(e, today);
	if (e->next == e->blocks * EDGE_BLOCK && !new_block(e))
		return false;
	*number = e->next++;
	e->block[*number / EDGE_BLOCK].last = today;
	put(e, *number, OUT, sold, debtor, what);
	put(e, *number, IN, bought, seller, what);
	return true;
}

void edges_take_back(struct edges *e, uint32_t number)
{
	if (!edge_at(e, IN, number))
		return;
	for (int way = IN; way <= OUT; way++)
		e->block[number / EDGE_BLOCK].at[number % EDGE_BLOCK][way].band = 0;
}

uint64_t edges_kept(const struct edges *e) { return e->next - e->first; }

uint64_t edges_bytes(const struct edges *e)
{
	return (uint64_t)(e->blocks - e->oldest) * EDGE_BLOCK * 2 * sizeof(struct half) +
	       (uint64_t)e->head.n * e->head.size;
}
