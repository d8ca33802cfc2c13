/* SPDX-License-Identifier: Apache-2.0 */
/*
 * what_if.h: the same log under other rules: which decisions would have been others?
 *
 * Two questions are kept apart, for they have different answers:
 *
 *   by rule   the entry decided in the very state it met, under the rules asked for. What changes is the rules' doing.
 *   follows   the entry decided in the state the other rules would have led to. A claim that would not have been
 *             registered cannot be confirmed: no rule says so, the refusal before it does.
 *
 * What the parties would have signed under other rules nobody knows; neither are entries invented that the registry's
 * clocks would have made earlier. So an entry is asked about as it was signed, in its place.
 */
#ifndef CF_WHAT_IF_H
#define CF_WHAT_IF_H

#include "decide.h"

struct rule_change {
	uint64_t seq;
	struct moment at;
	enum statement_kind kind;
	struct uuid object;
	enum fault was, now;
	bool follows;
	const char *rule; /* id@version of what refuses or refused; "" when none is named. Version 0: asked for */
	/* With the same outcome: the first column that would stand otherwise, and both values as JSON; else table is NULL. */
	const char *table, *column;
	char was_value[128], now_value[128];
};

struct what_if {
	const struct rule_instead *instead;
	size_t n_instead;
	void (*changed)(void *arg, const struct rule_change *c); /* c lives as long as the call */
	void *arg;
	/* out */
	uint64_t by_rule, follows;
};

struct what_if_run;
/* What `actual`, a complete world, holds is taken over: documents, which are no entries. NULL without memory. */
struct what_if_run *what_if_start(struct what_if *w, const struct world *actual);
/* One entry, in the order of the log, before `decided` is applied to the world it was decided in. False without memory. */
MUST_CHECK bool what_if_entry(struct what_if_run *run, const struct registry *r, struct world *actual,
                              const struct command *c, const struct decision *decided);
void what_if_end(struct what_if_run *run); /* takes NULL */
#endif
