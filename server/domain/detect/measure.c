/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure.c: see measure.h. Shares are drawn toward what is usual by a few
 * observations' weight, so that one bad invoice of three is not a third.
 */
#include "measure.h"

#include "odds.h"

enum {
	PRIOR = 3,              /* observations the usual share weighs */
	SECTOR_PRIOR = 50,      /* and those everybody's rate weighs against a sector's own */
	LATE_USUAL = 100000,    /* ppm */
	DEFAULT_USUAL = 10000,  /* ppm */
	DISPUTED_USUAL = 20000, /* ppm */
	PARTIAL_USUAL = 80000,  /* ppm */
	DILUTION_USUAL = 10000, /* ppm */
	YEAR = 12,
	QUARTER = 3,
	NEIGHBOURS = 64, /* claims looked at on the way to a party's own debtors */
};
#define VALUE_MAX INT64_C(9007199254740991)

static int64_t clipped(wide x) { return x > VALUE_MAX ? VALUE_MAX : x < -VALUE_MAX ? -VALUE_MAX : (int64_t)x; }

/* part / whole in ppm with the usual share counted `weight` of whole's unit; whole + weight > 0. */
static int64_t drawn(wide part, wide whole, wide usual, wide weight)
{
	return clipped((part * 1000000 + usual * weight) / (whole + weight));
}

/* --- the debtor's buckets --- */

struct paid { /* sums over a time */
	int64_t observed, registered, disputed, partial;
	int64_t weight, worth, late, delay, defaulted;
};

/* Those of the last `buckets` and the one that runs, as they stand or faded. */
static struct paid paid_over(const struct measured *m, const struct debtor_features *d, int32_t buckets, bool faded)
{
	struct paid p = { .observed = 0 };

	for (size_t i = 0; d && i < DEBTOR_BUCKETS; i++) {
		const struct debtor_bucket *b = &d->at[i];
		const int32_t age = m->bucket - b->bucket;
		const int64_t n = faded ? age : 0;

		if (b->bucket == 0 || age > buckets || age < 0)
			continue;
		p.observed += b->observed;
		p.registered += b->registered;
		p.disputed += b->disputed;
		p.partial += b->partial;
		p.weight += odds_faded(b->weight, n);
		p.worth += odds_faded(b->worth, n);
		p.late += odds_faded(b->late, n);
		p.delay += odds_faded(b->delay, n);
		p.defaulted += odds_faded(b->defaulted, n);
	}
	return p;
}

static const struct debtor_features *the_debtor(const struct measured *m)
{
	return m->debtor == NOWHERE ? NULL : debtor_features(m->f, m->debtor);
}

static const struct seller_features *the_seller(const struct measured *m)
{
	return m->creditor == NOWHERE ? NULL : seller_features(m->f, m->creditor);
}

/* How often debtors of the sector pay late, ppm. */
static int64_t sector_late(const struct measured *m, uint32_t party)
{
	const struct sector_features *s = &m->f->sector[party_features(m->f, party)->sector];

	return drawn(s->late, s->observed, LATE_USUAL, SECTOR_PRIOR);
}

static bool late_rate(const struct measured *m, uint32_t party, int64_t *ret)
{
	const struct paid p = paid_over(m, debtor_features(m->f, party), DEBTOR_BUCKETS - 1, true);

	if (p.observed == 0 || p.worth == 0)
		return false;
	*ret = drawn(p.late, p.worth, sector_late(m, party), (wide)PRIOR * (p.worth / p.observed + 1));
	return true;
}

/* Tenths of a day by value; delay stands in hundredths of worth. */
static int64_t mean_delay(const struct paid *p)
{
	return p->worth / 100 == 0 ? 0 : clipped((wide)p->delay * 10 / (p->worth / 100));
}

static bool debtor_late(const struct measured *m, int64_t *ret)
{
	return m->debtor != NOWHERE && late_rate(m, m->debtor, ret);
}

static bool debtor_delay(const struct measured *m, int64_t *ret)
{
	const struct paid p = paid_over(m, the_debtor(m), YEAR, false);

	*ret = mean_delay(&p);
	return p.observed > 0;
}

static bool debtor_slowing(const struct measured *m, int64_t *ret)
{
	enum { ENOUGH = 5 };
	const struct paid year = paid_over(m, the_debtor(m), YEAR, false);
	const struct paid quarter = paid_over(m, the_debtor(m), QUARTER, false);

	*ret = mean_delay(&quarter) - mean_delay(&year);
	return quarter.observed >= ENOUGH && year.observed >= 2 * ENOUGH;
}

