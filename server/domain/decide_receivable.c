/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide_receivable.c: the life of a receivable; its states are receivable.def.
 *
 * The creditor says it is owed, the documents must say the same to the cent,
 * the debtor alone can confirm; what is paid or reduced lowers what can be
 * encumbered, in rank order (balance.c).
 */
#include "deciding.h"

#include "balance.h"
#include "invoice.h"

/* --- registration --- */

static struct invoice_terms terms_of(const struct body_receivable_register *b)
{
	return (struct invoice_terms){ .creditor = b->creditor,
		                       .debtor = b->debtor,
		                       .face = b->face,
		                       .issue_date = b->issue_date,
		                       .due_date = b->due_date,
		                       .delivered = b->delivered,
		                       .documents = b->documents,
		                       .invoice = b->invoice,
		                       .existing = b->existing == FLAG_YES };
}

void hint_register(struct deciding *g)
{
	const struct body_receivable_register *b = &g->c->body.receivable_register;
	const struct row *creditor = world_find(g->r->world, TABLE_PARTY, key_uuid(b->creditor));
	size_t mark = g->mem->used;

	for (size_t i = 0; i < b->documents.n && i < DOCUMENTS_MAX; i++)
		hint_row(g, TABLE_DOCUMENT, key_hash(b->documents.at[i]), false);
	if (b->documents.n > 0)
		hint_row(g, TABLE_ASSESSMENT, key_hash(b->documents.at[0]), false);
	if (!creditor || !creditor->exists || b->invoice.number.len == 0)
		return;
	hint_row(g, TABLE_CLAIM,
	         key_fp16(fingerprint_invoice(g->r->fp_key,
	                                      party_identifier((const struct party *)(const void *)creditor, g->mem),
	                                      b->invoice.number, g->mem)),
	         true);
	g->mem->used = mark;
}

static struct asset *new_receivable(struct deciding *g, const struct evidence *doc)
{
	const struct body_receivable_register *b = &g->c->body.receivable_register;
	struct asset *a = new_asset(g, g->c->object);

	a->kind = ASSET_RECEIVABLE;
	a->state = RCV_REGISTERED;
	memcpy(a->ccy.at, b->face.ccy, sizeof a->ccy.at);
	a->creditor = b->creditor;
	a->debtor = b->debtor;
	if (b->documents.n > 0)
		a->document = b->documents.at[0];
	a->due = b->due_date;
	a->issued = b->issue_date;
	a->existing = b->existing == FLAG_YES;
	a->face = b->face.minor;
	a->lineage = b->lineage;
	a->number = b->invoice.number.len > 0 || !doc ? b->invoice.number : doc->number;
	return a;
}

enum fault decide_register(struct deciding *g)
{
	const struct body_receivable_register *b = &g->c->body.receivable_register;
	const struct invoice_terms t = terms_of(b);
	const struct party *creditor, *debtor;
	const struct evidence *doc;
	struct asset *a;
	enum fault f = need_actor(g, b->creditor, "the creditor registers its own receivable");

	if (f == OK)
		f = need_active_party(g, b->creditor, "/body/creditor", &creditor);
	if (f == OK)
		f = need_active_party(g, b->debtor, "/body/debtor", &debtor);
	if (f == OK && uuid_eq(b->creditor, b->debtor))
		f = refuse(g, E_SELF_DEALING, "/body/debtor", "a party cannot owe itself");
	if (f == OK)
		f = invoice_terms_good(g, &t, creditor, debtor);
	if (f == OK)
		f = invoice_documents_good(g, &t, creditor, debtor, &doc);
	if (f != OK)
		return f;
	if (t.existing && b->invoice.number.len == 0 && (!doc || doc->number.len == 0))
		return refuse(g, E_MISSING_MEMBER, "/body/invoice", "an existing receivable names its invoice");
	a = new_receivable(g, doc);
	f = asset_begin_evidence(g, a, doc);
	if (f == OK)
		f = invoice_take_claim(g, a, creditor);
	if (f == OK)
		f = lineage_join(g, a);
	if (f == OK)
		f = future_begin(g, a);
	return f == OK ? commitment_count(g, a, debtor, "/body/face") : f;
}

