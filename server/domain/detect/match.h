/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h: how much two records look like one (Fellegi and Sunter 1969).
 *
 * A comparison of one field has levels, a level has a weight: the logarithm of
 * how much likelier it is between two records of one thing than between two of
 * different ones, in tenths of a bit. The sum is the evidence, the list of its
 * parts the explanation. Which fields, levels and weights there are is the
 * caller's table; the sum, its words and the assignment are here.
 */
#ifndef CF_MATCH_H
#define CF_MATCH_H

#include "base.h"

struct match_level {
	const char *field, *level;
	int32_t bits; /* tenths */
};
enum { MATCH_PARTS = 16 };
struct match {
	const struct match_level *table;
	int32_t bits;
	unsigned n;
	struct {
		uint16_t level;
		int32_t bits;
	} part[MATCH_PARTS];
};
static inline struct match match_start(const struct match_level *table) { return (struct match){ .table = table }; }
/* The level applies, with the table's weight, or with another one. */
void match_add(struct match *m, unsigned level);
void match_weigh(struct match *m, unsigned level, int32_t bits);
/* "number skeleton +11.0; amount equal +9.2; ..." */
void put_match(struct writer *w, const struct match *m);

/*
 * Of pairs of one list's items and another's, those that stand when every item
 * can be in one only: the best pair first, then the best of what is left; on a
 * tie the lower numbers. Sorts the pairs, those that stand first, and gives
 * their number. used_a and used_b are all false and have room for every item.
 */
struct match_pair {
	uint32_t a, b;
	int32_t bits;
};
size_t match_one_to_one(struct match_pair *pair, size_t n, bool *used_a, bool *used_b);
/* The most bits first; on a tie the lower a, then the lower b. */
void match_sort(struct match_pair *pair, size_t n);
#endif
