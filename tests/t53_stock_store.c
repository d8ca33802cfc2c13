/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t53_stock_store: goods in the database: who sees them, what is shown of them, and which pledges a price calls for
 * an entry about - those beyond their line, and no others.
 */
#include "storestock.h"

#include "domain/stock.h"

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

static void goods_are_seen_by_whom_they_concern(void **state)
{
	static const struct {
		uint8_t party;
		int32_t roles;
		const char *asset, *stock, *prepayment, *price;
	} row[] = {
		{ SUPPLIER, ROLE_SUPPLIER, "20 24 25", "24", "25", "60" },
		{ STRANGER, ROLE_SUPPLIER, "21 24 26", "24 26", "",
		  "60" }, /* the monitor of the one, owner of the other */
		{ AGENT, ROLE_WAREHOUSE, "24 25 26", "24 26", "25", "60" }, /* inspects one, watches one, receives */
		{ BANK_A, ROLE_BANK, "20 24", "24", "", "60" },             /* lends on one */
		{ BANK_B, ROLE_BANK, "20 21", "", "", "60" },
		{ BANK_C, ROLE_BANK, "20", "", "", "60" },
		{ DEBTOR, ROLE_CORE | ROLE_PRICE_SOURCE, "20", "", "", "60" },
		{ DEBTOR2, ROLE_CORE, "21 25 26", "26", "25", "60" }, /* inspects the other */
		{ OPERATOR, ROLE_OPERATOR, "", "", "", "60" },
		{ REGULATOR, ROLE_REGULATOR, "20 21 24 25 26", "24 26", "25", "60" },
		{ 0, 0, "", "", "", "" },
	};
	static const char *const table[] = { "asset", "stock", "prepayment", "price" };
	PGconn *pg = as("reader");
	char sql[256], got[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		const char *const want[] = { row[i].asset, row[i].stock, row[i].prepayment, row[i].price };

		be(pg, row[i].party, row[i].roles);
		for (size_t t = 0; t < ARRAY_LEN(table); t++) {
			snprintf(sql, sizeof sql,
			         "SELECT coalesce(string_agg(n::text, ' ' ORDER BY n), '')"
			         " FROM (SELECT get_byte(uuid_send(id), 15) AS n FROM %s) x",
			         table[t]);
			if (try_sql(pg, sql, got)[0])
				fail_msg("%s: %s", sql, PQerrorMessage(pg));
			if (strcmp(got, want[t]) != 0)
				fail_msg("party %d: %s shows '%s', should be '%s'", row[i].party, table[t], got,
				         want[t]);
		}
	}
	PQfinish(pg);
}

