/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trade_goods.c: what the papers of a trade say of its goods, line by line, over all invoices of an order.
 *
 * Every paper's lines are added up in the places of one of them, the hub: the order, else the invoice itself.
 */
#include "trading.h"

enum fit same_item(const struct paper_line *a, const struct paper_line *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->item); i++)
		if (a->item[i].len > 0 && b->item[i].len > 0)
			return same_text(a->item[i], b->item[i]) ? SAME : OTHER;
	return UNKNOWN;
}

/* What each line of the hub (the order's, else the invoice's own) comes to over all papers. */
struct sums {
	const struct paper *hub;
	int64_t ordered[MATCH_LINES_MAX], sent[MATCH_LINES_MAX], received[MATCH_LINES_MAX], invoiced[MATCH_LINES_MAX];
	bool by[PAPER_ROLES]; /* papers of this role have been added */
};

void sum_add(int64_t *sum, int64_t v)
{
	if (__builtin_add_overflow(*sum, v, sum))
		*sum = v > 0 ? INT64_MAX : INT64_MIN;
}

static bool same_line(const struct paper *hub, const struct paper_line *h, const struct paper_line *l)
{
	struct span at = hub->role == PAPER_ORDER ? h->no : h->order_line;

	if (at.len > 0 && l->order_line.len > 0)
		return same_text(at, l->order_line);
	enum fit item = same_item(h, l);
	return item == UNKNOWN ? same_text(h->name, l->name) : item == SAME;
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
		    same_text(l->unit, s->hub->lines.at[at].unit))
			sum_add(&sum[at], sign * l->quantity);
	}
}

static void add_up(struct trade *t, struct sums *s)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		switch ((enum paper_role)p->role) {
		case PAPER_ORDER:
		case PAPER_ORDER_CHANGE: /* a change states the lines anew */
			if (p == t->order || (p->role == PAPER_ORDER_CHANGE && paper_speaks(t, i)))
				add_lines(s, p, s->ordered, 1);
			break;
		case PAPER_DESPATCH: /* the carrier's weights: check_bills() */
			if (paper_speaks(t, i) && !is_carriers(p))
				add_lines(s, p, s->sent, 1);
			break;
		case PAPER_RECEIPT:
			if (paper_speaks(t, i))
				add_lines(s, p, s->received, 1);
			break;
		case PAPER_INVOICE:
			if (t->in[i] && !counted_before(t, i))
				add_lines(s, p, s->invoiced, 1);
			break;
		case PAPER_CREDIT:
			if (t->in[i] && !counted_before(t, i) && p->heard && !paper_refers(p, t->inv))
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

int64_t plus_ppm(int64_t v, int64_t ppm)
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
	trade_find(t, XD_QTY, t->order, writer_span(&w), " of ", called(l));
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
	if (!l->priced || !o->priced || !same_text(l->unit, o->unit))
		return;
	int64_t most = plus_ppm(o->price, t->limits->price_ppm), least = o->price - (most - o->price);
	if (l->price > most || l->price < least)
		trade_find(t, XD_PRICE, t->order, called(l), ": the order's price is another, line ", o->no);
}

void check_goods(struct trade *t)
{
	struct sums s = { .hub = t->order ? t->order : t->inv };
	bool any = false;

	add_up(t, &s);
	any = t->order || s.by[PAPER_DESPATCH] || s.by[PAPER_RECEIPT];
	for (uint32_t i = 0; any && i < t->inv->lines.n && i < MATCH_LINES_MAX; i++) {
		const struct paper_line *l = &t->inv->lines.at[i];
		uint32_t at = place_of(s.hub, l, i);

		if (at == s.hub->lines.n || at >= MATCH_LINES_MAX) {
			trade_find(t, XD_ORDER, t->order, called(l), " is not on ", s.hub->number);
			continue;
		}
		check_quantity(t, &s, at);
		if (t->order)
			check_price(t, l, &s.hub->lines.at[at]);
	}
	if (t->inv->lines.n > MATCH_LINES_MAX || s.hub->lines.n > MATCH_LINES_MAX)
		trade_find(t, XD_ORDER, NULL, S(""), "more lines than are compared", S(""));
}

/* ---- logistic units ---- */

struct units {
	const struct span *at[MATCH_LINES_MAX]; /* in the lines of their papers */
	const struct paper *of[MATCH_LINES_MAX];
	uint32_t n;
};

static void add_units(const struct trade *t, enum paper_role role, struct units *ret)
{
	for (size_t i = 0; i < t->n; i++)
		for (uint32_t k = 0; t->in[i] && t->paper[i].role == role && k < t->paper[i].lines.n; k++) {
			const struct span *unit = &t->paper[i].lines.at[k].sscc;

			if (unit->len == 0 || ret->n == MATCH_LINES_MAX)
				continue;
			ret->of[ret->n] = &t->paper[i];
			ret->at[ret->n++] = unit;
		}
}

static void find_missing(struct trade *t, const struct units *from, const struct units *in, const char *what)
{
	for (uint32_t i = 0; i < from->n; i++) {
		bool there = false;

		for (uint32_t k = 0; k < in->n && !there; k++)
			there = same_text(*from->at[i], *in->at[k]);
		if (!there)
			trade_find(t, XD_SSCC, from->of[i], *from->at[i], what, S(""));
	}
}

/* Where both sides name the units: each that came was sent, and each that was sent has come. */
void check_units(struct trade *t)
{
	struct units sent = { .n = 0 }, received = { .n = 0 };

	add_units(t, PAPER_DESPATCH, &sent);
	add_units(t, PAPER_RECEIPT, &received);
	if (sent.n == 0 || received.n == 0 || sent.n == MATCH_LINES_MAX || received.n == MATCH_LINES_MAX)
		return;
	find_missing(t, &received, &sent, " was received and never sent");
	find_missing(t, &sent, &received, " was sent and not received");
}

/* ---- the bill of lading ---- */

static int64_t mass_of(const struct paper *p)
{
	int64_t sum = 0;

	for (uint32_t k = 0; k < p->lines.n; k++)
		if (p->lines.at[k].counted && span_is(p->lines.at[k].unit, "KGM"))
			sum_add(&sum, p->lines.at[k].quantity);
	return sum;
}

/* Who holds it can have the goods: another than the two may have been given them for money. And no more can have come out
 * of a ship than went into it; what the bill weighs is gross, so what was received may only be less. */
void check_bills(struct trade *t)
{
	int64_t shipped = 0, received = 0;
	const struct paper *bill = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct paper *p = &t->paper[i];

		if (t->in[i] && p->role == PAPER_RECEIPT && paper_speaks(t, i))
			sum_add(&received, mass_of(p));
		if (!t->in[i] || !is_carriers(p))
			continue;
		bill = p;
		sum_add(&shipped, mass_of(p));
		if (p->holder.n > 0 && same_party(&p->holder, &t->inv->seller) != SAME &&
		    same_party(&p->holder, &t->inv->buyer) != SAME)
			trade_find(t, XD_EBL, p, S(""), "another than seller and buyer holds ", p->number);
	}
	if (bill && shipped > 0 && received > plus_ppm(shipped, t->limits->quantity_ppm))
		trade_find(t, XD_EBL, bill, S(""), "more was received than was shipped under ", bill->number);
}
