/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_document.c: trade documents. `document verify` asks nobody: the same
 * confined reader and the same rules as in the server, on this machine.
 */
#include "abreast.h"
#include "anchor_file.h"
#include "client.h"
#include "intake/authenticity.h"
#include "intake/document.h"
#include "jcs.h"
#include "jws.h"
#include "json_at.h"
#include "run/memory.h"
#include "service/parser.h"
#include "show.h"
#include "together.h"

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

		fprintf(c->out, "  %s%s%s %-9s %s hold: %s%s%s%s\n", ink(c, error ? RED : YELLOW),
		        error ? "error  " : "warning", ink(c, PLAIN), json_z(f, "/rule", c->mem),
		        error ? "must" : "should", json_z(f, "/text", c->mem), *same ? " (" : "", same,
		        *same ? ")" : "");
		fprintf(c->out, "          at %s%s%s\n", json_z(f, "/where", c->mem), *detail ? ": " : "", detail);
	}
}

/* One line of a document, by what it is about: "1  beeswax: delivered 90 KGM, back-ordered 10 KGM". */
static void tell_line(struct cli *c, struct span line)
{
	static const struct {
		const char *pointer, *word;
	} quantity[] = {
		{ "/quantity", "" },
		{ "/delivered", "delivered " },
		{ "/backorder", "back-ordered " },
		{ "/outstanding", "outstanding " },
		{ "/oversupply", "over-supplied " },
		{ "/received", "received " },
		{ "/shortage", "short " },
		{ "/rejected", "rejected " },
	};
	const char *unit = json_z(line, "/unit", c->mem), *lot = json_z(line, "/lot", c->mem),
		   *value = show_money(c, line, "/value"), *net = show_money(c, line, "/net");
	bool first = true;

	fprintf(c->out, "             %-4s %s", json_z(line, "/no", c->mem), json_z(line, "/name", c->mem));
	for (size_t i = 0; i < ARRAY_LEN(quantity); i++) {
		const char *q = json_z(line, quantity[i].pointer, c->mem);
		if (!*q)
			continue;
		fprintf(c->out, "%s %s%s %s", first ? ":" : ",", quantity[i].word, q, unit);
		first = false;
	}
	fprintf(c->out, "%s%s%s%s%s%s\n", *net ? ", " : "", net, *value ? ", worth " : "", value, *lot ? ", lot " : "",
	        lot);
}

static void tell_entry(struct cli *c, struct span entry)
{
	const char *ref = json_z(entry, "/transactions/0/uetr", c->mem);

	if (!*ref)
		ref = json_z(entry, "/transactions/0/end_to_end", c->mem);
	if (!*ref)
		ref = json_z(entry, "/servicer_ref", c->mem);
	fprintf(c->out, "             %-10s %s %s %s  %s\n", json_z(entry, "/booked", c->mem),
	        strcmp(json_z(entry, "/side", c->mem), "DBIT") == 0 ? "-" : "+", show_money(c, entry, "/amount"),
	        json_z(entry, "/status", c->mem), ref);
}

static void tell_response(struct cli *c, struct span response)
{
	const char *reason = json_z(response, "/reason", c->mem);

	fprintf(c->out, "  answer     %s to %s%s%s\n", json_z(response, "/code", c->mem),
	        json_z(response, "/reference/number", c->mem), *reason ? ": " : "", reason);
}

/* The first few of a list; how many more there are. */
enum { SHOWN = 8 };

static void tell_list(struct cli *c, struct span in, const char *pointer, const char *word,
                      void (*tell)(struct cli *c, struct span item))
{
	struct span list, name, item;
	unsigned n = 0;

	if (!json_at(in, pointer, &list))
		return;
	for (struct json_walk w = json_walk(list); json_next(&w, &name, &item); n++) {
		if (n == 0 && *word)
			fprintf(c->out, "  %s\n", word);
		if (n < SHOWN)
			tell(c, item);
	}
	if (n > SHOWN)
		fprintf(c->out, "             ... and %u more\n", n - SHOWN);
}

static void tell_statement(struct cli *c, struct span s)
{
	const char *owner = json_z(s, "/owner", c->mem);

	fprintf(c->out, "  account    %s%s%s, statement %s\n", json_z(s, "/account", c->mem), *owner ? " of " : "",
	        owner, json_z(s, "/id", c->mem));
	tell_list(c, s, "/entries", "", tell_entry);
}

