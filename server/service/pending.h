/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending.h: the statement a cosign completes.
 *
 * A statement above its signer's limit lies in the log until a second officer
 * signs; what it says takes effect then. Its words are in its own entry, so
 * they are read from there and brought along, for the rules do no reading.
 */
#ifndef CF_PENDING_H
#define CF_PENDING_H

#include "service/service.h"
#include "store/store.h"

/*
 * For a cosign whose pending statement is in the world: reads that statement
 * into t->inner and points t->cmd.completes at it. It may stand in the batch's own entries,
 * not stored yet. Anything else is left as it is. E_INTERNAL when the stored bytes cannot be read.
 */
MUST_CHECK enum fault pending_attach(struct store *store, const struct world *w, struct ticket *t,
                                     const struct new_entry *entry, size_t n, struct arena *mem);
#endif
