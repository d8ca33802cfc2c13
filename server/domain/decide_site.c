/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_site.c: where goods lie: a site, what it may hold, and what third parties have counted there.
 *
 * The warehouse says what it can hold; who may count, weigh and inspect there is named before, and is never the
 * warehouse itself. A capacity cannot fall below what live receipts stand for; a count can: it is a fact, and from
 * then on no further receipt is issued.
 */
#include "holding.h"

/* --- the site's own facts --- */

/* One a line; each enrolled, none the operator. */
static enum fault inspector_lines(struct deciding *g, const struct uuids *list, struct span *ret)
{
	struct writer w;

	for (size_t i = 0; i < list->n; i++)
		hint_row(g, TABLE_PARTY, key_uuid(list->at[i]), false);
	for (size_t i = 0; i < list->n; i++) {
		const struct party *p;
		enum fault f = need_party(g, list->at[i], "/body/inspectors", &p);

		if (f == OK && is_actor(g, list->at[i]))
			f = refuse(g, E_SELF_DEALING, "/body/inspectors",
			           "a warehouse does not count, weigh or inspect for itself");
		if (f != OK)
			return f;
	}
	w = writer_in(g->mem);
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			put_byte(&w, '\n');
		put_uuid(&w, list->at[i]);
	}
	*ret = writer_done(&w, g->mem);
	return OK;
}

static enum fault set_capacity(struct deciding *g, const struct capacity *c)
{
	struct uuid id = goods_at(g->c->object, c->goods);
	const struct site_goods *old;
	struct site_goods *x;
	enum fault f = get_goods_at(g, g->c->object, c->goods, &old);

	if (f != OK)
		return f;
	if (old && strncmp(c->quantity.unit, old->unit.at, old->unit.len) != 0)
		return refuse(g, E_GOODS_UNIT, "/body/goods", "these goods are kept in another unit here");
	if (old && c->quantity.micro < old->issued)
		return refuse(g, E_CAPACITY, "/body/goods", "live receipts stand for more than that");
	x = old ? edit_site_goods(g, old) : new_site_goods(g, id);
	x->capacity = c->quantity.micro;
	x->goods = c->goods;
	x->seq = (int64_t)g->r->seq;
	x->site = g->c->object;
	x->unit = span_z(c->quantity.unit);
	return OK;
}

static enum fault set_capacities(struct deciding *g, const struct capacities *list)
{
	enum fault f = OK;

	for (size_t i = 0; i < list->n; i++)
		hint_row(g, TABLE_SITE_GOODS, key_uuid(goods_at(g->c->object, list->at[i].goods)), false);
	for (size_t i = 0; f == OK && i < list->n; i++) {
		for (size_t k = 0; k < i; k++)
			if (span_eq(list->at[k].goods, list->at[i].goods))
				return refuse(g, E_BAD_MEMBER, "/body/goods", "these goods stand in the list twice");
		f = set_capacity(g, &list->at[i]);
	}
	return f;
}

enum fault decide_site_register(struct deciding *g)
{
	const struct body_site_register *b = &g->c->body.site_register;
	int64_t licence = rule_value(g, RULE_SITE_LICENCE);
	struct span inspectors;
	struct site *s;
	enum fault f = need_document(g, b->licence, "/body/licence");

	if (f == OK && licence && hash_is_zero(b->licence))
		f = refuse_rule(g, E_LICENCE, "/body/licence", "a site is registered with the operator's licence");
	if (f == OK && date_given(b->licensed_until) && b->licensed_until.day < date_of(g->r->now).day)
		f = refuse(g, E_LICENCE, "/body/licensed_until", "the licence has run out");
	if (f == OK)
		f = inspector_lines(g, &b->inspectors, &inspectors);
	if (f == OK)
		f = set_capacities(g, &b->goods);
	if (f != OK)
		return f;
	s = new_site(g, g->c->object);
	s->address = b->address;
	s->inspectors = inspectors;
	s->licence = b->licence;
	s->licensed_until = b->licensed_until;
	s->name = b->name;
	s->warehouse = g->actor;
	return OK;
}

enum fault decide_site_amend(struct deciding *g)
{
	const struct body_site_amend *b = &g->c->body.site_amend;
	struct span inspectors = { NULL, 0 };
	const struct site *s;
	struct site *x;
	enum fault f = get_site(g, g->c->object, &s);

	if (f != OK)
		return f;
	assert(s != NULL); /* decide() has found the object */
	f = need_actor(g, s->warehouse, "the operator of the site signs this");
	if (f == OK)
		f = need_document(g, b->licence, "/body/licence");
	if (f == OK && b->inspectors.n > 0)
		f = inspector_lines(g, &b->inspectors, &inspectors);
	if (f == OK)
		f = set_capacities(g, &b->goods);
	if (f != OK)
		return f;
	x = edit_site(g, s);
	if (inspectors.len > 0)
		x->inspectors = inspectors;
	if (!hash_is_zero(b->licence))
		x->licence = b->licence;
	if (date_given(b->licensed_until))
		x->licensed_until = b->licensed_until;
	return OK;
}

/* --- counts --- */

static enum fault counted_now(struct deciding *g, const struct site_goods *sg, int64_t *ret)
{
	const struct body_site_count *b = &g->c->body.site_count;

	if (b->quantity.micro > 0 && !span_is(sg->unit, b->quantity.unit))
		return refuse(g, E_GOODS_UNIT, "/body/quantity", "these goods are kept in another unit here");
	if (b->inbound == FLAG_YES && b->quantity.micro == 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/quantity", "what came in?");
	*ret = b->quantity.micro + (b->inbound == FLAG_YES ? sg->counted : 0);
	if (*ret > QUANTITY_MAX)
		return refuse(g, E_CAPACITY, "/body/quantity", "more than a site can hold");
	return OK;
}

static enum fault need_counter(struct deciding *g, const struct site *s)
{
	if (!is_inspector(s, g->actor) && (g->roles & (ROLE_REGULATOR | ROLE_COURT)) == 0)
		return refuse(g, E_NOT_INDEPENDENT, "", "an inspector of the site counts, or the regulator");
	if (is_actor(g, s->warehouse))
		return refuse(g, E_NOT_INDEPENDENT, "", "a warehouse does not count for itself");
	return OK;
}

enum fault decide_site_count(struct deciding *g)
{
	const struct body_site_count *b = &g->c->body.site_count;
	struct uuid id = goods_at(g->c->object, b->goods_code);
	const struct site *s;
	const struct site_goods *sg;
	struct site_goods *x;
	int64_t counted = 0;
	enum fault f;

	hint_row(g, TABLE_SITE_GOODS, key_uuid(id), false);
	f = get_site(g, g->c->object, &s);
	if (f != OK)
		return f;
	assert(s != NULL);
	f = need_counter(g, s);
	if (f == OK)
		f = need_document(g, b->document, "/body/document");
	if (f == OK)
		f = get_goods_at(g, g->c->object, b->goods_code, &sg);
	if (f == OK && !sg)
		f = refuse(g, E_GOODS_UNKNOWN, "/body/goods", fault_info(E_GOODS_UNKNOWN)->text);
	if (f == OK && b->on.day > date_of(g->r->now).day)
		f = refuse(g, E_DATE_ORDER, "/body/on", "the day has not come");
	if (f == OK)
		f = counted_now(g, sg, &counted);
	if (f != OK)
		return f;
	x = edit_site_goods(g, sg);
	x->counted = counted;
	x->counted_by = g->actor;
	x->counted_on = b->on;
	x->counted_seq = (int64_t)g->r->seq;
	x->seq = (int64_t)g->r->seq;
	return OK;
}
