/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal.h: content that only a key opens, and that is gone when the key is.
 *
 * XChaCha20-Poly1305 (IETF construction), as libsodium has it. A sealed text is
 * nonce, ciphertext, tag: SEAL_OVER bytes more than the text. What it belongs to
 * is its associated data: a text that was moved to another row does not open
 * there. The nonce is random, so one key may seal any number of texts.
 *
 * Two levels: a master key outside the database wraps one key a party; that key
 * seals what the party brought. A new master key means wrapping the party keys
 * again and nothing else; a party key destroyed means its content is gone, in
 * this database and in every copy of it that the master key is not kept with.
 */
#ifndef CF_SEAL_H
#define CF_SEAL_H

#include "base.h"
#include "ids.h"

enum { SEAL_KEY_LEN = 32, SEAL_NONCE_LEN = 24, SEAL_TAG_LEN = 16, SEAL_OVER = SEAL_NONCE_LEN + SEAL_TAG_LEN };
enum { SEAL_WRAPPED_LEN = SEAL_KEY_LEN + SEAL_OVER, SEAL_ID_LEN = 16 };

/* Writes text.len + SEAL_OVER bytes. bound: what the text belongs to. */
void seal_text(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
               struct span text, uint8_t *ret);
/* Writes sealed.len - SEAL_OVER bytes. False, and nothing of the text, when key, binding or a bit of it is another. */
MUST_CHECK bool seal_open(const uint8_t key[SEAL_KEY_LEN], struct span bound, struct span sealed, uint8_t *ret);

/* The same without the nonce in front, where it can be had again: SEAL_TAG_LEN bytes more than the text. It must be another
 * for every other text; the text's own hash is. */
void seal_bare(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
               struct span text, uint8_t *ret);
MUST_CHECK bool seal_open_bare(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
                               struct span sealed, uint8_t *ret);

/* Which master key it is, without telling it. */
void seal_key_id(const uint8_t master[SEAL_KEY_LEN], uint8_t ret[SEAL_ID_LEN]);
/* A party's key under the master key; it opens for that party alone. */
void seal_wrap(const uint8_t master[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct uuid party,
               const uint8_t key[SEAL_KEY_LEN], uint8_t ret[SEAL_WRAPPED_LEN]);
MUST_CHECK bool seal_unwrap(const uint8_t master[SEAL_KEY_LEN], struct uuid party, struct span wrapped,
                            uint8_t ret[SEAL_KEY_LEN]);
#endif
