/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ceiling.c: build/ceiling, the least a registry of signed entries can do: what
 * this machine would give if everything above signature, log and durable
 * commit were free (LIMITS.md, "Ceiling prototype").
 *
 *     ceiling PORT CONNINFO
 *
 * libmicrohttpd as in server/http/server.c (epoll, two threads, a request
 * sleeps until it is committed), its threads evenly loaded; one Ed25519
 * verification for each POST; one thread that takes whatever waits into one
 * transaction: hash chain and tree, one insert of many rows under three unique
 * indexes (position, id, hash), COMMIT; a short answer. No rules, no JSON, no
 * state, no receipt, no duplicate look-up but the unique indexes.
 *
 * It is a measuring instrument and not part of the product: alone of all tools
 * it speaks to libmicrohttpd and libpq itself, because what it is compared
 * with is those two without our layers.
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "leaf.h"
#include "run/clock.h"

enum { BODY_MAX = 8 * 1024, HEAD = 16 + 32 + SIG_LEN, BATCH = 1024, THREADS = 2 };

struct post {
	struct MHD_Connection *mhd;
	struct post *next;
	bool read, done, good;
	atomic_int wake; /* 0 awake, 1 asleep, 2 woken: whoever comes second resumes */
	uint64_t seq;
	struct hash hash;
	size_t len;
	uint8_t leaf[LEAF_LEN];
	uint8_t body[BODY_MAX]; /* id 16, key 32, signature 64, text */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;
static struct post *first, *last;

_Noreturn static void die(const char *what, const char *why)
{
	fprintf(stderr, "ceiling: %s: %s\n", what, why);
	_exit(EXIT_FAILURE);
}

/* --- HTTP --- */

static void queue_put(struct post *p)
{
	pthread_mutex_lock(&lock);
	p->next = NULL;
	if (last)
		last->next = p;
	else
		first = p;
	last = p;
	pthread_cond_signal(&some);
	pthread_mutex_unlock(&lock);
}

static void wake(struct post *p)
{
	if (atomic_exchange(&p->wake, 2) == 1)
		MHD_resume_connection(p->mhd);
}

static enum MHD_Result answer(struct post *p)
{
	char text[64];
	int n = snprintf(text, sizeof text, "{\"seq\":%llu}", (unsigned long long)p->seq);
	struct MHD_Response *r = MHD_create_response_from_buffer((size_t)n, text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result ok = MHD_queue_response(p->mhd, p->good ? 201 : 400, r);

	MHD_destroy_response(r);
	return ok;
}

static bool verified(const struct post *p)
{
	struct pubkey key = { .alg = ALG_ED25519 };

	if (p->len <= HEAD)
		return false;
	memcpy(key.raw, p->body + 16, 32);
	return sig_verify(&key, (struct span){ (const char *)p->body + HEAD, p->len - HEAD }, p->body + 48);
}

static enum MHD_Result submit(struct post *p)
{
	p->read = true;
	p->good = verified(p);
	if (!p->good)
		return answer(p);
	p->hash = sha256((struct span){ (const char *)p->body, p->len });
	MHD_suspend_connection(p->mhd);
	queue_put(p);
	if (atomic_exchange(&p->wake, 1) == 2)
		MHD_resume_connection(p->mhd);
	return MHD_YES;
}

static enum MHD_Result on_call(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *data, size_t *len, void **context)
{
	struct post *p = *context;

	(void)cls, (void)url, (void)method, (void)version;
	if (!p) {
		p = malloc(sizeof *p);
		if (!p)
			return MHD_NO;
		memset(p, 0, offsetof(struct post, leaf));
		p->mhd = c;
		*context = p;
		return MHD_YES;
	}
	if (*len) {
		if (p->len + *len > BODY_MAX)
			return MHD_NO;
		memcpy(p->body + p->len, data, *len);
		p->len += *len;
		*len = 0;
		return MHD_YES;
	}
	return p->read ? answer(p) : submit(p);
}

static void on_over(void *cls, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode why)
{
	(void)cls, (void)c, (void)why;
	free(*context);
	*context = NULL;
}

/* A socket for each thread, and the kernel deals connections out: when two threads share one socket, one of them often
 * takes all that come together, and the ceiling would be that of one thread. */
static bool listen_on(uint16_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port) };

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < THREADS; i++) {
		if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME, port, NULL, NULL, on_call,
		                      NULL, MHD_OPTION_SOCK_ADDR, &sa, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
		                      MHD_OPTION_CONNECTION_LIMIT, 2048u, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
		                      MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(32 * 1024),
		                      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_over, NULL,
		                      MHD_OPTION_END))
			return false;
	}
	return true;
}

/* --- the database --- */

/* Array parameters in binary; the buffers stay. */
struct array {
	char *at;
	size_t len, cap;
};

static void array_put(struct array *a, const void *at, size_t len)
{
	if (a->len + len > a->cap) {
		a->cap = 2 * (a->len + len);
		a->at = realloc(a->at, a->cap);
		if (!a->at)
			die("memory", "none left");
	}
	memcpy(a->at + a->len, at, len);
	a->len += len;
}

