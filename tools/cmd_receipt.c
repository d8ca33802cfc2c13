/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_receipt.c: a receipt is proof by itself: receipt verify needs the log's key and nothing else, no network. */
#include <unistd.h>

#include "receipt_file.h"

#include "command.h"
#include "intake/inbound.h"
#include "intake/statement.h"
#include "jcs.h"
#include "json_at.h"

/* --- shared --- */

static struct span only_receipt(struct span json)
{
	struct span v;

	if (json_at(json, "/receipt", &v))
		return v;
	return json_at(json, "/leaf", &v) ? json : S("");
}

struct span receipt_only(struct cli *c, struct span json)
{
	static const char *const member[] = { "leaf", "outcome", "proof", "seq", "statement_hash" };
	struct span from = only_receipt(json), v;
	struct writer w = cli_writer(c);
	struct jcs j = jcs_over(&w);

	jcs_object(&j);
	for (size_t i = 0; i < ARRAY_LEN(member); i++) {
		char pointer[32];

		snprintf(pointer, sizeof pointer, "/%s", member[i]);
		if (!json_at(from, pointer, &v))
			return S("");
		jcs_name(&j, member[i]);
		jcs_raw(&j, v);
	}
	jcs_end_object(&j);
	return writer_span(&w);
}

bool receipt_good(struct cli *c, struct span json, struct span statement, const struct vkey *key, struct receipt *ret,
                  struct checkpoint *at, const char **why)
{
	struct diag d = { .detail = "" };
	enum receipt_verdict v;

	if (receipt_read(json, c->mem, ret, &d) != OK) {
		*why = cli_text(c, "this is no receipt: %s %s", d.pointer, d.detail);
		return false;
	}
	v = receipt_verify(ret, statement, key, c->mem, at);
	*why = receipt_verdict_text(v);
	return v == RECEIPT_GOOD;
}

static struct span line_of(struct span text)
{
	struct span line, rest;

