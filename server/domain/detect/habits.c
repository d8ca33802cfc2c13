/* SPDX-License-Identifier: Apache-2.0 */
/*
 * habits.c: how sellers behave over time, and when that changes.
 *
 * Nothing here proves anything: a harvest ramps too. So all of it is soft; it
 * is shown, it feeds the score, and with signs of other kinds it may add up
 * (detector.c). Each sign is said once and then not again for a while.
 *
 *   B01  a pair's weekly sums jump above their own mean (CUSUM)   B10  right after a change of owner or officer
 *   B02  large claims after a long sleep                          B03  one of several debtors owes most
 *   B04  registered in the last two days of the month             B05  credit notes rise
 *   B11  released here and financed there, again and again        B12  a reviewer who clears all
 *   C06  many more invoices than the month before
 */
#include "detecting.h"
#include "logarithm.h"
#include "year.h"

enum {
	WEEKS = 27, /* the one that runs, and half a year */
	WEEKS_LEAST = 12,
	MONTH_WEEKS = 4,
	RAMP_FROM = 6, /* claims of a pair before its weeks are kept */
	Q16 = 65536,
	DEVIATION_LEAST = Q16,
	SAY_AGAIN = 90, /* days */
	MANY = 20,
	DEBTORS_LEAST = 3,
	ASLEEP_TIMES = 5,
	MONTH_DAYS = 30,
	REVIEWS_LEAST = 20,
};

/* Weekly sums of a pair, and how far they have left their mean: units are log2 in 1/65536. */
struct ramp {
	int32_t week; /* the one that runs */
	uint32_t n;   /* weeks before it */
	int64_t at[WEEKS];
	int64_t cusum, deviation; /* deviation: mean distance from the mean */
	bool up;
};
enum told { TOLD_B03, TOLD_B04, TOLD_B05, TOLD_B11, TOLD_C06, TOLDS };
struct seller_habits {
	struct year sold, late_in_month, diluted;
	int64_t typical;
	struct moment last_at, changed_at, moved_at[2];
	uint64_t last_seq, changed_seq, moved_seq[2];
	uint32_t claims, debtors, bucket_n, before_n, credits;
	int32_t bucket;
	struct moment told[TOLDS];
};
struct reviewer { /* of one seller's findings */
	struct uuid who;
	uint32_t seller, reviews, cleared;
	bool told;
};
struct habits {
	struct book *book;
	struct dense ramp, ramp_of; /* ramp_of: by pair, number of its ramp and one; 0: none */
	struct dense seller, pair_sold, reviewer, finding;
	struct index by_reviewer, by_finding;
};
struct known_finding {
	struct uuid id;
	uint32_t seller;
};

static struct seller_habits *seller_of(struct habits *x, uint32_t i) { return dense_reach(&x->seller, i); }

static bool may_tell(struct habits *x, struct seller_habits *s, enum told what, int64_t days)
{
	if (s->told[what].us != 0 && days_between(s->told[what], x->book->now) < days)
		return false;
	s->told[what] = x->book->now;
	return true;
}

/* --- B01: a ramp --- */

static int32_t week_of(struct moment m) { return (int32_t)(m.us / (7 * DAY_US)); }

static int64_t week_at(const struct ramp *r, int32_t ago) { return r->at[(uint32_t)(r->week - ago) % WEEKS]; }

/* Of a week, before the last four. */
static int64_t mean_of(const struct ramp *r)
{
	const int32_t n = (int32_t)(r->n < WEEKS - 1 ? r->n : WEEKS - 1);
	wide sum = 0;

	for (int32_t i = MONTH_WEEKS; i <= n; i++)
		sum += week_at(r, i);
	return n < MONTH_WEEKS ? 0 : (int64_t)(sum / (n - MONTH_WEEKS + 1));
}

/*
 * The week that ran is over: how far its month lies from the mean of those before, a quarter of the mean on both sides,
 * so that an empty month is no abyss.
 */
