/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_document.c: trade documents. `document verify` asks nobody: the same
 * confined reader and the same rules as in the server, on this machine.
 */
#include "client.h"
#include "intake/document.h"
#include "jcs.h"
#include "json_at.h"
#include "run/memory.h"
#include "service/parser.h"
#include "show.h"

/* --- the report --- */

static void tell_findings(struct cli *c, struct span report)
{
	struct span list, name, f;
	struct json_walk w;

	if (!json_at(report, "/findings", &list))
		return;
	w = json_walk(list);
	while (json_next(&w, &name, &f)) {
		const char *severity = json_z(f, "/severity", c->mem), *detail = json_z(f, "/detail", c->mem),
			   *same = json_z(f, "/same_as", c->mem);
		bool error = severity[0] == 'E';

		fprintf(c->out, "  %s%s%s %-9s %s%s%s%s\n", ink(c, error ? RED : YELLOW), error ? "error  " : "warning",
		        ink(c, PLAIN), json_z(f, "/rule", c->mem), json_z(f, "/text", c->mem), *same ? " (" : "", same,
		        *same ? ")" : "");
		fprintf(c->out, "          at %s%s%s\n", json_z(f, "/where", c->mem), *detail ? ": " : "", detail);
	}
}

static void tell_document(struct cli *c, const char *path, struct span r)
{
	bool good = strcmp(json_z(r, "/level", c->mem), "L1") == 0;

	fprintf(c->out, "%s%s%s %s: %s\n", ink(c, good ? GREEN : RED), good ? "level 1" : "level 0", ink(c, PLAIN),
	        path, json_z(r, "/kind", c->mem));
	if (*json_z(r, "/number", c->mem))
		fprintf(c->out, "  number     %s of %s, due %s\n  payable    %s\n  seller     %s\n  buyer      %s\n",
		        json_z(r, "/number", c->mem), json_z(r, "/issue_date", c->mem), json_z(r, "/due_date", c->mem),
		        show_money(c, r, "/payable"), json_z(r, "/seller/name", c->mem),
		        json_z(r, "/buyer/name", c->mem));
	tell_findings(c, r);
}

/* --- document verify --- */

static struct span put_report(struct cli *c, const char *path, const struct document *d)
{
	const size_t room = DOCUMENT_WIRE_MAX;
	struct writer w = writer_over(arena_take(c->mem, room), room);
	struct span report, name, value;
	struct json_walk walk;
	struct jcs j;

	put_document_json(&w, d);
	report = writer_span(&w);
	if (w.overflow)
		return S("{}");
	w = writer_in(c->mem);
	j = jcs_free_order(&w);
	jcs_object(&j);
	jcs_member_z(&j, "file", path);
	walk = json_walk(report);
	while (json_next(&walk, &name, &value)) {
		jcs_name_span(&j, name);
		jcs_raw(&j, value);
	}
	jcs_end_object(&j);
	return writer_done(&w, c->mem);
}

static int verify_one(struct cli *c, struct parser *p, const char *path)
{
	struct document d;
	struct span bytes, report;
	enum fault f;

	if (!cli_file(c, path, DOCUMENT_MAX, &bytes))
		return EXIT_USAGE;
	f = parser_document(p, bytes, c->mem, &d);
	if (f != OK)
		return cli_fail(c, EXIT_REFUSED, "%s: %s", path, fault_info(f)->text);
	report = put_report(c, path, &d);
	cli_answer(c, report);
	if (!c->json)
		tell_document(c, path, report);
	return d.level >= DOC_L1 ? EXIT_GOOD : EXIT_REFUSED;
}

static int cmd_verify(struct cli *c)
{
	struct parser p;
	int worst = EXIT_GOOD;

	if (!parser_start(&p))
		return cli_fail(c, EXIT_REFUSED, "the confined document reader cannot be started on this machine");
	for (int i = 0; i < c->n_args; i++) {
		size_t mark = c->mem->used;
		int rc = verify_one(c, &p, c->arg[i]);

		worst = rc > worst ? rc : worst;
		if (i + 1 < c->n_args) {
			c->answer = S("");
			c->mem->used = mark;
		}
	}
	parser_stop(&p);
	return worst;
}

/* --- document submit, document show --- */

static int submit(struct cli *c, struct client *k)
{
	struct http_answer a;
	struct span bytes;
	int rc;

	if (!cli_file(c, c->arg[0], DOCUMENT_MAX, &bytes))
		return EXIT_USAGE;
	rc = client_post(k, "/v1/documents", true, "application/octet-stream", bytes, &a);
	if (rc != EXIT_GOOD)
		return rc;
	if (a.status >= 300 || !a.json)
		return client_problem(k, &a);
	cli_answer(c, a.body);
	if (c->json)
		return EXIT_GOOD;
	tell_document(c, c->arg[0], a.body);
	fprintf(c->out, "  id         %s%s\n", json_z(a.body, "/id", c->mem), a.status == 200 ? " (known before)" : "");
	return EXIT_GOOD;
}

static int show(struct cli *c, struct client *k)
{
	struct http_answer a;
	int rc = client_ask(k, cli_text(c, "/v1/documents/%s", c->arg[0]), true, &a);

	if (rc != EXIT_GOOD)
		return rc;
	cli_answer(c, a.body);
	if (!c->json)
		show_fields(c, a.body, 0);
	return EXIT_GOOD;
}

static int with_client(struct cli *c, int (*run)(struct cli *c, struct client *k))
{
	struct client k;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = run(c, &k);
	client_close(&k);
	return rc;
}

static int cmd_submit(struct cli *c) { return with_client(c, submit); }
static int cmd_show(struct cli *c) { return with_client(c, show); }

static const struct option_row client_options[] = { CLIENT_OPTIONS };
static const struct option_row none[] = { { "help", NULL, "this text" } };
static const struct command_row rows[] = {
	COMMAND("document", "verify", "FILE...", 1, ARGS_MAX,
	        "what a trade document says and what is wrong with it; offline",
	        "  counterfoil document verify invoice.xml\n  exit code 0: all reach level 1", none, cmd_verify),
	COMMAND("document", "submit", "FILE|-", 1, 1, "submit a trade document", NULL, client_options, cmd_submit),
	COMMAND("document", "show", "SHA256", 1, 1, "what a submitted document says", NULL, client_options, cmd_show),
};
const struct command_group document_commands = { rows, ARRAY_LEN(rows) };
