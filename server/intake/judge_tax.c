/* SPDX-License-Identifier: Apache-2.0 */
/* judge_tax.c: tax categories and the breakdown by category and rate. */
#include "intake/judge.h"

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
		draft_tell(d, where ? RULE_CAT_TOTAL : RULE_CAT_LINE, at, code);
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
	enum doc_severity most = graded(d->doc, off);

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
	enum doc_severity most = graded(d->doc, off);

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

/* An intra-community supply leaves the country: when, and where to. */
static void judge_intra(struct draft *d)
{
	const struct document *doc = d->doc;

	for (uint32_t i = 0; i < doc->taxes.n; i++) {
		if (!span_is(doc->taxes.at[i].category, "K"))
			continue;
		if (!is_day(doc->delivery_date) && !is_day(doc->period_start) && !is_day(doc->period_end))
			tell(d, RULE_IC_DELIVERY, TOP("Delivery"));
		if (!doc->delivery_country.len)
			tell(d, RULE_IC_COUNTRY, TOP("Delivery"));
		return;
	}
}

/* What is not subject to tax shares an invoice with nothing that is. */
static void judge_outside(struct draft *d)
{
	const struct document *doc = d->doc;
	bool outside = false, other = false;

	for (uint32_t i = 0; i < doc->taxes.n; i++) {
		bool o = span_is(doc->taxes.at[i].category, "O");
		outside |= o;
		other |= !o;
	}
	if (!outside)
		return;
	if (other)
		tell(d, RULE_O_ALONE, TOP("TaxTotal"));
	for (uint32_t i = 0; i < doc->lines.n; i++)
		if (doc->lines.at[i].category.len && !span_is(doc->lines.at[i].category, "O"))
			tell(d, RULE_O_LINES, AT("%", i + 1, "Item/ClassifiedTaxCategory"));
	for (uint32_t i = 0; i < doc->allowances.n; i++) {
		const struct doc_allowance *a = &doc->allowances.at[i];
		if (a->category.len && !span_is(a->category, "O"))
			tell(d, a->charge ? RULE_O_CHARGES : RULE_O_ALLOWANCES,
			     AT("AllowanceCharge", i + 1, "TaxCategory"));
	}
}

/* TAX-07: value added tax as it is charged in China since 2019, and what is simplified or not taxed. */
static void judge_rates(struct draft *d)
{
	static const int32_t china[] = { 130000, 90000, 60000, 50000, 30000, 15000, 10000, 5000, 0 };
	const struct document *doc = d->doc;

	if (!span_is(doc->seller.country, "CN") || !is_day(doc->issue_date) || doc->issue_date.day < 17987)
		return; /* 2019-04-01 */
	for (uint32_t i = 0; i < doc->taxes.n; i++) {
		bool known = doc->taxes.at[i].rate == RATE_NONE;
		for (size_t k = 0; k < ARRAY_LEN(china); k++)
			known |= doc->taxes.at[i].rate == china[k];
		if (!known)
			tell(d, RULE_RATE_KNOWN, AT("TaxTotal/TaxSubtotal", i + 1, NULL));
	}
}

void judge_tax(struct draft *d)
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
	if (is_day(doc->tax_point_date) && doc->tax_point_code.len)
		tell(d, RULE_TAX_POINT, TOP("TaxPointDate"));
	judge_intra(d);
	judge_outside(d);
	judge_rates(d);
}
