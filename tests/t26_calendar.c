/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t26_calendar: times in working days, where the country of whose time it is has a calendar: a long New Year, weekends
 * worked for it, a last day nobody works on; and nothing of it before the calendar's entry, or anywhere else.
 */
#include "test.h"

#include "actors_stock.h"

static struct stage s;

static int begin(void **state)
{
	(void)state;
	stage_start(&s, 1 << 26);
	return 0;
}

static int end(void **state)
{
	(void)state;
	stage_end(&s);
	return 0;
}

static enum fault did(struct command c) { return step(&s, &c); }

static void goto_day(const char *text) { s.now = date_start(day(text)); }

static const struct texts none;

static struct texts days_of(struct span *at, size_t n) { return (struct texts){ at, n }; }
#define DAYS(...) days_of((struct span[]){ __VA_ARGS__ }, ARRAY_LEN(((struct span[]){ __VA_ARGS__ })))

/* An objection of the debtor's today, to a claim on it. */
static const struct objection *objection(const char *number)
{
	struct command c = registers(&s, SUPPLIER, 1000, number);
	struct uuid a = c.object;

	assert_int_equal(step(&s, &c), OK);
	c = say(&s, ST_OBJECTION_PLACE, ANCHOR, new_id(&s));
	c.body.objection_place.asset = a;
	c.body.objection_place.code = S("C05");
	c.body.objection_place.reason = S("not ours");
	assert_int_equal(step(&s, &c), OK);
	return (const struct objection *)(const void *)world_find(&s.world, TABLE_OBJECTION, key_uuid(c.object));
}

/* Placed today it is to be answered by that day. */
static void answered_by(const char *number, const char *day_z)
{
	assert_int_equal(objection(number)->answer_by.day, day(day_z).day);
}

static void a_calendar_is_the_operators_and_is_checked(void **state)
{
	struct command c = new_year(&s, "CN", 1);

	(void)state;
	c.kid = s.kid[BANK_A];
	assert_int_equal(did(c), E_ROLE_MISSING);
	assert_int_equal(did(new_year(&s, "China", 1)), E_BAD_MEMBER);
	assert_int_equal(did(new_year(&s, "", 1)), E_BAD_MEMBER);
	assert_int_equal(did(new_year(&s, "CN", 2)), E_DUPLICATE_RULE); /* there is no first one */
	assert_int_equal(did(calendar(&s, "CN", 1989, 1, none, none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2101, 1, none, none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, DAYS(S("2028-01-03")), none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, DAYS(S("2026-12-31")), none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, DAYS(S("2027-02-29")), none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, DAYS(S("spring")), none)), E_BAD_MEMBER);
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, DAYS(S("2027-02-06")), none)), E_BAD_MEMBER); /* a Saturday */
	assert_int_equal(did(calendar(&s, "CN", 2027, 1, none, DAYS(S("2027-02-05")))), E_BAD_MEMBER); /* a Friday */
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	assert_int_equal(did(new_year(&s, "CN", 1)), E_DUPLICATE_RULE);
	assert_int_equal(did(new_year(&s, "CN", 3)), E_DUPLICATE_RULE);
	assert_int_equal(did(new_year(&s, "IN", 1)), OK); /* versions count by country and year */
	assert_int_equal(did(calendar(&s, "CN", 2028, 1, none, none)), OK);
}

static void the_new_year_is_no_time_to_answer_in(void **state)
{
	(void)state;
	goto_day("2027-01-28"); /* Thursday */
	answered_by("A1", "2027-02-02");
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	answered_by("A2", "2027-02-01"); /* Friday, the Sunday that is worked, Monday */
	goto_day("2027-01-31");          /* begun on that Sunday, which is a day like any other */
	answered_by("A3", "2027-02-03");
	goto_day("2027-02-03");
	answered_by("A4", "2027-02-16"); /* Thursday; then Monday and Tuesday after the week off */
	goto_day("2027-02-09");          /* in the middle of it: from the working day before, the 4th */
	answered_by("A5", "2027-02-17");
	goto_day("2027-02-18");
	answered_by("A6", "2027-02-22"); /* Friday, the Saturday that is worked, Monday */
}

