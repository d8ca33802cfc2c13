/* SPDX-License-Identifier: Apache-2.0 */
/*
 * residue.c: see residue.h.
 *
 *   version 1, pending 1, salt, rules 2 {id 8}, changes 2 { table, columns 1 { name, value } }
 *   names, texts and salt behind their length in two bytes; numbers big-endian; columns at zero left out
 */
#include "service/residue.h"

enum { VERSION = 1 };

/* --- writing --- */

static void put_u16(struct writer *w, size_t v)
{
	assert(v <= UINT16_MAX);
	put_byte(w, (char)(v >> 8));
	put_byte(w, (char)v);
}

static void put_part(struct writer *w, struct span s)
{
	put_u16(w, s.len);
	put_span(w, s);
}

static void put_be(struct writer *w, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		put_byte(w, (char)(v >> 8 * bytes));
}

static size_t raw_width(enum col_type t)
{
	switch (t) {
	case CT_uuid:
	case CT_fp16:
		return 16;
	case CT_hash:
		return 32;
	case CT_ccy:
		return 4;
	case CT_i64:
	case CT_moment:
	case CT_i32:
	case CT_date:
	case CT_text:
		break;
	}
	return 0;
}

static void put_value(struct writer *w, const char *at, enum col_type t)
{
	int64_t big;
	int32_t small;

	switch (t) {
	case CT_text:
		put_part(w, *(const struct span *)(const void *)at);
		return;
	case CT_i64:
	case CT_moment:
		memcpy(&big, at, sizeof big);
		put_u16(w, 8);
		put_be(w, (uint64_t)big, 8);
		return;
	case CT_i32:
	case CT_date:
		memcpy(&small, at, sizeof small);
		put_u16(w, 4);
		put_be(w, (uint32_t)small, 4);
		return;
	case CT_uuid:
	case CT_fp16:
	case CT_hash:
	case CT_ccy:
		put_part(w, (struct span){ at, raw_width(t) });
		return;
	}
}

static bool is_zero(const char *at, enum col_type t)
{
	static const char zeros[32];
	const size_t width = t == CT_text                    ? 0
	                     : t == CT_i64 || t == CT_moment ? 8
	                     : t == CT_i32 || t == CT_date   ? 4
	                                                     : raw_width(t);

	return t == CT_text ? ((const struct span *)(const void *)at)->len == 0 : memcmp(at, zeros, width) == 0;
}

static void put_column(struct writer *w, const struct row *r, const struct column_info *c)
{
	put_part(w, span_z(c->name));
	put_value(w, (const char *)r + c->offset, c->type);
}

static void put_row(struct writer *w, const struct row *r)
{
	const struct table_info *t = table_info(r->table);
	size_t n = 1;

	for (size_t i = 0; i < t->n_columns; i++)
		n += !is_zero((const char *)r + t->columns[i].offset, t->columns[i].type);
	put_part(w, span_z(t->name));
	put_u16(w, n);
	put_column(w, r, &t->key);
	for (size_t i = 0; i < t->n_columns; i++)
		if (!is_zero((const char *)r + t->columns[i].offset, t->columns[i].type))
			put_column(w, r, &t->columns[i]);
}

struct span residue_make(const struct decision *d, struct span salt, struct arena *mem)
{
	struct writer w = writer_in(mem);

	put_byte(&w, VERSION);
	put_byte(&w, (char)d->pending);
	put_part(&w, salt);
	put_u16(&w, d->n_rules);
	for (unsigned i = 0; i < d->n_rules; i++)
		put_be(&w, (uint64_t)d->rule[i], 8);
	put_u16(&w, d->n_changes);
	for (unsigned i = 0; i < d->n_changes; i++)
		put_row(&w, d->change[i]);
	return writer_done(&w, mem);
}

/* --- reading --- */

struct cursor {
	struct span left;
	bool bad;
};

static struct span take(struct cursor *c, size_t n)
{
	struct span s = { c->left.at, n };

	if (n > c->left.len) {
		c->bad = true;
		return S("");
	}
	c->left.at += n;
	c->left.len -= n;
	return s;
}

static uint64_t take_be(struct cursor *c, unsigned bytes)
{
	struct span s = take(c, bytes);
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (uint8_t)s.at[i];
	return v;
}

