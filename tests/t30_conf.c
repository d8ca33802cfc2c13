/* SPDX-License-Identifier: Apache-2.0 */
/* t30: settings from file, environment and flags; and the files and clock they stand on. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/clock.h"
#include "run/conf.h"
#include "run/files.h"

/* argv and environ are not const */
#define Z(text) ((char[]){ text })

static char memory[1 << 18];
static struct arena mem;
static struct conf conf;
static struct conf_why why;

static int fresh(void **state)
{
	(void)state;
	mem = arena_over(memory, sizeof memory);
	conf_defaults(&conf);
	why.text[0] = 0;
	return 0;
}

static bool file(const char *text) { return conf_file(&conf, span_z(text), "x.conf", &mem, &why); }
static bool flag(const char *arg) { return conf_flag(&conf, arg, &mem, &why); }

static void defaults_hold(void **state)
{
	(void)state;
	assert_string_equal(conf.listen, "127.0.0.1:8440");
	assert_int_equal(conf.batch_max, 1024);
	assert_int_equal(conf.body_max, 65536);
	assert_int_equal(conf.document_max, 10485760);
	assert_int_equal(conf.mode, MODE_WRITER);
	assert_int_equal(conf.log_level, 1);
	assert_true(conf_check(&conf, &why));
}

/* Each row: what the file says, and what is refused about it ("" when nothing is). */
static void files_are_strict(void **state)
{
	(void)state;
	static const struct {
		const char *text, *refusal;
	} rows[] = {
		{ "", "" },
		{ "\n\n# only a comment\n; and another\n[counterfoil]\n", "" },
		{ "batch_max = 7", "" },
		{ "\tbatch_max=7\t# why\r\n", "" },
		{ "idle_seconds = 2m\nbody_max=1m\n", "" },
		{ "listen = unix:/run/a#b", "" },
		{ "batch_mx = 7", "x.conf:1: batch_mx: no such setting; did you mean batch_max?" },
		{ "\nlistne = x", "x.conf:2: listne: no such setting; did you mean listen?" },
		{ "colour = blue", "x.conf:1: colour: no such setting; --help lists them" },
		{ "batch_max", "x.conf:1: expected 'key = value'" },
		{ "= 3", "x.conf:1: : no such setting; --help lists them" },
		{ "[server]", "x.conf:1: expected 'key = value'" },
		{ "batch_max = 0", "x.conf:1: batch_max: '0' will not do; it must be a whole number from 1 to 1024" },
		{ "batch_max = 99999999999999999999", "will not do" },
		{ "batch_max = -1", "will not do" },
		{ "batch_max = 1k", "will not do" },
		{ "batch_max = ", "will not do" },
		{ "body_max = 9223372036854775807g", "with k, m or g" },
		{ "edge = yes", "it must be true or false" },
		{ "mode = Reader", "it must be one of writer|reader" },
		{ "origin =", "1 to 120 characters" },
		{ "origin =# nothing", "1 to 120 characters" },
		{ "origin = a\x01"
		  "b",
		  "none of them a control character" },
		{ "batch_max = 7\nbatch_max = 8", "x.conf:2: batch_max: given already in line 1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fresh(NULL);
		bool good = file(rows[i].text);
		if (good != (rows[i].refusal[0] == 0) || !strstr(why.text, rows[i].refusal))
			fail_msg("row %zu: '%s': %s", i, rows[i].text, why.text);
	}
}

static void values_arrive(void **state)
{
	(void)state;
	assert_true(file("idle_seconds = 2m\nbody_max = 1m\nedge = true\nmode=reader\norigin = log.example/x # ours"));
	assert_int_equal(conf.idle_seconds, 120);
	assert_int_equal(conf.body_max, 1024 * 1024);
	assert_true(conf.edge);
	assert_int_equal(conf.mode, MODE_READER);
	assert_string_equal(conf.origin, "log.example/x");
	assert_int_equal(conf.line_of[CONF_edge], 3);
	assert_false(conf_file(&conf, (struct span){ "a\0b", 3 }, "x.conf", &mem, &why));
}

static void the_later_place_wins(void **state)
{
	const char *path = "t30.conf.tmp";
	char *env[] = { Z("CF_CONFIG=t30.conf.tmp"), Z("CF_READERS=3"),
		        Z("CF_BATCH_MAX=30"),        Z("PATH=/bin"),
		        Z("CF_API_TOKEN=not-ours"),  NULL };
	char *argv[] = { Z("counterfoild"), Z("--batch-max=40"), Z("--edge"), Z("--print-config"), NULL };
	struct conf c;

	(void)state;
	assert_int_equal(file_write(path, S("http_threads=5\nreaders=5\nbatch_max=5\n"), FILE_PUBLIC), 0);
	assert_true(conf_load(4, argv, env, &mem, &c, &why));
	unlink(path);
	assert_int_equal(c.http_threads, 5);
	assert_int_equal(c.readers, 3);
	assert_int_equal(c.batch_max, 40);
	assert_true(c.edge && c.print && !c.help);
	assert_int_equal(c.origin_of[CONF_queue_max], CONF_DEFAULT);
	assert_int_equal(c.origin_of[CONF_http_threads], CONF_FILE);
	assert_int_equal(c.origin_of[CONF_readers], CONF_ENV);
	assert_int_equal(c.origin_of[CONF_batch_max], CONF_FLAG);
}

static void misspelt_flags_and_environment(void **state)
{
	char *env[] = { Z("CF_LISTN=127.0.0.1:1"), NULL }, *none[] = { NULL };
	char *stray[] = { Z("counterfoild"), Z("start"), NULL },
	     *lost[] = { Z("counterfoild"), Z("--config=/nonexistent/x"), NULL };
	struct conf c;

	(void)state;
	assert_false(conf_env(&conf, env, &mem, &why));
	assert_string_equal(why.text, "CF_LISTN: no such setting; did you mean CF_LISTEN?");
	assert_false(flag("--quene-max=3"));
	assert_string_equal(why.text, "--quene-max: no such setting; did you mean --queue-max?");
	assert_false(flag("--batch_max"));
	assert_string_equal(why.text, "--batch_max: needs a value, as in --batch_max=1024");
	assert_false(conf_load(2, stray, none, &mem, &c, &why));
	assert_non_null(strstr(why.text, "start: not a flag"));
	assert_false(conf_load(2, lost, none, &mem, &c, &why));
	assert_string_equal(why.text, "/nonexistent/x: No such file or directory");
	assert_true(conf_is_flag("--listen=x") && conf_is_flag("--batch-max") && !conf_is_flag("--once") &&
	            !conf_is_flag("x"));
}

/* What --print-config writes is a file that gives the same settings. */
static void printed_settings_load_again(void **state)
{
	char text[8192];
	FILE *f = fmemopen(text, sizeof text, "w");
	struct conf again;

	(void)state;
	assert_true(flag("--token_seconds=5m") && flag("--log-format=json"));
	assert_true(file("listen = unix:/run/cf.sock\n"));
	conf_print(&conf, f);
	fclose(f);
	assert_non_null(strstr(text, "listen           = unix:/run/cf.sock            # x.conf:1\n"));
	assert_non_null(strstr(text, "log_format       = json                         # flag\n"));
	assert_non_null(strstr(text, "tiles_dir        =                              # default\n"));
	conf_defaults(&again);
	assert_true(conf_file(&again, span_z(text), "printed", &mem, &why));
	assert_string_equal(again.listen, "unix:/run/cf.sock");
	assert_int_equal(again.token_seconds, 300);
	assert_int_equal(again.log_format, LOG_JSON);
	assert_int_equal(again.document_max, 10485760);
}

static void listen_forms(void **state)
{
	static const struct {
		const char *text;
		bool good, loopback;
		uint16_t port;
		const char *host;
	} rows[] = {
		{ "127.0.0.1:8440", true, true, 8440, "127.0.0.1" },
		{ "127.9.9.9:1", true, true, 1, "127.9.9.9" },
		{ "localhost:80", true, true, 80, "127.0.0.1" },
		{ "[::1]:8440", true, true, 8440, "::1" },
		{ "0.0.0.0:8440", true, false, 8440, "0.0.0.0" },
		{ "[::]:8440", true, false, 8440, "::" },
		{ "10.1.2.3:0", true, false, 0, "10.1.2.3" },
		{ "[::ffff:127.0.0.1]:80", true, false, 80, "::ffff:127.0.0.1" },
		{ "unix:/run/cf", true, true, 0, "/run/cf" },
		{ "::1:8440", false, false, 0, "" },
		{ "8440", false, false, 0, "" },
		{ "127.0.0.1:", false, false, 0, "" },
		{ "127.0.0.1:65536", false, false, 0, "" },
		{ "127.0.0.1:-1", false, false, 0, "" },
		{ "example.com:80", false, false, 0, "" },
		{ "127.1:80", false, false, 0, "" },
		{ "unix:relative", false, false, 0, "" },
		{ ":80", false, false, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct conf_listen l = { .port = 0 };
		bool good = conf_listen(rows[i].text, &l);

		if (good != rows[i].good || (good && (l.loopback != rows[i].loopback || l.port != rows[i].port ||
		                                      strcmp(l.host, rows[i].host) != 0)))
			fail_msg("row %zu: %s -> %d %s %d", i, rows[i].text, good, l.host, l.port);
	}
}

static void refuses_what_is_unsafe(void **state)
{
	static const struct {
		const char *text, *refusal;
	} rows[] = {
		{ "listen=0.0.0.0:8440", "edge = true" },
		{ "listen=0.0.0.0:8440\nedge=true", "" },
		{ "listen=[::]:8440", "edge = true" },
		{ "listen=unix:/run/cf", "" },
		{ "listen=nowhere", "numeric address" },
		{ "database_url=postgresql://cf:hunter2@db/cf", "passfile" },
		{ "database_url=host=db password=hunter2", "passfile" },
		{ "database_url=postgresql://cf@db:5432/cf?passfile=/etc/cf/pgpass", "" },
		{ "database_url=host=db user=cf", "" },
		{ "mode=reader", "needs database_url" },
		{ "mode=reader\ndatabase_url=host=db", "" },
		{ "batch_max=100\nqueue_max=99", "can never fill" },
		{ "per_ip_max=100\nconnections_max=99", "per_ip_max" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fresh(NULL);
		assert_true(file(rows[i].text));
		bool good = conf_check(&conf, &why);
		if (good != (rows[i].refusal[0] == 0) || !strstr(why.text, rows[i].refusal))
			fail_msg("row %zu: '%s': %s", i, rows[i].text, why.text);
		assert_null(strstr(why.text, "hunter2"));
	}
}

static void files_whole(void **state)
{
	const char *dir = "t30.tmp/a/b", *path = "t30.tmp/a/b/key";
	struct span s = S("");
	struct stat st;

	(void)state;
	assert_int_equal(dir_remove("t30.tmp"), 0);
	assert_int_equal(dir_make(dir, 0700), 0);
	assert_int_equal(dir_make(dir, 0700), 0);
	assert_int_equal(file_read(path, 100, &mem, &s), ENOENT);
	assert_int_equal(file_create(path, S("secret"), FILE_SECRET), 0);
	assert_int_equal(file_create(path, S("other"), FILE_SECRET), EEXIST);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read_secret(path, 6, &mem, &s), 0);
	assert_true(span_is(s, "secret"));
	assert_int_equal(s.at[s.len], 0);
	assert_int_equal(file_read(path, 5, &mem, &s), EFBIG);
	assert_int_equal(file_write(path, S("new"), FILE_PUBLIC), 0);
	assert_int_equal(file_read_secret(path, 6, &mem, &s), EACCES);
	assert_int_equal(file_read(path, 6, &mem, &s), 0);
	assert_true(span_is(s, "new"));
	assert_int_equal(file_read("/proc/self/comm", 100, &mem, &s), 0);
	assert_true(s.len > 0);
	assert_int_equal(file_read("t30.tmp", 100, &mem, &s), EISDIR);
	assert_int_equal(dir_make("t30.tmp/a/b/key/c", 0700), ENOTDIR);
	assert_int_equal(file_write("t30.tmp/none/x", S("x"), 0600), ENOENT);
	struct arena tiny = arena_over(memory, 32);
	assert_int_equal(file_read("/proc/self/status", 4000, &tiny, &s), ENOMEM);
	assert_int_equal(dir_remove("t30.tmp"), 0);
	assert_int_equal(stat("t30.tmp", &st), -1);
}

static void clocks_run(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };
	int64_t before = clock_ns();

	(void)state;
	clock_sleep_ms(3);
	assert_true(clock_ns() - before >= 3000000);
	assert_true(clock_now().us > INT64_C(1700000000000000));
	clock_random(a, sizeof a);
	clock_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(defaults_hold, fresh),
		cmocka_unit_test_setup(files_are_strict, fresh),
		cmocka_unit_test_setup(values_arrive, fresh),
		cmocka_unit_test_setup(the_later_place_wins, fresh),
		cmocka_unit_test_setup(misspelt_flags_and_environment, fresh),
		cmocka_unit_test_setup(printed_settings_load_again, fresh),
		cmocka_unit_test_setup(listen_forms, fresh),
		cmocka_unit_test_setup(refuses_what_is_unsafe, fresh),
		cmocka_unit_test_setup(files_whole, fresh),
		cmocka_unit_test_setup(clocks_run, fresh),
	};

	/* Trial files go to a place of their own. */
	char dir[] = "/tmp/counterfoil-t30-XXXXXX";
	assert(mkdtemp(dir) && chdir(dir) == 0);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	assert(chdir("/") == 0 && dir_remove(dir) == 0);
	return failed;
}
