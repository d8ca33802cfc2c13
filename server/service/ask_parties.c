/* SPDX-License-Identifier: Apache-2.0 */
/* ask_parties.c: who is here, with which keys, and what names them. */
#include "service/reader.h"

static void about_party(struct reader *r, struct span json)
{
	(void)json;
	look_at(r, r->object);
}

enum fault ask_party(struct question *q, void *reader)
{
	static const struct one party = { "party", "party", about_party };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &party, q->param, 1) : f;
}

enum fault ask_party_keys(struct question *q, void *reader)
{
	static const struct list keys = { .query = "party_keys",
		                          .what = "party keys",
		                          .about = about_party,
		                          .limit_at = NO_PAGES,
		                          .cursor_at = NO_PAGES,
		                          .empty_is_not_found = true };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_list(r, &keys, q->param, 1) : f;
}

/* The debtor's monitor. Reading about oneself is on no record; a lender or regulator reading it is. */
static void about_claim(struct reader *r, struct span json)
{
	struct uuid creditor = json_uuid(json, "creditor"), debtor = json_uuid(json, "debtor");

	if (uuid_eq(creditor, r->q->who.party) || uuid_eq(debtor, r->q->who.party))
		return;
	look_at(r, creditor);
	look_at(r, debtor);
}

enum fault ask_party_claims(struct question *q, void *reader)
{
	static const struct list claims = { .query = "party_claims",
		                            .what = "claims of a party",
		                            .about = about_claim,
		                            .limit_at = 1,
		                            .cursor_at = 2 };
	struct span param[3] = { q->param[0] };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_list(r, &claims, param, 3) : f;
}
