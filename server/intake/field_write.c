/* SPDX-License-Identifier: Apache-2.0 */
/* field_write.c: the C types of fields as JSON values, one writer per kind. */
#include "intake/field.h"

typedef void putter(struct jcs *j, enum field_kind k, const char *member, const void *at);

/* A short string made by a put_ function of its own. */
#define TEXT_OF(j, call)                                            \
	do {                                                        \
		char text_[HASH_LEN * 2 + 16];                      \
		struct writer w = writer_over(text_, sizeof text_); \
		call;                                               \
		assert(!w.overflow);                                \
		jcs_string(j, writer_span(&w));                     \
	} while (0)

static void put_as_uuid(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct uuid u;

	(void)k, (void)member;
	memcpy(&u, at, sizeof u);
	TEXT_OF(j, put_uuid(&w, u));
}

static void put_as_hash(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct hash h;

	(void)k;
	memcpy(&h, at, sizeof h);
	if (hash_is_base64url(member))
		TEXT_OF(j, put_hash64(&w, h));
	else
		TEXT_OF(j, put_hex(&w, h.b, HASH_LEN));
}

static void put_as_money(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct money m;

	(void)k, (void)member;
	memcpy(&m, at, sizeof m);
	jcs_object(j);
	jcs_name(j, "amount");
	TEXT_OF(j, put_amount(&w, m.minor, m.ccy));
	jcs_member_z(j, "currency", m.ccy);
	jcs_end_object(j);
}

static void put_as_date(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct date d;

	(void)k, (void)member;
	memcpy(&d, at, sizeof d);
	TEXT_OF(j, put_date(&w, d));
}

static void put_as_moment(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct moment m;

	(void)k, (void)member;
	memcpy(&m, at, sizeof m);
	TEXT_OF(j, put_moment(&w, m));
}

static void put_as_text(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct span s;

	(void)k, (void)member;
	memcpy(&s, at, sizeof s);
	jcs_string(j, s);
}

static void put_as_flag(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	enum flag f;

	(void)k, (void)member;
	memcpy(&f, at, sizeof f);
	jcs_bool(j, f == FLAG_YES);
}

static void put_as_i64(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	int64_t v;

	(void)k, (void)member;
	memcpy(&v, at, sizeof v);
	jcs_i64(j, v);
}

static void put_as_jwk(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	char text[192];
	struct writer w = writer_over(text, sizeof text);
	struct pubkey key;

	(void)k, (void)member;
	memcpy(&key, at, sizeof key);
	put_jwk(&w, &key);
	assert(!w.overflow);
	jcs_raw(j, writer_span(&w));
}

static void put_as_fraction(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	int32_t ppm;

	(void)k, (void)member;
	memcpy(&ppm, at, sizeof ppm);
	TEXT_OF(j, put_fraction(&w, ppm));
}

static void put_as_quantity(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct quantity q;

	(void)k, (void)member;
	memcpy(&q, at, sizeof q);
	jcs_object(j);
	jcs_name(j, "quantity");
	TEXT_OF(j, put_micro(&w, q.micro));
	jcs_member_z(j, "unit", q.unit);
	jcs_end_object(j);
}

static void put_as_values(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct values v;

	(void)k, (void)member;
	memcpy(&v, at, sizeof v);
	jcs_object(j);
	jcs_name_span(j, v.unit);
	jcs_i64(j, v.value);
	jcs_end_object(j);
}

static void put_as_encumbrance_kind(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	enum encumbrance_kind e;

	(void)k, (void)member;
	memcpy(&e, at, sizeof e);
	jcs_z(j, encumbrance_kind_name(e));
}

static void put_as_object(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	(void)member;
	put_fields(j, kind_fields(k), at);
}

static void put_as_roles(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	int32_t mask;

	(void)k, (void)member;
	memcpy(&mask, at, sizeof mask);
	jcs_array(j);
	for (int32_t bit = 1; bit <= mask; bit <<= 1)
		if (mask & bit)
			jcs_z(j, role_name(bit));
	jcs_end_array(j);
}

static void put_as_types(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct type_set types;
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	(void)k, (void)member;
	memcpy(&types, at, sizeof types);
	jcs_array(j);
	for (size_t i = 0; i < n; i++)
		if (type_set_has(&types, (unsigned)i))
			jcs_z(j, row[i].type);
	jcs_end_array(j);
}

/* How the items of a list are written. */
static const struct {
	putter *put;
	size_t size;
} item[] = {
	[FK_hashes] = { put_as_hash, sizeof(struct hash) },
	[FK_uuids] = { put_as_uuid, sizeof(struct uuid) },
	[FK_jwks] = { put_as_jwk, sizeof(struct pubkey) },
	[FK_rules] = { put_as_object, sizeof(struct rule_value) },
	[FK_lots] = { put_as_object, sizeof(struct goods_lot) },
	[FK_parts] = { put_as_object, sizeof(struct goods_part) },
	[FK_capacities] = { put_as_object, sizeof(struct capacity) },
	[FK_cuts] = { put_as_object, sizeof(struct cut) },
	[FK_texts] = { put_as_text, sizeof(struct span) },
	[FK_numbers] = { put_as_i64, sizeof(int64_t) },
};

static void put_as_list(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	struct list list;

	memcpy(&list, at, sizeof list);
	jcs_array(j);
	for (size_t i = 0; i < list.n; i++)
		item[k].put(j, k, member, (const char *)list.at + i * item[k].size);
	jcs_end_array(j);
}

static putter *const putter_of[] = {
	[FK_uuid] = put_as_uuid,
	[FK_hash] = put_as_hash,
	[FK_money] = put_as_money,
	[FK_date] = put_as_date,
	[FK_moment] = put_as_moment,
	[FK_text] = put_as_text,
	[FK_flag] = put_as_flag,
	[FK_i64] = put_as_i64,
	[FK_jwk] = put_as_jwk,
	[FK_fraction] = put_as_fraction,
	[FK_facts] = put_as_object,
	[FK_invoice] = put_as_object,
	[FK_values] = put_as_values,
	[FK_hashes] = put_as_list,
	[FK_jwks] = put_as_list,
	[FK_roles] = put_as_roles,
	[FK_types] = put_as_types,
	[FK_rules] = put_as_list,
	[FK_encumbrance_kind] = put_as_encumbrance_kind,
	[FK_uuids] = put_as_list,
	[FK_quantity] = put_as_quantity,
	[FK_lots] = put_as_list,
	[FK_parts] = put_as_list,
	[FK_capacities] = put_as_list,
	[FK_cuts] = put_as_list,
	[FK_texts] = put_as_list,
	[FK_numbers] = put_as_list,
	[FK_der] = put_as_text,
};

void put_field(struct jcs *j, enum field_kind k, const char *member, const void *at)
{
	assert(k < ARRAY_LEN(putter_of));
	putter_of[k](j, k, member, at);
}

void put_fields(struct jcs *j, struct fields f, const void *at)
{
	jcs_object(j);
	for (size_t i = 0; i < f.n; i++) {
		const char *value = (const char *)at + f.at[i].offset;

		if (!f.at[i].need && field_absent(f.at[i].kind, value))
			continue;
		jcs_name(j, f.at[i].member);
		put_field(j, f.at[i].kind, f.at[i].member, value);
	}
	jcs_end_object(j);
}
