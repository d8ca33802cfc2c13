/* SPDX-License-Identifier: Apache-2.0 */
#include "conf.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>

#include "files.h"

enum kind { KIND_TEXT, KIND_INT, KIND_BYTES, KIND_DURATION, KIND_BOOL, KIND_WORD };
enum { KEY_MAX = 40, FILE_MAX = 64 * 1024 };

static const struct row {
	enum kind kind;
	const char *key, *standard;
	int64_t least, most;
	const char *help;
	size_t at; /* of the member in struct conf */
} rows[CONF_COUNT] = {
#define CONF(KIND, key, standard, least, most, help) \
	[CONF_##key] = { KIND_##KIND, #key, standard, least, most, help, offsetof(struct conf, key) },
#include "conf.def"
#undef CONF
};

/* Where a value was found: for the sentence in why, and for --print-config. */
struct place {
	enum conf_origin origin;
	unsigned line;
	const char *file;
};

__attribute__((format(printf, 2, 3))) static bool refuse(struct conf_why *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why->text, sizeof why->text, format, ap);
	va_end(ap);
	return false;
}

/* A span as a C string, cut to fit. */
static const char *text_of(struct span s, char *out, size_t cap)
{
	size_t n = s.len < cap ? s.len : cap - 1;

	memcpy(out, s.at, n);
	out[n] = 0;
	return out;
}

