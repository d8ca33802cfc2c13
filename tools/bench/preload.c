/* SPDX-License-Identifier: Apache-2.0 */
/* preload.c: see preload.h. Like ceiling.c it speaks to libpq itself: the store has no second way to write, and
 * must not get one for a benchmark. */
#include "preload.h"

#include <libpq-fe.h>
#include <pthread.h>

#include "leaf.h"
#include "run/clock.h"
#include "state.h"
#include "store/store.h"

enum { CHUNK = 1 << 16, STATEMENT_LEN = 200, APART_US = 20, WAL_SEGMENTS = 96 /* of 16 MB */ };
#define EPOCH_2000_US INT64_C(946684800000000)
#define EPOCH_2000_DAY 10957

struct side { /* one connection with its COPY */
	PGconn *pg;
	char *at;
	size_t len, cap;
	bool failed;
};
struct filling {
	const struct workload *w;
	struct head head;  /* moves on with the entries */
	uint64_t from, to; /* of the log */
	int64_t base_us;   /* of the first id: they rise from here to now */
	struct side log, state;
	char why[256];
};

/* --- what is in it --- */

static uint64_t mix(uint64_t v)
{
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	return v ^ v >> 31;
}

enum thing { AN_ID, AN_ASSET, AN_ENCUMBRANCE };
static struct uuid uuid_of(const struct filling *f, enum thing what, uint64_t n)
{
	uint8_t random[10] = { 0 };

	be64_put(random, mix(n * 3 + (uint64_t)what));
	be16_put(random + 8, (uint16_t)n);
	return uuid_v7((struct moment){ f->base_us + (int64_t)(n - f->from) * APART_US }, random);
}

/* Entry n is step n % 4 in the life of receivable n / 4. */
static struct uuid issuer_of(const struct filling *f, uint64_t n)
{
	const struct market_party *p = f->w->party;
	uint64_t r = n / 4;

	switch (n % 4) {
	case 1:
		return p[CORE_AT + r / 7 % CORES].id;
	case 3:
		return p[BANK_AT + r / 3 % BANKS].id;
	default:
		return p[SUPPLIER_AT + r % SUPPLIERS].id;
	}
}

static struct hash statement_of(uint64_t n, char ret[static STATEMENT_LEN])
{
	memset(ret, '.', STATEMENT_LEN);
	snprintf(ret, STATEMENT_LEN, "entry %llu of a benchmark: filler, signed by nobody", (unsigned long long)n);
	return sha256((struct span){ ret, STATEMENT_LEN });
}

/* --- COPY --- */

static bool room_for(struct side *s, size_t len)
{
	char *more;

	if (s->failed || s->len + len <= s->cap)
		return !s->failed;
	more = realloc(s->at, 2 * (s->len + len));
	s->failed = !more;
	if (!more)
		return false;
	s->at = more;
	s->cap = 2 * (s->len + len);
	return true;
}

static void raw(struct side *s, const void *at, size_t len)
{
	if (!room_for(s, len))
		return;
	memcpy(s->at + s->len, at, len);
	s->len += len;
}

static void put16(struct side *s, uint16_t v)
{
	uint8_t b[2];

	be16_put(b, v);
	raw(s, b, sizeof b);
}

static void put32(struct side *s, uint32_t v)
{
	uint8_t b[4];

	be32_put(b, v);
	raw(s, b, sizeof b);
}

static void bytes(struct side *s, const void *at, size_t len)
{
	put32(s, (uint32_t)len);
	raw(s, at, len);
}

static void text(struct side *s, const char *z) { bytes(s, z, strlen(z)); }
static void uuid(struct side *s, struct uuid u) { bytes(s, u.b, sizeof u.b); }
static void hash(struct side *s, struct hash h) { bytes(s, h.b, sizeof h.b); }

static void i64(struct side *s, int64_t v)
{
	uint8_t b[8];

	be64_put(b, (uint64_t)v);
	bytes(s, b, sizeof b);
}

static void i32(struct side *s, int32_t v)
{
	put32(s, 4);
	put32(s, (uint32_t)v);
}

static void i16(struct side *s, uint16_t v)
{
	put32(s, 2);
	put16(s, v);
}

static void day(struct side *s, struct date d) { i32(s, d.day - EPOCH_2000_DAY); }

