/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_check.c: the question before lending. The verdict stands first and large; everything else is why. */
#include <unistd.h>

#include "client.h"
#include "json_at.h"
#include "receipt_file.h"
#include "show.h"
#include "statement_text.h"

/* --- the request --- */

static bool put_document(struct cli *c, struct jcs *j, const char *text)
{
	static const struct field_info hash = { .member = "document", .kind = FK_hash };
	const char *at = access(text, R_OK) == 0 ? cli_text(c, "@%s", text) : text;

	jcs_name(j, "document");
	return put_typed(c, j, &hash, at);
}

static bool put_amount_of(struct cli *c, struct jcs *j, const char *name, const char *text)
{
	const struct field_info money = { .member = name, .kind = FK_money };

	jcs_name(j, name);
	return put_typed(c, j, &money, text);
}

static bool put_facts(struct cli *c, struct jcs *j)
{
	static const char *const fact[] = { "issuer", "number", "date", "debtor" };

	jcs_name(j, "facts");
	jcs_object(j);
	jcs_member_z(j, "kind", cli_opt(c, "kind") ? cli_opt(c, "kind") : "invoice");
	for (size_t i = 0; i < ARRAY_LEN(fact); i++)
		if (cli_opt(c, fact[i]))
			jcs_member_z(j, fact[i], cli_opt(c, fact[i]));
	if (cli_opt(c, "total") && !put_amount_of(c, j, "amount", cli_opt(c, "total")))
		return false;
	jcs_end_object(j);
	return true;
}

static bool put_claim(struct cli *c, struct jcs *j)
{
	const char *asset = cli_opt(c, "asset"), *document = cli_opt(c, "document");
	bool good = true;

	jcs_name(j, "claim");
	jcs_object(j);
	if (asset)
		jcs_member_z(j, "asset", asset);
	else
		good = document ? put_document(c, j, document) : put_facts(c, j);
	jcs_end_object(j);
	return good;
}

static bool put_request(struct cli *c, struct writer *w)
{
	struct jcs j = jcs_free_order(w);

	jcs_object(&j);
	if (!put_claim(c, &j))
		return false;
	if (cli_opt(c, "amount") && !put_amount_of(c, &j, "amount", cli_opt(c, "amount")))
		return false;
	jcs_member_z(&j, "purpose", cli_setting(c, "purpose", NULL, "lending"));
	jcs_member_bool(&j, "certificate", cli_on(c, "certificate"));
	jcs_end_object(&j);
	return !w->overflow;
}

/* --- the answer --- */

static enum ink ink_of(const char *word)
{
	return !strcmp(word, "stop") ? RED : !strcmp(word, "caution") ? YELLOW : GREEN;
}

static const char *verdict_says(const char *verdict)
{
	return !strcmp(verdict, "stop")      ? "STOP: do not lend on this as asked"
	       : !strcmp(verdict, "caution") ? "CAUTION: lend only knowing what follows"
	                                     : "CLEAR: nothing stands against it";
}

static void tell_asset(struct cli *c, struct span a)
{
	const char *state = json_z(a, "/asset/state", c->mem);

	if (!*state)
		return;
	fprintf(c->out, "  claim      %s, %s%s, evidence level %lld\n", json_z(a, "/asset/id", c->mem), state,
	        json_true(a, "/asset/confirmed") ? ", confirmed by the debtor" : ", not confirmed by the debtor",
	        (long long)json_i64(a, "/asset/level", 0));
	fprintf(c->out, "  free       %s; you would rank %lld\n", show_money(c, a, "/free"),
	        (long long)json_i64(a, "/rank", 0));
}

static void tell_encumbrances(struct cli *c, struct span a)
{
	struct span list, name, e;
	struct json_walk w;

	if (!json_at(a, "/encumbrances", &list))
		return;
	w = json_walk(list);
	while (json_next(&w, &name, &e)) {
		const char *rank = json_z(e, "/rank", c->mem), *amount = show_money(c, e, "/amount");

		fprintf(c->out, "  rank %-5s %s, %s%s%s%s\n", *rank ? rank : "-", json_z(e, "/kind", c->mem),
		        json_z(e, "/state", c->mem), *amount ? ", " : "", amount,
		        *json_z(e, "/secured_party", c->mem) ? "" : "; another lender's");
	}
}

static void tell_reasons(struct cli *c, struct span a)
{
	struct span list, name, r;
	struct json_walk w;

	if (!json_at(a, "/reasons", &list))
		return;
	w = json_walk(list);
	while (json_next(&w, &name, &r)) {
		const char *severity = json_z(r, "/severity", c->mem);

		fprintf(c->out, "  %s%-8s%s   %s: %s\n", ink(c, ink_of(severity)), severity, ink(c, PLAIN),
		        json_z(r, "/code", c->mem), json_z(r, "/detail", c->mem));
	}
}

