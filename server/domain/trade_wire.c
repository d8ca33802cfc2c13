/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_wire.c: a paper of a trade in flat form; see trade_match.h.
 *
 *   "CFP2", sha256 32, kind 2, role 1, flags 1, currency 3, issued 4, payable 8, net 8,
 *   number, uuid, account, then seller's ids, buyer's ids, holder's ids, references, lines, items
 *
 * Integers are big-endian. A text is a length of 4 and its bytes, a list a count of 4 and its items. The form is kept
 * in a table for as long as the paper is: another order of fields takes another magic. "CFP1", which is read as well, has
 * no holder, and lines without a logistic unit.
 */
#include "trade_match.h"

static const struct span magic = S_INIT("CFP2"), first_magic = S_INIT("CFP1");

enum { RED = 1, ASSIGNED = 2, HAS_NET = 4, COUNTED = 1, PRICED = 2 };

/* ---- writing ---- */

static void put32(struct writer *w, uint32_t v)
{
	uint8_t at[4];

	be32_put(at, v);
	put_span(w, (struct span){ (const char *)at, sizeof at });
}

static void put64(struct writer *w, int64_t v)
{
	uint8_t at[8];

	be64_put(at, (uint64_t)v);
	put_span(w, (struct span){ (const char *)at, sizeof at });
}

static void put_text(struct writer *w, struct span s)
{
	put32(w, (uint32_t)s.len);
	put_span(w, s);
}

static void put_ids(struct writer *w, const struct paper_ids *ids)
{
	put32(w, ids->n);
	for (uint32_t i = 0; i < ids->n; i++)
		put_text(w, ids->at[i].value);
}

static void put_line(struct writer *w, const struct paper_line *l)
{
	const struct span text[] = { l->no,      l->order, l->order_line, l->item[0], l->item[1],
		                     l->item[2], l->name,  l->unit,       l->sscc };

	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		put_text(w, text[i]);
	put64(w, l->quantity);
	put64(w, l->short_by);
	put64(w, l->price);
	put64(w, l->net);
	put_byte(w, (char)((l->counted ? COUNTED : 0) | (l->priced ? PRICED : 0)));
}

static void put_lists(struct writer *w, const struct paper *p)
{
	put_ids(w, &p->seller);
	put_ids(w, &p->buyer);
	put_ids(w, &p->holder);
	put32(w, p->refs.n);
	for (uint32_t i = 0; i < p->refs.n; i++) {
		put_byte(w, (char)p->refs.at[i].role);
		put_text(w, p->refs.at[i].number);
		put_text(w, p->refs.at[i].uuid);
	}
	put32(w, p->lines.n);
	for (uint32_t i = 0; i < p->lines.n; i++)
		put_line(w, &p->lines.at[i]);
	put32(w, p->items.n);
	for (uint32_t i = 0; i < p->items.n; i++) {
		put_text(w, p->items.at[i].about);
		put_text(w, p->items.at[i].unique);
		put_text(w, p->items.at[i].code);
		put_text(w, p->items.at[i].account);
		put64(w, p->items.at[i].amount);
	}
}

void put_trade_wire(struct writer *w, const struct paper *p)
{
	uint8_t kind[2];

	be16_put(kind, p->kind);
	put_span(w, magic);
	put_span(w, (struct span){ (const char *)p->sha256.b, HASH_LEN });
	put_span(w, (struct span){ (const char *)kind, sizeof kind });
	put_byte(w, (char)p->role);
	put_byte(w, (char)((p->red ? RED : 0) | (p->assigned ? ASSIGNED : 0) | (p->has_net ? HAS_NET : 0)));
	put_span(w, (struct span){ p->ccy, 3 });
	put32(w, (uint32_t)p->issued.day);
	put64(w, p->payable);
	put64(w, p->net);
	put_text(w, p->number);
	put_text(w, p->uuid);
	put_text(w, p->account);
	put_lists(w, p);
}

/* ---- reading ---- */

struct in {
	struct span left;
	struct arena *mem;
	bool bad, first; /* first: of the first form */
};

static struct span take(struct in *r, size_t len)
{
	struct span s = { r->left.at, len };

	if (r->bad || len > r->left.len) {
		r->bad = true;
		return S("");
	}
	r->left = (struct span){ r->left.at + len, r->left.len - len };
	return s;
}

static uint8_t get8(struct in *r)
{
	struct span s = take(r, 1);

	return s.len ? (uint8_t)s.at[0] : 0;
}

static uint32_t get32(struct in *r)
{
	struct span s = take(r, 4);

	return s.len ? be32_get((const uint8_t *)s.at) : 0;
}

static int64_t get64(struct in *r)
{
	struct span s = take(r, 8);

	return s.len ? (int64_t)be64_get((const uint8_t *)s.at) : 0;
}

/* As intake takes them, so that sums of them stay numbers. */
static int64_t get_money(struct in *r)
{
	int64_t v = get64(r);

	r->bad |= v >= DOC_MONEY_LIMIT || v <= -DOC_MONEY_LIMIT;
	return r->bad ? 0 : v;
}

