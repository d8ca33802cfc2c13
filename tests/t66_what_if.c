/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t66_what_if: a log asked about under other rules: which decisions change, by which rule, and which only follow from
 * those; and the file the question is asked with.
 */
#include "test.h"

#include "actors.h"
#include "intake/rule_set.h"
#include "service/what_if.h"

/* --- the file --- */

static void a_set_of_rules_is_read_strictly(void **state)
{
	static const struct {
		const char *why, *text;
		enum fault want;
	} row[] = {
		{ "one rule", "{\"rules\":[{\"rule\":\"receivable.tenor\",\"values\":{\"days\":180}}]}", OK },
		{ "by country, from a day on",
		  "{\"rules\":[{\"rule\":\"receivable.tenor\",\"values\":{\"days\":180},\"country\":\"CL\",\"effective\":\"2026-01-01T00:00:00Z\"}]}",
		  OK },
		{ "the same twice",
		  "{\"rules\":[{\"rule\":\"hold.time\",\"values\":{\"minutes\":9}},{\"rule\":\"hold.time\",\"values\":{\"minutes\":8}}]}",
		  E_DUPLICATE_RULE },
		{ "for two countries",
		  "{\"rules\":[{\"rule\":\"receivable.tenor\",\"country\":\"CL\",\"values\":{\"days\":9}},{\"rule\":\"receivable.tenor\",\"values\":{\"days\":8}}]}",
		  OK },
		{ "no such rule", "{\"rules\":[{\"rule\":\"receivable.colour\",\"values\":{\"days\":180}}]}",
		  E_BAD_MEMBER },
		{ "another unit", "{\"rules\":[{\"rule\":\"receivable.tenor\",\"values\":{\"hours\":180}}]}",
		  E_BAD_MEMBER },
		{ "out of its range", "{\"rules\":[{\"rule\":\"receivable.tenor\",\"values\":{\"days\":0}}]}",
		  E_RULE_RANGE },
		{ "a rule without countries",
		  "{\"rules\":[{\"rule\":\"hold.time\",\"country\":\"CL\",\"values\":{\"minutes\":9}}]}",
		  E_BAD_MEMBER },
		{ "no country",
		  "{\"rules\":[{\"rule\":\"receivable.tenor\",\"country\":\"cl\",\"values\":{\"days\":9}}]}",
		  E_BAD_MEMBER },
		{ "nothing asked", "{\"rules\":[]}", E_BAD_MEMBER },
		{ "no list", "{\"rules\":{}}", E_BAD_MEMBER },
		{ "an unknown member",
		  "{\"rules\":[{\"rule\":\"hold.time\",\"values\":{\"minutes\":9},\"version\":1}]}", E_UNKNOWN_MEMBER },
		{ "a fraction", "{\"rules\":[{\"rule\":\"hold.time\",\"values\":{\"minutes\":9.5}}]}", E_BAD_JSON },
		{ "no object", "[]", E_BAD_JSON },
		{ "nothing", "", E_BAD_JSON },
	};
	static char room[1 << 16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct arena mem = arena_over(room, sizeof room);
		struct rule_instead *rule = NULL;
		size_t n = 0;
		struct diag d;
		enum fault f = rule_set_read(span_z(row[i].text), &mem, &rule, &n, &d);

		if (f != row[i].want)
			fail_msg("%s: %s %s", row[i].why, fault_info(f)->slug, d.detail);
		assert_int_equal(n > 0, f == OK);
	}
}

/* --- a history --- */

enum { HISTORY_MAX = 64, CHANGES_MAX_ = 64 };
static struct stage s;
static struct command history[HISTORY_MAX];
static struct moment when[HISTORY_MAX];
static uint64_t place[HISTORY_MAX];
static size_t n_history;

static enum fault did(struct command c)
{
	uint64_t seq = s.seq;
	struct moment now = s.now;
	enum fault f = step(&s, &c);

	if (s.seq == seq)
		return f;
	history[n_history] = c;
	place[n_history] = seq;
	when[n_history++] = now;
	return f;
}

static struct rule_change change[CHANGES_MAX_];
static char rule_of_change[CHANGES_MAX_][64];
static size_t n_changes;

static void changed(void *arg, const struct rule_change *c)
{
	(void)arg;
	snprintf(rule_of_change[n_changes], sizeof rule_of_change[0], "%s", c->rule);
	change[n_changes++] = *c;
}

/* Folds the history again into a world of its own, with the question beside it. */
static void ask(const struct rule_instead *instead, size_t n)
{
	struct what_if w = { .instead = instead, .n_instead = n, .changed = changed };
	struct what_if_run *run;
	struct arena scratch = big_arena(DECIDE_MEM * 2);
	static struct decision d;
	struct stage again;

	n_changes = 0;
	stage_start(&again, (size_t)1 << 26);
	run = what_if_start(&w, &again.world);
	assert_non_null(run);
	for (size_t i = 0; i < n_history; i++) {
		struct registry r = { &again.world, when[i], place[i], stage_registry(&s).fp_key,
			              stage_registry(&s).origin, NULL };

		arena_reset(&scratch);
		assert_int_equal(decide(&r, &history[i], &scratch, &d), DECIDED);
		assert_true(what_if_entry(run, &r, &again.world, &history[i], &d));
		assert_null(again.world.instead); /* lent for one decision only */
		assert_true(decision_apply(&again.world, &d));
		world_clean(&again.world);
	}
	assert_int_equal(w.by_rule + w.follows, n_changes);
	what_if_end(run);
	stage_end(&again);
	munmap(scratch.base, scratch.cap);
}

