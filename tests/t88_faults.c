/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t88_faults.c: what breaks around the server, and who breaks it on purpose.
 *
 * What a user would miss without it: a registry that hangs instead of saying
 * "not now"; a full disk that loses a receipt; a backup put back quietly; an
 * operator who edits an amount in the database and nobody can say which.
 */
#include "one_server.h"

#include <sys/mount.h>

static struct span a_statement(const struct cast *people)
{
	struct command c = c_register(&people->actor[SUPPLIER], &people->actor[ANCHOR], 100000, number());

	return seal(&c, &people->actor[SUPPLIER], &mem);
}

static void assert_taken(const struct server *s, struct span bytes)
{
	struct answer a = post(s, bytes);

	if ((a.status != 201 && a.status != 200) || a.verdict != RECEIPT_GOOD)
		fail_msg("not taken: %d %s", a.status, a.body ? a.body : "");
	answer_free(&a);
}

static void write_some(size_t n)
{
	struct span *s = ARENA_ARRAY(&mem, struct span, n);
	struct answer *a;

	for (size_t i = 0; i < n; i++)
		s[i] = a_statement(&cast);
	a = send_all(&server, s, n, 16, false);
	assert_int_equal(count_status(a, n, 201, NULL), n);
	free(a);
}

static bool shell(const char *format, const char *a, const char *b)
{
	char text[1024];

	snprintf(text, sizeof text, "%s '%s' '%s'", format, a, b);
	return system(text) == 0;
}

/* Until `path` answers `status`; false when it does not in time. */
static bool comes_to(const struct server *s, const char *path, int status, int ms)
{
	int64_t until = clock_ns() + (int64_t)ms * 1000000;

	while (clock_ns() < until) {
		if (get_status(s, path) == status)
			return true;
		clock_sleep_ms(50);
	}
	return false;
}

/* --- the database stands still, or goes --- */

static size_t backends(pid_t pid[32])
{
	PGconn *pg = PQconnectdb(server.conninfo);
	PGresult *r = PQexec(pg, "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'counterfoil%'");
	size_t n = 0;

	while (n < 31 && n < (size_t)PQntuples(r)) {
		pid[n] = (pid_t)strtol(PQgetvalue(r, (int)n, 0), NULL, 10);
		n++;
	}
	PQclear(r);
	PQfinish(pg);
	pid[n++] = server_postmaster(&server);
	assert_true(n > 3 && pid[n - 1] > 0);
	return n;
}

/* Hung storage looks like this: connected, and no answer. A client must hear 503 before it loses patience. */
static void database_stands_still(void **state)
{
	struct span s[8];
	struct answer *a;
	pid_t pid[32];
	int64_t began;
	size_t n, told;

	(void)state;
	NEED_SERVER();
	for (size_t i = 0; i < ARRAY_LEN(s); i++)
		s[i] = a_statement(&cast);
	n = backends(pid);
	for (size_t i = 0; i < n; i++)
		kill(pid[i], SIGSTOP);
	began = clock_ns();
	a = send_all(&server, s, ARRAY_LEN(s), ARRAY_LEN(s), false);
	told = count_status(a, ARRAY_LEN(s), 503, NULL);
	print_message("told after %.1f s; livez %d, readyz %d\n", (double)(clock_ns() - began) / 1e9,
	              get_status(&server, "/livez"), get_status(&server, "/readyz"));
	for (size_t i = 0; i < n; i++)
		kill(pid[i], SIGCONT);
	free(a);
	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		int64_t until = clock_ns() + INT64_C(20000000000);
		struct answer again = post(&server, s[i]);

		while (!again.receipted && clock_ns() < until) {
			answer_free(&again);
			clock_sleep_ms(100);
			again = post(&server, s[i]);
		}
		assert_int_equal(again.verdict, RECEIPT_GOOD);
		assert_true(again.receipted);
		answer_free(&again);
	}
	assert_int_equal(told, ARRAY_LEN(s));
	assert_true(comes_to(&server, "/readyz", 200, 5000));
}

/* A load balancer asks only /readyz: a server that waits for a statement to find the database again gets none. */
static void ready_again_by_itself(void **state)
{
	struct answer a;

	(void)state;
	NEED_SERVER();
	(void)sql(&server, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
	                   " WHERE application_name LIKE 'counterfoil%'");
	a = post(&server, a_statement(&cast));
	answer_free(&a);
	assert_true(comes_to(&server, "/readyz", 200, 6000));
	assert_taken(&server, a_statement(&cast));
}

