/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_split.c: one receipt becomes two, or two one.
 *
 * Nothing is made and nothing lost: what leaves one receipt's shares stands in the other's, in quantity, pieces,
 * serial numbers and value, so that lot, site and trade keep their sums and are not even touched. The holder signs:
 * what the warehouse owes stays the same goods to the same party. What is bound to a secured party is not divided.
 */
#include "holding.h"

/* The shares that may have to be made, of numbers after those there are. */
static void hint_new_shares(struct deciding *g, struct uuid receipt, size_t after, size_t n)
{
	for (size_t i = 1; i <= n && after + i <= LOTS_MAX; i++)
		hint_row(g, TABLE_SHARE, key_uuid(part_number(receipt, (int64_t)(after + i))), true);
}

static enum fault movable(struct deciding *g, const struct holding *h, enum asset_event ev, int32_t *to)
{
	enum fault f = need_actor(g, h->a->creditor, "the holder of the receipt signs this");

	if (f == OK)
		f = asset_next(g, h->a, ev, to);
	if (f == OK)
		f = need_unfrozen(g, h->a);
	return f == OK ? need_no_order(g, h->r) : f;
}

/* --- split --- */

static struct asset *write_child(struct deciding *g, const struct holding *h, int64_t value)
{
	const struct body_receipt_split *b = &g->c->body.receipt_split;
	struct asset *a = new_asset(g, b->into);

	a->ccy = h->a->ccy;
	a->confirmed_seq = h->a->confirmed_seq;
	a->creditor = h->a->creditor;
	a->debtor = h->a->debtor;
	a->document = h->a->document;
	a->due = h->a->due;
	a->existing = h->a->existing;
	a->face = value;
	a->head = g->c->statement;
	a->issued = h->a->issued;
	a->kind = ASSET_WAREHOUSE_RECEIPT;
	a->level = h->a->level;
	a->lineage = h->a->lineage;
	a->number = b->number;
	a->parent = h->a->id;
	a->seq = (int64_t)g->r->seq;
	a->state = WR_ISSUED;
	return a;
}

static void write_child_receipt(struct deciding *g, const struct holding *h)
{
	const struct body_receipt_split *b = &g->c->body.receipt_split;
	struct warehouse_receipt *r = new_warehouse_receipt(g, b->into);

	r->fee = h->r->fee;
	r->insured = h->r->insured;
	r->insured_ccy = h->r->insured_ccy;
	r->insured_until = h->r->insured_until;
	r->insurer = h->r->insurer;
	r->loss = h->r->loss;
	r->lots = (int32_t)b->parts.n;
	r->negotiable = h->r->negotiable;
	r->policy = h->r->policy;
	r->seq = (int64_t)g->r->seq;
	r->site = h->r->site;
	r->storage_from = h->r->storage_from;
}

static enum fault move_part(struct deciding *g, const struct holding *h, size_t k, int64_t *value)
{
	const struct body_receipt_split *b = &g->c->body.receipt_split;
	const struct goods_part *p = &b->parts.at[k];
	struct taken t;
	size_t i;
	enum fault f = need_lot(g, h, p->lot, "/body/parts", &i);

	for (size_t j = 0; f == OK && j < k; j++)
		if (b->parts.at[j].lot == p->lot)
			f = refuse(g, E_BAD_MEMBER, "/body/parts", "this lot stands in the list twice");
	if (f == OK && !span_is(h->lot[i]->unit, p->quantity.unit))
		f = refuse(g, E_GOODS_UNIT, "/body/parts", fault_info(E_GOODS_UNIT)->text);
	if (f == OK)
		f = take_part(g, h, i, p->quantity.micro, p->pieces, "/body/parts", &t);
	if (f != OK)
		return f;
	*value += t.value;
	return add_share(g, b->into, (int64_t)k + 1, h->share[i]->lot, &t);
}

static enum fault check_split(struct deciding *g, struct holding *h, const struct party **warehouse)
{
	const struct body_receipt_split *b = &g->c->body.receipt_split;
	const struct asset *other;
	int32_t to;
	enum fault f;

	hint_new_shares(g, b->into, 0, b->parts.n);
	f = the_holding(g, h);
	if (f == OK)
		f = movable(g, h, EV_MOVE, &to);
	if (f == OK)
		f = need_unbound(g, h->a, "/object");
	if (f == OK)
		f = get_asset(g, b->into, &other);
	if (f == OK && other)
		f = refuse(g, E_OBJECT_EXISTS, "/body/into", "an object of this id exists already: use a new id");
	if (f == OK && b->parts.n > LOTS_MAX)
		f = refuse(g, E_BAD_MEMBER, "/body/parts", "at most 16 lots in one receipt");
	return f == OK ? need_party(g, h->a->debtor, "/object", warehouse) : f;
}

enum fault decide_receipt_split(struct deciding *g)
{
	const struct body_receipt_split *b = &g->c->body.receipt_split;
	const struct party *warehouse;
	struct holding h;
	struct asset *a;
	int64_t value = 0;
	enum fault f = check_split(g, &h, &warehouse);

