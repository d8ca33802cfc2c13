/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper_check.c: whether the parts of every package add up, looked at from outside the rules that divide them: all
 * parts of a world sorted by receivable, package and place, and read once. See paper_broken() in decide.h.
 */
#include "decide.h"

/* A part that is not split, and its asset. */
struct leaf_part {
	const struct part *p;
	const struct asset *a;
};

static bool is_split(const struct asset *a)
{
	return a->state == (a->kind == ASSET_VOUCHER ? (int32_t)VOUCHER_SPLIT : (int32_t)BILL_SPLIT);
}

/* Made, but nobody's claim in the receivable's place: not taken, or given back. */
static bool stands_for_nothing(const struct asset *a)
{
	if (a->kind == ASSET_BILL)
		return a->state == BILL_ISSUED || a->state == BILL_ACCEPTED || a->state == BILL_DECLINED ||
		       a->state == BILL_CANCELLED;
	return a->state == VOUCHER_ISSUED || a->state == VOUCHER_DECLINED || a->state == VOUCHER_CANCELLED;
}

static int order(const struct leaf_part *a, const struct leaf_part *b)
{
	int c = memcmp(a->p->source.b, b->p->source.b, sizeof a->p->source.b);

	if (c == 0)
		c = memcmp(a->p->package.b, b->p->package.b, sizeof a->p->package.b);
	if (c == 0)
		c = a->p->lo < b->p->lo ? -1 : a->p->lo > b->p->lo;
	return c;
}

static void sift(struct leaf_part *l, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		struct leaf_part x = l[root];

		if (child + 1 < n && order(&l[child], &l[child + 1]) < 0)
			child++;
		if (order(&l[root], &l[child]) >= 0)
			return;
		l[root] = l[child];
		l[child] = x;
	}
}

/* Heap sort: in place, and the library's own may allocate. */
static void sort_parts(struct leaf_part *l, size_t n)
{
	for (size_t i = n / 2; i > 0; i--)
		sift(l, i - 1, n);
	for (size_t i = n; i > 1; i--) {
		struct leaf_part x = l[0];

		l[0] = l[i - 1];
		l[i - 1] = x;
		sift(l, 0, i - 1);
	}
}

static const struct asset *asset_in(const struct world *w, struct uuid id)
{
	const struct row *r = world_find(w, TABLE_ASSET, key_uuid(id));

	return r && r->exists ? (const struct asset *)(const void *)r : NULL;
}

static struct leaf_part *collect(const struct world *w, struct arena *mem, size_t *n)
{
	struct leaf_part *l;

	*n = 0;
	for (size_t i = 0; i < w->n_buckets; i++)
		for (const struct row *r = w->bucket[i]; r; r = r->next)
			*n += r->table == TABLE_PART && r->exists;
	l = arena_take(mem, (*n + 1) * sizeof *l);
	*n = 0;
	for (size_t i = 0; l && i < w->n_buckets; i++)
		for (const struct row *r = w->bucket[i]; r; r = r->next) {
			const struct part *p = (const struct part *)(const void *)r;
			const struct asset *a = r->table == TABLE_PART && r->exists ? asset_in(w, p->id) : NULL;

			if (a && !is_split(a))
				l[(*n)++] = (struct leaf_part){ p, a };
		}
	return l;
}

/* The parts of one package, in order of place. */
static const char *package_broken(const struct world *w, const struct leaf_part *l, size_t n)
{
	const struct asset *whole = asset_in(w, l->p->package), *source = asset_in(w, l->p->source);
	int64_t next = 1, open = 0;

	if (!whole || !source)
		return "a package without its first part or its receivable";
	for (size_t i = 0; i < n; i++) {
		open += asset_balance(l[i].a).open;
		if (l[i].p->lo == 0 && l[i].p->hi == 0 && n == 1 && l[i].a->face == whole->face)
			continue;
		if (l[i].p->lo != next)
			return l[i].p->lo < next ? "two parts overlap" : "units between two parts are missing";
		if (l[i].p->hi - l[i].p->lo + 1 != l[i].a->face)
			return "a part's face is not its units";
		next = l[i].p->hi + 1;
	}
	if (next != 1 && next - 1 != whole->face)
		return "the parts are not the whole";
	if (!stands_for_nothing(l->a) && open != asset_balance(source).open)
		return "what is owed on the parts is not what is owed on the receivable";
	return NULL;
}

const char *paper_broken(const struct world *w, struct arena *mem, struct uuid *package)
{
	size_t n, end;
	struct leaf_part *l = collect(w, mem, &n);
	const struct part *stands = NULL;

	if (!l)
		return "no room to look";
	sort_parts(l, n);
	for (size_t i = 0; i < n; i = end) {
		const char *broken;

		for (end = i + 1; end < n && uuid_eq(l[end].p->package, l[i].p->package); end++)
			;
		*package = l[i].p->package;
		broken = package_broken(w, l + i, end - i);
		if (broken)
			return broken;
		if (stands_for_nothing(l[i].a))
			continue;
		if (stands && uuid_eq(stands->source, l[i].p->source))
			return "two packages stand for one receivable";
		stands = l[i].p;
	}
	return NULL;
}
