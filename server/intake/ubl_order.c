/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ubl_order.c: UBL orders, what changes and cancels them, and answers to them
 * and to any other document.
 *
 * An answer is a response with a code of UNCL 4343 or its kin (AP, RE, CA,
 * AB, ...) and a reference; the indicator of a simple order response is told
 * in the same codes.
 */
#include "intake/ubl_parts.h"

/* clang-format off */
static const struct slot line_item[] = {
	LEAF("ID", TEXT, 0, L(no)),
	LEAF("LineStatusCode", TEXT, 0, L(status)),
	WITH("Quantity", NUMBER, 0, L(quantity), ubl_unit),
	LEAF("LineExtensionAmount", MONEY, 0, L(net)),
	LEAF("TotalTaxAmount", MONEY, 0, L(tax)),
	ALLOWANCES("AllowanceCharge", L(allowances), ubl_allowance),
	INTO("Item", 0, ubl_item),
	INTO("Price", 0, ubl_price),
	END
};
static const struct slot order_line[] = {
	INTO("LineItem", 0, line_item),
	REF("OrderLineReference", 0, L(references), ubl_order_line, REF_ORDER),
	REF("DocumentReference", 0, L(references), ubl_reference, REF_DOCUMENT),
	END
};
static const struct slot validity[] = { LEAF("EndDate", DAY, MANY, D(valid_until)), END };

