/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.h: the settings, from one table (conf.def).
 *
 * A later place wins: default, INI file, environment (CF_KEY), flag (--key=value;
 * a dash and an underscore are the same). Where each value came from is kept and
 * printed. An unknown key, a value out of range or a key given twice in the file
 * stops the start: a misspelt limit must not silently be the default.
 *
 * After conf_load() a struct conf is const and passed down; nothing below
 * server/run knows that it exists.
 */
#ifndef CF_CONF_H
#define CF_CONF_H

#include <stdio.h>

#include "base.h"

/* What a kind of setting is in C; a WORD is the word's place in its list. */
typedef const char *conf_TEXT;
typedef int64_t conf_INT, conf_BYTES, conf_DURATION;
typedef bool conf_BOOL;
typedef unsigned conf_WORD;

enum conf_key {
#define CONF(KIND, key, standard, least, most, help) CONF_##key,
#include "conf.def"
#undef CONF
	CONF_COUNT
};
enum conf_origin { CONF_DEFAULT, CONF_FILE, CONF_ENV, CONF_FLAG };

/* The words, in the order of conf.def. */
enum { MODE_WRITER, MODE_READER };
enum { LOG_LOGFMT, LOG_JSON };

struct conf {
#define CONF(KIND, key, standard, least, most, help) conf_##KIND key;
#include "conf.def"
#undef CONF
	enum conf_origin origin_of[CONF_COUNT];
	unsigned line_of[CONF_COUNT]; /* in the file; 0 when it is not from there */
	const char *file;             /* path of the file read, or NULL */
	bool print, help, version;    /* --print-config, --help, --version: the caller answers and ends */
};

/* Why not: one sentence that names the place and says what to do. */
struct conf_why {
	char text[512];
};

/*
 * Everything in order. The file is --config=PATH, else CF_CONFIG, else none. argv[0] is not read; an argument
 * that is no flag is refused. env is environ. Texts go into mem.
 */
MUST_CHECK bool conf_load(int argc, char *const *argv, char *const *env, struct arena *mem, struct conf *ret,
                          struct conf_why *why);
/* The parts, for the command line tool and the tests. */
void conf_defaults(struct conf *ret);
MUST_CHECK bool conf_file(struct conf *c, struct span text, const char *path, struct arena *mem, struct conf_why *why);
MUST_CHECK bool conf_env(struct conf *c, char *const *env, struct arena *mem, struct conf_why *why);
MUST_CHECK bool conf_flag(struct conf *c, const char *arg, struct arena *mem, struct conf_why *why);
/* True when conf_flag() would take this argument for one of its own, whatever its value. */
bool conf_is_flag(const char *arg);

/*
 * What the values say together: nothing public without an edge, no password on a command line, a reader has a
 * database, a batch fits into the queue.
 */
MUST_CHECK bool conf_check(const struct conf *c, struct conf_why *why);

/* The whole as an INI file that conf_file() reads, the origin of each value behind it. */
void conf_print(const struct conf *c, FILE *to);
/* The table for --help: key, default, meaning. */
void conf_help(FILE *to);

/* Where to listen, taken apart. */
struct conf_listen {
	bool unix_socket;
	bool loopback; /* a Unix socket counts as such */
	uint16_t port;
	char host[108]; /* numeric address without brackets, or the socket's path */
};
MUST_CHECK bool conf_listen(const char *text, struct conf_listen *ret);
#endif
