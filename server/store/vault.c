/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vault.c: the keys of what is sealed: one a party, wrapped under a master key that the database never sees.
 *
 * A party's key lives in memory for as long as one document takes. Unwrapping costs a microsecond, so nothing is kept,
 * and a key that was destroyed is gone at once.
 */
#include <stdlib.h>

#include "crypto.h"
#include "pg.h"

enum { PAGE = 256 }; /* keys wrapped anew in one statement each */

static const struct {
	const char *name, *sql;
} statement[] = {
	{ "vault_id", "SELECT master FROM sealing" },
	{ "vault_id_put",
	  "INSERT INTO sealing (master) VALUES ($1) ON CONFLICT (one) DO UPDATE SET master = EXCLUDED.master" },
	{ "vault_key_put", "INSERT INTO sealing_key (party, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING" },
	{ "vault_key_get", "SELECT wrapped FROM sealing_key WHERE party = $1" },
	{ "vault_keys", "SELECT party, wrapped FROM sealing_key WHERE wrapped IS NOT NULL FOR UPDATE" },
	{ "vault_key_move", "UPDATE sealing_key SET wrapped = $2 WHERE party = $1" },
	{ "vault_old", "SELECT sha256, submitter, bytes, convert_to(report::text, 'UTF8') FROM document_content"
	               " WHERE bytes IS NOT NULL LIMIT 1" },
	{ "vault_old_done", "UPDATE document_content SET bytes = NULL, report = NULL WHERE sha256 = $1" },
	{ "vault_sealed",
	  "INSERT INTO document_sealed (sha256, party, bytes, report) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING" },
};

void vault_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

void erase_prepare(struct store *s)
{
	/* The parts of one statement see what was there before it: so keys that go now are left out by name. */
	pipe_prepare(
		s, "vault_erase",
		"WITH gone AS (UPDATE sealing_key k SET wrapped = NULL FROM party p"
		"  WHERE p.erased <> 0 AND p.id = k.party AND k.wrapped IS NOT NULL"
		"  AND NOT lacks_residue(p.id) AND NOT erasure_waits(p.id) RETURNING k.party"
		"), last AS (SELECT d.sha256 FROM document_sealed d JOIN gone g ON g.party = d.party WHERE NOT EXISTS ("
		"  SELECT FROM document_sealed o JOIN sealing_key k ON k.party = o.party WHERE o.sha256 = d.sha256"
		"  AND k.wrapped IS NOT NULL AND k.party NOT IN (SELECT party FROM gone))"
		"), a AS (DELETE FROM trade_key t USING last WHERE t.sha256 = last.sha256"
		"), b AS (DELETE FROM trade_bringer t USING last WHERE t.sha256 = last.sha256"
		"), c AS (DELETE FROM evidence t USING last WHERE t.sha256 = last.sha256"
		") DELETE FROM trade_paper t USING last WHERE t.sha256 = last.sha256");
}

void store_vault(struct store *s, const struct vault *v) { s->vault = v; }

/* --- one text --- */

enum { BOUND_LEN = 16 + 16 + HASH_LEN + 1 };

static struct span bound_to(struct uuid party, struct hash document, enum vault_part part, char room[BOUND_LEN])
{
	memcpy(room, "counterfoil-doc1", 16);
	memcpy(room + 16, party.b, sizeof party.b);
	memcpy(room + 32, document.b, HASH_LEN);
	room[BOUND_LEN - 1] = (char)part;
	return (struct span){ room, BOUND_LEN };
}

char *vault_seal(const uint8_t key[SEAL_KEY_LEN], const uint8_t nonce[SEAL_NONCE_LEN], struct uuid party,
                 struct hash document, enum vault_part part, struct span text)
{
	char room[BOUND_LEN], *at = malloc(text.len + SEAL_OVER);

	if (at)
		seal_text(key, nonce, bound_to(party, document, part, room), text, (uint8_t *)at);
	return at;
}

