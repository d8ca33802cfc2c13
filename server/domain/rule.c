/* SPDX-License-Identifier: Apache-2.0 */
/* rule.c: the table of rule.def. */
#include "decide.h"
#include "detect.h"
#include "rule.h"
#include "warn.h"

/* Those of rule.def stand first; the signals' follow. */
enum {
#define RULE(number, ID, id, unit, first, least, most, text) AT_##ID,
#include "rule.def"
#undef RULE
	BUSINESS_RULES
};

static const struct rule_info rows[] = {
#define RULE(number, ID, id, unit, first, least, most, text) { RULE_##ID, id, unit, first, least, most, text },
#include "rule.def"
#undef RULE
/* clang-format off */
#define SIGNAL(n, ID, id, family, strength, severity, debtor, unit, threshold, least, most, name, text, zh)                     \
	{ (enum rule_number)(RULE_SIGNALS + 2 * (n)), "signal." id ".threshold", unit, threshold, least, most, text },           \
	{ (enum rule_number)(RULE_SIGNALS + 2 * (n) + 1), "signal." id ".severity", "severity", SEVERITY_##severity, 0, 4, text },
#include "signal.def"
#undef SIGNAL
#define WARNING(n, ID, id, of, whom, severity, unit, threshold, least, most, days, name, text, zh)                               \
	{ (enum rule_number)(RULE_WARNINGS + 2 * (n)), "warning." id ".threshold", unit, threshold, least, most, text },         \
	{ (enum rule_number)(RULE_WARNINGS + 2 * (n) + 1), "warning." id ".severity", "severity", WARN_##severity, 0, 3, text },
#include "warning.def"
#undef WARNING
	/* clang-format on */
};

const struct rule_info *rule_info(int64_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].number == (enum rule_number)number)
			return &rows[i];
	return NULL;
}

const struct rule_info *rule_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

const struct rule_info *rule_rows(size_t *n)
{
	*n = BUSINESS_RULES;
	return rows;
}

int64_t country_code(struct span country)
{
	if (country.len != 2 || country.at[0] < 'A' || country.at[0] > 'Z' || country.at[1] < 'A' ||
	    country.at[1] > 'Z')
		return 0;
	return (country.at[0] - 'A') * 26 + (country.at[1] - 'A') + 1;
}

void put_country(struct writer *w, int64_t code)
{
	assert(code >= 0 && code <= 26 * 26);
	if (code == 0)
		return;
	put_byte(w, (char)('A' + (code - 1) / 26));
	put_byte(w, (char)('A' + (code - 1) % 26));
}

/* A version for a country of any other rule would be one that nobody ever asks for. */
bool rule_by_country(enum rule_number rule)
{
	static const enum rule_number asked[] = {
		RULE_TENOR,         RULE_EVIDENCE,     RULE_TERM_LEAST,    RULE_TERM_MOST,      RULE_EXTEND_WINDOW,
		RULE_DISCHARGE,     RULE_PURCHASE,     RULE_SEARCH_AGE,    RULE_DUE_GRACE,      RULE_ADVANCE,
		RULE_COMMITMENT,    RULE_FUTURE,       RULE_PAYMENT,       RULE_ANSWER,         RULE_FILE_SUIT,
		RULE_FINANCE_LEVEL, RULE_KEY_AGE,      RULE_OVERDUE_BILLS, RULE_OVERDUE_WINDOW, RULE_LISTED_MONTHS,
		RULE_BAR_MONTHS,    RULE_CONSENT_TERM, RULE_TRADE_OPEN,    RULE_MATCH_PRICE,    RULE_MATCH_QUANTITY,
		RULE_MATCH_DAYS,
	};

	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		if (asked[i] == rule)
			return true;
	return false;
}

void put_rule_id(struct writer *w, int64_t rule_row)
{
	int64_t number = rule_row_number(rule_row), month = number - RULE_CALENDAR;
	const struct rule_info *info = rule_info(number);

	assert(info != NULL || month >= 0);
	if (info)
		put_z(w, info->id);
	else { /* calendar.2027-02 */
		put_z(w, "calendar.");
		put_i64(w, 1990 + month / 12);
		put_z(w, month % 12 < 9 ? "-0" : "-");
		put_i64(w, month % 12 + 1);
	}
	if (rule_row_country(rule_row) != 0)
		put_byte(w, '/');
	put_country(w, rule_row_country(rule_row));
	put_byte(w, '@');
	put_i64(w, rule_row_version(rule_row));
}
