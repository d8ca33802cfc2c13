/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_totals.h: does the registry hold what the file says, to the cent?
 *
 * The file is read once more. Per currency, what its receivables are worth must be what was accepted, refused or said
 * twice; and, where a key is given that may see them, each accepted receivable is looked up in the registry's own list
 * and its face compared. A sum alone would forgive two errors that cancel out.
 */
#ifndef CF_IMPORT_TOTALS_H
#define CF_IMPORT_TOTALS_H

#include "import_file.h"

enum { SUMS_MAX = 32 };
struct import_sum {
	char ccy[4];
	uint64_t rows;                          /* receivables of this currency in the file */
	int64_t file, accepted, refused, again; /* again: rows that repeat an earlier one */
	uint64_t found;                         /* accepted rows the registry showed, with the face the file says */
	int64_t registry;
};
struct import_totals {
	size_t n;
	struct import_sum sum[SUMS_MAX];
	uint64_t others;   /* rows that are no receivable's registration */
	uint64_t unread;   /* rows that are no statement: their amounts are in no sum */
	bool asked, agree; /* asked: the registry's own list was compared too */
};
/* k: who asks the registry; NULL compares file and answers only. EXIT_GOOD when it could be done, whatever came of it. */
MUST_CHECK int import_totals(struct import_file *f, struct client *k, struct import_totals *ret);
void import_totals_print(const struct import_totals *t, FILE *to);
#endif
