/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entries.c: the log read back: statement ids, statements, leaves, entries,
 * and the checkpoints signed over them.
 */
#include "pg.h"

/* The key a statement is sealed under: one look into the index a row, whatever the planner thinks of joins. */
#define WRAPPED                                                \
	"(SELECT k.wrapped FROM sealing_key k WHERE k.party =" \
	" CASE substr(e.statement, 1, 1) WHEN '\\x01' THEN e.issuer WHEN '\\x02' THEN e.object END)"

static const struct {
	const char *name, *sql;
} statement[] = {
	{ "submissions", "SELECT a.n, s.seq, e.statement_hash"
	                 " FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS a(issuer, id, n)"
	                 " JOIN submission s ON s.issuer = a.issuer AND s.id = a.id JOIN entry e ON e.seq = s.seq" },
	{ "statements", "SELECT e.seq, e.statement, e.issuer, e.object, e.statement_hash, " WRAPPED
	                " FROM entry e WHERE e.seq = ANY($1)" },
	{ "leaves", "SELECT seq, leaf FROM entry WHERE seq >= $1 AND seq < $1 + $2::bigint ORDER BY seq" },
	{ "entries", "SELECT e.seq, e.leaf, e.statement, e.issuer, e.id, e.object, e.kind, e.outcome, e.statement_hash,"
	             " EXISTS (SELECT FROM pending p WHERE p.statement = e.statement_hash)::integer::bigint, " WRAPPED
	             " FROM entry e WHERE e.seq >= $1 ORDER BY e.seq LIMIT $2::bigint" },
	{ "checkpoint_get", "SELECT size, note FROM checkpoint WHERE size >= $1 ORDER BY size LIMIT 1" },
	/* a stored note of another root at this size is a fork in the making: it stays, and is counted */
	{ "checkpoints_put",
	  "WITH n AS (SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) AS u(size, root, note)),"
	  " put AS (INSERT INTO checkpoint (size, root, note) SELECT size, root, note FROM n"
	  " ON CONFLICT (size) DO NOTHING)"
	  " SELECT count(*) FROM n JOIN checkpoint c ON c.size = n.size WHERE c.root <> n.root" },
};

void entries_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

/* --- submissions --- */

struct asked {
	struct submission *sub;
	size_t n;
};

static enum fault on_submissions(void *arg, unsigned i, const PGresult *r)
{
	struct asked *a = arg;

	(void)i;
	for (int k = 0; k < PQntuples(r); k++) {
		int64_t at = result_i64(r, k, 0);
		struct submission *sub;

		if (at < 1 || (uint64_t)at > a->n)
			return E_INTERNAL;
		sub = &a->sub[at - 1];
		if (!decode_value(r, k, 2, CT_hash, &sub->statement))
			return E_INTERNAL;
		sub->seq = (uint64_t)result_i64(r, k, 1);
		sub->found = true;
	}
	return OK;
}

enum fault store_submissions(struct store *s, struct submission *sub, size_t n)
{
	struct asked asked = { sub, n };
	struct args a = args_of(s);

	if (n == 0)
		return OK;
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_uuid).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a.b, CT_uuid, &sub[i].issuer);
	arg_end(&a);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_uuid).oid, n);
	for (size_t i = 0; i < n; i++) {
		encode_value(a.b, CT_uuid, &sub[i].id);
		sub[i].found = false;
	}
	arg_end(&a);
	pipe_send(s, "submissions", &a);
	return pipe_run(s, on_submissions, &asked);
}

/* --- statements --- */

static struct span maybe_span(const PGresult *r, int row, int field)
{
	return PQgetisnull(r, row, field) ? (struct span){ NULL, 0 } : result_span(r, row, field);
}

struct statements {
	struct store *s;
	const uint64_t *seq;
	size_t n;
	struct arena *mem;
	struct span *ret;
};

static enum fault on_statements(void *arg, unsigned at, const PGresult *r)
{
	struct statements *a = arg;

	(void)at;
	for (int k = 0; k < PQntuples(r); k++) {
		struct shut in = { .stored = result_span(r, k, 1), .wrapped = maybe_span(r, k, 5) };
		struct uuid under;
		enum lacks lacks;
		struct span copy;

		if (!decode_value(r, k, 2, CT_uuid, &in.issuer) || !decode_value(r, k, 3, CT_uuid, &in.object) ||
		    !decode_value(r, k, 4, CT_hash, &in.statement_hash))
			return E_INTERNAL;
		const enum fault f = seal_read(a->s, &in, a->mem, &copy, &lacks, &under);
		if (f != OK || lacks != LACKS_NOTHING)
			return f != OK ? f : lacks == LACKS_KEY ? E_ERASED : E_INTERNAL;
		for (size_t i = 0; i < a->n; i++)
			if (a->seq[i] == (uint64_t)result_i64(r, k, 0))
				a->ret[i] = copy;
	}
	for (size_t i = 0; i < a->n; i++)
		if (!a->ret[i].at)
			return E_NOT_FOUND;
	return OK;
}

enum fault store_statements(struct store *s, const uint64_t *seq, size_t n, struct arena *mem, struct span *ret)
{
	struct statements st = { s, seq, n, mem, ret };
	struct args a = args_of(s);

	if (n == 0)
		return OK;
	memset(ret, 0, n * sizeof *ret);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_i64).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a.b, CT_i64, &seq[i]);
	arg_end(&a);
	pipe_send(s, "statements", &a);
	return pipe_run(s, on_statements, &st);
}

/* --- leaves --- */

struct leaves {
	uint64_t from;
	size_t n;
	struct arena *mem;
	struct span *ret;
};

