/* SPDX-License-Identifier: Apache-2.0 */
/*
 * obligor.c: how those who promise on paper keep their promises, counted from entries alone.
 *
 * A row counts back from one month: what happened in that month stands lowest, each month before it one place
 * higher. Whoever edits it brings it up to the present month first, so that no timer is needed to forget; what was
 * overdue at that moment is what was overdue when the month began, since nothing happened in between.
 */
#include "paper.h"

/* Both fit in the 53 bits that canonical JSON has for a number. */
#define ACT_BITS 7
#define ACT_MONTHS 7
#define LISTED_MONTHS 24

/* v one place of `bits` up a month, and nothing older than `months`. */
static int64_t moved_up(int64_t v, int32_t by, int32_t bits, int32_t months)
{
	if (by >= months)
		return 0;
	return (int64_t)((uint64_t)v << (bits * by) & ((UINT64_C(1) << (bits * months)) - 1));
}

static void bring_up(struct obligor *o, int32_t month)
{
	int32_t by = month - o->month;

	if (by <= 0)
		return;
	o->acts = moved_up(o->acts, by, ACT_BITS, ACT_MONTHS);
	o->listed = moved_up(o->listed, by, 1, LISTED_MONTHS);
	o->carried = o->overdue;
	o->month = month;
}

enum fault edit_obligor_of(struct deciding *g, struct uuid party, struct obligor **ret)
{
	const struct obligor *o;
	enum fault f = get_obligor(g, party, &o);

	if (f != OK)
		return f;
	*ret = o ? edit_obligor(g, o) : new_obligor(g, party);
	bring_up(*ret, month_of(date_of(g->r->now)));
	return OK;
}

enum fault need_may_issue(struct deciding *g, struct uuid party)
{
	int64_t most = rule_value(g, RULE_VOUCHER_STOP);
	const struct obligor *o;
	enum fault f = get_obligor(g, party, &o);

	if (f != OK || !o)
		return f;
	if (o->unpaid >= most)
		return refuse_rule(g, E_OBLIGOR_STOPPED, "/body/receivable", "the debtor has left vouchers unpaid");
	if (o->defaulted)
		return refuse_rule(g, E_OBLIGOR_STOPPED, "/body/receivable", "the debtor has a default on record");
	if (o->barred_until.day > date_of(g->r->now).day)
		return refuse_rule(g, E_OBLIGOR_STOPPED, "/body/receivable", "the debtor is persistently overdue");
	return OK;
}

enum fault need_unbarred(struct deciding *g, struct uuid party)
{
	const struct obligor *o;
	int64_t bar; /* read for its name: what it says was counted when the bar was set */
	enum fault f = get_obligor(g, party, &o);

	if (f == OK)
		f = rule_for(g, RULE_BAR_MONTHS, party, &bar);
	if (f == OK && o && o->barred_until.day > date_of(g->r->now).day)
		return refuse_rule(g, E_OBLIGOR_STOPPED, "/object", "the acceptor is persistently overdue");
	return f;
}

enum fault need_may_accept(struct deciding *g, struct uuid party)
{
	const struct obligor *o;
	int64_t bills;
	enum fault f = need_unbarred(g, party);

	if (f == OK)
		f = get_obligor(g, party, &o);
	if (f == OK)
		f = rule_for(g, RULE_OVERDUE_BILLS, party, &bills);
	if (f != OK)
		return f;
	if (o && o->suspended_until.day >= date_of(g->r->now).day)
		return refuse_rule(g, E_OBLIGOR_STOPPED, "/object",
		                   "the acceptor is on the list of those with overdue bills");
	return OK;
}

/* --- the list: R28, R29 --- */

static int64_t acts_in(const struct obligor *o, int32_t months_back)
{
	return (int64_t)((uint64_t)o->acts >> (ACT_BITS * months_back) & ((1U << ACT_BITS) - 1));
}

void obligor_act(struct obligor *o)
{
	if (acts_in(o, 0) < (1 << ACT_BITS) - 1) /* as many as can be counted are as bad as more */
		o->acts++;
}

/* Enough bills overdue in the months before this one, and one of them last month or unpaid at its end. */
static bool to_be_listed(const struct obligor *o, int64_t window, int64_t bills)
{
	int64_t acts = 0;

	for (int32_t m = 1; m <= window; m++)
		acts += acts_in(o, m);
	return acts >= bills && (o->carried > 0 || acts_in(o, 1) > 0);
}

/* How often it was on the list, this month included. */
static int64_t times_listed(const struct obligor *o, int64_t window)
{
	return __builtin_popcountll((uint64_t)o->listed & ((UINT64_C(1) << window) - 1));
}

/* What the acceptor's country says of its bills: three in half a year in one (R28), two in another (R31). */
struct list_rules {
	int64_t window, bills, months, bar;
};

static enum fault list_rules(struct deciding *g, struct uuid acceptor, struct list_rules *ret)
{
	enum fault f = rule_for(g, RULE_OVERDUE_WINDOW, acceptor, &ret->window);

	if (f == OK)
		f = rule_for(g, RULE_OVERDUE_BILLS, acceptor, &ret->bills);
	if (f == OK)
		f = rule_for(g, RULE_LISTED_MONTHS, acceptor, &ret->months);
	return f != OK ? f : rule_for(g, RULE_BAR_MONTHS, acceptor, &ret->bar);
}

/* Once a month, early: who is on the list for it, and who has been there too often. */
enum fault decide_obligor_review(struct deciding *g)
{
	struct list_rules rule;
	struct date today = date_of(g->r->now);
	const struct obligor *old;
	struct obligor *o;
	enum fault f = list_rules(g, g->c->object, &rule);

	if (f == OK)
		f = get_obligor(g, g->c->object, &old);
	if (f == OK && !old)
		f = refuse(g, E_UNKNOWN_OBJECT, "/object", "this party has signed no paper");
	if (f == OK && old->reviewed >= month_of(today))
		f = refuse(g, E_NOT_YET, "/object", "this month's review has been entered");
	if (f == OK)
		f = edit_obligor_of(g, old->id, &o);
	if (f != OK)
		return f;
	o->reviewed = month_of(today);
	if (!to_be_listed(o, rule.window, rule.bills))
		return OK;
	o->listed |= 1;
	o->suspended_until = month_end(month_of(today));
	if (times_listed(o, rule.window) >= rule.months)
		o->barred_until = date_add_months(today, rule.bar);
	return OK;
}

/* --- what is on record from outside --- */

static enum fault set_default(struct deciding *g, int32_t value)
{
	const struct party *p;
	struct obligor *o;
	enum fault f = need_party(g, g->c->object, "/object", &p);

	if (f == OK)
		f = edit_obligor_of(g, p->id, &o);
	if (f == OK && o->defaulted == value)
		f = refuse(g, E_BAD_STATE, "/object", value ? "on record already" : "no default is on record");
	if (f == OK)
		o->defaulted = value;
	return f;
}

enum fault decide_obligor_default(struct deciding *g) { return set_default(g, 1); }

enum fault decide_obligor_cure(struct deciding *g) { return set_default(g, 0); }

enum fault decide_obligor_relate(struct deciding *g)
{
	struct uuid group = g->c->body.obligor_relate.group;
	const struct party *p;
	struct obligor *o;
	enum fault f = need_party(g, group, "/body/group", &p);

	if (f == OK)
		f = need_party(g, g->c->object, "/object", &p);
	if (f == OK)
		f = edit_obligor_of(g, p->id, &o);
	if (f == OK)
		o->head_company = uuid_eq(group, p->id) ? (struct uuid){ { 0 } } : group;
	return f;
}
