/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_rules.c: what must hold within one document, whatever its format.
 *
 * Integer arithmetic only. Sums are in minor units; a product of quantity,
 * price and rate is an exact fraction of 128-bit integers, rounded half away
 * from zero. XPath's round() in the official rules takes -x.5 upward, so on a
 * negative tie both neighbours are right.
 *
 * A rule about a fact that is absent is silent: that it must be there is a
 * rule of its own (MAN-xx).
 */
#include <strings.h>

#include "intake/document_draft.h"

/* ---- exact arithmetic ---- */

static i128 magnitude(i128 v) { return v < 0 ? -v : v; }

static i128 power10(unsigned n)
{
	i128 p = 1;

	assert(n <= 38);
	while (n--)
		p *= 10;
	return p;
}

static bool times(i128 a, i128 b, i128 *ret) { return !__builtin_mul_overflow(a, b, ret); }

/* num / den rounded half away from zero; *tie: it lay half way. den > 0. */
static i128 rounded(i128 num, i128 den, bool *tie)
{
	i128 n = magnitude(num), whole = n / den, rest = n % den;

	assert(den > 0);
	*tie = rest == den - rest;
	whole += rest >= den - rest;
	return num < 0 ? -whole : whole;
}

/* How far `stated` is from num / den, in whole minor units. */
static i128 distance(i128 stated, i128 num, i128 den)
{
	bool tie;
	i128 r = rounded(num, den, &tie), off = magnitude(stated - r);

	if (tie && num < 0 && stated == r + 1)
		return 0;
	return off;
}

static i128 one_unit(const struct document *d) { return power10(document_digits(d->payable.ccy)); }

/* 0.02 of the currency, where it has hundredths; else nothing */
static i128 two_hundredths(const struct document *d)
{
	unsigned digits = document_digits(d->payable.ccy);
	return digits >= 2 ? 2 * power10(digits - 2) : 0;
}

/* Official tolerance of tax: to 0.01 silent, below 1.00 a warning, then a refusal. */
static enum severity graded(const struct document *d, i128 off)
{
	if (off <= two_hundredths(d) / 2)
		return SEV_NONE;
	return off < one_unit(d) ? SEV_W : SEV_E;
}

static void tell_sums(struct draft *d, enum doc_rule rule, enum severity most, const char *category, struct at at,
                      i128 stated, i128 found)
{
	struct doc_finding *f = draft_raise(d, rule, most, category, at);

	if (f)
		draft_detail_sums(d, f, stated, found, document_digits(d->doc->payable.ccy));
}

static void tell(struct draft *d, enum doc_rule rule, struct at at) { (void)draft_raise(d, rule, SEV_E, NULL, at); }

/* ---- what must be there ---- */

enum fact { FACT_TEXT, FACT_DAY, FACT_MONEY, FACT_NUMBER, FACT_FLAG };

static bool there(enum fact kind, const void *at)
{
	switch (kind) {
	case FACT_TEXT:
		return ((const struct span *)at)->len > 0;
	case FACT_DAY:
		return ((const struct date *)at)->day != DATE_NONE.day;
	case FACT_MONEY:
		return ((const struct doc_amount *)at)->present;
	case FACT_NUMBER:
		return ((const struct decimal *)at)->present;
	case FACT_FLAG:
		return *(const bool *)at;
	}
	return false;
}

struct need {
	enum doc_rule rule;
	enum fact fact;
	size_t at;
	const char *leaf;
};

static void need_all(struct draft *d, const struct need *n, size_t count, const void *object, struct at at)
{
	for (size_t i = 0; i < count; i++) {
		at.leaf = n[i].leaf;
		if (!there(n[i].fact, (const char *)object + n[i].at))
			tell(d, n[i].rule, at);
	}
}
#define NEED_ALL(d, table, object, where) need_all(d, table, ARRAY_LEN(table), object, where)

