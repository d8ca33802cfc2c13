/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_inventory.c: pledges of stock, static and floating; their states are inventory.def, their lines stock.h.
 *
 * The owner opens the pledge and says what it may secure; how much is there says the monitor (counts, reports, goods
 * that come and go), and unannounced another party. A secured party comes in by the ordinary encumbrance statements,
 * which ask here whether the goods cover what is new (pledge_bound_moves).
 *
 * Goods leave only when what stays covers all that is bound on it, by a fresh price and a fresh report: by the
 * monitor's hand when the pledge floats, by a secured party's when it does not. A count may find less; what is missing
 * is never made good by another count, only by goods that come.
 */
#include "pledge.h"

#include "balance.h"

/* --- opening --- */

static enum fault check_watchers(struct deciding *g)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	const struct party *monitor, *inspector;
	enum fault f = need_active_party(g, b->monitor, "/body/monitor", &monitor);

	if (f == OK)
		f = need_active_party(g, b->inspector, "/body/inspector", &inspector);
	if (f != OK)
		return f;
	if ((monitor->roles & ROLE_WAREHOUSE) == 0)
		return refuse(g, E_ROLE_MISSING, "/body/monitor", "the monitor is no warehouse operator");
	if (is_actor(g, b->monitor))
		return refuse(g, E_SELF_DEALING, "/body/monitor", "nobody watches its own goods");
	if (is_actor(g, b->inspector) || uuid_eq(b->inspector, b->monitor))
		return refuse(g, E_SELF_DEALING, "/body/inspector", "neither owner nor monitor counts unannounced");
	return OK;
}

static bool in_ccy(struct money m, const struct price *p) { return memcmp(m.ccy, p->ccy.at, sizeof m.ccy) == 0; }

static enum fault check_opening(struct deciding *g, const struct price *p)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;

	if (p->state != LIVE)
		return refuse(g, E_BAD_STATE, "/body/feed", "the feed is retired");
	if (is_actor(g, p->source))
		return refuse(g, E_SELF_DEALING, "/body/feed", "nobody prices its own goods");
	if (!in_ccy(b->secures, p) || !in_ccy(b->floor, p))
		return refuse(g, E_CURRENCY_MISMATCH, "/body/secures", "the goods are priced in another currency");
	if (b->secures.minor <= 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/secures", "the amount must be more than zero");
	if (b->ratio > pledge_ratio(g, (enum goods_class)p->class))
		return refuse_rule(g, E_PLEDGE_RATIO, "/body/ratio", "above the ratio goods of this class may have");
	if (b->until.day != 0 && b->until.day != DATE_NONE.day && b->until.day < date_of(g->r->now).day)
		return refuse(g, E_DATE_ORDER, "/body/until", "ends before it begins");
	return OK;
}

/* The goods lie where the one that received them said, and whoever has a claim on them keeps its hand on them. */
static enum fault check_parent(struct deciding *g, const struct asset *parent)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	const struct prepayment *p = NULL;
	const struct hold *h;
	enum fault f = OK, e = live_hold(g, parent, &h);

	if (parent->kind == ASSET_PREPAYMENT)
		f = get_prepayment(g, parent->id, &p);
	if (f != OK || e != OK)
		return f != OK ? f : e;
	if (!uuid_eq(p ? p->monitor : parent->debtor, b->monitor))
		return refuse(g, E_BAD_MEMBER, "/body/monitor", "another warehouse has received these goods");
	if (h)
		return refuse(g, E_HELD, "/body/parent", "a lender holds this asset at the moment");
	if (parent->encumbered + parent->reserved > 0 && b->floating == FLAG_YES)
		return refuse(g, E_BAD_MEMBER, "/body/floating",
		              "secured parties have a claim on these goods: they leave by their hand only");
	return OK;
}

