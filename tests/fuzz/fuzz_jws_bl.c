/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_jws_bl.c: a platform's JWS, and a chain of them cut at line breaks; no key is pinned, so none is good. */
#include "crypto.h"
#include "intake/jws_bl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 20];
	static bool started;
	struct span in = { (const char *)data, len }, rest = in, entry[8];
	struct arena mem = arena_over(pool, sizeof pool);
	static const struct jws_key key = { S_INIT("wave-1"), S_INIT("no key") };
	struct jws_bl j;
	const char *why;
	size_t n = 0, first = 0;

	if (!started && !crypto_start())
		abort();
	started = true;
	assert(jws_bl_check(in, &key, 1, &mem, &j) != JWS_GOOD && j.why);
	while (n < ARRAY_LEN(entry) && span_cut(rest, '\n', &entry[n], &rest))
		n++;
	struct bl_chain c = { S("00"), rest, entry, n };
	assert(bl_chain_check(&c, &key, 1, &mem, &first, &why) != JWS_GOOD && why);
	return 0;
}
