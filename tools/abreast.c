/* SPDX-License-Identifier: Apache-2.0 */
/* abreast.c: see abreast.h. */
#include "abreast.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/memory.h"

enum { WINDOW = 256 };
#define WORKER_MEM ((size_t)512 << 20) /* address space */

struct done {
	bool ready;
	int rc;
	char *out, *err;
	size_t out_len, err_len;
};

struct all {
	struct cli *c;
	abreast_job *job;
	void *arg;
	unsigned n;
	pthread_mutex_t lock;
	pthread_cond_t room, some; /* a place in the window is free; the next one is ready */
	unsigned next, written;
	struct done slot[WINDOW];
};
struct worker {
	struct all *all;
	unsigned number;
	struct arena mem;
	pthread_t thread;
};

unsigned abreast_workers(unsigned n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned most = cores < 1 ? 1 : cores > ABREAST_MAX ? ABREAST_MAX : (unsigned)cores;

	return n < most ? n : most;
}

static bool take(struct all *a, unsigned *ret)
{
	bool some;

	pthread_mutex_lock(&a->lock);
	while (a->next < a->n && a->next >= a->written + WINDOW)
		pthread_cond_wait(&a->room, &a->lock);
	some = a->next < a->n;
	if (some)
		*ret = a->next++;
	pthread_mutex_unlock(&a->lock);
	return some;
}

static void put(struct all *a, unsigned i, struct done d)
{
	pthread_mutex_lock(&a->lock);
	d.ready = true;
	a->slot[i % WINDOW] = d;
	pthread_cond_signal(&a->some);
	pthread_mutex_unlock(&a->lock);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct all *a = w->all;
	unsigned i;

	while (take(a, &i)) {
		struct done d = { .rc = EXIT_REFUSED };
		struct cli own = *a->c;

		arena_reset(&w->mem);
		own.mem = &w->mem;
		own.out = open_memstream(&d.out, &d.out_len);
		own.err = open_memstream(&d.err, &d.err_len);
		if (own.out && own.err)
			d.rc = a->job(&own, w->number, i, a->arg);
		if (own.out)
			fclose(own.out);
		if (own.err)
			fclose(own.err);
		put(a, i, d);
	}
	return NULL;
}

/* Waits for each in its order and writes what it had to say. */
static int write_all(struct all *a, const char *what)
{
	bool shown = !isatty(fileno(a->c->out));
	unsigned step = a->n / 200 + 1;
	int worst = EXIT_GOOD;

	for (unsigned i = 0; i < a->n; i++) {
		struct done d;

		pthread_mutex_lock(&a->lock);
		while (!a->slot[i % WINDOW].ready)
			pthread_cond_wait(&a->some, &a->lock);
		d = a->slot[i % WINDOW];
		a->slot[i % WINDOW].ready = false;
		a->written = i + 1;
		pthread_cond_broadcast(&a->room);
		pthread_mutex_unlock(&a->lock);
		fwrite(d.out, 1, d.out_len, a->c->out);
		fwrite(d.err, 1, d.err_len, a->c->err);
		free(d.out);
		free(d.err);
		worst = d.rc > worst ? d.rc : worst;
		if (shown && ((i + 1) % step == 0 || i + 1 == a->n))
			cli_progress(a->c, what, i + 1, a->n);
	}
	return worst;
}

int abreast(struct cli *c, const char *what, unsigned workers, unsigned n, abreast_job *job, void *arg)
{
	struct all *a = calloc(1, sizeof *a);
	struct worker w[ABREAST_MAX] = { { .all = NULL } };
	unsigned started = 0;
	int rc;

	assert(workers >= 1 && workers <= ABREAST_MAX);
	if (!a)
		return cli_fail(c, EXIT_REFUSED, "out of memory");
	a->c = c;
	a->job = job;
	a->arg = arg;
	a->n = n;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->room, NULL);
	pthread_cond_init(&a->some, NULL);
	for (; started < workers; started++) {
		w[started].all = a;
		w[started].number = started;
		if (!arena_map(&w[started].mem, WORKER_MEM) ||
		    pthread_create(&w[started].thread, NULL, work, &w[started]) != 0) {
			arena_unmap(&w[started].mem);
			break;
		}
	}
	rc = started ? write_all(a, what) : cli_fail(c, EXIT_REFUSED, "no thread can be started");
	for (unsigned i = 0; i < started; i++) {
		pthread_join(w[i].thread, NULL);
		arena_unmap(&w[i].mem);
	}
	pthread_cond_destroy(&a->some);
	pthread_cond_destroy(&a->room);
	pthread_mutex_destroy(&a->lock);
	free(a);
	return rc;
}