static void each_duty_does_its_own(void **state)
{
	static const struct {
		const char *role, *sql, *ends;
	} row[] = {
		{ "reader", "UPDATE stock SET counted = 0", "42501" },
		{ "reader", "UPDATE price SET price = 1", "42501" },
		{ "checker", "UPDATE price SET price = 1", "42501" },
		{ "publisher", "SELECT counted FROM stock", "42501" },
		{ "publisher", "SELECT advanced FROM prepayment", "42501" },
		{ "publisher", "SELECT id, call_price FROM stock", "" },
		{ "writer", "DELETE FROM stock", "42501" },
		/* what the rules keep, the database keeps too */
		{ "writer", "UPDATE stock SET counted = counted + 1", "23514" },
		{ "writer", "UPDATE prepayment SET released = received + 1", "23514" },
		{ "writer", "UPDATE prepayment SET refunded = advanced", "23514" },
		{ "writer", "UPDATE price SET price = -1", "23514" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		PGconn *pg = as(row[i].role);

		if (strcmp(try_sql(pg, row[i].sql, NULL), row[i].ends) != 0)
			fail_msg("%s: %s: %s", row[i].role, row[i].sql, PQerrorMessage(pg));
		PQfinish(pg);
	}
}

/* --- what falls due --- */

static bool due_now(struct moment now, enum statement_kind kind, uint8_t object, size_t *all)
{
	struct store *s = open_as(STORE_PUBLISHER);
	struct due due[64];
	bool seen = false;
	size_t n;

	assert_int_equal(store_due(s, now, 90, 64, due, &n), OK);
	*all = 0;
	for (size_t i = 0; i < n; i++) {
		*all += due[i].kind == kind;
		if (due[i].kind != kind || !uuid_eq(due[i].object, id_of(object)))
			continue;
		seen = true;
		assert_true(hash_eq(due[i].head,
		                    hash_of((uint8_t)(object + 1)))); /* the asset's: what the entry chains to */
	}
	store_close(s);
	return seen;
}

static void a_price_calls_for_those_beyond_their_line(void **state)
{
	static const struct {
		int64_t price;
		bool first, second;
	} row[] = {
		{ 1000, false, false }, { 951, false, false }, { 950, true, false },   { 801, true, false },
		{ 800, true, true },    { 1, true, true },     { 1099, false, false }, { 1100, false, true },
	};
	const struct moment now = { INT64_C(1400000000000000) };
	char sql[128];
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		snprintf(sql, sizeof sql, "UPDATE price SET price = %lld", (long long)row[i].price);
		root_sql(sql);
		assert_int_equal(due_now(now, ST_INVENTORY_MARK, STOCK1, &n), row[i].first);
		assert_int_equal(due_now(now, ST_INVENTORY_MARK, STOCK2, &n), row[i].second);
		assert_int_equal(n, row[i].first + row[i].second);
	}
	root_sql("UPDATE price SET price = 1000");
}

static void deadlines_of_goods(void **state)
{
	const int64_t by = INT64_C(1500000000000000), day = 10000;
	size_t n;

	(void)state;
	assert_false(due_now((struct moment){ by - 1 }, ST_INVENTORY_LAPSE, STOCK2, &n));
	assert_true(due_now((struct moment){ by }, ST_INVENTORY_LAPSE, STOCK2, &n));
	assert_int_equal(n, 1);
	assert_false(due_now((struct moment){ (day + 1) * DAY_US - 1 }, ST_PREPAYMENT_FAIL, PREPAID1, &n));
	assert_true(due_now((struct moment){ (day + 1) * DAY_US }, ST_PREPAYMENT_FAIL, PREPAID1, &n));
}

/* A price over ten thousand pledges reads the few that are beyond their line, by the index. */
static void a_price_reads_no_more_than_it_calls(void **state)
{
	char plan[256];
	PGconn *pg = root();

	(void)state;
	assert_string_equal(
		try_sql(pg,
	                "INSERT INTO stock SELECT gen_random_uuid(), 100 + n % 500, 0, 0, NULL, feed, 1, 0, inspected, inspector, 0,"
	                " ratio, 0, 0, reported, 12, 'Hall ' || n, 0, NULL FROM stock, generate_series(1, 10000) n WHERE id ="
	                " '01930000-0000-7000-8000-000000000018'",
	                NULL),
		"");
	assert_string_equal(try_sql(pg, "ANALYZE stock", NULL), "");
	assert_string_equal(
		try_sql(pg,
	                "CREATE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS $$ DECLARE line text; got text = ''; BEGIN"
	                " FOR line IN EXPLAIN SELECT id FROM stock WHERE feed = '01930000-0000-7000-8000-00000000003c'"
	                " AND call_price >= 900 AND call_price > 0 LIMIT 256 LOOP got = got || line; END LOOP;"
	                " RETURN got; END $$",
	                NULL),
		"");
	assert_string_equal(try_sql(pg, "SELECT pg_temp.plan()", plan), "");
	if (!strstr(plan, "stock_call"))
		fail_msg("%s", plan);
	assert_string_equal(try_sql(pg, "DELETE FROM stock WHERE counted = 0", NULL), "");
	PQfinish(pg);
}

/* --- what is shown --- */

static char shown[8192];

static bool on_row(void *arg, const struct span *column, size_t n)
{
	size_t len = strlen(shown);

	(void)arg;
	(void)n;
	assert_true(len + column[0].len < sizeof shown);
	memcpy(shown + len, column[0].at, column[0].len);
	shown[len + column[0].len] = 0;
	return true;
}

