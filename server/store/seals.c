/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seals.c: statements under their parties' keys (077_statements_sealed).
 *
 * The writer keeps the keys it has met, unwrapped: sealing an entry then costs a microsecond and no question. A key it has
 * not met is asked for together with all others of the batch, before it; where there is none it is made, and stored in the
 * transaction of the entries under it. A party's is made with the entry that enrols it. Readers keep nothing: they are given
 * the wrapped key with the row, so a key that was destroyed opens nothing from that moment on.
 *
 * The nonce is the beginning of the statement's hash: another text has another one.
 */
#include <stdlib.h>

#include "crypto.h"
#include "pg.h"

/* Asked for and made; LOST: destroyed, and what is sealed under it from now on nobody will read. */
enum key_state { KEY_NONE, KEY_WANTED, KEY_FRESH, KEY_STORED };
struct party_seal {
	struct uuid party;
	enum key_state state;
	bool lost;
	uint8_t key[SEAL_KEY_LEN];
};
struct key_cache {
	struct party_seal *at; /* open addressing; at most half full; a place without state is free */
	size_t n_places, used;
	size_t wanted, fresh;
};
enum { PLACES_FIRST = 1024 };

static const struct {
	const char *name, *sql;
} prepared[] = {
	{ "seal_keys", "SELECT party, wrapped FROM sealing_key WHERE party = ANY($1)" },
	/* A key somebody else made meanwhile is the one: then 1 / 0, nothing is stored, and the batch is tried again. */
	{ "seal_keys_put", "WITH u AS (SELECT * FROM unnest($1::uuid[], $2::bytea[]) AS u(party, wrapped)),"
	                   " p AS (INSERT INTO sealing_key (party, wrapped) SELECT party, wrapped FROM u"
	                   " ON CONFLICT DO NOTHING RETURNING 1)"
	                   " SELECT 1 / ((SELECT count(*) FROM p) = (SELECT count(*) FROM u))::integer" },
	{ "seal_clear", "SELECT * FROM clear_statements($1)" },
	{ "seal_clear_put", "SELECT seal_statements($1, $2)" },
	{ "seal_clear_done", "UPDATE sealing SET statements = greatest(statements, $1)" },
};

void seals_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(prepared); i++)
		pipe_prepare(s, prepared[i].name, prepared[i].sql);
}

static enum fault amiss(struct store *s, enum fault f, const char *why)
{
	snprintf(s->why, sizeof s->why, "%s", why);
	return f;
}

/* --- the keys --- */

