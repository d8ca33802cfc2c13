/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ubl_parts.c: parties, items, prices, references, totals of UBL 2.x.
 *
 * Aggregates live in the cac namespace and values in cbc, so the namespace
 * follows from the kind of slot; prefixes do not matter.
 */
#include "intake/ubl_parts.h"

/* clang-format off */
const struct slot_attr ubl_unit[] = { { "unitCode", L(unit), L(mixed_units) }, NO_ATTR };

/* ---- parties ---- */
static const struct slot tax_scheme_of_id[] = { LEAF("ID", TEXT, 0, offsetof(struct doc_id, scheme)), END };
static const struct slot party_tax[] = {
	LEAF("RegistrationName", TEXT, MANY, offsetof(struct doc_id, name)),
	LEAF("CompanyID", TEXT, 0, offsetof(struct doc_id, value)),
	INTO("TaxScheme", 0, tax_scheme_of_id),
	END
};
static const struct slot party_identification[] = { ID("ID", 0, P(ids), ID_PARTY), END };
static const struct slot party_name[] = { LEAF("Name", TEXT, MANY, P(trade_name)), END };
static const struct slot country[] = { LEAF("IdentificationCode", TEXT, 0, P(country)), END };
static const struct slot postal_address[] = { INTO("Country", 0, country), END };
static const struct slot legal_entity[] = {
	LEAF("RegistrationName", TEXT, MANY, P(name)),
	ID("CompanyID", 0, P(ids), ID_LEGAL),
	END
};
const struct slot ubl_party[] = {
	ID("EndpointID", 0, P(ids), ID_ENDPOINT),
	INTO("PartyIdentification", MANY, party_identification),
	INTO("PartyName", MANY, party_name),
	MARKING("PostalAddress", 0, postal_address, P(address)),
	{ "PartyTaxScheme", ITEM, MANY, P(ids), party_tax, sizeof(struct doc_id), DOC_PARTY_IDS_MAX, ID_TAX, NULL, 0,
	  NULL },
	INTO("PartyLegalEntity", MANY, legal_entity),
	END
};
const struct slot ubl_trading_party[] = {
	ID("CustomerAssignedAccountID", 0, P(ids), ID_ACCOUNT), /* SUNAT puts the tax number here */
	INTO("Party", 0, ubl_party),
	END
};

/* ---- allowances and charges ---- */
#define A(field) offsetof(struct doc_allowance, field)
static const struct slot allowance_tax[] = { LEAF("ID", TEXT, 0, A(category)), LEAF("Percent", RATE, 0, A(rate)), END };
const struct slot ubl_allowance[] = {
	LEAF("ChargeIndicator", FLAG, 0, A(charge)),
	LEAF("AllowanceChargeReasonCode", TEXT, 0, A(reason_code)),
	LEAF("AllowanceChargeReason", TEXT, MANY, A(reason)),
	LEAF("MultiplierFactorNumeric", RATE, 0, A(percent)),
	LEAF("Amount", MONEY, 0, A(amount)),
	LEAF("BaseAmount", MONEY, 0, A(base)),
	INTO("TaxCategory", MANY, allowance_tax),
	END
};

/* ---- tax ---- */
#define T(field) offsetof(struct doc_tax, field)
static const struct slot tax_scheme[] = { LEAF("ID", TEXT, 0, T(scheme)), END };
static const struct slot tax_category[] = {
	LEAF("ID", TEXT, 0, T(category)),
	LEAF("Percent", RATE, 0, T(rate)),
	LEAF("TaxExemptionReasonCode", TEXT, 0, T(reason_code)),
	LEAF("TaxExemptionReason", TEXT, MANY, T(reason)),
	INTO("TaxScheme", 0, tax_scheme),
	END
};
static const struct slot tax_subtotal[] = {
	LEAF("TaxableAmount", MONEY, 0, T(base)),
	LEAF("TaxAmount", MONEY, 0, T(tax)),
	LEAF("Percent", RATE, 0, T(rate)), /* UBL 2.0 had it here */
	INTO("TaxCategory", 0, tax_category),
	END
};
const struct slot ubl_tax_total[] = {
	LEAF("TaxAmount", MONEY, 0, offsetof(struct tax_total, amount)),
	LIST("TaxSubtotal", 0, offsetof(struct tax_total, taxes), tax_subtotal, struct doc_tax, DOC_TAXES_MAX,
	     blank_tax),
	END
};

