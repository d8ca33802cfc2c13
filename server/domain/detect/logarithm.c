/* SPDX-License-Identifier: Apache-2.0 */
/* logarithm.c: see logarithm.h. Squaring the mantissa doubles its logarithm: each squaring gives one more bit. */
#include "logarithm.h"

uint32_t log2_q16(uint64_t x)
{
	unsigned whole;
	uint64_t m;
	uint32_t fraction = 0;

	assert(x > 0);
	whole = 63 - (unsigned)__builtin_clzll(x);
	m = x << (63 - whole) >> 32; /* the mantissa, 1 <= m / 2^31 < 2 */
	for (unsigned i = 0; i < 16; i++) {
		m = m * m >> 31;
		fraction <<= 1;
		if (m >> 32) {
			m >>= 1;
			fraction |= 1;
		}
	}
	return (uint32_t)whole << 16 | fraction;
}

int32_t tenths_of_bits(uint64_t a, uint64_t b)
{
	return (int32_t)(((int64_t)log2_q16(a) - (int64_t)log2_q16(b)) * 10 / 65536);
}
