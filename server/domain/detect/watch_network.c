/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_network.c: trouble that comes from elsewhere (DETECTION 4.1).
 *
 *   E07  a supplier of a large part of what a debtor buys of a class is in trouble
 *   E13  of what debtors of a region owe for goods of a class, a part has become overdue in 30 days
 *   E14  confirmed findings of invention, two hops apart at most, within 90 days
 *   E16  a party was listed for a default, suspended, or its affairs frozen
 *
 * Of a cell only what no single firm can be read off is said: five debtors or more must be overdue (4.3).
 */
#include "watch.h"

enum {
	BUYERS_MOST = 8,
	SUPPLIES_LEAST = 3, /* in a year: one delivery makes nobody dependent */
	CELL_FIRMS = 5,
	MONTH_DAYS = 30,
	CLUSTER_DAYS = 90,
	NEIGHBOURS = 64, /* of a party looked at for two hops */
};

/* --- E07 --- */

/* Of the class this supplier sells it: its part of the buyer's purchases of a year. */
static int64_t share_of_input(struct watch *w, uint32_t buyer, uint32_t supplier, struct span goods)
{
	uint32_t i = party_at(w->book, buyer)->as_debtor;
	int64_t all = 0, his = 0, base;
	unsigned n = 0;

	for (unsigned k = 0; i != NOWHERE && k < LOOK_BACK; k++) {
		const struct book_claim *c = claim_at(w->book, i);

		w->work++;
		if (days_between(c->at, w->s->at) > YEAR_DAYS)
			break;
		if (span_eq(c->goods, goods) && fx_base(w->book, c->face, c->ccy, &base)) {
			all += base;
			his += c->creditor == supplier ? base : 0;
			n += c->creditor == supplier;
		}
		i = c->older_of_debtor;
	}
	return n < SUPPLIES_LEAST ? 0 : ppm(his, all);
}

static void judge_buyer(struct watch *w, uint32_t supplier, const struct book_claim *c)
{
	int64_t share = share_of_input(w, c->debtor, supplier, c->goods);
	struct warned *x = weigh(w, WARN_E07, topic_of_party(w, c->debtor), share,
	                         share >= limit_of(w, WARN_E07) ? HOLDS : UNSURE);

	if (!x)
		return;
	warned_cites(x, c->seq);
	warned_says(x, "buys ", share / 10000, " % of a class of goods from one that is in trouble");
}

void supplier_shock(struct watch *w, uint32_t supplier)
{
	uint32_t met[BUYERS_MOST], i = party_at(w->book, supplier)->as_creditor;
	unsigned n = 0;

	for (unsigned k = 0; i != NOWHERE && k < LOOK_BACK && n < BUYERS_MOST; k++) {
		const struct book_claim *c = claim_at(w->book, i);
		unsigned at = 0;

		w->work++;
		i = c->older_of_creditor;
		while (at < n && met[at] != c->debtor)
			at++;
		if (at < n || days_between(c->at, w->s->at) > YEAR_DAYS)
			continue;
		met[n++] = c->debtor;
		judge_buyer(w, supplier, c);
	}
}

/* --- E13 --- */

static uint32_t cell_of(struct watch *w, const struct book_claim *c)
{
	struct span region = party_at(w->book, c->debtor)->region;
	uint32_t topic, i;
	struct topic *t;
	struct cell *x;

	if (region.len == 0 || c->goods.len == 0 || (topic = topic_named(w, ABOUT_CELL, region, c->goods)) == NOWHERE)
		return NOWHERE;
	t = topic_at(w, topic);
	if (t->cell != NOWHERE)
		return t->cell;
	if (!(x = dense_add(&w->cell, &i))) {
		w->full = true;
		return NOWHERE;
	}
	x->topic = topic;
	return t->cell = i;
}