	for (size_t k = 0; f == OK && k < b->parts.n; k++)
		f = move_part(g, &h, k, &value);
	if (f == OK && holding_empty(g, &h))
		f = refuse(g, E_EXCEEDS_GOODS, "/body/parts", "a split leaves something behind");
	if (f == OK && value == 0)
		f = refuse(g, E_ZERO_AMOUNT, "/body/parts", "too little to be worth a receipt");
	if (f != OK)
		return f;
	a = write_child(g, &h, value);
	write_child_receipt(g, &h);
	edit_asset(g, h.a)->face -= value;
	return take_number(g, a, warehouse, "/body/number");
}

/* --- merge --- */

static struct taken all_of(const struct share *s)
{
	return (struct taken){ s->quantity, s->pieces, s->value, s->serial_first, s->serial_last };
}

static void empty(struct deciding *g, const struct share *s)
{
	struct share *x = edit_share(g, s);

	x->pieces = x->quantity = x->serial_first = x->serial_last = x->value = 0;
	x->seq = (int64_t)g->r->seq;
}

/* Goods of one lot come together in one share; numbered ones only where their numbers meet. */
static bool grow(struct deciding *g, const struct holding *h, const struct share *from)
{
	for (size_t i = 0; i < h->n; i++) {
		struct share *x;

		if (!uuid_eq(h->share[i]->lot, from->lot) || h->share[i]->quantity == 0)
			continue;
		x = edit_share(g, h->share[i]);
		if (x->serial_first != 0 && x->serial_last + 1 != from->serial_first &&
		    from->serial_last + 1 != x->serial_first)
			continue;
		if (x->serial_first != 0 && from->serial_first < x->serial_first)
			x->serial_first = from->serial_first;
		if (x->serial_first != 0 && from->serial_last > x->serial_last)
			x->serial_last = from->serial_last;
		x->pieces += from->pieces;
		x->quantity += from->quantity;
		x->value += from->value;
		x->seq = (int64_t)g->r->seq;
		return true;
	}
	return false;
}

static size_t numbered(const struct holding *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->share[i]->serial_first != 0;
	return n;
}

static enum fault take_over(struct deciding *g, const struct holding *h, const struct holding *from)
{
	size_t n = h->n, n_numbered = numbered(h);

	for (size_t i = 0; i < from->n; i++) {
		const struct share *s = from->share[i];
		struct taken t = all_of(s);

		if (t.quantity == 0)
			continue;
		if (!grow(g, h, s)) {
			enum fault f = OK;

			n_numbered += t.serial_first != 0;
			if (n == LOTS_MAX || n_numbered > SERIAL_LOTS_MAX)
				f = refuse(g, E_TOO_MANY, "/body/absorbed", "as many lots as one receipt can carry");
			if (f == OK)
				f = add_share(g, h->a->id, (int64_t)++n, s->lot, &t);
			if (f != OK)
				return f;
		}
		empty(g, s);
	}
	edit_warehouse_receipt(g, h->r)->lots = (int32_t)n;
	edit_warehouse_receipt(g, h->r)->seq = (int64_t)g->r->seq;
	return OK;
}

static enum fault check_alike(struct deciding *g, const struct holding *h, const struct holding *from)
{
	const struct asset *a = h->a, *b = from->a;

	if (uuid_eq(a->id, b->id))
		return refuse(g, E_SELF_DEALING, "/body/absorbed", "another receipt than this one");
	if (!uuid_eq(a->creditor, b->creditor) || !uuid_eq(a->debtor, b->debtor) ||
	    !uuid_eq(h->r->site, from->r->site) || !uuid_eq(a->lineage, b->lineage) ||
	    memcmp(a->ccy.at, b->ccy.at, sizeof a->ccy.at) != 0)
		return refuse(g, E_NOT_ALIKE, "/body/absorbed", fault_info(E_NOT_ALIKE)->text);
	if (a->face + asset_balance(b).open > MONEY_MAX)
		return refuse(g, E_BAD_AMOUNT, "/body/absorbed", "together worth more than one receipt can be");
	return OK;
}

enum fault decide_receipt_merge(struct deciding *g)
{
	const struct body_receipt_merge *b = &g->c->body.receipt_merge;
	struct holding h, from;
	struct asset *gone;
	int64_t value;
	int32_t to, end;
	enum fault f = the_holding(g, &h);

	if (f == OK)
		f = get_holding(g, b->absorbed, "/body/absorbed", &from);
	if (f == OK)
		movement_hint(g, &from);
	if (f == OK)
		hint_new_shares(g, h.a->id, h.n, from.n);
	if (f == OK)
		f = movable(g, &h, EV_MOVE, &to);
	if (f == OK)
		f = check_alike(g, &h, &from);
	if (f == OK)
		f = movable(g, &from, EV_MERGE, &end);
	if (f == OK)
		f = need_unbound(g, from.a, "/body/absorbed");
	if (f == OK)
		f = take_over(g, &h, &from);
	if (f != OK)
		return f;
	value = asset_balance(from.a).open;
	gone = edit_asset(g, from.a);
	gone->face -= value;
	gone->head = g->c->statement;
	gone->seq = (int64_t)g->r->seq;
	gone->state = end;
	edit_asset(g, h.a)->face += value;
	return OK;
}
