/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openapi.h: the description of the API, made once at start from routes.def,
 * errors.def, statement.def and openapi_components.json.
 */
#ifndef CF_OPENAPI_H
#define CF_OPENAPI_H

#include "ids.h"

/* malloc'ed; etag gets HASH_B64 + 1 characters. */
MUST_CHECK bool openapi_make(struct span *ret, char *etag);
void openapi_drop(struct span json);
#endif
