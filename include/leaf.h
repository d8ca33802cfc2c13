/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leaf.h: the 136 bytes of a log entry, and the receipt for one.
 *
 *   0  16  "counterfoil/1\n\0\0"
 *  16   8  seq, from 0
 *  24   8  accepted_at, microseconds since the Unix epoch, never decreasing
 *  32   2  kind: number of the statement type
 *  34   2  outcome: 0 accepted, else number of the fault
 *  36   4  zero
 *  40  32  statement hash: SHA-256 of the compact serialisation as received
 *  72  32  previous leaf hash; zeros for seq 0
 * 104  32  decision digest: HMAC-SHA-256(salt, canonical JSON of the decision)
 *
 * All integers big-endian. The leaf names no party and no key; the statement
 * hash covers them.
 */
#ifndef CF_LEAF_H
#define CF_LEAF_H

#include "ids.h"
#include "note.h"

#define LEAF_LEN 136

struct leaf {
	uint64_t seq;
	struct moment accepted_at;
	uint16_t kind;
	uint16_t outcome;
	struct hash statement;
	struct hash previous;
	struct hash decision;
};
void leaf_encode(const struct leaf *l, uint8_t out[LEAF_LEN]);
/* Refuses a wrong length, magic or filler. */
MUST_CHECK bool leaf_decode(struct span bytes, struct leaf *ret);

/*
 * The receipt a POST answers with: JSON {"seq","leaf" (base64),"statement_hash"
 * (base64url),"outcome","proof"} where proof is the tlog-proof text.
 * Members come in JCS order.
 */
void put_receipt(struct writer *w, const uint8_t leaf[LEAF_LEN], const struct proof *p, struct span note);

/* What the offline check of a receipt found; every step that fails has its own word. */
enum receipt_verdict {
	RECEIPT_GOOD,
	RECEIPT_MALFORMED,         /* not the JSON or text a receipt is */
	RECEIPT_LEAF_DIFFERS,      /* seq, hash or outcome beside the leaf are not the leaf's */
	RECEIPT_STATEMENT_DIFFERS, /* the statement given is not the one receipted */
	RECEIPT_BAD_CHECKPOINT,    /* not signed by the log key given, or another origin */
	RECEIPT_NOT_INCLUDED,      /* the proof does not lead from the leaf to the checkpoint's root */
};
const char *receipt_verdict_text(enum receipt_verdict v);
/* The fields of a receipt, as read from its JSON by whoever reads JSON. */
struct receipt {
	uint64_t seq;
	struct span leaf; /* decoded */
	struct hash statement;
	uint16_t outcome;
	struct span proof; /* text */
};
/* statement: the JWS bytes, or empty to skip that step. *at gets the checkpoint it was proved in. */
enum receipt_verdict receipt_verify(const struct receipt *r, struct span statement, const struct vkey *log,
                                    struct arena *mem, struct checkpoint *at);
#endif
