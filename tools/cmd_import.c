/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_import.c: what was on paper or in another system, all of it, into the registry.
 *
 *   file -> (a table: each row signed with the key) -> the registry's one write path -> totals, to the cent
 *
 * Killed and run again it goes on where it was. See import_file.h for what lies beside the file meanwhile.
 */
#include "import_dry.h"
#include "import_run.h"
#include "import_totals.h"
#include "jcs.h"
#include "state_dir.h"

enum { CONNECTIONS = 4, ROWS = 500 };

static int number_of(struct cli *c, const char *name, unsigned standard, unsigned max, unsigned *ret)
{
	const char *text = cli_opt(c, name);
	char *end;
	unsigned long v;

	*ret = standard;
	if (!text)
		return EXIT_GOOD;
	v = strtoul(text, &end, 10);
	if (*end || v < 1 || v > max)
		return cli_usage(c, "--%s is a number from 1 to %u", name, max);
	*ret = (unsigned)v;
	return EXIT_GOOD;
}

/* --- a dry run --- */

static void tell_dry(struct cli *c, const struct import_file *f, const struct import_dry *d)
{
	fprintf(c->out, "%s: %llu rows would be accepted, %llu are in already, %llu would be refused%s\n", f->name,
	        (unsigned long long)d->accepted, (unsigned long long)d->repeated, (unsigned long long)d->refused,
	        d->rules ? "" : "; the rules were not asked: give --database or --state-dir of the registry");
}

static int dry_run(struct cli *c, struct import_file *f)
{
	bool rules = cli_on(c, "database") || cli_on(c, "state-dir");
	const char *conninfo = rules ? database_of(c) : NULL;
	struct store *store = conninfo ? audit_store(c, conninfo) : NULL;
	struct command genesis;
	struct import_dry d;
	struct span origin = S(""), key = S("");
	int rc = rules && !store ? EXIT_UNREACHABLE : EXIT_GOOD;

	if (store && log_birth(store, 0, ST_LOG_GENESIS, c->mem, &genesis)) {
		origin = genesis.body.log_genesis.origin;
		key = fingerprint_key(c, store);
	}
	if (store && key.len == 0)
		rc = cli_usage(c,
		               "the registry's fingerprint key is needed to tell duplicates: --fingerprint-key FILE");
	if (rc == EXIT_GOOD)
		rc = import_dry(f, store, key, origin, c->out, &d);
	if (rc == EXIT_GOOD) {
		tell_dry(c, f, &d);
		rc = d.refused ? EXIT_REFUSED : EXIT_GOOD;
	}
	store_close(store);
	return rc;
}

/* --- the import --- */

static void tell(struct cli *c, const struct import_file *f, const struct import_result *r)
{
	const struct import_mark *m = &r->mark;

	fprintf(c->out, "%s: %lld rows accepted, %lld were in already, %lld refused", f->name, (long long)m->accepted,
	        (long long)m->repeated, (long long)m->refused_rows);
	if (m->refused_rows)
		fprintf(c->out, ": %s says which and why", f->refused_path);
	fprintf(c->out, "\n%llu rows in %lld.%lld s, %lld rows/s\n", (unsigned long long)r->sent,
	        (long long)(r->ns / 1000000000), (long long)(r->ns / 100000000 % 10),
	        (long long)(r->ns > 0 ? (int64_t)r->sent * 1000000000 / r->ns : 0));
}

static void answer(struct cli *c, const struct import_file *f, const struct import_result *r,
                   const struct import_totals *t)
{
	struct writer w = cli_writer(c);
	struct jcs j = jcs_over(&w);

	jcs_object(&j);
	jcs_member_i64(&j, "accepted", r->mark.accepted);
	jcs_member_bool(&j, "agree", t->agree);
	jcs_member_z(&j, "file", f->name);
	jcs_member_i64(&j, "ms", r->ns / 1000000);
	jcs_member_i64(&j, "refused", r->mark.refused_rows);
	jcs_member_i64(&j, "repeated", r->mark.repeated);
	jcs_member_i64(&j, "sent", (int64_t)r->sent);
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
}

static int import_one(struct cli *c, struct client *k, struct import_file *f)
{
	struct import_totals t;
	struct import_result r;
	unsigned connections, rows;
	int rc = number_of(c, "connections", CONNECTIONS, CONNECTIONS_MAX, &connections);

	if (rc == EXIT_GOOD)
		rc = number_of(c, "rows", ROWS, 4096, &rows);
	if (rc == EXIT_GOOD)
		rc = import_run(f, k, connections, rows, &r);
	if (rc == EXIT_GOOD)
		rc = import_totals(f, k->has_key ? k : NULL, &t);
	if (rc != EXIT_GOOD)
		return rc;
	if (!c->json) {
		tell(c, f, &r);
		import_totals_print(&t, c->out);
	}
	answer(c, f, &r, &t);
	return r.mark.refused_rows || !t.agree ? EXIT_REFUSED : EXIT_GOOD;
}

static int cmd_import(struct cli *c)
{
	struct client k;
	int worst = EXIT_GOOD, rc = client_open(c, &k);

	for (int i = 0; i < c->n_args && rc == EXIT_GOOD; i++) {
		struct import_file f;
		bool dry = cli_on(c, "dry-run");
		int one = import_open(c, &k, c->arg[i], dry, &f);

		if (one == EXIT_GOOD)
			one = dry ? dry_run(c, &f) : import_one(c, &k, &f);
		import_close(&f);
		worst = one > worst ? one : worst;
		if (one > EXIT_REFUSED)
			break;
	}
	client_close(&k);
	return rc == EXIT_GOOD ? worst : rc;
}

static const struct option_row options[] = {
	{ "dry-run", NULL, "say which rows would be refused and why; change nothing" },
	{ "connections", "N", "to the registry at once (4)" },
	{ "rows", "N", "in one request (500)" },
	{ "fingerprint-key", "FILE", "for a dry run; else fingerprint.key of the state directory" },
	DATABASE_OPTIONS,
	CLIENT_OPTIONS,
};
static const char more[] =
	"  counterfoil import claims.csv --key supplier.jwk --dry-run --state-dir var\n"
	"  counterfoil import claims.csv --key supplier.jwk\n"
	"  counterfoil import history.ndjson --key regulator.jwk\n"
	"\n"
	"FILE is signed statements, one JWS a line, or a table of receivables (CSV, first line: number, issue_date, due_date,\n"
	"amount, currency, debtor; may: creditor, documents, existing, lineage), whose rows are signed with the key.\n"
	"Stopped at any moment it is carried on by the same command. Rows refused are in FILE.refused. At the end the file's\n"
	"totals are compared with what was accepted and, with a key that may see them, with what the registry holds.\n";
static const struct command_row rows[] = {
	COMMAND("import", "", "FILE...", 1, ARGS_MAX, "many statements, or a table of receivables, into the registry",
	        more, options, cmd_import),
};
const struct command_group import_commands = { rows, ARRAY_LEN(rows) };
