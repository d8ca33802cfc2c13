/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.c: the look over the bytes, then libzip.
 *
 * The look follows APPNOTE.TXT 6.3: end record (4.3.16), central directory
 * (4.3.12), local headers (4.3.7), data descriptors (4.3.9). Only what an
 * office package needs is let through: stored or deflated, one disk, no
 * encryption, no ZIP64, no comment on the archive. DOS dates mean nothing here:
 * real packages carry days that do not exist.
 */
#include <zip.h>

#include "intake/zip.h"

enum {
	END_LEN = 22,
	ENTRY_LEN = 46,
	LOCAL_LEN = 30,
	FLAG_ENCRYPTED = 0x0001,
	FLAG_DESCRIPTOR = 0x0008,
	FLAG_PATCHED = 0x0020,
	FLAG_STRONG = 0x0040,
	FLAG_MASKED = 0x2000,
	METHOD_STORED = 0,
	METHOD_DEFLATED = 8,
	MADE_BY_UNIX = 3,
	UNIX_TYPE = 0xf000,
	UNIX_FILE = 0x8000,
	UNIX_DIRECTORY = 0x4000,
};
#define SIGN_END 0x06054b50u
#define SIGN_ENTRY 0x02014b50u
#define SIGN_LOCAL 0x04034b50u
#define SIGN_DESCRIPTOR 0x08074b50u
#define NONE64 0xffffffffu

struct look {
	struct span bytes;
	struct zip_part *part; /* directories too, until the end */
	unsigned n;
	uint32_t directory; /* where the central directory begins */
	uint64_t total;
};
/* One record of the central directory. */
struct entry {
	unsigned made_by, flags, method;
	uint32_t crc, packed, size, attributes, offset;
	struct span name;
	size_t len; /* of the whole record */
};

static const uint8_t *at(const struct look *l, size_t offset) { return (const uint8_t *)l->bytes.at + offset; }
static unsigned le16(const uint8_t *p) { return (unsigned)p[0] | (unsigned)p[1] << 8; }
static uint32_t le32(const uint8_t *p) { return (uint32_t)le16(p) | (uint32_t)le16(p + 2) << 16; }

/* ---- names ---- */

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static bool same_any_case(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

/* A step of a path: something, and not "." or "..". */
static bool step_ok(struct span s) { return s.len && !span_is(s, ".") && !span_is(s, ".."); }

static bool name_ok(struct span name)
{
	struct span rest = name, step;

	if (!name.len || name.len > ZIP_NAME_MAX || !utf8_valid(name) || memchr(name.at, '\\', name.len) ||
	    memchr(name.at, ':', name.len))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] < ' ' || name.at[i] == 0x7f)
			return false;
	while (span_cut(rest, '/', &step, &rest))
		if (!step_ok(step))
			return false;
	return !rest.len || step_ok(rest); /* a directory ends with '/' */
}

static bool is_directory(const struct zip_part *p) { return p->name.at[p->name.len - 1] == '/'; }

/* The same name twice, to any reader; or a file where another has its directory. */
static bool collide(struct span a, struct span b)
{
	if (a.len && a.at[a.len - 1] == '/')
		a.len--;
	if (b.len && b.at[b.len - 1] == '/')
		b.len--;
	return same_any_case(a, b);
}

static bool is_parent(struct span file, struct span of)
{
	return of.len > file.len && of.at[file.len] == '/' && same_any_case(file, (struct span){ of.at, file.len });
}

static const char *look_names(const struct look *l)
{
	for (unsigned i = 0; i < l->n; i++)
		for (unsigned k = 0; k < l->n; k++) {
			if (k > i && collide(l->part[i].name, l->part[k].name))
				return "two entries of one name";
			if (!is_directory(&l->part[i]) && is_parent(l->part[i].name, l->part[k].name))
				return "an entry is a file and a directory";
		}
	return NULL;
}

/* ---- the end record ---- */

static const char *look_end(struct look *l, size_t *entries)
{
	size_t end = l->bytes.len - END_LEN;
	const uint8_t *p;

	if (l->bytes.len < END_LEN + ENTRY_LEN + LOCAL_LEN)
		return "too short for an archive";
	p = at(l, end);
	if (le32(p) != SIGN_END)
		return "the archive's end record is not the end of the file";
	*entries = le16(p + 10);
	l->directory = le32(p + 16);
	if (le16(p + 4) || le16(p + 6) || le16(p + 8) != *entries)
		return "more than one disk";
	if (*entries == 0xffff || le32(p + 12) == NONE64 || l->directory == NONE64)
		return "ZIP64";
	if (le16(p + 20))
		return "the archive's end record is not the end of the file";
	if ((uint64_t)l->directory + le32(p + 12) != end)
		return "something stands between directory and end record";
	if (!*entries || *entries > ZIP_ENTRIES_MAX)
		return "no entry, or more than 500";
	return NULL;
}

