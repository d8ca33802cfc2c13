/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring.h: whether a sale closes a circle of trades, within a fixed amount of work.
 *
 * A circle's trades, taken in the direction the goods go, follow each other in
 * time but for the one place where it begins and ends, and each is of about
 * the amount of the one before. So a new sale u -> v is searched from both
 * ends, forwards from v two steps deep and backwards from u three, through
 * trades that fit, and the two are joined where they meet: b^3 trades are
 * looked at where a search from one end looks at b^5.
 *
 * Trade is full of circles by chance. How surprising one is, is told in bits:
 * against what the parties' own numbers of trades would bring about by
 * themselves (closeness in ring.c). The caller may add what it knows of the
 * goods.
 *
 * Work is counted in trades looked at and ends at RING_BUDGET, whatever a
 * party registers in order to be in the way: `cut` then says so.
 */
#ifndef CF_RING_H
#define CF_RING_H

#include "edges.h"

enum {
	RING_MOST = 6,       /* parties in a circle */
	RING_BUDGET = 10000, /* trades looked at for one sale */
	RING_SCAN = 2048,    /* of seller and debtor, newest first */
	RING_SCAN_ON = 256,  /* of others: a circle through who has more of them is no surprise */
	RING_DAYS = 180,     /* from its first trade to its last */
	RING_NODES = 4096,   /* partial paths from either end */
	RING_HITS = 16,      /* circles weighed before the best so far must do */
	STEPS_LOOSE_DOWN = 188,
	STEPS_LOOSE_UP = 196, /* a step between 0.6 and 1.7 ... */
	STEPS_TIGHT = 82,     /* ... and between 0.8 and 1.25 */
	STEPS_ROUND = 406,    /* the last trade against the first: a third to three times */
};

struct ring_sale {
	uint32_t seller, debtor;
	uint16_t day, band;
};
struct ring_found {
	unsigned n;                     /* trades beside the sale; 0: no circle */
	uint32_t edge[RING_MOST - 1];   /* in the direction of the goods, from the debtor back to the seller */
	uint32_t seller[RING_MOST - 1]; /* of each */
	int32_t widest;                 /* steps: the largest between one trade and the next */
	int32_t gap;                    /* days: the same */
	int32_t drift;                  /* steps from the first trade in time to the last */
	int32_t bits;                   /* tenths of a bit */
	uint32_t circles;               /* seen */
	uint32_t looked;                /* at so many trades */
	bool cut;                       /* the work ran out first */
};

struct ring;
struct ring *ring_start(struct arena *mem); /* NULL when mem is full */
/* More, or fewer, tenths of a bit for what the caller knows of these trades; may be NULL. */
typedef int32_t ring_judge(void *arg, const struct ring_found *f);
/*
 * The most surprising circle the sale closes, of `most` parties at most; the search ends with the first of `enough`
 * tenths of a bit. The sale itself is not among the edges yet, or newer than all of them.
 */
struct ring_found ring_search(struct ring *r, const struct edges *e, const struct ring_sale *sale, unsigned most,
                              int32_t enough, ring_judge *judge, void *arg);
#endif
