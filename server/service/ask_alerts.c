/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_alerts.c: what a party was told: as a list, as a stream of events, and
 * its word that it has seen it. Everything here is the asker's own: nobody is
 * looked at, and another's alert is as little there as one never made.
 */
#include "run/clock.h"
#include "service/reader.h"

enum { EVENTS_A_PART = 32 };

enum fault ask_alerts(struct question *q, void *reader)
{
	static const struct list alerts = { .query = "alerts", .what = "alerts", .limit_at = 0, .cursor_at = 1 };
	struct span param[3] = { S(""), S(""), q->param[3] };

	if (q->param[3].len > 0 && !span_is(q->param[3], "yes") && !span_is(q->param[3], "no"))
		return bad_param(q, "open", "expected yes or no");
	return answer_list(reader, &alerts, param, 3);
}

/* --- acknowledgement --- */

static enum fault acknowledge(struct reading *all, const struct question *q, uint64_t number)
{
	struct store *s;
	enum fault f;

	pthread_mutex_lock(&all->own_lock);
	s = conn_store(&all->own_conn);
	f = s ? store_alert_ack(s, q->who.party, number, clock_now(), q->who.kid) : E_UNAVAILABLE;
	if (f == E_UNAVAILABLE && s && !store_alive(s)) { /* gone stale; twice is as good as once */
		s = conn_store(&all->own_conn);
		f = s ? store_alert_ack(s, q->who.party, number, clock_now(), q->who.kid) : E_UNAVAILABLE;
	}
	pthread_mutex_unlock(&all->own_lock);
	return f == E_OUTCOME_UNKNOWN ? E_UNAVAILABLE : f;
}

enum fault ask_alert_ack(struct question *q, void *reader)
{
	static const struct one alert = { "alert", "alert", NULL };
	struct reader *r = reader;
	uint64_t number;
	enum fault f = param_u64(q, 0, "number", 0, &number);

	if (f == OK)
		f = acknowledge(r->all, q, number);
	return f == OK ? answer_one(r, &alert, q->param, 1) : f;
}

/* --- as events --- */

struct eventing {
	struct question *q;
	struct writer w;
	bool text; /* else only the place is wanted */
};

static uint64_t number_of(struct span s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v * 10 + (uint64_t)(s.at[i] - '0');
	return v;
}

/* The standard's form (HTML 9.2.6): id is what a client that lost the connection comes back with. */
static bool on_event(void *arg, const struct span *column, size_t n)
{
	struct eventing *e = arg;
	const size_t before = e->w.len;

	assert(n >= 3);
	if (e->text) {
		put_z(&e->w, "id: ");
		put_span(&e->w, column[1]);
		put_z(&e->w, "\nevent: ");
		put_span(&e->w, column[2]);
		put_z(&e->w, "\ndata: ");
		put_span(&e->w, column[0]); /* JSON of one line */
		put_z(&e->w, "\n\n");
	}
	if (e->w.overflow) {
		e->w.len = before;
		e->w.overflow = false;
		return false;
	}
	e->q->place = number_of(column[1]);
	return true;
}

enum fault ask_events(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct eventing e = { .q = q, .text = q->param[0].len > 0 };
	const struct span after[] = { q->param[0], S("32") }, newest[] = { S("1"), S(""), S("") };
	uint64_t number;
	enum fault f = param_u64(q, 0, "after", 0, &number);

	static_assert(EVENTS_A_PART == 32, "as the query is asked");
	if (f != OK)
		return f;
	q->place = number;
	e.w = writer_in(q->mem);
	f = store_query(r->conn.store, q->who.party, q->who.roles, e.text ? "alerts_after" : "alerts",
	                e.text ? after : newest, e.text ? ARRAY_LEN(after) : ARRAY_LEN(newest), on_event, &e);
	q->answer = writer_done(&e.w, q->mem);
	return f == OK && !arena_ok(q->mem) ? E_TOO_BIG : f;
}
