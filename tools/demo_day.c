/* SPDX-License-Identifier: Apache-2.0 */
#include "demo_day.h"

#include <errno.h>
#include <glob.h>

#include "intake/jwk_file.h"
#include "intake/xmldsig.h"
#include "run/files.h"

#define STORY_DAY S("2026-11-24") /* tools/demo/documents and the story's commands are written as of it */
#define SEAL "castings-seal.jwk"
enum { DAY_LEN = 10, PAPER_MAX = 65536 };

int32_t demo_weeks(struct date today)
{
	struct date written;
	bool good = date_parse(STORY_DAY, &written);
	int32_t days = today.day - written.day;

	assert(good);
	return (days - (days < 0 ? 6 : 0)) / 7;
}

static bool in_word(char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || ch == '-';
}

/* Whether a date stands at text[i] as a word of its own, or before a time. */
static bool date_at(struct span text, size_t i, struct date *ret)
{
	if (text.len - i < DAY_LEN || (i > 0 && in_word(text.at[i - 1])))
		return false;
	if (i + DAY_LEN < text.len && in_word(text.at[i + DAY_LEN]) && text.at[i + DAY_LEN] != 'T')
		return false;
	return date_parse((struct span){ text.at + i, DAY_LEN }, ret);
}

void put_moved(struct writer *w, struct span text, int32_t weeks)
{
	struct date d;

	for (size_t i = 0; i < text.len;)
		if (date_at(text, i, &d)) {
			put_date(w, (struct date){ d.day + 7 * weeks });
			i += DAY_LEN;
		} else
			put_byte(w, text.at[i++]);
}

static bool read_seal(struct cli *c, const char *from, struct privkey *ret)
{
	struct span text;
	struct diag d = { .detail = "" };

	if (!cli_file(c, cli_text(c, "%s/" SEAL, from), JWK_FILE_MAX, &text))
		return false;
	if (jwk_file_private(text, ret, &d) == OK)
		return true;
	cli_fail(c, EXIT_REFUSED, "%s/" SEAL ": %s", from, d.detail);
	return false;
}

static int bring(struct cli *c, const char *path, const char *to, int32_t weeks, const struct privkey *seal)
{
	const char *name = strrchr(path, '/') + 1;
	struct span text;
	struct writer w = cli_writer(c);

	if (!cli_file(c, path, PAPER_MAX, &text))
		return EXIT_REFUSED;
	put_moved(&w, text, weeks);
	if (w.overflow)
		return cli_fail(c, EXIT_REFUSED, "%s is too large for a document of the demo", path);
	text = writer_span(&w);
	if (memmem(text.at, text.len, "<ds:Signature ", 14) && !xmldsig_renew(text, seal, c->mem, &text))
		return cli_fail(c, EXIT_REFUSED, "%s could not be signed anew with " SEAL, path);
	return cli_write(c, cli_text(c, "%s/%s", to, name), text, false) ? EXIT_GOOD : EXIT_REFUSED;
}

int demo_papers(struct cli *c, const char *from, const char *to, int32_t weeks)
{
	struct privkey seal;
	glob_t g;
	int rc, e = dir_make(to, 0755);

	if (e != 0)
		return cli_fail(c, EXIT_REFUSED, "%s: %s", to, strerror(e));
	if (!read_seal(c, from, &seal) || glob(cli_text(c, "%s/*.*", from), 0, NULL, &g) != 0)
		return EXIT_REFUSED;
	rc = EXIT_GOOD;
	for (size_t i = 0; i < g.gl_pathc && rc == EXIT_GOOD; i++)
		rc = bring(c, g.gl_pathv[i], to, weeks, &seal);
	globfree(&g);
	return rc;
}
