/* SPDX-License-Identifier: Apache-2.0 */
/* token.c: see token.h. */
#include "service/token.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "intake/inbound.h"
#include "run/clock.h"
#include "run/files.h"

enum { AT_PARTY = 0, AT_ROLES = 16, AT_EXPIRY = 20, AT_KID = 28, AT_RANDOM = 60, AT_MAC = 68, TOKEN_LEN = 100 };
static_assert((TOKEN_LEN * 4 + 2) / 3 == TOKEN_TEXT, "a token's text follows its bytes");

/* Rows of the parties' used jti; a party's row is chosen by a keyed hash, so nobody can aim at another's. */
enum { JTI_ROWS = 1024, JTI_ROW = 256 };
struct used {
	uint8_t id[8];
	int64_t until_us; /* free when past */
};

struct tokens {
	struct keyring *keyring;
	int64_t seconds;
	uint8_t key[TOKEN_KEY_LEN], jti_key[TOKEN_KEY_LEN];
	pthread_mutex_t lock; /* of used */
	struct used used[JTI_ROWS][JTI_ROW];
};

/* --- the key --- */

static int key_read(const char *path, uint8_t key[TOKEN_KEY_LEN])
{
	char room[TOKEN_KEY_LEN + 64];
	struct arena mem = arena_over(room, sizeof room);
	struct span s;
	int e = file_read_secret(path, TOKEN_KEY_LEN, &mem, &s);

	if (e == 0 && s.len != TOKEN_KEY_LEN)
		e = EINVAL;
	if (e == 0)
		memcpy(key, s.at, TOKEN_KEY_LEN);
	secret_wipe(room, sizeof room);
	return e;
}

/* Two processes may start at once: whoever comes second reads the first one's. */
static int key_ready(const char *path, uint8_t key[TOKEN_KEY_LEN])
{
	int e = key_read(path, key);

	if (e != ENOENT)
		return e;
	clock_random(key, TOKEN_KEY_LEN);
	e = file_create(path, (struct span){ (const char *)key, TOKEN_KEY_LEN }, FILE_SECRET);
	return e == EEXIST ? key_read(path, key) : e;
}

struct tokens *tokens_open(const char *state_dir, struct keyring *keyring, int64_t seconds, char *why, size_t why_len)
{
	struct tokens *t = calloc(1, sizeof *t);
	char path[4096];
	int e;

	if (!t || snprintf(path, sizeof path, "%s/token.key", state_dir) >= (int)sizeof path) {
		snprintf(why, why_len, "no memory for tokens");
		free(t);
		return NULL;
	}
	e = key_ready(path, t->key);
	if (e != 0) {
		snprintf(why, why_len, "%s: %s", path, strerror(e));
		free(t);
		return NULL;
	}
	t->keyring = keyring;
	t->seconds = seconds;
	token_subkey(t, "jti", t->jti_key);
	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void tokens_close(struct tokens *t)
{
	if (!t)
		return;
	pthread_mutex_destroy(&t->lock);
	secret_wipe(t, sizeof *t);
	free(t);
}

void token_subkey(const struct tokens *t, const char *use, uint8_t out[TOKEN_KEY_LEN])
{
	hkdf_sha256((struct span){ (const char *)t->key, TOKEN_KEY_LEN }, S("counterfoil token.key"), span_z(use), out,
	            TOKEN_KEY_LEN);
}

/* --- the token --- */

static struct hash token_mac(const struct tokens *t, const uint8_t *token)
{
	return hmac_sha256((struct span){ (const char *)t->key, TOKEN_KEY_LEN },
	                   (struct span){ (const char *)token, AT_MAC });
}

static struct span token_make(const struct tokens *t, const struct key_view *key, struct hash kid, struct moment now,
                              struct arena *mem)
{
	uint8_t token[TOKEN_LEN];
	char *at = arena_take(mem, TOKEN_TEXT);
	struct writer w;
	struct hash mac;

	if (!at)
		return S("");
	memcpy(token + AT_PARTY, key->party.b, sizeof key->party.b);
	be32_put(token + AT_ROLES, (uint32_t)key->roles);
	be64_put(token + AT_EXPIRY, (uint64_t)(now.us + t->seconds * 1000000));
	memcpy(token + AT_KID, kid.b, sizeof kid.b);
	clock_random(token + AT_RANDOM, AT_MAC - AT_RANDOM);
	mac = token_mac(t, token);
	memcpy(token + AT_MAC, mac.b, sizeof mac.b);
	w = writer_over(at, TOKEN_TEXT);
	put_b64url(&w, (struct span){ (const char *)token, sizeof token });
	assert(!w.overflow);
	return writer_span(&w);
}

enum fault token_asker(struct tokens *t, struct span token, struct moment now, struct asker *ret)
{
	uint8_t b[TOKEN_LEN];
	struct key_view key;
	struct hash mac, kid;

