/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t56_consent.c: what a party lets another read of it: who may give and take back what, for how long; and over HTTP from
 * the real server: that it opens exactly what it says, for that purpose and that reader, until it is withdrawn.
 */
#include "people.h"

/* --- on the real server --- */

static struct server srv;
static struct cast cast;
static struct arena mem;

#define A(i) (&cast.actor[i])

static int status_of(unsigned who, const char *path, const char *purpose, const char *code)
{
	struct token t = token_for(&srv, A(who));
	struct answer a = ask_with(&srv, &t, "GET", path, purpose, S(""));
	int status = a.status;

	if (code)
		assert_string_equal(a.code, code);
	answer_free(&a);
	return status;
}

static struct command c_consent(unsigned reader, const char *const *scope, size_t n, int64_t seconds)
{
	static struct span words[4];
	struct command c = { .kind = ST_CONSENT_GRANT, .object = new_uuid() };
	struct body_consent_grant *b = &c.body.consent_grant;

	for (size_t i = 0; i < n; i++)
		words[i] = span_z(scope[i]);
	b->reader = A(reader)->id;
	b->scope = (struct texts){ words, n };
	b->purpose = S("lending");
	b->until = (struct moment){ (clock_now().us / 1000000 + seconds) * 1000000 };
	return c;
}

static void refused(struct command c, unsigned who, const char *code, bool logged)
{
	struct answer a = post(&srv, seal(&c, A(who), &mem));

	assert_string_equal(a.code, code);
	assert_int_equal(a.receipted, logged);
	answer_free(&a);
}

static void only_what_makes_sense_is_consent(void **state)
{
	static const char *const all[] = { "score", "claims", "documents" }, *const twice[] = { "score", "score" },
				 *const other[] = { "everything" };
	struct command c;

	(void)state;
	c = c_consent(BANK, other, 1, 3600);
	refused(c, SUPPLIER, "bad-member", false);
	c = c_consent(BANK, twice, 2, 3600);
	refused(c, SUPPLIER, "bad-member", false);
	c = c_consent(BANK, all, 0, 3600);
	refused(c, SUPPLIER, "bad-member", false);
	c = c_consent(SUPPLIER, all, 3, 3600);
	refused(c, SUPPLIER, "self-dealing", true);
	c = c_consent(BANK, all, 3, -1);
	refused(c, SUPPLIER, "date-order", true);
	c = c_consent(BANK, all, 3, (int64_t)366 * 24 * 3600);
	refused(c, SUPPLIER, "consent-term", true);
	c = c_consent(BANK, all, 3, 3600);
	c.body.consent_grant.purpose = S("curiosity");
	refused(c, SUPPLIER, "bad-member", false);
	c = c_consent(BANK, all, 3, 3600);
	c.body.consent_grant.reader = new_uuid();
	refused(c, SUPPLIER, "unknown-party", false);
	assert_int_equal(sql_int(&srv, "SELECT count(*) FROM consent"), 0);
}

