/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goods_sums.h: the invariants of goods.h over a whole world, reckoned anew from its rows alone: what the rules keep
 * step by step is added up here from nothing.
 */
#ifndef CF_GOODS_SUMS_H
#define CF_GOODS_SUMS_H

#include <stdlib.h>

#include "decide.h"
#include "goods.h"

struct lot_sum {
	const struct lot *lot;
	int64_t quantity, pieces;
};
struct taken_range {
	struct span prefix;
	int64_t first, last;
};
struct goods_sums {
	const struct world *w;
	struct lot_sum *sum; /* open addressing by the lot's address */
	size_t cap;
	struct taken_range *range;
	const struct lot **lot;
	size_t n_range, n_lot;
	const char *broken;
};

static inline struct lot_sum *sum_of(struct goods_sums *s, const struct lot *l)
{
	size_t i = ((uintptr_t)l >> 4) * UINT64_C(0x9e3779b97f4a7c15) % s->cap;

	while (s->sum[i].lot && s->sum[i].lot != l)
		i = (i + 1) % s->cap;
	s->sum[i].lot = l;
	return &s->sum[i];
}

static inline const struct row *row_of(const struct world *w, enum table_id t, struct uuid id)
{
	const struct row *r = world_find(w, t, key_uuid(id));

	return r && r->exists ? r : NULL;
}

static inline void say_broken(struct goods_sums *s, bool ok, const char *what)
{
	if (!ok && !s->broken)
		s->broken = what;
}

static inline void add_up_share(struct goods_sums *s, const struct share *x)
{
	const struct lot *l = (const struct lot *)(const void *)row_of(s->w, TABLE_LOT, x->lot);

	say_broken(s, l != NULL, "a share of no lot");
	say_broken(s, x->quantity >= 0 && x->pieces >= 0 && x->value >= 0, "a share below nothing");
	if (!l)
		return;
	sum_of(s, l)->quantity += x->quantity;
	sum_of(s, l)->pieces += x->pieces;
	if (x->serial_first == 0)
		return;
	say_broken(s, x->serial_last - x->serial_first + 1 == x->pieces, "not as many numbers as pieces");
	s->range[s->n_range++] = (struct taken_range){ l->serial_prefix, x->serial_first, x->serial_last };
}

static inline void add_up_receipt(struct goods_sums *s, const struct warehouse_receipt *r)
{
	const struct asset *a = (const struct asset *)(const void *)row_of(s->w, TABLE_ASSET, r->id);
	int64_t value = 0, quantity = 0;

	for (int64_t n = 1; n <= r->lots; n++) {
		const struct row *x = row_of(s->w, TABLE_SHARE, part_number(r->id, n));

		say_broken(s, x != NULL, "a receipt lacks a share");
		value += x ? ((const struct share *)(const void *)x)->value : 0;
		quantity += x ? ((const struct share *)(const void *)x)->quantity : 0;
	}
	say_broken(s, a != NULL, "a receipt without its asset");
	if (!a)
		return;
	say_broken(s, value == asset_balance(a).open, "a receipt's value is not the sum of its shares'");
	say_broken(s, (quantity > 0) == (asset_live(a) || a->state == WR_LOCKED),
	           "goods under a receipt that has ended");
}

static inline void compare_site(struct goods_sums *s, const struct site_goods *g)
{
	int64_t issued = 0;

	for (size_t i = 0; i < s->n_lot; i++)
		if (uuid_eq(s->lot[i]->site, g->site) && span_eq(s->lot[i]->goods, g->goods))
			issued += s->lot[i]->quantity;
	say_broken(s, issued == g->issued, "a site's sum is not that of its lots");
	say_broken(s, g->issued <= g->capacity, "receipts above the site's capacity");
}

static inline int place_cmp(const void *a, const void *b)
{
	const struct lot *x = *(const struct lot *const *)a, *y = *(const struct lot *const *)b;
	int c = memcmp(x->site.b, y->site.b, sizeof x->site.b);

	if (c == 0)
		c = span_cmp(x->zone, y->zone);
	return c ? c : span_cmp(x->bin, y->bin);
}

static inline int range_cmp(const void *a, const void *b)
{
	const struct taken_range *x = a, *y = b;
	int c = span_cmp(x->prefix, y->prefix);

	return c ? c : (x->first > y->first) - (x->first < y->first);
}

static inline void nothing_twice(struct goods_sums *s)
{
	qsort(s->range, s->n_range, sizeof *s->range, range_cmp);
	for (size_t i = 1; i < s->n_range; i++)
		say_broken(s,
		           !span_eq(s->range[i].prefix, s->range[i - 1].prefix) ||
		                   s->range[i].first > s->range[i - 1].last,
		           "two receipts on one serial number");
	qsort(s->lot, s->n_lot, sizeof *s->lot, place_cmp);
	for (size_t i = 1; i < s->n_lot; i++)
		say_broken(s,
		           s->lot[i]->quantity == 0 || s->lot[i - 1]->quantity == 0 ||
		                   place_cmp(&s->lot[i], &s->lot[i - 1]) != 0,
		           "two lots in one bin");
}

static inline void first_pass(struct goods_sums *s, const struct row *r)
{
	if (r->table == TABLE_SHARE)
		add_up_share(s, (const struct share *)(const void *)r);
	else if (r->table == TABLE_LOT)
		s->lot[s->n_lot++] = (const struct lot *)(const void *)r;
	else if (r->table == TABLE_RECEIPT)
		add_up_receipt(s, (const struct warehouse_receipt *)(const void *)r);
}

/* NULL, or which of the invariants does not hold. */
static inline const char *goods_broken(const struct world *w)
{
	struct goods_sums s = { .w = w, .cap = 2 * w->n_rows + 16 };

	s.sum = calloc(s.cap, sizeof *s.sum);
	s.range = calloc(w->n_rows + 1, sizeof *s.range);
	s.lot = calloc(w->n_rows + 1, sizeof *s.lot);
	for (size_t i = 0; i < w->n_buckets; i++)
		for (const struct row *r = w->bucket[i]; r; r = r->next)
			if (r->exists)
				first_pass(&s, r);
	for (size_t i = 0; i < s.n_lot; i++) {
		const struct lot_sum *sum = sum_of(&s, s.lot[i]);

		say_broken(&s, sum->quantity == s.lot[i]->quantity && sum->pieces == s.lot[i]->pieces,
		           "a lot is not the sum of its shares");
	}
	for (size_t i = 0; i < w->n_buckets; i++)
		for (const struct row *r = w->bucket[i]; r; r = r->next)
			if (r->exists && r->table == TABLE_SITE_GOODS)
				compare_site(&s, (const struct site_goods *)(const void *)r);
	nothing_twice(&s);
	free(s.sum);
	free(s.range);
	free(s.lot);
	return s.broken;
}
#endif
