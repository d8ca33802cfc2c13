/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounts.h: whose bank account is it? As far as the log says: by a tie of
 * party.profile ("account:..."), or because a creditor asks to be paid to it.
 */
#ifndef CF_ACCOUNTS_H
#define CF_ACCOUNTS_H

#include "book.h"

/* The party has said, or others have said of it, that the account is its own. */
bool account_tied(const struct book *b, uint32_t party, struct span account);
/* Some party has; NOWHERE when none does. */
uint32_t account_holder(const struct book *b, struct span account);
/* The two have an owner in common, or one owns the other: they may pay for each other. Looks at sixteen ties. */
bool same_owner(const struct book *b, uint32_t one, uint32_t other);
#endif
