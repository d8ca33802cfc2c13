/* SPDX-License-Identifier: Apache-2.0 */
/*
 * near.h: what is kept of every claim to find another one of the same trade
 * under another number, amount or name; inside of the near module.
 *
 * Three steps at each registration: claims that share a key with it are
 * candidates (near_find.c), each is compared field by field and weighed
 * (near_compare.c), and what weighs enough is found (near.c). Beside it, claims
 * of the pair that add up to it, or with it to another (near_sums.c).
 *
 * Invariants: near_claim number i is book_claim number i; a claim is the
 * earlier one of at most one pair that stands (`partner`), and the later one of
 * at most one.
 */
#ifndef CF_NEAR_H
#define CF_NEAR_H

#include "blocks.h"
#include "detecting.h"
#include "match.h"
#include "normalise.h"

enum near_level {
#define LEVEL(ID, field, level, bits) LEVEL_##ID,
#include "near_level.def"
#undef LEVEL
};
extern const struct match_level near_levels[];

enum {
	NEAR_FLAG = 40,   /* tenths of a bit from which it is shown; from the signal's threshold it is held */
	NEAR_DAYS = 400,  /* older claims are no candidates */
	NEAR_POSTS = 64,  /* of one key that are looked at, the newest */
	NEAR_READ = 1024, /* of all keys together */
	NEAR_CANDIDATES = 200,
	NEAR_DELIVERIES = 16,    /* of one claim that are compared */
	NEAR_SUM_STEPS = 200000, /* of near_sums.c for one entry, whatever is in the book */
	SERIES_LOOKBACK = 64,    /* claims that tell how a series of numbers or dates runs */
	CROWD = 32,              /* claims of a pair in three or four weeks that the priors reckon with */
};

struct near_claim {
	struct uuid lineage;
	const char *norm; /* of the number */
	uint8_t len, digits, n_deliveries;
	bool instrument; /* a voucher or bill stands for it */
	bool spoken_for; /* a sum that stops financing is explained by it */
	uint32_t last6;
	uint64_t number, shape, series, tail;
	uint64_t order, *delivery; /* keys; 0: none */
	int64_t base;              /* its worth in the base currency when it came, or its face when that is not known */
	uint32_t seller, debtor;   /* entities */
	uint32_t nth;              /* claim of its creditor */
	uint32_t partner;          /* the later claim that this one explains; NOWHERE */
	int32_t partner_bits;
};

struct near_order { /* of a prepayment */
	uint32_t seller, buyer;
	uint64_t order, seq;
	struct money amount;
};

/* A seller's numbers of one series, all of them, in whatever order they came. */
struct near_series {
	uint32_t creditor;
	uint64_t series, n, least, most;
};

/* How the seller's numbers of one series run in time; of the claim being seen. */
struct near_course {
	unsigned n;
	uint32_t claim[SERIES_LOOKBACK];
	int32_t day[SERIES_LOOKBACK];
	uint64_t tail[SERIES_LOOKBACK];
	uint64_t step; /* mean distance of all of them; 0: there are none */
};

/* The pair's claims whose invoices were issued within 10 to 19 days of this one's, and on its very day. */
struct near_crowd {
	uint32_t n, same_day;
};

/* What the work has been: bounded per entry whatever is in the book. */
struct near_work {
	uint64_t entries, keys, posts, compared, sums;
};

struct near {
	struct dense claim, order;
	struct dense entity; /* per party: the first party of that name */
	struct dense series; /* struct near_series */
	struct index by_series;
	struct blocks key;  /* of claims */
	struct blocks name; /* of parties */
	struct blocks ordered;
	struct counts
		amount; /* by amount; by seller and amount; by seller; by pair and currency; by pair; by pair and time */
	struct near_course course;
	struct near_crowd crowd;     /* of the claim being seen */
	struct near_work work, most; /* in all, and the most that one entry took */
};
static inline struct near_claim *near_at(const struct near *m, uint32_t i) { return dense_at(&m->claim, i); }
/* The first party of the same name: two identifiers of one company are one entity. */
uint32_t near_entity(const struct near *m, uint32_t party);

/* --- near_find.c --- */
enum near_key {
	KEY_FILED = 2,
	KEY_SHAPE,
	KEY_AMOUNT,
	KEY_WORTH,
	KEY_GOODS,
	KEY_DELIVERY,
	KEY_LAST6,
	KEY_ORDER,
	KEY_DOCUMENT,
	KEY_CROWD
};
/* What is kept of a claim as it stands in the book; false when memory is full. */
MUST_CHECK bool near_read(struct near *m, const struct book *b, const struct body_receivable_register *body,
                          uint32_t claim);
/* Puts it under its keys. */
MUST_CHECK bool near_keep(struct near *m, const struct book *b, const struct body_receivable_register *body,
                          uint32_t claim);
/* The claims that share a key, those that share most first, then the newest; at most NEAR_CANDIDATES. */
unsigned near_candidates(struct near *m, const struct book *b, const struct body_receivable_register *body,
                         uint32_t claim, uint32_t *ret);
uint64_t near_key_of(enum near_key kind, uint64_t a, uint64_t b, uint64_t c);
struct near_crowd near_crowd(const struct near *m, const struct book *b, uint32_t claim);
/* Counts it among them. False when memory is full. */
MUST_CHECK bool near_crowd_add(struct near *m, const struct book *b, uint32_t claim);
uint64_t key_of_money(int64_t minor, const char ccy[static 3]);

/* --- near_compare.c --- */
struct likeness {
	struct match match;
	enum near_level number, amount;
	bool sides_swapped, other_seller, other_debtor;
	bool same_goods, same_delivery, same_document, same_order, other_goods, other_delivery, other_order;
	bool other_due; /* by weeks */
	bool in_series; /* the numbers fit their dates: an ordinary next document */
	int32_t days;   /* between the issue dates */
	int32_t exact;  /* bits of the comparison of two currencies */
};
/* The claim's number joins its series. False when memory is full. */
MUST_CHECK bool near_count_number(struct near *m, const struct book *b, uint32_t claim);
/* Reads the course of the claim's numbers, before it is compared with any. */
void near_course(struct near *m, const struct book *b, uint32_t claim);
/* Compares a claim with an earlier one. */
void near_compare(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier, struct likeness *ret);
/* How surprising it is that another claim of the seller has the same amount. */
int32_t near_amount_bits(const struct near *m, const struct book *b, const struct book_claim *c, uint32_t seller);
/* A seller of whom enough is known to say that its amounts do not come again within a month. */
bool near_never_repeats(const struct near *m, uint32_t seller);
/* How surprising it is that an amount of the seller comes again. */
int32_t near_repeat_bits(const struct near *m, uint32_t seller);
/* Claims ended by their parties are no doubles: cancelled, rejected, lapsed; nor is what declares its descent. */
bool near_comparable(const struct near *m, const struct book *b, uint32_t claim, uint32_t earlier);

/* --- near_sums.c --- */
/* Finds D07 and D08. */
void near_sums(struct near *m, struct sighting *g);
/* Writes the computation into the finding. */
void near_explain(struct finding_made *f, const struct match *m);

/* For tests and benchmarks. */
struct near_work near_work_total(const void *state);
struct near_work near_work_most(const void *state);
#endif
