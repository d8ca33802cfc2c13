/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.c: the compact range, and batches of new leaves on top of one.
 *
 * A tree of n leaves is, from left to right, one perfect subtree for each one
 * bit of n, the largest first: like the digits of a binary number. To append a
 * leaf is to add one, with carries; a carry is a node_hash.
 *
 * The node (level, index) is the root of leaves index << level up to, but
 * without, (index + 1) << level.
 */
#include "crypto.h"
#include "tree.h"

struct range range_empty(void) { return (struct range){ .size = 0 }; }

static unsigned ones(uint64_t v) { return (unsigned)__builtin_popcountll(v); }

void range_append(struct range *r, struct hash leaf)
{
	assert(r->n == ones(r->size));
	assert(r->size < UINT64_MAX);
	for (uint64_t carry = r->size; carry & 1; carry >>= 1)
		leaf = node_hash(r->peak[--r->n], leaf);
	assert(r->n < TREE_DEPTH);
	r->peak[r->n++] = leaf;
	r->size++;
	assert(r->n == ones(r->size));
}

struct hash range_root(const struct range *r)
{
	assert(r->n == ones(r->size));
	if (r->n == 0)
		return sha256(S(""));
	struct hash root = r->peak[r->n - 1];
	for (unsigned i = r->n - 1; i > 0; i--)
		root = node_hash(r->peak[i - 1], root);
	return root;
}

/* How many nodes of a level lie in a batch and are complete: those that cover at least one new leaf. */
static uint64_t level_width(uint64_t before, uint64_t after, unsigned level)
{
	assert(before <= after);
	return (after >> level) - (before >> level);
}

/* The old peak of a level: there is one where the old size has a one bit. */
static bool old_peak(const struct range *r, unsigned level, uint64_t index, struct hash *ret)
{
	if (level >= TREE_DEPTH || !(r->size >> level & 1) || index != (r->size >> level) - 1)
		return false;
	/* as many peaks stand before it as there are one bits above its own */
	unsigned at = level + 1 < TREE_DEPTH ? ones(r->size >> (level + 1)) : 0;
	assert(at < r->n);
	*ret = r->peak[at];
	return true;
}

/* A node_source: old peaks, new leaves, and what lies above them. */
static bool batch_node(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	const struct batch_tree *b = from;
	uint64_t after = b->before.size + b->n;

	assert(level < TREE_DEPTH);
	uint64_t first = b->before.size >> level;
	if (index < first)
		return old_peak(&b->before, level, index, ret);
	if (index - first >= level_width(b->before.size, after, level))
		return false;
	*ret = level == 0 ? b->leaves[index - first] : b->nodes[b->level_at[level] + (index - first)];
	return true;
}

/* Sets level_at, and says how many nodes stand above the leaves. */
static size_t lay_out(struct batch_tree *b)
{
	uint64_t after = b->before.size + b->n;
	size_t total = 0;

	for (unsigned level = 1; level < TREE_DEPTH; level++) {
		b->level_at[level] = total;
		total += (size_t)level_width(b->before.size, after, level);
	}
	assert(total <= b->n + TREE_DEPTH); /* n/2 + n/4 + ..., and one a level for what straddles */
	return total;
}

/* Every node of a level has its two children one level down, or the left one is an old peak. */
static void fill_level(struct batch_tree *b, unsigned level)
{
	uint64_t first = b->before.size >> level;
	uint64_t width = level_width(b->before.size, b->before.size + b->n, level);

	for (uint64_t i = 0; i < width; i++) {
		struct hash left, right;
		bool ok = batch_node(b, level - 1, 2 * (first + i), &left) &&
		          batch_node(b, level - 1, 2 * (first + i) + 1, &right);

		assert(ok);
		b->nodes[b->level_at[level] + i] = node_hash(left, right);
	}
}

bool batch_tree_build(const struct range *before, const struct hash *leaves, size_t n, struct arena *mem,
                      struct batch_tree *ret)
{
	struct batch_tree b = { .before = *before, .leaves = leaves, .n = n };

	assert(before->n == ones(before->size));
	assert(leaves || n == 0);
	assert(n <= UINT64_MAX - before->size);
	b.level_at = ARENA_ARRAY(mem, size_t, TREE_DEPTH);
	if (!b.level_at)
		return false;
	b.nodes = ARENA_ARRAY(mem, struct hash, lay_out(&b));
	if (!b.nodes)
		return false;
	for (unsigned level = 1; level < TREE_DEPTH; level++)
		fill_level(&b, level);
	*ret = b;
	return true;
}

/*
 * What an inclusion proof needs on the way up from a new leaf is beside that
 * way. What lies right of it is new. What lies left of it is new, or straddles,
 * or ends where the new leaves begin: then it is the old peak of its level.
 */
bool batch_prove(const struct batch_tree *b, size_t i, struct proof *ret)
{
	struct batch_tree copy = *b; /* a node_source's `from` is not const */

	assert(i < b->n);
	return prove_inclusion(batch_node, &copy, b->before.size + i, b->before.size + b->n, ret);
}

/* The old tree ends at a peak; every other hash of the proof is an old peak or covers new leaves only. */
bool batch_prove_consistency(const struct batch_tree *b, struct proof *ret)
{
	struct batch_tree copy = *b;

	assert(b->before.size > 0);
	return prove_consistency(batch_node, &copy, b->before.size, b->before.size + b->n, ret);
}
