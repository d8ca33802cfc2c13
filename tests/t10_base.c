/* SPDX-License-Identifier: Apache-2.0 */
/* t10: spans, arena, writer, big-endian integers, the table of faults. Everything else stands on these. */
#include "fault.h"
#include "test.h"

static void spans(void **state)
{
	struct span head, rest, s = S("a.b.c");

	(void)state;
	assert_true(span_eq(span_z(NULL), S("")));
	assert_true(span_eq(S("ab"), S("ab")));
	assert_false(span_eq(S("ab"), S("abc")));
	assert_true(span_is(S("ab"), "ab"));
	assert_false(span_is(S("a\0b"), "a"));
	assert_true(span_cmp(S("a"), S("b")) < 0);
	assert_true(span_cmp(S("ab"), S("a")) > 0);
	assert_true(span_cmp(S(""), S("a")) < 0);
	assert_true(span_cmp(S("\xff"), S("a")) > 0);
	assert_int_equal(span_cmp(S("x"), S("x")), 0);
	assert_true(span_cut(s, '.', &head, &rest));
	assert_true(span_is(head, "a") && span_is(rest, "b.c"));
	assert_true(span_cut(rest, '.', &head, &rest)); /* rest may be the input itself */
	assert_true(span_is(head, "b") && span_is(rest, "c"));
	assert_false(span_cut(rest, '.', &head, &rest));
	assert_true(span_is(head, "b") && span_is(rest, "c")); /* a refusal writes nothing */
	assert_true(span_cut(S("."), '.', &head, &rest));
	assert_true(head.len == 0 && rest.len == 0);
	assert_false(span_cut((struct span){ NULL, 0 }, '.', &head, &rest));
	assert_true(span_starts(S("abc"), S("ab")) && span_starts(S("abc"), S("")));
	assert_false(span_starts(S("a"), S("ab")));
}

static const struct {
	const char *why;
	struct span s;
	bool want;
} utf8[] = {
	{ "empty", S_INIT(""), true },
	{ "ASCII with a zero", S_INIT("a\0b"), true },
	{ "two, three and four bytes", S_INIT("\xc3\xa8 \xe2\x80\x94 \xf0\x9f\x98\x82"), true },
	{ "the last code point", S_INIT("\xf4\x8f\xbf\xbf"), true },
	{ "one beyond it", S_INIT("\xf4\x90\x80\x80"), false },
	{ "first byte F5", S_INIT("\xf5\x80\x80\x80"), false },
	{ "overlong slash, two bytes", S_INIT("\xc0\xaf"), false },
	{ "overlong, C1", S_INIT("\xc1\xbf"), false },
	{ "overlong, three bytes", S_INIT("\xe0\x9f\xbf"), false },
	{ "overlong, four bytes", S_INIT("\xf0\x8f\xbf\xbf"), false },
	{ "low end of three bytes", S_INIT("\xe0\xa0\x80"), true },
	{ "a surrogate", S_INIT("\xed\xa0\x80"), false },
	{ "just below the surrogates", S_INIT("\xed\x9f\xbf"), true },
	{ "just above them", S_INIT("\xee\x80\x80"), true },
	{ "a continuation alone", S_INIT("\x80"), false },
	{ "cut after the first byte", S_INIT("a\xe2"), false },
	{ "cut after the second", S_INIT("a\xe2\x80"), false },
	{ "third byte is no continuation", S_INIT("\xe2\x80\x41"), false },
	{ "FF", S_INIT("\xff"), false },
};

static void utf8_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8); i++)
		if (utf8_valid(utf8[i].s) != utf8[i].want)
			fail_msg("utf8: %s", utf8[i].why);
	/* wherever it stands in a run of ASCII, which is looked at eight bytes at a time */
	for (size_t i = 0; i < ARRAY_LEN(utf8); i++)
		for (size_t before = 0; before < 20; before++)
			for (size_t after = 0; after < 10 && utf8[i].s.len + before + after < 40; after++) {
				char text[40];

				memset(text, 'x', sizeof text);
				if (utf8[i].s.len > 0)
					memcpy(text + before, utf8[i].s.at, utf8[i].s.len);
				if (utf8_valid((struct span){ text, before + utf8[i].s.len + after }) != utf8[i].want)
					fail_msg("utf8: %s, behind %zu, before %zu", utf8[i].why, before, after);
			}
	assert_int_equal(utf8_len(S("\xe2\x80\x94x")), 3);
	assert_int_equal(utf8_len(S("")), 0);
}

