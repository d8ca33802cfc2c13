/* SPDX-License-Identifier: Apache-2.0 */
/*
 * free_port.h: a TCP port on loopback for a server that a test or a benchmark starts, and may start again there.
 *
 * It lies below what the kernel gives to outgoing connections (32768 and up, ip-sysctl: ip_local_port_range): a port
 * the kernel picked for itself may be the near end of somebody's connection by the time the server listens on it.
 */
#ifndef CF_FREE_PORT_H
#define CF_FREE_PORT_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port nobody listened on a moment ago, another one at each call; 0 when there is none. */
static inline uint16_t free_port(void)
{
	enum { FIRST = 10000, COUNT = 20000 };
	static unsigned next;

	for (unsigned i = 0; i < COUNT; i++) {
		const uint16_t port = (uint16_t)(FIRST + ((unsigned)getpid() * 16 + next++) % COUNT);
		const struct sockaddr_in a = { .sin_family = AF_INET,
			                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
			                       .sin_port = htons(port) };
		const int on = 1;
		const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool free;

		if (fd < 0)
			return 0;
		free = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		       bind(fd, (const struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0;
		close(fd);
		if (free)
			return port;
	}
	return 0;
}

#endif
