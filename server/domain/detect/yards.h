/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yards.h: sites, what came in and went out there, and the receipts that stand for it, as the log tells it.
 *
 * Quantities are exact decimals, in millionths of the unit the site is
 * registered in for the goods; what is said in another unit is not counted.
 *
 * Invariants: a store's live is the sum of its receipts' parts; weighed in
 * never falls.
 */
#ifndef CF_YARDS_H
#define CF_YARDS_H

#include "book.h"
#include "goods.h"

enum { OWNERS_KEPT = 8, DAYS_KEPT = 8 };

struct store { /* goods of one kind at one site */
	uint32_t site;
	uint32_t older;  /* of the site */
	uint32_t newest; /* receipt with a part here */
	struct span goods;
	char unit[4];
	int64_t capacity, weighed_in, delivered, live;
	int64_t counted;                            /* by the last full count */
	uint64_t capacity_seq, in_seq, counted_seq; /* 0: never */
	int32_t counted_on;                         /* day */
	/* the last days with goods both in and out */
	int32_t day; /* of in_today, out_today */
	int64_t in_today, out_today;
	int32_t both[DAYS_KEPT];
	unsigned n_both;
};
struct site_seen {
	struct uuid id;
	uint32_t keeper; /* party */
	uint32_t store;  /* newest */
	uint64_t seq;
	struct moment at;
};
struct receipt_part { /* a receipt's part of a store */
	uint32_t store;
	int64_t micro;
	uint32_t receipt, older; /* of the store */
	int64_t lot;             /* number in the receipt */
};
struct owner {
	uint32_t party;
	int32_t day; /* title came */
	uint64_t seq;
};
struct receipt_seen {
	struct uuid id;
	uint32_t site;
	uint64_t seq;
	struct moment at;        /* of the first issue: a split keeps it */
	uint32_t part[LOTS_MAX]; /* into yards.part */
	unsigned n_parts;
	struct owner owner[OWNERS_KEPT]; /* the last ones, the present one last */
	unsigned n_owners;
	struct uuid order_to;           /* a transfer ordered; nil: a delivery */
	int64_t order_lot, order_micro; /* 0: all of it */
	bool ended;
};
struct yards {
	struct arena *mem;
	struct dense site, store, receipt, part;
	struct index by_site, by_receipt;
};
void yards_start(struct yards *y, struct arena *mem);
/* Takes the entry up, if it was accepted. False when mem is full. */
MUST_CHECK bool yards_see(struct yards *y, const struct book *b, const struct seen *s);

uint32_t yards_site(const struct yards *y, struct uuid id);
uint32_t yards_receipt(const struct yards *y, struct uuid id);
uint32_t yards_store(const struct yards *y, uint32_t site, struct span goods);
static inline struct site_seen *site_at(const struct yards *y, uint32_t i) { return dense_at(&y->site, i); }
static inline struct store *store_at(const struct yards *y, uint32_t i) { return dense_at(&y->store, i); }
static inline struct receipt_seen *receipt_at(const struct yards *y, uint32_t i) { return dense_at(&y->receipt, i); }
static inline struct receipt_part *part_at(const struct yards *y, uint32_t i) { return dense_at(&y->part, i); }
#endif
