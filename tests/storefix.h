/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storefix.h: a PostgreSQL of the test's own, migrated, and rows to put into it.
 *
 * Rows are written through store_commit, as the sequencer does, but made by
 * hand: what is under test here is the store, not the rules.
 */
#ifndef CF_STOREFIX_H
#define CF_STOREFIX_H

#include "test.h"

#include <libpq-fe.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/cluster.h"
#include "run/files.h"
#include "store/store.h"

static struct cluster cluster;
static char why[1024];
static char state_dir[64];

static inline struct arena test_arena(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(at != MAP_FAILED);
	return arena_over(at, len);
}

static inline void cluster_start(void)
{
	assert_true(crypto_start());
	snprintf(state_dir, sizeof state_dir, "/tmp/counterfoil-store-XXXXXX");
	assert_non_null(mkdtemp(state_dir));
	assert_int_equal(chmod(state_dir, 0755), 0);
	if (!cluster_up(state_dir, &cluster, why, sizeof why))
		fail_msg("%s", why);
}

static inline void cluster_stop(void)
{
	cluster_down(&cluster);
	assert_true(dir_remove(state_dir) == 0);
}

/* A connection of the superuser's own, past every role and policy. */
static inline PGconn *root(void)
{
	PGconn *pg = PQconnectdb(cluster.conninfo);

	if (PQstatus(pg) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(pg));
	PQclear(PQexec(pg, "SET search_path = counterfoil; SET client_min_messages = error"));
	return pg;
}

