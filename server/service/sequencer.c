/* SPDX-License-Identifier: Apache-2.0 */
/* sequencer.c: see sequencer.h. */
#include "service/sequencer.h"

#include <stdio.h>
#include <stdlib.h>

#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/pending.h"
#include "service/publisher.h"
#include "service/recent.h"

enum {
	ROUNDS_MAX = 12, /* loads per batch: the rules ask at most four deep, and a batch may build on itself */
	RETRY_MS = 100,  /* between tries to reach the database again */
	CAREFUL = 64,    /* batches that ask the database about every id, after one met an old one */
	IDLE_MS = 1000,  /* without a statement: look whether the database is there */
};
#define WORLD_MEM ((size_t)1 << 30)   /* address space; only what is used is backed by memory */
#define WORLD_KEEP ((size_t)64 << 20) /* beyond this the world is dropped and loaded anew: memory stays flat */
#define SCRATCH_MEM (DECIDE_MEM * 2)

struct sequencer {
	struct sequencer_conf conf;
	struct queue queue;
	struct store *store;
	struct head head;
	struct world world;
	struct arena world_mem;
	struct arena scratch; /* one decision at a time */
	struct decision *decision;
	struct want *want; /* room for every want of a whole batch */
	struct recent *recent;
	unsigned careful;
	pthread_t thread;
	bool running;
	_Atomic bool alive; /* holds the lease and a connection */
	bool fenced;        /* another took the lease, or the log is not the one we wrote: for good */
};

/* One statement's way through a batch. */
enum fate { OPEN, REFUSED, ENTERED, REPEATED, ECHO, CONFLICT };
struct item {
	struct ticket *t;
	enum fate fate;
	size_t first; /* ECHO: the item of this batch it repeats */
};

struct work {
	struct item *item;
	size_t n;
	struct new_entry *entry;
	size_t n_entries;
	struct head after;
	struct moment now;
	struct batch *batch;
};

/* --- the world --- */

static bool add_rule(void *arg, const struct row *r) { return world_put(arg, r) != NULL; }

static enum fault world_anew(struct sequencer *s)
{
	arena_drop(&s->world_mem);
	if (!world_start(&s->world, &s->world_mem, 1 << 16, false))
		return E_INTERNAL;
	return store_scan(s->store, TABLE_RULE, add_rule, &s->world);
}

/* --- ids seen before --- */

static bool same_id(const struct ticket *a, const struct ticket *b)
{
	return uuid_eq(a->issuer, b->issuer) && uuid_eq(a->cmd.id, b->cmd.id);
}

static void conflict(struct item *i)
{
	i->fate = CONFLICT;
	i->t->result = diag_set(&i->t->diag, E_ID_CONFLICT, "/id",
	                        "this id was used for other bytes: use a new id for a new statement");
}

/* The same id twice in one batch: the second is an echo of the first. */
static void find_echoes(struct work *w, struct arena *mem)
{
	size_t slots = 4096; /* at least twice the batch, which conf.def bounds at 1024 */
	size_t *table = ARENA_ARRAY(mem, size_t, slots);

	assert(table != NULL);
	assert(w->n * 2 <= slots);
	for (size_t i = 0; i < w->n; i++) {
		size_t at = (size_t)be64_get(w->item[i].t->cmd.id.b + 8) & (slots - 1);

		while (table[at] && !same_id(w->item[table[at] - 1].t, w->item[i].t))
			at = (at + 1) & (slots - 1);
		if (!table[at]) {
			table[at] = i + 1;
			continue;
		}
		w->item[i].first = table[at] - 1;
		w->item[i].fate = ECHO;
		if (!hash_eq(w->item[i].t->cmd.statement, w->item[table[at] - 1].t->cmd.statement))
			conflict(&w->item[i]);
	}
}

static void repeat_or_conflict(struct item *i, const struct submission *sub)
{
	if (!hash_eq(sub->statement, i->t->cmd.statement)) {
		conflict(i);
		return;
	}
	i->fate = REPEATED;
	i->t->repeated = true;
	i->t->seq = sub->seq;
}

/* Asks the database about the ids of all items with this fate. */
static enum fault look_up(struct sequencer *s, struct work *w, enum fate fate)
{
	struct submission *sub = ARENA_ARRAY(&w->batch->mem, struct submission, w->n);
	size_t *of = ARENA_ARRAY(&w->batch->mem, size_t, w->n), n = 0;
	enum fault f;

