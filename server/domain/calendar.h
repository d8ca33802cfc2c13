/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar.h: who works on which day.
 *
 * Everywhere Monday to Friday, until the operator publishes a calendar of a
 * country for a year: the weekdays nobody works on, and the days of weekends
 * that are worked instead. A calendar binds from its entry on, for times that
 * begin then; a time that has begun keeps the end it was given, as it is a
 * column of its row. The country is that of the party whose time it is.
 *
 * A calendar is rows of TABLE_RULE, one a month (rule.h), so all of it is at
 * hand wherever rules are, and a decision names the months it looked at.
 */
#ifndef CF_CALENDAR_H
#define CF_CALENDAR_H

#include "deciding.h"

/*
 * The day on which n working days after `from` are over. A time that begins on a day nobody works begins on the working
 * day before. n is at most 1,000.
 */
MUST_CHECK enum fault working_days_after(struct deciding *g, struct uuid party, struct date from, int64_t n,
                                         struct date *ret);
/*
 * The last day of a time that is given in days: `day`, or the next working day when nobody works on it. Only where there
 * is a calendar for it: elsewhere a time in days ends as it always did, on whatever day that is.
 */
MUST_CHECK enum fault last_day(struct deciding *g, struct uuid party, struct date day, struct date *ret);
#endif