static void put_name(struct writer *w, const struct place *p, struct span key)
{
	if (p->origin == CONF_FILE) {
		put_z(w, p->file);
		put_byte(w, ':');
		put_u64(w, p->line);
		put_z(w, ": ");
	}
	put_z(w, p->origin == CONF_ENV ? "CF_" : p->origin == CONF_FLAG ? "--" : "");
	for (size_t i = 0; i < key.len; i++) {
		char c = key.at[i];

		if (p->origin == CONF_ENV && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		put_byte(w, p->origin == CONF_FLAG && c == '_' ? '-' : c);
	}
}

/* The key as the one who wrote it knows it, with its file and line. */
static const char *name_of(const struct place *p, struct span key, char out[256])
{
	struct writer w = writer_over(out, 255);

	put_name(&w, p, key);
	out[w.len] = 0;
	return out;
}

/* --- values --- */

static int64_t unit_of(enum kind kind, struct span unit)
{
	static const struct {
		enum kind kind;
		const char *unit;
		int64_t times;
	} units[] = {
		{ KIND_INT, "", 1 },
		{ KIND_BYTES, "", 1 },
		{ KIND_BYTES, "k", 1024 },
		{ KIND_BYTES, "m", 1024 * 1024 },
		{ KIND_BYTES, "g", 1024 * 1024 * 1024 },
		{ KIND_DURATION, "", 1 },
		{ KIND_DURATION, "s", 1 },
		{ KIND_DURATION, "m", 60 },
		{ KIND_DURATION, "h", 3600 },
		{ KIND_DURATION, "d", 86400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].kind == kind && span_is(unit, units[i].unit))
			return units[i].times;
	return 0;
}

static bool number_parse(enum kind kind, struct span s, int64_t *ret)
{
	int64_t v = 0, times;
	size_t i = 0;

	for (; i < s.len && s.at[i] >= '0' && s.at[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s.at[i] - '0', &v))
			return false;
	times = unit_of(kind, (struct span){ s.at + i, s.len - i });
	if (i == 0 || times == 0 || __builtin_mul_overflow(v, times, &v))
		return false;
	*ret = v;
	return true;
}

/* The n-th word of "a|b|c: meaning"; empty when there is none. */
static struct span word_at(const char *help, unsigned n)
{
	struct span list, word;

	if (!span_cut(span_z(help), ':', &list, &word))
		return S("");
	while (span_cut(list, '|', &word, &list))
		if (n-- == 0)
			return word;
	return n == 0 ? list : S("");
}

static bool word_parse(const char *help, struct span s, unsigned *ret)
{
	for (unsigned n = 0; word_at(help, n).len > 0; n++) {
		if (span_eq(word_at(help, n), s)) {
			*ret = n;
			return true;
		}
	}
	return false;
}

static bool text_set(const struct row *r, struct span v, struct arena *mem, const char **ret)
{
	if (v.len < (size_t)r->least || v.len > (size_t)r->most)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if ((unsigned char)v.at[i] < 0x20 || v.at[i] == 0x7f)
			return false;
	return (*ret = arena_z(mem, v)) != NULL;
}

static bool number_set(const struct row *r, struct span v, int64_t *ret)
{
	int64_t n;

	if (!number_parse(r->kind, v, &n) || n < r->least || n > r->most)
		return false;
	*ret = n;
	return true;
}

static bool value_set(struct conf *c, const struct row *r, struct span v, struct arena *mem)
{
	void *at = (char *)c + r->at;

	switch (r->kind) {
	case KIND_TEXT:
		return text_set(r, v, mem, at);
	case KIND_INT:
	case KIND_BYTES:
	case KIND_DURATION:
		return number_set(r, v, at);
	case KIND_BOOL:
		*(bool *)at = span_is(v, "true");
		return span_is(v, "true") || span_is(v, "false");
	case KIND_WORD:
		return word_parse(r->help, v, at);
	}
	return false;
}

static void wanted_text(const struct row *r, char *out, size_t cap)
{
	static const char *const unit[] = { [KIND_BYTES] = ", with k, m or g",
		                            [KIND_DURATION] = " seconds, or with s, m, h or d",
		                            [KIND_WORD] = NULL };

	char words[64];

	if (r->kind == KIND_WORD)
		snprintf(out, cap, "one of %s",
		         text_of((struct span){ r->help, strcspn(r->help, ":") }, words, sizeof words));
	else if (r->kind == KIND_BOOL)
		snprintf(out, cap, "true or false");
	else if (r->kind == KIND_TEXT)
		snprintf(out, cap, "%lld to %lld characters, none of them a control character", (long long)r->least,
		         (long long)r->most);
	else
		snprintf(out, cap, "a whole number from %lld to %lld%s", (long long)r->least, (long long)r->most,
		         unit[r->kind] ? unit[r->kind] : "");
}

/* --- keys --- */

static const struct row *row_of(struct span key)
{
	for (size_t i = 0; i < CONF_COUNT; i++)
		if (span_is(key, rows[i].key))
			return &rows[i];
	return NULL;
}

static unsigned least_of(unsigned a, unsigned b) { return a < b ? a : b; }

/* Letters to change, add or drop to get from a to b (Levenshtein). */
static unsigned distance(struct span a, struct span b)
{
	unsigned row[KEY_MAX + 1];

	if (a.len > KEY_MAX || b.len > KEY_MAX)
		return KEY_MAX;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned change = diagonal + (a.at[i - 1] != b.at[j - 1]);

			diagonal = row[j];
			row[j] = least_of(change, least_of(row[j], row[j - 1]) + 1);
		}
	}
	return row[b.len];
}

/* The key somebody probably meant; NULL when none is near. */
static const char *nearest(struct span key)
{
	unsigned best = least_of(4, (unsigned)(key.len / 2) + 1);
	const char *found = NULL;

	for (size_t i = 0; i < CONF_COUNT; i++) {
		unsigned d = distance(key, span_z(rows[i].key));

		if (d < best) {
			best = d;
			found = rows[i].key;
		}
	}
	return found;
}

static bool unknown(const struct place *p, struct span key, struct conf_why *why)
{
	const char *near = nearest(key);
	char name[256], meant[256];

	if (near)
		return refuse(why, "%s: no such setting; did you mean %s?", name_of(p, key, name),
		              name_of(&(struct place){ .origin = p->origin == CONF_FILE ? CONF_DEFAULT : p->origin },
		                      span_z(near), meant));
	return refuse(why, "%s: no such setting; --help lists them", name_of(p, key, name));
}

static bool assign(struct conf *c, struct span key, struct span v, const struct place *p, struct arena *mem,
                   struct conf_why *why)
{
	const struct row *r = row_of(key);
	char name[256], wanted[128];
	size_t k;

