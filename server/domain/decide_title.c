/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_title.c: who has the goods, and who may have them out.
 *
 * Title and goods move with two signatures, each on a statement of its own: the holder orders (transfer, delivery),
 * and the warehouse carries it out (attornment, delivery). The warehouse's statement names the order by its hash, as
 * prev, so it is this order it has acted on and no other. Two statements rather than one signed by both: neither hands
 * its key or its draft to the other, each signs what it says, the order alone binds the holder's hands at once, and it
 * runs out by itself. What the warehouse did not do within the time counts as never ordered.
 *
 * While secured parties bind a receipt, title stays, and goods leave only as far as every one of them has let them go.
 */
#include "holding.h"

/* --- the holder --- */

/* The receipt, signed about by its holder, nothing ordered before. */
static enum fault by_holder(struct deciding *g, enum asset_event ev, struct holding *h, int32_t *to)
{
	enum fault f = the_holding(g, h);

	if (f == OK)
		f = need_actor(g, h->a->creditor, "the holder of the receipt signs this");
	if (f == OK)
		f = asset_next(g, h->a, ev, to);
	if (f == OK)
		f = need_unfrozen(g, h->a);
	return f == OK ? need_no_order(g, h->r) : f;
}

static struct warehouse_receipt *place_order(struct deciding *g, const struct holding *h, enum receipt_order kind,
                                             int64_t minutes)
{
	static const struct uuid nil;
	struct warehouse_receipt *r = edit_warehouse_receipt(g, h->r);

	r->order_by.us = g->r->now.us + minutes * 60 * 1000000;
	r->order_kind = (int32_t)kind;
	r->order_lot = 0;
	r->order_pieces = r->order_quantity = 0;
	r->order_to = nil;
	r->seq = (int64_t)g->r->seq;
	return r;
}

static void end_order(struct deciding *g, const struct holding *h)
{
	place_order(g, h, ORDER_NONE, 0)->order_by.us = 0;
}

enum fault decide_receipt_transfer(struct deciding *g)
{
	const struct body_receipt_transfer *b = &g->c->body.receipt_transfer;
	int64_t minutes = rule_value(g, RULE_RECEIPT_ORDER);
	const struct party *to_party;
	struct holding h;
	int32_t to;
	enum fault f = by_holder(g, EV_MOVE, &h, &to);

	if (f == OK)
		f = need_unbound(g, h.a, "/object");
	if (f == OK)
		f = need_active_party(g, b->to, "/body/to", &to_party);
	if (f == OK && (uuid_eq(b->to, h.a->creditor) || uuid_eq(b->to, h.a->debtor)))
		f = refuse(g, E_SELF_DEALING, "/body/to", "title goes to somebody else, and not to the warehouse");
	if (f == OK)
		f = need_amount(g, h.a, b->value, "/body/value");
	if (f == OK && b->value.minor != asset_balance(h.a).open)
		f = refuse(g, E_TERMS_DIFFER, "/body/value", "not what the receipt still stands for");
	if (f == OK)
		place_order(g, &h, ORDER_TRANSFER, minutes)->order_to = b->to;
	return f;
}

/* --- what binds the goods --- */

/* What this secured party has let go of the share; NULL for nothing. */
static enum fault let_go_by(struct deciding *g, const struct encumbrance *e, const struct share *s,
                            const struct let_go **ret)
{
	enum fault f = get_let_go(g, part_number(e->id, s->number), ret);

	if (f == OK && *ret && (!uuid_eq((*ret)->encumbrance, e->id) || !uuid_eq((*ret)->share, s->id)))
		f = refuse(g, E_OBJECT_EXISTS, "/object", "two encumbrances with ids made to meet");
	return f;
}

