/* SPDX-License-Identifier: Apache-2.0 */
#include <microhttpd.h>
#include <stdio.h>
#include <unistd.h>

#include "http/handlers.h"
#include "http/token.h"
#include "jcs.h"
#include "run/watch.h"

#define PROBLEM_TYPE "application/problem+json"
#define CSP_NOTHING "default-src 'none'; frame-ancestors 'none'"

/* Nobody else can make a struct reply that means something. */
struct made {
	bool later;
};
static const struct made ANSWERED = { false }, LATER = { true };

static struct reply answered(struct request *q)
{
	assert(!q->answer.made);
	q->answer.made = &ANSWERED;
	return (struct reply){ &ANSWERED };
}

struct reply reply_later(struct request *q, struct reply (*next)(struct request *q))
{
	assert(!q->answer.made);
	q->next = next;
	return (struct reply){ &LATER };
}

bool reply_is_later(struct reply r)
{
	assert(r.by == &ANSWERED || r.by == &LATER);
	return r.by->later;
}

/* --- problems --- */

int64_t fault_retry_seconds(enum fault f)
{
	if (f == E_BUSY || f == E_RATE_LIMITED)
		return BUSY_RETRY_SECONDS;
	return f == E_OUTCOME_UNKNOWN || f == E_UNAVAILABLE ? 2 * BUSY_RETRY_SECONDS : 0;
}

static void put_errors(struct jcs *j, const struct diag *diag)
{
	jcs_name(j, "errors");
	jcs_array(j);
	jcs_object(j);
	jcs_member_z(j, "pointer", diag->pointer);
	jcs_member_z(j, "detail", diag->detail);
	jcs_end_object(j);
	jcs_end_array(j);
}

static void put_retry(struct jcs *j, int64_t after)
{
	jcs_name(j, "retry");
	jcs_object(j);
	jcs_member_bool(j, "safe", true);
	jcs_member_i64(j, "after", after);
	jcs_end_object(j);
}

void put_beside(struct writer *w, const char *name)
{
	if (w->overflow)
		return;
	assert(w->len > 2 && w->at[w->len - 1] == '}');
	w->len--;
	put_z(w, ",\"");
	put_z(w, name);
	put_z(w, "\":");
}

void put_problem(struct writer *w, enum fault f, const struct diag *diag, const char *instance, const struct ticket *t)
{
	const struct fault_info *info = fault_info(f);
	struct jcs j = jcs_free_order(w);
	char type[80];

	assert(info && f != OK);
	snprintf(type, sizeof type, "/problems/%s", info->slug);
	jcs_object(&j);
	jcs_member_z(&j, "type", type);
	jcs_member_z(&j, "title", info->text);
	jcs_member_i64(&j, "status", info->http);
	jcs_member_z(&j, "code", info->slug);
	jcs_member_z(&j, "detail", diag && diag->detail[0] ? diag->detail : info->text);
	if (instance[0])
		jcs_member_z(&j, "instance", instance);
	if (diag && diag->pointer[0])
		put_errors(&j, diag);
	if (diag && diag->rule[0])
		jcs_member_z(&j, "rule", diag->rule);
	if (fault_retry_seconds(f))
		put_retry(&j, fault_retry_seconds(f));
	jcs_end_object(&j);
	if (t && t->logged) {
		put_beside(w, "receipt");
		put_ticket_receipt(w, t);
		put_byte(w, '}');
	}
}

static struct reply problem(struct request *q, enum fault f, const struct ticket *t)
{
	struct answer *a = &q->answer;
	const struct fault_info *info = fault_info(f);
	struct writer w = writer_in(&q->mem);

	assert(info);
	put_problem(&w, f, t ? &t->diag : &q->diag, q->id, t);
	if (q->route && q->route->handler == token_post)
		put_oauth_error(&w, f);
	a->body = writer_done(&w, &q->mem);
	a->fault = f;
	a->status = info->http;
	a->type = PROBLEM_TYPE;
	a->cache = CACHE_NEVER;
	if (!a->retry_seconds)
		a->retry_seconds = fault_retry_seconds(f);
	if (a->status == 401)
		a->challenge = f == E_NO_TOKEN    ? "Bearer realm=\"counterfoil\""
		               : f == E_BAD_TOKEN ? "Bearer realm=\"counterfoil\", error=\"invalid_token\""
		                                  : "JWS realm=\"counterfoil\"";
	if (info->http >= 500 && f != E_BUSY)
		watch(LOG_ERROR, EVENT("request_failed"), KV("code", info->slug), KV("request_id", q->id),
		      KV("route", q->route ? q->route->path : ""), KV("detail", q->diag.detail));
	return answered(q);
}

