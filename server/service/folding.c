/* SPDX-License-Identifier: Apache-2.0 */
/* folding.c: see folding.h. */
#include "service/folding.h"

#include <stdlib.h>

#include "intake/statement.h"
#include "run/memory.h"

enum { PAGE = 512 };
#define PAGE_ROOM ((size_t)1 << 30) /* address space */

struct waiting {
	struct hash statement;
	uint64_t seq;
};
struct folding {
	struct store *store;
	struct tail *tail; /* NULL: everything comes from the store */
	struct waiting *waiting;
	size_t n_waiting, cap_waiting;
	struct arena mem;
	uint64_t next, erased;
	struct command c, inner;
};

struct folding *folding_open(struct store *s)
{
	struct folding *f = calloc(1, sizeof *f);

	if (f && arena_map(&f->mem, PAGE_ROOM)) {
		f->store = s;
		return f;
	}
	free(f);
	return NULL;
}

void folding_store(struct folding *f, struct store *s) { f->store = s; }

void folding_tail(struct folding *f, struct tail *t) { f->tail = t; }

uint64_t folding_next(const struct folding *f) { return f->next; }

uint64_t folding_erased(const struct folding *f) { return f->erased; }

static bool read_command(struct folding *f, struct span bytes, struct command *ret)
{
	struct sealed sealed;
	struct diag d;

	return statement_split(bytes, &f->mem, &sealed, &d) == OK && statement_parse(&sealed, &f->mem, ret, &d) == OK;
}

static struct uuid actor_of(const struct command *c, struct uuid issuer)
{
	return uuid_is_nil(c->on_behalf_of) ? issuer : c->on_behalf_of;
}

/* --- what waits for a second signature --- */

static bool note_waiting(struct folding *f, const struct stored_entry *e)
{
	if (f->n_waiting == f->cap_waiting) {
		size_t cap = f->cap_waiting ? 2 * f->cap_waiting : 64;
		struct waiting *more = reallocarray(f->waiting, cap, sizeof *more);

		if (!more)
			return false;
		f->waiting = more;
		f->cap_waiting = cap;
	}
	f->waiting[f->n_waiting++] = (struct waiting){ e->statement_hash, e->seq };
	return true;
}

/* The statement a cosign completes stands in an entry before it, mostly shortly before. */
static enum fault read_completed(struct folding *f, const struct hash statement)
{
	struct span bytes;
	enum fault fault;
	size_t i = f->n_waiting;

	while (i > 0 && !hash_eq(f->waiting[i - 1].statement, statement))
		i--;
	if (i == 0)
		return E_INTERNAL;
	fault = store_statements(f->store, &f->waiting[i - 1].seq, 1, &f->mem, &bytes);
	if (fault == OK && !read_command(f, bytes, &f->inner))
		fault = E_INTERNAL;
	if (fault != OK)
		return fault; /* it waits still: the entry is read again */
	memmove(&f->waiting[i - 1], &f->waiting[i], (f->n_waiting - i) * sizeof *f->waiting);
	f->n_waiting--;
	return OK;
}

static enum fault see(struct folding *f, const struct stored_entry *e, seen_fn *fn, void *arg)
{
	struct seen s = { .seq = e->seq, .outcome = (enum fault)e->outcome, .issuer = e->issuer, .c = &f->c };
	enum fault fault = OK;
	struct leaf leaf;

	if (e->lacks == LACKS_KEY) { /* erased: the fold goes on without it */
		f->erased++;
		return OK;
	}
	if (e->waits)
		return note_waiting(f, e) ? OK : E_TOO_BIG;
	if (!leaf_decode(e->leaf, &leaf) || !read_command(f, e->statement, &f->c))
		return E_INTERNAL;
	s.at = leaf.accepted_at;
	if (f->c.kind == ST_STATEMENT_COSIGN && s.outcome == OK) {
		fault = read_completed(f, f->c.body.cosign.statement);
		s.c = &f->inner;
	}
	s.actor = actor_of(s.c, e->issuer);
	if (fault == OK && !fn(arg, &s))
		fault = E_TOO_BIG;
	return fault;
}

/* From the tail what is there, else from the store. */
static enum fault read_page(struct folding *f, size_t most, struct stored_entry **e, size_t *n)
{
	if (f->tail && tail_read(f->tail, f->next, most, &f->mem, e, n))
		return OK;
	arena_reset(&f->mem);
	return store_entries(f->store, f->next, most, &f->mem, e, n);
}

enum fault folding_page(struct folding *f, uint64_t to, seen_fn *fn, void *arg, size_t *n)
{
	size_t most = to - f->next < PAGE ? (size_t)(to - f->next) : PAGE;
	struct stored_entry *e;
	enum fault fault;

	*n = 0;
	if (f->next >= to)
		return OK;
	arena_reset(&f->mem);
	fault = read_page(f, most, &e, n);
	for (size_t i = 0; fault == OK && i < *n; i++) {
		size_t mark = f->mem.used;

		fault = e[i].seq == f->next ? see(f, &e[i], fn, arg) : E_INTERNAL;
		f->mem.used = mark;
		if (fault == OK)
			f->next++;
	}
	return fault;
}

void folding_close(struct folding *f)
{
	if (!f)
		return;
	arena_unmap(&f->mem);
	free(f->waiting);
	free(f);
}
