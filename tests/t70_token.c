/* SPDX-License-Identifier: Apache-2.0 */
/* t70: client assertions and bearer tokens: what must be refused, and the keys behind them. */
#include "test.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jcs.h"
#include "jws.h"
#include "run/clock.h"
#include "run/files.h"
#include "service/token.h"

#define AUD "https://registry.example/oauth/token"

enum who { ALICE, BOB, CAROL, NOBODY, PEOPLE };
static const enum alg suite[PEOPLE] = { ALG_ED25519, ALG_ES256, ALG_SM2, ALG_ED25519 };
static struct privkey key[PEOPLE];
static struct hash kid[PEOPLE];
static struct uuid party[PEOPLE];
static struct keyring *ring;
static struct tokens *tokens;
static char dir[64], why[256];
static char room[1 << 16];
static struct arena mem;
static const struct moment now = { INT64_C(1795420800000000) };

/* --- the registry's side --- */

static struct party_key key_row(enum who w, int64_t until)
{
	struct party_key k = {
		.kid = kid[w], .alg = (int32_t)key[w].pub.alg, .from_seq = 1, .party = party[w], .until_seq = until
	};

	memcpy(k.pub_x.b, key[w].pub.raw, 32);
	memcpy(k.pub_y.b, key[w].pub.raw + 32, pubkey_len(key[w].pub.alg) - 32);
	return k;
}

static void put_key(enum who w, int64_t until)
{
	struct party_key k = key_row(w, until);

	assert_true(keyring_put_key(ring, &k));
}

static void put_party(enum who w, int32_t roles, int32_t state)
{
	struct party p = { .id = party[w], .roles = roles, .state = state };

	assert_true(keyring_put_party(ring, &p));
}

static int setup(void **state)
{
	(void)state;
	memcpy(dir, "/tmp/cf-token-XXXXXX", 21);
	if (!mkdtemp(dir))
		return -1;
	ring = keyring_new();
	mem = arena_over(room, sizeof room);
	for (enum who w = ALICE; w < PEOPLE; w++) {
		uint8_t seed[SEED_LEN] = { 7, (uint8_t)w };

		assert_true(privkey_from_seed(suite[w], seed, &key[w]));
		kid[w] = jwk_thumbprint(&key[w].pub);
		party[w] = (struct uuid){ { 1, 2, (uint8_t)(w + 1) } };
		if (w == NOBODY)
			continue;
		put_key(w, 0);
		put_party(w, ROLE_BANK, PARTY_ACTIVE);
	}
	tokens = tokens_open(dir, ring, 600, why, sizeof why);
	return tokens ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	tokens_close(tokens);
	keyring_free(ring);
	return dir_remove(dir);
}

/* --- the client's side --- */

struct claims {
	enum who iss, sub;
	const char *aud, *jti;
	int64_t exp, iat, nbf; /* seconds from now; NONE: not said */
};
#define NONE INT64_MIN

static struct span payload(const struct claims *c)
{
	struct writer w = writer_in(&mem);
	struct jcs j = jcs_free_order(&w);
	char id[UUID_TEXT];
	struct writer u;
	static unsigned n;
	char fresh[24];
	const struct {
		const char *name;
		int64_t v;
	} time[] = { { "exp", c->exp }, { "iat", c->iat }, { "nbf", c->nbf } };

	jcs_object(&j);
	u = writer_over(id, sizeof id);
	put_uuid(&u, party[c->iss]);
	jcs_member_span(&j, "iss", writer_span(&u));
	u = writer_over(id, sizeof id);
	put_uuid(&u, party[c->sub]);
	jcs_member_span(&j, "sub", writer_span(&u));
	jcs_member_z(&j, "aud", c->aud);
	for (size_t i = 0; i < 3; i++)
		if (time[i].v != NONE)
			jcs_member_i64(&j, time[i].name, now.us / 1000000 + time[i].v);
	snprintf(fresh, sizeof fresh, "fresh %u", ++n);
	jcs_member_z(&j, "jti", c->jti ? c->jti : fresh);
	jcs_end_object(&j);
	return writer_done(&w, &mem);
}

