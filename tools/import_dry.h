/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_dry.h: what an import would come to, without one.
 *
 * The registry's own rules decide each row, in the order of the file, in a world that is loaded from its database and
 * never stored: so a row is judged with the rows before it. The connection is an auditor's and cannot write. It says
 * what would happen if the import began now; what others enter meanwhile may change it.
 */
#ifndef CF_IMPORT_DRY_H
#define CF_IMPORT_DRY_H

#include "import_file.h"
#include "store/store.h"

struct import_dry {
	uint64_t accepted, repeated, refused;
	bool rules; /* false: no database was named, so only what a row says of itself was looked at */
};
/* Tells every row that would be refused, and why, to `to`. */
MUST_CHECK int import_dry(struct import_file *f, struct store *store, struct span fp_key, struct span origin, FILE *to,
                          struct import_dry *ret);
#endif
