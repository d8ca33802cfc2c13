/* SPDX-License-Identifier: Apache-2.0 */
/* timer.h: once a second, what time alone brings about: grants and holds lapse, receivables fall overdue. */
#ifndef CF_TIMER_H
#define CF_TIMER_H

#include "service/service.h"

struct timer;
struct timer *timer_start(struct service *s); /* NULL without memory or thread */
void timer_stop(struct timer *t);             /* takes NULL; before service_stop */
#endif
