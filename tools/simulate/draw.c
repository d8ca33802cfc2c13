/* SPDX-License-Identifier: Apache-2.0 */
/* draw.c: see draw.h. */
#include "draw.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

uint64_t draw_bits(struct draw *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct draw draw_fork(uint64_t seed, uint64_t what)
{
	struct draw d = { seed ^ what * UINT64_C(0xd1342543de82ef95) };

	d.state = draw_bits(&d);
	return d;
}

int64_t draw_below(struct draw *d, int64_t n)
{
	uwide x = draw_bits(d);

	assert(n > 0);
	return (int64_t)(x * (uint64_t)n >> 64);
}

int64_t draw_between(struct draw *d, int64_t least, int64_t most) { return least + draw_below(d, most - least + 1); }

bool draw_chance(struct draw *d, int64_t ppm) { return draw_below(d, 1000000) < ppm; }

int64_t draw_normal(struct draw *d)
{
	int64_t sum = 0;

	for (int i = 0; i < 12; i++)
		sum += draw_below(d, 1001);
	return sum - 6000;
}

/* 2^(x / 65536) in units of 2^-32, for x within 30 * 65536 either way. */
static uint64_t power_of_two(int64_t x)
{
	static const uint64_t root[16] = {
		/* 2^(1/2), 2^(1/4), ... in units of 2^-32 */
		UINT64_C(6074001000), UINT64_C(5107605667), UINT64_C(4683695048), UINT64_C(4485121744),
		UINT64_C(4389014833), UINT64_C(4341736423), UINT64_C(4318288544), UINT64_C(4306612134),
		UINT64_C(4300785774), UINT64_C(4297875550), UINT64_C(4296421177), UINT64_C(4295694175),
		UINT64_C(4295330720), UINT64_C(4295149004), UINT64_C(4295058149), UINT64_C(4295012722)
	};
	int64_t whole = x >= 0 ? x / 65536 : -((65535 - x) / 65536);
	uint64_t rest = (uint64_t)(x - whole * 65536), y = UINT64_C(1) << 32;

	for (unsigned k = 0; k < 16; k++)
		if (rest >> (15 - k) & 1)
			y = (uint64_t)((uwide)y * root[k] >> 32);
	if (whole >= 0)
		return whole > 30 ? UINT64_MAX : y << whole;
	return whole < -32 ? 0 : y >> -whole;
}

/* log2(2^64 / x) in units of 2^-16, for x > 0. */
static int64_t log_of(uint64_t x)
{
	int64_t bits = 0;
	int lead = __builtin_clzll(x);
	uint64_t y = x << lead >> 32; /* in 2^31 .. 2^32: one and a fraction, in units of 2^-31 */

	for (unsigned k = 0; k < 16; k++) {
		y = y * y >> 31;
		bits <<= 1;
		if (y >> 32) {
			bits |= 1;
			y >>= 1;
		}
	}
	return (int64_t)(lead + 1) * 65536 - bits;
}

static int64_t times_power(int64_t a, int64_t x)
{
	wide y = (wide)a * power_of_two(x) >> 32;

	return y > INT64_C(1000000000000000) ? INT64_C(1000000000000000) : (int64_t)y;
}

int64_t draw_spread(struct draw *d, int64_t median, int64_t sigma)
{
	return times_power(median, draw_normal(d) * sigma / 1000 * 94548 / 1000); /* log2(e) = 94548 / 65536 */
}

int64_t draw_wait(struct draw *d, int64_t mean)
{
	uint64_t u = draw_bits(d) | 1;

	return (int64_t)((wide)mean * log_of(u) * 45426 / 65536 / 65536); /* ln 2 = 45426 / 65536 */
}

int64_t draw_pareto(struct draw *d, int64_t least, int64_t most)
{
	int64_t x = times_power(least, log_of(draw_bits(d) | 1) * 10 / 11);

	return x > most ? most : x;
}

size_t draw_weighted(struct draw *d, const int32_t *weight, size_t n)
{
	int64_t sum = 0, x;

	for (size_t i = 0; i < n; i++)
		sum += weight[i];
	x = draw_below(d, sum > 0 ? sum : 1);
	for (size_t i = 0; i < n; i++)
		if ((x -= weight[i]) < 0)
			return i;
	return n - 1;
}

int64_t share_of(int64_t a, int64_t ppm) { return (int64_t)((wide)a * ppm / 1000000); }
