/* SPDX-License-Identifier: Apache-2.0 */
/* detection.c: see detection.h. */
#include "service/detection.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "run/clock.h"
#include "run/files.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/engines.h"
#include "service/folding.h"
#include "service/unraised.h"
#include "service/unwarned.h"

enum {
	NAP_MS = 5,     /* between two looks at the log's size: no query is made for it */
	RETRY_MS = 500, /* after a fault; twice as long after each more, up to */
	RETRY_MOST_MS = 30000,
	SAY_MS = 10000, /* between two lines about a long fold */
	NOTE_MS = 5000, /* between two notes of how far it has judged */
};
#define DETECTOR_ROOM ((size_t)256 << 30) /* address space: it keeps what it has seen */

struct detection {
	struct detection_conf conf;
	struct store *store;
	struct folding *folding;
	struct detector *detector;
	struct arena mem;
	/* Who wants the detector takes `turn` first, and keeps it until he has `lock`: so the fold, which wants it again
	 * at once after every entry, stands behind those who ask. */
	pthread_mutex_t turn, lock;
	pthread_t thread;
	bool started;
	uint64_t past; /* entries there were at the start */
	_Atomic bool stop;
	_Atomic uint64_t next, folded, memory;
	_Atomic int state, fault;
	struct engines engines;
	struct unraised unraised;
	struct unwarned unwarned;
	uint64_t judged; /* entries known at the start to be judged, with all that follows from them */
	bool settled;    /* the log says that this engine judges, */
	uint64_t from;   /* from this entry on */
	bool full;       /* the detector's memory, or that for findings */
	int64_t retry_ms, said_at, noted_at, began;
	uint64_t noted;
};

uint64_t detection_next(const struct detection *d) { return atomic_load(&d->next); }

struct detection_status detection_status(const struct detection *d)
{
	return (struct detection_status){ .state = (enum detection_state)atomic_load(&d->state),
		                          .folded = atomic_load(&d->folded),
		                          .next = atomic_load(&d->next),
		                          .memory = atomic_load(&d->memory),
		                          .fault = (enum fault)atomic_load(&d->fault) };
}

/* --- the detector, one at a time --- */

static void detector_take(struct detection *d)
{
	pthread_mutex_lock(&d->turn);
	pthread_mutex_lock(&d->lock);
	pthread_mutex_unlock(&d->turn);
}

static void detector_give(struct detection *d) { pthread_mutex_unlock(&d->lock); }

void detection_with(struct detection *d, void (*fn)(void *arg, const struct detector *), void *arg)
{
	detector_take(d);
	fn(arg, d->detector);
	detector_give(d);
}

bool detection_score_claim(struct detection *d, struct uuid asset, struct score *ret)
{
	detector_take(d);
	bool found = score_claim(d->detector, asset, ret);
	detector_give(d);
	return found;
}

bool detection_score_party(struct detection *d, struct uuid party, struct score *ret)
{
	detector_take(d);
	bool found = score_party(d->detector, party, ret);
	detector_give(d);
	return found;
}

/* --- what everybody may know of it --- */

static void say_state(struct detection *d, enum detection_state state, enum fault f)
{
	atomic_store(&d->state, (int)state);
	atomic_store(&d->fault, (int)f);
	for (unsigned i = DETECTION_FOLDING; i <= DETECTION_STOPPED; i++)
		metric_set(M_detection_state, i, i == (unsigned)state);
}

static void say_progress(struct detection *d, uint64_t size)
{
	int64_t now = clock_ns() / 1000000;

	metric_set(M_detection_behind_entries, 0, (int64_t)(size - atomic_load(&d->next)));
	metric_set(M_detection_folded_entries, 0, (int64_t)folding_next(d->folding));
	metric_set(M_detection_memory_bytes, 0, (int64_t)d->mem.used);
	if (d->settled || now - d->said_at < SAY_MS)
		return;
	d->said_at = now;
	watch(LOG_INFO, EVENT("detection_folding"), KV_U("entries", folding_next(d->folding)), KV_U("of", size),
	      KV_U("memory", d->mem.used));
}

/* Sleeps longer after each fault, in steps short enough to be stopped in. */
static void wait_out(struct detection *d, enum fault f)
{
	say_state(d, DETECTION_RETRYING, f);
	for (int64_t slept = 0; slept < d->retry_ms && !d->stop; slept += 50)
		clock_sleep_ms(50);
	d->retry_ms = 2 * d->retry_ms < RETRY_MOST_MS ? 2 * d->retry_ms : RETRY_MOST_MS;
}

