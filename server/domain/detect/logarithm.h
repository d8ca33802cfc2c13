/* SPDX-License-Identifier: Apache-2.0 */
/* logarithm.h: weights of evidence are logarithms; these are exact integer arithmetic, the same on any machine. */
#ifndef CF_LOGARITHM_H
#define CF_LOGARITHM_H

#include "base.h"

/* log2(x) in 1/65536, rounded down; x > 0. */
uint32_t log2_q16(uint64_t x);
/* 10 * log2(a / b), rounded towards zero; a, b > 0. */
int32_t tenths_of_bits(uint64_t a, uint64_t b);
#endif
