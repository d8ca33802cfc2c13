/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t20_codes.c: code lists and check digits: every published vector, every
 * one-digit error in a good identifier, and the lists themselves.
 */
#include "test.h"

#include "codes.h"
#include "ids.h"

/* ---- what others published ---- */

static bool judge(struct span type, struct span v)
{
	struct span head, rest;

	if (span_is(type, "USCC"))
		return uscc_form(v) && uscc_check(v);
	if (span_is(type, "LEI"))
		return lei_form(v) && lei_check(v);
	if (span_is(type, "ISO6346"))
		return container_check(v);
	if (span_is(type, "GTIN-8"))
		return gs1_check(v, 8);
	if (span_is(type, "GTIN-13") || span_is(type, "GLN"))
		return gs1_check(v, 13);
	if (span_is(type, "GTIN-14"))
		return gs1_check(v, 14);
	if (span_is(type, "SSCC"))
		return gs1_check(v, 18);
	if (span_is(type, "IBAN"))
		return iban_check(v);
	if (span_is(type, "REC20-UNIT"))
		return code_listed(CODES_UNIT, v);
	if (span_is(type, "ISO4217"))
		return iso4217_digits(v) >= 0;
	if (span_is(type, "FAPIAO-20"))
		return fapiao_number_form(v);
	if (span_is(type, "FAPIAO-CHECKCODE-FORMAT"))
		return fapiao_check_code_form(v);
	if (span_is(type, "PEPPOL-ID"))
		return span_cut(v, ':', &head, &rest) && participant_check(head, rest);
	if (span_is(type, "ISO4217-MINOR"))
		return span_cut(v, ':', &head, &rest) && rest.len == 1 && iso4217_digits(head) == rest.at[0] - '0';
	if (span_is(type, "FAPIAO-CODE-NO"))
		return span_cut(v, '/', &head, &rest) && fapiao_code_form(head, rest);
	fail_msg("no judge for %.*s", (int)type.len, type.at);
	return false;
}

static const struct {
	const char *type, *value, *reason;
} excused[] = {
	{ "REC20-UNIT", "NIU",
	  "the vector says no, from memory; Rec 20 and the list of EN 16931 have it (number of international units)" },
};

static const char *excuse(struct span type, struct span value)
{
	for (size_t i = 0; i < ARRAY_LEN(excused); i++)
		if (span_is(type, excused[i].type) && span_is(value, excused[i].value))
			return excused[i].reason;
	return NULL;
}

static void published_identifiers(void **state)
{
	struct span all = shared_file("documents/identifiers.csv"), rest = all, line, type, value, valid;
	unsigned n = 0, alike = 0, out = 0;

	(void)state;
	if (!all.at)
		skip();
	assert_true(span_cut(rest, '\n', &line, &rest)); /* the head */
	while (span_cut(rest, '\n', &line, &rest)) {
		assert_true(span_cut(line, ',', &type, &line) && span_cut(line, ',', &value, &line));
		assert_true(span_cut(line, ',', &valid, &line));
		n++;
		if (judge(type, value) == span_is(valid, "yes")) {
			alike++;
			continue;
		}
		const char *reason = excuse(type, value);
		printf("  %.*s %.*s %.*s -- %s\n", (int)type.len, type.at, (int)value.len, value.at, (int)valid.len,
		       valid.at, reason ? reason : "NO REASON");
		assert_non_null(reason);
		out++;
	}
	printf("  identifiers.csv: %u of %u vectors as stated, %u excused\n", alike, n, out);
	assert_int_equal(n, alike + out);
	assert_int_equal(n, 244);
	free((void *)(uintptr_t)all.at);
}

/* ---- no single wrong digit passes ---- */

static bool is_sscc(struct span s) { return gs1_check(s, 18); }
static bool is_gln(struct span s) { return gs1_check(s, 13); }
static bool is_gtin14(struct span s) { return gs1_check(s, 14); }
static bool of_scheme(const char *scheme, struct span s) { return participant_check(span_z(scheme), s); }
static bool is_0007(struct span s) { return of_scheme("0007", s); }
static bool is_0192(struct span s) { return of_scheme("0192", s); }
static bool is_0208(struct span s) { return of_scheme("0208", s); }
static bool is_0151(struct span s) { return of_scheme("0151", s); }

