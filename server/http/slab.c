/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/mman.h>

#include "http/bounds.h"
#include "http/slab.h"

bool slabs_make(struct slabs *s, uint32_t n)
{
	assert(n > 0 && n <= 2 * SLABS_MAX);
	*s = (struct slabs){ .n = n, .next = calloc(n, sizeof *s->next) };
	void *base = mmap(NULL, (size_t)n * SLAB_BYTES, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!s->next || base == MAP_FAILED) {
		free(s->next);
		return false;
	}
	s->base = base;
	/* A huge page behind every small request would make the reservation real. */
	(void)madvise(base, (size_t)n * SLAB_BYTES, MADV_NOHUGEPAGE);
	/* Requests hold business content and tokens: not for core files. */
	(void)madvise(base, (size_t)n * SLAB_BYTES, MADV_DONTDUMP);
	for (uint32_t i = 0; i < n; i++)
		atomic_init(&s->next[i], i + 1 < n ? i + 2 : 0);
	atomic_init(&s->top, 1);
	return true;
}

void slabs_drop(struct slabs *s)
{
	if (s->base)
		munmap(s->base, (size_t)s->n * SLAB_BYTES);
	free(s->next);
	*s = (struct slabs){ .n = 0 };
}

bool slab_take(struct slabs *s, struct arena *ret)
{
	uint64_t top = atomic_load(&s->top);
	uint32_t piece;

	do {
		piece = (uint32_t)top;
		if (piece == 0)
			return false;
	} while (!atomic_compare_exchange_weak(&s->top, &top,
	                                       ((top >> 32) + 1) << 32 | atomic_load(&s->next[piece - 1])));
	*ret = arena_over(s->base + (size_t)(piece - 1) * SLAB_BYTES, SLAB_BYTES);
	return true;
}

void slab_give(struct slabs *s, const struct arena *a)
{
	size_t at = (size_t)(a->base - s->base);
	uint32_t piece = (uint32_t)(at / SLAB_BYTES) + 1;

	assert(at % SLAB_BYTES == 0 && piece <= s->n);
	if (a->used > SLAB_KEPT_BYTES || a->overflow)
		(void)madvise(a->base, SLAB_BYTES, MADV_DONTNEED);
	uint64_t top = atomic_load(&s->top);
	do
		atomic_store(&s->next[piece - 1], (uint32_t)top);
	while (!atomic_compare_exchange_weak(&s->top, &top, ((top >> 32) + 1) << 32 | piece));
}
