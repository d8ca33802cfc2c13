/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query.c: the named questions of schema/queries, asked as one party.
 *
 * Who asks travels as two settings of the transaction, which the row-level
 * policies read; nothing of it outlives the transaction.
 */
#include <stdio.h>
#include <stdlib.h>

#include "pg.h"
#include "queries.h"

#define ASK_AS "ask_as"

const char *store_query_name(size_t i, unsigned *n_params)
{
	if (i >= ARRAY_LEN(query_list))
		return NULL;
	*n_params = query_list[i].n_params;
	return query_list[i].name;
}

void query_prepare(struct store *s)
{
	pipe_prepare(s, ASK_AS,
	             "SELECT set_config('counterfoil.party', $1, true), set_config('counterfoil.roles', $2, true),"
	             " set_config('counterfoil.purpose', $3, true)");
	for (size_t i = 0; i < ARRAY_LEN(query_list); i++)
		pipe_prepare(s, query_list[i].name, query_list[i].sql);
}

void store_reads_for(struct store *s, struct span purpose)
{
	size_t n = purpose.len < sizeof s->purpose ? purpose.len : 0; /* a longer one is none of the list */

	memcpy(s->purpose, purpose.at ? purpose.at : "", n);
	s->purpose[n] = 0;
}

static const struct query *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(query_list); i++)
		if (strcmp(query_list[i].name, name) == 0)
			return &query_list[i];
	return NULL;
}

static void send_asker(struct store *s, struct uuid party, int32_t roles)
{
	char id[UUID_TEXT + 1], mask[16];
	struct writer w = writer_over(id, sizeof id);

	put_uuid(&w, party);
	snprintf(mask, sizeof mask, "%d", roles);
	pipe_text(s, ASK_AS, (struct span[]){ writer_span(&w), span_z(mask), span_z(s->purpose) }, 3);
}

struct asking {
	struct store *store;
	text_row_fn *fn;
	void *arg;
	unsigned at; /* of the question's answer in the pipeline */
	bool stopped;
};

/* {...} becomes {...,"statement":"..."}: a compact JWS needs no escapes. */
static enum fault put_inside(struct store *s, struct span shut, struct span *json, char **room)
{
	static const char member[] = ",\"statement\":\"";
	const size_t before = json->len - 1;
	char *text = NULL;
	size_t len = 0;
	enum fault f = vault_open_text(s, shut, &text, &len);

	assert(json->len > 2 && json->at[before] == '}');
	*room = f == OK ? malloc(json->len + sizeof member + len + 1) : NULL;
	if (*room) {
		struct writer w = writer_over(*room, json->len + sizeof member + len + 1);

		put_span(&w, (struct span){ json->at, before });
		put_z(&w, member);
		put_span(&w, (struct span){ text, len });
		put_z(&w, "\"}");
		*json = writer_span(&w);
	} else if (f == OK) {
		f = E_INTERNAL;
	}
	free(text);
	return f;
}

enum { ANSWER_COLUMNS_MAX = 8 };

/* A supervisor's report sums a whole registry; what everybody asks stays under the reader's limit (pg.c). Still below the
 * time a pipeline is waited for. */
#define REPORTS_MAY_TAKE "SET LOCAL statement_timeout = '14s'"
static bool is_report(const char *name) { return strncmp(name, "audit_", 6) == 0; }

static enum fault on_answer(void *arg, unsigned at, const PGresult *r)
{
	struct asking *a = arg;
	struct span column[ANSWER_COLUMNS_MAX];
	int n = PQnfields(r);

	if (at != a->at)
		return OK;
	if (n > ANSWER_COLUMNS_MAX)
		return E_INTERNAL;
	const int sealed = PQfnumber(r, "sealed"), inside = PQfnumber(r, "statement_sealed");
	enum fault f = OK;

	for (int k = 0; k < PQntuples(r) && !a->stopped && f == OK; k++) {
		char *opened = NULL;

		for (int c = 0; c < n; c++)
			column[c] = PQgetisnull(r, k, c) ? (struct span){ NULL, 0 } : result_span(r, k, c);
		if (sealed >= 0 && column[sealed].at)
			f = vault_open_text(a->store, column[sealed], &opened, &column[sealed].len);
		if (sealed >= 0 && opened)
			column[sealed].at = opened;
		if (inside >= 0 && column[inside].at)
			f = put_inside(a->store, column[inside], &column[0], &opened);
		if (f == OK)
			a->stopped = !a->fn(a->arg, column, (size_t)(inside < 0 ? n : inside)); /* it is the last */
		free(opened);
	}
	return f;
}

enum fault store_query(struct store *s, struct uuid party, int32_t roles, const char *name, const struct span *param,
                       size_t n_params, text_row_fn *fn, void *arg)
{
	const struct query *q = find(name);
	struct asking a = { .store = s, .fn = fn, .arg = arg, .at = 2 }; /* BEGIN, the settings, the question */

	assert(q);
	assert(q->n_params == n_params);
	pipe_sql(s, "BEGIN READ ONLY");
	send_asker(s, party, roles);
	if (is_report(name)) {
		pipe_sql(s, REPORTS_MAY_TAKE);
		a.at++;
	}
	pipe_text(s, name, param, n_params);
	pipe_sql(s, "COMMIT");
	return pipe_run(s, on_answer, &a);
}
