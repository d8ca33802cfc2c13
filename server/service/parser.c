/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parser.c: the fork server for documents, and the way to ask it.
 *
 *   ask     length 4, length 4, document, trust
 *   answer  ending 4, length 4, wire form
 *
 * Integers are big-endian. Whoever breaks the protocol is dropped: the server
 * exits, the asker never asks again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto.h"
#include "intake/document.h"
#include "intake/trust_wire.h"
#include "run/confine.h"
#include "service/parser.h"

/* How a child ended. Only WIRE is followed by bytes. */
enum ending { END_WIRE = 0, END_KILLED, END_TIME, END_SILENT, ENDINGS };
static const char *const ending_text[ENDINGS] = {
	[END_KILLED] = "the reader gave up: its limit of time, memory or calls",
	[END_TIME] = "the reader gave up: its limit of 5 seconds",
	[END_SILENT] = "the reader gave up: the document is larger than its model may be",
};

/* ---- whole reads and writes ---- */

static bool write_all(int fd, const void *at, size_t len)
{
	for (const char *from = at; len;) {
		ssize_t n = write(fd, from, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		len -= (size_t)n;
	}
	return true;
}

static bool read_all(int fd, void *at, size_t len)
{
	for (char *to = at; len;) {
		ssize_t n = read(fd, to, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		len -= (size_t)n;
	}
	return true;
}

/* Like write_all, but a peer that is gone is an error and not a signal. */
static bool send_all(int fd, const void *at, size_t len)
{
	for (const char *from = at; len;) {
		ssize_t n = send(fd, from, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		len -= (size_t)n;
	}
	return true;
}

/* ---- what a child does ---- */

static struct span read_document(struct span bytes, struct span trust, struct arena *mem)
{
	struct document d;
	struct trust t;

	if (trust_wire_read(trust, mem, &t) != OK || document_read_under(bytes, &t, mem, &d) != OK)
		return (struct span){ NULL, 0 };
	struct writer w = writer_in(mem);
	put_document_wire(&w, &d);
	return writer_done(&w, mem);
}

static void *pages(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

/* ---- the fork server ---- */

struct server {
	int fd;
	parser_job *job;
	char *document, *trust, *answer; /* DOCUMENT_MAX, TRUST_WIRE_MAX and DOCUMENT_WIRE_MAX bytes */
};

static _Noreturn void child(const struct server *s, size_t document, size_t trust, int out)
{
	static const struct confine_limits limits = { PARSER_MEMORY - DOCUMENT_ARENA, PARSER_CPU_S };
	void *base = pages(DOCUMENT_ARENA);

	/* the answer's place is the server's; here it would only count against the limit */
	if (!base || munmap(s->answer, DOCUMENT_WIRE_MAX) != 0 || !confine_close_others(&out, 1) ||
	    !confine_compute_only(out, &limits))
		_exit(2);
	struct arena mem = arena_over(base, DOCUMENT_ARENA);
	struct span wire = s->job((struct span){ s->document, document }, (struct span){ s->trust, trust }, &mem);
	_exit(write_all(out, wire.at, wire.len) ? 0 : 1);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Everything the child writes until it ends (END_WIRE), the deadline, or more than an answer may be. */
static enum ending collect(const struct server *s, int in, size_t *len)
{
	int64_t deadline = now_ms() + PARSER_WALL_MS;

	for (*len = 0;;) {
		int64_t left = deadline - now_ms();
		struct pollfd p = { .fd = in, .events = POLLIN };
		if (left <= 0)
			return END_TIME;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(in, s->answer + *len, DOCUMENT_WIRE_MAX - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && *len < DOCUMENT_WIRE_MAX)
			return END_WIRE;
		if (n <= 0)
			return END_KILLED;
		*len += (size_t)n;
	}
}

static enum ending serve_one(const struct server *s, size_t document, size_t trust, size_t *len)
{
	int pipe_fd[2], status = 0;

	*len = 0;
	if (pipe2(pipe_fd, O_CLOEXEC) != 0)
		return END_KILLED;
	pid_t pid = fork();
	if (pid == 0)
		child(s, document, trust, pipe_fd[1]);
	close(pipe_fd[1]);
	enum ending e = pid > 0 ? collect(s, pipe_fd[0], len) : END_KILLED;
	close(pipe_fd[0]);
	if (pid < 0)
		return e;
	if (e != END_WIRE)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* an answer counts only from a child that ended as it should */
	if (e == END_WIRE && status != 0)
		e = END_KILLED;
	return e == END_WIRE && *len == 0 ? END_SILENT : e;
}

static _Noreturn void serve(struct server *s)
{
	uint8_t head[8];
	size_t len;

	for (;;) {
		if (!read_all(s->fd, head, sizeof head))
			_exit(0); /* the program has ended */
		size_t document = be32_get(head), trust = be32_get(head + 4);
		/* no child shall find the last document or answer in its memory */
		if (document > DOCUMENT_MAX || trust > TRUST_WIRE_MAX ||
		    madvise(s->document, DOCUMENT_MAX, MADV_DONTNEED) ||
		    madvise(s->trust, TRUST_WIRE_MAX, MADV_DONTNEED) ||
		    madvise(s->answer, DOCUMENT_WIRE_MAX, MADV_DONTNEED) || !read_all(s->fd, s->document, document) ||
		    !read_all(s->fd, s->trust, trust))
			_exit(1);
		enum ending e = serve_one(s, document, trust, &len);
		if (e != END_WIRE)
			len = 0;
		be32_put(head, (uint32_t)e);
		be32_put(head + 4, (uint32_t)len);
		if (!write_all(s->fd, head, 8) || !write_all(s->fd, s->answer, len))
			_exit(1);
	}
}

static _Noreturn void be_server(int fd, parser_job *job)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct server s = { fd, job, pages(DOCUMENT_MAX), pages(TRUST_WIRE_MAX), pages(DOCUMENT_WIRE_MAX) };
	sigset_t none;

	/* a terminal's ^C goes to the whole group; this process ends when its socket does */
	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	/* libzip turns dates about: with a zone given in words nobody looks for it in the file system, where a child cannot */
	bool zoned = setenv("TZ", "UTC0", 1) == 0;
	tzset();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* standard error stays, for what a sanitizer or an assertion has to say */
	const int keep[] = { fd < 2 ? fd : 2, fd < 2 ? 2 : fd };
	if (!zoned || !s.document || !s.trust || !s.answer || !document_start() || !confine_close_others(keep, 2) ||
	    !confine_drop_root())
		_exit(1);
	serve(&s);
}

bool parser_start_job(parser_job *job, struct parser *ret)
{
	const struct timeval deaf = { .tv_sec = PARSER_DEAF_S };
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0)
		return false;
	pid_t pid = fork();
	if (pid == 0)
		be_server(fd[1], job);
	close(fd[1]);
	if (pid < 0 || setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &deaf, sizeof deaf) != 0 ||
	    setsockopt(fd[0], SOL_SOCKET, SO_SNDTIMEO, &deaf, sizeof deaf) != 0) {
		close(fd[0]);
		return false;
	}
	*ret = (struct parser){ .fd = fd[0], .pid = pid };
	return pthread_mutex_init(&ret->lock, NULL) == 0;
}

bool parser_start(struct parser *ret) { return parser_start_job(read_document, ret); }

/* ---- asking ---- */

static void drop(struct parser *p)
{
	if (p->fd < 0)
		return;
	close(p->fd);
	p->fd = -1;
	kill(p->pid, SIGKILL);
	(void)waitpid(p->pid, NULL, 0);
}

static bool skip(int fd, size_t len)
{
	char rest[4096];

	for (size_t n; len; len -= n) {
		n = len < sizeof rest ? len : sizeof rest;
		if (!read_all(fd, rest, n))
			return false;
	}
	return true;
}

/* False: the fork server is gone. Else *e says how the child ended and *wire lies in mem (empty when it does not fit). */
static bool ask(struct parser *p, struct span bytes, struct span trust, struct arena *mem, enum ending *e,
                struct span *wire)
{
	uint8_t head[8];

	be32_put(head, (uint32_t)bytes.len);
	be32_put(head + 4, (uint32_t)trust.len);
	if (p->fd < 0 || !send_all(p->fd, head, 8) || !send_all(p->fd, bytes.at, bytes.len) ||
	    !send_all(p->fd, trust.at, trust.len) || !read_all(p->fd, head, 8))
		return false;
	uint32_t ending = be32_get(head), len = be32_get(head + 4);
	if (ending >= ENDINGS || len > DOCUMENT_WIRE_MAX)
		return false;
	char *at = arena_take(mem, len);
	*e = (enum ending)ending;
	*wire = (struct span){ at, at ? len : 0 };
	return at ? read_all(p->fd, at, len) : skip(p->fd, len);
}

enum fault parser_document_under(struct parser *p, struct span bytes, const struct trust *t, struct arena *mem,
                                 struct document *ret)
{
	struct span wire = { NULL, 0 };
	struct writer w = writer_in(mem);
	struct document d;
	enum ending e = END_SILENT;

	if (bytes.len > DOCUMENT_MAX)
		return E_TOO_BIG;
	put_trust_wire(&w, t);
	struct span trust = writer_done(&w, mem);
	if (!arena_ok(mem) || trust.len > TRUST_WIRE_MAX)
		return E_TOO_BIG;
	pthread_mutex_lock(&p->lock);
	bool answered = ask(p, bytes, trust, mem, &e, &wire);
	if (!answered)
		drop(p);
	pthread_mutex_unlock(&p->lock);
	if (!answered)
		return E_UNAVAILABLE;
	if (!arena_ok(mem))
		return E_TOO_BIG;
	if (e != END_WIRE) {
		document_given_up(bytes, ending_text[e], mem, ret);
		return arena_ok(mem) ? OK : E_TOO_BIG;
	}
	enum fault f = document_wire_read(wire, mem, &d);
	if (f == E_TOO_BIG)
		return f;
	if (f != OK || !hash_eq(d.sha256, sha256(bytes)))
		document_given_up(bytes, "the reader gave up: its answer made no sense", mem, &d);
	if (!arena_ok(mem))
		return E_TOO_BIG;
	*ret = d;
	return OK;
}

enum fault parser_document(struct parser *p, struct span bytes, struct arena *mem, struct document *ret)
{
	static const struct trust nobody;

	return parser_document_under(p, bytes, &nobody, mem, ret);
}

void parser_stop(struct parser *p)
{
	pthread_mutex_lock(&p->lock);
	drop(p);
	pthread_mutex_unlock(&p->lock);
	pthread_mutex_destroy(&p->lock);
}
