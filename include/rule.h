/* SPDX-License-Identifier: Apache-2.0 */
/* rule.h: the rules of rule.def: their identity and range. Values are rows of the world (TABLE_RULE). */
#ifndef CF_RULE_H
#define CF_RULE_H

#include "base.h"

enum rule_number {
	RULE_NONE = 0,
#define RULE(number, ID, id, unit, first, least, most, text) RULE_##ID = (number),
#include "rule.def"
#undef RULE
};
struct rule_info {
	enum rule_number number;
	const char *id, *unit;
	int64_t first, least, most;
	const char *text;
};
const struct rule_info *rule_info(int64_t number); /* NULL for a number no row has */
const struct rule_info *rule_by_id(struct span id);
const struct rule_info *rule_rows(size_t *n);

/* A rule row's key: number and version in one, so that versions of a rule lie together. */
#define RULE_VERSIONS INT64_C(1000000)
static inline int64_t rule_row_id(int64_t number, int64_t version) { return number * RULE_VERSIONS + version; }
#endif