#define D(field) offsetof(struct document, field)
static const struct need of_document[] = {
	{ RULE_MAN_PROFILE, FACT_TEXT, D(profile), "CustomizationID" },
	{ RULE_MAN_NUMBER, FACT_TEXT, D(number), "ID" },
	{ RULE_MAN_ISSUED, FACT_DAY, D(issue_date), "IssueDate" },
	{ RULE_MAN_TYPE, FACT_TEXT, D(type_code), "TypeCode" },
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

static bool has_tax_id(const struct doc_party *p, bool vat)
{
	for (uint32_t i = 0; i < p->ids.n; i++)
		if (p->ids.at[i].role == ID_TAX && p->ids.at[i].value.len && span_is(p->ids.at[i].scheme, "VAT") == vat)
			return true;
	return false;
}

static bool has_id(const struct doc_party *p, enum doc_id_role role)
{
	for (uint32_t i = 0; i < p->ids.n; i++)
		if (p->ids.at[i].role == role && p->ids.at[i].value.len)
			return true;
	return false;
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

static void judge_mandatory(struct draft *d)
{
	struct document *doc = d->doc;

	NEED_ALL(d, of_document, doc, TOP(NULL));
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
	if (doc->kind == DOC_UBL_INVOICE && doc->payable.minor > 0 && doc->due_date.day == DATE_NONE.day &&
	    !doc->payment_terms.len)
		tell(d, RULE_MAN_DUE, TOP("DueDate"));
	if (!doc->taxes.n)
		tell(d, RULE_BREAKDOWN, TOP("TaxTotal/TaxSubtotal"));
}

/* ---- sums ---- */

static void judge_sum(struct draft *d, enum doc_rule rule, const char *leaf, const struct doc_amount *stated,
                      i128 found)
{
	if (stated->present && stated->minor != found)
		tell_sums(d, rule, SEV_E, NULL, AT("LegalMonetaryTotal", 0, leaf), stated->minor, found);
}

static i128 sum_of(const struct doc_allowances *list, bool charge)
{
	i128 sum = 0;

	for (uint32_t i = 0; i < list->n; i++)
		if (list->at[i].charge == charge)
			sum += list->at[i].amount.minor;
	return sum;
}

static bool any_of(const struct doc_allowances *list, bool charge)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->at[i].charge == charge)
			return true;
	return false;
}

/* The stated total of allowances or charges must be their sum; EN 16931 also wants it stated. What counts from here on
 * is what is stated, or the sum when nothing is. */
static i128 judge_allowance_total(struct draft *d, bool charge)
{
	const struct doc_amount *stated = charge ? &d->doc->sum_charges : &d->doc->sum_allowances;
	enum doc_rule rule = charge ? RULE_SUM_CHARGE : RULE_SUM_ALLOW;
	const char *leaf = charge ? "ChargeTotalAmount" : "AllowanceTotalAmount";
	i128 sum = sum_of(&d->doc->allowances, charge);

	judge_sum(d, rule, leaf, stated, sum);
	if (stated->present)
		return stated->minor;
	if (any_of(&d->doc->allowances, charge))
		tell_sums(d, rule, d->doc->dialect != DIALECT_PLAIN ? SEV_E : SEV_W, NULL,
		          AT("LegalMonetaryTotal", 0, leaf), 0, sum);
	return d->doc->dialect == DIALECT_PLAIN ? sum : 0;
}

/* EN 16931: gross = net + tax, with exactly one tax total in the document's currency. OASIS: rounding may be in it. */
static bool judge_gross(struct draft *d)
{
	const struct document *doc = d->doc;
	i128 found = (i128)doc->total_net.minor + doc->total_tax.minor;
	bool en = doc->dialect != DIALECT_PLAIN;

	if (!doc->total_gross.present || !doc->total_net.present)
		return false;
	if (en && doc->currency.len && doc->tax_totals != 1)
		draft_tell(d, RULE_GROSS, TOP("TaxTotal"), S("not exactly one tax total in the document's currency"));
	else if (!en && doc->total_gross.minor != found && doc->total_gross.minor == found + doc->rounding.minor) {
		tell(d, RULE_GROSS_ROUND, TOP("LegalMonetaryTotal/TaxInclusiveAmount"));
		return true;
	} else
		judge_sum(d, RULE_GROSS, "TaxInclusiveAmount", &doc->total_gross, found);
	return false;
}

