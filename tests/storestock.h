/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storestock.h: goods beside the small registry of storeplay.h: feed 60; inventory 24 of the supplier, watched by the
 * stranger, inspected by the agent, lent on by bank A (encumbrance 34, when asked for); prepayment 25 of the supplier, owed by
 * debtor 2, received by the agent; inventory 26 of the stranger on the same feed, lower lines.
 */
#ifndef CF_STORESTOCK_H
#define CF_STORESTOCK_H

#include "storeplay.h"

enum { STOCK1 = 24, PREPAID1, STOCK2, ENC_STOCK = 34, FEED = 60 };

static inline struct stock a_stock(uint8_t n, int64_t call_price, int64_t cure_price)
{
	struct stock k;

	row_init(&k.row, TABLE_STOCK, key_uuid(id_of(n)));
	k.call_price = call_price;
	k.counted = 100500000;
	k.cure_price = cure_price;
	k.feed = id_of(FEED);
	k.floating = 1;
	k.floor = 90000;
	k.inspected = k.reported = (struct date){ 20601 };
	k.inspector = id_of(AGENT);
	k.missing = 1500000;
	k.ratio = 700000;
	k.received = 112000000;
	k.released = 10000000;
	k.seq = 12;
	k.site = S("Hall 1");
	return k;
}

static inline struct price a_feed(void)
{
	struct price p;

	row_init(&p.row, TABLE_PRICE, key_uuid(id_of(FEED)));
	p.at.us = INT64_C(1700000000000000);
	memcpy(p.ccy.at, "CNY", 3);
	p.class = GOODS_METAL;
	p.commodity = S("CU-CATH-1");
	p.head = hash_of(FEED);
	p.price = 1000;
	p.seq = 12;
	p.source = id_of(AGENT);
	p.state = LIVE;
	p.unit = S("TNE");
	return p;
}

static inline void play_goods_rows(struct world *w, bool lent)
{
	struct asset a = an_asset(STOCK1, id_of(SUPPLIER), id_of(STRANGER), 12),
		     b = an_asset(STOCK2, id_of(STRANGER), id_of(AGENT), 13),
		     p = an_asset(PREPAID1, id_of(SUPPLIER), id_of(DEBTOR2), 14);
	struct encumbrance e = an_encumbrance(ENC_STOCK, &a, id_of(BANK_A), 50000, 12);
	struct stock s = a_stock(STOCK1, 950, 0), t = a_stock(STOCK2, 800, 1100);
	struct price f = a_feed();
	struct prepayment q;

	a.kind = b.kind = ASSET_INVENTORY;
	a.face = b.face = 70000;
	a.encumbered = lent ? 50000 : 0;
	a.encumbrance_count = lent;
	a.state = STK_ACTIVE;
	b.state = STK_BELOW_WARNING;
	a.document = b.document = p.document = (struct hash){ { 0 } };
	t.top_up_by.us = INT64_C(1500000000000000);
	t.inspector = id_of(DEBTOR2);
	p.kind = ASSET_PREPAYMENT;
	p.state = PRE_SHIPPED;
	p.number = S("PO-7");
	p.paid = 1000;
	row_init(&q.row, TABLE_PREPAYMENT, key_uuid(id_of(PREPAID1)));
	q.advanced = 80000;
	q.monitor = id_of(AGENT);
	q.received = 30000;
	q.released = 1000;
	q.seq = 14;
	q.ship_by = (struct date){ 10000 };
	q.shipped = 60000;
	change(w, (struct row *[]){ &a.row, &b.row, &p.row, &s.row, &t.row, &f.row, &q.row }, 7);
	if (lent)
		change(w, (struct row *[]){ &e.row }, 1);
}

static inline void play_goods(bool lent)
{
	struct arena mem = test_arena((size_t)16 << 20);
	struct world w = new_world(&mem);
	struct store *writer = open_as(STORE_WRITER);
	static struct batch b;
	struct head h;

	assert_int_equal(store_take_lease(writer, &h), OK);
	play_goods_rows(&w, lent);
	batch_start(&b, &h);
	batch_add(&b, id_of(SUPPLIER), id_of(STOCK1), ST_INVENTORY_OPEN, 0);
	batch_add(&b, id_of(STRANGER), id_of(STOCK2), ST_INVENTORY_OPEN, 0);
	batch_add(&b, id_of(SUPPLIER), id_of(PREPAID1), ST_PREPAYMENT_OPEN, 0);
	if (batch_commit(writer, &b, &w) != OK)
		fail_msg("%s", store_why(writer));
	store_close(writer);
}
#endif
