/* SPDX-License-Identifier: Apache-2.0 */
/* score_json.c: a score as canonical JSON: what is shown, and what a score certificate takes the hash of. */
#include "jcs.h"
#include "score.h"

const char *authenticity_name(enum authenticity a)
{
	static const char *const name[] = { "contradicted", "unverified", "supported", "verified" };

	return name[a];
}

static void put_points(struct jcs *j, const char *name, bool given, int64_t points)
{
	jcs_name(j, name);
	if (given)
		jcs_i64(j, points);
	else
		jcs_null(j);
}

static void put_caps(struct jcs *j, const struct score *s)
{
	jcs_array(j);
	for (enum score_cap c = 0; c < CAPS; c++)
		if (s->caps & 1 << c)
			jcs_z(j, score_cap_name(c));
	jcs_end_array(j);
}

static void put_eligible(struct jcs *j, struct money m)
{
	char text[32];
	struct writer w = writer_over(text, sizeof text);

	put_amount(&w, m.minor, m.ccy);
	jcs_object(j);
	jcs_member_span(j, "amount", writer_span(&w));
	jcs_member_z(j, "currency", m.ccy);
	jcs_end_object(j);
}

static const struct score_use *use_of(const struct score_model *m, enum feature f)
{
	const struct score_use *u = m->use;

	while (u->feature != f)
		u++;
	return u;
}

static void put_part(struct jcs *j, const struct score_part *p)
{
	jcs_object(j);
	jcs_member_i64(j, "bin", p->bin);
	jcs_member_z(j, "feature", feature_info((int32_t)p->feature)->id);
	jcs_member_i64(j, "points", p->points);
	put_points(j, "value", p->known, p->value);
	jcs_end_object(j);
}

/* What is as usual: the value where the neutral bin ends on the worse side. */
static int64_t reference(const struct score_model *m, enum feature f)
{
	const struct score_use *u = use_of(m, f);

	if (feature_info((int32_t)f)->sense == LESS_IS_BETTER)
		return u->bin[u->neutral].below;
	return u->neutral > 0 ? u->bin[u->neutral - 1].below : 0;
}

static void put_reason(struct jcs *j, const struct score *s, const struct score_part *p)
{
	const struct feature_info *f = feature_info((int32_t)p->feature);
	char code[8];
	struct writer w = writer_over(code, sizeof code);

	put_byte(&w, 'R');
	put_padded(&w, (uint64_t)f->number, 2);
	jcs_object(j);
	jcs_member_span(j, "code", writer_span(&w));
	jcs_member_z(j, "feature", f->id);
	jcs_member_z(j, "improve", f->improve);
	jcs_member_z(j, "improve_zh", f->improve_zh);
	jcs_member_i64(j, "points", -p->lost);
	jcs_member_i64(j, "reference", reference(s->model, p->feature));
	jcs_member_z(j, "text", f->text);
	jcs_member_z(j, "text_zh", f->zh);
	jcs_member_z(j, "unit", f->unit);
	put_points(j, "value", p->known, p->value);
	jcs_end_object(j);
}

static void put_model(struct jcs *j, const struct score_model *m)
{
	char text[64];
	struct writer w = writer_over(text, sizeof text);
	struct hash h = score_model_hash(m);

	put_hex(&w, h.b, sizeof h.b);
	jcs_object(j);
	jcs_member_z(j, "id", m->id);
	jcs_member_span(j, "sha256", writer_span(&w));
	jcs_end_object(j);
}

static void put_lists(struct jcs *j, const struct score *s)
{
	jcs_name(j, "features");
	jcs_array(j);
	for (uint32_t i = 0; i < s->n_parts; i++)
		put_part(j, &s->part[i]);
	jcs_end_array(j);
	jcs_member_z(j, "grade", s->scored ? s->grade : "none");
	jcs_name(j, "inputs");
	jcs_array(j);
	for (uint32_t i = 0; i < s->n_inputs; i++)
		jcs_i64(j, (int64_t)s->input[i]);
	jcs_end_array(j);
}

static void put_moment_member(struct jcs *j, const char *name, struct moment m)
{
	char text[40];
	struct writer w = writer_over(text, sizeof text);

	put_moment(&w, m);
	jcs_member_span(j, name, writer_span(&w));
}

static void put_subject(struct jcs *j, const struct score *s)
{
	char text[UUID_TEXT];
	struct writer w = writer_over(text, sizeof text);

	put_uuid(&w, s->subject);
	jcs_object(j);
	jcs_member_span(j, s->about_party ? "party" : "receivable", writer_span(&w));
	jcs_end_object(j);
}

void put_score(struct writer *w, const struct score *s)
{
	struct jcs j = jcs_over(w);

	jcs_object(&j);
	put_moment_member(&j, "as_of", s->as_of);
	jcs_member_z(&j, "authenticity", authenticity_name(s->authenticity));
	jcs_name(&j, "capped_by");
	put_caps(&j, s);
	jcs_member_i64(&j, "confidence", s->confidence);
	jcs_member_i64(&j, "days_late_p50", s->late_p50);
	jcs_member_i64(&j, "days_late_p90", s->late_p90);
	if (!s->about_party) {
		jcs_name(&j, "eligible");
		put_eligible(&j, s->eligible);
	}
	jcs_member_i64(&j, "expected_dilution", s->dilution);
	put_moment_member(&j, "expires", (struct moment){ s->as_of.us + DAY_US });
	put_lists(&j, s);
	jcs_name(&j, "interval80");
	jcs_array(&j);
	jcs_i64(&j, s->pd_low);
	jcs_i64(&j, s->pd_high);
	jcs_end_array(&j);
	jcs_member_i64(&j, "log_position", (int64_t)s->position);
	jcs_name(&j, "model");
	put_model(&j, s->model);
	jcs_member_i64(&j, "n_eff", s->n_eff);
	jcs_member_i64(&j, "observations", (int64_t)s->observed);
	put_points(&j, "pd_30", s->scored, s->pd_30);
	jcs_name(&j, "reasons");
	jcs_array(&j);
	for (uint32_t i = 0; i < s->n_reasons; i++)
		put_reason(&j, s, &s->part[s->reason[i]]);
	jcs_end_array(&j);
	put_points(&j, "score", s->scored, s->score);
	jcs_name(&j, "subject");
	put_subject(&j, s);
	put_points(&j, "uncapped", s->scored, s->uncapped);
	jcs_end_object(&j);
}

struct hash score_hash(const struct score *s)
{
	char text[SCORE_ROOM];
	struct writer w = writer_over(text, sizeof text);

	put_score(&w, s);
	assert(!w.overflow);
	return sha256(writer_span(&w));
}
