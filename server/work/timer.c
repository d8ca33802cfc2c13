/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c: see timer.h. */
#include "work/timer.h"

#include <pthread.h>
#include <stdlib.h>

#include "run/clock.h"

enum { ROUND_MS = 1000, NAP_MS = 50 };

struct timer {
	struct service *service;
	pthread_t thread;
	_Atomic bool stop;
};

static void *timer_thread(void *arg)
{
	struct timer *t = arg;
	int64_t slept = 0;

	pthread_setname_np(pthread_self(), "timer");
	while (!t->stop) {
		clock_sleep_ms(NAP_MS);
		slept += NAP_MS;
		if (slept < ROUND_MS)
			continue;
		slept = 0;
		while (!t->stop && service_deadlines(t->service) > 0)
			; /* many fell due at once: a night at the end of a month */
	}
	return NULL;
}

struct timer *timer_start(struct service *s)
{
	struct timer *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->service = s;
	if (pthread_create(&t->thread, NULL, timer_thread, t) == 0)
		return t;
	free(t);
	return NULL;
}

void timer_stop(struct timer *t)
{
	if (!t)
		return;
	t->stop = true;
	pthread_join(t->thread, NULL);
	free(t);
}
