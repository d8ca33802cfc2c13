/* SPDX-License-Identifier: Apache-2.0 */
/* preload.c: see preload.h. While one batch is decided and stored, another thread signs the next. */
#include "preload.h"

#include <libpq-fe.h>
#include <pthread.h>

#include "intake/statement.h"
#include "run/clock.h"
#include "run/files.h"
#include "run/memory.h"
#include "service/keeping.h"
#include "store/store.h"

enum { BATCH_CHAINS = 1024, BATCH = BATCH_CHAINS * CHAIN, WAL_SEGMENTS = 96 /* of 16 MB */ };
#define BATCH_MEM ((size_t)64 << 20)   /* statements, and what reading them keeps */
#define WORLD_MEM ((size_t)1 << 30)    /* address space */
#define WORLD_KEEP ((size_t)256 << 20) /* beyond this the world is dropped; what is in it is stored */

struct batch {
	struct arena mem;
	struct command *cmd; /* in mem */
	uint64_t first;      /* number of its first receivable */
	struct workload *w;
	bool good;
};
struct filling {
	struct store *store;
	struct vault vault;
	struct head head;
	struct world world; /* parties, keys, rules, and what was made since: complete as far as this is concerned */
	struct arena world_mem, scratch;
	struct span fp_key, origin;
	struct decision d;
	struct new_entry entry[BATCH];
	uint8_t leaf[BATCH][LEAF_LEN];
	struct batch batch[2];
	char *why;
	size_t why_len;
};

static bool say(struct filling *f, const char *what, const char *why)
{
	snprintf(f->why, f->why_len, "%s: %.300s", what, why);
	return false;
}

/* --- one thread: statements, signed, and read again as the registry would --- */

static bool read_back(struct batch *b, struct span bytes, struct command *ret)
{
	struct sealed sealed;
	struct diag d;

	return statement_split(bytes, &b->mem, &sealed, &d) == OK && statement_parse(&sealed, &b->mem, ret, &d) == OK;
}

static void *make_batch(void *arg)
{
	struct batch *b = arg;
	struct span bytes[CHAIN];

	arena_reset(&b->mem);
	b->cmd = ARENA_ARRAY(&b->mem, struct command, BATCH);
	b->good = b->cmd != NULL;
	for (size_t i = 0; i < BATCH_CHAINS && b->good; i++) {
		b->good = workload_statements(b->w, &b->mem, b->first + i, bytes);
		for (size_t k = 0; k < CHAIN && b->good; k++)
			b->good = read_back(b, bytes[k], &b->cmd[i * CHAIN + k]);
	}
	return NULL;
}

/* --- the other: decided, and stored --- */

static bool add_row(void *arg, const struct row *r) { return world_put(arg, r) != NULL; }

static bool world_anew(struct filling *f)
{
	arena_drop(&f->world_mem);
	return world_start(&f->world, &f->world_mem, 1 << 18, true) &&
	       store_scan(f->store, TABLE_RULE, add_row, &f->world) == OK &&
	       store_scan(f->store, TABLE_PARTY, add_row, &f->world) == OK &&
	       store_scan(f->store, TABLE_KEY, add_row, &f->world) == OK;
}

/* Entry i of a batch that began at `head`; *after moves on with it. */
static bool enter(struct filling *f, const struct command *c, size_t i, struct head *after)
{
	const struct registry r = { &f->world, after->accepted_at, after->range.size, f->fp_key, f->origin, NULL };
	struct leaf l = { after->range.size, after->accepted_at, (uint16_t)c->kind, 0,
		          c->statement,      after->last_leaf,   { { 0 } } };

	arena_reset(&f->scratch);
	if (decide(&r, c, &f->scratch, &f->d) != DECIDED || f->d.outcome != OK)
		return say(f, statement_info(c->kind)->type, f->d.diag.detail);
	l.decision = decision_digest(&r, c, &f->d, &f->scratch);
	leaf_encode(&l, f->leaf[i]);
	after->last_leaf = leaf_hash((struct span){ (const char *)f->leaf[i], LEAF_LEN });
	range_append(&after->range, after->last_leaf);
	f->entry[i] =
		(struct new_entry){ f->leaf[i], c->bytes, f->d.issuer, c->id, c->object, l.kind, 0, c->statement };
	return decision_apply(&f->world, &f->d) || say(f, "preload", "out of memory");
}

static bool store_batch(struct filling *f, const struct batch *b, size_t n)
{
	struct head after = f->head;
	struct moment now = clock_now();

	if (now.us > after.accepted_at.us)
		after.accepted_at = now;
	for (size_t i = 0; i < n; i++)
		if (!enter(f, &b->cmd[i], i, &after))
			return false;
	if (store_commit(f->store, &f->head, &after, f->entry, n, &f->world) != OK)
		return say(f, "preload", store_why(f->store));
	world_clean(&f->world);
	f->head = after;
	return f->world_mem.used < WORLD_KEEP || world_anew(f) || say(f, "preload", store_why(f->store));
}

