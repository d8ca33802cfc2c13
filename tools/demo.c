/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo.c: the stage for story.c: a registry of its own, the parties, and the
 * steps played one by one, each held against what it should give.
 *
 *   <state>/demo/begun     a story was begun here: this state is a demo's, and may be removed with --fresh
 *   <state>/demo/played    it came to its end: the names it kept, one a line
 *   <state>/demo/<id>.jwk  the parties' keys
 *   <state>/demo/documents what they trade on, with the dates of the day it is played
 *
 * Commands run inside this process, through the same function main() calls;
 * the server is a process of its own, and is stopped with us.
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "crypto.h"
#include "demo_day.h"
#include "jcs.h"
#include "json_at.h"
#include "run/child.h"
#include "run/cluster.h"
#include "run/clock.h"
#include "run/conf.h"
#include "run/files.h"
#include "run/memory.h"
#include "state_dir.h"
#include "story.h"

enum { NAMES_MAX = 192, WORDS_MAX = 40, READY_S = 90, STOP_S = 60, UNTIL_S = 20, SQL_OUT = 512 };

struct demo {
	struct cli *c;
	struct arena step_mem;
	const char *state, *dir, *docs, *listen, *server, *log;
	int32_t weeks; /* from the story's day to the one it is played on */
	pid_t daemon;
	struct {
		const char *name, *value;
	} kept[NAMES_MAX];
	size_t n_kept;
	unsigned steps, off;
	int64_t started_ns;
};

/* --- names --- */

static void keep(struct demo *d, const char *name, const char *value)
{
	if (d->n_kept == NAMES_MAX)
		return;
	d->kept[d->n_kept].name = cli_text(d->c, "%s", name);
	d->kept[d->n_kept++].value = cli_text(d->c, "%s", value);
}

static const char *name_of(struct demo *d, const char *name, size_t len)
{
	for (size_t i = d->n_kept; i-- > 0;)
		if (strlen(d->kept[i].name) == len && strncmp(d->kept[i].name, name, len) == 0)
			return d->kept[i].value;
	return "UNKNOWN";
}

/* Dates moved to the day of the play, and $names filled in. */
static const char *fill(struct demo *d, const char *written)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	char *moved = arena_take(&d->step_mem, 8192), *room = arena_take(&d->step_mem, 8192);
	struct writer as_of = writer_over(moved, moved ? 8191 : 0), w = writer_over(room, room ? 8191 : 0);
	const char *text = moved ? moved : "";

	put_moved(&as_of, span_z(written), d->weeks);
	while (*text) {
		if (*text != '$') {
			put_byte(&w, *text++);
			continue;
		}
		size_t len = strspn(text + 1, letters);
		put_z(&w, name_of(d, text + 1, len));
		text += 1 + len;
	}
	return room ? room : "";
}

/* --- telling --- */

static void tell_heading(struct demo *d, const char *title, const char *say)
{
	struct cli *c = d->c;

	fprintf(c->out, "\n%s%s%s%s%s\n", ink(c, BOLD), title, ink(c, PLAIN), say ? "\n" : "", say ? say : "");
}

static void tell_lines(struct cli *c, struct span text, unsigned lines)
{
	struct span line;
	unsigned n = 0;

	while (text.len > 0 && n++ < lines) {
		if (!span_cut(text, '\n', &line, &text)) {
			line = text;
			text.len = 0;
		}
		fprintf(c->out, "      %.*s\n", (int)line.len, line.at);
	}
	if (text.len > 0 && lines > 1)
		fprintf(c->out, "      %s...%s\n", ink(c, DIM), ink(c, PLAIN));
}

/* --- one step --- */

/* Words with quotes around spaces; the text is cut in place. */
static int words(char *text, char **word)
{
	int n = 0;

	while (*text && n < WORDS_MAX - 1) {
		char end = ' ';

		while (*text == ' ')
			text++;
		if (*text == '\'') {
			end = '\'';
			text++;
		}
		if (!*text)
			break;
		word[n++] = text;
		text += strcspn(text, (char[]){ end, 0 });
		if (*text)
			*text++ = 0;
	}
	word[n] = NULL;
	return n;
}

