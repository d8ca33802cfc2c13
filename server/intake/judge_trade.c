/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_trade.c: orders, answers, and documents about goods.
 *
 * An order adds up as an invoice does, under its own rules (PEPPOL-T01).
 * Goods are judged by their quantities: there, not negative, in one unit.
 */
#include "intake/judge.h"

#include "codes.h"

#define D(field) offsetof(struct document, field)
#define L(field) offsetof(struct doc_line, field)

/* An order's rule is named in an order only: changes and answers have others, with other numbers. */
static void tell_order(struct draft *d, enum doc_rule rule, struct at at)
{
	struct doc_finding *f = draft_raise(d, rule, SEV_E, NULL, at);

	if (f && d->doc->kind != DOC_UBL_ORDER)
		f->same_as = (struct span){ NULL, 0 };
}

static void tell_order_sums(struct draft *d, enum doc_rule rule, struct at at, i128 stated, i128 found)
{
	struct doc_finding *f = draft_raise(d, rule, SEV_E, NULL, at);

	if (!f)
		return;
	if (d->doc->kind != DOC_UBL_ORDER)
		f->same_as = (struct span){ NULL, 0 };
	draft_detail_sums(d, f, stated, found, digits_of(d->doc));
}

static bool known(const struct doc_party *p)
{
	bool id = false;

	for (uint32_t i = 0; i < p->ids.n; i++)
		id |= p->ids.at[i].value.len > 0;
	return p->name.len || p->trade_name.len || id;
}

static const struct need of_any[] = {
	{ RULE_ANY_NUMBER, FACT_TEXT, D(number), "ID" },
	{ RULE_ANY_ISSUED, FACT_DAY, D(issue_date), "IssueDate" },
};

static void need_sides(struct draft *d, const struct doc_party *from, const char *from_path, const struct doc_party *to,
                       const char *to_path)
{
	NEED_ALL(d, of_any, d->doc, TOP(NULL));
	if (!known(from))
		tell(d, RULE_ANY_SELLER, TOP(from_path));
	if (!known(to))
		tell(d, RULE_ANY_BUYER, TOP(to_path));
}

/* ---- orders ---- */

static void judge_order_line(struct draft *d, uint32_t i)
{
	const struct doc_line *l = &d->doc->lines.at[i];
	i128 num, den;
	bool tie;

	if (!l->quantity.present)
		tell_order(d, RULE_ORDER_QTY, AT("%", i + 1, "Quantity"));
	else if (l->quantity.mantissa < 0)
		tell_order(d, RULE_ORDER_NEG, AT("%", i + 1, "Quantity"));
	if (l->price.present && l->price.mantissa < 0)
		tell_order(d, RULE_ORDER_PRICE, AT("%", i + 1, "Price/PriceAmount"));
	if (l->net.present && l->net.ccy[0] && d->doc->currency.len && !span_is(d->doc->currency, l->net.ccy))
		tell_order(d, RULE_ORDER_CCY, AT("%", i + 1, "LineExtensionAmount"));
	judge_multipliers(d, RULE_ORDER_RATE, &l->allowances, AT("%", i + 1, "AllowanceCharge/Amount"));
	if (l->base_quantity.present && l->base_quantity.mantissa <= 0) {
		tell_order(d, RULE_ORDER_BASE, AT("%", i + 1, "Price/BaseQuantity"));
		return;
	}
	if (!l->quantity.present || !l->price.present || !l->net.present)
		return;
	if (!line_fraction(d->doc, l, &num, &den))
		tell(d, RULE_RANGE, AT("%", i + 1, NULL));
	else if (distance(l->net.minor, num, den) > two_hundredths(d->doc))
		tell_order_sums(d, RULE_ORDER_LINE, AT("%", i + 1, "LineExtensionAmount"), l->net.minor,
		                rounded(num, den, &tie));
}