static void one_wrong_digit(void **state)
{
	static const struct {
		const char *good;
		bool (*holds)(struct span s);
	} row[] = {
		{ "173111000000000013", is_sscc }, { "5790000435951", is_gln },
		{ "38425876095074", is_gtin14 },   { "DE89370400440532013000", iban_check },
		{ "NO9386011117947", iban_check }, { "2021005489", is_0007 },
		{ "991825827", is_0192 },          { "0739484052", is_0208 },
		{ "51824753556", is_0151 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		char bad[40];
		size_t len = strlen(row[i].good);
		assert_true(row[i].holds(span_z(row[i].good)));
		for (size_t k = 0; k < len; k++)
			for (char c = '0'; c <= '9'; c++) {
				memcpy(bad, row[i].good, len);
				bad[k] = c;
				if (c != row[i].good[k] && row[i].holds((struct span){ bad, len }))
					fail_msg("%s: %.*s passes", row[i].good, (int)len, bad);
			}
		assert_false(row[i].holds((struct span){ row[i].good, len - 1 }));
		assert_false(row[i].holds(S("")));
	}
	assert_false(container_check(S("CSQU3054384")));
	assert_false(container_check(S("csqu3054383")));
	assert_false(iban_check(S("de89370400440532013000")));
	assert_false(iban_check(S("DE")));
}

/* ---- the lists ---- */

static void lists(void **state)
{
	static const struct {
		enum code_list list;
		const char *in, *out;
	} row[] = {
		{ CODES_UNIT, "10", "1" },
		{ CODES_UNIT, "XZZ", "ZZZ" },
		{ CODES_UNIT, "KGM", "kgm" },
		{ CODES_UNIT, "ZZ", "ZZ " },
		{ CODES_COUNTRY, "1A", "HC" },
		{ CODES_COUNTRY, "ZW", "" },
		{ CODES_EAS, "EM", "0207" },
		{ CODES_ICD, "0002", "9901" },
		{ CODES_INVOICE_TYPE, "380", "381" },
		{ CODES_CREDIT_TYPE, "381", "380" },
		{ CODES_TAX_POINT, "432", "31" },
		{ CODES_REFERENCE, "AWV", "XXA" },
		{ CODES_PAYMENT_MEANS, "58", "0" },
		{ CODES_ALLOWANCE, "95", "143" },
		{ CODES_CHARGE, "TAB", "XXX" },
		{ CODES_EXEMPTION, "VATEX-EU-O", "VATEX-EU" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		if (!code_listed(row[i].list, span_z(row[i].in)) || code_listed(row[i].list, span_z(row[i].out)))
			fail_msg("list %d: %s, %s", (int)row[i].list, row[i].in, row[i].out);
		for (int c = 0; c < 256; c++) { /* bytes no code holds find nothing */
			char one = (char)c;
			if (code_listed(row[i].list, (struct span){ &one, 1 }))
				assert_true(c >= '0' && c <= 'Z');
		}
	}
	assert_false(code_listed(CODES_UNIT, S("10  11")));
}

static void every_code_is_found(void **state)
{
	static const struct {
		enum code_list list;
		size_t width;
		const char *text;
	} all[] = {
#define CODES(name, width, text) { CODES_##name, width, text },
#include "../server/domain/code.def"
#undef CODES
	};
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (const char *at = all[i].text; *at; at += all[i].width, n++)
			if (!code_listed(all[i].list, (struct span){ at, strcspn(at, " ") }))
				fail_msg("%.*s of list %zu", (int)all[i].width, at, i);
	printf("  %u codes in %d lists\n", n, CODE_LISTS);
	assert_true(n > 4000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(published_identifiers),
		T(one_wrong_digit),
		T(lists),
		T(every_code_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
