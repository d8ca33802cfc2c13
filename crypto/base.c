/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.c: spans, the arena, the writer, big-endian integers.
 *
 * Everything above is built from these, so they are the one place where a
 * length meets a pointer. A writer that is full writes nothing more at all:
 * what stands in it is always a prefix of what was meant, cut between two
 * puts, and nobody can mistake it for the whole because writer_done says so.
 */
#include "base.h"

/* What is taken from an arena comes in units of this, so that any type may lie there. */
#define ARENA_ALIGN ((size_t)16)

static size_t round_up(size_t len) { return (len + (ARENA_ALIGN - 1)) & ~(ARENA_ALIGN - 1); }

struct span span_z(const char *z) { return z ? (struct span){ z, strlen(z) } : S(""); }

bool span_eq(struct span a, struct span b)
{
	assert(a.at || a.len == 0);
	assert(b.at || b.len == 0);
	/* memcmp may not be given NULL, even for nothing */
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool span_is(struct span a, const char *z)
{
	assert(z);
	return span_eq(a, span_z(z));
}

int span_cmp(struct span a, struct span b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.at, b.at, common);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool span_cut(struct span s, char sep, struct span *head, struct span *rest)
{
	assert(head && rest);
	const char *at = s.len == 0 ? NULL : memchr(s.at, sep, s.len);
	if (!at)
		return false;
	size_t before = (size_t)(at - s.at);
	assert(before < s.len);
	*head = (struct span){ s.at, before };
	*rest = (struct span){ at + 1, s.len - before - 1 };
	return true;
}

bool span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_eq((struct span){ s.at, prefix.len }, prefix);
}

/*
 * The shape of one UTF-8 character by its first byte (Unicode 15, table 3-7):
 * how many bytes, and between what the second must lie. That one bound keeps
 * out overlong forms, surrogates and all beyond U+10FFFF.
 */
