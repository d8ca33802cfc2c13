/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_audit.c: not having to trust the operator.
 *
 * `audit replay` folds the whole log through the same rules as the server's and
 * holds the result against the database, row for row. It reads only, so it may
 * run beside the server; what is entered meanwhile would look like a
 * difference, so a difference is looked at again until the log stands still.
 */
#include "client.h"
#include "intake/rule_set.h"
#include "intake/statement.h"
#include "jcs.h"
#include "json_at.h"
#include "run/files.h"
#include "service/replay.h"
#include "show.h"
#include "state_dir.h"

enum { LOOKS = 3, FINDINGS_KEPT = 200, CHANGES_KEPT = 1000 };

struct audit {
	struct cli *c;
	struct store *store;
	struct span origin, fp_key;
	const char *finding[FINDINGS_KEPT];
	size_t n;
	struct what_if what_if; /* asked when it has rules */
	struct rule_change change[CHANGES_KEPT];
	size_t n_changes; /* kept; what_if counts all */
};

static void found(void *arg, const char *finding)
{
	struct audit *a = arg;

	if (a->n < FINDINGS_KEPT)
		a->finding[a->n++] = cli_text(a->c, "%s", finding);
}

static void changed(void *arg, const struct rule_change *change)
{
	struct audit *a = arg;

	if (a->n_changes == CHANGES_KEPT)
		return;
	a->change[a->n_changes] = *change;
	a->change[a->n_changes++].rule = cli_text(a->c, "%s", change->rule);
}

static void progress(void *arg, uint64_t done, uint64_t of)
{
	cli_progress(((struct audit *)arg)->c, "entries", done, of);
}

/* What the log calls itself in its first statement; an auditor who knows better says --origin. */
static bool own_origin(struct audit *a)
{
	struct command cmd;

	if (!log_birth(a->store, 0, ST_LOG_GENESIS, a->c->mem, &cmd))
		return false;
	a->origin = cmd.body.log_genesis.origin;
	return true;
}

static uint64_t head_size(struct store *s)
{
	struct head h;

	return store_head(s, &h) == OK ? h.range.size : UINT64_MAX;
}

static enum replay_verdict look(struct audit *a, struct replay *r)
{
	enum replay_verdict v = REPLAY_UNREADABLE;

	for (int i = 0; i < LOOKS; i++) {
		uint64_t before = head_size(a->store);

		*r = (struct replay){ .store = a->store,
			              .origin = a->origin,
			              .fp_key = a->fp_key,
			              .found = found,
			              .progress = progress,
			              .arg = a,
			              .what_if = a->what_if.n_instead ? &a->what_if : NULL };
		a->n = a->n_changes = 0;
		v = replay_log(r);
		if (v != REPLAY_DIFFERS || head_size(a->store) == before)
			break;
	}
	return v;
}

/* --- what other rules would have decided --- */

static const char *outcome_name(enum fault f) { return f == OK ? "accepted" : fault_info(f)->slug; }

static const char *id_of(struct audit *a, struct uuid id)
{
	char text[UUID_TEXT + 1] = "";
	struct writer w = writer_over(text, UUID_TEXT);

	put_uuid(&w, id);
	return cli_text(a->c, "%s", text);
}

static const char *time_of(struct audit *a, struct moment at)
{
	char text[40] = "";
	struct writer w = writer_over(text, sizeof text - 1);

	put_moment(&w, at);
	return cli_text(a->c, "%s", text);
}

static void put_change(struct audit *a, struct jcs *j, const struct rule_change *x)
{
	jcs_object(j);
	jcs_member_i64(j, "seq", (int64_t)x->seq);
	jcs_member_z(j, "at", time_of(a, x->at));
	jcs_member_z(j, "type", statement_info(x->kind)->type);
	jcs_member_z(j, "object", id_of(a, x->object));
	jcs_member_z(j, "was", outcome_name(x->was));
	jcs_member_z(j, "now", outcome_name(x->now));
	jcs_member_z(j, "why", x->follows ? "follows" : "rule");
	if (x->rule[0])
		jcs_member_z(j, "rule", x->rule);
	if (x->table) {
		jcs_name(j, "differs");
		jcs_object(j);
		jcs_member_z(j, "row", x->table);
		jcs_member_z(j, "column", x->column);
		if (x->column[0]) {
			jcs_name(j, "was");
			jcs_raw(j, span_z(x->was_value));
			jcs_name(j, "now");
			jcs_raw(j, span_z(x->now_value));
		}
		jcs_end_object(j);
	}
	jcs_end_object(j);
}

