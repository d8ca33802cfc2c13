/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field_read.c: JSON values into the C types of fields, one reader per kind.
 *
 * A reader writes its result at the very end. Every refusal names the place
 * and says what was expected there, in the words of the kinds' table.
 */
#include <stdio.h>

#include "intake/field.h"
#include "intake/field_kind.h"
#include "der.h"
#include "intake/jwk_file.h"

struct reading {
	enum field_kind kind;
	const char *member;
	struct arena *mem;
	struct diag *d;
};

typedef enum fault reader(const struct reading *r, const struct js *at, void *out);

static enum fault refuse_as(const struct reading *r, const struct js *at, enum fault f, const char *expected)
{
	char detail[sizeof r->d->detail];

	snprintf(detail, sizeof detail, "expected %s", expected);
	return js_refuse(at, f, detail, r->d);
}

static enum fault refuse(const struct reading *r, const struct js *at)
{
	return refuse_as(r, at, E_BAD_MEMBER, kind_expected(r->kind));
}

static enum fault full(const struct reading *r)
{
	return diag_set(r->d, E_TOO_BIG, "", "more than one request may hold");
}

/* --- from a string --- */

static enum fault read_uuid(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	struct uuid u;

	if (!js_text(at, &s) || !uuid_parse(s, &u) || uuid_is_nil(u))
		return refuse(r, at);
	memcpy(out, &u, sizeof u);
	return OK;
}

static bool hash_parse(struct span s, struct hash *ret)
{
	return s.len == HASH_B64 ? hash64_parse(s, ret) : hex_parse(s, ret->b, HASH_LEN);
}

static enum fault read_hash(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	struct hash h;

	if (!js_text(at, &s) || !hash_parse(s, &h) || hash_is_zero(h))
		return refuse(r, at);
	memcpy(out, &h, sizeof h);
	return OK;
}

static enum fault read_date(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	struct date day;

	if (!js_text(at, &s) || !date_parse(s, &day))
		return refuse(r, at);
	memcpy(out, &day, sizeof day);
	return OK;
}

static enum fault read_moment(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	struct moment m;

	if (!js_text(at, &s) || !moment_parse(s, &m))
		return refuse(r, at);
	memcpy(out, &m, sizeof m);
	return OK;
}

static enum fault read_fraction(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	int32_t ppm;

	if (!js_text(at, &s) || !fraction_parse(s, &ppm))
		return refuse(r, at);
	memcpy(out, &ppm, sizeof ppm);
	return OK;
}

static enum fault read_encumbrance_kind(const struct reading *r, const struct js *at, void *out)
{
	struct span s;
	enum encumbrance_kind k;

	if (!js_text(at, &s) || (k = encumbrance_kind_parse(s)) == ENC_NONE)
		return refuse(r, at);
	memcpy(out, &k, sizeof k);
	return OK;
}

static enum fault keep_text(const struct reading *r, struct span s, void *out)
{
	s = arena_copy(r->mem, s);
	if (!arena_ok(r->mem))
		return full(r);
	memcpy(out, &s, sizeof s);
	return OK;
}

static enum fault read_text(const struct reading *r, const struct js *at, void *out)
{
	const struct text_form *form = text_form(r->member);
	struct span s;

	if (!js_text(at, &s) || !text_ok(s))
		return refuse(r, at);
	if (form && !form->ok(s))
		return refuse_as(r, at, E_BAD_MEMBER, form->expected);
	return keep_text(r, s, out);
}

static enum fault read_der(const struct reading *r, const struct js *at, void *out)
{
	size_t mark = r->mem->used;
	struct span s, der;

	if (!js_text(at, &s))
		return refuse(r, at);
	bool good =
		s.len <= 4 * (DER_MAX / 3 + 1) && b64_decode(s, r->mem, &der) && der.len <= DER_MAX && der_strict(der);
	if (!arena_ok(r->mem))
		return full(r);
	r->mem->used = mark;
	return good ? keep_text(r, s, out) : refuse(r, at);
}

/* --- from other scalars --- */

static enum fault read_flag(const struct reading *r, const struct js *at, void *out)
{
	bool yes;

	if (!js_bool(at, &yes))
		return refuse(r, at);
	enum flag flag = yes ? FLAG_YES : FLAG_NO;
	memcpy(out, &flag, sizeof flag);
	return OK;
}

static enum fault read_i64(const struct reading *r, const struct js *at, void *out)
{
	int64_t v;

	if (!js_i64(at, &v))
		return refuse(r, at);
	memcpy(out, &v, sizeof v);
	return OK;
}

/* --- objects --- */

static enum fault read_jwk(const struct reading *r, const struct js *at, void *out)
{
	struct pubkey k;
	enum fault f = jwk_read(at, &k, r->d);

	if (f == OK)
		memcpy(out, &k, sizeof k);
	return f;
}