static struct span sign(enum who signer, struct span text)
{
	struct writer w = writer_in(&mem);

	assert_true(jws_sign(&key[signer], "JWT", text, &w));
	return writer_done(&w, &mem);
}

/* Any header over any payload, signed by whoever. */
static struct span sign_as(const char *header, enum who signer, struct span text)
{
	struct writer w = writer_in(&mem);
	uint8_t sig[SIG_LEN];

	put_b64url(&w, span_z(header));
	put_byte(&w, '.');
	put_b64url(&w, text);
	assert_true(sig_sign(&key[signer], writer_span(&w), sig));
	put_byte(&w, '.');
	put_b64url(&w, (struct span){ (const char *)sig, sizeof sig });
	return writer_done(&w, &mem);
}

static struct claims good(enum who w) { return (struct claims){ w, w, AUD, NULL, 300, 0, NONE }; }

static struct diag diag;
static struct span token;

static enum fault issue(struct span assertion)
{
	int64_t seconds = 0;
	enum fault f = token_issue(tokens, assertion, S(AUD), now, &mem, &token, &seconds, &diag);

	if (f == OK)
		assert_int_equal(seconds, 600);
	return f;
}

static enum fault issue_claims(enum who signer, struct claims c) { return issue(sign(signer, payload(&c))); }

static enum fault asks(struct span t, int64_t later_s, struct asker *ret)
{
	return token_asker(tokens, t, (struct moment){ now.us + later_s * 1000000 }, ret);
}

/* --- tests --- */

static void each_suite(void **state)
{
	(void)state;
	for (enum who w = ALICE; w <= CAROL; w++) {
		struct asker a = { .roles = 0 };

		assert_int_equal(issue_claims(w, good(w)), OK);
		assert_int_equal(token.len, TOKEN_TEXT);
		assert_int_equal(asks(token, 0, &a), OK);
		assert_true(uuid_eq(a.party, party[w]));
		assert_int_equal(a.roles, ROLE_BANK);
	}
}

static void refused_claims(void **state)
{
	static const struct {
		const char *why;
		enum who signer;
		struct claims c;
		enum fault want;
	} row[] = {
		{ "good", ALICE, { ALICE, ALICE, AUD, NULL, 300, 0, 0 }, OK },
		{ "exp alone", ALICE, { ALICE, ALICE, AUD, NULL, 1, NONE, NONE }, OK },
		{ "ten minutes and the client's clock", ALICE, { ALICE, ALICE, AUD, NULL, 630, 30, 30 }, OK },
		{ "no exp", ALICE, { ALICE, ALICE, AUD, NULL, NONE, 0, 0 }, E_BAD_ASSERTION },
		{ "expired", ALICE, { ALICE, ALICE, AUD, NULL, 0, 0, 0 }, E_BAD_ASSERTION },
		{ "long expired", ALICE, { ALICE, ALICE, AUD, NULL, -86400, -90000, NONE }, E_BAD_ASSERTION },
		{ "lives too long", ALICE, { ALICE, ALICE, AUD, NULL, 631, 0, 0 }, E_BAD_ASSERTION },
		{ "made in the future", ALICE, { ALICE, ALICE, AUD, NULL, 300, 31, NONE }, E_BAD_ASSERTION },
		{ "not good yet", ALICE, { ALICE, ALICE, AUD, NULL, 300, 0, 31 }, E_BAD_ASSERTION },
		{ "other audience",
		  ALICE,
		  { ALICE, ALICE, "https://other.example/oauth/token", NULL, 300, 0, NONE },
		  E_BAD_ASSERTION },
		{ "audience with more", ALICE, { ALICE, ALICE, AUD "/", NULL, 300, 0, NONE }, E_BAD_ASSERTION },
		{ "issuer is not subject", ALICE, { ALICE, BOB, AUD, NULL, 300, 0, NONE }, E_BAD_ASSERTION },
		{ "another's name, own key", ALICE, { BOB, BOB, AUD, NULL, 300, 0, NONE }, E_BAD_ASSERTION },
		{ "key not enrolled", NOBODY, { NOBODY, NOBODY, AUD, NULL, 300, 0, NONE }, E_BAD_ASSERTION },
		{ "key not enrolled, enrolled name",
		  NOBODY,
		  { ALICE, ALICE, AUD, NULL, 300, 0, NONE },
		  E_BAD_ASSERTION },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		enum fault f = issue_claims(row[i].signer, row[i].c);

		if (f != row[i].want)
			fail_msg("%s: %s", row[i].why, fault_info(f)->slug);
	}
}

