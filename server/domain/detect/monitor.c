/* SPDX-License-Identifier: Apache-2.0 */
/* monitor.c: see monitor.h. Scores are whole points, so counts by score give order and calibration exactly. */
#include "monitor.h"

#include "features.h"
#include "logarithm.h"

enum { MILLION = 1000000, GRACE_DAYS = 30, GRADES = 8, LN2_Q16 = 45426, NO_MONTH = UINT16_MAX };

struct forecast {              /* of the claim of that number */
	uint16_t month, score; /* NO_MONTH: none */
};
struct monitor {
	const struct score_model *model;
	struct dense forecast;
	struct monitor_month *at[MONITOR_MONTHS];
	unsigned n;
	struct arena *mem;
};

/* --- what counts say --- */

int64_t monitor_psi(const uint32_t *reference, const uint32_t *now, unsigned n)
{
	uint64_t all_reference = n, all_now = n; /* twice the count and one, of each bin */
	int64_t psi = 0;

	for (unsigned i = 0; i < n; i++) {
		all_reference += 2 * (uint64_t)reference[i];
		all_now += 2 * (uint64_t)now[i];
	}
	for (unsigned i = 0; i < n; i++) {
		const uint64_t a = 2 * (uint64_t)now[i] + 1, b = 2 * (uint64_t)reference[i] + 1;
		int64_t log = (int64_t)log2_q16(a) + (int64_t)log2_q16(all_reference) - (int64_t)log2_q16(b) -
		              (int64_t)log2_q16(all_now);
		wide apart = (wide)a * MILLION / (wide)all_now - (wide)b * MILLION / (wide)all_reference;

		log = log * LN2_Q16 / 65536;
		psi += (int64_t)(apart * log / 65536);
	}
	return psi < 0 ? 0 : psi;
}

static void order_of(const uint32_t *good, const uint32_t *bad, struct monitor_figures *f)
{
	int64_t below_good = 0, below_bad = 0;
	wide won = 0; /* twice */

	for (unsigned s = 0; s <= 1000; s++) {
		int64_t apart;

		won += (wide)good[s] * (2 * (wide)below_bad + bad[s]);
		below_good += good[s];
		below_bad += bad[s];
		apart = (int64_t)((wide)below_bad * MILLION / f->bad - (wide)below_good * MILLION / f->good);
		apart = apart < 0 ? -apart : apart;
		f->ks = apart > f->ks ? apart : f->ks;
	}
	f->auc = (int64_t)(won * MILLION / (2 * (wide)f->good * f->bad));
}

static unsigned grade_number(unsigned score)
{
	unsigned n = 0;

	for (unsigned s = 0; s < score; s++)
		n += score_grade((int32_t)s) != score_grade((int32_t)s + 1);
	return n;
}

static void truth_of(const uint32_t *good, const uint32_t *bad, struct monitor_figures *f)
{
	const wide n = f->good + f->bad;
	wide squares = 0, apart[GRADES] = { 0 }, all = 0, base;

	for (unsigned s = 0; s <= 1000; s++) {
		const wide pd = score_pd((int32_t)s);

		if (good[s] + bad[s] == 0)
			continue;
		squares += good[s] * pd * pd + bad[s] * (MILLION - pd) * (MILLION - pd);
		apart[grade_number(s) % GRADES] += (good[s] + (wide)bad[s]) * pd - (wide)bad[s] * MILLION;
	}
	for (unsigned i = 0; i < GRADES; i++)
		all += apart[i] < 0 ? -apart[i] : apart[i];
	base = (wide)f->good * f->bad * MILLION / (n * n);
	f->brier = (int64_t)(squares / n / MILLION);
	f->skill = base > 0 ? (int64_t)(MILLION - f->brier * (wide)MILLION / base) : 0;
	f->ece = (int64_t)(all / n);
}

struct monitor_figures monitor_figures(const uint32_t good[1001], const uint32_t bad[1001])
{
	struct monitor_figures f = { 0 };

	for (unsigned s = 0; s <= 1000; s++) {
		f.good += good[s];
		f.bad += bad[s];
	}
	if (f.good == 0 || f.bad == 0)
		return f;
	order_of(good, bad, &f);
	truth_of(good, bad, &f);
	return f;
}

/* --- the fold --- */

struct monitor *monitor_start(struct arena *mem, const struct score_model *m)
{
	struct monitor *x = ARENA_NEW(mem, struct monitor);

	if (!x)
		return NULL;
	x->model = m;
	x->mem = mem;
	dense_start(&x->forecast, mem, sizeof(struct forecast));
	return x;
}

static struct monitor_month *month_now(struct monitor *x, int32_t month)
{
	if (x->n > 0 && x->at[x->n - 1]->month == month)
		return x->at[x->n - 1];
	if (x->n == MONITOR_MONTHS || !(x->at[x->n] = ARENA_NEW(x->mem, struct monitor_month)))
		return NULL;
	x->at[x->n]->month = month;
	return x->at[x->n++];
}

static void count(struct monitor_month *m, const struct score *s)
{
	m->claims++;
	m->band[s->uncapped / 50]++;
	for (uint32_t i = 0; i < s->n_parts; i++)
		m->bin[i][s->part[i].known ? 1 + s->part[i].bin : 0]++;
}

bool monitor_see(struct monitor *x, const struct detector *d, const struct seen *s)
{
	const struct book *b = detector_book(d);
	struct monitor_month *m;
	struct forecast *f;
	struct score score;
	uint32_t claim, n;

	if (s->outcome != OK || s->c->kind != ST_RECEIVABLE_REGISTER ||
	    !score_claim_by(d, x->model, s->c->object, &score))
		return true;
	if (!(m = month_now(x, month_of(date_of(s->at)))))
		return false;
	count(m, &score);
	claim = book_claim(b, s->c->object);
	while (x->forecast.n <= claim) {
		if (!(f = dense_add(&x->forecast, &n)))
			return false;
		f->month = NO_MONTH;
	}
	f = dense_at(&x->forecast, claim);
	f->month = (uint16_t)(x->n - 1);
	f->score = (uint16_t)score.uncapped;
	return true;
}

void monitor_close(struct monitor *x, const struct detector *d)
{
	const struct book *b = detector_book(d);
	const int32_t today = date_of(b->now).day;

	for (uint32_t i = 0; i < x->forecast.n; i++) {
		const struct forecast *f = dense_at(&x->forecast, i);
		const struct book_claim *c = claim_at(b, i);

		if (f->month == NO_MONTH || c->state == CLAIM_REJECTED || c->state == CLAIM_CANCELLED ||
		    c->state == CLAIM_LAPSED || today <= c->due.day + GRACE_DAYS)
			continue;
		if (c->state == CLAIM_SETTLED && c->paid_on.day <= c->due.day + GRACE_DAYS)
			x->at[f->month]->good[f->score]++;
		else
			x->at[f->month]->bad[f->score]++;
	}
}

unsigned monitor_months(const struct monitor *x) { return x->n; }

const struct monitor_month *monitor_month(const struct monitor *x, unsigned i)
{
	assert(i < x->n);
	return x->at[i];
}

unsigned monitor_reference(const struct monitor *x, uint32_t least)
{
	for (unsigned i = 0; i < x->n; i++)
		if (x->at[i]->claims >= least)
			return i;
	return 0;
}