static struct party_seal *place_of(const struct key_cache *k, struct uuid party)
{
	size_t i = (size_t)(be64_get(party.b + 8) * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (i &= k->n_places - 1; k->at[i].state != KEY_NONE && !uuid_eq(k->at[i].party, party);)
		i = (i + 1) & (k->n_places - 1);
	return &k->at[i];
}

static void drop_all(struct key_cache *k)
{
	secret_wipe(k->at, k->n_places * sizeof *k->at);
	k->used = k->wanted = k->fresh = 0;
}

void seals_free(struct key_cache *k)
{
	if (!k)
		return;
	if (k->at)
		drop_all(k);
	free(k->at);
	free(k);
}

static bool grow(struct key_cache *k)
{
	struct key_cache bigger = { .n_places = k->n_places ? 2 * k->n_places : PLACES_FIRST };

	bigger.at = calloc(bigger.n_places, sizeof *bigger.at);
	if (!bigger.at)
		return false;
	for (size_t i = 0; i < k->n_places; i++)
		if (k->at[i].state != KEY_NONE)
			*place_of(&bigger, k->at[i].party) = k->at[i];
	if (k->at)
		secret_wipe(k->at, k->n_places * sizeof *k->at);
	free(k->at);
	k->at = bigger.at;
	k->n_places = bigger.n_places;
	return true;
}

static bool want_key(struct key_cache *k, struct uuid party, enum key_state state)
{
	struct party_seal *p;

	if (2 * (k->used + 1) > k->n_places && !grow(k))
		return false;
	p = place_of(k, party);
	if (p->state != KEY_NONE)
		return true;
	*p = (struct party_seal){ .party = party, .state = state };
	k->used++;
	k->wanted += state == KEY_WANTED;
	k->fresh += state == KEY_FRESH;
	return true;
}

/* --- whose key --- */

static bool about_party(const struct new_entry *e) { return e->kind == ST_PARTY_PROFILE && e->outcome == 0; }

static bool enrols(const struct new_entry *e) { return e->kind == ST_PARTY_ENROL && e->outcome == 0; }

/* What is said of a party lies under that party's key, unless that is gone. */
static const struct party_seal *seal_of(const struct store *s, const struct new_entry *e, uint8_t *how)
{
	const struct party_seal *object = about_party(e) ? place_of(s->keys, e->object) : NULL;

	*how = object && !object->lost ? UNDER_OBJECT : UNDER_ISSUER;
	return *how == UNDER_OBJECT ? object : place_of(s->keys, e->issuer);
}

/* new_parties: who is enrolled has no key yet. */
static bool want_all(struct store *s, const struct new_entry *e, size_t n, bool new_parties)
{
	bool good = true;

	for (size_t i = 0; i < n && good; i++) {
		good = want_key(s->keys, e[i].issuer, KEY_WANTED);
		if (good && enrols(&e[i]))
			good = want_key(s->keys, e[i].object, new_parties ? KEY_FRESH : KEY_WANTED);
		if (good && about_party(&e[i]))
			good = want_key(s->keys, e[i].object, KEY_WANTED);
	}
	return good;
}

static enum fault on_keys(void *arg, unsigned i, const PGresult *r)
{
	struct store *s = arg;

	(void)i;
	for (int row = 0; row < PQntuples(r); row++) {
		struct party_seal *p;
		struct uuid party;

		memcpy(party.b, PQgetvalue(r, row, 0), sizeof party.b);
		p = place_of(s->keys, party);
		if (p->state != KEY_WANTED)
			return E_INTERNAL;
		p->state = KEY_STORED;
		p->lost = PQgetisnull(r, row, 1) != 0;
		if (p->lost)
			s->vault->random(p->key, sizeof p->key);
		else if (!seal_unwrap(s->vault->master, party, result_span(r, row, 1), p->key))
			return amiss(s, E_INTERNAL, "a party's key does not open under this master key");
	}
	return OK;
}

static enum fault look_up(struct store *s)
{
	struct args a = args_of(s);

	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_uuid).oid, s->keys->wanted);
	for (size_t i = 0; i < s->keys->n_places; i++)
		if (s->keys->at[i].state == KEY_WANTED)
			encode_value(a.b, CT_uuid, &s->keys->at[i].party);
	arg_end(&a);
	pipe_send(s, "seal_keys", &a);
	return pipe_run(s, on_keys, s);
}

static void make_keys(struct store *s)
{
	for (size_t i = 0; i < s->keys->n_places; i++) {
		struct party_seal *p = &s->keys->at[i];

		if (p->state == KEY_WANTED) {
			p->state = KEY_FRESH;
			s->keys->fresh++;
		}
		if (p->state == KEY_FRESH)
			s->vault->random(p->key, sizeof p->key);
	}
	s->keys->wanted = 0;
}

static enum fault keys_ready(struct store *s, const struct new_entry *e, size_t n, bool new_parties)
{
	enum fault f = OK;

	if (!s->vault || !s->vault->random)
		return amiss(s, E_UNAVAILABLE, "nothing can be sealed here: no master key");
	if (!s->keys)
		s->keys = calloc(1, sizeof *s->keys);
	if (!s->keys || !want_all(s, e, n, new_parties))
		return amiss(s, E_UNAVAILABLE, "out of memory");
	if (s->keys->wanted > 0)
		f = look_up(s);
	if (f != OK)
		drop_all(s->keys);
	else if (s->keys->wanted + s->keys->fresh > 0)
		make_keys(s);
	return f;
}

enum fault seals_ready(struct store *s, const struct new_entry *e, size_t n) { return keys_ready(s, e, n, true); }

/* --- storing them --- */

