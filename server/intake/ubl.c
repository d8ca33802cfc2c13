/* SPDX-License-Identifier: Apache-2.0 */
/* ubl.c: UBL 2.x Invoice, CreditNote and DebitNote, and the two a buyer writes himself, into the model. */
#include "intake/ubl_parts.h"

/* clang-format off */
static const struct slot line_billing[] = {
	REF("InvoiceDocumentReference", 0, L(references), ubl_reference, REF_INVOICE),
	END
};
static const struct slot line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	WITH("InvoicedQuantity", NUMBER, INVOICE_ONLY, L(quantity), ubl_unit),
	WITH("CreditedQuantity", NUMBER, CREDIT_ONLY, L(quantity), ubl_unit),
	LEAF("LineExtensionAmount", MONEY, 0, L(net)),
	MARKING("InvoicePeriod", MANY, ubl_line_period, L(period)),
	REF("OrderLineReference", 0, L(references), ubl_order_line, REF_ORDER),
	REF("DespatchLineReference", 0, L(references), ubl_order_line, REF_DESPATCH),
	REF("ReceiptLineReference", 0, L(references), ubl_order_line, REF_RECEIPT),
	INTO("BillingReference", MANY, line_billing),
	REF("DocumentReference", 0, L(references), ubl_reference, REF_DOCUMENT),
	ALLOWANCES("AllowanceCharge", L(allowances), ubl_allowance),
	INTO("Item", 0, ubl_item),
	INTO("Price", 0, ubl_price),
	END
};
static const struct slot billing[] = {
	REF("InvoiceDocumentReference", 0, D(preceding), ubl_reference, REF_INVOICE),
	END
};
static const struct slot period[] = {
	LEAF("StartDate", DAY, 0, D(period_start)),
	LEAF("EndDate", DAY, 0, D(period_end)),
	LEAF("DescriptionCode", TEXT, MANY, D(tax_point_code)),
	END
};
static const struct slot payment_terms[] = { LEAF("Note", TEXT, MANY, D(payment_terms)), END };

/* What invoice, credit note and debit note share; only lines and totals have other names in the last. */
#define COMMON                                                                                                       \
	LEAF("CustomizationID", TEXT, 0, D(profile)),                                                                \
	LEAF("ID", TEXT, 0, D(number)),                                                                              \
	LEAF("UUID", TEXT, 0, D(uuid)),                                                                              \
	LEAF("IssueDate", DAY, 0, D(issue_date)),                                                                    \
	NOTE("Note", 0, D(notes)),                                                                                   \
	LEAF("TaxPointDate", DAY, 0, D(tax_point_date)),                                                             \
	LEAF("DocumentCurrencyCode", TEXT, 0, D(currency)),                                                          \
	LEAF("TaxCurrencyCode", TEXT, 0, D(tax_currency)),                                                           \
	MARKING("InvoicePeriod", MANY, period, D(period)),                                                           \
	REF_ONE("OrderReference", D(references), ubl_reference, REF_ORDER),                                          \
	INTO("BillingReference", MANY, billing),                                                                     \
	REF("DespatchDocumentReference", 0, D(references), ubl_reference, REF_DESPATCH),                             \
	REF("ReceiptDocumentReference", 0, D(references), ubl_reference, REF_RECEIPT),                               \
	REF("ContractDocumentReference", 0, D(references), ubl_reference, REF_CONTRACT),                             \
	REF("AdditionalDocumentReference", 0, D(references), ubl_reference, REF_DOCUMENT),                           \
	PARTY("AccountingSupplierParty", D(seller), ubl_trading_party),                                              \
	PARTY("AccountingCustomerParty", D(buyer), ubl_trading_party),                                               \
	PARTY("PayeeParty", D(payee), ubl_party),                                                                    \
	PARTY("TaxRepresentativeParty", D(tax_representative), ubl_party),                                           \
	INTO("Delivery", MANY, ubl_delivery),                                                                        \
	PAYMENTS("PaymentMeans", D(payments), ubl_payment_means), \
	INTO("PaymentTerms", MANY, payment_terms),                                                                   \
	ALLOWANCES("AllowanceCharge", D(allowances), ubl_allowance),                                                                                       \
	LIST("TaxTotal", 0, offsetof(struct filled, totals), ubl_tax_total, struct tax_total, 16, NULL)

