/* SPDX-License-Identifier: Apache-2.0 */
/* json_at.c: see json_at.h. */
#include "json_at.h"

#include "intake/json.h"

#define ANSWER_MAX ((size_t)256 << 20)

bool json_good(struct span text)
{
	AUTO_JS struct js top = { .v = NULL };
	struct diag d;

	return js_read(text, (struct js_limits){ ANSWER_MAX, JS_DEPTH_MAX }, &top, &d) == OK;
}

/* --- walking --- */

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static struct span trim(struct span s)
{
	while (s.len > 0 && blank(s.at[0]))
		s = (struct span){ s.at + 1, s.len - 1 };
	while (s.len > 0 && blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* How long the string is that s begins with, its quotes included. */
static size_t string_len(struct span s)
{
	size_t i = 1;

	while (i < s.len && s.at[i] != '"')
		i += s.at[i] == '\\' ? 2 : 1;
	return i < s.len ? i + 1 : s.len;
}

static size_t value_len(struct span s)
{
	size_t i = 0, depth = 0;

	while (i < s.len) {
		char c = s.at[i];

		if (c == '"') {
			i += string_len((struct span){ s.at + i, s.len - i });
		} else {
			if (depth == 0 && (c == ',' || c == '}' || c == ']'))
				return i;
			if (c == '{' || c == '[')
				depth++;
			if (c == '}' || c == ']')
				depth--;
			i++;
		}
	}
	return i;
}

struct json_walk json_walk(struct span container)
{
	struct span s = trim(container);
	struct json_walk none = { { "", 0 }, false };

	if (s.len < 2 || (s.at[0] != '{' && s.at[0] != '['))
		return none;
	return (struct json_walk){ trim((struct span){ s.at + 1, s.len - 2 }), s.at[0] == '{' };
}

static void step_over(struct span *s, size_t n)
{
	*s = (struct span){ s->at + n, s->len - n };
	*s = trim(*s);
	if (s->len > 0 && (s->at[0] == ',' || s->at[0] == ':'))
		*s = trim((struct span){ s->at + 1, s->len - 1 });
}

bool json_next(struct json_walk *w, struct span *name, struct span *value)
{
	size_t n;

	if (w->left.len == 0)
		return false;
	*name = S("");
	if (w->object) {
		n = string_len(w->left);
		*name = n >= 2 ? (struct span){ w->left.at + 1, n - 2 } : S("");
		step_over(&w->left, n);
	}
	n = value_len(w->left);
	*value = trim((struct span){ w->left.at, n });
	step_over(&w->left, n);
	return true;
}

size_t json_count(struct span container)
{
	struct json_walk w = json_walk(container);
	struct span name, value;
	size_t n = 0;

	while (json_next(&w, &name, &value))
		n++;
	return n;
}

static bool member(struct span container, struct span key, struct span *ret)
{
	struct json_walk w = json_walk(container);
	struct span name, value;
	uint64_t index = 0, want = 0;

	for (size_t i = 0; i < key.len && !w.object; i++) {
		if (key.at[i] < '0' || key.at[i] > '9' || want > 1000000)
			return false;
		want = want * 10 + (uint64_t)(key.at[i] - '0');
	}
	while (json_next(&w, &name, &value)) {
		if (w.object ? span_eq(name, key) : index++ == want) {
			*ret = value;
			return true;
		}
	}
	return false;
}

bool json_at(struct span json, const char *pointer, struct span *ret)
{
	struct span rest = span_z(pointer), key, at = trim(json);

	while (rest.len > 0) {
		rest = (struct span){ rest.at + 1, rest.len - 1 }; /* the slash */
		if (!span_cut(rest, '/', &key, &rest)) {
			key = rest;
			rest.len = 0;
		} else {
			rest = (struct span){ rest.at - 1, rest.len + 1 };
		}
		if (!member(at, key, &at))
			return false;
	}
	*ret = at;
	return true;
}

/* --- values --- */

static uint32_t hex4(const char *at)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = at[i];

		v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return v;
}

static void put_utf8(struct writer *w, uint32_t u)
{
	if (u < 0x80) {
		put_byte(w, (char)u);
		return;
	}
	if (u < 0x800) {
		put_byte(w, (char)(0xc0 | u >> 6));
	} else if (u < 0x10000) {
		put_byte(w, (char)(0xe0 | u >> 12));
		put_byte(w, (char)(0x80 | (u >> 6 & 0x3f)));
	} else {
		put_byte(w, (char)(0xf0 | u >> 18));
		put_byte(w, (char)(0x80 | (u >> 12 & 0x3f)));
		put_byte(w, (char)(0x80 | (u >> 6 & 0x3f)));
	}
	put_byte(w, (char)(0x80 | (u & 0x3f)));
}

/* s stands behind a backslash; how many bytes of it the escape takes. */
static size_t put_escape(struct writer *w, struct span s)
{
	static const char from[] = "bfnrt", to[] = "??\n?\t";
	const char *known = memchr(from, s.at[0], sizeof from - 1);
	uint32_t u;

	if (s.at[0] != 'u' || s.len < 5) {
		put_byte(w, known ? to[known - from] : s.at[0]);
		return 1;
	}
	u = hex4(s.at + 1);
	if (u < 0x20 && u != '\n' && u != '\t') /* what a stranger sends must not steer a terminal */
		u = '?';
	if (u >= 0xd800 && u < 0xdc00 && s.len >= 11) {
		put_utf8(w, 0x10000 + ((u - 0xd800) << 10) + (hex4(s.at + 7) - 0xdc00));
		return 11;
	}
	put_utf8(w, u);
	return 5;
}

struct span json_text(struct span value, struct arena *mem)
{
	struct writer w;

	if (value.len < 2 || value.at[0] != '"')
		return value;
	value = (struct span){ value.at + 1, value.len - 2 };
	if (!memchr(value.at, '\\', value.len))
		return value;
	w = writer_in(mem);
	for (size_t i = 0; i < value.len;) {
		if (value.at[i] != '\\') {
			put_byte(&w, value.at[i++]);
			continue;
		}
		i++;
		i += put_escape(&w, (struct span){ value.at + i, value.len - i });
	}
	return writer_done(&w, mem);
}

const char *json_z(struct span json, const char *pointer, struct arena *mem)
{
	struct span v;
	const char *z = json_at(json, pointer, &v) && !span_is(v, "null") ? arena_z(mem, json_text(v, mem)) : NULL;

	return z ? z : "";
}

int64_t json_i64(struct span json, const char *pointer, int64_t standard)
{
	struct span v;
	char text[24], *end;
	int64_t n;

	if (!json_at(json, pointer, &v) || v.len == 0 || v.len >= sizeof text)
		return standard;
	memcpy(text, v.at, v.len);
	text[v.len] = 0;
	n = strtoll(text, &end, 10);
	return *end == 0 ? n : standard;
}

bool json_true(struct span json, const char *pointer)
{
	struct span v;

	return json_at(json, pointer, &v) && span_is(v, "true");
}
