/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitor.h: whether a score still means what it meant (DETECTION 5.6): drift
 * and calibration by month, reckoned from the log.
 *
 * Each claim is scored when it is registered, by one model, and counted in its
 * month; when thirty days have passed since it fell due, whether it was paid in
 * full by then is counted too. Everything is integers in millionths, so whoever
 * folds the same log gets the same report.
 *
 * Invariants: good + bad <= claims of a month; a claim that was rejected,
 * cancelled or lapsed is neither; the reference month's drift is zero.
 */
#ifndef CF_MONITOR_H
#define CF_MONITOR_H

#include "score.h"

enum {
	MONITOR_BANDS = 21,       /* of fifty points; the last: 1000 */
	MONITOR_BINS = 12,        /* of a feature; the first: not known */
	MONITOR_MONTHS = 240,     /* of a log */
	MONITOR_WATCH = 100000,   /* PSI, millionths: look; */
	MONITOR_ACT = 250000,     /* do something */
	MONITOR_KS_FALL = 200000, /* of the reference's KS: alarm */
};
/* How well the order and the probabilities came true; all but the counts in millionths. */
struct monitor_figures {
	int64_t good, bad;
	int64_t auc, ks;
	int64_t brier, skill; /* mean square; against always saying the share of bad ones */
	int64_t ece;          /* by grade: mean distance of said and true */
};
struct monitor_month {
	int32_t month; /* month_of() */
	uint32_t claims;
	uint32_t band[MONITOR_BANDS], bin[SCORE_PARTS][MONITOR_BINS];
	uint32_t good[1001], bad[1001]; /* by score */
};

/* Population stability index of two counts over n bins, in millionths; half a count is added to each bin. */
int64_t monitor_psi(const uint32_t *reference, const uint32_t *now, unsigned n);
struct monitor_figures monitor_figures(const uint32_t good[1001], const uint32_t bad[1001]);

struct monitor;
/* NULL when mem is full. */
struct monitor *monitor_start(struct arena *mem, const struct score_model *m);
/* After the detector has seen the entry. False when mem is full, or the log runs over more months than are kept. */
MUST_CHECK bool monitor_see(struct monitor *x, const struct detector *d, const struct seen *s);
/* Counts what became of the claims, as of the last entry; once, at the end. */
void monitor_close(struct monitor *x, const struct detector *d);
unsigned monitor_months(const struct monitor *x);
const struct monitor_month *monitor_month(const struct monitor *x, unsigned i); /* the earliest first */
/* The first month of at least `least` claims; the first of all when none has so many. */
unsigned monitor_reference(const struct monitor *x, uint32_t least);
#endif