static void judge_totals(struct draft *d)
{
	const struct document *doc = d->doc;
	i128 lines = 0, taxes = 0, allow = judge_allowance_total(d, false), charge = judge_allowance_total(d, true);

	for (uint32_t i = 0; i < doc->lines.n; i++)
		lines += doc->lines.at[i].net.minor;
	for (uint32_t i = 0; i < doc->taxes.n; i++)
		taxes += doc->taxes.at[i].tax.minor;
	judge_sum(d, RULE_SUM_LINES, "LineExtensionAmount", &doc->sum_lines, lines);
	if (doc->sum_lines.present || doc->dialect != DIALECT_PLAIN)
		judge_sum(d, RULE_NET, "TaxExclusiveAmount", &doc->total_net,
		          (i128)doc->sum_lines.minor - allow + charge);
	if (doc->taxes.n && doc->total_tax.present && doc->total_tax.minor != taxes)
		tell_sums(d, RULE_TAX_SUM, SEV_E, NULL, TOP("TaxTotal/TaxAmount"), doc->total_tax.minor, taxes);
	bool rounding_inside = judge_gross(d);
	i128 gross = doc->total_gross.minor;
	if (!doc->total_gross.present && doc->dialect == DIALECT_PLAIN)
		/* plain UBL may leave totals out; the payable amount must then follow from what there is */
		gross = (doc->total_net.present ? doc->total_net.minor : lines - allow + charge) + doc->total_tax.minor;
	judge_sum(d, RULE_PAYABLE, "PayableAmount", &doc->payable,
	          gross - doc->prepaid.minor + (rounding_inside ? 0 : doc->rounding.minor));
}

/* ---- lines ---- */

/* quantity x price / base quantity in minor units, as an exact fraction */
static bool line_fraction(const struct document *d, const struct doc_line *l, i128 *num, i128 *den)
{
	struct decimal base = l->base_quantity.present ? l->base_quantity : (struct decimal){ 1, 0, true };
	unsigned up = base.scale + document_digits(d->payable.ccy), down = (unsigned)l->quantity.scale + l->price.scale;
	unsigned both = up < down ? up : down;

	return times(l->quantity.mantissa, l->price.mantissa, num) && times(*num, power10(up - both), num) &&
	       times(base.mantissa, power10(down - both), den);
}

static void judge_line_net(struct draft *d, uint32_t i)
{
	const struct doc_line *l = &d->doc->lines.at[i];
	i128 num, den, more = sum_of(&l->allowances, true) - sum_of(&l->allowances, false), extra;
	bool tie;

	if (!l->quantity.present || !l->price.present || !l->net.present)
		return;
	if (l->base_quantity.present && l->base_quantity.mantissa <= 0)
		return; /* AMT-11 speaks */
	if (!line_fraction(d->doc, l, &num, &den) || !times(more, den, &extra) ||
	    __builtin_add_overflow(num, extra, &num)) {
		tell(d, RULE_RANGE, AT("%", i + 1, NULL));
		return;
	}
	if (distance(l->net.minor, num, den) > two_hundredths(d->doc))
		tell_sums(d, RULE_LINE_NET, SEV_E, NULL, AT("%", i + 1, "LineExtensionAmount"), l->net.minor,
		          rounded(num, den, &tie));
}

/* AMT-13. UBL's multiplier is a factor, Peppol's a percentage: under plain UBL either may be meant. */
static void judge_multipliers(struct draft *d, const struct doc_allowances *list, struct at at)
{
	for (uint32_t i = 0; i < list->n; i++) {
		const struct doc_allowance *a = &list->at[i];
		i128 product = (i128)a->base.minor * a->percent;
		bool tie, plain = d->doc->dialect == DIALECT_PLAIN;
		if (!a->base.present || !a->amount.present || a->percent == RATE_NONE)
			continue;
		if (distance(a->amount.minor, product, 1000000) <= two_hundredths(d->doc) ||
		    (plain && distance(a->amount.minor, product, 10000) <= two_hundredths(d->doc)))
			continue;
		if (!at.i)
			at = AT("AllowanceCharge", i + 1, "Amount");
		tell_sums(d, RULE_ALLOW_RATE, SEV_W, NULL, at, a->amount.minor, rounded(product, 1000000, &tie));
	}
}

