/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.h (intake): from the bytes of a trade document to what it says, how
 * well it holds together, and back over a pipe.
 *
 * One row of a table per kind of document (document.c), one reader per format
 * (ubl.c), one set of rules for all (document_rules.c). A bad document is not
 * a fault: it is a document of level 0 with findings that say why.
 */
#ifndef CF_INTAKE_DOCUMENT_H
#define CF_INTAKE_DOCUMENT_H

#include <document.h> /* of include/: this file shares its name */

#include "trust.h"

/* Arena a reader may need for the worst document within the limits, and the longest wire form. */
#define DOCUMENT_ARENA ((size_t)72 * 1024 * 1024)
#define DOCUMENT_WIRE_MAX ((size_t)24 * 1024 * 1024)

/* Once, before the first document_read and while there is one thread. */
MUST_CHECK bool document_start(void);

/* Bytes of no known kind give DOC_OPAQUE, level 0. E_TOO_BIG: over DOCUMENT_MAX, or more than the arena holds;
 * *ret is then untouched. The model's texts lie in mem. */
MUST_CHECK enum fault document_read(struct span bytes, struct arena *mem, struct document *ret);
/* The same under a dialect the caller names, whatever the document's profile says. */
MUST_CHECK enum fault document_read_as(struct span bytes, enum doc_dialect dialect, struct arena *mem,
                                       struct document *ret);
/* The same under a trust: who signed it is judged as well, and the model filled from what was signed. (Without, the
 * signature is still held against the document, but nobody is trusted.) */
MUST_CHECK enum fault document_read_under(struct span bytes, const struct trust *t, struct arena *mem,
                                          struct document *ret);
/* Content with a CMS signature in a file of its own. */
MUST_CHECK enum fault document_read_beside(struct span content, struct span signature, const struct trust *t,
                                           struct arena *mem, struct document *ret);
/* A document nobody could read within the limits: level 0 and FMT-00. `why` is a static text. */
void document_given_up(struct span bytes, const char *why, struct arena *mem, struct document *ret);

/* What a document is in the trade, whatever its format; it chooses the rules. A credit note may be an invoice by its
 * kind and a credit note by its type code. */
enum doc_family {
	FAMILY_NONE,
	FAMILY_INVOICE,
	FAMILY_CREDIT,
	FAMILY_ORDER,
	FAMILY_ANSWER,
	FAMILY_GOODS,
	FAMILY_TITLE,
	FAMILY_BANK,
	FAMILIES
};
enum doc_family document_family(const struct document *d);

/* "opaque", "ubl-invoice", "ubl-credit-note"; NULL for a number without a row. */
const char *document_kind_name(enum doc_kind kind);
/* "L0", "L1", "L2". */
const char *document_level_name(enum doc_level level);
const struct doc_rule_info *document_rule_info(enum doc_rule rule);

/* The flat form in which a confined reader hands the model over. */
void put_document_wire(struct writer *w, const struct document *d);
/* Strict: every length, enum and bound is checked, nothing may be left over. Texts borrow from wire; lists are
 * taken from mem. E_BAD_REQUEST when it is not a wire form, E_TOO_BIG when mem is too small; *ret is then untouched. */
MUST_CHECK enum fault document_wire_read(struct span wire, struct arena *mem, struct document *ret);

/* Canonical facts and findings as JSON in JCS form; absent facts are left out. */
void put_document_json(struct writer *w, const struct document *d);
#endif