static bool debtor_overdue(const struct measured *m, int64_t *ret)
{
	const struct debtor_features *d = the_debtor(m);

	if (!d || d->owed <= 0)
		return false;
	*ret = ppm(d->overdue, d->owed);
	return true;
}

static bool debtor_defaults(const struct measured *m, int64_t *ret)
{
	const struct paid p = paid_over(m, the_debtor(m), DEBTOR_BUCKETS - 1, true);

	if (p.observed == 0 || p.worth == 0)
		return false;
	*ret = drawn(p.defaulted, p.worth, DEFAULT_USUAL, (wide)PRIOR * (p.worth / p.observed + 1));
	return true;
}

static bool debtor_disputes(const struct measured *m, int64_t *ret)
{
	const struct paid p = paid_over(m, the_debtor(m), YEAR, false);

	*ret = drawn(p.disputed, p.registered, DISPUTED_USUAL, PRIOR);
	return p.registered > 0;
}

static bool debtor_partial(const struct measured *m, int64_t *ret)
{
	const struct paid p = paid_over(m, the_debtor(m), YEAR, false);

	*ret = drawn(p.partial, p.partial + p.observed, PARTIAL_USUAL, PRIOR);
	return p.observed > 0;
}

static bool debtor_load(const struct measured *m, int64_t *ret)
{
	const struct debtor_features *d = the_debtor(m);
	const struct paid p = paid_over(m, d, YEAR, false);

	if (!d || p.worth == 0)
		return false;
	*ret = clipped(ppm(d->owed, p.worth));
	return true;
}

/* --- the seller --- */

struct sold {
	int64_t gross, diluted;
};

static struct sold sold_over(const struct measured *m, int32_t buckets)
{
	const struct seller_features *s = the_seller(m);
	struct sold x = { 0, 0 };

	for (size_t i = 0; s && i < SELLER_BUCKETS; i++) {
		const struct seller_bucket *b = &s->at[i];

		if (b->bucket == 0 || m->bucket - b->bucket > buckets || b->bucket > m->bucket)
			continue;
		x.gross += b->gross;
		x.diluted += b->diluted;
	}
	return x;
}

/* The usual share weighs as much as three claims of this debtor. */
static int64_t dilution_over(const struct measured *m, int32_t buckets)
{
	const struct sold x = sold_over(m, buckets);
	const struct debtor_features *d = the_debtor(m);
	const int64_t weight = PRIOR * (d && d->typical > 0 ? d->typical : 1000000);

	return drawn(x.diluted, x.gross, DILUTION_USUAL, weight);
}

static bool dilution(const struct measured *m, int64_t *ret)
{
	*ret = dilution_over(m, YEAR);
	return sold_over(m, YEAR).gross > 0;
}

static bool dilution_rise(const struct measured *m, int64_t *ret)
{
	int64_t by = dilution_over(m, QUARTER) - dilution_over(m, YEAR);

	*ret = by > 0 ? by : 0;
	return sold_over(m, QUARTER).gross > 0;
}

static bool seller_pays(const struct measured *m, int64_t *ret)
{
	return m->creditor != NOWHERE && late_rate(m, m->creditor, ret);
}

static bool tenure(const struct measured *m, int64_t *ret)
{
	const struct seller_features *s = the_seller(m);

	if (!s)
		return false;
	*ret = s->first_settled.us == 0 ? 0 : days_between(s->first_settled, m->now) / 30;
	return true;
}

static int64_t pair_gross(const struct measured *m)
{
	const struct pair_features *p = pair_features(m->f, m->pair);
	int64_t gross = 0;

	for (size_t i = 0; i < PAIR_QUARTERS; i++)
		if (p->at[i].bucket != 0 && m->bucket / 3 - p->at[i].bucket < PAIR_QUARTERS)
			gross += p->at[i].gross;
	return gross;
}

static bool concentration(const struct measured *m, int64_t *ret)
{
	const int64_t gross = sold_over(m, YEAR).gross;

	if (m->pair == NOWHERE || gross <= 0)
		return false;
	*ret = ppm(pair_gross(m), gross);
	if (*ret > 1000000)
		*ret = 1000000;
	return true;
}

/* --- the pair, the claim --- */

static bool pair_history(const struct measured *m, int64_t *ret)
{
	if (m->pair == NOWHERE)
		return false;
	*ret = pair_features(m->f, m->pair)->settled;
	return true;
}

