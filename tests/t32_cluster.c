/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t32: the private PostgreSQL. Started for real, killed for real, under the conditions that break others:
 * root, long paths, foreign locales, a user without a name, a parent that is killed.
 */
#include "test.h"

#include <errno.h>
#include <libpq-fe.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/cluster.h"
#include "run/files.h"

static char base[64];
static char why[1024];

static const char *under(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof path, "%s/%s", base, name);
	return path;
}

static void must_start(struct cluster *c, const char *dir)
{
	if (!cluster_up(dir, c, why, sizeof why))
		fail_msg("%s: %s", dir, why);
}

/* First value of a query's answer; the connection is one of its own. */
static const char *ask(const struct cluster *c, const char *sql)
{
	static char value[256];
	PGconn *db = PQconnectdb(c->conninfo);
	PGresult *r;

	if (PQstatus(db) != CONNECTION_OK)
		fail_msg("%s: %s", c->conninfo, PQerrorMessage(db));
	r = PQexec(db, sql);
	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(db));
	snprintf(value, sizeof value, "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	PQfinish(db);
	return value;
}

static bool is_running(pid_t pid) { return kill(pid, 0) == 0; }

static void starts_keeps_and_starts_again(void **state)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "listen_addresses", "" },
		{ "fsync", "on" },
		{ "synchronous_commit", "on" },
		{ "full_page_writes", "on" },
		{ "data_checksums", "on" },
		{ "server_encoding", "UTF8" },
		{ "lc_collate", "C.UTF-8" },
		{ "lc_ctype", "C.UTF-8" },
		{ "jit", "off" },
		{ "max_connections", "50" },
		{ "checkpoint_timeout", "15min" },
		{ "max_wal_size", "4GB" },
		{ "unix_socket_permissions", "0700" },
		{ "TimeZone", "UTC" },
		{ "log_min_error_statement", "panic" },
	};
	struct cluster c, second;
	struct stat st;
	char sql[64];
	int64_t begun = clock_ns();

	(void)state;
	must_start(&c, under("plain"));
	assert_true(clock_ns() - begun < INT64_C(10000000000));
	assert_true(c.created && c.major >= 15 && cluster_alive(&c));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(sql, sizeof sql, "SHOW %s", rows[i].name);
		assert_string_equal(ask(&c, sql), rows[i].want);
	}
	/* The socket is nobody else's. */
	assert_int_equal(stat(c.socket_dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(c.data_dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_true(geteuid() != 0 || st.st_uid != 0);
	assert_string_equal(ask(&c, "CREATE TABLE t AS SELECT 7 AS n"), "");

	/* One state directory, one process: also a second attempt of ours is refused, and says by whom. */
	assert_false(cluster_up(under("plain"), &second, why, sizeof why));
	assert_non_null(strstr(why, "another counterfoil (process "));
	assert_true(state_lock(under("plain"), why, sizeof why) < 0);

	pid_t old = c.postmaster;
	assert_true(cluster_down(&c));
	assert_false(is_running(old));
	assert_true(cluster_down(&c) == false); /* nothing left to stop, nothing broken by asking */
	must_start(&c, under("plain"));
	assert_false(c.created);
	assert_string_equal(ask(&c, "SELECT n FROM t"), "7");
	assert_true(cluster_down(&c));
}

/* What PostgreSQL writes about a failing statement holds neither the statement nor its values. */
static void log_holds_no_content(void **state)
{
	static char memory[1 << 20];
	struct arena mem = arena_over(memory, sizeof memory);
	struct cluster c;
	struct span log;

	(void)state;
	must_start(&c, under("plain"));
	PGconn *db = PQconnectdb(c.conninfo);
	PQclear(PQexec(db, "CREATE TABLE u (k text PRIMARY KEY)"));
	PQclear(PQexec(db, "INSERT INTO u VALUES ('confidential'), ('confidential')"));
	PQfinish(db);
	assert_true(cluster_down(&c));
	assert_int_equal(file_read(c.log, sizeof memory / 2, &mem, &log), 0);
	assert_non_null(strstr(log.at, "duplicate key"));
	assert_null(strstr(log.at, "confidential"));
}

/* The parent in a process of its own, so that it can be killed. It tells its postmaster's pid and socket. */
static pid_t parent_in_fork(const char *dir, struct cluster *ret)
{
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		struct cluster c = { .lock = -1 };

		if (!cluster_up(dir, &c, why, sizeof why))
			fprintf(stderr, "%s\n", why);
		_exit(write(ends[1], &c, sizeof c) == sizeof c ? pause() : 1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], ret, sizeof *ret), sizeof *ret);
	close(ends[0]);
	assert_true(ret->postmaster > 0);
	return pid;
}

