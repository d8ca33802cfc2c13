/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h: the real counterfoild with its real PostgreSQL, for tests from the
 * outside: started, stopped, killed, asked over plain sockets, by parties that
 * sign with keys of their own.
 *
 *   server_*     the process and what lies in its state directory
 *   http_*       one connection; also for what no client library would send
 *   c_* / seal   statements as C, signed
 *   load_run     many statements over many connections, every answer kept
 *
 * Threads made here never assert: they note what they saw, and the test judges.
 * The server dies with the test, whatever ends it.
 */
#ifndef CF_SERVER_H
#define CF_SERVER_H

#include "test.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tools/free_port.h"
#include "intake/inbound.h"
#include "rule.h"
#include "run/clock.h"
#include "run/files.h"
#include "service/keeping.h"
#include "service/log_verify.h"
#include "service/outbound.h"
#include "service/replay.h"
#include "service/tiles.h"
#include "store/store.h"

#define TEST_ORIGIN "test.example/log"

static inline struct arena map_arena(size_t len)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(at != MAP_FAILED);
	return arena_over(at, len);
}

static inline void unmap_arena(struct arena *a) { munmap(a->base, a->cap); }

/* --- the process --- */

enum { FLAGS_MAX = 24 };
struct server {
	char state[128];
	char conninfo[256]; /* of its private PostgreSQL, as superuser */
	char log[160];      /* what it says on stderr */
	char flag[FLAGS_MAX][160];
	unsigned n_flags;
	char database_url[256]; /* when it shall use somebody else's */
	char preload[256];      /* a library put under it, and */
	char clock[256];        /* the file that library reads */
	uint16_t port;
	pid_t pid; /* 0 when it does not run */
	int status;
	struct vkey vkey;
};

/* Beside the test program, where the Makefile puts both; NULL when it was not built. */
static inline const char *server_program(void)
{
	static char path[512];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 32);

	for (int up = 0; up < 2 && n > 0; up++) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		n--;
	}
	if (n <= 0)
		return NULL;
	snprintf(path + n, sizeof path - (size_t)n, "/counterfoild");
	return access(path, X_OK) == 0 ? path : NULL;
}

/* The sanitizers' builds have no server beside them: then there is nothing to test here. */
#define NEED_SERVER()                  \
	do {                           \
		if (!server_program()) \
			skip();        \
	} while (0)

static inline void server_flag(struct server *s, const char *flag)
{
	assert_true(s->n_flags < FLAGS_MAX);
	snprintf(s->flag[s->n_flags++], sizeof s->flag[0], "%s", flag);
}

/* A state directory of its own; limits out of the way, because floods are what these tests send. */
static inline void server_make(struct server *s, const char *dir)
{
	static const char *const wide[] = {
		"--write-rate=1000000",
		"--write-burst=10000000",
		"--read-rate=1000000",
		"--read-burst=10000000",
		"--address-rate=1000000",
		"--address-burst=10000000",
		"--per-ip-max=2000",
		/* these tests count entries; what detection adds is tested where it is (t67, t95) */
		"--detection=false",
	};

	assert_true(crypto_start());
	signal(SIGPIPE, SIG_IGN);
	memset(s, 0, sizeof *s);
	if (dir) {
		snprintf(s->state, sizeof s->state, "%s", dir);
		assert_int_equal(dir_make(dir, 0711), 0);
	} else {
		snprintf(s->state, sizeof s->state, "/tmp/counterfoil-sys-XXXXXX");
		assert_non_null(mkdtemp(s->state));
	}
	assert_int_equal(chmod(s->state, 0711), 0);
	snprintf(s->log, sizeof s->log, "/tmp/%s.log", strrchr(s->state, '/') + 1);
	snprintf(s->conninfo, sizeof s->conninfo,
	         "host=%.100s/run port=5432 dbname=counterfoil user=counterfoil connect_timeout=3", s->state);
	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		server_flag(s, wide[i]);
}

