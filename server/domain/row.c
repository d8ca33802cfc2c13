/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row.c: a row as canonical JSON, and two rows compared: what the decision
 * digest is made over and what the auditor looks at.
 *
 * Money columns are minor units as JSON numbers here, not decimal strings: the
 * text is for hashing, and every amount is within 2^53.
 */
#include "jcs.h"
#include "state.h"

static bool is_zero(const struct row *r, const struct column_info *c)
{
	static const uint8_t zeros[32];
	const char *at = (const char *)r + c->offset;
	struct date d;

	switch (c->type) {
	case CT_uuid:
	case CT_fp16:
		return memcmp(at, zeros, 16) == 0;
	case CT_hash:
		return memcmp(at, zeros, 32) == 0;
	case CT_i64:
	case CT_moment:
		return memcmp(at, zeros, 8) == 0;
	case CT_i32:
		return memcmp(at, zeros, 4) == 0;
	case CT_date:
		memcpy(&d, at, sizeof d);
		return d.day == 0 || d.day == DATE_NONE.day;
	case CT_ccy:
		return at[0] == 0;
	case CT_text:
		return ((const struct span *)(const void *)at)->len == 0;
	}
	return true;
}

static void put_scalar(struct jcs *j, const struct row *r, const struct column_info *c)
{
	const char *at = (const char *)r + c->offset;
	char text[80];
	struct writer w = writer_over(text, sizeof text);
	struct uuid u;
	struct hash h;
	struct date d;
	int64_t big;
	int32_t small;

	switch (c->type) {
	case CT_uuid:
		memcpy(&u, at, sizeof u);
		put_uuid(&w, u);
		break;
	case CT_fp16:
		put_hex(&w, at, 16);
		break;
	case CT_hash:
		memcpy(&h, at, sizeof h);
		put_hash64(&w, h);
		break;
	case CT_date:
		memcpy(&d, at, sizeof d);
		put_date(&w, d);
		break;
	case CT_ccy:
		put_span(&w, span_z(at));
		break;
	case CT_i64:
	case CT_moment: /* microseconds: within 2^53 until the year 2255 */
		memcpy(&big, at, sizeof big);
		jcs_i64(j, big);
		return;
	case CT_i32:
		memcpy(&small, at, sizeof small);
		jcs_i64(j, small);
		return;
	case CT_text:
		jcs_string(j, *(const struct span *)(const void *)at);
		return;
	}
	assert(!w.overflow);
	jcs_string(j, writer_span(&w));
}

void put_row_json(struct jcs *j, const struct row *r, bool secrets)
{
	const struct table_info *t = table_info(r->table);
	bool key_done = false;

	jcs_object(j);
	for (size_t i = 0; i <= t->n_columns; i++) {
		const struct column_info *c = i < t->n_columns ? &t->columns[i] : NULL;

		if (!key_done && (!c || strcmp(t->key.name, c->name) < 0)) {
			key_done = true;
			jcs_name(j, t->key.name);
			put_scalar(j, r, &t->key);
		}
		if (!c || is_zero(r, c) || (c->secret && !secrets))
			continue;
		jcs_name(j, c->name);
		put_scalar(j, r, c);
	}
	jcs_end_object(j);
}

void put_column_json(struct jcs *j, const struct row *r, const char *column)
{
	const struct table_info *t = table_info(r->table);
	const struct column_info *c = strcmp(column, t->key.name) == 0 ? &t->key : NULL;

	for (size_t i = 0; i < t->n_columns && !c; i++)
		if (strcmp(t->columns[i].name, column) == 0)
			c = &t->columns[i];
	assert(c != NULL);
	if (is_zero(r, c))
		jcs_null(j);
	else
		put_scalar(j, r, c);
}

static size_t width(enum col_type t)
{
	switch (t) {
	case CT_uuid:
	case CT_fp16:
		return 16;
	case CT_hash:
		return 32;
	case CT_i64:
	case CT_moment:
		return 8;
	case CT_i32:
	case CT_date:
	case CT_ccy:
		return 4;
	case CT_text:
		break;
	}
	return 0;
}

static bool column_same(const struct row *a, const struct row *b, const struct column_info *c)
{
	if (is_zero(a, c) || is_zero(b, c))
		return is_zero(a, c) && is_zero(b, c);
	if (c->type == CT_text)
		return span_eq(*(const struct span *)(const void *)((const char *)a + c->offset),
		               *(const struct span *)(const void *)((const char *)b + c->offset));
	return memcmp((const char *)a + c->offset, (const char *)b + c->offset, width(c->type)) == 0;
}

const char *row_difference(const struct row *a, const struct row *b, bool secrets)
{
	const struct table_info *t = table_info(a->table);

	assert(a->table == b->table);
	if (memcmp(a->key, b->key, sizeof a->key) != 0)
		return t->key.name;
	for (size_t i = 0; i < t->n_columns; i++) {
		if (t->columns[i].secret && !secrets)
			continue;
		if (!column_same(a, b, &t->columns[i]))
			return t->columns[i].name;
	}
	return NULL;
}