static size_t utf8_shape(uint8_t first, uint8_t *low, uint8_t *high)
{
	*low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_len(struct span s)
{
	uint8_t low, high;

	if (s.len == 0)
		return 0;
	size_t n = utf8_shape((uint8_t)s.at[0], &low, &high);
	if (n == 0 || n > s.len)
		return 0;
	if (n > 1 && ((uint8_t)s.at[1] < low || (uint8_t)s.at[1] > high))
		return 0;
	for (size_t i = 2; i < n; i++)
		if (((uint8_t)s.at[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Of the bytes from s.at[from] on, how many at least are ASCII: eight at a time, for most of what is read is markup. */
static size_t ascii_run(struct span s, size_t from)
{
	size_t i = from;

	for (uint64_t eight; s.len - i >= sizeof eight; i += sizeof eight) {
		memcpy(&eight, s.at + i, sizeof eight);
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return i - from;
}

bool utf8_valid(struct span s)
{
	for (size_t i = 0; i < s.len;) {
		i += ascii_run(s, i);
		if (i == s.len)
			break;
		size_t n = utf8_len((struct span){ s.at + i, s.len - i });

		if (n == 0)
			return false;
		i += n;
		assert(i <= s.len);
	}
	return true;
}

struct arena arena_over(void *base, size_t cap)
{
	assert(base || cap == 0);
	/* The owner's memory may begin anywhere; ours begins at the next multiple of the unit. */
	size_t skip = (ARENA_ALIGN - (uintptr_t)base % ARENA_ALIGN) % ARENA_ALIGN;

	if (cap < skip + ARENA_ALIGN)
		return (struct arena){ .base = base };
	return (struct arena){ .base = (char *)base + skip, .cap = (cap - skip) & ~(ARENA_ALIGN - 1) };
}

void arena_reset(struct arena *a)
{
	assert(a->used <= a->cap);
	a->used = 0;
	a->overflow = false;
}

void *arena_take(struct arena *a, size_t len)
{
	assert(a->used <= a->cap);
	assert(a->used % ARENA_ALIGN == 0);
	size_t need = round_up(len);
	if (need < len || need > a->cap - a->used) {
		a->overflow = true; /* asked once, at the end: E_TOO_BIG */
		return NULL;
	}
	static char nothing[1]; /* an arena over no memory at all still has a place for nothing */
	if (!a->base)
		return nothing;
	char *at = a->base + a->used;
	a->used += need;
	return need == 0 ? at : memset(at, 0, need);
}

struct span arena_copy(struct arena *a, struct span s)
{
	assert(s.at || s.len == 0);
	char *at = arena_take(a, s.len);
	if (!at)
		return S("");
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	return (struct span){ at, s.len };
}

char *arena_z(struct arena *a, struct span s)
{
	assert(s.at || s.len == 0);
	char *at = s.len == SIZE_MAX ? NULL : arena_take(a, s.len + 1);
	if (!at)
		return NULL;
	if (s.len > 0)
		memcpy(at, s.at, s.len);
	assert(at[s.len] == 0); /* arena_take zeroed it */
	return at;
}

struct writer writer_over(void *at, size_t cap)
{
	assert(at || cap == 0);
	return (struct writer){ .at = at, .cap = cap };
}

struct writer writer_in(struct arena *a)
{
	assert(a->used <= a->cap);
	return writer_over(a->base ? a->base + a->used : NULL, a->cap - a->used);
}

struct span writer_done(struct writer *w, struct arena *a)
{
	assert(w->len <= w->cap);
	if (w->overflow) {
		a->overflow = true;
		return S("");
	}
	if (w->len == 0)
		return S("");
	/* Nobody may take from the arena while a writer stands in its rest. */
	assert(w->at == a->base + a->used);
	assert(round_up(w->len) <= a->cap - a->used);
	a->used += round_up(w->len);
	return writer_span(w);
}

char *writer_room(struct writer *w, size_t len)
{
	assert(w->len <= w->cap);
	if (w->overflow || len > w->cap - w->len) {
		w->overflow = true;
		return NULL;
	}
	char *at = w->at + w->len;
	w->len += len;
	return at;
}

void put_byte(struct writer *w, char c) { put_span(w, (struct span){ &c, 1 }); }

void put_span(struct writer *w, struct span s)
{
	assert(s.at || s.len == 0);
	if (s.len == 0)
		return;
	char *at = writer_room(w, s.len);
	if (at)
		memcpy(at, s.at, s.len);
}

void put_z(struct writer *w, const char *z)
{
	assert(z);
	put_span(w, span_z(z));
}

/* Decimal digits of v at the end of buf; the span of them. */
static struct span digits_of(uint64_t v, char buf[static 20])
{
	size_t at = 20;

	do {
		assert(at > 0);
		buf[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	return (struct span){ buf + at, 20 - at };
}

void put_u64(struct writer *w, uint64_t v)
{
	char buf[20];

	put_span(w, digits_of(v, buf));
}

void put_i64(struct writer *w, int64_t v)
{
	char buf[20];
	/* 0 - (uint64_t)v is the magnitude of INT64_MIN too, which -v is not */
	uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (v < 0)
		put_byte(w, '-');
	put_span(w, digits_of(size, buf));
}

void put_padded(struct writer *w, uint64_t v, unsigned width)
{
	char buf[20];
	struct span digits = digits_of(v, buf);

	assert(width <= sizeof buf);
	for (size_t i = digits.len; i < width; i++)
		put_byte(w, '0');
	put_span(w, digits);
}

void be16_put(uint8_t out[2], uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)(v & 0xff);
}

void be32_put(uint8_t out[4], uint32_t v)
{
	be16_put(out, (uint16_t)(v >> 16));
	be16_put(out + 2, (uint16_t)(v & 0xffff));
}

void be64_put(uint8_t out[8], uint64_t v)
{
	be32_put(out, (uint32_t)(v >> 32));
	be32_put(out + 4, (uint32_t)(v & 0xffffffff));
}

uint16_t be16_get(const uint8_t in[2]) { return (uint16_t)(in[0] << 8 | in[1]); }

uint32_t be32_get(const uint8_t in[4]) { return (uint32_t)be16_get(in) << 16 | be16_get(in + 2); }

uint64_t be64_get(const uint8_t in[8]) { return (uint64_t)be32_get(in) << 32 | be32_get(in + 4); }
