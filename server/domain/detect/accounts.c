/* SPDX-License-Identifier: Apache-2.0 */
/* accounts.c: see accounts.h. */
#include "accounts.h"

enum { TIES_LOOKED_AT = 16 };

static uint32_t tie_of(const struct book *b, struct span account)
{
	char text[TEXT_MAX];
	struct writer w = writer_over(text, sizeof text);

	put_z(&w, "account:");
	put_span(&w, account);
	return account.len == 0 || w.overflow ? NOWHERE : book_tie(b, writer_span(&w));
}

bool account_tied(const struct book *b, uint32_t party, struct span account)
{
	const uint32_t tie = tie_of(b, account);
	uint32_t i = tie == NOWHERE ? NOWHERE : party_at(b, party)->bond;

	for (unsigned n = 0; i != NOWHERE && n < TIES_LOOKED_AT; n++) {
		if (bond_at(b, i)->tie == tie)
			return true;
		i = bond_at(b, i)->next_of_party;
	}
	return false;
}

uint32_t account_holder(const struct book *b, struct span account)
{
	const uint32_t tie = tie_of(b, account);
	const uint32_t i = tie == NOWHERE ? NOWHERE : tie_at(b, tie)->newest;

	return i == NOWHERE ? NOWHERE : bond_at(b, i)->party;
}

bool same_owner(const struct book *b, uint32_t one, uint32_t other)
{
	uint32_t i = party_at(b, one)->bond;

	for (unsigned n = 0; i != NOWHERE && n < TIES_LOOKED_AT; n++, i = bond_at(b, i)->next_of_party) {
		uint32_t k = party_at(b, other)->bond;

		if (!span_starts(tie_at(b, bond_at(b, i)->tie)->text, S("owner:")))
			continue;
		for (unsigned q = 0; k != NOWHERE && q < TIES_LOOKED_AT; q++, k = bond_at(b, k)->next_of_party)
			if (bond_at(b, k)->tie == bond_at(b, i)->tie)
				return true;
	}
	return false;
}
