/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.c: from entries to alerts: the follower's transaction, and acknowledgement.
 *
 * A round is a constant number of statements, however many entries: lock the
 * position, make the alerts and move it, commit. What an entry is about is
 * looked up in the state as it is now, which may be ahead of the entry; so an
 * encumbrance counts for an entry when it was there before and has not ended
 * before. Its own latest statement says so, except where a payment satisfied
 * it (state 6: its party goes on being told) or a reduction cut a grant that
 * nobody had accepted (state 4 by no statement of its own: told until the
 * grant would have lapsed).
 *
 * A statement that waits for a second signature has no effect yet: its cosign
 * is told in its place, as what it completes.
 */
#include "alert.h"
#include "pg.h"

#define NIL "'00000000-0000-0000-0000-000000000000'"

/* Is there anything? Asked often, and then it mostly is not. */
static const char told_all[] = "SELECT h.size = t.next_seq FROM teller t, log_head h";

/* $1 entries at most, $2 the kind statement.cosign. Gives the next position, the size of the log, and who was told. */
static const char tell_whom[] =
	"WITH bounds AS MATERIALIZED ("
	" SELECT t.next_seq AS first, least(h.size, t.next_seq + $1::bigint) AS next, h.size FROM teller t, log_head h"
	"), fresh AS MATERIALIZED ("
	" SELECT e.seq, e.kind, e.object, e.issuer, leaf_time(e.leaf) AS at FROM bounds b"
	" JOIN entry e ON e.seq >= b.first AND e.seq < b.next WHERE e.outcome = 0"
	"), effective AS MATERIALIZED (" /* a pending statement counts when it is completed, as itself */
	" SELECT f.* FROM fresh f WHERE f.kind <> $2::smallint"
	"  AND NOT EXISTS (SELECT FROM pending p WHERE p.issuer = f.issuer AND p.seq = f.seq)"
	" UNION ALL SELECT f.seq, i.kind, f.object, f.issuer, f.at FROM fresh f"
	"  CROSS JOIN LATERAL (SELECT p.seq FROM pending p WHERE p.issuer = f.issuer AND p.seq < f.seq"
	"   AND p.object = f.object AND p.state = 2 ORDER BY p.seq DESC LIMIT 1) c"
	"  JOIN entry i ON i.seq = c.seq WHERE f.kind = $2::smallint"
	"), news AS MATERIALIZED ("
	" SELECT f.*, t.about, t.whom, t.code, t.self, t.state AS in_state FROM effective f"
	" JOIN telling t ON t.kind = f.kind"
	"), subject AS MATERIALIZED (" /* one branch for each table a statement's object may lie in */
	" SELECT n.*, n.object AS asset, NULL::uuid AS concerned FROM news n WHERE n.about = 'asset'"
	" UNION ALL SELECT n.*, NULL, n.object FROM news n WHERE n.about = 'party'"
	" UNION ALL SELECT n.*, NULL, NULL FROM news n WHERE n.about = 'mandate'"
	" UNION ALL SELECT n.*, o.asset, NULL FROM news n JOIN encumbrance o ON o.id = n.object"
	"  WHERE n.about = 'encumbrance'"
	" UNION ALL SELECT n.*, o.asset, NULL FROM news n JOIN hold o ON o.id = n.object WHERE n.about = 'hold'"
	" UNION ALL SELECT n.*, o.asset, NULL FROM news n JOIN objection o ON o.id = n.object"
	"  WHERE n.about = 'objection'"
	" UNION ALL SELECT n.*, o.asset, o.party FROM news n JOIN \"freeze\" o ON o.id = n.object"
	"  WHERE n.about = 'freeze'"
	" UNION ALL SELECT n.*, o.asset, o.party FROM news n JOIN finding o ON o.id = n.object"
	"  WHERE n.about = 'finding' AND o.severity >= 2" /* what only feeds the score is nobody's news */
	" UNION ALL SELECT n.*, NULL, NULL FROM news n JOIN warning o ON o.id = n.object"
	"  WHERE n.about = 'warning' AND (o.severity >= 2 OR n.whom <> 12)" /* supervisors read of a mere watch */
	;