	if (!r)
		return unknown(p, key, why);
	k = (size_t)(r - rows);
	if (p->origin == CONF_FILE && c->line_of[k] != 0)
		return refuse(why, "%s: given already in line %u", name_of(p, key, name), c->line_of[k]);
	if (!value_set(c, r, v, mem)) {
		wanted_text(r, wanted, sizeof wanted);
		return refuse(why, "%s: '%.*s' will not do; it must be %s", name_of(p, key, name),
		              (int)(v.len < 80 ? v.len : 80), v.at, wanted);
	}
	c->origin_of[k] = p->origin;
	c->line_of[k] = p->line;
	return true;
}

void conf_defaults(struct conf *ret)
{
	struct conf c = { .file = NULL };
	char text[4096];
	struct arena mem = arena_over(text, sizeof text);

	for (size_t k = 0; k < CONF_COUNT; k++) {
		const char **at = (const char **)(void *)((char *)&c + rows[k].at);

		assert(value_set(&c, &rows[k], span_z(rows[k].standard), &mem));
		if (rows[k].kind == KIND_TEXT)
			*at = rows[k].standard; /* outlives the arena above */
	}
	*ret = c;
}

/* --- file --- */

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct span trim(struct span s)
{
	while (s.len > 0 && blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* Without what follows " #" or " ;", or stands in place of the value. */
static struct span uncomment(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.at[i] == '#' || s.at[i] == ';') && (i == 0 || blank(s.at[i - 1]) || s.at[i - 1] == '='))
			return trim((struct span){ s.at, i });
	return trim(s);
}

static bool file_line(struct conf *c, struct span line, const struct place *p, struct arena *mem, struct conf_why *why)
{
	struct span key, value, s = uncomment(trim(line));

	/* One heading, for editors that want one. There is no second section, so none can be misspelt. */
	if (s.len == 0 || span_is(s, "[counterfoil]"))
		return true;
	if (!span_cut(s, '=', &key, &value))
		return refuse(why, "%s:%u: expected 'key = value'", p->file, p->line);
	return assign(c, trim(key), trim(value), p, mem, why);
}

bool conf_file(struct conf *c, struct span text, const char *path, struct arena *mem, struct conf_why *why)
{
	struct place p = { .origin = CONF_FILE, .line = 0, .file = path };
	struct span line;

	if (memchr(text.at, 0, text.len))
		return refuse(why, "%s: holds a zero byte; it is not a text file", path);
	c->file = path;
	while (text.len > 0) {
		p.line++;
		if (!span_cut(text, '\n', &line, &text)) {
			line = text;
			text.len = 0;
		}
		if (!file_line(c, line, &p, mem, why))
			return false;
	}
	return true;
}

/* --- environment and flags --- */

/* Lower case, dashes as underscores; false when it cannot be a key. */
static bool key_of(struct span s, char out[KEY_MAX], struct span *ret)
{
	if (s.len == 0 || s.len > KEY_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.at[i];

		out[i] = ch == '-' ? '_' : ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
	}
	*ret = (struct span){ out, s.len };
	return true;
}

bool conf_env(struct conf *c, char *const *env, struct arena *mem, struct conf_why *why)
{
	const struct place p = { .origin = CONF_ENV };
	struct span name, value, key;
	char buf[KEY_MAX];

	for (; *env; env++) {
		if (!span_starts(span_z(*env), S("CF_")) || !span_cut(span_z(*env), '=', &name, &value))
			continue;
		name = (struct span){ name.at + 3, name.len - 3 };
		if (!key_of(name, buf, &key) || span_is(key, "config"))
			continue;
		/* Others use CF_ too (CF_API_TOKEN is not ours): only what looks like a misspelt key is refused. */
		if (!row_of(key) && !nearest(key))
			continue;
		if (!assign(c, key, value, &p, mem, why))
			return false;
	}
	return true;
}

