/* SPDX-License-Identifier: Apache-2.0 */
/* reading.c: queues, connections and threads of the reading side; see reading.h. */
#include "service/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/files.h"
#include "run/watch.h"
#include "service/reader.h"

#define PAUSE_FIRST_NS (INT64_C(100) * 1000000)
#define PAUSE_LONGEST_NS (INT64_C(5000) * 1000000)

/* --- connections --- */

struct store *conn_store(struct conn *c)
{
	char why[512];

	if (c->store && store_alive(c->store))
		return c->store;
	store_close(c->store);
	c->store = NULL;
	if (clock_ns() < c->next_try_ns)
		return NULL;
	c->store = store_open(c->database_url, c->duty, why, sizeof why);
	if (c->store) {
		store_vault(c->store, c->vault);
		c->pause_ns = 0;
		return c->store;
	}
	c->pause_ns = c->pause_ns ? c->pause_ns * 2 : PAUSE_FIRST_NS;
	if (c->pause_ns > PAUSE_LONGEST_NS)
		c->pause_ns = PAUSE_LONGEST_NS;
	c->next_try_ns = clock_ns() + c->pause_ns;
	watch(LOG_WARN, EVENT("database_away"), KV("why", why));
	return NULL;
}

void conn_close(struct conn *c)
{
	store_close(c->store);
	c->store = NULL;
}

/* --- the two queues --- */

bool reading_ask(struct reading *r, struct question *q)
{
	bool in;

	q->next = NULL;
	pthread_mutex_lock(&r->lock);
	in = !r->closed && r->waiting < r->conf.queue_max;
	if (in) {
		if (r->last)
			r->last->next = q;
		else
			r->first = q;
		r->last = q;
		r->waiting++;
		pthread_cond_signal(&r->some);
	}
	pthread_mutex_unlock(&r->lock);
	return in;
}

/* NULL: closed, and nothing waits any more. */
static struct question *take_question(struct reading *r)
{
	struct question *q;

	pthread_mutex_lock(&r->lock);
	while (!r->first && !r->closed)
		pthread_cond_wait(&r->some, &r->lock);
	q = r->first;
	if (q) {
		r->first = q->next;
		if (!r->first)
			r->last = NULL;
		r->waiting--;
	}
	pthread_mutex_unlock(&r->lock);
	return q;
}

bool reading_check(struct reading *r, struct question *q)
{
	bool in;

	q->next = NULL;
	pthread_mutex_lock(&r->check_lock);
	in = !r->check_closed && r->checks_waiting < r->conf.queue_max;
	if (in) {
		if (r->check_last)
			r->check_last->next = q;
		else
			r->check_first = q;
		r->check_last = q;
		r->checks_waiting++;
		pthread_cond_signal(&r->check_some);
	}
	pthread_mutex_unlock(&r->check_lock);
	return in;
}

/* Never refused: there are at most as many as readers times what the checker is behind. */
void record_looked(struct reading *r, struct looked *l)
{
	l->next = NULL;
	pthread_mutex_lock(&r->check_lock);
	if (r->looked_last)
		r->looked_last->next = l;
	else
		r->looked_first = l;
	r->looked_last = l;
	pthread_cond_signal(&r->check_some);
	pthread_mutex_unlock(&r->check_lock);
}

static void close_queue(pthread_mutex_t *lock, pthread_cond_t *some, bool *closed)
{
	pthread_mutex_lock(lock);
	*closed = true;
	pthread_cond_broadcast(some);
	pthread_mutex_unlock(lock);
}

/* --- a reader --- */

static void answer(struct question *q, enum fault f)
{
	q->result = f;
	if (f != OK) {
		q->answer = S("");
		q->etag[0] = 0;
	}
	q->done(q); /* q may be gone behind this line */
}

/* The records of whom this answer shows; NULL when the arena is full. */
static struct looked *make_looked(struct reader *r, struct question *q)
{
	struct looked *l = ARENA_NEW(q->mem, struct looked);
	struct access *a = ARENA_ARRAY(q->mem, struct access, (size_t)r->n_subjects);
	struct moment now = clock_now();

	if (!l || !a)
		return NULL;
	for (unsigned i = 0; i < r->n_subjects; i++)
		a[i] = (struct access){ .at = now,
			                .who = q->who.party,
			                .object = r->object,
			                .subject = r->subject[i],
			                .what = span_z(r->what),
			                .purpose = q->who.purpose };
	*l = (struct looked){ .q = q, .access = a, .n = r->n_subjects };
	return l;
}

/*
 * What is not there costs the database less than what is there and not for the asker to see, some tens of microseconds.
 * So "not found" is only said on a grid of moments after the question was taken up, wide enough for either. The reader
 * thread waits meanwhile: whoever asks for what there is not does not get more of them than others.
 */
static void level(enum fault f, int64_t began)
{
	const int64_t step = (int64_t)NOT_FOUND_MS * 1000000;

	if (f == E_NOT_FOUND)
		clock_sleep_until(began + ((clock_ns() - began) / step + 1) * step);
}

static enum fault ask_once(struct reader *r, struct question *q)
{
	static const struct uuid nil;

	q->answer = S("");
	q->etag[0] = 0;
	q->http = 0;
	r->q = q;
	r->n_subjects = 0;
	r->object = nil;
	r->what = "";
	if (!conn_store(&r->conn))
		return E_UNAVAILABLE;
	store_reads_for(r->conn.store, q->who.purpose);
	return q->fn(q, r);
}

