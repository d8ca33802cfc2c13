/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h: the command line: what every command is given, and how it says what
 * came of it.
 *
 * A command is a row: noun, verb, options, and a function from struct cli to an
 * exit code. It writes to c->out and c->err and never elsewhere, and leaves its
 * answer as JSON in c->answer; so the demo plays the very commands a user types
 * and reads what they found.
 *
 * Memory is one arena for the life of the process (or of one command, in the
 * demo): nothing is freed piece by piece.
 */
#ifndef CF_CLI_H
#define CF_CLI_H

#include <stdio.h>

#include "base.h"
#include "crypto.h"
#include "fault.h"

/* Exit codes of every command; `log verify` has more of its own, see log_verify.h. */
enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3, EXIT_PARTLY = 4 };
enum { ARGS_MAX = 64, FILES_MAX = 1 << 20, OPTIONS_MAX = 128 }; /* FILES_MAX: of a command that takes any number */
#define CLI_VERSION "0.1.0"
#define CLI_ROOM ((size_t)512 * 1024)
#define CLI_MEM ((size_t)1 << 30) /* address space; touched as far as a command needs */

/* value: what stands behind the option, for --help; NULL for a switch. */
struct option_row {
	const char *name;
	const char *value;
	const char *what;
};
struct options {
	const struct option_row *at;
	size_t n;
};

struct cli;
struct command_row {
	const char *noun, *verb; /* verb "" when the noun is all there is */
	const char *args;        /* for --help: "FILE..." */
	int args_min, args_max;
	const char *what; /* one line */
	const char *more; /* the rest of --help: examples first; NULL without */
	struct options options;
	int (*run)(struct cli *c);
	bool passes_on; /* arguments are another program's: not read here */
};

struct statement_info;
struct cli {
	const char *noun, *verb;
	const char *self; /* path of this program, to find what lies beside it */
	struct arena *mem;
	FILE *out, *err;
	bool json, colour;
	const char *server;   /* unless --server says otherwise; NULL: the environment, then the default */
	struct options known; /* of this command */
	const struct statement_info *statement; /* of a generic statement command */
	const char **arg;                       /* in mem */
	int n_args;
	struct {
		const char *name, *value;
	} opt[OPTIONS_MAX];
	size_t n_opts;
	struct span answer; /* JSON; empty when there is none */
};

/* The whole program behind its name: argv[0] is the noun. c->self, mem, out, err and colour are set. */
int cli_main(struct cli *c, int argc, char *const *argv);
/* The i-th command of all, in the order of --help; NULL past the last. */
const struct command_row *cli_command(size_t i);
/* The command of these names, or NULL; and the statement type, or NULL. */
const struct command_row *find_command(const char *noun, const char *verb);
const struct statement_info *find_statement(const char *noun, const char *verb);

/* The last value given, or NULL; a switch that is set has the value "". The option must be one of the command's. */
const char *cli_opt(const struct cli *c, const char *name);
static inline bool cli_on(const struct cli *c, const char *name) { return cli_opt(c, name) != NULL; }
/* All values of an option given several times, joined by commas; NULL without. */
const char *cli_joined(const struct cli *c, const char *name);
/* The option, or the environment's CF_..., or the default. */
const char *cli_setting(const struct cli *c, const char *name, const char *env, const char *standard);

/* A sentence to c->err: what is wrong and what to do. Returns the code. */
__attribute__((format(printf, 3, 4))) int cli_fail(struct cli *c, int code, const char *format, ...);
/* The same for a wrong use; names the --help that tells more. */
__attribute__((format(printf, 2, 3))) int cli_usage(struct cli *c, const char *format, ...);
/* printf into the arena. */
__attribute__((format(printf, 2, 3))) const char *cli_text(struct cli *c, const char *format, ...);
/* A writer of up to CLI_ROOM bytes; unlike writer_in() the arena stays free for others meanwhile. */
struct writer cli_writer(struct cli *c);
/* The whole of a file, "-" for stdin; NULL span and a message when it cannot be read. */
MUST_CHECK bool cli_file(struct cli *c, const char *path, size_t max, struct span *ret);
MUST_CHECK bool cli_write(struct cli *c, const char *path, struct span bytes, bool secret);
/* The command's answer: prints it when --json asks for it. */
void cli_answer(struct cli *c, struct span json);
/* The path of a program beside this one. */
const char *cli_beside(struct cli *c, const char *name);
/* A uuid, or a hash in either form, as the API writes it; NULL and a usage message when it is none. */
const char *cli_uuid(struct cli *c, const char *text);

/* Nothing where there is no terminal. */
enum ink { PLAIN, BOLD, DIM, RED, GREEN, YELLOW };
const char *ink(const struct cli *c, enum ink i);
/* On a terminal, a line that the next one overwrites. Ends with done == of. */
void cli_progress(struct cli *c, const char *what, uint64_t done, uint64_t of);

/* --- groups of options several commands share --- */
#define CLIENT_OPTIONS                                                                                          \
	{ "server", "URL", "the registry; else CF_SERVER, else http://127.0.0.1:8440" },                        \
		{ "key", "FILE", "the signer's private key (JWK); else CF_KEY" },                               \
		{ "party", "UUID", "whose key it is; else CF_PARTY, else the file FILE.party beside the key" }, \
	{                                                                                                       \
		"reading-for", "PURPOSE",                                                                       \
			"what another party's data is read for; else CF_PURPOSE, else your role's usual one"    \
	}
#define COMMAND(noun_, verb_, args_, min_, max_, what_, more_, table, run_)                             \
	{                                                                                               \
		noun_, verb_, args_, min_, max_, what_, more_, { table, ARRAY_LEN(table) }, run_, false \
	}

/* --- the commands, each in the file that is named after its noun --- */
int cmd_statement(struct cli *c); /* c->statement */
int cmd_statement_types(struct cli *c);
int cmd_statement_schema(struct cli *c);
int cmd_statement_sign(struct cli *c);
int cmd_statement_submit(struct cli *c);
int cmd_statement_batch(struct cli *c);
/* The options of a statement type's command, made from its fields. */
struct options statement_options(struct cli *c, const struct statement_info *s);

struct command_group {
	const struct command_row *at;
	size_t n;
};
extern const struct command_group statement_commands, key_commands, check_commands, document_commands, receipt_commands,
	log_commands, audit_commands, report_commands, show_commands, run_commands, demo_commands, completion_commands,
	pool_commands, alert_commands, simulate_commands, import_commands, score_commands, token_commands,
	seal_commands;
#endif
