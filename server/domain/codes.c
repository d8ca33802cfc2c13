/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codes.c: code lists, and identifiers with check digits.
 *
 * A list is one string of codes padded to one width and sorted, so looking a
 * code up is a binary search over memory nobody writes.
 */
#include "codes.h"
#include "ids.h"

static const struct code_page {
	enum code_list list;
	size_t width, len;
	const char *text;
} pages[] = {
#define CODES(name, width, text) { CODES_##name, width, sizeof(text) - 1, text },
#include "code.def"
#undef CODES
};

enum { WIDEST = 24 };

static bool on_page(const struct code_page *p, struct span code)
{
	size_t low = 0, high = p->len / p->width;
	char key[WIDEST];

	assert(p->width <= sizeof key && p->len % p->width == 0);
	/* a code is shorter than its width: what is left of it is blank, and no code holds a blank */
	if (!code.len || code.len >= p->width || memchr(code.at, ' ', code.len))
		return false;
	memset(key, ' ', sizeof key);
	memcpy(key, code.at, code.len);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(key, p->text + middle * p->width, p->width);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool code_listed(enum code_list list, struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++)
		if (pages[i].list == list && on_page(&pages[i], code))
			return true;
	return false;
}

int iso4217_digits(struct span ccy)
{
	static const struct {
		enum code_list list;
		int digits;
	} by_digits[] = {
		{ CODES_CCY_2, 2 }, { CODES_CCY_0, 0 }, { CODES_CCY_3, 3 }, { CODES_CCY_4, 4 }, { CODES_CCY_NONE, 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(by_digits); i++)
		if (code_listed(by_digits[i].list, ccy))
			return by_digits[i].digits;
	return -1;
}

/* --- what identifiers are made of --- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static bool digits_only(struct span s, size_t len)
{
	if (s.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_digit(s.at[i]))
			return false;
	return true;
}

static struct span tail(struct span s, size_t from) { return (struct span){ s.at + from, s.len - from }; }

/* Sum of digit times weight, for as many digits as there are weights. */
static int weighted(struct span s, const int8_t *weight, size_t n)
{
	int sum = 0;

	assert(n <= s.len);
	for (size_t i = 0; i < n; i++)
		sum += (s.at[i] - '0') * weight[i];
	return sum;
}

/* ISO/IEC 7812: from the right, every second digit doubled and its digits added. */
static bool luhn(struct span s)
{
	int sum = 0;

	for (size_t i = 0; i < s.len; i++) {
		int v = s.at[s.len - 1 - i] - '0';
		if (i % 2)
			v = v * 2 > 9 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	return sum % 10 == 0;
}

/* --- identifiers --- */

bool gs1_check(struct span s, size_t len)
{
	int sum = 0;

	if (!digits_only(s, len))
		return false;
	for (size_t i = 0; i < len; i++)
		sum += (s.at[len - 1 - i] - '0') * (i % 2 ? 3 : 1);
	return sum % 10 == 0;
}

/* Country and length, of the registry of ISO 13616. */
static const char iban_lengths[] =
	"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18"
	"FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27"
	"MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27"
	"SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

static size_t iban_length(struct span s)
{
	for (size_t i = 0; s.len >= 4 && i + 4 < sizeof iban_lengths; i += 4)
		if (memcmp(s.at, iban_lengths + i, 2) == 0)
			return (size_t)(iban_lengths[i + 2] - '0') * 10 + (size_t)(iban_lengths[i + 3] - '0');
	return 0;
}

bool iban_check(struct span s)
{
	int rest = 0;

	if (s.len == 0 || s.len != iban_length(s) || !is_digit(s.at[2]) || !is_digit(s.at[3]))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[(i + 4) % s.len]; /* country and check digits go to the end */
		if (is_digit(c))
			rest = (rest * 10 + (c - '0')) % 97;
		else if (is_upper(c))
			rest = (rest * 100 + (c - 'A' + 10)) % 97;
		else
			return false;
	}
	return rest == 1;
}

bool container_check(struct span s)
{
	int sum = 0, weight = 1;

	if (s.len != 11 || !digits_only(tail(s, 4), 7))
		return false;
	for (size_t i = 0; i < 10; i++, weight *= 2) {
		int v = s.at[i] - '0';
		if (i < 4) {
			if (!is_upper(s.at[i]))
				return false;
			v = s.at[i] - 'A';
			v += 10 + (v >= 1) + (v >= 11) + (v >= 21); /* 11, 22 and 33 are left out */
		}
		sum += v * weight;
	}
	return sum % 11 % 10 == s.at[10] - '0';
}

/* --- electronic addresses, scheme by scheme --- */

static bool is_gln(struct span v) { return gs1_check(v, 13); }
static bool is_lei(struct span v) { return lei_form(v) && lei_check(v); }

static bool is_norwegian(struct span v)
{
	static const int8_t weight[] = { 3, 2, 7, 6, 5, 4, 3, 2, 1 };
	return digits_only(v, 9) && weighted(v, weight, 9) % 11 == 0;
}

static bool is_belgian(struct span v)
{
	int rest = 0;

	if (!digits_only(v, 10))
		return false;
	for (size_t i = 0; i < 8; i++)
		rest = (rest * 10 + (v.at[i] - '0')) % 97;
	return 97 - rest == (v.at[8] - '0') * 10 + (v.at[9] - '0');
}

static bool is_danish(struct span v)
{
	return digits_only(v, 8) || (span_starts(v, S("DK")) && digits_only(tail(v, 2), 8));
}

static bool is_swedish(struct span v) { return digits_only(v, 10) && luhn(v); }

static bool is_australian(struct span v)
{
	static const int8_t weight[] = { 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 };
	return digits_only(v, 11) && (weighted(v, weight, 11) - 10) % 89 == 0;
}

static bool is_ipa(struct span v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!is_digit(v.at[i]) && !is_upper(v.at[i]))
			return false;
	return v.len == 6;
}

