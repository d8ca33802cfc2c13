/* SPDX-License-Identifier: Apache-2.0 */
/* judge_sums.c: an invoice adds up, line by line and in the whole, in one currency. */
#include "intake/judge.h"

#define D(field) offsetof(struct document, field)

/* ---- sums ---- */

static void judge_sum(struct draft *d, enum doc_rule rule, const char *leaf, const struct doc_amount *stated,
                      i128 found)
{
	if (stated->present && stated->minor != found)
		tell_sums(d, rule, SEV_E, NULL, AT("LegalMonetaryTotal", 0, leaf), stated->minor, found);
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
	/* UBL always has one; elsewhere what is not taxed may state none */
	unsigned least = is_ubl((enum doc_kind)doc->kind) ? 1 : 0;
	if (en && doc->currency.len && (doc->tax_totals > 1 || doc->tax_totals < least))
		draft_tell(d, RULE_GROSS, TOP("TaxTotal"), S("not exactly one tax total in the document's currency"));
	else if (!en && doc->total_gross.minor != found && doc->total_gross.minor == found + doc->rounding.minor) {
		tell(d, RULE_GROSS_ROUND, TOP("LegalMonetaryTotal/TaxInclusiveAmount"));
		return true;
	} else
		judge_sum(d, RULE_GROSS, "TaxInclusiveAmount", &doc->total_gross, found);
	return false;
}

void judge_totals(struct draft *d)
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

static void judge_line_net(struct draft *d, uint32_t i)
{
	const struct doc_line *l = &d->doc->lines.at[i];
	i128 num, den;
	bool tie;

	if (!l->quantity.present || !l->price.present || !l->net.present)
		return;
	if (l->base_quantity.present && l->base_quantity.mantissa <= 0)
		return; /* AMT-11 speaks */
	if (!line_fraction(d->doc, l, &num, &den)) {
		tell(d, RULE_RANGE, AT("%", i + 1, NULL));
		return;
	}
	if (distance(l->net.minor, num, den) > two_hundredths(d->doc))
		tell_sums(d, RULE_LINE_NET, SEV_E, NULL, AT("%", i + 1, "LineExtensionAmount"), l->net.minor,
		          rounded(num, den, &tie));
}

/* net less quantity x price, in millionths of a minor unit; 0 for a line that is judged by itself, or cannot be. */
static i128 line_drift(const struct document *d, const struct doc_line *l)
{
	i128 num, den, off;

	if (!l->quantity.present || !l->price.present || !l->net.present ||
	    (l->base_quantity.present && l->base_quantity.mantissa <= 0) || !line_fraction(d, l, &num, &den) ||
	    distance(l->net.minor, num, den) > two_hundredths(d) ||
	    __builtin_mul_overflow((i128)l->net.minor, den, &off) || __builtin_sub_overflow(off, num, &off) ||
	    __builtin_mul_overflow(off, (i128)1000000, &off))
		return 0;
	return off / den;
}

/* What one line may be off by (AMT-10), ten thousand lines may not add up to: rounding goes either way, and by no more
 * than half a minor unit. */
static void judge_drift(struct draft *d)
{
	const struct document *doc = d->doc;
	i128 drift = 0, stated = 0, most;

	for (uint32_t i = 0; i < doc->lines.n; i++) {
		drift += line_drift(doc, &doc->lines.at[i]);
		stated += doc->lines.at[i].net.minor;
	}
	most = (i128)doc->lines.n * 500000 + two_hundredths(doc) * 1000000;
	if (magnitude(drift) <= most)
		return;
	enum doc_severity grade = graded(doc, magnitude(drift) / 1000000);
	if (grade != SEV_NONE)
		tell_sums(d, RULE_LINE_DRIFT, grade, NULL, TOP("%"), stated, stated - drift / 1000000);
}

/* AMT-13. UBL's multiplier is a factor, Peppol's a percentage: under plain UBL either may be meant. */
void judge_multipliers(struct draft *d, enum doc_rule rule, const struct doc_allowances *list, struct at at)
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
		tell_sums(d, rule, SEV_W, NULL, at, a->amount.minor, rounded(product, 1000000, &tie));
	}
}

void judge_lines(struct draft *d)
{
	judge_multipliers(d, RULE_ALLOW_RATE, &d->doc->allowances, TOP(NULL));
	for (uint32_t i = 0; i < d->doc->lines.n; i++) {
		const struct doc_line *l = &d->doc->lines.at[i];
		judge_line_net(d, i);
		judge_multipliers(d, RULE_ALLOW_RATE, &l->allowances, AT("%", i + 1, "AllowanceCharge/Amount"));
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
		if (l->period && !is_day(l->period_start) && !is_day(l->period_end))
			tell(d, RULE_LPERIOD_DAYS, AT("%", i + 1, "InvoicePeriod"));
	}
	judge_drift(d);
}

/* ---- currencies ---- */

static void judge_ccy(struct draft *d, const struct doc_amount *a, struct at at)
{
	if (a->present && a->ccy[0] && !span_is(d->doc->currency, a->ccy))
		draft_tell(d, RULE_CURRENCY, at, span_z(a->ccy));
}

void judge_currencies(struct draft *d)
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
