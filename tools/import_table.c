/* SPDX-License-Identifier: Apache-2.0 */
/* import_table.c: see import_table.h. */
#include "import_table.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "import_file.h"
#include "intake/statement.h"
#include "jcs.h"
#include "run/clock.h"
#include "run/memory.h"
#include "service/outbound.h"

enum { CELLS_MAX = 32, BLOCK = 1 << 20, ROWS_A_LOOK = 1000 };
#define ROW_MEM ((size_t)1 << 20)

enum column { NUMBER, ISSUE_DATE, DUE_DATE, AMOUNT, CURRENCY, DEBTOR, CREDITOR, DOCUMENTS, EXISTING, LINEAGE, COLUMNS };
static const struct {
	const char *name;
	bool needed;
} column[COLUMNS] = {
	[NUMBER] = { "number", true },      [ISSUE_DATE] = { "issue_date", true }, [DUE_DATE] = { "due_date", true },
	[AMOUNT] = { "amount", true },      [CURRENCY] = { "currency", true },     [DEBTOR] = { "debtor", true },
	[CREDITOR] = { "creditor", false }, [DOCUMENTS] = { "documents", false },  [EXISTING] = { "existing", false },
	[LINEAGE] = { "lineage", false },
};

struct table {
	struct cli *c;
	struct client *k;
	const char *creditor; /* where the row names none */
	int place[CELLS_MAX]; /* enum column of each cell */
	size_t n_places;
	struct arena mem; /* of one row */
	int to;
	char *block;
	size_t len; /* of the block */
};

/* --- cells --- */

/* One cell from *at on, which moves behind it and its comma or line end; *last: it was the line's last. False when a
 * quote is not closed or something stands behind it. */
static bool next_cell(struct span text, size_t *at, struct arena *mem, struct span *ret, bool *last)
{
	struct writer w = writer_in(mem);
	bool quoted = *at < text.len && text.at[*at] == '"';
	size_t i = *at + quoted;

	for (; i < text.len; i++) {
		char ch = text.at[i];

		if (quoted && ch == '"') {
			i++;
			if (i >= text.len || text.at[i] != '"')
				break;
		} else if (!quoted && (ch == ',' || ch == '\n')) {
			break;
		}
		put_byte(&w, ch);
	}
	if (quoted && (i == *at + 1 || text.at[i - 1] != '"'))
		return false;
	if (quoted && i < text.len && text.at[i] == '\r')
		i++;
	*last = i >= text.len || text.at[i] == '\n';
	if (!*last && text.at[i] != ',')
		return false;
	if (!quoted && *last && w.len > 0 && w.at[w.len - 1] == '\r')
		w.len--;
	*ret = writer_done(&w, mem);
	*at = i < text.len ? i + 1 : i;
	return arena_ok(mem);
}

static void skip_line(struct span text, size_t *at)
{
	const char *end = memchr(text.at + *at, '\n', text.len - *at);

	*at = end ? (size_t)(end - text.at) + 1 : text.len;
}

/* The cells of a line. NULL, or what is wrong; *at is behind the line either way. */
static const char *cells_of(struct table *t, struct span text, size_t *at, struct span cell[CELLS_MAX], size_t *n)
{
	size_t from = *at;
	bool last = false;

	for (*n = 0; !last; (*n)++) {
		if (*n == CELLS_MAX || !next_cell(text, at, &t->mem, &cell[*n], &last)) {
			*at = from;
			skip_line(text, at);
			return *n == CELLS_MAX ? "more cells than a table has columns" : "a quote that is not closed";
		}
	}
	return NULL;
}

static bool blank(const struct span *cell, size_t n) { return n == 1 && cell[0].len == 0; }

/* --- the head --- */

bool is_table(struct span text)
{
	struct span first, rest;

	if (!span_cut(text, '\n', &first, &rest))
		first = text;
	return memchr(first.at, ',', first.len) != NULL && first.at[0] != '{';
}

static int column_named(struct span name)
{
	for (int i = 0; i < COLUMNS; i++)
		if (span_is(name, column[i].name))
			return i;
	return COLUMNS;
}

static int read_head(struct table *t, struct span text, size_t *at)
{
	struct span cell[CELLS_MAX];
	bool have[COLUMNS] = { false };
	const char *wrong = cells_of(t, text, at, cell, &t->n_places);

	if (wrong)
		return cli_usage(t->c, "the first line names the columns: %s", wrong);
	for (size_t i = 0; i < t->n_places; i++) {
		t->place[i] = column_named(cell[i]);
		if (t->place[i] == COLUMNS || have[t->place[i]])
			return cli_usage(t->c, "the column \"%.*s\" is %s", (int)cell[i].len, cell[i].at,
			                 t->place[i] == COLUMNS ? "none of a table of receivables" : "there twice");
		have[t->place[i]] = true;
	}
	for (int i = 0; i < COLUMNS; i++)
		if (column[i].needed && !have[i])
			return cli_usage(t->c, "the column \"%s\" is missing", column[i].name);
	return EXIT_GOOD;
}

