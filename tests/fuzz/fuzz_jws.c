/* SPDX-License-Identifier: Apache-2.0 */
/* A compact JWS that is taken is made of its three parts again, byte for byte. */
#include "jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 16], text[1 << 16];
	struct span in = { (const char *)data, len };
	struct arena mem = arena_over(pool, sizeof pool);
	struct writer w = writer_over(text, sizeof text);
	struct jws j = { .header = S("untouched") };

	if (!jws_split(in, &mem, &j)) {
		assert(span_is(j.header, "untouched"));
		return 0;
	}
	assert(arena_ok(&mem) && j.header.len > 0 && j.payload.len > 0);
	put_b64url(&w, j.header);
	put_byte(&w, '.');
	put_b64url(&w, j.payload);
	assert(span_eq(writer_span(&w), j.signed_part));
	assert(j.signed_part.at == in.at);
	put_byte(&w, '.');
	put_b64url(&w, (struct span){ (const char *)j.sig, SIG_LEN });
	assert(!w.overflow && span_eq(writer_span(&w), in));
	return 0;
}
