/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_encumbrance.c: tying a part of an asset to a secured party.
 *
 * A grant reserves value; the secured party's acceptance makes it live and its
 * entry gives the rank; only the one who loses rank can change it.
 */
#include "deciding.h"

#include "balance.h"

/* --- grant --- */

static enum fault grant_amount(struct deciding *g, const struct asset *a, int64_t *ret)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	bool by_amount = !money_absent(b->amount), by_fraction = b->fraction != 0;

	if (by_amount == by_fraction)
		return refuse(g, E_BAD_MEMBER, "/body/amount", "either an amount or a fraction");
	if (by_amount) {
		*ret = b->amount.minor;
		return need_amount(g, a, b->amount, "/body/amount");
	}
	*ret = minor_share(asset_balance(a).open, b->fraction);
	return *ret > 0 ? OK : refuse(g, E_ZERO_AMOUNT, "/body/fraction", "the fraction of what is owed is zero");
}

/* A lender's hold keeps the asset for that lender: others wait. */
static enum fault check_hold(struct deciding *g, const struct asset *a, struct uuid secured)
{
	const struct hold *h;
	enum fault f = live_hold(g, a, &h);

	if (f == OK && h && !uuid_eq(h->bank, secured))
		f = refuse(g, E_HELD, "/body/asset", "another lender holds this asset at the moment");
	return f;
}

static enum fault check_grant(struct deciding *g, const struct asset *a)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	const struct party *secured;
	int32_t to;
	enum fault f = need_actor(g, a->creditor, "the holder of the asset grants an encumbrance on it");

	if (f == OK && (b->kind == ENC_NONE || b->kind == ENC_FREEZE))
		f = refuse(g, E_BAD_MEMBER, "/body/kind", "a freeze is placed by a regulator or court: freeze.place");
	if (f == OK)
		f = need_active_party(g, b->secured_party, "/body/secured_party", &secured);
	if (f == OK && (uuid_eq(b->secured_party, a->creditor) || uuid_eq(b->secured_party, a->debtor)))
		f = refuse(g, E_SELF_DEALING, "/body/secured_party",
		           "the secured party is neither creditor nor debtor");
	if (f == OK && b->until.day != 0 && b->until.day != DATE_NONE.day && b->until.day < b->from.day)
		f = refuse(g, E_DATE_ORDER, "/body/until", "ends before it begins");
	if (f == OK)
		f = asset_next(g, a, EV_GRANT, &to);
	if (f == OK)
		f = need_unfrozen(g, a);
	if (f == OK)
		f = need_unsuspected(g, a);
	if (f == OK)
		f = need_evidence(g, a);
	if (f == OK)
		f = asset_may_finance(g, a);
	if (f == OK)
		f = check_hold(g, a, b->secured_party);
	if (f == OK && a->encumbrance_count >= ENCUMBRANCES_MAX)
		f = refuse(g, E_TOO_MANY, "/body/asset", "as many encumbrances as one asset can carry");
	return f == OK ? asset_grantable(g, a) : f;
}

static void write_grant(struct deciding *g, const struct asset *a, int64_t amount, int64_t minutes, struct date until)
{
	const struct body_encumbrance_grant *b = &g->c->body.encumbrance_grant;
	struct encumbrance *e = new_encumbrance(g, g->c->object);

	e->advance = b->advance.minor;
	e->amount = e->open = amount;
	e->asset = a->id;
	e->ccy = a->ccy;
	e->deadline.us = g->r->now.us + minutes * 60 * 1000000;
	e->delivered = b->delivered;
	e->due = b->due;
	e->fraction = b->fraction;
	e->from_date = b->from;
	e->grantor = a->creditor;
	e->kind = (int32_t)b->kind;
	e->notified = (int32_t)b->notified;
	e->recourse = (int32_t)b->recourse;
	e->secured = b->secured_party;
	e->state = ENCUMBRANCE_GRANTED;
	e->until_date = until;
}

enum fault decide_grant(struct deciding *g)
{
	const struct asset *a;
	struct date until;
	int64_t amount = 0, minutes = rule_value(g, RULE_ACCEPT_WITHIN);
	enum fault f = get_asset(g, g->c->body.encumbrance_grant.asset, &a);

	if (f == OK && !a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "no asset of this id is registered");
	if (f == OK) {
		hint_asset(g, a);
		asset_hint(g, (enum asset_kind)a->kind, a->id);
		f = check_grant(g, a);
	}
	if (f == OK)
		f = grant_amount(g, a, &amount);
	if (f == OK && amount > asset_balance(a).free)
		f = refuse(g, E_EXCEEDS_FREE, "/body/amount", "more than is free of earlier claims");
	if (f == OK)
		f = need_trade_open(g, a, amount);
	if (f == OK)
		f = grant_term(g, a, &until);
	if (f == OK)
		f = grant_financing(g, a, amount);
	if (f == OK)
		f = bound_move(g, a, amount);
	if (f != OK)
		return f;
	write_grant(g, a, amount, minutes, until);
	edit_asset(g, a)->reserved += amount;
	edit_asset(g, a)->encumbrance_count++;
	return commitment_count_late(g, edit_asset(g, a));
}

