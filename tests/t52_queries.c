/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t52: the named queries of schema/queries: every one prepares against the migrated
 * schema and answers (json, cursor, etag); what they show is exact, and what they
 * must not show is not in any answer of any query.
 */
#include "storestock.h"

#include <jansson.h>

#include "money.h"
#include "rule.h"

static struct store *reader;

/* --- asking --- */

static struct {
	size_t rows, columns;
	char text[65536]; /* all columns of all rows, in order, a line each */
	char cursor[64];  /* the last row's */
	char etag[64];    /* the first row's */
} answer;

static bool on_row(void *arg, const struct span *column, size_t n)
{
	size_t len = strlen(answer.text);

	(void)arg;
	answer.rows++;
	answer.columns = n;
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(answer.text + len, sizeof answer.text - len, "%.*s\n", (int)column[i].len,
		                        column[i].at ? column[i].at : "");
	assert_true(len < sizeof answer.text);
	if (n == 3) {
		json_error_t error;
		json_t *json = json_loadb(column[0].at, column[0].len, JSON_REJECT_DUPLICATES, &error);

		if (!json)
			fail_msg("%s: %.*s", error.text, (int)column[0].len, column[0].at);
		json_decref(json);
		snprintf(answer.cursor, sizeof answer.cursor, "%.*s", (int)column[1].len,
		         column[1].at ? column[1].at : "");
		if (answer.rows == 1)
			snprintf(answer.etag, sizeof answer.etag, "%.*s", (int)column[2].len,
			         column[2].at ? column[2].at : "");
	}
	return true;
}

static enum fault ask_as(uint8_t party, int32_t roles, const char *name, const char *const *param, size_t n)
{
	struct span p[8];
	struct uuid nobody = { { 0 } };

	memset(&answer, 0, sizeof answer);
	for (size_t i = 0; i < n; i++)
		p[i] = param[i] ? span_z(param[i]) : (struct span){ NULL, 0 };
	return store_query(reader, party ? id_of(party) : nobody, roles, name, p, n, on_row, NULL);
}
#define ASK(party, roles, name, ...)                                                      \
	assert_int_equal(ask_as(party, roles, name, (const char *const[]){ __VA_ARGS__ }, \
	                        ARRAY_LEN(((const char *const[]){ __VA_ARGS__ }))),       \
	                 OK)

static const char *id_text(uint8_t n)
{
	static char text[16][UUID_TEXT + 1];
	static int turn;
	char *t = text[turn = (turn + 1) % 16];
	struct writer w = writer_over(t, UUID_TEXT + 1);

	put_uuid(&w, id_of(n));
	t[w.len] = 0;
	return t;
}

static bool shows(const char *what) { return strstr(answer.text, what) != NULL; }

/* --- goods: a receipt of the second debtor's yard, held by the stranger, looked after by the agent --- */

enum { RECEIPT1 = 22, SITE1 = 70 };

