/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pdf.h: the invoice a Factur-X or ZUGFeRD PDF carries as an attachment.
 *
 * The attachment is taken from where the PDF's own structure puts it, the
 * EmbeddedFiles name tree, and never found by searching: words of an invoice
 * also stand in XMP packets and streams. If anything in the file could make
 * two readers take two different attachments, none is taken.
 *
 * A signature in the file is not verified here. What can be said without a
 * key is said: whether it covers the whole file but its own value, so that
 * nothing was added behind it or hidden in its gap.
 */
#ifndef CF_PDF_H
#define CF_PDF_H

#include "base.h"

enum {
	PDF_XML_MAX = 5 * 1024 * 1024, /* the attachment, unpacked */
	PDF_OBJECTS_MAX = 50000,
	PDF_TREE_MAX = 2000, /* nodes of the name tree, and fields of the form */
	PDF_DEPTH_MAX = 32,
};

struct pdf {
	struct span xml;      /* in mem; empty when there is none */
	struct span name;     /* of the attachment, such as factur-x.xml; static */
	const char *several;  /* why it is not clear which attachment is the invoice, or NULL */
	bool associated;      /* the catalogue's AF names it too, as PDF/A-3 asks */
	bool is_signed;       /* a signature field has a value */
	const char *unsealed; /* what its ByteRange leaves open, or NULL; static */
	bool changes_allowed; /* it certifies, and lets later changes stand */
};

/* NULL, or why it is no PDF to be read (static): then nothing of *ret is set. */
const char *pdf_read(struct span bytes, struct arena *mem, struct pdf *ret);
#endif
