/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include "clock.h"
#include "ids.h"

static atomic_bool as_json;
static atomic_int least_level = LOG_INFO;
static atomic_int line_fd = 2;

static const char *const level_names[] = { "debug", "info", "warn", "error" };

/* --- escaping --- */

/* Characters that a terminal obeys: C1 controls, line separators, and the marks that turn text around. */
static bool is_mischief(struct span c)
{
	const unsigned char *b = (const unsigned char *)c.at;

	if (c.len == 2)
		return b[0] == 0xc2 && b[1] < 0xa0;
	if (c.len != 3 || b[0] != 0xe2)
		return false;
	return (b[1] == 0x80 && (b[2] == 0x8e || b[2] == 0x8f || (b[2] >= 0xa8 && b[2] <= 0xae))) ||
	       (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9);
}

static void put_u16_escape(struct writer *w, unsigned v)
{
	const uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put_z(w, "\\u");
	put_hex(w, bytes, 2);
}

static void put_escaped(struct writer *w, struct span c)
{
	unsigned char b = (unsigned char)c.at[0];

	if (b == '"' || b == '\\') {
		put_byte(w, '\\');
		put_byte(w, (char)b);
	} else if (b == '\n') {
		put_z(w, "\\n");
	} else if (b < 0x20 || b == 0x7f) {
		put_u16_escape(w, b);
	} else if (is_mischief(c)) {
		put_u16_escape(w, c.len == 2 ? (unsigned char)c.at[1]
		                             : 0x2000u + (((unsigned char)c.at[1] & 0x3fu) << 6) +
		                                       ((unsigned char)c.at[2] & 0x3fu));
	} else {
		put_span(w, c);
	}
}

/* The inside of a quoted string, cut at LOG_VALUE_MAX: JSON and logfmt agree on these escapes. */
static void put_inside(struct writer *w, struct span s)
{
	size_t start = w->len;

	while (s.len > 0) {
		size_t n = utf8_len(s);

		if (w->len - start > LOG_VALUE_MAX) {
			put_z(w, "...");
			return;
		}
		if (n == 0)
			put_z(w, "\\ufffd");
		else
			put_escaped(w, (struct span){ s.at, n });
		s.at += n ? n : 1;
		s.len -= n ? n : 1;
	}
}

static bool is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (c <= ' ' || c > '~' || c == '"' || c == '=' || c == '\\')
			return false;
	}
	return s.len > 0 && s.len <= LOG_VALUE_MAX;
}

static void put_text(struct writer *w, bool json, struct span s)
{
	if (!json && is_plain(s)) {
		put_span(w, s);
		return;
	}
	put_byte(w, '"');
	put_inside(w, s);
	put_byte(w, '"');
}

/* --- lines --- */

/* A second lock: nobody should log these, and if somebody does, nothing comes out. */
static bool is_secret(const char *key)
{
	static const char *const words[] = { "secret",        "password",   "passwd",      "token",
		                             "seed",          "private",    "bearer",      "cookie",
		                             "authorization", "credential", "database_url" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(key, words[i]))
			return true;
	return false;
}

static void put_us(struct writer *w, int64_t us)
{
	put_z(w, us < 0 ? "-" : "");
	uint64_t v = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
	put_u64(w, v / 1000000);
	put_byte(w, '.');
	put_padded(w, v % 1000000, 6);
}

static void put_pair(struct writer *w, bool json, const struct watch_pair *p)
{
	if (json)
		put_byte(w, '"');
	put_z(w, p->key);
	put_z(w, json ? "\":" : "=");
	if (is_secret(p->key) && p->type == WATCH_TEXT) {
		put_text(w, json, S("[withheld]"));
		return;
	}
	switch (p->type) {
	case WATCH_TEXT:
		put_text(w, json, p->text);
		return;
	case WATCH_INT:
		put_i64(w, p->i);
		return;
	case WATCH_UINT:
		put_u64(w, p->u);
		return;
	case WATCH_BOOL:
		put_z(w, p->i ? "true" : "false");
		return;
	case WATCH_US:
		put_us(w, p->i);
		return;
	}
}

