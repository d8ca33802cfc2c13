/* SPDX-License-Identifier: Apache-2.0 */
/* names.c: words for the numbers of states; numbers are stored, words are shown. */
#include "state.h"

static const struct {
	const char *name;
	bool live;
} receivable[RCV_STATES] = {
#define STATE(number, ID, name, live) [RCV_##ID] = { name, live },
#include "receivable.def"
#undef STATE
};

const char *receivable_state_name(int32_t s) { return s > 0 && s < RCV_STATES ? receivable[s].name : NULL; }

bool receivable_live(int32_t s) { return s > 0 && s < RCV_STATES && receivable[s].live; }

const char *encumbrance_state_name(int32_t s)
{
	static const char *const name[] = { NULL, "granted", "live", "released", "lapsed", "enforced", "satisfied" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}

bool encumbrance_binds(int32_t s) { return s == ENCUMBRANCE_LIVE || s == ENCUMBRANCE_ENFORCED; }

const char *hold_state_name(int32_t s)
{
	static const char *const name[] = { NULL, "live", "released", "lapsed", "used" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}