static void judge_lines(struct draft *d)
{
	judge_multipliers(d, &d->doc->allowances, TOP(NULL));
	for (uint32_t i = 0; i < d->doc->lines.n; i++) {
		const struct doc_line *l = &d->doc->lines.at[i];
		judge_line_net(d, i);
		judge_multipliers(d, &l->allowances, AT("%", i + 1, "AllowanceCharge/Amount"));
		if (l->base_quantity.present && l->base_quantity.mantissa <= 0)
			tell(d, RULE_BASE_QTY, AT("%", i + 1, "Price/BaseQuantity"));
		if (l->base_unit.len && l->unit.len && !span_eq(l->base_unit, l->unit))
			tell(d, RULE_BASE_UNIT, AT("%", i + 1, "Price/BaseQuantity/@unitCode"));
		if (l->price.present && l->price.mantissa < 0)
			tell(d, RULE_PRICE_SIGN, AT("%", i + 1, "Price/PriceAmount"));
		if (l->gross_price.present && l->gross_price.mantissa < 0)
			tell(d, RULE_GROSS_SIGN, AT("%", i + 1, "Price/AllowanceCharge/BaseAmount"));
		if (l->period_end.day != DATE_NONE.day && l->period_end.day < l->period_start.day)
			tell(d, RULE_LINE_PERIOD, AT("%", i + 1, "InvoicePeriod"));
	}
}

/* ---- currencies ---- */

static void judge_ccy(struct draft *d, const struct doc_amount *a, struct at at)
{
	if (a->present && a->ccy[0] && !span_is(d->doc->currency, a->ccy))
		draft_tell(d, RULE_CURRENCY, at, span_z(a->ccy));
}

static void judge_currencies(struct draft *d)
{
	static const struct {
		size_t at;
		const char *leaf;
	} total[] = {
		{ D(sum_lines), "LineExtensionAmount" },  { D(total_net), "TaxExclusiveAmount" },
		{ D(total_gross), "TaxInclusiveAmount" }, { D(sum_allowances), "AllowanceTotalAmount" },
		{ D(sum_charges), "ChargeTotalAmount" },  { D(prepaid), "PrepaidAmount" },
		{ D(rounding), "PayableRoundingAmount" }, { D(payable), "PayableAmount" },
	};
	struct document *doc = d->doc;

	/* plain UBL may leave the currency to its amounts: then all follow the payable one */
	if (!doc->currency.len && doc->payable.present && doc->payable.ccy[0])
		doc->currency = arena_copy(d->mem, span_z(doc->payable.ccy));
	if (!doc->currency.len)
		return;
	for (size_t i = 0; i < ARRAY_LEN(total); i++)
		judge_ccy(d, (const struct doc_amount *)(const void *)((const char *)doc + total[i].at),
		          AT("LegalMonetaryTotal", 0, total[i].leaf));
	for (uint32_t i = 0; i < doc->allowances.n; i++)
		judge_ccy(d, &doc->allowances.at[i].amount, AT("AllowanceCharge", i + 1, "Amount"));
	for (uint32_t i = 0; i < doc->taxes.n; i++) {
		judge_ccy(d, &doc->taxes.at[i].base, AT("TaxTotal/TaxSubtotal", i + 1, "TaxableAmount"));
		judge_ccy(d, &doc->taxes.at[i].tax, AT("TaxTotal/TaxSubtotal", i + 1, "TaxAmount"));
	}
	for (uint32_t i = 0; i < doc->lines.n; i++) {
		judge_ccy(d, &doc->lines.at[i].net, AT("%", i + 1, "LineExtensionAmount"));
		for (uint32_t k = 0; k < doc->lines.at[i].allowances.n; k++)
			judge_ccy(d, &doc->lines.at[i].allowances.at[k].amount,
			          AT("%", i + 1, "AllowanceCharge/Amount"));
	}
	if (doc->tax_currency.len && !doc->tax_in_tax_currency.present &&
	    !(span_eq(doc->tax_currency, doc->currency) && doc->total_tax.present)) {
		tell(d, RULE_MAN_TAX_CCY, TOP("TaxTotal"));
		tell(d, RULE_TAX_OTHER, TOP("TaxTotal"));
	}
	if (doc->tax_in_tax_currency.present && (doc->tax_in_tax_currency.minor < 0) != (doc->total_tax.minor < 0) &&
	    doc->tax_in_tax_currency.minor && doc->total_tax.minor)
		tell(d, RULE_TAX_SIGN, TOP("TaxTotal"));
}

/* ---- tax categories: one row each, the rules are the columns ---- */

