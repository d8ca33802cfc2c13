/* SPDX-License-Identifier: Apache-2.0 */
/* paper.c: making, handing on, dividing and paying vouchers and bills; see paper.h. */
#include "paper.h"

#include "balance.h"

/* --- the object --- */

void hint_paper(struct deciding *g)
{
	enum asset_kind kind = asset_kind_of_type(span_z(statement_info(g->c->kind)->type));
	const struct row *r = world_find(g->r->world, TABLE_PART, key_uuid(g->c->object));
	const struct part *p = (const struct part *)(const void *)r;

	if (kind != ASSET_VOUCHER && kind != ASSET_BILL)
		return;
	hint_row(g, TABLE_PART, key_uuid(g->c->object), statement_info(g->c->kind)->mode == CREATES);
	if (!r || !r->exists)
		return;
	hint_row(g, TABLE_PART, key_uuid(p->package), false);
	hint_row(g, TABLE_ASSET, key_uuid(p->source), false);
}

static enum fault paper_of(struct deciding *g, const struct asset *a, struct paper *ret)
{
	enum fault f = get_part(g, a->id, &ret->p);

	ret->a = a;
	assert(f != OK || ret->p != NULL); /* a voucher or bill has its part from its first statement on */
	return f;
}

enum fault the_paper(struct deciding *g, struct paper *ret)
{
	enum fault f = the_asset(g, &ret->a);

	return f == OK ? paper_of(g, ret->a, ret) : f;
}

enum fault by_holder(struct deciding *g, enum asset_event ev, struct paper *ret, int32_t *to)
{
	enum fault f = the_paper(g, ret);

	if (f == OK)
		f = need_actor(g, ret->a->creditor, "the holder signs this");
	if (f == OK)
		f = asset_next(g, ret->a, ev, to);
	return f == OK ? need_unfrozen(g, ret->a) : f;
}

/* --- making one --- */

static enum fault check_due(struct deciding *g, const struct draft *d, const struct asset *source)
{
	int64_t grace = rule_value(g, RULE_PAPER_GRACE);

	if (d->due.day <= date_of(g->r->now).day)
		return refuse(g, E_DATE_ORDER, "/body/due_date", "the due date is not in the future");
	if (d->due.day > source->due.day + grace)
		return refuse_rule(g, E_TENOR, "/body/due_date",
		                   "it would be paid later than the receivable it stands for");
	return OK;
}

static enum fault same_face(struct deciding *g, const struct asset *source, int64_t face, struct money m)
{
	if (asset_balance(source).open != face || memcmp(m.ccy, source->ccy.at, sizeof m.ccy) != 0)
		return refuse(g, E_TERMS_DIFFER, "/body/face", "not exactly what is still owed on the receivable");
	return OK;
}

enum fault draft_source(struct deciding *g, const struct draft *d, const struct asset **ret)
{
	const struct party *creditor;
	int32_t to;
	enum fault f = get_asset(g, d->receivable, ret);

	if (f == OK && (!*ret || (*ret)->kind != ASSET_RECEIVABLE))
		f = refuse(g, E_UNKNOWN_OBJECT, "/body/receivable", "no receivable of this id is registered");
	if (f == OK)
		f = need_actor(g, (*ret)->debtor, "the debtor of the receivable issues paper for it");
	if (f == OK)
		f = need_active_party(g, (*ret)->creditor, "/body/receivable", &creditor);
	if (f == OK)
		f = asset_next(g, *ret, EV_LOCK, &to);
	if (f == OK)
		f = need_unfrozen(g, *ret);
	if (f == OK)
		f = need_unbound(g, *ret, "/body/receivable");
	if (f == OK)
		f = same_face(g, *ret, d->face.minor, d->face);
	return f == OK ? check_due(g, d, *ret) : f;
}

/* Who has so long to answer what. */
void put_offer(struct deciding *g, struct part *p, const struct offer *o)
{
	p->offer = (int32_t)o->kind;
	p->offered_to = o->to;
	p->price = o->price;
	p->recourse = (int32_t)o->recourse;
	p->deadline.us = g->r->now.us + rule_value(g, RULE_PAPER_ANSWER) * 60 * 1000000;
}

