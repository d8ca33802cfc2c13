/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c: see bench.h. The order of a benchmark; each part is a file of its own. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <unistd.h>

#include "figures.h"
#include "preload.h"
#include "run/clock.h"
#include "run/files.h"
#include "service/log_verify.h"

enum {
	WARM_MS = 700,
	FIRST_RATE = 8000, /* guessed, until the first run has shown */
	CEILING_REQUESTS = 120000,
	CHECKS = 20000,
	BARE_BYTES = 1 << 22, /* walked round, larger than a core's cache, as entries from a disk would be */
};

struct bench {
	struct stage stage;
	struct workload work;
	struct figures fig;
	const char *dir, *json;
	bool quick;
	size_t statement_len;
	int64_t last_rate;
	char why[512];
};

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* --- one run --- */

static bool measure(struct bench *b, uint16_t port, unsigned connections, int expect, struct load_plan *plan,
                    struct load_result *ret)
{
	const struct load_conf c = { port, connections, WARM_MS, (int64_t)b->fig.seconds * 1000, expect };

	if (!load_run(&c, plan, ret, b->why, sizeof b->why))
		return false;
	b->fig.bad += ret->bad;
	if (ret->bad)
		note("%llu wrong answers; the first: %s", (unsigned long long)ret->bad, ret->first_bad);
	if (ret->ran_out)
		note("ran out of requests after %lld ms", (long long)(ret->ns / 1000000));
	return true;
}

static bool measure_ceiling(struct bench *b, unsigned connections, struct load_result *ret)
{
	struct load_plan plan;

	return workload_ceiling(&b->work, CEILING_REQUESTS, b->statement_len, &plan) &&
	       measure(b, b->stage.ceiling_port, connections, 201, &plan, ret);
}

static bool measure_registry(struct bench *b, unsigned connections, struct load_result *ret)
{
	/* Half as much again as the last rate needs. */
	int64_t n = b->last_rate * ((int64_t)b->fig.seconds * 1000 + WARM_MS) * 3 / 2 / 1000 / CHAIN;
	struct load_plan plan;

	if (!workload_chains(&b->work, (size_t)n + 1000, &plan) ||
	    !measure(b, b->stage.server_port, connections, 201, &plan, ret))
		return false;
	b->last_rate = load_rate(ret) > FIRST_RATE ? load_rate(ret) : FIRST_RATE;
	return true;
}

static int64_t thousandths(int64_t part, int64_t of) { return of > 0 ? part * 1000 / of : 0; }

/* --- the parts --- */

static bool enrol_market(struct bench *b)
{
	struct moment from = { clock_now().us + 2000000 };
	struct load_plan plan;
	struct load_conf c = { b->stage.server_port, 16, 0, 0, 201 };
	struct load_result r;

	if (!workload_enrol(&b->work, from, &plan) || !load_run(&c, &plan, &r, b->why, sizeof b->why))
		return false;
	if (r.bad > 0) {
		snprintf(b->why, sizeof b->why, "enrolment: %.400s", r.first_bad);
		return false;
	}
	while (clock_now().us < from.us)
		clock_sleep_ms(50);
	return true;
}

static bool one_level(struct bench *b, struct level *l)
{
	struct load_result ceiling, registry;

	if (!measure_ceiling(b, l->connections, &ceiling) || !measure_registry(b, l->connections, &registry))
		return false;
	figure_add(&l->rate, load_rate(&registry));
	figure_add(&l->p50, load_quantile(&registry, 500));
	figure_add(&l->p99, load_quantile(&registry, 990));
	figure_add(&l->ceiling, load_rate(&ceiling));
	figure_add(&l->ceiling_p99, load_quantile(&ceiling, 990));
	figure_add(&l->ratio, thousandths(load_rate(&registry), load_rate(&ceiling)));
	note("%u connections: %lld/s, p99 %lld us; ceiling %lld/s; the load took %lld %% of a core", l->connections,
	     (long long)load_rate(&registry), (long long)load_quantile(&registry, 990), (long long)load_rate(&ceiling),
	     (long long)(registry.ns > 0 ? registry.cpu_ns * 100 / registry.ns : 0));
	return true;
}

static bool all_levels(struct bench *b)
{
	static const unsigned connections[LEVELS] = { 1, 16, 64, 256 };

	for (unsigned k = 0; k < b->fig.repeats; k++) {
		for (size_t i = 0; i < LEVELS; i++) {
			b->fig.level[i].connections = connections[i];
			if (!one_level(b, &b->fig.level[i]))
				return false;
		}
		if (k == 0)
			b->fig.rss_first_kb = process_rss_kb(b->stage.server);
	}
	return true;
}

