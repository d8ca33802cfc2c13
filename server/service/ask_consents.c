/* SPDX-License-Identifier: Apache-2.0 */
/* ask_consents.c: what a party lets others read of it, and others let it read. */
#include "service/reader.h"

/* Both sides know of it; anybody else has looked at both. */
static void about_consent(struct reader *r, struct span json)
{
	struct uuid me = r->q->who.party, subject = json_uuid(json, "subject"), reader = json_uuid(json, "reader");

	if (uuid_eq(subject, me) || uuid_eq(reader, me))
		return;
	look_at(r, subject);
	look_at(r, reader);
}

enum fault ask_consent(struct question *q, void *reader)
{
	static const struct one consent = { "consent", "consent", about_consent };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &consent, q->param, 1) : f;
}

enum fault ask_consents(struct question *q, void *reader)
{
	static const struct list consents = {
		.query = "consents", .what = "consents", .about = about_consent, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &consents, param, 2);
}
