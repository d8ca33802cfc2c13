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

const char *hop_kind_name(int32_t k)
{
	static const char *const name[] = { NULL, "issue", "transfer", "endorse", "discount", "guarantee", "recourse" };

	return k > 0 && (size_t)k < ARRAY_LEN(name) ? name[k] : NULL;
}

const char *member_status_name(int32_t s)
{
	static const char *const name[] = { NULL, "current", "overdue", "defaulted", "paid" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}

int32_t member_status_parse(struct span word)
{
	for (int32_t s = MEMBER_CURRENT; s <= MEMBER_PAID; s++)
		if (span_is(word, member_status_name(s)))
			return s;
	return 0;
}

static const struct {
	const char *name;
	bool stands;
} objection[OBJ_STATES] = {
#define STATE(number, ID, name, stands) [OBJ_##ID] = { name, stands },
#include "objection.def"
#undef STATE
};

const char *finding_state_name(int32_t s)
{
	static const char *const name[] = { NULL, "open", "cleared", "confirmed" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}

const char *appeal_state_name(int32_t s)
{
	static const char *const name[] = { NULL, "open", "upheld", "dismissed" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}

const char *objection_state_name(int32_t s) { return s > 0 && s < OBJ_STATES ? objection[s].name : NULL; }

bool objection_stands(int32_t s) { return s > 0 && s < OBJ_STATES && objection[s].stands; }

const char *party_size_name(int32_t s)
{
	static const char *const name[] = { NULL, "large", "medium", "small", "micro" };

	return s > 0 && (size_t)s < ARRAY_LEN(name) ? name[s] : NULL;
}

static const char *const codes[] = { NULL, "C01", "C02", "C03", "C04", "C05", "C06" };

int32_t dispute_code(struct span text)
{
	for (int32_t i = 1; (size_t)i < ARRAY_LEN(codes); i++)
		if (span_is(text, codes[i]))
			return i;
	return 0;
}

const char *dispute_code_name(int32_t code) { return code > 0 && (size_t)code < ARRAY_LEN(codes) ? codes[code] : NULL; }
