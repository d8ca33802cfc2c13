/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.c: SHA-256, SM3, and what is made of them: HMAC and HKDF.
 *
 * A tree of ten million leaves is ten million calls of node_hash, 65 bytes
 * each. For those OpenSSL's direct functions take 0.073 us and the EVP ones,
 * with the algorithm fetched and the context kept, 0.121 us (libsodium, which
 * does not use the processor's SHA instructions, 0.394 us). The direct functions
 * also allocate nothing and keep nothing per thread. They are marked deprecated
 * since 3.0 in favour of replaceable providers, which a log whose roots must be
 * the same for ever does not want; so SHA-256 goes by them, here and nowhere else.
 * SM3 has no direct functions and goes by EVP.
 *
 * HMAC is written out (RFC 2104): the same eight lines for both hashes, without
 * a context to allocate.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "crypto.h"
#include "start.h"
#include "tree.h"

#define BLOCK_LEN 64 /* both hashes work on blocks of this length */

static EVP_MD *md_sm3; /* set once by crypto_start */

bool hash_start(void)
{
	static_assert(HASH_LEN == SHA256_DIGEST_LENGTH, "one type holds the digest of either hash");
	if (!md_sm3)
		md_sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
	return md_sm3 && EVP_MD_get_size(md_sm3) == HASH_LEN;
}

bool hash_eq(struct hash a, struct hash b) { return memcmp(a.b, b.b, HASH_LEN) == 0; }

bool hash_is_zero(struct hash a)
{
	static const struct hash zero;

	return hash_eq(a, zero);
}

/* The hash of several pieces one after the other. */
typedef struct hash hash_fn(const struct span *part, size_t n);

static struct hash sha256_of(const struct span *part, size_t n)
{
	SHA256_CTX ctx;
	struct hash h;

	SHA256_Init(&ctx); /* these three return 1 always: they have no way to fail */
	for (size_t i = 0; i < n; i++) {
		assert(part[i].at || part[i].len == 0);
		SHA256_Update(&ctx, part[i].at, part[i].len);
	}
	SHA256_Final(h.b, &ctx);
	return h;
}

static struct hash sm3_of(const struct span *part, size_t n)
{
	struct hash h;
	unsigned len = 0;

	assert(md_sm3); /* crypto_start was called */
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	/* Fails only for want of memory, and then no answer is better than a wrong one. */
	bool ok = ctx && EVP_DigestInit_ex2(ctx, md_sm3, NULL) == 1;
	for (size_t i = 0; ok && i < n; i++)
		ok = part[i].len == 0 || EVP_DigestUpdate(ctx, part[i].at, part[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, h.b, &len) == 1;
	EVP_MD_CTX_free(ctx);
	assert(ok);
	assert(len == HASH_LEN);
	return h;
}

struct hash sha256(struct span s) { return sha256_of(&s, 1); }

struct hash sha256_2(struct span a, struct span b) { return sha256_of((struct span[]){ a, b }, 2); }

struct hash sm3(struct span s) { return sm3_of(&s, 1); }

struct hash leaf_hash(struct span leaf) { return sha256_2((struct span){ "\0", 1 }, leaf); }

struct hash node_hash(struct hash left, struct hash right)
{
	uint8_t node[1 + 2 * HASH_LEN];

	node[0] = 0x01;
	memcpy(node + 1, left.b, HASH_LEN);
	memcpy(node + 1 + HASH_LEN, right.b, HASH_LEN);
	return sha256((struct span){ (const char *)node, sizeof node });
}

#define HMAC_PARTS 3

static struct span span_of(const void *at, size_t len) { return (struct span){ at, len }; }

/* H((key ^ 5c..) || H((key ^ 36..) || parts)), the key filled up with zeros or hashed when it is too long. */
static struct hash hmac(hash_fn *fn, struct span key, const struct span *part, size_t n)
{
	uint8_t pad[BLOCK_LEN] = { 0 };
	struct span piece[1 + HMAC_PARTS];
	struct hash short_key = { { 0 } };

	assert(n <= HMAC_PARTS);
	if (key.len > BLOCK_LEN) {
		short_key = fn(&key, 1);
		key = span_of(short_key.b, HASH_LEN);
	}
	if (key.len > 0)
		memcpy(pad, key.at, key.len);
	for (size_t i = 0; i < BLOCK_LEN; i++)
		pad[i] ^= 0x36;
	piece[0] = span_of(pad, BLOCK_LEN);
	memcpy(piece + 1, part, n * sizeof *part);
	struct hash inner = fn(piece, 1 + n);
	for (size_t i = 0; i < BLOCK_LEN; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	piece[1] = span_of(inner.b, HASH_LEN);
	struct hash outer = fn(piece, 2);
	secret_wipe(pad, sizeof pad);
	secret_wipe(&short_key, sizeof short_key);
	return outer;
}

struct hash hmac_sha256(struct span key, struct span msg) { return hmac(sha256_of, key, &msg, 1); }

struct hash hmac_sm3(struct span key, struct span msg) { return hmac(sm3_of, key, &msg, 1); }

void hkdf_sha256(struct span key, struct span salt, struct span info, void *out, size_t len)
{
	struct hash prk = hmac_sha256(salt, key), block = { { 0 } };
	uint8_t *at = out;
	size_t done = 0;

	assert(out || len == 0);
	assert(len <= 255 * (size_t)HASH_LEN); /* the counter below is one byte */
	for (uint8_t i = 1; done < len; i++) {
		struct span before = span_of(block.b, i == 1 ? 0 : HASH_LEN);
		size_t take = len - done < HASH_LEN ? len - done : HASH_LEN;

		assert(i > 0);
		struct span part[] = { before, info, span_of(&i, 1) };
		block = hmac(sha256_of, span_of(prk.b, HASH_LEN), part, ARRAY_LEN(part));
		memcpy(at + done, block.b, take);
		done += take;
	}
	secret_wipe(&prk, sizeof prk);
	secret_wipe(&block, sizeof block);
}

bool secret_eq(const void *a, const void *b, size_t len)
{
	assert((a && b) || len == 0);
	return len == 0 || sodium_memcmp(a, b, len) == 0;
}

void secret_wipe(void *at, size_t len)
{
	assert(at || len == 0);
	sodium_memzero(at, len);
}
