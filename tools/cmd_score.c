/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_score.c: a score, computed again.
 *
 * `score verify` takes the answer of an assessment, folds the log up to the entry it says it rests on, computes the score
 * by the model it names, and holds the two texts against each other: both are canonical, so equal means equal to the byte.
 */
#include "client.h"
#include "json_at.h"
#include "run/memory.h"
#include "score.h"
#include "score_monitor.h"
#include "service/folding.h"
#include "show.h"
#include "state_dir.h"

#define DETECTOR_ROOM ((size_t)256 << 30) /* address space */

struct verifying {
	struct cli *c;
	struct store *store;
	struct span said;
	const struct score_model *model;
	struct uuid subject;
	bool party;
	uint64_t position;
	struct arena mem;
	struct detector *detector;
};

static bool fold_one(void *arg, const struct seen *s)
{
	struct verifying *v = arg;

	return detector_see(v->detector, s, NULL, NULL);
}

static enum fault fold(struct verifying *v)
{
	struct folding *f = folding_open(v->store);
	enum fault fault = f ? OK : E_INTERNAL;
	size_t n = 1;

	while (fault == OK && n > 0) {
		fault = folding_page(f, v->position + 1, fold_one, v, &n);
		if (fault == OK && n > 0)
			cli_progress(v->c, "entries", folding_next(f), v->position + 1);
	}
	folding_close(f);
	return fault;
}

/* What is to be verified: subject, position and model, as the answer names them. */
static int read_score(struct verifying *v, const char *path)
{
	const char *receivable, *party;
	struct span text;

	if (!cli_file(v->c, path, SCORE_ROOM, &text))
		return EXIT_USAGE;
	while (text.len > 0 && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
		text.len--;
	if (!json_good(text))
		return cli_usage(v->c, "%s is not a score: no JSON object", path);
	(void)json_at(text, "/answer", &text); /* a certificate has it beside its receipt */
	v->said = text;
	receivable = json_z(text, "/subject/receivable", v->c->mem);
	party = json_z(text, "/subject/party", v->c->mem);
	v->party = *party != 0;
	v->position = (uint64_t)json_i64(text, "/log_position", -1);
	v->model = score_model_by_id(span_z(json_z(text, "/model/id", v->c->mem)));
	if (!uuid_parse(span_z(v->party ? party : receivable), &v->subject) || (int64_t)v->position < 0)
		return cli_usage(v->c, "%s is not a score: it names no subject or no log_position", path);
	if (!v->model)
		return cli_fail(v->c, EXIT_REFUSED, "this program does not know the model %s",
		                json_z(text, "/model/id", v->c->mem));
	return EXIT_GOOD;
}

/* The first member in which the two differ. */
static const char *difference(struct verifying *v, struct span ours)
{
	struct json_walk walk = json_walk(ours);
	struct span name, value, other;

	while (json_next(&walk, &name, &value)) {
		const char *member = cli_text(v->c, "/%.*s", (int)name.len, name.at);

		if (!json_at(v->said, member, &other) || !span_eq(value, other))
			return cli_text(v->c, "%s: the answer says %.*s, the log gives %.*s", member, (int)other.len,
			                other.at, (int)value.len, value.at);
	}
	return "it says more than a score does";
}

static int compare(struct verifying *v)
{
	struct score *s = ARENA_NEW(v->c->mem, struct score);
	struct span ours;
	struct writer w;
	bool known;

	assert(s != NULL);
	known = v->party ? score_party_by(v->detector, v->model, v->subject, s)
	                 : score_claim_by(v->detector, v->model, v->subject, s);
	if (!known)
		return cli_fail(v->c, EXIT_REFUSED, "no entry up to %llu knows this subject",
		                (unsigned long long)v->position);
	w = writer_in(v->c->mem);
	put_score(&w, s);
	ours = writer_done(&w, v->c->mem);
	cli_answer(v->c, span_z(cli_text(v->c, "{\"verified\":%s,\"log_position\":%llu}",
	                                 span_eq(ours, v->said) ? "true" : "false", (unsigned long long)v->position)));
	if (!span_eq(ours, v->said))
		return cli_fail(v->c, EXIT_REFUSED, "not what the log gives: %s", difference(v, ours));
	if (!v->c->json)
		fprintf(v->c->out, "verified: the log up to entry %llu gives this score, to the byte\n",
		        (unsigned long long)v->position);
	return EXIT_GOOD;
}

static int cmd_verify(struct cli *c)
{
	struct verifying v = { .c = c };
	const char *conninfo;
	enum fault f;
	int rc = read_score(&v, c->arg[0]);

	if (rc != EXIT_GOOD)
		return rc;
	conninfo = database_of(c);
	if (!conninfo || !(v.store = audit_store(c, conninfo)))
		return EXIT_UNREACHABLE;
	if (!arena_map(&v.mem, DETECTOR_ROOM) || !(v.detector = detector_start(&v.mem)))
		rc = cli_fail(c, EXIT_UNREACHABLE, "no memory to fold the log in");
	else if ((f = fold(&v)) != OK)
		rc = cli_fail(c, EXIT_UNREACHABLE, "the log cannot be read: %s", store_why(v.store));
	else
		rc = compare(&v);
	arena_unmap(&v.mem);
	store_close(v.store);
	return rc;
}

static const struct option_row options[] = { DATABASE_OPTIONS };
static const struct option_row none[] = { { "help", NULL, "this text" } };
static const struct option_row monitor_options[] = {
	{ "model", "ID", "whose scores; the first model unless told" },
	DATABASE_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("score", "verify", "FILE", 1, 1, "compute a score again from the log",
	        "  counterfoil receivable assessment UUID --key bank.jwk --json > score.json\n"
	        "  counterfoil score verify score.json\n"
	        "  exit code 1 and the member that differs when the log gives another one",
	        options, cmd_verify),
	COMMAND("score", "monitor", "", 0, 0, "how the score drifts and comes true, month by month",
	        "  counterfoil score monitor --model perf-2026.2\n"
	        "  PSI above 0.1: watch, above 0.25: act; against the first month of 200 claims. --json is in millionths.",
	        monitor_options, score_monitor),
	COMMAND("score", "models", "", 0, 0, "the models this program computes, by the hash that model.publish names",
	        "  counterfoil score models", none, score_models),
};
const struct command_group score_commands = { rows, ARRAY_LEN(rows) };