	assert(sub != NULL && of != NULL);
	for (size_t i = 0; i < w->n; i++) {
		if (w->item[i].fate != fate)
			continue;
		sub[n].issuer = w->item[i].t->issuer;
		sub[n].id = w->item[i].t->cmd.id;
		of[n++] = i;
	}
	f = store_submissions(s->store, sub, n);
	for (size_t k = 0; f == OK && k < n; k++)
		if (sub[k].found)
			repeat_or_conflict(&w->item[of[k]], &sub[k]);
	return f;
}

/*
 * Most statements are new. So only memory is asked here; the unique keys
 * tell when an old one came again (store_commit: E_ID_CONFLICT), and then
 * the database is asked first for a while: replaying old statements at us costs
 * one batch in CAREFUL a second round, no more.
 */
static enum fault find_repeats(struct sequencer *s, struct work *w)
{
	find_echoes(w, &w->batch->mem);
	for (size_t i = 0; i < w->n; i++) {
		struct submission sub = { .issuer = w->item[i].t->issuer, .id = w->item[i].t->cmd.id };

		if (w->item[i].fate != OPEN)
			continue;
		recent_find(s->recent, &sub);
		if (sub.found)
			repeat_or_conflict(&w->item[i], &sub);
	}
	if (s->careful == 0)
		return OK;
	s->careful--;
	return look_up(s, w, OPEN);
}

/* --- deciding --- */

static struct registry registry_now(const struct sequencer *s, const struct work *w)
{
	return (struct registry){ &s->world, w->now, w->after.range.size, s->conf.fp_key, s->conf.origin, NULL };
}

static enum decide_status judge(struct sequencer *s, const struct work *w, const struct ticket *t)
{
	const struct registry r = registry_now(s, w);

	arena_reset(&s->scratch);
	return decide(&r, &t->cmd, &s->scratch, s->decision);
}

/* The series of decisions_total: 0 accepted, then the rows of errors.def in their order. */
static unsigned outcome_series(enum fault f)
{
	size_t n;
	const struct fault_info *row = fault_rows(&n);

	if (f == OK)
		return 0;
	for (unsigned i = 0; i < n; i++)
		if (row[i].fault == f)
			return i + 1;
	return 0;
}

/* The decision becomes an entry: leaf, chain, tree, and the rows in the world. */
static enum fault enter(struct sequencer *s, struct work *w, struct item *i)
{
	const struct registry r = registry_now(s, w);
	struct ticket *t = i->t;
	struct leaf l = {
		w->after.range.size, w->now,   (uint16_t)t->cmd.kind, (uint16_t)s->decision->outcome, t->cmd.statement,
		w->after.last_leaf,  { { 0 } }
	};

	l.decision = decision_digest(&r, &t->cmd, s->decision, &s->scratch);
	leaf_encode(&l, t->leaf);
	w->after.last_leaf = leaf_hash((struct span){ (const char *)t->leaf, LEAF_LEN });
	range_append(&w->after.range, w->after.last_leaf);
	w->after.accepted_at = w->now;
	t->seq = l.seq;
	t->outcome = l.outcome;
	t->logged = true;
	t->pending = s->decision->pending;
	t->issuer = s->decision->issuer;
	t->result = s->decision->outcome;
	t->diag = s->decision->diag;
	i->fate = ENTERED;
	metric_add(M_decisions_total, outcome_series(s->decision->outcome), 1);
	w->entry[w->n_entries++] = (struct new_entry){ t->leaf,       t->cmd.bytes, t->issuer, t->cmd.id,
		                                       t->cmd.object, l.kind,       l.outcome, l.statement };
	return decision_apply(&s->world, s->decision) ? OK : E_INTERNAL;
}

static enum fault settle_item(struct sequencer *s, struct work *w, struct item *i)
{
	enum fault f = s->decision->outcome;

	if (f == OK || fault_info(f)->logged)
		return enter(s, w, i);
	i->fate = REFUSED;
	i->t->result = f;
	i->t->diag = s->decision->diag;
	metric_add(M_decisions_total, outcome_series(f), 1);
	return OK;
}

/* A cosign whose pending statement is loaded cannot be judged before that statement is read: at its turn. */
static bool lacks_inner(const struct sequencer *s, const struct ticket *t)
{
	const struct row *r;

	if (t->cmd.kind != ST_STATEMENT_COSIGN || t->cmd.completes)
		return false;
	r = world_find(&s->world, TABLE_PENDING, key_hash(t->cmd.body.cosign.statement));
	return r && r->exists;
}

