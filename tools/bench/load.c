/* SPDX-License-Identifier: Apache-2.0 */
/* load.c: see load.h. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/clock.h"

enum {
	ANSWER_MAX = 32 * 1024, /* a receipt has 3 KiB */
	ONCE_MAX = 256 * 1024,  /* a page of metrics */
	EVENTS = 256,
	PATIENCE_MS = 30000,
};
#define MS INT64_C(1000000)

struct conn {
	int fd;
	bool busy, writing; /* waits for an answer; part of the request is not sent yet */
	size_t solos;       /* still to send before the first chain */
	size_t chain, step; /* step == chain_len: takes a new chain */
	struct span rest;   /* of the request */
	int64_t sent_ns;
	size_t got;
	char answer[ANSWER_MAX];
};

struct run {
	const struct load_conf *conf;
	struct load_plan *plan;
	struct load_result *ret;
	struct conn *conn;
	int epoll;
	unsigned busy;
	int64_t from_ns, until_ns, cpu_from; /* the measured time */
	bool measuring, closing;
	const char *broken;
};

/* --- time --- */

static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000 * MS + t.tv_nsec;
}

/* Microseconds below 128 have a bucket each; above, 64 to every power of two: 1.6 % wide. */
static unsigned bucket_of(int64_t us)
{
	unsigned shift = 0, b;

	while (us >> shift >= 128)
		shift++;
	b = shift * 64 + (unsigned)(us >> shift);
	return b < LOAD_BUCKETS ? b : LOAD_BUCKETS - 1;
}

static int64_t bucket_top(unsigned b)
{
	unsigned shift = b < 128 ? 0 : b / 64 - 1;

	return ((int64_t)(b - shift * 64) + 1) << shift;
}

int64_t load_quantile(const struct load_result *r, unsigned of_1000)
{
	uint64_t seen = 0;

	for (unsigned b = 0; b < LOAD_BUCKETS; b++) {
		seen += r->bucket[b];
		if (seen > 0 && seen * 1000 >= r->good * of_1000)
			return bucket_top(b);
	}
	return 0;
}

int64_t load_rate(const struct load_result *r)
{
	return r->ns > 0 ? (int64_t)((double)r->good * 1e9 / (double)r->ns) : 0;
}

/* --- connections --- */