/* Facts every kind may have: printed where they are. */
static const struct {
	const char *word, *pointer;
} facts[] = {
	{ "payable", NULL },
	{ "seller", "/seller/name" },
	{ "buyer", "/buyer/name" },
	{ "sender", "/sender/name" },
	{ "receiver", "/receiver/name" },
	{ "weigher", "/weigher/name" },
	{ "carrier", "/carrier/name" },
	{ "payee", "/payee/name" },
	{ "order", "/order_ref" },
	{ "despatch", "/despatch_ref" },
	{ "receipt", "/receipt_ref" },
	{ "earlier", "/preceding/0/number" },
	{ "delivered", "/delivery_date" },
};

static void tell_facts(struct cli *c, struct span r)
{
	for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
		const char *v = facts[i].pointer ? json_z(r, facts[i].pointer, c->mem) : show_money(c, r, "/payable");
		size_t n = facts[i].pointer ? strlen(facts[i].pointer) : 0;

		/* a party known by its trade name only */
		if (!*v && n > 5 && strcmp(facts[i].pointer + n - 5, "/name") == 0)
			v = json_z(r, cli_text(c, "%.*s/trade_name", (int)(n - 5), facts[i].pointer), c->mem);
		if (*v)
			fprintf(c->out, "  %-10s %s\n", facts[i].word, v);
	}
}

/* Who signed it, and under whom that was believed. */
static void tell_signature(struct cli *c, struct span r)
{
	const char *profile = json_z(r, "/signature/profile", c->mem), *signer = json_z(r, "/signature/signer", c->mem),
		   *anchor = json_z(r, "/signature/anchor", c->mem);

	if (*profile)
		fprintf(c->out, "  signed     %s%s%s%s%s\n", profile, *signer ? " by " : "", signer,
		        *anchor ? ", under anchor " : "", anchor);
}

/* How many findings are errors, and how many are not. */
static void count_findings(struct cli *c, struct span report, unsigned *errors, unsigned *warnings)
{
	struct span list, name, f;

	*errors = *warnings = 0;
	if (!json_at(report, "/findings", &list))
		return;
	for (struct json_walk w = json_walk(list); json_next(&w, &name, &f);) {
		bool error = json_z(f, "/severity", c->mem)[0] == 'E';

		*errors += error;
		*warnings += !error;
	}
}

/* What the level comes to, in words that can stand above a name: what holds, and what nobody has shown. */
static void tell_verdict(struct cli *c, struct span r, bool empty)
{
	const char *level = json_z(r, "/level", c->mem), *signed_by = json_z(r, "/signature/profile", c->mem), *says;
	unsigned errors, warnings;

	count_findings(c, r, &errors, &warnings);
	if (empty)
		says = "nothing: the file is empty";
	else if (strcmp(json_z(r, "/kind", c->mem), "opaque") == 0)
		says = "no trade document that is read here: kept it can be, relied on it cannot";
	else if (level[0] != 'L' || level[1] == '0')
		says = "refused: nothing it says can be relied on";
	else if (level[1] == '1')
		says = *signed_by ? "consistent in itself; its signature does not prove who issued it"
		                  : "consistent in itself; who issued it is not proved";
	else
		says = "consistent, and issued by who it says; that it is owed is not proved";
	fprintf(c->out, "  verdict    %s", says);
	if (errors + warnings > 0)
		fprintf(c->out, " (%u error%s, %u warning%s)", errors, errors == 1 ? "" : "s", warnings,
		        warnings == 1 ? "" : "s");
	fprintf(c->out, "\n");
}

static void tell_document(struct cli *c, const char *path, struct span r, bool empty)
{
	const char *level = json_z(r, "/level", c->mem);
	bool good = strcmp(level, "L0") != 0;
	const char *number = json_z(r, "/number", c->mem), *due = json_z(r, "/due_date", c->mem);
	struct span invoice;

	fprintf(c->out, "%slevel %s%s %s: %s\n", ink(c, good ? GREEN : RED), *level ? level + 1 : "0", ink(c, PLAIN),
	        path, json_z(r, "/kind", c->mem));
	tell_verdict(c, r, empty);
	if (*number)
		fprintf(c->out, "  number     %s of %s%s%s\n", number, json_z(r, "/issue_date", c->mem),
		        *due ? ", due " : "", due);
	tell_facts(c, r);
	tell_signature(c, r);
	tell_list(c, r, "/responses", "", tell_response);
	tell_list(c, r, "/statements", "", tell_statement);
	if (!json_at(r, "/payable", &invoice))
		tell_list(c, r, "/lines", "lines", tell_line);
	tell_findings(c, r);
}

/* --- document verify --- */

