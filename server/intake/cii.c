/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cii.c: UN/CEFACT Cross Industry Invoice D16B into the model.
 *
 * Three things are not as in UBL. The currency stands behind the lines whose
 * amounts name none, so it is looked for before the document is read. A date
 * is eight digits inside an element of its own. And a credit note is the same
 * document with another type code.
 */
#include "intake/fill.h"

/* clang-format off */
#define P(field) offsetof(struct doc_party, field)
#define L(field) offsetof(struct doc_line, field)
#define R(field) offsetof(struct doc_ref, field)
#define D(field) offsetof(struct filled, doc.field)
#define A(field) offsetof(struct doc_allowance, field)
#define T(field) offsetof(struct doc_tax, field)
#define PAY(field) offsetof(struct doc_payment, field)
/* ram, the aggregates and their values alike, is first and second; rsm is the root's own */
#define DATE_IN(name, place) static const struct slot name[] = { LEAF("DateTimeString", DAY8, UDT, place), END }

/* ---- parties ---- */
static const struct slot address[] = { LEAF("CountryID", TEXT, 0, P(country)), END };
static const struct slot organization[] = {
	ID("ID", 0, P(ids), ID_LEGAL),
	LEAF("TradingBusinessName", TEXT, 0, P(trade_name)),
	END
};
static const struct slot registration[] = { ID("ID", 0, P(ids), ID_TAX), END };
static const struct slot electronic[] = { ID("URIID", 0, P(ids), ID_ENDPOINT), END };
static const struct slot party[] = {
	ID("ID", MANY, P(ids), ID_PARTY),
	ID("GlobalID", MANY, P(ids), ID_PARTY),
	LEAF("Name", TEXT, 0, P(name)),
	INTO("SpecifiedLegalOrganization", 0, organization),
	MARKING("PostalTradeAddress", 0, address, P(address)),
	INTO("URIUniversalCommunication", MANY, electronic),
	INTO("SpecifiedTaxRegistration", MANY, registration),
	END
};

/* ---- allowances, taxes ---- */
static const struct slot indicator[] = { LEAF("Indicator", FLAG, UDT, A(charge)), END };
static const struct slot category_tax[] = {
	LEAF("CategoryCode", TEXT, 0, A(category)),
	LEAF("RateApplicablePercent", RATE, 0, A(rate)),
	END
};
static const struct slot allowance[] = {
	INTO("ChargeIndicator", 0, indicator),
	LEAF("CalculationPercent", RATE, 0, A(percent)),
	LEAF("BasisAmount", MONEY, 0, A(base)),
	LEAF("ActualAmount", MONEY, 0, A(amount)),
	LEAF("ReasonCode", TEXT, 0, A(reason_code)),
	LEAF("Reason", TEXT, 0, A(reason)),
	INTO("CategoryTradeTax", MANY, category_tax),
	END
};
static const struct slot tax_point[] = { LEAF("DateString", DAY8, UDT, T(point)), END };
static const struct slot tax[] = {
	LEAF("CalculatedAmount", MONEY, 0, T(tax)),
	LEAF("TypeCode", TEXT, 0, T(scheme)),
	LEAF("ExemptionReason", TEXT, 0, T(reason)),
	LEAF("BasisAmount", MONEY, 0, T(base)),
	LEAF("CategoryCode", TEXT, 0, T(category)),
	LEAF("ExemptionReasonCode", TEXT, 0, T(reason_code)),
	INTO("TaxPointDate", 0, tax_point),
	LEAF("DueDateTypeCode", TEXT, 0, T(point_code)),
	LEAF("RateApplicablePercent", RATE, 0, T(rate)),
	END
};

/* ---- references ---- */
DATE_IN(reference_date, R(date));
static const struct slot formatted_date[] = { LEAF("DateTimeString", DAY8, QDT, R(date)), END };
static const struct slot_attr attachment[] = {
	{ "mimeCode", R(mime), SIZE_MAX }, { "filename", R(file), SIZE_MAX }, NO_ATTR };
static const struct slot reference[] = {
	LEAF("IssuerAssignedID", TEXT, 0, R(number)),
	LEAF("LineID", TEXT, 0, R(line)),
	LEAF("TypeCode", TEXT, 0, R(type_code)),
	LEAF("ReferenceTypeCode", TEXT, 0, R(scheme)),
	{ "AttachmentBinaryObject", PRESENT, MARK, 0, NULL, 0, 0, 0, attachment, R(attachment), NULL },
	INTO("FormattedIssueDateTime", 0, formatted_date),
	INTO("IssueDateTime", 0, reference_date),
	END
};

