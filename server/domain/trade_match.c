/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_match.c: an invoice held against the other papers of its trade; see trade_match.h.
 *
 * Three steps: which papers are of this trade, what they say of the goods line
 * by line, and what they say of the money. Nothing here depends on the order of
 * the papers but which of two that say the same is counted.
 */
#include "trade_match.h"

static const struct xd_info rows[] = {
#define XD(number, ID, id, weight, text) { XD_##ID, id, XD_##weight, text },
#include "xd.def"
#undef XD
};

const struct xd_info *xd_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

const struct xd_info *xd_info(unsigned number)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if ((unsigned)rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct xd_info *xd_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (span_is(id, rows[i].id))
			return &rows[i];
	return NULL;
}

int64_t xd_of_weight(enum xd_weight w)
{
	int64_t bits = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].weight == w)
			bits |= xd_bit(rows[i].number);
	return bits;
}

/* ---- the trade ---- */

struct trade {
	const struct paper *paper;
	size_t n, which;
	const struct paper *inv;
	const struct match_limits *limits;
	struct match *m;
	bool in[MATCH_PAPERS_MAX]; /* of this trade */
	const struct paper *order; /* the one its lines are of; NULL without */
};

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

/* As people copy numbers: letters in either case, spaces anywhere. */
static bool same(struct span a, struct span b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.len && a.at[i] == ' ')
			i++;
		while (k < b.len && b.at[k] == ' ')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len && i > 0;
		if (upper(a.at[i++]) != upper(b.at[k++]))
			return false;
	}
}

enum fit { OTHER, UNKNOWN, SAME };

static enum fit same_party(const struct paper_ids *a, const struct paper_ids *b)
{
	if (a->n == 0 || b->n == 0)
		return UNKNOWN;
	for (uint32_t i = 0; i < a->n; i++)
		for (uint32_t k = 0; k < b->n; k++)
			if (same(a->at[i].value, b->at[k].value))
				return SAME;
	return OTHER;
}

/* A UUID, where both have one, decides; else the number. */
static bool names(const struct paper_ref *r, const struct paper *p)
{
	if (r->role != PAPER_NONE && r->role != p->role)
		return false;
	if (r->uuid.len > 0 && p->uuid.len > 0)
		return same(r->uuid, p->uuid);
	return same(r->number, p->number);
}

static bool refers(const struct paper *from, const struct paper *to)
{
	for (uint32_t i = 0; i < from->refs.n; i++)
		if (names(&from->refs.at[i], to))
			return true;
	return false;
}

static bool same_ref(const struct paper_ref *a, const struct paper_ref *b)
{
	return a->role == b->role &&
	       (a->uuid.len > 0 && b->uuid.len > 0 ? same(a->uuid, b->uuid) : same(a->number, b->number));
}

/* Both name the same order (or despatch). */
static bool share(const struct paper *a, const struct paper *b, enum paper_role role)
{
	for (uint32_t i = 0; i < a->refs.n; i++)
		for (uint32_t k = 0; a->refs.at[i].role == role && k < b->refs.n; k++)
			if (same_ref(&a->refs.at[i], &b->refs.at[k]))
				return true;
	return false;
}

static bool about(const struct paper *p, const struct paper *inv)
{
	for (uint32_t i = 0; i < p->items.n; i++)
		if (same(p->items.at[i].about, inv->number))
			return true;
	return false;
}

/* Whether the paper is joined to the invoice by what it, or the invoice, refers to. */
static bool joined(const struct paper *p, const struct paper *inv)
{
	switch ((enum paper_role)p->role) {
	case PAPER_ORDER:
		return refers(inv, p);
	case PAPER_ORDER_CHANGE:
	case PAPER_CANCELLATION:
	case PAPER_INVOICE:
		return share(p, inv, PAPER_ORDER);
	case PAPER_DESPATCH:
	case PAPER_RECEIPT:
		return refers(inv, p) || share(p, inv, PAPER_ORDER) || share(p, inv, PAPER_DESPATCH);
	case PAPER_CREDIT:
		return refers(p, inv) || share(p, inv, PAPER_ORDER);
	case PAPER_ANSWER:
	case PAPER_PAYMENT:
		return about(p, inv);
	case PAPER_NONE:
	case PAPER_ROLES:
		break;
	}
	return false;
}

