/* SPDX-License-Identifier: Apache-2.0 */
/* rule_set.c: see rule_set.h. */
#include "intake/rule_set.h"

#include "intake/field.h"
#include "rule.h"

enum { DEPTH = 4, RULES_MAX = 512 };

/* As the fields of a statement, so that the same tables read them. */
struct asked_rule {
	struct span rule, country;
	struct moment effective;
	struct values values;
};
/* clang-format off */
static const struct field_info asked_member[] = {
	{ "rule",      FK_text,   true,  offsetof(struct asked_rule, rule),      "id of the rule" },
	{ "country",   FK_text,   false, offsetof(struct asked_rule, country),   "for debtors of this country only" },
	{ "effective", FK_moment, false, offsetof(struct asked_rule, effective), "from when; since the log began when absent" },
	{ "values",    FK_values, true,  offsetof(struct asked_rule, values),    "the number, in the rule's unit" },
};
/* clang-format on */

static enum fault read_rule(const struct js *at, struct arena *mem, struct rule_instead *ret, struct diag *d)
{
	struct asked_rule x;
	const struct rule_info *info;
	enum fault f = fields_read(at, (struct fields){ asked_member, ARRAY_LEN(asked_member) }, mem, &x, d);

	if (f != OK)
		return f;
	info = rule_by_id(x.rule);
	if (!info)
		return js_refuse(at, E_BAD_MEMBER, "no rule of this id", d);
	if (!span_is(x.values.unit, info->unit))
		return js_refuse(at, E_BAD_MEMBER, "the rule is stated in another unit", d);
	if (x.values.value < info->least || x.values.value > info->most)
		return js_refuse(at, E_RULE_RANGE, "outside the range this rule may have", d);
	if (x.country.len > 0 && !rule_by_country(info->number))
		return js_refuse(at, E_BAD_MEMBER, "this rule is the same for debtors of all countries", d);
	*ret = (struct rule_instead){ country_code(x.country), (int64_t)info->number, x.effective, x.values.value };
	return OK;
}

static bool twice(const struct rule_instead *rule, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rule[i].rule == rule[n].rule && rule[i].country == rule[n].country)
			return true;
	return false;
}

enum fault rule_set_read(struct span text, struct arena *mem, struct rule_instead **ret, size_t *n, struct diag *d)
{
	static const struct js_member member[] = { { "rules", true, "the rules asked for" } };
	AUTO_JS struct js top = { .v = NULL };
	struct js in[ARRAY_LEN(member)];
	struct rule_instead *rule;
	size_t count;
	enum fault f = js_read(text, (struct js_limits){ RULE_SET_MAX, DEPTH }, &top, d);

	if (f == OK)
		f = js_members(&top, member, ARRAY_LEN(member), in, d);
	if (f != OK)
		return f;
	if (!js_items(&in[0], &count) || count == 0 || count > RULES_MAX)
		return js_refuse(&in[0], E_BAD_MEMBER, "a list of one to 512 rules", d);
	rule = ARENA_ARRAY(mem, struct rule_instead, count);
	if (!rule)
		return js_refuse(&in[0], E_TOO_BIG, "more than one request may hold", d);
	for (size_t i = 0; i < count; i++) {
		struct js at = js_item(&in[0], i);

		f = read_rule(&at, mem, &rule[i], d);
		if (f != OK)
			return f;
		if (twice(rule, i))
			return js_refuse(&at, E_DUPLICATE_RULE, "this rule is asked for twice", d);
	}
	*ret = rule;
	*n = count;
	return OK;
}
