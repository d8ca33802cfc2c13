/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_alert.c: alerts as they come, one's word that one has seen them, and
 * webhooks that carry them. The lists are in cmd_show.c.
 */
#include "client.h"
#include "jcs.h"
#include "json_at.h"
#include "run/clock.h"

/* --- ack --- */

static bool is_number(const char *text) { return *text && strspn(text, "0123456789") == strlen(text); }

static int cmd_ack(struct cli *c)
{
	struct client k;
	struct http_answer a;
	int rc = client_open(c, &k);

	for (int i = 0; i < c->n_args && rc == EXIT_GOOD; i++)
		if (!is_number(c->arg[i]))
			rc = cli_usage(c, "an alert is named by its number, not %s", c->arg[i]);
	for (int i = 0; i < c->n_args && rc == EXIT_GOOD; i++) {
		rc = client_post(&k, cli_text(c, "/v1/alerts/%s/ack", c->arg[i]), true, "application/json", S(""), &a);
		if (rc == EXIT_GOOD && (a.status != 200 || !a.json))
			rc = client_problem(&k, &a);
		if (rc != EXIT_GOOD)
			break;
		cli_answer(c, a.body);
		if (!c->json)
			fprintf(c->out, "%s  %s  acknowledged %s\n", c->arg[i], json_z(a.body, "/code", c->mem),
			        json_z(a.body, "/acknowledged/at", c->mem));
	}
	client_close(&k);
	return rc;
}

/* --- watch --- */

enum { LINE_LEN = 8192, AGAIN_MS = 2000 };
struct watching {
	struct cli *c;
	char line[LINE_LEN];
	size_t len;
	char last[24]; /* id of the last event shown: where the next stream begins */
	char id[24];
	long left; /* events still to show; below 0: no end */
};

static const char *colour_of(const struct cli *c, const char *severity)
{
	return strcmp(severity, "alarm") == 0 ? ink(c, RED) : strcmp(severity, "warning") == 0 ? ink(c, YELLOW) : "";
}

static void show_event(struct watching *w, struct span json)
{
	struct cli *c = w->c;
	const char *severity = json_z(json, "/severity", c->mem);

	if (c->json)
		fprintf(c->out, "%.*s\n", (int)json.len, json.at);
	else
		fprintf(c->out, "%s  %s%-7s %-20s%s  %s  %s\n", json_z(json, "/at", c->mem), colour_of(c, severity),
		        severity, json_z(json, "/code", c->mem), ink(c, PLAIN), json_z(json, "/asset", c->mem),
		        json_z(json, "/text", c->mem));
	fflush(c->out);
	memcpy(w->last, w->id, sizeof w->last);
	if (w->left > 0)
		w->left--;
}

static void take_line(struct watching *w)
{
	struct span line = { w->line, w->len };

	if (span_starts(line, S("id: ")) && line.len - 4 < sizeof w->id) {
		memcpy(w->id, line.at + 4, line.len - 4);
		w->id[line.len - 4] = 0;
	}
	if (span_starts(line, S("data: ")))
		show_event(w, (struct span){ line.at + 6, line.len - 6 });
}

static bool on_piece(void *arg, struct span piece)
{
	struct watching *w = arg;

	for (size_t i = 0; i < piece.len && w->left != 0; i++) {
		if (piece.at[i] != '\n') {
			if (w->len < sizeof w->line)
				w->line[w->len++] = piece.at[i];
			continue;
		}
		take_line(w);
		w->len = 0;
	}
	return w->left != 0;
}

static int cmd_watch(struct cli *c)
{
	const char *after = cli_opt(c, "after"), *count = cli_opt(c, "count");
	struct watching w = { .c = c, .left = count ? strtol(count, NULL, 10) : -1 };
	struct client k;
	size_t mark;
	int rc;

	if ((after && !is_number(after)) || (count && (!is_number(count) || w.left < 1)))
		return cli_usage(c, "--after and --count are whole numbers");
	snprintf(w.last, sizeof w.last, "%s", after ? after : "");
	rc = client_open(c, &k);
	mark = c->mem->used;
	while (rc == EXIT_GOOD && w.left != 0) {
		c->mem->used = mark; /* a stream may be watched for years */
		w.len = 0;
		rc = client_stream(&k, "/v1/events", w.last[0] ? cli_text(c, "Last-Event-ID: %s", w.last) : NULL,
		                   on_piece, &w);
		if (rc == EXIT_GOOD && w.left != 0)
			clock_sleep_ms(AGAIN_MS);
	}
	client_close(&k);
	return rc;
}

