/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tax_bureau.h: which tax bureau of China may seal an invoice of this number.
 *
 * An invoice's number begins with the region its bureau is of (GB/T 2260): in
 * 20 digits the third and fourth, in the older code of 12 the second to fifth,
 * in that of 10 the first four. Five cities have bureaus of their own beside
 * their province's.
 */
#ifndef CF_TAX_BUREAU_H
#define CF_TAX_BUREAU_H

#include "base.h"

/* Whether a name like "国家税务总局重庆市税务局" is of the bureau of the invoice of this number (code and number in one
 * text, whatever stands between). False for a number of no known form. */
bool tax_bureau_fits(struct span number, struct span name);
#endif
