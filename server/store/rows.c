/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.c: rows of state between a world and the database. One SELECT for each
 * table wanted, one upsert for each table changed; the texts of both come from
 * table_info, so that a column added to state.def needs no SQL here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "pg.h"

#define CHILDREN "load_children" /* an asset's granted and binding encumbrances */

/* --- shapes --- */

static const struct column_info *column_of(const struct table_info *t, const char *name)
{
	if (strcmp(t->key.name, name) == 0)
		return &t->key;
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	/* the one column the rules do not know: the entry that made the row, kept from its first insert */
	return strcmp(name, "first_seq") == 0 ? column_of(t, "seq") : NULL;
}

static const struct table_info *table_of(const char *name)
{
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++)
		if (strcmp(table_info((enum table_id)t)->name, name) == 0)
			return table_info((enum table_id)t);
	return NULL;
}

/* One line of the catalogue: table, oid of its row type, column, oid of the column's type. */
static bool shape_line(struct store *s, const PGresult *r, int i)
{
	const struct table_info *t = table_of(PQgetvalue(r, i, 0));
	uint32_t type_oid = (uint32_t)strtoul(PQgetvalue(r, i, 1), NULL, 10);
	const struct column_info *c;
	struct shape *shape;

	if (strcmp(PQgetvalue(r, i, 0), "entry") == 0)
		s->entry_oid = type_oid;
	if (!t)
		return true;
	shape = &s->shape[t->id];
	c = column_of(t, PQgetvalue(r, i, 2));
	if (!c || shape->n == COLUMNS_MAX ||
	    pg_type_of(c->type).oid != (uint32_t)strtoul(PQgetvalue(r, i, 3), NULL, 10))
		return false;
	shape->type_oid = type_oid;
	shape->col[shape->n++] = *c;
	return true;
}

bool shapes_read(struct store *s, char *why, size_t why_len)
{
	static const char sql[] =
		"SELECT c.relname, c.reltype, a.attname, a.atttypid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
		" WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'counterfoil') AND c.relkind = 'r'"
		" AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";
	PGresult *r = PQexec(s->pg, sql);
	bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;
	int bad = -1;

	if (!ok)
		snprintf(why, why_len, "%s", PQerrorMessage(s->pg));
	for (int i = 0; ok && i < PQntuples(r); i++)
		if (!shape_line(s, r, i) && bad < 0)
			bad = i;
	if (bad >= 0)
		snprintf(why, why_len, "column %s.%s is not what this program knows: migrate the database",
		         PQgetvalue(r, bad, 0), PQgetvalue(r, bad, 2));
	PQclear(r);
	for (int t = TABLE_NONE + 1; ok && bad < 0 && t < TABLE_COUNT; t++)
		if (s->shape[t].n < table_info((enum table_id)t)->n_columns + 1) {
			snprintf(why, why_len, "table %s is missing or lacks columns: migrate the database",
			         table_info((enum table_id)t)->name);
			return false;
		}
	return ok && bad < 0;
}

/* --- texts of the statements --- */

static void load_name(enum table_id t, char out[64]) { snprintf(out, 64, "load_%s", table_info(t)->name); }

static void upsert_name(enum table_id t, char out[64]) { snprintf(out, 64, "upsert_%s", table_info(t)->name); }

/* The statement put together in s->sql, prepared. */
static void prepare_built(struct store *s, const char *name)
{
	buf_put(&s->sql, "", 1);
	if (s->sql.failed)
		s->broken = true;
	else
		pipe_prepare(s, name, s->sql.at);
	s->sql.len = 0;
}

static void select_from(struct buf *b, const struct table_info *t)
{
	buf_z(b, "SELECT ");
	put_columns(b, t, "");
	buf_z(b, " FROM \"");
	buf_z(b, t->name);
	buf_z(b, "\" WHERE ");
}

void rows_prepare_load(struct store *s)
{
	char name[64];

	for (int i = TABLE_NONE + 1; i < TABLE_COUNT; i++) {
		const struct table_info *t = table_info((enum table_id)i);

		select_from(&s->sql, t);
		buf_z(&s->sql, t->key.name);
		buf_z(&s->sql, " = ANY($1)");
		load_name(t->id, name);
		prepare_built(s, name);
	}
	select_from(&s->sql, table_info(TABLE_ENCUMBRANCE));
	buf_z(&s->sql, "asset = ANY($1) AND state IN (1, 2, 5)");
	prepare_built(s, CHILDREN);
}

static void build_upsert(struct buf *b, const struct table_info *t)
{
	buf_z(b, "INSERT INTO \"");
	buf_z(b, t->name);
	buf_z(b, "\" SELECT r.* FROM unnest($1::\"");
	buf_z(b, t->name);
	buf_z(b, "\"[]) AS r ON CONFLICT (");
	buf_z(b, t->key.name);
	buf_z(b, ") DO UPDATE SET ");
	for (size_t i = 0; i < t->n_columns; i++) {
		buf_z(b, i ? ", \"" : "\"");
		buf_z(b, t->columns[i].name);
		buf_z(b, "\" = EXCLUDED.\"");
		buf_z(b, t->columns[i].name);
		buf_z(b, "\"");
	}
}

void rows_prepare_write(struct store *s)
{
	char name[64];

	for (int i = TABLE_NONE + 1; i < TABLE_COUNT; i++) {
		build_upsert(&s->sql, table_info((enum table_id)i));
		upsert_name((enum table_id)i, name);
		prepare_built(s, name);
	}
}

