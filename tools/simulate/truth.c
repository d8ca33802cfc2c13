/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c: what is so, whatever is said. */
#include "sim.h"

static const char *const class_name[HONEST_CLASSES] = {
#define CLASS(number, what) [number] = (what),
#include "honest.def"
#undef CLASS
};
static const struct {
	const char *id, *name;
} recipe_row[RECIPES] = {
#define RECIPE(id, name, begin, claims, recall1, recall2, alarms) [RECIPE_##id] = { #id, name },
#include "recipe.def"
#undef RECIPE
};

const char *honest_name(unsigned class) { return class < HONEST_CLASSES && class_name[class] ? class_name[class] : ""; }
const char *recipe_id(unsigned row) { return row > 0 && row < RECIPES ? recipe_row[row].id : ""; }
const char *recipe_name(unsigned row) { return row > 0 && row < RECIPES ? recipe_row[row].name : ""; }

uint32_t truth_new(struct sim *s, struct uuid subject, bool party)
{
	s->truth = grown(s->truth, s->n_truths, &s->cap_truths, sizeof *s->truth);
	s->truth[s->n_truths] =
		(struct truth){ .subject = subject, .about_party = party, .firm = NOBODY, .at = s->now };
	return s->n_truths++;
}

void truth_fraud(struct sim *s, uint32_t truth, uint32_t scheme, enum involvement part, int64_t loss)
{
	struct truth *t = &s->truth[truth];
	struct scheme *x = &s->scheme[scheme - 1];

	t->scheme = scheme;
	t->recipe = x->recipe;
	t->level = x->level;
	t->part = (uint8_t)part;
	t->loss = loss;
	x->n_assets += part == PART_FRAUD;
}
