/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kin.h: whether two parties have something in common that strangers do not: an owner, an officer, an account, a
 * telephone.
 *
 * A tie weighs by how rare it is (inverse document frequency, in tenths of a
 * bit) and by what it is. Owners, officers and accounts are ties of control;
 * addresses, telephones and devices only of contact, and one that many share
 * is an accountant's or an incubator's. Ties of more than KIN_CROWD parties
 * say nothing. What was said long ago fades by half every two years.
 */
#ifndef CF_KIN_H
#define CF_KIN_H

#include "book.h"

enum {
	KIN_CROWD = 200,   /* a tie of more parties than that is skipped */
	KIN_HANDFUL = 2,   /* a contact of more parties than that is a service's */
	KIN_BITS = 80,     /* tenths of a bit: at least this much makes a link */
	KIN_BUDGET = 2000, /* bonds looked at for one question */
	KIN_CITES = 4,
};
struct kin {
	unsigned hops;   /* 0: strangers */
	unsigned shared; /* ties the parties of the weakest link have in common */
	int32_t bits;    /* of the weakest link */
	bool control;    /* each link has a tie of control */
	unsigned n_cites;
	uint64_t cites[KIN_CITES]; /* the profiles that say so */
};
/* a and b differ. Hops beyond `most` (1 or 2) are not looked for. */
struct kin kin_between(const struct book *b, uint32_t one, uint32_t other, unsigned most);
/* What the two share directly, however little it weighs; hops is 1 or 0. */
struct kin kin_direct(const struct book *b, uint32_t one, uint32_t other);
/* Both belong to one group, and said so: a relation that is no secret. */
bool same_group(const struct book *b, uint32_t one, uint32_t other);
/* What this tie weighs today for a bond made at `at`; 0 when too many share it. */
int32_t tie_bits(const struct book *b, const struct tie *t, struct moment at);
/* "owner:", "officer:", "account:". */
bool tie_of_control(const struct tie *t);
#endif
