/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.c: the JWS around a statement, and the envelope inside it; the
 * fields of the body are read by the tables (field_read.c).
 */
#include "intake/field.h"
#include "intake/statement.h"

/* --- the header --- */

static enum fault bad_header(struct diag *d, const char *detail) { return diag_set(d, E_BAD_JWS, "", detail); }

static enum fault full(struct diag *d) { return diag_set(d, E_TOO_BIG, "", "more than one request may hold"); }

static enum fault long_payload(struct diag *d)
{
	return diag_set(d, E_TOO_BIG, "", "a statement's payload has at most 65536 bytes");
}

/* kid and typ out of members that are there. */
static enum fault read_names(const struct js in[static 3], struct arena *mem, struct hash *kid, struct span *typ,
                             struct diag *d)
{
	struct span s;

	if (!js_text(&in[1], &s) || !hash64_parse(s, kid))
		return bad_header(d, "header: kid is a key's RFC 7638 thumbprint, 43 characters of base64url");
	if (!in[2].v) {
		*typ = S("");
		return OK;
	}
	if (!js_text(&in[2], &s))
		return bad_header(d, "header: typ is a string");
	*typ = arena_copy(mem, s);
	return arena_ok(mem) ? OK : full(d);
}

enum fault jws_header_read(struct span header, struct arena *mem, enum alg *alg, struct hash *kid, struct span *typ,
                           struct diag *d)
{
	static const struct js_member member[] = { { "alg", true, NULL },
		                                   { "kid", true, NULL },
		                                   { "typ", false, NULL } };
	AUTO_JS struct js top = { .v = NULL };
	struct js in[ARRAY_LEN(member)];
	struct span s;

	if (js_read(header, (struct js_limits){ STATEMENT_HEADER_MAX, 1 }, &top, d) != OK)
		return bad_header(d, "header: not a strict JSON object of at most 256 bytes");
	if (js_members(&top, member, ARRAY_LEN(member), in, d) != OK)
		return bad_header(d, "header: exactly the members alg, kid and typ");
	if (!js_text(&in[0], &s) || (*alg = alg_parse(s)) == ALG_NONE)
		return bad_header(d, "header: alg is Ed25519 (or EdDSA), ES256 or SM2");
	return read_names(in, mem, kid, typ, d);
}

enum fault statement_split(struct span compact, struct arena *mem, struct sealed *ret, struct diag *d)
{
	struct sealed s = { .bytes = compact };
	struct span typ = S("");

	if (compact.len > STATEMENT_COMPACT_MAX)
		return long_payload(d);
	if (!jws_split(compact, mem, &s.jws))
		return arena_ok(mem) ? bad_header(d, "three parts of strict base64url without padding, a dot between "
		                                     "them, the last a signature of 64 bytes")
		                     : full(d);
	if (s.jws.payload.len > STATEMENT_MAX)
		return long_payload(d);
	enum fault f = jws_header_read(s.jws.header, mem, &s.alg, &s.kid, &typ, d);
	if (f != OK)
		return f;
	if (!span_is(typ, STATEMENT_TYP))
		return bad_header(d, "header: typ is " STATEMENT_TYP);
	s.statement = sha256(compact);
	*ret = s;
	return OK;
}

enum fault statement_verify(const struct sealed *s, const struct pubkey *key, struct diag *d)
{
	if (s->alg != key->alg)
		return diag_set(d, E_BAD_SIGNATURE, "", "the header names another algorithm than this key's");
	if (!sig_verify(key, s->jws.signed_part, s->jws.sig))
		return diag_set(d, E_BAD_SIGNATURE, "", "the signature does not verify over the received bytes");
	return OK;
}

/* --- the envelope --- */

enum { TYPE, ID, OBJECT, PREV, AT, SALT, ON_BEHALF_OF, BODY, ENVELOPE };
static const struct js_member envelope[ENVELOPE] = {
	[TYPE] = { "type", true, "the statement type" },
	[ID] = { "id", true, "a uuid, unique per issuer" },
	[OBJECT] = { "object", true, "the uuid of what this is about" },
	[PREV] = { "prev", true, "hash of the object's latest statement, or null" },
	[AT] = { "at", true, "the signer's clock" },
	[SALT] = { "salt", true, "16 to 64 random bytes, base64url" },
	[ON_BEHALF_OF] = { "on_behalf_of", false, NULL },
	[BODY] = { "body", true, "the members of this type" },
};

