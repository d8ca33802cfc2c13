/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_receipt.c: a warehouse receipt is issued, its goods weighed and inspected, and so ready to be encumbered.
 *
 * The warehouse's signature says that the goods are there; that no other live receipt says so of the same lot, bin or
 * serial number is proved here, and that the site can hold so much, and that a third party has counted it.
 */
#include "holding.h"

#include "decide.h"

/* --- issue: what will be asked for --- */

static void hint_lot(struct deciding *g, const struct goods_lot *l, int64_t number)
{
	struct uuid site = g->c->body.receipt_issue.site;

	hint_row(g, TABLE_LOT, key_uuid(part_number(g->c->object, number)), true);
	hint_row(g, TABLE_SHARE, key_uuid(part_number(g->c->object, number)), true);
	hint_row(g, TABLE_SITE_GOODS, key_uuid(goods_at(site, l->goods)), false);
	hint_row(g, TABLE_CLAIM, key_fp16(place_of(g, site, l->zone, l->bin)), true);
	if (l->batch.len > 0)
		hint_row(g, TABLE_CLAIM, key_fp16(batch_of(g, l->goods, l->batch)), true);
	if (l->serial_first >= 1 && l->serial_last >= l->serial_first && l->serial_last <= SERIAL_MAX)
		serials_hint(g, l->serial_prefix, l->serial_first, l->serial_last);
}

static void hint_issue(struct deciding *g, const struct party *warehouse)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;

	if (g->r->world->complete)
		return;
	hint_row(g, TABLE_CLAIM, key_fp16(receipt_number(g, party_identifier(warehouse, g->mem), b->number)), true);
	for (size_t i = 0; i < b->lots.n && i < LOTS_MAX; i++)
		hint_lot(g, &b->lots.at[i], (int64_t)i + 1);
	for (size_t i = 0; i < b->documents.n && i < DOCUMENTS_MAX; i++)
		hint_row(g, TABLE_DOCUMENT, key_hash(b->documents.at[i]), false);
}

/* --- issue: form --- */

static bool digit_at_end(struct span s) { return s.len > 0 && s.at[s.len - 1] >= '0' && s.at[s.len - 1] <= '9'; }

/* Whoever may move digits between prefix and number could write one number in two ways. */
static enum fault check_serials(struct deciding *g, const struct goods_lot *l)
{
	bool some = l->serial_first != 0 || l->serial_last != 0;

	if (some != (l->serial_prefix.len > 0))
		return refuse(g, E_BAD_MEMBER, "/body/lots", "serial numbers: prefix, first and last, or none of them");
	if (!some)
		return OK;
	if (l->serial_first < 1 || l->serial_last < l->serial_first || l->serial_last > SERIAL_MAX)
		return refuse(g, E_BAD_MEMBER, "/body/lots", "serial numbers run from first up to last, within 10^15");
	if (digit_at_end(l->serial_prefix))
		return refuse(g, E_BAD_MEMBER, "/body/lots", "the prefix ends before the digits of the number begin");
	if (l->serial_last - l->serial_first + 1 != l->pieces)
		return refuse(g, E_BAD_MEMBER, "/body/lots", "as many serial numbers as pieces");
	return OK;
}

static enum fault check_lots(struct deciding *g)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;
	int64_t sum = 0;
	size_t numbered = 0;

	if (b->lots.n > LOTS_MAX)
		return refuse(g, E_BAD_MEMBER, "/body/lots", "at most 16 lots in one receipt");
	for (size_t i = 0; i < b->lots.n; i++) {
		const struct goods_lot *l = &b->lots.at[i];
		enum fault f = check_serials(g, l);

		if (f != OK)
			return f;
		if (l->pieces < 0)
			return refuse(g, E_BAD_MEMBER, "/body/lots", "pieces are counted from nought");
		if (!money_same_ccy(l->value, b->value))
			return refuse(g, E_CURRENCY_MISMATCH, "/body/lots", "a receipt is in one currency");
		if (l->value.minor <= 0)
			return refuse(g, E_ZERO_AMOUNT, "/body/lots", "every lot has a value");
		sum += l->value.minor; /* sixteen of them cannot overflow */
		numbered += l->serial_first != 0;
	}
	if (numbered > SERIAL_LOTS_MAX)
		return refuse(g, E_BAD_MEMBER, "/body/lots", "at most 4 lots with serial numbers in one receipt");
	if (sum != b->value.minor)
		return refuse(g, E_TERMS_DIFFER, "/body/value", "not the sum of the lots' values");
	return OK;
}

