/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_verify_rows.c: the database against itself and against what was signed.
 *
 * The head is read first and says how far to look; entries, statements and
 * columns are gone through in order, and wherever a checkpoint was stored, its
 * signature is checked and its root compared with the tree at that size. Two
 * checkpoints that pass are consistent, because both are prefixes of one tree.
 */
#include <stdlib.h>

#include "service/log_verify.h"
#include "service/readback.h"

#define AT_ONCE 256
#define ROOM_LEN ((size_t)48 << 20) /* 256 statements of 64 KiB and what is around them */
#define PROGRESS_EVERY 65536

struct audit {
	const struct log_rows *rows;
	const struct log_verify_conf *conf;
	struct log_report *report;
	struct readback log;
	struct arena mem, note_mem;
	struct lacking { /* parties whose key is destroyed */
		struct uuid party;
		uint64_t at; /* their first entry */
		bool erased; /* an entry says so */
	} * lacking;
	size_t n_lacking;
	uint64_t lacking_at;
	uint64_t next_checkpoint; /* 0: there is no further one */
	struct span note;
	char note_room[2 * CHECKPOINT_MAX];
};

static enum log_verdict of_fault(enum fault f) { return f == OK ? LOG_GOOD : LOG_UNREACHABLE; }

/* --- stored checkpoints --- */

static enum log_verdict find_checkpoint(struct audit *a, uint64_t from)
{
	arena_reset(&a->note_mem);
	a->next_checkpoint = 0;
	enum fault f = a->rows->checkpoint(a->rows->from, from, &a->note_mem, &a->next_checkpoint, &a->note);
	if (f == E_NOT_FOUND)
		a->next_checkpoint = 0;
	else if (f == OK && a->next_checkpoint < from)
		return LOG_STORED_CHECKPOINT;
	return f == E_NOT_FOUND ? LOG_GOOD : of_fault(f);
}

static enum log_verdict check_checkpoint(struct audit *a)
{
	uint64_t size;
	struct hash root;

	if (a->next_checkpoint == 0 || a->next_checkpoint != a->log.tree.size)
		return LOG_GOOD;
	if (log_judge_note(a->note, a->conf->key, &size, &root) != LOG_GOOD || size != a->next_checkpoint ||
	    !hash_eq(root, counter_root(&a->log.tree)))
		return LOG_STORED_CHECKPOINT;
	a->report->checkpoints++;
	return find_checkpoint(a, a->next_checkpoint + 1);
}

static enum log_verdict check_seen(const struct audit *a)
{
	const struct checkpoint *seen = a->conf->seen;

	if (seen && seen->size == a->log.tree.size && !hash_eq(counter_root(&a->log.tree), seen->root))
		return LOG_FORKED;
	return LOG_GOOD;
}

/* --- entries --- */

/* --- what was erased --- */

static struct lacking *lacking_of(struct audit *a, struct uuid party)
{
	for (size_t i = 0; i < a->n_lacking; i++)
		if (uuid_eq(a->lacking[i].party, party))
			return &a->lacking[i];
	return NULL;
}

/* Its key is destroyed. Whether it was to be, an entry behind it says. */
static enum log_verdict note_lacking(struct audit *a, const struct stored_entry *e)
{
	struct lacking *more = lacking_of(a, e->under);

	a->report->erased++;
	if (more)
		return LOG_GOOD;
	more = reallocarray(a->lacking, a->n_lacking + 1, sizeof *more);
	if (!more)
		return LOG_UNFINISHED;
	a->lacking = more;
	a->lacking[a->n_lacking++] = (struct lacking){ .party = e->under, .at = e->seq };
	return LOG_GOOD;
}

static void note_erasing(struct audit *a, const struct stored_entry *e)
{
	struct lacking *x = e->kind == ST_PARTY_ERASE && e->outcome == 0 ? lacking_of(a, e->object) : NULL;

	if (x)
		x->erased = true;
}

/* A key that is gone, and no entry that erases its party: somebody has destroyed what he had no right to. */
static enum log_verdict check_lacking(struct audit *a)
{
	for (size_t i = 0; i < a->n_lacking; i++)
		if (!a->lacking[i].erased && !a->conf->erased_may_lack) {
			a->lacking_at = a->lacking[i].at;
			return LOG_NO_STATEMENT;
		}
	return LOG_GOOD;
}

static enum log_verdict check_columns(struct audit *a, const struct stored_entry *e, const struct leaf *l)
{
	if (e->seq != l->seq || e->kind != l->kind || e->outcome != l->outcome ||
	    !hash_eq(e->statement_hash, l->statement))
		return LOG_COLUMN;
	if (e->lacks == LACKS_SENSE)
		return LOG_STATEMENT;
	if (e->lacks == LACKS_KEY)
		return note_lacking(a, e);
	if (e->statement.len == 0 && !a->conf->erased_may_lack)
		return LOG_NO_STATEMENT;
	if (e->statement.len == 0) {
		a->report->erased++;
		return LOG_GOOD;
	}
	return hash_eq(sha256(e->statement), l->statement) ? LOG_GOOD : LOG_STATEMENT;
}

