/* SPDX-License-Identifier: Apache-2.0 */
/*
 * t22_sim: random histories against the rules.
 *
 * From a seed, thousands of statements, sensible and senseless, by parties with
 * and without authority, through the real decide(). After each one:
 *   - the asset it was about keeps its balances (asset_broken), and its lineage its cap;
 *   - goods and prepaid amounts are conserved (stock_broken, prepayment_broken), nothing binds stock beyond what it was
 *     worth when it was bound, and no pledge a statement touched stands on a state that its price has left;
 *   - no two of its encumbrances share a rank; its objections, its findings and its debtor's commitments add up;
 *   - a refusal has changed no row;
 *   - now and then all goods under receipts are added up anew (goods_sums.h): nothing made, lost, or there twice;
 *   - an independent ledger of live claims by document number, kept here in
 *     forty lines, agrees on who may have one;
 *   - a second world, which knows nothing and loads only the rows decide() asks
 *     for (as the server's does), decides the same, digest for digest.
 * At the end the whole history is replayed into a third world and must give the
 * same digests and the same rows.
 *
 * A history that breaks something is told again with only the steps it takes (shrink.h), as the statements one would sign.
 *
 * CF_SIM_STEPS and CF_SIM_SEED change length and seed, CF_SIM_SEEDS how many of them.
 */
#include "test.h"

#include "actors_stock.h"
#include "detect.h"
#include "paperplay.h"
#include "domain/stock.h"
#include "goods_sums.h"
#include "intake/statement_write.h"
#include "shrink.h"

enum { NUMBERS = 50000, KEEP = 64 };

static struct arena kept_lists; /* of commands: a history is replayed from them */

struct rng {
	uint64_t s;
};