/* For good, until the next start: the fold would go on with an entry missing. */
static void give_up(struct detection *d, const char *why)
{
	d->full = true;
	say_state(d, DETECTION_STOPPED, E_TOO_BIG);
	watch(LOG_ERROR, EVENT("detection_stopped"), KV("why", why), KV_U("seq", folding_next(d->folding)));
}

/* --- folding --- */

static bool on_seen(void *arg, const struct seen *s)
{
	struct detection *d = arg;
	struct finding_made f;
	struct warned w;
	bool good;

	if (s->c->kind == ST_FINDING_RAISE && s->outcome == OK)
		(void)unraised_take(&d->unraised, s->c->object, &f);
	if (s->c->kind == ST_WARNING_RAISE && s->outcome == OK)
		(void)unwarned_take(&d->unwarned, WARNED_RAISE, s->c->object, &w);
	if (s->c->kind == ST_WARNING_CLOSE && s->outcome == OK)
		(void)unwarned_take(&d->unwarned, WARNED_CLOSE, s->c->object, &w);
	detector_take(d);
	good = engines_see(&d->engines, s) && detector_see(d->detector, s, unraised_add, &d->unraised);
	if (good)
		unwarned_add(&d->unwarned, d->detector, d->judged);
	detector_give(d);
	atomic_store(&d->folded, s->seq + 1);
	atomic_store(&d->memory, d->mem.used);
	d->full = !good || d->unraised.lost || d->unwarned.lost;
	return good;
}

static bool connected(struct detection *d)
{
	char why[256];

	if (d->store && store_alive(d->store))
		return true;
	store_close(d->store);
	d->store = store_open(d->conf.database_url, STORE_FOLLOWER, why, sizeof why);
	if (d->store)
		store_vault(d->store, d->conf.vault);
	folding_store(d->folding, d->store);
	return d->store != NULL;
}

/* Whether there was anything to read. */
static bool fold(struct detection *d, uint64_t size)
{
	enum fault f;
	size_t n = 0;

	if (folding_next(d->folding) >= size)
		return false;
	f = connected(d) ? folding_page(d->folding, size, on_seen, d, &n) : E_UNAVAILABLE;
	if (d->full) {
		give_up(d, "memory is full");
		return false;
	}
	if (f == OK) {
		d->retry_ms = RETRY_MS;
		say_state(d, d->settled ? DETECTION_JUDGING : DETECTION_FOLDING, OK);
		return n > 0;
	}
	watch(LOG_WARN, EVENT("detection_waits"), KV("fault", fault_info(f)->slug),
	      KV_U("seq", folding_next(d->folding)), KV("why", d->store ? store_why(d->store) : ""),
	      KV_I("ms", d->retry_ms));
	store_close(d->store); /* what went wrong may be the connection's: the next try has another */
	d->store = NULL;
	folding_store(d->folding, NULL);
	wait_out(d, f);
	return false;
}

/* --- whose turn it is --- */

/* detection.next says "<engine> <next>": how far the engine had come when it was last heard of. */
static void next_path(const struct detection *d, char path[static 1024])
{
	snprintf(path, 1024, "%s/detection.next", d->conf.state_dir);
}

/* How far some engine is known to have judged; 0 without a note of this log. */
static uint64_t read_note(const struct detection *d, int64_t *engine, uint64_t size)
{
	char path[1024], room[256];
	struct arena mem = arena_over(room, sizeof room);
	unsigned long long next;
	long long by;
	struct span text;

	next_path(d, path);
	if (file_read(path, 128, &mem, &text) != 0 || sscanf(text.at, "%lld %llu", &by, &next) != 2 || next > size)
		return 0;
	*engine = by;
	return next;
}

/* The first entry that the engine before this one is not known to have judged; without a note, it has judged all. */
static uint64_t judged_before(const struct detection *d, int64_t engine, uint64_t size)
{
	int64_t by = 0;
	uint64_t next = read_note(d, &by, size);

	return by == engine ? next : size;
}

static void note_next(struct detection *d)
{
	int64_t now = clock_ns() / 1000000;
	uint64_t next = atomic_load(&d->next);
	char path[1024], text[64];
	struct writer w = writer_over(text, sizeof text);

	if (!d->settled || next == d->noted || (!d->stop && now - d->noted_at < NOTE_MS))
		return;
	d->noted_at = now;
	d->noted = next;
	next_path(d, path);
	put_i64(&w, DETECTION_ENGINE);
	put_byte(&w, ' ');
	put_u64(&w, next);
	put_byte(&w, '\n');
	if (file_write(path, writer_span(&w), FILE_PUBLIC) != 0)
		watch(LOG_WARN, EVENT("detection_note"), KV("path", path));
}

