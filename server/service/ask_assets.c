/* SPDX-License-Identifier: Apache-2.0 */
/* ask_assets.c: receivables, encumbrances, holds, and the history of an asset. */
#include "service/reader.h"

/* Creditor and debtor read their own; everybody else reads both of them. */
static void about_receivable(struct reader *r, struct span json)
{
	struct uuid creditor = json_uuid(json, "creditor"), debtor = json_uuid(json, "debtor");

	if (uuid_eq(creditor, r->q->who.party) || uuid_eq(debtor, r->q->who.party))
		return;
	look_at(r, creditor);
	look_at(r, debtor);
}

static void about_encumbrance(struct reader *r, struct span json)
{
	struct uuid grantor = json_uuid(json, "grantor"), secured = json_uuid(json, "secured_party");

	if (uuid_eq(grantor, r->q->who.party) || uuid_eq(secured, r->q->who.party))
		return;
	look_at(r, grantor);
	look_at(r, secured);
}

static void about_hold(struct reader *r, struct span json) { look_at(r, json_uuid(json, "bank")); }

static void about_entry(struct reader *r, struct span json) { look_at(r, json_uuid(json, "issuer")); }

enum fault ask_receivable(struct question *q, void *reader)
{
	static const struct one receivable = { "receivable", "receivable", about_receivable };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &receivable, q->param, 1) : f;
}

bool state_known(enum asset_kind kind, struct span word)
{
	for (int32_t s = 1; s < 32; s++) { /* as many as asset_state in the schema allows */
		const char *name = asset_state_name((int32_t)kind, s);

		if (name && span_is(word, name)) /* a number may be left out of the list */
			return true;
	}
	return word.len == 0;
}

enum fault ask_receivables(struct question *q, void *reader)
{
	static const struct list receivables = {
		.query = "receivables", .what = "receivables", .about = about_receivable, .limit_at = 0, .cursor_at = 1
	};
	struct span param[3] = { S(""), S(""), q->param[3] };

	if (!state_known(ASSET_RECEIVABLE, q->param[3]))
		return bad_param(q, "state", "no state of a receivable");
	return answer_list(reader, &receivables, param, 3);
}

enum fault ask_encumbrance(struct question *q, void *reader)
{
	static const struct one encumbrance = { "encumbrance", "encumbrance", about_encumbrance };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &encumbrance, q->param, 1) : f;
}

enum fault ask_encumbrances(struct question *q, void *reader)
{
	static const struct list encumbrances = { .query = "encumbrances",
		                                  .what = "encumbrances",
		                                  .about = about_encumbrance,
		                                  .limit_at = 0,
		                                  .cursor_at = 1 };
	struct span param[3] = { S(""), S(""), q->param[3] };
	struct reader *r = reader;
	enum fault f = q->param[3].len > 0 ? param_uuid(q, 3, "asset", &r->object) : OK;

	return f == OK ? answer_list(r, &encumbrances, param, 3) : f;
}

enum fault ask_holds(struct question *q, void *reader)
{
	static const struct list holds = {
		.query = "holds", .what = "holds", .about = about_hold, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &holds, param, 2);
}

enum fault ask_history(struct question *q, void *reader)
{
	static const struct list history = { .query = "history",
		                             .what = "history",
		                             .about = about_entry,
		                             .limit_at = 1,
		                             .cursor_at = 2,
		                             .receipts = true,
		                             .empty_is_not_found = true };
	struct span param[3] = { q->param[0] };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_list(r, &history, param, 3) : f;
}
