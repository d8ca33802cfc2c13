/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.h: a zip archive held in memory, read as if its maker meant harm.
 *
 * A zip says everything twice (local headers, central directory), and readers
 * differ in which they believe; a file may hide in front, behind, between or
 * under another. So before anything is unpacked the bytes are looked at once:
 * the records must tile the whole file without gap or overlap, both accounts
 * must agree, and no two names may be the same to any reader. What is left is
 * an archive every unpacker in the world sees alike. Only then does libzip
 * inflate an entry, and its size and checksum must be the ones promised.
 *
 * Directories are looked at and forgotten: `part` holds files only.
 */
#ifndef CF_ZIP_H
#define CF_ZIP_H

#include "base.h"

enum {
	ZIP_ENTRIES_MAX = 500,
	ZIP_NAME_MAX = 256,
	ZIP_ENTRY_MAX = 20 * 1024 * 1024, /* unpacked */
	ZIP_TOTAL_MAX = 60 * 1024 * 1024, /* unpacked, all entries together */
	ZIP_RATIO_MAX = 100,              /* unpacked to packed */
};

struct zip_part {
	struct span name; /* inside the archive's bytes: relative, no "..", no backslash, UTF-8 */
	uint32_t size;    /* unpacked */
	unsigned index;   /* in the central directory */
	uint32_t offset, packed;
};
struct unzip {
	struct zip *lib;
	struct zip_part *part; /* in the central directory's order */
	unsigned n;
};

/* NULL, and *ret ready, or what is wrong in a few words (static). bytes and mem must outlive *ret; after NULL the
 * caller owes an unzip_close. */
const char *unzip_open(struct span bytes, struct arena *mem, struct unzip *ret);
void unzip_close(struct unzip *z);

/* The file of exactly this name; NULL when there is none. */
const struct zip_part *unzip_find(const struct unzip *z, struct span name);
/* The same, taking ASCII letters of either case for one another; names that differ only so were refused. */
const struct zip_part *unzip_find_any_case(const struct unzip *z, struct span name);
/* The unpacked bytes, in mem. False when they are not what the directory promised, or do not fit. */
MUST_CHECK bool unzip_read(const struct unzip *z, const struct zip_part *p, struct arena *mem, struct span *ret);
#endif
