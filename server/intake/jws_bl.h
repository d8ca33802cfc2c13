/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws_bl.h: what a bill-of-lading platform signs (DCSA eBL 3.0, PINT): JWS in
 * compact serialisation under RS256 or ES256.
 *
 * The key is one the operator pinned, found by its `kid`; nothing the sender
 * writes (jwk, jku, x5c, x5u) brings a key along, and the kind of the pinned
 * key decides the algorithm, so that a public key can never serve as an HMAC
 * secret. This reader is not for our own statements: those are crypto/jws.c's,
 * with other suites and a stricter header.
 */
#ifndef CF_JWS_BL_H
#define CF_JWS_BL_H

#include "base.h"
#include "ids.h"

enum { JWS_BL_MAX = 10 * 1024 * 1024, JWS_BL_HEADER_MAX = 512, BL_CHAIN_MAX = 100 };

struct jws_key {
	struct span kid, key; /* key: X.509 certificate or SubjectPublicKeyInfo in DER */
};
enum jws_end {
	JWS_NONE,     /* not three parts of strict base64url */
	JWS_POLICY,   /* a header or an algorithm that is not accepted */
	JWS_STRANGER, /* signed under a key nobody pinned */
	JWS_FORGED,   /* the signature is not of that key */
	JWS_BROKEN,   /* a chain only: its entries do not belong together */
	JWS_GOOD,
};
struct jws_bl {
	struct span payload; /* in mem; what was signed, byte for byte */
	size_t key;          /* which of the pinned */
	const char *why;     /* static text */
};

/* Looks like a compact JWS by its first bytes. */
bool jws_bl_looks_like(struct span bytes);
/* `payload` is set whenever the form could be read; it is to be believed only with JWS_GOOD. */
MUST_CHECK enum jws_end jws_bl_check(struct span compact, const struct jws_key *keys, size_t n, struct arena *mem,
                                     struct jws_bl *ret);

/*
 * A transfer chain: entry i holds the SHA-256 of entry i-1 as it was signed,
 * the first begins with ISSUE, the manifest holds that of the last, and all
 * name one document. `document` is its checksum as the platforms write it, 64
 * hexadecimal digits (the caller has computed it). *first is the key of the
 * first entry: whose bill it was.
 */
struct bl_chain {
	struct span document;
	struct span manifest; /* compact JWS, as the entries */
	const struct span *entries;
	size_t n_entries;
};
MUST_CHECK enum jws_end bl_chain_check(const struct bl_chain *c, const struct jws_key *keys, size_t n,
                                       struct arena *mem, size_t *first, const char **why);
#endif
