/* SPDX-License-Identifier: Apache-2.0 */
/* trade_money.c: what the papers of a trade say of its money, and whether anybody takes something back. */
#include "trading.h"

void check_total(struct trade *t)
{
	int64_t billed = 0, ordered = 0;

	if (!t->order || !t->order->has_net)
		return;
	ordered = t->order->net;
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (!t->in[i] || counted_before(t, i) || !p->has_net)
			continue;
		if (p->role == PAPER_INVOICE)
			sum_add(&billed, p->net);
		if (p->role == PAPER_CREDIT && p->heard && !paper_refers(p, t->inv))
			sum_add(&billed, p->net < 0 ? p->net : -p->net);
		if (p->role == PAPER_ORDER_CHANGE && paper_speaks(t, i))
			ordered = p->net;
	}
	if (billed > plus_ppm(ordered, t->limits->price_ppm))
		trade_find(t, XD_AMT, t->order, S(""), "all invoices together are more than order ", t->order->number);
}

static int64_t magnitude(int64_t v) { return v < 0 ? -v : v; }

/* What a credit note of several invoices takes off each it does not say in one sum: it is told, and counts for none. */
static int64_t credit_of(const struct paper *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->refs.n; i++)
		n += p->refs.at[i].role == PAPER_INVOICE;
	return n == 1 ? magnitude(p->payable) : 0;
}

void take_credits(struct trade *t)
{
	struct match *m = t->m;

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (!t->in[i] || p->role != PAPER_CREDIT || !paper_refers(p, t->inv) || counted_before(t, i))
			continue;
		trade_find(t, XD_CREDIT, p, S(""),
		           p->heard ? "credit note " : "credit note, not its issuer's word: ", p->number);
		if (!p->heard)
			continue;
		sum_add(&m->credited, credit_of(p));
		if (p->red && credit_of(p) >= t->inv->payable)
			trade_find(t, XD_RED, p, S(""), "red letter ", p->number);
	}
	if (m->credited > t->inv->payable)
		trade_find(t, XD_OVER, NULL, S(""), "more is credited than was invoiced", S(""));
}

/* A payment in a notice of the day and again in the month's statement is one payment. */
static bool paid_before(const struct trade *t, size_t paper, uint32_t item)
{
	const struct paper_item *x = &t->paper[paper].items.at[item];

	for (size_t i = 0; i <= paper; i++)
		for (uint32_t k = 0; t->in[i] && t->paper[i].role == PAPER_PAYMENT && k < t->paper[i].items.n; k++) {
			const struct paper_item *y = &t->paper[i].items.at[k];

			if (i == paper && k == item)
				return false;
			if (x->unique.len > 0 && same_text(x->unique, y->unique) && item_about(&t->paper[i], y, t->inv))
				return true;
		}
	return false;
}

void take_payments(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (!t->in[i] || p->role != PAPER_PAYMENT)
			continue;
		for (uint32_t k = 0; k < p->items.n; k++) {
			if (!item_about(p, &p->items.at[k], t->inv) || paid_before(t, i, k))
				continue;
			trade_find(t, XD_PAY, p, S(""),
			           p->heard ? "paid: " : "paid, not the bank's own word: ", p->items.at[k].unique);
			if (p->heard && memcmp(p->ccy, t->inv->ccy, sizeof p->ccy) == 0)
				sum_add(&t->m->paid, p->items.at[k].amount);
		}
	}
}

static bool refuses(struct span code) { return span_is(code, "RE") || span_is(code, "UQ") || span_is(code, "CA"); }

/* The buyer's last word counts; of several of one day the worst. */
void take_answers(struct trade *t)
{
	struct date last = DATE_NONE;
	const struct paper *bad = NULL;
	struct span code = S("");

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		for (uint32_t k = 0; t->in[i] && p->role == PAPER_ANSWER && p->heard && k < p->items.n; k++) {
			bool no = refuses(p->items.at[k].code);

			if (!same_text(p->items.at[k].about, t->inv->number) || p->issued.day < last.day ||
			    (p->issued.day == last.day && !no))
				continue;
			last = p->issued;
			bad = no ? p : NULL;
			code = p->items.at[k].code;
		}
	}
	if (bad)
		trade_find(t, XD_RESP, bad, code, " in ", bad->number);
}

void take_cancellations(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->in[i] && t->paper[i].role == PAPER_CANCELLATION && t->paper[i].heard)
			trade_find(t, XD_CANCEL, &t->paper[i], S(""), "cancelled by ", t->paper[i].number);
}
