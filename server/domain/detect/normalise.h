/* SPDX-License-Identifier: Apache-2.0 */
/*
 * normalise.h: texts as they are compared, version NORM_V (DETECTION 3.2).
 *
 * What a reader takes for the same is made the same: width, case, marks on
 * letters, letters of other alphabets that look Latin, traditional characters,
 * invisible characters. Only for comparing: what was written stays as it is.
 *
 * Everything here is total: any bytes go in, and well-formed UTF-8 comes out.
 */
#ifndef CF_NORMALISE_H
#define CF_NORMALISE_H

#include "base.h"

enum { NORM_V = 1 };

/* The folded text, at most twice as long; blanks of any kind are one ' ', none at the ends. Bytes that are no UTF-8
 * become '?', each. */
void put_folded(struct writer *w, struct span s);
/* The character s begins with, and its length taken off s; bytes that are no UTF-8 give '?'. s is not empty. */
uint32_t take_character(struct span *s);
void put_character(struct writer *w, uint32_t c);

/*
 * The number of a document. `norm` has neither separators nor zeros that fill the
 * numeric tail; it is what a fingerprint is made of. Of one longer than
 * NUMBER_MAX the end counts, and `key` tells them apart.
 */
enum { NUMBER_MAX = 48 };
struct number {
	char norm[NUMBER_MAX];
	uint8_t len;
	uint8_t digits; /* of the numeric tail, zeros that fill it included */
	uint64_t tail;  /* its value; of the last 18 digits */
	uint64_t key;   /* of norm */
	uint64_t shape; /* of its skeleton: O and 0, I, L and 1, S and 5, B and 8, Z and 2 are the same */
	uint64_t
		series; /* of what stands before the tail, and the tail's length: numbers of one series are comparable */
	uint32_t last6; /* last six digits; NO_LAST6 when the tail is shorter */
};
#define NO_LAST6 UINT32_MAX
struct number number_of(struct span text);
char skeleton(char c);
/*
 * Insertions, deletions, replacements and swaps of neighbours that make a of b
 * (optimal string alignment); `most` + 1 when there are more than `most`, which is at most 2.
 */
unsigned edits(struct span a, struct span b, unsigned most);
/* One is the other with a separated ending of at most three characters, such as "-1", "/A", "(2)". */
bool number_extended(struct span a, struct span b);
#endif