	if (token.len != TOKEN_TEXT || !b64url_fixed(token, b, sizeof b))
		return E_BAD_TOKEN;
	mac = token_mac(t, b);
	if (!secret_eq(mac.b, b + AT_MAC, sizeof mac.b) || (int64_t)be64_get(b + AT_EXPIRY) <= now.us)
		return E_BAD_TOKEN;
	memcpy(kid.b, b + AT_KID, sizeof kid.b);
	if (!keyring_find(t->keyring, kid, &key) || !key.live || key.suspended)
		return E_BAD_TOKEN;
	memcpy(ret->party.b, b + AT_PARTY, sizeof ret->party.b);
	ret->roles = (int32_t)be32_get(b + AT_ROLES) & key.roles;
	ret->kid = kid;
	return OK;
}

/* --- the assertion --- */

static enum fault bad(struct diag *d, const char *pointer, const char *detail)
{
	return diag_set(d, E_BAD_ASSERTION, pointer, detail);
}

static enum fault check_times(const struct assertion *a, struct moment now, struct diag *d)
{
	const int64_t skew = (int64_t)ASSERTION_SKEW_S * 1000000, ahead = (int64_t)ASSERTION_AHEAD_S * 1000000;

	if (a->exp.us <= now.us)
		return bad(d, "/exp", "the assertion has expired, or says no exp");
	if (a->exp.us > now.us + ahead + skew)
		return bad(d, "/exp", "an assertion may be good for ten minutes at most");
	if (a->nbf.us > now.us + skew)
		return bad(d, "/nbf", "the assertion is not good yet");
	if (a->iat.us > now.us + skew)
		return bad(d, "/iat", "the assertion was made in the future");
	return OK;
}

/* One sentence for every way in which the key is not good: who holds no key learns nothing about who does. */
static enum fault check_key(struct tokens *t, const struct assertion *a, struct key_view *key, struct diag *d)
{
	static const char no[] = "no live key of the issuer made this signature";

	if (!keyring_find(t->keyring, a->kid, key) || key->registry || !uuid_eq(key->party, a->party))
		return bad(d, "", no);
	if (a->alg != key->pub.alg || !sig_verify(&key->pub, a->jws.signed_part, a->jws.sig))
		return bad(d, "", no);
	if (!key->live)
		return bad(d, "", no);
	return key->suspended ? bad(d, "/iss", "this party is suspended") : OK;
}

/* Where the party's used ids are, and the id itself. */
static size_t jti_place(const struct tokens *t, const struct assertion *a, uint8_t id[8])
{
	const struct span key = { (const char *)t->jti_key, TOKEN_KEY_LEN };
	struct hash row = hmac_sha256(key, (struct span){ (const char *)a->party.b, sizeof a->party.b });
	struct hash one = hmac_sha256((struct span){ (const char *)row.b, sizeof row.b }, a->jti);

	memcpy(id, one.b, 8);
	return be32_get(row.b) % JTI_ROWS;
}

static enum fault use_once(struct tokens *t, const struct assertion *a, struct moment now, struct diag *d)
{
	uint8_t id[8];
	struct used *row, *free_one = NULL;
	enum fault f = OK;

	if (a->jti.len == 0) /* optional (RFC 7523 3): whoever leaves it out can be replayed until exp */
		return OK;
	row = t->used[jti_place(t, a, id)];
	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < JTI_ROW && f == OK; i++) {
		if (row[i].until_us <= now.us)
			free_one = free_one ? free_one : &row[i];
		else if (memcmp(row[i].id, id, sizeof id) == 0)
			f = bad(d, "/jti", "this assertion has been used");
	}
	if (f == OK && !free_one)
		f = diag_set(d, E_RATE_LIMITED, "/jti",
		             "as many assertions as can be remembered: use the tokens you have");
	if (f == OK) {
		memcpy(free_one->id, id, sizeof id);
		free_one->until_us = a->exp.us;
	}
	pthread_mutex_unlock(&t->lock);
	return f;
}

enum fault token_issue(struct tokens *t, struct span assertion, struct span aud, struct moment now, struct arena *mem,
                       struct span *token, int64_t *seconds, struct diag *d)
{
	struct assertion a;
	struct key_view key;
	enum fault f = assertion_read(assertion, mem, &a, d);

	if (f == OK)
		f = check_key(t, &a, &key, d);
	if (f == OK && !span_eq(a.aud, aud))
		f = bad(d, "/aud", "the assertion is made for another server");
	if (f == OK)
		f = check_times(&a, now, d);
	if (f == OK)
		f = use_once(t, &a, now, d);
	if (f != OK)
		return f;
	*token = token_make(t, &key, a.kid, now, mem);
	*seconds = t->seconds;
	return token->len > 0 ? OK : E_TOO_BIG;
}