/* ---- the central directory ---- */

static const char *look_kind(const struct entry *e)
{
	unsigned type = e->made_by == MADE_BY_UNIX ? (e->attributes >> 16) & UNIX_TYPE : 0;

	if (e->flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED | FLAG_PATCHED))
		return "an encrypted or patched entry";
	if (e->method != METHOD_STORED && e->method != METHOD_DEFLATED)
		return "an entry neither stored nor deflated";
	if (type && type != UNIX_FILE && type != UNIX_DIRECTORY)
		return "a symbolic link or device";
	if (e->packed == NONE64 || e->size == NONE64 || e->offset == NONE64)
		return "ZIP64";
	return NULL;
}

static const char *look_size(struct look *l, const struct entry *e)
{
	if (e->size > ZIP_ENTRY_MAX)
		return "an entry of more than 20 MB";
	if (e->size > (uint64_t)e->packed * ZIP_RATIO_MAX)
		return "an entry packed more than 100 to 1";
	if (e->method == METHOD_STORED && e->packed != e->size)
		return "a stored entry of two sizes";
	l->total += e->size;
	return l->total > ZIP_TOTAL_MAX ? "more than 60 MB unpacked" : NULL;
}

/* False when the record runs over the directory. */
static bool entry_at(const struct look *l, size_t from, struct entry *e)
{
	size_t end = l->bytes.len - END_LEN;
	const uint8_t *p = at(l, from);

	if (end - from < ENTRY_LEN || le32(p) != SIGN_ENTRY)
		return false;
	e->made_by = p[5];
	e->flags = le16(p + 8);
	e->method = le16(p + 10);
	e->crc = le32(p + 16);
	e->packed = le32(p + 20);
	e->size = le32(p + 24);
	e->name = (struct span){ (const char *)p + ENTRY_LEN, le16(p + 28) };
	e->len = (size_t)ENTRY_LEN + le16(p + 28) + le16(p + 30) + le16(p + 32);
	e->attributes = le32(p + 38);
	e->offset = le32(p + 42);
	return e->len <= end - from && !le16(p + 34);
}

/* An extra field may name the entry a second time (0x7075) or make it ZIP64 (0x0001) or encrypted (0x9901). */
static bool extra_ok(const uint8_t *p, size_t len)
{
	while (len) {
		if (len < 4)
			return false;
		unsigned id = le16(p);
		size_t size = (size_t)le16(p + 2) + 4;
		if (size > len || id == 0x0001 || id == 0x7075 || id == 0x6375 || id == 0x9901 || id == 0x0017)
			return false;
		p += size;
		len -= size;
	}
	return true;
}

/* ---- local headers ---- */

/* Where the entry ends that begins at `from`; 0 when it has no proper header, or another account of itself. */
static size_t look_local(const struct look *l, const struct entry *e)
{
	size_t room = l->directory;
	const uint8_t *p = at(l, e->offset);
	bool later = e->flags & FLAG_DESCRIPTOR;

	if (e->offset > room || room - e->offset < LOCAL_LEN || le32(p) != SIGN_LOCAL)
		return 0;
	size_t head = (size_t)LOCAL_LEN + le16(p + 26) + le16(p + 28), tail = 0;
	if (le16(p + 6) != e->flags || le16(p + 8) != e->method || head > room - e->offset ||
	    e->packed > room - e->offset - head)
		return 0;
	if (!span_eq(e->name, (struct span){ (const char *)p + LOCAL_LEN, le16(p + 26) }) ||
	    !extra_ok(p + LOCAL_LEN + e->name.len, le16(p + 28)))
		return 0;
	if (!later && (le32(p + 14) != e->crc || le32(p + 18) != e->packed || le32(p + 22) != e->size))
		return 0;
	if (later) {
		size_t left = room - e->offset - head - e->packed;
		const uint8_t *d = p + head + e->packed;
		tail = left >= 16 && le32(d) == SIGN_DESCRIPTOR ? 16 : 12;
		if (tail > left)
			return 0;
		d += tail - 12;
		if (le32(d) != e->crc || le32(d + 4) != e->packed || le32(d + 8) != e->size)
			return 0;
	}
	return e->offset + head + e->packed + tail;
}

