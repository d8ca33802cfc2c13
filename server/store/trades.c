/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trades.c: the papers of a trade, found by one another, and the invoices among
 * them that are to be judged again.
 *
 * Who is to be judged stands in the same transaction as what there is to judge,
 * and is struck out only as often as it was asked for: a paper that comes while
 * another is being weighed is not lost, and after a crash nothing is.
 */
#include "pg.h"
#include "rule.h"

#define NIL "'00000000-0000-0000-0000-000000000000'"

static const struct {
	const char *name, *sql;
} statement[] = {
	/* $1 sha256 $2 role $3 level $4 anchor $5 signed $6 its words $7 keys $8 whether it is listened to. What it says is as it
	 * was; what it is worth by itself may be judged otherwise now. Whoever shares a key with it, and it, are to be judged. */
	{ "trade_put",
	  "WITH p AS (INSERT INTO trade_paper AS t (sha256, role, level, anchor, signed, words)"
	  "  VALUES ($1::bytea, $2::bigint::integer, $3::bigint::integer, $4::uuid, $5::bigint <> 0, $6::bytea)"
	  "  ON CONFLICT (sha256) DO UPDATE SET level = excluded.level, anchor = excluded.anchor, signed = excluded.signed"
	  "  WHERE t.level <> excluded.level OR t.anchor <> excluded.anchor OR t.signed <> excluded.signed"
	  "), k AS (SELECT DISTINCT substr($7::bytea, i * 16 + 1, 16) AS key FROM generate_series(0, length($7::bytea) / 16 - 1) i"
	  "), n AS (INSERT INTO trade_key (key, sha256) SELECT key, $1::bytea FROM k ON CONFLICT DO NOTHING"
	  "), d AS (SELECT DISTINCT t.sha256 FROM k JOIN trade_key o ON o.key = k.key JOIN trade_paper t ON t.sha256 = o.sha256"
	  "  WHERE t.role = 6 UNION SELECT $1::bytea WHERE $2::bigint = 6)"
	  " INSERT INTO trade_due AS q (sha256) SELECT sha256 FROM d WHERE $8::bigint <> 0 ORDER BY sha256"
	  " ON CONFLICT (sha256) DO UPDATE SET asked = q.asked + 1" },
	/* $1 sha256 $2 who brought it $3 its identifier $4 it is the paper's own issuer $5 or a party the paper names */
	{ "trade_brought",
	  "INSERT INTO trade_bringer AS b (sha256, party, identifier, issuer, named)"
	  " VALUES ($1::bytea, $2::uuid, convert_from($3::bytea, 'UTF8'), $4::bigint <> 0, $5::bigint <> 0)"
	  " ON CONFLICT DO NOTHING" },
	{ "trade_due", "SELECT sha256, asked FROM trade_due ORDER BY since, sha256 LIMIT $1::bigint" },
	{ "trade_done", "DELETE FROM trade_due WHERE sha256 = $1::bytea AND asked = $2::bigint" },
	/* $1 an invoice, $2 how many papers. The invoice comes first; then what takes something back, then what carries. Whom
	 * nobody listens to is not among them, so that no number of strangers' papers keeps out one that counts. */
	{ "trade_papers",
	  "SELECT t.level, t.anchor, t.words, coalesce((SELECT string_agg(b.issuer::integer::text || b.named::integer::text || b.identifier,"
	  "  E'\\n' ORDER BY b.identifier) FROM (SELECT * FROM trade_bringer b WHERE b.sha256 = t.sha256"
	  "   ORDER BY b.issuer DESC, b.named DESC LIMIT 16) b), '')"
	  " FROM (SELECT DISTINCT o.sha256 FROM trade_key m JOIN trade_key o ON o.key = m.key WHERE m.sha256 = $1::bytea"
	  "  UNION SELECT $1::bytea) c JOIN trade_paper t ON t.sha256 = c.sha256"
	  " WHERE t.level >= 2 OR t.role = 9 OR t.sha256 = $1::bytea"
	  "  OR EXISTS (SELECT FROM trade_bringer b WHERE b.sha256 = t.sha256 AND (b.issuer OR b.named))"
	  " ORDER BY t.sha256 <> $1::bytea, CASE WHEN t.role IN (3, 7, 8, 9) THEN 0 WHEN t.role IN (1, 2, 5) THEN 1 ELSE 2 END,"
	  "  t.number LIMIT $2::bigint" },
	/* Whom the registry believes has changed: who rested on that, and who was signed and not believed, is read again. */
	{ "trade_disbelieve",
	  "WITH b AS (SELECT seq, at FROM trade_believed"
	  "), c AS MATERIALIZED (SELECT a.id, a.seq FROM anchor a, b WHERE a.seq > b.seq OR (a.valid_from > b.at AND a.valid_from <= now())"
	  "), j AS (INSERT INTO trade_judge (sha256) SELECT t.sha256 FROM trade_paper t WHERE t.signed AND EXISTS (SELECT FROM c)"
	  "  AND (t.level < 2 OR t.anchor IN (SELECT id FROM c)) ON CONFLICT DO NOTHING"
	  ") UPDATE trade_believed SET seq = greatest(trade_believed.seq, (SELECT max(c.seq) FROM c)), at = now()"
	  " WHERE EXISTS (SELECT FROM c)" },
	{ "trade_judge", "SELECT sha256 FROM trade_judge ORDER BY sha256 LIMIT 1" },
	{ "trade_judged", "DELETE FROM trade_judge WHERE sha256 = $1::bytea" },
	/* What is said of it so far, what it was taken in as, and the claim on it. */
	{ "trade_said",
	  "SELECT e.ccy, coalesce(s.alone, e.level), coalesce(s.anchor, e.anchor), coalesce(s.credited, 0), coalesce(s.paid, 0),"
	  "  coalesce(s.findings, 0), coalesce(s.level, e.level),"
	  "  coalesce((SELECT a.id FROM asset a WHERE a.document = e.sha256 ORDER BY a.first_seq LIMIT 1),"
	  "   " NIL "),"
	  "  (t.anchor = " NIL
	  " OR EXISTS (SELECT FROM anchor a WHERE a.id = t.anchor AND a.state = 1 AND a.valid_until > now()))::integer,"
	  "  (NOT EXISTS (SELECT FROM anchor a WHERE a.id = coalesce(s.anchor, e.anchor) AND a.state = 1"
	  "   AND a.valid_until > now() AND a.revocations = ''))::integer,"
	  "  coalesce((SELECT p.country FROM asset a JOIN party p ON p.id = a.debtor WHERE a.document = e.sha256 ORDER BY a.first_seq LIMIT 1),"
	  "   (SELECT p.country FROM unnest(string_to_array(e.recipient_ids, E'\\n')) i JOIN party p"
	  "    ON p.identifier IN ('uscc:' || i, 'lei:' || i) ORDER BY p.seq LIMIT 1), '')"
	  " FROM evidence e JOIN trade_paper t ON t.sha256 = e.sha256 LEFT JOIN assessment s ON s.sha256 = e.sha256"
	  " WHERE e.sha256 = $1::bytea" },
};

