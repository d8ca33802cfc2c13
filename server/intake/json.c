/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c: a first look over the bytes, then jansson.
 *
 * jansson 2.14 is strict about everything but what it cannot know: how deep is
 * too deep, and that our numbers are whole. Both are seen by running over the
 * bytes once (a tenth of the time), which also spares the parser the attack.
 *
 * jansson takes its memory from malloc. An arena in its place was measured:
 * 9.2 us against 10.4 us for a statement of 740 bytes. What costs is its
 * reading byte by byte, so the process-wide hook was not worth having.
 */
#include <jansson.h>
#include <stdio.h>

#include "json.h"

#include "jcs.h"

#define I64_MAX ((INT64_C(1) << 53) - 1)

void js_start(void)
{
	json_object_seed(0); /* names a stranger chose must not collide by plan; once is enough, and it sees to that */
}

static enum fault refuse_at(size_t byte, const char *why, struct diag *d)
{
	char detail[sizeof d->detail];

	snprintf(detail, sizeof detail, "%s (at byte %zu)", why, byte);
	return diag_set(d, E_BAD_JSON, "", detail);
}

/* --- the first look --- */

/* Behind the string that begins at i; the end when it is not closed, which jansson will say. */
static size_t string_end(struct span s, size_t i)
{
	for (i++; i < s.len && s.at[i] != '"'; i++)
		if (s.at[i] == '\\')
			i++;
	return i < s.len ? i + 1 : s.len;
}

/* Behind the digits that begin at i; false when they are more than I64_MAX. */
static bool digits_end(struct span s, size_t *i)
{
	int64_t v = 0;

	for (; *i < s.len && s.at[*i] >= '0' && s.at[*i] <= '9'; (*i)++) {
		v = v * 10 + (s.at[*i] - '0');
		if (v > I64_MAX)
			return false;
	}
	return true;
}

static enum fault look_number(struct span s, size_t *i, struct diag *d)
{
	size_t start = *i;

	if (!digits_end(s, i))
		return refuse_at(start, "a number beyond 9007199254740991", d);
	if (*i < s.len && (s.at[*i] == '.' || s.at[*i] == 'e' || s.at[*i] == 'E'))
		return refuse_at(start, "a number with a fraction or an exponent", d);
	return OK;
}

/* Refuses what is too deep and numbers that are not ours; all else is left to jansson. */
static enum fault look(struct span s, unsigned depth_max, struct diag *d)
{
	unsigned depth = 0;
	enum fault f = OK;

	for (size_t i = 0; i < s.len && f == OK;) {
		char c = s.at[i];

		if (c == '"') {
			i = string_end(s, i);
		} else if (c >= '0' && c <= '9') {
			f = look_number(s, &i, d);
		} else {
			if ((c == '{' || c == '[') && ++depth > depth_max)
				f = refuse_at(i, "containers nested too deep", d);
			if ((c == '}' || c == ']') && depth > 0)
				depth--;
			i++;
		}
	}
	return f;
}

/* --- the first look at a document of somebody else: numbers become strings --- */

/* What a number that became a string begins with; a string may not. */
#define NUMBER_MARK "\\u0001"
#define FOREIGN_VALUES_MAX 200000

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Behind the number that begins at i, by the grammar of RFC 8259 without exponent; i when it is none. */
static size_t number_end(struct span s, size_t i)
{
	size_t from = i, whole;

	i += s.at[i] == '-';
	for (whole = i; i < s.len && is_digit(s.at[i]);)
		i++;
	if (i == whole || (i - whole > 1 && s.at[whole] == '0'))
		return from;
	if (i < s.len && s.at[i] == '.') {
		size_t part = ++i;
		while (i < s.len && is_digit(s.at[i]))
			i++;
		if (i == part)
			return from;
	}
	return i < s.len && (s.at[i] == 'e' || s.at[i] == 'E') ? from : i;
}