	if (!span_cut(text, '\n', &line, &rest))
		line = text;
	while (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

bool vkey_of(struct cli *c, const char *text_or_file, struct vkey *ret)
{
	struct span text;

	if (vkey_parse(span_z(text_or_file), ret))
		return true;
	if (strchr(text_or_file, '+') && access(text_or_file, F_OK) != 0)
		return cli_usage(c, "neither a verifier key (name+id+base64) nor a file: %s", text_or_file) ==
		       EXIT_GOOD;
	if (!cli_file(c, text_or_file, 4096, &text))
		return false;
	if (vkey_parse(line_of(text), ret))
		return true;
	return cli_usage(c, "%s: its first line is no verifier key (name+id+base64)", text_or_file) == EXIT_GOOD;
}

int vkey_asked(struct cli *c, struct client *k, struct vkey *ret)
{
	const char *given = cli_opt(c, "vkey");
	struct http_answer a;
	int rc;

	if (given)
		return vkey_of(c, given, ret) ? EXIT_GOOD : EXIT_USAGE;
	rc = client_ask(k, "/.well-known/counterfoil.json", false, &a);
	if (rc != EXIT_GOOD)
		return rc;
	if (!vkey_parse(span_z(json_z(a.body, "/vkey", c->mem)), ret))
		return cli_fail(c, EXIT_UNREACHABLE, "%s names no verifier key of its log", k->server);
	if (!c->json)
		fprintf(c->err, "%sthe key is what %s says of itself; keep it and give it with --vkey:%s\n  %s\n",
		        ink(c, DIM), k->server, ink(c, PLAIN), json_z(a.body, "/vkey", c->mem));
	return EXIT_GOOD;
}

/* --- receipt verify --- */

static void put_verdict(struct cli *c, bool good, const char *why, const struct receipt *r, const struct checkpoint *at)
{
	struct writer w = cli_writer(c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_bool(&j, "verified", good);
	jcs_member_z(&j, "detail", why);
	if (good) {
		jcs_member_i64(&j, "seq", (int64_t)r->seq);
		jcs_member_i64(&j, "outcome", r->outcome);
		jcs_member_span(&j, "origin", at->origin);
		jcs_member_i64(&j, "checkpoint", (int64_t)at->size);
	}
	jcs_end_object(&j);
	cli_answer(c, writer_span(&w));
}

static const char *moment_text(struct cli *c, struct moment m)
{
	char text[40];
	struct writer w = writer_over(text, sizeof text - 1);

	put_moment(&w, m);
	text[w.len] = 0;
	return cli_text(c, "%s", text);
}

static const char *outcome_text(struct cli *c, uint16_t outcome)
{
	const struct fault_info *f = fault_info((enum fault)outcome);

	if (outcome == 0)
		return "accepted";
	return f ? cli_text(c, "refused: %s", f->slug) : "refused";
}

static void tell_leaf(struct cli *c, const struct receipt *r)
{
	const struct statement_info *s;
	struct leaf l;

	if (!leaf_decode(r->leaf, &l))
		return;
	s = statement_info((enum statement_kind)l.kind);
	fprintf(c->out, "  entry      %llu, %s, %s\n  at         %s\n", (unsigned long long)l.seq,
	        s ? s->type : "of a type this program does not know", outcome_text(c, l.outcome),
	        moment_text(c, l.accepted_at));
}

static int verify(struct cli *c, const struct vkey *key)
{
	struct span file, statement = S("");
	struct receipt r = { .outcome = 0 };
	struct checkpoint at = { .size = 0 };
	const char *why;
	bool good;

	if (!cli_file(c, c->arg[0], RECEIPT_MAX * 2, &file))
		return EXIT_USAGE;
	if (cli_opt(c, "statement")) {
		if (!cli_file(c, cli_opt(c, "statement"), STATEMENT_COMPACT_MAX + 2, &statement))
			return EXIT_USAGE;
		statement = line_of(statement);
	}
	/* What the registry answered is taken too: the receipt inside it is what is verified. */
	if (json_good(file) && receipt_only(c, file).len > 0)
		file = receipt_only(c, file);
	good = receipt_good(c, file, statement, key, &r, &at, &why);
	put_verdict(c, good, why, &r, &at);
	if (c->json)
		return good ? EXIT_GOOD : EXIT_REFUSED;
	fprintf(c->out, "%s%s%s: %s\n", ink(c, good ? GREEN : RED), good ? "verified" : "NOT VERIFIED", ink(c, PLAIN),
	        good ? "the log has committed to this entry" : why);
	if (good) {
		tell_leaf(c, &r);
		fprintf(c->out, "  log        %.*s, checkpoint of %llu entries\n", (int)at.origin.len, at.origin.at,
		        (unsigned long long)at.size);
	}
	return good ? EXIT_GOOD : EXIT_REFUSED;
}

static int cmd_verify(struct cli *c)
{
	struct client k = { .c = c };
	struct vkey key;
	int rc;

	if (cli_opt(c, "vkey"))
		return vkey_of(c, cli_opt(c, "vkey"), &key) ? verify(c, &key) : EXIT_USAGE;
	rc = client_open(c, &k);
	if (rc == EXIT_GOOD)
		rc = vkey_asked(c, &k, &key);
	client_close(&k);
	return rc == EXIT_GOOD ? verify(c, &key) : rc;
}

static int cmd_show(struct cli *c)
{
	struct span file;
	struct receipt r;
	struct diag d = { .detail = "" };

	if (!cli_file(c, c->arg[0], RECEIPT_MAX * 2, &file))
		return EXIT_USAGE;
	if (json_good(file) && receipt_only(c, file).len > 0)
		file = receipt_only(c, file);
	if (receipt_read(file, c->mem, &r, &d) != OK)
		return cli_fail(c, EXIT_REFUSED, "%s is no receipt: %s %s", c->arg[0], d.pointer, d.detail);
	cli_answer(c, file);
	if (c->json)
		return EXIT_GOOD;
	tell_leaf(c, &r);
	fprintf(c->out, "  statement  %s\n%.*s", json_z(file, "/statement_hash", c->mem), (int)r.proof.len, r.proof.at);
	return EXIT_GOOD;
}

static const struct option_row verify_options[] = {
	{ "vkey", "VKEY|FILE", "the log's verifier key, kept from before: then nothing is asked of anybody" },
	{ "statement", "FILE", "the statement (JWS) that must be the one receipted" },
	CLIENT_OPTIONS,
};
static const struct option_row show_options[] = { { "help", NULL, "this text" } };
static const struct command_row rows[] = {
	COMMAND("receipt", "verify", "FILE|-", 1, 1, "verify a receipt offline",
	        "  counterfoil receipt verify receipt.json --vkey log.vkey --statement statement.jws", verify_options,
	        cmd_verify),
	COMMAND("receipt", "show", "FILE|-", 1, 1, "what a receipt says", NULL, show_options, cmd_show),
};
const struct command_group receipt_commands = { rows, ARRAY_LEN(rows) };
