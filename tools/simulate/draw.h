/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw.h: chance, the same on every machine.
 *
 * One generator of 64 bits (splitmix64) and the distributions an economy needs,
 * in integers throughout: a normal draw is a sum of uniform ones, powers come
 * from a table of roots of two. So a seed means one history, to the byte.
 */
#ifndef CF_DRAW_H
#define CF_DRAW_H

#include "base.h"

struct draw {
	uint64_t state;
};
uint64_t draw_bits(struct draw *d);
/* A draw of its own for `what`, so that more of one thing does not shift another. */
struct draw draw_fork(uint64_t seed, uint64_t what);
int64_t draw_below(struct draw *d, int64_t n);                     /* 0 .. n-1; n > 0 */
int64_t draw_between(struct draw *d, int64_t least, int64_t most); /* both included */
bool draw_chance(struct draw *d, int64_t ppm);                     /* true in so many of a million */
int64_t draw_normal(struct draw *d);                               /* mean 0, in thousandths of sigma, within 6 sigma */
int64_t draw_spread(struct draw *d, int64_t median, int64_t sigma); /* log-normal; sigma in thousandths */
int64_t draw_wait(struct draw *d, int64_t mean);                    /* exponential */
int64_t draw_pareto(struct draw *d, int64_t least, int64_t most);   /* alpha 1.1, cut at most */
size_t draw_weighted(struct draw *d, const int32_t *weight, size_t n);
/* a * ppm / 1 000 000 in 128 bits. */
int64_t share_of(int64_t a, int64_t ppm);
#endif
