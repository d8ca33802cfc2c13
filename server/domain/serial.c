/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serial.c: which serial numbers are taken, as a tree of bits (goods.h).
 *
 * Taking a range asks of each node on its way that no child it covers has a bit, and that none it goes down into is
 * taken whole. Freeing part of a range pushes a "whole" bit down along the two edges: the child becomes a node with
 * all its children whole, and then loses those that are freed. A node left empty takes its bit from its parent.
 * So a set bit always has a taken number under it, and a clear one has none.
 */
#include "goods.h"

#include "holding.h"

/* --- a range as steps --- */

static void set_bit(struct hash *h, unsigned i) { h->b[i / 8] = (uint8_t)(h->b[i / 8] | 1u << i % 8); }
static bool bit(const struct hash *h, unsigned i) { return h->b[i / 8] >> i % 8 & 1; }

/* What of [first, last] lies under the node: children covered whole, and those in part. */
static void mark(struct serial_step *s, int64_t first, int64_t last)
{
	int64_t child = INT64_C(1) << 8 * s->level, base = s->index * child * 256;

	for (int64_t i = 0; i < 256; i++) {
		int64_t from = base + i * child, to = from + child - 1;

		if (to < first || from > last)
			continue;
		set_bit(from >= first && to <= last ? &s->whole : &s->part, (unsigned)i);
	}
}

size_t serial_steps(int64_t first, int64_t last, struct serial_step ret[SERIAL_STEPS])
{
	size_t n = 1, level_begins = 0;

	assert(first >= 1);
	assert(first <= last);
	assert(last <= SERIAL_MAX);
	ret[0] = (struct serial_step){ .level = SERIAL_LEVELS - 1 };
	mark(&ret[0], first, last);
	while (level_begins < n) { /* of each level at most two: the ends of the range */
		size_t level_ends = n;

		for (size_t k = level_begins; k < level_ends; k++)
			for (unsigned i = 0; i < 256; i++) {
				if (!bit(&ret[k].part, i))
					continue;
				assert(n < SERIAL_STEPS);
				ret[n] = (struct serial_step){ .level = ret[k].level - 1,
					                       .index = ret[k].index * 256 + i };
				mark(&ret[n++], first, last);
			}
		level_begins = level_ends;
	}
	return n;
}

/* --- nodes --- */

struct path {
	struct serial_step step[SERIAL_STEPS];
	struct serial_block *node[SERIAL_STEPS];
	size_t n;
};

static struct fp16 node_of(struct deciding *g, struct span prefix, const struct serial_step *s)
{
	return fingerprint_serials(g->r->fp_key, prefix, s->level, s->index, g->mem);
}

void serials_hint(struct deciding *g, struct span prefix, int64_t first, int64_t last)
{
	struct serial_step step[SERIAL_STEPS];
	size_t n = serial_steps(first, last, step);

	for (size_t i = 0; i < n; i++)
		hint_row(g, TABLE_SERIALS, key_fp16(node_of(g, prefix, &step[i])), false);
}

/* All nodes of the range, as copies to edit; those that are not there yet are made, empty. */
static enum fault edit_path(struct deciding *g, struct span prefix, int64_t first, int64_t last, struct path *r)
{
	r->n = serial_steps(first, last, r->step);
	serials_hint(g, prefix, first, last);
	for (size_t i = 0; i < r->n; i++) {
		struct fp16 fp = node_of(g, prefix, &r->step[i]);
		const struct serial_block *b;
		enum fault f = get_serial_block(g, fp, &b);

		if (f != OK)
			return f;
		r->node[i] = b ? edit_serial_block(g, b) : new_serial_block(g, fp);
		r->node[i]->seq = (int64_t)g->r->seq;
	}
	return OK;
}

static bool meets(const struct hash *a, const struct hash *b)
{
	for (size_t i = 0; i < HASH_LEN; i++)
		if (a->b[i] & b->b[i])
			return true;
	return false;
}

static void join(struct hash *a, const struct hash *b)
{
	for (size_t i = 0; i < HASH_LEN; i++)
		a->b[i] |= b->b[i];
}