/* --- loading --- */

static bool wanted(const struct want *w, enum table_id t, bool children)
{
	return w->table == t && (!children || w->children);
}

/* Sends `name` with the keys of all wants of the table as one array. False when there are none. */
static bool send_keys(struct store *s, const char *name, const struct want *want, size_t n, enum table_id t,
                      bool children)
{
	enum col_type type = table_info(t)->key_type;
	struct args a = args_of(s);
	size_t len = type == CT_hash ? 32 : type == CT_i64 ? 8 : 16;
	size_t keys = 0;

	for (size_t i = 0; i < n; i++)
		keys += wanted(&want[i], t, children);
	if (!keys)
		return false;
	arg_begin(&a);
	encode_array(a.b, pg_type_of(type).oid, keys);
	for (size_t i = 0; i < n; i++) {
		if (!wanted(&want[i], t, children))
			continue;
		buf_be32(a.b, (uint32_t)len);
		buf_put(a.b, want[i].key.b, len); /* an i64 key is big-endian already */
	}
	arg_end(&a);
	pipe_send(s, name, &a);
	return true;
}

void load_send(struct store *s, struct load *l, const struct want *want, size_t n)
{
	char name[64];

	l->first = s->sent;
	l->n = 0;
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		load_name((enum table_id)t, name);
		if (send_keys(s, name, want, n, (enum table_id)t, false))
			l->part[l->n++].table = (enum table_id)t;
	}
	if (send_keys(s, CHILDREN, want, n, TABLE_ASSET, true))
		l->part[l->n++].table = TABLE_ENCUMBRANCE;
}

/*
 * A row the world has already is the world's: it may be changed and not stored
 * yet. It is put again all the same, so that an encumbrance met before its
 * asset is now linked to it.
 */
static bool take_row(struct world *w, union any_row *u)
{
	struct row_key key;
	struct row *have;

	memcpy(key.b, u->row.key, sizeof key.b);
	have = world_find(w, u->row.table, key);
	if (have && have->exists)
		memcpy(u, have, table_info(have->table)->size);
	return world_put(w, &u->row) != NULL;
}

enum fault load_take(struct load *l, unsigned i, const PGresult *r)
{
	union any_row u;

	if (i < l->first || i >= l->first + l->n)
		return OK;
	for (int k = 0; k < PQntuples(r); k++) {
		if (!decode_row(r, k, l->part[i - l->first].table, &u))
			return E_INTERNAL;
		if (!take_row(l->world, &u))
			return E_TOO_BIG;
	}
	return OK;
}

enum fault load_finish(struct load *l, const struct want *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct row *r;

		if (!world_absent(l->world, want[i].table, want[i].key))
			return E_TOO_BIG;
		if (!want[i].children)
			continue;
		r = world_find(l->world, want[i].table, want[i].key);
		if (r && r->exists)
			world_children_known(l->world, r);
	}
	return OK;
}

static enum fault on_load(void *arg, unsigned i, const PGresult *r) { return load_take(arg, i, r); }

enum fault store_load(struct store *s, struct world *w, const struct want *want, size_t n)
{
	struct load l = { .world = w };
	enum fault f;

	if (n == 0)
		return OK;
	load_send(s, &l, want, n);
	f = pipe_run(s, on_load, &l);
	return f == OK ? load_finish(&l, want, n) : f;
}

/* --- writing --- */

static bool room_for(struct store *s, size_t n)
{
	const struct row **at;

	if (n <= s->sorted_cap)
		return true;
	at = realloc(s->sorted, 2 * n * sizeof(const struct row *));
	if (!at)
		return false;
	s->sorted = at;
	s->sorted_cap = 2 * n;
	return true;
}

/* The world's dirty rows, those of one table side by side; start[t] .. start[t + 1] are table t's. */
static bool sort_dirty(struct store *s, const struct world *w, size_t start[TABLE_COUNT + 1])
{
	size_t at[TABLE_COUNT];

	memset(start, 0, (TABLE_COUNT + 1) * sizeof *start);
	for (const struct row *r = w->dirty; r; r = r->next_dirty)
		start[r->table + 1]++;
	for (size_t t = 1; t <= TABLE_COUNT; t++)
		start[t] += start[t - 1];
	memcpy(at, start, sizeof at);
	if (!room_for(s, start[TABLE_COUNT]))
		return false;
	for (const struct row *r = w->dirty; r; r = r->next_dirty) {
		assert(r->exists); /* nothing is ever removed from the state */
		s->sorted[at[r->table]++] = r;
	}
	return true;
}

bool upserts_send(struct store *s, const struct world *w)
{
	size_t start[TABLE_COUNT + 1];
	char name[64];

	if (!sort_dirty(s, w, start))
		return false;
	for (int t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		size_t n = start[t + 1] - start[t];
		struct args a;

		if (!n)
			continue;
		a = args_of(s);
		arg_begin(&a);
		encode_array(a.b, s->shape[t].type_oid, n);
		for (size_t i = start[t]; i < start[t + 1]; i++)
			encode_row(a.b, &s->shape[t], s->sorted[i]);
		arg_end(&a);
		upsert_name((enum table_id)t, name);
		pipe_send(s, name, &a);
	}
	return true;
}
