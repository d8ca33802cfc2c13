/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pki.h: keys, certificates, revocation lists and signatures for tests, made
 * in memory and forgotten at the end. OpenSSL makes them; what is tested reads
 * them with nothing but the bytes.
 */
#ifndef CF_TEST_PKI_H
#define CF_TEST_PKI_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "test.h"

#include "crypto.h"
#include "der.h"
#include "ids.h"

static char pki_memory[64 << 20];
static struct arena pki = { pki_memory, sizeof pki_memory, 0, false };

/* ---- DER ---- */

/* An element with the bytes of the parts inside; a part of length 0 counts as absent. */
static inline struct span tlv_n(uint8_t tag, const struct span *part, size_t n)
{
	size_t len = 0;
	struct writer w = writer_in(&pki);

	for (size_t i = 0; i < n; i++)
		len += part[i].len;
	put_der_header(&w, tag, len);
	for (size_t i = 0; i < n; i++)
		put_span(&w, part[i]);
	return writer_done(&w, &pki);
}
#define TLV(tag, ...)                                               \
	tlv_n((uint8_t)(tag), (const struct span[]){ __VA_ARGS__ }, \
	      sizeof((const struct span[]){ __VA_ARGS__ }) / sizeof(struct span))
#define NO_SPAN ((struct span){ "", 0 })
static inline struct span pki_cat(struct span a, struct span b)
{
	struct writer w = writer_in(&pki);
	put_span(&w, a);
	put_span(&w, b);
	return writer_done(&w, &pki);
}
static inline struct span pki_bits(struct span s) { return TLV(DER_BITS, ((struct span){ "\0", 1 }), s); }
static inline struct span pki_oid(const char *dotted)
{
	ASN1_OBJECT *o = OBJ_txt2obj(dotted, 1);
	struct span s = arena_copy(&pki, (struct span){ (const char *)OBJ_get0_data(o), OBJ_length(o) });
	ASN1_OBJECT_free(o);
	return TLV(DER_OID, s);
}
static inline struct span pki_small(int v)
{
	char c = (char)v;
	return TLV(DER_INTEGER, ((struct span){ &c, 1 }));
}
static inline struct span pki_digest(const char *name, struct span s)
{
	unsigned char d[64];
	unsigned n = 0;
	assert_int_equal(EVP_Digest(s.at, s.len, d, &n, EVP_get_digestbyname(name), NULL), 1);
	return arena_copy(&pki, (struct span){ (const char *)d, n });
}
/* s with one byte changed. */
static inline struct span pki_spoilt(struct span s, size_t at)
{
	struct span c = arena_copy(&pki, s);
	((char *)(uintptr_t)c.at)[at] ^= 1;
	return c;
}
static inline struct span pki_replace(struct span s, struct span from, struct span to)
{
	const char *at = memmem(s.at, s.len, from.at, from.len);
	assert_non_null(at);
	struct writer w = writer_in(&pki);
	put_span(&w, (struct span){ s.at, (size_t)(at - s.at) });
	put_span(&w, to);
	put_span(&w, (struct span){ at + from.len, s.len - (size_t)(at - s.at) - from.len });
	return writer_done(&w, &pki);
}
static inline struct moment at_text(const char *text)
{
	struct moment m;
	assert_true(moment_parse(span_z(text), &m));
	return m;
}
#define PKI_NOW at_text("2026-11-23T12:00:00Z")

/* ---- keys ---- */

