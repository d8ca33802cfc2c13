/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holding.c: goods under receipts: found, taken apart, and let out. Quantity moves here and nowhere else; whatever
 * leaves a share goes into another share or out of the lot, so that shares always add up to their lot.
 */
#include "holding.h"

__extension__ typedef __int128 wide; /* quantity * value fits: 10^18 * 10^15 */

/* --- names --- */

struct uuid part_of(struct uuid of, struct span what)
{
	struct hash h = sha256_2((struct span){ (const char *)of.b, sizeof of.b }, what);
	struct uuid u = of; /* the first six bytes are the time of a version 7 id */

	memcpy(u.b + 6, h.b, 10);
	u.b[6] = (uint8_t)((u.b[6] & 0x0f) | 0x80);
	u.b[8] = (uint8_t)((u.b[8] & 0x3f) | 0x80);
	return u;
}

struct uuid part_number(struct uuid of, int64_t number)
{
	uint8_t at[8];

	be64_put(at, (uint64_t)number);
	return part_of(of, (struct span){ (const char *)at, sizeof at });
}

struct uuid goods_at(struct uuid site, struct span goods) { return part_of(site, goods); }

enum fault need_new(struct deciding *g, enum table_id t, struct uuid id)
{
	const struct row *r;
	enum fault f = get_new_row(g, t, key_uuid(id), &r);

	if (f != OK)
		return f;
	return r ? refuse(g, E_OBJECT_EXISTS, "/object", "an object of this id exists already: use a new id") : OK;
}

enum fault get_goods_at(struct deciding *g, struct uuid site, struct span goods, const struct site_goods **ret)
{
	enum fault f = get_site_goods(g, goods_at(site, goods), ret);

	if (f == OK && *ret && (!uuid_eq((*ret)->site, site) || !span_eq((*ret)->goods, goods)))
		f = refuse(g, E_OBJECT_EXISTS, "/body", "an object of this id exists already: use a new id");
	return f;
}

int64_t value_share(int64_t value, int64_t part, int64_t whole)
{
	assert(part >= 0);
	assert(part <= whole);
	if (part == whole)
		return value;
	return (int64_t)((wide)value * part / whole);
}

bool within_ppm(int64_t found, int64_t said, int64_t ppm)
{
	int64_t off = found > said ? found - said : said - found;

	return (wide)off * 1000000 <= (wide)said * ppm;
}

struct fp16 place_of(struct deciding *g, struct uuid site, struct span zone, struct span bin)
{
	size_t mark = g->mem->used;
	struct span z = normalise_number(zone, g->mem);
	char *at = arena_take(g->mem, UUID_TEXT + 1 + z.len);
	struct fp16 ret;
	struct writer w;

	assert(at != NULL); /* DECIDE_MEM */
	w = writer_over(at, UUID_TEXT + 1 + z.len);
	put_uuid(&w, site);
	put_byte(&w, '\n');
	put_span(&w, z);
	ret = fingerprint_thing(g->r->fp_key, "place", writer_span(&w), bin, g->mem);
	g->mem->used = mark;
	return ret;
}

struct fp16 batch_of(struct deciding *g, struct span goods, struct span batch)
{
	return fingerprint_thing(g->r->fp_key, "lot", goods, batch, g->mem);
}

struct fp16 receipt_number(struct deciding *g, struct span warehouse, struct span number)
{
	return fingerprint_thing(g->r->fp_key, "receipt", warehouse, number, g->mem);
}

/* --- a receipt with its goods --- */

static void hint_shares(struct deciding *g, const struct warehouse_receipt *r)
{
	for (int64_t i = 1; i <= r->lots; i++) {
		const struct row *s = world_find(g->r->world, TABLE_SHARE, key_uuid(part_number(r->id, i)));

		hint_row(g, TABLE_SHARE, key_uuid(part_number(r->id, i)), false);
		if (s && s->exists)
			hint_row(g, TABLE_LOT, key_uuid(((const struct share *)(const void *)s)->lot), false);
	}
}

void holding_hint(struct deciding *g, struct uuid id)
{
	const struct row *r = world_find(g->r->world, TABLE_RECEIPT, key_uuid(id));

	if (g->r->world->complete)
		return;
	hint_row(g, TABLE_RECEIPT, key_uuid(id), false);
	if (r && r->exists)
		hint_shares(g, (const struct warehouse_receipt *)(const void *)r);
}

static enum fault get_shares(struct deciding *g, struct holding *h)
{
	enum fault f = OK;

