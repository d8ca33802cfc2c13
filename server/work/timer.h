/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timer.h: what the service does by itself, again and again, each on a thread of its own:
 *
 *   service_deadlines  once a second: grants and holds lapse, receivables fall overdue
 *   service_tell       five times a second: people are told what was committed
 */
#ifndef CF_TIMER_H
#define CF_TIMER_H

#include "service/service.h"

struct timer;
struct timer_conf {
	const char *name;                   /* of the thread */
	size_t (*round)(struct service *s); /* called again at once while it says that there was something to do */
	int64_t every_ms;
};
struct timer *timer_start(struct service *s, const struct timer_conf *conf); /* NULL without memory or thread */
void timer_stop(struct timer *t);                                            /* takes NULL; before service_stop */
#endif
