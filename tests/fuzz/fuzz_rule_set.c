/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_rule_set: a set of rules an auditor asks about; what is read is a rule in its range, once for a country. */
#include "intake/rule_set.h"
#include "rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char memory[1 << 17];
	struct arena mem = arena_over(memory, sizeof memory);
	struct rule_instead *rule;
	size_t n;
	struct diag d;

	if (rule_set_read((struct span){ (const char *)data, len }, &mem, &rule, &n, &d) != OK)
		return 0;
	assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		const struct rule_info *info = rule_info(rule[i].rule);

		assert(info && rule[i].value >= info->least && rule[i].value <= info->most);
		assert(rule[i].country >= 0 && rule[i].country <= 676);
		assert(rule[i].country == 0 || rule_by_country(info->number));
		for (size_t k = 0; k < i; k++)
			assert(rule[k].rule != rule[i].rule || rule[k].country != rule[i].country);
	}
	return 0;
}