/* What the claim counts in its cell becomes what is owed on it now. */
static void follow_cell(struct watch *w, const struct book_claim *c)
{
	struct claim_watch *of = dense_reach(&w->of_claim, w->claim);
	int64_t open = 0;
	uint32_t cell;

	if (!of) {
		w->full = true;
		return;
	}
	if (w->s->c->kind == ST_RECEIVABLE_REGISTER && (cell = cell_of(w, c)) != NOWHERE) {
		of->cell = cell;
		of->counted = true;
	}
	if (!of->counted)
		return;
	if (c->state == CLAIM_LIVE && !fx_base(w->book, claim_open(c), c->ccy, &open))
		open = 0;
	((struct cell *)dense_at(&w->cell, of->cell))->live += open - of->open;
	of->open = open;
}

static void see_overdue(struct watch *w, const struct book_claim *c)
{
	const struct claim_watch *of = dense_at(&w->of_claim, w->claim);
	uint32_t debtor[RING];
	unsigned firms = 0;
	int64_t worth = 0, share;
	struct warned *x;
	struct cell *cell;

	if (!of->counted)
		return;
	cell = dense_at(&w->cell, of->cell);
	ring_add(&cell->overdue, (struct event_at){ w->s->seq, of->open, day_now(w), c->debtor });
	for (uint32_t i = 0; i < ring_count(&cell->overdue); i++) {
		const struct event_at *e = ring_back(&cell->overdue, i);
		unsigned k = 0;

		if (day_now(w) - e->day > MONTH_DAYS)
			break;
		worth += e->worth;
		while (k < firms && debtor[k] != e->who)
			k++;
		if (k == firms)
			debtor[firms++] = e->who;
	}
	w->work += RING;
	share = ppm(worth, cell->live);
	x = weigh(w, WARN_E13, cell->topic, share,
	          firms >= CELL_FIRMS && share >= limit_of(w, WARN_E13) ? HOLDS : UNSURE);
	if (!x)
		return;
	warned_says(x, "", share / 10000, " % of what is owed has become overdue in thirty days");
	warned_says(x, "by ", firms, " debtors");
	for (uint32_t i = 0; i < ring_count(&cell->overdue); i++)
		if (day_now(w) - ring_back(&cell->overdue, i)->day <= MONTH_DAYS)
			warned_cites(x, ring_back(&cell->overdue, i)->seq);
}

/* --- E14 --- */

static bool invention(const struct signal_info *s)
{
	return s && (s->family == FAMILY_FORGED || s->family == FAMILY_GOODS);
}

static void see_finding(struct watch *w)
{
	const struct body_finding_raise *body = &w->s->c->body.finding_raise;
	uint32_t claim = book_claim(w->book, body->asset), party = book_party(w->book, body->party), i;
	struct suspected *x;

	if (!invention(signal_by_id(body->signal)) || severity_parse(body->severity) < SEVERITY_FLAG)
		return;
	if (claim == NOWHERE && party == NOWHERE) {
		i = held_of(w, body->asset);
		party = i == NOWHERE ? NOWHERE : held_at(w, i)->owner;
		if (party == NOWHERE)
			return;
	}
	if (!(x = dense_add(&w->suspected, &i)) || !index_put(&w->by_suspected, key_of_uuid(w->s->c->object), i)) {
		w->full = true;
		return;
	}
	*x = (struct suspected){ w->s->c->object, party, NOWHERE, w->s->seq };
	if (claim != NOWHERE) {
		x->party = claim_at(w->book, claim)->creditor;
		x->other = claim_at(w->book, claim)->debtor;
	}
}

static bool trade(const struct watch *w, uint32_t a, uint32_t b)
{
	return a == b || book_pair(w->book, a, b) != NOWHERE || book_pair(w->book, b, a) != NOWHERE;
}

/* Two hops at most over trades: through one of a's latest partners. */
static bool near(struct watch *w, uint32_t a, uint32_t b)
{
	uint32_t sold = party_at(w->book, a)->as_creditor, bought = party_at(w->book, a)->as_debtor;

	if (trade(w, a, b))
		return true;
	for (unsigned k = 0; k < NEIGHBOURS && (sold != NOWHERE || bought != NOWHERE); k++) {
		w->work++;
		if (sold != NOWHERE) {
			if (trade(w, claim_at(w->book, sold)->debtor, b))
				return true;
			sold = claim_at(w->book, sold)->older_of_creditor;
		}
		if (bought != NOWHERE) {
			if (trade(w, claim_at(w->book, bought)->creditor, b))
				return true;
			bought = claim_at(w->book, bought)->older_of_debtor;
		}
	}
	return false;
}

