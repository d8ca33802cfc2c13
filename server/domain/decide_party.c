/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_party.c: who is here, with which keys, and who may act for whom.
 *
 * A key is valid for the entries after the one that enrolled it and up to the
 * one that revoked it: validity is a place in the log, not a date.
 */
#include "deciding.h"

static enum fault add_new_key(struct deciding *g, struct uuid party, const struct pubkey *pub, const char *pointer,
                              struct party_key **ret)
{
	const struct party_key *old;
	enum fault f = get_party_key(g, jwk_thumbprint(pub), &old);

	if (f != OK)
		return f;
	if (old)
		return refuse(g, E_KEY_IN_USE, pointer, "this key is or was enrolled already");
	*ret = new_key(g, party, pub);
	return OK;
}

static struct span prefixed(struct deciding *g, const char *prefix, struct span s)
{
	size_t len = strlen(prefix) + s.len;
	char *at = arena_take(g->mem, len);
	struct writer w;

	assert(at != NULL);
	w = writer_over(at, len);
	put_z(&w, prefix);
	put_span(&w, s);
	return writer_span(&w);
}

/* Both identifiers are taken once; the first given is the party's canonical one. */
static enum fault take_identifiers(struct deciding *g, const struct body_party_enrol *b, struct span *canonical)
{
	const struct {
		struct span value;
		bool ok;
		const char *prefix, *pointer;
	} id[] = {
		{ b->uscc, uscc_form(b->uscc), "uscc:", "/body/uscc" },
		{ b->lei, lei_form(b->lei) && lei_check(b->lei), "lei:", "/body/lei" },
	};

	*canonical = S("");
	for (size_t i = 0; i < ARRAY_LEN(id); i++) {
		struct span text;
		enum fault f;

		if (id[i].value.len == 0)
			continue;
		if (!id[i].ok)
			return refuse(g, E_BAD_MEMBER, id[i].pointer, "not an identifier of this kind");
		text = prefixed(g, id[i].prefix, id[i].value);
		f = claim_take(g, fingerprint_identifier(text), CLAIM_PARTY, g->c->object, E_DUPLICATE_PARTY,
		               id[i].pointer);
		if (f != OK)
			return f;
		if (canonical->len == 0)
			*canonical = text;
	}
	if (canonical->len == 0)
		return refuse(g, E_MISSING_MEMBER, "/body/uscc", "a party is identified by its uscc or its lei");
	return OK;
}

static int32_t size_of(struct span word)
{
	for (int32_t s = SIZE_LARGE; s <= SIZE_MICRO; s++)
		if (span_is(word, party_size_name(s)))
			return s;
	return SIZE_UNKNOWN;
}

enum fault decide_party_enrol(struct deciding *g)
{
	const struct body_party_enrol *b = &g->c->body.party_enrol;
	struct span identifier;
	struct party *p;
	enum fault f;

	if (b->roles == 0 || (b->roles & (ROLE_OPERATOR | ROLE_REGISTRY)) != 0)
		return refuse(g, E_BAD_MEMBER, "/body/roles", "at least one role, and not the operator's");
	if (b->keys.n == 0)
		return refuse(g, E_MISSING_MEMBER, "/body/keys", "at least one key");
	if (b->size.len > 0 && size_of(b->size) == SIZE_UNKNOWN)
		return refuse(g, E_BAD_MEMBER, "/body/size", "large, medium, small or micro");
	f = take_identifiers(g, b, &identifier);
	for (size_t i = 0; i < b->keys.n && f == OK; i++) {
		struct party_key *k;

		f = add_new_key(g, g->c->object, &b->keys.at[i], "/body/keys", &k);
	}
	if (f != OK)
		return f;
	p = new_party(g, g->c->object);
	p->country = b->country;
	p->identifier = identifier;
	p->live_keys = (int64_t)b->keys.n;
	p->name = b->name;
	p->roles = b->roles;
	p->size = size_of(b->size);
	p->state = PARTY_ACTIVE;
	return OK;
}

static enum fault party_state_to(struct deciding *g, int32_t from, int32_t to)
{
	const struct party *p;
	enum fault f = need_party(g, g->c->object, "/object", &p);

	if (f != OK)
		return f;
	if (p->erased != 0)
		return refuse(g, E_BAD_STATE, "/object", "what it brought was erased: it does not come back");
	if (p->state != from || (p->roles & ROLE_OPERATOR) != 0)
		return refuse(g, E_BAD_STATE, "/object", "the party is not in a state this applies to");
	edit_party(g, p)->state = to;
	return OK;
}

/* --- what else is known of it --- */

/* Facts for detection and score: they change no right, so the row keeps nothing of them. */
enum fault decide_party_profile(struct deciding *g)
{
	static const char *const kinds[] = { "owner:", "officer:", "address:", "phone:", "account:", "device:" };
	const struct body_party_profile *b = &g->c->body.party_profile;
	const struct party *p;
	enum fault f = get_party(g, g->c->object, &p);

	for (size_t i = 0; f == OK && i < b->ties.n; i++) {
		bool known = false;

		for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
			known |= span_starts(b->ties.at[i], span_z(kinds[k])) && b->ties.at[i].len > strlen(kinds[k]);
		if (!known)
			f = refuse(g, E_BAD_MEMBER, "/body/ties",
			           "owner:, officer:, address:, phone:, account: or device:, and what is shared");
	}
	if (f == OK && b->staff < 0)
		f = refuse(g, E_BAD_MEMBER, "/body/staff", "none or more");
	if (f == OK)
		(void)edit_party(g, p);
	return f;
}

enum fault decide_party_suspend(struct deciding *g) { return party_state_to(g, PARTY_ACTIVE, PARTY_SUSPENDED); }

