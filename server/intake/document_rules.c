/* SPDX-License-Identifier: Apache-2.0 */
/* document_rules.c: which rules hold for a document, and those that hold for any. */
#include <strings.h>

#include "intake/judge.h"

/* ---- dates, placeholders, earlier sale ---- */

static void judge_dates(struct draft *d)
{
	const struct document *doc = d->doc;

	if (is_day(doc->due_date) && is_day(doc->issue_date) && doc->due_date.day < doc->issue_date.day)
		tell(d, RULE_DUE_BEFORE, TOP("DueDate"));
	if (is_day(doc->period_end) && doc->period_end.day < doc->period_start.day)
		tell(d, RULE_PERIOD, TOP("InvoicePeriod"));
	if (doc->period && !is_day(doc->period_start) && !is_day(doc->period_end) && !doc->tax_point_code.len)
		tell(d, RULE_PERIOD_DAYS, TOP("InvoicePeriod"));
	for (uint32_t i = 0; is_day(doc->issue_date) && i < doc->references.n; i++)
		if (doc->references.at[i].role == REF_ORDER && is_day(doc->references.at[i].date) &&
		    doc->references.at[i].date.day > doc->issue_date.day)
			draft_tell(d, RULE_ORDER_LATER, TOP("OrderReference"), doc->references.at[i].number);
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

void document_judge_earlier_sale(struct draft *d)
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

static void judge_codes_of_currencies(struct draft *d)
{
	judge_document_ccy(d, &d->doc->currency, RULE_CCY_DOC, "DocumentCurrencyCode");
	judge_document_ccy(d, &d->doc->tax_currency, RULE_CCY_TAX, "TaxCurrencyCode");
}

static void judge_invoice(struct draft *d)
{
	judge_mandatory(d);
	judge_codes_of_currencies(d);
	judge_currencies(d);
	judge_totals(d);
	judge_lines(d);
	judge_tax(d);
	judge_payments(d);
	judge_parties(d);
	judge_invoice_codes(d);
	judge_dates(d);
	document_judge_earlier_sale(d);
}

static void judge_goods_order(struct draft *d)
{
	judge_codes_of_currencies(d);
	judge_order(d);
	judge_parties(d);
	judge_goods_codes(d);
}

static void judge_any_answer(struct draft *d)
{
	judge_answer(d);
	judge_parties(d);
}

static void judge_any_goods(struct draft *d)
{
	judge_codes_of_currencies(d);
	judge_goods(d);
	judge_parties(d);
	judge_goods_codes(d);
}

void document_judge(struct draft *d)
{
	static void (*const judges[FAMILIES])(struct draft * d) = {
		[FAMILY_INVOICE] = judge_invoice,   [FAMILY_CREDIT] = judge_invoice,
		[FAMILY_ORDER] = judge_goods_order, [FAMILY_ANSWER] = judge_any_answer,
		[FAMILY_GOODS] = judge_any_goods,   [FAMILY_BANK] = judge_bank,
	};
	enum doc_family f = document_family(d->doc);

	if (judges[f])
		judges[f](d);
	judge_placeholders(d);
}
