/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t68_engine: which detection engine judges is in the log: who says so, that only the one whose turn it is enters
 * findings, and that a log older than this is judged by the first.
 */
#include "test.h"

#include "actors.h"
#include "detect.h"
#include "jcs.h"
#include "service/engines.h"

static struct stage s;

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	return 0;
}

static int begin_older(void **state)
{
	(void)state;
	stage_begin(&s, 1 << 26, RULE_ENGINE - 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static enum fault did(struct command c) { return step(&s, &c); }

static struct command engine(enum actor who, int64_t number, int64_t from)
{
	struct command c = say(&s, ST_DETECTION_ENGINE, who, new_id(&s));

	c.body.detection_engine = (struct body_detection_engine){ .engine = number, .from_seq = from };
	return c;
}

static struct command raises(struct uuid asset, int64_t by)
{
	static int64_t evidence[] = { 3 };
	struct command c = say(&s, ST_FINDING_RAISE, REGISTRY, new_id(&s));

	c.body.finding_raise = (struct body_finding_raise){ .asset = asset,
		                                            .signal = S("D04"),
		                                            .severity = S("hold"),
		                                            .at_seq = 3,
		                                            .evidence = { evidence, ARRAY_LEN(evidence) },
		                                            .engine = by,
		                                            .detail = S("a test") };
	return c;
}

static struct uuid registered(const char *number)
{
	struct command c = registers(&s, SUPPLIER, 100000, number);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

/* The registry's own key, another engine than the one there is, and a range behind the ranges before it. */
static void who_says_which_engine_judges(void **state)
{
	int64_t first, now;

	(void)state;
	for (enum actor who = OPERATOR; who <= REGULATOR; who++)
		if (who != REGISTRY)
			assert_int_equal(did(engine(who, 9, 2)), E_ROLE_MISSING);
	assert_int_equal(did(engine(REGISTRY, 0, 2)), E_RULE_RANGE);
	assert_int_equal(did(engine(REGISTRY, -3, 2)), E_RULE_RANGE);
	assert_int_equal(did(engine(REGISTRY, DETECTION_ENGINE, 2)), E_OTHER_ENGINE);
	assert_int_equal(did(engine(REGISTRY, 9, -1)), E_BAD_MEMBER);
	assert_int_equal(did(engine(REGISTRY, 9, (int64_t)s.seq + 1)), E_BAD_MEMBER); /* of what is not there yet */
	first = (int64_t)s.seq;
	assert_int_equal(did(engine(REGISTRY, 9, 2)), OK);
	assert_int_equal(did(engine(REGISTRY, 9, (int64_t)s.seq)), E_OTHER_ENGINE);
	assert_int_equal(did(engine(REGISTRY, 10, first - 1)), E_BAD_MEMBER); /* what 9 judged before it came stays */
	now = (int64_t)s.seq;
	assert_int_equal(did(engine(REGISTRY, 3, now)), OK); /* an older program may come back */
}

/* The operator publishes rules; this one the registry says by itself, with the range that goes with it. */
static void nobody_publishes_it(void **state)
{
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, new_id(&s));

	(void)state;
	c.body.rule_publish = (struct body_rule_publish){
		.rule = S("detection.engine"), .version = 2, .effective = s.now, .values = { S("engine"), 9 }
	};
	assert_int_equal(step(&s, &c), E_BAD_MEMBER);
	assert_string_equal(s.d.diag.pointer, "/body/rule");
}

/* Neither an engine of the past nor one that was never heard of enters anything, however well signed. */
static void only_the_one_whose_turn_it_is_raises(void **state)
{
	struct uuid a = registered("E-1");

	(void)state;
	assert_int_equal(did(raises(a, 0)), E_OTHER_ENGINE); /* the first, unless it says */
	assert_int_equal(did(raises(a, DETECTION_ENGINE + 1)), E_OTHER_ENGINE);
	assert_int_equal(did(raises(a, DETECTION_ENGINE)), OK);
	assert_int_equal(did(engine(REGISTRY, 9, (int64_t)s.seq)), OK);
	assert_int_equal(did(raises(a, DETECTION_ENGINE)), E_OTHER_ENGINE);
	assert_int_equal(did(raises(a, 9)), OK);
	assert_int_equal(asset_of(&s, a)->suspicions, 2);
}

/* Its genesis knows no such rule: findings without a number are of the first engine, and decided as they were. */
static void an_older_log_is_judged_by_the_first(void **state)
{
	struct uuid a = registered("E-2");

	(void)state;
	assert_int_equal(did(raises(a, 0)), OK);
	assert_int_equal(s.d.n_rules, 1); /* the clock's alone: the digest is what it was */
	assert_int_equal(did(raises(a, DETECTION_ENGINE)), E_OTHER_ENGINE);
	assert_int_equal(did(engine(REGISTRY, ENGINE_FIRST, 2)), E_OTHER_ENGINE);
	assert_int_equal(did(engine(REGISTRY, DETECTION_ENGINE, (int64_t)s.seq)), OK);
	assert_int_equal(did(raises(a, 0)), E_OTHER_ENGINE);
	assert_int_equal(did(raises(a, DETECTION_ENGINE)), OK);
}

static void turn(struct engines *e, enum fault outcome, int64_t number, int64_t from)
{
	struct command c = { .kind = ST_DETECTION_ENGINE };
	struct seen x = { .outcome = outcome, .c = &c };

	c.body.detection_engine = (struct body_detection_engine){ .engine = number, .from_seq = from };
	assert_true(engines_see(e, &x));
}

static void ranges_are_read_from_the_log_alone(void **state)
{
	struct engines e = { .n = 0 };

	(void)state;
	assert_int_equal(engines_of(&e, 7), ENGINE_FIRST);
	turn(&e, OK, 5, 10);
	turn(&e, E_OTHER_ENGINE, 6, 11); /* refused: nobody's turn */
	turn(&e, OK, 6, 20);
	turn(&e, OK, 5, 20);
	assert_int_equal(engines_now(&e).engine, 5);
	assert_int_equal(engines_now(&e).from, 20);
	assert_int_equal(engines_of(&e, 9), ENGINE_FIRST);
	assert_int_equal(engines_of(&e, 10), 5);
	assert_int_equal(engines_of(&e, 19), 5);
	assert_int_equal(engines_of(&e, 20), 5);
	for (int64_t i = 0; i < 100; i++)
		turn(&e, OK, 100 + i, 30 + i);
	assert_int_equal(engines_of(&e, 77), 147);
	engines_close(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_says_which_engine_judges, begin, end),
		cmocka_unit_test_setup_teardown(nobody_publishes_it, begin, end),
		cmocka_unit_test_setup_teardown(only_the_one_whose_turn_it_is_raises, begin, end),
		cmocka_unit_test_setup_teardown(an_older_log_is_judged_by_the_first, begin_older, end),
		cmocka_unit_test(ranges_are_read_from_the_log_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
