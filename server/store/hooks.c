/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks.c: webhooks and their deliveries: made, queued, taken one at a time,
 * and what came of each.
 *
 * A delivery is taken under a lease on its webhook, so that one is tried at a
 * time whoever else sends, and a sender that dies is not waited for. After a
 * failure the webhook as a whole is left alone for as long as it has failed in
 * a row, and the delivery for as long as it was tried: one that is refused for
 * what it says does not stop those behind it.
 *
 * Times are the database's: one clock, whoever sends.
 */
#include <stdio.h>

#include "pg.h"

#define ANEW "state = 1, attempts = 0, next_at = now(), queued_at = now(), tried_at = NULL, status = 0, why = ''"

static const struct {
	const char *name, *sql;
} statement[] = {
	/* A party has so many at most: then no row comes back. It hears what comes behind its birth. */
	{ "webhook_put",
	  "INSERT INTO webhook (id, party, url, asset, about, code, severity, state, position, made_at, made_by, next_at)"
	  " SELECT $1::uuid, $2::uuid, $3::text, NULLIF($4::text, '')::uuid, NULLIF($5::text, '')::uuid, $6::integer,"
	  "  $7::integer, 1, coalesce((SELECT number FROM alert WHERE party = $2::uuid ORDER BY number DESC LIMIT 1), -1),"
	  "  now(), decode($8::text, 'hex'), now()"
	  " WHERE (SELECT count(*) FROM webhook WHERE party = $2::uuid AND state < 4) < 32 RETURNING 1" },
	{ "webhook_end",
	  "UPDATE webhook SET state = 4 WHERE party = $1::uuid AND id = $2::uuid AND state < 4 RETURNING 1" },
	/* Again from behind an alert; a stopped one is verified anew. */
	{ "webhook_replay",
	  "UPDATE webhook SET position = $3::bigint, failures = 0, failing_since = NULL, next_at = now(),"
	  " state = CASE state WHEN 3 THEN 1 ELSE state END WHERE party = $1::uuid AND id = $2::uuid AND state < 4 RETURNING 1" },
	{ "webhook_test",
	  "INSERT INTO webhook_delivery (webhook, number, state, next_at, queued_at)"
	  " SELECT id, -1, 1, now(), now() FROM webhook WHERE party = $1::uuid AND id = $2::uuid AND state = 2"
	  " ON CONFLICT (webhook, number) DO UPDATE SET " ANEW " RETURNING 1" },
	{ "webhook_queue",
	  "WITH w AS MATERIALIZED (SELECT id, party, asset, about, code, severity, position FROM webhook"
	  "  WHERE state = 2 FOR UPDATE SKIP LOCKED"
	  "), n AS MATERIALIZED (SELECT w.id, w.asset AS only, w.about, w.code AS wanted, w.severity, a.number, a.code,"
	  "  a.asset FROM w CROSS JOIN LATERAL (SELECT number, code, asset FROM alert WHERE party = w.party"
	  "   AND number > w.position ORDER BY number LIMIT 200) a"
	  "), q AS (INSERT INTO webhook_delivery (webhook, number, state, next_at, queued_at)"
	  "  SELECT n.id, n.number, 1, now(), now() FROM n WHERE (n.only IS NULL OR n.only = n.asset)"
	  "  AND (n.wanted = 0 OR n.wanted = n.code)"
	  "  AND n.severity <= (SELECT word::integer FROM word WHERE list = 'alert_rank' AND number = n.code)"
	  "  AND (n.about IS NULL OR EXISTS (SELECT FROM asset x WHERE x.id = n.asset"
	  "   AND (x.creditor = n.about OR x.debtor = n.about)))"
	  "  ON CONFLICT (webhook, number) DO UPDATE SET " ANEW
	  "), m AS (UPDATE webhook SET position = p.number FROM (SELECT id, max(number) AS number FROM n GROUP BY id) p"
	  "  WHERE webhook.id = p.id) SELECT (SELECT count(*) FROM n)::text" },
	/* $1 seconds of the lease. One that is not verified yet has nothing to deliver but the question. */
	{ "webhook_take",
	  "WITH d AS MATERIALIZED (SELECT w.id, w.state, w.party, w.url, c.number, c.attempts, w.failures FROM webhook w"
	  "  LEFT JOIN LATERAL (SELECT number, attempts FROM webhook_delivery WHERE webhook = w.id AND state = 1"
	  "   AND next_at <= now() ORDER BY number LIMIT 1) c ON w.state = 2"
	  "  WHERE w.state IN (1, 2) AND w.next_at <= now() AND w.busy_until <= now()"
	  "  AND (w.state = 1 OR c.number IS NOT NULL) ORDER BY w.next_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED"
	  "), b AS (UPDATE webhook SET busy_until = now() + $1::text::interval FROM d WHERE webhook.id = d.id)"
	  " SELECT d.id::text, (d.state = 1)::integer::text, d.url, coalesce(d.number, -1)::text,"
	  "  coalesce(d.attempts, 0)::text, d.failures::text,"
	  "  (SELECT json::text FROM alert_shown v WHERE v.party = d.party AND v.number = d.number), moment(now()) FROM d" },
	/* $1 id $2 number $3 delivered: 1 $4 status $5 why $6 pause of the webhook $7 of the delivery $8 the longest it is
	 * tried and may fail */
	{ "webhook_done",
	  "WITH d AS (UPDATE webhook_delivery SET attempts = attempts + 1, tried_at = now(), status = $4::integer,"
	  "  why = $5::text, next_at = now() + $7::text::interval, state = CASE WHEN $3::text = '1' THEN 2"
	  "   WHEN queued_at + $8::text::interval < now() THEN 3 ELSE 1 END"
	  "  WHERE webhook = $1::uuid AND number = $2::bigint AND state = 1)"
	  " UPDATE webhook SET busy_until = '-infinity', next_at = now() + $6::text::interval,"
	  "  failures = CASE WHEN $3::text = '1' THEN 0 ELSE failures + 1 END,"
	  "  failing_since = CASE WHEN $3::text = '1' THEN NULL ELSE coalesce(failing_since, now()) END,"
	  "  state = CASE WHEN state NOT IN (1, 2) THEN state WHEN $3::text = '1' THEN 2"
	  "   WHEN failing_since + $8::text::interval < now() THEN 3 ELSE state END"
	  " WHERE id = $1::uuid RETURNING state::text" },
};