static int begin(void **state)
{
	(void)state;
	n_history = 0;
	stage_start(&s, 1 << 26);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static struct uuid made(struct command c)
{
	assert_int_equal(did(c), OK);
	return c.object;
}

static void nothing_changes_under_the_rules_that_were(void **state)
{
	const struct rule_instead same[] = { { 0, RULE_TENOR, { 0 }, 365 }, { 0, RULE_TERM_LEAST, { 0 }, 1 } };
	struct uuid a = made(registers(&s, SUPPLIER, 1000, "A1")), e;

	(void)state;
	assert_int_equal(did(confirms(&s, a)), OK);
	e = made(grants(&s, SUPPLIER, a, BANK_A, 400));
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), OK);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 601)), E_EXCEEDS_FREE);
	ask(same, ARRAY_LEN(same));
	assert_int_equal(n_changes, 0);
}

static void a_shorter_tenor_changes_one_decision_and_what_follows(void **state)
{
	const struct rule_instead shorter = { 0, RULE_TENOR, { 0 }, 60 },
				  later = { 0, RULE_TENOR, { s.now.us + DAY_US }, 60 };
	struct uuid a = made(registers(&s, SUPPLIER, 1000, "A1")), e;

	(void)state;
	assert_int_equal(did(confirms(&s, a)), OK);
	e = made(grants(&s, SUPPLIER, a, BANK_A, 400));
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), OK);
	ask(&shorter, 1);
	assert_int_equal(n_changes, 4);
	assert_int_equal(change[0].seq, place[0]);
	assert_int_equal(change[0].was, OK);
	assert_int_equal(change[0].now, E_TENOR);
	assert_false(change[0].follows);
	assert_string_equal(rule_of_change[0], "receivable.tenor@0");
	for (size_t i = 1; i < 4; i++) { /* no rule refuses those: there would be nothing they are about */
		assert_true(change[i].follows);
		assert_int_equal(change[i].now, E_UNKNOWN_OBJECT);
	}
	ask(&later, 1); /* in force only from tomorrow: all of this was before */
	assert_int_equal(n_changes, 0);
}

static void a_looser_rule_accepts_what_was_refused(void **state)
{
	const struct rule_instead looser = { 0, RULE_TERM_LEAST, { 0 }, 0 };
	struct uuid a = made(registers(&s, SUPPLIER, 1000, "A1"));
	struct command c = grants(&s, SUPPLIER, a, BANK_A, 400);

	(void)state;
	c.body.encumbrance_grant.until = day("2026-12-01");
	assert_int_equal(did(c), E_TERM);
	ask(&looser, 1);
	assert_int_equal(n_changes, 1);
	assert_int_equal(change[0].was, E_TERM);
	assert_int_equal(change[0].now, OK);
	assert_string_equal(rule_of_change[0], "encumbrance.term_least@1"); /* the rule that refused it then */
}

static void the_same_answer_with_other_terms_names_the_column(void **state)
{
	const struct rule_instead terms = { 0, RULE_TERM_MOST, { 0 }, 60 }, first = { 0, RULE_PURCHASE, { 0 }, 0 };
	struct command c = registers(&s, SUPPLIER, 1000, "A1");
	struct uuid e;

	(void)state;
	c.body.receivable_register.issue_date = day("2026-11-20");
	c = grants(&s, SUPPLIER, made(c), BANK_A, 400);
	c.body.encumbrance_grant.kind = ENC_PLEDGE;
	c.body.encumbrance_grant.delivered = day("2026-11-20");
	e = made(c);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, e)), OK);
	ask(&terms, 1);
	assert_int_equal(n_changes,
	                 1); /* the later acceptance carries the other term along, and decides nothing about it */
	assert_int_equal(change[0].was, OK);
	assert_int_equal(change[0].now, OK);
	assert_string_equal(change[0].table, "encumbrance");
	assert_string_equal(change[0].column, "until_date");
	assert_string_equal(change[0].was_value, "\"2056-11-23\"");
	assert_string_equal(change[0].now_value, "\"2031-11-23\"");
	assert_string_equal(rule_of_change[0], "encumbrance.term_most@0");
	ask(&first, 1);
	assert_int_equal(n_changes, 1);
	assert_int_equal(change[0].kind, ST_ENCUMBRANCE_ACCEPT);
	assert_string_equal(change[0].column, "rank_first");
	assert_string_equal(change[0].was_value, "1");
	assert_string_equal(change[0].now_value, "null");
}

static void a_country_s_own_rule_touches_its_own_debtors_only(void **state)
{
	const struct rule_instead chile = { country_code(S("CL")), RULE_TENOR, { 0 }, 5 },
				  china = { country_code(S("CN")), RULE_TENOR, { 0 }, 5 };

	(void)state;
	(void)made(registers(&s, SUPPLIER, 1000, "A1"));
	ask(&chile, 1);
	assert_int_equal(n_changes, 0);
	ask(&china, 1);
	assert_int_equal(n_changes, 1);
	assert_string_equal(rule_of_change[0], "receivable.tenor/CN@0");
}

int main(void)
{
#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(a_set_of_rules_is_read_strictly),
		IN(nothing_changes_under_the_rules_that_were),
		IN(a_shorter_tenor_changes_one_decision_and_what_follows),
		IN(a_looser_rule_accepts_what_was_refused),
		IN(the_same_answer_with_other_terms_names_the_column),
		IN(a_country_s_own_rule_touches_its_own_debtors_only),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
