/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t59b_residue.c: what is kept of an erased entry: every decision of a told life comes back from its residue to the bit,
 * for rows of every table and with every rule; nothing else is taken for one; and what is changed in it the leaf's digest
 * gives away.
 */
#include "test.h"

#include "service/residue.h"

static char pool[1 << 20], room[1 << 20];

/* A row of the table with something in every column. */
static struct row *full_row(struct arena *mem, enum table_id t, uint8_t n)
{
	const struct table_info *info = table_info(t);
	struct row *r = arena_take(mem, info->size);
	struct row_key k = { { n, 2, 3 } };

	assert_non_null(r);
	if (info->key_type == CT_i64)
		k = key_i64(n + 1);
	else if (info->key_type != CT_hash)
		memset(k.b + 16, 0, 16);
	row_init(r, t, k);
	for (size_t i = 0; i < info->n_columns; i++) {
		char *at = (char *)r + info->columns[i].offset;

		switch (info->columns[i].type) {
		case CT_uuid:
		case CT_fp16:
			memset(at, (int)(n + i), 16);
			break;
		case CT_hash:
			memset(at, (int)(n + i), 32);
			break;
		case CT_i64:
		case CT_moment:
			memcpy(at, &(int64_t){ -(int64_t)i * 1000000007 - 1 }, 8);
			break;
		case CT_i32:
			memcpy(at, &(int32_t){ (int32_t)i + 1 }, 4);
			break;
		case CT_date:
			memcpy(at, &(struct date){ 20000 + (int32_t)i }, sizeof(struct date));
			break;
		case CT_ccy:
			memcpy(at, "CNY", 4);
			break;
		case CT_text:
			*(struct span *)(void *)at = S("江阴 \"castings\"\n");
			break;
		}
	}
	return r;
}

static struct span digest_text(const struct decision *d, char *to, size_t len)
{
	const struct registry reg = { .seq = 7 };
	const struct command c = { .kind = ST_RECEIVABLE_REGISTER };
	struct writer w = writer_over(to, len);

	put_decision(&w, &reg, &c, d);
	assert_false(w.overflow);
	return writer_span(&w);
}

static void every_table_comes_back(void **state)
{
	static char before[1 << 16], after[1 << 16];

	(void)state;
	for (enum table_id t = TABLE_NONE + 1; t < TABLE_COUNT; t++) {
		struct arena mem = arena_over(pool, sizeof pool);
		struct decision d = { .pending = t % 2, .n_changes = 2, .n_rules = 2, .rule = { 1000001, -5 } }, back;
		struct row_key none = { { 9 } };
		struct span salt, text;

		if (table_info(t)->key_type == CT_i64)
			none = key_i64(9);
		d.change[0] = full_row(&mem, t, (uint8_t)t);
		d.change[1] = arena_take(&mem, table_info(t)->size);
		row_init(d.change[1], t, none); /* nothing but its key */
		text = residue_make(&d, S("sixteen bytes of salt"), &mem);
		assert_true(residue_read(text, &mem, &back, &salt));
		assert_true(span_eq(salt, S("sixteen bytes of salt")));
		assert_int_equal(back.n_changes, 2);
		assert_int_equal(back.pending, t % 2);
		for (int i = 0; i < 2; i++) {
			assert_true(back.change[i]->exists && back.change[i]->table == t);
			assert_memory_equal(back.change[i]->key, d.change[i]->key, 32);
			assert_null(row_difference(back.change[i], d.change[i], true));
		}
		assert_true(span_eq(digest_text(&d, before, sizeof before), digest_text(&back, after, sizeof after)));
	}
}

static struct span one_residue(struct arena *mem)
{
	static struct decision d;

	d = (struct decision){ .n_changes = 2, .n_rules = 1, .rule = { 1000001 } };
	d.change[0] = full_row(mem, TABLE_ASSET, 1);
	d.change[1] = full_row(mem, TABLE_PARTY, 2);
	return residue_make(&d, S("sixteen bytes of salt"), mem);
}

/* Cut anywhere, or with more behind it, it is none; a bit changed is none, or another decision. */
static void nothing_else_is_a_residue(void **state)
{
	static char good_text[1 << 16], other_text[1 << 16];
	struct arena mem = arena_over(pool, sizeof pool);
	struct span text = one_residue(&mem), salt, good;
	char *copy = arena_take(&mem, text.len + 1);
	struct decision d;
	size_t same = 0;

	(void)state;
	assert_true(residue_read(text, &mem, &d, &salt));
	good = digest_text(&d, good_text, sizeof good_text);
	for (size_t n = 0; n < text.len; n++) {
		struct arena a = arena_over(room, sizeof room);

		assert_false(residue_read((struct span){ text.at, n }, &a, &d, &salt));
	}
	memcpy(copy, text.at, text.len);
	copy[text.len] = 0;
	assert_false(residue_read((struct span){ copy, text.len + 1 }, &mem, &d, &salt));
	for (size_t bit = 0; bit < 8 * text.len; bit++) {
		struct arena a = arena_over(room, sizeof room);

		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
		if (residue_read((struct span){ copy, text.len }, &a, &d, &salt) &&
		    span_eq(salt, S("sixteen bytes of salt")) &&
		    span_eq(digest_text(&d, other_text, sizeof other_text), good))
			same++; /* a secret column, which the digest leaves out and the row says */
		copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
	}
	assert_true(same <= 8 * 16); /* asset.claim, and nothing besides */
}

static void what_does_not_fit_is_refused(void **state)
{
	struct arena mem = arena_over(pool, sizeof pool), small = arena_over(room, 64);
	struct decision d = { .n_changes = 1 };

	(void)state;
	d.change[0] = full_row(&mem, TABLE_ASSET, 1);
	(void)residue_make(&d, S("salt"), &small);
	assert_false(arena_ok(&small));
	d.n_changes = 0;
	assert_true(residue_make(&d, S(""), &mem).len > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_table_comes_back),
		T(nothing_else_is_a_residue),
		T(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