enum rate_form { ABOVE_ZERO, ZERO, NOT_BELOW_ZERO, NO_RATE };
enum ids_form {
	SELLER_ANY, /* the seller's VAT or tax number, or its representative's */
	REVERSE,    /* that, and the buyer's VAT or legal identifier */
	INTRA,      /* the seller's or representative's VAT number, and the buyer's */
	EXPORT,     /* the seller's or representative's VAT number */
	NO_VAT_IDS,
};
static const struct category {
	const char *code, *letters;
	bool by_rate; /* a breakdown per rate, judged within 1.00; else one breakdown, exact, without tax */
	bool reason;  /* asks for an exemption reason */
	enum rate_form rate;
	enum ids_form ids;
} categories[] = {
	{ "S", "S", true, false, ABOVE_ZERO, SELLER_ANY },
	{ "L", "AF", true, false, NOT_BELOW_ZERO, SELLER_ANY },
	{ "M", "AG", true, false, NOT_BELOW_ZERO, SELLER_ANY },
	{ "Z", "Z", false, false, ZERO, SELLER_ANY },
	{ "E", "E", false, true, ZERO, SELLER_ANY },
	{ "AE", "AE", false, true, ZERO, REVERSE },
	{ "K", "IC", false, true, ZERO, INTRA },
	{ "G", "G", false, true, ZERO, EXPORT },
	{ "O", "O", false, true, NO_RATE, NO_VAT_IDS },
};

static const struct category *category_of(struct span code)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (span_is(code, categories[i].code))
			return &categories[i];
	return NULL;
}

static bool rate_fits(enum rate_form form, int32_t rate)
{
	switch (form) {
	case ABOVE_ZERO:
		return rate > 0;
	case ZERO:
		return rate == 0;
	case NOT_BELOW_ZERO:
		return rate >= 0;
	case NO_RATE:
		return rate == RATE_NONE;
	}
	return false;
}

static bool ids_fit(enum ids_form form, const struct document *d)
{
	bool vat = has_tax_id(&d->seller, true) || has_tax_id(&d->tax_representative, true);
	bool buyer_vat = has_tax_id(&d->buyer, true);

	switch (form) {
	case SELLER_ANY:
		return vat || has_tax_id(&d->seller, false);
	case REVERSE:
		return (vat || has_tax_id(&d->seller, false)) && (buyer_vat || has_id(&d->buyer, ID_LEGAL));
	case INTRA:
		return vat && buyer_vat;
	case EXPORT:
		return vat;
	case NO_VAT_IDS:
		return !vat && !buyer_vat;
	}
	return false;
}

/* Where a category stands: on a line, a document allowance, a document charge. */
static const struct {
	enum doc_rule rate, ids;
	const char *leaf;
} place[] = {
	{ RULE_RATE_LINE, RULE_CAT_ID_LINE, "Item/ClassifiedTaxCategory" },
	{ RULE_RATE_ALLOW, RULE_CAT_ID_ALLOW, "TaxCategory" },
	{ RULE_RATE_CHARGE, RULE_CAT_ID_CHARGE, "TaxCategory" },
};

static void judge_category_at(struct draft *d, unsigned where, struct span code, int32_t rate, uint32_t number)
{
	const struct category *c = category_of(code);
	struct at at = AT(where ? "AllowanceCharge" : "%", number, place[where].leaf);

	if (!code.len)
		return;
	if (!c && !span_is(code, "B")) {
		draft_tell(d, RULE_CAT_LINE, at, code);
		return;
	}
	if (c && !rate_fits(c->rate, rate))
		(void)draft_raise(d, place[where].rate, SEV_E, c->letters, at);
	if (c && !ids_fit(c->ids, d->doc))
		(void)draft_raise(d, place[where].ids, SEV_E, c->letters, at);
}

/* What lies in a category (at one rate, when rate is not RATE_NONE): its sum, and whether anything does. */
static i128 taxed_sum(const struct document *d, const char *code, int32_t rate, bool *any)
{
	i128 sum = 0;

	*any = false;
	for (uint32_t i = 0; i < d->lines.n; i++) {
		const struct doc_line *l = &d->lines.at[i];
		if (!span_is(l->category, code) || (rate != RATE_NONE && l->rate != rate))
			continue;
		sum += l->net.minor;
		*any = true;
	}
	for (uint32_t i = 0; i < d->allowances.n; i++) {
		const struct doc_allowance *a = &d->allowances.at[i];
		if (!span_is(a->category, code) || (rate != RATE_NONE && a->rate != rate))
			continue;
		sum += a->charge ? a->amount.minor : -a->amount.minor;
		*any = true;
	}
	return sum;
}

