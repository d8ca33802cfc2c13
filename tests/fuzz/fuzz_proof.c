/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: as text, and as numbers and hashes of anyone's choice. */
#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void as_text(struct span in)
{
	static char pool[1 << 14], text[1 << 14];
	struct arena mem = arena_over(pool, sizeof pool);
	struct writer w = writer_over(text, sizeof text);
	struct tlog_proof t;

	if (!tlog_proof_parse(in, &mem, &t) || in.len > sizeof text)
		return;
	assert(t.proof.n <= PROOF_MAX && t.note.len > 0 && t.note.at + t.note.len == in.at + in.len);
	if (t.extra.len > 0)
		return;
	put_tlog_proof(&w, t.index, &t.proof, t.note);
	assert(span_eq(writer_span(&w), in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { (const char *)data, len };
	struct proof p = { .n = 0 };
	struct hash h;

	as_text(in);
	if (len < 16 + HASH_LEN)
		return 0;
	uint64_t a = be64_get(data), b = be64_get(data + 8);
	memcpy(h.b, data + 16, HASH_LEN);
	for (size_t at = 16 + HASH_LEN; at + HASH_LEN <= len && p.n < PROOF_MAX; at += HASH_LEN)
		memcpy(p.at[p.n++].b, data + at, HASH_LEN);
	/* The same hash as leaf and root: true of the tree of one leaf only. */
	assert(verify_inclusion(h, a, b, &p, h) == (p.n == 0 && a == 0 && b == 1));
	/* The same root before and after: true of no growth only. */
	assert(verify_consistency(a, b, h, h, &p) == (p.n == 0 && a == b && a > 0));
	return 0;
}
