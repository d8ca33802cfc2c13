/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask_scores.c: the score of a party or a receivable, as of the entry detection has come to.
 *
 * It is computed when it is asked for, by the functions that anybody can run over the same entries (score.h). A party
 * reads its own; of another's, lenders and supervisors do, and the one who is looked at can see that they did.
 */
#include "score.h"
#include "service/detection.h"
#include "service/reader.h"

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

static bool may_look(const struct reader *r, const struct scoring *s)
{
	const struct asker *who = &r->q->who;

	if ((who->roles & (ROLE_BANK | ROLE_REGULATOR | ROLE_COURT)) != 0)
		return true;
	if (s->party)
		return uuid_eq(who->party, s->id);
	return uuid_eq(who->party, s->creditor) || uuid_eq(who->party, s->debtor);
}

static void look_at_other(struct reader *r, struct uuid party)
{
	if (!uuid_eq(party, r->q->who.party))
		look_at(r, party);
}

static enum fault answer_score(struct reader *r, bool party, const char *what)
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
	if (!s->found || !may_look(r, s))
		return diag_set(&q->diag, E_NOT_FOUND, "", "nothing here under this name that you may see");
	r->what = what;
	r->object = s->id;
	look_at_other(r, party ? s->id : s->creditor);
	if (!party)
		look_at_other(r, s->debtor);
	w = writer_in(q->mem);
	put_score(&w, &s->score);
	q->answer = writer_done(&w, q->mem);
	return arena_ok(q->mem) ? OK : E_TOO_BIG;
}

enum fault ask_party_score(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, true, "score");
}

enum fault ask_assessment(struct question *q, void *reader)
{
	(void)q;
	return answer_score(reader, false, "assessment");
}
