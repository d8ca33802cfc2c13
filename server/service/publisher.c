/* SPDX-License-Identifier: Apache-2.0 */
/* publisher.c: see publisher.h. */
#include "service/publisher.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/memory.h"
#include "run/watch.h"
#include "service/readback.h"
#include "service/signer.h"
#include "service/tiler.h"
#include "service/tiles.h"

enum {
	BATCHES = 2,   /* under way at once: the next is decided and written while this one is signed */
	CHUNK = 16384, /* leaves read back and signed at once, when catching up */
	RETRY_MS = 200,
};
#define BATCH_MEM ((size_t)64 << 20) /* address space; a batch of 1024 with its look-ups uses about one of these */

struct publisher {
	struct publisher_conf conf;
	struct store *store;
	struct tiler *tiler;
	int tiles_fd;
	struct tile_view *view;
	struct range range;      /* at the last signed checkpoint */
	struct readback check;   /* the second opinion, at the same place */
	struct signed_note note; /* that checkpoint */
	struct arena mem;
	struct batch batch[BATCHES];
	struct batch *free, *first, *last;
	pthread_mutex_t lock;
	pthread_cond_t some, returned;
	pthread_t thread;
	bool running, closed;
	_Atomic bool alive;
	_Atomic uint64_t size;
};

/* --- batches go round --- */

struct batch *publisher_batch(struct publisher *p)
{
	struct batch *b;

	pthread_mutex_lock(&p->lock);
	while (!p->free)
		pthread_cond_wait(&p->returned, &p->lock);
	b = p->free;
	p->free = b->next;
	pthread_mutex_unlock(&p->lock);
	return b;
}

void publisher_return(struct publisher *p, struct batch *b)
{
	pthread_mutex_lock(&p->lock);
	b->next = p->free;
	p->free = b;
	pthread_cond_signal(&p->returned);
	pthread_mutex_unlock(&p->lock);
}

void publisher_take(struct publisher *p, struct batch *b)
{
	pthread_mutex_lock(&p->lock);
	b->next = NULL;
	if (p->last)
		p->last->next = b;
	else
		p->first = b;
	p->last = b;
	pthread_cond_signal(&p->some);
	pthread_mutex_unlock(&p->lock);
}

/* All batches that wait; NULL when closed. */
static struct batch *take_all(struct publisher *p)
{
	struct batch *b;

	pthread_mutex_lock(&p->lock);
	while (!p->first && !p->closed)
		pthread_cond_wait(&p->some, &p->lock);
	b = p->first;
	p->first = p->last = NULL;
	pthread_mutex_unlock(&p->lock);
	return b;
}

/* --- read back, compare, sign --- */

static bool stop_signing(struct publisher *p, const char *what, const char *detail)
{
	watch(LOG_ERROR, EVENT("signing_stopped"), KV("what", what), KV("detail", detail), KV_U("size", p->range.size));
	p->alive = false;
	return false;
}

/* What the clients will be told must be what the database holds. */
static bool tickets_agree(struct publisher *p, const struct batch *b, const uint8_t *leaves, size_t n)
{
	for (; b; b = b->next) {
		for (size_t i = 0; i < b->n_tickets; i++) {
			const struct ticket *t = b->ticket[i];

			if (t->repeated || t->seq < p->range.size || t->seq >= p->range.size + n)
				continue;
			if (memcmp(t->leaf, leaves + (t->seq - p->range.size) * LEAF_LEN, LEAF_LEN) != 0)
				return stop_signing(p, "a leaf read back is not the leaf written", "");
		}
	}
	return true;
}

static bool read_back(struct publisher *p, const struct batch *b, size_t n, struct span *leaves, struct hash *root)
{
	size_t bad = 0;
	enum leaf_word word;
	enum fault f = store_leaves(p->store, p->range.size, n, &p->mem, leaves);

	if (f == E_NOT_FOUND)
		return stop_signing(p, "committed entries are missing", "");
	if (f != OK)
		return false; /* the connection: try again */
	if (!tickets_agree(p, b, (const uint8_t *)leaves->at, n))
		return false;
	word = readback_batch(&p->check, (const uint8_t *)leaves->at, n, root, &bad);
	return word == LEAF_GOOD || stop_signing(p, "a leaf read back is wrong", leaf_word_text(word));
}

