/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_rank.c: who comes before whom, and what a lender must have seen.
 *
 * Rank is the entry of the acceptance: what is registered goes before what is not, the earlier before the later.
 * Three things change it: purchase money registered in time goes first; whoever loses by it signs that another goes
 * before (encumbrance.subordinate, encumbrance.cede); and among promises nobody has accepted yet, the one whose debtor
 * was notified first goes first (encumbrance.notify). Nobody else's place is ever made worse by a signature.
 */
#include "balance.h"
#include "deciding.h"

static struct date today(const struct deciding *g) { return date_of(g->r->now); }

/* --- what is granted --- */

static enum fault purchase_money(struct deciding *g, const struct asset *a)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;

	if (!date_given(b->delivered))
		return OK;
	if (b->kind != ENC_PLEDGE && b->kind != ENC_RETENTION)
		return refuse(g, E_BAD_MEMBER, "/body/delivered", "purchase money is secured by pledge or retention");
	if (b->delivered.day > today(g).day)
		return refuse(g, E_DATE_ORDER, "/body/delivered", "not delivered yet");
	/* So whoever looks at the asset knows until when purchase money can still come before it. */
	if (date_given(a->issued) && b->delivered.day > a->issued.day)
		return refuse(g, E_DATE_ORDER, "/body/delivered",
		              "delivered after the asset's own date: not these goods");
	return OK;
}

/* Only what the debtor has confirmed is lent against, net of what was reduced and paid: the amount is a part of that. */
static enum fault advance_good(struct deciding *g, const struct asset *a, int64_t amount)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	int64_t percent;
	enum fault f;

	if (money_absent(b->advance))
		return OK;
	f = need_amount(g, a, b->advance, "/body/advance");
	if (f != OK || a->kind != ASSET_RECEIVABLE)
		return f;
	f = rule_for(g, RULE_ADVANCE, a->debtor, &percent);
	if (f != OK || percent == RULE_OFF)
		return f;
	if (a->confirmed_seq == 0)
		return refuse_rule(g, E_ADVANCE, "/body/advance", "nothing of it is confirmed by the debtor");
	if (b->advance.minor > amount / 100 * percent + amount % 100 * percent / 100)
		return refuse_rule(g, E_ADVANCE, "/body/advance", "more than may be lent against this amount");
	return OK;
}

enum fault grant_financing(struct deciding *g, const struct asset *a, int64_t amount)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	int64_t grace;
	enum fault f = purchase_money(g, a);

	if (f == OK)
		f = advance_good(g, a, amount);
	if (f != OK || !date_given(b->due))
		return f;
	if (date_given(b->from) && b->due.day < b->from.day)
		return refuse(g, E_DATE_ORDER, "/body/due", "due before it begins");
	f = rule_for(g, RULE_DUE_GRACE, a->debtor, &grace);
	if (f == OK && grace != RULE_OFF && date_given(a->due) && (int64_t)b->due.day - a->due.day > grace)
		f = refuse_rule(g, E_FINANCING_DUE, "/body/due", "too long after the receivable is due");
	return f;
}

/* --- what is accepted --- */

enum fault accept_rank(struct deciding *g, const struct asset *a, struct encumbrance *e)
{
	int64_t days;
	enum fault f;

	if (!date_given(e->delivered))
		return OK;
	f = rule_for(g, RULE_PURCHASE, a->debtor, &days);
	if (f == OK && days > 0 && (int64_t)today(g).day - e->delivered.day <= days)
		e->rank_first = 1;
	return f;
}

/* How many of the asset's registered encumbrances an acceptance at this entry would come behind. */
static enum fault count_before(struct deciding *g, const struct asset *a, const struct encumbrance *e, int64_t *ret)
{
	const struct encumbrance *other[ENCUMBRANCES_MAX];
	struct encumbrance as_accepted = *e;
	size_t n;
	enum fault f = see_children(g, a, other, &n);

	*ret = 0;
	if (f == OK)
		f = accept_rank(g, a, &as_accepted);
	if (f != OK)
		return f;
	as_accepted.rank_seq = (int64_t)g->r->seq;
	for (size_t i = 0; i < n; i++)
		*ret += encumbrance_binds(other[i]->state) && rank_cmp(other[i], &as_accepted) < 0;
	return OK;
}

enum fault accept_search(struct deciding *g, const struct asset *a, const struct encumbrance *e)
{
	const struct search *s;
	int64_t minutes, before;
	enum fault f = rule_for(g, RULE_SEARCH_AGE, a->debtor, &minutes);