static void lay_out_goods(void)
{
	const char *zero = "decode(repeat('00', 32), 'hex')";
	char sql[4096];

	snprintf(sql, sizeof sql,
	         "INSERT INTO site VALUES ('%s', 'Baoshan', decode(repeat('70', 32), 'hex'), '%s', %s, '2027-12-31',"
	         " 'Yard 7', 3, '%s', 3);"
	         "INSERT INTO site_goods VALUES ('%s', 1000000000, 800000000, '%s', '2026-11-20', 4, 'HRC-Q235B',"
	         " 12500000, 5, '%s', 'TNE')",
	         id_text(SITE1), id_text(AGENT), zero, id_text(DEBTOR2), id_text(71), id_text(AGENT), id_text(SITE1));
	root_sql(sql);
	snprintf(sql, sizeof sql,
	         "INSERT INTO asset SELECT '%s', ccy, claim, 5, creditor, debtor, 0, document, due, 0, 0, 1, 5000000,"
	         " 0, head, hold, issued, 3, 4, lineage, 'WR-1', 0, parent, '', 0, 0, 5, 0, 1, 5 FROM asset"
	         " WHERE id = '%s'",
	         id_text(RECEIPT1), id_text(ASSET2));
	root_sql(sql);
	snprintf(
		sql, sizeof sql,
		"INSERT INTO warehouse_receipt (id, fee, insured, insured_ccy, insurer, loss, lots, negotiable, order_by,"
		" order_kind, order_lot, order_pieces, order_quantity, order_to, policy, seq, site) VALUES ('%s', '', 0,"
		" '', '', 5000, 1, 2, '2026-11-26T08:00:00Z', 2, 1, 0, 500000, '%s', '', 5, '%s')",
		id_text(RECEIPT1), "00000000-0000-0000-0000-000000000000", id_text(SITE1));
	root_sql(sql);
	snprintf(
		sql, sizeof sql,
		"INSERT INTO lot VALUES ('%s', 'HEAT 4711', 'B-03', 'HRC-Q235B', 'Q235B', '%s', 0, '', '', 40, 12500000,"
		" '%s', 5, 'BG-', '%s', 'TNE', 12490000, '%s', 6, 'A');"
		"INSERT INTO share VALUES ('%s', '%s', 1, 40, 12500000, '%s', 5, 101, 140, 5000000)",
		id_text(72), "00000000-0000-0000-0000-000000000000", id_text(RECEIPT1), id_text(SITE1), id_text(AGENT),
		id_text(73), id_text(72), id_text(RECEIPT1));
	root_sql(sql);
}

/* --- all of them --- */

/* Arguments with which a query finds something, when it takes any. */
static const struct {
	const char *name;
	uint8_t id;
	const char *param[5];
} known[] = {
	{ "party", SUPPLIER, { "id" } },
	{ "party_keys", SUPPLIER, { "id" } },
	{ "party_claims", SUPPLIER, { "id", "10", "" } },
	{ "receivable", ASSET1, { "id" } },
	{ "receivables", 0, { "10", "", "" } },
	{ "warehouse_receipt", RECEIPT1, { "id" } },
	{ "warehouse_receipts", 0, { "10", "", "" } },
	{ "site", SITE1, { "id" } },
	{ "sites", 0, { "10", "" } },
	{ "encumbrance", ENC_A, { "id" } },
	{ "encumbrances", ASSET1, { "10", "", "id" } },
	{ "encumbrances", 0, { "10", "", "" } },
	{ "holds", 0, { "10", "" } },
	{ "history", ASSET1, { "id", "20", "" } },
	{ "entry", 0, { "4" } },
	{ "entry", 0, { "8" } },
	{ "attempts", 0, { "10", "" } },
	{ "access", 0, { "10", "" } },
	{ "objection", OBJECTION_A, { "id" } },
	{ "objections", ASSET1, { "10", "", "id" } },
	{ "objections", 0, { "10", "", "" } },
	{ "commitments", 0, { "10", "" } },
	{ "finding", FINDING1, { "id" } },
	{ "findings", 0, { "10", "", "", "", "" } },
	{ "finding", FINDING1, { "id" } },
	{ "findings", 0, { "10", "", "", "", "" } },
	{ "rules", 0, { NULL } },
	{ "inventory", STOCK1, { "id" } },
	{ "inventories", 0, { "10", "", "" } },
	{ "prepayment", PREPAID1, { "id" } },
	{ "prepayments", 0, { "10", "", "" } },
	{ "price", FEED, { "id" } },
	{ "prices", 0, { "10", "" } },
};

