/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "http/request.h"
#include "purpose.h"
#include "run/clock.h"
#include "run/watch.h"

/* Series of http_refused_total, in the order of metric.def. */
enum refused { REFUSED_MALFORMED, REFUSED_SLOW, REFUSED_MANY, REFUSED_BIG, REFUSED_RATE };

/* --- life --- */

void request_hold(struct request *q) { atomic_fetch_add(&q->refs, 1); }

void request_drop(struct request *q)
{
	struct http *h = q->http;

	if (atomic_fetch_sub(&q->refs, 1) != 1)
		return;
	if (q->at_end)
		q->at_end(q->work);
	if (q->big) {
		free(q->body_at);
		atomic_fetch_sub(&h->big_bodies, (int64_t)q->body_cap);
	}
	struct arena mem = q->mem; /* q lies inside */
	slab_give(&h->slabs, &mem);
	atomic_fetch_sub(&h->requests, 1);
}

static struct conn *conn_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void *request_line(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct http *h = cls;
	struct arena mem;

	conn_phase(conn_of(c), PHASE_HEAD);
	if (!slab_take(&h->slabs, &mem))
		return NULL;
	struct request *q = ARENA_NEW(&mem, struct request);
	q->http = h;
	q->mhd = c;
	q->conn = conn_of(c);
	q->mem = mem;
	q->raw = (struct raw){ uri, strlen(uri), { NULL, 0 } };
	/* One byte more than allowed is enough for the guard to see that it is too long. */
	size_t keep = q->raw.len > URI_MAX ? URI_MAX + 1 : q->raw.len;
	q->raw.uri = arena_copy(&q->mem, (struct span){ uri, keep });
	atomic_init(&q->refs, 1);
	atomic_init(&q->wake, AWAKE);
	atomic_fetch_add(&h->requests, 1);
	return q;
}

static void access_line(const struct request *q, enum MHD_RequestTerminationCode why)
{
	int64_t us = q->finish_ns ? (clock_ns() - q->finish_ns) / 1000 : 0;

	watch(LOG_DEBUG, EVENT("request"), KV("request_id", q->id),
	      KV("trace", q->headers.traceparent.len ? "yes" : "no"), KV("route", q->route ? q->route->path : ""),
	      KV_I("status", q->answer.status), KV_US("duration_s", us),
	      KV_B("whole", why == MHD_REQUEST_TERMINATED_COMPLETED_OK));
}

void request_over(void *cls, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode why)
{
	struct request *q = *context;

	(void)cls;
	conn_phase(conn_of(c), PHASE_IDLE);
	if (!q)
		return;
	*context = NULL;
	access_line(q, why);
	request_drop(q);
}

/* --- who asks, and how often --- */

static const struct limit_rate *rate_of(const struct http *h, const struct request *q, bool party)
{
	if (!party)
		return &h->conf.address;
	return q->route->bucket == WRITE ? &h->conf.write : &h->conf.read;
}

