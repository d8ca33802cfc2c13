/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folding.h: the log read in order, each statement as it took effect.
 *
 * For whoever folds the log without deciding it again: detection, scores,
 * alerts. Entries were verified and decided when they came; here they are only
 * read. A statement that waits for a second signature is passed over, and seen
 * with the number of the entry that completed it.
 */
#ifndef CF_FOLDING_H
#define CF_FOLDING_H

#include "detect.h"
#include "service/tail.h"

struct folding;
/* Reads over the store, which stays the caller's and may be another after a fault (folding_store). NULL without memory. */
struct folding *folding_open(struct store *s);
void folding_store(struct folding *f, struct store *s);
void folding_tail(struct folding *f, struct tail *t);  /* the last entries are taken from there; the caller's */
uint64_t folding_next(const struct folding *f);        /* the entry that comes next */
uint64_t folding_erased(const struct folding *f);      /* entries passed over because they are erased */
typedef bool seen_fn(void *arg, const struct seen *s); /* false: memory is full, the fold is at its end */
/* Entries up to, but without, `to`; at most a page. *n of them were read. What seen points to lives until the next call. */
MUST_CHECK enum fault folding_page(struct folding *f, uint64_t to, seen_fn *fn, void *arg, size_t *n);
void folding_close(struct folding *f); /* takes NULL */
#endif
