/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documentfix.h: documents with one thing changed, and all that must be found in them.
 */
#ifndef CF_DOCUMENTFIX_H
#define CF_DOCUMENTFIX_H
#include "docs.h"

static inline struct document read_document(struct span bytes)
{
	struct document d;

	assert_int_equal(read_as(bytes, -1, &d), OK);
	return d;
}

/* A file of tests/documents; static, overwritten by the next. */
static inline struct span our_file(const char *name)
{
	static char at[1 << 20];
	char path[256];

	snprintf(path, sizeof path, "tests/documents/%s", name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t len = fread(at, 1, sizeof at, f);
	fclose(f);
	return (struct span){ at, len };
}

/* The same with the first `from` replaced; `from` must be there. */
static inline struct span edited(struct span s, const char *from, const char *to)
{
	static char at[2][1 << 20];
	static unsigned turn;
	char *out = at[turn++ % 2];
	const char *hit = memmem(s.at, s.len, from, strlen(from));

	if (!hit)
		fail_msg("not there to be edited: %s", from);
	size_t head = (size_t)(hit - s.at), tail = s.len - head - strlen(from);
	memcpy(out, s.at, head);
	memcpy(out + head, to, strlen(to));
	memcpy(out + head + strlen(to), hit + strlen(from), tail);
	return (struct span){ out, head + strlen(to) + tail };
}

static inline const char *found(const struct document *d)
{
	static char to[512];

	rules_of(d, SEV_W, to, sizeof to);
	return to;
}

static inline void expect(const char *what, const struct document *d, int kind, int level, const char *rules)
{
	if (d->kind != kind || d->level != level || strcmp(found(d), rules) != 0)
		fail_msg("%s: kind %d level %d \"%s\"", what, d->kind, d->level, found(d));
}

/* One edit of a good file and all that must be found in it. */
struct edit {
	const char *from, *to;
	int level;
	const char *rules;
};
static inline void expect_edits(const char *file, int kind, const struct edit *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct document d = read_document(edited(our_file(file), e[i].from, e[i].to));
		char what[256];
		snprintf(what, sizeof what, "%s: %s -> %s", file, e[i].from, e[i].to);
		expect(what, &d, kind, e[i].level, e[i].rules);
	}
}
#endif
