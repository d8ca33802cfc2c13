/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h: sums by up to three numbers, and numbers for texts: what the questions of network.h add up in. */
#ifndef CF_TALLY_H
#define CF_TALLY_H

#include "dense.h"

struct sum_of {
	uint32_t a, b, c;
	uint32_t n; /* how many made it up, or what the caller counts */
	int64_t value;
};
struct tally {
	struct dense item; /* struct sum_of, in the order they came */
	struct index by;
};
void tally_start(struct tally *t, struct arena *mem);
/* The sum of these; a new one is 0. NULL when the arena is full. */
struct sum_of *tally_at(struct tally *t, uint32_t a, uint32_t b, uint32_t c);
static inline struct sum_of *tally_item(const struct tally *t, uint32_t i) { return dense_at(&t->item, i); }
uint32_t tally_number(const struct tally *t, uint32_t a, uint32_t b, uint32_t c); /* NOWHERE for none */

struct texts_seen {
	struct dense text; /* struct span, borrowed */
	struct index by;
};
void texts_start(struct texts_seen *t, struct arena *mem);
/* The text's number; NOWHERE when the arena is full. */
uint32_t text_number(struct texts_seen *t, struct span text);
static inline struct span text_at(const struct texts_seen *t, uint32_t i)
{
	return *(const struct span *)dense_at(&t->text, i);
}
#endif
