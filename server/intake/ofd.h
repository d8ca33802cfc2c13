/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ofd.h: an OFD package (GB/T 33190) that carries a Chinese tax invoice.
 *
 * The invoice is read from the attachment original_invoice, or, when there is
 * none, from the custom tags, which point at the text objects of the pages.
 * A person sees the pages and a machine reads the attachment: where both say
 * something they must say the same, or nothing of it counts.
 *
 * `used` says which parts a fact was read from or shown by. A seal that leaves
 * one of them out seals something else.
 */
#ifndef CF_INTAKE_OFD_H
#define CF_INTAKE_OFD_H

#include "intake/document_draft.h"
#include "intake/zip.h"

struct ofd {
	struct unzip zip;
	struct arena *mem;
	bool used[ZIP_ENTRIES_MAX];        /* by place in zip.part */
	struct span read[ZIP_ENTRIES_MAX]; /* the same; what was unpacked already */
	const struct zip_part *root;       /* the document's own part, Document.xml */
	const struct zip_part *signatures; /* the list of seals, or NULL */
};

/* A zip archive as a document: kind, facts and findings go to d. */
void ofd_read(struct draft *d, struct span bytes);

/* For whoever judges the seal: the unpacked bytes of the part of exactly this name, in the memory of the document that is
 * being read; `of` is the struct ofd. False when there is none, or it is damaged. */
MUST_CHECK bool ofd_bytes(void *of, struct span name, struct span *bytes);

/* The part `path` leads to from the part `from` (NULL: from the top): relative to its folder, or absolute with a
 * leading '/'. NULL when there is none. *other_case is set when only the case of letters differs. */
const struct zip_part *ofd_part(const struct ofd *o, const struct zip_part *from, struct span path, bool *other_case);
#endif
