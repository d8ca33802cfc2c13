/* SPDX-License-Identifier: Apache-2.0 */
/* import_file.c: see import_file.h. */
#include "import_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import_table.h"
#include "intake/statement.h"
#include "jcs.h"
#include "json_at.h"
#include "run/files.h"

/* --- bytes --- */

static int map(struct cli *c, const char *path, struct span *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *at = NULL;

	*ret = S("");
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		int e = fd < 0 ? errno : EINVAL;

		if (fd >= 0)
			close(fd);
		return cli_fail(c, EXIT_USAGE, "%s: %s", path, e == EINVAL ? "not a file" : strerror(e));
	}
	if (st.st_size > 0) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		*ret = (struct span){ at, (size_t)st.st_size };
	}
	close(fd);
	return at != MAP_FAILED ? EXIT_GOOD : cli_fail(c, EXIT_REFUSED, "%s: %s", path, strerror(errno));
}

static void unmap(struct span text)
{
	if (text.len > 0)
		munmap((void *)(uintptr_t)text.at, text.len);
}

int import_open(struct cli *c, struct client *k, const char *name, bool dry, struct import_file *ret)
{
	struct span text;
	int rc = map(c, name, &text);

	*ret = (struct import_file){ .c = c, .name = name, .signed_path = name, .text = text };
	ret->state_path = cli_text(c, "%s.import", name);
	ret->refused_path = cli_text(c, "%s.refused", name);
	if (rc == EXIT_GOOD && text.len > 0 && is_table(text)) {
		ret->signed_path = cli_text(c, "%s.%s", name, dry ? "dry" : "signed");
		rc = table_sign(c, k, text, ret->signed_path);
		unmap(text);
		ret->text = S("");
		if (rc == EXIT_GOOD)
			rc = map(c, ret->signed_path, &ret->text);
		if (dry)
			unlink(ret->signed_path);
	}
	if (rc == EXIT_GOOD)
		ret->id = sha256(ret->text);
	return rc;
}

void import_close(struct import_file *f)
{
	unmap(f->text);
	f->text = S("");
}

/* --- lines --- */

bool import_next(const struct import_file *f, size_t *at, uint64_t *row, struct import_line *ret)
{
	while (*at < f->text.len) {
		const char *from = f->text.at + *at;
		const char *end = memchr(from, '\n', f->text.len - *at);
		size_t len = end ? (size_t)(end - from) : f->text.len - *at;

		*at += len + (end != NULL);
		(*row)++;
		if (len > 0 && from[len - 1] == '\r')
			len--;
		if (len == 0 || from[0] == '#') /* nothing, or a signed table's title */
			continue;
		*ret = (struct import_line){ { from, len }, *at, *row };
		return true;
	}
	return false;
}

void put_local_problem(struct writer *w, enum fault f, const struct diag *d)
{
	const struct fault_info *info = fault_info(f);
	struct jcs j = jcs_over(w);

	jcs_object(&j);
	jcs_member_z(&j, "code", info->slug);
	jcs_member_z(&j, "detail", *d->detail ? d->detail : info->text);
	if (*d->pointer)
		jcs_member_z(&j, "pointer", d->pointer);
	jcs_end_object(&j);
}

bool import_read(struct span line, struct arena *mem, struct command *ret, struct span *problem)
{
	struct sealed sealed;
	struct diag d = { .detail = "" };
	struct writer w;
	enum fault f;

	if (line.at[0] == '!' && json_good((struct span){ line.at + 1, line.len - 1 })) {
		*problem = (struct span){ line.at + 1, line.len - 1 }; /* a table's row that could not be signed */
		return false;
	}
	f = line.len > STATEMENT_COMPACT_MAX ? E_TOO_BIG : statement_split(line, mem, &sealed, &d);
	if (f == OK)
		f = statement_parse(&sealed, mem, ret, &d);
	if (f == OK)
		return true;
	w = writer_in(mem);
	put_local_problem(&w, f, &d);
	*problem = writer_done(&w, mem);
	return false;
}

/* --- how far it is --- */

static const char *hex_of(struct cli *c, struct hash h)
{
	char text[2 * HASH_LEN + 1] = "";
	struct writer w = writer_over(text, 2 * HASH_LEN);

	put_hex(&w, h.b, HASH_LEN);
	return cli_text(c, "%s", text);
}

int import_mark_read(const struct import_file *f, struct import_mark *ret)
{
	struct cli *c = f->c;
	struct span text;

	memset(ret, 0, sizeof *ret);
	if (access(f->state_path, F_OK) != 0)
		return EXIT_GOOD;
	if (file_read(f->state_path, 4096, c->mem, &text) != 0 || !json_good(text))
		return cli_fail(c, EXIT_USAGE,
		                "%s cannot be read; without it the import begins anew, and takes nothing twice",
		                f->state_path);
	if (strcmp(json_z(text, "/sha256", c->mem), hex_of(c, f->id)) != 0)
		return cli_fail(c, EXIT_USAGE,
		                "%s was begun with other bytes: finish it with them, or remove %s to begin anew",
		                f->name, f->state_path);
	ret->at = (size_t)json_i64(text, "/at", 0);
	ret->refused = (size_t)json_i64(text, "/refused_bytes", 0);
	ret->row = (uint64_t)json_i64(text, "/row", 0);
	ret->accepted = json_i64(text, "/accepted", 0);
	ret->repeated = json_i64(text, "/repeated", 0);
	ret->refused_rows = json_i64(text, "/refused", 0);
	return EXIT_GOOD;
}

bool import_mark_write(const struct import_file *f, const struct import_mark *m)
{
	char room[512], hex[2 * HASH_LEN];
	struct writer w = writer_over(room, sizeof room), h = writer_over(hex, sizeof hex);
	struct jcs j = jcs_over(&w);

	put_hex(&h, f->id.b, HASH_LEN);
	jcs_object(&j);
	jcs_member_i64(&j, "accepted", m->accepted);
	jcs_member_i64(&j, "at", (int64_t)m->at);
	jcs_member_i64(&j, "refused", m->refused_rows);
	jcs_member_i64(&j, "refused_bytes", (int64_t)m->refused);
	jcs_member_i64(&j, "repeated", m->repeated);
	jcs_member_i64(&j, "row", (int64_t)m->row);
	jcs_member_span(&j, "sha256", writer_span(&h));
	jcs_end_object(&j);
	put_byte(&w, '\n');
	return !w.overflow && file_write(f->state_path, writer_span(&w), FILE_PUBLIC) == 0;
}
