/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwk.c: the names JOSE has for our suites, and a public key as a JWK.
 *
 * put_jwk writes exactly the members RFC 7638 hashes, in its order and without
 * white space, so the thumbprint is the hash of what put_jwk writes.
 */
#include "crypto.h"

static const struct suite {
	const char *name, *crv, *kty;
	size_t len; /* of the raw public key */
} suite[] = {
	[ALG_ED25519] = { "Ed25519", "Ed25519", "OKP", 32 },
	[ALG_ES256] = { "ES256", "P-256", "EC", 64 },
	[ALG_SM2] = { "SM2", "SM2", "EC", 64 },
};

static const struct suite *suite_of(enum alg alg)
{
	assert(alg > ALG_NONE && alg < ARRAY_LEN(suite));
	return &suite[alg];
}

size_t pubkey_len(enum alg alg) { return alg == ALG_NONE ? 0 : suite_of(alg)->len; }

const char *alg_name(enum alg alg) { return alg == ALG_NONE ? "none" : suite_of(alg)->name; }

enum alg alg_parse(struct span name)
{
	if (span_is(name, "EdDSA")) /* RFC 8037; "Ed25519" is RFC 9864 */
		return ALG_ED25519;
	for (enum alg a = ALG_ED25519; a < ARRAY_LEN(suite); a++)
		if (span_is(name, suite[a].name))
			return a;
	return ALG_NONE;
}

/* ,"x":"..." */
static void put_coordinate(struct writer *w, const char *name, const uint8_t at[32])
{
	put_z(w, ",\"");
	put_z(w, name);
	put_z(w, "\":\"");
	put_b64url(w, (struct span){ (const char *)at, 32 });
	put_byte(w, '"');
}

void put_jwk(struct writer *w, const struct pubkey *key)
{
	const struct suite *s = suite_of(key->alg);

	put_z(w, "{\"crv\":\"");
	put_z(w, s->crv);
	put_z(w, "\",\"kty\":\"");
	put_z(w, s->kty);
	put_byte(w, '"');
	put_coordinate(w, "x", key->raw);
	if (s->len == 64)
		put_coordinate(w, "y", key->raw + 32);
	put_byte(w, '}');
}

struct hash jwk_thumbprint(const struct pubkey *key)
{
	char text[192];
	struct writer w = writer_over(text, sizeof text);

	put_jwk(&w, key);
	assert(!w.overflow);
	return sha256(writer_span(&w));
}
