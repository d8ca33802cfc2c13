/* SPDX-License-Identifier: Apache-2.0 */
/* t14: canonical JSON: RFC 8785's examples and tables, the six published documents, numbers by the hundred thousand. */
#include <math.h>

#include "crypto.h"
#include "jcs.h"
#include "vectors.h"

static char out[1 << 16];

static const struct {
	const char *why;
	struct span in;
	const char *want;
} strings[] = {
	{ "plain", S_INIT("abc"), "\"abc\"" },
	{ "empty", S_INIT(""), "\"\"" },
	{ "the two that must be", S_INIT("\"\\"), "\"\\\"\\\\\"" },
	{ "the five with a letter", S_INIT("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"" },
	{ "other controls, lower case", S_INIT("\x00\x01\x0b\x1f"), "\"\\u0000\\u0001\\u000b\\u001f\"" },
	{ "slash and DEL stay", S_INIT("/\x7f"), "\"/\x7f\"" },
	{ "beyond ASCII stays", S_INIT("\xe2\x82\xac\xf0\x9f\x98\x82\xe2\x80\xa8"),
	  "\"\xe2\x82\xac\xf0\x9f\x98\x82\xe2\x80\xa8\"" },
	{ "RFC 8785 3.2.2.2", S_INIT("\xe2\x82\xac$\x0f\nA'B\"\\\\\"/"),
	  "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"" },
	{ "escape at the start and the end", S_INIT("\nx\n"), "\"\\nx\\n\"" },
};

static void string_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		struct writer w = writer_over(out, sizeof out);
		struct jcs j = jcs_over(&w);

		jcs_string(&j, strings[i].in);
		if (!span_is(writer_span(&w), strings[i].want))
			fail_msg("%s: %.*s", strings[i].why, (int)w.len, w.at);
	}
}

static void nesting(void **state)
{
	struct writer w = writer_over(out, sizeof out);
	struct jcs j = jcs_over(&w);

	(void)state;
	jcs_object(&j);
	jcs_name(&j, "a");
	jcs_array(&j);
	jcs_i64(&j, -1);
	jcs_object(&j);
	jcs_end_object(&j);
	jcs_array(&j);
	jcs_end_array(&j);
	jcs_null(&j);
	jcs_raw(&j, S("{\"x\":1}"));
	jcs_end_array(&j);
	jcs_member_bool(&j, "b", true);
	jcs_member_bool(&j, "ba", false);
	jcs_member_i64(&j, "c", INT64_C(9007199254740991));
	jcs_member_i64(&j, "d", -INT64_C(9007199254740991));
	jcs_member_z(&j, "e", "z");
	jcs_member_span(&j, "f", S("s"));
	jcs_name_span(&j, S("g\n"));
	jcs_null(&j);
	jcs_end_object(&j);
	assert_int_equal(j.depth, 0);
	assert_true(span_is(writer_span(&w),
	                    "{\"a\":[-1,{},[],null,{\"x\":1}],\"b\":true,\"ba\":false,\"c\":9007199254740991,"
	                    "\"d\":-9007199254740991,\"e\":\"z\",\"f\":\"s\",\"g\\n\":null}"));
	w = writer_over(out, sizeof out);
	j = jcs_free_order(&w);
	jcs_object(&j);
	jcs_member_z(&j, "z", "1");
	jcs_member_z(&j, "a", "2");
	jcs_end_object(&j);
	assert_true(span_is(writer_span(&w), "{\"z\":\"1\",\"a\":\"2\"}"));
}

/* RFC 8785 3.2.3: the names of its sorting example, in the order it gives, and a few more. */
static void name_order(void **state)
{
	static const struct span name[] = {
		S_INIT(""),
		S_INIT("\r"),
		S_INIT("1"),
		S_INIT("10"),
		S_INIT("2"),
		S_INIT("\xc2\x80"),
		S_INIT("\xc3\xb6"),
		S_INIT("\xe2\x82\xac"),
		S_INIT("\xed\x9f\xbf"),
		S_INIT("\xf0\x90\x80\x80"),
		S_INIT("\xf0\x9f\x98\x80"),
		S_INIT("\xf0\x9f\x98\x82"),
		S_INIT("\xf4\x8f\xbf\xbf"),
		S_INIT("\xee\x80\x80"),
		S_INIT("\xef\xac\xb3"),
		S_INIT("\xef\xac\xb3"
		       "a"),
	};

	(void)state;
	for (size_t a = 0; a < ARRAY_LEN(name); a++)
		for (size_t b = 0; b < ARRAY_LEN(name); b++) {
			int order = jcs_name_cmp(name[a], name[b]);

			assert_int_equal((order > 0) - (order < 0), (a > b) - (a < b));
		}
}

/* RFC 8785 appendix B, and the edges of the four forms. */
static const struct {
	uint64_t bits;
	const char *want;
} numbers[] = {
	{ 0x0000000000000000, "0" },
	{ 0x8000000000000000, "0" },
	{ 0x0000000000000001, "5e-324" },
	{ 0x8000000000000001, "-5e-324" },
	{ 0x7fefffffffffffff, "1.7976931348623157e+308" },
	{ 0xffefffffffffffff, "-1.7976931348623157e+308" },
	{ 0x4340000000000000, "9007199254740992" },
	{ 0xc340000000000000, "-9007199254740992" },
	{ 0x4430000000000000, "295147905179352830000" },
	{ 0x7fffffffffffffff, NULL },
	{ 0x7ff0000000000000, NULL },
	{ 0xfff0000000000000, NULL },
	{ 0x44b52d02c7e14af5, "9.999999999999997e+22" },
	{ 0x44b52d02c7e14af6, "1e+23" },
	{ 0x44b52d02c7e14af7, "1.0000000000000001e+23" },
	{ 0x444b1ae4d6e2ef4e, "999999999999999700000" },
	{ 0x444b1ae4d6e2ef4f, "999999999999999900000" },
	{ 0x444b1ae4d6e2ef50, "1e+21" },
	{ 0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7" },
	{ 0x3eb0c6f7a0b5ed8d, "0.000001" },
	{ 0x41b3de4355555553, "333333333.3333332" },
	{ 0x41b3de4355555554, "333333333.33333325" },
	{ 0x41b3de4355555555, "333333333.3333333" },
	{ 0x41b3de4355555556, "333333333.3333334" },
	{ 0x41b3de4355555557, "333333333.33333343" },
	{ 0xbecbf647612f3696, "-0.0000033333333333333333" },
	{ 0x43143ff3c1cb0959, "1424953923781206.2" },
	{ 0x3ff0000000000000, "1" },
	{ 0x4024000000000000, "10" },
	{ 0x3fe0000000000000, "0.5" },
};

static double double_of(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

static void number_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct writer w = writer_over(out, sizeof out);
		bool ok = put_es6_number(&w, double_of(numbers[i].bits));

		assert_int_equal(ok, numbers[i].want != NULL);
		if (ok && !span_is(writer_span(&w), numbers[i].want))
			fail_msg("want %s, got %.*s", numbers[i].want, (int)w.len, w.at);
	}
}

/* Every power of two: there the doubles' spacing changes, and the shortest decimal may not be the nearest. */
static void powers_of_two(void **state)
{
	(void)state;
	for (unsigned e = 0; e < 52 + 2046; e++) { /* first the subnormals, then all exponents */
		struct writer w = writer_over(out, sizeof out);
		double v = double_of(e < 52 ? UINT64_C(1) << e : (uint64_t)(e - 51) << 52);

		assert_true(put_es6_number(&w, v));
		bool same = !islessgreater(strtod(arena_z(vec(), writer_span(&w)), NULL), v);
		assert_true(same);
		arena_reset(vec());
	}
}

static const uint64_t static_u64[] = {
	/* the list of cyberphone/json-canonicalization (Apache-2.0): edges of every kind */
	0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001, 0xc46696695dbd1cc3,
	0xc43211ede4974a35, 0xc3fce97ca0f21056, 0xc3c7213080c1a6ac, 0xc39280f39a348556, 0xc35d9b1f5d20d557,
	0xc327af4c4a80aaac, 0xc2f2f2a36ecd5556, 0xc2be51057e155558, 0xc28840d131aaaaac, 0xc253670dc1555557,
	0xc21f0b4935555557, 0xc1e8d5d42aaaaaac, 0xc1b3de4355555556, 0xc17fca0555555556, 0xc1496e6aaaaaaaab,
	0xc114585555555555, 0xc0e046aaaaaaaaab, 0xc0aa0aaaaaaaaaaa, 0xc074d55555555555, 0xc040aaaaaaaaaaab,
	0xc00aaaaaaaaaaaab, 0xbfd5555555555555, 0xbfa1111111111111, 0xbf6b4e81b4e81b4f, 0xbf35d867c3ece2a5,
	0xbf0179ec9cbd821e, 0xbecbf647612f3696, 0xbe965e9f80f29212, 0xbe61e54c672874db, 0xbe2ca213d840baf8,
	0xbdf6e80fe033c8c6, 0xbdc2533fe68fd3d2, 0xbd8d51ffd74c861c, 0xbd5774ccac3d3817, 0xbd22c3d6f030f9ac,
	0xbcee0624b3818f79, 0xbcb804ea293472c7, 0xbc833721ba905bd3, 0xbc4ebe9c5db3c61e, 0xbc18987d17c304e5,
	0xbbe3ad30dfcf371d, 0xbbaf7b816618582f, 0xbb792f9ab81379bf, 0xbb442615600f9499, 0xbb101e77800c76e1,
	0xbad9ca58cce0be35, 0xbaa4a1e0a3e6fe90, 0xba708180831f320d, 0xba3a68cd9e985016, 0x446696695dbd1cc3,
	0x443211ede4974a35, 0x43fce97ca0f21056, 0x43c7213080c1a6ac, 0x439280f39a348556, 0x435d9b1f5d20d557,
	0x4327af4c4a80aaac, 0x42f2f2a36ecd5556, 0x42be51057e155558, 0x428840d131aaaaac, 0x4253670dc1555557,
	0x421f0b4935555557, 0x41e8d5d42aaaaaac, 0x41b3de4355555556, 0x417fca0555555556, 0x41496e6aaaaaaaab,
	0x4114585555555555, 0x40e046aaaaaaaaab, 0x40aa0aaaaaaaaaaa, 0x4074d55555555555, 0x4040aaaaaaaaaaab,
	0x400aaaaaaaaaaaab, 0x3fd5555555555555, 0x3fa1111111111111, 0x3f6b4e81b4e81b4f, 0x3f35d867c3ece2a5,
	0x3f0179ec9cbd821e, 0x3ecbf647612f3696, 0x3e965e9f80f29212, 0x3e61e54c672874db, 0x3e2ca213d840baf8,
	0x3df6e80fe033c8c6, 0x3dc2533fe68fd3d2, 0x3d8d51ffd74c861c, 0x3d5774ccac3d3817, 0x3d22c3d6f030f9ac,
	0x3cee0624b3818f79, 0x3cb804ea293472c7, 0x3c833721ba905bd3, 0x3c4ebe9c5db3c61e, 0x3c18987d17c304e5,
	0x3be3ad30dfcf371d, 0x3baf7b816618582f, 0x3b792f9ab81379bf, 0x3b442615600f9499, 0x3b101e77800c76e1,
	0x3ad9ca58cce0be35, 0x3aa4a1e0a3e6fe90, 0x3a708180831f320d, 0x3a3a68cd9e985016, 0x4024000000000000,
	0x4014000000000000, 0x3fe0000000000000, 0x3fa999999999999a, 0x3f747ae147ae147b, 0x3f40624dd2f1a9fc,
	0x3f0a36e2eb1c432d, 0x3ed4f8b588e368f1, 0x3ea0c6f7a0b5ed8d, 0x3e6ad7f29abcaf48, 0x3e35798ee2308c3a,
	0x3ed539223589fa95, 0x3ed4ff26cd5a7781, 0x3ed4f95a762283ff, 0x3ed4f8c60703520c, 0x3ed4f8b72f19cd0d,
	0x3ed4f8b5b31c0c8d, 0x3ed4f8b58d1c461a, 0x3ed4f8b5894f7f0e, 0x3ed4f8b588ee37f3, 0x3ed4f8b588e47da4,
	0x3ed4f8b588e3849c, 0x3ed4f8b588e36bb5, 0x3ed4f8b588e36937, 0x3ed4f8b588e368f8, 0x3ed4f8b588e368f1,
	0x3ff0000000000000, 0xbff0000000000000, 0xbfeffffffffffffa, 0xbfeffffffffffffb, 0x3feffffffffffffa,
	0x3feffffffffffffb, 0x3feffffffffffffc, 0x3feffffffffffffe, 0xbfefffffffffffff, 0xbfefffffffffffff,
	0x3fefffffffffffff, 0x3fefffffffffffff, 0x3fd3333333333332, 0x3fd3333333333333, 0x3fd3333333333334,
	0x0010000000000000, 0x000ffffffffffffd, 0x000fffffffffffff, 0x7fefffffffffffff, 0xffefffffffffffff,
	0x4340000000000000, 0xc340000000000000, 0x4430000000000000, 0x44b52d02c7e14af5, 0x44b52d02c7e14af6,
	0x44b52d02c7e14af7, 0x444b1ae4d6e2ef4e, 0x444b1ae4d6e2ef4f, 0x444b1ae4d6e2ef50, 0x3eb0c6f7a0b5ed8c,
	0x3eb0c6f7a0b5ed8d, 0x41b3de4355555553, 0x41b3de4355555554, 0x41b3de4355555555, 0x41b3de4355555556,
	0x41b3de4355555557, 0xbecbf647612f3696, 0x43143ff3c1cb0959,
};

/* The generator of the 100 million published numbers (cyberphone README), and the README's hashes of its first lines. */
static void es6_file(size_t lines, const char *want)
{
	static char text[1 << 23];
	struct writer w = writer_over(text, sizeof text);
	struct hash block = { { 0 } };
	size_t next = 4;

	for (size_t i = 0; i < lines; i++) {
		uint64_t bits = 0;

		if (i < ARRAY_LEN(static_u64)) {
			bits = static_u64[i];
		} else if (i < ARRAY_LEN(static_u64) + 2000) {
			bits = UINT64_C(0x0010000000000000) + (i - ARRAY_LEN(static_u64));
		} else {
			while (bits << 1 == 0 || !isfinite(double_of(bits))) {
				if (next == 4) {
					block = sha256(bytes_of(block.b, HASH_LEN));
					next = 0;
				}
				memcpy(&bits, block.b + 8 * next++, 8); /* as the machine has it: little-endian */
			}
		}
		char hex[17];
		snprintf(hex, sizeof hex, "%llx", (unsigned long long)bits);
		put_z(&w, hex);
		put_byte(&w, ',');
		assert_true(put_es6_number(&w, double_of(bits)));
		put_byte(&w, '\n');
	}
	assert_false(w.overflow);
	assert_memory_equal(sha256(writer_span(&w)).b, unhex(want).at, HASH_LEN);
	print_message("ES6 numbers: %zu lines, %zu bytes, hash as published\n", lines, w.len);
	arena_reset(vec());
}

static void es6_numbers(void **state)
{
	(void)state;
	es6_file(1000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687");
	es6_file(10000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892");
	es6_file(100000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7");
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return jcs_name_cmp(span_z(*x), span_z(*y));
}

/* Any JSON value through the canonical writer. */
static void put_value(struct jcs *j, const json_t *v)
{
	const char *name[32], *key;
	json_t *item;
	size_t n = 0, i;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)(uintptr_t)v, key, item) name[n++] = key;
		qsort(name, n, sizeof *name, by_name);
		jcs_object(j);
		for (i = 0; i < n; i++) {
			jcs_name(j, name[i]);
			put_value(j, json_object_get(v, name[i]));
		}
		jcs_end_object(j);
		break;
	case JSON_ARRAY:
		jcs_array(j);
		json_array_foreach(v, i, item) put_value(j, item);
		jcs_end_array(j);
		break;
	case JSON_STRING:
		jcs_string(j, bytes_of(json_string_value(v), json_string_length(v)));
		break;
	case JSON_INTEGER:
	case JSON_REAL: {
		char text[64];
		struct writer w = writer_over(text, sizeof text);

		assert_true(put_es6_number(&w, json_number_value(v)));
		jcs_raw(j, writer_span(&w));
		break;
	}
	case JSON_TRUE:
	case JSON_FALSE:
		jcs_bool(j, json_is_true(v));
		break;
	case JSON_NULL:
		jcs_null(j);
		break;
	}
}

static void cyberphone(void **state)
{
	static const char *const name[] = { "arrays", "french", "structures", "unicode", "values", "weird" };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(name); i++) {
		char path[128];
		struct writer w = writer_over(out, sizeof out);
		struct jcs j = jcs_over(&w);

		snprintf(path, sizeof path, "vectors/rfc8785-jcs-cyberphone/testdata/output/%s.json", name[i]);
		struct span want = shared_file(path);
		if (!want.at)
			skip();
		snprintf(path, sizeof path, "vectors/rfc8785-jcs-cyberphone/testdata/input/%s.json", name[i]);
		json_t *in = shared_json(path);
		assert_non_null(in);
		put_value(&j, in);
		json_decref(in);
		if (!span_eq(writer_span(&w), want))
			fail_msg("%s: %.*s", name[i], (int)w.len, w.at);
		free((void *)(uintptr_t)want.at);
		n++;
	}
	print_message("cyberphone JCS: %zu\n", n);
	assert_int_equal(n, 6);
}

