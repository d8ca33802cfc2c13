/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recent.h: the statement ids of the last entries, in memory.
 *
 * Whoever sends a statement twice does it soon, because an answer got lost: so
 * most repetitions are known without asking the database. It is a cache and
 * decides nothing alone: an id it does not know may still be an old one.
 */
#ifndef CF_RECENT_H
#define CF_RECENT_H

#include "store/store.h"

struct recent;
struct recent *recent_new(void); /* NULL without memory */
void recent_free(struct recent *r);
void recent_put(struct recent *r, const struct new_entry *e, uint64_t seq);
/* Fills found, seq and statement of *s from its issuer and id. */
void recent_find(const struct recent *r, struct submission *s);
#endif
