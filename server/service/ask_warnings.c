/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_warnings.c: early warnings (warn.h): of a lender's own book, about a party itself, or all for a supervisor.
 *
 * Who sees one is kept with it (062_warning.sql) and not worked out here. Whoever reads of another party has looked at it.
 */
#include "jcs.h"
#include "service/reader.h"
#include "warn.h"

/* A side of the claim or pledge it is about, the party and the lender themselves look at nobody else. */
static void about_warning(struct reader *r, struct span json)
{
	const struct uuid me = r->q->who.party, of[] = { json_uuid(json, "party"), json_uuid(json, "creditor"),
		                                         json_uuid(json, "debtor"), json_uuid(json, "book") };

	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		if (uuid_eq(of[i], me))
			return;
	for (size_t i = 0; i < ARRAY_LEN(of); i++)
		if (!uuid_is_nil(of[i]))
			look_at(r, of[i]);
}

enum fault ask_warning(struct question *q, void *reader)
{
	static const struct one warning = { "warning", "warning", about_warning };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &warning, q->param, 1) : f;
}

/* -, limit, cursor, event, claim, party, warehouse, commodity, region, open, since */
enum fault ask_warnings(struct question *q, void *reader)
{
	static const struct list warnings = {
		.query = "warnings", .what = "warnings", .about = about_warning, .limit_at = 0, .cursor_at = 1
	};
	static const struct {
		unsigned at;
		const char *name;
	} id[] = { { 4, "claim" }, { 5, "party" }, { 6, "warehouse" } };
	struct span param[10] = { S(""), S("") };
	struct uuid u;
	struct date d;
	enum fault f = OK;

	for (size_t i = 2; i < ARRAY_LEN(param); i++)
		param[i] = q->param[i + 1];
	for (size_t i = 0; f == OK && i < ARRAY_LEN(id); i++)
		if (q->param[id[i].at].len > 0)
			f = param_uuid(q, id[i].at, id[i].name, &u);
	if (f == OK && q->param[3].len > 0 && !warning_by_id(q->param[3]))
		f = bad_param(q, "event", "the id of an event, such as E05");
	if (f == OK && q->param[9].len > 0 && !span_is(q->param[9], "yes") && !span_is(q->param[9], "no"))
		f = bad_param(q, "open", "yes, no, or left out");
	if (f == OK && q->param[10].len > 0 && !date_parse(q->param[10], &d))
		f = bad_param(q, "since", "a day, such as 2026-11-01");
	return f == OK ? answer_list(reader, &warnings, param, ARRAY_LEN(param)) : f;
}

static void put_event(struct jcs *j, const struct warning_info *e)
{
	static const char *const about[] = {
		[ABOUT_PARTY] = "party",         [ABOUT_ASSET] = "asset", [ABOUT_SITE] = "site",
		[ABOUT_COMMODITY] = "commodity", [ABOUT_CELL] = "region", [ABOUT_BOOK] = "book",
	};

	jcs_object(j);
	jcs_member_z(j, "about", about[e->of]);
	jcs_member_i64(j, "days", e->days);
	jcs_member_z(j, "id", e->id);
	jcs_member_z(j, "name", e->name);
	jcs_member_bool(j, "self", (e->whom & TO_SELF) != 0);
	jcs_member_z(j, "severity", warning_severity_name((int32_t)e->severity));
	jcs_member_z(j, "text", e->text);
	jcs_member_z(j, "text_zh", e->zh);
	jcs_member_i64(j, "threshold", e->threshold);
	jcs_member_z(j, "unit", e->unit);
	jcs_end_object(j);
}

/* The same for everybody; what was published since stands among the rules. */
enum fault ask_warning_events(struct question *q, void *reader)
{
	struct writer w = writer_in(q->mem);
	struct jcs j = jcs_over(&w);
	size_t n;
	const struct warning_info *row = warning_rows(&n);

	(void)reader;
	jcs_object(&j);
	jcs_name(&j, "items");
	jcs_array(&j);
	for (size_t i = 0; i < n; i++)
		put_event(&j, &row[i]);
	jcs_end_array(&j);
	jcs_end_object(&j);
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}
