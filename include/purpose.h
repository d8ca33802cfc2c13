/* SPDX-License-Identifier: Apache-2.0 */
/*
 * purpose.h: why one party reads another's data (purpose.def).
 *
 * A read that shows another party's data without a purpose is refused, and what
 * was read is recorded with it before the answer leaves (service/reading.h).
 */
#ifndef CF_PURPOSE_H
#define CF_PURPOSE_H

#include "command.h"
#include "fault.h"

enum purpose {
	PURPOSE_UNSAID,
#define PURPOSE(number, ID, word, roles, text) PURPOSE_OF_##ID = (number),
#include "purpose.def"
#undef PURPOSE
	PURPOSES_STATED
};
/* PURPOSE_UNSAID when the word is none of the list. */
enum purpose purpose_parse(struct span word);
const char *purpose_word(int32_t p); /* NULL for a number that is none */
/* OK; or E_BAD_PURPOSE, naming `field`: not of the list, or not one of these roles. */
MUST_CHECK enum fault purpose_check(struct span word, int32_t roles, const char *field, struct diag *diag);
#endif