/* The base of a breakdown can be judged when everything it may come from names its category. */
static bool all_categorised(const struct document *d)
{
	for (uint32_t i = 0; i < d->lines.n; i++)
		if (!d->lines.at[i].category.len)
			return false;
	for (uint32_t i = 0; i < d->allowances.n; i++)
		if (!d->allowances.at[i].category.len)
			return false;
	return d->lines.n > 0;
}

static void judge_base(struct draft *d, const struct doc_tax *t, const struct category *c, struct at at)
{
	bool any;
	i128 sum = taxed_sum(d->doc, c->code, c->by_rate ? t->rate : RATE_NONE, &any);
	i128 off = magnitude(t->base.minor - sum);
	enum severity most = graded(d->doc, off);

	if (!t->base.present || (d->doc->dialect == DIALECT_PLAIN && !all_categorised(d->doc)))
		return;
	if (!c->by_rate && off)
		most = SEV_E;
	if (most)
		tell_sums(d, RULE_TAX_BASE, most, c->letters, at, t->base.minor, sum);
}

/* AMT-08, and its twin under the category's own number. */
static void judge_product(struct draft *d, const struct doc_tax *t, const struct category *c, struct at at)
{
	i128 product = t->rate == RATE_NONE ? 0 : (i128)t->base.minor * t->rate;
	bool tie, en = d->doc->dialect != DIALECT_PLAIN;
	i128 off = distance(t->tax.minor, product, 1000000);
	enum severity most = graded(d->doc, off);

	if (t->tax.present && c && !c->by_rate && t->tax.minor)
		(void)draft_raise(d, RULE_CAT_TAX, SEV_E, c->letters, at);
	if (!t->tax.present || !t->base.present || (!en && t->rate == RATE_NONE))
		return;
	if (most)
		tell_sums(d, RULE_TAX_RATE, most, NULL, at, t->tax.minor, rounded(product, 1000000, &tie));
	if (c && c->by_rate && most == SEV_E)
		(void)draft_raise(d, RULE_CAT_TAX, SEV_E, c->letters, at);
}

static void judge_breakdown(struct draft *d)
{
	for (uint32_t i = 0; i < d->doc->taxes.n; i++) {
		const struct doc_tax *t = &d->doc->taxes.at[i];
		const struct category *c = category_of(t->category);
		struct at at = AT("TaxTotal/TaxSubtotal", i + 1, NULL);
		judge_product(d, t, c, at);
		if (!c && t->category.len && !span_is(t->category, "B"))
			draft_tell(d, RULE_CAT_TOTAL, at, t->category);
		if (!c)
			continue;
		judge_base(d, t, c, at);
		if (c->reason != (t->reason.len || t->reason_code.len))
			(void)draft_raise(d, RULE_CAT_REASON, SEV_E, c->letters, at);
	}
}

static void judge_category_use(struct draft *d, const struct category *c)
{
	bool used;
	uint32_t n = 0;

	(void)taxed_sum(d->doc, c->code, RATE_NONE, &used);
	for (uint32_t i = 0; i < d->doc->taxes.n; i++)
		n += span_is(d->doc->taxes.at[i].category, c->code);
	if (used ? n == 0 || (!c->by_rate && n > 1) : n > 0)
		(void)draft_raise(d, RULE_CAT_USED, SEV_E, c->letters, TOP("TaxTotal"));
}

static void judge_tax(struct draft *d)
{
	const struct document *doc = d->doc;

	for (uint32_t i = 0; i < doc->lines.n; i++)
		judge_category_at(d, 0, doc->lines.at[i].category, doc->lines.at[i].rate, i + 1);
	for (uint32_t i = 0; i < doc->allowances.n; i++) {
		const struct doc_allowance *a = &doc->allowances.at[i];
		judge_category_at(d, a->charge ? 2 : 1, a->category, a->rate, i + 1);
	}
	judge_breakdown(d);
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		judge_category_use(d, &categories[i]);
	if (doc->tax_breakdowns > 1)
		tell(d, RULE_TAX_TOTALS, TOP("TaxTotal"));
}

