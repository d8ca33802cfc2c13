/* SPDX-License-Identifier: Apache-2.0 */
/* t31: log lines that cannot be forged, and metrics that add up from many threads. */
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "run/watch.h"

static char line[LOG_LINE_MAX + 1];

static const char *put(bool json, const struct watch_pair *pairs, size_t n)
{
	struct writer w = writer_over(line, LOG_LINE_MAX);

	put_watch_line(&w, json, INT64_C(1795420800123456), LOG_INFO, pairs, n);
	assert_false(w.overflow);
	line[w.len] = 0;
	return line;
}
#define LINE(json, ...)                                       \
	put(json, (const struct watch_pair[]){ __VA_ARGS__ }, \
	    sizeof((const struct watch_pair[]){ __VA_ARGS__ }) / sizeof(struct watch_pair))

static void both_forms(void **state)
{
	(void)state;
	assert_string_equal(LINE(false, EVENT("listening"), KV("address", "127.0.0.1:8440"), KV_I("n", -2),
	                         KV_U("u", UINT64_MAX), KV_B("edge", true), KV_US("took_s", 1500042), KV("empty", "")),
	                    "ts=2026-11-23T08:00:00.123456Z level=info event=listening address=127.0.0.1:8440 n=-2 "
	                    "u=18446744073709551615 edge=true took_s=1.500042 empty=\"\"\n");
	assert_string_equal(LINE(true, EVENT("listening"), KV("address", "a b"), KV_I("n", -2), KV_B("edge", false),
	                         KV_US("took_s", -1)),
	                    "{\"ts\":\"2026-11-23T08:00:00.123456Z\",\"level\":\"info\",\"event\":\"listening\","
	                    "\"address\":\"a b\",\"n\":-2,\"edge\":false,\"took_s\":-0.000001}\n");
}

/* What a client sends may not end a line, start a pair, drive a terminal or break JSON. */
static void values_cannot_forge(void **state)
{
	static const struct {
		const char *why, *in, *want;
	} rows[] = {
		{ "new line", "a\nlevel=error", "v=\"a\\nlevel=error\"\n" },
		{ "pair", "a b=c", "v=\"a b=c\"\n" },
		{ "quote", "a\"b\\", "v=\"a\\\"b\\\\\"\n" },
		{ "escape", "\x1b[2J", "v=\"\\u001b[2J\"\n" },
		{ "carriage return and tab", "a\r\tb", "v=\"a\\u000d\\u0009b\"\n" },
		{ "delete", "\x7f", "v=\"\\u007f\"\n" },
		{ "C1 control", "\xc2\x9b", "v=\"\\u009b\"\n" },
		{ "right-to-left override", "\xe2\x80\xae", "v=\"\\u202e\"\n" },
		{ "isolate", "\xe2\x81\xa6", "v=\"\\u2066\"\n" },
		{ "line separator", "\xe2\x80\xa8", "v=\"\\u2028\"\n" },
		{ "Chinese stays", "\xe5\xba\x94\xe6\x94\xb6", "v=\"\xe5\xba\x94\xe6\x94\xb6\"\n" },
		{ "not UTF-8",
		  "\xff"
		  "a\xc0\xaf",
		  "v=\"\\ufffda\\ufffd\\ufffd\"\n" },
		{ "surrogate", "\xed\xa0\x80", "v=\"\\ufffd\\ufffd\\ufffd\"\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = strstr(LINE(false, KV("v", rows[i].in)), "v=\"");

		if (!got || strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].why, line);
	}
	assert_non_null(strstr(LINE(true, KV_S("v", ((struct span){ "a\0b", 3 }))), "\"v\":\"a\\u0000b\"}\n"));
}

static void secrets_are_withheld(void **state)
{
	static const char *const keys[] = { "token",       "access_token",  "password",      "seed",
		                            "private_key", "authorization", "client_secret", "database_url" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		assert_null(strstr(LINE(false, KV(keys[i], "hunter2")), "hunter2"));
		assert_null(strstr(LINE(true, KV(keys[i], "hunter2")), "hunter2"));
		assert_non_null(strstr(line, "[withheld]"));
	}
}

static void long_lines_stay_whole(void **state)
{
	static char big[3 * LOG_VALUE_MAX];

	(void)state;
	memset(big, 'x', sizeof big - 1);
	LINE(false, KV("a", big), KV("b", "kept"));
	assert_non_null(strstr(line, "xxx...\" b=kept\n"));
	LINE(true, KV("a", big), KV("b", big), KV("c", big), KV("d", big), KV("e", "gone"));
	assert_true(strlen(line) < LOG_LINE_MAX);
	assert_string_equal(line + strlen(line) - 13, ",\"cut\":true}\n");
	memset(big, '\n', sizeof big - 1);
	LINE(true, KV("a", big), KV("b", big), KV("c", big), KV("d", big), KV("e", big));
	assert_string_equal(line + strlen(line) - 13, ",\"cut\":true}\n");
}

