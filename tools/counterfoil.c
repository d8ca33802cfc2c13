/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counterfoil.c: `counterfoil <noun> <verb>`: finds the command, reads its
 * options, runs it.
 *
 * Commands come from the tables of the cmd_ files; what is not in them but is
 * a statement type of statement.def is a command too.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "command.h"
#include "json_at.h"
#include "run/files.h"
#include "run/memory.h"
#include "run/web.h"

static int cmd_version(struct cli *c);

static const struct option_row no_options[] = { { "help", NULL, "this text" } };
static const struct command_row own[] = {
	COMMAND("version", "", "", 0, 0, "which version this is", NULL, no_options, cmd_version),
};
static const struct command_group own_commands = { own, ARRAY_LEN(own) };

/* In the order of --help: what a newcomer types first stands first. */
static const struct command_group *const groups[] = {
	&demo_commands,      &run_commands,    &key_commands,   &document_commands,   &check_commands,
	&statement_commands, &import_commands, &show_commands,  &pool_commands,       &alert_commands,
	&receipt_commands,   &log_commands,    &audit_commands, &report_commands,     &score_commands,
	&simulate_commands,  &token_commands,  &seal_commands,  &completion_commands, &own_commands,
};

const struct command_row *cli_command(size_t i)
{
	for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
		if (i < groups[g]->n)
			return &groups[g]->at[i];
		i -= groups[g]->n;
	}
	return NULL;
}

/* What every command takes. */
static const struct option_row common[] = {
	{ "json", NULL, "the answer as JSON" },
	{ "help", NULL, "this text" },
};

/* --- saying --- */

const char *ink(const struct cli *c, enum ink i)
{
	static const char *const code[] = { "\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m" };

	return c->colour ? code[i] : "";
}

static void put_name(struct cli *c, FILE *to)
{
	fprintf(to, "counterfoil%s%s%s%s", c->noun ? " " : "", c->noun ? c->noun : "", c->verb && *c->verb ? " " : "",
	        c->verb ? c->verb : "");
}

__attribute__((format(printf, 2, 0))) static void say(struct cli *c, const char *format, va_list ap)
{
	put_name(c, c->err);
	fputs(": ", c->err);
	vfprintf(c->err, format, ap);
	fputc('\n', c->err);
}

int cli_fail(struct cli *c, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
	return code;
}

int cli_usage(struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
	fputs("  See ", c->err);
	put_name(c, c->err);
	fputs(" --help\n", c->err);
	return EXIT_USAGE;
}

const char *cli_text(struct cli *c, const char *format, ...)
{
	va_list ap, again;
	char *at;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	at = arena_take(c->mem, n < 0 ? 1 : (size_t)n + 1);
	if (!at) {
		fputs("counterfoil: out of memory\n", stderr);
		exit(EXIT_REFUSED);
	}
	if (n > 0)
		vsnprintf(at, (size_t)n + 1, format, again);
	va_end(again);
	return at;
}

struct writer cli_writer(struct cli *c)
{
	char *at = arena_take(c->mem, CLI_ROOM);

	return writer_over(at, at ? CLI_ROOM : 0);
}

void cli_answer(struct cli *c, struct span json)
{
	c->answer = json;
	if (c->json)
		fprintf(c->out, "%.*s\n", (int)json.len, json.at);
}

void cli_progress(struct cli *c, const char *what, uint64_t done, uint64_t of)
{
	if (of == 0 || !isatty(fileno(c->err)))
		return;
	fprintf(c->err, "\r%s %llu of %llu (%llu %%)%s", what, (unsigned long long)done, (unsigned long long)of,
	        (unsigned long long)(done * 100 / of), done >= of ? "\r\033[K" : "");
	fflush(c->err);
}

/* --- files --- */

bool cli_file(struct cli *c, const char *path, size_t max, struct span *ret)
{
	int e = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, max, c->mem, ret);

	if (e == 0)
		return true;
	cli_fail(c, EXIT_USAGE, "%s: %s", path,
	         e == EFBIG ? cli_text(c, "larger than the %zu MB a file of this kind may have", max >> 20)
	                    : strerror(e));
	return false;
}

bool cli_write(struct cli *c, const char *path, struct span bytes, bool secret)
{
	int e = file_write(path, bytes, secret ? FILE_SECRET : FILE_PUBLIC);

	if (e != 0)
		cli_fail(c, EXIT_USAGE, "%s: %s", path, strerror(e));
	return e == 0;
}

const char *cli_beside(struct cli *c, const char *name)
{
	const char *slash = strrchr(c->self, '/');

	return cli_text(c, "%.*s/%s", slash ? (int)(slash - c->self) : 1, slash ? c->self : ".", name);
}

