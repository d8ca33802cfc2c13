/* SPDX-License-Identifier: Apache-2.0 */
/* purpose.c: see purpose.h. */
#include "purpose.h"

static const struct {
	const char *word;
	int32_t roles;
} list[PURPOSES_STATED] = {
#define PURPOSE(number, ID, word, roles, text) [number] = { word, roles },
#include "purpose.def"
#undef PURPOSE
};

#define PURPOSE(number, ID, word, roles, text) word ", "
static const char words[] =
#include "purpose.def"
	"or none when it is your own";
#undef PURPOSE

enum purpose purpose_parse(struct span word)
{
	for (unsigned p = 1; p < PURPOSES_STATED; p++)
		if (span_is(word, list[p].word))
			return (enum purpose)p;
	return PURPOSE_UNSAID;
}

const char *purpose_word(int32_t p) { return p > 0 && p < PURPOSES_STATED ? list[p].word : NULL; }

enum fault purpose_check(struct span word, int32_t roles, const char *field, struct diag *diag)
{
	enum purpose p = purpose_parse(word);

	if (p == PURPOSE_UNSAID)
		return diag_set(diag, E_BAD_PURPOSE, field, words);
	if (list[p].roles != 0 && (list[p].roles & roles) == 0)
		return diag_set(diag, E_BAD_PURPOSE, field, "this is no purpose of a role you have");
	return OK;
}