static struct span put_report(struct cli *c, const struct document *d)
{
	struct writer w =
		writer_in(c->mem); /* not a place of its own, which would be emptied first: it is far too large */

	put_document_json(&w, d);
	return w.overflow ? S("{}") : writer_done(&w, c->mem);
}

static void put_finding(struct jcs *j, struct span f)
{
	struct json_walk walk = json_walk(f);
	struct span name, value;

	jcs_object(j);
	while (json_next(&walk, &name, &value)) {
		/* what the registry calls a rule is what a reader of one line asks for: the finding's id */
		jcs_name_span(j, span_is(name, "rule") ? S("id") : name);
		jcs_raw(j, value);
	}
	jcs_end_object(j);
}

static void put_findings(struct jcs *j, struct span report)
{
	struct span list, name, f;
	struct json_walk walk;

	jcs_name(j, "findings");
	jcs_array(j);
	if (json_at(report, "/findings", &list))
		for (walk = json_walk(list); json_next(&walk, &name, &f);)
			put_finding(j, f);
	jcs_end_array(j);
}

/* One line for a machine: the file, its hash as sha256sum prints it, the verdict, and below facts what it says. */
static struct span put_line(struct cli *c, const char *path, const struct document *d, struct span report)
{
	static const char *const verdict[] = { "/kind", "/profile", "/level" };
	struct writer w = writer_in(c->mem), hex;
	struct jcs j = jcs_free_order(&w);
	struct span name, value;
	char text[2 * HASH_LEN];

	hex = writer_over(text, sizeof text);
	put_hex(&hex, d->sha256.b, HASH_LEN);
	jcs_object(&j);
	jcs_member_z(&j, "file", path);
	jcs_member_span(&j, "sha256", writer_span(&hex));
	for (size_t i = 0; i < ARRAY_LEN(verdict); i++) {
		jcs_name(&j, verdict[i] + 1);
		if (json_at(report, verdict[i], &value))
			jcs_raw(&j, value);
		else
			jcs_z(&j, "");
	}
	put_findings(&j, report);
	jcs_name(&j, "facts");
	jcs_object(&j);
	for (struct json_walk walk = json_walk(report); json_next(&walk, &name, &value);) {
		bool said = span_is(name, "findings") || span_is(name, "sha256");
		for (size_t i = 0; i < ARRAY_LEN(verdict); i++)
			said |= span_is(name, verdict[i] + 1);
		if (said)
			continue;
		jcs_name_span(&j, name);
		jcs_raw(&j, value);
	}
	jcs_end_object(&j);
	jcs_end_object(&j);
	return writer_done(&w, c->mem);
}

/* A file that is not there, or no file, has its line too: who reads them counts them. */
static struct span put_unread(struct cli *c, const char *path)
{
	struct writer w = writer_in(c->mem);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_z(&j, "file", path);
	jcs_member_z(&j, "error", "cannot be read");
	jcs_end_object(&j);
	return writer_done(&w, c->mem);
}

static int verify_one(struct cli *c, struct parser *p, const struct trust *t, const char *path, struct together *all)
{
	struct document d;
	struct span bytes, report;
	enum fault f;

	if (!cli_file(c, path, DOCUMENT_MAX, &bytes)) {
		cli_answer(c, put_unread(c, path));
		return EXIT_USAGE;
	}
	f = parser_document_under(p, bytes, t, c->mem, &d);
	if (f != OK)
		return cli_fail(c, EXIT_REFUSED, "%s: %s", path, fault_info(f)->text);
	report = put_report(c, &d);
	cli_answer(c, put_line(c, path, &d, report));
	if (!c->json)
		tell_document(c, path, report, bytes.len == 0);
	if (all && !together_add(c, all, path, &d))
		return EXIT_USAGE;
	return d.level >= DOC_L1 ? EXIT_GOOD : EXIT_REFUSED;
}

/* One after the other: their texts are wanted until the end, or there is only one. */
static int verify_each(struct cli *c, struct parser *p, const struct trust *trust, struct together *all)
{
	int worst = EXIT_GOOD;

	for (int i = 0; i < c->n_args && worst < EXIT_USAGE; i++) {
		int rc = verify_one(c, p, trust, c->arg[i], all);

		worst = rc > worst ? rc : worst;
	}
	if (all && worst < EXIT_USAGE) {
		int rc = together_tell(c, all);
		worst = rc > worst ? rc : worst;
	}
	return worst;
}

struct verifying {
	struct parser parser[ABREAST_MAX];
	unsigned n;
	struct trust trust;
	const char *const *path;
};