void put_watch_line(struct writer *w, bool json, int64_t now_us, enum log_level level, const struct watch_pair *pairs,
                    size_t n)
{
	char stamp[48];
	struct writer s = writer_over(stamp, sizeof stamp);

	put_moment(&s, (struct moment){ now_us });
	const struct watch_pair head[] = { KV_S("ts", writer_span(&s)), KV("level", level_names[level]) };
	put_z(w, json ? "{" : "");
	for (size_t i = 0; i < n + ARRAY_LEN(head); i++) {
		const struct watch_pair *p = i < ARRAY_LEN(head) ? &head[i] : &pairs[i - ARRAY_LEN(head)];
		struct writer before = *w;

		if (i > 0)
			put_byte(w, json ? ',' : ' ');
		put_pair(w, json, p);
		/* A pair that does not fit is left out, and the line says so; it stays whole. */
		if (w->overflow || w->len + 16 > w->cap) {
			*w = before;
			put_z(w, json ? ",\"cut\":true" : " cut=true");
			break;
		}
	}
	put_z(w, json ? "}\n" : "\n");
}

void watch_line(enum log_level level, const struct watch_pair *pairs, size_t n)
{
	char line[LOG_LINE_MAX];
	struct writer w = writer_over(line, sizeof line);
	int kept = errno;

	metric_add(M_log_lines_total, level, 1);
	if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed))
		return;
	put_watch_line(&w, atomic_load_explicit(&as_json, memory_order_relaxed), clock_now().us, level, pairs, n);
	/* A log that nobody reads must not stop a ledger: what cannot be written is lost. */
	ssize_t lost = write(atomic_load_explicit(&line_fd, memory_order_relaxed), line, w.len);
	(void)lost;
	errno = kept;
}

void watch_set(bool json, enum log_level least)
{
	atomic_store(&as_json, json);
	atomic_store(&least_level, (int)least);
}

void watch_to(int fd) { atomic_store(&line_fd, fd); }

/* --- metrics --- */

enum kind { COUNTER, GAUGE, SECONDS, SIZES };
enum { BUCKETS = 17 };

static const struct info {
	enum kind kind;
	const char *name, *label, *values, *help;
} infos[METRIC_COUNT] = {
#define COUNTER(name, label, values, help) [M_##name] = { COUNTER, #name, label, values, help },
#define GAUGE(name, label, values, help) [M_##name] = { GAUGE, #name, label, values, help },
#define SECONDS(name, label, values, help) [M_##name] = { SECONDS, #name, label, values, help },
#define SIZES(name, label, values, help) [M_##name] = { SIZES, #name, label, values, help },
#include "metric.def"
#undef COUNTER
#undef GAUGE
#undef SECONDS
#undef SIZES
};

/* Upper bounds: microseconds and their text in seconds; counts and theirs. From a hash to a hung disk. */
static const struct bucket {
	int64_t most;
	const char *text;
} seconds[BUCKETS] = {
	{ 50, "0.00005" },  { 100, "0.0001" },  { 250, "0.00025" }, { 500, "0.0005" },  { 1000, "0.001" },
	{ 2500, "0.0025" }, { 5000, "0.005" },  { 10000, "0.01" },  { 25000, "0.025" }, { 50000, "0.05" },
	{ 100000, "0.1" },  { 250000, "0.25" }, { 500000, "0.5" },  { 1000000, "1" },   { 2500000, "2.5" },
	{ 5000000, "5" },   { 10000000, "10" },
};
static const struct bucket sizes[BUCKETS] = {
	{ 1, "1" },         { 2, "2" },         { 4, "4" },       { 8, "8" },       { 16, "16" },
	{ 32, "32" },       { 64, "64" },       { 128, "128" },   { 256, "256" },   { 512, "512" },
	{ 1024, "1024" },   { 2048, "2048" },   { 4096, "4096" }, { 8192, "8192" }, { 16384, "16384" },
	{ 32768, "32768" }, { 65536, "65536" },
};

/* Of a counter or gauge the value; of a histogram the sum, and beside it how many fell into each bucket. */
static _Atomic int64_t values[METRIC_COUNT][METRIC_SERIES_MAX];
static _Atomic uint64_t fell[METRIC_COUNT][METRIC_SERIES_MAX][BUCKETS + 1];
static const char *const *named[METRIC_COUNT];
static size_t named_n[METRIC_COUNT];

static struct span series_name(enum metric m, size_t series)
{
	struct span list = span_z(infos[m].values), word;

	if (named[m])
		return series < named_n[m] ? span_z(named[m][series]) : (struct span){ NULL, 0 };
	while (span_cut(list, '|', &word, &list))
		if (series-- == 0)
			return word;
	return series == 0 ? list : (struct span){ NULL, 0 };
}

static size_t series_count(enum metric m)
{
	size_t n = 1;

	if (named[m])
		return named_n[m];
	if (infos[m].label[0] && !infos[m].values[0])
		return 0; /* not named yet */
	for (const char *c = infos[m].values; *c; c++)
		n += *c == '|';
	return n;
}