/* An IPv6 customer has at least a /64, so that is one address. */
static void address_name(const struct request *q, uint8_t name[static 16])
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(q->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;

	memset(name, 0, 16);
	if (q->http->conf.edge && q->headers.real_ip.len) {
		/* As text; 16 bytes hold any IPv4 address and the first four groups of most IPv6 ones. */
		size_t n = q->headers.real_ip.len;
		memcpy(name, q->headers.real_ip.at, n < 16 ? n : 16);
	} else if (sa && sa->sa_family == AF_INET) {
		memcpy(name, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
	} else if (sa && sa->sa_family == AF_INET6) {
		memcpy(name, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 8);
	}
}

static bool charge(struct request *q, struct limit_name name, struct limit_rate rate, int64_t n)
{
	q->limit = limit_take(q->http->limiter, name, rate, n, clock_ns());
	q->limited = true;
	if (!q->limit.refused)
		return true;
	q->answer.retry_seconds = q->limit.retry_seconds;
	metric_add(M_http_refused_total, REFUSED_RATE, 1);
	return false;
}

bool request_charge(struct request *q, struct uuid party, int64_t n)
{
	bool known = !uuid_is_nil(party);
	struct limit_name name = { .space = known ? (unsigned)q->route->bucket : ADDRESS };

	if (q->route->bucket == OPEN)
		return true;
	if (known && q->route->bucket != ADDRESS)
		memcpy(name.b, party.b, sizeof name.b);
	else
		address_name(q, name.b);
	return charge(q, name, *rate_of(q->http, q, known && q->route->bucket != ADDRESS), n);
}

/* --- the beginning: all that can refuse before the body is read --- */

static bool id_clean(struct span s)
{
	return s.len >= 8 && s.len <= REQUEST_ID_MAX && guard_token(s) && !memchr(s.at, '%', s.len) &&
	       !memchr(s.at, '`', s.len) && !memchr(s.at, '\'', s.len);
}

/* The client's when it is one, else ours: sortable by time. */
static void name_request(struct request *q)
{
	struct writer w = writer_over(q->id, sizeof q->id - 1);
	uint8_t at[12];

	if (id_clean(q->headers.request_id)) {
		put_span(&w, q->headers.request_id);
		return;
	}
	be64_put(at, (uint64_t)clock_now().us);
	be32_put(at + 8, (uint32_t)atomic_fetch_add_explicit(&q->http->next_id, 1, memory_order_relaxed));
	put_hex(&w, at + 1, sizeof at - 1);
}

static bool same_letters(struct span a, struct span b) { return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0; }

static bool media_type_taken(const char *takes, struct span type)
{
	struct span list = span_z(takes), one, rest;

	if (span_cut(type, ';', &one, &rest))
		type = one;
	while (type.len && type.at[type.len - 1] == ' ')
		type.len--;
	while (span_cut(list, '|', &one, &list))
		if (same_letters(one, type))
			return true;
	return same_letters(list, type);
}

static size_t body_limit(const struct request *q)
{
	switch (q->route->body) {
	case SMALL:
		return SMALL_BODY_MAX;
	case STATEMENT:
		return q->http->conf.statement_max;
	case BATCH:
		return BATCH_BODY_MAX;
	case DOCUMENT:
		return q->http->conf.document_max;
	case NO_BODY:
	case BODY_SIZES:
		break;
	}
	return 0;
}

/* The token, when there is one; and what the route demands. */
static enum fault authorise(struct request *q)
{
	struct span token = q->headers.authorization;
	int32_t who = q->route->who;

	if (who == ANYONE)
		return OK;
	if (!token.at)
		return who == MAYBE ? OK : E_NO_TOKEN;
	if (token.len < 7 || !same_letters((struct span){ token.at, 7 }, S("Bearer ")))
		return E_BAD_TOKEN;
	enum fault f = service_asker(q->http->service, (struct span){ token.at + 7, token.len - 7 }, &q->who);
	if (f != OK)
		return f;
	return who > 0 && !(q->who.roles & who) ? E_FORBIDDEN : OK;
}

static enum fault admit(struct request *q)
{
	struct uuid nobody = { { 0 } };
	bool signed_body = q->route->who == ANYONE && q->route->bucket == WRITE;
	/* The address only has to have something left; it pays when the request turns out to be nobody's. */
	bool looks = q->route->bucket == READ || q->route->bucket == WRITE;

	if (!request_charge(q, nobody, looks ? 0 : 1))
		return E_RATE_LIMITED;
	enum fault f = authorise(q);
	if (signed_body)
		return f;
	if (looks && !request_charge(q, f == OK || f == E_FORBIDDEN ? q->who.party : nobody, 1))
		return E_RATE_LIMITED;
	return f;
}

/* Said by anyone it means nothing. */
static enum fault purpose_admit(struct request *q)
{
	q->who.purpose = q->headers.purpose;
	if (q->who.purpose.len == 0 || uuid_is_nil(q->who.party))
		return OK;
	return purpose_check(q->who.purpose, q->who.roles, "Counterfoil-Purpose", &q->diag);
}

static void split_target(struct request *q, struct span *path)
{
	struct span uri = q->raw.uri;

	*path = uri;
	q->query = (struct span){ uri.at + uri.len, 0 };
	(void)span_cut(uri, '?', path, &q->query);
}

/* Whether libmicrohttpd would go on to read a body if we let it. */
static bool has_body(const struct request *q) { return q->headers.body_len > 0 || q->headers.chunked; }

static enum fault body_admit(struct request *q)
{
	q->body_max = body_limit(q);
	if (!has_body(q))
		return OK;
	if (q->route->body == NO_BODY)
		return diag_set(&q->diag, E_BAD_REQUEST, "", "this path takes no body");
	if (q->headers.body_len > q->body_max)
		return E_TOO_BIG;
	return media_type_taken(q->route->takes, q->headers.content_type) ? OK : E_MEDIA_TYPE;
}

/* Finds the route and everything that speaks against the request. */
static enum fault judge(struct request *q, unsigned *allow)
{
	struct span path;
	enum fault f;

	split_target(q, &path);
	q->route = route_find(q->method, path, q->param, allow);
	if (!q->route)
		return *allow ? E_METHOD : E_NOT_FOUND;
	metric_add(M_http_requests_total, (unsigned)(q->route - routes), 1);
	if (!route_query(q->route, q->query, &q->mem, q->param, &q->diag))
		return E_BAD_REQUEST;
	if ((f = admit(q)) != OK || (f = purpose_admit(q)) != OK)
		return f;
	return body_admit(q);
}

static enum MHD_Result refuse(struct request *q)
{
	if (q->refused == E_TOO_BIG)
		metric_add(M_http_refused_total, REFUSED_BIG, 1);
	/* What is left of a body would be taken for the next request. */
	q->answer.close = has_body(q);
	if (q->refused == E_METHOD)
		(void)reply_method(q, q->allow);
	else
		(void)reply_fault(q, q->refused);
	return reply_send(q) ? MHD_YES : MHD_NO;
}

static enum MHD_Result refuse_head(struct request *q, const char *wrong)
{
	metric_add(M_http_refused_total, REFUSED_MALFORMED, 1);
	enum fault f = q->raw.len > URI_MAX ? E_HEADERS_TOO_BIG : E_BAD_REQUEST;
	(void)diag_set(&q->diag, f, "", wrong);
	(void)reply_close(q, f);
	return reply_send(q) ? MHD_YES : MHD_NO;
}

static enum method method_of(const char *m)
{
	if (strcmp(m, "GET") == 0 || strcmp(m, "HEAD") == 0)
		return METHOD_GET;
	if (strcmp(m, "DELETE") == 0)
		return METHOD_DELETE;
	return strcmp(m, "POST") == 0 ? METHOD_POST : METHOD_OTHER;
}

static enum MHD_Result begin(struct request *q, const char *method, const char *version)
{
	const char *wrong = guard_check(q->mhd, &q->raw, method, version, &q->headers);

	q->begun = true;
	name_request(q);
	if (wrong)
		return refuse_head(q, wrong);
	q->method = method_of(method);
	q->head = strcmp(method, "HEAD") == 0;
	/* A body where none belongs has no agreed meaning (RFC 9110 9.3.1), so somebody may not see it as one. */
	if (q->method == METHOD_GET && has_body(q))
		return refuse_head(q, "GET and HEAD take no body");
	q->refused = judge(q, &q->allow);
	conn_phase(q->conn, PHASE_BODY);
	/* libmicrohttpd closes a connection that is answered in its first call: right when there is a body, which is
	 * then not read; without one finish() answers. */
	return q->refused != OK && has_body(q) ? refuse(q) : MHD_YES;
}

/* --- the body --- */

static bool big_room(struct request *q, size_t cap)
{
	struct http *h = q->http;
	size_t more = cap - (q->big ? q->body_cap : 0);

	if (atomic_fetch_add(&h->big_bodies, (int64_t)more) + (int64_t)more > BIG_BODIES_MAX) {
		atomic_fetch_sub(&h->big_bodies, (int64_t)more);
		return false;
	}
	char *at = realloc(q->big ? q->body_at : NULL, cap);
	if (!at) {
		atomic_fetch_sub(&h->big_bodies, (int64_t)more);
		return false;
	}
	if (!q->big && q->body.len)
		memcpy(at, q->body_at, q->body.len);
	q->big = true;
	q->body_at = at;
	q->body_cap = cap;
	return true;
}

/* Room for n more bytes. Small bodies lie at the end of what the slab has in use, and become part of it later. */
static enum fault body_room(struct request *q, size_t n)
{
	size_t need = q->body.len + n;

	if (need > q->body_max)
		return E_TOO_BIG;
	if (!q->body_at) {
		q->body_at = q->mem.base + q->mem.used;
		q->body_cap = SLAB_BODY_MAX;
	}
	if (need <= q->body_cap)
		return OK;
	size_t cap = q->headers.body_len > need ? q->headers.body_len : 2 * need;
	return big_room(q, cap < q->body_max ? cap : q->body_max) ? OK : E_BUSY;
}

/* No answer can be queued in the middle of a body, and a client that still sends does not read ours. So a little more
 * is read and dropped before the answer; then the connection ends without one. */
static enum MHD_Result drop_body(struct request *q, size_t *len)
{
	q->dropped += *len;
	*len = 0;
	return q->dropped <= DROP_MAX ? MHD_YES : MHD_NO;
}

static enum MHD_Result collect(struct request *q, const char *data, size_t *len)
{
	conn_moved(q->conn, *len);
	if (q->refused == OK)
		q->refused = body_room(q, *len);
	if (q->refused != OK)
		return drop_body(q, len);
	memcpy(q->body_at + q->body.len, data, *len);
	q->body.len += *len;
	*len = 0;
	return MHD_YES;
}

static void body_whole(struct request *q)
{
	q->done_reading = true;
	q->finish_ns = clock_ns();
	conn_phase(q->conn, PHASE_WORK);
	q->body.at = q->body_at ? q->body_at : "";
	if (q->body_at && !q->big)
		q->mem.used += (q->body.len + 15) & ~(size_t)15;
	assert(q->mem.used <= q->mem.cap);
}

/* --- the middle: the handler, and waiting --- */

void request_owed(struct http *h) { atomic_fetch_add(&h->waiting, 1); }

void request_paid(struct http *h) { atomic_fetch_sub(&h->waiting, 1); }

void request_wake(struct request *q)
{
	if (atomic_exchange(&q->wake, WOKEN) == SLEEPING)
		MHD_resume_connection(q->mhd);
}

/* Suspends until request_wake(). True when that has been called already and there is nothing to wait for. Whoever
 * comes second of the two, we or the waker, resumes; so it is resumed once. */
static bool request_sleep(struct request *q)
{
	if (atomic_load(&q->wake) == WOKEN) {
		atomic_store(&q->wake, AWAKE);
		return true;
	}
	MHD_suspend_connection(q->mhd);
	if (atomic_exchange(&q->wake, SLEEPING) == WOKEN) {
		atomic_store(&q->wake, WOKEN);
		MHD_resume_connection(q->mhd);
	}
	return false;
}

static enum MHD_Result finish(struct request *q)
{
	struct reply r;

	if (!q->done_reading)
		body_whole(q);
	else if (q->next)
		atomic_store(&q->wake, AWAKE);
	if (q->refused != OK)
		return refuse(q);
	do {
		struct reply (*step)(struct request *) = q->next ? q->next : q->route->handler;
		r = step(q);
		if (reply_is_later(r) && !request_sleep(q))
			return MHD_YES;
	} while (reply_is_later(r));
	metric_observe(M_http_request_duration_seconds, (unsigned)(q->route - routes),
	               (clock_ns() - q->finish_ns) / 1000);
	return reply_send(q) ? MHD_YES : MHD_NO;
}

enum MHD_Result request_call(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                             const char *version, const char *data, size_t *len, void **context)
{
	struct http *h = cls;
	struct request *q = *context;

	(void)url; /* decoded in place by libmicrohttpd; ours is the raw one */
	if (!q) {
		metric_add(M_http_refused_total, REFUSED_MANY, 1);
		return MHD_queue_response(c, MHD_HTTP_SERVICE_UNAVAILABLE, h->no_room);
	}
	if (q->answer.made) {
		*len = 0; /* refused before its body: what comes is not looked at */
		return MHD_YES;
	}
	if (!q->begun)
		return begin(q, method, version);
	return *len ? collect(q, data, len) : finish(q);
}