static inline EVP_PKEY *key_rsa(unsigned bits, unsigned e)
{
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *be = BN_new();
	BN_set_word(be, e);
	assert_int_equal(EVP_PKEY_keygen_init(c), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(c, (int)bits), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(c, be), 1);
	assert_int_equal(EVP_PKEY_generate(c, &k), 1);
	BN_free(be);
	EVP_PKEY_CTX_free(c);
	return k;
}
static inline EVP_PKEY *key_ec(const char *curve) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve); }
static inline EVP_PKEY *key_sm2(void)
{
	EVP_PKEY *k = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	assert_int_equal(EVP_PKEY_keygen_init(c), 1);
	assert_int_equal(EVP_PKEY_generate(c, &k), 1);
	EVP_PKEY_CTX_free(c);
	return k;
}
static inline struct span key_spki(EVP_PKEY *k)
{
	unsigned char *at = NULL;
	int n = i2d_PUBKEY(k, &at);
	struct span s = arena_copy(&pki, (struct span){ (const char *)at, (size_t)n });
	OPENSSL_free(at);
	return s;
}
static inline const char *md_for(EVP_PKEY *k, const char *md) { return EVP_PKEY_is_a(k, "SM2") ? "SM3" : md; }
/* Signature in the key's own form (DER for curves). distid: NULL for the usual one. */
static inline struct span sign_with(EVP_PKEY *k, const char *md, const char *distid, struct span msg)
{
	const char *id = distid ? distid : "1234567812345678";
	OSSL_PARAM sm2[] = { OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, (void *)(uintptr_t)id,
		                                               strlen(id)),
		             OSSL_PARAM_construct_end() };
	unsigned char sig[1024];
	size_t n = sizeof sig;
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit_ex(c, NULL, md_for(k, md), NULL, NULL, k,
	                                       EVP_PKEY_is_a(k, "SM2") ? sm2 : NULL),
	                 1);
	assert_int_equal(EVP_DigestSign(c, sig, &n, (const unsigned char *)msg.at, msg.len), 1);
	EVP_MD_CTX_free(c);
	return arena_copy(&pki, (struct span){ (const char *)sig, n });
}
static inline struct span sign_der(EVP_PKEY *k, const char *md, struct span msg) { return sign_with(k, md, NULL, msg); }
/* DER to r || s of 2 * half bytes. */
static inline struct span sig_raw(struct span der, int half)
{
	const unsigned char *at = (const unsigned char *)der.at;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	unsigned char raw[132];
	BN_bn2binpad(ECDSA_SIG_get0_r(s), raw, half);
	BN_bn2binpad(ECDSA_SIG_get0_s(s), raw + half, half);
	ECDSA_SIG_free(s);
	return arena_copy(&pki, (struct span){ (const char *)raw, 2 * (size_t)half });
}

/* ---- certificates ---- */

struct maker {
	const char *cn, *org, *org_id, *serial_no, *state, *uid;
	const char *from, *until; /* "2026-01-01T00:00:00Z" */
	const char *basic, *usage, *ext_usage, *constraints;
	EVP_PKEY *key;
	X509 *issuer; /* NULL: self-signed */
	EVP_PKEY *issuer_key;
	const char *md;
	long serial;
};
static inline void add_ext(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX c;
	if (!value)
		return;
	X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
	assert_non_null(e);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}