static const char *psql_path(struct demo *d)
{
	const char *found = "/usr/bin/psql";
	glob_t g;

	if (glob("/usr/lib/postgresql/*/bin/psql", 0, NULL, &g) == 0) {
		found = cli_text(d->c, "%s", g.gl_pathv[g.gl_pathc - 1]);
		globfree(&g);
	}
	return found;
}

/* As an operator would: the superuser's session, no triggers. */
static int run_sql(struct demo *d, const char *sql, FILE *out)
{
	const char *conninfo = cluster_conninfo(d->c, d->state);
	const char *text = cli_text(d->c, "SET session_replication_role = replica; %s", sql);
	const char *const argv[] = { psql_path(d), conninfo ? conninfo : "", "-X", "-v", "ON_ERROR_STOP=1", "-c", text,
		                     NULL };
	const struct child psql = { .argv = argv, .death_signal = SIGKILL, .in = -1, .out = -1 };
	char said[SQL_OUT] = "";
	int rc = conninfo ? child_run(&psql, S(""), said, sizeof said) : -1;

	fprintf(out, "%s", rc == 0 && strstr(said, "UPDATE 1") ? "UPDATE 1\n" : "the database did not take it\n");
	return rc == 0 && strstr(said, "UPDATE 1") ? EXIT_GOOD : EXIT_REFUSED;
}

/* One character of the leaf becomes another that base64 has too. */
static int run_flip(struct demo *d, const char *from, const char *to, FILE *out)
{
	struct span s;
	char *copy, *leaf;

	if (!cli_file(d->c, from, 65536, &s) || !(copy = arena_z(d->c->mem, s)) ||
	    !(leaf = strstr(copy, "\"leaf\":\"")))
		return EXIT_REFUSED;
	leaf += strlen("\"leaf\":\"") + 60;
	fprintf(out, "%c becomes %c in %s\n", *leaf, *leaf == 'A' ? 'B' : 'A', to);
	*leaf = *leaf == 'A' ? 'B' : 'A';
	return cli_write(d->c, to, span_z(copy), false) ? EXIT_GOOD : EXIT_REFUSED;
}

struct outcome {
	int exit;
	struct span text;   /* what was printed */
	struct span answer; /* JSON */
};

static int run_words(struct demo *d, const char *command, FILE *out, struct span *answer)
{
	struct cli sub = { .self = d->c->self,
		           .mem = &d->step_mem,
		           .out = out,
		           .err = out,
		           .colour = d->c->colour,
		           .server = d->server };
	char *text = arena_z(&d->step_mem, span_z(command)), *word[WORDS_MAX];
	int rc;

	if (!text)
		return EXIT_REFUSED;
	if (strncmp(command, "sql ", 4) == 0)
		return run_sql(d, command + 4, out);
	int n = words(text, word);
	if (n == 3 && strcmp(word[0], "flip") == 0)
		return run_flip(d, word[1], word[2], out);
	if (n == 2 && strcmp(word[0], "wait") == 0) {
		clock_sleep_ms((int64_t)strtol(word[1], NULL, 10) * 1000);
		return EXIT_GOOD;
	}
	rc = cli_main(&sub, n, word);
	*answer = sub.answer;
	return rc;
}

static struct outcome run_command(struct demo *d, const char *command)
{
	struct outcome o = { EXIT_REFUSED, S(""), S("") };
	char *at = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&at, &len);

	if (!out)
		return o;
	o.exit = run_words(d, command, out, &o.answer);
	fclose(out);
	o.text = arena_copy(&d->step_mem, (struct span){ at, len });
	free(at);
	return o;
}

/* --- what must come of it --- */

static bool holds(struct demo *d, struct span one, const struct outcome *o)
{
	struct span pointer, value;
	const char *z;

	if (one.len > 0 && one.at[0] == '~') {
		z = arena_z(&d->step_mem, (struct span){ one.at + 1, one.len - 1 });
		return z && (memmem(o->answer.at, o->answer.len, z, strlen(z)) ||
		             memmem(o->text.at, o->text.len, z, strlen(z)));
	}
	if (!span_cut(one, '=', &pointer, &value))
		return false;
	z = arena_z(&d->step_mem, pointer);
	return z && o->answer.len > 0 && span_is(value, json_z(o->answer, z, &d->step_mem));
}

