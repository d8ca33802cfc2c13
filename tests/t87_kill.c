/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t87_kill.c: everything dies, again and again, under load: the server, its
 * signer, its document reader, PostgreSQL and single connections of it.
 *
 * What a user would miss without it: a receipt for an entry that is gone after
 * a crash, or a claim entered twice because the client, having heard nothing,
 * sent it again. Six clients do what a careful client does: the same bytes
 * until there is an answer.
 *
 *   CF_KILLS=N   so many kills, however long that takes
 *   CF_SEED=N    the same kills in the same order (their moments differ)
 */
#include "server.h"

enum { WORKERS = 6, KILLS = 240, SECONDS = 65, PAUSE_MS = 8, RECOVERS_MS = 20000 };

static struct server server;
static struct cast cast;
static _Atomic bool stop;
static _Atomic uint64_t acknowledged;

/* --- chance --- */

static uint64_t chance_state;

static uint64_t chance_of(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned chance(unsigned n) { return (unsigned)(chance_of(&chance_state) % n); }

/* --- clients --- */

struct done {
	struct span bytes;
	uint64_t seq;
	struct hash leaf;
};
struct worker {
	unsigned number;
	uint64_t chance;
	struct arena mem;
	struct http *http;
	struct done *done;
	size_t n, cap;
	struct uuid asset; /* confirmed; this worker pays on it */
	struct hash prev;
	unsigned invoices;
	int64_t longest_ns; /* until an answer that says something */
	uint64_t tries;
	char wrong[256]; /* what should not have happened */
	pthread_t thread;
};

static bool answered(const struct answer *a)
{
	return a->receipted && (a->status == 201 || a->status == 200 || a->status == 409);
}

static void remember(struct worker *w, struct span bytes, const struct answer *a)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 4096;
		w->done = realloc(w->done, w->cap * sizeof *w->done);
		if (!w->done)
			abort();
	}
	w->done[w->n++] = (struct done){ bytes, a->seq, a->leaf };
	acknowledged++;
}

/* The same bytes until there is a word about them. */
static void insist(struct worker *w, struct span bytes, struct arena *room)
{
	int64_t began = clock_ns();

	for (;;) {
		struct answer a = post_on(w->http, &server.vkey, bytes, room);
		bool over = answered(&a);

		w->tries++;
		if (over && a.verdict != RECEIPT_GOOD)
			snprintf(w->wrong, sizeof w->wrong, "entry %llu: %s", (unsigned long long)a.seq,
			         receipt_verdict_text(a.verdict));
		else if (over)
			remember(w, bytes, &a);
		else if (a.status != NO_ANSWER && a.status != 503)
			snprintf(w->wrong, sizeof w->wrong, "%d %.200s", a.status, a.body);
		answer_free(&a);
		if (over || w->wrong[0])
			break;
		clock_sleep_ms(5);
	}
	if (clock_ns() - began > w->longest_ns)
		w->longest_ns = clock_ns() - began;
}

static const char *invoice(struct worker *w, unsigned n)
{
	char *text = arena_take(&w->mem, 32);

	snprintf(text, 32, "KILL-%u-%u", w->number, n);
	return text;
}

/* A new claim, now and then one sold before, or a payment that builds on the last. */
static struct span next_statement(struct worker *w)
{
	uint64_t dice = chance_of(&w->chance) % 100;
	const struct actor *who = &cast.actor[w->number % 2 ? SUPPLIER : SUPPLIER2];
	struct command c;

	if (dice < 35) {
		c = c_pay(w->asset, w->prev, 1);
		(void)seal(&c, &cast.actor[ANCHOR], &w->mem);
		w->prev = c.statement;
		return c.bytes;
	}
	if (dice >= 50 || w->invoices == 0)
		w->invoices++;
	c = c_register(who, &cast.actor[ANCHOR], 100, invoice(w, w->invoices - 1));
	return seal(&c, who, &w->mem);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct arena room = map_arena(1 << 20);

	while (!stop && !w->wrong[0]) {
		insist(w, next_statement(w), &room);
		clock_sleep_ms(PAUSE_MS);
	}
	unmap_arena(&room);
	return NULL;
}

static void worker_start(struct worker *w, unsigned i)
{
	struct command c;

	memset(w, 0, sizeof *w);
	w->number = i;
	w->chance = chance_of(&chance_state);
	w->mem = map_arena((size_t)512 << 20);
	w->http = http_new(server.port);
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 100000000, arena_z(&w->mem, S("PAID-0")));
	((char *)(uintptr_t)c.body.receivable_register.invoice.number.at)[5] = (char)('0' + i);
	(void)must(&server, &c, &cast.actor[SUPPLIER], &w->mem);
	w->asset = c.object;
	c = c_confirm(&c);
	w->prev = must(&server, &c, &cast.actor[ANCHOR], &w->mem);
}

/* --- kills --- */

