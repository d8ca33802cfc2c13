/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h: a signed client assertion (RFC 7523) against a bearer token that
 * no table remembers.
 *
 *   token  base64url( party 16 | roles 4 | expiry 8 | kid 32 | random 8 | HMAC-SHA-256 of what stands before )
 *
 * The key of the HMAC lies in <state_dir>/token.key, so every reader over the
 * same directory takes every other's tokens. A token is good while it has not
 * expired, the key that asked for it is live and its party is not suspended;
 * its roles are those the party had then and still has.
 *
 * An assertion is taken once, by its jti. What was taken is remembered until it
 * would have expired anyway, in a table of fixed size where each party fills
 * only one row: when that is full, the party waits and no other does.
 */
#ifndef CF_TOKEN_H
#define CF_TOKEN_H

#include "service/keyring.h"
#include "service/service.h"

enum {
	TOKEN_KEY_LEN = 32,
	TOKEN_TEXT = 134,        /* 100 bytes as base64url */
	ASSERTION_AHEAD_S = 600, /* an assertion that lives longer is a password */
	ASSERTION_SKEW_S = 30,   /* how far the client's clock may be ahead of ours */
};

struct tokens;
/* Reads the key, or makes it at the first start. seconds: how long a token lives. NULL and *why on failure. */
struct tokens *tokens_open(const char *state_dir, struct keyring *keyring, int64_t seconds, char *why, size_t why_len);
void tokens_close(struct tokens *t); /* takes NULL */

/* The rest may be called from any thread. E_BAD_ASSERTION; E_RATE_LIMITED when the party's rows are full. */
MUST_CHECK enum fault token_issue(struct tokens *t, struct span assertion, struct span aud, struct moment now,
                                  struct arena *mem, struct span *token, int64_t *seconds, struct diag *d);
/* E_BAD_TOKEN. Fills party, roles and kid of ret. */
MUST_CHECK enum fault token_asker(struct tokens *t, struct span token, struct moment now, struct asker *ret);

/* A key of the same secret for another use, such as the cursors of lists. */
void token_subkey(const struct tokens *t, const char *use, uint8_t out[TOKEN_KEY_LEN]);
#endif