static void it_opens_what_it_says_and_nothing_else(void **state)
{
	static const char *const claims[] = { "claims" }, *const score[] = { "score" };
	struct command r = c_register(A(SUPPLIER), A(ANCHOR), 70000, "C-1"), c, w;
	char claim[128], history[128], points[128], shown[128];
	struct hash head;
	const char *text;

	(void)state;
	(void)must(&srv, &r, A(SUPPLIER), &mem);
	snprintf(claim, sizeof claim, "/v1/receivables/%s", uuid_z(r.object));
	snprintf(history, sizeof history, "/v1/assets/%s/history", uuid_z(r.object));
	snprintf(points, sizeof points, "/v1/parties/%s/score", id_of_actor(A(SUPPLIER)));
	assert_int_equal(status_of(BANK, claim, "lending", "not-found"), 404);
	assert_int_equal(status_of(BANK, history, "lending", "not-found"), 404);
	c = c_consent(BANK, claims, 1, 3600);
	head = must(&srv, &c, A(SUPPLIER), &mem);
	assert_int_equal(status_of(BANK, claim, "lending", NULL), 200);
	assert_int_equal(status_of(BANK, history, "lending", NULL), 200);
	/* what for, who, and of whom are part of it */
	assert_int_equal(status_of(BANK, claim, "monitoring", "not-found"), 404);
	assert_int_equal(status_of(BANK, claim, NULL, "not-found"), 404);
	assert_int_equal(status_of(BANK + 1, claim, "lending", "not-found"), 404);
	/* so is what: its score is another matter */
	assert_int_equal(status_of(BANK, points, "lending", "consent-required"), 403);
	snprintf(shown, sizeof shown, "/v1/consents/%s", uuid_z(c.object));
	assert_int_equal(status_of(BANK, shown, "lending", NULL), 200);
	assert_int_equal(status_of(SUPPLIER, shown, NULL, NULL), 200);
	assert_int_equal(status_of(BANK + 1, shown, "lending", "not-found"), 404);
	assert_int_equal(status_of(ANCHOR, shown, "trade", "not-found"), 404);
	/* who looked under it is on record with it */
	text = sql(&srv, "SELECT count(*) FROM access_log WHERE what = 'receivable' AND consent IS NOT NULL");
	assert_string_equal(text, "1");
	snprintf(shown, sizeof shown, "SELECT count(*) FROM access_log WHERE consent = '%s'", uuid_z(c.object));
	assert_int_equal(sql_int(&srv, shown), 2);
	/* another party's claims stay shut */
	w = c_register(A(SUPPLIER2), A(ANCHOR), 70000, "C-2");
	(void)must(&srv, &w, A(SUPPLIER2), &mem);
	snprintf(claim, sizeof claim, "/v1/receivables/%s", uuid_z(w.object));
	assert_int_equal(status_of(BANK, claim, "lending", "not-found"), 404);
	/* not theirs to take back */
	w = c_about(ST_CONSENT_WITHDRAW, c.object, head);
	w.body.reason.reason = S("we want to");
	refused(w, BANK, "not-authorised", true);
	w = c_about(ST_CONSENT_WITHDRAW, c.object, head);
	w.body.reason.reason = S("the loan is decided");
	head = must(&srv, &w, A(SUPPLIER), &mem);
	snprintf(claim, sizeof claim, "/v1/receivables/%s", uuid_z(r.object));
	assert_int_equal(status_of(BANK, claim, "lending", "not-found"), 404);
	assert_int_equal(status_of(BANK, history, "lending", "not-found"), 404);
	w = c_about(ST_CONSENT_WITHDRAW, c.object, head);
	w.body.reason.reason = S("again");
	refused(w, SUPPLIER, "bad-state", true);
	c = c_consent(BANK, score, 1, 3600);
	(void)must(&srv, &c, A(SUPPLIER), &mem);
	assert_int_equal(status_of(BANK, points, "lending", NULL), 200);
	assert_int_equal(status_of(BANK, points, "monitoring", "consent-required"), 403);
	assert_int_equal(status_of(BANK, claim, "lending", "not-found"), 404);
}

