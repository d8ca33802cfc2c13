/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_scores.c: the score of a party or a receivable, as of the entry detection has come to.
 *
 * It is computed when it is asked for, by the functions that anybody can run over the same entries (score.h). A party
 * reads its own, supervisors any, and once the rule says so (consent.score) a lender with the party's consent, or of a
 * claim it lends on. Whoever is looked at can see that they did.
 */
#include "score.h"
#include "service/detection.h"
#include "service/reader.h"
#include "warn.h"

struct scoring {
	struct uuid id;
	bool party, found;
	struct uuid creditor, debtor;
	struct score score;
};

static void find_parties(void *arg, const struct detector *d)
{
	struct scoring *s = arg;

	s->found = detector_claim_parties(d, s->id, &s->creditor, &s->debtor);
}

static void score_it(struct detection *d, struct scoring *s)
{
	if (s->party) {
		s->found = detection_score_party(d, s->id, &s->score);
		return;
	}
	detection_with(d, find_parties, s);
	s->found = s->found && detection_score_claim(d, s->id, &s->score);
}

static bool on_consent(void *arg, const struct span *column, size_t n)
{
	assert(n == 1);
	*(bool *)arg = span_is(column[0], "true");
	return false;
}

/* Of a party: with its consent. Of a claim: with its holder's, or by lending on it; what every lender may know of a
 * claim before it lends, its check tells. */
static enum fault lender_may(struct reader *r, const struct scoring *s, bool *ret)
{
	char text[2][UUID_TEXT];
	struct writer w = writer_over(text[0], UUID_TEXT), c = writer_over(text[1], UUID_TEXT);

	put_uuid(&w, s->party ? s->id : s->creditor);
	if (!s->party)
		put_uuid(&c, s->id);
	*ret = false;
	return store_query(r->conn.store, r->q->who.party, r->q->who.roles, "score_consent",
	                   (struct span[]){ writer_span(&w), writer_span(&c) }, 2, on_consent, ret);
}

/* Whoever may not look at a claim is told that there is none; that a party is here, everybody enrolled may know. */
static enum fault may_look(struct reader *r, const struct scoring *s)
{
	const struct asker *who = &r->q->who;
	bool its_own = s->party ? uuid_eq(who->party, s->id)
	                        : uuid_eq(who->party, s->creditor) || uuid_eq(who->party, s->debtor);
	bool may = its_own || (who->roles & (ROLE_REGULATOR | ROLE_COURT)) != 0;
	enum fault f = OK;

	if (!may && (who->roles & ROLE_BANK) != 0)
		f = lender_may(r, s, &may);
	if (f != OK || may)
		return f;
	return s->party && (who->roles & ROLE_BANK) != 0 ? E_NO_CONSENT : E_NOT_FOUND;
}

static void look_at_other(struct reader *r, struct uuid party)
{
	if (!uuid_eq(party, r->q->who.party))
		look_at(r, party);
}

static enum fault certify(struct reader *r, const struct score *s);

static enum fault answer_score(struct reader *r, bool party, bool certified, const char *what)
{
	struct question *q = r->q;
	struct scoring *s = ARENA_NEW(q->mem, struct scoring);
	enum fault f = s ? param_uuid(q, 0, "id", &s->id) : E_TOO_BIG;
	struct writer w;

	if (f != OK)
		return f;
	if (!r->all->conf.detection)
		return diag_set(&q->diag, E_UNAVAILABLE, "", "no detection runs here");
	s->party = party;
	score_it(r->all->conf.detection, s);
	f = s->found ? may_look(r, s) : E_NOT_FOUND;
	if (f != OK)
		return diag_set(&q->diag, f, "", fault_info(f)->text);
	r->what = what;
	r->object = s->id;
	look_at_other(r, party ? s->id : s->creditor);
	if (!party)
		look_at_other(r, s->debtor);
	w = writer_in(q->mem);
	put_score(&w, &s->score);
	q->answer = writer_done(&w, q->mem);
	if (!arena_ok(q->mem))
		return E_TOO_BIG;
	return certified ? certify(r, &s->score) : OK;
}

enum fault ask_party_score(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, true, false, "score");
}

enum fault ask_assessment(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, false, false, "assessment");
}

/* --- how it went --- */

struct going {
	struct uuid party;
	bool known;
	uint64_t position;
	size_t n;
	struct score_point point[POINTS_SHOWN];
};

static void find_points(void *arg, const struct detector *d)
{
	struct going *g = arg;

	g->known = detector_knows(d, g->party);
	g->position = detector_next(d);
	g->n = detector_score_points(d, g->party, g->point);
}

static void put_point(struct jcs *j, const struct score_point *p)
{
	char at[40];
	struct writer w = writer_over(at, sizeof at);

	put_moment(&w, p->at);
	jcs_object(j);
	jcs_member_i64(j, "seq", (int64_t)p->seq);
	jcs_member_span(j, "at", writer_span(&w));
	if (p->score >= 0)
		jcs_member_i64(j, "score", p->score);
	jcs_member_z(j, "grade", p->grade);
	jcs_member_i64(j, "confidence", p->confidence);
	jcs_member_z(j, "model", p->model);
	jcs_end_object(j);
}

