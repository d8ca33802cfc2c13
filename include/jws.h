/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jws.h: JWS in compact serialisation (RFC 7515), cut into its parts.
 *
 * Nothing is trusted here: the header and payload are bytes for the intake to
 * read strictly, and the signature covers `signed_part`, the bytes as they
 * came. Nothing is ever re-serialised to be verified.
 */
#ifndef CF_JWS_H
#define CF_JWS_H

#include "crypto.h"

struct jws {
	struct span signed_part; /* header '.' payload, inside the input */
	struct span header;      /* decoded, in the arena */
	struct span payload;     /* decoded, in the arena */
	uint8_t sig[SIG_LEN];
};

/* Exactly three non-empty base64url parts, a signature of exactly 64 bytes, and nothing around them. */
MUST_CHECK bool jws_split(struct span compact, struct arena *mem, struct jws *ret);
/* header {"alg","kid","typ"} in that order, then payload, then key's signature over both. `typ` is
 * the media type's short form, for statements "counterfoil+jws". False when the library fails or w is full. */
MUST_CHECK bool jws_sign(const struct privkey *key, const char *typ, struct span payload, struct writer *w);
#endif
