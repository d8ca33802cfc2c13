/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deadline.h: connections that take too long are cut.
 *
 * libmicrohttpd only knows how long a connection was silent, so a client that
 * sends a byte now and then keeps its place for ever. Here every connection has
 * a phase and the moment it began; a sweeper looks at all of them a few times a
 * second and shuts down those that are late.
 *
 *   FRESH  accepted, nothing known        header_seconds
 *   IDLE   between two requests           idle_seconds + header_seconds: the first byte of the
 *                                         next request cannot be seen, its complete first line can
 *   HEAD   first line read                header_seconds
 *   BODY   header read                    body_seconds, more while it is fast enough
 *   WORK   ours to move                   none
 *   SEND   answer under way               send_seconds, more while it is taken fast enough
 *
 * The sweeper uses shutdown(), never close(): the descriptor is libmicrohttpd's,
 * which then sees the end of the connection. A descriptor is shut down only under
 * the lock under which it leaves the table, so never one that was reused.
 */
#ifndef CF_DEADLINE_H
#define CF_DEADLINE_H

#include <stdatomic.h>

#include "base.h"

enum phase { PHASE_FREE, PHASE_FRESH, PHASE_IDLE, PHASE_HEAD, PHASE_BODY, PHASE_WORK, PHASE_SEND, PHASE_CUT, PHASES };

struct conn {
	_Atomic uint64_t phase; /* milliseconds << 3 | enum phase, so that both change together */
	_Atomic uint64_t moved; /* bytes since the phase began */
	int fd;
	struct conn *next_free;
};
struct deadline_conf {
	uint32_t connections;
	int64_t header_seconds, body_seconds, send_seconds, idle_seconds;
};
struct deadlines;
/* Starts the sweeper. NULL when there is no memory or thread. */
struct deadlines *deadlines_start(const struct deadline_conf *c);
void deadlines_stop(struct deadlines *d);

/* NULL when the table is full: the connection is then under libmicrohttpd's own limit only. */
struct conn *conn_opened(struct deadlines *d, int fd);
void conn_closed(struct deadlines *d, struct conn *c);
/* All take NULL. */
void conn_phase(struct conn *c, enum phase p);
void conn_moved(struct conn *c, uint64_t bytes);

struct deadline_counts {
	uint64_t open;
	uint64_t cut[PHASES]; /* by the phase that took too long */
};
struct deadline_counts deadline_counts(struct deadlines *d);
const char *phase_name(enum phase p);
#endif