static enum fault ask(uint8_t party, int32_t roles, const char *query, const char *const *param, size_t n)
{
	struct store *s = open_as(STORE_READER);
	struct span p[3];
	enum fault f;

	shown[0] = 0;
	for (size_t i = 0; i < n; i++)
		p[i] = span_z(param[i]);
	f = store_query(s, id_of(party), roles, query, p, n, on_row, NULL);
	store_close(s);
	return f;
}

static const char *id_text(uint8_t n)
{
	static char text[UUID_TEXT + 1];
	struct writer w = writer_over(text, UUID_TEXT);

	put_uuid(&w, id_of(n));
	return text;
}

static void has(const char *text)
{
	if (!strstr(shown, text))
		fail_msg("no %s in %s", text, shown);
}

static void goods_in_full(void **state)
{
	const char *id[1] = { id_text(STOCK1) };

	(void)state;
	assert_int_equal(ask(AGENT, ROLE_WAREHOUSE, "inventory", id, 1), OK);
	has("\"state\":\"active\"");
	has("\"counted\":{\"quantity\":\"100.5\",\"unit\":\"TNE\"}");
	has("\"missing\":{\"quantity\":\"1.5\",\"unit\":\"TNE\"}");
	has("\"released\":{\"quantity\":\"10\",\"unit\":\"TNE\"}");
	has("\"value\":{\"amount\":\"1005.00\",\"currency\":\"CNY\"}");
	has("\"ratio\":\"0.7\"");
	has("\"call_price\":{\"amount\":\"9.50\",\"currency\":\"CNY\"}");
	has("\"encumbrances\":[]"); /* who counts need not know who lends */
	assert_int_equal(ask(BANK_A, ROLE_BANK, "inventory", id, 1), OK);
	has("\"secured_party\"");
	assert_int_equal(ask(BANK_B, ROLE_BANK, "inventory", id, 1), OK);
	assert_string_equal(shown, "");
	id[0] = id_text(PREPAID1);
	assert_int_equal(ask(DEBTOR2, ROLE_CORE, "prepayment", id, 1), OK);
	has("\"owed\":{\"amount\":\"500.00\",\"currency\":\"CNY\"}");
	has("\"order\":\"PO-7\"");
	has("\"state\":\"shipped\"");
	assert_int_equal(ask(BANK_B, ROLE_BANK, "prices", (const char *const[]){ "", "" }, 2), OK);
	has("\"per\":{\"quantity\":\"1\",\"unit\":\"TNE\"}");
	has("\"goods\":\"metal\"");
	assert_int_equal(ask(DEBTOR2, ROLE_CORE, "inventories", (const char *const[]){ "", "", "below-warning" }, 3),
	                 OK);
	has("\"top_up_by\"");
	assert_int_equal(ask(DEBTOR2, ROLE_CORE, "inventories", (const char *const[]){ "", "", "active" }, 3), OK);
	assert_string_equal(shown, "");
}

static void value_as_in_c(void **state)
{
	static const int64_t counted[] = { 0, 1, 999999, 1000001, 333333333, 9000000000000000 };
	static const int64_t price[] = { 1, 3, 999999, 1000000, MONEY_MAX };
	char sql[128], want[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(counted); i++)
		for (size_t k = 0; k < ARRAY_LEN(price); k++) {
			snprintf(sql, sizeof sql, "SELECT goods_value(%lld, %lld)", (long long)counted[i],
			         (long long)price[k]);
			snprintf(want, sizeof want, "%lld", (long long)stock_value(counted[i], price[k]));
			assert_string_equal(root_sql(sql), want);
		}
}

static int start(void **state)
{
	(void)state;
	cluster_start();
	migrate();
	play();
	play_goods(true);
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
		T(goods_are_seen_by_whom_they_concern),
		T(each_duty_does_its_own),
		T(a_price_calls_for_those_beyond_their_line),
		T(deadlines_of_goods),
		T(a_price_reads_no_more_than_it_calls),
		T(goods_in_full),
		T(value_as_in_c),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
