/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_json.c: the model as canonical JSON, for the API and the command line.
 *
 * Money is {"amount","currency"} as everywhere; quantities and prices are
 * decimal strings; rates are integers in parts per million. An absent fact is
 * an absent member. A finding carries the text of its rule, so that a reader
 * needs no second look.
 */
#include "intake/document_draft.h"
#include "intake/document_fields.h"

#include "jcs.h"

static void put_object(struct jcs *j, const struct field *f, const char *object);

static struct span decimal_text(char text[64], i128 mantissa, unsigned scale)
{
	struct writer w = writer_over(text, 64);

	put_decimal(&w, mantissa, scale);
	return writer_span(&w);
}

static void put_money(struct jcs *j, const char *name, const char *at)
{
	struct doc_amount a;
	char text[64];

	memcpy(&a, at, sizeof a);
	if (!a.present)
		return;
	jcs_name(j, name);
	jcs_object(j);
	jcs_member_span(j, "amount", decimal_text(text, a.minor, document_digits(a.ccy)));
	jcs_member_z(j, "currency", a.ccy);
	jcs_end_object(j);
}

static void put_number(struct jcs *j, const char *name, const char *at)
{
	struct decimal d;
	char text[64];

	memcpy(&d, at, sizeof d);
	if (d.present)
		jcs_member_span(j, name, decimal_text(text, d.mantissa, d.scale));
}

static void put_text(struct jcs *j, const char *name, const char *at)
{
	struct span s;

	memcpy(&s, at, sizeof s);
	if (!*name)
		jcs_string(j, s);
	else if (s.len)
		jcs_member_span(j, name, s);
}

static void put_day(struct jcs *j, const char *name, const char *at)
{
	struct date d;
	char text[16];
	struct writer w = writer_over(text, sizeof text);

	memcpy(&d, at, sizeof d);
	if (d.day == DATE_NONE.day)
		return;
	put_date(&w, d);
	jcs_member_span(j, name, writer_span(&w));
}

static void put_hash(struct jcs *j, const char *name, const char *at)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);
	struct hash h;

	memcpy(&h, at, sizeof h);
	put_hash64(&w, h);
	jcs_member_span(j, name, writer_span(&w));
}

static void put_list(struct jcs *j, const struct field *f, const char *at)
{
	struct any_list l;

	memcpy(&l, at, sizeof l);
	if (!l.n)
		return;
	jcs_name(j, f->name);
	jcs_array(j);
	for (uint32_t i = 0; i < l.n; i++)
		put_object(j, f->in, l.at + i * f->size);
	jcs_end_array(j);
}

static void put_party(struct jcs *j, const struct field *f, const char *at)
{
	static_assert(offsetof(struct doc_party, present) == 0 && offsetof(struct doc_title, present) == 0 &&
	                      offsetof(struct doc_signature, present) == 0,
	              "what may be absent says so first");
	if (!*(const bool *)at)
		return;
	jcs_name(j, f->name);
	put_object(j, f->in, at);
}

static void put_integer(struct jcs *j, const struct field *f, const char *at)
{
	uint16_t two;
	uint32_t four;
	int32_t rate;

	memcpy(&two, at, sizeof two);
	if (f->shape == F_U16) {
		jcs_member_i64(j, f->name, two);
		return;
	}
	memcpy(&four, at, sizeof four);
	memcpy(&rate, at, sizeof rate);
	if (f->shape == F_U32)
		jcs_member_i64(j, f->name, four);
	else if (rate != RATE_NONE)
		jcs_member_i64(j, f->name, rate);
}

static void put_enum(struct jcs *j, const struct field *f, const char *at)
{
	uint16_t two = (uint8_t)*at;

	if (f->shape == F_ENUM16)
		memcpy(&two, at, sizeof two);
	jcs_member_z(j, f->name, f->name_of(two));
}

static void put_field(struct jcs *j, const struct field *f, const char *at)
{
	switch (f->shape) {
	case F_TEXT:
		put_text(j, f->name, at);
		break;
	case F_MONEY:
		put_money(j, f->name, at);
		break;
	case F_NUMBER:
		put_number(j, f->name, at);
		break;
	case F_LIST:
		put_list(j, f, at);
		break;
	case F_OBJECT:
		jcs_name(j, f->name);
		put_object(j, f->in, at);
		break;
	case F_PARTY:
		put_party(j, f, at);
		break;
	case F_DATE:
		put_day(j, f->name, at);
		break;
	case F_HASH:
		put_hash(j, f->name, at);
		break;
	case F_FLAG:
		jcs_member_bool(j, f->name, *at != 0);
		break;
	case F_ENUM8:
	case F_ENUM16:
		put_enum(j, f, at);
		break;
	case F_RATE:
	case F_U16:
	case F_U32:
		put_integer(j, f, at);
		break;
	}
}

static void put_object(struct jcs *j, const struct field *f, const char *object)
{
	bool bare = f->name && !*f->name;

	if (!bare)
		jcs_object(j);
	for (; !field_end(f); f++)
		if (f->name)
			put_field(j, f, object + f->at);
	if (!bare)
		jcs_end_object(j);
}

void put_document_json(struct writer *w, const struct document *d)
{
	struct jcs j = jcs_over(w);
	put_object(&j, document_fields, (const char *)d);
}