static void put_points(struct writer *w, const struct going *g)
{
	struct jcs j = jcs_free_order(w);
	char id[UUID_TEXT];
	struct writer text = writer_over(id, sizeof id);

	put_uuid(&text, g->party);
	jcs_object(&j);
	jcs_member_span(&j, "party", writer_span(&text));
	jcs_member_i64(&j, "log_position", (int64_t)g->position - 1);
	jcs_name(&j, "items");
	jcs_array(&j);
	for (size_t i = 0; i < g->n; i++)
		put_point(&j, &g->point[i]);
	jcs_end_array(&j);
	jcs_end_object(&j);
}

/* For those who may read the score now: what it was is about the same party, by the same rights. */
enum fault ask_score_history(struct question *q, void *reader)
{
	struct reader *r = reader;
	struct going *g = ARENA_NEW(q->mem, struct going);
	struct scoring s = { .party = true };
	enum fault f = g ? param_uuid(q, 0, "id", &s.id) : E_TOO_BIG;
	struct writer w;

	if (f != OK)
		return f;
	if (!r->all->conf.detection)
		return diag_set(&q->diag, E_UNAVAILABLE, "", "no detection runs here");
	g->party = s.id;
	detection_with(r->all->conf.detection, find_points, g);
	f = g->known ? may_look(r, &s) : E_NOT_FOUND;
	if (f != OK)
		return diag_set(&q->diag, f, "", fault_info(f)->text);
	r->what = "score history";
	r->object = s.id;
	look_at_other(r, s.id);
	w = writer_in(q->mem);
	put_points(&w, g);
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

/* --- certificates --- */

struct certified {
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool there;
};

static void on_certified(struct ticket *t)
{
	struct certified *c = t->arg;

	pthread_mutex_lock(&c->lock);
	c->there = true;
	pthread_cond_signal(&c->done);
	pthread_mutex_unlock(&c->lock);
}

/* Enters the certificate and waits for its receipt: a batch of the sequencer, some milliseconds. */
static enum fault enter(struct reader *r, const struct body_score_certify *body, struct ticket *t)
{
	const struct reading_conf *conf = &r->all->conf;
	struct certified c = { .there = false };

	if (!conf->certify_score)
		return diag_set(&r->q->diag, E_UNAVAILABLE, "", "no certificate can be given here");
	pthread_mutex_init(&c.lock, NULL);
	pthread_cond_init(&c.done, NULL);
	t->done = on_certified;
	t->arg = &c;
	if (conf->certify_score(conf->certify_arg, body, r->q->mem, t)) {
		pthread_mutex_lock(&c.lock);
		while (!c.there)
			pthread_cond_wait(&c.done, &c.lock);
		pthread_mutex_unlock(&c.lock);
	} else {
		t->result = E_BUSY;
	}
	pthread_mutex_destroy(&c.lock);
	pthread_cond_destroy(&c.done);
	return t->result;
}

/* {"answer":<the score>,"receipt":<of the entry that certifies its hash>} */
static enum fault certify(struct reader *r, const struct score *s)
{
	struct question *q = r->q;
	struct ticket *t = ARENA_NEW(q->mem, struct ticket);
	struct body_score_certify body = { .asker = q->who.party,
		                           .model = score_model_hash(s->model),
		                           .points = s->scored ? s->score : 0,
		                           .grade = span_z(s->scored ? s->grade : "none"),
		                           .confidence = s->confidence,
		                           .as_of = (int64_t)s->position,
		                           .answer = sha256(q->answer),
		                           .engine = DETECTION_ENGINE };
	struct span score = q->answer;
	struct writer w;
	enum fault f;

	if (r->n_subjects > 0 && q->who.purpose.len == 0)
		return OK; /* the look is refused without a purpose, and a refused one leaves no entry */
	if (s->about_party)
		body.party = s->subject;
	else
		body.asset = s->subject;
	f = t ? enter(r, &body, t) : E_TOO_BIG;
	if (f != OK)
		return f;
	w = writer_in(q->mem);
	put_z(&w, "{\"answer\":");
	put_span(&w, score);
	put_z(&w, ",\"receipt\":");
	put_ticket_receipt(&w, t);
	put_byte(&w, '}');
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

enum fault ask_party_certificate(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, true, true, "score certificate");
}

enum fault ask_assessment_certificate(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, false, true, "score certificate");
}

/* --- appeals --- */

/* Another's appeal is data about it, whoever of the two it names. */
static void about_appeal(struct reader *r, struct span json)
{
	look_at(r, json_uuid(json, "appellant"));
	look_at(r, json_uuid(json, "party"));
}

enum fault ask_appeal(struct question *q, void *reader)
{
	static const struct one appeal = { "appeal", "appeal", about_appeal };
	struct reader *r = reader;
	enum fault f = param_uuid(q, 0, "id", &r->object);

	return f == OK ? answer_one(r, &appeal, q->param, 1) : f;
}

enum fault ask_appeals(struct question *q, void *reader)
{
	static const struct list appeals = {
		.query = "appeals", .what = "appeals", .about = about_appeal, .limit_at = 0, .cursor_at = 1
	};
	struct span param[4] = { S(""), S(""), q->param[3], q->param[4] };
	struct uuid party;
	enum fault f = q->param[3].len > 0 ? param_uuid(q, 3, "party", &party) : OK;

	if (f == OK && q->param[4].len > 0 && !span_is(q->param[4], "yes") && !span_is(q->param[4], "no"))
		f = bad_param(q, "open", "yes, no, or left out");
	return f == OK ? answer_list(reader, &appeals, param, ARRAY_LEN(param)) : f;
}
