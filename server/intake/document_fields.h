/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_fields.h: the model as a table, so that writing it to a pipe,
 * reading it back and printing it as JSON cannot disagree about what it is.
 * Private to document_wire.c and document_json.c.
 */
#ifndef CF_INTAKE_DOCUMENT_FIELDS_H
#define CF_INTAKE_DOCUMENT_FIELDS_H

#include "intake/document.h"

enum shape {
	F_TEXT,
	F_DATE,
	F_MONEY,
	F_NUMBER,
	F_RATE,
	F_FLAG,
	F_U16,
	F_U32,
	F_HASH,
	F_ENUM8,
	F_ENUM16, /* `max` values; names from `name_of` */
	F_OBJECT, /* embedded, with the table `in` */
	F_PARTY,  /* embedded, with the table `in`; its first field is `present`: left out of JSON when it is not */
	F_LIST,   /* {pointer, count}, items of `size` with the table `in`, at most `max` */
};
struct field {
	const char *name; /* in JSON, rows in JCS order; "": the item is this bare value; NULL: not in JSON */
	enum shape shape;
	size_t at;
	const struct field *in;
	size_t size;
	uint32_t max;
	const char *(*name_of)(unsigned value);
};
/* Ends with a row of size SIZE_MAX. */
extern const struct field document_fields[];
static inline bool field_end(const struct field *f) { return f->size == SIZE_MAX; }

struct any_list {
	char *at;
	uint32_t n;
};
static_assert(sizeof(struct any_list) == sizeof(struct doc_lines), "every list has this form");
#endif
