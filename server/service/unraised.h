/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unraised.h: what the detector has found and no entry says yet, in the order it was found.
 *
 * The follower enters what stands here; the auditor takes an entry out of here or calls it made up.
 */
#ifndef CF_UNRAISED_H
#define CF_UNRAISED_H

#include "detect.h"

struct unraised {
	struct finding_made *room;
	struct uuid *id;      /* finding_id() of each */
	size_t first, n, cap; /* in use: room[first] to room[first + n - 1] */
	bool lost;            /* no memory: what was found after is not here */
};
void unraised_close(struct unraised *u);
static inline const struct finding_made *unraised_at(const struct unraised *u, size_t i)
{
	assert(i < u->n);
	return &u->room[u->first + i];
}
void unraised_add(void *unraised, const struct finding_made *f); /* a found_fn */
/* Takes the finding of this id out; false when there is none. Entries come nearly in the order of the findings. */
bool unraised_take(struct unraised *u, struct uuid id, struct finding_made *ret);
void unraised_drop(struct unraised *u, size_t n); /* the first n */
/* Forgets those of entries before this one. */
void unraised_keep_from(struct unraised *u, uint64_t seq);
#endif