static void put_wrapped(struct args *a, struct store *s, const struct party_seal *p)
{
	uint8_t nonce[SEAL_NONCE_LEN], wrapped[SEAL_WRAPPED_LEN];

	s->vault->random(nonce, sizeof nonce);
	seal_wrap(s->vault->master, nonce, p->party, p->key, wrapped);
	buf_be32(a->b, sizeof wrapped);
	buf_put(a->b, wrapped, sizeof wrapped);
}

void seals_send(struct store *s)
{
	struct args a = args_of(s);
	const struct key_cache *k = s->keys;

	if (!k || k->fresh == 0)
		return;
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_uuid).oid, k->fresh);
	for (size_t i = 0; i < k->n_places; i++)
		if (k->at[i].state == KEY_FRESH)
			encode_value(a.b, CT_uuid, &k->at[i].party);
	arg_end(&a);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_hash).oid, k->fresh); /* bytea */
	for (size_t i = 0; i < k->n_places; i++)
		if (k->at[i].state == KEY_FRESH)
			put_wrapped(&a, s, &k->at[i]);
	arg_end(&a);
	pipe_send(s, "seal_keys_put", &a);
}

void seals_settle(struct store *s, bool stored)
{
	struct key_cache *k = s->keys;

	if (!k || (stored && k->fresh == 0))
		return;
	if (!stored) {
		drop_all(k);
		return;
	}
	for (size_t i = 0; i < k->n_places; i++)
		if (k->at[i].state == KEY_FRESH)
			k->at[i].state = KEY_STORED;
	k->fresh = 0;
}

/* --- one statement --- */

struct span seal_bound(struct uuid party, struct hash statement, char room[SEAL_BOUND_LEN])
{
	memcpy(room, "counterfoil-stm1", 16);
	memcpy(room + 16, party.b, sizeof party.b);
	memcpy(room + 32, statement.b, HASH_LEN);
	return (struct span){ room, SEAL_BOUND_LEN };
}

void put_seal(struct buf *b, const struct store *s, const struct new_entry *e)
{
	uint8_t head[4 + 1];
	const struct party_seal *p = seal_of(s, e, &head[4]);
	const size_t len = e->statement.len + SEAL_TAG_LEN;
	char room[SEAL_BOUND_LEN];
	size_t at;

	assert(p->state == KEY_FRESH || p->state == KEY_STORED);
	be32_put(head, (uint32_t)(1 + len));
	buf_put(b, head, sizeof head);
	at = b->len;
	buf_put(b, e->statement.at, e->statement.len);
	buf_put(b, (const uint8_t[SEAL_TAG_LEN]){ 0 }, SEAL_TAG_LEN);
	if (!b->failed) /* in its place: ciphertext and text may be the same room */
		seal_bare(p->key, e->statement_hash.b, seal_bound(p->party, e->statement_hash, room),
		          (struct span){ b->at + at, e->statement.len }, (uint8_t *)b->at + at);
}

enum fault seal_read(struct store *s, const struct shut *in, struct arena *mem, struct span *ret, enum lacks *lacks,
                     struct uuid *under)
{
	const uint8_t how = in->stored.len ? (uint8_t)in->stored.at[0] : 0;
	uint8_t key[SEAL_KEY_LEN];
	char room[SEAL_BOUND_LEN];
	uint8_t *to;

	*lacks = LACKS_NOTHING;
	*under = (struct uuid){ { 0 } };
	*ret = (struct span){ in->stored.at, 0 };
	if (how != UNDER_ISSUER && how != UNDER_OBJECT) {
		*ret = arena_copy(mem, in->stored);
		return arena_ok(mem) ? OK : E_TOO_BIG;
	}
	*under = how == UNDER_ISSUER ? in->issuer : in->object;
	if (!in->wrapped.at) {
		*lacks = LACKS_KEY;
		return OK;
	}
	if (!s->vault)
		return amiss(s, E_UNAVAILABLE, "what is sealed cannot be opened here: no master key");
	to = arena_take(mem, in->stored.len);
	if (!to)
		return E_TOO_BIG;
	*ret = (struct span){ (const char *)to, in->stored.len - 1 - SEAL_TAG_LEN };
	if (in->stored.len < 1 + SEAL_TAG_LEN || !seal_unwrap(s->vault->master, *under, in->wrapped, key) ||
	    !seal_open_bare(key, in->statement_hash.b, seal_bound(*under, in->statement_hash, room),
	                    (struct span){ in->stored.at + 1, in->stored.len - 1 }, to)) {
		*lacks = LACKS_SENSE;
		ret->len = 0;
	}
	secret_wipe(key, sizeof key);
	return OK;
}

