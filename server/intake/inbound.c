/* SPDX-License-Identifier: Apache-2.0 */
/* inbound.c: checks, receipts and client assertions out of their JSON. */
#include "intake/field.h"
#include "intake/inbound.h"
#include "intake/statement.h"

/* --- the check before lending --- */

/* As the fields of a statement, so that the same tables read them. */
struct claim_body {
	struct uuid asset;
	struct hash document;
	struct facts facts;
};
/* clang-format off */
static const struct field_info claim_member[] = {
	{ "asset",    FK_uuid,  false, offsetof(struct claim_body, asset),    "the asset's id" },
	{ "document", FK_hash,  false, offsetof(struct claim_body, document), "sha256 of the document" },
	{ "facts",    FK_facts, false, offsetof(struct claim_body, facts),    "what the document says" },
};
/* clang-format on */
/* The kind a claim is named by is one more than the row of the member. */
static_assert(CHECK_BY_ASSET == 1 && CHECK_BY_DOCUMENT == 2 && CHECK_BY_FACTS == 3, "claim_member has this order");

static enum fault read_claim(const struct js *at, struct arena *mem, struct check_request *c, struct diag *d)
{
	struct claim_body b;
	unsigned named = 0;
	enum fault f = fields_read(at, (struct fields){ claim_member, ARRAY_LEN(claim_member) }, mem, &b, d);

	if (f != OK)
		return f;
	for (size_t i = 0; i < ARRAY_LEN(claim_member); i++) {
		if (field_absent(claim_member[i].kind, (const char *)&b + claim_member[i].offset))
			continue;
		named++;
		c->by = (enum check_by)(i + 1);
	}
	if (named != 1)
		return js_refuse(at, E_BAD_MEMBER, "expected exactly one of asset, document and facts", d);
	c->asset = b.asset;
	c->document = b.document;
	c->facts = b.facts;
	return OK;
}

static enum fault read_certificate(const struct js *at, bool *ret, struct diag *d)
{
	if (at->v && !js_bool(at, ret))
		return js_refuse(at, E_BAD_MEMBER, "expected true or false", d);
	return OK;
}

enum fault check_read(struct span text, struct arena *mem, struct check_request *ret, struct diag *d)
{
	enum { CLAIM, AMOUNT, PURPOSE, CERTIFICATE, MEMBERS };
	static const struct js_member member[MEMBERS] = {
		[CLAIM] = { "claim", true, "the asset, the document or the facts it is about" },
		[AMOUNT] = { "amount", false, NULL },
		[PURPOSE] = { "purpose", true, "why you ask; it is recorded" },
		[CERTIFICATE] = { "certificate", false, NULL },
	};
	AUTO_JS struct js top = { .v = NULL };
	struct js in[MEMBERS];
	struct check_request c = { .certificate = false };
	enum fault f;

	if ((f = js_read(text, (struct js_limits){ CHECK_MAX, STATEMENT_DEPTH }, &top, d)) != OK ||
	    (f = js_members(&top, member, MEMBERS, in, d)) != OK || (f = read_claim(&in[CLAIM], mem, &c, d)) != OK ||
	    (in[AMOUNT].v && (f = field_read(&in[AMOUNT], FK_money, "amount", mem, &c.amount, d)) != OK) ||
	    (f = field_read(&in[PURPOSE], FK_text, "purpose", mem, &c.purpose, d)) != OK ||
	    (f = read_certificate(&in[CERTIFICATE], &c.certificate, d)) != OK)
		return f;
	*ret = c;
	return OK;
}

/* --- webhooks --- */

/* clang-format off */
static const struct field_info webhook_member[] = {
	{ "url",      FK_text, true,  offsetof(struct webhook_request, url),      "where to call" },
	{ "asset",    FK_uuid, false, offsetof(struct webhook_request, asset),    "alerts of this asset only" },
	{ "party",    FK_uuid, false, offsetof(struct webhook_request, party),    "of assets this party holds or owes only" },
	{ "code",     FK_text, false, offsetof(struct webhook_request, code),     "of this code only" },
	{ "severity", FK_text, false, offsetof(struct webhook_request, severity), "at least so severe" },
};
/* clang-format on */

