/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unwarned.h: the warnings and their ends that the detector has made and no entry says yet, in the order they were made:
 * beside unraised.h, for the follower that enters them and the auditor that compares.
 */
#ifndef CF_UNWARNED_H
#define CF_UNWARNED_H

#include "warn.h"

struct unwarned {
	struct warned *room;
	size_t first, n, cap; /* in use: room[first] to room[first + n - 1] */
	bool lost;            /* no memory: what was made after is not here */
};
void unwarned_close(struct unwarned *u);
static inline const struct warned *unwarned_at(const struct unwarned *u, size_t i)
{
	assert(i < u->n);
	return &u->room[u->first + i];
}
/* All that the detector's last entry gave; without WARNED_CONCERN of entries before `from`, which stand somewhere already. */
void unwarned_add(struct unwarned *u, const struct detector *d, uint64_t from);
/* Takes it out; false when there is none. */
bool unwarned_take(struct unwarned *u, enum warned_kind kind, struct uuid id, struct warned *ret);
void unwarned_drop(struct unwarned *u, size_t n); /* the first n */
/* Forgets those of entries before this one. */
void unwarned_keep_from(struct unwarned *u, uint64_t seq);
#endif