static const char *header(const char *alg, struct hash k, const char *typ)
{
	static char text[512];
	struct writer w = writer_over(text, sizeof text - 1);
	struct jcs j = jcs_over(&w);
	char id[HASH_B64];
	struct writer h = writer_over(id, sizeof id);

	put_hash64(&h, k);
	jcs_object(&j);
	jcs_member_z(&j, "alg", alg);
	jcs_member_span(&j, "kid", writer_span(&h));
	jcs_member_z(&j, "typ", typ);
	jcs_end_object(&j);
	text[w.len] = 0;
	return text;
}

static void forged(void **state)
{
	struct claims c = good(ALICE);
	struct span text = payload(&c), s = sign(ALICE, text);
	char *copy = arena_z(&mem, s);

	(void)state;
	for (size_t i = 0; i < s.len; i += 7) { /* any change anywhere */
		char old = copy[i];

		copy[i] = old == 'A' ? 'B' : 'A';
		assert_int_equal(issue((struct span){ copy, s.len }), E_BAD_ASSERTION);
		copy[i] = old;
	}
	assert_int_equal(issue((struct span){ s.at, s.len - 1 }), E_BAD_ASSERTION);
	assert_int_equal(issue(S("")), E_BAD_ASSERTION);
	assert_int_equal(issue(sign_as(header("Ed25519", kid[ALICE], "JWT"), BOB, text)), E_BAD_ASSERTION);
	assert_int_equal(issue(sign_as(header("Ed25519", kid[ALICE], "JWT"), NOBODY, text)), E_BAD_ASSERTION);
	assert_int_equal(issue(s), OK); /* nothing of all that used it up */
	text = payload(&c);
	assert_int_equal(issue(sign_as(header("EdDSA", kid[ALICE], "JWT"), ALICE, text)), OK);
}

/* The suite is the key's, whatever the header says. */
static void alg_confusion(void **state)
{
	static const char *const alg[] = { "none", "None", "HS256", "ES256", "SM2", "RS256", "ed25519", "" };
	struct claims c = good(ALICE);
	struct span text = payload(&c);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(alg); i++) {
		assert_int_equal(issue(sign_as(header(alg[i], kid[ALICE], "JWT"), ALICE, text)), E_BAD_ASSERTION);
		assert_int_equal(issue(sign_as(header(alg[i], kid[ALICE], "JWT"), BOB, text)), E_BAD_ASSERTION);
	}
	/* HMAC with the public key as secret: the classic */
	struct writer w = writer_in(&mem);
	put_b64url(&w, span_z(header("HS256", kid[ALICE], "JWT")));
	put_byte(&w, '.');
	put_b64url(&w, text);
	struct hash mac = hmac_sha256((struct span){ (const char *)key[ALICE].pub.raw, 32 }, writer_span(&w));
	put_byte(&w, '.');
	put_b64url(&w, (struct span){ (const char *)mac.b, sizeof mac.b });
	assert_int_equal(issue(writer_done(&w, &mem)), E_BAD_ASSERTION);
	/* a statement is no assertion: a business signature must not open a session */
	assert_int_equal(issue(sign_as(header("Ed25519", kid[ALICE], "counterfoil+jws"), ALICE, text)),
	                 E_BAD_ASSERTION);
}

