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
/*
 * Every signal of signal.def is two rules: "signal.<id>.threshold" in the signal's unit and "signal.<id>.severity" (0 off,
 * 1 info, 2 flag, 3 hold, 4 block). Their first values stand in signal.def and not in genesis: they hold until a version
 * is published.
 */
#define RULE_SIGNALS INT64_C(1000)
static inline int64_t rule_of_signal(int64_t signal) { return RULE_SIGNALS + 2 * signal; }
/* The same for the events of warning.def: "warning.<id>.threshold" and "warning.<id>.severity" (0 off, 1 watch, 2
 * warning, 3 alarm). */
#define RULE_WARNINGS INT64_C(2000)
#define RULES_ALL (RULE_WARNINGS + 128) /* above every number with a row in rule.def, signal.def or warning.def */
/*
 * The months of calendars (calendar.h) are rows of the same table: from RULE_CALENDAR on, one number for each month since
 * January 1990. They have no row in rule.def: calendar.publish writes them.
 */
#define RULE_CALENDAR INT64_C(10000)
struct rule_info {
	enum rule_number number;
	const char *id, *unit;
	int64_t first, least, most;
	const char *text;
};
const struct rule_info *rule_info(int64_t number); /* NULL for a number no row has */
const struct rule_info *rule_by_id(struct span id);
const struct rule_info *rule_rows(size_t *n); /* those of rule.def: what genesis names */

/* A rule row's key: number and version in one, so that versions of a rule lie together. */
#define RULE_VERSIONS INT64_C(1000000)
static inline int64_t rule_row_id(int64_t number, int64_t version) { return number * RULE_VERSIONS + version; }
/*
 * A rule may say another number where the debtor is of some country. Such a version is a row of its own, with the
 * country above the number: nothing in a row that is for everywhere changes when one for a country joins it, so what
 * was decided before is decided again in the same way.
 */
#define RULE_NUMBERS INT64_C(1000000)
static inline int64_t rule_row_in(int64_t country, int64_t number, int64_t version)
{
	return (country * RULE_NUMBERS + number) * RULE_VERSIONS + version;
}
static inline int64_t rule_row_version(int64_t id) { return id % RULE_VERSIONS; }
static inline int64_t rule_row_number(int64_t id) { return id / RULE_VERSIONS % RULE_NUMBERS; }
static inline int64_t rule_row_country(int64_t id) { return id / RULE_VERSIONS / RULE_NUMBERS; }
/* 1 to 676 for two capital letters (ISO 3166-1 alpha-2); 0, everywhere, for none. */
int64_t country_code(struct span country);
void put_country(struct writer *w, int64_t code); /* nothing for 0 */
/* The rule is one that is looked up by the debtor's country. */
bool rule_by_country(enum rule_number rule);
#endif
