/* SPDX-License-Identifier: Apache-2.0 */
/* judge_codes.c: codes stand in their lists, identifiers keep their check digits. */
#include "intake/judge.h"

#include "codes.h"

/* ---- identifiers ---- */

static bool is_vat_with_country(const struct doc_id *id)
{
	return id->value.len >= 2 &&
	       (span_starts(id->value, S("EL")) || code_listed(CODES_COUNTRY, (struct span){ id->value.at, 2 }));
}

/* GS1's own word for the scheme is as good as its number. */
static struct span scheme_number(struct span scheme) { return span_is(scheme, "GLN") ? S("0088") : scheme; }

static void judge_participant(struct draft *d, const struct doc_id *id, struct at at)
{
	static const struct {
		const char *scheme;
		enum doc_rule rule;
	} checked[] = {
		{ "0007", RULE_ID_0007 }, { "0088", RULE_ID_0088 }, { "0151", RULE_ID_0151 },
		{ "0184", RULE_ID_0184 }, { "0192", RULE_ID_0192 }, { "0201", RULE_ID_0201 },
		{ "0208", RULE_ID_0208 }, { "0210", RULE_ID_0210 }, { "0211", RULE_ID_0211 },
	};
	struct span scheme = scheme_number(id->scheme);

	for (size_t i = 0; id->value.len && i < ARRAY_LEN(checked); i++)
		if (span_is(scheme, checked[i].scheme) && !participant_check(scheme, id->value))
			draft_tell(d, checked[i].rule, at, id->value);
}

/*
 * The lists a scheme must be in. SEPA is a bank's, for whoever is paid. ISO 6523 has no number for the unified social
 * credit code, so its name stands for one.
 */
static void judge_scheme(struct draft *d, const struct doc_id *id, bool paid, struct at at)
{
	if (!id->scheme.len || span_is(id->scheme, "USCC"))
		return;
	if (id->role == ID_ENDPOINT && !code_listed(CODES_EAS, id->scheme))
		draft_tell(d, RULE_EAS, at, id->scheme);
	if (id->role == ID_PARTY && !code_listed(CODES_ICD, id->scheme) && !(paid && span_is(id->scheme, "SEPA")))
		draft_tell(d, RULE_CODE_PARTY, at, id->scheme);
	if (id->role == ID_LEGAL && !code_listed(CODES_ICD, id->scheme))
		draft_tell(d, RULE_CODE_LEGAL, at, id->scheme);
}

static void judge_id(struct draft *d, const struct doc_party *p, const struct doc_id *id, struct at at)
{
	struct span v = id->value;

	if (id->role == ID_TAX && v.len == 20 && span_starts(v, S("CN")))
		v = (struct span){ v.at + 2, 18 };
	if ((span_is(id->scheme, "USCC") || span_is(p->country, "CN")) && uscc_form(v) && !uscc_check(v))
		draft_tell(d, RULE_USCC, at, v);
	if ((span_is(id->scheme, "0199") || span_is(id->scheme, "LEI")) && !(lei_form(v) && lei_check(v)))
		draft_tell(d, RULE_LEI, at, v);
	if (id->role == ID_TAX && v.len && span_is(id->scheme, "VAT") && !is_vat_with_country(id))
		draft_tell(d, RULE_VAT_PREFIX, at, v);
	judge_participant(d, id, at);
}

/* Where a party stands: in an invoice, and in any other document. */
static const struct {
	size_t at;
	const char *invoice, *other;
	bool paid;
} parties[] = {
	{ offsetof(struct document, seller), "AccountingSupplierParty/Party", "SellerSupplierParty/Party", true },
	{ offsetof(struct document, buyer), "AccountingCustomerParty/Party", "BuyerCustomerParty/Party", false },
	{ offsetof(struct document, payee), "PayeeParty", "PayeeParty", true },
	{ offsetof(struct document, tax_representative), "TaxRepresentativeParty", "TaxRepresentativeParty", false },
	{ offsetof(struct document, sender), "SenderParty", "SenderParty", false },
	{ offsetof(struct document, receiver), "ReceiverParty", "ReceiverParty", false },
	{ offsetof(struct document, weigher), "WeighingParty", "WeighingParty", false },
};

