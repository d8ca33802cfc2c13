/* SPDX-License-Identifier: Apache-2.0 */
/* docs.h: documents for the tests that read them: ours, others', and what they must give. */
#ifndef CF_TEST_DOCS_H
#define CF_TEST_DOCS_H

#include <dirent.h>

#include "test.h"

#include "crypto.h"
#include "intake/document.h"

static void *memory;
static struct arena mem;

static inline int start(void **state)
{
	(void)state;
	memory = malloc(DOCUMENT_ARENA);
	return memory && crypto_start() && document_start() ? 0 : -1;
}

static inline int stop(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static inline enum fault read_as(struct span bytes, int dialect, struct document *d)
{
	mem = arena_over(memory, DOCUMENT_ARENA);
	return dialect < 0 ? document_read(bytes, &mem, d)
	                   : document_read_as(bytes, (enum doc_dialect)dialect, &mem, d);
}

static inline struct span slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return (struct span){ NULL, 0 };
	char *at = malloc(16u << 20);
	size_t len = at ? fread(at, 1, 16u << 20, f) : 0;
	fclose(f);
	return (struct span){ at, len };
}

static inline void drop(struct span s) { free((void *)(uintptr_t)s.at); }

/* "AMT-04 AMT-06": the ids of the findings of at least this severity, in order, each once in a row. */
static inline void rules_of(const struct document *d, enum doc_severity least, char *to, size_t cap)
{
	struct writer w = writer_over(to, cap - 1);
	const char *last = "";

	for (uint32_t i = 0; i < d->findings.n; i++) {
		const char *id = document_rule_info((enum doc_rule)d->findings.at[i].rule)->id;
		if (d->findings.at[i].severity < least || strcmp(id, last) == 0)
			continue;
		if (w.len)
			put_byte(&w, ' ');
		put_z(&w, id);
		last = id;
	}
	to[w.len] = 0;
}

static inline struct span own_document(const char *file)
{
	char path[256];
	snprintf(path, sizeof path, "tests/documents/%s", file);
	struct span s = slurp(path);
	assert_non_null(s.at);
	return s;
}

static inline struct span wire_of(const struct document *d, struct arena *a)
{
	struct writer w = writer_in(a);
	put_document_wire(&w, d);
	return writer_done(&w, a);
}

struct exception {
	const char *file, *reason;
};

static inline const char *excused(const struct exception *list, size_t n, const char *file)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].file, file) == 0)
			return list[i].reason;
	return NULL;
}

static inline int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The files of documents/<folder>, sorted; 0 when it is not there. */
static inline size_t files_of(const char *folder, char *names[512])
{
	char path[512];
	size_t n = 0;
	snprintf(path, sizeof path, "%.300s/documents/%.100s", shared_dir(), folder);
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && n < 512 && (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.')
			names[n++] = strdup(e->d_name);
	if (dir)
		closedir(dir);
	qsort(names, n, sizeof *names, by_name);
	return n;
}

static inline bool read_shared(const char *folder, const char *file, int dialect, struct document *d)
{
	char path[512];
	snprintf(path, sizeof path, "documents/%s/%s", folder, file);
	struct span s = shared_file(path);
	if (!s.at)
		return false;
	assert_int_equal(read_as(s, dialect, d), OK);
	drop(s);
	return true;
}

static inline bool has_official(const struct document *d, const char *official, enum doc_severity *worst)
{
	*worst = SEV_NONE;
	for (uint32_t i = 0; i < d->findings.n; i++)
		if (span_is(d->findings.at[i].same_as, official) && d->findings.at[i].severity > *worst)
			*worst = (enum doc_severity)d->findings.at[i].severity;
	return *worst == SEV_E;
}

/* Is there a row of document_rule.def with this official id? */
static inline bool implemented(const char *official)
{
	static const char *const letters[] = { "S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG" };
	char id[32];
	for (unsigned r = 0; r < DOC_RULES; r++) {
		const char *same = document_rule_info((enum doc_rule)r)->same_as;
		if (strcmp(same, official) == 0)
			return true;
		for (size_t i = 0; strchr(same, '*') && i < ARRAY_LEN(letters); i++) {
			snprintf(id, sizeof id, "BR-%s%s", letters[i], strchr(same, '*') + 1);
			if (strcmp(id, official) == 0)
				return true;
		}
	}
	return false;
}

struct tally {
	unsigned judged, alike, excused, left;
};

static inline void judge_fragment(const char *folder, const char *file, const char *expect,
                                  const struct exception *excuses, size_t n, struct tally *t)
{
	char want[16], rule[24];
	struct document d;
	enum doc_severity worst;
	if (sscanf(expect, "%15[a-z]:%23[A-Z0-9-]", want, rule) != 2 || !implemented(rule)) {
		t->left++;
		return;
	}
	assert_true(read_shared(folder, file, DIALECT_EN, &d));
	bool failed = has_official(&d, rule, &worst);
	bool alike = strcmp(want, "error") == 0 ? failed : strcmp(want, "success") == 0 ? !failed : worst == SEV_W;
	t->judged++;
	t->alike += alike;
	if (alike)
		return;
	const char *reason = excused(excuses, n, file);
	printf("  %s wants %s -- %s\n", file, expect, reason ? reason : "NO REASON");
	assert_non_null(reason);
	t->excused++;
}

/* Every fragment of a folder's index.csv, judged under EN 16931 by its own rule only. */
static inline void judge_fragments(const char *folder, const struct exception *excuses, size_t n)
{
	char path[128];
	struct tally t = { 0, 0, 0, 0 };
	snprintf(path, sizeof path, "documents/%s/index.csv", folder);
	struct span index = shared_file(path), line, rest;
	if (!index.at)
		skip();
	rest = index;
	assert_true(span_cut(rest, '\n', &line, &rest)); /* the head */
	while (span_cut(rest, '\n', &line, &rest)) {
		char text[128], *comma, *second;
		snprintf(text, sizeof text, "%.*s", (int)(line.len < 127 ? line.len : 127), line.at);
		comma = strchr(text, ',');
		if (!comma)
			continue;
		*comma = 0;
		second = strchr(comma + 1, ',');
		if (second)
			*second = 0;
		judge_fragment(folder, text, comma + 1, excuses, n, &t);
	}
	printf("  %s: %u fragments judged, %u alike, %u excused, %u of rules we do not have\n", folder, t.judged,
	       t.alike, t.excused, t.left);
	assert_int_equal(t.judged, t.alike + t.excused);
	assert_int_equal(t.left, 0);
	drop(index);
}
#endif