struct reply reply_fault(struct request *q, enum fault f) { return problem(q, f, NULL); }

struct reply reply_close(struct request *q, enum fault f)
{
	q->answer.close = true;
	return problem(q, f, NULL);
}

struct reply reply_refused(struct request *q, const struct ticket *t) { return problem(q, t->result, t); }

struct reply reply_method(struct request *q, unsigned allow)
{
	static const char *const text[] = { "",       "GET, HEAD",         "POST",         "GET, HEAD, POST",
		                            "DELETE", "GET, HEAD, DELETE", "POST, DELETE", "GET, HEAD, POST, DELETE" };

	static_assert(METHOD_GET == 1 && METHOD_POST == 2 && METHOD_DELETE == 3, "the texts are by these bits");
	q->answer.allow = text[allow >> METHOD_GET & 7];
	return reply_fault(q, E_METHOD);
}

/* --- good answers --- */

void reply_etag(struct request *q, const char *etag) { q->answer.etag = etag[0] ? etag : NULL; }

void reply_location(struct request *q, const char *location) { q->answer.location = location; }

/* RFC 9110 13.1.2: weak comparison, a list, or '*'. */
static bool etag_known(struct span list, const char *etag)
{
	struct span one;

	while (list.len) {
		if (!span_cut(list, ',', &one, &list)) {
			one = list;
			list.len = 0;
		}
		while (one.len && one.at[0] == ' ')
			one = (struct span){ one.at + 1, one.len - 1 };
		while (one.len && one.at[one.len - 1] == ' ')
			one.len--;
		if (span_is(one, "*"))
			return true;
		if (span_starts(one, S("W/")))
			one = (struct span){ one.at + 2, one.len - 2 };
		if (one.len > 2 && span_is((struct span){ one.at + 1, one.len - 2 }, etag))
			return true;
	}
	return false;
}

void reply_page(struct request *q, const char *policy, bool packed)
{
	q->answer.policy = policy;
	q->answer.packed = packed;
}

static struct reply in_memory(struct request *q, int status, const char *type, struct span body, enum cache cache)
{
	struct answer *a = &q->answer;

	a->status = status;
	a->type = type;
	a->body = body;
	a->cache = cache;
	if (status == 200 && a->etag && etag_known(q->headers.if_none_match, a->etag)) {
		a->status = 304;
		a->body.len = 0;
		a->type = NULL;
	}
	return answered(q);
}

struct reply reply_json(struct request *q, int status, struct span json)
{
	if (!arena_ok(&q->mem) || !json.len) {
		(void)diag_set(&q->diag, E_INTERNAL, "",
		               "the answer is larger than a request may be; ask for less with limit");
		return reply_fault(q, E_INTERNAL);
	}
	return in_memory(q, status, "application/json", json, CACHE_NEVER);
}

struct reply reply_bytes(struct request *q, const char *type, struct span body, enum cache cache)
{
	if (!arena_ok(&q->mem))
		return reply_fault(q, E_INTERNAL);
	return in_memory(q, 200, type, body, cache);
}

struct reply reply_html(struct request *q, int status, struct span body)
{
	if (!arena_ok(&q->mem))
		return reply_fault(q, E_INTERNAL);
	return in_memory(q, status, "text/html; charset=utf-8", body, CACHE_LONG);
}

struct reply reply_stream(struct request *q, const char *type, ssize_t (*read)(void *, uint64_t, char *, size_t),
                          void (*end)(void *), void *arg)
{
	struct answer *a = &q->answer;

	a->status = 200;
	a->type = type;
	a->read = read;
	a->end = end;
	a->arg = arg;
	return answered(q);
}

/* --- the way out --- */

/* libmicrohttpd takes a pointer it does not write to, but says void *. */
static void *unconst(const void *p)
{
	void *r;

	memcpy(&r, &p, sizeof r);
	return r;
}

static struct MHD_Response *make(const struct answer *a)
{
	if (a->read)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 * 1024, a->read, a->arg, a->end);
	return MHD_create_response_from_buffer(a->body.len, unconst(a->body.at), MHD_RESPMEM_PERSISTENT);
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
	if (value)
		(void)MHD_add_response_header(r, name, value);
}