static enum fault check_issue(struct deciding *g)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;
	const struct party *holder;
	enum fault f = need_active_party(g, b->holder, "/body/holder", &holder);

	if (f == OK && is_actor(g, b->holder))
		f = refuse(g, E_SELF_DEALING, "/body/holder", "a warehouse does not issue receipts to itself");
	if (f == OK && b->storage_until.day < b->issue_date.day)
		f = refuse(g, E_DATE_ORDER, "/body/storage_until", "storage ends before the receipt is issued");
	if (f == OK && date_given(b->storage_from) && b->storage_from.day > b->storage_until.day)
		f = refuse(g, E_DATE_ORDER, "/body/storage_from", "storage ends before it begins");
	if (f == OK && b->issue_date.day > date_of(g->r->now).day + 1)
		f = refuse(g, E_DATE_ORDER, "/body/issue_date", "a receipt is not issued ahead of its goods");
	if (f == OK && b->documents.n > DOCUMENTS_MAX)
		f = refuse(g, E_BAD_MEMBER, "/body/documents", "more documents than one receipt may name");
	for (size_t i = 0; f == OK && i < b->documents.n; i++)
		f = need_document(g, b->documents.at[i], "/body/documents");
	return f == OK ? check_lots(g) : f;
}

/* --- issue: the site --- */

static enum fault check_site(struct deciding *g)
{
	int64_t licence = rule_value(g, RULE_SITE_LICENCE);
	const struct site *s;
	enum fault f = get_site(g, g->c->body.receipt_issue.site, &s);

	if (f != OK)
		return f;
	if (!s)
		return refuse(g, E_UNKNOWN_OBJECT, "/body/site", "no site of this id is registered");
	f = need_actor(g, s->warehouse, "the operator of the site issues its receipts");
	if (f == OK && licence &&
	    (hash_is_zero(s->licence) ||
	     (date_given(s->licensed_until) && s->licensed_until.day < date_of(g->r->now).day)))
		f = refuse_rule(g, E_LICENCE, "/body/site", fault_info(E_LICENCE)->text);
	return f;
}

/* Neither above what the site may hold nor above what was found there. */
static enum fault raise_site(struct deciding *g, const struct site_goods *sg, int64_t quantity)
{
	int64_t max_age = rule_value(g, RULE_SITE_COUNT_AGE), counted = rule_value(g, RULE_SITE_COUNTED);
	struct site_goods *x;

	if (quantity > sg->capacity - sg->issued)
		return refuse(g, E_CAPACITY, "/body/lots", fault_info(E_CAPACITY)->text);
	if (counted && (sg->counted_seq == 0 || date_of(g->r->now).day - sg->counted_on.day > max_age))
		return refuse_rule(g, E_NOT_COUNTED, "/body/lots", fault_info(E_NOT_COUNTED)->text);
	if (counted && quantity > sg->counted - sg->issued)
		return refuse_rule(g, E_ABOVE_COUNT, "/body/lots", fault_info(E_ABOVE_COUNT)->text);
	x = edit_site_goods(g, sg);
	x->issued += quantity;
	x->seq = (int64_t)g->r->seq;
	return OK;
}

/* --- issue: lots --- */

static struct lot *write_lot(struct deciding *g, const struct goods_lot *b, int64_t number)
{
	struct lot *l = new_lot(g, part_number(g->c->object, number));

