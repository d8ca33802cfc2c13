/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_file.h: what is imported, as bytes on disk, and what is left beside it.
 *
 *   FILE            signed statements, one JWS a line; or a table of receivables (CSV), whose rows are signed first:
 *   FILE.signed     the statements of a table, line for line; a row that cannot be signed is "!" and its problem
 *   FILE.import     how far it is in: everything before `at` is settled (JSON)
 *   FILE.refused    the rows that were refused and why, in the order of the file (one JSON object a line)
 *
 * FILE.signed is written, and on the disk, before anything is sent. So whatever is killed in between is carried on with
 * the same statements, and the registry takes each of them once.
 */
#ifndef CF_IMPORT_FILE_H
#define CF_IMPORT_FILE_H

#include "cli.h"
#include "client.h"
#include "command.h"

struct import_file {
	struct cli *c;
	const char *name;        /* as the user gave it */
	const char *signed_path; /* of what is sent: name itself, or name.signed */
	const char *state_path, *refused_path;
	struct span text; /* of what is sent, mapped */
	struct hash id;   /* SHA-256 of it */
};

/* A file to be sent; a table is signed with k's key first, from where an earlier run left off. dry: nothing is left
 * beside it. */
MUST_CHECK int import_open(struct cli *c, struct client *k, const char *name, bool dry, struct import_file *ret);
void import_close(struct import_file *f);

struct import_line {
	struct span text; /* without its end */
	size_t end;
	uint64_t row; /* in the user's file, from 1 */
};
/* What is wrong with a row, as the registry would have said it: code, detail, pointer. */
void put_local_problem(struct writer *w, enum fault f, const struct diag *d);
/* The next line that is not empty, from *at; *line counts lines. */
bool import_next(const struct import_file *f, size_t *at, uint64_t *row, struct import_line *ret);
/* Reads a line as a statement; mem is used up to STATEMENT_ROOM. False and *problem (JSON, in mem) when it is none. */
bool import_read(struct span line, struct arena *mem, struct command *ret, struct span *problem);

/* How far an earlier run came; all zero without one. An import of other bytes under this name is refused. */
struct import_mark {
	size_t at, refused; /* bytes of the file settled, bytes of the refused file that belong to them */
	uint64_t row;
	int64_t accepted, repeated, refused_rows;
};
MUST_CHECK int import_mark_read(const struct import_file *f, struct import_mark *ret);
MUST_CHECK bool import_mark_write(const struct import_file *f, const struct import_mark *m);
#endif
