/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h: the question a lender asks before it lends: which claim, how much,
 * and what for. After intake has read it; the answer is the service's.
 */
#ifndef CF_CHECK_H
#define CF_CHECK_H

#include "command.h"

#define CHECK_MAX (16 * 1024) /* bytes of a request: one claim, not a file */

/* What the claim is named by; exactly one. */
enum check_by { CHECK_BY_ASSET = 1, CHECK_BY_DOCUMENT = 2, CHECK_BY_FACTS = 3 };

struct check_request {
	enum check_by by;
	struct uuid asset;    /* CHECK_BY_ASSET */
	struct hash document; /* CHECK_BY_DOCUMENT: sha256 of its bytes */
	struct facts facts;   /* CHECK_BY_FACTS */
	struct money amount;  /* absent: the whole claim */
	struct span purpose;  /* recorded, and shown to whom the data is about */
	bool certificate;     /* answer with a numbered search certificate */
};
#endif
