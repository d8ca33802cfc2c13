/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_price.c: price feeds. The operator says which party may say what a commodity costs; that party alone does.
 *
 * A price changes the feed's row and no other, however many pledges hang on it (stock.h). Time runs forwards only: who
 * has posted a price can post another, and cannot put one before it.
 */
#include "deciding.h"

enum fault decide_price_enrol(struct deciding *g)
{
	const struct body_price_enrol *b = &g->c->body.price_enrol;
	enum goods_class class = goods_class_parse(b->goods);
	const struct party *source;
	struct price *p;
	enum fault f = need_active_party(g, b->source, "/body/source", &source);

	if (f != OK)
		return f;
	if ((source->roles & ROLE_PRICE_SOURCE) == 0)
		return refuse(g, E_ROLE_MISSING, "/body/source", "not enrolled as a price source");
	if (class == GOODS_NONE)
		return refuse(g, E_BAD_MEMBER, "/body/goods",
		              "metal, agricultural, energy, packaged, exchange or other");
	if (b->per.micro != 1000000)
		return refuse(g, E_BAD_MEMBER, "/body/per", "a price is for exactly one unit");
	if (ccy_digits(b->currency) < 0)
		return refuse(g, E_BAD_MEMBER, "/body/currency", "no currency this registry knows");
	p = new_price(g, g->c->object);
	memcpy(p->ccy.at, b->currency.at, 3);
	p->class = (int32_t) class;
	p->commodity = b->commodity;
	p->source = b->source;
	p->state = LIVE;
	p->unit = span_z(b->per.unit);
	return OK;
}

static enum fault the_feed(struct deciding *g, const struct price **ret)
{
	enum fault f = get_price(g, g->c->object, ret);

	if (f != OK)
		return f;
	assert(*ret != NULL); /* decide() has found the object */
	return (*ret)->state == LIVE ? OK : refuse(g, E_BAD_STATE, "/object", "the feed is retired");
}

enum fault decide_price_post(struct deciding *g)
{
	const struct body_price_post *b = &g->c->body.price_post;
	const struct price *p;
	enum fault f = the_feed(g, &p);

	if (f == OK)
		f = need_actor(g, p->source, "the feed's own source posts its prices");
	if (f != OK)
		return f;
	if (memcmp(b->price.ccy, p->ccy.at, sizeof b->price.ccy) != 0)
		return refuse(g, E_CURRENCY_MISMATCH, "/body/price", "the feed is in another currency");
	if (b->price.minor <= 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/price", "a price is more than zero");
	if (b->made.us <= p->at.us)
		return refuse(g, E_DATE_ORDER, "/body/made", "not later than the last price");
	if (b->made.us > g->r->now.us)
		return refuse(g, E_DATE_ORDER, "/body/made", "a price of the future");
	edit_price(g, p)->price = b->price.minor;
	edit_price(g, p)->at = b->made;
	return OK;
}

enum fault decide_price_retire(struct deciding *g)
{
	const struct price *p;
	enum fault f = the_feed(g, &p);

	if (f == OK)
		edit_price(g, p)->state = ENDED;
	return f;
}
