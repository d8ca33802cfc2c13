/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book.h: the log as detection reads it: parties, receivables, pairs of
 * creditor and debtor, encumbrances, in dense arrays, newest first in chains.
 *
 * The book is kept by book_see and read by the detectors (detecting.h). It
 * only takes up what was accepted. What a detector needs beyond it, the
 * detector keeps itself.
 *
 * Invariants: numbers are never reused; a chain leads from newer to older;
 * sums are of the claims' own currency's minor units, and those named _base of
 * the base currency's (fx_base).
 */
#ifndef CF_BOOK_H
#define CF_BOOK_H

#include "dense.h"
#include "detect.h"

__extension__ typedef __int128 wide; /* products of two amounts */

/* What a party shares with others, as party.profile says it: "account:6222...". */
struct tie {
	struct span text;
	uint32_t parties; /* how many live parties have it */
	uint32_t newest;  /* into book.bond; NOWHERE at the end */
};
struct bond { /* one party has one tie */
	uint32_t party, tie;
	uint32_t next_of_tie, next_of_party;
	uint64_t seq; /* of the profile that said so last */
	struct moment at;
};

struct book_party {
	struct uuid id;
	struct span name, identifier, country, region, sector; /* identifier as in state.def: "uscc:..." */
	int32_t roles;
	uint64_t seq, profile_seq; /* enrolled, last profile (0: none) */
	struct moment at, profile_at;
	struct date founded;              /* DATE_NONE: not known */
	struct money turnover, purchases; /* absent: not known */
	int64_t staff;                    /* 0: not known */
	uint32_t bond;                    /* newest into book.bond */
	uint32_t group;                   /* party at the head of its declared group; NOWHERE: none declared */
	uint64_t key_seq;                 /* last key enrolled after the first ones; 0: none */
	struct moment key_at;
	bool key_by_other;               /* and by the operator, not by a key of its own */
	uint32_t as_creditor, as_debtor; /* newest claims */
	uint32_t n_as_creditor, n_as_debtor;
	uint64_t last_own_seq; /* the last entry it signed of its own accord (no confirmation) */
	struct moment last_own_at;
};

enum claim_state { CLAIM_LIVE = 0, CLAIM_REJECTED, CLAIM_CANCELLED, CLAIM_WRITTEN_OFF, CLAIM_SETTLED, CLAIM_LAPSED };
struct book_claim {
	struct uuid id;
	uint32_t creditor, debtor, pair;
	uint32_t older_of_pair, older_of_creditor, older_of_debtor;
	uint64_t seq;
	struct moment at;
	int64_t face, diluted, paid;
	char ccy[4];
	struct date issued, due, delivered; /* delivered: DATE_NONE when not said */
	struct span number;                 /* as printed */
	struct span order, goods, account;  /* "" when not said */
	struct texts deliveries;
	struct hash goods_lines, document; /* zero when not said */
	bool existing;
	enum claim_state state;
	uint64_t ended_seq;
	uint64_t confirmed_seq, disputed_seq, overdue_seq, defaulted_seq; /* 0: not */
	struct moment confirmed_at;
	bool set_off_waived; /* by the confirmation */
	struct hash confirmed_kid;
	uint64_t financed_seq; /* first acceptance of an encumbrance */
	struct moment financed_at;
	uint32_t encumbrance;      /* newest into book.encumbrance */
	uint16_t lenders;          /* distinct secured parties that accepted, ever */
	uint64_t paid_seq;         /* last payment */
	struct date paid_on;       /* its value date */
	struct span payer_account; /* of the last payment */
	/* kept by detector.c */
	uint16_t soft_families; /* bits: enum family of the soft findings on it */
	int32_t soft_bits;      /* their weight, tenths of a bit */
	uint8_t worst;          /* enum severity of its open findings */
};

struct book_pair {
	uint32_t creditor, debtor;
	uint32_t newest, n_claims;
	struct moment first_at;
};

struct book_encumbrance {
	struct uuid id;
	uint32_t claim;   /* NOWHERE: of an asset that is no receivable */
	uint32_t older;   /* of the same claim */
	uint32_t secured; /* party */
	int64_t amount, advance;
	uint64_t granted_seq, accepted_seq, ended_seq;
	struct moment accepted_at, ended_at;
};

struct book {
	struct arena *mem;
	uint64_t next_seq;
	struct moment now; /* accepted_at of the entry being seen */
	struct dense party, claim, pair, encumbrance, tie, bond;
	struct index by_party, by_claim, by_pair, by_encumbrance, by_tie, by_identifier;
	struct { /* as published: signal.def, then rule.publish of "signal.<id>" */
		enum severity severity;
		int64_t threshold;
	} signal[SIGNAL_NUMBERS];
	/* Rates: price feeds whose commodity is "fx:<ccy>", in CNY for one unit. */
	struct fx_rate {
		struct uuid feed;
		char ccy[4];
		int64_t price; /* CNY minor units for `per` millionths of the currency's main unit */
		int64_t per;
	} fx[32];
	unsigned n_fx;
};

MUST_CHECK bool book_start(struct book *b, struct arena *mem);
/* Takes the entry up. False when memory is full. */
MUST_CHECK bool book_see(struct book *b, const struct seen *s);

/* NOWHERE when there is none. */
uint32_t book_party(const struct book *b, struct uuid id);
uint32_t book_claim(const struct book *b, struct uuid id);
uint32_t book_pair(const struct book *b, uint32_t creditor, uint32_t debtor);
uint32_t book_encumbrance(const struct book *b, struct uuid id);
uint32_t book_tie(const struct book *b, struct span text);
static inline struct book_party *party_at(const struct book *b, uint32_t i) { return dense_at(&b->party, i); }
static inline struct book_claim *claim_at(const struct book *b, uint32_t i) { return dense_at(&b->claim, i); }
static inline struct book_pair *pair_at(const struct book *b, uint32_t i) { return dense_at(&b->pair, i); }
static inline struct book_encumbrance *encumbrance_at(const struct book *b, uint32_t i)
{
	return dense_at(&b->encumbrance, i);
}
static inline struct tie *tie_at(const struct book *b, uint32_t i) { return dense_at(&b->tie, i); }
static inline struct bond *bond_at(const struct book *b, uint32_t i) { return dense_at(&b->bond, i); }

/* The claim the entry is about: the object itself, or what an encumbrance or hold it names lies on; NOWHERE for none. */
uint32_t book_subject(const struct book *b, const struct seen *s);
static inline int64_t claim_open(const struct book_claim *c) { return c->face - c->diluted - c->paid; }
/* Worth in CNY minor units at the last posted rate; false when there is none for its currency. */
bool fx_base(const struct book *b, int64_t minor, const char ccy[static 3], int64_t *ret);
/* Days from a to b of the log's clock. */
static inline int64_t days_between(struct moment a, struct moment b) { return (b.us - a.us) / INT64_C(86400000000); }
#endif
