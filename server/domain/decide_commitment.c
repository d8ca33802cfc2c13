/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_commitment.c: what a debtor says it will owe one supplier in one month, in all, held against what that
 * supplier has registered. Invented claims are many; their sum does not lie.
 *
 * From its first commitment on, every claim on the debtor is counted once: when it is registered, or, when it was
 * there before, at the next thing that gives it weight (confirmation, grant). A claim that ends without having been
 * owed, or is reduced, is counted off; a payment changes nothing, for what was paid was owed.
 */
#include "deciding.h"

enum { FLAGGED = 1, REFUSED = 2 }; /* values of the rule commitment.above */

struct hash commitment_id(struct uuid debtor, struct uuid supplier, const char ccy[static 3], struct date due)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);

	put_span(&w, (struct span){ (const char *)debtor.b, sizeof debtor.b });
	put_span(&w, (struct span){ (const char *)supplier.b, sizeof supplier.b });
	put_span(&w, (struct span){ ccy, 3 });
	put_i64(&w, date_month(due));
	assert(!w.overflow);
	return sha256(writer_span(&w));
}

/* The row of this debtor, supplier, currency and month, for editing; made when it is not there. */
static enum fault the_month(struct deciding *g, struct uuid debtor, struct uuid supplier, const char ccy[static 3],
                            struct date due, struct commitment **ret)
{
	struct hash id = commitment_id(debtor, supplier, ccy, due);
	const struct commitment *old;
	enum fault f = get_commitment(g, id, &old);

	if (f != OK)
		return f;
	if (old) {
		*ret = edit_commitment(g, old);
	} else {
		*ret = new_commitment(g, id);
		memcpy((*ret)->ccy.at, ccy, 3);
		(*ret)->debtor = debtor;
		(*ret)->month = date_month(due);
		(*ret)->supplier = supplier;
	}
	(*ret)->seq = (int64_t)g->r->seq;
	return OK;
}

static enum fault above(struct deciding *g, const char *pointer)
{
	return refuse_rule(g, E_ABOVE_COMMITMENT, pointer,
	                   "above what the debtor has signed for this supplier and month");
}

/* --- the debtor's word --- */

enum fault decide_commitment_sign(struct deciding *g)
{
	const struct body_commitment_sign *b = &g->c->body.commitment_sign;
	const struct party *supplier, *debtor;
	struct commitment *m;
	int64_t mode;
	enum fault f = need_active_party(g, b->supplier, "/body/supplier", &supplier);

	if (f == OK)
		f = need_party(g, g->actor, "", &debtor);
	if (f == OK && !uuid_eq(g->c->object, b->supplier))
		f = refuse(g, E_BAD_MEMBER, "/object", "the supplier is what this is about");
	if (f == OK && uuid_eq(b->supplier, g->actor))
		f = refuse(g, E_SELF_DEALING, "/body/supplier", "a party cannot owe itself");
	if (f == OK && date_month(b->month) == date_month((struct date){ b->month.day - 1 }))
		f = refuse(g, E_BAD_MEMBER, "/body/month", "the first day of the month");
	if (f == OK)
		f = rule_for(g, RULE_COMMITMENT, g->actor, &mode);
	if (f == OK && mode <= 0)
		f = refuse(g, E_BAD_STATE, "/type", "commitments are not counted here");
	if (f == OK)
		f = the_month(g, g->actor, b->supplier, b->total.ccy, b->month, &m);
	if (f != OK)
		return f;
	if (mode == REFUSED && b->total.minor < m->registered)
		return refuse_rule(g, E_ABOVE_COMMITMENT, "/body/total",
		                   "less than is registered for that month already");
	m->committed = b->total.minor;
	m->committed_seq = (int64_t)g->r->seq;
	if (!debtor->commits)
		edit_party(g, debtor)->commits = 1;
	return OK;
}

/* --- the claims --- */

enum fault commitment_count(struct deciding *g, struct asset *a, const struct party *debtor, const char *pointer)
{
	int64_t value = a->face - a->diluted, mode;
	struct commitment *m;
	enum fault f;

	if (!debtor->commits || a->counted || a->kind != ASSET_RECEIVABLE || !date_given(a->due))
		return OK;
	f = rule_for(g, RULE_COMMITMENT, a->debtor, &mode);
	if (f != OK || mode <= 0)
		return f;
	f = the_month(g, a->debtor, a->creditor, a->ccy.at, a->due, &m);
	if (f != OK)
		return f;
	if (mode == REFUSED && m->committed_seq != 0 && m->registered + value > m->committed)
		return above(g, pointer);
	if (m->registered + value > MONEY_MAX) /* beyond any sum a debtor could sign */
		return above(g, pointer);
	m->registered += value;
	a->counted = 1;
	return OK;
}

enum fault commitment_count_late(struct deciding *g, struct asset *a)
{
	const struct party *debtor;
	enum fault f;

	if (a->counted || a->kind != ASSET_RECEIVABLE || uuid_is_nil(a->debtor))
		return OK;
	f = get_party(g, a->debtor, &debtor);
	if (f != OK)
		return f;
	assert(debtor != NULL);
	return commitment_count(g, a, debtor, "/object");
}

enum fault commitment_uncount(struct deciding *g, struct asset *a, int64_t by)
{
	struct commitment *m;
	enum fault f;

	if (!a->counted || by == 0)
		return OK;
	f = the_month(g, a->debtor, a->creditor, a->ccy.at, a->due, &m);
	if (f != OK)
		return f;
	m->registered -= by;
	assert(m->registered >= 0);
	return OK;
}

enum fault commitment_drop(struct deciding *g, struct asset *a)
{
	enum fault f = commitment_uncount(g, a, a->face - a->diluted);

	if (f == OK)
		a->counted = 0;
	return f;
}
