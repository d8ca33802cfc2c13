/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "http/events.h"
#include "http/handlers.h"
#include "run/clock.h"

struct stream {
	struct events *all;
	struct stream *next, **link;
	struct http *http;
	struct MHD_Connection *mhd;
	struct conn *conn;
	struct question ask;
	struct arena mem;            /* of the question; `out` points into it */
	char room[EVENT_BYTES];      /* the arena's */
	char token[TOKEN_BYTES_MAX]; /* asked again now and then: is it still good? */
	size_t token_len;
	char last[24]; /* number of the last alert sent, as text; empty: not known yet */
	struct span out;
	size_t sent;     /* of out */
	int64_t sent_ns; /* when something was sent last */
	bool asking;     /* a question is on its way */
	bool more;       /* another is to follow it */
	bool suspended, ended;
	bool gone; /* libmicrohttpd has let go of it: whoever comes last frees it */
};

struct events {
	struct service *service;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending, stopping;
	struct stream *first;
	unsigned n;
};

/* --- under the lock --- */

static void resume(struct stream *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	MHD_resume_connection(s->mhd);
}

static void end(struct stream *s)
{
	s->ended = true;
	resume(s);
}

static void send_text(struct stream *s, struct span text)
{
	s->out = text;
	s->sent = 0;
	s->sent_ns = clock_ns();
	conn_phase(s->conn, PHASE_SEND);
	resume(s);
}

static void on_answer(struct question *q);

/* Asks for what is new, or remembers to do so behind the present question or text. */
static void ask(struct stream *s)
{
	s->more = true;
	if (s->asking || s->sent < s->out.len || s->ended || s->gone)
		return;
	arena_reset(&s->mem);
	s->ask.mem = &s->mem;
	s->ask.param[0] = span_z(s->last);
	s->ask.done = on_answer;
	s->ask.arg = s;
	s->asking = true;
	request_owed(s->http);
	if (service_ask(s->all->service, &s->ask)) {
		s->more = false;
		return;
	}
	request_paid(s->http); /* the queue is full: the thread tries again */
	s->asking = false;
}

static void unlink_stream(struct stream *s)
{
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	s->all->n--;
}

/* --- the service's threads --- */

/* A question that failed is asked again by the thread. */
static void take_answer(struct stream *s)
{
	const struct question *q = &s->ask;

	if (q->result != OK) {
		s->more = true;
		return;
	}
	snprintf(s->last, sizeof s->last, "%llu", (unsigned long long)q->place);
	if (q->answer.len == 0) {
		if (s->more)
			ask(s);
		return;
	}
	s->more = true; /* there may be another part */
	send_text(s, q->answer);
}

static void on_answer(struct question *q)
{
	struct stream *s = q->arg;
	struct events *e = s->all;
	struct http *h = s->http;

	pthread_mutex_lock(&e->lock);
	s->asking = false;
	if (!s->gone)
		take_answer(s);
	else
		free(s);
	pthread_mutex_unlock(&e->lock);
	request_paid(h);
}

static bool is_among(struct uuid who, const struct uuid *party, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (uuid_eq(who, party[i]))
			return true;
	return false;
}

static void on_told(void *arg, const struct uuid *party, size_t n, bool all)
{
	struct events *e = arg;

	pthread_mutex_lock(&e->lock);
	for (struct stream *s = e->first; s; s = s->next)
		if (all || is_among(s->ask.who.party, party, n))
			ask(s);
	pthread_mutex_unlock(&e->lock);
}

/* --- libmicrohttpd's thread --- */

static ssize_t give(struct stream *s, char *to, size_t max)
{
	size_t n = s->out.len - s->sent;

	if (n > max)
		n = max;
	memcpy(to, s->out.at + s->sent, n);
	s->sent += n;
	s->sent_ns = clock_ns();
	conn_moved(s->conn, n);
	return (ssize_t)n;
}

static ssize_t on_read(void *arg, uint64_t pos, char *to, size_t max)
{
	struct stream *s = arg;
	ssize_t n = 0;

	(void)pos;
	pthread_mutex_lock(&s->all->lock);
	if (s->sent < s->out.len) {
		n = give(s, to, max);
	} else if (s->ended) {
		n = MHD_CONTENT_READER_END_OF_STREAM;
	} else {
		if (s->more)
			ask(s);
		conn_phase(s->conn, PHASE_WORK);
		s->suspended = true;
		MHD_suspend_connection(s->mhd);
	}
	pthread_mutex_unlock(&s->all->lock);
	return n;
}