/* --- the debtor --- */

/* The receivable, signed about by its debtor, and where the event leads. */
static enum fault by_debtor(struct deciding *g, enum asset_event ev, const struct asset **a, int32_t *to)
{
	enum fault f = the_asset(g, a);

	if (f == OK)
		f = need_actor(g, (*a)->debtor, "the debtor of the receivable signs this");
	return f == OK ? asset_next(g, *a, ev, to) : f;
}

/* Whether the confirmation is signed under a key that was enrolled beside the party's first ones only lately. */
static enum fault key_young(struct deciding *g, const struct asset *a, int32_t *ret)
{
	int64_t days;
	enum fault f = rule_for(g, RULE_KEY_AGE, a->debtor, &days);

	*ret = f == OK && days > 0 && g->key->since.us != 0 &&
	       g->r->now.us - g->key->since.us < days * 24 * 60 * 60 * 1000000;
	return f;
}

enum fault decide_confirm(struct deciding *g)
{
	const struct body_receivable_confirm *b = &g->c->body.receivable_confirm;
	const struct asset *a;
	struct asset *x;
	int32_t to, young;
	enum fault f = by_debtor(g, EV_CONFIRM, &a, &to);

	if (f != OK)
		return f;
	if (b->face.minor != a->face || memcmp(b->face.ccy, a->ccy.at, sizeof b->face.ccy) != 0)
		return refuse(g, E_TERMS_DIFFER, "/body/face", "not the amount that was registered");
	if (b->due_date.day != a->due.day)
		return refuse(g, E_TERMS_DIFFER, "/body/due_date", "not the due date that was registered");
	if (!a->existing && date_given(a->document_by))
		return refuse(g, E_FUTURE, "/object", "a future receivable is confirmed once its document is there");
	f = key_young(g, a, &young);
	if (f != OK)
		return f;
	x = edit_asset(g, a);
	x->state = to;
	x->confirmed_seq = (int64_t)g->r->seq;
	x->set_off_waived = b->set_off_waived == FLAG_YES;
	x->pay_to = b->pay_to;
	x->young_key = young;
	return commitment_count_late(g, x);
}

enum fault decide_dispute(struct deciding *g)
{
	const struct asset *a;
	int32_t to;
	enum fault f = by_debtor(g, EV_DISPUTE, &a, &to);

	if (f != OK)
		return f;
	edit_asset(g, a)->state = to;
	edit_asset(g, a)->resolve_signed = 0;
	return OK;
}

/* A dispute ends when creditor and debtor have both signed its end. */
enum fault decide_resolve(struct deciding *g)
{
	enum { BY_CREDITOR = 1, BY_DEBTOR = 2, BY_BOTH = 3 };
	const struct asset *a;
	struct asset *x;
	int32_t to;
	enum fault f = the_asset(g, &a);

	if (f == OK && !is_actor(g, a->debtor))
		f = need_actor(g, a->creditor, "creditor and debtor end a dispute");
	if (f == OK)
		f = asset_next(g, a, EV_RESOLVE, &to);
	if (f != OK)
		return f;
	x = edit_asset(g, a);
	x->resolve_signed |= is_actor(g, a->debtor) ? BY_DEBTOR : BY_CREDITOR;
	if (x->resolve_signed != BY_BOTH)
		return OK;
	x->resolve_signed = 0;
	x->state = a->confirmed_seq ? to : RCV_REGISTERED;
	return OK;
}

/* "I do not owe this": only while it was never confirmed. The claim on the invoice ends with it. */
enum fault decide_reject(struct deciding *g)
{
	const struct asset *a;
	int32_t to;
	enum fault f = by_debtor(g, EV_REJECT, &a, &to);

