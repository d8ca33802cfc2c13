/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_wire.c: the model through a pipe from a process nobody trusts.
 *
 *   "CFD2", then every field of document_fields in its order, big-endian:
 *   text   length 4, bytes          date, rate  4        flag  1
 *   money  present 1, minor 8, currency 3 (zeros: none)
 *   number present 1, scale 1, mantissa 16               hash  32
 *   enum   2                        count 2 or 4         list  count 4, items
 *
 * Reading believes nothing: lengths against what is left, counts against the
 * maximum and against what is left, enums and numbers against their ranges,
 * texts against UTF-8; and at the end nothing may be left. What a compromised
 * writer can still do is lie about the document it was given, as a document
 * can lie about itself; it cannot make the reader read or write out of place.
 */
#include "intake/authenticity.h"
#include "intake/document_fields.h"
#include "intake/xml.h"

static const struct span magic = { "CFD2", 4 };

/* ---- writing ---- */

static void put_be(struct writer *w, uint64_t v, unsigned bytes)
{
	while (bytes--)
		put_byte(w, (char)(uint8_t)(v >> (8 * bytes)));
}

static void put_fields(struct writer *w, const struct field *f, const char *object);

static void put_money(struct writer *w, const char *at)
{
	struct doc_amount a;

	memcpy(&a, at, sizeof a);
	put_byte(w, a.present);
	put_be(w, (uint64_t)a.minor, 8);
	put_span(w, (struct span){ a.ccy, 3 });
}

static void put_number(struct writer *w, const char *at)
{
	struct decimal d;

	memcpy(&d, at, sizeof d);
	put_byte(w, d.present);
	put_byte(w, (char)d.scale);
	put_be(w, (uint64_t)(d.mantissa >> 64), 8);
	put_be(w, (uint64_t)d.mantissa, 8);
}

static void put_list(struct writer *w, const struct field *f, const char *at)
{
	struct any_list l;

	memcpy(&l, at, sizeof l);
	put_be(w, l.n, 4);
	for (uint32_t i = 0; i < l.n; i++)
		put_fields(w, f->in, l.at + i * f->size);
}

static void put_text(struct writer *w, const char *at)
{
	struct span s;

	memcpy(&s, at, sizeof s);
	put_be(w, s.len, 4);
	put_span(w, s);
}

static uint32_t u32_at(const char *at)
{
	uint32_t v;
	memcpy(&v, at, sizeof v);
	return v;
}

static uint16_t u16_at(const char *at)
{
	uint16_t v;
	memcpy(&v, at, sizeof v);
	return v;
}

static void put_field(struct writer *w, const struct field *f, const char *at)
{
	switch (f->shape) {
	case F_TEXT:
		put_text(w, at);
		break;
	case F_MONEY:
		put_money(w, at);
		break;
	case F_NUMBER:
		put_number(w, at);
		break;
	case F_LIST:
		put_list(w, f, at);
		break;
	case F_OBJECT:
	case F_PARTY:
		put_fields(w, f->in, at);
		break;
	case F_FLAG:
		put_byte(w, *at != 0);
		break;
	case F_ENUM8:
		put_be(w, (uint8_t)*at, 2);
		break;
	case F_ENUM16:
	case F_U16:
		put_be(w, u16_at(at), 2);
		break;
	case F_DATE:
	case F_RATE:
	case F_U32:
		put_be(w, u32_at(at), 4);
		break;
	case F_HASH:
		put_span(w, (struct span){ at, HASH_LEN });
		break;
	}
}

static void put_fields(struct writer *w, const struct field *f, const char *object)
{
	for (; !field_end(f); f++)
		put_field(w, f, object + f->at);
}

void put_document_wire(struct writer *w, const struct document *d)
{
	put_span(w, magic);
	put_fields(w, document_fields, (const char *)d);
}

/* ---- reading ---- */

struct intake {
	const uint8_t *at;
	size_t left;
	struct arena *mem;
	uint32_t items;
	bool bad; /* once set, everything read is zero */
};

static const uint8_t *take(struct intake *in, size_t n)
{
	static const uint8_t zeros[HASH_LEN];

	if (in->bad || n > in->left) {
		in->bad = true;
		assert(n <= sizeof zeros);
		return zeros;
	}
	in->at += n;
	in->left -= n;
	return in->at - n;
}

static uint64_t get_be(struct intake *in, unsigned bytes)
{
	const uint8_t *at = take(in, bytes);
	uint64_t v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v = v << 8 | at[i];
	return v;
}

static bool get_flag(struct intake *in)
{
	uint64_t v = get_be(in, 1);

	in->bad |= v > 1;
	return v == 1;
}

static bool plain_text(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
			return false;
	return utf8_valid(s);
}

static void get_text(struct intake *in, char *to)
{
	uint64_t len = get_be(in, 4);
	struct span s = { NULL, 0 };

	if (in->bad || len > in->left || len > XML_TEXT_MAX) {
		in->bad = true;
		return;
	}
	if (len) {
		s = (struct span){ (const char *)in->at, (size_t)len };
		in->at += len;
		in->left -= (size_t)len;
		in->bad |= !plain_text(s);
	}
	memcpy(to, &s, sizeof s);
}