/* ---- lines ---- */
static const struct slot_attr unit[] = { { "unitCode", L(unit), L(mixed_units) }, NO_ATTR };
static const struct slot_attr base_unit[] = { { "unitCode", L(base_unit), SIZE_MAX }, NO_ATTR };
static const struct slot_attr standard_scheme[] = { { "schemeID", L(standard_scheme), SIZE_MAX }, NO_ATTR };
static const struct slot_attr class_list[] = { { "listID", offsetof(struct doc_property, name), SIZE_MAX }, NO_ATTR };
static const struct slot line_document[] = { LEAF("LineID", TEXT, 0, L(no)), END };
static const struct slot property[] = {
	LEAF("Description", TEXT, 0, offsetof(struct doc_property, name)),
	LEAF("Value", TEXT, 0, offsetof(struct doc_property, value)),
	END
};
static const struct slot classification[] = {
	WITH("ClassCode", TEXT, 0, offsetof(struct doc_property, value), class_list),
	END
};
static const struct slot origin[] = { LEAF("ID", TEXT, 0, L(origin)), END };
static const struct slot product[] = {
	WITH("GlobalID", TEXT, 0, L(standard_item), standard_scheme),
	LEAF("SellerAssignedID", TEXT, 0, L(seller_item)),
	LEAF("BuyerAssignedID", TEXT, 0, L(buyer_item)),
	LEAF("Name", TEXT, 0, L(name)),
	PROPERTIES("ApplicableProductCharacteristic", L(properties), property),
	PROPERTIES("DesignatedProductClassification", L(classes), classification),
	INTO("OriginTradeCountry", 0, origin),
	END
};
static const struct slot gross_price[] = { LEAF("ChargeAmount", NUMBER, 0, L(gross_price)), END };
static const struct slot net_price[] = {
	LEAF("ChargeAmount", NUMBER, 0, L(price)),
	WITH("BasisQuantity", NUMBER, 0, L(base_quantity), base_unit),
	END
};
static const struct slot line_agreement[] = {
	REF("BuyerOrderReferencedDocument", 0, L(references), reference, REF_ORDER),
	INTO("GrossPriceProductTradePrice", 0, gross_price),
	INTO("NetPriceProductTradePrice", 0, net_price),
	END
};
static const struct slot line_delivery[] = { WITH("BilledQuantity", NUMBER, 0, L(quantity), unit), END };
static const struct slot line_tax[] = {
	LEAF("CategoryCode", TEXT, 0, L(category)),
	LEAF("RateApplicablePercent", RATE, 0, L(rate)),
	END
};
DATE_IN(line_start, L(period_start));
DATE_IN(line_end, L(period_end));
static const struct slot line_period[] = {
	INTO("StartDateTime", 0, line_start), INTO("EndDateTime", 0, line_end), END };
static const struct slot line_sum[] = { LEAF("LineTotalAmount", MONEY, 0, L(net)), END };
static const struct slot line_settlement[] = {
	INTO("ApplicableTradeTax", MANY, line_tax),
	MARKING("BillingSpecifiedPeriod", 0, line_period, L(period)),
	ALLOWANCES("SpecifiedTradeAllowanceCharge", L(allowances), allowance),
	INTO("SpecifiedTradeSettlementLineMonetarySummation", 0, line_sum),
	REF("AdditionalReferencedDocument", 0, L(references), reference, REF_DOCUMENT),
	END
};
static const struct slot line[] = {
	INTO("AssociatedDocumentLineDocument", 0, line_document),
	INTO("SpecifiedTradeProduct", 0, product),
	INTO("SpecifiedLineTradeAgreement", 0, line_agreement),
	INTO("SpecifiedLineTradeDelivery", 0, line_delivery),
	INTO("SpecifiedLineTradeSettlement", 0, line_settlement),
	END
};

