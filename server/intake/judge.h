/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h: what the rules share: exact arithmetic, the questions about a
 * party, and the judges of each family of document. Private to the rules.
 *
 * Integer arithmetic only. Sums are in minor units; a product of quantity,
 * price and rate is an exact fraction of 128-bit integers, rounded half away
 * from zero. XPath's round() in the official rules takes -x.5 upward, so on a
 * negative tie both neighbours are right.
 *
 * A rule about a fact that is absent is silent: that it must be there is a
 * rule of its own (MAN-xx).
 */
#ifndef CF_INTAKE_JUDGE_H
#define CF_INTAKE_JUDGE_H

#include "intake/document_draft.h"

/* ---- arithmetic ---- */
i128 magnitude(i128 v);
i128 power10(unsigned n);
/* False: out of range. */
MUST_CHECK bool times(i128 a, i128 b, i128 *ret);
/* num / den rounded half away from zero; *tie: it lay half way. den > 0. */
i128 rounded(i128 num, i128 den, bool *tie);
/* How far `stated` is from num / den, in whole minor units. */
i128 distance(i128 stated, i128 num, i128 den);
/* 0.02 of the currency, where it has hundredths; else nothing */
i128 two_hundredths(const struct document *d);
/* Official tolerance of tax: to 0.01 silent, below 1.00 a warning, then a refusal. */
enum doc_severity graded(const struct document *d, i128 off);
/* Minor digits of the document's amounts. */
unsigned digits_of(const struct document *d);
i128 sum_of(const struct doc_allowances *list, bool charge);
/* quantity x price / base quantity + charges - allowances of a line, as an exact fraction; false: not representable */
MUST_CHECK bool line_fraction(const struct document *d, const struct doc_line *l, i128 *num, i128 *den);

/* ---- findings ---- */
void tell(struct draft *d, enum doc_rule rule, struct at at);
void tell_sums(struct draft *d, enum doc_rule rule, enum doc_severity most, const char *category, struct at at,
               i128 stated, i128 found);

/* What must be there: a table of facts of one object. */
enum fact { FACT_TEXT, FACT_DAY, FACT_MONEY, FACT_NUMBER, FACT_FLAG };
struct need {
	enum doc_rule rule;
	enum fact fact;
	size_t at;
	const char *leaf;
};
void need_all(struct draft *d, const struct need *n, size_t count, const void *object, struct at at);
#define NEED_ALL(d, table, object, where) need_all(d, table, ARRAY_LEN(table), object, where)

/* ---- parties ---- */
bool has_tax_id(const struct doc_party *p, bool vat);
bool has_id(const struct doc_party *p, enum doc_id_role role);
bool same_id(const struct doc_party *a, const struct doc_party *b, enum doc_id_role role);
bool is_day(struct date d);

/* ---- the judges ---- */
/* invoices and credit notes */
void judge_mandatory(struct draft *d);
void judge_currencies(struct draft *d);
void judge_totals(struct draft *d);
void judge_lines(struct draft *d);
void judge_tax(struct draft *d);
void judge_payments(struct draft *d);
void judge_invoice_codes(struct draft *d);
/* AMT-13: allowance or charge = its base x its percentage, under the rule of that kind of document */
void judge_multipliers(struct draft *d, enum doc_rule rule, const struct doc_allowances *list, struct at at);
/* any document */
void judge_parties(struct draft *d);
void judge_goods_codes(struct draft *d);
void judge_account(struct draft *d, struct span account, struct at at);
/* orders, answers, goods, banks */
void judge_order(struct draft *d);
void judge_answer(struct draft *d);
void judge_goods(struct draft *d);
void judge_bank(struct draft *d);
#endif