/* ---- references ---- */
static const struct slot_attr reference_scheme[] = { { "schemeID", R(scheme), SIZE_MAX }, NO_ATTR };
static const struct slot_attr embedded[] = {
	{ "mimeCode", R(mime), SIZE_MAX }, { "filename", R(file), SIZE_MAX }, NO_ATTR };
static const struct slot attachment[] = {
	{ "EmbeddedDocumentBinaryObject", PRESENT, MARK, 0, NULL, 0, 0, 0, embedded, R(attachment), NULL },
	END
};
const struct slot ubl_reference[] = {
	WITH("ID", TEXT, 0, R(number), reference_scheme),
	LEAF("UUID", TEXT, 0, R(uuid)),
	LEAF("IssueDate", DAY, 0, R(date)),
	LEAF("DocumentTypeCode", TEXT, 0, R(type_code)),
	INTO("Attachment", 0, attachment),
	END
};
static const struct slot_attr package_scheme[] = {
	{ "schemeID", offsetof(struct doc_package, scheme), SIZE_MAX }, NO_ATTR };
const struct slot ubl_package[] = { WITH("ID", TEXT, 0, offsetof(struct doc_package, id), package_scheme), END };

/* ---- lines ---- */
const struct slot ubl_line_period[] = {
	LEAF("StartDate", DAY, 0, L(period_start)), LEAF("EndDate", DAY, 0, L(period_end)), END };
const struct slot ubl_order_line[] = {
	LEAF("LineID", TEXT, 0, R(line)),
	INTO("OrderReference", 0, ubl_reference),
	INTO("DocumentReference", 0, ubl_reference),
	END
};
static const struct slot seller_item[] = { LEAF("ID", TEXT, 0, L(seller_item)), END };
static const struct slot buyer_item[] = { LEAF("ID", TEXT, 0, L(buyer_item)), END };
static const struct slot_attr standard_scheme[] = { { "schemeID", L(standard_scheme), SIZE_MAX }, NO_ATTR };
static const struct slot standard_item[] = { WITH("ID", TEXT, 0, L(standard_item), standard_scheme), END };
static const struct slot line_category[] = { LEAF("ID", TEXT, 0, L(category)), LEAF("Percent", RATE, 0, L(rate)), END };
static const struct slot lot[] = { LEAF("LotNumberID", TEXT, 0, L(lot)), END };
static const struct slot item_instance[] = { INTO("LotIdentification", 0, lot), END };
static const struct slot origin[] = { LEAF("IdentificationCode", TEXT, 0, L(origin)), END };
static const struct slot item_property[] = {
	LEAF("Name", TEXT, 0, offsetof(struct doc_property, name)),
	LEAF("Value", TEXT, 0, offsetof(struct doc_property, value)),
	END
};
static const struct slot_attr class_list[] = { { "listID", offsetof(struct doc_property, name), SIZE_MAX }, NO_ATTR };
static const struct slot classification[] = {
	WITH("ItemClassificationCode", TEXT, 0, offsetof(struct doc_property, value), class_list),
	END
};
const struct slot ubl_item[] = {
	LEAF("Name", TEXT, 0, L(name)),
	INTO("BuyersItemIdentification", 0, buyer_item),
	INTO("SellersItemIdentification", 0, seller_item),
	INTO("StandardItemIdentification", 0, standard_item),
	INTO("OriginCountry", MANY, origin),
	PROPERTIES("CommodityClassification", L(classes), classification),
	INTO("ClassifiedTaxCategory", MANY, line_category),
	PROPERTIES("AdditionalItemProperty", L(properties), item_property),
	INTO("ItemInstance", MANY, item_instance),
	END
};
static const struct slot price_allowance[] = { LEAF("BaseAmount", NUMBER, 0, L(gross_price)), END };
static const struct slot_attr base_unit[] = { { "unitCode", L(base_unit), SIZE_MAX }, NO_ATTR };
const struct slot ubl_price[] = {
	LEAF("PriceAmount", NUMBER, 0, L(price)),
	WITH("BaseQuantity", NUMBER, 0, L(base_quantity), base_unit),
	INTO("AllowanceCharge", MANY, price_allowance),
	END
};