	l->batch = b->batch;
	l->bin = b->bin;
	l->goods = b->goods;
	l->grade = b->grade;
	l->marks = b->marks;
	l->packaging = b->packaging;
	l->pieces = b->pieces;
	l->quantity = b->quantity.micro;
	l->receipt = g->c->object;
	l->seq = (int64_t)g->r->seq;
	l->serial_prefix = b->serial_prefix;
	l->site = g->c->body.receipt_issue.site;
	l->unit = span_z(b->quantity.unit);
	l->zone = b->zone;
	return l;
}

/* The lot is under this receipt and no other: what names it is taken, or the receipt is refused. */
static enum fault take_claims(struct deciding *g, const struct lot *l, const struct goods_lot *b)
{
	enum fault f = claim_take(g, place_of(g, l->site, l->zone, l->bin), CLAIM_PLACE, l->id, E_DUPLICATE_PLACE,
	                          "/body/lots");

	if (f == OK && l->batch.len > 0)
		f = claim_take(g, batch_of(g, l->goods, l->batch), CLAIM_LOT, l->id, E_DUPLICATE_LOT, "/body/lots");
	if (f == OK && b->serial_first != 0)
		f = serials_take(g, l->serial_prefix, b->serial_first, b->serial_last, "/body/lots");
	return f;
}

static enum fault add_lot(struct deciding *g, const struct goods_lot *b, int64_t number)
{
	const struct taken all = { b->quantity.micro, b->pieces, b->value.minor, b->serial_first, b->serial_last };
	const struct site_goods *sg;
	struct lot *l;
	enum fault f = get_goods_at(g, g->c->body.receipt_issue.site, b->goods, &sg);

	if (f != OK)
		return f;
	if (!sg)
		return refuse(g, E_GOODS_UNKNOWN, "/body/lots", fault_info(E_GOODS_UNKNOWN)->text);
	if (!span_is(sg->unit, b->quantity.unit))
		return refuse(g, E_GOODS_UNIT, "/body/lots", "these goods are kept in another unit here");
	f = need_new(g, TABLE_LOT, part_number(g->c->object, number));
	if (f != OK)
		return f;
	l = write_lot(g, b, number);
	f = take_claims(g, l, b);
	if (f == OK)
		f = raise_site(g, sg, b->quantity.micro);
	return f == OK ? add_share(g, g->c->object, number, l->id, &all) : f;
}

/* --- issue: the receipt --- */

static struct asset *write_asset(struct deciding *g)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;
	struct asset *a = new_asset(g, g->c->object);

	a->kind = ASSET_WAREHOUSE_RECEIPT;
	a->state = WR_ISSUED;
	memcpy(a->ccy.at, b->value.ccy, sizeof a->ccy.at);
	a->confirmed_seq = (int64_t)g->r->seq; /* who has to deliver has signed it */
	a->creditor = b->holder;
	a->debtor = g->actor;
	if (b->documents.n > 0)
		a->document = b->documents.at[0];
	a->due = b->storage_until;
	a->issued = b->issue_date;
	a->existing = 1;
	a->face = b->value.minor;
	a->level = 4; /* confirmed: the obligor's own enrolled key */
	a->lineage = b->lineage;
	a->number = b->number;
	return a;
}

static void write_receipt(struct deciding *g)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;
	struct warehouse_receipt *r = new_warehouse_receipt(g, g->c->object);

	r->fee = b->fee;
	r->insured = b->insured.minor;
	memcpy(r->insured_ccy.at, b->insured.ccy, sizeof r->insured_ccy.at);
	r->insured_until = b->insured_until;
	r->insurer = b->insurer;
	r->loss = b->loss;
	r->lots = (int32_t)b->lots.n;
	r->negotiable = (int32_t)b->negotiable;
	r->policy = b->policy;
	r->seq = (int64_t)g->r->seq;
	r->site = b->site;
	r->storage_from = b->storage_from;
}

enum fault decide_receipt_issue(struct deciding *g)
{
	const struct body_receipt_issue *b = &g->c->body.receipt_issue;
	const struct party *warehouse;
	struct asset *a;
	enum fault f = need_active_party(g, g->actor, "", &warehouse);

