/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar.c: a month is a number whose bit for a day is set where that day is
 * not what its weekday says: a weekday off, or a day of a weekend worked.
 */
#include "calendar.h"

#include "rule.h"

enum { MONTHS = 12, YEAR_FIRST = 1990, YEAR_LAST = 2100 };

static int64_t month_number(int32_t month) { return RULE_CALENDAR + month - YEAR_FIRST * MONTHS; }

static int32_t day_in_month(struct date d) { return d.day - month_end(month_of(d) - 1).day; } /* from 1 */

static bool weekday(struct date d) { return ((d.day + 3) % 7 + 7) % 7 < 5; } /* 1970-01-01 was a Thursday */

/* --- asking --- */

static bool any_calendar(const struct deciding *g)
{
	for (const struct row *r = g->r->world->rules; r; r = r->sibling)
		if (rule_row_number(((const struct rule *)(const void *)r)->id) >= RULE_CALENDAR)
			return true;
	return false;
}

static bool works_on(struct deciding *g, int64_t country, struct date d)
{
	int64_t flips;

	if (!rule_in_force(g, country, (enum rule_number)month_number(month_of(d)), &flips))
		return weekday(d);
	return weekday(d) != ((flips >> (day_in_month(d) - 1) & 1) != 0);
}

/* 0 where no calendar can matter: then no row is asked for, and all is as it was before there were any. */
static enum fault country_of_party(struct deciding *g, struct uuid party, int64_t *ret)
{
	const struct party *p = NULL;
	enum fault f = OK;

	if (any_calendar(g) && !uuid_is_nil(party))
		f = get_party(g, party, &p);
	*ret = p ? country_code(p->country) : 0;
	return f;
}

enum fault working_days_after(struct deciding *g, struct uuid party, struct date from, int64_t n, struct date *ret)
{
	int64_t country;
	enum fault f = country_of_party(g, party, &country);

	assert(n >= 0 && n <= 1000);
	if (f != OK)
		return f;
	*ret = from;
	if (country == 0) {
		*ret = date_add_working(from, n);
		return OK;
	}
	while (!works_on(g, country, *ret))
		ret->day--;
	while (n > 0) {
		ret->day++;
		n -= works_on(g, country, *ret);
	}
	return OK;
}

enum fault last_day(struct deciding *g, struct uuid party, struct date day, struct date *ret)
{
	int64_t country, flips;
	enum fault f = country_of_party(g, party, &country);

	*ret = day;
	if (f != OK || country == 0)
		return f;
	while (rule_in_force(g, country, (enum rule_number)month_number(month_of(*ret)), &flips) &&
	       !works_on(g, country, *ret))
		ret->day++;
	return OK;
}

/* --- publishing --- */

struct year {
	int32_t first; /* its January, as month_of counts */
	int64_t flips[MONTHS];
};

/* The days of a list are of the year, and are marked where their weekday says otherwise. */
static enum fault take_days(struct deciding *g, const struct texts *list, bool work, const char *pointer,
                            struct year *y)
{
	struct date d;

	for (size_t i = 0; i < list->n; i++) {
		if (!date_parse(list->at[i], &d))
			return refuse(g, E_BAD_MEMBER, pointer, "a list of days, such as \"2027-02-08\"");
		if (month_of(d) < y->first || month_of(d) >= y->first + MONTHS)
			return refuse(g, E_BAD_MEMBER, pointer, "a day of another year");
		if (weekday(d) == work)
			return refuse(g, E_BAD_MEMBER, pointer,
			              work ? "worked is a day of a weekend" : "off is a day from Monday to Friday");
		y->flips[month_of(d) - y->first] |= INT64_C(1) << (day_in_month(d) - 1);
	}
	return OK;
}

static void write_month(struct deciding *g, int64_t number, int64_t country, int64_t version, int64_t flips)
{
	struct rule *x = new_rule(g, rule_row_in(country, number, version));

	x->effective = g->r->now;
	x->seq = (int64_t)g->r->seq;
	x->value = flips;
}

enum fault decide_calendar_publish(struct deciding *g)
{
	const struct body_calendar_publish *b = &g->c->body.calendar_publish;
	int64_t country = country_code(b->country), latest[MONTHS], version = 0;
	struct year y = { .first = (int32_t)b->year * MONTHS };
	enum fault f;

	if (country == 0)
		return refuse(g, E_BAD_MEMBER, "/body/country", "a country by two capital letters (ISO 3166-1)");
	if (b->year < YEAR_FIRST || b->year > YEAR_LAST)
		return refuse(g, E_BAD_MEMBER, "/body/year", "a year from 1990 to 2100");
	for (int32_t m = 0; m < MONTHS; m++) {
		latest[m] = rule_latest(g, country, month_number(y.first + m));
		version = latest[m] > version ? latest[m] : version;
	}
	if (b->version != version + 1)
		return refuse(g, E_DUPLICATE_RULE, "/body/version", "the version must be one more than the last");
	f = take_days(g, &b->off, false, "/body/off", &y);
	if (f == OK)
		f = take_days(g, &b->worked, true, "/body/worked", &y);
	if (f != OK)
		return f;
	for (int32_t m = 0; m < MONTHS; m++) /* January carries the version, also of a year without a holiday */
		if (m == 0 || y.flips[m] != 0 || latest[m] != 0)
			write_month(g, month_number(y.first + m), country, b->version, y.flips[m]);
	return OK;
}