static int verify_job(struct cli *c, unsigned worker, unsigned i, void *arg)
{
	struct verifying *v = arg;

	return verify_one(c, &v->parser[worker], &v->trust, v->path[i], NULL);
}

/* What is reserved for answers must not count against the readers' limit. */
static bool start_parsers(struct cli *c, struct verifying *v, unsigned wanted)
{
	bool good = true;

	arena_inherit(c->mem, false);
	while (good && v->n < wanted) {
		good = parser_start(&v->parser[v->n]);
		v->n += good;
	}
	arena_inherit(c->mem, true);
	return v->n > 0;
}

static int cmd_verify(struct cli *c)
{
	bool together = cli_on(c, "together"), many = !together && c->n_args > 1;
	struct together *all = together ? ARENA_ARRAY(c->mem, struct together, 1) : NULL;
	struct verifying v = { .path = c->arg };
	int rc;

	if (!start_parsers(c, &v, many ? abreast_workers((unsigned)c->n_args) : 1))
		return cli_fail(c, EXIT_REFUSED, "the confined document reader cannot be started on this machine");
	if (all)
		all->n = 0;
	rc = anchors_wanted(c, &v.trust);
	if (rc == EXIT_GOOD)
		rc = many ? abreast(c, "documents", v.n, (unsigned)c->n_args, verify_job, &v)
		          : verify_each(c, &v.parser[0], &v.trust, all);
	for (unsigned i = 0; i < v.n; i++)
		parser_stop(&v.parser[i]);
	return rc;
}

/* --- document sign --- */

/* The document in a JWS under the party's own key: what the registry takes as the issuer's word without any authority. */
static int sign(struct cli *c, struct client *k)
{
	const char *out = cli_opt(c, "out");
	struct span bytes;
	struct writer w;

	if (!k->has_key)
		return cli_usage(c, "say with --key FILE under which key");
	if (!cli_file(c, c->arg[0], DOCUMENT_MAX / 4 * 3, &bytes))
		return EXIT_USAGE;
	w = writer_over(arena_take(c->mem, DOCUMENT_MAX * 2), DOCUMENT_MAX * 2);
	if (!jws_sign(&k->key, DOCUMENT_TYP, bytes, &w) || w.overflow)
		return cli_fail(c, EXIT_REFUSED, "%s cannot be signed with this key", c->arg[0]);
	if (!out) {
		fprintf(c->out, "%.*s", (int)w.len, w.at);
		return EXIT_GOOD;
	}
	if (!cli_write(c, out, writer_span(&w), false))
		return EXIT_USAGE;
	fprintf(c->out, "signed: %s\n", out);
	return EXIT_GOOD;
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
	tell_document(c, c->arg[0], a.body, bytes.len == 0);
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
static int cmd_sign(struct cli *c) { return with_client(c, sign); }

static const struct option_row client_options[] = { CLIENT_OPTIONS };
static const struct option_row sign_options[] = { { "out", "FILE", "where it is written; else standard output" },
	                                          CLIENT_OPTIONS };
static const struct option_row verify_options[] = {
	{ "together", NULL, "hold invoices against the other papers of their trade among the files" }, ANCHOR_OPTIONS
};
static const struct command_row rows[] = {
	COMMAND("document", "verify", "FILE...", 1, FILES_MAX,
	        "what a trade document says, who signed it and what is wrong with it; offline",
	        "  counterfoil document verify invoice.xml\n"
	        "  counterfoil document verify --anchors anchors.json invoice.ofd\n"
	        "  counterfoil document verify --together order.xml receipt.xml invoice.xml credit-note.xml\n"
	        "  find archive -name '*.xml' -print0 | xargs -0 counterfoil document verify --json >report.jsonl\n"
	        "  many files are read on all cores and told in their order, one line of JSON each\n"
	        "  exit code 0: all reach level 1; 1: one does not; 2: one cannot be read; level 2 takes a trust anchor",
	        verify_options, cmd_verify),
	COMMAND("document", "sign", "FILE", 1, 1, "a document under your own key: its issuer's word, to be submitted",
	        "  counterfoil document sign --key me.jwk invoice.xml --out invoice.jws", sign_options, cmd_sign),
	COMMAND("document", "submit", "FILE|-", 1, 1, "submit a trade document", NULL, client_options, cmd_submit),
	COMMAND("document", "show", "SHA256", 1, 1, "what a submitted document says", NULL, client_options, cmd_show),
};
const struct command_group document_commands = { rows, ARRAY_LEN(rows) };