/*
 * What is only wanted to be made is taken not to be there: the unique keys tell when it is (store_commit:
 * E_ID_CONFLICT). So a new claim costs no look-up. While `careful`, everything is looked up.
 */
static enum fault assume_fresh(struct sequencer *s, size_t *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (s->careful > 0 || !s->want[i].fresh)
			s->want[kept++] = s->want[i];
		else if (!world_assume(&s->world, s->want[i].table, s->want[i].key))
			return E_TOO_BIG;
	}
	*n = kept;
	return OK;
}

/* Everything the rest of the batch asks for, in one go. */
static enum fault load_wants(struct sequencer *s, struct work *w, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < w->n; i++) {
		if (w->item[i].fate != OPEN || lacks_inner(s, w->item[i].t) ||
		    judge(s, w, w->item[i].t) != DECIDE_WANTS)
			continue;
		memcpy(s->want + n, s->decision->want, s->decision->n_wants * sizeof *s->want);
		n += s->decision->n_wants;
	}
	enum fault f = assume_fresh(s, &n);
	return f == OK ? store_load(s->store, &s->world, s->want, n) : f;
}

/* In order; where a row is missing, everything missing behind it is loaded too. */
static enum fault decide_all(struct sequencer *s, struct work *w, size_t *decided)
{
	unsigned rounds = 0;
	enum fault f = OK;
	size_t i = 0;

	while (i < w->n && f == OK) {
		if (w->item[i].fate != OPEN) {
			i++;
			continue;
		}
		f = pending_attach(s->store, &s->world, w->item[i].t, w->entry, w->n_entries, &w->batch->mem);
		if (f != OK)
			break;
		if (judge(s, w, w->item[i].t) == DECIDED) {
			f = settle_item(s, w, &w->item[i++]);
			continue;
		}
		if (rounds++ == ROUNDS_MAX)
			break; /* the rest builds on this batch deeper than one batch should: it goes into the next */
		f = load_wants(s, w, i);
	}
	*decided = i;
	return f;
}

/* --- answering --- */

static void answer(struct ticket *t) { t->done(t); /* the ticket is the caller's again from here on */ }

static void answer_all(struct item *item, size_t n, enum fault f)
{
	for (size_t i = 0; i < n; i++) {
		item[i].t->result = f;
		item[i].t->logged = item[i].t->repeated = false;
		item[i].t->diag = (struct diag){ .detail = "" };
		answer(item[i].t);
	}
}

/* An echo gets what its first got. */
static void resolve_echo(struct work *w, struct item *i)
{
	const struct item *first = &w->item[i->first];

	i->t->result = first->t->result;
	i->t->diag = first->t->diag;
	if (first->fate == ENTERED || first->fate == REPEATED) {
		i->fate = REPEATED;
		i->t->repeated = true;
		i->t->seq = first->t->seq;
		return;
	}
	i->fate = REFUSED;
}

static void hand_over(struct sequencer *s, struct work *w)
{
	struct batch *b = w->batch;

	b->n_tickets = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (w->item[i].fate == ECHO)
			resolve_echo(w, &w->item[i]);
		if (w->item[i].fate == REFUSED || w->item[i].fate == CONFLICT)
			answer(w->item[i].t);
		else
			b->ticket[b->n_tickets++] = w->item[i].t;
	}
	b->after = w->after;
	if (b->n_tickets > 0)
		publisher_take(s->conf.publisher, b);
	else
		publisher_return(s->conf.publisher, b);
}

/* --- keys the committed rows changed --- */

static void keys_changed(struct sequencer *s)
{
	for (const struct row *r = s->world.dirty; r; r = r->next_dirty) {
		bool kept = true;

		if (r->table == TABLE_KEY)
			kept = keyring_put_key(s->conf.keyring, (const struct party_key *)(const void *)r);
		else if (r->table == TABLE_PARTY)
			kept = keyring_put_party(s->conf.keyring, (const struct party *)(const void *)r);
		if (!kept)
			watch(LOG_ERROR, EVENT("keyring_full"));
	}
}

/* --- trouble --- */

static void close_store(struct sequencer *s)
{
	store_close(s->store);
	s->store = NULL;
	s->alive = false;
}

