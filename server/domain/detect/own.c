/* SPDX-License-Identifier: Apache-2.0 */
/* own.c: network_own and network_own_regions, see network.h: what one lender holds, and where. */
#include "book.h"
#include "network.h"
#include "tally.h"

enum { WHOLE = 1000000 };

/* What the encumbrance binds for its lender now, in CNY; false when that is nothing. */
static bool held(const struct book *b, const struct book_encumbrance *e, uint32_t lender, int64_t *ret)
{
	const struct book_claim *c;
	int64_t open;

	if (e->secured != lender || e->accepted_seq == 0 || e->ended_seq != 0 || e->claim == NOWHERE)
		return false;
	c = claim_at(b, e->claim);
	open = claim_open(c);
	if (e->amount > 0 && e->amount < open)
		open = e->amount;
	return c->state == CLAIM_LIVE && open > 0 && fx_base(b, open, c->ccy, ret);
}

bool network_own(const struct book *b, struct uuid lender, struct arena *mem, struct own_book *ret)
{
	uint32_t at = book_party(b, lender);
	int64_t worth;

	*ret = (struct own_book){ .owed = ARENA_ARRAY(mem, int64_t, b->party.n + 1),
		                  .sold = ARENA_ARRAY(mem, int64_t, b->party.n + 1),
		                  .in = ARENA_ARRAY(mem, uint8_t, b->party.n + 1) };
	if (!ret->owed || !ret->sold || !ret->in)
		return false;
	for (uint32_t i = 0; at != NOWHERE && i < b->encumbrance.n; i++) {
		const struct book_encumbrance *e = encumbrance_at(b, i);

		if (!held(b, e, at, &worth))
			continue;
		ret->owed[claim_at(b, e->claim)->debtor] += worth;
		ret->sold[claim_at(b, e->claim)->creditor] += worth;
		ret->in[claim_at(b, e->claim)->debtor] = ret->in[claim_at(b, e->claim)->creditor] = 1;
		ret->all += worth;
		ret->claims++;
	}
	return true;
}

bool network_own_has(const struct book *b, const struct own_book *own, struct uuid party)
{
	uint32_t at = book_party(b, party);

	return at != NOWHERE && own->in[at] != 0;
}

int64_t network_own_owed(const struct book *b, const struct own_book *own, struct uuid party)
{
	uint32_t at = book_party(b, party);

	return at == NOWHERE ? 0 : own->owed[at];
}

/* --- where the money is --- */

static void insert(struct own_regions *r, const struct own_region *x)
{
	size_t at = r->n++;

	for (; at > 0 && r->at[at - 1].value < x->value; at--)
		r->at[at] = r->at[at - 1];
	r->at[at] = *x;
}

static void concentration(const struct own_book *own, uint32_t parties, struct own_regions *ret)
{
	for (uint32_t i = 0; i < parties; i++) {
		int64_t part = own->all > 0 ? (int64_t)((wide)own->owed[i] * WHOLE / own->all) : 0;

		ret->herfindahl += (int64_t)((wide)part * part / WHOLE);
		if (own->owed[i] > ret->largest)
			ret->largest = own->owed[i];
	}
	ret->all = own->all;
}

bool network_own_regions(const struct book *b, struct uuid lender, struct arena *mem, struct own_regions *ret)
{
	uint32_t at = book_party(b, lender);
	struct texts_seen text;
	struct tally cell, debtor;
	struct own_book own;
	int64_t worth;

	*ret = (struct own_regions){ .n = 0 };
	texts_start(&text, mem);
	tally_start(&cell, mem);
	tally_start(&debtor, mem);
	if (!network_own(b, lender, mem, &own))
		return false;
	for (uint32_t i = 0; at != NOWHERE && i < b->encumbrance.n; i++) {
		const struct book_encumbrance *e = encumbrance_at(b, i);
		const struct book_claim *c;
		uint32_t region, goods;
		struct sum_of *s, *d;

		if (!held(b, e, at, &worth))
			continue;
		c = claim_at(b, e->claim);
		region = text_number(&text, party_at(b, c->debtor)->region);
		goods = text_number(&text, c->goods);
		if (region == NOWHERE || goods == NOWHERE || !(s = tally_at(&cell, region, goods, 0)) ||
		    !(d = tally_at(&debtor, region, goods, c->debtor)))
			return false;
		s->value += worth;
		s->n += d->n++ == 0;
	}
	if (!(ret->at = ARENA_ARRAY(mem, struct own_region, cell.item.n + 1)))
		return false;
	for (uint32_t i = 0; i < cell.item.n; i++) {
		const struct sum_of *s = tally_item(&cell, i);

		insert(ret, &(struct own_region){ text_at(&text, s->a), text_at(&text, s->b), s->value, s->n });
	}
	concentration(&own, b->party.n, ret);
	return arena_ok(mem);
}