static enum log_verdict check_leaf(struct audit *a, const struct stored_entry *e)
{
	switch (readback_leaf(&a->log, e->leaf, NULL, NULL)) {
	case LEAF_GOOD:
		return LOG_GOOD;
	case LEAF_MALFORMED:
		return LOG_BAD_LEAF;
	case LEAF_OUT_OF_SEQ:
		return LOG_SEQ;
	case LEAF_BACK_IN_TIME:
		return LOG_TIME;
	case LEAF_OFF_CHAIN:
		return LOG_CHAIN;
	}
	return LOG_UNFINISHED;
}

static enum log_verdict check_entry(struct audit *a, const struct stored_entry *e)
{
	struct leaf l;

	if (e->seq > a->log.tree.size)
		return LOG_MISSING_ENTRY;
	if (!leaf_decode(e->leaf, &l))
		return LOG_BAD_LEAF;
	/* Columns first: this entry's own fault, before the chain names the one after a changed leaf. */
	enum log_verdict v = check_columns(a, e, &l);
	if (v == LOG_GOOD)
		v = check_leaf(a, e);
	if (v == LOG_GOOD)
		a->report->entries++;
	note_erasing(a, e);
	if (v == LOG_GOOD)
		v = check_seen(a);
	return v == LOG_GOOD ? check_checkpoint(a) : v;
}

static void tell(const struct audit *a, uint64_t size)
{
	uint64_t done = a->log.tree.size;

	if (a->conf->progress && (done == size || done % PROGRESS_EVERY == 0))
		a->conf->progress(a->conf->arg, done, size);
}

static enum log_verdict check_entries(struct audit *a, uint64_t size)
{
	enum log_verdict v = LOG_GOOD;

	while (a->log.tree.size < size && v == LOG_GOOD) {
		uint64_t left = size - a->log.tree.size;
		struct stored_entry *e;
		size_t n = 0;

		arena_reset(&a->mem);
		v = of_fault(a->rows->entries(a->rows->from, a->log.tree.size, left < AT_ONCE ? (size_t)left : AT_ONCE,
		                              &a->mem, &e, &n));
		if (v == LOG_GOOD && n == 0)
			v = LOG_MISSING_ENTRY;
		for (size_t i = 0; i < n && v == LOG_GOOD; i++)
			v = check_entry(a, &e[i]);
		if (v == LOG_GOOD)
			tell(a, size);
	}
	return v;
}

/* --- the head, and what must not lie beyond it --- */

static enum log_verdict check_head(const struct audit *a, const struct head *h)
{
	if (!counter_is(&a->log.tree, &h->range) || !hash_eq(h->last_leaf, a->log.last_leaf))
		return LOG_HEAD;
	return h->accepted_at.us == a->log.last_at.us || h->range.size == 0 ? LOG_GOOD : LOG_HEAD;
}

/* Rows or checkpoints beyond the head, unless the head has moved meanwhile. */
static enum log_verdict check_beyond(struct audit *a, uint64_t size)
{
	struct stored_entry *e;
	struct head now;
	size_t n = 0;

	arena_reset(&a->mem);
	enum log_verdict v = of_fault(a->rows->entries(a->rows->from, size, 1, &a->mem, &e, &n));
	if (v != LOG_GOOD || (n == 0 && a->next_checkpoint == 0))
		return v;
	v = of_fault(a->rows->head(a->rows->from, &now));
	if (v != LOG_GOOD)
		return v;
	if (a->next_checkpoint > now.range.size)
		return LOG_BEHIND;
	return n > 0 && now.range.size <= size ? LOG_HEAD : LOG_GOOD;
}

static enum log_verdict audit(struct audit *a)
{
	struct head h;
	enum log_verdict v = of_fault(a->rows->head(a->rows->from, &h));

	if (v != LOG_GOOD)
		return v;
	a->report->size = h.range.size;
	if (a->conf->seen && a->conf->seen->size > h.range.size)
		return LOG_BEHIND;
	v = find_checkpoint(a, 1);
	if (v == LOG_GOOD)
		v = check_entries(a, h.range.size);
	if (v == LOG_GOOD)
		v = check_lacking(a);
	if (v == LOG_GOOD)
		v = check_head(a, &h);
	return v == LOG_GOOD ? check_beyond(a, h.range.size) : v;
}

enum log_verdict log_verify_rows(const struct log_rows *rows, const struct log_verify_conf *conf,
                                 struct log_report *ret)
{
	struct audit *a = calloc(1, sizeof *a);
	char *room = malloc(ROOM_LEN);
	enum log_verdict v = LOG_UNFINISHED;

	assert(conf->key);
	*ret = (struct log_report){ .verdict = LOG_UNFINISHED };
	if (a && room) {
		a->rows = rows;
		a->conf = conf;
		a->report = ret;
		a->mem = arena_over(room, ROOM_LEN);
		a->note_mem = arena_over(a->note_room, sizeof a->note_room);
		v = audit(a);
		ret->at = v == LOG_NO_STATEMENT && a->n_lacking > 0 ? a->lacking_at : a->log.tree.size;
		ret->last_at = a->log.last_at;
		ret->root = counter_root(&a->log.tree);
	}
	free(room);
	if (a)
		free(a->lacking);
	free(a);
	return ret->verdict = v;
}