static enum fault refuse_amount(const struct reading *r, const struct js *at, struct span ccy)
{
	char expected[128];
	int digits = ccy_digits(ccy);

	snprintf(expected, sizeof expected,
	         digits > 0 ? "a decimal string with exactly %d decimals (%.3s), from 0 to 10^15 minor units"
	                    : "a decimal string with %d decimals (%.3s) and no point, from 0 to 10^15 minor units",
	         digits, ccy.at);
	return refuse_as(r, at, E_BAD_AMOUNT, expected);
}

static enum fault read_money(const struct reading *r, const struct js *at, void *out)
{
	static const struct js_member member[] = {
		{ "amount", true, "a decimal string" },
		{ "currency", true, "an ISO 4217 code" },
	};
	struct js in[ARRAY_LEN(member)];
	struct span amount, ccy;
	struct money m;
	enum fault f = js_members(at, member, ARRAY_LEN(member), in, r->d);

	if (f != OK)
		return f;
	if (!js_text(&in[1], &ccy) || ccy_digits(ccy) < 0)
		return refuse_as(r, &in[1], E_BAD_MEMBER,
		                 "the ISO 4217 code of a currency this registry knows, such as CNY");
	if (!js_text(&in[0], &amount) || !money_parse(amount, ccy, &m))
		return refuse_amount(r, &in[0], ccy);
	memcpy(out, &m, sizeof m);
	return OK;
}

static enum fault read_quantity(const struct reading *r, const struct js *at, void *out)
{
	static const struct js_member member[] = { { "quantity", true, "a decimal string, at most six decimals" },
		                                   { "unit", true, "UN/CEFACT Rec 20 code, such as TNE" } };
	struct quantity q = { .micro = 0 };
	struct js in[ARRAY_LEN(member)];
	struct span number, unit;
	enum fault f = js_members(at, member, ARRAY_LEN(member), in, r->d);

	if (f != OK)
		return f;
	if (!js_text(&in[0], &number) || !micro_parse(number, &q.micro))
		return refuse(r, &in[0]);
	if (!js_text(&in[1], &unit) || !unit_parse(unit, q.unit))
		return refuse(r, &in[1]);
	memcpy(out, &q, sizeof q);
	return OK;
}

static enum fault read_values(const struct reading *r, const struct js *at, void *out)
{
	struct values v;
	struct js only;

	if (!js_only_member(at, &only) || !js_i64(&only, &v.value))
		return refuse(r, at);
	struct span unit = span_z(only.name); /* no NUL in it: the parser refuses that */
	if (!text_ok(unit))
		return refuse(r, at);
	enum fault f = keep_text(r, unit, &v.unit);
	if (f == OK)
		memcpy(out, &v, sizeof v);
	return f;
}

static enum fault read_object(const struct reading *r, const struct js *at, void *out)
{
	return fields_read(at, kind_fields(r->kind), r->mem, out, r->d);
}

/* --- lists --- */

/* How many items; a list out of its bounds, or what is no list, is refused. */
static enum fault count_items(const struct reading *r, const struct js *at, size_t *n)
{
	if (!js_items(at, n) || *n > list_most(r->kind) || *n < list_least(r->kind))
		return refuse(r, at);
	return OK;
}

static enum fault refuse_twice(const struct reading *r, const struct js *at)
{
	return js_refuse(at, E_BAD_MEMBER, "this item stands in the list twice", r->d);
}

/* Items that are names; `place` gives a name's place in the set, or -1. */
static enum fault read_set(const struct reading *r, const struct js *at, int (*place)(struct span),
                           struct type_set *ret)
{
	struct type_set set = { { 0 } };
	size_t n;
	enum fault f = count_items(r, at, &n);

	for (size_t i = 0; f == OK && i < n; i++) {
		struct js item = js_item(at, i);
		struct span name;
		int at_row = js_text(&item, &name) ? place(name) : -1;

		if (at_row < 0)
			return refuse(r, &item);
		if (type_set_has(&set, (unsigned)at_row))
			return refuse_twice(r, &item);
		type_set_add(&set, (unsigned)at_row);
	}
	*ret = set;
	return f;
}

static int role_place(struct span name)
{
	int32_t role = role_parse(name);

	return role > 0 ? __builtin_ctz((unsigned)role) : -1;
}

static int type_place(struct span name)
{
	const struct statement_info *info = statement_by_type(name);

	return info ? (int)info->row : -1;
}

static enum fault read_roles(const struct reading *r, const struct js *at, void *out)
{
	struct type_set set;
	enum fault f = read_set(r, at, role_place, &set);
	int32_t mask = (int32_t)set.bits[0];

	if (f == OK)
		memcpy(out, &mask, sizeof mask);
	return f;
}

static enum fault read_types(const struct reading *r, const struct js *at, void *out)
{
	struct type_set types;
	enum fault f = read_set(r, at, type_place, &types);

