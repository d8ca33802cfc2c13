/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h: strict JSON, read and asked; the home of jansson.
 *
 * Strict: UTF-8, one object, nothing around it but white space; no member
 * twice; no number with a fraction or an exponent, and none beyond 2^53 - 1,
 * which is as far as every reader in the world counts; no NUL; sizes and
 * depth bounded before the parser runs.
 *
 * A value is asked together with the place it stands at, so that every refusal
 * names the member at fault by a JSON pointer. The pointer is written only
 * when there is something to refuse.
 *
 * What js_read made lives until js_free; strings that must outlive it are
 * copied. No other file uses jansson.
 */
#ifndef CF_JSON_H
#define CF_JSON_H

#include "fault.h"

#define JS_DEPTH_MAX 32 /* containers within each other, where nobody set less */

/* A value and where it stands; v is NULL for a member that is absent. */
struct js {
	const struct json_t *v;
	const struct js *up; /* NULL at the top; must live as long as this one is asked */
	const char *name;    /* of this member; NULL for an item of an array */
	size_t index;
};

struct js_limits {
	size_t bytes;
	unsigned depth;
};

/* Makes jansson ready: it reads /dev/urandom once, which a process must do before it locks itself in. Otherwise the
 * first js_read does it. */
void js_start(void);
/* E_BAD_JSON, or E_TOO_BIG above the limit of bytes. ret keeps nothing of text. After OK the caller owes a js_free;
 * AUTO_JS on the variable pays it on every path. */
MUST_CHECK enum fault js_read(struct span text, struct js_limits limits, struct js *ret, struct diag *d);
/* Documents of others: an object or an array at the top, numbers of any size with fractions. A number is never turned
 * into a double: it is kept as the text it was written in (js_number), and js_string does not take it for a string.
 * Exponents are refused. The text is copied into mem. */
MUST_CHECK enum fault js_read_foreign(struct span text, struct js_limits limits, struct arena *mem, struct js *ret,
                                      struct diag *d);
void js_free(struct js *top); /* takes one whose v is NULL */
#define AUTO_JS __attribute__((cleanup(js_free)))

struct js_member {
	const char *name;
	bool need;
	const char *what; /* for the refusal, when it is absent */
};
#define JS_MEMBERS_MAX 24
/* The members of an object, out[i] for m[i]: an unknown one or a needed one that is absent is refused, as is what is
 * no object. */
MUST_CHECK enum fault js_members(const struct js *object, const struct js_member *m, size_t n, struct js *out,
                                 struct diag *d);
/* The one member of an object that has exactly one, whatever its name; false otherwise. */
MUST_CHECK bool js_only_member(const struct js *object, struct js *ret);
/* Items of an array; false when it is none. */
MUST_CHECK bool js_items(const struct js *array, size_t *n);
struct js js_item(const struct js *array, size_t i); /* i < n */
/* A member, its v NULL when there is none or *object is no object. */
struct js js_member(const struct js *object, const char *name);
/* Of what js_read_foreign read: the text of a number; a string that is none. */
MUST_CHECK bool js_number(const struct js *at, struct span *ret);
MUST_CHECK bool js_string(const struct js *at, struct span *ret);
/* A place as a JSON pointer, without the leading '/'. */
void put_js_pointer(struct writer *w, const struct js *at);
/* RFC 8785, of what js_read_foreign read: the one form of a value that checksums are made of. False when it is deeper
 * than that writer goes, or a number is beyond a double. */
MUST_CHECK bool put_js_canonical(struct writer *w, const struct js *at, struct arena *mem);

/* False when the value is of another kind. */
MUST_CHECK bool js_text(const struct js *at, struct span *ret);
MUST_CHECK bool js_i64(const struct js *at, int64_t *ret); /* within 2^53 - 1 either way */
MUST_CHECK bool js_bool(const struct js *at, bool *ret);
bool js_null(const struct js *at);

/* Sets d to the pointer of this place and the detail; returns f. */
enum fault js_refuse(const struct js *at, enum fault f, const char *detail, struct diag *d);
#endif
