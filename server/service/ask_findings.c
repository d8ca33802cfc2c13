/* SPDX-License-Identifier: Apache-2.0 */
/* ask_findings.c: what detection found, and the signals it looks for. */
#include "detect.h"
#include "jcs.h"
#include "service/reader.h"

/* Whoever reads what was found against another party has looked at that party. */
static void about_finding(struct reader *r, struct span json)
{
	struct uuid me = r->q->who.party, creditor = json_uuid(json, "creditor"), debtor = json_uuid(json, "debtor");

	look_at(r, json_uuid(json, "party"));
	if (uuid_eq(creditor, me) || uuid_eq(debtor, me))
		return;
	look_at(r, creditor);
	look_at(r, debtor);
}

enum fault ask_finding(struct question *q, void *reader)
{
	static const struct one finding = { "finding", "finding", about_finding };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &finding, q->param, 1) : f;
}

enum fault ask_findings(struct question *q, void *reader)
{
	static const struct list findings = {
		.query = "findings", .what = "findings", .about = about_finding, .limit_at = 0, .cursor_at = 1
	};
	struct span param[5] = { S(""), S(""), q->param[3], q->param[4], q->param[5] };
	struct reader *r = reader;
	struct uuid party;
	enum fault f = q->param[3].len > 0 ? param_uuid(q, 3, "asset", &r->object) : OK;

	if (f == OK && q->param[4].len > 0)
		f = param_uuid(q, 4, "party", &party);
	if (f == OK && q->param[5].len > 0 && !span_is(q->param[5], "yes") && !span_is(q->param[5], "no"))
		f = bad_param(q, "open", "yes, no, or left out");
	return f == OK ? answer_list(r, &findings, param, ARRAY_LEN(param)) : f;
}

static void put_signal(struct jcs *j, const struct signal_info *s)
{
	static const char *const family[FAMILIES] = { "duplicates", "goods",    "forged documents", "graph",
		                                      "payments",   "capacity", "behaviour" };

	jcs_object(j);
	jcs_member_bool(j, "debtor_clears", s->debtor_clears);
	jcs_member_z(j, "family", family[s->family]);
	jcs_member_z(j, "id", s->id);
	jcs_member_z(j, "name", s->name);
	jcs_member_z(j, "severity", severity_name((int32_t)s->severity));
	jcs_member_z(j, "strength", s->strength == HARD ? "hard" : "soft");
	jcs_member_z(j, "text", s->text);
	jcs_member_z(j, "text_zh", s->zh);
	jcs_member_i64(j, "threshold", s->threshold);
	jcs_member_z(j, "unit", s->unit);
	jcs_end_object(j);
}

/* The same for everybody; what was published since stands among the rules. */
enum fault ask_signals(struct question *q, void *reader)
{
	struct writer w = writer_in(q->mem);
	struct jcs j = jcs_over(&w);
	size_t n;
	const struct signal_info *row = signal_rows(&n);

	(void)reader;
	jcs_object(&j);
	jcs_name(&j, "items");
	jcs_array(&j);
	for (size_t i = 0; i < n; i++)
		put_signal(&j, &row[i]);
	jcs_end_array(&j);
	jcs_end_object(&j);
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}
