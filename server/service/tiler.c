/* SPDX-License-Identifier: Apache-2.0 */
/* tiler.c: see tiler.h. */
#include "service/tiler.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/log_verify.h"
#include "service/tiles.h"

enum {
	NOTES_MAX =
		256,  /* checkpoints waiting to be stored; beyond, older ones are skipped: any later one proves more */
	CHUNK = 8192, /* leaves read at once */
	PAUSE_MS =
		200, /* least time between two publications: each waits for the disk a dozen times, and so does the log's */
	RETRY_MS = 500,
	WAIT_MS = 2000, /* for a publication somebody needs: beyond it the database or the disk is in trouble */
};

struct tiler {
	const char *database_url, *dir;
	pthread_mutex_t lock;
	pthread_cond_t some, published;
	struct signed_note note[NOTES_MAX], taken[NOTES_MAX];
	size_t first, n;
	_Atomic uint64_t size; /* of the newest published checkpoint */
	uint64_t wanted;       /* somebody waits for this size: no pause */
	bool closed;
	pthread_t thread;
	bool running;
	struct store *store;
	struct tiles *tiles;
	struct arena mem;
};

static struct timespec in_ns(int64_t ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	ns = ns < 0 ? 0 : ns;
	t.tv_sec += (ns + t.tv_nsec) / 1000000000;
	t.tv_nsec = (ns + t.tv_nsec) % 1000000000;
	return t;
}

uint64_t tiler_published(const struct tiler *t) { return t->size; }

void tiler_note(struct tiler *t, const struct signed_note *n)
{
	pthread_mutex_lock(&t->lock);
	if (t->n == NOTES_MAX) { /* the newest is what counts */
		t->first = (t->first + 1) % NOTES_MAX;
		t->n--;
	}
	t->note[(t->first + t->n) % NOTES_MAX] = *n;
	if (t->n++ == 0) /* with more it is awake at its time */
		pthread_cond_signal(&t->some);
	pthread_mutex_unlock(&t->lock);
}

bool tiler_wait(struct tiler *t, uint64_t size)
{
	struct timespec until = in_ns((int64_t)WAIT_MS * 1000000);
	bool there;

	pthread_mutex_lock(&t->lock);
	if (t->wanted < size)
		t->wanted = size;
	pthread_cond_signal(&t->some);
	while (t->size < size && !t->closed)
		if (pthread_cond_timedwait(&t->published, &t->lock, &until) != 0)
			break;
	there = t->size >= size;
	pthread_mutex_unlock(&t->lock);
	return there;
}

/*
 * All notes that wait, once the pause since the last publication is over or
 * somebody asks for one; at once when it is quiet. 0 when closed and nothing is left.
 */
static size_t next_notes(struct tiler *t, int64_t last, struct signed_note *out)
{
	struct timespec due = in_ns(last + (int64_t)PAUSE_MS * 1000000 - clock_ns());
	bool over = false;
	size_t n;

	pthread_mutex_lock(&t->lock);
	while (!t->closed && (t->n == 0 || (!over && t->wanted <= t->size))) {
		if (t->n == 0)
			pthread_cond_wait(&t->some, &t->lock);
		else
			over = pthread_cond_timedwait(&t->some, &t->lock, &due) != 0;
	}
	n = t->n;
	for (size_t i = 0; i < n; i++)
		out[i] = t->note[(t->first + i) % NOTES_MAX];
	t->first = t->n = 0;
	pthread_mutex_unlock(&t->lock);
	return n;
}

/* --- publishing --- */

static enum fault extend_to(struct tiler *t, uint64_t size)
{
	enum fault f = OK;

	while (f == OK && tiles_size(t->tiles) < size) {
		uint64_t from = tiles_size(t->tiles), left = size - from;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;
		struct span leaves;

		arena_reset(&t->mem);
		f = store_leaves(t->store, from, n, &t->mem, &leaves);
		if (f == OK)
			f = tiles_extend(t->tiles, from, (const uint8_t *)leaves.at, n);
	}
	return f;
}

static enum fault publish(struct tiler *t, const struct signed_note *n)
{
	enum fault f = OK;

	if (n->size > tiles_published(t->tiles)) {
		f = extend_to(t, n->size);
		if (f == OK)
			f = tiles_publish(t->tiles, (struct span){ n->note, n->len });
	}
	if (f != OK)
		return f;
	pthread_mutex_lock(&t->lock);
	t->size = tiles_published(t->tiles);
	pthread_cond_broadcast(&t->published);
	pthread_mutex_unlock(&t->lock);
	return OK;
}

