/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwk_file.h: JSON Web Keys, public ones inside statements, and those that lie
 * in files (RFC 7517, RFC 8037; SM2 by the same pattern).
 *
 * A key inside a statement has exactly the members its thumbprint is made of.
 * A file may also say kid, alg, use and key_ops, as other programs write them:
 * each is checked to say the same as the key, or refused.
 */
#ifndef CF_JWK_FILE_H
#define CF_JWK_FILE_H

#include "crypto.h"
#include "intake/json.h"

#define JWK_FILE_MAX 4096

/* {kty, crv, x[, y]} and nothing else, a valid point. */
MUST_CHECK enum fault jwk_read(const struct js *at, struct pubkey *ret, struct diag *d);
/* The text of a file. A private member in a public key's file is refused: it should not lie there. */
MUST_CHECK enum fault jwk_file_public(struct span text, struct pubkey *ret, struct diag *d);
/* d is the Ed25519 seed or the curve's scalar; x (and y) must be what d gives. */
MUST_CHECK enum fault jwk_file_private(struct span text, struct privkey *ret, struct diag *d);
#endif