/* Asked by a test of their own. */
static const char *const elsewhere[] = { /* t76_audit */ "audit_debtors",
	                                 "audit_regions",
	                                 "decisions",
	                                 "audit_fictitious",
	                                 "audit_purchases",
	                                 "audit_declared",
	                                 "audit_graph",
	                                 "audit_guarantees",
	                                 "audit_warehouses",
	                                 "audit_overdue",
	                                 "audit_period",
	                                 "paper",
	                                 "papers",
	                                 "paper_chain",
	                                 "obligors",
	                                 "pool",
	                                 "pools",
	                                 "pool_tape",
	                                 /* t74_seal, t71_reading */ "document",
	                                 "document_known",
	                                 /* t67_warning */ "warning",
	                                 "warnings",
	                                 /* t67_network */ "appeal",
	                                 "appeals",
	                                 /* t56_consent */ "consent",
	                                 "consents",
	                                 "score_consent",
	                                 /* t94_evidence */ "anchor",
	                                 "anchors",
	                                 "trust",
	                                 "signer",
	                                 "asker",
	                                 "bytes",
	                                 /* t55_alert, t72_alerts */ "alerts",
	                                 "alert",
	                                 "alerts_after",
	                                 /* t73_webhook */ "webhook",
	                                 "webhooks",
	                                 "deliveries" };

static size_t n_of(size_t i)
{
	size_t n = 0;

	while (n < ARRAY_LEN(known[i].param) && known[i].param[n])
		n++;
	return n;
}

static enum fault ask_known(size_t i, uint8_t party, int32_t roles)
{
	const char *param[ARRAY_LEN(known[0].param)];
	const size_t n = n_of(i);

	for (size_t k = 0; k < n; k++)
		param[k] = strcmp(known[i].param[k], "id") == 0 ? id_text(known[i].id) : known[i].param[k];
	return ask_as(party, roles, known[i].name, param, n);
}

static void every_query_answers(void **state)
{
	unsigned n_params;

	(void)state;
	for (size_t q = 0; store_query_name(q, &n_params); q++) {
		const char *name = store_query_name(q, &n_params);
		bool seen = false;

		for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
			seen = seen || strcmp(elsewhere[i], name) == 0;
		for (size_t i = 0; i < ARRAY_LEN(known); i++) {
			if (strcmp(known[i].name, name) != 0)
				continue;
			seen = true;
			if (ask_known(i, REGULATOR, ROLE_REGULATOR) != OK)
				fail_msg("%s: %s", name, store_why(reader));
			if (answer.rows == 0 || answer.columns != 3)
				fail_msg("%s gives %zu rows of %zu columns", name, answer.rows, answer.columns);
		}
		if (!seen)
			fail_msg("no test asks %s", name);
	}
	/* Absent parameters are as good as empty ones. */
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(known[i].param[0] ? known[i].param[0] : "", "10") == 0)
			assert_int_equal(ask_as(REGULATOR, ROLE_REGULATOR, known[i].name,
			                        (const char *const[]){ NULL, NULL, NULL, NULL, NULL }, n_of(i)),
			                 OK);
	assert_int_equal(ask_as(1, 4, "receivable", (const char *const[]){ "no uuid" }, 1), E_BAD_REQUEST);
	assert_int_equal(ask_as(1, 4, "entry", (const char *const[]){ "1; DROP TABLE entry" }, 1), E_BAD_REQUEST);
	assert_int_equal(ask_as(1, 4, "receivables", (const char *const[]){ "", "x'y", "" }, 3), E_BAD_REQUEST);
	assert_true(store_alive(reader));
}

/* --- what is shown --- */