/* What is known of the seller: somebody can be found by it. */
static bool seller_known(const struct document *d)
{
	if (d->dialect == DIALECT_PLAIN)
		return d->seller.ids.n > 0;
	return has_id(&d->seller, ID_PARTY) || has_id(&d->seller, ID_LEGAL) || has_tax_id(&d->seller, true);
}

/* A despatch whose sender is also its seller holds the same party twice; once is enough to judge it. */
static bool repeated(const struct document *d, const struct doc_party *p)
{
	return (p == &d->sender && p->ids.at == d->seller.ids.at) ||
	       (p == &d->receiver && p->ids.at == d->buyer.ids.at);
}

void judge_parties(struct draft *d)
{
	enum doc_family f = document_family(d->doc);
	bool invoice = f == FAMILY_INVOICE || f == FAMILY_CREDIT;

	for (size_t i = 0; i < ARRAY_LEN(parties); i++) {
		const void *at = (const char *)d->doc + parties[i].at;
		const struct doc_party *p = at;
		const char *path = invoice ? parties[i].invoice : parties[i].other;
		if (!p->present || (p->ids.n && repeated(d->doc, p)))
			continue;
		for (uint32_t k = 0; k < p->ids.n; k++) {
			judge_id(d, p, &p->ids.at[k], TOP(path));
			if (invoice)
				judge_scheme(d, &p->ids.at[k], parties[i].paid, TOP(path));
		}
		if (p->country.len && !code_listed(CODES_COUNTRY, p->country))
			draft_tell(d, RULE_COUNTRY, AT(path, 0, "PostalAddress/Country"), p->country);
	}
	if (invoice && !seller_known(d->doc))
		tell(d, RULE_SELLER_ID, TOP(parties[0].invoice));
	if (same_id(&d->doc->seller, &d->doc->buyer, ID_LEGAL))
		tell(d, RULE_SELF, TOP(invoice ? parties[1].invoice : parties[1].other));
	if (same_id(&d->doc->seller, &d->doc->buyer, ID_TAX)) /* a group may share one */
		tell(d, RULE_SAME_TAX_ID, TOP(invoice ? parties[1].invoice : parties[1].other));
}

/* Two letters and two digits are how an IBAN begins; other accounts are anybody's numbers. */
void judge_account(struct draft *d, struct span a, struct at at)
{
	bool like = a.len >= 15 && a.len <= 34 && a.at[0] >= 'A' && a.at[0] <= 'Z' && a.at[1] >= 'A' &&
	            a.at[1] <= 'Z' && a.at[2] >= '0' && a.at[2] <= '9' && a.at[3] >= '0' && a.at[3] <= '9';
	char packed[40];
	size_t n = 0;

	for (size_t i = 0; like && i < a.len && n < sizeof packed; i++)
		if (a.at[i] != ' ')
			packed[n++] = a.at[i]; /* printed in groups of four */
	if (like && !iban_check((struct span){ packed, n }))
		draft_tell(d, RULE_IBAN, at, a);
}

/* ---- goods ---- */