/* Whose 16, of what 32, part 1, wrapped key, sealed text. A statement's nonce is its name, and it says first whose it is. */
enum { PARTY_AT = 0, DOCUMENT_AT = 16, PART_AT = 48, KEY_AT = 49, TEXT_AT = KEY_AT + SEAL_WRAPPED_LEN };

static size_t over_of(const char *blob) { return blob[PART_AT] == VAULT_STATEMENT ? 1 + SEAL_TAG_LEN : SEAL_OVER; }

static bool open_part(const uint8_t key[SEAL_KEY_LEN], struct uuid party, struct hash document, enum vault_part part,
                      struct span sealed, uint8_t *to)
{
	char room[(int)BOUND_LEN > (int)SEAL_BOUND_LEN ? (int)BOUND_LEN : (int)SEAL_BOUND_LEN];

	if (part == VAULT_STATEMENT)
		return seal_open_bare(key, document.b, seal_bound(party, document, room),
		                      (struct span){ sealed.at + 1, sealed.len - 1 }, to);
	return seal_open(key, bound_to(party, document, part, room), sealed, to);
}

static bool open_blob(const struct vault *v, const char *blob, size_t len, char *to)
{
	uint8_t key[SEAL_KEY_LEN];
	struct uuid party;
	struct hash document;
	bool good;

	memcpy(party.b, blob + PARTY_AT, sizeof party.b);
	memcpy(document.b, blob + DOCUMENT_AT, HASH_LEN);
	good = seal_unwrap(v->master, party, (struct span){ blob + KEY_AT, SEAL_WRAPPED_LEN }, key) &&
	       open_part(key, party, document, (enum vault_part)blob[PART_AT],
	                 (struct span){ blob + TEXT_AT, len - TEXT_AT }, (uint8_t *)to);
	secret_wipe(key, sizeof key);
	return good;
}

static enum fault amiss(struct store *s, enum fault f, const char *why)
{
	snprintf(s->why, sizeof s->why, "%s", why);
	return f;
}

enum fault vault_open_text(struct store *s, struct span hex, char **ret, size_t *len)
{
	size_t n = hex.len / 2 - 1; /* behind \x */
	enum fault f = OK;
	char *blob, *text;

	if (!s->vault)
		return amiss(s, E_UNAVAILABLE, "what is sealed cannot be opened here: no master key");
	if (hex.len < 2 || n < TEXT_AT + 1 + SEAL_TAG_LEN)
		return amiss(s, E_INTERNAL, "a sealed text is too short");
	blob = malloc(n);
	text = malloc(n - TEXT_AT);
	if (!blob || !text || !hex_parse((struct span){ hex.at + 2, hex.len - 2 }, blob, n))
		f = E_INTERNAL;
	else if (!open_blob(s->vault, blob, n, text))
		f = amiss(s, E_INTERNAL, "a sealed text does not open: it was changed, moved, or is under another key");
	*len = f == OK ? n - TEXT_AT - over_of(blob) : 0;
	free(blob);
	if (f != OK) {
		free(text);
		return f;
	}
	*ret = text;
	return OK;
}

/* --- a party's key --- */

struct wrapped {
	bool found, destroyed;
	char at[SEAL_WRAPPED_LEN];
};

static enum fault on_wrapped(void *arg, unsigned i, const PGresult *r)
{
	struct wrapped *w = arg;

	if (i != 2 || PQntuples(r) != 1)
		return i == 2 ? E_INTERNAL : OK;
	w->found = true;
	w->destroyed = PQgetisnull(r, 0, 0) != 0;
	if (!w->destroyed)
		memcpy(w->at, PQgetvalue(r, 0, 0), SEAL_WRAPPED_LEN);
	return OK;
}

