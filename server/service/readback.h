/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readback.h: a second opinion on the log, asked before anything is signed.
 *
 * One flipped bit ended a certificate transparency log (Yeti, 2022): the tree
 * was computed from memory that no longer was what had been stored. So before
 * a checkpoint is signed the batch is read back and judged here: every leaf
 * checked against the one before it, and the root computed a second time, by
 * code that shares with crypto/tree.c the definition of the tree and not a
 * line of its making. log_verify.c audits whole logs with the same code.
 *
 * The tree is a binary counter: at[l] is the root of a perfect subtree of 2^l
 * leaves, and it is there exactly when bit l of size is set. Adding a leaf is
 * adding one, with node hashing for the carry.
 *
 * Invariant: a leaf that is refused changes nothing.
 */
#ifndef CF_READBACK_H
#define CF_READBACK_H

#include "leaf.h"
#include "tree.h"

/* Told of every perfect subtree as it is completed: level 0 are the leaf hashes themselves. */
typedef void node_fn(void *arg, unsigned level, uint64_t index, struct hash h);

struct counter_tree {
	uint64_t size;
	struct hash at[TREE_DEPTH];
};
struct counter_tree counter_from(const struct range *before);                       /* NULL: the empty tree */
void counter_add(struct counter_tree *t, struct hash leaf, node_fn *fn, void *arg); /* fn may be NULL */
struct hash counter_root(const struct counter_tree *t);
/* The same tree as the compact range says: size and every peak. */
bool counter_is(const struct counter_tree *t, const struct range *r);
/* SHA-256(0x00 || leaf), by our own hand. */
struct hash readback_leaf_hash(struct span leaf);

/* What may be wrong with a leaf on its place, in the order it is looked for. */
enum leaf_word { LEAF_GOOD, LEAF_MALFORMED, LEAF_OUT_OF_SEQ, LEAF_BACK_IN_TIME, LEAF_OFF_CHAIN };
const char *leaf_word_text(enum leaf_word w);

struct readback {
	struct counter_tree tree; /* tree.size is the seq the next leaf must have */
	struct hash last_leaf;    /* zeros when empty */
	struct moment last_at;
};
struct readback readback_from(const struct range *before, struct hash last_leaf, struct moment last_at);
/* Judges the next leaf; only when it is good, adds it. fn as in counter_add. */
MUST_CHECK enum leaf_word readback_leaf(struct readback *r, struct span leaf, node_fn *fn, void *arg);

/*
 * The whole check of a batch: n leaves of LEAF_LEN bytes as read from the
 * database. On LEAF_GOOD *root is the tree's root after them; otherwise *bad is
 * the place of the first that is not.
 */
MUST_CHECK enum leaf_word readback_batch(struct readback *r, const uint8_t *leaves, size_t n, struct hash *root,
                                         size_t *bad);
/* Only the root, of leaves nobody doubts. */
void readback_root(const struct range *before, const uint8_t *leaves, size_t n, struct hash *root);
#endif