static void close_week(struct ramp *r, int64_t sigmas)
{
	const int64_t mean = mean_of(r);
	int64_t month = 0, off, k, far;

	for (int32_t i = 0; i < MONTH_WEEKS; i++)
		month += week_at(r, i);
	if (r->n >= WEEKS_LEAST && mean > 3) {
		off = (int64_t)log2_q16((uint64_t)(month / MONTH_WEEKS + mean / 4)) -
		      (int64_t)log2_q16((uint64_t)(mean + mean / 4));
		k = r->deviation < DEVIATION_LEAST ? DEVIATION_LEAST : r->deviation;
		r->cusum += off - k / 2;
		if (r->cusum < 0)
			r->cusum = 0;
		r->up = r->cusum > k * sigmas / 100;
		far = off < 0 ? -off : off;
		if (!r->up) /* what is unusual does not become the measure of it */
			r->deviation += (far * 5 / 4 - r->deviation) / 16;
	}
	r->n++;
	r->week++;
	r->at[(uint32_t)r->week % WEEKS] = 0;
}

static void turn_to(struct ramp *r, int32_t week, int64_t sigmas)
{
	if (week - r->week > WEEKS) {
		*r = (struct ramp){ .week = week };
		return;
	}
	while (r->week < week)
		close_week(r, sigmas);
}

/* One claim counts for a usual month at most: a large one is no ramp. */
static void add_week(struct ramp *r, struct moment at, int64_t worth, int64_t sigmas)
{
	int64_t most;

	turn_to(r, week_of(at), sigmas);
	most = MONTH_WEEKS * mean_of(r);
	if (r->n >= WEEKS_LEAST && most > 0 && worth > most)
		worth = most;
	r->at[(uint32_t)r->week % WEEKS] += worth;
}

/* The claims of the pair before this one, which no weeks were kept of. */
static void catch_up(struct habits *x, struct ramp *r, uint32_t claim, int64_t sigmas)
{
	uint32_t before[RAMP_FROM], n = 0, i = claim_at(x->book, claim)->older_of_pair;
	int64_t worth;

	for (; i != NOWHERE && n < RAMP_FROM; i = claim_at(x->book, i)->older_of_pair)
		before[n++] = i;
	if (n == 0)
		return;
	r->week = week_of(claim_at(x->book, before[n - 1])->at);
	while (n-- > 0) {
		const struct book_claim *c = claim_at(x->book, before[n]);

		if (fx_base(x->book, c->face, c->ccy, &worth))
			add_week(r, c->at, worth, sigmas);
	}
}

/* The pair's weeks, kept from its RAMP_FROMth claim on; NULL before that, and with *full when there is no memory. */
static struct ramp *ramp_of(struct habits *x, uint32_t claim, int64_t sigmas, bool *full)
{
	const struct book_claim *c = claim_at(x->book, claim);
	uint32_t *number = dense_reach(&x->ramp_of, c->pair), i;
	struct ramp *r;

	*full = !number;
	if (!number || (*number == 0 && pair_at(x->book, c->pair)->n_claims < RAMP_FROM))
		return NULL;
	if (*number != 0)
		return dense_at(&x->ramp, *number - 1);
	r = dense_add(&x->ramp, &i);
	*full = !r;
	if (!r)
		return NULL;
	*number = i + 1;
	r->week = week_of(x->book->now);
	r->deviation = Q16;
	catch_up(x, r, claim, sigmas);
	return r;
}

static void tell_ramp(struct habits *x, struct sighting *g, const struct ramp *r)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct seller_habits *s = seller_of(x, c->creditor);
	const int64_t k = r->deviation < DEVIATION_LEAST ? DEVIATION_LEAST : r->deviation;
	struct finding_made *f = find_on_claim(g, SIGNAL_B01, SEVERITY_FLAG, g->claim);
	uint32_t i = c->older_of_pair;

	f->bits = 40;
	f->value = r->cusum * 100 / k;
	finding_says(f, "weekly claims of the pair have left their mean of half a year by %lld deviations",
	             (long long)(r->cusum / k));
	for (unsigned n = 0; i != NOWHERE && n < 4; n++, i = claim_at(x->book, i)->older_of_pair)
		finding_cites(f, claim_at(x->book, i)->seq);
	if (s->changed_seq == 0 || days_between(s->changed_at, x->book->now) >= threshold(g, SIGNAL_B10))
		return;
	f = find_on_claim(g, SIGNAL_B10, SEVERITY_FLAG, g->claim);
	f->bits = 40;
	f->value = days_between(s->changed_at, x->book->now);
	finding_says(f, "owner or officer of the seller changed %lld days before the ramp", (long long)f->value);
	finding_cites(f, s->changed_seq);
}

