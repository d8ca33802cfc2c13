/* SPDX-License-Identifier: Apache-2.0 */
/*
 * money.c: amounts as text, and the share of one.
 *
 * An amount has one spelling: exactly the currency's minor digits, no sign, no
 * leading zero. Two parties who signed the same amount signed the same text.
 */
#include "money.h"

static const struct {
	char code[4];
	int digits;
} currency[] = {
#define CURRENCY(code, digits) { #code, digits },
#include "currency.def"
#undef CURRENCY
};

int ccy_digits(struct span ccy)
{
	if (ccy.len != 3)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(currency); i++)
		if (memcmp(ccy.at, currency[i].code, 3) == 0)
			return currency[i].digits;
	return -1;
}

/* Appends the digits of s to *v; false for what is no digit or above MONEY_MAX. */
static bool add_digits(struct span s, int64_t *v)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		*v = *v * 10 + (s.at[i] - '0');
		if (*v > MONEY_MAX)
			return false;
	}
	return true;
}

bool money_parse(struct span amount, struct span ccy, struct money *ret)
{
	struct money m = { .minor = 0 };
	struct span whole = amount, fraction = S("");
	int digits = ccy_digits(ccy);

	if (digits < 0)
		return false;
	if (digits > 0 && !span_cut(amount, '.', &whole, &fraction))
		return false;
	if (fraction.len != (size_t)digits || whole.len == 0 || (whole.len > 1 && whole.at[0] == '0'))
		return false;
	if (!add_digits(whole, &m.minor) || !add_digits(fraction, &m.minor))
		return false;
	memcpy(m.ccy, ccy.at, 3);
	assert(m.minor >= 0 && m.minor <= MONEY_MAX);
	*ret = m;
	return true;
}

bool money_absent(struct money m)
{
	assert(m.ccy[0] != 0 || m.minor == 0);
	return m.ccy[0] == 0;
}

bool money_same_ccy(struct money a, struct money b) { return memcmp(a.ccy, b.ccy, sizeof a.ccy) == 0; }

/* A sum of amounts may be above MONEY_MAX: it is printed all the same. */
void put_amount(struct writer *w, int64_t minor, const char ccy[4])
{
	int digits = ccy_digits((struct span){ ccy, 3 });
	uint64_t unit = 1;

	assert(minor >= 0);
	assert(digits >= 0 && ccy[3] == 0);
	for (int i = 0; i < digits; i++)
		unit *= 10;
	put_u64(w, (uint64_t)minor / unit);
	if (digits > 0) {
		put_byte(w, '.');
		put_padded(w, (uint64_t)minor % unit, (unsigned)digits);
	}
}

/*
 * With a = q * 10^6 + r the product divides into q * ppm, which is whole, and
 * r * ppm / 10^6: neither leaves 64 bits, and rounding down the second part
 * rounds down the whole.
 */
int64_t minor_share(int64_t a, int32_t ppm)
{
	const int64_t million = 1000000;

	assert(a >= 0 && a <= MONEY_MAX);
	assert(ppm >= 0 && ppm <= million);
	int64_t share = a / million * ppm + a % million * ppm / million;
	assert(share >= 0 && share <= a);
	return share;
}