static uint64_t draw(struct rng *r)
{
	r->s += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = r->s;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t below(struct rng *r, size_t n) { return (size_t)(draw(r) % n); }

struct sim {
	struct stage s;
	struct rng r;
	struct {
		struct uuid bill;
		int64_t seq;
	} step[1024];
	size_t n_step;
	struct {
		struct uuid pool, asset;
	} member[4096]; /* that entered lately */
	size_t n_member;
	struct uuid asset[KEEP], enc[KEEP], hold[KEEP], freeze[KEEP], lineage[4];
	struct uuid paper[KEEP], bill[KEEP], pool[8];
	size_t n_paper, n_bill, n_pool;
	struct uuid stock[KEEP], prepaid[KEEP], feed[4], objection[KEEP], finding[KEEP];
	size_t n_asset, n_enc, n_hold, n_freeze, n_stock, n_prepaid, n_feed, n_objection, n_finding;
	struct uuid last_grant;
	struct uuid yard[2], receipt[KEEP];
	size_t n_receipt, goods_accepted;
	char site[NUMBERS][16];
	char number[NUMBERS][16];
	size_t last_number;
	/* the independent ledger: which asset a number is taken by */
	struct {
		struct uuid asset;
		bool live;
	} taken[2][NUMBERS];
	/* history for the replay */
	struct command *history;
	struct moment *when;
	struct hash *digest;
	size_t n_history;
	bool judging; /* the statement behind the history's last: when a check fails, this one broke it */
	/* the lazy world */
	struct world lazy;
	struct arena lazy_mem, lazy_scratch, look;
	struct decision lazy_d;
	size_t accepted, refused, unlogged, loads, did[256];
};

static void remember(struct rng *r, struct uuid *list, size_t *n, struct uuid id)
{
	if (*n < KEEP)
		list[(*n)++] = id;
	else
		list[below(r, KEEP)] = id;
}

static void forget(struct uuid *list, size_t *n, struct uuid id)
{
	for (size_t i = 0; i < *n; i++)
		if (uuid_eq(list[i], id))
			list[i--] = list[--*n];
}

static struct uuid pick(struct sim *m, const struct uuid *list, size_t n)
{
	static const struct uuid nobody = { { 0xee } };

	return n == 0 || below(&m->r, 200) == 0 ? nobody : list[below(&m->r, n)];
}

static enum actor anyone(struct sim *m) { return (enum actor)(OPERATOR + below(&m->r, ACTORS)); }

/* Mostly the right one. */
static enum actor who(struct sim *m, enum actor right) { return below(&m->r, 12) == 0 ? anyone(m) : right; }

static enum actor actor_of(const struct sim *m, struct uuid party, enum actor otherwise)
{
	for (enum actor a = ANCHOR; a < ACTORS; a++)
		if (uuid_eq(m->s.party[a], party))
			return a;
	return otherwise;
}

static enum actor creditor_of(struct sim *m, struct uuid asset)
{
	const struct asset *a = asset_of(&m->s, asset);

	return who(m, a ? actor_of(m, a->creditor, SUPPLIER) : SUPPLIER);
}

static enum actor secured_of(struct sim *m, struct uuid enc)
{
	const struct encumbrance *e = enc_of(&m->s, enc);

	return who(m, e ? actor_of(m, e->secured, BANK_A) : BANK_A);
}

static int64_t some_amount(struct sim *m)
{
	static const int64_t edge[] = { 0, 1, MONEY_MAX, MONEY_MAX - 1 };

	return below(&m->r, 30) == 0 ? edge[below(&m->r, 4)] : (int64_t)(1 + below(&m->r, 1000000));
}

/* --- one statement of each kind --- */

/* Mostly a fresh one, often one used a moment ago. */
static const char *some_number(struct sim *m)
{
	if (below(&m->r, 4) != 0)
		m->last_number = below(&m->r, NUMBERS);
	return m->number[m->last_number];
}

static struct command make_register(struct sim *m)
{
	enum actor who_is = who(m, below(&m->r, 2) ? SUPPLIER : SUPPLIER2);
	struct command c = registers(&m->s, who_is, some_amount(m), some_number(m));
	struct body_receivable_register *b = &c.body.receivable_register;

	if (below(&m->r, 3) == 0)
		b->lineage = m->lineage[below(&m->r, 4)];
	if (below(&m->r, 3) != 0)
		b->due_date.day = date_of(m->s.now).day + (int32_t)below(&m->r, 300);
	if (below(&m->r, 20) == 0)
		b->due_date.day += (int32_t)below(&m->r, 500);
	if (below(&m->r, 40) == 0)
		b->debtor = m->s.party[anyone(m)];
	if (below(&m->r, 40) == 0)
		b->creditor = m->s.party[anyone(m)];
	if (below(&m->r, 10) == 0) {
		b->existing = FLAG_NO;
		b->invoice.number = S("");
	}
	return c;
}

static struct uuid some_receipt(struct sim *m);

static struct command make_grant(struct sim *m)
{
	struct uuid asset = below(&m->r, 3) ? pick(m, m->asset, m->n_asset) : some_receipt(m);
	struct command c =
		grants(&m->s, creditor_of(m, asset), asset, (enum actor)(BANK_A + below(&m->r, 3)), some_amount(m));
	struct body_encumbrance_grant *b = &c.body.encumbrance_grant;

	b->kind = (enum encumbrance_kind)(1 + below(&m->r, 5));
	if (below(&m->r, 3) == 0)
		b->until = (struct date){ date_of(m->s.now).day + 25 + (int32_t)below(&m->r, 60) };
	if (below(&m->r, 4) == 0)
		b->delivered = (struct date){ date_of(m->s.now).day - (int32_t)below(&m->r, 14) };
	if (below(&m->r, 6) == 0)
		b->advance = cny(some_amount(m));
	if (below(&m->r, 4) == 0) {
		b->amount = (struct money){ 0 };
		b->fraction = (int32_t)(1 + below(&m->r, 1000000));
	}
	return c;
}

static struct command make_about_asset(struct sim *m)
{
	static const enum statement_kind kind[] = {
		ST_RECEIVABLE_CONFIRM, ST_RECEIVABLE_CONFIRM, ST_RECEIVABLE_DISPUTE,   ST_RECEIVABLE_RESOLVE,
		ST_RECEIVABLE_RESOLVE, ST_RECEIVABLE_REJECT,  ST_RECEIVABLE_ADJUST,    ST_RECEIVABLE_PAY,
		ST_RECEIVABLE_PAY,     ST_RECEIVABLE_CANCEL,  ST_RECEIVABLE_WRITE_OFF, ST_RECEIVABLE_OVERDUE,
		ST_RECEIVABLE_DEFAULT
	};
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct uuid asset = pick(m, m->asset, m->n_asset);
	struct command c;

	if (k == ST_RECEIVABLE_CONFIRM)
		c = confirms(&m->s, asset);
	else
		c = about(&m->s, k, ANCHOR, asset);
	if (k == ST_RECEIVABLE_ADJUST || k == ST_RECEIVABLE_CANCEL || k == ST_RECEIVABLE_WRITE_OFF ||
	    (k == ST_RECEIVABLE_RESOLVE && below(&m->r, 2)))
		c.kid = m->s.kid[creditor_of(m, asset)];
	else if (k == ST_RECEIVABLE_OVERDUE || k == ST_RECEIVABLE_DEFAULT)
		c.kid = m->s.kid[who(m, REGISTRY)];
	else
		c.kid = m->s.kid[who(m, below(&m->r, 6) == 0 ? BANK_A : ANCHOR)];
	if (k == ST_RECEIVABLE_ADJUST)
		c.body.receivable_adjust.reduce = cny(some_amount(m));
	if (k == ST_RECEIVABLE_PAY)
		c.body.receivable_pay.amount = cny(some_amount(m));
	return c;
}

static struct command make_about_encumbrance(struct sim *m)
{
	static const enum statement_kind kind[] = { ST_ENCUMBRANCE_ACCEPT,      ST_ENCUMBRANCE_ACCEPT,
		                                    ST_ENCUMBRANCE_ACCEPT,      ST_ENCUMBRANCE_RELEASE,
		                                    ST_ENCUMBRANCE_SUBORDINATE, ST_ENCUMBRANCE_ENFORCE,
		                                    ST_ENCUMBRANCE_LAPSE };
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct uuid enc = pick(m, m->enc, m->n_enc);
	struct command c = about(&m->s, k, k == ST_ENCUMBRANCE_LAPSE ? who(m, REGISTRY) : secured_of(m, enc), enc);

	if (k == ST_ENCUMBRANCE_RELEASE && below(&m->r, 2))
		c.body.encumbrance_release.amount = cny(some_amount(m));
	if (k == ST_ENCUMBRANCE_SUBORDINATE)
		c.body.encumbrance_subordinate.to_rank_after = pick(m, m->enc, m->n_enc);
	return c;
}

static struct command make_hold(struct sim *m)
{
	struct command c;
	struct body_hold_place *b;

	if (m->n_hold > 0 && below(&m->r, 2)) {
		struct uuid id = m->hold[below(&m->r, m->n_hold)];
		const struct hold *h =
			(const struct hold *)(const void *)world_find(&m->s.world, TABLE_HOLD, key_uuid(id));
		enum actor bank = h ? actor_of(m, h->bank, BANK_A) : BANK_A;
		static const enum statement_kind kind[] = { ST_HOLD_RELEASE, ST_HOLD_LAPSE, ST_HOLD_PLACE };
		enum statement_kind k = kind[below(&m->r, 3)];

		c = about(&m->s, k, k == ST_HOLD_LAPSE ? REGISTRY : who(m, bank), id);
	} else {
		c = say(&m->s, ST_HOLD_PLACE, (enum actor)(BANK_A + below(&m->r, 3)), new_id(&m->s));
	}
	if (c.kind != ST_HOLD_PLACE)
		return c;
	b = &c.body.hold_place;
	b->purpose = S("lending");
	b->until.us = m->s.now.us + (int64_t)below(&m->r, 1500) * 60000000;
	if (below(&m->r, 3) == 0)
		b->claim = (struct facts){ .kind = S("invoice"),
			                   .issuer = S("913200002000000346"),
			                   .number = span_z(some_number(m)) };
	else
		b->asset = pick(m, m->asset, m->n_asset);
	return c;
}

/* Freezes and suspensions end soon: else the longer a history, the less happens in it. */
static bool live_freeze(const struct sim *m, struct uuid *ret)
{
	for (size_t i = 0; i < m->n_freeze; i++) {
		const struct freeze *z = (const struct freeze *)(const void *)world_find(&m->s.world, TABLE_FREEZE,
		                                                                         key_uuid(m->freeze[i]));

		if (z && z->state == LIVE && !uuid_is_nil(z->party)) {
			*ret = z->id;
			return true;
		}
	}
	return false;
}

static struct command make_freeze(struct sim *m)
{
	struct uuid live;
	struct command c;

	if (below(&m->r, 8) != 0 && live_freeze(m, &live))
		return about(&m->s, ST_FREEZE_LIFT, who(m, REGULATOR), live);
	if (m->n_freeze > 0 && below(&m->r, 3))
		return about(&m->s, ST_FREEZE_LIFT, who(m, REGULATOR), m->freeze[below(&m->r, m->n_freeze)]);
	c = say(&m->s, ST_FREEZE_PLACE, who(m, REGULATOR), new_id(&m->s));
	if (below(&m->r, 16) == 0)
		c.body.freeze_place.party = m->s.party[anyone(m)];
	else
		c.body.freeze_place.asset = pick(m, m->asset, m->n_asset);
	c.body.freeze_place.ground = S("(2026) 1");
	return c;
}

/* --- paper --- */

static enum actor holder_of(struct sim *m, struct uuid paper) { return creditor_of(m, paper); }

static enum actor offeree_of(struct sim *m, struct uuid paper)
{
	const struct part *p = paper_part(&m->s, paper);

	return who(m, p ? actor_of(m, p->offered_to, SUPPLIER2) : SUPPLIER2);
}

/* Most often an asset in that state, when a few draws find one. */
static struct uuid pick_state(struct sim *m, int32_t state)
{
	struct uuid id = pick(m, m->asset, m->n_asset);

	for (size_t i = 0; i < 12; i++) {
		const struct asset *a = asset_of(&m->s, id);

		if (a && a->kind == ASSET_RECEIVABLE && a->state == state && a->encumbered + a->reserved == 0)
			break;
		id = pick(m, m->asset, m->n_asset);
	}
	return id;
}

static struct command make_voucher(struct sim *m)
{
	struct command c = issues_paper(&m->s, pick_state(m, RCV_CONFIRMED));
	struct body_voucher_issue *b = &c.body.voucher_issue;

	c.kid = m->s.kid[who(m, ANCHOR)];
	b->divisible = below(&m->r, 8) ? FLAG_YES : FLAG_NO;
	if (below(&m->r, 20) == 0)
		b->face.minor = some_amount(m);
	if (below(&m->r, 10) == 0)
		b->due_date.day += (int32_t)below(&m->r, 60) - 30;
	return c;
}

/* Mostly exactly the whole, sometimes a cent beside it. */
static struct command make_cuts(struct sim *m, enum statement_kind kind, struct uuid id)
{
	const struct asset *a = asset_of(&m->s, id);
	int64_t amount[8], left = a ? a->face : 10;
	size_t n = 2 + below(&m->r, 6);
	struct command c;

	for (size_t i = 0; i + 1 < n; i++) {
		amount[i] = left > 1 ? 1 + (int64_t)below(&m->r, (size_t)left - 1) : 1;
		left -= amount[i];
	}
	amount[n - 1] = left + (below(&m->r, 15) == 0);
	c = splits(&m->s, kind, holder_of(m, id), id, amount, n);
	struct cut *kept = arena_take(&kept_lists, n * sizeof *kept); /* the history is replayed from these bytes */
	memcpy(kept, c.body.paper_split.parts.at, n * sizeof *kept);
	c.body.paper_split.parts.at = kept;
	if (below(&m->r, 20) == 0)
		kept[0].id = below(&m->r, 2) ? kept[1].id : id;
	return c;
}

static struct command make_about_voucher(struct sim *m)
{
	static const enum statement_kind kind[] = { ST_VOUCHER_ACCEPT,   ST_VOUCHER_ACCEPT, ST_VOUCHER_ACCEPT,
		                                    ST_VOUCHER_DECLINE,  ST_VOUCHER_REVIEW, ST_VOUCHER_TRANSFER,
		                                    ST_VOUCHER_TRANSFER, ST_VOUCHER_REDEEM, ST_VOUCHER_CANCEL,
		                                    ST_VOUCHER_LAPSE,    ST_VOUCHER_OVERDUE };
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct uuid id = pick(m, m->paper, m->n_paper);
	enum actor signer = k == ST_VOUCHER_ACCEPT || k == ST_VOUCHER_DECLINE    ? offeree_of(m, id)
	                    : k == ST_VOUCHER_TRANSFER || k == ST_VOUCHER_CANCEL ? holder_of(m, id)
	                    : k == ST_VOUCHER_LAPSE || k == ST_VOUCHER_OVERDUE   ? who(m, REGISTRY)
	                    : k == ST_VOUCHER_REVIEW                             ? who(m, BANK_A)
	                                                                         : who(m, ANCHOR);
	struct command c =
		k == ST_VOUCHER_TRANSFER ? offers(&m->s, k, signer, id, anyone(m)) : about(&m->s, k, signer, id);

	if (k == ST_VOUCHER_REDEEM) {
		const struct asset *a = asset_of(&m->s, id);

		c.body.receivable_pay.amount = cny(a && below(&m->r, 2) ? asset_balance(a).open : some_amount(m));
	}
	return c;
}

static struct command make_obligor(struct sim *m)
{
	size_t n = below(&m->r, 10);
	struct command c = say(&m->s,
	                       n == 0  ? ST_OBLIGOR_DEFAULT
	                       : n < 4 ? ST_OBLIGOR_CURE
	                       : n < 7 ? ST_OBLIGOR_REVIEW
	                               : ST_OBLIGOR_RELATE,
	                       who(m, REGULATOR), m->s.party[anyone(m)]);

	if (c.kind == ST_OBLIGOR_REVIEW)
		c.kid = m->s.kid[who(m, REGISTRY)];
	if (c.kind == ST_OBLIGOR_RELATE)
		c.body.obligor_relate.group = m->s.party[anyone(m)];
	return c;
}

static struct command make_draw(struct sim *m)
{
	struct command c = draws(&m->s, pick_state(m, RCV_CONFIRMED), below(&m->r, 3) ? ANCHOR : BANK_A);
	struct body_bill_issue *b = &c.body.bill_issue;

	c.kid = m->s.kid[who(m, ANCHOR)];
	b->divisible = below(&m->r, 8) ? FLAG_YES : FLAG_NO;
	b->due_date.day -= (int32_t)below(&m->r, 3) * 40;
	if (below(&m->r, 20) == 0)
		b->face.minor = some_amount(m);
	return c;
}

static enum actor debtor_of(struct sim *m, struct uuid id)
{
	const struct asset *a = asset_of(&m->s, id);

	return who(m, a ? actor_of(m, a->debtor, ANCHOR) : ANCHOR);
}

/* One of the bill's own steps, when it is remembered. */
static int64_t some_step(struct sim *m, struct uuid bill)
{
	for (size_t i = 0; i < ARRAY_LEN(m->step); i++) {
		size_t at = (m->n_step + i) % ARRAY_LEN(m->step);

		if (uuid_eq(m->step[at].bill, bill) && below(&m->r, 3))
			return m->step[at].seq;
	}
	return (int64_t)below(&m->r, m->s.seq);
}

/* Mostly a bill, and mostly one in the state the step is for. */
static struct uuid pick_bill(struct sim *m, int32_t state)
{
	struct uuid id = pick(m, m->bill, m->n_bill);

	for (size_t i = 0; i < 10; i++) {
		const struct asset *a = asset_of(&m->s, id);

		if (a && a->state == state)
			break;
		id = pick(m, m->bill, m->n_bill);
	}
	return id;
}

static struct command make_about_bill(struct sim *m)
{
	static const struct {
		enum statement_kind kind;
		int32_t state;
	} row[] = {
		{ ST_BILL_ACCEPT, BILL_ISSUED },        { ST_BILL_ACCEPT, BILL_ISSUED },
		{ ST_BILL_TAKE, BILL_ACCEPTED },        { ST_BILL_TAKE, BILL_ACCEPTED },
		{ ST_BILL_TAKE, BILL_OFFERED },         { ST_BILL_TAKE, BILL_OFFERED },
		{ ST_BILL_DECLINE, BILL_OFFERED },      { ST_BILL_DISCLOSE, BILL_HELD },
		{ ST_BILL_DISCLOSE, BILL_HELD },        { ST_BILL_ENDORSE, BILL_HELD },
		{ ST_BILL_ENDORSE, BILL_HELD },         { ST_BILL_DISCOUNT, BILL_HELD },
		{ ST_BILL_GUARANTEE, BILL_HELD },       { ST_BILL_PRESENT, BILL_HELD },
		{ ST_BILL_PRESENT, BILL_HELD },         { ST_BILL_PAY, BILL_PRESENTED },
		{ ST_BILL_PAY, BILL_DISHONOURED },      { ST_BILL_DISHONOUR, BILL_PRESENTED },
		{ ST_BILL_RECOURSE, BILL_DISHONOURED }, { ST_BILL_RECOURSE, BILL_DISHONOURED },
		{ ST_BILL_SETTLE, BILL_CLAIMED },       { ST_BILL_SETTLE, BILL_CLAIMED },
		{ ST_BILL_LAPSE, BILL_PRESENTED },      { ST_BILL_CANCEL, BILL_HELD },
	};
	size_t n = below(&m->r, ARRAY_LEN(row));
	enum statement_kind k = row[n].kind;
	struct uuid id = pick_bill(m, row[n].state);
	const struct asset *a = asset_of(&m->s, id);
	enum actor signer = holder_of(m, id);
	struct command c;

	if (k == ST_BILL_ACCEPT || k == ST_BILL_TAKE || k == ST_BILL_DECLINE || k == ST_BILL_SETTLE)
		signer = offeree_of(m, id);
	else if (k == ST_BILL_DISCLOSE || k == ST_BILL_PAY || k == ST_BILL_DISHONOUR)
		signer = debtor_of(m, id);
	else if (k == ST_BILL_LAPSE)
		signer = who(m, REGISTRY);
	else if (k == ST_BILL_GUARANTEE)
		signer = who(m, BANK_C);
	if (k == ST_BILL_ENDORSE || k == ST_BILL_DISCOUNT)
		return offers(&m->s, k, signer, id, k == ST_BILL_DISCOUNT ? who(m, BANK_B) : anyone(m));
	if (k == ST_BILL_DISCLOSE)
		return discloses(&m->s, signer, id, a && below(&m->r, 6) ? a->face : 7);
	c = about(&m->s, k, signer, id);
	if (k == ST_BILL_PAY || k == ST_BILL_SETTLE)
		c.body.receivable_pay.amount = cny(a && below(&m->r, 4) ? asset_balance(a).open : some_amount(m));
	if (k == ST_BILL_RECOURSE)
		c.body.bill_recourse.step = some_step(m, id);
	return c;
}

/* --- pools --- */

static struct uuid a_member(struct sim *m, struct uuid pool)
{
	size_t skip = below(&m->r, 6);
	struct uuid last = { { 1 } };

	for (size_t i = 0; i < m->n_member; i++) {
		if (!uuid_eq(m->member[i].pool, pool))
			continue;
		last = m->member[i].asset;
		if (skip-- == 0)
			break;
	}
	return last;
}

static struct uuids some_assets(struct sim *m, enum statement_kind k, struct uuid pool)
{
	struct uuids l = { arena_take(&kept_lists, 4 * sizeof *l.at),
		           k == ST_POOL_REMOVE ? 1 : 1 + below(&m->r, 4) }; /* kept: the history is replayed from it */

	for (size_t i = 0; i < l.n; i++)
		l.at[i] = k == ST_POOL_REMOVE    ? a_member(m, pool)
		          : below(&m->r, 4) == 0 ? pick(m, m->paper, m->n_paper)
		                                 : pick_state(m, RCV_CONFIRMED);
	return l;
}

static struct command make_pool_open(struct sim *m)
{
	struct command c = say(&m->s, ST_POOL_OPEN, who(m, SUPPLIER), new_id(&m->s));
	struct body_pool_open *b = &c.body.pool_open;

	b->name = S("pool");
	b->form = S("abs");
	b->currency = S("CNY");
	b->trustee = m->s.party[who(m, BANK_C)];
	if (below(&m->r, 5))
		b->rating = S("AAA");
	return c;
}

static void fill_lock(struct sim *m, struct body_pool_lock *b, struct uuid id)
{
	const struct row *r = world_find(&m->s.world, TABLE_POOL, key_uuid(id));
	const struct pool *p = (const struct pool *)(const void *)r;
	const struct asset *a = asset_of(&m->s, id);

	if (!p || !a)
		return;
	b->members = p->members;
	b->total = cny(a->face);
	b->commitment = p->commitment;
	b->debtors = (struct uuids){ &m->s.party[ANCHOR], 1 };
}

static struct command make_pool(struct sim *m)
{
	static const enum statement_kind kind[] = { ST_POOL_ADD,    ST_POOL_ADD,     ST_POOL_ADD,     ST_POOL_ADD,
		                                    ST_POOL_REMOVE, ST_POOL_LOCK,    ST_POOL_PUBLISH, ST_POOL_ADMIT,
		                                    ST_POOL_REPORT, ST_POOL_COLLECT, ST_POOL_COLLECT, ST_POOL_COLLECT,
		                                    ST_POOL_CLOSE };
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct uuid id = pick(m, m->pool, m->n_pool);
	struct command c;

	if (m->n_pool == 0 || below(&m->r, 25) == 0)
		return make_pool_open(m);
	c = about(&m->s, k, k == ST_POOL_COLLECT ? who(m, BANK_C) : creditor_of(m, id), id);
	if (k == ST_POOL_ADD || k == ST_POOL_REMOVE)
		c.body.pool_members.assets = some_assets(m, k, id);
	if (k == ST_POOL_LOCK)
		fill_lock(m, &c.body.pool_lock, id);
	if (k == ST_POOL_ADMIT)
		c.body.pool_admit.investors = (struct uuids){ &m->s.party[who(m, INVESTOR)], 1 };
	if (k == ST_POOL_REPORT) {
		static const char *const word[] = { "current", "overdue", "defaulted" };

		c.body.pool_report.asset = a_member(m, id);
		c.body.pool_report.status = span_z(word[below(&m->r, 3)]);
	}
	if (k == ST_POOL_COLLECT) {
		struct uuid asset = a_member(m, id);
		const struct asset *a = asset_of(&m->s, asset);

		c.body.pool_collect.asset = asset;
		c.body.pool_collect.amount = cny(a && below(&m->r, 4) ? asset_balance(a).open : some_amount(m));
	}
	return c;
}

static struct command make_paper(struct sim *m)
{
	size_t n = below(&m->r, 125);

	if (n >= 100)
		return make_pool(m);
	return n < 15   ? make_voucher(m)
	       : n < 25 ? make_cuts(m, ST_VOUCHER_SPLIT, pick(m, m->paper, m->n_paper))
	       : n < 50 ? make_about_voucher(m)
	       : n < 62 ? make_draw(m)
	       : n < 68 ? make_cuts(m, ST_BILL_SPLIT, pick_bill(m, BILL_HELD))
	       : n < 98 ? make_about_bill(m)
	                : make_obligor(m);
}

static struct command make_party(struct sim *m)
{
	enum actor a = (enum actor)(ANCHOR + below(&m->r, ACTORS - ANCHOR));
	const struct party *p = NULL;

	for (enum actor k = ANCHOR; k < ACTORS; k++) {
		p = (const struct party *)(const void *)world_find(&m->s.world, TABLE_PARTY, key_uuid(m->s.party[k]));
		if (p->state == PARTY_SUSPENDED && below(&m->r, 2)) {
			a = k;
			break;
		}
	}
	p = (const struct party *)(const void *)world_find(&m->s.world, TABLE_PARTY, key_uuid(m->s.party[a]));
	assert(p != NULL);
	return about(&m->s, p->state == PARTY_ACTIVE && below(&m->r, 4) == 0 ? ST_PARTY_SUSPEND : ST_PARTY_RESTORE,
	             who(m, OPERATOR), m->s.party[a]);
}

/* --- stock --- */

static struct command make_price(struct sim *m)
{
	static const char *const goods[] = { "metal", "agricultural", "energy", "packaged" };
	const struct price *f;
	size_t i = below(&m->r, ARRAY_LEN(m->feed));
	int64_t price;
	struct command c;

	if (m->n_feed < ARRAY_LEN(m->feed)) {
		c = enrols_feed(&m->s, goods[m->n_feed], goods[m->n_feed]);
		m->feed[m->n_feed++] = c.object;
		return c;
	}
	f = feed_of(&m->s, m->feed[i]);
	price = f && f->price > 0 ? f->price * (int64_t)(85 + below(&m->r, 32)) / 100 : 1000;
	c = posts(&m->s, m->feed[i], price > 10 ? price : 1000);
	c.kid = m->s.kid[who(m, EXCHANGE)];
	return c;
}

static struct command make_pledge(struct sim *m)
{
	struct uuid feed = pick(m, m->feed, m->n_feed);
	struct command c = opens(&m->s, feed, m->site[below(&m->r, NUMBERS)], some_amount(m), some_amount(m) / 2);
	struct body_inventory_open *b = &c.body.inventory_open;

	b->ratio = (int32_t)(100000 + below(&m->r, 600000));
	b->floating = below(&m->r, 3) ? FLAG_YES : FLAG_NO;
	if (below(&m->r, 3) == 0)
		b->parent = pick(m, m->prepaid, m->n_prepaid), b->floating = FLAG_NO;
	else if (below(&m->r, 3) == 0)
		b->lineage = m->lineage[below(&m->r, 4)];
	c.kid = m->s.kid[who(m, SUPPLIER)];
	return c;
}

static int64_t some_goods(struct sim *m)
{
	static const int64_t edge[] = { 0, 1, QUANTITY_MAX };

	return below(&m->r, 60) == 0 ? edge[below(&m->r, 3)] : (int64_t)below(&m->r, 1000000000);
}

static enum actor bank_of(struct sim *m, struct uuid asset)
{
	const struct asset *a = asset_of(&m->s, asset);

	for (const struct row *r = a ? a->row.children : NULL; r; r = r->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)r;

		if (encumbrance_binds(e->state))
			return who(m, actor_of(m, e->secured, BANK_A));
	}
	return who(m, BANK_A);
}

