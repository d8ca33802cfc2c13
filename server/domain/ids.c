/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ids.c: uuids, days and moments, and the codes of legal entities.
 *
 * Each text form has one reading; what is not exactly it is refused. Days are
 * counted in the proleptic Gregorian calendar by arithmetic alone: no zone, no
 * table of leap seconds, no library whose answer depends on where it runs.
 */
#include "ids.h"

#define YEAR_MIN 1990 /* no open invoice is older */
#define YEAR_MAX 2100
#define SECOND_US INT64_C(1000000)

bool uuid_eq(struct uuid a, struct uuid b) { return memcmp(a.b, b.b, sizeof a.b) == 0; }

bool uuid_is_nil(struct uuid a)
{
	static const struct uuid nil;

	return uuid_eq(a, nil);
}

/* 0-15, or -1 for what is no digit; uuids alone come in either case. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool dash_at(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

bool uuid_parse(struct span s, struct uuid *ret)
{
	struct uuid u;
	size_t n = 0;

	if (s.len != UUID_TEXT)
		return false;
	for (size_t i = 0; i < UUID_TEXT; i += 2) {
		if (dash_at(i) && s.at[i++] != '-')
			return false;
		int high = hex_value(s.at[i]), low = hex_value(s.at[i + 1]);
		if (high < 0 || low < 0)
			return false;
		assert(n < sizeof u.b);
		u.b[n++] = (uint8_t)(high << 4 | low);
	}
	assert(n == sizeof u.b);
	*ret = u;
	return true;
}

void put_uuid(struct writer *w, struct uuid u)
{
	static const uint8_t group[] = { 4, 2, 2, 2, 6 };
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(group); i++) {
		if (i > 0)
			put_byte(w, '-');
		put_hex(w, u.b + at, group[i]);
		at += group[i];
	}
	assert(at == sizeof u.b);
}

struct uuid uuid_v7(struct moment now, const uint8_t random[10])
{
	struct uuid u;
	uint8_t ms[8];

	assert(now.us >= 0);
	assert(now.us / 1000 < INT64_C(1) << 48);
	be64_put(ms, (uint64_t)(now.us / 1000));
	memcpy(u.b, ms + 2, 6);
	memcpy(u.b + 6, random, 10);
	u.b[6] = (uint8_t)(0x70 | (u.b[6] & 0x0f)); /* version 7 */
	u.b[8] = (uint8_t)(0x80 | (u.b[8] & 0x3f)); /* variant 10 */
	return u;
}

/* --- the calendar --- */

struct civil {
	int32_t year, month, day;
};

static bool leap(int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int32_t month_days(int32_t year, int32_t month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && leap(year));
}

/*
 * Days since 1970-01-01. The year is counted from March, so that the leap day
 * is its last; 400 such years are 146097 days, and 153 days are five months.
 * (H. Hinnant, "chrono-compatible low-level date algorithms".)
 */
static int32_t days_of(struct civil c)
{
	assert(c.year >= 0 && c.month >= 1 && c.month <= 12 && c.day >= 1);
	int32_t y = c.month > 2 ? c.year : c.year - 1 + 400; /* one period more keeps it positive */
	int32_t m = c.month > 2 ? c.month - 3 : c.month + 9;
	int32_t of_year = (153 * m + 2) / 5 + c.day - 1;
	int32_t of_period = y % 400 * 365 + y % 400 / 4 - y % 400 / 100 + of_year;

	return (y / 400 - (c.month > 2 ? 0 : 1)) * 146097 + of_period - 719468;
}

static struct civil civil_of(int32_t day)
{
	assert(day >= -719468 && day <= 2932896); /* 0000-03-01 to 9999-12-31: four digits of year */
	int32_t z = day + 719468;
	int32_t period = z / 146097, of_period = z % 146097;
	int32_t y = (of_period - of_period / 1460 + of_period / 36524 - of_period / 146096) / 365;
	int32_t of_year = of_period - (365 * y + y / 4 - y / 100);
	int32_t m = (5 * of_year + 2) / 153;

