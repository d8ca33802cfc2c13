/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigalg.h: the digests and signatures under which other people's documents
 * come, and the one list of what is strong enough.
 *
 *   RSA     PKCS #1 v1.5 (RFC 8017 8.2), modulus of 2048 to 8192 bits, exponent odd and from 65537 below 2^64
 *   ECDSA   P-256, P-384, P-521 on their named curves (FIPS 186-5)
 *   SM2     GB/T 32918.2 with SM3 and the id "1234567812345678"
 * with SHA-256, SHA-384, SHA-512 or SM3. Everything else (MD5, SHA-1, DSA, HMAC, RSA-PSS, explicit curves) has no
 * number here and cannot be asked for. A high s of ECDSA is valid, as FIPS 186 has it: nothing here may treat the
 * bytes of a signature as the name of what was signed.
 */
#ifndef CF_SIGALG_H
#define CF_SIGALG_H

#include "crypto.h"

enum digest_alg { DIGEST_NONE, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512, DIGEST_SM3, DIGEST_ALGS };
#define DIGEST_MAX 64
enum key_kind { KEY_NONE, KEY_RSA, KEY_EC, KEY_SM2 };
/* How the two numbers of ECDSA and SM2 are written; RSA has one form. */
enum sig_form { SIG_DER, SIG_RAW };

struct sigalg {
	enum key_kind kind;
	enum digest_alg digest;
};

size_t digest_len(enum digest_alg a);
/* Returns digest_len(a). */
size_t digest_of(enum digest_alg a, struct span s, uint8_t out[DIGEST_MAX]);
/* s is the digest of what, in full length. */
MUST_CHECK bool digest_is(enum digest_alg a, struct span what, struct span s);
/* The digest of an AlgorithmIdentifier's object identifier; DIGEST_NONE when it is not in the list. */
enum digest_alg digest_by_oid(struct span oid);
/* What an object identifier of a signature says. kind KEY_NONE when it is not in the list; digest DIGEST_NONE when it
 * names the key only (rsaEncryption, id-ecPublicKey, SM2). */
struct sigalg sigalg_by_oid(struct span oid);

/* A certificate, or a bare SubjectPublicKeyInfo, in DER: which kind of key it holds. KEY_NONE when it is none of ours
 * or too weak. */
enum key_kind sig_key_kind(struct span key);
/* sig is the signature of key (certificate or SubjectPublicKeyInfo in DER) over msg. */
MUST_CHECK bool sig_check(struct span key, struct sigalg alg, enum sig_form form, struct span msg, struct span sig);
#endif
