/* SPDX-License-Identifier: Apache-2.0 */
/* match.c: see match.h. */
#include "match.h"

void match_weigh(struct match *m, unsigned level, int32_t bits)
{
	assert(m->n < MATCH_PARTS);
	m->part[m->n].level = (uint16_t)level;
	m->part[m->n++].bits = bits;
	m->bits += bits;
}

void match_add(struct match *m, unsigned level) { match_weigh(m, level, m->table[level].bits); }

static void put_tenths(struct writer *w, int32_t bits)
{
	int32_t size = bits < 0 ? -bits : bits;

	put_byte(w, bits < 0 ? '-' : '+');
	put_i64(w, size / 10);
	put_byte(w, '.');
	put_i64(w, size % 10);
}

void put_match(struct writer *w, const struct match *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		const struct match_level *l = &m->table[m->part[i].level];

		if (i > 0)
			put_z(w, "; ");
		put_z(w, l->field);
		if (*l->level)
			put_byte(w, ' ');
		put_z(w, l->level);
		put_byte(w, ' ');
		put_tenths(w, m->part[i].bits);
	}
}

/* --- one to one --- */

static bool before(const struct match_pair *x, const struct match_pair *y)
{
	if (x->bits != y->bits)
		return x->bits > y->bits;
	return x->a != y->a ? x->a < y->a : x->b < y->b;
}

static void sink(struct match_pair *pair, size_t at, size_t n)
{
	struct match_pair x = pair[at];

	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && before(&pair[child], &pair[child + 1]))
			child++;
		if (!before(&x, &pair[child]))
			break;
		pair[at] = pair[child];
	}
	pair[at] = x;
}

/* Heap sort: no memory, no bad case. */
void match_sort(struct match_pair *pair, size_t n)
{
	for (size_t i = n / 2; i > 0; i--)
		sink(pair, i - 1, n);
	for (size_t end = n; end > 1; end--) {
		struct match_pair last = pair[end - 1];

		pair[end - 1] = pair[0];
		pair[0] = last;
		sink(pair, 0, end - 1);
	}
}

size_t match_one_to_one(struct match_pair *pair, size_t n, bool *used_a, bool *used_b)
{
	size_t stand = 0;

	match_sort(pair, n);
	for (size_t i = 0; i < n; i++) {
		struct match_pair x = pair[i];

		if (used_a[x.a] || used_b[x.b])
			continue;
		used_a[x.a] = used_b[x.b] = true;
		pair[i] = pair[stand];
		pair[stand++] = x;
	}
	return stand;
}