static bool is_italian_vat(struct span v) { return digits_only(v, 11) && luhn(v); }
static bool is_italian_vat_it(struct span v) { return span_starts(v, S("IT")) && is_italian_vat(tail(v, 2)); }

/* A person's: six letters, two digits, letter, two digits, letter, three digits, letter; digits may be written as
 * letters where two persons would share one. A company's is its VAT number. */
static bool is_fiscal_code(struct span v)
{
	static const char form[] = "LLLLLLNNLNNLNNNL";
	static const char as_digit[] = "LMNPQRSTUV";

	if (v.len != sizeof form - 1)
		return is_italian_vat(v);
	for (size_t i = 0; i < v.len; i++) {
		bool letter = is_upper(v.at[i]);
		if (form[i] == 'L' ? !letter : !is_digit(v.at[i]) && !(letter && strchr(as_digit, v.at[i])))
			return false;
	}
	return true;
}

bool participant_check(struct span scheme, struct span value)
{
	static const struct {
		const char *scheme;
		bool (*holds)(struct span value);
	} checked[] = {
		{ "0007", is_swedish },     { "0088", is_gln },
		{ "0151", is_australian },  { "0184", is_danish },
		{ "0192", is_norwegian },   { "0199", is_lei },
		{ "0201", is_ipa },         { "0208", is_belgian },
		{ "0210", is_fiscal_code }, { "0211", is_italian_vat_it },
	};

	for (size_t i = 0; i < ARRAY_LEN(checked); i++)
		if (span_is(scheme, checked[i].scheme))
			return checked[i].holds(value);
	return value.len > 0 && code_listed(CODES_EAS, scheme);
}

/* --- Chinese invoices --- */

bool fapiao_number_form(struct span s)
{
	/* GB/T 2260, and the five cities with tax bureaus of their own share their province's number */
	static const char province[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
				       "61 62 63 64 65 ";
	bool known = false;

	if (!digits_only(s, 20) || s.at[0] < '2' || (s.at[0] == '2' && s.at[1] < '1'))
		return false; /* the first were issued in 2021 */
	for (size_t i = 0; i + 3 < sizeof province + 1; i += 3)
		known |= memcmp(s.at + 2, province + i, 2) == 0;
	return known;
}

bool fapiao_code_form(struct span code, struct span number)
{
	return (digits_only(code, 10) || digits_only(code, 12)) && digits_only(number, 8);
}

bool fapiao_check_code_form(struct span s) { return digits_only(s, 20); }
