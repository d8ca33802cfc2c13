/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statements.c: POST /v1/statements. The signature is checked here, on the
 * thread that read the request; then the ticket waits for the sequencer.
 */
#include <stdio.h>

#include "http/handlers.h"
#include "http/statements.h"
#include "run/watch.h"

enum { SIGNATURE_GOOD, SIGNATURE_BAD }; /* series of signatures_total */

enum fault statement_take(struct request *q, struct span compact, struct arena *mem, struct ticket *t)
{
	struct uuid nobody = { { 0 } };
	enum fault f = service_prepare(q->http->service, compact, mem, t);

	if (f == OK || f == E_BAD_SIGNATURE)
		metric_add(M_signatures_total, f == OK ? SIGNATURE_GOOD : SIGNATURE_BAD, 1);
	/* What was signed by a live key is counted against the key's party; everything else against the address. */
	if (!request_charge(q, f == OK ? t->issuer : nobody, 1))
		return E_RATE_LIMITED;
	return f;
}

int ticket_status(const struct ticket *t)
{
	if (t->result != OK)
		return fault_info(t->result)->http;
	return t->repeated ? 200 : 201;
}

void put_ticket(struct writer *w, const struct ticket *t)
{
	put_ticket_receipt(w, t);
	if (!t->pending)
		return;
	put_beside(w, "pending");
	put_z(w, "true}");
}

static const char *entry_path(struct request *q, const struct ticket *t)
{
	struct writer w = writer_in(&q->mem);

	put_z(&w, "/v1/entries/");
	put_u64(&w, t->seq);
	put_byte(&w, 0);
	return writer_done(&w, &q->mem).at;
}

static struct reply statement_answer(struct request *q)
{
	const struct ticket *t = q->work;

	if (t->result != OK)
		return reply_refused(q, t);
	reply_location(q, entry_path(q, t));
	struct writer w = writer_in(&q->mem);
	put_ticket(&w, t);
	return reply_json(q, ticket_status(t), writer_done(&w, &q->mem));
}

static void statement_done(struct ticket *t)
{
	struct request *q = t->arg;
	struct http *h = q->http;

	request_wake(q); /* q may be gone behind this line */
	request_paid(h);
}

struct reply statement_post(struct request *q)
{
	struct ticket *t = ARENA_NEW(&q->mem, struct ticket);
	enum fault f = statement_take(q, q->body, &q->mem, t);

	q->diag = t->diag;
	if (f != OK)
		return reply_fault(q, f);
	t->done = statement_done;
	t->arg = q;
	q->work = t;
	request_owed(q->http);
	if (service_submit(q->http->service, t))
		return reply_later(q, statement_answer);
	request_paid(q->http);
	return reply_fault(q, E_BUSY);
}