/* Each secured party's own permission for the share, as far as it still goes. */
static enum fault all_let_go(struct deciding *g, const struct holding *h, size_t i,
                             const struct let_go *ret[RECEIPT_ENCUMBRANCES_MAX], size_t *n)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX];
	enum fault f = see_children(g, h->a, e, n);

	assert(f != OK || *n <= RECEIPT_ENCUMBRANCES_MAX);
	for (size_t k = 0; f == OK && k < *n; k++)
		hint_row(g, TABLE_LET_GO, key_uuid(part_number(e[k]->id, h->share[i]->number)), false);
	for (size_t k = 0; f == OK && k < *n; k++)
		f = let_go_by(g, e[k], h->share[i], &ret[k]);
	return f;
}

static enum fault may_leave(struct deciding *g, const struct holding *h, size_t i, int64_t quantity)
{
	const struct let_go *let[RECEIPT_ENCUMBRANCES_MAX];
	const struct hold *held;
	size_t n;
	enum fault f = live_hold(g, h->a, &held);

	if (f == OK && held)
		f = refuse(g, E_HELD, "/object", "a lender holds this receipt at the moment");
	if (f == OK)
		f = all_let_go(g, h, i, let, &n);
	for (size_t k = 0; f == OK && k < n; k++)
		if (!let[k] || let[k]->quantity < quantity)
			f = refuse(g, E_NOT_LET_GO, "/object", fault_info(E_NOT_LET_GO)->text);
	return f;
}

/* --- goods out --- */

static enum fault order_all(struct deciding *g, const struct holding *h)
{
	const struct body_receipt_order *b = &g->c->body.receipt_order;

	if (b->quantity.micro != 0 || b->pieces != 0)
		return refuse(g, E_BAD_MEMBER, "/body/lot", "of which lot?");
	return need_unbound(g, h->a, "/object");
}

static enum fault order_part(struct deciding *g, const struct holding *h, int64_t *quantity)
{
	const struct body_receipt_order *b = &g->c->body.receipt_order;
	struct taken t;
	size_t i;
	enum fault f = need_lot(g, h, b->lot, "/body/lot", &i);

	if (f == OK && b->quantity.micro != 0 && !span_is(h->lot[i]->unit, b->quantity.unit))
		f = refuse(g, E_GOODS_UNIT, "/body/quantity", fault_info(E_GOODS_UNIT)->text);
	if (f != OK)
		return f;
	*quantity = b->quantity.micro ? b->quantity.micro : h->share[i]->quantity;
	f = may_leave(g, h, i, *quantity);
	if (f == OK) { /* only whether it can be taken: an order moves nothing */
		struct decision *d = g->d;
		unsigned n = d->n_changes;

		f = take_part(g, h, i, *quantity, b->pieces, "/body/quantity", &t);
		d->n_changes = n;
	}
	return f;
}

enum fault decide_receipt_order(struct deciding *g)
{
	const struct body_receipt_order *b = &g->c->body.receipt_order;
	int64_t minutes = rule_value(g, RULE_RECEIPT_ORDER), quantity = 0;
	struct warehouse_receipt *r;
	struct holding h;
	int32_t to;
	enum fault f = by_holder(g, EV_MOVE, &h, &to);

	if (f == OK)
		f = b->lot == 0 ? order_all(g, &h) : order_part(g, &h, &quantity);
	if (f != OK)
		return f;
	r = place_order(g, &h, ORDER_DELIVERY, minutes);
	r->order_lot = (int32_t)b->lot;
	r->order_pieces = b->pieces;
	r->order_quantity = quantity;
	return OK;
}

enum fault decide_receipt_withdraw(struct deciding *g)
{
	struct holding h;
	enum fault f = the_holding(g, &h);

	if (f == OK)
		f = need_actor(g, h.a->creditor, "the holder of the receipt signs this");
	if (f == OK && live_order(g, h.r) == ORDER_NONE)
		f = refuse(g, E_NO_ORDER, "/object", "nothing is ordered");
	if (f == OK)
		end_order(g, &h);
	return f;
}

/* --- the warehouse --- */