/* Nobody writes: a dead signer must show all the same, before the next bank comes. */
static void dead_signer_shows(void **state)
{
	(void)state;
	NEED_SERVER();
	assert_int_equal(kill(server_signer(&server), SIGKILL), 0);
	if (!comes_to(&server, "/readyz", 503, 5000)) {
		assert_true(server_stop(&server));
		server_start(&server);
		fail_msg("the signer is dead and /readyz says 200");
	}
	(void)server_stop(&server);
	server_start(&server);
}

/* --- no room --- */

/* Every byte, and then `room` of them free again. */
static bool fill(const char *dir, off_t room)
{
	static char zero[1 << 16];
	char path[256];
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/filler", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	for (size_t n = sizeof zero; n > 256; n /= 2)
		while (write(fd, zero, n) == (ssize_t)n)
			;
	if (fstat(fd, &st) != 0 || ftruncate(fd, st.st_size > room ? st.st_size - room : 0) != 0)
		return false;
	close(fd);
	return true;
}

/* With no room left somebody asks for a receipt once more: an answer, whichever, and soon. */
static void ask_again(const struct server *s, struct span bytes)
{
	struct http *h = http_new(s->port);
	struct arena room = map_arena(1 << 20);
	struct answer a;

	h->wait_ms = 15000;
	a = post_on(h, &s->vkey, bytes, &room);
	print_message("the same again: %d %s\n", a.status, a.code);
	assert_true(a.status == 200 || a.status == 503 || a.status == 507);
	assert_int_equal(get_status(s, "/livez"), 200);
	answer_free(&a);
	unmap_arena(&room);
	http_free(h);
}

static void no_room_for(off_t room)
{
	enum { N = 12000, AGAIN = 3000 };
	static struct server full;
	static struct cast people;
	char dir[] = "/tmp/counterfoil-full-XXXXXX", path[256];
	struct span *s;
	struct answer *a, *b;
	size_t taken, told, silent;
	bool stayed;

	assert_non_null(mkdtemp(dir));
	if (geteuid() != 0 || mount("none", dir, "tmpfs", 0, "size=120m,mode=0711") != 0) {
		rmdir(dir);
		skip();
	}
	snprintf(path, sizeof path, "%s/state", dir);
	server_make(&full, path);
	server_start(&full);
	cast_start(&full, &people);
	s = ARENA_ARRAY(&mem, struct span, N);
	for (size_t i = 0; i < N; i++)
		s[i] = a_statement(&people);
	assert_true(fill(dir, room));
	a = send_all(&full, s, N, 8, false);
	taken = count_status(a, N, 201, NULL);
	silent = count_status(a, N, NO_ANSWER, NULL);
	told = count_status(a, N, 503, NULL) + count_status(a, N, 507, NULL);
	stayed = !server_ended(&full, silent > 0 ? 10000 : 0);
	print_message("full: %zu taken, %zu told 507, %zu told 503, %zu not answered; the server %s\n", taken,
	              count_status(a, N, 507, NULL), count_status(a, N, 503, NULL), silent,
	              stayed ? "stays" : "has ended");
	assert_int_equal(taken + told + silent, N);
	assert_true(taken < N && (silent == 0 || !stayed));
	assert_receipts(a, N);
	if (stayed)
		ask_again(&full, s[0]);
	snprintf(path, sizeof path, "%s/filler", dir);
	assert_int_equal(unlink(path), 0);
	if (!stayed || server_ended(&full, 1000))
		server_start(&full);
	else
		assert_true(comes_to(&full, "/readyz", 200, 20000));
	assert_taken(&full, a_statement(&people));
	b = send_all(&full, s, AGAIN, 8, false);
	for (size_t i = 0; i < AGAIN; i++) {
		assert_true(b[i].status == 200 || b[i].status == 201);
		assert_true(a[i].status != 201 || (b[i].status == 200 && hash_eq(a[i].leaf, b[i].leaf)));
	}
	assert_log_good(&full);
	free(a);
	free(b);
	server_drop(&full);
	assert_int_equal(umount2(dir, MNT_DETACH), 0);
	rmdir(dir);
}