/* ---- identifiers and codes ---- */

static const char countries[] =
	" AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ"
	" CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO"
	" FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE"
	" JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO"
	" MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW"
	" PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM"
	" TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW 1A XI ";
/* Electronic address schemes (Connecting Europe Facility), those retired by 2024 left out */
static const char schemes[] =
	" 0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190"
	" 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216"
	" 0217 0218 0219 0220 0221 0225 0230 0235 0240 0244 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926"
	" 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948"
	" 9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM ";
static const char invoice_types[] =
	" 71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 394 395"
	" 456 457 527 553 575 623 633 751 780 817 870 875 876 877 935 ";
static const char credit_types[] = " 81 83 261 262 296 308 381 396 420 458 502 503 532 ";
static const char *const type_codes[DOC_KINDS] = {
	[DOC_OPAQUE] = "", [DOC_UBL_INVOICE] = invoice_types, [DOC_UBL_CREDIT_NOTE] = credit_types
};

/* A code in a list of codes, each between spaces. */
static bool listed(const char *list, struct span code)
{
	char word[12];
	struct writer w = writer_over(word, sizeof word - 1);

	put_byte(&w, ' ');
	put_span(&w, code);
	put_byte(&w, ' ');
	if (w.overflow || memchr(code.at ? code.at : "", ' ', code.len))
		return false;
	word[w.len] = 0;
	return strstr(list, word) != NULL;
}

static bool is_vat_with_country(const struct doc_id *id)
{
	return id->value.len >= 2 &&
	       (span_starts(id->value, S("EL")) || listed(countries, (struct span){ id->value.at, 2 }));
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
	if (id->role == ID_ENDPOINT && id->scheme.len && !listed(schemes, id->scheme))
		draft_tell(d, RULE_EAS, at, id->scheme);
}

static bool same_id(const struct doc_party *a, const struct doc_party *b, enum doc_id_role role)
{
	for (uint32_t i = 0; i < a->ids.n; i++) {
		const struct doc_id *x = &a->ids.at[i];
		for (uint32_t k = 0; k < b->ids.n; k++) {
			const struct doc_id *y = &b->ids.at[k];
			if (x->role == role && y->role == role && x->value.len && span_eq(x->value, y->value) &&
			    span_eq(x->scheme, y->scheme))
				return true;
		}
	}
	return false;
}

static void judge_parties(struct draft *d)
{
	for (size_t i = 0; i < ARRAY_LEN(traders); i++) {
		const struct doc_party *p = trader(d, i);
		for (uint32_t k = 0; k < p->ids.n; k++)
			judge_id(d, p, &p->ids.at[k], AT(traders[i].path, 0, NULL));
		if (p->country.len && !listed(countries, p->country))
			draft_tell(d, RULE_COUNTRY, AT(traders[i].path, 0, "PostalAddress/Country"), p->country);
	}
	bool known = d->doc->dialect == DIALECT_PLAIN
	                     ? d->doc->seller.ids.n > 0
	                     : has_id(&d->doc->seller, ID_PARTY) || has_id(&d->doc->seller, ID_LEGAL) ||
	                               has_tax_id(&d->doc->seller, true);
	if (!known)
		tell(d, RULE_SELLER_ID, TOP("AccountingSupplierParty/Party"));
	if (same_id(&d->doc->seller, &d->doc->buyer, ID_LEGAL))
		tell(d, RULE_SELF, TOP("AccountingCustomerParty/Party"));
	if (same_id(&d->doc->seller, &d->doc->buyer, ID_TAX)) /* a group may share one */
		tell(d, RULE_SAME_TAX_ID, TOP("AccountingCustomerParty/Party"));
}

static bool is_unit(struct span u)
{
	for (size_t i = 0; i < u.len; i++)
		if (!(u.at[i] >= '0' && u.at[i] <= '9') && !(u.at[i] >= 'A' && u.at[i] <= 'Z'))
			return false;
	return u.len >= 1 && u.len <= 3;
}

