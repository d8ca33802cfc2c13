/* SPDX-License-Identifier: Apache-2.0 */
/* seal.c: see seal.h. */
#include <sodium.h>

#include "crypto.h"
#include "seal.h"

static_assert((int)SEAL_KEY_LEN == (int)crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the library's key");
static_assert((int)SEAL_NONCE_LEN == (int)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "the library's nonce");
static_assert((int)SEAL_TAG_LEN == (int)crypto_aead_xchacha20poly1305_ietf_ABYTES, "the library's tag");

static const unsigned char *bytes(struct span s) { return (const unsigned char *)s.at; }

void seal_bare(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
               struct span text, uint8_t *ret)
{
	unsigned long long len;
	int failed = crypto_aead_xchacha20poly1305_ietf_encrypt(ret, &len, bytes(text), text.len, bytes(bound),
	                                                        bound.len, NULL, nonce, key);

	assert(failed == 0);
	assert(len == text.len + SEAL_TAG_LEN);
}

bool seal_open_bare(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
                    struct span sealed, uint8_t *ret)
{
	return sealed.len >= SEAL_TAG_LEN &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, bytes(sealed), sealed.len, bytes(bound),
	                                                  bound.len, nonce, key) == 0;
}

void seal_text(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct span bound,
               struct span text, uint8_t *ret)
{
	memcpy(ret, nonce, SEAL_NONCE_LEN);
	seal_bare(key, nonce, bound, text, ret + SEAL_NONCE_LEN);
}

bool seal_open(const uint8_t key[SEAL_KEY_LEN], struct span bound, struct span sealed, uint8_t *ret)
{
	return sealed.len >= SEAL_OVER &&
	       seal_open_bare(key, bytes(sealed), bound,
	                      (struct span){ sealed.at + SEAL_NONCE_LEN, sealed.len - SEAL_NONCE_LEN }, ret);
}

void seal_key_id(const uint8_t master[SEAL_KEY_LEN], uint8_t ret[SEAL_ID_LEN])
{
	hkdf_sha256((struct span){ (const char *)master, SEAL_KEY_LEN }, S("counterfoil seal"), S("id"), ret,
	            SEAL_ID_LEN);
}

enum { WRAP_BOUND = 16 + 16 };

static struct span wrap_bound(struct uuid party, char room[WRAP_BOUND])
{
	memcpy(room, "counterfoil-key1", 16);
	memcpy(room + 16, party.b, sizeof party.b);
	return (struct span){ room, WRAP_BOUND };
}

void seal_wrap(const uint8_t master[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct uuid party,
               const uint8_t key[SEAL_KEY_LEN], uint8_t ret[SEAL_WRAPPED_LEN])
{
	char room[WRAP_BOUND];

	seal_text(master, nonce, wrap_bound(party, room), (struct span){ (const char *)key, SEAL_KEY_LEN }, ret);
}

bool seal_unwrap(const uint8_t master[SEAL_KEY_LEN], struct uuid party, struct span wrapped, uint8_t ret[SEAL_KEY_LEN])
{
	char room[WRAP_BOUND];

	return wrapped.len == SEAL_WRAPPED_LEN && seal_open(master, wrap_bound(party, room), wrapped, ret);
}
