/* SPDX-License-Identifier: Apache-2.0 */
/* t18: uuids, days, moments, and the codes of legal entities. */
#include "ids.h"
#include "vectors.h"

static const struct {
	const char *why;
	struct span s;
	bool want;
} uuids[] = {
	{ "RFC 9562 A.6, version 7", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), true },
	{ "upper case", S_INIT("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), true },
	{ "RFC 9562 A.3, version 4", S_INIT("919108f7-52d1-4320-9bac-f847db4148a8"), true },
	{ "nil", S_INIT("00000000-0000-0000-0000-000000000000"), true },
	{ "empty", S_INIT(""), false },
	{ "no dashes", S_INIT("017f22e279b07cc398c4dc0c0c07398f"), false },
	{ "braces", S_INIT("{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}"), false },
	{ "urn", S_INIT("urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), false },
	{ "one short", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398"), false },
	{ "one long", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0"), false },
	{ "a dash misplaced", S_INIT("017f22e27-9b0-7cc3-98c4-dc0c0c07398f"), false },
	{ "a letter that is no digit", S_INIT("017f22g2-79b0-7cc3-98c4-dc0c0c07398f"), false },
	{ "a dash for a digit", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398-"), false },
	{ "a zero byte", S_INIT("017f22e2-79b0-7cc3-98c4-dc0c0c07398\0"), false },
};

static void uuid_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(uuids); i++) {
		struct uuid u = { { 0x77 } };
		char text[UUID_TEXT], lower[UUID_TEXT];
		struct writer w = writer_over(text, sizeof text);

		if (uuid_parse(uuids[i].s, &u) != uuids[i].want)
			fail_msg("uuid: %s", uuids[i].why);
		if (!uuids[i].want) {
			assert_int_equal(u.b[0], 0x77);
			continue;
		}
		put_uuid(&w, u);
		assert_false(w.overflow);
		for (size_t c = 0; c < UUID_TEXT; c++)
			lower[c] = uuids[i].s.at[c] >= 'A' && uuids[i].s.at[c] <= 'F' ? (char)(uuids[i].s.at[c] + 32)
			                                                              : uuids[i].s.at[c];
		assert_memory_equal(text, lower, UUID_TEXT);
	}
}

static void uuid_sevens(void **state)
{
	/* RFC 9562 A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00 */
	static const uint8_t random[10] = { 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f };
	uint8_t ones[10];
	struct uuid u = uuid_v7((struct moment){ INT64_C(0x017F22E279B0) * 1000 + 999 }, random), want, later;

	(void)state;
	assert_true(uuid_parse(S("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), &want));
	assert_true(uuid_eq(u, want));
	assert_false(uuid_is_nil(u));
	memset(ones, 0xff, sizeof ones);
	u = uuid_v7((struct moment){ 0 }, ones);
	assert_memory_equal(u.b, "\0\0\0\0\0\0\x7f\xff\xbf\xff\xff\xff\xff\xff\xff\xff", 16);
	later = uuid_v7((struct moment){ 1000 }, random);
	assert_true(memcmp(u.b, later.b, 16) < 0); /* sorts by time */
	assert_true(uuid_is_nil((struct uuid){ { 0 } }));
}

static const struct {
	const char *why;
	struct span s;
	int32_t want;
} dates[] = {
	{ "the first day of Unix is before 1990", S_INIT("1970-01-01"), INT32_MIN },
	{ "the first there is", S_INIT("1990-01-01"), 7305 },
	{ "the last day before it", S_INIT("1989-12-31"), INT32_MIN },
	{ "the last there is", S_INIT("2100-12-31"), 47846 },
	{ "one more", S_INIT("2101-01-01"), INT32_MIN },
	{ "leap day of 2000, a leap century", S_INIT("2000-02-29"), 11016 },
	{ "2100 is none", S_INIT("2100-02-29"), INT32_MIN },
	{ "leap day", S_INIT("2024-02-29"), 19782 },
	{ "none in 2026", S_INIT("2026-02-29"), INT32_MIN },
	{ "today", S_INIT("2026-11-23"), 20780 },
	{ "31 April", S_INIT("2026-04-31"), INT32_MIN },
	{ "month 0", S_INIT("2026-00-10"), INT32_MIN },
	{ "month 13", S_INIT("2026-13-10"), INT32_MIN },
	{ "day 0", S_INIT("2026-11-00"), INT32_MIN },
	{ "day 32", S_INIT("2026-12-32"), INT32_MIN },
	{ "one digit", S_INIT("2026-1-01"), INT32_MIN },
	{ "no dashes", S_INIT("20261123"), INT32_MIN },
	{ "slashes", S_INIT("2026/11/23"), INT32_MIN },
	{ "sign", S_INIT("+026-11-23"), INT32_MIN },
	{ "space", S_INIT("2026-11- 3"), INT32_MIN },
	{ "time behind", S_INIT("2026-11-23T"), INT32_MIN },
	{ "empty", S_INIT(""), INT32_MIN },
};

static void date_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		struct date d = DATE_NONE;

		if (date_parse(dates[i].s, &d) != (dates[i].want != INT32_MIN) || d.day != dates[i].want)
			fail_msg("date: %s: %d", dates[i].why, (int)d.day);
	}
}

/* All days of all years: counted one by one, printed and read back. */
static void every_day(void **state)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t day = 7305;

	(void)state;
	for (int y = 1990; y <= 2100; y++)
		for (int m = 1; m <= 12; m++) {
			int days = length[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) || y == 2000));

			for (int d = 1; d <= days; d++, day++) {
				char want[40], got[16];
				struct writer w = writer_over(got, sizeof got);
				struct date back;

				snprintf(want, sizeof want, "%04d-%02d-%02d", y, m, d);
				put_date(&w, (struct date){ day });
				assert_true(span_is(writer_span(&w), want));
				assert_true(date_parse(writer_span(&w), &back));
				assert_int_equal(back.day, day);
				assert_int_equal(date_of(date_start(back)).day, day);
				assert_int_equal(date_of((struct moment){ date_start(back).us + DAY_US - 1 }).day, day);
			}
		}
	assert_int_equal(day, 47847);
}

static void before_1970(void **state)
{
	char got[40];
	struct writer w = writer_over(got, sizeof got);

	(void)state;
	assert_int_equal(date_of((struct moment){ -1 }).day, -1);
	assert_int_equal(date_of((struct moment){ -DAY_US }).day, -1);
	assert_int_equal(date_of((struct moment){ -DAY_US - 1 }).day, -2);
	put_moment(&w, (struct moment){ -1 });
	assert_true(span_is(writer_span(&w), "1969-12-31T23:59:59.999999Z"));
	w = writer_over(got, sizeof got);
	put_date(&w, (struct date){ -719468 });
	put_byte(&w, ' ');
	put_date(&w, (struct date){ 2932896 });
	assert_true(span_is(writer_span(&w), "0000-03-01 9999-12-31"));
}

#define DAY INT64_C(20780) * 86400000000
#define REFUSED INT64_MIN

static const struct {
	const char *why;
	struct span s;
	int64_t want;
	const char *printed;
} moments[] = {
	{ "whole seconds", S_INIT("2026-11-23T08:00:00Z"), DAY + INT64_C(28800000000), "2026-11-23T08:00:00Z" },
	{ "one digit", S_INIT("2026-11-23T00:00:00.5Z"), DAY + 500000, "2026-11-23T00:00:00.500000Z" },
	{ "six digits", S_INIT("2026-11-23T23:59:59.999999Z"), DAY + INT64_C(86399999999),
	  "2026-11-23T23:59:59.999999Z" },
	{ "leading zeros of a fraction", S_INIT("2026-11-23T00:00:00.000001Z"), DAY + 1,
	  "2026-11-23T00:00:00.000001Z" },
	{ "a fraction of zeros", S_INIT("2026-11-23T00:00:00.00Z"), DAY, "2026-11-23T00:00:00Z" },
	{ "seven digits", S_INIT("2026-11-23T00:00:00.0000001Z"), REFUSED, NULL },
	{ "a point and no digit", S_INIT("2026-11-23T00:00:00.Z"), REFUSED, NULL },
	{ "a comma", S_INIT("2026-11-23T00:00:00,5Z"), REFUSED, NULL },
	{ "an offset", S_INIT("2026-11-23T08:00:00+00:00"), REFUSED, NULL },
	{ "no zone", S_INIT("2026-11-23T08:00:00"), REFUSED, NULL },
	{ "lower-case z", S_INIT("2026-11-23T08:00:00z"), REFUSED, NULL },
	{ "lower-case t", S_INIT("2026-11-23t08:00:00Z"), REFUSED, NULL },
	{ "a space for the T", S_INIT("2026-11-23 08:00:00Z"), REFUSED, NULL },
	{ "24 o'clock", S_INIT("2026-11-23T24:00:00Z"), REFUSED, NULL },
	{ "minute 60", S_INIT("2026-11-23T08:60:00Z"), REFUSED, NULL },
	{ "a leap second", S_INIT("2026-12-31T23:59:60Z"), REFUSED, NULL },
	{ "no seconds", S_INIT("2026-11-23T08:00Z"), REFUSED, NULL },
	{ "an impossible day", S_INIT("2026-02-30T08:00:00Z"), REFUSED, NULL },
	{ "a sign in the fraction", S_INIT("2026-11-23T08:00:00.-1Z"), REFUSED, NULL },
	{ "a byte behind", S_INIT("2026-11-23T08:00:00ZZ"), REFUSED, NULL },
	{ "1989", S_INIT("1989-12-31T23:59:59Z"), REFUSED, NULL },
	{ "a date alone", S_INIT("2026-11-23"), REFUSED, NULL },
	{ "empty", S_INIT(""), REFUSED, NULL },
};

static void moment_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		struct moment m = { REFUSED };
		char got[40];
		struct writer w = writer_over(got, sizeof got);

		if (moment_parse(moments[i].s, &m) != (moments[i].want != REFUSED) || m.us != moments[i].want)
			fail_msg("moment: %s: %lld", moments[i].why, (long long)m.us);
		if (m.us == REFUSED)
			continue;
		put_moment(&w, m);
		assert_true(span_is(writer_span(&w), moments[i].printed));
	}
}