/* --- webhooks --- */

static int told(struct cli *c, struct client *k, int rc, const struct http_answer *a, const char *what)
{
	if (rc == EXIT_GOOD && (a->status > 299 || !a->json))
		rc = client_problem(k, a);
	if (rc == EXIT_GOOD) {
		cli_answer(c, a->body);
		if (!c->json)
			fprintf(c->out, "%s  %s\n", json_z(a->body, "/id", c->mem), what);
	}
	return rc;
}

static int cmd_webhook_add(struct cli *c)
{
	static const char *const member[] = { "asset", "about", "code", "severity" };
	struct writer w = cli_writer(c);
	struct jcs j = jcs_free_order(&w);
	struct client k;
	struct http_answer a;
	int rc = client_open(c, &k);

	jcs_object(&j);
	jcs_member_z(&j, "url", c->arg[0]);
	for (size_t i = 0; i < ARRAY_LEN(member); i++)
		if (cli_on(c, member[i])) /* --party says who asks */
			jcs_member_z(&j, strcmp(member[i], "about") == 0 ? "party" : member[i], cli_opt(c, member[i]));
	jcs_end_object(&j);
	if (rc == EXIT_GOOD)
		rc = client_post(&k, "/v1/webhooks", true, "application/json", writer_span(&w), &a);
	rc = told(c, &k, rc, &a, "is asked now whether it wants to be called");
	if (rc == EXIT_GOOD && !c->json)
		fprintf(c->out, "secret      %s\npublic key  %s\n%sthe secret is kept nowhere: note it now%s\n",
		        json_z(a.body, "/secret", c->mem), json_z(a.body, "/public_key", c->mem), ink(c, DIM),
		        ink(c, PLAIN));
	client_close(&k);
	return rc;
}

static int cmd_webhook_act(struct cli *c)
{
	struct client k;
	struct http_answer a;
	const char *path = cli_uuid(c, c->arg[0]);
	bool test = strcmp(c->verb, "test") == 0;
	int rc = path ? client_open(c, &k) : EXIT_USAGE;

	if (!path)
		return rc;
	path = cli_text(c, "/v1/webhooks/%s%s", c->arg[0], test ? "/test" : "");
	if (rc == EXIT_GOOD)
		rc = test ? client_post(&k, path, true, "application/json", S(""), &a) : client_delete(&k, path, &a);
	rc = told(c, &k, rc, &a, test ? "is sent a test event" : "removed");
	client_close(&k);
	return rc;
}

static const struct option_row ack_options[] = { CLIENT_OPTIONS };
static const struct option_row watch_options[] = {
	{ "after", "NUMBER", "begin behind this alert; else with the next one" },
	{ "count", "N", "end after so many" },
	CLIENT_OPTIONS,
};
static const struct option_row webhook_options[] = {
	{ "asset", "UUID", "alerts of this asset only" },
	{ "about", "UUID", "of assets this party holds or owes only" },
	{ "code", "CODE", "of this code only, such as claim-registered" },
	{ "severity", "WORD", "at least info, warning or alarm" },
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("alert", "ack", "NUMBER...", 1, ARGS_MAX, "you have seen them: who and when is kept", NULL, ack_options,
	        cmd_ack),
	COMMAND("alert", "watch", "", 0, 0, "alerts as they come",
	        "  counterfoil alert watch --key bank.jwk\n  counterfoil alert watch --key bank.jwk --after 0 --json\n"
	        "  a lost connection is made again, and nothing is missed",
	        watch_options, cmd_watch),
	COMMAND("webhook", "add", "URL", 1, 1, "have alerts sent to a URL",
	        "  counterfoil webhook add https://bank.example/hook --key bank.jwk --severity warning\n"
	        "  CloudEvents, signed as Standard Webhooks says; the endpoint must first answer with the challenge",
	        webhook_options, cmd_webhook_add),
	COMMAND("webhook", "remove", "UUID", 1, 1, "send nothing there any more", NULL, ack_options, cmd_webhook_act),
	COMMAND("webhook", "test", "UUID", 1, 1, "send a test event", NULL, ack_options, cmd_webhook_act),
};
const struct command_group alert_commands = { rows, ARRAY_LEN(rows) };
