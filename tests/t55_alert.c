/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t55: alert.def: every code and every row of it makes sense, no row can tell one lender of another, and what must be
 * told is; then the follower on a database of its own: whom it picks at each position, in any order of things, and
 * that it stands where it was when it fails.
 */
#include "storeplay.h"

#include "alert.h"

/* --- the table --- */

static void every_code_is_one(void **state)
{
	size_t n, m;
	const struct alert_info *a = alert_rows(&n);
	const struct telling *t = telling_rows(&m);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool used = false;

		assert_true(i == 0 || a[i].number > a[i - 1].number); /* in order, so none stands twice */
		assert_ptr_equal(alert_by_code(span_z(a[i].code)), &a[i]);
		assert_ptr_equal(alert_info((int32_t)a[i].number), &a[i]);
		assert_non_null(alert_severity_name((int32_t)a[i].severity));
		for (const char *c = a[i].code; *c; c++)
			assert_true((*c >= 'a' && *c <= 'z') || *c == '-');
		for (size_t k = 0; k < m; k++)
			used = used || t[k].alert == a[i].number;
		if (!used)
			fail_msg("nobody is ever told %s", a[i].code);
	}
	assert_null(alert_info(0));
	assert_null(alert_by_code(S("claim-registered ")));
	assert_null(alert_severity_name(0));
}

static void no_lender_is_told_of_another(void **state)
{
	size_t n;
	const struct telling *t = telling_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		enum table_id about = statement_info(t[i].kind)->table;

		if (t[i].whom == TELL_LENDERS && (about == TABLE_ENCUMBRANCE || about == TABLE_HOLD))
			fail_msg("%s tells lenders of a lender's own", statement_info(t[i].kind)->type);
		/* a hold is the bank's secret altogether */
		assert_int_not_equal(about, TABLE_HOLD);
	}
}

/* Whoever a row names must be there to be named: in the table its statement is about. */
static void every_row_can_name_somebody(void **state)
{
	static const struct {
		enum tell_whom whom;
		enum table_id about[5];
	} needs[] = {
		{ TELL_DEBTOR, { TABLE_ASSET, TABLE_ENCUMBRANCE, TABLE_OBJECTION, TABLE_FREEZE, TABLE_FINDING } },
		{ TELL_HOLDER, { TABLE_ASSET, TABLE_ENCUMBRANCE, TABLE_OBJECTION, TABLE_FREEZE, TABLE_FINDING } },
		{ TELL_LENDERS, { TABLE_ASSET, TABLE_OBJECTION, TABLE_FREEZE, TABLE_FINDING } },
		{ TELL_GRANTEE, { TABLE_ENCUMBRANCE } },
		{ TELL_GRANTOR, { TABLE_ENCUMBRANCE } },
		{ TELL_RESPONDENT, { TABLE_OBJECTION } },
		{ TELL_CHALLENGER, { TABLE_OBJECTION } },
		{ TELL_PARTY, { TABLE_PARTY, TABLE_FREEZE, TABLE_FINDING } },
		{ TELL_AGENT, { TABLE_MANDATE } },
		{ TELL_PRINCIPAL, { TABLE_MANDATE } },
		{ TELL_OFFERED, { TABLE_ASSET } },
		{ TELL_REGULATORS, { TABLE_FINDING, TABLE_WARNING } },
		{ TELL_CONCERNED, { TABLE_WARNING } },
	};
	size_t n;
	const struct telling *t = telling_rows(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		enum table_id about = statement_info(t[i].kind)->table;
		bool fits = false, moved = t[i].state == 0;

		for (size_t k = 0; k < ARRAY_LEN(needs); k++)
			for (size_t j = 0; needs[k].whom == t[i].whom && j < 5; j++)
				fits = fits || (about != TABLE_NONE && needs[k].about[j] == about);
		if (!fits)
			fail_msg("%s cannot name its %d", statement_info(t[i].kind)->type, (int)t[i].whom);
		/* beside a row that looks at the state stands one that does not */
		for (size_t k = 0; k < n && !moved; k++)
			moved = t[k].kind == t[i].kind && t[k].whom == t[i].whom && t[k].state == 0;
		if (!moved)
			fail_msg("%s may be lost when the state moves on", statement_info(t[i].kind)->type);
	}
}

/* What a bank that holds something must hear of, whatever else changes in the table. */
static void what_must_be_told_is(void **state)
{
	static const struct {
		enum statement_kind kind;
		enum tell_whom whom;
	} must[] = {
		{ ST_RECEIVABLE_REGISTER, TELL_DEBTOR },
		{ ST_RECEIVABLE_DISPUTE, TELL_LENDERS },
		{ ST_RECEIVABLE_REJECT, TELL_LENDERS },
		{ ST_RECEIVABLE_ADJUST, TELL_LENDERS },
		{ ST_RECEIVABLE_PAY, TELL_LENDERS },
		{ ST_RECEIVABLE_CANCEL, TELL_LENDERS },
		{ ST_RECEIVABLE_OVERDUE, TELL_LENDERS },
		{ ST_RECEIVABLE_DEFAULT, TELL_LENDERS },
		{ ST_FREEZE_PLACE, TELL_LENDERS },
		{ ST_OBJECTION_PLACE, TELL_LENDERS },
		{ ST_INVENTORY_MARK, TELL_LENDERS },
		{ ST_ENCUMBRANCE_GRANT, TELL_GRANTEE },
		{ ST_KEY_ENROL, TELL_PARTY },
		{ ST_KEY_REVOKE, TELL_PARTY },
		{ ST_RECEIVABLE_CONSTITUTE, TELL_LENDERS },
		{ ST_FINDING_RAISE, TELL_LENDERS },
		{ ST_FINDING_RAISE, TELL_REGULATORS },
	};
	size_t n;
	const struct telling *t = telling_rows(&n);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(must); i++) {
		bool there = false;

		for (size_t k = 0; k < n; k++)
			there = there || (t[k].kind == must[i].kind && t[k].whom == must[i].whom && t[k].state == 0);
		if (!there)
			fail_msg("%s is not told to %d", statement_info(must[i].kind)->type, (int)must[i].whom);
	}
	for (size_t k = 0; k < n; k++) /* a thief of a key signs as the party itself */
		if (t[k].kind == ST_KEY_ENROL || t[k].kind == ST_KEY_REVOKE)
			assert_true(t[k].self);
}

