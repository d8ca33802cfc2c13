/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigalg.c: verification with keys that come in certificates.
 *
 * The kind of key decides the algorithm together with what the caller asks
 * for; a signature never chooses a key it does not fit. ECDSA as r || s
 * (XML-DSig, JOSE) is written as DER for OpenSSL, which refuses numbers outside
 * 1..n-1 and any DER that is not the shortest.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "certs.h"
#include "der.h"
#include "sigalg.h"

#define RAW_MAX 132     /* P-521: two numbers of 66 bytes */
#define RAW_DER_MAX 160 /* the same as DER */
#define KEY_MAX (64 * 1024)
#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192 /* a longer one costs more time than it gives trust */

static const struct {
	const char *name;
	size_t len;
} digests[DIGEST_ALGS] = {
	[DIGEST_SHA256] = { "SHA256", 32 },
	[DIGEST_SHA384] = { "SHA384", 48 },
	[DIGEST_SHA512] = { "SHA512", 64 },
	[DIGEST_SM3] = { "SM3", 32 },
};

size_t digest_len(enum digest_alg a) { return digests[a].len; }

size_t digest_of(enum digest_alg a, struct span s, uint8_t out[DIGEST_MAX])
{
	unsigned len = 0;

	assert(a > DIGEST_NONE && a < DIGEST_ALGS);
	EVP_MD *md = EVP_MD_fetch(NULL, digests[a].name, NULL);
	/* Fails only for want of memory, and then no answer is better than a wrong one. */
	bool ok = md && EVP_Digest(s.at ? s.at : "", s.len, out, &len, md, NULL) == 1;
	EVP_MD_free(md);
	assert(ok && len == digests[a].len);
	return len;
}

bool digest_is(enum digest_alg a, struct span what, struct span s)
{
	uint8_t d[DIGEST_MAX];

	return a != DIGEST_NONE && s.len == digests[a].len && memcmp(s.at, d, digest_of(a, what, d)) == 0;
}

enum digest_alg digest_by_oid(struct span oid)
{
	static const struct {
		struct span oid;
		enum digest_alg alg;
	} list[] = {
		{ S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), DIGEST_SHA256 },
		{ S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), DIGEST_SHA384 },
		{ S_INIT("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), DIGEST_SHA512 },
		{ S_INIT("\x2a\x81\x1c\xcf\x55\x01\x83\x11"), DIGEST_SM3 },     /* 1.2.156.10197.1.401 */
		{ S_INIT("\x2a\x81\x1c\xcf\x55\x01\x83\x11\x01"), DIGEST_SM3 }, /* .401.1, SM3 without a key */
	};

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		if (span_eq(list[i].oid, oid))
			return list[i].alg;
	return DIGEST_NONE;
}

struct sigalg sigalg_by_oid(struct span oid)
{
	static const struct {
		struct span oid;
		struct sigalg alg;
	} list[] = {
		{ S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), { KEY_RSA, DIGEST_NONE } },
		{ S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), { KEY_RSA, DIGEST_SHA256 } },
		{ S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), { KEY_RSA, DIGEST_SHA384 } },
		{ S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), { KEY_RSA, DIGEST_SHA512 } },
		{ S_INIT("\x2a\x86\x48\xce\x3d\x02\x01"), { KEY_EC, DIGEST_NONE } },
		{ S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x02"), { KEY_EC, DIGEST_SHA256 } },
		{ S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x03"), { KEY_EC, DIGEST_SHA384 } },
		{ S_INIT("\x2a\x86\x48\xce\x3d\x04\x03\x04"), { KEY_EC, DIGEST_SHA512 } },
		{ S_INIT("\x2a\x81\x1c\xcf\x55\x01\x82\x2d"), { KEY_SM2, DIGEST_SM3 } },     /* .301, the curve */
		{ S_INIT("\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x01"), { KEY_SM2, DIGEST_SM3 } }, /* .301.1, signing */
		{ S_INIT("\x2a\x81\x1c\xcf\x55\x01\x83\x75"), { KEY_SM2, DIGEST_SM3 } },     /* .501, SM2 with SM3 */
	};

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		if (span_eq(list[i].oid, oid))
			return list[i].alg;
	return (struct sigalg){ KEY_NONE, DIGEST_NONE };
}

/* ---- keys ---- */

static bool rsa_fit(const EVP_PKEY *k)
{
	BIGNUM *e = NULL;
	int bits = EVP_PKEY_get_bits(k);
	bool ok = bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX &&
	          EVP_PKEY_get_bn_param(k, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) && BN_num_bits(e) >= 17 &&
	          BN_num_bits(e) <= 64;

	BN_free(e);
	return ok;
}