static enum fault quote_numbers(struct span s, unsigned depth_max, struct writer *w, struct diag *d)
{
	unsigned depth = 0, values = 0;

	for (size_t i = 0, end; i < s.len; i = end) {
		char c = s.at[i];
		end = i + 1;
		if (c == '"') {
			end = string_end(s, i);
			if (span_starts((struct span){ s.at + i + 1, s.len - i - 1 }, S(NUMBER_MARK)))
				return refuse_at(i, "a string begins with U+0001", d);
		} else if (c == '-' || is_digit(c)) {
			end = number_end(s, i);
			if (end == i)
				return refuse_at(i, "not a number without exponent", d);
			put_z(w, "\"" NUMBER_MARK);
		} else if ((c == '{' || c == '[') && ++depth > depth_max) {
			return refuse_at(i, "containers nested too deep", d);
		} else if ((c == ',' || c == '{' || c == '[') && ++values > FOREIGN_VALUES_MAX) {
			return refuse_at(i, "more than 200000 values", d);
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
		put_span(w, (struct span){ s.at + i, end - i });
		if (c == '-' || is_digit(c))
			put_byte(w, '"');
	}
	return OK;
}

/* --- jansson --- */

static const struct {
	enum json_error_code code;
	const char *why;
} reason[] = {
	{ json_error_duplicate_key, "a member stands twice" },
	{ json_error_null_character, "a string holds the character U+0000" },
	{ json_error_null_byte_in_key, "a member's name holds the character U+0000" },
	{ json_error_invalid_utf8, "bytes that are not UTF-8" },
	{ json_error_premature_end_of_input, "the text ends too early" },
	{ json_error_end_of_input_expected, "something stands behind the value" },
};

static enum fault refuse_parse(const json_error_t *e, struct diag *d)
{
	const char *why = "not JSON";

	if (json_error_code(e) == json_error_out_of_memory)
		return diag_set(d, E_BUSY, "", "no memory for this request now");
	for (size_t i = 0; i < ARRAY_LEN(reason); i++)
		if (reason[i].code == json_error_code(e))
			why = reason[i].why;
	return refuse_at(e->position < 0 ? 0 : (size_t)e->position, why, d);
}

enum fault js_read(struct span text, struct js_limits limits, struct js *ret, struct diag *d)
{
	json_error_t e = { .position = 0 };

	assert(limits.depth <= JS_DEPTH_MAX);
	if (text.len > limits.bytes)
		return diag_set(d, E_TOO_BIG, "", "larger than the limit for this request");
	enum fault f = look(text, limits.depth, d);
	if (f != OK)
		return f;
	AUTO_JS struct js top = { .v = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &e) };
	if (!top.v)
		return refuse_parse(&e, d);
	if (!json_is_object(top.v))
		return diag_set(d, E_BAD_JSON, "", "the value is not an object");
	*ret = top;
	top.v = NULL; /* it is the caller's now */
	return OK;
}

enum fault js_read_foreign(struct span text, struct js_limits limits, struct arena *mem, struct js *ret, struct diag *d)
{
	json_error_t e = { .position = 0 };
	struct writer w = writer_in(mem);

	assert(limits.depth <= JS_DEPTH_MAX);
	if (text.len > limits.bytes)
		return diag_set(d, E_TOO_BIG, "", "larger than the limit for this document");
	enum fault f = quote_numbers(text, limits.depth, &w, d);
	if (f != OK)
		return f;
	struct span quoted = writer_done(&w, mem);
	if (!arena_ok(mem))
		return diag_set(d, E_TOO_BIG, "", "larger than the limit for this document");
	struct js top = { .v = json_loadb(quoted.at, quoted.len, JSON_REJECT_DUPLICATES, &e) };
	if (!top.v)
		return refuse_parse(&e, d);
	*ret = top;
	return OK;
}

void js_free(struct js *top)
{
	json_decref((json_t *)(uintptr_t)top->v);
	top->v = NULL;
}