/* ---- the document ---- */
static const struct slot agreement[] = {
	PARTY("SellerTradeParty", D(seller), party),
	PARTY("BuyerTradeParty", D(buyer), party),
	PARTY("SellerTaxRepresentativeTradeParty", D(tax_representative), party),
	REF_ONE("BuyerOrderReferencedDocument", D(references), reference, REF_ORDER),
	REF("ContractReferencedDocument", 0, D(references), reference, REF_CONTRACT),
	REF("AdditionalReferencedDocument", 0, D(references), reference, REF_DOCUMENT),
	END
};
DATE_IN(delivered, D(delivery_date));
static const struct slot delivery_event[] = { INTO("OccurrenceDateTime", 0, delivered), END };
static const struct slot ship_address[] = { LEAF("CountryID", TEXT, 0, D(delivery_country)), END };
static const struct slot ship_to[] = { MARKING("PostalTradeAddress", 0, ship_address, D(deliver_to)), END };
static const struct slot delivery[] = {
	INTO("ShipToTradeParty", 0, ship_to),
	INTO("ActualDeliverySupplyChainEvent", 0, delivery_event),
	REF("DespatchAdviceReferencedDocument", 0, D(references), reference, REF_DESPATCH),
	REF("ReceivingAdviceReferencedDocument", 0, D(references), reference, REF_RECEIPT),
	END
};
static const struct slot account[] = {
	LEAF("IBANID", TEXT, 0, PAY(account)),
	LEAF("ProprietaryID", TEXT, MANY, PAY(account)),
	END
};
static const struct slot card[] = { LEAF("ID", MASKED, 0, PAY(card)), END };
static const struct slot means[] = {
	LEAF("TypeCode", TEXT, 0, PAY(means)),
	INTO("ApplicableTradeSettlementFinancialCard", 0, card),
	MARKING("PayeePartyCreditorFinancialAccount", 0, account, PAY(to_account)),
	END
};
DATE_IN(start, D(period_start));
DATE_IN(end, D(period_end));
static const struct slot period[] = { INTO("StartDateTime", 0, start), INTO("EndDateTime", 0, end), END };
DATE_IN(due, D(due_date));
static const struct slot terms[] = {
	LEAF("Description", TEXT, MANY, D(payment_terms)),
	INTO("DueDateDateTime", MANY, due),
	END
};
static const struct slot sums[] = {
	LEAF("LineTotalAmount", MONEY, 0, D(sum_lines)),
	LEAF("ChargeTotalAmount", MONEY, 0, D(sum_charges)),
	LEAF("AllowanceTotalAmount", MONEY, 0, D(sum_allowances)),
	LEAF("TaxBasisTotalAmount", MONEY, 0, D(total_net)),
	{ "TaxTotalAmount", NEWMONEY, MANY, offsetof(struct filled, totals), NULL, sizeof(struct tax_total), 16,
	  0, NULL, 0, NULL },
	LEAF("RoundingAmount", MONEY, 0, D(rounding)),
	LEAF("GrandTotalAmount", MONEY, 0, D(total_gross)),
	LEAF("TotalPrepaidAmount", MONEY, 0, D(prepaid)),
	LEAF("DuePayableAmount", MONEY, 0, D(payable)),
	END
};
static const struct slot settlement[] = {
	LEAF("PaymentReference", TEXT, MANY, offsetof(struct filled, payment_reference)),
	LEAF("TaxCurrencyCode", TEXT, 0, D(tax_currency)),
	LEAF("InvoiceCurrencyCode", TEXT, 0, D(currency)),
	PARTY("PayeeTradeParty", D(payee), party),
	PAYMENTS("SpecifiedTradeSettlementPaymentMeans", D(payments), means),
	LIST("ApplicableTradeTax", 0, D(taxes), tax, struct doc_tax, DOC_TAXES_MAX, blank_tax),
	MARKING("BillingSpecifiedPeriod", 0, period, D(period)),
	ALLOWANCES("SpecifiedTradeAllowanceCharge", D(allowances), allowance),
	INTO("SpecifiedTradePaymentTerms", MANY, terms),
	INTO("SpecifiedTradeSettlementHeaderMonetarySummation", 0, sums),
	REF("InvoiceReferencedDocument", 0, D(preceding), reference, REF_INVOICE),
	END
};
static const struct slot transaction[] = {
	LIST("IncludedSupplyChainTradeLineItem", 0, D(lines), line, struct doc_line, DOC_LINES_MAX, blank_line),
	INTO("ApplicableHeaderTradeAgreement", 0, agreement),
	INTO("ApplicableHeaderTradeDelivery", 0, delivery),
	INTO("ApplicableHeaderTradeSettlement", 0, settlement),
	END
};
DATE_IN(issued, D(issue_date));
static const struct slot included_note[] = { NOTE("Content", 0, D(notes)), END };
static const struct slot exchanged[] = {
	LEAF("ID", TEXT, 0, D(number)),
	LEAF("TypeCode", TEXT, 0, D(type_code)),
	INTO("IssueDateTime", 0, issued),
	INTO("IncludedNote", MANY, included_note),
	END
};
static const struct slot guideline[] = { LEAF("ID", TEXT, 0, D(profile)), END };
static const struct slot context[] = { INTO("GuidelineSpecifiedDocumentContextParameter", 0, guideline), END };
static const struct slot root[] = {
	INTO("ExchangedDocumentContext", OWN, context),
	INTO("ExchangedDocument", OWN, exchanged),
	INTO("SupplyChainTradeTransaction", OWN, transaction),
	END
};

