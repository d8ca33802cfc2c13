/* SPDX-License-Identifier: Apache-2.0 */
/* ask_stock.c: inventory pledges, prepayments and the prices of goods. */
#include "service/reader.h"

/* Holder and obligor read their own; everybody else reads both of them. */
static void about_goods(struct reader *r, struct span json)
{
	struct uuid holder = json_uuid(json, "creditor"), obligor = json_uuid(json, "debtor");

	if (uuid_eq(holder, r->q->who.party) || uuid_eq(obligor, r->q->who.party))
		return;
	look_at(r, holder);
	look_at(r, obligor);
}

static enum fault ask_one(struct question *q, struct reader *r, const struct one *what)
{
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, what, q->param, 1) : f;
}

static enum fault ask_list(struct question *q, struct reader *r, const struct list *what, enum asset_kind kind)
{
	struct span param[3] = { S(""), S(""), q->param[3] };

	if (!state_known(kind, q->param[3]))
		return bad_param(q, "state", "no state of such an asset");
	return answer_list(r, what, param, 3);
}

enum fault ask_inventory(struct question *q, void *reader)
{
	static const struct one inventory = { "inventory", "inventory", about_goods };

	return ask_one(q, reader, &inventory);
}

enum fault ask_inventories(struct question *q, void *reader)
{
	static const struct list inventories = {
		.query = "inventories", .what = "inventories", .about = about_goods, .limit_at = 0, .cursor_at = 1
	};

	return ask_list(q, reader, &inventories, ASSET_INVENTORY);
}

enum fault ask_prepayment(struct question *q, void *reader)
{
	static const struct one prepayment = { "prepayment", "prepayment", about_goods };

	return ask_one(q, reader, &prepayment);
}

enum fault ask_prepayments(struct question *q, void *reader)
{
	static const struct list prepayments = {
		.query = "prepayments", .what = "prepayments", .about = about_goods, .limit_at = 0, .cursor_at = 1
	};

	return ask_list(q, reader, &prepayments, ASSET_PREPAYMENT);
}

/* A price is nobody's secret. */
static void about_price(struct reader *r, struct span json)
{
	(void)r;
	(void)json;
}

enum fault ask_price(struct question *q, void *reader)
{
	static const struct one price = { "price", "price", about_price };

	return ask_one(q, reader, &price);
}

enum fault ask_prices(struct question *q, void *reader)
{
	static const struct list prices = {
		.query = "prices", .what = "prices", .about = about_price, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &prices, param, 2);
}