/* Whether it is as told; *off is the first thing that is not, empty when that is the exit code. */
static bool is_as_told(struct demo *d, const struct step *s, const struct outcome *o, struct span *off)
{
	struct span rest = span_z(s->expect);

	*off = S("");
	if (o->exit != s->exit)
		return false;
	while (rest.len > 0) {
		if (!span_cut(rest, '|', off, &rest)) {
			*off = rest;
			rest.len = 0;
		}
		if (!holds(d, *off, o))
			return false;
	}
	return true;
}

static bool as_told(struct demo *d, const struct step *s, const struct outcome *o)
{
	struct span off;
	bool good = is_as_told(d, s, o, &off);

	if (!good && off.len > 0)
		fprintf(d->c->out, "      expected: %.*s\n", (int)off.len, off.at);
	else if (!good)
		fprintf(d->c->out, "      exit code %d instead of %d\n", o->exit, s->exit);
	return good;
}

/* Again and again until it is as told; what is off after that is told by play(). */
static struct outcome run_until(struct demo *d, const struct step *s, const char *command)
{
	int64_t begun = clock_ns();

	for (;;) {
		struct outcome o = run_command(d, command);
		struct span off;

		if (is_as_told(d, s, &o, &off) || clock_ns() - begun > (int64_t)UNTIL_S * 1000000000)
			return o;
		clock_sleep_ms(100);
	}
}

static void keep_names(struct demo *d, const char *list, struct span answer)
{
	struct span rest = span_z(list), one, name, pointer;

	while (rest.len > 0 && answer.len > 0) {
		if (!span_cut(rest, ' ', &one, &rest)) {
			one = rest;
			rest.len = 0;
		}
		if (span_cut(one, '=', &name, &pointer))
			keep(d, arena_z(&d->step_mem, name),
			     json_z(answer, arena_z(&d->step_mem, pointer), &d->step_mem));
	}
}

static void tell_command(struct demo *d, const struct step *s, const char *command)
{
	if (s->lines == 0 || strncmp(command, "flip ", 5) == 0)
		return;
	if (strncmp(command, "sql ", 4) == 0)
		fprintf(d->c->out, "    %scounterfoil=# %s;%s\n", ink(d->c, DIM), command + 4, ink(d->c, PLAIN));
	else
		fprintf(d->c->out, "    %s$ counterfoil %s%s\n", ink(d->c, DIM), command, ink(d->c, PLAIN));
}

static void play(struct demo *d, const struct step *s)
{
	struct outcome o;
	const char *command;
	bool good, until;

	arena_reset(&d->step_mem);
	if (s->chapter)
		tell_heading(d, s->chapter, s->say);
	else if (s->say)
		fprintf(d->c->out, "\n  %s\n", s->say);
	if (!s->command)
		return;
	command = fill(d, s->command);
	until = strncmp(command, "until ", 6) == 0;
	command += until ? 6 : 0;
	tell_command(d, s, command);
	o = until ? run_until(d, s, command) : run_command(d, command);
	tell_lines(d->c, o.text, s->lines);
	good = as_told(d, s, &o);
	d->steps++;
	d->off += !good;
	if (!good)
		fprintf(d->c->out, "    %sstep %u is off:%s %s\n%.*s\n%.*s\n", ink(d->c, RED), d->steps,
		        ink(d->c, PLAIN), command, (int)o.text.len, o.text.at, (int)o.answer.len, o.answer.at);
	if (s->keep)
		keep_names(d, s->keep, o.answer);
	fflush(d->c->out);
}

static void play_part(struct demo *d, const struct step *part, bool slow)
{
	for (const struct step *s = part; (s->chapter || s->say || s->command) && d->off == 0; s++) {
		if (slow && s->chapter) {
			fprintf(d->c->out, "\n%s[Enter]%s ", ink(d->c, DIM), ink(d->c, PLAIN));
			fflush(d->c->out);
			for (int ch = getchar(); ch != '\n' && ch != EOF; ch = getchar())
				;
		}
		play(d, s);
	}
}