const char *cli_uuid(struct cli *c, const char *text)
{
	struct uuid u;

	if (uuid_parse(span_z(text), &u))
		return text;
	cli_usage(c, "%s is no id: a uuid has 36 characters, 8-4-4-4-12 hexadecimal digits", text);
	return NULL;
}

/* --- options --- */

static const struct option_row *find_in(const struct option_row *at, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(at[i].name) == len && strncmp(at[i].name, name, len) == 0)
			return &at[i];
	return NULL;
}

static const struct option_row *find_option(const struct cli *c, const char *name, size_t len)
{
	const struct option_row *o = find_in(c->known.at, c->known.n, name, len);

	return o ? o : find_in(common, ARRAY_LEN(common), name, len);
}

const char *cli_opt(const struct cli *c, const char *name)
{
	for (size_t i = c->n_opts; i-- > 0;)
		if (strcmp(c->opt[i].name, name) == 0)
			return c->opt[i].value;
	assert(find_option(c, name, strlen(name)));
	return NULL;
}

const char *cli_joined(const struct cli *c, const char *name)
{
	struct writer w = writer_in(c->mem);
	bool any = false;

	for (size_t i = 0; i < c->n_opts; i++) {
		if (strcmp(c->opt[i].name, name) != 0)
			continue;
		if (any)
			put_byte(&w, ',');
		put_z(&w, c->opt[i].value);
		any = true;
	}
	put_byte(&w, 0);
	return any ? writer_done(&w, c->mem).at : NULL;
}

const char *cli_setting(const struct cli *c, const char *name, const char *env, const char *standard)
{
	const char *v = cli_opt(c, name);

	if (!v && env)
		v = getenv(env);
	return v && *v ? v : standard;
}

/* How many letters must be changed to come from one to the other, as far as it matters. */
static unsigned distance(const char *a, const char *b)
{
	enum { MOST = 32 };
	unsigned row[MOST + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > MOST || m > MOST)
		return MOST;
	for (unsigned i = 0; i <= m; i++)
		row[i] = i;
	for (size_t i = 1; i <= n; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t k = 1; k <= m; k++) {
			unsigned change = corner + (a[i - 1] != b[k - 1]),
				 step = (row[k] < row[k - 1] ? row[k] : row[k - 1]) + 1;

			corner = row[k];
			row[k] = change < step ? change : step;
		}
	}
	return row[m];
}

static const char *nearest_option(const struct cli *c, const char *name)
{
	const char *best = "help";

	for (size_t i = 0; i < c->known.n; i++)
		if (distance(name, c->known.at[i].name) < distance(name, best))
			best = c->known.at[i].name;
	return best;
}

static int read_option(struct cli *c, int argc, char *const *argv, int *i)
{
	const char *name = argv[*i] + 2, *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct option_row *o = find_option(c, name, len);
	const char *value = eq ? eq + 1 : "";

	if (!o)
		return cli_usage(c, "there is no option --%.*s; did you mean --%s?", (int)len, name,
		                 nearest_option(c, cli_text(c, "%.*s", (int)len, name)));
	if (!o->value && eq)
		return cli_usage(c, "--%s takes no value", o->name);
	if (o->value && !eq) {
		if (*i + 1 >= argc)
			return cli_usage(c, "--%s wants %s", o->name, o->value);
		value = argv[++*i];
	}
	if (c->n_opts == OPTIONS_MAX)
		return cli_usage(c, "more options than one command takes");
	c->opt[c->n_opts].name = o->name;
	c->opt[c->n_opts++].value = value;
	c->json = c->json || strcmp(o->name, "json") == 0;
	return EXIT_GOOD;
}

static int read_args(struct cli *c, int argc, char *const *argv)
{
	bool options = true;

	c->arg = ARENA_ARRAY(c->mem, const char *, (size_t)argc);
	if (!c->arg)
		return cli_usage(c, "more arguments than one command takes");
	for (int i = 0; i < argc; i++) {
		int rc = EXIT_GOOD;

		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (options && strcmp(argv[i], "-h") == 0)
			rc = read_option(c, 1, (char *const[]){ (char[]){ "--help" } }, &(int){ 0 });
		else if (options && argv[i][0] == '-' && argv[i][1] == '-')
			rc = read_option(c, argc, argv, &i);
		else if (options && argv[i][0] == '-' && argv[i][1])
			return cli_usage(c, "options have two dashes: %s", argv[i]);
		else
			c->arg[c->n_args++] = argv[i];
		if (rc != EXIT_GOOD)
			return rc;
	}
	return EXIT_GOOD;
}

/* --- help --- */

