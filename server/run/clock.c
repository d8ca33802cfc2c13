/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

struct moment clock_now(void)
{
	struct timespec t;

	assert(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return (struct moment){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

int64_t clock_ns(void)
{
	struct timespec t;

	assert(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void clock_sleep_ms(int64_t ms) { clock_sleep_until(clock_ns() + ms * 1000000); }

void clock_sleep_until(int64_t until)
{
	struct timespec t = { .tv_sec = until / 1000000000, .tv_nsec = until % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

void clock_random(void *at, size_t len)
{
	char *to = at;

	while (len > 0) {
		ssize_t got = getrandom(to, len, 0);

		assert(got > 0 || errno == EINTR);
		if (got > 0) {
			to += got;
			len -= (size_t)got;
		}
	}
}