static bool all_checks(struct bench *b)
{
	struct load_plan plan;
	struct load_result r;

	if (!workload_tokens(&b->work, b->why, sizeof b->why) || !workload_checks(&b->work, CHECKS, &plan))
		return false;
	for (unsigned k = 0; k < b->fig.repeats; k++) {
		if (!measure(b, b->stage.server_port, 64, 200, &plan, &r))
			return false;
		figure_add(&b->fig.checks, load_rate(&r));
		figure_add(&b->fig.checks_p50, load_quantile(&r, 500));
		figure_add(&b->fig.checks_p99, load_quantile(&r, 990));
		note("checks: %lld/s, p99 %lld us", (long long)load_rate(&r), (long long)load_quantile(&r, 990));
	}
	return true;
}

/* --- log verify --- */

/* What no verifier can do without: a hash of each leaf and each statement, one node for each leaf, a signature for
 * each stored checkpoint. */
static int64_t bare_ns(size_t statement_len, uint64_t entries, uint64_t checkpoints)
{
	static char data[BARE_BYTES];
	const struct span text = S("a checkpoint's text has about as many bytes as this line of sixty-four");
	uint8_t sig[SIG_LEN], seed[SEED_LEN] = { 1 };
	struct privkey key;
	struct range r = range_empty();
	size_t at = 0;
	int64_t began;

	if (!privkey_from_seed(ALG_ED25519, seed, &key) || !sig_sign(&key, text, sig))
		return 0;
	began = clock_ns();
	for (uint64_t i = 0; i < entries; i++) {
		struct hash h = sha256((struct span){ data + at, statement_len });

		range_append(&r, leaf_hash((struct span){ data + at, LEAF_LEN }));
		data[at] ^= (char)h.b[0]; /* so that the compiler cannot leave it out */
		at = (at + statement_len + 1) % (BARE_BYTES - 2 * statement_len);
	}
	for (uint64_t i = 0; i < checkpoints; i++)
		if (!sig_verify(&key.pub, text, sig))
			return 0;
	return clock_ns() - began;
}

static int64_t per_s(uint64_t n, int64_t ns)
{
	return ns > 0 ? (int64_t)((__uint128_t)n * 1000000000u / (uint64_t)ns) : 0;
}

static bool verify_files(struct bench *b, const struct log_verify_conf *conf)
{
	char path[STAGE_PATH + 64];
	struct log_report report;
	int64_t began = clock_ns();
	int dir;

	snprintf(path, sizeof path, "%s/registry/tiles", b->stage.dir);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log_verify(&(struct log_files){ tile_file, &dir, dir }, conf, &report) != LOG_GOOD) {
		snprintf(b->why, sizeof b->why, "log verify: %s %s", log_verdict_text(report.verdict), report.path);
		return false;
	}
	b->fig.verify.files_per_s = per_s(report.entries, clock_ns() - began);
	close(dir);
	return true;
}

static bool verify_store(struct bench *b, const struct log_verify_conf *conf)
{
	struct store *s = store_open(b->stage.cluster.conninfo, STORE_OWNER, b->why, sizeof b->why);
	struct log_report report;
	int64_t began = clock_ns();

	if (!s)
		return false;
	if (log_verify_store(s, conf, &report) != LOG_GOOD) {
		snprintf(b->why, sizeof b->why, "log verify: %s at %llu", log_verdict_text(report.verdict),
		         (unsigned long long)report.at);
		store_close(s);
		return false;
	}
	b->fig.verify.store_per_s = per_s(report.entries, clock_ns() - began);
	b->fig.verify.entries = report.entries;
	b->fig.verify.bare_per_s = per_s(report.entries, bare_ns(b->statement_len, report.entries, report.checkpoints));
	store_close(s);
	return true;
}

static bool all_verify(struct bench *b)
{
	char text[512];
	struct vkey key;
	const struct log_verify_conf conf = { .key = &key, .depth = LOG_LEAVES };

	note("log verify");
	if (!stage_vkey(&b->stage, text, sizeof text) || !vkey_parse(span_z(text), &key)) {
		snprintf(b->why, sizeof b->why, "no vkey");
		return false;
	}
	return verify_files(b, &conf) && verify_store(b, &conf);
}

/* --- growth --- */

static bool grow_to(struct bench *b, uint64_t size)
{
	note("filling up to %llu entries", (unsigned long long)size);
	stage_server_stop(&b->stage);
	if (!preload(b->stage.cluster.conninfo, &b->work, size, b->why, sizeof b->why) || !stage_server(&b->stage))
		return false;
	b->work.port = b->stage.server_port;
	return true;
}

