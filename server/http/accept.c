/* SPDX-License-Identifier: Apache-2.0 */
/* accept.c: see accept.h. */
#include "http/accept.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FULL_MS = 10 }; /* how long it looks away while there is no room, or no descriptor */

struct acceptor {
	int listen_fd, stop_fd;
	struct MHD_Daemon *daemon;
	_Atomic uint32_t *open;
	uint32_t max;
	pthread_t thread;
};

/* All that wait, as far as there is room. False when there is none left for them. */
static bool take_waiting(struct acceptor *a)
{
	struct sockaddr_storage from;

	while (atomic_load(a->open) < a->max) {
		socklen_t len = sizeof from;
		int fd = accept4(a->listen_fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) /* of two reasons only we must look away for a while: no descriptor, no memory */
			return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
		/* it is libmicrohttpd's from here on, which closes it when it does not take it */
		(void)MHD_add_connection(a->daemon, fd, (struct sockaddr *)&from, len);
	}
	return false;
}

static void *acceptor_thread(void *arg)
{
	struct acceptor *a = arg;
	bool room = true;

	pthread_setname_np(pthread_self(), "acceptor");
	for (;;) {
		struct pollfd fd[] = { { a->stop_fd, POLLIN, 0 }, { a->listen_fd, POLLIN, 0 } };
		int n = poll(fd, room ? 2 : 1, room ? -1 : FULL_MS);

		if (n > 0 && fd[0].revents)
			return NULL;
		room = n < 0 || take_waiting(a);
	}
}

struct acceptor *acceptor_start(int listen_fd, struct MHD_Daemon *daemon, _Atomic uint32_t *open, uint32_t max)
{
	struct acceptor *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	*a = (struct acceptor){ .listen_fd = listen_fd, .daemon = daemon, .open = open, .max = max };
	a->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (a->stop_fd >= 0 && pthread_create(&a->thread, NULL, acceptor_thread, a) == 0)
		return a;
	if (a->stop_fd >= 0)
		close(a->stop_fd);
	free(a);
	return NULL;
}

void acceptor_stop(struct acceptor *a)
{
	if (!a)
		return;
	(void)eventfd_write(a->stop_fd, 1);
	pthread_join(a->thread, NULL);
	close(a->stop_fd);
	free(a);
}
