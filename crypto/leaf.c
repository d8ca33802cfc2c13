/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf.c: the 136 bytes of an entry, and what a receipt for one is worth.
 *
 * A leaf has one encoding and every encoding one leaf, so "the same entry" and
 * "the same bytes" are the same question.
 */
#include "jcs.h"
#include "leaf.h"

#define MAGIC_LEN 16
static const char magic[MAGIC_LEN] = "counterfoil/1\n\0"; /* and one more zero: 16 bytes */

enum {
	AT_SEQ = 16,
	AT_TIME = 24,
	AT_KIND = 32,
	AT_OUTCOME = 34,
	AT_ZERO = 36,
	AT_STATEMENT = 40,
	AT_PREVIOUS = 72,
	AT_DECISION = 104
};
static_assert(AT_DECISION + HASH_LEN == LEAF_LEN, "the fields fill the leaf");

void leaf_encode(const struct leaf *l, uint8_t out[LEAF_LEN])
{
	assert(l->accepted_at.us >= 0);
	memcpy(out, magic, MAGIC_LEN);
	be64_put(out + AT_SEQ, l->seq);
	be64_put(out + AT_TIME, (uint64_t)l->accepted_at.us);
	be16_put(out + AT_KIND, l->kind);
	be16_put(out + AT_OUTCOME, l->outcome);
	be32_put(out + AT_ZERO, 0);
	memcpy(out + AT_STATEMENT, l->statement.b, HASH_LEN);
	memcpy(out + AT_PREVIOUS, l->previous.b, HASH_LEN);
	memcpy(out + AT_DECISION, l->decision.b, HASH_LEN);
}

bool leaf_decode(struct span bytes, struct leaf *ret)
{
	const uint8_t *in = (const uint8_t *)bytes.at;
	struct leaf l;

	if (bytes.len != LEAF_LEN || memcmp(in, magic, MAGIC_LEN) != 0 || be32_get(in + AT_ZERO) != 0)
		return false;
	uint64_t us = be64_get(in + AT_TIME);
	if (us > INT64_MAX)
		return false; /* no moment we can hold */
	l.seq = be64_get(in + AT_SEQ);
	l.accepted_at = (struct moment){ (int64_t)us };
	l.kind = be16_get(in + AT_KIND);
	l.outcome = be16_get(in + AT_OUTCOME);
	memcpy(l.statement.b, in + AT_STATEMENT, HASH_LEN);
	memcpy(l.previous.b, in + AT_PREVIOUS, HASH_LEN);
	memcpy(l.decision.b, in + AT_DECISION, HASH_LEN);
	*ret = l;
	return true;
}

/* Longest text put_tlog_proof makes: its two first lines, the hashes, the empty line, the note. */
#define PROOF_TEXT_MAX (64 + PROOF_MAX * 45 + CHECKPOINT_MAX)

void put_receipt(struct writer *w, const uint8_t leaf[LEAF_LEN], const struct proof *p, struct span note)
{
	char leaf_text[(LEAF_LEN + 2) / 3 * 4], hash_text[HASH_B64], proof_text[PROOF_TEXT_MAX];
	struct writer b64 = writer_over(leaf_text, sizeof leaf_text);
	struct writer hash = writer_over(hash_text, sizeof hash_text);
	struct writer proof = writer_over(proof_text, sizeof proof_text);
	struct jcs j = jcs_over(w);
	struct leaf l;

	bool ok = leaf_decode((struct span){ (const char *)leaf, LEAF_LEN }, &l);
	assert(ok); /* our own leaf */
	assert(note.len <= CHECKPOINT_MAX);
	put_b64(&b64, (struct span){ (const char *)leaf, LEAF_LEN });
	put_hash64(&hash, l.statement);
	put_tlog_proof(&proof, l.seq, p, note);
	assert(!b64.overflow && !hash.overflow && !proof.overflow);
	jcs_object(&j);
	jcs_member_span(&j, "leaf", writer_span(&b64));
	jcs_member_i64(&j, "outcome", l.outcome);
	jcs_member_span(&j, "proof", writer_span(&proof));
	jcs_member_i64(&j, "seq", (int64_t)l.seq);
	jcs_member_span(&j, "statement_hash", writer_span(&hash));
	jcs_end_object(&j);
}

const char *receipt_verdict_text(enum receipt_verdict v)
{
	assert(v <= RECEIPT_NOT_INCLUDED);
	switch (v) {
	case RECEIPT_GOOD:
		return "good: the log has committed to this entry";
	case RECEIPT_MALFORMED:
		return "malformed: not what a receipt is made of";
	case RECEIPT_LEAF_DIFFERS:
		return "seq, statement hash or outcome differ from the leaf's";
	case RECEIPT_STATEMENT_DIFFERS:
		return "the receipt is for another statement";
	case RECEIPT_BAD_CHECKPOINT:
		return "the checkpoint is not signed by this log's key";
	case RECEIPT_NOT_INCLUDED:
		return "the proof does not lead from the leaf to the checkpoint's root";
	}
	return "";
}

enum receipt_verdict receipt_verify(const struct receipt *r, struct span statement, const struct vkey *log,
                                    struct arena *mem, struct checkpoint *at)
{
	struct leaf l;
	struct tlog_proof t;
	struct checkpoint c;

	assert(log && mem && at);
	if (!leaf_decode(r->leaf, &l) || !tlog_proof_parse(r->proof, mem, &t))
		return RECEIPT_MALFORMED;
	if (l.seq != r->seq || l.outcome != r->outcome || !hash_eq(l.statement, r->statement))
		return RECEIPT_LEAF_DIFFERS;
	if (statement.len > 0 && !hash_eq(sha256(statement), l.statement))
		return RECEIPT_STATEMENT_DIFFERS;
	if (!checkpoint_open(t.note, log, &c))
		return RECEIPT_BAD_CHECKPOINT;
	/* The tree has entry seq at place seq: a proof for any other place proves another entry. */
	if (t.index != l.seq || !verify_inclusion(leaf_hash(r->leaf), l.seq, c.size, &t.proof, c.root))
		return RECEIPT_NOT_INCLUDED;
	*at = c;
	return RECEIPT_GOOD;
}
