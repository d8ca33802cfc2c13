/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odds.h: the few curves a score needs, as tables of integers: points to
 * probability, how sure one is after so many observations, and how an
 * observation fades. Between the points of a table lines are straight.
 */
#ifndef CF_ODDS_H
#define CF_ODDS_H

#include "score.h"

/* The middle 80 % of the probability (ppm) when `n` (thousandths) observations and ten of prior stand behind it; it
 * always holds score_pd(score) itself. */
void odds_interval(int32_t score, int32_t n, int32_t *low, int32_t *high);
/* What is left of x after so many buckets of thirty days, halved every 365 days; nothing after ODDS_BUCKETS. */
enum { ODDS_BUCKETS = 25 };
int64_t odds_faded(int64_t x, int64_t buckets);
#endif
