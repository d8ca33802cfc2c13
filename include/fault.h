/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault.h: every way a request can end, from errors.def.
 *
 * A fault is an answer to the outside, never a bug of ours: those assert.
 * The numbers are permanent, because refused attempts carry them in the log.
 */
#ifndef CF_FAULT_H
#define CF_FAULT_H

#include "base.h"

enum fault {
	OK = 0,
#define FAULT(number, id, http, where, slug, text) E_##id = (number),
#include "errors.def"
#undef FAULT
	FAULT_WANT = 65535, /* inside the rules only: a row must be loaded before this can be decided */
};

struct fault_info {
	enum fault fault;
	int http;
	bool logged; /* a refusal of this kind is an entry in the log */
	const char *slug;
	const char *text;
};

/* The row of a fault; OK gives {OK, 200, true, "accepted", ...}. NULL for a number no row has. */
const struct fault_info *fault_info(enum fault f);
/* The row of a slug, or NULL. */
const struct fault_info *fault_by_slug(struct span slug);
/* All rows, in the order of the file. */
const struct fault_info *fault_rows(size_t *n);

/*
 * What went wrong, for the one who sent it: a JSON pointer (RFC 6901) to the
 * member at fault, and one sentence. Filled by whoever finds the fault first;
 * never holds another party's data.
 */
struct diag {
	char pointer[96];
	char detail[256];
	char rule[64]; /* id@version of the rule that refused, or empty */
};
/* Sets pointer and detail (cut to fit); returns f, so that a refusal is one line. */
enum fault diag_set(struct diag *d, enum fault f, const char *pointer, const char *detail);
#endif
