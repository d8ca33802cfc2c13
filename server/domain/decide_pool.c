/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_pool.c: pools of receivables, vouchers and bills; states in pool.def.
 *
 * A member is locked as it enters, and what is owed on it counts against its trade as long as the pool has it. Every
 * step, in order, goes into the pool's commitment (pool_link): the statement that locks the pool names the
 * commitment, so an investor with the tape and the log's receipts needs to trust nobody for who is in it.
 */
#include "paper.h"

#include "balance.h"

enum { STEP_MOST = 24 }; /* members one statement adds or removes: four rows each */

struct the_pool {
	const struct asset *a;
	const struct pool *p;
};

/* --- names of rows that belong to two things --- */

static struct uuid pair(struct uuid a, struct uuid b)
{
	uint8_t both[32];
	struct uuid ret;
	struct hash h;

	memcpy(both, a.b, 16);
	memcpy(both + 16, b.b, 16);
	h = sha256((struct span){ (const char *)both, sizeof both });
	memcpy(ret.b, h.b, sizeof ret.b);
	return ret;
}

struct hash pool_link(struct hash before, const struct pool_step *s)
{
	uint8_t text[32 + 1 + 16 + 16 + 8 + 8];

	memcpy(text, before.b, 32);
	text[32] = s->enters ? 1 : 0;
	memcpy(text + 33, s->asset.b, 16);
	memcpy(text + 49, s->debtor.b, 16);
	be64_put(text + 65, (uint64_t)s->amount);
	be64_put(text + 73, (uint64_t)(int64_t)s->due.day);
	return sha256((struct span){ (const char *)text, sizeof text });
}

/* --- the object --- */

static enum fault by_originator(struct deciding *g, enum asset_event ev, struct the_pool *ret, int32_t *to)
{
	enum fault f = the_asset(g, &ret->a);

	if (f == OK)
		f = get_pool(g, ret->a->id, &ret->p);
	assert(f != OK || ret->p != NULL);
	if (f == OK)
		f = need_actor(g, ret->a->creditor, "the originator of the pool signs this");
	if (f == OK)
		f = asset_next(g, ret->a, ev, to);
	return f == OK ? need_unfrozen(g, ret->a) : f;
}

enum fault decide_pool_open(struct deciding *g)
{
	const struct body_pool_open *b = &g->c->body.pool_open;
	const struct party *trustee;
	struct asset *a;
	struct pool *p;
	enum fault f = need_active_party(g, b->trustee, "/body/trustee", &trustee);

	if (f == OK && (trustee->roles & ROLE_BANK) == 0)
		f = refuse(g, E_ROLE_MISSING, "/body/trustee", "a bank collects for a pool");
	if (f == OK && is_actor(g, b->trustee))
		f = refuse(g, E_SELF_DEALING, "/body/trustee", "the originator does not hold its own pool in trust");
	if (f == OK && ccy_digits(b->currency) < 0)
		f = refuse(g, E_BAD_MEMBER, "/body/currency", "no currency this registry knows");
	if (f == OK && !span_is(b->form, "abs") && !span_is(b->form, "abn") && !span_is(b->form, "note"))
		f = refuse(g, E_BAD_MEMBER, "/body/form", "abs, abn or note");
	if (f != OK)
		return f;
	a = new_asset(g, g->c->object);
	p = new_pool(g, g->c->object);
	a->kind = ASSET_POOL;
	a->state = POOL_OPEN;
	memcpy(a->ccy.at, b->currency.at, 3);
	a->creditor = g->actor;
	a->debtor = b->trustee; /* pays what was collected to whoever is secured on the pool */
	a->issued = date_of(g->r->now);
	a->existing = 1;
	a->confirmed_seq = (int64_t)g->r->seq;
	p->form = b->form;
	p->name = b->name;
	p->rated = b->rating.len > 0;
	p->trustee = b->trustee;
	return OK;
}

/* --- members --- */

