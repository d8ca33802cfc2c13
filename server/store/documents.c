/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c: a trade document, what intake found in it, and who brought it.
 *
 * A document is its bytes: the second party that brings the same ones adds
 * nothing but its right to read them.
 */
#include "pg.h"

static const struct {
	const char *name, *sql;
} statement[] = {
	{ "document_row", "INSERT INTO evidence SELECT r.* FROM unnest($1::evidence[]) AS r ON CONFLICT DO NOTHING" },
	{ "document_content",
	  "WITH c AS (INSERT INTO document_content (sha256, bytes, report, submitter)"
	  " VALUES ($1, $2, convert_from($3::bytea, 'UTF8')::jsonb, $4) ON CONFLICT DO NOTHING RETURNING 1)"
	  " INSERT INTO document_submitter (submitter, sha256) SELECT $4, $1 WHERE NOT EXISTS (SELECT FROM c)"
	  " AND NOT EXISTS (SELECT FROM document_content WHERE sha256 = $1 AND submitter = $4) ON CONFLICT DO NOTHING" },
};

void documents_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

static void send_row(struct store *s, const struct evidence *d)
{
	struct args a = args_of(s);

	arg_begin(&a);
	encode_array(a.b, s->shape[TABLE_DOCUMENT].type_oid, 1);
	encode_row(a.b, &s->shape[TABLE_DOCUMENT], &d->row);
	arg_end(&a);
	pipe_send(s, "document_row", &a);
}

enum fault store_document_put(struct store *s, const struct document_record *d)
{
	struct args a;

	pipe_sql(s, "BEGIN");
	send_row(s, &d->row);
	a = args_of(s);
	arg_bytes(&a, (struct span){ (const char *)d->row.sha256.b, HASH_LEN });
	arg_bytes(&a, d->bytes);
	arg_bytes(&a, d->report);
	arg_uuid(&a, d->submitter);
	pipe_send(s, "document_content", &a);
	trades_send_put(s, &d->trade);
	pipe_commit(s);
	return pipe_run(s, NULL, NULL);
}
