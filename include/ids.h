/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ids.h: names, hashes, days and moments, each a type of its own, so that a
 * party cannot be passed where an asset is meant nor a day where a moment is.
 *
 * The all-zero uuid and hash mean "none"; no object has them.
 */
#ifndef CF_IDS_H
#define CF_IDS_H

#include "base.h"

#define UUID_TEXT 36 /* 8-4-4-4-12 */
#define HASH_LEN 32
#define HASH_B64 43 /* base64url without padding */

struct uuid {
	uint8_t b[16];
};
struct hash {
	uint8_t b[HASH_LEN];
};
struct fp16 {
	uint8_t b[16];
}; /* first 16 bytes of a keyed fingerprint */
struct moment {
	int64_t us;
}; /* microseconds since 1970-01-01T00:00:00Z */
struct date {
	int32_t day;
}; /* days since 1970-01-01, civil, no zone */

#define DATE_NONE ((struct date){ INT32_MIN })
#define DAY_US INT64_C(86400000000)

bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid a);
bool hash_eq(struct hash a, struct hash b); /* not constant time: hashes are public */
bool hash_is_zero(struct hash a);

/* RFC 9562 text form, 36 characters, either case; anything else is refused. */
MUST_CHECK bool uuid_parse(struct span s, struct uuid *ret);
void put_uuid(struct writer *w, struct uuid u); /* lower case */
/* Version 7 from a moment (millisecond part) and 10 random bytes the caller brings (RFC 9562 5.7). */
struct uuid uuid_v7(struct moment now, const uint8_t random[10]);

/* YYYY-MM-DD, a real day of the Gregorian calendar, 1990 to 2100. */
MUST_CHECK bool date_parse(struct span s, struct date *ret);
void put_date(struct writer *w, struct date d);
/* Months since the year 0: one number to count and compare them by. */
int32_t month_of(struct date d);
struct date month_end(int32_t month);    /* its last day */
struct date date_of(struct moment m);    /* the UTC day m lies in */
struct moment date_start(struct date d); /* 00:00:00Z of that day */
bool date_given(struct date d);          /* neither DATE_NONE nor the day of a struct nobody filled in */
int32_t date_month(struct date d);       /* year * 100 + month */
/* So many calendar months later: the same day of the month, or its last one where that month is shorter. */
struct date date_add_months(struct date d, int64_t months);
/* So many working days later: Monday to Friday. Countries that have a calendar: calendar.h. */
struct date date_add_working(struct date d, int64_t days);

/* RFC 3339, UTC only: "2026-11-23T08:00:00Z", up to six fractional digits, years 1990 to 2100. */
MUST_CHECK bool moment_parse(struct span s, struct moment *ret);
void put_moment(struct writer *w, struct moment m); /* without fraction when it is whole seconds, else six digits */

/* Lower-case hexadecimal, and base64url without padding (RFC 4648 section 5). */
void put_hex(struct writer *w, const void *at, size_t len);
MUST_CHECK bool hex_parse(struct span s, void *out, size_t len);
void put_hash64(struct writer *w, struct hash h);
MUST_CHECK bool hash64_parse(struct span s, struct hash *ret);

/*
 * Identifiers of legal entities. The check says whether the check digit holds
 * (GB 32100-2015 for the unified social credit code, ISO 17442 / ISO 7064 mod
 * 97-10 for the LEI); form says whether it can be one at all. A failing USCC
 * check is a finding, not a refusal: genuine pilot codes fail it.
 */
bool uscc_form(struct span s);
bool uscc_check(struct span s);
bool lei_form(struct span s);
bool lei_check(struct span s);
#endif
