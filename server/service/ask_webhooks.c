/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_webhooks.c: a party's webhooks: made, listed, tried, replayed, removed.
 *
 * The address is read strictly here and judged again by every call: what a
 * name stands for is known only then.
 */
#include "alert.h"
#include "intake/inbound.h"
#include "intake/url.h"
#include "run/clock.h"
#include "service/courier.h"
#include "service/outbound.h"
#include "service/reader.h"

static const struct one webhook_query = { "webhook", "webhook", NULL };

static struct span uuid_param(struct question *q, struct uuid id)
{
	struct writer w = writer_in(q->mem);

	put_uuid(&w, id);
	return writer_done(&w, q->mem);
}

/* What is only for the one who made it is said once, behind what the list shows. */
static enum fault answer_made(struct reader *r, struct uuid id)
{
	struct question *q = r->q;
	struct span param = uuid_param(q, id), shown;
	enum fault f = answer_one(r, &webhook_query, &param, 1);
	struct writer w;

	if (f != OK)
		return f;
	shown = q->answer;
	w = writer_in(q->mem);
	put_span(&w, (struct span){ shown.at, shown.len - 1 });
	put_z(&w, ",\"secret\":\"");
	put_webhook_secret(&w, r->all->conf.tokens, id);
	put_z(&w, "\",\"public_key\":\"");
	put_webhook_public_key(&w, r->all->conf.tokens, id);
	put_z(&w, "\"}");
	q->answer = writer_done(&w, q->mem);
	q->http = 201;
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

static enum fault check_url(const struct reader *r, struct span text, struct diag *d)
{
	struct url u;
	enum fault f = url_read(text, "/url", &u, d);

	if (f != OK || r->all->conf.private_webhooks)
		return f;
	if (!u.tls)
		return diag_set(d, E_BAD_MEMBER, "/url", "expected a URL that begins with https://");
	if (u.addr_len > 0 ? !address_public(u.addr, u.addr_len) : span_is(u.host, "localhost"))
		return diag_set(d, E_BAD_MEMBER, "/url", "this is no address of the public Internet");
	return OK;
}

static enum fault make(struct reader *r, struct webhook *h)
{
	struct question *q = r->q;
	struct webhook_request req;
	enum fault f = webhook_read(q->body, q->mem, &req, &q->diag);
	const struct alert_info *code = req.code.len ? alert_by_code(req.code) : NULL;

	if (f != OK || (f = check_url(r, req.url, &q->diag)) != OK)
		return f;
	if (req.code.len && !code)
		return diag_set(&q->diag, E_BAD_MEMBER, "/code", "no alert has this code");
	*h = (struct webhook){ .id = new_uuid(),
		               .party = q->who.party,
		               .asset = req.asset,
		               .about = req.party,
		               .url = req.url,
		               .code = code ? (int32_t)code->number : 0,
		               .severity = ALERT_INFO,
		               .made_by = q->who.kid };
	while (req.severity.len && h->severity <= ALERT_ALARM &&
	       !span_is(req.severity, alert_severity_name(h->severity)))
		h->severity++;
	if (h->severity > ALERT_ALARM)
		return diag_set(&q->diag, E_BAD_MEMBER, "/severity", "expected info, warning or alarm");
	return OK;
}

/* One of the two writes, over the connection that is for them. */
static enum fault write_own(struct reading *all, const struct webhook *put, enum webhook_act what, struct uuid party,
                            struct uuid id, int64_t number)
{
	struct store *s;
	enum fault f = E_UNAVAILABLE;

	pthread_mutex_lock(&all->own_lock);
	for (int i = 0; i < 2 && f == E_UNAVAILABLE; i++) { /* one that went stale shows it now */
		s = conn_store(&all->own_conn);
		if (s)
			f = put ? store_webhook_put(s, put) : store_webhook_act(s, what, party, id, number);
	}
	pthread_mutex_unlock(&all->own_lock);
	return f == E_OUTCOME_UNKNOWN ? E_UNAVAILABLE : f;
}

enum fault ask_webhook_post(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct webhook h;
	enum fault f = make(r, &h);

	(void)q;

	if (f == OK)
		f = write_own(r->all, &h, WEBHOOK_END, h.party, h.id, 0);
	return f == OK ? answer_made(r, h.id) : f;
}

enum fault ask_webhooks(struct question *q, void *reader)
{
	static const struct list hooks = { .query = "webhooks", .what = "webhooks", .limit_at = 0, .cursor_at = 1 };
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &hooks, param, 2);
}

enum fault ask_webhook(struct question *q, void *reader)
{
	struct uuid id;
	enum fault f = param_uuid(q, 0, "id", &id);

	return f == OK ? answer_one(reader, &webhook_query, q->param, 1) : f;
}

enum fault ask_deliveries(struct question *q, void *reader)
{
	static const struct list deliveries = {
		.query = "deliveries", .what = "deliveries", .limit_at = 1, .cursor_at = 2
	};
	struct span param[3] = { q->param[0], S(""), S("") };
	enum fault f = ask_webhook(q, reader);

	return f == OK ? answer_list(reader, &deliveries, param, 3) : f;
}

/* The webhook as it is then; one that was removed as it was before. */
static enum fault act(struct question *q, void *reader, enum webhook_act what, int64_t number)
{
	struct reader *r = reader;
	struct uuid id;
	enum fault f = param_uuid(q, 0, "id", &id);
	struct span before;

	if (f == OK)
		f = answer_one(r, &webhook_query, q->param, 1);
	if (f != OK)
		return f; /* another's is as little there as one never made */
	before = q->answer;
	f = write_own(r->all, NULL, what, q->who.party, id, number);
	if (f == E_NOT_FOUND && what == WEBHOOK_TEST)
		return diag_set(&q->diag, E_BAD_STATE, "",
		                "the webhook is not live: its endpoint has not answered yet, or no more");
	if (f == OK && what != WEBHOOK_END)
		return answer_one(r, &webhook_query, q->param, 1);
	q->answer = before;
	return f;
}

enum fault ask_webhook_end(struct question *q, void *reader) { return act(q, reader, WEBHOOK_END, 0); }

enum fault ask_webhook_test(struct question *q, void *reader) { return act(q, reader, WEBHOOK_TEST, 0); }

enum fault ask_webhook_replay(struct question *q, void *reader)
{
	uint64_t after;
	enum fault f = param_u64(q, 1, "after", 0, &after);

	return f == OK ? act(q, reader, WEBHOOK_REPLAY, (int64_t)after) : f;
}
