/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.c: signatures under the three suites of crypto.h.
 *
 * Ed25519 is libsodium's: crypto_sign_verify_detached refuses small-order and
 * non-canonical points and s >= L, which is the rule we promise (of the 914
 * edge cases of C2SP/CCTV it takes 43; OpenSSL takes 208).
 *
 * ES256 goes by OpenSSL's EC_KEY and ECDSA_do_verify, measured 60.7 us against
 * 82.3 us for EVP_PKEY_fromdata with EVP_DigestVerify: the EVP way builds the
 * curve from its name for every key. (Keeping one EC_KEY per thread would give
 * 59.6: not worth the state.) These functions are marked deprecated since 3.0;
 * this file is the only one that calls them.
 *
 * SM2 has no public function below EVP, so it goes by EVP (343 us): the
 * distinguishing id and the hash over the key (Z_A) are done there.
 *
 * When OpenSSL has no memory left we assert: "not valid" would be a lie about
 * somebody's signature, and a replay of the log must give the same verdict.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <sodium.h>

#include "crypto.h"
#include "start.h"

#define COORD_LEN 32              /* of either curve: a coordinate, a scalar, half a signature */
#define POINT_LEN (1 + PUB_MAX)   /* 0x04 x y */
#define DER_MAX 80                /* SEQUENCE of two INTEGERs of at most 33 bytes: 72 */
#define SM2_ID "1234567812345678" /* GB/T 32918.5: the id when the parties agreed on no other */

static EC_GROUP *p256, *sm2; /* set once by crypto_start, read only after it */

bool crypto_start(void)
{
	static_assert(SIG_LEN == 2 * COORD_LEN && SIG_LEN == crypto_sign_BYTES, "one length for all suites");
	if (sodium_init() < 0 || !hash_start())
		return false;
	if (!p256)
		p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	if (!sm2)
		sm2 = EC_GROUP_new_by_curve_name(NID_sm2);
	return p256 && sm2;
}

static const EC_GROUP *group_of(enum alg alg)
{
	const EC_GROUP *g = alg == ALG_ES256 ? p256 : sm2;

	assert(alg == ALG_ES256 || alg == ALG_SM2);
	assert(g); /* crypto_start was called */
	return g;
}

static void point_bytes(const struct pubkey *k, uint8_t out[POINT_LEN])
{
	out[0] = POINT_CONVERSION_UNCOMPRESSED;
	memcpy(out + 1, k->raw, PUB_MAX);
}

/* The key's point; NULL when x, y are not on the curve (the form 0x04 x y cannot be the identity). */
static EC_POINT *point_new(const struct pubkey *k)
{
	const EC_GROUP *g = group_of(k->alg);
	uint8_t bytes[POINT_LEN];

	point_bytes(k, bytes);
	EC_POINT *p = EC_POINT_new(g);
	assert(p);
	if (EC_POINT_oct2point(g, p, bytes, sizeof bytes, NULL) == 1)
		return p;
	EC_POINT_free(p);
	return NULL;
}

static bool ed25519_valid(const struct pubkey *k) { return crypto_core_ed25519_is_valid_point(k->raw) == 1; }

static bool curve_valid(const struct pubkey *k)
{
	EC_POINT *p = point_new(k);
	bool ok = p != NULL;

	EC_POINT_free(p);
	return ok;
}

/* r and s as OpenSSL wants them. */
static ECDSA_SIG *sig_read(const uint8_t sig[SIG_LEN])
{
	ECDSA_SIG *ret = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig, COORD_LEN, NULL), *s = BN_bin2bn(sig + COORD_LEN, COORD_LEN, NULL);

	assert(ret && r && s);
	int set = ECDSA_SIG_set0(ret, r, s); /* which now owns r and s */
	assert(set == 1);
	return ret;
}

static bool sig_write(const ECDSA_SIG *s, uint8_t sig[SIG_LEN])
{
	return BN_bn2binpad(ECDSA_SIG_get0_r(s), sig, COORD_LEN) == COORD_LEN &&
	       BN_bn2binpad(ECDSA_SIG_get0_s(s), sig + COORD_LEN, COORD_LEN) == COORD_LEN;
}

/* An EC_KEY with the public half, and the private one if there is one; NULL for a point off the curve. */
static EC_KEY *es256_key(const struct pubkey *pub, const uint8_t *seed)
{
	EC_POINT *p = point_new(pub);
	if (!p)
		return NULL;
	EC_KEY *k = EC_KEY_new();
	bool ok = k && EC_KEY_set_group(k, p256) == 1 && EC_KEY_set_public_key(k, p) == 1;
	if (ok && seed) {
		BIGNUM *d = BN_secure_new();

		ok = d && BN_bin2bn(seed, COORD_LEN, d) && EC_KEY_set_private_key(k, d) == 1;
		BN_clear_free(d);
	}
	EC_POINT_free(p);
	assert(ok);
	return k;
}

