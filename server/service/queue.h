/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.h: tickets waiting for the sequencer: many put, one takes.
 *
 * Bounded, because one slow fsync stalls everything behind it: a full queue
 * answers "busy" at once, which a client can act on, rather than growing
 * until nobody is answered in time.
 */
#ifndef CF_QUEUE_H
#define CF_QUEUE_H

#include <pthread.h>

#include "service/service.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct ticket *first, *last;
	size_t n, max;
	bool closed;
};
void queue_start(struct queue *q, size_t max);
/* False when full or closed. */
MUST_CHECK bool queue_put(struct queue *q, struct ticket *t);
/* Waits for at least one, at most wait_ms; takes up to max into out. 0 when there was none. */
size_t queue_take(struct queue *q, struct ticket **out, size_t max, int64_t wait_ms);
/* Closed and empty: nothing will come any more. */
bool queue_ended(struct queue *q);
/* Back to the front, in order, whatever the bound: they have been in the queue before. */
void queue_return(struct queue *q, struct ticket *const *t, size_t n);
/* Lets nobody in any more; what waits is still taken. */
void queue_close(struct queue *q);
size_t queue_length(struct queue *q);
#endif
