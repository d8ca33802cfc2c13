/* SPDX-License-Identifier: Apache-2.0 */
/* ask_goods.c: warehouse receipts and the sites their goods lie at. */
#include "service/reader.h"

/* Holder and warehouse read their own; everybody else reads both of them. */
static void about_warehouse_receipt(struct reader *r, struct span json)
{
	struct uuid holder = json_uuid(json, "holder"), warehouse = json_uuid(json, "warehouse");

	if (uuid_eq(holder, r->q->who.party) || uuid_eq(warehouse, r->q->who.party))
		return;
	look_at(r, holder);
	look_at(r, warehouse);
}

enum fault ask_warehouse_receipt(struct question *q, void *reader)
{
	static const struct one receipt = { "warehouse_receipt", "warehouse-receipt", about_warehouse_receipt };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &receipt, q->param, 1) : f;
}

enum fault ask_warehouse_receipts(struct question *q, void *reader)
{
	static const struct list receipts = { .query = "warehouse_receipts",
		                              .what = "warehouse-receipts",
		                              .about = about_warehouse_receipt,
		                              .limit_at = 0,
		                              .cursor_at = 1 };
	struct span param[3] = { S(""), S(""), q->param[3] };

	if (!state_known(ASSET_WAREHOUSE_RECEIPT, q->param[3]))
		return bad_param(q, "state", "no state of a warehouse receipt");
	return answer_list(reader, &receipts, param, 3);
}

/* A site is for everybody to see: nobody is looked at. */
enum fault ask_site(struct question *q, void *reader)
{
	static const struct one site = { "site", "site", NULL };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &site, q->param, 1) : f;
}

enum fault ask_sites(struct question *q, void *reader)
{
	static const struct list sites = { .query = "sites", .what = "sites", .limit_at = 0, .cursor_at = 1 };
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &sites, param, 2);
}
