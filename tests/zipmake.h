/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zipmake.h: zip archives made to order, right ones and wrong ones.
 */
#ifndef CF_ZIPMAKE_H
#define CF_ZIPMAKE_H
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base.h"

struct made {
	const char *name;
	struct span body;
	bool deflate, descriptor;
	/* what an honest archive leaves at zero */
	unsigned flags, made_by;
	uint32_t attributes;
	const char *local_name; /* another name in the local header */
	uint32_t claim;         /* another size in both headers */
	bool zip64;             /* sizes by ZIP64 */
	bool bad_crc;
};
struct archive {
	uint8_t at[1 << 20];
	size_t len;
};

static inline void zm_le(struct archive *a, uint32_t v, unsigned bytes)
{
	for (; bytes--; v >>= 8)
		a->at[a->len++] = (uint8_t)v;
}
static inline void zm_put(struct archive *a, const void *at, size_t len)
{
	memcpy(a->at + a->len, at, len);
	a->len += len;
}

static inline size_t zm_deflate(struct span s, uint8_t *to, size_t room)
{
	z_stream z = {
		.next_in = (Bytef *)(uintptr_t)s.at, .avail_in = (uInt)s.len, .next_out = to, .avail_out = (uInt)room
	};

	if (deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return z.total_out;
}

struct zm_done {
	uint32_t crc, packed, size, offset;
	unsigned flags, method;
};

static inline void zm_local(struct archive *a, const struct made *m, struct zm_done *d)
{
	static uint8_t packed[1 << 20];
	const char *name = m->local_name ? m->local_name : m->name;

	d->offset = (uint32_t)a->len;
	d->method = m->deflate ? 8 : 0;
	d->flags = m->flags | (m->descriptor ? 8 : 0);
	d->crc = (uint32_t)crc32(0, (const Bytef *)(m->body.at ? m->body.at : ""), (uInt)m->body.len) ^
	         (m->bad_crc ? 1 : 0);
	d->size = m->claim ? m->claim : (uint32_t)m->body.len;
	d->packed = m->deflate ? (uint32_t)zm_deflate(m->body, packed, sizeof packed) : (uint32_t)m->body.len;
	zm_le(a, 0x04034b50, 4);
	zm_le(a, 20, 2);
	zm_le(a, d->flags, 2);
	zm_le(a, d->method, 2);
	zm_le(a, 0x58dfbc7f, 4); /* 2024-06-31, which is no day: real packages have such */
	zm_le(a, m->descriptor ? 0 : d->crc, 4);
	zm_le(a, m->descriptor ? 0 : m->zip64 ? 0xffffffff : d->packed, 4);
	zm_le(a, m->descriptor ? 0 : m->zip64 ? 0xffffffff : d->size, 4);
	zm_le(a, (uint32_t)strlen(name), 2);
	zm_le(a, 0, 2);
	zm_put(a, name, strlen(name));
	zm_put(a, m->deflate ? (const void *)packed : m->body.at ? m->body.at : "", d->packed);
	if (m->descriptor) {
		zm_le(a, 0x08074b50, 4);
		zm_le(a, d->crc, 4);
		zm_le(a, d->packed, 4);
		zm_le(a, d->size, 4);
	}
}

static inline void zm_central(struct archive *a, const struct made *m, const struct zm_done *d)
{
	zm_le(a, 0x02014b50, 4);
	zm_le(a, 20 | m->made_by << 8, 2);
	zm_le(a, 20, 2);
	zm_le(a, d->flags, 2);
	zm_le(a, d->method, 2);
	zm_le(a, 0x58dfbc7f, 4);
	zm_le(a, d->crc, 4);
	zm_le(a, m->zip64 ? 0xffffffff : d->packed, 4);
	zm_le(a, m->zip64 ? 0xffffffff : d->size, 4);
	zm_le(a, (uint32_t)strlen(m->name), 2);
	zm_le(a, 0, 2);
	zm_le(a, 0, 2);
	zm_le(a, 0, 2);
	zm_le(a, 0, 2);
	zm_le(a, m->attributes, 4);
	zm_le(a, d->offset, 4);
	zm_put(a, m->name, strlen(m->name));
}

static inline void zm_end(struct archive *a, size_t directory, size_t n)
{
	size_t len = a->len - directory;

	zm_le(a, 0x06054b50, 4);
	zm_le(a, 0, 4);
	zm_le(a, (uint32_t)n, 2);
	zm_le(a, (uint32_t)n, 2);
	zm_le(a, (uint32_t)len, 4);
	zm_le(a, (uint32_t)directory, 4);
	zm_le(a, 0, 2);
}

/* Entries in their order, n at most 600. */
static inline struct span zip_make(struct archive *a, const struct made *m, size_t n)
{
	static struct zm_done done[600];

	a->len = 0;
	for (size_t i = 0; i < n; i++)
		zm_local(a, &m[i], &done[i]);
	size_t directory = a->len;
	for (size_t i = 0; i < n; i++)
		zm_central(a, &m[i], &done[i]);
	zm_end(a, directory, n);
	return (struct span){ (const char *)a->at, a->len };
}
#endif
