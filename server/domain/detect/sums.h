/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sums.h: whether some of a few amounts add up to another (subset sums).
 *
 * Two, three, four or five of at most SUMS_MAX amounts, meeting in the middle:
 * the sums of two are sorted once, and two of those, or one and a single
 * amount, are sought for each target. Among many amounts some always add up to
 * nearly anything, so what is found comes with how many sums there were to try;
 * sums of four are tried of SUMS_FOUR at most, and of five of SUMS_FIVE.
 */
#ifndef CF_SUMS_H
#define CF_SUMS_H

#include "base.h"

enum { SUMS_MAX = 40, SUMS_PARTS = 5, SUMS_FIVE = 16, SUMS_FOUR = 24 };

struct sums {
	unsigned n, n_twos;
	int64_t amount[SUMS_MAX]; /* all positive */
	struct sums_two {
		int64_t sum;
		uint8_t i, k; /* i < k */
	} two[SUMS_MAX * (SUMS_MAX - 1) / 2];
	uint64_t steps; /* what it has cost */
};
/* n <= SUMS_MAX amounts of at most MONEY_MAX each. */
void sums_of(struct sums *s, const int64_t *amount, unsigned n);
struct sums_found {
	unsigned n; /* parts; 0: none found */
	uint8_t part[SUMS_PARTS];
	int64_t off;    /* |sum - target| */
	uint64_t tried; /* sums of so many parts or fewer that there are */
};
/* The sum of `least` to SUMS_PARTS of the first `n` amounts that is nearest to the target and at most `within` off it;
 * of equal ones the one with fewer parts. */
struct sums_found sums_find(struct sums *s, unsigned n, unsigned least, int64_t target, int64_t within);
/* The same of amounts that lie next to each other: an account for a month is of all of its invoices. There are far fewer
 * of these to try. */
struct sums_found sums_find_run(const struct sums *s, unsigned n, unsigned least, int64_t target, int64_t within);
/* Tenths of a bit: how surprising it is to find a sum so near by chance, where amounts are multiples of `grain`. */
int32_t sums_weight(const struct sums_found *f, int64_t target, int64_t grain);
int64_t common_divisor(int64_t a, int64_t b);
#endif