/* As the server's timer looks for them: a pledge whose price has crossed one of its lines, if there is one. */
static struct uuid crossed(struct sim *m, struct uuid otherwise)
{
	for (size_t i = 0; i < m->n_stock; i++) {
		const struct stock *k = stock_of(&m->s, m->stock[i]);
		int64_t price = feed_of(&m->s, k->feed)->price;

		if (k->call_price >= price || (k->cure_price > 0 && k->cure_price <= price))
			return k->id;
	}
	return otherwise;
}

static struct uuid late(struct sim *m, struct uuid otherwise)
{
	for (size_t i = 0; i < m->n_stock; i++) {
		const struct stock *k = stock_of(&m->s, m->stock[i]);

		if (k->top_up_by.us != 0 && k->top_up_by.us <= m->s.now.us)
			return k->id;
	}
	return otherwise;
}

static struct command make_about_stock(struct sim *m)
{
	struct uuid id = pick(m, m->stock, m->n_stock);
	const struct stock *k = stock_of(&m->s, id);
	int64_t there = k ? k->counted : 0;

	switch (below(&m->r, 12)) {
	case 0:
		return counts(&m->s, ST_INVENTORY_COUNT, id, some_goods(m));
	case 1:
	case 2:
		return counts(&m->s, ST_INVENTORY_REPORT, id, there);
	case 3:
		return counts(&m->s, ST_INVENTORY_INSPECT, id, there - (below(&m->r, 4) == 0 && there > 5 ? 5 : 0));
	case 4:
		return moves_goods(&m->s, ST_INVENTORY_TOP_UP, who(m, MONITOR), id, some_goods(m));
	case 5:
	case 6:
		return moves_goods(&m->s, ST_INVENTORY_RELEASE,
		                   k && !k->floating && below(&m->r, 2) ? bank_of(m, id) : who(m, MONITOR), id,
		                   there / (int64_t)(1 + below(&m->r, 9)));
	case 7:
		return about(&m->s, ST_INVENTORY_MARK, who(m, REGISTRY), crossed(m, id));
	case 8:
		id = late(m, id);
		return about(&m->s, ST_INVENTORY_LAPSE, who(m, REGISTRY), id);
	case 9:
		return about(&m->s, ST_INVENTORY_ENFORCE, bank_of(m, id), id);
	case 10:
		return sells(&m->s, bank_of(m, id), id, there / (int64_t)(1 + below(&m->r, 3)), some_amount(m));
	default:
		if (below(&m->r, 6))
			return counts(&m->s, ST_INVENTORY_REPORT, id, there);
		return about(&m->s, ST_INVENTORY_CLOSE, creditor_of(m, id), id);
	}
}

