/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stakes.c: who has money in what (watch.h), and what follows for a lender's own book.
 *
 * An accepted encumbrance is its lender's stake in up to six topics: the claim's debtor, its seller, its region and
 * goods, a receipt's or pledge's asset, site and commodity, and the lender's own book. It counts while it binds and what
 * it lies on is alive, with what is still owed and no more.
 *
 *   E17  one debtor is a large part of a lender's book
 *   E18  a credit note leaves less than was lent
 */
#include "watch.h"

enum { BOOK_LEAST = 20 }; /* claims of a lender's book before a share of it says anything */

/* --- sums --- */

static uint32_t stake_of(struct watch *w, uint32_t topic, uint32_t lender, bool make)
{
	uint64_t key = mix64(topic, lender);
	struct stake *x;
	uint32_t i;

	for (struct index_walk at = index_walk(&w->by_stake, key); index_next(&at);)
		if (stake_at(w, at.value)->topic == topic && stake_at(w, at.value)->lender == lender)
			return at.value;
	if (!make)
		return NOWHERE;
	if (!(x = dense_add(&w->stake, &i)) || !index_put(&w->by_stake, key, i)) {
		w->full = true;
		return NOWHERE;
	}
	*x = (struct stake){ topic, lender, topic_at(w, topic)->stake, 0, 0 };
	topic_at(w, topic)->stake = i;
	return i;
}

static uint32_t live_from(const struct watch *w, uint32_t i)
{
	while (i != NOWHERE && stake_at(w, i)->claims <= 0)
		i = stake_at(w, i)->older;
	return i;
}

uint32_t stake_first(const struct watch *w, uint32_t topic) { return live_from(w, topic_at(w, topic)->stake); }
uint32_t stake_next(const struct watch *w, uint32_t stake) { return live_from(w, stake_at(w, stake)->older); }

int64_t stakes_worth(const struct watch *w, uint32_t topic)
{
	int64_t sum = 0;

	for (uint32_t i = stake_first(w, topic); i != NOWHERE; i = stake_next(w, i))
		sum += stake_at(w, i)->worth;
	return sum;
}

/* --- somebody new --- */

/* It has come to hold something that a standing warning is about: it is told of it, by no entry. */
static void join(struct watch *w, uint32_t topic, const struct stake *x)
{
	for (uint32_t i = topic_at(w, topic)->standing; i != NOWHERE;) {
		const struct standing *s = dense_at(&w->standing, i);
		struct warned *o;

		i = s->older;
		w->work++;
		if ((warning_info((int32_t)s->event)->whom & TO_LENDERS) == 0 || s->until.us <= w->s->at.us ||
		    w->n >= WARNED_AT_ONCE - 2)
			continue;
		o = &w->out[w->n++];
		*o = (struct warned){ .kind = WARNED_CONCERN, .id = s->id, .event = s->event, .at_seq = w->s->seq };
		o->concerned[o->n_concerned++] =
			(struct concerned){ party_at(w->book, x->lender)->id, x->claims, x->worth };
	}
}

static void change(struct watch *w, uint32_t topic, uint32_t lender, int claims, int64_t worth)
{
	uint32_t i = topic == NOWHERE ? NOWHERE : stake_of(w, topic, lender, true);
	struct stake *x;
	bool first;

	if (i == NOWHERE)
		return;
	w->work++;
	x = stake_at(w, i);
	first = x->claims == 0 && claims > 0;
	x->claims += claims;
	x->worth += worth;
	if (first)
		join(w, topic, x);
}

/* --- bounds --- */

static void bound_to(struct bound *x, uint32_t topic)
{
	if (topic != NOWHERE && x->n < BOUND_TOPICS)
		x->topic[x->n++] = topic;
}

static uint32_t book_topic(struct watch *w, uint32_t lender)
{
	struct party_watch *p = party_watch(w, lender);

	if (p && p->book == NOWHERE)
		p->book = topic_of(w, ABOUT_BOOK, party_at(w->book, lender)->id, lender);
	return p ? p->book : NOWHERE;
}

