/* SPDX-License-Identifier: Apache-2.0 */
/*
 * due.c: deadlines that have passed and no entry records yet. Each part reads
 * a partial index that holds only what can still fall due, and compares as
 * decide() does: a deadline has passed at its own microsecond, a due date when
 * the next day has begun.
 */
#include "pg.h"

/* What $1 is: the moment, the last day that has passed, or the one so long before it that who owes is in default. */
enum passed { MOMENT, DAY, DEFAULT_DAY };

/* 081_lean.sql: how far on the due dates of those that may fall into default, and of vouchers, stand in due_timer. */
#define IN_DEFAULT "3660000"
#define ON_PAPER "7320000"

/* $2: how many; a LIMIT each, so that what is read stays small. */
static const struct {
	enum statement_kind kind;
	enum passed passed;
	const char *name, *sql;
} part[] = {
	{ ST_ENCUMBRANCE_LAPSE, MOMENT, "due_encumbrance",
	  "SELECT id, head FROM encumbrance WHERE state = 1 AND deadline <= $1::timestamptz ORDER BY deadline LIMIT $2::bigint" },
	{ ST_HOLD_LAPSE, MOMENT, "due_hold",
	  "SELECT id, head FROM hold WHERE state = 1 AND until <= $1::timestamptz ORDER BY until LIMIT $2::bigint" },
	{ ST_STATEMENT_LAPSE, MOMENT, "due_statement",
	  "SELECT object, statement FROM pending WHERE state = 1 AND deadline <= $1::timestamptz ORDER BY deadline LIMIT $2::bigint" },
	{ ST_RECEIVABLE_OVERDUE, DAY, "due_overdue",
	  "SELECT id, head FROM asset WHERE due_timer <= $1::date ORDER BY due_timer LIMIT $2::bigint" },
	{ ST_RECEIVABLE_DEFAULT, DEFAULT_DAY, "due_default",
	  "SELECT id, head FROM asset WHERE due_timer > '9999-12-31' AND due_timer <= $1::date + " IN_DEFAULT
	  " ORDER BY due_timer LIMIT $2::bigint" },
	/* A price that has crossed a line of theirs: per feed, the pledges beyond it, and no others (stock.h). */
	{ ST_INVENTORY_MARK, MOMENT, "due_mark",
	  "SELECT a.id, a.head FROM (SELECT s.id FROM price p CROSS JOIN LATERAL"
	  " (SELECT id FROM stock WHERE feed = p.id AND call_price >= p.price AND call_price > 0 LIMIT $2::bigint) AS s WHERE p.price > 0"
	  " UNION SELECT s.id FROM price p CROSS JOIN LATERAL"
	  " (SELECT id FROM stock WHERE feed = p.id AND cure_price <= p.price AND cure_price > 0 LIMIT $2::bigint) AS s"
	  " WHERE $1::timestamptz IS NOT NULL LIMIT $2::bigint) AS m JOIN asset a ON a.id = m.id" },
	{ ST_INVENTORY_LAPSE, MOMENT, "due_top_up",
	  "SELECT a.id, a.head FROM (SELECT id FROM stock WHERE top_up_by <= $1::timestamptz ORDER BY top_up_by LIMIT $2::bigint) AS s"
	  " JOIN asset a ON a.id = s.id" },
	{ ST_PREPAYMENT_FAIL, DAY, "due_shipment",
	  "SELECT a.id, a.head FROM (SELECT id FROM prepayment WHERE ship_by <= $1::date ORDER BY ship_by LIMIT $2::bigint) AS p"
	  " JOIN asset a ON a.id = p.id" },
	{ ST_VOUCHER_OVERDUE, DAY, "due_voucher_overdue",
	  "SELECT id, head FROM asset WHERE due_timer > date '9999-12-31' + " IN_DEFAULT
	  " AND due_timer <= $1::date + " ON_PAPER " ORDER BY due_timer LIMIT $2::bigint" },
	{ ST_BILL_LAPSE, MOMENT, "due_bill",
	  "SELECT p.id, a.head FROM part p JOIN asset a ON a.id = p.id WHERE p.deadline <= $1::timestamptz AND a.kind = 6"
	  " ORDER BY p.deadline LIMIT $2::bigint" },
	{ ST_OBLIGOR_REVIEW, MOMENT, "due_review",
	  "SELECT id, decode(repeat('00', 32), 'hex') FROM obligor WHERE (acts <> 0 OR overdue <> 0)"
	  " AND reviewed < date_part('year', $1::timestamptz AT TIME ZONE 'UTC') * 12"
	  " + date_part('month', $1::timestamptz AT TIME ZONE 'UTC') - 1 ORDER BY reviewed LIMIT $2::bigint" },
	{ ST_VOUCHER_LAPSE, MOMENT, "due_voucher",
	  "SELECT p.id, a.head FROM part p JOIN asset a ON a.id = p.id WHERE p.deadline <= $1::timestamptz AND a.kind = 2"
	  " ORDER BY p.deadline LIMIT $2::bigint" },
	{ ST_ENCUMBRANCE_EXPIRE, DAY, "due_expire",
	  "SELECT id, head FROM encumbrance WHERE state IN (2, 5) AND until_date <= $1::date ORDER BY until_date LIMIT $2::bigint" },
	{ ST_ENCUMBRANCE_DISCHARGE, DAY, "due_discharge",
	  "SELECT id, head FROM encumbrance WHERE state IN (2, 5) AND discharge_by <= $1::date AND (until_date IS NULL OR until_date > $1::date)"
	  " ORDER BY discharge_by LIMIT $2::bigint" },
	{ ST_OBJECTION_LAPSE, DAY, "due_objection",
	  "SELECT id, head FROM objection WHERE state IN (1, 2) AND file_by <= $1::date ORDER BY file_by LIMIT $2::bigint" },
	/* Documents whose level rests on an anchor that was withdrawn: object is the claim on one, if there is one. Those that
	 * are known as papers of a trade are read again (matching.h); these are from before that. Anchors withdrawn long ago
	 * have nothing left; they are not looked at for ever. */
	{ ST_DOCUMENT_ASSESS, MOMENT, "due_anchor",
	  "SELECT coalesce((SELECT a.id FROM asset a WHERE a.document = d.sha256 LIMIT 1), d.anchor), d.sha256"
	  " FROM ((SELECT e.sha256, e.anchor FROM anchor n JOIN evidence e ON e.anchor = n.id"
	  " WHERE n.state = 2 AND n.withdrawn_seq > (SELECT size FROM log_head) - 10000000"
	  " AND NOT EXISTS (SELECT FROM assessment s WHERE s.sha256 = e.sha256)"
	  " AND NOT EXISTS (SELECT FROM trade_paper t WHERE t.sha256 = e.sha256) LIMIT $2::bigint)"
	  " UNION ALL (SELECT s.sha256, s.anchor FROM anchor n JOIN assessment s ON s.anchor = n.id WHERE n.state = 2 AND s.papers = 0"
	  " AND NOT EXISTS (SELECT FROM trade_paper t WHERE t.sha256 = s.sha256) LIMIT $2::bigint)) AS d WHERE $1::timestamptz IS NOT NULL LIMIT $2::bigint" },
	{ ST_RECEIVABLE_LAPSE, DAY, "due_document",
	  "SELECT id, head FROM asset WHERE lapse_from <= $1::date ORDER BY lapse_from LIMIT $2::bigint" },
};