static void dies_with_its_parent_and_recovers(void **state)
{
	struct cluster c;

	(void)state;
	for (int round = 0; round < 2; round++) {
		pid_t parent = parent_in_fork(under("killed"), &c);
		if (round == 0)
			ask(&c, "CREATE TABLE t (n int)");
		ask(&c, "INSERT INTO t VALUES (1)");
		/* A client in the middle of something does not hold it up. */
		PGconn *db = PQconnectdb(c.conninfo);
		PQclear(PQexec(db, "BEGIN; INSERT INTO t VALUES (100)"));
		kill(parent, SIGKILL);
		waitpid(parent, NULL, 0);
		if (round == 0) {
			int64_t until = clock_ns() + INT64_C(3000000000);
			while (is_running(c.postmaster) && clock_ns() < until)
				clock_sleep_ms(10);
			assert_false(is_running(c.postmaster));
		}
		/* In the second round the next start does not wait for us to look. */
		must_start(&c, under("killed"));
		PQfinish(db);
		assert_string_equal(ask(&c, "SELECT sum(n) FROM t"), round == 0 ? "1" : "2");
		assert_true(cluster_down(&c));
	}
}

/* postmaster itself killed: the next start recovers, and a pid file that names somebody else does not stop it. */
static void crash_and_stale_pidfile(void **state)
{
	char path[1100], text[1400];
	struct cluster c;
	struct stat st;

	(void)state;
	must_start(&c, under("plain"));
	ask(&c, "CREATE TABLE IF NOT EXISTS crash AS SELECT 1 AS n");
	kill(c.postmaster, SIGKILL);
	while (cluster_alive(&c))
		clock_sleep_ms(5);
	assert_false(cluster_down(&c));
	snprintf(path, sizeof path, "%s/postmaster.pid", c.data_dir);
	assert_int_equal(stat(path, &st), 0);
	int n = snprintf(text, sizeof text, "%d\n%s\n1\n5432\n%s\n\n  1 1\nready   \n", (int)getpid(), c.data_dir,
	                 c.socket_dir);
	assert_int_equal(file_write(path, (struct span){ text, (size_t)n }, 0600), 0);
	assert_int_equal(chown(path, st.st_uid, st.st_gid), 0);
	must_start(&c, under("plain"));
	assert_string_equal(ask(&c, "SELECT n FROM crash"), "1");
	assert_true(cluster_down(&c));
}

static void interrupted_first_start(void **state)
{
	struct cluster c;

	(void)state;
	assert_int_equal(dir_make(under("half/pg.new/base"), 0711), 0);
	assert_int_equal(file_write(under("half/pg.new/PG_VERSION"), S("15\n"), 0600), 0);
	must_start(&c, under("half"));
	assert_true(c.created);
	assert_true(cluster_down(&c));
}

/* A path of 150 and more characters, with a space, from a relative name: only the socket moves. */
static void long_path(void **state)
{
	static const char name[] = "a long name, and longer/";
	char dir[8 * sizeof name] = "";
	struct cluster c;
	char *here = getcwd(NULL, 0);

	(void)state;
	for (size_t i = 0; i < 8; i++)
		memcpy(dir + i * (sizeof name - 1), name, sizeof name);
	assert_int_equal(dir_make(under(dir), 0755), 0);
	assert_int_equal(chdir(under(dir)), 0);
	for (int round = 0; round < 2; round++) {
		must_start(&c, "var");
		assert_null(strstr(c.socket_dir, "long"));
		assert_non_null(strstr(c.data_dir, "long"));
		assert_string_equal(ask(&c, "SELECT 1"), "1");
		assert_true(cluster_down(&c));
	}
	/* The directory it was remembered by is used again, then not left behind. */
	assert_int_equal(dir_remove(c.socket_dir), 0);
	assert_int_equal(chdir(here), 0);
	free(here);
}

static void foreign_locales(void **state)
{
	static const char *const locales[] = { "zh_CN.UTF-8", "C" };
	struct cluster c;
	char name[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(locales); i++) {
		setenv("LC_ALL", locales[i], 1);
		setenv("PGDATA", "/nonexistent", 1);
		snprintf(name, sizeof name, "locale%zu", i);
		must_start(&c, under(name));
		assert_string_equal(ask(&c, "SHOW lc_ctype"), "C.UTF-8");
		assert_string_equal(ask(&c, "SHOW server_encoding"), "UTF8");
		assert_string_equal(ask(&c, "SELECT length('\xe5\xba\x94\xe6\x94\xb6')"), "2");
		assert_true(cluster_down(&c));
		unsetenv("LC_ALL");
		unsetenv("PGDATA");
	}
}

