/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept.h: takes connections in and deals them out evenly.
 *
 * Threads that share a listening socket take what each gets first, and of connections that come together one thread
 * gets most: it then reads and checks nearly all requests while the other sleeps. So one thread of ours accepts, and
 * libmicrohttpd gives each connection to the thread its number points at, or the next that has room.
 */
#ifndef CF_HTTP_ACCEPT_H
#define CF_HTTP_ACCEPT_H

#include <microhttpd.h>

#include "base.h"

struct acceptor;

/*
 * Accepts on `listen_fd`, which does not block and stays the caller's, while fewer than `max` of *open connections are
 * open: others wait in the kernel's queue until one ends. NULL when it cannot start.
 */
struct acceptor *acceptor_start(int listen_fd, struct MHD_Daemon *daemon, _Atomic uint32_t *open, uint32_t max);

/* Returns when nothing more will be accepted. NULL is nothing. */
void acceptor_stop(struct acceptor *a);

#endif
