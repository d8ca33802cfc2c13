/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c: the table of rule.def. */
#include "decide.h"
#include "rule.h"

static const struct rule_info rows[] = {
#define RULE(number, ID, id, unit, first, least, most, text) { RULE_##ID, id, unit, first, least, most, text },
#include "rule.def"
#undef RULE
};

const struct rule_info *rule_info(int64_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].number == (enum rule_number)number)
			return &rows[i];
	return NULL;
}

const struct rule_info *rule_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

const struct rule_info *rule_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

void put_rule_id(struct writer *w, int64_t rule_row)
{
	const struct rule_info *info = rule_info(rule_row / RULE_VERSIONS);

	assert(info != NULL);
	put_z(w, info->id);
	put_byte(w, '@');
	put_i64(w, rule_row % RULE_VERSIONS);
}
