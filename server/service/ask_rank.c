/* SPDX-License-Identifier: Apache-2.0 */
/* ask_rank.c: objections, and what debtors have committed to. */
#include "service/reader.h"

/* Both sides read their own; the holder of the asset and the regulator look at both. */
static void about_objection(struct reader *r, struct span json)
{
	struct uuid challenger = json_uuid(json, "challenger"), respondent = json_uuid(json, "respondent");

	if (uuid_eq(challenger, r->q->who.party) || uuid_eq(respondent, r->q->who.party))
		return;
	look_at(r, challenger);
	look_at(r, respondent);
}

static void about_commitment(struct reader *r, struct span json)
{
	struct uuid debtor = json_uuid(json, "debtor"), supplier = json_uuid(json, "supplier");

	if (uuid_eq(debtor, r->q->who.party) || uuid_eq(supplier, r->q->who.party))
		return;
	look_at(r, debtor);
	look_at(r, supplier);
}

enum fault ask_objection(struct question *q, void *reader)
{
	static const struct one objection = { "objection", "objection", about_objection };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &objection, q->param, 1) : f;
}

enum fault ask_objections(struct question *q, void *reader)
{
	static const struct list objections = {
		.query = "objections", .what = "objections", .about = about_objection, .limit_at = 0, .cursor_at = 1
	};
	struct span param[3] = { S(""), S(""), q->param[3] };
	struct reader *r = reader;
	enum fault f = q->param[3].len > 0 ? param_uuid(q, 3, "asset", &r->object) : OK;

	return f == OK ? answer_list(r, &objections, param, 3) : f;
}

enum fault ask_commitments(struct question *q, void *reader)
{
	static const struct list commitments = {
		.query = "commitments", .what = "commitments", .about = about_commitment, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &commitments, param, 2);
}
