/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h: the fold of early warning (warn.h): what it keeps, and how its parts say what they see.
 *
 * It runs behind the modules of a detector and reads the book and the features they keep. A topic is something a warning
 * can be about; on it hang the stakes of those who have money in it and the warnings that stand. A part sees each
 * accepted entry and weighs an event on a topic: whether it holds, whether its cause is gone, or neither; the rest (is
 * one open, whom does it concern, what does it close) is done here.
 *
 * Bounds: an entry looks at a fixed number of things, each bounded by the constants here; what the clock brings is done
 * TIMERS_AT_ONCE at a time. w->work counts the steps, so that a test can hold it to that.
 *
 * Invariants: a topic's standing warnings are one of an event at most; a stake's sums are those of the bounds that name
 * it; nothing is warned of in which nobody has a stake.
 */
#ifndef CF_WATCH_H
#define CF_WATCH_H

#include "features.h"
#include "warn.h"

enum {
	RING = 24,        /* payments, terms, dilutions, prices kept */
	BOUND_TOPICS = 6, /* that one encumbrance is a stake in */
	TIMERS_AT_ONCE = 32,
	LOOK_BACK = 128, /* claims of a party looked at, the newest */
	YEAR_DAYS = 365,
};

struct topic {
	struct warned_subject is;
	uint32_t stake, standing; /* newest; NOWHERE */
	uint32_t party;           /* whom TO_SELF means; NOWHERE */
	uint32_t cell;            /* of a region and goods; NOWHERE */
};
struct stake { /* what one lender has in a topic */
	uint32_t topic, lender, older;
	int64_t claims, worth;
};
struct bound { /* an encumbrance, by its number in the book */
	uint32_t topic[BOUND_TOPICS];
	unsigned n;
	uint32_t lender;
	int64_t worth; /* as it stands in the stakes */
	char ccy[4];
	bool live;
};
struct standing {
	struct uuid id;
	enum warning_event event;
	uint32_t topic, older;
	struct moment until;
	struct hash raise; /* statement; once it is entered */
	bool entered, gone;
	uint64_t gone_seq;
	int64_t value; /* as last weighed */
};

/* --- what the parts keep --- */
struct paid { /* a payment by a debtor */
	uint64_t seq;
	int64_t worth;
	int32_t day;
	int16_t late;
	bool partial;
};
struct term {
	uint64_t seq;
	int32_t day;
	int16_t days;
};
struct debtor_watch {
	struct paid paid[RING];
	struct term term[RING];
	uint32_t n_paid, n_term; /* ever; the ring's place is the rest by RING */
	uint32_t overdue;        /* live claims marked so */
	uint64_t overdue_seq[RING];
	uint32_t n_overdue; /* ever */
};
struct event_at { /* something that happened, with its worth or quantity */
	uint64_t seq;
	int64_t worth;
	int32_t day;
	uint32_t who;
};
struct ring { /* the last RING of a kind */
	struct event_at at[RING];
	uint32_t n; /* ever */
};
struct seller_watch {
	struct ring diluted;
	uint16_t registered[8]; /* by bucket of thirty days */
	int32_t bucket;         /* the newest of them */
	bool timed;
	uint64_t last_seq;
};
struct party_watch {
	uint32_t debtor, seller, topic, book; /* NOWHERE before they are needed */
	uint32_t point;                       /* newest */
};
struct pair_watch {
	struct moment last_at;
	bool timed;
};
struct claim_watch {
	int64_t open; /* as counted in its cell */
	uint32_t cell;
	bool overdue, counted;
};
struct cell {
	uint32_t topic;
	int64_t live;
	struct ring overdue;
};
struct feed_watch {
	uint32_t topic;
	struct uuid id;
	char ccy[4];
	int64_t price, per;
	struct ring prices;
};
struct site_watch {
	struct uuid id;
	uint32_t topic;
	struct ring out;
	int32_t counted_on; /* day */
	uint64_t counted_seq;
	bool timed;
};
struct held { /* a receipt or a pledge of stock */
	struct uuid id;
	uint32_t topic, owner, site, feed; /* NOWHERE */
	uint32_t goods;                    /* topic of the commodity; NOWHERE */
	int64_t quantity, floor;           /* of a pledge */
	int64_t ratio;                     /* ppm that may be bound */
	struct ring out;
};
struct point {
	struct score_point is;
	uint32_t older;
};
struct suspected { /* a finding of invention that may be confirmed */
	struct uuid id;
	uint32_t party, other; /* the other NOWHERE */
	uint64_t seq;
};
struct confirmed {
	uint32_t party[2];
	uint64_t seq;
	struct moment at;
};

enum timer_kind { TIMER_ORDERS, TIMER_PAIR, TIMER_SITE };
struct timer {
	enum timer_kind kind;
	uint32_t what, older;
};

