/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_trust_wire.c: a trust that is taken is written back byte for byte. */
#include "intake/trust_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 18], text[1 << 18];
	struct span in = { (const char *)data, len };
	struct arena mem = arena_over(pool, sizeof pool);
	struct writer w = writer_over(text, sizeof text);
	struct trust t;

	if (len > sizeof text || trust_wire_read(in, &mem, &t) != OK)
		return 0;
	put_trust_wire(&w, &t);
	assert(!w.overflow && span_eq(writer_span(&w), in));
	return 0;
}