enum kind { CONNECTION, BACKEND, SIGNER, SERVER, POSTMASTER, READER, RESTART_TWICE, KINDS };
static const char *const kind_name[KINDS] = {
	"connections cut",        "backends", "signers", "servers", "postmasters", "document readers",
	"servers on their way up"
};
static const unsigned weight[KINDS] = { 67, 12, 6, 5, 3, 5, 2 };
static unsigned killed[KINDS];

static enum kind some_kind(void)
{
	unsigned at = chance(100);
	enum kind k = CONNECTION;

	while (at >= weight[k])
		at -= weight[k++];
	return k;
}

/* Any backend of the server's. False when the database is just starting. */
static bool kill_backend(bool hard)
{
	static const char *const duty[] = { "writer", "writer", "publisher", "reader", "checker" };
	char text[256], value[256];

	snprintf(text, sizeof text,
	         "SELECT %s FROM pg_stat_activity WHERE application_name = 'counterfoil %s' ORDER BY random() LIMIT 1",
	         hard ? "pid" : "pg_terminate_backend(pid)", duty[chance(ARRAY_LEN(duty))]);
	if (!sql_try(&server, text, value) || !value[0])
		return false;
	return !hard || kill((pid_t)strtol(value, NULL, 10), SIGKILL) == 0;
}

static void back_up(void) { server_start(&server); }

static const char *unsigned_probe(const struct command *c)
{
	static char text[256];
	struct writer w = writer_over(text, sizeof text - 1);

	put_z(&w, "SELECT count(*) FROM entry e, checkpoint k WHERE k.size > e.seq AND e.statement_hash = '\\x");
	put_hex(&w, c->statement.b, HASH_LEN);
	put_z(&w, "'");
	text[w.len] = 0;
	return text;
}

/* Without its signer the server may commit, but never answers as if it were signed. */
static void kill_signer(void)
{
	struct arena mem = map_arena(1 << 20);
	char invoice_number[32], value[256];
	struct command c;
	struct answer a;

	assert_int_equal(kill(server_signer(&server), SIGKILL), 0);
	snprintf(invoice_number, sizeof invoice_number, "SIGNER-%u", killed[SIGNER]);
	c = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 1, invoice_number);
	a = post(&server, seal(&c, &cast.actor[SUPPLIER], &mem));
	assert_int_equal(a.status, 503);
	assert_false(a.receipted);
	answer_free(&a);
	assert_int_equal(get_status(&server, "/readyz"), 503);
	clock_sleep_ms(50);
	/* nothing that was committed after its death is under a signature */
	for (int i = 0; i < 100 && !sql_try(&server, "SELECT 1", value); i++) /* a backend may have died just before */
		clock_sleep_ms(100);
	assert_int_equal(sql_int(&server, unsigned_probe(&c)), 0);
	if (chance(2))
		server_kill9(&server);
	else
		assert_true(server_stop(&server));
	back_up();
	a = post(&server, c.bytes); /* entered once, before or now */
	if (a.status != 200 && a.status != 201)
		fail_msg("after the signer's end: %d %s", a.status, a.body ? a.body : "");
	answer_free(&a);
	unmap_arena(&mem);
}

static void kill_postmaster(void)
{
	kill(server_postmaster(&server), SIGKILL);
	if (!server_ended(&server, 10000))
		fail_msg("its PostgreSQL is gone and the server stays");
	if (!WIFEXITED(server.status) || WEXITSTATUS(server.status) == 0)
		fail_msg("its PostgreSQL is gone: status %x", (unsigned)server.status);
	back_up();
}

static void kill_reader(void)
{
	pid_t signer = server_signer(&server), child;
	char path[64];
	int pid;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)server.pid, (int)server.pid);
	f = fopen(path, "r");
	child = f && fscanf(f, "%d", &pid) == 1 ? pid : 0; /* it is started first of all */
	if (f)
		fclose(f);
	if (child > 0 && child != signer && child != server_postmaster(&server))
		kill(child, SIGKILL);
}

static void restart_twice(void)
{
	server_kill9(&server);
	server_fork(&server);
	clock_sleep_ms(chance(900));
	server_kill9(&server);
	back_up();
}

static bool do_kill(enum kind k)
{
	switch (k) {
	case CONNECTION:
	case BACKEND:
		return kill_backend(k == BACKEND);
	case SIGNER:
		kill_signer();
		return true;
	case SERVER:
		server_kill9(&server);
		back_up();
		return true;
	case POSTMASTER:
		kill_postmaster();
		return true;
	case READER:
		kill_reader();
		return true;
	case RESTART_TWICE:
		restart_twice();
		return true;
	case KINDS:
		break;
	}
	return false;
}

