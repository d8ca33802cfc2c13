/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbound.h: what else comes in as JSON and is no statement: the check before
 * lending, the client assertion at the token endpoint, and, for whoever
 * verifies, a receipt.
 */
#ifndef CF_INBOUND_H
#define CF_INBOUND_H

#include "check.h"
#include "fault.h"
#include "jws.h"
#include "leaf.h"

#define RECEIPT_MAX (32 * 1024)  /* 136 bytes of leaf, 64 hashes and a checkpoint with its lines: below 12 KiB */
#define ASSERTION_MAX (8 * 1024) /* bytes of a compact serialisation; a usual one has 500 */

/* {"claim": {"asset"} | {"document"} | {"facts"}, "amount"?, "purpose", "certificate"?} */
MUST_CHECK enum fault check_read(struct span text, struct arena *mem, struct check_request *ret, struct diag *d);

/* {"url", "asset"?, "party"?, "code"?, "severity"?}: where to call, and for which alerts. The url is any text. */
struct webhook_request {
	struct span url, code, severity;
	struct uuid asset, party;
};
MUST_CHECK enum fault webhook_read(struct span text, struct arena *mem, struct webhook_request *ret, struct diag *d);

/* {"seq","leaf","statement_hash","outcome","proof"}. Whether it is true is receipt_verify's to say. */
MUST_CHECK enum fault receipt_read(struct span text, struct arena *mem, struct receipt *ret, struct diag *d);

/*
 * A client assertion (RFC 7523), cut and read but not verified: the caller
 * finds kid, verifies jws over the received bytes, and holds the claims
 * against its clock, its own URL and the jti it has seen. All refusals are
 * E_BAD_ASSERTION.
 */
struct assertion {
	struct jws jws;
	enum alg alg;
	struct hash kid;
	struct uuid party; /* iss and sub, which are the same */
	struct span aud;
	struct span jti;
	struct moment exp, iat, nbf; /* us == 0: not said */
};
MUST_CHECK enum fault assertion_read(struct span compact, struct arena *mem, struct assertion *ret, struct diag *d);
#endif