void write_paper(struct deciding *g, const struct draft *d, const struct asset *source, struct uuid debtor)
{
	struct asset *a = new_asset(g, g->c->object);
	struct part *p = new_part(g, g->c->object);

	a->kind = (int32_t)d->kind;
	a->state = d->state;
	a->ccy = source->ccy;
	a->creditor = source->creditor;
	a->debtor = debtor;
	a->due = d->due;
	a->issued = date_of(g->r->now);
	a->existing = 1;
	a->face = d->face.minor;
	a->level = source->level;
	a->confirmed_seq = (int64_t)g->r->seq; /* whoever pays it has signed it */
	a->set_off_waived = source->set_off_waived;
	p->package = a->id;
	p->source = source->id;
	p->children = 1;
	p->lo = d->divisible ? 1 : 0;
	p->hi = d->divisible ? d->face.minor : 0;
	put_offer(g, p, &(struct offer){ .to = d->kind == ASSET_BILL ? debtor : source->creditor, .kind = HOP_ISSUE });
}

enum fault take_source(struct deciding *g, const struct paper *x)
{
	const struct asset *source;
	struct money face = { .minor = x->a->face };
	enum fault f = get_asset(g, x->p->source, &source);

	memcpy(face.ccy, x->a->ccy.at, sizeof face.ccy);
	assert(f != OK || source != NULL);
	if (f == OK)
		f = same_face(g, source, face.minor, face);
	return f == OK ? asset_convert(g, source, edit_asset(g, x->a), CONVERT_FREE, "/object") : f;
}

enum fault give_back(struct deciding *g, const struct paper *x)
{
	const struct asset *source;
	enum fault f = get_asset(g, x->p->source, &source);

	if (f != OK)
		return f;
	assert(source != NULL);
	if (!uuid_eq(x->p->package, x->a->id) || x->a->paid > 0)
		return refuse(g, E_NOT_WHOLE, "/object", "it is a part, or paid in part");
	f = need_actor(g, source->creditor, "only the receivable's own creditor gives its paper back");
	if (f == OK)
		f = need_unbound(g, x->a, "/object");
	return f == OK ? asset_unconvert(g, source) : f;
}

/* --- handing on --- */

struct hop *write_hop(struct deciding *g, const struct paper *x, enum hop_kind kind, struct uuid giver,
                      struct uuid taker)
{
	struct hop *h = new_hop(g, (int64_t)g->r->seq);

	h->amount = asset_balance(x->a).open;
	h->asset = x->a->id;
	h->giver = giver;
	h->kind = (int32_t)kind;
	h->layer = x->p->layer;
	h->taker = taker;
	return h;
}

static enum fault check_layers(struct deciding *g, const struct paper *x)
{
	int64_t most = rule_value(g, RULE_LAYERS_MOST);

	if (x->p->layer >= most)
		return refuse_rule(g, E_LAYERS, "/object", "it has changed hands as often as the rule allows");
	return OK;
}

static enum fault check_stop(struct deciding *g, const struct paper *x)
{
	int64_t days = rule_value(g, RULE_TRANSFER_STOP);

	if (date_of(g->r->now).day >= x->a->due.day - days)
		return refuse_rule(g, E_TRANSFER_STOPPED, "/object", "so near its due date it changes hands no more");
	return OK;
}

enum fault paper_offer(struct deciding *g, const struct paper *x, const struct offer *o, int32_t to_state)
{
	const struct party *taker;
	const struct hold *h = NULL;
	enum fault f = need_active_party(g, o->to, "/body/to", &taker);

	if (f == OK && (uuid_eq(o->to, x->a->creditor) || uuid_eq(o->to, x->a->debtor)))
		f = refuse(g, E_SELF_DEALING, "/body/to", "it goes to somebody who neither holds nor owes it");
	if (f == OK && x->a->encumbered + x->a->reserved > 0)
		f = refuse(g, E_EXCEEDS_FREE, "/object", "secured parties must release it first");
	if (f == OK)
		f = live_hold(g, x->a, &h);
	if (f == OK && h && !uuid_eq(h->bank, o->to))
		f = refuse(g, E_HELD, "/object", "another lender holds it at the moment");
	if (f == OK)
		f = check_stop(g, x);
	if (f == OK)
		f = check_layers(g, x);
	if (f != OK)
		return f;
	edit_asset(g, x->a)->state = to_state;
	put_offer(g, edit_part(g, x->p), o);
	return OK;
}

enum fault need_offeree(struct deciding *g, const struct paper *x, enum asset_event ev, int32_t *to)
{
	enum fault f = need_actor(g, x->p->offered_to, "whoever it is offered to takes it");

	if (f == OK)
		f = asset_next(g, x->a, ev, to);
	if (f == OK && x->p->deadline.us <= g->r->now.us)
		f = refuse(g, E_LAPSED, "/object", "the time to take it has run out");
	return f;
}