/* No entry says that a consent has run out: the clock does, at the moment of reading. */
static void it_runs_out_by_itself(void **state)
{
	static const char *const claims[] = { "claims" };
	struct command r = c_register(A(SUPPLIER), A(ANCHOR), 80000, "C-3"), c;
	char claim[128], shown[128], text[512], until[256];
	struct token t = token_for(&srv, A(SUPPLIER));

	(void)state;
	(void)must(&srv, &r, A(SUPPLIER), &mem);
	c = c_consent(BANK + 2, claims, 1, 3600);
	(void)must(&srv, &c, A(SUPPLIER), &mem);
	snprintf(claim, sizeof claim, "/v1/receivables/%s", uuid_z(r.object));
	snprintf(shown, sizeof shown, "/v1/consents/%s", uuid_z(c.object));
	assert_int_equal(status_of(BANK + 2, claim, "lending", NULL), 200);
	assert_non_null(strstr(looked_at(&srv, &t, shown), "\"live\""));
	/* the clock is not ours to turn: so its dates are moved, and back again */
	snprintf(text, sizeof text, "SELECT until FROM counterfoil.consent WHERE id = '%s'", uuid_z(c.object));
	snprintf(until, sizeof until, "%s", sql(&srv, text));
	snprintf(text, sizeof text,
	         "UPDATE counterfoil.consent SET until = since + interval '1 us' WHERE id = '%s' RETURNING 1",
	         uuid_z(c.object));
	(void)sql(&srv, text);
	assert_int_equal(status_of(BANK + 2, claim, "lending", "not-found"), 404);
	assert_non_null(strstr(looked_at(&srv, &t, shown), "\"lapsed\""));
	snprintf(text, sizeof text, "UPDATE counterfoil.consent SET until = '%s' WHERE id = '%s' RETURNING 1", until,
	         uuid_z(c.object));
	(void)sql(&srv, text);
	assert_int_equal(status_of(BANK + 2, claim, "lending", NULL), 200);
}

/* Behind the back of every query: the database itself opens nothing for another purpose, party or time. */
static void the_database_says_so_too(void **state)
{
	static const char *const claims[] = { "claims" };
	static const struct {
		unsigned who;
		const char *purpose, *sees;
	} row[] = {
		{ BANK + 3, "lending", "1" }, { BANK + 3, "monitoring", "0" }, { BANK + 3, "", "0" },
		{ BANK + 4, "lending", "0" }, { SUPPLIER2, "lending", "0" },   { BANK + 3, "lending'; --", "0" },
	};
	struct command r = c_register(A(SUPPLIER), A(ANCHOR), 90000, "C-4"), c;

	(void)state;
	(void)must(&srv, &r, A(SUPPLIER), &mem);
	c = c_consent(BANK + 3, claims, 1, 3600);
	(void)must(&srv, &c, A(SUPPLIER), &mem);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		PGconn *pg = PQconnectdb(srv.conninfo);
		const char *setting[] = { id_of_actor(A(row[i].who)), row[i].purpose, uuid_z(r.object) };
		PGresult *got;

		PQclear(PQexec(pg, "SET ROLE counterfoil_reader; SET search_path = counterfoil, pg_temp"));
		PQclear(PQexecParams(
			pg,
			"SELECT set_config('counterfoil.party', $1, false), set_config('counterfoil.roles',"
			" '16', false), set_config('counterfoil.purpose', $2, false)",
			2, NULL, setting, NULL, NULL, 0));
		got = PQexecParams(pg, "SELECT count(*)::text FROM asset WHERE id = $1::text::uuid", 1, NULL,
		                   setting + 2, NULL, NULL, 0);
		assert_int_equal(PQresultStatus(got), PGRES_TUPLES_OK);
		assert_string_equal(PQgetvalue(got, 0, 0), row[i].sees);
		PQclear(got);
		got = PQexec(pg, "UPDATE consent SET scope = 7");
		assert_string_equal(PQresultErrorField(got, PG_DIAG_SQLSTATE), "42501");
		PQclear(got);
		PQfinish(pg);
	}
	assert_log_good(&srv); /* consents replay like everything else */
}

static int begin(void **state)
{
	(void)state;
	mem = map_arena((size_t)64 << 20);
	server_make(&srv, NULL);
	srv.n_flags--; /* the last is --detection=false; scores need it */
	server_start(&srv);
	cast_start(&srv, &cast);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	server_drop(&srv);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(only_what_makes_sense_is_consent),
		T(it_opens_what_it_says_and_nothing_else),
		T(it_runs_out_by_itself),
		T(the_database_says_so_too),
	};

	SKIP_WITHOUT_SERVER();
	return cmocka_run_group_tests(tests, begin, finish);
}
