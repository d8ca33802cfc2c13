/* SPDX-License-Identifier: Apache-2.0 */
/* yards.c: see yards.h. One function for each statement type, in a table at the end. */
#include "yards.h"

void yards_start(struct yards *y, struct arena *mem)
{
	y->mem = mem;
	dense_start(&y->site, mem, sizeof(struct site_seen));
	dense_start(&y->store, mem, sizeof(struct store));
	dense_start(&y->receipt, mem, sizeof(struct receipt_seen));
	dense_start(&y->part, mem, sizeof(struct receipt_part));
	index_start(&y->by_site, mem);
	index_start(&y->by_receipt, mem);
}

uint32_t yards_site(const struct yards *y, struct uuid id)
{
	for (struct index_walk w = index_walk(&y->by_site, key_of_uuid(id)); index_next(&w);)
		if (uuid_eq(site_at(y, w.value)->id, id))
			return w.value;
	return NOWHERE;
}

uint32_t yards_receipt(const struct yards *y, struct uuid id)
{
	for (struct index_walk w = index_walk(&y->by_receipt, key_of_uuid(id)); index_next(&w);)
		if (uuid_eq(receipt_at(y, w.value)->id, id))
			return w.value;
	return NOWHERE;
}

uint32_t yards_store(const struct yards *y, uint32_t site, struct span goods)
{
	for (uint32_t i = site_at(y, site)->store; i != NOWHERE; i = store_at(y, i)->older)
		if (span_eq(store_at(y, i)->goods, goods))
			return i;
	return NOWHERE;
}

/* --- sites --- */

static bool set_capacity(struct yards *y, uint32_t site, const struct capacity *c, uint64_t seq)
{
	uint32_t i = yards_store(y, site, c->goods);
	struct store *x;

	if (i == NOWHERE) {
		if (!(x = dense_add(&y->store, &i)))
			return false;
		x->site = site;
		x->older = site_at(y, site)->store;
		x->newest = NOWHERE;
		x->goods = arena_copy(y->mem, c->goods);
		memcpy(x->unit, c->quantity.unit, sizeof x->unit);
		site_at(y, site)->store = i;
	}
	x = store_at(y, i);
	if (memcmp(x->unit, c->quantity.unit, sizeof x->unit) == 0) {
		x->capacity = c->quantity.micro;
		x->capacity_seq = seq;
	}
	return arena_ok(y->mem);
}

static bool set_capacities(struct yards *y, uint32_t site, const struct capacities *l, uint64_t seq)
{
	for (size_t i = 0; i < l->n; i++)
		if (!set_capacity(y, site, &l->at[i], seq))
			return false;
	return true;
}

static bool see_site(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t i;
	struct site_seen *x = dense_add(&y->site, &i);

	if (!x || !index_put(&y->by_site, key_of_uuid(s->c->object), i))
		return false;
	*x = (struct site_seen){ s->c->object, book_party(b, s->actor), NOWHERE, s->seq, s->at };
	return set_capacities(y, i, &s->c->body.site_register.goods, s->seq);
}

static bool see_amend(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t i = yards_site(y, s->c->object);

	(void)b;
	return i == NOWHERE || set_capacities(y, i, &s->c->body.site_amend.goods, s->seq);
}

static void tally(struct store *x, int32_t day, int64_t in, int64_t out)
{
	bool before;

	if (x->day != day) {
		x->day = day;
		x->in_today = x->out_today = 0;
	}
	before = x->in_today > 0 && x->out_today > 0;
	x->in_today += in;
	x->out_today += out;
	if (!before && x->in_today > 0 && x->out_today > 0)
		x->both[x->n_both++ % DAYS_KEPT] = day;
}