static const struct slot root[] = {
	COMMON,
	LEAF("DueDate", DAY, INVOICE_ONLY, D(due_date)),
	LEAF("InvoiceTypeCode", TEXT, INVOICE_ONLY, D(type_code)),
	LEAF("CreditNoteTypeCode", TEXT, CREDIT_ONLY, D(type_code)),
	INTO("LegalMonetaryTotal", 0, ubl_totals),
	LIST("InvoiceLine", INVOICE_ONLY, D(lines), line, struct doc_line, DOC_LINES_MAX, blank_line),
	LIST("CreditNoteLine", CREDIT_ONLY, D(lines), line, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};

static const struct slot debit_line[] = {
	LEAF("ID", TEXT, 0, L(no)),
	WITH("DebitedQuantity", NUMBER, 0, L(quantity), ubl_unit),
	LEAF("LineExtensionAmount", MONEY, 0, L(net)),
	REF("DespatchLineReference", 0, L(references), ubl_order_line, REF_DESPATCH),
	REF("ReceiptLineReference", 0, L(references), ubl_order_line, REF_RECEIPT),
	REF("DocumentReference", 0, L(references), ubl_reference, REF_DOCUMENT),
	ALLOWANCES("AllowanceCharge", L(allowances), ubl_allowance),
	INTO("Item", 0, ubl_item),
	INTO("Price", 0, ubl_price),
	END
};
static const struct slot debit_root[] = {
	COMMON,
	INTO("RequestedMonetaryTotal", 0, ubl_totals),
	LIST("DebitNoteLine", 0, D(lines), debit_line, struct doc_line, DOC_LINES_MAX, blank_line),
	END
};
/* clang-format on */

/*
 * Which TaxTotal is the tax: those with a breakdown, in the document's currency. ZATCA sends a second one without
 * breakdown in the same currency, EN 16931 one in the tax currency; adding either would double the tax.
 */
static void fold_breakdowns(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;
	const struct tax_total *at = f->totals.at;

	for (uint32_t i = 0; i < f->totals.n; i++) {
		bool own = fill_in_ccy(&at[i].amount, d->currency);
		d->tax_totals = (uint16_t)(d->tax_totals + own);
		d->tax_breakdowns = (uint16_t)(d->tax_breakdowns + (at[i].taxes.n > 0));
		for (uint32_t k = 0; k < at[i].taxes.n; k++) {
			struct doc_tax *t = draft_item(draft, &d->taxes, sizeof *t, DOC_TAXES_MAX);
			if (!t)
				break; /* told below */
			*t = at[i].taxes.at[k];
		}
		if (at[i].taxes.n && own && at[i].amount.present) {
			d->total_tax.minor += at[i].amount.minor; /* at most 16 of below 10^15 */
			memcpy(d->total_tax.ccy, at[i].amount.ccy, sizeof d->total_tax.ccy);
			d->total_tax.present = true;
		}
	}
}

static void fold_totals(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;
	const struct tax_total *at = f->totals.at;

	fold_breakdowns(draft, f);
	if (d->total_tax.minor >= DOC_MONEY_LIMIT || d->total_tax.minor <= -DOC_MONEY_LIMIT ||
	    d->taxes.n == DOC_TAXES_MAX) {
		draft_tell(draft, RULE_RANGE, TOP("TaxTotal"), S("more tax than a document may have"));
		d->total_tax = (struct doc_amount){ .present = false };
	}
	for (uint32_t i = 0; i < f->totals.n; i++) {
		if (at[i].taxes.n)
			continue;
		if (d->tax_currency.len && span_is(d->tax_currency, at[i].amount.ccy) &&
		    !d->tax_in_tax_currency.present && !(span_eq(d->tax_currency, d->currency) && f->totals.n == 1))
			d->tax_in_tax_currency = at[i].amount;
		else if (!d->total_tax.present && fill_in_ccy(&at[i].amount, d->currency))
			d->total_tax = at[i].amount;
	}
}

static void finish(struct draft *d, struct filled *f)
{
	fold_totals(d, f);
	ubl_finish(d, f);
}

static const struct fill_map map = UBL_MAP(root, finish), debit_map = UBL_MAP(debit_root, finish);
UBL_FORMAT(format_ubl, map);
UBL_FORMAT(format_ubl_debit, debit_map);
