/* SPDX-License-Identifier: Apache-2.0 */
/* detection.c: see detection.h. */
#include "service/detection.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/folding.h"
#include "service/unraised.h"

enum {
	NAP_MS = 5,     /* between two looks at the log's size: no query is made for it */
	RETRY_MS = 500, /* after a fault of the database */
};
#define DETECTOR_ROOM ((size_t)256 << 30) /* address space: it keeps what it has seen */

struct detection {
	struct detection_conf conf;
	struct store *store;
	struct folding *folding;
	struct detector *detector;
	struct arena mem;
	pthread_mutex_t lock; /* the detector's */
	pthread_t thread;
	bool started;
	uint64_t past; /* entries there were at the start */
	_Atomic bool stop;
	_Atomic uint64_t next;
	struct unraised unraised;
	bool full; /* the detector's memory; said once */
};

uint64_t detection_next(const struct detection *d) { return atomic_load(&d->next); }

void detection_with(struct detection *d, void (*fn)(void *arg, const struct detector *), void *arg)
{
	pthread_mutex_lock(&d->lock);
	fn(arg, d->detector);
	pthread_mutex_unlock(&d->lock);
}

/* --- folding --- */

static bool on_seen(void *arg, const struct seen *s)
{
	struct detection *d = arg;
	struct finding_made f;

	if (s->c->kind == ST_FINDING_RAISE && s->outcome == OK)
		(void)unraised_take(&d->unraised, s->c->object, &f);
	return detector_see(d->detector, s, unraised_add, &d->unraised);
}

static bool connected(struct detection *d)
{
	char why[256];

	if (d->store && store_alive(d->store))
		return true;
	store_close(d->store);
	d->store = store_open(d->conf.database_url, STORE_FOLLOWER, why, sizeof why);
	folding_store(d->folding, d->store);
	return d->store != NULL;
}

/* Whether there was anything to read. */
static bool fold(struct detection *d, uint64_t size)
{
	enum fault f;
	size_t n = 0;

	if (folding_next(d->folding) >= size || d->full)
		return false;
	if (!connected(d)) {
		clock_sleep_ms(RETRY_MS);
		return false;
	}
	pthread_mutex_lock(&d->lock);
	f = folding_page(d->folding, size, on_seen, d, &n);
	pthread_mutex_unlock(&d->lock);
	if (f == OK)
		return n > 0;
	d->full = f == E_TOO_BIG || f == E_INTERNAL; /* the fold is torn: it would go on with an entry missing */
	watch(d->full ? LOG_ERROR : LOG_WARN, EVENT("detection_stopped"), KV("fault", fault_info(f)->slug),
	      KV_U("seq", folding_next(d->folding)), KV("why", d->store ? store_why(d->store) : ""));
	clock_sleep_ms(RETRY_MS);
	return false;
}

/* --- entering --- */

/* Up to RAISE_MAX of those that wait; what the queue did not take, or was found entered already, is left to the next round
 * and to the fold. */
static size_t raise(struct detection *d)
{
	size_t n = d->unraised.n < d->conf.raise_max ? d->unraised.n : d->conf.raise_max;
	size_t done = n ? registrar_raise(d->conf.registrar, unraised_at(&d->unraised, 0), n) : 0;

	unraised_drop(&d->unraised, done);
	metric_add(M_findings_total, 0, done);
	return done;
}

static void round_of(struct detection *d)
{
	uint64_t size = d->conf.size(d->conf.arg);
	bool some = fold(d, size);

	/* Past what was there when we started, what is left no entry says. */
	if (folding_next(d->folding) >= d->past)
		while (d->unraised.n > 0 && !d->stop && raise(d) > 0)
			some = true;
	if (d->unraised.n == 0)
		atomic_store(&d->next, folding_next(d->folding));
	metric_set(M_detection_behind_entries, 0, (int64_t)(size - d->next));
	if (!some)
		clock_sleep_ms(NAP_MS);
}

static void *detection_thread(void *arg)
{
	struct detection *d = arg;

	pthread_setname_np(pthread_self(), "detection");
	d->past = d->conf.size(d->conf.arg);
	while (!d->stop)
		round_of(d);
	return NULL;
}

/* --- life --- */

struct detection *detection_start(const struct detection_conf *conf, char *why, size_t why_len)
{
	struct detection *d = calloc(1, sizeof *d);

	snprintf(why, why_len, "detection: no memory or thread");
	if (!d)
		return NULL;
	d->conf = *conf;
	pthread_mutex_init(&d->lock, NULL);
	d->folding = folding_open(NULL);
	if (!d->folding || !arena_map(&d->mem, DETECTOR_ROOM) || !(d->detector = detector_start(&d->mem)) ||
	    pthread_create(&d->thread, NULL, detection_thread, d) != 0) {
		detection_stop(d);
		return NULL;
	}
	d->started = true;
	return d;
}

void detection_stop(struct detection *d)
{
	if (!d)
		return;
	d->stop = true;
	if (d->started)
		pthread_join(d->thread, NULL);
	folding_close(d->folding);
	store_close(d->store);
	arena_unmap(&d->mem);
	unraised_close(&d->unraised);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
