/* SPDX-License-Identifier: Apache-2.0 */
/* tiers.c: network_tiers, network_single_sources and network_regions, see network.h. */
#include "book.h"
#include "network.h"
#include "tally.h"

enum { WHOLE = 1000000, YEAR = 365, SUPPLIES_PPM = 10000, SINGLE_PPM = 800000, CELL_FIRMS = 5, DOMINANT_PPM = 600000 };

static bool traded(const struct book *b, const struct book_claim *c, int64_t *ret)
{
	return c->state != CLAIM_REJECTED && c->state != CLAIM_CANCELLED && c->state != CLAIM_LAPSED &&
	       c->creditor != c->debtor && fx_base(b, c->face, c->ccy, ret);
}

static int64_t part_of_all(int64_t part, int64_t all) { return all > 0 ? (int64_t)((wide)part * WHOLE / all) : 0; }

/* --- tiers --- */

/* Who sold to the buyer, and how much, in the order met: sums by (buyer, seller). */
static bool purchases(const struct book *b, uint32_t buyer, struct tally *t, int64_t *all)
{
	const struct book_claim *c;
	int64_t base;

	*all = 0;
	for (uint32_t i = party_at(b, buyer)->as_debtor; i != NOWHERE; i = c->older_of_debtor) {
		struct sum_of *s;

		c = claim_at(b, i);
		if (days_between(c->at, b->now) > YEAR)
			break;
		if (!traded(b, c, &base))
			continue;
		if (!(s = tally_at(t, buyer, c->creditor, 0)))
			return false;
		s->value += base;
		*all += base;
	}
	return true;
}

bool network_tiers(const struct book *b, struct uuid anchor, struct arena *mem, struct tiers *ret)
{
	uint32_t root = book_party(b, anchor), done = 0;
	size_t n = b->party.n;
	uint8_t *tier = arena_take(mem, n); /* + 1; 0: not reached */
	uint32_t *queue = ARENA_ARRAY(mem, uint32_t, n + 1), queued = 0;
	struct tally t;

	*ret = (struct tiers){ .party = ARENA_ARRAY(mem, struct tier_party, n) };
	if (!arena_ok(mem))
		return false;
	if (root == NOWHERE)
		return true;
	tally_start(&t, mem);
	tier[root] = 1;
	queue[queued++] = root;
	while (done < queued) {
		uint32_t buyer = queue[done++], first = t.item.n;
		int64_t all;

		if (tier[buyer] > TIER_MOST)
			break;
		if (!purchases(b, buyer, &t, &all))
			return false;
		for (uint32_t i = first; i < t.item.n; i++) {
			const struct sum_of *s = tally_item(&t, i);

			if (tier[s->b] || part_of_all(s->value, all) < SUPPLIES_PPM)
				continue;
			tier[s->b] = (uint8_t)(tier[buyer] + 1);
			queue[queued++] = s->b;
			ret->count[tier[buyer]]++;
			ret->value[tier[buyer]] += s->value;
			ret->party[ret->n++] =
				(struct tier_party){ party_at(b, s->b)->id, tier[buyer], part_of_all(s->value, all),
				                     party_at(b, buyer)->id };
		}
	}
	return true;
}

/* --- single sources --- */

struct buying {
	struct texts_seen goods;
	struct tally by_supplier; /* buyer, class, supplier */
	struct tally by_class;    /* buyer, class */
	struct tally supplier;    /* class, supplier */
	struct tally suppliers;   /* class: n suppliers */
};

static bool add_purchase(struct buying *x, const struct book_claim *c, int64_t base)
{
	uint32_t goods = text_number(&x->goods, c->goods);
	struct sum_of *a, *all, *s, *n;

	if (goods == NOWHERE || !(a = tally_at(&x->by_supplier, c->debtor, goods, c->creditor)) ||
	    !(all = tally_at(&x->by_class, c->debtor, goods, 0)) ||
	    !(s = tally_at(&x->supplier, goods, c->creditor, 0)) || !(n = tally_at(&x->suppliers, goods, 0, 0)))
		return false;
	a->value += base;
	all->value += base;
	n->n += s->n++ == 0;
	return true;
}

static void keep_largest(struct single_sources *r, size_t most, const struct single_source *s)
{
	size_t at = r->n;

	if (at == most) {
		if (most == 0 || r->at[at - 1].value >= s->value)
			return;
		at--;
	} else {
		r->n++;
	}
	for (; at > 0 && r->at[at - 1].value < s->value; at--)
		r->at[at] = r->at[at - 1];
	r->at[at] = *s;
}

bool network_single_sources(const struct book *b, size_t most, struct arena *mem, struct single_sources *ret)
{
	struct buying x;
	int64_t base;

	*ret = (struct single_sources){ .at = ARENA_ARRAY(mem, struct single_source, most) };
	texts_start(&x.goods, mem);
	tally_start(&x.by_supplier, mem);
	tally_start(&x.by_class, mem);
	tally_start(&x.supplier, mem);
	tally_start(&x.suppliers, mem);
	for (uint32_t i = 0; i < b->claim.n; i++) {
		const struct book_claim *c = claim_at(b, i);

		if (c->goods.len > 0 && days_between(c->at, b->now) <= YEAR && traded(b, c, &base) &&
		    !add_purchase(&x, c, base))
			return false;
	}
	for (uint32_t i = 0; i < x.by_supplier.item.n; i++) {
		const struct sum_of *s = tally_item(&x.by_supplier, i);
		int64_t all = tally_at(&x.by_class, s->a, s->b, 0)->value;

		if (part_of_all(s->value, all) >= SINGLE_PPM)
			keep_largest(ret, most,
			             &(struct single_source){ party_at(b, s->a)->id, party_at(b, s->c)->id,
			                                      text_at(&x.goods, s->b), part_of_all(s->value, all),
			                                      s->value, tally_at(&x.suppliers, s->b, 0, 0)->n - 1 });
	}
	return arena_ok(mem);
}

