/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c: see tally.h. */
#include "tally.h"

void tally_start(struct tally *t, struct arena *mem)
{
	dense_start(&t->item, mem, sizeof(struct sum_of));
	index_start(&t->by, mem);
}

static uint64_t key_of(uint32_t a, uint32_t b, uint32_t c) { return mix64(mix64(a, b), c); }

uint32_t tally_number(const struct tally *t, uint32_t a, uint32_t b, uint32_t c)
{
	for (struct index_walk w = index_walk(&t->by, key_of(a, b, c)); index_next(&w);) {
		const struct sum_of *s = tally_item(t, w.value);

		if (s->a == a && s->b == b && s->c == c)
			return w.value;
	}
	return NOWHERE;
}

struct sum_of *tally_at(struct tally *t, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t i = tally_number(t, a, b, c);
	struct sum_of *s;

	if (i != NOWHERE)
		return tally_item(t, i);
	if (!(s = dense_add(&t->item, &i)) || !index_put(&t->by, key_of(a, b, c), i))
		return NULL;
	*s = (struct sum_of){ .a = a, .b = b, .c = c };
	return s;
}

void texts_start(struct texts_seen *t, struct arena *mem)
{
	dense_start(&t->text, mem, sizeof(struct span));
	index_start(&t->by, mem);
}

uint32_t text_number(struct texts_seen *t, struct span text)
{
	struct span *at;
	uint32_t i;

	for (struct index_walk w = index_walk(&t->by, key_of_text(text)); index_next(&w);)
		if (span_eq(text_at(t, w.value), text))
			return w.value;
	if (!(at = dense_add(&t->text, &i)) || !index_put(&t->by, key_of_text(text), i))
		return NOWHERE;
	*at = text;
	return i;
}