/* Runs sql; returns the SQLSTATE of its failure, or "" - and the first value in *value, when asked. */
static inline const char *try_sql(PGconn *pg, const char *sql, char value[256])
{
	static char state[8];
	PGresult *r = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(r);
	const char *s = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;

	snprintf(state, sizeof state, "%s", ok ? "" : s ? s : "?");
	if (value)
		snprintf(value, 256, "%s", ok && PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return state;
}

/* As the superuser, on a connection of its own; must succeed. */
static inline const char *root_sql(const char *sql)
{
	static char value[256];
	PGconn *pg = root();
	const char *state = try_sql(pg, sql, value);

	if (state[0])
		fail_msg("%s: %s", sql, PQerrorMessage(pg));
	PQfinish(pg);
	return value;
}

/* What the stores of these tests seal and open with. */
static const struct vault test_vault = { { 42 }, clock_random };

static inline struct store *open_as(enum store_duty duty)
{
	struct store *s = store_open(cluster.conninfo, duty, why, sizeof why);

	if (!s)
		fail_msg("%s", why);
	store_vault(s, &test_vault);
	return s;
}

static inline void migrate(void)
{
	if (store_migrate(cluster.conninfo, NULL, NULL, why, sizeof why) != OK)
		fail_msg("%s", why);
}

/* --- names --- */

static inline struct uuid id_of(uint8_t n) { return (struct uuid){ { 0x01, 0x93, [6] = 0x70, [8] = 0x80, [15] = n } }; }

static inline struct hash hash_of(uint8_t n)
{
	struct hash h;

	memset(h.b, n, sizeof h.b);
	return h;
}

static inline struct row_key key_of_row(const struct row *r)
{
	struct row_key k;

	memcpy(k.b, r->key, sizeof k.b);
	return k;
}

/* --- batches --- */

/* Puts rows into a world as decide() would have: dirty. */
static inline void change(struct world *w, struct row *const *row, unsigned n)
{
	static struct decision d;

	d.n_changes = n;
	for (unsigned i = 0; i < n; i++)
		d.change[i] = row[i];
	assert_true(decision_apply(w, &d));
}

enum { BATCH_MAX = 64 };
/* Some entries on top of a head; every byte of them follows from their seq. */
struct batch {
	uint8_t leaf[BATCH_MAX][LEAF_LEN];
	char text[BATCH_MAX][32];
	struct new_entry entry[BATCH_MAX];
	size_t n;
	struct head before, after;
};

static inline void batch_start(struct batch *b, const struct head *before)
{
	memset(b, 0, sizeof *b);
	b->before = b->after = *before;
}

static inline struct new_entry *batch_add(struct batch *b, struct uuid issuer, struct uuid object, uint16_t kind,
                                          uint16_t outcome)
{
	uint64_t seq = b->after.range.size;
	struct new_entry *e = &b->entry[b->n];
	struct leaf l = { .seq = seq,
		          .accepted_at = { INT64_C(1700000000000000) + (int64_t)seq },
		          .kind = kind,
		          .outcome = outcome,
		          .previous = b->after.last_leaf };

	snprintf(b->text[b->n], sizeof b->text[b->n], "statement.%u", (unsigned)seq);
	e->statement = span_z(b->text[b->n]);
	e->statement_hash = l.statement = sha256(e->statement);
	leaf_encode(&l, b->leaf[b->n]);
	e->leaf = b->leaf[b->n];
	e->issuer = issuer;
	e->object = object;
	e->id = (struct uuid){ { 0x02, [14] = (uint8_t)(seq >> 8), [15] = (uint8_t)seq } };
	e->kind = kind;
	e->outcome = outcome;
	b->after.last_leaf = leaf_hash((struct span){ (const char *)b->leaf[b->n], LEAF_LEN });
	range_append(&b->after.range, b->after.last_leaf);
	b->after.accepted_at = l.accepted_at;
	b->n++;
	return e;
}

static inline enum fault batch_commit(struct store *s, const struct batch *b, const struct world *w)
{
	return store_commit(s, &b->before, &b->after, b->entry, b->n, w);
}

static inline struct world new_world(struct arena *mem)
{
	struct world w;

	arena_reset(mem);
	assert_true(world_start(&w, mem, 64, false));
	return w;
}

/* --- rows that satisfy every CHECK --- */

static inline struct asset an_asset(uint8_t n, struct uuid creditor, struct uuid debtor, int64_t seq)
{
	struct asset a;

	row_init(&a.row, TABLE_ASSET, key_uuid(id_of(n)));
	memcpy(a.ccy.at, "CNY", 3);
	memset(a.claim.b, n, sizeof a.claim.b);
	a.creditor = creditor;
	a.debtor = debtor;
	a.document = hash_of(n);
	a.due = (struct date){ 20700 };
	a.issued = (struct date){ 20600 };
	a.existing = 1;
	a.face = 125000;
	a.head = hash_of((uint8_t)(n + 1));
	a.kind = ASSET_RECEIVABLE;
	a.level = 2;
	a.number = S("INV-1");
	a.seq = seq;
	a.state = RCV_REGISTERED;
	return a;
}

static inline struct encumbrance an_encumbrance(uint8_t n, const struct asset *a, struct uuid secured, int64_t amount,
                                                int64_t seq)
{
	struct encumbrance e;

	row_init(&e.row, TABLE_ENCUMBRANCE, key_uuid(id_of(n)));
	e.amount = e.open = amount;
	e.asset = a->id;
	e.ccy = a->ccy;
	e.from_date = (struct date){ 20601 };
	e.grantor = a->creditor;
	e.head = hash_of(n);
	e.kind = ENC_PLEDGE;
	e.secured = secured;
	e.seq = e.rank_seq = seq;
	e.state = ENCUMBRANCE_LIVE;
	return e;
}

static inline struct hold a_hold(uint8_t n, const struct asset *a, struct uuid bank, int64_t seq)
{
	struct hold h;

	row_init(&h.row, TABLE_HOLD, key_uuid(id_of(n)));
	h.asset = a->id;
	h.bank = bank;
	memcpy(h.ccy.at, "CNY", 3);
	h.head = hash_of(n);
	h.purpose = S("lending");
	h.seq = seq;
	h.state = HOLD_LIVE;
	h.until.us = INT64_C(1800000000000000);
	return h;
}
#endif
