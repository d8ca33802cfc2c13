/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_match.c: an invoice held against the other papers of its trade; see trade_match.h.
 *
 * Three steps: which papers are of this trade, what they say of the goods line
 * by line, and what they say of the money (trading.h).
 */
#include "trading.h"

/* A stranger's paper is none, whatever it names. */
static bool listened_to(const struct paper *p) { return p->vouched || p->heard; }

void trade_find(struct trade *t, enum xd x, const struct paper *p, struct span a, const char *between, struct span b)
{
	struct match *m = t->m;
	struct match_detail *d = m->n_details < MATCH_DETAILS_MAX ? &m->detail[m->n_details] : NULL;
	struct writer w;

	m->findings |= xd_bit(x);
	if (!d)
		return;
	m->n_details++;
	*d = (struct match_detail){ .xd = x };
	if (p)
		d->paper = p->sha256;
	w = writer_over(d->text, sizeof d->text - 1);
	put_span(&w, a.len > 48 ? (struct span){ a.at, 48 } : a);
	put_z(&w, between);
	put_span(&w, b.len > 48 ? (struct span){ b.at, 48 } : b);
	while (w.len > 0 && !utf8_valid((struct span){ d->text, w.len })) /* a cut name */
		w.len--;
	d->text[w.len] = 0;
}

/* The other party is told no more than that it is another: what the paper says besides is not for it. */
static void find_contradiction(struct trade *t, const struct paper *p)
{
	const struct paper *inv = t->inv;

	if (p->role == PAPER_ORDER && t->order && t->order->vouched) /* under one number, one of them to this seller */
		return;
	trade_find(t, XD_PARTY, p, S(""),
	           same_party(&p->seller, &inv->seller) == OTHER ? "the seller is another on "
	                                                         : "the buyer is another on ",
	           paper_refers(inv, p) ? p->number : S("a paper that names the same order"));
}

static void gather(struct trade *t)
{
	bool against[MATCH_PAPERS_MAX] = { false };

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];
		bool own = i == t->which;

		if (!own && (!listened_to(p) || !paper_joined(p, t->inv)))
			continue;
		enum fit seller = same_party(&p->seller, &t->inv->seller),
			 buyer = same_party(&p->buyer, &t->inv->buyer);
		if (!own && seller != SAME && buyer != SAME && p->role != PAPER_PAYMENT && p->role != PAPER_ANSWER)
			continue;
		if (seller == OTHER || buyer == OTHER) {
			against[i] = paper_contradicts(p, t->inv);
			continue;
		}
		t->in[i] = true;
		t->m->with[t->m->n_with] = (uint16_t)i;
		t->m->n_with += !own;
		if (p->role == PAPER_ORDER && (!t->order || (p->vouched && !t->order->vouched)))
			t->order = p;
	}
	for (size_t i = 0; i < t->n; i++)
		if (against[i])
			find_contradiction(t, &t->paper[i]);
}

bool counted_before(const struct trade *t, size_t i)
{
	const struct paper *p = &t->paper[i];

	if (i == t->which)
		return false;
	if (p->role == t->inv->role && same_text(p->number, t->inv->number))
		return true;
	for (size_t k = 0; k < i; k++)
		if (t->in[k] && t->paper[k].role == p->role && same_text(t->paper[k].number, p->number) &&
		    k != t->which)
			return true;
	return false;
}

bool paper_speaks(const struct trade *t, size_t i)
{
	bool any = false;

	for (size_t k = 0; k < t->n && !any; k++)
		any = t->in[k] && t->paper[k].role == t->paper[i].role && t->paper[k].vouched;
	return t->in[i] && !counted_before(t, i) && (t->paper[i].vouched || !any);
}

/* ---- what they say of each other ---- */

static void check_refs(struct trade *t)
{
	for (uint32_t i = 0; i < t->inv->refs.n; i++) {
		const struct paper_ref *r = &t->inv->refs.at[i];
		bool there = false;

		if (r->role != PAPER_ORDER && r->role != PAPER_DESPATCH && r->role != PAPER_RECEIPT)
			continue;
		for (size_t k = 0; k < t->n && !there; k++)
			there = t->in[k] && ref_names(r, &t->paper[k]);
		if (!there)
			trade_find(t, XD_REF, NULL, S(""), "not at hand: ", r->number.len ? r->number : r->uuid);
	}
}

static bool same_goods(const struct paper *a, const struct paper *b)
{
	const struct paper_line *x = a->lines.at, *y = b->lines.at;

	return a->lines.n > 0 && b->lines.n > 0 && x->quantity == y->quantity && x->net == y->net &&
	       (same_item(x, y) == SAME || same_text(x->name, y->name));
}

/* The same invoice in another format is the same; the same number for something else, or the same goods under another
 * number, is not. Also looked for outside the trade: a double often names another order, or none. */
static void check_doubles(struct trade *t)
{
	const struct paper *a = t->inv;

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *b = &t->paper[i];

		if (i == t->which || b->role != PAPER_INVOICE || !listened_to(b) ||
		    same_party(&a->seller, &b->seller) != SAME)
			continue;
		bool alike = a->payable == b->payable && a->issued.day == b->issued.day;
		if (same_text(a->number, b->number) && !alike)
			trade_find(t, XD_DUP, b, S(""), "another invoice has this number: ", b->number);
		else if (!same_text(a->number, b->number) && alike && same_party(&a->buyer, &b->buyer) == SAME &&
		         same_goods(a, b))
			trade_find(t, XD_DUP, b, S(""), "the same under another number: ", b->number);
	}
}

