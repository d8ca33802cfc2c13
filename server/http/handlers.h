/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h: the handlers routes.def names, each in the file after its subject. */
#ifndef CF_HANDLERS_H
#define CF_HANDLERS_H

#include "http/reply.h"
#include "http/request.h"

#define ROUTE(method, path, params, body, who, bucket, takes, answer, handler, ask, summary) \
	struct reply handler(struct request *q);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls" /* one handler may serve many paths */
#include "http/routes.def"
#pragma GCC diagnostic pop
#undef ROUTE
#endif