/* A stranger's paper is none, whatever it names. */
static bool listened_to(const struct paper *p) { return p->vouched || p->heard; }

static void find(struct trade *t, enum xd x, const struct paper *p, struct span a, const char *between, struct span b)
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

/* Who gave the paper its number. */
static bool sellers(const struct paper *p)
{
	return p->role == PAPER_DESPATCH || p->role == PAPER_CREDIT || p->role == PAPER_INVOICE;
}

/* Its issuer is of this trade and the other party is not, though one of them names the other by a number of this issuer:
 * a contradiction, and not another trade under the same number. */
static bool half(const struct paper *p, const struct paper *inv, enum fit seller, enum fit buyer)
{
	if (p->role == PAPER_INVOICE || p->role == PAPER_PAYMENT)
		return false;
	if (sellers(p))
		return seller == SAME && buyer == OTHER && (refers(inv, p) || refers(p, inv));
	return buyer == SAME && seller == OTHER;
}

static void gather(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];
		bool own = i == t->which;

		if (!own && (!listened_to(p) || !joined(p, t->inv)))
			continue;
		enum fit seller = same_party(&p->seller, &t->inv->seller),
			 buyer = same_party(&p->buyer, &t->inv->buyer);
		if (!own && seller != SAME && buyer != SAME && p->role != PAPER_PAYMENT && p->role != PAPER_ANSWER)
			continue;
		if (seller == OTHER || buyer == OTHER) {
			if (half(p, t->inv, seller, buyer))
				find(t, XD_PARTY, p, S(""),
				     seller == OTHER ? "the seller is another on " : "the buyer is another on ",
				     p->number);
			continue;
		}
		t->in[i] = true;
		t->m->with[t->m->n_with] = (uint16_t)i;
		t->m->n_with += !own;
		if (p->role == PAPER_ORDER && (!t->order || (p->vouched && !t->order->vouched)))
			t->order = p;
	}
}

/* One of two papers that say the same thing under the same number is enough: the invoice itself, else the first. */
static bool counted_before(const struct trade *t, size_t i)
{
	const struct paper *p = &t->paper[i];

	if (i == t->which)
		return false;
	if (p->role == t->inv->role && same(p->number, t->inv->number))
		return true;
	for (size_t k = 0; k < i; k++)
		if (t->in[k] && t->paper[k].role == p->role && same(t->paper[k].number, p->number) && k != t->which)
			return true;
	return false;
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
			there = t->in[k] && names(r, &t->paper[k]);
		if (!there)
			find(t, XD_REF, NULL, S(""), "not at hand: ", r->number.len ? r->number : r->uuid);
	}
}

/* By the first number both give the item. */
static enum fit same_item(const struct paper_line *a, const struct paper_line *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->item); i++)
		if (a->item[i].len > 0 && b->item[i].len > 0)
			return same(a->item[i], b->item[i]) ? SAME : OTHER;
	return UNKNOWN;
}

static bool same_goods(const struct paper *a, const struct paper *b)
{
	const struct paper_line *x = a->lines.at, *y = b->lines.at;

	return a->lines.n > 0 && b->lines.n > 0 && x->quantity == y->quantity && x->net == y->net &&
	       (same_item(x, y) == SAME || same(x->name, y->name));
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
		if (same(a->number, b->number) && !alike)
			find(t, XD_DUP, b, S(""), "another invoice has this number: ", b->number);
		else if (!same(a->number, b->number) && alike && same_party(&a->buyer, &b->buyer) == SAME &&
		         same_goods(a, b))
			find(t, XD_DUP, b, S(""), "the same under another number: ", b->number);
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
		find(t, XD_ORDERED, NULL, S(""), "sent or received before it was ordered or sent", S(""));
	if (t->order && t->order->issued.day != DATE_NONE.day && t->inv->issued.day != DATE_NONE.day &&
	    t->inv->issued.day + slack < t->order->issued.day)
		find(t, XD_EARLY, t->order, S(""), "invoiced before it was ordered", S(""));
}

