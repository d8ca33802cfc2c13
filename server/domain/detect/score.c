/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score.c: the gate, the points, what limits them and why (DETECTION 5).
 *
 * The points come from the model's bins alone; evidence of fraud does not
 * average away in them but caps the sum, and what contradicts a claim leaves
 * it without a number.
 */
#include "measure.h"
#include "odds.h"

/* --- the gate --- */

enum { KEY_SETTLED_DAYS = 7, ALIVE_DAYS = 365, NOT_RECEIVED = 4, UNKNOWN = 5 };

static const struct book *book_of(const struct measured *m) { return m->f->book; }

static bool claim_contradicted(const struct measured *m)
{
	const struct claim_features *note = claim_features(m->f, m->claim);
	const struct book_claim *c = claim_at(book_of(m), m->claim);

	return c->state == CLAIM_REJECTED || c->state == CLAIM_CANCELLED || c->state == CLAIM_LAPSED ||
	       note->code == NOT_RECEIVED || note->code == UNKNOWN || note->suspicion.blocks > 0 ||
	       note->suspicion.confirmed > 0;
}

/* Signed with keys the debtor has held for a while, or enrolled by itself. */
static bool key_settled(const struct measured *m)
{
	const struct book_claim *c = claim_at(book_of(m), m->claim);
	const struct book_party *debtor = party_at(book_of(m), c->debtor);

	return !debtor->key_by_other || days_between(debtor->key_at, c->confirmed_at) >= KEY_SETTLED_DAYS;
}

static enum authenticity claim_authenticity(const struct measured *m)
{
	const int32_t kinds = measure_evidence(m);
	const bool by_debtor = measure_signed(m);

	if (claim_contradicted(m))
		return CONTRADICTED;
	if (by_debtor && key_settled(m) && (kinds & (EVIDENCE_ORDER | EVIDENCE_MOVED | EVIDENCE_LINES)) != 0)
		return VERIFIED;
	if (by_debtor || ((kinds & EVIDENCE_ORDER) && (kinds & EVIDENCE_MOVED)))
		return SUPPORTED;
	return UNVERIFIED;
}

/* A party that acts here is who it says; one that others only speak about may not be. */
static enum authenticity party_authenticity(const struct measured *m)
{
	const struct book_party *p = party_at(book_of(m), m->debtor);

	if (party_features(m->f, m->debtor)->suspicion.blocks > 0)
		return CONTRADICTED;
	return p->last_own_seq != 0 && days_between(p->last_own_at, m->now) <= ALIVE_DAYS ? SUPPORTED : UNVERIFIED;
}

static bool held(const struct measured *m)
{
	const uint32_t party[] = { m->creditor, m->debtor };
	bool yes = m->claim != NOWHERE && claim_features(m->f, m->claim)->suspicion.holds > 0;

	for (size_t i = 0; i < ARRAY_LEN(party); i++) {
		if (party[i] == NOWHERE)
			continue;
		const struct suspicion *s = &party_features(m->f, party[i])->suspicion;

		yes = yes || s->holds > 0 || s->blocks > 0;
	}
	return yes;
}

/* --- the points --- */

static int32_t bin_of(const struct score_use *u, int64_t value)
{
	int32_t i = 0;

	while (u->bin[i].below != INT64_MAX && value >= u->bin[i].below)
		i++;
	return i;
}

static void add_points(const struct measured *m, struct score *s)
{
	int64_t sum = s->model->base;

	for (const struct score_use *u = s->model->use; u->feature != FEATURE_NONE; u++) {
		struct score_part *p = &s->part[s->n_parts++];

		*p = (struct score_part){ .feature = u->feature, .bin = u->neutral };
		p->known = measure(m, u->feature, &p->value);
		if (p->known)
			p->bin = bin_of(u, p->value);
		p->points = u->bin[p->bin].points;
		p->lost = u->bin[u->neutral].points - p->points;
		sum += p->points;
	}
	s->uncapped = sum < 0 ? 0 : sum > 1000 ? 1000 : (int32_t)sum;
}

/* Most points lost first; of equals, the one the model names first. */
static void pick_reasons(struct score *s)
{
	for (uint32_t i = 0; i < s->n_parts; i++) {
		uint32_t at = s->n_reasons;

		if (s->part[i].lost <= 0)
			continue;
		while (at > 0 && s->part[s->reason[at - 1]].lost < s->part[i].lost)
			at--;
		if (at == SCORE_REASONS)
			continue;
		if (s->n_reasons < SCORE_REASONS)
			s->n_reasons++;
		memmove(&s->reason[at + 1], &s->reason[at], (s->n_reasons - 1 - at) * sizeof s->reason[0]);
		s->reason[at] = i;
	}
}

static void cap(struct score *s, enum score_cap c, bool applies)
{
	const int32_t most = s->model->cap[c];

	if (!applies || s->uncapped <= most)
		return;
	s->caps |= 1 << c;
	if (s->score > most)
		s->score = most;
}

static void limit(const struct measured *m, struct score *s)
{
	enum { THIN = 300 }; /* thousandths of confidence */

	s->score = s->uncapped;
	cap(s, CAP_HOLD, held(m));
	cap(s, CAP_THIN, s->confidence < THIN);
	cap(s, CAP_UNSIGNED, m->claim != NOWHERE && !measure_signed(m));
	cap(s, CAP_UNVERIFIED, s->authenticity == UNVERIFIED);
}

/* --- what it rests on --- */

static void add_entry(struct score *s, uint64_t seq)
{
	uint32_t at = s->n_inputs;

	while (at > 0 && s->input[at - 1] > seq)
		at--;
	if (s->n_inputs == SCORE_INPUTS || (at > 0 && s->input[at - 1] == seq))
		return;
	memmove(&s->input[at + 1], &s->input[at], (s->n_inputs - at) * sizeof s->input[0]);
	s->input[at] = seq;
	s->n_inputs++;
}