static void judge_codes(struct draft *d)
{
	const struct document *doc = d->doc;

	if (doc->type_code.len && !listed(type_codes[doc->kind], doc->type_code))
		draft_tell(d, RULE_TYPE_CODE, TOP("TypeCode"), doc->type_code);
	for (uint32_t i = 0; i < doc->lines.n; i++)
		if (doc->lines.at[i].unit.len && !is_unit(doc->lines.at[i].unit))
			draft_tell(d, RULE_UNIT, AT("%", i + 1, "Quantity/@unitCode"), doc->lines.at[i].unit);
	if (doc->attachments)
		tell(d, RULE_ATTACHMENT, TOP("AdditionalDocumentReference"));
}

/* ---- dates, placeholders, earlier sale ---- */

static void judge_dates(struct draft *d)
{
	const struct document *doc = d->doc;

	if (doc->due_date.day != DATE_NONE.day && doc->issue_date.day != DATE_NONE.day &&
	    doc->due_date.day < doc->issue_date.day)
		tell(d, RULE_DUE_BEFORE, TOP("DueDate"));
	if (doc->period_end.day != DATE_NONE.day && doc->period_end.day < doc->period_start.day)
		tell(d, RULE_PERIOD, TOP("InvoicePeriod"));
}

static bool holds(struct span text, const char *word)
{
	size_t n = strlen(word), most = text.len < 65536 ? text.len : 65536; /* a longer note is read this far */

	for (size_t i = 0; i + n <= most; i++)
		if (strncasecmp(text.at + i, word, n) == 0)
			return true;
	return false;
}

static void judge_placeholders(struct draft *d)
{
	static const char *const sign[] = { "***", "XXXX", "PLACEHOLDER", "${", "{{" };
	const struct {
		struct span text;
		const char *path;
	} key[] = {
		{ d->doc->number, "ID" },
		{ d->doc->seller.name, "AccountingSupplierParty" },
		{ d->doc->buyer.name, "AccountingCustomerParty" },
		{ d->doc->account, "PaymentMeans/PayeeFinancialAccount" },
	};

	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		for (size_t k = 0; k < ARRAY_LEN(sign); k++)
			if (holds(key[i].text, sign[k])) {
				draft_tell(d, RULE_PLACEHOLDER, TOP(key[i].path), key[i].text);
				break;
			}
}

static void judge_note(struct draft *d, struct span text, struct at at)
{
	static const char *const word[] = {
		"factoring", "assigned to",   "assignment of", "assignee", "cession", "abgetreten",
		"Abtretung", "transporterad", "överlåt",       "转让",     "保理",
	};

	for (size_t i = 0; i < ARRAY_LEN(word); i++)
		if (holds(text, word[i])) {
			draft_tell(d, RULE_ASSIGNED, at, span_z(word[i]));
			return;
		}
}

static void judge_earlier_sale(struct draft *d)
{
	const struct document *doc = d->doc;
	struct span payee = doc->payee.name.len ? doc->payee.name : doc->payee.trade_name;

	if (doc->payee.present && payee.len && !same_id(&doc->payee, &doc->seller, ID_LEGAL) &&
	    !span_eq(payee, doc->seller.name) && !span_eq(payee, doc->seller.trade_name))
		draft_tell(d, RULE_PAYEE, TOP("PayeeParty"), payee);
	for (uint32_t i = 0; i < doc->notes.n; i++)
		judge_note(d, doc->notes.at[i].text, AT("Note", i + 1, NULL));
	judge_note(d, doc->payment_terms, TOP("PaymentTerms/Note"));
}

static void judge_document_ccy(struct draft *d, struct span *ccy, enum doc_rule rule, const char *path)
{
	if (ccy->len && document_ccy_unknown(*ccy)) {
		draft_tell(d, rule, TOP(path), *ccy);
		*ccy = (struct span){ NULL, 0 };
	}
}

void document_judge(struct draft *d)
{
	judge_mandatory(d);
	judge_document_ccy(d, &d->doc->currency, RULE_CCY_DOC, "DocumentCurrencyCode");
	judge_document_ccy(d, &d->doc->tax_currency, RULE_CCY_TAX, "TaxCurrencyCode");
	judge_currencies(d);
	judge_totals(d);
	judge_lines(d);
	judge_tax(d);
	judge_parties(d);
	judge_codes(d);
	judge_dates(d);
	judge_placeholders(d);
	judge_earlier_sale(d);
}