static bool fill(struct filling *f, struct workload *w, uint64_t size)
{
	bool good = true;

	f->batch[0].first = w->receivables;
	(void)make_batch(&f->batch[0]);
	for (unsigned k = 0; good && f->head.range.size < size; k++) {
		struct batch *now = &f->batch[k % 2], *next = &f->batch[(k + 1) % 2];
		uint64_t left = (size - f->head.range.size + CHAIN - 1) / CHAIN * CHAIN;
		pthread_t maker;

		if (!now->good)
			return say(f, "preload", "a statement cannot be made");
		next->first = now->first + BATCH_CHAINS;
		if (pthread_create(&maker, NULL, make_batch, next) != 0)
			return say(f, "preload", "no thread");
		good = store_batch(f, now, left < BATCH ? (size_t)left : BATCH);
		pthread_join(maker, NULL);
		w->receivables = next->first + BATCH_CHAINS;
	}
	return good;
}

/* --- all of it --- */

static bool sql(PGconn *pg, const char *statement)
{
	PGresult *r = PQexec(pg, statement);
	ExecStatusType status = PQresultStatus(r);

	PQclear(r);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* What a registry of that size has behind it: no vacuum of ours disturbs the measurement. */
static bool settle(const char *conninfo, char *why, size_t why_len)
{
	PGconn *pg = PQconnectdb(conninfo);
	bool good = PQstatus(pg) == CONNECTION_OK && sql(pg, "VACUUM (ANALYZE)") && sql(pg, "CHECKPOINT");

	if (!good)
		snprintf(why, why_len, "%.300s", PQerrorMessage(pg));
	PQfinish(pg);
	return good;
}

bool preload_warm(const char *conninfo, char *why, size_t why_len)
{
	/* a row a page: as many buffers as a run dirties, with little log */
	static const char buffers[] = "CREATE UNLOGGED TABLE public.warm (x text) WITH (fillfactor = 10);"
				      "INSERT INTO public.warm SELECT repeat('x', 500) FROM generate_series(1, 250000);"
				      "DROP TABLE public.warm";
	PGconn *pg = PQconnectdb(conninfo);
	bool good = PQstatus(pg) == CONNECTION_OK;

	for (int i = 0; good && i < WAL_SEGMENTS; i++)
		good = sql(pg, "SELECT pg_logical_emit_message(false, '', '')") && sql(pg, "SELECT pg_switch_wal()");
	good = good && sql(pg, buffers) && sql(pg, "CHECKPOINT");
	snprintf(why, why_len, "%s", good ? "" : PQerrorMessage(pg));
	PQfinish(pg);
	return good;
}

/* Which key it is a writer need not know. */
static bool find_vault(struct filling *f, const struct preload_conf *conf)
{
	struct store *s = store_open(conf->conninfo, STORE_OWNER, f->why, f->why_len);
	bool good = s && keeping_read(s, conf->state_dir, NULL, &f->vault, f->why, f->why_len);

	store_close(s);
	return good;
}

static bool start(struct filling *f, const struct preload_conf *conf, struct workload *w)
{
	if (!arena_map(&f->world_mem, WORLD_MEM) || !arena_map(&f->scratch, DECIDE_MEM * 2) ||
	    !arena_map(&f->batch[0].mem, BATCH_MEM) || !arena_map(&f->batch[1].mem, BATCH_MEM))
		return say(f, "preload", "out of memory");
	f->batch[0].w = f->batch[1].w = w;
	if (file_read_secret(conf->fp_key_file, 32, &f->batch[0].mem, &f->fp_key) != 0)
		return say(f, conf->fp_key_file, "cannot be read");
	f->store = store_open(conf->conninfo, STORE_WRITER, f->why, f->why_len);
	if (!f->store || !find_vault(f, conf))
		return false;
	store_vault(f->store, &f->vault);
	if (store_take_lease(f->store, &f->head) != OK || !world_anew(f))
		return say(f, "preload", store_why(f->store));
	return true;
}

bool preload(const struct preload_conf *conf, struct workload *w, uint64_t size, char *why, size_t why_len)
{
	struct filling *f = calloc(1, sizeof *f);
	uint8_t key[32];
	bool good;

	if (!f)
		return false;
	f->why = why;
	f->why_len = why_len;
	f->origin = conf->origin;
	good = start(f, conf, w);
	if (good) {
		memcpy(key, f->fp_key.at, sizeof key); /* its arena is a batch's from here on */
		f->fp_key.at = (const char *)key;
		good = fill(f, w, size) && settle(conf->conninfo, why, why_len);
	}
	store_close(f->store);
	arena_unmap(&f->world_mem);
	arena_unmap(&f->scratch);
	arena_unmap(&f->batch[0].mem);
	arena_unmap(&f->batch[1].mem);
	free(f);
	return good;
}
