/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_consent.c: a party lets another read more of it than its role lets it: what, what for, until when; and takes
 * that back at any time.
 *
 * A consent binds nothing and ends by itself: whoever reads is held against its dates at the moment of reading. There is
 * no entry for its running out, because nobody's right hangs on that moment, and the date stands in the entry that gave
 * it. What was read while it stood stays on record with the consent's id.
 */
#include "deciding.h"

#include "purpose.h"

const char *consent_scope_word(int32_t one)
{
	switch (one) {
	case CONSENT_SCORE:
		return "score";
	case CONSENT_CLAIMS:
		return "claims";
	case CONSENT_DOCUMENTS:
		return "documents";
	default:
		return NULL;
	}
}

/* 0 when a word is none of the list, or stands twice. */
static int32_t scope_of(const struct texts *words)
{
	int32_t mask = 0;

	for (size_t i = 0; i < words->n; i++) {
		int32_t one = CONSENT_SCORE;

		while (one < CONSENT_ALL && !span_is(words->at[i], consent_scope_word(one)))
			one <<= 1;
		if (one > CONSENT_ALL || (mask & one) != 0)
			return 0;
		mask |= one;
	}
	return mask;
}

static enum fault term_good(struct deciding *g, struct moment since, struct moment until)
{
	int64_t days;
	enum fault f;

	if (until.us <= since.us || until.us <= g->r->now.us)
		return refuse(g, E_DATE_ORDER, "/body/until", "it would never be in force");
	f = rule_for(g, RULE_CONSENT_TERM, g->actor, &days);
	if (f != OK)
		return f;
	if (days != RULE_OFF && until.us - since.us > days * 24 * 3600 * INT64_C(1000000))
		return refuse_rule(g, E_CONSENT_TERM, "/body/until", "a consent ends sooner; it can be given again");
	return OK;
}

enum fault decide_consent_grant(struct deciding *g)
{
	const struct body_consent_grant *b = &g->c->body.consent_grant;
	struct moment since = b->from.us > 0 ? b->from : g->r->now;
	int32_t scope = scope_of(&b->scope);
	enum purpose purpose = purpose_parse(b->purpose);
	const struct party *reader;
	struct consent *c;
	enum fault f;

	if (scope == 0)
		return refuse(g, E_BAD_MEMBER, "/body/scope", "score, claims, documents: each once at most");
	if (purpose == PURPOSE_UNSAID)
		return refuse(g, E_BAD_MEMBER, "/body/purpose", "none of the purposes there are");
	if (is_actor(g, b->reader))
		return refuse(g, E_SELF_DEALING, "/body/reader", "a party reads what is its own");
	f = term_good(g, since, b->until);
	if (f == OK)
		f = need_party(g, b->reader, "/body/reader", &reader);
	if (f != OK)
		return f;
	c = new_consent(g, g->c->object);
	c->purpose = (int32_t)purpose;
	c->reader = b->reader;
	c->scope = scope;
	c->since = since;
	c->state = LIVE;
	c->subject = g->actor;
	c->until = b->until;
	return OK;
}

enum fault decide_consent_withdraw(struct deciding *g)
{
	const struct consent *c;
	enum fault f = get_consent(g, g->c->object, &c);

	if (f != OK)
		return f;
	assert(c != NULL); /* decide() has found the object */
	f = need_actor(g, c->subject, "whoever gave a consent withdraws it");
	if (f == OK && c->state != LIVE)
		f = refuse(g, E_BAD_STATE, "/object", "the consent is withdrawn");
	if (f != OK)
		return f;
	edit_consent(g, c)->state = ENDED;
	edit_consent(g, c)->withdrawn_seq = (int64_t)g->r->seq;
	return OK;
}
