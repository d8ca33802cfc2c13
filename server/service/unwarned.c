/* SPDX-License-Identifier: Apache-2.0 */
/* unwarned.c: see unwarned.h. */
#include "service/unwarned.h"

#include <stdlib.h>

void unwarned_close(struct unwarned *u)
{
	free(u->room);
	*u = (struct unwarned){ .room = NULL };
}

/* Room behind the last: what was taken off the front is used again, or the array doubles. */
static bool make_room(struct unwarned *u)
{
	size_t cap = u->cap ? 2 * u->cap : 64;
	struct warned *room;

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

void unwarned_add(struct unwarned *u, const struct detector *d, uint64_t from)
{
	size_t n;
	const struct warned *w = detector_warned(d, &n);

	for (size_t i = 0; i < n; i++) {
		if (w[i].kind == WARNED_CONCERN && w[i].at_seq < from)
			continue;
		if (!make_room(u)) {
			u->lost = true;
			return;
		}
		u->room[u->first + u->n++] = w[i];
	}
}

void unwarned_drop(struct unwarned *u, size_t n)
{
	assert(n <= u->n);
	u->first += n;
	u->n -= n;
}

bool unwarned_take(struct unwarned *u, enum warned_kind kind, struct uuid id, struct warned *ret)
{
	for (size_t i = 0; i < u->n; i++) {
		struct warned *at = &u->room[u->first + i];

		if (at->kind != kind || !uuid_eq(at->id, id))
			continue;
		*ret = *at;
		memmove(&u->room[u->first + 1], &u->room[u->first], i * sizeof *at);
		unwarned_drop(u, 1);
		return true;
	}
	return false;
}

void unwarned_keep_from(struct unwarned *u, uint64_t seq)
{
	size_t n = 0;

	for (size_t i = u->first; i < u->first + u->n; i++)
		if (u->room[i].at_seq >= seq)
			u->room[u->first + n++] = u->room[i];
	u->n = n;
}