/* What the goods were before: a receipt nobody has a claim on, or a prepayment with all that binds it. */
static enum fault take_over(struct deciding *g, struct asset *a)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	const struct asset *parent;
	enum fault f;

	if (uuid_is_nil(b->parent))
		return lineage_join(g, a);
	f = get_asset(g, b->parent, &parent);
	if (f != OK)
		return f;
	if (!parent)
		return refuse(g, E_UNKNOWN_OBJECT, "/body/parent", "no asset of this id is registered");
	if (parent->kind != ASSET_PREPAYMENT && parent->kind != ASSET_WAREHOUSE_RECEIPT)
		return refuse(g, E_BAD_MEMBER, "/body/parent", "stock comes from a warehouse receipt or a prepayment");
	if (!uuid_eq(parent->creditor, a->creditor))
		return refuse(g, E_NOT_AUTHORISED, "/body/parent", "another party holds it");
	if (!uuid_is_nil(b->lineage) && !uuid_eq(b->lineage, parent->lineage))
		return refuse(g, E_BAD_MEMBER, "/body/lineage", "the goods belong to another trade");
	f = check_parent(g, parent);
	if (f != OK)
		return f;
	return asset_convert(g, parent, a, parent->kind == ASSET_PREPAYMENT ? CONVERT_CARRY : CONVERT_FREE,
	                     "/body/parent");
}

/* The same goods at the same place are pledged once. */
static enum fault take_place(struct deciding *g, struct asset *a, const struct price *p)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	const struct party *owner, *monitor;
	enum fault f = need_party(g, a->creditor, "", &owner), e = need_party(g, b->monitor, "/body/monitor", &monitor);

	if (f != OK || e != OK)
		return f != OK ? f : e;
	const struct span part[] = { party_identifier(owner, g->mem), party_identifier(monitor, g->mem), p->commodity,
		                     b->site };
	a->claim = fingerprint_parts(g->r->fp_key, "stock/1", part, ARRAY_LEN(part), g->mem);
	return claim_take(g, a->claim, CLAIM_STOCK, a->id, E_DUPLICATE_STOCK, "/body/site");
}

static void write_stock(struct deciding *g)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	struct stock *s = new_stock(g, g->c->object);

	s->feed = b->feed;
	s->floating = b->floating == FLAG_YES;
	s->floor = b->floor.minor;
	s->inspected = date_of(g->r->now); /* the clock of unannounced counts runs from here */
	s->inspector = b->inspector;
	s->ratio = b->ratio;
	s->site = b->site;
	s->seq = (int64_t)g->r->seq;
}

static struct asset *write_asset(struct deciding *g)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	struct asset *a = new_asset(g, g->c->object);

	a->kind = ASSET_INVENTORY;
	a->state = STK_ACTIVE;
	memcpy(a->ccy.at, b->secures.ccy, sizeof a->ccy.at);
	a->creditor = g->actor;
	a->debtor = b->monitor;
	a->due = b->until;
	a->existing = 1;
	a->face = b->secures.minor;
	a->issued = date_of(g->r->now);
	a->lineage = b->lineage;
	return a;
}

enum fault decide_stock_open(struct deciding *g)
{
	const struct body_inventory_open *b = &g->c->body.inventory_open;
	const struct price *p;
	struct pledge pledge;
	struct asset *a;
	enum fault f = get_price(g, b->feed, &p);

	if (f == OK && !p)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/feed", "no price feed of this id");
	if (f == OK)
		f = check_watchers(g);
	if (f == OK)
		f = check_opening(g, p);
	if (f != OK)
		return f;
	a = write_asset(g);
	write_stock(g);
	f = take_place(g, a, p);
	if (f == OK)
		f = take_over(g, a);
	if (f == OK)
		f = pledge_load(g, a, &pledge);
	return f == OK ? pledge_restate(g, &pledge, pledge_bound(&pledge)) : f;
}

/* --- counting --- */

/* The pledge, and its stock to work on. */
static enum fault the_pledge(struct deciding *g, struct pledge *p, struct stock **s)
{
	const struct asset *a;
	enum fault f = the_asset(g, &a);

	if (f == OK)
		f = pledge_load(g, a, p);
	if (f == OK)
		*s = edit_stock(g, p->s);
	return f;
}

