/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score.h: how likely a receivable is to be paid in full within thirty days of
 * its due date, and what that rests on (DETECTION 5).
 *
 * A score is three answers that are never mixed: authenticity, a gate made of
 * evidence; performance, 0 to 1000 points by a scorecard (model.def); and
 * confidence, how much has been observed. It is a pure function of the entries
 * a detector has seen and of a model, in integers, so anybody who folds the
 * same entries gets the same score, to the byte of its JSON.
 *
 * Invariants: uncapped = base + sum of the features' points, within 0..1000;
 * score <= uncapped; a reason's points are what was lost against the model's
 * neutral bin; pd_30, interval and grade follow from the score by table; what
 * an operator's correction leaves out (score.correct) counts nowhere.
 */
#ifndef CF_SCORE_H
#define CF_SCORE_H

#include "detect.h"
#include "money.h"

/* --- features and models --- */
enum sense { LESS_IS_BETTER, MORE_IS_BETTER };
enum feature {
	FEATURE_NONE = 0,
#define FEATURE(number, ID, id, unit, sense, text, zh, improve, improve_zh) FEATURE_##ID = (number),
#include "feature.def"
#undef FEATURE
	FEATURES = 21 /* above every number there is */
};
struct feature_info {
	enum feature number;
	const char *id, *unit;
	enum sense sense;
	const char *text, *zh, *improve, *improve_zh;
};
const struct feature_info *feature_info(int32_t number); /* NULL for a number no row has */

/* What limits a score: an open hold, too few observations, no signature of the debtor, no evidence at all. */
enum score_cap { CAP_HOLD, CAP_THIN, CAP_UNSIGNED, CAP_UNVERIFIED, CAPS };
const char *score_cap_name(enum score_cap c);
#define SCORE_FEATURES 1 /* version of how features are measured: another one makes other models */
struct score_bin {
	int64_t below; /* INT64_MAX: all others, and the last */
	int32_t points;
};
struct score_use {
	enum feature feature; /* FEATURE_NONE behind the last */
	int32_t neutral;
	const struct score_bin *bin;
};
struct score_model {
	const char *id;
	int32_t base;
	int32_t cap[CAPS];
	const struct score_use *use;
};
/* The i-th model, the oldest first; NULL past the last. */
const struct score_model *score_model(size_t i);
const struct score_model *score_model_by_id(struct span id);
const struct score_model *score_model_by_hash(struct hash h);
/* SHA-256 of the model's canonical text: features, bins, points, grades, caps. What model.publish names. */
struct hash score_model_hash(const struct score_model *m);
/* That text, canonical JSON. */
void put_score_model(struct writer *w, const struct score_model *m);

/* --- a score --- */
enum authenticity { CONTRADICTED = 0, UNVERIFIED = 1, SUPPORTED = 2, VERIFIED = 3 };
const char *authenticity_name(enum authenticity a);

struct score_part { /* what one feature gave */
	enum feature feature;
	bool known;
	int64_t value;
	int32_t bin, points;
	int32_t lost; /* against the neutral bin; negative: gained */
};
enum { SCORE_PARTS = 20, SCORE_REASONS = 4, SCORE_INPUTS = 48 };
struct score {
	bool about_party; /* subject: a party as debtor and seller; else a receivable */
	struct uuid subject;
	uint64_t position; /* number of the last entry it rests on */
	struct moment as_of;
	const struct score_model *model;
	enum authenticity authenticity;
	bool scored;                /* false when contradicted or under a block: no number is given */
	int32_t score, uncapped;    /* points */
	int32_t caps;               /* mask: bit enum score_cap of those that lowered it */
	const char *grade;          /* "AAA" .. "D" */
	int32_t pd_30;              /* ppm, of the uncapped score */
	int32_t pd_low, pd_high;    /* 80 % interval, ppm */
	int32_t n_eff, confidence;  /* observations and confidence, thousandths */
	int32_t late_p50, late_p90; /* days late to expect */
	int32_t dilution;           /* to expect, ppm */
	struct money eligible;      /* absent for a party */
	uint32_t n_parts;
	struct score_part part[SCORE_PARTS];
	uint32_t n_reasons;
	uint32_t reason[SCORE_REASONS]; /* into part, most points lost first */
	uint32_t n_inputs;              /* the latest entries it rests on, rising */
	uint64_t input[SCORE_INPUTS];
	uint64_t observed; /* how many observations of the debtor there are in all */
};

/*
 * The score of a receivable, or of a party, after all that the detector has seen, by the model in force: the last one
 * published that this program knows, else the first there is. False when the detector knows no such object.
 */
bool score_claim(const struct detector *d, struct uuid asset, struct score *ret);
bool score_party(const struct detector *d, struct uuid party, struct score *ret);
/* The same by a given model. */
bool score_claim_by(const struct detector *d, const struct score_model *m, struct uuid asset, struct score *ret);
bool score_party_by(const struct detector *d, const struct score_model *m, struct uuid party, struct score *ret);

/* Points to the probability of not being paid by due + 30 days, ppm; and to the grade. */
int32_t score_pd(int32_t score);
const char *score_grade(int32_t score);

/* Canonical JSON (RFC 8785): what a score certificate hashes. At most SCORE_ROOM bytes. */
#define SCORE_ROOM 16384
void put_score(struct writer *w, const struct score *s);
struct hash score_hash(const struct score *s);
#endif