void end_offer(struct deciding *g, const struct paper *x, int32_t to_state)
{
	static const struct part none;
	struct part *p = edit_part(g, x->p);

	edit_asset(g, x->a)->state = to_state;
	p->offer = HOP_NONE;
	p->offered_to = none.offered_to;
	p->deadline = none.deadline;
	p->price = 0;
	p->recourse = FLAG_ABSENT;
}

/* Whoever had the hold and takes the paper has no more need of it; any other lender's stands in the way. */
static enum fault use_hold_of(struct deciding *g, struct asset *a, struct uuid taker)
{
	static const struct uuid nil;
	const struct hold *h;
	enum fault f = live_hold(g, a, &h);

	if (f != OK || !h)
		return f;
	if (!uuid_eq(h->bank, taker))
		return refuse(g, E_HELD, "/object", "another lender holds it at the moment");
	edit_hold(g, h)->state = HOLD_USED;
	a->hold = nil;
	return OK;
}

enum fault paper_take(struct deciding *g, const struct paper *x, int32_t to_state)
{
	int64_t layers = rule_value(g, RULE_LAYERS_ALERT);
	struct part *p = edit_part(g, x->p);
	struct asset *a = edit_asset(g, x->a);
	struct paper now = { a, p };
	struct hop *h;
	enum fault f = use_hold_of(g, a, p->offered_to);

	if (f != OK)
		return f;
	p->layer++;
	if (p->layer > layers)
		p->alerts |= ALERT_LAYERS;
	h = write_hop(g, &now, (enum hop_kind)p->offer, a->creditor, p->offered_to);
	h->price = p->price;
	h->recourse = p->recourse;
	a->creditor = p->offered_to;
	end_offer(g, &now, to_state);
	return OK;
}

enum fault paper_decline(struct deciding *g, struct uuid maker)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK && !is_actor(g, x.p->offered_to) && !(x.p->offer == HOP_ISSUE && is_actor(g, maker)))
		f = need_actor(g, x.a->creditor, "whoever offered it, or is offered it, ends the offer");
	if (f == OK)
		f = asset_next(g, x.a, EV_DECLINE, &to);
	if (f == OK)
		end_offer(g, &x, to);
	return f;
}

enum fault paper_lapse(struct deciding *g)
{
	struct paper x;
	int32_t to;
	enum fault f = the_paper(g, &x);

	if (f == OK)
		f = asset_next(g, x.a, EV_LAPSE, &to);
	if (f == OK && x.p->deadline.us > g->r->now.us)
		f = refuse(g, E_NOT_YET, "/object", "the time to answer has not run out");
	if (f == OK)
		end_offer(g, &x, to);
	return f;
}

/* --- dividing --- */

static enum fault check_pieces(struct deciding *g, const struct paper *x)
{
	const struct cuts *l = &g->c->body.paper_split.parts;
	int64_t left = x->a->face;
	enum fault f = OK;

	for (size_t i = 0; f == OK && i < l->n; i++) {
		f = need_amount(g, x->a, l->at[i].amount, "/body/parts");
		if (f == OK && l->at[i].amount.minor > left)
			f = refuse(g, E_PARTS_SUM, "/body/parts", "the parts are more than the whole");
		if (f == OK)
			left -= l->at[i].amount.minor;
	}
	if (f == OK && left > 0)
		f = refuse(g, E_PARTS_SUM, "/body/parts", "the parts are less than the whole");
	return f;
}

/* No asset has one of their ids, and no two of them the same. */
static enum fault check_ids(struct deciding *g)
{
	const struct cuts *l = &g->c->body.paper_split.parts;
	const struct asset *a;
	enum fault f = OK, wants = OK;

	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < i; k++)
			if (uuid_eq(l->at[i].id, l->at[k].id))
				return refuse(g, E_BAD_MEMBER, "/body/parts", "two parts of one id");
		f = get_asset(g, l->at[i].id, &a);
		wants = f == OK ? wants : f;
		f = get_part(g, l->at[i].id, &(const struct part *){ NULL });
		wants = f == OK ? wants : f;
		if (a)
			return refuse(g, E_OBJECT_EXISTS, "/body/parts", "an object of this id exists already");
	}
	return wants;
}