/* The disk is full: it is said (507), nothing half done is receipted, and with room again all goes on. */
static void no_room(void **state)
{
	(void)state;
	NEED_SERVER();
	no_room_for(0);
}

/* It fills up while statements are coming: some are in, and stay in. */
static void running_out_of_room(void **state)
{
	(void)state;
	NEED_SERVER();
	no_room_for(6 << 20);
}

/* --- files put back, damaged, gone --- */

static void refuses_to_start(const char *because)
{
	unlink(server.log);
	server_fork(&server);
	if (server_ready(&server, 15000))
		fail_msg("it starts, although %s", because);
	assert_true(server_ended(&server, 5000));
	assert_true(WIFEXITED(server.status) && WEXITSTATUS(server.status) != 0);
	if (!said(&server, because)) {
		show_log(&server);
		fail_msg("it does not say: %s", because);
	}
}

/* An older copy of the database under a newer signer: entries somebody holds receipts for would vanish. */
static void old_backup(void **state)
{
	char pg[256], old[256], newer[256];

	(void)state;
	NEED_SERVER();
	snprintf(pg, sizeof pg, "%s/pg", server.state);
	snprintf(old, sizeof old, "%s/pg.old", server.state);
	snprintf(newer, sizeof newer, "%s/pg.newer", server.state);
	write_some(50);
	assert_true(server_stop(&server));
	assert_true(shell("cp -a", pg, old));
	server_start(&server);
	write_some(50);
	assert_true(server_stop(&server));
	assert_int_equal(rename(pg, newer), 0);
	assert_int_equal(rename(old, pg), 0);
	refuses_to_start("behind the last signed checkpoint");
	assert_int_equal(dir_remove(pg), 0);
	assert_int_equal(rename(newer, pg), 0);
	server_start(&server);
	write_some(1);
	assert_log_good(&server);
}

static void spoil(const char *path, off_t at, size_t n)
{
	uint8_t noise[4096];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0 && n <= sizeof noise);
	clock_random(noise, n);
	assert_int_equal(pwrite(fd, noise, n, at), (ssize_t)n);
	close(fd);
}

/* The signer that does not know what it signed last must not sign. */
static void signer_memory(void **state)
{
	char path[256], kept[256];

	(void)state;
	NEED_SERVER();
	snprintf(path, sizeof path, "%s/signer.last", server.state);
	snprintf(kept, sizeof kept, "%s/signer.kept", server.state);
	write_some(5);
	assert_true(server_stop(&server));
	assert_true(shell("cp -a", path, kept));
	spoil(path, 0, 4096);
	spoil(path, 4096, 4096);
	refuses_to_start("signer.last");
	assert_int_equal(unlink(path), 0);
	refuses_to_start("signer.last");
	assert_int_equal(rename(kept, path), 0);
	server_start(&server);
	write_some(1);
}

static void restart_and_verify_tiles(void)
{
	struct log_report report;
	char path[256];

	server_start(&server);
	write_some(3);
	wait_published(&server);
	if (verify_tiles(&server, &report) == LOG_GOOD)
		return;
	snprintf(path, sizeof path, "%s/tiles", server.state); /* the tests behind this one want a whole log */
	(void)server_stop(&server);
	assert_int_equal(dir_remove(path), 0);
	server_start(&server);
	fail_msg("%s (entry %llu, %s)", log_verdict_text(report.verdict), (unsigned long long)report.at, report.path);
}

/* The files are only a copy: whatever happens to them, a start makes them again. */
static void tiles_made_again(void **state)
{
	static const char *const edge[] = { "checkpoint", "tile/entries/002", "tile/0/002", "tile/1" };
	char path[256];

	(void)state;
	NEED_SERVER();
	write_some(900);
	for (size_t i = 0; i < ARRAY_LEN(edge); i++) {
		assert_true(server_stop(&server));
		snprintf(path, sizeof path, "%s/tiles/%s", server.state, edge[i]);
		assert_true(shell("rm -rf", path, "/nonexistent"));
		restart_and_verify_tiles();
	}
	assert_true(server_stop(&server));
	snprintf(path, sizeof path, "%s/tiles", server.state);
	assert_int_equal(dir_remove(path), 0);
	restart_and_verify_tiles();
	assert_true(server_stop(&server));
	snprintf(path, sizeof path, "%s/tiles/checkpoint", server.state);
	assert_int_equal(truncate(path, 10), 0);
	restart_and_verify_tiles();
}