/* ---- where things are, for the findings ---- */
#define TX "SupplyChainTradeTransaction/"
#define AGREEMENT TX "ApplicableHeaderTradeAgreement/"
#define DELIVERY TX "ApplicableHeaderTradeDelivery/"
#define SETTLEMENT TX "ApplicableHeaderTradeSettlement/"
#define SUMS SETTLEMENT "SpecifiedTradeSettlementHeaderMonetarySummation"
#define LINE_TAX "SpecifiedLineTradeSettlement/ApplicableTradeTax"
#define LINE_PRICE "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/"
static const struct doc_place places[] = {
	{ "CustomizationID", "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID" },
	{ "ID", "ExchangedDocument/ID" },
	{ "IssueDate", "ExchangedDocument/IssueDateTime" },
	{ "TypeCode", "ExchangedDocument/TypeCode" },
	{ "Note", "ExchangedDocument/IncludedNote" },
	{ "DocumentCurrencyCode", SETTLEMENT "InvoiceCurrencyCode" },
	{ "TaxCurrencyCode", SETTLEMENT "TaxCurrencyCode" },
	{ "AccountingSupplierParty", AGREEMENT "SellerTradeParty" },
	{ "AccountingSupplierParty/Party", AGREEMENT "SellerTradeParty" },
	{ "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName", "Name" },
	{ "AccountingSupplierParty/Party/PostalAddress", "PostalTradeAddress" },
	{ "AccountingSupplierParty/Party/PostalAddress/Country", "PostalTradeAddress/CountryID" },
	{ "AccountingSupplierParty/Party/EndpointID/@schemeID", "URIUniversalCommunication/URIID/@schemeID" },
	{ "AccountingCustomerParty", AGREEMENT "BuyerTradeParty" },
	{ "AccountingCustomerParty/Party", AGREEMENT "BuyerTradeParty" },
	{ "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName", "Name" },
	{ "AccountingCustomerParty/Party/PostalAddress", "PostalTradeAddress" },
	{ "AccountingCustomerParty/Party/PostalAddress/Country", "PostalTradeAddress/CountryID" },
	{ "AccountingCustomerParty/Party/EndpointID/@schemeID", "URIUniversalCommunication/URIID/@schemeID" },
	{ "PayeeParty", SETTLEMENT "PayeeTradeParty" },
	{ "PayeeParty/PartyName", SETTLEMENT "PayeeTradeParty/Name" },
	{ "TaxRepresentativeParty/PartyName", AGREEMENT "SellerTaxRepresentativeTradeParty/Name" },
	{ "TaxRepresentativeParty/PostalAddress", AGREEMENT "SellerTaxRepresentativeTradeParty/PostalTradeAddress" },
	{ "TaxRepresentativeParty/PostalAddress/Country",
	  AGREEMENT "SellerTaxRepresentativeTradeParty/PostalTradeAddress/CountryID" },
	{ "TaxRepresentativeParty/PartyTaxScheme/CompanyID",
	  AGREEMENT "SellerTaxRepresentativeTradeParty/SpecifiedTaxRegistration/ID" },
	{ "AdditionalDocumentReference", AGREEMENT "AdditionalReferencedDocument" },
	{ "Delivery", DELIVERY "ShipToTradeParty" },
	{ "PaymentMeans", SETTLEMENT "SpecifiedTradeSettlementPaymentMeans" },
	{ "PaymentMeans/PayeeFinancialAccount", SETTLEMENT "SpecifiedTradeSettlementPaymentMeans" },
	{ "PaymentTerms/Note", SETTLEMENT "SpecifiedTradePaymentTerms/Description" },
	{ "DueDate", SETTLEMENT "SpecifiedTradePaymentTerms/DueDateDateTime" },
	{ "InvoicePeriod", SETTLEMENT "BillingSpecifiedPeriod" },
	{ "BillingReference", SETTLEMENT "InvoiceReferencedDocument" },
	{ "BillingReference/InvoiceDocumentReference/ID", "IssuerAssignedID" },
	{ "AllowanceCharge", SETTLEMENT "SpecifiedTradeAllowanceCharge" },
	{ "AllowanceCharge/Amount", "ActualAmount" },
	{ "AllowanceCharge/AllowanceChargeReason", "Reason" },
	{ "AllowanceCharge/TaxCategory", "CategoryTradeTax" },
	{ "AllowanceCharge/TaxCategory/ID", "CategoryTradeTax/CategoryCode" },
	{ "TaxTotal", SETTLEMENT "ApplicableTradeTax" },
	{ "TaxTotal/TaxAmount", SUMS "/TaxTotalAmount" },
	{ "TaxTotal/TaxSubtotal", SETTLEMENT "ApplicableTradeTax" },
	{ "TaxTotal/TaxSubtotal/TaxableAmount", "BasisAmount" },
	{ "TaxTotal/TaxSubtotal/TaxAmount", "CalculatedAmount" },
	{ "TaxTotal/TaxSubtotal/TaxCategory/ID", "CategoryCode" },
	{ "TaxTotal/TaxSubtotal/TaxCategory/Percent", "RateApplicablePercent" },
	{ "LegalMonetaryTotal", SUMS },
	{ "LegalMonetaryTotal/LineExtensionAmount", "LineTotalAmount" },
	{ "LegalMonetaryTotal/TaxExclusiveAmount", "TaxBasisTotalAmount" },
	{ "LegalMonetaryTotal/TaxInclusiveAmount", "GrandTotalAmount" },
	{ "LegalMonetaryTotal/AllowanceTotalAmount", "AllowanceTotalAmount" },
	{ "LegalMonetaryTotal/ChargeTotalAmount", "ChargeTotalAmount" },
	{ "LegalMonetaryTotal/PrepaidAmount", "TotalPrepaidAmount" },
	{ "LegalMonetaryTotal/PayableRoundingAmount", "RoundingAmount" },
	{ "LegalMonetaryTotal/PayableAmount", "DuePayableAmount" },
	{ "%/ID", "AssociatedDocumentLineDocument/LineID" },
	{ "%/Quantity", "SpecifiedLineTradeDelivery/BilledQuantity" },
	{ "%/Quantity/@unitCode", "SpecifiedLineTradeDelivery/BilledQuantity/@unitCode" },
	{ "%/LineExtensionAmount",
	  "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount" },
	{ "%/Item/Name", "SpecifiedTradeProduct/Name" },
	{ "%/Item/StandardItemIdentification/ID/@schemeID", "SpecifiedTradeProduct/GlobalID/@schemeID" },
	{ "%/Item/ClassifiedTaxCategory", LINE_TAX },
	{ "%/Item/ClassifiedTaxCategory/ID", LINE_TAX "/CategoryCode" },
	{ "%/Price/PriceAmount", LINE_PRICE "ChargeAmount" },
	{ "%/Price/BaseQuantity", LINE_PRICE "BasisQuantity" },
	{ "%/Price/BaseQuantity/@unitCode", LINE_PRICE "BasisQuantity/@unitCode" },
	{ "%/Price/AllowanceCharge/BaseAmount",
	  "SpecifiedLineTradeAgreement/GrossPriceProductTradePrice/ChargeAmount" },
	{ "%/AllowanceCharge/Amount", "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge/ActualAmount" },
	{ "%/AllowanceChargeReason", "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge/Reason" },
	{ "%/Amount", "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge/ActualAmount" },
	{ "%/InvoicePeriod", "SpecifiedLineTradeSettlement/BillingSpecifiedPeriod" },
	{ NULL, NULL }
};
/* clang-format on */