/* --- a row --- */

static void put_documents(struct jcs *j, struct span list)
{
	struct span one;

	jcs_name(j, "documents");
	jcs_array(j);
	while (list.len > 0) {
		if (!span_cut(list, ' ', &one, &list)) {
			one = list;
			list.len = 0;
		}
		if (one.len > 0)
			jcs_string(j, one);
	}
	jcs_end_array(j);
}

/* The body, as the strict reader of statements wants it; what is wrong with a cell it says itself. */
static void put_row(struct table *t, struct jcs *j, const struct span v[COLUMNS])
{
	jcs_object(j);
	jcs_member_span(j, "creditor", v[CREDITOR].len ? v[CREDITOR] : span_z(t->creditor));
	jcs_member_span(j, "debtor", v[DEBTOR]);
	put_documents(j, v[DOCUMENTS]);
	jcs_member_span(j, "due_date", v[DUE_DATE]);
	jcs_member_bool(j, "existing", !span_is(v[EXISTING], "no"));
	jcs_name(j, "face");
	jcs_object(j);
	jcs_member_span(j, "amount", v[AMOUNT]);
	jcs_member_span(j, "currency", v[CURRENCY]);
	jcs_end_object(j);
	jcs_name(j, "invoice");
	jcs_object(j);
	jcs_member_span(j, "date", v[ISSUE_DATE]);
	jcs_member_span(j, "number", v[NUMBER]);
	jcs_end_object(j);
	jcs_member_span(j, "issue_date", v[ISSUE_DATE]);
	if (v[LINEAGE].len)
		jcs_member_span(j, "lineage", v[LINEAGE]);
	jcs_end_object(j);
}

static bool put_payload(struct table *t, struct writer *w, const struct span v[COLUMNS])
{
	struct jcs j = jcs_over(w);
	char text[96];
	struct writer x = writer_over(text, sizeof text);
	uint8_t salt[32];

	jcs_object(&j);
	put_moment(&x, (struct moment){ clock_now().us / 1000000 * 1000000 });
	jcs_member_span(&j, "at", writer_span(&x));
	jcs_name(&j, "body");
	put_row(t, &j, v);
	for (int i = 0; i < 2; i++) {
		x = writer_over(text, sizeof text);
		put_uuid(&x, new_uuid());
		jcs_member_span(&j, i ? "object" : "id", writer_span(&x));
	}
	jcs_name(&j, "prev");
	jcs_null(&j);
	clock_random(salt, sizeof salt);
	x = writer_over(text, sizeof text);
	put_b64url(&x, (struct span){ (const char *)salt, sizeof salt });
	jcs_member_span(&j, "salt", writer_span(&x));
	jcs_member_z(&j, "type", "receivable.register");
	jcs_end_object(&j);
	return !w->overflow;
}

static enum fault by_column(struct table *t, const struct span *cell, size_t n, struct span v[COLUMNS], struct diag *d)
{
	memset(v, 0, COLUMNS * sizeof *v);
	if (n != t->n_places)
		return diag_set(d, E_BAD_REQUEST, "", "not as many cells as the first line has columns");
	for (size_t i = 0; i < n; i++) {
		if (!utf8_valid(cell[i]))
			return diag_set(d, E_BAD_REQUEST, column[t->place[i]].name, "not UTF-8");
		v[t->place[i]] = cell[i];
	}
	if (v[EXISTING].len > 0 && !span_is(v[EXISTING], "yes") && !span_is(v[EXISTING], "no"))
		return diag_set(d, E_BAD_MEMBER, "existing", "yes or no");
	return OK;
}

/* The statement of a row, or why there is none. */
static struct span signed_row(struct table *t, const struct span *cell, size_t n, const char *wrong)
{
	struct span v[COLUMNS];
	struct command cmd;
	struct writer w;
	struct diag d = { .detail = "" };
	enum fault f = wrong ? diag_set(&d, E_BAD_REQUEST, "", wrong) : by_column(t, cell, n, v, &d);

	if (f == OK) {
		w = writer_in(&t->mem);
		f = put_payload(t, &w, v) ? OK : E_TOO_BIG;
	}
	if (f == OK)
		f = statement_payload(writer_done(&w, &t->mem), &t->mem, &cmd, &d);
	if (f == OK && statement_seal(&cmd, &t->k->key, &t->mem))
		return cmd.bytes;
	w = writer_in(&t->mem);
	put_z(&w, "!");
	put_local_problem(&w, f == OK ? E_INTERNAL : f, &d);
	return writer_done(&w, &t->mem);
}

/* --- all rows --- */

