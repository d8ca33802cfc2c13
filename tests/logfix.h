/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logfix.h: a log in memory for the tests of signer, tiles and verification:
 * n leaves that chain, the tree over them by the words of RFC 6962 section 2.1
 * (slow, so that nobody doubts it), and a directory of one's own.
 */
#ifndef CF_LOGFIX_H
#define CF_LOGFIX_H

#include <unistd.h>

#include "crypto.h"
#include "leaf.h"
#include "run/files.h"
#include "tree.h"

struct log_fixture {
	size_t n;
	uint8_t (*leaf)[LEAF_LEN];
	struct hash *hash;
};

static inline struct log_fixture log_make(size_t n)
{
	struct log_fixture f = { .n = n, .leaf = calloc(n + 1, LEAF_LEN), .hash = calloc(n + 1, sizeof *f.hash) };
	struct hash previous = { { 0 } };

	assert_non_null(f.leaf);
	assert_non_null(f.hash);
	for (size_t i = 0; i < n; i++) {
		uint8_t seed[9];
		struct leaf l = { .seq = i,
			          .accepted_at = { 1700000000000000 + (int64_t)(i / 3) * 1000 },
			          .kind = (uint16_t)(1 + i % 40),
			          .outcome = i % 7 == 3 ? 301 : 0,
			          .previous = previous };

		be64_put(seed, i);
		seed[8] = 's';
		l.statement = sha256((struct span){ (const char *)seed, sizeof seed });
		seed[8] = 'd';
		l.decision = sha256((struct span){ (const char *)seed, sizeof seed });
		leaf_encode(&l, f.leaf[i]);
		previous = f.hash[i] = leaf_hash((struct span){ (const char *)f.leaf[i], LEAF_LEN });
	}
	return f;
}

static inline void log_free(struct log_fixture *f)
{
	free(f->leaf);
	free(f->hash);
}

/* MTH(D[n]) */
static inline struct hash naive_root(const struct hash *at, size_t n)
{
	size_t k = 1;

	if (n == 0)
		return sha256(S(""));
	if (n == 1)
		return at[0];
	while (2 * k < n)
		k *= 2;
	return node_hash(naive_root(at, k), naive_root(at + k, n - k));
}

static inline bool log_node(void *from, unsigned level, uint64_t index, struct hash *ret)
{
	const struct log_fixture *f = from;

	if (((index + 1) << level) > f->n)
		return false;
	*ret = naive_root(f->hash + (index << level), (size_t)1 << level);
	return true;
}

struct temp_dir {
	char path[64];
};
static inline struct temp_dir temp_dir(void)
{
	struct temp_dir d = { "/tmp/counterfoil-test-XXXXXX" };

	assert_non_null(mkdtemp(d.path));
	return d;
}
#endif
