/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c: the rows a batch of checks is answered from, and the record that
 * they were asked: one transaction, so that no answer leaves without its trace.
 */
#include "pg.h"

void check_prepare(struct store *s)
{
	pipe_prepare(
		s, "access",
		"INSERT INTO access_log (at, who, object, subject, what, purpose, seq, consent)"
		" SELECT u.*, (SELECT size FROM log_head), (SELECT c.id FROM consent c WHERE c.reader = u.who"
		" AND c.subject = u.subject AND c.state = 1 AND c.purpose = number_of('purpose', u.purpose)"
		" AND u.at >= c.since AND u.at < c.until AND c.scope & CASE WHEN u.what IN ('score', 'assessment') THEN 1"
		" WHEN u.what IN ('receivable', 'receivables', 'claims of a party', 'history', 'entry') THEN 2"
		" WHEN u.what = 'document' THEN 4 ELSE 0 END <> 0 ORDER BY c.until DESC LIMIT 1)"
		" FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])"
		" AS u (at, who, object, subject, what, purpose)");
}

/* One column of all records as an array. */
static void arg_column(struct args *a, enum col_type t, const struct access *access, size_t n, size_t offset)
{
	arg_begin(a);
	encode_array(a->b, pg_type_of(t).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a->b, t, (const char *)&access[i] + offset);
	arg_end(a);
}

static void send_access(struct store *s, const struct access *access, size_t n)
{
	static const struct {
		enum col_type type;
		size_t offset;
	} column[] = {
		{ CT_moment, offsetof(struct access, at) },   { CT_uuid, offsetof(struct access, who) },
		{ CT_uuid, offsetof(struct access, object) }, { CT_uuid, offsetof(struct access, subject) },
		{ CT_text, offsetof(struct access, what) },   { CT_text, offsetof(struct access, purpose) },
	};
	struct args a = args_of(s);

	for (size_t i = 0; i < ARRAY_LEN(column); i++)
		arg_column(&a, column[i].type, access, n, column[i].offset);
	pipe_send(s, "access", &a);
}

static enum fault on_check(void *arg, unsigned i, const PGresult *r) { return load_take(arg, i, r); }

enum fault store_check(struct store *s, struct world *w, const struct want *want, size_t n, const struct access *access,
                       size_t n_access)
{
	struct load l = { .world = w };
	enum fault f;

	if (n == 0 && n_access == 0)
		return OK;
	pipe_sql(s, "BEGIN");
	load_send(s, &l, want, n);
	if (n_access)
		send_access(s, access, n_access);
	pipe_commit(s);
	f = pipe_run(s, on_check, &l);
	return f == OK ? load_finish(&l, want, n) : f;
}
