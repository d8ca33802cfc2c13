/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c: the head of the log, the writer's lease, and the one transaction that
 * appends to it.
 */
#include "pg.h"

#define HEAD_COLUMNS "size, peaks, last_leaf, accepted_at, epoch"

/*
 * The head moves only from what the writer believes it to be. When it is not,
 * no row is updated, 1 / 0 raises, and everything behind it in the pipeline,
 * COMMIT included, is skipped: the check costs no round trip.
 */
static const struct {
	const char *name, *sql;
} statement[] = {
	{ "head", "SELECT " HEAD_COLUMNS " FROM log_head" },
	{ "lease", "UPDATE log_head SET epoch = epoch + 1 RETURNING " HEAD_COLUMNS },
	{ "head_move", "WITH moved AS (UPDATE log_head SET size = $3, peaks = $4, last_leaf = $5, accepted_at = $6"
	               " WHERE one AND epoch = $1 AND size = $2 RETURNING 1) SELECT 1 / count(*) FROM moved" },
	/* the entries, and beside them what keeps an issuer from saying one thing twice: the bytes go up once */
	{ "append", "WITH r AS MATERIALIZED (SELECT u.* FROM unnest($1::entry[]) AS u),"
	            " e AS (INSERT INTO entry SELECT r.* FROM r)"
	            " INSERT INTO submission (issuer, id, seq) SELECT r.issuer, r.id, r.seq FROM r" },
};

void log_prepare(struct store *s)
{
	for (size_t i = 0; i < (s->duty == STORE_WRITER ? ARRAY_LEN(statement) : 1); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

/* --- the head --- */

static bool get_range(const PGresult *r, struct range *ret)
{
	struct span peaks = result_span(r, 0, 1);
	int64_t size = result_i64(r, 0, 0);

	memset(ret, 0, sizeof *ret);
	if (size < 0 || peaks.len != (size_t)__builtin_popcountll((uint64_t)size) * HASH_LEN)
		return false;
	ret->size = (uint64_t)size;
	ret->n = (unsigned)(peaks.len / HASH_LEN);
	memcpy(ret->peak, peaks.at, peaks.len);
	return true;
}

static enum fault on_head(void *arg, unsigned i, const PGresult *r)
{
	struct head *h = arg;

	(void)i;
	if (PQntuples(r) == 0) /* no statement, BEGIN or COMMIT */
		return PQnfields(r) == 0 ? OK : E_INTERNAL;
	if (!get_range(r, &h->range) || !decode_value(r, 0, 2, CT_hash, &h->last_leaf) ||
	    !decode_value(r, 0, 3, CT_moment, &h->accepted_at))
		return E_INTERNAL;
	h->epoch = result_i64(r, 0, 4);
	return OK;
}

enum fault store_head(struct store *s, struct head *ret)
{
	struct args none = args_of(s);

	pipe_send(s, "head", &none);
	return pipe_run(s, on_head, ret);
}

enum fault store_take_lease(struct store *s, struct head *ret)
{
	struct args none = args_of(s);

	pipe_sql(s, "BEGIN");
	pipe_send(s, "lease", &none);
	pipe_commit(s);
	return pipe_run(s, on_head, ret);
}

/* --- appending --- */

static void send_head(struct store *s, const struct head *before, const struct head *after)
{
	struct args a = args_of(s);

	arg_i64(&a, before->epoch);
	arg_i64(&a, (int64_t)before->range.size);
	arg_i64(&a, (int64_t)after->range.size);
	arg_bytes(&a, (struct span){ (const char *)after->range.peak, after->range.n * sizeof(struct hash) });
	arg_bytes(&a, (struct span){ (const char *)after->last_leaf.b, HASH_LEN });
	arg_value(&a, CT_moment, &after->accepted_at);
	pipe_send(s, "head_move", &a);
}

static void put_bytes_field(struct buf *b, const void *at, size_t len)
{
	buf_be32(b, 17);
	buf_be32(b, (uint32_t)len);
	buf_put(b, at, len);
}

static void put_uuid_field(struct buf *b, struct uuid u)
{
	buf_be32(b, 2950);
	encode_value(b, CT_uuid, &u);
}

static void put_seq_field(struct buf *b, uint64_t seq)
{
	int64_t v = (int64_t)seq;

	buf_be32(b, 20);
	encode_value(b, CT_i64, &v);
}

static void put_i16_field(struct buf *b, uint16_t v)
{
	buf_be32(b, 21);
	buf_be32(b, 2);
	buf_be16(b, v);
}

/* One element of entry[]: the columns of 002_log.sql in their order. */
static void put_entry(struct buf *b, const struct store *s, uint64_t seq, const struct new_entry *e)
{
	size_t at = b->len;

	buf_be32(b, 0);
	buf_be32(b, 9);
	put_seq_field(b, seq);
	put_bytes_field(b, e->leaf, LEAF_LEN);
	buf_be32(b, 17);
	put_seal(b, s, e);
	put_uuid_field(b, e->issuer);
	put_uuid_field(b, e->id);
	put_uuid_field(b, e->object);
	put_i16_field(b, e->kind);
	put_i16_field(b, e->outcome);
	put_bytes_field(b, e->statement_hash.b, HASH_LEN);
	if (!b->failed)
		be32_put((uint8_t *)b->at + at, (uint32_t)(b->len - at - 4));
}

static void send_entries(struct store *s, uint64_t from, const struct new_entry *entry, size_t n)
{
	struct args a = args_of(s);

	arg_begin(&a);
	encode_array(a.b, s->entry_oid, n);
	for (size_t i = 0; i < n; i++)
		put_entry(a.b, s, from + i, &entry[i]);
	arg_end(&a);
	pipe_send(s, "append", &a);
}

/* A row that is gone has been removed behind us: what was committed stands, what it stands on does not. */
static enum fault on_written(void *arg, unsigned i, const PGresult *r)
{
	return rows_written(arg, i, r) ? OK : E_OUTCOME_UNKNOWN;
}

enum fault store_commit(struct store *s, const struct head *before, const struct head *after,
                        const struct new_entry *entry, size_t n, const struct world *w)
{
	struct written written;
	enum fault f = n ? seals_ready(s, entry, n) : OK;
	bool sendable;

	assert(after->range.size == before->range.size + n);
	if (f != OK)
		return f;
	pipe_sql(s, "BEGIN");
	send_head(s, before, after);
	if (n) {
		seals_send(s);
		send_entries(s, before->range.size, entry, n);
	}
	sendable = rows_send(s, w, &written);
	if (sendable)
		pipe_commit(s);
	else
		pipe_sql(s, "ROLLBACK");
	f = pipe_run(s, on_written, &written);
	seals_settle(s, f == OK && sendable);
	return f == OK && !sendable ? E_UNAVAILABLE : f; /* out of memory */
}