/* ---- looking ahead: the currency, at its one place ---- */

#define STANDARD "urn:un:unece:uncefact:data:standard:"
static const struct span ram = S_INIT(STANDARD "ReusableAggregateBusinessInformationEntity:100");
static const struct span rsm = S_INIT(STANDARD "CrossIndustryInvoice:100");

struct scout {
	unsigned depth, matched; /* elements open, and how many of them from the root on are on the path */
	char ccy[4];
	unsigned len;
};

static bool scout_open(void *to, const struct xml_element *e)
{
	static const char *const path[] = { "CrossIndustryInvoice", "SupplyChainTradeTransaction",
		                            "ApplicableHeaderTradeSettlement", "InvoiceCurrencyCode" };
	struct scout *s = to;

	if (s->depth == s->matched && s->matched < ARRAY_LEN(path) && span_is(e->name, path[s->matched]) &&
	    span_eq(e->ns, s->matched < 2 ? rsm : ram))
		s->matched++;
	s->depth++;
	return true;
}

static bool scout_text(void *to, struct span text)
{
	struct scout *s = to;

	for (size_t i = 0; s->matched == 4 && s->depth == 4 && i < text.len && s->len < sizeof s->ccy; i++)
		if (text.at[i] > ' ')
			s->ccy[s->len++] = text.at[i];
	return true;
}