/* Counts the new parts at the package's first one; *alert when there are many now. */
static enum fault count_parts(struct deciding *g, const struct paper *x, int64_t n, bool *alert)
{
	int64_t many = rule_value(g, RULE_PARTS_ALERT), most = rule_value(g, RULE_PARTS_MOST);
	const struct part *first;
	enum fault f = get_part(g, x->p->package, &first);

	if (f != OK)
		return f;
	assert(first != NULL);
	if (first->children + n > most)
		return refuse_rule(g, E_PARTS, "/body/parts", "the package has as many parts as the rule allows");
	edit_part(g, first)->children += n;
	*alert = first->children + n > many;
	return OK;
}

static void write_piece(struct deciding *g, const struct paper *x, const struct cut *piece, int32_t state, int64_t lo,
                        int32_t alerts)
{
	struct asset *a = new_asset(g, piece->id);
	struct part *p = new_part(g, piece->id);
	struct row row_a = a->row, row_p = p->row;

	*a = *x->a; /* the whole in small */
	*p = *x->p;
	a->row = row_a;
	p->row = row_p;
	a->id = piece->id;
	a->face = piece->amount.minor;
	a->parent = x->a->id;
	a->state = state;
	a->head = g->c->statement;
	a->seq = (int64_t)g->r->seq;
	p->id = piece->id;
	p->alerts = alerts;
	p->children = 0; /* counted at the first part */
	p->lo = lo;
	p->hi = lo + a->face - 1;
}

enum fault paper_split(struct deciding *g)
{
	const struct cuts *l = &g->c->body.paper_split.parts;
	struct paper x;
	int64_t lo;
	int32_t to, was, alerts;
	bool many = false;
	enum fault f = by_holder(g, EV_SPLIT, &x, &to);

	if (f == OK && x.p->lo == 0)
		f = refuse(g, E_INDIVISIBLE, "/object", "it was issued as one piece");
	if (f == OK && x.a->paid + x.a->diluted > 0)
		f = refuse(g, E_NOT_WHOLE, "/object", "it is paid in part");
	if (f == OK && x.a->objections > 0) /* parts would leave it behind */
		f = refuse(g, E_BAD_STATE, "/object", "an objection stands on it");
	if (f == OK)
		f = need_unbound(g, x.a, "/object");
	if (f == OK)
		f = check_pieces(g, &x);
	if (f == OK)
		f = check_ids(g);
	if (f == OK)
		f = count_parts(g, &x, (int64_t)l->n, &many);
	if (f != OK)
		return f;
	was = x.a->state;
	alerts = x.p->alerts | (many ? ALERT_PARTS : 0);
	lo = x.p->lo;
	for (size_t i = 0; i < l->n; i++) {
		write_piece(g, &x, &l->at[i], was, lo, alerts);
		lo += l->at[i].amount.minor;
	}
	assert(lo == x.p->hi + 1);
	edit_asset(g, x.a)->state = to;
	return OK;
}

/* --- paying --- */

enum fault pay_source(struct deciding *g, const struct paper *x, int64_t amount)
{
	const struct asset *source;
	struct asset *s;
	int32_t to;
	enum fault f = get_asset(g, x->p->source, &source);

	if (f == OK)
		f = asset_next(g, source, EV_SETTLE, &to);
	if (f != OK)
		return f;
	s = edit_asset(g, source);
	s->paid += amount;
	assert(asset_balance(s).open >= 0);
	if (asset_balance(s).open == 0)
		s->state = to;
	return OK;
}

enum fault paper_pay(struct deciding *g, struct paper *x, bool *ended)
{
	const struct body_receivable_pay *b = &g->c->body.receivable_pay;
	struct encumbrance *e[ENCUMBRANCES_MAX];
	struct asset *a;
	size_t n;
	int32_t to;
	enum fault f = the_paper(g, x);

	if (f == OK)
		f = edit_children(g, x->a, e, &n);
	if (f == OK)
		f = may_report_payment(g, x->a, e, n);
	if (f == OK)
		f = asset_next(g, x->a, EV_PAY, &to);
	if (f == OK)
		f = need_amount(g, x->a, b->amount, "/body/amount");
	if (f == OK && b->amount.minor > asset_balance(x->a).open)
		f = refuse(g, E_EXCEEDS_OPEN, "/body/amount", "more than is still owed");
	if (f == OK)
		f = pay_source(g, x, b->amount.minor);
	if (f != OK)
		return f;
	a = edit_asset(g, x->a);
	x->a = a;
	a->paid += b->amount.minor;
	*ended = asset_balance(a).open == 0;
	return settle_open(g, a, e, n, b->amount.minor);
}
