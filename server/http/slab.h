/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slab.h: where requests live. A fixed number of equal pieces of memory, taken
 * and given back without a lock, so that a request costs no allocation.
 *
 * The pieces are reserved, not used: the kernel brings a page when it is first
 * touched, and the piece given back last is taken first. After an unusually
 * large request its pages go back.
 *
 * Invariant: a piece is either in the list of free ones or with exactly one owner.
 */
#ifndef CF_SLAB_H
#define CF_SLAB_H

#include <stdatomic.h>

#include "base.h"

struct slabs {
	char *base;
	_Atomic uint32_t *next; /* of a free piece: the one below it, plus one; 0 is the end */
	_Atomic uint64_t top;   /* count of changes << 32 | piece + 1: the count makes a reused piece differ (ABA) */
	uint32_t n;
};
MUST_CHECK bool slabs_make(struct slabs *s, uint32_t n);
void slabs_drop(struct slabs *s);
/* False when all are taken. */
MUST_CHECK bool slab_take(struct slabs *s, struct arena *ret);
/* Takes the arena that slab_take made (or a copy of it). */
void slab_give(struct slabs *s, const struct arena *a);
#endif
