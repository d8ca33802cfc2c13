/* SPDX-License-Identifier: Apache-2.0 */
/* reads.c: everything that is one question to a reader thread of the service. */
#include "http/handlers.h"

static struct reply asked(struct request *q)
{
	const struct question *t = q->work;

	if (t->result != OK) {
		q->diag = t->diag;
		return reply_fault(q, t->result);
	}
	if (t->type)
		return reply_bytes(q, t->type, t->answer, CACHE_NEVER);
	reply_etag(q, t->etag);
	return reply_json(q, t->http ? t->http : 200, t->answer);
}

static void done(struct question *t)
{
	struct request *q = t->arg;
	struct http *h = q->http;

	request_wake(q); /* q may be gone behind this line */
	request_paid(h);
}

static struct reply put_question(struct request *q, bool (*put)(struct service *s, struct question *t))
{
	struct question *t = ARENA_NEW(&q->mem, struct question);

	if (!t)
		return reply_fault(q, E_INTERNAL);
	*t = (struct question){
		.who = q->who,
		.mem = &q->mem,
		.fn = q->route->ask,
		.body = q->body,
		.done = done,
		.arg = q,
	};
	static_assert(sizeof t->param == sizeof q->param, "as many parameters as the service takes");
	memcpy(t->param, q->param, sizeof t->param);
	q->work = t;
	request_owed(q->http);
	if (put(q->http->service, t))
		return reply_later(q, asked);
	request_paid(q->http);
	return reply_fault(q, E_BUSY);
}

struct reply ask_get(struct request *q) { return put_question(q, service_ask); }

struct reply document_post(struct request *q)
{
	if (!q->body.len)
		return reply_fault(q, diag_set(&q->diag, E_BAD_REQUEST, "", "the body is empty"));
	return put_question(q, service_ask);
}

struct reply check_post(struct request *q) { return put_question(q, service_check); }
