/* SPDX-License-Identifier: Apache-2.0 */
/* jwk_file.c: JSON Web Keys to struct pubkey and struct privkey. */
#include "intake/jwk_file.h"

#define COORD_LEN 32

static const struct {
	const char *kty, *crv;
	enum alg alg;
} suite[] = {
	{ "OKP", "Ed25519", ALG_ED25519 },
	{ "EC", "P-256", ALG_ES256 },
	{ "EC", "SM2", ALG_SM2 },
};

enum { KTY, CRV, X, Y, PUBLIC_MEMBERS, D = PUBLIC_MEMBERS, KID, ALG, USE, KEY_OPS, FILE_MEMBERS };
static const struct js_member member[FILE_MEMBERS] = {
	[KTY] = { "kty", true, "OKP or EC" },
	[CRV] = { "crv", true, "Ed25519, P-256 or SM2" },
	[X] = { "x", true, "32 bytes, base64url" },
	[Y] = { "y", false, "32 bytes, base64url" },
	[D] = { "d", false, "32 bytes, base64url" },
	[KID] = { "kid", false, NULL },
	[ALG] = { "alg", false, NULL },
	[USE] = { "use", false, NULL },
	[KEY_OPS] = { "key_ops", false, NULL },
};

static bool text_is(const struct js *at, const char *z)
{
	struct span s;

	return js_text(at, &s) && span_is(s, z);
}

static enum alg suite_of(const struct js in[static PUBLIC_MEMBERS])
{
	for (size_t i = 0; i < ARRAY_LEN(suite); i++)
		if (text_is(&in[KTY], suite[i].kty) && text_is(&in[CRV], suite[i].crv))
			return suite[i].alg;
	return ALG_NONE;
}

static enum fault read_bytes(const struct js *at, uint8_t out[COORD_LEN], struct diag *d)
{
	struct span s;

	if (!js_text(at, &s) || !b64url_fixed(s, out, COORD_LEN))
		return js_refuse(at, E_BAD_MEMBER, "expected 32 bytes as 43 characters of base64url", d);
	return OK;
}

/* The public half, from members found already. */
static enum fault read_public(const struct js *at, const struct js in[static PUBLIC_MEMBERS], struct pubkey *ret,
                              struct diag *d)
{
	struct pubkey k = { .alg = suite_of(in) };
	enum fault f;

	if (k.alg == ALG_NONE)
		return js_refuse(&in[CRV], E_BAD_MEMBER, "expected OKP with Ed25519, or EC with P-256 or SM2", d);
	if ((pubkey_len(k.alg) == PUB_MAX) != (in[Y].v != NULL))
		return js_refuse(&in[Y], in[Y].v ? E_UNKNOWN_MEMBER : E_MISSING_MEMBER,
		                 "an EC key has y, an OKP key has none", d);
	if ((f = read_bytes(&in[X], k.raw, d)) != OK ||
	    (in[Y].v && (f = read_bytes(&in[Y], k.raw + COORD_LEN, d)) != OK))
		return f;
	if (!pubkey_valid(&k))
		return js_refuse(at, E_BAD_MEMBER, "this is no valid point of the curve", d);
	*ret = k;
	return OK;
}

enum fault jwk_read(const struct js *at, struct pubkey *ret, struct diag *d)
{
	struct js in[PUBLIC_MEMBERS];
	enum fault f = js_members(at, member, PUBLIC_MEMBERS, in, d);

	return f != OK ? f : read_public(at, in, ret, d);
}

static bool kid_agrees(const struct js *at, const struct pubkey *k)
{
	struct span s;
	struct hash kid;

	return js_text(at, &s) && hash64_parse(s, &kid) && hash_eq(kid, jwk_thumbprint(k));
}

static bool alg_agrees(const struct js *at, const struct pubkey *k)
{
	struct span s;

	return js_text(at, &s) && alg_parse(s) == k->alg;
}

/* What a file may say beside the key must be true of it. */
static enum fault check_extras(const struct js in[static FILE_MEMBERS], const struct pubkey *k, struct diag *d)
{
	size_t n;

	if (in[KID].v && !kid_agrees(&in[KID], k))
		return js_refuse(&in[KID], E_BAD_MEMBER, "not the thumbprint of this key (RFC 7638)", d);
	if (in[ALG].v && !alg_agrees(&in[ALG], k))
		return js_refuse(&in[ALG], E_BAD_MEMBER, "not the algorithm of this key", d);
	if (in[USE].v && !text_is(&in[USE], "sig"))
		return js_refuse(&in[USE], E_BAD_MEMBER, "expected sig", d);
	if (in[KEY_OPS].v && !js_items(&in[KEY_OPS], &n))
		return js_refuse(&in[KEY_OPS], E_BAD_MEMBER, "expected a list", d);
	return OK;
}

static enum fault read_private(const struct js in[static FILE_MEMBERS], const struct pubkey *pub, struct privkey *ret,
                               struct diag *d)
{
	uint8_t seed[SEED_LEN];
	struct privkey k;
	enum fault f = OK;

	if (!in[D].v)
		return js_refuse(&in[D], E_MISSING_MEMBER, "a private key has d", d);
	if ((f = read_bytes(&in[D], seed, d)) != OK)
		goto out;
	if (!privkey_from_seed(pub->alg, seed, &k) || memcmp(k.pub.raw, pub->raw, pubkey_len(pub->alg)) != 0)
		f = js_refuse(&in[D], E_BAD_MEMBER, "this private key does not belong to this public key", d);
	else
		*ret = k;
out:
	secret_wipe(seed, sizeof seed);
	secret_wipe(&k, sizeof k);
	return f;
}

/* want: NULL for a public key's file. */
static enum fault read_file(struct span text, struct pubkey *pub, struct privkey *want, struct diag *d)
{
	AUTO_JS struct js top = { .v = NULL };
	struct js in[FILE_MEMBERS];
	enum fault f = js_read(text, (struct js_limits){ JWK_FILE_MAX, 2 }, &top, d);

	if (f != OK || (f = js_members(&top, member, FILE_MEMBERS, in, d)) != OK ||
	    (f = read_public(&top, in, pub, d)) != OK || (f = check_extras(in, pub, d)) != OK)
		return f;
	if (want)
		return read_private(in, pub, want, d);
	return in[D].v ? js_refuse(&in[D], E_BAD_MEMBER, "this is a private key", d) : OK;
}

enum fault jwk_file_public(struct span text, struct pubkey *ret, struct diag *d)
{
	struct pubkey k = { .alg = ALG_NONE };
	enum fault f = read_file(text, &k, NULL, d);

	if (f == OK)
		*ret = k;
	return f;
}

enum fault jwk_file_private(struct span text, struct privkey *ret, struct diag *d)
{
	struct pubkey k = { .alg = ALG_NONE };

	return read_file(text, &k, ret, d);
}