static void levels_and_place(void **state)
{
	int ends[2];
	char got[512];
	int64_t before = metric_value(M_log_lines_total, LOG_DEBUG);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	watch_to(ends[1]);
	watch(LOG_DEBUG, EVENT("unheard"));
	watch(LOG_WARN, EVENT("heard"), KV_I("n", 1));
	watch_set(true, LOG_ERROR);
	watch(LOG_WARN, EVENT("unheard"));
	watch(LOG_ERROR, EVENT("heard"));
	watch_to(2);
	watch_set(false, LOG_INFO);
	close(ends[1]);
	ssize_t n = read(ends[0], got, sizeof got - 1);
	close(ends[0]);
	assert_true(n > 0);
	got[n] = 0;
	assert_null(strstr(got, "unheard"));
	assert_non_null(strstr(got, "level=warn event=heard n=1\n{\"ts\":"));
	assert_non_null(strstr(got, "\"level\":\"error\",\"event\":\"heard\"}\n"));
	assert_int_equal(metric_value(M_log_lines_total, LOG_DEBUG) - before, 1);
}

enum { THREADS = 4, TIMES = 20000 };

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < TIMES; i++) {
		metric_add(M_webhooks_total, 1, 2);
		metric_move(M_queue_length, 0, i % 2 ? -1 : 1);
		metric_observe(M_batch_entries, 0, i % 1024 + 1);
	}
	return NULL;
}

static void many_threads_add_up(void **state)
{
	pthread_t t[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, count, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(metric_value(M_webhooks_total, 1), THREADS * TIMES * 2);
	assert_int_equal(metric_value(M_queue_length, 0), 0);
	assert_int_equal(metric_value(M_batch_entries, 0), THREADS * TIMES);
}

static void exposition(void **state)
{
	static char text[1 << 18];
	static const char *const routes[] = { "/v1/log/{seq}", "odd\"\n\\" };
	struct writer w = writer_over(text, sizeof text - 1);

	(void)state;
	metric_labels(M_http_requests_total, routes, 2);
	metric_add(M_http_requests_total, 1, 3);
	metric_set(M_log_size, 0, -5);
	metric_observe(M_commit_duration_seconds, 0, 50);
	metric_observe(M_commit_duration_seconds, 0, 51);
	metric_observe(M_commit_duration_seconds, 0, 20000000);
	metrics_print(&w);
	assert_false(w.overflow);
	text[w.len] = 0;
	static const char *const want[] = {
		"# HELP counterfoil_log_size Entries in the log.\n# TYPE counterfoil_log_size gauge\ncounterfoil_log_size -5\n",
		"# TYPE counterfoil_http_requests_total counter\ncounterfoil_http_requests_total{route=\"/v1/log/{seq}\"} 0\n",
		"counterfoil_http_requests_total{route=\"odd\\\"\\n\\\\\"} 3\n",
		"# TYPE counterfoil_commit_duration_seconds histogram\ncounterfoil_commit_duration_seconds_bucket{le=\"0.00005\"} 1\n"
		"counterfoil_commit_duration_seconds_bucket{le=\"0.0001\"} 2\n",
		"counterfoil_commit_duration_seconds_bucket{le=\"10\"} 2\ncounterfoil_commit_duration_seconds_bucket{le=\"+Inf\"} 3\n"
		"counterfoil_commit_duration_seconds_sum 20.000101\ncounterfoil_commit_duration_seconds_count 3\n",
		"counterfoil_http_responses_total{class=\"5xx\"} 0\n",
		/* a list that nobody has named has no series yet */
		"# TYPE counterfoil_decisions_total counter\n# HELP",
	};
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		if (!strstr(text, want[i]))
			fail_msg("missing: %s", want[i]);
}

/* The names follow the manners of Prometheus: counters end in _total, nothing else does. */
static void names_are_mannered(void **state)
{
	(void)state;
#define ENDS(name) (strlen(#name) > 6 && strcmp(#name + strlen(#name) - 6, "_total") == 0)
#define COUNTER(name, label, values, help) assert_true(ENDS(name));
#define GAUGE(name, label, values, help) assert_false(ENDS(name));
#define SECONDS(name, label, values, help) assert_non_null(strstr(#name, "_seconds"));
#define SIZES(name, label, values, help) assert_false(ENDS(name));
#include "run/metric.def"
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(both_forms),       T(values_cannot_forge), T(secrets_are_withheld), T(long_lines_stay_whole),
		T(levels_and_place), T(many_threads_add_up), T(exposition),           T(names_are_mannered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