static bool see_count(struct yards *y, const struct book *b, const struct seen *s)
{
	const struct body_site_count *c = &s->c->body.site_count;
	uint32_t site = yards_site(y, s->c->object),
		 i = site == NOWHERE ? NOWHERE : yards_store(y, site, c->goods_code);
	struct store *x;

	(void)b;
	if (i == NOWHERE)
		return true;
	x = store_at(y, i);
	if (c->quantity.micro != 0 && memcmp(x->unit, c->quantity.unit, sizeof x->unit) != 0)
		return true;
	if (c->inbound == FLAG_YES) {
		x->weighed_in += c->quantity.micro;
		x->in_seq = s->seq;
		tally(x, date_of(s->at).day, c->quantity.micro, 0);
		return true;
	}
	x->counted = c->quantity.micro;
	x->counted_seq = s->seq;
	x->counted_on = date_of(s->at).day;
	return true;
}

/* --- receipts --- */

static bool add_part(struct yards *y, uint32_t receipt, uint32_t store, int64_t micro, int64_t lot)
{
	struct receipt_seen *r = receipt_at(y, receipt);
	struct receipt_part *p;
	uint32_t i;

	if (r->n_parts == LOTS_MAX)
		return true;
	if (!(p = dense_add(&y->part, &i)))
		return false;
	*p = (struct receipt_part){ store, micro, receipt, store_at(y, store)->newest, lot };
	store_at(y, store)->newest = i;
	r->part[r->n_parts++] = i;
	return true;
}

static struct receipt_seen *new_receipt(struct yards *y, struct uuid id, uint32_t *number)
{
	struct receipt_seen *r = dense_add(&y->receipt, number);

	if (!r || !index_put(&y->by_receipt, key_of_uuid(id), *number))
		return NULL;
	r->id = id;
	return r;
}

static void new_owner(struct receipt_seen *r, uint32_t party, const struct seen *s)
{
	if (r->n_owners == OWNERS_KEPT) {
		memmove(r->owner, r->owner + 1, (OWNERS_KEPT - 1) * sizeof *r->owner);
		r->n_owners--;
	}
	r->owner[r->n_owners++] = (struct owner){ party, date_of(s->at).day, s->seq };
}

static bool see_issue(struct yards *y, const struct book *b, const struct seen *s)
{
	const struct body_receipt_issue *body = &s->c->body.receipt_issue;
	uint32_t site = yards_site(y, body->site), number;
	struct receipt_seen *r = site == NOWHERE ? NULL : new_receipt(y, s->c->object, &number);

	if (!r)
		return site == NOWHERE;
	r->site = site;
	r->seq = s->seq;
	r->at = s->at;
	new_owner(r, book_party(b, body->holder), s);
	for (size_t i = 0; i < body->lots.n; i++) {
		const struct goods_lot *l = &body->lots.at[i];
		uint32_t store = yards_store(y, site, l->goods);

		if (store == NOWHERE || memcmp(store_at(y, store)->unit, l->quantity.unit, 4) != 0)
			continue;
		if (!add_part(y, number, store, l->quantity.micro, (int64_t)i + 1))
			return false;
		store_at(y, store)->live += l->quantity.micro;
	}
	return true;
}

static bool see_split(struct yards *y, const struct book *b, const struct seen *s)
{
	const struct body_receipt_split *body = &s->c->body.receipt_split;
	uint32_t from = yards_receipt(y, s->c->object), into;
	struct receipt_seen *r = from == NOWHERE ? NULL : new_receipt(y, body->into, &into), *old;
	struct uuid id;

	(void)b;
	if (!r)
		return from == NOWHERE;
	old = receipt_at(y, from);
	id = r->id;
	*r = *old;
	r->id = id;
	r->n_parts = 0;
	for (size_t i = 0; i < body->parts.n; i++) {
		const struct goods_part *part = &body->parts.at[i];

		for (unsigned k = 0; k < old->n_parts; k++) {
			struct receipt_part *p = part_at(y, old->part[k]);

			if (p->lot != part->lot)
				continue;
			p->micro -= part->quantity.micro;
			if (!add_part(y, into, p->store, part->quantity.micro, r->n_parts + 1))
				return false;
			break;
		}
	}
	return true;
}

