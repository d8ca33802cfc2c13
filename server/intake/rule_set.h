/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_set.h: a set of rules an auditor asks about, as a file:
 *
 *   {"rules":[{"rule":"receivable.tenor","values":{"days":180}},
 *             {"rule":"receivable.tenor","country":"CL","values":{"days":90},"effective":"2026-06-01T00:00:00Z"}]}
 *
 * Rule, unit and range are held against rule.def as a published version's are. Without `effective` the rule is asked
 * for since the log began. No rule twice for one country.
 */
#ifndef CF_RULE_SET_H
#define CF_RULE_SET_H

#include "fault.h"
#include "state.h"

#define RULE_SET_MAX ((size_t)64 * 1024)
/* The rules in mem. E_BAD_JSON, E_TOO_BIG, or the fault of the member at fault. */
MUST_CHECK enum fault rule_set_read(struct span text, struct arena *mem, struct rule_instead **ret, size_t *n,
                                    struct diag *d);
#endif