static struct uuid unshipped(struct sim *m, struct uuid otherwise)
{
	for (size_t i = 0; i < m->n_prepaid; i++) {
		const struct prepayment *p = prepayment_of(&m->s, m->prepaid[i]);

		if (p->ship_by.day > 0 && p->ship_by.day < date_of(m->s.now).day)
			return p->id;
	}
	return otherwise;
}

/* What would come next if all went well. */
static struct command next_step(struct sim *m, struct uuid id, const struct prepayment *p)
{
	const struct asset *a = asset_of(&m->s, id);

	if (!a || a->state == PRE_OPENED)
		return a && a->confirmed_seq ? steps(&m->s, ST_PREPAYMENT_ADVANCE, bank_of(m, id), id,
		                                     1 + a->encumbered / (int64_t)(1 + below(&m->r, 3)))
		                             : confirms_order(&m->s, id);
	if (a->state == PRE_ADVANCED)
		return steps(&m->s, ST_PREPAYMENT_SHIP, who(m, SUPPLIER2), id, p->advanced - p->shipped);
	if (a->state == PRE_SHIPPED)
		return steps(&m->s, ST_PREPAYMENT_RECEIVE, who(m, MONITOR), id, p->shipped - p->received);
	return steps(&m->s, ST_PREPAYMENT_RELEASE, bank_of(m, id), id,
	             1 + (p->received - p->released) / (int64_t)(1 + below(&m->r, 3)));
}

static struct command make_about_prepaid(struct sim *m)
{
	struct uuid id = pick(m, m->prepaid, m->n_prepaid);
	const struct prepayment *p = prepayment_of(&m->s, id);
	int64_t all = p && p->advanced > 0 ? p->advanced : 1000;
	int64_t part = below(&m->r, 4) ? all : some_amount(m);

	switch (below(&m->r, 16)) {
	case 0:
	case 1:
		return confirms_order(&m->s, id);
	case 2:
	case 3:
		return steps(&m->s, ST_PREPAYMENT_ADVANCE, bank_of(m, id), id, some_amount(m) / 2);
	case 4:
		return steps(&m->s, ST_PREPAYMENT_SHIP, who(m, SUPPLIER2), id, part);
	case 5:
		return steps(&m->s, ST_PREPAYMENT_RECEIVE, who(m, MONITOR), id, part);
	case 6:
		return steps(&m->s, ST_PREPAYMENT_RELEASE, bank_of(m, id), id, part / 3);
	case 7:
		return steps(&m->s, ST_PREPAYMENT_REFUND, bank_of(m, id), id, part / 2);
	case 8:
		return about(&m->s, ST_PREPAYMENT_FAIL, who(m, REGISTRY), unshipped(m, id));
	default:
		if (below(&m->r, 6)) /* let it live */
			return next_step(m, id, p);
		return about(&m->s, ST_PREPAYMENT_CLOSE, who(m, SUPPLIER), id);
	}
}

static struct command make_prepaid(struct sim *m)
{
	struct command c = prepays(&m->s, some_number(m), some_amount(m));

	if (below(&m->r, 3) == 0)
		c.body.prepayment_open.lineage = m->lineage[below(&m->r, 4)];
	if (below(&m->r, 3) == 0)
		c.body.prepayment_open.ship_by.day = date_of(m->s.now).day + (int32_t)below(&m->r, 4);
	c.kid = m->s.kid[who(m, SUPPLIER)];
	return c;
}

/* A part of what the goods carry, so that it is often granted; and the bank often accepts at once. */
static struct command make_goods_grant(struct sim *m)
{
	bool stock = below(&m->r, 2);
	struct uuid id = stock ? pick(m, m->stock, m->n_stock) : pick(m, m->prepaid, m->n_prepaid);
	const struct asset *a = asset_of(&m->s, id);
	const struct stock *k = stock_of(&m->s, id);
	int64_t most = a ? a->face : 1, by_value;
	struct command c;

	if (below(&m->r, 2) && m->n_enc > 0) {
		struct uuid e = m->last_grant;

		return about(&m->s, ST_ENCUMBRANCE_ACCEPT, secured_of(m, e), e);
	}
	if (k) {
		by_value = minor_share(stock_value(k->counted, feed_of(&m->s, k->feed)->price), k->ratio);
		most = by_value < most ? by_value : most;
	}
	c = grants(&m->s, creditor_of(m, id), id, (enum actor)(BANK_A + below(&m->r, 3)),
	           1 + most / (int64_t)(1 + below(&m->r, 4)));
	return c;
}

static struct command make_goods(struct sim *m)
{
	size_t n = below(&m->r, 100);

	return n < 14   ? make_price(m)
	       : n < 18 ? make_pledge(m)
	       : n < 52 ? make_about_stock(m)
	       : n < 55 ? make_prepaid(m)
	       : n < 80 ? make_about_prepaid(m)
	                : make_goods_grant(m);
}

/* --- rank, term and clocks --- */

static struct date around(struct sim *m, int32_t least, size_t days)
{
	return (struct date){ date_of(m->s.now).day + least + (int32_t)below(&m->r, days) };
}

/* The one document there is: nobody can read it, and everybody can point at it. */
static struct hash the_document(void) { return sha256(S("a document")); }

static void put_document(struct world *w)
{
	struct evidence doc;

	row_init(&doc.row, TABLE_DOCUMENT, key_hash(the_document()));
	assert_non_null(world_put(w, &doc.row));
}

static struct command make_constitute(struct sim *m, struct uuid asset)
{
	struct command c = about(&m->s, ST_RECEIVABLE_CONSTITUTE, creditor_of(m, asset), asset);
	struct body_receivable_constitute *b = &c.body.receivable_constitute;

	b->face = cny(some_amount(m));
	b->issue_date = around(m, -20, 30);
	b->due_date = around(m, 0, 200);
	b->invoice.number = span_z(some_number(m));
	return c;
}

static struct command make_future(struct sim *m)
{
	struct uuid asset = pick(m, m->asset, m->n_asset);

	return below(&m->r, 4) ? make_constitute(m, asset) : about(&m->s, ST_RECEIVABLE_LAPSE, who(m, REGISTRY), asset);
}

static struct command make_term(struct sim *m)
{
	static const enum statement_kind kind[] = { ST_ENCUMBRANCE_EXTEND,  ST_ENCUMBRANCE_EXPIRE,
		                                    ST_ENCUMBRANCE_DEMAND,  ST_ENCUMBRANCE_DISCHARGE,
		                                    ST_ENCUMBRANCE_CONTEST, ST_ENCUMBRANCE_NOTIFY,
		                                    ST_ENCUMBRANCE_CEDE };
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct uuid enc = pick(m, m->enc, m->n_enc);
	bool ours = statement_info(k)->roles == ROLE_REGISTRY;
	struct command c = about(&m->s, k, ours ? who(m, REGISTRY) : secured_of(m, enc), enc);

	if (k == ST_ENCUMBRANCE_EXTEND)
		c.body.encumbrance_extend.until = around(m, 0, 200);
	if (k == ST_ENCUMBRANCE_DEMAND) {
		c.body.encumbrance_demand.ended = around(m, -3, 4);
		if (below(&m->r, 2)) {
			c.kid = m->s.kid[who(m, SUPPLIER)];
			c.body.encumbrance_demand.document = the_document();
		}
	}
	if (k == ST_ENCUMBRANCE_CONTEST)
		c.body.dispute.code = S("C06");
	if (k == ST_ENCUMBRANCE_NOTIFY)
		c.body.encumbrance_notify.on = around(m, -2, 3);
	if (k == ST_ENCUMBRANCE_CEDE)
		c.body.encumbrance_cede.cede_to = pick(m, m->enc, m->n_enc);
	return c;
}

static struct command make_objection(struct sim *m)
{
	static const enum statement_kind kind[] = { ST_OBJECTION_ANSWER, ST_OBJECTION_PROVE, ST_OBJECTION_WITHDRAW,
		                                    ST_OBJECTION_LAPSE, ST_OBJECTION_CONCLUDE };
	enum statement_kind k = kind[below(&m->r, ARRAY_LEN(kind))];
	struct command c;

	if (m->n_objection > 0 && below(&m->r, 2)) {
		struct uuid id = m->objection[below(&m->r, m->n_objection)];
		const struct objection *o =
			(const struct objection *)(const void *)world_find(&m->s.world, TABLE_OBJECTION, key_uuid(id));
		enum actor side = actor_of(m, k == ST_OBJECTION_ANSWER ? o->respondent : o->challenger, ANCHOR);

		c = about(&m->s, k,
		          who(m, k == ST_OBJECTION_LAPSE      ? REGISTRY
		                 : k == ST_OBJECTION_CONCLUDE ? REGULATOR
		                                              : side),
		          id);
		if (k == ST_OBJECTION_ANSWER)
			c.body.objection_answer.accepted = below(&m->r, 3) ? FLAG_NO : FLAG_YES;
		if (k == ST_OBJECTION_PROVE)
			c.body.objection_prove.document = the_document();
		return c;
	}
	c = say(&m->s, ST_OBJECTION_PLACE, anyone(m), new_id(&m->s));
	if (below(&m->r, 2)) {
		const struct encumbrance *e;

		c.body.objection_place.encumbrance = pick(m, m->enc, m->n_enc);
		e = enc_of(&m->s, c.body.objection_place.encumbrance);
		c.body.objection_place.asset = e ? e->asset : pick(m, m->asset, m->n_asset);
	} else {
		c.body.objection_place.asset = pick(m, m->asset, m->n_asset);
	}
	c.body.objection_place.code = S("C05");
	return c;
}

