/* SPDX-License-Identifier: Apache-2.0 */
/* actors_stock.h: statements about stock, prices and prepayments in one line, for tests of the rules. */
#ifndef CF_ACTORS_STOCK_H
#define CF_ACTORS_STOCK_H

#include "actors.h"

static inline struct quantity tonnes(int64_t micro) { return (struct quantity){ micro, "TNE" }; }
#define T1 INT64_C(1000000) /* a tonne */

static inline const struct stock *stock_of(const struct stage *s, struct uuid id)
{
	return (const struct stock *)(const void *)world_find(&s->world, TABLE_STOCK, key_uuid(id));
}
static inline const struct prepayment *prepayment_of(const struct stage *s, struct uuid id)
{
	return (const struct prepayment *)(const void *)world_find(&s->world, TABLE_PREPAYMENT, key_uuid(id));
}
static inline const struct price *feed_of(const struct stage *s, struct uuid id)
{
	return (const struct price *)(const void *)world_find(&s->world, TABLE_PRICE, key_uuid(id));
}

static inline struct command enrols_feed(struct stage *s, const char *commodity, const char *goods)
{
	struct command c = say(s, ST_PRICE_ENROL, OPERATOR, new_id(s));

	c.body.price_enrol.commodity = span_z(commodity);
	c.body.price_enrol.goods = span_z(goods);
	c.body.price_enrol.per = tonnes(T1);
	c.body.price_enrol.currency = S("CNY");
	c.body.price_enrol.source = s->party[EXCHANGE];
	return c;
}

static inline struct command posts(struct stage *s, struct uuid feed, int64_t price)
{
	struct command c = about(s, ST_PRICE_POST, EXCHANGE, feed);

	c.body.price_post.price = cny(price);
	c.body.price_post.made = s->now;
	return c;
}

/* A floating pledge of the supplier's goods: the most it secures, and the floor. */
static inline struct command opens(struct stage *s, struct uuid feed, const char *site, int64_t secures, int64_t floor)
{
	struct command c = say(s, ST_INVENTORY_OPEN, SUPPLIER, new_id(s));
	struct body_inventory_open *b = &c.body.inventory_open;

	b->feed = feed;
	b->monitor = s->party[MONITOR];
	b->inspector = s->party[INSPECTOR];
	b->site = span_z(site);
	b->secures = cny(secures);
	b->ratio = 700000;
	b->floor = cny(floor);
	b->floating = FLAG_YES;
	return c;
}

static inline struct command counts(struct stage *s, enum statement_kind kind, struct uuid pledge, int64_t micro)
{
	struct command c = about(s, kind, kind == ST_INVENTORY_INSPECT ? INSPECTOR : MONITOR, pledge);

	c.body.stock_count.quantity = tonnes(micro);
	c.body.stock_count.on = date_of(s->now);
	return c;
}

static inline struct command moves_goods(struct stage *s, enum statement_kind kind, enum actor who, struct uuid pledge,
                                         int64_t micro)
{
	struct command c = about(s, kind, who, pledge);

	c.body.stock_move.quantity = tonnes(micro);
	return c;
}

static inline struct command sells(struct stage *s, enum actor bank, struct uuid pledge, int64_t micro, int64_t amount)
{
	struct command c = about(s, ST_INVENTORY_SELL, bank, pledge);

	c.body.stock_sale.quantity = tonnes(micro);
	c.body.stock_sale.amount = cny(amount);
	c.body.stock_sale.on = date_of(s->now);
	return c;
}

/* SUPPLIER buys from SUPPLIER2. */
static inline struct command prepays(struct stage *s, const char *order, int64_t amount)
{
	struct command c = say(s, ST_PREPAYMENT_OPEN, SUPPLIER, new_id(s));
	struct body_prepayment_open *b = &c.body.prepayment_open;

	b->seller = s->party[SUPPLIER2];
	b->monitor = s->party[MONITOR];
	b->amount = cny(amount);
	b->order = span_z(order);
	b->ship_by = (struct date){ date_of(s->now).day + 60 };
	return c;
}

static inline struct command confirms_order(struct stage *s, struct uuid prepayment)
{
	struct command c = about(s, ST_PREPAYMENT_CONFIRM, SUPPLIER2, prepayment);
	const struct asset *a = asset_of(s, prepayment);

	c.body.prepayment_confirm.amount = cny(a ? a->face : 1);
	c.body.prepayment_confirm.ship_by = a ? a->due : date_of(s->now);
	return c;
}

static inline struct command steps(struct stage *s, enum statement_kind kind, enum actor who, struct uuid prepayment,
                                   int64_t amount)
{
	struct command c = about(s, kind, who, prepayment);

	c.body.prepayment_step.amount = cny(amount);
	c.body.prepayment_step.on = date_of(s->now);
	return c;
}
#endif
