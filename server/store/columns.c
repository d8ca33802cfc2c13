/* SPDX-License-Identifier: Apache-2.0 */
/*
 * columns.c: C structs to PostgreSQL's binary format and back, driven by table_info.
 *
 * PostgreSQL counts days and microseconds from 2000-01-01. A date or moment of
 * none is NULL; every other zero is stored as itself.
 */
#include "pg.h"

#define PG_DAY 10957 /* 2000-01-01 in days since 1970-01-01 */
#define PG_US (PG_DAY * DAY_US)

struct pg_type pg_type_of(enum col_type t)
{
	switch (t) {
	case CT_uuid:
		return (struct pg_type){ "uuid", 2950 };
	case CT_hash:
	case CT_fp16:
		return (struct pg_type){ "bytea", 17 };
	case CT_i64:
		return (struct pg_type){ "bigint", 20 };
	case CT_i32:
		return (struct pg_type){ "integer", 23 };
	case CT_date:
		return (struct pg_type){ "date", 1082 };
	case CT_moment:
		return (struct pg_type){ "timestamp with time zone", 1184 };
	case CT_ccy:
	case CT_text:
		return (struct pg_type){ "text", 25 };
	}
	assert(false && "a column type");
	return (struct pg_type){ NULL, 0 };
}

static void put_fixed(struct buf *b, const void *at, size_t len)
{
	buf_be32(b, (uint32_t)len);
	buf_put(b, at, len);
}

static void put_null(struct buf *b) { buf_be32(b, UINT32_MAX); }

static void put_i32(struct buf *b, int32_t v)
{
	buf_be32(b, 4);
	buf_be32(b, (uint32_t)v);
}

static void put_int8(struct buf *b, int64_t v)
{
	buf_be32(b, 8);
	buf_be64(b, (uint64_t)v);
}

void encode_value(struct buf *b, enum col_type t, const void *at)
{
	int32_t small;
	int64_t big;
	struct span text;

	switch (t) {
	case CT_uuid:
	case CT_fp16:
		put_fixed(b, at, 16);
		return;
	case CT_hash:
		put_fixed(b, at, HASH_LEN);
		return;
	case CT_i64:
		memcpy(&big, at, sizeof big);
		put_int8(b, big);
		return;
	case CT_moment:
		memcpy(&big, at, sizeof big);
		if (big == 0)
			put_null(b);
		else
			put_int8(b, big - PG_US);
		return;
	case CT_i32:
		memcpy(&small, at, sizeof small);
		put_i32(b, small);
		return;
	case CT_date:
		memcpy(&small, at, sizeof small);
		if (small == 0 || small == DATE_NONE.day)
			put_null(b);
		else
			put_i32(b, small - PG_DAY);
		return;
	case CT_ccy:
		put_fixed(b, at, strnlen(at, 3));
		return;
	case CT_text:
		memcpy(&text, at, sizeof text);
		put_fixed(b, text.at, text.len);
		return;
	}
	assert(false && "a column type");
}

void encode_array(struct buf *b, uint32_t element_oid, size_t n)
{
	buf_be32(b, n ? 1 : 0); /* dimensions */
	buf_be32(b, 0);         /* no NULL among the elements */
	buf_be32(b, element_oid);
	if (!n)
		return;
	buf_be32(b, (uint32_t)n);
	buf_be32(b, 1); /* lower bound */
}

void encode_row(struct buf *b, const struct shape *shape, const struct row *r)
{
	size_t at = b->len;

	buf_be32(b, 0); /* length, known at the end */
	buf_be32(b, shape->n);
	for (unsigned i = 0; i < shape->n; i++) {
		buf_be32(b, pg_type_of(shape->col[i].type).oid);
		if (shape->computed[i])
			put_null(b);
		else
			encode_value(b, shape->col[i].type, (const char *)r + shape->col[i].offset);
	}
	if (!b->failed)
		be32_put((uint8_t *)b->at + at, (uint32_t)(b->len - at - 4));
}