/* One byte in an old tile: served to a bank's verifier, it would look like a fork. */
static void old_tile_spoiled(void **state)
{
	char path[256];

	(void)state;
	NEED_SERVER();
	write_some(600);
	wait_published(&server);
	assert_true(server_stop(&server));
	snprintf(path, sizeof path, "%s/tiles/tile/0/000", server.state);
	spoil(path, 100, 1);
	restart_and_verify_tiles();
	assert_true(server_stop(&server));
	snprintf(path, sizeof path, "%s/tiles/tile/entries/000", server.state);
	assert_int_equal(unlink(path), 0);
	restart_and_verify_tiles();
}

/* --- the clock --- */

static const char shim[] = "#define _GNU_SOURCE\n"
			   "#include <dlfcn.h>\n#include <fcntl.h>\n#include <stdlib.h>\n#include <sys/mman.h>\n"
			   "#include <time.h>\n"
			   "static volatile long *offset;\n"
			   "__attribute__((constructor)) static void open_it(void)\n"
			   "{\n\tconst char *p = getenv(\"TEST_CLOCK\");\n\tint fd = p ? open(p, O_RDONLY) : -1;\n"
			   "\tif (fd >= 0)\n\t\toffset = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);\n}\n"
			   "int clock_gettime(clockid_t c, struct timespec *t)\n"
			   "{\n\tint (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, \"clock_gettime\");\n"
			   "\tint r = real(c, t);\n\tif (c == CLOCK_REALTIME && offset)\n\t\tt->tv_sec += *offset;\n"
			   "\treturn r;\n}\n";

/* A library that turns the server's clock by what a file says; false without a compiler. */
static bool make_clock(struct server *s, volatile long **offset)
{
	char c[256];
	int fd;

	snprintf(c, sizeof c, "%s/clock.c", s->state);
	snprintf(s->preload, sizeof s->preload, "%s/clock.so", s->state);
	snprintf(s->clock, sizeof s->clock, "%s/clock.now", s->state);
	if (file_write(c, span_z(shim), FILE_PUBLIC) != 0 || !shell("cc -shared -fPIC -o", s->preload, c))
		return false;
	fd = open(s->clock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 4096) != 0)
		return false;
	*offset = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return true;
}

static int64_t accepted_now(const struct server *s, const struct cast *people)
{
	struct answer a = post(s, a_statement(people));
	int64_t at = a.accepted_at;

	if (a.status != 201 || a.verdict != RECEIPT_GOOD)
		fail_msg("%d %s", a.status, a.body ? a.body : "");
	answer_free(&a);
	return at;
}

/* The machine's clock steps back an hour: the log's time must not, or priority could be forged with it. */
static void clock_steps_back(void **state)
{
	static const long steps[] = { 0, 3600, 0, -7200, 10, 3700, -80000 };
	static struct server s;
	static struct cast people;
	volatile long *offset = NULL;
	int64_t last = 0;

	(void)state;
	NEED_SERVER();
	server_make(&s, NULL);
	if (!make_clock(&s, &offset)) {
		server_drop(&s);
		skip();
	}
	server_start(&s);
	cast_start(&s, &people);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		int64_t at;

		*offset = steps[i];
		at = accepted_now(&s, &people);
		assert_true(at >= last);
		if (steps[i] == 3600)
			assert_true(at > clock_now().us + INT64_C(3500000000));
		last = at;
		if (i % 2) {
			assert_true(server_stop(&s));
			server_start(&s);
		}
	}
	assert_log_good(&s);
	server_drop(&s);
}

/* --- a crooked operator --- */

struct crime {
	const char *act, *undo; /* SQL as superuser */
	const char *named[3];   /* what the auditor must say, each in one finding */
	enum log_verdict verdict;
};

/* A superuser can switch off what stands in the way of an honest mistake. */
static void past_triggers(const char *text)
{
	char all[1200];

	snprintf(all, sizeof all, "SET session_replication_role = replica; %.1100s", text);
	(void)sql(&server, all);
}