static void arena_takes(void **state)
{
	static char memory[256 + 16];
	struct arena a = arena_over(memory + 3, 256);

	(void)state;
	memset(memory, 0x55, sizeof memory);
	size_t cap = a.cap;
	assert_true(cap <= 256 && cap >= 256 - 30);
	for (size_t len = 0; len < 20; len++) {
		char *p = arena_take(&a, len);

		if (!p)
			break;
		assert_int_equal((uintptr_t)p % 16, 0);
		assert_true(p >= memory + 3 && p + len <= memory + 3 + 256);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(p[i], 0);
	}
	assert_true(a.used <= a.cap);
	assert_null(arena_take(&a, 4096));
	assert_false(arena_ok(&a));
	assert_non_null(arena_take(&a, 0));
	assert_false(arena_ok(&a)); /* stays so */
	arena_reset(&a);
	assert_true(arena_ok(&a));
	assert_int_equal(a.used, 0);
	assert_null(arena_take(&a, SIZE_MAX));
	assert_null(arena_take(&a, SIZE_MAX - 14));
	assert_false(arena_ok(&a));
	arena_reset(&a);
	size_t n = SIZE_MAX / 4;
	assert_null(ARENA_ARRAY(&a, uint64_t, n));
	assert_false(arena_ok(&a)); /* an impossible array is an overflow too */
	arena_reset(&a);
	assert_non_null(arena_take(&a, cap));
	assert_null(arena_take(&a, 1));
}

static void arena_copies(void **state)
{
	static char memory[64];
	struct arena a = arena_over(memory, sizeof memory), none = arena_over(NULL, 0);

	(void)state;
	struct span c = arena_copy(&a, S("hello"));
	assert_true(span_is(c, "hello"));
	assert_string_equal(arena_z(&a, S("world")), "world");
	assert_int_equal(arena_copy(&a, (struct span){ memory, 64 }).len, 0);
	assert_false(arena_ok(&a));
	assert_null(arena_z(&a, (struct span){ memory, 48 })); /* no room for the zero */
	assert_non_null(arena_take(&none, 0));
	assert_true(arena_ok(&none));
	assert_null(arena_take(&none, 1));
	assert_false(arena_ok(&none));
}

static void writers(void **state)
{
	char buf[8];
	static char memory[64];
	struct writer w = writer_over(buf, sizeof buf);
	struct arena a = arena_over(memory, sizeof memory);

	(void)state;
	put_z(&w, "1234");
	put_span(&w, S("5678"));
	assert_false(w.overflow);
	assert_true(span_is(writer_span(&w), "12345678"));
	put_byte(&w, '9');
	assert_true(w.overflow);
	assert_int_equal(w.len, 8);
	w = writer_over(buf, sizeof buf);
	put_z(&w, "123456");
	put_z(&w, "789");  /* does not fit: nothing of it, */
	put_byte(&w, 'x'); /* nor anything after it, is written */
	assert_true(w.overflow);
	assert_true(span_is(writer_span(&w), "123456"));
	struct writer in = writer_in(&a);
	put_z(&in, "hello");
	assert_true(span_is(writer_done(&in, &a), "hello"));
	assert_int_equal(a.used, 16);
	in = writer_in(&a);
	assert_int_equal(writer_done(&in, &a).len, 0);
	assert_int_equal(a.used, 16);
	in = writer_in(&a);
	for (int i = 0; i < 49; i++)
		put_byte(&in, 'x');
	assert_int_equal(writer_done(&in, &a).len, 0);
	assert_false(arena_ok(&a));
	assert_int_equal(a.used, 16);
}

