/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t51: row-level security, asked behind the back of every query: each party reads
 * each table whole and gets exactly its rows; each duty tries everything and may
 * do exactly its own.
 */
#include "storeplay.h"

/* Every table with rows of parties, and how its rows are named here. */
#define LAST(column) "get_byte(uuid_send(" column "), 15)"
enum {
	T_ASSET,
	T_ENC,
	T_HOLD,
	T_ENTRY,
	T_MANDATE,
	T_FREEZE,
	T_PENDING,
	T_PARTY,
	T_KEY,
	T_EVIDENCE,
	T_CONTENT,
	T_SEALED,
	T_ACCESS,
	T_OBJECTION,
	T_COMMITMENT,
	T_ALERT,
	TABLES
};
static const struct {
	const char *table, *name;
} table[TABLES] = {
	[T_ASSET] = { "asset", LAST("id") },
	[T_ENC] = { "encumbrance", LAST("id") },
	[T_HOLD] = { "hold", LAST("id") },
	[T_ENTRY] = { "entry", "seq" },
	[T_MANDATE] = { "mandate", LAST("id") },
	[T_FREEZE] = { "\"freeze\"", LAST("id") },
	[T_PENDING] = { "pending", "1" },
	[T_PARTY] = { "party", LAST("id") },
	[T_KEY] = { "party_key", LAST("party") },
	[T_EVIDENCE] = { "evidence", "get_byte(sha256, 0)" },
	[T_CONTENT] = { "document_content", "get_byte(sha256, 0)" },
	[T_SEALED] = { "document_sealed", "get_byte(sha256, 0)" },
	[T_ACCESS] = { "access_log", "number" },
	[T_OBJECTION] = { "objection", LAST("id") },
	[T_COMMITMENT] = { "commitment", LAST("supplier") },
	[T_ALERT] = { "alert", "number" },
};

#define ALL "1 2 3 4 5 6 7 8 9 10 11 12"
#define EVERYTHING                                                                                                   \
	{                                                                                                            \
		"20 21", "30 31 32 33", "40", "0 1 2 3 4 5 6 7 8 9 10 11", "50", "51 52", "1", ALL, ALL, "20 21 90", \
			"20 21 90", "20 21 90", "1 2", "70 71", "1 5"                                                \
	}
static const struct {
	const char *why;
	uint8_t party;
	int32_t roles;
	const char *sees[TABLES];
} rows[] = {
	{ "the creditor: all on its asset, no holds of lenders",
	  SUPPLIER,
	  ROLE_SUPPLIER,
	  { "20", "30 31 33", "", "0 1 2 3 4 5 8 9 10", "50", "51", "1", "1", "1", "20", "20", "20", "1", "70 71",
	    "1" } },
	{ "the debtor: an encumbrance once it is notified",
	  DEBTOR,
	  ROLE_CORE,
	  { "20", "31", "", "0 1 4 5 8", "", "51", "", "2", "2", "20", "20", "20", "", "", "1", "12288" } },
	{ "a lender: never the other lender's row, entry or attempt",
	  BANK_A,
	  ROLE_BANK,
	  { "20", "30", "", "0 1 2 3", "", "", "", "3", "3", "20 90", "20 90", "20 90", "1", "70", "", "4096" } },
	{ "the other lender",
	  BANK_B,
	  ROLE_BANK,
	  { "20 21", "31 32", "", "0 1 4 5 7 8 11", "", "", "", "4", "4", "20 21", "20 21", "20 21", "2", "71", "",
	    "8192" } },
	{ "a lender with a hold",
	  BANK_C,
	  ROLE_BANK,
	  { "20", "", "40", "0 1 6", "", "", "", "9", "9", "20", "20", "20", "", "", "" } },
	{ "a lender whose grant lapsed keeps its own row only",
	  BANK_D,
	  ROLE_BANK,
	  { "", "33", "", "", "", "", "", "11", "11", "", "", "", "", "", "" } },
	{ "another supplier",
	  STRANGER,
	  ROLE_SUPPLIER,
	  { "21", "32", "", "7 11", "", "52", "", "5", "5", "21", "21", "21", "2", "", "5" } },
	{ "an agent sees its mandate",
	  AGENT,
	  ROLE_SUPPLIER,
	  { "", "", "", "10", "50", "", "", "12", "12", "", "", "", "", "", "" } },
	{ "the operator: parties and keys, no business",
	  OPERATOR,
	  ROLE_OPERATOR,
	  { "", "", "", "", "", "", "", ALL, ALL, "", "", "", "", "", "" } },
	{ "the regulator", REGULATOR, ROLE_REGULATOR, EVERYTHING },
	{ "a court", COURT, ROLE_COURT | ROLE_BANK, EVERYTHING },
	{ "roles without a party are nobody's",
	  0,
	  ROLE_REGULATOR | ROLE_OPERATOR,
	  { "", "", "", "", "", "", "", "", "", "", "", "", "", "", "" } },
	{ "a party nobody enrolled", 200, ROLE_BANK, { "", "", "", "", "", "", "", "", "", "", "", "", "", "" } },
};