static void commit_crime(const struct crime *k)
{
	static struct findings f;
	struct log_report report;
	bool named = false;

	past_triggers(k->act);
	(void)audit(&server, &f);
	for (unsigned i = 0; i < f.n && i < ARRAY_LEN(f.text); i++) {
		bool all = true;

		for (size_t j = 0; j < ARRAY_LEN(k->named); j++)
			all = all && (!k->named[j] || strstr(f.text[i], k->named[j]));
		named = named || all;
	}
	(void)verify_rows(&server, &report);
	past_triggers(k->undo);
	if (!named && k->named[0])
		fail_msg("%s: %u findings: %s", k->act, f.n, f.n ? f.text[0] : "none");
	print_message("%.60s: %s | %s\n", k->act, f.n ? f.text[0] : "", log_verdict_name(report.verdict));
	if (report.verdict != k->verdict)
		fail_msg("%s: %s, expected %s", k->act, log_verdict_name(report.verdict), log_verdict_name(k->verdict));
}

/* A claim that is confirmed, assigned and held; the id of the asset is in the text. */
static struct command a_case(char id[UUID_TEXT + 1])
{
	struct command r = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 900000, number()), c;
	struct writer w = writer_over(id, UUID_TEXT);

	(void)must(&server, &r, &cast.actor[SUPPLIER], &mem);
	c = c_confirm(&r);
	(void)must(&server, &c, &cast.actor[ANCHOR], &mem);
	c = c_grant(r.object, &cast.actor[BANK], 400000);
	(void)must(&server, &c, &cast.actor[SUPPLIER], &mem);
	c = c_about(ST_ENCUMBRANCE_ACCEPT, c.object, c.statement);
	(void)must(&server, &c, &cast.actor[BANK], &mem);
	c = c_hold(r.object);
	(void)must(&server, &c, &cast.actor[BANK + 1], &mem);
	put_uuid(&w, r.object);
	id[UUID_TEXT] = 0;
	return r;
}

struct names {
	char id[UUID_TEXT + 1]; /* @ */
	char confirmed[24];     /* #: the entry that confirmed it */
	char last[24];          /* ~: the entry that changed it last */
};

/* NULL stays NULL. */
static const char *filled(const char *format, const struct names *n)
{
	char *at = arena_take(&mem, 1024);
	struct writer w = writer_over(at, 1023);

	if (!format)
		return NULL;
	for (; *format; format++) {
		if (*format == '@')
			put_z(&w, n->id);
		else if (*format == '#')
			put_z(&w, n->confirmed);
		else if (*format == '~')
			put_z(&w, n->last);
		else
			put_byte(&w, *format);
	}
	assert_false(w.overflow);
	return at;
}

static const struct crime crimes[] = {
	{ "UPDATE asset SET face = face + 100 WHERE id = '@'",
	  "UPDATE asset SET face = face - 100 WHERE id = '@'",
	  { "row asset \"@\"", "column face", "entry ~" },
	  LOG_GOOD },
	{ "UPDATE encumbrance SET state = 3 WHERE asset = '@'",
	  "UPDATE encumbrance SET state = 2 WHERE asset = '@'",
	  { "row encumbrance", "column state", "entry" },
	  LOG_GOOD },
	{ "CREATE TABLE public.kept AS SELECT * FROM hold WHERE asset = '@'; DELETE FROM hold WHERE asset = '@'",
	  "INSERT INTO hold SELECT * FROM public.kept; DROP TABLE public.kept",
	  { "row hold", "is missing from the database", "entry ~" },
	  LOG_GOOD },
	{ "INSERT INTO claim SELECT set_byte(fp, 0, 255 - get_byte(fp, 0)), hold, kind, object, seq FROM claim"
	  " WHERE object = '@'",
	  "DELETE FROM claim c WHERE object = '@' AND NOT EXISTS (SELECT FROM asset a WHERE a.claim = c.fp)",
	  { "row claim", "no entry made it", NULL },
	  LOG_GOOD },
	{ "UPDATE entry SET statement = set_byte(statement, 300, 255 - get_byte(statement, 300)) WHERE seq = #",
	  "UPDATE entry SET statement = set_byte(statement, 300, 255 - get_byte(statement, 300)) WHERE seq = #",
	  { "entry #", NULL, NULL },
	  LOG_STATEMENT },
	{ "UPDATE entry SET leaf = set_byte(leaf, 80, 255 - get_byte(leaf, 80)) WHERE seq = #",
	  "UPDATE entry SET leaf = set_byte(leaf, 80, 255 - get_byte(leaf, 80)) WHERE seq = #",
	  { NULL, NULL, NULL },
	  LOG_CHAIN },
	{ "UPDATE entry SET leaf = set_byte(leaf, 35, 7) WHERE seq = #",
	  "UPDATE entry SET leaf = set_byte(leaf, 35, 0) WHERE seq = #",
	  { "entry #", "the rules give accepted", NULL },
	  LOG_COLUMN },
	{ "CREATE TABLE public.kept AS SELECT * FROM entry WHERE seq = #; DELETE FROM entry WHERE seq = #",
	  "INSERT INTO entry SELECT * FROM public.kept; DROP TABLE public.kept",
	  { "entry # is missing", NULL, NULL },
	  LOG_MISSING_ENTRY },
	{ "UPDATE log_head SET accepted_at = accepted_at - interval '1 hour'",
	  "UPDATE log_head SET accepted_at = accepted_at + interval '1 hour'",
	  { NULL, NULL, NULL },
	  LOG_HEAD },
};

