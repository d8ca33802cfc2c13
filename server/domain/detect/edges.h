/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edges.h: who sold to whom of late, for searching: each party's trades, newest first, both ways.
 *
 * An edge is two halves of 16 bytes: one in the chain of what its debtor
 * bought (IN, naming the seller), one in that of what its seller sold (OUT,
 * naming the debtor). Edges are numbered as they come and lie in blocks; a
 * block whose last edge is older than the window is used again for new ones,
 * so that forgetting costs nothing and a chain simply ends at what is gone.
 *
 * Amounts are steps on a logarithmic scale (log2_steps), so that a ratio of
 * two is a difference: 0 is kept for an edge that was taken back.
 *
 * Invariants: numbers rise with time and are never used twice; a chain leads
 * from higher numbers to lower ones; memory is bounded by the window's edges.
 */
#ifndef CF_EDGES_H
#define CF_EDGES_H

#include "dense.h"

enum way { IN, OUT };
struct half {
	uint32_t party; /* at the other end */
	uint32_t older; /* number of the next edge in the chain */
	uint32_t ref;   /* the caller's: what the edge stands for */
	uint16_t day;   /* edge_day() */
	uint16_t band;  /* 0: taken back */
};
struct edge_block {
	struct half (*at)[2];
	int32_t last; /* the day its last edge came */
};
struct edges {
	struct arena *mem;
	int32_t window; /* days an edge is kept after it came, at least */
	uint32_t next, first;
	struct edge_block *block;
	uint32_t blocks, blocks_cap, oldest; /* oldest: block that first lies in */
	struct half (*spare)[2];             /* blocks to be used again, chained through their first bytes */
	struct dense head;                   /* of uint32_t[2]: newest + 1 by way; 0: none */
};
enum { EDGE_BLOCK = 4096, STEPS_PER_OCTAVE = 256 };

/* floor(256 * log2(n)): a step is 0.27 %. n >= 1. */
int32_t log2_steps(uint64_t n);
/* Days since 1990-01-01, at which the dates of documents begin; those outside 1990 to 2100 are put at the ends. */
uint16_t edge_day(struct date d);

void edges_start(struct edges *e, struct arena *mem, int32_t window);
/* A sale that became known `today`. Days of coming must not fall. False when the arena is full. */
MUST_CHECK bool edges_add(struct edges *e, uint32_t seller, uint32_t debtor, const struct half *what, int32_t today,
                          uint32_t *number);
/* It never was. Nothing when it is gone already. */
void edges_take_back(struct edges *e, uint32_t number);
/* How many are kept, and how many bytes they and their chains take. */
uint64_t edges_kept(const struct edges *e);
uint64_t edges_bytes(const struct edges *e);

/* The half, or NULL when the number is gone or NOWHERE. */
static inline const struct half *edge_at(const struct edges *e, enum way way, uint32_t number)
{
	if (number < e->first || number >= e->next)
		return NULL;
	return &e->block[number / EDGE_BLOCK].at[number % EDGE_BLOCK][way];
}
/* Number of the party's newest edge that way; NOWHERE for none. */
static inline uint32_t edge_newest(const struct edges *e, enum way way, uint32_t party)
{
	return party < e->head.n ? ((const uint32_t *)dense_at(&e->head, party))[way] - 1 : NOWHERE;
}
#endif
