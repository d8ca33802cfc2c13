/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crypto.h: hashes, message authentication codes and signatures.
 *
 * Three signature suites, one rule each for what is valid, so that every
 * verifier in the world that follows the rule gives the same verdict:
 *   Ed25519  RFC 8032 as libsodium verifies it: no small-order and no
 *            non-canonical point, s < L. (OpenSSL accepts more; we do not.)
 *   ES256    ECDSA P-256 with SHA-256, signature r || s of 64 bytes (RFC 7518 3.4).
 *   SM2      GB/T 32918.2 with SM3 and the distinguishing id "1234567812345678",
 *            signature r || s of 64 bytes.
 * Public keys are raw: 32 bytes for Ed25519, x || y of 64 bytes for the curves.
 *
 * All functions are pure. crypto_start must have returned true before any
 * other call; it makes the two libraries ready and fetches the algorithms
 * once. Afterwards everything here may be called from any thread.
 */
#ifndef CF_CRYPTO_H
#define CF_CRYPTO_H

#include "base.h"
#include "ids.h"

enum alg { ALG_NONE = 0, ALG_ED25519 = 1, ALG_ES256 = 2, ALG_SM2 = 3 }; /* numbers are stored: permanent */

#define SIG_LEN 64
#define PUB_MAX 64
#define SEED_LEN 32

struct pubkey {
	enum alg alg;
	uint8_t raw[PUB_MAX];
};
/* A private key: the Ed25519 seed or the curve's scalar, with its public half. */
struct privkey {
	struct pubkey pub;
	uint8_t seed[SEED_LEN];
};

MUST_CHECK bool crypto_start(void);

struct hash sha256(struct span s);
struct hash sha256_2(struct span a, struct span b); /* of a || b */
struct hash sm3(struct span s);
struct hash hmac_sha256(struct span key, struct span msg);
struct hash hmac_sm3(struct span key, struct span msg);
/* RFC 5869 with SHA-256; out at most 255 * 32 bytes. */
void hkdf_sha256(struct span key, struct span salt, struct span info, void *out, size_t len);
/* Equality in time that depends on the length only. */
bool secret_eq(const void *a, const void *b, size_t len);
void secret_wipe(void *at, size_t len);

size_t pubkey_len(enum alg alg); /* 32, 64, 64; 0 for ALG_NONE */
/* The JOSE name: "Ed25519", "ES256", "SM2". */
const char *alg_name(enum alg alg);
/* Takes the JOSE name, and "EdDSA" as the old name of Ed25519. ALG_NONE for anything else. */
enum alg alg_parse(struct span name);
/* A point of the right curve, not the identity, of full order for Ed25519. */
bool pubkey_valid(const struct pubkey *k);

/* True when sig (64 bytes) is key's signature over msg under the suite's rule. */
MUST_CHECK bool sig_verify(const struct pubkey *key, struct span msg, const uint8_t sig[SIG_LEN]);
/* Deterministic for Ed25519; for ES256 and SM2 the nonce comes from the library's generator.
 * False only when the library fails. */
MUST_CHECK bool sig_sign(const struct privkey *key, struct span msg, uint8_t sig[SIG_LEN]);
/* Derives the public half. False when the seed is not a valid scalar for the curve. */
MUST_CHECK bool privkey_from_seed(enum alg alg, const uint8_t seed[SEED_LEN], struct privkey *ret);

/* The RFC 7638 thumbprint (SHA-256 over {"crv","kty","x"[,"y"]}): our `kid`.
 * OKP/Ed25519, EC/P-256, EC/SM2. */
struct hash jwk_thumbprint(const struct pubkey *key);
/* The public JWK as JSON text, members in the thumbprint's order. */
void put_jwk(struct writer *w, const struct pubkey *key);

/* Base64 (RFC 4648 section 4, padded) and base64url (section 5, unpadded). Decoding is strict:
 * canonical padding and zero trailing bits, nothing else; the result is taken from the arena. */
void put_b64(struct writer *w, struct span s);
void put_b64url(struct writer *w, struct span s);
MUST_CHECK bool b64_decode(struct span s, struct arena *mem, struct span *ret);
MUST_CHECK bool b64url_decode(struct span s, struct arena *mem, struct span *ret);
/* Decodes exactly len bytes into out, whose content is undefined after a refusal. */
MUST_CHECK bool b64_fixed(struct span s, void *out, size_t len);
MUST_CHECK bool b64url_fixed(struct span s, void *out, size_t len);
/* Whether s is strict base64, and of how many bytes, when nobody needs the bytes. */
MUST_CHECK bool b64_measure(struct span s, size_t *len);
#endif
