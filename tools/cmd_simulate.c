/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_simulate.c: `counterfoil simulate`: a simulated economy speaks to a registry; `counterfoil evaluate`: how well detection does on simulated economies (simulate/evaluate.h).
 *
 * Seeds 1 to 20 are for development. Others have the economy's own numbers shifted, so that what was tuned on the
 * first is tested on something else.
 */
#include "cli.h"
#include "drive.h"
#include "simulate/evaluate.h"

enum { DEVELOPMENT_SEEDS = 20 };

static bool number_of(struct cli *c, const char *name, uint64_t otherwise, uint64_t most, uint64_t *ret)
{
	const char *text = cli_opt(c, name);
	char *end;

	*ret = otherwise;
	if (!text)
		return true;
	*ret = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && *ret <= most;
}

static bool size_of(struct cli *c, uint64_t *firms)
{
	static const struct {
		const char *name;
		uint64_t firms;
	} size[] = { { "XS", 400 }, { "S", 2000 }, { "M", 20000 }, { "L", 1000000 } };
	const char *text = cli_opt(c, "size");

	*firms = 2000;
	for (size_t i = 0; text && i < ARRAY_LEN(size); i++)
		if (strcmp(text, size[i].name) == 0) {
			*firms = size[i].firms;
			return true;
		}
	return !text;
}

static bool prevalence_of(struct cli *c, enum prevalence *ret)
{
	static const char *const name[] = { "dense", "high", "low", "none" };
	const char *text = cli_opt(c, "prevalence");

	*ret = PREVALENCE_DENSE;
	for (unsigned i = 0; text && i < ARRAY_LEN(name); i++)
		if (strcmp(text, name[i]) == 0) {
			*ret = (enum prevalence)i;
			return true;
		}
	return !text;
}

static int32_t shift_of(uint64_t seed)
{
	struct draw d = draw_fork(seed, 7);

	return seed <= DEVELOPMENT_SEEDS ? 0 : (int32_t)draw_between(&d, -20, 30);
}

/* The model of that id; the newest when none is asked for. */
static bool model_of(struct cli *c, const struct score_model **ret)
{
	const char *id = cli_opt(c, "model");

	for (size_t i = 0; !id && score_model(i); i++)
		*ret = score_model(i);
	return !id || (*ret = score_model_by_id(span_z(id))) != NULL;
}

/* Opens what is asked for; false: it cannot be written. */
static bool open_file(struct cli *c, const char *option, FILE **ret)
{
	const char *path = cli_opt(c, option);

	*ret = path ? fopen(path, "w") : NULL;
	return !path || *ret != NULL;
}

static bool close_file(FILE *f) { return !f || fclose(f) == 0; }

static int cmd_evaluate(struct cli *c)
{
	static struct evaluation e;
	uint64_t seed, seeds, firms, months;
	struct sim_setting set = { .from = { 0 } };
	struct evaluation_files files;
	const char *json = cli_opt(c, "out");
	char why[1024] = "";

	if (!number_of(c, "seed", 1, UINT32_MAX, &seed) || !number_of(c, "seeds", 1, 1000, &seeds) ||
	    !number_of(c, "months", 12, 120, &months) || months < 4)
		return cli_usage(c, "--seed, --seeds and --months are whole numbers; at least 4 months");
	if (!size_of(c, &firms) || !prevalence_of(c, &set.prevalence))
		return cli_usage(c, "--size is XS, S, M or L; --prevalence is dense, high, low or none");
	if (!model_of(c, &e.model))
		return cli_usage(c, "--model is none this program knows; counterfoil score models lists them");
	if (!date_parse(S("2024-01-01"), &set.from))
		return EXIT_REFUSED;
	set.firms = (uint32_t)firms;
	set.months = (int32_t)months;
	if (!open_file(c, "claims", &files.claims) || !open_file(c, "scores", &files.scores))
		return cli_fail(c, EXIT_REFUSED, "the file for claims or scores cannot be written");
	evaluate_headings(&files);
	for (uint64_t i = 0; i < seeds; i++) {
		set.seed = seed + i;
		set.shift = shift_of(set.seed);
		cli_progress(c, "evaluating", i, seeds);
		if (!evaluate_seed(&set, &e, &files, why, sizeof why))
			return cli_fail(c, EXIT_REFUSED, "seed %llu: %s", (unsigned long long)set.seed, why);
		if (why[0])
			fprintf(c->err, "seed %llu: %s\n", (unsigned long long)set.seed, why);
	}
	cli_progress(c, "evaluating", seeds, seeds);
	if (!close_file(files.claims) || !close_file(files.scores))
		return cli_fail(c, EXIT_REFUSED, "the files of claims and scores are not whole");
	report_table(c->out, &e);
	if (json && !report_json(json, &e, &set, seed <= DEVELOPMENT_SEEDS ? "development" : "test"))
		return cli_fail(c, EXIT_REFUSED, "cannot write %s", json);
	return EXIT_GOOD;
}

