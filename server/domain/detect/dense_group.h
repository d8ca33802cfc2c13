/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dense_group.h: the small group that a circle of trades belongs to, and how much of its trade stays inside.
 *
 * The group grows from the circle: whoever does more than half of its trade
 * with the group joins it, largest share first, up to GROUP_MOST. That needs
 * the trades of the group and its neighbours only, never the whole graph.
 */
#ifndef CF_DENSE_GROUP_H
#define CF_DENSE_GROUP_H

#include "edges.h"

enum { GROUP_MOST = 30, GROUP_WINDOW = 90, GROUP_SCAN = 256, GROUP_NEAR = 64 };
struct group {
	unsigned n;      /* parties */
	unsigned trades; /* among them */
	int64_t share;   /* of their trade by amount that is among them, ppm */
};
/* parties: n of a circle, beside `one`. day: the window ends with it. */
struct group group_around(const struct edges *e, const uint32_t *parties, unsigned n, uint32_t one, uint16_t day);
#endif
