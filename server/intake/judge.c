/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c: what the rules share. See judge.h. */
#include "intake/judge.h"

/* ---- exact arithmetic ---- */

i128 magnitude(i128 v) { return v < 0 ? -v : v; }

i128 power10(unsigned n)
{
	i128 p = 1;

	assert(n <= 38);
	while (n--)
		p *= 10;
	return p;
}

bool times(i128 a, i128 b, i128 *ret) { return !__builtin_mul_overflow(a, b, ret); }

/* num / den rounded half away from zero; *tie: it lay half way. den > 0. */
i128 rounded(i128 num, i128 den, bool *tie)
{
	i128 n = magnitude(num), whole = n / den, rest = n % den;

	assert(den > 0);
	*tie = rest == den - rest;
	whole += rest >= den - rest;
	return num < 0 ? -whole : whole;
}

/* How far `stated` is from num / den, in whole minor units. */
i128 distance(i128 stated, i128 num, i128 den)
{
	bool tie;
	i128 r = rounded(num, den, &tie), off = magnitude(stated - r), other = magnitude(stated - (r + 1));

	return tie && num < 0 && other < off ? other : off;
}

static i128 one_unit(const struct document *d) { return power10(digits_of(d)); }

/* 0.02 of the currency, where it has hundredths; else nothing */
i128 two_hundredths(const struct document *d)
{
	unsigned digits = digits_of(d);
	return digits >= 2 ? 2 * power10(digits - 2) : 0;
}

/* Official tolerance of tax: to 0.01 silent, below 1.00 a warning, then a refusal. */
enum doc_severity graded(const struct document *d, i128 off)
{
	if (off <= two_hundredths(d) / 2)
		return SEV_NONE;
	return off < one_unit(d) ? SEV_W : SEV_E;
}

void tell_sums(struct draft *d, enum doc_rule rule, enum doc_severity most, const char *category, struct at at,
               i128 stated, i128 found)
{
	struct doc_finding *f = draft_raise(d, rule, most, category, at);

	if (f)
		draft_detail_sums(d, f, stated, found, digits_of(d->doc));
}

void tell(struct draft *d, enum doc_rule rule, struct at at) { (void)draft_raise(d, rule, SEV_E, NULL, at); }

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

void need_all(struct draft *d, const struct need *n, size_t count, const void *object, struct at at)
{
	for (size_t i = 0; i < count; i++) {
		at.leaf = n[i].leaf;
		if (!there(n[i].fact, (const char *)object + n[i].at))
			tell(d, n[i].rule, at);
	}
}
bool has_tax_id(const struct doc_party *p, bool vat)
{
	for (uint32_t i = 0; i < p->ids.n; i++)
		if (p->ids.at[i].role == ID_TAX && p->ids.at[i].value.len && span_is(p->ids.at[i].scheme, "VAT") == vat)
			return true;
	return false;
}

bool has_id(const struct doc_party *p, enum doc_id_role role)
{
	for (uint32_t i = 0; i < p->ids.n; i++)
		if (p->ids.at[i].role == role && p->ids.at[i].value.len)
			return true;
	return false;
}

bool same_id(const struct doc_party *a, const struct doc_party *b, enum doc_id_role role)
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

i128 sum_of(const struct doc_allowances *list, bool charge)
{
	i128 sum = 0;

	for (uint32_t i = 0; i < list->n; i++)
		if (list->at[i].charge == charge)
			sum += list->at[i].amount.minor;
	return sum;
}

unsigned digits_of(const struct document *d)
{
	if (d->payable.ccy[0])
		return document_digits(d->payable.ccy);
	return d->currency.len == 3
	               ? document_digits((const char[4]){ d->currency.at[0], d->currency.at[1], d->currency.at[2], 0 })
	               : 2;
}

bool is_day(struct date d) { return d.day != DATE_NONE.day; }

bool line_fraction(const struct document *d, const struct doc_line *l, i128 *num, i128 *den)
{
	struct decimal base = l->base_quantity.present ? l->base_quantity : (struct decimal){ 1, 0, true };
	unsigned up = base.scale + digits_of(d), down = (unsigned)l->quantity.scale + l->price.scale;
	unsigned both = up < down ? up : down;
	i128 more = sum_of(&l->allowances, true) - sum_of(&l->allowances, false), extra;

	return times(l->quantity.mantissa, l->price.mantissa, num) && times(*num, power10(up - both), num) &&
	       times(base.mantissa, power10(down - both), den) && times(more, *den, &extra) &&
	       !__builtin_add_overflow(*num, extra, num);
}