static void array_be32(struct array *a, uint32_t v)
{
	uint8_t b[4];

	be32_put(b, v);
	array_put(a, b, sizeof b);
}

static void array_begin(struct array *a, uint32_t oid, size_t n)
{
	const uint32_t head[] = { 1, 0, oid, (uint32_t)n, 1 };

	a->len = 0;
	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		array_be32(a, head[i]);
}

static void array_item(struct array *a, const void *at, size_t len)
{
	array_be32(a, (uint32_t)len);
	array_put(a, at, len);
}

static void sql(PGconn *pg, const char *text)
{
	PGresult *r = PQexec(pg, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		die(text, PQerrorMessage(pg));
	PQclear(r);
}

static PGconn *open_database(const char *conninfo)
{
	PGconn *pg = PQconnectdb(conninfo);

	if (PQstatus(pg) != CONNECTION_OK)
		die("database", PQerrorMessage(pg));
	sql(pg, "SET client_min_messages = warning; DROP SCHEMA IF EXISTS ceiling CASCADE; CREATE SCHEMA ceiling");
	sql(pg, "CREATE TABLE ceiling.entry (seq bigint PRIMARY KEY, leaf bytea NOT NULL, statement bytea NOT NULL,"
	        " id uuid NOT NULL UNIQUE, statement_hash bytea NOT NULL UNIQUE)");
	sql(pg, "ALTER TABLE ceiling.entry ALTER COLUMN statement SET STORAGE EXTERNAL");
	PQclear(PQprepare(
		pg, "insert",
		"INSERT INTO ceiling.entry SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::uuid[], $5::bytea[])",
		5, NULL));
	if (!PQenterPipelineMode(pg))
		die("pipeline", PQerrorMessage(pg));
	return pg;
}

static void drain(PGconn *pg)
{
	for (;;) {
		PGresult *r = PQgetResult(pg);
		ExecStatusType status = PQresultStatus(r);

		if (r && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC)
			die("insert", PQerrorMessage(pg));
		PQclear(r);
		if (r && status == PGRES_PIPELINE_SYNC)
			return;
	}
}

/* --- the committer --- */

struct log {
	PGconn *pg;
	struct range range;
	struct hash last;
	struct array column[5];
};

static void enter(struct log *l, struct post *p)
{
	struct leaf leaf = { l->range.size, clock_now(), 100, 0, p->hash, l->last, { { 0 } } };

	leaf_encode(&leaf, p->leaf);
	l->last = leaf_hash((struct span){ (const char *)p->leaf, LEAF_LEN });
	range_append(&l->range, l->last);
	p->seq = leaf.seq;
}

static void insert(struct log *l, struct post *const *p, size_t n)
{
	static const uint32_t oid[5] = { 20, 17, 17, 2950, 17 };
	const char *value[5];
	int len[5], format[5] = { 1, 1, 1, 1, 1 };

	for (size_t i = 0; i < 5; i++)
		array_begin(&l->column[i], oid[i], n);
	for (size_t i = 0; i < n; i++) {
		uint8_t seq[8];

		be64_put(seq, p[i]->seq);
		array_item(&l->column[0], seq, sizeof seq);
		array_item(&l->column[1], p[i]->leaf, LEAF_LEN);
		array_item(&l->column[2], p[i]->body, p[i]->len);
		array_item(&l->column[3], p[i]->body, 16);
		array_item(&l->column[4], p[i]->hash.b, HASH_LEN);
	}
	for (size_t i = 0; i < 5; i++) {
		value[i] = l->column[i].at;
		len[i] = (int)l->column[i].len;
	}
	/* One statement is one transaction: the Sync behind it commits. */
	if (!PQsendQueryPrepared(l->pg, "insert", 5, value, len, format, 1) || !PQpipelineSync(l->pg))
		die("send", PQerrorMessage(l->pg));
	drain(l->pg);
}

static size_t take(struct post **p)
{
	size_t n = 0;

	pthread_mutex_lock(&lock);
	while (!first)
		pthread_cond_wait(&some, &lock);
	while (first && n < BATCH) {
		p[n++] = first;
		first = first->next;
	}
	if (!first)
		last = NULL;
	pthread_mutex_unlock(&lock);
	return n;
}

int main(int argc, char **argv)
{
	static struct post *p[BATCH];
	static struct log l;

	if (argc != 3)
		die("usage", "ceiling PORT CONNINFO");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!crypto_start())
		die("crypto", "does not start");
	l.range = range_empty();
	l.pg = open_database(argv[2]);
	if (!listen_on((uint16_t)strtoul(argv[1], NULL, 10)))
		die("listen", argv[1]);
	for (;;) {
		size_t n = take(p);

		for (size_t i = 0; i < n; i++)
			enter(&l, p[i]);
		insert(&l, p, n);
		(void)range_root(&l.range);
		for (size_t i = 0; i < n; i++)
			wake(p[i]);
	}
}