static void add_i64(struct MHD_Response *r, const char *name, int64_t v)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)v);
	add(r, name, text);
}

static void add_etag(struct MHD_Response *r, const char *etag)
{
	char text[HASH_B64 + 24];

	snprintf(text, sizeof text, "\"%s\"", etag);
	add(r, "ETag", text);
}

/* draft-ietf-httpapi-ratelimit-headers: policy and state of the bucket this request was counted in. */
static void add_limit(struct MHD_Response *r, const struct limit_answer *l)
{
	char text[96];

	snprintf(text, sizeof text, "\"default\";q=%lld;w=%lld", (long long)l->burst,
	         (long long)((l->burst + l->rate - 1) / l->rate));
	add(r, "RateLimit-Policy", text);
	snprintf(text, sizeof text, "\"default\";r=%lld;t=%lld", (long long)l->left, (long long)l->full_seconds);
	add(r, "RateLimit", text);
}

static const char *cache_text(enum cache c)
{
	static const char *const text[] = {
		[CACHE_NEVER] = "no-store",
		[CACHE_ASK] = "public, no-cache",
		[CACHE_SHORT] = "public, max-age=1",
		[CACHE_LONG] = "public, max-age=3600",
		[CACHE_EVER] = "public, max-age=31536000, immutable",
	};

	return text[c];
}

/* A page is alone in its process, is nobody's frame or part, and asks the browser for nothing. */
static void add_page(struct MHD_Response *r, const struct answer *a)
{
	add(r, "Vary", "Accept-Encoding");
	add(r, "Content-Encoding", a->packed && a->body.len ? "gzip" : NULL);
	add(r, "Cross-Origin-Opener-Policy", "same-origin");
	add(r, "Cross-Origin-Resource-Policy", "same-origin");
	add(r, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

static void add_headers(struct MHD_Response *r, const struct request *q)
{
	const struct answer *a = &q->answer;

	add(r, "Content-Type", a->type);
	add(r, "Cache-Control", cache_text(a->cache));
	add(r, "X-Content-Type-Options", "nosniff");
	add(r, "Content-Security-Policy", a->policy ? a->policy : CSP_NOTHING);
	add(r, "Referrer-Policy", "no-referrer");
	if (a->policy)
		add_page(r, a);
	add(r, "X-Request-Id", q->id[0] ? q->id : NULL);
	if (q->limited && q->limit.rate > 0)
		add_limit(r, &q->limit);
	if (a->etag)
		add_etag(r, a->etag);
	add(r, "Location", a->location);
	add(r, "Allow", a->allow);
	add(r, "WWW-Authenticate", a->challenge);
	if (a->retry_seconds)
		add_i64(r, "Retry-After", a->retry_seconds);
	/* A connection that stays is one more to wait for when we want to end. */
	if (a->close || atomic_load_explicit(&q->http->draining, memory_order_relaxed))
		add(r, "Connection", "close");
}

bool reply_send(struct request *q)
{
	struct answer *a = &q->answer;

	assert(a->made == &ANSWERED && a->status >= 200);
	struct MHD_Response *r = make(a);
	if (!r) {
		/* Out of memory: libmicrohttpd closes the connection. What the answer held is let go. */
		if (a->end)
			a->end(a->arg);
		return false;
	}
	metric_add(M_http_responses_total, (unsigned)(a->status / 100 - 1), 1);
	add_headers(r, q);
	conn_phase(q->conn, PHASE_SEND);
	enum MHD_Result ok = MHD_queue_response(q->mhd, (unsigned)a->status, r);
	MHD_destroy_response(r);
	return ok == MHD_YES;
}

struct MHD_Response *reply_no_room_make(void)
{
	static char body[512];
	struct writer w = writer_over(body, sizeof body);

	put_problem(&w, E_BUSY, NULL, "", NULL);
	struct MHD_Response *r = MHD_create_response_from_buffer(w.len, body, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return NULL;
	add(r, "Content-Type", PROBLEM_TYPE);
	add(r, "Cache-Control", cache_text(CACHE_NEVER));
	add_i64(r, "Retry-After", BUSY_RETRY_SECONDS);
	add(r, "Connection", "close");
	return r;
}
