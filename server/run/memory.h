/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h: arenas over address space that costs nothing until it is used. */
#ifndef CF_MEMORY_H
#define CF_MEMORY_H

#include "base.h"

/* An arena of `len` bytes of zeroed, unreserved pages. False when the kernel refuses. */
MUST_CHECK bool arena_map(struct arena *a, size_t len);
/* Empties it and gives its pages back; they come back zeroed. */
void arena_drop(struct arena *a);
/* Whether processes forked from here on have it too. One confined in its address space must not pay for ours. */
void arena_inherit(const struct arena *a, bool yes);
void arena_unmap(struct arena *a); /* one never mapped is fine */
#endif
