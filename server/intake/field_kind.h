/* SPDX-License-Identifier: Apache-2.0 */
/* field_kind.h: what field.c, field_read.c and field_write.c share of the forms of texts. */
#ifndef CF_FIELD_KIND_H
#define CF_FIELD_KIND_H

#include "base.h"

struct text_form {
	const char *member;
	bool (*ok)(struct span s);
	const char *expected;
	const char *pattern;
};
/* The form of a text by its member's name; NULL for free text. */
const struct text_form *text_form(const char *member);
#endif