static const char tell_made[] =
	"), circle AS (" /* one branch for each column that names somebody: enum tell_whom */
	" SELECT s.*, s.object AS shown, a.debtor AS party FROM subject s JOIN asset a ON a.id = s.asset WHERE s.whom = 1"
	" UNION ALL SELECT s.*, s.object, a.creditor FROM subject s JOIN asset a ON a.id = s.asset WHERE s.whom = 2"
	" UNION ALL SELECT s.*, s.asset, e.secured FROM subject s JOIN encumbrance e ON e.asset = s.asset"
	"  WHERE s.whom = 3 AND e.first_seq <= s.seq AND (e.state IN (1, 2, 5, 6) OR e.seq >= s.seq"
	"   OR (e.state = 4 AND e.seq = e.first_seq AND e.deadline >= s.at))"
	" UNION ALL SELECT s.*, s.asset, h.bank FROM subject s JOIN hold h ON h.asset = s.asset"
	"  WHERE s.whom = 3 AND h.first_seq <= s.seq AND (h.state = 1 OR h.seq >= s.seq)"
	" UNION ALL SELECT s.*, s.object, CASE s.whom WHEN 4 THEN e.secured ELSE e.grantor END"
	"  FROM subject s JOIN encumbrance e ON e.id = s.object WHERE s.whom IN (4, 5)"
	" UNION ALL SELECT s.*, s.object, CASE s.whom WHEN 6 THEN o.respondent ELSE o.challenger END"
	"  FROM subject s JOIN objection o ON o.id = s.object WHERE s.whom IN (6, 7)"
	" UNION ALL SELECT s.*, s.object, s.concerned FROM subject s WHERE s.whom = 8"
	" UNION ALL SELECT s.*, s.object, CASE s.whom WHEN 9 THEN m.agent ELSE m.principal END"
	"  FROM subject s JOIN mandate m ON m.id = s.object WHERE s.whom IN (9, 10)"
	" UNION ALL SELECT s.*, s.object, p.offered_to FROM subject s JOIN part p ON p.id = s.asset WHERE s.whom = 11"
	" UNION ALL SELECT s.*, s.object, p.id FROM subject s JOIN party p ON p.roles & 192 <> 0 WHERE s.whom = 12"
	" UNION ALL SELECT s.*, s.object, c.party FROM subject s JOIN warning_concern c ON c.warning = s.object"
	"  WHERE s.whom = 13"
	"), told AS (" /* once each: a party that is both is told by what names it most closely */
	" SELECT DISTINCT ON (c.seq, c.party, c.code) c.seq, c.party, c.code, c.kind, c.at, c.shown,"
	"  NULLIF(c.asset, " NIL ") AS asset FROM circle c"
	" WHERE c.party <> " NIL " AND (c.self OR c.party <> c.issuer)"
	"  AND (c.in_state = 0 OR c.in_state = (SELECT a.state FROM asset a WHERE a.id = c.asset))"
	" ORDER BY c.seq, c.party, c.code, c.shown = c.asset"
	"), made AS ("
	" INSERT INTO alert (party, number, kind, code, at, object, asset)"
	" SELECT party, seq * 4096 + row_number() OVER (PARTITION BY seq, party ORDER BY code) - 1, kind, code, at, shown,"
	"  asset FROM told RETURNING party"
	"), moved AS ("
	" UPDATE teller t SET next_seq = b.next FROM bounds b WHERE t.next_seq <> b.next"
	") SELECT b.next, b.size, m.party FROM bounds b LEFT JOIN (SELECT DISTINCT party FROM made) m ON true";

static const struct {
	const char *name, *sql;
} statement[] = {
	{ "told_all", told_all },
	{ "tell_lock", "SELECT next_seq FROM teller FOR UPDATE" },
	/* The first acknowledgement stands. A row comes back when the alert is there. */
	{ "alert_ack", "WITH a AS (UPDATE alert SET acked_at = $3, acked_by = $4 WHERE party = $1 AND number = $2"
	               " AND acked_at IS NULL) SELECT number FROM alert WHERE party = $1 AND number = $2" },
};

void tell_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(statement); i++)
		pipe_prepare(s, statement[i].name, statement[i].sql);
	s->sql.len = 0; /* longer than C lets one text be */
	buf_z(&s->sql, tell_whom);
	buf_z(&s->sql, tell_made);
	buf_put(&s->sql, "", 1);
	if (s->sql.failed)
		s->broken = true;
	else
		pipe_prepare(s, "tell", s->sql.at);
	s->sql.len = 0;
}

/* --- the follower --- */

static enum fault on_told_all(void *arg, unsigned i, const PGresult *r)
{
	bool *all = arg;

	(void)i;
	if (PQntuples(r) != 1)
		return E_INTERNAL;
	*all = *PQgetvalue(r, 0, 0) != 0;
	return OK;
}

enum { TOLD_AT = 2 }; /* BEGIN, the lock, the alerts, COMMIT */

static enum fault on_told(void *arg, unsigned at, const PGresult *r)
{
	struct told *t = arg;

	if (at != TOLD_AT)
		return OK;
	if (PQntuples(r) < 1)
		return E_INTERNAL;
	t->next = (uint64_t)result_i64(r, 0, 0);
	t->size = (uint64_t)result_i64(r, 0, 1);
	for (int i = 0; i < PQntuples(r); i++) {
		if (PQgetisnull(r, i, 2))
			continue;
		if (t->n == TOLD_MAX) {
			t->more = true;
			break;
		}
		memcpy(t->party[t->n++].b, PQgetvalue(r, i, 2), sizeof t->party[0].b);
	}
	return OK;
}

enum fault store_tell(struct store *s, size_t max, struct told *ret)
{
	struct args a = args_of(s);
	const int32_t cosign = ST_STATEMENT_COSIGN;
	bool all = false;
	enum fault f;

	*ret = (struct told){ .n = 0 };
	pipe_send(s, "told_all", &a);
	f = pipe_run(s, on_told_all, &all);
	if (f != OK || all)
		return f;
	pipe_sql(s, "BEGIN");
	a = args_of(s);
	pipe_send(s, "tell_lock", &a);
	a = args_of(s);
	arg_i64(&a, (int64_t)max);
	arg_begin(&a);
	buf_be16(a.b, (uint16_t)cosign);
	arg_end(&a);
	pipe_send(s, "tell", &a);
	pipe_commit(s);
	return pipe_run(s, on_told, ret);
}

/* --- acknowledgement --- */

enum { ACKED_AT = 1 };

static enum fault on_acked(void *arg, unsigned at, const PGresult *r)
{
	if (at == ACKED_AT)
		*(bool *)arg = PQntuples(r) == 1;
	return OK;
}

enum fault store_alert_ack(struct store *s, struct uuid party, uint64_t number, struct moment at, struct hash kid)
{
	struct args a = args_of(s);
	bool found = false;
	enum fault f;

	arg_uuid(&a, party);
	arg_i64(&a, (int64_t)number);
	arg_value(&a, CT_moment, &at);
	arg_value(&a, CT_hash, &kid);
	pipe_sql(s, "BEGIN");
	pipe_send(s, "alert_ack", &a);
	pipe_commit(s);
	f = pipe_run(s, on_acked, &found);
	return f == OK && !found ? E_NOT_FOUND : f;
}