static void check_currency(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (t->in[i] && p->ccy[0] && t->inv->ccy[0] && p->role != PAPER_PAYMENT &&
		    memcmp(p->ccy, t->inv->ccy, 3) != 0)
			find(t, XD_CUR, p, span_z(p->ccy), " on ", p->number);
	}
}

/* ---- the goods ---- */

/* What each line of the hub (the order's, else the invoice's own) comes to over all papers. */
struct sums {
	const struct paper *hub;
	int64_t ordered[MATCH_LINES_MAX], sent[MATCH_LINES_MAX], received[MATCH_LINES_MAX], invoiced[MATCH_LINES_MAX];
	bool by[PAPER_ROLES]; /* papers of this role have been added */
};

static void add_to(int64_t *sum, int64_t v)
{
	if (__builtin_add_overflow(*sum, v, sum))
		*sum = v > 0 ? INT64_MAX : INT64_MIN;
}

static bool same_line(const struct paper *hub, const struct paper_line *h, const struct paper_line *l)
{
	struct span at = hub->role == PAPER_ORDER ? h->no : h->order_line;

	if (at.len > 0 && l->order_line.len > 0)
		return same(at, l->order_line);
	enum fit item = same_item(h, l);
	return item == UNKNOWN ? same(h->name, l->name) : item == SAME;
}

/* Its place in the hub, or hub->lines.n. Papers of one trade mostly list the same goods in the same order. */
static uint32_t place_of(const struct paper *hub, const struct paper_line *l, uint32_t guess)
{
	if (guess < hub->lines.n && same_line(hub, &hub->lines.at[guess], l))
		return guess;
	for (uint32_t i = 0; i < hub->lines.n; i++)
		if (same_line(hub, &hub->lines.at[i], l))
			return i;
	return hub->lines.n;
}

static void add_lines(struct sums *s, const struct paper *p, int64_t *sum, int64_t sign)
{
	s->by[p->role] = true;
	for (uint32_t i = 0; i < p->lines.n && i < MATCH_LINES_MAX; i++) {
		const struct paper_line *l = &p->lines.at[i];
		uint32_t at = place_of(s->hub, l, i);

		if (at < s->hub->lines.n && at < MATCH_LINES_MAX && l->counted &&
		    same(l->unit, s->hub->lines.at[at].unit))
			add_to(&sum[at], sign * l->quantity);
	}
}

/* Papers of a role that are vouched for make the others of that role superfluous. */
static bool speaks(const struct trade *t, size_t i)
{
	bool any = false;

	for (size_t k = 0; k < t->n && !any; k++)
		any = t->in[k] && t->paper[k].role == t->paper[i].role && t->paper[k].vouched;
	return t->in[i] && !counted_before(t, i) && (t->paper[i].vouched || !any);
}

static void add_up(struct trade *t, struct sums *s)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		switch ((enum paper_role)p->role) {
		case PAPER_ORDER:
		case PAPER_ORDER_CHANGE: /* a change states the lines anew */
			if (p == t->order || (p->role == PAPER_ORDER_CHANGE && speaks(t, i)))
				add_lines(s, p, s->ordered, 1);
			break;
		case PAPER_DESPATCH:
			if (speaks(t, i))
				add_lines(s, p, s->sent, 1);
			break;
		case PAPER_RECEIPT:
			if (speaks(t, i))
				add_lines(s, p, s->received, 1);
			break;
		case PAPER_INVOICE:
			if (t->in[i] && !counted_before(t, i))
				add_lines(s, p, s->invoiced, 1);
			break;
		case PAPER_CREDIT:
			if (t->in[i] && !counted_before(t, i) && p->heard && !refers(p, t->inv))
				add_lines(s, p, s->invoiced, -1);
			break;
		case PAPER_CANCELLATION:
		case PAPER_ANSWER:
		case PAPER_PAYMENT:
		case PAPER_NONE:
		case PAPER_ROLES:
			break;
		}
	}
}

/* v with so many parts per million more, without overflow. */
static int64_t plus_ppm(int64_t v, int64_t ppm)
{
	i128 more = (i128)v + (i128)(v < 0 ? -v : v) * ppm / 1000000;

	return more > INT64_MAX ? INT64_MAX : (int64_t)more;
}