static bool judge_ramp(struct habits *x, struct sighting *g, int64_t worth)
{
	const int64_t sigmas = threshold(g, SIGNAL_B01);
	bool full;
	struct ramp *r = ramp_of(x, g->claim, sigmas, &full);

	if (!r)
		return !full;
	add_week(r, x->book->now, worth, sigmas);
	if (r->up)
		tell_ramp(x, g, r);
	return true;
}

/* --- sellers --- */

static void judge_sleep(struct habits *x, struct sighting *g, struct seller_habits *s, int64_t worth)
{
	const int64_t days = s->last_at.us == 0 ? 0 : days_between(s->last_at, x->book->now);

	if (s->claims >= 5 && days > threshold(g, SIGNAL_B02) && worth > s->typical * ASLEEP_TIMES) {
		struct finding_made *f = find_on_claim(g, SIGNAL_B02, SEVERITY_FLAG, g->claim);

		f->bits = 40;
		f->value = days;
		finding_says(f, "after %lld days without a claim, one of %lld times the usual amount", (long long)days,
		             (long long)(worth / (s->typical + 1)));
		finding_cites(f, s->last_seq);
	}
	if (s->typical == 0)
		s->typical = worth;
	else
		s->typical += worth > s->typical ? s->typical / 8 + 1 : -(s->typical / 8);
	s->last_at = x->book->now;
	s->last_seq = g->s->seq;
}

static void judge_concentration(struct habits *x, struct sighting *g, struct seller_habits *s)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const struct year *pair = dense_reach(&x->pair_sold, c->pair);
	const int32_t bucket = year_bucket(x->book->now);
	const int64_t share =
		ppm(year_sum(pair, bucket, YEAR_BUCKETS - 1), year_sum(&s->sold, bucket, YEAR_BUCKETS - 1));

	if (s->claims < MANY || s->debtors < DEBTORS_LEAST || share <= threshold(g, SIGNAL_B03) ||
	    !may_tell(x, s, TOLD_B03, 365))
		return;
	struct finding_made *f = find_on_party(g, SIGNAL_B03, SEVERITY_INFO, c->creditor);

	f->value = share;
	finding_says(f, "%lld %% of a year's claims are on one of %u debtors", (long long)(share / 10000), s->debtors);
}

static void judge_month_end(struct habits *x, struct sighting *g, struct seller_habits *s, int64_t worth)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const int32_t bucket = year_bucket(x->book->now);
	const struct date today = date_of(x->book->now);
	int64_t share;

	if (month_end(month_of(today)).day - today.day < 2)
		year_add(&s->late_in_month, bucket, worth);
	share = ppm(year_sum(&s->late_in_month, bucket, 6), year_sum(&s->sold, bucket, 6));
	if (s->claims < 2 * MANY || share <= threshold(g, SIGNAL_B04) || !may_tell(x, s, TOLD_B04, 365))
		return;
	struct finding_made *f = find_on_party(g, SIGNAL_B04, SEVERITY_FLAG, c->creditor);

	f->value = share;
	f->bits = 20;
	finding_says(f, "%lld %% of half a year's claims were registered in the last two days of a month",
	             (long long)(share / 10000));
}

static void judge_volume(struct habits *x, struct sighting *g, struct seller_habits *s)
{
	enum { MORE = 10 };
	const int32_t bucket = year_bucket(x->book->now);
	const uint32_t creditor = claim_at(x->book, g->claim)->creditor;

	if (bucket != s->bucket) {
		s->before_n = bucket == s->bucket + 1 ? s->bucket_n : 0;
		s->bucket_n = 0;
		s->bucket = bucket;
	}
	s->bucket_n++;
	if (s->before_n < MORE || s->bucket_n < s->before_n + MORE ||
	    ppm(s->bucket_n, s->before_n) < threshold(g, SIGNAL_C06) || !may_tell(x, s, TOLD_C06, SAY_AGAIN))
		return;
	struct finding_made *f = find_on_party(g, SIGNAL_C06, SEVERITY_INFO, creditor);

	f->value = ppm(s->bucket_n, s->before_n);
	finding_says(f, "%u claims in thirty days, %u in the thirty before", s->bucket_n, s->before_n);
}