/* Whatever string is written, a JSON reader reads the same string. */
static void strings_read_back(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct writer in = writer_over(out + 4096, 256), w = writer_over(out, 4096);
		struct jcs j = jcs_over(&w);

		for (uint64_t n = vec_random(&seed) % 20; n > 0; n--) {
			static const char *const piece[] = { "\xe2\x80\x94", "\xf0\x9f\x98\x82",
				                             "\xc3\xa8",     "\"",
				                             "\\",           "/" };
			uint64_t r = vec_random(&seed) >> 40;

			if (r % 3 == 0)
				put_z(&in, piece[r / 3 % ARRAY_LEN(piece)]);
			else
				put_byte(&in, (char)(r % 128));
		}
		jcs_array(&j);
		jcs_string(&j, writer_span(&in));
		jcs_end_array(&j);
		json_t *back = json_loadb(w.at, w.len, JSON_ALLOW_NUL, NULL);
		assert_non_null(back);
		const json_t *s = json_array_get(back, 0);
		assert_true(span_eq(bytes_of(json_string_value(s), json_string_length(s)), writer_span(&in)));
		json_decref(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(string_rows),   T(nesting),     T(name_order), T(number_rows),
		T(powers_of_two), T(es6_numbers), T(cyberphone), T(strings_read_back),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
