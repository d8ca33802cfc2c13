/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_future.c: a receivable of which the goods or the service are still to come.
 *
 * It can be encumbered, and never confirmed: there is nothing yet that the debtor could owe. When the invoice is there
 * it becomes an existing one (receivable.constitute), with all that stands on it; when none comes in the rule's time
 * the registry enters that it never came to be (receivable.lapse), and what stood on it falls.
 */
#include "balance.h"
#include "invoice.h"

enum fault future_begin(struct deciding *g, struct asset *a)
{
	int64_t days;
	enum fault f;

	if (a->existing)
		return OK;
	f = rule_for(g, RULE_FUTURE, a->debtor, &days);
	if (f == OK && days != RULE_OFF)
		a->document_by.day = date_of(g->r->now).day + (int32_t)days;
	return f;
}

/* The future receivable that is the statement's object, and where the event leads. */
static enum fault the_future(struct deciding *g, enum asset_event ev, const struct asset **a, int32_t *to)
{
	enum fault f = the_asset(g, a);

	if (f == OK && (*a)->existing)
		f = refuse(g, E_NOT_FUTURE, "/object", "it exists already, with its document");
	return f == OK ? asset_next(g, *a, ev, to) : f;
}

static enum fault in_time(struct deciding *g, const struct asset *a)
{
	int64_t days;
	enum fault f;

	if (!date_given(a->document_by) || date_of(g->r->now).day <= a->document_by.day)
		return OK;
	f = rule_for(g, RULE_FUTURE, a->debtor, &days);
	if (f != OK)
		return f;
	return days == RULE_OFF ? refuse(g, E_LAPSED, "/object", "the document came too late")
	                        : refuse_rule(g, E_LAPSED, "/object", "the document came too late");
}

static struct invoice_terms terms_of(const struct asset *a, const struct body_receivable_constitute *b)
{
	return (struct invoice_terms){ .creditor = a->creditor,
		                       .debtor = a->debtor,
		                       .face = b->face,
		                       .issue_date = b->issue_date,
		                       .due_date = b->due_date,
		                       .delivered = b->delivered,
		                       .documents = b->documents,
		                       .invoice = b->invoice,
		                       .existing = true };
}

/* What the parties, once loaded, show will be asked for: one round for all of it. */
static void hint_invoice(struct deciding *g, const struct asset *a, const struct party *creditor,
                         const struct party *debtor)
{
	const struct body_receivable_constitute *b = &g->c->body.receivable_constitute;
	size_t mark = g->mem->used;

	if (g->r->world->complete)
		return;
	if (b->invoice.number.len > 0)
		hint_row(g, TABLE_CLAIM,
		         key_fp16(fingerprint_invoice(g->r->fp_key, party_identifier(creditor, g->mem),
		                                      b->invoice.number, g->mem)),
		         false);
	g->mem->used = mark;
	if (!debtor->commits)
		return;
	hint_row(g, TABLE_COMMITMENT, key_hash(commitment_id(a->debtor, a->creditor, a->ccy.at, a->due)), false);
	hint_row(g, TABLE_COMMITMENT, key_hash(commitment_id(a->debtor, a->creditor, a->ccy.at, b->due_date)), false);
}

static enum fault check_invoice(struct deciding *g, const struct asset *a, const struct evidence **doc)
{
	const struct body_receivable_constitute *b = &g->c->body.receivable_constitute;
	const struct invoice_terms t = terms_of(a, b);
	const struct party *creditor, *debtor;
	enum fault f;

	hint_asset(g, a);
	f = need_active_party(g, a->creditor, "", &creditor);

	if (f == OK)
		f = need_active_party(g, a->debtor, "/object", &debtor);
	if (f == OK) {
		hint_invoice(g, a, creditor, debtor);
		f = need_amount(g, a, b->face, "/body/face");
	}
	if (f == OK)
		f = invoice_terms_good(g, &t, creditor, debtor);
	if (f == OK)
		f = invoice_documents_good(g, &t, creditor, debtor, doc);
	if (f == OK && b->invoice.number.len == 0 && (!*doc || (*doc)->number.len == 0))
		f = refuse(g, E_MISSING_MEMBER, "/body/invoice", "an existing receivable names its invoice");
	if (f == OK && b->face.minor < a->diluted + a->paid)
		f = refuse(g, E_EXCEEDS_OPEN, "/body/face", "more has been paid and reduced than the invoice says");
	/* Or a creditor could bring a small invoice for what it has encumbered, and take the large one elsewhere. */
	if (f == OK && b->face.minor - a->diluted - a->paid < a->encumbered + a->reserved)
		f = refuse(g, E_EXCEEDS_FREE, "/body/face",
		           "secured parties must release what the invoice does not cover");
	return f;
}

/* Its facts are the invoice's from here on; it is counted where it falls due now. */
static enum fault become_existing(struct deciding *g, struct asset *x, const struct evidence *doc)
{
	const struct body_receivable_constitute *b = &g->c->body.receivable_constitute;
	const struct party *creditor, *debtor;
	enum fault f = commitment_drop(g, x);

	if (f == OK)
		f = get_party(g, x->creditor, &creditor);
	if (f == OK)
		f = get_party(g, x->debtor, &debtor);
	if (f == OK)
		f = claim_drop(g, x->claim, x->id); /* a number it was expected to have */
	if (f != OK)
		return f;
	if (b->documents.n > 0)
		x->document = b->documents.at[0];
	x->document_by = DATE_NONE;
	x->due = b->due_date;
	x->existing = 1;
	x->face = b->face.minor;
	x->issued = b->issue_date;
	x->number = b->invoice.number.len > 0 || !doc ? b->invoice.number : doc->number;
	f = asset_begin_evidence(g, x, doc);
	if (f == OK)
		f = invoice_take_claim(g, x, creditor);
	if (f == OK)
		f = lineage_join(g, x);
	return f == OK ? commitment_count(g, x, debtor, "/body/face") : f;
}

enum fault decide_constitute(struct deciding *g)
{
	const struct evidence *doc;
	const struct asset *a;
	struct asset *x;
	int32_t to;
	enum fault f = the_future(g, EV_CONSTITUTE, &a, &to);

	if (f == OK)
		f = need_actor(g, a->creditor, "the creditor brings the invoice");
	if (f == OK)
		f = in_time(g, a);
	if (f == OK)
		f = check_invoice(g, a, &doc);
	if (f != OK)
		return f;
	x = edit_asset(g, a);
	x->state = to;
	f = become_existing(g, x, doc);
	if (f == OK && asset_balance(x).open == 0) /* paid in advance, to the cent */
		x->state = RCV_SETTLED;
	return f;
}

enum fault decide_future_lapse(struct deciding *g)
{
	struct encumbrance *e[ENCUMBRANCES_MAX];
	const struct asset *a;
	struct asset *x;
	size_t n;
	int32_t to;
	enum fault f = the_future(g, EV_LAPSE, &a, &to);

	if (f == OK && (!date_given(a->document_by) || date_of(g->r->now).day <= a->document_by.day))
		f = refuse(g, E_NOT_YET, "/object", "the document may still come");
	if (f == OK)
		f = edit_children(g, a, e, &n);
	if (f == OK)
		f = claim_drop(g, a->claim, a->id);
	if (f == OK)
		f = lineage_move(g, a, -(a->encumbered + a->reserved));
	if (f != OK)
		return f;
	x = edit_asset(g, a);
	for (size_t i = 0; i < n; i++)
		encumbrance_reduce(x, e[i], e[i]->open, ENCUMBRANCE_LAPSED);
	x->state = to;
	return commitment_drop(g, x);
}
