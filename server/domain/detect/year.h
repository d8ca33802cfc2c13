/* SPDX-License-Identifier: Apache-2.0 */
/*
 * year.h: a sum over the last twelve months of the log's clock, in thirteen
 * buckets of thirty days: exact, and what was put in can be taken out again
 * while its bucket is there.
 */
#ifndef CF_YEAR_H
#define CF_YEAR_H

#include "ids.h"

enum { YEAR_BUCKETS = 13, YEAR_BUCKET_DAYS = 30 };
struct year {
	int32_t newest; /* bucket */
	int64_t at[YEAR_BUCKETS];
};

static inline int32_t year_bucket(struct moment m) { return (int32_t)(m.us / (DAY_US * YEAR_BUCKET_DAYS)); }

static inline void year_turn(struct year *y, int32_t bucket)
{
	if (bucket - y->newest >= YEAR_BUCKETS)
		*y = (struct year){ .newest = bucket };
	for (; y->newest < bucket; y->newest++)
		y->at[(y->newest + 1) % YEAR_BUCKETS] = 0;
}

/* Adds to a bucket, which may be an older one. Saturates. */
static inline void year_add(struct year *y, int32_t bucket, int64_t by)
{
	int64_t *at;

	if (bucket > y->newest)
		year_turn(y, bucket);
	if (y->newest - bucket >= YEAR_BUCKETS)
		return;
	at = &y->at[bucket % YEAR_BUCKETS];
	if (__builtin_add_overflow(*at, by, at))
		*at = by > 0 ? INT64_MAX / YEAR_BUCKETS : INT64_MIN / YEAR_BUCKETS;
}

/* The sum of the bucket and the `more` before it; nothing that is newer. */
static inline int64_t year_sum(const struct year *y, int32_t bucket, int32_t more)
{
	int64_t sum = 0;

	for (int32_t b = bucket - more; b <= bucket; b++)
		if (b >= 0 && b <= y->newest && y->newest - b < YEAR_BUCKETS &&
		    __builtin_add_overflow(sum, y->at[b % YEAR_BUCKETS], &sum))
			return INT64_MAX;
	return sum;
}
#endif