/* It goes on by itself: somebody gets a receipt again. */
static void wait_progress(enum kind k)
{
	uint64_t before = acknowledged;
	int64_t until = clock_ns() + (int64_t)RECOVERS_MS * 1000000;

	while (acknowledged < before + 2) {
		if (clock_ns() > until || server_ended(&server, 0)) {
			stop = true;
			show_log(&server);
			fail_msg("after %s: no receipt within %d s%s (status %x)", kind_name[k], RECOVERS_MS / 1000,
			         server.pid ? "" : ", the server has ended", (unsigned)server.status);
		}
		clock_sleep_ms(1);
	}
	clock_sleep_ms(chance(40));
}

/* --- afterwards --- */

static void check_worker(struct worker *w, struct arena *mem)
{
	struct span *s = ARENA_ARRAY(mem, struct span, w->n);
	struct answer *a;

	for (size_t i = 0; i < w->n; i++)
		s[i] = w->done[i].bytes;
	a = send_all(&server, s, w->n, 6, false);
	for (size_t i = 0; i < w->n; i++) {
		if (!a[i].receipted || a[i].verdict != RECEIPT_GOOD || a[i].status == 201 ||
		    a[i].seq != w->done[i].seq || !hash_eq(a[i].leaf, w->done[i].leaf))
			fail_msg("entry %llu was acknowledged; the same bytes now: %d %s, entry %llu",
			         (unsigned long long)w->done[i].seq, a[i].status, a[i].code,
			         (unsigned long long)a[i].seq);
	}
	free(a);
}

/* GET gives the same entry as the answer did. */
static void check_receipts(const struct worker *w)
{
	struct http *h = http_new(server.port);
	struct arena room = map_arena(1 << 20);

	for (size_t i = 0; i < w->n; i += 1 + w->n / 100) {
		char path[64];
		struct answer a;

		snprintf(path, sizeof path, "/v1/entries/%llu/receipt", (unsigned long long)w->done[i].seq);
		a = http_do(h, "GET", path, NULL, S(""));
		assert_int_equal(a.status, 200);
		answer_receipt(&a, w->done[i].bytes, &server.vkey, &room);
		assert_int_equal(a.verdict, RECEIPT_GOOD);
		assert_true(hash_eq(a.leaf, w->done[i].leaf));
		answer_free(&a);
	}
	unmap_arena(&room);
	http_free(h);
}

static void summary(const struct worker *w, unsigned kills, int64_t began)
{
	uint64_t tries = 0;
	int64_t longest = 0;

	for (unsigned i = 0; i < WORKERS; i++) {
		tries += w[i].tries;
		longest = w[i].longest_ns > longest ? w[i].longest_ns : longest;
	}
	print_message("%u kills in %.0f s:", kills, (double)(clock_ns() - began) / 1e9);
	for (enum kind k = 0; k < KINDS; k++)
		print_message(" %u %s%s", killed[k], kind_name[k], k + 1 < KINDS ? "," : "\n");
	print_message("%llu entries acknowledged, %llu attempts, longest wait %.1f s\n",
	              (unsigned long long)acknowledged, (unsigned long long)tries, (double)longest / 1e9);
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static void nothing_is_lost(void **state)
{
	static struct worker w[WORKERS];
	uint64_t most = number_from("CF_KILLS", KILLS), seed = number_from("CF_SEED", (uint64_t)clock_now().us);
	int64_t began, seconds = getenv("CF_KILLS") ? INT64_MAX / 2000000000 : SECONDS;
	struct arena mem;
	unsigned kills = 0;

	(void)state;
	NEED_SERVER();
	print_message("CF_SEED=%llu\n", (unsigned long long)seed);
	chance_state = seed;
	server_make(&server, NULL);
	server_start(&server);
	cast_start(&server, &cast);
	for (unsigned i = 0; i < WORKERS; i++)
		worker_start(&w[i], i);
	for (unsigned i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	began = clock_ns();
	while (kills < most && clock_ns() - began < seconds * 1000000000) {
		enum kind k = some_kind();

		if (do_kill(k)) {
			killed[k]++;
			kills++;
		}
		wait_progress(k);
	}
	stop = true;
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(w[i].thread, NULL);
	summary(w, kills, began);
	for (unsigned i = 0; i < WORKERS; i++)
		if (w[i].wrong[0])
			fail_msg("client %u: %s", i, w[i].wrong);
	mem = map_arena((size_t)64 << 20);
	for (unsigned i = 0; i < WORKERS; i++) {
		check_worker(&w[i], &mem);
		check_receipts(&w[i]);
	}
	assert_int_equal(sql_int(&server, "SELECT count(*) - count(DISTINCT statement_hash) FROM entry"), 0);
	assert_int_equal(sql_int(&server, "SELECT count(*) - count(DISTINCT (issuer, id)) FROM entry"), 0);
	assert_int_equal(sql_int(&server, "SELECT count(*) - (max(seq) + 1) FROM entry"), 0);
	assert_true(server_stop(&server));
	server_start(&server);
	assert_log_good(&server);
}

static int finish(void **state)
{
	(void)state;
	stop = true;
	if (server_program())
		server_drop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(nothing_is_lost) };

	return cmocka_run_group_tests(tests, NULL, finish);
}