void due_prepare(struct store *s)
{
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		pipe_prepare(s, part[i].name, part[i].sql);
}

struct dues {
	struct due *ret;
	size_t max, n;
};

static enum fault on_due(void *arg, unsigned i, const PGresult *r)
{
	struct dues *d = arg;

	for (int k = 0; k < PQntuples(r) && d->n < d->max; k++) {
		struct due *one = &d->ret[d->n];

		one->kind = part[i].kind;
		if (!decode_value(r, k, 0, CT_uuid, &one->object) || !decode_value(r, k, 1, CT_hash, &one->head))
			return E_INTERNAL;
		d->n++;
	}
	return OK;
}

enum fault store_due(struct store *s, struct moment now, int64_t default_after_days, size_t max, struct due *ret,
                     size_t *n)
{
	struct dues d = { ret, max, 0 };
	struct date yesterday = { date_of(now).day - 1 };
	struct date defaulted = { yesterday.day - (int32_t)default_after_days };
	enum fault f;

	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		struct args a = args_of(s);

		if (part[i].passed == MOMENT)
			arg_value(&a, CT_moment, &now);
		else
			arg_value(&a, CT_date, part[i].passed == DAY ? &yesterday : &defaulted);
		arg_i64(&a, (int64_t)max);
		pipe_send(s, part[i].name, &a);
	}
	f = pipe_run(s, on_due, &d);
	*n = f == OK ? d.n : 0;
	return f;
}