	hint_shares(g, h->r);
	h->n = (size_t)h->r->lots;
	assert(h->n <= LOTS_MAX);
	for (size_t i = 0; f == OK && i < h->n; i++) {
		f = get_share(g, part_number(h->r->id, (int64_t)i + 1), &h->share[i]);
		assert(f != OK || h->share[i] != NULL);
	}
	for (size_t i = 0; f == OK && i < h->n; i++)
		hint_row(g, TABLE_LOT, key_uuid(h->share[i]->lot), false);
	for (size_t i = 0; f == OK && i < h->n; i++) {
		f = get_lot(g, h->share[i]->lot, &h->lot[i]);
		assert(f != OK || h->lot[i] != NULL);
	}
	return f;
}

enum fault get_holding(struct deciding *g, struct uuid id, const char *pointer, struct holding *ret)
{
	enum fault f = get_asset(g, id, &ret->a);

	if (f != OK)
		return f;
	if (!ret->a || ret->a->kind != ASSET_WAREHOUSE_RECEIPT)
		return refuse(g, E_UNKNOWN_OBJECT, pointer, "no warehouse receipt of this id is registered");
	f = get_warehouse_receipt(g, id, &ret->r);
	if (f != OK)
		return f;
	assert(ret->r != NULL);
	return get_shares(g, ret);
}

enum fault the_holding(struct deciding *g, struct holding *ret)
{
	enum fault f = get_holding(g, g->c->object, "/object", ret);

	if (f == OK)
		movement_hint(g, ret);
	return f;
}

void movement_hint(struct deciding *g, const struct holding *h)
{
	const struct encumbrance *e[ENCUMBRANCES_MAX];
	size_t n;

	if (g->r->world->complete)
		return;
	hint_row(g, TABLE_PARTY, key_uuid(h->a->creditor), false);
	hint_row(g, TABLE_PARTY, key_uuid(h->a->debtor), false);
	if (!uuid_is_nil(h->a->hold))
		hint_row(g, TABLE_HOLD, key_uuid(h->a->hold), false);
	(void)see_children(g, h->a, e, &n);
}

enum fault need_lot(struct deciding *g, const struct holding *h, int64_t number, const char *pointer, size_t *ret)
{
	if (number < 1 || (uint64_t)number > h->n || h->share[number - 1]->quantity == 0)
		return refuse(g, E_EXCEEDS_GOODS, pointer, "the receipt stands for no goods under this number");
	*ret = (size_t)number - 1;
	return OK;
}

/* --- who and when --- */

enum receipt_order live_order(const struct deciding *g, const struct warehouse_receipt *r)
{
	return r->order_by.us > g->r->now.us ? (enum receipt_order)r->order_kind : ORDER_NONE;
}

enum fault need_no_order(struct deciding *g, const struct warehouse_receipt *r)
{
	if (live_order(g, r) == ORDER_NONE)
		return OK;
	return refuse(g, E_ORDER_PENDING, "/object", fault_info(E_ORDER_PENDING)->text);
}

bool is_inspector(const struct site *s, struct uuid party)
{
	char text[UUID_TEXT];
	struct writer w = writer_over(text, sizeof text);

	put_uuid(&w, party);
	return has_line(s->inspectors, writer_span(&w));
}

enum fault need_inspector(struct deciding *g, const struct holding *h)
{
	const struct site *s;
	enum fault f = get_site(g, h->r->site, &s);

	if (f != OK)
		return f;
	assert(s != NULL);
	if (!is_inspector(s, g->actor) || is_actor(g, h->a->creditor) || is_actor(g, h->a->debtor))
		return refuse(g, E_NOT_INDEPENDENT, "", fault_info(E_NOT_INDEPENDENT)->text);
	return OK;
}

bool holding_empty(struct deciding *g, const struct holding *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct share *s;

		if (get_share(g, h->share[i]->id, &s) == OK && s && s->quantity > 0)
			return false;
	}
	return true;
}

/* --- parts --- */

/* How many pieces go: all with all the goods; some, and not all, with a part of goods that are numbered. */
static enum fault part_pieces(struct deciding *g, const struct share *s, int64_t quantity, int64_t pieces,
                              const char *pointer, int64_t *ret)
{
	bool all = quantity == s->quantity;

	*ret = all ? s->pieces : pieces;
	if (pieces < 0 || pieces > s->pieces || (all && pieces != 0 && pieces != s->pieces))
		return refuse(g, E_EXCEEDS_GOODS, pointer, "not a number of pieces this quantity can have");
	if (!all && s->serial_first != 0 && (pieces == 0 || pieces == s->pieces))
		return refuse(g, E_EXCEEDS_GOODS, pointer, "of goods with serial numbers, say how many pieces go");
	return OK;
}

