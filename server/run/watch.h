/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h: what an operator sees of the process: log lines and metrics.
 *
 * A log line is one event: time, level, the event's name, then pairs. It goes
 * to stderr in one write, so lines of two threads never mix. Lower ranks
 * return faults and do not log; whoever answers the fault says it, once.
 * Values are escaped, so that what a client sent cannot forge a line, and
 * pairs whose key names a secret are withheld.
 *
 *     watch(LOG_INFO, EVENT("listening"), KV("address", conf->listen), KV_I("threads", 2));
 *     ts=2026-11-23T08:00:00.123456Z level=info event=listening address=127.0.0.1:8440 threads=2
 *
 * Metrics are fixed places in memory, changed with relaxed atomics: counting
 * costs a few nanoseconds and takes no lock.
 */
#ifndef CF_WATCH_H
#define CF_WATCH_H

#include "base.h"

/* In the order of log_level in conf.def. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum { LOG_LINE_MAX = 4000, LOG_VALUE_MAX = 1000 }; /* a pipe takes 4096 bytes in one piece */

struct watch_pair {
	const char *key;
	enum { WATCH_TEXT, WATCH_INT, WATCH_UINT, WATCH_BOOL, WATCH_US } type;
	struct span text;
	int64_t i;
	uint64_t u;
};
#define EVENT(name) ((struct watch_pair){ .key = "event", .type = WATCH_TEXT, .text = S(name) })
#define KV(k, z) ((struct watch_pair){ .key = (k), .type = WATCH_TEXT, .text = span_z(z) })
#define KV_S(k, span_) ((struct watch_pair){ .key = (k), .type = WATCH_TEXT, .text = (span_) })
#define KV_I(k, v) ((struct watch_pair){ .key = (k), .type = WATCH_INT, .i = (v) })
#define KV_U(k, v) ((struct watch_pair){ .key = (k), .type = WATCH_UINT, .u = (v) })
#define KV_B(k, v) ((struct watch_pair){ .key = (k), .type = WATCH_BOOL, .i = (v) })
/* Microseconds, written as seconds with six digits; the key should end in _s. */
#define KV_US(k, v) ((struct watch_pair){ .key = (k), .type = WATCH_US, .i = (v) })

/* watch(level, EVENT("name"), pairs...) */
#define watch(level, ...)                                               \
	watch_line((level), (const struct watch_pair[]){ __VA_ARGS__ }, \
	           sizeof((const struct watch_pair[]){ __VA_ARGS__ }) / sizeof(struct watch_pair))
void watch_line(enum log_level level, const struct watch_pair *pairs, size_t n);
/* The line alone, with its newline, as watch_line() would write it. */
void put_watch_line(struct writer *w, bool json, int64_t now_us, enum log_level level, const struct watch_pair *pairs,
                    size_t n);

/* Format and least level; to begin with logfmt and info. Callable at any time, from any thread. */
void watch_set(bool json, enum log_level least);
/* Where lines go; 2 to begin with. For tests. */
void watch_to(int fd);

/* --- metrics --- */

enum metric {
#define COUNTER(name, label, values, help) M_##name,
#define GAUGE(name, label, values, help) M_##name,
#define SECONDS(name, label, values, help) M_##name,
#define SIZES(name, label, values, help) M_##name,
#include "metric.def"
#undef COUNTER
#undef GAUGE
#undef SECONDS
#undef SIZES
	METRIC_COUNT
};
enum { METRIC_SERIES_MAX = 256 }; /* of one metric: more than errors.def has rows, and than there are routes */

/* Names the series of a metric whose row leaves them open. Once, at start, before threads; the texts must stay. */
void metric_labels(enum metric m, const char *const *values, size_t n);
/* series: place of the label's value; 0 when the metric has no label. Beyond the last is a bug of ours: asserts. */
void metric_add(enum metric m, unsigned series, uint64_t n);
void metric_set(enum metric m, unsigned series, int64_t v);
void metric_move(enum metric m, unsigned series, int64_t by);   /* a gauge, up or down */
void metric_observe(enum metric m, unsigned series, int64_t v); /* SECONDS: microseconds; SIZES: a count */
/* Counter or gauge as it stands; of a histogram the number of observations. */
int64_t metric_value(enum metric m, unsigned series);
/* The whole in Prometheus' text format 0.0.4. */
void metrics_print(struct writer *w);
#endif
