/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migrate.c: forward only, each file once, each in a transaction of its own.
 *
 * What a database says it has must be what this program carries, byte for
 * byte: a file changed after it was applied, or a number this program does not
 * know, stops everything. Two that migrate at once queue up at an advisory lock.
 */
#include <stdio.h>
#include <stdlib.h>

#include "alert.h"
#include "migrate.h"
#include "migrations.h"

const struct migration *migrations(size_t *n)
{
	*n = ARRAY_LEN(migration_list);
	return migration_list;
}

struct hash migration_hash(const struct migration *m) { return sha256(span_z(m->sql)); }

/* Roles belong to the cluster, not to this database: another database's migration may make them at the same time. */
static const char roles_sql[] =
	"DO $$ DECLARE r text; BEGIN"
	" FOREACH r IN ARRAY ARRAY['owner', 'writer', 'reader', 'checker', 'publisher', 'follower', 'teller'] LOOP"
	"  r := 'counterfoil_' || r;"
	"  BEGIN"
	"   IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', r); END IF;"
	"  EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;"
	"  IF NOT pg_has_role(session_user, r, 'MEMBER') THEN EXECUTE format('GRANT %I TO %I', r, session_user); END IF;"
	" END LOOP; END $$";

static const char *const start_sql[] = {
	"SELECT pg_advisory_lock(4840776)", /* until the connection closes */
	"SET client_min_messages = warning",
	roles_sql,
	"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'counterfoil') THEN"
	" CREATE SCHEMA counterfoil AUTHORIZATION counterfoil_owner; END IF; END $$",
	"SET ROLE counterfoil_owner",
	"SET search_path = counterfoil, pg_temp",
	"SET lock_timeout = '5s'",
	"CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY, name text NOT NULL,"
	" sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32), applied_at timestamptz NOT NULL DEFAULT now())",
};

struct migrating {
	PGconn *pg;
	char *why;
	size_t why_len;
	say_fn *say;
	void *say_arg;
};

static bool run(struct migrating *m, const char *sql) { return pg_run(m->pg, sql, m->why, m->why_len); }

/* What the database has must be a prefix of what the program has. */
static bool applied(struct migrating *m, size_t *n)
{
	PGresult *r = PQexecParams(m->pg, "SELECT number, name, sha256 FROM schema_version ORDER BY number", 0, NULL,
	                           NULL, NULL, NULL, 1);
	bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;

	if (!ok)
		snprintf(m->why, m->why_len, "%s", PQerrorMessage(m->pg));
	*n = ok ? (size_t)PQntuples(r) : 0;
	for (size_t i = 0; ok && i < *n; i++) {
		struct hash have;

		if (i >= ARRAY_LEN(migration_list)) {
			snprintf(m->why, m->why_len,
			         "the database has %.100s, which this program does not know: a newer one made it",
			         PQgetvalue(r, (int)i, 1));
			ok = false;
		} else if (strcmp(PQgetvalue(r, (int)i, 1), migration_list[i].name) != 0 ||
		           !decode_value(r, (int)i, 2, CT_hash, &have) ||
		           !hash_eq(have, migration_hash(&migration_list[i]))) {
			snprintf(m->why, m->why_len, "%.100s was applied with another content than this program's %s",
			         PQgetvalue(r, (int)i, 1), migration_list[i].name);
			ok = false;
		}
	}
	PQclear(r);
	return ok;
}

static bool record(struct migrating *m, const struct migration *one)
{
	struct hash h = migration_hash(one);
	char number[16];
	const char *const value[] = { number, one->name, (const char *)h.b };
	const int length[] = { 0, 0, HASH_LEN }, format[] = { 0, 0, 1 };
	PGresult *r;
	bool ok;

	snprintf(number, sizeof number, "%d", one->number);
	r = PQexecParams(m->pg, "INSERT INTO schema_version (number, name, sha256) VALUES ($1, $2, $3)", 3, NULL, value,
	                 length, format, 0);
	ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!ok)
		snprintf(m->why, m->why_len, "%s", PQerrorMessage(m->pg));
	PQclear(r);
	return ok;
}

static bool apply(struct migrating *m, const struct migration *one)
{
	if (m->say)
		m->say(m->say_arg, one->name);
	return run(m, "BEGIN") && run(m, one->sql) && record(m, one) && run(m, "COMMIT");
}

static bool put_word(void *arg, const char *list, int32_t number, const char *word)
{
	struct migrating *m = arg;
	char text[16];
	const char *const value[] = { list, text, word };
	PGresult *r;
	bool ok;

	snprintf(text, sizeof text, "%d", number);
	r = PQexecPrepared(m->pg, "word", 3, value, NULL, NULL, 0);
	ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!ok)
		snprintf(m->why, m->why_len, "%s", PQerrorMessage(m->pg));
	PQclear(r);
	return ok;
}

static bool put_words(struct migrating *m)
{
	PGresult *r = PQprepare(
		m->pg, "word",
		"INSERT INTO word (list, number, word) VALUES ($1, $2, $3)"
		" ON CONFLICT (list, number) DO UPDATE SET word = EXCLUDED.word WHERE word.word <> EXCLUDED.word",
		0, NULL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

	if (!ok)
		snprintf(m->why, m->why_len, "%s", PQerrorMessage(m->pg));
	PQclear(r);
	return ok && run(m, "BEGIN") && words_each(put_word, m) && run(m, "COMMIT");
}

/* The table of alert.def as it is in this program, in place of the one before. */
static bool put_tellings(struct migrating *m)
{
	size_t n;
	const struct telling *row = telling_rows(&n);
	char sql[256];
	bool ok = run(m, "BEGIN") && run(m, "DELETE FROM telling");

	for (size_t i = 0; ok && i < n; i++) {
		snprintf(sql, sizeof sql, "INSERT INTO telling VALUES (%d, %zu, '%s', %d, %d, %s, %d)",
		         (int)row[i].kind, i, table_info(statement_info(row[i].kind)->table)->name, (int)row[i].whom,
		         (int)row[i].alert, row[i].self ? "true" : "false", row[i].state);
		ok = run(m, sql);
	}
	return ok && run(m, "COMMIT");
}

static bool migrate(struct migrating *m)
{
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(start_sql); i++)
		if (!run(m, start_sql[i]))
			return false;
	if (!applied(m, &n))
		return false;
	for (size_t i = n; i < ARRAY_LEN(migration_list); i++)
		if (!apply(m, &migration_list[i]))
			return false;
	return put_words(m) && put_tellings(m);
}

enum fault store_migrate(const char *conninfo, say_fn *say, void *arg, char *why, size_t why_len)
{
	struct migrating m = { NULL, why, why_len, say, arg };
	bool ok;

	m.pg = pg_connect(conninfo, "counterfoil migrate", why, why_len);
	if (!m.pg)
		return E_UNAVAILABLE;
	ok = migrate(&m);
	PQfinish(m.pg); /* and with it the lock and any open transaction */
	return ok ? OK : E_INTERNAL;
}
