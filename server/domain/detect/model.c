/* SPDX-License-Identifier: Apache-2.0 */
/* model.c: the tables of feature.def and model.def, and what a model is called: the hash of its own text. */
#include "jcs.h"
#include "score.h"

static const struct feature_info features[] = {
#define FEATURE(number, ID, id, unit, sense, text, zh, improve, improve_zh) \
	{ FEATURE_##ID, id, unit, sense##_IS_BETTER, text, zh, improve, improve_zh },
#include "feature.def"
#undef FEATURE
};
static_assert(ARRAY_LEN(features) == SCORE_PARTS, "a score has a place for every feature");

/* clang-format off */
#define REST INT64_MAX
#define MODEL(ID, id, base, hold, thin, no_signature, unverified) \
	{ id, base, { hold, thin, no_signature, unverified }, (const struct score_use[]){
#define USES(F, neutral) { FEATURE_##F, neutral, (const struct score_bin[]){
#define BIN(below, points) { below, points },
#define END } },
#define ENDMODEL { FEATURE_NONE, 0, NULL } } },
static const struct score_model models[] = {
#include "model.def"
};
#undef MODEL
#undef USES
#undef BIN
#undef END
#undef ENDMODEL
#undef REST
/* clang-format on */

const char *score_cap_name(enum score_cap c)
{
	static const char *const name[CAPS] = { "hold", "thin", "unsigned", "unverified" };

	return name[c];
}

const struct feature_info *feature_info(int32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(features); i++)
		if ((int32_t)features[i].number == number)
			return &features[i];
	return NULL;
}

const struct score_model *score_model(size_t i) { return i < ARRAY_LEN(models) ? &models[i] : NULL; }

const struct score_model *score_model_by_id(struct span id)
{
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (span_is(id, models[i].id))
			return &models[i];
	return NULL;
}

const struct score_model *score_model_by_hash(struct hash h)
{
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (hash_eq(score_model_hash(&models[i]), h))
			return &models[i];
	return NULL;
}

/* [[below, points], ...]; the last bin, which takes the rest, has null. */
static void put_bins(struct jcs *j, const struct score_bin *bin)
{
	jcs_array(j);
	for (bool last = false; !last; bin++) {
		last = bin->below == INT64_MAX;
		jcs_array(j);
		if (last)
			jcs_null(j);
		else
			jcs_i64(j, bin->below);
		jcs_i64(j, bin->points);
		jcs_end_array(j);
	}
	jcs_end_array(j);
}

static void put_use(struct jcs *j, const struct score_use *u)
{
	const struct feature_info *f = feature_info((int32_t)u->feature);

	jcs_object(j);
	jcs_name(j, "bins");
	put_bins(j, u->bin);
	jcs_member_z(j, "feature", f->id);
	jcs_member_i64(j, "neutral", u->neutral);
	jcs_member_i64(j, "number", f->number);
	jcs_member_z(j, "unit", f->unit);
	jcs_end_object(j);
}

static void put_caps(struct jcs *j, const struct score_model *m)
{
	jcs_object(j);
	for (enum score_cap c = 0; c < CAPS; c++)
		jcs_member_i64(j, score_cap_name(c), m->cap[c]);
	jcs_end_object(j);
}

void put_score_model(struct writer *w, const struct score_model *m)
{
	struct jcs j = jcs_over(w);

	jcs_object(&j);
	jcs_member_i64(&j, "base", m->base);
	jcs_name(&j, "caps");
	put_caps(&j, m);
	jcs_member_i64(&j, "features", SCORE_FEATURES);
	jcs_name(&j, "grades");
	jcs_array(&j);
	for (int32_t points = 1; points <= 1000; points++)
		if (score_grade(points) != score_grade(points - 1))
			jcs_i64(&j, points);
	jcs_end_array(&j);
	jcs_member_z(&j, "model", m->id);
	jcs_name(&j, "uses");
	jcs_array(&j);
	for (const struct score_use *u = m->use; u->feature != FEATURE_NONE; u++)
		put_use(&j, u);
	jcs_end_array(&j);
	jcs_end_object(&j);
}

struct hash score_model_hash(const struct score_model *m)
{
	char text[SCORE_ROOM];
	struct writer w = writer_over(text, sizeof text);

	put_score_model(&w, m);
	assert(!w.overflow);
	return sha256(writer_span(&w));
}