/* --- regions --- */

struct flows {
	struct texts_seen text;
	struct tally cell;                 /* region, region, class */
	struct tally seller, buyer;        /* cell, party */
	struct tally sellers, buyers, top; /* cell: n of them; the largest one's value */
};

static bool count_firm(struct tally *of, struct tally *count, struct tally *top, uint32_t cell, uint32_t party,
                       int64_t base)
{
	struct sum_of *s = tally_at(of, cell, party, 0), *n = tally_at(count, cell, 0, 0),
		      *m = tally_at(top, cell, 0, 0);

	if (!s || !n || !m)
		return false;
	n->n += s->n++ == 0;
	s->value += base;
	if (s->value > m->value)
		m->value = s->value;
	return true;
}

static bool add_flow(const struct book *b, struct flows *x, const struct book_claim *c, int64_t base)
{
	uint32_t from = text_number(&x->text, party_at(b, c->creditor)->region),
		 to = text_number(&x->text, party_at(b, c->debtor)->region), goods = text_number(&x->text, c->goods),
		 cell;
	struct sum_of *s;

	if (from == NOWHERE || to == NOWHERE || goods == NOWHERE || !(s = tally_at(&x->cell, from, to, goods)))
		return false;
	s->value += base;
	cell = tally_number(&x->cell, from, to, goods);
	return count_firm(&x->seller, &x->sellers, &x->top, cell, c->creditor, base) &&
	       count_firm(&x->buyer, &x->buyers, &x->top, cell, c->debtor, base);
}

static int cell_order(const struct region_cell *a, const struct region_cell *b)
{
	int d = span_cmp(a->from, b->from);

	if (d == 0)
		d = span_cmp(a->to, b->to);
	return d != 0 ? d : span_cmp(a->goods, b->goods);
}

/* Heap sort: qsort may allocate. */
static void sift(struct region_cell *at, size_t i, size_t n)
{
	for (size_t k; (k = 2 * i + 1) < n; i = k) {
		struct region_cell swap = at[i];

		if (k + 1 < n && cell_order(&at[k + 1], &at[k]) > 0)
			k++;
		if (cell_order(&at[i], &at[k]) >= 0)
			return;
		at[i] = at[k];
		at[k] = swap;
	}
}

static void sort_cells(struct region_cell *at, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(at, i, n);
	for (size_t end = n; end > 1; end--) {
		struct region_cell last = at[end - 1];

		at[end - 1] = at[0];
		at[0] = last;
		sift(at, 0, end - 1);
	}
}

static void put_cell(struct flows *x, uint32_t i, struct regions *ret)
{
	const struct sum_of *s = tally_item(&x->cell, i);
	uint32_t sellers = tally_at(&x->sellers, i, 0, 0)->n, buyers = tally_at(&x->buyers, i, 0, 0)->n;
	struct region_cell *c = &ret->at[ret->n++];

	*c = (struct region_cell){ .from = text_at(&x->text, s->a),
		                   .to = text_at(&x->text, s->b),
		                   .goods = text_at(&x->text, s->c) };
	c->suppressed = sellers < CELL_FIRMS || buyers < CELL_FIRMS ||
	                part_of_all(tally_at(&x->top, i, 0, 0)->value, s->value) > DOMINANT_PPM;
	ret->suppressed += c->suppressed;
	if (c->suppressed)
		return;
	c->value = s->value;
	c->firms = sellers;
}

bool network_regions(const struct book *b, struct date first, struct arena *mem, struct regions *ret)
{
	struct date last = month_end(month_of(first));
	struct flows x;
	int64_t base;

	*ret = (struct regions){ 0 };
	texts_start(&x.text, mem);
	tally_start(&x.cell, mem);
	tally_start(&x.seller, mem);
	tally_start(&x.buyer, mem);
	tally_start(&x.sellers, mem);
	tally_start(&x.buyers, mem);
	tally_start(&x.top, mem);
	for (uint32_t i = 0; i < b->claim.n; i++) {
		const struct book_claim *c = claim_at(b, i);

		if (c->issued.day >= first.day && c->issued.day <= last.day && traded(b, c, &base) &&
		    party_at(b, c->creditor)->region.len > 0 && party_at(b, c->debtor)->region.len > 0 &&
		    !add_flow(b, &x, c, base))
			return false;
	}
	if (!(ret->at = ARENA_ARRAY(mem, struct region_cell, x.cell.item.n)))
		return false;
	for (uint32_t i = 0; i < x.cell.item.n; i++)
		put_cell(&x, i, ret);
	sort_cells(ret->at, ret->n);
	return arena_ok(mem);
}
