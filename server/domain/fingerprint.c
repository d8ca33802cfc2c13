/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint.c: exact fingerprints (DETECTION 3.2, 3.3), normalisation version 1.
 *
 * What a clerk may type differently about the same number is folded away before
 * hashing: width, case, spaces, separators, zeros that fill the numeric tail.
 * What could tell two numbers apart stays. Keyed, because seller, number and
 * date are guessable: a thief of the table must not be able to try them out.
 */
#include "crypto.h"
#include "decide.h"
#include "goods.h"

/* Full-width ASCII (U+FF01..U+FF5E, ef bc 81 .. ef bd 9e) to half width; the ideographic space to nothing.
 * Returns the bytes consumed, 0 when the text at `at` is not one of them. */
static size_t half_width(const uint8_t *at, size_t left, char *out, bool *drop)
{
	*drop = false;
	if (left < 3)
		return 0;
	if (at[0] == 0xe3 && at[1] == 0x80 && at[2] == 0x80) {
		*drop = true;
		return 3;
	}
	if (at[0] == 0xef && at[1] == 0xbc && at[2] >= 0x81 && at[2] <= 0xbf) {
		*out = (char)(at[2] - 0x81 + 0x21);
		return 3;
	}
	if (at[0] == 0xef && at[1] == 0xbd && at[2] >= 0x80 && at[2] <= 0x9e) {
		*out = (char)(at[2] - 0x80 + 0x60);
		return 3;
	}
	return 0;
}

static bool separator(char c)
{
	return c == ' ' || c == '\t' || c == '-' || c == '/' || c == '.' || c == '_' || c == '#';
}

static bool digit(char c) { return c >= '0' && c <= '9'; }

/* Drops the zeros that fill the numeric tail: "INV000123" and "INV123" are one number. The last digit stays. */
static struct span drop_fill(char *at, size_t len)
{
	size_t tail = len, zeros = 0;

	while (tail > 0 && digit(at[tail - 1]))
		tail--;
	while (tail + zeros + 1 < len && at[tail + zeros] == '0')
		zeros++;
	memmove(at + tail, at + tail + zeros, len - tail - zeros);
	return (struct span){ at, len - zeros };
}

struct span normalise_number(struct span number, struct arena *mem)
{
	char *out = arena_take(mem, number.len);
	size_t len = 0;

	if (!out)
		return (struct span){ NULL, 0 };
	for (size_t i = 0; i < number.len;) {
		char c = number.at[i];
		bool drop;
		size_t wide = half_width((const uint8_t *)number.at + i, number.len - i, &c, &drop);

		i += wide ? wide : 1;
		if (drop || separator(c))
			continue;
		out[len++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	assert(len <= number.len);
	return drop_fill(out, len);
}

static struct fp16 first16(struct hash h)
{
	struct fp16 f;

	memcpy(f.b, h.b, sizeof f.b);
	return f;
}

struct fp16 fingerprint_invoice(struct span key, struct span issuer, struct span number, struct arena *mem)
{
	struct span n = normalise_number(number, mem);
	char *at = arena_take(mem, issuer.len + n.len + 16);
	struct writer w;

	assert(at != NULL); /* decide has DECIDE_MEM, and texts are bounded by TEXT_MAX */
	w = writer_over(at, issuer.len + n.len + 16);
	put_z(&w, "K1\n");
	put_span(&w, issuer);
	put_byte(&w, '\n');
	put_span(&w, n);
	assert(!w.overflow);
	return first16(hmac_sha256(key, writer_span(&w)));
}

struct fp16 fingerprint_parts(struct span key, const char *tag, const struct span *part, size_t n, struct arena *mem)
{
	size_t room = strlen(tag) + 1;
	struct writer w;
	char *at;

	for (size_t i = 0; i < n; i++)
		room += part[i].len + 1;
	at = arena_take(mem, room);
	assert(at != NULL); /* decide has DECIDE_MEM, and texts are bounded by TEXT_MAX */
	w = writer_over(at, room);
	put_z(&w, tag);
	put_byte(&w, '\n');
	for (size_t i = 0; i < n; i++) {
		put_span(&w, normalise_number(part[i], mem));
		put_byte(&w, '\n');
	}
	assert(!w.overflow);
	return first16(hmac_sha256(key, writer_span(&w)));
}

/* Takes no memory: what it needs is given back. */
struct fp16 fingerprint_thing(struct span key, const char *kind, struct span scope, struct span name, struct arena *mem)
{
	size_t mark = mem->used, len;
	struct span n = normalise_number(name, mem);
	struct fp16 ret;
	struct writer w;
	char *at;

	len = strlen(kind) + scope.len + n.len + 8;
	at = arena_take(mem, len);
	assert(at != NULL); /* decide has DECIDE_MEM, and texts are bounded by TEXT_MAX */
	w = writer_over(at, len);
	put_z(&w, "K2\n");
	put_z(&w, kind);
	put_byte(&w, '\n');
	put_span(&w, scope);
	put_byte(&w, '\n');
	put_span(&w, n);
	assert(!w.overflow);
	ret = first16(hmac_sha256(key, writer_span(&w)));
	mem->used = mark;
	return ret;
}

struct fp16 fingerprint_serials(struct span key, struct span prefix, int level, int64_t index, struct arena *mem)
{
	char at[32];
	struct writer w = writer_over(at, sizeof at);

	put_i64(&w, level);
	put_byte(&w, '.');
	put_i64(&w, index);
	return fingerprint_thing(key, "serials", writer_span(&w), prefix, mem);
}

/* Identifiers are public and printed on every invoice: no key, so that an outsider can look one up. */
struct fp16 fingerprint_identifier(struct span identifier) { return first16(sha256_2(S("party\n"), identifier)); }

struct hash fingerprint_key_id(struct span key) { return hmac_sha256(key, S("counterfoil/1 fingerprint key")); }

static struct fp16 fingerprint_pair(struct span what, struct uuid a, struct uuid b)
{
	char both[32];

	memcpy(both, a.b, 16);
	memcpy(both + 16, b.b, 16);
	return first16(sha256_2(what, (struct span){ both, sizeof both }));
}

struct fp16 fingerprint_mandate(struct uuid principal, struct uuid agent)
{
	return fingerprint_pair(S("mandate\n"), principal, agent);
}

struct fp16 fingerprint_objection(struct uuid challenger, struct uuid subject)
{
	return fingerprint_pair(S("objection\n"), challenger, subject);
}