	if (f == OK)
		memcpy(out, &types, sizeof types);
	return f;
}

/* Items that are values, each read by `one` into `size` bytes; twice the same is refused where `once` says so. */
static enum fault read_list(const struct reading *r, const struct js *at, reader *one, size_t size, bool once,
                            void *out)
{
	struct list list;
	enum fault f = count_items(r, at, &list.n);

	if (f != OK)
		return f;
	if (!(list.at = arena_take(r->mem, list.n * size)))
		return full(r);
	for (size_t i = 0; i < list.n; i++) {
		struct js item = js_item(at, i);
		char *here = (char *)list.at + i * size;

		if ((f = one(r, &item, here)) != OK)
			return f;
		for (size_t k = 0; once && k < i; k++)
			if (memcmp((char *)list.at + k * size, here, size) == 0)
				return refuse_twice(r, &item);
	}
	memcpy(out, &list, sizeof list);
	return OK;
}

static enum fault read_hashes(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_hash, sizeof(struct hash), true, out);
}

static enum fault read_numbers(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_i64, sizeof(int64_t), true, out);
}

/* Read like a single one; twice the same is found by the characters, since each item is a copy of its own. */
static enum fault read_texts(const struct reading *r, const struct js *at, void *out)
{
	struct texts list;
	enum fault f = read_list(r, at, read_text, sizeof(struct span), false, &list);

	for (size_t i = 0; f == OK && i < list.n; i++) {
		for (size_t k = 0; k < i; k++) {
			struct js item = js_item(at, i);

			if (span_eq(list.at[i], list.at[k]))
				return refuse_twice(r, &item);
		}
	}
	if (f == OK)
		memcpy(out, &list, sizeof list);
	return f;
}

static enum fault read_uuids(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_uuid, sizeof(struct uuid), true, out);
}

static enum fault read_lots(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_object, sizeof(struct goods_lot), false, out);
}

static enum fault read_parts(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_object, sizeof(struct goods_part), false, out);
}

static enum fault read_capacities(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_object, sizeof(struct capacity), false, out);
}

static enum fault read_jwks(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_jwk, sizeof(struct pubkey), true, out);
}

/* That a rule stands once is the rules' to say, who know how they are named. */
static enum fault read_rules(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_object, sizeof(struct rule_value), false, out);
}

/* That each id stands once, and is new, is the rules' to say. */
static enum fault read_cuts(const struct reading *r, const struct js *at, void *out)
{
	return read_list(r, at, read_object, sizeof(struct cut), false, out);
}

/* --- the table --- */

static reader *const reader_of[] = {
	[FK_uuid] = read_uuid,
	[FK_hash] = read_hash,
	[FK_money] = read_money,
	[FK_date] = read_date,
	[FK_moment] = read_moment,
	[FK_text] = read_text,
	[FK_flag] = read_flag,
	[FK_i64] = read_i64,
	[FK_jwk] = read_jwk,
	[FK_fraction] = read_fraction,
	[FK_facts] = read_object,
	[FK_invoice] = read_object,
	[FK_values] = read_values,
	[FK_hashes] = read_hashes,
	[FK_jwks] = read_jwks,
	[FK_roles] = read_roles,
	[FK_types] = read_types,
	[FK_rules] = read_rules,
	[FK_encumbrance_kind] = read_encumbrance_kind,
	[FK_uuids] = read_uuids,
	[FK_quantity] = read_quantity,
	[FK_lots] = read_lots,
	[FK_parts] = read_parts,
	[FK_capacities] = read_capacities,
	[FK_cuts] = read_cuts,
	[FK_texts] = read_texts,
	[FK_numbers] = read_numbers,
	[FK_der] = read_der,
};

enum fault field_read(const struct js *at, enum field_kind k, const char *member, struct arena *mem, void *out,
                      struct diag *d)
{
	struct reading r = { .kind = k, .member = member, .mem = mem, .d = d };

	assert(k < ARRAY_LEN(reader_of));
	assert(at->v);
	return reader_of[k](&r, at, out);
}

enum fault fields_read(const struct js *object, struct fields f, struct arena *mem, void *out, struct diag *d)
{
	struct js_member member[JS_MEMBERS_MAX] = { { .name = NULL } };
	struct js in[JS_MEMBERS_MAX];
	enum fault fault;

	assert(f.n <= JS_MEMBERS_MAX);
	for (size_t i = 0; i < f.n; i++)
		member[i] = (struct js_member){ f.at[i].member, f.at[i].need, f.at[i].what };
	if ((fault = js_members(object, member, f.n, in, d)) != OK)
		return fault;
	for (size_t i = 0; i < f.n && fault == OK; i++) {
		char *here = (char *)out + f.at[i].offset;

		if (in[i].v)
			fault = field_read(&in[i], f.at[i].kind, f.at[i].member, mem, here, d);
		else
			field_clear(f.at[i].kind, here);
	}
	return fault;
}
