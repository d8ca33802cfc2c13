/* SPDX-License-Identifier: Apache-2.0 */
/* meta.c: what the server says about itself: health, metrics, description and problems. */
#include "http/handlers.h"
#include "run/watch.h"

#define TEXT_PLAIN "text/plain; charset=utf-8"

struct reply well_known_get(struct request *q)
{
	struct writer w = writer_in(&q->mem);

	put_well_known(q->http->service, &w);
	put_beside(&w, "token_audience"); /* what an assertion's aud must be, which a page cannot know behind a proxy */
	put_byte(&w, '"');
	put_z(&w, q->http->public_url);
	put_z(&w, "/oauth/token\"}");
	return reply_bytes(q, "application/json", writer_done(&w, &q->mem), CACHE_SHORT);
}

struct reply openapi_get(struct request *q)
{
	reply_etag(q, q->http->openapi_etag);
	return reply_bytes(q, "application/json", q->http->openapi, CACHE_ASK);
}

struct reply livez_get(struct request *q) { return reply_bytes(q, TEXT_PLAIN, S("ok\n"), CACHE_NEVER); }

static void put_check(struct writer *w, const char *name, bool good)
{
	put_z(w, good ? "[+] " : "[-] ");
	put_z(w, name);
	put_z(w, good ? " ok\n" : " failed\n");
}

/* A line about detection: in the verbose answer, or alone when something is wrong with it. */
static void put_detection(struct writer *w, const struct readiness *r)
{
	static const char *const how[] = { [READY_NO_DETECTION] = "[+] detection is off here",
		                           [READY_JUDGES] = "[+] detection ok",
		                           [READY_FOLDS] = "[+] detection reads the log again",
		                           [READY_WAITS] = "[-] detection waits for the database",
		                           [READY_STOPPED] = "[-] detection has stopped" };

	put_z(w, how[r->detection]);
	if (r->detection != READY_NO_DETECTION) {
		put_z(w, ": ");
		put_u64(w, r->folded);
		put_z(w, " entries read, ");
		put_u64(w, r->judged);
		put_z(w, " judged of ");
		put_u64(w, r->size);
	}
	put_byte(w, '\n');
}

/* 200 or the problem `unavailable`; which part is not ready is said with ?verbose, and in the problem's detail. */
struct reply readyz_get(struct request *q)
{
	struct readiness r = service_ready(q->http->service);
	bool draining = atomic_load(&q->http->draining),
	     ready = r.database && r.signer && r.head && r.queue && !draining;
	struct writer w = writer_in(&q->mem);

	if (!ready)
		return reply_fault(q, diag_set(&q->diag, E_UNAVAILABLE, "",
		                               draining      ? "shutting down"
		                               : !r.database ? "the database does not answer"
		                               : !r.signer   ? "the signer does not answer"
		                               : !r.head     ? "the head of the log is not verified"
		                                             : "the queue is full"));
	if (q->param[0].at) {
		put_check(&w, "database", r.database);
		put_check(&w, "signer", r.signer);
		put_check(&w, "head", r.head);
		put_check(&w, "queue", r.queue);
		put_detection(&w, &r);
		put_z(&w, "log size ");
		put_u64(&w, r.size);
		put_byte(&w, '\n');
	} else {
		put_z(&w, "ok\n");
		if (r.detection == READY_WAITS || r.detection == READY_STOPPED)
			put_detection(&w, &r);
	}
	return reply_bytes(q, TEXT_PLAIN, writer_done(&w, &q->mem), CACHE_NEVER);
}

static void put_cuts(struct writer *w, struct deadline_counts n)
{
	static const enum phase shown[] = { PHASE_FRESH, PHASE_IDLE, PHASE_HEAD, PHASE_BODY, PHASE_SEND };

	put_z(w, "# HELP counterfoil_http_cut_total Connections cut because this phase took too long.\n"
	         "# TYPE counterfoil_http_cut_total counter\n");
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		put_z(w, "counterfoil_http_cut_total{phase=\"");
		put_z(w, phase_name(shown[i]));
		put_z(w, "\"} ");
		put_u64(w, n.cut[shown[i]]);
		put_byte(w, '\n');
	}
}

struct reply metrics_get(struct request *q)
{
	struct writer w = writer_in(&q->mem);

	metrics_print(&w);
	put_cuts(&w, deadline_counts(q->http->deadlines));
	return reply_bytes(q, "text/plain; version=0.0.4; charset=utf-8", writer_done(&w, &q->mem), CACHE_NEVER);
}

/* --- pages --- */

static void put_html(struct writer *w, const char *z)
{
	for (; *z; z++) {
		if (*z == '<')
			put_z(w, "&lt;");
		else if (*z == '&')
			put_z(w, "&amp;");
		else
			put_byte(w, *z);
	}
}

static void page_open(struct writer *w, const char *title)
{
	put_z(w, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	         "<meta name=\"viewport\" content=\"width=device-width\"><title>");
	put_html(w, title);
	put_z(w, "</title></head><body><main>\n<h1>");
	put_html(w, title);
	put_z(w, "</h1>\n");
}

static struct reply page_close(struct request *q, struct writer *w)
{
	put_z(w, "</main></body></html>\n");
	return reply_html(q, 200, writer_done(w, &q->mem));
}

static void put_link(struct writer *w, const char *prefix, const char *path, const char *text)
{
	put_z(w, "<li><a href=\"");
	put_z(w, prefix);
	put_html(w, path);
	put_z(w, "\">");
	put_html(w, path);
	put_z(w, "</a>: ");
	put_html(w, text);
	put_z(w, "</li>\n");
}

struct reply problems_get(struct request *q)
{
	struct writer w = writer_in(&q->mem);
	size_t n;
	const struct fault_info *row = fault_rows(&n);

	page_open(&w, "Problems");
	put_z(&w, "<ul>\n");
	for (size_t i = 0; i < n; i++)
		if (row[i].fault != OK)
			put_link(&w, "/problems/", row[i].slug, row[i].text);
	put_z(&w, "</ul>\n");
	return page_close(q, &w);
}

struct reply problem_get(struct request *q)
{
	const struct fault_info *f = fault_by_slug(q->param[0]);

	if (!f || f->fault == OK)
		return reply_fault(q, E_NOT_FOUND);
	struct writer w = writer_in(&q->mem);
	page_open(&w, f->slug);
	put_z(&w, "<p>");
	put_html(&w, f->text);
	put_z(&w, "</p>\n<dl><dt>HTTP status</dt><dd>");
	put_i64(&w, f->http);
	put_z(&w, "</dd><dt>Outcome in the log</dt><dd>");
	put_i64(&w, (int64_t)f->fault);
	put_z(&w, f->logged ? "; the refused statement is on record and the answer carries its receipt"
	                    : "; nothing is written to the log");
	put_z(&w, "</dd><dt>Trying again</dt><dd>");
	put_z(&w, fault_retry_seconds(f->fault) ? "the same bytes may be sent again after Retry-After"
	                                        : "the same request gives the same answer until something changes");
	put_z(&w, "</dd></dl>\n<p><a href=\"/problems\">all problems</a></p>\n");
	return page_close(q, &w);
}
