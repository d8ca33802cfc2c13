/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_prepayment.c: goods paid before they come; the states are prepayment.def.
 *
 * The buyer opens it on an order, the seller confirms, and so owes. A bank that has taken security on it (by the
 * ordinary encumbrance statements) advances; the seller ships, the monitor receives, the bank lets goods go against
 * payment. What has not come by the day agreed is owed back in money. At every step
 *
 *   received + refunded <= advanced <= ordered,   released <= received <= shipped <= advanced
 *
 * and what was released or refunded is no longer part of the claim: it lowers what is bound in the same entry.
 */
#include "deciding.h"

#include "balance.h"
#include "stock.h"

/* --- opening --- */

static enum fault check_opening(struct deciding *g)
{
	const struct body_prepayment_open *b = &g->c->body.prepayment_open;
	int64_t longest = rule_value(g, RULE_SHIP_WITHIN), today = date_of(g->r->now).day;
	const struct party *seller, *monitor;
	enum fault f = need_active_party(g, b->seller, "/body/seller", &seller);

	if (f == OK)
		f = need_active_party(g, b->monitor, "/body/monitor", &monitor);
	if (f != OK)
		return f;
	if (is_actor(g, b->seller))
		return refuse(g, E_SELF_DEALING, "/body/seller", "nobody prepays itself");
	if (is_actor(g, b->monitor) || uuid_eq(b->monitor, b->seller))
		return refuse(g, E_SELF_DEALING, "/body/monitor", "neither buyer nor seller says what has come");
	if ((monitor->roles & ROLE_WAREHOUSE) == 0)
		return refuse(g, E_ROLE_MISSING, "/body/monitor", "the monitor is no warehouse operator");
	if (b->amount.minor <= 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/amount", "the amount must be more than zero");
	if (b->ship_by.day < today)
		return refuse(g, E_DATE_ORDER, "/body/ship_by", "the day has passed");
	if (b->ship_by.day - today > longest)
		return refuse_rule(g, E_TENOR, "/body/ship_by", "longer than prepaid goods may take");
	return OK;
}

static enum fault check_documents(struct deciding *g)
{
	const struct body_prepayment_open *b = &g->c->body.prepayment_open;
	const struct evidence *doc;

	if (b->documents.n > DOCUMENTS_MAX)
		return refuse(g, E_BAD_MEMBER, "/body/documents", "more documents than one prepayment may name");
	for (size_t i = 0; i < b->documents.n; i++) {
		enum fault f = get_evidence(g, b->documents.at[i], &doc);

		if (f != OK)
			return f;
		if (!doc)
			return refuse(g, E_UNKNOWN_DOCUMENT, "/body/documents", "submit it to /v1/documents first");
	}
	return OK;
}

/* One order is prepaid once. */
static enum fault take_order(struct deciding *g, struct asset *a)
{
	const struct party *buyer, *seller;
	enum fault f = need_party(g, a->creditor, "", &buyer), e = need_party(g, a->debtor, "/body/seller", &seller);

	if (f != OK || e != OK)
		return f != OK ? f : e;
	const struct span part[] = { party_identifier(buyer, g->mem), party_identifier(seller, g->mem), a->number };
	a->claim = fingerprint_parts(g->r->fp_key, "order/1", part, ARRAY_LEN(part), g->mem);
	return claim_take(g, a->claim, CLAIM_ORDER, a->id, E_DUPLICATE_ORDER, "/body/order");
}

enum fault decide_prepaid_open(struct deciding *g)
{
	const struct body_prepayment_open *b = &g->c->body.prepayment_open;
	struct prepayment *p;
	struct asset *a;
	enum fault f = check_opening(g);

	if (f == OK)
		f = check_documents(g);
	if (f != OK)
		return f;
	a = new_asset(g, g->c->object);
	a->kind = ASSET_PREPAYMENT;
	a->state = PRE_OPENED;
	memcpy(a->ccy.at, b->amount.ccy, sizeof a->ccy.at);
	a->creditor = g->actor;
	a->debtor = b->seller;
	if (b->documents.n > 0)
		a->document = b->documents.at[0];
	a->due = b->ship_by;
	a->existing = 1;
	a->face = b->amount.minor;
	a->issued = date_of(g->r->now);
	a->lineage = b->lineage;
	a->number = b->order;
	p = new_prepayment(g, g->c->object);
	p->monitor = b->monitor;
	p->seq = (int64_t)g->r->seq;
	f = take_order(g, a);
	return f == OK ? lineage_join(g, a) : f;
}

enum fault decide_prepaid_confirm(struct deciding *g)
{
	const struct body_prepayment_confirm *b = &g->c->body.prepayment_confirm;
	const struct asset *a;
	int32_t to;
	enum fault f = the_asset(g, &a);