enum fault decide_party_restore(struct deciding *g) { return party_state_to(g, PARTY_SUSPENDED, PARTY_ACTIVE); }

/* What a party brought is taken out of reach for good: its key is destroyed once this entry stands. Only of a party that
 * is suspended already, so that it is done in two steps and nothing of it comes in meanwhile. Whether a law still wants the
 * papers kept, the operator has to know, and says why in the entry. Hashes, receipts and the log stay what they are. */
enum fault decide_party_erase(struct deciding *g)
{
	const struct party *p;
	enum fault f = need_party(g, g->c->object, "/object", &p);

	if (f != OK)
		return f;
	if (p->state != PARTY_SUSPENDED || p->erased != 0)
		return refuse(g, E_BAD_STATE, "/object",
		              p->erased ? "it was erased already"
		                        : "suspend it first: what comes in later would be lost");
	edit_party(g, p)->erased = 1;
	return OK;
}

enum fault decide_key_enrol(struct deciding *g)
{
	const struct body_key_enrol *b = &g->c->body.key_enrol;
	bool own = is_actor(g, g->c->object);
	const struct party *p;
	struct party_key *k;
	int64_t days = 0;
	enum fault f;

	if (!own && ((g->roles & ROLE_OPERATOR) == 0 || b->ground.len == 0))
		return refuse(g, E_NOT_AUTHORISED, "/object",
		              "the party's own live key signs, or the operator with a recorded ground");
	f = need_party(g, g->c->object, "/object", &p);
	if (f == OK)
		f = add_new_key(g, g->c->object, &b->jwk, "/body/jwk", &k);
	if (f == OK)
		f = rule_for(g, RULE_KEY_AGE, g->c->object, &days);
	if (f != OK)
		return f;
	if (days > 0)
		k->since = g->r->now;
	k->officer = b->officer;
	k->limit_minor = b->limits.minor;
	memcpy(k->limit_ccy.at, b->limits.ccy, sizeof k->limit_ccy.at);
	edit_party(g, p)->live_keys++;
	return OK;
}

enum fault decide_key_revoke(struct deciding *g)
{
	const struct body_key_revoke *b = &g->c->body.key_revoke;
	bool own = is_actor(g, g->c->object);
	const struct party_key *k;
	const struct party *p;
	enum fault f;

	if (!own && (g->roles & ROLE_OPERATOR) == 0)
		return refuse(g, E_NOT_AUTHORISED, "/object", "the party itself or the operator revokes its keys");
	f = need_party(g, g->c->object, "/object", &p);
	if (f == OK)
		f = get_party_key(g, b->kid, &k);
	if (f != OK)
		return f;
	if (!k || !uuid_eq(k->party, g->c->object) || k->until_seq != 0 || k->registry)
		return refuse(g, E_BAD_STATE, "/body/kid", "not a live key of this party");
	if (p->live_keys <= 1 && own)
		return refuse(g, E_LAST_KEY, "/body/kid", "enrol the next key before you revoke the last");
	edit_party_key(g, k)->until_seq = (int64_t)g->r->seq;
	edit_party(g, p)->live_keys--;
	return OK;
}

/* --- mandates --- */

/* The names of a set of types, one a line, in order of statement.def. */
static struct span type_lines(struct deciding *g, const struct type_set *set)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);
	struct writer w = writer_in(g->mem);

	for (size_t i = 0; i < n; i++) {
		if (!type_set_has(set, (unsigned)i))
			continue;
		if (w.len > 0)
			put_byte(&w, '\n');
		put_z(&w, row[i].type);
	}
	return writer_done(&w, g->mem);
}

enum fault decide_mandate_grant(struct deciding *g)
{
	const struct body_mandate_grant *b = &g->c->body.mandate_grant;
	struct span types = type_lines(g, &b->types);
	const struct party *agent;
	struct mandate *m;
	enum fault f;

	if (!uuid_is_nil(g->c->on_behalf_of))
		return refuse(g, E_NOT_AUTHORISED, "/on_behalf_of", "a mandate cannot be passed on");
	if (types.len == 0)
		return refuse(g, E_BAD_MEMBER, "/body/types", "at least one statement type");
	f = need_active_party(g, b->agent, "/body/agent", &agent);
	if (f == OK && is_actor(g, b->agent))
		f = refuse(g, E_SELF_DEALING, "/body/agent", "a party needs no mandate from itself");
	if (f == OK)
		f = claim_take(g, fingerprint_mandate(g->actor, b->agent), CLAIM_MANDATE, g->c->object, E_OBJECT_EXISTS,
		               "/body/agent");
	if (f != OK)
		return f;
	m = new_mandate(g, g->c->object);
	m->agent = b->agent;
	m->limit_minor = b->limit.minor;
	memcpy(m->limit_ccy.at, b->limit.ccy, sizeof m->limit_ccy.at);
	m->principal = g->actor;
	m->state = LIVE;
	m->types = types;
	m->until = b->until;
	return OK;
}

enum fault decide_mandate_revoke(struct deciding *g)
{
	const struct mandate *m;
	enum fault f = get_mandate(g, g->c->object, &m);

	if (f != OK)
		return f;
	assert(m != NULL);
	f = need_actor(g, m->principal, "the principal revokes its mandate");
	if (f == OK && m->state != LIVE)
		f = refuse(g, E_BAD_STATE, "/object", "the mandate has been revoked");
	if (f == OK)
		f = claim_drop(g, fingerprint_mandate(m->principal, m->agent), m->id);
	if (f == OK)
		edit_mandate(g, m)->state = ENDED;
	return f;
}
