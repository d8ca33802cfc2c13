/* SPDX-License-Identifier: Apache-2.0 */
/* blocks.c: see blocks.h. The key's low bits choose the part, the next ones the place in it, the high ones are the tag. */
#include "blocks.h"

/* Whoever knows the hash can aim keys at one place: after so many steps a key shares the slot of another. At 5 of 8 slots
 * taken nobody comes that far by chance. */
enum { FIRST_CAP = 8, PROBES = 128 };

static struct block_part *part_of(struct block_part *part, uint64_t key) { return &part[key % BLOCK_PARTS]; }

static uint32_t tag_of(uint64_t key) { return (uint32_t)(key >> 32); }

/* Where a part keeps the tag, or where it would. The place follows from the tag alone, so that a part can grow. */
static struct block_slot *slot_of(const struct block_part *p, uint32_t tag)
{
	uint32_t at = tag * UINT32_C(0x9e3779b1) >> 7 & (p->cap - 1);

	for (unsigned i = 0; i < PROBES && p->slot[at].head != 0 && p->slot[at].tag != tag; i++)
		at = (at + 1) & (p->cap - 1);
	return &p->slot[at];
}

static bool part_grow(struct block_part *p, struct arena *mem)
{
	size_t cap = p->cap ? 2 * (size_t)p->cap : FIRST_CAP;
	struct block_part bigger = { ARENA_ARRAY(mem, struct block_slot, cap), p->n, (uint32_t)cap };

	if (!bigger.slot)
		return false;
	for (uint32_t i = 0; i < p->cap; i++)
		if (p->slot[i].head != 0)
			*slot_of(&bigger, p->slot[i].tag) = p->slot[i];
	*p = bigger;
	return true;
}

/* The key's slot, made when there is none; NULL when the arena is full. */
static struct block_slot *slot_for(struct block_part *part, struct arena *mem, uint64_t key)
{
	struct block_part *p = part_of(part, key);
	struct block_slot *s;

	if (p->n >= p->cap / 8 * 5 && !part_grow(p, mem))
		return NULL;
	s = slot_of(p, tag_of(key));
	if (s->head == 0) {
		s->tag = tag_of(key);
		p->n++;
	}
	return s;
}

static const struct block_slot *slot_find(const struct block_part *part, uint64_t key)
{
	const struct block_part *p = &part[key % BLOCK_PARTS];

	return p->cap ? slot_of(p, tag_of(key)) : NULL;
}

bool blocks_start(struct blocks *b, struct arena *mem)
{
	b->mem = mem;
	b->part = ARENA_ARRAY(mem, struct block_part, BLOCK_PARTS);
	dense_start(&b->post, mem, sizeof(struct block_post));
	return b->part != NULL;
}

bool blocks_put(struct blocks *b, uint64_t key, uint32_t item)
{
	struct block_slot *s = slot_for(b->part, b->mem, key);
	struct block_post *p;
	uint32_t number;

	if (!s || !(p = dense_add(&b->post, &number)))
		return false;
	*p = (struct block_post){ item, s->head ? s->head - 1 : NOWHERE };
	s->head = number + 1;
	return true;
}

uint32_t blocks_first(const struct blocks *b, uint64_t key)
{
	const struct block_slot *s = slot_find(b->part, key);

	return s && s->head ? s->head - 1 : NOWHERE;
}

bool counts_start(struct counts *c, struct arena *mem)
{
	c->mem = mem;
	c->part = ARENA_ARRAY(mem, struct block_part, BLOCK_PARTS);
	return c->part != NULL;
}

bool counts_add(struct counts *c, uint64_t key, uint32_t *ret)
{
	struct block_slot *s = slot_for(c->part, c->mem, key);

	if (!s)
		return false;
	*ret = s->head;
	s->head += s->head < UINT32_MAX;
	return true;
}

uint32_t counts_of(const struct counts *c, uint64_t key)
{
	const struct block_slot *s = slot_find(c->part, key);

	return s ? s->head : 0;
}
