/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pg.c: the connection and its pipelines.
 *
 * Two things libpq leaves to us. A COMMIT that waits for a synchronous standby
 * and is cancelled succeeds with a WARNING: committed here, perhaps nowhere
 * else. And a connection that breaks after COMMIT was sent says nothing about
 * its fate. Both are E_OUTCOME_UNKNOWN. An error of an earlier statement is
 * certain: the server skipped the COMMIT.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pg.h"

enum { ANSWER_MS = 15000 }; /* one pipeline, commit included; above the slowest fsync seen, below a client's patience */

/* Every plan is generic and index-bound: made once, on a table that may still be empty, it must
 * be the right one when the table has grown. The timeouts are below any caller's patience. */
#define SESSION                                                                            \
	"SET search_path = counterfoil, pg_temp; SET timezone = 'UTC'; SET jit = off;"     \
	"SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;" \
	"SET enable_bitmapscan = off;"                                                     \
	"SET plan_cache_mode = force_generic_plan;"                                        \
	"SET statement_timeout = '30s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';"

/* A reader's queries are few and wide: let the planner see the values, and stop long ones early. */
#define READING                                                                                                  \
	"SET search_path = counterfoil, pg_temp; SET timezone = 'UTC'; SET jit = off; SET enable_seqscan = off;" \
	"SET default_transaction_read_only = on;"                                                                \
	"SET statement_timeout = '5s'; SET lock_timeout = '1s'; SET idle_in_transaction_session_timeout = '5s';"

/* SET ROLE comes last: from here on the session may do what its duty needs and no more. */
static const struct {
	const char *name, *settings;
} duty_of[] = {
	[STORE_WRITER] = { "counterfoil writer", SESSION "SET synchronous_commit = on; SET ROLE counterfoil_writer" },
	[STORE_READER] = { "counterfoil reader", READING "SET ROLE counterfoil_reader" },
	[STORE_CHECKER] = { "counterfoil checker", SESSION "SET ROLE counterfoil_checker" },
	/* it writes signed notes only, which a crash may take: the next start signs the head again */
	[STORE_PUBLISHER] = { "counterfoil publisher",
	                      SESSION "SET synchronous_commit = off; SET ROLE counterfoil_publisher" },
	[STORE_FOLLOWER] = { "counterfoil follower",
	                     SESSION "SET default_transaction_read_only = on; SET ROLE counterfoil_follower" },
	/* position and alerts move together, and an acknowledgement is a promise */
	[STORE_TELLER] = { "counterfoil teller", SESSION "SET synchronous_commit = on; SET ROLE counterfoil_teller" },
	/* DDL is for store_migrate alone: a store of the owner audits */
	[STORE_OWNER] = { "counterfoil audit",
	                  SESSION "SET default_transaction_read_only = on; SET ROLE counterfoil_owner" },
};

/* --- faults --- */

/* By SQLSTATE, or its class when three characters shorter. The first row that fits counts. */
static const struct {
	const char *state;
	enum fault fault;
} sqlstate[] = {
	{ "53100", E_STORAGE_FULL }, /* disk full */
	{ "53", E_UNAVAILABLE },     /* too many connections, out of memory */
	{ "08", E_UNAVAILABLE },     /* connection */
	{ "57", E_UNAVAILABLE },     /* shutdown, starting up, cancelled by a timeout */
	{ "25006", E_UNAVAILABLE },  /* a standby: not the primary any more */
	{ "55P03", E_UNAVAILABLE },  /* lock not available in time */
	{ "40", E_UNAVAILABLE },     /* serialization, deadlock: nothing was written */
	{ "22012", E_UNAVAILABLE },  /* our own 1 / 0: the head is not what the writer believes (log.c) */
	{ "42501", E_FORBIDDEN },    /* the role may not */
	{ "22", E_BAD_REQUEST },     /* a parameter is not of its type */
};

enum fault fault_of(const PGresult *r)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;

	if (!state)
		return E_UNAVAILABLE; /* libpq's own: the connection */
	for (size_t i = 0; i < ARRAY_LEN(sqlstate); i++)
		if (strncmp(state, sqlstate[i].state, strlen(sqlstate[i].state)) == 0)
			return sqlstate[i].fault;
	return E_INTERNAL;
}