static bool see_merge(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t to = yards_receipt(y, s->c->object), from = yards_receipt(y, s->c->body.receipt_merge.absorbed);
	struct receipt_seen *old;

	(void)b;
	if (to == NOWHERE || from == NOWHERE)
		return true;
	old = receipt_at(y, from);
	for (unsigned i = 0; i < old->n_parts; i++) {
		struct receipt_part *p = part_at(y, old->part[i]);

		if (!add_part(y, to, p->store, p->micro, receipt_at(y, to)->n_parts + 1))
			return false;
		p->micro = 0;
	}
	old->ended = true;
	return true;
}

static bool see_order(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t i = yards_receipt(y, s->c->object);
	struct receipt_seen *r;

	(void)b;
	if (i == NOWHERE)
		return true;
	r = receipt_at(y, i);
	r->order_to = (struct uuid){ { 0 } };
	r->order_lot = r->order_micro = 0;
	if (s->c->kind == ST_RECEIPT_TRANSFER)
		r->order_to = s->c->body.receipt_transfer.to;
	if (s->c->kind == ST_RECEIPT_ORDER) {
		r->order_lot = s->c->body.receipt_order.lot;
		r->order_micro = s->c->body.receipt_order.quantity.micro;
	}
	return true;
}

static bool see_attorn(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t i = yards_receipt(y, s->c->object);

	if (i != NOWHERE && !uuid_is_nil(receipt_at(y, i)->order_to))
		new_owner(receipt_at(y, i), book_party(b, receipt_at(y, i)->order_to), s);
	return true;
}

static void take_out(struct yards *y, struct receipt_part *p, int64_t micro, const struct seen *s, bool leaves)
{
	struct store *x = store_at(y, p->store);

	p->micro -= micro;
	x->live -= micro;
	if (!leaves)
		return;
	x->delivered += micro;
	tally(x, date_of(s->at).day, 0, micro);
}

static bool see_deliver(struct yards *y, const struct book *b, const struct seen *s)
{
	uint32_t n = yards_receipt(y, s->c->object);
	bool leaves = s->c->kind == ST_RECEIPT_DELIVER, left = false;
	struct receipt_seen *r;

	(void)b;
	if (n == NOWHERE)
		return true;
	r = receipt_at(y, n);
	for (unsigned i = 0; i < r->n_parts; i++) {
		struct receipt_part *p = part_at(y, r->part[i]);
		bool all = !leaves || r->order_lot == 0;

		if (all)
			take_out(y, p, p->micro, s, leaves);
		else if (p->lot == r->order_lot)
			take_out(y, p, r->order_micro ? r->order_micro : p->micro, s, leaves);
		left = left || p->micro > 0;
	}
	r->ended = !left;
	return true;
}

typedef bool taker(struct yards *y, const struct book *b, const struct seen *s);
static const struct {
	enum statement_kind kind;
	taker *take;
} takers[] = {
	{ ST_SITE_REGISTER, see_site },     { ST_SITE_AMEND, see_amend },        { ST_SITE_COUNT, see_count },
	{ ST_RECEIPT_ISSUE, see_issue },    { ST_RECEIPT_SPLIT, see_split },     { ST_RECEIPT_MERGE, see_merge },
	{ ST_RECEIPT_TRANSFER, see_order }, { ST_RECEIPT_ORDER, see_order },     { ST_RECEIPT_WITHDRAW, see_order },
	{ ST_RECEIPT_ATTORN, see_attorn },  { ST_RECEIPT_DELIVER, see_deliver }, { ST_RECEIPT_CANCEL, see_deliver },
};

bool yards_see(struct yards *y, const struct book *b, const struct seen *s)
{
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == s->c->kind)
			return s->outcome != OK || takers[i].take(y, b, s);
	return true;
}
