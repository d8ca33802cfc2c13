/* SPDX-License-Identifier: Apache-2.0 */
/* pledge.h: an inventory pledge with all that it is judged by, for the rules and the checks. */
#ifndef CF_PLEDGE_H
#define CF_PLEDGE_H

#include "check_answer.h"
#include "deciding.h"
#include "stock.h"

struct pledge {
	const struct asset *a;
	const struct stock *s;
	const struct price *p;
	const struct asset *parent; /* what the goods were before; NULL without */
};
enum fault pledge_load(struct deciding *g, const struct asset *a, struct pledge *ret);
/* What is granted and binding on the goods: on the pledge and on what it was made from. */
int64_t pledge_bound(const struct pledge *p);
/* The lines by the rules in force; the ratio is the agreed one or, when that is less, its class's. */
struct cover pledge_cover(struct deciding *g, const struct pledge *p, int64_t bound);
/* The largest ratio the class may have, in parts per million. */
int64_t pledge_ratio(struct deciding *g, enum goods_class class);
bool pledge_price_fresh(struct deciding *g, const struct pledge *p);
/* Stock report and unannounced count are up to date. */
bool pledge_reported(struct deciding *g, const struct pledge *p);
enum fault pledge_need_fresh(struct deciding *g, const struct pledge *p);
/*
 * The state and the lines anew, at the latest price, for what the edited rows hold and `bound`. A duty to top up
 * begins when the goods first do not cover, and ends when they do.
 */
enum fault pledge_restate(struct deciding *g, const struct pledge *p, int64_t bound);

/* What is bound on a pledge is about to change by `by`: what is new must be covered. */
enum fault pledge_bound_moves(struct deciding *g, const struct asset *a, int64_t by);
/* How much more may be bound; 0 while it may not be judged. */
enum fault pledge_room(struct deciding *g, const struct asset *a, int64_t *ret);

/* What a check says of stock and of prepayments, besides what it says of every asset (check_stock.c). */
typedef void say_fn(void *arg, enum reason r);
enum fault say_pledge(struct deciding *g, const struct asset *a, say_fn *say, void *arg);
enum fault say_receipt(struct deciding *g, const struct asset *a, say_fn *say, void *arg);
enum fault say_prepayment(struct deciding *g, const struct asset *a, say_fn *say, void *arg);
#endif