static void judge_gtin(struct draft *d, const struct doc_line *l, struct at at)
{
	static const size_t lengths[] = { 8, 12, 13, 14 };
	bool holds = false;

	if (!span_is(l->standard_scheme, "0160") && !span_is(l->standard_scheme, "GTIN"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		holds |= gs1_check(l->standard_item, lengths[i]);
	if (l->standard_item.len && !holds)
		draft_tell(d, RULE_GTIN, at, l->standard_item);
}

static void judge_line_codes(struct draft *d, const struct doc_line *l, uint32_t n)
{
	if (l->unit.len && !code_listed(CODES_UNIT, l->unit))
		draft_tell(d, RULE_UNIT, AT("%", n, "Quantity/@unitCode"), l->unit);
	if (l->base_unit.len && !code_listed(CODES_UNIT, l->base_unit))
		draft_tell(d, RULE_UNIT, AT("%", n, "Price/BaseQuantity/@unitCode"), l->base_unit);
	if (l->origin.len && !code_listed(CODES_COUNTRY, l->origin))
		draft_tell(d, RULE_CODE_ORIGIN, AT("%", n, "Item/OriginCountry"), l->origin);
	if (l->standard_scheme.len && !code_listed(CODES_ICD, l->standard_scheme) &&
	    !span_is(l->standard_scheme, "GTIN"))
		draft_tell(d, RULE_CODE_ITEM, AT("%", n, "Item/StandardItemIdentification/ID/@schemeID"),
		           l->standard_scheme);
	for (uint32_t i = 0; i < l->classes.n; i++)
		if (l->classes.at[i].name.len && !code_listed(CODES_ITEM_CLASS, l->classes.at[i].name))
			draft_tell(d, RULE_CODE_CLASS, AT("%", n, "Item/CommodityClassification"),
			           l->classes.at[i].name);
	judge_gtin(d, l, AT("%", n, "Item/StandardItemIdentification/ID"));
	if (l->sscc.len == 18 && !gs1_check(l->sscc, 18))
		draft_tell(d, RULE_SSCC, AT("%", n, "Shipment/TransportHandlingUnit/ID"), l->sscc);
}

void judge_goods_codes(struct draft *d)
{
	const struct document *doc = d->doc;

	for (uint32_t i = 0; i < doc->lines.n; i++)
		judge_line_codes(d, &doc->lines.at[i], i + 1);
	for (uint32_t i = 0; i < doc->packages.n; i++) {
		const struct doc_package *p = &doc->packages.at[i];
		bool sscc = span_is(p->scheme, "SSCC") || p->id.len == 18;
		if (p->id.len && sscc && !gs1_check(p->id, 18))
			draft_tell(d, RULE_SSCC, AT("Shipment/TransportHandlingUnit", i + 1, "ID"), p->id);
	}
	if (doc->attachments)
		tell(d, RULE_ATTACHMENT, TOP("AdditionalDocumentReference"));
}

/* ---- what only invoices have ---- */

static bool is_mime(struct span m)
{
	static const char sheet[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
	static const char *const allowed[] = {
		"application/pdf", "image/png", "image/jpeg",
		"text/csv",        sheet,       "application/vnd.oasis.opendocument.spreadsheet"
	};

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		if (span_is(m, allowed[i]))
			return true;
	return false;
}

static void judge_reasons(struct draft *d, const struct doc_allowances *list, uint32_t line)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct doc_allowance *a = &list->at[i];
		struct at at = line ? AT("%", line, "AllowanceChargeReason")
		                    : AT("AllowanceCharge", i + 1, "AllowanceChargeReason");
		if (a->reason_code.len && !code_listed(a->charge ? CODES_CHARGE : CODES_ALLOWANCE, a->reason_code))
			draft_tell(d, a->charge ? RULE_CODE_CHARGE : RULE_CODE_ALLOW, at, a->reason_code);
	}
}

/* An additional document: its reference, the scheme of an object, and what is attached. */
static void judge_reference(struct draft *d, const struct doc_ref *r, struct at at)
{
	bool object = span_is(r->type_code, "130"), ubl = is_ubl((enum doc_kind)d->doc->kind);

	if (r->role != REF_DOCUMENT)
		return;
	if (object && r->scheme.len && !code_listed(CODES_REFERENCE, r->scheme))
		draft_tell(d, RULE_CODE_OBJECT, at, r->scheme);
	if (strcmp(at.path, "%") == 0)
		return;
	if (!r->number.len)
		tell(d, RULE_MAN_ADDITIONAL, at);
	if (ubl && r->scheme.len && !object)
		draft_tell(d, RULE_SR_SCHEME, at, r->scheme);
	if (!r->attachment)
		return;
	if (r->mime.len && !is_mime(r->mime))
		draft_tell(d, RULE_CODE_MIME, at, r->mime);
	if (ubl && !r->mime.len)
		tell(d, RULE_DT_MIME, at);
	if (ubl && !r->file.len)
		tell(d, RULE_DT_FILE, at);
}

static unsigned count_vat(const struct doc_party *p, bool vat_only)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < p->ids.n; i++)
		n += p->ids.at[i].role == ID_TAX && (!vat_only || span_is(p->ids.at[i].scheme, "VAT"));
	return n;
}

