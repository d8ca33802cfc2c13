/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_seller.c: a seller whose business turns (DETECTION 4.1).
 *
 *   E04  credit notes and disputes of 90 days against what it sold in them, and against the nine months before
 *   E06  registrations of a month against its own half year before and against what everybody registered: the season
 *   E08  a customer of a large part of its sales has not bought for several times its usual interval
 *
 * Orders that stop leave no entry: the clock of the log brings E06 and E08, by timers that each registration sets once.
 */
#include "watch.h"

enum {
	NOTES_LEAST = 3,
	QUARTER_DAYS = 90,
	MONTHS = 8,        /* registrations are counted in, seller_watch.registered */
	BEFORE = 6,        /* full months compared with */
	ORDERS_LEAST = 12, /* expected in the month: with fewer, chance halves them too often */
	PAIR_LEAST = 8,    /* claims of a pair before it has an interval */
	GAP_LEAST_DAYS = 21,
	SALES_PPM = 300000, /* of the seller's year: a main customer */
	SPIKE = 2,          /* times the share of the months before */
};

static struct seller_watch *seller_watch(struct watch *w, uint32_t party)
{
	struct party_watch *p = party_watch(w, party);
	struct seller_watch *s;

	if (!p)
		return NULL;
	if (p->seller != NOWHERE)
		return dense_at(&w->seller, p->seller);
	s = dense_add(&w->seller, &p->seller);
	w->full |= s == NULL;
	return s;
}

/* --- E04 --- */

static void gross_of(const struct watch *w, uint32_t party, int64_t *now, int64_t *year)
{
	const struct seller_features *f = seller_features(w->features, party);
	const int32_t bucket = bucket_of(w->s->at);

	*now = *year = 0;
	for (unsigned i = 0; f && i < SELLER_BUCKETS; i++) {
		if (f->at[i].bucket > bucket - 3)
			*now += f->at[i].gross;
		else if (f->at[i].bucket > bucket - SELLER_BUCKETS)
			*year += f->at[i].gross;
	}
}

static void judge_dilution(struct watch *w, uint32_t party, const struct seller_watch *s)
{
	int64_t gross, gross_before, now = 0, before = 0, n = 0, share, was;
	struct warned *x;

	gross_of(w, party, &gross, &gross_before);
	for (uint32_t i = 0; i < ring_count(&s->diluted); i++) {
		const struct event_at *e = ring_back(&s->diluted, i);

		if (day_now(w) - e->day <= QUARTER_DAYS)
			now += e->worth, n++;
		else if (day_now(w) - e->day <= YEAR_DAYS)
			before += e->worth;
	}
	w->work += RING + SELLER_BUCKETS;
	share = ppm(now, gross);
	was = ppm(before, gross_before);
	if (n < NOTES_LEAST || share < SPIKE * was)
		share = share < limit_of(w, WARN_E04) ? share : limit_of(w, WARN_E04) - 1;
	x = weigh(w, WARN_E04, topic_of_party(w, party), share, over(share, limit_of(w, WARN_E04)));
	if (!x)
		return;
	warned_says(x, "", n, " credit notes and disputes in ninety days");
	warned_says(x, "", share / 10000, " % of what was sold in them");
	warned_says(x, "", was / 10000, " % before");
	for (uint32_t i = 0; i < ring_count(&s->diluted); i++)
		if (day_now(w) - ring_back(&s->diluted, i)->day <= QUARTER_DAYS)
			warned_cites(x, ring_back(&s->diluted, i)->seq);
}

static void see_dilution(struct watch *w, const struct book_claim *c)
{
	struct seller_watch *s = seller_watch(w, c->creditor);
	int64_t minor =
		w->s->c->kind == ST_RECEIVABLE_ADJUST ? w->s->c->body.receivable_adjust.reduce.minor : claim_open(c);
	int64_t base = 0;

	if (!s || !fx_base(w->book, minor, c->ccy, &base))
		return;
	ring_add(&s->diluted, (struct event_at){ w->s->seq, base, day_now(w), c->debtor });
	judge_dilution(w, c->creditor, s);
}

/* --- E06 --- */

/* Forgets the months that have gone out of sight. */
static void turn_seller(struct seller_watch *s, int32_t bucket)
{
	if (bucket - s->bucket >= MONTHS)
		memset(s->registered, 0, sizeof s->registered);
	for (int32_t b = s->bucket + 1; b <= bucket && b < s->bucket + MONTHS; b++)
		s->registered[b % MONTHS] = 0;
	s->bucket = s->bucket > bucket ? s->bucket : bucket;
}

static void turn_market(struct watch *w, int32_t bucket)
{
	if (bucket - w->market_bucket >= MONTHS)
		memset(w->market, 0, sizeof w->market);
	for (int32_t b = w->market_bucket + 1; b <= bucket && b < w->market_bucket + MONTHS; b++)
		w->market[b % MONTHS] = 0;
	w->market_bucket = w->market_bucket > bucket ? w->market_bucket : bucket;
}