static void put_micros(struct writer *w, int64_t micro)
{
	put_i64(w, micro / 1000000);
	if (micro % 1000000 != 0) {
		char digit[8];
		int64_t left = micro % 1000000 < 0 ? -(micro % 1000000) : micro % 1000000;
		size_t n = 6;

		for (size_t i = 6; i-- > 0; left /= 10)
			digit[i] = (char)('0' + left % 10);
		while (digit[n - 1] == '0')
			n--;
		put_byte(w, '.');
		put_span(w, (struct span){ digit, n });
	}
}

static struct span called(const struct paper_line *l)
{
	for (size_t i = 0; l->name.len == 0 && i < ARRAY_LEN(l->item); i++)
		if (l->item[i].len > 0)
			return l->item[i];
	return l->name;
}

static void find_more(struct trade *t, const struct paper_line *l, int64_t billed, int64_t bound, const char *what)
{
	char text[96];
	struct writer w = writer_over(text, sizeof text);

	put_micros(&w, billed);
	put_z(&w, " billed, ");
	put_micros(&w, bound);
	put_z(&w, what);
	find(t, XD_QTY, t->order, writer_span(&w), " of ", called(l));
}

static void check_quantity(struct trade *t, const struct sums *s, uint32_t at)
{
	const struct paper_line *h = &s->hub->lines.at[at];
	int64_t ordered = plus_ppm(s->ordered[at], t->limits->quantity_ppm);

	if (s->invoiced[at] <= 0)
		return;
	if (s->by[PAPER_RECEIPT] && s->invoiced[at] > s->received[at])
		find_more(t, h, s->invoiced[at], s->received[at], " received");
	else if (!s->by[PAPER_RECEIPT] && s->by[PAPER_DESPATCH] && s->invoiced[at] > s->sent[at])
		find_more(t, h, s->invoiced[at], s->sent[at], " sent");
	else if (t->order && s->invoiced[at] > ordered)
		find_more(t, h, s->invoiced[at], s->ordered[at], " ordered");
}

static void check_price(struct trade *t, const struct paper_line *l, const struct paper_line *o)
{
	if (!l->priced || !o->priced || !same(l->unit, o->unit))
		return;
	int64_t most = plus_ppm(o->price, t->limits->price_ppm), least = o->price - (most - o->price);
	if (l->price > most || l->price < least)
		find(t, XD_PRICE, t->order, called(l), ": the order's price is another, line ", o->no);
}

static void check_goods(struct trade *t)
{
	struct sums s = { .hub = t->order ? t->order : t->inv };
	bool any = false;

	add_up(t, &s);
	any = t->order || s.by[PAPER_DESPATCH] || s.by[PAPER_RECEIPT];
	for (uint32_t i = 0; any && i < t->inv->lines.n && i < MATCH_LINES_MAX; i++) {
		const struct paper_line *l = &t->inv->lines.at[i];
		uint32_t at = place_of(s.hub, l, i);

		if (at == s.hub->lines.n || at >= MATCH_LINES_MAX) {
			find(t, XD_ORDER, t->order, called(l), " is not on ", s.hub->number);
			continue;
		}
		check_quantity(t, &s, at);
		if (t->order)
			check_price(t, l, &s.hub->lines.at[at]);
	}
	if (t->inv->lines.n > MATCH_LINES_MAX || s.hub->lines.n > MATCH_LINES_MAX)
		find(t, XD_ORDER, NULL, S(""), "more lines than are compared", S(""));
}

/* All invoices of the order against all it was for. */
static void check_total(struct trade *t)
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
			add_to(&billed, p->net);
		if (p->role == PAPER_CREDIT && p->heard && !refers(p, t->inv))
			add_to(&billed, p->net < 0 ? p->net : -p->net);
		if (p->role == PAPER_ORDER_CHANGE && speaks(t, i))
			ordered = p->net;
	}
	if (billed > plus_ppm(ordered, t->limits->price_ppm))
		find(t, XD_AMT, t->order, S(""), "all invoices together are more than order ", t->order->number);
}

