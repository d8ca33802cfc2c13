/* SPDX-License-Identifier: Apache-2.0 */
/* purpose.c: see purpose.h. */
#include "purpose.h"

static const struct {
	const char *word, *text;
	int32_t roles;
} list[PURPOSES_STATED] = {
#define PURPOSE(ID, word, roles, text) [PURPOSE_OF_##ID] = { word, text, roles },
#include "purpose.def"
#undef PURPOSE
};

#define PURPOSE(ID, word, roles, text) word ", "
static const char words[] =
#include "purpose.def"
	"or none when it is your own";
#undef PURPOSE

enum purpose purpose_parse(struct span word)
{
	for (unsigned p = 0; p < PURPOSES_STATED; p++)
		if (span_is(word, list[p].word))
			return (enum purpose)p;
	return PURPOSES_STATED;
}

const char *purpose_word(enum purpose p) { return p < PURPOSES_STATED ? list[p].word : NULL; }

const char *purpose_text(enum purpose p) { return p < PURPOSES_STATED ? list[p].text : NULL; }

enum fault purpose_check(struct span word, int32_t roles, const char *field, struct diag *diag)
{
	enum purpose p = purpose_parse(word);

	if (p == PURPOSES_STATED)
		return diag_set(diag, E_BAD_PURPOSE, field, words);
	if (list[p].roles != 0 && (list[p].roles & roles) == 0)
		return diag_set(diag, E_BAD_PURPOSE, field, "this is no purpose of a role you have");
	return OK;
}