static void judge_lines_twice(struct draft *d)
{
	const struct doc_lines *l = &d->doc->lines;

	/* pairwise only as far as a person would order by hand */
	for (uint32_t i = 0; i < l->n && l->n <= 1000; i++)
		for (uint32_t k = 0; k < i; k++)
			if (l->at[i].no.len && span_eq(l->at[i].no, l->at[k].no)) {
				tell_order(d, RULE_LINE_TWICE, AT("%", i + 1, "ID"));
				return;
			}
}

#define TOTAL "AnticipatedMonetaryTotal"

static void expect_total(struct draft *d, enum doc_rule rule, const struct doc_amount *stated, i128 found,
                         const char *leaf)
{
	if (stated->present && stated->minor != found)
		tell_order_sums(d, rule, AT(TOTAL, 0, leaf), stated->minor, found);
}

static void judge_order_totals(struct draft *d)
{
	const struct document *doc = d->doc;
	i128 lines = 0, allow = sum_of(&doc->allowances, false), charge = sum_of(&doc->allowances, true);

	for (uint32_t i = 0; i < doc->lines.n; i++)
		lines += doc->lines.at[i].net.minor;
	expect_total(d, RULE_ORDER_LINES, &doc->sum_lines, lines, "LineExtensionAmount");
	expect_total(d, RULE_ORDER_ALLOW, &doc->sum_allowances, allow, "AllowanceTotalAmount");
	expect_total(d, RULE_ORDER_CHARGE, &doc->sum_charges, charge, "ChargeTotalAmount");
	i128 net = (i128)doc->sum_lines.minor - doc->sum_allowances.minor + doc->sum_charges.minor;
	if (doc->sum_lines.present)
		expect_total(d, RULE_ORDER_NET, &doc->total_net, net, "TaxExclusiveAmount");
	if (doc->total_net.present)
		net = doc->total_net.minor;
	if (doc->total_tax.present && (doc->total_net.present || doc->sum_lines.present))
		expect_total(d, RULE_ORDER_GROSS, &doc->total_gross, net + doc->total_tax.minor, "TaxInclusiveAmount");
	if (doc->total_gross.present)
		expect_total(d, RULE_ORDER_PAY, &doc->payable,
		             (i128)doc->total_gross.minor - doc->prepaid.minor + doc->rounding.minor, "PayableAmount");
	if (doc->payable.minor < 0 || doc->sum_lines.minor < 0)
		tell_order(d, RULE_ORDER_TOTAL, TOP(TOTAL));
}

/* An order is in the currency of its total where it names none. */
static void settle_currency(struct draft *d)
{
	struct document *doc = d->doc;

	if (!doc->currency.len && doc->payable.present && doc->payable.ccy[0])
		doc->currency = arena_copy(d->mem, span_z(doc->payable.ccy));
}

void judge_order(struct draft *d)
{
	const struct document *doc = d->doc;

	settle_currency(d);
	need_sides(d, &doc->seller, "SellerSupplierParty", &doc->buyer, "BuyerCustomerParty");
	if (!doc->lines.n)
		tell(d, RULE_ANY_LINES, TOP("%"));
	if (doc->kind == DOC_UBL_ORDER_CHANGE && !doc->order_ref.len)
		tell(d, RULE_ANSWERED, TOP("OrderReference/ID"));
	judge_multipliers(d, RULE_ORDER_RATE, &doc->allowances, TOP(NULL));
	for (uint32_t i = 0; i < doc->lines.n; i++) {
		const struct doc_line *l = &doc->lines.at[i];
		if (!l->no.len)
			tell(d, RULE_ANY_LINE_NO, AT("%", i + 1, "ID"));
		if (!l->name.len)
			tell(d, RULE_ANY_NAME, AT("%", i + 1, "Item/Name"));
		judge_order_line(d, i);
	}
	judge_lines_twice(d);
	judge_order_totals(d);
	if (is_day(doc->valid_until) && is_day(doc->issue_date) && doc->valid_until.day < doc->issue_date.day)
		tell(d, RULE_VALID_UNTIL, TOP("ValidityPeriod/EndDate"));
}

