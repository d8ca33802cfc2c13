/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cms.c: one signer over one content.
 *
 * The signed attributes are signed as a SET although they travel as [0]; a
 * signature over a content that begins like such a SET and has no attributes
 * of its own would fit both readings, so such a content is refused.
 */
#include "cms.h"
#include "der.h"
#include "sigalg.h"

#define ATTRIBUTES_MAX 32

static const struct {
	struct span signed_data, data;
} families[] = {
	{ S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"), S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01") },
	{ S_INIT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02"), S_INIT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01") },
};
static const struct span attr_content_type = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03");
static const struct span attr_digest = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04");
static const struct span attr_time = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05");
static const struct span attr_certificate = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f");

/* What stands in the structure before anything is believed. */
struct parts {
	struct span content_type, content; /* content.at == NULL: detached */
	struct span certificates;
	struct span issuer, serial, key_id;
	struct sigalg alg;
	enum digest_alg digest;
	struct span attributes, signature; /* attributes.at == NULL: none */
};

static enum cms_end no(struct cms *c, enum cms_end end, const char *why)
{
	c->why = why;
	return end;
}

/* An AlgorithmIdentifier; its parameters are NULL or absent for all of ours, or name the curve the key has anyway. */
static bool take_algorithm(struct der *d, struct span *oid)
{
	struct der in;

	return der_enter(d, DER_SEQUENCE, &in) && der_take(&in, DER_OID, oid, NULL);
}

static bool take_content(struct der *d, struct parts *p)
{
	struct der info, explicit_;

	if (!der_enter(d, DER_SEQUENCE, &info) || !der_take(&info, DER_OID, &p->content_type, NULL))
		return false;
	if (der_end(&info))
		return true;
	return der_enter(&info, DER_CONTEXT, &explicit_) && der_take(&explicit_, DER_OCTETS, &p->content, NULL) &&
	       der_end(&explicit_) && der_end(&info);
}

static bool take_signer_name(struct der *d, struct parts *p)
{
	struct der in;
	struct span name;

	if (der_peek(d) == 0x80) /* [0] IMPLICIT SubjectKeyIdentifier */
		return der_take(d, 0x80, &p->key_id, NULL);
	return der_enter(d, DER_SEQUENCE, &in) && der_take(&in, DER_SEQUENCE, &name, &p->issuer) &&
	       der_take(&in, DER_INTEGER, &p->serial, NULL) && der_end(&in);
}

static bool take_signer(struct der *d, struct parts *p)
{
	struct der s;
	uint32_t version;
	struct span digest, alg, content;

	if (!der_enter(d, DER_SEQUENCE, &s) || !der_small(&s, &version) || !take_signer_name(&s, p) ||
	    !take_algorithm(&s, &digest))
		return false;
	if (der_peek(&s) == DER_CONTEXT && !der_take(&s, DER_CONTEXT, &content, &p->attributes))
		return false;
	if (!take_algorithm(&s, &alg) || !der_take(&s, DER_OCTETS, &p->signature, NULL))
		return false;
	p->digest = digest_by_oid(digest);
	p->alg = sigalg_by_oid(alg);
	return der_end(&s) || (der_skip(&s, DER_CONTEXT + 1) && der_end(&s)); /* unsigned attributes */
}

/* ContentInfo { signedData, [0] SignedData { version, digests, content, [0] certificates, [1] lists, signers } } */
static bool take_apart(struct span der, struct parts *p, size_t *signers)
{
	struct der d = der_over(der), outer, explicit_, s, set;
	struct span oid;
	uint32_t version;

	if (!der_enter(&d, DER_SEQUENCE, &outer) || !der_end(&d) || !der_take(&outer, DER_OID, &oid, NULL) ||
	    !der_enter(&outer, DER_CONTEXT, &explicit_) || !der_end(&outer) ||
	    !der_enter(&explicit_, DER_SEQUENCE, &s) || !der_end(&explicit_) || !der_small(&s, &version) ||
	    !der_skip(&s, DER_SET) || !take_content(&s, p))
		return false;
	if (der_peek(&s) == DER_CONTEXT && !der_take(&s, DER_CONTEXT, &p->certificates, NULL))
		return false;
	if (der_peek(&s) == DER_CONTEXT + 1 && !der_skip(&s, DER_CONTEXT + 1))
		return false;
	if (!der_enter(&s, DER_SET, &set) || !der_end(&s))
		return false;
	for (*signers = 0; !der_end(&set); ++*signers)
		if (*signers ? !der_skip(&set, DER_SEQUENCE) : !take_signer(&set, p))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (span_eq(families[i].signed_data, oid))
			return true;
	return false;
}

static bool is_data(struct span type) { return span_eq(type, families[0].data) || span_eq(type, families[1].data); }

/* The signer's certificate, and the others beside it. */
static bool sort_certificates(const struct parts *p, struct cms *c)
{
	struct der d = der_over(p->certificates);
	struct span content, whole;

	while (!der_end(&d)) {
		if (!der_take(&d, DER_SEQUENCE, &content, &whole))
			return false;
		bool mine =
			p->key_id.at ? cert_has_key_id(whole, p->key_id) : cert_is_named(whole, p->issuer, p->serial);
		if (mine && c->signer.at)
			return false;
		if (mine)
			c->signer = whole;
		else if (c->n_extra == CERT_EXTRA_MAX)
			return false;
		else
			c->extra[c->n_extra++] = whole;
	}
	return c->signer.at != NULL;
}

/* ---- signed attributes ---- */