static enum fault judged(struct deciding *g, const struct pledge *p) { return pledge_restate(g, p, pledge_bound(p)); }

static enum fault need_unit(struct deciding *g, const struct pledge *p, struct quantity q)
{
	if (!span_is(p->p->unit, q.unit))
		return refuse(g, E_UNIT_MISMATCH, "/body/quantity", "the goods are priced in another unit");
	return OK;
}

/* Goods that come. A floating charge that was fixed does not reach for them. */
static enum fault take_in(struct deciding *g, const struct pledge *p, struct stock *s, int64_t quantity)
{
	if (!asset_live(p->a))
		return refuse(g, E_BAD_STATE, "/object", asset_state_name(p->a->kind, p->a->state));
	if (quantity > GOODS_MAX - s->received)
		return refuse(g, E_BAD_MEMBER, "/body/quantity", "more than a pledge can take in");
	s->received += quantity;
	s->counted += quantity;
	return OK;
}

static enum fault check_day(struct deciding *g, struct date last)
{
	struct date on = g->c->body.stock_count.on;

	if (on.day > date_of(g->r->now).day)
		return refuse(g, E_DATE_ORDER, "/body/on", "a day of the future");
	if (last.day != DATE_NONE.day && on.day < last.day)
		return refuse(g, E_DATE_ORDER, "/body/on", "before the last one");
	return OK;
}

enum fault decide_stock_count(struct deciding *g)
{
	const struct body_stock_count *b = &g->c->body.stock_count;
	bool inspection = g->c->kind == ST_INVENTORY_INSPECT;
	struct pledge p;
	struct stock *s;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = inspection ? need_actor(g, p.s->inspector, "the party named for it counts unannounced")
		               : need_actor(g, p.a->debtor, "the monitor counts and reports");
	if (f == OK)
		f = asset_next(g, p.a, EV_TALLY, &to);
	if (f == OK)
		f = need_unit(g, &p, b->quantity);
	if (f == OK)
		f = check_day(g, inspection ? s->inspected : s->reported);
	if (f != OK)
		return f;
	*(inspection ? &s->inspected : &s->reported) = b->on;
	if (!inspection && p.a->confirmed_seq == 0) /* whoever owes the goods says that they are there */
		edit_asset(g, p.a)->confirmed_seq = (int64_t)g->r->seq;
	if (b->quantity.micro > s->counted && !inspection) /* who comes unannounced may not have found all */
		f = take_in(g, &p, s, b->quantity.micro - s->counted);
	if (b->quantity.micro < s->counted) {
		s->missing += s->counted - b->quantity.micro;
		s->counted = b->quantity.micro;
	}
	return f == OK ? judged(g, &p) : f;
}

enum fault decide_stock_top_up(struct deciding *g)
{
	const struct body_stock_move *b = &g->c->body.stock_move;
	struct pledge p;
	struct stock *s;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = need_actor(g, p.a->debtor, "the monitor says what has come");
	if (f == OK)
		f = asset_next(g, p.a, EV_TALLY, &to);
	if (f == OK)
		f = need_unit(g, &p, b->quantity);
	if (f == OK && b->quantity.micro == 0)
		f = refuse(g, E_ZERO_AMOUNT, "/body/quantity", "the quantity must be more than zero");
	if (f == OK)
		f = take_in(g, &p, s, b->quantity.micro);
	return f == OK ? judged(g, &p) : f;
}

/* --- letting goods go --- */

/* A secured party with a binding encumbrance on the goods, or on what they were before. */
static enum fault is_secured(struct deciding *g, const struct pledge *p, struct standing *ret)
{
	struct standing before = { 0 };
	enum fault f = standing_of(g, p->a, g->actor, ret), e = OK;

	if (p->parent)
		e = standing_of(g, p->parent, g->actor, &before);
	ret->binds |= before.binds;
	ret->enforces |= before.enforces;
	return f != OK ? f : e;
}

