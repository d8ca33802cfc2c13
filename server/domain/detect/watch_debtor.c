/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_debtor.c: a debtor that begins to pay otherwise than it did (DETECTION 4.1).
 *
 *   E01  payments of the last 30 days later than those of the year before by two of their deviations, by value
 *   E02  part payments where there were hardly any
 *   E03  new claims fall due later than those before
 *   E05  several claims overdue at once, a large part of what it owes; over when they are paid
 */
#include "watch.h"

enum {
	RECENT_DAYS = 30,
	PART_DAYS = 60,
	TERM_DAYS = 180,
	SETTLED_DAYS = 5, /* later than before by less says nothing */
	RECENT_LEAST = 3,
	BEFORE_LEAST = 5,
	PART_LEAST = 5,
	OVERDUE_LEAST = 3,
	PARTS_FEW_PPM = 50000,
	PAIR_LEAST = 4, /* claims of a pair before it has usual terms */
};

static struct debtor_watch *debtor_watch(struct watch *w, uint32_t party)
{
	struct party_watch *p = party_watch(w, party);
	struct debtor_watch *d;

	if (!p)
		return NULL;
	if (p->debtor != NOWHERE)
		return dense_at(&w->debtor, p->debtor);
	d = dense_add(&w->debtor, &p->debtor);
	w->full |= d == NULL;
	return d;
}

static uint32_t least(uint32_t n, uint32_t most) { return n < most ? n : most; }
static int64_t clip(int64_t x, int64_t most) { return x > most ? most : x < 1 ? 1 : x; }

/* The largest integer whose square is at most x. */
static int64_t root(int64_t x)
{
	int64_t r = 0;

	for (int64_t bit = INT64_C(1) << 31; bit > 0; bit >>= 1)
		if ((r + bit) <= INT64_C(3037000499) && (r + bit) * (r + bit) <= x)
			r += bit;
	return r;
}

/* --- E01 --- */

struct lateness {
	wide weight, sum, squares; /* of days late, by value */
	uint32_t n;
};

static void add_late(struct lateness *l, const struct paid *p)
{
	wide v = clip(p->worth / 100, INT64_C(1) << 40);

	l->weight += v;
	l->sum += v * p->late;
	l->squares += v * p->late * p->late;
	l->n++;
}

static void judge_late(struct watch *w, const struct debtor_watch *d, uint32_t topic)
{
	struct lateness now = { 0 }, before = { 0 };
	int64_t mean, was, sigma, value;
	struct warned *x;

	for (uint32_t i = 0; i < least(d->n_paid, RING); i++) {
		int32_t age = day_now(w) - d->paid[i].day;

		if (age <= YEAR_DAYS)
			add_late(age <= RECENT_DAYS ? &now : &before, &d->paid[i]);
	}
	w->work += RING;
	if (now.n < RECENT_LEAST || before.n < BEFORE_LEAST)
		return;
	mean = (int64_t)(now.sum * 100 / now.weight); /* hundredths of a day */
	was = (int64_t)(before.sum * 100 / before.weight);
	sigma = root((int64_t)(before.squares * 10000 / before.weight) - was * was);
	if (sigma < 100)
		sigma = 100;
	value = (mean - was) * 100 / sigma;
	if (mean - was < SETTLED_DAYS * 100 && value > 0)
		value = value < limit_of(w, WARN_E01) ? value : limit_of(w, WARN_E01) - 1;
	x = weigh(w, WARN_E01, topic, value, over(value, limit_of(w, WARN_E01)));
	if (!x)
		return;
	warned_says(x, "paid ", mean / 100, " days late on average, by value");
	warned_says(x, "the year before ", was / 100, " days");
	for (uint32_t i = 0; i < least(d->n_paid, RING); i++)
		if (day_now(w) - d->paid[i].day <= RECENT_DAYS)
			warned_cites(x, d->paid[i].seq);
}

/* --- E02 --- */

static void judge_parts(struct watch *w, const struct debtor_watch *d, uint32_t topic)
{
	int64_t now = 0, now_n = 0, before = 0, before_n = 0, share;
	struct warned *x;

	for (uint32_t i = 0; i < least(d->n_paid, RING); i++) {
		bool recent = day_now(w) - d->paid[i].day <= PART_DAYS;

		*(recent ? &now_n : &before_n) += 1;
		*(recent ? &now : &before) += d->paid[i].partial;
	}
	w->work += RING;
	if (now_n < PART_LEAST)
		return;
	share = ppm(now, now_n);
	if (before_n < PART_LEAST || ppm(before, before_n) >= PARTS_FEW_PPM) /* it always did */
		share = share < limit_of(w, WARN_E02) ? share : limit_of(w, WARN_E02) - 1;
	x = weigh(w, WARN_E02, topic, share, over(share, limit_of(w, WARN_E02)));
	if (!x)
		return;
	warned_says(x, "", now, " part payments in sixty days");
	warned_says(x, "of ", now_n, " payments");
	warned_says(x, "before ", before, " part payments");
	for (uint32_t i = 0; i < least(d->n_paid, RING); i++)
		if (d->paid[i].partial)
			warned_cites(x, d->paid[i].seq);
}