static enum fault read_type(const struct js *at, const struct statement_info **ret, struct diag *d)
{
	struct span s;

	if (!js_text(at, &s))
		return js_refuse(at, E_BAD_MEMBER, "expected a statement type, such as receivable.register", d);
	*ret = statement_by_type(s);
	return *ret ? OK : js_refuse(at, E_UNKNOWN_TYPE, "no such statement type", d);
}

/* Where a type is about no row of ours, its object may be nobody: the uuid of zeros. */
static enum fault read_object(const struct js *at, const struct statement_info *info, struct arena *mem,
                              struct uuid *ret, struct diag *d)
{
	struct span s;

	if (info->table == TABLE_NONE && js_text(at, &s) && uuid_parse(s, ret))
		return OK;
	return field_read(at, FK_uuid, at->name, mem, ret, d);
}

static enum fault read_prev(const struct js *at, struct command *c, struct diag *d)
{
	struct span s;

	if (js_null(at))
		return OK;
	if (!js_text(at, &s) || !hash64_parse(s, &c->prev) || hash_is_zero(c->prev))
		return js_refuse(at, E_BAD_MEMBER,
		                 "expected null, or the hash of the object's latest statement: 43 "
		                 "characters of base64url",
		                 d);
	c->has_prev = true;
	return OK;
}

static enum fault read_salt(const struct js *at, struct arena *mem, struct span *ret, struct diag *d)
{
	struct span s;
	bool ok = js_text(at, &s) && s.len <= (SALT_MAX * 4 + 2) / 3 && b64url_decode(s, mem, ret);

	if (!arena_ok(mem))
		return full(d);
	if (!ok || ret->len < SALT_MIN)
		return js_refuse(at, E_BAD_MEMBER, "expected 16 to 64 random bytes in base64url without padding", d);
	return OK;
}

static enum fault read_envelope(const struct js in[static ENVELOPE], const struct statement_info *info,
                                struct arena *mem, struct command *c, struct diag *d)
{
	enum fault f;

	if ((f = field_read(&in[ID], FK_uuid, "id", mem, &c->id, d)) != OK ||
	    (f = read_object(&in[OBJECT], info, mem, &c->object, d)) != OK || (f = read_prev(&in[PREV], c, d)) != OK ||
	    (f = field_read(&in[AT], FK_moment, "at", mem, &c->at, d)) != OK ||
	    (f = read_salt(&in[SALT], mem, &c->salt, d)) != OK)
		return f;
	if (!in[ON_BEHALF_OF].v)
		return OK;
	return field_read(&in[ON_BEHALF_OF], FK_uuid, "on_behalf_of", mem, &c->on_behalf_of, d);
}

enum fault statement_payload(struct span payload, struct arena *mem, struct command *ret, struct diag *d)
{
	AUTO_JS struct js top = { .v = NULL };
	struct js in[ENVELOPE];
	const struct statement_info *info = NULL;
	struct command c;
	enum fault f;

	memset(&c, 0, sizeof c);
	if ((f = js_read(payload, (struct js_limits){ STATEMENT_MAX, STATEMENT_DEPTH }, &top, d)) != OK ||
	    (f = js_members(&top, envelope, ENVELOPE, in, d)) != OK || (f = read_type(&in[TYPE], &info, d)) != OK)
		return f;
	assert(info);
	if ((f = read_envelope(in, info, mem, &c, d)) != OK ||
	    (f = fields_read(&in[BODY], (struct fields){ info->fields, info->n_fields }, mem, &c.body, d)) != OK)
		return f;
	if (!arena_ok(mem))
		return full(d);
	c.kind = info->kind;
	*ret = c;
	return OK;
}

enum fault statement_parse(const struct sealed *s, struct arena *mem, struct command *ret, struct diag *d)
{
	struct command c = { .kind = ST_NONE };
	enum fault f = statement_payload(s->jws.payload, mem, &c, d);

	if (f != OK)
		return f;
	c.kid = s->kid;
	c.statement = s->statement;
	c.bytes = s->bytes;
	*ret = c;
	return OK;
}
