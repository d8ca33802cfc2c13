/* SPDX-License-Identifier: Apache-2.0 */
/* ask_paper.c: vouchers and bills, the chain of their holders, and who does not pay them. */
#include "service/reader.h"

/* Holder and debtor read their own; everybody else reads both of them. */
static void about_paper(struct reader *r, struct span json)
{
	struct uuid holder = json_uuid(json, "holder"), debtor = json_uuid(json, "debtor");

	if (uuid_eq(holder, r->q->who.party) || uuid_eq(debtor, r->q->who.party))
		return;
	look_at(r, holder);
	look_at(r, debtor);
}

/* A kind as the queries take it. */
static struct span number_of(enum asset_kind kind)
{
	static const char digit[] = "0123456789";

	assert(kind < 10);
	return (struct span){ &digit[kind], 1 };
}

static enum fault one_paper(struct question *q, struct reader *r, enum asset_kind kind, const char *query)
{
	const struct one paper = { query, asset_kind_name((int32_t)kind), about_paper };
	struct span param[2] = { q->param[0], number_of(kind) };
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &paper, param, 2) : f;
}

static enum fault many_papers(struct question *q, struct reader *r, enum asset_kind kind, const char *what)
{
	const struct list papers = {
		.query = "papers", .what = what, .about = about_paper, .limit_at = 0, .cursor_at = 1
	};
	struct span param[4] = { S(""), S(""), q->param[3], number_of(kind) };

	if (!state_known(kind, q->param[3]))
		return bad_param(q, "state", "no state of this kind of asset");
	return answer_list(r, &papers, param, 4);
}

enum fault ask_voucher(struct question *q, void *reader) { return one_paper(q, reader, ASSET_VOUCHER, "paper"); }

enum fault ask_voucher_chain(struct question *q, void *reader)
{
	return one_paper(q, reader, ASSET_VOUCHER, "paper_chain");
}

enum fault ask_vouchers(struct question *q, void *reader) { return many_papers(q, reader, ASSET_VOUCHER, "vouchers"); }

enum fault ask_bill(struct question *q, void *reader) { return one_paper(q, reader, ASSET_BILL, "paper"); }

enum fault ask_bill_chain(struct question *q, void *reader) { return one_paper(q, reader, ASSET_BILL, "paper_chain"); }

enum fault ask_bills(struct question *q, void *reader) { return many_papers(q, reader, ASSET_BILL, "bills"); }

static void about_pool(struct reader *r, struct span json) { look_at(r, json_uuid(json, "originator")); }

static enum fault one_pool(struct question *q, struct reader *r, const char *query)
{
	const struct one pool = { query, "pool", about_pool };
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &pool, q->param, 1) : f;
}

enum fault ask_pool(struct question *q, void *reader) { return one_pool(q, reader, "pool"); }

enum fault ask_pool_tape(struct question *q, void *reader) { return one_pool(q, reader, "pool_tape"); }

enum fault ask_pools(struct question *q, void *reader)
{
	static const struct list pools = {
		.query = "pools", .what = "pools", .about = about_pool, .limit_at = 0, .cursor_at = 1
	};
	struct span param[2] = { S(""), S("") };

	(void)q;
	return answer_list(reader, &pools, param, 2);
}

enum fault ask_obligors(struct question *q, void *reader)
{
	static const struct list obligors = {
		.query = "obligors", .what = "obligors", .limit_at = NO_PAGES, .cursor_at = NO_PAGES
	};

	(void)q;
	return answer_list(reader, &obligors, NULL, 0);
}