static void help_options(struct cli *c, struct options o)
{
	for (size_t i = 0; i < o.n; i++)
		fprintf(c->out, "  --%-*s %s\n", 27,
		        cli_text(c, "%s%s%s", o.at[i].name, o.at[i].value ? " " : "",
		                 o.at[i].value ? o.at[i].value : ""),
		        o.at[i].what);
}

static int help_command(struct cli *c, const struct command_row *r)
{
	fprintf(c->out, "%s\n\nusage: counterfoil %s%s%s%s%s%s\n", r->what, r->noun, *r->verb ? " " : "", r->verb,
	        r->options.n ? " [options]" : "", *r->args ? " " : "", r->args);
	if (r->more)
		fprintf(c->out, "\n%s\n", r->more);
	fputs("\noptions:\n", c->out);
	help_options(c, r->options);
	help_options(c, (struct options){ common, ARRAY_LEN(common) });
	return EXIT_GOOD;
}

static int help_statement(struct cli *c, const struct statement_info *s)
{
	fprintf(c->out, "signs and submits a statement of type %s\n\nusage: counterfoil %s %s [options]\n\noptions:\n",
	        s->type, c->noun, c->verb);
	help_options(c, c->known);
	help_options(c, (struct options){ common, ARRAY_LEN(common) });
	return EXIT_GOOD;
}

static const char *verb_of(const struct statement_info *s) { return strchr(s->type, '.') + 1; }

static bool noun_is(const struct statement_info *s, const char *noun)
{
	size_t len = strlen(noun);

	return strncmp(s->type, noun, len) == 0 && s->type[len] == '.';
}

static void help_verbs(struct cli *c, const char *noun)
{
	const struct command_row *r;
	size_t n;
	const struct statement_info *s = statement_rows(&n);

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		if (strcmp(r->noun, noun) == 0)
			fprintf(c->out, "  %s %-24s %s\n", noun, r->verb, r->what);
	for (size_t i = 0; i < n; i++)
		if (noun_is(&s[i], noun))
			fprintf(c->out, "  %s %-24s signs and submits %s\n", noun, verb_of(&s[i]), s[i].type);
}

static int help_noun(struct cli *c, const char *noun)
{
	fprintf(c->out, "usage: counterfoil %s <verb> [options]\n\n", noun);
	help_verbs(c, noun);
	fprintf(c->out, "\nEach has --help.\n");
	return EXIT_GOOD;
}

static int help_all(struct cli *c)
{
	const struct command_row *r;

	fputs("counterfoil: an open registry of supply-chain finance claims, from the command line\n\n"
	      "usage: counterfoil <noun> <verb> [options]\n\n",
	      c->out);
	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		fprintf(c->out, "  %-26s %s\n", cli_text(c, "%s %s", r->noun, r->verb), r->what);
	fputs("\nEvery statement type is a command too, such as receivable confirm: `counterfoil statement types`.\n"
	      "Each command has --help, and --json for machines; - is standard input.\n"
	      "exit codes: 0 good, 1 refused or not verified, 2 wrong use, 3 not reachable\n",
	      c->out);
	return EXIT_GOOD;
}

/* --- finding the command --- */

const struct command_row *find_command(const char *noun, const char *verb)
{
	const struct command_row *r;

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		if (strcmp(r->noun, noun) == 0 && strcmp(r->verb, verb) == 0)
			break;
	return r;
}

/* receivable write-off is receivable.write_off. */
const struct statement_info *find_statement(const char *noun, const char *verb)
{
	char type[64];
	int len = snprintf(type, sizeof type, "%s.%s", noun, verb);

	for (int i = 0; i < len && i < (int)sizeof type; i++)
		if (type[i] == '-')
			type[i] = '_';
	return len < (int)sizeof type ? statement_by_type(span_z(type)) : NULL;
}

static bool noun_known(const char *noun)
{
	const struct command_row *r;
	size_t n;
	const struct statement_info *s = statement_rows(&n);

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		if (strcmp(r->noun, noun) == 0)
			return true;
	for (size_t i = 0; i < n; i++)
		if (noun_is(&s[i], noun))
			return true;
	return false;
}

static void nearer(const char **best, unsigned *at, const char *typed, const char *candidate, const char *name)
{
	unsigned d = distance(typed, candidate);

	if (d < *at) {
		*at = d;
		*best = name;
	}
}

