/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asset.c: the kinds of asset as tables: names, states, and which event leads where. A new kind is a row in
 * asset.def, a .def file with its states and edges, and a row here.
 */
#include "deciding.h"

#include "pledge.h"
#include "paper.h"

struct state_info {
	const char *name;
	bool live;
};

/* --- receivables --- */

static const struct state_info receivable_states[RCV_STATES] = {
#define STATE(number, ID, name, live) [RCV_##ID] = { name, live },
#include "receivable.def"
#undef STATE
};
static const uint8_t receivable_edges[RCV_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [RCV_##from][EV_##event] = RCV_##next,
#include "receivable.def"
#undef EDGE
};

/* --- warehouse receipts --- */

static const struct state_info receipt_states[WR_STATES] = {
#define STATE(number, ID, name, live) [WR_##ID] = { name, live },
#include "receipt.def"
#undef STATE
};
static const uint8_t receipt_edges[WR_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [WR_##from][EV_##event] = WR_##next,
#include "receipt.def"
#undef EDGE
};

/* --- stock --- */

static const struct state_info inventory_states[STK_STATES] = {
#define STATE(number, ID, name, live) [STK_##ID] = { name, live },
#include "inventory.def"
#undef STATE
};
static const uint8_t inventory_edges[STK_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [STK_##from][EV_##event] = STK_##next,
#include "inventory.def"
#undef EDGE
};

/* --- prepayments --- */

static const struct state_info prepayment_states[PRE_STATES] = {
#define STATE(number, ID, name, live) [PRE_##ID] = { name, live },
#include "prepayment.def"
#undef STATE
};
static const uint8_t prepayment_edges[PRE_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [PRE_##from][EV_##event] = PRE_##next,
#include "prepayment.def"
#undef EDGE
};

/* --- vouchers --- */

static const struct state_info voucher_states[VOUCHER_STATES] = {
#define STATE(number, ID, name, live) [VOUCHER_##ID] = { name, live },
#include "voucher.def"
#undef STATE
};
static const uint8_t voucher_edges[VOUCHER_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [VOUCHER_##from][EV_##event] = VOUCHER_##next,
#include "voucher.def"
#undef EDGE
};

/* --- bills --- */

static const struct state_info bill_states[BILL_STATES] = {
#define STATE(number, ID, name, live) [BILL_##ID] = { name, live },
#include "bill.def"
#undef STATE
};
static const uint8_t bill_edges[BILL_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [BILL_##from][EV_##event] = BILL_##next,
#include "bill.def"
#undef EDGE
};

/* --- pools --- */

static const struct state_info pool_states[POOL_STATES] = {
#define STATE(number, ID, name, live) [POOL_##ID] = { name, live },
#include "pool.def"
#undef STATE
};
static const uint8_t pool_edges[POOL_STATES][EV_COUNT] = {
#define EDGE(from, event, next) [POOL_##from][EV_##event] = POOL_##next,
#include "pool.def"
#undef EDGE
};

/* --- all --- */

static const struct machine {
	const struct state_info *states;
	const uint8_t (*edges)[EV_COUNT];
	int32_t n;
	/* Where value is not a fixed sum: what the kind says to a change of what is bound, and how much more may be. */
	enum fault (*bound)(struct deciding *g, const struct asset *a, int64_t by);
	enum fault (*room)(struct deciding *g, const struct asset *a, int64_t *ret);
	/* What a kind with rows of its own asks for early, and what it demands before a grant. */
	void (*hint)(struct deciding *g, struct uuid id);
	enum fault (*grantable)(struct deciding *g, const struct asset *a);
	/* What it demands, beside its state, before a lender may be given a part of it. */
	enum fault (*may_finance)(struct deciding *g, const struct asset *a);
} machines[ASSET_KINDS] = {
	[ASSET_RECEIVABLE] = { .states = receivable_states, .edges = receivable_edges, .n = RCV_STATES },
	[ASSET_WAREHOUSE_RECEIPT] = { .states = receipt_states,
	                              .edges = receipt_edges,
	                              .n = WR_STATES,
	                              .hint = holding_hint,
	                              .grantable = receipt_grantable },
	[ASSET_INVENTORY] = { .states = inventory_states,
	                      .edges = inventory_edges,
	                      .n = STK_STATES,
	                      .bound = pledge_bound_moves,
	                      .room = pledge_room },
	[ASSET_PREPAYMENT] = { .states = prepayment_states, .edges = prepayment_edges, .n = PRE_STATES },
	[ASSET_VOUCHER] = { .states = voucher_states, .edges = voucher_edges, .n = VOUCHER_STATES },
	[ASSET_BILL] = { .states = bill_states,
	                 .edges = bill_edges,
	                 .n = BILL_STATES,
	                 .may_finance = bill_may_finance },
	[ASSET_POOL] = { .states = pool_states, .edges = pool_edges, .n = POOL_STATES },
};

static const struct {
	const char *name, *noun;
} kinds[ASSET_KINDS] = {
#define ASSET_KIND(number, ID, name_, noun_) [ASSET_##ID] = { name_, noun_ },
#include "asset.def"
#undef ASSET_KIND
};

const char *asset_kind_name(int32_t kind) { return kind > 0 && kind < ASSET_KINDS ? kinds[kind].name : NULL; }

enum asset_kind asset_kind_of_type(struct span type)
{
	struct span noun, verb;

	if (!span_cut(type, '.', &noun, &verb))
		return ASSET_NONE;
	for (enum asset_kind k = ASSET_RECEIVABLE; k < ASSET_KINDS; k++)
		if (span_is(noun, kinds[k].noun))
			return k;
	return ASSET_NONE;
}

/* The state's row; NULL for numbers no list has. */
static const struct state_info *state_of(int32_t kind, int32_t s)
{
	if (kind <= 0 || kind >= ASSET_KINDS || s <= 0 || s >= machines[kind].n || !machines[kind].states[s].name)
		return NULL;
	return &machines[kind].states[s];
}

const char *asset_state_name(int32_t kind, int32_t s)
{
	const struct state_info *info = state_of(kind, s);

	return info ? info->name : NULL;
}

bool asset_live(const struct asset *a)
{
	const struct state_info *info = state_of(a->kind, a->state);

	return info && info->live;
}

enum fault asset_next(struct deciding *g, const struct asset *a, enum asset_event ev, int32_t *to)
{
	assert(state_of(a->kind, a->state) != NULL);
	*to = machines[a->kind].edges[a->state][ev];
	return *to ? OK : refuse(g, E_BAD_STATE, "/object", asset_state_name(a->kind, a->state));
}

enum fault bound_move(struct deciding *g, const struct asset *a, int64_t by)
{
	enum fault f = lineage_move(g, a, by);

	return f == OK && machines[a->kind].bound ? machines[a->kind].bound(g, a, by) : f;
}

enum fault asset_room(struct deciding *g, const struct asset *a, int64_t *ret)
{
	int64_t room, free = asset_balance(a).free;
	enum fault f;

	*ret = free;
	if (!machines[a->kind].room)
		return OK;
	f = machines[a->kind].room(g, a, &room);
	if (f == OK && room < free)
		*ret = room;
	return f;
}

void asset_hint(struct deciding *g, enum asset_kind kind, struct uuid id)
{
	if (machines[kind].hint)
		machines[kind].hint(g, id);
}

enum fault asset_grantable(struct deciding *g, const struct asset *a)
{
	return machines[a->kind].grantable ? machines[a->kind].grantable(g, a) : OK;
}

enum fault asset_may_finance(struct deciding *g, const struct asset *a)
{
	return machines[a->kind].may_finance ? machines[a->kind].may_finance(g, a) : OK;
}