/* A new connection, if the lease is still ours and the log did not shrink. */
static bool reopen(struct sequencer *s)
{
	char why[256];
	struct head h;

	s->store = store_open(s->conf.database_url, STORE_WRITER, why, sizeof why);
	if (!s->store)
		return false;
	store_vault(s->store, s->conf.vault);
	if (store_head(s->store, &h) != OK) {
		close_store(s);
		return false;
	}
	if (h.epoch != s->head.epoch || h.range.size < s->head.range.size) {
		watch(LOG_ERROR, EVENT("sequencer_fenced"), KV_I("epoch", h.epoch), KV_I("ours", s->head.epoch),
		      KV_U("size", h.range.size), KV_U("known", s->head.range.size));
		s->fenced = true;
		close_store(s);
		return false;
	}
	s->head = h;
	s->alive = world_anew(s) == OK;
	if (s->alive)
		watch(LOG_INFO, EVENT("sequencer_back"), KV_U("size", h.range.size));
	else
		close_store(s);
	return s->alive;
}

static void broken(struct sequencer *s, struct work *w, size_t n, enum fault f)
{
	watch(LOG_ERROR, EVENT("batch_failed"), KV("fault", fault_info(f)->slug), KV_U("entries", w->n_entries));
	if (f == E_OUTCOME_UNKNOWN)
		metric_add(M_commit_unknown_total, 0, 1);
	close_store(s);
	answer_all(w->item, n, f);
	publisher_return(s->conf.publisher, w->batch);
}

/* --- one batch --- */

static struct work work_on(struct sequencer *s, struct ticket **t, size_t n, struct batch *b)
{
	struct work w = { .n = n, .after = s->head, .now = clock_now(), .batch = b };

	arena_reset(&b->mem);
	w.item = ARENA_ARRAY(&b->mem, struct item, n);
	w.entry = ARENA_ARRAY(&b->mem, struct new_entry, n);
	b->ticket = ARENA_ARRAY(&b->mem, struct ticket *, n);
	assert(w.item != NULL && w.entry != NULL && b->ticket != NULL);
	for (size_t i = 0; i < n; i++) {
		w.item[i].t = t[i];
		t[i]->cmd.completes = NULL; /* what an earlier try attached lay in that try's memory */
		t[i]->logged = t[i]->repeated = t[i]->pending = false;
	}
	if (w.now.us < s->head.accepted_at.us)
		w.now = s->head.accepted_at;
	return w;
}

/* Everything up to the commit. *decided: how many of the n are in it; the others come after. */
static enum fault attempt(struct sequencer *s, struct work *w, size_t *decided)
{
	enum fault f = find_repeats(s, w);

	*decided = w->n;
	if (f == OK)
		f = decide_all(s, w, decided);
	w->n = *decided;
	if (f == OK) /* "exists already" may mean: sent again */
		f = look_up(s, w, REFUSED);
	if (f == OK && w->n_entries > 0)
		f = store_commit(s->store, &s->head, &w->after, w->entry, w->n_entries, &s->world);
	return f;
}

/* For those that read close behind. */
static void remember(struct sequencer *s, const struct work *w, const struct ticket *t)
{
	tail_put(s->conf.tail, t->seq, &w->entry[t->seq - s->head.range.size], t->pending);
}

static void committed(struct sequencer *s, struct work *w)
{
	keys_changed(s);
	world_clean(&s->world);
	for (size_t i = 0; i < w->n_entries; i++)
		recent_put(s->recent, &w->entry[i], s->head.range.size + i);
	for (size_t i = 0; s->conf.tail && i < w->n; i++)
		if (w->item[i].fate == ENTERED)
			remember(s, w, w->item[i].t);
	s->head = w->after;
	metric_observe(M_batch_entries, 0, (int64_t)w->n_entries);
	metric_set(M_log_size, 0, (int64_t)w->after.range.size);
	hand_over(s, w);
	if (s->world_mem.used > WORLD_KEEP && world_anew(s) != OK)
		close_store(s);
}

static void run_batch(struct sequencer *s, struct ticket **t, size_t n, struct batch *b)
{
	struct work w = work_on(s, t, n, b);
	int64_t began = clock_ns();
	size_t decided;
	enum fault f = attempt(s, &w, &decided);

	if (f == E_ID_CONFLICT) { /* nothing was written; what was decided stands in a world to be forgotten */
		s->careful = CAREFUL;
		w = work_on(s, t, n, b);
		f = world_anew(s);
		if (f == OK)
			f = attempt(s, &w, &decided);
	}
	queue_return(&s->queue, t + decided, n - decided);
	if (f != OK) {
		broken(s, &w, decided, f == E_ID_CONFLICT ? E_INTERNAL : f); /* twice: not one of ours to explain */
		return;
	}
	committed(s, &w);
	metric_observe(M_batch_duration_seconds, 0, (clock_ns() - began) / 1000);
}