/* Registrations of the last full month against the mean of the half year before, scaled as the market went. */
void timer_orders(struct watch *w, uint32_t party)
{
	struct seller_watch *s = seller_watch(w, party);
	const int32_t bucket = bucket_of(w->s->at), last = bucket - 1;
	int64_t before = 0, market = 0, expected, had, drop;
	struct warned *x;

	if (!s)
		return;
	s->timed = false;
	turn_seller(s, bucket);
	turn_market(w, bucket);
	for (int32_t b = last - BEFORE; b < last; b++) {
		before += s->registered[b % MONTHS];
		market += w->market[b % MONTHS];
	}
	w->work += BEFORE;
	if (before > 0) { /* else it has not sold for half a year, and is looked at when it does again */
		s->timed = true;
		set_timer(w, TIMER_ORDERS, party, BUCKET_DAYS);
	}
	had = s->registered[last % MONTHS];
	expected = market > 0 ? before * (int64_t)w->market[last % MONTHS] / market : 0;
	if (expected < ORDERS_LEAST)
		return;
	drop = had < expected ? ppm(expected - had, expected) : 0;
	x = weigh(w, WARN_E06, topic_of_party(w, party), drop, over(drop, limit_of(w, WARN_E06)));
	if (!x)
		return;
	warned_cites(x, s->last_seq);
	warned_says(x, "", had, " registrations in a month");
	warned_says(x, "", expected, " expected after the six months before and the market");
}

/* --- E08 --- */

static int64_t share_of_pair(struct watch *w, const struct book_pair *p)
{
	int64_t all = 0, of_pair = 0, base;
	uint32_t i = party_at(w->book, p->creditor)->as_creditor;

	for (uint32_t k = 0; i != NOWHERE && k < LOOK_BACK; k++) {
		const struct book_claim *c = claim_at(w->book, i);

		w->work++;
		if (days_between(c->at, w->s->at) > YEAR_DAYS)
			break;
		if (fx_base(w->book, c->face, c->ccy, &base)) {
			all += base;
			of_pair += c->debtor == p->debtor ? base : 0;
		}
		i = c->older_of_creditor;
	}
	return ppm(of_pair, all);
}

/* Days between two claims of the pair on average; 0 while there are too few. */
static int64_t usual_gap(const struct book_pair *p, const struct pair_watch *x)
{
	if (p->n_claims < PAIR_LEAST)
		return 0;
	int64_t days = days_between(p->first_at, x->last_at) / (p->n_claims - 1);

	return days < 1 ? 1 : days;
}

static int32_t silence_days(const struct watch *w, int64_t gap)
{
	int64_t days = gap * limit_of(w, WARN_E08) / 100 + 1;

	return (int32_t)(days < GAP_LEAST_DAYS ? GAP_LEAST_DAYS : days > YEAR_DAYS ? YEAR_DAYS : days);
}

void timer_pair(struct watch *w, uint32_t pair)
{
	struct pair_watch *of = dense_at(&w->pair, pair);
	const struct book_pair *p = pair_at(w->book, pair);
	int64_t gap = usual_gap(p, of), silent = days_between(of->last_at, w->s->at), value;
	struct warned *x;

	of->timed = false;
	if (gap == 0)
		return;
	if (silent < silence_days(w, gap)) { /* it has bought since */
		of->timed = true;
		set_timer(w, TIMER_PAIR, pair, (int32_t)(silence_days(w, gap) - silent));
		return;
	}
	if (share_of_pair(w, p) < SALES_PPM)
		return;
	value = silent * 100 / gap;
	x = weigh(w, WARN_E08, topic_of_party(w, p->creditor), value, value >= limit_of(w, WARN_E08) ? HOLDS : UNSURE);
	if (!x)
		return;
	warned_cites(x, claim_at(w->book, p->newest)->seq);
	warned_says(x, "no claim on a main customer for ", silent, " days");
	warned_says(x, "usually one every ", gap, " days");
}

/* --- registrations --- */

static void see_register(struct watch *w, const struct book_claim *c)
{
	const int32_t bucket = bucket_of(w->s->at);
	struct seller_watch *s = seller_watch(w, c->creditor);
	struct pair_watch *p = dense_reach(&w->pair, c->pair);
	int64_t gap;

	if (!s || !p) {
		w->full = true;
		return;
	}
	turn_seller(s, bucket);
	turn_market(w, bucket);
	if (s->registered[bucket % MONTHS] < UINT16_MAX)
		s->registered[bucket % MONTHS]++;
	s->last_seq = w->s->seq;
	w->market[bucket % MONTHS]++;
	if (!s->timed) {
		s->timed = true;
		set_timer(w, TIMER_ORDERS, c->creditor, BUCKET_DAYS);
	}
	p->last_at = w->s->at;
	gap = usual_gap(pair_at(w->book, c->pair), p);
	if (gap > 0 && !p->timed) {
		p->timed = true;
		set_timer(w, TIMER_PAIR, c->pair, silence_days(w, gap));
	}
	if (gap > 0 && stands(w, WARN_E08, topic_of_party(w, c->creditor)))
		(void)weigh(w, WARN_E08, topic_of_party(w, c->creditor), 0,
		            share_of_pair(w, pair_at(w->book, c->pair)) >= SALES_PPM ? GONE : UNSURE);
}

void seller_see(struct watch *w)
{
	const enum statement_kind kind = w->s->c->kind;

	if (w->claim == NOWHERE)
		return;
	if (kind == ST_RECEIVABLE_REGISTER)
		see_register(w, claim_at(w->book, w->claim));
	else if (kind == ST_RECEIVABLE_ADJUST || kind == ST_RECEIVABLE_DISPUTE)
		see_dilution(w, claim_at(w->book, w->claim));
}
