/* SPDX-License-Identifier: Apache-2.0 */
/*
 * b64.c: bytes as text and back: base64, base64url, hexadecimal.
 *
 * One text per value: decoding takes exactly what encoding would have written
 * and nothing else. No white space, no missing or superfluous padding, no bit
 * set that no byte holds (RFC 4648 section 3.5), no upper-case hexadecimal.
 * Otherwise two texts could carry the same signature, and "the bytes as
 * received" would have twins.
 *
 * A statement passes here three times, so both ways go by tables, three bytes
 * a step, and whether a character was bad is asked once, at the end.
 */
#include "crypto.h"

/* The 62 letters both alphabets share come first; the two that differ make the alphabet. */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* clang-format off */
/* One more than the letter's value, so that what no row names, 0, is no letter. */
#define VALUES \
	['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,  \
	['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, \
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, \
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, \
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, \
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, \
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, \
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62
/* clang-format on */

struct alphabet {
	const char *letter;
	uint8_t value[256];
	bool padded;
};
static const struct alphabet standard = { LETTERS "+/", { VALUES, ['+'] = 63, ['/'] = 64 }, true };
static const struct alphabet url = { LETTERS "-_", { VALUES, ['-'] = 63, ['_'] = 64 }, false };

/* A letter's six bits; bits above them are set when it is no letter. */
static inline uint32_t six(const struct alphabet *a, char c) { return a->value[(uint8_t)c] - UINT32_C(1); }

/* Characters that encode len bytes, without padding. */
static size_t letters_for(size_t len) { return len / 3 * 4 + (len % 3 == 0 ? 0 : len % 3 + 1); }

static void encode(const struct alphabet *a, struct span s, char *out)
{
	const uint8_t *in = (const uint8_t *)s.at, *end = in + s.len / 3 * 3;

	for (; in < end; in += 3, out += 4) {
		uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];

		out[0] = a->letter[v >> 18];
		out[1] = a->letter[v >> 12 & 63];
		out[2] = a->letter[v >> 6 & 63];
		out[3] = a->letter[v & 63];
	}
	if (s.len % 3 == 0)
		return;
	uint32_t v = (uint32_t)in[0] << 16 | (s.len % 3 == 2 ? (uint32_t)in[1] << 8 : 0);
	*out++ = a->letter[v >> 18];
	*out++ = a->letter[v >> 12 & 63];
	if (s.len % 3 == 2)
		*out++ = a->letter[v >> 6 & 63];
	for (size_t pad = s.len % 3; a->padded && pad < 3; pad++)
		*out++ = '=';
}

static void put(const struct alphabet *a, struct writer *w, struct span s)
{
	assert(s.at || s.len == 0);
	assert(s.len <= SIZE_MAX / 2); /* no memory is so large: the sum below cannot wrap */
	size_t len = a->padded ? (s.len + 2) / 3 * 4 : letters_for(s.len);
	char *out = s.len == 0 ? NULL : writer_room(w, len);

	if (out)
		encode(a, s, out);
}

/* Takes the padding off s, when the alphabet has one and it stands as it must. */
static bool unpad(const struct alphabet *a, struct span *s)
{
	size_t pad = 0;

	if (!a->padded)
		return true;
	if (s->len % 4 != 0)
		return false;
	while (pad < 2 && pad < s->len && s->at[s->len - 1 - pad] == '=')
		pad++;
	s->len -= pad;
	return true; /* a third '=' is no letter and is found as such */
}

/* Bytes that n letters hold; false for a count no bytes encode to. */
static bool bytes_for(size_t letters, size_t *len)
{
	if (letters % 4 == 1)
		return false;
	*len = letters / 4 * 3 + (letters % 4 == 0 ? 0 : letters % 4 - 1);
	assert(letters_for(*len) == letters);
	return true;
}