static PGconn *as(const char *role)
{
	PGconn *pg = root();
	char sql[128];

	snprintf(sql, sizeof sql, "SET search_path = counterfoil, pg_temp; SET ROLE counterfoil_%s", role);
	assert_string_equal(try_sql(pg, sql, NULL), "");
	return pg;
}

static void be(PGconn *pg, uint8_t party, int32_t roles)
{
	char id[UUID_TEXT + 1] = "", sql[256];
	struct writer w = writer_over(id, sizeof id);

	if (party)
		put_uuid(&w, id_of(party));
	snprintf(sql, sizeof sql,
	         "SELECT set_config('counterfoil.party', '%s', false), set_config('counterfoil.roles', '%d', false)",
	         id, roles);
	assert_string_equal(try_sql(pg, sql, NULL), "");
}

static void each_sees_exactly_its_rows(void **state)
{
	PGconn *pg = as("reader");
	char sql[256], got[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		be(pg, rows[i].party, rows[i].roles);
		for (size_t t = 0; t < TABLES; t++) {
			snprintf(
				sql, sizeof sql,
				"SELECT coalesce(string_agg(n::text, ' ' ORDER BY n), '') FROM (SELECT %s AS n FROM %s) x",
				table[t].name, table[t].table);
			if (try_sql(pg, sql, got)[0])
				fail_msg("%s: %s", sql, PQerrorMessage(pg));
			const char *want = rows[i].sees[t] ? rows[i].sees[t] : ""; /* alerts: mostly none */

			if (strcmp(got, want) != 0)
				fail_msg("%s: %s shows '%s', should be '%s'", rows[i].why, table[t].table, got, want);
		}
	}
	PQfinish(pg);
	pg = as("reader"); /* no settings at all */
	for (size_t t = 0; t < TABLES; t++) {
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table[t].table);
		assert_string_equal(try_sql(pg, sql, got), "");
		assert_string_equal(got, "0");
	}
	PQfinish(pg);
}