static void get_money(struct intake *in, char *to)
{
	struct doc_amount a = { .present = get_flag(in) };
	uint64_t minor = get_be(in, 8);
	const uint8_t *ccy = take(in, 3);
	bool none = !ccy[0] && !ccy[1] && !ccy[2];

	memcpy(&a.minor, &minor, sizeof minor);
	memcpy(a.ccy, ccy, 3);
	for (int i = 0; i < 3 && !none; i++)
		in->bad |= a.ccy[i] < 'A' || a.ccy[i] > 'Z';
	in->bad |= a.minor >= DOC_MONEY_LIMIT || a.minor <= -DOC_MONEY_LIMIT || (!a.present && a.minor);
	memcpy(to, &a, sizeof a);
}

static void get_number(struct intake *in, char *to)
{
	struct decimal d = { .present = get_flag(in) };
	d.scale = (uint8_t)get_be(in, 1);
	uint64_t high = get_be(in, 8), low = get_be(in, 8);
	i128 limit = (i128)1000000000000000 * 1000000000000000; /* 18 + 12 digits */

	d.mantissa = (i128)(int64_t)high * ((i128)1 << 64) + low;
	in->bad |= d.scale > DECIMAL_SCALE || d.mantissa >= limit || d.mantissa <= -limit || (!d.present && d.mantissa);
	memcpy(to, &d, sizeof d);
}

static void get_date(struct intake *in, char *to)
{
	/* 1990-01-01 to 2100-12-31, or none */
	struct date d = { (int32_t)(uint32_t)get_be(in, 4) };

	in->bad |= d.day != DATE_NONE.day && (d.day < 7305 || d.day > 47846);
	memcpy(to, &d, sizeof d);
}

static void get_rate(struct intake *in, char *to)
{
	int32_t v = (int32_t)(uint32_t)get_be(in, 4);

	in->bad |= v != RATE_NONE && (v > 1000000000 || v < -1000000000);
	memcpy(to, &v, sizeof v);
}

static void get_small(struct intake *in, const struct field *f, char *to)
{
	uint64_t v = get_be(in, f->shape == F_U32 ? 4 : 2);
	uint8_t one = (uint8_t)v;
	uint16_t two = (uint16_t)v;
	uint32_t four = (uint32_t)v;

	if (f->shape == F_ENUM8 || f->shape == F_ENUM16)
		in->bad |= v >= f->max;
	if (f->shape == F_ENUM8)
		memcpy(to, &one, sizeof one);
	else if (f->shape == F_U32)
		memcpy(to, &four, sizeof four);
	else
		memcpy(to, &two, sizeof two);
}

static void get_fields(struct intake *in, const struct field *f, char *object);

static void get_list(struct intake *in, const struct field *f, char *to)
{
	struct any_list l = { NULL, (uint32_t)get_be(in, 4) };

	/* an item takes at least two bytes, so a count cannot ask for more memory than was sent */
	in->bad |= l.n > f->max || l.n > in->left / 2 || l.n > 2 * DOC_ITEMS_MAX - in->items;
	if (in->bad || !l.n)
		return;
	in->items += l.n;
	l.at = arena_take(in->mem, f->size * l.n);
	if (!l.at)
		return;
	for (uint32_t i = 0; i < l.n && !in->bad && arena_ok(in->mem); i++)
		get_fields(in, f->in, l.at + i * f->size);
	memcpy(to, &l, sizeof l);
}

static void get_field(struct intake *in, const struct field *f, char *to)
{
	switch (f->shape) {
	case F_TEXT:
		get_text(in, to);
		break;
	case F_MONEY:
		get_money(in, to);
		break;
	case F_NUMBER:
		get_number(in, to);
		break;
	case F_LIST:
		get_list(in, f, to);
		break;
	case F_OBJECT:
	case F_PARTY:
		get_fields(in, f->in, to);
		break;
	case F_FLAG:
		*(bool *)to = get_flag(in);
		break;
	case F_DATE:
		get_date(in, to);
		break;
	case F_RATE:
		get_rate(in, to);
		break;
	case F_ENUM8:
	case F_ENUM16:
	case F_U16:
	case F_U32:
		get_small(in, f, to);
		break;
	case F_HASH:
		memcpy(to, take(in, HASH_LEN), HASH_LEN);
		break;
	}
}

static void get_fields(struct intake *in, const struct field *f, char *object)
{
	for (; !field_end(f) && !in->bad && arena_ok(in->mem); f++)
		get_field(in, f, object + f->at);
}

/* The level follows from the findings; a writer cannot claim another. */
static bool consistent(const struct document *d)
{
	uint32_t refused = 0;

	for (uint32_t i = 0; i < d->findings.n; i++)
		refused += d->findings.at[i].severity == SEV_E;
	if (d->refused < refused || (d->findings.n < DOC_FINDINGS_MAX && d->refused != refused))
		return false;
	return d->level == (uint16_t)document_level(d);
}

enum fault document_wire_read(struct span wire, struct arena *mem, struct document *ret)
{
	struct intake in = { (const uint8_t *)wire.at, wire.len, mem, 0, false };
	struct document d;

	if (!span_starts(wire, magic))
		return E_BAD_REQUEST;
	(void)take(&in, magic.len);
	memset(&d, 0, sizeof d);
	get_fields(&in, document_fields, (char *)&d);
	if (in.bad)
		return E_BAD_REQUEST;
	if (!arena_ok(mem))
		return E_TOO_BIG;
	if (in.left || !consistent(&d))
		return E_BAD_REQUEST;
	*ret = d;
	return OK;
}