static inline void server_exec(struct server *s)
{
	char state[200], listen[64];
	char *argv[FLAGS_MAX + 8], program[512], origin[] = "--origin=" TEST_ORIGIN;
	int n = 0, out = open(s->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	snprintf(program, sizeof program, "%s", server_program());
	snprintf(state, sizeof state, "--state-dir=%s", s->state);
	snprintf(listen, sizeof listen, "--listen=127.0.0.1:%u", s->port);
	argv[n++] = program;
	argv[n++] = state;
	argv[n++] = listen;
	argv[n++] = origin;
	for (unsigned i = 0; i < s->n_flags; i++)
		argv[n++] = s->flag[i];
	argv[n] = NULL;
	clearenv(); /* nobody's settings but the test's */
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	if (s->database_url[0])
		setenv("CF_DATABASE_URL", s->database_url, 1);
	if (s->preload[0]) {
		setenv("LD_PRELOAD", s->preload, 1);
		setenv("TEST_CLOCK", s->clock, 1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (out < 0 || dup2(out, 2) < 0)
		_exit(126);
	execv(program, argv);
	_exit(127);
}

static inline void server_fork(struct server *s)
{
	if (s->port == 0)
		s->port = free_port();
	assert_int_not_equal(s->port, 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		server_exec(s);
}

/* True when it has ended; its status is then in s->status. */
static inline bool server_ended(struct server *s, int ms)
{
	int64_t until = clock_ns() + (int64_t)ms * 1000000;

	while (s->pid > 0) {
		pid_t got = waitpid(s->pid, &s->status, WNOHANG);

		if (got == s->pid || (got < 0 && errno == ECHILD))
			s->pid = 0;
		else if (clock_ns() > until)
			return false;
		else
			clock_sleep_ms(5);
	}
	return true;
}

static inline bool said(const struct server *s, const char *what)
{
	static char text[1 << 20];
	FILE *f = fopen(s->log, "r");
	size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = 0;
	return strstr(text, what) != NULL;
}

/* --- one connection --- */

struct http {
	uint16_t port;
	int fd; /* -1 when closed */
	int wait_ms;
	size_t len; /* of what was received and not yet used */
	char in[1 << 18];
};

enum { NO_ANSWER = -1 }; /* status when the connection ended first */
struct answer {
	int status;
	bool receipted;
	uint64_t seq;
	uint16_t outcome;
	struct hash leaf;      /* leaf hash */
	struct hash statement; /* as the receipt has it */
	enum receipt_verdict verdict;
	uint64_t checkpoint; /* size it was proved in */
	int64_t accepted_at;
	int retry_after;
	char code[40]; /* of a problem */
	char *body;    /* malloc'ed, zero behind */
	size_t len;
};

static inline void http_close(struct http *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
	h->len = 0;
}

static inline struct http *http_new(uint16_t port)
{
	struct http *h = calloc(1, sizeof *h);

	if (!h)
		abort();
	h->port = port;
	h->fd = -1;
	h->wait_ms = 30000;
	return h;
}

static inline void http_free(struct http *h)
{
	http_close(h);
	free(h);
}

static inline bool http_open(struct http *h)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                 .sin_port = htons(h->port) };
	int one = 1;

	if (h->fd >= 0)
		return true;
	h->len = 0;
	h->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->fd < 0 || connect(h->fd, (struct sockaddr *)&a, sizeof a) != 0) {
		http_close(h);
		return false;
	}
	setsockopt(h->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return true;
}

static inline bool http_put(struct http *h, const void *at, size_t len)
{
	const char *p = at;

	while (len > 0 && h->fd >= 0) {
		ssize_t n = send(h->fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return h->fd >= 0;
}

/* More bytes; false at the end, or when nothing comes in time. */
static inline bool http_more(struct http *h, int64_t until)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	int64_t left = (until - clock_ns()) / 1000000;
	ssize_t n;

	if (h->fd < 0 || h->len >= sizeof h->in - 1 || left <= 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	n = recv(h->fd, h->in + h->len, sizeof h->in - 1 - h->len, 0);
	if (n <= 0)
		return false;
	h->len += (size_t)n;
	h->in[h->len] = 0;
	return true;
}

static inline const char *header_of(const char *head, const char *name)
{
	const char *at = strcasestr(head, name);

	return at ? at + strlen(name) : NULL;
}

/* One answer off the connection. */
static inline struct answer http_get_answer(struct http *h)
{
	struct answer a = { .status = NO_ANSWER };
	int64_t until = clock_ns() + (int64_t)h->wait_ms * 1000000;
	const char *value;
	char *end;
	size_t head, body = 0;

	h->in[h->len] = 0;
	while ((end = strstr(h->in, "\r\n\r\n")) == NULL)
		if (!http_more(h, until))
			goto gone;
	head = (size_t)(end - h->in) + 4;
	end[2] = 0;
	if (strncmp(h->in, "HTTP/1.1 ", 9) != 0)
		goto gone;
	if ((value = header_of(h->in, "\ncontent-length: ")) != NULL)
		body = strtoul(value, NULL, 10);
	while (h->len < head + body)
		if (!http_more(h, until))
			goto gone;
	a.status = (int)strtol(h->in + 9, NULL, 10);
	if ((value = header_of(h->in, "\nretry-after: ")) != NULL)
		a.retry_after = (int)strtol(value, NULL, 10);
	value = header_of(h->in, "\nconnection: close");
	a.len = body;
	a.body = malloc(body + 1);
	if (!a.body)
		abort();
	memcpy(a.body, h->in + head, body);
	a.body[body] = 0;
	memmove(h->in, h->in + head + body, h->len - head - body);
	h->len -= head + body;
	h->in[h->len] = 0;
	if (value)
		http_close(h);
	return a;
gone:
	http_close(h);
	return a;
}

static inline struct answer http_do(struct http *h, const char *method, const char *path, const char *type,
                                    struct span body)
{
	char head[1024];
	int n = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%sContent-Length: %zu\r\n\r\n",
	                 method, path, type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "", body.len);

	if (!http_open(h) || !http_put(h, head, (size_t)n) || !http_put(h, body.at, body.len)) {
		/* refused half way: an answer may be there all the same */
		if (h->fd < 0)
			return (struct answer){ .status = NO_ANSWER };
	}
	return http_get_answer(h);
}

static inline void answer_free(struct answer *a)
{
	free(a->body);
	a->body = NULL;
}

/* GET over a connection of its own. */
static inline struct answer get(const struct server *s, const char *path)
{
	struct http *h = http_new(s->port);
	struct answer a = http_do(h, "GET", path, NULL, S(""));

	http_free(h);
	return a;
}

static inline int get_status(const struct server *s, const char *path)
{
	struct answer a = get(s, path);

	answer_free(&a);
	return a.status;
}

/* --- receipts --- */

/* The receipt in an answer (in a problem it is the last member), read and verified offline. */
static inline void answer_receipt(struct answer *a, struct span statement, const struct vkey *vkey, struct arena *mem)
{
	const char *at = a->status < 300 ? a->body : strstr(a->body, "\"receipt\":");
	struct span text = { at, 0 };
	struct receipt r;
	struct checkpoint c = { .size = 0 };
	struct leaf l;
	struct diag d;

	if (!at)
		return;
	if (a->status >= 300)
		text.at += strlen("\"receipt\":");
	text.len = a->len - (size_t)(text.at - a->body) - (a->status >= 300);
	arena_reset(mem);
	a->verdict = RECEIPT_MALFORMED;
	a->receipted = true;
	if (receipt_read(text, mem, &r, &d) != OK || !leaf_decode(r.leaf, &l))
		return;
	a->seq = r.seq;
	a->outcome = r.outcome;
	a->statement = r.statement;
	a->leaf = leaf_hash(r.leaf);
	a->accepted_at = l.accepted_at.us;
	a->verdict = receipt_verify(&r, statement, vkey, mem, &c);
	a->checkpoint = c.size;
}

static inline void answer_code(struct answer *a)
{
	const char *at = a->body ? strstr(a->body, "\"code\":\"") : NULL;

	for (size_t i = 0; at && i < sizeof a->code - 1 && at[8 + i] && at[8 + i] != '"'; i++)
		a->code[i] = at[8 + i];
}

/* One statement; the receipt, when there is one, is verified. room: RECEIPT_MAX * 4 and more. */
static inline struct answer post_on(struct http *h, const struct vkey *vkey, struct span statement, struct arena *room)
{
	struct answer a = http_do(h, "POST", "/v1/statements", "application/jose", statement);

	if (a.status == NO_ANSWER)
		return a;
	answer_code(&a);
	answer_receipt(&a, statement, vkey, room);
	return a;
}

static inline struct answer post(const struct server *s, struct span statement)
{
	struct http *h = http_new(s->port);
	struct arena room = map_arena(1 << 20);
	struct answer a = post_on(h, &s->vkey, statement, &room);

	http_free(h);
	unmap_arena(&room);
	return a;
}

/* --- life of the process --- */

static inline void read_vkey(struct server *s)
{
	struct answer a = get(s, "/.well-known/counterfoil.json");
	char *at = a.body ? strstr(a.body, "\"vkey\":\"") : NULL;

	assert_non_null(at);
	at += 8;
	assert_true(vkey_parse((struct span){ at, strcspn(at, "\"") }, &s->vkey));
	answer_free(&a);
}

/* Waits until it is ready; false when it ended or does not come in time. */
static inline bool server_ready(struct server *s, int ms)
{
	int64_t until = clock_ns() + (int64_t)ms * 1000000;

	while (clock_ns() < until) {
		if (server_ended(s, 0))
			return false;
		if (get_status(s, "/readyz") == 200)
			return true;
		clock_sleep_ms(20);
	}
	return false;
}

static inline void show_log(const struct server *s)
{
	char line[1024];
	FILE *f = fopen(s->log, "r");

	while (f && fgets(line, sizeof line, f))
		if (!strstr(line, "event=request_failed"))
			print_message("| %s", line);
	if (f)
		fclose(f);
}

static inline bool server_try(struct server *s)
{
	server_fork(s);
	if (!server_ready(s, 60000))
		return false;
	read_vkey(s);
	return true;
}

static inline void server_start(struct server *s)
{
	if (server_try(s))
		return;
	show_log(s);
	fail_msg("counterfoild does not start");
}

/* SIGTERM; true when it ended well. */
static inline bool server_stop(struct server *s)
{
	if (s->pid <= 0)
		return true;
	kill(s->pid, SIGTERM);
	if (!server_ended(s, 40000)) {
		kill(s->pid, SIGKILL);
		(void)server_ended(s, 5000);
		return false;
	}
	return WIFEXITED(s->status) && WEXITSTATUS(s->status) == 0;
}

static inline void server_kill9(struct server *s)
{
	if (s->pid > 0)
		kill(s->pid, SIGKILL);
	(void)server_ended(s, 5000);
}

/* Ended in any way, and nothing of it is left; the log stays when the test failed and CF_KEEP is set. */
static inline void server_drop(struct server *s)
{
	server_kill9(s);
	clock_sleep_ms(50);
	for (int i = 0; i < 100 && dir_remove(s->state) != 0; i++) /* PostgreSQL is on its way out */
		clock_sleep_ms(50);
	if (!getenv("CF_KEEP"))
		unlink(s->log);
}

/* --- its other processes --- */

/* True when the process has that file open. */
static inline bool has_open(pid_t pid, const char *name)
{
	char dir[64], link[512], to[512];
	struct dirent *e;
	bool found = false;
	DIR *d;

	snprintf(dir, sizeof dir, "/proc/%d/fd", (int)pid);
	d = opendir(dir);
	while (d && !found && (e = readdir(d)) != NULL) {
		ssize_t n;

		snprintf(link, sizeof link, "%s/%s", dir, e->d_name);
		n = readlink(link, to, sizeof to - 1);
		to[n > 0 ? n : 0] = 0;
		found = strstr(to, name) != NULL;
	}
	if (d)
		closedir(d);
	return found;
}

/* The child whose command name begins with `comm` and, when given, that has the file open; 0 without. */
static inline pid_t server_child(const struct server *s, const char *comm, const char *file)
{
	char path[64], name[64];
	int pid;
	pid_t found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)s->pid, (int)s->pid);
	f = fopen(path, "r");
	while (f && !found && fscanf(f, "%d", &pid) == 1) {
		FILE *c;

		snprintf(path, sizeof path, "/proc/%d/comm", pid);
		c = fopen(path, "r");
		name[0] = 0;
		if (c && fgets(name, sizeof name, c) && strncmp(name, comm, strlen(comm)) == 0 &&
		    (!file || has_open(pid, file)))
			found = pid;
		if (c)
			fclose(c);
	}
	if (f)
		fclose(f);
	return found;
}

static inline pid_t server_signer(const struct server *s) { return server_child(s, "counterfoild", "signer.last"); }
static inline pid_t server_postmaster(const struct server *s) { return server_child(s, "postgres", NULL); }

/* --- its database, past every role --- */

/* The first value of the first row in `value` (256 bytes); false and the error there. */
static inline bool sql_try(const struct server *s, const char *sql, char value[256])
{
	PGconn *pg = PQconnectdb(s->conninfo);
	PGresult *r;
	ExecStatusType status;
	bool ok;

	PQclear(PQexec(pg, "SET search_path = counterfoil; SET client_min_messages = error"));
	r = PQexec(pg, sql);
	status = PQresultStatus(r);
	ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
	snprintf(value, 256, "%s", !ok ? PQerrorMessage(pg) : PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	PQfinish(pg);
	return ok;
}

static inline const char *sql(const struct server *s, const char *text)
{
	static char value[256];

	if (!sql_try(s, text, value))
		fail_msg("%s: %s", text, value);
	return value;
}

static inline int64_t sql_int(const struct server *s, const char *text) { return strtoll(sql(s, text), NULL, 10); }
static inline uint64_t log_size(const struct server *s) { return (uint64_t)sql_int(s, "SELECT size FROM log_head"); }

/* --- what must hold whatever happened --- */

struct findings {
	unsigned n;
	char text[8][1024];
};

static inline void keep_finding(void *arg, const char *text)
{
	struct findings *f = arg;

	if (f->n < ARRAY_LEN(f->text))
		snprintf(f->text[f->n], sizeof f->text[0], "%s", text);
	f->n++;
}

static inline struct store *audit_store(const struct server *s)
{
	char why[512];
	struct store *store = store_open(s->conninfo, STORE_OWNER, why, sizeof why);

	static struct vault vault;

	if (!store || !keeping_read(store, s->state, NULL, &vault, why, sizeof why))
		fail_msg("%s", why);
	store_vault(store, &vault);
	return store;
}

/* The whole log through the rules again, and every row of state against it. */
static inline enum replay_verdict audit(const struct server *s, struct findings *f)
{
	char path[256], key[64];
	struct arena mem = arena_over(key, sizeof key);
	struct replay r = { .origin = S(TEST_ORIGIN), .found = keep_finding, .arg = f, .undetected = true };
	enum replay_verdict v;

	f->n = 0;
	snprintf(path, sizeof path, "%s/fingerprint.key", s->state);
	assert_int_equal(file_read_secret(path, 32, &mem, &r.fp_key), 0);
	r.store = audit_store(s);
	v = replay_log(&r);
	store_close(r.store);
	return v;
}

static inline enum log_verdict verify_rows(const struct server *s, struct log_report *report)
{
	struct store *store = audit_store(s);
	const struct log_verify_conf conf = { .key = &s->vkey };
	enum log_verdict v = log_verify_store(store, &conf, report);

	store_close(store);
	return v;
}

static inline enum log_verdict verify_tiles(const struct server *s, struct log_report *report)
{
	char path[256];
	const struct log_verify_conf conf = { .key = &s->vkey };
	struct log_files files = { .fetch = tile_file };
	enum log_verdict v;
	int dir;

	snprintf(path, sizeof path, "%s/tiles", s->state);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	files.from = &dir;
	files.dir = dir;
	v = log_verify(&files, &conf, report);
	close(dir);
	return v;
}

/* Waits until everything committed is published, so that the files can be judged. */
static inline void wait_published(const struct server *s)
{
	uint64_t want = log_size(s);

	for (int i = 0; i < 400; i++) {
		struct answer a = get(s, "/log/checkpoint");
		const char *at = a.body ? strchr(a.body, '\n') : NULL;
		uint64_t have = at && a.status == 200 ? strtoull(at + 1, NULL, 10) : 0;

		answer_free(&a);
		if (have >= want)
			return;
		clock_sleep_ms(25);
	}
	fail_msg("the log has %llu entries and they are not published", (unsigned long long)want);
}

static inline void assert_log_good(const struct server *s)
{
	static struct findings f;
	struct log_report report;
	enum log_verdict v;

	wait_published(s);
	v = verify_rows(s, &report);
	if (v != LOG_GOOD)
		fail_msg("database: %s (entry %llu)", log_verdict_text(v), (unsigned long long)report.at);
	v = verify_tiles(s, &report);
	if (v != LOG_GOOD)
		fail_msg("tiles: %s (entry %llu, %s)", log_verdict_text(v), (unsigned long long)report.at, report.path);
	assert_int_equal(report.size, log_size(s));
	if (audit(s, &f) != REPLAY_GOOD)
		fail_msg("replay: %u findings: %s", f.n, f.n ? f.text[0] : "unreadable");
}

/* --- parties --- */

struct actor {
	struct uuid id;
	struct privkey key;
};
enum { ANCHOR, SUPPLIER, SUPPLIER2, REGULATOR, BANK, BANKS = 16, ACTORS = BANK + BANKS };
struct cast {
	struct actor operator, actor[ACTORS];
};

/* Signs; the bytes lie in mem. A place for what was signed last about an object is c->statement. */
static inline struct span seal(struct command *c, const struct actor *who, struct arena *mem)
{
	if (!statement_seal(c, &who->key, mem))
		abort();
	return c->bytes;
}

static inline struct money yuan(int64_t minor) { return (struct money){ minor, "CNY" }; }
static inline struct date today(void) { return date_of(clock_now()); }
static inline struct date in_days(int n) { return (struct date){ today().day + n }; }

static inline struct command c_enrol(struct uuid id, int32_t roles, const char *uscc, struct pubkey *key)
{
	struct command c = { .kind = ST_PARTY_ENROL, .object = id };
	struct body_party_enrol *b = &c.body.party_enrol;

	b->name = S("a party");
	b->country = S("CN");
	b->uscc = span_z(uscc);
	b->roles = roles;
	b->keys = (struct jwks){ key, 1 };
	return c;
}

static inline struct command c_register(const struct actor *creditor, const struct actor *debtor, int64_t face,
                                        const char *number)
{
	struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = new_uuid() };
	struct body_receivable_register *b = &c.body.receivable_register;

	b->creditor = creditor->id;
	b->debtor = debtor->id;
	b->face = yuan(face);
	b->issue_date = today();
	b->due_date = in_days(90);
	b->existing = FLAG_YES;
	b->invoice = (struct invoice){ span_z(number), DATE_NONE };
	b->invoice.date = today();
	return c;
}

static inline struct command c_about(enum statement_kind kind, struct uuid object, struct hash prev)
{
	return (struct command){ .kind = kind, .object = object, .has_prev = true, .prev = prev };
}

static inline struct command c_confirm(const struct command *registered)
{
	struct command c = c_about(ST_RECEIVABLE_CONFIRM, registered->object, registered->statement);

	c.body.receivable_confirm.face = registered->body.receivable_register.face;
	c.body.receivable_confirm.due_date = registered->body.receivable_register.due_date;
	c.body.receivable_confirm.set_off_waived = FLAG_YES;
	return c;
}

static inline struct command c_grant(struct uuid asset, const struct actor *bank, int64_t amount)
{
	struct command c = { .kind = ST_ENCUMBRANCE_GRANT, .object = new_uuid() };
	struct body_encumbrance_grant *b = &c.body.encumbrance_grant;

	b->asset = asset;
	b->kind = ENC_ASSIGNMENT;
	b->secured_party = bank->id;
	b->amount = yuan(amount);
	b->from = today();
	b->until = DATE_NONE;
	return c;
}

static inline struct command c_hold(struct uuid asset)
{
	struct command c = { .kind = ST_HOLD_PLACE, .object = new_uuid() };

	c.body.hold_place.asset = asset;
	c.body.hold_place.purpose = S("lending");
	c.body.hold_place.until = (struct moment){ clock_now().us + INT64_C(3600000000) };
	c.body.hold_place.claim.date = DATE_NONE;
	return c;
}

static inline struct command c_pay(struct uuid asset, struct hash prev, int64_t amount)
{
	struct command c = c_about(ST_RECEIVABLE_PAY, asset, prev);

	c.body.receivable_pay.amount = yuan(amount);
	c.body.receivable_pay.on = today();
	return c;
}

/* Posts what must be taken, and gives the statement's hash: the next prev. */
static inline struct hash must(const struct server *s, struct command *c, const struct actor *who, struct arena *mem)
{
	struct span bytes = seal(c, who, mem);
	struct answer a = post(s, bytes);

	if (a.status != 201 || a.verdict != RECEIPT_GOOD)
		fail_msg("%s: %d %s (%s)", statement_info(c->kind)->type, a.status, a.body ? a.body : "",
		         receipt_verdict_text(a.verdict));
	answer_free(&a);
	return c->statement;
}

static inline void enrol(const struct server *s, struct cast *cast, unsigned i, struct arena *mem)
{
	static const int32_t role[] = { ROLE_CORE, ROLE_SUPPLIER, ROLE_SUPPLIER, ROLE_REGULATOR };
	struct actor *a = &cast->actor[i];
	struct command c;
	uint8_t seed[SEED_LEN];
	char uscc[32];

	clock_random(seed, sizeof seed);
	assert_true(privkey_from_seed(ALG_ED25519, seed, &a->key));
	a->id = new_uuid();
	snprintf(uscc, sizeof uscc, "91310000%09uX", i + 1);
	c = c_enrol(a->id, i < BANK ? role[i] : ROLE_BANK, uscc, &a->key.pub);
	(void)must(s, &c, &cast->operator, mem);
}

/* From one second on no document is needed to register a receivable. */
static inline void no_documents(const struct server *s, const struct cast *cast, struct arena *mem)
{
	struct command c = { .kind = ST_RULE_PUBLISH, .object = new_uuid() };
	struct body_rule_publish *b = &c.body.rule_publish;

	b->rule = span_z(rule_info(RULE_EVIDENCE)->id);
	b->version = 2;
	b->effective = (struct moment){ (clock_now().us / 1000000 + 1) * 1000000 };
	b->values = (struct values){ span_z(rule_info(RULE_EVIDENCE)->unit), 0 };
	(void)must(s, &c, &cast->operator, mem);
	while (clock_now().us <= b->effective.us)
		clock_sleep_ms(20);
}

static inline void cast_start(const struct server *s, struct cast *cast)
{
	struct arena mem = map_arena(4 << 20);
	char path[256], why[256], value[256];
	struct span id;

	memset(cast, 0, sizeof *cast);
	snprintf(path, sizeof path, "%s/operator.jwk", s->state);
	if (!key_file(path, false, &cast->operator.key, why, sizeof why))
		fail_msg("%s", why);
	snprintf(value, sizeof value, "%s", sql(s, "SELECT id FROM party WHERE roles & 1 <> 0"));
	id = span_z(value);
	assert_true(uuid_parse(id, &cast->operator.id));
	for (unsigned i = 0; i < ACTORS; i++)
		enrol(s, cast, i, &mem);
	no_documents(s, cast, &mem);
	unmap_arena(&mem);
}

/* --- many at once --- */

struct load {
	const struct server *server;
	const struct span *statement;
	struct answer *answer; /* one for each, in the same order */
	size_t n;
	bool bodies; /* keep them; else they are freed when read */
	_Atomic size_t next;
};

static inline void *load_thread(void *arg)
{
	struct load *l = arg;
	struct http *h = http_new(l->server->port);
	struct arena room = map_arena(1 << 20);
	size_t i;

	while ((i = atomic_fetch_add(&l->next, 1)) < l->n) {
		l->answer[i] = post_on(h, &l->server->vkey, l->statement[i], &room);
		if (!l->bodies)
			answer_free(&l->answer[i]);
	}
	unmap_arena(&room);
	http_free(h);
	return NULL;
}

enum { CONNECTIONS_MAX = 128 };
static inline void load_run(struct load *l, unsigned connections)
{
	pthread_t thread[CONNECTIONS_MAX];

	assert_true(connections <= CONNECTIONS_MAX);
	l->next = 0;
	for (unsigned i = 0; i < connections; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, load_thread, l), 0);
	for (unsigned i = 0; i < connections; i++)
		pthread_join(thread[i], NULL);
}

/* All of them, over that many connections; free the answers with free() (and each body when kept). */
static inline struct answer *send_all(const struct server *s, const struct span *statement, size_t n,
                                      unsigned connections, bool bodies)
{
	struct load l = { .server = s,
		          .statement = statement,
		          .n = n,
		          .bodies = bodies,
		          .answer = calloc(n, sizeof(struct answer)) };

	assert_non_null(l.answer);
	load_run(&l, connections);
	return l.answer;
}

static inline size_t count_status(const struct answer *a, size_t n, int status, const char *code)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += a[i].status == status && (!code || strcmp(a[i].code, code) == 0);
	return found;
}

/* Every receipt verified, whatever it says. */
static inline void assert_receipts(const struct answer *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].receipted && a[i].verdict != RECEIPT_GOOD)
			fail_msg("receipt %zu: %s", i, receipt_verdict_text(a[i].verdict));
}
#endif