static bool sql(PGconn *pg, const char *statement)
{
	PGresult *r = PQexec(pg, statement);
	ExecStatusType status = PQresultStatus(r);

	PQclear(r);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static bool copy_begin(struct side *s, const char *table)
{
	static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
	char statement[128];
	PGresult *r;
	bool good;

	snprintf(statement, sizeof statement, "COPY counterfoil.%s FROM STDIN (FORMAT binary)", table);
	r = PQexec(s->pg, statement);
	good = PQresultStatus(r) == PGRES_COPY_IN;
	PQclear(r);
	s->len = 0;
	raw(s, head, 19);
	return good;
}

static bool copy_end(struct side *s)
{
	PGresult *r;
	bool good;

	put16(s, UINT16_MAX);
	if (s->failed || PQputCopyData(s->pg, s->at, (int)s->len) != 1 || PQputCopyEnd(s->pg, NULL) != 1)
		return false;
	r = PQgetResult(s->pg);
	good = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	while ((r = PQgetResult(s->pg)))
		PQclear(r);
	return good;
}

/* --- the log --- */

static void put_entry(struct filling *f, uint64_t n)
{
	static const uint16_t kind[] = { ST_RECEIVABLE_REGISTER, ST_RECEIVABLE_CONFIRM, ST_ENCUMBRANCE_GRANT,
		                         ST_ENCUMBRANCE_ACCEPT };
	struct side *s = &f->log;
	char statement[STATEMENT_LEN];
	uint8_t leaf[LEAF_LEN];
	struct leaf l = { n,        f->head.accepted_at, kind[n % 4], 0, statement_of(n, statement), f->head.last_leaf,
		          { { 1 } } };

	leaf_encode(&l, leaf);
	f->head.last_leaf = leaf_hash((struct span){ (const char *)leaf, LEAF_LEN });
	range_append(&f->head.range, f->head.last_leaf);
	put16(s, 9);
	i64(s, (int64_t)n);
	bytes(s, leaf, LEAF_LEN);
	bytes(s, statement, STATEMENT_LEN);
	uuid(s, issuer_of(f, n));
	uuid(s, uuid_of(f, AN_ID, n));
	uuid(s, uuid_of(f, n % 4 < 2 ? AN_ASSET : AN_ENCUMBRANCE, n - n % 4));
	i16(s, kind[n % 4]);
	i16(s, 0);
	hash(s, l.statement);
}

static void put_submission(struct filling *f, uint64_t n)
{
	struct side *s = &f->log;

	put16(s, 3);
	uuid(s, issuer_of(f, n));
	uuid(s, uuid_of(f, AN_ID, n));
	i64(s, (int64_t)n);
}

static bool fill(struct filling *f, struct side *s, const char *table, uint64_t from, uint64_t to, uint64_t step,
                 void (*put)(struct filling *, uint64_t))
{
	if (!copy_begin(s, table))
		return false;
	for (uint64_t n = from; n < to; n += step)
		put(f, n);
	return copy_end(s);
}

static bool move_head(struct filling *f)
{
	char statement[8192];
	struct writer w = writer_over(statement, sizeof statement - 1);

	put_z(&w, "UPDATE counterfoil.log_head SET size = ");
	put_u64(&w, f->head.range.size);
	put_z(&w, ", peaks = decode('");
	put_hex(&w, f->head.range.peak, f->head.range.n * sizeof(struct hash));
	put_z(&w, "', 'hex'), last_leaf = decode('");
	put_hex(&w, f->head.last_leaf.b, HASH_LEN);
	put_z(&w, "', 'hex')");
	statement[w.len] = 0;
	return sql(f->log.pg, statement);
}

static void *fill_log(void *arg)
{
	struct filling *f = arg;

	for (uint64_t n = f->from; n < f->to && !f->log.failed; n += CHUNK) {
		uint64_t end = n + CHUNK < f->to ? n + CHUNK : f->to;

		f->log.failed = !fill(f, &f->log, "entry", n, end, 1, put_entry) ||
		                !fill(f, &f->log, "submission", n, end, 1, put_submission);
	}
	f->log.failed = f->log.failed || !move_head(f);
	return NULL;
}

/* --- the state: receivables whose first entry is n --- */

static struct fp16 claim_of(uint64_t n)
{
	struct fp16 fp;

	be64_put(fp.b, mix(n));
	be64_put(fp.b + 8, mix(n + 1));
	return fp;
}

static struct date today(void) { return date_of(clock_now()); }

static void put_asset(struct filling *f, uint64_t n)
{
	static const struct hash none;
	static const struct uuid nil;
	struct side *s = &f->state;
	char statement[STATEMENT_LEN], number[32];
	struct fp16 fp = claim_of(n);

	snprintf(number, sizeof number, "FP-2025-%010llu", (unsigned long long)n);
	put16(s, 30);
	uuid(s, uuid_of(f, AN_ASSET, n));
	text(s, "CNY");
	bytes(s, fp.b, sizeof fp.b);
	i64(s, (int64_t)n + 1); /* confirmed_seq */
	uuid(s, issuer_of(f, n));
	uuid(s, issuer_of(f, n + 1));
	i64(s, 0); /* diluted */
	hash(s, none);
	day(s, (struct date){ today().day + 90 });
	i64(s, 50000000); /* encumbered */
	i32(s, 1);
	i32(s, 1);
	i64(s, 100000000); /* face */
	i32(s, 0);
	hash(s, statement_of(n + 1, statement));
	uuid(s, nil);
	day(s, (struct date){ today().day - 10 });
	i32(s, ASSET_RECEIVABLE);
	i32(s, 0);
	uuid(s, nil);
	text(s, number);
	i64(s, 0);    /* paid */
	uuid(s, nil); /* parent */
	text(s, "");
	i64(s, 0); /* reserved */
	i32(s, 0);
	i64(s, (int64_t)n + 1);
	i32(s, 1);
	i32(s, RCV_CONFIRMED);
	i64(s, (int64_t)n); /* first_seq */
}

static void put_encumbrance(struct filling *f, uint64_t n)
{
	struct side *s = &f->state;
	char statement[STATEMENT_LEN];

	put16(s, 20);
	uuid(s, uuid_of(f, AN_ENCUMBRANCE, n));
	i64(s, 50000000);
	uuid(s, uuid_of(f, AN_ASSET, n));
	text(s, "CNY");
	i64(s, f->head.accepted_at.us - EPOCH_2000_US + DAY_US); /* deadline */
	i32(s, 0);
	day(s, today());
	uuid(s, issuer_of(f, n));
	hash(s, statement_of(n + 3, statement));
	i32(s, ENC_PLEDGE);
	i32(s, FLAG_YES);
	i64(s, 50000000);
	i64(s, (int64_t)n + 3); /* rank_seq */
	i64(s, 0);
	i32(s, FLAG_YES);
	uuid(s, issuer_of(f, n + 3));
	i64(s, (int64_t)n + 3);
	i32(s, ENCUMBRANCE_LIVE);
	put32(s, UINT32_MAX);   /* until_date */
	i64(s, (int64_t)n + 2); /* first_seq */
}

static void put_claim(struct filling *f, uint64_t n)
{
	static const struct uuid nil;
	struct side *s = &f->state;
	struct fp16 fp = claim_of(n);

	put16(s, 5);
	bytes(s, fp.b, sizeof fp.b);
	uuid(s, nil);
	i32(s, CLAIM_INVOICE);
	uuid(s, uuid_of(f, AN_ASSET, n));
	i64(s, (int64_t)n);
}

static void *fill_state(void *arg)
{
	struct filling *f = arg;

	for (uint64_t n = (f->from + 3) / 4 * 4; n < f->to && !f->state.failed; n += CHUNK) {
		uint64_t end = n + CHUNK < f->to ? n + CHUNK : f->to;

		f->state.failed = !fill(f, &f->state, "asset", n, end, 4, put_asset) ||
		                  !fill(f, &f->state, "encumbrance", n, end, 4, put_encumbrance) ||
		                  !fill(f, &f->state, "claim", n, end, 4, put_claim);
	}
	return NULL;
}

/* --- all of it --- */

static bool read_head(const char *conninfo, struct head *ret, char *why, size_t why_len)
{
	struct store *store = store_open(conninfo, STORE_PUBLISHER, why, why_len);
	bool good = store && store_head(store, ret) == OK;

	store_close(store);
	return good;
}

static bool fill_both(struct filling *f)
{
	pthread_t other;

	if (pthread_create(&other, NULL, fill_state, f) != 0)
		return false;
	(void)fill_log(f);
	pthread_join(other, NULL);
	if (f->log.failed || f->state.failed) {
		snprintf(f->why, sizeof f->why, "%.250s", PQerrorMessage(f->log.failed ? f->log.pg : f->state.pg));
		return false;
	}
	/* What a registry of that size has behind it: no vacuum of ours disturbs the measurement. */
	return sql(f->log.pg, "VACUUM (ANALYZE) counterfoil.entry, counterfoil.submission, counterfoil.asset,"
	                      " counterfoil.encumbrance, counterfoil.claim") &&
	       sql(f->log.pg, "CHECKPOINT");
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

bool preload(const char *conninfo, const struct workload *w, uint64_t size, char *why, size_t why_len)
{
	struct filling f = { .w = w };
	bool good = false;

	if (!read_head(conninfo, &f.head, why, why_len))
		return false;
	f.from = f.head.range.size;
	f.to = size;
	if (f.from >= f.to)
		return true;
	f.base_us = clock_now().us - (int64_t)(f.to - f.from) * APART_US;
	f.log.pg = PQconnectdb(conninfo);
	f.state.pg = PQconnectdb(conninfo);
	if (PQstatus(f.log.pg) == CONNECTION_OK && PQstatus(f.state.pg) == CONNECTION_OK)
		good = fill_both(&f);
	snprintf(why, why_len, "%s", good ? "" : f.why);
	PQfinish(f.log.pg);
	PQfinish(f.state.pg);
	free(f.log.at);
	free(f.state.at);
	return good;
}
