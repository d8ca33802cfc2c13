/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t46_zip.c: archives that two unpackers would see differently, or that unpack
 * to more than anybody asked for, are refused before anything is unpacked
 * (ATK-44, ATK-53); honest ones are read, descriptors and impossible days included.
 */
#include "test.h"

#include "intake/zip.h"
#include "zipmake.h"

static struct archive made;
static char memory[8 << 20];

static const char *open_it(struct span s, struct unzip *z, struct arena *mem)
{
	*mem = arena_over(memory, sizeof memory);
	*z = (struct unzip){ .n = 0 };
	return unzip_open(s, mem, z);
}

static void refused(struct span s, const char *why)
{
	struct arena mem;
	struct unzip z;
	const char *got = open_it(s, &z, &mem);

	if (!got || strcmp(got, why) != 0)
		fail_msg("\"%s\" and not \"%s\"", got ? got : "read", why);
}

static void honest(void **state)
{
	(void)state;
	static const struct made m[] = {
		{ .name = "Doc_0/", .made_by = 3, .attributes = 0x41ed0000 },
		{ .name = "OFD.xml", .body = S_INIT("<OFD/>") },
		{ .name = "Doc_0/a.xml", .body = S_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), .deflate = true },
		{ .name = "Doc_0/b.xml",
		  .body = S_INIT("bbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
		  .deflate = true,
		  .descriptor = true },
		{ .name = "空.xml", .made_by = 3, .attributes = 0x81a40000 },
	};
	struct arena mem;
	struct unzip z;
	struct span got;

	assert_null(open_it(zip_make(&made, m, ARRAY_LEN(m)), &z, &mem));
	assert_int_equal(z.n, 4); /* the folder is forgotten */
	for (size_t i = 1; i < ARRAY_LEN(m); i++) {
		const struct zip_part *p = unzip_find(&z, span_z(m[i].name));
		assert_non_null(p);
		assert_true(unzip_read(&z, p, &mem, &got));
		assert_true(span_eq(got, m[i].body));
	}
	assert_null(unzip_find(&z, S("ofd.XML")));
	assert_ptr_equal(unzip_find_any_case(&z, S("ofd.XML")), unzip_find(&z, S("OFD.xml")));
	assert_null(unzip_find_any_case(&z, S("Doc_0")));
	unzip_close(&z);
}

/* ATK-53: names that lead elsewhere; ATK-44: two of one name. */
static void names(void **state)
{
	(void)state;
	static const char *const bad[] = { "../a", "a/../b", "/a", "a//b", "a\\b", "C:a",      ".",    "./a",
		                           "a/.",  "a/./b",  "",   "a\nb", "a/..", "\xff\xfe", "a/../" };
	static const char *const twice[][2] = {
		{ "a.xml", "a.xml" }, { "a.xml", "A.XML" }, { "a", "a/" }, { "a", "A/b" }
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct made m[] = { { .name = "ok" }, { .name = bad[i], .body = S("x") } };
		refused(zip_make(&made, m, 2), "a name that leads elsewhere");
	}
	for (size_t i = 0; i < ARRAY_LEN(twice); i++) {
		const struct made m[] = { { .name = twice[i][0] }, { .name = twice[i][1] } };
		refused(zip_make(&made, m, 2),
		        i < 3 ? "two entries of one name" : "an entry is a file and a directory");
	}
}

/* ATK-53: links, devices, and entries that are not what the directory says. */
static void kinds(void **state)
{
	(void)state;
	static const struct {
		struct made m;
		const char *why;
	} row[] = {
		{ { .flags = 1 }, "an encrypted or patched entry" },
		{ { .flags = 0x40 }, "an encrypted or patched entry" },
		{ { .flags = 0x2000 }, "an encrypted or patched entry" },
		{ { .made_by = 3, .attributes = 0xa1ff0000 }, "a symbolic link or device" },
		{ { .made_by = 3, .attributes = 0x61ff0000 }, "a symbolic link or device" },
		{ { .zip64 = true }, "ZIP64" },
		{ { .claim = 7, .body = S_INIT("xx") }, "a stored entry of two sizes" },
		{ { .claim = 7, .deflate = true, .body = S_INIT("aaaaaaaaaaaaaaaaaaaa") },
		  NULL }, /* seen when it is unpacked */
		{ { .bad_crc = true, .body = S_INIT("x") }, NULL },
		{ { .local_name = "other" }, "an entry and the directory differ" },
		{ { .claim = 21 << 20, .deflate = true, .body = S_INIT("x") }, "an entry of more than 20 MB" },
		{ { .claim = 4000, .deflate = true, .body = S_INIT("x") }, "an entry packed more than 100 to 1" },
	};
	struct arena mem;
	struct unzip z;
	struct span got;

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct made m = row[i].m;
		m.name = "a.xml";
		struct span s = zip_make(&made, &m, 1);
		if (row[i].why) {
			refused(s, row[i].why);
			continue;
		}
		assert_null(open_it(s, &z, &mem));
		assert_false(unzip_read(&z, &z.part[0], &mem, &got));
		unzip_close(&z);
	}
}