static enum fault need_secured(struct deciding *g, const struct pledge *p)
{
	struct standing s;
	enum fault f = is_secured(g, p, &s);

	if (f == OK && !s.binds)
		f = refuse(g, E_NOT_AUTHORISED, "", "a secured party with a live encumbrance on the goods signs this");
	return f;
}

static enum fault take_out(struct deciding *g, struct stock *s, int64_t quantity)
{
	if (quantity == 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/quantity", "the quantity must be more than zero");
	if (quantity > s->counted)
		return refuse(g, E_EXCEEDS_STOCK, "/body/quantity", "more than is in stock");
	s->counted -= quantity;
	return OK;
}

/* R40, and not below the warning line either: that would only call for the goods to be brought back. */
static enum fault need_floor(struct deciding *g, const struct pledge *p, const struct stock *left, int64_t bound)
{
	struct pledge after = { p->a, left, p->p, p->parent };
	struct cover c;
	enum fault f;

	if (bound == 0)
		return OK;
	f = pledge_need_fresh(g, p);
	if (f != OK)
		return f;
	c = pledge_cover(g, &after, bound);
	if (!stock_covers(&c, p->p->price) || stock_level(&c, p->p->price) != LEVEL_COVERED)
		f = refuse_rule(g, E_FLOOR, "/body/quantity", "what stays would not cover what is bound on it");
	return f;
}

enum fault decide_stock_release(struct deciding *g)
{
	const struct body_stock_move *b = &g->c->body.stock_move;
	const struct hold *h;
	struct pledge p;
	struct stock *s;
	int64_t bound;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f != OK)
		return f;
	bound = pledge_bound(&p);
	f = live_hold(g, p.a, &h);
	if (f != OK)
		return f;
	if (p.s->floating || bound == 0)
		f = need_actor(g, p.a->debtor, "the monitor hands the goods out");
	else
		f = need_secured(g, &p);
	if (f == OK && !asset_live(p.a))
		f = asset_next(g, p.a, EV_TAKE_OUT, &to);
	if (f == OK)
		f = need_unfrozen(g, p.a);
	if (f == OK)
		f = need_unit(g, &p, b->quantity);
	if (f == OK)
		f = take_out(g, s, b->quantity.micro);
	if (f == OK) /* a lender that holds the goods reckons with what it has in mind */
		f = need_floor(g, &p, s, h ? bound + h->amount : bound);
	if (f != OK)
		return f;
	s->released += b->quantity.micro;
	f = judged(g, &p);
	return f == OK ? asset_next(g, edit_asset(g, p.a), EV_TAKE_OUT, &to) : f;
}

/* --- its end --- */

/* Goods that are still there are what they were before; when all have gone, that has come to its end too. */
static enum fault end_parent(struct deciding *g, const struct pledge *p)
{
	int32_t to;
	enum fault f;

	if (!p->parent)
		return OK;
	if (p->s->counted > 0)
		return asset_unconvert(g, p->parent);
	f = asset_next(g, p->parent, EV_SETTLE, &to);
	if (f == OK)
		edit_asset(g, p->parent)->state = to;
	return f;
}

enum fault decide_stock_close(struct deciding *g)
{
	const struct hold *h = NULL;
	struct pledge p;
	struct stock *s;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = need_actor(g, p.a->creditor, "the owner of the goods ends the pledge");
	if (f == OK && pledge_bound(&p) > 0)
		f = refuse(g, E_EXCEEDS_FREE, "/object", "secured parties must release it first");
	if (f == OK && p.a->state != STK_ENFORCED)
		f = judged(g, &p);
	if (f == OK)
		f = asset_next(g, edit_asset(g, p.a), EV_WIND_UP, &to);
	if (f == OK)
		f = need_unfrozen(g, p.a);
	if (f == OK)
		f = live_hold(g, p.a, &h);
	if (f == OK && h)
		f = refuse(g, E_HELD, "/object", "a lender holds this asset at the moment");
	if (f == OK)
		f = claim_drop(g, p.a->claim, p.a->id);
	if (f == OK)
		f = end_parent(g, &p);
	if (f != OK)
		return f;
	edit_asset(g, p.a)->state = to;
	return judged(g, &p);
}

