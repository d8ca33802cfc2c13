/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_audit.c: the regulator's reports (schema/queries/audit.sql).
 *
 * A report is one SQL statement and so one place in the log. It is answered
 * with that place and a signed checkpoint that covers it: "as_of". Whoever
 * folds the log up to there (counterfoil audit replay does) has the state the
 * figures are sums of, and so can make every one of them again.
 *
 * A row is (json, place, subjects): the place is the last entry, behind a colon
 * where the next page begins; the subjects are whose data it shows, each of
 * whom finds the look in its access log.
 */
#include "intake/statement.h"
#include "service/reader.h"

enum { REPORT_END = 64 + CHECKPOINT_MAX * 2 }; /* what stands behind the report itself */

struct reporting;
struct report {
	const char *query, *what;
	bool paged;                              /* parameters: limit and cursor of the question */
	enum fault (*more)(struct reporting *g); /* puts members that are in no row of state; NULL: none */
};

struct reporting {
	struct reader *r;
	const struct report *of;
	struct writer w;
	uint64_t seq, next;
	bool found, more;
};

static bool may_audit(const struct question *q) { return (q->who.roles & (ROLE_REGULATOR | ROLE_COURT)) != 0; }

/* "41" or "41:7" */
static void read_place(struct span s, uint64_t *seq, uint64_t *next, bool *more)
{
	*seq = *next = 0;
	*more = false;
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == ':')
			*more = true;
		else if (*more)
			*next = *next * 10 + (uint64_t)(s.at[i] - '0');
		else
			*seq = *seq * 10 + (uint64_t)(s.at[i] - '0');
}

static void look_at_all(struct reader *r, struct span ids)
{
	struct span one;
	struct uuid id;

	while (ids.len > 0 && r->n_subjects < SUBJECTS_MAX) {
		if (!span_cut(ids, ',', &one, &ids)) {
			one = ids;
			ids.len = 0;
		}
		if (uuid_parse(one, &id))
			look_at(r, id);
	}
}

static bool on_report(void *arg, const struct span *column, size_t n)
{
	struct reporting *g = arg;
	struct span json = column[0];

	assert(n == 3 && json.len > 2 && json.at[json.len - 1] == '}');
	read_place(column[1], &g->seq, &g->next, &g->more);
	put_span(&g->w, (struct span){ json.at, json.len - 1 });
	g->r->what = g->of->what;
	look_at_all(g->r, column[2]);
	g->found = true;
	return false;
}

enum fault put_as_of(struct reader *r, struct writer *w, uint64_t seq)
{
	struct question *q = r->q;
	char *room = malloc(CHECKPOINT_MAX * 2);
	struct arena mem = arena_over(room, room ? CHECKPOINT_MAX * 2 : 0);
	struct jcs j = jcs_free_order(w);
	struct span note;
	uint64_t size;
	enum fault f;

	publish_now(r);
	f = published(r, seq, &mem, &size, &note);
	f = f == OK && seq < size ? OK : E_UNAVAILABLE;
	if (f == OK) {
		jcs_object(&j);
		jcs_member_i64(&j, "seq", (int64_t)seq);
		jcs_member_i64(&j, "checkpoint", (int64_t)size);
		jcs_member_span(&j, "note", note);
		jcs_end_object(&j);
	} else {
		f = diag_set(&q->diag, f, "", "the checkpoint that covers this report is not published yet");
	}
	free(room);
	return f;
}

enum fault report_fault(struct reader *r, enum fault f)
{
	if (f != E_UNAVAILABLE || !strstr(store_why(r->conn.store), "statement timeout"))
		return f;
	return diag_set(
		&r->q->diag, E_TOO_BIG, "",
		"this registry is too large to sum that in one answer: ask for a quarter instead of a year, or fold "
		"the log itself (counterfoil audit replay)");
}

static enum fault answer_report(struct reader *r, const struct report *of, const struct span *param, size_t n)
{
	struct question *q = r->q;
	struct reporting g = { .r = r, .of = of, .w = writer_in(q->mem) };
	const struct list pages = { .query = of->query };
	struct jcs j;
	enum fault f;