static void put_what_if(struct audit *a, struct jcs *j)
{
	if (a->what_if.n_instead == 0)
		return;
	jcs_member_i64(j, "changed_by_rule", (int64_t)a->what_if.by_rule);
	jcs_member_i64(j, "changed_by_what_came_before", (int64_t)a->what_if.follows);
	jcs_name(j, "decisions");
	jcs_array(j);
	for (size_t i = 0; i < a->n_changes; i++)
		put_change(a, j, &a->change[i]);
	jcs_end_array(j);
}

static void tell_what_if(struct audit *a)
{
	struct cli *c = a->c;
	uint64_t all = a->what_if.by_rule + a->what_if.follows;

	if (a->what_if.n_instead == 0)
		return;
	for (size_t i = 0; i < a->n_changes; i++) {
		const struct rule_change *x = &a->change[i];

		fprintf(c->out, "entry %llu  %s: %s, under these rules %s%s%s", (unsigned long long)x->seq,
		        statement_info(x->kind)->type, outcome_name(x->was), outcome_name(x->now),
		        x->follows ? ", for what came before would be another" : "", x->rule[0] ? ", by " : "");
		fprintf(c->out, "%s", x->rule);
		if (x->table && x->column[0])
			fprintf(c->out, ", with %s.%s %s instead of %s", x->table, x->column, x->now_value,
			        x->was_value);
		fprintf(c->out, "\n");
	}
	if (all > a->n_changes)
		fprintf(c->out, "... and %llu more\n", (unsigned long long)(all - a->n_changes));
	fprintf(c->out, "%s%llu decisions would be others by these rules, %llu by what came before them%s\n",
	        ink(c, all ? YELLOW : GREEN), (unsigned long long)a->what_if.by_rule,
	        (unsigned long long)a->what_if.follows, ink(c, PLAIN));
}

/* --- what came of it --- */