static void written(const char *want, int64_t i, uint64_t u, unsigned width, int kind)
{
	char buf[64];
	struct writer w = writer_over(buf, sizeof buf);

	if (kind == 0)
		put_i64(&w, i);
	else if (kind == 1)
		put_u64(&w, u);
	else
		put_padded(&w, u, width);
	if (!span_is(writer_span(&w), want))
		fail_msg("want %s, got %.*s", want, (int)w.len, w.at);
}

static void numbers(void **state)
{
	(void)state;
	written("0", 0, 0, 0, 0);
	written("-1", -1, 0, 0, 0);
	written("9223372036854775807", INT64_MAX, 0, 0, 0);
	written("-9223372036854775808", INT64_MIN, 0, 0, 0);
	written("18446744073709551615", 0, UINT64_MAX, 0, 1);
	written("10", 0, 10, 0, 1);
	written("007", 0, 7, 3, 2);
	written("1234", 0, 1234, 3, 2);
	written("0", 0, 0, 0, 2);
}

static void big_endian(void **state)
{
	uint8_t b[8];

	(void)state;
	be64_put(b, UINT64_C(0x0123456789abcdef));
	assert_memory_equal(b, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	assert_true(be64_get(b) == UINT64_C(0x0123456789abcdef));
	assert_true(be32_get(b + 4) == UINT32_C(0x89abcdef));
	assert_int_equal(be16_get(b + 6), 0xcdef);
	be32_put(b, UINT32_MAX - 1);
	be16_put(b + 4, 0xfffe);
	assert_memory_equal(b, "\xff\xff\xff\xfe\xff\xfe", 6);
}

static void faults(void **state)
{
	size_t n;
	const struct fault_info *row = fault_rows(&n);

	(void)state;
	assert_true(n > 50);
	for (size_t i = 0; i < n; i++) {
		assert_true(row[i].fault > 0 && row[i].fault <= UINT16_MAX); /* a leaf has two bytes for it */
		assert_true(i == 0 || row[i - 1].fault < row[i].fault); /* no number twice, and families in order */
		assert_ptr_equal(fault_info(row[i].fault), &row[i]);
		assert_ptr_equal(fault_by_slug(span_z(row[i].slug)), &row[i]); /* no slug twice */
		assert_true(row[i].http >= 400 && row[i].http < 600);
		assert_true(row[i].logged == (row[i].fault >= 300)); /* what is refused by a rule is evidence */
		assert_true(strlen(row[i].text) > 10);
	}
	assert_int_equal(fault_info(OK)->http, 200);
	assert_string_equal(fault_info(OK)->slug, "accepted");
	assert_true(fault_info(OK)->logged);
	assert_null(fault_info((enum fault)999));
	assert_null(fault_by_slug(S("no-such")));
	assert_ptr_equal(fault_by_slug(S("accepted")), fault_info(OK));
}

static void diags(void **state)
{
	struct diag d = { .rule = "kept@1" };
	char longest[400];

	(void)state;
	assert_int_equal(diag_set(&d, E_BAD_AMOUNT, "/body/face/amount", "two digits wanted"), E_BAD_AMOUNT);
	assert_string_equal(d.pointer, "/body/face/amount");
	assert_string_equal(d.detail, "two digits wanted");
	assert_string_equal(d.rule, "kept@1");
	memset(longest, 'x', sizeof longest);
	memcpy(longest + 254, "\xe2\x80\x94", 3); /* the cut falls inside this character */
	longest[399] = 0;
	assert_int_equal(diag_set(&d, E_BAD_JSON, longest, longest), E_BAD_JSON);
	assert_int_equal(strlen(d.pointer), sizeof d.pointer - 1);
	assert_int_equal(strlen(d.detail), 254);
	assert_true(utf8_valid(span_z(d.detail)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(spans),   T(utf8_rows),  T(arena_takes), T(arena_copies), T(writers),
		T(numbers), T(big_endian), T(faults),      T(diags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