static void replayed(void **state)
{
	struct claims c = good(ALICE), d = good(BOB);

	(void)state;
	c.jti = d.jti = "one";
	assert_int_equal(issue_claims(ALICE, c), OK);
	assert_int_equal(issue_claims(ALICE, c), E_BAD_ASSERTION);
	assert_string_equal(diag.pointer, "/jti");
	c.exp = 200; /* the same jti in another assertion */
	assert_int_equal(issue_claims(ALICE, c), E_BAD_ASSERTION);
	assert_int_equal(issue_claims(BOB, d), OK); /* another party's own */
	c.jti = "two";
	assert_int_equal(issue_claims(ALICE, c), OK);
}

static void replay_table_is_bounded(void **state)
{
	struct claims c = good(ALICE);
	char jti[16];
	unsigned taken = 0;

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		enum fault f;

		arena_reset(&mem);
		snprintf(jti, sizeof jti, "%u", i);
		c.jti = jti;
		f = issue_claims(ALICE, c);
		assert_true(f == OK || f == E_RATE_LIMITED);
		taken += f == OK;
	}
	assert_int_equal(taken, 256);
	c = good(BOB); /* others are served all the same */
	c.jti = "x";
	assert_int_equal(issue_claims(BOB, c), OK);
}

static void altered_tokens(void **state)
{
	struct asker a = { .roles = 0 };
	char copy[TOKEN_TEXT];

	(void)state;
	assert_int_equal(issue_claims(ALICE, good(ALICE)), OK);
	memcpy(copy, token.at, sizeof copy);
	for (size_t i = 0; i < sizeof copy; i++) {
		char old = copy[i];

		copy[i] = old == 'A' ? 'B' : 'A';
		assert_int_equal(asks((struct span){ copy, sizeof copy }, 0, &a), E_BAD_TOKEN);
		copy[i] = old;
	}
	assert_int_equal(asks((struct span){ copy, sizeof copy - 1 }, 0, &a), E_BAD_TOKEN);
	assert_int_equal(asks(S(""), 0, &a), E_BAD_TOKEN);
	assert_int_equal(asks(token, 599, &a), OK);
	assert_int_equal(asks(token, 600, &a), E_BAD_TOKEN);
}

/* A token dies with the key that asked for it and with its party, and lives on in another process. */
static void keys_and_parties_end(void **state)
{
	struct asker a = { .roles = 0 };
	struct tokens *other = tokens_open(dir, ring, 600, why, sizeof why);
	struct span alice, bob;

	(void)state;
	assert_non_null(other);
	assert_int_equal(issue_claims(ALICE, good(ALICE)), OK);
	alice = token;
	assert_int_equal(issue_claims(BOB, good(BOB)), OK);
	bob = token;
	assert_int_equal(token_asker(other, alice, now, &a), OK);
	put_party(ALICE, ROLE_SUPPLIER, PARTY_ACTIVE); /* roles only shrink */
	assert_int_equal(asks(alice, 0, &a), OK);
	assert_int_equal(a.roles, 0);
	put_party(ALICE, ROLE_BANK, PARTY_SUSPENDED);
	assert_int_equal(asks(alice, 0, &a), E_BAD_TOKEN);
	assert_int_equal(issue_claims(ALICE, good(ALICE)), E_BAD_ASSERTION);
	put_party(ALICE, ROLE_BANK, PARTY_ACTIVE);
	assert_int_equal(asks(alice, 0, &a), OK);
	put_key(BOB, 99);
	assert_int_equal(asks(bob, 0, &a), E_BAD_TOKEN);
	assert_int_equal(issue_claims(BOB, good(BOB)), E_BAD_ASSERTION);
	tokens_close(other);
}

