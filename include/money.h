/* SPDX-License-Identifier: Apache-2.0 */
/*
 * money.h: an amount in minor units of one ISO 4217 currency.
 *
 * The wire form is a decimal string with exactly the currency's minor digits,
 * so that no JSON library ever sees a number it could round. Inside, an amount
 * is a struct: adding cents to days does not compile.
 *
 * Invariants: 0 <= minor <= MONEY_MAX; ccy is a row of currency.def, or the
 * amount is the "absent" one: minor 0 and ccy "".
 */
#ifndef CF_MONEY_H
#define CF_MONEY_H

#include "base.h"

#define MONEY_MAX INT64_C(1000000000000000) /* 10^15 minor units: nine thousand of them still fit in int64 */

struct money {
	int64_t minor;
	char ccy[4];
};

/* Minor digits of a currency (CNY 2, JPY 0, BHD 3); -1 when it is not in the table. */
int ccy_digits(struct span ccy);
MUST_CHECK bool money_parse(struct span amount, struct span ccy, struct money *ret);
bool money_absent(struct money m);
bool money_same_ccy(struct money a, struct money b);
/* The decimal string alone, such as 1250.00. */
void put_amount(struct writer *w, int64_t minor, const char ccy[4]);
/* a * ppm / 1 000 000, rounded down; a <= MONEY_MAX, 0 <= ppm <= 1 000 000. Exact in 128 bits. */
int64_t minor_share(int64_t a, int32_t ppm);
#endif