/* Attempts on single columns and by detours, as bank A: the SQLSTATE they end in, or what they show. */
static void detours_lead_nowhere(void **state)
{
	static const struct {
		const char *sql, *ends, *shows;
	} tries[] = {
		{ "SELECT claim FROM asset", "42501", "" }, /* made with the registry's key */
		{ "SELECT * FROM asset", "42501", "" },
		{ "SELECT asset FROM asset", "42501", "" }, /* the row as one value */
		{ "SELECT row_to_json(a) FROM asset a", "42501", "" },
		{ "SELECT claim FROM hold", "42501", "" },
		{ "SELECT count(*) FROM asset WHERE claim = claim", "42501", "" },
		{ "SELECT id FROM asset ORDER BY claim", "42501", "" },
		{ "SELECT fp FROM claim", "42501", "" },
		{ "SELECT count(*) FROM lineage", "42501", "" },
		{ "SELECT count(*) FROM submission", "42501", "" },
		{ "SELECT count(*) FROM document_submitter", "42501", "" },
		{ "COPY asset (secret) TO STDOUT", "42703", "" },
		{ "TABLE claim", "42501", "" },
		{ "SELECT count(*) FROM encumbrance WHERE secured <> me()", "", "0" },
		{ "SELECT count(*) FROM encumbrance e RIGHT JOIN asset a ON e.asset = a.id WHERE e.amount = 41112", "",
		  "0" },
		{ "SELECT max(open) FROM encumbrance", "", "30000" },
		{ "SELECT count(*) FROM entry WHERE object = '01930000-0000-7000-8000-00000000001f'", "", "0" },
		{ "SELECT count(*) FROM ranking('01930000-0000-7000-8000-000000000014') WHERE secured IS NOT NULL", "",
		  "1" },
		{ "SELECT count(*) FROM ranking('01930000-0000-7000-8000-000000000014') WHERE id IS NOT NULL", "",
		  "1" },
		{ "SELECT count(*) FROM ranking('01930000-0000-7000-8000-000000000014')", "",
		  "2" }, /* that there is a second, yes */
		{ "SELECT count(*) FROM ranking('01930000-0000-7000-8000-000000000015')", "", "0" },
		{ "SELECT count(*) FROM key_directory", "", "12" }, /* public keys are for all enrolled */
		{ "SELECT limit_minor FROM key_directory", "42703", "" },
		{ "SELECT officer FROM key_directory", "42703", "" },
		{ "SELECT freezes FROM party_directory", "42703", "" },
		{ "SELECT count(limit_minor) FROM party_key", "", "1" },
		{ "UPDATE asset SET face = 1", "42501", "" },
		{ "DELETE FROM encumbrance", "42501", "" },
		{ "INSERT INTO access_log (at, who, object, subject, what, purpose) SELECT now(), me(), me(), me(), '', ''",
		  "42501", "" },
		{ "INSERT INTO rule VALUES (1, now(), 1, 1)", "42501", "" },
		{ "TRUNCATE entry", "42501", "" },
		{ "UPDATE alert SET acked_at = now(), acked_by = decode(repeat('00', 32), 'hex')", "42501", "" },
		{ "SELECT count(*) FROM alert WHERE party <> me()", "", "0" },
		{ "SELECT count(*) FROM alert_shown", "", "1" },
		{ "SELECT next_seq FROM teller", "42501", "" },
		{ "SELECT count(*) FROM telling", "42501", "" },
		{ "ALTER TABLE asset DISABLE ROW LEVEL SECURITY", "42501", "" },
		{ "CREATE POLICY mine ON asset USING (true)", "42501", "" },
		{ "SET row_security = off; SELECT count(*) FROM asset", "42501", "" },
		{ "SET row_security = on", "", "" },
		{ "CREATE TABLE mine (n int)", "42501", "" },
		{ "CREATE FUNCTION me() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'", "42501", "" },
		/* a leaky function, cheaper than any policy, shows only rows the policy lets through */
		{ "CREATE TEMP TABLE seen (n text)", "", "" },
		{ "CREATE FUNCTION pg_temp.leak(n text) RETURNS boolean LANGUAGE plpgsql COST 0.000001 AS"
		  " $$ BEGIN INSERT INTO seen VALUES (n); RETURN true; END $$",
		  "", "" },
		{ "SELECT count(*) FROM encumbrance WHERE pg_temp.leak(secured::text)", "", "1" },
		{ "SELECT count(*) FROM entry WHERE pg_temp.leak(issuer::text || object::text)", "", "4" },
		{ "SELECT count(*) FROM asset WHERE pg_temp.leak(id::text)", "", "1" },
		{ "SELECT count(*) FROM seen", "", "6" },
		{ "SELECT count(*) FROM asset WHERE 1 / (face - 41112) > 5 OR id IS NOT NULL", "", "1" },
	};
	PGconn *pg = as("reader");
	char got[256];

	(void)state;
	be(pg, BANK_A, ROLE_BANK);
	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		const char *end = try_sql(pg, tries[i].sql, got);

		if (strcmp(end, tries[i].ends) != 0)
			fail_msg("%s: '%s', should end in '%s': %s", tries[i].sql, end, tries[i].ends,
			         PQerrorMessage(pg));
		if (tries[i].shows[0] && strcmp(got, tries[i].shows) != 0)
			fail_msg("%s: shows %s, should be %s", tries[i].sql, got, tries[i].shows);
	}
	PQfinish(pg);
}

