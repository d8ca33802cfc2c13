/* SPDX-License-Identifier: Apache-2.0 */
/* t12: keys and signatures of the three suites: the standards' examples, then everything others published. */
#include "crypto.h"
#include "vectors.h"

/* A public key from hexadecimal: 32 bytes, or x || y. */
static struct pubkey key_of(enum alg alg, struct span raw)
{
	struct pubkey k = { .alg = alg };

	assert_int_equal(raw.len, pubkey_len(alg));
	memcpy(k.raw, raw.at, raw.len);
	return k;
}

static bool verify_bytes(const struct pubkey *k, struct span msg, struct span sig)
{
	return sig.len == SIG_LEN && sig_verify(k, msg, (const uint8_t *)sig.at);
}

static const struct {
	const char *why;
	enum alg alg;
	const char *seed, *pub;
	struct span msg;
	const char *sig;
} known[] = {
	{ "RFC 8032 7.1 test 1: empty message", ALG_ED25519,
	  "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", S_INIT(""),
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
	  "d25bf5f0595bbe24655141438e7a100b" },
	{ "RFC 8032 7.1 test 2: one byte", ALG_ED25519,
	  "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", S_INIT("\x72"),
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
	  "387b2eaeb4302aeeb00d291612bb0c00" },
	{ "RFC 8032 7.1 test 3: two bytes", ALG_ED25519,
	  "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", S_INIT("\xaf\x82"),
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
	  "4a7c15e9716ed28dc027beceea1ec40a" },
	{ "RFC 6979 A.2.5, SHA-256, \"sample\"", ALG_ES256,
	  "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
	  S_INIT("sample"),
	  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	  "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
	{ "RFC 6979 A.2.5, SHA-256, \"test\"", ALG_ES256,
	  "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
	  S_INIT("test"),
	  "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
	  "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
	{ "GB/T 32918.5 annex A.2", ALG_SM2, "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8",
	  "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
	  "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13",
	  S_INIT("message digest"),
	  "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
	  "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa" },
};

static void known_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct pubkey k = key_of(known[i].alg, unhex(known[i].pub));
		struct privkey p;
		struct span sig = unhex(known[i].sig);
		uint8_t made[SIG_LEN];

		assert_true(pubkey_valid(&k));
		if (!verify_bytes(&k, known[i].msg, sig))
			fail_msg("refused: %s", known[i].why);
		assert_true(privkey_from_seed(known[i].alg, (const uint8_t *)unhex(known[i].seed).at, &p));
		assert_int_equal(p.pub.alg, known[i].alg);
		assert_memory_equal(p.pub.raw, k.raw, pubkey_len(k.alg));
		assert_true(sig_sign(&p, known[i].msg, made));
		assert_true(sig_verify(&k, known[i].msg, made));
		/* Ed25519 has one signature; the others a new one each time */
		assert_int_equal(memcmp(made, sig.at, SIG_LEN) == 0, known[i].alg == ALG_ED25519);
		arena_reset(vec());
	}
}