static void play_all(struct demo *d, bool slow)
{
	for (size_t i = 0; i < story_n_parts && d->off == 0; i++)
		play_part(d, story_parts[i].at, slow);
}

/* --- the parties --- */

static void enrol(struct demo *d, const struct actor *a)
{
	const char *key = cli_text(d->c, "key new --out $demo/%s.jwk", a->id);
	const char *party =
		cli_text(d->c,
	                 "party enrol --key $state/operator.jwk --jwk $demo/%s.jwk --name '%s' --uscc %s --roles %s",
	                 a->id, a->name, a->uscc, a->role);
	const struct step steps[] = {
		{ .command = key },
		{ .command = party, .expect = "/status=201", .keep = cli_text(d->c, "%s=/object", a->id) },
	};

	for (size_t i = 0; i < ARRAY_LEN(steps) && d->off == 0; i++)
		play(d, &steps[i]);
	fprintf(d->c->out, "  %-16s %-20s %s  %s\n", a->role, a->uscc, name_of(d, a->id, strlen(a->id)), a->name);
}

static void enrol_all(struct demo *d)
{
	tell_heading(
		d, "The parties",
		"Each has a key of its own. The operator enrols them, and that is all the operator can sign for them.");
	for (size_t i = 0; i < story_n_actors && d->off == 0; i++)
		enrol(d, &story_actors[i]);
}

/* --- the server --- */

static const char *log_tail(struct demo *d)
{
	struct span s;

	if (file_read(d->log, 1 << 24, d->c->mem, &s) != 0)
		return "";
	return s.len > 1500 ? s.at + s.len - 1500 : s.at;
}

static bool answers(struct demo *d, const char *path)
{
	struct cli quiet = *d->c;
	struct client k = { .c = &quiet };
	struct span body;
	bool good;

	quiet.known = (struct options){ (const struct option_row[]){ CLIENT_OPTIONS }, 3 };
	quiet.server = d->server;
	if (client_open(&quiet, &k) != EXIT_GOOD)
		return false;
	good = client_fetch(&k, cli_text(d->c, "%s%s", d->server, path), d->c->mem, &body);
	client_close(&k);
	return good;
}

static bool ended(struct demo *d)
{
	if (d->daemon > 0 && waitpid(d->daemon, NULL, WNOHANG) == d->daemon)
		d->daemon = 0;
	return d->daemon <= 0;
}

static int start_server(struct demo *d)
{
	char state[PATH_MAX]; /* absolute: a child starts in the root directory */
	const char *const argv[] = { cli_beside(d->c, "counterfoild"),
		                     cli_text(d->c, "--state-dir=%s", realpath(d->state, state) ? state : d->state),
		                     cli_text(d->c, "--listen=%s", d->listen), NULL };
	const struct child daemon = { .argv = argv, .death_signal = SIGTERM, .log = d->log, .in = -1, .out = -1 };
	int64_t begun = clock_ns();

	if (answers(d, "/livez"))
		return cli_fail(d->c, EXIT_UNREACHABLE,
		                "something answers at %s already: stop it, or choose another place with "
		                "--listen 127.0.0.1:PORT",
		                d->server);
	d->daemon = child_start(&daemon);
	if (d->daemon < 0)
		return cli_fail(d->c, EXIT_UNREACHABLE, "%s: %s", argv[0], strerror(errno));
	while (!answers(d, "/readyz")) {
		if (ended(d))
			return cli_fail(d->c, EXIT_UNREACHABLE, "the server ended while starting; %s says:\n%s", d->log,
			                log_tail(d));
		if (clock_ns() - begun > (int64_t)READY_S * 1000000000)
			return cli_fail(d->c, EXIT_UNREACHABLE, "the server is not ready after %d s; see %s", READY_S,
			                d->log);
		clock_sleep_ms(50);
	}
	fprintf(d->c->out, "registry at %s after %.1f s, with a private PostgreSQL under %s; its log lines: %s\n",
	        d->server, (double)(clock_ns() - begun) / 1e9, d->state, d->log);
	return EXIT_GOOD;
}

