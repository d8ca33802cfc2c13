/* SPDX-License-Identifier: Apache-2.0 */
/* stories.c: see stories.h. */
#include "stories.h"

#include "run/clock.h"
#include "service/outbound.h"

#define GOODS "HRC-Q235B"
#define YARD_T INT64_C(2000000000) /* a site's tonnes: more than any run issues */

enum { PRICE = 7000000 }; /* of a tonne of copper, minor units */

struct story {
	uint64_t n;
	struct deal deal;
	struct uuid asset;
};

static struct story story_of(const struct workload *w, uint64_t n)
{
	struct story s = { .n = n, .asset = new_uuid() };

	market_deal(w->market, n, &s.deal);
	return s;
}

static bool registers(const struct out *o, const struct story *s, struct hash *head, struct span *ret)
{
	struct command c = { .kind = ST_RECEIVABLE_REGISTER, .object = s->asset };
	struct body_receivable_register *b = &c.body.receivable_register;
	const struct deal *d = &s->deal;
	bool good;

	b->creditor = d->supplier->id;
	b->debtor = d->core->id;
	b->face = d->face;
	b->issue_date = d->issued;
	b->due_date = d->due;
	b->invoice = (struct invoice){ span_z(d->number), d->issued };
	b->existing = FLAG_YES;
	good = out_seal(o, &c, &d->supplier->key, ret);
	*head = c.statement;
	return good;
}

static bool confirms(const struct out *o, const struct story *s, struct hash head, struct span *ret)
{
	const struct deal *d = &s->deal;
	struct command c = { .kind = ST_RECEIVABLE_CONFIRM, .object = s->asset, .has_prev = true, .prev = head };

	c.body.receivable_confirm = (struct body_receivable_confirm){
		.face = d->face, .due_date = d->due, .set_off_waived = FLAG_YES, .pay_to = span_z(d->supplier->account)
	};
	return out_seal(o, &c, &d->core->key, ret);
}

static struct command next_of(enum statement_kind kind, const struct command *before)
{
	return (struct command){ .kind = kind, .object = before->object, .has_prev = true, .prev = before->statement };
}

/* A pledge of the asset, and the bank takes it. */
static bool pledges(const struct out *o, const struct story *s, const struct privkey *holder, int32_t notified,
                    struct span ret[static 2])
{
	struct command grant = { .kind = ST_ENCUMBRANCE_GRANT, .object = new_uuid() }, accept;

	grant.body.encumbrance_grant = (struct body_encumbrance_grant){ .asset = s->asset,
		                                                        .kind = ENC_PLEDGE,
		                                                        .secured_party = s->deal.bank->id,
		                                                        .amount = s->deal.advance,
		                                                        .from = s->deal.issued,
		                                                        .recourse = FLAG_YES,
		                                                        .notified = notified };
	if (!out_seal(o, &grant, holder, &ret[0]))
		return false;
	accept = next_of(ST_ENCUMBRANCE_ACCEPT, &grant);
	return out_seal(o, &accept, &s->deal.bank->key, &ret[1]);
}

static bool confirmed(const struct out *o, const struct story *s, struct span ret[static 2])
{
	struct hash head;

	return registers(o, s, &head, &ret[0]) && confirms(o, s, head, &ret[1]);
}

static bool receivable(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	return confirmed(o, s, ret) && pledges(o, s, &s->deal.supplier->key, FLAG_YES, &ret[2]);
}

/* The debtor issues it, the creditor takes it. */
static bool voucher(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	struct command c = { .kind = ST_VOUCHER_ISSUE, .object = new_uuid() };
	const struct deal *d = &s->deal;

	c.body.voucher_issue = (struct body_voucher_issue){
		.receivable = s->asset, .face = d->face, .due_date = d->due, .divisible = FLAG_YES
	};
	if (!confirmed(o, s, ret) || !out_seal(o, &c, &d->core->key, &ret[2]))
		return false;
	c = next_of(ST_VOUCHER_ACCEPT, &c);
	return out_seal(o, &c, &d->supplier->key, &ret[3]);
}

