/* SPDX-License-Identifier: Apache-2.0 */
/*
 * story.h: a story as a table of commands.
 *
 * Each step is what a user would type, why, and what must come of it. $names
 * in a command are filled from what earlier steps kept. Two words are the
 * stage's own: `sql` (what a dishonest operator types at his database) and
 * `flip` (one character of a file changed).
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
extern const struct actor story_actors[];
extern const struct step story_steps[];
extern const size_t story_n_actors, story_n_steps;
#endif