static struct claim_watch *claim_watch(struct watch *w, uint32_t claim) { return dense_reach(&w->of_claim, claim); }

static void find_topics(struct watch *w, struct bound *x, const struct book_encumbrance *e, struct uuid asset)
{
	bound_to(x, book_topic(w, x->lender));
	if (e->claim != NOWHERE) {
		const struct book_claim *c = claim_at(w->book, e->claim);
		const struct claim_watch *of = claim_watch(w, e->claim);

		bound_to(x, topic_of_party(w, c->debtor));
		if (c->creditor != c->debtor)
			bound_to(x, topic_of_party(w, c->creditor));
		if (of && of->counted)
			bound_to(x, ((const struct cell *)dense_at(&w->cell, of->cell))->topic);
		return;
	}
	uint32_t i = held_of(w, asset);

	if (i == NOWHERE)
		return;
	const struct held *h = held_at(w, i);

	bound_to(x, h->topic);
	bound_to(x, h->owner == NOWHERE ? NOWHERE : topic_of_party(w, h->owner));
	bound_to(x, h->site == NOWHERE ? NOWHERE : ((const struct site_watch *)dense_at(&w->site, h->site))->topic);
	bound_to(x, h->goods);
}

/* What the encumbrance binds for its lender now, CNY. */
static int64_t worth_of(const struct watch *w, const struct bound *x, const struct book_encumbrance *e)
{
	int64_t open = e->amount, base = 0;

	if (e->claim != NOWHERE) {
		const struct book_claim *c = claim_at(w->book, e->claim);

		open = claim_open(c) < open || open == 0 ? claim_open(c) : open;
		return fx_base(w->book, open > 0 ? open : 0, c->ccy, &base) ? base : 0;
	}
	return x->ccy[0] && fx_base(w->book, open, x->ccy, &base) ? base : 0;
}

static bool binds(const struct watch *w, const struct book_encumbrance *e)
{
	return e->accepted_seq != 0 && e->ended_seq == 0 &&
	       (e->claim == NOWHERE || claim_at(w->book, e->claim)->state == CLAIM_LIVE);
}

/* The stakes become what the encumbrance is. */
static void follow(struct watch *w, uint32_t i)
{
	const struct book_encumbrance *e = encumbrance_at(w->book, i);
	struct bound *x = dense_reach(&w->bound, i);
	bool live = binds(w, e);
	int64_t worth;

	if (!x) {
		w->full = true;
		return;
	}
	w->work++;
	worth = live ? worth_of(w, x, e) : 0;
	if (live == x->live && worth == x->worth)
		return;
	for (unsigned k = 0; k < x->n; k++)
		change(w, x->topic[k], x->lender, (int)live - (int)x->live, worth - x->worth);
	x->live = live;
	x->worth = worth;
}

static void see_grant(struct watch *w)
{
	const struct body_encumbrance_grant *body = &w->s->c->body.encumbrance_grant;
	uint32_t i = book_encumbrance(w->book, w->s->c->object);
	struct bound *x = i == NOWHERE ? NULL : dense_reach(&w->bound, i);

	if (i == NOWHERE)
		return;
	if (!x) {
		w->full = true;
		return;
	}
	x->lender = encumbrance_at(w->book, i)->secured;
	memcpy(x->ccy, body->amount.ccy, 3);
	if (x->lender != NOWHERE)
		find_topics(w, x, encumbrance_at(w->book, i), body->asset);
}

/* --- a lender's own book --- */