static void remember(struct store *s, const char *text)
{
	snprintf(s->why, sizeof s->why, "%s", text ? text : "");
	s->why[strcspn(s->why, "\n")] = 0;
}

const char *store_why(const struct store *s) { return s->why; }

/* --- connecting --- */

static void on_notice(void *arg, const PGresult *r)
{
	struct store *s = arg;
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity && strcmp(severity, "WARNING") == 0) {
		s->warned = true;
		remember(s, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
	}
}

static void ignore_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

PGconn *pg_connect(const char *conninfo, const char *name, char *why, size_t why_len)
{
	/* What stands before dbname the address may override; what follows it not. */
	static const char *const keys[] = { "connect_timeout",
		                            "keepalives_idle",
		                            "tcp_user_timeout",
		                            "dbname",
		                            "client_encoding",
		                            "application_name",
		                            NULL };
	const char *const values[] = { "5", "30", "10000", conninfo, "UTF8", name, NULL };
	PGconn *pg = PQconnectdbParams(keys, values, 1);

	if (pg && PQstatus(pg) == CONNECTION_OK && PQserverVersion(pg) >= 150000) {
		PQsetNoticeReceiver(pg, ignore_notice, NULL);
		return pg;
	}
	if (pg && PQstatus(pg) == CONNECTION_OK)
		snprintf(why, why_len, "PostgreSQL 15 or later is needed; this is %d", PQserverVersion(pg));
	else
		snprintf(why, why_len, "%s", pg ? PQerrorMessage(pg) : "out of memory");
	PQfinish(pg);
	return NULL;
}

bool pg_run(PGconn *pg, const char *sql, char *why, size_t why_len)
{
	PGresult *r = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(r);
	bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

	if (!ok)
		snprintf(why, why_len, "%s", PQerrorMessage(pg));
	PQclear(r);
	return ok;
}

static void prepare_all(struct store *s)
{
	if (s->duty == STORE_READER) {
		query_prepare(s);
		return;
	}
	if (s->duty == STORE_TELLER) {
		tell_prepare(s);
		hooks_prepare(s);
		return;
	}
	rows_prepare_load(s);
	log_prepare(s);
	entries_prepare(s);
	scan_prepare(s);
	due_prepare(s);
	documents_prepare(s);
	trades_prepare(s);
	check_prepare(s);
	vault_prepare(s);
	seals_prepare(s);
	erase_prepare(s);
	residues_prepare(s);
	if (s->duty == STORE_FOLLOWER)
		concern_prepare(s);
	if (s->duty == STORE_WRITER)
		rows_prepare_write(s);
}

struct store *store_open(const char *conninfo, enum store_duty duty, char *why, size_t why_len)
{
	struct store *s = calloc(1, sizeof *s);