	if (f == OK && a->confirmed_seq != 0)
		f = refuse(g, E_BAD_STATE, "/object", "a confirmed receivable can be disputed, not rejected");
	if (f == OK)
		f = claim_drop(g, a->claim, a->id);
	if (f != OK)
		return f;
	edit_asset(g, a)->state = to;
	return commitment_drop(g, edit_asset(g, a));
}

/* --- what is still owed --- */

enum fault settle_open(struct deciding *g, struct asset *a, struct encumbrance **e, size_t n, int64_t payment)
{
	int64_t before = a->encumbered + a->reserved;

	if (payment > 0)
		(void)serve_payment(a, e, n, payment);
	serve_order(e, n);
	(void)serve_shortfall(a, e, n);
	return lineage_move(g, a, a->encumbered + a->reserved - before);
}

/* A receivable owed nothing is settled. */
static enum fault settle(struct deciding *g, struct asset *a, struct encumbrance **e, size_t n, int64_t payment)
{
	enum fault f = settle_open(g, a, e, n, payment);

	if (f == OK && asset_balance(a).open == 0)
		a->state = RCV_SETTLED;
	return f;
}

static enum fault check_credit_note(struct deciding *g, const struct asset *a)
{
	const struct body_receivable_adjust *b = &g->c->body.receivable_adjust;
	const struct evidence *doc = NULL;
	enum fault f = OK;

	if (!hash_is_zero(b->document))
		f = get_evidence(g, b->document, &doc);
	if (f != OK)
		return f;
	if (!hash_is_zero(b->document) && !doc)
		return refuse(g, E_UNKNOWN_DOCUMENT, "/body/document", "submit it to /v1/documents first");
	if (!doc)
		return refuse(g, E_EVIDENCE_LEVEL, "/body/document",
		              "the debtor reduces a receivable by a credit note only");
	if (doc->kind != DOCUMENT_CREDIT_NOTE || doc->level < 1)
		return invoice_differs(g, "/body/document", "not a consistent credit note");
	if (doc->payable != b->reduce.minor || memcmp(doc->ccy.at, b->reduce.ccy, sizeof doc->ccy.at) != 0)
		return invoice_differs(g, "/body/reduce", "the credit note's amount is another");
	if (!invoice_same_number(g, doc->preceding, a->number))
		return invoice_differs(g, "/body/document", "the credit note corrects another invoice");
	return OK;
}

static enum fault check_adjust(struct deciding *g, const struct asset *a)
{
	const struct body_receivable_adjust *b = &g->c->body.receivable_adjust;
	struct balance bal = asset_balance(a);
	enum fault f = need_amount(g, a, b->reduce, "/body/reduce");

	if (f != OK)
		return f;
	if (b->reduce.minor > bal.open)
		return refuse(g, E_EXCEEDS_OPEN, "/body/reduce", "more than is still owed");
	if (is_actor(g, a->debtor))
		return check_credit_note(g, a);
	if (b->reduce.minor > bal.free)
		return refuse(g, E_EXCEEDS_FREE, "/body/reduce",
		              "the creditor cannot give away what secured parties hold");
	return OK;
}

enum fault decide_adjust(struct deciding *g)
{
	struct encumbrance *e[ENCUMBRANCES_MAX];
	const struct asset *a;
	struct asset *x;
	size_t n;
	int32_t to;
	enum fault f = the_asset(g, &a);

	if (f == OK && !is_actor(g, a->debtor))
		f = need_actor(g, a->creditor, "the creditor adjusts, or the debtor with a credit note");
	if (f == OK)
		f = asset_next(g, a, EV_ADJUST, &to);
	if (f == OK)
		f = check_adjust(g, a);
	if (f == OK)
		f = edit_children(g, a, e, &n);
	if (f != OK)
		return f;
	x = edit_asset(g, a);
	x->diluted += g->c->body.receivable_adjust.reduce.minor;
	f = commitment_uncount(g, x, g->c->body.receivable_adjust.reduce.minor);
	return f == OK ? settle(g, x, e, n, 0) : f;
}

