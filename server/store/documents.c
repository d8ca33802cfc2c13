/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c: a trade document, what intake found in it, and who brought it.
 *
 * A document is its bytes: the second party that brings the same ones adds its
 * right to read them, and a copy under its own key (074_sealed).
 */
#include <stdlib.h>

#include "crypto.h"
#include "pg.h"

static const struct {
	const char *name, *sql;
} statement[] = {
	{ "document_row", "INSERT INTO evidence SELECT r.* FROM unnest($1::evidence[]) AS r ON CONFLICT DO NOTHING" },
	{ "document_content",
	  "WITH c AS (INSERT INTO document_content (sha256, size, submitter)"
	  " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1)"
	  " INSERT INTO document_submitter (submitter, sha256) SELECT $3, $1 WHERE NOT EXISTS (SELECT FROM c)"
	  " AND NOT EXISTS (SELECT FROM document_content WHERE sha256 = $1 AND submitter = $3) ON CONFLICT DO NOTHING" },
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

static void send_content(struct store *s, const struct document_record *d)
{
	struct args a = args_of(s);

	arg_bytes(&a, (struct span){ (const char *)d->row.sha256.b, HASH_LEN });
	arg_i64(&a, (int64_t)d->bytes.len);
	arg_uuid(&a, d->submitter);
	pipe_send(s, "document_content", &a);
}

static bool send_sealed(struct store *s, const struct document_record *d, const uint8_t key[SEAL_KEY_LEN])
{
	char *bytes = vault_seal(key, d->random.bytes, d->submitter, d->row.sha256, VAULT_BYTES, d->bytes);
	char *report = vault_seal(key, d->random.report, d->submitter, d->row.sha256, VAULT_REPORT, d->report);
	bool good = bytes && report;
	struct args a = args_of(s);

	if (good) {
		arg_bytes(&a, (struct span){ (const char *)d->row.sha256.b, HASH_LEN });
		arg_uuid(&a, d->submitter);
		arg_bytes(&a, (struct span){ bytes, d->bytes.len + SEAL_OVER });
		arg_bytes(&a, (struct span){ report, d->report.len + SEAL_OVER });
		pipe_send(s, "vault_sealed", &a);
	}
	free(bytes);
	free(report);
	return good;
}

enum fault store_document_put(struct store *s, const struct document_record *d)
{
	uint8_t key[SEAL_KEY_LEN];
	enum fault f = vault_key(s, d->submitter, &d->random, key);
	bool good;

	if (f != OK)
		return f;
	pipe_sql(s, "BEGIN");
	send_row(s, &d->row);
	send_content(s, d);
	trades_send_put(s, &d->trade);
	good = send_sealed(s, d, key);
	secret_wipe(key, sizeof key);
	if (good) {
		pipe_commit(s);
		return pipe_run(s, NULL, NULL);
	}
	pipe_sql(s, "ROLLBACK");
	f = pipe_run(s, NULL, NULL);
	return f == OK ? E_INTERNAL : f;
}