/* ESSCertIDv2 { [hash algorithm, SHA-256 when absent], digest of the certificate, ... }, the first of the list. */
static bool means_signer(struct span value, struct span signer)
{
	struct der d = der_over(value), v, list, id, alg;
	struct span oid, digest;
	enum digest_alg a = DIGEST_SHA256;

	if (!der_enter(&d, DER_SEQUENCE, &v) || !der_enter(&v, DER_SEQUENCE, &list) ||
	    !der_enter(&list, DER_SEQUENCE, &id))
		return false;
	if (der_peek(&id) == DER_SEQUENCE) {
		if (!der_enter(&id, DER_SEQUENCE, &alg) || !der_take(&alg, DER_OID, &oid, NULL))
			return false;
		a = digest_by_oid(oid);
	}
	return der_take(&id, DER_OCTETS, &digest, NULL) && digest_is(a, signer, digest);
}

/* One attribute with one value: its type and the value with its header. */
static bool take_attribute(struct der *d, struct span *type, struct span *value)
{
	struct der a, set;

	return der_enter(d, DER_SEQUENCE, &a) && der_take(&a, DER_OID, type, NULL) && der_enter(&a, DER_SET, &set) &&
	       der_end(&a) && der_any(&set, value) && der_end(&set);
}

static enum cms_end check_attributes(const struct parts *p, struct cms *c)
{
	struct der outer = der_over(p->attributes), d;
	struct span type, value, content, digest = { NULL, 0 };
	unsigned types = 0, digests = 0;

	if (!der_enter(&outer, DER_CONTEXT, &d))
		return no(c, CMS_MALFORMED, "signed attributes are no list");
	for (unsigned n = 0; !der_end(&d); n++) {
		if (n == ATTRIBUTES_MAX || !take_attribute(&d, &type, &value))
			return no(c, CMS_POLICY, "a signed attribute has no value or several");
		struct der v = der_over(value);
		if (span_eq(type, attr_content_type))
			types += der_take(&v, DER_OID, &content, NULL) && span_eq(content, p->content_type) ? 1 : 2;
		else if (span_eq(type, attr_digest))
			digests += der_take(&v, DER_OCTETS, &digest, NULL) ? 1 : 2;
		else if (span_eq(type, attr_time))
			c->dated = der_moment(&v, &c->claimed);
		else if (span_eq(type, attr_certificate) && !means_signer(value, c->signer))
			return no(c, CMS_FORGED, "the signed attributes name another certificate");
	}
	if (types != 1 || digests != 1)
		return no(c, CMS_POLICY, "signed attributes without content type and digest, once each");
	if (!digest_is(p->digest, c->content, digest))
		return no(c, CMS_ALTERED, "the content is not what was signed");
	return CMS_GOOD;
}

/* ---- the question ---- */

static enum cms_end verify(const struct parts *p, struct arena *mem, struct cms *c)
{
	struct sigalg alg = p->alg;
	struct span msg = c->content;

	if (alg.digest == DIGEST_NONE)
		alg.digest = p->digest;
	if (alg.kind == KEY_NONE || p->digest == DIGEST_NONE || alg.digest != p->digest ||
	    sig_key_kind(c->signer) != alg.kind)
		return no(c, CMS_POLICY, "signed under an algorithm or a key that is not accepted");
	if (p->attributes.at) {
		enum cms_end end = check_attributes(p, c);
		if (end != CMS_GOOD)
			return end;
		msg = arena_copy(mem, p->attributes);
		if (!msg.at)
			return no(c, CMS_MALFORMED, "no memory within the limit");
		*(char *)(uintptr_t)msg.at = DER_SET;
	} else if (msg.len && (uint8_t)msg.at[0] == DER_SET) {
		return no(c, CMS_POLICY, "the content could be the signed attributes of another signature");
	}
	if (!sig_check(c->signer, alg, SIG_DER, msg, p->signature))
		return no(c, p->attributes.at ? CMS_FORGED : CMS_ALTERED,
		          "the signature does not verify under the signer's key");
	return CMS_GOOD;
}

bool cms_looks_like(struct span der)
{
	struct der d = der_over(der), in;
	struct span oid;

	if (!der_enter(&d, DER_SEQUENCE, &in)) { /* BER of indefinite length is one too: to be refused by name */
		if (der.len < 4 || memcmp(der.at, "\x30\x80", 2) != 0)
			return false;
		in = der_over((struct span){ der.at + 2, der.len - 2 });
	}
	if (!der_take(&in, DER_OID, &oid, NULL))
		return false;
	return span_eq(oid, families[0].signed_data) || span_eq(oid, families[1].signed_data);
}

enum cms_end cms_check(struct span der, struct span detached, struct arena *mem, struct cms *ret)
{
	struct parts p = { .digest = DIGEST_NONE };
	size_t signers;

	*ret = (struct cms){ .why = "" };
	if (!der_strict(der) || !take_apart(der, &p, &signers))
		return no(ret, CMS_MALFORMED, "not signed data in strict DER");
	ret->attached = p.content.at != NULL;
	ret->content = p.content.at ? p.content : detached;
	if ((p.content.at != NULL) == (detached.at != NULL))
		return no(ret, CMS_POLICY,
		          ret->attached ? "the content is both inside and beside the signature"
		                        : "the content is not inside the signature");
	if (!is_data(p.content_type))
		return no(ret, CMS_POLICY, "the content is not of type data");
	if (signers != 1)
		return no(ret, CMS_POLICY, "not exactly one signer");
	if (!sort_certificates(&p, ret))
		return no(ret, CMS_POLICY, "not exactly one certificate of the signer inside");
	return verify(&p, mem, ret);
}