static enum fault on_leaves(void *arg, unsigned at, const PGresult *r)
{
	struct leaves *l = arg;
	char *to;

	(void)at;
	if ((size_t)PQntuples(r) != l->n)
		return E_NOT_FOUND;
	to = arena_take(l->mem, l->n * LEAF_LEN);
	if (!to)
		return E_TOO_BIG;
	for (size_t i = 0; i < l->n; i++) {
		struct span leaf = result_span(r, (int)i, 1);

		if ((uint64_t)result_i64(r, (int)i, 0) != l->from + i)
			return E_NOT_FOUND;
		if (leaf.len != LEAF_LEN)
			return E_INTERNAL;
		memcpy(to + i * LEAF_LEN, leaf.at, LEAF_LEN);
	}
	*l->ret = (struct span){ to, l->n * LEAF_LEN };
	return OK;
}

enum fault store_leaves(struct store *s, uint64_t from, size_t n, struct arena *mem, struct span *ret)
{
	struct leaves l = { from, n, mem, ret };
	struct args a = args_of(s);

	if (n == 0)
		return OK;
	arg_i64(&a, (int64_t)from);
	arg_i64(&a, (int64_t)n);
	pipe_send(s, "leaves", &a);
	return pipe_run(s, on_leaves, &l);
}

/* --- entries --- */

struct entries {
	struct store *s;
	struct arena *mem;
	struct stored_entry **ret;
	size_t *n;
};

static uint16_t get_u16(const PGresult *r, int row, int field)
{
	return be16_get((const uint8_t *)PQgetvalue(r, row, field));
}

static enum fault get_entry(struct store *s, const PGresult *r, int k, struct arena *mem, struct stored_entry *e)
{
	if (PQgetlength(r, k, 1) != LEAF_LEN || PQgetlength(r, k, 6) != 2 || PQgetlength(r, k, 7) != 2 ||
	    !decode_value(r, k, 3, CT_uuid, &e->issuer) || !decode_value(r, k, 4, CT_uuid, &e->id) ||
	    !decode_value(r, k, 5, CT_uuid, &e->object) || !decode_value(r, k, 8, CT_hash, &e->statement_hash))
		return E_INTERNAL;
	e->seq = (uint64_t)result_i64(r, k, 0);
	e->leaf = arena_copy(mem, result_span(r, k, 1));
	e->kind = get_u16(r, k, 6);
	e->outcome = get_u16(r, k, 7);
	e->waits = result_i64(r, k, 9) != 0;
	const struct shut in = { result_span(r, k, 2), maybe_span(r, k, 10), e->issuer, e->object, e->statement_hash };
	return seal_read(s, &in, mem, &e->statement, &e->lacks, &e->under);
}

static enum fault on_entries(void *arg, unsigned at, const PGresult *r)
{
	struct entries *e = arg;
	size_t n = (size_t)PQntuples(r);
	struct stored_entry *ret = ARENA_ARRAY(e->mem, struct stored_entry, n);

	(void)at;
	if (!ret)
		return E_TOO_BIG;
	for (size_t i = 0; i < n; i++) {
		const enum fault f = get_entry(e->s, r, (int)i, e->mem, &ret[i]);

		if (f != OK)
			return f;
	}
	if (!arena_ok(e->mem))
		return E_TOO_BIG;
	*e->ret = ret;
	*e->n = n;
	return OK;
}

enum fault store_entries(struct store *s, uint64_t from, size_t max, struct arena *mem, struct stored_entry **ret,
                         size_t *n)
{
	struct entries e = { s, mem, ret, n };
	struct args a = args_of(s);

	arg_i64(&a, (int64_t)from);
	arg_i64(&a, (int64_t)max);
	pipe_send(s, "entries", &a);
	return pipe_run(s, on_entries, &e);
}

/* --- checkpoints --- */

static enum fault on_forks(void *arg, unsigned i, const PGresult *r)
{
	(void)arg;
	(void)i;
	return PQntuples(r) == 1 && result_i64(r, 0, 0) == 0 ? OK : E_INTERNAL;
}

enum fault store_checkpoints_put(struct store *s, const struct stored_note *note, size_t n)
{
	struct args a = args_of(s);

	if (n == 0)
		return OK;
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_i64).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a.b, CT_i64, &(int64_t){ (int64_t)note[i].size });
	arg_end(&a);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_hash).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a.b, CT_hash, &note[i].root);
	arg_end(&a);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_hash).oid, n);
	for (size_t i = 0; i < n; i++) {
		buf_be32(a.b, (uint32_t)note[i].note.len);
		buf_put(a.b, note[i].note.at, note[i].note.len);
	}
	arg_end(&a);
	pipe_send(s, "checkpoints_put", &a);
	return pipe_run(s, on_forks, NULL);
}

struct found {
	struct arena *mem;
	uint64_t *at;
	struct span *note;
};

static enum fault on_checkpoint(void *arg, unsigned i, const PGresult *r)
{
	struct found *f = arg;

	(void)i;
	if (PQntuples(r) == 0)
		return E_NOT_FOUND;
	*f->at = (uint64_t)result_i64(r, 0, 0);
	*f->note = arena_copy(f->mem, result_span(r, 0, 1));
	return arena_ok(f->mem) ? OK : E_TOO_BIG;
}

enum fault store_checkpoint_get(struct store *s, uint64_t size, struct arena *mem, uint64_t *at, struct span *note)
{
	struct found f = { mem, at, note };
	struct args a = args_of(s);

	arg_i64(&a, (int64_t)size);
	pipe_send(s, "checkpoint_get", &a);
	return pipe_run(s, on_checkpoint, &f);
}