static bool es256_verify(const struct pubkey *key, struct span msg, const uint8_t sig[SIG_LEN])
{
	EC_KEY *k = es256_key(key, NULL);
	if (!k)
		return false;
	struct hash h = sha256(msg);
	ECDSA_SIG *s = sig_read(sig);
	bool ok = ECDSA_do_verify(h.b, HASH_LEN, s, k) == 1; /* r, s outside 1..n-1 are refused there */
	ECDSA_SIG_free(s);
	EC_KEY_free(k);
	return ok;
}

static bool es256_sign(const struct privkey *key, struct span msg, uint8_t sig[SIG_LEN])
{
	EC_KEY *k = es256_key(&key->pub, key->seed);
	if (!k)
		return false;
	struct hash h = sha256(msg);
	ECDSA_SIG *s = ECDSA_do_sign(h.b, HASH_LEN, k);
	bool ok = s && sig_write(s, sig);
	ECDSA_SIG_free(s);
	EC_KEY_free(k);
	return ok;
}

/* A parameter that the library only reads, though its constructors ask for char * and void *. */
static OSSL_PARAM text_param(const char *name, const char *value)
{
	return (OSSL_PARAM){ name, OSSL_PARAM_UTF8_STRING, (void *)(uintptr_t)value, strlen(value), 0 };
}

static OSSL_PARAM bytes_param(const char *name, const void *at, size_t len)
{
	return (OSSL_PARAM){ name, OSSL_PARAM_OCTET_STRING, (void *)(uintptr_t)at, len, 0 };
}

/* native: the private scalar in the byte order of this machine, or NULL. NULL for a point off the curve. */
static EVP_PKEY *sm2_key(const struct pubkey *pub, uint8_t *native)
{
	uint8_t point[POINT_LEN];
	OSSL_PARAM param[4];
	EVP_PKEY *k = NULL;
	size_t n = 0;

	point_bytes(pub, point);
	param[n++] = text_param(OSSL_PKEY_PARAM_GROUP_NAME, SN_sm2);
	param[n++] = bytes_param(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point);
	if (native)
		param[n++] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, COORD_LEN);
	param[n] = OSSL_PARAM_construct_end();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, SN_sm2, NULL);
	assert(ctx);
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &k, native ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, param) != 1)
		k = NULL;
	EVP_PKEY_CTX_free(ctx);
	return k;
}

static bool sm2_verify(const struct pubkey *key, struct span msg, const uint8_t sig[SIG_LEN])
{
	const OSSL_PARAM id[] = { bytes_param(OSSL_PKEY_PARAM_DIST_ID, SM2_ID, strlen(SM2_ID)),
		                  OSSL_PARAM_construct_end() };
	uint8_t der[DER_MAX], *end = der;

	EVP_PKEY *k = sm2_key(key, NULL);
	if (!k)
		return false;
	ECDSA_SIG *s = sig_read(sig);
	int len = i2d_ECDSA_SIG(s, &end);
	ECDSA_SIG_free(s);
	assert(len > 0 && len <= DER_MAX);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert(ctx);
	bool ok = EVP_DigestVerifyInit_ex(ctx, NULL, "SM3", NULL, NULL, k, id) == 1 &&
	          EVP_DigestVerify(ctx, der, (size_t)len, (const uint8_t *)msg.at, msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(k);
	return ok;
}

static bool sm2_digest_sign(EVP_PKEY *k, struct span msg, uint8_t sig[SIG_LEN])
{
	const OSSL_PARAM id[] = { bytes_param(OSSL_PKEY_PARAM_DIST_ID, SM2_ID, strlen(SM2_ID)),
		                  OSSL_PARAM_construct_end() };
	uint8_t der[DER_MAX];
	const uint8_t *at = der;
	size_t len = sizeof der;

	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	assert(ctx);
	bool ok = EVP_DigestSignInit_ex(ctx, NULL, "SM3", NULL, NULL, k, id) == 1 &&
	          EVP_DigestSign(ctx, der, &len, (const uint8_t *)msg.at, msg.len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return false;
	assert(len <= sizeof der);
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)len);
	ok = s && sig_write(s, sig);
	ECDSA_SIG_free(s);
	return ok;
}

static bool sm2_sign(const struct privkey *key, struct span msg, uint8_t sig[SIG_LEN])
{
	uint8_t native[COORD_LEN];
	BIGNUM *d = BN_secure_new();

	assert(d);
	bool ok = BN_bin2bn(key->seed, COORD_LEN, d) && BN_bn2nativepad(d, native, COORD_LEN) == COORD_LEN;
	BN_clear_free(d);
	EVP_PKEY *k = ok ? sm2_key(&key->pub, native) : NULL;
	secret_wipe(native, sizeof native);
	ok = k && sm2_digest_sign(k, msg, sig);
	EVP_PKEY_free(k);
	return ok;
}