/* --- asking --- */

/* The name of the first member that m does not list. */
static const char *stranger(const json_t *object, const struct js_member *m, size_t n)
{
	/* jansson's iterators take a pointer to what they will not change */
	json_t *o = (json_t *)(uintptr_t)object;

	for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it)) {
		const char *name = json_object_iter_key(it);
		size_t i = 0;

		while (i < n && strcmp(m[i].name, name) != 0)
			i++;
		if (i == n)
			return name;
	}
	return NULL;
}

static enum fault refuse_stranger(const struct js *object, const struct js_member *m, size_t n, struct diag *d)
{
	struct js at = { .up = object, .name = stranger(object->v, m, n) };

	assert(at.name);
	return js_refuse(&at, E_UNKNOWN_MEMBER, "no such member here", d);
}

static enum fault refuse_missing(const struct js *at, const struct js_member *m, struct diag *d)
{
	char detail[sizeof d->detail];

	snprintf(detail, sizeof detail, "a required member is absent: %s", m->what ? m->what : m->name);
	return js_refuse(at, E_MISSING_MEMBER, detail, d);
}

enum fault js_members(const struct js *object, const struct js_member *m, size_t n, struct js *out, struct diag *d)
{
	size_t found = 0;

	assert(n <= JS_MEMBERS_MAX);
	if (!json_is_object(object->v))
		return js_refuse(object, E_BAD_MEMBER, "expected an object", d);
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct js){ .v = json_object_get(object->v, m[i].name), .up = object, .name = m[i].name };
		found += out[i].v != NULL;
	}
	if (found != json_object_size(object->v))
		return refuse_stranger(object, m, n, d);
	for (size_t i = 0; i < n; i++)
		if (!out[i].v && m[i].need)
			return refuse_missing(&out[i], &m[i], d);
	return OK;
}

bool js_only_member(const struct js *object, struct js *ret)
{
	if (!json_is_object(object->v) || json_object_size(object->v) != 1)
		return false;
	void *it = json_object_iter((json_t *)(uintptr_t)object->v);
	*ret = (struct js){ .v = json_object_iter_value(it), .up = object, .name = json_object_iter_key(it) };
	return true;
}

bool js_items(const struct js *array, size_t *n)
{
	if (!json_is_array(array->v))
		return false;
	*n = json_array_size(array->v);
	return true;
}

struct js js_item(const struct js *array, size_t i)
{
	const json_t *v = json_array_get(array->v, i);

	assert(v);
	return (struct js){ .v = v, .up = array, .index = i };
}

struct js js_member(const struct js *object, const char *name)
{
	return (struct js){ .v = json_object_get(object->v, name), .up = object, .name = name };
}

bool js_number(const struct js *at, struct span *ret)
{
	struct span s;

	if (!js_text(at, &s) || !s.len || s.at[0] != 1)
		return false;
	*ret = (struct span){ s.at + 1, s.len - 1 };
	return true;
}

bool js_string(const struct js *at, struct span *ret)
{
	struct span number;

	return !js_number(at, &number) && js_text(at, ret);
}

bool js_text(const struct js *at, struct span *ret)
{
	if (!json_is_string(at->v))
		return false;
	*ret = (struct span){ json_string_value(at->v), json_string_length(at->v) };
	return true;
}

bool js_i64(const struct js *at, int64_t *ret)
{
	if (!json_is_integer(at->v))
		return false;
	*ret = json_integer_value(at->v);
	assert(*ret >= -I64_MAX && *ret <= I64_MAX); /* the first look saw to it */
	return true;
}

bool js_bool(const struct js *at, bool *ret)
{
	if (!json_is_boolean(at->v))
		return false;
	*ret = json_is_true(at->v);
	return true;
}

bool js_null(const struct js *at) { return json_is_null(at->v); }

/* --- refusing --- */