static void judge_book(struct watch *w, uint32_t lender, uint32_t debtor)
{
	uint32_t book = book_topic(w, lender), all = book == NOWHERE ? NOWHERE : stake_of(w, book, lender, false);
	uint32_t one = stake_of(w, topic_of_party(w, debtor), lender, false);
	int64_t share, at = limit_of(w, WARN_E17);
	const struct stake *a, *o;
	struct warned *x;

	if (all == NOWHERE || one == NOWHERE)
		return;
	a = stake_at(w, all);
	o = stake_at(w, one);
	share = ppm(o->worth, a->worth);
	x = weigh(w, WARN_E17, book, share, a->claims >= BOOK_LEAST && share >= at ? HOLDS : UNSURE);
	if (!x)
		return;
	warned_says(x, "one debtor is ", share / 10000, " % of what you hold");
	for (uint32_t i = party_at(w->book, debtor)->as_debtor, k = 0; i != NOWHERE && k < LOOK_BACK; k++) {
		const struct book_claim *c = claim_at(w->book, i);

		w->work++;
		for (uint32_t e = c->encumbrance; e != NOWHERE; e = encumbrance_at(w->book, e)->older)
			if (encumbrance_at(w->book, e)->secured == lender && binds(w, encumbrance_at(w->book, e)))
				warned_cites(x, encumbrance_at(w->book, e)->accepted_seq);
		i = c->older_of_debtor;
	}
}

/* --- what was lent on one claim --- */

static void judge_cover(struct watch *w)
{
	const struct book_claim *c = claim_at(w->book, w->claim);
	int64_t lent = 0, cover;
	uint32_t topic;
	struct warned *x;

	for (uint32_t e = c->encumbrance; e != NOWHERE; e = encumbrance_at(w->book, e)->older)
		if (binds(w, encumbrance_at(w->book, e)))
			lent += encumbrance_at(w->book, e)->advance;
	cover = ppm(claim_open(c), lent);
	if (lent <= 0 || cover >= limit_of(w, WARN_E18))
		return;
	/* Those who hold a receivable stand in its own chain; its topic comes to be when it is warned of. */
	topic = topic_of(w, ABOUT_ASSET, c->id, NOWHERE);
	for (uint32_t e = c->encumbrance; topic != NOWHERE && e != NOWHERE; e = encumbrance_at(w->book, e)->older) {
		struct bound *b = dense_at(&w->bound, e);

		if (!b->live || b->lender == NOWHERE || b->n == BOUND_TOPICS || b->topic[b->n - 1] == topic)
			continue;
		bound_to(b, topic);
		change(w, topic, b->lender, 1, b->worth);
	}
	x = weigh(w, WARN_E18, topic, cover, HOLDS);
	if (!x)
		return;
	warned_cites(x, c->seq);
	warned_says(x, "what is owed is ", cover / 10000, " % of what was lent on it");
}

/* --- together --- */

void stakes_see(struct watch *w)
{
	const enum statement_kind kind = w->s->c->kind;
	uint32_t e = NOWHERE;

	if (kind == ST_ENCUMBRANCE_GRANT)
		see_grant(w);
	if (statement_info(kind)->table == TABLE_ENCUMBRANCE)
		e = book_encumbrance(w->book, w->s->c->object);
	if (w->claim != NOWHERE) /* what was paid or ended changes what all of them hold */
		for (uint32_t i = claim_at(w->book, w->claim)->encumbrance; i != NOWHERE;
		     i = encumbrance_at(w->book, i)->older)
			follow(w, i);
	else if (e != NOWHERE)
		follow(w, e);
	if (w->claim != NOWHERE && kind == ST_RECEIVABLE_ADJUST)
		judge_cover(w);
	if (e == NOWHERE || kind == ST_ENCUMBRANCE_GRANT)
		return;
	const struct bound *x = dense_at(&w->bound, e);

	if (w->claim != NOWHERE && x->live && x->lender != NOWHERE)
		judge_book(w, x->lender, claim_at(w->book, w->claim)->debtor);
	if (w->claim == NOWHERE && x->n > 1) {
		uint32_t held = held_of(w, topic_at(w, x->topic[1])->is.id);

		if (held != NOWHERE)
			pledge_judge(w, held);
	}
}
