/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readback.c: the second implementation of the tree; readback.h says why.
 *
 * It must stay independent: no range_append, leaf_hash or node_hash here.
 * Prefixes are written out before each hash, as RFC 6962 section 2.1 has them.
 */
#include "service/readback.h"

#include "crypto.h"

static struct span bytes(const void *at, size_t len) { return (struct span){ at, len }; }

struct hash readback_leaf_hash(struct span leaf) { return sha256_2(S("\0"), leaf); }

static struct hash join(const struct hash *left, const struct hash *right)
{
	uint8_t head[1 + HASH_LEN];

	head[0] = 1;
	memcpy(head + 1, left->b, HASH_LEN);
	return sha256_2(bytes(head, sizeof head), bytes(right->b, HASH_LEN));
}

struct counter_tree counter_from(const struct range *before)
{
	struct counter_tree t = { .size = 0 };
	unsigned peak = 0;

	if (!before)
		return t;
	t.size = before->size;
	for (unsigned l = TREE_DEPTH; l-- > 0;)
		if (t.size >> l & 1) {
			assert(peak < before->n);
			t.at[l] = before->peak[peak++];
		}
	assert(peak == before->n);
	return t;
}

void counter_add(struct counter_tree *t, struct hash leaf, node_fn *fn, void *arg)
{
	unsigned l = 0;

	assert(t->size < UINT64_MAX);
	if (fn)
		fn(arg, 0, t->size, leaf);
	for (; t->size >> l & 1; l++) {
		leaf = join(&t->at[l], &leaf);
		if (fn)
			fn(arg, l + 1, t->size >> (l + 1), leaf);
	}
	t->at[l] = leaf;
	t->size++;
}

struct hash counter_root(const struct counter_tree *t)
{
	struct hash root;
	bool have = false;

	if (t->size == 0)
		return sha256(S(""));
	for (unsigned l = 0; l < TREE_DEPTH; l++) {
		if (!(t->size >> l & 1))
			continue;
		root = have ? join(&t->at[l], &root) : t->at[l];
		have = true;
	}
	return root;
}

bool counter_is(const struct counter_tree *t, const struct range *r)
{
	unsigned peak = 0;

	if (t->size != r->size)
		return false;
	for (unsigned l = TREE_DEPTH; l-- > 0;)
		if (t->size >> l & 1 && (peak >= r->n || !hash_eq(t->at[l], r->peak[peak++])))
			return false;
	return peak == r->n;
}

const char *leaf_word_text(enum leaf_word w)
{
	switch (w) {
	case LEAF_GOOD:
		return "good";
	case LEAF_MALFORMED:
		return "the leaf's length, magic or filler is wrong";
	case LEAF_OUT_OF_SEQ:
		return "the leaf's seq is not its place in the log";
	case LEAF_BACK_IN_TIME:
		return "the leaf was accepted before the one it follows";
	case LEAF_OFF_CHAIN:
		return "the leaf does not hold the hash of the one before it";
	}
	return "?";
}

struct readback readback_from(const struct range *before, struct hash last_leaf, struct moment last_at)
{
	return (struct readback){ .tree = counter_from(before), .last_leaf = last_leaf, .last_at = last_at };
}

static enum leaf_word judge(const struct readback *r, struct span leaf, struct leaf *l)
{
	if (!leaf_decode(leaf, l))
		return LEAF_MALFORMED;
	if (l->seq != r->tree.size)
		return LEAF_OUT_OF_SEQ;
	if (r->tree.size > 0 && l->accepted_at.us < r->last_at.us)
		return LEAF_BACK_IN_TIME;
	if (!hash_eq(l->previous, r->last_leaf))
		return LEAF_OFF_CHAIN;
	return LEAF_GOOD;
}

enum leaf_word readback_leaf(struct readback *r, struct span leaf, node_fn *fn, void *arg)
{
	struct leaf l;
	enum leaf_word word = judge(r, leaf, &l);

	if (word != LEAF_GOOD)
		return word;
	r->last_leaf = readback_leaf_hash(leaf);
	r->last_at = l.accepted_at;
	counter_add(&r->tree, r->last_leaf, fn, arg);
	return LEAF_GOOD;
}

enum leaf_word readback_batch(struct readback *r, const uint8_t *leaves, size_t n, struct hash *root, size_t *bad)
{
	for (size_t i = 0; i < n; i++) {
		enum leaf_word word = readback_leaf(r, bytes(leaves + i * LEAF_LEN, LEAF_LEN), NULL, NULL);

		if (word != LEAF_GOOD) {
			*bad = i;
			return word;
		}
	}
	*root = counter_root(&r->tree);
	return LEAF_GOOD;
}

void readback_root(const struct range *before, const uint8_t *leaves, size_t n, struct hash *root)
{
	struct counter_tree t = counter_from(before);

	for (size_t i = 0; i < n; i++)
		counter_add(&t, readback_leaf_hash(bytes(leaves + i * LEAF_LEN, LEAF_LEN)), NULL, NULL);
	*root = counter_root(&t);
}