/* What canonical JSON can say (jcs.h): the digest is made over these. */
static bool sound(int64_t v) { return v > -(INT64_C(1) << 53) && v < INT64_C(1) << 53; }

static bool sound_date(int32_t day) { return day == DATE_NONE.day || (day > -1000000 && day < 3000000); }

static bool sound_ccy(struct span v)
{
	return v.len == 4 && v.at[3] == 0 && (v.at[0] == 0 || ccy_digits((struct span){ v.at, 3 }) >= 0);
}

static struct span take_part(struct cursor *c) { return take(c, (size_t)take_be(c, 2)); }

static bool set_value(char *at, enum col_type t, struct span v, struct arena *mem)
{
	struct cursor c = { v, false };
	int64_t big;
	int32_t small;

	switch (t) {
	case CT_text:
		*(struct span *)(void *)at = arena_copy(mem, v);
		return arena_ok(mem) && utf8_valid(v);
	case CT_i64:
	case CT_moment:
		big = (int64_t)take_be(&c, 8);
		memcpy(at, &big, sizeof big);
		return v.len == 8 && sound(big);
	case CT_i32:
	case CT_date:
		small = (int32_t)(uint32_t)take_be(&c, 4);
		memcpy(at, &small, sizeof small);
		return v.len == 4 && (t == CT_i32 || sound_date(small));
	case CT_ccy:
		memcpy(at, v.at, v.len == 4 ? 4 : 0);
		return sound_ccy(v);
	case CT_uuid:
	case CT_fp16:
	case CT_hash:
		if (v.len == raw_width(t))
			memcpy(at, v.at, v.len);
		return v.len == raw_width(t);
	}
	return false;
}

static const struct table_info *table_called(struct span name)
{
	for (enum table_id t = TABLE_NONE + 1; t < TABLE_COUNT; t++)
		if (span_is(name, table_info(t)->name))
			return table_info(t);
	return NULL;
}

static const struct column_info *column_called(const struct table_info *t, struct span name)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (span_is(name, t->columns[i].name))
			return &t->columns[i];
	return NULL;
}

/* The key comes first: its bytes are the row's. An i64 key stands big-endian in both. */
static struct row *take_row(struct cursor *c, struct arena *mem)
{
	const struct table_info *t = table_called(take_part(c));
	size_t n = (size_t)take_be(c, 2);
	struct span name = take_part(c), key = take_part(c);
	struct row_key k = { { 0 } };
	struct row *r = t ? arena_take(mem, t->size) : NULL;

	if (!r || n == 0 || !span_is(name, t->key.name) || key.len > sizeof k.b || key.len == 0)
		return NULL;
	memcpy(k.b, key.at, key.len);
	if (t->key_type == CT_i64 && (key.len != 8 || !sound((int64_t)be64_get(k.b))))
		return NULL;
	row_init(r, t->id, k);
	for (size_t i = 1; i < n; i++) {
		const struct column_info *column = column_called(t, take_part(c));
		struct span v = take_part(c);

		if (c->bad || !column || !set_value((char *)r + column->offset, column->type, v, mem))
			return NULL;
	}
	return r;
}

bool residue_read(struct span text, struct arena *mem, struct decision *ret, struct span *salt)
{
	struct cursor c = { text, false };

	memset(ret, 0, sizeof *ret);
	if (take_be(&c, 1) != VERSION)
		return false;
	ret->pending = take_be(&c, 1) != 0;
	*salt = take_part(&c);
	ret->n_rules = (unsigned)take_be(&c, 2);
	if (c.bad || ret->n_rules > RULES_USED_MAX)
		return false;
	for (unsigned i = 0; i < ret->n_rules; i++)
		c.bad |= !sound(ret->rule[i] = (int64_t)take_be(&c, 8));
	ret->n_changes = (unsigned)take_be(&c, 2);
	if (c.bad || ret->n_changes > CHANGES_MAX)
		return false;
	for (unsigned i = 0; i < ret->n_changes; i++) {
		ret->change[i] = take_row(&c, mem);
		if (!ret->change[i])
			return false;
	}
	return !c.bad && c.left.len == 0;
}