/* Any signal on any asset or party; mostly reviewed sooner or later, so that most can still be financed. */
static struct command make_finding(struct sim *m)
{
	static const char *const signal[] = { "D04", "G01", "F06", "B03" }, *const severity[] = { "info", "flag",
		                                                                                  "hold" };
	static int64_t evidence[] = { 0, 1 };
	struct command c;

	if (m->n_finding > 0 && below(&m->r, 3)) {
		c = say(&m->s, ST_FINDING_REVIEW, who(m, below(&m->r, 2) ? REGULATOR : ANCHOR),
		        m->finding[below(&m->r, m->n_finding)]);
		chain(&m->s, &c, TABLE_FINDING);
		c.body.finding_review.verdict = below(&m->r, 4) ? S("cleared") : S("confirmed");
		c.body.finding_review.reason = S("looked at");
		return c;
	}
	c = say(&m->s, ST_FINDING_RAISE, who(m, REGISTRY), new_id(&m->s));
	if (below(&m->r, 4))
		c.body.finding_raise.asset = pick(m, m->asset, m->n_asset);
	else
		c.body.finding_raise.party = m->s.party[anyone(m)];
	c.body.finding_raise.signal = span_z(signal[below(&m->r, 4)]);
	c.body.finding_raise.severity = span_z(severity[below(&m->r, 3)]);
	c.body.finding_raise.at_seq = 1;
	c.body.finding_raise.evidence = (struct numbers){ evidence, ARRAY_LEN(evidence) };
	c.body.finding_raise.detail = S("random");
	c.body.finding_raise.engine = DETECTION_ENGINE;
	return c;
}

static struct command make_commitment(struct sim *m)
{
	enum actor supplier = below(&m->r, 2) ? SUPPLIER : SUPPLIER2;
	struct command c = say(&m->s, ST_COMMITMENT_SIGN, who(m, ANCHOR), m->s.party[supplier]);
	struct body_commitment_sign *b = &c.body.commitment_sign;

	b->supplier = m->s.party[supplier];
	b->month = day(below(&m->r, 2) ? "2027-02-01" : "2027-05-01");
	b->total = cny((int64_t)below(&m->r, MONEY_MAX));
	return c;
}

static struct command make_certificate(struct sim *m)
{
	struct command c = say(&m->s, ST_CHECK_CERTIFY, who(m, REGISTRY), new_id(&m->s));
	struct body_check_certify *b = &c.body.check_certify;

	b->asker = m->s.party[BANK_A + below(&m->r, 3)];
	b->asset = pick(m, m->asset, m->n_asset);
	b->verdict = S("clear");
	b->rank = (int64_t)(1 + below(&m->r, 4));
	b->as_of = (int64_t)m->s.seq - 1;
	return c;
}

/* Now and then the operator changes a number, also for one country. */
static struct command make_rule(struct sim *m)
{
	static const struct {
		const char *rule;
		int64_t value;
	} row[] = {
		{ "commitment.above", 2 },       { "commitment.above", 1 },         { "encumbrance.search_age", 3000 },
		{ "receivable.tenor", 90 },      { "receivable.future_within", 5 }, { "encumbrance.search_age", 0 },
		{ "encumbrance.search_age", 0 }, { "receivable.tenor", 365 },       { "receivable.tenor", 365 },
		{ "receivable.tenor", 365 }
	}; /* mostly back to what lets things happen */
	size_t i = below(&m->r, ARRAY_LEN(row));
	const struct rule_info *info = rule_by_id(span_z(row[i].rule));
	struct command c = say(&m->s, ST_RULE_PUBLISH, who(m, OPERATOR), m->s.party[OPERATOR]);
	struct body_rule_publish *b = &c.body.rule_publish;

	b->rule = span_z(info->id);
	b->country = below(&m->r, 3) == 0 ? S("CN") : S("");
	b->version = 1;
	while (world_find(&m->s.world, TABLE_RULE,
	                  key_i64(rule_row_in(country_code(b->country), info->number, b->version))))
		b->version++;
	b->effective = m->s.now;
	b->values = (struct values){ span_z(info->unit), row[i].value };
	return c;
}

static int64_t rule_versions(const struct sim *m, const char *country, int64_t number)
{
	int64_t n = 0;

	while (world_find(&m->s.world, TABLE_RULE, key_i64(rule_row_in(country_code(span_z(country)), number, n + 1))))
		n++;
	return n;
}

/* Or what days are worked on, for the countries of half the debtors. */
static struct command make_calendar(struct sim *m)
{
	const char *country = below(&m->r, 2) ? "CN" : "VN";
	int64_t version = rule_versions(m, country, RULE_CALENDAR + (2027 - 1990) * 12);
	struct command c = new_year(&m->s, country, version + 1 - (below(&m->r, 8) == 0));

	c.body.calendar_publish.off.n -= below(&m->r, 3);
	return c;
}

static struct command make_clocks(struct sim *m)
{
	size_t n = below(&m->r, 100);

	return n < 25            ? make_future(m)
	       : n < 60          ? make_term(m)
	       : n < 80          ? make_objection(m)
	       : n < 90          ? make_certificate(m)
	       : n < 94          ? make_commitment(m)
	       : n < 99          ? make_finding(m)
	       : below(&m->r, 4) ? make_rule(m)
	                         : make_calendar(m);
}

/* --- warehouse receipts --- */

/* What a statement points to lives as long as the history does. */
static struct span keep_text(struct sim *m, char letter, size_t n)
{
	char text[32];

	snprintf(text, sizeof text, "%c%zuX", letter, n);
	return arena_copy(&m->s.mem, span_z(text));
}

/* Often one of few, so that they meet; mostly one of so many that a long history does not use them up. */
static size_t some_of(struct sim *m, size_t few)
{
	return below(&m->r, 4) == 0 ? below(&m->r, few) : below(&m->r, 1000000000);
}

static struct quantity some_tonnes(struct sim *m)
{
	struct quantity q = metric_tons((int64_t)(1 + below(&m->r, 40)));

	if (below(&m->r, 4) == 0)
		q.micro = (int64_t)(1 + below(&m->r, 40000000));
	return q;
}

static struct goods_lot some_lot(struct sim *m)
{
	struct goods_lot l = steel(1, 1, "");

	l.quantity = some_tonnes(m);
	l.value = cny((int64_t)(1 + below(&m->r, 100000)));
	l.bin = keep_text(m, 'B', some_of(m, 500));
	if (below(&m->r, 3) == 0)
		l.batch = keep_text(m, 'H', some_of(m, 500));
	if (below(&m->r, 2)) {
		l.serial_prefix = S("S-");
		l.serial_first = (int64_t)(1 + some_of(m, 100000));
		l.pieces = (int64_t)(1 + below(&m->r, below(&m->r, 5) ? 50 : 5000));
		l.serial_last = l.serial_first + l.pieces - 1;
	}
	return l;
}

static struct command make_issue(struct sim *m)
{
	size_t n = below(&m->r, 3) ? 1 : 1 + below(&m->r, 4);
	struct goods_lot *lot = ARENA_ARRAY(&m->s.mem, struct goods_lot, n);
	int64_t value = 0;
	struct command c;

	for (size_t i = 0; i < n; i++) {
		lot[i] = some_lot(m);
		value += lot[i].value.minor;
	}
	c = issues(&m->s, m->yard[below(&m->r, 2)], "", lot);
	c.kid = m->s.kid[who(m, WAREHOUSE)];
	c.body.receipt_issue.number = keep_text(m, 'W', some_of(m, 1000));
	c.body.receipt_issue.holder = m->s.party[below(&m->r, 2) ? SUPPLIER : SUPPLIER2];
	c.body.receipt_issue.lots.n = n;
	c.body.receipt_issue.value = cny(below(&m->r, 30) == 0 ? value + 1 : value);
	if (below(&m->r, 3) == 0)
		c.body.receipt_issue.lineage = m->lineage[below(&m->r, 4)];
	return c;
}

static struct command make_split(struct sim *m, struct uuid receipt)
{
	struct command c = about(&m->s, ST_RECEIPT_SPLIT, creditor_of(m, receipt), receipt);
	struct goods_part *part = ARENA_NEW(&m->s.mem, struct goods_part);

	*part = (struct goods_part){ (int64_t)(1 + below(&m->r, 2)), some_tonnes(m), 0 };
	if (below(&m->r, 2))
		part->pieces = (int64_t)(1 + below(&m->r, 40));
	c.body.receipt_split.into = below(&m->r, 30) == 0 ? receipt : new_id(&m->s);
	c.body.receipt_split.number = keep_text(m, 'W', some_of(m, 1000));
	c.body.receipt_split.parts = (struct parts){ part, 1 };
	return c;
}

static struct command make_weigh(struct sim *m, struct uuid receipt)
{
	struct command c = about(&m->s, ST_RECEIPT_WEIGH, who(m, SURVEYOR), receipt);
	int64_t lot = (int64_t)(1 + (below(&m->r, 3) ? 0 : below(&m->r, 4)));
	const struct row *r = world_find(&m->s.world, TABLE_SHARE, key_uuid(part_number(receipt, lot)));
	const struct lot *l =
		r ? (const struct lot *)(const void *)world_find(&m->s.world, TABLE_LOT,
	                                                         key_uuid(((const struct share *)(const void *)r)->lot))
		  : NULL;

	if (below(&m->r, 3) == 0) {
		c = about(&m->s, ST_RECEIPT_INSPECT, who(m, SURVEYOR), receipt);
		c.body.receipt_inspect.lot = lot;
		c.body.receipt_inspect.grade = below(&m->r, 4) ? S("Q235B") : S("Q195");
		c.body.receipt_inspect.on = date_of(m->s.now);
		return c;
	}
	c.body.receipt_weigh.lot = lot;
	c.body.receipt_weigh.quantity = some_tonnes(m);
	if (l && below(&m->r, 5))
		c.body.receipt_weigh.quantity.micro = l->quantity > 0 ? l->quantity : 1;
	c.body.receipt_weigh.on = date_of(m->s.now);
	return c;
}

static struct command make_order(struct sim *m, struct uuid receipt)
{
	struct command c = about(&m->s, ST_RECEIPT_ORDER, creditor_of(m, receipt), receipt);
	struct body_receipt_order *b = &c.body.receipt_order;

