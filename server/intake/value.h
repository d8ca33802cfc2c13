/* SPDX-License-Identifier: Apache-2.0 */
/* value.h: numbers, days and texts as documents write them. Private to the readers. */
#ifndef CF_INTAKE_VALUE_H
#define CF_INTAKE_VALUE_H

#include <document.h>

/* White space collapsed and control characters dropped, in place. */
struct span value_clean(char *at, size_t len);
/* The same in a copy. */
struct span value_clean_copy(struct arena *mem, struct span s);

/* FMT-08: -?[0-9]{1,18}(.[0-9]{1,12})?. The scale is the one written: 1.50 has scale 2. */
MUST_CHECK bool value_number(struct span s, struct decimal *ret);
/* Without zeros at the end of its decimals. */
struct decimal value_stripped(struct decimal d);
/* As an integer at this many decimals, half away from zero. */
i128 value_rescale(struct decimal d, unsigned digits);

/* xs:date or xs:dateTime; a zone does not change the day that is named. */
MUST_CHECK bool value_day(struct span s, struct date *ret);
/* YYYYMMDD */
MUST_CHECK bool value_day8(struct span s, struct date *ret);
#endif
