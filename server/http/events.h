/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.h: the streams of server-sent events: what a party is told, as it is told.
 *
 * A stream is a suspended connection nearly all its life. The follower of the
 * log says whom it told; the streams of those parties ask the database what is
 * new behind the last alert they sent, and are resumed with it. A thread wakes
 * each now and then with a comment, which finds out who has gone, and ends those
 * whose token is no longer good: the client comes back with another and with
 * Last-Event-ID, and misses nothing.
 *
 * There is room for EVENTS_MAX streams, EVENTS_PARTY_MAX of one party. A client
 * that does not take what it is sent is cut by the deadline of an answer
 * (deadline.h); while there is nothing to send, the connection is in the phase
 * that has none.
 *
 * Invariants, under one lock: a stream that is asking is not freed; it is
 * resumed only while suspended, so once for each time.
 */
#ifndef CF_EVENTS_H
#define CF_EVENTS_H

#include "http/reply.h"

struct events;
/* Starts the thread and listens to the service. NULL without memory or thread. */
struct events *events_start(struct service *s);
/* Ends every stream; no new one begins. */
void events_end(struct events *e);
/* After libmicrohttpd has stopped. Takes NULL. */
void events_stop(struct events *e);
#endif
