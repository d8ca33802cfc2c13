/* SPDX-License-Identifier: Apache-2.0 */
/*
 * features.h: what the log says about how parties pay and sell, kept so that a
 * score needs no look at the past (DETECTION 5.3).
 *
 * Every entry that says something about payment becomes an input: one row with
 * its number, whom it concerns and what it counts. Sums stand in buckets of
 * thirty days of the log's clock, exact integers that fade only when they are
 * read. So an input can be left out again, wholly, when the operator corrects
 * it, and whoever folds the same entries has the same sums.
 *
 * Invariants: a sum equals the sum over its inputs that count; an input counts
 * once; amounts are CNY minor units (fx_base), clipped to WORTH_MAX; nothing
 * about lenders, searches or holds is kept here.
 */
#ifndef CF_FEATURES_H
#define CF_FEATURES_H

#include "network.h" /* detector_book */
#include "detecting.h"
#include "score.h"

#define WORTH_MAX INT64_C(1000000000000000)
enum {
	BUCKET_DAYS = 30,
	DEBTOR_BUCKETS = 25,
	SELLER_BUCKETS = 13,
	PAIR_QUARTERS = 5, /* of three buckets */
	LATE_DAYS = 5,     /* later than this is late */
	DELAY_MAX = 999,
	DELAYS = 12, /* classes of delay */
	SECTORS = 64,
};

enum input_kind {
	INPUT_REGISTERED, /* a claim came into being */
	INPUT_SETTLED,    /* paid in full; `days` late */
	INPUT_DEFAULTED,  /* by the registry's clock, or written off */
	INPUT_PARTIAL,    /* a payment that left something open */
	INPUT_DISPUTED,
	INPUT_DILUTED,  /* a credit note or reduction */
	INPUT_REJECTED, /* never owed */
	INPUT_OVERDUE,
	INPUT_KINDS
};

struct input {
	uint64_t seq;
	uint32_t claim;
	uint32_t older_of_debtor, older_of_seller, older_of_claim;
	int64_t worth;
	int32_t days, bucket;
	uint16_t weight; /* of an observation, thousandths: less for what is small for the debtor */
	uint8_t kind, sector;
	bool counts;   /* it is in the sums now */
	bool left_out; /* corrected: it never comes back */
};

struct debtor_bucket {
	int32_t bucket;
	uint32_t observed, registered, disputed, partial;
	int64_t weight, worth, late, delay, defaulted; /* delay: hundredths of worth, times days */
};
struct debtor_features {
	struct debtor_bucket at[DEBTOR_BUCKETS];
	int64_t owed, overdue; /* open now; and of that, marked overdue or defaulted */
	int64_t typical;       /* near the median worth of what it settled */
	uint64_t observed;
	uint32_t delays[DELAYS];
	uint32_t newest; /* input */
};
struct seller_bucket {
	int32_t bucket;
	int64_t gross, diluted;
};
struct seller_features {
	struct seller_bucket at[SELLER_BUCKETS];
	struct moment first_settled; /* zero: none yet */
	uint32_t newest;             /* input */
};
/* Open or confirmed findings on one subject, as entered in the log. */
struct suspicion {
	uint16_t holds, blocks, confirmed;
	int32_t bits;    /* of the others, tenths */
	uint32_t newest; /* finding */
};
struct pair_quarter {
	int32_t bucket; /* a third of the others' */
	int64_t gross;
};
struct pair_features {
	struct pair_quarter at[PAIR_QUARTERS];
	int64_t settled_worth, delay, open, terms; /* delay: days; terms: days, of all registered */
	uint32_t settled, registered;
};
struct claim_features {
	int64_t worth, open;
	uint32_t newest;  /* input */
	uint32_t outcome; /* the input that says how it was paid; NOWHERE while none does */
	bool overdue;
	uint8_t code; /* of the dispute that stands: 1..6; 0 without */
	uint64_t code_seq;
	uint8_t resolved; /* who has signed its end: 1 creditor, 2 debtor */
	struct suspicion suspicion;
};
struct party_features {
	uint32_t debtor, seller; /* NOWHERE before they are needed */
	uint32_t sector;
	struct suspicion suspicion;
};
struct noted_finding {
	struct uuid id;
	uint64_t seq;
	uint32_t party, claim; /* one of them NOWHERE */
	uint32_t older;        /* on the same subject */
	int32_t bits;
	uint8_t severity;
	bool counts, confirmed, left_out;
};
struct sector_features {
	struct span name;
	int64_t observed, late;
};

struct features {
	struct book *book;
	struct dense party, debtor, seller, pair, claim, finding,
		input;                                   /* party, pair and claim by the book's numbers */
	struct index by_finding;                         /* id */
	struct index by_finding_seq, by_input, left_out; /* entry; the last: keys alone say it */
	struct sector_features sector[SECTORS];          /* the first: of no sector, or one too many */
	unsigned n_sectors;
	int64_t delays[DELAYS]; /* of all debtors */
	struct {                /* published; the later one may not be in force yet */
		const struct score_model *model;
		struct moment effective;
	} model[8];
	unsigned n_models;
};

static inline int32_t bucket_of(struct moment m) { return (int32_t)(m.us / (DAY_US * BUCKET_DAYS)); }
static inline struct party_features *party_features(const struct features *f, uint32_t i)
{
	return dense_at(&f->party, i);
}
static inline struct claim_features *claim_features(const struct features *f, uint32_t i)
{
	return dense_at(&f->claim, i);
}
static inline struct pair_features *pair_features(const struct features *f, uint32_t i)
{
	return dense_at(&f->pair, i);
}
static inline struct input *input_at(const struct features *f, uint32_t i) { return dense_at(&f->input, i); }
/* NULL when the party has not been one yet. */
const struct debtor_features *debtor_features(const struct features *f, uint32_t party);
const struct seller_features *seller_features(const struct features *f, uint32_t party);
/* The largest delay of a class, days. */
extern const int32_t delay_bound[DELAYS];
/* The model in force at this moment. */
const struct score_model *features_model(const struct features *f, struct moment now);
/* The operator has found the entry wrong (score.correct): it counts nowhere. */
bool features_left_out(const struct features *f, uint64_t seq);

/* --- between features.c and noted.c --- */
/* mix64 is one to one in its second half: where the key is, the entry is. */
static inline uint64_t key_of_entry(uint64_t seq) { return mix64(0, seq); }
/* Takes it out of the sums, when it is in them. */
void input_uncount(struct features *f, uint32_t i);
typedef bool noter(struct features *f, const struct sighting *g);
noter note_profile, note_finding, note_review, note_model, note_correct;

extern const struct module features_module;
const struct features *detector_features(const struct detector *d);
#endif