/* All rows a member needs, asked for at once: one member at a time would be one round of loading each. */
static void hint_member(struct deciding *g, struct uuid id)
{
	const struct row *r = world_find(g->r->world, TABLE_ASSET, key_uuid(id));
	const struct asset *a = (const struct asset *)(const void *)r;
	const struct row *part = world_find(g->r->world, TABLE_PART, key_uuid(id));

	hint_row(g, TABLE_ASSET, key_uuid(id), false);
	hint_row(g, TABLE_MEMBER, key_uuid(pair(g->c->object, id)), false);
	hint_row(g, TABLE_PART, key_uuid(id), false);
	if (part && part->exists)
		hint_row(g, TABLE_ASSET, key_uuid(((const struct part *)(const void *)part)->source), false);
	if (!r || !r->exists)
		return;
	hint_row(g, TABLE_EXPOSURE, key_uuid(pair(g->c->object, a->debtor)), false);
	hint_row(g, TABLE_OBLIGOR, key_uuid(a->debtor), false);
	hint_row(g, TABLE_OBLIGOR, key_uuid(a->creditor), false);
	hint_row(g, TABLE_PARTY, key_uuid(a->creditor), false);
	if (!uuid_is_nil(a->lineage))
		hint_row(g, TABLE_LINEAGE, key_uuid(a->lineage), false);
	if (!uuid_is_nil(a->hold))
		hint_row(g, TABLE_HOLD, key_uuid(a->hold), false);
}

void hint_pool(struct deciding *g)
{
	const struct statement_info *info = statement_info(g->c->kind);
	const struct uuids *members = &g->c->body.pool_members.assets, *debtors = &g->c->body.pool_lock.debtors;

	if (asset_kind_of_type(span_z(info->type)) != ASSET_POOL)
		return;
	hint_row(g, TABLE_POOL, key_uuid(g->c->object), info->mode == CREATES);
	for (size_t i = 0; (g->c->kind == ST_POOL_ADD || g->c->kind == ST_POOL_REMOVE) && i < members->n; i++)
		hint_member(g, members->at[i]);
	if (g->c->kind == ST_POOL_REPORT)
		hint_member(g, g->c->body.pool_report.asset);
	if (g->c->kind == ST_POOL_COLLECT)
		hint_member(g, g->c->body.pool_collect.asset);
	for (size_t i = 0; g->c->kind == ST_POOL_LOCK && i < debtors->n; i++) {
		hint_row(g, TABLE_EXPOSURE, key_uuid(pair(g->c->object, debtors->at[i])), false);
		hint_row(g, TABLE_OBLIGOR, key_uuid(debtors->at[i]), false);
	}
}

/* The company at the head of a party's group; the party itself when it belongs to none. */
static enum fault group_of(struct deciding *g, struct uuid party, struct uuid *ret)
{
	const struct obligor *o;
	enum fault f = get_obligor(g, party, &o);

	*ret = f == OK && o && !uuid_is_nil(o->head_company) ? o->head_company : party;
	return f;
}

static enum fault need_unrelated(struct deciding *g, struct uuid debtor, struct uuid originator)
{
	struct uuid a, b;
	enum fault f = group_of(g, debtor, &a);

	if (f == OK)
		f = group_of(g, originator, &b);
	if (f == OK && uuid_eq(a, b))
		f = refuse(g, E_RELATED, "/body/assets", "its debtor belongs to the originator's own group");
	return f;
}

static enum fault expose(struct deciding *g, struct uuid pool, const struct member *m, int64_t by)
{
	struct uuid id = pair(pool, m->debtor);
	const struct exposure *old;
	struct exposure *e;
	enum fault f = get_exposure(g, id, &old);

	if (f != OK)
		return f;
	e = old ? edit_exposure(g, old) : new_exposure(g, id);
	e->pool = pool;
	e->debtor = m->debtor;
	e->amount += by * m->amount;
	e->members += by;
	assert(e->amount >= 0 && e->members >= 0);
	return OK;
}

/* The pool's sums and its commitment after a member entered or left. */
static void record(struct deciding *g, const struct the_pool *x, const struct member *m, bool enters)
{
	struct asset *a = edit_asset(g, x->a);
	struct pool *p = edit_pool(g, x->p);
	struct pool_step s = { enters, m->asset, m->debtor, m->amount, m->due };

	a->face += enters ? m->amount : -m->amount;
	p->members += enters ? 1 : -1;
	p->steps++;
	p->commitment = pool_link(p->commitment, &s);
}

static enum fault check_member(struct deciding *g, const struct the_pool *x, const struct asset *a)
{
	enum fault f = need_actor(g, a->creditor, "only its holder puts an asset into a pool");

