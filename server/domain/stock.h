/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock.h: what pledged goods are worth, and how well that covers what is bound on them.
 *
 *   value    = counted quantity x price of one unit, rounded down; exact in 128 bits, at most MONEY_MAX
 *   demand   = bound / ratio: what the debt demands in goods (compared by multiplying, so that nothing is rounded)
 *   floor    = the agreed floor, in proportion when less than the whole face is bound
 *
 *   covered  value >= demand and value >= floor: the line for every new grant and for every release of goods
 *   warning  value has dropped to (1 - drop_warning) of the demand, or within drop_warning above the floor
 *   sunk     value has dropped to (1 - drop_disposal) of the demand, or lies below the floor
 *
 * A price can put ten thousand pledges below their lines. Its entry changes one row, the feed's. Each pledge keeps the
 * two prices at which its level changes (call_price, cure_price), found here by halving the very function that judges,
 * so that line and judgement cannot disagree; whoever looks for pledges to mark compares two whole numbers. And no
 * statement about a pledge is decided on the state it had: the rules judge it anew at the latest price first.
 *
 * Invariants: the level never gets worse when price or count rises or less is bound; counted = received - released -
 * sold - missing; received + refunded <= advanced, released <= received, for a prepayment.
 */
#ifndef CF_STOCK_H
#define CF_STOCK_H

#include "state.h"

/* The most one pledge ever takes in, in millionths of a unit: a row's number must be exact in JSON (below 2^53). */
#define GOODS_MAX INT64_C(9000000000000000)

enum stock_level { LEVEL_COVERED, LEVEL_WARNING, LEVEL_SUNK };
struct cover {
	int64_t counted; /* millionths of a unit, <= QUANTITY_MAX */
	int64_t bound;   /* granted and binding, on the pledge and on what it was made from */
	int64_t face;    /* the most that may be bound, > 0 */
	int64_t floor;
	int64_t ratio;         /* parts per million */
	int64_t drop_warning;  /* of ten thousand */
	int64_t drop_disposal; /* of ten thousand */
};
/* Minor units, at most MONEY_MAX. */
int64_t stock_value(int64_t counted, int64_t price);
enum stock_level stock_level(const struct cover *c, int64_t price);
/* May so much stay bound on these goods? R40: value x ratio >= bound, and the floor holds. */
bool stock_covers(const struct cover *c, int64_t price);
/* The most that may be bound on them. */
int64_t stock_capacity(const struct cover *c, int64_t price);
/* The highest price at which the level is worse than `now`, the lowest at which it is better; 0 when there is none. */
int64_t stock_call_price(const struct cover *c, enum stock_level now);
int64_t stock_cure_price(const struct cover *c, enum stock_level now);

/* NULL when what must hold of the row holds, else what does not. */
const char *stock_broken(const struct stock *s);
const char *prepayment_broken(const struct prepayment *p, const struct asset *a);
/* What the seller still owes in goods or money. */
static inline int64_t prepayment_owed(const struct prepayment *p) { return p->advanced - p->received - p->refunded; }
#endif
