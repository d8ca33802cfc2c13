/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.h: every kind a FIELD can be: how it is read, strictly, into its C
 * type, how it is written, and how a schema says it.
 *
 * Reading and writing agree: what put_field writes, field_read reads as the
 * same value; what field_read takes has one value.
 */
#ifndef CF_FIELD_H
#define CF_FIELD_H

#include "command.h"
#include "intake/json.h"
#include "jcs.h"

/* The members of a kind that is an object (facts, invoice) or a list of objects (rules); none for the others. */
struct fields {
	const struct field_info *at;
	size_t n;
};
struct fields kind_fields(enum field_kind k);
size_t kind_size(enum field_kind k);          /* of its C type */
const char *kind_expected(enum field_kind k); /* "a date, YYYY-MM-DD": for refusals and the schema */
unsigned list_least(enum field_kind k);       /* how few items a list may have, */
unsigned list_most(enum field_kind k);        /* and how many */

/* An absent value: all zero, DATE_NONE for dates, those inside facts and invoice included. */
void field_clear(enum field_kind k, void *out);
bool field_absent(enum field_kind k, const void *at);
/* out, of the kind's C type, is written on OK only; texts and lists are copied into mem. `member` chooses the form of
 * a text that has one of its own (country). */
MUST_CHECK enum fault field_read(const struct js *at, enum field_kind k, const char *member, struct arena *mem,
                                 void *out, struct diag *d);
/* All members of an object into the struct at `out`: unknown, missing and malformed ones refused, absent ones cleared. */
MUST_CHECK enum fault fields_read(const struct js *object, struct fields f, struct arena *mem, void *out,
                                  struct diag *d);
/* The value of a present field, and an object of all present ones. */
void put_field(struct jcs *j, enum field_kind k, const char *member, const void *at);
void put_fields(struct jcs *j, struct fields f, const void *at);

/* What a hash field of this name is written as; either form is read. */
bool hash_is_base64url(const char *member);
/* The pattern (ECMA 262) of a text that has a form of its own; NULL for free text. */
const char *text_pattern(const char *member);
/* 1 to TEXT_MAX characters, none of them a control character. */
bool text_ok(struct span s);
/* "0.5" or "1": parts per million from 1 to 1 000 000. */
MUST_CHECK bool fraction_parse(struct span s, int32_t *ret);
void put_fraction(struct writer *w, int32_t ppm);
/* "12.5": above 0, at most 10^12 units and six decimals, in millionths of a unit; no sign, no leading zero. */
MUST_CHECK bool micro_parse(struct span s, int64_t *ret);
void put_micro(struct writer *w, int64_t micro);
/* Two or three capitals and digits: the form of Rec 20 and Rec 21 codes. */
MUST_CHECK bool unit_parse(struct span s, char ret[4]);

/* Three kinds of list have one shape. */
struct list {
	void *at;
	size_t n;
};
#endif