void trades_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
}

static struct span hash_span(const struct hash *h) { return (struct span){ (const char *)h->b, HASH_LEN }; }

void trades_send_put(struct store *s, const struct trade_record *t)
{
	struct args a = args_of(s);

	if (t->words.len == 0) /* it is no paper of any trade */
		return;
	arg_bytes(&a, hash_span(&t->sha256));
	arg_i64(&a, t->role);
	arg_i64(&a, t->level);
	arg_uuid(&a, t->anchor);
	arg_i64(&a, t->is_signed);
	arg_bytes(&a, t->words);
	arg_bytes(&a, (struct span){ t->n_keys ? (const char *)t->keys->b : "", t->n_keys * sizeof *t->keys });
	arg_i64(&a, t->listened);
	pipe_send(s, "trade_put", &a);
	if (uuid_is_nil(t->bringer))
		return;
	a = args_of(s);
	arg_bytes(&a, hash_span(&t->sha256));
	arg_uuid(&a, t->bringer);
	arg_bytes(&a, t->identifier);
	arg_i64(&a, t->issuer);
	arg_i64(&a, t->named);
	pipe_send(s, "trade_brought", &a);
}

/* --- what is to be judged --- */

struct dues {
	struct trade_due *ret;
	size_t max, n;
};

static enum fault on_due(void *arg, unsigned i, const PGresult *r)
{
	struct dues *d = arg;

	(void)i;
	for (int k = 0; k < PQntuples(r) && d->n < d->max; k++, d->n++)
		if (!decode_value(r, k, 0, CT_hash, &d->ret[d->n].sha256) ||
		    !decode_value(r, k, 1, CT_i64, &d->ret[d->n].asked))
			return E_INTERNAL;
	return OK;
}