enum fault vault_key(struct store *s, struct uuid party, const struct document_random *random,
                     uint8_t ret[SEAL_KEY_LEN])
{
	uint8_t fresh[SEAL_WRAPPED_LEN];
	struct wrapped w = { .found = false };
	struct args a;
	enum fault f;

	if (!s->vault)
		return amiss(s, E_UNAVAILABLE, "nothing can be sealed here: no master key");
	seal_wrap(s->vault->master, random->wrap, party, random->key, fresh);
	pipe_sql(s, "BEGIN");
	a = args_of(s);
	arg_uuid(&a, party);
	arg_bytes(&a, (struct span){ (const char *)fresh, sizeof fresh });
	pipe_send(s, "vault_key_put", &a);
	a = args_of(s);
	arg_uuid(&a, party);
	pipe_send(s, "vault_key_get", &a);
	pipe_commit(s);
	f = pipe_run(s, on_wrapped, &w);
	if (f != OK)
		return f;
	if (w.destroyed)
		return E_ERASED;
	return seal_unwrap(s->vault->master, party, (struct span){ w.at, sizeof w.at }, ret)
	               ? OK
	               : amiss(s, E_INTERNAL, "a party's key does not open under this master key");
}

/* --- the master key --- */

struct which {
	uint8_t *ret;
	bool found;
};

static enum fault on_which(void *arg, unsigned i, const PGresult *r)
{
	struct which *w = arg;

	(void)i;
	w->found = PQntuples(r) == 1;
	if (w->found)
		memcpy(w->ret, PQgetvalue(r, 0, 0), SEAL_ID_LEN);
	return OK;
}

enum fault store_vault_id(struct store *s, uint8_t ret[SEAL_ID_LEN])
{
	struct which w = { .ret = ret };
	struct args a = args_of(s);
	enum fault f;

	pipe_send(s, "vault_id", &a);
	f = pipe_run(s, on_which, &w);
	return f == OK && !w.found ? E_NOT_FOUND : f;
}

struct moving {
	struct held {
		struct uuid party;
		char wrapped[SEAL_WRAPPED_LEN];
	} * key;
	size_t n;
};

static enum fault on_keys(void *arg, unsigned i, const PGresult *r)
{
	struct moving *m = arg;

	if (i != 1)
		return OK;
	m->n = (size_t)PQntuples(r);
	m->key = calloc(m->n + 1, sizeof *m->key);
	if (!m->key)
		return E_INTERNAL;
	for (size_t k = 0; k < m->n; k++) {
		memcpy(m->key[k].party.b, PQgetvalue(r, (int)k, 0), sizeof m->key[k].party.b);
		memcpy(m->key[k].wrapped, PQgetvalue(r, (int)k, 1), SEAL_WRAPPED_LEN);
	}
	return OK;
}

/* One key from the old master key to the new one, in place. */
static bool move_one(const struct vault *from, const struct vault *to, struct held *h, random_fn *nonces)
{
	uint8_t key[SEAL_KEY_LEN], nonce[SEAL_NONCE_LEN];
	bool good = from && seal_unwrap(from->master, h->party, (struct span){ h->wrapped, SEAL_WRAPPED_LEN }, key);

	nonces(nonce, sizeof nonce);
	if (good)
		seal_wrap(to->master, nonce, h->party, key, (uint8_t *)h->wrapped);
	secret_wipe(key, sizeof key);
	return good;
}

static enum fault move_all(struct store *s, const struct vault *to, struct moving *m, random_fn *nonces)
{
	for (size_t k = 0; k < m->n; k++) {
		struct args a;
		enum fault f = OK;

		if (!move_one(s->vault, to, &m->key[k], nonces))
			return amiss(s, E_INTERNAL, "a party's key does not open under this master key");
		a = args_of(s);
		arg_uuid(&a, m->key[k].party);
		arg_bytes(&a, (struct span){ m->key[k].wrapped, SEAL_WRAPPED_LEN });
		pipe_send(s, "vault_key_move", &a);
		if (k % PAGE == PAGE - 1)
			f = pipe_run(s, NULL, NULL);
		if (f != OK)
			return f;
	}
	return OK;
}

enum fault store_vault_move(struct store *s, const struct vault *to, random_fn *nonces)
{
	struct moving m = { .n = 0 };
	uint8_t id[SEAL_ID_LEN];
	struct args a;
	enum fault f, end;

