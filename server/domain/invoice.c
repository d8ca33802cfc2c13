/* SPDX-License-Identifier: Apache-2.0 */
/* invoice.c: see invoice.h. */
#include "invoice.h"

/* --- documents --- */

/* The identifier without its "uscc:" or "lei:". */
static struct span bare(struct span identifier)
{
	struct span head, rest;

	return span_cut(identifier, ':', &head, &rest) ? rest : identifier;
}

bool invoice_same_number(struct deciding *g, struct span a, struct span b)
{
	size_t mark = g->mem->used;
	bool same = span_eq(normalise_number(a, g->mem), normalise_number(b, g->mem));

	g->mem->used = mark;
	return same;
}

enum fault invoice_differs(struct deciding *g, const char *pointer, const char *what)
{
	return refuse(g, E_DOCUMENT_MISMATCH, pointer, what);
}

/* Every fact stated must be the document's own. */
static enum fault match_invoice(struct deciding *g, const struct invoice_terms *t, const struct evidence *doc,
                                const struct party *creditor, const struct party *debtor)
{
	if (doc->kind != DOCUMENT_INVOICE)
		return invoice_differs(g, "/body/documents/0", "the first document is not an invoice");
	if (doc->payable != t->face.minor || memcmp(doc->ccy.at, t->face.ccy, sizeof doc->ccy.at) != 0)
		return invoice_differs(g, "/body/face", "the invoice's payable amount is another");
	if (doc->issued.day != t->issue_date.day)
		return invoice_differs(g, "/body/issue_date", "the invoice's issue date is another");
	if (doc->due.day != 0 && doc->due.day != DATE_NONE.day && doc->due.day != t->due_date.day)
		return invoice_differs(g, "/body/due_date", "the invoice's due date is another");
	if (t->invoice.number.len > 0 && !invoice_same_number(g, doc->number, t->invoice.number))
		return invoice_differs(g, "/body/invoice/number", "the invoice's number is another");
	if (!has_line(doc->issuer_ids, bare(creditor->identifier)))
		return invoice_differs(g, "/body/creditor", "the invoice was issued by another party");
	if (!has_line(doc->recipient_ids, bare(debtor->identifier)))
		return invoice_differs(g, "/body/debtor", "the invoice is made out to another party");
	return OK;
}

enum fault invoice_documents_good(struct deciding *g, const struct invoice_terms *t, const struct party *creditor,
                                  const struct party *debtor, const struct evidence **first)
{
	int64_t least;
	int32_t level = 0;
	enum fault f = rule_for(g, RULE_EVIDENCE, t->debtor, &least);

	*first = NULL;
	if (f != OK)
		return f;
	if (t->documents.n > DOCUMENTS_MAX)
		return refuse(g, E_BAD_MEMBER, "/body/documents", "more documents than one receivable may name");
	for (size_t i = 0; i < t->documents.n; i++) {
		const struct evidence *doc;

		f = get_evidence(g, t->documents.at[i], &doc);
		if (f != OK)
			return f;
		if (!doc)
			return refuse(g, E_UNKNOWN_DOCUMENT, "/body/documents", "submit it to /v1/documents first");
		if (i == 0)
			*first = doc;
	}
	f = *first ? level_of_document(g, *first, &level) : OK;
	if (f != OK)
		return f;
	if (t->existing && level < least)
		return refuse_rule(g, E_EVIDENCE_LEVEL, "/body/documents",
		                   "the invoice does not reach the level demanded");
	return level > 0 ? match_invoice(g, t, *first, creditor, debtor) : OK;
}

/* --- terms --- */

/* What a large buyer makes a smaller supplier wait, counted from delivery. Whose size nobody stated is bound by none. */
static enum fault payment_term(struct deciding *g, const struct invoice_terms *t, const struct party *creditor,
                               const struct party *debtor)
{
	struct date from = date_given(t->delivered) ? t->delivered : t->issue_date;
	int64_t days;
	enum fault f;

	if (debtor->size != SIZE_LARGE || creditor->size <= SIZE_LARGE)
		return OK;
	f = rule_for(g, RULE_PAYMENT, t->debtor, &days);
	if (f != OK || days <= 0)
		return f;
	if ((int64_t)t->due_date.day - from.day > days)
		return refuse_rule(g, E_PAYMENT_TERM, "/body/due_date", "a large buyer pays a smaller supplier sooner");
	return OK;
}

enum fault invoice_terms_good(struct deciding *g, const struct invoice_terms *t, const struct party *creditor,
                              const struct party *debtor)
{
	int64_t longest;
	enum fault f = rule_for(g, RULE_TENOR, t->debtor, &longest);

	if (f != OK)
		return f;
	if (t->face.minor <= 0)
		return refuse(g, E_ZERO_AMOUNT, "/body/face", "the amount must be more than zero");
	if (t->due_date.day < t->issue_date.day)
		return refuse(g, E_DATE_ORDER, "/body/due_date", "the due date lies before the issue date");
	if ((int64_t)t->due_date.day - t->issue_date.day > longest)
		return refuse_rule(g, E_TENOR, "/body/due_date", "the term from issue to due date is too long");
	if (date_given(t->delivered) && t->delivered.day > t->due_date.day)
		return refuse(g, E_DATE_ORDER, "/body/delivered", "delivered after the claim is due");
	if (t->invoice.number.len > 0 && date_given(t->invoice.date) && t->invoice.date.day != t->issue_date.day)
		return refuse(g, E_DATE_ORDER, "/body/invoice/date", "the invoice's date is not the issue date");
	return payment_term(g, t, creditor, debtor);
}

/* --- uniqueness --- */

/* A hold on the facts goes over to the asset that they turn out to be; an asset that another lender holds at this
 * moment cannot take a second one. */
static enum fault take_hold(struct deciding *g, struct asset *a, const struct claim *c)
{
	static const struct uuid nil;
	const struct hold *mine, *theirs;
	enum fault f = live_hold(g, a, &mine);

	if (f == OK)
		f = get_hold(g, c->hold, &theirs);
	if (f != OK)
		return f;
	if (mine && theirs && theirs->state == HOLD_LIVE && theirs->until.us > g->r->now.us)
		return refuse(g, E_HELD, "/body/invoice",
		              "another lender holds the claim on this invoice at the moment");
	if (!mine)
		a->hold = c->hold;
	edit_claim(g, c)->hold = nil;
	return OK;
}

enum fault invoice_take_claim(struct deciding *g, struct asset *a, const struct party *creditor)
{
	const struct claim *c;
	enum fault f;

	if (a->number.len == 0)
		return OK;
	a->claim = fingerprint_invoice(g->r->fp_key, party_identifier(creditor, g->mem), a->number, g->mem);
	f = claim_take(g, a->claim, CLAIM_INVOICE, a->id, E_DUPLICATE_CLAIM, "/body/invoice/number");
	if (f != OK)
		return f;
	f = get_claim(g, a->claim, &c);
	return f == OK && !uuid_is_nil(c->hold) ? take_hold(g, a, c) : f;
}
