/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der.c: one element after the other.
 */
#include "der.h"

#define LENGTH_BYTES 4 /* no element is longer than 4 GB */

uint8_t der_peek(const struct der *d) { return d->rest.len ? (uint8_t)d->rest.at[0] : 0; }

/* Tag, shortest definite length, and as many bytes. False leaves everything as it was. */
static bool element(struct span s, struct span *content, struct span *whole)
{
	const uint8_t *at = (const uint8_t *)s.at;

	if (s.len < 2 || (at[0] & 0x1f) == 0x1f)
		return false;
	size_t len = at[1], head = 2;
	if (len >= 0x80) {
		size_t n = len & 0x7f;

		if (n == 0 || n > LENGTH_BYTES || s.len < 2 + n || at[2] == 0)
			return false;
		len = 0;
		for (size_t i = 0; i < n; i++)
			len = len << 8 | at[2 + i];
		if (len < 0x80)
			return false;
		head += n;
	}
	if (len > s.len - head)
		return false;
	*content = (struct span){ s.at + head, len };
	*whole = (struct span){ s.at, head + len };
	return true;
}

bool der_any(struct der *d, struct span *whole)
{
	struct span content, all;

	if (!element(d->rest, &content, &all))
		return false;
	d->rest = (struct span){ d->rest.at + all.len, d->rest.len - all.len };
	*whole = all;
	return true;
}

bool der_take(struct der *d, uint8_t tag, struct span *content, struct span *whole)
{
	struct span inside, all;

	if (der_peek(d) != tag || tag == 0 || !element(d->rest, &inside, &all))
		return false;
	d->rest = (struct span){ d->rest.at + all.len, d->rest.len - all.len };
	*content = inside;
	if (whole)
		*whole = all;
	return true;
}

bool der_enter(struct der *d, uint8_t tag, struct der *inside) { return der_take(d, tag, &inside->rest, NULL); }

bool der_skip(struct der *d, uint8_t tag)
{
	struct span content;

	return der_take(d, tag, &content, NULL);
}

static bool integer_shortest(struct span s)
{
	if (s.len == 0)
		return false;
	uint8_t first = (uint8_t)s.at[0], second = s.len > 1 ? (uint8_t)s.at[1] : 0;
	return s.len == 1 || !((first == 0 && second < 0x80) || (first == 0xff && second >= 0x80));
}

bool der_small(struct der *d, uint32_t *ret)
{
	struct der at = *d;
	struct span s;
	uint32_t v = 0;

	if (!der_take(&at, DER_INTEGER, &s, NULL) || !integer_shortest(s) || s.len > 4 || (uint8_t)s.at[0] >= 0x80)
		return false;
	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (uint8_t)s.at[i];
	*d = at;
	*ret = v;
	return true;
}

bool der_bits(struct der *d, struct span *ret)
{
	struct der at = *d;
	struct span s;

	if (!der_take(&at, DER_BITS, &s, NULL) || s.len == 0 || s.at[0] != 0)
		return false;
	*d = at;
	*ret = (struct span){ s.at + 1, s.len - 1 };
	return true;
}

bool der_moment_text(struct span s, struct moment *ret)
{
	/* YYMMDDhhmmssZ or YYYYMMDDhhmmssZ to the form moment_parse reads */
	bool utc = s.len == 13;
	char text[20] = "2000-00-00T00:00:00Z";

	if (span_eq(s, S("99991231235959Z")))
		return moment_parse(S("2100-12-31T23:59:59Z"), ret);
	if ((!utc && s.len != 15) || s.at[s.len - 1] != 'Z')
		return false;
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	if (utc) { /* RFC 5280: 50 to 99 are of the last century */
		memcpy(text, s.at[0] >= '5' ? "19" : "20", 2);
		memcpy(text + 2, s.at, 2);
	} else {
		memcpy(text, s.at, 4);
	}
	const char *at = s.at + (utc ? 2 : 4);
	for (size_t i = 0; i < 5; i++)
		memcpy(text + 5 + 3 * i, at + 2 * i, 2);
	return moment_parse((struct span){ text, sizeof text }, ret);
}

bool der_moment(struct der *d, struct moment *ret)
{
	struct der at = *d;
	struct span s;

	if (!der_take(&at, DER_UTC, &s, NULL) && !der_take(&at, DER_TIME, &s, NULL))
		return false;
	if (s.len != (der_peek(d) == DER_UTC ? 13 : 15) || !der_moment_text(s, ret))
		return false;
	*d = at;
	return true;
}

static bool bits_padded(struct span s)
{
	if (s.len == 0 || (uint8_t)s.at[0] > 7 || (s.len == 1 && s.at[0] != 0))
		return false;
	return ((uint8_t)s.at[s.len - 1] & ((1U << s.at[0]) - 1)) == 0 || s.len == 1;
}

static bool oid_shortest(struct span s)
{
	bool first = true;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t b = (uint8_t)s.at[i];

		if (first && b == 0x80)
			return false;
		first = b < 0x80;
	}
	return s.len > 0 && first;
}

/* What is said of a primitive value whatever it stands for. */
static bool value_strict(uint8_t tag, struct span s)
{
	switch (tag) {
	case DER_BOOLEAN:
		return s.len == 1 && (s.at[0] == 0 || (uint8_t)s.at[0] == 0xff);
	case DER_INTEGER:
		return integer_shortest(s);
	case DER_BITS:
		return bits_padded(s);
	case DER_NULL:
		return s.len == 0;
	case DER_OID:
		return oid_shortest(s);
	case DER_UTF8:
		return utf8_valid(s);
	default:
		return true;
	}
}

/* SEQUENCE and SET are constructed, every other universal type is primitive. */
static bool form_strict(uint8_t tag)
{
	bool universal = (tag & 0xc0) == 0, constructed = tag & 0x20;
	uint8_t number = tag & 0x1f;

	return !universal || (number != 0 && constructed == (number == 0x10 || number == 0x11));
}

bool der_strict(struct span s)
{
	struct der level[DER_DEPTH_MAX];
	size_t depth = 0;
	struct span content, whole;

	if (!element(s, &content, &whole) || whole.len != s.len)
		return false;
	level[0] = der_over(s);
	for (;;) {
		while (der_end(&level[depth]))
			if (depth-- == 0)
				return true;
		uint8_t tag = der_peek(&level[depth]);

		if (tag == 0 || !form_strict(tag) || !der_take(&level[depth], tag, &content, NULL))
			return false;
		if (!(tag & 0x20)) {
			if (!value_strict(tag, content))
				return false;
			continue;
		}
		if (++depth == DER_DEPTH_MAX)
			return false;
		level[depth] = der_over(content);
	}
}

void put_der_header(struct writer *w, uint8_t tag, size_t len)
{
	unsigned n = 1;

	put_byte(w, (char)tag);
	if (len < 0x80) {
		put_byte(w, (char)len);
		return;
	}
	while (len >> (8 * n))
		n++;
	put_byte(w, (char)(0x80 | n));
	while (n--)
		put_byte(w, (char)(uint8_t)(len >> (8 * n)));
}