static int flush(struct table *t)
{
	for (size_t at = 0; at < t->len;) {
		ssize_t n = write(t->to, t->block + at, t->len - at);

		if (n < 0 && errno != EINTR)
			return cli_fail(t->c, EXIT_REFUSED, "the signed rows cannot be written: %s", strerror(errno));
		at += n > 0 ? (size_t)n : 0;
	}
	t->len = 0;
	return EXIT_GOOD;
}

static int add_signed(struct table *t, struct span line)
{
	int rc = t->len + line.len + 1 > BLOCK ? flush(t) : EXIT_GOOD;

	if (rc == EXIT_GOOD) {
		memcpy(t->block + t->len, line.at, line.len);
		t->block[t->len + line.len] = '\n';
		t->len += line.len + 1;
	}
	return rc;
}

/* The first line of the signed file says which table it was made from: "#" and its SHA-256. */
enum { TITLE = 1 + 2 * HASH_LEN + 1 };

static int same_table(struct table *t, const char *path, struct span table)
{
	char title[TITLE], have[TITLE];
	struct writer w = writer_over(title, sizeof title);
	struct hash id = sha256(table);
	ssize_t n = pread(t->to, have, sizeof have, 0);

	put_byte(&w, '#');
	put_hex(&w, id.b, sizeof id.b);
	put_byte(&w, '\n');
	if (n == TITLE && memcmp(have, title, TITLE) == 0)
		return EXIT_GOOD;
	if (n == TITLE)
		return cli_fail(t->c, EXIT_USAGE,
		                "%s holds the signed rows of another table: move it away to sign this one", path);
	if (n < 0 || ftruncate(t->to, 0) != 0 || write(t->to, title, TITLE) != TITLE)
		return cli_fail(t->c, EXIT_REFUSED, "%s: %s", path, strerror(errno));
	return EXIT_GOOD;
}

/* Rows signed by an earlier run; what it was writing when it was stopped is cut off. */
static int signed_before(struct table *t, const char *path, uint64_t *rows)
{
	char buffer[1 << 16];
	off_t at = TITLE, whole = TITLE;
	ssize_t n;

	*rows = 0;
	while ((n = pread(t->to, buffer, sizeof buffer, at)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] != '\n')
				continue;
			(*rows)++;
			whole = at + i + 1;
		}
		at += n;
	}
	if (n < 0 || ftruncate(t->to, whole) != 0 || lseek(t->to, whole, SEEK_SET) != whole)
		return cli_fail(t->c, EXIT_REFUSED, "%s: %s", path, strerror(errno));
	return EXIT_GOOD;
}

static int sign_rows(struct table *t, struct span text, const char *path)
{
	struct span cell[CELLS_MAX];
	uint64_t done = 0, row = 0;
	size_t at = 0, n;
	int rc = read_head(t, text, &at);

	if (rc == EXIT_GOOD)
		rc = same_table(t, path, text);
	if (rc == EXIT_GOOD)
		rc = signed_before(t, path, &done);
	while (rc == EXIT_GOOD && at < text.len) {
		const char *wrong;

		arena_reset(&t->mem);
		wrong = cells_of(t, text, &at, cell, &n);
		if ((!wrong && blank(cell, n)) || row++ < done)
			continue;
		rc = add_signed(t, signed_row(t, cell, n, wrong));
		if (row % ROWS_A_LOOK == 0)
			cli_progress(t->c, "signing, bytes", at, text.len);
	}
	cli_progress(t->c, "signing, bytes", text.len, text.len);
	if (rc == EXIT_GOOD)
		rc = flush(t);
	if (rc == EXIT_GOOD && fdatasync(t->to) != 0)
		rc = cli_fail(t->c, EXIT_REFUSED, "%s: %s", path, strerror(errno));
	return rc;
}

int table_sign(struct cli *c, struct client *k, struct span text, const char *signed_path)
{
	char party[UUID_TEXT + 1] = "";
	struct writer w = writer_over(party, UUID_TEXT);
	struct table t = { .c = c, .k = k, .creditor = party, .block = malloc(BLOCK) };
	int rc = client_key(k);

	if (rc == EXIT_GOOD)
		rc = client_party(k);
	if (rc != EXIT_GOOD || !t.block || !arena_map(&t.mem, ROW_MEM)) {
		free(t.block);
		return rc != EXIT_GOOD ? rc : cli_fail(c, EXIT_REFUSED, "out of memory");
	}
	put_uuid(&w, k->party);
	t.to = open(signed_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	rc = t.to < 0 ? cli_fail(c, EXIT_USAGE, "%s: %s", signed_path, strerror(errno))
	              : sign_rows(&t, text, signed_path);
	if (t.to >= 0)
		close(t.to);
	arena_unmap(&t.mem);
	free(t.block);
	return rc;
}
