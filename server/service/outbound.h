/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbound.h: statements we sign ourselves: the registry its deadlines and
 * certificates, the command line whatever its user says.
 */
#ifndef CF_OUTBOUND_H
#define CF_OUTBOUND_H

#include "command.h"

/* Gives the statement an id (version 7) and a salt where it has none and the present time; writes the payload and
 * signs it. c->kid, statement and bytes are filled. False when mem is too small or the library fails. */
MUST_CHECK bool statement_seal(struct command *c, const struct privkey *key, struct arena *mem);
struct uuid new_uuid(void); /* version 7, now */

/* A private key in a JWK file of mode 0600; made (Ed25519) when there is none. False and *why else. */
MUST_CHECK bool key_file(const char *path, bool make, struct privkey *ret, char *why, size_t why_len);
/* 32 random bytes in a file of mode 0600; made when there is none and `make` says so. */
MUST_CHECK bool secret_file(const char *path, bool make, uint8_t ret[32], char *why, size_t why_len);
#endif