static void put_replay(struct audit *a, const struct replay *r, bool good)
{
	struct writer w = cli_writer(a->c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_bool(&j, "good", good);
	jcs_member_i64(&j, "entries", (int64_t)r->entries);
	jcs_member_i64(&j, "refused", (int64_t)r->refused);
	jcs_member_i64(&j, "rows", (int64_t)r->rows);
	jcs_member_bool(&j, "fingerprints", r->fp_key.len > 0);
	jcs_name(&j, "findings");
	jcs_array(&j);
	for (size_t i = 0; i < a->n; i++)
		jcs_z(&j, a->finding[i]);
	jcs_end_array(&j);
	jcs_member_i64(&j, "engine", DETECTION_ENGINE);
	jcs_member_i64(&j, "recomputed", (int64_t)r->recomputed);
	jcs_name(&j, "not_recomputed");
	jcs_array(&j);
	for (size_t i = 0; i < r->n_others; i++) {
		jcs_object(&j);
		jcs_member_i64(&j, "engine", r->other[i].engine);
		jcs_member_i64(&j, "findings", (int64_t)r->other[i].findings);
		jcs_end_object(&j);
	}
	jcs_end_array(&j);
	jcs_member_i64(&j, "erased", (int64_t)r->erased);
	jcs_member_i64(&j, "findings_unsure", (int64_t)r->unsure);
	put_what_if(a, &j);
	jcs_end_object(&j);
	cli_answer(a->c, writer_span(&w));
}

/* What another engine found stands as it was entered; an auditor who wants it recomputed takes the program of its time. */
static void tell_others(struct audit *a, const struct replay *r)
{
	struct cli *c = a->c;

	for (size_t i = 0; i < r->n_others; i++)
		fprintf(c->out,
		        "%sraised by engine %lld, which this build does not carry: %llu findings not recomputed%s\n",
		        ink(c, YELLOW), (long long)r->other[i].engine, (unsigned long long)r->other[i].findings,
		        ink(c, PLAIN));
}

/* Proved by their leaves, but not decided again: what they rested on is erased. */
static void tell_erased(struct audit *a, const struct replay *r)
{
	if (r->erased > 0)
		fprintf(a->c->out,
		        "%s%llu entries are erased: taken as they were decided, which their leaves prove%s\n",
		        ink(a->c, YELLOW), (unsigned long long)r->erased, ink(a->c, PLAIN));
	if (r->unsure > 0)
		fprintf(a->c->out, "%s%llu findings cannot be made again without them%s\n", ink(a->c, YELLOW),
		        (unsigned long long)r->unsure, ink(a->c, PLAIN));
}

static int tell_replay(struct audit *a, const struct replay *r, bool good)
{
	struct cli *c = a->c;
	bool same = good && a->what_if.by_rule + a->what_if.follows == 0;
	int rc = !same ? EXIT_REFUSED : r->n_others > 0 || r->erased > 0 ? EXIT_PARTLY : EXIT_GOOD;

	put_replay(a, r, good);
	if (c->json)
		return rc;
	for (size_t i = 0; i < a->n; i++)
		fprintf(c->out, "%s\n", a->finding[i]);
	fprintf(c->out, "%s%s%s: %llu entries replayed (%llu refused attempts), %llu rows compared%s\n",
	        ink(c, good ? GREEN : RED),
	        !good           ? "the database is NOT what the log says"
	        : r->erased > 0 ? "the database is what the log says, as far as that can be read"
	                        : "the database is what the log says",
	        ink(c, PLAIN), (unsigned long long)r->entries, (unsigned long long)r->refused,
	        (unsigned long long)r->rows, r->fp_key.len ? "" : ", fingerprints left out: their key is not here");
	tell_others(a, r);
	tell_erased(a, r);
	tell_what_if(a);
	return rc;
}

static int read_rules(struct audit *a)
{
	const char *path = cli_opt(a->c, "rules");
	struct rule_instead *rules;
	struct diag d = { .detail = "" };
	struct span text;

	if (!path)
		return EXIT_GOOD;
	if (!cli_file(a->c, path, RULE_SET_MAX, &text))
		return EXIT_USAGE;
	if (rule_set_read(text, a->c->mem, &rules, &a->what_if.n_instead, &d) != OK)
		return cli_usage(a->c, "%s is no set of rules: %s %s", path, d.pointer, d.detail);
	a->what_if.instead = rules;
	a->what_if.changed = changed;
	a->what_if.arg = a;
	return EXIT_GOOD;
}

static int replay(struct audit *a)
{
	struct replay r = { .entries = 0 };
	enum replay_verdict v;

	if (cli_opt(a->c, "origin"))
		a->origin = span_z(cli_opt(a->c, "origin"));
	else if (!own_origin(a))
		return cli_fail(a->c, EXIT_REFUSED, "entry 0 is no genesis: this log was not made by a registry");
	a->fp_key = fingerprint_key(a->c, a->store); /* without it everything but the fingerprints is compared */
	v = look(a, &r);
	if (v == REPLAY_UNREADABLE)
		return cli_fail(a->c, EXIT_UNREACHABLE, "the database did not give the log: %s", store_why(a->store));
	return tell_replay(a, &r, v == REPLAY_GOOD);
}

static int cmd_replay(struct cli *c)
{
	struct audit *a = ARENA_NEW(c->mem, struct audit); /* too large for a stack */
	const char *conninfo;
	int rc;

	assert(a != NULL);
	a->c = c;
	rc = read_rules(a);
	if (rc != EXIT_GOOD)
		return rc;
	conninfo = database_of(c);
	if (!conninfo || !(a->store = audit_store(c, conninfo)))
		return EXIT_UNREACHABLE;
	rc = replay(a);
	store_close(a->store);
	return rc;
}

/* --- what the API tells a regulator --- */

static const struct column attempt_columns[] = {
	{ "entry", "/seq", 7 },         { "at", "/accepted_at", 28 }, { "type", "/type", 24 },
	{ "refused as", "/fault", 22 }, { "by", "/issuer", 0 },
};
static const struct column decision_columns[] = {
	{ "entry", "/seq", 7 },         { "at", "/accepted_at", 28 }, { "type", "/type", 20 },
	{ "refused as", "/fault", 22 }, { "about", "/object", 36 },   { "by", "/issuer", 0 },
};
static const struct column access_columns[] = {
	{ "at", "/at", 28 },      { "who", "/who", 36 },         { "what", "/what", 20 },
	{ "of", "/subject", 36 }, { "purpose", "/purpose", 11 }, { "consent", "/consent", 0 },
};
static const struct column rule_columns[] = {
	{ "rule", "/rule", 29 },           { "for", "/country", 3 },   { "version", "/version", 8 },
	{ "effective", "/effective", 22 }, { "values", "/values", 0 },
};

static int list(struct cli *c, const char *path, bool token, const struct column *columns, size_t n)
{
	struct client k;
	struct http_answer a;
	struct span items;
	int rc = client_open(c, &k);

	if (rc == EXIT_GOOD)
		rc = client_ask(&k, path, token, &a);
	if (rc == EXIT_GOOD) {
		cli_answer(c, a.body);
		if (!c->json && json_at(a.body, "/items", &items))
			show_table(c, items, columns, n);
	}
	client_close(&k);
	return rc;
}

static int paged(struct cli *c, const char *path, const struct column *columns, size_t n)
{
	const char *cursor = cli_opt(c, "cursor");

	return list(c,
	            cli_text(c, "%s?limit=%s%s%s", path, cli_setting(c, "limit", NULL, "50"), cursor ? "&cursor=" : "",
	                     cursor ? cursor : ""),
	            true, columns, n);
}

static int cmd_attempts(struct cli *c)
{
	return paged(c, "/v1/audit/attempts", attempt_columns, ARRAY_LEN(attempt_columns));
}

static int cmd_decisions(struct cli *c)
{
	return paged(c, "/v1/audit/decisions", decision_columns, ARRAY_LEN(decision_columns));
}

static int cmd_access(struct cli *c) { return paged(c, "/v1/audit/access", access_columns, ARRAY_LEN(access_columns)); }

static int cmd_rules(struct cli *c) { return list(c, "/v1/audit/rules", false, rule_columns, ARRAY_LEN(rule_columns)); }

static const struct option_row replay_options[] = {
	DATABASE_OPTIONS,
	{ "origin", "NAME", "of the log; else what its first entry says" },
	{ "rules", "FILE",
	  "which decisions would be others under these: {\"rules\":[{\"rule\":ID,\"values\":{UNIT:N},\"country\"?,\"effective\"?}]}" },
	{ "fingerprint-key", "FILE",
	  "the registry's; else fingerprint.key of the state directory, else fingerprints are left out" },
};
static const struct option_row list_options[] = {
	{ "limit", "N", "rows (50, at most 200)" },
	{ "cursor", "CURSOR", "the next page: \"next\" of the page before" },
	CLIENT_OPTIONS,
};
static const struct option_row client_options[] = { CLIENT_OPTIONS };
static const struct command_row rows[] = {
	COMMAND("audit", "replay", "", 0, 0,
	        "fold the whole log through the rules and compare every row of the database",
	        "  counterfoil audit replay\n  counterfoil audit replay --database 'host=db dbname=counterfoil'\n"
	        "  counterfoil audit replay --rules stricter.json --json\n"
	        "  exit code 1 and the row, column, both values and the entry when anything differs;\n"
	        "  exit code 4 when nothing differs, and findings of another detection engine were not recomputed;\n"
	        "  with --rules also when a past decision would be another: which, and by which rule",
	        replay_options, cmd_replay),
	COMMAND("audit", "attempts", "", 0, 0, "refused statements on record (regulator)", NULL, list_options,
	        cmd_attempts),
	COMMAND("audit", "decisions", "", 0, 0,
	        "what was decided by office, and by whom: rules, reviews, freezes, enrolments (regulator)", NULL,
	        list_options, cmd_decisions),
	COMMAND("audit", "access", "", 0, 0, "who looked at your data; for a regulator, all of it", NULL, list_options,
	        cmd_access),
	COMMAND("audit", "rules", "", 0, 0, "every version of every rule", NULL, client_options, cmd_rules),
};
const struct command_group audit_commands = { rows, ARRAY_LEN(rows) };
