/* SPDX-License-Identifier: Apache-2.0 */
/* unraised.c: see unraised.h. */
#include "service/unraised.h"

#include <stdlib.h>

void unraised_close(struct unraised *u)
{
	free(u->room);
	free(u->id);
	*u = (struct unraised){ .room = NULL };
}

/* Room behind the last: what was taken off the front is used again, or the array doubles. */
static bool make_room(struct unraised *u)
{
	size_t cap = u->cap ? 2 * u->cap : 256;
	struct finding_made *room;
	struct uuid *id;

	if (u->first + u->n < u->cap)
		return true;
	if (u->first > u->cap / 2) {
		memmove(u->room, u->room + u->first, u->n * sizeof *u->room);
		memmove(u->id, u->id + u->first, u->n * sizeof *u->id);
		u->first = 0;
		return true;
	}
	room = reallocarray(u->room, cap, sizeof *room);
	if (!room)
		return false;
	u->room = room;
	id = reallocarray(u->id, cap, sizeof *id);
	if (!id)
		return false;
	u->id = id;
	u->cap = cap;
	return true;
}

void unraised_add(void *unraised, const struct finding_made *f)
{
	struct unraised *u = unraised;

	if (!make_room(u)) {
		u->lost = true;
		return;
	}
	u->room[u->first + u->n] = *f;
	u->id[u->first + u->n++] = finding_id(f);
}

void unraised_drop(struct unraised *u, size_t n)
{
	assert(n <= u->n);
	u->first += n;
	u->n -= n;
}

bool unraised_take(struct unraised *u, struct uuid id, struct finding_made *ret)
{
	for (size_t i = 0; i < u->n; i++) {
		struct finding_made *at = &u->room[u->first + i];

		if (!uuid_eq(u->id[u->first + i], id))
			continue;
		*ret = *at;
		memmove(&u->room[u->first + 1], &u->room[u->first], i * sizeof *at);
		memmove(&u->id[u->first + 1], &u->id[u->first], i * sizeof u->id[0]);
		unraised_drop(u, 1);
		return true;
	}
	return false;
}

void unraised_keep_from(struct unraised *u, uint64_t seq)
{
	size_t n = 0;

	for (size_t i = u->first; i < u->first + u->n; i++) {
		if (u->room[i].at_seq < seq)
			continue;
		u->room[u->first + n] = u->room[i];
		u->id[u->first + n++] = u->id[i];
	}
	u->n = n;
}