/* Everything anew: what the files hold decides where it goes on. */
static bool reopen(struct tiler *t, char *why, size_t why_len)
{
	store_close(t->store);
	tiles_close(t->tiles);
	t->tiles = NULL;
	t->store = store_open(t->database_url, STORE_PUBLISHER, why, why_len);
	if (t->store)
		t->tiles = tiles_open(t->dir, why, why_len);
	return t->store && t->tiles;
}

static bool closed(struct tiler *t)
{
	bool c;

	pthread_mutex_lock(&t->lock);
	c = t->closed;
	pthread_mutex_unlock(&t->lock);
	return c;
}

/* All are stored; the newest is published. */
static enum fault put_notes(struct tiler *t, const struct signed_note *note, size_t n)
{
	struct stored_note stored[NOTES_MAX];
	enum fault f;

	for (size_t i = 0; i < n; i++)
		stored[i] = (struct stored_note){ note[i].size, note[i].root, { note[i].note, note[i].len } };
	f = store_checkpoints_put(t->store, stored, n);
	return f == OK ? publish(t, &note[n - 1]) : f;
}

/* False when it was closed before it succeeded: what is signed is published at the next start. */
static bool keep_trying(struct tiler *t, const struct signed_note *note, size_t n, enum fault f)
{
	char why[256] = "";

	while (f != OK && !closed(t)) {
		watch(LOG_ERROR, EVENT("publication_failed"), KV("fault", fault_info(f)->slug), KV("why", why));
		clock_sleep_ms(RETRY_MS);
		if (reopen(t, why, sizeof why))
			f = put_notes(t, note, n);
	}
	return f == OK;
}

/*
 * Once at the start: are the published files still what they were? A tile that
 * was lost or has rotted would look like a fork to whoever verifies; then all
 * are written again from the database, which the checkpoint's root vouches for.
 */
static void look_over(struct tiler *t)
{
	int dir = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct log_files files = { tile_file, &dir, dir };
	const struct log_verify_conf conf = { .depth = LOG_LEAVES };
	struct log_report report;
	char why[256] = "";
	enum log_verdict v;

	if (dir < 0 || tiles_published(t->tiles) == 0)
		goto out;
	v = log_verify_tree(&files, &conf, tiles_published(t->tiles), tiles_root(t->tiles), &report);
	if (v == LOG_GOOD)
		goto out;
	watch(LOG_ERROR, EVENT("tiles_damaged"), KV("what", log_verdict_name(v)), KV("path", report.path),
	      KV_U("entry", report.at));
	if (unlinkat(dir, "checkpoint", 0) != 0 || !reopen(t, why, sizeof why))
		watch(LOG_ERROR, EVENT("tiles_not_reset"), KV("why", why));
out:
	if (dir >= 0)
		close(dir);
}

static void *tiler_thread(void *arg)
{
	struct tiler *t = arg;
	int64_t last = 0;
	size_t n;

	pthread_setname_np(pthread_self(), "tiler");
	look_over(t);
	while ((n = next_notes(t, last, t->taken)) > 0) {
		enum fault f = put_notes(t, t->taken, n);

		last = clock_ns();
		if (f != OK && !keep_trying(t, t->taken, n, f))
			break;
	}
	return NULL;
}

/* --- life --- */

struct tiler *tiler_open(const char *database_url, const char *dir, char *why, size_t why_len)
{
	struct tiler *t = calloc(1, sizeof *t);
	pthread_condattr_t clock;

	snprintf(why, why_len, "out of memory");
	if (!t)
		return NULL;
	t->database_url = database_url;
	t->dir = dir;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&t->some, &clock);
	pthread_cond_init(&t->published, &clock);
	pthread_condattr_destroy(&clock);
	if (!arena_map(&t->mem, (size_t)CHUNK * LEAF_LEN * 2) || !reopen(t, why, why_len)) {
		tiler_stop(t);
		return NULL;
	}
	t->size = tiles_published(t->tiles);
	return t;
}

bool tiler_run(struct tiler *t)
{
	t->running = pthread_create(&t->thread, NULL, tiler_thread, t) == 0;
	return t->running;
}

void tiler_stop(struct tiler *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->closed = true;
	pthread_cond_broadcast(&t->some);
	pthread_cond_broadcast(&t->published);
	pthread_mutex_unlock(&t->lock);
	if (t->running)
		pthread_join(t->thread, NULL);
	store_close(t->store);
	tiles_close(t->tiles);
	arena_unmap(&t->mem);
	free(t);
}
