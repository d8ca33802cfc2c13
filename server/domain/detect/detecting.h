/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detecting.h: what a detector module is, and how it says what it found.
 *
 * A module is a fold of its own beside the book: state in the arena, one
 * function that sees each entry after the book has taken it up. Modules know
 * nothing of each other. One module is one file and one idea.
 */
#ifndef CF_DETECTING_H
#define CF_DETECTING_H

#include "book.h"

enum { FINDINGS_AT_ONCE = 64 };
struct sighting {
	struct book *book;
	const struct seen *s;
	uint32_t claim; /* book_subject(): NOWHERE when the entry is about none */
	unsigned n;     /* findings so far */
	struct finding_made found[FINDINGS_AT_ONCE];
};

struct module {
	const char *name;
	size_t size;                                                   /* of its state, zeroed before start */
	bool (*start)(void *state, struct book *b, struct arena *mem); /* may be NULL */
	/* Refused entries come too (s->outcome). False when memory is full. */
	bool (*see)(void *state, struct sighting *g);
};
extern const struct module near_module, forged_module;                                            /* D, F: documents */
extern const struct module confirmed_module, numbering_module, inflated_module, lookalike_module; /* F too */
extern const struct module probing_module;                             /* D01, D02, D18: who tries */
extern const struct module graph_module, goods_module, related_module; /* G, W, shared ties */
extern const struct module mutual_module, channel_module, funders_module, guarantee_module,
	proximity_module;                                               /* G too */
extern const struct module cash_module, ceilings_module, habits_module; /* P, C and F10, B */
extern const struct module lots_module;                                 /* W02 */
extern const struct module rush_module;                                 /* B13 */
extern const struct module figures_module;                              /* F09, F17-F22 */

/*
 * A new finding on a claim or party, at this entry; the entry itself is evidence already. Its severity is the signal's
 * as published, or `most` when that is less. When the same signal was found on the subject at this entry before, the
 * stronger one (severity, then bits) stays. The pointer is valid until the next call; add evidence and detail to it.
 */
struct finding_made *find_on_claim(struct sighting *g, enum signal signal, enum severity most, uint32_t claim);
struct finding_made *find_on_asset(struct sighting *g, enum signal signal, enum severity most, struct uuid asset);
struct finding_made *find_on_party(struct sighting *g, enum signal signal, enum severity most, uint32_t party);
/* An earlier entry that proves it; beyond EVIDENCE_MAX - 1 the latest are kept. Order does not matter. */
void finding_cites(struct finding_made *f, uint64_t seq);
/* Appends to the detail, "; " between; cut at DETAIL_MAX. Numbers and levels only: no names, no ids, no lenders. It knows
 * %d %u %lld %llu %s and %%, without width. */
__attribute__((format(printf, 2, 3))) void finding_says(struct finding_made *f, const char *format, ...);
static inline int64_t threshold(const struct sighting *g, enum signal s) { return g->book->signal[s].threshold; }
/* a * 1 000 000 / b without overflow, saturating; 0 when b is 0. */
int64_t ppm(int64_t a, int64_t b);
#endif