	if (below(&m->r, 4) == 0)
		return c;
	b->lot = (int64_t)(1 + below(&m->r, 3));
	if (below(&m->r, 2))
		b->quantity = some_tonnes(m);
	if (below(&m->r, 2))
		b->pieces = (int64_t)(1 + below(&m->r, 40));
	return c;
}

/* Mostly a live one. */
static struct uuid some_receipt(struct sim *m)
{
	struct uuid id = pick(m, m->receipt, m->n_receipt);

	for (int tries = 0; tries < 10; tries++) {
		const struct asset *a = asset_of(&m->s, id);

		if (a && asset_live(a))
			break;
		id = pick(m, m->receipt, m->n_receipt);
	}
	return id;
}

/* Mostly one for whose goods something is ordered. */
static struct uuid some_ordered(struct sim *m, int32_t order)
{
	struct uuid id = pick(m, m->receipt, m->n_receipt);

	for (int tries = 0; tries < 40; tries++) {
		const struct row *r = world_find(&m->s.world, TABLE_RECEIPT, key_uuid(id));

		if (r && ((const struct warehouse_receipt *)(const void *)r)->order_kind == order)
			break;
		id = pick(m, m->receipt, m->n_receipt);
	}
	return id;
}

static struct uuid some_pledge(struct sim *m)
{
	struct uuid id = pick(m, m->enc, m->n_enc);

	for (int tries = 0; tries < 40; tries++) {
		const struct encumbrance *e = enc_of(&m->s, id);

		if (e && encumbrance_binds(e->state) && asset_of(&m->s, e->asset)->kind == ASSET_WAREHOUSE_RECEIPT)
			break;
		id = pick(m, m->enc, m->n_enc);
	}
	return id;
}

static struct command make_release_goods(struct sim *m, struct uuid receipt)
{
	struct uuid enc = some_pledge(m);
	const struct encumbrance *e = enc_of(&m->s, enc);
	struct command c = about(&m->s, ST_RECEIPT_RELEASE, secured_of(m, enc), e ? e->asset : receipt);

	if (e)
		chain(&m->s, &c, TABLE_ASSET);
	c.body.receipt_release.encumbrance = enc;
	c.body.receipt_release.lot = (int64_t)(1 + below(&m->r, 2));
	c.body.receipt_release.quantity = some_tonnes(m);
	if (below(&m->r, 2))
		c.body.receipt_release.repaid = cny(some_amount(m));
	return c;
}

static struct command make_transfer(struct sim *m, struct uuid receipt)
{
	struct command c = about(&m->s, ST_RECEIPT_TRANSFER, creditor_of(m, receipt), receipt);
	const struct asset *a = asset_of(&m->s, receipt);

	c.body.receipt_transfer.to =
		m->s.party[below(&m->r, 10) ? (below(&m->r, 2) ? SUPPLIER : SUPPLIER2) : anyone(m)];
	c.body.receipt_transfer.value = cny(a ? asset_balance(a).open : 1);
	return c;
}

static struct command make_count(struct sim *m)
{
	struct command c =
		counts_yard(&m->s, m->yard[below(&m->r, 2)], (int64_t)below(&m->r, below(&m->r, 8) ? 300000000 : 3000));

	c.kid = m->s.kid[who(m, SURVEYOR)];
	if (below(&m->r, 3) == 0)
		c.body.site_count.inbound = FLAG_YES;
	return c;
}

static struct command make_receipts(struct sim *m)
{
	static const enum statement_kind by_warehouse[] = { ST_RECEIPT_ATTORN, ST_RECEIPT_DELIVER, ST_RECEIPT_DELIVER };
	struct uuid receipt = some_receipt(m);
	size_t n = below(&m->r, 100);
	struct command c;

	if (n < 22)
		return make_issue(m);
	if (n < 26)
		return make_count(m);
	if (n < 38)
		return make_weigh(m, receipt);
	if (n < 48)
		return make_split(m, receipt);
	if (n < 58)
		return make_release_goods(m, receipt);
	if (n < 66)
		return make_transfer(m, receipt);
	if (n < 76)
		return make_order(m, receipt);
	if (n < 90) {
		enum statement_kind k = by_warehouse[below(&m->r, 3)];
		int32_t order = k == ST_RECEIPT_DELIVER ? ORDER_DELIVERY : ORDER_TRANSFER;

		c = about(&m->s, k, who(m, WAREHOUSE), some_ordered(m, order));
		if (k == ST_RECEIPT_DELIVER)
			c.body.receipt_deliver.on = date_of(m->s.now);
		return c;
	}
	c = about(&m->s,
	          n < 92   ? ST_RECEIPT_CANCEL
	          : n < 94 ? ST_RECEIPT_WITHDRAW
	                   : ST_RECEIPT_MERGE,
	          creditor_of(m, receipt), receipt);
	if (c.kind == ST_RECEIPT_MERGE)
		c.body.receipt_merge.absorbed = some_receipt(m);
	return c;
}

static void open_sites(struct stage *s, struct uuid site[2])
{
	for (size_t i = 0; i < 2; i++) {
		struct command c = opens_site(s, 200000000);

		site[i] = c.object;
		assert_int_equal(step(s, &c), OK);
		c = counts_yard(s, site[i], 150000000);
		assert_int_equal(step(s, &c), OK);
	}
}

static struct command make_any(struct sim *m)
{
	size_t n = below(&m->r, 100);
	struct command c = below(&m->r, 3) == 0   ? make_paper(m)
	                   : below(&m->r, 3) == 0 ? make_goods(m)
	                   : below(&m->r, 3) == 0 ? make_receipts(m)
	                   : n < 22               ? make_register(m)
	                   : n < 45               ? make_grant(m)
	                   : n < 62               ? make_about_asset(m)
	                   : n < 77               ? make_about_encumbrance(m)
	                   : n < 88               ? make_clocks(m)
	                   : n < 96               ? make_hold(m)
	                   : n < 98               ? make_freeze(m)
	                                          : make_party(m);

	if (below(&m->r, 50) == 0) { /* a stale or missing prev */
		c.has_prev = !c.has_prev;
		c.prev.b[3] ^= 1;
	}
	return c;
}

/* --- the lazy world: what the server does, with the full world in the place of the database --- */

static void load(struct sim *m, const struct want *want)
{
	const struct row *r = world_find(&m->s.world, want->table, want->key);

	m->loads++;
	if (!r || !r->exists) {
		/* what the server finds out by its unique keys, and then decides again */
		if (want->fresh)
			assert_true(world_assume(&m->lazy, want->table, want->key));
		else
			assert_true(world_absent(&m->lazy, want->table, want->key));
		return;
	}
	struct row *mine = world_put(&m->lazy, r);
	assert_non_null(mine);
	if (!want->children)
		return;
	for (const struct row *c = r->children; c; c = c->sibling) {
		const struct encumbrance *e = (const struct encumbrance *)(const void *)c;

		if (e->state == ENCUMBRANCE_GRANTED || encumbrance_binds(e->state))
			assert_non_null(world_put(&m->lazy, c));
	}
	world_children_known(&m->lazy, mine);
}

static void lazy_anew(struct sim *m)
{
	arena_reset(&m->lazy_mem);
	assert_true(world_start(&m->lazy, &m->lazy_mem, 1024, false));
	for (const struct row *r = m->s.world.rules; r; r = r->sibling)
		assert_non_null(world_put(&m->lazy, r));
}

static struct hash lazy_decide(struct sim *m, const struct command *c)
{
	struct registry r = stage_registry(&m->s);
	unsigned rounds = 0;

	r.world = &m->lazy;
	for (;;) {
		arena_reset(&m->lazy_scratch);
		if (decide(&r, c, &m->lazy_scratch, &m->lazy_d) == DECIDED)
			break;
		if (rounds++ >=
		    8) /* a bounded number of loads, whatever the statement (a hold by facts asks seven times) */
			fail_msg("%s asks again and again", statement_info(c->kind)->type);
		for (unsigned i = 0; i < m->lazy_d.n_wants; i++)
			load(m, &m->lazy_d.want[i]);
	}
	return decision_digest(&r, c, &m->lazy_d, &m->lazy_scratch);
}

/* --- what must hold --- */

static void check_asset(struct sim *m, struct uuid id)
{
	const struct encumbrance *e[1024];
	const struct asset *a = asset_of(&m->s, id);
	size_t n = 0;
	const char *broken;

	if (!a)
		return;
	for (const struct row *r = a->row.children; r; r = r->sibling) {
		assert_true(n < ARRAY_LEN(e));
		e[n++] = (const struct encumbrance *)(const void *)r;
	}
	broken = asset_broken(a, e, n);
	if (broken)
		fail_msg("after %zu statements: %s", m->n_history, broken);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (encumbrance_binds(e[i]->state) && encumbrance_binds(e[k]->state))
				assert_int_not_equal(rank_cmp(e[i], e[k]), 0);
	if (!uuid_is_nil(a->lineage)) {
		const struct lineage *l = (const struct lineage *)(const void *)world_find(&m->s.world, TABLE_LINEAGE,
		                                                                           key_uuid(a->lineage));

		assert_true(l->encumbered >= 0 && l->encumbered <= l->cap);
	}
}

static struct row_key key_in(const struct row *r)
{
	struct row_key k;

	memcpy(k.b, r->key, sizeof k.b);
	return k;
}

static void check_receipts(struct sim *m)
{
	const char *broken = goods_broken(&m->s.world);

	if (broken)
		fail_msg("after %zu statements: %s", m->n_history, broken);
}

/* Rows of stock and prepayments that a statement has changed. */
static void check_goods(struct sim *m, const struct row *r)
{
	const struct stock *k = (const struct stock *)(const void *)r;
	const struct asset *a = (const struct asset *)(const void *)world_find(&m->s.world, TABLE_ASSET, key_in(r));
	const struct price *p;

	if (r->table == TABLE_PREPAYMENT) {
		const char *broken = prepayment_broken((const struct prepayment *)(const void *)r, a);

		if (broken)
			fail_msg("after %zu statements: %s", m->n_history, broken);
	}
	if (r->table != TABLE_STOCK)
		return;
	if (stock_broken(k))
		fail_msg("after %zu statements: %s", m->n_history, stock_broken(k));
	p = feed_of(&m->s, k->feed);
	if (asset_live(a) && p->price > 0) { /* what was touched stands on the state its price gives */
		assert_true(k->call_price < p->price);
		assert_true(k->cure_price == 0 || k->cure_price > p->price);
		assert_true((k->cure_price == 0) == (a->state == STK_ACTIVE) || k->counted == 0 || a->encumbered > 0 ||
		            a->reserved > 0 || !uuid_is_nil(a->parent));
		assert_true((k->top_up_by.us != 0 || k->disposal.us != 0) == (a->state != STK_ACTIVE));
	}
	if (!asset_live(a))
		assert_true(k->call_price == 0 && k->cure_price == 0 && k->top_up_by.us == 0);
}

