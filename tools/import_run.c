/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import_run.c: see import_run.h.
 *
 *   file -> window -> ready rows -> POST -> answers -> window -> settled, in order -> refused file, mark
 *
 * One lock holds the window and all that is behind it; a connection holds it
 * while it takes rows and while it notes answers, never while it waits.
 */
#include "import_run.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "import_window.h"
#include "intake/statement.h"
#include "json_at.h"
#include "run/clock.h"
#include "run/memory.h"
#include "service/outbound.h"

enum { ROWS_MAX = 4096, POST_BYTES = 8 << 20, MARK_NS = 500 * 1000 * 1000, BUSY_MS = 500, TRIES = 40 };
#define POST_MEM ((size_t)1 << 30) /* address space for one answer and what is read of it */

struct importing {
	struct import_file *f;
	struct cli *c;
	const struct client *k; /* signs the rows of a table; NULL when the file came signed */
	unsigned rows_a_post;
	struct window w;
	size_t at; /* read so far */
	uint64_t row;
	bool read_all;
	int rc; /* not good: everybody stops */
	FILE *refused;
	struct import_mark mark;
	uint64_t sent;
	int64_t marked_ns;
	struct arena scratch; /* of one row */
	pthread_mutex_t lock;
	pthread_cond_t moved;
};

/* --- under the lock: from the file into the window, out of the window into the files beside --- */

static void keep_problem(struct place *x, struct span json)
{
	free(x->problem);
	x->problem = strndup(json.at, json.len);
}

static void fill(struct importing *m)
{
	struct import_line line;

	while (!window_full(&m->w) && !m->read_all) {
		struct command cmd;
		struct span problem;
		struct place *x;
		bool good;

		if (!import_next(m->f, &m->at, &m->row, &line)) {
			m->read_all = true;
			return;
		}
		arena_reset(&m->scratch);
		good = import_read(line.text, &m->scratch, &cmd, &problem);
		x = window_add(&m->w, good ? &cmd : NULL);
		x->row = line.row;
		x->line = line.text;
		x->end = line.end;
		if (!good)
			keep_problem(x, problem);
	}
}

static void write_refused(struct importing *m, const struct place *x)
{
	fprintf(m->refused, "{\"row\":%llu,\"problem\":%s", (unsigned long long)x->row, x->problem ? x->problem : "{}");
	if (x->line.at[0] != '!' && memchr(x->line.at, '"', x->line.len) == NULL) /* else it is no JWS at all */
		fprintf(m->refused, ",\"statement\":\"%.*s\"", (int)x->line.len, x->line.at);
	fputs("}\n", m->refused);
}

static int save(struct importing *m)
{
	long at = fflush(m->refused) == 0 && fdatasync(fileno(m->refused)) == 0 ? ftell(m->refused) : -1;

	m->marked_ns = clock_ns();
	m->mark.refused = at > 0 ? (size_t)at : 0;
	if (at >= 0 && import_mark_write(m->f, &m->mark))
		return EXIT_GOOD;
	return cli_fail(m->c, EXIT_REFUSED, "%s cannot be written: %s", m->f->state_path, strerror(errno));
}

static void settle(struct importing *m)
{
	struct place x;
	bool any = false;

	while (window_pop(&m->w, &x)) {
		m->mark.accepted += x.fate == FATE_ACCEPTED;
		m->mark.repeated += x.fate == FATE_REPEATED;
		m->mark.refused_rows += x.fate == FATE_REFUSED;
		if (x.fate == FATE_REFUSED)
			write_refused(m, &x);
		free(x.problem);
		free(x.renewed);
		m->mark.at = x.end;
		m->mark.row = x.row;
		any = true;
	}
	if (!any)
		return;
	cli_progress(m->c, "importing, bytes", m->mark.at, m->f->text.len);
	if (clock_ns() - m->marked_ns > MARK_NS && m->rc == EXIT_GOOD)
		m->rc = save(m);
}

/* --- one connection --- */

struct post {
	struct importing *m;
	struct cli c; /* a copy: its memory is this connection's own */
	struct client k;
	struct arena mem;
	char *body;
	size_t len;
	uint64_t place[ROWS_MAX];
	size_t n;
	bool answered[ROWS_MAX];
	unsigned busy; /* posts in a row of which nothing was taken */
};

