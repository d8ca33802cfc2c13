/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 of either kind and hexadecimal: what is taken is exactly what would have been written. */
#include "crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void one(struct span in, bool (*decode)(struct span, struct arena *, struct span *),
                void (*put)(struct writer *, struct span), bool (*fixed)(struct span, void *, size_t))
{
	static char pool[1 << 16], text[1 << 16], again[1 << 16];
	struct arena mem = arena_over(pool, sizeof pool);
	struct writer w = writer_over(text, sizeof text);
	struct span out;

	if (!decode(in, &mem, &out))
		return;
	put(&w, out);
	assert(!w.overflow && span_eq(writer_span(&w), in));
	assert(fixed(in, again, out.len) && span_eq((struct span){ again, out.len }, out));
	assert(!fixed(in, again, out.len + 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { (const char *)data, len < 40000 ? len : 40000 };
	uint8_t bytes[64];
	char text[128];
	struct writer w = writer_over(text, sizeof text);
	size_t n;

	one(in, b64_decode, put_b64, b64_fixed);
	one(in, b64url_decode, put_b64url, b64url_fixed);
	if (b64_measure(in, &n))
		assert((n + 2) / 3 * 4 == in.len);
	if (in.len <= 128 && hex_parse(in, bytes, in.len / 2)) {
		put_hex(&w, bytes, in.len / 2);
		assert(span_eq(writer_span(&w), in));
	}
	return 0;
}