enum fault webhook_read(struct span text, struct arena *mem, struct webhook_request *ret, struct diag *d)
{
	AUTO_JS struct js top = { .v = NULL };
	enum fault f = js_read(text, (struct js_limits){ CHECK_MAX, STATEMENT_DEPTH }, &top, d);

	*ret = (struct webhook_request){ .url = { NULL, 0 } };
	if (f != OK)
		return f;
	return fields_read(&top, (struct fields){ webhook_member, ARRAY_LEN(webhook_member) }, mem, ret, d);
}

/* --- receipts --- */

static enum fault read_u64(const struct js *at, uint64_t max, uint64_t *ret, struct diag *d)
{
	int64_t v;

	if (!js_i64(at, &v) || v < 0 || (uint64_t)v > max)
		return js_refuse(at, E_BAD_MEMBER, "expected a whole number, not negative and not too large", d);
	*ret = (uint64_t)v;
	return OK;
}

static enum fault full(struct diag *d) { return diag_set(d, E_TOO_BIG, "", "more than one request may hold"); }

static enum fault read_leaf(const struct js *at, struct arena *mem, struct span *ret, struct diag *d)
{
	struct span s;
	bool ok = js_text(at, &s) && b64_decode(s, mem, ret);

	if (!arena_ok(mem))
		return full(d);
	if (!ok || ret->len != LEAF_LEN)
		return js_refuse(at, E_BAD_MEMBER, "expected the 136 bytes of the leaf in base64", d);
	return OK;
}

static enum fault read_statement_hash(const struct js *at, struct hash *ret, struct diag *d)
{
	struct span s;

	if (!js_text(at, &s) || !hash64_parse(s, ret))
		return js_refuse(at, E_BAD_MEMBER, "expected a hash: 43 characters of base64url", d);
	return OK;
}

/* The proof is a text of several lines: its form is tlog_proof_parse's affair. */
static enum fault read_proof(const struct js *at, struct arena *mem, struct span *ret, struct diag *d)
{
	struct span s;

	if (!js_text(at, &s) || s.len == 0)
		return js_refuse(at, E_BAD_MEMBER, "expected the text of a tlog-proof", d);
	*ret = arena_copy(mem, s);
	return arena_ok(mem) ? OK : full(d);
}

enum fault receipt_read(struct span text, struct arena *mem, struct receipt *ret, struct diag *d)
{
	enum { SEQ, LEAF, STATEMENT, OUTCOME, PROOF, PENDING, MEMBERS };
	static const struct js_member member[MEMBERS] = {
		[SEQ] = { "seq", true, "the entry's place in the log" },
		[LEAF] = { "leaf", true, "the leaf, base64" },
		[STATEMENT] = { "statement_hash", true, "hash of the statement, base64url" },
		[OUTCOME] = { "outcome", true, "0, or the number of the refusal" },
		[PROOF] = { "proof", true, "the tlog-proof text" },
		[PENDING] = { "pending", false, NULL }, /* what the POST says beside it; nothing is proved by it */
	};
	AUTO_JS struct js top = { .v = NULL };
	struct js in[MEMBERS];
	struct receipt r;
	uint64_t outcome = 0;
	enum fault f;

	if ((f = js_read(text, (struct js_limits){ RECEIPT_MAX, 1 }, &top, d)) != OK ||
	    (f = js_members(&top, member, MEMBERS, in, d)) != OK ||
	    (f = read_u64(&in[SEQ], UINT64_MAX, &r.seq, d)) != OK ||
	    (f = read_leaf(&in[LEAF], mem, &r.leaf, d)) != OK ||
	    (f = read_statement_hash(&in[STATEMENT], &r.statement, d)) != OK ||
	    (f = read_u64(&in[OUTCOME], UINT16_MAX, &outcome, d)) != OK ||
	    (f = read_proof(&in[PROOF], mem, &r.proof, d)) != OK)
		return f;
	r.outcome = (uint16_t)outcome;
	*ret = r;
	return OK;
}

/* --- client assertions --- */

