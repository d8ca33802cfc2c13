/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_voucher.c: the life of a voucher (应收账款电子凭证); its states are voucher.def, what it shares with bills paper.c.
 *
 * The anchor issues, the supplier must take (nobody is forced to accept paper for money), each next holder too. What
 * is never taken leaves the receivable as it was.
 */
#include "paper.h"

/* --- its term: R1, R2 --- */

static enum fault check_cap(struct deciding *g, struct date due)
{
	int64_t months = rule_value(g, RULE_VOUCHER_CAP);

	if (due.day > date_add_months(date_of(g->r->now), months).day)
		return refuse_rule(g, E_TENOR, "/body/due_date", "longer than a voucher may run");
	return OK;
}

/* Beyond the ordinary term a bank has put on record why it is reasonable. */
static enum fault check_review(struct deciding *g, const struct paper *x)
{
	int64_t months = rule_value(g, RULE_VOUCHER_TENOR);

	if (x->p->reviewed_seq == 0 && x->a->due.day > date_add_months(x->a->issued, months).day)
		return refuse_rule(g, E_REVIEW_MISSING, "/object", "so long a term needs a bank's recorded review");
	return OK;
}

/* --- issue --- */

enum fault decide_voucher_issue(struct deciding *g)
{
	const struct body_voucher_issue *b = &g->c->body.voucher_issue;
	struct draft d = {
		b->receivable, b->face, b->due_date, b->divisible == FLAG_YES, ASSET_VOUCHER, VOUCHER_ISSUED
	};
	const struct asset *source;
	enum fault f = draft_source(g, &d, &source);

	if (f == OK)
		f = check_cap(g, b->due_date);
	if (f == OK)
		f = need_may_issue(g, source->debtor);
	if (f == OK)
		write_paper(g, &d, source, source->debtor);
	return f;
}

enum fault decide_voucher_review(struct deciding *g)
{
	const struct body_voucher_review *b = &g->c->body.voucher_review;
	const struct evidence *doc = NULL;
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = asset_next(g, x.a, EV_REVIEW, &to);
	if (f == OK && (is_actor(g, x.a->creditor) || is_actor(g, x.a->debtor)))
		f = refuse(g, E_SELF_DEALING, "", "a party to the voucher does not review it");
	if (f == OK && !hash_is_zero(b->document))
		f = get_evidence(g, b->document, &doc);
	if (f == OK && !hash_is_zero(b->document) && !doc)
		f = refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	if (f == OK)
		edit_part(g, x.p)->reviewed_seq = (int64_t)g->r->seq;
	return f;
}

/* --- offers --- */

static enum fault take_first(struct deciding *g, const struct paper *x, int32_t to)
{
	enum fault f = check_review(g, x);

	if (f == OK)
		f = need_may_issue(g, x->a->debtor);
	if (f == OK)
		f = take_source(g, x);
	if (f != OK)
		return f;
	(void)write_hop(g, x, HOP_ISSUE, x->a->debtor, x->a->creditor);
	end_offer(g, x, to);
	return OK;
}

enum fault decide_voucher_accept(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_offeree(g, &x, EV_ACCEPT, &to);
	if (f == OK)
		f = need_unfrozen(g, x.a);
	if (f != OK)
		return f;
	return x.a->state == VOUCHER_ISSUED ? take_first(g, &x, to) : paper_take(g, &x, to);
}

enum fault decide_voucher_decline(struct deciding *g)
{
	const struct asset *a;
	enum fault f = the_asset(g, &a);

	return f == OK ? paper_decline(g, a->debtor) : f;
}

enum fault decide_voucher_lapse(struct deciding *g) { return paper_lapse(g); }

enum fault decide_voucher_transfer(struct deciding *g)
{
	const struct body_paper_transfer *b = &g->c->body.paper_transfer;
	struct offer o = { b->to, HOP_TRANSFER, b->price.minor, b->recourse };
	struct paper x;
	int32_t to;
	enum fault f = by_holder(g, EV_OFFER, &x, &to);

	if (f == OK && !money_absent(b->price))
		f = need_amount(g, x.a, b->price, "/body/price");
	return f == OK ? paper_offer(g, &x, &o, to) : f;
}

enum fault decide_voucher_split(struct deciding *g) { return paper_split(g); }

/* --- its end --- */

static enum fault count_unpaid(struct deciding *g, struct uuid debtor, int64_t by)
{
	struct obligor *o;
	enum fault f = edit_obligor_of(g, debtor, &o);

	if (f == OK)
		o->unpaid += by;
	assert(f != OK || o->unpaid >= 0);
	return f;
}

enum fault decide_voucher_redeem(struct deciding *g)
{
	struct paper x;
	bool ended;
	int32_t was;
	enum fault f = the_paper(g, &x);

	if (f != OK)
		return f;
	was = x.a->state;
	f = paper_pay(g, &x, &ended);
	if (f == OK && ended)
		end_offer(g, &x, VOUCHER_REDEEMED);
	return f == OK && ended && was == VOUCHER_OVERDUE ? count_unpaid(g, x.a->debtor, -1) : f;
}

enum fault decide_voucher_cancel(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = by_holder(g, EV_CANCEL, &x, &to);

	if (f == OK)
		f = give_back(g, &x);
	if (f == OK)
		edit_asset(g, x.a)->state = to;
	return f;
}

enum fault decide_voucher_overdue(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = asset_next(g, x.a, EV_OVERDUE, &to);
	if (f == OK && date_of(g->r->now).day <= x.a->due.day)
		f = refuse(g, E_NOT_YET, "/object", "the day has not come");
	if (f == OK)
		f = count_unpaid(g, x.a->debtor, 1);
	if (f == OK)
		end_offer(g, &x, to);
	return f;
}
