/* SPDX-License-Identifier: Apache-2.0 */
/* unraised.c: see unraised.h. */
#include "service/unraised.h"

#include <stdlib.h>

void unraised_close(struct unraised *u)
{
	free(u->room);
	*u = (struct unraised){ .room = NULL };
}

/* Room behind the last: what was taken off the front is used again, or the array doubles. */
static bool make_room(struct unraised *u)
{
	size_t cap = u->cap ? 2 * u->cap : 256;
	struct finding_made *room;

	if (u->first + u->n < u->cap)
		return true;
	if (u->first > u->cap / 2) {
		memmove(u->room, u->room + u->first, u->n * sizeof *u->room);
		u->first = 0;
		return true;
	}
	room = reallocarray(u->room, cap, sizeof *room);
	if (!room)
		return false;
	u->room = room;
	u->cap = cap;
	return true;
}

void unraised_add(void *unraised, const struct finding_made *f)
{
	struct unraised *u = unraised;

	if (make_room(u))
		u->room[u->first + u->n++] = *f;
	else
		u->lost = true;
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

		if (!uuid_eq(finding_id(at), id))
			continue;
		*ret = *at;
		memmove(&u->room[u->first + 1], &u->room[u->first], i * sizeof *at);
		unraised_drop(u, 1);
		return true;
	}
	return false;
}