struct span result_span(const PGresult *r, int row, int field)
{
	return (struct span){ PQgetvalue(r, row, field), (size_t)PQgetlength(r, row, field) };
}

static const uint8_t *bytes_of(const PGresult *r, int row, int field, size_t len)
{
	if (PQgetisnull(r, row, field) || (size_t)PQgetlength(r, row, field) != len)
		return NULL;
	return (const uint8_t *)PQgetvalue(r, row, field);
}

int64_t result_i64(const PGresult *r, int row, int field)
{
	const uint8_t *p = bytes_of(r, row, field, 8);

	return p ? (int64_t)be64_get(p) : 0;
}

static bool get_fixed(const PGresult *r, int row, int field, void *to, size_t len)
{
	const uint8_t *p = bytes_of(r, row, field, len);

	if (p)
		memcpy(to, p, len);
	return p != NULL;
}

static bool get_i64(const PGresult *r, int row, int field, int64_t add, void *to)
{
	const uint8_t *p = bytes_of(r, row, field, 8);
	int64_t v = p ? (int64_t)be64_get(p) : 0;

	if (!p || __builtin_add_overflow(v, add, &v))
		return false;
	memcpy(to, &v, sizeof v);
	return true;
}

static bool get_i32(const PGresult *r, int row, int field, int32_t add, void *to)
{
	const uint8_t *p = bytes_of(r, row, field, 4);
	int32_t v = p ? (int32_t)be32_get(p) : 0;

	if (!p || __builtin_add_overflow(v, add, &v))
		return false;
	memcpy(to, &v, sizeof v);
	return true;
}

bool decode_value(const PGresult *r, int row, int field, enum col_type t, void *to)
{
	bool null = PQgetisnull(r, row, field);
	struct span s = result_span(r, row, field);

	switch (t) {
	case CT_uuid:
	case CT_fp16:
		return get_fixed(r, row, field, to, 16);
	case CT_hash:
		return get_fixed(r, row, field, to, HASH_LEN);
	case CT_i64:
		return get_i64(r, row, field, 0, to);
	case CT_moment:
		memset(to, 0, sizeof(struct moment));
		return null || get_i64(r, row, field, PG_US, to);
	case CT_i32:
		return get_i32(r, row, field, 0, to);
	case CT_date:
		memcpy(to, &DATE_NONE, sizeof(struct date));
		return null || get_i32(r, row, field, PG_DAY, to);
	case CT_ccy:
		if (null || s.len > 3)
			return false;
		memset(to, 0, sizeof(col_ccy));
		memcpy(to, s.at, s.len);
		return true;
	case CT_text:
		memcpy(to, &s, sizeof s);
		return !null;
	}
	assert(false && "a column type");
	return false;
}

/* The key of a row from its key column's bytes: they are stored big-endian on both sides. */
static bool get_key(const PGresult *r, int at, struct row_key *ret)
{
	struct span s = result_span(r, at, 0);

	memset(ret, 0, sizeof *ret);
	if (PQgetisnull(r, at, 0) || s.len > sizeof ret->b)
		return false;
	memcpy(ret->b, s.at, s.len);
	return true;
}

bool decode_row(const PGresult *r, int at, enum table_id t, union any_row *ret)
{
	const struct table_info *info = table_info(t);
	struct row_key key;

	if (PQnfields(r) != (int)info->n_columns + 1 || !get_key(r, at, &key))
		return false;
	row_init(&ret->row, t, key);
	for (size_t i = 0; i < info->n_columns; i++) {
		const struct column_info *c = &info->columns[i];

		if (!decode_value(r, at, (int)i + 1, c->type, (char *)ret + c->offset))
			return false;
	}
	return true;
}

void put_columns(struct buf *b, const struct table_info *t, const char *prefix)
{
	buf_z(b, prefix);
	buf_z(b, "\"");
	buf_z(b, t->key.name);
	for (size_t i = 0; i < t->n_columns; i++) {
		buf_z(b, "\",");
		buf_z(b, prefix);
		buf_z(b, "\"");
		buf_z(b, t->columns[i].name);
	}
	buf_z(b, "\"");
}
