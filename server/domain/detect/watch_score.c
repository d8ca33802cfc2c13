/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_score.c: how the score of a party went (warn.h: score_point), and E15, that it has fallen.
 *
 * A point is kept, not computed when it is asked for: that would need the log folded again. It is made where something
 * came in about how the party pays or sells, one in POINT_DAYS at most, and is the score that anybody gets who folds the
 * log up to its entry. So the cost of a year of a busy party is some fifty scores.
 */
#include "watch.h"

enum {
	HALF_YEAR_DAYS = 180,
	CONFIDENT = 500, /* thousandths: a grade of less rests on too little to fall from */
};

static const char *const grades[] = { "AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D" };

static int grade_number(const char *grade)
{
	for (size_t i = 0; i < ARRAY_LEN(grades); i++)
		if (strcmp(grade, grades[i]) == 0)
			return (int)i;
	return -1;
}

static struct point *point_at(const struct watch *w, uint32_t i) { return dense_at(&w->point, i); }

static void judge_fall(struct watch *w, uint32_t party, const struct score *s, uint32_t newest)
{
	const struct score_point *now = &point_at(w, newest)->is, *top = NULL;
	int64_t fall;
	struct warned *x;

	if (now->score < 0 || now->confidence < CONFIDENT)
		return;
	for (uint32_t i = point_at(w, newest)->older; i != NOWHERE; i = point_at(w, i)->older) {
		const struct score_point *p = &point_at(w, i)->is;

		w->work++;
		if (days_between(p->at, now->at) > HALF_YEAR_DAYS)
			break;
		if (p->score >= 0 && p->confidence >= CONFIDENT && p->model == now->model &&
		    (!top || p->score > top->score))
			top = p;
	}
	if (!top)
		return;
	fall = grade_number(now->grade) - grade_number(top->grade);
	x = weigh(w, WARN_E15, topic_of_party(w, party), fall < 0 ? 0 : fall,
	          fall >= limit_of(w, WARN_E15) ? HOLDS
	          : fall <= 0                   ? GONE
	                                        : UNSURE);
	if (!x)
		return;
	warned_says(x, "score ", now->score, "");
	warned_says(x, "in the half year before up to ", top->score, "");
	for (uint32_t i = s->n_inputs > 8 ? s->n_inputs - 8 : 0; i < s->n_inputs; i++)
		warned_cites(x, s->input[i]);
}

static void note(struct watch *w, uint32_t party)
{
	struct party_watch *p = party_watch(w, party);
	struct point *x;
	struct score s;
	uint32_t i;

	if (!p || (p->point != NOWHERE && days_between(point_at(w, p->point)->is.at, w->s->at) < POINT_DAYS) ||
	    !score_party(w->detector, party_at(w->book, party)->id, &s))
		return;
	w->work += SCORE_PARTS;
	if (!(x = dense_add(&w->point, &i))) {
		w->full = true;
		return;
	}
	*x = (struct point){ .is = { .seq = w->s->seq,
		                     .at = w->s->at,
		                     .score = s.scored ? (int16_t)s.score : -1,
		                     .confidence = (int16_t)s.confidence,
		                     .grade = s.scored ? s.grade : "none",
		                     .model = s.model->id },
		             .older = p->point };
	p->point = i;
	judge_fall(w, party, &s, i);
}

void points_see(struct watch *w)
{
	const struct book_claim *c;

	if (w->claim == NOWHERE || statement_info(w->s->c->kind)->table != TABLE_ASSET)
		return;
	c = claim_at(w->book, w->claim);
	note(w, c->debtor);
	if (c->creditor != c->debtor)
		note(w, c->creditor);
}