/* What is changed in any one bit is refused: in the signature, the message, the key. */
static void flipped(enum alg alg)
{
	uint8_t seed[SEED_LEN] = { 1, 2, 3, 4, 5, 6, 7 }, sig[SIG_LEN];
	char msg[] = "pledge 1250.00 CNY of receivable 7";
	struct span s = { msg, sizeof msg - 1 };
	struct privkey p;

	assert_true(privkey_from_seed(alg, seed, &p));
	assert_true(sig_sign(&p, s, sig));
	for (size_t bit = 0; bit < SIG_LEN * 8; bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sig_verify(&p.pub, s, sig));
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < s.len * 8; bit++) {
		msg[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(sig_verify(&p.pub, s, sig));
		msg[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < pubkey_len(alg) * 8; bit++) {
		struct pubkey k = p.pub;

		k.raw[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(sig_verify(&k, s, sig));
	}
	assert_false(sig_verify(&p.pub, (struct span){ msg, s.len - 1 }, sig));
	assert_true(sig_verify(&p.pub, s, sig));
	/* nor is it another suite's signature */
	for (enum alg other = ALG_NONE; other <= ALG_SM2; other++) {
		struct pubkey k = p.pub;

		k.alg = other;
		assert_int_equal(sig_verify(&k, s, sig), other == alg);
	}
}

static void flipped_bits(void **state)
{
	(void)state;
	flipped(ALG_ED25519);
	flipped(ALG_ES256);
	flipped(ALG_SM2);
}

static void every_length(void **state)
{
	char msg[300];
	uint8_t seed[SEED_LEN] = { 9 }, sig[SIG_LEN];
	struct privkey p;

	(void)state;
	memset(msg, 'm', sizeof msg);
	for (enum alg a = ALG_ED25519; a <= ALG_SM2; a++) {
		assert_true(privkey_from_seed(a, seed, &p));
		for (size_t len = 0; len < sizeof msg; len += 23) {
			assert_true(sig_sign(&p, bytes_of(msg, len), sig));
			assert_true(sig_verify(&p.pub, bytes_of(msg, len), sig));
		}
	}
}

static const struct {
	const char *why;
	enum alg alg;
	const char *seed;
	bool want;
} seeds[] = {
	{ "no suite", ALG_NONE, "0000000000000000000000000000000000000000000000000000000000000001", false },
	{ "Ed25519 takes any seed", ALG_ED25519, "0000000000000000000000000000000000000000000000000000000000000000",
	  true },
	{ "P-256: 0", ALG_ES256, "0000000000000000000000000000000000000000000000000000000000000000", false },
	{ "P-256: 1", ALG_ES256, "0000000000000000000000000000000000000000000000000000000000000001", true },
	{ "P-256: n - 1", ALG_ES256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550", true },
	{ "P-256: n", ALG_ES256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", false },
	{ "P-256: all ones", ALG_ES256, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false },
	{ "SM2: 0", ALG_SM2, "0000000000000000000000000000000000000000000000000000000000000000", false },
	{ "SM2: n - 2", ALG_SM2, "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121", true },
	{ "SM2: n - 1 has no inverse of 1 + d", ALG_SM2,
	  "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122", false },
	{ "SM2: n", ALG_SM2, "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123", false },
};

static void seed_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(seeds); i++) {
		struct privkey p = { .pub.raw = { 0x77 } };
		bool got = privkey_from_seed(seeds[i].alg, (const uint8_t *)unhex(seeds[i].seed).at, &p);

		if (got != seeds[i].want)
			fail_msg("seed: %s", seeds[i].why);
		if (got)
			assert_true(pubkey_valid(&p.pub));
		else
			assert_int_equal(p.pub.raw[0], 0x77); /* untouched */
	}
	arena_reset(vec());
}

static const struct {
	const char *why;
	enum alg alg;
	const char *pub;
} bad_keys[] = {
	{ "Ed25519: the identity", ALG_ED25519, "0100000000000000000000000000000000000000000000000000000000000000" },
	{ "Ed25519: order 2", ALG_ED25519, "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
	{ "Ed25519: order 4", ALG_ED25519, "0000000000000000000000000000000000000000000000000000000000000000" },
	{ "Ed25519: order 8", ALG_ED25519, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05" },
	{ "Ed25519: order 8, the other", ALG_ED25519,
	  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a" },
	{ "Ed25519: y = p, not canonical", ALG_ED25519,
	  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
	{ "Ed25519: not on the curve", ALG_ED25519,
	  "0200000000000000000000000000000000000000000000000000000000000000" },
	{ "P-256: zeros", ALG_ES256,
	  "0000000000000000000000000000000000000000000000000000000000000000"
	  "0000000000000000000000000000000000000000000000000000000000000000" },
	{ "P-256: off the curve by one bit", ALG_ES256,
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462298" },
	{ "P-256: x not below p", ALG_ES256,
	  "ffffffff00000001000000000000000000000001000000000000000000000004"
	  "0000000000000000000000000000000000000000000000000000000000000001" },
	{ "SM2: a point of P-256", ALG_SM2,
	  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299" },
	{ "P-256: a point of SM2", ALG_ES256,
	  "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
	  "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13" },
};

static void bad_key_rows(void **state)
{
	uint8_t sig[SIG_LEN] = { 1 };
	struct pubkey none = { .alg = ALG_NONE };

	(void)state;
	sig[32] = 1;
	for (size_t i = 0; i < ARRAY_LEN(bad_keys); i++) {
		struct pubkey k = key_of(bad_keys[i].alg, unhex(bad_keys[i].pub));

		if (pubkey_valid(&k))
			fail_msg("valid: %s", bad_keys[i].why);
		assert_false(sig_verify(&k, S("x"), sig));
	}
	assert_false(pubkey_valid(&none));
	arena_reset(vec());
}

static void names(void **state)
{
	(void)state;
	for (enum alg a = ALG_ED25519; a <= ALG_SM2; a++)
		assert_int_equal(alg_parse(span_z(alg_name(a))), a);
	assert_int_equal(alg_parse(S("EdDSA")), ALG_ED25519);
	assert_int_equal(alg_parse(S("none")), ALG_NONE);
	assert_int_equal(alg_parse(S("")), ALG_NONE);
	assert_int_equal(alg_parse(S("ed25519")), ALG_NONE);
	assert_int_equal(alg_parse(S("ES256\0")), ALG_NONE);
	assert_int_equal(alg_parse(S("HS256")), ALG_NONE);
	assert_int_equal(pubkey_len(ALG_NONE), 0);
}

static const struct {
	const char *why;
	enum alg alg;
	const char *x, *y, *kid, *jwk;
} thumbs[] = {
	{ "RFC 8037 A.3", ALG_ED25519, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", NULL,
	  "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
	  "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}" },
	{ "RFC 9449 section 6.1", ALG_ES256, "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
	  "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
	  "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\","
	  "\"y\":\"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA\"}" },
	{ "the SM2 key of GB/T 32918.5; no published thumbprint", ALG_SM2,
	  "CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA", "zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM", NULL,
	  "{\"crv\":\"SM2\",\"kty\":\"EC\",\"x\":\"CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA\","
	  "\"y\":\"zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM\"}" },
};

static void thumbprints(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(thumbs); i++) {
		struct pubkey k = { .alg = thumbs[i].alg };
		char text[256];
		struct writer w = writer_over(text, sizeof text);
		struct hash kid;

		assert_true(b64url_fixed(span_z(thumbs[i].x), k.raw, 32));
		if (thumbs[i].y)
			assert_true(b64url_fixed(span_z(thumbs[i].y), k.raw + 32, 32));
		put_jwk(&w, &k);
		assert_true(span_is(writer_span(&w), thumbs[i].jwk));
		if (!thumbs[i].kid)
			continue;
		assert_true(hash64_parse(span_z(thumbs[i].kid), &kid));
		if (!hash_eq(kid, jwk_thumbprint(&k)))
			fail_msg("thumbprint: %s", thumbs[i].why);
	}
}

static bool says_valid(const json_t *test) { return strcmp(text_of(test, "result"), "valid") == 0; }

static int case_number(const json_t *test) { return (int)json_integer_value(json_object_get(test, "tcId")); }

/* One INTEGER of a DER signature, strictly, into 32 bytes. Moves s behind it. */
static bool der_integer(struct span *s, uint8_t out[32])
{
	const uint8_t *at = (const uint8_t *)s->at;

	if (s->len < 3 || at[0] != 0x02 || at[1] == 0 || at[1] > 33 || s->len < 2 + (size_t)at[1])
		return false;
	size_t len = at[1];
	at += 2;
	*s = (struct span){ s->at + 2 + len, s->len - 2 - len };
	if (at[0] & 0x80 || (len > 1 && at[0] == 0 && !(at[1] & 0x80)))
		return false;
	if (at[0] == 0 && len > 1) {
		at++;
		len--;
	}
	if (len > 32)
		return false;
	memset(out, 0, 32);
	memcpy(out + 32 - len, at, len);
	return true;
}

/* SEQUENCE { r, s } as r || s. */
static bool der_signature(struct span s, uint8_t out[SIG_LEN])
{
	if (s.len < 2 || (uint8_t)s.at[0] != 0x30 || (uint8_t)s.at[1] > 127 || (size_t)(uint8_t)s.at[1] != s.len - 2)
		return false;
	s = (struct span){ s.at + 2, s.len - 2 };
	return der_integer(&s, out) && der_integer(&s, out + 32) && s.len == 0;
}

/* Every test of a wycheproof file; returns how many. */
static size_t wycheproof(const char *file, enum alg alg, bool der)
{
	json_t *j = shared_json(file), *group, *test;
	size_t g, t, n = 0, valid = 0;

	if (!j)
		skip();
	json_array_foreach(json_object_get(j, "testGroups"), g, group)
	{
		const json_t *pub = json_object_get(group, "publicKey");
		const char *hex = alg == ALG_ED25519 ? text_of(pub, "pk") : text_of(pub, "uncompressed") + 2;

		json_array_foreach(json_object_get(group, "tests"), t, test)
		{
			struct pubkey k = key_of(alg, unhex(hex));
			struct span msg = hex_of(test, "msg"), sig = hex_of(test, "sig");
			uint8_t rs[SIG_LEN];
			bool got = der ? der_signature(sig, rs) && sig_verify(&k, msg, rs) : verify_bytes(&k, msg, sig);

			if (got != says_valid(test))
				fail_msg("%s: tcId %d: %s", file, case_number(test), text_of(test, "comment"));
			arena_reset(vec());
			valid += got;
			n++;
		}
	}
	json_decref(j);
	print_message("%s: %zu, of them valid %zu\n", strrchr(file, '/') + 1, n, valid);
	return n;
}

static void wycheproof_ed25519(void **state)
{
	(void)state;
	assert_int_equal(wycheproof("vectors/wycheproof/testvectors_v1/ed25519_test.json", ALG_ED25519, false), 151);
}

static void wycheproof_es256_der(void **state)
{
	(void)state;
	assert_int_equal(wycheproof("vectors/wycheproof/testvectors_v1/ecdsa_secp256r1_sha256_test.json", ALG_ES256,
	                            true),
	                 484);
}

static void wycheproof_es256_p1363(void **state)
{
	(void)state;
	assert_int_equal(wycheproof("vectors/wycheproof/testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json",
	                            ALG_ES256, false),
	                 262);
}

static void cctv(void **state)
{
	json_t *j = shared_json("vectors/cctv-ed25519/ed25519/ed25519vectors.json"), *test;
	size_t i, n = 0, accepted = 0;

	(void)state;
	if (!j)
		skip();
	json_array_foreach(j, i, test)
	{
		struct pubkey k = key_of(ALG_ED25519, hex_of(test, "key"));

		accepted += verify_bytes(&k, span_z(text_of(test, "msg")), hex_of(test, "sig"));
		arena_reset(vec());
		n++;
	}
	json_decref(j);
	print_message("C2SP/CCTV ed25519: %zu, accepted %zu\n", n, accepted);
	assert_int_equal(n, 914);
	assert_int_equal(accepted, 43);
}

static void botan_ed25519(void **state)
{
	struct span file = shared_file("vectors/sm2-sm3-botan/src/tests/data/pubkey/ed25519_verify.vec"), rest = file;
	struct span line, name, value, pub = S(""), msg = S("");
	size_t n = 0;
	bool valid = false;

	(void)state;
	if (!file.at)
		skip();
	while (next_line(&rest, &line)) {
		if (!vec_field(line, &name, &value))
			continue;
		if (span_is(name, "Valid")) {
			valid = span_is(value, "1");
		} else if (span_is(name, "Pubkey")) {
			arena_reset(vec());
			pub = unhex_span(value);
			msg = S("");
		} else if (span_is(name, "Msg")) {
			msg = unhex_span(value);
		} else if (span_is(name, "Signature")) {
			struct pubkey k = key_of(ALG_ED25519, pub);

			if (verify_bytes(&k, msg, unhex_span(value)) != valid)
				fail_msg("botan ed25519 number %zu", n);
			n++;
		}
	}
	free((void *)(uintptr_t)file.at);
	print_message("botan ed25519_verify: %zu\n", n);
	assert_true(n > 0);
}

/*
 * Botan's signatures name other distinguishing ids (or other curves or hashes)
 * than the one our rule fixes, so each must be refused; the same key's own
 * signature must not.
 */
static void botan_sm2(void **state)
{
	struct span file = shared_file("vectors/sm2-sm3-botan/src/tests/data/pubkey/sm2_sig.vec"), rest = file;
	struct span line, name, value, msg = S(""), secret = S("");
	size_t n = 0;

	(void)state;
	if (!file.at)
		skip();
	while (next_line(&rest, &line)) {
		if (!vec_field(line, &name, &value))
			continue;
		if (span_is(name, "Msg")) {
			arena_reset(vec());
			msg = unhex_span(value);
		} else if (span_is(name, "x")) {
			secret = unhex_span((struct span){ value.at + 2, value.len - 2 });
		} else if (span_is(name, "Signature")) {
			struct privkey p;
			uint8_t own[SIG_LEN];

			assert_true(privkey_from_seed(ALG_SM2, (const uint8_t *)secret.at, &p));
			assert_false(verify_bytes(&p.pub, msg, unhex_span(value)));
			assert_true(sig_sign(&p, msg, own) && sig_verify(&p.pub, msg, own));
			n++;
		}
	}
	free((void *)(uintptr_t)file.at);
	print_message("botan sm2_sig, of other ids, curves and hashes: %zu\n", n);
	assert_int_equal(n, 7);
}

static void gbt_sm2(void **state)
{
	json_t *j = shared_json("vectors/sm2-sm3-gbt/gmt0003.5-annexA-sign.json");
	struct pubkey k = { .alg = ALG_SM2 };
	uint8_t sig[SIG_LEN], der[SIG_LEN];

	(void)state;
	if (!j)
		skip();
	memcpy(k.raw, hex_of(j, "Px").at, 32);
	memcpy(k.raw + 32, hex_of(j, "Py").at, 32);
	memcpy(sig, hex_of(j, "r").at, 32);
	memcpy(sig + 32, hex_of(j, "s").at, 32);
	assert_true(sig_verify(&k, span_z(text_of(j, "msg_ascii")), sig));
	assert_true(der_signature(hex_of(j, "sig_der"), der));
	assert_memory_equal(sig, der, SIG_LEN);
	json_decref(j);
	arena_reset(vec());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(known_signatures),
		T(flipped_bits),
		T(every_length),
		T(seed_rows),
		T(bad_key_rows),
		T(names),
		T(thumbprints),
		T(wycheproof_ed25519),
		T(wycheproof_es256_der),
		T(wycheproof_es256_p1363),
		T(cctv),
		T(botan_ed25519),
		T(botan_sm2),
		T(gbt_sm2),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