/* As root under a directory that only root can enter (as /root is): the data moves, and is found again. */
static void closed_parent(void **state)
{
	char home[CLUSTER_PATH];
	struct cluster c;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(dir_make(under("closed"), 0700), 0);
	for (int round = 0; round < 2; round++) {
		must_start(&c, under("closed/var"));
		assert_true(c.elsewhere);
		assert_null(strstr(c.data_dir, "closed"));
		assert_int_equal(c.created, round == 0);
		assert_string_equal(ask(&c, "SELECT 1"), "1");
		assert_true(cluster_down(&c));
	}
	snprintf(home, sizeof home, "%s", c.data_dir);
	*strrchr(home, '/') = 0;
	assert_int_equal(dir_remove(home), 0);
	/* Never an empty registry in place of one that cannot be found. */
	assert_false(cluster_up(under("closed/var"), &c, why, sizeof why));
	assert_non_null(strstr(why, "which is gone"));
	assert_int_equal(dir_make(under("closed/kept"), 0711), 0);
	assert_int_equal(dir_make(under("closed/kept/pg"), 0700), 0);
	assert_false(cluster_up(under("closed/kept"), &c, why, sizeof why));
	assert_non_null(strstr(why, "cannot enter"));
}

/* Runs a start and stop as another user, in a process that has become that user. */
static int as_user(uid_t uid, const char *dir)
{
	struct cluster c;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		bool good = setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0 && chdir("/tmp") == 0;

		good = good && cluster_up(dir, &c, why, sizeof why);
		if (!good)
			fprintf(stderr, "as %u: %s\n", (unsigned)uid, why);
		_exit(good && cluster_down(&c) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* A kernel may forbid user namespaces to ordinary users, and does in a chroot: then initdb's own refusal stands. */
static bool may_take_a_name(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(setresuid(54321, 54321, 54321) == 0 && unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static void ordinary_and_nameless_users(void **state)
{
	static const uid_t users[] = { 65534, 54321 };
	struct cluster c;
	char name[16];

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		snprintf(name, sizeof name, "user%u", (unsigned)users[i]);
		assert_int_equal(dir_make(under(name), 0700), 0);
		assert_int_equal(chown(under(name), users[i], users[i]), 0);
		if (users[i] == 54321 && !may_take_a_name()) {
			assert_true(as_user(users[i], under(name)) != 0);
			continue;
		}
		assert_int_equal(as_user(users[i], under(name)), 0);
		assert_int_equal(as_user(users[i], under(name)), 0);
	}
	/* Root comes later and finds data of that user: it runs as that user. */
	must_start(&c, under("user65534"));
	assert_int_equal(c.uid, 65534);
	assert_true(cluster_down(&c));
	/* The other way round is refused with a reason. */
	assert_int_equal(dir_make(under("roots"), 0777), 0);
	assert_int_equal(dir_make(under("roots/pg"), 0700), 0);
	assert_true(as_user(65534, under("roots")) != 0);
}

static void impossible_places(void **state)
{
	struct cluster c;

	(void)state;
	assert_false(cluster_up("/proc/nowhere", &c, why, sizeof why));
	assert_non_null(strstr(why, "/proc/nowhere"));
	assert_int_equal(file_write(under("file"), S("x"), 0600), 0);
	assert_false(cluster_up(under("file"), &c, why, sizeof why));
	assert_non_null(strstr(why, "Not a directory"));
	/* Data of a version nobody has. */
	assert_int_equal(dir_make(under("old/pg"), 0711), 0);
	assert_int_equal(file_write(under("old/pg/PG_VERSION"), S("9\n"), 0600), 0);
	assert_false(cluster_up(under("old"), &c, why, sizeof why));
	assert_non_null(strstr(why, "PostgreSQL 9, which is not installed"));
	/* A failed start gives the lock back. */
	int lock = state_lock(under("old"), why, sizeof why);
	assert_true(lock >= 0);
	close(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(starts_keeps_and_starts_again),
		T(log_holds_no_content),
		T(crash_and_stale_pidfile),
		T(dies_with_its_parent_and_recovers),
		T(interrupted_first_start),
		T(long_path),
		T(foreign_locales),
		T(closed_parent),
		T(ordinary_and_nameless_users),
		T(impossible_places),
	};

	/* Others must get through it, as they do through a home directory or a checkout. */
	snprintf(base, sizeof base, "/tmp/counterfoil-t32-XXXXXX");
	assert(mkdtemp(base) && chmod(base, 0755) == 0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (!failed)
		assert(dir_remove(base) == 0);
	return failed;
}