enum fault may_report_payment(struct deciding *g, const struct asset *a, struct encumbrance **e, size_t n)
{
	if (is_actor(g, a->debtor))
		return OK;
	for (size_t i = 0; i < n; i++)
		if (encumbrance_binds(e[i]->state) && is_actor(g, e[i]->secured))
			return OK;
	return refuse(g, E_NOT_AUTHORISED, "", "the debtor or the collecting secured party reports a payment");
}

enum fault decide_pay(struct deciding *g)
{
	const struct body_receivable_pay *b = &g->c->body.receivable_pay;
	struct encumbrance *e[ENCUMBRANCES_MAX];
	const struct asset *a;
	struct asset *x;
	size_t n;
	int32_t to;
	enum fault f = the_asset(g, &a);

	if (f == OK)
		f = edit_children(g, a, e, &n);
	if (f == OK)
		f = may_report_payment(g, a, e, n);
	if (f == OK)
		f = asset_next(g, a, EV_PAY, &to);
	if (f == OK)
		f = need_amount(g, a, b->amount, "/body/amount");
	if (f != OK)
		return f;
	if (b->amount.minor > asset_balance(a).open)
		return refuse(g, E_EXCEEDS_OPEN, "/body/amount", "more than is still owed");
	x = edit_asset(g, a);
	x->paid += b->amount.minor;
	return settle(g, x, e, n, b->amount.minor);
}

/* --- the creditor ends it --- */

static enum fault by_creditor_unencumbered(struct deciding *g, enum asset_event ev, const struct asset **a, int32_t *to)
{
	enum fault f = the_asset(g, a);

	if (f == OK)
		f = need_actor(g, (*a)->creditor, "the creditor signs this");
	if (f == OK)
		f = asset_next(g, *a, ev, to);
	if (f == OK)
		f = need_unfrozen(g, *a);
	if (f == OK && (*a)->encumbered + (*a)->reserved > 0)
		f = refuse(g, E_EXCEEDS_FREE, "/object", "secured parties must release it first");
	return f;
}

enum fault decide_cancel(struct deciding *g)
{
	const struct asset *a;
	int32_t to;
	enum fault f = by_creditor_unencumbered(g, EV_CANCEL, &a, &to);

	if (f == OK && a->paid > 0)
		f = refuse(g, E_BAD_STATE, "/object", "a receivable paid in part cannot be cancelled; adjust it");
	if (f == OK)
		f = claim_drop(g, a->claim, a->id);
	if (f != OK)
		return f;
	edit_asset(g, a)->state = to;
	return commitment_drop(g, edit_asset(g, a));
}

enum fault decide_write_off(struct deciding *g)
{
	const struct asset *a;
	int32_t to;
	enum fault f = by_creditor_unencumbered(g, EV_WRITE_OFF, &a, &to);

	if (f == OK)
		edit_asset(g, a)->state = to;
	return f;
}

/* --- time --- */

static enum fault past_due(struct deciding *g, enum asset_event ev, int64_t days)
{
	const struct asset *a;
	int32_t to;
	enum fault f = the_asset(g, &a);

	if (f == OK)
		f = asset_next(g, a, ev, &to);
	if (f != OK)
		return f;
	if (date_of(g->r->now).day <= a->due.day + days)
		return refuse(g, E_NOT_YET, "/object", "the day has not come");
	edit_asset(g, a)->state = to;
	return OK;
}

enum fault decide_overdue(struct deciding *g) { return past_due(g, EV_OVERDUE, 0); }

enum fault decide_default(struct deciding *g) { return past_due(g, EV_DEFAULT, rule_value(g, RULE_DEFAULT_AFTER)); }