static void moments_read_back(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct moment m = { (int64_t)(vec_random(&seed) % UINT64_C(4133980800000000)), }, back;
		char got[40];
		struct writer w = writer_over(got, sizeof got);

		if (i % 3 == 0)
			m.us -= m.us % 1000000;
		if (m.us < 7305 * DAY_US)
			continue;
		put_moment(&w, m);
		assert_true(moment_parse(writer_span(&w), &back));
		assert_true(back.us == m.us);
	}
}

static const struct {
	const char *why;
	struct span s;
	bool form, check;
} codes[] = {
	{ "published code of a company", S_INIT("91350100M000100Y43"), true, true },
	{ "another", S_INIT("91110000600037341L"), true, true },
	{ "its last letter changed", S_INIT("91110000600037342L"), true, false },
	{ "two digits exchanged", S_INIT("91110000600073341L"), true, false },
	{ "lower case", S_INIT("91110000600037341l"), false, false },
	{ "I is not in the alphabet", S_INIT("9111000060003734I1"), false, false },
	{ "nor O", S_INIT("91110000O00037341L"), false, false },
	{ "nor S, V, Z", S_INIT("91110000SVZ037341L"), false, false },
	{ "a letter in the division", S_INIT("9111A000600037341L"), false, false },
	{ "17 letters", S_INIT("91110000600037341"), false, false },
	{ "19 letters", S_INIT("91110000600037341L0"), false, false },
	{ "a zero byte", S_INIT("9111000060003734\0L"), false, false },
	{ "empty", S_INIT(""), false, false },
};