static bool flag_cut(const char *arg, char buf[KEY_MAX], struct span *key, struct span *value)
{
	struct span s = span_z(arg), name = s;

	*value = (struct span){ NULL, 0 };
	if (!span_starts(s, S("--")))
		return false;
	if (span_cut(s, '=', &name, value))
		assert(value->at != NULL);
	return key_of((struct span){ name.at + 2, name.len - 2 }, buf, key);
}

bool conf_is_flag(const char *arg)
{
	struct span key, value;
	char buf[KEY_MAX];

	return flag_cut(arg, buf, &key, &value) && row_of(key);
}

bool conf_flag(struct conf *c, const char *arg, struct arena *mem, struct conf_why *why)
{
	const struct place p = { .origin = CONF_FLAG };
	struct span key, value;
	char buf[KEY_MAX];
	const struct row *r;

	if (!flag_cut(arg, buf, &key, &value))
		return refuse(why, "%.100s: not a flag; settings are given as --key=value", arg);
	r = row_of(key);
	if (r && !value.at && r->kind == KIND_BOOL)
		value = S("true");
	if (r && !value.at)
		return refuse(why, "%.100s: needs a value, as in %.100s=%s", arg, arg, r->standard);
	return assign(c, key, value, &p, mem, why);
}

/* --- all of it --- */

static bool own_flag(struct conf *c, const char *arg, const char **file)
{
	if (strcmp(arg, "--print-config") == 0)
		c->print = true;
	else if (strcmp(arg, "--help") == 0)
		c->help = true;
	else if (strcmp(arg, "--version") == 0)
		c->version = true;
	else if (strncmp(arg, "--config=", 9) == 0)
		*file = arg + 9;
	else
		return false;
	return true;
}

static const char *env_value(char *const *env, const char *name)
{
	struct span key, value;

	for (; *env; env++)
		if (span_cut(span_z(*env), '=', &key, &value) && span_is(key, name))
			return value.at;
	return NULL;
}

static bool file_load(struct conf *c, const char *path, struct arena *mem, struct conf_why *why)
{
	struct span text;
	int err = file_read(path, FILE_MAX, mem, &text);

	if (err)
		return refuse(why, "%s: %s", path, strerror(err));
	return conf_file(c, text, path, mem, why);
}

bool conf_load(int argc, char *const *argv, char *const *env, struct arena *mem, struct conf *ret, struct conf_why *why)
{
	const char *file = env_value(env, "CF_CONFIG");
	struct conf c;

	conf_defaults(&c);
	for (int i = 1; i < argc; i++)
		own_flag(&c, argv[i], &file);
	if (file && !file_load(&c, file, mem, why))
		return false;
	if (!conf_env(&c, env, mem, why))
		return false;
	for (int i = 1; i < argc; i++)
		if (!own_flag(&c, argv[i], &file) && !conf_flag(&c, argv[i], mem, why))
			return false;
	*ret = c;
	return true;
}

/* --- what the values say together --- */

static bool port_parse(struct span s, uint16_t *ret)
{
	int64_t n;

	if (s.len > 5 || !number_parse(KIND_INT, s, &n) || n > 65535)
		return false;
	*ret = (uint16_t)n;
	return true;
}

static bool is_loopback(const char *host, bool *numeric)
{
	struct in6_addr six;
	struct in_addr four;

	*numeric = true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return (ntohl(four.s_addr) >> 24) == 127;
	*numeric = inet_pton(AF_INET6, host, &six) == 1;
	return *numeric && IN6_IS_ADDR_LOOPBACK(&six);
}

bool conf_listen(const char *text, struct conf_listen *ret)
{
	struct conf_listen l = { .port = 0 };
	struct span s = span_z(text);
	const char *colon = strrchr(text, ':');
	struct span host;
	bool numeric;

	if (span_starts(s, S("unix:/"))) {
		l.unix_socket = l.loopback = true;
		snprintf(l.host, sizeof l.host, "%s", text + 5);
		*ret = l;
		return s.len - 5 < sizeof l.host;
	}
	if (!colon || !port_parse(span_z(colon + 1), &l.port))
		return false;
	host = (struct span){ text, (size_t)(colon - text) };
	if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
		host = (struct span){ host.at + 1, host.len - 2 };
	else if (memchr(host.at, ':', host.len))
		return false; /* ::1:80 could be read in two ways */
	text_of(host, l.host, sizeof l.host);
	if (span_is(host, "localhost"))
		snprintf(l.host, sizeof l.host, "127.0.0.1");
	l.loopback = is_loopback(l.host, &numeric);
	if (!numeric || host.len >= sizeof l.host)
		return false;
	*ret = l;
	return true;
}

