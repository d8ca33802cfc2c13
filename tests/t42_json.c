/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t42_json.c: what strict means, row by row with the reason, and what a
 * refusal says about the place.
 *
 * Most rows are inputs that cJSON, json-c or a lenient reading of jansson
 * takes (STYLE 6): where two readers read the same bytes differently, somebody
 * signs one thing and the registry records another.
 */
#include "test.h"

#include "intake/json.h"

#define LIMITS ((struct js_limits){ 1024, 8 })
#define BIG "9007199254740991"
#define X(bytes) bytes, sizeof(bytes) - 1

/* clang-format off */
static const struct {
	const char *why, *text;
	size_t len;
	enum fault want;
} strict[] = {
	{ "an empty object", X("{}"), OK },
	{ "white space around and inside", X(" \t\r\n{ \"a\" : [ 1 , 2 ] }\n"), OK },
	{ "the largest whole number every reader keeps", X("{\"a\":" BIG "}"), OK },
	{ "and the smallest", X("{\"a\":-" BIG "}"), OK },
	{ "every escape there is", X("{\"a\":\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\ud83d\\ude00\"}"), OK },
	{ "characters of two, three and four bytes", X("{\"a\":\"\xc3\xa9\xe6\xb1\x89\xf0\x9f\x98\x80\"}"), OK },
	{ "DEL and C1 are JSON; the fields refuse them", X("{\"a\":\"\x7f\xc2\x80\"}"), OK },
	{ "a noncharacter is a character to JSON", X("{\"a\":\"\xef\xbf\xbf\"}"), OK },
	{ "minus zero is the whole number 0", X("{\"a\":-0}"), OK },
	{ "brackets inside a string are no depth", X("{\"a\":\"[[[[[[[[[[[[\\\"[[[[\"}"), OK },
	{ "digits and e inside a string are no number", X("{\"a\":\"1.5e7\"}"), OK },
	{ "eight deep", X("{\"a\":[[[[[[[1]]]]]]]}"), OK },
	{ "nine deep", X("{\"a\":[[[[[[[[1]]]]]]]]}"), E_BAD_JSON },
	{ "a depth bomb", X("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), E_BAD_JSON },
	{ "nothing", X(""), E_BAD_JSON },
	{ "white space only", X("  \n"), E_BAD_JSON },
	{ "a list at the top", X("[1]"), E_BAD_JSON },
	{ "a string at the top", X("\"a\""), E_BAD_JSON },
	{ "null at the top", X("null"), E_BAD_JSON },
	{ "a fraction", X("{\"a\":1.5}"), E_BAD_JSON },
	{ "a fraction of nothing: still not written as a whole number", X("{\"a\":1.0}"), E_BAD_JSON },
	{ "an exponent", X("{\"a\":1e3}"), E_BAD_JSON },
	{ "an upper-case exponent", X("{\"a\":1E3}"), E_BAD_JSON },
	{ "an exponent no double holds", X("{\"a\":1e999}"), E_BAD_JSON },
	{ "a negative fraction", X("{\"a\":-0.5}"), E_BAD_JSON },
	{ "2^53: two numbers look like it to a reader of doubles", X("{\"a\":9007199254740992}"), E_BAD_JSON },
	{ "-2^53", X("{\"a\":-9007199254740992}"), E_BAD_JSON },
	{ "beyond 64 bits", X("{\"a\":92233720368547758080}"), E_BAD_JSON },
	{ "beyond everything", X("{\"a\":99999999999999999999999999999999999999999999999999999999}"), E_BAD_JSON },
	{ "leading zero", X("{\"a\":01}"), E_BAD_JSON },
	{ "leading plus", X("{\"a\":+1}"), E_BAD_JSON },
	{ "hexadecimal", X("{\"a\":0x10}"), E_BAD_JSON },
	{ "a lone minus", X("{\"a\":-}"), E_BAD_JSON },
	{ "a point without a digit before it", X("{\"a\":.5}"), E_BAD_JSON },
	{ "not a number", X("{\"a\":NaN}"), E_BAD_JSON },
	{ "infinity", X("{\"a\":Infinity}"), E_BAD_JSON },
	{ "the same member twice: readers keep the first or the last", X("{\"a\":1,\"a\":2}"), E_BAD_JSON },
	{ "twice, once by an escape", X("{\"a\":1,\"\\u0061\":2}"), E_BAD_JSON },
	{ "twice, further down", X("{\"b\":{\"a\":1,\"a\":1}}"), E_BAD_JSON },
	{ "something behind the value", X("{} x"), E_BAD_JSON },
	{ "a second value", X("{}{}"), E_BAD_JSON },
	{ "a zero byte behind the value", X("{}\0"), E_BAD_JSON },
	{ "a zero byte in a string", X("{\"a\":\"b\0c\"}"), E_BAD_JSON },
	{ "a zero byte in a string, escaped", X("{\"a\":\"b\\u0000c\"}"), E_BAD_JSON },
	{ "a zero byte in a name, escaped", X("{\"a\\u0000\":1}"), E_BAD_JSON },
	{ "a line end in a string", X("{\"a\":\"b\nc\"}"), E_BAD_JSON },
	{ "a tab in a string", X("{\"a\":\"b\tc\"}"), E_BAD_JSON },
	{ "a byte order mark", X("\xef\xbb\xbf{}"), E_BAD_JSON },
	{ "a lone continuation byte", X("{\"a\":\"\x80\"}"), E_BAD_JSON },
	{ "an overlong slash", X("{\"a\":\"\xc0\xaf\"}"), E_BAD_JSON },
	{ "an overlong form of three bytes", X("{\"a\":\"\xe0\x80\xaf\"}"), E_BAD_JSON },
	{ "a surrogate in UTF-8", X("{\"a\":\"\xed\xa0\x80\"}"), E_BAD_JSON },
	{ "beyond U+10FFFF", X("{\"a\":\"\xf4\x90\x80\x80\"}"), E_BAD_JSON },
	{ "a character cut short", X("{\"a\":\"\xe6\xb1\"}"), E_BAD_JSON },
	{ "Latin-1", X("{\"a\":\"caf\xe9\"}"), E_BAD_JSON },
	{ "UTF-16", X("{\0\"\0a\0\"\0:\0" "1\0}\0"), E_BAD_JSON },
	{ "a bad byte outside a string", X("{\xff}"), E_BAD_JSON },
	{ "a lone high surrogate", X("{\"a\":\"\\ud83d\"}"), E_BAD_JSON },
	{ "a lone low surrogate", X("{\"a\":\"\\ude00\"}"), E_BAD_JSON },
	{ "surrogates the wrong way round", X("{\"a\":\"\\ude00\\ud83d\"}"), E_BAD_JSON },
	{ "a high surrogate and then a letter", X("{\"a\":\"\\ud83dx\"}"), E_BAD_JSON },
	{ "an escape JSON does not have", X("{\"a\":\"\\x41\"}"), E_BAD_JSON },
	{ "an escape cut short", X("{\"a\":\"\\u00\"}"), E_BAD_JSON },
	{ "single quotes", X("{'a':1}"), E_BAD_JSON },
	{ "a name without quotes", X("{a:1}"), E_BAD_JSON },
	{ "a comma behind the last member", X("{\"a\":1,}"), E_BAD_JSON },
	{ "a comma behind the last item", X("{\"a\":[1,]}"), E_BAD_JSON },
	{ "a comment", X("{\"a\":1/* */}"), E_BAD_JSON },
	{ "a comment to the line's end", X("{}//"), E_BAD_JSON },
	{ "True", X("{\"a\":True}"), E_BAD_JSON },
	{ "a value cut short", X("{\"a\":tru"), E_BAD_JSON },
	{ "a string that does not end", X("{\"a\":\"b"), E_BAD_JSON },
	{ "a string that ends in a backslash", X("{\"a\":\"b\\"), E_BAD_JSON },
	{ "an object that does not end", X("{\"a\":1"), E_BAD_JSON },
	{ "the wrong bracket", X("{\"a\":[1}"), E_BAD_JSON },
	{ "a bracket too many", X("{\"a\":1}}"), E_BAD_JSON },
	{ "a form feed as white space", X("\f{}"), E_BAD_JSON },
	{ "a no-break space as white space", X("\xc2\xa0{}"), E_BAD_JSON },
};
/* clang-format on */

static void strictness(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(strict); i++) {
		AUTO_JS struct js top = { .v = NULL };
		struct diag d = { .pointer = "" };
		enum fault f = js_read((struct span){ strict[i].text, strict[i].len }, LIMITS, &top, &d);

		if (f != strict[i].want)
			fail_msg("%s: %d, not %d: %s", strict[i].why, f, strict[i].want, d.detail);
		assert_int_equal(top.v != NULL, f == OK);
		assert_int_equal(strlen(d.detail) > 0, f != OK);
		assert_string_equal(d.pointer, "");
	}
}

/* Cut anywhere, a text is refused or whole; and never read beyond its end (the copy ends where malloc's does). */
static void cut_anywhere(void **state)
{
	static const char whole[] = "{\"a\":[1,-23,true,null,{\"b\":\"\\u00e9\xe6\xb1\x89\\\"\"}],\"c\":\"\"}";

	(void)state;
	for (size_t len = 0; len < sizeof whole; len++) {
		AUTO_JS struct js top = { .v = NULL };
		struct diag d;
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, whole, len);
		enum fault f = js_read((struct span){ copy, len }, LIMITS, &top, &d);
		free(copy);
		assert_int_equal(f == OK, len == sizeof whole - 1);
	}
}

