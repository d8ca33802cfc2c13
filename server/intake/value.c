/* SPDX-License-Identifier: Apache-2.0 */
/* value.c: what stands in an element, exactly. */
#include "intake/value.h"

/* C1 controls are 0xc2 0x80..0x9f. */
struct span value_clean(char *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)at[i];
		bool c1 = c == 0xc2 && i + 1 < len && (unsigned char)at[i + 1] < 0xa0;
		if (c <= ' ' || c == 0x7f || c1) {
			if (n && at[n - 1] != ' ')
				at[n++] = ' ';
			i += c1;
			continue;
		}
		at[n++] = at[i];
	}
	if (n && at[n - 1] == ' ')
		n--;
	return (struct span){ at, n };
}

static bool all_digits(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len > 0;
}

bool value_number(struct span s, struct decimal *ret)
{
	struct span whole = s, part = { NULL, 0 };
	struct decimal d = { .present = true };
	bool minus = s.len && s.at[0] == '-';

	if (minus)
		whole = s = (struct span){ s.at + 1, s.len - 1 };
	if (span_cut(s, '.', &whole, &part) && (!all_digits(part) || part.len > DECIMAL_SCALE))
		return false;
	if (!all_digits(whole) || whole.len > 18)
		return false;
	for (size_t i = 0; i < whole.len; i++)
		d.mantissa = d.mantissa * 10 + (whole.at[i] - '0');
	for (size_t i = 0; i < part.len; i++)
		d.mantissa = d.mantissa * 10 + (part.at[i] - '0');
	if (minus)
		d.mantissa = -d.mantissa;
	d.scale = (uint8_t)part.len;
	*ret = d;
	return true;
}

struct decimal value_stripped(struct decimal d)
{
	while (d.scale && d.mantissa % 10 == 0) {
		d.mantissa /= 10;
		d.scale--;
	}
	return d;
}

/* mantissa / 10^drop, half away from zero */
static i128 shorten(i128 m, unsigned drop)
{
	i128 p = 1;

	for (unsigned i = 0; i < drop; i++)
		p *= 10;
	return m < 0 ? -((-m + p / 2) / p) : (m + p / 2) / p;
}

i128 value_rescale(struct decimal d, unsigned digits)
{
	if (d.scale > digits)
		return shorten(d.mantissa, d.scale - digits);
	for (unsigned i = d.scale; i < digits; i++)
		d.mantissa *= 10;
	return d.mantissa;
}

struct span value_clean_copy(struct arena *mem, struct span s)
{
	struct span kept = arena_copy(mem, s);

	return kept.len ? value_clean((char *)(uintptr_t)kept.at, kept.len) : kept;
}

bool value_day(struct span s, struct date *ret)
{
	struct span time = { s.at + 10, s.len > 10 ? s.len - 10 : 0 };

	if (s.len < 10)
		return false;
	/* a zone, or a time with or without one: nothing that could be part of another date */
	for (size_t i = 0; i < time.len; i++)
		if (!strchr(i ? "0123456789:.+-Z" : "TZ+-", time.at[i]))
			return false;
	return time.len <= 30 && date_parse((struct span){ s.at, 10 }, ret);
}

bool value_day8(struct span s, struct date *ret)
{
	char text[10];

	if (s.len != 8)
		return false;
	memcpy(text, s.at, 4);
	memcpy(text + 5, s.at + 4, 2);
	memcpy(text + 8, s.at + 6, 2);
	text[4] = text[7] = '-';
	return date_parse((struct span){ text, sizeof text }, ret);
}