/* The nearest of all "noun verb" names. */
static const char *nearest(struct cli *c, const char *noun, const char *verb)
{
	const char *typed = cli_text(c, "%s %s", noun, verb), *best = "--help";
	const struct command_row *r;
	size_t n;
	const struct statement_info *s = statement_rows(&n);
	unsigned at = 1000;

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++) {
		const char *name = cli_text(c, "%s %s", r->noun, r->verb);

		nearer(&best, &at, typed, name, name);
	}
	for (size_t i = 0; i < n; i++) {
		char *name = arena_z(c->mem, span_z(s[i].type));

		if (!name)
			break;
		*strchr(name, '.') = ' ';
		nearer(&best, &at, typed, name, name);
	}
	return best;
}

static int unknown(struct cli *c, const char *noun, const char *verb)
{
	const char *best = nearest(c, noun, verb);

	c->noun = c->verb = NULL;
	return cli_usage(c, "there is no command %s%s%s; did you mean `counterfoil %s`?", noun, *verb ? " " : "", verb,
	                 best);
}

/* --- running it --- */

static int run_row(struct cli *c, const struct command_row *r, int argc, char *const *argv)
{
	int rc;

	c->noun = r->noun;
	c->verb = r->verb;
	c->known = r->options;
	if (r->passes_on) {
		c->arg = ARENA_ARRAY(c->mem, const char *, ARGS_MAX);
		for (int i = 0; c->arg && i < argc && c->n_args < ARGS_MAX; i++)
			c->arg[c->n_args++] = argv[i];
		if (argc > 0 && strcmp(argv[0], "--help") == 0)
			return help_command(c, r);
		return r->run(c);
	}
	rc = read_args(c, argc, argv);
	if (rc != EXIT_GOOD)
		return rc;
	if (cli_on(c, "help"))
		return help_command(c, r);
	if (c->n_args < r->args_min || c->n_args > r->args_max)
		return cli_usage(c, c->n_args < r->args_min ? "wants %s" : "takes %s",
		                 *r->args ? r->args : "no argument");
	return r->run(c);
}

static int run_statement(struct cli *c, const struct statement_info *s, int argc, char *const *argv)
{
	int rc;

	c->statement = s;
	c->known = statement_options(c, s);
	rc = read_args(c, argc, argv);
	if (rc != EXIT_GOOD)
		return rc;
	if (cli_on(c, "help"))
		return help_statement(c, s);
	if (c->n_args > 0)
		return cli_usage(c, "takes options only, not %s", c->arg[0]);
	return cmd_statement(c);
}

static bool is_help(const char *arg) { return !strcmp(arg, "--help") || !strcmp(arg, "-h") || !strcmp(arg, "help"); }

int cli_main(struct cli *c, int argc, char *const *argv)
{
	const struct command_row *r;
	const struct statement_info *s;
	const char *noun = argc > 0 ? argv[0] : "", *verb = argc > 1 && argv[1][0] != '-' ? argv[1] : "";

	if (argc == 0 || is_help(noun)) {
		help_all(c);
		return argc == 0 ? EXIT_USAGE : EXIT_GOOD;
	}
	if (strcmp(noun, "--version") == 0)
		return cmd_version(c);
	if ((r = find_command(noun, "")) != NULL)
		return run_row(c, r, argc - 1, argv + 1);
	c->noun = noun;
	if (argc > 1 && is_help(argv[1]) && noun_known(noun))
		return help_noun(c, noun);
	if (!*verb && noun_known(noun)) {
		help_noun(c, noun);
		return EXIT_USAGE;
	}
	if (*verb && (r = find_command(noun, verb)) != NULL)
		return run_row(c, r, argc - 2, argv + 2);
	c->verb = verb;
	if (*verb && (s = find_statement(noun, verb)) != NULL)
		return run_statement(c, s, argc - 2, argv + 2);
	return unknown(c, noun, verb);
}

static int cmd_version(struct cli *c)
{
	fputs("counterfoil " CLI_VERSION "\n", c->out);
	return EXIT_GOOD;
}

static const char *own_path(char out[4096], const char *argv0)
{
	ssize_t n = readlink("/proc/self/exe", out, 4095);

	if (n <= 0)
		return argv0;
	out[n] = 0;
	return out;
}

int main(int argc, char **argv)
{
	static char self[4096];
	struct arena mem;
	struct cli c = { .out = stdout, .err = stderr };
	int rc;

	if (!arena_map(&mem, CLI_MEM) || !crypto_start() || !web_start()) {
		fputs("counterfoil: the libraries do not start\n", stderr);
		return EXIT_REFUSED;
	}
	c.mem = &mem;
	c.self = own_path(self, argv[0]);
	c.colour = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && !getenv("NO_COLOR");
	rc = cli_main(&c, argc - 1, argv + 1);
	if (fflush(stdout) != 0 || ferror(stdout))
		rc = rc == EXIT_GOOD ? EXIT_REFUSED : rc;
	web_end();
	return rc;
}