/* Signs the tree `b` leads to; p->note gets the checkpoint. */
static bool sign(struct publisher *p, const struct batch_tree *b, struct hash root)
{
	struct proof consistency = { .n = 0 };
	struct signed_note note = { .size = b->before.size + b->n, .root = root };
	struct writer w = writer_over(note.note, sizeof note.note);
	enum fault f;

	if (b->before.size > 0 && !batch_prove_consistency(b, &consistency))
		return stop_signing(p, "no consistency proof", "");
	f = signer_sign(p->conf.signer, note.size, root, &consistency, &w);
	if (f != OK)
		return stop_signing(p, "the signer refused",
		                    f == E_INTERNAL ? signer_refusal(p->conf.signer) : "it is gone");
	note.len = w.len;
	p->note = note;
	return true;
}

static void receipts(struct publisher *p, const struct batch *b, const struct batch_tree *tree)
{
	for (; b; b = b->next) {
		for (size_t i = 0; i < b->n_tickets; i++) {
			struct ticket *t = b->ticket[i];

			if (t->repeated || t->seq < tree->before.size || t->seq >= tree->before.size + tree->n)
				continue;
			if (!batch_prove(tree, (size_t)(t->seq - tree->before.size), &t->proof))
				assert(false && "a new leaf has its proof");
			memcpy(t->note, p->note.note, p->note.len);
			t->note_len = p->note.len;
		}
	}
}

/* From what was signed last to `after`, at most CHUNK leaves. False: try again, or signing has stopped. */
static bool cover(struct publisher *p, const struct batch *b, const struct head *after)
{
	uint64_t left = after->range.size - p->range.size;
	size_t n = left < CHUNK ? (size_t)left : CHUNK;
	struct batch_tree tree;
	struct readback before = p->check;
	struct span leaves;
	struct hash root, *hashes;
	struct range range = p->range;

	arena_reset(&p->mem);
	if (!read_back(p, b, n, &leaves, &root)) {
		p->check = before;
		return false;
	}
	hashes = ARENA_ARRAY(&p->mem, struct hash, n);
	assert(hashes != NULL);
	for (size_t i = 0; i < n; i++) {
		hashes[i] = leaf_hash((struct span){ leaves.at + i * LEAF_LEN, LEAF_LEN });
		range_append(&range, hashes[i]);
	}
	if (!hash_eq(range_root(&range), root) ||
	    (range.size == after->range.size && !hash_eq(root, range_root(&after->range))))
		return stop_signing(p, "two computations of the root differ", "");
	if (!batch_tree_build(&p->range, hashes, n, &p->mem, &tree))
		return stop_signing(p, "out of memory", "");
	if (!sign(p, &tree, root))
		return false;
	p->range = range;
	p->size = range.size;
	metric_set(M_checkpoint_time_seconds, 0, clock_now().us / 1000000);
	receipts(p, b, &tree);
	tiler_note(p->tiler, &p->note);
	return true;
}

/* --- repeated statements: the first receipt again --- */

static enum fault first_receipt(struct publisher *p, struct ticket *t)
{
	struct span leaf, note;
	struct leaf l;
	uint64_t size;
	enum fault f;

	arena_reset(&p->mem);
	if (!tiler_wait(p->tiler, t->seq + 1))
		return E_UNAVAILABLE;
	f = store_checkpoint_get(p->store, t->seq + 1, &p->mem, &size, &note);
	if (f == OK)
		f = store_leaves(p->store, t->seq, 1, &p->mem, &leaf);
	if (f != OK)
		return f == E_NOT_FOUND ? E_INTERNAL : f;
	if (note.len > sizeof t->note || !leaf_decode(leaf, &l) || !tiler_wait(p->tiler, size))
		return E_INTERNAL;
	tile_view_at(p->view, tiler_published(p->tiler));
	if (!prove_inclusion(tiles_node, p->view, t->seq, size, &t->proof))
		return E_INTERNAL;
	memcpy(t->leaf, leaf.at, LEAF_LEN);
	memcpy(t->note, note.at, note.len);
	t->note_len = note.len;
	t->outcome = l.outcome;
	t->result = (enum fault)l.outcome;
	t->logged = true;
	return OK;
}

