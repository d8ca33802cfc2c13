/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks.h: which items share a key: chains of numbers, newest first, and counters.
 *
 * Unlike an index (dense.h) a key is stored once however many items have it, so
 * putting the millionth item under one key costs as much as the first, and
 * reading stops when the reader has had enough. Keys are 64-bit hashes of which
 * some 40 bits are kept: now and then a chain holds items of another key too.
 * So a block only proposes; whoever reads it compares the items themselves.
 *
 * The table is many small ones that grow one by one: no entry pays for all.
 */
#ifndef CF_BLOCKS_H
#define CF_BLOCKS_H

#include "dense.h"

enum { BLOCK_PARTS = 4096 };

struct blocks {
	struct arena *mem;
	struct block_part {
		struct block_slot {
			uint32_t tag, head; /* head + 1, so that 0 is free */
		} * slot;
		uint32_t n, cap;
	} * part;
	struct dense post;
};
struct block_post {
	uint32_t item, older; /* older: NOWHERE at the end */
};
MUST_CHECK bool blocks_start(struct blocks *b, struct arena *mem);
/* The item goes before all others under the key. False when the arena is full. */
MUST_CHECK bool blocks_put(struct blocks *b, uint64_t key, uint32_t item);
/* for (uint32_t p = blocks_first(b, key); p != NOWHERE; p = blocks_post(b, p)->older) ... blocks_post(b, p)->item ... */
uint32_t blocks_first(const struct blocks *b, uint64_t key);
static inline const struct block_post *blocks_post(const struct blocks *b, uint32_t p) { return dense_at(&b->post, p); }

/* How often a key was counted, in the same kind of table. */
struct counts {
	struct arena *mem;
	struct block_part *part;
};
MUST_CHECK bool counts_start(struct counts *c, struct arena *mem);
/* One more; *ret is how many there were before. */
MUST_CHECK bool counts_add(struct counts *c, uint64_t key, uint32_t *ret);
uint32_t counts_of(const struct counts *c, uint64_t key);
#endif
