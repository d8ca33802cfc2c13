/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sniff.h: which family of formats the first bytes belong to.
 *
 * Only the very first bytes decide, and each family has one reader: a file
 * that is a PDF and, further down, also an archive, is a PDF. A file whose
 * format begins later than at its first byte belongs to no family.
 */
#ifndef CF_SNIFF_H
#define CF_SNIFF_H

#include "base.h"

enum begins {
	BEGINS_NONE,
	BEGINS_XML,
	BEGINS_ZIP,
	BEGINS_PDF,
	BEGINS_JSON, /* an object or array */
	BEGINS_JWS,  /* compact serialisation */
	BEGINS_CMS,  /* DER: SignedData, of PKCS #7 or GM/T 0010 */
	BEGINS_EDI,  /* known, and not read */
	BEGINNINGS
};
enum begins sniff(struct span bytes);
/* "XML", "PDF", ...: for what is said to people. */
const char *begins_name(enum begins f);
#endif
