/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t67_finding: a finding in the log: who raises it, what it stops, who ends it, and what replay makes of a made-up one.
 */
#include "test.h"

#include "actors.h"
#include "detect.h"
#include "jcs.h"

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

static struct uuid registered(const char *number)
{
	struct command c = registers(&s, SUPPLIER, 100000, number);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

static int64_t evidence[] = { 3, 5 };

static struct command raises(enum actor who, struct uuid asset, const char *signal, const char *severity)
{
	struct command c = say(&s, ST_FINDING_RAISE, who, new_id(&s));

	c.body.finding_raise = (struct body_finding_raise){ .asset = asset,
		                                            .signal = span_z(signal),
		                                            .severity = span_z(severity),
		                                            .at_seq = 5,
		                                            .evidence = { evidence, ARRAY_LEN(evidence) },
		                                            .bits = 123,
		                                            .engine = DETECTION_ENGINE,
		                                            .detail = S("number skeleton equal +11.0") };
	return c;
}

static struct command reviews(enum actor who, struct uuid finding, const char *verdict)
{
	struct command c = say(&s, ST_FINDING_REVIEW, who, finding);

	chain(&s, &c, TABLE_FINDING);
	c.body.finding_review =
		(struct body_finding_review){ .verdict = span_z(verdict), .reason = S("we know the two invoices") };
	return c;
}

static struct uuid found(struct uuid asset, const char *signal, const char *severity)
{
	struct command c = raises(REGISTRY, asset, signal, severity);

	assert_int_equal(step(&s, &c), OK);
	return c.object;
}

/* Only the registry's own key says what was found, and only of what is there. */
static void who_may_raise(void **state)
{
	struct uuid a = registered("F-1");
	struct command c;

	(void)state;
	for (enum actor who = OPERATOR; who <= REGULATOR; who++)
		if (who != REGISTRY)
			assert_int_equal(did(raises(who, a, "D04", "hold")), E_ROLE_MISSING);
	assert_int_equal(did(raises(REGISTRY, a, "Z99", "hold")), E_BAD_MEMBER);
	assert_int_equal(did(raises(REGISTRY, a, "D04", "grave")), E_BAD_MEMBER);
	assert_int_equal(did(raises(REGISTRY, new_id(&s), "D04", "hold")), E_UNKNOWN_OBJECT);
	c = raises(REGISTRY, a, "D04", "hold");
	c.body.finding_raise.party = s.party[SUPPLIER];
	assert_int_equal(step(&s, &c), E_BAD_MEMBER); /* of an asset and of a party */
	c = raises(REGISTRY, a, "D04", "hold");
	c.body.finding_raise.at_seq = (int64_t)s.seq;
	assert_int_equal(step(&s, &c), E_BAD_MEMBER); /* proved by what is not there yet */
	assert_int_equal(asset_of(&s, a)->suspicions, 0);
}

/* What stops financing stops grants, acceptances and conversions; what is only shown stops nothing. */
static void what_it_stops(void **state)
{
	struct uuid a = registered("F-2"), flagged = registered("F-3"), f;
	struct command g = grants(&s, SUPPLIER, a, BANK_A, 50000);

	(void)state;
	assert_int_equal(step(&s, &g), OK); /* granted before */
	f = found(a, "D04", "hold");
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, g.object)), E_UNDER_REVIEW);
	assert_int_equal(did(grants(&s, SUPPLIER, a, BANK_B, 1000)), E_UNDER_REVIEW);
	assert_int_equal(did(confirms(&s, a)), OK); /* nothing else is stopped */
	found(flagged, "D10", "flag");
	assert_int_equal(did(grants(&s, SUPPLIER, flagged, BANK_B, 1000)), OK);
	assert_int_equal(did(reviews(REGULATOR, f, "cleared")), OK);
	assert_int_equal(asset_of(&s, a)->suspicions, 0);
	assert_int_equal(did(about(&s, ST_ENCUMBRANCE_ACCEPT, BANK_A, g.object)), OK);
}