/* The log as it was at the start is folded: this engine judges already, or says that from now on it does. */
static void settle(struct detection *d, uint64_t size)
{
	struct engine_turn now = engines_now(&d->engines);
	enum fault f = OK;

	if (now.engine != DETECTION_ENGINE) {
		uint64_t from = judged_before(d, now.engine, size);

		from = from < now.from ? now.from : from;
		watch(LOG_INFO, EVENT("detection_engine"), KV_I("before", now.engine), KV_I("now", DETECTION_ENGINE),
		      KV_U("from", from));
		f = registrar_engine(d->conf.registrar, DETECTION_ENGINE, from);
		now.from = from;
	}
	if (f != OK) {
		watch(LOG_WARN, EVENT("detection_engine_refused"), KV("fault", fault_info(f)->slug));
		wait_out(d, f);
		return;
	}
	d->settled = true;
	d->from = now.from;
	/* Without the entries that are erased, what was judged with them looks otherwise; it was judged when they were there. */
	if (folding_erased(d->folding) > 0 && d->judged > now.from)
		now.from = d->judged;
	unraised_keep_from(&d->unraised, now.from);
	unwarned_keep_from(&d->unwarned, now.from);
	say_state(d, DETECTION_JUDGING, OK);
	watch(LOG_INFO, EVENT("detection_folded"), KV_U("entries", folding_next(d->folding)),
	      KV_US("took", (clock_ns() - d->began) / 1000), KV_U("memory", d->mem.used));
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

/* Whom it concerns is written down before it is entered: who is told of an entry is there when it is. */
static bool write_concerned(struct detection *d, const struct warned *w)
{
	enum fault f = connected(d) ? store_concern(d->store, w->id, w->concerned, w->n_concerned) : E_UNAVAILABLE;

	if (f == OK)
		return true;
	watch(LOG_WARN, EVENT("detection_waits"), KV("fault", fault_info(f)->slug), KV_U("seq", w->at_seq),
	      KV("why", d->store ? store_why(d->store) : ""), KV_I("ms", d->retry_ms));
	wait_out(d, f);
	return false;
}

/* The first of what waits, up to one that is no entry; returns how many are done with. */
static size_t warn(struct detection *d)
{
	const size_t most = d->unwarned.n < d->conf.raise_max ? d->unwarned.n : d->conf.raise_max;
	const struct warned *w = unwarned_at(&d->unwarned, 0);
	size_t n = 0, done;

	while (n < most && w[n].kind != WARNED_CONCERN && (w[n].kind == WARNED_CLOSE || write_concerned(d, &w[n])))
		n++;
	if (n == 0 && w->kind == WARNED_CONCERN)
		done = write_concerned(d, w);
	else
		done = n > 0 ? registrar_warn(d->conf.registrar, w, n) : 0;
	unwarned_drop(&d->unwarned, done);
	return done;
}

static void round_of(struct detection *d)
{
	uint64_t size = d->conf.size(d->conf.arg);
	bool some = !d->full && fold(d, size);

	/* Past what was there when we started, what is left no entry says. */
	if (!d->full && !d->settled && folding_next(d->folding) >= d->past)
		settle(d, size);
	while (d->settled && d->unraised.n > 0 && !d->stop && raise(d) > 0)
		some = true;
	while (d->settled && d->unwarned.n > 0 && !d->stop && warn(d) > 0)
		some = true;
	if (d->unraised.n == 0 && d->unwarned.n == 0 && folding_next(d->folding) > d->next)
		atomic_store(&d->next, folding_next(d->folding));
	say_progress(d, size);
	note_next(d);
	if (!some)
		clock_sleep_ms(NAP_MS);
}

static void *detection_thread(void *arg)
{
	struct detection *d = arg;
	int64_t by;

	pthread_setname_np(pthread_self(), "detection");
	d->past = d->conf.size(d->conf.arg);
	/* What was judged before the restart is judged, and its findings are in the log. */
	d->judged = read_note(d, &by, d->past);
	atomic_store(&d->next, d->judged);
	d->began = clock_ns();
	d->said_at = d->began / 1000000;
	d->retry_ms = RETRY_MS;
	say_state(d, DETECTION_FOLDING, OK);
	while (!d->stop)
		round_of(d);
	note_next(d);
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
	pthread_mutex_init(&d->turn, NULL);
	pthread_mutex_init(&d->lock, NULL);
	d->folding = folding_open(NULL);
	if (d->folding)
		folding_tail(d->folding, conf->tail);
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
	unwarned_close(&d->unwarned);
	engines_close(&d->engines);
	pthread_mutex_destroy(&d->turn);
	pthread_mutex_destroy(&d->lock);
	free(d);
}