/* --- the secured party --- */

enum fault signed_by_secured(struct deciding *g, const struct encumbrance **e, const struct asset **a)
{
	enum fault f = the_encumbrance(g, e, a);

	return f == OK ? need_actor(g, (*e)->secured, "the secured party signs this") : f;
}

enum fault wrong_state(struct deciding *g, const struct encumbrance *e)
{
	return refuse(g, E_BAD_STATE, "/object", encumbrance_state_name(e->state));
}

/* The hold under which this lender was getting ready has served. */
static enum fault use_hold(struct deciding *g, struct asset *a, struct uuid bank)
{
	static const struct uuid nil;
	const struct hold *h;
	enum fault f = live_hold(g, a, &h);

	if (f != OK || !h || !uuid_eq(h->bank, bank))
		return f;
	edit_hold(g, h)->state = HOLD_USED;
	a->hold = nil;
	return OK;
}

enum fault decide_accept(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	struct encumbrance *x;
	struct asset *y;
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK && e->state != ENCUMBRANCE_GRANTED)
		f = wrong_state(g, e);
	if (f == OK && e->deadline.us <= g->r->now.us)
		f = refuse(g, E_LAPSED, "/object", "the time to accept this grant has run out");
	if (f == OK)
		f = need_unfrozen(g, a);
	if (f == OK)
		f = need_unsuspected(g, a);
	if (f == OK)
		f = need_evidence(g, a);
	if (f == OK)
		f = accept_search(g, a, e);
	if (f != OK)
		return f;
	x = edit_encumbrance(g, e);
	y = edit_asset(g, a);
	y->reserved -= x->open;
	y->encumbered += x->open;
	x->state = ENCUMBRANCE_LIVE;
	x->rank_seq = (int64_t)g->r->seq;
	f = accept_rank(g, a, x);
	return f == OK ? use_hold(g, y, x->secured) : f;
}

enum fault let_go(struct deciding *g, const struct encumbrance *e, const struct asset *a, int64_t by, int32_t end)
{
	enum fault f = bound_move(g, a, -by);

	if (f == OK)
		encumbrance_reduce(edit_asset(g, a), edit_encumbrance(g, e), by, end);
	return f;
}

enum fault decide_release(struct deciding *g)
{
	const struct body_encumbrance_release *b = &g->c->body.encumbrance_release;
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = signed_by_secured(g, &e, &a);
	int64_t by;

	if (f == OK && e->state != ENCUMBRANCE_GRANTED && !encumbrance_binds(e->state))
		f = wrong_state(g, e);
	if (f == OK)
		f = need_unfrozen(g, a);
	if (f == OK && !money_absent(b->amount))
		f = need_amount(g, a, b->amount, "/body/amount");
	if (f != OK)
		return f;
	by = money_absent(b->amount) ? e->open : b->amount.minor;
	if (by > e->open)
		return refuse(g, E_EXCEEDS_OPEN, "/body/amount", "more than this encumbrance still binds");
	return let_go(g, e, a, by, ENCUMBRANCE_RELEASED);
}

/* Goes behind `to_rank_after`, and behind all that went behind it before: it only loses. */
enum fault decide_subordinate(struct deciding *g)
{
	const struct encumbrance *e, *after;
	const struct asset *a;
	struct encumbrance *x;
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK)
		f = get_encumbrance(g, g->c->body.encumbrance_subordinate.to_rank_after, &after);
	if (f != OK)
		return f;
	if (!after || !uuid_eq(after->asset, e->asset))
		return refuse(g, E_UNKNOWN_OBJECT, "/body/to_rank_after",
		              "no encumbrance of this id on the same asset");
	if (!encumbrance_binds(e->state) || !encumbrance_binds(after->state))
		return refuse(g, E_BAD_STATE, "/object", "only live encumbrances have a rank");
	if (rank_cmp(e, after) >= 0)
		return refuse(g, E_RANK_GAIN, "/body/to_rank_after", "it ranks behind that one already");
	f = need_unfrozen(g, a);
	if (f != OK)
		return f;
	x = edit_encumbrance(g, e);
	x->rank_first = after->rank_first;
	x->rank_seq = after->rank_seq;
	x->rank_sub = (int64_t)g->r->seq;
	return OK;
}

enum fault decide_enforce(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = signed_by_secured(g, &e, &a);

	if (f == OK && e->state != ENCUMBRANCE_LIVE)
		f = wrong_state(g, e);
	if (f == OK)
		f = need_unfrozen(g, a);
	if (f == OK)
		edit_encumbrance(g, e)->state = ENCUMBRANCE_ENFORCED;
	return f;
}

enum fault decide_grant_lapse(struct deciding *g)
{
	const struct encumbrance *e;
	const struct asset *a;
	enum fault f = the_encumbrance(g, &e, &a);

	if (f == OK && e->state != ENCUMBRANCE_GRANTED)
		f = wrong_state(g, e);
	if (f == OK && e->deadline.us > g->r->now.us)
		f = refuse(g, E_NOT_YET, "/object", "the time to accept has not run out");
	return f == OK ? let_go(g, e, a, e->open, ENCUMBRANCE_LAPSED) : f;
}