#define HEAD                                                                                                \
	LEAF("CustomizationID", TEXT, 0, D(profile)),                                                       \
	LEAF("ID", TEXT, 0, D(number)),                                                                     \
	LEAF("UUID", TEXT, 0, D(uuid)),                                                                     \
	LEAF("IssueDate", DAY, 0, D(issue_date)),                                                           \
	NOTE("Note", 0, D(notes)),                                                                          \
	REF("AdditionalDocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),                  \
	REF("Contract", 0, D(references), ubl_reference, REF_CONTRACT),                                     \
	PARTY("BuyerCustomerParty", D(buyer), ubl_trading_party),                                           \
	PARTY("SellerSupplierParty", D(seller), ubl_trading_party)
#define LINES LIST("OrderLine", 0, D(lines), order_line, struct doc_line, DOC_LINES_MAX, blank_line)
#define SUMS                                                                                                \
	LEAF("DocumentCurrencyCode", TEXT, 0, D(currency)),                                                 \
	INTO("ValidityPeriod", MANY, validity),                                                             \
	INTO("Delivery", MANY, ubl_delivery),                                                               \
	ALLOWANCES("AllowanceCharge", D(allowances), ubl_allowance),                                                                              \
	LIST("TaxTotal", 0, offsetof(struct filled, totals), ubl_tax_total, struct tax_total, 16, NULL),    \
	INTO("AnticipatedMonetaryTotal", 0, ubl_totals),                                                    \
	LINES

static const struct slot order[] = {
	HEAD,
	LEAF("OrderTypeCode", TEXT, 0, D(type_code)),
	REF_ONE("QuotationDocumentReference", D(references), ubl_reference, REF_DOCUMENT),
	REF("OrderDocumentReference", 0, D(references), ubl_reference, REF_ORDER),
	SUMS,
	END
};
static const struct slot order_change[] = {
	HEAD,
	REF_ONE("OrderReference", D(references), ubl_reference, REF_ORDER),
	SUMS,
	END
};
static const struct slot order_cancellation[] = {
	HEAD,
	NOTE("CancellationNote", 0, D(notes)),
	REF("OrderReference", 0, D(references), ubl_reference, REF_ORDER),
	REF("OriginatorDocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),
	END
};
static const struct slot order_response[] = {
	HEAD,
	NOTE("RejectionNote", 0, D(notes)),
	LEAF("OrderResponseCode", TEXT, 0, D(response_code)),
	LEAF("AcceptedIndicator", TEXT, 0, offsetof(struct filled, accepted)),
	REF("OrderReference", 0, D(references), ubl_reference, REF_ORDER),
	REF("OrderChangeDocumentReference", 0, D(references), ubl_reference, REF_ORDER_CHANGE),
	SUMS,
	END
};

#define Y(field) offsetof(struct doc_response, field)
static const struct slot status[] = {
	LEAF("StatusReasonCode", TEXT, 0, Y(reason_code)),
	LEAF("StatusReason", TEXT, MANY, Y(reason)),
	END
};
static const struct slot response[] = {
	LEAF("ResponseCode", TEXT, 0, Y(code)),
	LEAF("Description", TEXT, MANY, Y(reason)),
	LEAF("EffectiveDate", DAY, 0, Y(effective)),
	INTO("Status", MANY, status),
	END
};
static const struct slot document_response[] = {
	INTO("Response", 0, response),
	/* an answer to two documents at once names the first; the others would be guessing */
	{ "DocumentReference", SUB, 0, Y(reference), ubl_reference, 0, 0, 0, NULL, 0, NULL },
	END
};
static const struct slot application_response[] = {
	LEAF("CustomizationID", TEXT, 0, D(profile)),
	LEAF("ID", TEXT, 0, D(number)),
	LEAF("UUID", TEXT, 0, D(uuid)),
	LEAF("IssueDate", DAY, 0, D(issue_date)),
	NOTE("Note", 0, D(notes)),
	PARTY("SenderParty", D(sender), ubl_party),
	PARTY("ReceiverParty", D(receiver), ubl_party),
	LIST("DocumentResponse", 0, D(responses), document_response, struct doc_response, DOC_RESPONSES_MAX,
	     blank_response),
	END
};
/* clang-format on */

static void finish_order(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	ubl_finish(draft, f);
	for (uint32_t i = 0; i < f->totals.n; i++)
		if (!d->total_tax.present && fill_in_ccy(&f->totals.at[i].amount, d->currency))
			d->total_tax = f->totals.at[i].amount;
}

static void finish_response(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;
	bool yes = span_is(f->accepted, "true") || span_is(f->accepted, "1");

	finish_order(draft, f);
	if (f->accepted.len && !yes && !span_is(f->accepted, "false") && !span_is(f->accepted, "0"))
		draft_tell(draft, RULE_BOOLEAN, TOP("AcceptedIndicator"), f->accepted);
	else if (f->accepted.len && !d->response_code.len)
		d->response_code = yes ? S("AP") : S("RE");
	if (!d->response_code.len)
		return;
	struct doc_response *r = draft_item(draft, &d->responses, sizeof *r, DOC_RESPONSES_MAX);
	if (!r)
		return;
	blank_response(r);
	r->code = d->response_code;
	for (uint32_t i = 0; i < d->references.n && !r->reference.number.len; i++)
		if (d->references.at[i].role == REF_ORDER)
			r->reference = d->references.at[i];
}

static void finish_application_response(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	ubl_finish(draft, f);
	for (uint32_t i = 0; i < d->responses.n; i++)
		((struct doc_response *)(uintptr_t)&d->responses.at[i])->reference.role = REF_DOCUMENT;
	if (d->responses.n)
		d->response_code = d->responses.at[0].code;
}

static const struct fill_map order_map = UBL_MAP(order, finish_order),
			     order_change_map = UBL_MAP(order_change, finish_order),
			     order_cancellation_map = UBL_MAP(order_cancellation, finish_order),
			     order_response_map = UBL_MAP(order_response, finish_response),
			     application_response_map = UBL_MAP(application_response, finish_application_response);
UBL_FORMAT(format_order, order_map);
UBL_FORMAT(format_order_change, order_change_map);
UBL_FORMAT(format_order_cancellation, order_cancellation_map);
UBL_FORMAT(format_order_response, order_response_map);
UBL_FORMAT(format_application_response, application_response_map);
