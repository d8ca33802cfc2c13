/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lineage.c: one trade, one budget. Order, prepayment, goods, receipt, receivable, voucher, bill and pool share are
 * the same money at different times; whatever of them is encumbered counts against one cap.
 *
 * A lineage is named by the asset that founded it, or by an id the parties chose. Its cap is the largest face among
 * its assets; its sum is what is granted or binding on all of them. Who joins must be known in the trade: else a
 * stranger could lift another's cap or use up its budget.
 *
 * Converting makes a child of an asset. The parent is locked: it can take no new encumbrance until the child is
 * undone. What binds it stays where it is and leaves that much less for the child.
 */
#include "deciding.h"

enum fault lineage_move(struct deciding *g, const struct asset *a, int64_t by)
{
	const struct lineage *l;
	enum fault f;

	if (uuid_is_nil(a->lineage) || by == 0)
		return OK;
	f = get_lineage(g, a->lineage, &l);
	if (f != OK)
		return f;
	assert(l != NULL);
	if (by > 0 && l->encumbered > l->cap - by)
		return refuse(g, E_EXCEEDS_FREE, "/body/amount", "the trade this asset belongs to has less value free");
	edit_lineage(g, l)->encumbered += by;
	assert(edit_lineage(g, l)->encumbered >= 0);
	return OK;
}

static bool knows(const struct lineage *l, struct uuid party)
{
	return !uuid_is_nil(party) && (uuid_eq(l->founder, party) || uuid_eq(l->partner, party));
}

static void found(struct deciding *g, const struct asset *a, struct uuid id)
{
	struct lineage *l = new_lineage(g, id);

	l->cap = a->face;
	l->ccy = a->ccy;
	l->encumbered = a->encumbered + a->reserved;
	l->founder = a->creditor;
	l->partner = a->debtor;
	l->seq = (int64_t)g->r->seq;
}

enum fault lineage_join(struct deciding *g, const struct asset *a)
{
	const struct lineage *old;
	struct lineage *l;
	enum fault f;

	if (uuid_is_nil(a->lineage))
		return OK;
	f = get_lineage(g, a->lineage, &old);
	if (f != OK)
		return f;
	if (!old) {
		found(g, a, a->lineage);
		return OK;
	}
	if (memcmp(old->ccy.at, a->ccy.at, sizeof a->ccy.at) != 0)
		return refuse(g, E_CURRENCY_MISMATCH, "/body/lineage", "the trade is in another currency");
	if (!knows(old, a->creditor) && !knows(old, a->debtor))
		return refuse(g, E_NOT_AUTHORISED, "/body/lineage", "neither party of this asset is in that trade");
	l = edit_lineage(g, old);
	if (a->face > l->cap)
		l->cap = a->face;
	l->seq = (int64_t)g->r->seq;
	return OK;
}

/* --- one asset becomes another --- */

enum fault need_unbound(struct deciding *g, const struct asset *a, const char *pointer)
{
	const struct hold *h;
	enum fault f = live_hold(g, a, &h);

	if (f == OK && h)
		f = refuse(g, E_HELD, pointer, "a lender holds this asset at the moment");
	if (f == OK && a->encumbered + a->reserved > 0)
		f = refuse(g, E_EXCEEDS_FREE, pointer, "secured parties must release it first");
	return f;
}

enum fault asset_convert(struct deciding *g, const struct asset *parent, struct asset *child, enum conversion how,
                         const char *pointer)
{
	struct asset *p;
	int32_t to;
	enum fault f = asset_next(g, parent, EV_LOCK, &to);

	if (f == OK)
		f = need_unfrozen(g, parent);
	if (f == OK)
		f = need_unsuspected(g, parent);
	if (f == OK && how == CONVERT_FREE)
		f = need_unbound(g, parent, pointer);
	if (f != OK)
		return f;
	p = edit_asset(g, parent);
	p->state = to;
	if (uuid_is_nil(p->lineage)) {
		p->lineage = p->id;
		found(g, p, p->lineage);
	}
	child->lineage = p->lineage;
	child->parent = p->id;
	return lineage_join(g, child);
}

enum fault asset_unconvert(struct deciding *g, const struct asset *parent)
{
	int32_t to;
	enum fault f = asset_next(g, parent, EV_UNLOCK, &to);

	if (f == OK)
		edit_asset(g, parent)->state =
			parent->confirmed_seq || parent->kind != ASSET_RECEIVABLE ? to : RCV_REGISTERED;
	return f;
}
