/* SPDX-License-Identifier: Apache-2.0 */
/* dense.c: see dense.h. */
#include "dense.h"

void dense_start(struct dense *d, struct arena *mem, size_t size) { *d = (struct dense){ .mem = mem, .size = size }; }

static bool more_chunks(struct dense *d)
{
	size_t cap = d->chunks_cap ? 2 * (size_t)d->chunks_cap : 64;
	char **chunk = ARENA_ARRAY(d->mem, char *, cap);

	if (!chunk)
		return false;
	if (d->chunks)
		memcpy(chunk, d->chunk, d->chunks * sizeof *chunk);
	d->chunk = chunk;
	d->chunks_cap = (uint32_t)cap;
	return true;
}

void *dense_add(struct dense *d, uint32_t *number)
{
	if (d->n == NOWHERE - 1)
		return NULL;
	if (d->n == d->chunks * DENSE_CHUNK) {
		if (d->chunks == d->chunks_cap && !more_chunks(d))
			return NULL;
		if (!(d->chunk[d->chunks] = arena_take(d->mem, DENSE_CHUNK * d->size)))
			return NULL;
		d->chunks++;
	}
	if (number)
		*number = d->n;
	d->n++;
	return dense_at(d, d->n - 1);
}

void *dense_reach(struct dense *d, uint32_t number)
{
	while (d->n <= number)
		if (!dense_add(d, NULL))
			return NULL;
	return dense_at(d, number);
}

uint64_t mix64(uint64_t a, uint64_t b)
{
	uint64_t z = a * UINT64_C(0x9e3779b97f4a7c15) + b;

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t key_of_text(struct span s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.at[i]) * UINT64_C(0x100000001b3);
	return mix64(h, s.len);
}

void index_start(struct index *x, struct arena *mem) { *x = (struct index){ .mem = mem }; }

static void place(struct index_slot *slot, uint32_t cap, uint64_t key, uint32_t value)
{
	uint32_t at = (uint32_t)key & (cap - 1);

	while (slot[at].used)
		at = (at + 1) & (cap - 1);
	slot[at] = (struct index_slot){ key, value, 1 };
}

static bool index_grow(struct index *x)
{
	size_t cap = x->cap ? 2 * (size_t)x->cap : 1024;
	struct index_slot *slot = ARENA_ARRAY(x->mem, struct index_slot, cap);

	if (!slot)
		return false;
	for (size_t i = 0; i < x->cap; i++)
		if (x->slot[i].used)
			place(slot, (uint32_t)cap, x->slot[i].key, x->slot[i].value);
	x->slot = slot;
	x->cap = (uint32_t)cap;
	return true;
}

bool index_put(struct index *x, uint64_t key, uint32_t value)
{
	if (x->n >= x->cap - x->cap / 4 && !index_grow(x))
		return false;
	place(x->slot, x->cap, key, value);
	x->n++;
	return true;
}

struct index_walk index_walk(const struct index *x, uint64_t key)
{
	return (struct index_walk){ .x = x, .key = key, .at = x->cap ? (uint32_t)key & (x->cap - 1) : 0 };
}

bool index_next(struct index_walk *w)
{
	while (w->x->cap && w->x->slot[w->at].used) {
		const struct index_slot *s = &w->x->slot[w->at];

		w->at = (w->at + 1) & (w->x->cap - 1);
		if (s->key == w->key) {
			w->value = s->value;
			return true;
		}
	}
	return false;
}
