/* SPDX-License-Identifier: Apache-2.0 */
/* t59: the numbered lists rise down the file: no number twice, and a row is found where its number says. */
#include "test.h"

#include "check_answer.h"
#include "command.h"
#include "fault.h"

struct numbered {
	int32_t number;
	const char *name;
};

static const struct numbered faults[] = {
#define FAULT(number, id, http, where, slug, text) { number, slug },
#include "errors.def"
#undef FAULT
};
static const struct numbered reasons[] = {
#define REASON(number, ID, code, SEVERITY, text) { number, code },
#include "reason.def"
#undef REASON
};
static const struct numbered rules[] = {
#define RULE(number, ID, id, unit, first, least, most, text) { number, id },
#include "rule.def"
#undef RULE
};

static void rising(const char *list, const struct numbered *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (row[i].number <= (i ? row[i - 1].number : 0))
			fail_msg("%s: %d \"%s\" stands behind %d \"%s\"", list, (int)row[i].number, row[i].name,
			         i ? (int)row[i - 1].number : 0, i ? row[i - 1].name : "");
		for (size_t k = 0; k < i; k++)
			if (strcmp(row[i].name, row[k].name) == 0)
				fail_msg("%s: \"%s\" is %d and %d", list, row[i].name, (int)row[k].number,
				         (int)row[i].number);
	}
}

static void the_lists_stand_in_order_of_number(void **state)
{
	(void)state;
	rising("errors.def", faults, ARRAY_LEN(faults));
	rising("reason.def", reasons, ARRAY_LEN(reasons));
	rising("rule.def", rules, ARRAY_LEN(rules));
}

static void a_fault_is_found_by_its_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		const struct fault_info *f = fault_info((enum fault)faults[i].number);

		assert_non_null(f);
		assert_string_equal(f->slug, faults[i].name);
	}
}

/* The families of statement.def need not follow each other, but no number and no type is two statements'. */
static void a_statement_has_a_number_of_its_own(void **state)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(statement_info(row[i].kind), &row[i]);
		assert_ptr_equal(statement_by_type(span_z(row[i].type)), &row[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lists_stand_in_order_of_number),
		cmocka_unit_test(a_fault_is_found_by_its_number),
		cmocka_unit_test(a_statement_has_a_number_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