static void strike(struct hash *a, const struct hash *b)
{
	for (size_t i = 0; i < HASH_LEN; i++)
		a->b[i] = (uint8_t)(a->b[i] & ~b->b[i]);
}

enum fault serials_take(struct deciding *g, struct span prefix, int64_t first, int64_t last, const char *pointer)
{
	struct path r;
	enum fault f = edit_path(g, prefix, first, last, &r);

	for (size_t i = 0; f == OK && i < r.n; i++) {
		struct serial_block *b = r.node[i];
		const struct serial_step *s = &r.step[i];

		if (meets(&b->whole, &s->whole) || meets(&b->part, &s->whole) || meets(&b->whole, &s->part))
			return refuse(g, E_SERIAL_OVERLAP, pointer, fault_info(E_SERIAL_OVERLAP)->text);
		join(&b->whole, &s->whole);
		join(&b->part, &s->part);
	}
	return f;
}

/* The step one level down that stands for this child. */
static size_t step_of(const struct path *r, size_t parent, unsigned child)
{
	for (size_t i = parent + 1; i < r->n; i++)
		if (r->step[i].level == r->step[parent].level - 1 &&
		    r->step[i].index == r->step[parent].index * 256 + child)
			return i;
	assert(false && "a child in part has a step of its own");
	return parent;
}

/* A child that was taken whole becomes a node of its own, with all its children whole. */
static void push_down(struct path *r, size_t i)
{
	for (unsigned c = 0; c < 256; c++) {
		struct serial_block *child;

		if (!bit(&r->step[i].part, c) || !bit(&r->node[i]->whole, c))
			continue;
		child = r->node[step_of(r, i, c)];
		memset(&child->whole, 0xff, sizeof child->whole);
		memset(&child->part, 0, sizeof child->part);
		r->node[i]->whole.b[c / 8] = (uint8_t)(r->node[i]->whole.b[c / 8] & ~(1u << c % 8));
		set_bit(&r->node[i]->part, c);
	}
}

static void clear_empty(struct path *r, size_t i)
{
	for (unsigned c = 0; c < 256; c++) {
		const struct serial_block *child;

		if (!bit(&r->step[i].part, c))
			continue;
		child = r->node[step_of(r, i, c)];
		if (hash_is_zero(child->whole) && hash_is_zero(child->part))
			r->node[i]->part.b[c / 8] = (uint8_t)(r->node[i]->part.b[c / 8] & ~(1u << c % 8));
	}
}

enum fault serials_free(struct deciding *g, struct span prefix, int64_t first, int64_t last)
{
	struct path r;
	enum fault f = edit_path(g, prefix, first, last, &r);

	if (f != OK)
		return f;
	for (size_t i = 0; i < r.n; i++) {
		push_down(&r, i);
		strike(&r.node[i]->whole, &r.step[i].whole);
	}
	for (size_t i = r.n; i > 0; i--)
		clear_empty(&r, i - 1);
	return OK;
}

enum fault serial_taken(struct deciding *g, struct span prefix, int64_t number, bool *ret)
{
	*ret = false;
	for (int level = SERIAL_LEVELS - 1; level >= 0; level--) { /* all in one round */
		int64_t index = number >> 8 * (level + 1);

		hint_row(g, TABLE_SERIALS, key_fp16(fingerprint_serials(g->r->fp_key, prefix, level, index, g->mem)),
		         false);
	}
	for (int level = SERIAL_LEVELS - 1; level >= 0; level--) {
		const struct serial_block *b;
		struct fp16 fp = fingerprint_serials(g->r->fp_key, prefix, level, number >> 8 * (level + 1), g->mem);
		unsigned child = (unsigned)(number >> 8 * level & 255);
		enum fault f = get_serial_block(g, fp, &b);

		if (f != OK)
			return f;
		if (!b || (!bit(&b->whole, child) && !bit(&b->part, child)))
			return OK;
		if (bit(&b->whole, child)) {
			*ret = true;
			return OK;
		}
	}
	return OK;
}