/* --- what came before --- */

enum { STATEMENT_MOST = 96 * 1024 }; /* 64 KiB of JSON as a compact JWS, and what is around it */
struct clear {
	struct arena mem;
	struct new_entry *e;
	uint64_t *seq;
	size_t n;
};

static enum fault on_clear(void *arg, unsigned i, const PGresult *r)
{
	struct clear *c = arg;

	(void)i;
	c->n = (size_t)PQntuples(r);
	c->e = ARENA_ARRAY(&c->mem, struct new_entry, c->n);
	c->seq = ARENA_ARRAY(&c->mem, uint64_t, c->n);
	for (size_t k = 0; k < c->n && c->e && c->seq; k++) {
		struct new_entry *e = &c->e[k];
		const int row = (int)k;

		if (!decode_value(r, row, 1, CT_uuid, &e->issuer) || !decode_value(r, row, 2, CT_uuid, &e->object) ||
		    !decode_value(r, row, 5, CT_hash, &e->statement_hash) || PQgetlength(r, row, 3) != 2 ||
		    PQgetlength(r, row, 4) != 2)
			return E_INTERNAL;
		c->seq[k] = (uint64_t)result_i64(r, row, 0);
		e->kind = be16_get((const uint8_t *)PQgetvalue(r, row, 3));
		e->outcome = be16_get((const uint8_t *)PQgetvalue(r, row, 4));
		e->statement = arena_copy(&c->mem, result_span(r, row, 6));
	}
	return arena_ok(&c->mem) ? OK : E_TOO_BIG;
}

static void send_clear(struct store *s, const struct clear *c)
{
	struct args a = args_of(s);

	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_i64).oid, c->n);
	for (size_t i = 0; i < c->n; i++)
		encode_value(a.b, CT_i64, &(int64_t){ (int64_t)c->seq[i] });
	arg_end(&a);
	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_hash).oid, c->n); /* bytea */
	for (size_t i = 0; i < c->n; i++)
		put_seal(a.b, s, &c->e[i]);
	arg_end(&a);
	pipe_send(s, "seal_clear_put", &a);
}

/* All before `seq` are sealed. */
static void send_done(struct store *s, int64_t seq)
{
	struct args a = args_of(s);

	arg_i64(&a, seq);
	pipe_send(s, "seal_clear_done", &a);
}

static enum fault seal_clear(struct store *s, const struct clear *c)
{
	enum fault f = c->n ? keys_ready(s, c->e, c->n, false) : OK;

	if (f != OK)
		return f;
	pipe_sql(s, "BEGIN");
	if (c->n) {
		seals_send(s);
		send_clear(s, c);
	}
	send_done(s, c->n ? (int64_t)c->seq[c->n - 1] + 1 : INT64_MAX); /* and whatever comes is sealed as it comes */
	pipe_commit(s);
	f = pipe_run(s, NULL, NULL);
	seals_settle(s, f == OK);
	return f;
}

enum fault store_vault_old_statements(struct store *s, size_t max, size_t *n)
{
	const size_t room = max * STATEMENT_MOST;
	struct clear c = { .n = 0 };
	char *at = malloc(room);
	struct args a = args_of(s);
	enum fault f;

	*n = 0;
	if (!at)
		return E_INTERNAL;
	c.mem = arena_over(at, room);
	arg_i64(&a, (int64_t)max);
	pipe_send(s, "seal_clear", &a);
	f = pipe_run(s, on_clear, &c);
	if (f == OK)
		f = seal_clear(s, &c);
	*n = f == OK ? c.n : 0;
	free(at);
	return f;
}
