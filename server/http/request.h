/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h: one request from its first line to the end of its answer.
 *
 * Everything of a request lies in one slab, taken when its first line is there
 * and given back when the answer has left (or the client has). Its life:
 *
 *     line     request_line()      the raw path is kept; nothing is judged yet
 *     begin    guard, route, limits, token: all that can refuse without reading the body
 *     body     collected, never beyond the limit
 *     finish   handler() once; then, for each time it waited, what it left in `next`
 *     end      refs drop to zero: slab given back
 *
 * Waiting: a handler gives work to the service and returns reply_later(). The
 * connection is then suspended until the service's thread calls request_wake().
 * Which of the two comes first does not matter, see request_sleep().
 *
 * Invariants: suspended at most once at a time; exactly one answer; a suspended
 * connection cannot be closed, so a ticket in the slab outlives its done().
 * Batches, which have many tickets, count references instead.
 */
#ifndef CF_REQUEST_H
#define CF_REQUEST_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "http/bounds.h"
#include "http/deadline.h"
#include "http/guard.h"
#include "http/limit.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/server.h"
#include "http/slab.h"

struct http {
	struct http_conf conf;
	struct service *service;
	struct MHD_Daemon *daemon;
	struct acceptor *acceptor;
	struct MHD_Response *no_room; /* answered when not even a slab is left */
	struct slabs slabs;
	struct deadlines *deadlines;
	struct events *events;
	struct limiter *limiter;
	int listen_fd, tiles_fd;
	uint16_t port;
	char public_url[160];
	struct span openapi; /* made at start, malloc'ed */
	char openapi_etag[HASH_B64 + 1];
	atomic_bool draining;
	_Atomic uint32_t connections;
	_Atomic uint64_t requests;  /* begun and not ended */
	_Atomic uint64_t waiting;   /* tickets and questions the service has not called back for */
	_Atomic int64_t big_bodies; /* bytes outside slabs */
	_Atomic uint64_t next_id;
};

enum wake { AWAKE, SLEEPING, WOKEN };

struct request {
	struct http *http;
	struct MHD_Connection *mhd;
	struct conn *conn; /* NULL when the table of deadlines was full */
	struct arena mem;
	_Atomic unsigned refs;
	_Atomic int wake; /* enum wake */
	bool begun, head, done_reading;
	int64_t finish_ns; /* the last byte of the body was there */

	struct raw raw; /* as it came: guard.h */
	struct headers headers;
	struct span query;
	enum method method;
	const struct route *route;
	struct span param[PARAMS_MAX];
	struct asker who;
	struct limit_answer limit;
	bool limited; /* `limit` says something */

	struct span body;
	char *body_at; /* room for it: in the slab, or malloc'ed when `big` */
	size_t body_cap, body_max;
	bool big;
	enum fault refused; /* decided before the handler; what still comes of the body is dropped */
	unsigned allow;     /* with E_METHOD: the methods of the path */
	size_t dropped;

	char id[REQUEST_ID_MAX + 1];
	struct diag diag;
	struct reply (*next)(struct request *q);
	void *work;                 /* of the handler: a ticket, a question, a batch */
	void (*at_end)(void *work); /* when the last reference is dropped */
	struct answer answer;
};

/* libmicrohttpd's callbacks; `cls` is the struct http. */
void *request_line(void *cls, const char *uri, struct MHD_Connection *c);
enum MHD_Result request_call(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                             const char *version, const char *data, size_t *len, void **context);
void request_over(void *cls, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode why);

/* Around a call to the service: counts what it owes us. request_wake() may be the last that touches q. */
void request_owed(struct http *h);
void request_paid(struct http *h);
void request_wake(struct request *q);

void request_hold(struct request *q);
void request_drop(struct request *q);

/* Takes n from the bucket the route is counted in: the party's when it is known, else the address's. False when
 * there is none left. */
MUST_CHECK bool request_charge(struct request *q, struct uuid party, int64_t n);
#endif