static inline void name_add(X509_NAME *n, const char *field, const char *value)
{
	if (value)
		assert_int_equal(X509_NAME_add_entry_by_txt(n, field, MBSTRING_UTF8, (const unsigned char *)value, -1,
		                                            -1, 0),
		                 1);
}
#define FOR_EVER "9999-12-31T23:59:59Z" /* RFC 5280 4.1.2.5: it does not run out */
static inline void set_time(ASN1_TIME *t, const char *text)
{
	if (strcmp(text, FOR_EVER) == 0)
		assert_true(ASN1_TIME_set_string(t, "99991231235959Z"));
	else
		ASN1_TIME_adj(t, (time_t)(at_text(text).us / 1000000), 0, 0);
}
static inline EVP_MD_CTX *sign_ctx(EVP_PKEY *k, const char *md)
{
	OSSL_PARAM sm2[] = { OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID,
		                                               (void *)(uintptr_t) "1234567812345678", 16),
		             OSSL_PARAM_construct_end() };
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	assert_int_equal(EVP_DigestSignInit_ex(c, NULL, md_for(k, md ? md : "SHA256"), NULL, NULL, k,
	                                       EVP_PKEY_is_a(k, "SM2") ? sm2 : NULL),
	                 1);
	return c;
}
static inline X509 *make_cert(struct maker m)
{
	static long serial = 1000;
	X509 *x = X509_new();
	X509_NAME *n = X509_NAME_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), m.serial ? m.serial : ++serial);
	name_add(n, "C", "DE");
	name_add(n, "ST", m.state);
	name_add(n, "O", m.org);
	name_add(n, "CN", m.cn);
	name_add(n, "organizationIdentifier", m.org_id);
	name_add(n, "serialNumber", m.serial_no);
	name_add(n, "UID", m.uid);
	X509_set_subject_name(x, n);
	X509_set_issuer_name(x, m.issuer ? X509_get_subject_name(m.issuer) : n);
	X509_NAME_free(n);
	set_time(X509_getm_notBefore(x), m.from ? m.from : "2026-01-01T00:00:00Z");
	set_time(X509_getm_notAfter(x), m.until ? m.until : "2030-01-01T00:00:00Z");
	X509_set_pubkey(x, m.key);
	add_ext(x, m.issuer, NID_basic_constraints, m.basic);
	add_ext(x, m.issuer, NID_key_usage, m.usage);
	add_ext(x, m.issuer, NID_ext_key_usage, m.ext_usage);
	add_ext(x, m.issuer, NID_name_constraints, m.constraints);
	add_ext(x, m.issuer, NID_subject_key_identifier, "hash");
	EVP_MD_CTX *c = sign_ctx(m.issuer_key ? m.issuer_key : m.key, m.md);
	assert_true(X509_sign_ctx(x, c) > 0);
	EVP_MD_CTX_free(c);
	return x;
}
static inline struct span cert_der(X509 *x)
{
	unsigned char *at = NULL;
	int n = i2d_X509(x, &at);
	struct span s = arena_copy(&pki, (struct span){ (const char *)at, (size_t)n });
	OPENSSL_free(at);
	return s;
}
#define CA_BASIC "critical,CA:TRUE"
#define CA_USAGE "critical,keyCertSign,cRLSign"
static inline X509 *make_ca(const char *cn, EVP_PKEY *k)
{
	return make_cert((struct maker){ .cn = cn,
	                                 .key = k,
	                                 .basic = CA_BASIC,
	                                 .usage = CA_USAGE,
	                                 .from = "2020-01-01T00:00:00Z",
	                                 .until = "2040-01-01T00:00:00Z" });
}
static inline X509 *make_leaf(const char *cn, const char *org_id, EVP_PKEY *k, X509 *ca, EVP_PKEY *ca_key)
{
	return make_cert((struct maker){ .cn = cn,
	                                 .org = "Test GmbH",
	                                 .org_id = org_id,
	                                 .key = k,
	                                 .issuer = ca,
	                                 .issuer_key = ca_key,
	                                 .basic = "critical,CA:FALSE",
	                                 .usage = "critical,digitalSignature,nonRepudiation" });
}
/* A list of the issuer with one serial number revoked (0: none). */
static inline struct span make_crl(X509 *issuer, EVP_PKEY *key, long serial, const char *from, const char *next)
{
	X509_CRL *c = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_new();
	unsigned char *at = NULL;

	X509_CRL_set_version(c, 1);
	X509_CRL_set_issuer_name(c, X509_get_subject_name(issuer));
	set_time(t, from);
	X509_CRL_set1_lastUpdate(c, t);
	if (serial) {
		X509_REVOKED *r = X509_REVOKED_new();
		ASN1_INTEGER *s = ASN1_INTEGER_new();
		ASN1_INTEGER_set(s, serial);
		X509_REVOKED_set_serialNumber(r, s);
		X509_REVOKED_set_revocationDate(r, t);
		X509_CRL_add0_revoked(c, r);
		ASN1_INTEGER_free(s);
	}
	set_time(t, next);
	X509_CRL_set1_nextUpdate(c, t);
	EVP_MD_CTX *ctx = sign_ctx(key, NULL);
	assert_true(X509_CRL_sign_ctx(c, ctx) > 0);
	EVP_MD_CTX_free(ctx);
	int n = i2d_X509_CRL(c, &at);
	struct span s = arena_copy(&pki, (struct span){ (const char *)at, (size_t)n });
	OPENSSL_free(at);
	ASN1_TIME_free(t);
	X509_CRL_free(c);
	return s;
}