/* Goods are lent on, and let go, only while they cover what is bound: counted again here, without the rules' help. */
static void check_cover(struct sim *m, const struct command *c, enum fault f)
{
	const struct asset *a, *parent;
	const struct stock *k;
	struct uuid id = c->kind == ST_ENCUMBRANCE_GRANT ? c->body.encumbrance_grant.asset : c->object;
	int64_t bound;

	if (f != OK || (c->kind != ST_ENCUMBRANCE_GRANT && c->kind != ST_INVENTORY_RELEASE))
		return;
	a = asset_of(&m->s, id);
	k = stock_of(&m->s, id);
	if (!a || a->kind != ASSET_INVENTORY)
		return;
	parent = uuid_is_nil(a->parent) ? NULL : asset_of(&m->s, a->parent);
	bound = a->encumbered + a->reserved + (parent ? parent->encumbered + parent->reserved : 0);
	assert_true(minor_share(stock_value(k->counted, feed_of(&m->s, k->feed)->price), k->ratio) >= bound);
}

static size_t number_index(const struct sim *m, struct span number)
{
	size_t at = 0;

	(void)m;
	for (size_t i = 1; i + 1 < number.len; i++) /* "N<index>X" */
		at = at * 10 + (size_t)(number.at[i] - '0');
	return number.len == 0 ? NUMBERS : at;
}

/* The ledger of forty lines: one live claim per (creditor, number). */
static void check_claims(struct sim *m, const struct command *c, enum fault f)
{
	const struct asset *a;
	size_t n, who_is;

	if (c->kind == ST_RECEIVABLE_REGISTER) {
		const struct body_receivable_register *b = &c->body.receivable_register;

		if (b->invoice.number.len == 0)
			return;
		n = number_index(m, b->invoice.number);
		who_is = uuid_eq(b->creditor, m->s.party[SUPPLIER2]);
		if (f == E_DUPLICATE_CLAIM && (uuid_eq(b->creditor, m->s.party[SUPPLIER]) || who_is))
			assert_true(m->taken[who_is][n].live);
		if (f != OK || (!uuid_eq(b->creditor, m->s.party[SUPPLIER]) && !who_is))
			return;
		assert_false(m->taken[who_is][n].live);
		m->taken[who_is][n].live = true;
		m->taken[who_is][n].asset = c->object;
		return;
	}
	if (c->kind == ST_RECEIVABLE_CONSTITUTE) {
		a = asset_of(&m->s, c->object);
		n = number_index(m, c->body.receivable_constitute.invoice.number);
		who_is = a && uuid_eq(a->creditor, m->s.party[SUPPLIER2]);
		if (!a || (!uuid_eq(a->creditor, m->s.party[SUPPLIER]) && !who_is)) /* another's numbers are its own */
			return;
		if (f == E_DUPLICATE_CLAIM)
			assert_true(m->taken[who_is][n].live);
		if (f != OK)
			return;
		assert_false(m->taken[who_is][n].live);
		m->taken[who_is][n].live = true;
		m->taken[who_is][n].asset = c->object;
		return;
	}
	if (f != OK || (c->kind != ST_RECEIVABLE_REJECT && c->kind != ST_RECEIVABLE_CANCEL))
		return;
	a = asset_of(&m->s, c->object);
	n = number_index(m, a->number);
	who_is = uuid_eq(a->creditor, m->s.party[SUPPLIER2]);
	if (n < NUMBERS && uuid_eq(m->taken[who_is][n].asset, a->id))
		m->taken[who_is][n].live = false;
}

static bool stops_financing(const struct finding *f)
{
	return f->severity >= SEVERITY_HOLD && f->state != FINDING_CLEARED;
}

/* Objections and findings per asset and claims per commitment, counted over the whole world. */
static void check_sums(const struct sim *m)
{
	const struct world *w = &m->s.world;
	int64_t standing = 0, noted = 0, counted = 0, registered = 0, found = 0, suspicions = 0;

	for (size_t i = 0; i < w->n_buckets; i++)
		for (const struct row *r = w->bucket[i]; r; r = r->next) {
			const struct asset *a = (const struct asset *)(const void *)r;

			if (r->table == TABLE_OBJECTION)
				standing += objection_stands(((const struct objection *)(const void *)r)->state);
			if (r->table == TABLE_FINDING)
				found += stops_financing((const struct finding *)(const void *)r);
			if (r->table == TABLE_PARTY)
				suspicions += ((const struct party *)(const void *)r)->suspicions;
			if (r->table == TABLE_COMMITMENT)
				registered += ((const struct commitment *)(const void *)r)->registered;
			if (r->table != TABLE_ASSET)
				continue;
			noted += a->objections;
			suspicions += a->suspicions;
			counted += a->counted ? a->face - a->diluted : 0;
			assert_true(!a->counted || a->state != RCV_CANCELLED);
		}
	assert_int_equal(noted, standing);
	assert_int_equal(suspicions, found);
	assert_int_equal(registered, counted);
}

/* What later statements can be about. */
static void remember_object(struct sim *m, const struct command *c)
{
	if (c->kind == ST_RECEIVABLE_REGISTER)
		remember(&m->r, m->asset, &m->n_asset, c->object);
	else if (c->kind == ST_ENCUMBRANCE_GRANT)
		remember(&m->r, m->enc, &m->n_enc, c->object);
	else if (c->kind == ST_HOLD_PLACE)
		remember(&m->r, m->hold, &m->n_hold, c->object);
	else if (c->kind == ST_FREEZE_PLACE)
		remember(&m->r, m->freeze, &m->n_freeze, c->object);
	else if (c->kind == ST_OBJECTION_PLACE)
		remember(&m->r, m->objection, &m->n_objection, c->object);
	else if (c->kind == ST_FINDING_RAISE)
		remember(&m->r, m->finding, &m->n_finding, c->object);
	else if (c->kind == ST_FREEZE_LIFT)
		forget(m->freeze, &m->n_freeze, c->object);
	else if (c->kind == ST_VOUCHER_ISSUE)
		remember(&m->r, m->paper, &m->n_paper, c->object);
	else if (c->kind == ST_POOL_OPEN)
		m->pool[m->n_pool < ARRAY_LEN(m->pool) ? m->n_pool++ : below(&m->r, ARRAY_LEN(m->pool))] = c->object;
	for (size_t i = 0; c->kind == ST_POOL_ADD && i < c->body.pool_members.assets.n; i++) {
		m->n_member %= ARRAY_LEN(m->member);
		m->member[m->n_member].pool = c->object;
		m->member[m->n_member++].asset = c->body.pool_members.assets.at[i];
	}
	if (c->kind == ST_BILL_ISSUE)
		remember(&m->r, m->bill, &m->n_bill, c->object);
	for (size_t i = 0; c->kind == ST_BILL_SPLIT && i < c->body.paper_split.parts.n; i++)
		remember(&m->r, m->bill, &m->n_bill, c->body.paper_split.parts.at[i].id);
	for (size_t i = 0; c->kind == ST_VOUCHER_SPLIT && i < c->body.paper_split.parts.n; i++)
		remember(&m->r, m->paper, &m->n_paper, c->body.paper_split.parts.at[i].id);
	if (c->kind == ST_BILL_TAKE || c->kind == ST_BILL_GUARANTEE) {
		m->step[m->n_step].bill = c->object;
		m->step[m->n_step].seq = (int64_t)m->s.seq - 1;
		m->n_step = (m->n_step + 1) % ARRAY_LEN(m->step);
	}
	if ((c->kind == ST_VOUCHER_ACCEPT || c->kind == ST_BILL_TAKE) &&
	    below(&m->r, 4) == 0) /* to be granted and held like any asset */
		remember(&m->r, m->asset, &m->n_asset, c->object);
	if (c->kind == ST_ENCUMBRANCE_GRANT)
		m->last_grant = c->object;
	if (c->kind == ST_RECEIPT_ISSUE || c->kind == ST_RECEIPT_SPLIT) {
		struct uuid id = c->kind == ST_RECEIPT_ISSUE ? c->object : c->body.receipt_split.into;

		remember(&m->r, m->asset, &m->n_asset, id);
		remember(&m->r, m->receipt, &m->n_receipt, id);
	}
	if (c->kind == ST_INVENTORY_OPEN)
		remember(&m->r, m->stock, &m->n_stock, c->object);
	if (c->kind == ST_PREPAYMENT_OPEN)
		remember(&m->r, m->prepaid, &m->n_prepaid, c->object);
	if (c->kind == ST_INVENTORY_OPEN || c->kind == ST_PREPAYMENT_OPEN)
		remember(&m->r, m->asset, &m->n_asset, c->object);
}

/* What is owed on a pool is what is owed on its members, and each of them is in one. */
static void check_pools(struct sim *m)
{
	for (size_t p = 0; p < m->n_pool; p++) {
		int64_t open = 0;

		for (size_t i = 0; i < m->s.world.n_buckets; i++)
			for (const struct row *r = m->s.world.bucket[i]; r; r = r->next) {
				const struct member *x = (const struct member *)(const void *)r;

				if (r->table == TABLE_MEMBER && r->exists && x->left_seq == 0 &&
				    uuid_eq(x->pool, m->pool[p]))
					open += asset_balance(asset_of(&m->s, x->asset)).open;
			}
		assert_true(open == asset_balance(asset_of(&m->s, m->pool[p])).open);
	}
}

static void check_paper(struct sim *m)
{
	struct uuid where;
	const char *broken;

	arena_reset(&m->look);
	broken = paper_broken(&m->s.world, &m->look, &where);
	if (broken)
		fail_msg("after %zu statements: %s", m->n_history, broken);
}

static void check_all(struct sim *m)
{
	check_receipts(m);
	check_paper(m);
	check_pools(m);
	check_sums(m);
}

/* A fault for the shrinker to be tried on: the rules have no such limit. */
static int64_t planted_most = INT64_MAX;

static void check_planted(const struct sim *m, const struct command *c, enum fault f)
{
	const struct encumbrance *e = enc_of(&m->s, c->object);

	if (c->kind == ST_ENCUMBRANCE_ACCEPT && f == OK && e->open > planted_most)
		fail_msg("more than %lld are bound", (long long)planted_most);
}

/* One statement through both worlds, and all that has to hold after it. */
static enum fault judge(struct sim *m, const struct command *c)
{
	struct hash lazy = lazy_decide(m, c), full;
	struct registry r = stage_registry(&m->s);
	size_t rows = m->s.world.n_rows;
	enum fault f;