	if (f == OK)
		f = need_actor(g, a->debtor, "the seller confirms that it owes");
	if (f == OK)
		f = asset_next(g, a, EV_CONFIRM, &to);
	if (f != OK)
		return f;
	if (b->amount.minor != a->face || memcmp(b->amount.ccy, a->ccy.at, sizeof a->ccy.at) != 0)
		return refuse(g, E_TERMS_DIFFER, "/body/amount", "not the amount that was opened");
	if (b->ship_by.day != a->due.day)
		return refuse(g, E_TERMS_DIFFER, "/body/ship_by", "not the day that was agreed");
	edit_asset(g, a)->state = to;
	edit_asset(g, a)->confirmed_seq = (int64_t)g->r->seq;
	return OK;
}

/* --- steps --- */

struct step {
	const struct asset *a;
	const struct prepayment *p;
	int64_t amount;
	int32_t to;
};

/* The prepayment, the event it allows, and a sound amount and day. */
static enum fault begin(struct deciding *g, enum asset_event ev, struct step *ret)
{
	const struct body_prepayment_step *b = &g->c->body.prepayment_step;
	enum fault f = the_asset(g, &ret->a);

	if (f == OK)
		f = get_prepayment(g, ret->a->id, &ret->p);
	if (f == OK)
		f = asset_next(g, ret->a, ev, &ret->to);
	if (f == OK)
		f = need_amount(g, ret->a, b->amount, "/body/amount");
	if (f == OK && b->on.day > date_of(g->r->now).day)
		f = refuse(g, E_DATE_ORDER, "/body/on", "a day of the future");
	ret->amount = b->amount.minor;
	return f;
}

static enum fault too_much(struct deciding *g, const char *than)
{
	return refuse(g, E_EXCEEDS_PREPAID, "/body/amount", than);
}

/* After a step: the state, and whether the seller's clock still runs. */
static enum fault finish(struct deciding *g, const struct step *s)
{
	struct prepayment *p = edit_prepayment(g, s->p);
	struct asset *a = edit_asset(g, s->a);
	int32_t to = s->to;
	enum fault f = OK;

	a->state = to;
	if (to == PRE_SHIPPED && p->received > 0 && prepayment_owed(p) == 0)
		f = asset_next(g, a, EV_COMPLETE, &to);
	a->state = to;
	p->ship_by = prepayment_owed(p) > 0 && asset_live(a) ? a->due : DATE_NONE;
	p->seq = (int64_t)g->r->seq;
	return f;
}

enum fault decide_prepaid_advance(struct deciding *g)
{
	struct standing own = { 0 };
	struct step s;
	enum fault f = begin(g, EV_ADVANCE, &s);

	if (f == OK)
		f = standing_of(g, s.a, g->actor, &own);
	if (f == OK && !own.binds)
		f = refuse(g, E_NOT_AUTHORISED, "", "a bank with a live encumbrance on the prepayment advances");
	if (f == OK)
		f = need_unfrozen(g, s.a);
	if (f != OK)
		return f;
	if (s.a->confirmed_seq == 0)
		return refuse(g, E_BAD_STATE, "/object", "the seller has not confirmed that it owes");
	if (date_of(g->r->now).day > s.a->due.day)
		return refuse(g, E_LAPSED, "/object", "the day to ship by has passed");
	if (s.amount > s.a->face - s.p->advanced)
		return too_much(g, "more than was ordered");
	if (s.amount > own.open)
		return too_much(g, "more than the bank's own security");
	if (s.amount > s.a->encumbered - (s.p->advanced - s.a->paid))
		return too_much(g, "more than is bound and not advanced yet");
	edit_prepayment(g, s.p)->advanced += s.amount;
	return finish(g, &s);
}

enum fault decide_prepaid_ship(struct deciding *g)
{
	struct step s;
	enum fault f = begin(g, EV_SHIP, &s);

	if (f == OK)
		f = need_actor(g, s.a->debtor, "the seller ships");
	if (f == OK && s.amount > s.p->advanced - s.p->shipped)
		f = too_much(g, "more than was advanced");
	if (f != OK)
		return f;
	edit_prepayment(g, s.p)->shipped += s.amount;
	return finish(g, &s);
}

enum fault decide_prepaid_receive(struct deciding *g)
{
	struct step s;
	enum fault f = begin(g, EV_ARRIVE, &s);

	if (f == OK)
		f = need_actor(g, s.p->monitor, "the warehouse named for it receives the goods");
	if (f == OK && s.amount > s.p->shipped - s.p->received)
		f = too_much(g, "more than was shipped");
	if (f == OK && s.amount > prepayment_owed(s.p))
		f = too_much(g, "what was paid back cannot arrive");
	if (f != OK)
		return f;
	edit_prepayment(g, s.p)->received += s.amount;
	return finish(g, &s);
}

/* --- what ends a part of the claim --- */

/* Part of the claim is gone: what no longer fits is cut, and the trade has that much more room. */
static enum fault lower(struct deciding *g, const struct step *s, struct encumbrance **e, size_t n, int64_t before)
{
	struct asset *a = edit_asset(g, s->a);

