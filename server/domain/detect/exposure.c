/* SPDX-License-Identifier: Apache-2.0 */
/* exposure.c: network_exposure, see network.h. */
#include "book.h"
#include "network.h"

/* The whole network as if one lender held it all. */
static bool all_of_it(const struct book *b, struct arena *mem, struct own_book *ret)
{
	int64_t open;

	*ret = (struct own_book){ .owed = ARENA_ARRAY(mem, int64_t, b->party.n + 1),
		                  .sold = ARENA_ARRAY(mem, int64_t, b->party.n + 1) };
	if (!ret->owed || !ret->sold)
		return false;
	for (uint32_t i = 0; i < b->claim.n; i++) {
		const struct book_claim *c = claim_at(b, i);

		if (c->state != CLAIM_LIVE || claim_open(c) <= 0 || !fx_base(b, claim_open(c), c->ccy, &open))
			continue;
		ret->owed[c->debtor] += open;
		ret->sold[c->creditor] += open;
		ret->all += open;
	}
	return true;
}

/* Of those that owe alike, none is before another. */
static void rank_it(const struct book *b, const struct own_book *own, int64_t owed, struct hanging *ret)
{
	for (uint32_t i = 0; i < b->party.n; i++) {
		ret->of += own->owed[i] > 0;
		ret->rank += own->owed[i] > owed;
	}
	ret->rank = owed > 0 ? ret->rank + 1 : 0;
}

static int64_t of_all(int64_t part, int64_t all) { return all > 0 ? (int64_t)((wide)part * 1000000 / all) : 0; }

bool network_exposure(const struct book *b, const struct own_book *own, struct uuid firm, struct arena *mem,
                      struct hanging *ret)
{
	uint32_t at = book_party(b, firm);
	struct own_book whole;
	struct contagion c;

	*ret = (struct hanging){ .book = 0 };
	if (!own && !all_of_it(b, mem, &whole))
		return false;
	if (at == NOWHERE)
		return true;
	if (!(own ? network_own_contagion(b, own, firm, 1, mem, &c) : network_contagion(b, firm, 1, mem, &c)))
		return false;
	own = own ? own : &whole;
	ret->book = own->all;
	ret->owed = own->owed[at];
	ret->sold = own->sold[at];
	ret->at_stake = c.overdue;
	ret->owed_ppm = of_all(ret->owed, own->all);
	ret->sold_ppm = of_all(ret->sold, own->all);
	ret->at_stake_ppm = of_all(ret->at_stake, own->all);
	rank_it(b, own, ret->owed, ret);
	return true;
}
