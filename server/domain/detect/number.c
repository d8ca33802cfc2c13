/* SPDX-License-Identifier: Apache-2.0 */
/* number.c: numbers of documents, as they are compared; see normalise.h. */
#include "dense.h"
#include "normalise.h"

enum { FOLDED = 2 * 512 + 8 };

static bool digit(char c) { return c >= '0' && c <= '9'; }

static bool separates(char c) { return (uint8_t)c < 0x80 && !digit(c) && !(c >= 'A' && c <= 'Z'); }

char skeleton(char c)
{
	static const char like[][2] = { { 'O', '0' }, { 'Q', '0' }, { 'I', '1' }, { 'L', '1' },
		                        { 'S', '5' }, { 'B', '8' }, { 'Z', '2' } };

	for (size_t i = 0; i < ARRAY_LEN(like); i++)
		if (c == like[i][0])
			return like[i][1];
	return c;
}

static size_t drop_separators(char *at, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (!separates(at[i]))
			at[n++] = at[i];
	return n;
}

/* "INV000123" and "INV123" are one number: the zeros that fill the tail go; its last digit stays. */
static size_t drop_fill(char *at, size_t len, size_t *digits)
{
	size_t tail = len, zeros = 0;

	while (tail > 0 && digit(at[tail - 1]))
		tail--;
	*digits = len - tail;
	while (tail + zeros + 1 < len && at[tail + zeros] == '0')
		zeros++;
	memmove(at + tail, at + tail + zeros, len - tail - zeros);
	return len - zeros;
}

static void read_tail(struct number *n, struct span norm, size_t digits)
{
	size_t at = norm.len;
	uint64_t scale = 1;
	uint32_t six = 0;

	for (unsigned i = 0; i < 18 && at > 0 && digit(norm.at[at - 1]); i++, scale *= 10) {
		n->tail += (uint64_t)(norm.at[--at] - '0') * scale;
		if (i < 6)
			six = (uint32_t)n->tail;
	}
	n->last6 = digits >= 6 ? six : NO_LAST6;
	n->digits = (uint8_t)(digits > 255 ? 255 : digits);
	while (at > 0 && digit(norm.at[at - 1]))
		at--;
	n->series = mix64(key_of_text((struct span){ norm.at, at }), digits);
}

struct number number_of(struct span text)
{
	struct number n = { .last6 = NO_LAST6 };
	char folded[FOLDED], shape[FOLDED];
	struct writer w = writer_over(folded, sizeof folded);
	size_t len, digits;

	if (text.len > (FOLDED - 8) / 2)
		text.len = (FOLDED - 8) / 2;
	put_folded(&w, text);
	len = drop_fill(folded, drop_separators(folded, w.len), &digits);
	for (size_t i = 0; i < len; i++)
		shape[i] = skeleton(folded[i]);
	n.key = key_of_text((struct span){ folded, len });
	n.shape = key_of_text((struct span){ shape, len });
	read_tail(&n, (struct span){ folded, len }, digits);
	n.len = (uint8_t)(len < NUMBER_MAX ? len : NUMBER_MAX);
	memcpy(n.norm, folded + len - n.len, n.len);
	return n;
}

/* Rows of the matrix of distances, of which only the band within `most` of the diagonal is reckoned. */
unsigned edits(struct span a, struct span b, unsigned most)
{
	enum { WIDE = 4 * NUMBER_MAX + 1 };
	unsigned row[3][WIDE], beyond = most + 1;

	assert(most <= 2);
	if (a.len >= WIDE || b.len >= WIDE || a.len > b.len + most || b.len > a.len + most)
		return span_eq(a, b) ? 0 : beyond;
	for (size_t i = 0; i <= a.len; i++) {
		unsigned *now = row[i % 3], *above = row[(i + 2) % 3], *above2 = row[(i + 1) % 3], least = beyond;
		size_t from = i > most ? i - most : 0, to = i + most < b.len ? i + most : b.len;

		if (from > 0)
			now[from - 1] = beyond;
		for (size_t k = from; k <= to; k++) {
			unsigned d = i == 0 ? (unsigned)k : k == 0 ? (unsigned)i : beyond;

			if (i > 0 && k > 0) {
				unsigned change = above[k - 1] + (a.at[i - 1] != b.at[k - 1]);
				unsigned drop = k < i + most ? above[k] + 1 : beyond, add = now[k - 1] + 1;

				d = change < drop ? change : drop;
				d = add < d ? add : d;
				if (i > 1 && k > 1 && a.at[i - 1] == b.at[k - 2] && a.at[i - 2] == b.at[k - 1] &&
				    above2[k - 2] + 1 < d)
					d = above2[k - 2] + 1;
			}
			now[k] = d;
			least = d < least ? d : least;
		}
		if (to < b.len)
			now[to + 1] = beyond;
		if (least > most)
			return beyond;
	}
	return row[a.len % 3][b.len] < beyond ? row[a.len % 3][b.len] : beyond;
}

static bool extends(struct span longer, struct span shorter)
{
	size_t more = longer.len - shorter.len;
	bool sign = false;

	if (shorter.len < 3 || longer.len <= shorter.len || more > 5 || !span_starts(longer, shorter))
		return false;
	for (size_t i = shorter.len; i < longer.len; i++)
		if (separates(longer.at[i])) {
			sign = sign || i == shorter.len;
			more--;
		}
	return sign && more > 0 && more <= 3;
}

/* Nothing in it separates, nor may when it is folded: there is no ending to find. */
static bool plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.at[i] >= 0x80 ||
		    !(digit(s.at[i]) || ((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z')))
			return false;
	return true;
}

bool number_extended(struct span a, struct span b)
{
	char fa[FOLDED], fb[FOLDED];
	struct writer wa = writer_over(fa, sizeof fa), wb = writer_over(fb, sizeof fb);

	if (a.len > (FOLDED - 8) / 2 || b.len > (FOLDED - 8) / 2 || (plain(a) && plain(b)))
		return false;
	put_folded(&wa, a);
	put_folded(&wb, b);
	return extends(writer_span(&wa), writer_span(&wb)) || extends(writer_span(&wb), writer_span(&wa));
}
