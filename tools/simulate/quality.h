/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quality.h: how good the score's probabilities are (DETECTION 6.4): each claim is scored when it is registered, and
 * held against whether it was paid in full by thirty days after it fell due.
 */
#ifndef CF_QUALITY_H
#define CF_QUALITY_H

#include "base.h"

struct forecast {
	int32_t score, pd; /* points; ppm */
	bool bad;          /* not paid in time */
	uint32_t order;    /* it came in, filled in: equal scores stay in it */
};
struct quality {
	struct forecast *at;
	uint32_t n, cap;
};
struct figures {
	uint32_t n, bad;
	double auc, ks;
	double brier_skill; /* against always saying the share of bad ones */
	double ece;         /* tenths of equal numbers: mean distance of said and true */
	double slope;       /* of a logistic regression on the logit of what was said */
};
void quality_add(struct quality *q, struct forecast f);
struct figures quality_figures(struct quality *q); /* sorts */
/* The kth tenth of the claims by score, the worst first, after quality_figures(). */
struct tenth {
	double said, was;
};
struct tenth quality_tenth(const struct quality *q, unsigned k);
#endif
