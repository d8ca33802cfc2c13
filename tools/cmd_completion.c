/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_completion.c: the shell asks this program what may come next, so there
 * is no second list of commands and options.
 */
#include "cli.h"
#include "command.h"

static const char script[] =
	"_counterfoil() {\n"
	"\tlocal IFS=$'\\n'\n"
	"\tCOMPREPLY=($(compgen -W \"$(\"${COMP_WORDS[0]}\" completion words \"${COMP_WORDS[@]:1:COMP_CWORD-1}\" "
	"2>/dev/null)\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
	"}\n"
	"complete -o default -F _counterfoil counterfoil\n";

static int cmd_bash(struct cli *c)
{
	fputs(script, c->out);
	return EXIT_GOOD;
}

static void put_options(struct cli *c, struct options o)
{
	for (size_t i = 0; i < o.n; i++)
		fprintf(c->out, "--%s\n", o.at[i].name);
	fputs("--json\n--help\n", c->out);
}

/* What stands before the dot of a type, or behind it. */
static struct span part(const struct statement_info *s, bool behind)
{
	struct span noun, verb;
	bool dotted = span_cut(span_z(s->type), '.', &noun, &verb);

	assert(dotted);
	return behind ? verb : noun;
}

/* Twice the same word is no matter to a shell. */
static void put_nouns(struct cli *c)
{
	const struct command_row *r;
	size_t n;
	const struct statement_info *s = statement_rows(&n);

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		fprintf(c->out, "%s\n", r->noun);
	for (size_t i = 0; i < n; i++)
		fprintf(c->out, "%.*s\n", (int)part(&s[i], false).len, s[i].type);
}

static void put_verbs(struct cli *c, const char *noun)
{
	const struct command_row *r;
	size_t n;
	const struct statement_info *s = statement_rows(&n);

	for (size_t i = 0; (r = cli_command(i)) != NULL; i++)
		if (strcmp(r->noun, noun) == 0)
			fprintf(c->out, "%s\n", r->verb);
	for (size_t i = 0; i < n; i++)
		if (span_is(part(&s[i], false), noun))
			fprintf(c->out, "%s\n", part(&s[i], true).at);
}

static int cmd_words(struct cli *c)
{
	const char *noun = c->n_args > 0 ? c->arg[0] : "", *verb = c->n_args > 1 ? c->arg[1] : "";
	const struct command_row *r = find_command(noun, "");
	const struct statement_info *s;

	if (!r && c->n_args > 1)
		r = find_command(noun, verb);
	s = r || c->n_args < 2 ? NULL : find_statement(noun, verb);
	if (r)
		put_options(c, r->options);
	else if (s)
		put_options(c, statement_options(c, s));
	else if (c->n_args > 0)
		put_verbs(c, noun);
	else
		put_nouns(c);
	return EXIT_GOOD;
}

static const struct option_row none[] = { { "help", NULL, "this text" } };
static const struct command_row rows[] = {
	COMMAND("completion", "bash", "", 0, 0, "completion for bash", "  source <(counterfoil completion bash)", none,
	        cmd_bash),
	{ "completion",
	  "words",
	  "[WORD...]",
	  0,
	  ARGS_MAX,
	  "what may follow these words",
	  NULL,
	  { none, ARRAY_LEN(none) },
	  cmd_words,
	  true },
};
const struct command_group completion_commands = { rows, ARRAY_LEN(rows) };
