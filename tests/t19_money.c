/* SPDX-License-Identifier: Apache-2.0 */
/* t19: amounts: one spelling each, exact shares. */
#include "money.h"
#include "vectors.h"

static const struct {
	const char *why;
	struct span amount, ccy;
	int64_t want;
} parse[] = {
	{ "plain", S_INIT("1250.00"), S_INIT("CNY"), 125000 },
	{ "zero is an amount", S_INIT("0.00"), S_INIT("EUR"), 0 },
	{ "less than one", S_INIT("0.05"), S_INIT("EUR"), 5 },
	{ "no minor digits", S_INIT("1250"), S_INIT("JPY"), 1250 },
	{ "three minor digits", S_INIT("1.250"), S_INIT("BHD"), 1250 },
	{ "the largest", S_INIT("10000000000000.00"), S_INIT("EUR"), MONEY_MAX },
	{ "one more", S_INIT("10000000000000.01"), S_INIT("EUR"), -1 },
	{ "the largest without minor digits", S_INIT("1000000000000000"), S_INIT("JPY"), MONEY_MAX },
	{ "one more of those", S_INIT("1000000000000001"), S_INIT("JPY"), -1 },
	{ "beyond 64 bits", S_INIT("99999999999999999999999999.00"), S_INIT("EUR"), -1 },
	{ "one minor digit", S_INIT("1250.0"), S_INIT("CNY"), -1 },
	{ "three minor digits in CNY", S_INIT("1250.000"), S_INIT("CNY"), -1 },
	{ "no minor digits in CNY", S_INIT("1250"), S_INIT("CNY"), -1 },
	{ "a point alone", S_INIT("1250."), S_INIT("CNY"), -1 },
	{ "minor digits in JPY", S_INIT("1250.00"), S_INIT("JPY"), -1 },
	{ "a point in JPY", S_INIT("1250."), S_INIT("JPY"), -1 },
	{ "no whole part", S_INIT(".50"), S_INIT("CNY"), -1 },
	{ "leading zero", S_INIT("01250.00"), S_INIT("CNY"), -1 },
	{ "two zeros", S_INIT("00.00"), S_INIT("CNY"), -1 },
	{ "minus", S_INIT("-1.00"), S_INIT("CNY"), -1 },
	{ "minus zero", S_INIT("-0.00"), S_INIT("CNY"), -1 },
	{ "plus", S_INIT("+1.00"), S_INIT("CNY"), -1 },
	{ "thousands", S_INIT("1,250.00"), S_INIT("CNY"), -1 },
	{ "comma", S_INIT("1250,00"), S_INIT("CNY"), -1 },
	{ "two points", S_INIT("1.250.00"), S_INIT("CNY"), -1 },
	{ "exponent", S_INIT("1e3.00"), S_INIT("CNY"), -1 },
	{ "space before", S_INIT(" 1.00"), S_INIT("CNY"), -1 },
	{ "space behind", S_INIT("1.00 "), S_INIT("CNY"), -1 },
	{ "full-width digits", S_INIT("\xef\xbc\x91.00"), S_INIT("CNY"), -1 },
	{ "a zero byte", S_INIT("1.0\0"), S_INIT("CNY"), -1 },
	{ "empty", S_INIT(""), S_INIT("CNY"), -1 },
	{ "a point and nothing", S_INIT("."), S_INIT("CNY"), -1 },
	{ "unknown currency", S_INIT("1.00"), S_INIT("XXX"), -1 },
	{ "lower case", S_INIT("1.00"), S_INIT("cny"), -1 },
	{ "two letters", S_INIT("1.00"), S_INIT("CN"), -1 },
	{ "four letters", S_INIT("1.00"), S_INIT("CNYX"), -1 },
	{ "no currency", S_INIT("1.00"), S_INIT(""), -1 },
};

static void parse_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parse); i++) {
		struct money m = { -1, "" };
		char text[32];
		struct writer w = writer_over(text, sizeof text);

		if (money_parse(parse[i].amount, parse[i].ccy, &m) != (parse[i].want >= 0) || m.minor != parse[i].want)
			fail_msg("amount: %s", parse[i].why);
		if (parse[i].want < 0)
			continue;
		assert_false(money_absent(m));
		put_amount(&w, m.minor, m.ccy);
		assert_true(span_eq(writer_span(&w), parse[i].amount)); /* one spelling */
	}
}