/* Who may do what: r read, w insert, u update, d delete; in the order of the roles below. */
static void each_duty_does_its_own(void **state)
{
	static const char *const roles[] = { "writer", "publisher", "checker", "reader", "teller" };
	static const char *const right[] = { "SELECT", "INSERT", "UPDATE", "DELETE" };
	static const struct {
		const char *table, *column, *may[5];
	} duty[] = {
		{ "party", "name", { "rwu", "r", "r", "r", "" } },
		{ "asset", "face", { "rwu", "", "r", "r", "" } },
		{ "asset", "head", { "rwu", "r", "r", "r", "" } },
		{ "asset", "claim", { "rwu", "", "r", "", "" } },
		{ "encumbrance", "secured", { "rwu", "", "r", "r", "r" } },
		{ "claim", "object", { "rwu", "", "r", "", "" } },
		{ "objection", "challenger", { "rwu", "", "r", "r", "r" } },
		{ "objection", "head", { "rwu", "r", "r", "r", "" } },
		{ "commitment", "registered", { "rwu", "", "r", "r", "" } },
		{ "search", "rank", { "rwu", "", "r", "", "" } },
		{ "entry", "leaf", { "rw", "r", "", "r", "r" } },
		{ "entry", "statement", { "rw", "", "", "r", "" } },
		{ "submission", "seq", { "rw", "", "", "", "" } },
		{ "log_head", "size", { "ru", "r", "r", "r", "r" } },
		{ "checkpoint", "note", { "r", "rw", "r", "r", "" } },
		{ "evidence",
		  "level",
		  { "r", "rd", "rw", "r", "" } }, /* with the last copy of a document go its facts */
		{ "document_content", "bytes", { "", "", "rwu", "r", "" } }, /* of before: sealed at the next start */
		{ "document_sealed", "bytes", { "", "", "rw", "r", "" } },
		{ "sealing", "master", { "", "", "rwu", "", "" } },
		{ "sealing_key",
		  "wrapped",
		  { "rw", "ru", "rwu", "r", "" } }, /* a new party's comes with its first entry */
		{ "residue", "decided", { "r", "r", "rw", "", "" } },
		{ "consent", "scope", { "rwu", "", "r", "r", "" } },
		{ "document_content", "submitter", { "", "", "rw", "r", "" } },
		{ "access_log", "what", { "", "", "w", "r", "" } },
		{ "schema_version", "number", { "r", "r", "r", "r", "r" } },
		{ "alert", "code", { "", "", "", "r", "rw" } },
		{ "alert", "acked_by", { "", "", "", "r", "rwu" } },
		{ "teller", "next_seq", { "", "", "", "", "ru" } },
		{ "webhook", "url", { "", "", "", "r", "rwu" } },
		{ "webhook_delivery", "state", { "", "", "", "r", "rwu" } },
		{ "telling", "whom", { "", "", "", "", "r" } },
	};
	char sql[256], got[256];

	(void)state;
	for (size_t k = 0; k < ARRAY_LEN(roles); k++) {
		PGconn *pg = as(roles[k]);

		for (size_t i = 0; i < 4 * ARRAY_LEN(duty); i++) {
			const char *t = duty[i / 4].table, *c = duty[i / 4].column, *r = right[i % 4];
			bool may = strchr(duty[i / 4].may[k], "rwud"[i % 4]) != NULL;

			if (i % 4 == 3)
				snprintf(sql, sizeof sql, "SELECT has_table_privilege('%s', '%s')", t, r);
			else
				snprintf(sql, sizeof sql, "SELECT has_column_privilege('%s', '%s', '%s')", t, c, r);
			assert_string_equal(try_sql(pg, sql, got), "");
			if ((got[0] == 't') != may)
				fail_msg("%s: %s of %s.%s is %s", roles[k], r, t, c, got);
		}
		PQfinish(pg);
	}
}

/* FORCE: the owner reads for audit, and cannot change a row. */
static void the_owner_is_bound_too(void **state)
{
	PGconn *pg = as("owner");
	char got[256];

	(void)state;
	assert_string_equal(try_sql(pg, "SELECT count(*) FROM encumbrance", got), "");
	assert_string_equal(got, "4");
	assert_string_equal(try_sql(pg, "WITH u AS (UPDATE asset SET face = 1 RETURNING 1) SELECT count(*) FROM u",
	                            got),
	                    "");
	assert_string_equal(got, "0");
	assert_string_equal(try_sql(pg, "INSERT INTO lineage SELECT id, 1, 'CNY', 0, id, id, 0 FROM asset", NULL),
	                    "42501");
	assert_string_equal(try_sql(pg, "UPDATE entry SET outcome = 0", NULL), "2F002");
	PQfinish(pg);
	struct store *s = open_as(STORE_OWNER);
	struct world none;
	struct arena mem = test_arena(1 << 20);
	struct head h;

	none = new_world(&mem);
	assert_int_equal(store_head(s, &h), OK);
	assert_int_not_equal(store_commit(s, &h, &h, NULL, 0, &none), OK); /* a store of the owner audits */
	store_close(s);
}

static int start(void **state)
{
	(void)state;
	cluster_start();
	migrate();
	play();
	/* An alert each, of the same asset: DEBTOR, BANK_A and BANK_B of storeplay.h. */
	for (unsigned i = 0; i < 3; i++) {
		static const uint8_t told[] = { BANK_A, BANK_B, DEBTOR };
		char sql[256], id[UUID_TEXT + 1] = "";
		struct writer w = writer_over(id, UUID_TEXT);

		put_uuid(&w, id_of(told[i]));
		snprintf(sql, sizeof sql, "INSERT INTO alert VALUES ('%s', %u, 102, 3, now(), '%s')", id,
		         (i + 1) * 4096, id);
		root_sql(sql);
	}
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
	const struct CMUnitTest tests[] = {
		T(each_sees_exactly_its_rows),
		T(detours_lead_nowhere),
		T(each_duty_does_its_own),
		T(the_owner_is_bound_too),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
