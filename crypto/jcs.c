/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jcs.c: JSON text that is canonical by construction (RFC 8785).
 *
 * The writer knows three things about the container it is in: whether it is an
 * object, whether something stands in it, and the last member's name. With
 * them it can put the commas, and assert what a caller might get wrong: a
 * value without a name, a name without a value, members out of order, a member
 * twice. Such a mistake would be ours, never the sender's: it asserts.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "jcs.h"

struct jcs jcs_over(struct writer *w)
{
	assert(w);
	return (struct jcs){ .w = w };
}

struct jcs jcs_free_order(struct writer *w)
{
	assert(w);
	return (struct jcs){ .w = w, .free_order = true };
}

/* Before any value: the comma of an array, or the name that must have come. */
static void value(struct jcs *j)
{
	if (j->object[j->depth]) {
		assert(j->named);
		j->named = false;
		return;
	}
	assert(!j->named);
	assert(j->depth > 0 || !j->any[0]); /* one value at the top */
	if (j->any[j->depth])
		put_byte(j->w, ',');
	j->any[j->depth] = true;
}

static void open(struct jcs *j, char brace, bool object)
{
	value(j);
	put_byte(j->w, brace);
	j->depth++;
	assert(j->depth < JCS_DEPTH);
	j->any[j->depth] = false;
	j->object[j->depth] = object;
	j->last[j->depth] = S("");
}

static void close(struct jcs *j, char brace, bool object)
{
	assert(j->depth > 0);
	assert(j->object[j->depth] == object);
	assert(!j->named);
	put_byte(j->w, brace);
	j->depth--;
}

void jcs_object(struct jcs *j) { open(j, '{', true); }

void jcs_array(struct jcs *j) { open(j, '[', false); }

void jcs_end_object(struct jcs *j) { close(j, '}', true); }

void jcs_end_array(struct jcs *j) { close(j, ']', false); }

/* Two-character escapes; 0 where there is none. */
static char short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
		return c;
	case '\b':
		return 'b';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\f':
		return 'f';
	case '\r':
		return 'r';
	default:
		return 0;
	}
}

static void put_escaped(struct writer *w, char c)
{
	char letter = short_escape(c);

	if (letter) {
		put_span(w, (struct span){ (char[]){ '\\', letter }, 2 });
		return;
	}
	assert((uint8_t)c < 0x20);
	put_z(w, (uint8_t)c < 0x10 ? "\\u000" : "\\u001");
	put_byte(w, "0123456789abcdef"[(uint8_t)c & 15]);
}

/* Runs that need no escape, which is nearly everything, go in one piece. */
static void put_string(struct writer *w, struct span s)
{
	size_t done = 0;

	put_byte(w, '"');
	for (size_t i = 0; i < s.len; i++) {
		if ((uint8_t)s.at[i] >= 0x20 && s.at[i] != '"' && s.at[i] != '\\')
			continue;
		put_span(w, (struct span){ s.at + done, i - done });
		put_escaped(w, s.at[i]);
		done = i + 1;
	}
	if (done < s.len)
		put_span(w, (struct span){ s.at + done, s.len - done });
	put_byte(w, '"');
}

void jcs_name_span(struct jcs *j, struct span name)
{
	struct span *last = &j->last[j->depth];

	assert(j->object[j->depth]);
	assert(!j->named);
	assert(j->free_order || !j->any[j->depth] || jcs_name_cmp(*last, name) < 0);
	if (j->any[j->depth])
		put_byte(j->w, ',');
	j->any[j->depth] = true;
	j->named = true;
	*last = name;
	put_string(j->w, name);
	put_byte(j->w, ':');
}

void jcs_name(struct jcs *j, const char *name)
{
	assert(name);
	jcs_name_span(j, span_z(name));
}

void jcs_string(struct jcs *j, struct span utf8)
{
	assert(utf8.at || utf8.len == 0);
	value(j);
	put_string(j->w, utf8);
}

void jcs_z(struct jcs *j, const char *z)
{
	assert(z);
	jcs_string(j, span_z(z));
}

void jcs_i64(struct jcs *j, int64_t v)
{
	const int64_t max = (INT64_C(1) << 53) - 1;

	assert(v >= -max && v <= max);
	value(j);
	put_i64(j->w, v);
}

void jcs_bool(struct jcs *j, bool v)
{
	value(j);
	put_z(j->w, v ? "true" : "false");
}

void jcs_null(struct jcs *j)
{
	value(j);
	put_z(j->w, "null");
}

void jcs_raw(struct jcs *j, struct span json)
{
	assert(json.len > 0);
	value(j);
	put_span(j->w, json);
}

void jcs_member_z(struct jcs *j, const char *name, const char *z)
{
	jcs_name(j, name);
	jcs_z(j, z);
}

void jcs_member_span(struct jcs *j, const char *name, struct span s)
{
	jcs_name(j, name);
	jcs_string(j, s);
}