static bool stop_server(struct demo *d)
{
	int status = 0;

	if (ended(d))
		return true;
	kill(d->daemon, SIGTERM);
	for (int i = 0; i < STOP_S * 20; i++) {
		if (waitpid(d->daemon, &status, WNOHANG) == d->daemon) {
			d->daemon = 0;
			return WIFEXITED(status) && WEXITSTATUS(status) == 0;
		}
		clock_sleep_ms(50);
	}
	kill(d->daemon, SIGKILL);
	waitpid(d->daemon, &status, 0);
	return false;
}

static int keep_vkey(struct demo *d)
{
	struct cli quiet = *d->c;
	struct client k;
	struct http_answer a;
	int rc;

	quiet.known = (struct options){ (const struct option_row[]){ CLIENT_OPTIONS }, 3 };
	quiet.server = d->server;
	rc = client_open(&quiet, &k);
	if (rc == EXIT_GOOD)
		rc = client_ask(&k, "/.well-known/counterfoil.json", false, &a);
	if (rc == EXIT_GOOD && !cli_write(d->c, cli_text(d->c, "%s/log.vkey", d->dir),
	                                  span_z(cli_text(d->c, "%s\n", json_z(a.body, "/vkey", d->c->mem))), false))
		rc = EXIT_REFUSED;
	client_close(&k);
	return rc;
}

/* --- where it stands --- */

static const char *find_documents(struct demo *d)
{
	const char *given = cli_opt(d->c, "documents");
	const char *const at[] = { given ? given : "tools/demo/documents", cli_beside(d->c, "../tools/demo/documents"),
		                   cli_beside(d->c, "../share/counterfoil/demo/documents") };

	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		if (access(cli_text(d->c, "%s/castings-1.xml", at[i]), R_OK) == 0)
			return at[i];
	return NULL;
}

/* Names the stage gives: a month four months on, whatever the day, for what is said of months. */
static void keep_month(struct demo *d, struct date today)
{
	static const struct {
		const char *name;
		int32_t day;
	} days[] = { { "month", 1 }, { "month_20", 20 }, { "month_25", 25 } };
	struct date before = month_end(month_of(today) + 3);

	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		char text[16] = "";
		struct writer w = writer_over(text, sizeof text - 1);

		put_date(&w, (struct date){ before.day + days[i].day });
		keep(d, days[i].name, text);
	}
}

static bool is_there(struct demo *d, const char *name)
{
	return access(cli_text(d->c, "%s/%s", d->state, name), F_OK) == 0;
}

static bool sure(struct demo *d)
{
	char line[8] = "";

	if (cli_on(d->c, "yes"))
		return true;
	fprintf(d->c->err, "Remove %s with its registry, keys and log? [y/N] ", d->state);
	return fgets(line, sizeof line, stdin) && (line[0] == 'y' || line[0] == 'Y');
}

/* Only what a demo made is ever removed. The database may lie elsewhere, where its user can enter: pg.home says. */
static int make_fresh(struct demo *d)
{
	const char *note = cli_text(d->c, "%s/pg.home", d->state), *base;
	struct span home, line;

	if (access(d->state, F_OK) != 0)
		return EXIT_GOOD;
	if (!is_there(d, "demo/begun"))
		return cli_fail(d->c, EXIT_REFUSED,
		                "%s was not made by the demo, so it is not removed: choose another --state-dir",
		                d->state);
	if (!sure(d))
		return cli_fail(d->c, EXIT_REFUSED, "nothing was removed");
	int lock = -1; /* nobody may be using it */
	char why[512];
	lock = state_lock(d->state, why, sizeof why);
	if (lock < 0)
		return cli_fail(d->c, EXIT_REFUSED, "%s", why);
	if (file_read(note, PATH_MAX, d->c->mem, &home) == 0) {
		if (!span_cut(home, '\n', &line, &home))
			line = home;
		note = arena_z(d->c->mem, line);
		base = note ? strrchr(note, '/') : NULL;
		if (base && strncmp(base, "/counterfoil-", 13) == 0 && dir_remove(note) != 0)
			cli_fail(d->c, EXIT_REFUSED, "%s could not be removed", note);
	}
	int e = dir_remove(d->state);
	close(lock);
	return e == 0 ? EXIT_GOOD : cli_fail(d->c, EXIT_REFUSED, "%s: %s", d->state, strerror(e));
}

