/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/accept.h"
#include "http/events.h"
#include "http/openapi.h"
#include "http/request.h"
#include "run/clock.h"
#include "run/watch.h"

bool http_conf_from(const struct conf *c, struct http_conf *ret, char *why, size_t why_len)
{
	struct http_conf h = {
		.edge = c->edge,
		.threads = (unsigned)c->http_threads,
		.connections_max = (uint32_t)c->connections_max,
		.per_ip_max = (uint32_t)c->per_ip_max,
		.header_seconds = c->header_seconds,
		.body_seconds = c->body_seconds,
		.send_seconds = c->body_seconds,
		.idle_seconds = c->idle_seconds,
		/* body_max bounds the payload; in a JWS it is base64 between a header and a signature. */
		.statement_max = (size_t)c->body_max / 3 * 4 + 1024,
		.document_max = (size_t)c->document_max,
		.write = { c->write_rate, c->write_burst },
		.read = { c->read_rate, c->read_burst },
		.address = { c->address_rate, c->address_burst },
	};

	if (!conf_listen(c->listen, &h.listen)) {
		snprintf(why, why_len, "listen=%s is neither address:port nor unix:/path", c->listen);
		return false;
	}
	h.edge |= h.listen.unix_socket; /* nobody else can reach it */
	*ret = h;
	return true;
}

void http_metrics(void)
{
	static const char *label[METRIC_SERIES_MAX];

	assert(routes_n <= METRIC_SERIES_MAX);
	for (size_t i = 0; i < routes_n; i++)
		label[i] = routes[i].path;
	metric_labels(M_http_requests_total, label, routes_n);
	metric_labels(M_http_request_duration_seconds, label, routes_n);
}

/* --- the socket --- */

static bool say(char *why, size_t why_len, const char *what, const char *where)
{
	snprintf(why, why_len, "%s %s: %s", what, where, strerror(errno));
	return false;
}

static socklen_t inet_name(const struct conf_listen *l, struct sockaddr_storage *sa)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)sa;

	memset(sa, 0, sizeof *sa);
	if (inet_pton(AF_INET, l->host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(l->port);
		return sizeof *v4;
	}
	if (inet_pton(AF_INET6, l->host, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(l->port);
	return sizeof *v6;
}

static socklen_t unix_name(const char *path, struct sockaddr_storage *sa)
{
	struct sockaddr_un *un = (struct sockaddr_un *)(void *)sa;

	memset(sa, 0, sizeof *sa);
	un->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof un->sun_path)
		return 0;
	memcpy(un->sun_path, path, strlen(path) + 1);
	return sizeof *un;
}

/* A socket file of a server that was killed is in the way; one that answers is somebody's. */
static bool clear_stale(const struct sockaddr_storage *sa, socklen_t len, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 && connect(fd, (const struct sockaddr *)sa, len) == 0;

	if (fd >= 0)
		close(fd);
	if (alive) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(path) == 0 || errno == ENOENT;
}

static int open_socket(const struct conf_listen *l, struct sockaddr_storage *sa, socklen_t len)
{
	int one = 1, fd = socket(sa->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (!l->unix_socket)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)sa, len) != 0 || listen(fd, SOMAXCONN) != 0) {
		int e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

static bool listen_on(struct http *h, char *why, size_t why_len)
{
	const struct conf_listen *l = &h->conf.listen;
	struct sockaddr_storage sa;
	socklen_t len = l->unix_socket ? unix_name(l->host, &sa) : inet_name(l, &sa);

	errno = EINVAL;
	if (!len || (l->unix_socket && !clear_stale(&sa, len, l->host)) ||
	    (h->listen_fd = open_socket(l, &sa, len)) < 0)
		return say(why, why_len, "cannot listen on", l->host);
	h->port = 0;
	if (l->unix_socket)
		return chmod(l->host, 0660) == 0 || say(why, why_len, "cannot set the mode of", l->host);
	len = sizeof sa;
	if (getsockname(h->listen_fd, (struct sockaddr *)&sa, &len) == 0)
		h->port = ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&sa)->sin6_port
		                                         : ((struct sockaddr_in *)(void *)&sa)->sin_port);
	return true;
}

/* --- libmicrohttpd --- */

static void on_panic(void *cls, const char *file, unsigned line, const char *reason)
{
	(void)cls;
	watch(LOG_ERROR, EVENT("http_panic"), KV("file", file), KV_U("line", line), KV("reason", reason));
	_exit(70); /* its state is unknown: the service manager starts us anew */
}

__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *format, va_list args)
{
	char text[256];

	(void)cls;
	vsnprintf(text, sizeof text, format, args);
	watch(LOG_DEBUG, EVENT("microhttpd"), KV("text", text));
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http *h = cls;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = conn_opened(h->deadlines, info ? info->connect_fd : -1);
		atomic_fetch_add(&h->connections, 1);
		metric_move(M_http_connections, 0, 1);
	} else {
		conn_closed(h->deadlines, *context);
		atomic_fetch_sub(&h->connections, 1);
		metric_move(M_http_connections, 0, -1);
	}
}

