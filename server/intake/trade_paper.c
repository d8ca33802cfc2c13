/* SPDX-License-Identifier: Apache-2.0 */
/* trade_paper.c: see trade_paper.h. */
#include "intake/trade_paper.h"

#include "intake/document_draft.h"
#include "intake/value.h"

enum {
	REFS_MAX = 64,       /* of one paper; further ones join nothing */
	ITEMS_MAX = 10000,   /* payments, answers */
	MICROS = 6,          /* decimals of a quantity */
	PRICE_DECIMALS = 12, /* of a price while it is divided */
};
#define NUMBER_LIMIT ((i128)1000000000000000000) /* 10^18: what is beyond is not counted */

static enum paper_role role_of(const struct document *d)
{
	static const uint8_t role[DOC_KINDS] = {
		[DOC_UBL_ORDER] = PAPER_ORDER,
		[DOC_UBL_ORDER_CHANGE] = PAPER_ORDER_CHANGE,
		[DOC_UBL_ORDER_CANCELLATION] = PAPER_CANCELLATION,
		[DOC_UBL_DESPATCH_ADVICE] = PAPER_DESPATCH,
		[DOC_UBL_RECEIPT_ADVICE] = PAPER_RECEIPT,
		[DOC_UBL_APPLICATION_RESPONSE] = PAPER_ANSWER,
		[DOC_UBL_WEIGHT_STATEMENT] = PAPER_DESPATCH,
		[DOC_UBL_WAYBILL] = PAPER_DESPATCH,
		[DOC_DCSA_BILL_OF_LADING] = PAPER_DESPATCH,
		[DOC_CAMT_052] = PAPER_PAYMENT,
		[DOC_CAMT_053] = PAPER_PAYMENT,
		[DOC_CAMT_054] = PAPER_PAYMENT,
	};
	enum doc_family f = document_family(d);

	if (f == FAMILY_INVOICE || f == FAMILY_CREDIT)
		return f == FAMILY_CREDIT ? PAPER_CREDIT : PAPER_INVOICE;
	return d->kind < DOC_KINDS ? (enum paper_role)role[d->kind] : PAPER_NONE;
}

/* --- parties --- */

/* "DE123456789" of Germany is 123456789: not everybody writes the country before the number. */
static struct span bare_id(const struct doc_id *id, struct span country)
{
	struct span v = id->value;

	if (id->role == ID_TAX && country.len == 2 && v.len > 2 && v.at[0] == country.at[0] && v.at[1] == country.at[1])
		return (struct span){ v.at + 2, v.len - 2 };
	return v;
}

/* Accounts identify nobody: who shares one is not the same party. */
static struct paper_ids ids_of(const struct doc_party *p, struct arena *mem)
{
	struct paper_id *at = p->present ? ARENA_ARRAY(mem, struct paper_id, p->ids.n) : NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; at && i < p->ids.n; i++)
		if (p->ids.at[i].role != ID_ACCOUNT && p->ids.at[i].value.len > 0)
			at[n++] = (struct paper_id){ bare_id(&p->ids.at[i], p->country) };
	return (struct paper_ids){ at, n };
}

/*
 * A bill of lading is the carrier's: its document calls him seller and the shipper buyer. Of the trade the shipper is the
 * seller; the consignee its buyer, but not where the bill is to order, for then that is a bank as often as not.
 */
static void take_bill(const struct document *d, struct arena *mem, struct paper *ret)
{
	const struct doc_title *t = &d->title;

	ret->seller = ids_of(&d->buyer, mem);
	ret->buyer = t->negotiable ? (struct paper_ids){ NULL, 0 } : ids_of(&t->order_party, mem);
	ret->holder = ids_of(t->holder.present ? &t->holder : &t->order_party, mem);
}

/* --- references --- */

struct ref_list {
	struct paper_ref *at;
	uint32_t n;
};

