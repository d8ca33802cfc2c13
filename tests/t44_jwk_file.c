/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t44_jwk_file.c: keys in files: there and back for every suite, the examples
 * of the RFCs, and what a file must not say.
 */
#include "test.h"

#include "commands.h"
#include "intake/jwk_file.h"
#include "intake/statement_write.h"

static struct diag diag;

static int set_up(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void there_and_back(void **state)
{
	struct dice r = { 1 };

	(void)state;
	for (int i = 0; i < 60; i++) {
		char text[512];
		struct writer w = writer_over(text, sizeof text);
		struct privkey k = roll_key(&r), back;
		struct pubkey pub;
		uint8_t sig[SIG_LEN];

		put_jwk_private(&w, &k);
		assert_false(w.overflow);
		assert_int_equal(jwk_file_private(writer_span(&w), &back, &diag), OK);
		assert_int_equal(back.pub.alg, k.pub.alg);
		assert_memory_equal(back.pub.raw, k.pub.raw, pubkey_len(k.pub.alg));
		assert_memory_equal(back.seed, k.seed, SEED_LEN);
		assert_true(sig_sign(&back, S("x"), sig) && sig_verify(&k.pub, S("x"), sig));
		/* the private half must not lie where a public key is looked for */
		assert_int_equal(jwk_file_public(writer_span(&w), &pub, &diag), E_BAD_MEMBER);
		assert_string_equal(diag.pointer, "/d");
		w = writer_over(text, sizeof text);
		put_jwk(&w, &k.pub);
		assert_int_equal(jwk_file_public(writer_span(&w), &pub, &diag), OK);
		assert_true(hash_eq(jwk_thumbprint(&pub), jwk_thumbprint(&k.pub)));
		assert_int_equal(jwk_file_private(writer_span(&w), &back, &diag), E_MISSING_MEMBER);
		assert_string_equal(diag.pointer, "/d");
	}
}

/* A writer that is full says so and writes no half of a secret as if it were whole. */
static void full_writer(void **state)
{
	struct dice r = { 2 };
	struct privkey k = roll_key(&r);
	char text[512];

	(void)state;
	for (size_t cap = 0; cap < 400; cap++) {
		struct writer w = writer_over(text, cap);
		struct privkey back;

		put_jwk_private(&w, &k);
		if (!w.overflow)
			return;
		assert_int_not_equal(jwk_file_private(writer_span(&w), &back, &diag), OK);
	}
	fail();
}

/* RFC 8037 appendix A.1 and A.3, RFC 7517 appendix A.2 */
#define ED "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define ED_D "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\""
#define ED_KID "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define EC                                                                                        \
	"\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"," \
	"\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
#define EC_D "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\""
/* the group's order: no scalar */
#define EC_N "\"d\":\"_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE\""
#define ZERO "\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""

/* clang-format off */
static const struct {
	const char *why, *text;
	enum fault private_, public_;
} rows[] = {
	{ "RFC 8037", "{" ED "," ED_D "}", OK, E_BAD_MEMBER },
	{ "RFC 7517", "{" EC "," EC_D "}", OK, E_BAD_MEMBER },
	{ "a line end behind it", "{" EC "," EC_D "}\n", OK, E_BAD_MEMBER },
	{ "as other programs write it", "{" ED "," ED_D ",\"kid\":\"" ED_KID "\",\"alg\":\"EdDSA\",\"use\":\"sig\",\"key_ops\":[\"sign\"]}",
	  OK, E_BAD_MEMBER },
	{ "the same, public", "{" ED ",\"kid\":\"" ED_KID "\",\"alg\":\"Ed25519\",\"use\":\"sig\",\"key_ops\":[\"verify\"]}", E_MISSING_MEMBER,
	  OK },
	{ "a name that is not its thumbprint", "{" EC "," EC_D ",\"kid\":\"" ED_KID "\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "a name of one's own", "{" EC "," EC_D ",\"kid\":\"1\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "another algorithm", "{" EC "," EC_D ",\"alg\":\"ES384\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "the other curve's algorithm", "{" EC "," EC_D ",\"alg\":\"SM2\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "a key to encrypt with", "{" EC "," EC_D ",\"use\":\"enc\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "key_ops as a word", "{" EC "," EC_D ",\"key_ops\":\"sign\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "a certificate", "{" EC "," EC_D ",\"x5c\":[]}", E_UNKNOWN_MEMBER, E_UNKNOWN_MEMBER },
	{ "another key's d", "{" EC "," ED_D "}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "another seed", "{" ED "," EC_D "}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "d is nothing", "{" EC "," ZERO "}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "d is the order", "{" EC "," EC_N "}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "d a byte short", "{" EC ",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eA\"}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "d null", "{" EC ",\"d\":null}", E_BAD_MEMBER, E_BAD_MEMBER },
	{ "d twice", "{" EC "," EC_D "," EC_D "}", E_BAD_JSON, E_BAD_JSON },
	{ "no x", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\"," ED_D "}", E_MISSING_MEMBER, E_MISSING_MEMBER },
	{ "no y", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"," EC_D "}", E_MISSING_MEMBER,
	  E_MISSING_MEMBER },
	{ "a secret", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", E_UNKNOWN_MEMBER, E_UNKNOWN_MEMBER },
	{ "a key for agreement", "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}", E_BAD_MEMBER,
	  E_BAD_MEMBER },
	{ "kty a list", "{\"kty\":[\"EC\"],\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"}", E_BAD_MEMBER,
	  E_BAD_MEMBER },
	{ "a set of keys: deeper than any key", "{\"keys\":[{" EC "}]}", E_BAD_JSON, E_BAD_JSON },
	{ "a list of keys", "[{" EC "}]", E_BAD_JSON, E_BAD_JSON },
	{ "PEM", "-----BEGIN PRIVATE KEY-----\n", E_BAD_JSON, E_BAD_JSON },
	{ "nothing", "", E_BAD_JSON, E_BAD_JSON },
};
/* clang-format on */

static void forms(void **state)
{
	struct privkey k, k0;
	struct pubkey p, p0;

	(void)state;
	memset(&k0, 0x5a, sizeof k0);
	memset(&p0, 0x5a, sizeof p0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		k = k0;
		p = p0;
		enum fault f = jwk_file_private(span_z(rows[i].text), &k, &diag);
		if (f != rows[i].private_)
			fail_msg("%s, as a private key: %d at %s: %s", rows[i].why, f, diag.pointer, diag.detail);
		if (f != OK)
			assert_memory_equal(&k, &k0, sizeof k); /* a refusal leaves nothing behind */
		f = jwk_file_public(span_z(rows[i].text), &p, &diag);
		if (f != rows[i].public_)
			fail_msg("%s, as a public key: %d at %s: %s", rows[i].why, f, diag.pointer, diag.detail);
		if (f != OK)
			assert_memory_equal(&p, &p0, sizeof p);
	}
}

static void too_big(void **state)
{
	static char text[JWK_FILE_MAX + 2];
	struct pubkey p;

	(void)state;
	memset(text, ' ', sizeof text);
	memcpy(text, "{" EC "}", sizeof "{" EC "}" - 1);
	assert_int_equal(jwk_file_public((struct span){ text, JWK_FILE_MAX }, &p, &diag), OK);
	assert_int_equal(jwk_file_public((struct span){ text, JWK_FILE_MAX + 1 }, &p, &diag), E_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(there_and_back), T(full_writer), T(forms), T(too_big) };

	return cmocka_run_group_tests(tests, set_up, NULL);
}
