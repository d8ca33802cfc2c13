/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invoice.h: what a statement says of a receivable, held against its invoice.
 *
 * A receivable comes into being with its invoice (receivable.register), or before it and gets it later
 * (receivable.constitute). Both times the same is asked: terms within the rules, documents of the level demanded, every
 * fact as the document has it, and one live claim on one invoice.
 */
#ifndef CF_INVOICE_H
#define CF_INVOICE_H

#include "deciding.h"

struct invoice_terms {
	struct uuid creditor, debtor;
	struct money face;
	struct date issue_date, due_date, delivered;
	struct hashes documents;
	struct invoice invoice;
	bool existing; /* the documents must reach the level the rule demands */
};

enum fault invoice_terms_good(struct deciding *g, const struct invoice_terms *t, const struct party *creditor,
                              const struct party *debtor);
/* *first: the first document, or NULL when none is named. */
enum fault invoice_documents_good(struct deciding *g, const struct invoice_terms *t, const struct party *creditor,
                                  const struct party *debtor, const struct evidence **first);
/* Takes the fingerprint of a->number, and any hold a lender had placed on the facts before. */
enum fault invoice_take_claim(struct deciding *g, struct asset *a, const struct party *creditor);
enum fault invoice_differs(struct deciding *g, const char *pointer, const char *what);
/* The same after normalisation. */
bool invoice_same_number(struct deciding *g, struct span a, struct span b);

/* A fresh future receivable gets the day by which its document must be there. */
enum fault future_begin(struct deciding *g, struct asset *a);
#endif