	if (!s) {
		snprintf(why, why_len, "out of memory");
		return NULL;
	}
	s->duty = duty;
	s->commit_at = -1;
	s->pg = pg_connect(conninfo, duty_of[duty].name, why, why_len);
	if (!s->pg || !pg_run(s->pg, duty_of[duty].settings, why, why_len) ||
	    (duty != STORE_READER && !shapes_read(s, why, why_len))) {
		store_close(s);
		return NULL;
	}
	PQsetNoticeReceiver(s->pg, on_notice, s);
	/* not blocking: a pipeline longer than the socket's buffer must be read while it is written */
	if (!PQenterPipelineMode(s->pg) || PQsetnonblocking(s->pg, 1) != 0)
		s->broken = true;
	prepare_all(s);
	if (pipe_run(s, NULL, NULL) != OK) {
		snprintf(why, why_len, "%s", s->why);
		store_close(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	PQfinish(s->pg);
	buf_free(&s->buf);
	buf_free(&s->sql);
	seals_free(s->keys);
	free(s->sorted);
	free(s);
}

bool store_alive(const struct store *s) { return s && !s->broken && PQstatus(s->pg) == CONNECTION_OK; }

/* --- parameters --- */

struct args args_of(struct store *s)
{
	s->buf.len = 0;
	s->buf.failed = false;
	return (struct args){ .b = &s->buf };
}

void arg_begin(struct args *a)
{
	assert(a->n < ARGS_MAX);
	a->at[a->n] = a->b->len;
}

void arg_end(struct args *a)
{
	a->len[a->n] = a->b->len - a->at[a->n];
	a->n++;
}

void arg_null(struct args *a)
{
	arg_begin(a);
	a->null[a->n] = true;
	arg_end(a);
}

void arg_i64(struct args *a, int64_t v)
{
	arg_begin(a);
	buf_be64(a->b, (uint64_t)v);
	arg_end(a);
}

void arg_uuid(struct args *a, struct uuid u) { arg_bytes(a, (struct span){ (const char *)u.b, sizeof u.b }); }

void arg_bytes(struct args *a, struct span s)
{
	arg_begin(a);
	buf_put(a->b, s.at, s.len);
	arg_end(a);
}

void arg_value(struct args *a, enum col_type t, const void *at)
{
	size_t from = a->b->len;

	arg_begin(a);
	encode_value(a->b, t, at);
	if (!a->b->failed) /* a parameter carries its length elsewhere: skip the word in front */
		a->null[a->n] = be32_get((const uint8_t *)a->b->at + from) == UINT32_MAX;
	a->at[a->n] += 4;
	arg_end(a);
}

/* --- pipelines --- */

/* Before the first statement: is the other end still there? After this a break means "unknown" for a COMMIT. */
static bool ready(struct store *s)
{
	if (s->broken)
		return false;
	if (s->sent == 0) {
		s->warned = false;
		if (!PQconsumeInput(s->pg) || PQstatus(s->pg) != CONNECTION_OK)
			s->broken = true;
	}
	return !s->broken;
}

static void sent(struct store *s, int ok)
{
	if (!ok) {
		s->broken = true;
		remember(s, PQerrorMessage(s->pg));
	}
	s->sent++;
}

void pipe_send(struct store *s, const char *name, const struct args *a)
{
	const char *value[ARGS_MAX];
	int length[ARGS_MAX], format[ARGS_MAX];

	for (int i = 0; i < a->n; i++) {
		value[i] = a->null[i] ? NULL : a->b->at + a->at[i];
		length[i] = (int)a->len[i];
		format[i] = 1;
		if (a->len[i] > INT32_MAX)
			a->b->failed = true;
	}
	if (a->b->failed) {
		s->broken = true;
		remember(s, "out of memory");
	}
	if (ready(s))
		sent(s, PQsendQueryPrepared(s->pg, name, a->n, value, length, format, 1));
}

void pipe_text(struct store *s, const char *name, const struct span *param, size_t n)
{
	struct args a = args_of(s);
	const char *value[ARGS_MAX];

	assert(n <= ARGS_MAX);
	for (size_t i = 0; i < n; i++) {
		arg_begin(&a);
		buf_put(a.b, param[i].at, param[i].len);
		buf_put(a.b, "", 1);
		arg_end(&a);
	}
	if (a.b->failed)
		s->broken = true;
	for (size_t i = 0; i < n; i++)
		value[i] = param[i].at ? a.b->at + a.at[i] : NULL;
	if (ready(s))
		sent(s, PQsendQueryPrepared(s->pg, name, (int)n, value, NULL, NULL, 0));
}

void pipe_sql(struct store *s, const char *sql)
{
	if (ready(s))
		sent(s, PQsendQueryParams(s->pg, sql, 0, NULL, NULL, NULL, NULL, 0));
}

void pipe_commit(struct store *s)
{
	if (!ready(s))
		return; /* commit_at stays -1: no COMMIT was sent, so its outcome is known */
	s->commit_at = (int)s->sent;
	sent(s, PQsendQueryParams(s->pg, "COMMIT", 0, NULL, NULL, NULL, NULL, 0));
}

void pipe_prepare(struct store *s, const char *name, const char *sql)
{
	if (ready(s))
		sent(s, PQsendPrepare(s->pg, name, sql, 0, NULL));
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What a failed result means, COMMIT's own ambiguity included. */
static enum fault failed(struct store *s, unsigned i, const PGresult *r)
{
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	remember(s, text ? text : PQresultErrorMessage(r));
	if (!severity || strcmp(severity, "ERROR") != 0) {
		s->broken = true;
		if (!severity && s->commit_at >= 0) /* the line went dead, with a COMMIT on it */
			return E_OUTCOME_UNKNOWN;
		if ((int)i == s->commit_at)
			return E_OUTCOME_UNKNOWN;
		return E_UNAVAILABLE;
	}
	if (state && strcmp(state, "23505") == 0)
		return E_ID_CONFLICT; /* a unique key: what was taken to be new is there already */
	return fault_of(r);
}

/* One statement's result: its fault, or fn's. */
static enum fault judge(struct store *s, unsigned i, const PGresult *r, result_fn *fn, void *arg)
{
	ExecStatusType status = PQresultStatus(r);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return failed(s, i, r);
	if ((int)i == s->commit_at && strcmp(PQcmdStatus((PGresult *)(uintptr_t)r), "COMMIT") != 0)
		return E_INTERNAL; /* "ROLLBACK": cannot be, an error came before it */
	return fn ? fn(arg, i, r) : OK;
}

/*
 * The next result, waited for at most until the deadline: a database that is
 * connected and does not answer (a stopped process, storage that hangs) must
 * not stop us with it. NULL at the end of a statement's results, or broken.
 */
static PGresult *next_result(struct store *s)
{
	while (!s->broken && PQisBusy(s->pg)) {
		int unsent = PQflush(s->pg);
		struct pollfd fd = { PQsocket(s->pg), (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), 0 };
		int64_t left = s->deadline_ms - now_ms();

		if (unsent < 0 || left <= 0 || poll(&fd, 1, (int)left) == 0) {
			remember(s, unsent < 0 ? PQerrorMessage(s->pg) : "the database does not answer");
			s->broken = true;
		} else if ((fd.revents & ~POLLOUT) != 0 && !PQconsumeInput(s->pg)) {
			remember(s, PQerrorMessage(s->pg));
			s->broken = true;
		}
	}
	return s->broken ? NULL : PQgetResult(s->pg);
}

/* Reads every result up to the synchronisation point. */
static enum fault read_results(struct store *s, result_fn *fn, void *arg)
{
	enum fault first = OK;

	s->deadline_ms = now_ms() + ANSWER_MS;
	for (unsigned i = 0; i < s->sent && !s->broken; i++) {
		PGresult *r = next_result(s);

		if (!r)
			s->broken = true;
		else if (first == OK)
			first = judge(s, i, r, fn, arg);
		PQclear(r);
		while (!s->broken && (r = next_result(s)) != NULL)
			PQclear(r);
	}
	if (!s->broken) {
		PGresult *r = next_result(s);

		if (PQresultStatus(r) != PGRES_PIPELINE_SYNC)
			s->broken = true;
		PQclear(r);
	}
	return first;
}

static void roll_back(struct store *s)
{
	s->commit_at = -1;
	s->sent = 0;
	pipe_sql(s, "ROLLBACK");
	if (!s->broken && !PQpipelineSync(s->pg))
		s->broken = true;
	if (read_results(s, NULL, NULL) != OK)
		s->broken = true;
	s->sent = 0;
}

/* No transaction is open, or one that is meant to be. */
static bool left_well(const struct store *s)
{
	PGTransactionStatusType t = PQtransactionStatus(s->pg);

	return t == PQTRANS_IDLE || (s->keep && t == PQTRANS_INTRANS);
}

enum fault pipe_run(struct store *s, result_fn *fn, void *arg)
{
	bool commits = s->commit_at >= 0;
	enum fault f;

	if (!s->broken && !PQpipelineSync(s->pg))
		s->broken = true;
	f = read_results(s, fn, arg);
	if (f == OK && s->broken)
		f = commits ? E_OUTCOME_UNKNOWN : E_UNAVAILABLE;
	if (f == OK && commits && s->warned)
		f = E_OUTCOME_UNKNOWN;
	if (!s->broken && !left_well(s))
		roll_back(s);
	s->sent = 0;
	s->commit_at = -1;
	return f;
}

void pipe_keep(struct store *s) { s->keep = true; }

enum fault pipe_end(struct store *s)
{
	bool open = !s->broken && PQtransactionStatus(s->pg) == PQTRANS_INTRANS;

	s->keep = false;
	if (!open)
		return s->broken ? E_UNAVAILABLE : OK;
	pipe_sql(s, "COMMIT"); /* of a transaction that only read */
	return pipe_run(s, NULL, NULL);
}