static int64_t get_quantity(struct in *r)
{
	int64_t v = get64(r);

	r->bad |= v > INT64_MAX / 4 || v < INT64_MIN / 4;
	return r->bad ? 0 : v;
}

static struct span get_text(struct in *r)
{
	struct span s = take(r, get32(r));

	r->bad |= !utf8_valid(s);
	return s;
}

/* How many items follow: no more than the bytes that are left can hold. */
static size_t get_count(struct in *r, size_t least)
{
	uint32_t n = get32(r);

	if (n > r->left.len / least) {
		r->bad = true;
		return 0;
	}
	return n;
}

static struct paper_ids get_ids(struct in *r)
{
	size_t n = get_count(r, 4);
	struct paper_id *at = ARENA_ARRAY(r->mem, struct paper_id, n);

	for (size_t i = 0; at && i < n; i++)
		at[i].value = get_text(r);
	return (struct paper_ids){ at, at ? (uint32_t)n : 0 };
}

static struct paper_refs get_refs(struct in *r)
{
	size_t n = get_count(r, 9);
	struct paper_ref *at = ARENA_ARRAY(r->mem, struct paper_ref, n);

	for (size_t i = 0; at && i < n; i++) {
		at[i].role = get8(r);
		r->bad |= at[i].role >= PAPER_ROLES;
		at[i].number = get_text(r);
		at[i].uuid = get_text(r);
	}
	return (struct paper_refs){ at, at ? (uint32_t)n : 0 };
}

static void get_line(struct in *r, struct paper_line *l)
{
	struct span *const text[] = { &l->no,      &l->order, &l->order_line, &l->item[0], &l->item[1],
		                      &l->item[2], &l->name,  &l->unit,       &l->sscc };
	uint8_t flags;

	for (size_t i = 0; i < ARRAY_LEN(text) - r->first; i++)
		*text[i] = get_text(r);
	l->quantity = get_quantity(r);
	l->short_by = get_quantity(r);
	l->price = get_quantity(r);
	l->net = get_money(r);
	flags = get8(r);
	r->bad |= (flags & ~(COUNTED | PRICED)) != 0;
	l->counted = (flags & COUNTED) != 0;
	l->priced = (flags & PRICED) != 0;
}

static struct paper_lines get_lines(struct in *r)
{
	size_t n = get_count(r, 65);
	struct paper_line *at = ARENA_ARRAY(r->mem, struct paper_line, n);

	for (size_t i = 0; at && i < n; i++)
		get_line(r, &at[i]);
	return (struct paper_lines){ at, at ? (uint32_t)n : 0 };
}

static struct paper_items get_items(struct in *r)
{
	size_t n = get_count(r, 24);
	struct paper_item *at = ARENA_ARRAY(r->mem, struct paper_item, n);

	for (size_t i = 0; at && i < n; i++) {
		at[i].about = get_text(r);
		at[i].unique = get_text(r);
		at[i].code = get_text(r);
		at[i].account = get_text(r);
		at[i].amount = get_money(r);
		r->bad |= at[i].amount < 0; /* what was paid */
	}
	return (struct paper_items){ at, at ? (uint32_t)n : 0 };
}

static void get_head(struct in *r, struct paper *p)
{
	struct span hash = take(r, HASH_LEN), kind = take(r, 2), ccy;
	uint8_t flags;

	if (r->bad)
		return;
	memcpy(p->sha256.b, hash.at, HASH_LEN);
	p->kind = be16_get((const uint8_t *)kind.at);
	p->role = get8(r);
	flags = get8(r);
	r->bad |= p->kind >= DOC_KINDS || p->role >= PAPER_ROLES || (flags & ~(RED | ASSIGNED | HAS_NET)) != 0;
	p->red = (flags & RED) != 0;
	p->assigned = (flags & ASSIGNED) != 0;
	p->has_net = (flags & HAS_NET) != 0;
	ccy = take(r, 3);
	if (ccy.len)
		memcpy(p->ccy, ccy.at, 3);
	p->issued.day = (int32_t)get32(r);
	p->payable = get_money(r);
	p->net = get_money(r);
	p->number = get_text(r);
	p->uuid = get_text(r);
	p->account = get_text(r);
}

bool trade_wire_read(struct span wire, struct arena *mem, struct paper *ret)
{
	struct in r = { wire, mem, false, false };
	struct paper p = { .kind = DOC_OPAQUE };
	struct span form = take(&r, magic.len);

	r.first = span_eq(form, first_magic);
	if (!r.first && !span_eq(form, magic))
		return false;
	get_head(&r, &p);
	p.seller = get_ids(&r);
	p.buyer = get_ids(&r);
	p.holder = r.first ? (struct paper_ids){ NULL, 0 } : get_ids(&r);
	p.refs = get_refs(&r);
	p.lines = get_lines(&r);
	p.items = get_items(&r);
	if (r.bad || r.left.len > 0 || !arena_ok(mem))
		return false;
	*ret = p;
	return true;
}
