/* SPDX-License-Identifier: Apache-2.0 */
/* noted.c: what the features keep besides payments: findings and their reviews, models in force, corrections. */
#include "features.h"

bool note_profile(struct features *f, const struct sighting *g)
{
	uint32_t i = book_party(f->book, g->s->c->object), k = 0;
	struct span name;

	if (i == NOWHERE)
		return true;
	name = party_at(f->book, i)->sector;
	while (k < f->n_sectors && !span_eq(f->sector[k].name, name))
		k++;
	if (k == f->n_sectors && k < SECTORS) {
		f->sector[k].name = name;
		f->n_sectors++;
	}
	party_features(f, i)->sector = k < SECTORS ? k : 0;
	return true;
}

/* --- what was found, as entered --- */

static struct suspicion *subject_of(struct features *f, const struct noted_finding *x)
{
	return x->claim != NOWHERE ? &claim_features(f, x->claim)->suspicion : &party_features(f, x->party)->suspicion;
}

static void count_finding(struct features *f, struct noted_finding *x, bool on)
{
	struct suspicion *s = subject_of(f, x);
	const int sign = on ? 1 : -1;

	if (x->counts == on)
		return;
	x->counts = on;
	if (x->severity == SEVERITY_BLOCK)
		s->blocks = (uint16_t)(s->blocks + sign);
	else if (x->severity == SEVERITY_HOLD)
		s->holds = (uint16_t)(s->holds + sign);
	else
		s->bits += sign * x->bits;
}

bool note_finding(struct features *f, const struct sighting *g)
{
	enum { BITS_FLAG = 10, BITS_INFO = 4, BITS_MOST = 100 };
	const struct body_finding_raise *body = &g->s->c->body.finding_raise;
	uint32_t claim = book_claim(f->book, body->asset), party = book_party(f->book, body->party), i;
	struct noted_finding *x;

	if (claim == NOWHERE && party == NOWHERE)
		return true;
	if (!(x = dense_add(&f->finding, &i)))
		return false;
	x->id = g->s->c->object;
	x->seq = g->s->seq;
	x->claim = claim;
	x->party = claim == NOWHERE ? party : NOWHERE;
	x->severity = (uint8_t)severity_parse(body->severity);
	x->bits = x->severity >= SEVERITY_FLAG ? BITS_FLAG : BITS_INFO;
	if (body->bits > 0)
		x->bits = body->bits < BITS_MOST ? (int32_t)body->bits : BITS_MOST;
	x->older = subject_of(f, x)->newest;
	subject_of(f, x)->newest = i;
	count_finding(f, x, true);
	return index_put(&f->by_finding, key_of_uuid(x->id), i) &&
	       index_put(&f->by_finding_seq, key_of_entry(x->seq), i);
}

static struct noted_finding *noted(struct features *f, struct uuid id)
{
	for (struct index_walk w = index_walk(&f->by_finding, key_of_uuid(id)); index_next(&w);) {
		struct noted_finding *x = dense_at(&f->finding, w.value);

		if (uuid_eq(x->id, id))
			return x;
	}
	return NULL;
}

bool note_review(struct features *f, const struct sighting *g)
{
	struct noted_finding *x = noted(f, g->s->c->object);
	const bool confirmed = span_is(g->s->c->body.finding_review.verdict, "confirmed");

	if (!x || x->left_out)
		return true;
	if (confirmed != x->confirmed && x->severity >= SEVERITY_HOLD)
		subject_of(f, x)->confirmed = (uint16_t)(subject_of(f, x)->confirmed + (confirmed ? 1 : -1));
	x->confirmed = confirmed;
	count_finding(f, x, confirmed);
	return true;
}

bool note_model(struct features *f, const struct sighting *g)
{
	const struct body_model_publish *body = &g->s->c->body.model_publish;
	const struct score_model *m = score_model_by_hash(body->sha256);

	if (!m)
		return true;
	if (f->n_models == ARRAY_LEN(f->model)) { /* one this old is in force no more, whatever it says */
		memmove(f->model, f->model + 1, (ARRAY_LEN(f->model) - 1) * sizeof f->model[0]);
		f->n_models--;
	}
	f->model[f->n_models].model = m;
	f->model[f->n_models++].effective = body->effective;
	return true;
}

const struct score_model *features_model(const struct features *f, struct moment now)
{
	for (unsigned i = f->n_models; i-- > 0;)
		if (f->model[i].effective.us <= now.us)
			return f->model[i].model;
	return score_model(0);
}

/* --- corrections --- */

bool features_left_out(const struct features *f, uint64_t seq)
{
	struct index_walk w = index_walk(&f->left_out, key_of_entry(seq));

	return index_next(&w);
}

static void leave_out_input(struct features *f, uint32_t i)
{
	struct input *in = input_at(f, i);
	struct claim_features *c = claim_features(f, in->claim);

	in->left_out = true;
	input_uncount(f, i);
	if (in->kind == INPUT_DISPUTED && c->code_seq == in->seq)
		c->code = 0;
}

static void leave_out_finding(struct features *f, uint32_t i)
{
	struct noted_finding *x = dense_at(&f->finding, i);

	if (x->confirmed && x->severity >= SEVERITY_HOLD)
		subject_of(f, x)->confirmed--;
	x->confirmed = false;
	x->left_out = true;
	count_finding(f, x, false);
}

/* From here on the entry counts in no score: not as a payment, not as a finding, not as a signature. */
bool note_correct(struct features *f, const struct sighting *g)
{
	const struct body_score_correct *b = &g->s->c->body.score_correct;
	const uint64_t seq = (uint64_t)b->input;

	if (b->left_out != FLAG_YES || features_left_out(f, seq))
		return true;
	for (struct index_walk w = index_walk(&f->by_input, key_of_entry(seq)); index_next(&w);)
		leave_out_input(f, w.value);
	for (struct index_walk w = index_walk(&f->by_finding_seq, key_of_entry(seq)); index_next(&w);)
		leave_out_finding(f, w.value);
	return index_put(&f->left_out, key_of_entry(seq), 0);
}