/* ---- of the whole document ---- */
const struct slot ubl_totals[] = {
	LEAF("LineExtensionAmount", MONEY, 0, D(sum_lines)),
	LEAF("TaxExclusiveAmount", MONEY, 0, D(total_net)),
	LEAF("TaxInclusiveAmount", MONEY, 0, D(total_gross)),
	LEAF("AllowanceTotalAmount", MONEY, 0, D(sum_allowances)),
	LEAF("ChargeTotalAmount", MONEY, 0, D(sum_charges)),
	LEAF("PrepaidAmount", MONEY, 0, D(prepaid)),
	LEAF("PayableRoundingAmount", MONEY, 0, D(rounding)),
	LEAF("PayableAmount", MONEY, 0, D(payable)),
	END
};
static const struct slot delivery_country[] = { LEAF("IdentificationCode", TEXT, MANY, D(delivery_country)), END };
static const struct slot delivery_address[] = { INTO("Country", 0, delivery_country), END };
static const struct slot delivery_location[] = { MARKING("Address", 0, delivery_address, D(deliver_to)), END };
static const struct slot despatch[] = { LEAF("ActualDespatchDate", DAY, MANY, D(despatch_date)), END };
const struct slot ubl_delivery[] = {
	LEAF("ActualDeliveryDate", DAY, MANY, D(delivery_date)),
	INTO("DeliveryAddress", 0, delivery_address),
	INTO("DeliveryLocation", 0, delivery_location),
	INTO("Despatch", 0, despatch),
	END
};
#define PAY(field) offsetof(struct doc_payment, field)
static const struct slot account[] = { LEAF("ID", TEXT, MANY, PAY(account)), END };
static const struct slot card[] = { LEAF("PrimaryAccountNumberID", MASKED, 0, PAY(card)), END };
const struct slot ubl_payment_means[] = {
	LEAF("PaymentMeansCode", TEXT, 0, PAY(means)),
	LEAF("PaymentDueDate", DAY, 0, PAY(due)), /* credit notes have no other place for it */
	LEAF("PaymentID", TEXT, MANY, PAY(reference)),
	INTO("CardAccount", 0, card),
	MARKING("PayeeFinancialAccount", 0, account, PAY(to_account)),
	END
};
/* clang-format on */

/* ---- the end ---- */

/* A payee has one name in EN 16931; UBL writes it where others have a trade name. */
static void one_name(struct doc_party *p)
{
	if (p->name.len)
		return;
	p->name = p->trade_name;
	p->trade_name = (struct span){ NULL, 0 };
}

/* Some name a party only where they give its tax number. */
static void registered_name(struct doc_party *p)
{
	for (uint32_t i = 0; !p->name.len && !p->trade_name.len && i < p->ids.n; i++)
		p->name = p->ids.at[i].name;
}

void ubl_finish(struct draft *draft, struct filled *f)
{
	struct document *d = &f->doc;

	(void)draft;
	one_name(&d->payee);
	one_name(&d->tax_representative);
	registered_name(&d->seller);
	registered_name(&d->buyer);
	fill_first_refs(d);
}
