/* SPDX-License-Identifier: Apache-2.0 */
/* show.h: JSON for people: an object as indented lines, a list as a table. */
#ifndef CF_SHOW_H
#define CF_SHOW_H

#include "cli.h"

/* Members as "name  value"; objects and lists below, indented. Money is one value. */
void show_fields(struct cli *c, struct span json, int indent);

struct column {
	const char *title, *pointer;
	int width; /* 0: as wide as it comes, the last */
};
/* One line for each item of an array. */
void show_table(struct cli *c, struct span items, const struct column *columns, size_t n);
/* "1250.00 CNY" of {"amount","currency"}; "" when it is not there. */
const char *show_money(struct cli *c, struct span json, const char *pointer);
#endif