static void turn_away(struct ticket **t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		t[i]->result = E_UNAVAILABLE;
		answer(t[i]);
	}
}

static void work_or_turn_away(struct sequencer *s, struct ticket **t, size_t n, struct batch *b)
{
	metric_set(M_queue_length, 0, (int64_t)queue_length(&s->queue));
	if (n > 0 && s->store && publisher_alive(s->conf.publisher)) {
		run_batch(s, t, n, b);
		return;
	}
	publisher_return(s->conf.publisher, b);
	turn_away(t, n);
}

/* Idle: is the database still there, and still ours? So that /readyz knows before the next client does. */
static void look_after(struct sequencer *s)
{
	struct head h;

	if (s->store && (store_head(s->store, &h) != OK || h.epoch != s->head.epoch))
		close_store(s);
	if (!s->store && !s->fenced)
		(void)reopen(s);
}

static void *sequencer_thread(void *arg)
{
	struct sequencer *s = arg;
	struct ticket **t = calloc(s->conf.batch_max, sizeof *t);

	pthread_setname_np(pthread_self(), "sequencer");
	assert(t != NULL);
	while (!queue_ended(&s->queue)) {
		/* first the room, then the statements: what arrives while we wait for it is in the same batch */
		struct batch *b = publisher_batch(s->conf.publisher);
		size_t n = queue_take(&s->queue, t, s->conf.batch_max, s->store ? IDLE_MS : RETRY_MS);

		work_or_turn_away(s, t, n, b);
		if (n == 0 || !s->store)
			look_after(s);
	}
	free(t);
	return NULL;
}

/* --- life --- */

struct sequencer *sequencer_open(const struct sequencer_conf *conf, char *why, size_t why_len)
{
	struct sequencer *s = calloc(1, sizeof *s);

	snprintf(why, why_len, "out of memory");
	if (!s)
		return NULL;
	s->conf = *conf;
	queue_start(&s->queue, conf->queue_max);
	s->decision = calloc(1, sizeof *s->decision);
	s->want = calloc(conf->batch_max * WANTS_MAX, sizeof *s->want);
	s->recent = recent_new();
	if (!s->decision || !s->want || !s->recent || !arena_map(&s->world_mem, WORLD_MEM) ||
	    !arena_map(&s->scratch, SCRATCH_MEM))
		goto out;
	s->store = store_open(conf->database_url, STORE_WRITER, why, why_len);
	if (!s->store)
		goto out;
	store_vault(s->store, conf->vault);
	snprintf(why, why_len, "the database does not give the writer's lease");
	if (store_take_lease(s->store, &s->head) != OK || world_anew(s) != OK)
		goto out;
	s->alive = true;
	metric_set(M_sequencer_epoch, 0, s->head.epoch);
	metric_set(M_log_size, 0, (int64_t)s->head.range.size);
	return s;
out:
	sequencer_stop(s);
	return NULL;
}

struct head sequencer_head(struct sequencer *s) { return s->head; }

void sequencer_publisher(struct sequencer *s, struct publisher *p) { s->conf.publisher = p; }

bool sequencer_run(struct sequencer *s)
{
	s->running = pthread_create(&s->thread, NULL, sequencer_thread, s) == 0;
	return s->running;
}

bool sequencer_submit(struct sequencer *s, struct ticket *t)
{
	t->queued_ns = (uint64_t)clock_ns();
	if (queue_put(&s->queue, t))
		return true;
	metric_add(M_queue_full_total, 0, 1);
	return false;
}

bool sequencer_alive(const struct sequencer *s) { return s->alive; }

size_t sequencer_waiting(struct sequencer *s) { return queue_length(&s->queue); }

void sequencer_stop(struct sequencer *s)
{
	if (!s)
		return;
	queue_close(&s->queue);
	if (s->running)
		pthread_join(s->thread, NULL);
	store_close(s->store);
	arena_unmap(&s->world_mem);
	arena_unmap(&s->scratch);
	recent_free(s->recent);
	free(s->want);
	free(s->decision);
	free(s);
}
