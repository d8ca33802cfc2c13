/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detect.h: what the log shows about duplicates and inventions (DETECTION.md).
 *
 * A detector is a fold over the committed entries of the log, in order, like
 * the world of the rules: it keeps a book of parties, claims and pairs and
 * says, entry by entry, what it found. It has no clock but accepted_at, no
 * randomness and no floating point, so whoever folds the same entries finds
 * the same, to the bit: the server's follower, the auditor, the proving ground.
 *
 * What it finds is entered in the log by the registry (finding.raise), so a
 * finding is itself evidence; the entry's content follows from the finding
 * alone (finding_id, finding_body).
 *
 * Invariants: a finding's evidence are entries up to at_seq, rising, at_seq
 * the last; at most one finding of a signal on a subject at one entry; detail
 * names no party, no lender and no terms of a lender.
 */
#ifndef CF_DETECT_H
#define CF_DETECT_H

#include "fault.h"
#include "state.h"

/*
 * --- which detection ---
 * The number of this program's fold: raised by one whenever the same entries may give other findings than before (a
 * detector, a normalisation, a first threshold, a feature of the score); t69_outcome holds it to that. A log says from
 * which entry on which engine judges it: its genesis, as rule "detection.engine", and detection.engine entries after
 * it. One that says nothing is judged by the first.
 */
enum { ENGINE_FIRST = 1, DETECTION_ENGINE = 4 };

/* --- signals (signal.def) --- */
enum severity { SEVERITY_NONE = 0, SEVERITY_INFO = 1, SEVERITY_FLAG = 2, SEVERITY_HOLD = 3, SEVERITY_BLOCK = 4 };
const char *severity_name(int32_t s); /* NULL for none */
enum severity severity_parse(struct span name);

enum signal {
	SIGNAL_NONE = 0,
#define SIGNAL(number, ID, id, family, strength, severity, debtor, unit, threshold, least, most, name, text, zh) \
	SIGNAL_##ID = (number),
#include "signal.def"
#undef SIGNAL
};
#define SIGNAL_NUMBERS 256 /* above every number there will be */
enum family {
	FAMILY_DUPLICATE,
	FAMILY_GOODS,
	FAMILY_FORGED,
	FAMILY_GRAPH,
	FAMILY_PAYMENT,
	FAMILY_CAPACITY,
	FAMILY_BEHAVIOUR,
	FAMILIES
};
/* SOFT: never stops financing alone (DETECTION 2, rule of use). */
enum strength { SOFT, HARD };
struct signal_info {
	enum signal number;
	const char *id; /* "D04" */
	enum family family;
	enum strength strength;
	enum severity severity; /* as published at first */
	bool debtor_clears;     /* the debtor's own word ends it */
	const char *unit;
	int64_t threshold, least, most; /* first value and range, in the unit */
	const char *name, *text, *zh;
};
const struct signal_info *signal_info(int32_t number); /* NULL for a number no row has */
const struct signal_info *signal_by_id(struct span id);
const struct signal_info *signal_rows(size_t *n);
const char *signal_id(int32_t number); /* NULL for none */

/* --- one entry --- */
struct seen {
	uint64_t seq;
	struct moment at; /* accepted_at */
	enum fault outcome;
	struct uuid issuer; /* whose key signed it */
	struct uuid actor;  /* for whom: issuer, or the principal of a mandate */
	const struct command *c;
};

/* --- one finding --- */
#define EVIDENCE_MAX 16
#define DETAIL_MAX 400
struct finding_made {
	enum signal signal;
	enum severity severity;
	bool about_party; /* subject is a party; else an asset */
	struct uuid subject;
	uint64_t at_seq;
	int32_t bits;             /* weight of the evidence, tenths of a bit; 0 where the signal does not weigh */
	int64_t value, threshold; /* in the signal's unit */
	unsigned n_evidence;
	uint64_t evidence[EVIDENCE_MAX];
	char detail[DETAIL_MAX + 1]; /* the computation, e.g. "number skeleton equal +11.0; amount equal +9.2" */
};
/* A uuid (version 8, RFC 9562) made of signal, subject and at_seq: the same finding has the same id anywhere. */
struct uuid finding_id(const struct finding_made *f);
/* The body of its finding.raise; texts and lists point into *f and mem. */
struct body_finding_raise finding_body(const struct finding_made *f, struct arena *mem);

/*
 * What an asset's row keeps of its findings, so that whoever reads the row knows them: one line each, "id signal
 * severity state", in the order they came; more than FINDINGS_LISTED are findings still, and count, but are not listed.
 */
#define FINDINGS_LISTED 16
struct finding_line {
	struct uuid id;
	const struct signal_info *signal;
	enum severity severity;
	int32_t state; /* enum finding_state */
};
/* Takes the first line off *text; false at the end. */
bool finding_line_next(struct span *text, struct finding_line *ret);
void put_finding_line(struct writer *w, const struct finding_line *l);

/* --- the fold --- */
typedef void found_fn(void *arg, const struct finding_made *f);
struct detector;
/* Everything it ever keeps lives in mem, which should be address space without end (run/memory.h). NULL when even the
 * beginning does not fit. */
struct detector *detector_start(struct arena *mem);
/* The entry becomes part of what it knows; what completes with it is found. Entries come in order, from the first of
 * the log, refused ones too. False when mem is full: the detector is then of no use any more. */
MUST_CHECK bool detector_see(struct detector *d, const struct seen *s, found_fn *found, void *arg);
/* Whose claim the receivable is; false when no entry has registered it. */
bool detector_claim_parties(const struct detector *d, struct uuid asset, struct uuid *creditor, struct uuid *debtor);
/* Some entry has enrolled the party. */
bool detector_knows(const struct detector *d, struct uuid party);
/* The number after the last entry seen. */
uint64_t detector_next(const struct detector *d);
#endif
