/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dense.h: growing arrays and look-ups for folds that never forget.
 *
 * A dense array hands out numbers 0, 1, 2, ... and keeps each item at its
 * address for ever, so items may point at each other by number (4 bytes) or by
 * pointer. An index maps 64-bit keys to numbers; it keeps every pair put into
 * it, so one key may lead to many numbers: the caller compares what it finds.
 *
 * All memory comes from an arena and is never given back: an index that
 * doubles leaves its old slots behind, half of what it uses at most.
 */
#ifndef CF_DENSE_H
#define CF_DENSE_H

#include "ids.h"

#define NOWHERE UINT32_MAX /* no item */

struct dense {
	struct arena *mem;
	size_t size; /* of one item */
	uint32_t n;
	char **chunk;
	uint32_t chunks, chunks_cap;
};
enum { DENSE_CHUNK = 4096 };
void dense_start(struct dense *d, struct arena *mem, size_t size);
/* A zeroed item at the end and, when wanted, its number; NULL when the arena is full. */
void *dense_add(struct dense *d, uint32_t *number);
/* The item of a number that something else gave out; all up to it come to be, zeroed. NULL when the arena is full. */
void *dense_reach(struct dense *d, uint32_t number);
static inline void *dense_at(const struct dense *d, uint32_t i)
{
	assert(i < d->n);
	return d->chunk[i / DENSE_CHUNK] + (size_t)(i % DENSE_CHUNK) * d->size;
}

struct index {
	struct arena *mem;
	struct index_slot {
		uint64_t key;
		uint32_t value, used;
	} * slot;
	uint32_t n, cap; /* cap: a power of two */
};
void index_start(struct index *x, struct arena *mem);
/* False when the arena is full. */
MUST_CHECK bool index_put(struct index *x, uint64_t key, uint32_t value);
/*
 * The numbers under a key, in no order:
 *     for (struct index_walk w = index_walk(x, key); index_next(&w);) ... w.value ...
 */
struct index_walk {
	const struct index *x;
	uint64_t key;
	uint32_t at, value;
};
struct index_walk index_walk(const struct index *x, uint64_t key);
bool index_next(struct index_walk *w);

/* Spreads the bits of a key that may be anybody's choice (a finaliser of splitmix64 over both halves). */
uint64_t mix64(uint64_t a, uint64_t b);
static inline uint64_t key_of_uuid(struct uuid u) { return mix64(be64_get(u.b), be64_get(u.b + 8)); }
/* FNV-1a, then mixed; the empty text has a key too. */
uint64_t key_of_text(struct span s);
#endif