	assert(y >= 0 && y < 400 && m >= 0 && m < 12);
	return (struct civil){ .year = period * 400 + y + (m < 10 ? 0 : 1),
		               .month = m < 10 ? m + 3 : m - 9,
		               .day = of_year - (153 * m + 2) / 5 + 1 };
}

/* n digits at s.at[from] as a number; -1 when they are not digits. */
static int32_t digits(struct span s, size_t from, size_t n)
{
	int32_t v = 0;

	assert(n <= 9 && from + n <= s.len);
	for (size_t i = from; i < from + n; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return -1;
		v = v * 10 + (s.at[i] - '0');
	}
	return v;
}

bool date_parse(struct span s, struct date *ret)
{
	if (s.len != 10 || s.at[4] != '-' || s.at[7] != '-')
		return false;
	struct civil c = { digits(s, 0, 4), digits(s, 5, 2), digits(s, 8, 2) };
	if (c.year < YEAR_MIN || c.year > YEAR_MAX || c.month < 1 || c.month > 12)
		return false;
	if (c.day < 1 || c.day > month_days(c.year, c.month))
		return false;
	*ret = (struct date){ days_of(c) };
	return true;
}

void put_date(struct writer *w, struct date d)
{
	struct civil c = civil_of(d.day);

	put_padded(w, (uint64_t)c.year, 4);
	put_byte(w, '-');
	put_padded(w, (uint64_t)c.month, 2);
	put_byte(w, '-');
	put_padded(w, (uint64_t)c.day, 2);
}

int32_t month_of(struct date d)
{
	struct civil c = civil_of(d.day);

	return c.year * 12 + c.month - 1;
}

struct date month_end(int32_t month)
{
	return (struct date){ days_of(
		(struct civil){ month / 12, month % 12 + 1, month_days(month / 12, month % 12 + 1) }) };
}

struct date date_of(struct moment m)
{
	int64_t day = m.us / DAY_US;

	if (m.us % DAY_US < 0) /* C rounds towards zero, a calendar downwards */
		day--;
	assert(day > INT32_MIN && day <= INT32_MAX);
	return (struct date){ (int32_t)day };
}

struct moment date_start(struct date d)
{
	assert(d.day != INT32_MIN);
	assert(d.day >= INT64_MIN / DAY_US && d.day <= INT64_MAX / DAY_US);
	return (struct moment){ d.day * DAY_US };
}

/* ".5" to ".999999" as microseconds; 0 for nothing; -1 for anything else. */
static int32_t fraction_us(struct span s)
{
	if (s.len == 0)
		return 0;
	if (s.at[0] != '.' || s.len < 2 || s.len > 7)
		return -1;
	int32_t v = digits(s, 1, s.len - 1);
	for (size_t i = s.len; v > 0 && i < 7; i++)
		v *= 10;
	return v;
}

bool moment_parse(struct span s, struct moment *ret)
{
	struct date d;

	/* 2026-11-23T08:00:00Z is the shortest */
	if (s.len < 20 || s.at[10] != 'T' || s.at[13] != ':' || s.at[16] != ':' || s.at[s.len - 1] != 'Z')
		return false;
	if (!date_parse((struct span){ s.at, 10 }, &d))
		return false;
	int32_t hour = digits(s, 11, 2), minute = digits(s, 14, 2), second = digits(s, 17, 2);
	int32_t us = fraction_us((struct span){ s.at + 19, s.len - 20 });
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || us < 0)
		return false; /* second 60 too: our clock has none */
	int64_t of_day = (hour * 60 + minute) * 60 + second;
	*ret = (struct moment){ date_start(d).us + of_day * SECOND_US + us };
	return true;
}

void put_moment(struct writer *w, struct moment m)
{
	struct date d = date_of(m);
	uint64_t of_day = (uint64_t)(m.us - date_start(d).us);
	uint64_t second = of_day / (uint64_t)SECOND_US, us = of_day % (uint64_t)SECOND_US;

	assert(of_day < (uint64_t)DAY_US);
	put_date(w, d);
	put_byte(w, 'T');
	put_padded(w, second / 3600, 2);
	put_byte(w, ':');
	put_padded(w, second / 60 % 60, 2);
	put_byte(w, ':');
	put_padded(w, second % 60, 2);
	if (us != 0) {
		put_byte(w, '.');
		put_padded(w, us, 6);
	}
	put_byte(w, 'Z');
}

