/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure.h: the features of feature.def, measured on what features.h keeps, at
 * a moment of the log's clock. Each takes a bounded number of steps, however
 * long the history is.
 */
#ifndef CF_MEASURE_H
#define CF_MEASURE_H

#include "features.h"

struct measured { /* what a score is about */
	const struct features *f;
	struct moment now;
	int32_t bucket;                         /* of now */
	uint32_t claim, debtor, creditor, pair; /* NOWHERE: not part of the question */
};
/* The feature's value, within +-2^53; false when there is nothing to measure it on. */
bool measure(const struct measured *m, enum feature feature, int64_t *ret);

/* Observations of the debtor, fading, in thousandths. */
int32_t measure_n_eff(const struct measured *m);
/* Days late that half, and nine in ten, of what the debtor pays does not exceed; everybody's delays stand in for a few
 * observations. */
void measure_delays(const struct measured *m, int32_t *p50, int32_t *p90);
/* Dilution to expect, ppm: the mean of twelve months, or half of how far three months lie above it. */
int32_t measure_dilution(const struct measured *m);
/* The part of the claim's open amount one may count on: less what is disputed, what the creditor owes the debtor, what
 * is too much of one debtor, and a reserve for dilution. In the claim's minor units. */
int64_t measure_eligible(const struct measured *m);
/* The debtor has confirmed the claim, and does not dispute it. */
bool measure_signed(const struct measured *m);
/* Kinds of evidence on record for the claim, bits of enum evidence_kind. */
enum evidence_kind {
	EVIDENCE_SIGNED = 1,
	EVIDENCE_ORDER = 2,
	EVIDENCE_MOVED = 4,
	EVIDENCE_LINES = 8,
	EVIDENCE_NO_SET_OFF = 16
};
int32_t measure_evidence(const struct measured *m);
#endif