static void check_days(struct trade *t)
{
	int32_t slack = (int32_t)t->limits->days;
	struct date last[PAPER_ROLES];

	for (size_t r = 0; r < PAPER_ROLES; r++)
		last[r] = DATE_NONE;
	for (size_t i = 0; i < t->n; i++)
		if (t->in[i] && t->paper[i].issued.day != DATE_NONE.day &&
		    (last[t->paper[i].role].day == DATE_NONE.day ||
		     t->paper[i].issued.day < last[t->paper[i].role].day))
			last[t->paper[i].role] = t->paper[i].issued; /* the first of each role */
	struct date o = last[PAPER_ORDER], d = last[PAPER_DESPATCH], r = last[PAPER_RECEIPT];
	bool ordered = o.day != DATE_NONE.day, sent = d.day != DATE_NONE.day, got = r.day != DATE_NONE.day;
	if ((ordered && sent && d.day + slack < o.day) || (sent && got && r.day + slack < d.day) ||
	    (ordered && got && r.day + slack < o.day))
		trade_find(t, XD_ORDERED, NULL, S(""), "sent or received before it was ordered or sent", S(""));
	if (t->order && t->order->issued.day != DATE_NONE.day && t->inv->issued.day != DATE_NONE.day &&
	    t->inv->issued.day + slack < t->order->issued.day)
		trade_find(t, XD_EARLY, t->order, S(""), "invoiced before it was ordered", S(""));
}

static void check_currency(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (t->in[i] && p->ccy[0] && t->inv->ccy[0] && p->role != PAPER_PAYMENT &&
		    memcmp(p->ccy, t->inv->ccy, 3) != 0)
			trade_find(t, XD_CUR, p, span_z(p->ccy), " on ", p->number);
	}
}

/* ---- the verdict ---- */

/* A paper of another party than the seller, that says the trade happened. */
static bool carries(const struct trade *t, size_t i)
{
	const struct paper *p = &t->paper[i];

	if (!t->in[i] || !p->vouched || p->level == 0)
		return false;
	switch ((enum paper_role)p->role) {
	case PAPER_ORDER:
	case PAPER_RECEIPT:
	case PAPER_PAYMENT:
		return true;
	case PAPER_DESPATCH: /* the carrier's or the weigher's, not the seller's own advice */
		return is_carriers(p) || p->kind == DOC_UBL_WEIGHT_STATEMENT;
	case PAPER_ANSWER:
		for (uint32_t k = 0; k < p->items.n; k++)
			if (same_text(p->items.at[k].about, t->inv->number) && span_is(p->items.at[k].code, "AP"))
				return true;
		return false;
	case PAPER_ORDER_CHANGE:
	case PAPER_CANCELLATION:
	case PAPER_INVOICE:
	case PAPER_CREDIT:
	case PAPER_NONE:
	case PAPER_ROLES:
		break;
	}
	return false;
}

static int level_of(struct trade *t)
{
	struct match *m = t->m;
	bool all_signed = true;

	for (size_t i = 0; i < t->n; i++)
		if (carries(t, i)) {
			m->carried++;
			all_signed &= t->paper[i].level >= DOC_L2;
		}
	if (m->findings & xd_of_weight(XD_BLOCKS))
		return t->inv->level < DOC_L1 ? t->inv->level : DOC_L1;
	if (m->carried == 0 || (m->findings & xd_of_weight(XD_CAPS)))
		return t->inv->level;
	return t->inv->level >= DOC_L2 || (t->inv->level == DOC_L1 && all_signed) ? 3 : t->inv->level;
}

void match_invoice(const struct paper *papers, size_t n, size_t which, const struct match_limits *limits,
                   struct match *ret)
{
	struct trade t = { .paper = papers,
		           .n = n < MATCH_PAPERS_MAX ? n : MATCH_PAPERS_MAX,
		           .which = which,
		           .inv = &papers[which],
		           .limits = limits,
		           .m = ret };

	assert(which < t.n);
	assert(papers[which].role == PAPER_INVOICE);
	memset(ret, 0, sizeof *ret);
	if (n > t.n)
		trade_find(&t, XD_MANY, NULL, S(""), "more papers than are compared", S(""));
	gather(&t);
	check_doubles(&t);
	if (ret->n_with > 0) {
		check_refs(&t);
		check_days(&t);
		check_currency(&t);
		check_goods(&t);
		check_units(&t);
		check_bills(&t);
		check_total(&t);
		take_credits(&t);
		take_payments(&t);
		take_answers(&t);
		take_cancellations(&t);
	}
	if (t.inv->assigned)
		trade_find(&t, XD_PAYEE, NULL, S(""), "by its own word", S(""));
	ret->open = t.inv->payable;
	sum_add(&ret->open, -ret->credited);
	sum_add(&ret->open, -ret->paid);
	if (ret->open <= 0 && (ret->credited > 0 || ret->paid > 0))
		trade_find(&t, XD_NOTHING, NULL, S(""), "nothing is open any more", S(""));
	ret->level = level_of(&t);
}