static void add_ref(struct ref_list *l, enum paper_role role, struct span number, struct span uuid)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct paper_ref *r = &l->at[i];

		if (r->role != role || !span_eq(r->number, number))
			continue;
		if (r->uuid.len == 0)
			r->uuid = uuid;
		if (uuid.len == 0 || span_eq(r->uuid, uuid))
			return;
	}
	if (l->n < REFS_MAX && (number.len > 0 || uuid.len > 0))
		l->at[l->n++] = (struct paper_ref){ (uint8_t)role, number, uuid };
}

static void add_refs(struct ref_list *l, const struct doc_refs *refs)
{
	static const uint8_t role[] = {
		[REF_ORDER] = PAPER_ORDER,     [REF_ORDER_CHANGE] = PAPER_ORDER_CHANGE, [REF_DESPATCH] = PAPER_DESPATCH,
		[REF_RECEIPT] = PAPER_RECEIPT, [REF_INVOICE] = PAPER_INVOICE,
	};

	for (uint32_t i = 0; i < refs->n; i++) {
		const struct doc_ref *r = &refs->at[i];

		if (r->role < ARRAY_LEN(role) && role[r->role] != PAPER_NONE)
			add_ref(l, (enum paper_role)role[r->role], r->number, r->uuid);
	}
}

static struct paper_refs refs_of(const struct document *d, struct arena *mem)
{
	struct ref_list l = { ARENA_ARRAY(mem, struct paper_ref, REFS_MAX), 0 };

	if (!l.at)
		return (struct paper_refs){ NULL, 0 };
	add_ref(&l, PAPER_ORDER, d->order_ref, S(""));
	add_ref(&l, PAPER_DESPATCH, d->despatch_ref, S(""));
	add_ref(&l, PAPER_RECEIPT, d->receipt_ref, S(""));
	add_refs(&l, &d->references);
	add_refs(&l, &d->preceding);
	for (uint32_t i = 0; i < d->lines.n; i++)
		add_refs(&l, &d->lines.at[i].references);
	return (struct paper_refs){ l.at, l.n };
}

/* --- lines --- */

/* Rec 20 units that are multiples of one another; any other stands for itself. */
static const struct unit {
	const char *code, *base;
	int64_t micros; /* of the base unit */
} units[] = {
	{ "KGM", "KGM", 1000000 },    { "TNE", "KGM", 1000000000 }, { "GRM", "KGM", 1000 },
	{ "C62", "C62", 1000000 },    { "EA", "C62", 1000000 },     { "H87", "C62", 1000000 },
	{ "NAR", "C62", 1000000 },    { "DZN", "C62", 12000000 },   { "MTR", "MTR", 1000000 },
	{ "KMT", "MTR", 1000000000 }, { "MMT", "MTR", 1000 },       { "CMT", "MTR", 10000 },
	{ "LTR", "LTR", 1000000 },    { "MLT", "LTR", 1000 },       { "MTQ", "LTR", 1000000000 },
};

static struct unit unit_of(struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (span_is(code, units[i].code))
			return units[i];
	return (struct unit){ NULL, NULL, 1000000 };
}

static bool small(const struct decimal *d)
{
	return d->present && d->mantissa < NUMBER_LIMIT && d->mantissa > -NUMBER_LIMIT;
}

/* Adds sign times the quantity; false when there is none, or it is out of range. */
static bool add_quantity(const struct decimal *d, const struct unit *u, int sign, int64_t *sum)
{
	i128 v;

	if (!small(d))
		return false;
	v = *sum + sign * (value_rescale(*d, MICROS) * u->micros / 1000000);
	if (v > INT64_MAX / 4 || v < INT64_MIN / 4)
		return false;
	*sum = (int64_t)v;
	return true;
}

/* Minor units per base unit, times 10^6. */
static bool take_price(const struct doc_line *l, const struct unit *u, unsigned digits, int64_t *ret)
{
	i128 base = 1000000, v;

	if (!small(&l->price))
		return false;
	if (l->base_quantity.present) {
		if (!small(&l->base_quantity) || (l->base_unit.len > 0 && !span_eq(l->base_unit, l->unit)))
			return false;
		base = value_rescale(l->base_quantity, MICROS);
	}
	if (base <= 0)
		return false;
	v = value_rescale(l->price, PRICE_DECIMALS + digits); /* < 10^18 * 10^16 */
	v = v / base * 1000000 / u->micros;                   /* of one base unit, times 10^6 */
	if (v > INT64_MAX / 4 || v < INT64_MIN / 4)
		return false;
	*ret = (int64_t)v;
	return true;
}

