/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_run.c: up starts the registry in place of this process; migrate brings a
 * database to this program's schema; bench measures (bench/bench.h).
 */
#include <errno.h>
#include <unistd.h>

#include "bench/bench.h"
#include "cli.h"
#include "run/conf.h"
#include "state_dir.h"
#include "store/store.h"

/* What the flags and the environment say of one setting, without judging the others: the server does that. */
static const char *setting_of(struct cli *c, const char *flag, const char *env, const char *standard)
{
	size_t len = strlen(flag);

	for (int i = 0; i < c->n_args; i++)
		if (strncmp(c->arg[i], flag, len) == 0 && c->arg[i][len] == '=')
			return c->arg[i] + len + 1;
	return getenv(env) ? getenv(env) : standard;
}

static void tell_first_start(struct cli *c)
{
	const char *state = setting_of(c, "--state-dir", "CF_STATE_DIR", "var");
	const char *database = setting_of(c, "--database-url", "CF_DATABASE_URL", "");

	if (access(cli_text(c, "%s/operator.jwk", state), F_OK) == 0)
		return;
	fprintf(c->err,
	        "First start: %s%s gets\n"
	        "  operator.jwk     the operator's private key: it enrols parties; keep a copy elsewhere\n"
	        "  log.key          the log's signing key, held by a process of its own\n"
	        "  fingerprint.key  what fingerprints of invoices are made with; a backup is worthless without it\n"
	        "  master.key       what opens the documents and statements in the database; keep a copy, and not beside the database's\n"
	        "%s"
	        "  tiles/           the published log\n"
	        "Then enrol a party: counterfoil key new --out alice.jwk\n"
	        "                    counterfoil party enrol --key %s/operator.jwk --jwk alice.jwk --name 'Alice Ltd' "
	        "--roles supplier\n",
	        state, *database ? "" : "/",
	        *database ? "" : "  pg/              a private PostgreSQL, reached by a socket only\n", state);
}

static int cmd_up(struct cli *c)
{
	const char *program = cli_beside(c, "counterfoild");
	char *argv[ARGS_MAX + 2];
	int n = 0;

	/* "--state-dir DIR" is understood too: the server's own flags are joined by an equals sign */
	argv[n++] = arena_z(c->mem, span_z(program));
	for (int i = 0; i < c->n_args; i++) {
		if (i + 1 < c->n_args && !strchr(c->arg[i], '=') && conf_is_flag(cli_text(c, "%s=x", c->arg[i])) &&
		    c->arg[i + 1][0] != '-') {
			c->arg[i] = cli_text(c, "%s=%s", c->arg[i], c->arg[i + 1]);
			for (int k = i + 1; k + 1 < c->n_args; k++)
				c->arg[k] = c->arg[k + 1];
			c->n_args--;
		}
		argv[n++] = arena_z(c->mem, span_z(c->arg[i]));
	}
	argv[n] = NULL;
	tell_first_start(c);
	fflush(c->out);
	execv(program, argv);
	return cli_fail(c, EXIT_REFUSED, "%s: %s", program, strerror(errno));
}

static int cmd_bench(struct cli *c)
{
	char *argv[ARGS_MAX + 2];
	int n = 0;

	argv[n++] = arena_z(c->mem, S("counterfoil bench"));
	for (int i = 0; i < c->n_args; i++)
		argv[n++] = arena_z(c->mem, span_z(c->arg[i]));
	argv[n] = NULL;
	return bench_main(n, argv);
}

/* --- migrate --- */

static void say(void *arg, const char *line)
{
	struct cli *c = arg;

	if (!c->json)
		fprintf(c->out, "applied %s\n", line);
}

static int cmd_migrate(struct cli *c)
{
	const char *conninfo = database_of(c);
	char why[512] = "";
	struct store *s;
	enum fault f;

	if (!conninfo)
		return EXIT_UNREACHABLE;
	if (cli_on(c, "plan")) {
		s = audit_store(c, conninfo);
		if (!s)
			return EXIT_UNREACHABLE;
		f = store_schema_ok(s, why, sizeof why);
		store_close(s);
		fprintf(c->out, "%s\n", f == OK ? "the schema is this program's: nothing to do" : why);
		return f == OK ? EXIT_GOOD : EXIT_REFUSED;
	}
	f = store_migrate(conninfo, say, c, why, sizeof why);
	if (f != OK)
		return cli_fail(c, f == E_UNAVAILABLE ? EXIT_UNREACHABLE : EXIT_REFUSED, "%s", why);
	cli_answer(c, S("{\"migrated\":true}"));
	if (!c->json)
		fputs("the schema is this program's\n", c->out);
	return EXIT_GOOD;
}

static const struct option_row none[] = { { "print-config", NULL, "every setting and where it came from" } };
static const struct option_row bench_options[] = {
	{ "quick", NULL, "fewer repeats, and no ten million entries" },
	{ "repeat", "N", "how often each figure is taken" },
	{ "seconds", "N", "how long each time" },
	{ "state-dir", "PATH", "where the throw-away registry lies" },
};
static const struct option_row migrate_options[] = {
	DATABASE_OPTIONS,
	{ "plan", NULL, "only say whether something is to be done" },
};
static const struct command_row rows[] = {
	{ "up",
	  "",
	  "[counterfoild's flags]",
	  0,
	  ARGS_MAX,
	  "start the registry (with a private PostgreSQL when no other is named)",
	  "  counterfoil up\n  counterfoil up --state-dir=var --listen=127.0.0.1:8440\n"
	  "  `counterfoild --help` lists every setting",
	  { none, ARRAY_LEN(none) },
	  cmd_up,
	  true },
	{ "bench",
	  "",
	  "",
	  0,
	  ARGS_MAX,
	  "measure this machine's ceiling and the registry against it",
	  NULL,
	  { bench_options, ARRAY_LEN(bench_options) },
	  cmd_bench,
	  true },
	COMMAND("migrate", "", "", 0, 0, "bring a database to this program's schema", NULL, migrate_options,
	        cmd_migrate),
};
const struct command_group run_commands = { rows, ARRAY_LEN(rows) };
