/* SPDX-License-Identifier: Apache-2.0 */
/* t29_monitor: drift and calibration held against what is reckoned by hand; the month of a claim and what became of it. */
#include "monitor.h"

#include "test.h"

static void near(int64_t got, int64_t want, int64_t within)
{
	if (got < want - within || got > want + within)
		fail_msg("%lld, not %lld", (long long)got, (long long)want);
}

/* Half a count more in each bin: 90 and 10 of 100 are 181/202 and 21/202. */
static void drift(void **state)
{
	static const uint32_t even[] = { 50, 50 }, uneven[] = { 90, 10 }, more[] = { 500, 500 }, none[] = { 0, 0 };

	(void)state;
	near(monitor_psi(even, even, 2), 0, 0);
	near(monitor_psi(even, more, 2), 0, 5);
	near(monitor_psi(even, uneven, 2), 853060, 300); /* 0.39604 (ln 1.79208 - ln 0.20792) */
	near(monitor_psi(uneven, even, 2), 853060, 300); /* it is symmetric */
	near(monitor_psi(none, none, 2), 0, 0);
	assert_true(monitor_psi(even, uneven, 2) > MONITOR_ACT);
	assert_true(monitor_psi(even, (const uint32_t[]){ 52, 48 }, 2) < MONITOR_WATCH);
}

/* Four paid, two not: 7.5 of 8 pairs are in order. */
static void order_and_truth(void **state)
{
	static uint32_t good[1001], bad[1001];
	struct monitor_figures f;

	(void)state;
	good[700] = 3;
	good[500] = bad[500] = bad[300] = 1;
	f = monitor_figures(good, bad);
	assert_int_equal(f.good, 4);
	assert_int_equal(f.bad, 2);
	assert_int_equal(f.auc, 937500);
	assert_int_equal(f.ks, 750000);
	/* said: 0.005857, 0.158599, 0.857773 */
	near(f.brier, 125573, 1);
	near(f.skill, 434921, 5);
	near(f.ece, 140433, 1); /* (3 x 0.005857 + |2 x 0.158599 - 1| + |0.857773 - 1|) / 6, grades BBB, CCC and D */
	memset(bad, 0, sizeof bad);
	f = monitor_figures(good, bad); /* nothing is said of an order that nobody can be wrong about */
	assert_int_equal(f.auc, 0);
	assert_int_equal(f.good, 4);
}

static void large_counts(void **state)
{
	static uint32_t good[1001], bad[1001];
	struct monitor_figures f;

	(void)state;
	good[1000] = bad[0] = 4000000000U;
	f = monitor_figures(good, bad);
	assert_int_equal(f.auc, 1000000);
	assert_int_equal(f.ks, 1000000);
	assert_true(f.brier < 10 && f.ece < 1000);
	near(monitor_psi(good, bad, 1001), 45605400, 500); /* 2 ln(2 x 4e9 + 1) */
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(drift), T(order_and_truth), T(large_counts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