void hooks_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

/* --- one statement in a transaction of its own --- */

enum { ROW_AT = 1, TAKEN_COLUMNS = 8 };
struct taking {
	struct arena *mem;
	bool found;
	struct span column[TAKEN_COLUMNS];
};

static enum fault on_row(void *arg, unsigned at, const PGresult *r)
{
	struct taking *t = arg;

	if (at != ROW_AT || PQntuples(r) == 0)
		return OK;
	t->found = true;
	for (int c = 0; t->mem && c < PQnfields(r) && c < TAKEN_COLUMNS; c++)
		t->column[c] = PQgetisnull(r, 0, c) ? S("") : arena_copy(t->mem, result_span(r, 0, c));
	return OK;
}

static enum fault act(struct store *s, const char *name, const struct span *param, size_t n, struct taking *t)
{
	pipe_sql(s, "BEGIN");
	pipe_text(s, name, param, n);
	pipe_commit(s);
	return pipe_run(s, on_row, t);
}

struct words {
	char room[512];
	struct writer w;
};

static struct span uuid_text(struct words *t, struct uuid u)
{
	const size_t from = t->w.len;

	if (uuid_is_nil(u))
		return S("");
	put_uuid(&t->w, u);
	return (struct span){ t->w.at + from, t->w.len - from };
}

static struct span i64_text(struct words *t, int64_t v)
{
	const size_t from = t->w.len;

	put_i64(&t->w, v);
	return (struct span){ t->w.at + from, t->w.len - from };
}

