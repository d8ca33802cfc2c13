/* SPDX-License-Identifier: Apache-2.0 */
/* token.h: what OAuth clients expect of an error. */
#ifndef CF_TOKEN_H
#define CF_TOKEN_H

#include "fault.h"

/* Adds RFC 6749 5.2's "error" to the problem w ends with. */
void put_oauth_error(struct writer *w, enum fault f);
#endif
