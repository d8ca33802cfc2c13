/* SPDX-License-Identifier: Apache-2.0 */
/* normalise.c: single characters; see normalise.h. The table is fold.def, whole ranges are below. */
#include "normalise.h"

struct fold {
	char from[5], to[5];
};
static const struct fold folds[] = {
#define FOLD(from, to) { from, to },
#include "fold.def"
#undef FOLD
};

static const struct {
	uint32_t first, last;
} invisible[] = {
	{ 0x00ad, 0x00ad }, { 0x0300, 0x036f }, { 0x061c, 0x061c },   { 0x180b, 0x180e },   { 0x1ab0, 0x1aff },
	{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },   { 0x20d0, 0x20ff },   { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },   { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
}, blank[] = {
	{ 0x00, 0x20 }, { 0x7f, 0xa0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f },
	{ 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* Ranges that run along with ASCII: what c of them is compared as is to + (c - first) % turn. */
static const struct {
	uint32_t first, last, turn, to;
} along[] = {
	{ 0x0660, 0x0669, 10, '0' },   { 0x06f0, 0x06f9, 10, '0' },   { 0x0966, 0x096f, 10, '0' },
	{ 0x2460, 0x2468, 9, '1' },    { 0x24b6, 0x24cf, 26, 'A' },   { 0x24d0, 0x24e9, 26, 'A' },
	{ 0xff01, 0xff5e, 94, '!' },   { 0x1d400, 0x1d6a3, 26, 'A' }, { 0x1d7ce, 0x1d7ff, 10, '0' },
	{ 0x1f130, 0x1f149, 26, 'A' },
};

uint32_t take_character(struct span *s)
{
	size_t len = utf8_len(*s);
	const uint8_t *at = (const uint8_t *)s->at;
	uint32_t c = at[0];

	assert(s->len > 0);
	if (len == 0)
		c = '?';
	else if (len > 1)
		c &= 0x7fU >> len;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (at[i] & 0x3f);
	len += len == 0;
	s->at += len;
	s->len -= len;
	return c;
}

void put_character(struct writer *w, uint32_t c)
{
	if (c < 0x80) {
		put_byte(w, (char)c);
	} else if (c < 0x800) {
		put_byte(w, (char)(0xc0 | c >> 6));
		put_byte(w, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		put_byte(w, (char)(0xe0 | c >> 12));
		put_byte(w, (char)(0x80 | (c >> 6 & 0x3f)));
		put_byte(w, (char)(0x80 | (c & 0x3f)));
	} else {
		put_byte(w, (char)(0xf0 | c >> 18));
		put_byte(w, (char)(0x80 | (c >> 12 & 0x3f)));
		put_byte(w, (char)(0x80 | (c >> 6 & 0x3f)));
		put_byte(w, (char)(0x80 | (c & 0x3f)));
	}
}

static const char *fold_of(struct span c)
{
	size_t lo = 0, hi = ARRAY_LEN(folds);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = span_cmp(c, span_z(folds[mid].from));

		if (order == 0)
			return folds[mid].to;
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

static bool is_invisible(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(invisible); i++)
		if (c >= invisible[i].first && c <= invisible[i].last)
			return true;
	return false;
}

static bool is_blank(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(blank); i++)
		if (c >= blank[i].first && c <= blank[i].last)
			return true;
	return false;
}

static uint32_t run_along(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(along); i++)
		if (c >= along[i].first && c <= along[i].last)
			return along[i].to + (c - along[i].first) % along[i].turn;
	return c;
}

static void put_one(struct writer *w, struct span whole, uint32_t c)
{
	const char *to = c < 0x80 ? NULL : fold_of(whole);

	if (to) {
		put_z(w, to);
		return;
	}
	c = run_along(c);
	put_character(w, c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

void put_folded(struct writer *w, struct span s)
{
	size_t start = w->len;
	bool gap = false;

	while (s.len > 0) {
		struct span rest = s;
		uint32_t c = take_character(&rest);
		struct span whole = { s.at, s.len - rest.len };

		s = rest;
		if (is_invisible(c))
			continue;
		if (is_blank(c)) {
			gap = true;
			continue;
		}
		if (gap && w->len > start)
			put_byte(w, ' ');
		gap = false;
		put_one(w, whole, c);
	}
}
