/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_run.h: the rows of a file into the registry, over several connections.
 *
 * The registry's one write path takes them, as everybody's: POST
 * /v1/statements/batch. What is settled is written down in the order of the
 * file (import_file.h), so a run that is stopped at any moment is carried on
 * by the next: what had been accepted meanwhile answers with its first receipt.
 *
 * A row that is refused is written down with the registry's own words and the
 * import goes on. Busy is not refused: such a row is sent again.
 */
#ifndef CF_IMPORT_RUN_H
#define CF_IMPORT_RUN_H

#include "import_file.h"

enum { CONNECTIONS_MAX = 16 };
struct import_result {
	struct import_mark mark;
	uint64_t sent; /* rows answered in this run */
	int64_t ns;
};
/* EXIT_GOOD when every row is settled, accepted or refused. k: whose key signs the rows of a table. */
MUST_CHECK int import_run(struct import_file *f, const struct client *k, unsigned connections, unsigned rows_a_post,
                          struct import_result *ret);
#endif
