/* SPDX-License-Identifier: Apache-2.0 */
/*
 * router.h: from method and path to a row of routes.def.
 *
 * The path is matched as it came, before any percent-decoding: nothing in our
 * paths needs an escape, so an escaped path is simply not one of ours, and two
 * spellings of one path cannot mean two things to us and to a proxy.
 */
#ifndef CF_ROUTER_H
#define CF_ROUTER_H

#include "base.h"
#include "http/bounds.h"
#include "service/service.h"

struct request;
struct reply;

enum method { METHOD_NONE, METHOD_GET, METHOD_POST, METHOD_DELETE, METHOD_OTHER }; /* HEAD is GET without the body */
enum body_size { NO_BODY, SMALL, STATEMENT, BATCH, DOCUMENT, BODY_SIZES };
enum bucket_kind { OPEN, ADDRESS, READ, WRITE, BUCKETS };
/* `who` is one of these or a mask of enum role. */
enum { ANYONE = 0, MAYBE = -1, TOKEN = -2 };

struct route {
	enum method method;
	const char *path;
	const char *params;
	enum body_size body;
	int32_t who;
	enum bucket_kind bucket;
	const char *takes;
	const char *answer;
	struct reply (*handler)(struct request *q);
	enum fault (*ask)(struct question *q, void *reader);
	const char *summary;
};
extern const struct route routes[];
extern const size_t routes_n;
const char *method_name(enum method m);

/* The row, with the path's parameters in param[0..]; NULL without. *allow gets a bit (1 << enum method)
 * for every method the path takes. */
const struct route *route_find(enum method m, struct span path, struct span param[PARAMS_MAX], unsigned *allow);

/* The i-th name of params, and whether it must be given. Empty span behind the last. */
struct span route_param(const struct route *r, unsigned i, bool *required);
/* How many of them are in the path. */
unsigned route_path_params(const struct route *r);

/* Percent-decodes a query or form value ('+' is a space) into mem. Refuses bad escapes, control characters, zero
 * bytes and what is not UTF-8. */
MUST_CHECK bool form_decode(struct span s, struct arena *mem, struct span *ret);
/* Fills the query's parameters behind those of the path. False, and diag filled, for an unknown, repeated,
 * missing or badly escaped one. */
MUST_CHECK bool route_query(const struct route *r, struct span query, struct arena *mem, struct span param[PARAMS_MAX],
                            struct diag *diag);
#endif