static void key_file(void **state)
{
	char path[128];
	struct stat st;

	(void)state;
	snprintf(path, sizeof path, "%s/token.key", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, TOKEN_KEY_LEN);
	assert_int_equal(chmod(path, 0644), 0);
	assert_null(tokens_open(dir, ring, 600, why, sizeof why));
	assert_non_null(strstr(why, "token.key"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 31), 0);
	assert_null(tokens_open(dir, ring, 600, why, sizeof why));
}

/* --- the keyring --- */

static struct hash nth_kid(uint32_t n) { return sha256((struct span){ (const char *)&n, sizeof n }); }

enum { MANY = 20000 };
static _Atomic bool stop;

static void *reader(void *arg)
{
	struct key_view v;
	uint32_t n = 0;

	(void)arg;
	while (!stop) { /* what was there once is always there */
		if (keyring_find(ring, nth_kid(n), &v))
			n = (n + 1) % MANY;
		else if (n > 0)
			n = 0;
		assert_true(keyring_find(ring, kid[ALICE], &v));
		assert_true(uuid_eq(v.party, party[ALICE]));
	}
	return NULL;
}

static void keyring_grows_under_readers(void **state)
{
	pthread_t t[2];
	struct key_view v;
	bool suspended;
	int32_t roles;

	(void)state;
	stop = false;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, reader, NULL), 0);
	for (uint32_t n = 0; n < MANY; n++) {
		struct party_key k = key_row(ALICE, 0);
		struct party p = { .roles = ROLE_BANK, .state = PARTY_ACTIVE };

		k.kid = nth_kid(n);
		be32_put(p.id.b + 12, n + 1);
		k.party = p.id;
		assert_true(keyring_put_key(ring, &k));
		assert_true(keyring_put_party(ring, &p));
	}
	stop = true;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	for (uint32_t n = 0; n < MANY; n++) {
		assert_true(keyring_find(ring, nth_kid(n), &v));
		assert_int_equal(be32_get(v.party.b + 12), n + 1);
		assert_true(v.live);
		assert_true(keyring_party(ring, v.party, &roles, &suspended));
		assert_int_equal(roles, ROLE_BANK);
		assert_false(suspended);
	}
	assert_false(keyring_find(ring, nth_kid(MANY), &v));
	assert_false(keyring_party(ring, party[NOBODY], &roles, &suspended));
}

/* A key may come before its party's row; until then it may nothing. */
static void key_before_party(void **state)
{
	struct key_view v;
	int32_t roles;
	bool suspended;

	(void)state;
	put_key(NOBODY, 0);
	assert_true(keyring_find(ring, kid[NOBODY], &v));
	assert_true(v.suspended);
	assert_int_equal(v.roles, 0);
	assert_false(keyring_party(ring, party[NOBODY], &roles, &suspended));
	put_party(NOBODY, ROLE_BANK, PARTY_ACTIVE);
	assert_true(keyring_find(ring, kid[NOBODY], &v));
	assert_false(v.suspended);
}

static void how_fast(void **state)
{
	struct asker a = { .roles = 0 };
	int64_t t0;
	enum { N = 100000 };

	(void)state;
	assert_int_equal(issue_claims(ALICE, good(ALICE)), OK);
	t0 = clock_ns();
	for (int i = 0; i < N; i++)
		assert_int_equal(asks(token, 0, &a), OK);
	print_message("token_asker: %ld ns\n", (long)((clock_ns() - t0) / N));
}

#define TS(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TS(each_suite),       TS(refused_claims),
		TS(forged),           TS(alg_confusion),
		TS(replayed),         TS(replay_table_is_bounded),
		TS(altered_tokens),   TS(keys_and_parties_end),
		TS(key_file),         TS(keyring_grows_under_readers),
		TS(key_before_party), TS(how_fast),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