/* Each entry must begin where another ends: sorted by place, they tile the file from its first byte to the
 * directory. `packed` holds, meanwhile, the whole length of the entry. */
static const char *look_tiles(struct look *l)
{
	uint32_t next = 0;

	for (unsigned done = 0; done < l->n; done++) {
		unsigned i = 0;
		while (i < l->n && (l->part[i].offset != next || !l->part[i].packed))
			i++;
		if (i == l->n)
			return "entries overlap, or something stands between them";
		next += l->part[i].packed;
		l->part[i].packed = 0;
	}
	return next == l->directory ? NULL : "something stands before the directory";
}

static const char *look_entry(struct look *l, size_t from, struct entry *e)
{
	const char *why;

	if (!entry_at(l, from, e))
		return "a broken directory";
	if (!name_ok(e->name))
		return "a name that leads elsewhere";
	if ((why = look_kind(e)) != NULL || (why = look_size(l, e)) != NULL)
		return why;
	if (!extra_ok(at(l, from) + ENTRY_LEN + e->name.len, le16(at(l, from) + 30)))
		return "an extra field that gives an entry another name, size or key";
	size_t end = look_local(l, e);
	if (!end)
		return "an entry and the directory differ";
	l->part[l->n] = (struct zip_part){ .name = e->name,
		                           .size = e->size,
		                           .index = l->n,
		                           .offset = e->offset,
		                           .packed = (uint32_t)(end - e->offset) };
	return is_directory(&l->part[l->n++]) && e->size ? "a directory with content" : NULL;
}

static const char *look(struct look *l, struct arena *mem)
{
	size_t entries = 0;
	const char *why = look_end(l, &entries);
	size_t from = l->directory;
	struct entry e = { .len = 0 };

	if (why)
		return why;
	l->part = ARENA_ARRAY(mem, struct zip_part, entries);
	if (!l->part)
		return "no memory";
	for (size_t i = 0; i < entries && !why; i++, from += e.len)
		why = look_entry(l, from, &e);
	if (why)
		return why;
	if (from != l->bytes.len - END_LEN)
		return "more directory than entries";
	why = look_tiles(l);
	return why ? why : look_names(l);
}

/* ---- libzip ---- */

const char *unzip_open(struct span bytes, struct arena *mem, struct unzip *ret)
{
	struct look l = { .bytes = bytes };
	const char *why = look(&l, mem);
	zip_error_t error;

	if (why)
		return why;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes.at, bytes.len, 0, &error);
	zip_t *lib = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
	if (!lib)
		zip_source_free(source);
	zip_error_fini(&error);
	if (!lib || zip_get_num_entries(lib, 0) != (zip_int64_t)l.n) {
		if (lib)
			zip_discard(lib);
		return "not an archive to libzip";
	}
	*ret = (struct unzip){ .lib = lib, .part = l.part };
	for (unsigned i = 0; i < l.n; i++)
		if (!is_directory(&l.part[i]))
			ret->part[ret->n++] = l.part[i];
	return NULL;
}

void unzip_close(struct unzip *z)
{
	if (z->lib)
		zip_discard(z->lib);
	z->lib = NULL;
}

const struct zip_part *unzip_find(const struct unzip *z, struct span name)
{
	for (unsigned i = 0; i < z->n; i++)
		if (span_eq(z->part[i].name, name))
			return &z->part[i];
	return NULL;
}

const struct zip_part *unzip_find_any_case(const struct unzip *z, struct span name)
{
	for (unsigned i = 0; i < z->n; i++)
		if (same_any_case(z->part[i].name, name))
			return &z->part[i];
	return NULL;
}

bool unzip_read(const struct unzip *z, const struct zip_part *p, struct arena *mem, struct span *ret)
{
	char *to = arena_take(mem, (size_t)p->size + 1); /* one more byte, so that too much is seen */
	zip_file_t *f = to ? zip_fopen_index(z->lib, p->index, 0) : NULL;
	zip_int64_t n = 1;
	size_t len = 0;

	if (!f)
		return false;
	while (len <= p->size && (n = zip_fread(f, to + len, p->size + 1 - len)) > 0)
		len += (size_t)n;
	/* at the end libzip has compared the checksum */
	bool whole = n == 0 && len == p->size;
	whole = zip_fclose(f) == 0 && whole;
	*ret = (struct span){ to, len };
	return whole;
}
