/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.h: a statement as it arrives, to struct command.
 *
 * In three steps, so that nothing of a stranger's is read before a signature
 * stands under it:
 *   statement_split   the JWS cut, its header read: which key, which suite
 *   (the caller looks the key up)
 *   statement_verify  the signature over the bytes as received
 *   statement_parse   the payload, strictly: complete, typed, nothing unknown
 *
 * A statement's hash is that of the bytes as received; nothing is ever
 * written again to be hashed or verified.
 */
#ifndef CF_STATEMENT_H
#define CF_STATEMENT_H

#include "command.h"
#include "fault.h"
#include "jws.h"

#define STATEMENT_TYP "counterfoil+jws"
#define STATEMENT_HEADER_MAX 256 /* the longest header of ours has 103 bytes */
#define STATEMENT_DEPTH 8        /* payload, body, rules, one rule, its values: five */
/* Bytes of a compact serialisation: header, payload, signature in base64url, two dots. */
#define STATEMENT_COMPACT_MAX ((STATEMENT_HEADER_MAX + STATEMENT_MAX + SIG_LEN) * 4 / 3 + 8)
/* An arena with this much free holds all that splitting and parsing keep of a compact serialisation of len bytes. */
#define STATEMENT_ROOM(len) (2 * (size_t)(len) + 8192)

struct sealed {
	struct span bytes;     /* the compact serialisation, the caller's */
	struct hash statement; /* SHA-256 of it */
	enum alg alg;
	struct hash kid;
	struct jws jws;
};

/* E_BAD_JWS, or E_TOO_BIG. The header is exactly alg, kid and typ. */
MUST_CHECK enum fault statement_split(struct span compact, struct arena *mem, struct sealed *ret, struct diag *d);
/* key: the one enrolled under kid. E_BAD_SIGNATURE also when the header names another suite than the key's. */
MUST_CHECK enum fault statement_verify(const struct sealed *s, const struct pubkey *key, struct diag *d);
/* The payload, with kid, hash and bytes of the sealed statement around it. All other spans lie in mem. */
MUST_CHECK enum fault statement_parse(const struct sealed *s, struct arena *mem, struct command *ret, struct diag *d);
/* A payload alone: kid, statement and bytes stay zero. */
MUST_CHECK enum fault statement_payload(struct span payload, struct arena *mem, struct command *ret, struct diag *d);

/* A JWS header of exactly alg, kid and typ (typ may be absent when `typ_needed` is not set): for whoever else takes
 * signed things. typ gets what it says, inside mem. */
MUST_CHECK enum fault jws_header_read(struct span header, struct arena *mem, enum alg *alg, struct hash *kid,
                                      struct span *typ, struct diag *d);
#endif