/* ATK-53: small on the wire, large on the disk. */
static void bomb(void **state)
{
	(void)state;
	static char zeros[512 << 10];
	static struct made m[501];

	m[0] = (struct made){ .name = "bomb", .body = { zeros, sizeof zeros }, .deflate = true };
	refused(zip_make(&made, m, 1), "an entry packed more than 100 to 1");
	/* 40 entries that each claim 2 MB: within the ratio or not, together too much */
	static char name[501][8], noise[24 << 10];
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (char)(rand() & 0xff);
	for (size_t i = 0; i < 31; i++) {
		snprintf(name[i], sizeof name[i], "n%zu", i);
		m[i] = (struct made){
			.name = name[i], .body = { noise, sizeof noise }, .deflate = true, .claim = 2 << 20
		};
	}
	refused(zip_make(&made, m, 31), "more than 60 MB unpacked");
	for (size_t i = 0; i < 501; i++) {
		snprintf(name[i], sizeof name[i], "n%zu", i);
		m[i] = (struct made){ .name = name[i] };
	}
	refused(zip_make(&made, m, 501), "no entry, or more than 500");
	struct arena mem;
	struct unzip z;
	assert_null(open_it(zip_make(&made, m, 500), &z, &mem));
	assert_int_equal(z.n, 500);
	unzip_close(&z);
}

/* Bytes that belong to no record, wherever they stand. */
static void strangers(void **state)
{
	(void)state;
	static const struct made m[] = { { .name = "a.xml", .body = S_INIT("first") },
		                         { .name = "b.xml", .body = S_INIT("second") } };
	static char s[4096];
	struct span good = zip_make(&made, m, 2);
	struct arena mem;
	struct unzip z;

	memcpy(s + 1, good.at, good.len);
	refused((struct span){ s, good.len + 1 }, "something stands between directory and end record");
	memcpy(s, good.at, good.len);
	s[good.len] = 0;
	refused((struct span){ s, good.len + 1 }, "the archive's end record is not the end of the file");
	s[good.len - 2] = 1; /* a comment of one byte */
	refused((struct span){ s, good.len + 1 }, "the archive's end record is not the end of the file");
	refused((struct span){ s, 10 }, "too short for an archive");
	/* a hidden entry between two others: in the file, not in the directory */
	static const struct made three[] = { { .name = "a.xml", .body = S_INIT("first") },
		                             { .name = "hidden", .body = S_INIT("first") },
		                             { .name = "b.xml", .body = S_INIT("second") } };
	good = zip_make(&made, three, 3);
	size_t directory = 0, record = 46 + 6;
	memcpy(s, good.at, good.len);
	for (size_t i = 0; i + 4 < good.len && !directory; i++)
		directory = memcmp(s + i, "PK\1\2", 4) == 0 ? i : 0;
	memmove(s + directory + 51, s + directory + 51 + record, good.len - directory - 51 - record);
	size_t len = good.len - record;
	s[len - 14] = s[len - 12] = 2;
	s[len - 10] = (char)(51 + 51);
	refused((struct span){ s, len }, "entries overlap, or something stands between them");
	/* both records name one place: two files of the same bytes */
	good = zip_make(&made, m, 2);
	memcpy(s, good.at, good.len);
	for (size_t i = 0; i < good.len; i++) /* each byte of it changed once: never a crash, mostly a refusal */
		for (int bit = 0; bit < 8; bit++) {
			s[i] = (char)(s[i] ^ (1 << bit));
			if (!open_it((struct span){ s, good.len }, &z, &mem)) {
				struct span got;
				for (unsigned k = 0; k < z.n; k++)
					if (unzip_read(&z, &z.part[k], &mem, &got))
						assert_true(span_is(got, "first") || span_is(got, "second"));
				unzip_close(&z);
			}
			s[i] = (char)(s[i] ^ (1 << bit));
		}
}

static void published(void **state)
{
	(void)state;
	static const char *const file[] = { "allprotected", "draw_param_ref", "h", "helloworld", "v4signed" };
	unsigned read = 0;

	for (size_t i = 0; i < ARRAY_LEN(file); i++) {
		char path[128];
		snprintf(path, sizeof path, "documents/fapiao-ofd/%s.ofd", file[i]);
		struct span s = shared_file(path), got;
		if (!s.at)
			skip();
		struct arena mem;
		struct unzip z;
		assert_null(open_it(s, &z, &mem));
		for (unsigned k = 0; k < z.n; k++, read++)
			assert_true(unzip_read(&z, &z.part[k], &mem, &got));
		unzip_close(&z);
		free((void *)(uintptr_t)s.at);
	}
	printf("  %u parts of %zu packages\n", read, ARRAY_LEN(file));
}

int main(void)
{
	const struct CMUnitTest tests[] = { T(honest), T(names), T(kinds), T(bomb), T(strangers), T(published) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
