/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_answer.h: what a lender is told before it lends, and why.
 *
 * Pure, in the same way as decide(): what is not loaded is asked for, and the
 * check is run again. The answer is cut to what the asker may know here, once,
 * so that no writer of it can tell more:
 *
 *   the creditor, the debtor, a regulator or court   everything
 *   a lender                                         its own encumbrances whole; of another's its rank, kind,
 *                                                    amount and since when: what one lends behind; never whose, and
 *                                                    of another's promise only that it exists
 *   anyone else                                      E_NOT_FOUND, whether there is such a claim or not
 *
 * Invariant: verdict is the gravest severity among the reasons.
 */
#ifndef CF_CHECK_ANSWER_H
#define CF_CHECK_ANSWER_H

#include "check.h"
#include "decide.h"

enum weight { INFO = 0, CAUTION = 1, STOP = 2 };
const char *weight_name(enum weight w);  /* "info", "caution", "stop" */
const char *verdict_name(enum weight w); /* "clear", "caution", "stop" */

enum reason {
	REASON_NONE = 0,
#define REASON(number, ID, code, severity, text) REASON_##ID = (number),
#include "reason.def"
#undef REASON
};
struct reason_info {
	enum reason number;
	const char *code;
	enum weight weight;
	const char *text;
};
const struct reason_info *reason_info(enum reason r); /* NULL for a number no row has */
const struct reason_info *reason_rows(size_t *n);

#define REASONS_MAX 48      /* of one answer: of each group of reason.def only a few can hold at once */
#define CHECK_ISSUERS_MAX 8 /* identifiers of a document's issuer that are tried */
#define DUPLICATES_MAX CHECK_ISSUERS_MAX
#define CHECK_MEM ((size_t)64 * 1024) /* check_decide needs this much room in mem */

enum shown { SHOWN_EXISTS, SHOWN_WHOLE };
struct shown_encumbrance {
	const struct encumbrance *e;
	enum shown shown;
	unsigned rank; /* 1 is first; 0: promised, not ranked before it is accepted */
};
struct given_reason {
	enum reason reason;
	const char *detail; /* one sentence, a literal */
};
struct duplicate {
	struct uuid asset;
	int32_t similarity; /* of 1000 */
};

struct score;
struct check_answer {
	enum fault fault; /* OK, or why there is no answer; diag says where */
	struct diag diag;
	enum weight verdict;
	unsigned n_reasons;
	struct given_reason reason[REASONS_MAX];
	const struct asset *asset; /* NULL: none found */
	bool parties_shown;        /* creditor, debtor, face and dates may be told */
	int64_t free;              /* what a grant would find free; 0 for an asset that has ended */
	unsigned rank;             /* the one a new encumbrance would take */
	unsigned n_encumbrances;
	struct shown_encumbrance encumbrance[ENCUMBRANCES_MAX];
	unsigned n_duplicates;
	struct duplicate duplicate[DUPLICATES_MAX];
	const struct score *score; /* of the claim, when somebody scores here; else NULL */
	unsigned n_wants;
	struct want want[WANTS_MAX];
};

struct check_as_of {
	uint64_t size;       /* all entries before this one are in the answer; seq is size - 1 */
	uint64_t checkpoint; /* size of the latest signed checkpoint */
	uint64_t detection;  /* entries before this one detection has judged; */
	bool detects;        /* where there is detection at all */
};

/* r->seq is not used. The rows in ret point into the world. */
enum decide_status check_decide(const struct registry *r, const struct check_request *q, struct uuid asker,
                                int32_t roles, struct arena *mem, struct check_answer *ret);
/*
 * The answer in canonical JSON, with "certificate":null. A certificate is
 * over the SHA-256 of exactly this text. *certificate, unless NULL, gets the
 * place of that null, where the receipt goes afterwards.
 */
void put_check_answer(struct writer *w, const struct check_answer *a, const struct check_as_of *at,
                      size_t *certificate);
#endif
