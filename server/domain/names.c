/* SPDX-License-Identifier: Apache-2.0 */
/* names.c: words for the numbers of states; numbers are stored, words are shown. */
#include "state.h"

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
