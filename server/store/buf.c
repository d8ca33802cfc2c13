/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c: the growing buffer parameters are put together in. */
#include <stdlib.h>

#include "pg.h"

static bool grow(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : (size_t)64 * 1024;
	char *at;

	if (len > SIZE_MAX / 4 - b->len)
		return false;
	while (cap < b->len + len)
		cap *= 2;
	at = realloc(b->at, cap);
	if (!at)
		return false;
	b->at = at;
	b->cap = cap;
	return true;
}

void buf_put(struct buf *b, const void *at, size_t len)
{
	if (b->failed || (len > b->cap - b->len && !grow(b, len))) {
		b->failed = true;
		return;
	}
	if (len)
		memcpy(b->at + b->len, at, len);
	b->len += len;
}

void buf_z(struct buf *b, const char *z) { buf_put(b, z, strlen(z)); }

void buf_be16(struct buf *b, uint16_t v)
{
	uint8_t out[2];

	be16_put(out, v);
	buf_put(b, out, sizeof out);
}

void buf_be32(struct buf *b, uint32_t v)
{
	uint8_t out[4];

	be32_put(out, v);
	buf_put(b, out, sizeof out);
}

void buf_be64(struct buf *b, uint64_t v)
{
	uint8_t out[8];

	be64_put(out, v);
	buf_put(b, out, sizeof out);
}

void buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ .at = NULL };
}