static struct span seconds_text(struct words *t, int64_t v)
{
	const size_t from = t->w.len;

	put_i64(&t->w, v);
	put_z(&t->w, " seconds");
	return (struct span){ t->w.at + from, t->w.len - from };
}

#define WORDS(t)        \
	struct words t; \
	(t).w = writer_over((t).room, sizeof(t).room)

/* --- a party's own --- */

enum fault store_webhook_put(struct store *s, const struct webhook *h)
{
	char kid[2 * HASH_LEN];
	struct writer k = writer_over(kid, sizeof kid);
	struct taking t = { .mem = NULL };
	enum fault f;
	WORDS(w);

	put_hex(&k, h->made_by.b, HASH_LEN);
	const struct span param[] = { uuid_text(&w, h->id),      uuid_text(&w, h->party), h->url,
		                      uuid_text(&w, h->asset),   uuid_text(&w, h->about), i64_text(&w, h->code),
		                      i64_text(&w, h->severity), writer_span(&k) };
	f = act(s, "webhook_put", param, ARRAY_LEN(param), &t);
	return f == OK && !t.found ? E_WEBHOOKS : f;
}

enum fault store_webhook_act(struct store *s, enum webhook_act what, struct uuid party, struct uuid id, int64_t number)
{
	static const char *const name[] = { "webhook_end", "webhook_replay", "webhook_test" };
	struct taking t = { .mem = NULL };
	enum fault f;
	WORDS(w);
	const struct span param[] = { uuid_text(&w, party), uuid_text(&w, id), i64_text(&w, number) };

	f = act(s, name[what], param, what == WEBHOOK_REPLAY ? 3 : 2, &t);
	return f == OK && !t.found ? E_NOT_FOUND : f;
}

/* --- the sender's --- */

static int64_t number_of(struct span s)
{
	int64_t v = 0;
	bool minus = s.len > 0 && s.at[0] == '-';

	for (size_t i = minus; i < s.len; i++)
		v = v * 10 + (s.at[i] - '0');
	return minus ? -v : v;
}

enum fault store_webhook_queue(struct store *s, uint64_t *looked_at)
{
	char room[64];
	struct arena mem = arena_over(room, sizeof room);
	struct taking t = { .mem = &mem };
	enum fault f = act(s, "webhook_queue", NULL, 0, &t);

	*looked_at = f == OK ? (uint64_t)number_of(t.column[0]) : 0;
	return f;
}

enum fault store_webhook_take(struct store *s, int64_t lease_s, struct arena *mem, struct delivery *ret)
{
	struct taking t = { .mem = mem };
	enum fault f;
	WORDS(w);
	const struct span param[] = { seconds_text(&w, lease_s) };

	*ret = (struct delivery){ .found = false };
	f = act(s, "webhook_take", param, 1, &t);
	if (f != OK || !t.found)
		return f;
	if (!uuid_parse(t.column[0], &ret->webhook))
		return E_INTERNAL;
	ret->found = true;
	ret->verify = number_of(t.column[1]) == 1;
	ret->url = t.column[2];
	ret->number = number_of(t.column[3]);
	ret->attempts = number_of(t.column[4]);
	ret->failures = number_of(t.column[5]);
	ret->alert = t.column[6];
	ret->now = t.column[7];
	return arena_ok(mem) ? OK : E_TOO_BIG;
}

enum fault store_webhook_done(struct store *s, const struct delivery *d, const struct delivered *how)
{
	struct taking t = { .mem = NULL };
	WORDS(w);
	const struct span param[] = { uuid_text(&w, d->webhook),
		                      i64_text(&w, d->number),
		                      how->good ? S("1") : S("0"),
		                      i64_text(&w, how->status),
		                      how->why,
		                      seconds_text(&w, how->pause_s),
		                      seconds_text(&w, how->again_s),
		                      seconds_text(&w, how->longest_s) };

	return act(s, "webhook_done", param, ARRAY_LEN(param), &t);
}