	m->history[m->n_history] = *c;
	m->when[m->n_history] = m->s.now;
	m->judging = true;
	f = step(&m->s, c);
	full = decision_digest(&r, c, &m->s.d, &m->s.scratch);
	assert_int_equal(m->lazy_d.outcome, f);
	assert_true(hash_eq(lazy, full));
	if (f == OK || fault_info(f)->logged) {
		assert_true(decision_apply(&m->lazy, &m->lazy_d));
		m->digest[m->n_history] = full;
	}
	world_clean(&m->lazy);
	if (f != OK) {
		assert_int_equal(m->s.d.n_changes, 0);
		assert_int_equal(m->s.world.n_rows, rows);
	}
	if (f == OK)
		remember_object(m, c);
	check_claims(m, c, f);
	check_cover(m, c, f);
	check_planted(m, c, f);
	for (unsigned i = 0; i < m->s.d.n_changes; i++) {
		if (m->s.d.change[i]->table == TABLE_ASSET)
			check_asset(m, ((const struct asset *)(const void *)m->s.d.change[i])->id);
		check_goods(m, m->s.d.change[i]);
	}
	m->n_history += f == OK || fault_info(f)->logged;
	m->judging = false;
	return f;
}

static void one_step(struct sim *m)
{
	struct command c = make_any(m);
	enum fault f = judge(m, &c);

	m->accepted += f == OK;
	m->refused += f != OK && fault_info(f)->logged;
	m->unlogged += f != OK && !fault_info(f)->logged;
	m->goods_accepted += f == OK && c.kind >= ST_SITE_REGISTER && c.kind <= ST_RECEIPT_CANCEL;
	if (m->n_history % 2048 == 0) {
		check_paper(m);
		check_pools(m);
	}
	if (m->n_history % 4096 == 0)
		check_receipts(m);
	if (f == OK)
		m->did[statement_info(c.kind)->row]++;
	if (below(&m->r, 3) == 0)
		m->s.now.us += (int64_t)below(&m->r, 600) * 1000000;
	if (below(&m->r, 1500) == 0)
		m->s.now.us += (int64_t)below(&m->r, 9) * DAY_US; /* over the holidays */
	if (below(&m->r, 1000) == 0)
		check_sums(m);
	if (below(&m->r, 300) == 0)
		lazy_anew(m); /* as after a lost connection */
}

/* --- replay --- */

static void replay(struct sim *m, size_t born)
{
	struct arena scratch = big_arena(DECIDE_MEM * 2);
	static struct decision d;
	size_t compared = 0;
	struct stage again; /* with the rows that were there before the history */

	stage_start(&again, m->s.mem.cap);
	put_document(&again.world);
	open_sites(&again, (struct uuid[2]){ { { 0 } } });
	assert_int_equal(again.seq, born);
	for (size_t i = 0; i < m->n_history; i++) {
		struct registry r = {
			&again.world, m->when[i], again.seq, stage_registry(&m->s).fp_key, stage_registry(&m->s).origin,
			NULL
		};

		arena_reset(&scratch);
		assert_int_equal(decide(&r, &m->history[i], &scratch, &d), DECIDED);
		assert_true(hash_eq(decision_digest(&r, &m->history[i], &d, &scratch), m->digest[i]));
		assert_true(decision_apply(&again.world, &d));
		again.seq++;
	}
	for (size_t i = 0; i < again.world.n_buckets; i++) {
		for (const struct row *r = again.world.bucket[i]; r; r = r->next) {
			struct row_key k;
			const struct row *was;

			memcpy(k.b, r->key, sizeof k.b);
			was = world_find(&m->s.world, r->table, k);
			assert_non_null(was);
			assert_null(row_difference(r, was, true));
			compared++;
		}
	}
	assert_int_equal(compared, m->s.world.n_rows);
	stage_end(&again);
	munmap(scratch.base, scratch.cap);
}

/* Every statement about goods was accepted some time in some history: else they test less than they say. */
static size_t did_in_all[256];

static void all_kinds_were(void)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	for (size_t i = 0; i < n; i++)
		if (asset_kind_of_type(span_z(row[i].type)) > ASSET_RECEIVABLE && did_in_all[i] == 0)
			fail_msg("no %s was ever accepted", row[i].type);
}

static void tell_kinds(const struct sim *m)
{
	size_t n;
	const struct statement_info *row = statement_rows(&n);

	for (size_t i = 0; i < n; i++)
		print_message("%8zu %s\n", m->did[i], row[i].type);
}

static void sim_start(struct sim *m, uint64_t seed, size_t steps)
{
	memset(m, 0, sizeof *m);
	stage_start(&m->s, (size_t)1 << 34);
	put_document(&m->s.world);
	open_sites(&m->s, m->yard);
	m->r.s = seed;
	m->history = calloc(steps, sizeof *m->history);
	m->when = calloc(steps, sizeof *m->when);
	m->digest = calloc(steps, sizeof *m->digest);
	m->lazy_mem = big_arena((size_t)1 << 33);
	m->lazy_scratch = big_arena(DECIDE_MEM * 2);
	m->look = big_arena((size_t)1 << 30);
	lazy_anew(m);
	for (size_t i = 0; i < NUMBERS; i++)
		snprintf(m->number[i], sizeof m->number[i], "N%zuX", i);
	for (size_t i = 0; i < NUMBERS; i++)
		snprintf(m->site[i], sizeof m->site[i], "Hall %zu", i % 200);
	for (size_t i = 0; i < 4; i++)
		m->lineage[i] = new_id(&m->s);
}

static void sim_end(struct sim *m)
{
	free(m->history);
	free(m->when);
	free(m->digest);
	munmap(m->lazy_mem.base, m->lazy_mem.cap);
	munmap(m->lazy_scratch.base, m->lazy_scratch.cap);
	munmap(m->look.base, m->look.cap);
	stage_end(&m->s);
}

static struct sim *under_way; /* the history of which a check may fail: told afterwards */

static void random_history(uint64_t seed, size_t steps)
{
	static struct sim m;
	size_t born;

	kept_lists = big_arena((size_t)1 << 30);
	sim_start(&m, seed, steps);
	born = m.s.seq;
	under_way = &m;
	for (size_t i = 0; i < steps; i++)
		one_step(&m);
	check_all(&m);
	under_way = NULL;
	assert_true(m.goods_accepted > steps / 50);
	assert_true(m.accepted > steps / 8); /* a simulator that is refused everything tests nothing */
	assert_true(m.refused > steps / 20);
	for (size_t i = 0; i < ARRAY_LEN(did_in_all); i++)
		did_in_all[i] += m.did[i];
	replay(&m, born);
	if (getenv("CF_SIM_KINDS"))
		tell_kinds(&m);
	print_message("seed %llu: %zu accepted, %zu refused and logged, %zu not logged, %zu rows, %zu loads\n",
	              (unsigned long long)seed, m.accepted, m.refused, m.unlogged, m.s.world.n_rows, m.loads);
	sim_end(&m);
	munmap(kept_lists.base, kept_lists.cap);
}

/* --- a history that breaks something, with only the steps it takes --- */

/* Statements again, each naming what its object's latest statement now is. What hung on one left out is refused. */
static void play_kept(const bool *keep, size_t n, void *arg)
{
	static struct sim m;
	const struct sim *was = arg;

	sim_start(&m, 1, n);
	for (size_t i = 0; i < n; i++) {
		struct command c = was->history[i];

		if (!keep[i])
			continue;
		if (c.has_prev)
			chain(&m.s, &c, statement_info(c.kind)->table);
		m.s.now = was->when[i];
		(void)judge(&m, &c);
	}
	check_all(&m);
}

/* The steps that are needed, all of n at first; how many they are. */
static size_t needed(struct sim *m, bool *keep, size_t n)
{
	memset(keep, true, n);
	return shrink(keep, n, play_kept, m, 2000);
}

/* After a test that failed within a history. */
static int tell_shortest(void **state)
{
	static char room[1 << 17];
	struct sim *m = under_way;
	size_t n = m ? m->n_history + m->judging : 0, left;
	bool *keep = calloc(n + 1, sizeof *keep);

	(void)state;
	under_way = NULL;
	left = m && keep ? needed(m, keep, n) : 0;
	if (m)
		print_message(left ? "%zu of %zu statements are needed for that:\n"
		                   : "the history does not fail when it is played again (%zu of %zu)\n",
		              left, n);
	for (size_t i = 0; i < n && left > 0; i++) {
		struct writer w = writer_over(room, sizeof room - 1);

		if (!keep[i])
			continue;
		put_statement_payload(&w, &m->history[i]);
		room[w.overflow ? 0 : w.len] = '\0';
		print_message("%8zu %s\n", i, room);
	}
	free(keep);
	return 0;
}

/* Every shrunk history fails, and none of its statements can be missed; and of four thousand only these few are left. */
static void a_broken_history_is_told_in_few_steps(void **state)
{
	enum { STEPS = 4000 };
	static struct sim m;
	static bool keep[STEPS];
	size_t left = 0;

	(void)state;
	kept_lists = big_arena((size_t)1 << 30);
	sim_start(&m, 7, STEPS);
	for (size_t i = 0; i < STEPS; i++)
		one_step(&m);
	assert_int_equal(needed(&m, keep, m.n_history), 0); /* nothing is broken */
	planted_most = 50000;
	left = needed(&m, keep, m.n_history);
	assert_in_range(left, 2, 6); /* the asset, what makes it one to lend on, the grant and its acceptance */
	for (size_t i = 0; i < m.n_history; i++) {
		if (!keep[i])
			continue;
		keep[i] = false;
		assert_false(play_fails(play_kept, keep, m.n_history, &m));
		keep[i] = true;
	}
	assert_true(play_fails(play_kept, keep, m.n_history, &m));
	planted_most = INT64_MAX;
	sim_end(&m);
	munmap(kept_lists.base, kept_lists.cap);
}

static size_t setting(const char *name, size_t otherwise)
{
	const char *text = getenv(name);

	return text ? (size_t)strtoull(text, NULL, 10) : otherwise;
}

static void histories(void **state)
{
	size_t steps = setting("CF_SIM_STEPS", 100000), seed = setting("CF_SIM_SEED", 1),
	       n = setting("CF_SIM_SEEDS", 10);

	(void)state;
	for (size_t i = 0; i < n; i++)
		random_history(seed + i, steps);
	if (n * steps >= 1000000)
		all_kinds_were();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_broken_history_is_told_in_few_steps),
		cmocka_unit_test_teardown(histories, tell_shortest),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