static void edits_are_named(void **state)
{
	char value[256];
	struct names n;

	(void)state;
	NEED_SERVER();
	(void)a_case(n.id);
	write_some(5);
	wait_published(&server);
	snprintf(n.confirmed, sizeof n.confirmed, "%lld",
	         (long long)sql_int(&server, filled("SELECT confirmed_seq FROM asset WHERE id = '@'", &n)));
	snprintf(n.last, sizeof n.last, "%lld",
	         (long long)sql_int(&server, filled("SELECT seq FROM hold WHERE asset = '@'", &n)));
	assert_false(sql_try(&server, "UPDATE entry SET outcome = 0", value));
	assert_false(sql_try(&server, "DELETE FROM entry", value));
	for (size_t i = 0; i < ARRAY_LEN(crimes); i++) {
		const struct crime *c = &crimes[i];
		const struct crime k = { filled(c->act, &n),
			                 filled(c->undo, &n),
			                 { filled(c->named[0], &n), filled(c->named[1], &n), filled(c->named[2], &n) },
			                 c->verdict };

		commit_crime(&k);
	}
	assert_log_good(&server);
}

/* --- the database roles --- */

static int64_t as_reader(PGconn *pg, const char *party, const char *roles, const char *query)
{
	char text[1024];
	PGresult *r;
	int64_t n;

	snprintf(text, sizeof text,
	         "BEGIN; SET LOCAL ROLE counterfoil_reader; SELECT set_config('counterfoil.party', '%s', true),"
	         " set_config('counterfoil.roles', '%s', true)",
	         party, roles);
	PQclear(PQexec(pg, text));
	r = PQexec(pg, query);
	n = PQresultStatus(r) == PGRES_TUPLES_OK ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : -1;
	PQclear(r);
	PQclear(PQexec(pg, "ROLLBACK"));
	return n;
}

static void id_text(struct uuid u, char out[UUID_TEXT + 1])
{
	struct writer w = writer_over(out, UUID_TEXT);

	put_uuid(&w, u);
	out[UUID_TEXT] = 0;
}

/* The lock behind the lock: even a query that forgets to filter shows nobody what is not theirs. */
static void reader_sees_its_own(void **state)
{
	static const char *const tables[] = { "party",       "party_key", "mandate",          "asset",
		                              "encumbrance", "hold",      "\"freeze\"",       "pending",
		                              "entry",       "evidence",  "document_content", "access_log" };
	char id[UUID_TEXT + 1], bank[UUID_TEXT + 1], other[UUID_TEXT + 1], text[256];
	PGconn *pg;

	(void)state;
	NEED_SERVER();
	(void)a_case(id);
	id_text(cast.actor[BANK].id, bank);
	id_text(cast.actor[BANK + 7].id, other);
	pg = PQconnectdb(server.conninfo);
	PQclear(PQexec(pg, "SET search_path = counterfoil"));
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(text, sizeof text, "SELECT count(%s) FROM %s",
		         strcmp(tables[i], "asset") == 0 || strcmp(tables[i], "hold") == 0 ? "id" : "*", tables[i]);
		if (as_reader(pg, "", "", text) != 0)
			fail_msg("%s: %lld rows without a name", tables[i], (long long)as_reader(pg, "", "", text));
	}
	assert_int_equal(as_reader(pg, other, "16", "SELECT count(*) FROM encumbrance"), 0);
	assert_int_equal(as_reader(pg, other, "16", "SELECT count(id) FROM hold"), 0);
	assert_int_equal(as_reader(pg, other, "16", "SELECT count(id) FROM asset"), 0);
	assert_true(as_reader(pg, bank, "16", "SELECT count(*) FROM encumbrance") > 0);
	snprintf(text, sizeof text, "SELECT count(*) FROM encumbrance WHERE secured <> '%s'", bank);
	assert_int_equal(as_reader(pg, bank, "16", text), 0);
	assert_true(as_reader(pg, other, "64", "SELECT count(*) FROM encumbrance") > 0);
	assert_int_equal(as_reader(pg, other, "64", "SELECT count(claim) FROM asset"), -1);
	assert_int_equal(as_reader(pg, bank, "16",
	                           "WITH x AS (UPDATE asset SET face = 1 RETURNING 1) SELECT count(*) FROM x"),
	                 -1);
	assert_int_equal(as_reader(pg, bank, "16", "WITH x AS (DELETE FROM entry RETURNING 1) SELECT count(*) FROM x"),
	                 -1);
	PQfinish(pg);
}

