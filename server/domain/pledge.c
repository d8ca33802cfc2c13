/* SPDX-License-Identifier: Apache-2.0 */
/* pledge.c: see pledge.h; the arithmetic is stock.c's, the statements are decide_inventory.c's. */
#include "pledge.h"

#include "calendar.h"

enum fault pledge_load(struct deciding *g, const struct asset *a, struct pledge *ret)
{
	enum fault f = get_stock(g, a->id, &ret->s), e = OK;

	ret->a = a;
	ret->parent = NULL;
	ret->p = NULL;
	if (!uuid_is_nil(a->parent))
		e = get_asset(g, a->parent, &ret->parent);
	if (f == OK)
		f = get_price(g, ret->s->feed, &ret->p);
	assert(f != OK || (ret->s != NULL && ret->p != NULL)); /* opened with both */
	return f == OK ? e : f;
}

int64_t pledge_bound(const struct pledge *p)
{
	int64_t own = p->a->encumbered + p->a->reserved;

	return p->parent ? own + p->parent->encumbered + p->parent->reserved : own;
}

static void hint_if(struct deciding *g, enum table_id t, struct uuid id)
{
	if (!uuid_is_nil(id))
		hint_row(g, t, key_uuid(id), false);
}

static void hint_pledge(struct deciding *g, struct uuid id)
{
	const struct row *r = world_find(g->r->world, TABLE_STOCK, key_uuid(id));

	hint_if(g, TABLE_STOCK, id);
	if (r && r->exists)
		hint_if(g, TABLE_PRICE, ((const struct stock *)(const void *)r)->feed);
}

/* What hangs on stock or a prepayment by a name of its own, as far as the world knows. */
static void hint_goods(struct deciding *g, struct uuid id, enum asset_kind kind)
{
	const struct row *r = world_find(g->r->world, TABLE_ASSET, key_uuid(id));
	const struct asset *a = r && r->exists ? (const struct asset *)(const void *)r : NULL;

	if (a)
		kind = (enum asset_kind)a->kind;
	if (kind == ASSET_INVENTORY)
		hint_pledge(g, id);
	if (kind == ASSET_PREPAYMENT)
		hint_if(g, TABLE_PREPAYMENT, id);
	if (!a || (kind != ASSET_INVENTORY && kind != ASSET_PREPAYMENT))
		return;
	hint_if(g, TABLE_PARTY, a->creditor);
	hint_if(g, TABLE_ASSET, a->parent);
	hint_if(g, TABLE_LINEAGE, a->lineage);
	hint_if(g, TABLE_HOLD, a->hold);
}

void hint_stock(struct deciding *g)
{
	const struct statement_info *info = statement_info(g->c->kind);
	const struct row *r;

	if (g->c->kind == ST_INVENTORY_OPEN) {
		hint_goods(g, g->c->body.inventory_open.parent, ASSET_NONE);
	} else if (g->c->kind == ST_ENCUMBRANCE_GRANT) {
		hint_goods(g, g->c->body.encumbrance_grant.asset, ASSET_NONE);
	} else if (info->table == TABLE_ENCUMBRANCE && info->mode == UPDATES) {
		r = world_find(g->r->world, TABLE_ENCUMBRANCE, key_uuid(g->c->object));
		if (r && r->exists)
			hint_goods(g, ((const struct encumbrance *)(const void *)r)->asset, ASSET_NONE);
	} else if (info->table == TABLE_ASSET && info->mode == UPDATES) {
		hint_goods(g, g->c->object, asset_kind_of_type(span_z(info->type)));
	}
}

/* --- the rules it is judged by --- */

int64_t pledge_ratio(struct deciding *g, enum goods_class class)
{
	static const enum rule_number rule[GOODS_CLASSES] = {
		[GOODS_NONE] = RULE_RATIO_OTHER,        [GOODS_METAL] = RULE_RATIO_METAL,
		[GOODS_AGRICULTURAL] = RULE_RATIO_AGRI, [GOODS_ENERGY] = RULE_RATIO_ENERGY,
		[GOODS_PACKAGED] = RULE_RATIO_PACKAGED, [GOODS_EXCHANGE] = RULE_RATIO_EXCHANGE,
		[GOODS_OTHER] = RULE_RATIO_OTHER,
	};

	assert(class < GOODS_CLASSES);
	return rule_value(g, rule[class]) * 100;
}

struct cover pledge_cover(struct deciding *g, const struct pledge *p, int64_t bound)
{
	struct cover c = { .counted = p->s->counted,
		           .bound = bound,
		           .face = p->a->face,
		           .floor = p->s->floor,
		           .ratio = p->s->ratio,
		           .drop_warning = rule_value(g, RULE_DROP_WARNING),
		           .drop_disposal = rule_value(g, RULE_DROP_DISPOSAL) };
	int64_t most = pledge_ratio(g, (enum goods_class)p->p->class);