static enum fault by_warehouse(struct deciding *g, enum receipt_order kind, struct holding *h)
{
	enum fault f = the_holding(g, h);

	if (f == OK && kind == ORDER_DELIVERY)
		(void)goods_ready(g, h,
		                  h->r->order_lot > 0 && (size_t)h->r->order_lot <= h->n ? (size_t)h->r->order_lot - 1
		                                                                         : h->n);
	if (f == OK)
		f = need_actor(g, h->a->debtor, "the warehouse signs this");
	if (f == OK && live_order(g, h->r) != kind)
		f = refuse(g, h->r->order_kind == (int32_t)kind ? E_LAPSED : E_NO_ORDER, "/object",
		           "the holder has not ordered this, or too long ago");
	return f == OK ? need_unfrozen(g, h->a) : f;
}

enum fault decide_receipt_attorn(struct deciding *g)
{
	const struct party *to_party;
	struct holding h;
	int32_t to;
	enum fault f = by_warehouse(g, ORDER_TRANSFER, &h);

	if (f == OK)
		f = asset_next(g, h.a, EV_MOVE, &to);
	if (f == OK)
		f = need_unbound(g, h.a, "/object");
	if (f == OK)
		f = need_active_party(g, h.r->order_to, "/object", &to_party);
	if (f == OK && to_party->freezes > 0)
		f = refuse(g, E_FROZEN, "/object", "a freeze stands on the one who would get title");
	if (f != OK)
		return f;
	edit_asset(g, h.a)->creditor = h.r->order_to;
	edit_asset(g, h.a)->state = to;
	end_order(g, &h);
	return OK;
}

/* What was let go has been used. */
static enum fault use_let_go(struct deciding *g, const struct holding *h, size_t i, int64_t quantity)
{
	const struct let_go *let[RECEIPT_ENCUMBRANCES_MAX];
	size_t n;
	enum fault f = all_let_go(g, h, i, let, &n);

	for (size_t k = 0; f == OK && k < n; k++) {
		struct let_go *x = edit_let_go(g, let[k]);

		x->quantity -= quantity;
		x->seq = (int64_t)g->r->seq;
	}
	return f;
}

/* Share i, or of it as much as ordered, leaves. */
static enum fault hand_out(struct deciding *g, const struct holding *h, size_t i, int64_t quantity, int64_t pieces)
{
	struct taken t;
	enum fault f = take_part(g, h, i, quantity, pieces, "/object", &t);

	if (f == OK)
		f = release_goods(g, h, i, &t, true);
	if (f == OK)
		edit_asset(g, h->a)->diluted += t.value;
	return f;
}

static enum fault deliver_part(struct deciding *g, const struct holding *h)
{
	size_t i;
	enum fault f = need_lot(g, h, h->r->order_lot, "/object", &i);

	if (f == OK)
		f = may_leave(g, h, i, h->r->order_quantity);
	if (f == OK)
		f = goods_ready(g, h, i);
	if (f == OK)
		f = use_let_go(g, h, i, h->r->order_quantity);
	if (f == OK)
		f = hand_out(g, h, i, h->r->order_quantity, h->r->order_pieces);
	if (f == OK && asset_balance(edit_asset(g, h->a)).free < 0)
		f = refuse(g, E_EXCEEDS_FREE, "/object", "what is left would be worth less than what binds it");
	return f;
}

static enum fault deliver_all(struct deciding *g, const struct holding *h)
{
	enum fault f = need_unbound(g, h->a, "/object");

	if (f == OK)
		f = goods_ready(g, h, h->n);
	for (size_t i = 0; f == OK && i < h->n; i++)
		if (h->share[i]->quantity > 0)
			f = hand_out(g, h, i, h->share[i]->quantity, 0);
	return f;
}

enum fault decide_receipt_deliver(struct deciding *g)
{
	const struct body_receipt_deliver *b = &g->c->body.receipt_deliver;
	struct holding h;
	int32_t part, end;
	enum fault f = by_warehouse(g, ORDER_DELIVERY, &h);

