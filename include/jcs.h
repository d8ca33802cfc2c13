/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jcs.h: canonical JSON (RFC 8785), written, never re-written.
 *
 * A writer of objects and arrays that puts the commas itself and asserts that
 * members come in JCS order (UTF-16 code units, which for our ASCII names is
 * byte order), so text made with it is canonical by construction. The same
 * writer serves plain answers, where order does not matter: jcs_free_order().
 */
#ifndef CF_JCS_H
#define CF_JCS_H

#include "base.h"

#define JCS_DEPTH 16

struct jcs {
	struct writer *w;
	unsigned depth;
	bool named;             /* a name stands and waits for its value */
	bool any[JCS_DEPTH];    /* something stands before in this container */
	bool object[JCS_DEPTH]; /* this container is an object */
	bool free_order;
	struct span last[JCS_DEPTH]; /* the last member name, to check the order */
};

struct jcs jcs_over(struct writer *w);
struct jcs jcs_free_order(struct writer *w);
void jcs_object(struct jcs *j); /* '{' as an array item or the top value */
void jcs_array(struct jcs *j);
void jcs_end_object(struct jcs *j);
void jcs_end_array(struct jcs *j);
void jcs_name(struct jcs *j, const char *name); /* the next value belongs to this member; name is kept by reference */
void jcs_name_span(struct jcs *j, struct span name);
void jcs_string(struct jcs *j, struct span utf8); /* escaped as RFC 8785 3.2.2.2 says */
void jcs_z(struct jcs *j, const char *z);
void jcs_i64(struct jcs *j, int64_t v); /* |v| <= 2^53 - 1, else it is not a JSON number every reader keeps: asserted */
void jcs_bool(struct jcs *j, bool v);
void jcs_null(struct jcs *j);
void jcs_raw(struct jcs *j, struct span json); /* a value that is JSON text already */
/* name and value at once */
void jcs_member_z(struct jcs *j, const char *name, const char *z);
void jcs_member_span(struct jcs *j, const char *name, struct span s);
void jcs_member_i64(struct jcs *j, const char *name, int64_t v);
void jcs_member_bool(struct jcs *j, const char *name, bool v);
/* An IEEE 754 double as ECMAScript prints it (RFC 8785 3.2.2.3); false for NaN and infinities.
 * Not used for our own data, which has no floats: it is here so that the writer is whole. */
MUST_CHECK bool put_es6_number(struct writer *w, double v);
/* Order of two UTF-8 strings by UTF-16 code units (RFC 8785 3.2.3). */
int jcs_name_cmp(struct span a, struct span b);
#endif