	pipe_keep(s);
	pipe_sql(s, "BEGIN");
	a = args_of(s);
	pipe_send(s, "vault_keys", &a);
	f = pipe_run(s, on_keys, &m);
	if (f == OK)
		f = move_all(s, to, &m, nonces);
	seal_key_id(to->master, id);
	if (f == OK) {
		a = args_of(s);
		arg_bytes(&a, (struct span){ (const char *)id, sizeof id });
		pipe_send(s, "vault_id_put", &a);
		pipe_commit(s);
		f = pipe_run(s, NULL, NULL);
	}
	end = pipe_end(s);
	free(m.key);
	return f == OK ? end : f;
}

enum fault store_vault_erase(struct store *s)
{
	struct args a = args_of(s);

	pipe_sql(s, "BEGIN");
	pipe_send(s, "vault_erase", &a);
	pipe_commit(s);
	return pipe_run(s, NULL, NULL);
}

/* --- what came before there was a vault --- */

struct old {
	struct hash sha256;
	struct uuid submitter;
	struct span bytes, report; /* malloc'ed */
	bool found;
};

static struct span copied(const PGresult *r, int field)
{
	struct span s = result_span(r, 0, field);
	char *at = malloc(s.len + 1);

	if (at)
		memcpy(at, s.at, s.len);
	return (struct span){ at, s.len };
}

static enum fault on_old(void *arg, unsigned i, const PGresult *r)
{
	struct old *o = arg;

	(void)i;
	o->found = PQntuples(r) == 1;
	if (!o->found)
		return OK;
	memcpy(o->sha256.b, PQgetvalue(r, 0, 0), HASH_LEN);
	memcpy(o->submitter.b, PQgetvalue(r, 0, 1), sizeof o->submitter.b);
	o->bytes = copied(r, 2);
	o->report = copied(r, 3);
	return o->bytes.at && o->report.at ? OK : E_INTERNAL;
}

static enum fault seal_old(struct store *s, const struct old *o, const struct document_random *random)
{
	uint8_t key[SEAL_KEY_LEN];
	enum fault f = vault_key(s, o->submitter, random, key);
	char *bytes, *report;
	struct args a;

	if (f != OK)
		return f;
	bytes = vault_seal(key, random->bytes, o->submitter, o->sha256, VAULT_BYTES, o->bytes);
	report = vault_seal(key, random->report, o->submitter, o->sha256, VAULT_REPORT, o->report);
	secret_wipe(key, sizeof key);
	pipe_sql(s, "BEGIN");
	a = args_of(s);
	arg_bytes(&a, (struct span){ (const char *)o->sha256.b, HASH_LEN });
	arg_uuid(&a, o->submitter);
	arg_bytes(&a, (struct span){ bytes, bytes ? o->bytes.len + SEAL_OVER : 0 });
	arg_bytes(&a, (struct span){ report, report ? o->report.len + SEAL_OVER : 0 });
	pipe_send(s, "vault_sealed", &a);
	a = args_of(s);
	arg_bytes(&a, (struct span){ (const char *)o->sha256.b, HASH_LEN });
	pipe_send(s, "vault_old_done", &a);
	pipe_commit(s);
	f = pipe_run(s, NULL, NULL);
	free(bytes);
	free(report);
	return f;
}

enum fault store_vault_old(struct store *s, random_fn *nonces, bool *more)
{
	struct document_random random;
	struct old o = { .found = false };
	struct args a = args_of(s);
	enum fault f;

	nonces(&random, sizeof random);
	pipe_send(s, "vault_old", &a);
	f = pipe_run(s, on_old, &o);
	if (f == OK && o.found)
		f = seal_old(s, &o, &random);
	free((char *)(uintptr_t)o.bytes.at);
	free((char *)(uintptr_t)o.report.at);
	secret_wipe(&random, sizeof random);
	*more = f == OK && o.found;
	return f;
}