	if (g.w.cap < 2 * REPORT_END)
		return E_TOO_BIG;
	g.w.cap -= REPORT_END;
	f = store_query(r->conn.store, q->who.party, q->who.roles, of->query, param, n, on_report, &g);
	if (f != OK)
		return report_fault(r, f);
	if (!g.found)
		return E_NOT_FOUND;
	if (g.w.overflow)
		return E_TOO_BIG;
	if (of->more) {
		f = of->more(&g);
		if (f != OK)
			return f;
	}
	g.w.cap += REPORT_END;
	if (of->paged) {
		put_z(&g.w, ",\"next\":");
		j = jcs_free_order(&g.w);
		if (g.more)
			put_cursor(&j, r, &pages, g.next);
		else
			jcs_null(&j);
	}
	put_z(&g.w, ",\"as_of\":");
	f = put_as_of(r, &g.w, g.seq);
	if (f != OK)
		return f;
	put_byte(&g.w, '}');
	q->answer = writer_done(&g.w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

/* Of one party. */
static enum fault about_party(struct question *q, struct reader *r, const struct report *of, size_t n)
{
	enum fault f = may_audit(q) ? param_uuid(q, 0, "id", &r->object) : E_NOT_FOUND;

	return f == OK ? answer_report(r, of, q->param, n) : f;
}

static enum fault of_everything(struct question *q, struct reader *r, const struct report *of)
{
	const struct list pages = { .query = of->query, .limit_at = 0, .cursor_at = 1 };
	struct span param[2];
	uint64_t limit;
	enum fault f;

	if (!may_audit(q))
		return E_NOT_FOUND;
	if (!of->paged)
		return answer_report(r, of, NULL, 0);
	f = page_of(r, &pages, param, &limit);
	return f == OK ? answer_report(r, of, param, ARRAY_LEN(param)) : f;
}

/* --- what a debtor is said to buy: in its profile, which is sealed and so no matter of SQL --- */

static void put_purchases(struct writer *w, const struct body_party_profile *b, struct span seq)
{
	struct jcs j = jcs_free_order(w);
	char text[32];
	struct writer amount = writer_over(text, sizeof text);

	put_amount(&amount, b->purchases.minor, b->purchases.ccy);
	put_z(w, ",\"purchases\":");
	jcs_object(&j);
	jcs_name(&j, "declared");
	jcs_object(&j);
	jcs_member_span(&j, "amount", writer_span(&amount));
	jcs_member_z(&j, "currency", b->purchases.ccy);
	jcs_end_object(&j);
	jcs_name(&j, "entry");
	jcs_raw(&j, seq);
	jcs_member_span(&j, "source", b->source);
	jcs_end_object(&j);
}

/* The member the store has put there last; empty when it is erased. */
static struct span statement_in(struct span json)
{
	static const char member[] = "\"statement\":\"";
	const size_t len = sizeof member - 1;

	for (size_t i = 0; i + len + 2 < json.len; i++)
		if (memcmp(json.at + i, member, len) == 0)
			return (struct span){ json.at + i + len, json.len - i - len - 2 };
	return S("");
}

static bool on_profile(void *arg, const struct span *column, size_t n)
{
	struct reporting *g = arg;
	const struct span compact = statement_in(column[0]);
	const size_t len = STATEMENT_ROOM(compact.len) + sizeof(struct command);
	char *room = malloc(len);
	struct arena mem = arena_over(room, room ? len : 0);
	struct command *c = ARENA_NEW(&mem, struct command);
	struct sealed sealed;
	struct diag d;

	assert(n >= 2);
	if (c && compact.len > 0 && statement_split(compact, &mem, &sealed, &d) == OK &&
	    statement_parse(&sealed, &mem, c, &d) == OK && c->kind == ST_PARTY_PROFILE &&
	    c->body.party_profile.purchases.ccy[0] != 0)
		put_purchases(&g->w, &c->body.party_profile, column[1]);
	free(room);
	return false;
}

static enum fault put_declared(struct reporting *g)
{
	struct question *q = g->r->q;
	char place[24];
	struct writer w = writer_over(place, sizeof place);

	put_u64(&w, g->seq);
	return store_query(g->r->conn.store, q->who.party, q->who.roles, "audit_declared",
	                   (struct span[]){ q->param[0], writer_span(&w) }, 2, on_profile, g);
}

enum fault ask_audit_fictitious(struct question *q, void *reader)
{
	static const struct report fictitious = { "audit_fictitious", "fictitious-claim report", false, put_declared };

	return about_party(q, reader, &fictitious, 1);
}

enum fault ask_audit_purchases(struct question *q, void *reader)
{
	static const struct report purchases = { "audit_purchases", "claims against purchases", false, NULL };

	return about_party(q, reader, &purchases, 1);
}

enum fault ask_audit_graph(struct question *q, void *reader)
{
	static const struct report graph = { "audit_graph", "trade graph", false, NULL };
	uint64_t steps;
	enum fault f = param_u64(q, 1, "steps", 1, &steps);

	if (f == OK && (steps < 1 || steps > 3))
		f = bad_param(q, "steps", "expected 1 to 3");
	return f == OK ? about_party(q, reader, &graph, 2) : f;
}

enum fault ask_audit_debtors(struct question *q, void *reader)
{
	static const struct report debtors = { "audit_debtors", "claims by debtor", false, NULL };

	return of_everything(q, reader, &debtors);
}

enum fault ask_audit_by_region(struct question *q, void *reader)
{
	static const struct report regions = { "audit_regions", "claims by region", false, NULL };

	return of_everything(q, reader, &regions);
}

enum fault ask_audit_guarantees(struct question *q, void *reader)
{
	static const struct report guarantees = { "audit_guarantees", "guarantees", false, NULL };

	return of_everything(q, reader, &guarantees);
}

enum fault ask_audit_warehouses(struct question *q, void *reader)
{
	static const struct report warehouses = { "audit_warehouses", "warehouses against capacity", true, NULL };

	return of_everything(q, reader, &warehouses);
}

enum fault ask_audit_overdue(struct question *q, void *reader)
{
	static const struct report overdue = { "audit_overdue", "overdue claims", true, NULL };

	return of_everything(q, reader, &overdue);
}
