/* SPDX-License-Identifier: Apache-2.0 */
/* check_stock.c: what a check says of stock and of prepayments; see check.c. */
#include "pledge.h"

static void say_freshness(struct deciding *g, const struct pledge *p, say_fn *say, void *arg)
{
	if (!pledge_price_fresh(g, p))
		say(arg, REASON_PRICE_STALE);
	if (p->s->received == 0)
		say(arg, REASON_NOTHING_COUNTED);
	else if (!pledge_reported(g, p))
		say(arg, REASON_STOCK_UNREPORTED);
}

/* At the latest price, whether or not an entry has marked it. */
static void say_level(struct deciding *g, const struct pledge *p, say_fn *say, void *arg)
{
	struct cover c = pledge_cover(g, p, pledge_bound(p));
	enum stock_level level = stock_level(&c, p->p->price);

	if (level == LEVEL_SUNK)
		say(arg, REASON_BELOW_FLOOR);
	if (level == LEVEL_WARNING)
		say(arg, REASON_BELOW_WARNING);
}

enum fault say_pledge(struct deciding *g, const struct asset *a, say_fn *say, void *arg)
{
	struct pledge p;
	enum fault f = pledge_load(g, a, &p);

	if (f != OK)
		return f;
	if (a->state == STK_RELEASED)
		say(arg, REASON_STOCK_RELEASED);
	if (a->state == STK_ENFORCED)
		say(arg, REASON_STOCK_ENFORCED);
	if (asset_live(a)) {
		say_freshness(g, &p, say, arg);
		say_level(g, &p, say, arg);
	}
	if (p.s->missing > 0)
		say(arg, REASON_STOCK_MISSING);
	if (p.s->floating)
		say(arg, REASON_FLOATING);
	return OK;
}

enum fault say_prepayment(struct deciding *g, const struct asset *a, say_fn *say, void *arg)
{
	static const enum reason of_state[PRE_STATES] = {
		[PRE_CLOSED] = REASON_PREPAID_CLOSED, [PRE_FAILED] = REASON_PREPAID_FAILED, [PRE_LOCKED] = REASON_LOCKED
	};
	const struct prepayment *p;
	enum fault f = get_prepayment(g, a->id, &p);

	if (f != OK)
		return f;
	assert(p != NULL); /* opened with it */
	if (of_state[a->state] != REASON_NONE)
		say(arg, of_state[a->state]);
	if (!asset_live(a))
		return OK;
	if (a->confirmed_seq == 0)
		say(arg, REASON_UNCONFIRMED);
	if (p->advanced == 0)
		say(arg, REASON_NOT_ADVANCED);
	if (prepayment_owed(p) > 0)
		say(arg, REASON_UNDELIVERED);
	/* The timer has not come round yet: the day alone says it. */
	if (prepayment_owed(p) > 0 && a->due.day < date_of(g->r->now).day)
		say(arg, REASON_PREPAID_FAILED);
	return OK;
}