/* What counts of a line depends on the paper: delivered, received and not rejected, or the quantity itself. */
static bool take_quantity(const struct document *d, const struct doc_line *l, const struct unit *u,
                          struct paper_line *ret)
{
	bool good;

	if (l->mixed_units)
		return false;
	if (d->kind == DOC_UBL_DESPATCH_ADVICE) {
		good = add_quantity(&l->delivered, u, 1, &ret->quantity);
		return good && (!l->backorder.present || add_quantity(&l->backorder, u, 1, &ret->short_by));
	}
	if (d->kind != DOC_UBL_RECEIPT_ADVICE)
		return add_quantity(&l->quantity, u, 1, &ret->quantity);
	good = add_quantity(&l->received, u, 1, &ret->quantity);
	if (good && l->rejected.present)
		good = add_quantity(&l->rejected, u, -1, &ret->quantity) &&
		       add_quantity(&l->rejected, u, 1, &ret->short_by);
	return good && (!l->shortage.present || add_quantity(&l->shortage, u, 1, &ret->short_by));
}

static struct span order_line_of(const struct doc_line *l)
{
	for (uint32_t i = 0; l->order_line.len == 0 && i < l->references.n; i++)
		if (l->references.at[i].role == REF_ORDER)
			return l->references.at[i].line;
	return l->order_line;
}

static struct span order_of(const struct doc_line *l)
{
	for (uint32_t i = 0; i < l->references.n; i++)
		if (l->references.at[i].role == REF_ORDER)
			return l->references.at[i].number;
	return S("");
}

static struct paper_lines lines_of(const struct document *d, unsigned digits, struct arena *mem)
{
	struct paper_line *at = ARENA_ARRAY(mem, struct paper_line, d->lines.n);

	for (uint32_t i = 0; at && i < d->lines.n; i++) {
		const struct doc_line *l = &d->lines.at[i];
		struct unit u = unit_of(l->unit);

		at[i] = (struct paper_line){ .no = l->no,
			                     .order = order_of(l),
			                     .order_line = order_line_of(l),
			                     .item = { l->seller_item, l->buyer_item, l->standard_item },
			                     .name = l->name,
			                     .unit = u.base ? span_z(u.base) : l->unit,
			                     .sscc = l->sscc,
			                     .net = l->net.present ? l->net.minor : 0 };
		at[i].counted = take_quantity(d, l, &u, &at[i]);
		at[i].priced = take_price(l, &u, digits, &at[i].price);
	}
	return (struct paper_lines){ at, at ? d->lines.n : 0 };
}

/* --- payments, answers --- */

static struct span unique_of(const struct doc_transaction *t, const struct doc_entry *e)
{
	const struct span by[] = { t->uetr, t->end_to_end, t->servicer_ref, e->servicer_ref };

	for (size_t i = 0; i < ARRAY_LEN(by); i++)
		if (by[i].len > 0 && !span_is(by[i], "NOTPROVIDED"))
			return by[i];
	return S("");
}

struct item_list {
	struct paper_item *at;
	uint32_t n;
	char ccy[4]; /* of the first payment; one in another currency says that it was made, not how much */
};

static void add_item(struct item_list *l, struct paper_item i)
{
	if (l->at && l->n < ITEMS_MAX && i.about.len > 0)
		l->at[l->n++] = i;
}

/* Which part of a payment of several invoices is for which, it does not say: it counts for none, but is told. */
static void add_payment(struct item_list *l, struct span account, const struct doc_entry *e,
                        const struct doc_transaction *t)
{
	const struct doc_amount *a = t->amount.present ? &t->amount : &e->amount;
	bool whole = t->invoices.n <= 1 && (t->amount.present || e->transactions.n == 1);
	struct paper_item i = { .unique = unique_of(t, e), .account = account };

	if (a->present && !l->ccy[0])
		memcpy(l->ccy, a->ccy, sizeof l->ccy);
	if (a->present && whole && memcmp(a->ccy, l->ccy, sizeof l->ccy) == 0)
		i.amount = a->minor < 0 ? -a->minor : a->minor;
	for (uint32_t k = 0; k < t->invoices.n; k++) {
		i.about = t->invoices.at[k].number;
		add_item(l, i);
	}
	if (t->invoices.n == 0) {
		i.about = t->creditor_ref;
		add_item(l, i);
	}
}