	if (f == OK && a->kind == ASSET_POOL)
		f = refuse(g, E_BAD_MEMBER, "/body/assets", "a pool is no member of a pool");
	if (f == OK && memcmp(a->ccy.at, x->a->ccy.at, sizeof a->ccy.at) != 0)
		f = refuse(g, E_CURRENCY_MISMATCH, "/body/assets", "the pool is in another currency");
	if (f == OK)
		f = need_unfrozen(g, a);
	if (f == OK)
		f = need_unbound(g, a, "/body/assets");
	if (f == OK)
		f = asset_may_finance(g, a);
	if (f == OK)
		f = need_unrelated(g, a->debtor, x->a->creditor);
	if (f == OK && asset_balance(a).open > MONEY_MAX - x->a->face)
		f = refuse(g, E_BAD_AMOUNT, "/body/assets", "more than one pool can hold");
	return f;
}

static enum fault enter(struct deciding *g, const struct the_pool *x, struct uuid id)
{
	struct uuid key = pair(x->a->id, id);
	const struct asset *a;
	const struct member *old;
	struct member *m;
	int32_t to;
	enum fault f = get_asset(g, id, &a);

	if (f == OK && !a)
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/assets", "no asset of this id is registered");
	if (f == OK)
		f = check_member(g, x, a);
	if (f == OK)
		f = asset_next(g, a, EV_LOCK, &to);
	if (f == OK)
		f = get_member(g, key, &old);
	if (f == OK && old)
		f = refuse(g, E_BAD_STATE, "/body/assets", "it was in this pool before");
	if (f == OK)
		f = lineage_move(g, a, asset_balance(a).open);
	if (f != OK)
		return f;
	m = new_member(g, key);
	m->amount = asset_balance(a).open;
	m->asset = id;
	m->debtor = a->debtor;
	m->due = a->due;
	m->entered_seq = (int64_t)g->r->seq;
	m->entered_step = x->p->steps + 1;
	m->pool = x->a->id;
	m->status = MEMBER_CURRENT;
	edit_asset(g, a)->state = to;
	record(g, x, m, true);
	return expose(g, x->a->id, m, 1);
}

static enum fault leave(struct deciding *g, const struct the_pool *x, struct uuid id)
{
	const struct asset *a;
	const struct member *old;
	struct member *m;
	enum fault f = get_member(g, pair(x->a->id, id), &old);

	if (f == OK && (!old || old->left_seq != 0))
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/assets", "it is not in this pool");
	if (f == OK)
		f = get_asset(g, id, &a);
	if (f == OK)
		f = asset_unconvert(g, a);
	if (f == OK)
		f = lineage_move(g, a, -old->amount);
	if (f != OK)
		return f;
	m = edit_member(g, old);
	m->left_seq = (int64_t)g->r->seq;
	m->left_step = x->p->steps + 1;
	record(g, x, m, false);
	return expose(g, x->a->id, m, -1);
}

static enum fault each_member(struct deciding *g,
                              enum fault (*step)(struct deciding *, const struct the_pool *, struct uuid))
{
	const struct uuids *l = &g->c->body.pool_members.assets;
	struct the_pool x;
	int32_t to;
	enum fault f = by_originator(g, EV_GATHER, &x, &to);

	if (f == OK && l->n > STEP_MOST)
		f = refuse(g, E_BAD_MEMBER, "/body/assets", "at most 24 in one statement");
	if (f != OK)
		return f;
	x.a = edit_asset(g, x.a); /* the copies: each step sees what the one before did */
	x.p = edit_pool(g, x.p);
	for (size_t i = 0; f == OK && i < l->n; i++)
		f = step(g, &x, l->at[i]);
	return f;
}

enum fault decide_pool_add(struct deciding *g) { return each_member(g, enter); }

enum fault decide_pool_remove(struct deciding *g) { return each_member(g, leave); }

/* --- the tests before it is locked: R42 --- */

struct groups {
	struct uuid head[LIST_MAX];
	int64_t sum[LIST_MAX];
	size_t n;
	int64_t all;
};

static enum fault add_to_group(struct deciding *g, struct groups *s, struct uuid pool, struct uuid debtor)
{
	const struct exposure *e;
	struct uuid head;
	size_t i = 0;
	enum fault f = get_exposure(g, pair(pool, debtor), &e), h = group_of(g, debtor, &head);

	if (f != OK || h != OK)
		return f != OK ? f : h;
	if (!e || e->amount == 0)
		return refuse(g, E_CONCENTRATION, "/body/debtors", "a party named owes nothing in this pool");
	while (i < s->n && !uuid_eq(s->head[i], head))
		i++;
	if (i == s->n) {
		s->head[s->n++] = head;
		s->sum[i] = 0;
	}
	s->sum[i] += e->amount;
	s->all += e->amount;
	return OK;
}