static void tell_findings(struct cli *c, struct span a)
{
	struct span list, name, f;
	struct json_walk w;

	if (!json_at(a, "/findings", &list))
		return;
	for (w = json_walk(list); json_next(&w, &name, &f);)
		fprintf(c->out, "  finding    %s %s (%s): %s; finding show %s\n", json_z(f, "/signal", c->mem),
		        json_z(f, "/severity", c->mem), json_z(f, "/state", c->mem), json_z(f, "/text", c->mem),
		        json_z(f, "/id", c->mem));
}

static void tell_score(struct cli *c, struct span a)
{
	struct span score;

	if (json_at(a, "/score/grade", &score))
		fprintf(c->out, "  score      %s (%s), %s, confidence %lld of 1000\n", json_z(a, "/score/grade", c->mem),
		        json_z(a, "/score/score", c->mem), json_z(a, "/score/authenticity", c->mem),
		        (long long)json_i64(a, "/score/confidence", 0));
}

static void tell(struct cli *c, struct span a)
{
	const char *verdict = json_z(a, "/verdict", c->mem);
	int64_t seq = json_i64(a, "/certificate/seq", -1);

	fprintf(c->out, "%s%s%s%s\n", ink(c, BOLD), ink(c, ink_of(verdict)), verdict_says(verdict), ink(c, PLAIN));
	tell_asset(c, a);
	tell_encumbrances(c, a);
	tell_reasons(c, a);
	tell_findings(c, a);
	tell_score(c, a);
	fprintf(c->out, "  as of      entry %lld\n", (long long)json_i64(a, "/as_of/seq", 0));
	if (seq >= 0)
		fprintf(c->out, "  certificate: entry %lld of the log stands for this answer\n", (long long)seq);
}

static int keep(struct cli *c, struct span a)
{
	const char *out = cli_opt(c, "out");
	struct span certificate;

	if (!out)
		return EXIT_GOOD;
	if (!json_at(a, "/certificate", &certificate) || certificate.at[0] != '{')
		return cli_usage(c, "--out keeps the certificate's receipt: ask for one with --certificate");
	certificate = receipt_only(c, certificate);
	return cli_write(c, out, span_z(cli_text(c, "%.*s\n", (int)certificate.len, certificate.at)), false)
	               ? EXIT_GOOD
	               : EXIT_USAGE;
}

static int ask(struct cli *c, struct client *k)
{
	struct writer w = writer_over(arena_take(c->mem, 16384), 16384);
	struct http_answer a;
	int rc;

	if (!put_request(c, &w))
		return EXIT_USAGE;
	rc = client_post(k, "/v1/checks", true, "application/json", writer_span(&w), &a);
	if (rc != EXIT_GOOD)
		return rc;
	if (a.status != 200 || !a.json)
		return client_problem(k, &a);
	cli_answer(c, a.body);
	if (!c->json)
		tell(c, a.body);
	rc = keep(c, a.body);
	if (rc != EXIT_GOOD)
		return rc;
	return strcmp(json_z(a.body, "/verdict", c->mem), "stop") == 0 ? EXIT_REFUSED : EXIT_GOOD;
}

static int cmd_check(struct cli *c)
{
	bool facts = cli_opt(c, "number") != NULL;
	int named = (cli_opt(c, "asset") != NULL) + (cli_opt(c, "document") != NULL) + facts;
	struct client k;
	int rc;

	if (named != 1)
		return cli_usage(
			c,
			"name the claim in one way: --asset UUID, --document FILE or hash, or --issuer with --number");
	if (facts && !cli_opt(c, "issuer"))
		return cli_usage(c, "whose number is it? Say it with --issuer: USCC, LEI or party id");
	rc = client_open(c, &k);
	if (rc == EXIT_GOOD)
		rc = ask(c, &k);
	client_close(&k);
	return rc;
}

static const struct option_row options[] = {
	{ "asset", "UUID", "the claim by its id, or" },
	{ "document", "FILE|HASH", "by its document, or" },
	{ "kind", "KIND", "what the facts are of: invoice (when absent), warehouse-receipt, lot, bin, serial" },
	{ "issuer", "ID", "by its facts: the issuer's USCC, LEI or party id" },
	{ "number", "NUMBER",
	  "and the number as printed; for goods: lot with the code of the goods, serial with its prefix, ZONE/BIN with the site" },
	{ "date", "YYYY-MM-DD", "(may) its date" },
	{ "total", "1250.00CNY", "(may) its total" },
	{ "debtor", "ID", "(may) who owes" },
	{ "amount", "1250.00CNY", "how much you have in mind; the whole claim when absent" },
	{ "purpose", "TEXT", "recorded, and shown to whom the data is about (lending)" },
	{ "certificate", NULL, "a numbered search certificate: an entry in the log" },
	{ "out", "FILE", "where the certificate's receipt is written" },
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("check", "", "", 0, 0, "before lending: does the claim exist, who holds it, what is free",
	        "  counterfoil check --document invoice.xml --amount 500000.00CNY --key bank.jwk\n"
	        "  counterfoil check --issuer 91320281MA1PL4Q61J --number JZ2026090012 --key bank.jwk\n"
	        "  exit code 0: clear or caution; 1: stop",
	        options, cmd_check),
};
const struct command_group check_commands = { rows, ARRAY_LEN(rows) };