/* Takes what is ready. False when there is nothing left to do. */
static bool take(struct post *p)
{
	struct importing *m = p->m;
	bool more;

	pthread_mutex_lock(&m->lock);
	for (;;) {
		settle(m);
		fill(m);
		settle(m); /* rows that cannot be read need no answer */
		p->n = m->rc == EXIT_GOOD ? window_ready(&m->w, p->place, m->rows_a_post) : 0;
		more = m->rc == EXIT_GOOD && !(m->read_all && window_empty(&m->w));
		if (p->n > 0 || !more)
			break;
		pthread_cond_wait(&m->moved, &m->lock);
	}
	p->len = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct place *x = window_place(&m->w, p->place[i]);

		if (p->len + x->line.len + 1 > POST_BYTES) { /* the rest another time */
			for (size_t k = i; k < p->n; k++)
				window_place(&m->w, p->place[k])->fate = FATE_WAITS;
			p->n = i;
			break;
		}
		memcpy(p->body + p->len, x->line.at, x->line.len);
		p->body[p->len + x->line.len] = '\n';
		p->len += x->line.len + 1;
		p->answered[i] = false;
	}
	pthread_mutex_unlock(&m->lock);
	return p->n > 0;
}

/* The registry could not just now, or does not know: the same bytes again. */
static bool is_busy(int64_t status) { return status == 429 || status >= 500; }

static bool same_statement(struct post *p, struct span answer, const struct place *x)
{
	char text[HASH_B64];
	struct writer w = writer_over(text, sizeof text);

	put_hash64(&w, x->statement);
	return span_eq(span_z(json_z(answer, "/receipt/statement_hash", &p->mem)), writer_span(&w));
}

/*
 * A row of a table whose signature has grown too old is signed anew, under the id it had: so the registry still takes
 * it once, and an id that is used for other bytes was used by an earlier run that did this.
 */
static bool renew(struct post *p, struct place *x)
{
	struct command cmd;
	struct span problem;

	if (!p->m->k || x->renewed || !import_read(x->line, &p->mem, &cmd, &problem))
		return false;
	cmd.at.us = 0;
	cmd.salt = S("");
	if (!statement_seal(&cmd, &p->m->k->key, &p->mem))
		return false;
	x->renewed = strndup(cmd.bytes.at, cmd.bytes.len);
	if (!x->renewed)
		return false;
	x->line = (struct span){ x->renewed, cmd.bytes.len };
	x->statement = cmd.statement;
	return true;
}

static bool was_renewed(const struct post *p, const char *code)
{
	return p->m->k && strcmp(code, fault_info(E_ID_CONFLICT)->slug) == 0;
}

/* One line of the answer. False when it is none, or a receipt of something else. */
static bool note(struct post *p, struct span line, size_t *taken)
{
	int64_t n = json_good(line) ? json_i64(line, "/line", 0) : 0, status;
	struct span problem;
	struct place *x;

	if (n < 1 || (uint64_t)n > p->n || p->answered[n - 1])
		return false;
	x = window_place(&p->m->w, p->place[n - 1]);
	status = json_i64(line, "/status", 500);
	if (is_busy(status))
		return true;
	if (status < 300 && !same_statement(p, line, x))
		return false;
	(*taken)++;
	if (status < 300) {
		x->fate = status == 200 ? FATE_REPEATED : FATE_ACCEPTED;
	} else {
		const char *code = json_z(line, "/problem/code", &p->mem);

		if (strcmp(code, fault_info(E_CLOCK_SKEW)->slug) == 0 && renew(p, x))
			return true; /* not answered: it goes again */
		x->fate = was_renewed(p, code) ? FATE_REPEATED : FATE_REFUSED;
		keep_problem(x, json_at(line, "/problem", &problem) ? problem : S("{}"));
	}
	p->answered[n - 1] = true;
	return true;
}

static size_t note_all(struct post *p, struct span body, bool *good)
{
	struct span line;
	size_t taken = 0, mark = p->mem.used;

	*good = true;
	pthread_mutex_lock(&p->m->lock);
	while (*good && span_cut(body, '\n', &line, &body)) {
		*good = note(p, line, &taken);
		p->mem.used = mark;
	}
	for (size_t i = 0; i < p->n; i++)
		if (!p->answered[i])
			window_place(&p->m->w, p->place[i])->fate = FATE_WAITS;
	p->m->sent += taken;
	pthread_cond_broadcast(&p->m->moved);
	pthread_mutex_unlock(&p->m->lock);
	return taken;
}

static void stop_all(struct importing *m, int rc)
{
	pthread_mutex_lock(&m->lock);
	if (m->rc == EXIT_GOOD)
		m->rc = rc;
	pthread_cond_broadcast(&m->moved);
	pthread_mutex_unlock(&m->lock);
}