/* Whoever locks the pool names its debtors, 64 at most. What the others owe is counted as if each group owed it:
 * who names the largest ones loses nothing by it, and who hides one gains nothing. */
static enum fault check_spread(struct deciding *g, const struct the_pool *x)
{
	const struct uuids *l = &g->c->body.pool_lock.debtors;
	int64_t least = rule_value(g, RULE_POOL_DEBTORS), share = rule_value(g, RULE_POOL_SHARE);
	struct groups s = { .n = 0, .all = 0 };
	enum fault f = OK, wants = OK;

	for (size_t i = 0; i < l->n; i++) {
		f = add_to_group(g, &s, x->a->id, l->at[i]);
		if (f == FAULT_WANT)
			wants = f;
		else if (f != OK)
			return f;
	}
	if (wants != OK)
		return wants;
	for (size_t i = 0; i < s.n; i++)
		if (s.sum[i] + (x->a->face - s.all) > minor_share(x->a->face, (int32_t)share * 10000))
			return refuse_rule(g, E_CONCENTRATION, "/body/debtors",
			                   "too much of the pool is owed by one group");
	(void)rule_value(g, RULE_POOL_DEBTORS);
	if ((int64_t)s.n < least)
		return refuse_rule(g, E_CONCENTRATION, "/body/debtors", "too few unrelated debtors");
	return OK;
}

enum fault decide_pool_lock(struct deciding *g)
{
	const struct body_pool_lock *b = &g->c->body.pool_lock;
	struct the_pool x;
	int32_t to;
	enum fault f = by_originator(g, EV_LOCK, &x, &to);

	if (f == OK && (b->members != x.p->members || b->members == 0))
		f = refuse(g, E_TERMS_DIFFER, "/body/members", "not how many are in the pool");
	if (f == OK && (b->total.minor != x.a->face || memcmp(b->total.ccy, x.a->ccy.at, sizeof b->total.ccy) != 0))
		f = refuse(g, E_TERMS_DIFFER, "/body/total", "not what is in the pool");
	if (f == OK && !hash_eq(b->commitment, x.p->commitment))
		f = refuse(g, E_TERMS_DIFFER, "/body/commitment", "not the commitment to who is in the pool");
	if (f == OK && !x.p->rated)
		f = check_spread(g, &x);
	if (f != OK)
		return f;
	edit_asset(g, x.a)->state = to;
	edit_pool(g, x.p)->locked_seq = (int64_t)g->r->seq;
	return OK;
}

/* --- after --- */

enum fault decide_pool_publish(struct deciding *g)
{
	struct the_pool x;
	int32_t to;
	enum fault f = by_originator(g, EV_PUBLISH, &x, &to);

	if (f != OK)
		return f;
	edit_asset(g, x.a)->state = to;
	edit_pool(g, x.p)->tape = g->c->body.pool_publish.tape;
	return OK;
}

enum fault decide_pool_admit(struct deciding *g)
{
	const struct uuids *l = &g->c->body.pool_admit.investors;
	struct the_pool x;
	enum fault f = the_asset(g, &x.a), wants = OK;

	if (f == OK)
		f = need_actor(g, x.a->creditor, "the originator of the pool signs this");
	for (size_t i = 0; f == OK && i < l->n; i++) {
		struct uuid id = pair(x.a->id, l->at[i]);
		const struct party *p = NULL;
		const struct admission *old = NULL;
		enum fault a = get_party(g, l->at[i], &p), b = get_admission(g, id, &old);

		if (a != OK || b != OK)
			wants = FAULT_WANT;
		else if (!p || (p->roles & ROLE_INVESTOR) == 0)
			f = refuse(g, E_ROLE_MISSING, "/body/investors", "not an investor");
		else if (!old) {
			struct admission *n = new_admission(g, id);

			n->investor = l->at[i];
			n->pool = x.a->id;
		}
	}
	return f == OK ? wants : f;
}

/* --- what becomes of the members --- */

static enum fault member_of(struct deciding *g, struct uuid asset, enum asset_event ev, struct the_pool *x,
                            const struct member **m, const struct asset **a)
{
	int32_t to;
	enum fault f = the_asset(g, &x->a);

	if (f == OK)
		f = get_pool(g, x->a->id, &x->p);
	if (f == OK)
		f = get_member(g, pair(x->a->id, asset), m);
	if (f == OK && (!*m || (*m)->left_seq != 0))
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/asset", "it is not in this pool");
	if (f == OK)
		f = get_asset(g, asset, a);
	return f == OK ? asset_next(g, x->a, ev, &to) : f;
}

