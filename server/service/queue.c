/* SPDX-License-Identifier: Apache-2.0 */
/* queue.c: see queue.h. */
#include "service/queue.h"

#include <time.h>

void queue_start(struct queue *q, size_t max)
{
	pthread_condattr_t clock;

	memset(q, 0, sizeof *q);
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&q->some, &clock);
	pthread_condattr_destroy(&clock);
	q->max = max;
}

bool queue_put(struct queue *q, struct ticket *t)
{
	bool taken = false;

	pthread_mutex_lock(&q->lock);
	if (!q->closed && q->n < q->max) {
		t->next = NULL;
		if (q->last)
			q->last->next = t;
		else
			q->first = t;
		q->last = t;
		taken = true;
		if (q->n++ == 0)
			pthread_cond_signal(&q->some);
	}
	pthread_mutex_unlock(&q->lock);
	return taken;
}

size_t queue_take(struct queue *q, struct ticket **out, size_t max, int64_t wait_ms)
{
	struct timespec until;
	int64_t ns;
	size_t n = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	ns = until.tv_nsec + wait_ms % 1000 * 1000000;
	until.tv_sec += wait_ms / 1000 + ns / 1000000000;
	until.tv_nsec = ns % 1000000000;
	pthread_mutex_lock(&q->lock);
	while (q->n == 0 && !q->closed)
		if (pthread_cond_timedwait(&q->some, &q->lock, &until) != 0)
			break;
	while (n < max && q->first) {
		out[n++] = q->first;
		q->first = q->first->next;
	}
	if (!q->first)
		q->last = NULL;
	q->n -= n;
	pthread_mutex_unlock(&q->lock);
	return n;
}

bool queue_ended(struct queue *q)
{
	bool ended;

	pthread_mutex_lock(&q->lock);
	ended = q->closed && q->n == 0;
	pthread_mutex_unlock(&q->lock);
	return ended;
}

void queue_return(struct queue *q, struct ticket *const *t, size_t n)
{
	pthread_mutex_lock(&q->lock);
	for (size_t i = n; i > 0; i--) {
		t[i - 1]->next = q->first;
		q->first = t[i - 1];
		if (!q->last)
			q->last = t[i - 1];
	}
	q->n += n;
	pthread_cond_signal(&q->some);
	pthread_mutex_unlock(&q->lock);
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->some);
	pthread_mutex_unlock(&q->lock);
}

size_t queue_length(struct queue *q)
{
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = q->n;
	pthread_mutex_unlock(&q->lock);
	return n;
}