	if (f != OK || minutes <= 0)
		return f;
	f = get_search(g, search_id(e->secured, a->id), &s);
	if (f != OK)
		return f;
	if (!s || s->at.us + minutes * 60 * 1000000 < g->r->now.us)
		return refuse_rule(g, E_SEARCH_MISSING, "/object", "ask for a certificate again before lending");
	f = count_before(g, a, e, &before);
	if (f != OK)
		return f;
	f = rule_for(g, RULE_SEARCH_AGE, a->debtor, &minutes); /* it stands last again */
	if (f == OK && before + 1 > s->rank)
		f = refuse_rule(g, E_SEARCH_OUTDATED, "/object", "the rank would be worse than the certificate says");
	return f;
}

/* --- notification --- */

enum fault decide_notify(struct deciding *g)
{
	const struct body_encumbrance_notify *b = &g->c->body.encumbrance_notify;
	const struct encumbrance *e;
	const struct evidence *doc;
	const struct asset *a;
	enum fault f = the_encumbrance(g, &e, &a);

	if (f == OK && !is_actor(g, e->secured) && !is_actor(g, e->grantor) && !is_actor(g, a->debtor))
		f = refuse(g, E_NOT_AUTHORISED, "", "whoever notified the debtor signs this, or the debtor itself");
	if (f == OK && e->state != ENCUMBRANCE_GRANTED && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK && e->notified_seq != 0)
		f = refuse(g, E_NOTIFIED, "/object", "the place in the order is that of the first notice");
	if (f == OK && b->on.day > today(g).day)
		f = refuse(g, E_DATE_ORDER, "/body/on", "the day has not come");
	if (f == OK && !hash_is_zero(b->document)) {
		f = get_evidence(g, b->document, &doc);
		if (f == OK && !doc)
			f = refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	}
	if (f != OK)
		return f;
	edit_encumbrance(g, e)->notified = FLAG_YES;
	edit_encumbrance(g, e)->notified_seq = (int64_t)g->r->seq;
	return OK;
}

/* --- rank given away --- */

/* Somebody else stands between the two. */
static bool one_between(const struct encumbrance *const *e, size_t n, const struct encumbrance *a,
                        const struct encumbrance *b)
{
	for (size_t i = 0; i < n; i++)
		if (encumbrance_binds(e[i]->state) && !uuid_eq(e[i]->secured, a->secured) && rank_cmp(a, e[i]) < 0 &&
		    rank_cmp(e[i], b) < 0)
			return true;
	return false;
}

static enum fault cede_good(struct deciding *g, const struct asset *a, const struct encumbrance *e,
                            const struct encumbrance *to)
{
	const struct encumbrance *all[ENCUMBRANCES_MAX];
	size_t n;
	enum fault f;

	if (!to || !uuid_eq(to->asset, e->asset))
		return refuse(g, E_UNKNOWN_OBJECT, "/body/cede_to", "no encumbrance of this id on the same asset");
	if (!encumbrance_binds(e->state) || !encumbrance_binds(to->state))
		return refuse(g, E_BAD_STATE, "/object", "only live encumbrances have a rank");
	if (rank_cmp(e, to) >= 0)
		return refuse(g, E_RANK_GAIN, "/body/cede_to", "it ranks behind that one already");
	f = see_children(g, a, all, &n);
	if (f == OK && to->open > e->open && one_between(all, n, e, to))
		f = refuse(g, E_PREJUDICE, "/body/cede_to", "those between the two would stand behind more than now");
	return f == OK ? need_unfrozen(g, a) : f;
}

/* The two change places; nobody between them comes to stand behind more than before. */
enum fault decide_cede(struct deciding *g)
{
	const struct encumbrance *e, *to;
	const struct asset *a;
	struct encumbrance *x, *y, old;
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK)
		f = get_encumbrance(g, g->c->body.encumbrance_cede.cede_to, &to);
	if (f == OK)
		f = cede_good(g, a, e, to);
	if (f != OK)
		return f;
	old = *e;
	x = edit_encumbrance(g, e);
	y = edit_encumbrance(g, to);
	x->rank_first = y->rank_first;
	x->rank_seq = y->rank_seq;
	x->rank_sub = y->rank_sub;
	y->rank_first = old.rank_first;
	y->rank_seq = old.rank_seq;
	y->rank_sub = old.rank_sub;
	return OK;
}
