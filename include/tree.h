/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h: the Merkle tree of RFC 6962 / RFC 9162 over leaf hashes.
 *
 * leaf hash = SHA-256(0x00 || leaf), node = SHA-256(0x01 || left || right);
 * the root of the empty tree is SHA-256 of nothing. Sizes and indices are
 * 64 bit. A compact range is the list of roots of the perfect subtrees that
 * make up a tree, largest first: all that is needed to append and to know the
 * root, at most 64 hashes.
 *
 * Proof verification refuses before it computes: a proof has exactly the
 * length its sizes demand.
 */
#ifndef CF_TREE_H
#define CF_TREE_H

#include "ids.h"

#define TREE_DEPTH 64
#define PROOF_MAX 64 /* hashes in any proof of a 64-bit tree (consistency needs one more than the depth: bounded too) */

struct hash leaf_hash(struct span leaf);
struct hash node_hash(struct hash left, struct hash right);

/* Invariant: n == number of one bits of size; peak[0] covers the most leaves. */
struct range {
	uint64_t size;
	unsigned n;
	struct hash peak[TREE_DEPTH];
};
struct range range_empty(void);
void range_append(struct range *r, struct hash leaf);
struct hash range_root(const struct range *r);

/* Where the verifier or prover finds the root of the perfect subtree covering leaves
 * [index << level, (index + 1) << level). Returns false when it cannot (disk, database). */
typedef bool node_source(void *from, unsigned level, uint64_t index, struct hash *ret);

struct proof {
	unsigned n;
	struct hash at[PROOF_MAX];
};
/* index < size. */
MUST_CHECK bool prove_inclusion(node_source *source, void *from, uint64_t index, uint64_t size, struct proof *ret);
/* 0 < old <= size; the proof is empty when they are equal. */
MUST_CHECK bool prove_consistency(node_source *source, void *from, uint64_t old, uint64_t size, struct proof *ret);
/* Root of the first `size` leaves from their perfect subtrees. */
MUST_CHECK bool root_at(node_source *source, void *from, uint64_t size, struct hash *ret);

/* RFC 9162 2.1.3.2 and 2.1.4.2. Hashes come as spans so that a wrong length is refused, not read. */
MUST_CHECK bool verify_inclusion(struct hash leaf, uint64_t index, uint64_t size, const struct proof *p,
                                 struct hash root);
MUST_CHECK bool verify_consistency(uint64_t old, uint64_t size, struct hash old_root, struct hash root,
                                   const struct proof *p);

/*
 * A batch of new leaves on top of a compact range: everything a receipt for
 * one of the new leaves needs is in the old peaks and the new leaves, so
 * receipts need no storage. `leaves` stay the caller's.
 */
struct batch_tree {
	struct range before;
	const struct hash *leaves;
	size_t n;
	struct hash *nodes; /* scratch from the arena: the perfect subtrees inside the batch */
	size_t *level_at;
};
MUST_CHECK bool batch_tree_build(const struct range *before, const struct hash *leaves, size_t n, struct arena *mem,
                                 struct batch_tree *ret);
/* Inclusion of leaf before.size + i in the tree of size before.size + n. */
MUST_CHECK bool batch_prove(const struct batch_tree *b, size_t i, struct proof *ret);
/* From the tree before the batch, which is not empty, to the tree with it. */
MUST_CHECK bool batch_prove_consistency(const struct batch_tree *b, struct proof *ret);
#endif