/* ---- answers ---- */

/* Answers to orders (T76) and to invoices (T111), and UNCL 4343's own: 27 not accepted, 29 accepted, 30 with changes. */
static const char *const answers[] = { "AB", "AP", "CA", "IP", "PD", "RE", "UQ", "27", "29", "30" };

static void judge_answer_code(struct draft *d, struct span code, struct at at)
{
	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (span_is(code, answers[i]))
			return;
	if (code.len)
		draft_tell(d, RULE_CODE_ANSWER, at, code);
}

static void judge_application_response(struct draft *d)
{
	const struct document *doc = d->doc;

	need_sides(d, &doc->sender, "SenderParty", &doc->receiver, "ReceiverParty");
	if (!doc->responses.n)
		tell(d, RULE_RESPONSE, TOP("DocumentResponse"));
	for (uint32_t i = 0; i < doc->responses.n; i++) {
		const struct doc_response *r = &doc->responses.at[i];
		if (!r->code.len)
			tell(d, RULE_RESPONSE, AT("DocumentResponse", i + 1, "Response/ResponseCode"));
		if (!r->reference.number.len && !r->reference.uuid.len)
			tell(d, RULE_ANSWERED, AT("DocumentResponse", i + 1, "DocumentReference/ID"));
		judge_answer_code(d, r->code, AT("DocumentResponse", i + 1, "Response/ResponseCode"));
	}
}

void judge_answer(struct draft *d)
{
	const struct document *doc = d->doc;

	if (doc->kind == DOC_UBL_APPLICATION_RESPONSE) {
		judge_application_response(d);
		return;
	}
	need_sides(d, &doc->seller, "SellerSupplierParty", &doc->buyer, "BuyerCustomerParty");
	if (!doc->order_ref.len)
		tell(d, RULE_ANSWERED, TOP("OrderReference/ID"));
	if (doc->kind != DOC_UBL_ORDER_RESPONSE)
		return;
	if (!doc->response_code.len)
		tell(d, RULE_ORDER_ANSWER, TOP("OrderResponseCode"));
	judge_answer_code(d, doc->response_code, TOP("OrderResponseCode"));
}

/* ---- goods ---- */

/* Every quantity of a line, and whether its kind of document is about it. */
static const struct {
	size_t at;
	const char *leaf;
	enum doc_kind needed_by[2];
} quantities[] = {
	{ L(quantity), "Quantity", { DOC_UBL_INVENTORY_REPORT, DOC_UBL_WEIGHT_STATEMENT } },
	{ L(delivered), "DeliveredQuantity", { DOC_UBL_DESPATCH_ADVICE, DOC_OPAQUE } },
	{ L(backorder), "BackorderQuantity", { DOC_OPAQUE, DOC_OPAQUE } },
	{ L(outstanding), "OutstandingQuantity", { DOC_OPAQUE, DOC_OPAQUE } },
	{ L(oversupply), "OversupplyQuantity", { DOC_OPAQUE, DOC_OPAQUE } },
	{ L(received), "ReceivedQuantity", { DOC_UBL_RECEIPT_ADVICE, DOC_OPAQUE } },
	{ L(shortage), "ShortQuantity", { DOC_OPAQUE, DOC_OPAQUE } },
	{ L(rejected), "RejectedQuantity", { DOC_OPAQUE, DOC_OPAQUE } },
};

static int compare(struct decimal a, struct decimal b)
{
	i128 x, y;
	unsigned low = a.scale < b.scale ? a.scale : b.scale;

	/* brought to one scale; what cannot be is the larger one (negative quantities are refused elsewhere) */
	if (!times(a.mantissa, power10(b.scale - low), &x))
		return 1;
	if (!times(b.mantissa, power10(a.scale - low), &y))
		return -1;
	return x < y ? -1 : x > y;
}

