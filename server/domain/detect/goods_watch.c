/* SPDX-License-Identifier: Apache-2.0 */
/* goods_watch.c: sees nothing yet. */
#include "detecting.h"

struct goods {
	char none;
};

static bool see(void *state, struct sighting *g)
{
	(void)state;
	(void)g;
	return true;
}

const struct module goods_module = { .name = "goods", .size = sizeof(struct goods), .see = see };