static void ask(struct reader *r, struct question *q)
{
	size_t mark = q->mem->used;
	int64_t began = clock_ns();
	enum fault f = ask_once(r, q);
	struct looked *l;

	/* A connection that went stale while nobody asked shows it now: nothing was done, so ask again once. */
	if (f == E_UNAVAILABLE && r->conn.store && !store_alive(r->conn.store)) {
		q->mem->used = mark;
		f = ask_once(r, q);
	}
	metric_observe(M_query_duration_seconds, 0, (clock_ns() - began) / 1000);
	level(f, began);
	if (f == E_UNAVAILABLE || f == E_INTERNAL)
		metric_add(M_db_errors_total, 0, 1);
	if (f == OK && r->n_subjects > 0 && q->who.purpose.len == 0)
		f = diag_set(&q->diag, E_NO_PURPOSE, "Counterfoil-Purpose", fault_info(E_NO_PURPOSE)->text);
	if (f != OK || r->n_subjects == 0) {
		answer(q, f);
		return;
	}
	l = make_looked(r, q);
	if (l)
		record_looked(r->all, l);
	else
		answer(q, E_TOO_BIG);
}

static void *reader_run(void *arg)
{
	struct reader *r = arg;

	pthread_setname_np(pthread_self(), "reader");
	for (struct question *q; (q = take_question(r->all)) != NULL;)
		ask(r, q);
	conn_close(&r->conn);
	return NULL;
}

/* --- life --- */

bool reading_alive(const struct reading *r) { return atomic_load(&r->checker_alive); }

static bool reader_start(struct reading *all, struct reader *r, char *why, size_t why_len)
{
	r->all = all;
	r->conn =
		(struct conn){ .database_url = all->conf.database_url, .duty = STORE_READER, .vault = all->conf.vault };
	r->conn.store = store_open(r->conn.database_url, r->conn.duty, why, why_len);
	if (!r->conn.store)
		return false;
	store_vault(r->conn.store, r->conn.vault);
	r->view = tile_view_new(tile_serve, &all->tiles_fd);
	r->started = r->view && pthread_create(&r->thread, NULL, reader_run, r) == 0;
	if (!r->started)
		snprintf(why, why_len, "no thread can be started for a reader");
	return r->started;
}

static bool start_threads(struct reading *r, char *why, size_t why_len)
{
	for (int i = 0; i < r->conf.readers; i++)
		if (!reader_start(r, &r->reader[i], why, why_len))
			return false;
	r->checker_started = pthread_create(&r->checker, NULL, checker_run, r) == 0;
	if (!r->checker_started)
		snprintf(why, why_len, "no thread can be started for checks");
	return r->checker_started;
}

static bool open_tiles(struct reading *r, char *why, size_t why_len)
{
	int e = dir_make(r->conf.tiles_dir, 0755);

	if (e == 0) {
		r->tiles_fd = open(r->conf.tiles_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		e = r->tiles_fd < 0 ? errno : 0;
	}
	if (e != 0)
		snprintf(why, why_len, "%s: %s", r->conf.tiles_dir, strerror(e));
	return e == 0;
}

struct reading *reading_start(const struct reading_conf *conf, char *why, size_t why_len)
{
	struct reading *r = calloc(1, sizeof *r);

	snprintf(why, why_len, "out of memory");
	if (!r)
		return NULL;
	r->conf = *conf;
	r->tiles_fd = -1;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->some, NULL);
	pthread_mutex_init(&r->check_lock, NULL);
	pthread_cond_init(&r->check_some, NULL);
	pthread_mutex_init(&r->document_lock, NULL);
	r->document_conn =
		(struct conn){ .database_url = conf->database_url, .duty = STORE_CHECKER, .vault = conf->vault };
	pthread_mutex_init(&r->own_lock, NULL);
	r->own_conn = (struct conn){ .database_url = conf->database_url, .duty = STORE_TELLER };
	token_subkey(conf->tokens, "cursor", r->cursor_key);
	r->reader = calloc((size_t)conf->readers, sizeof *r->reader);
	if (r->reader && open_tiles(r, why, why_len) && start_threads(r, why, why_len))
		return r;
	reading_stop(r);
	return NULL;
}

void reading_stop(struct reading *r)
{
	if (!r)
		return;
	close_queue(&r->lock, &r->some, &r->closed);
	for (int i = 0; r->reader && i < r->conf.readers; i++) {
		if (r->reader[i].started)
			pthread_join(r->reader[i].thread, NULL);
		conn_close(&r->reader[i].conn);
		tile_view_free(r->reader[i].view);
	}
	/* Readers hand over to the checker until their end: it stops after them. */
	close_queue(&r->check_lock, &r->check_some, &r->check_closed);
	if (r->checker_started)
		pthread_join(r->checker, NULL);
	conn_close(&r->document_conn);
	conn_close(&r->own_conn);
	if (r->tiles_fd >= 0)
		close(r->tiles_fd);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->some);
	pthread_mutex_destroy(&r->check_lock);
	pthread_cond_destroy(&r->check_some);
	pthread_mutex_destroy(&r->document_lock);
	pthread_mutex_destroy(&r->own_lock);
	secret_wipe(r->cursor_key, sizeof r->cursor_key);
	free(r->reader);
	free(r);
}
