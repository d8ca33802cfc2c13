/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.c: rows of state between a world and the database. One SELECT for each
 * table wanted; one INSERT for the new rows of a table and one UPDATE for its
 * changed ones (an upsert of both costs a third more: it looks for a conflict
 * and locks what it finds). The texts come from table_info, so that a column
 * added to state.def needs no SQL here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "pg.h"

/* the one column the rules do not know: the entry that made the row, kept from its insert */
#define FIRST_SEQ "first_seq"
#define CHILDREN "load_children" /* an asset's granted and binding encumbrances */

/* --- shapes --- */

static const struct column_info *column_of(const struct table_info *t, const char *name)
{
	if (strcmp(t->key.name, name) == 0)
		return &t->key;
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return &t->columns[i];
	return strcmp(name, FIRST_SEQ) == 0 ? column_of(t, "seq") : NULL;
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
	bool computed = PQgetvalue(r, i, 4)[0] == 't';
	struct column_info derived = { .name = "a column computed by the database", .type = CT_date };
	const struct column_info *c;
	struct shape *shape;

	if (strcmp(PQgetvalue(r, i, 0), "entry") == 0)
		s->entry_oid = type_oid;
	if (!t)
		return true;
	shape = &s->shape[t->id];
	c = computed ? &derived : column_of(t, PQgetvalue(r, i, 2));
	if (!c || shape->n == COLUMNS_MAX ||
	    pg_type_of(c->type).oid != (uint32_t)strtoul(PQgetvalue(r, i, 3), NULL, 10))
		return false;
	shape->type_oid = type_oid;
	shape->computed[shape->n] = computed;
	shape->col[shape->n] = *c;
	if (strcmp(PQgetvalue(r, i, 2), FIRST_SEQ) == 0)
		shape->col[shape->n].name = FIRST_SEQ;
	shape->n++;
	return true;
}

bool shapes_read(struct store *s, char *why, size_t why_len)
{
	static const char sql[] =
		"SELECT c.relname, c.reltype, a.attname, a.atttypid, a.attgenerated <> '' FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
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

/* How dirty rows are written: those the store has not, and those it has. */
enum writing { MAKE, CHANGE, WRITINGS };
static void write_name(enum table_id t, enum writing how, char out[64])
{
	snprintf(out, 64, "%s_%s", how == MAKE ? "make" : "change", table_info(t)->name);
}

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

static void put_shape(struct buf *b, const struct shape *shape, const char *prefix)
{
	bool first = true;

	for (unsigned i = 0; i < shape->n; i++) {
		if (shape->computed[i])
			continue;
		buf_z(b, first ? "" : ", ");
		buf_z(b, prefix);
		buf_z(b, "\"");
		buf_z(b, shape->col[i].name);
		buf_z(b, "\"");
		first = false;
	}
}

/* Every column but what the database computes for itself (001_registry.sql: GENERATED). */
static void build_make(struct buf *b, const struct table_info *t, const struct shape *shape)
{
	buf_z(b, "INSERT INTO \"");
	buf_z(b, t->name);
	buf_z(b, "\" (");
	put_shape(b, shape, "");
	buf_z(b, ") SELECT ");
	put_shape(b, shape, "r.");
	buf_z(b, " FROM unnest($1::\"");
	buf_z(b, t->name);
	buf_z(b, "\"[]) AS r");
}

static void build_change(struct buf *b, const struct table_info *t)
{
	buf_z(b, "UPDATE \"");
	buf_z(b, t->name);
	buf_z(b, "\" AS t SET ");
	for (size_t i = 0; i < t->n_columns; i++) {
		buf_z(b, i ? ", \"" : "\"");
		buf_z(b, t->columns[i].name);
		buf_z(b, "\" = r.\"");
		buf_z(b, t->columns[i].name);
		buf_z(b, "\"");
	}
	buf_z(b, " FROM unnest($1::\"");
	buf_z(b, t->name);
	buf_z(b, "\"[]) AS r WHERE t.\"");
	buf_z(b, t->key.name);
	buf_z(b, "\" = r.\"");
	buf_z(b, t->key.name);
	buf_z(b, "\"");
}

void rows_prepare_write(struct store *s)
{
	char name[64];

	for (int i = TABLE_NONE + 1; i < TABLE_COUNT; i++) {
		const struct table_info *t = table_info((enum table_id)i);

		build_make(&s->sql, t, &s->shape[i]);
		write_name(t->id, MAKE, name);
		prepare_built(s, name);
		build_change(&s->sql, t);
		write_name(t->id, CHANGE, name);
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

/* Where a dirty row stands among its like: by table, within it what is made before what is changed. */
static size_t part_of(const struct row *r) { return (size_t)r->table * WRITINGS + (r->stored ? CHANGE : MAKE); }

/* The world's dirty rows, those of one part side by side; start[p] .. start[p + 1] are part p's. */
static bool sort_dirty(struct store *s, const struct world *w, size_t start[TABLE_COUNT * WRITINGS + 1])
{
	size_t at[TABLE_COUNT * WRITINGS];

	memset(start, 0, (TABLE_COUNT * WRITINGS + 1) * sizeof *start);
	for (const struct row *r = w->dirty; r; r = r->next_dirty)
		start[part_of(r) + 1]++;
	for (size_t p = 1; p <= TABLE_COUNT * WRITINGS; p++)
		start[p] += start[p - 1];
	memcpy(at, start, sizeof at);
	if (!room_for(s, start[TABLE_COUNT * WRITINGS]))
		return false;
	for (const struct row *r = w->dirty; r; r = r->next_dirty) {
		assert(r->exists); /* nothing is ever removed from the state */
		s->sorted[at[part_of(r)]++] = r;
	}
	return true;
}

bool rows_send(struct store *s, const struct world *w, struct written *ret)
{
	size_t start[TABLE_COUNT * WRITINGS + 1];
	char name[64];

	ret->n = 0;
	if (!sort_dirty(s, w, start))
		return false;
	for (size_t p = 0; p < TABLE_COUNT * WRITINGS; p++) {
		const enum table_id t = (enum table_id)(p / WRITINGS);
		size_t n = start[p + 1] - start[p];
		struct args a;

		if (!n)
			continue;
		a = args_of(s);
		arg_begin(&a);
		encode_array(a.b, s->shape[t].type_oid, n);
		for (size_t i = start[p]; i < start[p + 1]; i++)
			encode_row(a.b, &s->shape[t], s->sorted[i]);
		arg_end(&a);
		write_name(t, (enum writing)(p % WRITINGS), name);
		ret->part[ret->n++] = (struct written_part){ s->sent, n };
		pipe_send(s, name, &a);
	}
	return true;
}

bool rows_written(const struct written *w, unsigned i, const PGresult *r)
{
	for (unsigned p = 0; p < w->n; p++)
		if (w->part[p].at == i)
			return strtoull(PQcmdTuples((PGresult *)(uintptr_t)r), NULL, 10) == w->part[p].rows;
	return true;
}