/* --- for a long time --- */

static int64_t resident(const struct server *s)
{
	char path[64];
	long pages = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)s->pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

struct chain {
	struct uuid asset;
	struct hash prev;
	unsigned n;
	size_t failed;
	pthread_t thread;
};

static void *pay_on(void *arg)
{
	struct chain *k = arg;
	struct http *h = http_new(server.port);
	struct arena room = map_arena(1 << 20), one = map_arena(1 << 20);

	for (unsigned i = 0; i < k->n; i++) {
		struct command c = c_pay(k->asset, k->prev, 1);
		struct answer a;

		arena_reset(&one);
		a = post_on(h, &server.vkey, seal(&c, &cast.actor[ANCHOR], &one), &room);
		k->failed += a.status != 201 || a.verdict != RECEIPT_GOOD;
		k->prev = c.statement;
		answer_free(&a);
	}
	unmap_arena(&room);
	unmap_arena(&one);
	http_free(h);
	return NULL;
}

static void pay_many(struct chain *k, size_t n, unsigned each)
{
	for (size_t i = 0; i < n; i++) {
		k[i].n = each;
		assert_int_equal(pthread_create(&k[i].thread, NULL, pay_on, &k[i]), 0);
	}
	for (size_t i = 0; i < n; i++) {
		pthread_join(k[i].thread, NULL);
		assert_int_equal(k[i].failed, 0);
	}
}

/* A server that grows with every statement dies at night. */
static void memory_stays(void **state)
{
	enum { CHAINS = 32, WARM = 320, EACH = 1250 };
	static struct chain k[CHAINS];
	int64_t before, after;

	(void)state;
	NEED_SERVER();
	for (size_t i = 0; i < CHAINS; i++) {
		struct command r = c_register(&cast.actor[SUPPLIER], &cast.actor[ANCHOR], 1000000, number()), c;

		(void)must(&server, &r, &cast.actor[SUPPLIER], &mem);
		c = c_confirm(&r);
		k[i] = (struct chain){ .asset = r.object, .prev = must(&server, &c, &cast.actor[ANCHOR], &mem) };
	}
	pay_many(k, CHAINS, WARM);
	before = resident(&server);
	pay_many(k, CHAINS, EACH);
	after = resident(&server);
	print_message("%.1f MB after %d statements, %.1f MB after %d\n", (double)before / 1e6, CHAINS * WARM,
	              (double)after / 1e6, CHAINS * (WARM + EACH));
	assert_true(after - before < 16 << 20);
}

static void all_of_it_is_good(void **state)
{
	(void)state;
	NEED_SERVER();
	assert_log_good(&server);
}

#define TF(f) cmocka_unit_test_setup(f, fresh)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TF(database_stands_still), TF(ready_again_by_itself),
		TF(dead_signer_shows),     TF(no_room),
		TF(running_out_of_room),   TF(old_backup),
		TF(signer_memory),         TF(tiles_made_again),
		TF(old_tile_spoiled),      TF(clock_steps_back),
		TF(edits_are_named),       TF(reader_sees_its_own),
		TF(memory_stays),          TF(all_of_it_is_good),
	};

	return cmocka_run_group_tests(tests, begin_plain, finish);
}