enum fault take_part(struct deciding *g, const struct holding *h, size_t i, int64_t quantity, int64_t pieces,
                     const char *pointer, struct taken *ret)
{
	const struct share *s = h->share[i];
	struct share *x;
	int64_t n;
	enum fault f;

	if (quantity <= 0 || quantity > s->quantity)
		return refuse(g, E_EXCEEDS_GOODS, pointer, "more than the receipt still stands for");
	f = part_pieces(g, s, quantity, pieces, pointer, &n);
	if (f != OK)
		return f;
	*ret = (struct taken){ .quantity = quantity, .pieces = n };
	ret->value = value_share(s->value, quantity, s->quantity);
	if (s->serial_first != 0) { /* the lowest numbers go first */
		ret->serial_first = s->serial_first;
		ret->serial_last = s->serial_first + n - 1;
	}
	x = edit_share(g, s);
	x->quantity -= ret->quantity;
	x->pieces -= ret->pieces;
	x->value -= ret->value;
	x->seq = (int64_t)g->r->seq;
	if (x->serial_first != 0 && x->quantity > 0)
		x->serial_first += n;
	if (x->quantity == 0)
		x->serial_first = x->serial_last = 0;
	return OK;
}

enum fault add_share(struct deciding *g, struct uuid receipt, int64_t number, struct uuid lot, const struct taken *t)
{
	struct uuid id = part_number(receipt, number);
	enum fault f = need_new(g, TABLE_SHARE, id);
	struct share *s;

	if (f != OK)
		return f;
	s = new_share(g, id);
	s->lot = lot;
	s->number = (int32_t)number;
	s->pieces = t->pieces;
	s->quantity = t->quantity;
	s->receipt = receipt;
	s->seq = (int64_t)g->r->seq;
	s->serial_first = t->serial_first;
	s->serial_last = t->serial_last;
	s->value = t->value;
	return OK;
}

/* --- out from under a receipt --- */

static void hint_release(struct deciding *g, const struct share *s, const struct lot *l)
{
	if (s->quantity == 0)
		return;
	hint_row(g, TABLE_SITE_GOODS, key_uuid(goods_at(l->site, l->goods)), false);
	hint_row(g, TABLE_CLAIM, key_fp16(place_of(g, l->site, l->zone, l->bin)), false);
	if (l->batch.len > 0)
		hint_row(g, TABLE_CLAIM, key_fp16(batch_of(g, l->goods, l->batch)), false);
	if (s->serial_first != 0) /* a part of it touches the same nodes but for the new edge */
		serials_hint(g, l->serial_prefix, s->serial_first, s->serial_last);
}

enum fault goods_ready(struct deciding *g, const struct holding *h, size_t i)
{
	for (size_t k = 0; k < h->n; k++)
		if (i == h->n || i == k)
			hint_release(g, h->share[k], h->lot[k]);
	return g->d->n_wants > 0 ? FAULT_WANT : OK;
}

static enum fault drop_claims(struct deciding *g, const struct lot *l)
{
	enum fault f = claim_drop(g, place_of(g, l->site, l->zone, l->bin), l->id);

	if (f == OK && l->batch.len > 0)
		f = claim_drop(g, batch_of(g, l->goods, l->batch), l->id);
	return f;
}

static enum fault lower_site(struct deciding *g, const struct lot *l, int64_t quantity, bool gone)
{
	const struct site_goods *sg;
	struct site_goods *x;
	enum fault f = get_goods_at(g, l->site, l->goods, &sg);

	if (f != OK)
		return f;
	assert(sg != NULL);
	x = edit_site_goods(g, sg);
	x->issued -= quantity;
	x->seq = (int64_t)g->r->seq;
	assert(x->issued >= 0);
	if (gone) /* a count may have found less than has now left: then nothing of it is there */
		x->counted = x->counted > quantity ? x->counted - quantity : 0;
	return OK;
}

enum fault release_goods(struct deciding *g, const struct holding *h, size_t i, const struct taken *t, bool gone)
{
	const struct lot *l = h->lot[i];
	struct lot *x = edit_lot(g, l);
	enum fault f = OK;

	x->quantity -= t->quantity;
	x->pieces -= t->pieces;
	x->seq = (int64_t)g->r->seq;
	assert(x->quantity >= 0);
	assert(x->pieces >= 0);
	if (t->serial_first != 0)
		f = serials_free(g, l->serial_prefix, t->serial_first, t->serial_last);
	if (f == OK)
		f = lower_site(g, l, t->quantity, gone);
	if (f == OK && x->quantity == 0)
		f = drop_claims(g, x);
	return f;
}

/* --- the number --- */

enum fault take_number(struct deciding *g, struct asset *a, const struct party *warehouse, const char *pointer)
{
	static const struct uuid nil;
	const struct claim *c;
	enum fault f;

	a->claim = receipt_number(g, party_identifier(warehouse, g->mem), a->number);
	f = claim_take(g, a->claim, CLAIM_RECEIPT, a->id, E_DUPLICATE_CLAIM, pointer);
	if (f == OK)
		f = get_claim(g, a->claim, &c);
	if (f == OK && !uuid_is_nil(c->hold)) {
		a->hold = c->hold;
		edit_claim(g, c)->hold = nil;
	}
	return f;
}