/* The debtor clears what only it can know; not what is said of its own key. */
static void who_may_review(void **state)
{
	struct uuid a = registered("F-4"), number = found(a, "D04", "hold"), key = found(a, "F06", "hold");

	(void)state;
	assert_int_equal(did(reviews(SUPPLIER, number, "cleared")), E_NOT_AUTHORISED);
	assert_int_equal(did(reviews(BANK_A, number, "cleared")), E_NOT_AUTHORISED);
	assert_int_equal(did(reviews(ANCHOR, key, "cleared")), E_NOT_AUTHORISED);
	assert_int_equal(did(reviews(ANCHOR, number, "perhaps")), E_BAD_MEMBER);
	assert_int_equal(did(reviews(ANCHOR, number, "cleared")), OK);
	assert_int_equal(did(reviews(ANCHOR, number, "confirmed")), E_BAD_STATE);
	assert_int_equal(asset_of(&s, a)->suspicions, 1);
	assert_int_equal(did(reviews(OPERATOR, key, "confirmed")), OK);
	assert_int_equal(asset_of(&s, a)->suspicions, 1); /* confirmed goes on stopping */
	assert_int_equal(did(reviews(OPERATOR, key, "cleared")), E_NOT_AUTHORISED);
	assert_int_equal(did(reviews(REGULATOR, key, "cleared")), OK);
	assert_int_equal(asset_of(&s, a)->suspicions, 0);
}

/* The asset's row tells its findings to whoever reads it, the first sixteen by name, all by number. */
static void listed_on_the_asset(void **state)
{
	struct uuid a = registered("F-5"), first = { { 0 } };
	struct finding_line l;
	struct span rest;
	unsigned n = 0;

	(void)state;
	for (unsigned i = 0; i < FINDINGS_LISTED + 3; i++) {
		struct uuid f = found(a, i % 2 ? "D04" : "G01", "hold");

		first = i == 0 ? f : first;
	}
	assert_int_equal(asset_of(&s, a)->suspicions, FINDINGS_LISTED + 3);
	assert_int_equal(did(reviews(REGULATOR, first, "cleared")), OK);
	assert_int_equal(asset_of(&s, a)->suspicions, FINDINGS_LISTED + 2);
	for (rest = asset_of(&s, a)->findings; finding_line_next(&rest, &l); n++) {
		assert_int_equal(l.state, n == 0 ? FINDING_CLEARED : FINDING_OPEN);
		assert_string_equal(l.signal->id, n % 2 ? "D04" : "G01");
		assert_int_equal(l.severity, SEVERITY_HOLD);
	}
	assert_int_equal(n, FINDINGS_LISTED);
}

static void of_a_party(void **state)
{
	struct command c = raises(REGISTRY, (struct uuid){ { 0 } }, "B07", "hold");

	(void)state;
	c.body.finding_raise.party = s.party[SUPPLIER];
	assert_int_equal(step(&s, &c), OK);
	assert_int_equal(((const struct party *)(const void *)world_find(&s.world, TABLE_PARTY,
	                                                                 key_uuid(s.party[SUPPLIER])))
	                         ->suspicions,
	                 1);
	assert_int_equal(did(reviews(SUPPLIER, c.object, "cleared")), E_NOT_AUTHORISED);
	assert_int_equal(did(reviews(OPERATOR, c.object, "cleared")), OK);
}

/* Signals are numbered and named once, and a finding's id follows from what it is. */
static void signals_table(void **state)
{
	const struct signal_info *row;
	struct finding_made f = { .signal = SIGNAL_D04, .at_seq = 7, .n_evidence = 1, .evidence = { 7 } }, g = f;
	size_t n;

	(void)state;
	row = signal_rows(&n);
	for (size_t i = 0; i < n; i++) {
		assert_in_range(row[i].number, 1, SIGNAL_NUMBERS - 1);
		assert_in_range(row[i].threshold, row[i].least, row[i].most);
		assert_ptr_equal(signal_info((int32_t)row[i].number), &row[i]);
		assert_ptr_equal(signal_by_id(span_z(row[i].id)), &row[i]);
	}
	assert_memory_equal(finding_id(&f).b, finding_id(&g).b, 16);
	g.at_seq = 8;
	assert_memory_not_equal(finding_id(&f).b, finding_id(&g).b, 16);
	assert_int_equal(finding_id(&f).b[6] >> 4, 8);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_may_raise, begin, end),
		cmocka_unit_test_setup_teardown(what_it_stops, begin, end),
		cmocka_unit_test_setup_teardown(who_may_review, begin, end),
		cmocka_unit_test_setup_teardown(listed_on_the_asset, begin, end),
		cmocka_unit_test_setup_teardown(of_a_party, begin, end),
		T(signals_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
