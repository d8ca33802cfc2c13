/* SPDX-License-Identifier: Apache-2.0 */
/* bounds.h: every limit of the HTTP layer, each with its reason. Those an operator may want to move are in
 * struct http_conf instead. */
#ifndef CF_BOUNDS_H
#define CF_BOUNDS_H

enum {
	CONNECTION_BYTES = 32 * 1024, /* libmicrohttpd's memory for one connection: all request headers and our own */
	URI_MAX = 2048,               /* our longest path with its query is under 400 bytes */
	HEADERS_MAX = 64,             /* browsers send about 20 */
	PARAMS_MAX = 12,              /* service.h: question.param */
	REQUEST_ID_MAX = 64,          /* a UUID has 36, an ULID 26 */
	SMALL_BODY_MAX = 16 * 1024,   /* a token request, a check: a few hundred bytes each */
	BATCH_BODY_MAX = 16 * 1024 * 1024, /* ten thousand statements; a longer import is several requests */
	BATCH_LINES_WAITING = 64,          /* in the sequencer at once: one import cannot fill the queue */
	BATCH_LINES_A_TURN = 4,            /* signatures checked before the thread's other connections: 0.2 ms */
	SLAB_BYTES = 1024 * 1024,          /* all of one request: a page of 200 rows, or a statement and its receipt */
	SLAB_KEPT_BYTES = 64 * 1024,       /* beyond this a slab's pages go back to the kernel after the request */
	SLABS_MAX = 16384,                 /* requests at one time; a connection without a request has no slab */
	SLAB_BODY_MAX = 256 * 1024,        /* a larger body gets memory of its own: the answer needs room too */
	DROP_MAX = 1024 * 1024,            /* of a body refused half way, so that its sender gets the answer */
	SWEEP_MS = 200,                    /* how late a deadline may be */
	SLOWEST_BYTES_A_SECOND =
		8 * 1024,        /* a body or answer that moves at least this fast may take longer than its deadline */
	EVENTS_MAX = 256,        /* streams at one time: each is a connection, a slab and EVENT_BYTES */
	EVENTS_PARTY_MAX = 8,    /* of one party: a few windows of a few clerks */
	EVENTS_BEAT_MS = 10000,  /* between two signs of life: proxies cut what is silent for a minute */
	EVENT_BYTES = 32 * 1024, /* what one stream is sent at a time: some 60 alerts */
	TOKEN_BYTES_MAX = 256,   /* an access token has 134 */
	BUSY_RETRY_SECONDS = 1,  /* the queue is some 100 ms long when it is full */
	LIMITER_SETS = 1 << 14,  /* times four parties and addresses; beyond, the oldest are forgotten */
};
#define BIG_BODIES_MAX (INT64_C(512) * 1024 * 1024) /* bytes of all bodies outside slabs at one time */
#endif
