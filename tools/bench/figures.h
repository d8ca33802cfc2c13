/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figures.h: what was measured, and the two ways it is told: a table for
 * people, bench.json for programs. Ratios are in thousandths, times in
 * microseconds: there is no floating point in the tree.
 */
#ifndef CF_FIGURES_H
#define CF_FIGURES_H

#include "stage.h"

enum { REPEATS_MAX = 15, LEVELS = 6, STAGES_MAX = 3 };

/* A figure taken several times. */
struct figure {
	unsigned n;
	int64_t at[REPEATS_MAX];
};
void figure_add(struct figure *f, int64_t v);
int64_t figure_median(const struct figure *f); /* 0 without any */

struct level { /* at one number of connections */
	unsigned connections;
	const char *what; /* is done beside the rules; NULL: nothing */
	struct figure rate, p50, p99, ceiling, ceiling_p99, ratio;
	struct figure program, database,
		ceiling_cost; /* processor time an entry, ns: counterfoild's, PostgreSQL's; both */
};
struct grown { /* at 64 connections, with so many entries before */
	uint64_t entries;
	struct figure rate, p50, p99, ceiling, ratio;
};
struct verified {
	uint64_t entries;
	int64_t files_per_s, store_per_s, bare_per_s; /* bare: the hashes and signatures alone */
};
struct figures {
	struct machine machine;
	unsigned repeats, seconds;
	struct level level[LEVELS];
	struct figure checks, checks_p50, checks_p99;
	unsigned n_grown;
	struct grown grown[STAGES_MAX];
	struct verified verify;
	uint64_t findings;                 /* detection entered about the market's honest trade */
	int64_t rss_first_kb, rss_last_kb; /* of counterfoild: after the first run, after the last */
	uint64_t bad;                      /* answers that were not what they should be */
};
void figures_print(const struct figures *f, FILE *to);
void put_figures(struct writer *w, const struct figures *f);
#endif