static void limits(void **state)
{
	static char text[70000];
	struct js top = { .v = NULL };
	struct diag d;

	(void)state;
	memset(text, ' ', sizeof text);
	memcpy(text, "{}", 2);
	assert_int_equal(js_read((struct span){ text, 65536 }, (struct js_limits){ 65536, 8 }, &top, &d), OK);
	js_free(&top);
	assert_null(top.v);
	js_free(&top); /* twice is nothing */
	assert_int_equal(js_read((struct span){ text, 65537 }, (struct js_limits){ 65536, 8 }, &top, &d), E_TOO_BIG);
	assert_null(top.v);
	/* a bomb within the size is refused before the parser sees it */
	memset(text, '[', sizeof text);
	assert_int_equal(js_read((struct span){ text, 65536 }, (struct js_limits){ 65536, 8 }, &top, &d), E_BAD_JSON);
	assert_string_equal(d.detail, "containers nested too deep (at byte 8)");
}

/* --- asking --- */

static struct js top;
static struct diag diag;

static int open_text(const char *text)
{
	js_free(&top);
	memset(&diag, 0, sizeof diag);
	return (int)js_read(span_z(text), (struct js_limits){ 100000, JS_DEPTH_MAX }, &top, &diag);
}

static void members(void **state)
{
	static const struct js_member m[] = { { "a", true, "the first" }, { "b", false, NULL } };
	static const struct js_member sub[] = { { "c", true, "what it is" }, { "d", true, NULL } };
	struct js in[2], in2[2], in3[2]; /* each level needs its own: a place points to the one above */

	(void)state;
	assert_int_equal(open_text("{\"b\":{\"c\":[{\"x\":1}]},\"a\":\"t\"}"), OK);
	assert_int_equal(js_members(&top, m, 2, in, &diag), OK);
	assert_non_null(in[0].v);
	assert_int_equal(js_members(&in[1], sub, 2, in2, &diag), E_MISSING_MEMBER);
	assert_string_equal(diag.pointer, "/b/d");
	assert_string_equal(diag.detail, "a required member is absent: d");
	size_t n;
	assert_true(js_items(&in2[0], &n));
	assert_int_equal(n, 1);
	struct js item = js_item(&in2[0], 0);
	assert_int_equal(js_members(&item, sub, 2, in3, &diag), E_UNKNOWN_MEMBER);
	assert_string_equal(diag.pointer, "/b/c/0/x");
	assert_int_equal(open_text("{\"b\":null}"), OK);
	assert_int_equal(js_members(&top, m, 2, in, &diag), E_MISSING_MEMBER);
	assert_string_equal(diag.pointer, "/a");
	assert_string_equal(diag.detail, "a required member is absent: the first");
	/* both at once: the stranger is the one to name, it may be the missing one misspelt */
	assert_int_equal(open_text("{\"A\":1}"), OK);
	assert_int_equal(js_members(&top, m, 2, in, &diag), E_UNKNOWN_MEMBER);
	assert_string_equal(diag.pointer, "/A");
	assert_int_equal(open_text("{\"a\":[]}"), OK);
	assert_int_equal(js_members(&top, m, 2, in, &diag), OK);
	assert_null(in[1].v);
	assert_int_equal(js_members(&in[0], sub, 2, in2, &diag), E_BAD_MEMBER);
	assert_string_equal(diag.pointer, "/a");
}