static void a_receivable_in_full(void **state)
{
	static const char want[] =
		"{\"id\": \"01930000-0000-7000-8000-000000000014\", \"due_date\": \"2026-09-04\", \"etag\":"
		" \"FRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRU\", \"face\": {\"amount\": \"1250.00\", \"currency\": \"CNY\"},"
		" \"free\": {\"amount\": \"538.88\", \"currency\": \"CNY\"}, \"held\": true, \"kind\": \"receivable\","
		" \"open\": {\"amount\": \"1250.00\", \"currency\": \"CNY\"}, \"paid\": {\"amount\": \"0.00\", \"currency\": \"CNY\"},"
		" \"seq\": 1, \"level\": 4, \"state\": \"confirmed\","
		" \"debtor\": \"01930000-0000-7000-8000-000000000002\", \"frozen\": false,"
		" \"diluted\": {\"amount\": \"0.00\", \"currency\": \"CNY\"}, \"invoice\": {\"number\": \"INV-1\"},"
		" \"creditor\": \"01930000-0000-7000-8000-000000000001\","
		" \"existing\": true, \"reserved\": {\"amount\": \"0.00\", \"currency\": \"CNY\"}, \"confirmed\": true,"
		" \"documents\": [\"1414141414141414141414141414141414141414141414141414141414141414\"],"
		" \"encumbered\": {\"amount\": \"711.12\", \"currency\": \"CNY\"}, \"issue_date\": \"2026-05-27\","
		" \"encumbrances\": [{\"id\": \"01930000-0000-7000-8000-00000000001e\", \"from\": \"2026-05-28\", \"kind\": \"pledge\","
		" \"rank\": 1, \"since\": 3, \"state\": \"live\", \"amount\": {\"amount\": \"300.00\", \"currency\": \"CNY\"},"
		" \"secured_party\": \"01930000-0000-7000-8000-000000000003\"},"
		" {\"from\": \"2026-05-28\", \"kind\": \"pledge\", \"rank\": 2, \"since\": 5, \"state\": \"live\","
		" \"amount\": {\"amount\": \"411.12\", \"currency\": \"CNY\"}}], \"set_off_waived\": false, \"objections\": 2}";
	json_t *a, *b;

	(void)state;
	ASK(BANK_A, ROLE_BANK, "receivable", id_text(ASSET1));
	assert_int_equal(answer.rows, 1);
	*strchr(answer.text, '\n') = 0;
	a = json_loads(answer.text, 0, NULL);
	b = json_loads(want, 0, NULL);
	assert_non_null(b);
	if (!json_equal(a, b))
		fail_msg("is %s\nnot %s", answer.text, want);
	json_decref(a);
	json_decref(b);
	assert_string_equal(answer.etag, "FRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRU");
}

static void encumbrances_and_ranks(void **state)
{
	(void)state;
	ASK(SUPPLIER, ROLE_SUPPLIER, "encumbrances", "10", "", "");
	assert_int_equal(answer.rows, 3);
	assert_true(shows("\"rank\":2") && shows("\"notified\":true") && shows("\"state\":\"lapsed\""));
	ASK(BANK_B, ROLE_BANK, "encumbrance", id_text(ENC_B));
	assert_true(shows("\"rank\":2") && shows("\"amount\":\"411.12\"") && shows("\"since\":5"));
	ASK(BANK_B, ROLE_BANK, "encumbrance", id_text(ENC_B2));
	assert_true(shows("\"rank\":1"));
	ASK(BANK_B, ROLE_BANK, "encumbrance", id_text(ENC_A));
	assert_int_equal(answer.rows, 0);
	ASK(DEBTOR, ROLE_CORE, "encumbrances", "10", "", id_text(ASSET1));
	assert_int_equal(answer.rows, 1); /* the one it was notified of */
	ASK(DEBTOR, ROLE_CORE, "receivable", id_text(ASSET1));
	assert_true(shows("\"rank\":1")); /* that there is another one before it, it may know */
	assert_false(shows(id_text(BANK_A)));
	ASK(BANK_C, ROLE_BANK, "holds", "10", "");
	assert_int_equal(answer.rows, 1);
	assert_true(shows("\"purpose\":\"lending\"") && shows("\"until\":\"2027-01-15T08:00:00Z\""));
}