static bool pair_delay(const struct measured *m, int64_t *ret)
{
	const struct pair_features *p = m->pair == NOWHERE ? NULL : pair_features(m->f, m->pair);

	if (!p || p->settled == 0)
		return false;
	*ret = p->delay * 10 / p->settled;
	return true;
}

static bool size(const struct measured *m, int64_t *ret)
{
	const struct pair_features *p = m->pair == NOWHERE ? NULL : pair_features(m->f, m->pair);

	if (!p || m->claim == NOWHERE || p->settled == 0 || p->settled_worth / p->settled <= 0)
		return false;
	*ret = clipped(ppm(claim_features(m->f, m->claim)->worth, p->settled_worth / p->settled));
	return true;
}

/* The claim's own days stand in the pair's sum: they are taken out. */
static bool terms(const struct measured *m, int64_t *ret)
{
	const struct pair_features *p = m->pair == NOWHERE ? NULL : pair_features(m->f, m->pair);
	const struct book_claim *c = m->claim == NOWHERE ? NULL : claim_at(m->f->book, m->claim);

	if (!p || !c || p->registered < 4)
		return false;
	const int64_t days = c->due.day - c->issued.day;
	const int64_t usual = (p->terms - days) / (p->registered - 1);
	*ret = days > usual ? days - usual : 0;
	return true;
}

bool measure_signed(const struct measured *m)
{
	const struct book_claim *c = claim_at(m->f->book, m->claim);

	return c->confirmed_seq != 0 && claim_features(m->f, m->claim)->code == 0 &&
	       !features_left_out(m->f, c->confirmed_seq);
}

int32_t measure_evidence(const struct measured *m)
{
	const struct book_claim *c = claim_at(m->f->book, m->claim);
	int32_t kinds = 0;

	if (measure_signed(m))
		kinds |= EVIDENCE_SIGNED | (c->set_off_waived ? EVIDENCE_NO_SET_OFF : 0);
	if (features_left_out(m->f, c->seq))
		return kinds;
	if (c->order.len > 0)
		kinds |= EVIDENCE_ORDER;
	if (c->deliveries.n > 0)
		kinds |= EVIDENCE_MOVED;
	if (!hash_is_zero(c->goods_lines))
		kinds |= EVIDENCE_LINES;
	return kinds;
}

static bool evidence(const struct measured *m, int64_t *ret)
{
	if (m->claim == NOWHERE)
		return false;
	*ret = __builtin_popcount((unsigned)measure_evidence(m));
	return true;
}

/* --- the neighbourhood --- */

/* Who owes the debtor, by its newest claims; those it has no record of count as usual. */
static bool upstream(const struct measured *m, int64_t *ret)
{
	uint32_t i = m->debtor == NOWHERE ? NOWHERE : party_at(m->f->book, m->debtor)->as_creditor;
	wide open = 0, late = 0;

	for (unsigned n = 0; i != NOWHERE && n < NEIGHBOURS; n++) {
		const struct book_claim *c = claim_at(m->f->book, i);
		const int64_t owed = claim_features(m->f, i)->open;
		int64_t rate;

		if (owed > 0) {
			if (!late_rate(m, c->debtor, &rate))
				rate = LATE_USUAL;
			open += owed;
			late += (wide)owed * rate;
		}
		i = c->older_of_creditor;
	}
	if (open == 0)
		return false;
	*ret = clipped(late / open);
	return true;
}

static bool signs(const struct measured *m, int64_t *ret)
{
	const uint32_t party[] = { m->creditor, m->debtor };

	*ret = m->claim == NOWHERE ? 0 : claim_features(m->f, m->claim)->suspicion.bits;
	for (size_t i = 0; i < ARRAY_LEN(party); i++)
		if (party[i] != NOWHERE && (i == 0 || party[i] != party[0]))
			*ret += party_features(m->f, party[i])->suspicion.bits;
	return true;
}

