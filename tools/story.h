/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h: a story as a table of commands.
 *
 * Each step is what a user would type, why, and what must come of it. $names
 * in a command are filled from what earlier steps kept, and its dates move to
 * the day of the play (demo_day.h). Four words are the
 * stage's own: `sql` (what a dishonest operator types at his database),
 * `flip` (one character of a file changed), `wait` (so many seconds: a rule
 * takes effect after its entry) and `until` before a command
 * (again, until its answer is as told: the registry's own timers take a second).
 */
#ifndef CF_STORY_H
#define CF_STORY_H

#include "cli.h"

struct actor {
	const char *id; /* $id is its party, $demo/<id>.jwk its key */
	const char *name;
	const char *uscc;
	const char *role;
};
struct step {
	const char *chapter; /* begins one; NULL within */
	const char *say;
	const char *command; /* NULL: only told */
	int exit;
	const char *expect; /* "/pointer=value|~text anywhere": in the answer; NULL: the exit code is enough */
	const char *keep;   /* "name=/pointer ..." of the answer, for later steps */
	unsigned lines;     /* of the command's output to show */
};
/* Chapters that belong together; the parts are played in order. */
struct story_part {
	const struct step *at; /* up to one with neither chapter, say nor command */
};
extern const struct actor story_actors[];
extern const struct story_part story_parts[];
extern const size_t story_n_actors, story_n_parts;
/* Parts in files of their own. */
extern const struct step story_goods[];
extern const struct step story_stock[];
extern const struct step story_paper[];
extern const struct step story_evidence[]; /* papers that prove who wrote them, and what they say together */
extern const struct step story_detect[];   /* what detection finds, and the score */
extern const struct step story_rank[];     /* terms, objections, commitments and rules */

/* How a chapter, a step that is told, and one that is only taken are written down. */
#define CHAPTER(title, say)                        \
	{                                          \
		title, say, NULL, 0, NULL, NULL, 0 \
	}
#define STEP(say, command, exit, expect, keep, lines)         \
	{                                                     \
		NULL, say, command, exit, expect, keep, lines \
	}
#define PART_END                                   \
	{                                          \
		NULL, NULL, NULL, 0, NULL, NULL, 0 \
	}
#define QUIET(command, keep)                                   \
	{                                                      \
		NULL, NULL, command, 0, "/status=201", keep, 0 \
	}
#endif