	a->paid += s->amount;
	serve_order(e, n);
	(void)serve_shortfall(a, e, n);
	return lineage_move(g, a, a->encumbered + a->reserved - before);
}

/* The buyer has paid this bank: its own encumbrances end by that much. */
static void serve_own(struct deciding *g, struct asset *a, struct encumbrance **e, size_t n, int64_t amount)
{
	for (size_t i = 0; i < n && amount > 0; i++) {
		int64_t part = amount < e[i]->open ? amount : e[i]->open;

		if (!encumbrance_binds(e[i]->state) || !is_actor(g, e[i]->secured) || part == 0)
			continue;
		encumbrance_reduce(a, e[i], part, ENCUMBRANCE_SATISFIED);
		amount -= part;
	}
}

/* A secured party says so; the buyer, where nothing is bound. */
static enum fault by_secured(struct deciding *g, const struct asset *a, struct standing *own)
{
	enum fault f = standing_of(g, a, g->actor, own);

	if (f != OK || own->binds)
		return f;
	return a->encumbered == 0 ? need_actor(g, a->creditor, "the buyer, where nothing is bound")
	                          : refuse(g, E_NOT_AUTHORISED, "", "a secured party says so");
}

enum fault decide_prepaid_release(struct deciding *g)
{
	struct encumbrance *e[ENCUMBRANCES_MAX];
	struct standing own;
	struct step s;
	size_t n;
	int64_t before;
	enum fault f = begin(g, EV_HAND_OVER, &s);

	if (f == OK)
		f = by_secured(g, s.a, &own);
	if (f == OK)
		f = need_unfrozen(g, s.a);
	if (f == OK && s.amount > s.p->received - s.p->released)
		f = too_much(g, "more than has come");
	if (f == OK && own.binds && s.amount > own.open)
		f = too_much(g, "more than this bank's own security");
	if (f == OK)
		f = edit_children(g, s.a, e, &n);
	if (f != OK)
		return f;
	before = s.a->encumbered + s.a->reserved;
	edit_prepayment(g, s.p)->released += s.amount;
	serve_own(g, edit_asset(g, s.a), e, n, s.amount);
	f = lower(g, &s, e, n, before);
	return f == OK ? finish(g, &s) : f;
}

enum fault decide_prepaid_refund(struct deciding *g)
{
	struct encumbrance *e[ENCUMBRANCES_MAX];
	struct standing own;
	struct step s;
	size_t n;
	int64_t before;
	enum fault f = begin(g, EV_REFUND, &s);

	if (f == OK)
		f = by_secured(g, s.a, &own);
	if (f == OK && s.amount > prepayment_owed(s.p))
		f = too_much(g, "more than the seller owes");
	if (f == OK)
		f = edit_children(g, s.a, e, &n);
	if (f != OK)
		return f;
	before = s.a->encumbered + s.a->reserved;
	edit_prepayment(g, s.p)->refunded += s.amount;
	(void)serve_payment(edit_asset(g, s.a), e, n, s.amount);
	f = lower(g, &s, e, n, before);
	return f == OK ? finish(g, &s) : f;
}

/* --- its end --- */

enum fault decide_prepaid_fail(struct deciding *g)
{
	struct step s;
	enum fault f = the_asset(g, &s.a);

	if (f == OK)
		f = get_prepayment(g, s.a->id, &s.p);
	if (f == OK)
		f = asset_next(g, s.a, EV_FAIL, &s.to);
	if (f != OK)
		return f;
	if (prepayment_owed(s.p) == 0 || date_of(g->r->now).day <= s.a->due.day)
		return refuse(g, E_NOT_YET, "/object", "nothing is owed, or the day has not come");
	return finish(g, &s);
}

enum fault decide_prepaid_close(struct deciding *g)
{
	const struct hold *h = NULL;
	struct step s;
	enum fault f = the_asset(g, &s.a);

	if (f == OK)
		f = get_prepayment(g, s.a->id, &s.p);
	if (f == OK)
		f = need_actor(g, s.a->creditor, "the buyer ends it");
	if (f == OK)
		f = asset_next(g, s.a, EV_WIND_UP, &s.to);
	if (f == OK)
		f = need_unfrozen(g, s.a);
	if (f == OK)
		f = live_hold(g, s.a, &h);
	if (f == OK && h)
		f = refuse(g, E_HELD, "/object", "a lender holds this asset at the moment");
	if (f == OK && s.a->encumbered + s.a->reserved > 0)
		f = refuse(g, E_EXCEEDS_FREE, "/object", "secured parties must release it first");
	if (f == OK && prepayment_owed(s.p) > 0)
		f = refuse(g, E_BAD_STATE, "/object", "the seller still owes goods or money");
	if (f == OK && s.p->advanced == 0)
		f = claim_drop(g, s.a->claim, s.a->id); /* the order was never paid: another bank may */
	return f == OK ? finish(g, &s) : f;
}
