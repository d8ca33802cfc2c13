/* SPDX-License-Identifier: Apache-2.0 */
/* timer.c: see timer.h. */
#include "work/timer.h"

#include <pthread.h>
#include <stdlib.h>

#include "run/clock.h"

enum { NAP_MS = 50 }; /* how long it may take to notice that it is to stop */

struct timer {
	struct service *service;
	struct timer_conf conf;
	pthread_t thread;
	_Atomic bool stop;
};

static void *timer_thread(void *arg)
{
	struct timer *t = arg;
	int64_t slept = 0;

	pthread_setname_np(pthread_self(), t->conf.name);
	while (!t->stop) {
		clock_sleep_ms(NAP_MS);
		slept += NAP_MS;
		if (slept < t->conf.every_ms)
			continue;
		slept = 0;
		while (!t->stop && t->conf.round(t->service) > 0)
			; /* many fell due at once: a night at the end of a month */
	}
	return NULL;
}

struct timer *timer_start(struct service *s, const struct timer_conf *conf)
{
	struct timer *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->service = s;
	t->conf = *conf;
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