/* ---- electronic seals ---- */

struct seal_maker {
	int version; /* 4 or 1 */
	EVP_PKEY *signer_key, *maker_key;
	struct span signer, maker;     /* certificates */
	struct span listed;            /* the certificate in the seal's list; empty: the signer's */
	struct span file;              /* what is signed */
	const char *from, *until, *at; /* seal's validity, signing time: YYYYMMDDhhmmssZ */
	const char *distid;
	const char *alg;
};
static inline struct span seal_time(int version, const char *text)
{
	return version == 4 ? TLV(DER_TIME, span_z(text)) : TLV(DER_UTC, span_z(text + 2));
}
static inline struct span make_seal(struct seal_maker m)
{
	int v = m.version ? m.version : 4;
	const char *from = m.from ? m.from : "20260101000000Z", *until = m.until ? m.until : "20290101000000Z";
	const char *at = m.at ? m.at : "20261101000000Z";
	struct span alg = pki_oid(m.alg ? m.alg : "1.2.156.10197.1.501");
	struct span list = TLV(DER_SEQUENCE, TLV(DER_OCTETS, m.listed.len ? m.listed : m.signer));
	struct span head = TLV(DER_SEQUENCE, TLV(DER_IA5, S("ES")), pki_small(v), TLV(DER_IA5, S("TEST")));
	struct span property =
		TLV(DER_SEQUENCE, pki_small(3), TLV(DER_UTF8, S("测试印章")), v == 4 ? pki_small(1) : NO_SPAN, list,
	            seal_time(v, from), seal_time(v, from), seal_time(v, until));
	struct span picture =
		TLV(DER_SEQUENCE, TLV(DER_IA5, S("PNG")), TLV(DER_OCTETS, S("picture")), pki_small(30), pki_small(20));
	struct span info = TLV(DER_SEQUENCE, head, TLV(DER_IA5, S("50011200000399")), property, picture);
	struct span maker = TLV(DER_OCTETS, m.maker), signer = TLV(DER_OCTETS, m.signer);
	struct span by_maker =
		sign_with(m.maker_key, "SM3", m.distid, v == 4 ? info : TLV(DER_SEQUENCE, info, maker, alg));
	struct span seal = v == 4 ? TLV(DER_SEQUENCE, info, maker, alg, pki_bits(by_maker))
	                          : TLV(DER_SEQUENCE, info, TLV(DER_SEQUENCE, maker, alg, pki_bits(by_maker)));
	struct span when = v == 4 ? TLV(DER_TIME, span_z(at)) : pki_bits(span_z(at));
	struct span hash = pki_bits(pki_digest("SM3", m.file)),
		    path = TLV(DER_IA5, S("/Doc_0/Signs/Sign_0/Signature.xml"));
	struct span to_sign = TLV(DER_SEQUENCE, pki_small(v), seal, when, hash, path, v == 4 ? NO_SPAN : signer,
	                          v == 4 ? NO_SPAN : alg);
	struct span sig = pki_bits(sign_with(m.signer_key, "SM3", m.distid, to_sign));
	return v == 4 ? TLV(DER_SEQUENCE, to_sign, signer, alg, sig) : TLV(DER_SEQUENCE, to_sign, sig);
}

/* ---- CMS ---- */

