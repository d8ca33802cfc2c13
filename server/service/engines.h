/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engines.h: which detection engine judges which entries, as the log itself says.
 *
 * Genesis names the first (as rule "detection.engine"; a log that does not is
 * judged by ENGINE_FIRST), and each detection.engine entry the next, with the
 * entry it judges from. So the entries are cut into ranges, one engine each,
 * and whoever reads the log knows them without asking anybody. The rules see
 * to it that the ranges follow one another and that no engine enters findings
 * but the one whose turn it is (decide_finding.c).
 */
#ifndef CF_ENGINES_H
#define CF_ENGINES_H

#include "detect.h"

struct engine_turn {
	int64_t engine;
	uint64_t from; /* the first entry it judges */
};
struct engines {
	struct engine_turn *turn; /* rising; before the first: ENGINE_FIRST */
	size_t n, cap;
};
/* Takes up an accepted or refused entry, in order. False without memory. */
MUST_CHECK bool engines_see(struct engines *e, const struct seen *s);
/* Whose turn it is after the entries seen. */
struct engine_turn engines_now(const struct engines *e);
/* By which engine this entry is judged. */
int64_t engines_of(const struct engines *e, uint64_t seq);
void engines_close(struct engines *e);
#endif
