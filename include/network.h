/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.h: what hangs on whom: who is hurt when a firm stops paying, how far
 * a firm is from an anchor, who has one supplier only, what flows between
 * regions (DETECTION 4.2, 4.3).
 *
 * Questions to the book of a detector (detect.h), answered from its claims by
 * integer arithmetic: the same book gives the same answer. They do not change
 * the book and may be asked between two entries. Parts are in millionths
 * (ppm), amounts in CNY minor units; claims in currencies without a posted
 * rate are left out.
 *
 * All of it is the whole network's: who may see whose part of an answer is for
 * the caller to say. Memory comes from the caller's arena: about 64 bytes for
 * each party and 16 for each pair that trades. False when it is full.
 */
#ifndef CF_NETWORK_H
#define CF_NETWORK_H

#include "detect.h"

struct book;
const struct book *detector_book(const struct detector *d);

/* --- contagion --- */
enum { CONTAGION_ROUNDS = 10 };
struct hurt {
	struct uuid party;
	int64_t stress; /* ppm of its ability to pay that is lost */
	int64_t loss;   /* what its debtors will not pay */
	struct uuid by; /* the debtor through which most of it came */
	unsigned round; /* in which it was first reached */
};
struct contagion {
	struct uuid origin;
	unsigned rounds;    /* until nothing more happened, or CONTAGION_ROUNDS */
	uint32_t reached;   /* parties beside the origin */
	int64_t overdue;    /* newly so: all losses together */
	int64_t systemic;   /* ppm of all that is owed in the network */
	struct hurt *worst; /* by loss, the largest first */
	size_t n_worst;
};
/*
 * DebtRank (Battiston 2012), linear: what a stressed debtor does not pay is a creditor's loss; the part that the loss is
 * of its buffer, it will not pay either; each round passes on what was new in the one before. The buffer is 15 % of the
 * sales of twelve months, as declared or else as registered.
 */
MUST_CHECK bool network_contagion(const struct book *b, struct uuid origin, size_t most, struct arena *mem,
                                  struct contagion *ret);

/* --- a lender's own book --- */
/*
 * What a lender may be told of the network without learning of others: only parties of the claims that bind something
 * for it now, and of its own money in them.
 */
struct own_book {
	int64_t *owed; /* by the number of the party in the book: what it owes on claims this lender holds */
	int64_t *sold; /* and what is owed on those it sold */
	uint8_t *in;   /* 1: a debtor or a creditor of one of them */
	int64_t all;
	uint32_t claims;
};
MUST_CHECK bool network_own(const struct book *b, struct uuid lender, struct arena *mem, struct own_book *ret);
bool network_own_has(const struct book *b, const struct own_book *own, struct uuid party);
int64_t network_own_owed(const struct book *b, const struct own_book *own, struct uuid party);
/* The same as network_contagion, but worst are the debtors of this lender alone, by what it loses on them; reached,
 * overdue and systemic are of its own book. */
MUST_CHECK bool network_own_contagion(const struct book *b, const struct own_book *own, struct uuid origin, size_t most,
                                      struct arena *mem, struct contagion *ret);
struct own_region {
	struct span region, goods; /* of the debtor; "" where it is not known */
	int64_t value;             /* what the lender holds there */
	uint32_t debtors;
};
struct own_regions {
	struct own_region *at; /* by value, the largest first */
	size_t n;
	int64_t all, largest; /* on all debtors, and on the one that owes most */
	int64_t herfindahl;   /* of the debtors' shares, ppm: 1 000 000 is a single debtor */
};
/* Where and in which goods the lender's money is. */
MUST_CHECK bool network_own_regions(const struct book *b, struct uuid lender, struct arena *mem,
                                    struct own_regions *ret);

/* --- how much hangs on one firm --- */
struct hanging {
	int64_t book;     /* all that is owed */
	int64_t owed;     /* by the firm */
	int64_t sold;     /* on claims that it sold */
	int64_t at_stake; /* would be overdue if it stopped paying: its own and what it drags along */
	int64_t owed_ppm, sold_ppm, at_stake_ppm; /* of the book */
	uint32_t rank, of; /* among those that owe something, by how much; rank 0 when it owes nothing */
};
/* Of a lender's own book, or of the whole network when own is NULL. Shown beside a score and never part of one. */
MUST_CHECK bool network_exposure(const struct book *b, const struct own_book *own, struct uuid firm, struct arena *mem,
                                 struct hanging *ret);

/* --- tiers --- */
enum { TIER_MOST = 8 };
struct tier_party {
	struct uuid party;
	unsigned tier;  /* 1: sells to the anchor itself */
	int64_t share;  /* ppm of its buyer's purchases of twelve months */
	struct uuid to; /* that buyer */
};
struct tiers {
	uint32_t count[TIER_MOST + 1];
	int64_t value[TIER_MOST + 1]; /* bought from them by the tier before, twelve months */
	struct tier_party *party;     /* by tier, then in the book's order */
	size_t n;
};
/* Suppliers of the anchor, their suppliers, and so on: over those that sell a buyer 1 % of what it buys or more. */
MUST_CHECK bool network_tiers(const struct book *b, struct uuid anchor, struct arena *mem, struct tiers *ret);

/* --- single sources --- */
struct single_source {
	struct uuid buyer, supplier;
	struct span goods; /* class, as the claims name it */
	int64_t share;     /* ppm of the buyer's purchases of the class */
	int64_t value;     /* twelve months */
	uint32_t others;   /* suppliers of the class in the registry besides it */
};
struct single_sources {
	struct single_source *at; /* by value, the largest first */
	size_t n;
};
/* Where one supplier has 80 % or more of a buyer's purchases of a class, twelve months; at most `most` of them. */
MUST_CHECK bool network_single_sources(const struct book *b, size_t most, struct arena *mem,
                                       struct single_sources *ret);

/* --- regions --- */
struct region_cell {
	struct span from, to, goods; /* seller's region, debtor's, class */
	int64_t value;               /* 0 when suppressed */
	uint32_t firms;              /* sellers; 0 when suppressed */
	bool suppressed;
};
struct regions {
	struct region_cell *at; /* in the order of region, region, class */
	size_t n;
	uint32_t suppressed;
};
/*
 * What was sold in a month (issue dates from `first` up to its end) between regions, by class. A cell is suppressed when
 * fewer than 5 firms sold or bought in it or one of them has more than 60 % (dominance rule), so that no firm's trade
 * can be read off it.
 */
MUST_CHECK bool network_regions(const struct book *b, struct date first, struct arena *mem, struct regions *ret);
#endif