static bool start_daemon(struct http *h)
{
	const struct http_conf *c = &h->conf;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	                 MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC; /* acceptor_start() brings the connections */
	bool each_address = c->per_ip_max && !c->edge && !c->listen.loopback;
	struct MHD_OptionItem some[] = {
		{ each_address ? MHD_OPTION_PER_IP_CONNECTION_LIMIT : MHD_OPTION_END, (intptr_t)c->per_ip_max, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, request_call, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
	                             MHD_OPTION_THREAD_POOL_SIZE, c->threads > 1 ? c->threads : 0,
	                             MHD_OPTION_CONNECTION_LIMIT, (unsigned)c->connections_max,
	                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)c->idle_seconds,
	                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
	                             MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, request_line, h,
	                             MHD_OPTION_NOTIFY_COMPLETED, request_over, h, MHD_OPTION_NOTIFY_CONNECTION,
	                             on_connection, h, MHD_OPTION_ARRAY, some, MHD_OPTION_END);
	if (!h->daemon)
		return false;
	h->acceptor = acceptor_start(h->listen_fd, h->daemon, &h->connections, c->connections_max);
	if (!h->acceptor)
		MHD_stop_daemon(h->daemon);
	return h->acceptor != NULL;
}

/* --- life --- */

static void drop(struct http *h)
{
	deadlines_stop(h->deadlines);
	events_stop(h->events);
	limiter_drop(h->limiter);
	if (h->no_room)
		MHD_destroy_response(h->no_room);
	slabs_drop(&h->slabs);
	if (h->listen_fd >= 0)
		close(h->listen_fd);
	if (h->tiles_fd >= 0)
		close(h->tiles_fd);
	openapi_drop(h->openapi);
	free(h);
}

static bool make_parts(struct http *h)
{
	const struct http_conf *c = &h->conf;
	uint32_t slabs = (c->connections_max < SLABS_MAX ? c->connections_max : SLABS_MAX) + BATCH_LINES_WAITING;
	struct deadline_conf d = { c->connections_max + 64, c->header_seconds, c->body_seconds, c->send_seconds,
		                   c->idle_seconds };

	return slabs_make(&h->slabs, slabs) && (h->deadlines = deadlines_start(&d)) && (h->limiter = limiter_make()) &&
	       (h->events = events_start(h->service)) && (h->no_room = reply_no_room_make()) &&
	       openapi_make(&h->openapi, h->openapi_etag);
}

static void name_url(struct http *h)
{
	const struct conf_listen *l = &h->conf.listen;
	bool v6 = strchr(l->host, ':') != NULL;

	if (h->conf.public_url)
		snprintf(h->public_url, sizeof h->public_url, "%s", h->conf.public_url);
	else if (l->unix_socket)
		snprintf(h->public_url, sizeof h->public_url, "http://localhost");
	else
		snprintf(h->public_url, sizeof h->public_url, v6 ? "http://[%s]:%u" : "http://%s:%u", l->host,
		         (unsigned)h->port);
}

struct http *http_start(const struct http_conf *conf, struct service *s, char *why, size_t why_len)
{
	struct http *h = calloc(1, sizeof *h);

	if (!h) {
		snprintf(why, why_len, "out of memory");
		return NULL;
	}
	h->conf = *conf;
	h->service = s;
	h->listen_fd = h->tiles_fd = -1;
	if (!conf->listen.loopback && !conf->listen.unix_socket && !conf->edge) {
		snprintf(why, why_len,
		         "%s is a public address: put a TLS proxy in front and say edge=true, or listen on loopback",
		         conf->listen.host);
		drop(h);
		return NULL;
	}
	if (!make_parts(h)) {
		snprintf(why, why_len, "out of memory for %u connections", (unsigned)conf->connections_max);
		drop(h);
		return NULL;
	}
	/* It may not be there yet: log.c opens it again then. */
	h->tiles_fd = open(service_tiles_dir(s), O_PATH | O_DIRECTORY | O_CLOEXEC);
	MHD_set_panic_func(on_panic, NULL);
	if (!listen_on(h, why, why_len)) {
		drop(h);
		return NULL;
	}
	name_url(h);
	if (!start_daemon(h)) {
		snprintf(why, why_len, "libmicrohttpd %s did not start", MHD_get_version());
		drop(h);
		return NULL;
	}
	watch(LOG_INFO, EVENT("listening"), KV("address", h->public_url), KV_U("threads", conf->threads),
	      KV("microhttpd", MHD_get_version()), KV_B("guard_sees_layout", guard_sees_layout()));
	return h;
}

uint16_t http_port(const struct http *h) { return h->port; }

static bool wait_zero(_Atomic uint64_t *n, int64_t seconds)
{
	int64_t until = clock_ns() + seconds * INT64_C(1000000000);

	while (atomic_load(n) && clock_ns() < until)
		clock_sleep_ms(10);
	return atomic_load(n) == 0;
}

bool http_drain(struct http *h, int64_t seconds)
{
	if (!atomic_exchange(&h->draining, true)) {
		/* Whoever connects from now on finds nobody; what is connected is served. */
		acceptor_stop(h->acceptor);
		h->acceptor = NULL;
		close(h->listen_fd);
		h->listen_fd = -1;
		if (h->conf.listen.unix_socket)
			(void)unlink(h->conf.listen.host);
		events_end(h->events);
	}
	return wait_zero(&h->requests, seconds);
}

bool http_stop(struct http *h, int64_t seconds)
{
	(void)http_drain(h, 0);
	if (!wait_zero(&h->waiting, seconds)) {
		watch(LOG_ERROR, EVENT("http_stop_failed"), KV_U("waiting", atomic_load(&h->waiting)));
		return false;
	}
	MHD_stop_daemon(h->daemon);
	/* A batch whose client left drops its slab with its last ticket. */
	bool whole = wait_zero(&h->requests, 1);
	if (whole)
		drop(h);
	return whole;
}