/* --- answering --- */

static void answer_batch(struct publisher *p, struct batch *b, bool good)
{
	int64_t now = clock_ns();

	for (size_t i = 0; i < b->n_tickets; i++) {
		struct ticket *t = b->ticket[i];
		enum fault f = good ? OK : E_OUTCOME_UNKNOWN;

		metric_observe(M_receipt_duration_seconds, 0, (now - (int64_t)t->queued_ns) / 1000);
		if (t->repeated && good) {
			metric_add(M_idempotent_replays_total, 0, 1);
			f = first_receipt(p, t);
		}
		if (f != OK) {
			t->result = f;
			t->logged = t->repeated = false;
		}
		t->done(t); /* the ticket is the caller's again */
	}
}

static bool reopen(struct publisher *p)
{
	char why[256];

	store_close(p->store);
	p->store = store_open(p->conf.database_url, STORE_PUBLISHER, why, sizeof why);
	return p->store != NULL;
}

static bool cover_all(struct publisher *p, const struct batch *b, const struct head *after)
{
	while (p->alive && p->range.size < after->range.size) {
		if (cover(p, b, after))
			continue;
		if (!p->alive)
			break;
		if (p->closed) /* nobody will bring the database back for us */
			return false;
		clock_sleep_ms(RETRY_MS);
		(void)reopen(p);
		if (!p->store)
			return false;
	}
	return p->alive;
}

static void *publisher_thread(void *arg)
{
	struct publisher *p = arg;
	struct batch *b;

	pthread_setname_np(pthread_self(), "publisher");
	while ((b = take_all(p)) != NULL) {
		const struct batch *last = b;
		bool good;

		while (last->next)
			last = last->next;
		good = (store_alive(p->store) || reopen(p)) && cover_all(p, b, &last->after);
		while (b) {
			struct batch *next = b->next;

			answer_batch(p, b, good);
			publisher_return(p, b);
			b = next;
		}
	}
	return NULL;
}

/* --- the past, at the start --- */

/* The tree at `size` from the published tiles and the leaves behind them. */
static bool range_of(struct publisher *p, uint64_t size, struct range *ret)
{
	uint64_t tiled = tiler_published(p->tiler), at = 0;
	struct range r = range_empty();

	tile_view_at(p->view, tiled);
	for (unsigned level = TREE_DEPTH; level-- > 0;) {
		if ((tiled >> level & 1) == 0)
			continue;
		if (!tiles_node(p->view, level, at >> level, &r.peak[r.n]))
			return false;
		r.n++;
		at += UINT64_C(1) << level;
	}
	r.size = tiled;
	while (r.size < size) {
		size_t n = size - r.size < CHUNK ? (size_t)(size - r.size) : CHUNK;
		struct span leaves;

		arena_reset(&p->mem);
		if (store_leaves(p->store, r.size, n, &p->mem, &leaves) != OK)
			return false;
		for (size_t i = 0; i < n; i++)
			range_append(&r, leaf_hash((struct span){ leaves.at + i * LEAF_LEN, LEAF_LEN }));
	}
	*ret = r;
	return r.size == size;
}

static bool second_opinion(struct publisher *p)
{
	struct span bytes;
	struct leaf l;

	if (p->range.size == 0) {
		p->check = readback_from(NULL, (struct hash){ { 0 } }, (struct moment){ 0 });
		return true;
	}
	arena_reset(&p->mem);
	if (store_leaves(p->store, p->range.size - 1, 1, &p->mem, &bytes) != OK || !leaf_decode(bytes, &l))
		return false;
	p->check = readback_from(&p->range, leaf_hash(bytes), l.accepted_at);
	return true;
}

