/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_goods.c: what a lender should know of goods: whether a live receipt stands on a lot, a bin or a serial number,
 * and of a receipt whether its goods were weighed, inspected, counted, insured, and are not on their way out.
 *
 *   kind       issuer                number
 *   lot        code of the goods     number as marked on them
 *   bin        id of the site        "<zone>/<bin>"
 *   serial     prefix                digits
 */
#include "checking.h"

#include "holding.h"
#include "pledge.h"

/* --- goods by their own marks --- */

static enum fault claimed_lot(struct checking *x, struct fp16 fp, struct uuid *receipt)
{
	const struct claim *c;
	const struct lot *l;
	enum fault f = get_claim(&x->g, fp, &c);

	memset(receipt, 0, sizeof *receipt);
	if (f != OK || !c || uuid_is_nil(c->object))
		return f;
	f = get_lot(&x->g, c->object, &l);
	if (f == OK && l)
		*receipt = l->receipt;
	return f;
}

static enum fault by_lot(struct checking *x, struct uuid *receipt, bool *taken)
{
	const struct facts *q = &x->q->facts;
	enum fault f = claimed_lot(x, batch_of(&x->g, q->issuer, q->number), receipt);

	*taken = !uuid_is_nil(*receipt);
	return f;
}

static enum fault by_bin(struct checking *x, struct uuid *receipt, bool *taken)
{
	const struct facts *q = &x->q->facts;
	struct span zone, bin;
	struct uuid site;
	enum fault f;

	if (!uuid_parse(q->issuer, &site) || !span_cut(q->number, '/', &zone, &bin))
		return refuse(&x->g, E_BAD_MEMBER, "/claim/facts",
		              "a bin is named by the id of its site and \"<zone>/<bin>\"");
	f = claimed_lot(x, place_of(&x->g, site, zone, bin), receipt);
	*taken = !uuid_is_nil(*receipt);
	return f;
}

static enum fault by_serial(struct checking *x, struct uuid *receipt, bool *taken)
{
	const struct facts *q = &x->q->facts;
	int64_t number = 0;

	memset(receipt, 0, sizeof *receipt);
	for (size_t i = 0; i < q->number.len; i++) {
		char c = q->number.at[i];

		if (c < '0' || c > '9' || number > SERIAL_MAX / 10)
			number = -1;
		else if (number >= 0)
			number = number * 10 + (c - '0');
		if (number < 0)
			break;
	}
	if (number < 1 || number > SERIAL_MAX)
		return refuse(&x->g, E_BAD_MEMBER, "/claim/facts/number", "digits, from 1 to 10^15");
	return serial_taken(&x->g, q->issuer, number, taken);
}

static const struct {
	const char *kind;
	enum fault (*find)(struct checking *x, struct uuid *receipt, bool *taken);
} marks[] = {
	{ "lot", by_lot },
	{ "bin", by_bin },
	{ "serial", by_serial },
};

bool asks_for_goods(const struct facts *f)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (span_is(f->kind, marks[i].kind))
			return true;
	return false;
}

enum fault say_goods(struct checking *x)
{
	struct uuid receipt;
	bool taken = false;
	enum fault f = E_BAD_MEMBER;

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (span_is(x->q->facts.kind, marks[i].kind))
			f = marks[i].find(x, &receipt, &taken);
	if (f != OK)
		return f;
	say(x, taken ? REASON_GOODS_TAKEN : REASON_GOODS_CLEAR);
	if (taken && !uuid_is_nil(receipt))
		found_again(x, receipt);
	return OK;
}

/* --- a receipt --- */

struct telling {
	struct deciding *g;
	say_fn *say;
	void *arg;
};

static void tell(const struct telling *x, enum reason r) { x->say(x->arg, r); }

static bool past(const struct telling *x, struct date d)
{
	return d.day != 0 && d.day != DATE_NONE.day && d.day < date_of(x->g->r->now).day;
}

static void say_life(struct telling *x, const struct holding *h)
{
	static const enum reason of_state[WR_STATES] = { [WR_DELIVERED] = REASON_DELIVERED,
		                                         [WR_CANCELLED] = REASON_WITHDRAWN,
		                                         [WR_MERGED] = REASON_MERGED,
		                                         [WR_LOCKED] = REASON_LOCKED };

	if (of_state[h->a->state] != REASON_NONE)
		tell(x, of_state[h->a->state]);
	if (!asset_live(h->a))
		return;
	if (h->a->diluted > 0)
		tell(x, REASON_PART_DELIVERED);
	if (live_order(x->g, h->r) != ORDER_NONE)
		tell(x, REASON_ORDERED);
	if (past(x, h->a->due))
		tell(x, REASON_STORAGE_OVER);
	if (h->r->insured == 0 || !date_given(h->r->insured_until) || past(x, h->r->insured_until))
		tell(x, REASON_UNINSURED);
}

/* Each lot of it: measured by others, and of nobody else. */
static void say_lots(struct telling *x, const struct holding *h)
{
	bool weighed = true, inspected = true, shared = false;

	for (size_t i = 0; i < h->n; i++) {
		if (h->share[i]->quantity == 0)
			continue;
		weighed &= h->lot[i]->weighed_seq > 0;
		inspected &= h->lot[i]->inspected_seq > 0;
		shared |= h->share[i]->quantity < h->lot[i]->quantity;
	}
	if (!weighed)
		tell(x, REASON_NOT_WEIGHED);
	if (!inspected)
		tell(x, REASON_NOT_INSPECTED);
	if (shared)
		tell(x, REASON_SAME_LOT);
}

/* The site as a whole: what was counted there against what all its receipts stand for. */
static enum fault say_site(struct telling *x, const struct holding *h)
{
	int64_t max_age = rule_value(x->g, RULE_SITE_COUNT_AGE);
	bool shorter = false, old = false;
	const struct site *s;

	hint_row(x->g, TABLE_SITE, key_uuid(h->r->site), false);
	for (size_t i = 0; i < h->n; i++)
		hint_row(x->g, TABLE_SITE_GOODS, key_uuid(goods_at(h->r->site, h->lot[i]->goods)), false);
	for (size_t i = 0; i < h->n; i++) {
		const struct site_goods *g;
		enum fault f = get_goods_at(x->g, h->r->site, h->lot[i]->goods, &g);

		if (f != OK)
			return f;
		if (!g || h->share[i]->quantity == 0)
			continue;
		shorter |= g->counted_seq > 0 && g->counted < g->issued;
		old |= g->counted_seq == 0 || date_of(x->g->r->now).day - g->counted_on.day > max_age;
	}
	if (get_site(x->g, h->r->site, &s) != OK)
		return FAULT_WANT;
	if (shorter)
		tell(x, REASON_COUNT_SHORT);
	if (old)
		tell(x, REASON_COUNT_OLD);
	if (s && (hash_is_zero(s->licence) || past(x, s->licensed_until)))
		tell(x, REASON_LICENCE);
	return OK;
}

enum fault say_receipt(struct deciding *g, const struct asset *a, say_fn *say_it, void *arg)
{
	struct telling x = { g, say_it, arg };
	struct holding h;
	enum fault f = get_holding(g, a->id, "/claim", &h);

	if (f != OK)
		return f;
	say_life(&x, &h);
	if (!asset_live(a))
		return OK;
	say_lots(&x, &h);
	return say_site(&x, &h);
}
