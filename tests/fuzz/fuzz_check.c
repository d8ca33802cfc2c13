/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_check.c: requests that are no statements: checks, receipts, keys in files, client assertions. */
#include "intake/inbound.h"
#include "intake/jwk_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(struct span s, struct arena *mem)
{
	struct check_request c;
	struct diag d = { .pointer = "" };

	if (check_read(s, mem, &c, &d) != OK) {
		assert(d.detail[0] && utf8_valid(span_z(d.detail)) && utf8_valid(span_z(d.pointer)));
		return;
	}
	assert(c.by >= CHECK_BY_ASSET && c.by <= CHECK_BY_FACTS);
	assert((c.by == CHECK_BY_ASSET) == !uuid_is_nil(c.asset));
	assert((c.by == CHECK_BY_DOCUMENT) == !hash_is_zero(c.document));
	assert((c.by == CHECK_BY_FACTS) == (c.facts.kind.len > 0));
	assert(c.purpose.len > 0 && utf8_valid(c.purpose));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char memory[1 << 17];
	static bool started;
	struct arena mem = arena_over(memory, sizeof memory);
	struct span s = { (const char *)data, len };
	struct assertion a;
	struct receipt r;
	struct privkey k;
	struct diag d;

	if (!started)
		started = crypto_start();
	assert(started);
	check(s, &mem);
	if (receipt_read(s, &mem, &r, &d) == OK)
		assert(r.leaf.len == LEAF_LEN);
	if (jwk_file_private(s, &k, &d) == OK)
		assert(pubkey_valid(&k.pub));
	if (assertion_read(s, &mem, &a, &d) == OK)
		assert(a.alg != ALG_NONE && a.exp.us > 0);
	return 0;
}
