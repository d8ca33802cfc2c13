/* SPDX-License-Identifier: Apache-2.0 */
/* balance.h: the only code that lowers an encumbrance or a balance. Inside the rules. */
#ifndef CF_BALANCE_H
#define CF_BALANCE_H

#include "decide.h"

/* The order in which value is served: registered ones by rank (rank_cmp); then promises not accepted yet, by the entry
 * that notified the debtor, then by age. */
int serve_cmp(const struct encumbrance *a, const struct encumbrance *b);
/* Sorts into that order. */
void serve_order(struct encumbrance **e, size_t n);
/* Lowers e->open and the asset's sum by `by`; at zero e takes the state `end`. */
void encumbrance_reduce(struct asset *a, struct encumbrance *e, int64_t by, int32_t end);
/* A payment goes to the binding encumbrances in rank order (e is in serve order). Returns what they took;
 * the rest is the creditor's. a->paid is the caller's to raise. */
int64_t serve_payment(struct asset *a, struct encumbrance **e, size_t n, int64_t amount);
/* After `open` fell: cuts from the end of the serve order until free >= 0. Returns what was cut. */
int64_t serve_shortfall(struct asset *a, struct encumbrance **e, size_t n);
#endif