static void on_end(void *arg)
{
	struct stream *s = arg;
	struct events *e = s->all;
	bool free_it;

	pthread_mutex_lock(&e->lock);
	unlink_stream(s);
	s->gone = true;
	free_it = !s->asking;
	pthread_mutex_unlock(&e->lock);
	if (free_it)
		free(s);
}

/* --- beginning --- */

static unsigned streams_of(const struct events *e, struct uuid party)
{
	unsigned n = 0;

	for (const struct stream *s = e->first; s; s = s->next)
		n += uuid_eq(s->ask.who.party, party);
	return n;
}

static bool link_stream(struct events *e, struct stream *s)
{
	bool room;

	pthread_mutex_lock(&e->lock);
	room = !e->ending && e->n < EVENTS_MAX && streams_of(e, s->ask.who.party) < EVENTS_PARTY_MAX;
	if (room) {
		s->next = e->first;
		s->link = &e->first;
		if (e->first)
			e->first->link = &s->next;
		e->first = s;
		e->n++;
	}
	pthread_mutex_unlock(&e->lock);
	return room;
}

/* The bearer token as it stands in the request, which authorise() has found good. */
static void keep_token(struct stream *s, struct span header)
{
	s->token_len = header.len - strlen("Bearer ");
	assert(s->token_len <= sizeof s->token);
	memcpy(s->token, header.at + strlen("Bearer "), s->token_len);
}

struct reply events_get(struct request *q)
{
	struct events *e = q->http->events;
	struct span after = q->headers.last_event_id.len ? q->headers.last_event_id : q->param[0];
	struct stream *s;

	for (size_t i = 0; i < after.len; i++)
		if (after.at[i] < '0' || after.at[i] > '9' || after.len > 16 || (after.at[0] == '0' && after.len > 1))
			return reply_fault(q, diag_set(&q->diag, E_BAD_REQUEST, "/after",
			                               "expected the id of an event: a whole number"));
	if (q->head) /* to which libmicrohttpd would send the end of a stream */
		return reply_bytes(q, "text/event-stream", S(""), CACHE_NEVER);
	s = calloc(1, sizeof *s);
	if (!s)
		return reply_fault(q, E_INTERNAL);
	*s = (struct stream){ .all = e, .http = q->http, .mhd = q->mhd, .conn = q->conn, .more = true };
	s->ask.who = q->who;
	s->ask.who.purpose = S("");
	s->ask.fn = q->route->ask;
	s->mem = arena_over(s->room, sizeof s->room);
	s->out = S("retry: 2000\n\n"); /* something at once, so that the client sees that it is heard */
	s->sent_ns = clock_ns();
	snprintf(s->last, sizeof s->last, "%.*s", (int)after.len, after.len ? after.at : "");
	keep_token(s, q->headers.authorization);
	if (link_stream(e, s))
		return reply_stream(q, "text/event-stream", on_read, on_end, s);
	free(s);
	return reply_fault(q, diag_set(&q->diag, E_BUSY, "", "as many streams as there is room for"));
}

/* --- the thread --- */

static void tend(struct stream *s, int64_t now)
{
	struct asker who;

	if (s->ended)
		return;
	if (service_asker(s->all->service, (struct span){ s->token, s->token_len }, &who) != OK)
		end(s);
	else if (s->more)
		ask(s);
	else if (s->suspended && !s->asking && now - s->sent_ns > (int64_t)EVENTS_BEAT_MS * 1000000)
		send_text(s, S(":\n\n"));
}

static void *tender(void *arg)
{
	struct events *e = arg;
	struct timespec until;

	pthread_setname_np(pthread_self(), "events");
	pthread_mutex_lock(&e->lock);
	while (!e->stopping) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&e->wake, &e->lock, &until);
		for (struct stream *s = e->first; s; s = s->next)
			tend(s, clock_ns());
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

/* --- life --- */

struct events *events_start(struct service *s)
{
	struct events *e = calloc(1, sizeof *e);
	pthread_condattr_t attr;

	if (!e)
		return NULL;
	e->service = s;
	pthread_mutex_init(&e->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&e->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&e->thread, NULL, tender, e) != 0) {
		free(e);
		return NULL;
	}
	service_listen(s, on_told, e);
	return e;
}

void events_end(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	e->ending = true;
	for (struct stream *s = e->first; s; s = s->next)
		end(s);
	pthread_mutex_unlock(&e->lock);
}

void events_stop(struct events *e)
{
	if (!e)
		return;
	service_listen(e->service, NULL, NULL);
	pthread_mutex_lock(&e->lock);
	e->stopping = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	pthread_join(e->thread, NULL);
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
	free(e);
}