static bool see_register(struct habits *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct seller_habits *s = seller_of(x, c->creditor);
	struct year *pair = dense_reach(&x->pair_sold, c->pair);
	const int32_t bucket = year_bucket(x->book->now);
	int64_t worth;

	if (!s || !pair)
		return false;
	if (!fx_base(x->book, c->face, c->ccy, &worth))
		return true;
	s->claims++;
	s->debtors += pair_at(x->book, c->pair)->n_claims == 1;
	year_add(&s->sold, bucket, worth);
	year_add(pair, bucket, worth);
	judge_sleep(x, g, s, worth);
	judge_concentration(x, g, s);
	judge_month_end(x, g, s, worth);
	judge_volume(x, g, s);
	return judge_ramp(x, g, worth);
}

/* --- B05: dilution --- */

static bool see_adjust(struct habits *x, struct sighting *g)
{
	enum { CREDITS_LEAST = 5, QUARTER = 3 };
	const struct book_claim *c = claim_at(x->book, g->claim);
	struct seller_habits *s = seller_of(x, c->creditor);
	const int32_t bucket = year_bucket(x->book->now);
	int64_t worth, quarter, year;

	if (!s)
		return false;
	if (!fx_base(x->book, g->s->c->body.receivable_adjust.reduce.minor, c->ccy, &worth))
		return true;
	s->credits++;
	year_add(&s->diluted, bucket, worth);
	quarter = ppm(year_sum(&s->diluted, bucket, QUARTER), year_sum(&s->sold, bucket, QUARTER));
	year = ppm(year_sum(&s->diluted, bucket, YEAR_BUCKETS - 1), year_sum(&s->sold, bucket, YEAR_BUCKETS - 1));
	if (s->credits < CREDITS_LEAST ||
	    (quarter <= threshold(g, SIGNAL_B05) && (quarter <= 2 * year || quarter <= threshold(g, SIGNAL_B05) / 3)) ||
	    !may_tell(x, s, TOLD_B05, SAY_AGAIN))
		return true;
	struct finding_made *f = find_on_party(g, SIGNAL_B05, SEVERITY_FLAG, c->creditor);

	f->value = quarter;
	f->bits = 30;
	finding_says(f, "credit notes of three months %lld %% of sales, of twelve months %lld %%",
	             (long long)(quarter / 10000), (long long)(year / 10000));
	return true;
}

/* --- B11: from lender to lender --- */

static bool see_accept(struct habits *x, struct sighting *g)
{
	const struct book_claim *c = claim_at(x->book, g->claim);
	const uint32_t i = book_encumbrance(x->book, g->s->c->object);
	const struct book_encumbrance *now = i == NOWHERE ? NULL : encumbrance_at(x->book, i), *old;
	struct seller_habits *s = seller_of(x, c->creditor);

	if (!s)
		return false;
	if (!now || now->older == NOWHERE)
		return true;
	old = encumbrance_at(x->book, now->older);
	if (old->ended_seq == 0 || old->accepted_seq == 0 || old->secured == now->secured ||
	    days_between(old->ended_at, x->book->now) > 1)
		return true;
	if (s->moved_at[1].us != 0 && days_between(s->moved_at[1], x->book->now) < SAY_AGAIN &&
	    may_tell(x, s, TOLD_B11, SAY_AGAIN)) {
		struct finding_made *f = find_on_claim(g, SIGNAL_B11, SEVERITY_FLAG, g->claim);

		f->bits = 20;
		f->value = 3;
		finding_says(f, "released and financed anew within a day, for the third time in %d days", SAY_AGAIN);
		finding_cites(f, s->moved_seq[0]);
		finding_cites(f, s->moved_seq[1]);
	}
	s->moved_at[1] = s->moved_at[0];
	s->moved_seq[1] = s->moved_seq[0];
	s->moved_at[0] = x->book->now;
	s->moved_seq[0] = g->s->seq;
	return true;
}

/* --- B10: who controls the seller --- */

static bool see_profile(struct habits *x, struct sighting *g)
{
	const uint32_t i = book_party(x->book, g->s->c->object);
	struct seller_habits *s = i == NOWHERE ? NULL : seller_of(x, i);
	uint32_t bond;
	bool before = false, now = false;

	if (!s)
		return i == NOWHERE;
	bond = party_at(x->book, i)->bond;
	for (unsigned n = 0; bond != NOWHERE && n < MANY; n++, bond = bond_at(x->book, bond)->next_of_party) {
		const struct span text = tie_at(x->book, bond_at(x->book, bond)->tie)->text;

		if (!span_starts(text, S("owner:")) && !span_starts(text, S("officer:")))
			continue;
		if (bond_at(x->book, bond)->seq == g->s->seq)
			now = true;
		else
			before = true;
	}
	if (now && before) {
		s->changed_at = x->book->now;
		s->changed_seq = g->s->seq;
	}
	return true;
}

