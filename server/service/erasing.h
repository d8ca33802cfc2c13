/* SPDX-License-Identifier: Apache-2.0 */
/*
 * erasing.h: before a party's key is destroyed, what was decided on its statements is kept.
 *
 * party.erase says that it is to be; from then on it waits until nobody else has a right that hangs on what the key opens
 * (erasure_waits in 077). Then the log is folded once more, while everything can still be read, and of every entry that will
 * not be readable, or could not be decided again because a document goes with it, the residue is kept (residue.h). The next
 * round of deadlines destroys the key (store_vault_erase). Each step may be cut off and is taken up again.
 *
 * The fold needs as much memory as `counterfoil audit replay`, for as long as it takes. It happens once an erasure.
 */
#ifndef CF_ERASING_H
#define CF_ERASING_H

#include "store/store.h"

struct erasing;
struct erasing_conf {
	const char *database_url;
	const struct vault *vault; /* kept by reference, as what follows */
	struct span origin, fp_key;
};
struct erasing *erasing_open(const struct erasing_conf *conf); /* NULL without memory */
/* One round, by one thread; how many parties it made ready. */
size_t erasing_round(struct erasing *e);
void erasing_close(struct erasing *e); /* takes NULL */
#endif