enum fault store_trade_due(struct store *s, size_t max, struct trade_due *ret, size_t *n)
{
	struct dues d = { ret, max, 0 };
	struct args a = args_of(s);
	enum fault f;

	arg_i64(&a, (int64_t)max);
	pipe_send(s, "trade_due", &a);
	f = pipe_run(s, on_due, &d);
	*n = f == OK ? d.n : 0;
	return f;
}

enum fault store_trade_done(struct store *s, const struct trade_due *done, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct args a = args_of(s);

		arg_bytes(&a, hash_span(&done[i].sha256));
		arg_i64(&a, done[i].asked);
		pipe_send(s, "trade_done", &a);
	}
	return n ? pipe_run(s, NULL, NULL) : OK;
}

/* --- what is to be read again --- */

enum { JUDGE_AT = 1 };

static enum fault on_judge(void *arg, unsigned i, const PGresult *r)
{
	if (i != JUDGE_AT || PQntuples(r) == 0)
		return OK;
	return decode_value(r, 0, 0, CT_hash, arg) ? OK : E_INTERNAL;
}

enum fault store_trade_judge(struct store *s, struct hash *ret)
{
	struct args a = args_of(s);

	memset(ret, 0, sizeof *ret);
	pipe_send(s, "trade_disbelieve", &a);
	a = args_of(s);
	pipe_send(s, "trade_judge", &a);
	return pipe_run(s, on_judge, ret);
}

enum fault store_trade_judged(struct store *s, struct hash document, const struct trade_record *t)
{
	struct args a;

	pipe_sql(s, "BEGIN");
	trades_send_put(s, t);
	a = args_of(s);
	arg_bytes(&a, hash_span(&document));
	pipe_send(s, "trade_judged", &a);
	pipe_commit(s);
	return pipe_run(s, NULL, NULL);
}

/* --- a trade --- */

struct loading {
	struct trade_set *set;
	struct arena *mem;
};
enum { PAPERS_AT, SAID_AT };

static enum fault take_papers(struct loading *l, const PGresult *r)
{
	struct trade_set *t = l->set;

	t->row = ARENA_ARRAY(l->mem, struct trade_row, (size_t)PQntuples(r));
	for (int k = 0; t->row && k < PQntuples(r); k++) {
		struct trade_row *p = &t->row[t->n++];

		if (!decode_value(r, k, 0, CT_i32, &p->level) || !decode_value(r, k, 1, CT_uuid, &p->anchor))
			return E_INTERNAL;
		p->words = arena_copy(l->mem, result_span(r, k, 2));
		p->bringers = arena_copy(l->mem, result_span(r, k, 3));
	}
	return arena_ok(l->mem) ? OK : E_TOO_BIG;
}

static enum fault take_said(struct trade_set *t, const PGresult *r)
{
	bool good = PQntuples(r) == 1;

	t->found = good;
	good = good && decode_value(r, 0, 0, CT_ccy, &t->ccy) && decode_value(r, 0, 1, CT_i32, &t->alone) &&
	       decode_value(r, 0, 2, CT_uuid, &t->anchor) && decode_value(r, 0, 3, CT_i64, &t->credited) &&
	       decode_value(r, 0, 4, CT_i64, &t->paid) && decode_value(r, 0, 5, CT_i64, &t->findings) &&
	       decode_value(r, 0, 6, CT_i32, &t->level) && decode_value(r, 0, 7, CT_uuid, &t->claim) &&
	       decode_value(r, 0, 8, CT_i32, &t->may_rest) && decode_value(r, 0, 9, CT_i32, &t->may_fall);
	t->country = good ? country_code(result_span(r, 0, 10)) : 0;
	return good || PQntuples(r) == 0 ? OK : E_INTERNAL;
}

static enum fault on_trade(void *arg, unsigned i, const PGresult *r)
{
	struct loading *l = arg;

	return i == PAPERS_AT ? take_papers(l, r) : i == SAID_AT ? take_said(l->set, r) : OK;
}

enum fault store_trade(struct store *s, struct hash invoice, size_t max, struct arena *mem, struct trade_set *ret)
{
	struct loading l = { ret, mem };
	struct args a = args_of(s);

	*ret = (struct trade_set){ .n = 0 };
	arg_bytes(&a, hash_span(&invoice));
	arg_i64(&a, (int64_t)max);
	pipe_send(s, "trade_papers", &a);
	a = args_of(s);
	arg_bytes(&a, hash_span(&invoice));
	pipe_send(s, "trade_said", &a);
	return pipe_run(s, on_trade, &l);
}
