/* SPDX-License-Identifier: Apache-2.0 */
/* erasing.c: see erasing.h. */
#include "service/erasing.h"

#include <stdlib.h>

#include "run/memory.h"
#include "run/watch.h"
#include "service/reader.h"
#include "service/replay.h"
#include "service/residue.h"

enum { PARTIES = 32, AT_ONCE = 512 };
#define ROOM ((size_t)256 << 20) /* address space; AT_ONCE residues of CHANGES_MAX rows */

struct erasing {
	struct erasing_conf conf;
	struct conn conn;
	/* of the round */
	struct uuid party[PARTIES];
	size_t n_parties;
	struct hash *paper; /* in order */
	size_t n_papers;
	struct arena mem;
	struct residue keep[AT_ONCE];
	size_t n;
	enum fault fault;
};

struct erasing *erasing_open(const struct erasing_conf *conf)
{
	struct erasing *e = calloc(1, sizeof *e);

	if (!e || !arena_map(&e->mem, ROOM)) {
		free(e);
		return NULL;
	}
	e->conf = *conf;
	e->conn = (struct conn){ .database_url = conf->database_url, .duty = STORE_CHECKER, .vault = conf->vault };
	return e;
}

void erasing_close(struct erasing *e)
{
	if (!e)
		return;
	conn_close(&e->conn);
	arena_unmap(&e->mem);
	free(e);
}

/* --- which entries --- */

static bool goes(const struct erasing *e, struct uuid party)
{
	for (size_t i = 0; i < e->n_parties; i++)
		if (uuid_eq(e->party[i], party))
			return true;
	return false;
}

static int hash_order(const void *a, const void *b) { return memcmp(a, b, sizeof(struct hash)); }

static bool paper_goes(const struct erasing *e, const struct hash *h)
{
	return e->n_papers > 0 && bsearch(h, e->paper, e->n_papers, sizeof *h, hash_order) != NULL;
}

/* Any document its body names. */
static bool rests_on_paper(const struct erasing *e, const struct command *c)
{
	const struct statement_info *s = statement_info(c->kind);
	bool rests = false;

	for (size_t i = 0; i < s->n_fields && !rests; i++) {
		const char *at = (const char *)&c->body + s->fields[i].offset;
		const struct hashes *many = (const struct hashes *)(const void *)at;

		if (s->fields[i].kind == FK_hash)
			rests = paper_goes(e, (const struct hash *)(const void *)at);
		for (size_t k = 0; s->fields[i].kind == FK_hashes && k < many->n && !rests; k++)
			rests = paper_goes(e, &many->at[k]);
	}
	return rests;
}

static enum fault store_kept(struct erasing *e)
{
	struct store *s = conn_store(&e->conn);
	enum fault f = s ? store_residue_put(s, e->keep, e->n) : E_UNAVAILABLE;

	e->n = 0;
	arena_reset(&e->mem);
	return f;
}

static bool on_decided(void *arg, const struct stored_entry *entry, const struct command *c, const struct decision *d)
{
	struct erasing *e = arg;

	if (!goes(e, entry->under) && !rests_on_paper(e, c) && !(c->completes && rests_on_paper(e, c->completes)))
		return true;
	e->keep[e->n++] = (struct residue){ entry->seq, residue_make(d, c->salt, &e->mem) };
	if (!arena_ok(&e->mem))
		e->fault = E_TOO_BIG;
	else if (e->n == AT_ONCE)
		e->fault = store_kept(e);
	return e->fault == OK;
}

static void on_found(void *arg, const char *finding)
{
	(void)arg;
	watch(LOG_ERROR, EVENT("erasure_waits"), KV("why", finding));
}

/* Over a connection of its own, which reads. */
static enum fault fold(struct erasing *e)
{
	char why[256];
	struct replay r = { .store = store_open(e->conf.database_url, STORE_WRITER, why, sizeof why),
		            .origin = e->conf.origin,
		            .fp_key = e->conf.fp_key,
		            .found = on_found,
		            .decided = on_decided,
		            .arg = e,
		            .undetected = true,
		            .entries_only = true };
	enum replay_verdict v = REPLAY_UNREADABLE;

	if (!r.store)
		return E_UNAVAILABLE;
	store_vault(r.store, e->conf.vault);
	e->n = 0;
	e->fault = OK;
	arena_reset(&e->mem);
	v = replay_log(&r);
	store_close(r.store);
	if (v == REPLAY_DIFFERS) /* what the log does not give must not become what it gave */
		return E_INTERNAL;
	if (v != REPLAY_GOOD)
		return e->fault != OK ? e->fault : E_UNAVAILABLE;
	return store_kept(e);
}

static enum fault keep(struct erasing *e)
{
	struct store *s = conn_store(&e->conn);
	enum fault f = s ? store_erasing_papers(s, e->party, e->n_parties, &e->paper, &e->n_papers) : E_UNAVAILABLE;

	if (f == OK) {
		qsort(e->paper, e->n_papers, sizeof *e->paper, hash_order);
		f = fold(e);
	}
	free(e->paper);
	e->paper = NULL;
	e->n_papers = 0;
	return f;
}

size_t erasing_round(struct erasing *e)
{
	struct store *s = conn_store(&e->conn);
	enum fault f = s ? store_erasing(s, PARTIES, e->party, &e->n_parties) : E_UNAVAILABLE;

	if (f != OK || e->n_parties == 0)
		return 0;
	f = keep(e);
	if (f == OK)
		watch(LOG_INFO, EVENT("erasure_ready"), KV_U("parties", e->n_parties));
	else
		watch(LOG_WARN, EVENT("erasure_waits"), KV("fault", fault_info(f)->slug),
		      KV("why", e->conn.store ? store_why(e->conn.store) : "no connection"));
	return 0; /* the next round looks again */
}
