/* SPDX-License-Identifier: Apache-2.0 */
/* The leaf, and a receipt of which leaf and proof text are anyone's: without the log's signature it is never good. */
#include "leaf.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct vkey key;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	bool ok = crypto_start() &&
	          vkey_parse(S("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &key);
	assert(ok);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char pool[1 << 14];
	struct arena mem = arena_over(pool, sizeof pool);
	size_t n = len < LEAF_LEN ? len : LEAF_LEN;
	struct receipt r = { .leaf = { (const char *)data, n }, .proof = { (const char *)data + n, len - n } };
	struct checkpoint at;
	uint8_t again[LEAF_LEN];
	struct leaf l;

	if (leaf_decode(r.leaf, &l)) {
		assert(l.accepted_at.us >= 0);
		leaf_encode(&l, again);
		assert(memcmp(again, data, LEAF_LEN) == 0);
		r.seq = l.seq;
		r.outcome = l.outcome;
		r.statement = l.statement;
	}
	assert(receipt_verify(&r, S(""), &key, &mem, &at) != RECEIPT_GOOD);
	return 0;
}