static void parties_and_keys(void **state)
{
	(void)state;
	ASK(BANK_A, ROLE_BANK, "party", id_text(SUPPLIER));
	assert_int_equal(answer.rows, 1);
	assert_true(shows("\"roles\":[\"supplier\"]") && shows("\"state\":\"active\"") && !shows("live_keys"));
	ASK(SUPPLIER, ROLE_SUPPLIER, "party", id_text(SUPPLIER));
	assert_true(shows("live_keys") && shows("\"frozen\":false"));
	ASK(0, 0, "party", id_text(SUPPLIER));
	assert_int_equal(answer.rows, 0);
	ASK(BANK_A, ROLE_BANK, "party_keys", id_text(SUPPLIER));
	assert_true(shows("\"alg\":\"Ed25519\"") && shows("\"live\":true") && !shows("officer") && !shows("7777.77"));
	ASK(SUPPLIER, ROLE_SUPPLIER, "party_keys", id_text(SUPPLIER));
	assert_true(shows("officer") && shows("7777.77"));
	ASK(DEBTOR, ROLE_CORE, "party_claims", id_text(DEBTOR), "10", "");
	assert_int_equal(answer.rows, 1);
	ASK(BANK_A, ROLE_BANK, "party_claims", id_text(DEBTOR2), "10", "");
	assert_int_equal(answer.rows, 0);
}

static void the_log(void **state)
{
	(void)state;
	ASK(SUPPLIER, ROLE_SUPPLIER, "history", id_text(ASSET1), "50", "");
	assert_int_equal(answer.rows, 7); /* 0..5 and the refused payment */
	assert_true(shows("\"type\":\"receivable.register\"") && shows("\"statement\":\"statement.0\""));
	assert_true(shows("\"fault\":\"not-authorised\"") && shows("\"accepted_at\":\"2023-11-14T22:13:20Z\""));
	assert_true(shows("\"accepted_at\":\"2023-11-14T22:13:20.000001Z\""));
	ASK(BANK_A, ROLE_BANK, "history", id_text(ASSET1), "50", "");
	assert_int_equal(answer.rows, 4);
	ASK(BANK_B, ROLE_BANK, "attempts", "50", "");
	assert_int_equal(answer.rows, 0); /* the regulator's list */
	ASK(REGULATOR, ROLE_REGULATOR, "attempts", "50", "");
	assert_int_equal(answer.rows, 2);
	ASK(SUPPLIER, ROLE_SUPPLIER, "access", "50", "");
	assert_int_equal(answer.rows, 1);
}

static void rules_are_public(void **state)
{
	(void)state;
	assert_int_equal(ask_as(0, 0, "rules", NULL, 0), OK);
	assert_int_equal(answer.rows, 1);
	assert_true(shows(
		"{\"rule\":\"receivable.tenor\",\"version\":1,\"values\":{\"days\":365},\"effective\":\"2023-11-14T22:13:20Z\",\"in_force\":true,\"seq\":0}"));
}

static void objections_and_commitments_are_for_their_sides(void **state)
{
	(void)state;
	ASK(BANK_A, ROLE_BANK, "objections", "", "", id_text(ASSET1));
	assert_int_equal(answer.rows, 1);
	assert_true(shows("\"code\":\"C05\"") && shows("\"state\":\"open\"") && shows("\"answer_by\":\"2026-09-04\""));
	ASK(BANK_A, ROLE_BANK, "objection", id_text(OBJECTION_B));
	assert_int_equal(answer.rows, 0);
	ASK(SUPPLIER, ROLE_SUPPLIER, "objections", "1", "", "");
	assert_string_equal(answer.cursor, "71");
	ASK(SUPPLIER, ROLE_SUPPLIER, "objections", "1", "71", "");
	assert_string_equal(answer.cursor, "70");
	ASK(SUPPLIER, ROLE_SUPPLIER, "commitments", "", "");
	assert_int_equal(answer.rows, 1); /* nothing of what its debtor signs to others */
	assert_true(shows("\"month\":\"2027-02\"") &&
	            shows("\"total\":{\"amount\":\"1000.00\",\"currency\":\"CNY\"}") &&
	            shows("\"registered\":{\"amount\":\"1250.00\",\"currency\":\"CNY\"}") && shows("\"above\":true"));
	ASK(BANK_A, ROLE_BANK, "commitments", "", "");
	assert_int_equal(answer.rows, 0);
}