typedef bool measurer(const struct measured *m, int64_t *ret);
static measurer *const measurers[FEATURES] = {
	[FEATURE_DEBTOR_LATE] = debtor_late,
	[FEATURE_DEBTOR_DELAY] = debtor_delay,
	[FEATURE_DEBTOR_SLOWING] = debtor_slowing,
	[FEATURE_DEBTOR_OVERDUE] = debtor_overdue,
	[FEATURE_DEBTOR_DEFAULTS] = debtor_defaults,
	[FEATURE_DEBTOR_DISPUTES] = debtor_disputes,
	[FEATURE_DEBTOR_PARTIAL] = debtor_partial,
	[FEATURE_DEBTOR_LOAD] = debtor_load,
	[FEATURE_DILUTION] = dilution,
	[FEATURE_DILUTION_RISE] = dilution_rise,
	[FEATURE_SELLER_PAYS] = seller_pays,
	[FEATURE_TENURE] = tenure,
	[FEATURE_CONCENTRATION] = concentration,
	[FEATURE_PAIR_HISTORY] = pair_history,
	[FEATURE_PAIR_DELAY] = pair_delay,
	[FEATURE_SIZE] = size,
	[FEATURE_TERMS] = terms,
	[FEATURE_EVIDENCE] = evidence,
	[FEATURE_UPSTREAM] = upstream,
	[FEATURE_SIGNS] = signs,
};

bool measure(const struct measured *m, enum feature feature, int64_t *ret)
{
	*ret = 0;
	return measurers[feature](m, ret);
}

/* --- besides the points --- */

int32_t measure_n_eff(const struct measured *m)
{
	const struct paid p = paid_over(m, the_debtor(m), DEBTOR_BUCKETS - 1, true);

	return p.weight > INT32_MAX ? INT32_MAX : (int32_t)p.weight;
}

/* Delays of the debtor a thousandfold, and everybody's, which weigh as much as three of them. */
static void mixed_delays(const struct measured *m, int64_t ret[DELAYS], int64_t *total)
{
	const struct debtor_features *d = the_debtor(m);
	int64_t all = 0;

	*total = 0;
	for (size_t i = 0; i < DELAYS; i++)
		all += m->f->delays[i];
	for (size_t i = 0; i < DELAYS; i++) {
		ret[i] = d ? d->delays[i] * INT64_C(1000) : 0;
		if (all > 0)
			ret[i] += m->f->delays[i] * 1000 * PRIOR / all;
		*total += ret[i];
	}
}

static int32_t quantile(const int64_t n[DELAYS], int64_t total, int64_t tenths)
{
	int64_t want = total * tenths / 10, below = 0;

	for (size_t i = 0; i < DELAYS; i++) {
		const int32_t from = i == 0 ? 0 : delay_bound[i - 1];

		if (n[i] > 0 && below + n[i] >= want)
			return (int32_t)(from + (delay_bound[i] - from) * (want - below) / n[i]);
		below += n[i];
	}
	return 0;
}

void measure_delays(const struct measured *m, int32_t *p50, int32_t *p90)
{
	int64_t n[DELAYS], total;

	mixed_delays(m, n, &total);
	*p50 = quantile(n, total, 5);
	*p90 = quantile(n, total, 9);
}

int32_t measure_dilution(const struct measured *m)
{
	const int64_t mean = dilution_over(m, YEAR), peak = dilution_over(m, QUARTER);
	const int64_t half = peak > mean ? (peak - mean) / 2 : 0;
	const int64_t x = mean > half ? mean : half;

	return x > 1000000 ? 1000000 : (int32_t)x;
}

/* (stress x expected + (spike - expected) x spike / expected), stress 2.25 (DETECTION 1.3), ppm. */
static int64_t dilution_reserve(const struct measured *m)
{
	const int64_t mean = dilution_over(m, YEAR), peak = dilution_over(m, QUARTER);
	int64_t x = mean * 9 / 4;

	if (peak > mean && mean > 0)
		x += clipped((wide)(peak - mean) * peak / mean);
	return x > 1000000 ? 1000000 : x;
}

/* What is above half of the seller's sales, for sellers that have others to sell to. */
static int64_t too_much(const struct measured *m, int64_t worth)
{
	int64_t share;

	if (!concentration(m, &share) || share <= 500000 || share > 950000)
		return 0;
	return (int64_t)((wide)worth * (share - 500000) / share);
}

int64_t measure_eligible(const struct measured *m)
{
	const struct claim_features *note = claim_features(m->f, m->claim);
	const struct book_claim *c = claim_at(m->f->book, m->claim);
	const uint32_t back = book_pair(m->f->book, m->debtor, m->creditor);
	int64_t worth = note->open;

	if (note->code != 0 || c->state != CLAIM_LIVE || note->worth == 0)
		return 0;
	worth -= too_much(m, worth);
	if (back != NOWHERE)
		worth -= pair_features(m->f, back)->open;
	worth -= (int64_t)((wide)note->open * dilution_reserve(m) / 1000000);
	return worth <= 0 ? 0 : (int64_t)((wide)c->face * worth / note->worth);
}