enum { ISS, SUB, AUD, EXP, IAT, NBF, JTI, CLAIMS };
static const struct js_member claim[CLAIMS] = {
	[ISS] = { "iss", true, "your party id" },
	[SUB] = { "sub", true, "your party id" },
	[AUD] = { "aud", true, "the URL of the token endpoint" },
	[EXP] = { "exp", true, "until when, in seconds since 1970" },
	[IAT] = { "iat", false, NULL },
	[NBF] = { "nbf", false, NULL },
	[JTI] = { "jti", false, "an id of this assertion, so that it can be used once only" },
};

/* NumericDate, in whole seconds. */
static enum fault read_seconds(const struct js *at, struct moment *ret, struct diag *d)
{
	const int64_t year_2100 = INT64_C(4102444800);
	int64_t s;

	if (!at->v) {
		ret->us = 0;
		return OK;
	}
	if (!js_i64(at, &s) || s <= 0 || s > year_2100)
		return js_refuse(at, E_BAD_MEMBER, "expected whole seconds since 1970", d);
	ret->us = s * 1000000;
	return OK;
}

/* One audience, alone or as the only item of a list (RFC 7519 4.1.3). */
static enum fault read_aud(const struct js *at, struct arena *mem, struct span *ret, struct diag *d)
{
	size_t n;

	if (!js_items(at, &n))
		return field_read(at, FK_text, "aud", mem, ret, d);
	if (n != 1)
		return js_refuse(at, E_BAD_MEMBER, "expected one audience", d);
	struct js only = js_item(at, 0);
	return field_read(&only, FK_text, "aud", mem, ret, d);
}

static enum fault read_claims(const struct js in[static CLAIMS], struct arena *mem, struct assertion *a, struct diag *d)
{
	struct uuid sub;
	enum fault f;

	if ((f = field_read(&in[ISS], FK_uuid, "iss", mem, &a->party, d)) != OK ||
	    (f = field_read(&in[SUB], FK_uuid, "sub", mem, &sub, d)) != OK)
		return f;
	if (!uuid_eq(a->party, sub))
		return js_refuse(&in[SUB], E_BAD_MEMBER, "iss and sub are the same party", d);
	if ((f = read_aud(&in[AUD], mem, &a->aud, d)) != OK || (f = read_seconds(&in[EXP], &a->exp, d)) != OK ||
	    (f = read_seconds(&in[IAT], &a->iat, d)) != OK || (f = read_seconds(&in[NBF], &a->nbf, d)) != OK)
		return f;
	a->jti = S("");
	return in[JTI].v ? field_read(&in[JTI], FK_text, "jti", mem, &a->jti, d) : OK;
}

static enum fault read_assertion(struct span compact, struct arena *mem, struct assertion *a, struct diag *d)
{
	AUTO_JS struct js top = { .v = NULL };
	struct js in[CLAIMS];
	struct span typ;
	enum fault f;

	if (compact.len > ASSERTION_MAX || !jws_split(compact, mem, &a->jws))
		return diag_set(d, E_BAD_ASSERTION, "", "not a JWS in compact serialisation of at most 8 KiB");
	if ((f = jws_header_read(a->jws.header, mem, &a->alg, &a->kid, &typ, d)) != OK)
		return f;
	/* A signature made for something else, a statement above all, is no assertion. */
	if (typ.len > 0 && !span_is(typ, "JWT") && !span_is(typ, "client-authentication+jwt"))
		return diag_set(d, E_BAD_ASSERTION, "", "header: typ is JWT or client-authentication+jwt, or absent");
	if ((f = js_read(a->jws.payload, (struct js_limits){ ASSERTION_MAX, 2 }, &top, d)) != OK ||
	    (f = js_members(&top, claim, CLAIMS, in, d)) != OK)
		return f;
	return read_claims(in, mem, a, d);
}

enum fault assertion_read(struct span compact, struct arena *mem, struct assertion *ret, struct diag *d)
{
	struct assertion a = { .alg = ALG_NONE };

	if (read_assertion(compact, mem, &a, d) != OK)
		return E_BAD_ASSERTION; /* one answer (RFC 6749 5.2); d says what it was */
	*ret = a;
	return OK;
}
