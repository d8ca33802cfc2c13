/* SPDX-License-Identifier: Apache-2.0 */
/* outbound.c: see outbound.h. */
#include "service/outbound.h"

#include <errno.h>
#include <stdio.h>

#include "intake/jwk_file.h"
#include "intake/statement.h"
#include "intake/statement_write.h"
#include "run/clock.h"
#include "run/files.h"

struct uuid new_uuid(void)
{
	uint8_t random[10];

	clock_random(random, sizeof random);
	return uuid_v7(clock_now(), random);
}

static bool add_salt(struct command *c, struct arena *mem)
{
	char *salt = arena_take(mem, 32);

	if (!salt)
		return false;
	clock_random(salt, 32);
	c->salt = (struct span){ salt, 32 };
	return true;
}

bool statement_seal(struct command *c, const struct privkey *key, struct arena *mem)
{
	struct span payload;
	struct writer w;

	if (c->salt.len == 0 && !add_salt(c, mem))
		return false;
	if (uuid_is_nil(c->id))
		c->id = new_uuid();
	if (c->at.us == 0)
		c->at = clock_now();
	c->kid = jwk_thumbprint(&key->pub);
	w = writer_in(mem);
	put_statement_payload(&w, c);
	payload = writer_done(&w, mem);
	if (payload.len == 0)
		return false;
	w = writer_in(mem);
	if (!jws_sign(key, STATEMENT_TYP, payload, &w))
		return false;
	c->bytes = writer_done(&w, mem);
	c->statement = sha256(c->bytes);
	return c->bytes.len > 0;
}

static int make_key(const char *path, struct arena *mem)
{
	uint8_t seed[SEED_LEN];
	struct privkey k;
	struct writer w = writer_in(mem);

	clock_random(seed, sizeof seed);
	if (!privkey_from_seed(ALG_ED25519, seed, &k))
		return EIO;
	put_jwk_private(&w, &k);
	put_byte(&w, '\n');
	secret_wipe(seed, sizeof seed);
	return file_create(path, writer_span(&w), FILE_SECRET);
}

bool key_file(const char *path, bool make, struct privkey *ret, char *why, size_t why_len)
{
	char room[4 * JWK_FILE_MAX];
	struct arena mem = arena_over(room, sizeof room);
	struct span text;
	struct diag d = { .detail = "" };
	int e = file_read_secret(path, JWK_FILE_MAX, &mem, &text);
	bool good;

	if (e == ENOENT && make) {
		e = make_key(path, &mem);
		if (e == 0 || e == EEXIST)
			return key_file(path, false, ret, why, why_len);
	}
	if (e != 0) {
		snprintf(why, why_len, "%s: %s", path, strerror(e));
		return false;
	}
	good = jwk_file_private(text, ret, &d) == OK;
	if (!good)
		snprintf(why, why_len, "%s: %s", path, d.detail);
	secret_wipe(room, sizeof room);
	return good;
}

bool secret_file(const char *path, bool make, uint8_t ret[32], char *why, size_t why_len)
{
	char room[256];
	struct arena mem = arena_over(room, sizeof room);
	struct span bytes;
	int e = file_read_secret(path, 32, &mem, &bytes);

	if (e == ENOENT && make) {
		clock_random(ret, 32);
		e = file_create(path, (struct span){ (const char *)ret, 32 }, FILE_SECRET);
		if (e == 0)
			return true;
	} else if (e == 0 && bytes.len == 32) {
		memcpy(ret, bytes.at, 32);
		secret_wipe(room, sizeof room);
		return true;
	}
	snprintf(why, why_len, "%s: %s", path, e ? strerror(e) : "not 32 bytes");
	return false;
}