/* Money that came in, as booked: what is announced, or taken back, was not paid. */
static void add_payments(struct item_list *l, const struct doc_statement *s)
{
	for (uint32_t i = 0; i < s->entries.n; i++) {
		const struct doc_entry *e = &s->entries.at[i];

		if (e->reversal || !span_is(e->side, "CRDT") || !span_is(e->status, "BOOK"))
			continue;
		for (uint32_t k = 0; k < e->transactions.n; k++)
			add_payment(l, s->account, e, &e->transactions.at[k]);
	}
}

static void take_items(const struct document *d, struct arena *mem, struct paper *ret)
{
	struct item_list l = { .n = 0 };

	if (ret->role != PAPER_ANSWER && ret->role != PAPER_PAYMENT)
		return;
	l.at = ARENA_ARRAY(mem, struct paper_item, ITEMS_MAX);
	for (uint32_t i = 0; i < d->responses.n && ret->role == PAPER_ANSWER; i++)
		add_item(&l, (struct paper_item){ .about = d->responses.at[i].reference.number,
		                                  .code = d->responses.at[i].code });
	for (uint32_t i = 0; i < d->statements.n && ret->role == PAPER_PAYMENT; i++)
		add_payments(&l, &d->statements.at[i]);
	ret->items = (struct paper_items){ l.at, l.n };
	if (ret->role == PAPER_PAYMENT)
		memcpy(ret->ccy, l.ccy, sizeof ret->ccy);
}

/* --- the paper --- */

static bool assigned(const struct document *d)
{
	for (uint32_t i = 0; i < d->findings.n; i++)
		if (d->findings.at[i].rule == RULE_PAYEE || d->findings.at[i].rule == RULE_ASSIGNED)
			return true;
	return false;
}

static void take_money(const struct document *d, struct paper *ret)
{
	const struct doc_amount *net = d->total_net.present ? &d->total_net : &d->sum_lines;

	ret->payable = d->payable.present ? d->payable.minor : 0;
	ret->has_net = net->present;
	ret->net = net->present ? net->minor : 0;
	if (d->payable.present)
		memcpy(ret->ccy, d->payable.ccy, sizeof ret->ccy);
	else if (d->currency.len == 3)
		memcpy(ret->ccy, d->currency.at, 3);
}

enum fault trade_paper(const struct document *d, struct arena *mem, struct paper *ret)
{
	enum paper_role role = role_of(d);
	bool fapiao = d->kind == DOC_FAPIAO_XML || d->kind == DOC_FAPIAO_OFD;

	*ret = (struct paper){ .sha256 = d->sha256,
		               .kind = d->kind,
		               .role = (uint16_t)role,
		               .level = d->level,
		               .vouched = d->level >= DOC_L2,
		               .heard = d->level >= DOC_L2,
		               .red = fapiao && role == PAPER_CREDIT,
		               .assigned = assigned(d),
		               .number = d->number,
		               .uuid = d->uuid,
		               .account = role == PAPER_INVOICE ? d->account : S(""),
		               .issued = d->issue_date };
	take_money(d, ret);
	ret->seller = ids_of(role == PAPER_ANSWER ? &d->receiver : &d->seller, mem);
	ret->buyer = ids_of(role == PAPER_ANSWER ? &d->sender : &d->buyer, mem);
	if (d->kind == DOC_DCSA_BILL_OF_LADING)
		take_bill(d, mem, ret);
	ret->refs = refs_of(d, mem);
	ret->lines = lines_of(d, document_digits(ret->ccy), mem);
	take_items(d, mem, ret);
	return arena_ok(mem) ? OK : E_TOO_BIG;
}
