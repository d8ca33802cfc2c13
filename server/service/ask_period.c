/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_period.c: the report of a quarter or a year, in one of three forms of the
 * same figures: JSON, CSV, and a page to print.
 *
 * Flows are counted by entry (first_seq up to end_seq); what is said "now" is
 * state at as_of. A figure has a section and a name; words are the registry's
 * own, so a page holds nothing that a party wrote.
 */
#include "intake/json.h"
#include "run/clock.h"
#include "service/reader.h"

enum { FIRST_YEAR = 2000, LAST_YEAR = 2999, FIGURES_END = 8 * 1024 };

enum form { JSON, CSV, HTML };

struct period {
	struct reader *r;
	enum form form;
	struct writer w;
	char head[512];
	size_t head_len;
	uint64_t seq, figures;
	bool good;
};

struct figure {
	struct span section, what, currency, amount;
	int64_t count;
};

static const struct {
	const char *section, *title;
} titles[] = {
	{ "entries", "Entries accepted, by type" },
	{ "refused", "Refused attempts on record, by ground" },
	{ "registered", "Claims registered" },
	{ "registered-now", "Of these, by their state now" },
	{ "confirmed", "Claims confirmed by their debtors" },
	{ "financed", "Encumbrances that took rank" },
	{ "found", "Findings raised, by signal and severity" },
	{ "late-now", "All claims late now, what is open of them" },
};

static const struct js_limits limits = { 4096, 4 };

/* Texts of a figure live as long as what was read. */
static bool read_figure(const struct js *top, struct figure *ret)
{
	struct js section = js_member(top, "section"), what = js_member(top, "what"), count = js_member(top, "count"),
		  currency = js_member(top, "currency"), amount = js_member(top, "amount");

	*ret = (struct figure){ .currency = S(""), .amount = S("") };
	return js_text(&section, &ret->section) && js_text(&what, &ret->what) && js_i64(&count, &ret->count) &&
	       (!currency.v || (js_text(&currency, &ret->currency) && js_text(&amount, &ret->amount)));
}

static void put_cell(struct writer *w, const char *tag, struct span text)
{
	put_z(w, tag);
	put_span(w, text);
	put_z(w, *tag == '<' ? "</td>" : "");
}

static void put_title(struct writer *w, struct span section)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		if (span_is(section, titles[i].section))
			put_z(w, titles[i].title);
}

static void put_line(struct period *p, const struct figure *f, bool new_section)
{
	char text[24];
	struct writer n = writer_over(text, sizeof text);
	struct writer *w = &p->w;

	put_u64(&n, (uint64_t)f->count);
	if (p->form == HTML && new_section) {
		put_z(w, p->figures ? "</tbody>\n<tbody>" : "<tbody>");
		put_z(w, "<tr><th colspan=\"4\" scope=\"rowgroup\">");
		put_title(w, f->section);
		put_z(w, "</th></tr>\n");
	}
	if (p->form == CSV)
		put_cell(w, "", f->section);
	put_cell(w, p->form == HTML ? "<tr><td>" : ",", f->what);
	put_cell(w, p->form == HTML ? "<td>" : ",", f->currency);
	put_cell(w, p->form == HTML ? "<td class=\"num\">" : ",", writer_span(&n));
	put_cell(w, p->form == HTML ? "<td class=\"num\">" : ",", f->amount);
	put_z(w, p->form == HTML ? "</tr>\n" : "\r\n");
}

static bool put_figure(struct period *p, struct span json)
{
	static _Thread_local char section[32];
	AUTO_JS struct js top = { .v = NULL };
	struct diag d;
	struct figure f;
	bool new_section;

	if (js_read(json, limits, &top, &d) != OK || !read_figure(&top, &f) || f.section.len >= sizeof section)
		return false;
	new_section = p->figures == 0 || !span_is(f.section, section);
	memcpy(section, f.section.at, f.section.len);
	section[f.section.len] = 0;
	put_line(p, &f, new_section);
	return true;
}

static void put_heading(struct period *p);

static bool on_figure(void *arg, const struct span *column, size_t n)
{
	struct period *p = arg;

	assert(n == 3);
	if (p->head_len == 0) {
		if (column[0].len > sizeof p->head)
			return false;
		memcpy(p->head, column[0].at, column[0].len);
		p->head_len = column[0].len;
		for (size_t i = 0; i < column[1].len; i++)
			p->seq = p->seq * 10 + (uint64_t)(column[1].at[i] - '0');
		put_heading(p);
		return p->good = true;
	}
	if (p->form == JSON) {
		put_z(&p->w, p->figures ? "," : "");
		put_span(&p->w, column[0]);
	} else {
		p->good = put_figure(p, column[0]);
	}
	p->figures++;
	return p->good && !p->w.overflow;
}

