/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_term.c: how long an encumbrance stands. It is registered for a term, extended before the term ends, and
 * lapses after; and when the debt behind it has ended it must be let go.
 *
 * Two clocks run here. The term: the registry enters its end (encumbrance.expire). The discharge: somebody says the
 * debt ended (encumbrance.demand), and the secured party releases, or contests, or the registry lets go for it
 * (encumbrance.discharge). A freeze stops neither: it keeps things where they are, and none of this gives anybody
 * anything that is frozen.
 */
#include "calendar.h"
#include "deciding.h"

static struct date today(const struct deciding *g) { return date_of(g->r->now); }

/* --- the term --- */

/* The rules of the asset's debtor: shortest and longest term, in months; RULE_OFF where there is none. */
static enum fault term_rules(struct deciding *g, struct uuid debtor, int64_t *least, int64_t *most)
{
	enum fault f = rule_for(g, RULE_TERM_LEAST, debtor, least);
	enum fault e = rule_for(g, RULE_TERM_MOST, debtor, most);

	return f == OK ? e : f;
}

/* `until` is neither too near nor too far from `base`; the rule at fault is the one applied last. */
static enum fault term_good(struct deciding *g, struct uuid debtor, struct date base, struct date until)
{
	int64_t least, most;
	enum fault f = term_rules(g, debtor, &least, &most);

	if (f != OK)
		return f;
	if (most != RULE_OFF && until.day > date_add_months(base, most).day)
		return refuse_rule(g, E_TERM, "/body/until", "a longer term than the rule allows");
	if (least == RULE_OFF || until.day >= date_add_months(base, least).day)
		return OK;
	f = rule_for(g, RULE_TERM_LEAST, debtor, &least); /* it stands last now */
	return f == OK ? refuse_rule(g, E_TERM, "/body/until", "a shorter term than the rule allows") : f;
}

enum fault grant_term(struct deciding *g, const struct asset *a, struct date *until)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	struct date base = today(g);
	int64_t most;
	enum fault f;

	*until = b->until;
	if (date_given(b->from) && b->from.day > base.day)
		base = b->from;
	if (date_given(b->until))
		return term_good(g, a->debtor, base, b->until);
	f = rule_for(g, RULE_TERM_MOST, a->debtor, &most);
	if (f == OK && most != RULE_OFF)
		*until = date_add_months(base, most);
	return f;
}

static enum fault extend_window(struct deciding *g, const struct encumbrance *e, struct uuid debtor)
{
	int64_t months;
	enum fault f = rule_for(g, RULE_EXTEND_WINDOW, debtor, &months);

	if (f != OK || months <= 0)
		return f;
	if (today(g).day < date_add_months(e->until_date, -months).day)
		return refuse_rule(g, E_TERM_RUNNING, "/object", "the term is not near enough to its end");
	return OK;
}

/* Any number of times; its rank stays what it was. */
enum fault decide_extend(struct deciding *g)
{
	struct date until = g->c->body.encumbrance_extend.until;
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK && !date_given(e->until_date))
		f = refuse(g, E_BAD_STATE, "/object", "it was registered without a term");
	if (f == OK && today(g).day > e->until_date.day)
		f = refuse(g, E_LAPSED, "/object", "the term has ended");
	if (f == OK && until.day <= e->until_date.day)
		f = refuse(g, E_DATE_ORDER, "/body/until", "not later than the term ends now");
	if (f == OK)
		f = extend_window(g, e, a->debtor);
	if (f == OK)
		f = term_good(g, a->debtor, e->until_date, until);
	if (f != OK)
		return f;
	edit_encumbrance(g, e)->until_date = until;
	edit_encumbrance(g, e)->extensions++;
	return OK;
}

enum fault decide_expire(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = the_encumbrance(g, &e, &a);

	if (f == OK && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK && (!date_given(e->until_date) || today(g).day <= e->until_date.day))
		f = refuse(g, E_NOT_YET, "/object", "the term has not ended");
	return f == OK ? let_go(g, e, a, e->open, ENCUMBRANCE_LAPSED) : f;
}

/* --- the discharge --- */

static enum fault demand_document(struct deciding *g, const struct encumbrance *e)
{
	const struct body_encumbrance_demand *b = &g->c->body.encumbrance_demand;
	const struct evidence *doc;
	enum fault f;

	if (hash_is_zero(b->document))
		return is_actor(g, e->secured) ? OK
		                               : refuse(g, E_MISSING_MEMBER, "/body/document",
		                                        "the grantor shows what proves that the debt ended");
	f = get_evidence(g, b->document, &doc);
	if (f == OK && !doc)
		f = refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	return f;
}

static enum fault may_demand(struct deciding *g, const struct encumbrance *e)
{
	const struct body_encumbrance_demand *b = &g->c->body.encumbrance_demand;

	if (!is_actor(g, e->secured) && !is_actor(g, e->grantor))
		return refuse(g, E_NOT_AUTHORISED, "", "the grantor or the secured party says that the debt ended");
	if (!encumbrance_binds(e->state))
		return wrong_state(g, e);
	if (date_given(e->discharge_by))
		return refuse(g, E_BAD_STATE, "/object", "that the debt ended has been said, and the clock runs");
	if (e->contested != 0 && !is_actor(g, e->secured))
		return refuse(g, E_BAD_STATE, "/object", "the secured party contests it: a court decides");
	if (b->ended.day > today(g).day || (date_given(e->from_date) && b->ended.day < e->from_date.day))
		return refuse(g, E_DATE_ORDER, "/body/ended", "the debt ended neither before it began nor after today");
	return OK;
}

enum fault decide_demand(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	int64_t days;
	enum fault f = the_encumbrance(g, &e, &a);

	if (f == OK)
		f = may_demand(g, e);
	if (f == OK)
		f = demand_document(g, e);
	if (f == OK)
		f = rule_for(g, RULE_DISCHARGE, a->debtor, &days);
	if (f != OK)
		return f;
	if (days == RULE_OFF)
		return refuse(g, E_BAD_STATE, "/type", "no rule here sets a time for the discharge");
	f = working_days_after(g, a->debtor, today(g), days, &edit_encumbrance(g, e)->discharge_by);
	edit_encumbrance(g, e)->contested = 0;
	return f;
}

/* "The debt has not ended": the clock stops, and stays stopped for the grantor. */
enum fault decide_contest(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	int32_t code = dispute_code(g->c->body.dispute.code);
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK && !date_given(e->discharge_by))
		f = refuse(g, E_NO_DEMAND, "/object", "there is nothing to contest");
	if (f == OK && today(g).day > e->discharge_by.day)
		f = refuse(g, E_LAPSED, "/object", "the time to release or contest has run out");
	if (f == OK && code == 0)
		f = refuse(g, E_BAD_MEMBER, "/body/code", "C01 to C06");
	if (f != OK)
		return f;
	edit_encumbrance(g, e)->contested = code;
	edit_encumbrance(g, e)->discharge_by = DATE_NONE;
	return OK;
}

/* The secured party did neither in its time: the registry lets go for it. */
enum fault decide_discharge(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = the_encumbrance(g, &e, &a);

	if (f == OK && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK && !date_given(e->discharge_by))
		f = refuse(g, E_NO_DEMAND, "/object", "nobody has said that the debt ended");
	if (f == OK && today(g).day <= e->discharge_by.day)
		f = refuse(g, E_NOT_YET, "/object", "the secured party still has time");
	return f == OK ? let_go(g, e, a, e->open, ENCUMBRANCE_RELEASED) : f;
}