	if (c.ratio > most)
		c.ratio = most;
	return c;
}

bool pledge_price_fresh(struct deciding *g, const struct pledge *p)
{
	int64_t age = rule_value(g, RULE_PRICE_AGE) * 60 * 1000000;

	return p->p->price > 0 && g->r->now.us - p->p->at.us <= age;
}

static bool within(struct deciding *g, struct date last, int64_t days)
{
	return last.day != 0 && last.day != DATE_NONE.day && (int64_t)date_of(g->r->now).day - last.day <= days;
}

bool pledge_reported(struct deciding *g, const struct pledge *p)
{
	return within(g, p->s->inspected, rule_value(g, RULE_INSPECT_WITHIN)) &&
	       within(g, p->s->reported, rule_value(g, RULE_REPORT_WITHIN));
}

enum fault pledge_need_fresh(struct deciding *g, const struct pledge *p)
{
	if (!pledge_price_fresh(g, p))
		return refuse_rule(g, E_STALE_PRICE, "/object", "the goods' last price is too old, or there is none");
	if (!within(g, p->s->inspected, rule_value(g, RULE_INSPECT_WITHIN)))
		return refuse_rule(g, E_STOCK_UNREPORTED, "/object", "the unannounced count is overdue");
	if (!within(g, p->s->reported, rule_value(g, RULE_REPORT_WITHIN)))
		return refuse_rule(g, E_STOCK_UNREPORTED, "/object", "the monitor's stock report is overdue");
	return OK;
}

/* --- its state --- */

static void end_lines(struct stock *s)
{
	s->call_price = s->cure_price = 0;
	s->top_up_by.us = s->disposal.us = 0;
}

/* The owner has until the end of the last working day. */
static enum fault mind_duty(struct deciding *g, const struct asset *a, struct stock *s, enum stock_level level)
{
	struct date day;
	enum fault f;

	if (level == LEVEL_COVERED)
		s->top_up_by.us = s->disposal.us = 0;
	if (level == LEVEL_COVERED || s->top_up_by.us != 0 || s->disposal.us != 0)
		return OK;
	f = working_days_after(g, a->creditor, date_of(g->r->now), rule_value(g, RULE_TOP_UP_WITHIN), &day);
	if (f == OK)
		s->top_up_by = date_start((struct date){ day.day + 1 });
	return f;
}

enum fault pledge_restate(struct deciding *g, const struct pledge *p, int64_t bound)
{
	static const enum asset_event event[] = {
		[LEVEL_COVERED] = EV_COVER, [LEVEL_WARNING] = EV_WARN, [LEVEL_SUNK] = EV_SINK
	};
	struct asset *a = edit_asset(g, p->a);
	struct stock *s = edit_stock(g, p->s);
	struct pledge now = { a, s, p->p, p->parent };
	struct cover c;
	enum stock_level level;
	int32_t to;
	enum fault f;

	s->seq = (int64_t)g->r->seq;
	if (!asset_live(a)) {
		end_lines(s);
		return OK;
	}
	c = pledge_cover(g, &now, bound);
	level = stock_level(&c, p->p->price);
	f = asset_next(g, a, event[level], &to);
	if (f != OK)
		return f;
	a->state = to;
	s->call_price = stock_call_price(&c, level);
	s->cure_price = stock_cure_price(&c, level);
	return mind_duty(g, a, s, level);
}

/* --- what every asset is asked --- */

enum fault pledge_bound_moves(struct deciding *g, const struct asset *a, int64_t by)
{
	struct pledge p;
	struct cover c;
	enum fault f = pledge_load(g, a, &p);
	int64_t bound;

	if (f != OK)
		return f;
	bound = pledge_bound(&p) + by;
	if (by > 0)
		f = pledge_need_fresh(g, &p);
	if (f == OK && by > 0) {
		c = pledge_cover(g, &p, bound);
		if (!stock_covers(&c, p.p->price))
			f = refuse_rule(g, E_EXCEEDS_FREE, "/body/amount", "more than value and pledge ratio allow");
	}
	return f == OK ? pledge_restate(g, &p, bound) : f;
}

enum fault pledge_room(struct deciding *g, const struct asset *a, int64_t *ret)
{
	struct pledge p;
	struct cover c;
	enum fault f = pledge_load(g, a, &p);

	*ret = 0;
	if (f != OK || !pledge_price_fresh(g, &p) || !pledge_reported(g, &p))
		return f;
	c = pledge_cover(g, &p, pledge_bound(&p));
	*ret = stock_capacity(&c, p.p->price) - c.bound;
	if (*ret < 0)
		*ret = 0;
	return OK;
}