/* ---- the money ---- */

static int64_t magnitude(int64_t v) { return v < 0 ? -v : v; }

/* What a credit note of several invoices takes off each it does not say in one sum: it is told, and counts for none. */
static int64_t credit_of(const struct paper *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->refs.n; i++)
		n += p->refs.at[i].role == PAPER_INVOICE;
	return n == 1 ? magnitude(p->payable) : 0;
}

static void take_credits(struct trade *t)
{
	struct match *m = t->m;

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (!t->in[i] || p->role != PAPER_CREDIT || !refers(p, t->inv) || counted_before(t, i))
			continue;
		find(t, XD_CREDIT, p, S(""),
		     p->heard ? "credit note " : "credit note, not its issuer's word: ", p->number);
		if (!p->heard)
			continue;
		add_to(&m->credited, credit_of(p));
		if (p->red && credit_of(p) >= t->inv->payable)
			find(t, XD_RED, p, S(""), "red letter ", p->number);
	}
	if (m->credited > t->inv->payable)
		find(t, XD_OVER, NULL, S(""), "more is credited than was invoiced", S(""));
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
			if (x->unique.len > 0 && same(x->unique, y->unique) && same(y->about, t->inv->number))
				return true;
		}
	return false;
}

static void take_payments(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (!t->in[i] || p->role != PAPER_PAYMENT)
			continue;
		for (uint32_t k = 0; k < p->items.n; k++) {
			if (!same(p->items.at[k].about, t->inv->number) || paid_before(t, i, k))
				continue;
			find(t, XD_PAY, p, S(""),
			     p->heard ? "paid: " : "paid, not the bank's own word: ", p->items.at[k].unique);
			if (p->heard && memcmp(p->ccy, t->inv->ccy, sizeof p->ccy) == 0)
				add_to(&t->m->paid, p->items.at[k].amount);
		}
	}
}

static bool refuses(struct span code) { return span_is(code, "RE") || span_is(code, "UQ") || span_is(code, "CA"); }

/* The buyer's last word counts; of several of one day the worst. */
static void take_answers(struct trade *t)
{
	struct date last = DATE_NONE;
	const struct paper *bad = NULL;
	struct span code = S("");

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		for (uint32_t k = 0; t->in[i] && p->role == PAPER_ANSWER && p->heard && k < p->items.n; k++) {
			bool no = refuses(p->items.at[k].code);

			if (!same(p->items.at[k].about, t->inv->number) || p->issued.day < last.day ||
			    (p->issued.day == last.day && !no))
				continue;
			last = p->issued;
			bad = no ? p : NULL;
			code = p->items.at[k].code;
		}
	}
	if (bad)
		find(t, XD_RESP, bad, code, " in ", bad->number);
}

static void take_cancellations(struct trade *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->in[i] && t->paper[i].role == PAPER_CANCELLATION && t->paper[i].heard)
			find(t, XD_CANCEL, &t->paper[i], S(""), "cancelled by ", t->paper[i].number);
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
		return p->kind == DOC_DCSA_BILL_OF_LADING || p->kind == DOC_UBL_WEIGHT_STATEMENT;
	case PAPER_ANSWER:
		for (uint32_t k = 0; k < p->items.n; k++)
			if (same(p->items.at[k].about, t->inv->number) && span_is(p->items.at[k].code, "AP"))
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
	gather(&t);
	check_doubles(&t);
	if (ret->n_with > 0) {
		check_refs(&t);
		check_days(&t);
		check_currency(&t);
		check_goods(&t);
		check_total(&t);
		take_credits(&t);
		take_payments(&t);
		take_answers(&t);
		take_cancellations(&t);
	}
	if (t.inv->assigned)
		find(&t, XD_PAYEE, NULL, S(""), "by its own word", S(""));
	ret->open = t.inv->payable;
	add_to(&ret->open, -ret->credited);
	add_to(&ret->open, -ret->paid);
	if (ret->open <= 0 && (ret->credited > 0 || ret->paid > 0))
		find(&t, XD_NOTHING, NULL, S(""), "nothing is open any more", S(""));
	ret->level = level_of(&t);
}