/* --- terms and clocks --- */

bool date_given(struct date d) { return d.day != 0 && d.day != DATE_NONE.day; }

int32_t date_month(struct date d)
{
	struct civil c = civil_of(d.day);

	return c.year * 100 + c.month;
}

struct date date_add_months(struct date d, int64_t months)
{
	struct civil c = civil_of(d.day);
	int64_t at = (int64_t)c.year * 12 + (c.month - 1) + months;

	assert(months >= -12000 && months <= 12000);
	assert(at >= 0 && at < INT64_C(9999) * 12);
	c.year = (int32_t)(at / 12);
	c.month = (int32_t)(at % 12) + 1;
	if (c.day > month_days(c.year, c.month))
		c.day = month_days(c.year, c.month);
	return (struct date){ days_of(c) };
}

/* 0 Monday ... 6 Sunday; 1970-01-01 was a Thursday. */
static int32_t weekday(struct date d) { return ((d.day + 3) % 7 + 7) % 7; }

struct date date_add_working(struct date d, int64_t days)
{
	enum { WEEK = 5, SATURDAY = 5 };

	assert(days >= 0 && days <= 100000);
	while (weekday(d) >= SATURDAY) /* a clock that starts on a weekend starts on the Friday before */
		d.day--;
	d.day += (int32_t)(days / WEEK) * 7;
	for (int64_t left = days % WEEK; left > 0; left--) {
		d.day++;
		while (weekday(d) >= SATURDAY)
			d.day++;
	}
	return d;
}

/* --- legal entities --- */

/* The 31 letters of GB 32100-2015, without I, O, S, V, Z, which look like digits; a letter's place is its
 * value. */
static const char uscc_letter[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
#define USCC_LEN 18
#define LEI_LEN 20

/* The value of a letter, or -1. */
static int uscc_value(char c)
{
	const char *at = c == 0 ? NULL : memchr(uscc_letter, c, sizeof uscc_letter - 1);

	return at ? (int)(at - uscc_letter) : -1;
}

/* Authority and category, six digits of the administrative division, nine of the body, the check letter. */
bool uscc_form(struct span s)
{
	static_assert(sizeof uscc_letter - 1 == 31, "the modulus is the size of the alphabet");
	if (s.len != USCC_LEN)
		return false;
	for (size_t i = 0; i < USCC_LEN; i++)
		if (uscc_value(s.at[i]) < 0 || (i >= 2 && i < 8 && uscc_value(s.at[i]) > 9))
			return false;
	return true;
}

/* The check letter makes the sum of value * 3^place a multiple of 31, itself counting once. */
bool uscc_check(struct span s)
{
	int sum = 0, weight = 1;

	if (!uscc_form(s))
		return false;
	for (size_t i = 0; i < USCC_LEN - 1; i++) {
		sum += uscc_value(s.at[i]) * weight;
		weight = weight * 3 % 31;
	}
	return (sum + uscc_value(s.at[USCC_LEN - 1])) % 31 == 0;
}

bool lei_form(struct span s)
{
	if (s.len != LEI_LEN)
		return false;
	for (size_t i = 0; i < LEI_LEN; i++) {
		bool digit = s.at[i] >= '0' && s.at[i] <= '9';

		if (!digit && (i >= LEI_LEN - 2 || s.at[i] < 'A' || s.at[i] > 'Z'))
			return false;
	}
	return true;
}

/* ISO 7064 mod 97-10: letters are 10 to 35, and the whole, read as one number, leaves 1. */
bool lei_check(struct span s)
{
	int rest = 0;

	if (!lei_form(s))
		return false;
	for (size_t i = 0; i < LEI_LEN; i++) {
		bool digit = s.at[i] <= '9';

		rest = (digit ? rest * 10 + (s.at[i] - '0') : rest * 100 + (s.at[i] - 'A' + 10)) % 97;
	}
	/* The digits are computed as 98 minus a rest: 02 to 98. 00, 01 and 99 may leave 1 too; nobody issues them. */
	int given = digits(s, LEI_LEN - 2, 2);
	return rest == 1 && given >= 2 && given <= 98;
}
