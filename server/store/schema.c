/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.c: is the database the one this program was built for? Asked once, at
 * the start: every column of state.def with its type, and every migration's
 * checksum.
 */
#include <stdio.h>

#include "migrate.h"

static const char columns_sql[] =
	"SELECT c.relname, a.attname, format_type(a.atttypid, -1), a.attnotnull FROM pg_class c"
	" JOIN pg_attribute a ON a.attrelid = c.oid"
	" WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'counterfoil') AND c.relkind = 'r'"
	" AND a.attnum > 0 AND NOT a.attisdropped";
static const char versions_sql[] = "SELECT name, encode(sha256, 'hex') FROM schema_version ORDER BY number";

struct checking {
	char *why;
	size_t why_len;
};

static int find(const PGresult *r, const char *table, const char *column)
{
	for (int i = 0; i < PQntuples(r); i++)
		if (strcmp(PQgetvalue(r, i, 0), table) == 0 && strcmp(PQgetvalue(r, i, 1), column) == 0)
			return i;
	return -1;
}

static enum fault check_column(struct checking *c, const PGresult *r, const struct table_info *t,
                               const struct column_info *col)
{
	int at = find(r, t->name, col->name);
	bool nullable = col->type == CT_date || col->type == CT_moment;

	if (at >= 0 && strcmp(PQgetvalue(r, at, 2), pg_type_of(col->type).name) == 0 &&
	    (PQgetvalue(r, at, 3)[0] == 't') == !nullable)
		return OK;
	snprintf(c->why, c->why_len, "column %s.%s is %s, not %s%s", t->name, col->name,
	         at < 0 ? "missing" : PQgetvalue(r, at, 2), pg_type_of(col->type).name, nullable ? "" : " NOT NULL");
	return E_INTERNAL;
}

static enum fault check_columns(struct checking *c, const PGresult *r)
{
	for (int i = TABLE_NONE + 1; i < TABLE_COUNT; i++) {
		const struct table_info *t = table_info((enum table_id)i);
		enum fault f = check_column(c, r, t, &t->key);

		for (size_t k = 0; f == OK && k < t->n_columns; k++)
			f = check_column(c, r, t, &t->columns[k]);
		if (f != OK)
			return f;
	}
	return OK;
}

static enum fault check_versions(struct checking *c, const PGresult *r)
{
	size_t n;
	const struct migration *m = migrations(&n);

	if ((size_t)PQntuples(r) != n) {
		snprintf(
			c->why, c->why_len,
			"the database has %d migrations, this program %zu: migrate the database, or use the program that made it",
			PQntuples(r), n);
		return E_INTERNAL;
	}
	for (size_t i = 0; i < n; i++) {
		struct hash h = { { 0 } };

		if (hex_parse(result_span(r, (int)i, 1), h.b, sizeof h.b) && hash_eq(h, migration_hash(&m[i])) &&
		    strcmp(PQgetvalue(r, (int)i, 0), m[i].name) == 0)
			continue;
		snprintf(c->why, c->why_len, "%s was applied with another content", m[i].name);
		return E_INTERNAL;
	}
	return OK;
}

static enum fault on_schema(void *arg, unsigned i, const PGresult *r)
{
	return i == 0 ? check_columns(arg, r) : check_versions(arg, r);
}

enum fault store_schema_ok(struct store *s, char *why, size_t why_len)
{
	struct checking c = { why, why_len };
	enum fault f;

	why[0] = 0;
	pipe_sql(s, columns_sql);
	pipe_sql(s, versions_sql);
	f = pipe_run(s, on_schema, &c);
	if (f != OK && !why[0])
		snprintf(why, why_len, "%s", s->why);
	return f;
}
