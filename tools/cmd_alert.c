/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_alert.c: alerts as they come, and one's word that one has seen them. The list is in cmd_show.c. */
#include "client.h"
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

static const struct option_row ack_options[] = { CLIENT_OPTIONS };
static const struct option_row watch_options[] = {
	{ "after", "NUMBER", "begin behind this alert; else with the next one" },
	{ "count", "N", "end after so many" },
	CLIENT_OPTIONS,
};
static const struct command_row rows[] = {
	COMMAND("alert", "ack", "NUMBER...", 1, ARGS_MAX, "you have seen them: who and when is kept", NULL, ack_options,
	        cmd_ack),
	COMMAND("alert", "watch", "", 0, 0, "alerts as they come",
	        "  counterfoil alert watch --key bank.jwk\n  counterfoil alert watch --key bank.jwk --after 0 --json\n"
	        "  a lost connection is made again, and nothing is missed",
	        watch_options, cmd_watch),
};
const struct command_group alert_commands = { rows, ARRAY_LEN(rows) };
