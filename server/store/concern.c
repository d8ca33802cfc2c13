/* SPDX-License-Identifier: Apache-2.0 */
/*
 * concern.c: whom warnings concern, written by detection before it has them entered (062_warning.sql).
 *
 * It follows from the log and is written again after a restart: what is there already stays.
 */
#include "pg.h"
#include "warn.h"

void concern_prepare(struct store *s)
{
	pipe_prepare(
		s, "concern_put",
		"INSERT INTO warning_concern (warning, party, claims, worth)"
		" SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) ON CONFLICT DO NOTHING");
}

static void put_list(struct args *a, enum col_type t, const void *at, size_t step, size_t n)
{
	arg_begin(a);
	encode_array(a->b, pg_type_of(t).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a->b, t, (const char *)at + i * step);
	arg_end(a);
}

enum fault store_concern(struct store *s, struct uuid warning, const struct concerned *c, size_t n)
{
	struct args a = args_of(s);

	if (n == 0)
		return OK;
	put_list(&a, CT_uuid, &warning, 0, n);
	put_list(&a, CT_uuid, &c[0].party, sizeof *c, n);
	put_list(&a, CT_i64, &c[0].claims, sizeof *c, n);
	put_list(&a, CT_i64, &c[0].worth, sizeof *c, n);
	pipe_sql(s, "BEGIN READ WRITE"); /* the one thing a follower writes */
	pipe_send(s, "concern_put", &a);
	pipe_commit(s);
	return pipe_run(s, NULL, NULL);
}