static void a_time_that_runs_keeps_its_end(void **state)
{
	const struct objection *o;
	struct date was;

	(void)state;
	goto_day("2027-02-03");
	o = objection("A1");
	was = o->answer_by;
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	assert_int_equal(o->answer_by.day, was.day);
}

static void the_next_version_is_the_whole_year(void **state)
{
	(void)state;
	goto_day("2027-02-03");
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	assert_int_equal(did(calendar(&s, "CN", 2027, 2, DAYS(S("2027-05-03")), none)), OK);
	answered_by("A1", "2027-02-08"); /* the New Year is off the calendar */
	goto_day("2027-04-30");
	answered_by("A2", "2027-05-06");
	assert_int_equal(did(calendar(&s, "CN", 2027, 3, none, none)), OK);
	answered_by("A3", "2027-05-05");
}

static void another_countrys_days_are_its_own(void **state)
{
	struct party *anchor = (struct party *)world_find(&s.world, TABLE_PARTY, key_uuid(s.party[ANCHOR]));

	(void)state;
	goto_day("2027-02-03");
	assert_int_equal(did(new_year(&s, "VN", 1)), OK);
	answered_by("A1", "2027-02-08");
	anchor->country = S("VN");
	answered_by("A2", "2027-02-16");
}

static void a_time_ends_on_no_day_off(void **state)
{
	(void)state;
	goto_day("2027-01-09"); /* thirty days to file a suit */
	assert_int_equal(objection("A1")->file_by.day, day("2027-02-08").day);
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	assert_int_equal(objection("A2")->file_by.day, day("2027-02-15").day);
	goto_day("2027-01-21");
	assert_int_equal(objection("A3")->file_by.day, day("2027-02-20").day); /* a Saturday that is worked */
	goto_day("2027-01-22");
	assert_int_equal(objection("A4")->file_by.day, day("2027-02-22").day); /* a Sunday that is none */
	goto_day("2027-01-30");
	assert_int_equal(objection("A5")->file_by.day, day("2027-03-01").day);
}

static void a_decision_names_the_months_it_looked_at(void **state)
{
	char text[64];
	bool named = false;

	(void)state;
	goto_day("2027-02-03");
	assert_int_equal(did(new_year(&s, "CN", 1)), OK);
	(void)objection("A1");
	for (unsigned i = 0; i < s.d.n_rules; i++) {
		struct writer w = writer_over(text, sizeof text);

		put_rule_id(&w, s.d.rule[i]);
		named |= span_is(writer_span(&w), "calendar.2027-02/CN@1");
	}
	assert_true(named);
}

/* The longest time there is, in a year with as many days off as a calendar can say. */
static void the_longest_time_ends(void **state)
{
	static struct span off[64];
	static char text[64][16];
	struct command c = say(&s, ST_RULE_PUBLISH, OPERATOR, s.party[OPERATOR]);
	size_t n = 0;

	(void)state;
	c.body.rule_publish.rule = S("objection.answer_within");
	c.body.rule_publish.version = 2;
	c.body.rule_publish.effective = s.now;
	c.body.rule_publish.values = (struct values){ S("working days"), 365 };
	assert_int_equal(did(c), OK);
	for (int64_t year = 2027; year <= 2029; year++) {
		struct date d = month_end((int32_t)year * 12 - 1);

		for (n = 0; n < ARRAY_LEN(off);) {
			d.day++;
			if (((d.day + 3) % 7) >= 5)
				continue;
			struct writer w = writer_over(text[n], sizeof text[n]);
			put_date(&w, d);
			off[n] = writer_span(&w);
			n++;
		}
		assert_int_equal(did(calendar(&s, "CN", year, 1, (struct texts){ off, n }, none)), OK);
	}
	goto_day("2027-01-01");
	assert_int_equal(objection("A1")->answer_by.day, day("2028-11-21").day);
}

#define IN(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN(a_calendar_is_the_operators_and_is_checked),
		IN(the_new_year_is_no_time_to_answer_in),
		IN(a_time_that_runs_keeps_its_end),
		IN(the_next_version_is_the_whole_year),
		IN(another_countrys_days_are_its_own),
		IN(a_time_ends_on_no_day_off),
		IN(a_decision_names_the_months_it_looked_at),
		IN(the_longest_time_ends),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