static void judge_once(struct draft *d)
{
	const struct document *doc = d->doc;

	if (!is_ubl((enum doc_kind)doc->kind))
		return;
	if (count_vat(&doc->seller, true) > 1)
		tell(d, RULE_SR_SELLER_VAT, TOP("AccountingSupplierParty/Party/PartyTaxScheme"));
	if (count_vat(&doc->buyer, true) > 1)
		tell(d, RULE_SR_BUYER_VAT, TOP("AccountingCustomerParty/Party/PartyTaxScheme"));
	if (count_vat(&doc->seller, false) > 2)
		tell(d, RULE_SR_SELLER_TAX, TOP("AccountingSupplierParty/Party/PartyTaxScheme"));
	for (uint32_t i = 1; i < doc->payments.n; i++) {
		if (!span_eq(doc->payments.at[i].reference, doc->payments.at[0].reference) &&
		    doc->payments.at[i].reference.len && doc->payments.at[0].reference.len)
			tell(d, RULE_SR_PAYMENT, AT("PaymentMeans", i + 1, "PaymentID"));
		if (!span_eq(doc->payments.at[i].means, doc->payments.at[0].means))
			tell(d, RULE_SR_MEANS, AT("PaymentMeans", i + 1, "PaymentMeansCode"));
	}
}

/* VATEX, in either case of letters. */
static bool is_exemption(struct span code)
{
	char upper[32];

	if (code.len > sizeof upper)
		return false;
	for (size_t i = 0; i < code.len; i++)
		upper[i] = (char)(code.at[i] >= 'a' && code.at[i] <= 'z' ? code.at[i] - 'a' + 'A' : code.at[i]);
	return code_listed(CODES_EXEMPTION, (struct span){ upper, code.len });
}

void judge_invoice_codes(struct draft *d)
{
	const struct document *doc = d->doc;
	bool credit = code_listed(CODES_CREDIT_TYPE, doc->type_code),
	     invoice = code_listed(CODES_INVOICE_TYPE, doc->type_code);
	bool fits = doc->kind == DOC_UBL_CREDIT_NOTE ? credit
	            : doc->kind == DOC_UBL_INVOICE   ? invoice
	                                             : credit || invoice;

	if (doc->type_code.len && !fits)
		draft_tell(d, RULE_TYPE_CODE, TOP("TypeCode"), doc->type_code);
	if (doc->tax_point_code.len && !code_listed(CODES_TAX_POINT, doc->tax_point_code))
		draft_tell(d, RULE_CODE_POINT, TOP("InvoicePeriod"), doc->tax_point_code);
	for (uint32_t i = 0; i < doc->references.n; i++)
		judge_reference(d, &doc->references.at[i], TOP("AdditionalDocumentReference"));
	for (uint32_t i = 0; i < doc->taxes.n; i++)
		if (doc->taxes.at[i].reason_code.len && !is_exemption(doc->taxes.at[i].reason_code))
			draft_tell(d, RULE_CODE_EXEMPT, AT("TaxTotal/TaxSubtotal", i + 1, NULL),
			           doc->taxes.at[i].reason_code);
	judge_reasons(d, &doc->allowances, 0);
	for (uint32_t i = 0; i < doc->lines.n; i++) {
		judge_reasons(d, &doc->lines.at[i].allowances, i + 1);
		for (uint32_t k = 0; k < doc->lines.at[i].references.n; k++)
			judge_reference(d, &doc->lines.at[i].references.at[k], AT("%", i + 1, "DocumentReference"));
	}
	judge_once(d);
	judge_goods_codes(d);
}
