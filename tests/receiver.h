/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receiver.h: somebody's endpoint for webhooks: a socket of its own on loopback that keeps what it is sent and answers
 * as it is told: well, with failure, with a redirect, with a lie, slowly, without end, or not at all.
 */
#ifndef CF_RECEIVER_H
#define CF_RECEIVER_H

#include "people.h"

enum manner { GOOD, FAILS, HANGS, REDIRECTS, LIES, DRIPS, ENDLESS, CLOSES };
enum { REQUESTS_MAX = 64, REQUEST_LEN = 8192 };
struct receiver {
	int fd;
	uint16_t port;
	_Atomic int manner;
	uint16_t elsewhere; /* where it redirects to */
	_Atomic bool stop;
	_Atomic unsigned n; /* requests it has read whole */
	char request[REQUESTS_MAX][REQUEST_LEN];
	pthread_t thread;
};

static inline bool wait_to_read(struct receiver *r, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (!r->stop)
		if (poll(&p, 1, 50) > 0)
			return true;
	return false;
}

/* Head and body into `to`. */
static inline bool read_request(struct receiver *r, int fd, char to[REQUEST_LEN])
{
	size_t len = 0, want = 0;

	while (len < REQUEST_LEN - 1 && wait_to_read(r, fd)) {
		ssize_t n = recv(fd, to + len, REQUEST_LEN - 1 - len, 0);
		const char *end, *length;

		if (n <= 0)
			return false;
		len += (size_t)n;
		to[len] = 0;
		end = strstr(to, "\r\n\r\n");
		if (!end)
			continue;
		length = header_of(to, "\ncontent-length: ");
		want = (size_t)(end - to) + 4 + (length ? strtoul(length, NULL, 10) : 0);
		if (len >= want)
			return true;
	}
	return false;
}

static inline void say_to(int fd, const char *text) { (void)!send(fd, text, strlen(text), MSG_NOSIGNAL); }

static inline void answer_well(int fd, const char *request)
{
	const char *body = strstr(request, "\r\n\r\n") + 4;
	char head[128];

	snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
	         strlen(body));
	say_to(fd, head);
	say_to(fd, body); /* the challenge is in it */
}

static inline void answer_as_told(struct receiver *r, int fd, const char *request)
{
	char text[256];

	switch ((enum manner)r->manner) {
	case GOOD:
		answer_well(fd, request);
		break;
	case FAILS:
		say_to(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
		break;
	case REDIRECTS:
		snprintf(text, sizeof text,
		         "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
		         r->elsewhere);
		say_to(fd, text);
		break;
	case LIES:
		say_to(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		break;
	case DRIPS:
		say_to(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
		for (int i = 0; i < 400 && !r->stop && r->manner == DRIPS; i++) {
			say_to(fd, "x");
			clock_sleep_ms(100);
		}
		break;
	case ENDLESS:
		say_to(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < 100000 && !r->stop; i++)
			if (send(fd, "5\r\nhello\r\n", 10, MSG_NOSIGNAL) < 0)
				break;
		break;
	case HANGS:
		while (!r->stop && r->manner == HANGS)
			clock_sleep_ms(50);
		break;
	case CLOSES:
		break;
	}
}

static inline void *receiver_thread(void *arg)
{
	struct receiver *r = arg;

	while (wait_to_read(r, r->fd)) {
		char *to = r->request[r->n % REQUESTS_MAX];
		int fd = accept4(r->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			continue;
		if (read_request(r, fd, to)) {
			r->n++;
			answer_as_told(r, fd, to);
		}
		close(fd);
	}
	return NULL;
}

static inline void receiver_start(struct receiver *r, enum manner manner)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY) };
	socklen_t len = sizeof a;

	r->manner = manner;
	r->stop = false;
	r->n = 0;
	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(r->fd >= 0 && bind(r->fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(r->fd, 16) == 0);
	assert_int_equal(getsockname(r->fd, (struct sockaddr *)&a, &len), 0);
	r->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&r->thread, NULL, receiver_thread, r), 0);
}

static inline void receiver_stop(struct receiver *r)
{
	r->stop = true;
	pthread_join(r->thread, NULL);
	close(r->fd);
}
#endif
