/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evaluate.h: how well detection does on a simulated economy (DETECTION 6.3, 6.4).
 *
 * The economy speaks to a registry in memory, a detector folds its entries, and
 * what it finds is held against the truth. A scheme counts as caught when the
 * rules refused one of its claims or a finding of the severity asked for stands
 * on one of them, on the claim it copies, or on who runs it. A false alarm is a
 * finding on a claim that is honest, of a firm that is; those on honest claims
 * of crooks are counted apart.
 */
#ifndef CF_EVALUATE_H
#define CF_EVALUATE_H

#include "quality.h"
#include "score.h"
#include "shadow.h"
#include "warn.h"

enum { SEVERITIES = 5, DELAYS_MAX = 4096 };
struct recall {
	uint32_t schemes;               /* that registered something */
	uint32_t caught[SEVERITIES];    /* with at least this severity */
	uint32_t without[FAMILIES];     /* caught with a hold by the findings of all other families, or the rules */
	uint32_t alone[FAMILIES];       /* by this family's holds alone, or the rules */
	uint32_t claims, claims_caught; /* by a hold, or the rules */
	uint32_t by_rules;
	int64_t loss, prevented;   /* minor units: a hold stood before the money went out */
	int64_t delay[DELAYS_MAX]; /* minutes from the first crooked claim to the first hold */
	uint32_t n_delays;
};
/* A scheme that no hold catches, and which signals flag it. */
struct flagged {
	uint8_t recipe, level;
	uint64_t by[SIGNAL_NUMBERS / 64];
};
struct alarms {
	uint32_t claims, alarmed[SEVERITIES]; /* with at least this severity */
};
struct evaluation {
	const struct score_model *model;  /* that scores are computed by; NULL: the first */
	struct recall recall[RECIPES][3]; /* by level */
	struct alarms honest[HONEST_CLASSES], all, of_crooks;
	uint32_t honest_by_signal[SIGNAL_NUMBERS][SEVERITIES], crooked_by_signal[SIGNAL_NUMBERS][SEVERITIES];
	uint32_t class_signal[HONEST_CLASSES][SIGNAL_NUMBERS]; /* holds and blocks */
	uint32_t family_alone[FAMILIES];                       /* honest claims held by this family's findings alone */
	uint32_t held_true, held_false;                        /* claims with a hold or block: of schemes, others */
	/* early warnings: how many, and of those about a firm, whose firm was insolvent within half a year */
	uint32_t warned[WARNING_NUMBERS], of_firms[WARNING_NUMBERS], came_true[WARNING_NUMBERS];
	uint32_t insolvent, foretold; /* firms that owed something; warned of 30 days before, or earlier */
	uint64_t entries, findings, refused, surprises;
	int64_t detect_ns, decide_ns;
	uint32_t seeds;
	struct quality quality, quality_honest; /* of the score, on all claims and on those of honest sellers */
	/* Of who knows how each debtor really pays when the sale is made, on the claims of honest sellers: without, and
	 * with knowing the day it will fail. What no score can do better than. */
	struct quality quality_oracle, quality_prophet;
	int64_t score_ns;
	struct flagged *flagged;
	uint32_t n_flagged, cap_flagged;
};
/* Schemes caught by a hold, or by a flag of a signal that alarms no more than the recipe's share of honest claims. */
uint32_t alerted(const struct evaluation *e, unsigned recipe, unsigned level, uint32_t alarms_ppm);
/* For other programs, as CSV, all economies below one another; NULL: not asked for. */
struct evaluation_files {
	FILE *claims; /* every registration, with its truth */
	FILE *scores; /* every claim whose time has come: what the score was made of, and whether it was paid */
};
void evaluate_headings(const struct evaluation_files *files);
/* One economy more into *e; files may be NULL. False, and a sentence in why, when there is no memory or the economy went wrong. */
MUST_CHECK bool evaluate_seed(const struct sim_setting *set, struct evaluation *e, const struct evaluation_files *files,
                              char *why, size_t why_len);

/* --- report.c --- */
struct interval {
	double low, at, high;
};
struct interval wilson(uint64_t hits, uint64_t of); /* 95 % */
void report_table(FILE *to, struct evaluation *e);
bool report_json(const char *path, struct evaluation *e, const struct sim_setting *set, const char *purpose);
#endif
