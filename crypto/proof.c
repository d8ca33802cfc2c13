/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof.c: making and checking proofs (RFC 6962 section 2.1, RFC 9162 section 2.1).
 *
 * The way from a leaf up to the root has two parts. In the lower, `inner` one
 * the sibling may stand on either side, as the bits of the index say: there the
 * tree is the same as a perfect one. In the upper, `border` part the way runs
 * along the right edge of the tree, and all siblings stand on the left. The
 * lengths of both follow from index and size alone, so a proof of any other
 * length is refused before a single hash is computed.
 */
#include "crypto.h"
#include "tree.h"

/* Bits needed to write v: 0 for 0. */
static unsigned width_of(uint64_t v) { return v == 0 ? 0 : 64 - (unsigned)__builtin_clzll(v); }

static unsigned ones(uint64_t v) { return (unsigned)__builtin_popcountll(v); }

/* v >> n, also for n == 64. */
static uint64_t shift(uint64_t v, unsigned n)
{
	assert(n <= 64);
	return n == 64 ? 0 : v >> n;
}

static unsigned inner_len(uint64_t index, uint64_t size)
{
	assert(index < size);
	return width_of(index ^ (size - 1));
}

static unsigned border_len(uint64_t index, uint64_t size) { return ones(shift(index, inner_len(index, size))); }

/* Where nodes come from and where the proof goes. */
struct maker {
	node_source *source;
	void *from;
	struct proof *proof;
};

/*
 * The root of leaves [begin, end): its perfect subtrees, put together from the
 * smallest, which is the last. begin must be a multiple of a power of two not
 * below end - begin, as all that RFC 6962 splits is.
 */
static bool root_between(const struct maker *m, uint64_t begin, uint64_t end, struct hash *ret)
{
	struct hash root, left;

	assert(begin < end);
	unsigned level = (unsigned)__builtin_ctzll(end - begin);
	uint64_t at = end - (UINT64_C(1) << level);
	if (!m->source(m->from, level, at >> level, &root))
		return false;
	while (at > begin) {
		level = (unsigned)__builtin_ctzll(at - begin);
		at -= UINT64_C(1) << level;
		if (!m->source(m->from, level, at >> level, &left))
			return false;
		root = node_hash(left, root);
	}
	assert(at == begin);
	*ret = root;
	return true;
}

bool root_at(node_source *source, void *from, uint64_t size, struct hash *ret)
{
	struct maker m = { source, from, NULL };

	assert(source && ret);
	if (size == 0) {
		*ret = sha256(S(""));
		return true;
	}
	return root_between(&m, 0, size, ret);
}

static bool take(struct maker *m, uint64_t begin, uint64_t end)
{
	if (m->proof->n == PROOF_MAX)
		return false;
	return root_between(m, begin, end, &m->proof->at[m->proof->n++]);
}

/* The siblings are met from the root down; a proof has them from the leaf up. */
static void turn_round(struct proof *p)
{
	for (unsigned i = 0, j = p->n; i + 1 < j; i++) {
		struct hash h = p->at[i];

		p->at[i] = p->at[--j];
		p->at[j] = h;
	}
}

/* Half of the next power of two: where RFC 6962 splits n > 1 leaves. */
static uint64_t split(uint64_t n)
{
	assert(n > 1);
	return UINT64_C(1) << (width_of(n - 1) - 1);
}

bool prove_inclusion(node_source *source, void *from, uint64_t index, uint64_t size, struct proof *ret)
{
	struct maker m = { source, from, ret };
	uint64_t begin = 0, end = size;

	assert(source && ret);
	assert(index < size);
	ret->n = 0;
	while (end - begin > 1) {
		uint64_t middle = begin + split(end - begin);
		bool left = index < middle;

		if (!(left ? take(&m, middle, end) : take(&m, begin, middle)))
			return false;
		begin = left ? begin : middle;
		end = left ? middle : end;
	}
	assert(begin == index);
	assert(ret->n == inner_len(index, size) + border_len(index, size));
	turn_round(ret);
	return true;
}

/*
 * SUBPROOF of RFC 6962 2.1.2, as a loop. `whole` is its b: all of [begin, end)
 * met so far on the right edge belonged to the old tree, so the verifier knows
 * that root and need not be told.
 */
bool prove_consistency(node_source *source, void *from, uint64_t old, uint64_t size, struct proof *ret)
{
	struct maker m = { source, from, ret };
	uint64_t begin = 0, end = size;
	bool whole = true;

	assert(source && ret);
	assert(old > 0 && old <= size);
	ret->n = 0;
	while (old < end) {
		uint64_t middle = begin + split(end - begin);
		bool left = old <= middle;

		if (!(left ? take(&m, middle, end) : take(&m, begin, middle)))
			return false;
		whole = whole && left;
		begin = left ? begin : middle;
		end = left ? middle : end;
	}
	if (!whole && !take(&m, begin, end))
		return false;
	turn_round(ret);
	return true;
}

/* Up through the inner part: the sibling stands left where the index has a one bit. */
static struct hash climb(struct hash h, const struct hash *sibling, unsigned n, uint64_t index)
{
	for (unsigned i = 0; i < n; i++)
		h = shift(index, i) & 1 ? node_hash(sibling[i], h) : node_hash(h, sibling[i]);
	return h;
}

/* The same in the old tree, which has no siblings on the right: only the left ones count. */
static struct hash climb_old(struct hash h, const struct hash *sibling, unsigned n, uint64_t index)
{
	for (unsigned i = 0; i < n; i++)
		if (shift(index, i) & 1)
			h = node_hash(sibling[i], h);
	return h;
}

/* Up the right edge. */
static struct hash climb_edge(struct hash h, const struct hash *sibling, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		h = node_hash(sibling[i], h);
	return h;
}

bool verify_inclusion(struct hash leaf, uint64_t index, uint64_t size, const struct proof *p, struct hash root)
{
	assert(p->n <= PROOF_MAX);
	if (index >= size)
		return false;
	unsigned inner = inner_len(index, size), border = border_len(index, size);
	if (p->n != inner + border)
		return false;
	struct hash h = climb(leaf, p->at, inner, index);
	return hash_eq(climb_edge(h, p->at + inner, border), root);
}

/*
 * The old tree's last perfect subtree, of 1 << low leaves, is a node of the new
 * tree too. From it both roots are reached by the same siblings. When it is all
 * of the old tree, its root is the old root; else it is the proof's first hash.
 */
bool verify_consistency(uint64_t old, uint64_t size, struct hash old_root, struct hash root, const struct proof *p)
{
	assert(p->n <= PROOF_MAX);
	if (old == 0 || old > size)
		return false; /* from the empty tree there is nothing to prove: the caller's case */
	if (old == size)
		return p->n == 0 && hash_eq(old_root, root);
	unsigned low = (unsigned)__builtin_ctzll(old);
	unsigned inner = inner_len(old - 1, size), border = border_len(old - 1, size);
	unsigned given = old == UINT64_C(1) << low ? 0 : 1;
	assert(inner >= low);
	inner -= low;
	if (p->n != given + inner + border)
		return false;
	const struct hash *sibling = p->at + given;
	struct hash seed = given ? p->at[0] : old_root;
	uint64_t index = (old - 1) >> low;
	struct hash h_old = climb_edge(climb_old(seed, sibling, inner, index), sibling + inner, border);
	struct hash h_new = climb_edge(climb(seed, sibling, inner, index), sibling + inner, border);
	return hash_eq(h_old, old_root) && hash_eq(h_new, root);
}