static void pointers(void **state)
{
	static const struct js_member none[] = { { "a", false, NULL } };
	struct js in[1];
	char text[4096] = "{\"";

	(void)state;
	assert_int_equal(open_text("{\"x/y~z\\u0007\\n\":1}"), OK);
	assert_int_equal(js_members(&top, none, 1, in, &diag), E_UNKNOWN_MEMBER);
	assert_string_equal(diag.pointer, "/x~1y~0z??"); /* RFC 6901, and nothing that moves a terminal's cursor */
	/* a name longer than there is room is cut between characters */
	size_t at = 2;
	while (at < 3000) {
		memcpy(text + at, "\xe6\xb1\x89", 3);
		at += 3;
	}
	memcpy(text + at, "\":1}", 5);
	assert_int_equal(open_text(text), OK);
	assert_int_equal(js_members(&top, none, 1, in, &diag), E_UNKNOWN_MEMBER);
	assert_true(utf8_valid(span_z(diag.pointer)));
	assert_true(strlen(diag.pointer) > 90);
}

static void values(void **state)
{
	static const struct js_member m[] = { { "s", true, NULL }, { "i", true, NULL }, { "b", true, NULL },
		                              { "n", true, NULL }, { "l", true, NULL }, { "o", true, NULL } };
	struct js in[6], only;
	struct span s;
	int64_t i = 5;
	bool b = false;
	size_t n = 7;

	(void)state;
	assert_int_equal(open_text("{\"s\":\"\\u00e9\",\"i\":-" BIG
	                           ",\"b\":true,\"n\":null,\"l\":[1,2],\"o\":{\"u\":3}}"),
	                 OK);
	assert_int_equal(js_members(&top, m, 6, in, &diag), OK);
	assert_true(js_text(&in[0], &s));
	assert_true(span_is(s, "\xc3\xa9"));
	assert_true(js_i64(&in[1], &i));
	assert_true(i == -INT64_C(9007199254740991));
	assert_true(js_bool(&in[2], &b));
	assert_true(b);
	assert_true(js_null(&in[3]));
	assert_true(js_items(&in[4], &n));
	assert_int_equal(n, 2);
	assert_true(js_only_member(&in[5], &only));
	assert_string_equal(only.name, "u");
	for (size_t k = 0; k < 6; k++) {
		assert_int_equal(js_text(&in[k], &s), k == 0);
		assert_int_equal(js_i64(&in[k], &i), k == 1);
		assert_int_equal(js_bool(&in[k], &b), k == 2);
		assert_int_equal(js_null(&in[k]), k == 3);
		assert_int_equal(js_items(&in[k], &n), k == 4);
		assert_int_equal(js_only_member(&in[k], &only), k == 5);
	}
	assert_false(js_only_member(&top, &only));
}

static int close_all(void **state)
{
	(void)state;
	js_free(&top);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(strictness), T(cut_anywhere), T(limits), T(members), T(pointers), T(values),
	};

	js_start();
	return cmocka_run_group_tests(tests, NULL, close_all);
}
