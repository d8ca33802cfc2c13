/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_bill_due.c: a bill from its due date on: presented, paid or dishonoured, and back along the chain.
 *
 * Every bill an acceptor lets fall due unpaid is counted against it (obligor.c). Whoever pays in recourse becomes the
 * holder and may go on to those before it, never to those after.
 */
#include "calendar.h"
#include "paper.h"

/* --- presentment: R27 --- */

enum fault decide_bill_present(struct deciding *g)
{
	int64_t days = rule_value(g, RULE_BILL_ANSWER);
	struct date presented = date_of(g->r->now), last;
	struct paper x;
	struct part *p;
	int32_t to;
	enum fault f = by_holder(g, EV_PRESENT, &x, &to);

	if (f == OK && presented.day < x.a->due.day)
		f = refuse(g, E_NOT_DUE, "/object", "a bill is presented from its due date on");
	if (f == OK)
		f = last_day(g, x.a->debtor, (struct date){ presented.day + (int32_t)days }, &last);
	if (f != OK)
		return f;
	edit_asset(g, x.a)->state = to;
	p = edit_part(g, x.p);
	p->presented = presented;
	p->deadline.us = g->r->now.us + (last.day - presented.day) * DAY_US;
	return OK;
}

static enum fault count_overdue(struct deciding *g, struct uuid acceptor, int64_t by)
{
	struct obligor *o;
	enum fault f = edit_obligor_of(g, acceptor, &o);

	if (f != OK)
		return f;
	o->overdue += by;
	assert(o->overdue >= 0);
	if (by > 0)
		obligor_act(o);
	return OK;
}

enum fault decide_bill_dishonour(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_actor(g, x.a->debtor, "the acceptor says it does not pay");
	if (f == OK)
		f = asset_next(g, x.a, EV_REFUSE, &to);
	if (f == OK)
		f = count_overdue(g, x.a->debtor, 1);
	if (f == OK)
		end_offer(g, &x, to);
	return f;
}

/* An offer nobody took, a claim nobody met, a bill presented to one who keeps silent. */
enum fault decide_bill_lapse(struct deciding *g)
{
	struct paper x;
	bool presented;
	enum fault f = the_paper(g, &x);

	if (f != OK)
		return f;
	presented = x.a->state == BILL_PRESENTED;
	f = paper_lapse(g);
	return f == OK && presented ? count_overdue(g, x.a->debtor, 1) : f;
}

enum fault decide_bill_pay(struct deciding *g)
{
	struct paper x;
	bool ended;
	int32_t was;
	enum fault f = the_paper(g, &x);

	if (f != OK)
		return f;
	was = x.a->state;
	f = paper_pay(g, &x, &ended);
	if (f != OK || !ended)
		return f;
	end_offer(g, &x, BILL_PAID);
	return was == BILL_DISHONOURED || was == BILL_CLAIMED ? count_overdue(g, x.a->debtor, -1) : OK;
}

/* --- recourse --- */

/* The step was about this bill, or about one it was split from. */
static enum fault covers(struct deciding *g, const struct hop *h, const struct paper *x)
{
	const struct part *p;
	enum fault f = get_part(g, h->asset, &p);

	if (f != OK)
		return f;
	if (!p || !uuid_eq(p->package, x->p->package) || p->lo > x->p->lo || p->hi < x->p->hi)
		return refuse(g, E_NOT_LIABLE, "/body/step", "that step is not in this bill's chain");
	return OK;
}

static bool stands_behind(enum hop_kind k) { return k == HOP_ISSUE || k == HOP_GUARANTEE; }

static enum fault check_liable(struct deciding *g, const struct hop *h, const struct paper *x)
{
	struct date last;
	enum fault f = covers(g, h, x);

	if (f == OK)
		f = last_day(g, x->a->debtor,
		             (struct date){ x->a->due.day + (int32_t)rule_value(g, RULE_PRESENT_WINDOW) }, &last);
	if (f != OK)
		return f;
	(void)rule_value(g, RULE_PRESENT_WINDOW); /* applied last: a refusal names it, not the calendar */
	if (h->kind == HOP_RECOURSE || h->recourse == FLAG_NO || uuid_eq(h->giver, x->a->debtor) ||
	    is_actor(g, h->giver))
		return refuse(g, E_NOT_LIABLE, "/body/step", "whoever took that step does not answer for the bill");
	if (x->p->answered != 0 && h->id >= x->p->answered)
		return refuse(g, E_NOT_LIABLE, "/body/step", "who paid back goes to those before, not after");
	if (!stands_behind((enum hop_kind)h->kind) && x->p->presented.day > last.day)
		return refuse_rule(g, E_NOT_LIABLE, "/body/step", "presented too late to go back to endorsers");
	return OK;
}

enum fault decide_bill_recourse(struct deciding *g)
{
	const struct body_bill_recourse *b = &g->c->body.bill_recourse;
	const struct hop *h = NULL;
	struct offer o = { .kind = HOP_RECOURSE };
	struct paper x;
	struct part *p;
	int32_t to;
	enum fault f = by_holder(g, EV_RECOURSE, &x, &to);

	if (f == OK)
		f = get_hop(g, b->step, &h);
	if (f == OK && !h)
		f = refuse(g, E_NOT_LIABLE, "/body/step", "no such step");
	if (f == OK)
		f = check_liable(g, h, &x);
	if (f != OK)
		return f;
	edit_asset(g, x.a)->state = to;
	p = edit_part(g, x.p);
	o.to = h->giver;
	o.price = asset_balance(x.a).open;
	put_offer(g, p, &o);
	p->claimed = h->id;
	return OK;
}

/* Paid back in full by the one it was claimed from, who holds the bill now. The acceptor owes it still. */
enum fault decide_bill_settle(struct deciding *g)
{
	const struct body_receivable_pay *b = &g->c->body.receivable_pay;
	struct paper x;
	struct part *p;
	struct asset *a;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_offeree(g, &x, EV_PAY_BACK, &to);
	if (f == OK)
		f = need_unfrozen(g, x.a);
	if (f == OK)
		f = need_amount(g, x.a, b->amount, "/body/amount");
	if (f == OK && b->amount.minor != asset_balance(x.a).open)
		f = refuse(g, E_TERMS_DIFFER, "/body/amount", "recourse is for all that is still owed");
	if (f == OK)
		f = need_unbound(g, x.a, "/object");
	if (f != OK)
		return f;
	a = edit_asset(g, x.a);
	p = edit_part(g, x.p);
	write_hop(g, &x, HOP_RECOURSE, a->creditor, g->actor)->price = b->amount.minor;
	a->creditor = g->actor;
	p->answered = p->claimed;
	end_offer(g, &x, to);
	return OK;
}
