/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_at.h: looking things up in JSON that came as an answer.
 *
 * Answers grow members over time, so a client takes what it knows and leaves
 * the rest alone: the opposite of how statements are read. The text is judged
 * once, strictly (json_good); after that a value is a span of it, found by
 * walking, and nothing is built.
 */
#ifndef CF_JSON_AT_H
#define CF_JSON_AT_H

#include "base.h"

/* One object of strict JSON. Every other function needs a text, or part of one, for which this was true. */
MUST_CHECK bool json_good(struct span text);

/* The value at a pointer such as "/items/0/id"; false when there is none. */
bool json_at(struct span json, const char *pointer, struct span *ret);

struct json_walk {
	struct span left;
	bool object;
};
/* Over the members of an object or the items of an array; anything else has none. */
struct json_walk json_walk(struct span container);
bool json_next(struct json_walk *w, struct span *name, struct span *value);
size_t json_count(struct span container);

/* A string without its quotes and escapes; of other values the text as it stands. */
struct span json_text(struct span value, struct arena *mem);
/* The two in one, as a C string; "" when it is not there. */
const char *json_z(struct span json, const char *pointer, struct arena *mem);
int64_t json_i64(struct span json, const char *pointer, int64_t standard);
bool json_true(struct span json, const char *pointer);
#endif
