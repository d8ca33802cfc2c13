/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail.h: the last entries of the log, in memory, for whoever reads it close behind.
 *
 * The sequencer has just had every entry in its hands when it is committed; a
 * follower that asked the database for the same bytes a few milliseconds later
 * paid for them twice. So what was committed is kept here for a while. It is a
 * cache of what the log holds and nothing else: an entry that is not in it is
 * in the database.
 *
 * Invariants: only committed entries are put; what is read is whole, in order
 * and without a gap; the newest entries push out the oldest.
 */
#ifndef CF_TAIL_H
#define CF_TAIL_H

#include "store/store.h"

struct tail;
struct tail *tail_new(void);    /* NULL without memory */
void tail_free(struct tail *t); /* takes NULL */
/* One thread puts; others read meanwhile. waits: as in stored_entry. */
void tail_put(struct tail *t, uint64_t seq, const struct new_entry *e, bool waits);
/* Entries from `from` on, at most max, as far as they are here one behind the other, copied into mem; false when `from`
 * is not here or mem is too small. */
MUST_CHECK bool tail_read(struct tail *t, uint64_t from, size_t max, struct arena *mem, struct stored_entry **ret,
                          size_t *n);
#endif