static void uscc_rows(void **state)
{
	static const char letter[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char code[19] = "91350100M000100Y43";

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (uscc_form(codes[i].s) != codes[i].form || uscc_check(codes[i].s) != codes[i].check)
			fail_msg("USCC: %s", codes[i].why);
	/* any one letter changed, or two neighbours exchanged, is found */
	for (size_t at = 0; at < 18; at++) {
		char was = code[at];

		for (size_t l = 0; l < 31; l++) {
			code[at] = letter[l];
			assert_int_equal(uscc_check(bytes_of(code, 18)), letter[l] == was);
		}
		code[at] = was;
		if (at < 17 && code[at] != code[at + 1]) {
			code[at] = code[at + 1];
			code[at + 1] = was;
			assert_false(uscc_check(bytes_of(code, 18)));
			code[at + 1] = code[at];
			code[at] = was;
		}
	}
}

static const struct {
	const char *why;
	struct span s;
	bool form, check;
} leis[] = {
	{ "GLEIF's own", S_INIT("506700GE1G29325QX363"), true, true },
	{ "a published one", S_INIT("5493001KJTIIGC8Y1R12"), true, true },
	{ "another", S_INIT("HWUPKR0MPOU8FGXBT394"), true, true },
	{ "a check digit changed", S_INIT("506700GE1G29325QX364"), true, false },
	{ "a letter changed", S_INIT("506700GE1G29325QY363"), true, false },
	{ "lower case", S_INIT("506700ge1g29325qx363"), false, false },
	{ "a letter as check digit", S_INIT("506700GE1G29325QX3A3"), false, false },
	{ "19 letters", S_INIT("506700GE1G29325QX36"), false, false },
	{ "punctuation between 9 and A", S_INIT("506700GE1G29325Q:363"), false, false },
	{ "empty", S_INIT(""), false, false },
};

static void lei_rows(void **state)
{
	char code[21] = "506700GE1G29325QX300";
	unsigned good = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(leis); i++)
		if (lei_form(leis[i].s) != leis[i].form || lei_check(leis[i].s) != leis[i].check)
			fail_msg("LEI: %s", leis[i].why);
	for (unsigned n = 0; n < 100;
	     n++) { /* one pair of check digits is right for any code, also where 00 and 97 are equal */
		code[18] = (char)('0' + n / 10);
		code[19] = (char)('0' + n % 10);
		good += lei_check(bytes_of(code, 20));
	}
	assert_int_equal(good, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(uuid_rows),   T(uuid_sevens),       T(date_rows), T(every_day), T(before_1970),
		T(moment_rows), T(moments_read_back), T(uscc_rows), T(lei_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
