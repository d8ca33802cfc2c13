/* SPDX-License-Identifier: Apache-2.0 */
/* prove.h: a registry that was filled or measured is held to what it promises: its log verifies, its state replays. */
#ifndef CF_PROVE_H
#define CF_PROVE_H

#include "figures.h"

/* The log, from its files and from its database, and how fast; statement_len: what an entry's statement measures.
 * False and *why. */
MUST_CHECK bool prove_log(struct stage *s, size_t statement_len, struct verified *ret, char *why, size_t why_len);
/* Every entry decided once more, every row compared; *entries, *rows: how many. False and *why: the first finding. */
MUST_CHECK bool prove_state(struct stage *s, uint64_t *entries, uint64_t *rows, char *why, size_t why_len);
/* How many findings were entered; which, one line a signal, on stderr. False and *why. */
MUST_CHECK bool prove_findings(struct stage *s, uint64_t *ret, char *why, size_t why_len);
#endif