struct cms_maker {
	EVP_PKEY *key;
	X509 *cert;
	struct span certificates; /* content of [0]; empty: the signer's alone */
	struct span content;
	bool detached, attributes, gm, two_signers, key_id;
	const char *digest_oid, *alg_oid, *md;
	struct span more_attributes; /* further Attribute elements */
	struct span digest;          /* instead of the true one */
	struct span unsigned_attributes;
};
static inline struct span alg_id(const char *oid) { return TLV(DER_SEQUENCE, pki_oid(oid)); }
static inline struct span attribute(const char *oid, struct span value)
{
	return TLV(DER_SEQUENCE, pki_oid(oid), TLV(DER_SET, value));
}
static inline struct span name_der(X509 *x)
{
	unsigned char *at = NULL;
	int n = i2d_X509_NAME(X509_get_issuer_name(x), &at);
	struct span s = arena_copy(&pki, (struct span){ (const char *)at, (size_t)n });
	OPENSSL_free(at);
	return s;
}
static inline struct span serial_der(X509 *x)
{
	unsigned char *at = NULL;
	int n = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &at);
	struct span s = arena_copy(&pki, (struct span){ (const char *)at, (size_t)n });
	OPENSSL_free(at);
	return s;
}
static inline struct span make_cms(struct cms_maker m)
{
	bool sm2 = EVP_PKEY_is_a(m.key, "SM2"), rsa = EVP_PKEY_is_a(m.key, "RSA");
	const char *md = m.md ? m.md : sm2 ? "SM3" : "SHA256";
	const char *digest = m.digest_oid ? m.digest_oid : sm2 ? "1.2.156.10197.1.401" : "2.16.840.1.101.3.4.2.1";
	const char *alg = m.alg_oid ? m.alg_oid
	                  : sm2     ? "1.2.156.10197.1.501"
	                  : rsa     ? "1.2.840.113549.1.1.11"
	                            : "1.2.840.10045.4.3.2";
	const char *data = m.gm ? "1.2.156.10197.6.1.4.2.1" : "1.2.840.113549.1.7.1";
	struct span hash = m.digest.len ? m.digest : pki_digest(md, m.content);
	struct span attrs = TLV(DER_CONTEXT, attribute("1.2.840.113549.1.9.3", pki_oid(data)),
	                        attribute("1.2.840.113549.1.9.4", TLV(DER_OCTETS, hash)), m.more_attributes);
	struct span as_set = arena_copy(&pki, attrs);
	*(char *)(uintptr_t)as_set.at = DER_SET;
	struct span sig = sign_der(m.key, md, m.attributes ? as_set : m.content);
	const ASN1_OCTET_STRING *skid = X509_get0_subject_key_id(m.cert);
	struct span sid = m.key_id ? TLV(0x80, ((struct span){ (const char *)ASN1_STRING_get0_data(skid),
	                                                       (size_t)ASN1_STRING_length(skid) }))
	                           : TLV(DER_SEQUENCE, name_der(m.cert), serial_der(m.cert));
	struct span signer = TLV(DER_SEQUENCE, pki_small(1), sid, alg_id(digest), m.attributes ? attrs : NO_SPAN,
	                         alg_id(alg), TLV(DER_OCTETS, sig),
	                         m.unsigned_attributes.len ? TLV(DER_CONTEXT + 1, m.unsigned_attributes) : NO_SPAN);
	struct span info =
		TLV(DER_SEQUENCE, pki_oid(data), m.detached ? NO_SPAN : TLV(DER_CONTEXT, TLV(DER_OCTETS, m.content)));
	struct span signed_data = TLV(DER_SEQUENCE, pki_small(1), TLV(DER_SET, alg_id(digest)), info,
	                              TLV(DER_CONTEXT, m.certificates.len ? m.certificates : cert_der(m.cert)),
	                              TLV(DER_SET, signer, m.two_signers ? signer : NO_SPAN));
	return TLV(DER_SEQUENCE, pki_oid(m.gm ? "1.2.156.10197.6.1.4.2.2" : "1.2.840.113549.1.7.2"),
	           TLV(DER_CONTEXT, signed_data));
}
#endif