/* Decodes the letters of s, padding gone, into out, which has room for bytes_for(s.len). */
static bool decode(const struct alphabet *a, struct span s, uint8_t *out)
{
	const char *in = s.at, *end = in + s.len / 4 * 4;
	uint32_t seen = 0;

	for (; in < end; in += 4, out += 3) {
		uint32_t v0 = six(a, in[0]), v1 = six(a, in[1]), v2 = six(a, in[2]), v3 = six(a, in[3]);

		seen |= v0 | v1 | v2 | v3;
		uint32_t v = v0 << 18 | v1 << 12 | v2 << 6 | v3;
		out[0] = (uint8_t)(v >> 16 & 0xff);
		out[1] = (uint8_t)(v >> 8 & 0xff);
		out[2] = (uint8_t)(v & 0xff);
	}
	size_t tail = s.len % 4;
	if (tail == 0)
		return seen < 64;
	assert(tail != 1);
	uint32_t v0 = six(a, in[0]), v1 = six(a, in[1]), v2 = tail == 3 ? six(a, in[2]) : 0;
	seen |= v0 | v1 | v2;
	out[0] = (uint8_t)((v0 << 2 | v1 >> 4) & 0xff);
	if (tail == 3)
		out[1] = (uint8_t)((v1 << 4 | v2 >> 2) & 0xff);
	/* the bits no byte holds */
	uint32_t rest = tail == 3 ? v2 & 3 : v1 & 15;
	return seen < 64 && rest == 0;
}

static bool decode_new(const struct alphabet *a, struct span s, struct arena *mem, struct span *ret)
{
	size_t len;

	assert(s.at || s.len == 0);
	if (!unpad(a, &s) || !bytes_for(s.len, &len))
		return false;
	uint8_t *out = arena_take(mem, len);
	if (!out || (len > 0 && !decode(a, s, out)))
		return false;
	*ret = (struct span){ (const char *)out, len };
	return true;
}

static bool decode_fixed(const struct alphabet *a, struct span s, void *out, size_t len)
{
	size_t have;

	assert(s.at || s.len == 0);
	assert(out || len == 0);
	if (!unpad(a, &s) || !bytes_for(s.len, &have) || have != len)
		return false;
	return len == 0 || decode(a, s, out);
}

void put_b64(struct writer *w, struct span s) { put(&standard, w, s); }

void put_b64url(struct writer *w, struct span s) { put(&url, w, s); }

bool b64_decode(struct span s, struct arena *mem, struct span *ret) { return decode_new(&standard, s, mem, ret); }

bool b64url_decode(struct span s, struct arena *mem, struct span *ret) { return decode_new(&url, s, mem, ret); }

bool b64_fixed(struct span s, void *out, size_t len) { return decode_fixed(&standard, s, out, len); }

bool b64url_fixed(struct span s, void *out, size_t len) { return decode_fixed(&url, s, out, len); }

bool b64_measure(struct span s, size_t *len)
{
	uint8_t out[3];

	assert(s.at || s.len == 0);
	if (!unpad(&standard, &s) || !bytes_for(s.len, len))
		return false;
	/* four letters a step into the same three bytes: only the verdict is wanted */
	for (size_t i = 0; i < s.len; i += 4)
		if (!decode(&standard, (struct span){ s.at + i, s.len - i < 4 ? s.len - i : 4 }, out))
			return false;
	return true;
}

void put_hex(struct writer *w, const void *at, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const uint8_t *in = at;

	assert(at || len == 0);
	assert(len <= SIZE_MAX / 2);
	char *out = writer_room(w, len * 2);
	for (size_t i = 0; out && i < len; i++) {
		out[2 * i] = digit[in[i] >> 4];
		out[2 * i + 1] = digit[in[i] & 15];
	}
}

/* 0-15, or 16 for what is no digit. */
static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

bool hex_parse(struct span s, void *out, size_t len)
{
	uint8_t *to = out;
	unsigned seen = 0;

	assert(out || len == 0);
	if (s.len % 2 != 0 || s.len / 2 != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned high = hex_digit(s.at[2 * i]), low = hex_digit(s.at[2 * i + 1]);

		seen |= high | low;
		to[i] = (uint8_t)((high << 4 | low) & 0xff);
	}
	return seen < 16;
}

void put_hash64(struct writer *w, struct hash h) { put_b64url(w, (struct span){ (const char *)h.b, HASH_LEN }); }

bool hash64_parse(struct span s, struct hash *ret)
{
	struct hash h;

	if (s.len != HASH_B64 || !b64url_fixed(s, h.b, HASH_LEN))
		return false;
	*ret = h;
	return true;
}