static void see_review(struct watch *w)
{
	const struct suspected *s = NULL;
	struct confirmed *all = w->confirmed;
	const uint32_t most = ARRAY_LEN(w->confirmed);
	int64_t n = 1;
	struct warned *x;
	uint64_t cites[EVIDENCE_MAX];

	for (struct index_walk at = index_walk(&w->by_suspected, key_of_uuid(w->s->c->object)); index_next(&at);)
		if (uuid_eq(((const struct suspected *)dense_at(&w->suspected, at.value))->id, w->s->c->object))
			s = dense_at(&w->suspected, at.value);
	if (!s || !span_is(w->s->c->body.finding_review.verdict, "confirmed"))
		return;
	for (uint32_t i = 0; i < w->n_confirmed && i < most && n < EVIDENCE_MAX; i++) {
		const struct confirmed *c = &all[(w->n_confirmed - 1 - i) % most];

		if (days_between(c->at, w->s->at) > CLUSTER_DAYS)
			break;
		if (near(w, s->party, c->party[0]) || (c->party[1] != NOWHERE && near(w, s->party, c->party[1])))
			cites[n++] = c->seq;
	}
	all[w->n_confirmed++ % most] = (struct confirmed){ { s->party, s->other }, w->s->seq, w->s->at };
	for (unsigned side = 0; side < 2; side++) {
		uint32_t party = side ? s->other : s->party;

		if (party == NOWHERE)
			continue;
		x = weigh(w, WARN_E14, topic_of_party(w, party), n, n >= limit_of(w, WARN_E14) ? HOLDS : UNSURE);
		if (!x)
			continue;
		warned_cites(x, s->seq);
		for (int64_t i = 1; i < n; i++)
			warned_cites(x, cites[i]);
		warned_says(x, "", n, " confirmed findings within two hops and ninety days");
	}
}

/* --- E16 --- */

static void see_standing(struct watch *w, enum statement_kind kind)
{
	const bool freeze = kind == ST_FREEZE_PLACE;
	uint32_t i = book_party(w->book, freeze ? w->s->c->body.freeze_place.party : w->s->c->object);
	bool ends = kind == ST_PARTY_RESTORE || kind == ST_OBLIGOR_CURE;
	struct warned *x;

	if (i == NOWHERE)
		return;
	x = weigh(w, WARN_E16, topic_of_party(w, i), ends ? 0 : 1, ends ? GONE : HOLDS);
	if (!x)
		return;
	warned_says(x,
	            freeze                       ? "frozen by an authority, entry "
	            : kind == ST_OBLIGOR_DEFAULT ? "listed for a default, entry "
	                                         : "suspended, entry ",
	            (int64_t)w->s->seq, "");
	supplier_shock(w, i);
}

void network_see(struct watch *w)
{
	const enum statement_kind kind = w->s->c->kind;
	const struct book_claim *c;

	if (kind == ST_FINDING_RAISE)
		see_finding(w);
	else if (kind == ST_FINDING_REVIEW)
		see_review(w);
	else if (kind == ST_OBLIGOR_DEFAULT || kind == ST_OBLIGOR_CURE || kind == ST_PARTY_SUSPEND ||
	         kind == ST_PARTY_RESTORE || kind == ST_FREEZE_PLACE)
		see_standing(w, kind);
	if (w->claim == NOWHERE || statement_info(kind)->table != TABLE_ASSET)
		return;
	c = claim_at(w->book, w->claim);
	follow_cell(w, c);
	if (kind == ST_RECEIVABLE_OVERDUE)
		see_overdue(w, c);
	else if (kind == ST_RECEIVABLE_DEFAULT)
		supplier_shock(w, c->debtor);
}