static void see_pay(struct watch *w, const struct book_claim *c)
{
	const struct body_receivable_pay *body = &w->s->c->body.receivable_pay;
	struct debtor_watch *d = debtor_watch(w, c->debtor);
	int64_t base = 0, late = (int64_t)body->on.day - c->due.day;

	if (!d || !fx_base(w->book, body->amount.minor, c->ccy, &base))
		return;
	d->paid[d->n_paid++ % RING] = (struct paid){ .seq = w->s->seq,
		                                     .worth = base,
		                                     .day = day_now(w),
		                                     .late = (int16_t)(late < 0     ? 0
		                                                       : late > 999 ? 999
		                                                                    : late),
		                                     .partial = claim_open(c) > 0 };
	judge_late(w, d, topic_of_party(w, c->debtor));
	judge_parts(w, d, topic_of_party(w, c->debtor));
}

/* --- E03 --- */

static int16_t median(int16_t *at, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) /* two dozen at most */
		for (uint32_t k = i; k > 0 && at[k - 1] > at[k]; k--) {
			int16_t swap = at[k];

			at[k] = at[k - 1];
			at[k - 1] = swap;
		}
	return at[n / 2];
}

static void see_register(struct watch *w, const struct book_claim *c)
{
	struct debtor_watch *d = debtor_watch(w, c->debtor);
	int16_t now[RING], before[RING];
	uint32_t n = 0, n_before = 0;
	const struct pair_features *pair = pair_features(w->features, c->pair);
	int64_t days = (int64_t)c->due.day - c->issued.day, more;
	struct warned *x;

	/* Against what the pair is used to: a debtor that buys of other sellers this month has not longer terms for it. */
	if (!d || !c->existing || pair->registered < PAIR_LEAST || days < 0 || days > 999)
		return;
	days -= (pair->terms - days) / (pair->registered - 1);
	d->term[d->n_term++ % RING] = (struct term){ w->s->seq, day_now(w), (int16_t)days };
	for (uint32_t i = 0; i < least(d->n_term, RING); i++) {
		int32_t age = day_now(w) - d->term[i].day;

		if (age <= RECENT_DAYS)
			now[n++] = d->term[i].days;
		else if (age <= TERM_DAYS)
			before[n_before++] = d->term[i].days;
	}
	w->work += RING;
	if (n < BEFORE_LEAST || n_before < BEFORE_LEAST)
		return;
	more = median(now, n) - median(before, n_before);
	x = weigh(w, WARN_E03, topic_of_party(w, c->debtor), more, over(more, limit_of(w, WARN_E03)));
	if (!x)
		return;
	warned_says(x, "half of the new claims fall due so much later than the pair is used to: ", now[n / 2],
	            " days or more");
	warned_says(x, "before: ", before[n_before / 2], " days");
	for (uint32_t i = 0; i < least(d->n_term, RING); i++)
		if (day_now(w) - d->term[i].day <= RECENT_DAYS)
			warned_cites(x, d->term[i].seq);
}

/* --- E05 --- */

static void judge_overdue(struct watch *w, uint32_t party)
{
	const struct debtor_features *f = debtor_features(w->features, party);
	struct debtor_watch *d = debtor_watch(w, party);
	int64_t share = f ? ppm(f->overdue, f->owed) : 0, at = limit_of(w, WARN_E05);
	struct warned *x;

	if (!d)
		return;
	x = weigh(w, WARN_E05, topic_of_party(w, party), share,
	          share >= at && d->overdue >= OVERDUE_LEAST ? HOLDS
	          : share < at / 2 || d->overdue == 0        ? GONE
	                                                     : UNSURE);
	if (!x)
		return;
	warned_says(x, "", d->overdue, " claims are overdue at once");
	warned_says(x, "", share / 10000, " % of what it owes");
	for (uint32_t i = 0; i < least(d->n_overdue, d->overdue) && i < RING; i++)
		warned_cites(x, d->overdue_seq[(d->n_overdue - 1 - i) % RING]);
	supplier_shock(w, party);
}

/* Marked overdue or in default, and not yet counted; or counted, and over. */
static void see_overdue(struct watch *w, const struct book_claim *c)
{
	struct claim_watch *of = dense_reach(&w->of_claim, w->claim);
	struct debtor_watch *d = debtor_watch(w, c->debtor);
	bool now = c->state == CLAIM_LIVE && (c->overdue_seq != 0 || c->defaulted_seq != 0);

	if (!of || !d) {
		w->full = true;
		return;
	}
	if (now && !of->overdue) {
		d->overdue++;
		d->overdue_seq[d->n_overdue++ % RING] = w->s->seq;
	} else if (!now && of->overdue) {
		d->overdue--;
	}
	if (now || of->overdue)
		judge_overdue(w, c->debtor);
	of->overdue = now;
}

void debtor_see(struct watch *w)
{
	const struct book_claim *c;

	if (w->claim == NOWHERE || statement_info(w->s->c->kind)->table != TABLE_ASSET)
		return;
	c = claim_at(w->book, w->claim);
	if (w->s->c->kind == ST_RECEIVABLE_PAY)
		see_pay(w, c);
	else if (w->s->c->kind == ST_RECEIVABLE_REGISTER)
		see_register(w, c);
	see_overdue(w, c);
}