/* Purchase money goes before what is older, in SQL as in rank_cmp(). */
static void purchase_money_ranks_first_as_in_c(void **state)
{
	char got[256];
	PGconn *pg = root();

	(void)state;
	assert_string_equal(
		try_sql(pg,
	                "SET counterfoil.party = '01930000-0000-7000-8000-000000000006';"
	                "SET counterfoil.roles = '64'; SET session_replication_role = replica;"
	                "UPDATE encumbrance SET rank_first = 1 WHERE secured = '01930000-0000-7000-8000-000000000004'",
	                NULL),
		"");
	assert_string_equal(try_sql(pg,
	                            "SELECT string_agg(secured::text, ' ' ORDER BY rank) FROM"
	                            " ranking('01930000-0000-7000-8000-000000000014')",
	                            got),
	                    "");
	assert_string_equal(got, "01930000-0000-7000-8000-000000000004 01930000-0000-7000-8000-000000000003");
	assert_string_equal(try_sql(pg, "UPDATE encumbrance SET rank_first = 0", NULL), "");
	PQfinish(pg);
}

static void a_rules_history_by_country(void **state)
{
	(void)state;
	root_sql("INSERT INTO rule VALUES (1000002, '2023-12-01Z', 5, 180), (1000003, '2999-01-01Z', 6, 90),"
	         " (66000001000001, '2024-01-01Z', 7, 30)");
	assert_int_equal(ask_as(0, 0, "rules", NULL, 0), OK);
	assert_true(shows(
		"\"version\":1,\"values\":{\"days\":365},\"effective\":\"2023-11-14T22:13:20Z\",\"until\":\"2023-12-01T00:00:00Z\",\"in_force\":false"));
	assert_true(shows(
		"\"version\":2,\"values\":{\"days\":180},\"effective\":\"2023-12-01T00:00:00Z\",\"until\":\"2999-01-01T00:00:00Z\",\"in_force\":true"));
	assert_true(shows(
		"\"version\":3,\"values\":{\"days\":90},\"effective\":\"2999-01-01T00:00:00Z\",\"in_force\":false"));
	assert_true(shows("{\"rule\":\"receivable.tenor\",\"country\":\"CN\",\"version\":1,\"values\":{\"days\":30}"));
	assert_int_equal(rule_row_in(country_code(S("CN")), 1, 1), INT64_C(66000001000001));
	root_sql("DELETE FROM rule WHERE id <> 1000001");
}

static void pages_join_without_a_seam(void **state)
{
	char cursor[64] = "", all[4096];
	struct writer w = writer_over(all, sizeof all - 1);
	size_t n = 0;

	(void)state;
	for (;;) {
		ASK(REGULATOR, ROLE_REGULATOR, "history", id_text(ASSET1), "2", cursor);
		if (answer.rows == 0)
			break;
		n += answer.rows;
		put_z(&w, answer.cursor);
		put_byte(&w, ',');
		snprintf(cursor, sizeof cursor, "%s", answer.cursor);
	}
	assert_int_equal(n, 8);
	assert_true(span_is(writer_span(&w), "6,4,2,0,"));
	ASK(REGULATOR, ROLE_REGULATOR, "receivables", "1", "", "");
	assert_string_equal(answer.cursor, "7");
	ASK(REGULATOR, ROLE_REGULATOR, "receivables", "1", "7", "");
	assert_string_equal(answer.cursor, "1");
	ASK(REGULATOR, ROLE_REGULATOR, "receivables", "1", "1", "");
	assert_int_equal(answer.rows, 0);
	ASK(REGULATOR, ROLE_REGULATOR, "receivables", "", "", "confirmed");
	assert_int_equal(answer.rows, 1);
	ASK(REGULATOR, ROLE_REGULATOR, "receivables", "", "", "no-such-state");
	assert_int_equal(answer.rows, 0);
}