static int cmd_simulate(struct cli *c)
{
	struct drive_conf conf = { .seed = 1 };
	uint64_t firms, months;

	if (!number_of(c, "seed", 1, UINT32_MAX, &conf.seed) || !number_of(c, "months", 2, 36, &months) ||
	    !number_of(c, "speed", 0, 1000000, &conf.speed) || months < 1)
		return cli_usage(c, "--seed, --months and --speed are whole numbers");
	if (!size_of(c, &firms) || !prevalence_of(c, &conf.prevalence))
		return cli_usage(c, "--size is XS, S, M or L; --prevalence is dense, high, low or none");
	conf.firms = (uint32_t)firms;
	conf.months = (int32_t)months;
	conf.regulator_key = cli_opt(c, "regulator-key");
	return drive(c, &conf);
}

static const struct option_row simulate_options[] = {
	{ "seed", "N", "of the economy; begun again on the same day, it goes on where it was" },
	{ "size", "XS|S|M|L", "400, 2,000 (default), 20,000 or 1,000,000 firms" },
	{ "months", "N", "how long, up to today; 2 unless told" },
	{ "speed", "N", "statements a second at most; as fast as they are taken unless told" },
	{ "prevalence", "dense|high|low|none", "how much fraud" },
	{ "regulator-key", "FILE", "where the key of the economy's regulator is written, who may read all findings" },
	CLIENT_OPTIONS,
};
static const struct option_row evaluate_options[] = {
	{ "seed", "N", "of the first economy; 1 to 20 are for development" },
	{ "seeds", "N", "how many" },
	{ "size", "XS|S|M|L", "400, 2,000 (default), 20,000 or 1,000,000 firms" },
	{ "months", "N", "how long; 12 unless told" },
	{ "prevalence", "dense|high|low|none", "how much fraud; dense is for recall, the others for precision" },
	{ "out", "FILE", "the figures as JSON" },
	{ "claims", "FILE", "all claims with their truth, as CSV, for other programs" },
	{ "model", "ID", "of the scores; the newest unless told" },
	{ "scores", "FILE", "what each score was made of, and whether the claim was paid, as CSV" },
};
static const struct command_row rows[] = {
	COMMAND("simulate", "", "", 0, 0, "a supply-chain economy speaks to a registry, in signed statements",
	        "  counterfoil simulate --size=XS --key=var/operator.jwk\n"
	        "--key is the operator's: it enrols the parties, and publishes that no document is asked for.",
	        simulate_options, cmd_simulate),
	COMMAND("evaluate", "", "", 0, 0, "how well detection does on simulated economies",
	        "  counterfoil evaluate --seed=1 --seeds=3\n"
	        "  counterfoil evaluate --seed=101 --seeds=5 --prevalence=high --out=build/evaluate.json",
	        evaluate_options, cmd_evaluate),
};
const struct command_group simulate_commands = { rows, ARRAY_LEN(rows) };