/* --- B12: a reviewer who clears all --- */

static bool see_finding(struct habits *x, struct sighting *g)
{
	const struct body_finding_raise *b = &g->s->c->body.finding_raise;
	const uint32_t claim = book_claim(x->book, b->asset);
	struct known_finding *k;
	uint32_t i;

	if (claim == NOWHERE || severity_parse(b->severity) < SEVERITY_HOLD)
		return true;
	if (!(k = dense_add(&x->finding, &i)))
		return false;
	*k = (struct known_finding){ g->s->c->object, claim_at(x->book, claim)->creditor };
	return index_put(&x->by_finding, key_of_uuid(k->id), i);
}

static struct reviewer *reviewer_of(struct habits *x, struct uuid who, uint32_t seller)
{
	const uint64_t key = mix64(key_of_uuid(who), seller);
	struct reviewer *r;
	uint32_t i;

	for (struct index_walk w = index_walk(&x->by_reviewer, key); index_next(&w);) {
		r = dense_at(&x->reviewer, w.value);
		if (r->seller == seller && uuid_eq(r->who, who))
			return r;
	}
	if (!(r = dense_add(&x->reviewer, &i)) || !index_put(&x->by_reviewer, key, i))
		return NULL;
	r->who = who;
	r->seller = seller;
	return r;
}

static bool see_review(struct habits *x, struct sighting *g)
{
	const struct known_finding *k = NULL;
	struct reviewer *r;

	for (struct index_walk w = index_walk(&x->by_finding, key_of_uuid(g->s->c->object)); index_next(&w);)
		if (uuid_eq(((const struct known_finding *)dense_at(&x->finding, w.value))->id, g->s->c->object))
			k = dense_at(&x->finding, w.value);
	if (!k)
		return true;
	if (!(r = reviewer_of(x, g->s->actor, k->seller)))
		return false;
	r->reviews++;
	r->cleared += span_is(g->s->c->body.finding_review.verdict, "cleared");
	if (r->told || r->reviews < REVIEWS_LEAST || ppm(r->cleared, r->reviews) <= threshold(g, SIGNAL_B12))
		return true;
	r->told = true;
	struct finding_made *f = find_on_party(g, SIGNAL_B12, SEVERITY_INFO, k->seller);

	f->value = ppm(r->cleared, r->reviews);
	finding_says(f, "one reviewer has cleared %u of %u findings on this seller's claims", r->cleared, r->reviews);
	return true;
}

/* --- the module --- */

typedef bool taker(struct habits *x, struct sighting *g);
static const struct {
	enum statement_kind kind;
	taker *take;
	bool of_claim;
} takers[] = {
	{ ST_RECEIVABLE_REGISTER, see_register, true }, { ST_RECEIVABLE_ADJUST, see_adjust, true },
	{ ST_ENCUMBRANCE_ACCEPT, see_accept, true },    { ST_PARTY_PROFILE, see_profile, false },
	{ ST_FINDING_RAISE, see_finding, false },       { ST_FINDING_REVIEW, see_review, false },
};

static bool start(void *state, struct book *b, struct arena *mem)
{
	struct habits *x = state;

	x->book = b;
	dense_start(&x->ramp, mem, sizeof(struct ramp));
	dense_start(&x->ramp_of, mem, sizeof(uint32_t));
	dense_start(&x->seller, mem, sizeof(struct seller_habits));
	dense_start(&x->pair_sold, mem, sizeof(struct year));
	dense_start(&x->reviewer, mem, sizeof(struct reviewer));
	dense_start(&x->finding, mem, sizeof(struct known_finding));
	index_start(&x->by_reviewer, mem);
	index_start(&x->by_finding, mem);
	return true;
}

static bool see(void *state, struct sighting *g)
{
	struct habits *x = state;

	if (g->s->outcome != OK)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == g->s->c->kind && (!takers[i].of_claim || g->claim != NOWHERE))
			return takers[i].take(x, g);
	return true;
}

const struct module habits_module = { .name = "habits", .size = sizeof(struct habits), .start = start, .see = see };
