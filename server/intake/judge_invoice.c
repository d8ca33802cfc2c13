/* SPDX-License-Identifier: Apache-2.0 */
/* judge_invoice.c: what must stand in an invoice or credit note (EN 16931 BR-xx). */
#include "intake/judge.h"

#include "codes.h"

/* ---- what must be there ---- */

#define D(field) offsetof(struct document, field)
static const struct need of_document[] = {
	{ RULE_MAN_PROFILE, FACT_TEXT, D(profile), "CustomizationID" },
	{ RULE_MAN_NUMBER, FACT_TEXT, D(number), "ID" },
	{ RULE_MAN_ISSUED, FACT_DAY, D(issue_date), "IssueDate" },
	{ RULE_MAN_CCY, FACT_TEXT, D(currency), "DocumentCurrencyCode" },
	{ RULE_MAN_SUM_LINES, FACT_MONEY, D(sum_lines), "LegalMonetaryTotal/LineExtensionAmount" },
	{ RULE_MAN_NET, FACT_MONEY, D(total_net), "LegalMonetaryTotal/TaxExclusiveAmount" },
	{ RULE_MAN_GROSS, FACT_MONEY, D(total_gross), "LegalMonetaryTotal/TaxInclusiveAmount" },
	{ RULE_MAN_PAYABLE, FACT_MONEY, D(payable), "LegalMonetaryTotal/PayableAmount" },
};

#define L(field) offsetof(struct doc_line, field)
static const struct need of_line[] = {
	{ RULE_MAN_LINE_NO, FACT_TEXT, L(no), "ID" },
	{ RULE_MAN_LINE_QTY, FACT_NUMBER, L(quantity), "Quantity" },
	{ RULE_MAN_LINE_UNIT, FACT_TEXT, L(unit), "Quantity/@unitCode" },
	{ RULE_MAN_LINE_NET, FACT_MONEY, L(net), "LineExtensionAmount" },
	{ RULE_MAN_LINE_NAME, FACT_TEXT, L(name), "Item/Name" },
	{ RULE_MAN_LINE_PRICE, FACT_NUMBER, L(price), "Price/PriceAmount" },
	{ RULE_LINE_CATEGORY, FACT_TEXT, L(category), "Item/ClassifiedTaxCategory/ID" },
};

#define T(field) offsetof(struct doc_tax, field)
static const struct need of_tax[] = {
	{ RULE_MAN_TAX_BASE, FACT_MONEY, T(base), "TaxableAmount" },
	{ RULE_MAN_TAX_TAX, FACT_MONEY, T(tax), "TaxAmount" },
	{ RULE_MAN_TAX_CAT, FACT_TEXT, T(category), "TaxCategory/ID" },
};

/* Allowance or charge, on the document or on a line: the same questions under other names. */
static const struct {
	enum doc_rule amount, category, why, co_why;
} of_allowance[2][2] = {
	{ { RULE_MAN_ALLOW, RULE_MAN_ALLOW_CAT, RULE_MAN_ALLOW_WHY, RULE_CO_ALLOW_WHY },
	  { RULE_MAN_CHARGE, RULE_MAN_CHARGE_CAT, RULE_MAN_CHARGE_WHY, RULE_CO_CHARGE_WHY } },
	{ { RULE_MAN_LALLOW, DOC_RULES, RULE_MAN_LALLOW_WHY, RULE_CO_LALLOW_WHY },
	  { RULE_MAN_LCHARGE, DOC_RULES, RULE_MAN_LCHARGE_WHY, RULE_CO_LCHARGE_WHY } },
};

static void need_of_allowances(struct draft *d, const struct doc_allowances *list, uint32_t line)
{
	const char *path = line ? "%" : "AllowanceCharge";

	for (uint32_t i = 0; i < list->n; i++) {
		const struct doc_allowance *a = &list->at[i];
		bool on_line = line != 0, why = a->reason.len || a->reason_code.len;
		uint32_t number = on_line ? line : i + 1;
		if (!a->amount.present)
			tell(d, of_allowance[on_line][a->charge].amount, AT(path, number, "Amount"));
		if (!on_line && !a->category.len)
			tell(d, of_allowance[0][a->charge].category, AT(path, number, "TaxCategory/ID"));
		if (why)
			continue;
		tell(d, of_allowance[on_line][a->charge].why, AT(path, number, "AllowanceChargeReason"));
		tell(d, of_allowance[on_line][a->charge].co_why, AT(path, number, "AllowanceChargeReason"));
	}
}

static bool named(const struct draft *d, const struct doc_party *p)
{
	return p->name.len || (d->doc->dialect == DIALECT_PLAIN && p->trade_name.len);
}

static const struct {
	size_t at;
	const char *path;
	enum doc_rule name, address, country, endpoint;
} traders[] = {
	{ D(seller), "AccountingSupplierParty/Party", RULE_MAN_SELLER, RULE_MAN_SELLER_AT, RULE_MAN_SELLER_CC,
	  RULE_MAN_SELLER_EP },
	{ D(buyer), "AccountingCustomerParty/Party", RULE_MAN_BUYER, RULE_MAN_BUYER_AT, RULE_MAN_BUYER_CC,
	  RULE_MAN_BUYER_EP },
};

static const struct doc_party *trader(const struct draft *d, size_t i)
{
	return (const struct doc_party *)(const void *)((const char *)d->doc + traders[i].at);
}