static int write_note(struct demo *d, const char *name)
{
	struct writer w = cli_writer(d->c);

	for (size_t i = 0; i < d->n_kept; i++) {
		put_z(&w, d->kept[i].name);
		put_byte(&w, '=');
		put_z(&w, d->kept[i].value);
		put_byte(&w, '\n');
	}
	return cli_write(d->c, cli_text(d->c, "%s/%s", d->dir, name), writer_span(&w), false) ? EXIT_GOOD
	                                                                                      : EXIT_REFUSED;
}

static void read_note(struct demo *d)
{
	struct span s, line, name, value;

	if (file_read(cli_text(d->c, "%s/played", d->dir), 65536, d->c->mem, &s) != 0)
		return;
	while (span_cut(s, '\n', &line, &s))
		if (span_cut(line, '=', &name, &value))
			keep(d, arena_z(d->c->mem, name), arena_z(d->c->mem, value));
}

/* --- the ends --- */

/* A way into the console for each of the people: a link that holds the seed of their play key and their id behind its #,
 * where no server sees it. */
static void tell_people(struct demo *d)
{
	static const struct {
		const char *id, *who, *path;
	} people[] = {
		{ "anchor", "core enterprise", "core" },   { "bank_a", "bank", "bank" },
		{ "regulator", "regulator", "regulator" }, { "castings", "supplier", "supplier" },
		{ "warehouse", "warehouse", "warehouse" },
	};

	fprintf(d->c->out, "\nThe console as one of them (the link is their play key):\n");
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		uint8_t both[48];
		char link[65] = "";
		struct writer w = writer_over(link, sizeof link - 1);
		struct uuid party;
		struct span jwk;

		arena_reset(&d->step_mem);
		if (file_read(cli_text(d->c, "%s/%s.jwk", d->dir, people[i].id), 4096, d->c->mem, &jwk) != 0 ||
		    !b64url_fixed(span_z(json_z(jwk, "/d", d->c->mem)), both, 32) ||
		    !uuid_parse(span_z(name_of(d, people[i].id, strlen(people[i].id))), &party))
			continue;
		memcpy(both + 32, party.b, sizeof party.b);
		put_b64url(&w, (struct span){ (const char *)both, sizeof both });
		fprintf(d->c->out, "  %-16s %s/#/play/%s/%s\n", people[i].who, d->server, people[i].path, link);
		secret_wipe(both, sizeof both);
	}
}

static void tell_next(struct demo *d)
{
	static const char *const next[] = {
		"receivable list --key $demo/bearings.jwk",
		"check --issuer 91410305MA45T8K22A --number HZ-26-0931 --key $demo/bank_b.jwk",
		"party claims $anchor --key $demo/anchor.jwk",
		"receivable history $bearings-3 --verify --key $demo/regulator.jwk",
		"audit attempts --key $demo/regulator.jwk",
		"log verify",
		"audit replay --state-dir $state",
	};

	arena_reset(&d->step_mem);
	fprintf(d->c->out,
	        "\n%sThe registry is running.%s  Ctrl-C stops it.\n  console   %s/\n  API       %s/openapi.json\n  log       "
	        "%s/log/checkpoint\n\nTo try in another terminal%s%s%s:\n",
	        ink(d->c, BOLD), ink(d->c, PLAIN), d->server, d->server, d->server,
	        strcmp(d->server, "http://127.0.0.1:8440") ? " (export CF_SERVER=" : "",
	        strcmp(d->server, "http://127.0.0.1:8440") ? d->server : "",
	        strcmp(d->server, "http://127.0.0.1:8440") ? ")" : "");
	for (size_t i = 0; i < ARRAY_LEN(next); i++)
		fprintf(d->c->out, "  %s %s\n", d->c->self, fill(d, next[i]));
	tell_people(d);
	fflush(d->c->out);
}