enum chain_of { OF_CLAIM, OF_DEBTOR, OF_SELLER };

/* The newest of a chain that count, so many at most, and not too far back. */
static void add_chain(const struct measured *m, struct score *s, uint32_t i, enum chain_of chain, unsigned most)
{
	for (unsigned n = 0, steps = 4 * most; i != NOWHERE && n < most && steps > 0; steps--) {
		const struct input *in = input_at(m->f, i);

		if (in->counts) {
			add_entry(s, in->seq);
			n++;
		}
		i = chain == OF_CLAIM    ? in->older_of_claim
		    : chain == OF_DEBTOR ? in->older_of_debtor
		                         : in->older_of_seller;
	}
}

static void add_findings(const struct measured *m, struct score *s, const struct suspicion *x)
{
	enum { MOST = 6, STEPS = 32 };
	uint32_t i = x->newest;

	for (unsigned n = 0, steps = STEPS; i != NOWHERE && n < MOST && steps > 0; steps--) {
		const struct noted_finding *f = dense_at(&m->f->finding, i);

		if (f->counts) {
			add_entry(s, f->seq);
			n++;
		}
		i = f->older;
	}
}

static void add_party(const struct measured *m, struct score *s, uint32_t party)
{
	if (party == NOWHERE)
		return;
	if (party_at(book_of(m), party)->profile_seq != 0)
		add_entry(s, party_at(book_of(m), party)->profile_seq);
	add_findings(m, s, &party_features(m->f, party)->suspicion);
}

static void list_inputs(const struct measured *m, struct score *s)
{
	enum { OF_IT = 6, OF_PAYER = 12, OF_VENDOR = 8 };
	const struct debtor_features *d = debtor_features(m->f, m->debtor);
	const struct seller_features *v = m->creditor == NOWHERE ? NULL : seller_features(m->f, m->creditor);

	if (m->claim != NOWHERE) {
		const struct book_claim *c = claim_at(book_of(m), m->claim);

		add_entry(s, c->seq);
		if (c->confirmed_seq != 0 && !features_left_out(m->f, c->confirmed_seq))
			add_entry(s, c->confirmed_seq);
		add_findings(m, s, &claim_features(m->f, m->claim)->suspicion);
		add_chain(m, s, claim_features(m->f, m->claim)->newest, OF_CLAIM, OF_IT);
	}
	add_party(m, s, m->debtor);
	if (m->creditor != m->debtor)
		add_party(m, s, m->creditor);
	if (d)
		add_chain(m, s, d->newest, OF_DEBTOR, OF_PAYER);
	if (v)
		add_chain(m, s, v->newest, OF_SELLER, OF_VENDOR);
	s->observed = d ? d->observed : 0;
}

/* --- the whole --- */

static void compute(const struct measured *m, struct score *s)
{
	s->n_eff = measure_n_eff(m);
	s->confidence = (int32_t)((int64_t)s->n_eff * 1000 / ((int64_t)s->n_eff + 10000));
	add_points(m, s);
	pick_reasons(s);
	limit(m, s);
	s->scored = s->authenticity != CONTRADICTED;
	s->grade = score_grade(s->score);
	s->pd_30 = score_pd(s->uncapped);
	odds_interval(s->uncapped, s->n_eff, &s->pd_low, &s->pd_high);
	measure_delays(m, &s->late_p50, &s->late_p90);
	s->dilution = measure_dilution(m);
	list_inputs(m, s);
}

static struct measured at_end(const struct detector *d)
{
	const struct book *b = detector_book(d);

	return (struct measured){ .f = detector_features(d),
		                  .now = b->now,
		                  .bucket = bucket_of(b->now),
		                  .claim = NOWHERE,
		                  .debtor = NOWHERE,
		                  .creditor = NOWHERE,
		                  .pair = NOWHERE };
}

static struct score begin(const struct measured *m, const struct score_model *model, struct uuid subject)
{
	return (struct score){ .subject = subject,
		               .position = book_of(m)->next_seq - 1,
		               .as_of = m->now,
		               .model = model ? model : features_model(m->f, m->now) };
}

bool score_claim_by(const struct detector *d, const struct score_model *model, struct uuid asset, struct score *ret)
{
	struct measured m = at_end(d);
	const struct book_claim *c;

	m.claim = book_claim(book_of(&m), asset);
	if (m.claim == NOWHERE)
		return false;
	c = claim_at(book_of(&m), m.claim);
	m.debtor = c->debtor;
	m.creditor = c->creditor;
	m.pair = c->pair;
	*ret = begin(&m, model, asset);
	ret->authenticity = claim_authenticity(&m);
	compute(&m, ret);
	ret->eligible.minor = ret->scored ? measure_eligible(&m) : 0;
	memcpy(ret->eligible.ccy, c->ccy, sizeof ret->eligible.ccy);
	return true;
}

bool score_party_by(const struct detector *d, const struct score_model *model, struct uuid party, struct score *ret)
{
	struct measured m = at_end(d);

	m.debtor = m.creditor = book_party(book_of(&m), party);
	if (m.debtor == NOWHERE || m.debtor >= m.f->party.n)
		return false;
	*ret = begin(&m, model, party);
	ret->about_party = true;
	ret->authenticity = party_authenticity(&m);
	compute(&m, ret);
	return true;
}

bool score_claim(const struct detector *d, struct uuid asset, struct score *ret)
{
	return score_claim_by(d, NULL, asset, ret);
}

bool score_party(const struct detector *d, struct uuid party, struct score *ret)
{
	return score_party_by(d, NULL, party, ret);
}