/* No answer of any query to bank A names the other lenders, their objects or their terms. */
static void no_answer_names_another_lender(void **state)
{
	static const struct {
		uint8_t asker;
		int32_t roles;
		uint8_t never[6];
	} rows[] = {
		{ BANK_A, ROLE_BANK, { BANK_B, BANK_C, BANK_D, ENC_B, ENC_D, HOLD_C } },
		{ BANK_B, ROLE_BANK, { BANK_A, BANK_C, BANK_D, ENC_A, ENC_D, HOLD_C } },
		{ BANK_C, ROLE_BANK, { BANK_A, BANK_B, BANK_D, ENC_A, ENC_B, ENC_D } },
		{ BANK_D, ROLE_BANK, { BANK_A, BANK_B, BANK_C, ENC_A, ENC_B, HOLD_C } },
		{ DEBTOR, ROLE_CORE, { BANK_A, BANK_C, BANK_D, ENC_A, ENC_D, HOLD_C } },
		{ STRANGER, ROLE_SUPPLIER, { BANK_A, BANK_C, ENC_A, ENC_B, ASSET1, DEBTOR } },
		{ OPERATOR, ROLE_OPERATOR, { ASSET1, ASSET2, ENC_A, ENC_B, HOLD_C, BANK_A } },
		{ 0, ROLE_REGULATOR, { ASSET1, ASSET2, ENC_A, ENC_B, HOLD_C, SUPPLIER } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t q = 0; q < ARRAY_LEN(known); q++) {
			assert_int_equal(ask_known(q, rows[i].asker, rows[i].roles), OK);
			for (size_t k = 0; k < ARRAY_LEN(rows[i].never); k++)
				if (shows(id_text(rows[i].never[k])))
					fail_msg("%s tells party %d of %d: %s", known[q].name, rows[i].asker,
					         rows[i].never[k], answer.text);
		}
}

/* --- SQL and C say the same --- */

static void amounts_as_in_c(void **state)
{
	static const char *const ccy[] = {
#define CURRENCY(code, digits) #code,
#include "currency.def"
#undef CURRENCY
	};
	static const int64_t minor[] = { 0, 1, 9, 10, 99, 100, 999, 1000, 125000, MONEY_MAX };
	PGconn *pg = root();
	char sql[128], got[256], text[64];

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(ccy); c++)
		for (size_t i = 0; i < ARRAY_LEN(minor); i++) {
			struct writer w = writer_over(text, sizeof text - 1);

			put_amount(&w, minor[i], ccy[c]);
			text[w.len] = 0;
			snprintf(sql, sizeof sql, "SELECT amount(%lld, '%s')", (long long)minor[i], ccy[c]);
			assert_string_equal(try_sql(pg, sql, got), "");
			assert_string_equal(got, text);
		}
	PQfinish(pg);
}