/* --- time and price --- */

enum fault decide_stock_mark(struct deciding *g)
{
	struct pledge p;
	struct stock *s;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = judged(g, &p);
	if (f == OK && edit_asset(g, p.a)->state == p.a->state && s->call_price == p.s->call_price &&
	    s->cure_price == p.s->cure_price)
		f = refuse(g, E_NOT_YET, "/object", "the price has crossed none of its lines");
	return f;
}

enum fault decide_stock_lapse(struct deciding *g)
{
	struct pledge p;
	struct stock *s;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK && (p.s->top_up_by.us == 0 || p.s->top_up_by.us > g->r->now.us))
		f = refuse(g, E_NOT_YET, "/object", "no deadline to top up has passed");
	if (f != OK)
		return f;
	s->top_up_by.us = 0;
	s->disposal = g->r->now;
	return judged(g, &p); /* which takes the right away again when the goods cover by now */
}

/* --- enforcement --- */

static enum fault need_right(struct deciding *g, const struct pledge *p, const struct stock *s, bool enforces)
{
	if (enforces || s->disposal.us != 0)
		return OK;
	if (edit_asset(g, p->a)->state != STK_BELOW_FLOOR)
		return refuse(g, E_NO_DISPOSAL, "/object",
		              "the goods are not below the floor, no top-up is overdue, no encumbrance enforced");
	return pledge_need_fresh(g, p);
}

enum fault decide_stock_enforce(struct deciding *g)
{
	struct standing who = { 0 };
	struct pledge p;
	struct stock *s;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = need_secured(g, &p);
	if (f == OK)
		f = is_secured(g, &p, &who);
	if (f == OK && asset_live(p.a))
		f = judged(g, &p);
	if (f == OK)
		f = asset_next(g, edit_asset(g, p.a), EV_DISPOSE, &to);
	if (f == OK)
		f = need_unfrozen(g, p.a);
	if (f == OK)
		f = need_right(g, &p, s, who.enforces);
	if (f != OK)
		return f;
	edit_asset(g, p.a)->state = to;
	return judged(g, &p);
}

/* What a sale brought serves the pledge's own encumbrances by rank; the rest is not the registry's to say. */
static enum fault serve_sale(struct deciding *g, const struct pledge *p, int64_t amount)
{
	struct encumbrance *e[ENCUMBRANCES_MAX];
	struct asset *a = edit_asset(g, p->a);
	int64_t before = a->encumbered + a->reserved;
	size_t n;
	enum fault f = edit_children(g, p->a, e, &n);

	if (f != OK)
		return f;
	a->paid += serve_payment(a, e, n, amount);
	serve_order(e, n);
	(void)serve_shortfall(a, e, n);
	return lineage_move(g, a, a->encumbered + a->reserved - before);
}

enum fault decide_stock_sell(struct deciding *g)
{
	const struct body_stock_sale *b = &g->c->body.stock_sale;
	struct pledge p;
	struct stock *s;
	int32_t to;
	enum fault f = the_pledge(g, &p, &s);

	if (f == OK)
		f = need_secured(g, &p);
	if (f == OK)
		f = asset_next(g, p.a, EV_SELL, &to);
	if (f == OK)
		f = need_unfrozen(g, p.a);
	if (f == OK)
		f = need_amount(g, p.a, b->amount, "/body/amount");
	if (f == OK && b->on.day > date_of(g->r->now).day)
		f = refuse(g, E_DATE_ORDER, "/body/on", "a day of the future");
	if (f == OK)
		f = need_unit(g, &p, b->quantity);
	if (f == OK)
		f = take_out(g, s, b->quantity.micro);
	if (f != OK)
		return f;
	s->sold += b->quantity.micro;
	s->seq = (int64_t)g->r->seq;
	return serve_sale(g, &p, b->amount.minor);
}
