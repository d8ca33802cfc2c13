/* SPDX-License-Identifier: Apache-2.0 */
/* t11: SHA-256, SM3, HMAC, HKDF, base64 and hexadecimal, against the standards' own numbers. */
#include "crypto.h"
#include "vectors.h"

static void same_hash(const char *why, struct hash got, const char *want)
{
	if (memcmp(got.b, unhex(want).at, HASH_LEN) != 0)
		fail_msg("%s: not %s", why, want);
	arena_reset(vec());
}

static const struct {
	const char *why, *msg, *sha256, *sm3;
} digests[] = {
	{ "FIPS 180-4 / GB/T 32905 example 1", "abc",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" },
	{ "empty message", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b" },
	{ "FIPS 180-2 B.2: two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", NULL },
	{ "GB/T 32905 example 2: one whole block", "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
	  NULL, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732" },
};

static void digest_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		struct span msg = span_z(digests[i].msg);

		if (digests[i].sha256)
			same_hash(digests[i].why, sha256(msg), digests[i].sha256);
		if (digests[i].sm3)
			same_hash(digests[i].why, sm3(msg), digests[i].sm3);
	}
	same_hash("two pieces", sha256_2(S("a"), S("bc")), digests[0].sha256);
	same_hash("an empty piece", sha256_2((struct span){ NULL, 0 }, S("abc")), digests[0].sha256);
}

static void million_a(void **state)
{
	size_t len = 1000000;
	char *a = malloc(len);

	(void)state;
	assert_non_null(a);
	memset(a, 'a', len);
	same_hash("FIPS 180-2 B.3", sha256(bytes_of(a, len)),
	          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

static const struct {
	const char *why, *key, *msg, *want;
} macs[] = {
	{ "RFC 4231 case 1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "RFC 4231 case 2: a key shorter than the hash", "4a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ "empty key and message", "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void mac_rows(void **state)
{
	uint8_t key[131];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(macs); i++)
		same_hash(macs[i].why, hmac_sha256(unhex(macs[i].key), unhex(macs[i].msg)), macs[i].want);
	memset(key, 0xaa, sizeof key);
	same_hash("RFC 4231 case 6: a key longer than a block",
	          hmac_sha256(bytes_of(key, sizeof key), S("Test Using Larger Than Block-Size Key - Hash Key First")),
	          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	same_hash("RFC 4231 case 7: long key, long message",
	          hmac_sha256(bytes_of(key, sizeof key),
	                      S("This is a test using a larger than block-size key and a larger than block-size data. "
	                        "The key needs to be hashed before being used by the HMAC algorithm.")),
	          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static const struct {
	const char *why, *key, *salt, *info, *want;
} kdfs[] = {
	{ "RFC 5869 A.1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
	  "f0f1f2f3f4f5f6f7f8f9",
	  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
	{ "RFC 5869 A.2: longer inputs",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
	  "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
	  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
	  "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
	  "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
	  "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
	{ "RFC 5869 A.3: no salt, no info", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
	  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void kdf_rows(void **state)
{
	uint8_t out[255 * 32];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kdfs); i++) {
		struct span want = unhex(kdfs[i].want);

		for (size_t len = 0; len <= want.len; len++) { /* a shorter output is the beginning of a longer one */
			memset(out, 0x5a, sizeof out);
			hkdf_sha256(unhex(kdfs[i].key), unhex(kdfs[i].salt), unhex(kdfs[i].info), out, len);
			assert_memory_equal(out, want.at, len);
			assert_int_equal(out[len], 0x5a);
			vec()->used = 0;
			want = unhex(kdfs[i].want);
		}
		arena_reset(vec());
	}
	hkdf_sha256(S("key"), S("salt"), S("info"), out, sizeof out); /* the most it gives */
}

static void secrets(void **state)
{
	char a[] = "same secret", b[] = "same secret";

	(void)state;
	assert_true(secret_eq(a, b, sizeof a));
	b[10] ^= 1;
	assert_false(secret_eq(a, b, sizeof a));
	assert_true(secret_eq(a, b, 10));
	assert_true(secret_eq(NULL, NULL, 0));
	secret_wipe(a, sizeof a);
	for (size_t i = 0; i < sizeof a; i++)
		assert_int_equal(a[i], 0);
}

/* RFC 4648 section 10, and the letters in which the alphabets differ. */
static const struct {
	struct span bytes;
	const char *std, *url;
} coded[] = {
	{ S_INIT(""), "", "" },
	{ S_INIT("f"), "Zg==", "Zg" },
	{ S_INIT("fo"), "Zm8=", "Zm8" },
	{ S_INIT("foo"), "Zm9v", "Zm9v" },
	{ S_INIT("foob"), "Zm9vYg==", "Zm9vYg" },
	{ S_INIT("fooba"), "Zm9vYmE=", "Zm9vYmE" },
	{ S_INIT("foobar"), "Zm9vYmFy", "Zm9vYmFy" },
	{ S_INIT("\xfb\xff\xbf"), "+/+/", "-_-_" },
	{ S_INIT("\0\0\0\0"), "AAAAAA==", "AAAAAA" },
};

static void base64_rows(void **state)
{
	char buf[64];
	struct span got;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(coded); i++) {
		struct writer w = writer_over(buf, sizeof buf), u = writer_over(buf + 32, 32);
		size_t len = 99;

		put_b64(&w, coded[i].bytes);
		assert_true(span_is(writer_span(&w), coded[i].std));
		put_b64url(&u, coded[i].bytes);
		assert_true(span_is(writer_span(&u), coded[i].url));
		assert_true(b64_decode(span_z(coded[i].std), vec(), &got) && span_eq(got, coded[i].bytes));
		assert_true(b64url_decode(span_z(coded[i].url), vec(), &got) && span_eq(got, coded[i].bytes));
		assert_true(b64_fixed(span_z(coded[i].std), buf, coded[i].bytes.len));
		assert_true(b64url_fixed(span_z(coded[i].url), buf, coded[i].bytes.len));
		assert_false(b64url_fixed(span_z(coded[i].url), buf, coded[i].bytes.len + 1));
		assert_true(b64_measure(span_z(coded[i].std), &len));
		assert_int_equal(len, coded[i].bytes.len);
		w = writer_over(buf, strlen(coded[i].std)); /* exactly enough */
		put_b64(&w, coded[i].bytes);
		assert_false(w.overflow);
		if (coded[i].bytes.len > 0) {
			w = writer_over(buf, strlen(coded[i].std) - 1);
			put_b64(&w, coded[i].bytes);
			assert_true(w.overflow && w.len == 0);
		}
	}
	arena_reset(vec());
}

static const struct {
	const char *why;
	struct span s;
	bool url;
} refused[] = {
	{ "no padding", S_INIT("Zg"), false },
	{ "half the padding", S_INIT("Zg="), false },
	{ "too much padding", S_INIT("Zg==="), false },
	{ "three paddings in a group", S_INIT("Z==="), false },
	{ "padding alone", S_INIT("===="), false },
	{ "padding alone, two", S_INIT("=="), false },
	{ "padding before the end", S_INIT("Zg==Zm9v"), false },
	{ "padding inside", S_INIT("Z=g="), false },
	{ "a bit set that no byte holds, one byte", S_INIT("Zh=="), false },
	{ "a bit set that no byte holds, two bytes", S_INIT("Zm9="), false },
	{ "line feed at the end", S_INIT("Zm9v\n"), false },
	{ "space inside", S_INIT("Zm 9v"), false },
	{ "a letter of the other alphabet", S_INIT("-_-_"), false },
	{ "a zero byte", S_INIT("Zm9\0"), false },
	{ "a byte above 127", S_INIT("Zm9\xf6"), false },
	{ "url: padding", S_INIT("Zg=="), true },
	{ "url: a single letter", S_INIT("Z"), true },
	{ "url: five letters", S_INIT("Zm9vY"), true },
	{ "url: a bit set that no byte holds, one byte", S_INIT("Zh"), true },
	{ "url: the same, two bytes", S_INIT("Zm9"), true },
	{ "url: a letter of the other alphabet", S_INIT("+/+/"), true },
	{ "url: a dot", S_INIT("Zm.v"), true },
	{ "url: a zero byte", S_INIT("Zm9\0"), true },
};

static void base64_refused(void **state)
{
	struct span got = S("untouched");
	uint8_t out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct span s = refused[i].s;
		bool taken = refused[i].url ? b64url_decode(s, vec(), &got)
		                            : b64_decode(s, vec(), &got) || b64_measure(s, &len);

		for (size_t n = 0; n < sizeof out; n++)
			taken = taken || (refused[i].url ? b64url_fixed(s, out, n) : b64_fixed(s, out, n));
		if (taken)
			fail_msg("taken: %s", refused[i].why);
		assert_true(span_is(got, "untouched"));
	}
	arena_reset(vec());
}

/* Every length to 100, and of every text every change of one letter to any byte: decoded, it is different, or refused. */
static void base64_one_text_per_value(void **state)
{
	uint8_t bytes[100], out[100];
	char text[136];
	uint64_t seed = 1;

	(void)state;
	for (size_t len = 0; len <= sizeof bytes; len++) {
		for (int kind = 0; kind < 2; kind++) {
			struct writer w = writer_over(text, sizeof text);

			for (size_t i = 0; i < len; i++)
				bytes[i] = (uint8_t)vec_random(&seed);
			(kind ? put_b64url : put_b64)(&w, bytes_of(bytes, len));
			bool (*fixed)(struct span, void *, size_t) = kind ? b64url_fixed : b64_fixed;
			assert_true(fixed(writer_span(&w), out, len));
			assert_memory_equal(bytes, out, len);
			if (len > 20 || len == 0)
				continue;
			for (size_t at = 0; at < w.len; at++)
				for (int c = 0; c < 256; c++) {
					char was = text[at];

					text[at] = (char)c;
					assert_false(text[at] != was && fixed(writer_span(&w), out, len) &&
					             memcmp(bytes, out, len) == 0);
					text[at] = was;
				}
		}
	}
}

static void hexadecimal(void **state)
{
	char buf[16];
	uint8_t out[4] = { 9, 9, 9, 9 };
	struct writer w = writer_over(buf, sizeof buf);
	struct hash h = sha256(S("abc")), back;

	(void)state;
	put_hex(&w, "\x00\x9f\xff", 3);
	assert_true(span_is(writer_span(&w), "009fff"));
	assert_true(hex_parse(S("009fff"), out, 3));
	assert_memory_equal(out, "\x00\x9f\xff\x09", 4);
	assert_false(hex_parse(S("009fF0"), out, 3)); /* lower case only */
	assert_false(hex_parse(S("009ff"), out, 3));
	assert_false(hex_parse(S("009ff0"), out, 2));
	assert_false(hex_parse(S("00 ff0"), out, 3));
	assert_true(hex_parse(S(""), out, 0));
	char text[HASH_B64];
	w = writer_over(text, sizeof text);
	put_hash64(&w, h);
	assert_true(span_is(writer_span(&w), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"));
	assert_true(hash64_parse(writer_span(&w), &back) && hash_eq(h, back));
	assert_false(hash_is_zero(h));
	assert_true(hash_is_zero((struct hash){ { 0 } }));
	assert_false(hash64_parse(S("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1"), &back)); /* trailing bits */
	assert_false(hash64_parse(S("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa"), &back));
	assert_false(hash64_parse(S("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0="), &back));
}

static void wycheproof_hmac_sm3(void **state)
{
	json_t *j = shared_json("vectors/wycheproof/testvectors_v1/hmac_sm3_test.json"), *group, *test;
	size_t g, t, n = 0;

	(void)state;
	if (!j)
		skip();
	json_array_foreach(json_object_get(j, "testGroups"), g, group)
		json_array_foreach(json_object_get(group, "tests"), t, test)
	{
		struct hash h = hmac_sm3(hex_of(test, "key"), hex_of(test, "msg"));
		struct span tag = hex_of(test, "tag"); /* some are cut short */
		bool valid = strcmp(text_of(test, "result"), "valid") == 0;

		assert_true(tag.len <= HASH_LEN);
		if ((memcmp(tag.at, h.b, tag.len) == 0) != valid)
			fail_msg("tcId %d", (int)json_integer_value(json_object_get(test, "tcId")));
		arena_reset(vec());
		n++;
	}
	json_decref(j);
	print_message("wycheproof hmac_sm3: %zu\n", n);
	assert_int_equal(n, 174);
}

static void botan_sm3(void **state)
{
	struct span file = shared_file("vectors/sm2-sm3-botan/src/tests/data/hash/sm3.vec"), rest = file;
	struct span line, name, value, in = S("");
	size_t n = 0;

	(void)state;
	if (!file.at)
		skip();
	while (next_line(&rest, &line)) {
		if (!vec_field(line, &name, &value))
			continue;
		if (span_is(name, "In")) {
			arena_reset(vec());
			in = unhex_span(value);
		} else if (span_is(name, "Out")) {
			assert_memory_equal(sm3(in).b, unhex_span(value).at, HASH_LEN);
			n++;
		}
	}
	free((void *)(uintptr_t)file.at);
	print_message("botan sm3: %zu\n", n);
	assert_int_equal(n, 139);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(digest_rows), T(million_a),           T(mac_rows),       T(kdf_rows),
		T(secrets),     T(base64_rows),         T(base64_refused), T(base64_one_text_per_value),
		T(hexadecimal), T(wycheproof_hmac_sm3), T(botan_sm3),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