/* A member of the head as it stands in the JSON, without quotes. */
static void put_head_member(struct period *p, const char *name)
{
	AUTO_JS struct js top = { .v = NULL };
	struct diag d;
	struct span text;
	int64_t n;

	if (js_read((struct span){ p->head, p->head_len }, limits, &top, &d) != OK)
		return;
	struct js m = js_member(&top, name);

	if (m.v && js_text(&m, &text))
		put_span(&p->w, text);
	else if (m.v && js_i64(&m, &n))
		put_u64(&p->w, (uint64_t)n);
}

static void put_heading(struct period *p)
{
	struct writer *w = &p->w;

	if (p->form == JSON) {
		put_span(w, (struct span){ p->head, p->head_len - 1 });
		put_z(w, ",\"figures\":[");
		return;
	}
	if (p->form == CSV) {
		put_z(w, "section,what,currency,count,amount\r\n");
		return;
	}
	put_z(w,
	      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Counterfoil: report of a period</title>\n"
	      "<style>body{font:15px/1.4 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#111;"
	      "background:#fff}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .5rem;"
	      "border-bottom:1px solid #ccc}tbody th{padding-top:1.2rem}.num{text-align:right;"
	      "font-variant-numeric:tabular-nums}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12px}"
	      "@media print{tbody{break-inside:avoid}}</style></head>\n<body><h1>Report of ");
	put_head_member(p, "year");
	if (p->r->q->param[1].len > 0) {
		put_z(w, ", quarter ");
		put_head_member(p, "quarter");
	}
	put_z(w, "</h1>\n<p>From ");
	put_head_member(p, "since");
	put_z(w, " until ");
	put_head_member(p, "until");
	put_z(w, ": entries ");
	put_head_member(p, "first_seq");
	put_z(w, " up to, and without, ");
	put_head_member(p, "end_seq");
	put_z(w,
	      ".</p>\n<table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Currency</th>"
	      "<th scope=\"col\" class=\"num\">Count</th><th scope=\"col\" class=\"num\">Amount</th></tr></thead>\n");
}

static enum fault put_ending(struct period *p)
{
	struct writer *w = &p->w;
	enum fault f;

	if (p->form == CSV) {
		/* The proof of a CSV file is its JSON twin: same figures, same place. */
		return OK;
	}
	if (p->form == JSON) {
		put_z(w, "],\"as_of\":");
		f = put_as_of(p->r, w, p->seq);
		put_byte(w, '}');
		return f;
	}
	put_z(w, p->figures ? "</tbody></table>\n" : "</table>\n");
	put_z(w, "<h2>As of entry ");
	put_u64(w, p->seq);
	put_z(w,
	      "</h2>\n<p>Who folds the log up to this entry (counterfoil audit replay) has the state these figures are "
	      "sums of. The checkpoint that covers it:</p>\n<pre>");
	f = put_as_of(p->r, w, p->seq);
	put_z(w, "</pre>\n</body></html>\n");
	return f;
}

static enum fault read_form(struct question *q, enum form *form)
{
	static const char *const names[] = { "json", "csv", "html" };

	*form = JSON;
	if (q->param[2].len == 0)
		return OK;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (span_is(q->param[2], names[i])) {
			*form = (enum form)i;
			return OK;
		}
	return bad_param(q, "format", "expected json, csv or html");
}

static enum fault read_period(struct question *q)
{
	uint64_t year, quarter;
	enum fault f = param_u64(q, 0, "year", 0, &year);

	if (f == OK && (year < FIRST_YEAR || year > LAST_YEAR))
		f = bad_param(q, "year", "expected a year, four digits");
	if (f == OK)
		f = param_u64(q, 1, "quarter", 1, &quarter);
	if (f == OK && (quarter < 1 || quarter > 4))
		f = bad_param(q, "quarter", "expected 1 to 4, or leave it out for the whole year");
	return f;
}

enum fault ask_audit_period(struct question *q, void *reader)
{
	static const char *const types[] = { NULL, "text/csv; charset=utf-8", "text/html; charset=utf-8" };
	struct period p = { .r = reader };
	enum fault f;

	if ((q->who.roles & (ROLE_REGULATOR | ROLE_COURT)) == 0)
		return E_NOT_FOUND;
	f = read_period(q);
	if (f == OK)
		f = read_form(q, &p.form);
	if (f != OK)
		return f;
	p.w = writer_in(q->mem);
	if (p.w.cap < 2 * (size_t)FIGURES_END)
		return E_TOO_BIG;
	p.w.cap -= FIGURES_END;
	f = store_query(p.r->conn.store, q->who.party, q->who.roles, "audit_period", q->param, 2, on_figure, &p);
	f = report_fault(p.r, f);
	if (f == OK && (p.w.overflow || !p.good))
		f = p.w.overflow ? E_TOO_BIG : E_INTERNAL;
	if (f != OK)
		return f;
	p.w.cap += FIGURES_END;
	f = put_ending(&p);
	q->answer = writer_done(&p.w, q->mem);
	q->type = types[p.form];
	return f == OK && !arena_ok(q->mem) ? E_TOO_BIG : f;
}
