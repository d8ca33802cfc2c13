/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c: see memory.h. */
#include "run/memory.h"

#include <sys/mman.h>

bool arena_map(struct arena *a, size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at != MAP_FAILED)
		*a = arena_over(at, len);
	return at != MAP_FAILED;
}

void arena_drop(struct arena *a)
{
	arena_reset(a);
	madvise(a->base, a->cap, MADV_DONTNEED);
}

void arena_inherit(const struct arena *a, bool yes) { madvise(a->base, a->cap, yes ? MADV_DOFORK : MADV_DONTFORK); }

void arena_unmap(struct arena *a)
{
	if (a->base)
		munmap(a->base, a->cap);
	*a = (struct arena){ .base = NULL };
}