/* libpq takes a password in two notations; both would stand in ps and in --print-config. */
static bool has_password(const char *url)
{
	const char *at = strstr(url, "://");
	struct span who, rest;

	if (strstr(url, "password=") || strstr(url, "password ="))
		return true;
	if (!at || !span_cut(span_z(at + 3), '@', &who, &rest))
		return false;
	return memchr(who.at, ':', who.len) && !memchr(who.at, '/', who.len);
}

bool conf_check(const struct conf *c, struct conf_why *why)
{
	struct conf_listen l;

	if (!conf_listen(c->listen, &l))
		return refuse(
			why,
			"listen = %s: expected address:port with a numeric address, [v6]:port, or unix:/path of at most "
			"107 bytes",
			c->listen);
	if (!l.loopback && !c->edge)
		return refuse(
			why,
			"listen = %s is open to others, but this server speaks neither TLS nor strict enough HTTP to "
			"stand there alone. Put the nginx edge in front and let it listen on unix:/path or 127.0.0.1; "
			"or say edge = true if a proxy already guards this address",
			c->listen);
	if (has_password(c->database_url))
		return refuse(why, "database_url holds a password: put it into a file that only you can read "
		                   "(hostname:port:database:username:password) and write passfile=/its/path");
	if (c->mode == MODE_READER && c->database_url[0] == 0)
		return refuse(why,
		              "mode = reader needs database_url: a private PostgreSQL has one writer and no readers");
	if (c->batch_max > c->queue_max)
		return refuse(why, "batch_max = %lld is more than queue_max = %lld: such a batch can never fill",
		              (long long)c->batch_max, (long long)c->queue_max);
	if (c->per_ip_max > c->connections_max)
		return refuse(why, "per_ip_max = %lld is more than connections_max = %lld", (long long)c->per_ip_max,
		              (long long)c->connections_max);
	return true;
}

/* --- printing --- */

static void print_value(const struct conf *c, const struct row *r, char *out, size_t cap)
{
	const void *at = (const char *)c + r->at;

	switch (r->kind) {
	case KIND_TEXT:
		snprintf(out, cap, "%s", *(const char *const *)at);
		return;
	case KIND_INT:
	case KIND_BYTES:
	case KIND_DURATION:
		snprintf(out, cap, "%lld", (long long)*(const int64_t *)at);
		return;
	case KIND_BOOL:
		snprintf(out, cap, "%s", *(const bool *)at ? "true" : "false");
		return;
	case KIND_WORD:
		text_of(word_at(r->help, *(const unsigned *)at), out, cap);
		return;
	}
}

void conf_print(const struct conf *c, FILE *to)
{
	char value[2048];

	for (size_t k = 0; k < CONF_COUNT; k++) {
		const struct row *r = &rows[k];

		print_value(c, r, value, sizeof value);
		fprintf(to, "%-16s = %-28s # ", r->key, value);
		if (c->origin_of[k] == CONF_FILE)
			fprintf(to, "%s:%u\n", c->file, c->line_of[k]);
		else
			fprintf(to, "%s\n",
			        c->origin_of[k] == CONF_ENV    ? "environment"
			        : c->origin_of[k] == CONF_FLAG ? "flag"
			                                       : "default");
	}
}

void conf_help(FILE *to)
{
	for (size_t k = 0; k < CONF_COUNT; k++)
		fprintf(to, "  %-16s %-26s %s\n", rows[k].key, rows[k].standard[0] ? rows[k].standard : "(empty)",
		        rows[k].help);
}
