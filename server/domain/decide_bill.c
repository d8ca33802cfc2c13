/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_bill.c: the life of a supply-chain bill up to its due date; its states are bill.def, what it shares with
 * vouchers paper.c, what comes after decide_bill_due.c.
 */
#include "paper.h"

/* --- drawing and accepting --- */

/* R3: a commercial draft runs six months from issue at most. */
static enum fault check_tenor(struct deciding *g, struct date due)
{
	int64_t months = rule_value(g, RULE_BILL_TENOR);

	if (due.day > date_add_months(date_of(g->r->now), months).day)
		return refuse_rule(g, E_TENOR, "/body/due_date", "longer than a bill may run");
	return OK;
}

enum fault decide_bill_issue(struct deciding *g)
{
	const struct body_bill_issue *b = &g->c->body.bill_issue;
	struct draft d = { b->receivable, b->face, b->due_date, b->divisible == FLAG_YES, ASSET_BILL, BILL_ISSUED };
	const struct party *acceptor;
	const struct asset *source;
	enum fault f = draft_source(g, &d, &source);

	if (f == OK)
		f = need_active_party(g, b->acceptor, "/body/acceptor", &acceptor);
	if (f == OK && uuid_eq(b->acceptor, source->creditor))
		f = refuse(g, E_SELF_DEALING, "/body/acceptor", "the payee does not pay itself");
	if (f == OK)
		f = check_tenor(g, b->due_date);
	if (f == OK)
		write_paper(g, &d, source, b->acceptor);
	return f;
}

enum fault decide_bill_accept(struct deciding *g)
{
	struct paper x;
	struct asset *a;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_offeree(g, &x, EV_ACCEPT, &to);
	if (f == OK)
		f = need_may_accept(g, g->actor);
	if (f != OK)
		return f;
	a = edit_asset(g, x.a);
	a->state = to;
	a->confirmed_seq = (int64_t)g->r->seq;
	put_offer(g, edit_part(g, x.p), &(struct offer){ .to = a->creditor, .kind = HOP_ISSUE });
	return OK;
}

/* --- disclosure: R44 --- */

/* Says what the acceptor's books say. It need not agree: that it does not is what lenders must know. */
enum fault decide_bill_disclose(struct deciding *g)
{
	const struct body_bill_disclose *b = &g->c->body.bill_disclose;
	struct paper x;
	struct part *p;
	int32_t to;
	bool same;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_actor(g, x.a->debtor, "the acceptor discloses its acceptances");
	if (f == OK)
		f = asset_next(g, x.a, EV_DISCLOSE, &to);
	if (f != OK)
		return f;
	same = b->face.minor == x.a->face && memcmp(b->face.ccy, x.a->ccy.at, sizeof b->face.ccy) == 0 &&
	       b->due_date.day == x.a->due.day;
	p = edit_part(g, x.p);
	p->disclosed = g->r->now;
	p->disclosure = same ? DISCLOSURE_AGREES : DISCLOSURE_DIFFERS;
	return OK;
}

static enum fault need_disclosed(struct deciding *g, const struct part *p)
{
	int64_t days = rule_value(g, RULE_DISCLOSURE_AGE);

	if (p->disclosure == DISCLOSURE_NONE)
		return refuse_rule(g, E_DISCLOSURE, "/object", "its acceptor has not disclosed it");
	if (p->disclosure == DISCLOSURE_DIFFERS)
		return refuse_rule(g, E_DISCLOSURE, "/object", "its acceptor disclosed something else");
	if (g->r->now.us - p->disclosed.us > days * DAY_US)
		return refuse_rule(g, E_DISCLOSURE, "/object", "its acceptor's disclosure is too old");
	return OK;
}

enum fault bill_may_finance(struct deciding *g, const struct asset *a)
{
	const struct part *p;
	enum fault f = get_part(g, a->id, &p);

	if (f != OK)
		return f;
	assert(p != NULL);
	f = need_unbarred(g, a->debtor);
	return f == OK ? need_disclosed(g, p) : f;
}

/* --- handing on --- */

static enum fault offer_it(struct deciding *g, enum hop_kind kind)
{
	const struct body_paper_transfer *b = &g->c->body.paper_transfer;
	struct offer o = { b->to, kind, b->price.minor, b->recourse };
	const struct party *bank;
	struct paper x;
	int32_t to;
	enum fault f = by_holder(g, EV_OFFER, &x, &to);

	if (f == OK && !money_absent(b->price))
		f = need_amount(g, x.a, b->price, "/body/price");
	if (f == OK && kind == HOP_DISCOUNT)
		f = need_party(g, b->to, "/body/to", &bank);
	if (f == OK && kind == HOP_DISCOUNT && (bank->roles & ROLE_BANK) == 0)
		f = refuse(g, E_ROLE_MISSING, "/body/to", "a bill is discounted by a bank");
	if (f == OK && kind == HOP_DISCOUNT)
		f = bill_may_finance(g, x.a);
	return f == OK ? paper_offer(g, &x, &o, to) : f;
}

enum fault decide_bill_endorse(struct deciding *g) { return offer_it(g, HOP_ENDORSE); }

enum fault decide_bill_discount(struct deciding *g) { return offer_it(g, HOP_DISCOUNT); }

static enum fault take_first(struct deciding *g, const struct paper *x, int32_t to)
{
	const struct asset *source;
	enum fault f = take_source(g, x);

	if (f == OK)
		f = get_asset(g, x->p->source, &source);
	if (f != OK)
		return f;
	(void)write_hop(g, x, HOP_ISSUE, source->debtor, x->a->creditor);
	end_offer(g, x, to);
	return OK;
}

enum fault decide_bill_take(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = need_offeree(g, &x, EV_TAKE, &to);
	if (f == OK)
		f = need_unfrozen(g, x.a);
	if (f == OK && x.p->offer == HOP_DISCOUNT) /* what was disclosed may have changed since it was offered */
		f = bill_may_finance(g, x.a);
	if (f != OK)
		return f;
	return x.a->state == BILL_ACCEPTED ? take_first(g, &x, to) : paper_take(g, &x, to);
}

enum fault decide_bill_decline(struct deciding *g)
{
	const struct asset *source;
	struct paper x;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = get_asset(g, x.p->source, &source);
	return f == OK ? paper_decline(g, source->debtor) : f;
}

enum fault decide_bill_split(struct deciding *g) { return paper_split(g); }

/* A guarantor stands behind the acceptor for whoever holds the bill. */
enum fault decide_bill_guarantee(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK && (is_actor(g, x.a->debtor) || is_actor(g, x.a->creditor)))
		f = refuse(g, E_SELF_DEALING, "", "acceptor and holder do not guarantee their own bill");
	if (f == OK)
		f = asset_next(g, x.a, EV_GUARANTEE, &to);
	if (f == OK)
		f = need_unfrozen(g, x.a);
	if (f == OK)
		f = need_unbarred(g, x.a->debtor);
	if (f == OK)
		(void)write_hop(g, &x, HOP_GUARANTEE, g->actor, x.a->creditor);
	return f;
}

enum fault decide_bill_cancel(struct deciding *g)
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