static bool ed25519_sign(const struct privkey *key, struct span msg, uint8_t sig[SIG_LEN])
{
	uint8_t pub[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(pub, secret, key->seed);
	/* To sign with a public half that is not the seed's own would give the seed away. */
	assert(memcmp(pub, key->pub.raw, sizeof pub) == 0);
	bool ok = crypto_sign_detached(sig, NULL, (const uint8_t *)msg.at, msg.len, secret) == 0;
	secret_wipe(secret, sizeof secret);
	return ok;
}

static bool ed25519_verify(const struct pubkey *key, struct span msg, const uint8_t sig[SIG_LEN])
{
	return crypto_sign_verify_detached(sig, (const uint8_t *)msg.at, msg.len, key->raw) == 0;
}

/* The public half of a scalar in 1..n-1 (ES256) or 1..n-2 (SM2, GB/T 32918.1 6.1). */
static bool curve_from_seed(enum alg alg, const uint8_t seed[SEED_LEN], uint8_t raw[PUB_MAX])
{
	const EC_GROUP *g = group_of(alg);
	uint8_t bytes[POINT_LEN];
	BIGNUM *d = BN_secure_new(), *top = BN_dup(EC_GROUP_get0_order(g));
	EC_POINT *p = EC_POINT_new(g);
	bool ok = d && top && p && BN_bin2bn(seed, SEED_LEN, d);

	ok = ok && BN_sub_word(top, alg == ALG_SM2 ? 2 : 1) == 1;
	assert(ok);
	BN_set_flags(d, BN_FLG_CONSTTIME);
	ok = !BN_is_zero(d) && BN_cmp(d, top) <= 0 && EC_POINT_mul(g, p, d, NULL, NULL, NULL) == 1 &&
	     EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, bytes, POINT_LEN, NULL) == POINT_LEN;
	if (ok)
		memcpy(raw, bytes + 1, PUB_MAX);
	EC_POINT_free(p);
	BN_free(top);
	BN_clear_free(d);
	return ok;
}

/*
 * OpenSSL leaves a note in a queue of the thread for each thing it refuses.
 * Others of this process (TLS to the database or to a witness) read that queue
 * to learn what became of their own calls: ours are taken out again.
 */
static bool quiet(bool ok)
{
	ERR_pop_to_mark();
	return ok;
}

bool pubkey_valid(const struct pubkey *k)
{
	ERR_set_mark();
	switch (k->alg) {
	case ALG_NONE:
		return quiet(false);
	case ALG_ED25519:
		return quiet(ed25519_valid(k));
	case ALG_ES256:
	case ALG_SM2:
		return quiet(curve_valid(k));
	}
	return quiet(false);
}

bool sig_verify(const struct pubkey *key, struct span msg, const uint8_t sig[SIG_LEN])
{
	assert(msg.at || msg.len == 0);
	ERR_set_mark();
	switch (key->alg) {
	case ALG_NONE:
		return quiet(false);
	case ALG_ED25519:
		return quiet(ed25519_verify(key, msg, sig));
	case ALG_ES256:
		return quiet(es256_verify(key, msg, sig));
	case ALG_SM2:
		return quiet(sm2_verify(key, msg, sig));
	}
	return quiet(false);
}

bool sig_sign(const struct privkey *key, struct span msg, uint8_t sig[SIG_LEN])
{
	assert(msg.at || msg.len == 0);
	assert(key->pub.alg != ALG_NONE);
	ERR_set_mark();
	if (key->pub.alg == ALG_ED25519)
		return quiet(ed25519_sign(key, msg, sig));
	if (key->pub.alg == ALG_ES256)
		return quiet(es256_sign(key, msg, sig));
	assert(key->pub.alg == ALG_SM2);
	return quiet(sm2_sign(key, msg, sig));
}

bool privkey_from_seed(enum alg alg, const uint8_t seed[SEED_LEN], struct privkey *ret)
{
	struct privkey k = { .pub.alg = alg };
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	if (alg == ALG_NONE)
		return false;
	memcpy(k.seed, seed, SEED_LEN);
	if (alg == ALG_ED25519) {
		crypto_sign_seed_keypair(k.pub.raw, secret, seed);
		secret_wipe(secret, sizeof secret);
	} else if (!curve_from_seed(alg, seed, k.pub.raw)) {
		secret_wipe(&k, sizeof k);
		return false;
	}
	*ret = k;
	secret_wipe(&k, sizeof k);
	return true;
}
