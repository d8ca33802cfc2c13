/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c: every row of a table in key order, for replay and audit. Pages by
 * key inside one snapshot, so that what is compared is one moment's state and
 * no page is larger than memory.
 */
#include <stdio.h>

#include "pg.h"

#define PAGE 2000

static void scan_name(enum table_id t, bool first, char out[64])
{
	snprintf(out, 64, "%s_%s", first ? "scan" : "scan_on", table_info(t)->name);
}

static void prepare_one(struct store *s, const struct table_info *t, bool first)
{
	struct buf *b = &s->sql;
	char name[64];

	b->len = 0;
	buf_z(b, "SELECT ");
	put_columns(b, t, "");
	buf_z(b, " FROM \"");
	buf_z(b, t->name);
	buf_z(b, "\"");
	if (!first) {
		buf_z(b, " WHERE ");
		buf_z(b, t->key.name);
		buf_z(b, " > $1");
	}
	buf_z(b, " ORDER BY ");
	buf_z(b, t->key.name);
	buf_z(b, " LIMIT 2000");
	buf_put(b, "", 1);
	scan_name(t->id, first, name);
	if (b->failed)
		s->broken = true;
	else
		pipe_prepare(s, name, b->at);
	b->len = 0;
}

void scan_prepare(struct store *s)
{
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		prepare_one(s, table_info((enum table_id)t), true);
		prepare_one(s, table_info((enum table_id)t), false);
	}
}

struct scan {
	enum table_id table;
	row_fn *fn;
	void *arg;
	bool stopped;
	int n;               /* rows of this page */
	struct row_key last; /* where the next begins */
};

static enum fault on_page(void *arg, unsigned i, const PGresult *r)
{
	struct scan *sc = arg;
	union any_row u;

	(void)i;
	if (PQnfields(r) == 0) /* BEGIN */
		return OK;
	sc->n = PQntuples(r);
	for (int k = 0; k < sc->n && !sc->stopped; k++) {
		if (!decode_row(r, k, sc->table, &u))
			return E_INTERNAL;
		memcpy(sc->last.b, u.row.key, sizeof sc->last.b);
		sc->stopped = !sc->fn(sc->arg, &u.row);
	}
	return OK;
}

static enum fault next_page(struct store *s, struct scan *sc, bool first)
{
	enum col_type type = table_info(sc->table)->key_type;
	struct args a = args_of(s);
	char name[64];

	if (!first)
		arg_bytes(&a, (struct span){ (const char *)sc->last.b, type == CT_hash  ? 32
		                                                       : type == CT_i64 ? 8
		                                                                        : 16 });
	scan_name(sc->table, first, name);
	pipe_send(s, name, &a);
	return pipe_run(s, on_page, sc);
}

enum fault store_scan(struct store *s, enum table_id t, row_fn *fn, void *arg)
{
	struct scan sc = { .table = t, .fn = fn, .arg = arg };
	enum fault f, end;

	pipe_keep(s);
	pipe_sql(s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	f = next_page(s, &sc, true);
	while (f == OK && !sc.stopped && sc.n == PAGE)
		f = next_page(s, &sc, false);
	end = pipe_end(s);
	return f == OK ? end : f;
}
