/* SPDX-License-Identifier: Apache-2.0 */
/* actors_goods.h: statements about sites and warehouse receipts in one line, for tests of the rules. */
#ifndef CF_ACTORS_GOODS_H
#define CF_ACTORS_GOODS_H

#include "actors.h"

static inline struct quantity tonnes(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

/* A site of the warehouse, for one kind of goods; the surveyor inspects. */
static inline struct command opens_site(struct stage *s, int64_t capacity)
{
	static struct capacity may_hold;
	struct command c = say(s, ST_SITE_REGISTER, WAREHOUSE, new_id(s));
	struct body_site_register *b = &c.body.site_register;

	may_hold = (struct capacity){ S("HRC-Q235B"), tonnes(capacity) };
	b->name = S("Yard 7");
	b->address = S("Baoshan");
	b->goods = (struct capacities){ &may_hold, 1 };
	b->inspectors = (struct uuids){ &s->party[SURVEYOR], 1 };
	return c;
}

static inline struct command counts(struct stage *s, struct uuid site, int64_t found)
{
	struct command c = say(s, ST_SITE_COUNT, SURVEYOR, site);

	chain(s, &c, TABLE_SITE);
	c.body.site_count.goods = S("HRC-Q235B");
	if (found > 0)
		c.body.site_count.quantity = tonnes(found);
	c.body.site_count.on = date_of(s->now);
	return c;
}

/* One lot, in bulk, in the bin named. The lot is the caller's to keep. */
static inline struct command issues(struct stage *s, struct uuid site, const char *number, struct goods_lot *lot)
{
	struct command c = say(s, ST_RECEIPT_ISSUE, WAREHOUSE, new_id(s));
	struct body_receipt_issue *b = &c.body.receipt_issue;

	b->holder = s->party[SUPPLIER];
	b->site = site;
	b->number = span_z(number);
	b->lots = (struct lots){ lot, 1 };
	b->value = lot->value;
	b->issue_date = date_of(s->now);
	b->storage_until = (struct date){ date_of(s->now).day + 180 };
	return c;
}

static inline struct goods_lot steel(int64_t quantity, int64_t value, const char *bin)
{
	return (struct goods_lot){ .goods = S("HRC-Q235B"),
		                   .grade = S("Q235B"),
		                   .quantity = tonnes(quantity),
		                   .zone = S("A"),
		                   .bin = span_z(bin),
		                   .value = cny(value) };
}
#endif