static size_t curve_bytes(const EVP_PKEY *k)
{
	static const struct {
		const char *name;
		size_t bytes;
	} curves[] = { { "prime256v1", 32 }, { "secp384r1", 48 }, { "secp521r1", 66 }, { "SM2", 32 } };
	char name[64];
	size_t len = 0;
	int written_out = 0;

	/* a curve given by its numbers is refused even when they are those of a curve with a name */
	if (EVP_PKEY_get_int_param(k, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &written_out) != 1 ||
	    written_out)
		return 0;
	if (EVP_PKEY_get_utf8_string_param(k, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, &len) != 1)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (strcmp(curves[i].name, name) == 0)
			return curves[i].bytes;
	return 0;
}

static enum key_kind kind_of(const EVP_PKEY *k)
{
	if (EVP_PKEY_is_a(k, "RSA"))
		return rsa_fit(k) ? KEY_RSA : KEY_NONE;
	if (EVP_PKEY_is_a(k, "SM2"))
		return curve_bytes(k) ? KEY_SM2 : KEY_NONE;
	return EVP_PKEY_is_a(k, "EC") && curve_bytes(k) ? KEY_EC : KEY_NONE;
}

/* A SubjectPublicKeyInfo begins SEQUENCE { SEQUENCE { OID; a certificate SEQUENCE { SEQUENCE { [0] or INTEGER. */
static bool is_bare_key(struct span der)
{
	struct der d = der_over(der), outer, inner;

	return der_enter(&d, DER_SEQUENCE, &outer) && der_enter(&outer, DER_SEQUENCE, &inner) &&
	       der_peek(&inner) == DER_OID;
}

/* NULL when it is neither a key nor a certificate in strict DER. */
static EVP_PKEY *key_read(struct span der)
{
	const uint8_t *at = (const uint8_t *)der.at;

	if (der.len > KEY_MAX || !der_strict(der))
		return NULL;
	if (is_bare_key(der))
		return d2i_PUBKEY(NULL, &at, (long)der.len);
	X509 *x = x509_read(der);
	EVP_PKEY *k = x ? X509_get_pubkey(x) : NULL;
	X509_free(x);
	return k;
}

/* ---- signatures ---- */

/* r || s of twice the curve's bytes, as DER into out; 0 when the length is wrong. */
static size_t raw_to_der(const EVP_PKEY *k, struct span raw, uint8_t out[RAW_DER_MAX])
{
	size_t half = curve_bytes(k);
	uint8_t *end = out;

	if (raw.len != 2 * half || raw.len > RAW_MAX)
		return 0;
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn((const uint8_t *)raw.at, (int)half, NULL);
	BIGNUM *t = BN_bin2bn((const uint8_t *)raw.at + half, (int)half, NULL);
	assert(s && r && t);
	(void)ECDSA_SIG_set0(s, r, t); /* takes both over */
	int len = i2d_ECDSA_SIG(s, &end);
	ECDSA_SIG_free(s);
	assert(len > 0 && len <= RAW_DER_MAX);
	return (size_t)len;
}

static bool check(EVP_PKEY *k, struct sigalg alg, struct span msg, const uint8_t *sig, size_t len)
{
	const OSSL_PARAM id[] = { x509_sm2_id_param(), OSSL_PARAM_construct_end() };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert(ctx);
	bool ok = EVP_DigestVerifyInit_ex(ctx, NULL, digests[alg.digest].name, NULL, NULL, k,
	                                  alg.kind == KEY_SM2 ? id : NULL) == 1 &&
	          EVP_DigestVerify(ctx, sig, len, (const uint8_t *)(msg.at ? msg.at : ""), msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool check_form(EVP_PKEY *k, struct sigalg alg, enum sig_form form, struct span msg, struct span sig)
{
	uint8_t der[RAW_DER_MAX];

	if (form == SIG_DER || alg.kind == KEY_RSA)
		return check(k, alg, msg, (const uint8_t *)sig.at, sig.len);
	size_t len = raw_to_der(k, sig, der);
	return len && check(k, alg, msg, der, len);
}

enum key_kind sig_key_kind(struct span key)
{
	ERR_set_mark();
	EVP_PKEY *k = key_read(key);
	enum key_kind kind = k ? kind_of(k) : KEY_NONE;
	EVP_PKEY_free(k);
	ERR_pop_to_mark();
	return kind;
}

bool sig_check(struct span key, struct sigalg alg, enum sig_form form, struct span msg, struct span sig)
{
	if (alg.kind == KEY_NONE || alg.digest == DIGEST_NONE || (alg.kind == KEY_SM2) != (alg.digest == DIGEST_SM3) ||
	    sig.len == 0)
		return false;
	ERR_set_mark();
	EVP_PKEY *k = key_read(key);
	bool ok = k && kind_of(k) == alg.kind && check_form(k, alg, form, msg, sig);
	EVP_PKEY_free(k);
	ERR_pop_to_mark();
	return ok;
}