/* The debtor draws it on itself and accepts it. */
static bool bill(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	struct command c = { .kind = ST_BILL_ISSUE, .object = new_uuid() };
	const struct deal *d = &s->deal;

	c.body.bill_issue = (struct body_bill_issue){ .receivable = s->asset,
		                                      .acceptor = d->core->id,
		                                      .face = d->face,
		                                      .due_date = d->due,
		                                      .divisible = FLAG_YES };
	if (!confirmed(o, s, ret) || !out_seal(o, &c, &d->core->key, &ret[2]))
		return false;
	c = next_of(ST_BILL_ACCEPT, &c);
	return out_seal(o, &c, &d->core->key, &ret[3]);
}

/* --- goods --- */

static struct quantity tonnes(int64_t n) { return (struct quantity){ n * 1000000, "TNE" }; }

static const struct market_party *warehouse_of(const struct out *o, uint64_t n)
{
	return &o->w->market->party[WAREHOUSE_AT + n % WAREHOUSES];
}

static bool receipt(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	struct command c = { .kind = ST_RECEIPT_ISSUE, .object = s->asset };
	struct body_receipt_issue *b = &c.body.receipt_issue;
	const struct date today = { o->w->market->today };
	char number[32], bin[32];
	struct goods_lot lot = { .goods = S(GOODS), .grade = S("Q235B"), .zone = S("A"), .value = s->deal.face };

	snprintf(number, sizeof number, "WR%lluX", (unsigned long long)s->n);
	snprintf(bin, sizeof bin, "B%lluX", (unsigned long long)s->n);
	lot.bin = span_z(bin);
	lot.quantity = tonnes(20 + (int64_t)(s->n % 80));
	*b = (struct body_receipt_issue){ .holder = s->deal.supplier->id,
		                          .site = warehouse_of(o, s->n)->site,
		                          .number = span_z(number),
		                          .lots = { &lot, 1 },
		                          .value = s->deal.face,
		                          .issue_date = today,
		                          .storage_until = { today.day + 180 } };
	if (!out_seal(o, &c, &warehouse_of(o, s->n)->key, &ret[0]))
		return false;
	c = next_of(ST_RECEIPT_WEIGH, &c);
	c.body.receipt_weigh = (struct body_receipt_weigh){ .lot = 1, .quantity = lot.quantity, .on = today };
	return out_seal(o, &c, &o->w->market->party[SURVEYOR_AT].key, &ret[1]) &&
	       pledges(o, s, &s->deal.supplier->key, FLAG_ABSENT, &ret[2]);
}

/* Stock worth twice what may be bound on it. */
static bool stock(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	struct command c = { .kind = ST_INVENTORY_OPEN, .object = s->asset };
	char hall[32];

	snprintf(hall, sizeof hall, "Hall %llu", (unsigned long long)s->n);
	c.body.inventory_open = (struct body_inventory_open){ .feed = o->w->market->feed,
		                                              .monitor = warehouse_of(o, s->n)->id,
		                                              .inspector = warehouse_of(o, s->n + 1)->id,
		                                              .site = span_z(hall),
		                                              .secures = s->deal.face,
		                                              .ratio = 700000,
		                                              .floor = { s->deal.face.minor / 2, "CNY" },
		                                              .floating = FLAG_YES };
	if (!out_seal(o, &c, &s->deal.supplier->key, &ret[0]))
		return false;
	c = next_of(ST_INVENTORY_COUNT, &c);
	c.body.stock_count = (struct body_stock_count){ .quantity = tonnes(s->deal.face.minor * 2 / PRICE + 1),
		                                        .on = { o->w->market->today } };
	return out_seal(o, &c, &warehouse_of(o, s->n)->key, &ret[1]) &&
	       pledges(o, s, &s->deal.supplier->key, FLAG_ABSENT, &ret[2]);
}