static int connect_to(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool want_events(struct run *r, struct conn *c, int how, bool writing)
{
	struct epoll_event e = { .events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c };

	c->writing = writing;
	return epoll_ctl(r->epoll, how, c->fd, &e) == 0;
}

static bool open_all(struct run *r)
{
	for (unsigned i = 0; i < r->conf->connections; i++) {
		struct conn *c = &r->conn[i];

		c->fd = connect_to(r->conf->port);
		if (c->fd < 0 || !want_events(r, c, EPOLL_CTL_ADD, false)) {
			r->broken = "a connection was refused";
			return false;
		}
		clock_sleep_ms(1); /* all at once, and one of the server's threads takes them all */
		c->step = r->plan->chain_len;
		c->solos = r->plan->n_solo ? i % r->plan->chain_len : 0;
	}
	return true;
}

static void close_all(struct run *r)
{
	for (unsigned i = 0; i < r->conf->connections; i++)
		if (r->conn[i].fd >= 0)
			close(r->conn[i].fd);
	if (r->epoll >= 0)
		close(r->epoll);
}

/* --- asking --- */

static const struct span *next_request(struct run *r, struct conn *c)
{
	struct load_plan *p = r->plan;

	if (c->solos > 0 && p->next_solo < p->n_solo) {
		c->solos--;
		return &p->solo[p->next_solo++];
	}
	if (c->step == p->chain_len) {
		if (p->next == p->chains && p->again)
			p->next = 0;
		if (p->next == p->chains)
			return NULL;
		c->chain = p->next++;
		c->step = 0;
	}
	return &p->request[c->chain * p->chain_len + c->step++];
}

static void push(struct run *r, struct conn *c)
{
	ssize_t n = send(c->fd, c->rest.at, c->rest.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		r->broken = "a connection broke while sending";
		return;
	}
	if (n > 0)
		c->rest = (struct span){ c->rest.at + n, c->rest.len - (size_t)n };
	if ((c->rest.len > 0) != c->writing && !want_events(r, c, EPOLL_CTL_MOD, c->rest.len > 0))
		r->broken = "epoll_ctl";
}

static void ask(struct run *r, struct conn *c, int64_t now)
{
	const struct span *q = r->closing ? NULL : next_request(r, c);

	if (!q) {
		/* The measured time ends where the load begins to fade. */
		if (!r->closing) {
			r->ret->ran_out = true;
			r->closing = r->conf->run_ms > 0;
			if (r->closing)
				r->until_ns = now;
		}
		return;
	}
	c->rest = *q;
	c->got = 0;
	c->sent_ns = now;
	c->busy = true;
	r->busy++;
	push(r, c);
}

/* --- being answered --- */

/* Bytes of the whole answer, when its head is there; 0 while it is not. */
static size_t answer_len(const char *at, size_t got, int *status)
{
	static const char name[] = "\r\ncontent-length:";
	const char *end = memmem(at, got, "\r\n\r\n", 4);
	size_t body = 0;

	if (!end || got < 12)
		return 0;
	*status = (at[9] - '0') * 100 + (at[10] - '0') * 10 + at[11] - '0';
	for (const char *p = at; p < end; p++) {
		if (*p != '\r' || strncasecmp(p, name, sizeof name - 1) != 0)
			continue;
		for (p += sizeof name - 1; *p == ' '; p++)
			;
		for (; *p >= '0' && *p <= '9'; p++)
			body = body * 10 + (size_t)(*p - '0');
		break;
	}
	return (size_t)(end - at) + 4 + body;
}

static void count(struct run *r, const struct conn *c, int status, int64_t now)
{
	struct load_result *ret = r->ret;

	if (status != r->conf->expect) {
		if (ret->bad++ == 0)
			snprintf(ret->first_bad, sizeof ret->first_bad, "%.700s", c->answer);
		return;
	}
	ret->all++;
	if (!r->measuring || (r->conf->run_ms > 0 && now > r->until_ns))
		return;
	ret->good++;
	ret->bucket[bucket_of((now - c->sent_ns) / 1000)]++;
}

static void pull(struct run *r, struct conn *c)
{
	int status = 0;
	ssize_t n = recv(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got, MSG_DONTWAIT);
	int64_t now;
	size_t len;

	if (n <= 0) {
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		r->broken = n == 0 ? "the server closed a connection" : "a connection broke while receiving";
		return;
	}
	c->got += (size_t)n;
	c->answer[c->got] = 0;
	len = answer_len(c->answer, c->got, &status);
	if (len >= ANSWER_MAX)
		r->broken = "an answer is too long";
	if (len == 0 || c->got < len)
		return;
	now = clock_ns();
	c->busy = false;
	r->busy--;
	count(r, c, status, now);
	ask(r, c, now);
}

/* --- the loop --- */

static void watch_clock(struct run *r, int64_t now)
{
	if (!r->measuring && !r->closing && now >= r->from_ns) {
		r->measuring = true;
		r->from_ns = now;
		r->until_ns = now + r->conf->run_ms * MS;
		r->cpu_from = cpu_ns();
	}
	if (r->measuring && !r->closing && r->conf->run_ms > 0 && now >= r->until_ns)
		r->closing = true;
	if (r->measuring && r->closing && r->ret->cpu_ns == 0)
		r->ret->cpu_ns = cpu_ns() - r->cpu_from;
}

static void turn(struct run *r)
{
	struct epoll_event e[EVENTS];
	int n = epoll_wait(r->epoll, e, EVENTS, PATIENCE_MS);

	if (n == 0)
		r->broken = "no answer";
	for (int i = 0; i < n && !r->broken; i++) {
		struct conn *c = e[i].data.ptr;

		if (c->writing && (e[i].events & EPOLLOUT))
			push(r, c);
		if (e[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
			pull(r, c);
	}
	watch_clock(r, clock_ns());
}

static void loop(struct run *r)
{
	int64_t now = clock_ns();

	r->from_ns = now + r->conf->warm_ms * MS;
	watch_clock(r, now);
	for (unsigned i = 0; i < r->conf->connections && !r->broken; i++)
		ask(r, &r->conn[i], clock_ns());
	while (r->busy > 0 && !r->broken)
		turn(r);
	if (r->conf->run_ms == 0)
		r->until_ns = clock_ns();
	if (r->measuring)
		r->ret->ns = r->until_ns - r->from_ns;
	if (r->ret->cpu_ns == 0)
		r->ret->cpu_ns = cpu_ns() - r->cpu_from;
}

bool load_run(const struct load_conf *conf, struct load_plan *plan, struct load_result *ret, char *why, size_t why_len)
{
	struct run r = { .conf = conf, .plan = plan, .ret = ret, .epoll = epoll_create1(EPOLL_CLOEXEC) };

	memset(ret, 0, sizeof *ret);
	r.conn = calloc(conf->connections, sizeof *r.conn);
	if (!r.conn || r.epoll < 0) {
		snprintf(why, why_len, "out of memory");
		free(r.conn);
		return false;
	}
	for (unsigned i = 0; i < conf->connections; i++)
		r.conn[i].fd = -1;
	if (open_all(&r))
		loop(&r);
	close_all(&r);
	free(r.conn);
	if (r.broken)
		snprintf(why, why_len, "%s", r.broken);
	return !r.broken;
}

int load_once(uint16_t port, struct span request, char *body, size_t cap)
{
	static _Thread_local char answer[ONCE_MAX];
	size_t got = 0, len = 0;
	int status = -1, fd = connect_to(port);
	ssize_t n = fd < 0 ? -1 : send(fd, request.at, request.len, MSG_NOSIGNAL);

	while (n > 0 && (len == 0 || got < len) && got < sizeof answer - 1) {
		n = recv(fd, answer + got, sizeof answer - 1 - got, 0);
		if (n > 0)
			got += (size_t)n;
		answer[got] = 0;
		len = answer_len(answer, got, &status);
	}
	if (fd >= 0)
		close(fd);
	if (len == 0 || got < len)
		return -1;
	snprintf(body, cap, "%s", (char *)memmem(answer, got, "\r\n\r\n", 4) + 4);
	return status;
}
