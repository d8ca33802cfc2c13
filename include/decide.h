/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide.h: may this statement be accepted now, and what does it change?
 *
 * One pure function, the same in the server, the auditor and the simulator:
 * world + command + moment -> decision. It changes nothing: edited rows are
 * copies inside the decision, which decision_apply puts into the world. So a
 * refusal leaves no trace by construction.
 *
 * decide also says what it needs: when it asks for a row the world has not
 * loaded, it stops with DECIDE_WANTS and the keys. The caller loads them and
 * asks again. There is no second list of what a statement touches that could
 * go out of step with the rules.
 */
#ifndef CF_DECIDE_H
#define CF_DECIDE_H

#include "fault.h"
#include "leaf.h"
#include "state.h"

#define CHANGES_MAX 160  /* rows one statement may change: an asset and all its encumbrances (see ENCUMBRANCES_MAX) */
#define WANTS_MAX 160    /* a list of LIST_MAX objects and what hangs on each */
#define DOCUMENTS_MAX 16 /* documents one receivable may name */
#define DECIDE_MEM ((size_t)256 * 1024) /* decide needs this much room in mem: CHANGES_MAX rows */
#define RULES_USED_MAX 64               /* two years of a calendar among them */
#define ENCUMBRANCES_MAX 128            /* granted or binding at one time on one asset: payment walks them all */

enum decide_status { DECIDED, DECIDE_WANTS };

struct want {
	enum table_id table;
	struct row_key key;
	bool children; /* of this asset: all granted and binding encumbrances */
	bool fresh;    /* only to make it: world_assume will do */
};

struct decision {
	enum fault outcome;
	struct diag diag;
	bool pending; /* accepted, but waits for a second signature */
	unsigned n_changes;
	struct row *change[CHANGES_MAX]; /* whole rows as they will be */
	unsigned n_rules;
	int64_t rule[RULES_USED_MAX]; /* ids of the rule rows applied */
	unsigned n_wants;
	struct want want[WANTS_MAX];
	struct uuid issuer; /* the signer's party, once known */
	uint64_t seq;       /* the place it was decided for */
};

struct registry {
	const struct world *world;
	struct moment now;  /* the accepted_at this entry would have */
	uint64_t seq;       /* the place it would have */
	struct span fp_key; /* the key of exact fingerprints */
	struct span origin; /* of this log; genesis must name it */
	const uint64_t
		*judged; /* for checks: entries before this one detection has judged; NULL: nobody detects here */
};

/* mem takes the copies of edited rows; they must live until decision_apply. */
enum decide_status decide(const struct registry *r, const struct command *c, struct arena *mem, struct decision *ret);
/* Puts the changes into the world and marks the rows dirty. False when the world's arena is full. */
MUST_CHECK bool decision_apply(struct world *w, const struct decision *d);
/* What a uuid member of a body names: a party, unless its name says otherwise. */
enum table_id table_named(const char *member);
/* Canonical JSON of what was decided: the text under the leaf's decision digest. */
void put_decision(struct writer *w, const struct registry *r, const struct command *c, const struct decision *d);
/* The digest itself: HMAC-SHA-256(salt, put_decision). scratch holds the text meanwhile. */
struct hash decision_digest(const struct registry *r, const struct command *c, const struct decision *d,
                            struct arena *scratch);

/* Name and version of a rule row's id, such as "receivable.tenor@2". */
void put_rule_id(struct writer *w, int64_t rule_row_id);

/*
 * Exact fingerprints (DETECTION 3.2, 3.3): HMAC over the normalised facts of a
 * document, first 16 bytes. issuer is the identifier ("uscc:..", "lei:..") or
 * the party id as text; number as printed. Normalisation version 1: upper case,
 * full width to half width, no spaces, hyphens, slashes, dots; leading zeros of the numeric tail dropped.
 */
struct fp16 fingerprint_invoice(struct span key, struct span issuer, struct span number, struct arena *mem);
/* The normalised form itself; empty when nothing is left. */
struct span normalise_number(struct span number, struct arena *mem);
/* The same for other things that may exist once: `tag` keeps kinds apart, each part is normalised. */
struct fp16 fingerprint_parts(struct span key, const char *tag, const struct span *part, size_t n, struct arena *mem);
struct fp16 fingerprint_identifier(struct span identifier);
/* Names the fingerprint key without telling it: HMAC-SHA-256(key, "counterfoil/1 fingerprint key"). */
struct hash fingerprint_key_id(struct span key);
/* What a mandate is found by: there is one live mandate from a principal to an agent. */
struct fp16 fingerprint_mandate(struct uuid principal, struct uuid agent);
/* And an objection: there is one standing one of a challenger to an asset or encumbrance. */
struct fp16 fingerprint_objection(struct uuid challenger, struct uuid subject);

/* --- what a reader may be told about an asset --- */
struct balance {
	int64_t face, open, encumbered, reserved, free;
};
/* open = face - diluted - paid; free = open - encumbered - reserved. */
struct balance asset_balance(const struct asset *a);
/* The level of its evidence as it is shown: 4 once its debtor has confirmed what a document of level 1 at least says,
 * as long as no paper of the trade takes it back; else that of the document. */
enum { LEVEL_CONFIRMED = 4 };
int32_t asset_level(const struct asset *a);
/* Order among the encumbrances of one asset: <0 when a ranks before b. */
int rank_cmp(const struct encumbrance *a, const struct encumbrance *b);

/*
 * The balance invariants of one asset and its encumbrances, for the simulator,
 * the auditor and the tests: NULL when they hold, else which does not.
 */
const char *asset_broken(const struct asset *a, const struct encumbrance *const *enc, size_t n);
/*
 * Conservation of vouchers and bills over a whole world: the parts of each package that are not split are disjoint
 * and together the package, and one package at most stands for a receivable, owed exactly what its parts are.
 * NULL when it holds, else what does not and in which package. mem takes a pointer for every part.
 */
const char *paper_broken(const struct world *w, struct arena *mem, struct uuid *package);

/* --- who is in a pool --- */
struct pool_step {
	bool enters; /* or leaves */
	struct uuid asset, debtor;
	int64_t amount; /* owed on it when it entered, minor units */
	struct date due;
};
/* The commitment after one more step: SHA-256(before || enters || asset || debtor || amount || due day), big-endian,
 * 1 byte for enters and 8 for each number; zeros before the first. */
struct hash pool_link(struct hash before, const struct pool_step *s);
#endif