static void need_of_parties(struct draft *d)
{
	const struct doc_party *rep = &d->doc->tax_representative, *payee = &d->doc->payee;

	for (size_t i = 0; i < ARRAY_LEN(traders); i++) {
		const struct doc_party *p = trader(d, i);
		if (!named(d, p))
			tell(d, traders[i].name, AT(traders[i].path, 0, "PartyLegalEntity/RegistrationName"));
		if (!p->address)
			tell(d, traders[i].address, AT(traders[i].path, 0, "PostalAddress"));
		if (!p->country.len)
			tell(d, traders[i].country, AT(traders[i].path, 0, "PostalAddress/Country"));
		for (uint32_t k = 0; k < p->ids.n; k++)
			if (p->ids.at[k].role == ID_ENDPOINT && !p->ids.at[k].scheme.len)
				tell(d, traders[i].endpoint, AT(traders[i].path, 0, "EndpointID/@schemeID"));
	}
	if (payee->present && !payee->name.len && !payee->trade_name.len)
		tell(d, RULE_MAN_PAYEE, TOP("PayeeParty/PartyName"));
	if (!rep->present)
		return;
	if (!rep->name.len && !rep->trade_name.len)
		tell(d, RULE_MAN_REP, TOP("TaxRepresentativeParty/PartyName"));
	if (!rep->address)
		tell(d, RULE_MAN_REP_AT, TOP("TaxRepresentativeParty/PostalAddress"));
	if (!rep->country.len)
		tell(d, RULE_MAN_REP_CC, TOP("TaxRepresentativeParty/PostalAddress/Country"));
	if (!has_tax_id(rep, true))
		tell(d, RULE_MAN_REP_ID, TOP("TaxRepresentativeParty/PartyTaxScheme/CompanyID"));
}

static void need_of_item(struct draft *d, const struct doc_line *l, uint32_t n)
{
	for (uint32_t i = 0; i < l->properties.n; i++)
		if (!l->properties.at[i].name.len || !l->properties.at[i].value.len)
			tell(d, RULE_MAN_PROPERTY, AT("%", n, "Item/AdditionalItemProperty"));
	for (uint32_t i = 0; i < l->classes.n; i++)
		if (!l->classes.at[i].name.len)
			tell(d, RULE_MAN_CLASS, AT("%", n, "Item/CommodityClassification"));
}

void judge_mandatory(struct draft *d)
{
	struct document *doc = d->doc;

	NEED_ALL(d, of_document, doc, TOP(NULL));
	/* a debit note has no place for a type code */
	if (doc->kind != DOC_UBL_DEBIT_NOTE && !doc->type_code.len)
		tell(d, RULE_MAN_TYPE, TOP("TypeCode"));
	need_of_parties(d);
	need_of_allowances(d, &doc->allowances, 0);
	if (!doc->lines.n)
		tell(d, RULE_MAN_LINES, TOP("%"));
	for (uint32_t i = 0; i < doc->lines.n; i++) {
		const struct doc_line *l = &doc->lines.at[i];
		NEED_ALL(d, of_line, l, AT("%", i + 1, NULL));
		need_of_allowances(d, &l->allowances, i + 1);
		if (l->standard_item.len && !l->standard_scheme.len)
			tell(d, RULE_MAN_ITEM_SCHEME, AT("%", i + 1, "Item/StandardItemIdentification/ID/@schemeID"));
		need_of_item(d, l, i + 1);
	}
	for (uint32_t i = 0; i < doc->taxes.n; i++) {
		NEED_ALL(d, of_tax, &doc->taxes.at[i], AT("TaxTotal/TaxSubtotal", i + 1, NULL));
		if (doc->taxes.at[i].rate == RATE_NONE && !span_is(doc->taxes.at[i].category, "O"))
			tell(d, RULE_MAN_TAX_RATE, AT("TaxTotal/TaxSubtotal", i + 1, "TaxCategory/Percent"));
	}
	for (uint32_t i = 0; i < doc->preceding.n; i++)
		if (!doc->preceding.at[i].number.len)
			tell(d, RULE_MAN_PRECEDING, AT("BillingReference", i + 1, "InvoiceDocumentReference/ID"));
	/* a credit note needs none: BR-CO-25 was withdrawn there */
	if (document_family(doc) == FAMILY_INVOICE && doc->payable.minor > 0 && doc->due_date.day == DATE_NONE.day &&
	    !doc->payment_terms.len)
		tell(d, RULE_MAN_DUE, TOP("DueDate"));
	if (!doc->taxes.n)
		tell(d, RULE_BREAKDOWN, TOP("TaxTotal/TaxSubtotal"));
}

/* ---- how it is to be paid and where it goes ---- */

static bool is_transfer(struct span means) { return span_is(means, "30") || span_is(means, "58"); }

void judge_payments(struct draft *d)
{
	const struct document *doc = d->doc;

	for (uint32_t i = 0; i < doc->payments.n; i++) {
		const struct doc_payment *p = &doc->payments.at[i];
		struct at at = AT("PaymentMeans", i + 1, NULL);
		if (!p->means.len)
			tell(d, RULE_MAN_MEANS, at);
		else if (!code_listed(CODES_PAYMENT_MEANS, p->means))
			draft_tell(d, RULE_CODE_MEANS, at, p->means);
		if (p->to_account && is_transfer(p->means) && !p->account.len)
			tell(d, RULE_MAN_ACCOUNT, at);
		if (is_transfer(p->means) && !p->account.len)
			tell(d, RULE_MAN_TRANSFER, at);
		if (p->card.len > 10)
			tell(d, RULE_MAN_CARD, at);
		judge_account(d, p->account, at);
	}
	if (doc->deliver_to && !doc->delivery_country.len)
		tell(d, RULE_MAN_DELIVER_CC, TOP("Delivery"));
	else if (doc->delivery_country.len && !code_listed(CODES_COUNTRY, doc->delivery_country))
		draft_tell(d, RULE_COUNTRY, TOP("Delivery"), doc->delivery_country);
}
