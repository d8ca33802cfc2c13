/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "http/bounds.h"
#include "http/deadline.h"

#define PHASE_BITS 3
static_assert(PHASES <= 1 << PHASE_BITS, "a phase fits beside its moment");

struct deadlines {
	struct deadline_conf conf;
	pthread_t sweeper;
	pthread_mutex_t lock; /* of the free list, of every conn.fd, and of `ending` */
	pthread_cond_t wake;
	bool ending;
	struct conn *free;
	uint32_t touched; /* places ever used: the sweep goes no further */
	_Atomic uint64_t open, cut[PHASES];
	struct conn *conn;
};

/* The coarse clock costs no system call and is good to some milliseconds. */
static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

const char *phase_name(enum phase p)
{
	static const char *const name[PHASES] = { "free", "fresh", "idle", "head", "body", "work", "send", "cut" };

	assert(p < PHASES);
	return name[p];
}

void conn_phase(struct conn *c, enum phase p)
{
	if (!c)
		return;
	atomic_store_explicit(&c->moved, 0, memory_order_relaxed);
	atomic_store_explicit(&c->phase, now_ms() << PHASE_BITS | (uint64_t)p, memory_order_relaxed);
}

void conn_moved(struct conn *c, uint64_t bytes)
{
	if (c)
		atomic_fetch_add_explicit(&c->moved, bytes, memory_order_relaxed);
}

/* Milliseconds the connection may stay in this phase; 0 is no limit. */
static uint64_t allowed_ms(const struct deadline_conf *c, enum phase p, uint64_t moved)
{
	uint64_t bonus = moved * 1000 / SLOWEST_BYTES_A_SECOND;

	switch (p) {
	case PHASE_FRESH:
	case PHASE_HEAD:
		return (uint64_t)c->header_seconds * 1000;
	case PHASE_IDLE:
		return (uint64_t)(c->idle_seconds + c->header_seconds) * 1000;
	case PHASE_BODY:
		return (uint64_t)c->body_seconds * 1000 + bonus;
	case PHASE_SEND:
		return (uint64_t)c->send_seconds * 1000 + bonus;
	case PHASE_FREE:
	case PHASE_WORK:
	case PHASE_CUT:
	case PHASES:
		break;
	}
	return 0;
}

static bool late(const struct deadlines *d, const struct conn *c, uint64_t word, uint64_t now)
{
	enum phase p = (enum phase)(word & ((1 << PHASE_BITS) - 1));
	uint64_t since = word >> PHASE_BITS;
	uint64_t allowed = allowed_ms(&d->conf, p, atomic_load_explicit(&c->moved, memory_order_relaxed));

	return allowed && now > since + allowed;
}

static void sweep(struct deadlines *d)
{
	uint64_t now = now_ms();

	for (uint32_t i = 0; i < d->touched; i++) {
		struct conn *c = &d->conn[i];
		uint64_t word = atomic_load_explicit(&c->phase, memory_order_relaxed);
		if (!late(d, c, word, now))
			continue;
		/* It may have moved on this very moment; then it lives. */
		if (!atomic_compare_exchange_strong(&c->phase, &word, now << PHASE_BITS | PHASE_CUT))
			continue;
		atomic_fetch_add(&d->cut[word & ((1 << PHASE_BITS) - 1)], 1);
		shutdown(c->fd, SHUT_RDWR);
	}
}

/* The lock is held during a sweep: opening and closing wait for at most some 20 us per thousand connections. */
static void *sweeper(void *arg)
{
	struct deadlines *d = arg;
	struct timespec until;

	pthread_setname_np(pthread_self(), "deadlines");
	pthread_mutex_lock(&d->lock);
	while (!d->ending) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += SWEEP_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&d->wake, &d->lock, &until);
		sweep(d);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

struct deadlines *deadlines_start(const struct deadline_conf *c)
{
	struct deadlines *d = calloc(1, sizeof *d);
	pthread_condattr_t attr;

	if (!d || !(d->conn = calloc(c->connections, sizeof *d->conn))) {
		free(d);
		return NULL;
	}
	d->conf = *c;
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&d->sweeper, NULL, sweeper, d) != 0) {
		free(d->conn);
		free(d);
		return NULL;
	}
	return d;
}

void deadlines_stop(struct deadlines *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->ending = true;
	pthread_cond_signal(&d->wake);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->sweeper, NULL);
	pthread_cond_destroy(&d->wake);
	pthread_mutex_destroy(&d->lock);
	free(d->conn);
	free(d);
}

struct conn *conn_opened(struct deadlines *d, int fd)
{
	pthread_mutex_lock(&d->lock);
	struct conn *c = d->free;
	if (c)
		d->free = c->next_free;
	else if (d->touched < d->conf.connections)
		c = &d->conn[d->touched++];
	if (c) {
		c->fd = fd;
		conn_phase(c, PHASE_FRESH);
	}
	pthread_mutex_unlock(&d->lock);
	atomic_fetch_add(&d->open, 1);
	return c;
}

void conn_closed(struct deadlines *d, struct conn *c)
{
	atomic_fetch_sub(&d->open, 1);
	if (!c)
		return;
	pthread_mutex_lock(&d->lock);
	conn_phase(c, PHASE_FREE);
	c->next_free = d->free;
	d->free = c;
	pthread_mutex_unlock(&d->lock);
}

struct deadline_counts deadline_counts(struct deadlines *d)
{
	struct deadline_counts n = { .open = atomic_load(&d->open) };

	for (unsigned p = 0; p < PHASES; p++)
		n.cut[p] = atomic_load(&d->cut[p]);
	return n;
}