static int wait_for_end(struct demo *d, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };

	for (;;) {
		int got = sigtimedwait(signals, NULL, &second);

		if (got == SIGINT || got == SIGTERM || got == SIGHUP) {
			fputs("\nstopping\n", d->c->out);
			return EXIT_GOOD;
		}
		if (ended(d))
			return cli_fail(d->c, EXIT_UNREACHABLE, "the server has ended by itself; %s says:\n%s", d->log,
			                log_tail(d));
	}
}

static void put_sum(struct demo *d)
{
	struct writer w = cli_writer(d->c);
	struct jcs j = jcs_free_order(&w);

	jcs_object(&j);
	jcs_member_i64(&j, "steps", d->steps);
	jcs_member_i64(&j, "off", d->off);
	jcs_member_z(&j, "server", d->server);
	jcs_end_object(&j);
	d->c->answer = writer_span(&w);
}

static int tell_sum(struct demo *d)
{
	put_sum(d);
	if (d->off > 0) {
		fprintf(d->c->out, "\n%s%u steps, %u off%s\n", ink(d->c, RED), d->steps, d->off, ink(d->c, PLAIN));
		return EXIT_REFUSED;
	}
	fprintf(d->c->out, "\n%s%u steps, all as told%s  (%.1f s)\n", ink(d->c, GREEN), d->steps, ink(d->c, PLAIN),
	        (double)(clock_ns() - d->started_ns) / 1e9);
	return EXIT_GOOD;
}

/* What was played before is only looked at: is it still what it was? */
static int play_again(struct demo *d)
{
	static const struct step look[] = {
		{ "Played before",
		  "The story stands in this registry's log already, so it is not played twice (--fresh begins anew).",
		  NULL, 0, NULL, NULL, 0 },
		{ NULL, "Is everything still as it was signed?",
		  "log verify --tiles $state/tiles --vkey $demo/log.vkey", 0, "/verified=true", NULL, 2 },
		{ NULL, NULL, "audit replay --state-dir $state", 0, "/good=true", NULL, 1 },
		{ NULL, NULL, "receivable history $bearings-3 --verify --vkey $demo/log.vkey --key $demo/bearings.jwk",
		  0, NULL, NULL, 8 },
	};

	read_note(d);
	for (size_t i = 0; i < ARRAY_LEN(look); i++)
		play(d, &look[i]);
	return tell_sum(d);
}

static int play_first(struct demo *d)
{
	int e = dir_make(d->dir, 0700);

	if (e != 0)
		return cli_fail(d->c, EXIT_REFUSED, "%s: %s", d->dir, strerror(e));
	fprintf(d->c->out, "Every command is shown as you could type it; counterfoil is %s\n", d->c->self);
	if (write_note(d, "begun") != EXIT_GOOD || keep_vkey(d) != EXIT_GOOD ||
	    demo_papers(d->c, d->docs, cli_text(d->c, "%s/documents", d->dir), d->weeks) != EXIT_GOOD)
		return EXIT_REFUSED;
	enrol_all(d);
	play_all(d, cli_on(d->c, "slow"));
	if (d->off == 0 && write_note(d, "played") != EXIT_GOOD)
		return EXIT_REFUSED;
	return tell_sum(d);
}

static int run(struct demo *d, const sigset_t *signals)
{
	bool played = is_there(d, "demo/played"), once = cli_on(d->c, "once");
	int rc;

	if (!played && is_there(d, "demo/begun"))
		return cli_fail(d->c, EXIT_REFUSED,
		                "a demo was begun in %s and did not come to its end: begin anew with --fresh",
		                d->state);
	rc = start_server(d);
	if (rc == EXIT_GOOD)
		rc = played ? play_again(d) : play_first(d);
	if (!once && !ended(d)) {
		sigprocmask(SIG_BLOCK, signals, NULL); /* until here they end us, and the server ends with us */
		tell_next(d);
		int end = wait_for_end(d, signals);
		rc = rc == EXIT_GOOD ? end : rc;
	}
	if (!stop_server(d) && rc == EXIT_GOOD)
		rc = cli_fail(d->c, EXIT_REFUSED, "the server did not end cleanly; see %s", d->log);
	return rc;
}

