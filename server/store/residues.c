/* SPDX-License-Identifier: Apache-2.0 */
/*
 * residues.c: what is to be erased, and what is kept of it (077_statements_sealed).
 *
 * A residue lies under the key of nobody, the nil party: the registry's own. It is bound to its entry's number.
 */
#include <stdlib.h>

#include "pg.h"

static const struct {
	const char *name, *sql;
} prepared[] = {
	/* Who is to be erased, may be, and is not ready for it. */
	{ "erasing", "SELECT p.id FROM party p JOIN sealing_key k ON k.party = p.id WHERE p.erased <> 0"
	             " AND k.wrapped IS NOT NULL AND lacks_residue(p.id) AND NOT erasure_waits(p.id) LIMIT $1" },
	{ "erasing_papers", "SELECT sha256 FROM going_documents($1)" },
	{ "residue_put", "INSERT INTO residue (seq, decided) VALUES ($1, $2) ON CONFLICT DO NOTHING" },
	{ "residue_get", "SELECT r.decided, (SELECT k.wrapped FROM sealing_key k WHERE k.party ="
	                 " '00000000-0000-0000-0000-000000000000') FROM residue r WHERE r.seq = $1" },
};

void residues_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(prepared); i++)
		pipe_prepare(s, prepared[i].name, prepared[i].sql);
}

/* --- who, and what --- */

struct listed {
	void *at;
	size_t len, max, n; /* of one */
};

static enum fault on_list(void *arg, unsigned i, const PGresult *r)
{
	struct listed *l = arg;

	(void)i;
	l->n = 0;
	for (int row = 0; row < PQntuples(r) && l->n < l->max; row++) {
		if ((size_t)PQgetlength(r, row, 0) != l->len)
			return E_INTERNAL;
		memcpy((char *)l->at + l->n++ * l->len, PQgetvalue(r, row, 0), l->len);
	}
	return OK;
}

enum fault store_erasing(struct store *s, size_t max, struct uuid *ret, size_t *n)
{
	struct listed l = { ret, sizeof *ret, max, 0 };
	struct args a = args_of(s);
	enum fault f;

	arg_i64(&a, (int64_t)max);
	pipe_send(s, "erasing", &a);
	f = pipe_run(s, on_list, &l);
	*n = l.n;
	return f;
}

static enum fault on_papers(void *arg, unsigned i, const PGresult *r)
{
	struct listed *l = arg;

	l->max = (size_t)PQntuples(r);
	l->at = calloc(l->max + 1, l->len);
	return l->at ? on_list(arg, i, r) : E_INTERNAL;
}

enum fault store_erasing_papers(struct store *s, const struct uuid *party, size_t n, struct hash **ret, size_t *n_ret)
{
	struct listed l = { NULL, sizeof **ret, 0, 0 };
	struct args a = args_of(s);
	enum fault f;

	arg_begin(&a);
	encode_array(a.b, pg_type_of(CT_uuid).oid, n);
	for (size_t i = 0; i < n; i++)
		encode_value(a.b, CT_uuid, &party[i]);
	arg_end(&a);
	pipe_send(s, "erasing_papers", &a);
	f = pipe_run(s, on_papers, &l);
	*ret = l.at;
	*n_ret = l.n;
	return f;
}

/* --- one residue --- */

enum { RESIDUE_BOUND = 16 + 8 };

static struct span bound_to(uint64_t seq, char room[RESIDUE_BOUND])
{
	memcpy(room, "counterfoil-res1", 16);
	be64_put((uint8_t *)room + 16, seq);
	return (struct span){ room, RESIDUE_BOUND };
}

enum fault store_residue_put(struct store *s, const struct residue *r, size_t n)
{
	const struct uuid nobody = { { 0 } };
	struct document_random random;
	uint8_t key[SEAL_KEY_LEN];
	enum fault f;

	if (!s->vault || !s->vault->random)
		return E_UNAVAILABLE;
	s->vault->random(&random, sizeof random);
	f = vault_key(s, nobody, &random, key);
	if (f != OK)
		return f;
	pipe_sql(s, "BEGIN");
	for (size_t i = 0; i < n; i++) {
		uint8_t nonce[SEAL_NONCE_LEN], *at = malloc(r[i].text.len + SEAL_OVER);
		char room[RESIDUE_BOUND];
		struct args a = args_of(s);

		if (!at) {
			s->broken = true; /* nothing of it is stored */
			break;
		}
		s->vault->random(nonce, sizeof nonce);
		seal_text(key, nonce, bound_to(r[i].seq, room), r[i].text, at);
		arg_i64(&a, (int64_t)r[i].seq);
		arg_bytes(&a, (struct span){ (const char *)at, r[i].text.len + SEAL_OVER });
		pipe_send(s, "residue_put", &a);
		free(at);
	}
	secret_wipe(key, sizeof key);
	pipe_commit(s);
	return pipe_run(s, NULL, NULL);
}

struct getting {
	struct store *s;
	uint64_t seq;
	struct arena *mem;
	struct span *ret;
};

static enum fault on_residue(void *arg, unsigned i, const PGresult *r)
{
	struct getting *g = arg;
	uint8_t key[SEAL_KEY_LEN], *to;
	char room[RESIDUE_BOUND];
	struct span shut;
	bool good;

	(void)i;
	if (PQntuples(r) == 0)
		return E_NOT_FOUND;
	if (!g->s->vault)
		return E_UNAVAILABLE;
	shut = result_span(r, 0, 0);
	to = arena_take(g->mem, shut.len);
	if (!to)
		return E_TOO_BIG;
	good = shut.len > SEAL_OVER && !PQgetisnull(r, 0, 1) &&
	       seal_unwrap(g->s->vault->master, (struct uuid){ { 0 } }, result_span(r, 0, 1), key) &&
	       seal_open(key, bound_to(g->seq, room), shut, to);
	secret_wipe(key, sizeof key);
	*g->ret = (struct span){ (const char *)to, good ? shut.len - SEAL_OVER : 0 };
	return OK; /* what does not open is no residue: empty */
}

enum fault store_residue(struct store *s, uint64_t seq, struct arena *mem, struct span *ret)
{
	struct getting g = { s, seq, mem, ret };
	struct args a = args_of(s);

	arg_i64(&a, (int64_t)seq);
	pipe_send(s, "residue_get", &a);
	return pipe_run(s, on_residue, &g);
}