/* --- the follower, over the rows of storeplay.h --- */

static void the_follower_tells_whom_the_rows_name(void **state)
{
	struct store *s = open_as(STORE_TELLER);
	static struct told told;
	char got[256];
	PGconn *pg = root();

	(void)state;
	assert_string_equal(try_sql(pg, "UPDATE teller SET next_seq = 0", NULL), "");
	assert_int_equal(store_tell(s, 3, &told), OK); /* a part: three entries */
	assert_int_equal(told.next, 3);
	while (told.next < told.size)
		assert_int_equal(store_tell(s, 3, &told), OK);
	assert_int_equal(store_tell(s, 3, &told), OK); /* nothing more: nothing written */
	assert_int_equal(told.size, 0);
	assert_int_equal(told.n, 0);
	/* each alert is of an accepted entry, for somebody else than its issuer, and there once */
	try_sql(pg,
	        "SELECT count(*) FROM alert a JOIN entry e ON e.seq = a.number / 4096 WHERE e.outcome <> 0 OR"
	        " (e.issuer = a.party AND a.code NOT IN (50, 51, 56, 57))",
	        got);
	assert_string_equal(got, "0");
	try_sql(pg, "SELECT count(*) > 0 FROM alert", got);
	assert_string_equal(got, "t");
	PQfinish(pg);
	store_close(s);
}

/* A round that fails half way has told nobody and stands where it stood. */
static void a_round_is_whole_or_not_at_all(void **state)
{
	struct store *s = open_as(STORE_TELLER);
	static struct told told;
	char before[256], after[256];
	PGconn *pg = root();

	(void)state;
	assert_string_equal(try_sql(pg,
	                            "SET session_replication_role = replica; DELETE FROM alert WHERE number >= 4096;"
	                            "UPDATE teller SET next_seq = 0;"
	                            "ALTER TABLE alert ADD CONSTRAINT trap CHECK (number < 4096) NOT VALID",
	                            NULL),
	                    "");
	try_sql(pg, "SELECT count(*) FROM alert", before);
	assert_int_not_equal(store_tell(s, 1000, &told), OK);
	try_sql(pg, "SELECT count(*) FROM alert", after);
	assert_string_equal(before, after);
	try_sql(pg, "SELECT next_seq FROM teller", after);
	assert_string_equal(after, "0");
	assert_string_equal(try_sql(pg, "ALTER TABLE alert DROP CONSTRAINT trap", NULL), "");
	assert_int_equal(store_tell(s, 1000, &told), OK); /* the connection is good, and it goes on */
	assert_int_equal(told.next, told.size);
	PQfinish(pg);
	store_close(s);
}

static void an_acknowledgement_stands(void **state)
{
	struct store *s = open_as(STORE_TELLER);
	const struct uuid who = id_of(DEBTOR);
	const struct moment first = { INT64_C(1700000000000000) }, later = { INT64_C(1800000000000000) };
	char sql[256], id[UUID_TEXT + 1] = "", got[256];
	struct writer w = writer_over(id, UUID_TEXT);
	PGconn *pg = root();

	(void)state;
	put_uuid(&w, who);
	snprintf(sql, sizeof sql, "INSERT INTO alert VALUES ('%s', 999000, 102, 3, now(), '%s')", id, id);
	assert_string_equal(try_sql(pg, sql, NULL), "");
	assert_int_equal(store_alert_ack(s, id_of(BANK_A), 999000, first, hash_of(1)), E_NOT_FOUND);
	assert_int_equal(store_alert_ack(s, who, 999001, first, hash_of(1)), E_NOT_FOUND);
	assert_int_equal(store_alert_ack(s, who, 999000, first, hash_of(1)), OK);
	assert_int_equal(store_alert_ack(s, who, 999000, later, hash_of(2)), OK);
	try_sql(pg,
	        "SELECT extract(epoch FROM acked_at)::bigint || ' ' || get_byte(acked_by, 0) FROM alert WHERE number = 999000",
	        got);
	assert_string_equal(got, "1700000000 1");
	/* nor does anybody with the grant take it back, or change what was told */
	assert_string_equal(try_sql(pg, "UPDATE alert SET acked_at = NULL, acked_by = NULL WHERE number = 999000",
	                            NULL),
	                    "2F002");
	assert_string_equal(try_sql(pg, "UPDATE alert SET code = 1 WHERE acked_at IS NULL", NULL), "2F002");
	assert_string_equal(try_sql(pg, "DELETE FROM alert", NULL), "2F002");
	PQfinish(pg);
	store_close(s);
}

static int start(void **state)
{
	(void)state;
	cluster_start();
	migrate();
	play();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	cluster_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest table[] = {
		T(every_code_is_one),
		T(no_lender_is_told_of_another),
		T(every_row_can_name_somebody),
		T(what_must_be_told_is),
	};
	const struct CMUnitTest follower[] = {
		T(the_follower_tells_whom_the_rows_name),
		T(a_round_is_whole_or_not_at_all),
		T(an_acknowledgement_stands),
	};
	int failed = cmocka_run_group_tests(table, NULL, NULL);

	return failed + cmocka_run_group_tests(follower, start, stop);
}