	if (f == OK)
		hint_issue(g, warehouse);
	if (f == OK && warehouse->freezes > 0)
		f = refuse(g, E_FROZEN, "", "a freeze stands on the warehouse");
	if (f == OK)
		f = check_site(g);
	if (f == OK)
		f = check_issue(g);
	for (size_t i = 0; f == OK && i < b->lots.n; i++)
		f = add_lot(g, &b->lots.at[i], (int64_t)i + 1);
	if (f != OK)
		return f;
	a = write_asset(g);
	write_receipt(g);
	f = take_number(g, a, warehouse, "/body/number");
	return f == OK ? lineage_join(g, a) : f;
}

/* --- weighed and inspected, by somebody else --- */

/* Lot `number` of the receipt the statement is about, for an inspector. */
static enum fault measured(struct deciding *g, int64_t number, struct hash document, const struct lot **ret)
{
	struct holding h;
	int32_t to;
	size_t i;
	enum fault f = the_holding(g, &h);

	if (f == OK)
		f = need_inspector(g, &h);
	if (f == OK)
		f = asset_next(g, h.a, EV_MEASURE, &to);
	if (f == OK)
		f = need_lot(g, &h, number, "/body/lot", &i);
	if (f == OK)
		f = need_document(g, document, "/body/document");
	if (f == OK)
		*ret = h.lot[i];
	return f;
}

enum fault decide_receipt_weigh(struct deciding *g)
{
	const struct body_receipt_weigh *b = &g->c->body.receipt_weigh;
	int64_t tolerance = rule_value(g, RULE_RECEIPT_TOLERANCE);
	const struct lot *l;
	struct lot *x;
	enum fault f = measured(g, b->lot, b->document, &l);

	if (f != OK)
		return f;
	if (!span_is(l->unit, b->quantity.unit))
		return refuse(g, E_GOODS_UNIT, "/body/quantity", fault_info(E_GOODS_UNIT)->text);
	if (!within_ppm(b->quantity.micro, l->quantity, tolerance))
		return refuse_rule(g, E_MEASURE_DIFFERS, "/body/quantity", "not the weight the receipt stands for");
	x = edit_lot(g, l);
	x->seq = x->weighed_seq = (int64_t)g->r->seq;
	x->weighed = b->quantity.micro;
	x->weighed_by = g->actor;
	return OK;
}

enum fault decide_receipt_inspect(struct deciding *g)
{
	const struct body_receipt_inspect *b = &g->c->body.receipt_inspect;
	const struct lot *l;
	struct lot *x;
	enum fault f = measured(g, b->lot, b->document, &l);

	if (f != OK)
		return f;
	if (!span_eq(normalise_number(b->grade, g->mem), normalise_number(l->grade, g->mem)))
		return refuse(g, E_MEASURE_DIFFERS, "/body/grade", "not the grade the receipt stands for");
	x = edit_lot(g, l);
	x->seq = x->inspected_seq = (int64_t)g->r->seq;
	x->inspected_by = g->actor;
	return OK;
}

/* --- before it is encumbered --- */

enum fault receipt_grantable(struct deciding *g, const struct asset *a)
{
	int64_t weighed = rule_value(g, RULE_RECEIPT_WEIGHED), inspected = rule_value(g, RULE_RECEIPT_INSPECTED);
	struct holding h;
	enum fault f = get_holding(g, a->id, "/body/asset", &h);

	if (f == OK)
		f = need_no_order(g, h.r);
	if (f != OK)
		return f;
	if (a->encumbrance_count >= RECEIPT_ENCUMBRANCES_MAX)
		return refuse(g, E_TOO_MANY, "/body/asset", "as many encumbrances as one receipt can carry");
	for (size_t i = 0; i < h.n; i++) {
		if (h.share[i]->quantity == 0)
			continue;
		if (inspected && h.lot[i]->inspected_seq == 0)
			return refuse_rule(g, E_NOT_INSPECTED, "/body/asset", fault_info(E_NOT_INSPECTED)->text);
		if (weighed && h.lot[i]->weighed_seq == 0)
			return refuse(g, E_NOT_WEIGHED, "/body/asset", fault_info(E_NOT_WEIGHED)->text);
	}
	return OK;
}