/* --- the command --- */

static const char *own_server(struct cli *c, const char *listen)
{
	struct conf_listen l;

	if (!conf_listen(listen, &l) || l.unix_socket || !l.loopback || l.port == 0)
		return NULL;
	return cli_text(c, "http://%s", listen);
}

static int stage(struct cli *c)
{
	struct demo d = { .c = c, .started_ns = clock_ns() };
	struct date today;
	sigset_t signals;
	int rc;

	static const char *const others[] = { "CF_SERVER", "CF_KEY", "CF_PARTY", "CF_DATABASE_URL" };

	for (size_t i = 0; i < ARRAY_LEN(others);
	     i++) /* the story plays here, whatever registry its teller works with */
		unsetenv(others[i]);
	d.state = cli_setting(c, "state-dir", "CF_STATE_DIR", "var");
	d.listen = cli_setting(c, "listen", "CF_LISTEN", "127.0.0.1:8440");
	d.server = own_server(c, d.listen);
	d.docs = find_documents(&d);
	d.dir = cli_text(c, "%s/demo", d.state);
	d.log = cli_text(c, "%s/counterfoild.log", d.state);
	if (!d.server)
		return cli_usage(c, "--listen is a port of this machine, such as 127.0.0.1:8440: not %s", d.listen);
	if (!d.docs)
		return cli_usage(c, "the demo's documents are not here: name their directory with --documents");
	if (!arena_map(&d.step_mem, CLI_MEM))
		return cli_fail(c, EXIT_REFUSED, "out of memory");
	if (cli_on(c, "fresh") && (rc = make_fresh(&d)) != EXIT_GOOD)
		return rc;
	if ((rc = dir_make(d.state, geteuid() == 0 ? 0711 : 0700)) != 0)
		return cli_fail(c, EXIT_REFUSED, "%s: %s", d.state, strerror(rc));
	keep(&d, "state", d.state);
	keep(&d, "demo", d.dir);
	keep(&d, "docs", cli_text(c, "%s/documents", d.dir));
	today = date_of(clock_now());
	d.weeks = demo_weeks(today);
	keep_month(&d, today);
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	rc = run(&d, &signals);
	arena_unmap(&d.step_mem);
	return rc;
}

/* The documents alone, for whoever plays something else on them. */
static int only_papers(struct cli *c)
{
	struct demo d = { .c = c };

	d.docs = find_documents(&d);
	if (!d.docs)
		return cli_usage(c, "the demo's documents are not here: name their directory with --documents");
	return demo_papers(c, d.docs, cli_opt(c, "papers"), demo_weeks(date_of(clock_now())));
}

/* For machines the story goes aside, and its sum is the answer. */
static int cmd_demo(struct cli *c)
{
	struct cli teller = *c;
	int rc;

	if (cli_on(c, "papers"))
		return only_papers(c);
	teller.out = c->json ? c->err : c->out;
	rc = stage(&teller);
	if (teller.answer.len > 0)
		cli_answer(c, teller.answer);
	return rc;
}

static const struct option_row options[] = {
	{ "once", NULL, "play it, stop the server, and say by the exit code whether every step gave what it should" },
	{ "slow", NULL, "wait for Enter before each chapter" },
	{ "fresh", NULL, "begin anew: removes what an earlier demo left, after asking" },
	{ "yes", NULL, "without asking" },
	{ "state-dir", "DIR", "where the registry lives (var)" },
	{ "listen", "HOST:PORT", "where it answers (127.0.0.1:8440)" },
	{ "documents", "DIR", "the demo's documents" },
	{ "papers", "DIR", "only write the documents there, with dates that fit today" },
};
static const struct command_row rows[] = {
	COMMAND("demo", "", "", 0, 0, "a registry with a told story on real documents",
	        "  counterfoil demo\n  counterfoil demo --once", options, cmd_demo),
};
const struct command_group demo_commands = { rows, ARRAY_LEN(rows) };