/* One reference token of RFC 6901; a control character, which no member of ours has, would only trouble who reads it. */
static void put_token(struct writer *w, const char *name)
{
	for (; *name; name++) {
		if (*name == '~')
			put_z(w, "~0");
		else if (*name == '/')
			put_z(w, "~1");
		else
			put_byte(w, (uint8_t)*name < 0x20 || *name == 0x7f ? '?' : *name);
	}
}

static void put_pointer(struct writer *w, const struct js *at)
{
	const struct js *step[JS_DEPTH_MAX + 2];
	size_t n = 0;

	for (; at->up; at = at->up) {
		assert(n < ARRAY_LEN(step));
		step[n++] = at;
	}
	while (n-- > 0) {
		put_byte(w, '/');
		if (step[n]->name)
			put_token(w, step[n]->name);
		else
			put_u64(w, step[n]->index);
	}
}

void put_js_pointer(struct writer *w, const struct js *at)
{
	char pointer[256];
	struct writer p = writer_over(pointer, sizeof pointer);

	put_pointer(&p, at);
	if (p.len && utf8_valid(writer_span(&p)))
		put_span(w, (struct span){ pointer + 1, p.len - 1 });
}

/* --- canonical form --- */

static int by_name(const void *a, const void *b)
{
	return jcs_name_cmp(span_z(*(const char *const *)a), span_z(*(const char *const *)b));
}

static bool put_value(struct jcs *j, const json_t *v, struct arena *mem);

static bool put_object(struct jcs *j, const json_t *v, struct arena *mem)
{
	json_t *o = (json_t *)(uintptr_t)v;
	size_t n = 0;
	const char **name = ARENA_ARRAY(mem, const char *, json_object_size(v) + 1);

	for (void *it = name ? json_object_iter(o) : NULL; it; it = json_object_iter_next(o, it))
		name[n++] = json_object_iter_key(it);
	if (!name)
		return false;
	qsort(name, n, sizeof *name, by_name);
	jcs_object(j);
	for (size_t i = 0; i < n; i++) {
		jcs_name(j, name[i]);
		if (!put_value(j, json_object_get(v, name[i]), mem))
			return false;
	}
	jcs_end_object(j);
	return true;
}

static bool put_array(struct jcs *j, const json_t *v, struct arena *mem)
{
	jcs_array(j);
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!put_value(j, json_array_get(v, i), mem))
			return false;
	jcs_end_array(j);
	return true;
}

static bool put_number(struct jcs *j, struct span number, struct arena *mem)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);
	char *z = arena_z(mem, number);

	if (!z || !put_es6_number(&w, strtod(z, NULL)))
		return false;
	jcs_raw(j, writer_span(&w));
	return !w.overflow;
}

static bool put_value(struct jcs *j, const json_t *v, struct arena *mem)
{
	struct js at = { .v = v };
	struct span s;

	if (j->depth + 1 >= JCS_DEPTH)
		return false;
	if (json_is_object(v))
		return put_object(j, v, mem);
	if (json_is_array(v))
		return put_array(j, v, mem);
	if (js_number(&at, &s))
		return put_number(j, s, mem);
	if (js_text(&at, &s))
		jcs_string(j, s);
	else if (json_is_null(v))
		jcs_null(j);
	else
		jcs_bool(j, json_is_true(v));
	return true;
}

bool put_js_canonical(struct writer *w, const struct js *at, struct arena *mem)
{
	struct jcs j = jcs_over(w);

	return at->v && put_value(&j, at->v, mem) && arena_ok(mem);
}

enum fault js_refuse(const struct js *at, enum fault f, const char *detail, struct diag *d)
{
	char pointer[4 * sizeof d->pointer]; /* longer than what is kept, so that diag_set cuts between characters */
	struct writer w = writer_over(pointer, sizeof pointer - 1);

	put_pointer(&w, at);
	pointer[w.len] = 0;
	return diag_set(d, f, pointer, detail);
}
