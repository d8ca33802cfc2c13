/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c: see bench.h. The order of a benchmark; each part is a file of its own. */
#include "bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <unistd.h>

#include "figures.h"
#include "preload.h"
#include "prove.h"
#include "spent.h"
#include "run/clock.h"
#include "run/files.h"

enum {
	WARM_MS = 700,
	FIRST_RATE = 8000, /* guessed, until the first run has shown */
	CEILING_A_MS = 25, /* requests made for it: more than it ever took */
	CHECKS = 20000,
	GROWN_ON = 64, /* receivables a filled registry must take */
};
#define JUDGED_NS INT64_C(120000000000) /* patience with detection */

struct bench {
	struct stage stage;
	struct workload work;
	struct figures fig;
	const char *dir, *json;
	bool quick;
	unsigned only; /* this number of connections and no other part; 0: everything */
	uint64_t fill; /* 0: measure */
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

/* What the plan's entries cost: what was spent since `from`, an entry, in ns. */
static struct spent cost_since(const struct bench *b, pid_t program, struct spent from, uint64_t entries)
{
	struct spent now = spent_now(&b->stage, program);

	if (entries == 0)
		return (struct spent){ 0, 0 };
	return (struct spent){ (now.program - from.program) * 1000 / (int64_t)entries,
		               (now.database - from.database) * 1000 / (int64_t)entries };
}

static bool measure_ceiling(struct bench *b, unsigned connections, struct load_result *ret, struct spent *cost)
{
	const size_t n = ((size_t)b->fig.seconds * 1000 + WARM_MS) * CEILING_A_MS;
	struct load_plan plan;
	struct spent from;

	if (!workload_ceiling(&b->work, n, b->statement_len, &plan))
		return false;
	from = spent_now(&b->stage, b->stage.ceiling);
	if (!measure(b, b->stage.ceiling_port, connections, 201, &plan, ret))
		return false;
	*cost = cost_since(b, b->stage.ceiling, from, ret->all);
	return true;
}

/* Detection reads behind the log: an entry has cost what it costs when it has been judged. */
static bool wait_judged(struct bench *b)
{
	int64_t began = clock_ns(), behind = stage_unjudged(&b->stage);

	if (!b->stage.detection)
		return true;
	while (behind != 0 && clock_ns() - began < JUDGED_NS) {
		clock_sleep_ms(20);
		behind = stage_unjudged(&b->stage);
	}
	if (behind != 0)
		snprintf(b->why, sizeof b->why, "detection is %lld entries behind", (long long)behind);
	else
		note("detection had judged all %lld ms after the load", (long long)(clock_ns() - began) / 1000000);
	return behind == 0;
}

static bool measure_registry(struct bench *b, unsigned connections, struct load_result *ret, struct spent *cost)
{
	/* Half as much again as the last rate needs. */
	int64_t n = b->last_rate * ((int64_t)b->fig.seconds * 1000 + WARM_MS) * 3 / 2 / 1000 / CHAIN;
	struct load_plan plan;
	struct spent from;

	if (!workload_chains(&b->work, (size_t)n + 1000, &plan))
		return false;
	from = spent_now(&b->stage, b->stage.server);
	if (!measure(b, b->stage.server_port, connections, 201, &plan, ret) || !wait_judged(b))
		return false;
	*cost = cost_since(b, b->stage.server, from, ret->all);
	b->last_rate = load_rate(ret) > FIRST_RATE ? load_rate(ret) : FIRST_RATE;
	return true;
}

static int64_t thousandths(int64_t part, int64_t of) { return of > 0 ? part * 1000 / of : 0; }

/* --- the parts --- */

/* All of a plan, each answered as it should be. */
static bool say_all(struct bench *b, struct load_plan *plan, const char *what)
{
	const struct load_conf c = { b->stage.server_port, 16, 0, 0, 201 };
	struct load_result r;

	if (!load_run(&c, plan, &r, b->why, sizeof b->why))
		return false;
	if (r.bad > 0)
		snprintf(b->why, sizeof b->why, "%s: %.400s", what, r.first_bad);
	return r.bad == 0;
}

static bool enrol_market(struct bench *b)
{
	struct moment from = { clock_now().us + 2000000 };
	struct load_plan plan;

	if (!workload_enrol(&b->work, from, &plan) || !say_all(b, &plan, "enrolment") ||
	    !workload_profiles(&b->work, &plan) || !say_all(b, &plan, "profiles"))
		return false;
	while (clock_now().us < from.us)
		clock_sleep_ms(50);
	return workload_goods(&b->work, &plan) && say_all(b, &plan, "sites and prices");
}

static bool one_level(struct bench *b, struct level *l)
{
	struct load_result ceiling, registry;
	struct spent bare, cost;

	if (!measure_ceiling(b, l->connections, &ceiling, &bare) ||
	    !measure_registry(b, l->connections, &registry, &cost))
		return false;
	figure_add(&l->program, cost.program);
	figure_add(&l->database, cost.database);
	figure_add(&l->ceiling_cost, bare.program + bare.database);
	figure_add(&l->rate, load_rate(&registry));
	figure_add(&l->p50, load_quantile(&registry, 500));
	figure_add(&l->p99, load_quantile(&registry, 990));
	figure_add(&l->ceiling, load_rate(&ceiling));
	figure_add(&l->ceiling_p99, load_quantile(&ceiling, 990));
	figure_add(&l->ratio, thousandths(load_rate(&registry), load_rate(&ceiling)));
	note("%u connections%s%s: %lld/s, p99 %lld us; ceiling %lld/s; cpu %lld + %lld us, ceiling %lld + %lld; load %lld %%",
	     l->connections, l->what ? " with " : "", l->what ? l->what : "", (long long)load_rate(&registry),
	     (long long)load_quantile(&registry, 990), (long long)load_rate(&ceiling), (long long)cost.program / 1000,
	     (long long)cost.database / 1000, (long long)bare.program / 1000, (long long)bare.database / 1000,
	     (long long)(registry.ns > 0 ? registry.cpu_ns * 100 / registry.ns : 0));
	return true;
}

/* The registry starts anew where it is to detect from now on, or no more. */
static bool detecting(struct bench *b, bool detection)
{
	if (b->stage.server > 0 && b->stage.detection == detection)
		return true;
	stage_server_stop(&b->stage);
	b->stage.detection = detection;
	if (!stage_server(&b->stage))
		return false;
	b->work.port = b->stage.server_port;
	return true;
}

static bool all_levels(struct bench *b)
{
	static const struct {
		unsigned connections;
		const char *what;
		bool mixed, detection;
	} row[LEVELS] = { { 1, NULL, false, false },         { 16, NULL, false, false },
		          { 64, NULL, false, false },        { 256, NULL, false, false },
		          { 64, "all assets", true, false }, { 64, "detection", false, true } };

	for (unsigned k = 0; k < b->fig.repeats; k++) {
		for (size_t i = 0; i < LEVELS; i++) {
			b->fig.level[i].connections = row[i].connections;
			b->fig.level[i].what = row[i].what;
			if (b->only && b->only != row[i].connections)
				continue;
			b->work.mixed = row[i].mixed;
			if (!detecting(b, row[i].detection) || !one_level(b, &b->fig.level[i]))
				return false;
			b->work.mixed = false;
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

static bool all_verify(struct bench *b)
{
	note("log verify");
	return prove_log(&b->stage, b->statement_len, &b->fig.verify, b->why, sizeof b->why);
}

/* --- growth --- */

static bool grow_to(struct bench *b, uint64_t size)
{
	char state[STAGE_PATH + 16], key[STAGE_PATH + 64];
	const struct preload_conf conf = { b->stage.cluster.conninfo, key, state, S(STAGE_ORIGIN) };

	note("filling up to %llu entries", (unsigned long long)size);
	snprintf(state, sizeof state, "%s/registry", b->stage.dir);
	snprintf(key, sizeof key, "%s/fingerprint.key", state);
	stage_server_stop(&b->stage);
	if (!preload(&conf, &b->work, size, b->why, sizeof b->why) || !stage_server(&b->stage))
		return false;
	b->work.port = b->stage.server_port;
	return true;
}

static bool measure_grown(struct bench *b, uint64_t size)
{
	struct grown *g = &b->fig.grown[b->fig.n_grown++];
	struct load_result ceiling, registry;
	struct spent unused;

	g->entries = size;
	for (unsigned k = 0; k < b->fig.repeats; k++) {
		if (!measure_ceiling(b, 64, &ceiling, &unused) || !measure_registry(b, 64, &registry, &unused))
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

static bool open_market(struct bench *b)
{
	struct privkey key;

	if (!stage_server(&b->stage) || !stage_operator(&b->stage, &key))
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
	note("a private registry under %s", b->dir);
	if (!stage_up(&b->stage, b->dir) || !stage_ceiling(&b->stage) ||
	    !preload_warm(b->stage.cluster.conninfo, b->why, sizeof b->why))
		return false;
	machine_look(&b->stage, &b->fig.machine);
	if (!open_market(b) || !all_levels(b) || (!b->only && !all_checks(b)))
		return false;
	b->fig.rss_last_kb = process_rss_kb(b->stage.server);
	if (!prove_findings(&b->stage, &b->fig.findings, b->why, sizeof b->why))
		return false;
	return b->only || (all_verify(b) && detecting(b, false) && all_growth(b));
}

/* --fill: a registry of that size, which takes statements as any other and is proved whole. */
static bool fill_only(struct bench *b)
{
	struct load_plan plan;
	uint64_t entries = 0, rows = 0;

	note("a private registry under %s", b->dir);
	if (!stage_up(&b->stage, b->dir) || !open_market(b) || !grow_to(b, b->fill) ||
	    !workload_chains(&b->work, GROWN_ON, &plan))
		return false;
	if (!say_all(b, &plan, "the filled registry"))
		return false;
	if (!stage_settle(&b->stage) ||
	    !prove_log(&b->stage, b->statement_len, &b->fig.verify, b->why, sizeof b->why) ||
	    !prove_state(&b->stage, &entries, &rows, b->why, sizeof b->why))
		return false;
	printf("%llu entries, %llu rows: the log verifies, the state replays\n", (unsigned long long)entries,
	       (unsigned long long)rows);
	return true;
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
		{ "quick", no_argument, NULL, 'q' },
		{ "repeat", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },
		{ "state-dir", required_argument, NULL, 'd' },
		{ "json", required_argument, NULL, 'j' },
		{ "fill", required_argument, NULL, 'f' },
		{ "connections", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
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
		else if (c == 'c')
			b->only = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'f')
			b->fill = strtoull(optarg, NULL, 10);
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
		fputs("usage: counterfoil bench [--quick] [--repeat=N] [--seconds=N] [--state-dir=PATH] [--json=PATH]\n"
		      "                         [--connections=N]\n"
		      "       counterfoil bench --fill=ENTRIES [--state-dir=PATH]\n",
		      stderr);
		return 2;
	}
	good = crypto_start() && (b.fill ? fill_only(&b) : run(&b) && write_json(&b));
	if (good && !b.fill)
		figures_print(&b.fig, stdout);
	if (good && b.fig.bad > 0) { /* figures of wrong answers are none */
		snprintf(b.why, sizeof b.why, "%llu wrong answers", (unsigned long long)b.fig.bad);
		good = false;
	}
	if (!good)
		note("%s", b.why[0] ? b.why : b.stage.why);
	workload_stop(&b.work);
	stage_down(&b.stage);
	return good ? 0 : 1;
}