/* Puts the latest signed checkpoint in place again: it may not have been published before a crash. */
static bool sign_again(struct publisher *p, struct hash root)
{
	struct proof none = { .n = 0 };
	struct signed_note note = { .size = p->range.size, .root = root };
	struct writer w = writer_over(note.note, sizeof note.note);

	if (p->range.size == 0)
		return true;
	if (signer_sign(p->conf.signer, note.size, root, &none, &w) != OK)
		return false;
	note.len = w.len;
	p->note = note;
	tiler_note(p->tiler, &note);
	return true;
}

static const char *settle_past(struct publisher *p, const struct head *head)
{
	uint64_t size;
	struct hash root;

	if (signer_last(p->conf.signer, &size, &root) != OK)
		return "the signer does not answer";
	if (size > head->range.size)
		return "the database is behind the last signed checkpoint: it was restored from a backup, or is another's. "
		       "Nothing will be appended";
	if (tiler_published(p->tiler) > size)
		return "a checkpoint is published that this signer did not sign: its state was lost or is another's";
	if (size == head->range.size)
		p->range = head->range;
	else if (!range_of(p, size, &p->range))
		return "the leaves under the last signed checkpoint cannot be read";
	if (size > 0 && !hash_eq(range_root(&p->range), root))
		return "the database contradicts the last signed checkpoint. Nothing will be appended";
	if (!second_opinion(p))
		return "the last leaf cannot be read";
	p->size = size;
	if (!sign_again(p, root))
		return "the signer refused to sign its own last checkpoint";
	return cover_all(p, NULL, head) ? NULL : "what was committed and not signed cannot be signed";
}

/* --- life --- */

static bool open_parts(struct publisher *p, char *why, size_t why_len)
{
	for (size_t i = 0; i < BATCHES; i++) {
		if (!arena_map(&p->batch[i].mem, BATCH_MEM))
			return false;
		p->batch[i].next = p->free;
		p->free = &p->batch[i];
	}
	if (!arena_map(&p->mem, BATCH_MEM))
		return false;
	p->store = store_open(p->conf.database_url, STORE_PUBLISHER, why, why_len);
	if (!p->store)
		return false;
	p->tiler = tiler_open(p->conf.database_url, p->conf.tiles_dir, why, why_len);
	if (!p->tiler)
		return false;
	p->tiles_fd = open(p->conf.tiles_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->view = tile_view_new(tile_file, &p->tiles_fd);
	return p->tiles_fd >= 0 && p->view != NULL;
}

struct publisher *publisher_open(const struct publisher_conf *conf, const struct head *head, char *why, size_t why_len)
{
	struct publisher *p = calloc(1, sizeof *p);
	const char *past;

	snprintf(why, why_len, "out of memory");
	if (!p)
		return NULL;
	p->conf = *conf;
	p->tiles_fd = -1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->some, NULL);
	pthread_cond_init(&p->returned, NULL);
	p->alive = true;
	if (open_parts(p, why, why_len)) {
		past = settle_past(p, head);
		if (!past)
			return p;
		snprintf(why, why_len, "%s", past);
	}
	publisher_stop(p);
	return NULL;
}

bool publisher_run(struct publisher *p)
{
	p->running = tiler_run(p->tiler) && pthread_create(&p->thread, NULL, publisher_thread, p) == 0;
	return p->running;
}

void publisher_ping(struct publisher *p)
{
	uint64_t size;
	struct hash root;

	if (p->alive && signer_last(p->conf.signer, &size, &root) != OK)
		(void)stop_signing(p, "the signer is gone", "restart the server");
}

bool publisher_alive(const struct publisher *p) { return p->alive; }

uint64_t publisher_size(const struct publisher *p) { return p->size; }

void publisher_publish(struct publisher *p) { (void)tiler_wait(p->tiler, p->size); }

void publisher_stop(struct publisher *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->some);
	pthread_mutex_unlock(&p->lock);
	if (p->running)
		pthread_join(p->thread, NULL);
	tiler_stop(p->tiler);
	tile_view_free(p->view);
	if (p->tiles_fd >= 0)
		close(p->tiles_fd);
	store_close(p->store);
	for (size_t i = 0; i < BATCHES; i++)
		arena_unmap(&p->batch[i].mem);
	arena_unmap(&p->mem);
	free(p);
}