	if (f == OK)
		f = need_document(g, b->document, "/body/document");
	if (f == OK)
		f = asset_next(g, h.a, EV_PART, &part);
	if (f == OK)
		f = asset_next(g, h.a, EV_DELIVER, &end);
	if (f == OK)
		f = h.r->order_lot == 0 ? deliver_all(g, &h) : deliver_part(g, &h);
	if (f != OK)
		return f;
	edit_asset(g, h.a)->state = holding_empty(g, &h) ? end : part;
	end_order(g, &h);
	return OK;
}

/* --- a secured party lets goods go --- */

enum fault decide_receipt_release(struct deciding *g)
{
	const struct body_receipt_release *b = &g->c->body.receipt_release;
	const struct encumbrance *e;
	const struct let_go *old;
	struct let_go *x;
	struct holding h;
	struct uuid id;
	size_t i;
	enum fault f = the_holding(g, &h);

	if (f == OK)
		f = get_encumbrance(g, b->encumbrance, &e);
	if (f == OK && (!e || !uuid_eq(e->asset, h.a->id)))
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/encumbrance", "no encumbrance of this id on this receipt");
	if (f == OK)
		f = need_actor(g, e->secured, "the secured party signs this");
	if (f == OK && !encumbrance_binds(e->state))
		f = refuse(g, E_BAD_STATE, "/body/encumbrance", encumbrance_state_name(e->state));
	if (f == OK)
		f = need_unfrozen(g, h.a);
	if (f == OK)
		f = need_lot(g, &h, b->lot, "/body/lot", &i);
	if (f == OK && !span_is(h.lot[i]->unit, b->quantity.unit))
		f = refuse(g, E_GOODS_UNIT, "/body/quantity", fault_info(E_GOODS_UNIT)->text);
	if (f != OK)
		return f;
	id = part_number(e->id, b->lot);
	f = let_go_by(g, e, h.share[i], &old);
	if (f == OK && b->quantity.micro > h.share[i]->quantity - (old ? old->quantity : 0))
		f = refuse(g, E_EXCEEDS_GOODS, "/body/quantity", "more than is left and not let go already");
	if (f == OK && !money_absent(b->repaid))
		f = need_amount(g, h.a, b->repaid, "/body/repaid");
	if (f == OK && b->repaid.minor > e->open)
		f = refuse(g, E_EXCEEDS_OPEN, "/body/repaid", "more than this encumbrance still binds");
	if (f == OK && b->repaid.minor > 0)
		f = let_go(g, e, h.a, b->repaid.minor, ENCUMBRANCE_SATISFIED);
	if (f != OK)
		return f;
	x = old ? edit_let_go(g, old) : new_let_go(g, id);
	x->encumbrance = e->id;
	x->quantity += b->quantity.micro;
	x->seq = (int64_t)g->r->seq;
	x->share = h.share[i]->id;
	return OK;
}

/* --- given back --- */

/* The goods stay where they are, and no receipt stands on them. Only who would lose by it can sign it. */
enum fault decide_receipt_cancel(struct deciding *g)
{
	struct holding h;
	int32_t to;
	enum fault f = by_holder(g, EV_CANCEL, &h, &to);

	if (f == OK)
		f = need_unbound(g, h.a, "/object");
	if (f == OK)
		f = goods_ready(g, &h, h.n);
	for (size_t i = 0; f == OK && i < h.n; i++) {
		struct taken t;

		if (h.share[i]->quantity == 0)
			continue;
		f = take_part(g, &h, i, h.share[i]->quantity, 0, "/object", &t);
		if (f == OK)
			f = release_goods(g, &h, i, &t, false);
		if (f == OK)
			edit_asset(g, h.a)->diluted += t.value;
	}
	if (f == OK)
		f = claim_drop(g, h.a->claim, h.a->id);
	if (f == OK)
		edit_asset(g, h.a)->state = to;
	return f;
}
