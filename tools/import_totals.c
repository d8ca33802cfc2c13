/* SPDX-License-Identifier: Apache-2.0 */
/* import_totals.c: see import_totals.h. */
#include "import_totals.h"

#include <errno.h>

#include "intake/statement.h"
#include "json_at.h"
#include "run/clock.h"
#include "run/memory.h"

#define PAGE_MEM ((size_t)64 << 20) /* one page of the registry's list, and what is read of it */
enum { WAIT_MS = 1000, TRIES = 60 };

struct claim { /* an accepted receivable */
	struct uuid id;
	struct money face;
	bool found;
};
struct counting {
	struct import_file *f;
	struct import_totals *t;
	struct claim *claim;
	size_t n, cap;
	FILE *refused;
	uint64_t next_refused; /* row; UINT64_MAX when there are no more */
};

static struct import_sum *sum_of(struct import_totals *t, const char ccy[4])
{
	for (size_t i = 0; i < t->n; i++)
		if (memcmp(t->sum[i].ccy, ccy, 4) == 0)
			return &t->sum[i];
	if (t->n == SUMS_MAX)
		return NULL;
	memcpy(t->sum[t->n].ccy, ccy, 4);
	return &t->sum[t->n++];
}

/* --- the file --- */

static void next_refused(struct counting *g)
{
	char *line = NULL;
	size_t cap = 0;

	g->next_refused = UINT64_MAX;
	if (g->refused && getline(&line, &cap, g->refused) > 8)
		g->next_refused = strtoull(line + strlen("{\"row\":"), NULL, 10);
	free(line);
}

static bool keep(struct counting *g, const struct command *c)
{
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 4096;
		struct claim *more = realloc(g->claim, cap * sizeof *more);

		if (!more)
			return false;
		g->claim = more;
		g->cap = cap;
	}
	g->claim[g->n++] = (struct claim){ c->object, c->body.receivable_register.face, false };
	return true;
}

static bool add_row(struct counting *g, const struct command *c, bool refused)
{
	struct import_sum *s;

	if (c->kind != ST_RECEIVABLE_REGISTER) {
		g->t->others++;
		return true;
	}
	s = sum_of(g->t, c->body.receivable_register.face.ccy);
	if (!s || __builtin_add_overflow(s->file, c->body.receivable_register.face.minor, &s->file))
		return false;
	s->rows++;
	if (!refused)
		return keep(g, c);
	s->refused += c->body.receivable_register.face.minor;
	return true;
}

static int read_file(struct counting *g)
{
	struct import_line line;
	struct arena mem;
	uint64_t row = 0;
	size_t at = 0;
	bool good = arena_map(&mem, STATEMENT_ROOM(STATEMENT_COMPACT_MAX));

	next_refused(g);
	while (good && import_next(g->f, &at, &row, &line)) {
		bool refused = line.row == g->next_refused;
		struct command cmd;
		struct span problem;

		if (refused)
			next_refused(g);
		arena_reset(&mem);
		if (import_read(line.text, &mem, &cmd, &problem))
			good = add_row(g, &cmd, refused);
		else
			g->t->unread++;
	}
	arena_unmap(&mem);
	return good ? EXIT_GOOD : cli_fail(g->f->c, EXIT_REFUSED, "the totals are larger than this program counts");
}

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct claim *)a)->id.b, ((const struct claim *)b)->id.b, sizeof(struct uuid));
}

/* Rows that say the same receivable twice count once; the rest is what the registry must hold. */
static void unique(struct counting *g)
{
	size_t kept = 0;

	if (g->n > 0)
		qsort(g->claim, g->n, sizeof *g->claim, by_id);
	for (size_t i = 0; i < g->n; i++) {
		struct import_sum *s = sum_of(g->t, g->claim[i].face.ccy);

		if (kept > 0 && uuid_eq(g->claim[kept - 1].id, g->claim[i].id)) {
			s->again += g->claim[i].face.minor;
			continue;
		}
		s->accepted += g->claim[i].face.minor;
		g->claim[kept++] = g->claim[i];
	}
	g->n = kept;
}

/* --- the registry --- */

static void compare(struct counting *g, struct span item, struct arena *mem)
{
	struct claim want = { .found = false }, *have;
	struct import_sum *s;
	struct money face;

	if (!uuid_parse(span_z(json_z(item, "/id", mem)), &want.id) ||
	    !money_parse(span_z(json_z(item, "/face/amount", mem)), span_z(json_z(item, "/face/currency", mem)), &face))
		return;
	have = g->n ? bsearch(&want, g->claim, g->n, sizeof want, by_id) : NULL;
	if (!have || have->found)
		return;
	have->found = true;
	s = sum_of(g->t, have->face.ccy);
	if (!money_same_ccy(face, have->face))
		return;
	s->registry += face.minor;
	s->found += face.minor == have->face.minor;
}