void metric_labels(enum metric m, const char *const *values_, size_t n)
{
	assert(infos[m].label[0] && !infos[m].values[0]);
	assert(n <= METRIC_SERIES_MAX);
	named[m] = values_;
	named_n[m] = n;
}

void metric_add(enum metric m, unsigned series, uint64_t n)
{
	assert(infos[m].kind == COUNTER && series < METRIC_SERIES_MAX);
	atomic_fetch_add_explicit(&values[m][series], (int64_t)n, memory_order_relaxed);
}

void metric_set(enum metric m, unsigned series, int64_t v)
{
	assert(infos[m].kind == GAUGE && series < METRIC_SERIES_MAX);
	atomic_store_explicit(&values[m][series], v, memory_order_relaxed);
}

void metric_move(enum metric m, unsigned series, int64_t by)
{
	assert(infos[m].kind == GAUGE && series < METRIC_SERIES_MAX);
	atomic_fetch_add_explicit(&values[m][series], by, memory_order_relaxed);
}

static const struct bucket *buckets_of(enum metric m) { return infos[m].kind == SECONDS ? seconds : sizes; }

void metric_observe(enum metric m, unsigned series, int64_t v)
{
	const struct bucket *bucket = buckets_of(m);
	size_t i = 0;

	assert((infos[m].kind == SECONDS || infos[m].kind == SIZES) && series < METRIC_SERIES_MAX);
	while (i < BUCKETS && v > bucket[i].most)
		i++;
	atomic_fetch_add_explicit(&fell[m][series][i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&values[m][series], v, memory_order_relaxed);
}

int64_t metric_value(enum metric m, unsigned series)
{
	uint64_t n = 0;

	if (infos[m].kind == COUNTER || infos[m].kind == GAUGE)
		return atomic_load_explicit(&values[m][series], memory_order_relaxed);
	for (size_t i = 0; i <= BUCKETS; i++)
		n += atomic_load_explicit(&fell[m][series][i], memory_order_relaxed);
	return (int64_t)n;
}

/* counterfoil_<name><suffix>{label="value",le="bound"} */
static void put_series(struct writer *w, enum metric m, size_t series, const char *suffix, const char *le)
{
	const char *label = infos[m].label;

	put_z(w, "counterfoil_");
	put_z(w, infos[m].name);
	put_z(w, suffix);
	if (label[0] || le)
		put_byte(w, '{');
	if (label[0]) {
		put_z(w, label);
		put_z(w, "=\"");
		put_inside(w, series_name(m, series));
		put_byte(w, '"');
	}
	if (le) {
		put_z(w, label[0] ? ",le=\"" : "le=\"");
		put_z(w, le);
		put_byte(w, '"');
	}
	put_z(w, label[0] || le ? "} " : " ");
}

static void put_histogram(struct writer *w, enum metric m, size_t series)
{
	const struct bucket *bucket = buckets_of(m);
	int64_t sum = atomic_load_explicit(&values[m][series], memory_order_relaxed);
	uint64_t n = 0;

	for (size_t i = 0; i <= BUCKETS; i++) {
		n += atomic_load_explicit(&fell[m][series][i], memory_order_relaxed);
		put_series(w, m, series, "_bucket", i < BUCKETS ? bucket[i].text : "+Inf");
		put_u64(w, n);
		put_byte(w, '\n');
	}
	put_series(w, m, series, "_sum", NULL);
	if (infos[m].kind == SECONDS)
		put_us(w, sum);
	else
		put_i64(w, sum);
	put_byte(w, '\n');
	put_series(w, m, series, "_count", NULL);
	put_u64(w, n);
	put_byte(w, '\n');
}

void metrics_print(struct writer *w)
{
	static const char *const types[] = {
		[COUNTER] = "counter", [GAUGE] = "gauge", [SECONDS] = "histogram", [SIZES] = "histogram"
	};

	for (enum metric m = 0; m < METRIC_COUNT; m++) {
		const char *const head[] = { "# HELP counterfoil_",
			                     infos[m].name,
			                     " ",
			                     infos[m].help,
			                     "\n# TYPE counterfoil_",
			                     infos[m].name,
			                     " ",
			                     types[infos[m].kind],
			                     "\n" };

		for (size_t i = 0; i < ARRAY_LEN(head); i++)
			put_z(w, head[i]);
		for (size_t series = 0; series < series_count(m); series++) {
			if (infos[m].kind == SECONDS || infos[m].kind == SIZES) {
				put_histogram(w, m, series);
				continue;
			}
			put_series(w, m, series, "", NULL);
			put_i64(w, atomic_load_explicit(&values[m][series], memory_order_relaxed));
			put_byte(w, '\n');
		}
	}
}