static void judge_quantities(struct draft *d, const struct doc_line *l, uint32_t n)
{
	bool weight = d->doc->kind == DOC_UBL_WEIGHT_STATEMENT;

	for (size_t i = 0; i < ARRAY_LEN(quantities); i++) {
		const void *at = (const char *)l + quantities[i].at;
		const struct decimal *q = at;
		bool needed = d->doc->kind == quantities[i].needed_by[0] || d->doc->kind == quantities[i].needed_by[1];
		if (!q->present && needed)
			tell(d, RULE_ANY_QTY, AT("%", n, quantities[i].leaf));
		if (q->present && q->mantissa < 0)
			tell(d, RULE_QTY_NEG, AT("%", n, quantities[i].leaf));
		if (q->present && !l->unit.len && needed)
			tell(d, RULE_ANY_UNIT, AT("%", n, quantities[i].leaf));
	}
	if (l->mixed_units)
		tell(d, RULE_QTY_UNITS, AT("%", n, NULL));
	if (l->received.present && l->rejected.present && compare(l->rejected, l->received) > 0)
		tell(d, RULE_QTY_REJECT, AT("%", n, "RejectedQuantity"));
	if (weight && l->quantity.present && l->quantity.mantissa == 0)
		tell(d, RULE_QTY_WEIGHT, AT("%", n, "VerifiedGrossMass"));
	if (weight && l->no.len && !container_check(l->no))
		draft_tell(d, RULE_CONTAINER, AT("%", n, "ID"), l->no);
	if (!weight && !l->name.len && !l->seller_item.len && !l->buyer_item.len && !l->standard_item.len)
		tell(d, RULE_ANY_NAME, AT("%", n, "Item/Name"));
	if (!l->no.len)
		tell(d, RULE_ANY_LINE_NO, AT("%", n, "ID"));
}

/* DAT-05: what a document about goods refers to came before it. */
static void judge_order_of_days(struct draft *d)
{
	const struct document *doc = d->doc;

	for (uint32_t i = 0; is_day(doc->issue_date) && i < doc->references.n; i++) {
		const struct doc_ref *r = &doc->references.at[i];
		if ((r->role == REF_ORDER || r->role == REF_DESPATCH) && is_day(r->date) &&
		    r->date.day > doc->issue_date.day + 1)
			draft_tell(d, RULE_GOODS_ORDER,
			           TOP(r->role == REF_ORDER ? "OrderReference" : "DespatchDocumentReference"),
			           r->number);
	}
	if (is_day(doc->delivery_date) && is_day(doc->despatch_date) &&
	    doc->delivery_date.day + 1 < doc->despatch_date.day)
		tell(d, RULE_GOODS_ORDER, TOP("Shipment/Delivery"));
}

void judge_goods(struct draft *d)
{
	const struct document *doc = d->doc;

	settle_currency(d);
	if (doc->kind == DOC_UBL_WEIGHT_STATEMENT)
		need_sides(d, &doc->sender, "SenderParty", &doc->receiver, "ReceiverParty");
	else if (doc->kind == DOC_UBL_WAYBILL)
		need_sides(d, &doc->seller, "ConsignorParty", &doc->buyer, "Shipment/Consignment/ConsigneeParty");
	else if (doc->kind != DOC_UBL_INVENTORY_REPORT)
		need_sides(d, &doc->seller, "DespatchSupplierParty", &doc->buyer, "DeliveryCustomerParty");
	else { /* whoever owns the stock and whoever reports it may be one */
		NEED_ALL(d, of_any, doc, TOP(NULL));
		if (!known(&doc->buyer) && !known(&doc->sender) && !known(&doc->seller))
			tell(d, RULE_ANY_SELLER, TOP("InventoryReportingParty"));
	}
	if (!doc->lines.n)
		tell(d, RULE_ANY_LINES, TOP("%"));
	for (uint32_t i = 0; i < doc->lines.n; i++)
		judge_quantities(d, &doc->lines.at[i], i + 1);
	judge_order_of_days(d);
}