struct watch {
	struct book *book;
	const struct features *features;
	const struct detector *detector;
	const struct seen *s;
	uint32_t claim;
	struct arena *mem;
	struct {
		enum warning_severity severity;
		int64_t threshold;
	} rule[WARNING_NUMBERS];
	struct dense topic, stake, standing, bound, party, debtor, seller, pair, of_claim, cell, feed, site, held,
		point, suspected, timer;
	struct index by_topic, by_stake, by_standing, by_held, by_site, by_feed, by_suspected, by_day;
	uint32_t market[8]; /* registrations of everybody, by bucket of thirty days */
	int32_t market_bucket;
	struct confirmed confirmed[64];
	uint32_t n_confirmed;
	int32_t day;     /* whose timers are being done */
	uint32_t timers; /* left of it */
	bool by_clock;   /* what is weighed now, the entry only gave the time for */
	bool full;       /* memory */
	uint64_t work;   /* steps, for the tests */
	unsigned n;
	struct warned out[WARNED_AT_ONCE];
};

MUST_CHECK bool watch_start(struct watch *w, struct book *b, const struct features *f, const struct detector *d,
                            struct arena *mem);
/* The entry, after the modules have seen it. False when memory is full. */
MUST_CHECK bool watch_see(struct watch *w, const struct seen *s, uint32_t claim);

/* --- topics --- */
/* Of a party, asset or site, by id; of a commodity, by name. NOWHERE when memory is full. */
uint32_t topic_of(struct watch *w, enum warned_of of, struct uuid id, uint32_t party);
uint32_t topic_named(struct watch *w, enum warned_of of, struct span region, struct span goods);
uint32_t topic_of_party(struct watch *w, uint32_t party);
static inline struct topic *topic_at(const struct watch *w, uint32_t i) { return dense_at(&w->topic, i); }
static inline struct party_watch *party_watch(struct watch *w, uint32_t party)
{
	struct party_watch *p = dense_reach(&w->party, party);

	if (!p)
		w->full = true;
	return p;
}

/* --- weighing --- */
enum verdict { UNSURE, HOLDS, GONE };
/* Raises when it holds and none stands, closes when its cause is gone. The new one, to cite and say more of it; else NULL.
 * The entry is evidence already, unless it only gave the time. */
struct warned *weigh(struct watch *w, enum warning_event e, uint32_t topic, int64_t value, enum verdict v);
/* Above `at` it holds, below half of it the cause is gone. */
static inline enum verdict over(int64_t value, int64_t at)
{
	return value >= at ? HOLDS : value < at / 2 ? GONE : UNSURE;
}
static inline int64_t limit_of(const struct watch *w, enum warning_event e) { return w->rule[e].threshold; }
bool stands(const struct watch *w, enum warning_event e, uint32_t topic);
void warned_cites(struct warned *x, uint64_t seq);
/* "<before><n><after>", joined by "; ". */
void warned_says(struct warned *x, const char *before, int64_t n, const char *after);

/* --- the clock --- */
/* Calls the part of this kind `days` after the entry, or later. */
void set_timer(struct watch *w, enum timer_kind kind, uint32_t what, int32_t days);
void timer_orders(struct watch *w, uint32_t seller), timer_pair(struct watch *w, uint32_t pair);
void timer_site(struct watch *w, uint32_t site);

/* --- stakes (stakes.c) --- */
void stakes_see(struct watch *w);
/* The newest stake in it that is more than nothing; NOWHERE without, and at the end. */
uint32_t stake_first(const struct watch *w, uint32_t topic);
uint32_t stake_next(const struct watch *w, uint32_t stake);
static inline struct stake *stake_at(const struct watch *w, uint32_t i) { return dense_at(&w->stake, i); }
/* What is bound on the asset by all lenders. */
int64_t stakes_worth(const struct watch *w, uint32_t topic);

/* --- the parts --- */
void debtor_see(struct watch *w), seller_see(struct watch *w), stock_see(struct watch *w), network_see(struct watch *w);
void points_see(struct watch *w);
/* A supplier is in trouble: those who depend on it are warned of. */
void supplier_shock(struct watch *w, uint32_t supplier);
uint32_t held_of(const struct watch *w, struct uuid asset);
static inline struct held *held_at(const struct watch *w, uint32_t i) { return dense_at(&w->held, i); }
/* After what is bound on a pledge has changed. */
void pledge_judge(struct watch *w, uint32_t held);

/* --- rings --- */
static inline void ring_add(struct ring *r, struct event_at e) { r->at[r->n++ % RING] = e; }
static inline uint32_t ring_count(const struct ring *r) { return r->n < RING ? r->n : RING; }
/* The i-th newest, from 0. */
static inline const struct event_at *ring_back(const struct ring *r, uint32_t i)
{
	return &r->at[(r->n - 1 - i) % RING];
}
static inline int32_t day_now(const struct watch *w) { return (int32_t)(w->s->at.us / DAY_US); }
#endif