/* D14: a member gets better by cash alone, and past its due date only by all of it. */
enum fault decide_pool_report(struct deciding *g)
{
	const struct body_pool_report *b = &g->c->body.pool_report;
	const struct member *m = NULL;
	const struct asset *a;
	struct the_pool x;
	int32_t status = member_status_parse(b->status);
	enum fault f = member_of(g, b->asset, EV_REPORT, &x, &m, &a);

	if (f == OK)
		f = need_actor(g, x.a->creditor, "the originator reports on its pool");
	if (f == OK && (status == 0 || status == MEMBER_PAID))
		f = refuse(g, E_BAD_MEMBER, "/body/status", "current, overdue or defaulted; paid follows from cash");
	if (f == OK && (m->status == status || m->status == MEMBER_PAID))
		f = refuse(g, E_BAD_STATE, "/body/asset", member_status_name(m->status));
	if (f == OK && status < m->status && m->cash == 0)
		f = refuse(g, E_STATUS_BACKWARDS, "/body/status", "nothing was collected since it was reported worse");
	if (f == OK && status == MEMBER_CURRENT && date_of(g->r->now).day > a->due.day)
		f = refuse(g, E_STATUS_BACKWARDS, "/body/status", "its due date has passed and it is not paid");
	if (f != OK)
		return f;
	edit_member(g, m)->status = status;
	edit_member(g, m)->cash = 0;
	return OK;
}

static enum fault may_collect(struct deciding *g, const struct the_pool *x, const struct member *m)
{
	if (is_actor(g, x->p->trustee) || is_actor(g, m->debtor))
		return OK;
	return refuse(g, E_NOT_AUTHORISED, "", "the debtor or the trustee says what was paid");
}

/* Cash on a member lowers what is owed on it, on the receivable behind it, and on the pool. */
static enum fault pay_member(struct deciding *g, const struct asset *a, int64_t amount, bool *ended)
{
	const struct part *p;
	int32_t to;
	enum fault f = asset_next(g, a, EV_SETTLE, &to);

	if (f == OK && a->kind != ASSET_RECEIVABLE)
		f = get_part(g, a->id, &p);
	if (f == OK && a->kind != ASSET_RECEIVABLE)
		f = pay_source(g, &(struct paper){ a, p }, amount);
	if (f == OK)
		f = lineage_move(g, a, -amount);
	if (f != OK)
		return f;
	edit_asset(g, a)->paid += amount;
	*ended = asset_balance(edit_asset(g, a)).open == 0;
	if (*ended)
		edit_asset(g, a)->state = to;
	return OK;
}

enum fault decide_pool_collect(struct deciding *g)
{
	const struct body_pool_collect *b = &g->c->body.pool_collect;
	struct encumbrance *e[ENCUMBRANCES_MAX];
	const struct member *m = NULL;
	const struct asset *a;
	struct the_pool x;
	bool ended = false;
	size_t n;
	enum fault f = member_of(g, b->asset, EV_PAY, &x, &m, &a);

	if (f == OK)
		f = may_collect(g, &x, m);
	if (f == OK)
		f = need_amount(g, a, b->amount, "/body/amount");
	if (f == OK && b->amount.minor > asset_balance(a).open)
		f = refuse(g, E_EXCEEDS_OPEN, "/body/amount", "more than is still owed");
	if (f == OK)
		f = edit_children(g, x.a, e, &n);
	if (f == OK)
		f = pay_member(g, a, b->amount.minor, &ended);
	if (f != OK)
		return f;
	edit_member(g, m)->cash += b->amount.minor;
	if (ended)
		edit_member(g, m)->status = MEMBER_PAID;
	edit_asset(g, x.a)->paid += b->amount.minor;
	return settle_open(g, edit_asset(g, x.a), e, n, b->amount.minor);
}

enum fault decide_pool_close(struct deciding *g)
{
	struct the_pool x;
	int32_t to;
	enum fault f = by_originator(g, EV_CLOSE, &x, &to);

	if (f == OK && asset_balance(x.a).open > 0)
		f = refuse(g, E_BAD_STATE, "/object", "its members still owe something");
	if (f == OK)
		edit_asset(g, x.a)->state = to;
	return f;
}