void jcs_member_i64(struct jcs *j, const char *name, int64_t v)
{
	jcs_name(j, name);
	jcs_i64(j, v);
}

void jcs_member_bool(struct jcs *j, const char *name, bool v)
{
	jcs_name(j, name);
	jcs_bool(j, v);
}

/*
 * UTF-8 sorts by code point. UTF-16 does too, except that what lies beyond
 * U+FFFF is written with surrogates (U+D800..) and so comes before U+E000 to
 * U+FFFF. In UTF-8 those begin with EE or EF, the others with F0 or more, and
 * no byte inside a character is so large.
 */
int jcs_name_cmp(struct span a, struct span b)
{
	size_t i = 0;

	while (i < a.len && i < b.len && a.at[i] == b.at[i])
		i++;
	if (i == a.len || i == b.len)
		return (a.len > b.len) - (a.len < b.len);
	uint8_t x = (uint8_t)a.at[i], y = (uint8_t)b.at[i];
	if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
		return x >= 0xf0 ? -1 : 1;
	return x < y ? -1 : 1;
}

/* A positive number as d.ddd x 10^exp: what ECMAScript's Number::toString calls s, k and n - 1. */
struct decimal {
	char digit[20];
	int n;   /* digits */
	int exp; /* of the first digit */
};

static double decimal_value(const struct decimal *d)
{
	char text[40];

	/* Without a point, so that no locale has a say in it. */
	snprintf(text, sizeof text, "%.*se%d", d->n, d->digit, d->exp - (d->n - 1));
	return strtod(text, NULL);
}

/* v rounded to n digits, to the nearest. */
static struct decimal decimal_near(double v, int n)
{
	struct decimal d = { .n = n };
	char text[40];

	assert(n >= 1 && n <= 17);
	snprintf(text, sizeof text, "%.*e", n - 1, v); /* d.ddde+xx, the point whatever the locale has */
	char *e = strchr(text, 'e');
	assert(e);
	d.digit[0] = text[0];
	if (n > 1)
		memcpy(d.digit + 1, e - (n - 1), (size_t)n - 1);
	d.exp = (int)strtol(e + 1, NULL, 10);
	return d;
}

/* The next larger decimal of as many digits. */
static struct decimal decimal_next(struct decimal d)
{
	int i = d.n - 1;

	while (i >= 0 && d.digit[i] == '9')
		d.digit[i--] = '0';
	if (i >= 0) {
		d.digit[i]++;
		return d;
	}
	d.digit[0] = '1'; /* 9..9 became 10..0 */
	d.exp++;
	return d;
}

/*
 * The fewest digits that read back as v, and of those the nearest. At a power
 * of two the doubles above lie twice as far apart as those below, so there the
 * nearest decimal may miss where the one above it still hits.
 */
static struct decimal decimal_shortest(double v)
{
	for (int n = 1; n < 17; n++) {
		struct decimal near = decimal_near(v, n), above = decimal_next(near);

		if (!islessgreater(decimal_value(&near), v))
			return near;
		if (!islessgreater(decimal_value(&above), v))
			return above;
	}
	return decimal_near(v, 17); /* 17 always suffice */
}

static void put_zeros(struct writer *w, int n)
{
	for (int i = 0; i < n; i++)
		put_byte(w, '0');
}

static void put_digits(struct writer *w, const struct decimal *d, int from, int to)
{
	assert(from <= to && to <= d->n);
	put_span(w, (struct span){ d->digit + from, (size_t)(to - from) });
}

/* The cases of ECMAScript 2024, 6.1.6.1.20, in its order. */
static void put_decimal(struct writer *w, const struct decimal *d)
{
	int n = d->exp + 1;

	if (d->n <= n && n <= 21) {
		put_digits(w, d, 0, d->n);
		put_zeros(w, n - d->n);
	} else if (0 < n && n <= 21) {
		put_digits(w, d, 0, n);
		put_byte(w, '.');
		put_digits(w, d, n, d->n);
	} else if (-6 < n && n <= 0) {
		put_z(w, "0.");
		put_zeros(w, -n);
		put_digits(w, d, 0, d->n);
	} else {
		put_digits(w, d, 0, 1);
		if (d->n > 1) {
			put_byte(w, '.');
			put_digits(w, d, 1, d->n);
		}
		put_z(w, d->exp < 0 ? "e-" : "e+");
		put_i64(w, d->exp < 0 ? -d->exp : d->exp);
	}
}

bool put_es6_number(struct writer *w, double v)
{
	if (!isfinite(v))
		return false;
	if (!islessgreater(v, 0.0)) { /* -0 too */
		put_byte(w, '0');
		return true;
	}
	if (v < 0)
		put_byte(w, '-');
	struct decimal d = decimal_shortest(fabs(v));
	while (d.n > 1 && d.digit[d.n - 1] == '0')
		d.n--;
	put_decimal(w, &d);
	return true;
}