static bool scout_close(void *to)
{
	struct scout *s = to;

	if (s->matched == s->depth)
		s->matched--;
	s->depth--;
	return s->len == 0; /* the first one is enough: a second is a finding of the reader */
}

static void look_ahead(struct draft *d)
{
	static const struct xml_listener listener = { scout_open, scout_text, scout_close };
	struct scout s = { .len = 0 };

	(void)xml_read(d->bytes, &listener, &s); /* whatever is wrong with the document, the reader will find */
	if (s.len == 3)
		d->doc->currency = arena_copy(d->mem, (struct span){ s.ccy, 3 });
}

/* ---- the end: the words of the model ---- */

static struct span in_words(struct span code, const struct doc_place *words)
{
	for (; words->rules; words++)
		if (span_is(code, words->rules))
			return span_z(words->own);
	return code;
}

static void name_schemes(struct doc_party *p)
{
	static const struct doc_place schemes[] = { { "VA", "VAT" }, { "FC", "TAX" }, { NULL, NULL } };

	for (uint32_t i = 0; i < p->ids.n; i++) {
		struct doc_id *id = (struct doc_id *)(uintptr_t)&p->ids.at[i];
		if (id->role == ID_TAX)
			id->scheme = in_words(id->scheme, schemes);
	}
}

/* A reference of type 916 is what UBL calls additional, without a type. */
static void name_references(const struct doc_refs *refs)
{
	for (uint32_t i = 0; i < refs->n; i++) {
		struct doc_ref *r = (struct doc_ref *)(uintptr_t)&refs->at[i];
		if (span_is(r->type_code, "916"))
			r->type_code = (struct span){ NULL, 0 };
	}
}

static void fold_taxes(struct filled *f)
{
	/* UNTDID 2475 here, 2005 in UBL: invoice date, delivery date, payment */
	static const struct doc_place points[] = { { "5", "3" }, { "29", "35" }, { "72", "432" }, { NULL, NULL } };
	struct document *d = &f->doc;

	for (uint32_t i = 0; i < d->taxes.n; i++) {
		struct doc_tax *t = (struct doc_tax *)(uintptr_t)&d->taxes.at[i];
		if (d->tax_point_date.day == DATE_NONE.day)
			d->tax_point_date = t->point;
		if (!d->tax_point_code.len)
			d->tax_point_code = in_words(t->point_code, points);
		t->point = DATE_NONE;
		t->point_code = (struct span){ NULL, 0 };
	}
	d->tax_breakdowns = d->taxes.n > 0;
	for (uint32_t i = 0; i < f->totals.n; i++) {
		const struct doc_amount *a = &f->totals.at[i].amount;
		bool own = fill_in_ccy(a, d->currency);
		d->tax_totals = (uint16_t)(d->tax_totals + own);
		if (own && !d->total_tax.present)
			d->total_tax = *a;
		else if (!own && d->tax_currency.len && span_is(d->tax_currency, a->ccy))
			d->tax_in_tax_currency = *a;
	}
}

static void finish(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	(void)draft;
	name_schemes(&d->seller);
	name_schemes(&d->buyer);
	name_schemes(&d->payee);
	name_schemes(&d->tax_representative);
	name_references(&d->references);
	fold_taxes(f);
	fill_first_refs(d);
	for (uint32_t i = 0; i < d->payments.n; i++)
		((struct doc_payment *)(uintptr_t)&d->payments.at[i])->reference = f->payment_reference;
}

static const struct fill_map map = {
	root,
	{ S_INIT(STANDARD "ReusableAggregateBusinessInformationEntity:100"),
	  S_INIT(STANDARD "ReusableAggregateBusinessInformationEntity:100"),
	  S_INIT("urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
	  S_INIT("urn:un:unece:uncefact:data:standard:QualifiedDataType:100") },
	"currencyID",
	finish,
};

static void *begin(struct draft *d, struct span ns) { return fill_begin(d, &map, ns); }

const struct doc_format format_cii = { FILL_LISTENER, begin, fill_finish, look_ahead, places };