/* The core enterprise orders of the supplier and pledges the order. */
static bool prepayment(const struct out *o, const struct story *s, struct span ret[static CHAIN])
{
	struct command c = { .kind = ST_PREPAYMENT_OPEN, .object = s->asset };
	const struct date by = { o->w->market->today + 60 };
	char order[32];

	snprintf(order, sizeof order, "PO-%llu", (unsigned long long)s->n);
	c.body.prepayment_open = (struct body_prepayment_open){ .seller = s->deal.supplier->id,
		                                                .monitor = warehouse_of(o, s->n)->id,
		                                                .amount = s->deal.face,
		                                                .order = span_z(order),
		                                                .ship_by = by };
	if (!out_seal(o, &c, &s->deal.core->key, &ret[0]))
		return false;
	c = next_of(ST_PREPAYMENT_CONFIRM, &c);
	c.body.prepayment_confirm = (struct body_prepayment_confirm){ .amount = s->deal.face, .ship_by = by };
	return out_seal(o, &c, &s->deal.supplier->key, &ret[1]) &&
	       pledges(o, s, &s->deal.core->key, FLAG_ABSENT, &ret[2]);
}

/* --- which --- */

typedef bool story_fn(const struct out *o, const struct story *s, struct span ret[static CHAIN]);

bool story_tell(const struct out *o, uint64_t n, struct span ret[static CHAIN])
{
	static story_fn *const mix[] = { receivable, voucher,    receipt,    receivable, stock,   bill,
		                         receivable, prepayment, receivable, voucher,    receipt, stock,
		                         receivable, prepayment, voucher,    bill };
	const struct story s = story_of(o->w, n);

	o->w->asset[n % ASSETS_KEPT] = s.asset;
	return (o->w->mixed ? mix[n % ARRAY_LEN(mix)] : receivable)(o, &s, ret);
}

bool story_begin(const struct out *o, uint64_t n, struct span *ret)
{
	const struct story s = story_of(o->w, n);
	struct hash head;

	o->w->asset[n % ASSETS_KEPT] = s.asset;
	return registers(o, &s, &head, ret);
}

/* --- around it --- */

bool story_site(const struct out *o, size_t warehouse, struct span ret[static 2])
{
	const struct market *m = o->w->market;
	const struct market_party *p = &m->party[WAREHOUSE_AT + warehouse];
	struct uuid surveyor = m->party[SURVEYOR_AT].id;
	struct capacity may_hold = { S(GOODS), tonnes(YARD_T) };
	struct command c = { .kind = ST_SITE_REGISTER, .object = p->site };

	c.body.site_register = (struct body_site_register){ .name = S("Yard 7"),
		                                            .address = span_z(p->region),
		                                            .goods = { &may_hold, 1 },
		                                            .inspectors = { &surveyor, 1 } };
	if (!out_seal(o, &c, &p->key, &ret[0]))
		return false;
	c = next_of(ST_SITE_COUNT, &c);
	c.body.site_count =
		(struct body_site_count){ .goods_code = S(GOODS), .quantity = tonnes(YARD_T), .on = { m->today } };
	return out_seal(o, &c, &m->party[SURVEYOR_AT].key, &ret[1]);
}

bool story_feed(const struct out *o, const struct privkey *operator_key, struct span ret[static 2])
{
	const struct market *m = o->w->market;
	struct command c = { .kind = ST_PRICE_ENROL, .object = m->feed };

	c.body.price_enrol = (struct body_price_enrol){ .commodity = S("CU-CATH-1"),
		                                        .goods = S("metal"),
		                                        .per = { 1000000, "TNE" },
		                                        .currency = S("CNY"),
		                                        .source = m->party[EXCHANGE_AT].id };
	if (!out_seal(o, &c, operator_key, &ret[0]))
		return false;
	c = next_of(ST_PRICE_POST, &c);
	c.body.price_post = (struct body_price_post){ .price = { PRICE, "CNY" }, .made = clock_now() };
	return out_seal(o, &c, &m->party[EXCHANGE_AT].key, &ret[1]);
}