static bool all_found(const struct import_totals *t, size_t n)
{
	uint64_t found = 0;

	for (size_t i = 0; i < t->n; i++)
		found += t->sum[i].found;
	return found == n;
}

static int page(struct client *k, const char *cursor, struct http_answer *a)
{
	for (int i = 0; i < TRIES; i++) {
		int rc = client_get(k,
		                    cli_text(k->c, "/v1/receivables?limit=200%s%s", *cursor ? "&cursor=" : "", cursor),
		                    true, a);

		if (rc != EXIT_GOOD || (a->status != 429 && a->status != 503))
			return rc != EXIT_GOOD || a->status == 200 ? rc : client_problem(k, a);
		clock_sleep_ms(a->retry_after > 0 ? a->retry_after * 1000 : WAIT_MS);
	}
	return client_problem(k, a);
}

/* The list is newest first, so what was just imported stands at its head: it is read until all are found. */
static int ask(struct counting *g, struct client *k)
{
	char cursor[256] = "";
	struct arena mem, *own = k->c->mem;
	int rc = arena_map(&mem, PAGE_MEM) ? EXIT_GOOD : EXIT_REFUSED;

	do {
		struct http_answer a;
		struct json_walk w;
		struct span items, name, one;
		size_t mark;

		if (!k->token) /* is asked for at the first page, and outlives it */
			rc = client_get(k, "/v1/receivables?limit=1", true, &a);
		arena_reset(&mem);
		k->c->mem = &mem;
		if (rc == EXIT_GOOD)
			rc = page(k, cursor, &a);
		cursor[0] = 0;
		if (rc == EXIT_GOOD && json_at(a.body, "/items", &items)) {
			mark = mem.used;
			for (w = json_walk(items); json_next(&w, &name, &one); mem.used = mark)
				compare(g, one, &mem);
			snprintf(cursor, sizeof cursor, "%s", json_z(a.body, "/next", &mem));
		}
		k->c->mem = own;
	} while (rc == EXIT_GOOD && cursor[0] && !all_found(g->t, g->n));
	arena_unmap(&mem);
	g->t->asked = rc == EXIT_GOOD;
	return rc;
}

/* --- both --- */

static bool agree(const struct counting *g)
{
	for (size_t i = 0; i < g->t->n; i++) {
		const struct import_sum *s = &g->t->sum[i];

		if (s->file != s->accepted + s->refused + s->again || (g->t->asked && s->registry != s->accepted))
			return false;
	}
	return !g->t->asked || all_found(g->t, g->n);
}

int import_totals(struct import_file *f, struct client *k, struct import_totals *ret)
{
	struct counting g = { .f = f, .t = ret, .refused = fopen(f->refused_path, "re") };
	int rc;

	memset(ret, 0, sizeof *ret);
	rc = read_file(&g);
	if (rc == EXIT_GOOD)
		unique(&g);
	if (rc == EXIT_GOOD && k && g.n > 0)
		rc = ask(&g, k);
	if (rc == EXIT_GOOD)
		ret->agree = agree(&g);
	if (g.refused)
		fclose(g.refused);
	free(g.claim);
	return rc;
}

static void put_cell(FILE *to, int64_t minor, const char ccy[4])
{
	char text[40] = "";
	struct writer w = writer_over(text, sizeof text - 1);

	put_amount(&w, minor, ccy);
	fprintf(to, " %20s", text);
}

void import_totals_print(const struct import_totals *t, FILE *to)
{
	if (t->n > 0)
		fprintf(to, "%-3s %10s %20s %20s %20s %20s%s\n", "", "rows", "in the file", "accepted", "refused",
		        "said twice", t->asked ? "         the registry" : "");
	for (size_t i = 0; i < t->n; i++) {
		const struct import_sum *s = &t->sum[i];

		fprintf(to, "%-3s %10llu", s->ccy, (unsigned long long)s->rows);
		put_cell(to, s->file, s->ccy);
		put_cell(to, s->accepted, s->ccy);
		put_cell(to, s->refused, s->ccy);
		put_cell(to, s->again, s->ccy);
		if (t->asked)
			put_cell(to, s->registry, s->ccy);
		fputc('\n', to);
	}
	if (t->others > 0)
		fprintf(to, "%llu rows are statements of other types\n", (unsigned long long)t->others);
	if (t->unread > 0)
		fprintf(to, "%llu rows are no statements: their amounts are in no sum\n",
		        (unsigned long long)t->unread);
	fprintf(to, "%s\n",
	        !t->agree  ? "the totals DIFFER"
	        : t->asked ? "the totals agree to the cent, and so does each receivable in the registry"
	                   : "the totals agree to the cent; with --key of who may see them the registry is asked too");
}