/* Holder, warehouse and inspector see the goods; who only could lend on them, nothing. */
static void goods_are_seen_by_whom_they_concern(void **state)
{
	static const struct {
		uint8_t party;
		int32_t roles;
		bool receipt, listed, issued;
	} rows[] = {
		{ STRANGER, ROLE_SUPPLIER, true, true, false }, { DEBTOR2, ROLE_WAREHOUSE, true, true, true },
		{ AGENT, ROLE_WITNESS, true, false, true },     { REGULATOR, ROLE_REGULATOR, true, true, true },
		{ BANK_A, ROLE_BANK, false, false, false },     { SUPPLIER, ROLE_SUPPLIER, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ASK(rows[i].party, rows[i].roles, "warehouse_receipt", id_text(RECEIPT1));
		assert_int_equal(answer.rows, rows[i].receipt);
		assert_int_equal(shows("\"serials\""), rows[i].receipt);
		ASK(rows[i].party, rows[i].roles, "warehouse_receipts", "10", "", "issued");
		assert_int_equal(answer.rows, rows[i].listed);
		ASK(rows[i].party, rows[i].roles, "site", id_text(SITE1));
		assert_int_equal(answer.rows, 1);
		assert_int_equal(shows("\"issued\""), rows[i].issued);
	}
	assert_int_equal(ask_as(0, 0, "sites", (const char *const[]){ "10", "" }, 2), OK);
	assert_int_equal(answer.rows, 0);
	ASK(STRANGER, ROLE_SUPPLIER, "warehouse_receipt", id_text(RECEIPT1));
	assert_true(shows("\"lots\":[{\"lot\":1,\"goods\":\"HRC-Q235B\",\"grade\":\"Q235B\","
	                  "\"quantity\":{\"quantity\":\"12.5\",\"unit\":\"TNE\"},\"pieces\":40,\"zone\":\"A\","
	                  "\"bin\":\"B-03\","));
	assert_true(shows("\"order\":{\"kind\":\"delivery\",\"until\":\"2026-11-26T08:00:00Z\",\"lot\":1,"
	                  "\"quantity\":\"0.5\"}"));
	assert_true(shows("\"serials\":{\"prefix\":\"BG-\",\"first\":101,\"last\":140}"));
}

static void words_as_in_c(void **state)
{
	PGconn *pg = root();
	char got[256];

	(void)state;
	for (int32_t i = 1; i < RCV_STATES; i++) {
		char sql[96];

		if (!asset_state_name(ASSET_RECEIVABLE, i))
			continue;
		snprintf(sql, sizeof sql, "SELECT word_of('receivable', %d)", i);
		assert_string_equal(try_sql(pg, sql, got), "");
		assert_string_equal(got, asset_state_name(ASSET_RECEIVABLE, i));
	}
	static const struct {
		const char *sql, *want;
	} rows[] = {
		{ "SELECT word_of('encumbrance', 5) || word_of('hold', 4) || word_of('encumbrance_kind', 3)",
		  "enforcedusedretention" },
		{ "SELECT word_of('statement', 203) || word_of('fault', 450)",
		  "encumbrance.subordinateexceeds-free-value" },
		{ "SELECT role_words(24)", "[\"core_enterprise\", \"bank\"]" },
		{ "SELECT count(*) > 90 FROM word WHERE list = 'fault' OR list = 'statement'", "t" },
		{ "SELECT b64url('\\xfbff')", "-_8" },
		{ "SELECT moment('2026-11-23T08:00:00.000120Z')", "2026-11-23T08:00:00.000120Z" },
		{ "SELECT page_rows('0') || ' ' || page_rows('') || ' ' || page_rows('201')", "1 50 200" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (try_sql(pg, rows[i].sql, got)[0])
			fail_msg("%s: %s", rows[i].sql, PQerrorMessage(pg));
		assert_string_equal(got, rows[i].want);
	}
	PQfinish(pg);
}

static int start(void **state)
{
	(void)state;
	cluster_start();
	migrate();
	play();
	play_goods(false);
	lay_out_goods();
	reader = open_as(STORE_READER); /* prepares every query: one that does not, fails here with its name */
	return 0;
}

static int stop(void **state)
{
	(void)state;
	store_close(reader);
	cluster_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_query_answers),
		T(a_receivable_in_full),
		T(encumbrances_and_ranks),
		T(parties_and_keys),
		T(the_log),
		T(rules_are_public),
		T(pages_join_without_a_seam),
		T(no_answer_names_another_lender),
		T(amounts_as_in_c),
		T(objections_and_commitments_are_for_their_sides),
		T(purchase_money_ranks_first_as_in_c),
		T(a_rules_history_by_country),
		T(goods_are_seen_by_whom_they_concern),
		T(words_as_in_c),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