static bool measure_grown(struct bench *b, uint64_t size)
{
	struct grown *g = &b->fig.grown[b->fig.n_grown++];
	struct load_result ceiling, registry;

	g->entries = size;
	for (unsigned k = 0; k < b->fig.repeats; k++) {
		if (!measure_ceiling(b, 64, &ceiling) || !measure_registry(b, 64, &registry))
			return false;
		figure_add(&g->rate, load_rate(&registry));
		figure_add(&g->p50, load_quantile(&registry, 500));
		figure_add(&g->p99, load_quantile(&registry, 990));
		figure_add(&g->ceiling, load_rate(&ceiling));
		figure_add(&g->ratio, thousandths(load_rate(&registry), load_rate(&ceiling)));
		note("%llu entries: %lld/s, p99 %lld us; ceiling %lld/s", (unsigned long long)size,
		     (long long)load_rate(&registry), (long long)load_quantile(&registry, 990),
		     (long long)load_rate(&ceiling));
	}
	return true;
}

/* The log is nearly empty when the levels are measured: they are the first stage. */
static void first_stage(struct bench *b)
{
	struct grown *g = &b->fig.grown[b->fig.n_grown++];

	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &b->fig.level[i];

		if (l->connections == 64)
			*g = (struct grown){ 0, l->rate, l->p50, l->p99, l->ceiling, l->ratio };
	}
}

static bool all_growth(struct bench *b)
{
	first_stage(b);
	if (!grow_to(b, 1000000) || !measure_grown(b, 1000000))
		return false;
	return b->quick || (grow_to(b, 10000000) && measure_grown(b, 10000000));
}

/* --- the whole --- */

static bool prepare(struct bench *b)
{
	struct privkey key;

	note("a private registry under %s", b->dir);
	if (!stage_up(&b->stage, b->dir) || !preload_warm(b->stage.cluster.conninfo, b->why, sizeof b->why))
		return false;
	machine_look(&b->stage, &b->fig.machine);
	if (!stage_server(&b->stage) || !stage_ceiling(&b->stage) || !stage_operator(&b->stage, &key))
		return false;
	b->work.port = b->stage.server_port;
	if (!workload_start(&b->work, &key)) {
		snprintf(b->why, sizeof b->why, "out of memory");
		return false;
	}
	b->statement_len = workload_statement_len(&b->work);
	b->last_rate = FIRST_RATE;
	return enrol_market(b);
}

static bool run(struct bench *b)
{
	if (!prepare(b) || !all_levels(b) || !all_checks(b))
		return false;
	b->fig.rss_last_kb = process_rss_kb(b->stage.server);
	return all_verify(b) && all_growth(b);
}

static bool write_json(struct bench *b)
{
	static char room[1 << 16];
	struct writer w = writer_over(room, sizeof room);
	int e;

	put_figures(&w, &b->fig);
	e = file_write(b->json, writer_span(&w), FILE_PUBLIC);
	if (e != 0)
		snprintf(b->why, sizeof b->why, "%s: %s", b->json, strerror(e));
	return e == 0;
}

static bool read_options(struct bench *b, int argc, char **argv)
{
	static const struct option all[] = {
		{ "quick", no_argument, NULL, 'q' },         { "repeat", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' }, { "state-dir", required_argument, NULL, 'd' },
		{ "json", required_argument, NULL, 'j' },    { NULL, 0, NULL, 0 },
	};
	int c;

	b->fig.repeats = b->fig.seconds = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "", all, NULL)) != -1) {
		if (c == 'q')
			b->quick = true;
		else if (c == 'r')
			b->fig.repeats = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 's')
			b->fig.seconds = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'd')
			b->dir = optarg;
		else if (c == 'j')
			b->json = optarg;
		else
			return false;
	}
	if (!b->fig.repeats)
		b->fig.repeats = b->quick ? 3 : 5;
	if (!b->fig.seconds)
		b->fig.seconds = b->quick ? 2 : 4;
	return optind == argc && b->fig.repeats <= REPEATS_MAX && b->fig.seconds <= 60;
}

/* The place of the running program, for what lies beside it. */
static const char *beside(char *room, size_t cap, const char *name)
{
	char self[STAGE_PATH];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;

	if (slash)
		*slash = 0;
	snprintf(room, cap, "%s/%s", slash ? self : ".", name);
	return room;
}

int bench_main(int argc, char **argv)
{
	static struct bench b;
	static char dir[STAGE_PATH + 32], json[STAGE_PATH + 32];
	bool good;

	b.dir = beside(dir, sizeof dir, "bench-var");
	b.json = beside(json, sizeof json, "bench.json");
	if (!read_options(&b, argc, argv)) {
		fputs("usage: counterfoil bench [--quick] [--repeat=N] [--seconds=N] [--state-dir=PATH] [--json=PATH]\n",
		      stderr);
		return 2;
	}
	good = crypto_start() && run(&b) && write_json(&b);
	if (good)
		figures_print(&b.fig, stdout);
	else
		note("%s", b.why[0] ? b.why : b.stage.why);
	workload_stop(&b.work);
	stage_down(&b.stage);
	return good ? 0 : 1;
}
