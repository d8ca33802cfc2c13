/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_anchor.c: trust anchors. The operator says under whose certificates a document's own signature counts, for
 * which profile, which documents, where and how long; and takes it back.
 *
 * A document is judged under what is in force when it comes in, and keeps the anchor its level rests on. So an anchor
 * that is withdrawn later takes the level of everything that rested on it along (evidence.c), and nothing else.
 *
 * Of a certificate only its shape is looked at here, never what a library makes of it: a replay in ten years must
 * decide as today. What it says is looked at when it is used.
 */
#include "deciding.h"

#include "cert.h"
#include "der.h"
#include "trust.h"

/* X.509's outermost form: what is signed, how, and the signature. Also that of a revocation list. */
static bool signed_form(struct span der)
{
	struct der all = der_over(der), in;
	struct span bits;

	return der_enter(&all, DER_SEQUENCE, &in) && der_end(&all) && der_skip(&in, DER_SEQUENCE) &&
	       der_skip(&in, DER_SEQUENCE) && der_bits(&in, &bits) && der_end(&in);
}

/* SubjectPublicKeyInfo: algorithm and key. */
static bool key_form(struct span der)
{
	struct der all = der_over(der), in;
	struct span bits;

	return der_enter(&all, DER_SEQUENCE, &in) && der_end(&all) && der_skip(&in, DER_SEQUENCE) &&
	       der_bits(&in, &bits) && der_end(&in);
}

static enum fault certificate_good(struct deciding *g, enum auth_profile profile, struct span base64)
{
	size_t mark = g->mem->used;
	struct span der;
	bool good = b64_decode(base64, g->mem, &der) && der.len <= CERT_MAX &&
	            (signed_form(der) || (profile == AUTH_JWS_BL && key_form(der)));

	g->mem->used = mark;
	return good ? OK
	            : refuse(g, E_BAD_CERTIFICATE, "/body/certificate",
	                     "an X.509 certificate of at most 16 KiB; for jws-bl also a bare public key");
}

enum fault decide_anchor_publish(struct deciding *g)
{
	const struct body_anchor_publish *b = &g->c->body.anchor_publish;
	enum auth_profile profile = auth_profile_parse(b->profile);
	enum anchor_purpose purpose = anchor_purpose_parse(b->purpose);
	const struct party *operator;
	struct anchor *a;
	enum fault f = need_party(g, g->actor, "", &operator);

	if (f != OK)
		return f;
	if (profile == AUTH_NONE || profile == AUTH_REGISTRY)
		return refuse(g, E_BAD_MEMBER, "/body/profile", "xmldsig-enveloped, ofd-ses, cms or jws-bl");
	if (purpose == PURPOSES)
		return refuse(g, E_BAD_MEMBER, "/body/purpose",
		              "any, tax-invoice, invoice, trade, bill-of-lading, warehouse or bank-statement");
	if (b->valid_until.us <= b->valid_from.us || b->valid_until.us <= g->r->now.us)
		return refuse(g, E_DATE_ORDER, "/body/valid_until", "it would never be in force");
	f = certificate_good(g, profile, b->certificate);
	if (f != OK)
		return f;
	if (operator->anchors >= TRUST_ANCHORS_MAX)
		return refuse(g, E_TOO_MANY_ANCHORS, "", "withdraw one first, or one that has run out");
	edit_party(g, operator)->anchors++;
	a = new_anchor(g, g->c->object);
	a->authority = b->authority == FLAG_YES;
	a->certificate = b->certificate;
	a->jurisdiction = b->country;
	a->name = b->name;
	a->profile = (int32_t)profile;
	a->purpose = (int32_t)purpose;
	a->state = LIVE;
	a->valid_from = b->valid_from;
	a->valid_until = b->valid_until;
	return OK;
}

static enum fault the_anchor(struct deciding *g, const struct anchor **ret)
{
	enum fault f = get_anchor(g, g->c->object, ret);

	if (f != OK)
		return f;
	assert(*ret != NULL); /* decide() has found the object */
	return (*ret)->state == LIVE ? OK : refuse(g, E_BAD_STATE, "/object", "the anchor is withdrawn");
}

enum fault decide_anchor_withdraw(struct deciding *g)
{
	const struct anchor *a;
	const struct party *operator;
	enum fault f = the_anchor(g, &a);

	if (f == OK)
		f = need_party(g, g->actor, "", &operator);
	if (f != OK)
		return f;
	edit_anchor(g, a)->state = ENDED;
	edit_anchor(g, a)->withdrawn_seq = (int64_t)g->r->seq;
	if (operator->anchors> 0)
		edit_party(g, operator)->anchors--;
	return OK;
}

/* Whose list it is, and whether it is newer than the one before, whoever judges by it sees; a list that fits nothing
 * leaves the state of revocation unknown, which is no level 2. */
enum fault decide_anchor_revocations(struct deciding *g)
{
	const struct body_anchor_revocations *b = &g->c->body.anchor_revocations;
	const struct anchor *a;
	size_t mark = g->mem->used;
	struct span der;
	enum fault f = the_anchor(g, &a);

	if (f != OK)
		return f;
	bool good = b64_decode(b->list, g->mem, &der) && signed_form(der);
	g->mem->used = mark;
	if (!good)
		return refuse(g, E_BAD_CERTIFICATE, "/body/list", "not a certificate revocation list");
	edit_anchor(g, a)->revocations = b->list;
	return OK;
}