static int send_post(struct post *p)
{
	struct http_answer a;
	bool good;
	size_t taken;
	int rc;

	p->c.mem = &p->mem; /* from here on: the client itself was opened in the command's */
	arena_reset(&p->mem);
	rc = client_send(&p->k, "/v1/statements/batch", "application/x-ndjson", (struct span){ p->body, p->len }, &a);
	if (rc == EXIT_GOOD && a.status != 200)
		rc = client_problem(&p->k, &a);
	if (rc != EXIT_GOOD)
		return rc;
	taken = note_all(p, a.body, &good);
	if (!good)
		return cli_fail(&p->c, EXIT_UNREACHABLE, "the registry's answer is not about what was sent");
	p->busy = taken ? 0 : p->busy + 1;
	if (p->busy == TRIES)
		return cli_fail(&p->c, EXIT_UNREACHABLE,
		                "the registry takes nothing more for now; run the command again");
	if (taken < p->n)
		clock_sleep_ms(a.retry_after > 0 ? a.retry_after * 1000 : BUSY_MS);
	return EXIT_GOOD;
}

static void *connection(void *arg)
{
	struct post *p = arg;
	int rc = EXIT_GOOD;

	while (rc == EXIT_GOOD && take(p))
		rc = send_post(p);
	if (rc != EXIT_GOOD)
		stop_all(p->m, rc);
	return NULL;
}

/* --- all of it --- */

static int begin(struct importing *m)
{
	int rc = import_mark_read(m->f, &m->mark);
	int fd;

	if (rc != EXIT_GOOD)
		return rc;
	m->at = m->mark.at;
	m->row = m->mark.row;
	fd = open(m->f->refused_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	m->refused = fd >= 0 && ftruncate(fd, (off_t)m->mark.refused) == 0 ? fdopen(fd, "r+") : NULL;
	if (!m->refused || fseek(m->refused, 0, SEEK_END) != 0 ||
	    !arena_map(&m->scratch, STATEMENT_ROOM(STATEMENT_COMPACT_MAX)))
		return cli_fail(m->c, EXIT_REFUSED, "%s: %s", m->f->refused_path, strerror(errno));
	if (m->mark.at > 0)
		fprintf(m->c->err, "carrying on behind row %llu\n", (unsigned long long)m->mark.row);
	return EXIT_GOOD;
}

static int open_post(struct importing *m, struct post *p)
{
	p->m = m;
	p->c = *m->c;
	p->body = malloc(POST_BYTES);
	if (!p->body || !arena_map(&p->mem, POST_MEM))
		return cli_fail(m->c, EXIT_REFUSED, "out of memory");
	return client_open_nameless(&p->c, &p->k);
}

static void close_post(struct post *p)
{
	client_close(&p->k);
	arena_unmap(&p->mem);
	free(p->body);
}

static int run_all(struct importing *m, unsigned n)
{
	struct post *p = calloc(n, sizeof *p);
	pthread_t thread[CONNECTIONS_MAX];
	unsigned started = 0, opened = 0;
	int rc = p ? EXIT_GOOD : EXIT_REFUSED;

	while (rc == EXIT_GOOD && opened < n)
		rc = open_post(m, &p[opened++]);
	while (rc == EXIT_GOOD && started < n && pthread_create(&thread[started], NULL, connection, &p[started]) == 0)
		started++;
	if (rc == EXIT_GOOD && started == 0)
		rc = cli_fail(m->c, EXIT_REFUSED, "no thread can be started");
	for (unsigned i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	for (unsigned i = 0; i < opened; i++)
		close_post(&p[i]);
	free(p);
	return rc == EXIT_GOOD ? m->rc : rc;
}

int import_run(struct import_file *f, const struct client *k, unsigned connections, unsigned rows_a_post,
               struct import_result *ret)
{
	struct importing *m = calloc(1, sizeof *m);
	int64_t began = clock_ns();
	int rc;

	if (!m)
		return cli_fail(f->c, EXIT_REFUSED, "out of memory");
	m->f = f;
	m->c = f->c;
	m->k = f->signed_path != f->name ? k : NULL;
	m->rows_a_post = rows_a_post < ROWS_MAX ? rows_a_post : ROWS_MAX;
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->moved, NULL);
	rc = begin(m);
	if (rc == EXIT_GOOD) {
		rc = run_all(m, connections < CONNECTIONS_MAX ? connections : CONNECTIONS_MAX);
		if (save(m) != EXIT_GOOD && rc == EXIT_GOOD)
			rc = EXIT_REFUSED;
	}
	if (m->refused)
		fclose(m->refused);
	arena_unmap(&m->scratch);
	*ret = (struct import_result){ m->mark, m->sent, clock_ns() - began };
	free(m);
	return rc;
}