static void currencies(void **state)
{
	struct money eur, jpy, none = { 0, "" };

	(void)state;
	assert_int_equal(ccy_digits(S("CNY")), 2);
	assert_int_equal(ccy_digits(S("JPY")), 0);
	assert_int_equal(ccy_digits(S("BHD")), 3);
	assert_int_equal(ccy_digits(S("ZZZ")), -1);
	assert_int_equal(ccy_digits(S("")), -1);
	assert_true(money_parse(S("1.00"), S("EUR"), &eur));
	assert_true(money_parse(S("1"), S("JPY"), &jpy));
	assert_true(money_same_ccy(eur, eur));
	assert_false(money_same_ccy(eur, jpy));
	assert_false(money_same_ccy(eur, none));
	assert_true(money_absent(none));
}

static void read_back(void **state)
{
	static const char *const ccy[] = { "CNY", "JPY", "BHD" };
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		int64_t minor = (int64_t)(vec_random(&seed) % (MONEY_MAX + 1)) >> (i % 50);
		char text[32];
		struct writer w = writer_over(text, sizeof text);
		struct money m;

		put_amount(&w, minor, ccy[i % 3]);
		assert_true(money_parse(writer_span(&w), span_z(ccy[i % 3]), &m));
		assert_true(m.minor == minor);
		assert_string_equal(m.ccy, ccy[i % 3]);
	}
	char text[32];
	struct writer w = writer_over(text, sizeof text);
	put_amount(&w, INT64_MAX, "EUR"); /* a sum */
	assert_true(span_is(writer_span(&w), "92233720368547758.07"));
}

static const struct {
	int64_t a;
	int32_t ppm;
	int64_t want;
} shares[] = {
	{ 0, 1000000, 0 },
	{ 100, 0, 0 },
	{ 100, 1000000, 100 },
	{ 1, 999999, 0 },
	{ 3, 333333, 0 },
	{ 3, 333334, 1 },
	{ 1000000, 1, 1 },
	{ 999999, 1, 0 },
	{ 125000, 800000, 100000 },
	{ MONEY_MAX, 1000000, MONEY_MAX },
	{ MONEY_MAX, 999999, INT64_C(999999000000000) },
	{ MONEY_MAX - 1, 999999, INT64_C(999998999999999) },
	{ MONEY_MAX - 1, 1, INT64_C(999999999) },
};

/* Against long multiplication: four products of half words, then long division, bit by bit. */
static int64_t share_slowly(int64_t a, int32_t ppm)
{
	uint64_t low = ((uint64_t)a & UINT32_MAX) * (uint64_t)ppm,
		 high = ((uint64_t)a >> 32) * (uint64_t)ppm + (low >> 32);
	uint64_t rest = 0, quotient = 0;

	low &= UINT32_MAX;
	for (int bit = 95; bit >= 0; bit--) {
		rest = rest << 1 | (bit >= 32 ? high >> (bit - 32) & 1 : low >> bit & 1);
		quotient = quotient << 1 | (rest >= 1000000);
		rest -= rest >= 1000000 ? 1000000 : 0;
	}
	return (int64_t)quotient;
}

static void share_rows(void **state)
{
	uint64_t seed = 13;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shares); i++)
		if (minor_share(shares[i].a, shares[i].ppm) != shares[i].want)
			fail_msg("row %zu: %lld", i, (long long)minor_share(shares[i].a, shares[i].ppm));
	for (int i = 0; i < 20000; i++) {
		int64_t a = (int64_t)(vec_random(&seed) % (MONEY_MAX + 1)) >> (i % 40);
		int32_t ppm = (int32_t)(vec_random(&seed) % 1000001);

		assert_true(minor_share(a, ppm) == share_slowly(a, ppm));
		/* two shares that make up the whole never make more than the whole, and lose at most one unit */
		int64_t both = minor_share(a, ppm) + minor_share(a, 1000000 - ppm);
		assert_true(both == a || both == a - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(parse_rows), T(currencies), T(read_back), T(share_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
