/* SPDX-License-Identifier: Apache-2.0 */
/*
 * due.c: deadlines that have passed and no entry records yet. Each part reads
 * a partial index that holds only what can still fall due, and compares as
 * decide() does: a deadline has passed at its own microsecond, a due date when
 * the next day has begun.
 */
#include "pg.h"

/* $1 the moment or the last day, $2 how many; a LIMIT each, so that what is read stays small. */
static const struct {
	enum statement_kind kind;
	const char *name, *sql;
} part[] = {
	{ ST_ENCUMBRANCE_LAPSE, "due_encumbrance",
	  "SELECT id, head FROM encumbrance WHERE state = 1 AND deadline <= $1::timestamptz ORDER BY deadline LIMIT $2::bigint" },
	{ ST_HOLD_LAPSE, "due_hold",
	  "SELECT id, head FROM hold WHERE state = 1 AND until <= $1::timestamptz ORDER BY until LIMIT $2::bigint" },
	{ ST_STATEMENT_LAPSE, "due_statement",
	  "SELECT object, statement FROM pending WHERE state = 1 AND deadline <= $1::timestamptz ORDER BY deadline LIMIT $2::bigint" },
	{ ST_RECEIVABLE_OVERDUE, "due_overdue",
	  "SELECT id, head FROM asset WHERE overdue_from <= $1::date ORDER BY overdue_from LIMIT $2::bigint" },
	{ ST_RECEIVABLE_DEFAULT, "due_default",
	  "SELECT id, head FROM asset WHERE default_from <= $1::date ORDER BY default_from LIMIT $2::bigint" },
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

		if (part[i].kind == ST_RECEIVABLE_OVERDUE)
			arg_value(&a, CT_date, &yesterday);
		else if (part[i].kind == ST_RECEIVABLE_DEFAULT)
			arg_value(&a, CT_date, &defaulted);
		else
			arg_value(&a, CT_moment, &now);
		arg_i64(&a, (int64_t)max);
		pipe_send(s, part[i].name, &a);
	}
	f = pipe_run(s, on_due, &d);
	*n = f == OK ? d.n : 0;
	return f;
}
